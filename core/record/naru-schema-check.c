/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One more step; FALSE: the judgement has cost too much and is given up. */
gboolean
naru_schema_check_step (NaruSchemaCheck *check, const NaruSchemaPath *path)
{
  if (G_LIKELY (++check->steps < NARU_SCHEMA_MAX_STEPS))
    return TRUE;
  if (check->steps == NARU_SCHEMA_MAX_STEPS)
    naru_schema_give_up (check, path, N_ ("judging it takes too long"));
  return FALSE;
}

static gboolean
is_listed (NaruSchemaCheck *check, GArray *values, json_t *value)
{
  const NaruSchemaValue *entries = (const NaruSchemaValue *) (gpointer) values->data;

  if (json_is_string (value))
    {
      const char *text = json_string_value (value);
      const size_t length = json_string_length (value);
      for (guint i = 0; i < values->len; i++)
        if (entries[i].text != NULL && entries[i].length == length &&
            memcmp (entries[i].text, text, length) == 0)
          return TRUE;
      return FALSE;
    }
  for (guint i = 0; i < values->len; i++)
    if (naru_schema_equal (check, entries[i].value, value))
      return TRUE;
  return FALSE;
}

/* A code point has 1 to 4 bytes: most bounds are decided without counting. */
static gint64
count_characters (const char *text, size_t length)
{
  gint64 count = 0;
  for (size_t i = 0; i < length; i++)
    count += ((guchar) text[i] & 0xc0) != 0x80;
  return count;
}

static gboolean
is_too_short (const char *text, size_t length, gint64 min)
{
  if ((gint64) length < min)
    return TRUE;
  return (gint64) length < 4 * min && count_characters (text, length) < min;
}

static gboolean
is_too_long (const char *text, size_t length, gint64 max)
{
  return max >= 0 && (gint64) length > max && count_characters (text, length) > max;
}

static gboolean
check_string (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  const NaruSchemaString *string = node->string;
  const char *text = json_string_value (value);
  const size_t length = json_string_length (value);
  gboolean passes = TRUE;

  if (string->format != NARU_FORMAT_NONE && !naru_schema_format_check (string->format, text, length))
    return naru_schema_fail (check, node, NARU_KEYWORD_FORMAT, value, path, NULL);
  if (is_too_short (text, length, string->min_length))
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MIN_LENGTH, value, path, NULL);
  if (is_too_long (text, length, string->max_length))
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MAX_LENGTH, value, path, NULL);
  if (string->pattern == NULL || naru_schema_check_is_over (check, passes))
    return passes;

  switch (naru_schema_pattern_match (string->pattern, text, length))
    {
    case NARU_MATCH_YES:
      return passes;
    case NARU_MATCH_NO:
      return naru_schema_fail (check, node, NARU_KEYWORD_PATTERN, value, path, NULL);
    case NARU_MATCH_UNDECIDED:
      break;
    }
  return naru_schema_give_up (check, path, N_ ("the text is too long or too tangled for its pattern"));
}

static gboolean
check_number (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  const NaruSchemaNumber *number = node->number;
  gboolean passes = TRUE;

  if (number->minimum != NULL && naru_schema_compare_numbers (value, number->minimum) < 0)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MINIMUM, value, path, NULL);
  if (number->maximum != NULL && naru_schema_compare_numbers (value, number->maximum) > 0)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MAXIMUM, value, path, NULL);
  if (number->exclusive_minimum != NULL &&
      naru_schema_compare_numbers (value, number->exclusive_minimum) <= 0)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_EXCLUSIVE_MINIMUM, value, path, NULL);
  if (number->exclusive_maximum != NULL &&
      naru_schema_compare_numbers (value, number->exclusive_maximum) >= 0)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_EXCLUSIVE_MAXIMUM, value, path, NULL);
  if (number->multiple_of != NULL && !naru_schema_is_multiple (value, &number->divisor))
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MULTIPLE_OF, value, path, NULL);
  return passes;
}

static gboolean
check_elements (NaruSchemaCheck *check, const NaruSchemaArray *array, json_t *value,
                const NaruSchemaPath *path)
{
  const size_t size = json_array_size (value), n_prefix = array->prefix != NULL ? array->prefix->len : 0;
  const size_t end = array->items != NULL ? size : MIN (size, n_prefix);
  gboolean passes = TRUE;

  for (size_t i = 0; i < end; i++)
    {
      const NaruSchemaPath here = { path, NULL, i };
      const NaruSchemaNode *node = i < n_prefix ? g_ptr_array_index (array->prefix, i) : array->items;
      json_t *element = json_array_get (value, i);
      if (node->never)
        passes = naru_schema_fail (check, node, NARU_KEYWORD_ITEMS, element, &here, NULL);
      else if (!naru_schema_check_node (check, node, element, &here))
        passes = FALSE;
      if (naru_schema_check_is_over (check, passes))
        return FALSE;
    }
  return passes;
}

