/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-change-private.h"
#include "naru-import.h"
#include "naru-map-private.h"

#include <stdio.h>

G_BEGIN_DECLS

#define NARU_IMPORT_STEP 1000          /* rows between two calls of progress */
#define NARU_IMPORT_MAX_PROBLEMS 10000 /* rejects, and warnings, that a report lists; all are counted */

/* What became of the rows of a file. read = created + updated + unchanged + rejected, always. */
typedef struct
{
  guint64 read;
  guint64 created;
  guint64 updated;
  guint64 unchanged;
  guint64 rejected;
  guint64 warned;
  NaruJson *rejects;
  NaruJson *warnings;
  const char *file; /* (nullable): of rejected rows */
  FILE *stream;
} NaruImportReport;

gboolean naru_import_report_open (NaruImportReport *self, const NaruImportOptions *options, NaruRows *rows,
                                  GError **error);
void naru_import_report_clear (NaruImportReport *self);
void naru_import_report_reject (NaruImportReport *self, guint64 line, const char *field, const char *message);
void naru_import_report_write (NaruImportReport *self, const NaruRow *row, const char *message);
void naru_import_report_warn (NaruImportReport *self, guint64 line, const char *field, const char *message);
gboolean naru_import_report_close (NaruImportReport *self, GError **error);
NaruJson *naru_import_report_to_json (NaruImportReport *self, guint64 seq);
gboolean naru_import_report_refuse (NaruImportReport *self, GError **error);

/* naru-import-seen.c */
typedef struct _NaruImportSeen NaruImportSeen;

NaruImportSeen *naru_import_seen_new (void);
guint64 naru_import_seen_find (NaruImportSeen *self, const char *mark);
void naru_import_seen_add (NaruImportSeen *self, const char *mark, guint64 line);
void naru_import_seen_free (NaruImportSeen *self);

/* One import of records under way. */
typedef struct
{
  NaruDesk *desk; /* borrowed: whose rights count */
  const NaruImportOptions *options;
  NaruRecordType *type; /* borrowed */
  const char *type_name;
  NaruPipeline *pipeline; /* (nullable): where the type has stages */
  NaruRows *rows;
  NaruMap *map;          /* (nullable): JSON lines need none */
  const char *key_field; /* (nullable): JSON pointer */
  const char *key_index;
  NaruChange *change;    /* (nullable): none in a dry run, and none any more once all is to be refused */
  NaruTxn *txn;          /* the change's, or one to read in */
  NaruImportSeen *seen;  /* what a row stands for -> its line */
  GPtrArray *system;     /* of const char *: names of the fields that Naru keeps */
  GPtrArray *restricted; /* of const NaruField *: what this person may not set, or not always */
  NaruImportReport report;
} NaruImport;

gboolean naru_import_row (NaruImport *self, const NaruRow *row, GError **error);
gboolean naru_import_find (NaruTxn *txn, const char *type, const char *index, const char *pointer,
                           const char *key, NaruRecord **found, GError **error);
gboolean naru_import_is_rejection (const GError *error);
NaruDesk *naru_import_desk (NaruDesk *desk);
char *naru_import_make_plural (const char *type);

/* An event log in memory: 40 bytes an event, and what its cases, activities and actors are called. */
typedef struct
{
  gint64 seconds;
  guint64 line;
  guint32 log_case;
  guint32 next; /* event of the same case in order of time, + 1; 0 = none */
  guint32 actor;
  guint16 activity;
  gint16 offset_minutes;
} NaruLogEvent;

typedef struct
{
  const char *id;
  const char *title;
  guint64 bad_line; /* of a row that cannot be used; 0 = none */
  guint32 first;    /* event + 1 */
  guint32 n_events;
  char *record; /* (nullable): id of its record, once there is one */
} NaruLogCase;

typedef struct
{
  char *title;
  char *stage;
} NaruLogActivity;

typedef struct
{
  NaruJson *map;
  const char *type;
  NaruJson *constants; /* what every record begins with */
  GArray *events;      /* of NaruLogEvent, by time, then by line */
  GArray *cases;       /* of NaruLogCase */
  GArray *activities;  /* of NaruLogActivity */
  GPtrArray *actors;   /* of const char * */
  GStringChunk *texts;
} NaruEventLog;

NaruEventLog *naru_event_log_read (const NaruImportOptions *options, NaruImportReport *report,
                                   GError **error);
void naru_event_log_free (NaruEventLog *self);
char *naru_slug (const char *prefix, const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruImportReport, naru_import_report_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruEventLog, naru_event_log_free)

G_END_DECLS
