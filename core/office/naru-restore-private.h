/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"
#include "naru-past-entry.h"
#include "naru-restore.h"
#include "naru-seals-private.h"
#include "naru-source.h"

G_BEGIN_DECLS

/* An office while it is made again from a history. */
typedef struct
{
  const char *folder;
  NaruProgress progress; /* (nullable) */
  gpointer user_data;
  NaruOffice *office;
  NaruTxn *txn;
  NaruPack *pack;
  NaruStoreHead head;
  guint n_rows;       /* written since the transaction began */
  NaruPastEntry past; /* the present entry */
  gboolean about_seen;
  gboolean rules_moved;
  guint n_other_files;
  GHashTable *files; /* path -> GBytes: what configures the office, as it stands now */
  gsize files_size;
  guint64 n_records;
  guint64 n_documents;
  NaruSeals seals;
  NaruJson *secrets; /* (nullable): what an encrypted backup holds beside the history */
  gboolean has_key;  /* the key in force was among them */
} NaruRestore;

/* naru-restore-file.c */
gboolean naru_restore_take_file (NaruRestore *self, const NaruSourceItem *item, GError **error);
gboolean naru_restore_take_gone (NaruRestore *self, const NaruSourceItem *item, GError **error);
gboolean naru_restore_touch_record (NaruRestore *self, GError **error);
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
gboolean naru_restore_set_foreign (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean naru_restore_build (const char *folder, const char *from, const char *passphrase,
                             NaruProgress progress, gpointer user_data, NaruJson **report, GError **error);

/* naru-secrets.c */
gboolean naru_secrets_write (NaruOffice *self, const char *file, const char *bundle, const char *passphrase,
                             GError **error);
NaruJson *naru_secrets_read (const char *file, const char *bundle, const char *passphrase, GError **error);
gboolean naru_restore_put_secrets (NaruRestore *self, GError **error);

G_END_DECLS
