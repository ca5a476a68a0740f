/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-json.h"

#include "naru-error.h"

#include <glib/gi18n-lib.h>
#include <jansson.h>
#include <string.h>

/* An index as RFC 6901 writes it: no sign, no zeros in front. */
static gboolean
parse_index (const char *step, gsize *index)
{
  gsize length = strlen (step);

  if (length == 0 || length > 9 || (length > 1 && step[0] == '0'))
    return FALSE;
  *index = 0;
  for (const char *p = step; *p != '\0'; p++)
    {
      if (!g_ascii_isdigit (*p))
        return FALSE;
      *index = *index * 10 + (gsize) (*p - '0');
    }
  return TRUE;
}

static json_t *
take_step (json_t *value, const char *step)
{
  gsize index = 0;

  if (json_is_object (value))
    return json_object_get (value, step);
  if (json_is_array (value) && parse_index (step, &index))
    return json_array_get (value, index);
  return NULL;
}

/* "~1" stands for "/" and "~0" for "~"; in place, since the text only shrinks. */
static gboolean
unescape_step (char *step)
{
  char *out = step;

  for (const char *p = step; *p != '\0'; p++)
    {
      if (*p == '~')
        {
          p++;
          if (*p != '0' && *p != '1')
            return FALSE;
          *out++ = *p == '0' ? '~' : '/';
        }
      else
        *out++ = *p;
    }
  *out = '\0';
  return TRUE;
}

/* The steps of a JSON pointer (with "/" in front), or of a path with points; %NULL when it is neither. */
static GStrv
split_path (const char *path)
{
  static const char *const nameless[] = { "", NULL };
  gboolean is_pointer = *path == '/';
  /* splitting "" gives no steps at all; "/" is the member without a name */
  g_auto (GStrv) steps = g_str_equal (path, "/")
                             ? g_strdupv ((char **) nameless)
                             : g_strsplit (is_pointer ? path + 1 : path, is_pointer ? "/" : ".", -1);

  if (*path == '\0' || g_strv_length (steps) > NARU_JSON_MAX_DEPTH || !g_utf8_validate (path, -1, NULL))
    return NULL;
  for (guint i = 0; steps[i] != NULL; i++)
    {
      if (is_pointer && !unescape_step (steps[i]))
        return NULL;
      if (!is_pointer && *steps[i] == '\0')
        return NULL;
    }
  return g_steal_pointer (&steps);
}

/* Follows a pointer of short plain names without splitting it first; whether it could. */
static gboolean
follow_plain (json_t *value, const char *pointer, json_t **found)
{
  char step[64];

  while (*pointer == '/' && value != NULL)
    {
      gsize length = strcspn (++pointer, "/~");

      if (pointer[length] == '~' || length >= sizeof step)
        return FALSE;
      memcpy (step, pointer, length);
      step[length] = '\0';
      value = take_step (value, step);
      pointer += length;
    }
  *found = value;
  return TRUE;
}

/**
 * naru_json_get_pointer:
 * @self: (nullable): a value
 * @pointer: a JSON pointer (RFC 6901), as in "/inventors/0/share"; empty for @self
 *
 * Returns: (transfer none) (nullable): what it points to, or %NULL
 */
NaruJson *
naru_json_get_pointer (NaruJson *self, const char *pointer)
{
  g_auto (GStrv) steps = NULL;
  json_t *found = NULL;

  g_return_val_if_fail (pointer != NULL, NULL);

  if (*pointer == '\0')
    return self;
  if (*pointer == '/' && follow_plain (self, pointer, &found))
    return found;
  if (*pointer != '/' || (steps = split_path (pointer)) == NULL)
    return NULL;
  for (guint i = 0; steps[i] != NULL && self != NULL; i++)
    self = take_step (self, steps[i]);
  return self;
}

/**
 * naru_json_find_text:
 * @self: (nullable): a value
 * @pointer: a JSON pointer
 *
 * Returns: (transfer none) (nullable): the text there; %NULL where there is none, or an empty one, which says
 * the same
 */
const char *
naru_json_find_text (NaruJson *self, const char *pointer)
{
  NaruJson *value = naru_json_get_pointer (self, pointer);
  const char *text = value != NULL ? naru_json_as_string (value) : NULL;

  return text != NULL && *text != '\0' ? text : NULL;
}

/**
 * naru_json_find_date:
 * @self: (nullable): a value
 * @pointer: a JSON pointer
 * @date: (out): the date there, or %NARU_DATE_NONE
 *
 * Returns: whether a date stands there
 */
gboolean
naru_json_find_date (NaruJson *self, const char *pointer, NaruDate *date)
{
  const char *text = naru_json_find_text (self, pointer);

  *date = NARU_DATE_NONE;
  return text != NULL && naru_date_parse (text, date, NULL);
}

/**
 * naru_json_find_answer:
 * @self: (nullable): a value
 * @pointer: a JSON pointer
 *
 * Returns: what is said there to a question of yes or no; one that nobody answered is not a no
 */
