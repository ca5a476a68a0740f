/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* What one row is about. */
typedef struct
{
  guint64 line;
  NaruJson *patch; /* the fields that it gives, as RFC 7396 merges them */
  NaruRecord *old; /* (nullable) */
  gboolean later;  /* it points to a record that this file makes, and that is not written in this run */
} Row;

static void
row_clear (Row *self)
{
  g_clear_pointer (&self->patch, naru_json_unref);
  g_clear_pointer (&self->old, naru_record_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

/* Whether an error is about a row's content, so that the rows after it can still be looked at. */
gboolean
naru_import_is_rejection (const GError *error)
{
  static const NaruError codes[] = { NARU_ERROR_INVALID, NARU_ERROR_DENIED, NARU_ERROR_NOT_FOUND,
                                     NARU_ERROR_CONFLICT, NARU_ERROR_TOO_LARGE };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, NARU_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
refuse (GError **error, const char *field, const char *cure, const char *message)
{
  naru_set_error (error, NARU_ERROR_INVALID, field, 0, cure, "%s", message);
  return FALSE;
}

typedef struct
{
  const char *value;
  GPtrArray *ids;
} Lookup;

static gboolean
collect_id (const char *value, const char *id, gpointer user_data)
{
  Lookup *lookup = user_data;

  if (g_str_equal (value, lookup->value))
    g_ptr_array_add (lookup->ids, g_strdup (id));
  return TRUE;
}

/* Finds the record of @type whose field at @pointer is exactly @key: the index folds case, so it only says
 * where to look. */
gboolean
naru_import_find (NaruTxn *txn, const char *type, const char *index, const char *pointer, const char *key,
                  NaruRecord **found, GError **error)
{
  g_autofree char *folded = naru_index_fold (key);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Lookup lookup = { folded, ids };

  if (!naru_txn_foreach_index (txn, index, folded, NULL, collect_id, &lookup, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (NaruRecord) record = naru_txn_get_record (txn, type, ids->pdata[i], error);
      NaruJson *value;

      if (record == NULL)
        return FALSE;
      value = naru_json_get_pointer (naru_record_get_json (record), pointer);
      if (value == NULL || g_strcmp0 (naru_json_as_string (value), key) != 0)
        continue;
      if (*found != NULL)
        return refuse (error, pointer, _ ("give one of them another key"),
                       _ ("several records have this key; which one is meant cannot be told"));
      *found = g_steal_pointer (&record);
    }
  return TRUE;
}

static gboolean
read_patch (NaruImport *self, const NaruRow *row, Row *out, GError **error)
{
  g_auto (NaruMapResult) result = { .line = row->line };

  if (row->problem != NULL)
    return refuse (error, NULL, NULL, row->problem);
  if (self->map == NULL)
    {
      out->patch = naru_json_ref (row->json);
      return TRUE;
    }
  out->patch = naru_map_apply (self->map, row->cells, &result);
  for (guint i = 0; result.warnings != NULL && i < result.warnings->len; i++)
    {
      NaruJson *warning = result.warnings->pdata[i];

      naru_import_report_warn (&self->report, row->line, naru_json_get_string (warning, "field"),
                               naru_json_get_string (warning, "message"));
    }
  return out->patch != NULL || refuse (error, result.field, NULL, result.problem);
}

/* A row with the id of a record here is about that one; else its key tells. */
static gboolean
find_by_id (NaruImport *self, Row *row, GError **error)
{
  g_autofree char *id = self->map == NULL ? g_strdup (naru_json_get_string (row->patch, "id")) : NULL;
  NaruRecordType *type;

  if (id == NULL)
    return TRUE;
  naru_json_remove (row->patch, "id");
  type = naru_types_get_for_id (self->desk->office->types, id, NULL);
  if (type != self->type || !naru_txn_has_record (self->txn, self->type_name, id))
    return TRUE;
  row->old = naru_txn_get_record (self->txn, self->type_name, id, error);
  return row->old != NULL;
}

/* @mark: what stands for the same record in every row */
static gboolean
check_first (NaruImport *self, const Row *row, const char *mark, GError **error)
{
  guint64 line = naru_import_seen_find (self->seen, mark);

  if (line == 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, self->key_field, 0, _ ("leave one of the two rows"),
                  _ ("line %" PRIu64 " is about the same record"), line);
  return FALSE;
}

static gboolean
find_record (NaruImport *self, Row *row, GError **error)
{
  NaruJson *value;
  g_autofree char *normal = NULL;
  g_autofree char *mark = NULL;

  if (!find_by_id (self, row, error))
    return FALSE;
  value = self->key_field != NULL ? naru_json_get_pointer (row->patch, self->key_field) : NULL;
  if (row->old == NULL)
    {
      if (value == NULL || naru_json_get_kind (value) != NARU_JSON_STRING)
        return refuse (error, self->key_field, _ ("give each row a key, such as external_id"),
                       _ ("the row has no key: a second import would make its record twice"));
      normal = naru_text_normalize (naru_json_as_string (value), -1, NARU_TEXT_MAX, error);
      mark = normal != NULL ? g_strconcat ("=", normal, NULL) : NULL;
      if (mark == NULL || !check_first (self, row, mark, error) ||
          !naru_import_find (self->txn, self->type_name, self->key_index, self->key_field, normal, &row->old,
                             error))
        return FALSE;
    }
  if (row->old != NULL)
    {
      g_free (mark);
      mark = g_strdup (naru_record_get_id (row->old));
      if (!check_first (self, row, mark, error))
        return FALSE;
    }
  naru_import_seen_add (self->seen, mark, row->line);
  return TRUE;
}

/* "@KEY" in a reference means the record of that external number. */
static gboolean
resolve_key (NaruImport *self, Row *row, const NaruReference *reference, GError **error)
{
  const char *key = reference->id + 1;
  g_autofree char *mark = g_strconcat ("=", key, NULL);
  g_autofree char *message = NULL;

  for (guint i = 0; reference->field->refs[i] != NULL; i++)
    {
      const char *type = reference->field->refs[i];
      g_autofree char *index = g_strconcat (type, ".external_id", NULL);
      g_autoptr (NaruRecord) found = NULL;

      if (!naru_import_find (self->txn, type, index, "/external_id", key, &found, error))
        return FALSE;
      if (found != NULL)
        return naru_json_set_path (row->patch, reference->pointer,
                                   naru_json_new_string (naru_record_get_id (found)), error);
      if (self->change == NULL && g_str_equal (type, self->type_name) &&
          naru_import_seen_find (self->seen, mark) != 0)
        {
          const char *code = naru_record_type_get_code (self->type);
          g_autofree char *any = naru_id_format ("AA", code != NULL ? code : "", 2000, 1);

          /* the record would be there by now; no id is taken for it in this run */
          row->later = TRUE;
          return naru_json_set_path (row->patch, reference->pointer, naru_json_new_string (any), error);
        }
    }
  message =
      g_strdup_printf (_ ("there is no record with the external number “%s”, here or on a line above"), key);
  return refuse (error, reference->pointer, _ ("import that one first, or put its line above this one"),
                 message);
}

static gboolean
resolve_references (NaruImport *self, Row *row, GError **error)
{
  g_autoptr (GPtrArray) references = NULL;

  if (self->map != NULL)
    return TRUE;
  references = naru_record_type_list_references (self->type, row->patch);
  for (guint i = 0; i < references->len; i++)
    {
      const NaruReference *reference = references->pdata[i];

      if (reference->id[0] == '@' && !resolve_key (self, row, reference, error))
        return FALSE;
    }
  return TRUE;
}

/* What Naru keeps itself comes with our own export; it is no harm where it says what stands here anyway. */
static void
drop_system_fields (NaruImport *self, Row *row)
{
  NaruJson *old = row->old != NULL ? naru_record_get_json (row->old) : NULL;

  for (guint i = 0; i < self->system->len; i++)
    {
      const char *name = self->system->pdata[i];
      NaruJson *value = naru_json_get (row->patch, name);
      NaruJson *had = value != NULL && old != NULL ? naru_json_get (old, name) : NULL;

      if (value == NULL)
        continue;
      if (had == NULL || !naru_json_equal (value, had))
        naru_import_report_warn (&self->report, row->line, name,
                                 _ ("left out: Naru keeps this field itself, it cannot be imported"));
      naru_json_remove (row->patch, name);
    }
}

/* Fields that the policy shows to others, or gives to others to set. */
static gboolean
check_restricted (NaruImport *self, Row *row, GError **error)
{
  for (guint i = 0; i < self->restricted->len; i++)
    {
      const NaruField *field = self->restricted->pdata[i];
      const char *pointer = field->pointer;
      g_autofree char *before_list = NULL;
      NaruJson *value;
      NaruJson *had;

      if (strstr (pointer, "/-") != NULL)
        pointer = before_list = g_strndup (pointer, strstr (pointer, "/-") - pointer);
      value = naru_json_get_pointer (row->patch, pointer);
      had = row->old != NULL ? naru_json_get_pointer (naru_record_get_json (row->old), pointer) : NULL;
      if (value != NULL && (had == NULL || !naru_json_equal (value, had)) &&
          !naru_desk_may_set (self->desk, self->type, field->pointer, row->old, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_stage (NaruImport *self, Row *row, GError **error)
{
  NaruJson *value = self->pipeline != NULL ? naru_json_get (row->patch, "stage") : NULL;
  const char *stage = value != NULL ? naru_json_as_string (value) : NULL;
  const char *had;
  g_autofree char *message = NULL;

  if (self->pipeline == NULL)
    return TRUE;
  if (value == NULL || naru_json_get_kind (value) == NARU_JSON_NULL)
    {
      const char *initial = naru_pipeline_get_initial (self->pipeline)->id;

      if (row->old == NULL)
        naru_json_set_string (row->patch, "stage", initial);
      return TRUE;
    }
  if (stage == NULL || naru_pipeline_find_stage (self->pipeline, stage) == NULL)
    {
      message = g_strdup_printf (_ ("the pipeline in force has no stage “%s”"), stage != NULL ? stage : "");
      return refuse (error, "stage", _ ("“naru pipeline show” lists the stages"), message);
    }
  if (row->old == NULL)
    return TRUE;
  had = naru_json_get_string (naru_record_get_json (row->old), "stage");
  if (g_strcmp0 (had, stage) != 0)
    {
      message =
          g_strdup_printf (_ ("it stays in the stage “%s”; an import moves nothing through a gate"), had);
      naru_import_report_warn (&self->report, row->line, "stage", message);
    }
  naru_json_remove (row->patch, "stage");
  return TRUE;
}

static void merge (NaruJson *target, NaruJson *patch);

static void
merge_member (const char *key, NaruJson *value, gpointer user_data)
{
  NaruJson *target = user_data;
  NaruJson *had = naru_json_get (target, key);

  if (naru_json_get_kind (value) == NARU_JSON_NULL)
    naru_json_remove (target, key);
  else if (naru_json_get_kind (value) != NARU_JSON_OBJECT)
    naru_json_set (target, key, naru_json_ref (value));
  else
    {
      if (had == NULL || naru_json_get_kind (had) != NARU_JSON_OBJECT)
        {
          had = naru_json_new_object ();
          naru_json_set (target, key, had);
        }
      merge (had, value);
    }
}

static void
merge (NaruJson *target, NaruJson *patch)
{
  naru_json_foreach_member (patch, merge_member, target);
}

/* The record as it is to be, valid. */
static NaruJson *
make_record (NaruImport *self, Row *row, GError **error)
{
  g_autoptr (NaruJson) json =
      row->old != NULL ? naru_json_copy (naru_record_get_json (row->old)) : naru_json_new_object ();

  const char *id = row->old != NULL ? naru_record_get_id (row->old) : self->type_name;

  merge (json, row->patch);
  if (!naru_record_type_normalize (self->type, json, error))
    return NULL;
  if (row->old == NULL)
    {
      naru_record_type_apply_defaults (self->type, json);
      if (naru_json_get (json, "hub") == NULL && naru_record_type_find_field (self->type, "/hub") != NULL)
        naru_json_set_string (json, "hub", naru_office_get_hub (self->desk->office));
    }
  else if (naru_json_equal (json, naru_record_get_json (row->old)))
    return g_steal_pointer (&json);
  if (row->later && naru_record_type_validate (self->type, json, NULL))
    return g_steal_pointer (&json);
  if (!naru_check_record (self->txn, self->desk->office->types, self->type, NULL, json, error) ||
      !naru_check_overlap (self->txn, self->type, id, json, error) ||
      !naru_check_unique (self->txn, self->type, id, json, error))
    return NULL;
  return g_steal_pointer (&json);
}

static gboolean
store_update (NaruImport *self, Row *row, NaruJson *json, GError **error)
{
  const char *id = naru_record_get_id (row->old);
  g_autofree char *note = naru_describe_difference (naru_record_get_json (row->old), json);
  g_autoptr (GVariant) card = naru_txn_get_card (self->txn, self->type_name, id, error);
  g_autoptr (NaruRecord) record = NULL;

  if (card == NULL)
    return FALSE;
  record = naru_change_put (self->change, self->type, row->old, id, json, naru_card_get_since (card), error);
  return record != NULL && naru_change_add_event (self->change, self->type_name, id, NULL, NULL, note, error);
}

static gboolean
store_new (NaruImport *self, NaruJson *json, GError **error)
{
  const char *hub = naru_json_get_string (json, "hub");
  g_autofree char *id =
      naru_change_take_id (self->change, self->type,
                           hub != NULL ? hub : naru_office_get_hub (self->desk->office), error);
  g_autoptr (NaruRecord) record = NULL;

  if (id == NULL)
    return FALSE;
  record = naru_change_put (self->change, self->type, NULL, id, json,
                            naru_change_get_time (self->change)->seconds, error);
  return record != NULL && naru_change_add_event (self->change, self->type_name, id, NULL,
                                                  naru_json_get_string (json, "stage"), NULL, error);
}

static NaruJson *
judge_row (NaruImport *self, const NaruRow *source, Row *row, GError **error)
{
  g_autoptr (NaruJson) json = NULL;

  if (!read_patch (self, source, row, error) || !find_record (self, row, error) ||
      !resolve_references (self, row, error))
    return NULL;
  drop_system_fields (self, row);
  if (!check_restricted (self, row, error) || !check_stage (self, row, error))
    return NULL;
  json = make_record (self, row, error);
  if (json == NULL)
    return NULL;
  if (row->old != NULL && !naru_json_equal (json, naru_record_get_json (row->old)) &&
      !naru_desk_require (self->desk, self->type_name, "edit", row->old, error))
    return NULL;
  return g_steal_pointer (&json);
}

/* Judges one row and, where the import writes, stores what comes of it. FALSE: the whole import has failed.
 */
gboolean
naru_import_row (NaruImport *self, const NaruRow *source, GError **error)
{
  g_auto (Row) row = { .line = source->line };
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruJson) json = judge_row (self, source, &row, &local);
  gboolean done = TRUE;

  self->report.read++;
  if (json == NULL)
    {
      if (!naru_import_is_rejection (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      naru_import_report_reject (&self->report, source->line, naru_error_get_field (local), local->message);
      naru_import_report_write (&self->report, source, local->message);
      return TRUE;
    }
  if (row.old == NULL)
    {
      done = self->change == NULL || store_new (self, json, error);
      self->report.created++;
    }
  else if (naru_json_equal (json, naru_record_get_json (row.old)))
    self->report.unchanged++;
  else
    {
      done = self->change == NULL || store_update (self, &row, json, error);
      self->report.updated++;
    }
  if (!done)
    g_prefix_error (error, _ ("line %" PRIu64 ": "), source->line);
  return done;
}
