/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"
#include "naru-git-private.h"
#include "naru-loose-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_TEXT "ref: refs/heads/main\n"

/* Nothing but us repacks, nothing ever prunes: an object may wait for its commit. */
static const char config_text[] = "[core]\n"
                                  "\trepositoryformatversion = 0\n"
                                  "\tfilemode = true\n"
                                  "\tbare = true\n"
                                  "\tfsync = all\n"
                                  "\tlogAllRefUpdates = false\n"
                                  "[gc]\n"
                                  "\tauto = 0\n"
                                  "\tpruneExpire = never\n"
                                  "[receive]\n"
                                  "\tdenyNonFastForwards = true\n"
                                  "\tdenyDeletes = true\n";

static gboolean
make_folders (const char *path, GError **error)
{
  static const char *const folders[] = { "objects", "objects/info", "objects/pack",
                                         "refs",    "refs/heads",   "refs/tags" };

  if (mkdir (path, 0700) != 0)
    {
      int kept = errno;
      if (kept == EEXIST)
        naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("Choose a new folder."),
                        _ ("“%s” exists already."), path);
      else
        naru_set_error_errno (error, kept, _ ("Choose a folder that you may write to."),
                              _ ("Cannot make the folder “%s”"), path);
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (path, folders[i], NULL);
      if (mkdir (folder, 0700) == 0)
        continue;
      naru_set_error_errno (error, errno, _ ("Check free space and permissions."),
                            _ ("Cannot make the folder “%s”"), folder);
      return FALSE;
    }
  return TRUE;
}

/**
 * naru_repository_create:
 * @path: a folder that does not exist yet
 * @error: return location
 *
 * Makes an empty bare repository, on disk when this returns. HEAD comes last: one that was not finished never
 * opens.
 *
 * Returns: (transfer full): the repository
 */
NaruRepository *
naru_repository_create (const char *path, GError **error)
{
  static const char *const synced[] = { "objects", "refs/heads", "refs", "." };

  if (!make_folders (path, error) || !naru_file_put (path, "config", config_text, error) ||
      !naru_file_put (path, "description", "The history of a Naru office\n", error) ||
      !naru_file_put (path, "HEAD", HEAD_TEXT, error))
    return NULL;
  g_autofree char *parent = g_path_get_dirname (path);
  gboolean good = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (synced) && good; i++)
    {
      g_autofree char *folder = g_build_filename (path, synced[i], NULL);
      good = naru_file_sync_folder (AT_FDCWD, folder);
    }
  if (!good || !naru_file_sync_folder (AT_FDCWD, parent))
    {
      naru_set_error_errno (error, errno, _ ("Check the disk."), _ ("Cannot bring the folder “%s” to disk"),
                            path);
      return NULL;
    }
  return naru_repository_open (path, error);
}

