/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-gate-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The role in the language of the process; a role that Naru does not know as it is written. */
const char *
naru_role_get_title (const char *role)
{
  static const struct
  {
    const char *role;
    const char *title;
  } titles[] = { { "officer", N_ ("officer") },    { "director", N_ ("director") },
                 { "inventor", N_ ("inventor") },  { "partner", N_ ("partner") },
                 { "auditor", N_ ("auditor") },    { "plugin-admin", N_ ("plugin administrator") },
                 { "admin", N_ ("administrator") } };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_strcmp0 (role, titles[i].role) == 0)
      return _ (titles[i].title);
  return role;
}

/* Does this approval or rejection speak of this move? */
static gboolean
is_about (NaruJson *decision, const NaruTransition *transition)
{
  return g_strcmp0 (naru_json_get_string (decision, "from"), transition->from) == 0 &&
         g_strcmp0 (naru_json_get_string (decision, "to"), transition->to) == 0;
}

static NaruJson *
get_list (NaruCase *subject, const char *key, guint *n)
{
  NaruJson *list = naru_json_get (naru_record_get_json (naru_case_get_record (subject)), key);

  *n = naru_json_get_size (list);
  return list;
}

/* Distinct people of the role who approved; @own: whether the one who asks is among them (not counted). */
static guint
count_approvals (const NaruRequirement *self, const NaruTransition *transition, NaruCase *subject,
                 gboolean *own)
{
  g_autoptr (GHashTable) people = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;
  NaruJson *approvals = get_list (subject, "approvals", &n);

  *own = FALSE;
  for (guint i = 0; i < n; i++)
    {
      NaruJson *approval = naru_json_get_element (approvals, i);
      const char *by = naru_json_get_string (approval, "by");
      if (by == NULL || !is_about (approval, transition) ||
          g_strcmp0 (naru_json_get_string (approval, "role"), self->role) != 0)
        continue;
      if (g_strcmp0 (by, naru_case_get_requester (subject)) == 0)
        *own = TRUE;
      else
        g_hash_table_add (people, (gpointer) by);
    }
  return g_hash_table_size (people);
}

/* Enough approvals by others? */
void
naru_gate_judge_approvals (const NaruRequirement *self, const NaruTransition *transition, NaruCase *subject,
                           NaruFinding *finding)
{
  gboolean own = FALSE;
  guint given = count_approvals (self, transition, subject, &own);
  if (given >= self->count)
    return;

  const char *id = naru_record_get_id (naru_case_get_record (subject));
  g_autofree char *missing =
      g_strdup_printf (_ ("Approvals missing: %u of %u, by a person with the role “%s”."),
                       self->count - given, self->count, naru_role_get_title (self->role));
  g_autofree char *message =
      g_strdup_printf ("%s %s", missing,
                       own ? _ ("The approval on record is the requester's own and does not count.")
                           : _ ("An approval by the requester does not count."));
  g_autofree char *command = g_strdup_printf ("naru approve %s %s --as LOGIN", id, transition->to);
  NaruRemedy remedy;
  naru_remedy_init (&remedy, NULL, id, NULL);
  naru_remedy_add_line (&remedy, command);
  g_autofree char *commands = naru_remedy_finish (&remedy, naru_words_get (&self->remedy));
  naru_finding_set_status (finding, NARU_STATUS_FAIL);
  naru_finding_set_message (finding, message);
  naru_finding_set_remedy (finding, commands);
}

/* When a decision was made, in seconds; a bare date counts as its first second. Unreadable: G_MININT64. */
static gint64
get_moment (NaruJson *decision)
{
  const char *on = naru_json_get_string (decision, "on");
  NaruDate date = NARU_DATE_NONE;
  NaruTime time = { 0, 0 };

  if (on != NULL && strchr (on, 'T') != NULL)
    return naru_time_parse (on, &time, NULL) ? time.seconds : G_MININT64;
  if (on != NULL && naru_date_parse (on, &date, NULL))
    return (gint64) date * 24 * 60 * 60;
  return G_MININT64;
}

/* A rejection stands until someone else than the requester approves later in the same role. Both on one day,
 * or at unreadable times, is not later: the rejection stands. */
