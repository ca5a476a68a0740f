/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pack-private.h"

#include "naru-delta-private.h"
#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
#define TYPE_OFS_DELTA 6
#define DELTA_MIN_SIZE 64

void
naru_pack_format_start (guint32 n_objects, guint8 start[NARU_PACK_HEADER_SIZE])
{
  static const guint8 magic[] = { 'P', 'A', 'C', 'K', 0, 0, 0, 2 };
  const guint32 count = GUINT32_TO_BE (n_objects);

  memcpy (start, magic, sizeof magic);
  memcpy (start + sizeof magic, &count, sizeof count);
}

/* What stands before each object. Returns: how many bytes */
guint
naru_pack_format_header (int type, guint64 size, guint8 header[NARU_PACK_OBJECT_HEADER_SIZE])
{
  guint n = 1;

  header[0] = (guint8) (type << 4 | (size & 15));
  for (size >>= 4; size > 0; size >>= 7)
    {
      header[n - 1] |= 0x80;
      header[n++] = size & 0x7f;
    }
  return n;
}

gboolean
naru_pack_stream_open (NaruPackStream *self, int folder, const char *name, GError **error)
{
  memset (self, 0, sizeof *self);
  unlinkat (folder, name, 0);
  self->fd = naru_file_open (folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0444);
  if (self->fd < 0)
    {
      naru_set_error_errno (error, errno, _ ("Check free space and permissions of the history's folder."),
                            _ ("Cannot write the pack “%s”"), name);
      return FALSE;
    }
  self->current = &self->stream;
  if (deflateInit (&self->stream, 1) != Z_OK || deflateInit (&self->stored, 0) != Z_OK)
    g_error ("no memory");
  self->buffer = g_malloc (BUFFER_SIZE);
  self->places = g_array_new (FALSE, FALSE, sizeof (NaruPackPlace));
  self->delta = g_byte_array_new ();
  naru_pack_format_start (0, self->buffer);
  self->fill = NARU_PACK_HEADER_SIZE;
  return TRUE;
}

void
naru_pack_stream_close (NaruPackStream *self)
{
  if (self->buffer == NULL)
    return;
  deflateEnd (&self->stream);
  deflateEnd (&self->stored);
  g_clear_pointer (&self->buffer, g_free);
  g_array_unref (self->places);
  g_byte_array_unref (self->delta);
  close (self->fd);
}

static void
flush (NaruPackStream *self)
{
  if (self->failure == 0 && !naru_file_write (self->fd, self->buffer, self->fill))
    self->failure = errno;
  self->written += self->fill;
  self->fill = 0;
}

static void
put_raw (NaruPackStream *self, const guint8 *data, gsize size)
{
  if (self->fill + size > BUFFER_SIZE)
    flush (self);
  memcpy (self->buffer + self->fill, data, size);
  self->fill += size;
  self->crc = (guint32) crc32 (self->crc, data, (uInt) size);
}

static guint64
get_offset (NaruPackStream *self)
{
  return self->written + self->fill;
}

static void
begin (NaruPackStream *self, int type, guint64 size, guint8 depth)
{
  NaruPackPlace place = { .offset = get_offset (self), .depth = depth };
  guint8 header[NARU_PACK_OBJECT_HEADER_SIZE];

  g_array_append_val (self->places, place);
  self->crc = 0;
  put_raw (self, header, naru_pack_format_header (type, size, header));
  deflateReset (self->current);
}

/* Starts an object of @size bytes, that come by naru_pack_stream_put(). */
void
naru_pack_stream_begin (NaruPackStream *self, NaruObjectKind kind, guint64 size)
{
  self->current = &self->stream;
  begin (self, kind, size, 0);
}

