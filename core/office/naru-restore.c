/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-restore-private.h"
#include "naru-vault.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/*
 * An office from its history.
 *
 * Nothing is copied: each commit is taken apart into its entry, the entry is sealed again and built again on
 * the folders that stand in the store, and what comes out has to be the same commit, byte for byte. So a
 * history that is restored has the numbers, digests, paths and forms that an office writes, and nothing else;
 * and store and history of the new office fit each other by the way they were made.
 */

#define PACK_NAME "restore"
#define ROWS_A_TRANSACTION 2048
#define PROGRESS_STEP 256

static GBytes *
get_tree (const char *path, gpointer user_data, GError **error)
{
  return naru_txn_get_tree (((NaruRestore *) user_data)->txn, path, error);
}

static gboolean
put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  return naru_txn_put_tree (((NaruRestore *) user_data)->txn, path, tree, error);
}

/* The commit waits until it was compared. */
static gboolean
put_object (NaruObject *object, gpointer user_data, GError **error)
{
  NaruRestore *self = user_data;
  g_autoptr (NaruObject) owned = object;

  if (object->kind == NARU_OBJECT_COMMIT)
    self->built = g_steal_pointer (&owned);
  return object->kind == NARU_OBJECT_COMMIT || self->pack == NULL ||
         naru_pack_add (self->pack, object, error);
}

static void
tell_progress (NaruRestore *self, const NaruSourceItem *item)
{
  if (self->progress != NULL)
    self->progress (item->number, item->total, self->user_data);
}

/* The folder is nobody's yet, so parts of the work may be written early: memory stays bounded. */
gboolean
naru_restore_renew (NaruRestore *self, GError **error)
{
  if (self->n_rows < ROWS_A_TRANSACTION)
    return TRUE;
  self->n_rows = 0;
  if (!naru_txn_commit (g_steal_pointer (&self->txn), error))
    return FALSE;
  self->txn = naru_store_begin_write (self->office->store, error);
  if (self->txn != NULL)
    naru_txn_forget_pages (self->txn);
  return self->txn != NULL;
}

gboolean
naru_restore_begin_entry (NaruRestore *self, GBytes *commit, GError **error)
{
  naru_past_entry_clear (&self->past);
  self->about_seen = self->rules_moved = self->config_moved = FALSE;
  self->n_other_files = 0;
  if (!naru_past_entry_read (&self->past, commit))
    return naru_source_set_foreign (error, _ ("it is not a commit of an office"));
  naru_entry_set_folder (self->past.entry, self->folder);
  return TRUE;
}

/* The commit as it was built again, against the one that was read; a signature is taken along. */
static gboolean
check_commit (NaruRestore *self, GError **error)
{
  if (self->past.seq != self->head.seq + 1)
    return naru_source_set_foreign (error, _ ("it says that it is number %" PRIu64), self->past.seq);
  if (g_strcmp0 (naru_entry_get_message (self->past.entry), self->past.message) != 0)
    return naru_source_set_foreign (
        error, _ ("its number or its digests are not those of its content and of the entries before it"));
  if (!g_bytes_equal (self->built->bytes, self->past.unsigned_bytes))
    return naru_source_set_foreign (error, _ ("an office would have written another commit of that content"));
  return TRUE;
}

static gboolean
build_entry (NaruRestore *self, const NaruOid *commit, GBytes *bytes, GError **error)
{
  static const NaruCommitSite site = { get_tree, put_tree, put_object };
  NaruOid parent = self->head.head;
  NaruOid built;

  g_clear_pointer (&self->built, naru_object_free);
  if (!naru_entry_seal (self->past.entry, self->head.seq + 1, &self->head.chain, error) ||
      !naru_commit_build_at (self->past.entry, &parent, NULL, &site, self, &built, error) ||
      !check_commit (self, error))
    return FALSE;
  /* with its signature */
  NaruObject object = { NARU_OBJECT_COMMIT, *commit, bytes, { { 0 } } };
  if (self->pack != NULL && !naru_pack_add (self->pack, &object, error))
    return FALSE;
  return self->watch == NULL || self->watch->end == NULL || self->watch->end (self, commit, error);
}

