/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-book.h"

#include "naru-rule-book-private.h"

#include <glib/gi18n-lib.h>

/* A pack without sectors judges every record. */
static gboolean
judges (NaruRulePack *pack, NaruJson *sectors)
{
  if (pack->sectors == NULL)
    return TRUE;
  for (guint i = 0; i < naru_json_get_size (sectors); i++)
    {
      const char *sector = naru_json_as_string (naru_json_get_element (sectors, i));
      if (sector != NULL && naru_rule_pack_serves (pack, sector))
        return TRUE;
    }
  return FALSE;
}

/**
 * naru_rule_book_concerns:
 * @self: a book
 * @pack: one of its packs
 * @record: a record
 *
 * Returns: whether the pack judges records like this one: by its sectors
 */
gboolean
naru_rule_book_concerns (NaruRuleBook *self, NaruRulePack *pack, NaruRecord *record)
{
  g_return_val_if_fail (self != NULL && pack != NULL && record != NULL, FALSE);

  return judges (pack, naru_json_get (naru_record_get_json (record), "sectors"));
}

/**
 * naru_rule_book_get_parts:
 * @self: a book
 * @record: the record that should move
 * @from: the stage that it stands in
 * @to: the stage that it would move to
 *
 * Returns: what else the rules of this move look at: the case needs no more
 */
NaruCaseParts
naru_rule_book_get_parts (NaruRuleBook *self, NaruRecord *record, const char *from, const char *to)
{
  g_return_val_if_fail (self != NULL && record != NULL && from != NULL && to != NULL, 0);

  NaruJson *sectors = naru_json_get (naru_record_get_json (record), "sectors");
  guint parts = 0;
  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      for (guint j = 0; judges (pack, sectors) && j < pack->rules->len; j++)
        {
          NaruRule *rule = g_ptr_array_index (pack->rules, j);
          if (naru_rule_concerns (rule, from, to))
            parts |= rule->parts;
        }
    }
  return (NaruCaseParts) parts;
}

/* A sector whose rules are not in force could hide anything: it blocks. */
static void
judge_sectors (NaruRuleBook *self, NaruJson *sectors, GPtrArray *findings)
{
  for (guint i = 0; i < naru_json_get_size (sectors); i++)
    {
      const char *sector = naru_json_as_string (naru_json_get_element (sectors, i));
      gboolean served = FALSE;
      for (guint j = 0; sector != NULL && !served && j < self->packs->len; j++)
        served = naru_rule_pack_serves (g_ptr_array_index (self->packs, j), sector);
      if (served || sector == NULL)
        continue;

      g_autofree char *id = g_strconcat ("sector.", sector, NULL);
      g_autofree char *message =
          g_strdup_printf (_ ("No plugin for the sector “%s” is switched on, so its rules cannot be judged."),
                           sector);
      NaruFinding *finding = naru_finding_new (id, NARU_SEVERITY_BLOCK, NARU_STATUS_ERROR);
      naru_finding_set_title (finding, _ ("The rules of the sector are in force"));
      naru_finding_add_field (finding, "/sectors");
      naru_finding_set_message (finding, message);
      naru_finding_set_remedy (finding, "naru plugin list\nnaru plugin enable NAME");
      g_ptr_array_add (findings, finding);
    }
}

