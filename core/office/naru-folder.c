/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-office-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

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
