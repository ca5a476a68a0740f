/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit-report-private.h"

#include <string.h>

#define DAY 86400

/* Sorts one entry of the history into the lists of the report. What an event says is said by its commit, by
 * the files of that commit or by those of its parent. */

/* (transfer full): of char *: the values of the trailers of that name, in their order */
GPtrArray *
naru_audit_list_trailers (const NaruPastEntry *past, const char *key)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);
  gsize length = strlen (key);
  const char *at = strstr (past->message, "\nNaru-Seq: ");

  for (const char *next; at != NULL; at = next)
    {
      next = strchr (at + 1, '\n');
      if (next != NULL && strncmp (at + 1, key, length) == 0 && strncmp (at + 1 + length, ": ", 2) == 0)
        g_ptr_array_add (values, g_strndup (at + length + 3, (gsize) (next - at) - length - 3));
    }
  return values;
}

static void
set_text (NaruJson *json, const char *key, const char *text)
{
  naru_json_set (json, key, text != NULL ? naru_json_new_string (text) : naru_json_new_null ());
}

static NaruJson *
add_array (NaruJson *json, const char *key)
{
  NaruJson *array = naru_json_new_array ();

  naru_json_set (json, key, array);
  return array;
}

static void
add_trailers (NaruJson *json, const char *key, const NaruPastEntry *past, const char *trailer)
{
  g_autoptr (GPtrArray) values = naru_audit_list_trailers (past, trailer);
  NaruJson *array = add_array (json, key);

  for (guint i = 0; i < values->len; i++)
    naru_json_append_string (array, g_ptr_array_index (values, i));
}

/* Adds the present entry to a list. Returns: (transfer none): the event, for more to be said of it */
NaruJson *
naru_audit_add (NaruAudit *self, NaruAuditSection section, const NaruPastEntry *past)
{
  NaruJson *event = naru_json_new_object ();
  g_autofree char *time = naru_time_to_string (&past->authored);
  g_autofree char *recorded = naru_time_to_string (&past->committed);
  g_autofree char *person = naru_audit_take_person (past->author_email);
  g_autofree char *subject = g_strndup (past->message, strcspn (past->message, "\n"));
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&self->commit, hex);
  naru_json_set_integer (event, "seq", (gint64) self->seq);
  naru_json_set_string (event, "commit", hex);
  naru_json_set_string (event, "time", time);
  naru_json_set_string (event, "recorded", recorded);
  set_text (event, "person", person);
  naru_json_set_string (event, "name", past->author);
  naru_json_set_string (event, "action", past->action);
  set_text (event, "record", past->record);
  set_text (event, "from", past->from);
  set_text (event, "to", past->to);
  set_text (event, "reason", past->reason);
  naru_json_set_string (event, "subject", subject);
  naru_json_append (self->sections[section], event);
  return event;
}

/* The row of whoever made the entry; people who are known by name alone share one by that name */
static NaruJson *
get_person_row (NaruAudit *self, const NaruPastEntry *past)
{
  static const char *const lists[] = { "moves", "approvals", "rejections", "waivers", "refusals" };
  g_autofree char *id = naru_audit_take_person (past->author_email);
  const char *key = id != NULL ? id : past->author;
  NaruJson *row = g_hash_table_lookup (self->people, key);

  if (row != NULL)
    return row;
  row = naru_json_new_object ();
  set_text (row, "person", id);
  naru_json_set_string (row, "name", past->author);
  naru_json_set_integer (row, "entries", 0);
  naru_json_set_integer (row, "first", (gint64) self->seq);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    add_array (row, lists[i]);
  g_hash_table_insert (self->people, g_strdup (key), row);
  return row;
}

static void
count (NaruAudit *self, const NaruPastEntry *past, const char *list)
{
  NaruJson *row = get_person_row (self, past);

  naru_json_append (naru_json_get (row, list), naru_json_new_integer ((gint64) self->seq));
}

static void
add_roles (NaruAudit *self, NaruJson *event)
{
  const char *person = naru_json_get_string (event, "person");

  naru_json_set (event, "roles",
                 person != NULL ? naru_json_copy (naru_audit_get_roles (self, person))
                                : naru_json_new_array ());
}

