/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

/* One record's history for somebody outside the office, to be checked with stock git. */
typedef enum
{
  NARU_DOSSIER_OWN_COMMITS = 1 << 0, /* without the commits of other records */
} NaruDossierFlags;

NARU_EXTERN gboolean naru_desk_write_dossier (NaruDesk *self, const char *id, const char *folder,
                                              NaruDossierFlags flags, NaruProgress progress,
                                              gpointer user_data, NaruJson **report, GError **error);

G_END_DECLS
