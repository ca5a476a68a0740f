/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-json.h"

#include "naru-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

/* Our own reader makes the JSON library's values. The library's accepts floats, any depth below 2048 and a
 * NUL behind a number, says "near" instead of where, and takes five times as long; every record that is
 * judged passes here. */

typedef struct
{
  const char *start;
  const char *p; /* what is read next; the text before @end is valid UTF-8 without NUL */
  const char *end;
  GString *scratch; /* for strings with escapes, or NULL; a key and its value never need it at once */
  int depth;
  GError **error;
} Reader;

static json_t *read_value (Reader *self);

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

/* Always NULL, so that a caller can return it. */
static void *
fail_at (Reader *self, const char *position, NaruError code, const char *what, const char *cure)
{
  int line = 0, column = 0;

  locate (self->start, position, &line, &column);
  naru_set_error (self->error, code, NULL, line, cure, _ ("line %d, column %d: %s"), line, column, what);
  return NULL;
}

static void *
fail (Reader *self)
{
  if (self->p >= self->end)
    return fail_at (self, self->end, NARU_ERROR_INVALID, _ ("the text ends too early"),
                    _ ("Close what is open; perhaps the file was cut off."));
  return fail_at (self, self->p, NARU_ERROR_INVALID, _ ("this is not JSON"),
                  _ ("Correct the text at that place."));
}

static void
skip_blanks (Reader *self)
{
  while (self->p < self->end && (*self->p == ' ' || *self->p == '\n' || *self->p == '\t' || *self->p == '\r'))
    self->p++;
}

static gboolean
take (Reader *self, char c)
{
  if (self->p >= self->end || *self->p != c)
    return FALSE;
  self->p++;
  return TRUE;
}

static json_t *
read_word (Reader *self, const char *word, json_t *value)
{
  for (; *word != '\0'; word++)
    if (!take (self, *word))
      return fail (self);
  return value;
}

static json_t *
read_integer (Reader *self)
{
  const char *begin = self->p;
  gboolean negative = take (self, '-');
  const char *digits = self->p;
  guint64 limit = negative ? (guint64) G_MAXINT64 + 1 : (guint64) G_MAXINT64;
  guint64 value = 0;
  gboolean fits = TRUE;

  for (; self->p < self->end && g_ascii_isdigit (*self->p); self->p++)
    {
      guint64 digit = (guint64) (*self->p - '0');
      fits = fits && value <= (limit - digit) / 10;
      value = value * 10 + digit;
    }
  if (self->p == digits)
    return fail (self);
  if (*digits == '0' && self->p > digits + 1)
    {
      self->p = digits + 1;
      return fail (self);
    }
  if (self->p < self->end && (*self->p == '.' || *self->p == 'e' || *self->p == 'E'))
    return fail_at (self, begin, NARU_ERROR_INVALID,
                    _ ("a number with a fraction or an exponent is not allowed"),
                    _ ("Write a whole number, or the decimal number between quotation marks."));
  if (!fits)
    return fail_at (self, begin, NARU_ERROR_INVALID, _ ("the number does not fit in 64 bits"),
                    _ ("Write the number between quotation marks."));
  return json_integer ((gint64) (negative ? 0 - value : value));
}

/* Reads four hex digits; -1 when they are none. */
static int
read_unit (Reader *self)
{
  int unit = 0;

  for (int i = 0; i < 4; i++, self->p++)
    {
      int digit = self->p < self->end ? g_ascii_xdigit_value (*self->p) : -1;
      if (digit < 0)
        return -1;
      unit = unit << 4 | digit;
    }
  return unit;
}

