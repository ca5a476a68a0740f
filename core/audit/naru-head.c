/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REF "refs/heads/main"
#define LOCK REF ".lock"
#define HEX_SIZE (2 * NARU_OID_SIZE)

static gboolean
refuse_head (NaruRepository *self, const char *file, GError **error)
{
  naru_set_error (
      error, NARU_ERROR_BROKEN, NULL, 0,
      _ ("Run “naru status”: it sets the branch back to the last commit that is known to be on disk."),
      _ ("“%s/%s” does not name a commit."), self->path, file);
  return FALSE;
}

/* Only what the file itself is makes it damaged: a link, a folder, something long. That it cannot be read now
 * says nothing about it. */
static gboolean
refuse_file (NaruRepository *self, const char *file, int errsv, GError **error)
{
  if (errsv == ELOOP || errsv == EINVAL || errsv == EFBIG)
    return refuse_head (self, file, error);
  naru_set_error_errno (error, errsv, NULL, _ ("Cannot read “%s/%s”"), self->path, file);
  return FALSE;
}

static gboolean
parse_oid (const char *text, NaruOid *oid)
{
  char hex[HEX_SIZE + 1];

  memcpy (hex, text, HEX_SIZE);
  hex[HEX_SIZE] = 0;
  return naru_oid_from_hex (hex, oid) && !naru_oid_is_zero (oid);
}

/* Stock git may have moved the branch there (`git pack-refs`). */
static gboolean
read_packed_refs (NaruRepository *self, NaruOid *head, GError **error)
{
  g_autoptr (GBytes) bytes = naru_file_read (self->root_fd, "packed-refs", 16 * 1024 * 1024);
  memset (head, 0, sizeof *head);
  if (bytes == NULL)
    return errno == ENOENT || refuse_file (self, "packed-refs", errno, error);

  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      if (strlen (lines[i]) != HEX_SIZE + 1 + strlen (REF) || strcmp (lines[i] + HEX_SIZE, " " REF) != 0)
        continue;
      return parse_oid (lines[i], head) || refuse_head (self, "packed-refs", error);
    }
  return TRUE;
}

/**
 * naru_repository_get_head:
 * @self: a repository
 * @head: (out): the commit of the branch main; zero before the first one
 * @error: return location
 *
 * Returns: %FALSE with %NARU_ERROR_BROKEN where the branch is empty, a link or no commit's name, with
 *   %NARU_ERROR_IO where it cannot be read
 */
gboolean
naru_repository_get_head (NaruRepository *self, NaruOid *head, GError **error)
{
  g_autoptr (GBytes) bytes = naru_file_read (self->root_fd, REF, 4096);

  memset (head, 0, sizeof *head);
  if (bytes == NULL && errno == ENOENT)
    return read_packed_refs (self, head, error);
  if (bytes == NULL)
    return refuse_file (self, REF, errno, error);
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  if (size != HEX_SIZE + 1 || text[HEX_SIZE] != '\n' || !parse_oid (text, head))
    return refuse_head (self, REF, error);
  return TRUE;
}

static gboolean
check_expected (NaruRepository *self, const NaruOid *expected, GError **error)
{
  NaruOid present;

  if (expected == NULL)
    return TRUE;
  if (!naru_repository_get_head (self, &present, error))
    return FALSE;
  if (naru_oid_equal (&present, expected))
    return TRUE;
  char hex[HEX_SIZE + 1];
  naru_oid_to_hex (&present, hex);
  naru_set_error (error, NARU_ERROR_CONFLICT, NULL, 0,
                  _ ("Only Naru may write to this repository; look with “git log” what was done."),
                  _ ("The history was moved by someone else: “main” is at %s now."), hex);
  return FALSE;
}

static gboolean
write_lock (NaruRepository *self, int fd, const NaruOid *head, gboolean durable)
{
  char text[HEX_SIZE + 2];

  naru_oid_to_hex (head, text);
  text[HEX_SIZE] = '\n';
  gboolean good = naru_file_write (fd, text, HEX_SIZE + 1) && (!durable || naru_file_sync (fd));
  int kept = errno;
  if (close (fd) != 0 && good)
    return FALSE;
  errno = kept;
  return good;
}

static gboolean
fail_move (NaruRepository *self, int errsv, GError **error)
{
  if (errsv == EEXIST)
    naru_set_error (
        error, NARU_ERROR_CONFLICT, NULL, 0,
        _ ("Wait until the other program is done; a left-over file is removed by the next command."),
        _ ("Another program is changing the history: “%s/%s” exists."), self->path, LOCK);
  else
    naru_set_error_errno (error, errsv,
                          _ ("Free some space, or make the folder writable, and run the command again."),
                          _ ("Cannot move the branch “main” of “%s”"), self->path);
  return FALSE;
}

/**
 * naru_repository_set_head:
 * @self: a repository
 * @expected: (nullable): what the branch must be at, zero for no commit yet; %NULL sets it whatever it is at
 * @head: the new commit
 * @durable: whether it must be on disk when this returns
 * @error: return location
 *
 * Moves the branch main by compare and set, under the lock that stock git honours as well.
 *
 * Returns: %FALSE with %NARU_ERROR_CONFLICT when the branch is elsewhere or locked, %NARU_ERROR_BROKEN when
 * it is damaged
 */
gboolean
naru_repository_set_head (NaruRepository *self, const NaruOid *expected, const NaruOid *head,
                          gboolean durable, GError **error)
{
  int fd = naru_file_open (self->root_fd, LOCK, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  if (fd < 0)
    return fail_move (self, errno, error);
  if (!check_expected (self, expected, error))
    {
      close (fd);
      unlinkat (self->root_fd, LOCK, 0);
      return FALSE;
    }
  if (!write_lock (self, fd, head, durable) || renameat (self->root_fd, LOCK, self->root_fd, REF) != 0)
    {
      int kept = errno;
      unlinkat (self->root_fd, LOCK, 0);
      return fail_move (self, kept, error);
    }
  if (durable && !naru_file_sync_folder (self->root_fd, "refs/heads"))
    return fail_move (self, errno, error);
  return TRUE;
}
