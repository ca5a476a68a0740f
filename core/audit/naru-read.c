/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-git-private.h"
#include "naru-loose-private.h"
#include "naru-object-private.h"
#include "naru-pack-private.h"
#include "naru-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define MAX_FOLDERS 16 /* in each other: more than any path of ours has */

/* libgit2 gets the packs alone: it never ends on a truncated loose object, so those are read by ourselves. */
static gboolean
open_packs (NaruRepository *self, GError **error)
{
  git_odb_backend *backend = NULL;

  if (!naru_git_load (error))
    return FALSE;
  if (self->packs != NULL)
    return TRUE;
  g_autofree char *objects = g_build_filename (self->path, "objects", NULL);
  g_autofree char *folder = g_build_filename (objects, "pack", NULL);
  if (!naru_pack_check_indexes (folder, error))
    return FALSE;
  int result = git_odb_new (&self->packs);
  if (result == 0)
    result = git_odb_backend_pack (&backend, objects);
  if (result == 0)
    result = git_odb_add_backend (self->packs, backend, 1);
  if (result == 0)
    return TRUE;
  naru_error_from_git (error, result, _ ("Cannot open the packs of the history"));
  g_clear_pointer (&self->packs, naru_git_packs_free);
  return FALSE;
}

static NaruObject *
read_packed (NaruRepository *self, const NaruOid *oid, GError **error)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  git_odb_object *found = NULL;
  git_oid id;
  int result = 0;

  memcpy (id.id, oid->bytes, NARU_OID_SIZE);
  /* a second time with fresh eyes: a repack may have put other packs in place */
  for (guint attempt = 0; attempt < 2 && found == NULL; attempt++)
    {
      if (attempt > 0)
        g_clear_pointer (&self->packs, naru_git_packs_free);
      if (!open_packs (self, error))
        return NULL;
      result = git_odb_read (&found, self->packs, &id);
    }
  if (found == NULL)
    {
      char hex[2 * NARU_OID_SIZE + 1];
      naru_oid_to_hex (oid, hex);
      if (result == GIT_ENOTFOUND)
        {
          naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                          _ ("Is it a revision that “naru history” shows? Then run “git fsck” in the history "
                             "and restore what is damaged from a backup or a clone."),
                          _ ("The history has no object %s."), hex);
          return NULL;
        }
      g_autofree char *what = g_strdup_printf (_ ("Cannot read the object %s of the history"), hex);
      naru_error_from_git (error, result, what);
      return NULL;
    }
  int kind = (int) git_odb_object_type (found);
  g_autoptr (GBytes) bytes = g_bytes_new (git_odb_object_data (found), git_odb_object_size (found));
  git_odb_object_free (found);
  /* the id was compared with the content by libgit2; kinds have the same numbers */
  return naru_object_new_with_oid ((NaruObjectKind) kind, bytes, oid);
}

/* For somebody who reads all that is here now and nothing that comes later: remembers which folders of loose
 * objects there are, and looks into no other. */
void
naru_repository_fix_loose (NaruRepository *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->loose); i++)
    {
      char name[3];
      g_snprintf (name, sizeof name, "%02x", i);
      self->loose[i] = faccessat (self->objects_fd, name, F_OK, 0) == 0;
    }
  self->loose_known = TRUE;
}

/**
 * naru_repository_read_object:
 * @self: a repository
 * @oid: id of an object
 * @kind: what it must be, or 0 for any
 * @error: return location
 *
 * Returns: (transfer full): the object, its content compared with its id; %NARU_ERROR_NOT_FOUND where it is
 * absent, %NARU_ERROR_BROKEN where it is damaged or of another kind
 */
NaruObject *
naru_repository_read_object (NaruRepository *self, const NaruOid *oid, NaruObjectKind kind, GError **error)
{
  g_autoptr (GError) loose = NULL;
  gboolean exists = FALSE;
  g_autoptr (NaruObject) object = self->loose_known && !self->loose[oid->bytes[0]]
                                      ? NULL
                                      : naru_loose_read (self->objects_fd, oid, &exists, &loose);
  if (object == NULL)
    {
      g_autoptr (GError) packed = NULL;
      object = read_packed (self, oid, &packed);
      if (object == NULL)
        {
          g_propagate_error (error, exists ? g_steal_pointer (&loose) : g_steal_pointer (&packed));
          return NULL;
        }
    }
  if (kind == 0 || object->kind == kind)
    return g_steal_pointer (&object);
  char hex[2 * NARU_OID_SIZE + 1];
  naru_oid_to_hex (oid, hex);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                  _ ("The object %s of the history is not a %s."), hex, naru_object_kind_to_string (kind));
  return NULL;
}

/**
 * naru_repository_read_blob:
 * @self: a repository
 * @oid: id of a blob
 * @error: return location
 *
 * Returns: (transfer full): its content
 */
GBytes *
naru_repository_read_blob (NaruRepository *self, const NaruOid *oid, GError **error)
{
  g_autoptr (NaruObject) object = naru_repository_read_object (self, oid, NARU_OBJECT_BLOB, error);

  return object != NULL ? g_bytes_ref (object->bytes) : NULL;
}

static gboolean
parse_tree_of (NaruObject *commit, NaruOid *tree)
{
  gsize size;
  const char *text = g_bytes_get_data (commit->bytes, &size);
  char hex[2 * NARU_OID_SIZE + 1];

  if (size < 5 + sizeof hex || memcmp (text, "tree ", 5) != 0 || text[5 + 2 * NARU_OID_SIZE] != '\n')
    return FALSE;
  memcpy (hex, text + 5, sizeof hex - 1);
  hex[sizeof hex - 1] = 0;
  return naru_oid_from_hex (hex, tree);
}

