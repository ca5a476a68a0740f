/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-move-private.h"
#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define JUDGE_ATTEMPTS 3

/* One move being handled: the record, its pipeline and the change that will hold it. */
typedef struct
{
  NaruDesk *desk;
  NaruChange *change;
  NaruRecordType *type;
  NaruRecord *record;
  NaruPipeline *pipeline; /* borrowed from the office */
  NaruJson *json;         /* a copy to change */
} Move;

static void
move_clear (Move *move)
{
  g_clear_pointer (&move->change, naru_change_free);
  g_clear_pointer (&move->record, naru_record_unref);
  g_clear_pointer (&move->json, naru_json_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Move, move_clear)

/* Judges a move in a read transaction. @right: what the person must be allowed. @seq: (out) (optional): the
 * office as it was looked at; while it stands there, the verdict holds, and needs few words. */
static NaruReview *
judge_unlocked (NaruDesk *self, const char *id, const char *stage, const char *right, const char *if_revision,
                guint64 *seq, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) record = NULL;
  NaruPipeline *pipeline = NULL;
  NaruStoreHead head;
  NaruTime now;

  if (txn == NULL)
    return NULL;
  naru_desk_start_code (self, txn, id, stage);
  record = naru_desk_load (self, txn, id, right, &type, error);
  if (record == NULL || !naru_desk_check_revision (record, if_revision, error) ||
      !naru_txn_get_head (txn, &head, error))
    return NULL;
  pipeline = naru_office_get_pipeline (self->office, naru_record_type_get_name (type), error);
  if (pipeline == NULL)
    return NULL;
  naru_office_get_now (self->office, &now);
  if (seq != NULL)
    *seq = head.seq;
  return naru_desk_review (self, txn, type, record, pipeline, stage, &now, seq != NULL, error);
}

/* Where this process judges nothing more: its plugins' programs end while it does the rest. */
static void
end_code (NaruOffice *office)
{
  if (office->brief && office->book != NULL)
    naru_rule_book_end_code (office->book);
}

/**
 * naru_desk_check:
 * @self: a desk
 * @id: a record with stages
 * @stage: (nullable): the stage to move to; the ordinary next one where %NULL
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the review of that move; nothing is changed
 */
NaruReview *
naru_desk_check (NaruDesk *self, const char *id, const char *stage, GError **error)
{
  g_autoptr (NaruReview) review = judge_unlocked (self, id, stage, "read", NULL, NULL, error);

  end_code (self->office);
  naru_desk_note_code (self);
  return g_steal_pointer (&review);
}

/* Begins a change of a record with stages that this person may do @right to. */
static gboolean
move_begin (Move *move, NaruDesk *desk, const char *action, const char *right, const char *id, GError **error)
{
  NaruTypes *types = desk->office->types;
  NaruRecordType *type = id != NULL ? naru_types_get_for_id (types, id, NULL) : NULL;

  move->desk = desk;
  /* compiled before the store is locked */
  if (type != NULL && naru_record_type_find_field (type, "/stage") != NULL &&
      naru_office_get_pipeline (desk->office, naru_record_type_get_name (type), error) == NULL)
    return FALSE;
  move->change = naru_change_begin (desk, action, error);
  if (move->change == NULL)
    return FALSE;
  move->record = naru_desk_load (desk, naru_change_get_txn (move->change), id, right, &move->type, error);
  if (move->record == NULL)
    return FALSE;
  move->pipeline = naru_office_get_pipeline (desk->office, naru_record_type_get_name (move->type), error);
  if (move->pipeline == NULL)
    return FALSE;
  move->json = naru_json_copy (naru_record_get_json (move->record));
  return TRUE;
}

static NaruReview *
move_judge (Move *move, const char *stage, GError **error)
{
  return naru_desk_review (move->desk, naru_change_get_txn (move->change), move->type, move->record,
                           move->pipeline, stage, naru_change_get_time (move->change), TRUE, error);
}

