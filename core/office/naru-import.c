/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
import_clear (NaruImport *self)
{
  if (self->change != NULL)
    naru_change_free (self->change);
  else if (self->txn != NULL)
    naru_txn_end (self->txn);
  naru_import_report_clear (&self->report);
  g_clear_pointer (&self->map, naru_map_free);
  g_clear_pointer (&self->rows, naru_rows_free);
  g_clear_pointer (&self->pipeline, naru_pipeline_unref);
  g_clear_pointer (&self->seen, naru_import_seen_free);
  g_clear_pointer (&self->system, g_ptr_array_unref);
  g_clear_pointer (&self->restricted, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruImport, import_clear)

/* Returns: (transfer full): the same person at a desk whose commits say that they came by import */
NaruDesk *
naru_import_desk (NaruDesk *desk)
{
  return naru_desk_new_for_office (desk->office, desk->person, desk->person_name, "import");
}

static gboolean
read_map (NaruImport *self, GError **error)
{
  const char *file = self->options->map;
  g_autoptr (NaruJson) json = NULL;

  if (naru_rows_get_kind (self->rows) == NARU_ROWS_JSON_LINES)
    {
      const NaruField *field = naru_record_type_find_field (self->type, "/external_id");

      if (file != NULL)
        {
          naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("leave out --map"),
                          _ ("%s holds JSON lines: their keys are field names, no mapping is needed"),
                          self->options->file);
          return FALSE;
        }
      self->key_field = field != NULL ? field->pointer : NULL;
      self->key_index = field != NULL ? naru_record_type_get_index_name (self->type, field) : NULL;
      return TRUE;
    }
  if (file == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "map", 0,
                      _ ("name a mapping file: --map MAP.json; share/maps has examples"),
                      _ ("a CSV file needs a mapping that says which column becomes which field"));
      return FALSE;
    }
  json = naru_json_parse_file (file, 0, error);
  self->map = json != NULL ? naru_map_new (json, file, self->type, self->pipeline, self->rows, error) : NULL;
  if (self->map == NULL)
    return FALSE;
  self->key_field = naru_map_get_key_field (self->map);
  self->key_index = naru_map_get_key_index (self->map);
  return TRUE;
}

/* What most people may set is not asked for again with every row. */
static void
list_special_fields (NaruImport *self)
{
  guint n;
  const NaruField *const *fields = naru_record_type_get_fields (self->type, &n);

  self->system = g_ptr_array_new ();
  self->restricted = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    if (!fields[i]->system)
      {
        if (!naru_desk_may_set (self->desk, self->type, fields[i]->pointer, NULL, NULL))
          g_ptr_array_add (self->restricted, (gpointer) fields[i]);
      }
    else if (strchr (fields[i]->pointer + 1, '/') == NULL && !g_str_equal (fields[i]->name, "stage"))
      g_ptr_array_add (self->system, (gpointer) fields[i]->name);
}

static gboolean
import_open (NaruImport *self, const char *type, GError **error)
{
  NaruOffice *office = self->desk->office;

  self->type = naru_types_get (office->types, type, error);
  if (self->type == NULL || !naru_desk_require (self->desk, type, "create", NULL, error))
    return FALSE;
  self->type_name = naru_record_type_get_name (self->type);
  if (naru_record_type_find_field (self->type, "/stage") != NULL)
    {
      self->pipeline = naru_office_get_pipeline (office, type, error);
      if (self->pipeline == NULL)
        return FALSE;
      naru_pipeline_ref (self->pipeline);
    }
  self->rows = naru_rows_open (self->options->file, error);
  if (self->rows == NULL || !read_map (self, error) ||
      !naru_import_report_open (&self->report, self->options, self->rows, error))
    return FALSE;
  list_special_fields (self);
  self->seen = naru_import_seen_new ();
  return TRUE;
}

static gboolean
begin_reading (NaruImport *self, GError **error)
{
  self->txn = naru_store_begin_read (self->desk->office->store, error);
  return self->txn != NULL;
}

static gboolean
import_begin (NaruImport *self, GError **error)
{
  g_autoptr (NaruDesk) desk = NULL;

  if (self->options->dry_run)
    return begin_reading (self, error);
  desk = naru_import_desk (self->desk);
  self->change = naru_change_begin_bulk (desk, "import", error);
  if (self->change == NULL)
    return FALSE;
  self->txn = naru_change_get_txn (self->change);
  return TRUE;
}

