/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-object.h"

G_BEGIN_DECLS

/* Writes objects into packs of the history, never as loose files. Nothing can be seen under its own name
 * before naru_pack_publish(). Objects are compressed in a thread of its own. */
typedef struct _NaruPack NaruPack;

NARU_EXTERN NaruPack *naru_pack_new (const char *repository, const char *name, GError **error);
NARU_EXTERN gboolean naru_pack_add (NaruPack *self, NaruObject *object, GError **error);
NARU_EXTERN gboolean naru_pack_add_file (NaruPack *self, const char *path, guint64 size, NaruOid *oid,
                                         NaruDigest *digest, GError **error);
NARU_EXTERN void naru_pack_set_stored (NaruPack *self, gboolean stored);
NARU_EXTERN gboolean naru_pack_finish (NaruPack *self, GError **error);
NARU_EXTERN void naru_pack_free (NaruPack *self);
NARU_EXTERN guint64 naru_pack_get_n_objects (NaruPack *self);
NARU_EXTERN gboolean naru_pack_publish (const char *repository, const char *name, GError **error);
NARU_EXTERN void naru_pack_discard (const char *repository, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruPack, naru_pack_free)

G_END_DECLS