static void
note (GPtrArray *names, const char *plugin)
{
  if (!g_ptr_array_find_with_equal_func (names, plugin, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (plugin));
}

static NaruWorkers *
get_workers (NaruRuleBook *self)
{
  if (self->workers == NULL)
    self->workers = naru_workers_new ();
  return self->workers;
}

/* Lets the code of the plugin decide all checks of one pack at once. */
static void
run_checks (NaruRuleBook *self, NaruRulePack *pack, GArray *judgements, NaruCase *subject, NaruJson *view)
{
  g_autoptr (GArray) requests = g_array_new (FALSE, TRUE, sizeof (NaruCheckRequest));
  for (guint i = 0; i < judgements->len; i++)
    {
      const NaruJudgement *judgement = &g_array_index (judgements, NaruJudgement, i);
      NaruCheckRequest request = { judgement->rule->id, judgement->check };
      if (judgement->check != NULL)
        g_array_append_val (requests, request);
    }
  if (requests->len == 0)
    return;

  NaruPlugin *plugin = naru_rule_book_find_plugin (self, pack);
  g_autofree NaruCheckVerdict *verdicts = g_new0 (NaruCheckVerdict, requests->len);
  g_autofree char *absent = NULL;
  if (plugin != NULL)
    {
      g_autoptr (GBytes) bytes = naru_json_to_bytes (view);
      note (self->ran, pack->plugin);
      naru_workers_judge (get_workers (self), plugin, (NaruCheckRequest *) (gpointer) requests->data,
                          requests->len, bytes, verdicts);
      /* the commit of a move will name it: read before the store is locked */
      naru_plugin_get_digest (plugin);
    }
  else
    absent = g_strdup_printf (_ ("the plugin “%s” is not on this machine"),
                              pack->plugin != NULL ? pack->plugin : "?");

  guint next = 0;
  for (guint i = 0; i < judgements->len; i++)
    {
      NaruJudgement *judgement = &g_array_index (judgements, NaruJudgement, i);
      if (judgement->check == NULL)
        continue;
      NaruCheckVerdict *verdict = &verdicts[next++];
      if (plugin != NULL)
        naru_judgement_decide (judgement, subject, verdict);
      else
        naru_judgement_break (judgement, absent);
      if (plugin != NULL && verdict->status == NARU_CHECK_ERROR)
        note (self->broken, pack->plugin);
      naru_check_verdict_clear (verdict);
    }
}

/* A rule that cannot be read any more is not one that holds. */
static NaruFinding *
make_damaged (NaruRulePack *pack, NaruRule *rule)
{
  NaruFinding *finding = naru_finding_new (rule->id, NARU_SEVERITY_BLOCK, NARU_STATUS_ERROR);
  g_autofree char *message =
      g_strdup_printf (_ ("The store holds this rule of the pack “%s” damaged."), pack->id);

  naru_finding_set_message (finding, message);
  naru_finding_set_remedy (finding, _ ("Adopt the pack again: it stands under rules/ in the history."));
  return finding;
}

static void
judge_pack (NaruRuleBook *self, NaruRulePack *pack, NaruCase *subject, NaruJson *view, const char *from,
            const char *to, GPtrArray *findings)
{
  if (!judges (pack, naru_json_get (view, "sectors")))
    return;

  g_autoptr (GArray) judgements = g_array_new (FALSE, FALSE, sizeof (NaruJudgement));

  for (guint i = 0; i < pack->rules->len; i++)
    {
      NaruRule *rule = g_ptr_array_index (pack->rules, i);
      NaruJudgement judgement;
      if (!naru_rule_concerns (rule, from, to))
        continue;
      if (!naru_rule_ensure (pack, rule))
        {
          g_ptr_array_add (findings, make_damaged (pack, rule));
          continue;
        }
      naru_rule_judge (pack, rule, subject, view, &judgement);
      g_array_append_val (judgements, judgement);
    }
  run_checks (self, pack, judgements, subject, view);
  for (guint i = 0; i < judgements->len; i++)
    g_ptr_array_add (findings, g_array_index (judgements, NaruJudgement, i).finding);
}

/**
 * naru_rule_book_read_rules: (skip)
 * @self: a book
 * @record: a record that will be judged
 * @from: the stage that it stands in
 * @to: the stage that it would move to
 * @read: (scope call): gives the line of a rule, which becomes the book's, or %NULL
 * @user_data: for @read
 *
 * Reads the rules that speak of the move, as far as they still wait. A rule whose line is not there, or not
 * what it was, blocks when it should judge.
 */
void
naru_rule_book_read_rules (NaruRuleBook *self, NaruRecord *record, const char *from, const char *to,
                           NaruRuleReader read, gpointer user_data)
{
  g_return_if_fail (self != NULL && record != NULL && from != NULL && to != NULL && read != NULL);

  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      for (guint j = 0; naru_rule_book_concerns (self, pack, record) && j < pack->rules->len; j++)
        {
          NaruRule *rule = g_ptr_array_index (pack->rules, j);
          if (rule->json == NULL && rule->line == NULL && naru_rule_concerns (rule, from, to))
            rule->line = read (pack->id, rule->id, user_data);
        }
    }
}

