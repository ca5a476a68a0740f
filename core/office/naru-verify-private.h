/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-restore-private.h"
#include "naru-verify.h"

G_BEGIN_DECLS

/*
 * A history is verified by going the way of naru_office_restore(): each commit is taken apart, sealed and
 * built again on a scratch store, which so holds the office as it was at that commit. What is not the same is
 * structure: number, digests, paths, forms, folders. All the rest is looked at here by whoever looks on:
 *
 *   naru-verify-entry.c      dates, who acted and whether they might, what the entry says of itself
 *   naru-verify-record.c     whether a record became what the action makes of it
 *   naru-verify-edit.c       the same for edits and links, which name what they change
 *   naru-verify-office.c     entries that are about no record: rules, pipelines, mirrors, imports
 *   naru-verify-move.c       moves, approvals, rejections, waivers: judged again
 *   naru-verify-signature.c  signatures, and the list of the keys
 *   naru-verify-store.c      the office's own store against the scratch store, the journal, the branch
 *   naru-verify-state.c      what a later run can go on from
 */

#define NARU_VERIFY_VERSION 2 /* of the checks: what an older one found says nothing of a newer one */

typedef enum
{
  NARU_VERIFY_BROKEN,   /* not what an office wrote */
  NARU_VERIFY_DOUBTFUL, /* may be right, but cannot be shown here */
  NARU_VERIFY_NOTE,
  NARU_N_VERIFY_GRAVITIES,
} NaruVerifyGravity;

typedef enum
{
  NARU_REASON_NONE,
  NARU_REASON_MAY,
  NARU_REASON_MUST,
} NaruReasonRule;

typedef struct _NaruFindings NaruFindings;
typedef struct _NaruSignatures NaruSignatures;
typedef struct _NaruVerify NaruVerify;
typedef struct _NaruActionRule NaruActionRule;

/* A record as an entry changes it. */
typedef struct
{
  NaruRecordType *type;
  NaruRecord *record;
  NaruRecord *old; /* (nullable) */
  NaruJson *now;   /* of @record */
} NaruRecordChange;

typedef void (*NaruVerifyFieldFunc) (NaruVerify *self, const NaruRecordChange *change, const char *name,
                                     gpointer user_data);

struct _NaruActionRule
{
  const char *action;
  const char *right;        /* (nullable): what the policy has to allow, on the record or the office */
  gboolean single;          /* about one record, and changes nothing else */
  NaruReasonRule reason;    /* whether it tells one */
  gboolean moves;           /* it is not written where it changes nothing */
  const char *const *files; /* prefixes of the other files that it may write */
  void (*check) (NaruVerify *self, const NaruRecordChange *change); /* (nullable) */
};

struct _NaruVerify
{
  NaruRestore replay; /* first: who looks on gets this one */
  const NaruVerifyOptions *options;
  NaruOffice *office; /* (nullable): whose store is compared */
  char *history;      /* what is read */
  char *scratch;      /* a folder of this run alone */
  int lock_fd;        /* keeps others out of it */
  gboolean keep;      /* it stays for the next run */
  NaruFindings *findings;
  NaruSignatures *signatures;
  GHashTable *actors;    /* id of a person -> NaruDesk, as their records stand now */
  GHashTable *pipelines; /* record type -> NaruPipeline in force now */
  GPtrArray *signers;    /* of the entry before */
  char *signers_text;
  char *revoked_text;
  guint64 n_entries;
  guint64 n_moves;
  guint64 n_judged;
  guint n_forced;
  guint64 resumed;    /* entries that an earlier run has verified */
  gboolean fatal;     /* nothing more can be read */
  gboolean rewritten; /* the history does not hold what was verified before */
  gboolean within;    /* an entry is taken in part */

