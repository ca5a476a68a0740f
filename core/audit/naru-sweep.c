/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define BRANCH_LOCK "refs/heads/main.lock"

static gboolean
is_kept (const char *file, const char *const *keep_packs)
{
  static const char *const prefixes[] = { "tmp_pack_naru-", "tmp_idx_naru-" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes) && keep_packs != NULL; i++)
    if (g_str_has_prefix (file, prefixes[i]) && g_strv_contains (keep_packs, file + strlen (prefixes[i])))
      return TRUE;
  return FALSE;
}

/* What stock git left is meant as well: it names its files ".tmp-…" while it repacks. */
static gboolean
is_left_over (const char *file, const char *const *keep_packs)
{
  return (g_str_has_prefix (file, "tmp_") || g_str_has_prefix (file, ".tmp-")) && !is_kept (file, keep_packs);
}

/* FALSE: errno tells */
static gboolean
sweep_folder (int objects_fd, const char *path, const char *const *keep_packs)
{
  DIR *folder = naru_file_open_folder (objects_fd, path);
  int failed = folder == NULL ? errno : 0;

  for (struct dirent *at = folder != NULL ? readdir (folder) : NULL; at != NULL; at = readdir (folder))
    if (is_left_over (at->d_name, keep_packs) && unlinkat (dirfd (folder), at->d_name, 0) != 0 &&
        errno != ENOENT && errno != EISDIR)
      failed = errno;
  if (folder != NULL)
    closedir (folder);
  errno = failed;
  return failed == 0;
}

/* The lock of a seal, its time stamp or a mirror's place: FALSE: errno tells */
static gboolean
sweep_locks (NaruRepository *self, const char *path)
{
  DIR *folder = naru_file_open_folder (self->root_fd, path);
  int failed = folder == NULL && errno != ENOENT ? errno : 0;

  for (struct dirent *at = folder != NULL ? readdir (folder) : NULL; at != NULL; at = readdir (folder))
    if (g_str_has_suffix (at->d_name, ".lock") && unlinkat (dirfd (folder), at->d_name, 0) != 0 &&
        errno != ENOENT && errno != EISDIR)
      failed = errno;
  if (folder != NULL)
    closedir (folder);
  errno = failed;
  return failed == 0;
}

/**
 * naru_repository_sweep:
 * @self: a repository whose lock is held
 * @keep_packs: (nullable) (array zero-terminated=1): names of unpublished packs that are still needed
 * @error: return location
 *
 * Removes what a killed process left behind: temporary files, and locks of the branch and of seals, which
 * would block for ever.
 */
gboolean
naru_repository_sweep (NaruRepository *self, const char *const *keep_packs, GError **error)
{
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  if ((unlinkat (self->root_fd, BRANCH_LOCK, 0) == 0 || errno == ENOENT) &&
      sweep_folder (self->objects_fd, ".", NULL) && sweep_folder (self->objects_fd, "pack", keep_packs) &&
      sweep_locks (self, NARU_SEAL_REFS) && sweep_locks (self, NARU_STAMP_REFS) &&
      sweep_locks (self, NARU_MIRROR_REFS))
    return TRUE;
  naru_set_error_errno (error, errno, _ ("Check the permissions of the history's folder."),
                        _ ("Cannot remove what an interrupted command left in “%s”"), self->path);
  return FALSE;
}
