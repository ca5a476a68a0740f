/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-store.h"

#include <lmdb.h>
#include <string.h>

G_BEGIN_DECLS

#define NARU_STORE_FORMAT 1
#define NARU_STORE_KEY_MAX 511
#define NARU_STORE_VALUE_MAX ((gsize) 1 << 30)
#define NARU_STORE_MAX_READERS 512
#define NARU_STORE_CHECK_SIZE 8  /* bytes of BLAKE2b before each row that others are decided by */
#define NARU_STORE_FIXED_MAX 128 /* bytes of such a row, where its size is fixed */
#define NARU_STORE_UNSYNCED (MDB_NOSYNC | MDB_NOMETASYNC) /* of a scratch store, and of no other */

/* What a guarded call returns where LMDB followed a damaged pointer; no code of LMDB nor of errno. */
#define NARU_STORE_FAULT (-31000)

typedef enum
{
  NARU_DB_RECORDS,
  NARU_DB_CARDS,
  NARU_DB_INDEX,
  NARU_DB_HISTORY,
  NARU_DB_COMMITS,
  NARU_DB_JOURNAL,
  NARU_DB_COUNTERS,
  NARU_DB_SECRETS,
  NARU_DB_META,
  NARU_DB_TREES,
  NARU_N_DBS,
} NaruDb;

struct _NaruStore
{
  guint ref_count; /* guarded by the registry's lock */
  char *folder;    /* resolved; key of the registry */
  MDB_env *env;
  MDB_dbi dbs[NARU_N_DBS];
  pid_t pid;
  dev_t device;
  ino_t inode; /* of data.mdb, to notice that it was replaced */
  gboolean read_only;

  GMutex lock; /* guards what follows */
  guint n_txns;
  gboolean grow;   /* the map was full: enlarge it as soon as no transaction is open */
  int refused;     /* code of what forbids further writes in this process, 0 as long as nothing does */
  gboolean lost;   /* LMDB's own memory is not to be trusted: nothing is read either */
  GThread *writer; /* (nullable): whoever has the write transaction */
};

struct _NaruTxn
{
  NaruStore *store;
  MDB_txn *mdb;
  gboolean writable;
  int first_error;                 /* LMDB says only MDB_BAD_TXN after it */
  int failed;                      /* that of a write: the transaction can only be dropped */
  MDB_cursor *cursors[NARU_N_DBS]; /* opened when first written to */
  const guint8 *map;               /* (nullable): of a write transaction: where LMDB has mapped the file */
  gsize map_size;
  gsize page_size;
  GHashTable *counts; /* type -> how many records were added, written out at commit */
  guint8 *touched;    /* (nullable): bits, one for each page that was changed, by its address */
  gsize n_pages;      /* changed since pages were last written out, about */
  guint n_stores;
};

typedef struct
{
  guint8 bytes[NARU_STORE_KEY_MAX + 1]; /* room for a NUL behind the key */
  gsize size;
  gboolean too_long;
} NaruKey;

/* A walk over the keys that begin with a prefix, in byte order. Key and value are copies, so that whoever is
 * called back may write in the same transaction. */
typedef struct
{
  NaruTxn *txn;
  NaruDb db;
  MDB_cursor *cursor;
  NaruKey prefix;
  NaruKey after;
  NaruKey keys[2]; /* the present key and the one before, by turns */
  guint turn;
  gboolean started;
  gboolean has_after;
  MDB_val value;
  guint8 *data; /* aligned for any GVariant */
  gsize size;
  gsize allocated;
  int rc;
} NaruWalk;

