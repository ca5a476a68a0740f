/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Below this many elements comparing each with each is cheaper than hashing them. */
#define PAIRWISE_MAX 16

#define TWO_TO_63 9223372036854775808.0

static int
compare_integer_real (json_int_t integer, double real)
{
  if (real >= TWO_TO_63)
    return -1;
  if (real < -TWO_TO_63)
    return 1;

  const double whole = trunc (real);
  const json_int_t truncated = (json_int_t) whole;
  if (integer != truncated)
    return integer < truncated ? -1 : 1;
  return (whole > real) - (whole < real);
}

/* Exact: an int64 is never rounded to a double. */
int
naru_schema_compare_numbers (json_t *a, json_t *b)
{
  if (json_is_integer (a) && json_is_integer (b))
    {
      const json_int_t x = json_integer_value (a), y = json_integer_value (b);
      return (x > y) - (x < y);
    }
  if (json_is_integer (a))
    return compare_integer_real (json_integer_value (a), json_real_value (b));
  if (json_is_integer (b))
    return -compare_integer_real (json_integer_value (b), json_real_value (a));

  const double x = json_real_value (a), y = json_real_value (b);
  return (x > y) - (x < y);
}

gboolean
naru_schema_is_integral (json_t *number)
{
  if (json_is_integer (number))
    return TRUE;
  return json_is_real (number) && trunc (json_real_value (number)) == json_real_value (number);
}

static void
strip_zeros (NaruSchemaDecimal *decimal)
{
  while (decimal->digits != 0 && decimal->digits % 10 == 0)
    {
      decimal->digits /= 10;
      decimal->exponent++;
    }
}

/* A real stands for the shortest decimal that reads back as the same double: 0.0075 is 75e-4, not what its
 * bits add up to. 17 significant digits always suffice. */
static void
decimal_init_real (NaruSchemaDecimal *decimal, double real)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  for (int precision = 14; precision <= 16; precision++)
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%de", precision);
      g_ascii_formatd (text, sizeof text, format, fabs (real));
      if (g_ascii_strtod (text, NULL) == fabs (real))
        break;
    }

  decimal->negative = real < 0;
  const char *c = text;
  int decimals = 0;
  gboolean after_point = FALSE;
  for (; *c != '\0' && *c != 'e'; c++)
    {
      if (*c == '.')
        {
          after_point = TRUE;
          continue;
        }
      decimal->digits = decimal->digits * 10 + (guint64) (*c - '0');
      decimals += after_point;
    }
  decimal->exponent = (*c == 'e' ? (int) g_ascii_strtoll (c + 1, NULL, 10) : 0) - decimals;
}

void
naru_schema_decimal_init (NaruSchemaDecimal *decimal, json_t *number)
{
  *decimal = (NaruSchemaDecimal){ 0 };
  if (json_is_integer (number))
    {
      const json_int_t value = json_integer_value (number);
      decimal->negative = value < 0;
      decimal->digits = value < 0 ? 0 - (guint64) value : (guint64) value;
    }
  else
    decimal_init_real (decimal, json_real_value (number));
  strip_zeros (decimal);
}

/* @number / @divisor is whole, in decimal arithmetic and without rounding */
gboolean
naru_schema_is_multiple (json_t *number, const NaruSchemaDecimal *divisor)
{
  NaruSchemaDecimal dividend;
  naru_schema_decimal_init (&dividend, number);
  if (dividend.digits == 0)
    return TRUE;

  int shift = dividend.exponent - divisor->exponent;
  if (shift < 0) /* digits would have to end in zeros, and never do */
    return FALSE;

  __uint128_t rest = dividend.digits % divisor->digits;
  for (; shift > 0 && rest != 0; shift--)
    rest = rest * 10 % divisor->digits;
  return rest == 0;
}

static gboolean
objects_equal (NaruSchemaCheck *check, json_t *a, json_t *b)
{
  if (json_object_size (a) != json_object_size (b))
    return FALSE;

  const char *key;
  json_t *value;
  json_object_foreach (a, key, value)
    {
      json_t *other = json_object_get (b, key);
      if (other == NULL || !naru_schema_equal (check, value, other))
        return FALSE;
    }
  return TRUE;
}