/* Reads what follows "\u"; the character that it means goes to the scratch. */
static gboolean
read_escaped_unit (Reader *self)
{
  const char *begin = self->p - 2;
  int unit = read_unit (self);
  int low = 0;

  if (unit < 0)
    return fail (self) != NULL;
  if (unit == 0)
    return fail_at (self, begin, NARU_ERROR_INVALID, _ ("a text holds the character NUL"),
                    _ ("Remove that character.")) != NULL;
  if (unit >= 0xD800 && unit <= 0xDFFF)
    {
      if (unit <= 0xDBFF && take (self, '\\') && take (self, 'u'))
        low = read_unit (self);
      if (low < 0xDC00 || low > 0xDFFF)
        return fail_at (self, begin, NARU_ERROR_INVALID, _ ("this is half of a character"),
                        _ ("Write both halves, or the character itself.")) != NULL;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
  g_string_append_unichar (self->scratch, (gunichar) unit);
  return TRUE;
}

static gboolean
read_escape (Reader *self)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *found = NULL;

  self->p++;
  if (take (self, 'u'))
    return read_escaped_unit (self);
  if (self->p < self->end)
    found = memchr (letters, *self->p, sizeof letters - 1);
  if (found == NULL)
    return fail (self) != NULL;
  g_string_append_c (self->scratch, meanings[found - letters]);
  self->p++;
  return TRUE;
}

#define ONES G_GUINT64_CONSTANT (0x0101010101010101)
#define TOPS G_GUINT64_CONSTANT (0x8080808080808080)

/* Whether one of eight bytes is 0: only there the subtraction sets a top bit that was not set */
static inline gboolean
has_zero (guint64 eight)
{
  return ((eight - ONES) & ~eight & TOPS) != 0;
}

/* Passes over bytes that stand for themselves, eight at a time; what follows may be some more of them. */
static void
skip_plain (Reader *self)
{
  guint64 eight = 0;

  while (self->end - self->p >= (gssize) sizeof eight)
    {
      memcpy (&eight, self->p, sizeof eight);
      if (has_zero (eight ^ ONES * '"') || has_zero (eight ^ ONES * '\\') ||
          ((eight - ONES * 0x20) & ~eight & TOPS) != 0)
        return;
      self->p += sizeof eight;
    }
}

/* Reads a string from its opening quotation mark. The text is in the input, or in the scratch when it has
 * escapes; no NUL ends it. */
static const char *
read_string (Reader *self, gsize *length)
{
  const char *begin = ++self->p;
  gboolean escaped = FALSE;

  skip_plain (self);
  while (self->p < self->end && *self->p != '"')
    {
      if ((guchar) *self->p < 0x20)
        return fail (self);
      if (*self->p != '\\')
        {
          self->p++;
          continue;
        }
      if (!escaped && self->scratch == NULL)
        self->scratch = g_string_new (NULL);
      if (!escaped)
        g_string_truncate (self->scratch, 0);
      escaped = TRUE;
      g_string_append_len (self->scratch, begin, self->p - begin);
      if (!read_escape (self))
        return NULL;
      begin = self->p;
      skip_plain (self);
    }
  if (self->p >= self->end)
    return fail (self);
  if (escaped)
    g_string_append_len (self->scratch, begin, self->p - begin);
  *length = escaped ? self->scratch->len : (gsize) (self->p - begin);
  self->p++;
  return escaped ? self->scratch->str : begin;
}

static json_t *
read_text (Reader *self)
{
  gsize length = 0;
  const char *text = read_string (self, &length);

  return text != NULL ? json_stringn_nocheck (text, length) : NULL;
}

static gboolean
read_member (Reader *self, json_t *object)
{
  const char *begin = self->p;
  gsize length = 0, count = json_object_size (object);
  const char *text = NULL;
  g_autofree char *unescaped = NULL;
  json_t *value = NULL;

  if (self->p >= self->end || *self->p != '"')
    return fail (self) != NULL;
  text = read_string (self, &length);
  if (text == NULL)
    return FALSE;
  /* the value may need the scratch */
  if (text < self->start || text >= self->end)
    text = unescaped = g_strndup (text, length);
  skip_blanks (self);
  if (!take (self, ':'))
    return fail (self) != NULL;
  value = read_value (self);
  if (value == NULL)
    return FALSE;
  json_object_setn_new_nocheck (object, text, length, value);
  if (json_object_size (object) == count)
    return fail_at (self, begin, NARU_ERROR_INVALID, _ ("the name of this member occurs twice in its object"),
                    _ ("Keep one of the two.")) != NULL;
  return TRUE;
}

static gboolean
read_element (Reader *self, json_t *array)
{
  json_t *value = read_value (self);

  return value != NULL && json_array_append_new (array, value) == 0;
}

