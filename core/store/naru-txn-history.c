/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* history: seconds (8 bytes), minutes east of UTC (2), then five texts with a NUL behind each.
 * journal and trees: 8 bytes of BLAKE2b, then the bytes: what goes from here into the history is never taken
 * from a damaged page. */

#define N_TEXTS 5
#define EVENT_SIZE (8 + 2)

static NaruKey
naru_key_for_events (const char *type, const char *id)
{
  NaruKey key;
  naru_key_clear (&key);
  naru_key_add_text (&key, type);
  naru_key_add_end (&key);
  naru_key_add_text (&key, id);
  naru_key_add_end (&key);
  return key;
}

static NaruKey
naru_key_for_seq (guint64 seq)
{
  NaruKey key;
  naru_key_clear (&key);
  naru_key_add_number (&key, seq);
  return key;
}

/**
 * naru_txn_add_event:
 * @txn: a write transaction
 * @type: name of the record's type
 * @id: the record's id
 * @event: what happened; its seq is that of the entry. %NULL texts count as ""
 * @error: return location for an error
 *
 * One entry is one event of a record: a second one with the same seq is refused, unless it says the same.
 *
 * Returns: whether it was added; %NARU_ERROR_EXISTS
 */
gboolean
naru_txn_add_event (NaruTxn *txn, const char *type, const char *id, const NaruEvent *event, GError **error)
{
  NaruKey key = naru_key_for_events (type, id);
  naru_key_add_number (&key, event->seq);
  if (!naru_txn_check_writable (txn, error) || !naru_key_check (&key, "id", error))
    return FALSE;

  gint64 seconds = GINT64_TO_LE (event->seconds);
  guint16 offset = GUINT16_TO_LE ((guint16) event->offset_minutes);
  const char *texts[N_TEXTS] = { event->actor, event->action, event->from, event->to, event->note };
  g_autoptr (GByteArray) row = g_byte_array_sized_new (128);
  g_byte_array_append (row, (const guint8 *) &seconds, sizeof seconds);
  g_byte_array_append (row, (const guint8 *) &offset, sizeof offset);
  for (guint i = 0; i < N_TEXTS; i++)
    {
      const char *text = texts[i] == NULL ? "" : texts[i];
      g_byte_array_append (row, (const guint8 *) text, strlen (text) + 1);
    }

  g_autofree guint8 *present = NULL;
  gsize size = 0;
  int rc = naru_txn_fetch (txn, NARU_DB_HISTORY, &key, &present, &size);
  if (rc == MDB_SUCCESS && size == row->len && memcmp (present, row->data, size) == 0)
    return TRUE;
  if (rc == MDB_SUCCESS)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, NULL,
                      _ ("The history of %s has another event with the number %" PRIu64 " already."), id,
                      event->seq);
      return FALSE;
    }
  MDB_val part = { row->len, row->data };
  if (rc == MDB_NOTFOUND)
    rc = naru_txn_store (txn, NARU_DB_HISTORY, &key, &part, 1);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

static gboolean
naru_event_from_row (const guint8 *row, gsize size, NaruEvent *event)
{
  guint16 offset;
  const char **texts[N_TEXTS] = { &event->actor, &event->action, &event->from, &event->to, &event->note };
  if (size < EVENT_SIZE)
    return FALSE;
  memcpy (&event->seconds, row, sizeof event->seconds);
  memcpy (&offset, row + 8, sizeof offset);
  event->seconds = GINT64_FROM_LE (event->seconds);
  event->offset_minutes = (gint16) GUINT16_FROM_LE (offset);

  const guint8 *text = row + EVENT_SIZE;
  const guint8 *end = row + size;
  for (guint i = 0; i < N_TEXTS; i++)
    {
      const guint8 *stop = memchr (text, '\0', end - text);
      if (stop == NULL || !g_utf8_validate ((const char *) text, stop - text, NULL))
        return FALSE;
      *texts[i] = (const char *) text;
      text = stop + 1;
    }
  return TRUE;
}

/**
 * naru_txn_foreach_event:
 * @txn: a transaction
 * @type: name of the record's type
 * @id: the record's id
 * @func: (scope call): gets each event of the record, the oldest first, valid during the call; %FALSE stops
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all went well; being stopped is well
 */
gboolean
naru_txn_foreach_event (NaruTxn *txn, const char *type, const char *id, NaruStoreEventFunc func,
                        gpointer user_data, GError **error)
{
  NaruWalk walk;
  gboolean more = TRUE;
  naru_walk_init (&walk, txn, NARU_DB_HISTORY);
  walk.prefix = naru_key_for_events (type, id);
  while (more && naru_walk_next (&walk) && naru_walk_load (&walk))
    {
      NaruEvent event;
      const NaruKey *key = naru_walk_get_key (&walk);
      if (key->size != walk.prefix.size + 8 || !naru_event_from_row (walk.data, walk.size, &event))
        {
          walk.rc = MDB_CORRUPTED;
          break;
        }
      event.seq = naru_key_get_number (key->bytes + walk.prefix.size);
      more = func (&event, user_data);
    }
  return naru_walk_finish (&walk, error);
}

