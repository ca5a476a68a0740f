/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

#define NARU_AUDIT_LATE_DAYS 1
#define NARU_AUDIT_GAP_DAYS 14

typedef struct
{
  const char *from;      /* (nullable): first day, YYYY-MM-DD; the beginning */
  const char *to;        /* (nullable): last day; today */
  guint late_days;       /* done more than so many days before it was recorded: late */
  guint gap_days;        /* longer without an entry: a gap */
  NaruProgress progress; /* (nullable) */
  gpointer user_data;
} NaruAuditOptions;

NARU_EXTERN NaruJson *naru_desk_audit_report (NaruDesk *self, const NaruAuditOptions *options,
                                              GError **error);

G_END_DECLS
