/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/* Keys are texts with a NUL between them, so that byte order is the order of the first text, then of the
 * second … whatever their lengths. Numbers are eight bytes, largest first, for the same reason. */

void
naru_key_clear (NaruKey *key)
{
  key->size = 0;
  key->too_long = FALSE;
}

static void
naru_key_add (NaruKey *key, gconstpointer bytes, gsize size)
{
  if (key->too_long || size > NARU_STORE_KEY_MAX - key->size)
    {
      key->too_long = TRUE;
      return;
    }
  memcpy (key->bytes + key->size, bytes, size);
  key->size += size;
}

void
naru_key_add_text (NaruKey *key, const char *text)
{
  naru_key_add (key, text, strlen (text));
}

void
naru_key_add_end (NaruKey *key)
{
  naru_key_add (key, "", 1);
}

void
naru_key_add_number (NaruKey *key, guint64 number)
{
  guint64 ordered = GUINT64_TO_BE (number);
  naru_key_add (key, &ordered, sizeof ordered);
}

guint64
naru_key_get_number (const guint8 *bytes)
{
  guint64 ordered;
  memcpy (&ordered, bytes, sizeof ordered);
  return GUINT64_FROM_BE (ordered);
}

int
naru_key_compare (const NaruKey *a, const NaruKey *b)
{
  int order = memcmp (a->bytes, b->bytes, MIN (a->size, b->size));
  if (order != 0)
    return order;
  return a->size < b->size ? -1 : a->size > b->size;
}

MDB_val
naru_key_to_val (const NaruKey *key)
{
  MDB_val val = { key->size, (gpointer) key->bytes };
  return val;
}

/*
 * naru_key_check:
 * @field: what the key is made of, as a person knows it
 *
 * Returns: %FALSE and NARU_ERROR_TOO_LARGE where the key does not fit
 */
gboolean
naru_key_check (const NaruKey *key, const char *field, GError **error)
{
  if (!key->too_long)
    return TRUE;
  naru_set_error (error, NARU_ERROR_TOO_LARGE, field, 0, _ ("Shorten the value."),
                  _ ("The value of %s is too long to be found by: with the id it may have %d bytes."), field,
                  NARU_STORE_KEY_MAX);
  return FALSE;
}

/*
 * naru_walk_init:
 *
 * Begins a walk; the caller adds to walk->prefix and, with has_after set, to walk->after, then calls
 * naru_walk_next() until %FALSE, then naru_walk_finish().
 */
void
naru_walk_init (NaruWalk *walk, NaruTxn *txn, NaruDb db)
{
  walk->txn = txn;
  walk->db = db;
  walk->cursor = NULL;
  naru_key_clear (&walk->prefix);
  naru_key_clear (&walk->after);
  naru_key_clear (&walk->keys[0]);
  naru_key_clear (&walk->keys[1]);
  walk->turn = 0;
  walk->started = FALSE;
  walk->has_after = FALSE;
  walk->data = NULL;
  walk->size = 0;
  walk->allocated = 0;
  walk->rc = MDB_SUCCESS;
}

static int
naru_walk_start (NaruWalk *walk, MDB_val *key)
{
  if (walk->prefix.too_long || walk->after.too_long)
    return MDB_NOTFOUND; /* no key is that long, so none begins with it */
  if (walk->txn->failed != 0)
    return walk->txn->failed;

  int rc = mdb_cursor_open (walk->txn->mdb, walk->txn->store->dbs[walk->db], &walk->cursor);
  if (rc != MDB_SUCCESS)
    return rc;

  gboolean exclusive = walk->has_after && naru_key_compare (&walk->after, &walk->prefix) >= 0;
  const NaruKey *start = exclusive ? &walk->after : &walk->prefix;
  *key = naru_key_to_val (start);
  if (start->size == 0)
    return naru_guard_move (walk->cursor, key, &walk->value, MDB_FIRST);

  rc = naru_guard_move (walk->cursor, key, &walk->value, MDB_SET_RANGE);
  if (rc != MDB_SUCCESS || !exclusive || key->mv_size != start->size)
    return rc;

  NaruKey found;
  naru_key_clear (&found);
  rc = naru_guard_copy (found.bytes, key);
  found.size = key->mv_size;
  if (rc != MDB_SUCCESS || naru_key_compare (&found, start) != 0)
    return rc;
  return naru_guard_move (walk->cursor, key, &walk->value, MDB_NEXT);
}

/*
 * naru_walk_next:
 *
 * Returns: %FALSE behind the last key with the prefix, and after an error, which naru_walk_finish() reports
 */
gboolean
naru_walk_next (NaruWalk *walk)
{
  MDB_val key;
  walk->rc = walk->started ? naru_guard_move (walk->cursor, &key, &walk->value, MDB_NEXT)
                           : naru_walk_start (walk, &key);
  if (walk->rc != MDB_SUCCESS)
    return FALSE;

  NaruKey *last = &walk->keys[walk->turn];
  walk->turn = 1 - walk->turn;
  NaruKey *now = &walk->keys[walk->turn];
  if (key.mv_size > NARU_STORE_KEY_MAX)
    {
      walk->rc = MDB_CORRUPTED;
      return FALSE;
    }
  walk->rc = naru_guard_copy (now->bytes, &key);
  if (walk->rc != MDB_SUCCESS)
    return FALSE;
  now->size = key.mv_size;
  now->bytes[now->size] = '\0';

  /* keys that do not ascend are a damaged tree, and might never end */
  if (walk->started && naru_key_compare (last, now) >= 0)
    walk->rc = MDB_CORRUPTED;
  else if (now->size < walk->prefix.size || memcmp (now->bytes, walk->prefix.bytes, walk->prefix.size) != 0)
    walk->rc = MDB_NOTFOUND;
  walk->started = TRUE;
  return walk->rc == MDB_SUCCESS;
}

const NaruKey *
naru_walk_get_key (NaruWalk *walk)
{
  return &walk->keys[walk->turn];
}

/*
 * naru_walk_load:
 *
 * Copies the value of the present key to walk->data.
 *
 * Returns: %FALSE after an error, which naru_walk_finish() reports
 */
gboolean
naru_walk_load (NaruWalk *walk)
{
  if (walk->value.mv_size > NARU_STORE_VALUE_MAX)
    {
      walk->rc = MDB_CORRUPTED;
      return FALSE;
    }
  if (walk->value.mv_size > walk->allocated || walk->data == NULL)
    {
      g_free (walk->data);
      walk->allocated = MAX (walk->value.mv_size, 1024);
      walk->data = g_try_malloc (walk->allocated);
      if (walk->data == NULL)
        {
          walk->rc = ENOMEM;
          return FALSE;
        }
    }
  walk->rc = naru_guard_copy (walk->data, &walk->value);
  walk->size = walk->value.mv_size;
  return walk->rc == MDB_SUCCESS;
}

/*
 * naru_walk_finish:
 *
 * Returns: whether the walk came to its end, or to where the caller stopped it
 */
gboolean
naru_walk_finish (NaruWalk *walk, GError **error)
{
  g_clear_pointer (&walk->data, g_free);
  if (walk->rc != NARU_STORE_FAULT)
    g_clear_pointer (&walk->cursor, mdb_cursor_close);
  if (walk->rc == MDB_SUCCESS || walk->rc == MDB_NOTFOUND)
    return TRUE;
  return naru_txn_set_error (walk->txn, walk->rc, error);
}
