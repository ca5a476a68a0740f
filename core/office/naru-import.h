/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

typedef struct
{
  const char *file;
  const char *map; /* (nullable): a mapping file; needed for CSV */
  gboolean dry_run;
  gboolean partial;    /* take what is valid; else all or nothing */
  const char *rejects; /* (nullable): where rejected rows go, as CSV with a reason column */
  NaruProgress progress;
  gpointer user_data;
} NaruImportOptions;

/* {"read","created","updated","unchanged","rejected","rejects":[{"line","field","message"}],"warnings":[…]}
 */
NARU_EXTERN gboolean naru_desk_import (NaruDesk *self, const char *type, const NaruImportOptions *options,
                                       NaruJson **report, GError **error);
NARU_EXTERN gboolean naru_desk_import_history (NaruDesk *self, const NaruImportOptions *options,
                                               NaruJson **report, GError **error);
NARU_EXTERN gboolean naru_office_load_demo (NaruOffice *office, NaruProgress progress, gpointer user_data,
                                            GError **error);
NARU_EXTERN NaruJson *naru_pipeline_propose (const char *file, const char *map, const char *id,
                                             GError **error);

G_END_DECLS
