/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"

G_BEGIN_DECLS

/* One change of the office while it is being decided: a write transaction of the store, the entry that will
 * become a commit, and for bulk work the pack that its objects go into. Freed without commit it leaves
 * nothing behind. */
typedef struct _NaruChange NaruChange;

/* For naru-change*.c alone. */
struct _NaruChange
{
  NaruDesk *desk;
  NaruOffice *office;
  NaruTxn *txn;
  NaruEntry *entry;
  NaruStoreHead head; /* as it will be when this is committed, but for seq, head and chain */
  NaruTime now;
  NaruTime authored;
  char *author;
  char *author_email;
  char *action;
  NaruSigner *signer;    /* (nullable): whose signature the commits get */
  gboolean may_lack_key; /* it ends the key in force, which may be lost */
  NaruPack *pack;        /* (nullable): bulk work and large documents */
  char *pack_name;
  gboolean bulk;
  gboolean locked;  /* the history, for as long as there is a pack */
  gboolean decided; /* the store has it: the pack must stay */
};

NaruChange *naru_change_new (NaruDesk *desk, const char *action);
void naru_change_new_entry (NaruChange *self, const char *action);
gboolean naru_change_open_pack (NaruChange *self, const char *kind, GError **error);
gboolean naru_change_check_agent (NaruChange *self, GError **error);
gboolean naru_change_begin_txn (NaruChange *self, GError **error);

NaruChange *naru_change_begin (NaruDesk *desk, const char *action, GError **error);
NaruChange *naru_change_begin_bulk (NaruDesk *desk, const char *action, GError **error);
NaruChange *naru_change_begin_with_document (NaruDesk *desk, const char *action, const char *file,
                                             NaruDigest *digest, guint64 *size, GError **error);
void naru_change_free (NaruChange *self);

NaruTxn *naru_change_get_txn (NaruChange *self);
NaruEntry *naru_change_get_entry (NaruChange *self);
const NaruTime *naru_change_get_time (NaruChange *self);
gint64 naru_change_get_commit_seconds (NaruChange *self);
guint64 naru_change_get_seq (NaruChange *self);
void naru_change_set_author (NaruChange *self, const NaruTime *when, const char *name);
void naru_change_set_subject (NaruChange *self, const char *type, const char *id, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

NaruRecord *naru_change_put (NaruChange *self, NaruRecordType *type, NaruRecord *old, const char *id,
                             NaruJson *json, gint64 since, GError **error);
char *naru_change_take_id (NaruChange *self, NaruRecordType *type, const char *hub, GError **error);
gboolean naru_change_add_event (NaruChange *self, const char *type, const char *id, const char *from,
                                const char *to, const char *note, GError **error);
gboolean naru_office_put_record (NaruTxn *txn, NaruRecordType *type, NaruRecord *record, NaruRecord *old,
                                 const gint64 *since, GError **error);
char *naru_describe_difference (NaruJson *old, NaruJson *now);
gboolean naru_change_next (NaruChange *self, const char *action, GError **error);
gboolean naru_change_commit (NaruChange *self, guint64 *seq, GError **error);

/* naru-desk-refuse.c: what four eyes refused; never called within a change */
void naru_desk_note_own_approval (NaruDesk *self, NaruReview *review);
void naru_desk_note_foreign_decision (NaruDesk *self, const char *attempt, const char *id, const char *stage,
                                      const GError *error);
void naru_desk_note_foreign_waiver (NaruDesk *self, const char *id, const char *condition,
                                    const GError *error);

gboolean naru_check_record (NaruTxn *txn, NaruTypes *types, NaruRecordType *type, const char *id,
                            NaruJson *json, GError **error);

gboolean naru_edit_changes (NaruJson *old, NaruJson *now, const char *path);
char *naru_edit_make_words (NaruJson *old, NaruJson *now, const char *const *paths);
GStrv naru_edit_read_words (const char *words, guint *more);
gboolean naru_edit_link (NaruJson *json, NaruRecordType *type, const char *field, const char *target,
                         GError **error);

gboolean naru_check_unique (NaruTxn *txn, NaruRecordType *type, const char *id, NaruJson *json,
                            GError **error);
gboolean naru_check_overlap (NaruTxn *txn, NaruRecordType *type, const char *id, NaruJson *json,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruChange, naru_change_free)

G_END_DECLS
