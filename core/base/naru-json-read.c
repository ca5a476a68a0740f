/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-json.h"

#include "naru-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

static void
locate (const char *text, const char *position, int *line, int *column)
{
  const char *start = text;

  *line = 1;
  for (const char *p = text; (p = memchr (p, '\n', position - p)) != NULL; start = ++p)
    (*line)++;
  *column = 1;
  for (const char *p = start; p < position; p++)
    *column += ((guchar) *p & 0xC0) != 0x80; /* a character counts once, whatever its bytes */
}

static void
set_error_at (GError **error, NaruError code, int line, int column, const char *cure, const char *what)
{
  naru_set_error (error, code, NULL, line, cure, _ ("line %d, column %d: %s"), line, column, what);
}

/* Steps behind the closing quotation mark of the string that begins at @p. */
static const char *
skip_string (const char *p, const char *end)
{
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\')
      p++;
  return p + 1;
}

/* Steps behind a number; %NULL when it has a fraction or an exponent. */
static const char *
skip_integer (const char *p, const char *end)
{
  for (p++; p < end; p++)
    {
      if (*p == '.' || *p == 'e' || *p == 'E')
        return NULL;
      if (!g_ascii_isdigit (*p))
        break;
    }
  return p;
}

/* Finds what the JSON library would accept and we do not: depth and floats. Whatever else is wrong is its
 * business. */
static gboolean
scan (const char *text, gsize size, GError **error)
{
  const char *p = text, *end = text + size;
  const char *next = NULL;
  int depth = 0, line = 0, column = 0;

  while (p < end)
    {
      next = p + 1;
      if (*p == '"')
        next = skip_string (p, end);
      else if (*p == '-' || g_ascii_isdigit (*p))
        next = skip_integer (p, end);
      else if (*p == '{' || *p == '[')
        depth++;
      else if (*p == '}' || *p == ']')
        depth--;

      if (next == NULL)
        {
          locate (text, p, &line, &column);
          set_error_at (error, NARU_ERROR_INVALID, line, column,
                        _ ("Write a whole number, or the decimal number between quotation marks."),
                        _ ("a number with a fraction or an exponent is not allowed"));
          return FALSE;
        }
      if (depth > NARU_JSON_MAX_DEPTH)
        {
          locate (text, p, &line, &column);
          set_error_at (error, NARU_ERROR_TOO_LARGE, line, column, _ ("Nest objects and arrays less deeply."),
                        _ ("objects and arrays are nested too deeply"));
          return FALSE;
        }
      p = next;
    }
  return TRUE;
}

/* The JSON library takes a NUL behind a number for the end of the text. */
static gboolean
check_bytes (const char *text, gsize size, GError **error)
{
  const char *nul = memchr (text, '\0', size);
  int line = 0, column = 0;

  if (size >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    {
      set_error_at (error, NARU_ERROR_INVALID, 1, 1, _ ("Save the text as UTF-8 without a byte order mark."),
                    _ ("the text begins with a byte order mark"));
      return FALSE;
    }
  if (nul != NULL)
    {
      locate (text, nul, &line, &column);
      set_error_at (error, NARU_ERROR_INVALID, line, column, _ ("Save or send the text as UTF-8."),
                    _ ("the text holds a NUL byte"));
      return FALSE;
    }
  return TRUE;
}

static void
set_library_error (GError **error, const json_error_t *problem)
{
  const char *what = _ ("this is not JSON");
  const char *cure = _ ("Correct the text at that place.");

  switch (json_error_code (problem))
    {
    case json_error_premature_end_of_input:
      what = _ ("the text ends too early");
      cure = _ ("Close what is open; perhaps the file was cut off.");
      break;
    case json_error_end_of_input_expected:
      what = _ ("something follows the end of the value");
      cure = _ ("Give one JSON value and nothing after it.");
      break;
    case json_error_invalid_utf8:
      what = _ ("the text is not UTF-8");
      cure = _ ("Save or send the text as UTF-8.");
      break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
      what = _ ("a text holds the character NUL");
      cure = _ ("Remove that character.");
      break;
    case json_error_duplicate_key:
      what = _ ("the name of this member occurs twice in its object");
      cure = _ ("Keep one of the two.");
      break;
    case json_error_numeric_overflow:
      what = _ ("the number does not fit in 64 bits");
      cure = _ ("Write the number between quotation marks.");
      break;
    default:
      break;
    }
  set_error_at (error, NARU_ERROR_INVALID, MAX (problem->line, 1), MAX (problem->column, 1), cure, what);
}

static void
set_too_large (gsize max_size, GError **error)
{
  naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, _ ("Split it into smaller ones."),
                  _ ("the JSON text is larger than %" G_GSIZE_FORMAT " bytes"), max_size);
}

/**
 * naru_json_parse:
 * @text: (array length=length) (element-type guint8): one JSON value in UTF-8
 * @length: how many bytes, or -1 when a NUL ends them
 * @max_size: the most bytes allowed; 0 for %NARU_JSON_MAX_SIZE
 * @error: %NARU_ERROR_TOO_LARGE, %NARU_ERROR_INVALID with line and column
 *
 * share/doc/JSON.md says what is accepted.
 *
 * Returns: (transfer full) (nullable): the value
 */
NaruJson *
naru_json_parse (const char *text, gssize length, gsize max_size, GError **error)
{
  gsize size = 0;
  json_error_t problem;
  NaruJson *value = NULL;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  if (text == NULL)
    text = "";
  size = length < 0 ? strlen (text) : (gsize) length;
  if (max_size == 0)
    max_size = NARU_JSON_MAX_SIZE;
  if (size > max_size)
    {
      set_too_large (max_size, error);
      return NULL;
    }
  if (!check_bytes (text, size, error) || !scan (text, size, error))
    return NULL;

  value = json_loadb (text, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &problem);
  if (value == NULL)
    set_library_error (error, &problem);
  return value;
}

/* Reads one byte more than allowed at most, so that a device or a growing file cannot fill the memory. */
static GString *
read_bounded (int fd, gsize max_size, int *errsv)
{
  g_autoptr (GString) content = g_string_new (NULL);
  char buffer[16384];

  while (content->len <= max_size)
    {
      ssize_t count = read (fd, buffer, MIN (sizeof buffer, max_size + 1 - content->len));
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        {
          *errsv = errno;
          return NULL;
        }
      if (count == 0)
        break;
      g_string_append_len (content, buffer, count);
    }
  return g_steal_pointer (&content);
}

/**
 * naru_json_parse_file:
 * @path: (type filename): a file
 * @max_size: the most bytes allowed; 0 for %NARU_JSON_MAX_SIZE
 * @error: as naru_json_parse(), and %NARU_ERROR_NOT_FOUND, %NARU_ERROR_IO; the message names the file
 *
 * Returns: (transfer full) (nullable): the value in it
 */
NaruJson *
naru_json_parse_file (const char *path, gsize max_size, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  int errsv = fd < 0 ? errno : 0;
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GString) content = NULL;
  NaruJson *value = NULL;

  if (max_size == 0)
    max_size = NARU_JSON_MAX_SIZE;
  if (fd >= 0)
    {
      content = read_bounded (fd, max_size, &errsv);
      close (fd);
    }
  if (content == NULL)
    {
      naru_set_error_errno (error, errsv, NULL, _ ("Cannot read %s"), shown);
      return NULL;
    }
  value = naru_json_parse (content->str, (gssize) content->len, max_size, error);
  if (value == NULL)
    g_prefix_error (error, "%s: ", shown);
  return value;
}
