/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_STORE_CREATE = 1 << 0,
  NARU_STORE_READ_ONLY = 1 << 1,
  NARU_STORE_SCRATCH = 1 << 2, /* with CREATE: for this process alone, so nothing is synced */
} NaruStoreFlags;

#define NARU_META_SCRATCH "scratch/" /* rows of meta that belong to whoever fills a scratch store */

/* How far the office and its history are; one row, changed with every entry. */
typedef struct
{
  guint64 seq;         /* last entry decided */
  NaruOid head;        /* its commit */
  NaruDigest chain;    /* its chain digest */
  guint64 durable_seq; /* last entry whose commit is known to be on disk */
  NaruOid durable_head;
  gint64 last_seconds; /* commit time of the last entry: never goes back */
} NaruStoreHead;

typedef struct
{
  guint64 seq;
  gint64 seconds;
  gint16 offset_minutes;
  const char *actor; /* name as in the commit */
  const char *action;
  const char *from; /* "" where it was no move */
  const char *to;
  const char *note;
} NaruEvent;

typedef enum
{
  NARU_ROW_MISSING,    /* the other store has it, this one has not */
  NARU_ROW_STRAY,      /* this store has it, the other one has not */
  NARU_ROW_OTHER,      /* it says something else */
  NARU_ROW_UNREADABLE, /* the table is damaged; what follows in it was not compared */
} NaruRowState;

/* One row that is not the same in two stores. */
typedef struct
{
  NaruRowState state;
  const char *table; /* "records", "cards", "index", "history", "commits", "counters", "meta", "trees" */
  const char *name;  /* record type, index, counter, key of meta, path; "" for commits */
  const char *id;    /* of the record; "" where it is about none */
  guint64 seq;       /* of the entry; 0 where it is about none */
} NaruRowDifference;

#define NARU_TYPE_STORE (naru_store_get_type ())
typedef struct _NaruStore NaruStore;
typedef struct _NaruTxn NaruTxn;

typedef gboolean (*NaruStoreCardFunc) (const char *id, GVariant *card, gpointer user_data);
typedef gboolean (*NaruStoreIndexFunc) (const char *value, const char *id, gpointer user_data);
typedef gboolean (*NaruStoreEventFunc) (const NaruEvent *event, gpointer user_data);
typedef gboolean (*NaruStoreRecordFunc) (NaruRecord *record, gpointer user_data);
typedef gboolean (*NaruStoreSecretFunc) (const char *name, const char *value, gpointer user_data);
typedef gboolean (*NaruRowDifferenceFunc) (const NaruRowDifference *difference, gpointer user_data);
typedef gboolean (*NaruStoreJournalFunc) (guint64 seq, GBytes *row, gpointer user_data);

NARU_EXTERN GType naru_store_get_type (void);
NARU_EXTERN NaruStore *naru_store_open (const char *folder, NaruStoreFlags flags, GError **error);
NARU_EXTERN NaruStore *naru_store_ref (NaruStore *self);
NARU_EXTERN void naru_store_unref (NaruStore *self);
NARU_EXTERN gboolean naru_store_is_read_only (NaruStore *self);
NARU_EXTERN gboolean naru_store_sync (NaruStore *self, GError **error);
NARU_EXTERN char *naru_store_make_way_back (const char *folder);

NARU_EXTERN NaruTxn *naru_store_begin_read (NaruStore *self, GError **error);
NARU_EXTERN NaruTxn *naru_store_begin_write (NaruStore *self, GError **error);
NARU_EXTERN gboolean naru_txn_commit (NaruTxn *txn, GError **error);
NARU_EXTERN guint64 naru_txn_get_state (NaruTxn *txn);
NARU_EXTERN void naru_txn_end (NaruTxn *txn);
NARU_EXTERN gboolean naru_txn_renew (NaruTxn *txn, GError **error);

NARU_EXTERN gboolean naru_txn_get_head (NaruTxn *txn, NaruStoreHead *head, GError **error);
NARU_EXTERN gboolean naru_txn_put_head (NaruTxn *txn, const NaruStoreHead *head, GError **error);
NARU_EXTERN char *naru_txn_get_meta (NaruTxn *txn, const char *key, GError **error);
NARU_EXTERN gboolean naru_txn_put_meta (NaruTxn *txn, const char *key, const char *value, GError **error);

