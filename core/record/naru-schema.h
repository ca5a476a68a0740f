/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-finding.h"

G_BEGIN_DECLS

#define NARU_TYPE_SCHEMA (naru_schema_get_type ())
typedef struct _NaruSchema NaruSchema;

NARU_EXTERN GType naru_schema_get_type (void);
NARU_EXTERN NaruSchema *naru_schema_new (NaruJson *json, const char *origin, GError **error);
NARU_EXTERN NaruSchema *naru_schema_ref (NaruSchema *self);
NARU_EXTERN void naru_schema_unref (NaruSchema *self);
NARU_EXTERN gboolean naru_schema_validate (NaruSchema *self, NaruJson *instance, GPtrArray *findings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruSchema, naru_schema_unref)

G_END_DECLS
