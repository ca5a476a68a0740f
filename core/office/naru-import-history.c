/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define STAGES_NAMED 5 /* in an error that could name dozens */

typedef struct
{
  NaruDesk *desk; /* borrowed: whose rights count */
  const NaruImportOptions *options;
  NaruEventLog *log;
  NaruRecordType *type;   /* borrowed */
  NaruPipeline *pipeline; /* borrowed */
  const char *index;      /* of external numbers */
  NaruChange *change;     /* (nullable): none in a dry run */
  NaruTxn *txn;           /* the change's, or one to read in */
  GHashTable *refused;    /* line of a row whose case cannot be taken -> why */
  GStringChunk *reasons;
  NaruImportReport report;
} Replay;

static void
replay_clear (Replay *self)
{
  if (self->change != NULL)
    naru_change_free (self->change);
  else if (self->txn != NULL)
    naru_txn_end (self->txn);
  naru_import_report_clear (&self->report);
  g_clear_pointer (&self->log, naru_event_log_free);
  g_clear_pointer (&self->refused, g_hash_table_unref);
  g_clear_pointer (&self->reasons, g_string_chunk_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Replay, replay_clear)

static const char *
stage_of (Replay *self, const NaruLogEvent *event)
{
  return g_array_index (self->log->activities, NaruLogActivity, event->activity).stage;
}

static const NaruLogEvent *
event_at (Replay *self, guint32 number)
{
  return number > 0 ? &g_array_index (self->log->events, NaruLogEvent, number - 1) : NULL;
}

/* Every stage that the log names must be one of the pipeline in force. */
static gboolean
check_stages (Replay *self, GError **error)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  guint count = 0;

  for (guint i = 0; i < self->log->activities->len; i++)
    {
      const NaruLogActivity *activity = &g_array_index (self->log->activities, NaruLogActivity, i);

      if (naru_pipeline_find_stage (self->pipeline, activity->stage) != NULL)
        continue;
      if (count++ < STAGES_NAMED)
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", activity->stage);
    }
  if (count > STAGES_NAMED)
    g_string_append_printf (missing, _ (" and %u more"), count - STAGES_NAMED);
  if (missing->len == 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, "stage", 0, NULL,
                  _ ("the pipeline “%s” in force for %s lacks stages of the log: %s"),
                  naru_pipeline_get_id (self->pipeline), self->log->type, missing->str);
  naru_error_set_cure (
      error,
      _ ("let one be proposed and put it in force: naru pipeline new ID --from-log %s --map %s -o "
         "FILE, then naru pipeline add FILE"),
      self->options->file, self->options->map);
  return FALSE;
}

static gboolean
check_constants (Replay *self, GError **error)
{
  g_auto (GStrv) names = naru_json_get_keys (self->log->constants);

  for (guint i = 0; names[i] != NULL; i++)
    if (!naru_desk_may_set (self->desk, self->type, names[i], NULL, error))
      return FALSE;
  return TRUE;
}

static gboolean
replay_open (Replay *self, GError **error)
{
  NaruOffice *office = self->desk->office;
  const NaruField *key;

  if (self->options->map == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "map", 0, _ ("name a mapping file: --map MAP.json"),
                      _ ("an event log needs a mapping that says which column is what"));
      return FALSE;
    }
  self->log = naru_event_log_read (self->options, &self->report, error);
  self->type = self->log != NULL ? naru_types_get (office->types, self->log->type, error) : NULL;
  self->pipeline = self->type != NULL ? naru_office_get_pipeline (office, self->log->type, error) : NULL;
  if (self->pipeline == NULL || !naru_desk_require (self->desk, self->log->type, "create", NULL, error) ||
      !naru_desk_require (self->desk, self->log->type, "advance", NULL, error))
    return FALSE;
  key = naru_record_type_find_field (self->type, "/external_id");
  self->index = key != NULL ? naru_record_type_get_index_name (self->type, key) : NULL;
  if (self->index == NULL || naru_record_type_find_field (self->type, "/title") == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "type", 0, _ ("use the type deal"),
                      _ ("an event log cannot become records of type %s"), self->log->type);
      return FALSE;
    }
  self->refused = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->reasons = g_string_chunk_new (4096);
  return check_stages (self, error) && check_constants (self, error);
}

static gboolean
replay_begin (Replay *self, GError **error)
{
  g_autoptr (NaruDesk) desk = NULL;

  if (self->options->dry_run || (self->report.rejected > 0 && !self->options->partial))
    {
      self->txn = naru_store_begin_read (self->desk->office->store, error);
      return self->txn != NULL;
    }
  desk = naru_import_desk (self->desk);
  self->change = naru_change_begin_bulk (desk, "import", error);
  if (self->change == NULL)
    return FALSE;
  self->txn = naru_change_get_txn (self->change);
  return TRUE;
}

