/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit-view-private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

const NaruAuditList naru_audit_lists[] = {
  { "attention", N_ ("Moves to look at"),
    N_ ("Approved by who asked or who made the record, without the approval that the gate asks for, or "
        "edited after "
        "it was approved.") },
  { "moves", N_ ("Moves"), N_ ("Each was judged by the pipeline and the rules that its commit names.") },
  { "waivers", N_ ("Waivers given"),
    N_ ("Conditions that somebody let go, with the reason and the last day.") },
  { "open_waivers", N_ ("Waivers on record at the end"),
    N_ ("Also those that were given before; overdue where the last day is past.") },
  { "approvals", N_ ("Approvals and rejections"), N_ ("With the roles that the person had then.") },
  { "refusals", N_ ("Refused for four eyes"),
    N_ ("Approvals of one's own move, and decisions without the role. Each once a day at most.") },
  { "rules", N_ ("Rules, plugins and pipelines changed"),
    N_ ("With the number of deals whose verdict changed.") },
  { "edits", N_ ("Edits of what was decided"),
    N_ ("While an approval of the next move stood, or after the record had come to its end.") },
  { "late", N_ ("Recorded late"), N_ ("The time when it was done lies well before the time of the record.") },
  { "imported", N_ ("Imported and not judged"), N_ ("Taken over from files; no gate judged it.") },
  { "people", N_ ("People and roles"), N_ ("Who came, left, or got other roles.") },
  { "keys", N_ ("Keys"), N_ ("Changes of the key that signs the history.") },
  { "unsigned", N_ ("Not signed"), N_ ("Entries without a signature of the office.") },
  { "gaps", N_ ("Gaps"), N_ ("Spans without any entry.") },
};
const guint naru_n_audit_lists = G_N_ELEMENTS (naru_audit_lists);

typedef struct
{
  const char *word;
  const char *text;
} Words;

static const Words flag_words[] = {
  { "own-approval", N_ ("approved by who made the move") },
  { "approved-by-creator", N_ ("approved by who made the record") },
  { "approval-waived", N_ ("an approval was waived") },
};

static const Words refusal_words[] = {
  { "own-approval", N_ ("the approval is the requester's own") },
  { "no-role", N_ ("the role is missing") },
};

static const Words action_words[] = {
  { "advance", N_ ("advance") }, { "approve", N_ ("approve") }, { "reject", N_ ("reject") },
  { "waive", N_ ("waive") },     { "open", N_ ("open") },       { "overdue", N_ ("overdue") },
};

static const char *
look_up (const Words *words, gsize n, const char *word)
{
  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (words[i].word, word) == 0)
      return _ (words[i].text);
  return word != NULL ? word : "";
}

#define LOOK_UP(words, word) look_up (words, G_N_ELEMENTS (words), word)

static const char *
get_text (NaruJson *json, const char *key)
{
  const char *text = naru_json_get_string (json, key);

  return text != NULL ? text : "";
}

gboolean
naru_audit_view_init (NaruAuditView *self, NaruCli *cli, NaruJson *report, GError **error)
{
  NaruJson *actors = naru_json_get (report, "actors");

  self->cli = cli;
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < naru_json_get_size (actors); i++)
    {
      NaruJson *actor = naru_json_get_element (actors, i);
      const char *id = naru_json_get_string (actor, "person");
      if (id != NULL)
        g_hash_table_insert (self->names, g_strdup (id), g_strdup (get_text (actor, "name")));
    }
  self->person = naru_types_get (naru_office_get_types (cli->office), "person", error);
  return self->person != NULL;
}

void
naru_audit_view_clear (NaruAuditView *self)
{
  g_clear_pointer (&self->names, g_hash_table_unref);
}

