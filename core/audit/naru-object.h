/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-signer.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_OBJECT_COMMIT = 1, /* the numbers of the pack format */
  NARU_OBJECT_TREE = 2,
  NARU_OBJECT_BLOB = 3,
  NARU_OBJECT_TAG = 4,
} NaruObjectKind;

/* A git object with all its bytes, still outside any repository. */
typedef struct
{
  NaruObjectKind kind;
  NaruOid oid;
  GBytes *bytes;
  NaruOid base; /* the version of the same folder or file before this one; zero where there is none */
} NaruObject;

typedef GBytes *(*NaruTreeGet) (const char *path, gpointer user_data, GError **error);
typedef gboolean (*NaruTreePut) (const char *path, GBytes *tree, gpointer user_data, GError **error);

/* Takes over an object. */
typedef gboolean (*NaruObjectPut) (NaruObject *object, gpointer user_data, GError **error);

/* Where a commit is built. */
typedef struct
{
  NaruTreeGet get_tree;
  NaruTreePut put_tree;
  NaruObjectPut put_object;
} NaruCommitSite;

NARU_EXTERN NaruObject *naru_object_new (NaruObjectKind kind, GBytes *bytes);
NARU_EXTERN void naru_object_free (NaruObject *self);

NARU_EXTERN gboolean naru_tree_has_file (GBytes *tree, const char *name);

NARU_EXTERN gboolean naru_commit_build (NaruEntry *entry, const NaruOid *parent, NaruSigner *signer,
                                        NaruTreeGet get_tree, NaruTreePut put_tree, gpointer user_data,
                                        GPtrArray *objects, NaruOid *commit, GError **error);

NARU_EXTERN gboolean naru_commit_build_at (NaruEntry *entry, const NaruOid *parent, NaruSigner *signer,
                                           const NaruCommitSite *site, gpointer user_data, NaruOid *commit,
                                           GError **error);

NARU_EXTERN GBytes *naru_objects_to_row (GPtrArray *objects, const NaruOid *commit, const char *pack);
NARU_EXTERN GPtrArray *naru_objects_from_row (GBytes *row, NaruOid *commit, char **pack, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruObject, naru_object_free)

G_END_DECLS
