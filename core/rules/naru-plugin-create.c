/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-plugin-private.h"

#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_NAME 40 /* so that what is made of it stays readable */
#define MAX_DEPTH 4

/* What stands in the files of a template, and in their names. */
typedef struct
{
  const char *mark;
  char *text;
} Word;

enum
{
  WORD_NAME,
  WORD_MODULE,
  WORD_CLASS,
  WORD_SECTOR,
  WORD_SECTION,
  WORD_RULE,
  N_WORDS,
};

typedef struct
{
  Word words[N_WORDS];
} Words;

static void
words_clear (Words *self)
{
  for (guint i = 0; i < N_WORDS; i++)
    g_free (self->words[i].text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

/* "tidal-power" -> "NaruTidalPower" */
static char *
make_class (const char *name)
{
  GString *class = g_string_new ("Naru");

  for (const char *p = name; *p != '\0'; p++)
    if (*p != '-')
      g_string_append_c (class, p == name || p[-1] == '-' ? g_ascii_toupper (*p) : *p);
  return g_string_free (class, FALSE);
}

static void
make_words (Words *self, const char *name, const char *sector)
{
  char *section = g_strdelimit (g_strdup (name), "-", '_');

  self->words[WORD_NAME] = (Word){ "@NAME@", g_strdup (name) };
  self->words[WORD_MODULE] = (Word){ "@MODULE@", g_strconcat ("naru_", section, NULL) };
  self->words[WORD_CLASS] = (Word){ "@CLASS@", make_class (name) };
  self->words[WORD_SECTOR] = (Word){ "@SECTOR@", g_strdup (sector) };
  self->words[WORD_SECTION] = (Word){ "@SECTION@", section };
  self->words[WORD_RULE] = (Word){ "@RULE@", g_ascii_strup (name, -1) };
}

static char *
fill (const Words *self, const char *text)
{
  GString *filled = g_string_new (text);

  for (guint i = 0; i < N_WORDS; i++)
    g_string_replace (filled, self->words[i].mark, self->words[i].text, 0);
  return g_string_free (filled, FALSE);
}

/* "tidal-power": it becomes part of ids, of names in code and of fields. */
static gboolean
check_word (const char *word, GError **error)
{
  gsize length = strlen (word);
  gboolean fits = length > 0 && length <= MAX_NAME && g_ascii_islower (word[0]) && word[length - 1] != '-';

  for (gsize i = 0; fits && i < length; i++)
    fits = g_ascii_islower (word[i]) || g_ascii_isdigit (word[i]) || (word[i] == '-' && word[i - 1] != '-');
  if (!fits)
    naru_set_error (error, NARU_ERROR_USAGE, NULL, 0,
                    _ ("Use small letters, digits and single hyphens, a letter first, as in tidal-power."),
                    _ ("“%s” is no name for a plugin or a sector"), word);
  return fits;
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir (path, 0777) == 0)
    return TRUE;
  if (errno == EEXIST)
    naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0,
                    _ ("Choose another name, or remove what stands there."), _ ("%s is there already"), path);
  else
    naru_set_error_errno (error, errno, NULL, _ ("Cannot make the folder %s"), path);
  return FALSE;
}

static gboolean
copy_file (const Words *words, const char *from, const char *to, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;
  g_autofree char *filled = NULL;

  if (g_file_get_contents (from, &text, NULL, &problem))
    {
      filled = fill (words, text);
      if (g_file_set_contents (to, filled, -1, &problem))
        return TRUE;
    }
  naru_set_error (error, NARU_ERROR_IO, NULL, 0, NULL, "%s", problem->message);
  return FALSE;
}

static gboolean
copy_folder (const Words *words, const char *from, const char *to, guint depth, GError **error)
{
  gboolean done = make_folder (to, error);
  g_auto (GStrv) entries = done ? naru_folder_names (from) : NULL;

  if (done && entries == NULL)
    {
      naru_set_error_errno (error, errno,
                            _ ("Install Naru again, or let NARU_DATA_DIR name the folder of its data."),
                            _ ("Cannot read the folder %s"), from);
      return FALSE;
    }
  for (guint i = 0; done && entries[i] != NULL; i++)
    {
      g_autofree char *source = g_build_filename (from, entries[i], NULL);
      g_autofree char *name = fill (words, entries[i]);
      g_autofree char *target = g_build_filename (to, name, NULL);

      if (entries[i][0] == '.')
        continue;
      if (!g_file_test (source, G_FILE_TEST_IS_DIR))
        done = copy_file (words, source, target, error);
      else if (depth < MAX_DEPTH)
        done = copy_folder (words, source, target, depth + 1, error);
    }
  return done;
}

/**
 * naru_plugin_create:
 * @folder: (type filename): the folder to make; it must not be there
 * @name: name of the plugin: small letters, digits, hyphens
 * @sector: the sector whose deals it judges; it may be a new one
 * @loader: what its checks are written in
 * @error: return location
 *
 * Makes a plugin to begin with, from the templates that come with Naru: two example rules, their fields,
 * their cases and, where @loader has code, a check.
 *
 * Returns: whether it was made; %FALSE with %NARU_ERROR_USAGE, %NARU_ERROR_EXISTS, %NARU_ERROR_IO
 */
gboolean
naru_plugin_create (const char *folder, const char *name, const char *sector, NaruPluginLoader loader,
                    GError **error)
{
  static const char *const templates[] = {
    [NARU_PLUGIN_LOADER_DATA] = "data",
    [NARU_PLUGIN_LOADER_C] = "c",
    [NARU_PLUGIN_LOADER_PYTHON] = "python",
  };
  g_auto (Words) words = { 0 };

  g_return_val_if_fail (folder != NULL && name != NULL && sector != NULL, FALSE);
  g_return_val_if_fail (loader <= NARU_PLUGIN_LOADER_PYTHON, FALSE);

  if (!check_word (name, error) || !check_word (sector, error))
    return FALSE;
  make_words (&words, name, sector);
  g_autofree char *template = naru_data_get_path ("share/plugin-template", templates[loader]);
  return copy_folder (&words, template, folder, 0, error);
}
