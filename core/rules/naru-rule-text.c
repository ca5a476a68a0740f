/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/*
 * A rule pack as the store keeps it.
 *
 * The whole: a line that seals it (the digest of what follows, the digest of the pack), then its JSON on one
 * line.
 *
 * For judging: the same line, whose first digest is that of the table; and the table, which is the JSON of
 * what every review needs of the pack, and a line a rule, "ID SEAL PARTS ASKS MOVES". The rules stand apart,
 * each as JSON on a line, which its seal is of. Few rules speak of one move; the others are not even read.
 */

#define HEX_SIZE (2 * NARU_DIGEST_SIZE)

static void
copy_for_judging (const char *key, NaruJson *value, gpointer user_data)
{
  static const char *const kept[] = { "id", "version", "title", "sectors", "plugin", NULL };

  if (g_strv_contains (kept, key))
    naru_json_set (user_data, key, naru_json_ref (value));
}

/**
 * naru_rule_pack_to_line:
 * @self: a pack that is whole
 * @index: below naru_rule_pack_get_n_rules()
 *
 * Returns: (transfer full): the rule as the store keeps it beside the table, for naru_rule_pack_set_line()
 */
char *
naru_rule_pack_to_line (NaruRulePack *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules->len, NULL);

  const NaruRule *rule = g_ptr_array_index (self->rules, index);
  return g_strchomp (naru_json_to_line (rule->json));
}

static char *
make_table (NaruRulePack *self)
{
  g_autoptr (NaruJson) head = naru_json_new_object ();

  naru_json_foreach_member (self->json, copy_for_judging, head);
  naru_json_set_boolean (head, "checks", self->checks);
  g_autofree char *first = naru_json_to_line (head);
  GString *text = g_string_new (g_strchomp (first));
  for (guint i = 0; i < self->rules->len; i++)
    {
      const NaruRule *rule = g_ptr_array_index (self->rules, i);
      g_autofree char *line = naru_rule_pack_to_line (self, i);
      char seal[NARU_SEAL_SIZE + 1];
      naru_digest_seal (line, strlen (line), seal);
      g_string_append_printf (text, "\n%s %s %u %s %s", rule->id, seal, rule->parts, rule->asks, rule->moves);
    }
  return g_string_free (text, FALSE);
}

/**
 * naru_rule_pack_to_text:
 * @self: a pack
 * @slim: whether it is for judging alone: without what no review reads, and without the rules themselves,
 * which naru_rule_pack_to_line() gives one by one
 *
 * Returns: (transfer full): the pack as the store keeps it, for naru_rule_pack_from_text()
 */
char *
naru_rule_pack_to_text (NaruRulePack *self, gboolean slim)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autofree char *text = slim ? make_table (self) : naru_json_to_line (self->json);
  NaruDigest digest;
  char own[HEX_SIZE + 1];
  naru_digest_compute (text, strlen (text), &digest);
  naru_digest_to_hex (&digest, own);
  return g_strdup_printf ("%s %s\n%s", own, self->digest, text);
}

/* (nullable): what follows the seal, where it fits */
static char *
open_seal (char *text)
{
  char *line = strchr (text, '\n');
  NaruDigest digest;
  char own[HEX_SIZE + 1];

  if (line == NULL || line - text != 2 * HEX_SIZE + 1)
    return NULL;
  naru_digest_compute (line + 1, strlen (line + 1), &digest);
  naru_digest_to_hex (&digest, own);
  return strncmp (text, own, HEX_SIZE) == 0 ? line + 1 : NULL;
}

static gboolean
refuse (const char *origin, GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Adopt the pack again: it stands under rules/ in the history."),
                  _ ("the rule pack in %s is damaged"), origin);
  return FALSE;
}

/* Cuts the next word off @line; NULL at its end. */
static char *
take_word (char **line)
{
  char *word = *line;

  *line += strcspn (*line, " ");
  if (**line != '\0')
    *(*line)++ = '\0';
  return *word != '\0' ? word : NULL;
}

static gboolean
read_row (NaruRule *rule, char *row)
{
  rule->id = take_word (&row);
  rule->seal = take_word (&row);
  char *parts = take_word (&row);
  rule->asks = take_word (&row);
  rule->moves = take_word (&row);
  if (rule->moves == NULL || strlen (rule->seal) != NARU_SEAL_SIZE)
    return FALSE;
  rule->parts = (guint) strtoul (parts, NULL, 10);
  return TRUE;
}

/* Reads the table. The text is the pack's own, and is cut into words where it stands. */
static gboolean
read_table (NaruRulePack *self, char *row, const char *origin, GError **error)
{
  while (row != NULL)
    {
      char *next = strchr (row, '\n');
      NaruRule *rule = g_new0 (NaruRule, 1);
      g_ptr_array_add (self->rules, rule);
      if (next != NULL)
        *next++ = '\0';
      if (!read_row (rule, row))
        return refuse (origin, error);
      row = next;
    }
  return TRUE;
}

/**
 * naru_rule_pack_from_text:
 * @text: (transfer full): what naru_rule_pack_to_text() gave
 * @origin: where it comes from, for messages
 * @error: return location
 *
 * What the seal fits was checked when the pack was adopted; it is not checked again. Of a slim text the pack
 * knows which rules there are; they are given to it when they are first needed.
 *
 * Returns: (transfer full) (nullable): the pack; %NULL with %NARU_ERROR_BROKEN where the text is another one
 */
NaruRulePack *
naru_rule_pack_from_text (char *text, const char *origin, GError **error)
{
  g_return_val_if_fail (text != NULL && origin != NULL, NULL);

  g_autofree char *owned = text;
  char *line = open_seal (text);
  if (line == NULL)
    {
      refuse (origin, error);
      return NULL;
    }
  gsize size = strcspn (line, "\n");
  g_autoptr (NaruJson) json = naru_json_parse (line, (gssize) size, 0, error);
  if (json == NULL)
    return NULL;
  g_autoptr (NaruRulePack) self = naru_rule_pack_alloc (json);
  self->digest = g_strndup (text + HEX_SIZE + 1, HEX_SIZE);
  if (naru_json_get (json, "rules") != NULL)
    return naru_rule_pack_load (self, origin, error) ? g_steal_pointer (&self) : NULL;

  naru_rule_pack_load_head (self);
  self->checks = naru_json_get_boolean (json, "checks", FALSE);
  /* a pack without rules has an empty table */
  if (line[size] == '\0')
    return g_steal_pointer (&self);
  self->text = g_steal_pointer (&owned);
  return read_table (self, line + size + 1, origin, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * naru_rule_pack_set_line:
 * @self: a pack that was made of a slim text
 * @id: one of its rules
 * @line: (transfer full): what naru_rule_pack_to_line() gave; a line that its seal does not fit counts as
 * none
 */
void
naru_rule_pack_set_line (NaruRulePack *self, const char *id, char *line)
{
  g_return_if_fail (self != NULL && id != NULL && line != NULL);

  NaruRule *rule = naru_rule_pack_find (self, id);
  g_autofree char *owned = line;
  g_return_if_fail (rule != NULL);

  if (rule->json == NULL && rule->line == NULL)
    rule->line = g_steal_pointer (&owned);
}
