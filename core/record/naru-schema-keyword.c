/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

typedef enum
{
  DIALECT_2020 = 1,
  DIALECT_7 = 2,
  DIALECT_BOTH = 3,
} Dialects;

/* The part of a node that a keyword writes to. */
typedef enum
{
  PART_NODE,
  PART_STRING,
  PART_NUMBER,
  PART_ARRAY,
  PART_OBJECT,
  PART_LOGIC,
} NodePart;

typedef struct
{
  NaruSchemaCompiler *compiler;
  NaruSchemaNode *node;
  gpointer slot; /* the member of the part that the table names */
  json_t *value;
  const NaruSchemaPath *path;
} Keyword;

typedef gboolean (*KeywordFunc) (const Keyword *self);

static gboolean
refuse (const Keyword *self, const char *wanted)
{
  return naru_schema_compile_fail (self->compiler, self->path, NULL, _ ("“%s” must be %s"), self->path->key,
                                   wanted);
}

static gboolean
compile_nothing (const Keyword *self)
{
  return TRUE;
}

static gboolean
compile_ref (const Keyword *self)
{
  return naru_schema_compile_ref (self->compiler, self->node, self->value, self->path);
}

static gboolean
compile_title (const Keyword *self)
{
  self->node->title = json_string_value (self->value);
  return TRUE;
}

static gboolean
compile_child (const Keyword *self)
{
  *(NaruSchemaNode **) self->slot = naru_schema_compile_node (self->compiler, self->value, self->path);
  return *(NaruSchemaNode **) self->slot != NULL;
}

static gboolean
compile_children (const Keyword *self)
{
  if (!json_is_array (self->value) || json_array_size (self->value) == 0)
    return refuse (self, _ ("an array of at least one schema"));

  GPtrArray *children = *(GPtrArray **) self->slot = g_ptr_array_new ();
  for (size_t i = 0; i < json_array_size (self->value); i++)
    {
      const NaruSchemaPath here = { self->path, NULL, i };
      NaruSchemaNode *child =
          naru_schema_compile_node (self->compiler, json_array_get (self->value, i), &here);
      if (child == NULL)
        return FALSE;
      g_ptr_array_add (children, child);
    }
  return TRUE;
}

/* draft 7: one schema for all, or an array of schemas that newer versions call prefixItems */
static gboolean
compile_items (const Keyword *self)
{
  if (!self->compiler->draft7 || !json_is_array (self->value))
    return compile_child (self);
  Keyword prefix = *self;
  prefix.slot = &self->node->array->prefix;
  if (json_array_size (self->value) == 0)
    {
      self->node->array->prefix = g_ptr_array_new ();
      return TRUE;
    }
  return compile_children (&prefix);
}

