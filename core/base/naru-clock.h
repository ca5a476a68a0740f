/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-date.h"

G_BEGIN_DECLS

/* a moment as git keeps it: whole seconds and the zone of the person; 1970 .. 2105 */
typedef struct
{
  gint64 seconds;        /* UTC, since 1970-01-01T00:00:00Z */
  gint16 offset_minutes; /* east of UTC is positive */
} NaruTime;

NARU_EXTERN void naru_clock_now (NaruTime *now);
NARU_EXTERN void naru_clock_end_of_day (NaruDate day, NaruTime *end);
NARU_EXTERN gboolean naru_clock_set (const char *rfc3339, GError **error);
NARU_EXTERN gboolean naru_time_parse (const char *text, NaruTime *time, GError **error);
NARU_EXTERN char *naru_time_to_string (const NaruTime *time);
NARU_EXTERN char *naru_time_to_display (const NaruTime *time);
NARU_EXTERN NaruDate naru_time_to_date (const NaruTime *time);

G_END_DECLS
