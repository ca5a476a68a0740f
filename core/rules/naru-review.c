/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-review.h"

#include "naru-boxed.h"
#include "naru-gate-private.h"
#include "naru-rule-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LAST_RANK 7

struct _NaruReview
{
  gatomicrefcount ref_count;
  NaruPipeline *pipeline;
  NaruRuleBook *book; /* (nullable) */
  const NaruTransition *transition;
  char *id;
  GPtrArray *findings; /* of NaruFinding, in the order in which they are shown */
};

NARU_DEFINE_BOXED_TYPE (NaruReview, naru_review)

/* "patent (Patent), dropped (Dropped)" */
static char *
list_reachable (NaruPipeline *pipeline, const char *from)
{
  g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, from);
  GString *text = g_string_new (NULL);

  for (guint i = 0; targets[i] != NULL; i++)
    g_string_append_printf (text, "%s%s (%s)", i > 0 ? ", " : "", targets[i],
                            naru_stage_get_title (naru_pipeline_find_stage (pipeline, targets[i])));
  return g_string_free (text, FALSE);
}

static void
refuse_target (NaruPipeline *pipeline, const char *id, const char *from, const char *to, GError **error)
{
  g_autofree char *reachable = list_reachable (pipeline, from);
  g_autofree char *cure =
      reachable[0] != '\0'
          ? g_strdup_printf (_ ("From here a move leads to: %s."), reachable)
          : g_strdup (_ ("Nothing leads on from here; the pipeline would have to allow it."));

  if (to == NULL)
    naru_set_error (error, NARU_ERROR_INVALID, "stage", 0, cure, _ ("%s stands in “%s”, where its way ends"),
                    id, from);
  else if (naru_pipeline_find_stage (pipeline, to) == NULL)
    naru_set_error (error, NARU_ERROR_INVALID, "stage", 0, cure, _ ("the pipeline “%s” has no stage “%s”"),
                    naru_pipeline_get_id (pipeline), to);
  else
    naru_set_error (error, NARU_ERROR_INVALID, "stage", 0, cure, _ ("no move leads %s from “%s” to “%s”"), id,
                    from, to);
}

static const NaruTransition *
find_transition (NaruPipeline *pipeline, NaruRecord *record, const char *to, GError **error)
{
  const char *from = naru_json_get_string (naru_record_get_json (record), "stage");
  if (from == NULL)
    from = naru_pipeline_get_initial (pipeline)->id;

  if (naru_pipeline_find_stage (pipeline, from) == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "stage", 0,
                      _ ("Add the stage to the pipeline again, with a move that leads out of it."),
                      _ ("%s stands in the stage “%s”, which the pipeline “%s” does not have"),
                      naru_record_get_id (record), from, naru_pipeline_get_id (pipeline));
      return NULL;
    }
  const NaruTransition *transition = naru_pipeline_find_transition (pipeline, from, to);
  if (transition == NULL)
    refuse_target (pipeline, naru_record_get_id (record), from, to, error);
  return transition;
}

static int
get_rank (NaruFinding *finding)
{
  if (naru_finding_blocks (finding))
    return 0;
  switch (naru_finding_get_status (finding))
    {
    case NARU_STATUS_ERROR:
    case NARU_STATUS_FAIL:
      return 1 + (int) naru_finding_get_severity (finding);
    case NARU_STATUS_UNKNOWN:
      return 4;
    case NARU_STATUS_WAIVED:
      return 5;
    case NARU_STATUS_PASS:
      return 6;
    case NARU_STATUS_NOT_APPLICABLE:
      break;
    }
  return LAST_RANK;
}

/* What blocks comes first; within a rank the declared order stays. */
static GPtrArray *
sort_findings (GPtrArray *declared)
{
  GPtrArray *sorted = g_ptr_array_new_full (declared->len, (GDestroyNotify) naru_finding_unref);

  for (int rank = 0; rank <= LAST_RANK; rank++)
    for (guint i = 0; i < declared->len; i++)
      if (get_rank (g_ptr_array_index (declared, i)) == rank)
        g_ptr_array_add (sorted, naru_finding_ref (g_ptr_array_index (declared, i)));
  return sorted;
}

/**
 * naru_review_judge:
 * @pipeline: the pipeline of the record's type
 * @book: (nullable): the rule packs in force
 * @subject: the record, what is linked to it, the day and who asks
 * @to: (nullable): id of the stage to move to; NULL: the default next one
 * @error: %NARU_ERROR_INVALID where no such move exists; its cure names those that do
 *
 * Judges one move. A pure function of its arguments and the language of the process. An approval counts where
 * its from, to and role are those of the move and its person is not the requester; whoever records a move
 * takes the decisions about it off the record, so that a second round needs new ones.
 *
 * Returns: (transfer full) (nullable): the review, with what is met and what does not apply, too
 */
