/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-decimal.h"

#include "naru-error.h"
#include "naru-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_DIGITS 30
#define MAX_SCALE 12

typedef unsigned __int128 Magnitude;

static Magnitude
power_of_ten (guint exponent)
{
  Magnitude value = 1;

  while (exponent-- > 0)
    value *= 10;
  return value;
}

static Magnitude
magnitude (__int128 units)
{
  return units < 0 ? -(Magnitude) units : (Magnitude) units;
}

static gboolean
set_malformed (const char *text, GError **error)
{
  g_autofree char *shown = naru_text_fit (text != NULL ? text : "", 40);

  naru_set_error (
      error, NARU_ERROR_INVALID, NULL, 0,
      _ ("Write digits, and a point before decimals, as in 1250000 or 33.5; no commas and no exponent."),
      _ ("“%s” is not a decimal number"), g_strchomp (shown));
  return FALSE;
}

static gboolean
set_too_precise (GError **error)
{
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Use a number with fewer digits."),
                  _ ("the number has more than %d digits, or more than %d after the point"), MAX_DIGITS,
                  MAX_SCALE);
  return FALSE;
}

/**
 * naru_decimal_parse: (skip)
 * @text: (nullable): an optional "-", digits, and optionally a point with digits after it
 * @decimal: (out caller-allocates): the number, exact, with the scale that @text has
 * @error: %NARU_ERROR_INVALID
 *
 * Returns: whether @text is a decimal number of at most 30 digits, 12 of them after the point
 */
gboolean
naru_decimal_parse (const char *text, NaruDecimal *decimal, GError **error)
{
  const char *p = text;
  __int128 units = 0;
  guint digits = 0, scale = 0;
  gboolean negative = FALSE, point = FALSE;

  if (text == NULL)
    return set_malformed (text, error);
  negative = *p == '-';
  if (negative)
    p++;
  for (; *p != '\0'; p++)
    {
      if (*p == '.' && !point && digits > 0)
        {
          point = TRUE;
          continue;
        }
      if (!g_ascii_isdigit (*p))
        return set_malformed (text, error);
      if (++digits > MAX_DIGITS)
        return set_too_precise (error);
      units = units * 10 + (*p - '0');
      scale += point ? 1 : 0;
    }
  if (digits == 0 || (point && scale == 0))
    return set_malformed (text, error);
  if (scale > MAX_SCALE)
    return set_too_precise (error);
  decimal->units = negative ? -units : units;
  decimal->scale = (guint8) scale;
  return TRUE;
}

/* Drops zeros at the end that say nothing. */
static NaruDecimal
shorten (NaruDecimal decimal)
{
  while (decimal.scale > 0 && decimal.units % 10 == 0)
    {
      decimal.units /= 10;
      decimal.scale--;
    }
  return decimal;
}

/* Writes the digits of @value, at least @least of them; returns where they begin in @buffer. */
static char *
write_digits (Magnitude value, guint least, char buffer[48])
{
  char *p = buffer + 47;

  *p = '\0';
  for (guint count = 0; value > 0 || count < least; count++, value /= 10)
    *--p = (char) ('0' + (int) (value % 10));
  return p;
}

/**
 * naru_decimal_to_string: (skip)
 * @decimal: a number
 *
 * Returns: (transfer full): its one spelling: no zeros that say nothing, no "-0"
 */
char *
naru_decimal_to_string (const NaruDecimal *decimal)
{
  NaruDecimal value = shorten (*decimal);
  char buffer[48];
  const char *digits = write_digits (magnitude (value.units), value.scale + 1u, buffer);
  int whole = (int) strlen (digits) - value.scale;

  return g_strdup_printf ("%s%.*s%s%s", value.units < 0 ? "-" : "", whole, digits, value.scale > 0 ? "." : "",
                          digits + whole);
}

static void
append_grouped (GString *result, const char *digits, int length)
{
  for (int i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (result, ',');
      g_string_append_c (result, digits[i]);
    }
}

/* Koreans count by ten thousands: 1234567890 is 12억 3,456만 7,890. */
static void
append_korean (GString *result, const char *digits, int length)
{
  static const char *const names[] = { "", "만", "억", "조", "경", "해", "자", "양" };
  gsize start = result->len;

  for (int groups = (length + 3) / 4; groups > 0; groups--)
    {
      int size = length - (groups - 1) * 4;
      while (size > 0 && *digits == '0')
        {
          digits++;
          size--;
          length--;
        }
      if (size > 0)
        {
          if (result->len > start)
            g_string_append_c (result, ' ');
          append_grouped (result, digits, size);
          g_string_append (result, names[groups - 1]);
        }
      digits += size;
      length -= size;
    }
  if (result->len == start)
    g_string_append_c (result, '0');
}

