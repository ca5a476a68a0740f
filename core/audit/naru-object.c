/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-object-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* a journal row: magic, commit, length and name of the pack, number of objects, then the objects one by one
 */
#define ROW_MAGIC "NRO1"

typedef struct
{
  guint8 kind;
  NaruOid oid;
  NaruOid base;
  guint8 size[8]; /* little endian */
} RowObject;

G_STATIC_ASSERT (sizeof (RowObject) == 49);

const char *
naru_object_kind_to_string (NaruObjectKind kind)
{
  switch (kind)
    {
    case NARU_OBJECT_COMMIT:
      return "commit";
    case NARU_OBJECT_TREE:
      return "tree";
    case NARU_OBJECT_BLOB:
      return "blob";
    case NARU_OBJECT_TAG:
      return "tag";
    }
  return NULL;
}

NaruObject *
naru_object_new_with_oid (NaruObjectKind kind, GBytes *bytes, const NaruOid *oid)
{
  NaruObject *self = g_new0 (NaruObject, 1);

  self->kind = kind;
  self->bytes = g_bytes_ref (bytes);
  self->oid = *oid;
  return self;
}

/**
 * naru_object_new:
 * @kind: commit, tree, blob or tag
 * @bytes: (transfer none): the content without git's header
 *
 * Returns: (transfer full): an object with its id computed and no base
 */
NaruObject *
naru_object_new (NaruObjectKind kind, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  NaruOid oid;

  naru_oid_compute (naru_object_kind_to_string (kind), data, size, &oid);
  return naru_object_new_with_oid (kind, bytes, &oid);
}

/**
 * naru_object_free:
 * @self: (nullable) (transfer full): an object
 */
void
naru_object_free (NaruObject *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
append_number (GByteArray *out, guint64 number, gsize width)
{
  guint64 little = GUINT64_TO_LE (number);

  g_byte_array_append (out, (const guint8 *) &little, (guint) width);
}

/**
 * naru_objects_to_row:
 * @objects: (nullable) (element-type NaruObject): objects; none where they stand in a pack
 * @commit: the commit that they make
 * @pack: (nullable): name of the unpublished pack that holds them
 *
 * Returns: (transfer full): the bytes that the journal keeps
 */
GBytes *
naru_objects_to_row (GPtrArray *objects, const NaruOid *commit, const char *pack)
{
  guint n_objects = objects != NULL ? objects->len : 0;
  gsize pack_length = pack != NULL ? strlen (pack) : 0;
  gsize total = 64 + pack_length;
  for (guint i = 0; i < n_objects; i++)
    {
      const NaruObject *object = g_ptr_array_index (objects, i);
      total += sizeof (RowObject) + g_bytes_get_size (object->bytes);
    }

  GByteArray *out = g_byte_array_sized_new ((guint) MIN (total, G_MAXINT32));
  g_byte_array_append (out, (const guint8 *) ROW_MAGIC, 4);
  g_byte_array_append (out, commit->bytes, NARU_OID_SIZE);
  append_number (out, pack_length, 2);
  g_byte_array_append (out, (const guint8 *) (pack != NULL ? pack : ""), (guint) pack_length);
  append_number (out, n_objects, 4);
  for (guint i = 0; i < n_objects; i++)
    {
      const NaruObject *object = g_ptr_array_index (objects, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (object->bytes, &size);
      guint8 kind = (guint8) object->kind;
      g_byte_array_append (out, &kind, 1);
      g_byte_array_append (out, object->oid.bytes, NARU_OID_SIZE);
      g_byte_array_append (out, object->base.bytes, NARU_OID_SIZE);
      append_number (out, size, 8);
      if (size > 0)
        g_byte_array_append (out, data, (guint) size);
    }
  return g_byte_array_free_to_bytes (out);
}

typedef struct
{
  const guint8 *data;
  gsize size;
  gsize offset;
} RowReader;

static const guint8 *
take (RowReader *reader, guint64 size)
{
  if (size > reader->size - reader->offset)
    return NULL;
  const guint8 *at = reader->data + reader->offset;
  reader->offset += (gsize) size;
  return at;
}

static gboolean
take_number (RowReader *reader, gsize width, guint64 *number)
{
  const guint8 *at = take (reader, width);
  if (at == NULL)
    return FALSE;
  *number = 0;
  memcpy (number, at, width);
  *number = GUINT64_FROM_LE (*number);
  return TRUE;
}

static NaruObject *
take_object (RowReader *reader, GBytes *row)
{
  const RowObject *head = (const RowObject *) take (reader, sizeof (RowObject));
  if (head == NULL || head->kind < NARU_OBJECT_COMMIT || head->kind > NARU_OBJECT_BLOB)
    return NULL;
  guint64 size;
  memcpy (&size, head->size, sizeof size);
  size = GUINT64_FROM_LE (size);
  gsize offset = reader->offset;
  if (take (reader, size) == NULL)
    return NULL;

  g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (row, offset, (gsize) size);
  g_autoptr (NaruObject) object = naru_object_new ((NaruObjectKind) head->kind, bytes);
  if (!naru_oid_equal (&object->oid, &head->oid))
    return NULL;
  object->base = head->base;
  return g_steal_pointer (&object);
}

static GPtrArray *
parse_row (GBytes *row, NaruOid *commit, char **pack)
{
  RowReader reader = { 0 };
  reader.data = g_bytes_get_data (row, &reader.size);
  const guint8 *magic = take (&reader, 4);
  const guint8 *oid = take (&reader, NARU_OID_SIZE);
  guint64 length, n_objects;
  if (magic == NULL || memcmp (magic, ROW_MAGIC, 4) != 0 || oid == NULL || !take_number (&reader, 2, &length))
    return NULL;
  const guint8 *name = take (&reader, length);
  if (name == NULL || memchr (name, 0, length) != NULL || !take_number (&reader, 4, &n_objects))
    return NULL;

  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  for (guint64 i = 0; i < n_objects; i++)
    {
      NaruObject *object = take_object (&reader, row);
      if (object == NULL)
        return NULL;
      g_ptr_array_add (objects, object);
    }
  if (reader.offset != reader.size)
    return NULL;
  if (commit != NULL)
    memcpy (commit->bytes, oid, NARU_OID_SIZE);
  if (pack != NULL)
    *pack = length > 0 ? g_strndup ((const char *) name, length) : NULL;
  return g_steal_pointer (&objects);
}

/**
 * naru_objects_from_row:
 * @row: what naru_objects_to_row() made; the objects keep a reference, so its memory must be its own
 * @commit: (out) (optional): the commit
 * @pack: (out) (optional) (nullable) (transfer full): name of the pack that holds the objects
 * @error: return location
 *
 * Returns: (transfer full) (element-type NaruObject): the objects, each checked against its id;
 *   %NARU_ERROR_BROKEN for a damaged row
 */
GPtrArray *
naru_objects_from_row (GBytes *row, NaruOid *commit, char **pack, GError **error)
{
  GPtrArray *objects = parse_row (row, commit, pack);
  if (objects == NULL)
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the office from its last backup."),
                    _ ("An entry of the journal is damaged: its git objects do not match their ids."));
  return objects;
}
