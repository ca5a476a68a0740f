/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-loose-private.h"

#include "naru-file-private.h"
#include "naru-object-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* "xx/" and 38 digits */
#define LOOSE_PATH_SIZE (2 * NARU_OID_SIZE + 2)
/* deflate makes at best 1 byte of 1032 */
#define MAX_RATIO 1040

struct _NaruLooseWriter
{
  int objects_fd;
  z_stream stream;
  GByteArray *packed;
};

static void
format_path (const NaruOid *oid, char path[LOOSE_PATH_SIZE])
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (oid, hex);
  path[0] = hex[0];
  path[1] = hex[1];
  path[2] = '/';
  memcpy (path + 3, hex + 2, sizeof hex - 2);
}

NaruLooseWriter *
naru_loose_writer_new (int objects_fd)
{
  NaruLooseWriter *self = g_new0 (NaruLooseWriter, 1);

  self->objects_fd = objects_fd;
  self->packed = g_byte_array_new ();
  if (deflateInit (&self->stream, 1) != Z_OK)
    g_error ("no memory");
  return self;
}

void
naru_loose_writer_free (NaruLooseWriter *self)
{
  if (self == NULL)
    return;
  deflateEnd (&self->stream);
  g_byte_array_unref (self->packed);
  g_free (self);
}

static gsize
format_header (char header[64], NaruObjectKind kind, guint64 size)
{
  int length = snprintf (header, 64, "%s %llu", naru_object_kind_to_string (kind), (unsigned long long) size);

  return (gsize) length + 1;
}

static void
deflate_object (NaruLooseWriter *self, const NaruObject *object)
{
  char header[64];
  gsize size;
  const guint8 *data = g_bytes_get_data (object->bytes, &size);
  gsize header_size = format_header (header, object->kind, size);
  z_stream *stream = &self->stream;

  deflateReset (stream);
  gsize bound = deflateBound (stream, size + header_size) + 32;
  g_byte_array_set_size (self->packed, (guint) bound);
  stream->next_out = self->packed->data;
  stream->avail_out = (uInt) bound;
  stream->next_in = (Bytef *) header;
  stream->avail_in = (uInt) header_size;
  deflate (stream, Z_NO_FLUSH);
  stream->next_in = (Bytef *) data;
  stream->avail_in = (uInt) size;
  deflate (stream, Z_FINISH);
  g_byte_array_set_size (self->packed, (guint) (bound - stream->avail_out));
}

/* Right below objects/: so whoever tidies up needs to look into one folder instead of 256. */
static int
open_temporary (int objects_fd, char temporary[32])
{
  for (guint attempt = 0; attempt < 100; attempt++)
    {
      snprintf (temporary, 32, "tmp_obj_naru_%08x", g_random_int ());
      int fd = naru_file_open (objects_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0444);
      if (fd >= 0 || errno != EEXIST)
        return fd;
    }
  return -1;
}

static gboolean
move_file (int objects_fd, const char *temporary, const char *path)
{
  const char fan_out[3] = { path[0], path[1], 0 };

  if (renameat (objects_fd, temporary, objects_fd, path) == 0)
    return TRUE;
  if (errno != ENOENT || (mkdirat (objects_fd, fan_out, 0777) != 0 && errno != EEXIST))
    return FALSE;
  return renameat (objects_fd, temporary, objects_fd, path) == 0;
}

static gboolean
write_file (NaruLooseWriter *self, const char *path)
{
  char temporary[32];
  int fd = open_temporary (self->objects_fd, temporary);
  if (fd < 0)
    return FALSE;
  gboolean good = naru_file_write (fd, self->packed->data, self->packed->len);
  int kept = errno;
  if (close (fd) != 0 && good)
    {
      good = FALSE;
      kept = errno;
    }
  if (good && move_file (self->objects_fd, temporary, path))
    return TRUE;
  kept = good ? errno : kept;
  unlinkat (self->objects_fd, temporary, 0);
  errno = kept;
  return FALSE;
}

