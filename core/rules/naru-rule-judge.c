/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-private.h"

#include "naru-gate-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Whether @list, up to @end, "idea,joint-rd", has @stage; "*" has any. */
static gboolean
names_stage (const char *list, const char *end, const char *stage)
{
  gsize length = strlen (stage);

  if (*list == '*')
    return TRUE;
  while (list < end)
    {
      const char *comma = memchr (list, ',', (gsize) (end - list));
      const char *stop = comma != NULL ? comma : end;
      if ((gsize) (stop - list) == length && memcmp (list, stage, length) == 0)
        return TRUE;
      list = stop + 1;
    }
  return FALSE;
}

/* Whether the rule speaks of this move. @to: (nullable): of any move from there */
gboolean
naru_rule_concerns (const NaruRule *self, const char *from, const char *to)
{
  for (const char *move = self->moves; *move != '\0';)
    {
      const char *arrow = strchr (move, '>');
      const char *end = move + strcspn (move, ";");
      if (arrow != NULL && names_stage (move, arrow, from) &&
          (to == NULL || names_stage (arrow + 1, end, to)))
        return TRUE;
      move = *end == ';' ? end + 1 : end;
    }
  return FALSE;
}

/* "bio_health.irb" -> "/bio_health/irb" */
static char *
make_pointer (const char *dotted)
{
  return g_strdelimit (g_strconcat ("/", dotted, NULL), ".", '/');
}

/* What the rule rests on, for whoever asks why. */
static void
fill_why (NaruRulePack *pack, const NaruRule *self, const NaruRuleVersion *version, NaruFinding *finding)
{
  static const char *const kept[] = { "law", "article", "jurisdiction", "source", "confidence" };
  static const char *const verified[] = { "verified_by", "verified_on" };
  NaruJson *why = naru_json_new_object ();

  naru_json_set_string (why, "pack", pack->id);
  naru_json_set_string (why, "version", version->name);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      const char *text = naru_json_get_string (version->evidence, kept[i]);
      if (text != NULL)
        naru_json_set_string (why, kept[i], text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (verified); i++)
    {
      NaruJson *value = naru_json_get (self->json, verified[i]);
      naru_json_set (why, verified[i], value != NULL ? naru_json_ref (value) : naru_json_new_null ());
    }
  naru_finding_set_why (finding, why);
}

/* The version in force on @day; NULL: none was. */
static NaruRuleVersion *
pick_version (const NaruRule *self, NaruDate day)
{
  for (guint i = 0; i < self->versions->len; i++)
    {
      NaruRuleVersion *version = &g_array_index (self->versions, NaruRuleVersion, i);
      if ((version->from == NARU_DATE_NONE || version->from <= day) &&
          (version->until == NARU_DATE_NONE || day <= version->until))
        return version;
    }
  return NULL;
}

/* Puts a question into words: which fields the record leaves open, with the command that answers it. */
void
naru_rule_word_question (NaruCase *subject, NaruFinding *finding)
{
  NaruRecordType *type = naru_case_get_type_of_record (subject);
  const char *const *pointers = naru_finding_get_fields (finding);
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();
  NaruRemedy remedy;

  naru_remedy_init (&remedy, type, naru_record_get_id (naru_case_get_record (subject)), NULL);
  for (guint i = 0; pointers[i] != NULL; i++)
    {
      g_autofree char *label = naru_record_type_get_label (type, pointers[i]);
      g_strv_builder_add (labels, label);
      naru_remedy_add_field (&remedy, pointers[i]);
    }
  g_auto (GStrv) list = g_strv_builder_end (labels);
  g_autofree char *joined = g_strjoinv (", ", list);
  g_autofree char *message = g_strdup_printf (_ ("Still to be answered: %s."), joined);
  g_autofree char *commands = naru_remedy_finish (&remedy, NULL);
  naru_finding_set_message (finding, message);
  naru_finding_set_remedy (finding, commands);
}

/* The rule asks for fields that the record leaves open. */
static void
ask (NaruCase *subject, GPtrArray *pointers, NaruFinding *finding)
{
  naru_finding_set_status (finding, NARU_STATUS_UNKNOWN);
  for (guint i = 0; i < pointers->len; i++)
    naru_finding_add_field (finding, g_ptr_array_index (pointers, i));
  if (!naru_case_is_brief (subject))
    naru_rule_word_question (subject, finding);
}

