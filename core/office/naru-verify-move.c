/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-move-private.h"
#include "naru-rulebook-private.h"
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Moves and decisions on them, judged again on the office as it was: the scratch store stands at the entry
 * before. The code of plugins alone is today's. */

#define MIDNIGHT_SECONDS 600 /* a verdict may be so much older than the entry that rests on it */

static const char *
get_stage (const NaruRecordChange *change, NaruPipeline *pipeline)
{
  const char *stage = naru_json_get_string (naru_record_get_json (change->old), "stage");

  return stage != NULL ? stage : naru_pipeline_get_initial (pipeline)->id;
}

/* (nullable): told where there is none */
static NaruPipeline *
find_pipeline (NaruVerify *self, const NaruRecordChange *change)
{
  NaruPipeline *pipeline = naru_verify_get_pipeline (self, naru_record_type_get_name (change->type));
  const char *id = naru_record_get_id (change->record);

  if (pipeline == NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "stage", id, _ ("%s moves, but its type has no stages"), id);
  return pipeline;
}

/* Whether a review could not ask all the code that it has to ask. That no pack serves a sector is no matter
 * of code: the office of then saw it too. */
static gboolean
has_errors (NaruReview *review)
{
  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);
      if (naru_finding_get_status (finding) == NARU_STATUS_ERROR &&
          !g_str_has_prefix (naru_finding_get_rule (finding), "sector."))
        return TRUE;
    }
  return FALSE;
}

/* "Naru-Module: green@1.0 blake2b:…": whether the code that judged then is the code that is here */
static gboolean
is_same_code (NaruVerify *self, const char *line)
{
  NaruRuleBook *book = self->replay.office->book;
  const char *digest = strstr (line, " blake2b:");
  gsize length = strcspn (line, "@\n");
  g_autofree char *name = g_strndup (line, length);
  NaruPlugin *plugin = book != NULL ? naru_rule_book_get_plugin (book, name) : NULL;
  const char *now = plugin != NULL ? naru_plugin_get_digest (plugin) : NULL;

  return digest != NULL && now != NULL && g_str_has_prefix (digest + strlen (" blake2b:"), now);
}

static gboolean
has_same_code (NaruVerify *self)
{
  static const char key[] = "Naru-Module: ";

  for (const char *at = strstr (self->replay.past.trailers, key); at != NULL; at = strstr (at, key))
    {
      at += strlen (key);
      if (!is_same_code (self, at))
        return FALSE;
    }
  return TRUE;
}

static char *
without_modules (const char *trailers)
{
  g_auto (GStrv) lines = g_strsplit (trailers, "\n", -1);
  g_autoptr (GString) rest = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "Naru-Module: "))
      g_string_append_printf (rest, "%s\n", lines[i]);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

/* The first line of @trailers that is another one in @others */
static char *
find_other_line (const char *trailers, const char *others)
{
  g_auto (GStrv) lines = g_strsplit (trailers, "\n", -1);
  g_auto (GStrv) other_lines = g_strsplit (others, "\n", -1);
  guint i = 0;

  while (lines[i] != NULL && other_lines[i] != NULL && g_str_equal (lines[i], other_lines[i]))
    i++;
  return g_strdup (lines[i] != NULL ? lines[i] : "");
}

/* What the entry of the move says, made again. (transfer full) */
static NaruEntry *
make_entry (NaruVerify *self, const NaruRecordChange *change, NaruPipeline *pipeline, NaruReview *review,
            NaruJson *expected)
{
  NaruEntry *entry = naru_entry_new ("advance");
  const char *from = naru_review_get_from (review);
  const char *to = naru_review_get_to (review);

  naru_entry_add_trailer (entry, "Naru-Action", "advance");
  naru_entry_add_trailer (entry, "Naru-Record", naru_record_get_id (change->record));
  naru_move_write_trailers (entry, pipeline, self->replay.office->book, change->old, review);
  naru_move_consume_decisions (expected, "approvals", from, to, entry);
  naru_move_consume_decisions (expected, "rejections", from, to, NULL);
  naru_json_set_string (expected, "stage", to);
  return entry;
}

static NaruReview *
judge (NaruVerify *self, const NaruRecordChange *change, NaruPipeline *pipeline, const NaruTime *when,
       GError **error)
{
  NaruRuleBook *book = self->replay.office->book;

  if (book != NULL)
    {
      g_ptr_array_set_size (naru_rule_book_list_ran (book), 0);
      g_ptr_array_set_size (naru_rule_book_list_broken (book), 0);
    }
  return naru_desk_review (self->actor, self->replay.txn, change->type, change->old, pipeline,
                           self->replay.past.to, when, TRUE, error);
}

static gboolean
is_same_trailers (NaruVerify *self, NaruEntry *entry)
{
  g_autofree char *trailers = naru_entry_get_trailers (entry);

  return g_str_has_prefix (self->replay.past.trailers, trailers) &&
         g_str_has_prefix (self->replay.past.trailers + strlen (trailers), "Naru-Via: ");
}

