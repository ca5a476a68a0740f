/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pack-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGE_OFFSET G_GUINT64_CONSTANT (0x80000000)

/* The second version of the index: fan-out, ids in order, sums, offsets, large offsets, two sums over all. */
typedef struct
{
  int fd;
  gboolean good;
  GChecksum *sum;
  guint8 buffer[64 * 1024];
  gsize fill;
} Output;

static void
flush (Output *self)
{
  g_checksum_update (self->sum, self->buffer, (gssize) self->fill);
  self->good = self->good && naru_file_write (self->fd, self->buffer, self->fill);
  self->fill = 0;
}

static void
put (Output *self, gconstpointer data, gsize size)
{
  if (self->fill + size > sizeof self->buffer)
    flush (self);
  memcpy (self->buffer + self->fill, data, size);
  self->fill += size;
}

static void
put_number (Output *self, guint32 number)
{
  guint32 big = GUINT32_TO_BE (number);

  put (self, &big, sizeof big);
}

static int
compare_oids (const void *a, const void *b, void *user_data)
{
  const NaruOid *oids = user_data;

  return memcmp (&oids[*(const guint32 *) a], &oids[*(const guint32 *) b], sizeof *oids);
}

static guint32 *
sort_oids (const NaruOid *oids, guint32 n_objects)
{
  guint32 *order = g_new (guint32, MAX (n_objects, 1));

  for (guint32 i = 0; i < n_objects; i++)
    order[i] = i;
  qsort_r (order, n_objects, sizeof *order, compare_oids, (void *) oids);
  return order;
}

static void
put_fan_out (Output *out, const NaruOid *oids, guint32 n_objects)
{
  guint32 counts[256] = { 0 };
  guint32 total = 0;

  for (guint32 i = 0; i < n_objects; i++)
    counts[oids[i].bytes[0]]++;
  for (guint i = 0; i < 256; i++)
    {
      total += counts[i];
      put_number (out, total);
    }
}

static void
put_tables (Output *out, const NaruOid *oids, const NaruPackPlace *places, guint32 n_objects)
{
  g_autofree guint32 *order = sort_oids (oids, n_objects);
  guint32 n_large = 0;

  put (out, "\377tOc", 4);
  put_number (out, 2);
  put_fan_out (out, oids, n_objects);
  for (guint32 i = 0; i < n_objects; i++)
    put (out, oids[order[i]].bytes, NARU_OID_SIZE);
  for (guint32 i = 0; i < n_objects; i++)
    put_number (out, places[order[i]].crc);
  for (guint32 i = 0; i < n_objects; i++)
    {
      guint64 offset = places[order[i]].offset;
      put_number (out, offset < LARGE_OFFSET ? (guint32) offset : (guint32) LARGE_OFFSET | n_large++);
    }
  for (guint32 i = 0; i < n_objects; i++)
    {
      guint64 big = GUINT64_TO_BE (places[order[i]].offset);
      if (places[order[i]].offset >= LARGE_OFFSET)
        put (out, &big, sizeof big);
    }
}

static gboolean
write_index (Output *out, const NaruOid *oids, const NaruPackPlace *places, guint32 n_objects,
             const NaruOid *trailer, gboolean durable)
{
  guint8 digest[NARU_OID_SIZE];
  gsize size = sizeof digest;

  put_tables (out, oids, places, n_objects);
  put (out, trailer->bytes, NARU_OID_SIZE);
  flush (out);
  g_checksum_get_digest (out->sum, digest, &size);
  return out->good && naru_file_write (out->fd, digest, size) && (!durable || naru_file_sync (out->fd));
}

/* @durable: on disk when this returns, but for its name. */
gboolean
naru_pack_index_write (int folder, const char *name, const NaruOid *oids, const NaruPackPlace *places,
                       guint32 n_objects, const NaruOid *trailer, gboolean durable, GError **error)
{
  g_autofree Output *out = g_new (Output, 1);
  gboolean good = FALSE;

  unlinkat (folder, name, 0);
  out->good = TRUE;
  out->fill = 0;
  out->fd = naru_file_open (folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0444);
  if (out->fd >= 0)
    {
      out->sum = g_checksum_new (G_CHECKSUM_SHA1);
      good = write_index (out, oids, places, n_objects, trailer, durable);
      int kept = errno;
      g_checksum_free (out->sum);
      good = close (out->fd) == 0 && good;
      errno = good ? errno : kept;
    }
  if (!good)
    naru_set_error_errno (error, errno, _ ("Free some space and run the command again."),
                          _ ("Cannot write the index “%s” of a pack"), name);
  return good;
}