NARU_EXTERN NaruRecord *naru_txn_get_record (NaruTxn *txn, const char *type, const char *id, GError **error);
NARU_EXTERN gboolean naru_txn_has_record (NaruTxn *txn, const char *type, const char *id);
NARU_EXTERN gboolean naru_txn_put_record (NaruTxn *txn, NaruRecord *record, GVariant *card,
                                          GPtrArray *old_keys, GPtrArray *new_keys, GError **error);
NARU_EXTERN GVariant *naru_txn_get_card (NaruTxn *txn, const char *type, const char *id, GError **error);
NARU_EXTERN gboolean naru_txn_foreach_record (NaruTxn *txn, const char *type, const char *after,
                                              NaruStoreRecordFunc func, gpointer user_data, GError **error);
NARU_EXTERN gboolean naru_txn_foreach_card (NaruTxn *txn, const char *type, const char *after,
                                            NaruStoreCardFunc func, gpointer user_data, GError **error);
NARU_EXTERN gboolean naru_txn_find_value (NaruTxn *txn, const char *type, const char *value, gboolean *found,
                                          GError **error);
NARU_EXTERN gboolean naru_txn_foreach_index (NaruTxn *txn, const char *index, const char *prefix,
                                             const char *after, NaruStoreIndexFunc func, gpointer user_data,
                                             GError **error);
NARU_EXTERN guint64 naru_txn_count_records (NaruTxn *txn, const char *type, GError **error);

NARU_EXTERN gboolean naru_txn_get_number (NaruTxn *txn, const char *counter, guint *number, GError **error);
NARU_EXTERN gboolean naru_txn_next_number (NaruTxn *txn, const char *counter, guint *number, GError **error);
NARU_EXTERN gboolean naru_txn_raise_number (NaruTxn *txn, const char *counter, guint at_least,
                                            GError **error);

NARU_EXTERN gboolean naru_txn_add_event (NaruTxn *txn, const char *type, const char *id,
                                         const NaruEvent *event, GError **error);
NARU_EXTERN gboolean naru_txn_foreach_event (NaruTxn *txn, const char *type, const char *id,
                                             NaruStoreEventFunc func, gpointer user_data, GError **error);

NARU_EXTERN gboolean naru_txn_put_commit (NaruTxn *txn, guint64 seq, const NaruOid *commit, GError **error);
NARU_EXTERN gboolean naru_txn_get_commit (NaruTxn *txn, guint64 seq, NaruOid *commit, GError **error);
NARU_EXTERN guint naru_txn_find_commit (NaruTxn *txn, const char *prefix, guint64 *seq, NaruOid *commit,
                                        GError **error);
NARU_EXTERN gboolean naru_txn_put_journal (NaruTxn *txn, guint64 seq, GBytes *row, GError **error);
NARU_EXTERN gboolean naru_txn_foreach_journal (NaruTxn *txn, guint64 after_seq, NaruStoreJournalFunc func,
                                               gpointer user_data, GError **error);
NARU_EXTERN gboolean naru_txn_drop_journal (NaruTxn *txn, guint64 up_to_seq, GError **error);

NARU_EXTERN gboolean naru_txn_put_secret (NaruTxn *txn, const char *name, const char *value, GError **error);
NARU_EXTERN gboolean naru_txn_foreach_secret (NaruTxn *txn, NaruStoreSecretFunc func, gpointer user_data,
                                              GError **error);

NARU_EXTERN GBytes *naru_txn_get_tree (NaruTxn *txn, const char *path, GError **error);
NARU_EXTERN gboolean naru_txn_put_tree (NaruTxn *txn, const char *path, GBytes *tree, GError **error);

NARU_EXTERN void naru_txn_forget_pages (NaruTxn *txn);
NARU_EXTERN void naru_txn_compare (NaruTxn *txn, NaruTxn *other, NaruRowDifferenceFunc func,
                                   gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruStore, naru_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruTxn, naru_txn_end)

G_END_DECLS