/* Once one row is rejected nothing will be written, so others need not wait any longer. */
static gboolean
give_up_writing (NaruImport *self, GError **error)
{
  self->txn = NULL;
  g_clear_pointer (&self->change, naru_change_free);
  return begin_reading (self, error);
}

static void
tell_progress (NaruImport *self)
{
  guint64 done;
  guint64 total;

  if (self->options->progress == NULL)
    return;
  naru_rows_get_progress (self->rows, &done, &total);
  self->options->progress (done, total, self->options->user_data);
}

static gboolean
import_read (NaruImport *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  NaruRow row;

  while (naru_rows_next (self->rows, &row, &local))
    {
      if (!naru_import_row (self, &row, error))
        return FALSE;
      if (self->change != NULL && self->report.rejected > 0 && !self->options->partial &&
          !give_up_writing (self, error))
        return FALSE;
      if (self->report.read % NARU_IMPORT_STEP != 0)
        continue;
      tell_progress (self);
      /* no view of the store is held for long: it would keep old pages from being used again */
      if (self->change == NULL)
        {
          g_clear_pointer (&self->txn, naru_txn_end);
          if (!begin_reading (self, error))
            return FALSE;
        }
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  tell_progress (self);
  return naru_import_report_close (&self->report, error);
}

char *
naru_import_make_plural (const char *type)
{
  gsize length = strlen (type);

  if (length > 1 && type[length - 1] == 'y')
    return g_strdup_printf ("%.*sies", (int) length - 1, type);
  return g_strconcat (type, "s", NULL);
}

static gboolean
import_commit (NaruImport *self, guint64 *seq, GError **error)
{
  NaruImportReport *report = &self->report;
  NaruEntry *entry;
  g_autofree char *plural = naru_import_make_plural (self->type_name);
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;
  g_autofree char *reason = NULL;

  if (!self->options->partial && !naru_import_report_refuse (report, error))
    return FALSE;
  if (self->change == NULL || report->created + report->updated == 0)
    return TRUE;
  base = g_path_get_basename (self->options->file);
  name = naru_text_one_line (base);
  reason = g_strdup_printf ("imported from “%s”; stages are as given there and were not judged", name);
  entry = naru_change_get_entry (self->change);
  naru_change_set_subject (self->change, NULL, NULL,
                           "import %" G_GUINT64_FORMAT " %s: %" G_GUINT64_FORMAT
                           " created, %" G_GUINT64_FORMAT " updated",
                           report->created + report->updated, plural, report->created, report->updated);
  naru_entry_set_reason (entry, reason);
  naru_entry_add_trailer (entry, "Naru-Judged", "no");
  return naru_change_commit (self->change, seq, error);
}

/**
 * naru_desk_import:
 * @self: a desk
 * @type: name of a record type
 * @options: what to import and how
 * @report: (out) (transfer full): what became of the rows: {"read", "created", "updated", "unchanged",
 * "rejected", "rejects": [{"line", "field", "message"}], "warnings": [the same], "seq"}; set also where rows
 * were rejected. Each list ends at 10,000; "unlisted" tells how many more there are
 * @error: return location
 *
 * Takes over records from a CSV file with a mapping, or from JSON lines, where each line is merged into its
 * record as RFC 7396 says. All rows that are valid become one commit; where one is not, nothing is written
 * unless @options says partial. A row whose record is as the row says changes nothing.
 *
 * Returns: whether all went well; %FALSE with %NARU_ERROR_INVALID where rows were rejected
 */
gboolean
naru_desk_import (NaruDesk *self, const char *type, const NaruImportOptions *options, NaruJson **report,
                  GError **error)
{
  g_auto (NaruImport) import = { .desk = self, .options = options };
  guint64 seq = 0;
  gboolean done;

  if (!import_open (&import, type, error) || !import_begin (&import, error) || !import_read (&import, error))
    return FALSE;
  done = import_commit (&import, &seq, error);
  if (report != NULL)
    *report = naru_import_report_to_json (&import.report, seq);
  return done;
}
