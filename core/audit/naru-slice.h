/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-repository.h"

G_BEGIN_DECLS

/* What of a history leads to some files, and nothing beside it: the folders on the way, and the files. */
typedef struct _NaruSlice NaruSlice;

typedef gboolean (*NaruSliceFunc) (NaruObject *object, const char *path, gpointer user_data, GError **error);

NARU_EXTERN NaruSlice *naru_slice_new (NaruRepository *repository, const char *const *paths);
NARU_EXTERN void naru_slice_free (NaruSlice *self);
NARU_EXTERN gboolean naru_slice_look (NaruSlice *self, const NaruOid *commit, gboolean *differs,
                                      GError **error);
NARU_EXTERN gboolean naru_slice_take (NaruSlice *self, NaruSliceFunc func, gpointer user_data,
                                      GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruSlice, naru_slice_free)

/* A repository of which most is left out on purpose, for somebody who may see no more: git takes what is
 * absent for promised, and never asks for it. */
typedef struct
{
  NaruOid main;        /* the last commit of the line that its branch main shows */
  const char *follows; /* for git's info/grafts: lines "COMMIT FORMER" */
  const char *refs;    /* lines "COMMIT refs/…", in the order of the names: so that no commit dangles */
} NaruPartial;

NARU_EXTERN gboolean naru_partial_begin (const char *path, GError **error);
NARU_EXTERN gboolean naru_partial_finish (const char *path, const NaruPartial *what, GError **error);

G_END_DECLS