static gboolean
check_contains (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  const NaruSchemaArray *array = node->array;
  gint64 count = 0;

  for (size_t i = 0; i < json_array_size (value); i++)
    {
      const NaruSchemaPath here = { path, NULL, i };
      count += naru_schema_check_silently (check, array->contains, json_array_get (value, i), &here);
    }
  if (count < array->min_contains)
    return naru_schema_fail (check, node,
                             array->min_contains == 1 ? NARU_KEYWORD_CONTAINS : NARU_KEYWORD_MIN_CONTAINS,
                             value, path, NULL);
  if (array->max_contains >= 0 && count > array->max_contains)
    return naru_schema_fail (check, node, NARU_KEYWORD_MAX_CONTAINS, value, path, NULL);
  return TRUE;
}

static gboolean
check_unique (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  const gssize duplicate = naru_schema_find_duplicate (check, value);
  if (duplicate < 0)
    return TRUE;
  const NaruSchemaPath here = { path, NULL, (size_t) duplicate };
  return naru_schema_fail (check, node, NARU_KEYWORD_UNIQUE_ITEMS, json_array_get (value, (size_t) duplicate),
                           &here, NULL);
}

static gboolean
check_array (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  const NaruSchemaArray *array = node->array;
  const gint64 size = (gint64) json_array_size (value);
  gboolean passes = TRUE;

  if (size < array->min_items)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MIN_ITEMS, value, path, NULL);
  if (array->max_items >= 0 && size > array->max_items)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MAX_ITEMS, value, path, NULL);
  if (naru_schema_check_is_over (check, passes) || !check_elements (check, array, value, path))
    passes = FALSE;
  if (naru_schema_check_is_over (check, passes))
    return FALSE;
  if (array->contains != NULL && !check_contains (check, node, value, path))
    passes = FALSE;
  if (array->unique && !naru_schema_check_is_over (check, passes) && !check_unique (check, node, value, path))
    passes = FALSE;
  return passes;
}

/* What the kind of the value decides about. */
static gboolean
check_kind (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  switch (json_typeof (value))
    {
    case JSON_STRING:
      return node->string == NULL || check_string (check, node, value, path);
    case JSON_INTEGER:
    case JSON_REAL:
      return node->number == NULL || check_number (check, node, value, path);
    case JSON_ARRAY:
      return node->array == NULL || check_array (check, node, value, path);
    case JSON_OBJECT:
      return node->object == NULL || naru_schema_check_object (check, node, value, path);
    default:
      return TRUE;
    }
}

static gboolean
check_keywords (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path)
{
  /* a value of another type, or beside the list, would fail the rest too: one finding says it */
  if (node->types != NARU_TYPE_BIT_ANY && (node->types & naru_schema_types_of (value)) == 0)
    return naru_schema_fail (check, node, NARU_KEYWORD_TYPE, value, path, NULL);
  if (node->values != NULL && !is_listed (check, node->values, value))
    return naru_schema_fail (check, node, NARU_KEYWORD_ENUM, value, path, NULL);
  if (node->constant != NULL && !naru_schema_equal (check, node->constant, value))
    return naru_schema_fail (check, node, NARU_KEYWORD_CONST, value, path, NULL);

  gboolean passes = check_kind (check, node, value, path);
  if (naru_schema_check_is_over (check, passes))
    return FALSE;
  if (node->ref != NULL && !naru_schema_check_node (check, node->ref, value, path))
    passes = FALSE;
  if (node->logic != NULL && !naru_schema_check_is_over (check, passes) &&
      !naru_schema_check_logic (check, node, value, path))
    passes = FALSE;
  return passes;
}

gboolean
naru_schema_check_node (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                        const NaruSchemaPath *path)
{
  if (node->never)
    return naru_schema_fail (check, node, NARU_KEYWORD_FALSE, value, path, NULL);
  if (!naru_schema_check_step (check, path))
    return FALSE;
  if (check->depth == NARU_SCHEMA_MAX_DEPTH)
    return naru_schema_give_up (check, path, N_ ("it is nested too deeply"));

  check->depth++;
  const gboolean passes = check_keywords (check, node, value, path);
  check->depth--;
  return passes;
}

/* Whether it passes, for those who draw their own conclusion. */
gboolean
naru_schema_check_silently (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                            const NaruSchemaPath *path)
{
  GPtrArray *findings = check->findings;
  check->findings = NULL;
  const gboolean passes = naru_schema_check_node (check, node, value, path);
  check->findings = findings;
  return passes;
}