static gboolean
will_ask_code (NaruRulePack *pack, NaruJson *record, const char *from, const char *to)
{
  for (guint i = 0; i < pack->rules->len; i++)
    {
      const NaruRule *rule = g_ptr_array_index (pack->rules, i);
      if (naru_rule_concerns (rule, from, to) && naru_rule_will_ask_code (rule, record))
        return TRUE;
    }
  return FALSE;
}

/**
 * naru_rule_book_start_code:
 * @self: a book
 * @record: a record that will be judged
 * @from: the stage that it stands in
 * @to: (nullable): the stage that it would move to
 *
 * Starts the workers of the plugins whose code will probably have a say, and does not wait for them: a
 * program of its own takes as long to start as the rest of a command takes.
 */
void
naru_rule_book_start_code (NaruRuleBook *self, NaruRecord *record, const char *from, const char *to)
{
  g_return_if_fail (self != NULL && record != NULL && from != NULL);

  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      NaruPlugin *plugin = NULL;
      if (naru_rule_book_concerns (self, pack, record) &&
          will_ask_code (pack, naru_record_get_json (record), from, to))
        plugin = naru_rule_book_find_plugin (self, pack);
      if (plugin != NULL)
        naru_workers_start (get_workers (self), plugin);
    }
}

/**
 * naru_rule_book_end_code:
 * @self: a book
 *
 * Ends the workers of the plugins, and does not wait for it: a program that judges nothing more has them
 * ended while it does what is left. Code that is asked again is started again.
 */
void
naru_rule_book_end_code (NaruRuleBook *self)
{
  g_return_if_fail (self != NULL);

  if (self->workers != NULL)
    naru_workers_dismiss (self->workers);
}

/**
 * naru_rule_book_judge:
 * @self: a book
 * @subject: the case
 * @from: the stage that the record stands in
 * @to: the stage that it would move to
 * @findings: (element-type NaruFinding): gets one finding for each rule that speaks of the move
 *
 * Rules are judged in the order of the packs and of the rules in them. Those that are data are judged here;
 * the checks of a plugin go to its worker process together, and what comes back as anything but a clear
 * verdict is the finding "could not be judged", which blocks.
 */
void
naru_rule_book_judge (NaruRuleBook *self, NaruCase *subject, const char *from, const char *to,
                      GPtrArray *findings)
{
  g_return_if_fail (self != NULL && subject != NULL && from != NULL && to != NULL && findings != NULL);

  judge_sectors (self, naru_json_get (naru_record_get_json (naru_case_get_record (subject)), "sectors"),
                 findings);
  naru_rule_book_judge_alone (self, subject, from, to, findings);
}

/**
 * naru_rule_book_judge_alone:
 * @self: a book
 * @subject: the case
 * @from: the stage that the record stands in
 * @to: the stage that it would move to
 * @findings: (element-type NaruFinding): gets one finding for each rule that speaks of the move
 *
 * As naru_rule_book_judge(), for a book that holds only some of the packs: sectors without rules are no
 * finding.
 */
void
naru_rule_book_judge_alone (NaruRuleBook *self, NaruCase *subject, const char *from, const char *to,
                            GPtrArray *findings)
{
  g_return_if_fail (self != NULL && subject != NULL && from != NULL && to != NULL && findings != NULL);

  g_autoptr (NaruJson) view = naru_case_make_view (subject, from, to);
  for (guint i = 0; i < self->packs->len; i++)
    {
      judge_pack (self, g_ptr_array_index (self->packs, i), subject, view, from, to, findings);
    }
}

/**
 * naru_rule_book_has_rules:
 * @self: a book
 * @record: the record that should move
 * @from: the stage that it stands in
 * @to: the stage that it would move to
 *
 * Returns: whether any rule speaks of this move of such a record
 */
gboolean
naru_rule_book_has_rules (NaruRuleBook *self, NaruRecord *record, const char *from, const char *to)
{
  g_return_val_if_fail (self != NULL && record != NULL && from != NULL && to != NULL, FALSE);

  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      for (guint j = 0; naru_rule_book_concerns (self, pack, record) && j < pack->rules->len; j++)
        if (naru_rule_concerns (g_ptr_array_index (pack->rules, j), from, to))
          return TRUE;
    }
  return FALSE;
}
