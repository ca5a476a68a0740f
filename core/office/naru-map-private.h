/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rows-private.h"
#include "naru-rules.h"

G_BEGIN_DECLS

/* A mapping file: which column of somebody else's table becomes which field, and how. Compiled against the
 * record type and the file's header, so that a wrong name is told before a row is read. */
typedef struct _NaruMap NaruMap;

/* Collects what was odd about one row. */
typedef struct
{
  GPtrArray *warnings; /* of NaruJson: {"line","field","message"} */
  guint64 line;
  char *field;   /* (nullable): of the problem */
  char *problem; /* (nullable): why the row is rejected */
} NaruMapResult;

NaruMap *naru_map_new (NaruJson *json, const char *origin, NaruRecordType *type, NaruPipeline *pipeline,
                       NaruRows *rows, GError **error);
void naru_map_free (NaruMap *self);
const char *naru_map_get_key_field (NaruMap *self);
const char *naru_map_get_key_index (NaruMap *self);
NaruJson *naru_map_apply (NaruMap *self, const char *const *cells, NaruMapResult *result);
void naru_map_result_clear (NaruMapResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruMap, naru_map_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruMapResult, naru_map_result_clear)

G_END_DECLS
