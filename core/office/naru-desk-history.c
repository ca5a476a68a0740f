/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-rulebook-private.h"
#include "naru-seals-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Walks the history of one record, oldest first. */
typedef struct
{
  NaruTxn *txn;
  NaruJson *events;
  NaruCalendar *calendar; /* (nullable): for records with stages */
  NaruDate entered;       /* day on which the present stage was entered */
  char *stage;
  GError *error;
} HistoryWalk;

static void
add_days_in_stage (HistoryWalk *walk, const NaruEvent *event, NaruDate day, NaruJson *json)
{
  gint64 days;

  if (*event->to == '\0')
    return;
  if (walk->entered != NARU_DATE_NONE && walk->calendar != NULL &&
      naru_calendar_count_working_days (walk->calendar, walk->entered, day, &days, NULL))
    naru_json_set_integer (json, "days", days);
  walk->entered = day;
}

static gboolean
take_event (const NaruEvent *event, gpointer user_data)
{
  HistoryWalk *walk = user_data;
  NaruTime when = { event->seconds, event->offset_minutes };
  g_autofree char *time = naru_time_to_string (&when);
  NaruJson *json = naru_json_new_object ();
  char hex[2 * NARU_OID_SIZE + 1];
  NaruOid commit;

  naru_json_append (walk->events, json);
  naru_json_set_integer (json, "seq", event->seq);
  naru_json_set_string (json, "time", time);
  naru_json_set_string (json, "actor", event->actor);
  naru_json_set_string (json, "action", event->action);
  if (*event->from != '\0')
    naru_json_set_string (json, "from", event->from);
  if (*event->to != '\0')
    naru_json_set_string (json, "to", event->to);
  if (*event->note != '\0')
    naru_json_set_string (json, "note", event->note);
  add_days_in_stage (walk, event, naru_time_to_date (&when), json);
  if (!naru_txn_get_commit (walk->txn, event->seq, &commit, &walk->error))
    return FALSE;
  naru_oid_to_hex (&commit, hex);
  naru_json_set_string (json, "commit", hex);
  return TRUE;
}

/**
 * naru_desk_history:
 * @self: a desk
 * @id: a record id
 * @error: return location
 *
 * Days are working days that the record stood in the stage it left, by the pipeline's calendar; they are left
 * out where the calendar does not know the year.
 *
 * Returns: (transfer full) (nullable): an array, oldest first, of {"seq","time","actor","action","from","to",
 *   "note","days","commit"}; members without a value are left out
 */
NaruJson *
naru_desk_history (NaruDesk *self, const char *id, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruJson) events = naru_json_new_array ();
  g_autoptr (NaruCalendar) calendar = NULL;
  HistoryWalk walk = { txn, events, NULL, NARU_DATE_NONE, NULL, NULL };

  if (txn == NULL)
    return NULL;
  record = naru_desk_load (self, txn, id, "read", &type, error);
  if (record == NULL)
    return NULL;
  if (naru_record_type_find_field (type, "/stage") != NULL)
    {
      NaruPipeline *pipeline =
          naru_office_get_pipeline (self->office, naru_record_type_get_name (type), error);

      if (pipeline == NULL)
        return NULL;
      calendar = naru_calendar_load (naru_pipeline_get_calendar (pipeline), error);
      if (calendar == NULL)
        return NULL;
      walk.calendar = calendar;
    }
  if (!naru_txn_foreach_event (txn, naru_record_type_get_name (type), id, take_event, &walk, error))
    {
      g_clear_error (&walk.error);
      return NULL;
    }
  if (walk.error != NULL)
    {
      g_propagate_error (error, walk.error);
      return NULL;
    }
  return g_steal_pointer (&events);
}

/* A version of a record: its content as one commit of the history has it. */
static GBytes *
read_version (NaruDesk *self, NaruRecord *record, const char *commit, GError **error)
{
  NaruRepository *repository = naru_office_get_repository (self->office, error);
  g_autofree char *path =
      naru_id_get_record_path (naru_record_get_type_name (record), naru_record_get_id (record));
  NaruOid oid;

  if (repository == NULL || !naru_oid_from_hex (commit, &oid))
    return NULL;
  return naru_repository_read_file (repository, &oid, path, error);
}

static gboolean
names_version (NaruDesk *self, NaruRecord *record, NaruJson *event, const char *name, GBytes **bytes,
               GError **error)
{
  const char *commit = naru_json_get_string (event, "commit");
  char hex[2 * NARU_OID_SIZE + 1];
  NaruOid oid;

  if (*name == '#')
    return naru_json_get_integer (event, "seq", 0) == g_ascii_strtoll (name + 1, NULL, 10);
  if (g_str_has_prefix (commit, name))
    return TRUE;
  *bytes = read_version (self, record, commit, error);
  if (*bytes == NULL)
    return FALSE;
  naru_oid_compute ("blob", g_bytes_get_data (*bytes, NULL), g_bytes_get_size (*bytes), &oid);
  naru_oid_to_hex (&oid, hex);
  if (g_str_has_prefix (hex, name))
    return TRUE;
  g_clear_pointer (bytes, g_bytes_unref);
  return FALSE;
}