static gboolean
end_entry (NaruRestore *self, const NaruOid *commit, GBytes *bytes, GError **error)
{
  if (!naru_restore_touch_record (self, error) || !build_entry (self, commit, bytes, error) ||
      !naru_txn_put_commit (self->txn, self->head.seq + 1, commit, error))
    return FALSE;
  self->head.seq++;
  self->head.head = *commit;
  self->head.chain = *naru_entry_get_chain (self->past.entry);
  self->head.last_seconds = self->past.committed.seconds;
  self->n_rows++;
  return !self->rules_moved || naru_restore_read_rules (self, error);
}

static gboolean
take_item (NaruRestore *self, const NaruSourceItem *item, GError **error)
{
  if (item->path == NULL || (item->kind != NARU_SOURCE_FILE && item->kind != NARU_SOURCE_GONE))
    return naru_source_set_foreign (error, _ ("it is not a commit of an office"));
  return (item->kind == NARU_SOURCE_FILE ? naru_restore_take_file : naru_restore_take_gone) (self, item,
                                                                                             error);
}

/* One commit of the source, from its text to its end */
gboolean
naru_restore_take_entry (NaruRestore *self, NaruSource *source, const NaruSourceItem *begin, GError **error)
{
  NaruOid commit = begin->oid;
  guint64 n_items = 0;

  self->entry_read = FALSE;
  if (!naru_restore_begin_entry (self, begin->bytes, error) ||
      (self->watch != NULL && self->watch->begin != NULL && !self->watch->begin (self, error)))
    return FALSE;
  while (TRUE)
    {
      g_auto (NaruSourceItem) item = { 0 };
      self->source_failed = !naru_source_next (source, &item, error);
      if (self->source_failed)
        return FALSE;
      self->entry_read = item.kind == NARU_SOURCE_END;
      if (self->entry_read)
        return end_entry (self, &commit, begin->bytes, error);
      if (item.kind == NARU_SOURCE_BEAT)
        continue;
      if (!take_item (self, &item, error) || !naru_restore_renew (self, error))
        return FALSE;
      if (++n_items % PROGRESS_STEP == 0)
        tell_progress (self, begin);
    }
}

gboolean
naru_restore_check_manifest (NaruRestore *self, GBytes *bytes, GError **error)
{
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  g_autoptr (NaruJson) manifest = data != NULL ? naru_json_parse (data, (gssize) size, 0, NULL) : NULL;
  char chain[2 * NARU_DIGEST_SIZE + 1];
  char head[2 * NARU_OID_SIZE + 1];

  if (bytes == NULL)
    return TRUE;
  naru_digest_to_hex (&self->head.chain, chain);
  naru_oid_to_hex (&self->head.head, head);
  if (g_strcmp0 (naru_json_get_string (manifest, "chain"), chain) == 0 &&
      g_strcmp0 (naru_json_get_string (manifest, "head"), head) == 0 &&
      naru_json_get_integer (manifest, "entries", 0) == (gint64) self->head.seq)
    return TRUE;
  return naru_source_set_foreign (error, _ ("the backup holds another history than it says of itself"));
}

static gboolean
take_all (NaruRestore *self, NaruSource *source, GError **error)
{
  g_autoptr (GBytes) manifest = NULL;

  while (TRUE)
    {
      g_auto (NaruSourceItem) item = { 0 };
      if (!naru_source_next (source, &item, error))
        return FALSE;
      if (item.kind == NARU_SOURCE_DONE)
        return naru_restore_check_manifest (self, manifest, error);
      naru_seals_take (&self->seals, &item);
      if (item.kind == NARU_SOURCE_MANIFEST && manifest == NULL)
        manifest = g_bytes_ref (item.bytes);
      if (item.kind != NARU_SOURCE_BEGIN)
        continue;
      if (!naru_restore_take_entry (self, source, &item, error) || !naru_restore_renew (self, error))
        {
          char hex[2 * NARU_OID_SIZE + 1];
          naru_oid_to_hex (&item.oid, hex);
          g_prefix_error (error, _ ("entry %" PRIu64 " (commit %.10s): "), item.number, hex);
          return FALSE;
        }
      if (item.number % 16 == 0 || item.number == item.total)
        tell_progress (self, &item);
    }
}

