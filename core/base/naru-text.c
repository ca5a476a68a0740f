/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-text.h"

#include "naru-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Characters that NFC leaves alone and that combine with no character before them: text made of
 * them alone is NFC already. A test compares this with the normaliser for every character. */
static gboolean
is_settled (gunichar c)
{
  return c < 0x300 ||                    /* Latin */
         (c >= 0xAC00 && c <= 0xD7A3) || /* Hangul syllables */
         (c >= 0x4E00 && c <= 0x9FFF) || /* Han */
         (c >= 0x3041 && c <= 0x3096) || /* Hiragana */
         (c >= 0x30A1 && c <= 0x30FA) || /* Katakana */
         (c >= 0x2010 && c <= 0x2027) || /* dashes and quotation marks */
         (c >= 0x3000 && c <= 0x3029) || /* brackets of East Asia */
         (c >= 0x3200 && c <= 0x33FF) || /* ㈜ and its kind */
         (c >= 0xFF01 && c <= 0xFFEF);   /* wide and narrow forms */
}

static gboolean
is_refused (gunichar c)
{
  return c < 0x20 ? c != '\n' && c != '\t' : c >= 0x7F && c <= 0x9F;
}

static gint64
line_at (const char *text, const char *position)
{
  gint64 line = 1;

  for (const char *p = text; (p = memchr (p, '\n', position - p)) != NULL; p++)
    line++;
  return line;
}

static gboolean
check_characters (const char *text, gsize length, gboolean *settled, GError **error)
{
  const char *end = text + length;

  *settled = TRUE;
  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = (guchar) *p < 0x80 ? (gunichar) *p : g_utf8_get_char (p);
      if (is_refused (c))
        {
          naru_set_error (error, NARU_ERROR_INVALID, NULL, line_at (text, p),
                          _ ("Remove that character; only line breaks and tabs are allowed."),
                          _ ("character %ld of the text is a control character (U+%04X)"),
                          g_utf8_pointer_to_offset (text, p) + 1, c);
          return FALSE;
        }
      if (c >= 0x300 && *settled)
        *settled = is_settled (c);
    }
  return TRUE;
}

static gboolean
set_too_long (gsize size, gsize max, GError **error)
{
  naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, _ ("Shorten it, or attach it as a document."),
                  _ ("the text is %zu bytes long, at most %zu are allowed"), size, max);
  return FALSE;
}

/**
 * naru_text_normalize:
 * @text: the bytes that came in
 * @length: how many, or -1 when a NUL ends them
 * @max: the most bytes allowed, before and after; 0 for %NARU_TEXT_MAX
 * @error: %NARU_ERROR_TOO_LARGE; %NARU_ERROR_INVALID with the place of what is wrong
 *
 * Accepts UTF-8 without NUL and without control characters other than line break and tab.
 *
 * Returns: (transfer full) (nullable): the text in Unicode form NFC
 */
char *
naru_text_normalize (const char *text, gssize length, gsize max, GError **error)
{
  gsize size = 0;
  const char *end = NULL;
  gboolean settled = FALSE;
  g_autofree char *result = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  size = length < 0 ? strlen (text) : (gsize) length;
  if (max == 0)
    max = NARU_TEXT_MAX;
  if (size > max)
    {
      set_too_long (size, max, error);
      return NULL;
    }
  if (!g_utf8_validate_len (text, size, &end))
    {
      gboolean is_nul = end < text + size && *end == '\0';
      naru_set_error (error, NARU_ERROR_INVALID, NULL, line_at (text, end),
                      _ ("Save or send the text as UTF-8."),
                      is_nul ? _ ("character %ld of the text is NUL")
                             : _ ("the text is not UTF-8 at character %ld"),
                      g_utf8_pointer_to_offset (text, end) + 1);
      return NULL;
    }
  if (!check_characters (text, size, &settled, error))
    return NULL;
  if (settled)
    return g_strndup (text, size);

  result = g_utf8_normalize (text, (gssize) size, G_NORMALIZE_NFC);
  size = strlen (result);
  if (size > max)
    {
      set_too_long (size, max, error);
      return NULL;
    }
  return g_steal_pointer (&result);
}

/* Marks that say in which direction to write; they could make a line show something else. */
static gboolean
is_direction_mark (gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* Each run of blanks and controls becomes one space, none at the ends. With @search, invisible
 * characters vanish as well. */
static char *
collapse (const char *text, gboolean search)
{
  GString *result = g_string_sized_new (strlen (text) + 1);
  gboolean gap = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (is_direction_mark (c) || (search && g_unichar_type (c) == G_UNICODE_FORMAT))
        continue;
      if (g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029)
        {
          gap = TRUE;
          continue;
        }
      if (gap && result->len > 0)
        g_string_append_c (result, ' ');
      gap = FALSE;
      g_string_append_len (result, p, g_utf8_next_char (p) - p);
    }
  return g_string_free (result, FALSE);
}

