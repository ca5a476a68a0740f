/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

static gboolean
naru_store_check_usable (NaruStore *self, gboolean writable, GError **error)
{
  if (self->pid != getpid ())
    {
      naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, _ ("Open the store again in the new process."),
                      _ ("The store in %s was opened before this process was forked."), self->folder);
      return FALSE;
    }
  if (writable && self->read_only)
    {
      naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                      _ ("Ask for the right to write the folder, or copy it to a disk that can be written."),
                      _ ("The store in %s is open for reading only."), self->folder);
      return FALSE;
    }
  if (self->lost)
    return naru_store_set_error (self->folder, NARU_STORE_FAULT, error);
  if (writable && self->refused != 0)
    return naru_store_set_error (self->folder, self->refused == EIO ? MDB_PANIC : self->refused, error);
  if (writable && self->writer == g_thread_self ())
    {
      naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, NULL,
                      _ ("A change to the store in %s is under way in this thread already."), self->folder);
      return FALSE;
    }
  return TRUE;
}

/* Counts this transaction in; the map is changed only when there is no other. */
static void
naru_store_enter (NaruStore *self)
{
  g_mutex_lock (&self->lock);
  if (self->grow && self->n_txns == 0)
    {
      MDB_envinfo info;
      mdb_env_info (self->env, &info);
      if (naru_store_remap (self, 2 * info.me_mapsize) == MDB_SUCCESS)
        self->grow = FALSE;
    }
  self->n_txns++;
  g_mutex_unlock (&self->lock);
}

static void
naru_store_leave (NaruStore *self, gboolean was_writer)
{
  g_mutex_lock (&self->lock);
  self->n_txns--;
  if (was_writer)
    self->writer = NULL;
  g_mutex_unlock (&self->lock);
}

/* Another process enlarged the file beyond our map. */
static int
naru_store_adopt_size (NaruStore *self)
{
  int rc = MDB_MAP_RESIZED;
  g_mutex_lock (&self->lock);
  if (self->n_txns == 1)
    rc = naru_store_remap (self, 0);
  g_mutex_unlock (&self->lock);
  return rc;
}

/* Before the first write nothing is in the transaction's own memory, so any key leads to the map. */
static void
naru_txn_find_map (NaruTxn *txn)
{
  MDB_envinfo info;
  MDB_stat stat;
  MDB_val key = { strlen ("format"), (gpointer) "format" };
  MDB_val value;
  mdb_env_info (txn->store->env, &info);
  mdb_env_stat (txn->store->env, &stat);
  txn->map_size = info.me_mapsize;
  txn->page_size = stat.ms_psize;
  int rc = naru_guard_get (txn->mdb, txn->store->dbs[NARU_DB_META], &key, &value);
  if (rc != MDB_SUCCESS)
    naru_txn_set_error (txn, rc, NULL);
  else
    txn->map = naru_page_find_map (value.mv_data, txn->page_size, txn->map_size);
}

static NaruTxn *
naru_store_begin (NaruStore *self, gboolean writable, GError **error)
{
  if (!naru_store_check_usable (self, writable, error))
    return NULL;

  MDB_txn *mdb = NULL;
  naru_store_enter (self);
  int rc = self->lost ? NARU_STORE_FAULT : MDB_MAP_RESIZED;
  for (guint attempt = 0; rc == MDB_MAP_RESIZED && attempt < 8; attempt++)
    {
      rc = mdb_txn_begin (self->env, NULL, writable ? 0 : MDB_RDONLY, &mdb);
      if (rc == MDB_MAP_RESIZED && naru_store_adopt_size (self) != MDB_SUCCESS)
        break;
    }
  if (rc == MDB_READERS_FULL && mdb_reader_check (self->env, NULL) == MDB_SUCCESS)
    rc = mdb_txn_begin (self->env, NULL, writable ? 0 : MDB_RDONLY, &mdb);
  if (rc != MDB_SUCCESS)
    {
      naru_store_leave (self, FALSE);
      naru_store_set_error (self->folder, rc, error);
      return NULL;
    }

  NaruTxn *txn = g_new0 (NaruTxn, 1);
  txn->store = naru_store_ref (self);
  txn->mdb = mdb;
  txn->writable = writable;
  if (writable)
    {
      g_mutex_lock (&self->lock);
      self->writer = g_thread_self ();
      g_mutex_unlock (&self->lock);
      naru_txn_find_map (txn);
    }
  return txn;
}

/**
 * naru_store_begin_read:
 * @self: a store
 * @error: return location for an error
 *
 * A view of the store as it is now, whatever is written meanwhile. Keep it short (a second at most): as long
 * as it is open no room in the file is used again.
 *
 * Returns: (transfer full): a transaction for naru_txn_end(), or %NULL
 */