static gboolean
arrays_equal (NaruSchemaCheck *check, json_t *a, json_t *b)
{
  const size_t size = json_array_size (a);
  if (size != json_array_size (b))
    return FALSE;
  for (size_t i = 0; i < size; i++)
    if (!naru_schema_equal (check, json_array_get (a, i), json_array_get (b, i)))
      return FALSE;
  return TRUE;
}

gboolean
naru_schema_equal (NaruSchemaCheck *check, json_t *a, json_t *b)
{
  if (!naru_schema_check_step (check, NULL))
    return FALSE;
  if (a == b)
    return TRUE;
  if (json_is_number (a) && json_is_number (b))
    return naru_schema_compare_numbers (a, b) == 0;
  if (json_typeof (a) != json_typeof (b))
    return FALSE;

  switch (json_typeof (a))
    {
    case JSON_STRING:
      return json_string_length (a) == json_string_length (b) &&
             memcmp (json_string_value (a), json_string_value (b), json_string_length (a)) == 0;
    case JSON_ARRAY:
      return arrays_equal (check, a, b);
    case JSON_OBJECT:
      return objects_equal (check, a, b);
    default:
      return TRUE; /* true, false and null are their own types */
    }
}

/* Seeded, so that nobody can prepare an array whose elements all fall together. */
static guint64
hash_bytes (guint64 hash, gconstpointer data, size_t size)
{
  const guint8 *bytes = data;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash ^ (hash >> 29);
}

/* Equal values have equal hashes; members of an object are summed up because their order does not count. */
static guint64
hash_value (guint64 seed, json_t *value)
{
  const json_type type = json_is_real (value) ? JSON_INTEGER : json_typeof (value);
  guint64 hash = hash_bytes (seed, &type, sizeof type);

  switch (json_typeof (value))
    {
    case JSON_STRING:
      return hash_bytes (hash, json_string_value (value), json_string_length (value));
    case JSON_INTEGER:
    case JSON_REAL:
      {
        const double number = json_number_value (value) + 0.0; /* -0.0 becomes 0.0 */
        return hash_bytes (hash, &number, sizeof number);
      }
    case JSON_ARRAY:
      for (size_t i = 0; i < json_array_size (value); i++)
        {
          const guint64 element = hash_value (seed, json_array_get (value, i));
          hash = hash_bytes (hash, &element, sizeof element);
        }
      return hash;
    case JSON_OBJECT:
      {
        const char *key;
        json_t *member;
        json_object_foreach (value, key, member)
          hash += hash_bytes (hash_value (seed, member), key, strlen (key));
        return hash;
      }
    default:
      return hash;
    }
}

typedef struct
{
  guint64 hash;
  size_t index;
} HashedElement;

static int
compare_hashed (const void *a, const void *b)
{
  const HashedElement *x = a, *y = b;
  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

static gssize
find_duplicate_hashed (NaruSchemaCheck *check, json_t *array)
{
  const size_t size = json_array_size (array);
  g_autofree HashedElement *elements = g_new (HashedElement, size);
  const guint64 seed = ((guint64) g_random_int () << 32) | g_random_int ();
  for (size_t i = 0; i < size; i++)
    elements[i] = (HashedElement){ hash_value (seed, json_array_get (array, i)), i };
  qsort (elements, size, sizeof *elements, compare_hashed);

  gssize first = -1;
  for (size_t i = 0; i < size && check->undecided == NULL; i++)
    for (size_t j = i + 1; j < size && elements[j].hash == elements[i].hash; j++)
      {
        const size_t index = elements[j].index;
        if (!naru_schema_equal (check, json_array_get (array, elements[i].index),
                                json_array_get (array, index)))
          continue;
        if (first < 0 || (gssize) index < first)
          first = (gssize) index;
        break;
      }
  return first;
}

/* The index of an element that stood in @array before; -1: none */
gssize
naru_schema_find_duplicate (NaruSchemaCheck *check, json_t *array)
{
  const size_t size = json_array_size (array);
  if (size > PAIRWISE_MAX)
    return find_duplicate_hashed (check, array);

  for (size_t i = 1; i < size; i++)
    for (size_t j = 0; j < i; j++)
      if (naru_schema_equal (check, json_array_get (array, i), json_array_get (array, j)))
        return (gssize) i;
  return -1;
}
