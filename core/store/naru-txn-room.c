/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <errno.h>

/*
 * LMDB keeps every page that a transaction changed in memory until there are 131,071 of them, a long value
 * counting as one, and only then writes some into the file, where nobody sees them before the commit. So one
 * large change would take half a gigabyte or more. Here they are written out much earlier.
 *
 * LMDB makes room for a value before it looks at what the value would replace, and the row that stands for a
 * table cannot be replaced: asked to put a very large value there, it writes out its pages, refuses, and has
 * changed nothing. Should another LMDB not refuse, the transaction is given up; should one refuse earlier,
 * only memory is lost.
 */

#define BYTES_MAX ((gsize) 32 << 20) /* of changed pages */
#define QUIET_STORES 1024            /* a small change never gets that far and pays for nothing */
#define SLOT_BITS 16
#define SLOTS_SIZE ((1 << SLOT_BITS) / 8)
#define ROOM_PAGES 65536 /* LMDB doubles this and compares it with the number of pages it can hold */

/* How many pages were changed is not told, but where their values stand is. Two pages may share a slot, and a
 * page may have two. */
static void
count_pages (NaruTxn *txn, const MDB_val *value)
{
  guint32 page = (guint32) ((guintptr) value->mv_data / txn->page_size) * 2654435769u;
  guint32 slot = page >> (32 - SLOT_BITS);
  guint8 bit = (guint8) (1u << (slot % 8));

  if (value->mv_size >= txn->page_size / 2)
    {
      txn->n_pages += value->mv_size / txn->page_size + 1;
      return;
    }
  if (txn->touched == NULL)
    txn->touched = g_malloc0 (SLOTS_SIZE);
  if ((txn->touched[slot / 8] & bit) == 0)
    txn->n_pages++;
  txn->touched[slot / 8] |= bit;
}

/*
 * naru_txn_note_store:
 * @value: where it was put
 */
void
naru_txn_note_store (NaruTxn *txn, const MDB_val *value)
{
  if (++txn->n_stores < QUIET_STORES && value->mv_size < txn->page_size)
    return;
  count_pages (txn, value);
}

/*
 * naru_txn_make_room:
 *
 * Writes changed pages into the file where there are many. Pointers into the store are of no use afterwards,
 * but for those of cursors.
 *
 * Returns: MDB_SUCCESS or another code
 */
int
naru_txn_make_room (NaruTxn *txn)
{
  static const char name[] = "records";
  MDB_val key = { strlen (name), (gpointer) name };
  MDB_val value = { ROOM_PAGES * txn->page_size, NULL };
  MDB_cursor *cursor;
  MDB_dbi tables;

  /* the system maps sixteen pages for each that is read */
  if (txn->n_stores >= QUIET_STORES && txn->n_stores % QUIET_STORES == 0)
    naru_txn_forget_pages (txn);
  if (txn->n_pages * txn->page_size < BYTES_MAX)
    return MDB_SUCCESS;
  txn->n_pages = 0;
  if (txn->touched != NULL)
    memset (txn->touched, 0, SLOTS_SIZE);
  int rc = naru_guard_open (txn->mdb, NULL, 0, &tables);
  if (rc == MDB_SUCCESS)
    rc = mdb_cursor_open (txn->mdb, tables, &cursor);
  if (rc != MDB_SUCCESS)
    return rc;
  errno = 0;
  rc = naru_guard_put (cursor, &key, &value, MDB_RESERVE);
  if (rc == NARU_STORE_FAULT)
    return rc;
  /* as at the commit: a part was written, so the disk is full */
  if (rc == EIO && errno != EIO)
    rc = ENOSPC;
  mdb_cursor_close (cursor);
  naru_txn_forget_pages (txn);
  if (rc == MDB_INCOMPATIBLE)
    return MDB_SUCCESS;
  return rc == MDB_SUCCESS ? MDB_BAD_TXN : rc;
}
