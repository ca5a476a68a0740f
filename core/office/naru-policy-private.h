/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

/* share/policies/access.json, compiled: role x type x action, with conditions, and an audience per field. */
typedef struct _NaruPolicy NaruPolicy;

/* The person at the desk, as the policy sees them. */
typedef struct
{
  char *person;
  char *party;
  char *unit;
  GStrv roles;
} NaruAccess;

typedef enum
{
  NARU_GRANT_NEVER,
  NARU_GRANT_SOMETIMES, /* it depends on the record */
  NARU_GRANT_ALWAYS,
} NaruGrant;

NaruPolicy *naru_policy_new (NaruJson *json, const char *origin, GError **error);
void naru_policy_free (NaruPolicy *self);
NaruGrant naru_policy_get_grant (NaruPolicy *self, const NaruAccess *access, const char *type,
                                 const char *action);
gboolean naru_policy_allows (NaruPolicy *self, const NaruAccess *access, const char *type, const char *action,
                             NaruRecord *record);
gboolean naru_policy_shows_audience (NaruPolicy *self, const NaruAccess *access, const char *type,
                                     const char *audience, NaruRecord *record);
gboolean naru_policy_protects (NaruPolicy *self, const char *type, const char *field);
NaruJson *naru_policy_filter (NaruPolicy *self, const NaruAccess *access, NaruRecordType *type,
                              NaruRecord *record, NaruJson *json);
void naru_access_clear (NaruAccess *access);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruPolicy, naru_policy_free)

G_END_DECLS