/* Whether the three bytes at @p are a letter that folding leaves as it is. */
static gboolean
is_folded_letter (const guchar *p)
{
  gunichar c;

  if (p[0] < 0xE3 || p[0] > 0xED || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
    return FALSE;
  c = (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
  return (c >= 0xAC00 && c <= 0xD7A3) || /* Hangul syllables */
         (c >= 0x4E00 && c <= 0x9FFF) || /* Han */
         (c >= 0x3041 && c <= 0x3096) || /* Hiragana */
         (c >= 0x30A1 && c <= 0x30FA);   /* Katakana */
}

/* Nearly all text is made of characters that need no tables: folded in one pass. A test compares this with
 * the long way for every character. Returns: (transfer full) (nullable): %NULL where there are others */
static char *
fold_plain (const char *text)
{
  g_autofree char *result = g_malloc (strlen (text) + 1);
  char *out = result;
  gboolean gap = FALSE;

  for (const guchar *p = (const guchar *) text; *p != '\0';)
    {
      if (*p <= ' ' || *p == 0x7F)
        {
          gap = TRUE;
          p++;
          continue;
        }
      if (*p >= 0x80 && !is_folded_letter (p))
        return NULL;
      if (gap && out > result)
        *out++ = ' ';
      gap = FALSE;
      if (*p < 0x80)
        {
          *out++ = g_ascii_tolower ((char) *p++);
          continue;
        }
      memcpy (out, p, 3);
      out += 3;
      p += 3;
    }
  *out = '\0';
  return g_steal_pointer (&result);
}

/**
 * naru_text_fold:
 * @text: any text; what is not UTF-8 in it is replaced
 *
 * Two texts that a reader would search for in the same way have the same key: capital and small letters,
 * composed and decomposed Hangul, "㈜" and "(주)", runs of blanks.
 *
 * Returns: (transfer full): the key to search and compare by, never to show
 */
char *
naru_text_fold (const char *text)
{
  g_autofree char *valid = NULL;
  g_autofree char *compatible = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *again = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  folded = fold_plain (text);
  if (folded != NULL)
    return g_steal_pointer (&folded);
  valid = g_utf8_make_valid (text, -1);
  compatible = g_utf8_normalize (valid, -1, G_NORMALIZE_NFKC);
  folded = g_utf8_casefold (compatible, -1);
  /* folding can leave letters apart that belong together */
  again = g_utf8_normalize (folded, -1, G_NORMALIZE_NFKC);
  return collapse (again, TRUE);
}

/**
 * naru_text_one_line:
 * @text: any text; what is not UTF-8 in it is replaced
 *
 * Returns: (transfer full): the text on one line, safe to print on a terminal
 */
char *
naru_text_one_line (const char *text)
{
  g_autofree char *valid = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  valid = g_utf8_make_valid (text, -1);
  return collapse (valid, FALSE);
}

/**
 * naru_text_is_safe_name:
 * @text: (nullable): a name of a person or an office
 *
 * Returns: whether it can stand as an author in git: 1 to 256 bytes of UTF-8, something visible, no
 *   line break, no control, neither "<" nor ">"
 */
gboolean
naru_text_is_safe_name (const char *text)
{
  gboolean visible = FALSE;

  if (text == NULL || strnlen (text, 257) > 256 || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c == '<' || c == '>' || g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 ||
          is_direction_mark (c))
        return FALSE;
      /* git drops these at both ends, so they alone would leave an empty name */
      if (c > ' ' && strchr (".,:;\"\\'", (int) MIN (c, 0x7F)) == NULL && g_unichar_isgraph (c))
        visible = TRUE;
    }
  return visible;
}

static guint
character_cells (gunichar c)
{
  if (c < 0x7F)
    return c >= 0x20 ? 1 : 0;
  if (g_unichar_iscntrl (c) || g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

/**
 * naru_text_cells:
 * @text: UTF-8 text on one line
 *
 * Returns: how many cells of a terminal it takes: 2 for Hangul and Han, 0 for marks
 */
guint
naru_text_cells (const char *text)
{
  guint cells = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    cells += character_cells (g_utf8_get_char (p));
  return cells;
}

/**
 * naru_text_fit:
 * @text: text; line breaks in it become spaces
 * @cells: how many cells of a terminal to fill
 *
 * Returns: (transfer full): @text cut with an ellipsis or padded with spaces to exactly @cells cells
 */
char *
naru_text_fit (const char *text, guint cells)
{
  g_autofree char *line = naru_text_one_line (text);
  guint used = naru_text_cells (line);
  GString *result = g_string_new (NULL);

  if (used <= cells)
    g_string_append (result, line);
  else
    {
      const char *p = line;
      used = 0;
      for (; *p != '\0'; p = g_utf8_next_char (p))
        {
          guint width = character_cells (g_utf8_get_char (p));
          if (used + width + 1 > cells)
            break;
          used += width;
        }
      g_string_append_len (result, line, p - line);
      if (cells > 0)
        {
          g_string_append (result, "…");
          used++;
        }
    }
  for (; used < cells; used++)
    g_string_append_c (result, ' ');
  return g_string_free (result, FALSE);
}
