/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-id.h"

G_BEGIN_DECLS

#define NARU_TYPE_RECORD (naru_record_get_type ())
typedef struct _NaruRecord NaruRecord;

NARU_EXTERN GType naru_record_get_type (void);
NARU_EXTERN NaruRecord *naru_record_new (const char *type, const char *id, NaruJson *json, GError **error);
NARU_EXTERN NaruRecord *naru_record_new_from_bytes (const char *type, const char *id, GBytes *bytes,
                                                    GError **error);
NARU_EXTERN NaruRecord *naru_record_new_view (NaruRecord *whole, NaruJson *visible);
NARU_EXTERN NaruRecord *naru_record_ref (NaruRecord *self);
NARU_EXTERN void naru_record_unref (NaruRecord *self);
NARU_EXTERN const char *naru_record_get_type_name (NaruRecord *self);
NARU_EXTERN const char *naru_record_get_id (NaruRecord *self);
NARU_EXTERN const char *naru_record_get_revision (NaruRecord *self);
NARU_EXTERN const NaruOid *naru_record_get_oid (NaruRecord *self);
NARU_EXTERN NaruJson *naru_record_get_json (NaruRecord *self);
NARU_EXTERN GBytes *naru_record_get_bytes (NaruRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruRecord, naru_record_unref)

G_END_DECLS
