/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-book.h"

#include "naru-boxed.h"
#include "naru-rule-private.h"

#include <glib/gi18n-lib.h>

struct _NaruRuleBook
{
  gatomicrefcount ref_count;
  GPtrArray *packs;     /* of NaruRulePack, in the order in which they judge */
  GHashTable *plugins;  /* name -> NaruPlugin */
  NaruWorkers *workers; /* (nullable): started when code has first to judge */
  GPtrArray *ran;       /* of char *: names of plugins whose code was asked since the book was made */
  GPtrArray *broken;    /* of char *: those of them whose code failed */
};

NARU_DEFINE_BOXED_TYPE (NaruRuleBook, naru_rule_book)

/**
 * naru_rule_book_new:
 *
 * Returns: (transfer full): a book without packs
 */
NaruRuleBook *
naru_rule_book_new (void)
{
  NaruRuleBook *self = g_new0 (NaruRuleBook, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->packs = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);
  self->plugins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_plugin_unref);
  self->ran = g_ptr_array_new_with_free_func (g_free);
  self->broken = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * naru_rule_book_ref:
 * @self: a book
 *
 * Returns: (transfer full): @self
 */
NaruRuleBook *
naru_rule_book_ref (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_rule_book_unref:
 * @self: (transfer full): a book
 *
 * The last reference ends the workers of its plugins.
 */
void
naru_rule_book_unref (NaruRuleBook *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->workers, naru_workers_free);
  g_hash_table_unref (self->plugins);
  g_ptr_array_unref (self->packs);
  g_ptr_array_unref (self->ran);
  g_ptr_array_unref (self->broken);
  g_free (self);
}

static gboolean
refuse_claim (NaruRulePack *pack, NaruRulePack *other, const char *what, const char *name, GError **error)
{
  naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("Give it another name in one of them."),
                  _ ("the rule pack “%s” brings %s “%s”, which “%s” has already; nothing of it is in force"),
                  naru_rule_pack_get_id (pack), what, name, naru_rule_pack_get_id (other));
  return FALSE;
}

static gboolean
check_fields_apart (NaruRulePack *pack, NaruRulePack *other, GError **error)
{
  NaruJson *own = naru_json_get (pack->json, "fields");
  NaruJson *theirs = naru_json_get (other->json, "fields");
  g_auto (GStrv) names = own != NULL ? naru_json_get_keys (own) : NULL;

  for (guint i = 0; theirs != NULL && names != NULL && names[i] != NULL; i++)
    if (naru_json_get (theirs, names[i]) != NULL)
      return refuse_claim (pack, other, _ ("the field"), names[i], error);
  return TRUE;
}

static gboolean
check_stages_apart (NaruRulePack *pack, NaruRulePack *other, GError **error)
{
  NaruJson *own = naru_json_get (naru_json_get (pack->json, "pipeline"), "stages");
  NaruJson *theirs = naru_json_get (naru_json_get (other->json, "pipeline"), "stages");

  for (guint i = 0; i < naru_json_get_size (own); i++)
    for (guint j = 0; j < naru_json_get_size (theirs); j++)
      {
        const char *id = naru_json_get_string (naru_json_get_element (own, i), "id");
        if (id != NULL && g_strcmp0 (naru_json_get_string (naru_json_get_element (theirs, j), "id"), id) == 0)
          return refuse_claim (pack, other, _ ("the stage"), id, error);
      }
  return TRUE;
}

static gboolean
check_apart (NaruRulePack *pack, NaruRulePack *other, GError **error)
{
  if (g_str_equal (pack->id, other->id))
    return refuse_claim (pack, other, _ ("the id"), pack->id, error);
  for (guint i = 0; i < pack->rules->len; i++)
    {
      const NaruRule *rule = g_ptr_array_index (pack->rules, i);
      if (naru_rule_pack_find (other, rule->id) != NULL)
        return refuse_claim (pack, other, _ ("the rule"), rule->id, error);
    }
  return check_fields_apart (pack, other, error) && check_stages_apart (pack, other, error);
}

/**
 * naru_rule_book_add:
 * @self: a book
 * @pack: a pack; the book takes a reference
 * @error: %NARU_ERROR_EXISTS where another pack has the same id, or a rule, field or stage of that name
 *
 * Returns: whether the pack is in the book now; if not, nothing of it is
 */
