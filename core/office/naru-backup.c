/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-restore-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A backup is one file: a git bundle of the whole history, so that stock git clones it too. Entries that are
 * decided but not yet in the history go in as the commits that they will be: the journal has their objects.
 * What the backup says of itself, its manifest, is a blob of the bundle: the numbers, the head, and the chain
 * digest, by which every byte of the history can be checked.
 *
 * Where it is encrypted, the bundle is made in the office's folder, which holds all of it in the clear
 * anyway: nothing but the vault is ever written beside the file that was asked for, which may be on a stick.
 */

#define PACK_NAME "backup"

typedef struct
{
  NaruDesk *desk;
  const char *passphrase; /* (nullable) */
  char *folder;           /* beside the file, or in the office's folder: all that is temporary */
  int held;               /* the second of these, as long as this command lives; else -1 */
  char *outside;          /* (nullable): beside the file: the vault */
  char *repository;       /* in it: the pack */
  NaruPack *pack;
  GPtrArray *refs; /* of NaruRef: seals and their time stamps */
  NaruOid manifest;
  NaruStoreHead head; /* of what the backup holds; only seq, head and chain */
  guint64 pending;
  GError *failure; /* in the journal */
} Backup;

static void
backup_clear (Backup *self)
{
  g_clear_pointer (&self->pack, naru_pack_free);
  if (self->folder != NULL)
    naru_folder_remove (self->folder);
  if (self->held >= 0)
    close (self->held);
  g_clear_pointer (&self->refs, g_ptr_array_unref);
  if (self->outside != NULL)
    naru_folder_remove (self->outside);
  g_free (self->folder);
  g_free (self->outside);
  g_free (self->repository);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Backup, backup_clear)

static gboolean
check_place (const char *file, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (file);
  struct stat st;

  if (lstat (file, &st) == 0)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("name a new file; a backup replaces none"),
                      _ ("%s is there already"), file);
      return FALSE;
    }
  if (g_file_test (parent, G_FILE_TEST_IS_DIR))
    return TRUE;
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("make the folder first"),
                  _ ("there is no folder %s"), parent);
  return FALSE;
}

static gboolean
add_object (Backup *self, const NaruSourceItem *item, NaruObjectKind kind, GError **error)
{
  NaruObject object = { kind, item->oid, item->bytes, item->base };

  return naru_pack_add (self->pack, &object, error);
}

/* A seal whose commit is not there would spoil the bundle for git; “naru seal list” tells of it. */
static gboolean
add_ref (Backup *self, const NaruSourceItem *item, GError **error)
{
  gboolean seal = naru_ref_is_seal (item->path);

  if (g_bytes_get_size (item->bytes) == 0 || (seal && item->number == 0))
    return TRUE;
  naru_refs_add (self->refs, item->path, &item->oid);
  return add_object (self, item, seal ? NARU_OBJECT_TAG : NARU_OBJECT_BLOB, error);
}

static gboolean
add_item (Backup *self, const NaruSourceItem *item, GError **error)
{
  switch (item->kind)
    {
    case NARU_SOURCE_BEGIN:
      self->head.seq = item->number;
      self->head.head = item->oid;
      return add_object (self, item, NARU_OBJECT_COMMIT, error);
    case NARU_SOURCE_TREE:
      return add_object (self, item, NARU_OBJECT_TREE, error);
    case NARU_SOURCE_FILE:
      return naru_pack_add_blob (self->pack, self->folder, item, error);
    case NARU_SOURCE_REF:
      return add_ref (self, item, error);
    default:
      return TRUE;
    }
}

static gboolean
copy_history (Backup *self, NaruProgress progress, gpointer user_data, GError **error)
{
  g_autofree char *history = g_build_filename (self->desk->office->folder, "audit.git", NULL);
  g_autoptr (NaruSource) source =
      naru_source_open (history, self->folder, NARU_SOURCE_WITH_TREES | NARU_SOURCE_WITH_SEALS, error);

  if (source == NULL)
    return FALSE;
  self->refs = naru_refs_new ();
  self->pack = naru_pack_new (self->repository, PACK_NAME, error);
  while (self->pack != NULL)
    {
      g_auto (NaruSourceItem) item = { 0 };
      if (!naru_source_next (source, &item, error) || !add_item (self, &item, error))
        return FALSE;
      if (item.kind == NARU_SOURCE_DONE)
        return TRUE;
      /* the other half is the reading back */
      if (progress != NULL && item.kind == NARU_SOURCE_END && item.number % 16 == 0)
        progress (item.number, 2 * item.total, user_data);
    }
  return FALSE;
}