NaruReview *
naru_review_judge (NaruPipeline *pipeline, NaruRuleBook *book, NaruCase *subject, const char *to,
                   GError **error)
{
  g_return_val_if_fail (pipeline != NULL && subject != NULL, NULL);

  NaruRecord *record = naru_case_get_record (subject);
  const NaruTransition *transition = find_transition (pipeline, record, to, error);
  if (transition == NULL)
    return NULL;

  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  NaruFinding *rejected = naru_gate_judge_rejections (transition, subject);
  if (rejected != NULL)
    g_ptr_array_add (findings, rejected);
  GPtrArray *gate = naru_transition_get_gate (transition);
  for (guint i = 0; i < gate->len; i++)
    g_ptr_array_add (findings, naru_requirement_judge (g_ptr_array_index (gate, i), transition, subject));
  /* what no rule speaks of, such as putting a deal aside, is open to deals of every sector */
  if (book != NULL && (naru_pipeline_find_stage (pipeline, transition->to)->kind == NARU_STAGE_ACTIVE ||
                       naru_rule_book_has_rules (book, record, transition->from, transition->to)))
    naru_rule_book_judge (book, subject, transition->from, transition->to, findings);

  NaruReview *self = g_new0 (NaruReview, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->pipeline = naru_pipeline_ref (pipeline);
  self->book = book != NULL ? naru_rule_book_ref (book) : NULL;
  self->transition = transition;
  self->id = g_strdup (naru_record_get_id (record));
  self->findings = sort_findings (findings);
  return self;
}

/**
 * naru_review_ref:
 * @self: a review
 *
 * Returns: (transfer full): @self
 */
NaruReview *
naru_review_ref (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_review_unref:
 * @self: (transfer full): a review
 */
void
naru_review_unref (NaruReview *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->findings);
  g_free (self->id);
  g_clear_pointer (&self->book, naru_rule_book_unref);
  naru_pipeline_unref (self->pipeline);
  g_free (self);
}

/**
 * naru_review_get_id:
 * @self: a review
 *
 * Returns: (transfer none): id of the record judged
 */
const char *
naru_review_get_id (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * naru_review_get_from:
 * @self: a review
 *
 * Returns: (transfer none): id of the stage that the record stands in
 */
const char *
naru_review_get_from (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transition->from;
}

/**
 * naru_review_get_to:
 * @self: a review
 *
 * Returns: (transfer none): id of the stage that it would move to
 */
const char *
naru_review_get_to (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->transition->to;
}

/**
 * naru_review_is_allowed:
 * @self: a review
 *
 * Returns: TRUE where nothing blocks the move
 */
gboolean
naru_review_is_allowed (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->findings->len; i++)
    if (naru_finding_blocks (g_ptr_array_index (self->findings, i)))
      return FALSE;
  return TRUE;
}

/**
 * naru_review_get_n_findings:
 * @self: a review
 *
 * Returns: the number of findings
 */
guint
naru_review_get_n_findings (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->findings->len;
}

/**
 * naru_review_get_finding:
 * @self: a review
 * @index: below naru_review_get_n_findings()
 *
 * Returns: (transfer none): a finding; those that block come first
 */
NaruFinding *
naru_review_get_finding (NaruReview *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->findings->len, NULL);

  return g_ptr_array_index (self->findings, index);
}

/**
 * naru_review_find:
 * @self: a review
 * @rule: id of a condition
 *
 * Returns: (transfer none) (nullable): its finding
 */
NaruFinding *
naru_review_find (NaruReview *self, const char *rule)
{
  g_return_val_if_fail (self != NULL && rule != NULL, NULL);

  for (guint i = 0; i < self->findings->len; i++)
    if (g_strcmp0 (naru_finding_get_rule (g_ptr_array_index (self->findings, i)), rule) == 0)
      return g_ptr_array_index (self->findings, i);
  return NULL;
}

/**
 * naru_review_is_waivable:
 * @self: a review
 * @rule: id of a condition
 * @role: (out) (optional) (transfer none) (nullable): the role that may waive it
 *
 * Returns: TRUE where the move has this condition and it may be waived
 */