gboolean
naru_rule_book_add (NaruRuleBook *self, NaruRulePack *pack, GError **error)
{
  g_return_val_if_fail (self != NULL && pack != NULL, FALSE);

  for (guint i = 0; i < self->packs->len; i++)
    if (!check_apart (pack, g_ptr_array_index (self->packs, i), error))
      return FALSE;
  g_ptr_array_add (self->packs, naru_rule_pack_ref (pack));
  return TRUE;
}

/**
 * naru_rule_book_add_adopted:
 * @self: a book
 * @pack: a pack that got on with the others when it was adopted; the book takes a reference
 * @position: its place among all packs of the office; packs that are loaded later find theirs
 */
void
naru_rule_book_add_adopted (NaruRuleBook *self, NaruRulePack *pack, guint position)
{
  g_return_if_fail (self != NULL && pack != NULL);

  guint at = 0;
  while (at < self->packs->len &&
         ((NaruRulePack *) g_ptr_array_index (self->packs, at))->position <= position)
    at++;
  pack->position = position;
  g_ptr_array_insert (self->packs, (int) at, naru_rule_pack_ref (pack));
}

/**
 * naru_rule_book_set_plugin:
 * @self: a book
 * @plugin: the plugin whose code decides the checks of the pack that names it
 */
void
naru_rule_book_set_plugin (NaruRuleBook *self, NaruPlugin *plugin)
{
  g_return_if_fail (self != NULL && plugin != NULL);

  g_hash_table_insert (self->plugins, g_strdup (naru_plugin_get_id (plugin)), naru_plugin_ref (plugin));
}

/**
 * naru_rule_book_get_plugin:
 * @self: a book
 * @name: name of a plugin
 *
 * Returns: (transfer none) (nullable): the plugin, where it is on this machine
 */
NaruPlugin *
naru_rule_book_get_plugin (NaruRuleBook *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  return g_hash_table_lookup (self->plugins, name);
}

/**
 * naru_rule_book_get_n_packs:
 * @self: a book
 *
 * Returns: the number of its packs
 */
guint
naru_rule_book_get_n_packs (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->packs->len;
}

/**
 * naru_rule_book_get_pack:
 * @self: a book
 * @index: below naru_rule_book_get_n_packs()
 *
 * Returns: (transfer none): a pack
 */
NaruRulePack *
naru_rule_book_get_pack (NaruRuleBook *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->packs->len, NULL);

  return g_ptr_array_index (self->packs, index);
}

/**
 * naru_rule_book_find_pack:
 * @self: a book
 * @id: id of a pack
 *
 * Returns: (transfer none) (nullable): the pack
 */
NaruRulePack *
naru_rule_book_find_pack (NaruRuleBook *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->packs->len; i++)
    if (g_str_equal (naru_rule_pack_get_id (g_ptr_array_index (self->packs, i)), id))
      return g_ptr_array_index (self->packs, i);
  return NULL;
}

static NaruRule *
find_rule (NaruRuleBook *self, const char *id, NaruRulePack **pack)
{
  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRule *rule = naru_rule_pack_find (g_ptr_array_index (self->packs, i), id);
      if (rule == NULL)
        continue;
      if (pack != NULL)
        *pack = g_ptr_array_index (self->packs, i);
      return rule;
    }
  return NULL;
}

/**
 * naru_rule_book_find_rule:
 * @self: a book
 * @id: id of a rule
 * @pack: (out) (optional) (transfer none): the pack that has it
 *
 * Returns: (transfer none) (nullable): the rule as its pack spells it
 */
NaruJson *
naru_rule_book_find_rule (NaruRuleBook *self, const char *id, NaruRulePack **pack)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  NaruRulePack *found = NULL;
  NaruRule *rule = find_rule (self, id, &found);
  if (pack != NULL)
    *pack = found;
  return rule != NULL && naru_rule_ensure (found, rule) ? rule->json : NULL;
}

/**
 * naru_rule_book_is_waivable:
 * @self: a book
 * @rule: id of a rule
 * @role: (out) (optional) (transfer none) (nullable): the role that may waive it
 *
 * Returns: whether the rule is there and may be waived
 */
