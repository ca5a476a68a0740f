/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <string.h>

/* What an edit is called in the history, and what a link does: said once for those who write an entry and
 * those who verify it. */

#define NAMED_MAX 4 /* paths that the subject spells out */

static char *
make_pointer (const char *path)
{
  char *pointer = *path == '/' ? g_strdup (path) : g_strconcat ("/", path, NULL);

  return *path == '/' ? pointer : g_strdelimit (pointer, ".", '/');
}

static gboolean
differs (NaruJson *old, NaruJson *now, const char *pointer)
{
  NaruJson *had = naru_json_get_pointer (old, pointer);
  NaruJson *has = naru_json_get_pointer (now, pointer);

  return had != has && (had == NULL || has == NULL || !naru_json_equal (had, has));
}

/**
 * naru_edit_changes: (skip)
 * @old: a record as it was
 * @now: the same as it is
 * @path: a path of it, as an edit names it
 *
 * Returns: whether what stands there has changed. In a list all places count as one: what goes from it moves
 * the others
 */
gboolean
naru_edit_changes (NaruJson *old, NaruJson *now, const char *path)
{
  g_autofree char *pointer = make_pointer (path);
  gboolean changed = differs (old, now, pointer);

  for (char *slash = strrchr (pointer, '/'); !changed && slash != NULL && slash != pointer;
       slash = strrchr (pointer, '/'))
    {
      *slash = '\0';
      NaruJson *had = naru_json_get_pointer (old, pointer);
      NaruJson *has = naru_json_get_pointer (now, pointer);
      changed = ((had != NULL && naru_json_get_kind (had) == NARU_JSON_ARRAY) ||
                 (has != NULL && naru_json_get_kind (has) == NARU_JSON_ARRAY)) &&
                differs (old, now, pointer);
    }
  return changed;
}

/**
 * naru_edit_make_words: (skip)
 * @old: a record as it was
 * @now: the same as it is
 * @paths: what was asked to be changed, by name
 *
 * Returns: (transfer full): "trl, inventors.0.share", "a, b, c, d and 2 more": of the paths those that
 * changed
 */
char *
naru_edit_make_words (NaruJson *old, NaruJson *now, const char *const *paths)
{
  g_autoptr (GString) words = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; paths[i] != NULL; i++)
    if (naru_edit_changes (old, now, paths[i]) && ++count <= NAMED_MAX)
      g_string_append_printf (words, "%s%s", count > 1 ? ", " : "", paths[i]);
  if (count > NAMED_MAX)
    g_string_append_printf (words, " and %u more", count - NAMED_MAX);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/**
 * naru_edit_read_words: (skip)
 * @words: (nullable): what naru_edit_make_words() made, or anything
 * @more: (out): how many paths it does not spell out
 *
 * Returns: (transfer full) (nullable): the paths; %NULL where no edit is called that
 */
GStrv
naru_edit_read_words (const char *words, guint *more)
{
  g_autofree char *text = g_strdup (words != NULL ? words : "");
  char *tail = g_strrstr (text, " and ");

  *more = 0;
  if (tail != NULL)
    {
      guint64 count = g_ascii_strtoull (tail + strlen (" and "), NULL, 10);
      g_autofree char *expected = g_strdup_printf (" and %u more", (guint) MIN (count, G_MAXUINT16));
      if (count == 0 || !g_str_equal (tail, expected))
        return NULL;
      *more = (guint) count;
      *tail = '\0';
    }
  g_auto (GStrv) paths = g_strsplit (text, ", ", -1);
  guint n = g_strv_length (paths);
  if (n == 0 || n > NAMED_MAX || (*more > 0 && n != NAMED_MAX))
    return NULL;
  for (guint i = 0; i < n; i++)
    if (paths[i][0] == '\0' || (i > 0 && strcmp (paths[i - 1], paths[i]) >= 0))
      return NULL;
  return g_steal_pointer (&paths);
}

/**
 * naru_edit_link: (skip)
 * @json: a record, which gets the link
 * @type: its type
 * @field: one of its fields: a reference, or a list of them
 * @target: id of the record to link; one that is in the list already is not put there twice
 * @error: return location
 *
 * Returns: whether it could be put there
 */
gboolean
naru_edit_link (NaruJson *json, NaruRecordType *type, const char *field, const char *target, GError **error)
{
  g_autofree char *pointer = make_pointer (field);
  const NaruField *found = naru_record_type_find_field (type, pointer);

  if (found == NULL || found->kind != NARU_FIELD_ARRAY)
    return naru_json_set_path (json, field, naru_json_new_string (target), error);

  NaruJson *list = naru_json_get_pointer (json, pointer);
  if (list == NULL && !naru_json_set_path (json, field, naru_json_new_array (), error))
    return FALSE;
  list = naru_json_get_pointer (json, pointer);
  for (guint i = 0; i < naru_json_get_size (list); i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (list, i)), target) == 0)
      return TRUE;
  naru_json_append_string (list, target);
  return TRUE;
}