static void
refuse_case (Replay *self, const NaruLogCase *log_case, const char *message)
{
  char *kept = g_string_chunk_insert_const (self->reasons, message);

  for (const NaruLogEvent *event = event_at (self, log_case->first); event != NULL;
       event = event_at (self, event->next))
    {
      naru_import_report_reject (&self->report, event->line, "external_id", message);
      g_hash_table_insert (self->refused, (gpointer) &event->line, kept);
    }
}

typedef struct
{
  Replay *replay;
  const NaruLogEvent *expected; /* (nullable) */
  gboolean differs;
} Comparison;

/* What happened to the record since it was imported is no difference. */
static gboolean
compare_event (const NaruEvent *event, gpointer user_data)
{
  Comparison *comparison = user_data;
  Replay *self = comparison->replay;
  const NaruLogEvent *expected = comparison->expected;

  if (!g_str_equal (event->action, "import"))
    return TRUE;
  comparison->differs = expected == NULL || event->seconds != expected->seconds ||
                        event->offset_minutes != expected->offset_minutes ||
                        !g_str_equal (event->to, stage_of (self, expected)) ||
                        !g_str_equal (event->actor, self->log->actors->pdata[expected->actor]);
  if (!comparison->differs)
    comparison->expected = event_at (self, expected->next);
  return !comparison->differs;
}

static NaruJson *
make_record (Replay *self, const NaruLogCase *log_case, GError **error)
{
  g_autoptr (NaruJson) json = naru_json_copy (self->log->constants);

  naru_json_set_string (json, "title", log_case->title);
  naru_json_set_string (json, "external_id", log_case->id);
  naru_json_set_string (json, "stage", stage_of (self, event_at (self, log_case->first)));
  if (naru_json_get (json, "hub") == NULL && naru_record_type_find_field (self->type, "/hub") != NULL)
    naru_json_set_string (json, "hub", naru_office_get_hub (self->desk->office));
  naru_record_type_apply_defaults (self->type, json);
  if (!naru_record_type_normalize (self->type, json, error) ||
      !naru_check_record (self->txn, self->desk->office->types, self->type, NULL, json, error))
    return NULL;
  return g_steal_pointer (&json);
}

/* A case that is here already must be the same; a new one must make a valid record. */
static gboolean
judge_case (Replay *self, NaruLogCase *log_case, gboolean *wanted, GError **error)
{
  Comparison comparison = { self, event_at (self, log_case->first), FALSE };
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruJson) json = NULL;

  *wanted = FALSE;
  if (log_case->bad_line != 0)
    {
      g_autofree char *message =
          g_strdup_printf (_ ("line %" PRIu64 " of the same case cannot be used"), log_case->bad_line);

      refuse_case (self, log_case, message);
      return TRUE;
    }
  if (!naru_import_find (self->txn, self->log->type, self->index, "/external_id", log_case->id, &record,
                         error))
    return FALSE;
  if (record == NULL)
    {
      json = make_record (self, log_case, error);
      *wanted = json != NULL;
      return json != NULL;
    }
  if (!naru_txn_foreach_event (self->txn, self->log->type, naru_record_get_id (record), compare_event,
                               &comparison, error))
    return FALSE;
  if (!comparison.differs && comparison.expected == NULL)
    self->report.unchanged += log_case->n_events;
  else
    {
      g_autofree char *message = g_strdup_printf (_ ("the case is here already, as %s, with another history"),
                                                  naru_record_get_id (record));

      refuse_case (self, log_case, message);
    }
  return TRUE;
}

/* Leaves n_events of those cases alone that are to be replayed, and 0 in the others. */
static gboolean
judge_cases (Replay *self, GError **error)
{
  for (guint i = 0; i < self->log->cases->len; i++)
    {
      NaruLogCase *log_case = &g_array_index (self->log->cases, NaruLogCase, i);
      g_autoptr (GError) local = NULL;
      gboolean wanted;

      if (!judge_case (self, log_case, &wanted, &local))
        {
          if (!naru_import_is_rejection (local))
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          refuse_case (self, log_case, local->message);
        }
      if (wanted)
        {
          self->report.created++;
          self->report.updated += log_case->n_events - 1;
        }
      else
        log_case->n_events = 0;
    }
  return TRUE;
}

