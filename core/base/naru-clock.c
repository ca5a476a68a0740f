/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-clock.h"

#include "naru-error.h"
#include "naru-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <time.h>

#define SECONDS_PER_DAY 86400
#define LAST_SECOND G_GINT64_CONSTANT (4291747199) /* 2105-12-31T23:59:59Z; git and libgit2 hold 32 bits */

typedef enum
{
  CLOCK_UNKNOWN, /* the environment was not asked yet */
  CLOCK_REAL,
  CLOCK_FIXED,
} ClockMode;

G_LOCK_DEFINE_STATIC (clock);
static ClockMode clock_mode = CLOCK_UNKNOWN;
static NaruTime fixed_time;

/* Caller holds the lock. */
static void
ask_environment (void)
{
  const char *text = g_getenv ("NARU_CLOCK");
  g_autoptr (GError) error = NULL;

  clock_mode = CLOCK_REAL;
  if (text == NULL || *text == '\0')
    return;
  if (naru_time_parse (text, &fixed_time, &error))
    clock_mode = CLOCK_FIXED;
  else
    g_warning ("NARU_CLOCK is not used: %s", error->message);
}

static void
read_system_clock (NaruTime *now)
{
  time_t seconds = time (NULL);
  struct tm local = { 0 };

  now->seconds = CLAMP ((gint64) seconds, 0, LAST_SECOND);
  now->offset_minutes = 0;
  if (localtime_r (&seconds, &local) != NULL)
    now->offset_minutes = (gint16) (local.tm_gmtoff / 60);
}

/**
 * naru_clock_now: (skip)
 * @now: (out caller-allocates): the moment, with the zone that this computer is set to
 *
 * The moment is fixed when naru_clock_set() or the environment's NARU_CLOCK gives one.
 */
void
naru_clock_now (NaruTime *now)
{
  gboolean fixed = FALSE;

  G_LOCK (clock);
  if (clock_mode == CLOCK_UNKNOWN)
    ask_environment ();
  fixed = clock_mode == CLOCK_FIXED;
  if (fixed)
    *now = fixed_time;
  G_UNLOCK (clock);

  if (!fixed)
    read_system_clock (now);
}

/**
 * naru_clock_end_of_day: (skip)
 * @day: a day
 * @end: (out caller-allocates): its last second, in the zone that this computer is set to
 *
 * Where the moment is fixed, so is the zone.
 */
void
naru_clock_end_of_day (NaruDate day, NaruTime *end)
{
  int year = 0, month = 0, of_month = 0;

  naru_date_get (day, &year, &month, &of_month);
  naru_clock_now (end);
  G_LOCK (clock);
  if (clock_mode == CLOCK_REAL)
    {
      struct tm local = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = of_month, .tm_isdst = -1 };
      local.tm_hour = 23;
      local.tm_min = local.tm_sec = 59;
      mktime (&local);
      end->offset_minutes = (gint16) (local.tm_gmtoff / 60);
    }
  G_UNLOCK (clock);
  end->seconds = ((gint64) day + 1) * SECONDS_PER_DAY - 1 - end->offset_minutes * 60;
}

/**
 * naru_clock_set:
 * @rfc3339: (nullable): the moment at which the clock stands from now on, or %NULL for what the environment
 * says
 * @error: %NARU_ERROR_INVALID
 *
 * Returns: whether @rfc3339 is a time; if not, the clock stays as it is
 */
gboolean
naru_clock_set (const char *rfc3339, GError **error)
{
  NaruTime time = { 0, 0 };

  if (rfc3339 != NULL && !naru_time_parse (rfc3339, &time, error))
    return FALSE;

  G_LOCK (clock);
  fixed_time = time;
  clock_mode = rfc3339 != NULL ? CLOCK_FIXED : CLOCK_UNKNOWN;
  G_UNLOCK (clock);
  return TRUE;
}

/* Reads two digits at *@p and moves on; -1 when they are none or over @most. */
static int
take_two_digits (const char **p, int most)
{
  int value = 0;

  if (!g_ascii_isdigit ((*p)[0]) || !g_ascii_isdigit ((*p)[1]))
    return -1;
  value = ((*p)[0] - '0') * 10 + ((*p)[1] - '0');
  *p += 2;
  return value <= most ? value : -1;
}

static gboolean
take_character (const char **p, char c)
{
  if (**p != c)
    return FALSE;
  (*p)++;
  return TRUE;
}

/* Reads "hh:mm:ss" with an optional fraction, which is dropped: git keeps whole seconds. */
static gboolean
take_time_of_day (const char **p, gint64 *seconds)
{
  int hour = take_two_digits (p, 23), minute = 0, second = 0;

  if (hour < 0 || !take_character (p, ':'))
    return FALSE;
  minute = take_two_digits (p, 59);
  if (minute < 0 || !take_character (p, ':'))
    return FALSE;
  second = take_two_digits (p, 59);
  if (second < 0)
    return FALSE;
  if (take_character (p, '.'))
    {
      if (!g_ascii_isdigit (**p))
        return FALSE;
      while (g_ascii_isdigit (**p))
        (*p)++;
    }
  *seconds = hour * 3600 + minute * 60 + second;
  return TRUE;
}