static gboolean
check_folder (int root_fd, const char *path, const char *part, GError **error)
{
  struct stat status;

  if (fstatat (root_fd, part, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      int kept = errno;
      if (kept == ENOENT)
        naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                        _ ("Restore the history from a backup or a clone."),
                        _ ("“%s” is not a complete git repository: “%s” is missing."), path, part);
      else
        naru_set_error_errno (error, kept, _ ("Check the permissions."), _ ("Cannot look into “%s/%s”"), path,
                              part);
      return FALSE;
    }
  if (!S_ISDIR (status.st_mode))
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Put the real folder in its place."),
                      _ ("“%s/%s” is not a folder; a link there could lead out of the office."), path, part);
      return FALSE;
    }
  if (status.st_uid != geteuid () && status.st_uid != 0)
    {
      naru_set_error (error, NARU_ERROR_DENIED, NULL, 0,
                      _ ("Run the command as the user who owns the office."),
                      _ ("“%s/%s” belongs to another user (number %u)."), path, part, (guint) status.st_uid);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_layout (NaruRepository *self, gboolean any_branch, GError **error)
{
  static const char *const folders[] = { ".", "objects", "objects/pack", "refs", "refs/heads" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    if (!check_folder (self->root_fd, self->path, folders[i], error))
      return FALSE;
  g_autoptr (GBytes) head = naru_file_read (self->root_fd, "HEAD", 4096);
  gsize size = 0;
  const char *text = head != NULL ? g_bytes_get_data (head, &size) : NULL;
  if (any_branch && head != NULL)
    return TRUE;
  if (size == strlen (HEAD_TEXT) && memcmp (text, HEAD_TEXT, size) == 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Its file HEAD must say “ref: refs/heads/main”."),
                  _ ("“%s” is not the history of an office: its branch is not “main”."), self->path);
  return FALSE;
}

static NaruRepository *
open_folder (const char *path, gboolean any_branch, GError **error)
{
  struct stat status;
  if (lstat (path, &status) != 0)
    {
      int kept = errno;
      if (kept == ENOENT)
        naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                        _ ("Restore the history from a backup or a clone."),
                        _ ("There is no history at “%s”."), path);
      else
        naru_set_error_errno (error, kept, _ ("Check the permissions."), _ ("Cannot look into “%s”"), path);
      return NULL;
    }
  g_autoptr (NaruRepository) self = g_new0 (NaruRepository, 1);
  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->objects_fd = self->lock_fd = -1;
  self->root_fd = naru_file_open (AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
  if (self->root_fd < 0)
    {
      int kept = errno;
      if (!S_ISDIR (status.st_mode))
        naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Put the real folder in its place."),
                        _ ("“%s” is not a folder."), path);
      else
        naru_set_error_errno (error, kept, _ ("Check the permissions."), _ ("Cannot open the history “%s”"),
                              path);
      return NULL;
    }
  if (!check_layout (self, any_branch, error))
    return NULL;
  self->objects_fd = naru_file_open (self->root_fd, "objects", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
  if (self->objects_fd < 0)
    {
      naru_set_error_errno (error, errno, _ ("Check the permissions."), _ ("Cannot open “%s/objects”"), path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * naru_repository_open:
 * @path: folder of the repository
 * @error: return location
 *
 * Never makes what is not there. Refuses folders that are links, incomplete, or owned by someone else.
 *
 * Returns: (transfer full): the repository
 */
NaruRepository *
naru_repository_open (const char *path, GError **error)
{
  return open_folder (path, FALSE, error);
}

/**
 * naru_repository_open_copy:
 * @path: folder of a repository
 * @error: return location
 *
 * As naru_repository_open(), for a clone or a mirror: whatever branch its HEAD names, the history is in main.
 *
 * Returns: (transfer full): the repository
 */
NaruRepository *
naru_repository_open_copy (const char *path, GError **error)
{
  return open_folder (path, TRUE, error);
}

/**
 * naru_repository_free:
 * @self: (nullable) (transfer full): a repository; a lock it holds is given back
 */
void
naru_repository_free (NaruRepository *self)
{
  if (self == NULL)
    return;
  naru_repository_unlock (self);
  naru_git_packs_free (self->packs);
  if (self->objects_fd >= 0)
    close (self->objects_fd);
  if (self->root_fd >= 0)
    close (self->root_fd);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/**
 * naru_repository_get_path:
 * @self: a repository
 *
 * Returns: (transfer none): its folder, as given
 */
const char *
naru_repository_get_path (NaruRepository *self)
{
  return self->path;
}

/**
 * naru_repository_lock:
 * @self: a repository that holds no lock yet
 * @lock_file: made when absent; stays when the lock goes
 * @error: return location
 *
 * Waits until no other process publishes. The kernel gives the lock back when the process ends, however it
 * ends.
 */
gboolean
naru_repository_lock (NaruRepository *self, const char *lock_file, GError **error)
{
  g_return_val_if_fail (self->lock_fd < 0, FALSE);

  int fd = naru_file_open (AT_FDCWD, lock_file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      naru_set_error_errno (error, errno, _ ("Check free space and permissions of the office's folder."),
                            _ ("Cannot open the lock “%s”"), lock_file);
      return FALSE;
    }
  int result;
  do
    result = flock (fd, LOCK_EX);
  while (result < 0 && errno == EINTR);
  if (result < 0)
    {
      int kept = errno;
      close (fd);
      naru_set_error_errno (error, kept, _ ("Keep the office on a local disk."), _ ("Cannot lock “%s”"),
                            lock_file);
      return FALSE;
    }
  self->lock_fd = fd;
  return TRUE;
}

/**
 * naru_repository_unlock:
 * @self: a repository; nothing happens when it holds no lock
 */
void
naru_repository_unlock (NaruRepository *self)
{
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

gboolean
naru_repository_check_locked (NaruRepository *self, GError **error)
{
  if (self->lock_fd >= 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, NULL,
                  _ ("The history “%s” may be changed only by the one who holds its lock."), self->path);
  return FALSE;
}

/**
 * naru_repository_write_loose:
 * @self: a repository whose lock is held
 * @objects: (element-type NaruObject): objects, each after those it refers to
 * @error: return location
 *
 * Writes objects as files, not synced; one that is there and sound stays, a damaged one is written again.
 */
gboolean
naru_repository_write_loose (NaruRepository *self, GPtrArray *objects, GError **error)
{
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  g_autoptr (NaruLooseWriter) writer = naru_loose_writer_new (self->objects_fd);
  for (guint i = 0; i < objects->len; i++)
    if (!naru_loose_writer_add (writer, g_ptr_array_index (objects, i), error))
      return FALSE;
  return TRUE;
}

/**
 * naru_repository_drop_loose:
 * @self: a repository whose lock is held
 * @oids: (array length=n_oids): objects that stand in a pack on disk
 * @n_oids: how many
 * @error: return location
 */
gboolean
naru_repository_drop_loose (NaruRepository *self, const NaruOid *oids, gsize n_oids, GError **error)
{
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  for (gsize i = 0; i < n_oids; i++)
    if (!naru_loose_drop (self->objects_fd, &oids[i], error))
      return FALSE;
  return TRUE;
}

/**
 * naru_repository_sync:
 * @self: a repository
 * @error: return location
 *
 * Brings everything written so far to disk, together with what else waits on that file system.
 */
gboolean
naru_repository_sync (NaruRepository *self, GError **error)
{
  int result;

  do
    result = syncfs (self->root_fd);
  while (result < 0 && errno == EINTR);
  if (result == 0)
    return TRUE;
  naru_set_error_errno (error, errno, _ ("Check the disk."), _ ("Cannot bring the history “%s” to disk"),
                        self->path);
  return FALSE;
}