/* The history goes to disk first, then the store says that it is there. */
static gboolean
finish (NaruRestore *self, GError **error)
{
  NaruRepository *repository = self->office->repository;
  const char *path = naru_repository_get_path (repository);
  g_autofree char *boot = naru_boot_id ();

  self->head.durable_seq = self->head.seq;
  self->head.durable_head = self->head.head;
  return naru_restore_write_meta (self, error) && naru_restore_put_secrets (self, error) &&
         naru_txn_put_meta (self->txn, "boot", boot, error) &&
         naru_txn_put_head (self->txn, &self->head, error) && naru_restore_add_seals (self, error) &&
         naru_pack_finish (self->pack, error) && naru_pack_publish (path, PACK_NAME, error) &&
         naru_repository_set_head (repository, NULL, &self->head.head, TRUE, error) &&
         naru_restore_write_seals (self, error) && naru_txn_commit (g_steal_pointer (&self->txn), error);
}

/* The store that is filled, new in the folder. */
gboolean
naru_restore_open_store (NaruRestore *self, NaruStoreFlags flags, GError **error)
{
  g_autoptr (NaruStore) store = naru_store_open (self->folder, flags, error);

  self->office = store != NULL ? naru_office_attach (self->folder, store, error) : NULL;
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->txn = self->office != NULL ? naru_store_begin_write (store, error) : NULL;
  return self->txn != NULL;
}

static gboolean
prepare (NaruRestore *self, GError **error)
{
  g_autofree char *keys = g_build_filename (self->folder, "keys", NULL);
  g_autofree char *history = g_build_filename (self->folder, "audit.git", NULL);

  if (g_mkdir (keys, 0700) != 0)
    {
      naru_set_error_errno (error, errno, _ ("choose a folder that you may write to"), _ ("cannot make %s"),
                            keys);
      return FALSE;
    }
  if (!naru_restore_open_store (self, NARU_STORE_CREATE, error))
    return FALSE;
  self->office->repository = naru_repository_create (history, error);
  if (self->office->repository == NULL || !naru_office_lock_history (self->office, error))
    return FALSE;
  self->pack = naru_pack_new (history, PACK_NAME, error);
  return self->pack != NULL;
}

void
naru_restore_clear (NaruRestore *self)
{
  g_clear_pointer (&self->txn, naru_txn_end);
  g_clear_pointer (&self->pack, naru_pack_free);
  naru_past_entry_clear (&self->past);
  g_clear_pointer (&self->built, naru_object_free);
  g_clear_pointer (&self->files, g_hash_table_unref);
  naru_seals_clear (&self->seals);
  g_clear_pointer (&self->secrets, naru_json_unref);
  if (self->office != NULL && self->office->repository != NULL)
    naru_office_unlock_history (self->office);
  g_clear_pointer (&self->office, naru_office_unref);
}

static NaruJson *
make_report (NaruRestore *self)
{
  NaruJson *report = naru_json_new_object ();
  NaruJson *missing = naru_json_new_array ();
  char chain[2 * NARU_DIGEST_SIZE + 1];
  char head[2 * NARU_OID_SIZE + 1];

  naru_digest_to_hex (&self->head.chain, chain);
  naru_oid_to_hex (&self->head.head, head);
  naru_json_set_string (report, "name", naru_json_get_string (self->office->config, "name"));
  naru_json_set_string (report, "hub", naru_json_get_string (self->office->config, "hub"));
  naru_json_set_integer (report, "entries", (gint64) self->head.seq);
  naru_json_set_integer (report, "records", (gint64) self->n_records);
  naru_json_set_integer (report, "documents", (gint64) self->n_documents);
  naru_json_set_string (report, "head", head);
  naru_json_set_string (report, "chain", chain);
  if (self->secrets == NULL)
    naru_json_append_string (missing, "secrets");
  naru_json_append_string (missing, "faults");
  if (g_hash_table_contains (self->files, NARU_SIGNERS_PATH) && !self->has_key)
    naru_json_append_string (missing, "key");
  naru_json_set (report, "not_restored", missing);
  naru_restore_report_seals (self, report);
  return report;
}

/* Makes an office in @folder, which exists and is empty; where that fails the caller removes it. @passphrase:
 * (nullable): of an encrypted backup */
