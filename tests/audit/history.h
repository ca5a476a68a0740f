/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-audit.h"

G_BEGIN_DECLS

/* An office's history for tests: the trees stand in a hash table where the store would keep them. */
typedef struct
{
  GHashTable *trees; /* path -> GBytes */
  NaruOid head;
  NaruDigest chain;
  guint64 seq;
  char *folder;
  NaruRepository *repository; /* locked */
  NaruSigner *signer;         /* (nullable) */
} History;

History *history_new (void);
void history_free (History *self);
GBytes *history_get_tree (const char *path, gpointer user_data, GError **error);
gboolean history_put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error);
NaruEntry *history_begin (const char *subject);
void history_put_text (NaruEntry *entry, const char *path, const char *format, ...) G_GNUC_PRINTF (3, 4);
GPtrArray *history_build (History *self, NaruEntry *entry);
void history_publish (History *self, GPtrArray *objects);
char *history_path (History *self, const char *name);
char *history_object_path (History *self, const NaruOid *oid);
char *run_git (const char *repository, const char *input, ...) G_GNUC_NULL_TERMINATED;
void remove_folder (const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (History, history_free)

G_END_DECLS