/* The name of a person, else the id */
static const char *
get_name (NaruAuditView *self, const char *id)
{
  const char *name = g_hash_table_lookup (self->names, id);

  if (name != NULL)
    return name;
  g_autoptr (NaruRecord) record = naru_desk_show (self->cli->desk, id, NULL);
  char *found = g_strdup (record != NULL ? naru_show_get_name (record) : id);
  g_hash_table_insert (self->names, g_strdup (id), found);
  return found;
}

/* (transfer full) (nullable) */
static char *
display_day (const char *text)
{
  NaruDate day = NARU_DATE_NONE;

  return text != NULL && naru_date_parse (text, &day, NULL) ? naru_date_to_display (day) : NULL;
}

static void append (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Adds one more part of a sentence. */
static void
append (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len > 0)
    g_string_append (text, "; ");
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

/* (transfer full): "a, b", or "#12, #15" for numbers */
static char *
join (NaruJson *array)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < naru_json_get_size (array); i++)
    {
      NaruJson *one = naru_json_get_element (array, i);
      const char *word = naru_json_as_string (one);
      g_string_append (text, i > 0 ? ", " : "");
      if (word != NULL)
        g_string_append (text, word);
      else
        g_string_append_printf (text, "#%" PRId64, naru_json_as_integer (one));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "roles: officer, director"; nothing where there are none */
static void
append_list (GString *text, const char *label, NaruJson *array)
{
  g_autofree char *joined = join (array);

  if (*joined != '\0')
    append (text, "%s: %s", label, joined);
}

/* (transfer full): a value of a person as people read it: roles by their titles */
static char *
display_value (NaruAuditView *self, const char *pointer, NaruJson *value)
{
  const NaruField *field = naru_record_type_find_field (self->person, pointer);
  g_autoptr (GString) text = g_string_new (NULL);

  if (value == NULL || naru_json_get_kind (value) == NARU_JSON_NULL)
    return g_strdup ("–");
  if (naru_json_get_kind (value) != NARU_JSON_ARRAY)
    return naru_value_to_display (self->cli, self->person, field, value, NULL);
  g_autofree char *inner = g_strconcat (pointer, "/-", NULL);
  for (guint i = 0; i < naru_json_get_size (value); i++)
    {
      g_autofree char *one = display_value (self, inner, naru_json_get_element (value, i));
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", one);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_roles (NaruAuditView *self, GString *text, NaruJson *event)
{
  NaruJson *roles = naru_json_get (event, "roles");

  if (naru_json_get_size (roles) == 0)
    return;
  g_autofree char *titles = display_value (self, "/roles", roles);
  append (text, "%s: %s", _ ("roles"), titles);
}

static void
append_approval (NaruAuditView *self, GString *text, NaruJson *row, const char *who)
{
  g_autofree char *role = display_value (self, "/roles/-", naru_json_get (row, "role"));
  g_autofree char *date = display_day (naru_json_get_string (row, "on"));

  append (text, _ ("approved by %s (%s) on %s"), get_name (self, get_text (row, who)), role,
          date != NULL ? date : "");
}

static void
append_move (NaruAuditView *self, GString *text, NaruJson *event)
{
  const char *record = naru_json_get_string (event, "record");
  const char *to = naru_json_get_string (event, "to");
  const char *name = naru_types_get_name_for_id (naru_office_get_types (self->cli->office), record);

  if (to == NULL || name == NULL)
    return;
  const char *from = naru_json_get_string (event, "from");
  g_autofree char *left = from != NULL ? naru_value_get_stage_title (self->cli, name, from) : g_strdup ("");
  g_autofree char *right = naru_value_get_stage_title (self->cli, name, to);
  append (text, "%s → %s", left, right);
}

static void
describe_move (NaruAuditView *self, GString *text, NaruJson *event)
{
  NaruJson *approvals = naru_json_get (event, "approved_by");
  NaruJson *flags = naru_json_get (event, "flags");
  NaruJson *verdicts = naru_json_get (event, "verdicts");

  append_move (self, text, event);
  for (guint i = 0; i < naru_json_get_size (flags); i++)
    {
      const char *flag = naru_json_as_string (naru_json_get_element (flags, i));
      if (g_strcmp0 (flag, "edited-after-approval") == 0)
        append (text, _ ("edited in #%" PRId64 " after it was approved"),
                naru_json_get_integer (event, "edited", 0));
      else
        append (text, "%s", LOOK_UP (flag_words, flag));
    }
  for (guint i = 0; i < naru_json_get_size (approvals); i++)
    append_approval (self, text, naru_json_get_element (approvals, i), "person");
  append_list (text, _ ("waived"), naru_json_get (event, "waived"));
  append (text, _ ("conditions met %d, open questions %d, warnings %d"),
          (int) naru_json_get_integer (verdicts, "pass", 0),
          (int) naru_json_get_integer (verdicts, "unknown", 0),
          (int) naru_json_get_integer (verdicts, "fail", 0));
}

static void
describe_waiver (NaruAuditView *self, GString *text, NaruJson *event)
{
  const char *state = naru_json_get_string (event, "state");
  g_autofree char *until = display_day (naru_json_get_string (event, "until"));

  if (state != NULL)
    append (text, "%s", LOOK_UP (action_words, state));
  append (text, _ ("%s until %s"), get_text (event, "condition"), until != NULL ? until : "");
  append (text, _ ("reason: %s"), get_text (event, "reason"));
  append_roles (self, text, event);
  append_list (text, _ ("moves that rest on it"), naru_json_get (event, "used"));
}

static void
describe_decision (NaruAuditView *self, GString *text, NaruJson *event)
{
  append (text, "%s", LOOK_UP (action_words, naru_json_get_string (event, "action")));
  append_move (self, text, event);
  append_roles (self, text, event);
  if (naru_json_get_string (event, "reason") != NULL)
    append (text, _ ("reason: %s"), get_text (event, "reason"));
}

/* "deals 340 changed 12", "ID changed 3 now-blocks 2 now-open 1" with the id of a rule, or "not counted" */
static void
describe_impact (GString *text, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint n = g_strv_length (words);

  if (n == 4 && strcmp (words[0], "deals") == 0)
    append (text, _ ("of %s deals, the verdict changed for %s"), words[1], words[3]);
  else if (n == 7)
    append (text, _ ("%s: verdicts changed %s, blocked from then on %s, open from then on %s"), words[0],
            words[2], words[4], words[6]);
  else
    append (text, "%s", _ ("the deals that it changes were not counted"));
}

static void
describe_rules (GString *text, NaruJson *event)
{
  NaruJson *impact = naru_json_get (event, "impact");

  append (text, "%s", get_text (event, "subject"));
  if (naru_json_get_string (event, "reason") != NULL)
    append (text, _ ("reason: %s"), get_text (event, "reason"));
  for (guint i = 0; i < naru_json_get_size (impact); i++)
    describe_impact (text, naru_json_as_string (naru_json_get_element (impact, i)));
}

static void
describe_person (NaruAuditView *self, GString *text, NaruJson *event)
{
  NaruJson *changes = naru_json_get (event, "changes");
  g_auto (GStrv) keys = naru_json_get_keys (changes);

  append (text, "%s", get_text (event, "about"));
  for (guint i = 0; keys[i] != NULL; i++)
    {
      NaruJson *change = naru_json_get (changes, keys[i]);
      g_autofree char *pointer = g_strconcat ("/", keys[i], NULL);
      g_autofree char *before = display_value (self, pointer, naru_json_get (change, "before"));
      g_autofree char *after = display_value (self, pointer, naru_json_get (change, "after"));
      g_autofree char *label = naru_record_type_get_label (self->person, pointer);
      append (text, "%s: %s → %s", label, before, after);
    }
  if (keys[0] == NULL)
    append (text, "%s", get_text (event, "subject"));
}

static void
describe_edit (NaruAuditView *self, GString *text, NaruJson *event)
{
  NaruJson *approvals = naru_json_get (event, "approvals");

  append (text, "%s", get_text (event, "subject"));
  if (g_strcmp0 (naru_json_get_string (event, "after"), "end") == 0)
    append (text, _ ("the record had come to its end, %s"), get_text (event, "stage"));
  for (guint i = 0; i < naru_json_get_size (approvals); i++)
    append_approval (self, text, naru_json_get_element (approvals, i), "by");
}

static void
describe_rest (GString *text, NaruJson *event)
{
  const char *reason = naru_json_get_string (event, "reason");
  gint64 days = naru_json_get_integer (event, "days", -1);

  if (days >= 0)
    {
      g_autofree char *done = naru_audit_view_time (event, "time");
      append (text,
              g_dngettext (GETTEXT_PACKAGE, "done %s, %d day before", "done %s, %d days before",
                           (gulong) days),
              done, (int) days);
    }
  append (text, "%s", get_text (event, "subject"));
  if (reason != NULL)
    append (text, _ ("reason: %s"), reason);
}

static void
describe_keys (GString *text, NaruJson *event)
{
  append_list (text, _ ("new"), naru_json_get (event, "key"));
  append_list (text, _ ("ended"), naru_json_get (event, "ended"));
  append_list (text, _ ("revoked"), naru_json_get (event, "revoked"));
  if (naru_json_get_string (event, "reason") != NULL)
    append (text, _ ("reason: %s"), get_text (event, "reason"));
}

static void
describe_gap (GString *text, NaruJson *event)
{
  g_autofree char *from = naru_audit_view_time (event, "from");
  g_autofree char *to = naru_audit_view_time (event, "to");
  int days = (int) naru_json_get_integer (event, "days", 0);

  append (text,
          g_dngettext (GETTEXT_PACKAGE, "no entry for %d day, from %s to %s",
                       "no entry for %d days, from %s to %s", (gulong) days),
          days, from, to);
}

/* (transfer full): one line that tells the event, in the language of the process */
char *
naru_audit_view_describe (NaruAuditView *self, const char *list, NaruJson *event)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (strcmp (list, "moves") == 0 || strcmp (list, "attention") == 0)
    describe_move (self, text, event);
  else if (g_str_has_suffix (list, "waivers"))
    describe_waiver (self, text, event);
  else if (strcmp (list, "approvals") == 0)
    describe_decision (self, text, event);
  else if (strcmp (list, "refusals") == 0)
    append (text, "%s %s: %s", LOOK_UP (action_words, naru_json_get_string (event, "attempt")),
            get_text (event, "condition"), LOOK_UP (refusal_words, naru_json_get_string (event, "why")));
  else if (strcmp (list, "rules") == 0)
    describe_rules (text, event);
  else if (strcmp (list, "edits") == 0)
    describe_edit (self, text, event);
  else if (strcmp (list, "people") == 0)
    describe_person (self, text, event);
  else if (strcmp (list, "keys") == 0)
    describe_keys (text, event);
  else if (strcmp (list, "gaps") == 0)
    describe_gap (text, event);
  else
    describe_rest (text, event);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (transfer full): day, hour and minute as readers of the language write them */
char *
naru_audit_view_time (NaruJson *event, const char *key)
{
  const char *text = naru_json_get_string (event, key);
  NaruTime time;

  if (text == NULL || !naru_time_parse (text, &time, NULL))
    return g_strdup ("");
  return naru_time_to_display (&time);
}

char *
naru_audit_view_period (NaruJson *report)
{
  g_autofree char *from = display_day (naru_json_get_string (report, "from"));
  g_autofree char *to = display_day (naru_json_get_string (report, "to"));

  return from != NULL ? g_strdup_printf (_ ("%s to %s"), from, to)
                      : g_strdup_printf (_ ("from the beginning to %s"), to);
}
