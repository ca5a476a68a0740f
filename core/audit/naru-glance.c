/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-glance.h"

#include <string.h>

/*
 * Whether a commit may be shown to somebody who may not see its record. What is not known here is taken for
 * words of a person: a new action or trailer is held back until it is added below.
 */

static const char *const plain_actions[] = { "advance", "approve", "attach", "create",     "edit",
                                             "import",  "link",    "note",   "person-key", "refuse" };

static const char *const plain_trailers[] = {
  "Naru-Action", "Naru-Approved-By", "Naru-Chain",  "Naru-Entry",   "Naru-From",  "Naru-Judged",
  "Naru-Key",    "Naru-Module",      "Naru-Record", "Naru-Refused", "Naru-Rules", "Naru-Seq",
  "Naru-To",     "Naru-Verdict",     "Naru-Via",    "Naru-Waiver",
};

/* A piece of the message; not terminated. */
typedef struct
{
  const char *text;
  gsize length;
} Piece;

static gboolean
is_one_of (const Piece *piece, const char *const *words, gsize n_words)
{
  for (gsize i = 0; i < n_words; i++)
    if (strlen (words[i]) == piece->length && memcmp (words[i], piece->text, piece->length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
begins_with (const Piece *piece, const char *word)
{
  gsize length = strlen (word);

  return piece->length >= length && memcmp (piece->text, word, length) == 0;
}

/* Ids, names of fields and stages, numbers, days, digests; and the arrow between two stages. */
static gboolean
is_plain_text (const Piece *piece)
{
  static const char arrow[] = "→";

  for (gsize i = 0; i < piece->length; i++)
    {
      char c = piece->text[i];
      if (g_ascii_isalnum (c) || strchr (" ,.:;@_()+/-", c) != NULL)
        continue;
      if (piece->length - i < strlen (arrow) || memcmp (piece->text + i, arrow, strlen (arrow)) != 0)
        return FALSE;
      i += strlen (arrow) - 1;
    }
  return memchr (piece->text, '\0', piece->length) == NULL;
}

/* Takes the line at @at away; the last one may lack its newline. */
static gboolean
take_line (Piece *rest, Piece *line)
{
  if (rest->length == 0)
    return FALSE;
  const char *end = memchr (rest->text, '\n', rest->length);
  *line = (Piece){ rest->text, end != NULL ? (gsize) (end - rest->text) : rest->length };
  gsize taken = line->length + (end != NULL ? 1 : 0);
  rest->text += taken;
  rest->length -= taken;
  return TRUE;
}

static gboolean
find_message (GBytes *commit, Piece *message)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (commit, &size);
  const char *end = size > 0 ? g_strstr_len (data, (gssize) size, "\n\n") : NULL;

  if (end == NULL)
    return FALSE;
  message->text = end + 2;
  message->length = size - (gsize) (message->text - data);
  return TRUE;
}

static void
take_number (NaruGlance *self, const Piece *value)
{
  char digits[24] = "";
  guint64 number = 0;

  memcpy (digits, value->text, MIN (value->length, sizeof digits - 1));
  if (g_ascii_string_to_unsigned (digits, 10, 1, G_MAXINT64, &number, NULL))
    self->number = number;
}

/* Returns: whether the line is one that Naru alone wrote */
static gboolean
take_trailer (NaruGlance *self, const Piece *line, Piece *action)
{
  const char *colon = g_strstr_len (line->text, (gssize) line->length, ": ");
  char hex[2 * NARU_DIGEST_SIZE + 1] = "";

  if (colon == NULL)
    return FALSE;
  Piece key = { line->text, (gsize) (colon - line->text) };
  Piece value = { colon + 2, line->length - key.length - 2 };
  if (!is_one_of (&key, plain_trailers, G_N_ELEMENTS (plain_trailers)) || !is_plain_text (&value))
    return FALSE;
  if (begins_with (&key, "Naru-Seq"))
    take_number (self, &value);
  else if (begins_with (&key, "Naru-Action"))
    *action = value;
  else if (begins_with (&key, "Naru-Record") && value.length <= NARU_GLANCE_ID_MAX)
    memcpy (self->record, value.text, value.length);
  else if (begins_with (&key, "Naru-Entry") && value.length == sizeof hex - 1)
    {
      memcpy (hex, value.text, value.length);
      naru_digest_from_hex (hex, &self->entry);
    }
  return TRUE;
}

/* "deal MGK-2026-00442: advance evaluation → patent" */
static gboolean
is_plain_subject (NaruGlance *self, const Piece *subject, const Piece *action)
{
  g_autofree char *expected = g_strdup_printf (" %s: ", self->record);
  const char *found =
      self->record[0] != '\0' ? g_strstr_len (subject->text, (gssize) subject->length, expected) : NULL;

  if (!is_plain_text (subject) || action->length == 0)
    return FALSE;
  if (found == NULL)
    return begins_with (subject, "office: ");
  const char *after = found + strlen (expected);
  Piece rest = { after, subject->length - (gsize) (after - subject->text) };
  return is_one_of (action, plain_actions, G_N_ELEMENTS (plain_actions)) && rest.length >= action->length &&
         memcmp (rest.text, action->text, action->length) == 0;
}

/**
 * naru_glance_at: (skip)
 * @self: (out caller-allocates): what was seen
 * @commit: a commit as git keeps it
 */
void
naru_glance_at (NaruGlance *self, GBytes *commit)
{
  Piece rest, subject, line, action = { "", 0 };
  gboolean plain = TRUE;

  memset (self, 0, sizeof *self);
  if (!find_message (commit, &rest) || !take_line (&rest, &subject) || !take_line (&rest, &line))
    return;
  plain = line.length == 0;
  if (begins_with (&rest, "Reason: "))
    {
      const char *end = g_strstr_len (rest.text, (gssize) rest.length, "\n\n");
      plain = FALSE;
      if (end == NULL)
        return;
      rest.length -= (gsize) (end + 2 - rest.text);
      rest.text = end + 2;
    }
  while (take_line (&rest, &line))
    plain = take_trailer (self, &line, &action) && plain;
  self->plain = plain && self->number > 0 && is_plain_subject (self, &subject, &action);
}
