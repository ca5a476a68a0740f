/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-object.h"

G_BEGIN_DECLS

/* One entry of a raw tree; points into the tree's bytes. */
typedef struct
{
  const char *name; /* not terminated: name_length counts */
  gsize name_length;
  const guint8 *oid;
  gboolean folder;
  gsize start; /* where the entry begins in the tree, and where the next one does */
  gsize end;
} NaruTreeEntry;

/* Reads a raw tree from the front to the back and refuses a damaged one. */
typedef struct
{
  const guint8 *data;
  gsize size;
  gsize offset;
  NaruTreeEntry entry; /* the one read last; name is NULL before the first and after the last */
} NaruTreeReader;

/* Changes a tree in one pass; the places must be sought in git's order. */
typedef struct
{
  NaruTreeReader reader;
  GByteArray *out;
  gsize copied; /* bytes of the old tree dealt with */
  gboolean inserted;
} NaruTreeEdit;

int naru_tree_compare (const char *a, gsize a_length, gboolean a_folder, const char *b, gsize b_length,
                       gboolean b_folder);
gboolean naru_tree_is_name (const char *name, gsize length);

void naru_tree_reader_init (NaruTreeReader *self, GBytes *tree);
gboolean naru_tree_reader_next (NaruTreeReader *self, GError **error);
gboolean naru_tree_find (GBytes *tree, const char *name, gsize length, NaruTreeEntry *entry, GError **error);

gboolean naru_tree_edit_init (NaruTreeEdit *self, GBytes *tree, GError **error);
gboolean naru_tree_edit_seek (NaruTreeEdit *self, const char *name, gsize length, gboolean folder,
                              NaruOid *old, GError **error);
gboolean naru_tree_edit_put (NaruTreeEdit *self, const char *name, gsize length, gboolean folder,
                             const NaruOid *oid, GError **error);
gboolean naru_tree_edit_remove (NaruTreeEdit *self, const char *name, gsize length, gboolean folder,
                                GError **error);
GBytes *naru_tree_edit_finish (NaruTreeEdit *self, GError **error);
void naru_tree_edit_clear (NaruTreeEdit *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruTreeEdit, naru_tree_edit_clear)

G_END_DECLS
