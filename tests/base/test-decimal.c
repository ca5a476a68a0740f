/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

static NaruDecimal
decimal (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruDecimal value = { 0, 0 };

  g_assert_true (naru_decimal_parse (text, &value, &error));
  g_assert_no_error (error);
  return value;
}

static void
test_spelling (void)
{
  static const char *const rows[][2] = {
    { "0", "0" },
    { "-0", "0" },
    { "-0.00", "0" },
    { "7", "7" },
    { "-12.50", "-12.5" },
    { "0.05", "0.05" },
    { "-0.05", "-0.05" },
    { "007", "7" },
    { "100", "100" },
    { "33.333333333333", "33.333333333333" },
    { "0.000000000001", "0.000000000001" },
    { "999999999999999999999999999999", "999999999999999999999999999999" },
    { "-999999999999999999.999999999999", "-999999999999999999.999999999999" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NaruDecimal value = decimal (rows[i][0]);
      g_autofree char *text = naru_decimal_to_string (&value);
      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_refuses (void)
{
  static const char *const rows[] = { "",
                                      "-",
                                      "+1",
                                      "1.",
                                      ".5",
                                      "1e3",
                                      "1E3",
                                      "1,000",
                                      " 1",
                                      "1 ",
                                      "0x10",
                                      "NaN",
                                      "inf",
                                      "--1",
                                      "1.2.3",
                                      "１２",
                                      "1-",
                                      "-.5",
                                      "1\n",
                                      "1000000000000000000000000000000",
                                      "0.0000000000001" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      NaruDecimal value = { 0, 0 };
      g_assert_false (naru_decimal_parse (rows[i], &value, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (naru_error_get_cure (error));
    }
  g_assert_false (naru_decimal_parse (NULL, NULL, NULL));
}

static void
test_compare (void)
{
  /* in rising order */
  static const char *const rows[] = { "-999999999999999999999999999999",
                                      "-1.000000000001",
                                      "-1",
                                      "-0.5",
                                      "0",
                                      "0.000000000001",
                                      "0.05",
                                      "0.5",
                                      "1",
                                      "33.3",
                                      "33.34",
                                      "999999999999999999999999999999" };
  NaruDecimal a = decimal ("1.50"), b = decimal ("1.5"), c = decimal ("-0"), d = decimal ("0.0");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint j = 0; j < G_N_ELEMENTS (rows); j++)
      {
        NaruDecimal x = decimal (rows[i]), y = decimal (rows[j]);
        g_assert_cmpint (naru_decimal_compare (&x, &y), ==, (i > j) - (i < j));
      }
  g_assert_cmpint (naru_decimal_compare (&a, &b), ==, 0);
  g_assert_cmpint (naru_decimal_compare (&c, &d), ==, 0);
}

static void
calculate (const char *a, char operation, const char *b, const char *expected)
{
  NaruDecimal x = decimal (a), y = decimal (b), result = { 77, 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean done = operation == '+' ? naru_decimal_add (&x, &y, &result, &error)
                                   : naru_decimal_multiply (&x, &y, &result, &error);

  if (expected == NULL)
    {
      g_assert_false (done);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpint ((int) result.units, ==, 77);
      return;
    }
  g_assert_no_error (error);
  text = naru_decimal_to_string (&result);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_calculate (void)
{
  calculate ("0.1", '+', "0.2", "0.3");
  calculate ("33.3", '+', "66.7", "100");
  calculate ("-1", '+', "0.000000000001", "-0.999999999999");
  calculate ("999999999999999999999999999999", '+', "-1", "999999999999999999999999999998");
  calculate ("999999999999999999999999999999", '+', "1", NULL);
  calculate ("999999999999999999999999999999", '+', "0.5", NULL);
  calculate ("10000000000000000000000000000.0", '+', "0", "10000000000000000000000000000");
  calculate ("12.5", '*', "-0.08", "-1");
  calculate ("0.000001", '*', "0.000001", "0.000000000001");
  calculate ("0.0000001", '*', "0.000001", NULL);
  calculate ("0.0000005", '*', "0.000002", "0.000000000001");
  calculate ("999999999999999", '*', "1000000000000000", "999999999999999000000000000000");
  calculate ("999999999999999999999999999999", '*', "2", NULL);
  calculate ("999999999999999999999999999999", '*', "999999999999999999999999999999", NULL);
}

static void
shown (const char *text, const char *currency, const char *language, const char *expected)
{
  NaruDecimal value = decimal (text);
  g_autofree char *display = NULL;

  naru_language_set (language);
  display = naru_decimal_to_display (&value, currency);
  g_assert_cmpstr (display, ==, expected);
}

static void
test_display (void)
{
  shown ("1230000000", "KRW", "ko", "12억 3,000만 원");
  shown ("1230000000", "KRW", "en", "KRW 1,230,000,000");
  shown ("12345678901234", "KRW", "ko", "12조 3,456억 7,890만 1,234원");
  shown ("100000001", "KRW", "ko", "1억 1원");
  shown ("10000", "KRW", "ko", "1만 원");
  shown ("9500", "KRW", "ko", "9,500원");
  shown ("0", "KRW", "ko", "0원");
  shown ("-50000", "KRW", "ko", "-5만 원");
  shown ("0.5", "KRW", "ko", "0.5원");
  shown ("100000000000000000000000000000", "KRW", "ko", "10양 원");
  shown ("1234.5", "USD", "ko", "USD 1,234.50");
  shown ("1234.5", "USD", "en", "USD 1,234.50");
  shown ("1234", "EUR", "en", "EUR 1,234");
  shown ("-1234567.125", NULL, "en", "-1,234,567.125");
  shown ("33.5", NULL, "ko", "33.5");
  shown ("999", NULL, "en", "999");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/decimal/spelling", test_spelling);
  g_test_add_func ("/decimal/refuses", test_refuses);
  g_test_add_func ("/decimal/compare", test_compare);
  g_test_add_func ("/decimal/calculate", test_calculate);
  g_test_add_func ("/decimal/display", test_display);
  return g_test_run ();
}
