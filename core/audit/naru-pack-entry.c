/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"
#include "naru-pack-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * The objects of one entry in a pack of their own, until the next checkpoint joins many into one: two files
 * in place of eight loose objects, which would cost more than all the rest of a change. Nothing is synced.
 * The name is that of the commit, so that writing it again, or removing it, needs no list.
 */

#define NAME_SIZE 64

/* Stored and not compressed: the next checkpoint makes the objects small, and a person waits for this. Small
 * tables, which nobody fills, take less time to make. */
#define LEVEL 0
#define STORED_SLACK 32
#define WINDOW_BITS 12
#define MEMORY_LEVEL 5

static void
format_name (const NaruOid *commit, const char *prefix, const char *suffix, char name[NAME_SIZE])
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (commit, hex);
  snprintf (name, NAME_SIZE, "%s-%s%s", prefix, hex, suffix);
}

/* The same blob may be in two files of one entry, but a pack has each object once. */
static gboolean
is_taken (GPtrArray *objects, guint index)
{
  const NaruObject *object = g_ptr_array_index (objects, index);

  for (guint i = 0; i < index; i++)
    if (naru_oid_equal (&object->oid, &((const NaruObject *) g_ptr_array_index (objects, i))->oid))
      return TRUE;
  return FALSE;
}

static void
append_object (GByteArray *pack, z_stream *stream, const NaruObject *object)
{
  guint8 header[NARU_PACK_OBJECT_HEADER_SIZE];
  gsize size;
  const guint8 *data = g_bytes_get_data (object->bytes, &size);

  g_byte_array_append (pack, header, naru_pack_format_header (object->kind, size, header));
  const guint start = pack->len;
  deflateReset (stream);
  /* what zlib says is too little where next to nothing is stored */
  gsize bound = deflateBound (stream, size) + STORED_SLACK;
  g_byte_array_set_size (pack, (guint) (start + bound));
  stream->next_in = (Bytef *) data;
  stream->avail_in = (uInt) size;
  stream->next_out = pack->data + start;
  stream->avail_out = (uInt) bound;
  if (deflate (stream, Z_FINISH) != Z_STREAM_END)
    g_error ("an object did not fit");
  g_byte_array_set_size (pack, (guint) (start + bound - stream->avail_out));
}

static GByteArray *
build_pack (GPtrArray *objects, GArray *oids, GArray *places, NaruOid *trailer)
{
  GByteArray *pack = g_byte_array_sized_new (16 * 1024);
  z_stream stream = { 0 };
  gsize size = NARU_OID_SIZE;

  if (deflateInit2 (&stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    g_error ("no memory");
  g_byte_array_set_size (pack, NARU_PACK_HEADER_SIZE);
  for (guint i = 0; i < objects->len; i++)
    {
      const NaruObject *object = g_ptr_array_index (objects, i);
      NaruPackPlace place = { .offset = pack->len };

      if (is_taken (objects, i))
        continue;
      append_object (pack, &stream, object);
      place.crc = (guint32) crc32 (0, pack->data + place.offset, (uInt) (pack->len - place.offset));
      g_array_append_val (oids, object->oid);
      g_array_append_val (places, place);
    }
  deflateEnd (&stream);
  naru_pack_format_start (oids->len, pack->data);

  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (sum, pack->data, pack->len);
  g_checksum_get_digest (sum, trailer->bytes, &size);
  g_byte_array_append (pack, trailer->bytes, NARU_OID_SIZE);
  return pack;
}

static gboolean
write_whole (int folder, const char *name, const GByteArray *content)
{
  int fd = naru_file_open (folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0444);
  if (fd < 0)
    return FALSE;
  gboolean good = naru_file_write (fd, content->data, content->len);
  int kept = errno;
  if (close (fd) != 0 && good)
    return FALSE;
  errno = kept;
  return good;
}

static gboolean
fail_write (NaruRepository *self, int errsv, GError **error)
{
  naru_set_error_errno (error, errsv,
                        _ ("Free some space, or make the folder writable, and run the command again."),
                        _ ("Cannot write an entry into the history “%s”"), self->path);
  return FALSE;
}

/* git sees a pack from when its index has its name, so that comes last, and goes first. */
static gboolean
put_files (NaruRepository *self, int folder, const NaruOid *commit, GPtrArray *objects, GError **error)
{
  g_autoptr (GArray) oids = g_array_new (FALSE, FALSE, sizeof (NaruOid));
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (NaruPackPlace));
  char pack_name[NAME_SIZE], index_name[NAME_SIZE], temporary[NAME_SIZE];
  NaruOid trailer;
  g_autoptr (GByteArray) pack = build_pack (objects, oids, places, &trailer);

  format_name (commit, "pack-naru", ".pack", pack_name);
  format_name (commit, "pack-naru", ".idx", index_name);
  format_name (commit, "tmp_idx_naru", "", temporary);
  /* one that a killed process left may be half of what it should be */
  if ((unlinkat (folder, index_name, 0) != 0 && errno != ENOENT) ||
      (unlinkat (folder, pack_name, 0) != 0 && errno != ENOENT) || !write_whole (folder, pack_name, pack))
    return fail_write (self, errno, error);
  if (!naru_pack_index_write (folder, temporary, (const NaruOid *) oids->data,
                              (const NaruPackPlace *) places->data, oids->len, &trailer, FALSE, error))
    return FALSE;
  return renameat (folder, temporary, folder, index_name) == 0 || fail_write (self, errno, error);
}

/**
 * naru_repository_write_entry:
 * @self: a repository whose lock is held
 * @commit: id of the commit among @objects
 * @objects: (element-type NaruObject): all new objects of one entry
 * @error: return location
 *
 * Writes the objects into a pack of their own, not synced, in the place of one that may be there for that
 * commit.
 */
gboolean
naru_repository_write_entry (NaruRepository *self, const NaruOid *commit, GPtrArray *objects, GError **error)
{
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  int folder = naru_pack_open_folder (self->path, error);
  if (folder < 0)
    return FALSE;
  gboolean good = put_files (self, folder, commit, objects, error);
  close (folder);
  return good;
}

/**
 * naru_repository_drop_entries:
 * @self: a repository whose lock is held
 * @commits: (array length=n_commits): commits whose objects stand in another pack, on disk
 * @n_commits: how many
 * @error: return location
 *
 * Removes the packs of entries, whatever state they are in. That they are gone is on disk when this returns:
 * a power loss may bring a name back without its content.
 */
gboolean
naru_repository_drop_entries (NaruRepository *self, const NaruOid *commits, gsize n_commits, GError **error)
{
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  int folder = naru_pack_open_folder (self->path, error);
  if (folder < 0)
    return FALSE;
  gboolean good = TRUE;
  for (gsize i = 0; i < n_commits && good; i++)
    {
      char pack_name[NAME_SIZE], index_name[NAME_SIZE];

      format_name (&commits[i], "pack-naru", ".pack", pack_name);
      format_name (&commits[i], "pack-naru", ".idx", index_name);
      good = (unlinkat (folder, index_name, 0) == 0 || errno == ENOENT) &&
             (unlinkat (folder, pack_name, 0) == 0 || errno == ENOENT);
    }
  good = good && naru_file_sync (folder);
  int kept = errno;
  close (folder);
  if (!good)
    naru_set_error_errno (error, kept, _ ("Check the permissions of the history's folder."),
                          _ ("Cannot remove what is in another pack already from “%s”"), self->path);
  return good;
}
