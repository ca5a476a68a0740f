/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <string.h>

/*
 * A refusal writes nothing, but an auditor has to be able to see who tried to be his own second pair of eyes.
 * So an attempt that four eyes refuse is a commit of its own, which touches no file: once a day for the same
 * person, record and condition, so that nobody can flood the history with his errors. Whether it could be
 * written changes nothing about the answer to the one who tried.
 */

typedef struct
{
  const char *actor;
  const char *note;
  NaruDate day;
  gboolean found;
} Search;

static gboolean
compare_event (const NaruEvent *event, gpointer user_data)
{
  Search *search = user_data;
  NaruTime when = { event->seconds, event->offset_minutes };

  if (strcmp (event->action, "refuse") == 0 && strcmp (event->actor, search->actor) == 0 &&
      strcmp (event->note, search->note) == 0 && naru_time_to_date (&when) == search->day)
    search->found = TRUE;
  return !search->found;
}

/* Is it on record already? What cannot be read counts as yes: nothing is written then. */
static gboolean
stands_there (NaruDesk *self, NaruTxn *txn, const char *type, const char *id, const char *note)
{
  Search search = { self->person_name, note, NARU_DATE_NONE, FALSE };
  NaruTime now;

  naru_clock_now (&now);
  search.day = naru_time_to_date (&now);
  return !naru_txn_foreach_event (txn, type, id, compare_event, &search, NULL) || search.found;
}

static gboolean
stands_there_now (NaruDesk *self, const char *type, const char *id, const char *note)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, NULL);

  return txn == NULL || stands_there (self, txn, type, id, note);
}

/* @why: "own-approval" or "no-role" */
static void
write_refusal (NaruDesk *self, const char *id, const char *attempt, const char *condition, const char *why)
{
  NaruRecordType *type = naru_types_get_for_id (self->office->types, id, NULL);
  const char *type_name = type != NULL ? naru_record_type_get_name (type) : NULL;
  g_autofree char *note = g_strdup_printf ("%s %s (%s)", attempt, condition, why);
  g_autofree char *trailer = g_strdup_printf ("%s %s %s", attempt, condition, why);
  g_autoptr (GError) local = NULL;

  if (type_name == NULL || stands_there_now (self, type_name, id, note))
    return;
  g_autoptr (NaruChange) change = naru_change_begin (self, "refuse", &local);
  if (change != NULL && !stands_there (self, naru_change_get_txn (change), type_name, id, note))
    {
      naru_change_set_subject (change, type_name, id, "refuse %s", note);
      naru_entry_add_trailer (naru_change_get_entry (change), "Naru-Refused", trailer);
      if (naru_change_add_event (change, type_name, id, NULL, NULL, note, &local))
        naru_change_commit (change, NULL, &local);
    }
  if (local != NULL)
    g_debug ("a refusal could not be written down: %s", local->message);
}

static gboolean
approved_by (NaruJson *json, const char *person, const char *role, NaruReview *review)
{
  NaruJson *rows = naru_json_get (json, "approvals");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      if (g_strcmp0 (naru_json_get_string (row, "by"), person) == 0 &&
          g_strcmp0 (naru_json_get_string (row, "role"), role) == 0 &&
          g_strcmp0 (naru_json_get_string (row, "from"), naru_review_get_from (review)) == 0 &&
          g_strcmp0 (naru_json_get_string (row, "to"), naru_review_get_to (review)) == 0)
        return TRUE;
    }
  return FALSE;
}

/* After an advance was blocked: was the approval that it counted on the requester's own? */
void
naru_desk_note_own_approval (NaruDesk *self, NaruReview *review)
{
  const char *id = naru_review_get_id (review);
  const char *role = NULL;
  const char *condition = NULL;

  for (guint i = 0; (condition = naru_review_get_approval (review, i, &role)) != NULL; i++)
    {
      NaruFinding *finding = naru_review_find (review, condition);
      if (finding == NULL || !naru_finding_blocks (finding))
        continue;
      g_autoptr (NaruRecord) record = naru_desk_show (self, id, NULL);
      if (record != NULL && approved_by (naru_record_get_json (record), self->person, role, review))
        write_refusal (self, id, "advance", condition, "own-approval");
    }
}

/* After an approval or rejection was refused: does the move ask for one by a role that this person has not?
 * @stage: (nullable) */
void
naru_desk_note_foreign_decision (NaruDesk *self, const char *attempt, const char *id, const char *stage,
                                 const GError *error)
{
  gboolean denied = g_error_matches (error, NARU_ERROR, NARU_ERROR_DENIED);
  const char *role = NULL;

  if (!denied && !g_error_matches (error, NARU_ERROR, NARU_ERROR_INVALID))
    return;
  g_autoptr (NaruReview) review = naru_desk_check (self, id, stage, NULL);
  const char *condition = review != NULL ? naru_review_get_approval (review, 0, &role) : NULL;
  if (condition != NULL && (denied || !g_strv_contains ((const char *const *) self->access.roles, role)))
    write_refusal (self, id, attempt, condition, "no-role");
}

/* After a waiver was refused: may others waive this condition? */
void
naru_desk_note_foreign_waiver (NaruDesk *self, const char *id, const char *condition, const GError *error)
{
  g_autoptr (NaruRecord) record = NULL;

  if (!g_error_matches (error, NARU_ERROR, NARU_ERROR_DENIED))
    return;
  record = naru_desk_show (self, id, NULL);
  if (record == NULL)
    return;
  const char *stage = naru_json_get_string (naru_record_get_json (record), "stage");
  NaruPipeline *pipeline = naru_office_get_pipeline (self->office, naru_record_get_type_name (record), NULL);
  g_auto (GStrv) targets =
      stage != NULL && pipeline != NULL ? naru_pipeline_list_targets (pipeline, stage) : NULL;
  for (guint i = 0; targets != NULL && targets[i] != NULL; i++)
    {
      g_autoptr (NaruReview) review = naru_desk_check (self, id, targets[i], NULL);
      if (review == NULL || naru_review_find (review, condition) == NULL)
        continue;
      if (naru_review_is_waivable (review, condition, NULL))
        write_refusal (self, id, "waive", condition, "no-role");
      return;
    }
}
