/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-office-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The pipelines in force: one a record type, which the store keeps and the history has as a file. */

typedef struct
{
  NaruPipeline *pipeline;
  char *text;    /* that it was read from */
  guint64 state; /* of the store, in which the text was that one */
} InForce;

static void
in_force_free (InForce *self)
{
  naru_pipeline_unref (self->pipeline);
  g_free (self->text);
  g_free (self);
}

void
naru_office_init_pipelines (NaruOffice *self)
{
  self->pipelines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) in_force_free);
  self->retired = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_pipeline_unref);
}

static char *
make_pipeline_key (const char *type)
{
  return g_strconcat ("pipeline/", type, NULL);
}

/* (transfer full): where the history has it */
char *
naru_office_make_pipeline_path (NaruPipeline *pipeline)
{
  return g_strconcat ("pipelines/", naru_pipeline_get_id (pipeline), ".json", NULL);
}

/* Puts a pipeline in force for its type. @entry: (nullable): gets its file; NULL where the history has it */
gboolean
naru_office_put_pipeline (NaruTxn *txn, NaruEntry *entry, NaruPipeline *pipeline, GError **error)
{
  g_autofree char *key = make_pipeline_key (naru_pipeline_get_record_type (pipeline));
  g_autofree char *text = naru_pipeline_to_text (pipeline);

  if (entry != NULL)
    {
      g_autofree char *path = naru_office_make_pipeline_path (pipeline);
      g_autoptr (GBytes) bytes = naru_json_to_bytes (naru_pipeline_get_json (pipeline));
      naru_entry_put_file (entry, path, bytes);
    }
  return naru_txn_put_meta (txn, key, text, error);
}

/**
 * naru_office_get_pipeline:
 * @self: an office
 * @type: name of a record type
 * @error: return location
 *
 * Returns: (transfer none) (nullable): the pipeline in force for @type, or %NULL with %NARU_ERROR_INVALID
 * where records of that type have no stages
 */
NaruPipeline *
naru_office_get_pipeline (NaruOffice *self, const char *type, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autofree char *key = make_pipeline_key (type);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  InForce *known = g_hash_table_lookup (self->pipelines, type);

  if (txn == NULL)
    return NULL;
  if (known != NULL && known->state == naru_txn_get_state (txn))
    return known->pipeline;
  text = naru_txn_get_meta (txn, key, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (text == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "stage", 0, _ ("see “naru pipeline list”"),
                      _ ("records of type %s do not move through stages"), type);
      return NULL;
    }
  /* another process may have put another one in force meanwhile */
  if (known != NULL && strcmp (known->text, text) != 0)
    {
      g_ptr_array_add (self->retired, naru_pipeline_ref (known->pipeline));
      g_hash_table_remove (self->pipelines, type);
      known = NULL;
    }
  if (known == NULL)
    {
      g_autoptr (NaruPipeline) pipeline = naru_pipeline_from_text (text, key, error);
      if (pipeline == NULL)
        return NULL;
      known = g_new0 (InForce, 1);
      known->pipeline = g_steal_pointer (&pipeline);
      known->text = g_steal_pointer (&text);
      g_hash_table_insert (self->pipelines, g_strdup (type), known);
    }
  known->state = naru_txn_get_state (txn);
  return known->pipeline;
}
