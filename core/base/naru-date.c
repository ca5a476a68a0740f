/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-date.h"

#include "naru-error.h"
#include "naru-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FIRST_DATE (-25567) /* 1900-01-01 */
#define LAST_DATE 84005     /* 2199-12-31 */

static gboolean
is_leap (int year)
{
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_length (int year, int month)
{
  static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  return month == 2 && is_leap (year) ? 29 : lengths[month - 1];
}

/* The year is counted from March, so that the leap day comes last and needs no case of its own;
 * 719468 days lie between 0000-03-01 and 1970-01-01. Years are positive here. */
static NaruDate
days_from_civil (int year, int month, int day)
{
  int y = month <= 2 ? year - 1 : year;
  int m = (month + 9) % 12;

  return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static void
civil_from_days (NaruDate date, int *year, int *month, int *day)
{
  int n = date + 719468;
  int era = n / 146097;
  int in_era = n % 146097;
  int y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  int in_year = in_era - (365 * y + y / 4 - y / 100);
  int m = (5 * in_year + 2) / 153;

  *day = in_year - (153 * m + 2) / 5 + 1;
  *month = m < 10 ? m + 3 : m - 9;
  *year = era * 400 + y + (*month <= 2 ? 1 : 0);
}

static gboolean
in_range (gint64 date)
{
  return date >= FIRST_DATE && date <= LAST_DATE;
}

/**
 * naru_date_new: (skip)
 * @year: 1900 to 2199
 * @month: 1 to 12
 * @day: from 1
 *
 * Returns: the date, or %NARU_DATE_NONE when there is no such day
 */
NaruDate
naru_date_new (int year, int month, int day)
{
  if (year < 1900 || year > 2199 || month < 1 || month > 12)
    return NARU_DATE_NONE;
  if (day < 1 || day > month_length (year, month))
    return NARU_DATE_NONE;
  return days_from_civil (year, month, day);
}

/**
 * naru_date_get: (skip)
 * @date: a date
 * @year: (out) (optional): its year
 * @month: (out) (optional): its month, 1 to 12
 * @day: (out) (optional): its day, from 1
 */
void
naru_date_get (NaruDate date, int *year, int *month, int *day)
{
  int y = 0, m = 0, d = 0;

  g_return_if_fail (in_range (date));

  civil_from_days (date, &y, &m, &d);
  if (year != NULL)
    *year = y;
  if (month != NULL)
    *month = m;
  if (day != NULL)
    *day = d;
}

/* Reads exactly @count digits; -1 when there are others. */
static int
read_digits (const char *text, int count)
{
  int value = 0;

  for (int i = 0; i < count; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return -1;
      value = value * 10 + (text[i] - '0');
    }
  return value;
}

/**
 * naru_date_parse: (skip)
 * @text: (nullable): "YYYY-MM-DD" and nothing else
 * @date: (out): the date
 * @error: %NARU_ERROR_INVALID
 *
 * Returns: whether @text is a date from 1900-01-01 to 2199-12-31
 */
gboolean
naru_date_parse (const char *text, NaruDate *date, GError **error)
{
  gboolean shaped = text != NULL && strnlen (text, 11) == 10 && text[4] == '-' && text[7] == '-';
  NaruDate found = NARU_DATE_NONE;

  if (shaped)
    found = naru_date_new (read_digits (text, 4), read_digits (text + 5, 2), read_digits (text + 8, 2));
  if (found == NARU_DATE_NONE)
    {
      g_autofree char *shown = naru_text_fit (text != NULL ? text : "", 24);
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                      _ ("Write year, month and day with hyphens, as in 2026-11-22."),
                      _ ("“%s” is not a date from 1900-01-01 to 2199-12-31"), g_strchomp (shown));
      return FALSE;
    }
  if (date != NULL)
    *date = found;
  return TRUE;
}

/**
 * naru_date_to_string: (skip)
 * @date: a date
 *
 * Returns: (transfer full) (nullable): "YYYY-MM-DD", or %NULL for %NARU_DATE_NONE
 */
char *
naru_date_to_string (NaruDate date)
{
  int year = 0, month = 0, day = 0;

  if (!in_range (date))
    return NULL;
  civil_from_days (date, &year, &month, &day);
  return g_strdup_printf ("%04d-%02d-%02d", year, month, day);
}

/**
 * naru_date_to_display: (skip)
 * @date: a date
 *
 * Returns: (transfer full): the date as readers of the language in use write it; empty for %NARU_DATE_NONE
 */
char *
naru_date_to_display (NaruDate date)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  int year = 0, month = 0, day = 0;

  if (!in_range (date))
    return g_strdup ("");
  civil_from_days (date, &year, &month, &day);
  if (g_str_equal (naru_language_get (), "ko"))
    return g_strdup_printf ("%d. %d. %d.", year, month, day);
  return g_strdup_printf ("%d %s %d", day, months[month - 1], year);
}

/**
 * naru_date_get_weekday: (skip)
 * @date: a date
 *
 * Returns: 1 for Monday to 7 for Sunday
 */
int
naru_date_get_weekday (NaruDate date)
{
  g_return_val_if_fail (in_range (date), 1);

  /* 1970-01-01 was a Thursday; 25571 is a multiple of 7 that makes every date positive */
  return (date + 25571 + 3) % 7 + 1;
}

/* The day with the same number @months later; when that month is shorter, its last day and *@clamped. */
static NaruDate
corresponding_day (NaruDate date, int months, gboolean *clamped)
{
  int year = 0, month = 0, day = 0;
  gint64 index = 0;
  int length = 0;

  civil_from_days (date, &year, &month, &day);
  index = (gint64) year * 12 + (month - 1) + months;
  if (index < 1899 * 12 || index >= 2201 * 12)
    return NARU_DATE_NONE;
  year = (int) (index / 12);
  month = (int) (index % 12) + 1;
  length = month_length (year, month);
  *clamped = day > length;
  return days_from_civil (year, month, MIN (day, length));
}

/**
 * naru_date_add_months: (skip)
 * @date: the day of the event
 * @months: how many months later; negative for earlier
 * @rule: how the end of the month is counted
 *
 * The Korean rule (특허법 제14조, 민법 제157조와 제160조) starts on the day after the event and ends on the
 * eve of the corresponding day, or on the last day of a month that has no such day. So the two rules differ
 * only for the last day of a month when the month reached is longer.
 *
 * Returns: the last day of the period, not rolled; %NARU_DATE_NONE when it is out of range
 */
NaruDate
naru_date_add_months (NaruDate date, int months, NaruMonthRule rule)
{
  gboolean clamped = FALSE;
  NaruDate end = NARU_DATE_NONE;

  if (!in_range (date))
    return NARU_DATE_NONE;
  end = corresponding_day (rule == NARU_MONTH_RULE_KOREAN ? date + 1 : date, months, &clamped);
  if (end == NARU_DATE_NONE)
    return NARU_DATE_NONE;
  if (rule == NARU_MONTH_RULE_KOREAN && !clamped)
    end -= 1;
  return in_range (end) ? end : NARU_DATE_NONE;
}