/* The rows of refused cases were read long ago; the file is read once more for them. */
static gboolean
write_refused (Replay *self, GError **error)
{
  g_autoptr (NaruRows) rows = NULL;
  g_autoptr (GError) local = NULL;
  NaruRow row;

  if (self->report.stream != NULL && g_hash_table_size (self->refused) > 0)
    {
      rows = naru_rows_open (self->options->file, error);
      if (rows == NULL)
        return FALSE;
      while (naru_rows_next (rows, &row, &local))
        {
          const char *message = g_hash_table_lookup (self->refused, &row.line);

          if (message != NULL)
            naru_import_report_write (&self->report, &row, message);
        }
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return naru_import_report_close (&self->report, error);
}

static gboolean
replay_first (Replay *self, NaruLogCase *log_case, GError **error)
{
  g_autoptr (NaruJson) json = make_record (self, log_case, error);
  g_autoptr (NaruRecord) record = NULL;
  const char *stage;

  if (json == NULL)
    return FALSE;
  log_case->record =
      naru_change_take_id (self->change, self->type, naru_json_get_string (json, "hub"), error);
  if (log_case->record == NULL)
    return FALSE;
  stage = naru_json_get_string (json, "stage");
  naru_change_set_subject (self->change, self->log->type, log_case->record, "import, stage %s", stage);
  naru_entry_add_trailer (naru_change_get_entry (self->change), "Naru-To", stage);
  record = naru_change_put (self->change, self->type, NULL, log_case->record, json,
                            naru_change_get_time (self->change)->seconds, error);
  return record != NULL &&
         naru_change_add_event (self->change, self->log->type, log_case->record, NULL, stage, NULL, error);
}

static gboolean
replay_move (Replay *self, NaruLogCase *log_case, const char *to, GError **error)
{
  g_autoptr (NaruRecord) old = naru_txn_get_record (self->txn, self->log->type, log_case->record, error);
  NaruEntry *entry = naru_change_get_entry (self->change);
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruJson) json = NULL;
  const char *from;

  if (old == NULL)
    return FALSE;
  from = naru_json_get_string (naru_record_get_json (old), "stage");
  json = naru_json_copy (naru_record_get_json (old));
  naru_json_set_string (json, "stage", to);
  naru_change_set_subject (self->change, self->log->type, log_case->record, "import %s → %s", from, to);
  naru_entry_add_trailer (entry, "Naru-From", from);
  naru_entry_add_trailer (entry, "Naru-To", to);
  record = naru_change_put (self->change, self->type, old, log_case->record, json,
                            naru_change_get_time (self->change)->seconds, error);
  return record != NULL &&
         naru_change_add_event (self->change, self->log->type, log_case->record, from, to, NULL, error);
}

static gboolean
replay_event (Replay *self, const NaruLogEvent *event, GError **error)
{
  NaruLogCase *log_case = &g_array_index (self->log->cases, NaruLogCase, event->log_case);
  NaruTime when = { event->seconds, event->offset_minutes };

  naru_change_set_author (self->change, &when, self->log->actors->pdata[event->actor]);
  naru_entry_add_trailer (naru_change_get_entry (self->change), "Naru-Judged", "no, imported");
  return log_case->record == NULL ? replay_first (self, log_case, error)
                                  : replay_move (self, log_case, stage_of (self, event), error);
}

static gboolean
replay_write (Replay *self, guint64 *seq, GError **error)
{
  guint64 total = self->report.created + self->report.updated;
  guint64 done = 0;

  if (!self->options->partial && !naru_import_report_refuse (&self->report, error))
    return FALSE;
  if (self->change == NULL || total == 0)
    return TRUE;
  for (guint i = 0; i < self->log->events->len; i++)
    {
      const NaruLogEvent *event = &g_array_index (self->log->events, NaruLogEvent, i);

      if (g_array_index (self->log->cases, NaruLogCase, event->log_case).n_events == 0)
        continue;
      if ((done > 0 && !naru_change_next (self->change, "import", error)) ||
          !replay_event (self, event, error))
        {
          g_prefix_error (error, _ ("line %" PRIu64 ": "), event->line);
          return FALSE;
        }
      if (++done % NARU_IMPORT_STEP == 0 && self->options->progress != NULL)
        self->options->progress (done, total, self->options->user_data);
    }
  if (self->options->progress != NULL)
    self->options->progress (total, total, self->options->user_data);
  return naru_change_commit (self->change, seq, error);
}

/**
 * naru_desk_import_history:
 * @self: a desk
 * @options: the event log, its mapping, and how to take it
 * @report: (out) (transfer full): as of naru_desk_import(), counted in rows of the log: "created" are the
 * first rows of new cases, "moves" and "updated" their other rows
 * @error: return location
 *
 * Replays an event log: each case becomes a record, each row one commit by its actor at its own time and
 * zone, marked as imported and not judged. All or nothing; a case that is here with the same history changes
 * nothing.
 *
 * Returns: whether all went well; %FALSE with %NARU_ERROR_INVALID where rows were rejected
 */
gboolean
naru_desk_import_history (NaruDesk *self, const NaruImportOptions *options, NaruJson **report, GError **error)
{
  g_auto (Replay) replay = { .desk = self, .options = options };
  guint64 seq = 0;
  gboolean done;

  if (!replay_open (&replay, error) || !replay_begin (&replay, error) || !judge_cases (&replay, error) ||
      !write_refused (&replay, error))
    return FALSE;
  done = replay_write (&replay, &seq, error);
  if (report != NULL)
    {
      *report = naru_import_report_to_json (&replay.report, seq);
      naru_json_set_integer (*report, "moves", replay.report.updated);
    }
  return done;
}
