/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-audit.h"
#include "naru-desk.h"
#include "naru-policy-private.h"
#include "naru-store.h"

G_BEGIN_DECLS

#define NARU_CHECKPOINT_ENTRIES 64      /* so many entries at most wait for the disk cache to be flushed */
#define NARU_DOCUMENT_MAX (100 << 20)   /* bytes of one attachment */
#define NARU_DOCUMENT_INLINE (64 << 10) /* up to here the journal carries the bytes itself */

/* What an office as it was needs beside. */
typedef struct _NaruPast NaruPast;

struct _NaruOffice
{
  gatomicrefcount refs;
  char *folder;
  char *home; /* (nullable): another office, whose plugins are used */
  char *lock_file;
  NaruStore *store;
  NaruRepository *repository; /* (nullable): opened when first needed */
  NaruTypes *types;
  NaruJson *config; /* office.json */
  NaruPolicy *policy;
  NaruSigner *signer;    /* (nullable): the key in force, read when first needed */
  GHashTable *pipelines; /* type name -> what naru-office-pipeline.c knows of the one in force */
  GPtrArray *retired; /* of NaruPipeline: replaced by another process while somebody may still look at them */
  char *rule_text;    /* (nullable): what rule_index was read from */
  NaruJson *rule_index; /* (nullable): which packs there are; read with the book */
  NaruRuleBook *book;   /* (nullable): the packs that a review has needed so far */
  NaruPlugins *plugins; /* (nullable): what is on this machine; looked for when code has to judge */
  char *committer_name;
  char *committer_email;
  NaruPast *past; /* (nullable): this is the office as it was */
  gboolean brief; /* the process ends with its change */
};

/* A decision that its author signs: see naru-own-key.c. */
typedef struct
{
  NaruSigner *signer;     /* (nullable): the person's own key */
  NaruTime now;           /* of both times */
  gboolean dry;           /* the commit is built and kept, and nothing is decided */
  GBytes *unsigned_bytes; /* the commit, from then on */
} NaruRehearsal;

struct _NaruDesk
{
  gatomicrefcount refs;
  NaruOffice *office;
  char *person;      /* record id */
  char *person_name; /* as the commits show it */
  char *via;
  NaruAccess access;        /* what the policy looks at */
  NaruRehearsal *rehearsal; /* (nullable): of the decision that is being made */
};

/* naru-office.c */
NaruOffice *naru_office_attach (const char *folder, NaruStore *store, GError **error);
gboolean naru_office_read_config (NaruOffice *self, GError **error);
NaruRepository *naru_office_get_repository (NaruOffice *self, GError **error);
char *naru_boot_id (void);
gboolean naru_office_check_names (const char *name, const char *hub, GError **error);

/* naru-backup.c */
void naru_office_sweep_backups (NaruOffice *self);

/* naru-folder.c */
char *naru_folder_make_beside (const char *place, GError **error);
char *naru_folder_make_held (const char *place, int *held, GError **error);
void naru_folder_sweep (const char *place);
gboolean naru_folder_prepare (const char *folder, char **temporary, GError **error);
NaruOffice *naru_office_open_made (const char *place, GError **error);
gboolean naru_folder_move (const char *temporary, const char *place, GError **error);
gboolean naru_folder_sync (const char *folder);
void naru_folder_remove (const char *path);

/* naru-office-pipeline.c */
void naru_office_init_pipelines (NaruOffice *self);
char *naru_office_make_pipeline_path (NaruPipeline *pipeline);
gboolean naru_office_put_pipeline (NaruTxn *txn, NaruEntry *entry, NaruPipeline *pipeline, GError **error);

/* naru-office-keys.c */
gboolean naru_office_get_signer (NaruOffice *self, NaruTxn *txn, NaruSigner **signer, GError **error);

/* naru-own-key.c */
typedef gboolean (*NaruDecision) (NaruDesk *desk, gpointer data, GError **error);
void naru_rehearsal_clear (NaruRehearsal *self);
gboolean naru_desk_decide (NaruDesk *self, NaruDecision decide, gpointer data, GError **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruRehearsal, naru_rehearsal_clear)

/* naru-publish.c: the way of decided entries into the history */
gboolean naru_office_publish (NaruOffice *self, GError **error);
gboolean naru_office_publish_locked (NaruOffice *self, GError **error);
gboolean naru_office_checkpoint (NaruOffice *self, GError **error);
gboolean naru_office_checkpoint_locked (NaruOffice *self, GError **error);
gboolean naru_office_recover (NaruOffice *self, GError **error);
void naru_office_recover_if_possible (NaruOffice *self);
gboolean naru_office_lock_history (NaruOffice *self, GError **error);
void naru_office_unlock_history (NaruOffice *self);

/* naru-past.c: of no effect in the office as it is */
gboolean naru_office_check_present (NaruOffice *self, GError **error);
void naru_office_get_now (NaruOffice *self, NaruTime *now);
gboolean naru_past_need_type (NaruOffice *office, NaruTxn *txn, const char *type, GError **error);
gboolean naru_past_need_record (NaruOffice *office, NaruTxn *txn, const char *type, const char *id,
                                GError **error);

/* naru-desk-at.c */
NaruJson *naru_desk_filter (NaruDesk *self, NaruRecordType *type, NaruRecord *record);

/* naru-desk.c */
NaruDesk *naru_desk_new_for_office (NaruOffice *office, const char *person, const char *name,
                                    const char *via);
void naru_desk_set_person (NaruDesk *self, NaruRecord *person);
NaruRecord *naru_desk_load (NaruDesk *self, NaruTxn *txn, const char *id, const char *action,
                            NaruRecordType **type, GError **error);
gboolean naru_desk_require (NaruDesk *self, const char *type, const char *action, NaruRecord *record,
                            GError **error);

/* naru-desk-change.c */
gboolean naru_desk_may_set (NaruDesk *self, NaruRecordType *type, const char *path, NaruRecord *record,
                            GError **error);
char *naru_desk_need_reason (const char *reason, GError **error);
gboolean naru_desk_check_revision (NaruRecord *record, const char *if_revision, GError **error);

/* naru-desk-list.c */
NaruJson *naru_card_to_json (NaruDesk *desk, NaruRecordType *type, const char *id, GVariant *card);

/* naru-desk-case.c */

/* Where a case is read from: the store as it is, or the history as it was. */
typedef struct
{
  gpointer data;
  NaruTypes *types;
  NaruRecord *(*get_record) (gpointer data, const char *type, const char *id, GError **error);
  gboolean (*add_naming) (gpointer data, NaruCase *subject, const char *type, GError **error);
  gboolean (*add_moves) (gpointer data, NaruCase *subject, GError **error);
} NaruCaseSource;

gboolean naru_case_fill (NaruCase *subject, const NaruCaseSource *source, const char *const *linked_types,
                         NaruCaseParts parts, GError **error);
gboolean naru_desk_fill_case (NaruOffice *office, NaruTxn *txn, NaruCase *subject,
                              const char *const *linked_types, NaruCaseParts parts, GError **error);
void naru_desk_start_code (NaruDesk *self, NaruTxn *txn, const char *id, const char *to);
NaruReview *naru_desk_review (NaruDesk *self, NaruTxn *txn, NaruRecordType *type, NaruRecord *record,
                              NaruPipeline *pipeline, const char *to, const NaruTime *now, gboolean brief,
                              GError **error);

G_END_DECLS