gboolean
naru_restore_build (const char *folder, const char *from, const char *passphrase, NaruProgress progress,
                    gpointer user_data, NaruJson **report, GError **error)
{
  g_auto (NaruRestore) restore = { .folder = folder, .progress = progress, .user_data = user_data };
  g_autofree char *scratch = g_build_filename (folder, "scratch", NULL);
  g_autofree char *path = NULL;
  g_autoptr (NaruSource) source = NULL;

  naru_seals_init (&restore.seals);
  if (g_mkdir (scratch, 0700) != 0)
    {
      naru_set_error_errno (error, errno, _ ("choose a folder that you may write to"), _ ("cannot make %s"),
                            scratch);
      return FALSE;
    }
  g_autofree char *bundle = NULL;
  if (naru_vault_is (from))
    {
      bundle = g_build_filename (folder, "bundle", NULL);
      restore.secrets = naru_secrets_read (from, bundle, passphrase, error);
      if (restore.secrets == NULL)
        return FALSE;
    }
  /* before anything else is open here: the reading process is a copy of this one */
  if (bundle == NULL && !naru_restore_fetch (from, scratch, progress, user_data, &path, error))
    return FALSE;
  source = naru_source_open (bundle != NULL ? bundle : path, scratch, NARU_SOURCE_WITH_SEALS, error);
  if (source == NULL || !prepare (&restore, error) || !take_all (&restore, source, error) ||
      !finish (&restore, error))
    return FALSE;
  *report = make_report (&restore);
  naru_folder_remove (scratch);
  if (bundle != NULL)
    unlink (bundle);
  return TRUE;
}

static gboolean
try_office (const char *folder, GError **error)
{
  g_autoptr (NaruOffice) office = naru_office_open (folder, error);

  return office != NULL;
}

/**
 * naru_office_restore:
 * @folder: a folder that is empty or does not exist
 * @from: a clone of the history, an office's audit.git, the address of a mirror, or a file that
 * naru_desk_backup() wrote
 * @progress: (scope call) (nullable): called with how many entries are done, of how many
 * @user_data: for @progress
 * @report: (out) (transfer full): {"folder","name","hub","entries","records","documents","head","chain",
 * "not_restored": what no history holds,"seals": how many,"seals_left_out": [{"name","problem"}]}
 * @error: return location
 *
 * Makes an office from a history alone. The history is believed nothing: it is read in another process, and
 * every commit has to be the one that an office would have written. What is found to be wrong is told, and no
 * folder is left.
 *
 * Returns: (transfer full) (nullable): the office; %NULL with %NARU_ERROR_BROKEN for a history that is
 * damaged or not that of an office alone, %NARU_ERROR_INVALID for what is none
 */
NaruOffice *
naru_office_restore (const char *folder, const char *from, NaruProgress progress, gpointer user_data,
                     NaruJson **report, GError **error)
{
  return naru_office_restore_encrypted (folder, from, NULL, progress, user_data, report, error);
}

/**
 * naru_backup_is_encrypted:
 * @file: a file
 *
 * Returns: whether a passphrase is needed to restore it
 */
gboolean
naru_backup_is_encrypted (const char *file)
{
  return naru_vault_is (file);
}

/**
 * naru_office_restore_encrypted:
 * @folder: a folder that is empty or does not exist
 * @from: what naru_office_restore() takes, or an encrypted backup
 * @passphrase: (nullable): of the backup
 * @progress: (scope call) (nullable): called with how many entries are done, of how many
 * @user_data: for @progress
 * @report: (out) (transfer full): as naru_office_restore() gives it
 * @error: return location; %NARU_ERROR_INVALID with the field "passphrase" where it is missing or not the one
 *
 * As naru_office_restore(). An encrypted backup gives the office its secrets and its key, too.
 *
 * Returns: (transfer full) (nullable): the office
 */
NaruOffice *
naru_office_restore_encrypted (const char *folder, const char *from, const char *passphrase,
                               NaruProgress progress, gpointer user_data, NaruJson **report, GError **error)
{
  g_autofree char *place = g_canonicalize_filename (folder, NULL);
  g_autofree char *temporary = NULL;
  g_autoptr (NaruJson) told = NULL;

  if (!naru_folder_prepare (place, &temporary, error))
    return NULL;
  if (!naru_restore_build (temporary, from, passphrase, progress, user_data, &told, error) ||
      !try_office (temporary, error))
    {
      naru_folder_remove (temporary);
      return NULL;
    }
  if (!naru_folder_move (temporary, place, error))
    return NULL;
  naru_json_set_string (told, "folder", place);
  *report = g_steal_pointer (&told);
  return naru_office_open_made (place, error);
}
