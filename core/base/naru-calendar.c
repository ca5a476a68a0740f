/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-calendar.h"

#include "naru-boxed.h"
#include "naru-data.h"
#include "naru-error.h"
#include "naru-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_EXTENDS 4

/* The days of whole consecutive years, first to last. working[i] counts the working days before day first +
 * i, so that any span is one subtraction and one day is a span of one. Immutable once made, so it may be
 * shared by threads. */
struct _NaruCalendar
{
  gatomicrefcount references;
  char *code;
  NaruDate first;
  NaruDate last;
  guint32 *working;
  GHashTable *names; /* NaruDate -> NaruJson with "en" and "ko" */
  NaruJson *json;
};

NARU_DEFINE_BOXED_TYPE (NaruCalendar, naru_calendar)

/* What is gathered while a calendar and those that it extends are read. */
typedef struct
{
  const char *origin; /* the file, for messages */
  GHashTable *names;
  gboolean weekend[8]; /* by weekday, 1 for Monday */
  int first_year;      /* 0 while no year was read */
  int last_year;
} Draft;

static gboolean
set_malformed (GError **error, const char *origin, const char *field, const char *what)
{
  naru_set_error (error, NARU_ERROR_INVALID, field, 0, _ ("Correct the file of the calendar."),
                  _ ("%s: calendar, %s: %s"), origin, field, what);
  return FALSE;
}

static gboolean
read_weekend (Draft *draft, NaruJson *json, GError **error)
{
  NaruJson *weekend = naru_json_get (json, "weekend");

  if (weekend == NULL)
    return TRUE;
  memset (draft->weekend, 0, sizeof draft->weekend);
  if (naru_json_get_kind (weekend) != NARU_JSON_ARRAY || naru_json_get_size (weekend) > 6)
    return set_malformed (error, draft->origin, "weekend",
                          _ ("a list of weekdays is expected, 1 for Monday"));
  for (guint i = 0; i < naru_json_get_size (weekend); i++)
    {
      gint64 day = naru_json_as_integer (naru_json_get_element (weekend, i));
      if (day < 1 || day > 7)
        return set_malformed (error, draft->origin, "weekend",
                              _ ("a list of weekdays is expected, 1 for Monday"));
      draft->weekend[day] = TRUE;
    }
  return TRUE;
}

static gboolean
is_name (NaruJson *name)
{
  return naru_json_get_string (name, "en") != NULL && naru_json_get_string (name, "ko") != NULL;
}

static gboolean
read_day (Draft *draft, int year, NaruJson *day, GError **error)
{
  g_autofree char *field = g_strdup_printf ("years.%d", year);
  NaruJson *name = naru_json_get (day, "name");
  NaruDate date = NARU_DATE_NONE;
  int found = 0;

  if (!naru_date_parse (naru_json_get_string (day, "date"), &date, error))
    {
      g_prefix_error (error, "%s: ", draft->origin);
      return FALSE;
    }
  naru_date_get (date, &found, NULL, NULL);
  if (found != year)
    return set_malformed (error, draft->origin, field, _ ("a date belongs to another year"));
  if (!is_name (name))
    return set_malformed (error, draft->origin, field, _ ("a day needs a name in \"en\" and \"ko\""));
  g_hash_table_replace (draft->names, GINT_TO_POINTER (date), naru_json_ref (name));
  return TRUE;
}

/* A calendar that extends another adds days to its years but knows no year of its own. */
static gboolean
read_years (Draft *draft, NaruJson *json, gboolean extends, GError **error)
{
  NaruJson *years = naru_json_get (json, "years");
  g_auto (GStrv) keys = naru_json_get_keys (years);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      NaruJson *days = naru_json_get (years, keys[i]);
      int year = strlen (keys[i]) == 4 ? (int) g_ascii_strtoll (keys[i], NULL, 10) : 0;
      if (year < 1900 || year > 2199 || naru_json_get_kind (days) != NARU_JSON_ARRAY)
        return set_malformed (error, draft->origin, "years",
                              _ ("years from 1900 to 2199 with lists are expected"));
      if (extends && (year < draft->first_year || year > draft->last_year))
        return set_malformed (error, draft->origin, keys[i],
                              _ ("the calendar that is extended lacks this year"));
      if (!extends && i > 0 && year != draft->last_year + 1)
        return set_malformed (error, draft->origin, keys[i], _ ("the year before is missing"));
      if (!extends)
        {
          draft->first_year = i == 0 ? year : draft->first_year;
          draft->last_year = year;
        }
      for (guint j = 0; j < naru_json_get_size (days); j++)
        if (!read_day (draft, year, naru_json_get_element (days, j), error))
          return FALSE;
    }
  if (draft->first_year == 0)
    return set_malformed (error, draft->origin, "years", _ ("at least one year is needed"));
  return TRUE;
}