static gboolean
move_store (Move *move, gint64 since, const char *from, const char *to, const char *note, GError **error)
{
  const char *type_name = naru_record_type_get_name (move->type);
  const char *id = naru_record_get_id (move->record);
  g_autoptr (NaruRecord) record = NULL;

  if (!naru_record_type_normalize (move->type, move->json, error) ||
      !naru_check_record (naru_change_get_txn (move->change), move->desk->office->types, move->type, id,
                          move->json, error))
    return FALSE;
  record = naru_change_put (move->change, move->type, move->record, id, move->json, since, error);
  return record != NULL && naru_change_add_event (move->change, type_name, id, from, to, note, error) &&
         naru_change_commit (move->change, NULL, error);
}

static gint64
move_get_since (Move *move)
{
  g_autoptr (GVariant) card =
      naru_txn_get_card (naru_change_get_txn (move->change), naru_record_type_get_name (move->type),
                         naru_record_get_id (move->record), NULL);

  return card != NULL ? naru_card_get_since (card) : 0;
}

static gboolean
set_blocked (NaruReview *review, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);

      if (!naru_finding_blocks (finding))
        continue;
      g_string_append_printf (names, "%s%s", count++ > 0 ? ", " : "", naru_finding_get_title (finding));
    }
  naru_set_error (error, NARU_ERROR_BLOCKED, "stage", 0, NULL,
                  g_dngettext (GETTEXT_PACKAGE, "%s cannot go from %s to %s: one condition is not met: %s",
                               "%s cannot go from %s to %s: conditions are not met: %s", count),
                  naru_review_get_id (review), naru_review_get_from (review), naru_review_get_to (review),
                  names->str);
  naru_error_set_cure (error, _ ("see “naru check %s %s”"), naru_review_get_id (review),
                       naru_review_get_to (review));
  return FALSE;
}

/* Judges the move, and where it is allowed begins the change that makes it. Code of plugins may have a say,
 * so that is done without a lock, and holds if nobody changes the office before we have locked it; only after
 * some vain attempts is it judged while others wait. */
static NaruReview *
begin_judged (Move *move, NaruDesk *self, const char *id, const char *stage, const char *if_revision,
              GError **error)
{
  if (!naru_office_check_present (self->office, error))
    return NULL;
  for (guint attempt = 1;; attempt++)
    {
      guint64 seq = 0;
      g_autoptr (NaruReview) verdict = judge_unlocked (self, id, stage, "advance", if_revision, &seq, error);

      if (verdict == NULL || !naru_review_is_allowed (verdict))
        return g_steal_pointer (&verdict);
      if (!move_begin (move, self, "advance", "advance", id, error) ||
          !naru_desk_check_revision (move->record, if_revision, error))
        return NULL;
      if (naru_change_get_seq (move->change) == seq + 1)
        return g_steal_pointer (&verdict);
      if (attempt == JUDGE_ATTEMPTS)
        return move_judge (move, stage, error);
      move_clear (move);
    }
}

/**
 * naru_desk_advance:
 * @self: a desk
 * @id: a record with stages
 * @stage: (nullable): the stage to move to; the ordinary next one where %NULL
 * @if_revision: (nullable): the revision that the decision rests on
 * @review: (out) (optional) (transfer full) (nullable): the review, also when it blocks
 * @error: return location
 *
 * Returns: whether the record moved; %FALSE with %NARU_ERROR_BLOCKED where the gate refuses
 */
