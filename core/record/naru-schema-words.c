/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_VALUE 80 /* characters of a value that a finding shows */
#define MAX_LIST 400 /* bytes of a list of allowed values */

static const struct
{
  NaruSchemaTypes bit;
  const char *name;
  const char *words;
} types[] = {
  { NARU_TYPE_BIT_NULL, "null", N_ ("null") },
  { NARU_TYPE_BIT_BOOLEAN, "boolean", N_ ("true or false") },
  { NARU_TYPE_BIT_INTEGER, "integer", N_ ("a whole number") },
  { NARU_TYPE_BIT_NUMBER, "number", N_ ("a number") },
  { NARU_TYPE_BIT_STRING, "string", N_ ("text") },
  { NARU_TYPE_BIT_ARRAY, "array", N_ ("a list") },
  { NARU_TYPE_BIT_OBJECT, "object", N_ ("an object") },
};

const char *
naru_schema_type_to_string (guint bit)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].bit == bit)
      return types[i].name;
  return "";
}

/* The type names that the value answers to. */
guint
naru_schema_types_of (json_t *value)
{
  switch (json_typeof (value))
    {
    case JSON_OBJECT:
      return NARU_TYPE_BIT_OBJECT;
    case JSON_ARRAY:
      return NARU_TYPE_BIT_ARRAY;
    case JSON_STRING:
      return NARU_TYPE_BIT_STRING;
    case JSON_INTEGER:
      return NARU_TYPE_BIT_INTEGER | NARU_TYPE_BIT_NUMBER;
    case JSON_REAL:
      return NARU_TYPE_BIT_NUMBER | (naru_schema_is_integral (value) ? NARU_TYPE_BIT_INTEGER : 0);
    case JSON_TRUE:
    case JSON_FALSE:
      return NARU_TYPE_BIT_BOOLEAN;
    default:
      return NARU_TYPE_BIT_NULL;
    }
}

static char *
describe_text (json_t *value)
{
  const char *text = json_string_value (value), *end = text;
  const char *const stop = text + json_string_length (value);
  guint count = 0;
  for (; end < stop && count < MAX_VALUE; count++)
    end = g_utf8_next_char (end);

  json_t *head = json_stringn (text, (size_t) (end - text));
  char *quoted = json_dumps (head, JSON_ENCODE_ANY);
  char *words = end < stop ? g_strdup_printf ("%s…", quoted) : g_strdup (quoted);
  free (quoted);
  json_decref (head);
  return words;
}

/* (nullable): @value in a few words: text and numbers as JSON, lists and objects by their size alone */
char *
naru_schema_describe_value (json_t *value)
{
  if (value == NULL)
    return NULL;
  switch (json_typeof (value))
    {
    case JSON_STRING:
      return describe_text (value);
    case JSON_ARRAY:
      return g_strdup_printf (_ ("a list of %u"), (guint) json_array_size (value));
    case JSON_OBJECT:
      return g_strdup_printf (_ ("an object of %u"), (guint) json_object_size (value));
    default:
      break;
    }
  char *text = json_dumps (value, JSON_ENCODE_ANY);
  char *words = g_strdup (text);
  free (text);
  return words;
}

/* As people write it in a form: text without quotes. */
static char *
describe_plain (json_t *value)
{
  char *words = naru_schema_describe_value (value);
  const size_t length = strlen (words);
  if (!json_is_string (value) || length < 3 || words[length - 1] != '"' || strchr (words, '\\') != NULL)
    return words;
  words[length - 1] = '\0';
  memmove (words, words + 1, length - 1);
  return words;
}

static char *
describe_list (GArray *values)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < values->len; i++)
    {
      g_autofree char *words = describe_plain (g_array_index (values, NaruSchemaValue, i).value);
      if (list->len + strlen (words) > MAX_LIST)
        {
          g_string_append (list, ", …");
          break;
        }
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", words);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static char *
describe_types (guint wanted, gboolean for_people)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      if ((wanted & types[i].bit) == 0)
        continue;
      if (list->len > 0)
        g_string_append (list, for_people ? _ (" or ") : ", ");
      g_string_append (list, for_people ? _ (types[i].words) : types[i].name);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static char *
describe_count (gint64 count)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, count);
}