static gboolean
read_every_year (Draft *draft, NaruJson *json, GError **error)
{
  NaruJson *days = naru_json_get (json, "every_year");

  for (guint i = 0; i < naru_json_get_size (days); i++)
    {
      NaruJson *day = naru_json_get_element (days, i);
      NaruJson *name = naru_json_get (day, "name");
      const char *text = naru_json_get_string (day, "date");
      if (text == NULL || strlen (text) != 5 || !is_name (name))
        return set_malformed (error, draft->origin, "every_year", _ ("month-day and a name are expected"));
      for (int year = draft->first_year; year <= draft->last_year; year++)
        {
          g_autofree char *whole = g_strdup_printf ("%d-%s", year, text);
          NaruDate date = NARU_DATE_NONE;
          if (!naru_date_parse (whole, &date, error))
            return FALSE;
          /* the day may have a name of its own in that year */
          if (!g_hash_table_contains (draft->names, GINT_TO_POINTER (date)))
            g_hash_table_insert (draft->names, GINT_TO_POINTER (date), naru_json_ref (name));
        }
    }
  return TRUE;
}

static gboolean
is_code (const char *code)
{
  gsize length = code != NULL ? strnlen (code, 33) : 0;

  return length > 0 && length <= 32 &&
         strspn (code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static NaruJson *
load_json (const char *code, GError **error)
{
  g_autofree char *file = NULL;

  if (!is_code (code))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Use the code of a calendar, as in KR or US."),
                      _ ("that is not a code of a calendar"));
      return NULL;
    }
  file = g_strconcat (code, ".json", NULL);
  return naru_data_load ("share/calendars", file, error);
}

static gboolean
read_calendar (Draft *draft, NaruJson *json, guint depth, GError **error)
{
  const char *base = naru_json_get_string (json, "extends");
  const char *origin = draft->origin;

  if (base != NULL)
    {
      g_autoptr (NaruJson) outer = NULL;
      if (depth >= MAX_EXTENDS)
        return set_malformed (error, origin, "extends", _ ("calendars extend each other in a circle"));
      outer = load_json (base, error);
      if (outer == NULL)
        return FALSE;
      draft->origin = base;
      if (!read_calendar (draft, outer, depth + 1, error))
        return FALSE;
      draft->origin = origin;
    }
  return read_weekend (draft, json, error) && read_years (draft, json, base != NULL, error) &&
         read_every_year (draft, json, error);
}

static NaruCalendar *
finish (Draft *draft, NaruJson *json)
{
  NaruCalendar *self = g_new0 (NaruCalendar, 1);
  g_autofree guint8 *closed = NULL;
  GHashTableIter iter;
  gpointer key = NULL;
  guint32 count = 0;
  guint days = 0;

  g_atomic_ref_count_init (&self->references);
  self->code = g_strdup (naru_json_get_string (json, "code"));
  self->json = naru_json_ref (json);
  self->first = naru_date_new (draft->first_year, 1, 1);
  self->last = naru_date_new (draft->last_year, 12, 31);
  self->names = g_hash_table_ref (draft->names);

  days = (guint) (self->last - self->first + 1);
  closed = g_new0 (guint8, days);
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    closed[GPOINTER_TO_INT (key) - self->first] = 1;

  self->working = g_new (guint32, days + 1);
  for (guint i = 0; i < days; i++)
    {
      self->working[i] = count;
      if (!closed[i] && !draft->weekend[naru_date_get_weekday (self->first + (NaruDate) i)])
        count++;
    }
  self->working[days] = count;
  return self;
}

/**
 * naru_calendar_new_from_json:
 * @json: a calendar; share/doc/CALENDARS.md describes it
 * @origin: where it comes from, for messages
 * @error: %NARU_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the calendar
 */