static gboolean
has_hundredths (const char *currency)
{
  static const char *const without[] = { "KRW", "JPY", "VND", "CLP", "ISK" };

  for (guint i = 0; i < G_N_ELEMENTS (without); i++)
    if (g_str_equal (currency, without[i]))
      return FALSE;
  return TRUE;
}

/**
 * naru_decimal_to_display: (skip)
 * @decimal: a number
 * @currency: (nullable): a code of ISO 4217, or %NULL for a plain number
 *
 * Returns: (transfer full): the number for people, as in "12억 3,000만 원" or "KRW 1,230,000,000"
 */
char *
naru_decimal_to_display (const NaruDecimal *decimal, const char *currency)
{
  NaruDecimal value = shorten (*decimal);
  gboolean won =
      currency != NULL && g_str_equal (currency, "KRW") && g_str_equal (naru_language_get (), "ko");
  GString *result = g_string_new (NULL);
  char buffer[48];
  const char *digits = write_digits (magnitude (value.units), value.scale + 1u, buffer);
  int whole = (int) strlen (digits) - value.scale;

  if (currency != NULL && !won)
    g_string_append_printf (result, "%s ", currency);
  if (value.units < 0)
    g_string_append_c (result, '-');
  if (won)
    append_korean (result, digits, whole);
  else
    append_grouped (result, digits, whole);
  if (value.scale > 0)
    g_string_append_printf (result, ".%s%s", digits + whole,
                            value.scale == 1 && currency != NULL && has_hundredths (currency) ? "0" : "");
  if (won)
    g_string_append (result, g_ascii_isdigit (result->str[result->len - 1]) ? "원" : " 원");
  return g_string_free (result, FALSE);
}

/**
 * naru_decimal_compare: (skip)
 * @a: a number
 * @b: another
 *
 * Returns: less than, equal to or greater than 0, as @a is to @b
 */
int
naru_decimal_compare (const NaruDecimal *a, const NaruDecimal *b)
{
  __int128 unit_a = (__int128) power_of_ten (a->scale);
  __int128 unit_b = (__int128) power_of_ten (b->scale);
  __int128 whole_a = a->units / unit_a, whole_b = b->units / unit_b;
  __int128 rest_a = 0, rest_b = 0;

  if (whole_a != whole_b)
    return whole_a < whole_b ? -1 : 1;
  /* bringing the whole numbers to one scale could overflow; what is after the point cannot */
  rest_a = a->units % unit_a * (__int128) power_of_ten (MAX_SCALE - a->scale);
  rest_b = b->units % unit_b * (__int128) power_of_ten (MAX_SCALE - b->scale);
  return (rest_a > rest_b) - (rest_a < rest_b);
}

static gboolean
finish (NaruDecimal value, NaruDecimal *result, GError **error)
{
  if (value.scale > MAX_SCALE || magnitude (value.units) >= power_of_ten (MAX_DIGITS))
    return set_too_precise (error);
  *result = value;
  return TRUE;
}

/**
 * naru_decimal_add: (skip)
 * @a: a number
 * @b: another
 * @sum: (out caller-allocates): their exact sum; may be @a or @b
 * @error: %NARU_ERROR_INVALID when the sum has too many digits
 *
 * Returns: whether @sum was set
 */
gboolean
naru_decimal_add (const NaruDecimal *a, const NaruDecimal *b, NaruDecimal *sum, GError **error)
{
  NaruDecimal x = shorten (*a), y = shorten (*b), value = { 0, 0 };

  value.scale = MAX (x.scale, y.scale);
  if (__builtin_mul_overflow (x.units, (__int128) power_of_ten (value.scale - x.scale), &x.units) ||
      __builtin_mul_overflow (y.units, (__int128) power_of_ten (value.scale - y.scale), &y.units) ||
      __builtin_add_overflow (x.units, y.units, &value.units))
    return set_too_precise (error);
  return finish (shorten (value), sum, error);
}

/**
 * naru_decimal_multiply: (skip)
 * @a: a number
 * @b: another
 * @product: (out caller-allocates): their exact product; may be @a or @b
 * @error: %NARU_ERROR_INVALID when the product has too many digits
 *
 * Returns: whether @product was set
 */
gboolean
naru_decimal_multiply (const NaruDecimal *a, const NaruDecimal *b, NaruDecimal *product, GError **error)
{
  NaruDecimal x = shorten (*a), y = shorten (*b), value = { 0, 0 };

  value.scale = (guint8) (x.scale + y.scale);
  if (__builtin_mul_overflow (x.units, y.units, &value.units))
    return set_too_precise (error);
  return finish (shorten (value), product, error);
}
