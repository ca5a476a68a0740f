/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

/* A spreadsheet runs a cell that begins so as a formula. Plain numbers are no danger and stay numbers. */
static gboolean
is_formula (const char *text)
{
  NaruDecimal number;

  if (text[0] == '\0' || strchr ("=+-@\t\r", text[0]) == NULL)
    return FALSE;
  return text[0] != '-' || !naru_decimal_parse (text, &number, NULL);
}

/* RFC 4180: cells are separated by commas, quoted where they must be. */
void
naru_csv_append_cell (GString *row, const char *text)
{
  gboolean formula = is_formula (text);

  if (row->len > 0)
    g_string_append_c (row, ',');
  if (!formula && text[strcspn (text, "\",\r\n")] == '\0')
    {
      /* a first cell without text would make the row look as if it had none yet */
      g_string_append (row, text[0] == '\0' && row->len == 0 ? "\"\"" : text);
      return;
    }
  g_string_append_c (row, '"');
  if (formula)
    g_string_append_c (row, '\'');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (row, '"');
      g_string_append_c (row, *p);
    }
  g_string_append_c (row, '"');
}

/* @value: (nullable) */
void
naru_csv_append_json (GString *row, NaruJson *value)
{
  g_autofree char *text = naru_value_to_text (value);

  naru_csv_append_cell (row, text);
}