/* Whether code will probably be asked about this record: the questions before it are answered. */
gboolean
naru_rule_will_ask_code (const NaruRule *self, NaruJson *record)
{
  if (self->asks[0] != '+')
    return FALSE;

  g_auto (GStrv) fields = g_strsplit (self->asks + 1, ",", -1);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_autofree char *pointer = make_pointer (fields[i]);
      if (fields[i][0] != '\0' && naru_json_get_pointer (record, pointer) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
ask_for_needs (NaruCase *subject, NaruJson *view, NaruJson *needs, NaruFinding *finding)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < naru_json_get_size (needs); i++)
    {
      g_autofree char *pointer = make_pointer (naru_json_as_string (naru_json_get_element (needs, i)));
      if (naru_json_get_pointer (view, pointer) == NULL)
        g_ptr_array_add (open, g_steal_pointer (&pointer));
    }
  if (open->len == 0)
    return FALSE;
  ask (subject, open, finding);
  return TRUE;
}

/* The day that picks the version; NARU_DATE_NONE where the record does not tell it yet. */
static NaruDate
find_day (const NaruRule *self, NaruCase *subject, NaruJson *view)
{
  if (self->dated_by == NULL)
    return naru_case_get_today (subject);

  g_autofree char *pointer = make_pointer (self->dated_by);
  NaruJson *value = naru_json_get_pointer (view, pointer);
  const char *text = value != NULL ? naru_json_as_string (value) : NULL;
  NaruDate day = NARU_DATE_NONE;
  return text != NULL && naru_date_parse (text, &day, NULL) ? day : NARU_DATE_NONE;
}

static void
ask_for_day (const NaruRule *self, NaruCase *subject, NaruFinding *finding)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (open, make_pointer (self->dated_by));
  ask (subject, open, finding);
}

/* "/@agreements/0/grant/field" -> the record, and "/grant/field"; NULL where the list itself is meant. */
static NaruRecord *
find_linked (NaruCase *subject, const char *pointer, const char **rest)
{
  g_auto (GStrv) steps = g_strsplit (pointer, "/", 4);
  if (g_strv_length (steps) < 3)
    return NULL;

  const char *type = naru_case_part_get_type (naru_case_part_from_name (steps[1]));
  guint64 index = g_ascii_strtoull (steps[2], NULL, 10);
  for (guint i = 0; type != NULL && i < naru_case_get_n_linked (subject); i++)
    {
      NaruRecord *record = naru_case_get_linked (subject, i);
      if (g_strcmp0 (naru_record_get_type_name (record), type) != 0 || index-- > 0)
        continue;
      *rest = pointer + strlen (steps[1]) + strlen (steps[2]) + 2;
      return record;
    }
  return NULL;
}

static void
add_linked_lack (NaruCase *subject, NaruFinding *lack, NaruFinding *finding, GString *message,
                 NaruRemedy *remedy)
{
  const char *pointer = naru_finding_get_fields (lack)[0];
  const char *rest = NULL;
  NaruRecord *record = find_linked (subject, pointer, &rest);
  NaruTypes *types = naru_case_get_types (subject);

  naru_finding_add_field (finding, pointer);
  if (record == NULL || types == NULL)
    return;
  NaruRecordType *type = naru_types_get (types, naru_record_get_type_name (record), NULL);
  if (type == NULL || naru_record_type_find_field (type, rest) == NULL)
    return;

  const char *id = naru_record_get_id (record);
  NaruRemedy own;
  g_autofree char *label = naru_record_type_get_label (type, rest);
  g_autofree char *sentence = g_strdup_printf (_ ("%s: see “%s”."), id, label);
  naru_gate_append_sentence (message, sentence);
  naru_remedy_init (&own, type, id, NULL);
  naru_remedy_add_field (&own, rest);
  g_autofree char *commands = naru_remedy_finish (&own, NULL);
  if (commands != NULL)
    naru_remedy_add_line (remedy, commands);
}

/* The rule's own advice, with the record's id in it. */
static char *
make_hint (const NaruRuleVersion *version, NaruCase *subject)
{
  const char *words = naru_words_get (&version->remedy);
  GString *hint = g_string_new (words);

  g_string_replace (hint, "{id}", naru_record_get_id (naru_case_get_record (subject)), 0);
  return g_string_free (hint, FALSE);
}