/* "MGK-PER-2026-00004 (director, 2026-03-01)" */
static NaruJson *
read_approval (const char *text)
{
  const char *bracket = strstr (text, " (");
  const char *comma = bracket != NULL ? strstr (bracket, ", ") : NULL;
  const char *end = comma != NULL ? strchr (comma, ')') : NULL;
  NaruJson *row = naru_json_new_object ();

  g_autofree char *person = bracket != NULL ? g_strndup (text, (gsize) (bracket - text)) : g_strdup (text);
  g_autofree char *role = comma != NULL ? g_strndup (bracket + 2, (gsize) (comma - bracket) - 2) : NULL;
  g_autofree char *day = end != NULL ? g_strndup (comma + 2, (gsize) (end - comma) - 2) : NULL;
  naru_json_set_string (row, "person", person);
  set_text (row, "role", role);
  set_text (row, "on", day);
  return row;
}

static gboolean
add_approvals (NaruAudit *self, NaruJson *event, const NaruPastEntry *past, NaruJson *flags, GError **error)
{
  g_autoptr (GPtrArray) approvals = naru_audit_list_trailers (past, "Naru-Approved-By");
  NaruJson *list = add_array (event, "approved_by");
  const char *requester = naru_json_get_string (event, "person");
  const char *creator = "";

  if (approvals->len > 0 && past->record != NULL)
    creator = naru_audit_get_creator (self, past->record, error);
  if (creator == NULL)
    return FALSE;
  for (guint i = 0; i < approvals->len; i++)
    {
      NaruJson *row = read_approval (g_ptr_array_index (approvals, i));
      const char *person = naru_json_get_string (row, "person");
      naru_json_append (list, row);
      if (g_strcmp0 (person, requester) == 0)
        naru_json_append_string (flags, "own-approval");
      if (g_strcmp0 (person, creator) == 0)
        naru_json_append_string (flags, "approved-by-creator");
    }
  return TRUE;
}

static void
add_verdicts (NaruAudit *self, NaruJson *event, const NaruPastEntry *past, NaruJson *flags)
{
  static const char *const states[] = { "pass", "fail", "waived", "unknown", "error" };
  NaruJson *counts = naru_json_new_object ();
  const char *type = past->record != NULL ? naru_audit_get_type (self, past->record) : NULL;

  naru_json_set (event, "verdicts", counts);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    naru_json_set_integer (counts, states[i], 0);
  for (guint i = 0; i < past->verdicts->len; i++)
    {
      const char *line = g_ptr_array_index (past->verdicts, i);
      const char *state = strrchr (line, ' ');
      if (state == NULL || naru_json_get (counts, state + 1) == NULL)
        continue;
      naru_json_set_integer (counts, state + 1, naru_json_get_integer (counts, state + 1, 0) + 1);
      g_autofree char *condition = g_strndup (line, strcspn (line, " @"));
      if (strcmp (state + 1, "waived") == 0 && type != NULL && naru_audit_is_approval (self, type, condition))
        naru_json_append_string (flags, "approval-waived");
    }
}

/* Remembers who waived what, and which moves rest on it. @event: (nullable): that of a waiver in the period
 */
void
naru_audit_note_waivers (NaruAudit *self, const NaruPastEntry *past, NaruJson *event)
{
  g_autoptr (GPtrArray) conditions = naru_audit_list_trailers (past, "Naru-Waiver");

  for (guint i = 0; i < conditions->len && past->record != NULL; i++)
    {
      const char *condition = g_ptr_array_index (conditions, i);
      g_autofree char *key = g_strdup_printf ("%s %s", past->record, condition);
      if (!g_str_equal (past->action, "waive"))
        {
          NaruJson *given = g_hash_table_lookup (self->waivers, key);
          if (given != NULL)
            naru_json_append (naru_json_get (given, "used"), naru_json_new_integer ((gint64) self->seq));
          continue;
        }
      const char *until = past->detail != NULL ? strstr (past->detail, " until ") : NULL;
      naru_json_set_string (event, "condition", condition);
      set_text (event, "until", until != NULL ? until + 7 : NULL);
      add_array (event, "used");
      g_hash_table_replace (self->waivers, g_steal_pointer (&key), naru_json_ref (event));
    }
}

