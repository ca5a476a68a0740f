/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-rules.h"

#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

#define BATCH 500        /* deals judged in one read transaction: none may last long */
#define IMPACT_MAX 20000 /* deals that are judged while a pack is put in force */
#define IMPACT_RULES 50  /* rules that the history names */

/* Walks over all deals and judges their next moves by one pack, or by two versions of it. */
typedef struct
{
  NaruDesk *desk;
  NaruTypes *types;
  NaruRecordType *type;   /* owned by types */
  NaruPipeline *pipeline; /* as it is */
  NaruPipeline *next;     /* as it would be with the stages and moves of the new pack */
  NaruRuleBook *before;   /* (nullable): the pack as it is in force */
  NaruRuleBook *after;
  NaruDate today;
  NaruTxn *txn;
  GHashTable *counts; /* rule -> NaruJson {"rule","changed","now_blocks","now_passes"} */
  NaruJson *changes;
  gboolean everything; /* also deals that this person may not see: for counts alone */
  const char *only;    /* (nullable): id of the one rule that is looked at */
  guint64 seen;        /* deals walked over, those that this person may not see, too */
  guint64 deals;       /* deals judged */
  guint64 touched;     /* deals whose verdict changes */
  char *last;          /* id of the last deal of the batch */
  guint in_batch;
  GError *error;
} Walk;

static NaruFinding *
find (GPtrArray *findings, const char *rule)
{
  for (guint i = 0; i < findings->len; i++)
    if (g_str_equal (naru_finding_get_rule (g_ptr_array_index (findings, i)), rule))
      return g_ptr_array_index (findings, i);
  return NULL;
}

/* "block fail": the verdict of a rule in a word that two versions can be compared by; what does not apply
 * counts like what is not there */
static char *
get_verdict (NaruFinding *finding)
{
  if (finding == NULL || naru_finding_get_status (finding) == NARU_STATUS_NOT_APPLICABLE)
    return g_strdup ("not-applicable");
  return g_strdup_printf ("%s %s", naru_severity_to_string (naru_finding_get_severity (finding)),
                          naru_status_to_string (naru_finding_get_status (finding)));
}

static gboolean
blocks (NaruFinding *finding)
{
  return finding != NULL && naru_finding_blocks (finding);
}

static void
count (Walk *walk, const char *rule, gboolean blocked, gboolean blocks_now)
{
  NaruJson *row = g_hash_table_lookup (walk->counts, rule);

  if (row == NULL)
    {
      row = naru_json_new_object ();
      naru_json_set_string (row, "rule", rule);
      g_hash_table_insert (walk->counts, g_strdup (rule), row);
    }
  naru_json_set_integer (row, "changed", naru_json_get_integer (row, "changed", 0) + 1);
  naru_json_set_integer (row, "now_blocks",
                         naru_json_get_integer (row, "now_blocks", 0) + (!blocked && blocks_now ? 1 : 0));
  naru_json_set_integer (row, "now_open",
                         naru_json_get_integer (row, "now_open", 0) + (blocked && !blocks_now ? 1 : 0));
}

static gboolean
note_change (Walk *walk, const char *id, const char *to, const char *rule, NaruFinding *old, NaruFinding *now)
{
  g_autofree char *before = get_verdict (old);
  g_autofree char *after = get_verdict (now);
  if (g_str_equal (before, after))
    return FALSE;

  NaruJson *row = naru_json_new_object ();
  naru_json_set_string (row, "id", id);
  naru_json_set_string (row, "to", to);
  naru_json_set_string (row, "rule", rule);
  naru_json_set_string (row, "before", before);
  naru_json_set_string (row, "after", after);
  naru_json_append (walk->changes, row);
  count (walk, rule, blocks (old), blocks (now));
  return TRUE;
}

static gboolean
compare (Walk *walk, const char *id, const char *to, GPtrArray *old, GPtrArray *now)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < now->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (now, i);
      const char *rule = naru_finding_get_rule (finding);
      changed |= note_change (walk, id, to, rule, find (old, rule), finding);
    }
  for (guint i = 0; i < old->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (old, i);
      const char *rule = naru_finding_get_rule (finding);
      if (find (now, rule) == NULL)
        changed |= note_change (walk, id, to, rule, finding, NULL);
    }
  return changed;
}