/* @found: whether there was such a file, or folder, then */
static gboolean
find_place (NaruRepository *self, const NaruOid *commit, const char *path, gboolean folder, NaruOid *at,
            gboolean *found, GError **error)
{
  g_autoptr (NaruObject) object = naru_repository_read_object (self, commit, NARU_OBJECT_COMMIT, error);
  if (object == NULL)
    return FALSE;
  if (!parse_tree_of (object, at))
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                      _ ("A commit of the history names no folder."));
      return FALSE;
    }
  /* "" has no parts at all, but should be refused like any name that is not there */
  g_auto (GStrv) parts = g_strsplit (*path != 0 ? path : "/", "/", -1);
  *found = FALSE;
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      NaruTreeEntry entry;
      gboolean last = parts[i + 1] == NULL;
      g_autoptr (NaruObject) tree = naru_repository_read_object (self, at, NARU_OBJECT_TREE, error);
      if (tree == NULL || !naru_tree_find (tree->bytes, parts[i], strlen (parts[i]), &entry, error))
        return FALSE;
      if (entry.name == NULL || entry.folder != (last ? folder : TRUE))
        return TRUE;
      memcpy (at->bytes, entry.oid, NARU_OID_SIZE);
    }
  *found = TRUE;
  return TRUE;
}

/**
 * naru_repository_read_file:
 * @self: a repository
 * @commit: a commit
 * @path: path of a file in it
 * @error: return location
 *
 * Returns: (transfer full): the file as it was then; %NARU_ERROR_NOT_FOUND where it was not there
 */
GBytes *
naru_repository_read_file (NaruRepository *self, const NaruOid *commit, const char *path, GError **error)
{
  NaruOid at;
  gboolean found = FALSE;

  if (!find_place (self, commit, path, FALSE, &at, &found, error))
    return NULL;
  if (found)
    return naru_repository_read_blob (self, &at, error);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, NULL, _ ("“%s” was not in the history then."), path);
  return NULL;
}

typedef struct
{
  NaruRepository *repository;
  NaruRepositoryFileFunc func;
  gpointer user_data;
  gboolean ended;
} FileWalk;

static gboolean
walk_folder (FileWalk *walk, const NaruOid *oid, const char *path, guint depth, GError **error)
{
  g_autoptr (NaruObject) tree = naru_repository_read_object (walk->repository, oid, NARU_OBJECT_TREE, error);
  NaruTreeReader reader;

  if (tree == NULL)
    return FALSE;
  if (depth > MAX_FOLDERS)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                      _ ("The folders of the history are nested too deeply."));
      return FALSE;
    }
  naru_tree_reader_init (&reader, tree->bytes);
  while (!walk->ended)
    {
      NaruOid child;
      if (!naru_tree_reader_next (&reader, error))
        return FALSE;
      if (reader.entry.name == NULL)
        return TRUE;
      g_autofree char *below =
          g_strdup_printf ("%s/%.*s", path, (int) reader.entry.name_length, reader.entry.name);
      memcpy (child.bytes, reader.entry.oid, NARU_OID_SIZE);
      if (reader.entry.folder)
        {
          if (!walk_folder (walk, &child, below, depth + 1, error))
            return FALSE;
          continue;
        }
      g_autoptr (GBytes) bytes = naru_repository_read_blob (walk->repository, &child, error);
      if (bytes == NULL)
        return FALSE;
      walk->ended = !walk->func (below, bytes, walk->user_data);
    }
  return TRUE;
}

/**
 * naru_repository_foreach_file:
 * @self: a repository
 * @commit: a commit
 * @folder: path of a folder in it; one that was not there holds no files
 * @func: (scope call): called with path and content of each file below; FALSE ends the walk
 * @user_data: for @func
 * @error: return location
 *
 * Returns: whether all could be read
 */
gboolean
naru_repository_foreach_file (NaruRepository *self, const NaruOid *commit, const char *folder,
                              NaruRepositoryFileFunc func, gpointer user_data, GError **error)
{
  FileWalk walk = { self, func, user_data, FALSE };
  NaruOid at;
  gboolean found = FALSE;

  if (!find_place (self, commit, folder, TRUE, &at, &found, error))
    return FALSE;
  return !found || walk_folder (&walk, &at, folder, 0, error);
}

/**
 * naru_repository_diff:
 * @self: a repository
 * @from: (nullable): content before, %NULL for a new file
 * @to: (nullable): content after, %NULL for a removed file
 * @path: what both are called in the header
 * @error: return location
 *
 * Returns: (transfer full): a unified diff, empty where nothing differs
 */
char *
naru_repository_diff (NaruRepository *self, GBytes *from, GBytes *to, const char *path, GError **error)
{
  git_patch *patch = NULL;
  git_buf text = { 0 };
  gsize from_size = 0, to_size = 0;

  if (!naru_git_load (error))
    return NULL;
  const char *from_data = from != NULL ? g_bytes_get_data (from, &from_size) : NULL;
  const char *to_data = to != NULL ? g_bytes_get_data (to, &to_size) : NULL;
  /* an empty file is not an absent one */
  from_data = from != NULL && from_data == NULL ? "" : from_data;
  to_data = to != NULL && to_data == NULL ? "" : to_data;
  int result = git_patch_from_buffers (&patch, from_data, from_size, path, to_data, to_size, path, NULL);
  if (result == 0)
    result = git_patch_to_buf (&text, patch);
  if (result != 0)
    {
      naru_error_from_git (error, result, _ ("Cannot compare the two versions"));
      git_patch_free (patch);
      return NULL;
    }
  char *diff = g_strndup (text.ptr != NULL ? text.ptr : "", text.size);
  git_buf_dispose (&text);
  git_patch_free (patch);
  return diff;
}
