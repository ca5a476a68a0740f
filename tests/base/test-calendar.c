/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

#include <glib/gstdio.h>

static NaruDate
date (const char *text)
{
  NaruDate value = NARU_DATE_NONE;

  g_assert_true (naru_date_parse (text, &value, NULL));
  return value;
}

static NaruCalendar *
load (const char *code)
{
  g_autoptr (GError) error = NULL;
  NaruCalendar *calendar = naru_calendar_load (code, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (naru_calendar_get_code (calendar), ==, code);
  return calendar;
}

static void
test_days (void)
{
  static const struct
  {
    const char *calendar;
    const char *day;
    const char *english; /* NULL when offices are open */
    const char *korean;
  } rows[] = {
    { "KR", "2026-02-17", "Seollal (Lunar New Year)", "설날" },
    { "KR", "2026-08-15", "Liberation Day", "광복절" }, /* a Saturday */
    { "KR", "2026-08-17", "Substitute holiday for Liberation Day", "대체공휴일(광복절)" },
    { "KR", "2026-08-18", NULL, NULL },
    { "KR", "2026-08-22", "Saturday", "토요일" },
    { "KR", "2026-08-23", "Sunday", "일요일" },
    { "KR", "2025-01-27", "Temporary public holiday", "임시공휴일" },
    { "KR", "2025-05-01", NULL, NULL },
    { "KR-KIPO", "2025-05-01", "Labour Day", "근로자의 날(노동절)" },
    { "KR-KIPO", "2026-05-01", "Labour Day", "노동절" }, /* a public holiday since 2026 */
    { "KR-KIPO", "2026-02-17", "Seollal (Lunar New Year)", "설날" },
    { "US", "2026-07-03", "Independence Day", "독립기념일" },
    { "US", "2021-12-31", "New Year's Day", "새해 첫날" },
    { "US", "2018-12-24", NULL, NULL },
    { "US-USPTO", "2018-12-24", "Office closed: executive order", "휴무: 행정명령" },
    { "US-USPTO", "2021-01-20", "Inauguration Day", "대통령 취임일" },
    { "US-USPTO", "2026-11-26", "Thanksgiving Day", "추수감사절" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaruCalendar) calendar = load (rows[i].calendar);
      gboolean working = FALSE;
      const char *name = "unset";

      naru_language_set ("en");
      g_assert_true (naru_calendar_is_working (calendar, date (rows[i].day), &working, &name, NULL));
      g_assert_cmpint (working, ==, rows[i].english == NULL);
      g_assert_cmpstr (name, ==, rows[i].english);
      naru_language_set ("ko");
      g_assert_true (naru_calendar_is_working (calendar, date (rows[i].day), &working, &name, NULL));
      g_assert_cmpstr (name, ==, rows[i].korean);
    }
}

typedef struct
{
  const char *start;
  int months;
  NaruMonthRule rule;
  const char *calendar;
  const char *due;
} Due;

#define CORR NARU_MONTH_RULE_CORRESPONDING
#define KR NARU_MONTH_RULE_KOREAN

/* Korean ones follow 특허법 제14조 and the holidays of the gazette; US ones 35 U.S.C. 21(b) and MPEP
 * 710.01(a). */
static const Due dues[] = {
  { "2024-02-29", 12, CORR, "US", "2025-02-28" },       { "2025-08-15", 12, KR, "KR", "2026-08-18" },
  { "2023-08-31", 30, CORR, "US", "2026-03-02" },       { "2023-07-17", 31, KR, "KR", "2026-02-19" },
  { "2026-02-28", 4, KR, "KR", "2026-06-30" },          { "2026-03-17", 4, KR, "KR", "2026-07-20" },
  { "2025-02-28", 2, KR, "KR", "2025-04-30" },          { "2024-02-29", 36, KR, "KR", "2027-03-02" },
  { "2025-02-28", 14, KR, "KR", "2026-04-30" },         { "2025-06-30", 16, KR, "KR", "2026-11-02" },
  { "2025-12-25", 12, KR, "KR", "2026-12-28" },         { "2026-06-25", 3, KR, "KR", "2026-09-28" },
  { "2023-06-15", 36, KR, "KR", "2026-06-15" },         { "2026-11-20", 3, KR, "KR", "2027-02-22" },
  { "2025-11-30", 3, CORR, "US", "2026-03-02" },        { "2025-01-31", 4, CORR, "US", "2025-06-02" },
  { "2025-07-03", 12, CORR, "US", "2026-07-06" },       { "2025-11-26", 3, CORR, "US", "2026-02-26" },
  { "2012-06-15", 12, CORR, "US-USPTO", "2013-06-17" }, { "2008-08-15", 12, CORR, "US-USPTO", "2009-08-17" },
  { "2025-04-01", 1, KR, "KR-KIPO", "2025-05-02" },     { "2025-04-01", 1, KR, "KR", "2025-05-01" },
};

static void
test_due (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dues); i++)
    {
      g_autoptr (NaruCalendar) calendar = load (dues[i].calendar);
      g_autoptr (GError) error = NULL;
      g_autofree char *found = NULL;
      NaruDate end = naru_date_add_months (date (dues[i].start), dues[i].months, dues[i].rule);
      NaruDate rolled = NARU_DATE_NONE;

      g_assert_true (naru_calendar_roll (calendar, end, 1, &rolled, &error));
      g_assert_no_error (error);
      found = naru_date_to_string (rolled);
      g_assert_cmpstr (found, ==, dues[i].due);
    }
}