NaruAnswer
naru_json_find_answer (NaruJson *self, const char *pointer)
{
  NaruJson *value = naru_json_get_pointer (self, pointer);

  if (value == NULL || naru_json_get_kind (value) != NARU_JSON_BOOLEAN)
    return NARU_ANSWER_NONE;
  return naru_json_as_boolean (value) ? NARU_ANSWER_YES : NARU_ANSWER_NO;
}

/**
 * naru_json_lists:
 * @self: (nullable): an array
 * @text: a text
 *
 * Returns: whether it is one of the array's elements
 */
gboolean
naru_json_lists (NaruJson *self, const char *text)
{
  guint n = naru_json_get_size (self);

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (self, i)), text) == 0)
      return TRUE;
  return FALSE;
}

static void
set_bad_path (GError **error, const char *path)
{
  naru_set_error (error, NARU_ERROR_INVALID, path, 0,
                  _ ("Name the fields from the outside in with points between, as in grant.territory or "
                     "inventors.0.share."),
                  _ ("“%s” is not a path to a field"), path);
}

static gboolean
set_no_place (GError **error, const char *path, const char *step)
{
  naru_set_error (error, NARU_ERROR_INVALID, path, 0,
                  _ ("Elements of a list are counted from 0; the number after the last one appends."),
                  _ ("“%s” of the path “%s” has no place in the record"), step, path);
  return FALSE;
}

/* Puts @value at @step of @container; takes @value in any case. */
static gboolean
put (json_t *container, const char *step, json_t *value, const char *path, GError **error)
{
  gsize index = 0;
  gboolean done = FALSE;

  if (json_is_object (container))
    done = json_object_set_new (container, step, value) == 0;
  else if (!json_is_array (container) || !parse_index (step, &index) || index > json_array_size (container))
    json_decref (value);
  else if (index == json_array_size (container))
    done = json_array_append_new (container, value) == 0;
  else
    done = json_array_set_new (container, index, value) == 0;
  return done || set_no_place (error, path, step);
}

/* Whether @value can be walked into, or may be replaced by something that can. */
static gboolean
is_missing (json_t *value)
{
  return value == NULL || json_is_null (value);
}

/* What the path still lacks at @steps, with @value inside: made on its own, so that a failure leaves nothing
 * half done. */
static json_t *
build_rest (char **steps, json_t *value)
{
  for (guint i = g_strv_length (steps); i > 0; i--)
    {
      gboolean is_list = g_str_equal (steps[i - 1], "0");
      json_t *outer = is_list ? json_array () : json_object ();
      if (is_list)
        json_array_append_new (outer, value);
      else
        json_object_set_new (outer, steps[i - 1], value);
      value = outer;
    }
  return value;
}

/**
 * naru_json_set_path:
 * @self: an object or array
 * @path: names with points between, as in "inventors.0.share", or a JSON pointer
 * @value: (transfer full): the new value; taken also when this fails
 * @error: %NARU_ERROR_INVALID, with @path as its field
 *
 * What is missing or null on the way becomes an object, or an array where the path goes on with 0. In an
 * array, the index after the last one appends.
 *
 * Returns: whether it was set; if not, @self is as before
 */
gboolean
naru_json_set_path (NaruJson *self, const char *path, NaruJson *value, GError **error)
{
  g_auto (GStrv) steps = NULL;
  json_t *container = self;
  guint i = 0;

  g_return_val_if_fail (self != NULL && path != NULL && value != NULL, FALSE);

  steps = split_path (path);
  if (steps == NULL)
    {
      json_decref (value);
      set_bad_path (error, path);
      return FALSE;
    }
  for (; steps[i + 1] != NULL; i++)
    {
      json_t *next = take_step (container, steps[i]);
      if (is_missing (next))
        break;
      container = next;
    }
  return put (container, steps[i], build_rest (steps + i + 1, value), path, error);
}

/**
 * naru_json_remove_path:
 * @self: an object or array
 * @path: as for naru_json_set_path()
 * @error: %NARU_ERROR_INVALID; %NARU_ERROR_NOT_FOUND when nothing is there
 *
 * Returns: whether something was removed
 */
gboolean
naru_json_remove_path (NaruJson *self, const char *path, GError **error)
{
  g_auto (GStrv) steps = NULL;
  json_t *container = self;
  gsize index = 0;
  guint i = 0;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  steps = split_path (path);
  if (steps == NULL)
    {
      set_bad_path (error, path);
      return FALSE;
    }
  for (; steps[i + 1] != NULL && container != NULL; i++)
    container = take_step (container, steps[i]);
  if (container == NULL || take_step (container, steps[i]) == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, path, 0, _ ("Check the name of the field."),
                      _ ("there is nothing at “%s”"), path);
      return FALSE;
    }
  if (json_is_object (container))
    return json_object_del (container, steps[i]) == 0;
  return parse_index (steps[i], &index) && json_array_remove (container, index) == 0;
}