static gboolean
take_move (NaruAudit *self, const NaruPastEntry *past, GError **error)
{
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_MOVES, past);
  g_autoptr (NaruJson) flags = naru_json_new_array ();
  NaruJson *edited = past->record != NULL ? g_hash_table_lookup (self->changed, past->record) : NULL;

  count (self, past, "moves");
  add_trailers (event, "waived", past, "Naru-Waiver");
  add_trailers (event, "rules", past, "Naru-Rules");
  if (!add_approvals (self, event, past, flags, error))
    return FALSE;
  add_verdicts (self, event, past, flags);
  naru_audit_note_waivers (self, past, NULL);
  if (edited != NULL)
    {
      naru_json_append_string (flags, "edited-after-approval");
      naru_json_set (event, "edited", naru_json_ref (edited));
      g_hash_table_remove (self->changed, past->record);
    }
  naru_json_set (event, "flags", naru_json_ref (flags));
  if (naru_json_get_size (flags) > 0)
    naru_json_append (self->sections[NARU_AUDIT_ATTENTION], naru_json_ref (event));
  return TRUE;
}

static void
take_decision (NaruAudit *self, const NaruPastEntry *past, const char *list)
{
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_APPROVALS, past);
  /* the move that is spoken of stands in the subject: "approve evaluation → patent" */
  const char *arrow = past->detail != NULL ? strstr (past->detail, " → ") : NULL;

  if (arrow != NULL)
    {
      g_autofree char *from = g_strndup (past->detail, (gsize) (arrow - past->detail));
      naru_json_set_string (event, "from", from);
      naru_json_set_string (event, "to", arrow + strlen (" → "));
    }
  add_roles (self, event);
  count (self, past, list);
}

static void
take_waiver (NaruAudit *self, const NaruPastEntry *past)
{
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_WAIVERS, past);

  add_roles (self, event);
  naru_audit_note_waivers (self, past, event);
  count (self, past, "waivers");
}

/* "advance patent.approval own-approval" */
static void
take_refusal (NaruAudit *self, const NaruPastEntry *past)
{
  g_autoptr (GPtrArray) values = naru_audit_list_trailers (past, "Naru-Refused");
  g_auto (GStrv) words = g_strsplit (values->len > 0 ? g_ptr_array_index (values, 0) : "", " ", 3);
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_REFUSALS, past);
  guint n = g_strv_length (words);

  set_text (event, "attempt", n > 0 ? words[0] : NULL);
  set_text (event, "condition", n > 1 ? words[1] : NULL);
  set_text (event, "why", n > 2 ? words[2] : NULL);
  add_roles (self, event);
  count (self, past, "refusals");
}

static void
take_rules (NaruAudit *self, const NaruPastEntry *past)
{
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_RULES, past);

  add_trailers (event, "rules", past, "Naru-Rules");
  add_trailers (event, "impact", past, "Naru-Impact");
  add_roles (self, event);
  g_hash_table_remove_all (self->pipelines);
}

static void
take_key (NaruAudit *self, const NaruPastEntry *past)
{
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_KEYS, past);

  add_trailers (event, "key", past, "Naru-Key");
  add_trailers (event, "ended", past, "Naru-Key-Ended");
  add_trailers (event, "revoked", past, "Naru-Key-Revoked");
}

/* Roles, login and whether somebody is active are told with their values; of other fields the subject tells
 * the name alone. */
