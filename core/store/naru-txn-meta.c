/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <glib/gi18n-lib.h>

#define HEAD_SIZE (8 + NARU_OID_SIZE + NARU_DIGEST_SIZE + 8 + NARU_OID_SIZE + 8)

/* Rows of the store itself begin with \1, which no key of the office does. */
static NaruKey
naru_key_for_meta (const char *name)
{
  NaruKey key;
  naru_key_clear (&key);
  naru_key_add_text (&key, name);
  return key;
}

static guint8 *
naru_bytes_add (guint8 *target, gconstpointer bytes, gsize size)
{
  memcpy (target, bytes, size);
  return target + size;
}

static const guint8 *
naru_bytes_take (const guint8 *source, gpointer bytes, gsize size)
{
  memcpy (bytes, source, size);
  return source + size;
}

/* The format stands alone: it tells how all the rest is to be read. What a review reads of a rule pack has a
 * seal in each of its lines, since only a few of them are looked at. */
static gboolean
is_bare (const char *key)
{
  return strcmp (key, "format") == 0 || g_str_has_prefix (key, "judge/") || g_str_has_prefix (key, "fields/");
}

/**
 * naru_txn_get_head:
 * @txn: a transaction
 * @head: (out): how far the office is; all zero in a new store
 * @error: return location for an error
 *
 * Returns: whether it could be read
 */
gboolean
naru_txn_get_head (NaruTxn *txn, NaruStoreHead *head, GError **error)
{
  guint8 row[HEAD_SIZE];
  NaruKey key = naru_key_for_meta ("\1head");
  memset (head, 0, sizeof *head);
  int rc = naru_txn_fetch_checked (txn, NARU_DB_META, &key, row, sizeof row);
  if (rc == MDB_NOTFOUND)
    return TRUE;
  if (rc != MDB_SUCCESS)
    return naru_txn_set_error (txn, rc, error);

  const guint8 *from = row;
  from = naru_bytes_take (from, &head->seq, 8);
  from = naru_bytes_take (from, head->head.bytes, NARU_OID_SIZE);
  from = naru_bytes_take (from, head->chain.bytes, NARU_DIGEST_SIZE);
  from = naru_bytes_take (from, &head->durable_seq, 8);
  from = naru_bytes_take (from, head->durable_head.bytes, NARU_OID_SIZE);
  naru_bytes_take (from, &head->last_seconds, 8);
  head->seq = GUINT64_FROM_LE (head->seq);
  head->durable_seq = GUINT64_FROM_LE (head->durable_seq);
  head->last_seconds = GINT64_FROM_LE (head->last_seconds);
  return TRUE;
}

/**
 * naru_txn_put_head:
 * @txn: a write transaction
 * @head: how far the office is now
 * @error: return location for an error
 *
 * Returns: whether it was put
 */
gboolean
naru_txn_put_head (NaruTxn *txn, const NaruStoreHead *head, GError **error)
{
  guint8 row[HEAD_SIZE];
  guint64 seq = GUINT64_TO_LE (head->seq);
  guint64 durable_seq = GUINT64_TO_LE (head->durable_seq);
  gint64 last_seconds = GINT64_TO_LE (head->last_seconds);
  if (!naru_txn_check_writable (txn, error))
    return FALSE;

  guint8 *to = row;
  to = naru_bytes_add (to, &seq, 8);
  to = naru_bytes_add (to, head->head.bytes, NARU_OID_SIZE);
  to = naru_bytes_add (to, head->chain.bytes, NARU_DIGEST_SIZE);
  to = naru_bytes_add (to, &durable_seq, 8);
  to = naru_bytes_add (to, head->durable_head.bytes, NARU_OID_SIZE);
  naru_bytes_add (to, &last_seconds, 8);

  NaruKey key = naru_key_for_meta ("\1head");
  int rc = naru_txn_store_checked (txn, NARU_DB_META, &key, row, sizeof row);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_get_meta:
 * @txn: a transaction
 * @key: what is asked for, such as "boot"
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): its value; %NULL without an error where there is none
 */
char *
naru_txn_get_meta (NaruTxn *txn, const char *key, GError **error)
{
  guint8 *data = NULL;
  gsize size = 0;
  NaruKey name = naru_key_for_meta (key);
  int rc = naru_txn_fetch (txn, NARU_DB_META, &name, &data, &size);
  if (rc == MDB_SUCCESS && !is_bare (key))
    {
      if (naru_store_is_whole (data, size))
        memmove (data, data + NARU_STORE_CHECK_SIZE, size - NARU_STORE_CHECK_SIZE + 1);
      else
        {
          g_clear_pointer (&data, g_free);
          rc = MDB_CORRUPTED;
        }
    }
  if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
    naru_txn_set_error (txn, rc, error);
  return (char *) data;
}

