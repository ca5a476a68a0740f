/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-id.h"

#define MIN_YEAR 1900
#define MIN_DIGITS 5
#define MAX_DIGITS 9

/* Each of these returns the end of the part, or NULL where the text at @text is no such part. */
static const char *
read_hub (const char *text, char *hub, gsize size)
{
  gsize n = 0;

  while (g_ascii_isupper (text[n]) || (n > 0 && g_ascii_isdigit (text[n])))
    n++;
  if (n < 2 || n >= size)
    return NULL;
  memcpy (hub, text, n);
  hub[n] = '\0';
  return text + n;
}

static const char *
read_code (const char *text, char *code, gsize size)
{
  gsize n = 0;

  while (g_ascii_isupper (text[n]))
    n++;
  if (n < 3 || n >= size || text[n] != '-')
    return NULL;
  memcpy (code, text, n);
  code[n] = '\0';
  return text + n + 1;
}

static const char *
read_number (const char *text, gsize min_digits, gsize max_digits, guint *number)
{
  gsize n = 0;

  *number = 0;
  for (; g_ascii_isdigit (text[n]); n++)
    {
      if (n == max_digits)
        return NULL;
      *number = *number * 10 + (text[n] - '0');
    }
  if (n < min_digits || (n > min_digits && text[0] == '0'))
    return NULL;
  return text + n;
}

/**
 * naru_id_parse:
 * @text: (nullable): what may be the id of a record
 * @id: (out caller-allocates) (optional): its parts
 *
 * An id has exactly one spelling: five digits at least, more only where the number needs them.
 *
 * Returns: %TRUE if @text is an id; @id is left in an undefined state otherwise
 */
gboolean
naru_id_parse (const char *text, NaruId *id)
{
  NaruId parts = { 0 };
  const char *at = NULL;
  guint year = 0;

  if (text == NULL)
    return FALSE;
  at = read_hub (text, parts.hub, sizeof parts.hub);
  if (at == NULL || *at != '-')
    return FALSE;
  at++;
  if (g_ascii_isupper (*at))
    at = read_code (at, parts.code, sizeof parts.code);
  if (at == NULL)
    return FALSE;
  at = read_number (at, 4, 4, &year);
  if (at == NULL || *at != '-' || year < MIN_YEAR)
    return FALSE;
  at = read_number (at + 1, MIN_DIGITS, MAX_DIGITS, &parts.number);
  if (at == NULL || *at != '\0' || parts.number == 0)
    return FALSE;
  parts.year = (int) year;
  if (id != NULL)
    *id = parts;
  return TRUE;
}

/**
 * naru_id_format:
 * @hub: code of the hub, see naru_id_is_hub()
 * @code: code of the record type, "" for a deal
 * @year: four digits
 * @number: 1 or more
 *
 * Returns: (transfer full): the id
 */
char *
naru_id_format (const char *hub, const char *code, int year, guint number)
{
  g_return_val_if_fail (naru_id_is_hub (hub), NULL);
  g_return_val_if_fail (code != NULL, NULL);

  return g_strdup_printf ("%s%s%s-%04d-%05u", hub, *code != '\0' ? "-" : "", code, year, number);
}

/**
 * naru_id_get_record_path:
 * @type: name of a record type
 * @id: id of a record
 *
 * Where the record stands in the history. The two folders between year and file hold a hundred entries at
 * most, so that a commit rewrites small trees.
 *
 * Returns: (transfer full) (nullable): the path, or %NULL if @id is none
 */
char *
naru_id_get_record_path (const char *type, const char *id)
{
  NaruId parts;

  g_return_val_if_fail (type != NULL, NULL);

  if (!naru_id_parse (id, &parts))
    return NULL;
  return g_strdup_printf ("records/%s/%04d/%02u/%02u/%s.json", type, parts.year, parts.number / 10000,
                          parts.number / 100 % 100, id);
}

/**
 * naru_id_is_hub:
 * @text: (nullable): what may be the code of a hub
 *
 * Returns: %TRUE for two to eight capital letters and digits, a letter first
 */
gboolean
naru_id_is_hub (const char *text)
{
  char hub[sizeof ((NaruId *) NULL)->hub];
  const char *end = NULL;

  if (text == NULL)
    return FALSE;
  end = read_hub (text, hub, sizeof hub);
  return end != NULL && *end == '\0';
}
