/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
read_document (int fd, const char *file, guint64 size, GBytes **bytes, GError **error)
{
  g_autofree char *content = g_malloc (size + 1);
  gsize done = 0;

  while (done < size)
    {
      ssize_t n = read (fd, content + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          naru_set_error_errno (error, n < 0 ? errno : EIO, _ ("try again"), _ ("cannot read %s"), file);
          return FALSE;
        }
      done += n;
    }
  *bytes = g_bytes_new_take (g_steal_pointer (&content), size);
  return TRUE;
}

static int
open_document (const char *file, guint64 *size, GError **error)
{
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0)
    naru_set_error_errno (error, errno, _ ("check the name and the permissions"), _ ("cannot read %s"), file);
  else if (!S_ISREG (st.st_mode))
    naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("attach one file"), _ ("%s is not a file"), file);
  else if (st.st_size > NARU_DOCUMENT_MAX)
    naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0,
                    _ ("keep the file elsewhere and attach a note that names its place and digest"),
                    _ ("%s has %" PRId64 " MiB; a document may have 100 MiB"), file,
                    (gint64) (st.st_size >> 20));
  else
    {
      *size = st.st_size;
      return fd;
    }
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Puts the document into the entry, unless the history holds the same content already. */
static gboolean
put_document (NaruChange *self, GBytes *bytes, const NaruOid *oid, const NaruDigest *digest, guint64 size,
              GError **error)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) tree = NULL;
  g_autoptr (GError) local = NULL;

  naru_digest_to_hex (digest, hex);
  folder = g_strdup_printf ("documents/%.2s", hex);
  path = g_strdup_printf ("%s/%s", folder, hex);
  tree = naru_txn_get_tree (self->txn, folder, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (naru_tree_has_file (tree, hex))
    return TRUE;
  if (bytes != NULL)
    naru_entry_put_file (self->entry, path, bytes);
  else
    naru_entry_put_blob (self->entry, path, oid, size, digest);
  return TRUE;
}

/**
 * naru_change_begin_with_document:
 * @desk: whose change it is
 * @action: the action
 * @file: a file to take into the history, 100 MiB at most
 * @digest: (out caller-allocates): BLAKE2b-256 of its content, which also names it
 * @size: (out): its size in bytes
 * @error: return location
 *
 * As naru_change_begin(). A small document travels in the journal; a large one is first written into a pack,
 * while others still can work. The history is locked before the store, here as everywhere.
 *
 * Returns: (transfer full) (nullable): the change, whose entry carries the document
 */
NaruChange *
naru_change_begin_with_document (NaruDesk *desk, const char *action, const char *file, NaruDigest *digest,
                                 guint64 *size, GError **error)
{
  g_autoptr (NaruChange) self = naru_change_new (desk, action);
  g_autoptr (GBytes) bytes = NULL;
  int fd = open_document (file, size, error);
  NaruOid oid;
  gboolean done;

  if (fd < 0)
    return NULL;
  naru_office_recover_if_possible (self->office);
  if (!naru_change_check_agent (self, error))
    {
      close (fd);
      return NULL;
    }
  if (*size <= NARU_DOCUMENT_INLINE)
    {
      done = read_document (fd, file, *size, &bytes, error);
      if (done)
        naru_digest_compute (g_bytes_get_data (bytes, NULL), *size, digest);
    }
  else
    done = naru_change_open_pack (self, "document", error) &&
           naru_pack_add_file (self->pack, file, *size, &oid, digest, error);
  close (fd);
  if (!done || !naru_change_begin_txn (self, error) ||
      !put_document (self, bytes, &oid, digest, *size, error))
    return NULL;
  return g_steal_pointer (&self);
}
