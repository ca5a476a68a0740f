/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-object.h"

G_BEGIN_DECLS

/* More than any object of ours: an attachment may have 100 MiB. */
#define NARU_OBJECT_MAX_SIZE (G_GUINT64_CONSTANT (160) * 1024 * 1024)

typedef struct _NaruLooseWriter NaruLooseWriter;

/* Writes git objects as files of their own below an open objects/ folder, without syncing them. */
NaruLooseWriter *naru_loose_writer_new (int objects_fd);
gboolean naru_loose_writer_add (NaruLooseWriter *self, const NaruObject *object, GError **error);
void naru_loose_writer_free (NaruLooseWriter *self);

NaruObject *naru_loose_read (int objects_fd, const NaruOid *oid, gboolean *exists, GError **error);
gboolean naru_loose_drop (int objects_fd, const NaruOid *oid, GError **error);
guint naru_loose_estimate (int objects_fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruLooseWriter, naru_loose_writer_free)

G_END_DECLS
