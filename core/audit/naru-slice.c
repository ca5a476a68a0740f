/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-slice.h"

#include "naru-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FOLDERS 16 /* in each other: more than any path of ours has */

/* What the commit looked at last holds, and was not taken before. */
typedef struct
{
  char *path;
  NaruOid oid;
  NaruObject *tree; /* (nullable): a folder; of files no content is kept */
} Found;

struct _NaruSlice
{
  NaruRepository *repository;
  GStrv paths;
  GHashTable *taken;  /* set of NaruOid */
  GHashTable *latest; /* path -> NaruOid: what was taken for it last */
  GPtrArray *found;   /* of Found */
  GString *state;     /* the files and their ids, as looked at last */
};

static void
found_free (gpointer data)
{
  Found *found = data;

  naru_object_free (found->tree);
  g_free (found->path);
  g_free (found);
}

/**
 * naru_slice_new: (skip)
 * @repository: a repository; it must outlive the slice
 * @paths: (array zero-terminated=1): files, and folders with a slash at the end
 *
 * Returns: (transfer full): a slice
 */
NaruSlice *
naru_slice_new (NaruRepository *repository, const char *const *paths)
{
  NaruSlice *self = g_new0 (NaruSlice, 1);

  self->repository = repository;
  self->paths = g_strdupv ((char **) paths);
  self->taken = g_hash_table_new_full (naru_oid_hash, naru_oid_same, g_free, NULL);
  self->latest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->found = g_ptr_array_new_with_free_func (found_free);
  self->state = g_string_new (NULL);
  return self;
}

/**
 * naru_slice_free: (skip)
 * @self: (nullable) (transfer full): a slice
 */
void
naru_slice_free (NaruSlice *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->paths);
  g_hash_table_unref (self->taken);
  g_hash_table_unref (self->latest);
  g_ptr_array_unref (self->found);
  g_string_free (self->state, TRUE);
  g_free (self);
}

/* Whether a path is asked for, lies in what is, or leads there. */
static gboolean
is_wanted (NaruSlice *self, const char *path, gboolean folder)
{
  gsize length = strlen (path);

  for (guint i = 0; self->paths[i] != NULL; i++)
    {
      const char *wanted = self->paths[i];
      gsize whole = strlen (wanted);
      gboolean all_in_it = whole > 0 && wanted[whole - 1] == '/';
      if (whole <= length ? strncmp (path, wanted, whole) == 0 && (all_in_it || whole == length)
                          : folder && wanted[length] == '/' && strncmp (path, wanted, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_found (NaruSlice *self, const char *path, const NaruOid *oid, NaruObject *tree)
{
  Found *found = g_new0 (Found, 1);

  found->path = g_strdup (path);
  found->oid = *oid;
  found->tree = tree;
  g_ptr_array_add (self->found, found);
}

static gboolean
look_into (NaruSlice *self, const NaruOid *oid, const char *path, guint depth, GError **error)
{
  NaruObject *tree = naru_repository_read_object (self->repository, oid, NARU_OBJECT_TREE, error);
  NaruTreeReader reader;

  if (tree == NULL)
    return FALSE;
  add_found (self, path, oid, tree);
  if (depth > MAX_FOLDERS)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                      _ ("The folders of the history are nested too deeply."));
      return FALSE;
    }
  naru_tree_reader_init (&reader, tree->bytes);
  while (naru_tree_reader_next (&reader, error))
    {
      NaruOid child;
      if (reader.entry.name == NULL)
        return TRUE;
      g_autofree char *below = g_strdup_printf ("%s%s%.*s", path, *path != '\0' ? "/" : "",
                                                (int) reader.entry.name_length, reader.entry.name);
      if (!is_wanted (self, below, reader.entry.folder))
        continue;
      memcpy (child.bytes, reader.entry.oid, NARU_OID_SIZE);
      if (reader.entry.folder)
        {
          if (!look_into (self, &child, below, depth + 1, error))
            return FALSE;
          continue;
        }
      char hex[2 * NARU_OID_SIZE + 1];
      naru_oid_to_hex (&child, hex);
      g_string_append_printf (self->state, "%s %s\n", hex, below);
      add_found (self, below, &child, NULL);
    }
  return FALSE;
}

static gboolean
read_root (NaruSlice *self, const NaruOid *commit, NaruOid *root, GError **error)
{
  g_autoptr (NaruObject) object =
      naru_repository_read_object (self->repository, commit, NARU_OBJECT_COMMIT, error);
  gsize size = 0;
  const char *text = object != NULL ? g_bytes_get_data (object->bytes, &size) : NULL;
  char hex[2 * NARU_OID_SIZE + 1] = "";

  if (object == NULL)
    return FALSE;
  if (size > 5 + sizeof hex && memcmp (text, "tree ", 5) == 0)
    memcpy (hex, text + 5, sizeof hex - 1);
  if (naru_oid_from_hex (hex, root))
    return TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                  _ ("A commit of the history names no folder."));
  return FALSE;
}

/**
 * naru_slice_look: (skip)
 * @self: a slice
 * @commit: a commit
 * @differs: (out): whether one of the files is not what it was when naru_slice_look() was called before
 * @error: return location
 *
 * Returns: whether the folders could be read
 */
gboolean
naru_slice_look (NaruSlice *self, const NaruOid *commit, gboolean *differs, GError **error)
{
  g_autofree char *before = g_strdup (self->state->str);
  NaruOid root;

  g_string_truncate (self->state, 0);
  g_ptr_array_set_size (self->found, 0);
  if (!read_root (self, commit, &root, error) || !look_into (self, &root, "", 0, error))
    return FALSE;
  *differs = strcmp (before, self->state->str) != 0;
  return TRUE;
}

static gboolean
take_one (NaruSlice *self, Found *found, NaruSliceFunc func, gpointer user_data, GError **error)
{
  g_autoptr (NaruObject) read = NULL;
  const NaruOid *base = g_hash_table_lookup (self->latest, found->path);

  if (g_hash_table_contains (self->taken, &found->oid))
    return TRUE;
  if (found->tree == NULL)
    read = naru_repository_read_object (self->repository, &found->oid, NARU_OBJECT_BLOB, error);
  NaruObject *object = found->tree != NULL ? found->tree : read;
  if (object == NULL)
    return FALSE;
  if (base != NULL)
    object->base = *base;
  g_hash_table_add (self->taken, g_memdup2 (&found->oid, sizeof (NaruOid)));
  g_hash_table_insert (self->latest, g_strdup (found->path), g_memdup2 (&found->oid, sizeof (NaruOid)));
  return func (object, found->path, user_data, error);
}

/**
 * naru_slice_take: (skip)
 * @self: a slice
 * @func: (scope call): called for each object of the commit looked at last that was not taken before, with
 * its path; "" is the whole. Its base is the former one in that place
 * @user_data: for @func
 * @error: return location
 *
 * Returns: whether all went well
 */
gboolean
naru_slice_take (NaruSlice *self, NaruSliceFunc func, gpointer user_data, GError **error)
{
  for (guint i = 0; i < self->found->len; i++)
    if (!take_one (self, g_ptr_array_index (self->found, i), func, user_data, error))
      return FALSE;
  return TRUE;
}
