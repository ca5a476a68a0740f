/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

/* The small forms: dates, times, amounts, ids, names, text that a terminal shows. What is taken is written
 * back as it is kept, and taken again. */

static void
check_date (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruDate date, again;

  if (!naru_date_parse (text, &date, &error))
    {
      fuzz_check_error (error);
      return;
    }
  g_autofree char *written = naru_date_to_string (date);
  g_assert_cmpstr (written, ==, text);
  g_assert_true (naru_date_parse (written, &again, &error));
  g_assert_cmpint (date, ==, again);
}

static void
check_time (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruTime time, again;

  if (!naru_time_parse (text, &time, &error))
    {
      fuzz_check_error (error);
      return;
    }
  g_autofree char *written = naru_time_to_string (&time);
  g_assert_true (naru_time_parse (written, &again, &error));
  g_assert_cmpint (time.seconds, ==, again.seconds);
  g_assert_cmpint (time.offset_minutes, ==, again.offset_minutes);
}

static void
check_decimal (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruDecimal decimal, again, sum, product;

  if (!naru_decimal_parse (text, &decimal, &error))
    {
      fuzz_check_error (error);
      return;
    }
  g_autofree char *written = naru_decimal_to_string (&decimal);
  g_autofree char *shown = naru_decimal_to_display (&decimal, "KRW");
  g_assert_nonnull (shown);
  g_assert_true (naru_decimal_parse (written, &again, &error));
  g_assert_cmpint (naru_decimal_compare (&decimal, &again), ==, 0);
  if (naru_decimal_add (&decimal, &decimal, &sum, NULL))
    {
      g_autofree char *doubled = naru_decimal_to_string (&sum);
      g_assert_true (naru_decimal_parse (doubled, &again, &error));
    }
  naru_decimal_multiply (&decimal, &decimal, &product, NULL);
}

static void
check_id (const char *text)
{
  NaruId id;

  if (!naru_id_parse (text, &id))
    return;
  g_autofree char *written = naru_id_format (id.hub, id.code, id.year, id.number);
  g_assert_cmpstr (written, ==, text);
}

static void
check_text (const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *normal = naru_text_normalize (text, (gssize) size, NARU_TEXT_MAX, &error);

  if (normal == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_autofree char *again = naru_text_normalize (normal, -1, 4 * NARU_TEXT_MAX, &error);
  g_autofree char *folded = naru_text_fold (normal);
  g_autofree char *line = naru_text_one_line (normal);
  g_autofree char *index = naru_index_fold (normal);
  g_assert_cmpstr (normal, ==, again);
  g_assert_true (g_utf8_validate (folded, -1, NULL) && g_utf8_validate (index, -1, NULL));
  g_assert_null (strchr (line, '\n'));
  for (guint cells = 1; cells < 40; cells += 13)
    {
      g_autofree char *fit = naru_text_fit (line, cells);
      g_assert_cmpuint (naru_text_cells (fit), <=, cells);
      g_assert_true (g_utf8_validate (fit, -1, NULL));
    }
  naru_text_is_safe_name (normal);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  check_date (text);
  check_time (text);
  check_decimal (text);
  check_id (text);
  check_text ((const char *) data, size);
  return 0;
}