static char *
describe_array (const NaruSchemaArray *array, NaruSchemaKeyword keyword)
{
  switch (keyword)
    {
    case NARU_KEYWORD_MIN_ITEMS:
      return describe_count (array->min_items);
    case NARU_KEYWORD_MAX_ITEMS:
      return describe_count (array->max_items);
    case NARU_KEYWORD_CONTAINS:
    case NARU_KEYWORD_MIN_CONTAINS:
      return describe_count (array->min_contains);
    case NARU_KEYWORD_MAX_CONTAINS:
      return describe_count (array->max_contains);
    default:
      return NULL;
    }
}

static char *
describe_number (const NaruSchemaNumber *number, NaruSchemaKeyword keyword)
{
  switch (keyword)
    {
    case NARU_KEYWORD_MINIMUM:
      return naru_schema_describe_value (number->minimum);
    case NARU_KEYWORD_MAXIMUM:
      return naru_schema_describe_value (number->maximum);
    case NARU_KEYWORD_EXCLUSIVE_MINIMUM:
      return naru_schema_describe_value (number->exclusive_minimum);
    case NARU_KEYWORD_EXCLUSIVE_MAXIMUM:
      return naru_schema_describe_value (number->exclusive_maximum);
    case NARU_KEYWORD_MULTIPLE_OF:
      return naru_schema_describe_value (number->multiple_of);
    default:
      return NULL;
    }
}

static char *
describe_string (const NaruSchemaString *string, NaruSchemaKeyword keyword)
{
  switch (keyword)
    {
    case NARU_KEYWORD_MIN_LENGTH:
      return describe_count (string->min_length);
    case NARU_KEYWORD_MAX_LENGTH:
      return describe_count (string->max_length);
    case NARU_KEYWORD_PATTERN:
      return g_strdup (naru_schema_pattern_get_source (string->pattern));
    case NARU_KEYWORD_FORMAT:
      return g_strdup (naru_schema_format_to_string (string->format));
    default:
      return NULL;
    }
}

/* The titles of the forms, where they have some. */
static char *
describe_forms (GPtrArray *nodes)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < nodes->len; i++)
    {
      const NaruSchemaNode *node = g_ptr_array_index (nodes, i);
      if (node->title != NULL)
        g_string_append_printf (list, "%s%u. %s", list->len > 0 ? ", " : "", i + 1, node->title);
    }
  if (list->len == 0)
    g_string_append_printf (list, "%u", nodes->len);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* (nullable): what @keyword of @node asks for, in the schema's words or @for_people */
char *
naru_schema_describe_expected (const NaruSchemaNode *node, NaruSchemaKeyword keyword, const char *detail,
                               gboolean for_people)
{
  char *words = NULL;
  switch (keyword)
    {
    case NARU_KEYWORD_TYPE:
      return describe_types (node->types, for_people);
    case NARU_KEYWORD_ENUM:
      return describe_list (node->values);
    case NARU_KEYWORD_CONST:
      return describe_plain (node->constant);
    case NARU_KEYWORD_REQUIRED:
    case NARU_KEYWORD_DEPENDENT_REQUIRED:
      return g_strdup (detail);
    case NARU_KEYWORD_ANY_OF:
      return for_people ? g_strdup (detail) : describe_forms (node->logic->any_of);
    case NARU_KEYWORD_ONE_OF:
      return for_people ? g_strdup (detail) : describe_forms (node->logic->one_of);
    case NARU_KEYWORD_NOT:
      return g_strdup (node->logic->not_node->title);
    case NARU_KEYWORD_MIN_PROPERTIES:
      return describe_count (node->object->min_properties);
    case NARU_KEYWORD_MAX_PROPERTIES:
      return describe_count (node->object->max_properties);
    default:
      break;
    }
  if (node->array != NULL)
    words = describe_array (node->array, keyword);
  if (node->number != NULL && words == NULL)
    words = describe_number (node->number, keyword);
  if (node->string != NULL && words == NULL)
    words = describe_string (node->string, keyword);
  return words;
}
