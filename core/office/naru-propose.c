/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define STAGES_MAX 64
#define TARGET_MAX 10000

/* One stage as the log shows it; two activities of one slug are one stage. */
typedef struct
{
  const char *id;
  const char *title;
  guint starts;  /* cases that begin with it */
  guint *moves;  /* per stage: how often a case went there */
  GArray *stays; /* of int: working days of each stay */
  gboolean leaves;
  gboolean reached;
} Stage;

typedef struct
{
  NaruEventLog *log;
  GArray *stages;        /* of Stage */
  guint *stage_of;       /* per activity */
  NaruCalendar *working; /* (nullable): none any more once it does not know a year */
} Proposal;

static void
clear_stage (gpointer data)
{
  Stage *stage = data;

  g_free (stage->moves);
  g_array_unref (stage->stays);
}

static void
proposal_clear (Proposal *self)
{
  g_clear_pointer (&self->log, naru_event_log_free);
  g_clear_pointer (&self->stages, g_array_unref);
  g_clear_pointer (&self->stage_of, g_free);
  g_clear_pointer (&self->working, naru_calendar_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

static Stage *
stage_at (Proposal *self, guint index)
{
  return &g_array_index (self->stages, Stage, index);
}

static void
list_stages (Proposal *self)
{
  GArray *activities = self->log->activities;

  self->stages = g_array_new (FALSE, TRUE, sizeof (Stage));
  g_array_set_clear_func (self->stages, clear_stage);
  self->stage_of = g_new0 (guint, activities->len);
  for (guint i = 0; i < activities->len; i++)
    {
      const NaruLogActivity *activity = &g_array_index (activities, NaruLogActivity, i);
      guint at = 0;

      while (at < self->stages->len && !g_str_equal (stage_at (self, at)->id, activity->stage))
        at++;
      if (at == self->stages->len)
        {
          Stage stage = { .id = activity->stage, .title = activity->title };

          stage.moves = g_new0 (guint, activities->len);
          stage.stays = g_array_new (FALSE, FALSE, sizeof (int));
          g_array_append_val (self->stages, stage);
        }
      self->stage_of[i] = at;
    }
}

/* Counts the working days from one event to the next, as long as the calendar knows every year of the log. */
static void
measure_stay (Proposal *self, Stage *stage, const NaruLogEvent *from, const NaruLogEvent *to)
{
  NaruTime entered = { from->seconds, from->offset_minutes };
  NaruTime left = { to->seconds, to->offset_minutes };
  gint64 days;
  int kept;

  if (self->working == NULL)
    return;
  if (!naru_calendar_count_working_days (self->working, naru_time_to_date (&entered),
                                         naru_time_to_date (&left), &days, NULL))
    {
      g_clear_pointer (&self->working, naru_calendar_unref);
      return;
    }
  kept = (int) CLAMP (days, 0, TARGET_MAX);
  g_array_append_val (stage->stays, kept);
}

static void
follow_case (Proposal *self, const NaruLogCase *log_case)
{
  const NaruLogEvent *events = (const NaruLogEvent *) (gpointer) self->log->events->data;
  const NaruLogEvent *event = log_case->first > 0 ? &events[log_case->first - 1] : NULL;

  if (event != NULL)
    stage_at (self, self->stage_of[event->activity])->starts++;
  while (event != NULL && event->next > 0)
    {
      const NaruLogEvent *next = &events[event->next - 1];
      guint to = self->stage_of[next->activity];
      Stage *stage = stage_at (self, self->stage_of[event->activity]);

      measure_stay (self, stage, event, next);
      if (stage != stage_at (self, to))
        {
          stage->moves[to]++;
          stage->leaves = TRUE;
        }
      event = next;
    }
}

static guint
find_initial (Proposal *self)
{
  guint best = 0;

  for (guint i = 1; i < self->stages->len; i++)
    if (stage_at (self, i)->starts > stage_at (self, best)->starts)
      best = i;
  return best;
}

static void
mark_reached (Proposal *self, guint from)
{
  Stage *stage = stage_at (self, from);

  if (stage->reached)
    return;
  stage->reached = TRUE;
  for (guint i = 0; i < self->stages->len; i++)
    if (stage->moves[i] > 0)
      mark_reached (self, i);
}

/* A case may begin anywhere, a pipeline in one place: from there a move leads to the other beginnings. */
static void
connect_beginnings (Proposal *self, guint initial)
{
  mark_reached (self, initial);
  for (guint i = 0; i < self->stages->len; i++)
    if (stage_at (self, i)->starts > 0 && !stage_at (self, i)->reached)
      {
        stage_at (self, initial)->moves[i] = 1;
        stage_at (self, initial)->leaves = TRUE;
        mark_reached (self, i);
      }
}

static int
compare_days (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static NaruJson *
words (const char *text)
{
  NaruJson *json = naru_json_new_object ();

  naru_json_set_string (json, "en", text);
  naru_json_set_string (json, "ko", text);
  return json;
}

static NaruJson *
stage_to_json (Proposal *self, Stage *stage)
{
  NaruJson *json = naru_json_new_object ();
  int days = 0;

  if (self->working != NULL && stage->stays->len > 0)
    {
      g_array_sort (stage->stays, compare_days);
      days = g_array_index (stage->stays, int, stage->stays->len / 2);
    }
  naru_json_set_string (json, "id", stage->id);
  naru_json_set (json, "title", words (stage->title));
  naru_json_set_string (json, "kind", stage->leaves ? "active" : "final");
  naru_json_set_integer (json, "target_days", stage->leaves ? days : 0);
  return json;
}

static void
add_transitions (Proposal *self, NaruJson *transitions)
{
  for (guint i = 0; i < self->stages->len; i++)
    for (guint j = 0; j < self->stages->len; j++)
      {
        NaruJson *json;

        if (stage_at (self, i)->moves[j] == 0)
          continue;
        json = naru_json_new_object ();
        naru_json_set_string (json, "from", stage_at (self, i)->id);
        naru_json_set_string (json, "to", stage_at (self, j)->id);
        naru_json_set (json, "gate", naru_json_new_object ());
        naru_json_append (transitions, json);
      }
}

static NaruJson *
proposal_to_json (Proposal *self, const char *id)
{
  NaruJson *json = naru_json_new_object ();
  NaruJson *stages = naru_json_new_array ();
  NaruJson *transitions = naru_json_new_array ();
  NaruJson *title = naru_json_get (self->log->map, "title");
  guint initial = find_initial (self);

  connect_beginnings (self, initial);
  for (guint i = 0; i < self->stages->len; i++)
    naru_json_append (stages, stage_to_json (self, stage_at (self, i)));
  add_transitions (self, transitions);
  naru_json_set_string (json, "id", id);
  naru_json_set_string (json, "record_type", self->log->type);
  naru_json_set (json, "title", title != NULL ? naru_json_copy (title) : words (id));
  naru_json_set_string (json, "calendar", "KR");
  naru_json_set_string (json, "initial", stage_at (self, initial)->id);
  naru_json_set (json, "stages", stages);
  naru_json_set (json, "transitions", transitions);
  return json;
}

static gboolean
proposal_read (Proposal *self, const NaruImportOptions *options, GError **error)
{
  g_auto (NaruImportReport) report = { 0 };

  self->log = naru_event_log_read (options, &report, error);
  if (self->log == NULL)
    return FALSE;
  if (report.rejected > 0)
    {
      NaruJson *first = naru_json_get_element (report.rejects, 0);

      naru_set_error (error, NARU_ERROR_INVALID, naru_json_get_string (first, "field"),
                      naru_json_get_integer (first, "line", 0), _ ("correct the file, or the mapping"),
                      _ ("%s, line %" PRId64 ": %s"), options->file, naru_json_get_integer (first, "line", 0),
                      naru_json_get_string (first, "message"));
      return FALSE;
    }
  if (self->log->events->len == 0)
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("give a log of cases that moved"),
                      _ ("%s holds no events"), options->file);
      return FALSE;
    }
  list_stages (self);
  if (self->stages->len <= STAGES_MAX)
    return TRUE;
  naru_set_error (error, NARU_ERROR_TOO_LARGE, "activity", 0,
                  _ ("name a coarser column as the activity in the mapping"),
                  _ ("the log has %u activities; a pipeline has %d stages at most"), self->stages->len,
                  STAGES_MAX);
  return FALSE;
}

/**
 * naru_pipeline_propose:
 * @file: an event log
 * @map: its mapping file
 * @id: what the pipeline is to be called
 * @error: return location
 *
 * Makes a pipeline to edit from what a log shows: its activities as stages, the moves seen, no gates. Target
 * days are the median of the stays where the Korean calendar knows every year of the log.
 *
 * Returns: (transfer full) (nullable): the pipeline, one that naru_pipeline_new() takes
 */
NaruJson *
naru_pipeline_propose (const char *file, const char *map, const char *id, GError **error)
{
  NaruImportOptions options = { .file = file, .map = map };
  g_auto (Proposal) proposal = { 0 };
  g_autoptr (NaruJson) json = NULL;
  g_autoptr (NaruPipeline) pipeline = NULL;

  if (!proposal_read (&proposal, &options, error))
    return NULL;
  proposal.working = naru_calendar_load ("KR", NULL);
  for (guint i = 0; i < proposal.log->cases->len; i++)
    follow_case (&proposal, &g_array_index (proposal.log->cases, NaruLogCase, i));
  json = proposal_to_json (&proposal, id);
  pipeline = naru_pipeline_new (json, id, error);
  return pipeline != NULL ? g_steal_pointer (&json) : NULL;
}