static void
tell_blocked (NaruVerify *self, const NaruRecordChange *change, NaruReview *review, NaruVerifyGravity gravity)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const char *id = naru_record_get_id (change->record);

  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);
      if (naru_finding_blocks (finding))
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", naru_finding_get_title (finding));
    }
  naru_verify_tell (self, gravity, "blocked", id,
                    _ ("%s could not go from %s to %s then; conditions were not met: %s"), id,
                    naru_review_get_from (review), naru_review_get_to (review), names->str);
}

/* The verdict is another one than the commit has. */
static void
tell_verdict (NaruVerify *self, const NaruRecordChange *change, NaruReview *review, NaruEntry *entry)
{
  const char *id = naru_record_get_id (change->record);
  gboolean same_code = has_same_code (self);
  NaruVerifyGravity gravity = same_code && !has_errors (review) ? NARU_VERIFY_BROKEN : NARU_VERIFY_DOUBTFUL;
  g_autofree char *trailers = naru_entry_get_trailers (entry);
  g_autofree char *then = without_modules (self->replay.past.trailers);
  g_autofree char *now = without_modules (trailers);
  gsize length = strlen (now) - 1; /* it ends where the other goes on with Naru-Via */

  if (!naru_review_is_allowed (review))
    tell_blocked (self, change, review, gravity);
  else if (!same_code && strncmp (then, now, length) == 0)
    naru_verify_tell (self, NARU_VERIFY_NOTE, "code-changed", id,
                      _ ("%s was judged by other code of a plugin than is here now; the verdict is the same"),
                      id);
  else
    {
      g_autofree char *line = find_other_line (then, now);
      naru_verify_tell (self, gravity, "verdict", id, _ ("%s is judged otherwise than the commit says: “%s”"),
                        id, line);
    }
}

static void
check_verdict (NaruVerify *self, const NaruRecordChange *change, NaruPipeline *pipeline, NaruJson *expected)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruReview) review = judge (self, change, pipeline, &past->authored, &error);

  if (review == NULL)
    {
      naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "verdict", naru_record_get_id (change->record),
                              error);
      return;
    }
  self->n_judged++;
  g_autoptr (NaruEntry) entry = make_entry (self, change, pipeline, review, expected);
  if (naru_review_is_allowed (review) && is_same_trailers (self, entry))
    return;
  /* judged before midnight, recorded after it */
  NaruTime before = past->authored;
  before.seconds -= MIDNIGHT_SECONDS;
  if (naru_time_to_date (&before) != naru_time_to_date (&past->authored))
    {
      g_autoptr (NaruReview) earlier = judge (self, change, pipeline, &before, NULL);
      g_autoptr (NaruJson) again = naru_json_copy (naru_record_get_json (change->old));
      g_autoptr (NaruEntry) other =
          earlier != NULL ? make_entry (self, change, pipeline, earlier, again) : NULL;
      if (other != NULL && naru_review_is_allowed (earlier) && is_same_trailers (self, other))
        return;
    }
  tell_verdict (self, change, review, entry);
}

void
naru_verify_advance (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *id = naru_record_get_id (change->record);
  NaruPipeline *pipeline = find_pipeline (self, change);
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));

  self->n_moves++;
  if (pipeline == NULL)
    return;
  const char *from = get_stage (change, pipeline);
  const char *to = past->to != NULL ? past->to : "";
  g_autofree char *subject =
      g_strdup_printf ("%s %s: advance %s → %s", naru_record_type_get_name (change->type), id, from, to);
  if (naru_pipeline_find_transition (pipeline, from, to) == NULL)
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "transition", id,
                        _ ("%s went from “%s” to “%s”, which the pipeline of then does not allow"), id, from,
                        to);
      return;
    }
  if (g_strcmp0 (past->from, from) != 0 || !g_str_equal (past->subject, subject))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "subject", id, _ ("it says “%s”, but what it does is: %s"),
                      past->subject, subject);
  if (self->options->no_rules || self->actor == NULL)
    {
      naru_move_consume_decisions (expected, "approvals", from, to, NULL);
      naru_move_consume_decisions (expected, "rejections", from, to, NULL);
      naru_json_set_string (expected, "stage", to);
    }
  else
    check_verdict (self, change, pipeline, expected);
  naru_verify_is_made (self, change, expected);
}

static NaruJson *
get_last (NaruJson *list)
{
  guint n = naru_json_get_size (list);

  return list != NULL && n > 0 ? naru_json_get_element (list, n - 1) : NULL;
}