gboolean
naru_desk_advance (NaruDesk *self, const char *id, const char *stage, const char *if_revision,
                   NaruReview **review, GError **error)
{
  g_auto (Move) move = { 0 };
  g_autoptr (NaruReview) verdict = begin_judged (&move, self, id, stage, if_revision, error);
  g_autofree char *from = NULL;
  const char *to;

  end_code (self->office);
  if (verdict == NULL)
    return FALSE;
  if (review != NULL)
    *review = naru_review_ref (verdict);
  if (!naru_review_is_allowed (verdict))
    {
      move_clear (&move);
      naru_desk_note_code (self);
      naru_desk_note_own_approval (self, verdict);
      return set_blocked (verdict, error);
    }

  from = g_strdup (naru_review_get_from (verdict));
  to = naru_review_get_to (verdict);
  naru_change_set_subject (move.change, naru_record_type_get_name (move.type), id, "advance %s → %s", from,
                           to);
  naru_move_write_trailers (naru_change_get_entry (move.change), move.pipeline, self->office->book,
                            move.record, verdict);
  naru_move_consume_decisions (move.json, "approvals", from, to, naru_change_get_entry (move.change));
  naru_move_consume_decisions (move.json, "rejections", from, to, NULL);
  naru_json_set_string (move.json, "stage", to);
  gboolean moved = move_store (&move, naru_change_get_time (move.change)->seconds, from, to, NULL, error);
  move_clear (&move);
  naru_desk_note_code (self);
  return moved;
}

/* A decision: on a move, or to waive a condition */
typedef struct
{
  const char *action;
  const char *id;
  const char *stage;     /* (nullable) */
  const char *condition; /* (nullable): what is waived */
  const char *reason;    /* (nullable): NULL in an approval */
  const char *until;
} Decision;

static gboolean
decide_on_move (NaruDesk *self, gpointer data, GError **error)
{
  const Decision *decision = data;
  const char *action = decision->action;
  const char *id = decision->id;
  const char *reason = decision->reason;
  gboolean approval = reason == NULL;
  g_auto (Move) move = { 0 };
  g_autoptr (NaruReview) review = NULL;
  g_autofree char *day = NULL;
  const char *role;

  if (!move_begin (&move, self, action, "approve", id, error))
    return FALSE;
  review = move_judge (&move, decision->stage, error);
  if (review == NULL)
    return FALSE;
  role = naru_move_find_role (self, move.record, review);
  if (role == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "stage", 0, NULL,
                      _ ("the move of %s from %s to %s asks for no approval that you could give"), id,
                      naru_review_get_from (review), naru_review_get_to (review));
      naru_error_set_cure (error,
                           approval
                               ? _ ("name the stage that is to be approved: naru approve %s STAGE")
                               : _ ("name the stage that is refused: naru reject %s STAGE --reason TEXT"),
                           id);
      return FALSE;
    }
  day = naru_date_to_string (naru_time_to_date (naru_change_get_time (move.change)));
  naru_move_put_decision (move.json, review, role, self->person, day, reason);
  naru_change_set_subject (move.change, naru_record_type_get_name (move.type), id, "%s %s → %s", action,
                           naru_review_get_from (review), naru_review_get_to (review));
  if (reason != NULL)
    naru_entry_set_reason (naru_change_get_entry (move.change), reason);
  return move_store (&move, move_get_since (&move), NULL, NULL, reason, error);
}