/* A name that is taken counts only when the content can be read back: after a power loss it may be empty. */
gboolean
naru_loose_writer_add (NaruLooseWriter *self, const NaruObject *object, GError **error)
{
  char path[LOOSE_PATH_SIZE];

  format_path (&object->oid, path);
  if (faccessat (self->objects_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    {
      gboolean exists;
      g_autoptr (NaruObject) present = naru_loose_read (self->objects_fd, &object->oid, &exists, NULL);
      if (present != NULL && present->kind == object->kind && g_bytes_equal (present->bytes, object->bytes))
        return TRUE;
    }
  if (g_bytes_get_size (object->bytes) > NARU_OBJECT_MAX_SIZE)
    {
      naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, _ ("Attach smaller files."),
                      _ ("A file of this change is too large for the history."));
      return FALSE;
    }
  deflate_object (self, object);
  if (write_file (self, path))
    return TRUE;
  naru_set_error_errno (error, errno,
                        _ ("Free some space, or make the folder writable, and run the command again."),
                        _ ("Cannot write the object “%s” of the history"), path);
  return FALSE;
}

static gboolean
parse_header (const guint8 *head, gsize have, NaruObjectKind *kind, guint64 *size, gsize *length)
{
  static const NaruObjectKind kinds[] = { NARU_OBJECT_COMMIT, NARU_OBJECT_TREE, NARU_OBJECT_BLOB, NARU_OBJECT_TAG };
  const guint8 *end = memchr (head, 0, have);
  if (end == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const char *name = naru_object_kind_to_string (kinds[i]);
      gsize name_length = strlen (name);
      if (strncmp ((const char *) head, name, name_length) != 0 || head[name_length] != ' ')
        continue;
      *kind = kinds[i];
      *length = (gsize) (end - head) + 1;
      return g_ascii_string_to_unsigned ((const char *) head + name_length + 1, 10, 0, NARU_OBJECT_MAX_SIZE,
                                         size, NULL);
    }
  return FALSE;
}

/* Everything about the file is doubted: its header, its size, what follows the end. */
static NaruObject *
inflate_object (GBytes *packed, z_stream *stream)
{
  guint8 head[64];
  gsize packed_size;
  stream->next_in = (Bytef *) g_bytes_get_data (packed, &packed_size);
  stream->avail_in = (uInt) packed_size;
  stream->next_out = head;
  stream->avail_out = sizeof head;
  int state = inflate (stream, Z_NO_FLUSH);
  gsize have = sizeof head - stream->avail_out;
  NaruObjectKind kind;
  guint64 size;
  gsize length;
  if ((state != Z_OK && state != Z_STREAM_END) || !parse_header (head, have, &kind, &size, &length) ||
      size / MAX_RATIO > packed_size || have - length > size)
    return NULL;

  g_autofree guint8 *data = g_try_malloc ((gsize) size + 1);
  if (data == NULL)
    return NULL;
  memcpy (data, head + length, have - length);
  if (state != Z_STREAM_END)
    {
      /* one byte more than there should be, so that a longer stream shows */
      stream->next_out = data + (have - length);
      stream->avail_out = (uInt) (size - (have - length) + 1);
      state = inflate (stream, Z_FINISH);
      have = length + (gsize) (stream->next_out - data);
    }
  if (state != Z_STREAM_END || have - length != size || stream->avail_in != 0)
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), (gsize) size);
  return naru_object_new (kind, bytes);
}

/* @exists tells an absent object from a damaged one. */
NaruObject *
naru_loose_read (int objects_fd, const NaruOid *oid, gboolean *exists, GError **error)
{
  char path[LOOSE_PATH_SIZE];

  format_path (oid, path);
  g_autoptr (GBytes) packed = naru_file_read (objects_fd, path, NARU_OBJECT_MAX_SIZE + 65536);
  *exists = packed != NULL || errno != ENOENT;
  if (packed == NULL && (errno == EACCES || errno == EMFILE || errno == ENFILE || errno == ENOMEM))
    {
      naru_set_error_errno (error, errno, _ ("Check the permissions of the history's folder."),
                            _ ("Cannot read the object “%s” of the history"), path);
      return NULL;
    }
  g_autoptr (NaruObject) object = NULL;
  if (packed != NULL)
    {
      z_stream stream = { 0 };
      if (inflateInit (&stream) != Z_OK)
        g_error ("no memory");
      object = inflate_object (packed, &stream);
      inflateEnd (&stream);
    }
  if (object != NULL && naru_oid_equal (&object->oid, oid))
    return g_steal_pointer (&object);
  if (*exists)
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                    _ ("Run “naru status”: it makes damaged objects again."),
                    _ ("The object “%s” of the history is damaged."), path);
  else
    naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, NULL, _ ("The history has no object “%s”."), path);
  return NULL;
}

/* An object that is not there (any more) is no error. */
gboolean
naru_loose_drop (int objects_fd, const NaruOid *oid, GError **error)
{
  char path[LOOSE_PATH_SIZE];

  format_path (oid, path);
  if (unlinkat (objects_fd, path, 0) == 0 || errno == ENOENT)
    return TRUE;
  naru_set_error_errno (error, errno, _ ("Check the permissions of the history's folder."),
                        _ ("Cannot remove “%s”, which is in a pack already"), path);
  return FALSE;
}

/* About how many objects stand alone: their names are spread evenly, so four folders of 256 tell. */
guint
naru_loose_estimate (int objects_fd)
{
  static const char *const samples[] = { "00", "40", "80", "c0" };
  guint count = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      DIR *folder = naru_file_open_folder (objects_fd, samples[i]);
      if (folder == NULL)
        continue;
      for (struct dirent *at = readdir (folder); at != NULL; at = readdir (folder))
        count += strlen (at->d_name) == 2 * NARU_OID_SIZE - 2;
      closedir (folder);
    }
  return count * (256 / G_N_ELEMENTS (samples));
}
