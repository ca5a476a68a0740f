/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"
#include "naru-seals.h"
#include "naru-source.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_SEAL_GOOD,
  NARU_SEAL_REVOKED,       /* all holds, but the key was lost or stolen later */
  NARU_SEAL_DAMAGED,       /* no tag as an office makes it */
  NARU_SEAL_BAD_SIGNATURE, /* unsigned, or not a signature of this */
  NARU_SEAL_UNKNOWN_KEY,
  NARU_SEAL_LATE_KEY,    /* a key of the office, but not at that time */
  NARU_SEAL_OFF_HISTORY, /* its commit is not there */
  NARU_SEAL_CONTRADICTS, /* its commit is there, but is another one than it says */
} NaruSealState;

/* A seal as it was found in a history. */
typedef struct
{
  char *name; /* "seal-2026-07" */
  NaruOid oid;
  GBytes *bytes; /* (nullable) */
  NaruTag tag;
  gboolean readable; /* the tag was read, and says what a seal says */
  guint64 seq;       /* as it says */
  NaruDigest says;   /* the chain as it says */
  guint64 number;    /* of its commit in the history at hand; 0: not there */
  NaruDigest chain;  /* of that commit */
  char *key;         /* (nullable): that signed it */
  GBytes *stamp;     /* (nullable): the time stamp */
  NaruSealState state;
} NaruSeal;

/* What a history says of itself beside its commits. */
typedef struct
{
  GPtrArray *seals;   /* of NaruSeal, by name */
  GPtrArray *signers; /* (nullable): of NaruAllowedSigner */
  char *revoked;      /* (nullable) */
} NaruSeals;

void naru_seals_init (NaruSeals *self);
void naru_seals_clear (NaruSeals *self);
void naru_seals_take (NaruSeals *self, const NaruSourceItem *item);
NaruSeal *naru_seals_find (NaruSeals *self, const char *name);
void naru_seal_judge (NaruSeal *seal, GPtrArray *signers, const char *revoked);
const char *naru_seal_get_state (const NaruSeal *seal);
char *naru_seal_describe (const NaruSeal *seal);
gboolean naru_seal_is_sound (const NaruSeal *seal);
void naru_seal_check_stamp (const NaruSeal *seal, NaruJson *findings);
NaruJson *naru_seal_to_json (const NaruSeal *seal);
void naru_add_finding (NaruJson *findings, const char *code, const char *severity, const char *about,
                       const char *cure, const char *format, ...) G_GNUC_PRINTF (6, 7);
gboolean naru_office_read_seals (NaruOffice *self, NaruSeals *seals, GError **error);

/* naru-seal.c */
gboolean naru_seal_check_name (const char *name, char **whole, GError **error);
gboolean naru_office_put_ref (NaruOffice *self, NaruObject *object, const char *ref, GError **error);

/* naru-remotes.c */
char *naru_office_find_remote (NaruOffice *self, const char *name, GError **error);
void naru_office_report_remotes (NaruOffice *self, NaruTxn *txn, NaruJson *status);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruSeals, naru_seals_clear)

G_END_DECLS
