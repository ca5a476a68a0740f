/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-pack.h"

G_BEGIN_DECLS

/* The audit history on disk: a plain bare git repository with one linear branch, main. */
typedef struct _NaruRepository NaruRepository;

/* A seal is a tag below NARU_SEAL_REFS, its time stamp a blob below NARU_STAMP_REFS under the same name. How
 * far a mirror was known to be stands below NARU_MIRROR_REFS and goes nowhere. */
#define NARU_SEAL_REFS "refs/tags/"
#define NARU_STAMP_REFS "refs/naru/timestamps/"
#define NARU_MIRROR_REFS "refs/naru/mirrors/"
#define NARU_SEAL_PREFIX "seal-"

typedef struct
{
  char *name; /* whole: "refs/tags/seal-2026-07" */
  NaruOid oid;
} NaruRef;

typedef gboolean (*NaruRepositoryFileFunc) (const char *path, GBytes *bytes, gpointer user_data);

NARU_EXTERN NaruRepository *naru_repository_create (const char *path, GError **error);
NARU_EXTERN NaruRepository *naru_repository_open (const char *path, GError **error);
NARU_EXTERN NaruRepository *naru_repository_open_copy (const char *path, GError **error);
NARU_EXTERN void naru_repository_free (NaruRepository *self);
NARU_EXTERN const char *naru_repository_get_path (NaruRepository *self);

NARU_EXTERN gboolean naru_repository_lock (NaruRepository *self, const char *lock_file, GError **error);
NARU_EXTERN void naru_repository_unlock (NaruRepository *self);
NARU_EXTERN gboolean naru_repository_sweep (NaruRepository *self, const char *const *keep_packs,
                                            GError **error);

NARU_EXTERN gboolean naru_repository_get_head (NaruRepository *self, NaruOid *head, GError **error);
NARU_EXTERN gboolean naru_repository_set_head (NaruRepository *self, const NaruOid *expected,
                                               const NaruOid *head, gboolean durable, GError **error);
NARU_EXTERN gboolean naru_repository_find_tag (NaruRepository *self, const char *name, NaruOid *commit,
                                               GError **error);
NARU_EXTERN GPtrArray *naru_repository_list_refs (NaruRepository *self, const char *folder, GError **error);
NARU_EXTERN gboolean naru_repository_get_ref (NaruRepository *self, const char *name, NaruOid *oid,
                                              GError **error);
NARU_EXTERN gboolean naru_repository_set_ref (NaruRepository *self, const char *name, const NaruOid *expected,
                                              const NaruOid *oid, GError **error);
NARU_EXTERN gboolean naru_repository_drop_ref (NaruRepository *self, const char *name, GError **error);
NARU_EXTERN gboolean naru_ref_is_ours (const char *name);
NARU_EXTERN gboolean naru_ref_is_seal (const char *name);
NARU_EXTERN void naru_refs_add (GPtrArray *refs, const char *name, const NaruOid *oid);
NARU_EXTERN const NaruRef *naru_refs_find (GPtrArray *refs, const char *name);
NARU_EXTERN GPtrArray *naru_refs_new (void);
NARU_EXTERN gboolean naru_repository_write_loose (NaruRepository *self, GPtrArray *objects, GError **error);
NARU_EXTERN gboolean naru_repository_drop_loose (NaruRepository *self, const NaruOid *oids, gsize n_oids,
                                                 GError **error);
NARU_EXTERN gboolean naru_repository_write_entry (NaruRepository *self, const NaruOid *commit,
                                                  GPtrArray *objects, GError **error);
NARU_EXTERN gboolean naru_repository_drop_entries (NaruRepository *self, const NaruOid *commits,
                                                   gsize n_commits, GError **error);
NARU_EXTERN gboolean naru_repository_sync (NaruRepository *self, GError **error);
NARU_EXTERN gboolean naru_repository_needs_repack (NaruRepository *self);
NARU_EXTERN gboolean naru_repository_repack (NaruRepository *self, gboolean all, GError **error);

NARU_EXTERN NaruObject *naru_repository_read_object (NaruRepository *self, const NaruOid *oid,
                                                     NaruObjectKind kind, GError **error);
NARU_EXTERN GBytes *naru_repository_read_blob (NaruRepository *self, const NaruOid *oid, GError **error);
NARU_EXTERN GBytes *naru_repository_read_file (NaruRepository *self, const NaruOid *commit, const char *path,
                                               GError **error);
NARU_EXTERN gboolean naru_repository_foreach_file (NaruRepository *self, const NaruOid *commit,
                                                   const char *folder, NaruRepositoryFileFunc func,
                                                   gpointer user_data, GError **error);
NARU_EXTERN char *naru_repository_diff (NaruRepository *self, GBytes *from, GBytes *to, const char *path,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruRepository, naru_repository_free)

G_END_DECLS