static void
test_roll (void)
{
  g_autoptr (NaruCalendar) calendar = load ("KR");
  NaruDate rolled = NARU_DATE_NONE;

  g_assert_true (naru_calendar_roll (calendar, date ("2026-02-18"), -1, &rolled, NULL));
  g_assert_cmpint (rolled, ==, date ("2026-02-13"));
  g_assert_true (naru_calendar_roll (calendar, date ("2026-02-18"), 0, &rolled, NULL));
  g_assert_cmpint (rolled, ==, date ("2026-02-18"));
  g_assert_true (naru_calendar_roll (calendar, date ("2026-02-13"), 1, &rolled, NULL));
  g_assert_cmpint (rolled, ==, date ("2026-02-13"));
}

static void
refused (gboolean done, GError **error)
{
  g_assert_false (done);
  g_assert_error (*error, NARU_ERROR, NARU_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr ((*error)->message, "KR"));
  g_assert_nonnull (strstr ((*error)->message, "2018"));
  g_assert_nonnull (strstr ((*error)->message, "2027"));
  g_assert_nonnull (naru_error_get_cure (*error));
  g_clear_error (error);
}

static void
test_unknown_year (void)
{
  g_autoptr (NaruCalendar) calendar = load ("KR");
  GError *error = NULL;
  NaruDate found = 5;
  gint64 days = 5;
  gboolean working = FALSE;

  refused (naru_calendar_is_working (calendar, date ("2028-02-29"), &working, NULL, &error), &error);
  refused (naru_calendar_roll (calendar, date ("2017-12-31"), 1, &found, &error), &error);
  refused (naru_calendar_roll (calendar, date ("2018-01-01"), -1, &found, &error), &error);
  refused (naru_calendar_add_working_days (calendar, date ("2027-12-30"), 2, &found, &error), &error);
  refused (naru_calendar_add_working_days (calendar, date ("2018-01-03"), -2, &found, &error), &error);
  refused (naru_calendar_add_working_days (calendar, date ("2026-01-01"), G_MAXINT, &found, &error), &error);
  refused (naru_calendar_add_working_days (calendar, date ("2026-01-01"), G_MININT, &found, &error), &error);
  refused (naru_calendar_count_working_days (calendar, date ("2017-12-31"), date ("2026-01-01"), &days,
                                             &error),
           &error);
  refused (naru_calendar_count_working_days (calendar, date ("2026-01-01"), NARU_DATE_NONE, &days, &error),
           &error);
  g_assert_cmpint (found, ==, 5);
  g_assert_cmpint (days, ==, 5);
  g_assert_true (naru_calendar_add_working_days (calendar, date ("2027-12-30"), 1, &found, NULL));
  g_assert_cmpint (found, ==, date ("2027-12-31"));
}

