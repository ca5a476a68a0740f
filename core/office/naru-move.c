/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-move-private.h"

#include <glib/gi18n-lib.h>

/* What a move or a decision makes of a record and of its entry. */

static NaruJson *
get_or_add_array (NaruJson *json, const char *key)
{
  NaruJson *array = naru_json_get (json, key);

  if (array == NULL)
    {
      array = naru_json_new_array ();
      naru_json_set (json, key, array);
    }
  return array;
}

static gboolean
is_about_move (NaruJson *row, const char *from, const char *to)
{
  return g_strcmp0 (naru_json_get_string (row, "from"), from) == 0 &&
         g_strcmp0 (naru_json_get_string (row, "to"), to) == 0;
}

/* Approvals and rejections belong to one move; once it is made the history alone keeps them. */
void
naru_move_consume_decisions (NaruJson *json, const char *key, const char *from, const char *to,
                             NaruEntry *entry)
{
  NaruJson *rows = naru_json_get (json, key);

  for (guint i = 0; rows != NULL && i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      g_autofree char *who = NULL;

      if (!is_about_move (row, from, to))
        continue;
      if (entry != NULL)
        {
          who = g_strdup_printf ("%s (%s, %s)", naru_json_get_string (row, "by"),
                                 naru_json_get_string (row, "role"), naru_json_get_string (row, "on"));
          naru_entry_add_trailer (entry, "Naru-Approved-By", who);
        }
      naru_json_remove_element (rows, i--);
    }
  if (rows != NULL && naru_json_get_size (rows) == 0)
    naru_json_remove (json, key);
}

/* What judged the move, by digest: so that it can be judged again as it was. Code is named where it was
 * asked; its digest costs a reading of the whole module. */
static void
write_rule_trailers (NaruEntry *entry, NaruRuleBook *book, NaruRecord *record)
{
  for (guint i = 0; book != NULL && i < naru_rule_book_get_n_packs (book); i++)
    {
      NaruRulePack *pack = naru_rule_book_get_pack (book, i);
      const char *name = naru_rule_pack_get_plugin (pack);
      if (!naru_rule_book_concerns (book, pack, record))
        continue;

      g_autofree char *rules =
          g_strdup_printf ("%s@%s blake2b:%s", naru_rule_pack_get_id (pack),
                           naru_rule_pack_get_version (pack), naru_rule_pack_get_digest (pack));
      naru_entry_add_trailer (entry, "Naru-Rules", rules);
      if (name == NULL ||
          !g_ptr_array_find_with_equal_func (naru_rule_book_list_ran (book), name, g_str_equal, NULL))
        continue;
      NaruPlugin *plugin = naru_rule_book_get_plugin (book, name);
      const char *digest = naru_plugin_get_digest (plugin);
      if (digest == NULL)
        continue;
      g_autofree char *module =
          g_strdup_printf ("%s@%s blake2b:%s", name, naru_plugin_get_version (plugin), digest);
      naru_entry_add_trailer (entry, "Naru-Module", module);
    }
}

/* What the commit of a move says of the verdict. @book: (nullable): the packs that took part */
void
naru_move_write_trailers (NaruEntry *entry, NaruPipeline *pipeline, NaruRuleBook *book, NaruRecord *record,
                          NaruReview *review)
{
  g_autofree char *digest = naru_pipeline_get_digest (pipeline);
  g_auto (GStrv) verdicts = naru_review_list_verdicts (review);
  g_autofree char *rules = NULL;

  naru_entry_add_trailer (entry, "Naru-From", naru_review_get_from (review));
  naru_entry_add_trailer (entry, "Naru-To", naru_review_get_to (review));
  rules = g_strdup_printf ("%s blake2b:%s", naru_pipeline_get_id (pipeline), digest);
  naru_entry_add_trailer (entry, "Naru-Rules", rules);
  if (g_strcmp0 (naru_record_get_type_name (record), "deal") == 0)
    write_rule_trailers (entry, book, record);
  for (guint i = 0; verdicts[i] != NULL; i++)
    naru_entry_add_trailer (entry, "Naru-Verdict", verdicts[i]);
  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);

      if (naru_finding_get_status (finding) == NARU_STATUS_WAIVED)
        naru_entry_add_trailer (entry, "Naru-Waiver", naru_finding_get_rule (finding));
    }
}

