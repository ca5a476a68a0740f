/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

static NaruDate
date (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruDate value = NARU_DATE_NONE;

  g_assert_true (naru_date_parse (text, &value, &error));
  g_assert_no_error (error);
  return value;
}

/* Every day of three centuries, held against GLib's own reckoning. */
static void
test_every_day (void)
{
  GDate day;
  NaruDate first = date ("1900-01-01"), last = date ("2199-12-31");

  g_date_clear (&day, 1);
  g_date_set_dmy (&day, 1, G_DATE_JANUARY, 1900);
  for (NaruDate value = first; value <= last; value++, g_date_add_days (&day, 1))
    {
      int year = 0, month = 0, number = 0;
      char expected[16];
      g_autofree char *text = naru_date_to_string (value);

      naru_date_get (value, &year, &month, &number);
      g_date_strftime (expected, sizeof expected, "%Y-%m-%d", &day);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpint (naru_date_new (year, month, number), ==, value);
      g_assert_cmpint (date (text), ==, value);
      g_assert_cmpint (naru_date_get_weekday (value), ==, (int) g_date_get_weekday (&day));
    }
  g_assert_cmpint (g_date_get_year (&day), ==, 2200);
  g_assert_cmpint (date ("1970-01-01"), ==, 0);
}

static void
test_refuses (void)
{
  static const char *const rows[] = {
    "",           "2026",       "2026-2-3",    "2026-02-30",  "2025-02-29",
    "2026-13-01", "2026-00-10", "2026-01-00",  "1899-12-31",  "2200-01-01",
    "0000-00-00", "2026/01/01", "2026-01-01 ", " 2026-01-01", "2026-01-01T00:00:00Z",
    "+026-01-01", "20２6-01-0", "1900-02-29",  "2100-02-29",  "26-11-2222"
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      NaruDate value = 5;
      g_assert_false (naru_date_parse (rows[i], &value, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (naru_error_get_cure (error));
      g_assert_cmpint (value, ==, 5);
    }
  g_assert_false (naru_date_parse (NULL, NULL, NULL));
  g_assert_cmpint (naru_date_new (2026, 2, 29), ==, NARU_DATE_NONE);
  g_assert_null (naru_date_to_string (NARU_DATE_NONE));
}

static void
test_display (void)
{
  g_autofree char *korean = NULL;
  g_autofree char *english = NULL;
  g_autofree char *none = naru_date_to_display (NARU_DATE_NONE);

  naru_language_set ("ko");
  korean = naru_date_to_display (date ("2026-11-02"));
  naru_language_set ("en");
  english = naru_date_to_display (date ("2026-11-02"));
  g_assert_cmpstr (korean, ==, "2026. 11. 2.");
  g_assert_cmpstr (english, ==, "2 Nov 2026");
  g_assert_cmpstr (none, ==, "");
}

typedef struct
{
  const char *start;
  int months;
  const char *corresponding; /* NULL where the source says nothing about this rule */
  const char *korean;
  const char *source;
} Vector;

static const Vector vectors[] = {
  { "2021-11-30", 3, "2022-02-28", NULL, "MPEP 710.01(a); Ex parte Messick" },
  { "2023-11-30", 3, "2024-02-29", NULL, "MPEP 710.01(a)" },
  { "2025-02-28", 3, "2025-05-28", NULL, "MPEP 710.01(a): not the last day of May" },
  { "2024-01-31", 3, "2024-04-30", NULL, "MPEP 710.01(a)" },
  { "2024-01-31", 4, "2024-05-31", NULL, "MPEP 710.01(a): an extension counts from the mailing date" },
  { "2012-06-15", 12, "2013-06-15", NULL, "35 U.S.C. 119(e)(3)" },
  { "2008-08-15", 12, "2009-08-15", NULL, "PCT Rules 2.4(b), 80.5" },
  { "2012-03-05", 12, "2013-03-05", NULL, "PCT Rule 80.1" },
  { "2012-02-29", 12, "2013-02-28", NULL, "PCT Rule 80.1" },
  { "2023-11-06", 4, "2024-03-06", NULL, "EPC Rules 126(2), 131(4)" },
  { "2025-04-18", 3, NULL, "2025-07-18", "Patent Act of Japan, Article 3(1), same rule" },
  { "2024-02-29", 12, "2025-02-28", "2025-02-28", "Paris Convention, Article 4C" },
  { "2027-02-28", 12, "2028-02-28", "2028-02-29", "특허법 제14조: 2월 말일" },
  { "2023-08-31", 30, "2026-02-28", "2026-02-28", "PCT Article 22" },
  { "2023-07-17", 31, "2026-02-17", "2026-02-17", "특허법 제201조" },
  { "2026-02-28", 4, "2026-06-28", "2026-06-30", "특허법 제14조" },
  { "2025-02-28", 2, "2025-04-28", "2025-04-30", "특허법 제14조" },
  { "2024-02-29", 36, "2027-02-28", "2027-02-28", "특허법 제59조" },
  { "2025-02-28", 14, "2026-04-28", "2026-04-30", "특허법 제42조의2" },
  { "2025-06-30", 16, "2026-10-30", "2026-10-31", "특허법 제54조; PCT Rule 17.1" },
  { "2026-08-31", 3, "2026-11-30", "2026-11-30", "국가연구개발혁신법 시행령 제35조" },
  { "2026-08-31", 6, "2027-02-28", "2027-02-28", "민법 제160조" },
  { "2025-01-31", 6, "2025-07-31", "2025-07-31", "Japan and Korea" },
  { "2025-02-28", 6, "2025-08-28", "2025-08-31", "Japan and Korea" },
  { "2025-02-27", 6, "2025-08-27", "2025-08-27", "Japan and Korea" },
  { "2025-08-30", 6, "2026-02-28", "2026-02-28", "Japan and Korea" },
  { "2023-08-30", 6, "2024-02-29", "2024-02-29", "Japan and Korea, leap year" },
  { "2026-07-31", 0, "2026-07-31", "2026-07-31", "no period" },
};

static void
reaches (const Vector *vector, NaruMonthRule rule, const char *expected)
{
  g_autofree char *found = NULL;

  if (expected == NULL)
    return;
  found = naru_date_to_string (naru_date_add_months (date (vector->start), vector->months, rule));
  if (g_strcmp0 (found, expected) != 0)
    g_test_message ("%s + %d months, %s", vector->start, vector->months, vector->source);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_months (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      reaches (&vectors[i], NARU_MONTH_RULE_CORRESPONDING, vectors[i].corresponding);
      reaches (&vectors[i], NARU_MONTH_RULE_KOREAN, vectors[i].korean);
    }
}

/* What the two rules have in common and where they part, for every day of six years and every period to four
 * years. */
static void
test_months_compared (void)
{
  for (NaruDate start = date ("2023-01-01"); start <= date ("2028-12-31"); start++)
    for (int months = 1; months <= 48; months++)
      {
        NaruDate corresponding = naru_date_add_months (start, months, NARU_MONTH_RULE_CORRESPONDING);
        NaruDate korean = naru_date_add_months (start, months, NARU_MONTH_RULE_KOREAN);
        int day = 0, tomorrow = 0;

        naru_date_get (start, NULL, NULL, &day);
        naru_date_get (start + 1, NULL, NULL, &tomorrow);
        g_assert_cmpint (korean, >=, corresponding);
        if (tomorrow != 1)
          g_assert_cmpint (korean, ==, corresponding);
        else
          {
            naru_date_get (korean + 1, NULL, NULL, &day);
            g_assert_cmpint (day, ==, 1);
          }
      }
}

static void
test_months_range (void)
{
  NaruDate last = date ("2199-12-31"), first = date ("1900-01-01");

  g_assert_cmpint (naru_date_add_months (last, 1, NARU_MONTH_RULE_CORRESPONDING), ==, NARU_DATE_NONE);
  g_assert_cmpint (naru_date_add_months (last, 0, NARU_MONTH_RULE_KOREAN), ==, last);
  g_assert_cmpint (naru_date_add_months (last, G_MAXINT, NARU_MONTH_RULE_KOREAN), ==, NARU_DATE_NONE);
  g_assert_cmpint (naru_date_add_months (first, G_MININT, NARU_MONTH_RULE_CORRESPONDING), ==, NARU_DATE_NONE);
  g_assert_cmpint (naru_date_add_months (first, -1, NARU_MONTH_RULE_KOREAN), ==, NARU_DATE_NONE);
  g_assert_cmpint (naru_date_add_months (NARU_DATE_NONE, 1, NARU_MONTH_RULE_KOREAN), ==, NARU_DATE_NONE);
  g_assert_cmpint (naru_date_add_months (date ("2026-03-31"), -1, NARU_MONTH_RULE_CORRESPONDING), ==,
                   date ("2026-02-28"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/date/every-day", test_every_day);
  g_test_add_func ("/date/refuses", test_refuses);
  g_test_add_func ("/date/display", test_display);
  g_test_add_func ("/date/months", test_months);
  g_test_add_func ("/date/months/compared", test_months_compared);
  g_test_add_func ("/date/months/range", test_months_range);
  return g_test_run ();
}