static gboolean
is_superseded (NaruJson *rejection, const NaruTransition *transition, NaruCase *subject)
{
  gint64 moment = get_moment (rejection);
  guint n = 0;
  NaruJson *approvals = get_list (subject, "approvals", &n);

  for (guint i = 0; i < n; i++)
    {
      NaruJson *approval = naru_json_get_element (approvals, i);
      if (is_about (approval, transition) && get_moment (approval) > moment &&
          g_strcmp0 (naru_json_get_string (approval, "role"), naru_json_get_string (rejection, "role")) ==
              0 &&
          g_strcmp0 (naru_json_get_string (approval, "by"), naru_case_get_requester (subject)) != 0)
        return TRUE;
    }
  return FALSE;
}

/* (nullable) (transfer full): the finding that says which rejections of this move stand */
NaruFinding *
naru_gate_judge_rejections (const NaruTransition *transition, NaruCase *subject)
{
  g_autoptr (GString) message = g_string_new (NULL);
  guint n = 0;
  NaruJson *rejections = get_list (subject, "rejections", &n);

  for (guint i = 0; i < n; i++)
    {
      NaruJson *rejection = naru_json_get_element (rejections, i);
      if (!is_about (rejection, transition) || is_superseded (rejection, transition, subject))
        continue;
      const char *by = naru_json_get_string (rejection, "by");
      const char *on = naru_json_get_string (rejection, "on");
      const char *reason = naru_json_get_string (rejection, "reason");
      if (message->len > 0)
        g_string_append_c (message, ' ');
      g_string_append_printf (message, _ ("Rejected by %s on %s: %s."), by != NULL ? by : "?",
                              on != NULL ? on : "?", reason != NULL ? reason : "");
    }
  if (message->len == 0)
    return NULL;

  NaruFinding *finding = naru_finding_new (NARU_RULE_REJECTED, NARU_SEVERITY_BLOCK, NARU_STATUS_FAIL);
  g_autofree char *command =
      g_strdup_printf ("naru approve %s %s --as LOGIN", naru_record_get_id (naru_case_get_record (subject)),
                       transition->to);
  naru_finding_set_title (finding, _ ("No rejection stands"));
  naru_finding_add_field (finding, "/rejections");
  naru_finding_set_message (finding, message->str);
  naru_finding_set_remedy (finding, command);
  return finding;
}

/* The waiver of this condition that lasts longest; @until: its last day */
static NaruJson *
find_waiver (const char *id, NaruCase *subject, NaruDate *until)
{
  NaruJson *best = NULL;
  guint n = 0;
  NaruJson *waivers = get_list (subject, "waivers", &n);

  for (guint i = 0; i < n; i++)
    {
      NaruJson *waiver = naru_json_get_element (waivers, i);
      const char *text = naru_json_get_string (waiver, "until");
      NaruDate date = NARU_DATE_NONE;
      if (g_strcmp0 (naru_json_get_string (waiver, "condition"), id) != 0 || text == NULL ||
          !naru_date_parse (text, &date, NULL))
        continue;
      if (best == NULL || date > *until)
        {
          best = waiver;
          *until = date;
        }
    }
  return best;
}

/* Turns a failure into "waived" where a waiver is in force, and says so; a waiver that is over or that has no
 * force here is named too, because whoever gave it counts on it. */
void
naru_gate_apply_waiver (const char *id, gboolean waivable, NaruCase *subject, NaruFinding *finding)
{
  NaruDate until = NARU_DATE_NONE;
  NaruJson *waiver = find_waiver (id, subject, &until);
  if (waiver == NULL)
    return;

  g_autofree char *day = naru_date_to_display (until);
  const char *by = naru_json_get_string (waiver, "by");
  const char *reason = naru_json_get_string (waiver, "reason");
  g_autofree char *note = NULL;
  if (!waivable)
    note = g_strdup (_ ("A waiver is on record, but this cannot be waived."));
  else if (until < naru_case_get_today (subject))
    note = g_strdup_printf (_ ("The waiver by %s ended on %s."), by != NULL ? by : "?", day);
  else
    {
      note = g_strdup_printf (_ ("Waived by %s until %s: %s."), by != NULL ? by : "?", day,
                              reason != NULL ? reason : "");
      naru_finding_set_status (finding, NARU_STATUS_WAIVED);
    }
  const char *lack = naru_finding_get_message (finding);
  g_autofree char *message = g_strdup_printf ("%s %s", lack != NULL ? lack : "", note);
  naru_finding_set_message (finding, message);
}