NaruTxn *
naru_store_begin_read (NaruStore *self, GError **error)
{
  return naru_store_begin (self, FALSE, error);
}

/**
 * naru_store_begin_write:
 * @self: a store
 * @error: return location for an error
 *
 * Waits for the one that writes now, in whichever process. The transaction belongs to the calling thread and
 * sees its own changes; nobody else does before naru_txn_commit().
 *
 * Returns: (transfer full): a transaction for naru_txn_commit() or naru_txn_end(), or %NULL
 */
NaruTxn *
naru_store_begin_write (NaruStore *self, GError **error)
{
  return naru_store_begin (self, TRUE, error);
}

/**
 * naru_txn_get_state:
 * @txn: a transaction
 *
 * Returns: a number that every change of the store makes larger: while it stays, all that was read holds
 */
guint64
naru_txn_get_state (NaruTxn *txn)
{
  return mdb_txn_id (txn->mdb);
}

static void
naru_txn_free (NaruTxn *txn)
{
  naru_store_leave (txn->store, txn->writable);
  g_clear_pointer (&txn->counts, g_hash_table_unref);
  g_free (txn->touched);
  naru_store_unref (txn->store);
  g_free (txn);
}

/**
 * naru_txn_renew:
 * @txn: a read transaction in which no walk is under way
 * @error: return location for an error
 *
 * Makes it a view of the store as it is now. Where that fails it can only be ended.
 *
 * Returns: whether it is
 */
