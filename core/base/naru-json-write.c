/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-json.h"

#include <jansson.h>
#include <string.h>

/* Our own writer makes the bytes that the library's would make with sorted keys and an indent of two (a test
 * compares them), without its search for circles in every container: half of the time of a change of a record
 * went there. */

typedef struct
{
  const char *key;
  json_t *value;
} Member;

static void write_value (GString *out, json_t *value, int indent);

static void
write_string (GString *out, const char *text, gsize length)
{
  const char *end = text + length, *start = text;

  g_string_append_c (out, '"');
  for (const char *p = text; p < end; p++)
    {
      guchar c = (guchar) *p;
      const char *escape = NULL;
      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      switch (c)
        {
        case '"':
          escape = "\\\"";
          break;
        case '\\':
          escape = "\\\\";
          break;
        case '\b':
          escape = "\\b";
          break;
        case '\f':
          escape = "\\f";
          break;
        case '\n':
          escape = "\\n";
          break;
        case '\r':
          escape = "\\r";
          break;
        case '\t':
          escape = "\\t";
          break;
        default:
          break;
        }
      g_string_append_len (out, start, p - start);
      if (escape != NULL)
        g_string_append_len (out, escape, 2);
      else
        g_string_append_printf (out, "\\u%04X", c);
      start = p + 1;
    }
  g_string_append_len (out, start, end - start);
  g_string_append_c (out, '"');
}

static void
write_integer (GString *out, gint64 value)
{
  char buffer[24];
  char *p = buffer + sizeof buffer;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--p = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--p = '-';
  g_string_append_len (out, p, buffer + sizeof buffer - p);
}

/* A negative @indent means: all on one line. */
static void
write_break (GString *out, int indent)
{
  static const char spaces[] = "                                ";

  if (indent < 0)
    return;
  g_string_append_c (out, '\n');
  for (int left = 2 * indent; left > 0; left -= 32)
    g_string_append_len (out, spaces, MIN (left, 32));
}

static int
compare_members (const void *a, const void *b)
{
  return strcmp (((const Member *) a)->key, ((const Member *) b)->key);
}

/* Byte order of UTF-8 is the order of code points. What was read from canonical text is in order already. */
static void
collect_members (json_t *object, Member *members)
{
  const char *key = NULL;
  json_t *value = NULL;
  gboolean sorted = TRUE;
  gsize count = 0;

  json_object_foreach (object, key, value)
    {
      members[count].key = key;
      members[count].value = value;
      if (sorted && count > 0)
        sorted = strcmp (members[count - 1].key, key) < 0;
      count++;
    }
  if (!sorted)
    qsort (members, count, sizeof *members, compare_members);
}

static void
write_object (GString *out, json_t *object, int indent)
{
  Member few[32];
  gsize count = json_object_size (object);
  g_autofree Member *many = count > G_N_ELEMENTS (few) ? g_new (Member, count) : NULL;
  Member *members = many != NULL ? many : few;
  int inner = indent < 0 ? indent : indent + 1;

  g_string_append_c (out, '{');
  collect_members (object, members);
  for (gsize i = 0; i < count; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      write_break (out, inner);
      write_string (out, members[i].key, strlen (members[i].key));
      g_string_append_len (out, ": ", indent < 0 ? 1 : 2);
      write_value (out, members[i].value, inner);
    }
  if (count > 0)
    write_break (out, indent);
  g_string_append_c (out, '}');
}

static void
write_array (GString *out, json_t *array, int indent)
{
  gsize count = json_array_size (array);
  int inner = indent < 0 ? indent : indent + 1;

  g_string_append_c (out, '[');
  for (gsize i = 0; i < count; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      write_break (out, inner);
      write_value (out, json_array_get (array, i), inner);
    }
  if (count > 0)
    write_break (out, indent);
  g_string_append_c (out, ']');
}

static void
write_value (GString *out, json_t *value, int indent)
{
  switch (json_typeof (value))
    {
    case JSON_OBJECT:
      write_object (out, value, indent);
      break;
    case JSON_ARRAY:
      write_array (out, value, indent);
      break;
    case JSON_STRING:
      write_string (out, json_string_value (value), json_string_length (value));
      break;
    case JSON_INTEGER:
      write_integer (out, json_integer_value (value));
      break;
    case JSON_TRUE:
      g_string_append (out, "true");
      break;
    case JSON_FALSE:
      g_string_append (out, "false");
      break;
    case JSON_REAL:
    case JSON_NULL:
    default:
      g_string_append (out, "null");
      break;
    }
}

static GString *
write_canonical (NaruJson *self)
{
  GString *out = g_string_sized_new (2048);

  write_value (out, self, 0);
  g_string_append_c (out, '\n');
  return out;
}

/**
 * naru_json_to_text:
 * @self: a value
 * @length: (out) (optional): how many bytes, without the NUL at the end
 *
 * Returns: (transfer full): its one canonical form: keys sorted, indent of two, one line break at the end
 */
char *
naru_json_to_text (NaruJson *self, gsize *length)
{
  GString *out = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  out = write_canonical (self);
  if (length != NULL)
    *length = out->len;
  return g_string_free (out, FALSE);
}

/**
 * naru_json_to_bytes:
 * @self: a value
 *
 * Returns: (transfer full): the bytes of naru_json_to_text()
 */
GBytes *
naru_json_to_bytes (NaruJson *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_string_free_to_bytes (write_canonical (self));
}

/**
 * naru_json_to_line:
 * @self: a value
 *
 * Returns: (transfer full): it on one line without blanks and line break, keys sorted
 */
char *
naru_json_to_line (NaruJson *self)
{
  GString *out = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  out = g_string_sized_new (1024);
  write_value (out, self, -1);
  return g_string_free (out, FALSE);
}