/* Counting and adding by the table are held against walking day by day. */
static void
test_working_days (void)
{
  g_autoptr (NaruCalendar) calendar = load ("KR");
  NaruDate first = date ("2024-12-20"), last = date ("2027-12-31");
  gint64 walked = 0;

  for (NaruDate day = first + 1; day <= last; day++)
    {
      gboolean working = FALSE;
      gint64 counted = 0;
      NaruDate reached = NARU_DATE_NONE;

      g_assert_true (naru_calendar_is_working (calendar, day, &working, NULL, NULL));
      walked += working ? 1 : 0;
      g_assert_true (naru_calendar_count_working_days (calendar, first, day, &counted, NULL));
      g_assert_cmpint (counted, ==, walked);
      g_assert_true (naru_calendar_count_working_days (calendar, day, first, &counted, NULL));
      g_assert_cmpint (counted, ==, -walked);
      if (!working)
        continue;
      g_assert_true (naru_calendar_add_working_days (calendar, first, (int) walked, &reached, NULL));
      g_assert_cmpint (reached, ==, day);
      g_assert_true (naru_calendar_add_working_days (calendar, day, (int) -walked, &reached, NULL));
      g_assert_cmpint (reached, ==, first); /* a Friday */
    }
}

static void
test_working_days_by_hand (void)
{
  g_autoptr (NaruCalendar) calendar = load ("KR");
  NaruDate found = NARU_DATE_NONE;
  gint64 days = 0;

  /* the holidays of Seollal 2026 are Monday to Wednesday, 16 to 18 February */
  g_assert_true (
      naru_calendar_count_working_days (calendar, date ("2026-02-13"), date ("2026-02-20"), &days, NULL));
  g_assert_cmpint (days, ==, 2);
  g_assert_true (naru_calendar_add_working_days (calendar, date ("2026-02-14"), 1, &found, NULL));
  g_assert_cmpint (found, ==, date ("2026-02-19"));
  g_assert_true (naru_calendar_add_working_days (calendar, date ("2026-02-17"), -1, &found, NULL));
  g_assert_cmpint (found, ==, date ("2026-02-13"));
  g_assert_true (naru_calendar_add_working_days (calendar, date ("2026-02-17"), 0, &found, NULL));
  g_assert_cmpint (found, ==, date ("2026-02-17"));
}

