/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-cli-private.h"

G_BEGIN_DECLS

/* One list of an audit report, and how it is told. */
typedef struct
{
  const char *name;  /* in the JSON */
  const char *title; /* to be translated */
  const char *about; /* what stands in it; to be translated */
} NaruAuditList;

extern const NaruAuditList naru_audit_lists[];
extern const guint naru_n_audit_lists;

/* Puts the events of a report into words, and remembers the names of people. */
typedef struct
{
  NaruCli *cli;
  GHashTable *names;      /* id -> name */
  NaruRecordType *person; /* borrowed */
} NaruAuditView;

/* naru-audit-view.c */
gboolean naru_audit_view_init (NaruAuditView *self, NaruCli *cli, NaruJson *report, GError **error);
void naru_audit_view_clear (NaruAuditView *self);
char *naru_audit_view_describe (NaruAuditView *self, const char *list, NaruJson *event);
char *naru_audit_view_time (NaruJson *event, const char *key);
char *naru_audit_view_period (NaruJson *report);

/* naru-audit-html.c */
GString *naru_audit_to_html (NaruAuditView *view, NaruJson *report);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruAuditView, naru_audit_view_clear)

G_END_DECLS