/* The role in which this person may decide on the move: one that its gate asks for, else the first that may.
 */
const char *
naru_move_find_role (NaruDesk *desk, NaruRecord *record, NaruReview *review)
{
  NaruAccess *access = &desk->access;

  for (guint i = 0; access->roles[i] != NULL; i++)
    {
      char *one[2] = { access->roles[i], NULL };
      NaruAccess alone = { access->person, access->party, access->unit, one };

      if (naru_review_asks_role (review, one[0]) &&
          naru_policy_allows (desk->office->policy, &alone, naru_record_get_type_name (record), "approve",
                              record))
        return one[0];
    }
  return NULL;
}

/* Writes a decision into the record. @reason: (nullable): none: it is an approval */
void
naru_move_put_decision (NaruJson *json, NaruReview *review, const char *role, const char *person,
                        const char *day, const char *reason)
{
  const char *from = naru_review_get_from (review);
  const char *to = naru_review_get_to (review);
  gboolean approval = reason == NULL;
  NaruJson *row = naru_json_new_object ();

  naru_json_set_string (row, "from", from);
  naru_json_set_string (row, "to", to);
  naru_json_set_string (row, "role", role);
  naru_json_set_string (row, "by", person);
  naru_json_set_string (row, "on", day);
  if (!approval)
    naru_json_set_string (row, "reason", reason);
  /* the last word of a person counts */
  for (guint k = 0; k < 2; k++)
    {
      NaruJson *rows = naru_json_get (json, k == 0 ? "approvals" : "rejections");

      for (guint i = 0; rows != NULL && i < naru_json_get_size (rows); i++)
        {
          NaruJson *former = naru_json_get_element (rows, i);

          if (is_about_move (former, from, to) &&
              (g_strcmp0 (naru_json_get_string (former, "by"), person) == 0 ||
               (approval && k == 1 && g_strcmp0 (naru_json_get_string (former, "role"), role) == 0)))
            naru_json_remove_element (rows, i--);
        }
    }
  naru_json_append (get_or_add_array (json, approval ? "approvals" : "rejections"), row);
}

/* Whether this person may waive a condition that the move has. */
gboolean
naru_move_check_waivable (NaruDesk *desk, NaruReview *review, const char *condition, GError **error)
{
  const char *role = NULL;

  if (!naru_review_is_waivable (review, condition, &role))
    naru_set_error (error, NARU_ERROR_DENIED, "condition", 0, _ ("meet it: see “naru check”"),
                    _ ("the condition “%s” cannot be waived"), condition);
  else if (role != NULL && !g_strv_contains ((const char *const *) desk->access.roles, role))
    naru_set_error (error, NARU_ERROR_DENIED, "condition", 0, _ ("ask somebody with that role"),
                    _ ("only the role “%s” may waive “%s”"), role, condition);
  else
    return TRUE;
  return FALSE;
}

/* Writes a waiver into the record, in place of a former one. */
void
naru_move_put_waiver (NaruJson *json, const char *condition, const char *reason, const char *until,
                      const char *person, const char *day)
{
  NaruJson *rows = get_or_add_array (json, "waivers");
  NaruJson *row = naru_json_new_object ();

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (rows, i), "condition"), condition) == 0)
      naru_json_remove_element (rows, i--);
  naru_json_set_string (row, "condition", condition);
  naru_json_set_string (row, "reason", reason);
  naru_json_set_string (row, "until", until);
  naru_json_set_string (row, "by", person);
  naru_json_set_string (row, "on", day);
  naru_json_append (rows, row);
}