NaruCalendar *
naru_calendar_new_from_json (NaruJson *json, const char *origin, GError **error)
{
  g_autoptr (GHashTable) names = NULL;
  Draft draft = { .origin = origin, .weekend = { [6] = TRUE, [7] = TRUE } };

  g_return_val_if_fail (json != NULL && origin != NULL, NULL);

  names = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) naru_json_unref);
  draft.names = names;
  if (!is_code (naru_json_get_string (json, "code")))
    {
      set_malformed (error, origin, "code", _ ("letters, digits and hyphens are expected"));
      return NULL;
    }
  if (!read_calendar (&draft, json, 0, error))
    return NULL;
  return finish (&draft, json);
}

/**
 * naru_calendar_load:
 * @code: the code of a calendar that ships with the program, as in "KR"
 * @error: %NARU_ERROR_NOT_FOUND, %NARU_ERROR_INVALID, %NARU_ERROR_IO
 *
 * Reads a calendar once per process.
 *
 * Returns: (transfer full) (nullable): the calendar
 */
NaruCalendar *
naru_calendar_load (const char *code, GError **error)
{
  static GMutex lock;
  static GHashTable *loaded = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (NaruJson) json = NULL;
  NaruCalendar *self = loaded != NULL && code != NULL ? g_hash_table_lookup (loaded, code) : NULL;

  if (self != NULL)
    return naru_calendar_ref (self);

  json = load_json (code, error);
  if (json == NULL)
    return NULL;
  if (g_strcmp0 (naru_json_get_string (json, "code"), code) != 0)
    {
      set_malformed (error, code, "code", _ ("it differs from the name of the file"));
      return NULL;
    }
  self = naru_calendar_new_from_json (json, code, error);
  if (self == NULL)
    return NULL;
  if (loaded == NULL)
    loaded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_calendar_unref);
  g_hash_table_insert (loaded, g_strdup (code), naru_calendar_ref (self));
  return self;
}

/**
 * naru_calendar_ref:
 * @self: a calendar
 *
 * Returns: (transfer full): @self, with one more owner
 */
NaruCalendar *
naru_calendar_ref (NaruCalendar *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * naru_calendar_unref:
 * @self: (transfer full): a calendar that the caller owns
 */
void
naru_calendar_unref (NaruCalendar *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->names);
  naru_json_unref (self->json);
  g_free (self->working);
  g_free (self->code);
  g_free (self);
}

/**
 * naru_calendar_get_code:
 * @self: a calendar
 *
 * Returns: (transfer none): its code
 */
const char *
naru_calendar_get_code (NaruCalendar *self)
{
  return self->code;
}

/**
 * naru_calendar_get_title:
 * @self: a calendar
 *
 * Returns: (transfer none): its title in the language in use, else its code
 */
const char *
naru_calendar_get_title (NaruCalendar *self)
{
  const char *title = naru_json_get_string (naru_json_get (self->json, "title"), naru_language_get ());

  return title != NULL ? title : self->code;
}

/**
 * naru_calendar_get_source:
 * @self: a calendar
 *
 * Returns: (transfer none) (nullable): where its days come from
 */
const char *
naru_calendar_get_source (NaruCalendar *self)
{
  return naru_json_get_string (self->json, "source");
}

/* A year without data is refused: a deadline guessed a day late is a right lost. */
static gboolean
check_known (NaruCalendar *self, gint64 date, GError **error)
{
  int first = 0, last = 0;

  if (date >= self->first && date <= self->last)
    return TRUE;
  naru_date_get (self->first, &first, NULL, NULL);
  naru_date_get (self->last, &last, NULL, NULL);
  naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0,
                  _ ("Add the holidays of that year to the file of the calendar once they are published."),
                  _ ("the calendar %s knows the holidays of %d to %d only"), self->code, first, last);
  return FALSE;
}

static gboolean
is_working (NaruCalendar *self, NaruDate date)
{
  return self->working[date - self->first + 1] != self->working[date - self->first];
}

static const char *
get_name (NaruCalendar *self, NaruDate date)
{
  NaruJson *name = g_hash_table_lookup (self->names, GINT_TO_POINTER (date));
  gboolean korean = g_str_equal (naru_language_get (), "ko");
  static const char *const weekdays[7][2] = {
    { "Monday", "월요일" }, { "Tuesday", "화요일" },  { "Wednesday", "수요일" }, { "Thursday", "목요일" },
    { "Friday", "금요일" }, { "Saturday", "토요일" }, { "Sunday", "일요일" },
  };

  if (name != NULL)
    return naru_json_get_string (name, korean ? "ko" : "en");
  return weekdays[naru_date_get_weekday (date) - 1][korean ? 1 : 0];
}