/**
 * naru_txn_put_commit:
 * @txn: a write transaction
 * @seq: number of an entry
 * @commit: the id of its commit
 * @error: return location for an error
 *
 * Returns: whether it was put
 */
gboolean
naru_txn_put_commit (NaruTxn *txn, guint64 seq, const NaruOid *commit, GError **error)
{
  if (!naru_txn_check_writable (txn, error))
    return FALSE;
  NaruKey key = naru_key_for_seq (seq);
  MDB_val part = { NARU_OID_SIZE, (gpointer) commit->bytes };
  int rc = naru_txn_store (txn, NARU_DB_COMMITS, &key, &part, 1);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_get_commit:
 * @txn: a transaction
 * @seq: number of an entry
 * @commit: (out): the id of its commit
 * @error: return location for an error
 *
 * Returns: whether there is one; %NARU_ERROR_NOT_FOUND
 */
gboolean
naru_txn_get_commit (NaruTxn *txn, guint64 seq, NaruOid *commit, GError **error)
{
  NaruKey key = naru_key_for_seq (seq);
  int rc = naru_txn_fetch_fixed (txn, NARU_DB_COMMITS, &key, commit->bytes, NARU_OID_SIZE);
  if (rc != MDB_NOTFOUND)
    return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("\"naru status\" shows the last number."),
                  _ ("There is no entry number %" PRIu64 "."), seq);
  return FALSE;
}

/**
 * naru_txn_find_commit:
 * @txn: a transaction
 * @prefix: how the id begins: up to 40 hexadecimal digits in lower case
 * @seq: (out): number of the last entry whose commit begins so
 * @commit: (out): its commit
 * @error: return location for an error
 *
 * Returns: how many commits of the history begin so; 0 with an error set where that could not be read
 */
guint
naru_txn_find_commit (NaruTxn *txn, const char *prefix, guint64 *seq, NaruOid *commit, GError **error)
{
  NaruWalk walk;
  guint found = 0;
  gsize length = strlen (prefix);
  naru_walk_init (&walk, txn, NARU_DB_COMMITS);
  while (naru_walk_next (&walk) && naru_walk_load (&walk))
    {
      char hex[2 * NARU_OID_SIZE + 1];
      NaruOid oid;
      const NaruKey *key = naru_walk_get_key (&walk);
      if (key->size != 8 || walk.size != NARU_OID_SIZE)
        {
          walk.rc = MDB_CORRUPTED;
          break;
        }
      memcpy (oid.bytes, walk.data, NARU_OID_SIZE);
      naru_oid_to_hex (&oid, hex);
      if (strncmp (hex, prefix, length) != 0)
        continue;
      found++;
      *seq = naru_key_get_number (key->bytes);
      *commit = oid;
    }
  return naru_walk_finish (&walk, error) ? found : 0;
}

static gboolean
naru_txn_put_checked (NaruTxn *txn, NaruDb db, const NaruKey *key, GBytes *bytes, GError **error)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  int rc = naru_txn_store_checked (txn, db, key, data, size);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_put_journal:
 * @txn: a write transaction
 * @seq: number of the entry
 * @row: what publishing it needs; 1 GiB at most
 * @error: return location for an error
 *
 * Returns: whether it was put
 */
gboolean
naru_txn_put_journal (NaruTxn *txn, guint64 seq, GBytes *row, GError **error)
{
  NaruKey key = naru_key_for_seq (seq);
  return naru_txn_check_writable (txn, error) &&
         naru_txn_put_checked (txn, NARU_DB_JOURNAL, &key, row, error);
}

static int
naru_walk_read_journal (NaruWalk *walk, guint64 *seq, GBytes **row)
{
  const NaruKey *key = naru_walk_get_key (walk);
  if (key->size != 8 || walk->value.mv_size > NARU_STORE_VALUE_MAX)
    return MDB_CORRUPTED;

  g_autofree guint8 *copy = g_try_malloc (walk->value.mv_size + 1);
  if (copy == NULL)
    return ENOMEM;
  int rc = naru_guard_copy (copy, &walk->value);
  if (rc != MDB_SUCCESS)
    return rc;
  if (!naru_store_is_whole (copy, walk->value.mv_size))
    return MDB_CORRUPTED;

  g_autoptr (GBytes) whole = g_bytes_new_take (g_steal_pointer (&copy), walk->value.mv_size);
  *seq = naru_key_get_number (key->bytes);
  *row = g_bytes_new_from_bytes (whole, NARU_STORE_CHECK_SIZE, walk->value.mv_size - NARU_STORE_CHECK_SIZE);
  return MDB_SUCCESS;
}

/**
 * naru_txn_foreach_journal:
 * @txn: a transaction
 * @after_seq: number behind which to begin; 0 for all
 * @func: (scope call): gets each row, the oldest first; %FALSE stops. A reference keeps the row
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all went well; being stopped is well
 */