gboolean
naru_rule_book_is_waivable (NaruRuleBook *self, const char *rule, const char **role)
{
  g_return_val_if_fail (self != NULL && rule != NULL, FALSE);

  NaruRulePack *pack = NULL;
  NaruRule *found = find_rule (self, rule, &pack);
  gboolean waivable = found != NULL && naru_rule_ensure (pack, found) && found->waivable;
  if (role != NULL)
    *role = waivable ? found->waiver_role : NULL;
  return waivable;
}

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
          if (naru_rule_concerns (rule, from, to) && naru_rule_ensure (pack, rule))
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

  NaruPlugin *plugin = pack->plugin != NULL ? g_hash_table_lookup (self->plugins, pack->plugin) : NULL;
  g_autofree NaruCheckVerdict *verdicts = g_new0 (NaruCheckVerdict, requests->len);
  g_autofree char *absent = NULL;
  if (plugin != NULL)
    {
      g_autoptr (GBytes) bytes = naru_json_to_bytes (view);
      note (self->ran, pack->plugin);
      naru_workers_judge (get_workers (self), plugin, (NaruCheckRequest *) (gpointer) requests->data,
                          requests->len, bytes, verdicts);
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
 * naru_rule_book_has_code:
 * @self: a book
 *
 * Returns: whether a plugin's code decides some of its rules, and is on this machine
 */
gboolean
naru_rule_book_has_code (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_hash_table_size (self->plugins) > 0;
}

static gboolean
needs_code (NaruRulePack *pack, NaruCase *subject, NaruJson *view, const char *from, const char *to)
{
  gboolean needed = FALSE;

  for (guint i = 0; !needed && i < pack->rules->len; i++)
    {
      NaruRule *rule = g_ptr_array_index (pack->rules, i);
      NaruJudgement judgement = { 0 };
      if (!naru_rule_concerns (rule, from, to) || !naru_rule_ensure (pack, rule))
        continue;
      naru_rule_judge (pack, rule, subject, view, &judgement);
      needed = judgement.check != NULL;
      naru_finding_unref (judgement.finding);
    }
  return needed;
}

/**
 * naru_rule_book_prepare:
 * @self: a book
 * @subject: the case that will be judged
 * @from: the stage that the record stands in
 * @to: the stage that it would move to
 *
 * Starts the workers of the plugins whose code will have a say, and does not wait for them. A failure is told
 * when the rules are judged.
 */
void
naru_rule_book_prepare (NaruRuleBook *self, NaruCase *subject, const char *from, const char *to)
{
  g_return_if_fail (self != NULL && subject != NULL && from != NULL && to != NULL);

  g_autoptr (NaruJson) view = naru_case_make_view (subject, from, to);
  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      NaruPlugin *plugin = pack->plugin != NULL ? g_hash_table_lookup (self->plugins, pack->plugin) : NULL;
      if (plugin != NULL && pack->checks && judges (pack, naru_json_get (view, "sectors")) &&
          needs_code (pack, subject, view, from, to))
        naru_workers_start (get_workers (self), plugin);
    }
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

  NaruJson *sectors = naru_json_get (naru_record_get_json (naru_case_get_record (subject)), "sectors");
  g_autoptr (NaruJson) view = naru_case_make_view (subject, from, to);
  judge_sectors (self, sectors, findings);
  for (guint i = 0; i < self->packs->len; i++)
    {
      judge_pack (self, g_ptr_array_index (self->packs, i), subject, view, from, to, findings);
    }
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

/**
 * naru_plugin_probe:
 * @plugin: a plugin
 * @error: why it does not load, and what to do
 *
 * Loads the code of a plugin in a worker of its own, which ends at once. A plugin of data alone always loads.
 *
 * Returns: whether it loads
 */
gboolean
naru_plugin_probe (NaruPlugin *plugin, GError **error)
{
  g_return_val_if_fail (plugin != NULL, FALSE);

  if (naru_plugin_get_loader (plugin) == NARU_PLUGIN_LOADER_DATA)
    return TRUE;
  g_autoptr (NaruWorkers) workers = naru_workers_new ();
  return naru_workers_probe (workers, plugin, error);
}

/**
 * naru_rule_book_list_ran:
 * @self: a book
 *
 * Returns: (transfer none) (element-type utf8): the plugins whose code was asked since the book was made
 */
GPtrArray *
naru_rule_book_list_ran (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ran;
}

/**
 * naru_rule_book_list_broken:
 * @self: a book
 *
 * Returns: (transfer none) (element-type utf8): the plugins whose code failed to judge since the book was
 * made
 */
GPtrArray *
naru_rule_book_list_broken (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->broken;
}
