/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

/* Rows of a file that somebody else wrote: CSV with a header, or JSON lines; either may be gzipped.
 * A stream: memory holds a block of the file and the rows in it. */
typedef struct _NaruRows NaruRows;

/* Columns whose names begin so are our own, in files of rejected rows: no mapping needs to name them. */
#define NARU_ROWS_OWN_COLUMN "naru:"

typedef enum
{
  NARU_ROWS_CSV,
  NARU_ROWS_JSON_LINES,
} NaruRowsKind;

/* One row; what it points to lives until the next call. */
typedef struct
{
  guint64 line;             /* on which it begins, 1-based */
  const char *const *cells; /* CSV: NULL-terminated; as many as the header has where there is no problem */
  NaruJson *json;           /* JSON lines; NULL where there is a problem */
  const char *text;         /* JSON lines: as it stands in the file */
  const char *problem;      /* (nullable): why this row cannot be used, though the file goes on */
} NaruRow;

NaruRows *naru_rows_open (const char *file, GError **error);
void naru_rows_free (NaruRows *self);
NaruRowsKind naru_rows_get_kind (NaruRows *self);
const char *const *naru_rows_get_header (NaruRows *self);
int naru_rows_find_column (NaruRows *self, const char *name);
void naru_rows_get_progress (NaruRows *self, guint64 *done, guint64 *total);
gboolean naru_rows_next (NaruRows *self, NaruRow *row, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruRows, naru_rows_free)

G_END_DECLS
