/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
naru_file_open (int folder, const char *path, int flags, mode_t mode)
{
  int fd;

  do
    fd = openat (folder, path, flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

DIR *
naru_file_open_folder (int folder, const char *path)
{
  int fd = naru_file_open (folder, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
  if (fd < 0)
    return NULL;
  DIR *open = fdopendir (fd);
  if (open == NULL)
    close (fd);
  return open;
}

gboolean
naru_file_write (int fd, gconstpointer data, gsize size)
{
  const guint8 *at = data;

  while (size > 0)
    {
      gssize written = write (fd, at, size);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      at += written;
      size -= (gsize) written;
    }
  return TRUE;
}

gboolean
naru_file_sync (int fd)
{
  int result;

  do
    result = fsync (fd);
  while (result < 0 && errno == EINTR);
  return result == 0;
}

gboolean
naru_file_sync_folder (int folder, const char *path)
{
  int fd = naru_file_open (folder, path, O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0)
    return FALSE;
  gboolean synced = naru_file_sync (fd);
  int kept = errno;
  close (fd);
  errno = kept;
  return synced;
}

static GBytes *
read_all (int fd, gsize max)
{
  struct stat status;
  if (fstat (fd, &status) != 0)
    return NULL;
  if (!S_ISREG (status.st_mode) || (guint64) status.st_size > max)
    {
      errno = S_ISREG (status.st_mode) ? EFBIG : EINVAL;
      return NULL;
    }
  gsize size = (gsize) status.st_size;
  g_autofree guint8 *data = g_try_malloc (size + 1);
  if (data == NULL)
    {
      errno = ENOMEM;
      return NULL;
    }
  gsize have = 0;
  while (have < size)
    {
      gssize got = read (fd, data + have, size - have);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return NULL;
      if (got == 0)
        break;
      have += (gsize) got;
    }
  return g_bytes_new_take (g_steal_pointer (&data), have);
}

/* A symbolic link is not followed; a file over @max bytes is EFBIG, what is no file EINVAL. */
GBytes *
naru_file_read (int folder, const char *path, gsize max)
{
  int fd = naru_file_open (folder, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
  if (fd < 0)
    return NULL;
  GBytes *bytes = read_all (fd, max);
  int kept = errno;
  close (fd);
  errno = kept;
  return bytes;
}

/* A new small file, on disk when this returns; its folder is not synced. */
gboolean
naru_file_put (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = naru_file_open (AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
  gboolean good = fd >= 0 && naru_file_write (fd, text, strlen (text)) && naru_file_sync (fd);
  int kept = errno;
  if (fd >= 0 && close (fd) != 0 && good)
    {
      good = FALSE;
      kept = errno;
    }
  if (!good)
    naru_set_error_errno (error, kept, _ ("Check free space and permissions of the folder."),
                          _ ("Cannot write “%s”"), path);
  return good;
}