static void
test_load_refuses (void)
{
  static const char *const rows[] = {
    "", "../KR", "KR/x", "KR.json", "", "한국", "KRKRKRKRKRKRKRKRKRKRKRKRKRKRKRKRK"
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) bad = NULL;
      g_assert_null (naru_calendar_load (rows[i], &bad));
      g_assert_error (bad, NARU_ERROR, NARU_ERROR_INVALID);
    }
  g_assert_null (naru_calendar_load ("XX", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (naru_calendar_load (NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

static NaruCalendar *
from_text (const char *text, GError **error)
{
  g_autoptr (NaruJson) json = naru_json_parse (text, -1, 0, NULL);

  g_assert_nonnull (json);
  return naru_calendar_new_from_json (json, "test", error);
}

static void
test_bad_files (void)
{
  static const char *const rows[] = {
    "{}",
    "[]",
    "{\"code\": \"X\"}",
    "{\"code\": \"X\", \"years\": {}}",
    "{\"code\": \"X\", \"years\": {\"26\": []}}",
    "{\"code\": \"X\", \"years\": {\"2026\": 1}}",
    "{\"code\": \"X\", \"years\": {\"2024\": [], \"2026\": []}}",
    "{\"code\": \"X\", \"years\": {\"2026\": [{\"date\": \"2025-01-01\", \"name\": {\"en\": \"a\", \"ko\": "
    "\"b\"}}]}}",
    "{\"code\": \"X\", \"years\": {\"2026\": [{\"date\": \"2026-02-30\", \"name\": {\"en\": \"a\", \"ko\": "
    "\"b\"}}]}}",
    "{\"code\": \"X\", \"years\": {\"2026\": [{\"date\": \"2026-02-20\", \"name\": {\"en\": \"a\"}}]}}",
    "{\"code\": \"X\", \"years\": {\"2026\": [{\"date\": \"2026-02-20\"}]}}",
    "{\"code\": \"X\", \"years\": {\"2026\": []}, \"weekend\": [0]}",
    "{\"code\": \"X\", \"years\": {\"2026\": []}, \"weekend\": [1, 2, 3, 4, 5, 6, 7]}",
    "{\"code\": \"X\", \"years\": {\"2026\": []}, \"weekend\": \"Sunday\"}",
    "{\"code\": \"X\", \"years\": {\"2026\": []}, \"every_year\": [{\"date\": \"5-1\"}]}",
    "{\"code\": \"X\", \"extends\": \"KR\", \"years\": {\"2028\": []}}",
    "{\"code\": \"../X\", \"years\": {\"2026\": []}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (from_text (rows[i], &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "test"));
    }
}

static void
test_own_weekend (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruCalendar) calendar =
      from_text ("{\"code\": \"X\", \"years\": {\"2026\": []}, \"weekend\": [5, 6]}", &error);
  gboolean friday = TRUE, sunday = FALSE;
  const char *name = NULL;

  g_assert_no_error (error);
  naru_language_set ("en");
  g_assert_true (naru_calendar_is_working (calendar, date ("2026-11-20"), &friday, &name, NULL));
  g_assert_true (naru_calendar_is_working (calendar, date ("2026-11-22"), &sunday, NULL, NULL));
  g_assert_false (friday);
  g_assert_cmpstr (name, ==, "Friday");
  g_assert_true (sunday);
  g_assert_cmpstr (naru_calendar_get_title (calendar), ==, "X");
  g_assert_null (naru_calendar_get_source (calendar));
}

/* A circle must end in an error, not in a full stack. */
static void
test_circle (void)
{
  g_autofree char *root = g_dir_make_tmp ("naru-calendar-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (root, "share", "calendars", NULL);
  g_autofree char *file = g_build_filename (folder, "LOOP.json", NULL);
  g_autofree char *share = g_path_get_dirname (folder);
  g_autofree char *before = g_strdup (g_getenv ("NARU_DATA_DIR"));
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "{\"code\": \"LOOP\", \"extends\": \"LOOP\"}", -1, NULL));
  g_setenv ("NARU_DATA_DIR", root, TRUE);
  g_assert_null (naru_calendar_load ("LOOP", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_setenv ("NARU_DATA_DIR", before, TRUE);
  g_unlink (file);
  g_rmdir (folder);
  g_rmdir (share);
  g_rmdir (root);
}

/* Each calendar that ships is whole and says where it comes from. */
static void
test_shipped (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) files = naru_data_list ("share/calendars", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (files), >=, 4);
  for (guint i = 0; files[i] != NULL; i++)
    {
      g_autofree char *code = g_strndup (files[i], strlen (files[i]) - strlen (".json"));
      g_autoptr (NaruCalendar) calendar = NULL;
      g_assert_true (g_str_has_suffix (files[i], ".json"));
      calendar = load (code);
      g_assert_nonnull (naru_calendar_get_source (calendar));
      g_assert_cmpstr (naru_calendar_get_title (calendar), !=, code);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/calendar/days", test_days);
  g_test_add_func ("/calendar/due", test_due);
  g_test_add_func ("/calendar/roll", test_roll);
  g_test_add_func ("/calendar/unknown-year", test_unknown_year);
  g_test_add_func ("/calendar/working-days", test_working_days);
  g_test_add_func ("/calendar/working-days/by-hand", test_working_days_by_hand);
  g_test_add_func ("/calendar/load-refuses", test_load_refuses);
  g_test_add_func ("/calendar/bad-files", test_bad_files);
  g_test_add_func ("/calendar/own-weekend", test_own_weekend);
  g_test_add_func ("/calendar/circle", test_circle);
  g_test_add_func ("/calendar/shipped", test_shipped);
  return g_test_run ();
}