/* "IRB › Approval number" and "IRB › Approved on" as "IRB: Approval number, Approved on" */
static void
append_missing (NaruRecordType *type, GPtrArray *pointers, GString *message)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *group = NULL;

  for (guint i = 0; i < pointers->len; i++)
    {
      g_autofree char *label = naru_record_type_get_label (type, g_ptr_array_index (pointers, i));
      char *last = g_strrstr (label, " › ");
      const char *own = last != NULL ? last + strlen (" › ") : label;
      if (last != NULL)
        *last = '\0';
      const char *parent = last != NULL ? label : "";
      if (g_strcmp0 (group, parent) != 0)
        g_string_append_printf (list, "%s%s%s", list->len > 0 ? "; " : "", parent,
                                parent[0] != '\0' ? ": " : "");
      else
        g_string_append (list, ", ");
      g_string_append (list, own);
      g_free (group);
      group = g_strdup (parent);
    }
  g_autofree char *sentence = g_strdup_printf (_ ("Missing: %s."), list->str);
  naru_gate_append_sentence (message, sentence);
}

static gboolean
is_missing (NaruFinding *lack)
{
  const char *pointer = naru_finding_get_fields (lack)[0];

  return pointer != NULL && pointer[0] == '/' && pointer[1] != '@' &&
         g_strcmp0 (naru_finding_get_keyword (lack), "required") == 0;
}

static void
explain (const NaruRuleVersion *version, NaruCase *subject, GPtrArray *lacks, NaruFinding *finding)
{
  NaruRecordType *type = naru_case_get_type_of_record (subject);
  g_autoptr (GString) message = g_string_new (naru_words_get (&version->message));
  g_autofree char *hint = make_hint (version, subject);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  NaruRemedy remedy;

  naru_remedy_init (&remedy, type, naru_record_get_id (naru_case_get_record (subject)), version->must);
  for (guint i = 0; i < lacks->len; i++)
    {
      NaruFinding *lack = g_ptr_array_index (lacks, i);
      const char *pointer = naru_finding_get_fields (lack)[0];
      if (is_missing (lack))
        {
          if (g_strv_contains (naru_finding_get_fields (finding), pointer))
            continue;
          naru_finding_add_field (finding, pointer);
          naru_remedy_add_field (&remedy, pointer);
          g_ptr_array_add (missing, (gpointer) pointer);
        }
      else if (pointer != NULL && g_str_has_prefix (pointer, "/@"))
        add_linked_lack (subject, lack, finding, message, &remedy);
      else
        naru_gate_add_lack (type, lack, finding, message, &remedy);
    }
  if (missing->len > 0)
    append_missing (type, missing, message);
  g_autofree char *commands = naru_remedy_finish (&remedy, hint);
  if (message->len > 0)
    naru_finding_set_message (finding, message->str);
  naru_finding_set_remedy (finding, commands);
}

static void
judge_must (const NaruRuleVersion *version, NaruCase *subject, NaruJson *view, NaruFinding *finding)
{
  gboolean judged = FALSE;

  if (naru_requirement_validate (version->must_schema, view, NULL, &judged))
    return;
  naru_finding_set_status (finding, NARU_STATUS_FAIL);

  /* what is missing whole is told member by member */
  g_autoptr (NaruJson) opened = naru_demand_open (version->must, view);
  g_autoptr (GPtrArray) lacks = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  if (naru_requirement_validate (version->must_schema, opened, lacks, &judged))
    naru_requirement_validate (version->must_schema, view, lacks, &judged);
  if (judged)
    explain (version, subject, lacks, finding);
  else
    naru_gate_set_unjudged (finding);
}

static gboolean
compile (NaruRulePack *pack, NaruRuleVersion *version)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&pack->lock);

  if (version->applies != NULL && version->applies_schema == NULL)
    version->applies_schema = naru_schema_new (version->applies, pack->id, NULL);
  if (version->must != NULL && version->must_schema == NULL)
    version->must_schema = naru_schema_new (version->must, pack->id, NULL);
  return (version->applies == NULL || version->applies_schema != NULL) &&
         (version->must == NULL || version->must_schema != NULL);
}

static NaruFinding *
begin_finding (NaruRulePack *pack, const NaruRule *self, const NaruRuleVersion *version)
{
  NaruFinding *finding = naru_finding_new (self->id, version->severity, NARU_STATUS_PASS);

  naru_finding_set_title (finding, naru_words_get (&version->title));
  fill_why (pack, self, version, finding);
  return finding;
}

/* Begins the judgement of a rule that concerns the move; where its check is set, code has still to decide,
 * and the finding stands at "pass" until it has. */