/* The gate of a move, without its rules: which roles it asks. (nullable) */
static NaruReview *
review_gate (NaruVerify *self, const NaruRecordChange *change, NaruPipeline *pipeline, const char *to)
{
  g_autoptr (NaruCase) subject =
      naru_case_new (change->type, change->old, naru_time_to_date (&self->replay.past.authored),
                     self->actor->person);
  const char *from = get_stage (change, pipeline);

  naru_case_set_brief (subject, TRUE);
  return to != NULL && naru_pipeline_find_transition (pipeline, from, to) != NULL
             ? naru_review_judge (pipeline, NULL, subject, to, NULL)
             : NULL;
}

static void
check_message (NaruVerify *self, const NaruRecordChange *change, const char *text, const char *waiver)
{
  g_autoptr (NaruEntry) entry = naru_entry_new (self->replay.past.action);
  const char *id = naru_record_get_id (change->record);
  g_autofree char *subject =
      g_strdup_printf ("%s %s: %s", naru_record_type_get_name (change->type), id, text);

  naru_entry_add_trailer (entry, "Naru-Action", self->replay.past.action);
  naru_entry_add_trailer (entry, "Naru-Record", id);
  if (waiver != NULL)
    naru_entry_add_trailer (entry, "Naru-Waiver", waiver);
  naru_verify_message (self, id, subject, entry);
}

/* An approval or a rejection */
void
naru_verify_decide (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *id = naru_record_get_id (change->record);
  gboolean approval = g_str_equal (past->action, "approve");
  NaruPipeline *pipeline = find_pipeline (self, change);
  NaruJson *row = get_last (naru_json_get (change->now, approval ? "approvals" : "rejections"));
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));
  g_autofree char *day = naru_date_to_string (naru_time_to_date (&past->authored));

  if (pipeline == NULL || self->actor == NULL)
    return;
  g_autoptr (NaruReview) review = review_gate (self, change, pipeline, naru_json_get_string (row, "to"));
  if (review == NULL || (!approval && past->reason == NULL))
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "decision", id,
                        review == NULL ? _ ("the decision on %s is about no move that it can make")
                                       : _ ("%s was rejected without a reason"),
                        id);
      return;
    }
  const char *role = naru_move_find_role (self->actor, change->old, review);
  if (role == NULL)
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "decision", id,
                        _ ("%s decided on a move of %s without a role that its gate asks"),
                        self->actor->person, id);
      return;
    }
  naru_move_put_decision (expected, review, role, self->actor->person, day, approval ? NULL : past->reason);
  g_autofree char *text = g_strdup_printf ("%s %s → %s", past->action, naru_review_get_from (review),
                                           naru_review_get_to (review));
  check_message (self, change, text, NULL);
  naru_verify_is_made (self, change, expected);
}

/* Whether the condition could be waived by whoever did. */
static void
check_condition (NaruVerify *self, const NaruRecordChange *change, NaruPipeline *pipeline,
                 const char *condition)
{
  const char *id = naru_record_get_id (change->record);
  g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, get_stage (change, pipeline));
  gboolean unsure = FALSE;

  for (guint i = 0; targets[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruReview) review =
          naru_desk_review (self->actor, self->replay.txn, change->type, change->old, pipeline, targets[i],
                            &self->replay.past.authored, TRUE, &error);
      if (review != NULL && naru_review_find (review, condition) != NULL)
        {
          if (!naru_move_check_waivable (self->actor, review, condition, &error))
            naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "waiver", id, error);
          return;
        }
      unsure = unsure || review == NULL || has_errors (review);
    }
  naru_verify_tell (self, unsure ? NARU_VERIFY_DOUBTFUL : NARU_VERIFY_BROKEN, "waiver", id,
                    _ ("the condition “%s” was waived, but no move of %s had it"), condition, id);
}

void
naru_verify_waive (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *id = naru_record_get_id (change->record);
  NaruPipeline *pipeline = find_pipeline (self, change);
  NaruJson *row = get_last (naru_json_get (change->now, "waivers"));
  const char *condition = naru_json_get_string (row, "condition");
  const char *until = naru_json_get_string (row, "until");
  NaruDate today = naru_time_to_date (&past->authored);
  g_autofree char *day = naru_date_to_string (today);
  NaruDate last = NARU_DATE_NONE;

  if (pipeline == NULL || self->actor == NULL)
    return;
  if (condition == NULL || past->reason == NULL || until == NULL || !naru_date_parse (until, &last, NULL) ||
      last < today)
    {
      naru_verify_tell (
          self, NARU_VERIFY_BROKEN, "waiver", id,
          _ ("a waiver of %s lacks its condition, its reason or a day to come on which it ends"), id);
      return;
    }
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));
  g_autofree char *text = g_strdup_printf ("waive %s until %s", condition, until);
  naru_move_put_waiver (expected, condition, past->reason, until, self->actor->person, day);
  check_message (self, change, text, condition);
  naru_verify_is_made (self, change, expected);
  if (!self->options->no_rules)
    check_condition (self, change, pipeline, condition);
}