/* Only compiled, so that a reference finds them and nothing unknown hides in them. */
static gboolean
compile_definitions (const Keyword *self)
{
  const char *key;
  json_t *value;
  if (!json_is_object (self->value))
    return refuse (self, _ ("an object of schemas"));
  json_object_foreach (self->value, key, value)
    {
      const NaruSchemaPath here = { self->path, key, 0 };
      if (naru_schema_compile_node (self->compiler, value, &here) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
compile_count (const Keyword *self)
{
  if (!json_is_number (self->value) || !naru_schema_is_integral (self->value) ||
      json_number_value (self->value) < 0 || json_number_value (self->value) > G_MAXINT32)
    return refuse (self, _ ("a whole number from 0"));
  *(gint64 *) self->slot = (gint64) json_number_value (self->value);
  return TRUE;
}

static gboolean
compile_bound (const Keyword *self)
{
  if (!json_is_number (self->value))
    return refuse (self, _ ("a number"));
  *(json_t **) self->slot = self->value;
  return TRUE;
}

static gboolean
compile_multiple_of (const Keyword *self)
{
  if (!json_is_number (self->value) || json_number_value (self->value) <= 0)
    return refuse (self, _ ("a number greater than 0"));
  self->node->number->multiple_of = self->value;
  naru_schema_decimal_init (&self->node->number->divisor, self->value);
  return TRUE;
}

static gboolean
compile_unique (const Keyword *self)
{
  if (!json_is_boolean (self->value))
    return refuse (self, _ ("true or false"));
  self->node->array->unique = json_is_true (self->value);
  return TRUE;
}

static gboolean
compile_const (const Keyword *self)
{
  self->node->constant = self->value;
  return TRUE;
}

static gboolean
compile_enum (const Keyword *self)
{
  if (!json_is_array (self->value) || json_array_size (self->value) == 0)
    return refuse (self, _ ("an array of at least one value"));
  self->node->values = g_array_new (FALSE, FALSE, sizeof (NaruSchemaValue));
  for (size_t i = 0; i < json_array_size (self->value); i++)
    {
      json_t *value = json_array_get (self->value, i);
      const NaruSchemaValue entry = { value, json_string_value (value), json_string_length (value) };
      g_array_append_val (self->node->values, entry);
    }
  return TRUE;
}

static gboolean
add_type (const Keyword *self, json_t *name, guint *types)
{
  for (guint bit = 1; json_is_string (name) && bit < NARU_TYPE_BIT_ANY; bit <<= 1)
    if (strcmp (naru_schema_type_to_string (bit), json_string_value (name)) == 0)
      {
        *types |= bit;
        return TRUE;
      }
  return refuse (self, _ ("one or more of null, boolean, integer, number, string, array, object"));
}

static gboolean
compile_type (const Keyword *self)
{
  guint types = 0;
  if (json_is_array (self->value))
    {
      for (size_t i = 0; i < json_array_size (self->value); i++)
        if (!add_type (self, json_array_get (self->value, i), &types))
          return FALSE;
    }
  else if (!add_type (self, self->value, &types))
    return FALSE;
  if (types == 0)
    return refuse (self, _ ("one or more of null, boolean, integer, number, string, array, object"));
  self->node->types = (guint8) types;
  return TRUE;
}

static NaruSchemaPattern *
new_pattern (const Keyword *self, const char *source)
{
  g_autoptr (GError) error = NULL;
  NaruSchemaPattern *pattern = naru_schema_pattern_new (source, &error);
  if (pattern == NULL)
    {
      /* GRegex quotes the pattern as it was translated; what is wrong stands behind the last colon */
      const char *reason = strrchr (error->message, ':');
      naru_schema_compile_fail (self->compiler, self->path, _ ("correct the regular expression"),
                                _ ("“%s” is not a regular expression: %s"), source,
                                reason != NULL && reason[1] == ' ' ? reason + 2 : error->message);
    }
  return pattern;
}

static gboolean
compile_pattern (const Keyword *self)
{
  if (!json_is_string (self->value))
    return refuse (self, _ ("a regular expression"));
  self->node->string->pattern = new_pattern (self, json_string_value (self->value));
  return self->node->string->pattern != NULL;
}

static gboolean
compile_format (const Keyword *self)
{
  const char *name = json_string_value (self->value);
  self->node->string->format = name != NULL ? naru_schema_format_from_string (name) : NARU_FORMAT_NONE;
  if (self->node->string->format == NARU_FORMAT_NONE)
    return refuse (self, _ ("one of date, date-time, decimal, email, language, uri"));
  return TRUE;
}

static gboolean
compile_properties (const Keyword *self)
{
  const char *key;
  json_t *value;
  if (!json_is_object (self->value))
    return refuse (self, _ ("an object of schemas"));
  self->node->object->properties = g_array_new (FALSE, TRUE, sizeof (NaruSchemaProperty));
  json_object_foreach (self->value, key, value)
    {
      const NaruSchemaPath here = { self->path, key, 0 };
      const NaruSchemaProperty property = {
        key,
        0,
        naru_schema_compile_node (self->compiler, value, &here),
        0,
      };
      if (property.node == NULL)
        return FALSE;
      g_array_append_val (self->node->object->properties, property);
    }
  return TRUE;
}

static gboolean
compile_pattern_properties (const Keyword *self)
{
  const char *key;
  json_t *value;
  if (!json_is_object (self->value))
    return refuse (self, _ ("an object of schemas"));
  GArray *patterns = self->node->object->patterns =
      g_array_new (FALSE, TRUE, sizeof (NaruSchemaPatternProperty));
  json_object_foreach (self->value, key, value)
    {
      const NaruSchemaPath here = { self->path, key, 0 };
      NaruSchemaPatternProperty entry = { new_pattern (self, key), NULL };
      if (entry.pattern == NULL)
        return FALSE;
      entry.node = naru_schema_compile_node (self->compiler, value, &here);
      g_array_append_val (patterns, entry);
      if (entry.node == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_names (json_t *value)
{
  for (size_t i = 0; i < json_array_size (value); i++)
    if (!json_is_string (json_array_get (value, i)))
      return FALSE;
  return json_is_array (value);
}

static gboolean
compile_required (const Keyword *self)
{
  if (!is_names (self->value))
    return refuse (self, _ ("an array of names"));
  self->node->object->required_names = self->value;
  return TRUE;
}

/* dependentRequired, dependentSchemas, and dependencies of draft 7, which is both */
static gboolean
compile_dependencies (const Keyword *self)
{
  const char *keyword = self->path->key, *key;
  const gboolean names = strcmp (keyword, "dependentSchemas") != 0;
  const gboolean schemas = strcmp (keyword, "dependentRequired") != 0;
  json_t *value;

  if (!json_is_object (self->value))
    return refuse (self, _ ("an object"));
  NaruSchemaObject *object = self->node->object;
  if (object->dependencies == NULL)
    object->dependencies = g_array_new (FALSE, TRUE, sizeof (NaruSchemaDependency));
  json_object_foreach (self->value, key, value)
    {
      const NaruSchemaPath here = { self->path, key, 0 };
      NaruSchemaDependency dependency = { key, NULL, NULL };
      if (json_is_array (value) && names)
        {
          if (!is_names (value))
            return refuse (self, _ ("an object of arrays of names"));
          dependency.required = value;
        }
      else if (!schemas)
        return refuse (self, _ ("an object of arrays of names"));
      else
        {
          dependency.schema = naru_schema_compile_node (self->compiler, value, &here);
          if (dependency.schema == NULL)
            return FALSE;
        }
      g_array_append_val (object->dependencies, dependency);
    }
  return TRUE;
}

#define STRING(member) PART_STRING, offsetof (NaruSchemaString, member)
#define NUMBER(member) PART_NUMBER, offsetof (NaruSchemaNumber, member)
#define ARRAY(member) PART_ARRAY, offsetof (NaruSchemaArray, member)
#define OBJECT(member) PART_OBJECT, offsetof (NaruSchemaObject, member)
#define LOGIC(member) PART_LOGIC, offsetof (NaruSchemaLogic, member)

typedef struct
{
  const char *name;
  Dialects dialects;
  KeywordFunc compile;
  NodePart part;
  size_t offset;
} KeywordEntry;

/* The whole vocabulary, sorted by name. What is not here is refused. */
static const KeywordEntry keywords[] = {
  { "$comment", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "$defs", DIALECT_BOTH, compile_definitions, PART_NODE, 0 },
  { "$id", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "$ref", DIALECT_BOTH, compile_ref, PART_NODE, 0 },
  { "$schema", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "additionalItems", DIALECT_7, compile_child, ARRAY (additional) },
  { "additionalProperties", DIALECT_BOTH, compile_child, OBJECT (additional) },
  { "allOf", DIALECT_BOTH, compile_children, LOGIC (all_of) },
  { "anyOf", DIALECT_BOTH, compile_children, LOGIC (any_of) },
  { "const", DIALECT_BOTH, compile_const, PART_NODE, 0 },
  { "contains", DIALECT_BOTH, compile_child, ARRAY (contains) },
  { "default", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "definitions", DIALECT_BOTH, compile_definitions, PART_NODE, 0 },
  { "dependencies", DIALECT_7, compile_dependencies, PART_OBJECT, 0 },
  { "dependentRequired", DIALECT_2020, compile_dependencies, PART_OBJECT, 0 },
  { "dependentSchemas", DIALECT_2020, compile_dependencies, PART_OBJECT, 0 },
  { "deprecated", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "description", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "else", DIALECT_BOTH, compile_child, LOGIC (else_node) },
  { "enum", DIALECT_BOTH, compile_enum, PART_NODE, 0 },
  { "examples", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "exclusiveMaximum", DIALECT_BOTH, compile_bound, NUMBER (exclusive_maximum) },
  { "exclusiveMinimum", DIALECT_BOTH, compile_bound, NUMBER (exclusive_minimum) },
  { "format", DIALECT_BOTH, compile_format, PART_STRING, 0 },
  { "if", DIALECT_BOTH, compile_child, LOGIC (if_node) },
  { "items", DIALECT_BOTH, compile_items, ARRAY (items) },
  { "maxContains", DIALECT_2020, compile_count, ARRAY (max_contains) },
  { "maxItems", DIALECT_BOTH, compile_count, ARRAY (max_items) },
  { "maxLength", DIALECT_BOTH, compile_count, STRING (max_length) },
  { "maxProperties", DIALECT_BOTH, compile_count, OBJECT (max_properties) },
  { "maximum", DIALECT_BOTH, compile_bound, NUMBER (maximum) },
  { "minContains", DIALECT_2020, compile_count, ARRAY (min_contains) },
  { "minItems", DIALECT_BOTH, compile_count, ARRAY (min_items) },
  { "minLength", DIALECT_BOTH, compile_count, STRING (min_length) },
  { "minProperties", DIALECT_BOTH, compile_count, OBJECT (min_properties) },
  { "minimum", DIALECT_BOTH, compile_bound, NUMBER (minimum) },
  { "multipleOf", DIALECT_BOTH, compile_multiple_of, PART_NUMBER, 0 },
  { "not", DIALECT_BOTH, compile_child, LOGIC (not_node) },
  { "oneOf", DIALECT_BOTH, compile_children, LOGIC (one_of) },
  { "pattern", DIALECT_BOTH, compile_pattern, PART_STRING, 0 },
  { "patternProperties", DIALECT_BOTH, compile_pattern_properties, PART_OBJECT, 0 },
  { "prefixItems", DIALECT_2020, compile_children, ARRAY (prefix) },
  { "properties", DIALECT_BOTH, compile_properties, PART_OBJECT, 0 },
  { "propertyNames", DIALECT_BOTH, compile_child, OBJECT (names) },
  { "readOnly", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
  { "required", DIALECT_BOTH, compile_required, PART_OBJECT, 0 },
  { "then", DIALECT_BOTH, compile_child, LOGIC (then_node) },
  { "title", DIALECT_BOTH, compile_title, PART_NODE, 0 },
  { "type", DIALECT_BOTH, compile_type, PART_NODE, 0 },
  { "uniqueItems", DIALECT_BOTH, compile_unique, PART_ARRAY, 0 },
  { "x-naru", DIALECT_BOTH, compile_nothing, PART_NODE, 0 },
};

static int
compare_keyword (const void *key, const void *entry)
{
  return strcmp (key, ((const KeywordEntry *) entry)->name);
}

static guint8 *
need_part (NaruSchemaNode *node, NodePart part)
{
  switch (part)
    {
    case PART_STRING:
      return (guint8 *) naru_schema_node_need_string (node);
    case PART_NUMBER:
      return (guint8 *) naru_schema_node_need_number (node);
    case PART_ARRAY:
      return (guint8 *) naru_schema_node_need_array (node);
    case PART_OBJECT:
      return (guint8 *) naru_schema_node_need_object (node);
    case PART_LOGIC:
      return (guint8 *) naru_schema_node_need_logic (node);
    case PART_NODE:
      break;
    }
  return (guint8 *) node;
}

/* One member of a schema; its name is the last part of @path. */
gboolean
naru_schema_compile_keyword (NaruSchemaCompiler *compiler, NaruSchemaNode *node, json_t *value,
                             const NaruSchemaPath *path)
{
  const Dialects dialect = compiler->draft7 ? DIALECT_7 : DIALECT_2020;
  const KeywordEntry *entry =
      bsearch (path->key, keywords, G_N_ELEMENTS (keywords), sizeof *keywords, compare_keyword);
  if (entry == NULL || (entry->dialects & dialect) == 0)
    return naru_schema_compile_fail (compiler, path, _ ("correct its name or remove it"),
                                     _ ("the keyword “%s” is not known"), path->key);

  const Keyword keyword = { compiler, node, need_part (node, entry->part) + entry->offset, value, path };
  return entry->compile (&keyword);
}
