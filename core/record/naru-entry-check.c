/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-entry-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define SUBJECT_CELLS 200
#define REASON_BYTES 4096
#define VALUE_BYTES 2000
#define PATH_BYTES 400
#define PART_BYTES 255
#define TIME_END G_GINT64_CONSTANT (4291747200) /* 2106-01-01T00:00:00Z: git and libgit2 keep 32 bits */
#define OFFSET_MAX (24 * 60 - 1)

static gboolean
refuse (GError **error, const char *cure, const char *what, const char *text)
{
  g_autofree char *shown = naru_text_one_line (text != NULL ? text : "");
  g_autofree char *cut = naru_text_cells (shown) > 60 ? naru_text_fit (shown, 60) : g_strdup (shown);

  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, cure, _ ("%s: “%s”."), what, cut);
  return FALSE;
}

/* One line of visible UTF-8 that git keeps as it is: nothing to strip, nothing to break. */
static gboolean
is_line (const char *text, gsize max)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length == 0 || length > max || !g_utf8_validate (text, (gssize) length, NULL))
    return FALSE;
  if (g_ascii_isspace (text[0]) || g_ascii_isspace (text[length - 1]))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
        return FALSE;
    }
  return TRUE;
}

static gboolean
part_is_safe (const char *part, gsize length)
{
  if (length == 0 || length > PART_BYTES)
    return FALSE;
  if (part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.')))
    return FALSE;
  /* ".git", what git takes for it elsewhere, and the files by which git configures itself */
  return !(length >= 4 && g_ascii_strncasecmp (part, ".git", 4) == 0) &&
         !(length >= 4 && g_ascii_strncasecmp (part, "git~", 4) == 0);
}

/* A file in any checkout on any system: relative, nothing that git or a file system reads in its own way. */
gboolean
naru_entry_path_is_safe (const char *path)
{
  const char *part = path;

  if (path == NULL || strnlen (path, PATH_BYTES + 1) > PATH_BYTES || !g_utf8_validate (path, -1, NULL))
    return FALSE;
  for (const char *at = path; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c < 0x20 || c == '\\' ||
          (c >= 0x7f && (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)))
        return FALSE;
    }
  while (TRUE)
    {
      gsize length = strcspn (part, "/");

      if (!part_is_safe (part, length))
        return FALSE;
      if (part[length] == '\0')
        return TRUE;
      part += length + 1;
    }
}

static gboolean
check_person (const NaruEntryPerson *person, GError **error)
{
  if (!naru_text_is_safe_name (person->name) || !is_line (person->name, 256))
    return refuse (error, _ ("A name is one line without “<” or “>”."),
                   _ ("This name cannot stand in the history"), person->name);
  if (!naru_text_is_safe_name (person->email) || strpbrk (person->email, " \t") != NULL)
    return refuse (error, _ ("An address holds no blanks and no “<” or “>”."),
                   _ ("This address cannot stand in the history"), person->email);
  return TRUE;
}

static gboolean
check_time (const NaruTime *time, GError **error)
{
  if (time->seconds >= 0 && time->seconds < TIME_END && time->offset_minutes >= -OFFSET_MAX &&
      time->offset_minutes <= OFFSET_MAX)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Correct the clock or the date."),
                  _ ("The history holds times from 1970 to 2105; this one is %" PRId64 " seconds from 1970."),
                  time->seconds);
  return FALSE;
}

static gboolean
is_own_trailer (const char *key)
{
  return g_ascii_strcasecmp (key, "Naru-Seq") == 0 || g_ascii_strcasecmp (key, "Naru-Entry") == 0 ||
         g_ascii_strcasecmp (key, "Naru-Chain") == 0;
}

static gboolean
check_trailer (const NaruEntryTrailer *trailer, GError **error)
{
  const char *key = trailer->key != NULL ? trailer->key : "";
  gsize length = strspn (key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

  if (length == 0 || length > 60 || key[length] != '\0' || key[0] == '-' || is_own_trailer (key))
    return refuse (error, _ ("A trailer's name has letters and “-” alone."),
                   _ ("This is no name of a trailer"), key);
  if (!is_line (trailer->value, VALUE_BYTES))
    return refuse (error, _ ("A trailer is one line."), _ ("This trailer cannot stand in the history"),
                   trailer->value);
  return TRUE;
}

static gboolean
is_inside (const char *path, const char *folder)
{
  return g_str_has_prefix (path, folder) && path[strlen (folder)] == '/';
}

/* Sorted by bytes, every path between "a" and "a/b" begins with "a"; so the paths that the current one begins
 * with form a stack. */
static gboolean
check_place (GPtrArray *stack, const char *path, GError **error)
{
  while (stack->len > 0 && !g_str_has_prefix (path, g_ptr_array_index (stack, stack->len - 1)))
    g_ptr_array_set_size (stack, (gint) stack->len - 1);
  for (guint j = 0; j < stack->len; j++)
    {
      const char *other = g_ptr_array_index (stack, j);

      if (strcmp (other, path) == 0 || is_inside (path, other))
        return refuse (error, _ ("Put each file once, and none inside another."),
                       _ ("Two files of one action share a path"), path);
    }
  g_ptr_array_add (stack, g_strdup (path));
  return TRUE;
}

static gboolean
check_files (NaruEntry *self, GError **error)
{
  g_autoptr (GPtrArray) stack = g_ptr_array_new_with_free_func (g_free);
  guint n_files = naru_entry_files_count (self);

  for (guint i = 0; i < n_files; i++)
    {
      const NaruEntryFile *file = naru_entry_files_get (self, i, error);

      if (file == NULL)
        return FALSE;
      if (!naru_entry_path_is_safe (file->path))
        return refuse (error, _ ("A path is relative and has no empty part, no “..” and no “.git”."),
                       _ ("This path cannot stand in the history"), file->path);
      if (!check_place (stack, file->path, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether everything in @self can stand in a git history unchanged; its files must be sorted. */
gboolean
naru_entry_check (NaruEntry *self, GError **error)
{
  if (!check_person (&self->author, error) || !check_person (&self->committer, error))
    return FALSE;
  if (!check_time (&self->authored, error) || !check_time (&self->committed, error))
    return FALSE;
  if (!is_line (self->subject, 4 * SUBJECT_CELLS) || naru_text_cells (self->subject) > SUBJECT_CELLS)
    return refuse (error, _ ("A subject is one line of 200 characters at most."),
                   _ ("This subject cannot stand in the history"), self->subject);
  if (self->reason != NULL && !is_line (self->reason, REASON_BYTES))
    return refuse (error, _ ("A reason has 1 to 4096 bytes."), _ ("This reason cannot stand in the history"),
                   self->reason);
  for (guint i = 0; i < self->trailers->len; i++)
    if (!check_trailer (&g_array_index (self->trailers, NaruEntryTrailer, i), error))
      return FALSE;
  return check_files (self, error);
}
