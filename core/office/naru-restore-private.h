/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"
#include "naru-past-entry.h"
#include "naru-restore.h"
#include "naru-seals-private.h"
#include "naru-source.h"

G_BEGIN_DECLS

typedef struct _NaruRestore NaruRestore;

/* Somebody who looks on while a history is gone through; each may be NULL. What is found wrong is theirs to
 * tell: FALSE, with an error, ends the going through. */
typedef struct
{
  /* the commit of an entry is read, none of its files is */
  gboolean (*begin) (NaruRestore *restore, GError **error);
  /* a record is about to change; @old: (nullable): as the store still has it */
  gboolean (*record) (NaruRestore *restore, NaruRecordType *type, NaruRecord *record, NaruRecord *old,
                      GError **error);
  /* another file is written, or removed */
  gboolean (*file) (NaruRestore *restore, const NaruSourceItem *item, GError **error);
  /* the commit was built again and is the same; head is still that of the entry before */
  gboolean (*end) (NaruRestore *restore, const NaruOid *commit, GError **error);
} NaruRestoreWatch;

/* An office while it is made again from a history. */
struct _NaruRestore
{
  const char *folder;
  const NaruRestoreWatch *watch; /* (nullable) */
  NaruProgress progress;         /* (nullable) */
  gpointer user_data;
  NaruOffice *office;
  NaruTxn *txn;
  NaruPack *pack; /* (nullable): gets the history; none where only the store is wanted */
  NaruStoreHead head;
  guint n_rows;       /* written since the transaction began */
  NaruPastEntry past; /* the present entry */
  NaruObject *built;  /* (nullable): its commit, without a signature */
  gboolean about_seen;
  gboolean rules_moved;
  gboolean config_moved;
  gboolean source_failed; /* there is nothing more to be read */
  gboolean entry_read;    /* the present entry was read to its end */
  guint n_other_files;
  GHashTable *files; /* path -> GBytes: what configures the office, as it stands now */
  gsize files_size;
  guint64 n_records;
  guint64 n_documents;
  NaruSeals seals;
  NaruJson *secrets; /* (nullable): what an encrypted backup holds beside the history */
  gboolean has_key;  /* the key in force was among them */
};

/* naru-restore-file.c */
gboolean naru_restore_take_file (NaruRestore *self, const NaruSourceItem *item, GError **error);
gboolean naru_restore_take_gone (NaruRestore *self, const NaruSourceItem *item, GError **error);
gboolean naru_restore_touch_record (NaruRestore *self, GError **error);
gboolean naru_restore_put_record (NaruRestore *self, NaruRecordType *type, NaruRecord *record,
                                  NaruRecord *old, GError **error);
gboolean naru_restore_read_record_path (NaruRestore *self, const char *path, NaruRecordType **type, char **id,
                                        NaruId *parsed, GError **error);
gboolean naru_restore_count_record (NaruRestore *self, NaruRecordType *type, const NaruId *id,
                                    GError **error);
gboolean naru_restore_put_configuration (NaruRestore *self, const char *path, GBytes *bytes, GError **error);
gboolean naru_pack_add_blob (NaruPack *pack, const char *scratch, const NaruSourceItem *item, GError **error);

/* naru-restore-rules.c */
gboolean naru_restore_read_rules (NaruRestore *self, GError **error);
gboolean naru_restore_write_packs (NaruRestore *self, GError **error);
gboolean naru_restore_write_pipelines (NaruRestore *self, GError **error);
gboolean naru_restore_write_meta (NaruRestore *self, GError **error);

/* naru-restore-seals.c */
gboolean naru_restore_add_seals (NaruRestore *self, GError **error);
gboolean naru_restore_write_seals (NaruRestore *self, GError **error);
void naru_restore_report_seals (NaruRestore *self, NaruJson *report);
gboolean naru_restore_fetch (const char *from, const char *scratch, NaruProgress progress, gpointer user_data,
                             char **path, GError **error);

/* naru-restore.c */
gboolean naru_restore_open_store (NaruRestore *self, NaruStoreFlags flags, GError **error);
gboolean naru_restore_begin_entry (NaruRestore *self, GBytes *commit, GError **error);
gboolean naru_restore_take_entry (NaruRestore *self, NaruSource *source, const NaruSourceItem *begin,
                                  GError **error);
gboolean naru_restore_check_manifest (NaruRestore *self, GBytes *bytes, GError **error);
gboolean naru_restore_renew (NaruRestore *self, GError **error);
void naru_restore_clear (NaruRestore *self);
gboolean naru_restore_build (const char *folder, const char *from, const char *passphrase,
                             NaruProgress progress, gpointer user_data, NaruJson **report, GError **error);

/* naru-secrets.c */
gboolean naru_secrets_write (NaruOffice *self, const char *file, const char *bundle, const char *passphrase,
                             GError **error);
NaruJson *naru_secrets_read (const char *file, const char *bundle, const char *passphrase, GError **error);
gboolean naru_restore_put_secrets (NaruRestore *self, GError **error);

/* naru-restore-force.c */
gboolean naru_restore_force_entry (NaruRestore *self, const char *from, const char *scratch,
                                   const NaruOid *commit, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruRestore, naru_restore_clear)

G_END_DECLS
