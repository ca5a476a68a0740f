/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-record.h"

G_BEGIN_DECLS

/* One file of the history that an entry writes or removes. */
typedef struct
{
  char *path;
  GBytes *bytes; /* (nullable): NULL where the blob stands in the history already, or for a removal */
  NaruOid oid;   /* zero for a removal */
  guint64 size;
  NaruDigest digest; /* BLAKE2b of the content */
} NaruEntryFile;

/* One action of a person: what the journal keeps and what becomes one commit.
 * Built up, then sealed; a sealed entry does not change any more. */
#define NARU_TYPE_ENTRY (naru_entry_get_type ())
typedef struct _NaruEntry NaruEntry;

NARU_EXTERN GType naru_entry_get_type (void);
NARU_EXTERN NaruEntry *naru_entry_new (const char *action);
NARU_EXTERN NaruEntry *naru_entry_ref (NaruEntry *self);
NARU_EXTERN void naru_entry_unref (NaruEntry *self);
NARU_EXTERN void naru_entry_set_folder (NaruEntry *self, const char *folder);
NARU_EXTERN void naru_entry_set_time (NaruEntry *self, const NaruTime *authored, const NaruTime *committed);
NARU_EXTERN void naru_entry_set_author (NaruEntry *self, const char *name, const char *email);
NARU_EXTERN void naru_entry_set_committer (NaruEntry *self, const char *name, const char *email);
NARU_EXTERN void naru_entry_set_subject (NaruEntry *self, const char *subject);
NARU_EXTERN void naru_entry_set_reason (NaruEntry *self, const char *reason);
NARU_EXTERN void naru_entry_add_trailer (NaruEntry *self, const char *key, const char *value);
NARU_EXTERN char *naru_entry_get_trailers (NaruEntry *self);
NARU_EXTERN void naru_entry_put_file (NaruEntry *self, const char *path, GBytes *bytes);
NARU_EXTERN void naru_entry_put_record (NaruEntry *self, NaruRecord *record);
NARU_EXTERN void naru_entry_put_blob (NaruEntry *self, const char *path, const NaruOid *oid, guint64 size,
                                      const NaruDigest *digest);
NARU_EXTERN void naru_entry_remove_file (NaruEntry *self, const char *path);
NARU_EXTERN gboolean naru_entry_seal (NaruEntry *self, guint64 seq, const NaruDigest *previous_chain,
                                      GError **error);

NARU_EXTERN guint64 naru_entry_get_seq (NaruEntry *self);
NARU_EXTERN const char *naru_entry_get_action (NaruEntry *self);
NARU_EXTERN const NaruTime *naru_entry_get_authored (NaruEntry *self);
NARU_EXTERN const NaruTime *naru_entry_get_committed (NaruEntry *self);
NARU_EXTERN const char *naru_entry_get_author_name (NaruEntry *self);
NARU_EXTERN const char *naru_entry_get_author_email (NaruEntry *self);
NARU_EXTERN const char *naru_entry_get_committer_name (NaruEntry *self);
NARU_EXTERN const char *naru_entry_get_committer_email (NaruEntry *self);
NARU_EXTERN const char *naru_entry_get_message (NaruEntry *self);
NARU_EXTERN const NaruDigest *naru_entry_get_digest (NaruEntry *self);
NARU_EXTERN const NaruDigest *naru_entry_get_chain (NaruEntry *self);
NARU_EXTERN guint naru_entry_get_n_files (NaruEntry *self);
NARU_EXTERN const NaruEntryFile *naru_entry_get_file (NaruEntry *self, guint index, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruEntry, naru_entry_unref)

G_END_DECLS