/* An entry that waits: its commit follows the last one. */
static gboolean
add_pending (guint64 seq, GBytes *row, gpointer user_data)
{
  Backup *self = user_data;
  g_autofree char *pack = NULL;
  NaruOid commit;
  g_autoptr (GPtrArray) objects = naru_objects_from_row (row, &commit, &pack, &self->failure);

  if (objects != NULL && pack != NULL)
    naru_set_error (&self->failure, NARU_ERROR_PENDING, NULL, 0, _ ("run “naru status”, then back up again"),
                    _ ("a large change still waits for the history"));
  for (guint i = 0; objects != NULL && i < objects->len && self->failure == NULL; i++)
    naru_pack_add (self->pack, g_ptr_array_index (objects, i), &self->failure);
  if (self->failure != NULL)
    return FALSE;
  self->head.seq = seq;
  self->head.head = commit;
  self->pending++;
  return TRUE;
}

static gboolean
copy_journal (Backup *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
  NaruStoreHead head;

  if (txn == NULL || !naru_txn_get_head (txn, &head, error) ||
      !naru_txn_foreach_journal (txn, self->head.seq, add_pending, self, error))
    return FALSE;
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FALSE;
    }
  /* others may have gone on meanwhile: the chain is told for what the backup holds */
  if (head.seq == self->head.seq && naru_oid_equal (&head.head, &self->head.head))
    self->head.chain = head.chain;
  return TRUE;
}

static gboolean
add_manifest (Backup *self, NaruJson *manifest, GError **error)
{
  g_autoptr (GBytes) bytes = naru_json_to_bytes (manifest);
  g_autoptr (NaruObject) object = naru_object_new (NARU_OBJECT_BLOB, bytes);

  self->manifest = object->oid;
  return naru_pack_add (self->pack, object, error);
}

static NaruJson *
make_manifest (Backup *self)
{
  NaruJson *manifest = naru_json_new_object ();
  char chain[2 * NARU_DIGEST_SIZE + 1];
  char head[2 * NARU_OID_SIZE + 1];
  g_autofree char *at = NULL;
  NaruTime now;

  naru_clock_now (&now);
  at = naru_time_to_string (&now);
  naru_digest_to_hex (&self->head.chain, chain);
  naru_oid_to_hex (&self->head.head, head);
  naru_json_set_integer (manifest, "format", 1);
  naru_json_set_string (manifest, "name", naru_office_get_name (self->desk->office));
  naru_json_set_string (manifest, "hub", naru_office_get_hub (self->desk->office));
  naru_json_set_integer (manifest, "entries", (gint64) self->head.seq);
  naru_json_set_integer (manifest, "pending", (gint64) self->pending);
  naru_json_set_integer (manifest, "objects", (gint64) naru_pack_get_n_objects (self->pack));
  naru_json_set_string (manifest, "head", head);
  naru_json_set_string (manifest, "chain", chain);
  naru_json_set_string (manifest, "made_at", at);
  return manifest;
}

/* The office is written to all the time: the chain of an entry that is no longer the last stands in its
 * commit. */
static gboolean
find_chain (Backup *self, GError **error)
{
  g_auto (NaruPastEntry) past = { 0 };
  NaruRepository *repository;

  if (memcmp (&self->head.chain, &(NaruDigest){ 0 }, sizeof (NaruDigest)) != 0)
    return TRUE;
  repository = naru_office_get_repository (self->desk->office, error);
  if (repository == NULL || !naru_repository_read_entry (repository, &self->head.head, &past, error))
    return FALSE;
  self->head.chain = past.chain;
  return TRUE;
}

typedef struct
{
  NaruProgress progress;
  gpointer user_data;
} SecondHalf;

static void
tell_second_half (guint64 done, guint64 total, gpointer user_data)
{
  SecondHalf *half = user_data;

  if (half->progress != NULL)
    half->progress (total + done, 2 * total, half->user_data);
}

/* An office is restored from what was written; nothing else shows that it can be. */
static gboolean
read_back (Backup *self, const char *file, NaruJson *manifest, NaruProgress progress, gpointer user_data,
           GError **error)
{
  g_autofree char *folder = g_build_filename (self->folder, "check", NULL);
  g_autoptr (NaruJson) report = NULL;
  SecondHalf half = { progress, user_data };

  if (g_mkdir (folder, 0700) != 0)
    {
      naru_set_error_errno (error, errno, _ ("free some space and run the command again"),
                            _ ("cannot make %s"), folder);
      return FALSE;
    }
  if (naru_restore_build (folder, file, self->passphrase, tell_second_half, &half, &report, error))
    {
      naru_json_set_boolean (manifest, "encrypted", self->passphrase != NULL);
      naru_json_set (manifest, "left_out", naru_json_copy (naru_json_get (report, "not_restored")));
      return TRUE;
    }
  g_prefix_error (error, "%s", _ ("the backup cannot be read back: "));
  return FALSE;
}

static gboolean
write_bundle (Backup *self, const char *bundle, GError **error)
{
  if (!naru_pack_finish (self->pack, error))
    return FALSE;
  g_clear_pointer (&self->pack, naru_pack_free);
  return naru_pack_publish (self->repository, PACK_NAME, error) &&
         naru_bundle_write (bundle, self->repository, &self->head.head, &self->manifest, self->refs, error);
}