gboolean
naru_txn_renew (NaruTxn *txn, GError **error)
{
  g_return_val_if_fail (!txn->writable, FALSE);
  if (!naru_store_check_usable (txn->store, FALSE, error))
    return FALSE;
  mdb_txn_reset (txn->mdb);
  int rc = mdb_txn_renew (txn->mdb);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

static void
naru_txn_close_cursors (NaruTxn *txn)
{
  for (guint i = 0; i < NARU_N_DBS; i++)
    g_clear_pointer (&txn->cursors[i], mdb_cursor_close);
}

/**
 * naru_txn_end:
 * @txn: (transfer full): a transaction
 *
 * Ends a read transaction; drops all that a write transaction changed.
 */
void
naru_txn_end (NaruTxn *txn)
{
  g_return_if_fail (txn != NULL);

  /* In a forked child the reader's slot and the write lock are the parent's. After a fault within a write,
   * LMDB's memory may be half changed: left as it is, the lock falls to others when the process ends. */
  gboolean ours = txn->store->pid == getpid ();
  if (ours && (!txn->writable || txn->failed != NARU_STORE_FAULT))
    {
      naru_txn_close_cursors (txn);
      mdb_txn_abort (txn->mdb);
    }
  naru_txn_free (txn);
}

/* Writes how many records of each type there are, where that has changed. */
static int
naru_txn_flush_counts (NaruTxn *txn)
{
  GHashTableIter iter;
  gpointer type, added;
  if (txn->counts == NULL)
    return MDB_SUCCESS;

  g_hash_table_iter_init (&iter, txn->counts);
  while (g_hash_table_iter_next (&iter, &type, &added))
    {
      NaruKey key;
      guint64 count = 0;
      naru_key_clear (&key);
      naru_key_add_text (&key, "\1count ");
      naru_key_add_text (&key, type);
      int rc = naru_txn_fetch_fixed (txn, NARU_DB_META, &key, &count, sizeof count);
      if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
        return rc;
      count = GUINT64_TO_LE (GUINT64_FROM_LE (count) + GPOINTER_TO_SIZE (added));
      MDB_val value = { sizeof count, &count };
      rc = naru_txn_store (txn, NARU_DB_META, &key, &value, 1);
      if (rc != MDB_SUCCESS)
        return rc;
    }
  return MDB_SUCCESS;
}

/**
 * naru_txn_commit:
 * @txn: (transfer full): a write transaction; gone afterwards, whatever the outcome
 * @error: return location for an error
 *
 * When this returns %TRUE all changes are on the disk and seen by everybody; when it returns %FALSE none is,
 * but for a disk error at the last step, of which the message says that the outcome is not known.
 *
 * Returns: whether the changes are recorded
 */
gboolean
naru_txn_commit (NaruTxn *txn, GError **error)
{
  g_return_val_if_fail (txn != NULL, FALSE);

  if (txn->store->pid != getpid ())
    {
      naru_store_check_usable (txn->store, FALSE, error);
      naru_txn_free (txn);
      return FALSE;
    }
  int rc = txn->failed != 0 ? txn->failed : naru_txn_flush_counts (txn);
  if (rc != MDB_SUCCESS)
    {
      naru_txn_set_error (txn, rc, error);
      naru_txn_end (txn);
      return FALSE;
    }

  naru_txn_close_cursors (txn);
  errno = 0;
  rc = naru_guard_commit (txn->mdb);
  /* LMDB says EIO too where the kernel took a part of what it was to write: that is a full disk, and no call
   * failed */
  if (rc == EIO && errno != EIO)
    rc = ENOSPC;
  if (rc != MDB_SUCCESS)
    naru_txn_set_error (txn, rc, error);
  naru_txn_free (txn);
  return rc == MDB_SUCCESS;
}

/*
 * naru_txn_set_error:
 *
 * Turns a code into an error and remembers what it means for the rest of the process.
 *
 * Returns: %FALSE, always
 */
gboolean
naru_txn_set_error (NaruTxn *txn, int rc, GError **error)
{
  NaruStore *self = txn->store;
  if (txn->first_error == 0)
    txn->first_error = rc;
  if (rc == MDB_BAD_TXN)
    rc = txn->first_error;
  if (txn->writable && txn->failed == 0)
    txn->failed = rc;

  g_mutex_lock (&self->lock);
  if (rc == MDB_MAP_FULL)
    self->grow = TRUE;
  /* After a failed fsync the kernel forgets what it could not write: nothing may be built on that. A fault in
   * a read leaves reading possible; after one in a write LMDB itself is not to be trusted. */
  if ((rc == EIO || rc == MDB_PANIC || rc == NARU_STORE_FAULT) && self->refused == 0)
    self->refused = rc;
  if (rc == NARU_STORE_FAULT && txn->writable)
    self->lost = TRUE;
  g_mutex_unlock (&self->lock);
  if (rc == EIO)
    naru_store_remember_failure (self);
  return naru_store_set_error (self->folder, rc, error);
}

gboolean
naru_txn_check_writable (NaruTxn *txn, GError **error)
{
  g_return_val_if_fail (txn->writable, FALSE);
  if (txn->failed == 0)
    return TRUE;
  return naru_txn_set_error (txn, txn->failed, error);
}

static int
naru_txn_get_value (NaruTxn *txn, NaruDb db, const NaruKey *key, MDB_val *value)
{
  if (key->too_long)
    return MDB_NOTFOUND;
  if (txn->failed != 0)
    return txn->failed;
  MDB_val name = naru_key_to_val (key);
  int rc = naru_guard_get (txn->mdb, txn->store->dbs[db], &name, value);
  if (rc == MDB_SUCCESS && value->mv_size > NARU_STORE_VALUE_MAX)
    return MDB_CORRUPTED;
  return rc;
}

/*
 * naru_txn_fetch:
 * @data: (out) (transfer full): a copy of the value, with a NUL behind
 *
 * Returns: MDB_SUCCESS, MDB_NOTFOUND or another code
 */
int
naru_txn_fetch (NaruTxn *txn, NaruDb db, const NaruKey *key, guint8 **data, gsize *size)
{
  MDB_val value;
  int rc = naru_txn_get_value (txn, db, key, &value);
  if (rc != MDB_SUCCESS)
    return rc;

  /* the size may be a damaged one */
  g_autofree guint8 *copy = g_try_malloc (value.mv_size + 1);
  if (copy == NULL)
    return ENOMEM;
  rc = naru_guard_copy (copy, &value);
  if (rc != MDB_SUCCESS)
    return rc;
  copy[value.mv_size] = '\0';
  *size = value.mv_size;
  *data = g_steal_pointer (&copy);
  return MDB_SUCCESS;
}

/* MDB_CORRUPTED where the value has another size */
int
naru_txn_fetch_fixed (NaruTxn *txn, NaruDb db, const NaruKey *key, gpointer data, gsize size)
{
  MDB_val value;
  int rc = naru_txn_get_value (txn, db, key, &value);
  if (rc == MDB_SUCCESS && value.mv_size != size)
    return MDB_CORRUPTED;
  return rc == MDB_SUCCESS ? naru_guard_copy (data, &value) : rc;
}

/* Whether a row begins with the check of what follows. */
gboolean
naru_store_is_whole (const guint8 *row, gsize size)
{
  NaruDigest digest;
  if (size < NARU_STORE_CHECK_SIZE)
    return FALSE;
  naru_digest_compute (row + NARU_STORE_CHECK_SIZE, size - NARU_STORE_CHECK_SIZE, &digest);
  return memcmp (row, digest.bytes, NARU_STORE_CHECK_SIZE) == 0;
}

/* As naru_txn_fetch_fixed(), for a row that others are decided by: MDB_CORRUPTED where its check does not
 * hold */
int
naru_txn_fetch_checked (NaruTxn *txn, NaruDb db, const NaruKey *key, gpointer data, gsize size)
{
  guint8 row[NARU_STORE_CHECK_SIZE + NARU_STORE_FIXED_MAX];
  gsize row_size = NARU_STORE_CHECK_SIZE + size;
  int rc = row_size > sizeof row ? EINVAL : naru_txn_fetch_fixed (txn, db, key, row, row_size);
  if (rc == MDB_SUCCESS && !naru_store_is_whole (row, row_size))
    rc = MDB_CORRUPTED;
  if (rc == MDB_SUCCESS)
    memcpy (data, row + NARU_STORE_CHECK_SIZE, size);
  return rc;
}

int
naru_txn_store_checked (NaruTxn *txn, NaruDb db, const NaruKey *key, gconstpointer data, gsize size)
{
  NaruDigest digest;
  naru_digest_compute (data, size, &digest);
  MDB_val parts[] = { { NARU_STORE_CHECK_SIZE, digest.bytes }, { size, (gpointer) data } };
  return naru_txn_store (txn, db, key, parts, G_N_ELEMENTS (parts));
}

/* The cursor stays where the last write was: in bulk work the next key is often on the same page. */
int
naru_txn_get_cursor (NaruTxn *txn, NaruDb db, MDB_cursor **cursor)
{
  int rc = MDB_SUCCESS;
  if (txn->cursors[db] == NULL)
    rc = mdb_cursor_open (txn->mdb, txn->store->dbs[db], &txn->cursors[db]);
  *cursor = txn->cursors[db];
  return rc;
}

/* Puts the cursor to where the key is or would be, and looks at the leaf there: that of the next key, and
 * that of the key before where the next one is on another leaf. */
static int
naru_txn_check_place (NaruTxn *txn, MDB_cursor *cursor, const NaruKey *key)
{
  MDB_val name = naru_key_to_val (key);
  MDB_val value;
  int rc = naru_guard_move (cursor, &name, &value, MDB_SET_RANGE);
  if (rc == MDB_SUCCESS)
    {
      rc = naru_page_check_leaf (txn->map, txn->map_size, txn->page_size, name.mv_data);
      gboolean exact =
          rc == MDB_SUCCESS && name.mv_size == key->size && memcmp (name.mv_data, key->bytes, key->size) == 0;
      if (rc != MDB_SUCCESS || exact)
        return rc;
      rc = naru_guard_move (cursor, &name, &value, MDB_PREV);
    }
  else if (rc == MDB_NOTFOUND)
    rc = naru_guard_move (cursor, &name, &value, MDB_LAST);
  if (rc == MDB_SUCCESS)
    rc = naru_page_check_leaf (txn->map, txn->map_size, txn->page_size, name.mv_data);
  return rc == MDB_NOTFOUND ? MDB_SUCCESS : rc;
}

/*
 * naru_txn_store:
 * @parts: the value, in pieces that are put one behind the other
 */
int
naru_txn_store (NaruTxn *txn, NaruDb db, const NaruKey *key, const MDB_val *parts, guint n_parts)
{
  MDB_cursor *cursor;
  MDB_val name = naru_key_to_val (key);
  MDB_val value = { 0, NULL };
  if (key->too_long)
    return MDB_BAD_VALSIZE;
  for (guint i = 0; i < n_parts; i++)
    value.mv_size += parts[i].mv_size;
  if (value.mv_size > NARU_STORE_VALUE_MAX)
    return MDB_TXN_FULL;

  int rc = naru_txn_make_room (txn);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_get_cursor (txn, db, &cursor);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_check_place (txn, cursor, key);
  gboolean append = rc == MDB_SUCCESS && db == NARU_DB_COMMITS;
  if (append)
    rc = naru_guard_put (cursor, &name, &value, MDB_RESERVE | MDB_APPEND);
  if (append ? rc == MDB_KEYEXIST : rc == MDB_SUCCESS)
    rc = naru_guard_put (cursor, &name, &value, MDB_RESERVE);
  if (rc != MDB_SUCCESS)
    return rc;
  naru_txn_note_store (txn, &value);
  guint8 *target = value.mv_data;
  for (guint i = 0; i < n_parts; i++)
    {
      if (parts[i].mv_size > 0)
        memcpy (target, parts[i].mv_data, parts[i].mv_size);
      target += parts[i].mv_size;
    }
  return MDB_SUCCESS;
}

/* a key that is not there is no error */
int
naru_txn_remove (NaruTxn *txn, NaruDb db, const NaruKey *key)
{
  if (key->too_long)
    return MDB_SUCCESS;
  MDB_cursor *cursor;
  MDB_val name = naru_key_to_val (key);
  int rc = naru_txn_get_cursor (txn, db, &cursor);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_check_place (txn, cursor, key);
  if (rc == MDB_SUCCESS)
    rc = naru_guard_delete (txn->mdb, txn->store->dbs[db], &name);
  return rc == MDB_NOTFOUND ? MDB_SUCCESS : rc;
}