/**
 * naru_txn_put_meta:
 * @txn: a write transaction
 * @key: not empty; must not begin with a control character
 * @value: (nullable): %NULL removes the row
 * @error: return location for an error
 *
 * Returns: whether it was put
 */
gboolean
naru_txn_put_meta (NaruTxn *txn, const char *key, const char *value, GError **error)
{
  g_return_val_if_fail ((guchar) key[0] >= ' ', FALSE);
  NaruKey name = naru_key_for_meta (key);
  if (!naru_txn_check_writable (txn, error) || !naru_key_check (&name, key, error))
    return FALSE;

  int rc;
  MDB_val part = { value == NULL ? 0 : strlen (value), (gpointer) value };
  if (value == NULL)
    rc = naru_txn_remove (txn, NARU_DB_META, &name);
  else if (is_bare (key))
    rc = naru_txn_store (txn, NARU_DB_META, &name, &part, 1);
  else
    rc = naru_txn_store_checked (txn, NARU_DB_META, &name, part.mv_data, part.mv_size);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_count_records:
 * @txn: a transaction
 * @type: name of a record type
 * @error: return location for an error
 *
 * Returns: how many there are, without counting them one by one; 0 with an error set where that could not be
 * read
 */
guint64
naru_txn_count_records (NaruTxn *txn, const char *type, GError **error)
{
  guint64 count = 0;
  NaruKey key = naru_key_for_meta ("\1count ");
  naru_key_add_text (&key, type);
  int rc = naru_txn_fetch_fixed (txn, NARU_DB_META, &key, &count, sizeof count);
  if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
    {
      naru_txn_set_error (txn, rc, error);
      return 0;
    }
  gsize added = txn->counts == NULL ? 0 : GPOINTER_TO_SIZE (g_hash_table_lookup (txn->counts, type));
  return GUINT64_FROM_LE (count) + added;
}

static gboolean
naru_txn_change_counter (NaruTxn *txn, const char *counter, guint at_least, guint step, guint *number,
                         GError **error)
{
  guint32 stored = 0;
  NaruKey key = naru_key_for_meta (counter);
  if (!naru_txn_check_writable (txn, error) || !naru_key_check (&key, counter, error))
    return FALSE;
  int rc = naru_txn_fetch_checked (txn, NARU_DB_COUNTERS, &key, &stored, sizeof stored);
  if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
    return naru_txn_set_error (txn, rc, error);

  guint32 before = GUINT32_FROM_LE (stored);
  if (before > G_MAXUINT32 - step)
    {
      naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, NULL, _ ("All numbers of %s are used up."),
                      counter);
      return FALSE;
    }
  *number = MAX (before + step, at_least);
  if (*number == before)
    return TRUE;
  stored = GUINT32_TO_LE (*number);
  rc = naru_txn_store_checked (txn, NARU_DB_COUNTERS, &key, &stored, sizeof stored);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_get_number:
 * @txn: a transaction
 * @counter: its name
 * @number: (out): the last number that was taken; 0 where none was
 * @error: return location for an error
 *
 * Returns: whether it could be read
 */
gboolean
naru_txn_get_number (NaruTxn *txn, const char *counter, guint *number, GError **error)
{
  guint32 stored = 0;
  NaruKey key = naru_key_for_meta (counter);
  int rc = naru_txn_fetch_checked (txn, NARU_DB_COUNTERS, &key, &stored, sizeof stored);

  *number = GUINT32_FROM_LE (stored);
  return rc == MDB_SUCCESS || rc == MDB_NOTFOUND || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_next_number:
 * @txn: a write transaction
 * @counter: its name, such as "MGK-2026"
 * @number: (out): the next number: 1 the first time
 * @error: return location for an error
 *
 * Returns: whether there was one; the number is taken when @txn commits
 */
gboolean
naru_txn_next_number (NaruTxn *txn, const char *counter, guint *number, GError **error)
{
  return naru_txn_change_counter (txn, counter, 0, 1, number, error);
}

/**
 * naru_txn_raise_number:
 * @txn: a write transaction
 * @counter: its name
 * @at_least: the largest number that is in use, as when a store is rebuilt
 * @error: return location for an error
 *
 * Makes the next number larger than @at_least; never makes it smaller.
 *
 * Returns: whether that could be put
 */
gboolean
naru_txn_raise_number (NaruTxn *txn, const char *counter, guint at_least, GError **error)
{
  guint number;
  return naru_txn_change_counter (txn, counter, at_least, 0, &number, error);
}
