/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

#include <time.h>

static void
parses (const char *text, gint64 seconds, int offset_minutes, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  NaruTime value = { 0, 0 };

  g_assert_true (naru_time_parse (text, &value, &error));
  g_assert_no_error (error);
  g_assert_cmpint (value.seconds, ==, seconds);
  g_assert_cmpint (value.offset_minutes, ==, offset_minutes);
  found = naru_time_to_string (&value);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_parse (void)
{
  parses ("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00+00:00");
  parses ("2026-11-22T15:04:05+09:00", 1795327445, 540, "2026-11-22T15:04:05+09:00");
  parses ("2026-11-22 15:04:05+0900", 1795327445, 540, "2026-11-22T15:04:05+09:00");
  parses ("2026-11-22 15:04:05 +0900", 1795327445, 540, "2026-11-22T15:04:05+09:00");
  parses ("2026-11-22t06:04:05.999999z", 1795327445, 0, "2026-11-22T06:04:05+00:00");
  parses ("2026-11-22T02:34:05-03:30", 1795327445, -210, "2026-11-22T02:34:05-03:30");
  parses ("2105-12-31T23:59:59Z", 4291747199, 0, "2105-12-31T23:59:59+00:00");
  parses ("2106-01-01T08:59:59+09:00", 4291747199, 540, "2106-01-01T08:59:59+09:00");
  parses ("1969-12-31T20:00:00-04:00", 0, -240, "1969-12-31T20:00:00-04:00");
}

static void
test_refuses (void)
{
  static const char *const rows[] = { "",
                                      "2026-11-22",
                                      "2026-11-22T15:04:05",
                                      "2026-11-22T15:04+09:00",
                                      "2026-11-22T24:00:00Z",
                                      "2026-11-22T23:59:60Z",
                                      "2026-11-22T15:04:05.Z",
                                      "2026-11-22T15:04:05+9:00",
                                      "2026-11-22T15:04:05+24:00",
                                      "2026-11-22T15:04:05+09:60",
                                      "2026-11-22T15:04:05Zx",
                                      "2026-11-22X15:04:05Z",
                                      "2026-02-29T00:00:00Z",
                                      "1969-12-31T23:59:59Z",
                                      "1970-01-01T00:00:00+00:01",
                                      "2106-01-01T00:00:00Z",
                                      "2026-11-22T-5:04:05Z",
                                      "1795327445" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      NaruTime value = { 3, 4 };
      g_assert_false (naru_time_parse (rows[i], &value, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (naru_error_get_cure (error));
      g_assert_cmpint (value.seconds, ==, 3);
    }
  g_assert_false (naru_time_parse (NULL, NULL, NULL));
}

static void
test_set (void)
{
  g_autoptr (GError) error = NULL;
  NaruTime now = { 0, 0 };

  g_assert_true (naru_clock_set ("2026-11-22T15:04:05+09:00", &error));
  naru_clock_now (&now);
  g_assert_cmpint (now.seconds, ==, 1795327445);
  g_assert_cmpint (now.offset_minutes, ==, 540);

  g_assert_false (naru_clock_set ("tomorrow", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  naru_clock_now (&now);
  g_assert_cmpint (now.seconds, ==, 1795327445);
}

static void
test_environment (void)
{
  gint64 before = time (NULL);
  NaruTime now = { 0, 0 };

  g_setenv ("NARU_CLOCK", "2030-01-01T00:00:00-05:00", TRUE);
  g_assert_true (naru_clock_set (NULL, NULL));
  naru_clock_now (&now);
  g_assert_cmpint (now.seconds, ==, 1893474000);
  g_assert_cmpint (now.offset_minutes, ==, -300);

  g_unsetenv ("NARU_CLOCK");
  g_assert_true (naru_clock_set (NULL, NULL));
  naru_clock_now (&now);
  g_assert_cmpint (now.seconds, >=, before);
  g_assert_cmpint (now.seconds, <=, time (NULL));
}

static void
test_bad_environment (void)
{
  NaruTime now = { 0, 0 };

  g_setenv ("NARU_CLOCK", "noon", TRUE);
  g_assert_true (naru_clock_set (NULL, NULL));
  g_test_expect_message ("naru", G_LOG_LEVEL_WARNING, "*NARU_CLOCK*noon*");
  naru_clock_now (&now);
  g_test_assert_expected_messages ();
  g_assert_cmpint (now.seconds, >, 1700000000);
  g_unsetenv ("NARU_CLOCK");
}

static void
test_zone (void)
{
  NaruTime now = { 0, 0 };

  g_setenv ("TZ", "KST-9", TRUE);
  tzset ();
  g_assert_true (naru_clock_set (NULL, NULL));
  naru_clock_now (&now);
  g_assert_cmpint (now.offset_minutes, ==, 540);
  g_setenv ("TZ", "NST3:30", TRUE);
  tzset ();
  naru_clock_now (&now);
  g_assert_cmpint (now.offset_minutes, ==, -210);
}

static void
test_display (void)
{
  NaruTime value = { 0, 0 };
  g_autofree char *korean = NULL;
  g_autofree char *english = NULL;

  g_assert_true (naru_time_parse ("2026-11-22T00:04:05+09:00", &value, NULL));
  naru_language_set ("ko");
  korean = naru_time_to_display (&value);
  naru_language_set ("en");
  english = naru_time_to_display (&value);
  g_assert_cmpstr (korean, ==, "2026. 11. 22. 00:04");
  g_assert_cmpstr (english, ==, "22 Nov 2026 00:04");
  /* the day is that of the person, although it is still the 21st in UTC */
  g_assert_cmpint (naru_time_to_date (&value), ==, naru_date_new (2026, 11, 22));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/clock/parse", test_parse);
  g_test_add_func ("/clock/refuses", test_refuses);
  g_test_add_func ("/clock/set", test_set);
  g_test_add_func ("/clock/environment", test_environment);
  g_test_add_func ("/clock/environment/bad", test_bad_environment);
  g_test_add_func ("/clock/zone", test_zone);
  g_test_add_func ("/clock/display", test_display);
  return g_test_run ();
}
