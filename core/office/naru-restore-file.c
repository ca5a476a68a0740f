/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-restore-private.h"

#include "naru-change-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define LARGE_BLOB (1 << 20)           /* from here on a blob waits on disk, not in memory */
#define CONFIG_FILE_MAX (4 << 20)      /* bytes of one file that configures the office */
#define CONFIG_MAX ((gsize) 128 << 20) /* of all of them */
#define OTHER_FILES_MAX 10000          /* of one entry: neither records nor documents */

/* Adds what a source gave to a pack. */
gboolean
naru_pack_add_blob (NaruPack *pack, const char *scratch, const NaruSourceItem *item, GError **error)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (item->bytes, &size);
  NaruObject object = { NARU_OBJECT_BLOB, item->oid, item->bytes, item->base };
  g_autofree char *file = NULL;
  NaruDigest digest;
  NaruOid oid;

  if (size < LARGE_BLOB)
    return naru_pack_add (pack, &object, error);
  file = g_build_filename (scratch, "document", NULL);
  gboolean done =
      g_file_set_contents_full (file, data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, error) &&
      naru_pack_add_file (pack, file, size, &oid, &digest, error);
  unlink (file);
  return done;
}

/* records/agreement/2026/00/00/MGK-AGR-2026-00001.json: (out) type and id, where the path is that of a record
 */
gboolean
naru_restore_read_record_path (NaruRestore *self, const char *path, NaruRecordType **type, char **id,
                               NaruId *parsed, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  gsize length = g_strv_length (parts) == 6 ? strlen (parts[5]) : 0;
  g_autofree char *expected = NULL;

  if (length > 5 && g_str_has_suffix (parts[5], ".json"))
    {
      *id = g_strndup (parts[5], length - 5);
      expected = naru_id_get_record_path (parts[1], *id);
    }
  if (g_strcmp0 (expected, path) != 0 || !naru_id_parse (*id, parsed))
    return naru_source_set_foreign (error, _ ("“%s” is not the place of a record"), path);
  *type = naru_types_get (self->office->types, parts[1], NULL);
  if (*type != NULL)
    {
      const char *code = naru_record_type_get_code (*type);
      return g_strcmp0 (code != NULL ? code : "", parsed->code) == 0 ||
             naru_source_set_foreign (error, _ ("“%s” is not the place of a record"), path);
    }
  naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Use the Naru that wrote it, or a newer one."),
                  _ ("this Naru knows no records of type “%s”"), parts[1]);
  return FALSE;
}

static gboolean
is_canonical (NaruRecord *record)
{
  g_autoptr (GBytes) bytes = naru_json_to_bytes (naru_record_get_json (record));

  return g_bytes_equal (bytes, naru_record_get_bytes (record));
}

/* What the index of the history says of this entry at that record. @old: (nullable) */
static gboolean
add_event (NaruRestore *self, NaruRecord *record, NaruRecord *old, GError **error)
{
  const NaruPastEntry *past = &self->past;
  NaruJson *json = naru_record_get_json (record);
  g_autofree char *names = NULL;
  NaruEvent event = {
    .seq = self->head.seq + 1,
    .seconds = past->authored.seconds,
    .offset_minutes = past->authored.offset_minutes,
    .actor = past->author,
    .action = past->action,
    .from = past->from,
    .to = past->to != NULL || old != NULL ? past->to : naru_json_get_string (json, "stage"),
  };

  if (g_str_equal (past->action, "edit") || g_str_equal (past->action, "refuse") ||
      g_str_equal (past->action, "person-key"))
    event.note = past->detail;
  else if (g_str_equal (past->action, "link") && past->detail != NULL)
    event.note = strchr (past->detail, ' ') != NULL ? strchr (past->detail, ' ') + 1 : NULL;
  else if (g_str_equal (past->action, "reject") || g_str_equal (past->action, "waive"))
    event.note = past->reason;
  else if (g_str_equal (past->action, "import") && past->record == NULL && old != NULL)
    event.note = names = naru_describe_difference (naru_record_get_json (old), json);
  return naru_txn_add_event (self->txn, naru_record_get_type_name (record), naru_record_get_id (record),
                             &event, error);
}

/* @old: (nullable): as it stands in the store */
gboolean
naru_restore_put_record (NaruRestore *self, NaruRecordType *type, NaruRecord *record, NaruRecord *old,
                         GError **error)
{
  const gint64 *since = old == NULL || self->past.to != NULL ? &self->past.authored.seconds : NULL;

  if (self->watch != NULL && self->watch->record != NULL &&
      !self->watch->record (self, type, record, old, error))
    return FALSE;
  self->n_rows++;
  return naru_office_put_record (self->txn, type, record, old, since, error) &&
         add_event (self, record, old, error);
}

/* A record that was not there before */
gboolean
naru_restore_count_record (NaruRestore *self, NaruRecordType *type, const NaruId *id, GError **error)
{
  g_autofree char *counter =
      g_strdup_printf ("%s/%s/%d", naru_record_type_get_name (type), id->hub, id->year);

  self->n_records++;
  return naru_txn_raise_number (self->txn, counter, id->number, error);
}