static void
note_touch (Walk *walk, const char *id, const char *to, GPtrArray *findings)
{
  NaruFinding *finding = find (findings, walk->only);

  if (finding == NULL || naru_finding_get_status (finding) == NARU_STATUS_NOT_APPLICABLE)
    return;
  NaruJson *row = naru_json_new_object ();
  naru_json_set_string (row, "id", id);
  naru_json_set_string (row, "to", to);
  naru_json_set_string (row, "status", naru_status_to_string (naru_finding_get_status (finding)));
  naru_json_append (walk->changes, row);
}

/* The pack that has a say in this move, where there is the move and the pack; else NULL. */
static NaruRuleBook *
find_say (NaruRuleBook *book, NaruPipeline *pipeline, NaruRecord *record, const char *from, const char *to,
          NaruCaseParts *parts)
{
  if (book == NULL || naru_pipeline_find_transition (pipeline, from, to) == NULL ||
      !naru_rule_book_has_rules (book, record, from, to))
    return NULL;
  *parts |= naru_rule_book_get_parts (book, record, from, to);
  return book;
}

static gboolean
judge_move (Walk *walk, NaruRecord *record, const char *from, const char *to)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autoptr (GPtrArray) now = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  NaruCaseParts parts = 0;
  NaruRuleBook *before = find_say (walk->before, walk->pipeline, record, from, to, &parts);
  NaruRuleBook *after = find_say (walk->after, walk->next, record, from, to, &parts);

  if (before == NULL && after == NULL)
    return FALSE;
  g_autoptr (NaruCase) subject = naru_case_new (walk->type, record, walk->today, NULL);
  if (!naru_desk_fill_case (walk->desk->office, walk->txn, subject, NULL, parts, &walk->error))
    return FALSE;
  naru_case_set_types (subject, walk->types);
  if (after != NULL)
    naru_rule_book_judge_alone (after, subject, from, to, now);
  if (walk->only != NULL)
    {
      note_touch (walk, naru_record_get_id (record), to, now);
      return FALSE;
    }
  if (before != NULL)
    naru_rule_book_judge_alone (before, subject, from, to, old);
  return compare (walk, naru_record_get_id (record), to, old, now);
}

static gboolean
judge_deal (NaruRecord *record, gpointer user_data)
{
  Walk *walk = user_data;
  const char *from = naru_json_get_string (naru_record_get_json (record), "stage");
  gboolean changed = FALSE;

  g_free (walk->last);
  walk->last = g_strdup (naru_record_get_id (record));
  walk->seen++;
  if (from != NULL && (walk->everything || naru_desk_may (walk->desk, "deal", "read", record)))
    {
      walk->deals++;
      g_auto (GStrv) targets = naru_pipeline_list_targets (walk->next, from);
      g_auto (GStrv) former = naru_pipeline_list_targets (walk->pipeline, from);
      for (guint i = 0; targets[i] != NULL && walk->error == NULL; i++)
        changed |= judge_move (walk, record, from, targets[i]);
      for (guint i = 0; former[i] != NULL && walk->error == NULL; i++)
        if (!g_strv_contains ((const char *const *) targets, former[i]))
          changed |= judge_move (walk, record, from, former[i]);
    }
  walk->touched += changed ? 1 : 0;
  return walk->error == NULL && ++walk->in_batch < BATCH;
}

static gboolean
walk_run (Walk *walk, NaruProgress progress, gpointer user_data, GError **error)
{
  guint64 total = 0;

  do
    {
      g_autoptr (NaruTxn) txn = naru_store_begin_read (walk->desk->office->store, error);
      g_autofree char *after = g_strdup (walk->last);
      if (txn == NULL)
        return FALSE;
      if (total == 0)
        total = naru_txn_count_records (txn, "deal", NULL);
      walk->txn = txn;
      walk->in_batch = 0;
      if (!naru_txn_foreach_record (txn, "deal", after, judge_deal, walk, error))
        return FALSE;
      if (walk->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&walk->error));
          return FALSE;
        }
      if (progress != NULL)
        progress (walk->seen, total, user_data);
    }
  while (walk->in_batch == BATCH);
  return TRUE;
}