gboolean
naru_txn_foreach_journal (NaruTxn *txn, guint64 after_seq, NaruStoreJournalFunc func, gpointer user_data,
                          GError **error)
{
  NaruWalk walk;
  gboolean more = TRUE;
  naru_walk_init (&walk, txn, NARU_DB_JOURNAL);
  walk.has_after = TRUE;
  naru_key_add_number (&walk.after, after_seq);
  while (more && naru_walk_next (&walk))
    {
      guint64 seq = 0;
      g_autoptr (GBytes) row = NULL;
      walk.rc = naru_walk_read_journal (&walk, &seq, &row);
      if (walk.rc != MDB_SUCCESS)
        break;
      more = func (seq, row, user_data);
    }
  return naru_walk_finish (&walk, error);
}

/* Dropping rows joins leaves with their neighbours: all of them are looked at first. */
static int
naru_txn_check_journal (NaruTxn *txn, MDB_cursor *cursor)
{
  MDB_val name, value;
  guintptr last = 0;
  int rc = naru_guard_move (cursor, &name, &value, MDB_FIRST);
  while (rc == MDB_SUCCESS)
    {
      guintptr page = (guintptr) name.mv_data / txn->page_size;
      if (page != last)
        rc = naru_page_check_leaf (txn->map, txn->map_size, txn->page_size, name.mv_data);
      last = page;
      if (rc == MDB_SUCCESS)
        rc = naru_guard_move (cursor, &name, &value, MDB_NEXT);
    }
  return rc == MDB_NOTFOUND ? MDB_SUCCESS : rc;
}

/**
 * naru_txn_drop_journal:
 * @txn: a write transaction
 * @up_to_seq: the last entry whose commit is on the disk
 * @error: return location for an error
 *
 * Returns: whether all rows up to there are gone
 */
gboolean
naru_txn_drop_journal (NaruTxn *txn, guint64 up_to_seq, GError **error)
{
  if (!naru_txn_check_writable (txn, error))
    return FALSE;

  MDB_cursor *cursor;
  int rc = naru_txn_get_cursor (txn, NARU_DB_JOURNAL, &cursor);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_check_journal (txn, cursor);
  while (rc == MDB_SUCCESS)
    {
      MDB_val name, value;
      guint8 bytes[8];
      rc = naru_guard_move (cursor, &name, &value, MDB_FIRST);
      if (rc == MDB_SUCCESS)
        rc = name.mv_size == sizeof bytes ? naru_guard_copy (bytes, &name) : MDB_CORRUPTED;
      if (rc != MDB_SUCCESS || naru_key_get_number (bytes) > up_to_seq)
        break;
      rc = naru_guard_drop (cursor);
    }
  return rc == MDB_SUCCESS || rc == MDB_NOTFOUND || naru_txn_set_error (txn, rc, error);
}

/* the root of the tree has the path "", and LMDB no empty keys */
static NaruKey
naru_key_for_tree (const char *path)
{
  NaruKey key;
  naru_key_clear (&key);
  naru_key_add_text (&key, "/");
  naru_key_add_text (&key, path);
  return key;
}

/**
 * naru_txn_get_tree:
 * @txn: a transaction
 * @path: of a folder in the history, "" for its root
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): its tree object; %NULL without an error where there is no such folder
 */
GBytes *
naru_txn_get_tree (NaruTxn *txn, const char *path, GError **error)
{
  guint8 *row = NULL;
  gsize size = 0;
  NaruKey key = naru_key_for_tree (path);
  int rc = naru_txn_fetch (txn, NARU_DB_TREES, &key, &row, &size);
  if (rc == MDB_NOTFOUND)
    return NULL;
  if (rc != MDB_SUCCESS)
    {
      naru_txn_set_error (txn, rc, error);
      return NULL;
    }
  g_autoptr (GBytes) whole = g_bytes_new_take (row, size);
  if (naru_store_is_whole (row, size))
    return g_bytes_new_from_bytes (whole, NARU_STORE_CHECK_SIZE, size - NARU_STORE_CHECK_SIZE);
  naru_txn_set_error (txn, MDB_CORRUPTED, error);
  return NULL;
}

/**
 * naru_txn_put_tree:
 * @txn: a write transaction
 * @path: of a folder in the history, "" for its root
 * @tree: (nullable): its tree object; %NULL removes it
 * @error: return location for an error
 *
 * Returns: whether it was put
 */
gboolean
naru_txn_put_tree (NaruTxn *txn, const char *path, GBytes *tree, GError **error)
{
  NaruKey key = naru_key_for_tree (path);
  if (!naru_txn_check_writable (txn, error) || !naru_key_check (&key, path, error))
    return FALSE;
  if (tree != NULL)
    return naru_txn_put_checked (txn, NARU_DB_TREES, &key, tree, error);
  int rc = naru_txn_remove (txn, NARU_DB_TREES, &key);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}
