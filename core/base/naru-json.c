/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-json.h"

#include "naru-boxed.h"

#include <jansson.h>
#include <string.h>

NARU_DEFINE_BOXED_TYPE (NaruJson, naru_json)

/**
 * naru_json_ref:
 * @self: a value
 *
 * Returns: (transfer full): @self, with one more owner
 */
NaruJson *
naru_json_ref (NaruJson *self)
{
  return json_incref (self);
}

/**
 * naru_json_unref:
 * @self: (transfer full) (nullable): a value that the caller owns
 */
void
naru_json_unref (NaruJson *self)
{
  json_decref (self);
}

/**
 * naru_json_copy:
 * @self: a value
 *
 * Returns: (transfer full): a deep copy, which may be changed on its own
 */
NaruJson *
naru_json_copy (NaruJson *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return json_deep_copy (self);
}

/**
 * naru_json_equal:
 * @a: (nullable): a value
 * @b: (nullable): another
 *
 * Returns: whether they are the same; the order of an object's members does not matter
 */
gboolean
naru_json_equal (NaruJson *a, NaruJson *b)
{
  return a == b || json_equal (a, b);
}

/**
 * naru_json_get_kind:
 * @self: a value
 *
 * Returns: what it is
 */
NaruJsonKind
naru_json_get_kind (NaruJson *self)
{
  g_return_val_if_fail (self != NULL, NARU_JSON_NULL);

  switch (json_typeof (self))
    {
    case JSON_OBJECT:
      return NARU_JSON_OBJECT;
    case JSON_ARRAY:
      return NARU_JSON_ARRAY;
    case JSON_STRING:
      return NARU_JSON_STRING;
    case JSON_INTEGER:
      return NARU_JSON_INTEGER;
    case JSON_TRUE:
    case JSON_FALSE:
      return NARU_JSON_BOOLEAN;
    case JSON_REAL: /* neither the parser nor a constructor makes one */
    case JSON_NULL:
    default:
      return NARU_JSON_NULL;
    }
}

/**
 * naru_json_new_object:
 *
 * Returns: (transfer full): an empty object
 */
NaruJson *
naru_json_new_object (void)
{
  return json_object ();
}

/**
 * naru_json_new_array:
 *
 * Returns: (transfer full): an empty array
 */
NaruJson *
naru_json_new_array (void)
{
  return json_array ();
}

/**
 * naru_json_new_string:
 * @text: the text; what is not UTF-8 in it is replaced by U+FFFD
 *
 * Returns: (transfer full): a string
 */
NaruJson *
naru_json_new_string (const char *text)
{
  NaruJson *self = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  self = json_string (text);
  if (self == NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);
      self = json_string (valid);
    }
  return self;
}

/**
 * naru_json_new_integer:
 * @value: a number
 *
 * Returns: (transfer full): an integer
 */
NaruJson *
naru_json_new_integer (gint64 value)
{
  return json_integer (value);
}

/**
 * naru_json_new_boolean:
 * @value: a truth value
 *
 * Returns: (transfer full): a boolean
 */
NaruJson *
naru_json_new_boolean (gboolean value)
{
  return json_boolean (value);
}

/**
 * naru_json_new_null:
 *
 * Returns: (transfer full): a null
 */
NaruJson *
naru_json_new_null (void)
{
  return json_null ();
}

/**
 * naru_json_get:
 * @self: (nullable): an object
 * @key: the name of a member
 *
 * Returns: (transfer none) (nullable): its value; %NULL when there is none or @self is no object
 */
NaruJson *
naru_json_get (NaruJson *self, const char *key)
{
  return json_object_get (self, key);
}

/**
 * naru_json_get_string:
 * @self: (nullable): an object
 * @key: the name of a member
 *
 * Returns: (transfer none) (nullable): its text; %NULL when it is missing or no string
 */
const char *
naru_json_get_string (NaruJson *self, const char *key)
{
  return json_string_value (json_object_get (self, key));
}

/**
 * naru_json_get_integer:
 * @self: (nullable): an object
 * @key: the name of a member
 * @fallback: what to return when it is missing or no integer
 *
 * Returns: its number
 */
gint64
naru_json_get_integer (NaruJson *self, const char *key, gint64 fallback)
{
  NaruJson *value = json_object_get (self, key);

  return json_is_integer (value) ? json_integer_value (value) : fallback;
}

/**
 * naru_json_get_boolean:
 * @self: (nullable): an object
 * @key: the name of a member
 * @fallback: what to return when it is missing or no boolean
 *
 * Returns: its truth value
 */
gboolean
naru_json_get_boolean (NaruJson *self, const char *key, gboolean fallback)
{
  NaruJson *value = json_object_get (self, key);

  return json_is_boolean (value) ? json_is_true (value) : fallback;
}