static void
walk_clear (Walk *walk)
{
  g_clear_pointer (&walk->types, naru_types_unref);
  g_clear_pointer (&walk->pipeline, naru_pipeline_unref);
  g_clear_pointer (&walk->next, naru_pipeline_unref);
  g_clear_pointer (&walk->before, naru_rule_book_unref);
  g_clear_pointer (&walk->after, naru_rule_book_unref);
  g_clear_pointer (&walk->counts, g_hash_table_unref);
  g_clear_pointer (&walk->changes, naru_json_unref);
  g_clear_error (&walk->error);
  g_free (walk->last);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static NaruRuleBook *
make_book (NaruDesk *desk, NaruRulePack *pack)
{
  NaruRuleBook *book = naru_rule_book_new ();
  const char *name = naru_rule_pack_get_plugin (pack);
  NaruPlugin *plugin = name != NULL ? naru_plugins_find (naru_office_get_plugins (desk->office), name) : NULL;

  naru_rule_book_add_adopted (book, pack, 0);
  if (plugin != NULL)
    naru_rule_book_set_plugin (book, plugin);
  return book;
}

/* @next: (nullable): the pipeline as it would be; NULL: as it is */
static gboolean
walk_begin (Walk *walk, NaruDesk *desk, NaruTypes *types, NaruPipeline *next, GError **error)
{
  NaruTime now;

  if (!naru_office_check_present (desk->office, error))
    return FALSE;
  naru_clock_now (&now);
  walk->desk = desk;
  walk->types = naru_types_ref (types);
  walk->type = naru_types_get (types, "deal", error);
  NaruPipeline *pipeline = walk->type != NULL ? naru_office_get_pipeline (desk->office, "deal", error) : NULL;
  if (pipeline == NULL)
    return FALSE;
  walk->pipeline = naru_pipeline_ref (pipeline);
  walk->next = naru_pipeline_ref (next != NULL ? next : pipeline);
  walk->today = naru_time_to_date (&now);
  walk->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_json_unref);
  walk->changes = naru_json_new_array ();
  return TRUE;
}

/* (transfer full) (nullable): [{"id","to","status"}]: the deals that a rule has a say in where they stand now
 */
NaruJson *
naru_desk_list_touched (NaruDesk *self, NaruRulePack *pack, const char *rule, GError **error)
{
  g_auto (Walk) walk = { 0 };

  if (!walk_begin (&walk, self, self->office->types, NULL, error))
    return NULL;
  walk.after = make_book (self, pack);
  walk.only = rule;
  return walk_run (&walk, NULL, NULL, error) ? g_steal_pointer (&walk.changes) : NULL;
}

/* The pack of the same id as it is in force; types and pipeline as they would be with the new one. */
static gboolean
prepare (NaruDesk *self, NaruRulePack *pack, const char *origin, NaruRulePack **former, NaruTypes **types,
         NaruPipeline **next, GError **error)
{
  g_auto (NaruRuleSetChange) rules = { 0 };
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);

  if (txn == NULL || !naru_rule_set_change_begin (&rules, self->office, txn, NULL, error))
    return FALSE;
  NaruJson *row = naru_rule_set_find_row (rules.index, naru_rule_pack_get_id (pack));
  if (row != NULL && naru_json_get_boolean (row, "enabled", TRUE))
    {
      *former = naru_office_load_pack (txn, "pack", naru_rule_pack_get_id (pack), error);
      if (*former == NULL)
        return FALSE;
    }
  if (!naru_rule_set_change_try (&rules, pack, origin, error))
    return FALSE;
  *types = naru_types_ref (rules.types);
  *next = naru_pipeline_ref (rules.pipeline);
  return TRUE;
}

static int
compare_rules (gconstpointer a, gconstpointer b)
{
  return strcmp (naru_json_get_string (*(NaruJson *const *) a, "rule"),
                 naru_json_get_string (*(NaruJson *const *) b, "rule"));
}

static NaruJson *
list_counts (Walk *walk)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  NaruJson *list = naru_json_new_array ();
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, walk->counts);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, row);
  g_ptr_array_sort (rows, compare_rules);
  for (guint i = 0; i < rows->len; i++)
    {
      naru_json_append (list, naru_json_ref (g_ptr_array_index (rows, i)));
    }
  return list;
}

/**
 * naru_desk_measure_impact:
 * @self: a desk
 * @pack: a pack that is not in force yet, new or changed
 * @origin: its file, for errors
 * @progress: (nullable) (scope call): called after every few hundred deals
 * @user_data: for @progress
 * @error: return location
 *
 * Judges every next move of every deal by the pack as it is in force and as it would be. Nothing is changed.
 *
 * Returns: (transfer full) (nullable): {"pack","from","to","deals","changed","rules":
 *   [{"rule","changed","now_blocks","now_open"}],"changes":[{"id","to","rule","before","after"}]}; "changed"
 * counts deals, and those of a rule count its verdicts
 */