/* naru-store-guard.c: LMDB with damage turned into NARU_STORE_FAULT */
void naru_guard_install (void);
void naru_guard_assert (MDB_env *env, const char *message);
int naru_guard_copy (gpointer target, const MDB_val *source);
int naru_guard_open (MDB_txn *txn, const char *name, guint flags, MDB_dbi *dbi);
int naru_guard_get (MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value);
int naru_guard_delete (MDB_txn *txn, MDB_dbi dbi, MDB_val *key);
int naru_guard_move (MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op);
int naru_guard_put (MDB_cursor *cursor, MDB_val *key, MDB_val *value, guint flags);
int naru_guard_drop (MDB_cursor *cursor);
int naru_guard_commit (MDB_txn *txn);

/* naru-store-file.c: what is looked at before LMDB sees the file */
const char *naru_store_name_network (gint64 magic);
gboolean naru_store_check_folder (const char *folder, GError **error);
gboolean naru_store_check_file (const char *folder, guint64 *size, GError **error);
gboolean naru_store_check_unused (const char *folder, GError **error);
gboolean naru_store_create_file (const char *folder, NaruStoreFlags flags, GError **error);

/* naru-store-page.c */
const guint8 *naru_page_find_map (gconstpointer inside, gsize page_size, gsize map_size);
int naru_page_check_leaf (const guint8 *map, gsize map_size, gsize page_size, gconstpointer inside);

/* naru-store-error.c */
gboolean naru_store_set_error (const char *folder, int rc, GError **error);
gboolean naru_store_set_broken (const char *folder, const char *what, GError **error);

/* naru-store.c */
void naru_store_remember_failure (NaruStore *self);

/* naru-store-env.c */
MDB_env *naru_store_open_env (const char *folder, guint flags, gsize map_size, int *rc);
gsize naru_store_get_map_size (guint64 file_size);
int naru_store_remap (NaruStore *self, gsize wanted);
int naru_store_open_dbs (MDB_txn *txn, guint flags, MDB_dbi *dbs);

/* naru-store-key.c */
void naru_key_clear (NaruKey *key);
void naru_key_add_text (NaruKey *key, const char *text);
void naru_key_add_end (NaruKey *key);
void naru_key_add_number (NaruKey *key, guint64 number);
guint64 naru_key_get_number (const guint8 *bytes);
int naru_key_compare (const NaruKey *a, const NaruKey *b);
gboolean naru_key_check (const NaruKey *key, const char *field, GError **error);
MDB_val naru_key_to_val (const NaruKey *key);

void naru_walk_init (NaruWalk *walk, NaruTxn *txn, NaruDb db);
gboolean naru_walk_next (NaruWalk *walk);
const NaruKey *naru_walk_get_key (NaruWalk *walk);
gboolean naru_walk_load (NaruWalk *walk);
gboolean naru_walk_finish (NaruWalk *walk, GError **error);

/* naru-txn-room.c */
void naru_txn_note_store (NaruTxn *txn, const MDB_val *value);
int naru_txn_make_room (NaruTxn *txn);

/* naru-txn.c: used by the other naru-txn-*.c */
gboolean naru_txn_set_error (NaruTxn *txn, int rc, GError **error);
gboolean naru_txn_check_writable (NaruTxn *txn, GError **error);
int naru_txn_fetch (NaruTxn *txn, NaruDb db, const NaruKey *key, guint8 **data, gsize *size);
int naru_txn_fetch_fixed (NaruTxn *txn, NaruDb db, const NaruKey *key, gpointer data, gsize size);
int naru_txn_store (NaruTxn *txn, NaruDb db, const NaruKey *key, const MDB_val *parts, guint n_parts);
gboolean naru_store_is_whole (const guint8 *row, gsize size);
int naru_txn_fetch_checked (NaruTxn *txn, NaruDb db, const NaruKey *key, gpointer data, gsize size);
int naru_txn_store_checked (NaruTxn *txn, NaruDb db, const NaruKey *key, gconstpointer data, gsize size);
int naru_txn_remove (NaruTxn *txn, NaruDb db, const NaruKey *key);
int naru_txn_get_cursor (NaruTxn *txn, NaruDb db, MDB_cursor **cursor);

G_END_DECLS