/**
 * naru_json_as_string:
 * @self: (nullable): a value
 *
 * Returns: (transfer none) (nullable): its text, or %NULL when it is no string
 */
const char *
naru_json_as_string (NaruJson *self)
{
  return json_string_value (self);
}

/**
 * naru_json_as_integer:
 * @self: (nullable): a value
 *
 * Returns: its number, or 0 when it is no integer
 */
gint64
naru_json_as_integer (NaruJson *self)
{
  return json_integer_value (self);
}

/**
 * naru_json_as_boolean:
 * @self: (nullable): a value
 *
 * Returns: its truth value, or %FALSE when it is no boolean
 */
gboolean
naru_json_as_boolean (NaruJson *self)
{
  return json_is_true (self);
}

/**
 * naru_json_get_size:
 * @self: (nullable): a value
 *
 * Returns: how many elements or members it has; 0 when it is neither array nor object
 */
guint
naru_json_get_size (NaruJson *self)
{
  return (guint) (json_is_object (self) ? json_object_size (self) : json_array_size (self));
}

/**
 * naru_json_get_element:
 * @self: (nullable): an array
 * @index: from 0
 *
 * Returns: (transfer none) (nullable): that element, or %NULL past the end
 */
NaruJson *
naru_json_get_element (NaruJson *self, guint index)
{
  return json_array_get (self, index);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * naru_json_get_keys:
 * @self: (nullable): an object
 *
 * Returns: (transfer full): the names of its members by code point; empty when it is no object
 */
GStrv
naru_json_get_keys (NaruJson *self)
{
  GStrv keys = g_new0 (char *, json_object_size (self) + 1);
  const char *key = NULL;
  json_t *value = NULL;
  guint count = 0;

  json_object_foreach (self, key, value)
    keys[count++] = g_strdup (key);
  qsort (keys, count, sizeof *keys, compare_keys);
  return keys;
}

/**
 * naru_json_foreach_member:
 * @self: (nullable): an object; it must not be changed meanwhile
 * @func: (scope call): called once for each member, in the order in which they were set
 * @user_data: for @func
 */
void
naru_json_foreach_member (NaruJson *self, NaruJsonMemberFunc func, gpointer user_data)
{
  const char *key = NULL;
  json_t *value = NULL;

  g_return_if_fail (func != NULL);

  json_object_foreach (self, key, value)
    func (key, value, user_data);
}

/**
 * naru_json_set:
 * @self: an object
 * @key: the name of a member, UTF-8
 * @value: (transfer full): its new value; not @self nor anything that contains it
 */
void
naru_json_set (NaruJson *self, const char *key, NaruJson *value)
{
  if (json_object_set_new (self, key, value) != 0)
    g_critical ("a member could not be set: the value holds the object itself, or the name is not UTF-8");
}

/**
 * naru_json_set_string:
 * @self: an object
 * @key: the name of a member
 * @value: (nullable): its new text; %NULL removes the member
 */
void
naru_json_set_string (NaruJson *self, const char *key, const char *value)
{
  if (value == NULL)
    json_object_del (self, key);
  else
    naru_json_set (self, key, naru_json_new_string (value));
}

/**
 * naru_json_set_integer:
 * @self: an object
 * @key: the name of a member
 * @value: its new number
 */
void
naru_json_set_integer (NaruJson *self, const char *key, gint64 value)
{
  naru_json_set (self, key, json_integer (value));
}

/**
 * naru_json_set_boolean:
 * @self: an object
 * @key: the name of a member
 * @value: its new truth value
 */
void
naru_json_set_boolean (NaruJson *self, const char *key, gboolean value)
{
  naru_json_set (self, key, json_boolean (value));
}

/**
 * naru_json_remove:
 * @self: an object
 * @key: the name of a member; nothing happens when there is none
 */
void
naru_json_remove (NaruJson *self, const char *key)
{
  json_object_del (self, key);
}

/**
 * naru_json_append:
 * @self: an array
 * @value: (transfer full): its new last element; not @self nor anything that contains it
 */
void
naru_json_append (NaruJson *self, NaruJson *value)
{
  if (json_array_append_new (self, value) != 0)
    g_critical ("an element could not be appended: the value holds the array itself");
}

/**
 * naru_json_append_string:
 * @self: an array
 * @value: the text of its new last element
 */
void
naru_json_append_string (NaruJson *self, const char *value)
{
  naru_json_append (self, naru_json_new_string (value));
}

/**
 * naru_json_remove_element:
 * @self: an array
 * @index: from 0; nothing happens past the end
 */
void
naru_json_remove_element (NaruJson *self, guint index)
{
  json_array_remove (self, index);
}