/* Reads "Z", "+09:00" or "+0900". */
static gboolean
take_zone (const char **p, gint16 *offset_minutes)
{
  int sign = **p == '-' ? -1 : 1;
  int hours = 0, minutes = 0;

  *offset_minutes = 0;
  if (take_character (p, 'Z') || take_character (p, 'z'))
    return TRUE;
  if (!take_character (p, '+') && !take_character (p, '-'))
    return FALSE;
  hours = take_two_digits (p, 23);
  if (hours < 0)
    return FALSE;
  take_character (p, ':');
  minutes = take_two_digits (p, 59);
  if (minutes < 0)
    return FALSE;
  *offset_minutes = (gint16) (sign * (hours * 60 + minutes));
  return TRUE;
}

static gboolean
parse_time (const char *text, NaruTime *time)
{
  const char *p = text;
  NaruDate date = NARU_DATE_NONE;
  gint64 of_day = 0;
  char day[11];

  if (strnlen (text, 11) < 11)
    return FALSE;
  memcpy (day, text, 10);
  day[10] = '\0';
  if (!naru_date_parse (day, &date, NULL))
    return FALSE;
  p += 10;
  if (!take_character (&p, 'T') && !take_character (&p, 't') && !take_character (&p, ' '))
    return FALSE;
  if (!take_time_of_day (&p, &of_day))
    return FALSE;
  if (g_ascii_isspace (*p))
    p++;
  if (!take_zone (&p, &time->offset_minutes) || *p != '\0')
    return FALSE;
  time->seconds = (gint64) date * SECONDS_PER_DAY + of_day - time->offset_minutes * 60;
  return time->seconds >= 0 && time->seconds <= LAST_SECOND;
}

/**
 * naru_time_parse: (skip)
 * @text: (nullable): a time of RFC 3339, as in "2026-11-22T15:04:05+09:00"
 * @time: (out caller-allocates): the moment and its zone
 * @error: %NARU_ERROR_INVALID
 *
 * A space may stand for the "T" and before the zone, the zone may be written "+0900", a fraction of a second
 * is dropped.
 *
 * Returns: whether @text is a time from 1970 to 2105
 */
gboolean
naru_time_parse (const char *text, NaruTime *time, GError **error)
{
  NaruTime found = { 0, 0 };

  if (text == NULL || !parse_time (text, &found))
    {
      g_autofree char *shown = naru_text_fit (text != NULL ? text : "", 40);
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                      _ ("Write date, time and zone, as in 2026-11-22T15:04:05+09:00."),
                      _ ("“%s” is not a time with a zone from 1970 to 2105"), g_strchomp (shown));
      return FALSE;
    }
  if (time != NULL)
    *time = found;
  return TRUE;
}

/* What a clock on the wall of that zone shows: days since 1970 and seconds of the day. */
static void
get_local (const NaruTime *time, NaruDate *date, int *of_day)
{
  gint64 local = time->seconds + time->offset_minutes * 60;
  gint64 day = local >= 0 ? local / SECONDS_PER_DAY : -((SECONDS_PER_DAY - 1 - local) / SECONDS_PER_DAY);

  *date = (NaruDate) day;
  *of_day = (int) (local - day * SECONDS_PER_DAY);
}

/**
 * naru_time_to_string: (skip)
 * @time: a moment
 *
 * Returns: (transfer full): it as RFC 3339 with its own zone, as in "2026-11-22T15:04:05+09:00"
 */
char *
naru_time_to_string (const NaruTime *time)
{
  NaruDate date = 0;
  int of_day = 0, year = 0, month = 0, day = 0;
  int offset = ABS (time->offset_minutes);

  get_local (time, &date, &of_day);
  naru_date_get (date, &year, &month, &day);
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month, day, of_day / 3600,
                          of_day / 60 % 60, of_day % 60, time->offset_minutes < 0 ? '-' : '+', offset / 60,
                          offset % 60);
}

/**
 * naru_time_to_display: (skip)
 * @time: a moment
 *
 * Returns: (transfer full): day, hour and minute in its own zone, as readers of the language in use write
 * them
 */
char *
naru_time_to_display (const NaruTime *time)
{
  NaruDate date = 0;
  int of_day = 0;
  g_autofree char *day = NULL;

  get_local (time, &date, &of_day);
  day = naru_date_to_display (date);
  return g_strdup_printf ("%s %02d:%02d", day, of_day / 3600, of_day / 60 % 60);
}

/**
 * naru_time_to_date: (skip)
 * @time: a moment
 *
 * Returns: the day in its own zone
 */
NaruDate
naru_time_to_date (const NaruTime *time)
{
  NaruDate date = 0;
  int of_day = 0;

  get_local (time, &date, &of_day);
  return date;
}
