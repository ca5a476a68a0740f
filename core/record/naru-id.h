/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

G_BEGIN_DECLS

/* MGK-2026-00442 for a deal, MGK-AGR-2026-00017 for the others: hub, code of the type, year, number */
typedef struct
{
  char hub[9];  /* [A-Z][A-Z0-9]{1,7} */
  char code[5]; /* "" or [A-Z]{3,4} */
  int year;
  guint number;
} NaruId;

NARU_EXTERN gboolean naru_id_parse (const char *text, NaruId *id);
NARU_EXTERN char *naru_id_format (const char *hub, const char *code, int year, guint number);
NARU_EXTERN char *naru_id_get_record_path (const char *type, const char *id);
NARU_EXTERN gboolean naru_id_is_hub (const char *text);

G_END_DECLS
