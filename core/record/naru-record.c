/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-record.h"

#include "naru-boxed.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _NaruRecord
{
  char *type;
  char *id;
  NaruJson *json;
  GBytes *bytes;
  NaruOid oid;
  char revision[2 * NARU_OID_SIZE + 1];
};

NARU_DEFINE_BOXED_TYPE (NaruRecord, naru_record)

static gboolean
check_type_name (const char *type)
{
  if (!g_ascii_islower (type[0]))
    return FALSE;
  for (const char *c = type; *c != '\0'; c++)
    if (!g_ascii_islower (*c) && !g_ascii_isdigit (*c) && *c != '-')
      return FALSE;
  return TRUE;
}

static NaruRecord *
record_new (const char *type, const char *id, NaruJson *json, GBytes *bytes, GError **error)
{
  NaruRecord *self = NULL;
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (!check_type_name (type) || !naru_id_parse (id, NULL))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("An id looks like MGK-2026-00442."),
                      _ ("“%s” is not the id of a record."), id);
      return NULL;
    }
  if (naru_json_get_kind (json) != NARU_JSON_OBJECT)
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Give the fields as one JSON object."),
                      _ ("%s: a record is a JSON object."), id);
      return NULL;
    }
  if (size > NARU_JSON_MAX_SIZE)
    {
      naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, _ ("Attach long texts as documents."),
                      _ ("%s: a record has at most %d bytes, this one %zu."), id, NARU_JSON_MAX_SIZE, size);
      return NULL;
    }
  self = g_atomic_rc_box_new0 (NaruRecord);
  self->type = g_strdup (type);
  self->id = g_strdup (id);
  self->json = naru_json_ref (json);
  self->bytes = g_bytes_ref (bytes);
  naru_oid_compute ("blob", data, size, &self->oid);
  naru_oid_to_hex (&self->oid, self->revision);
  return self;
}

/**
 * naru_record_new:
 * @type: name of a record type
 * @id: id of the record
 * @json: an object, normalized; the record takes a reference and nobody may change it from here on
 * @error: return location for an error
 *
 * Returns: (transfer full): a record; %NULL with %NARU_ERROR_INVALID or, over 1 MiB, %NARU_ERROR_TOO_LARGE
 */
NaruRecord *
naru_record_new (const char *type, const char *id, NaruJson *json, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (type != NULL && id != NULL && json != NULL, NULL);

  bytes = naru_json_to_bytes (json);
  return record_new (type, id, json, bytes, error);
}

/**
 * naru_record_new_from_bytes:
 * @type: name of a record type
 * @id: id of the record
 * @bytes: canonical JSON as naru_record_get_bytes() gave it
 * @error: return location for an error
 *
 * The revision is that of @bytes as they stand.
 *
 * Returns: (transfer full): a record; %NULL if @bytes are no JSON object
 */
NaruRecord *
naru_record_new_from_bytes (const char *type, const char *id, GBytes *bytes, GError **error)
{
  g_autoptr (NaruJson) json = NULL;
  gsize size = 0;
  const char *data = NULL;

  g_return_val_if_fail (type != NULL && id != NULL && bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  json = naru_json_parse (data != NULL ? data : "", (gssize) size, NARU_JSON_MAX_SIZE, error);
  if (json == NULL)
    return NULL;
  return record_new (type, id, json, bytes, error);
}

/**
 * naru_record_new_view:
 * @whole: a record
 * @visible: an object: its fields without those that are hidden from somebody
 *
 * Returns: (transfer full): a record of the same id and the same revision, since a view has none of its own
 */
NaruRecord *
naru_record_new_view (NaruRecord *whole, NaruJson *visible)
{
  NaruRecord *self = g_atomic_rc_box_new0 (NaruRecord);

  self->type = g_strdup (whole->type);
  self->id = g_strdup (whole->id);
  self->json = naru_json_ref (visible);
  self->bytes = naru_json_to_bytes (visible);
  self->oid = whole->oid;
  memcpy (self->revision, whole->revision, sizeof self->revision);
  return self;
}

/**
 * naru_record_ref:
 * @self: a record
 *
 * Returns: (transfer full): @self
 */
NaruRecord *
naru_record_ref (NaruRecord *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
record_clear (gpointer data)
{
  NaruRecord *self = data;

  g_free (self->type);
  g_free (self->id);
  naru_json_unref (self->json);
  g_bytes_unref (self->bytes);
}

/**
 * naru_record_unref:
 * @self: (transfer full): a record
 */
void
naru_record_unref (NaruRecord *self)
{
  g_atomic_rc_box_release_full (self, record_clear);
}

/**
 * naru_record_get_type_name:
 * @self: a record
 *
 * Returns: (transfer none): name of its record type
 */
const char *
naru_record_get_type_name (NaruRecord *self)
{
  return self->type;
}

/**
 * naru_record_get_id:
 * @self: a record
 *
 * Returns: (transfer none): its id
 */
const char *
naru_record_get_id (NaruRecord *self)
{
  return self->id;
}

/**
 * naru_record_get_revision:
 * @self: a record
 *
 * Returns: (transfer none): the git blob id of its bytes, 40 hexadecimal digits
 */
const char *
naru_record_get_revision (NaruRecord *self)
{
  return self->revision;
}

/**
 * naru_record_get_oid:
 * @self: a record
 *
 * Returns: (transfer none): the revision in its binary form
 */
const NaruOid *
naru_record_get_oid (NaruRecord *self)
{
  return &self->oid;
}

/**
 * naru_record_get_json:
 * @self: a record
 *
 * Returns: (transfer none): its fields; take a naru_json_copy() to change them
 */
NaruJson *
naru_record_get_json (NaruRecord *self)
{
  return self->json;
}

/**
 * naru_record_get_bytes:
 * @self: a record
 *
 * Returns: (transfer none): its canonical JSON
 */
GBytes *
naru_record_get_bytes (NaruRecord *self)
{
  return self->bytes;
}