void
naru_rule_judge (NaruRulePack *pack, NaruRule *self, NaruCase *subject, NaruJson *view,
                 NaruJudgement *judgement)
{
  NaruDate day = find_day (self, subject, view);
  NaruRuleVersion *newest = &g_array_index (self->versions, NaruRuleVersion, self->versions->len - 1);
  NaruRuleVersion *version = day != NARU_DATE_NONE ? pick_version (self, day) : newest;
  NaruFinding *finding = begin_finding (pack, self, version != NULL ? version : newest);
  gboolean judged = TRUE;

  *judgement = (NaruJudgement){ pack, self, version, finding, NULL };
  if (version == NULL)
    naru_finding_set_status (finding, NARU_STATUS_NOT_APPLICABLE);
  else if (ask_for_needs (subject, view, version->needs, finding))
    return;
  else if (!compile (pack, version))
    naru_gate_set_unjudged (finding);
  else if (!naru_requirement_validate (version->applies_schema, view, NULL, &judged))
    {
      if (judged)
        naru_finding_set_status (finding, NARU_STATUS_NOT_APPLICABLE);
      else
        naru_gate_set_unjudged (finding);
    }
  else if (day == NARU_DATE_NONE)
    ask_for_day (self, subject, finding);
  else if (version->check != NULL)
    judgement->check = version->check;
  else
    judge_must (version, subject, view, finding);
  if (naru_finding_get_status (finding) == NARU_STATUS_FAIL)
    naru_gate_apply_waiver (self->id, self->waivable, subject, finding);
}

/* What could not be judged blocks, whatever a failure of the rule would have meant. @why: (transfer none) */
void
naru_judgement_break (NaruJudgement *self, const char *why)
{
  NaruFinding *broken = naru_finding_new (self->rule->id, NARU_SEVERITY_BLOCK, NARU_STATUS_ERROR);
  g_autofree char *message = g_strdup_printf (_ ("This rule could not be judged: %s"), why);
  g_autofree char *remedy = g_strdup_printf ("naru plugin show %s", self->pack->plugin);

  naru_finding_set_title (broken, naru_finding_get_title (self->finding));
  naru_finding_set_message (broken, message);
  if (self->pack->plugin != NULL)
    naru_finding_set_remedy (broken, remedy);
  naru_finding_set_why (broken, naru_json_ref (naru_finding_get_why (self->finding)));
  naru_finding_unref (self->finding);
  self->finding = broken;
}

static void
refuse (NaruJudgement *self, NaruCase *subject, const NaruCheckVerdict *verdict)
{
  NaruRecordType *type = naru_case_get_type_of_record (subject);
  NaruWords words = { verdict->message_en, verdict->message_ko };
  g_autofree char *hint = make_hint (self->version, subject);
  NaruRemedy remedy;

  naru_remedy_init (&remedy, type, naru_record_get_id (naru_case_get_record (subject)), NULL);
  for (guint i = 0; verdict->fields != NULL && verdict->fields[i] != NULL; i++)
    {
      const char *pointer = verdict->fields[i];
      naru_finding_add_field (self->finding, pointer);
      if (naru_record_type_find_field (type, pointer) != NULL)
        naru_remedy_add_field (&remedy, pointer);
    }
  g_autofree char *commands = naru_remedy_finish (&remedy, hint);
  naru_finding_set_status (self->finding, NARU_STATUS_FAIL);
  naru_finding_set_message (self->finding, naru_words_get (&words));
  naru_finding_set_remedy (self->finding, commands);
  naru_gate_apply_waiver (self->rule->id, self->rule->waivable, subject, self->finding);
}

/* Takes the verdict of the code that decides the check. */
void
naru_judgement_decide (NaruJudgement *self, NaruCase *subject, const NaruCheckVerdict *verdict)
{
  g_autoptr (GPtrArray) open = NULL;

  switch (verdict->status)
    {
    case NARU_CHECK_PASS:
      return;
    case NARU_CHECK_NOT_APPLICABLE:
      naru_finding_set_status (self->finding, NARU_STATUS_NOT_APPLICABLE);
      return;
    case NARU_CHECK_FAIL:
      refuse (self, subject, verdict);
      return;
    case NARU_CHECK_UNKNOWN:
      open = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; verdict->fields != NULL && verdict->fields[i] != NULL; i++)
        g_ptr_array_add (open, g_strdup (verdict->fields[i]));
      ask (subject, open, self->finding);
      return;
    case NARU_CHECK_ERROR:
      break;
    }
  naru_judgement_break (self, verdict->error != NULL ? verdict->error : _ ("its plugin gave no verdict"));
}
