/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_SEVERITY_BLOCK,
  NARU_SEVERITY_WARN,
  NARU_SEVERITY_ADVISE,
} NaruSeverity;

typedef enum
{
  NARU_STATUS_PASS,
  NARU_STATUS_FAIL,
  NARU_STATUS_NOT_APPLICABLE,
  NARU_STATUS_WAIVED,
  NARU_STATUS_ERROR,   /* could not be judged: blocks */
  NARU_STATUS_UNKNOWN, /* a question is still to be answered; blocks nothing */
} NaruStatus;

#define NARU_TYPE_FINDING (naru_finding_get_type ())
typedef struct _NaruFinding NaruFinding;

NARU_EXTERN GType naru_finding_get_type (void);
NARU_EXTERN NaruFinding *naru_finding_new (const char *rule, NaruSeverity severity, NaruStatus status);
NARU_EXTERN NaruFinding *naru_finding_ref (NaruFinding *self);
NARU_EXTERN void naru_finding_unref (NaruFinding *self);
NARU_EXTERN const char *naru_finding_get_rule (NaruFinding *self);
NARU_EXTERN NaruSeverity naru_finding_get_severity (NaruFinding *self);
NARU_EXTERN NaruStatus naru_finding_get_status (NaruFinding *self);
NARU_EXTERN void naru_finding_set_status (NaruFinding *self, NaruStatus status);
NARU_EXTERN gboolean naru_finding_blocks (NaruFinding *self);
NARU_EXTERN const char *naru_finding_get_title (NaruFinding *self);
NARU_EXTERN void naru_finding_set_title (NaruFinding *self, const char *title);
NARU_EXTERN const char *naru_finding_get_message (NaruFinding *self);
NARU_EXTERN void naru_finding_set_message (NaruFinding *self, const char *message);
NARU_EXTERN const char *naru_finding_get_remedy (NaruFinding *self);
NARU_EXTERN void naru_finding_set_remedy (NaruFinding *self, const char *remedy);
NARU_EXTERN void naru_finding_add_field (NaruFinding *self, const char *pointer);
NARU_EXTERN const char *const *naru_finding_get_fields (NaruFinding *self);
/* the law behind a rule, and who checked it */
NARU_EXTERN NaruJson *naru_finding_get_why (NaruFinding *self);
NARU_EXTERN void naru_finding_set_why (NaruFinding *self, NaruJson *why);
/* what the validator saw: keyword of the schema, what it allows, what stood there */
NARU_EXTERN const char *naru_finding_get_keyword (NaruFinding *self);
NARU_EXTERN const char *naru_finding_get_expected (NaruFinding *self);
NARU_EXTERN const char *naru_finding_get_found (NaruFinding *self);
NARU_EXTERN void naru_finding_set_detail (NaruFinding *self, const char *keyword, const char *expected,
                                          const char *found);
NARU_EXTERN NaruJson *naru_finding_to_json (NaruFinding *self);
NARU_EXTERN NaruSeverity naru_severity_from_string (const char *text);
NARU_EXTERN const char *naru_severity_to_string (NaruSeverity severity);
NARU_EXTERN const char *naru_status_to_string (NaruStatus status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruFinding, naru_finding_unref)

G_END_DECLS
