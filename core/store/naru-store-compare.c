/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <sys/mman.h>

#define FORGET_ROWS 20000 /* after so many rows the memory of what was read is given back */

/*
 * Two stores, row by row: both are read from the beginning to the end side by side, in the order of their
 * keys. What may differ between two stores of the same office is left out: the journal (what the history has
 * not got yet), secrets, and in meta the rows of the store itself, of the machine, and of whoever compares.
 */

static const struct
{
  NaruDb db;
  const char *name;
} tables[] = {
  { NARU_DB_RECORDS, "records" }, { NARU_DB_CARDS, "cards" },     { NARU_DB_INDEX, "index" },
  { NARU_DB_HISTORY, "history" }, { NARU_DB_COMMITS, "commits" }, { NARU_DB_COUNTERS, "counters" },
  { NARU_DB_META, "meta" },       { NARU_DB_TREES, "trees" },
};

static gboolean
may_differ (NaruDb db, const char *key)
{
  return db == NARU_DB_META &&
         (g_str_equal (key, "\1head") || g_str_equal (key, "format") || g_str_equal (key, "boot") ||
          g_str_has_prefix (key, "faults/") || g_str_has_prefix (key, NARU_META_SCRATCH));
}

/* The text at @at, which the NUL behind every key ends; "" behind the last one */
static const char *
take_text (const NaruKey *key, gsize *at)
{
  const char *text = (const char *) key->bytes + MIN (*at, key->size);

  *at += strlen (text) + 1;
  return text;
}

/* Names what the key of a row is about. */
static void
describe (NaruDb db, const NaruKey *key, NaruRowDifference *difference)
{
  gsize at = 0;

  difference->name = difference->id = "";
  difference->seq = 0;
  if (db == NARU_DB_COMMITS)
    {
      difference->seq = key->size == 8 ? naru_key_get_number (key->bytes) : 0;
      return;
    }
  difference->name = take_text (key, &at);
  if (difference->name[0] == '\1')
    difference->name++; /* a row of the store itself, "count deal" */
  if (db == NARU_DB_INDEX)
    take_text (key, &at);
  if (db == NARU_DB_RECORDS || db == NARU_DB_CARDS || db == NARU_DB_INDEX || db == NARU_DB_HISTORY)
    difference->id = take_text (key, &at);
  if (db == NARU_DB_HISTORY && at + 8 == key->size)
    difference->seq = naru_key_get_number (key->bytes + at);
}

typedef struct
{
  NaruWalk walk;
  gboolean more;
} Side;

static void
side_next (Side *side)
{
  do
    side->more = naru_walk_next (&side->walk);
  while (side->more && may_differ (side->walk.db, (const char *) naru_walk_get_key (&side->walk)->bytes));
}

static gboolean
same_value (Side *one, Side *other)
{
  return naru_walk_load (&one->walk) && naru_walk_load (&other->walk) && one->walk.size == other->walk.size &&
         memcmp (one->walk.data, other->walk.data, one->walk.size) == 0;
}

static gboolean
is_sound (const Side *side)
{
  return side->walk.rc == MDB_SUCCESS || side->walk.rc == MDB_NOTFOUND;
}

static gboolean
compare_table (guint table, NaruTxn *txn, NaruTxn *other, NaruRowDifferenceFunc func, gpointer user_data)
{
  NaruRowDifference difference = { .table = tables[table].name, .name = "", .id = "" };
  NaruDb db = tables[table].db;
  Side left, right;
  gboolean wanted = TRUE;
  guint n = 0;

  naru_walk_init (&left.walk, txn, db);
  naru_walk_init (&right.walk, other, db);
  side_next (&left);
  side_next (&right);
  while (wanted && (left.more || right.more) && is_sound (&left) && is_sound (&right))
    {
      int order = !left.more ? 1
                  : !right.more
                      ? -1
                      : naru_key_compare (naru_walk_get_key (&left.walk), naru_walk_get_key (&right.walk));
      if (order != 0 || !same_value (&left, &right))
        {
          if (!is_sound (&left) || !is_sound (&right))
            break;
          difference.state = order < 0 ? NARU_ROW_STRAY : order > 0 ? NARU_ROW_MISSING : NARU_ROW_OTHER;
          describe (db, naru_walk_get_key (order <= 0 ? &left.walk : &right.walk), &difference);
          wanted = func (&difference, user_data);
        }
      if (++n % FORGET_ROWS == 0)
        {
          naru_txn_forget_pages (txn);
          naru_txn_forget_pages (other);
        }
      if (order <= 0)
        side_next (&left);
      if (order >= 0)
        side_next (&right);
    }
  gboolean sound = naru_walk_finish (&left.walk, NULL);
  sound = naru_walk_finish (&right.walk, NULL) && sound;
  if (sound)
    return wanted;
  difference = (NaruRowDifference){ NARU_ROW_UNREADABLE, tables[table].name, "", "", 0 };
  return func (&difference, user_data);
}

/**
 * naru_txn_forget_pages:
 * @txn: a transaction
 *
 * What was read of the file counts as memory of the process as long as there is room. Whoever reads all of a
 * large store once gives it back in between; it can be read again.
 */
void
naru_txn_forget_pages (NaruTxn *txn)
{
  MDB_val key = { strlen ("format"), (gpointer) "format" };
  MDB_val value;
  MDB_envinfo info;
  MDB_stat stat;
  const guint8 *map = txn->map;

  mdb_env_info (txn->store->env, &info);
  mdb_env_stat (txn->store->env, &stat);
  if (map == NULL && naru_guard_get (txn->mdb, txn->store->dbs[NARU_DB_META], &key, &value) == MDB_SUCCESS)
    map = naru_page_find_map (value.mv_data, stat.ms_psize, info.me_mapsize);
  if (map != NULL)
    madvise ((gpointer) map, info.me_mapsize, MADV_DONTNEED);
}

/**
 * naru_txn_compare:
 * @txn: a transaction
 * @other: a transaction of another store, that says how it ought to be
 * @func: (scope call): gets each row that differs; %FALSE stops
 * @user_data: for @func
 *
 * Both stores are read once, whatever their size, and little of them is in memory at a time.
 */
void
naru_txn_compare (NaruTxn *txn, NaruTxn *other, NaruRowDifferenceFunc func, gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!compare_table (i, txn, other, func, user_data))
      return;
}
