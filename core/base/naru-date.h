/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

typedef gint32 NaruDate; /* days since 1970-01-01, proleptic Gregorian; 1900-01-01 .. 2199-12-31 */

#define NARU_DATE_NONE G_MININT32

typedef enum
{
  NARU_MONTH_RULE_CORRESPONDING, /* "corr": same day number, else the month's last day */
  NARU_MONTH_RULE_KOREAN,        /* "kr": counted from the day after, ends the day before */
} NaruMonthRule;

NARU_EXTERN gboolean naru_date_parse (const char *text, NaruDate *date, GError **error);
NARU_EXTERN char *naru_date_to_string (NaruDate date);
NARU_EXTERN char *naru_date_to_display (NaruDate date);
NARU_EXTERN NaruDate naru_date_new (int year, int month, int day);
NARU_EXTERN void naru_date_get (NaruDate date, int *year, int *month, int *day);
NARU_EXTERN int naru_date_get_weekday (NaruDate date);
NARU_EXTERN NaruDate naru_date_add_months (NaruDate date, int months, NaruMonthRule rule);

G_END_DECLS
