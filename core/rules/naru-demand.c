/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-gate-private.h"

#include <string.h>

#define MAX_HOPS 16

static gboolean
is_object (NaruJson *json)
{
  return json != NULL && naru_json_get_kind (json) == NARU_JSON_OBJECT;
}

static gboolean
is_number (const char *text)
{
  return text[0] != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* Follows "$ref" within @root; MAX_HOPS ends a circle. */
static NaruJson *
resolve (NaruJson *root, NaruJson *schema)
{
  for (guint hops = 0; is_object (schema) && hops < MAX_HOPS; hops++)
    {
      const char *ref = naru_json_get_string (schema, "$ref");
      if (ref == NULL || ref[0] != '#')
        return schema;
      schema = naru_json_get_pointer (root, ref + 1);
    }
  return is_object (schema) ? schema : NULL;
}

static NaruJson *
step (NaruJson *root, NaruJson *schema, const char *segment)
{
  gboolean element = g_str_equal (segment, "-") || is_number (segment);
  NaruJson *properties = naru_json_get (schema, "properties");
  NaruJson *next = NULL;

  if (is_object (properties))
    next = naru_json_get (properties, segment);
  if (next == NULL && element)
    next = naru_json_get (schema, "items");
  if (next == NULL && element)
    next = naru_json_get (schema, "contains");
  return resolve (root, next);
}

static NaruJson *
find_from (NaruJson *root, NaruJson *schema, char **segments)
{
  schema = resolve (root, schema);
  if (schema == NULL || segments[0] == NULL)
    return schema;

  NaruJson *next = step (root, schema, segments[0]);
  NaruJson *found = next != NULL ? find_from (root, next, segments + 1) : NULL;
  NaruJson *all = naru_json_get (schema, "allOf");
  guint n = naru_json_get_size (all);
  for (guint i = 0; found == NULL && i < n; i++)
    found = find_from (root, naru_json_get_element (all, i), segments);
  return found;
}

/* (nullable), borrowed: the part of @schema that speaks of the field at @pointer. @root resolves references.
 */
NaruJson *
naru_demand_find (NaruJson *root, NaruJson *schema, const char *pointer)
{
  if (!is_object (schema))
    return NULL;

  g_auto (GStrv) segments = g_strsplit (pointer[0] == '/' ? pointer + 1 : pointer, "/", -1);
  return find_from (root, schema, segments);
}

static gboolean
asks_for_members (NaruJson *schema)
{
  NaruJson *required = naru_json_get (schema, "required");

  return naru_json_get_size (required) > 0;
}

/* @value: (transfer full) */
static void
replace_member (NaruJson **object, NaruJson *original, const char *key, NaruJson *value)
{
  if (*object == original)
    {
      naru_json_unref (*object);
      *object = naru_json_copy (original);
    }
  naru_json_set (*object, key, value);
}

/* An instance that fails just as @instance does, but with its missing objects there and empty, so that the
 * validator names each field that is missing and not only the object around them. Nothing can pass by this:
 * an object is put in only where the schema asks for members of it. */
NaruJson *
naru_demand_open (NaruJson *schema, NaruJson *instance)
{
  NaruJson *result = naru_json_ref (instance);
  NaruJson *properties = naru_json_get (schema, "properties");
  if (!is_object (properties) || !is_object (instance))
    return result;

  NaruJson *required = naru_json_get (schema, "required");
  guint n = naru_json_get_size (required);
  for (guint i = 0; i < n; i++)
    {
      const char *key = naru_json_as_string (naru_json_get_element (required, i));
      if (naru_json_get (instance, key) != NULL || !asks_for_members (naru_json_get (properties, key)))
        continue;
      replace_member (&result, instance, key, naru_json_new_object ());
    }

  g_auto (GStrv) keys = naru_json_get_keys (properties);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      NaruJson *value = naru_json_get (result, keys[i]);
      if (!is_object (value))
        continue;
      g_autoptr (NaruJson) opened = naru_demand_open (naru_json_get (properties, keys[i]), value);
      if (opened != value)
        replace_member (&result, instance, keys[i], g_steal_pointer (&opened));
    }
  return result;
}

/* "/evaluation/grade" -> "evaluation.grade" */
char *
naru_demand_make_dotted (const char *pointer)
{
  char *dotted = g_strdup (pointer[0] == '/' ? pointer + 1 : pointer);

  return g_strdelimit (dotted, "/", '.');
}