NaruJson *
naru_desk_measure_impact (NaruDesk *self, NaruJson *pack, const char *origin, NaruProgress progress,
                          gpointer user_data, GError **error)
{
  g_auto (Walk) walk = { 0 };
  g_autoptr (NaruRulePack) compiled = naru_rule_pack_new (pack, origin, error);
  g_autoptr (NaruRulePack) former = NULL;
  g_autoptr (NaruTypes) types = NULL;
  g_autoptr (NaruPipeline) next = NULL;

  if (compiled == NULL || !prepare (self, compiled, origin, &former, &types, &next, error) ||
      !walk_begin (&walk, self, types, next, error))
    return NULL;
  walk.after = make_book (self, compiled);
  walk.before = former != NULL ? make_book (self, former) : NULL;
  if (!walk_run (&walk, progress, user_data, error))
    return NULL;

  NaruJson *json = naru_json_new_object ();
  naru_json_set_string (json, "pack", naru_rule_pack_get_id (compiled));
  naru_json_set (json, "from",
                 former != NULL ? naru_json_new_string (naru_rule_pack_get_version (former))
                                : naru_json_new_null ());
  naru_json_set_string (json, "to", naru_rule_pack_get_version (compiled));
  naru_json_set_integer (json, "deals", walk.deals);
  naru_json_set_integer (json, "changed", walk.touched);
  naru_json_set (json, "rules", list_counts (&walk));
  naru_json_set (json, "changes", naru_json_ref (walk.changes));
  return json;
}

static void append_trailer (GStrvBuilder *lines, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append_trailer (GStrvBuilder *lines, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_strv_builder_add (lines, line);
}

static void
append_counts (GStrvBuilder *lines, Walk *walk)
{
  g_autoptr (NaruJson) counts = list_counts (walk);

  append_trailer (lines, "deals %" G_GUINT64_FORMAT " changed %" G_GUINT64_FORMAT, walk->deals,
                  walk->touched);
  for (guint i = 0; i < MIN (naru_json_get_size (counts), IMPACT_RULES); i++)
    {
      NaruJson *row = naru_json_get_element (counts, i);
      append_trailer (lines,
                      "%s changed %" G_GINT64_FORMAT " now-blocks %" G_GINT64_FORMAT
                      " now-open %" G_GINT64_FORMAT,
                      naru_json_get_string (row, "rule"), naru_json_get_integer (row, "changed", 0),
                      naru_json_get_integer (row, "now_blocks", 0),
                      naru_json_get_integer (row, "now_open", 0));
    }
}

static gboolean
count_impact (NaruDesk *self, NaruRulePack *pack, const char *origin, GStrvBuilder *lines, GError **error)
{
  g_auto (Walk) walk = { 0 };
  g_autoptr (NaruRulePack) former = NULL;
  g_autoptr (NaruTypes) types = NULL;
  g_autoptr (NaruPipeline) next = NULL;

  if (!prepare (self, pack, origin, &former, &types, &next, error) ||
      !walk_begin (&walk, self, types, next, error))
    return FALSE;
  walk.everything = TRUE;
  walk.after = make_book (self, pack);
  walk.before = former != NULL ? make_book (self, former) : NULL;
  if (!walk_run (&walk, NULL, NULL, error))
    return FALSE;
  append_counts (lines, &walk);
  return TRUE;
}

/* What putting a pack in force changes, in the words of the trailer Naru-Impact: counts over all deals, then
 * those of each rule. Looked at before the office is locked, so it is of the moment before. A pack with code
 * and an office with very many deals are left out, and that is said, too; so is an office that cannot be
 * counted, since a pack may be what mends it.
 *
 * Returns: (transfer full) (nullable): NULL where the system failed, which it may not do again */
GStrv
naru_desk_list_impact (NaruDesk *self, NaruRulePack *pack, const char *origin, GError **error)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autoptr (GError) local = NULL;

  if (txn == NULL)
    return NULL;
  guint64 n = naru_txn_count_records (txn, "deal", NULL);
  g_clear_pointer (&txn, naru_txn_end);
  if (naru_rule_pack_get_plugin (pack) != NULL || n > IMPACT_MAX ||
      !count_impact (self, pack, origin, lines, &local))
    append_trailer (lines, "not counted");
  if (g_error_matches (local, NARU_ERROR, NARU_ERROR_IO))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_strv_builder_end (lines);
}