/* Compresses right into the buffer of the file. */
void
naru_pack_stream_put (NaruPackStream *self, gconstpointer data, gsize size, gboolean last)
{
  z_stream *stream = self->current;
  int state = Z_OK;

  stream->next_in = (Bytef *) data;
  stream->avail_in = (uInt) size;
  while (last ? state != Z_STREAM_END : stream->avail_in > 0)
    {
      if (BUFFER_SIZE - self->fill < 4096)
        flush (self);
      guint8 *start = self->buffer + self->fill;
      stream->next_out = start;
      stream->avail_out = (uInt) (BUFFER_SIZE - self->fill);
      state = deflate (stream, last ? Z_FINISH : Z_NO_FLUSH);
      gsize made = (gsize) (stream->next_out - start);
      self->crc = (guint32) crc32 (self->crc, start, (uInt) made);
      self->fill += made;
    }
  if (last)
    g_array_index (self->places, NaruPackPlace, self->places->len - 1).crc = self->crc;
}

/* Takes the object begun last out of the file again. */
void
naru_pack_stream_cancel (NaruPackStream *self)
{
  guint64 offset = g_array_index (self->places, NaruPackPlace, self->places->len - 1).offset;

  flush (self);
  if (self->failure == 0 &&
      (ftruncate (self->fd, (off_t) offset) != 0 || lseek (self->fd, (off_t) offset, SEEK_SET) < 0))
    self->failure = errno;
  self->written = offset;
  g_array_set_size (self->places, self->places->len - 1);
}

static void
put_distance (NaruPackStream *self, guint64 distance)
{
  guint8 bytes[10];
  guint at = sizeof bytes - 1;

  bytes[at] = distance & 0x7f;
  while (distance >>= 7)
    {
      distance--;
      bytes[--at] = (guint8) (0x80 | (distance & 0x7f));
    }
  put_raw (self, bytes + at, sizeof bytes - at);
}

/* @base (nullable): content of the object number @base_index of this pack, against which a delta is tried;
 * @stored: as it is, without compression */
void
naru_pack_stream_add (NaruPackStream *self, NaruObjectKind kind, GBytes *bytes, GBytes *base,
                      guint32 base_index, gboolean stored)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  self->current = stored ? &self->stored : &self->stream;
  if (base != NULL && size >= DELTA_MIN_SIZE)
    {
      NaruPackPlace from = g_array_index (self->places, NaruPackPlace, base_index);
      g_byte_array_set_size (self->delta, 0);
      if (from.depth < NARU_PACK_MAX_DEPTH && naru_delta_make (base, bytes, size / 2, self->delta))
        {
          guint64 offset = get_offset (self);
          begin (self, TYPE_OFS_DELTA, self->delta->len, (guint8) (from.depth + 1));
          put_distance (self, offset - from.offset);
          naru_pack_stream_put (self, self->delta->data, self->delta->len, TRUE);
          return;
        }
    }
  begin (self, kind, size, 0);
  naru_pack_stream_put (self, data, size, TRUE);
}

static gboolean
hash_file (NaruPackStream *self, NaruOid *trailer)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint64 offset = 0;

  while (offset < self->written)
    {
      gssize got = pread (self->fd, self->buffer, BUFFER_SIZE, (off_t) offset);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        {
          errno = got == 0 ? EIO : errno;
          return FALSE;
        }
      g_checksum_update (sum, self->buffer, got);
      offset += (guint64) got;
    }
  gsize size = NARU_OID_SIZE;
  g_checksum_get_digest (sum, trailer->bytes, &size);
  return TRUE;
}

static gboolean
patch_count (NaruPackStream *self)
{
  guint32 count = GUINT32_TO_BE (self->places->len);
  gssize written;

  do
    written = pwrite (self->fd, &count, sizeof count, 8);
  while (written < 0 && errno == EINTR);
  return written == sizeof count;
}

/* The number of objects is known now only, so the sum over the file is taken from the file. */
gboolean
naru_pack_stream_finish (NaruPackStream *self, NaruOid *trailer)
{
  flush (self);
  if (self->failure == 0 &&
      (!patch_count (self) || !hash_file (self, trailer) ||
       !naru_file_write (self->fd, trailer->bytes, NARU_OID_SIZE) || !naru_file_sync (self->fd)))
    self->failure = errno;
  return self->failure == 0;
}
