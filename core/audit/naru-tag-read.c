/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define TAGS "refs/tags/"
#define NAME_MAX_LENGTH 200
#define HEX_SIZE (2 * NARU_OID_SIZE)
#define PACKED_REFS_MAX (16 * 1024 * 1024)
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

static gboolean
take_oid (const char *text, gsize size, NaruOid *oid)
{
  char hex[HEX_SIZE + 1] = "";

  if (size < HEX_SIZE)
    return FALSE;
  memcpy (hex, text, HEX_SIZE);
  return naru_oid_from_hex (hex, oid) && !naru_oid_is_zero (oid);
}

static gboolean
find_packed (NaruRepository *self, const char *ref, NaruOid *oid)
{
  g_autoptr (GBytes) bytes = naru_file_read (self->root_fd, "packed-refs", PACKED_REFS_MAX);
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  g_autofree char *text = data != NULL ? g_strndup (data, size) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    if (strlen (lines[i]) == HEX_SIZE + 1 + strlen (ref) && g_str_equal (lines[i] + HEX_SIZE + 1, ref))
      return take_oid (lines[i], HEX_SIZE, oid);
  return FALSE;
}

/* What a tag names: "object 0123…\ntype commit\n…" */
static gboolean
peel (NaruRepository *self, NaruOid *oid, GError **error)
{
  for (guint i = 0; i < MAX_TAGS; i++)
    {
      g_autoptr (NaruObject) object = naru_repository_read_object (self, oid, 0, error);
      gsize size = 0;
      const char *text = object != NULL ? g_bytes_get_data (object->bytes, &size) : NULL;
      if (object == NULL)
        return FALSE;
      if (object->kind == NARU_OBJECT_COMMIT)
        return TRUE;
      if (object->kind != NARU_OBJECT_TAG || size < 7 || memcmp (text, "object ", 7) != 0 ||
          !take_oid (text + 7, size - 7, oid))
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
  g_autofree char *ref = g_strconcat (TAGS, name, NULL);
  g_autoptr (GBytes) bytes = is_name (name) ? naru_file_read (self->root_fd, ref, 4096) : NULL;
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes != NULL ? take_oid (text, size, commit) : is_name (name) && find_packed (self, ref, commit))
    return peel (self, commit, error);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("“git tag” in the history lists its tags."),
                  _ ("The history has no tag “%s”."), name);
  return FALSE;
}