/* Has the decision made, and signed where its author has a key; what four eyes refuse is written down. */
static gboolean
decide (NaruDesk *self, NaruDecision make, Decision *decision, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (naru_desk_decide (self, make, decision, &local))
    return TRUE;
  if (decision->condition != NULL)
    naru_desk_note_foreign_waiver (self, decision->id, decision->condition, local);
  else
    naru_desk_note_foreign_decision (self, decision->action, decision->id, decision->stage, local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * naru_desk_approve:
 * @self: a desk
 * @id: a record with stages
 * @stage: (nullable): the stage whose move is approved; the ordinary next one where %NULL
 * @error: return location
 *
 * Returns: whether the approval was written down
 */
gboolean
naru_desk_approve (NaruDesk *self, const char *id, const char *stage, GError **error)
{
  Decision decision = { .action = "approve", .id = id, .stage = stage };

  return decide (self, decide_on_move, &decision, error);
}

/**
 * naru_desk_reject:
 * @self: a desk
 * @id: a record with stages
 * @stage: (nullable): the stage whose move is rejected
 * @reason: why, in one line
 * @error: return location
 *
 * Returns: whether the rejection was written down; it blocks the move until the same role approves
 */
gboolean
naru_desk_reject (NaruDesk *self, const char *id, const char *stage, const char *reason, GError **error)
{
  g_autofree char *line = naru_desk_need_reason (reason, error);
  Decision decision = { .action = "reject", .id = id, .stage = stage, .reason = line };

  return line != NULL && decide (self, decide_on_move, &decision, error);
}

static gboolean
check_expiry (const char *until, NaruDate today, GError **error)
{
  NaruDate date;

  if (until == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "until", 0, _ ("say until when: --until YYYY-MM-DD"),
                      _ ("a waiver needs a day on which it ends"));
      return FALSE;
    }
  if (!naru_date_parse (until, &date, error))
    return FALSE;
  if (date < today)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "until", 0, _ ("give a day that is still to come"),
                      _ ("%s is past"), until);
      return FALSE;
    }
  return TRUE;
}

/* Finds the condition in the moves that lead on from here, and checks that it may be waived by this person.
 */
static gboolean
check_waivable (Move *move, const char *condition, GError **error)
{
  const char *stage = naru_json_get_string (move->json, "stage");
  g_auto (GStrv) targets = naru_pipeline_list_targets (move->pipeline, stage);

  for (guint i = 0; targets[i] != NULL; i++)
    {
      g_autoptr (NaruReview) review = move_judge (move, targets[i], error);

      if (review == NULL)
        return FALSE;
      if (naru_review_find (review, condition) != NULL)
        return naru_move_check_waivable (move->desk, review, condition, error);
    }
  naru_set_error (error, NARU_ERROR_NOT_FOUND, "condition", 0, NULL,
                  _ ("no move from here has a condition “%s”"), condition);
  naru_error_set_cure (error, _ ("“naru check %s STAGE” names the conditions"),
                       naru_record_get_id (move->record));
  return FALSE;
}

static gboolean
waive (NaruDesk *self, gpointer data, GError **error)
{
  const Decision *decision = data;
  const char *condition = decision->condition;
  const char *until = decision->until;
  const char *line = decision->reason;
  const char *id = decision->id;
  g_autofree char *day = NULL;
  g_auto (Move) move = { 0 };
  NaruDate today;

  if (!move_begin (&move, self, "waive", "waive", id, error))
    return FALSE;
  today = naru_time_to_date (naru_change_get_time (move.change));
  if (!check_expiry (until, today, error) || !check_waivable (&move, condition, error))
    return FALSE;
  day = naru_date_to_string (today);
  naru_move_put_waiver (move.json, condition, line, until, self->person, day);
  naru_change_set_subject (move.change, naru_record_type_get_name (move.type), id, "waive %s until %s",
                           condition, until);
  naru_entry_add_trailer (naru_change_get_entry (move.change), "Naru-Waiver", condition);
  naru_entry_set_reason (naru_change_get_entry (move.change), line);
  return move_store (&move, move_get_since (&move), NULL, NULL, line, error);
}

/**
 * naru_desk_waive:
 * @self: a desk
 * @id: a record with stages
 * @condition: id of a gate's condition
 * @reason: why, in one line
 * @until: the last day on which the waiver holds, YYYY-MM-DD
 * @error: return location
 *
 * Returns: whether the waiver was written down; it stays visible in every review until the condition is met
 */
gboolean
naru_desk_waive (NaruDesk *self, const char *id, const char *condition, const char *reason, const char *until,
                 GError **error)
{
  g_autofree char *line = naru_desk_need_reason (reason, error);
  Decision decision = {
    .action = "waive",
    .id = id,
    .condition = condition,
    .reason = line,
    .until = until,
  };

  return line != NULL && decide (self, waive, &decision, error);
}