/* @name: "#12" (number of an entry), or the beginning of a commit id or of a revision; %NULL means @fallback.
 */
static GBytes *
find_version (NaruDesk *self, NaruRecord *record, NaruJson *events, const char *name, gint64 fallback,
              GError **error)
{
  gint64 size = naru_json_get_size (events);

  if (name == NULL)
    {
      gint64 index = CLAMP (fallback, 0, size - 1);

      return read_version (self, record,
                           naru_json_get_string (naru_json_get_element (events, index), "commit"), error);
    }
  for (gint64 i = size - 1; i >= 0 && strlen (name) >= (*name == '#' ? 2 : 4); i--)
    {
      NaruJson *event = naru_json_get_element (events, i);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) local = NULL;

      if (names_version (self, record, event, name, &bytes, &local))
        return bytes != NULL ? g_steal_pointer (&bytes)
                             : read_version (self, record, naru_json_get_string (event, "commit"), error);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  naru_set_error (error, NARU_ERROR_NOT_FOUND, "revision", 0, NULL, _ ("%s has no version “%s”"),
                  naru_record_get_id (record), name);
  naru_error_set_cure (error,
                       _ ("take #NUMBER or a commit of “naru history %s”, or a revision of “naru show”"),
                       naru_record_get_id (record));
  return NULL;
}

static GBytes *
filter_version (NaruDesk *self, NaruRecordType *type, NaruRecord *record, GBytes *bytes, GError **error)
{
  g_autoptr (NaruRecord) version = naru_record_new_from_bytes (naru_record_get_type_name (record),
                                                               naru_record_get_id (record), bytes, error);
  g_autoptr (NaruJson) visible = NULL;

  if (version == NULL)
    return NULL;
  visible = naru_desk_filter (self, type, version);
  return naru_json_to_bytes (visible);
}

/**
 * naru_desk_diff:
 * @self: a desk
 * @id: a record id
 * @from: (nullable): a version; the last but one where %NULL
 * @to: (nullable): a version; the last where %NULL
 * @error: return location
 *
 * A version is named by the number of its entry ("#12"), or by the beginning of a commit id or a revision.
 *
 * Returns: (transfer full) (nullable): a unified diff, empty where nothing differs
 */
char *
naru_desk_diff (NaruDesk *self, const char *id, const char *from, const char *to, GError **error)
{
  g_autoptr (NaruJson) events = naru_desk_history (self, id, error);
  g_autoptr (NaruTxn) txn = NULL;
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (GBytes) old_bytes = NULL;
  g_autoptr (GBytes) new_bytes = NULL;
  g_autoptr (GBytes) old_view = NULL;
  g_autoptr (GBytes) new_view = NULL;
  g_autofree char *path = NULL;
  gint64 size;

  if (events == NULL || !naru_office_publish (self->office, error))
    return NULL;
  txn = naru_store_begin_read (self->office->store, error);
  record = txn != NULL ? naru_desk_load (self, txn, id, "read", &type, error) : NULL;
  g_clear_pointer (&txn, naru_txn_end);
  if (record == NULL)
    return NULL;
  size = naru_json_get_size (events);
  old_bytes = find_version (self, record, events, from, size - 2, error);
  new_bytes = old_bytes != NULL ? find_version (self, record, events, to, size - 1, error) : NULL;
  if (new_bytes == NULL)
    return NULL;
  old_view = filter_version (self, type, record, old_bytes, error);
  new_view = old_view != NULL ? filter_version (self, type, record, new_bytes, error) : NULL;
  if (new_view == NULL)
    return NULL;
  path = naru_id_get_record_path (naru_record_get_type_name (record), id);
  return naru_repository_diff (self->office->repository, old_view, new_view, path, error);
}

static void
report_history (NaruOffice *office, NaruTxn *txn, NaruJson *json, GError *problem)
{
  NaruStoreHead head;
  char hex[2 * NARU_OID_SIZE + 1];

  if (!naru_txn_get_head (txn, &head, NULL))
    return;
  naru_oid_to_hex (&head.head, hex);
  naru_json_set_integer (json, "entries", head.seq);
  naru_json_set_string (json, "head", hex);
  naru_json_set_integer (json, "pending", head.seq - head.durable_seq);
  if (problem == NULL)
    naru_json_set_string (json, "history", "complete");
  else
    {
      naru_json_set_string (json, "history",
                            g_error_matches (problem, NARU_ERROR, NARU_ERROR_BROKEN) ? "broken" : "pending");
      naru_json_set_string (json, "problem", problem->message);
      naru_json_set_string (json, "cure", naru_error_get_cure (problem));
    }
}

/**
 * naru_desk_status:
 * @self: a desk
 * @error: return location
 *
 * Publishes what waits and makes it durable, then tells how the office stands.
 *
 * Returns: (transfer full) (nullable):
 * {"office","hub","folder","person","entries","head","pending","history": "complete" | "pending" |
 * "broken","problem","cure","signing": "signed" | "unsigned" | "broken","key","signing_problem",
 * "signing_cure","remotes": where there are mirrors, as naru_desk_list_remotes() has them,
 * "records":{type: count}}
 */