/* Reads an object or array from its opening bracket; takes @container. */
static json_t *
read_container (Reader *self, json_t *container, gboolean (*read_item) (Reader *, json_t *), char closing)
{
  gboolean good = TRUE;

  if (++self->depth > NARU_JSON_MAX_DEPTH)
    {
      json_decref (container);
      return fail_at (self, self->p, NARU_ERROR_TOO_LARGE, _ ("objects and arrays are nested too deeply"),
                      _ ("Nest objects and arrays less deeply."));
    }
  self->p++;
  skip_blanks (self);
  if (!take (self, closing))
    {
      do
        {
          skip_blanks (self);
          good = read_item (self, container);
          if (good)
            skip_blanks (self);
        }
      while (good && take (self, ','));
      if (good && !take (self, closing))
        {
          fail (self);
          good = FALSE;
        }
    }
  self->depth--;
  if (good)
    return container;
  json_decref (container);
  return NULL;
}

static json_t *
read_value (Reader *self)
{
  skip_blanks (self);
  if (self->p >= self->end)
    return fail (self);
  switch (*self->p)
    {
    case '{':
      return read_container (self, json_object (), read_member, '}');
    case '[':
      return read_container (self, json_array (), read_element, ']');
    case '"':
      return read_text (self);
    case 't':
      return read_word (self, "true", json_true ());
    case 'f':
      return read_word (self, "false", json_false ());
    case 'n':
      return read_word (self, "null", json_null ());
    default:
      return read_integer (self);
    }
}

/* As g_utf8_validate_len(), which goes byte by byte: here eight at a time while they are ASCII, as nearly all
 * of them are. */
static gboolean
is_valid (const char *p, const char *end, const char **wrong)
{
  while (p < end)
    {
      guint64 eight = 0;
      const char *other = p;
      if (end - p >= 8)
        {
          memcpy (&eight, p, sizeof eight);
          if ((eight & TOPS) == 0 && !has_zero (eight))
            {
              p += sizeof eight;
              continue;
            }
        }
      if ((guchar) *p < 0x80 && *p != '\0')
        {
          p++;
          continue;
        }
      while (other < end && (guchar) *other >= 0x80)
        other++;
      if (*p == '\0' || !g_utf8_validate_len (p, (gsize) (other - p), wrong))
        {
          *wrong = *p == '\0' ? p : *wrong;
          return FALSE;
        }
      p = other;
    }
  return TRUE;
}

static gboolean
check_bytes (Reader *self)
{
  const char *wrong = NULL;
  gsize size = (gsize) (self->end - self->start);

  if (size >= 3 && memcmp (self->start, "\xEF\xBB\xBF", 3) == 0)
    return fail_at (self, self->start, NARU_ERROR_INVALID, _ ("the text begins with a byte order mark"),
                    _ ("Save the text as UTF-8 without a byte order mark.")) != NULL;
  if (is_valid (self->start, self->end, &wrong))
    return TRUE;
  return fail_at (self, wrong, NARU_ERROR_INVALID,
                  *wrong == '\0' ? _ ("the text holds a NUL byte") : _ ("the text is not UTF-8"),
                  _ ("Save or send the text as UTF-8.")) != NULL;
}

static void
set_too_large (gsize max_size, GError **error)
{
  naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, _ ("Split it into smaller ones."),
                  _ ("the JSON text is larger than %zu bytes"), max_size);
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
  Reader reader = { .start = text != NULL ? text : "", .error = error };
  gsize size = 0;
  NaruJson *value = NULL;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  size = length < 0 ? strlen (text) : (gsize) length;
  if (max_size == 0)
    max_size = NARU_JSON_MAX_SIZE;
  if (size > max_size)
    {
      set_too_large (max_size, error);
      return NULL;
    }
  reader.p = reader.start;
  reader.end = reader.start + size;
  if (!check_bytes (&reader))
    return NULL;

  value = read_value (&reader);
  skip_blanks (&reader);
  if (value != NULL && reader.p < reader.end)
    {
      g_clear_pointer (&value, json_decref);
      fail_at (&reader, reader.p, NARU_ERROR_INVALID, _ ("something follows the end of the value"),
               _ ("Give one JSON value and nothing after it."));
    }
  if (reader.scratch != NULL)
    g_string_free (reader.scratch, TRUE);
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