  /* the present entry */
  NaruOid commit;
  const NaruActionRule *rule; /* (nullable): no office knows its action */
  NaruDesk *actor;            /* (nullable): nobody of the office */
  gboolean by_import;         /* by somebody of another system */
  gboolean persons_moved;
  guint64 n_created; /* records */
  guint64 n_updated;
  gint64 document_size;
  char *document;           /* (nullable): digest of the document that the record names anew */
  guint64 n_changed;        /* records and files that are others now */
  const char *changed_type; /* (nullable): of its records; none where they are of several */
  GHashTable *former;  /* path -> GBytes: files that configure the office, as they were before the entry */
  GPtrArray *dangling; /* of char *: "id target": to be there at the end of the entry */
  GPtrArray *claims;   /* of char *: ids of records that may share something with no other */
  GHashTable *numbers; /* counter -> how many records the entry makes */
};

/* naru-verify-findings.c */
NaruFindings *naru_findings_new (void);
void naru_findings_free (NaruFindings *self);
void naru_findings_add (NaruFindings *self, NaruVerifyGravity gravity, const char *code,
                        const NaruOid *commit, guint64 seq, const char *record, const char *cure,
                        const char *message);
guint64 naru_findings_count (NaruFindings *self, NaruVerifyGravity gravity);
NaruJson *naru_findings_to_json (NaruFindings *self, guint64 *unlisted);
void naru_verify_tell (NaruVerify *self, NaruVerifyGravity gravity, const char *code, const char *record,
                       const char *format, ...) G_GNUC_PRINTF (5, 6);
void naru_verify_tell_error (NaruVerify *self, NaruVerifyGravity gravity, const char *code,
                             const char *record, const GError *error);

/* naru-verify-signature.c */
NaruSignatures *naru_signatures_new (NaruFindings *findings);
void naru_signatures_free (NaruSignatures *self);
void naru_signatures_wait (NaruSignatures *self);
guint64 naru_signatures_count (NaruSignatures *self, guint *n_keys);
void naru_signatures_add_count (NaruSignatures *self, guint64 count);
void naru_verify_signature (NaruVerify *self, const NaruOid *commit);
gboolean naru_verify_take_signers (NaruVerify *self);

/* naru-verify-entry.c */
extern const NaruRestoreWatch naru_verify_watch;
void naru_verify_after_entry (NaruVerify *self);
NaruPipeline *naru_verify_get_pipeline (NaruVerify *self, const char *type);
void naru_verify_message (NaruVerify *self, const char *record, const char *subject, NaruEntry *expected);

/* naru-verify-record.c */
void naru_verify_record (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_check_claims (NaruVerify *self);
void naru_verify_about (NaruVerify *self, const NaruRecordChange *change, const char *text);
void naru_verify_foreach_difference (NaruVerify *self, const NaruRecordChange *change, NaruJson *before,
                                     NaruVerifyFieldFunc func, gpointer user_data);
void naru_verify_check_set (NaruVerify *self, const NaruRecordChange *change, const char *name,
                            gpointer user_data);
void naru_verify_check_audiences (NaruVerify *self, const NaruRecordChange *change, NaruJson *before);
void naru_verify_is_made (NaruVerify *self, const NaruRecordChange *change, NaruJson *expected);
void naru_verify_create (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_note (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_remark (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_attach (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_import (NaruVerify *self, const NaruRecordChange *change);

/* naru-verify-edit.c */
void naru_verify_edit (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_link (NaruVerify *self, const NaruRecordChange *change);

/* naru-verify-office.c */
void naru_verify_office_entry (NaruVerify *self);

/* naru-verify-move.c */
void naru_verify_advance (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_decide (NaruVerify *self, const NaruRecordChange *change);
void naru_verify_waive (NaruVerify *self, const NaruRecordChange *change);

/* naru-verify-store.c */
void naru_verify_surroundings (NaruVerify *self);
void naru_verify_store (NaruVerify *self, NaruTxn *store);

/* naru-verify-state.c */
gboolean naru_verify_load_state (NaruVerify *self, const char **why);
gboolean naru_verify_save_state (NaruVerify *self, GError **error);

G_END_DECLS