static gboolean
take_record (NaruRestore *self, const NaruSourceItem *item, GError **error)
{
  NaruRecordType *type = NULL;
  g_autofree char *id = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruRecord) old = NULL;
  NaruId parsed;

  if (!naru_restore_read_record_path (self, item->path, &type, &id, &parsed, error))
    return FALSE;
  record = naru_record_new_from_bytes (naru_record_type_get_name (type), id, item->bytes, NULL);
  if (record == NULL || !naru_oid_equal (naru_record_get_oid (record), &item->oid) || !is_canonical (record))
    return naru_source_set_foreign (error, _ ("“%s” is not a record as an office writes it"), item->path);
  if (!naru_oid_is_zero (&item->base))
    {
      old = naru_txn_get_record (self->txn, naru_record_type_get_name (type), id, error);
      if (old == NULL)
        return FALSE;
    }
  self->about_seen = self->about_seen || g_strcmp0 (self->past.record, id) == 0;
  return naru_restore_put_record (self, type, record, old, error) &&
         (old != NULL || naru_restore_count_record (self, type, &parsed, error));
}

/* Where an entry changed no file of its record: a move from a stage to itself, an approval that was there. */
gboolean
naru_restore_touch_record (NaruRestore *self, GError **error)
{
  const char *id = self->past.record;
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) record = NULL;

  if (id == NULL || self->about_seen)
    return TRUE;
  type = naru_id_parse (id, NULL) ? naru_types_get_for_id (self->office->types, id, NULL) : NULL;
  if (type != NULL)
    record = naru_txn_get_record (self->txn, naru_record_type_get_name (type), id, NULL);
  if (record == NULL)
    return naru_source_set_foreign (error, _ ("it is about the record %s, which is not there"), id);
  return naru_restore_put_record (self, type, record, record, error);
}

static gboolean
check_document (const char *path, const NaruDigest *digest, GError **error)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];

  naru_digest_to_hex (digest, hex);
  g_autofree char *expected = g_strdup_printf ("documents/%.2s/%s", hex, hex);
  return g_str_equal (expected, path) ||
         naru_source_set_foreign (error, _ ("“%s” has another content than its name says"), path);
}

/* What an office writes beside records and documents; the names were looked at when the tree was read. */
static gboolean
is_configuration (const char *path)
{
  static const char *const folders[] = { "keys/", "pipelines/", "policies/", "rules/" };

  if (g_str_equal (path, "README.md") || g_str_equal (path, "office.json"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (g_str_has_prefix (path, folders[i]))
      return strchr (path + strlen (folders[i]), '/') == NULL;
  return FALSE;
}

/* @bytes: (nullable): none: it is removed */
gboolean
naru_restore_put_configuration (NaruRestore *self, const char *path, GBytes *bytes, GError **error)
{
  GBytes *former = g_hash_table_lookup (self->files, path);

  if (!is_configuration (path) || ++self->n_other_files > OTHER_FILES_MAX)
    return naru_source_set_foreign (error, _ ("no office writes a file “%s”"), path);
  if (former != NULL)
    self->files_size -= g_bytes_get_size (former);
  self->rules_moved = self->rules_moved || g_str_has_prefix (path, "rules/");
  self->config_moved = TRUE;
  if (bytes == NULL)
    {
      g_hash_table_remove (self->files, path);
      return TRUE;
    }
  self->files_size += g_bytes_get_size (bytes);
  if (g_bytes_get_size (bytes) > CONFIG_FILE_MAX || self->files_size > CONFIG_MAX)
    return naru_source_set_foreign (error, _ ("no office writes a file “%s” as large as that"), path);
  g_hash_table_replace (self->files, g_strdup (path), g_bytes_ref (bytes));
  return TRUE;
}

static gboolean
tell_file (NaruRestore *self, const NaruSourceItem *item, GError **error)
{
  return self->watch == NULL || self->watch->file == NULL || self->watch->file (self, item, error);
}

/* A file that the present entry writes */
gboolean
naru_restore_take_file (NaruRestore *self, const NaruSourceItem *item, GError **error)
{
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (item->bytes, &size);
  NaruDigest digest;
  gboolean taken;

  naru_digest_compute (data, size, &digest);
  if (g_str_has_prefix (item->path, "records/"))
    taken = take_record (self, item, error);
  else if (g_str_has_prefix (item->path, "documents/"))
    {
      self->n_documents++;
      taken = check_document (item->path, &digest, error) && tell_file (self, item, error);
    }
  else
    taken = tell_file (self, item, error) &&
            naru_restore_put_configuration (self, item->path, item->bytes, error);
  if (!taken)
    return FALSE;
  naru_entry_put_blob (self->past.entry, item->path, &item->oid, size, &digest);
  return self->pack == NULL || naru_pack_add_blob (self->pack, self->folder, item, error);
}

/* A pack or a pipeline makes way for one of another version or name; nothing else ever goes. */
static gboolean
may_go (const char *path)
{
  return g_str_has_prefix (path, "pipelines/") ||
         (g_str_has_prefix (path, "rules/") && !g_str_equal (path, "rules/index.json"));
}

/* A file that the present entry removes */
gboolean
naru_restore_take_gone (NaruRestore *self, const NaruSourceItem *item, GError **error)
{
  if (g_hash_table_lookup (self->files, item->path) == NULL || !may_go (item->path))
    return naru_source_set_foreign (error, _ ("no office removes a file such as “%s”"), item->path);
  naru_entry_remove_file (self->past.entry, item->path);
  return tell_file (self, item, error) && naru_restore_put_configuration (self, item->path, NULL, error);
}
