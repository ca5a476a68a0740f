/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-office-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOLD_TRIES 3

/* What is made whole or not at all is built beside its place and moved there in the end. */

void
naru_folder_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      struct stat st;

      if (lstat (child, &st) == 0 && S_ISDIR (st.st_mode))
        naru_folder_remove (child);
      else
        unlink (child);
    }
  rmdir (path);
}

/* (transfer full) (nullable): a new folder beside @place, for nobody else's eyes */
char *
naru_folder_make_beside (const char *place, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (place);
  g_autofree char *temporary = g_strconcat (place, ".new-XXXXXX", NULL);

  if (g_mkdtemp_full (temporary, 0700) != NULL)
    return g_steal_pointer (&temporary);
  naru_set_error_errno (error, errno, _ ("choose a folder that you may write to"),
                        _ ("cannot make a folder in %s"), parent);
  return NULL;
}

/* The folder is ours as long as this is open; -1: somebody else's, or going */
static int
hold (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0 && fstat (fd, &st) == 0 && st.st_nlink > 0 &&
      st.st_uid == geteuid ())
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* (transfer full) (nullable): as naru_folder_make_beside(), for a place in the office's own folder.
 * @held: (out): to be closed in the end; as long as it is open naru_folder_sweep() leaves the folder alone */
char *
naru_folder_make_held (const char *place, int *held, GError **error)
{
  for (guint i = 0; i < HOLD_TRIES; i++)
    {
      g_autofree char *folder = naru_folder_make_beside (place, error);
      if (folder == NULL)
        return NULL;
      *held = hold (folder);
      if (*held >= 0 || i + 1 == HOLD_TRIES) /* a disk without locks, where none is swept either */
        return g_steal_pointer (&folder);
      rmdir (folder);
    }
  return NULL;
}

/* Removes the folders that naru_folder_make_held() made there for commands that were killed. */
void
naru_folder_sweep (const char *place)
{
  g_autofree char *parent = g_path_get_dirname (place);
  g_autofree char *base = g_path_get_basename (place);
  g_autofree char *prefix = g_strconcat (base, ".new-", NULL);
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_prefix (name, prefix))
        continue;
      g_autofree char *path = g_build_filename (parent, name, NULL);
      int held = hold (path);
      if (held < 0)
        continue;
      naru_folder_remove (path);
      close (held);
    }
}

/* Whether an office may be made at @folder; where it may, a folder beside it to build it in. */
gboolean
naru_folder_prepare (const char *folder, char **temporary, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  struct stat st;

  if (dir != NULL && g_dir_read_name (dir) != NULL)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("name a folder that is empty or does not exist"),
                      _ ("%s is not empty"), folder);
      return FALSE;
    }
  if (dir == NULL && lstat (folder, &st) == 0)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("name a folder that is empty or does not exist"),
                      _ ("%s is there already, and is no folder"), folder);
      return FALSE;
    }
  if (g_mkdir_with_parents (parent, 0755) != 0)
    {
      naru_set_error_errno (error, errno, _ ("choose a folder that you may write to"), _ ("cannot make %s"),
                            parent);
      return FALSE;
    }
  *temporary = naru_folder_make_beside (folder, error);
  return *temporary != NULL;
}

gboolean
naru_folder_sync (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return done;
}

/* Moves what was built to its place; removes it where that cannot be. */
gboolean
naru_folder_move (const char *temporary, const char *place, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (place);

  /* what was removed in it must not come back with a power loss */
  naru_folder_sync (temporary);
  if (rename (temporary, place) != 0)
    {
      naru_set_error_errno (error, errno, _ ("choose another folder"), _ ("cannot make %s"), place);
      naru_folder_remove (temporary);
      return FALSE;
    }
  naru_folder_sync (parent);
  return TRUE;
}
