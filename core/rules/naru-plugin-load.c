/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-plugin-private.h"

#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#define GROUP "Plugin"
#define ENDING ".plugin"
#define MAX_SIZE (64 * 1024)

typedef struct
{
  char *path;
  char *text;
  GKeyFile *keys;
} Reader;

static void
reader_clear (Reader *reader)
{
  g_free (reader->path);
  g_free (reader->text);
  g_clear_pointer (&reader->keys, g_key_file_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* The line of a key, from 1; 0 when it is not there. */
static gint64
find_line (const char *text, const char *key)
{
  gsize length = strlen (key);
  gint64 number = 1;

  for (const char *line = text; line != NULL; number++)
    {
      if (strncmp (line, key, length) == 0 && (line[length] == '=' || line[length] == ' '))
        return number;
      line = strchr (line, '\n');
      line = line != NULL ? line + 1 : NULL;
    }
  return 0;
}

static gboolean
refuse (const Reader *reader, const char *key, const char *cure, GError **error)
{
  g_autofree char *value = g_key_file_get_value (reader->keys, GROUP, key, NULL);

  if (value == NULL)
    naru_set_error (error, NARU_ERROR_INVALID, key, 0, cure, _ ("%s: the key %s is missing"), reader->path,
                    key);
  else
    naru_set_error (error, NARU_ERROR_INVALID, key, find_line (reader->text, key), cure,
                    _ ("%s: the key %s cannot be \"%s\""), reader->path, key, value);
  return FALSE;
}

static gboolean
has_only (const char *text, const char *first, const char *others, gsize max)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length > 0 && length <= max && strchr (first, *text) != NULL && strspn (text, others) == length;
}

#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define CAPITAL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static char *
read_word (const Reader *reader, const char *key)
{
  g_autofree char *value = g_key_file_get_string (reader->keys, GROUP, key, NULL);

  return value != NULL ? g_strstrip (g_steal_pointer (&value)) : NULL;
}

/* A sentence for people, or NULL where there is none worth showing. */
static char *
read_words (const Reader *reader, const char *key, const char *language)
{
  g_autofree char *whole = language != NULL ? g_strdup_printf ("%s[%s]", key, language) : g_strdup (key);
  g_autofree char *value = read_word (reader, whole);

  if (value == NULL || *value == '\0' || !g_utf8_validate (value, -1, NULL))
    return NULL;
  return naru_text_one_line (value);
}

static gboolean
read_abi (const Reader *reader, GError **error)
{
  g_autofree char *value = read_word (reader, "X-Naru-ABI");
  guint64 abi = 0;

  if (value == NULL || !g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT, &abi, NULL))
    return refuse (reader, "X-Naru-ABI", _ ("Write X-Naru-ABI=1."), error);
  if (abi != NARU_PLUGIN_ABI)
    {
      naru_set_error (error, NARU_ERROR_UNSUPPORTED, "X-Naru-ABI", find_line (reader->text, "X-Naru-ABI"),
                      _ ("Install a newer Naru, or an older version of the plugin."),
                      _ ("%s: this plugin was made for a newer Naru (X-Naru-ABI %s, here 1)"), reader->path,
                      value);
      return FALSE;
    }
  return TRUE;
}

/* (nullable): the ids in a list; NULL with @error when one is no id */
static GStrv
read_ids (const Reader *reader, const char *key, const char *cure, GError **error)
{
  g_auto (GStrv) values = g_key_file_get_string_list (reader->keys, GROUP, key, NULL, NULL);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    {
      char *id = g_strstrip (values[i]);
      if (!has_only (id, SMALL, SMALL DIGITS "-_", 64))
        return refuse (reader, key, cure, error), NULL;
      g_strv_builder_add (ids, id);
    }
  return g_strv_builder_end (ids);
}

static gboolean
read_loader (const Reader *reader, NaruPluginLoader *loader, GError **error)
{
  g_autofree char *value = read_word (reader, "Loader");

  if (g_strcmp0 (value, "C") == 0)
    *loader = NARU_PLUGIN_LOADER_C;
  else if (g_strcmp0 (value, "python3") == 0)
    *loader = NARU_PLUGIN_LOADER_PYTHON;
  else if (g_strcmp0 (value, "data") == 0)
    *loader = NARU_PLUGIN_LOADER_DATA;
  else
    return refuse (reader, "Loader", _ ("Write Loader=C, Loader=python3 or Loader=data."), error);
  return TRUE;
}

/* What everybody may write runs everybody's code. */
static gboolean
is_guarded (const char *path, GError **error)
{
  struct stat about;

  if (stat (path, &about) != 0 || (about.st_mode & S_IWOTH) == 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_DENIED, NULL, 0,
                  _ ("Look through the plugin, then take the right to write it away from others: chmod o-w"),
                  _ ("%s: everybody may write this, so it may be anybody's"), path);
  return FALSE;
}

/* A module is known by its name alone, so that one called "json" would stand in the place of Python's own. */
static gboolean
read_module (const Reader *reader, NaruPlugin *self, GError **error)
{
  g_autofree char *code = NULL;

  self->module = read_word (reader, "Module");
  if (!has_only (self->module, SMALL, SMALL DIGITS "_", 64) || !g_str_has_prefix (self->module, "naru_"))
    return refuse (reader, "Module",
                   _ ("Give the module a name of small letters, digits and _ that begins with naru_."),
                   error);
  code = naru_plugin_find_code (self->folder, self->module, self->loader);
  if (self->loader != NARU_PLUGIN_LOADER_DATA && code == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "Module", find_line (reader->text, "Module"),
                      _ ("Build the plugin, or correct the keys Module and Loader."),
                      _ ("%s: the code of the module %s is not in this folder"), reader->path, self->module);
      return FALSE;
    }
  return code == NULL || (is_guarded (code, error) && is_guarded (self->folder, error));
}

