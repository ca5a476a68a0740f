/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-audit-report.h"
#include "naru-office-private.h"

G_BEGIN_DECLS

/* The lists of a report, in its order. */
typedef enum
{
  NARU_AUDIT_ATTENTION, /* moves that somebody should look at */
  NARU_AUDIT_MOVES,
  NARU_AUDIT_WAIVERS,
  NARU_AUDIT_OPEN_WAIVERS,
  NARU_AUDIT_APPROVALS,
  NARU_AUDIT_REFUSALS,
  NARU_AUDIT_RULES,
  NARU_AUDIT_EDITS,
  NARU_AUDIT_LATE,
  NARU_AUDIT_IMPORTED,
  NARU_AUDIT_PEOPLE,
  NARU_AUDIT_KEYS,
  NARU_AUDIT_UNSIGNED,
  NARU_AUDIT_GAPS,
  NARU_AUDIT_N_SECTIONS,
} NaruAuditSection;

/* One report while the history is read. What it holds grows with the events of the period, and with the
 * waivers of the whole history. */
typedef struct
{
  NaruDesk *desk;
  NaruRepository *repository; /* borrowed */
  const NaruAuditOptions *options;
  NaruDate first_day; /* NARU_DATE_NONE: from the beginning */
  NaruDate last_day;
  gint64 since;  /* UTC seconds; an entry recorded then is in */
  gint64 until;  /* an entry recorded then is not */
  guint64 first; /* seq; after @last where the period holds none */
  guint64 last;
  NaruJson *sections[NARU_AUDIT_N_SECTIONS]; /* arrays */
  GHashTable *waivers;   /* "record condition" -> NaruJson: the waiver that was given last */
  GHashTable *people;    /* id or name -> NaruJson: a row of "people" */
  GHashTable *roles;     /* id -> NaruJson: as they were at the present entry */
  GHashTable *creators;  /* record -> id of who made it, "" for nobody known */
  GHashTable *changed;   /* record -> edit that came after an approval of its next move */
  GHashTable *pipelines; /* record type -> NaruJson, as it was at the present entry */
  GError *failure;       /* (nullable): why the report is not whole */
  /* the present entry */
  guint64 seq;
  NaruOid commit;
  NaruOid parent;
  gsize size;      /* of the commit, bytes */
  gint64 previous; /* when the entry before was recorded; G_MININT64: there is none */
} NaruAudit;

/* naru-audit-event.c */
NaruJson *naru_audit_add (NaruAudit *self, NaruAuditSection section, const NaruPastEntry *past);
gboolean naru_audit_take (NaruAudit *self, const NaruPastEntry *past, GError **error);
void naru_audit_note_waivers (NaruAudit *self, const NaruPastEntry *past, NaruJson *event);
GPtrArray *naru_audit_list_trailers (const NaruPastEntry *past, const char *key);

/* naru-audit-look.c: what stood in the history at the present entry */
NaruJson *naru_audit_read_record (NaruAudit *self, const NaruOid *commit, const char *id);
NaruJson *naru_audit_get_roles (NaruAudit *self, const char *person);
const char *naru_audit_get_creator (NaruAudit *self, const char *id, GError **error);
gboolean naru_audit_is_final (NaruAudit *self, const char *type, const char *stage);
gboolean naru_audit_is_approval (NaruAudit *self, const char *type, const char *condition);
const char *naru_audit_get_type (NaruAudit *self, const char *id);
char *naru_audit_take_person (const char *email);

/* naru-audit-report.c */
gboolean naru_audit_read_entry (NaruAudit *self, NaruTxn *txn, guint64 seq, const char *only,
                                NaruPastEntry *past, gboolean *taken, GError **error);

G_END_DECLS
