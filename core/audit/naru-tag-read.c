/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME_MAX_LENGTH 200
#define MAX_TAGS 8 /* one naming the next */

/* Letters, digits and a few signs, in parts that are no hidden files: never a way out of refs/tags. */
static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  if (length == 0 || length > NAME_MAX_LENGTH || g_str_has_suffix (name, ".lock") || name[length - 1] == '/')
    return FALSE;
  for (const char *at = name; *at != '\0'; at++)
    if ((!g_ascii_isalnum (*at) && strchr ("._+-/", *at) == NULL) ||
        ((at == name || at[-1] == '/') && strchr ("./-", *at) != NULL) || (at[0] == '.' && at[1] == '.'))
      return FALSE;
  return TRUE;
}

/* What a tag names: "object 0123…\ntype commit\n…" */
static gboolean
peel (NaruRepository *self, NaruOid *oid, GError **error)
{
  for (guint i = 0; i < MAX_TAGS; i++)
    {
      g_autoptr (NaruObject) object = naru_repository_read_object (self, oid, 0, error);
      g_autofree char *text = NULL;
      if (object == NULL)
        return FALSE;
      if (object->kind == NARU_OBJECT_COMMIT)
        return TRUE;
      text = g_strndup (g_bytes_get_data (object->bytes, NULL), g_bytes_get_size (object->bytes));
      text[strcspn (text, "\n")] = '\0';
      if (object->kind != NARU_OBJECT_TAG || !g_str_has_prefix (text, "object ") ||
          !naru_oid_from_hex (text + strlen ("object "), oid))
        break;
    }
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("“git tag” in the history lists its tags."),
                  _ ("The tag does not name a commit."));
  return FALSE;
}

/**
 * naru_repository_find_tag:
 * @self: a repository
 * @name: of a tag, without refs/tags/
 * @commit: (out): the commit that it names
 * @error: return location
 *
 * Returns: whether there is such a tag; %NARU_ERROR_NOT_FOUND, %NARU_ERROR_INVALID where it names no commit
 */
gboolean
naru_repository_find_tag (NaruRepository *self, const char *name, NaruOid *commit, GError **error)
{
  g_autofree char *ref = g_strconcat (NARU_SEAL_REFS, name, NULL);

  memset (commit, 0, sizeof *commit);
  if (is_name (name) && !naru_repository_get_ref (self, ref, commit, error))
    return FALSE;
  if (!naru_oid_is_zero (commit))
    return peel (self, commit, error);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("“git tag” in the history lists its tags."),
                  _ ("The history has no tag “%s”."), name);
  return FALSE;
}