static void
take_person (NaruAudit *self, const NaruPastEntry *past)
{
  static const char *const told[] = { "active", "login", "name", "roles" };
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_PEOPLE, past);
  g_autoptr (NaruJson) before = naru_audit_read_record (self, &self->parent, past->record);
  g_autoptr (NaruJson) after = naru_audit_read_record (self, &self->commit, past->record);
  NaruJson *changes = naru_json_new_object ();

  naru_json_set (event, "changes", changes);
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    {
      NaruJson *was = naru_json_get (before, told[i]);
      NaruJson *is = naru_json_get (after, told[i]);
      if (was == is || (was != NULL && is != NULL && naru_json_equal (was, is)))
        continue;
      NaruJson *change = naru_json_new_object ();
      naru_json_set (change, "before", was != NULL ? naru_json_copy (was) : naru_json_new_null ());
      naru_json_set (change, "after", is != NULL ? naru_json_copy (is) : naru_json_new_null ());
      naru_json_set (changes, told[i], change);
    }
  set_text (event, "about", naru_json_get_string (after, "name"));
  g_hash_table_remove (self->roles, past->record);
}

/* An edit of what others decided upon: while an approval of the next move stands, or at the end of the way */
static void
take_edit (NaruAudit *self, const NaruPastEntry *past)
{
  const char *type = past->record != NULL ? naru_audit_get_type (self, past->record) : NULL;
  g_autoptr (NaruJson) json =
      type != NULL ? naru_audit_read_record (self, &self->commit, past->record) : NULL;
  const char *stage = naru_json_get_string (json, "stage");
  NaruJson *approvals = naru_json_get (json, "approvals");
  gboolean approved = naru_json_get_size (approvals) > 0;

  if (stage == NULL || (!approved && !naru_audit_is_final (self, type, stage)))
    return;
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_EDITS, past);
  naru_json_set_string (event, "stage", stage);
  naru_json_set_string (event, "after", approved ? "approval" : "end");
  naru_json_set (event, "approvals", approved ? naru_json_copy (approvals) : naru_json_new_array ());
  if (approved)
    g_hash_table_replace (self->changed, g_strdup (past->record), naru_json_new_integer ((gint64) self->seq));
}

static void
take_timing (NaruAudit *self, const NaruPastEntry *past)
{
  gint64 late = past->committed.seconds - past->authored.seconds;

  if (late > (gint64) self->options->late_days * DAY)
    naru_json_set_integer (naru_audit_add (self, NARU_AUDIT_LATE, past), "days", late / DAY);
  if (g_bytes_get_size (past->unsigned_bytes) == self->size)
    naru_audit_add (self, NARU_AUDIT_UNSIGNED, past);
}

static gboolean
take_by_action (NaruAudit *self, const NaruPastEntry *past, GError **error)
{
  const char *action = past->action;

  if (g_str_equal (action, "advance"))
    return take_move (self, past, error);
  if (g_str_equal (action, "approve"))
    take_decision (self, past, "approvals");
  else if (g_str_equal (action, "reject"))
    take_decision (self, past, "rejections");
  else if (g_str_equal (action, "waive"))
    take_waiver (self, past);
  else if (g_str_equal (action, "refuse"))
    take_refusal (self, past);
  else if (g_str_equal (action, "rules") || g_str_equal (action, "pipeline") || g_str_equal (action, "init"))
    take_rules (self, past);
  else if (g_str_has_suffix (action, "-key"))
    take_key (self, past);
  else if (g_str_equal (action, "import"))
    {
      naru_audit_add (self, NARU_AUDIT_IMPORTED, past);
      /* a file may have brought people */
      if (past->record == NULL)
        g_hash_table_remove_all (self->roles);
    }
  else if (past->record != NULL && g_strcmp0 (naru_audit_get_type (self, past->record), "person") == 0)
    take_person (self, past);
  else if (g_str_equal (action, "edit") || g_str_equal (action, "link") || g_str_equal (action, "attach"))
    take_edit (self, past);
  return TRUE;
}

/* Takes the present entry into the report. */
gboolean
naru_audit_take (NaruAudit *self, const NaruPastEntry *past, GError **error)
{
  NaruJson *row = get_person_row (self, past);

  naru_json_set_integer (row, "entries", naru_json_get_integer (row, "entries", 0) + 1);
  naru_json_set_integer (row, "last", (gint64) self->seq);
  take_timing (self, past);
  return take_by_action (self, past, error);
}