/* A file that came meanwhile is not replaced. */
static gboolean
put_in_place (const char *bundle, const char *file, guint64 *size, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (file);
  struct stat st = { 0 };

  if (stat (bundle, &st) != 0 || renameat2 (AT_FDCWD, bundle, AT_FDCWD, file, RENAME_NOREPLACE) != 0)
    {
      naru_set_error_errno (error, errno, _ ("choose another file"), _ ("cannot write %s"), file);
      return FALSE;
    }
  *size = (guint64) st.st_size;
  naru_folder_sync (parent);
  return TRUE;
}

static char *
get_place_inside (NaruOffice *office)
{
  return g_build_filename (office->folder, ".backup", NULL);
}

/* What encrypted backups left behind that were killed: the whole history, in the clear as in audit.git */
void
naru_office_sweep_backups (NaruOffice *self)
{
  g_autofree char *inside = get_place_inside (self);

  naru_folder_sweep (inside);
}

static gboolean
open_backup (Backup *self, const char *place, GError **error)
{
  g_autoptr (NaruRepository) made = NULL;
  g_autofree char *inside = get_place_inside (self->desk->office);

  naru_office_sweep_backups (self->desk->office);
  self->folder = self->passphrase != NULL ? naru_folder_make_held (inside, &self->held, error)
                                          : naru_folder_make_beside (place, error);
  if (self->folder == NULL)
    return FALSE;
  if (self->passphrase != NULL)
    {
      self->outside = naru_folder_make_beside (place, error);
      if (self->outside == NULL)
        return FALSE;
    }
  self->repository = g_build_filename (self->folder, "pack.git", NULL);
  made = naru_repository_create (self->repository, error);
  return made != NULL;
}

/**
 * naru_desk_backup:
 * @self: a desk
 * @file: a file that does not exist yet
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @report: (out) (transfer full): what the backup says of itself, and "file", "size", "encrypted",
 * "left_out": what an office that is restored from it lacks
 * @error: return location
 *
 * Writes the whole history into one file, also what is not published yet, and restores an office from it to
 * see that it can be done. Others may work meanwhile.
 *
 * Returns: whether the backup is there, on disk
 */
gboolean
naru_desk_backup (NaruDesk *self, const char *file, NaruProgress progress, gpointer user_data,
                  NaruJson **report, GError **error)
{
  return naru_desk_backup_encrypted (self, file, NULL, progress, user_data, report, error);
}

/* (transfer full) (nullable): what is to be put in place: the bundle itself, or a vault that holds it */
static char *
encrypt (Backup *self, const char *bundle, GError **error)
{
  g_autofree char *vault = NULL;

  if (self->passphrase == NULL)
    return g_strdup (bundle);
  vault = g_build_filename (self->outside, "vault", NULL);
  if (!naru_secrets_write (self->desk->office, vault, bundle, self->passphrase, error))
    return NULL;
  unlink (bundle);
  return g_steal_pointer (&vault);
}

/**
 * naru_desk_backup_encrypted:
 * @self: a desk
 * @file: a file that does not exist yet
 * @passphrase: (nullable): what opens the backup; %NULL: it is not encrypted
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @report: (out) (transfer full): as naru_desk_backup() gives it
 * @error: return location; %NARU_ERROR_INVALID with the field "passphrase" for one that is too short
 *
 * As naru_desk_backup(). Where it is encrypted, the backup also holds what no history does: the office's key
 * and the secrets of the store.
 *
 * Returns: whether the backup is there, on disk
 */
gboolean
naru_desk_backup_encrypted (NaruDesk *self, const char *file, const char *passphrase, NaruProgress progress,
                            gpointer user_data, NaruJson **report, GError **error)
{
  g_autofree char *place = g_canonicalize_filename (file, NULL);
  g_autofree char *bundle = NULL;
  g_autofree char *made = NULL;
  g_autoptr (NaruJson) manifest = NULL;
  g_autoptr (GError) waiting = NULL;
  g_auto (Backup) backup = { .desk = self, .passphrase = passphrase, .held = -1 };
  guint64 size = 0;

  if (!naru_desk_require (self, "office", "administer", NULL, error) || !check_place (place, error))
    return FALSE;
  /* where the history cannot be written now, the journal has what it lacks */
  if (!naru_office_checkpoint (self->office, &waiting))
    g_debug ("backup of a history that waits: %s", waiting->message);
  if (!open_backup (&backup, place, error) || !copy_history (&backup, progress, user_data, error) ||
      !copy_journal (&backup, error) || !find_chain (&backup, error))
    return FALSE;
  manifest = make_manifest (&backup);
  bundle = g_build_filename (backup.folder, "bundle", NULL);
  if (!add_manifest (&backup, manifest, error) || !write_bundle (&backup, bundle, error))
    return FALSE;
  made = encrypt (&backup, bundle, error);
  if (made == NULL || !read_back (&backup, made, manifest, progress, user_data, error) ||
      !put_in_place (made, place, &size, error))
    return FALSE;
  naru_json_set_string (manifest, "file", place);
  naru_json_set_integer (manifest, "size", (gint64) size);
  *report = g_steal_pointer (&manifest);
  return TRUE;
}