static gboolean
read_keys (const Reader *reader, NaruPlugin *self, GError **error)
{
  /* the first, since a newer one may change what the others mean */
  if (!read_abi (reader, error) || !read_loader (reader, &self->loader, error) ||
      !read_module (reader, self, error))
    return FALSE;

  self->name_en = read_words (reader, "Name", NULL);
  self->name_ko = read_words (reader, "Name", "ko");
  self->description_en = read_words (reader, "Description", NULL);
  self->description_ko = read_words (reader, "Description", "ko");
  if (self->name_en == NULL)
    return refuse (reader, "Name", _ ("Give the plugin a name for people."), error);
  self->version = read_word (reader, "Version");
  if (!has_only (self->version, SMALL CAPITAL DIGITS, SMALL CAPITAL DIGITS ".+~-", 32))
    return refuse (reader, "Version", _ ("Give the plugin a version, as in Version=1.0.0."), error);

  if (!g_key_file_has_key (reader->keys, GROUP, "X-Naru-Sectors", NULL))
    return refuse (reader, "X-Naru-Sectors",
                   _ ("Name the sectors whose deals it judges, as in X-Naru-Sectors=bio-health; or none."),
                   error);
  self->sectors =
      read_ids (reader, "X-Naru-Sectors",
                _ ("Name the sectors whose deals it judges, as in X-Naru-Sectors=bio-health; or none."),
                error);
  if (self->sectors == NULL)
    return FALSE;
  self->run_after =
      read_ids (reader, "X-Naru-Run-After", _ ("Name other plugins, as in X-Naru-Run-After=it;nano"), error);
  return self->run_after != NULL;
}

/* (nullable): the path of the one file of a plugin in its folder */
static char *
find_file (const char *folder, GError **error)
{
  g_autofree char *found = NULL;
  g_auto (GStrv) names = naru_folder_names (folder);
  guint n = 0;

  if (names == NULL)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot read the folder %s"), folder);
      return NULL;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] != '.' && g_str_has_suffix (names[i], ENDING))
      {
        n++;
        g_free (found);
        found = g_build_filename (folder, names[i], NULL);
      }
  if (n == 1)
    return g_steal_pointer (&found);
  if (n == 0)
    naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                    _ ("Name the folder of a plugin; it holds a file NAME.plugin."),
                    _ ("%s: there is no file NAME.plugin in this folder"), folder);
  else
    naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Give each plugin a folder of its own."),
                    _ ("%s: there is more than one file NAME.plugin in this folder"), folder);
  return NULL;
}

static gboolean
read_file (Reader *reader, GError **error)
{
  g_autoptr (GError) problem = NULL;
  struct stat about;
  gsize length = 0;

  if (stat (reader->path, &about) != 0)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot read the file %s"), reader->path);
      return FALSE;
    }
  if (!S_ISREG (about.st_mode) || about.st_size > MAX_SIZE)
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Install the plugin again."),
                      _ ("%s: this is no file of a plugin (%s)"), reader->path, g_strerror (EFBIG));
      return FALSE;
    }
  if (!is_guarded (reader->path, error))
    return FALSE;
  reader->keys = g_key_file_new ();
  errno = 0;
  if (!g_file_get_contents (reader->path, &reader->text, &length, NULL))
    {
      naru_set_error_errno (error, errno != 0 ? errno : EIO, NULL, _ ("Cannot read the file %s"),
                            reader->path);
      return FALSE;
    }
  if (!g_key_file_load_from_data (reader->keys, reader->text, length, G_KEY_FILE_KEEP_TRANSLATIONS,
                                  &problem) ||
      !g_key_file_has_group (reader->keys, GROUP))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                      _ ("Begin the file with the line [Plugin]; each other line is KEY=VALUE."),
                      _ ("%s: this is no file of a plugin (%s)"), reader->path,
                      problem != NULL ? problem->message : "[" GROUP "]");
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_id (const Reader *reader, NaruPlugin *self, GError **error)
{
  self->id = g_path_get_basename (reader->path);
  self->id[strlen (self->id) - strlen (ENDING)] = '\0';
  if (has_only (self->id, SMALL, SMALL DIGITS "-_", 64))
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                  _ ("Give the file a name of small letters, digits and hyphens, as in bio-health.plugin."),
                  _ ("%s: this is no name for a plugin"), reader->path);
  return FALSE;
}

/**
 * naru_plugin_load:
 * @folder: (type filename): the folder of a plugin
 * @error: return location
 *
 * Reads the file NAME.plugin and sees that the code is there, but runs none of it. An error names the file
 * and, as its field, the key.
 *
 * Returns: (transfer full) (nullable): the plugin; NULL with %NARU_ERROR_NOT_FOUND when the folder holds
 * none, %NARU_ERROR_INVALID, %NARU_ERROR_IO, or %NARU_ERROR_UNSUPPORTED when it was made for a newer Naru
 */
NaruPlugin *
naru_plugin_load (const char *folder, GError **error)
{
  g_autoptr (NaruPlugin) self = g_new0 (NaruPlugin, 1);
  g_auto (Reader) reader = { 0 };

  g_return_val_if_fail (folder != NULL, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->folder = g_canonicalize_filename (folder, NULL);
  reader.path = find_file (self->folder, error);
  if (reader.path == NULL || !read_file (&reader, error) || !read_id (&reader, self, error) ||
      !read_keys (&reader, self, error))
    return NULL;
  return g_steal_pointer (&self);
}
