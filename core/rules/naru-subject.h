/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

G_BEGIN_DECLS

/* What a check looks at: the case. Not to be changed, and the same for all checks of one review. */
#define NARU_TYPE_SUBJECT (naru_subject_get_type ())
NARU_EXTERN
G_DECLARE_FINAL_TYPE (NaruSubject, naru_subject, NARU, SUBJECT, GObject)

NARU_EXTERN NaruSubject *naru_subject_new (NaruJson *json, GError **error);
NARU_EXTERN NaruJson *naru_subject_get_json (NaruSubject *self);
NARU_EXTERN NaruDate naru_subject_get_today (NaruSubject *self);
NARU_EXTERN char *naru_subject_dup_text (NaruSubject *self);
NARU_EXTERN GVariant *naru_subject_dup_variant (NaruSubject *self);

G_END_DECLS