/**
 * naru_calendar_is_working: (skip)
 * @self: a calendar
 * @date: a date
 * @working: (out): whether offices are open
 * @name: (out) (optional) (transfer none) (nullable): why not: the holiday or the weekday; %NULL when they
 * are open
 * @error: %NARU_ERROR_UNSUPPORTED when the year is not known
 *
 * Returns: whether the answer is known
 */
gboolean
naru_calendar_is_working (NaruCalendar *self, NaruDate date, gboolean *working, const char **name,
                          GError **error)
{
  g_return_val_if_fail (self != NULL && working != NULL, FALSE);

  if (!check_known (self, date, error))
    return FALSE;
  *working = is_working (self, date);
  if (name != NULL)
    *name = *working ? NULL : get_name (self, date);
  return TRUE;
}

/**
 * naru_calendar_roll: (skip)
 * @self: a calendar
 * @date: a date
 * @direction: greater than 0 for the next working day, less than 0 for the one before, 0 to leave it
 * @rolled: (out): @date when it is a working day, else the nearest one in @direction
 * @error: %NARU_ERROR_UNSUPPORTED when a year on the way is not known
 *
 * Returns: whether @rolled was set
 */
gboolean
naru_calendar_roll (NaruCalendar *self, NaruDate date, int direction, NaruDate *rolled, GError **error)
{
  int step = direction > 0 ? 1 : -1;

  g_return_val_if_fail (self != NULL && rolled != NULL, FALSE);

  if (!check_known (self, date, error))
    return FALSE;
  while (direction != 0 && !is_working (self, date))
    {
      date += step;
      if (!check_known (self, date, error))
        return FALSE;
    }
  *rolled = date;
  return TRUE;
}

/* The first day by whose end @count working days of the calendar have passed. */
static NaruDate
find_nth (NaruCalendar *self, guint32 count)
{
  guint low = 0, high = (guint) (self->last - self->first + 1);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (self->working[middle] < count)
        low = middle + 1;
      else
        high = middle;
    }
  return self->first + (NaruDate) low - 1;
}

/**
 * naru_calendar_add_working_days: (skip)
 * @self: a calendar
 * @date: the day of the event, not counted itself
 * @days: how many working days later; negative for earlier; 0 gives @date
 * @result: (out): the day reached, a working day
 * @error: %NARU_ERROR_UNSUPPORTED when a year on the way is not known
 *
 * Returns: whether @result was set
 */
gboolean
naru_calendar_add_working_days (NaruCalendar *self, NaruDate date, int days, NaruDate *result, GError **error)
{
  gint64 before = 0, target = 0, total = 0;

  g_return_val_if_fail (self != NULL && result != NULL, FALSE);

  if (!check_known (self, date, error))
    return FALSE;
  if (days == 0)
    {
      *result = date;
      return TRUE;
    }
  /* the working days of the calendar are numbered from 1; find the number of the one wanted */
  before = self->working[date - self->first + (days > 0 ? 1 : 0)];
  target = days > 0 ? before + days : before + days + 1;
  total = self->working[self->last - self->first + 1];
  if (target < 1 || target > total)
    return check_known (self, target < 1 ? (gint64) self->first - 1 : (gint64) self->last + 1, error);
  *result = find_nth (self, (guint32) target);
  return TRUE;
}

/**
 * naru_calendar_count_working_days: (skip)
 * @self: a calendar
 * @from: a date, not counted itself
 * @until: a date, counted when it is a working day
 * @days: (out): how many working days; negative when @until is before @from
 * @error: %NARU_ERROR_UNSUPPORTED when a year is not known
 *
 * Takes the same time for any span.
 *
 * Returns: whether @days was set
 */
gboolean
naru_calendar_count_working_days (NaruCalendar *self, NaruDate from, NaruDate until, gint64 *days,
                                  GError **error)
{
  g_return_val_if_fail (self != NULL && days != NULL, FALSE);

  if (!check_known (self, from, error) || !check_known (self, until, error))
    return FALSE;
  *days = (gint64) self->working[until - self->first + 1] - self->working[from - self->first + 1];
  return TRUE;
}