gboolean
naru_review_is_waivable (NaruReview *self, const char *rule, const char **role)
{
  g_return_val_if_fail (self != NULL && rule != NULL, FALSE);

  if (role != NULL)
    *role = NULL;
  GPtrArray *gate = naru_transition_get_gate (self->transition);
  for (guint i = 0; i < gate->len; i++)
    {
      const NaruRequirement *requirement = g_ptr_array_index (gate, i);
      if (!requirement->waivable || !g_str_equal (requirement->id, rule))
        continue;
      if (role != NULL)
        *role = requirement->waiver_role;
      return TRUE;
    }
  return self->book != NULL && naru_review_find (self, rule) != NULL &&
         naru_rule_book_is_waivable (self->book, rule, role);
}

/**
 * naru_review_asks_role:
 * @self: a review
 * @role: a role of people
 *
 * Returns: whether the move asks for an approval by that role
 */
gboolean
naru_review_asks_role (NaruReview *self, const char *role)
{
  GPtrArray *gate = naru_transition_get_gate (self->transition);

  for (guint i = 0; i < gate->len; i++)
    {
      const NaruRequirement *requirement = g_ptr_array_index (gate, i);

      if (requirement->kind == NARU_REQUIRE_APPROVALS && g_str_equal (requirement->role, role))
        return TRUE;
    }
  return FALSE;
}

/**
 * naru_review_get_approval:
 * @self: a review
 * @index: from 0
 * @role: (out) (transfer none) (nullable): the role that has to approve
 *
 * Returns: (transfer none) (nullable): the id of the condition for the approval of that index which the move
 * asks for; %NULL where it asks for no more
 */
const char *
naru_review_get_approval (NaruReview *self, guint index, const char **role)
{
  g_return_val_if_fail (self != NULL && role != NULL, NULL);

  GPtrArray *gate = naru_transition_get_gate (self->transition);
  for (guint i = 0; i < gate->len; i++)
    {
      const NaruRequirement *requirement = g_ptr_array_index (gate, i);

      if (requirement->kind != NARU_REQUIRE_APPROVALS || index-- > 0)
        continue;
      *role = requirement->role;
      return requirement->id;
    }
  return NULL;
}

/**
 * naru_review_word_questions:
 * @self: a review of a brief case
 * @subject: the case that was judged
 *
 * Puts the open questions into words, which a brief case went without.
 */
void
naru_review_word_questions (NaruReview *self, NaruCase *subject)
{
  g_return_if_fail (self != NULL && subject != NULL);

  for (guint i = 0; i < self->findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (self->findings, i);
      if (naru_finding_get_status (finding) == NARU_STATUS_UNKNOWN &&
          naru_finding_get_message (finding) == NULL)
        naru_rule_word_question (subject, finding);
    }
}

/**
 * naru_review_to_json:
 * @self: a review
 *
 * Returns: (transfer full): {"id","from","to","allowed","findings"}, what `naru check --json` prints
 */
NaruJson *
naru_review_to_json (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  NaruJson *json = naru_json_new_object ();
  g_autoptr (NaruJson) findings = naru_json_new_array ();
  naru_json_set_string (json, "id", self->id);
  naru_json_set_string (json, "from", naru_review_get_from (self));
  naru_json_set_string (json, "to", naru_review_get_to (self));
  naru_json_set_boolean (json, "allowed", naru_review_is_allowed (self));
  for (guint i = 0; i < self->findings->len; i++)
    {
      naru_json_append (findings, naru_finding_to_json (g_ptr_array_index (self->findings, i)));
    }
  naru_json_set (json, "findings", g_steal_pointer (&findings));
  return json;
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * naru_review_list_verdicts:
 * @self: a review
 *
 * What the history keeps of a review: no word of a language and nothing confidential, and the same for the
 * same verdict. One line a condition or rule that applied, in the order of their ids: "BIO-IRB-01@1 block
 * pass".
 *
 * Returns: (transfer full) (array zero-terminated=1): the lines
 */
GStrv
naru_review_list_verdicts (NaruReview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (self->findings, i);
      NaruJson *why = naru_finding_get_why (finding);
      const char *version = why != NULL ? naru_json_get_string (why, "version") : NULL;
      if (naru_finding_get_status (finding) == NARU_STATUS_NOT_APPLICABLE)
        continue;
      g_ptr_array_add (lines, g_strdup_printf ("%s%s%s %s %s", naru_finding_get_rule (finding),
                                               version != NULL ? "@" : "", version != NULL ? version : "",
                                               naru_severity_to_string (naru_finding_get_severity (finding)),
                                               naru_status_to_string (naru_finding_get_status (finding))));
    }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}
