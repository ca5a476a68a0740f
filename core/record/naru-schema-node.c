/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <string.h>

NaruSchemaNode *
naru_schema_node_new (void)
{
  NaruSchemaNode *node = g_new0 (NaruSchemaNode, 1);
  node->types = NARU_TYPE_BIT_ANY;
  return node;
}

static void
free_object (NaruSchemaObject *object)
{
  g_clear_pointer (&object->properties, g_array_unref);
  g_free (object->slots);
  for (guint i = 0; object->patterns != NULL && i < object->patterns->len; i++)
    naru_schema_pattern_free (g_array_index (object->patterns, NaruSchemaPatternProperty, i).pattern);
  g_clear_pointer (&object->patterns, g_array_unref);
  g_clear_pointer (&object->dependencies, g_array_unref);
  g_free (object);
}

static void
free_logic (NaruSchemaLogic *logic)
{
  g_clear_pointer (&logic->all_of, g_ptr_array_unref);
  g_clear_pointer (&logic->any_of, g_ptr_array_unref);
  g_clear_pointer (&logic->one_of, g_ptr_array_unref);
  g_free (logic);
}

void
naru_schema_node_free (NaruSchemaNode *node)
{
  g_clear_pointer (&node->values, g_array_unref);
  if (node->string != NULL)
    {
      g_clear_pointer (&node->string->pattern, naru_schema_pattern_free);
      g_free (node->string);
    }
  if (node->array != NULL)
    {
      g_clear_pointer (&node->array->prefix, g_ptr_array_unref);
      g_free (node->array);
    }
  g_clear_pointer (&node->object, free_object);
  g_clear_pointer (&node->logic, free_logic);
  g_free (node->number);
  g_free (node);
}

NaruSchemaString *
naru_schema_node_need_string (NaruSchemaNode *node)
{
  if (node->string == NULL)
    {
      node->string = g_new0 (NaruSchemaString, 1);
      node->string->min_length = node->string->max_length = -1;
    }
  return node->string;
}

NaruSchemaNumber *
naru_schema_node_need_number (NaruSchemaNode *node)
{
  if (node->number == NULL)
    node->number = g_new0 (NaruSchemaNumber, 1);
  return node->number;
}

NaruSchemaArray *
naru_schema_node_need_array (NaruSchemaNode *node)
{
  if (node->array == NULL)
    {
      node->array = g_new0 (NaruSchemaArray, 1);
      node->array->min_items = node->array->max_items = -1;
      node->array->min_contains = 1;
      node->array->max_contains = -1;
    }
  return node->array;
}

NaruSchemaObject *
naru_schema_node_need_object (NaruSchemaNode *node)
{
  if (node->object == NULL)
    {
      node->object = g_new0 (NaruSchemaObject, 1);
      node->object->min_properties = node->object->max_properties = -1;
    }
  return node->object;
}

NaruSchemaLogic *
naru_schema_node_need_logic (NaruSchemaNode *node)
{
  if (node->logic == NULL)
    node->logic = g_new0 (NaruSchemaLogic, 1);
  return node->logic;
}

static guint32
hash_name (const char *name)
{
  guint32 hash = 2166136261u;
  for (const char *c = name; *c != '\0'; c++)
    hash = (hash ^ (guchar) *c) * 16777619u;
  return hash ^ (hash >> 15);
}

static guint32
find_slot (const NaruSchemaObject *object, const char *name, guint32 hash)
{
  guint32 slot = hash & object->slot_mask;
  for (; object->slots[slot] != 0; slot = (slot + 1) & object->slot_mask)
    {
      const NaruSchemaProperty *property =
          &g_array_index (object->properties, NaruSchemaProperty, object->slots[slot] - 1);
      if (property->hash == hash && strcmp (property->name, name) == 0)
        break;
    }
  return slot;
}

/* Once all keywords are read: the table of the names in "properties" and "required". */
void
naru_schema_object_seal (NaruSchemaObject *object)
{
  const size_t n_required = json_array_size (object->required_names);
  object->walk = object->properties != NULL || object->patterns != NULL || object->additional != NULL ||
                 object->names != NULL;
  if (object->properties == NULL)
    object->properties = g_array_new (FALSE, TRUE, sizeof (NaruSchemaProperty));

  guint32 n_slots = 8;
  while (n_slots < 2 * (object->properties->len + n_required))
    n_slots *= 2;
  object->slots = g_new0 (guint32, n_slots);
  object->slot_mask = n_slots - 1;

  for (guint i = 0; i < object->properties->len; i++)
    {
      NaruSchemaProperty *property = &g_array_index (object->properties, NaruSchemaProperty, i);
      property->hash = hash_name (property->name);
      object->slots[find_slot (object, property->name, property->hash)] = i + 1;
    }
  for (size_t i = 0; i < MIN (n_required, 64); i++)
    {
      const char *name = json_string_value (json_array_get (object->required_names, i));
      const guint32 hash = hash_name (name), slot = find_slot (object, name, hash);
      const guint64 bit = G_GUINT64_CONSTANT (1) << i;
      object->required |= bit;
      if (object->slots[slot] == 0)
        {
          const NaruSchemaProperty added = { name, hash, NULL, 0 };
          g_array_append_val (object->properties, added);
          object->slots[slot] = object->properties->len;
        }
      g_array_index (object->properties, NaruSchemaProperty, object->slots[slot] - 1).required |= bit;
    }
}

/* (nullable) */
const NaruSchemaProperty *
naru_schema_object_find (const NaruSchemaObject *object, const char *name)
{
  const guint32 index = object->slots[find_slot (object, name, hash_name (name))];
  return index != 0 ? &g_array_index (object->properties, NaruSchemaProperty, index - 1) : NULL;
}