NaruJson *
naru_desk_status (NaruDesk *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (NaruTxn) txn = NULL;
  g_autoptr (NaruJson) json = naru_json_new_object ();
  NaruJson *records;
  const char *const *names = naru_types_get_names (self->office->types);

  if (!naru_office_check_present (self->office, error))
    return NULL;
  if (!naru_store_is_read_only (self->office->store) && !naru_office_checkpoint (self->office, &problem))
    g_debug ("%s", problem->message);
  if (!naru_store_is_read_only (self->office->store))
    {
      naru_office_settle_keys (self->office);
      naru_office_sweep_backups (self->office);
    }
  records = naru_json_new_object ();
  naru_json_set (json, "records", records);
  txn = naru_store_begin_read (self->office->store, error);
  if (txn == NULL)
    return NULL;
  naru_json_set_string (json, "office", naru_office_get_name (self->office));
  naru_json_set_string (json, "hub", naru_office_get_hub (self->office));
  naru_json_set_string (json, "folder", self->office->folder);
  naru_json_set_string (json, "person", self->person_name);
  naru_json_set_boolean (json, "read_only", naru_store_is_read_only (self->office->store));
  report_history (self->office, txn, json, problem);
  naru_office_report_keys (self->office, txn, json);
  naru_office_report_remotes (self->office, txn, json);
  for (guint i = 0; names[i] != NULL; i++)
    if (naru_policy_get_grant (self->office->policy, &self->access, names[i], "list") == NARU_GRANT_ALWAYS)
      naru_json_set_integer (records, names[i], naru_txn_count_records (txn, names[i], NULL));
  return g_steal_pointer (&json);
}

static gboolean
note_one (const char *value, const char *id, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return FALSE;
}

/* The stages that records stand in must go on to exist. */
gboolean
naru_desk_check_stages_kept (NaruTxn *txn, NaruPipeline *old, NaruPipeline *pipeline, NaruRecordType *type,
                             GError **error)
{
  const char *name = naru_record_type_get_name (type);
  g_autofree char *index = g_strconcat (name, ".stage", NULL);

  for (guint i = 0; i < naru_pipeline_get_n_stages (old); i++)
    {
      const NaruStage *stage = naru_pipeline_get_stage (old, i);
      g_autofree char *prefix = g_strconcat (stage->id, "\x1f", NULL);
      gboolean used = FALSE;

      if (naru_pipeline_find_stage (pipeline, stage->id) != NULL)
        continue;
      if (!naru_txn_foreach_index (txn, index, prefix, NULL, note_one, &used, error))
        return FALSE;
      if (!used)
        continue;
      naru_set_error (error, NARU_ERROR_INVALID, "stages", 0, NULL,
                      _ ("the new pipeline has no stage “%s”, but records of type %s stand there"), stage->id,
                      name);
      naru_error_set_cure (error, _ ("keep the stage, or move its records on first: naru list %s --stage %s"),
                           name, stage->id);
      return FALSE;
    }
  return TRUE;
}

/**
 * naru_desk_add_pipeline:
 * @self: a desk
 * @pipeline: (transfer none): a pipeline, as schemas/pipeline.json says
 * @origin: its file, for errors
 * @error: return location
 *
 * Puts a pipeline in force for its record type, in place of the former one.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_add_pipeline (NaruDesk *self, NaruJson *pipeline, const char *origin, GError **error)
{
  g_autoptr (NaruPipeline) compiled = naru_pipeline_new (pipeline, origin, error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruChange) change = NULL;
  NaruPipeline *old;
  const char *name;

  if (compiled == NULL || !naru_desk_require (self, "office", "administer", NULL, error) ||
      !naru_pipeline_check_types (compiled, self->office->types, error))
    return FALSE;
  name = naru_pipeline_get_record_type (compiled);
  type = naru_types_get (self->office->types, name, error);
  if (type == NULL)
    return FALSE;
  old = naru_office_get_pipeline (self->office, name, NULL);
  change = naru_change_begin (self, "pipeline", error);
  if (change == NULL || (old != NULL && !naru_desk_check_stages_kept (naru_change_get_txn (change), old,
                                                                      compiled, type, error)))
    return FALSE;
  if (old != NULL && naru_json_equal (naru_pipeline_get_json (old), pipeline))
    return TRUE;
  if (old != NULL && g_strcmp0 (naru_pipeline_get_id (old), naru_pipeline_get_id (compiled)) != 0)
    {
      g_autofree char *former = naru_office_make_pipeline_path (old);

      naru_entry_remove_file (naru_change_get_entry (change), former);
    }
  naru_change_set_subject (change, NULL, NULL, "office: pipeline %s for %s", naru_pipeline_get_id (compiled),
                           name);
  if (!naru_office_put_pipeline (naru_change_get_txn (change), naru_change_get_entry (change), compiled,
                                 error) ||
      !naru_change_commit (change, NULL, error))
    return FALSE;
  g_hash_table_remove (self->office->pipelines, name);
  return TRUE;
}
