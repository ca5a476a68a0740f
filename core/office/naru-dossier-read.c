/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-dossier-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What the record's own history says, before anything is written: its changes, and which files belong to it.
 */

static void
change_free (gpointer data)
{
  NaruDossierChange *change = data;

  naru_past_entry_clear (&change->past);
  g_free (change->documents);
  g_free (change);
}

static void
add_path (NaruDossier *self, const char *path)
{
  if (!g_ptr_array_find_with_equal_func (self->paths, path, g_str_equal, NULL))
    g_ptr_array_add (self->paths, g_strdup (path));
}

/* The document as it was when its content first came */
static void
add_document (NaruDossier *self, NaruDossierChange *change, NaruJson *document)
{
  const char *digest = naru_json_get_string (document, "digest");
  const char *name = naru_json_get_string (document, "name");
  g_autofree char *path = digest != NULL ? g_strdup_printf ("documents/%.2s/%s", digest, digest) : NULL;

  for (guint i = 0; i < self->documents->len; i++)
    {
      NaruJson *known = g_ptr_array_index (self->documents, i);
      if (g_strcmp0 (naru_json_get_string (known, "digest"), digest) == 0 &&
          g_strcmp0 (naru_json_get_string (known, "name"), name) == 0)
        return;
    }
  if (path == NULL)
    return;
  NaruJson *row = naru_json_copy (document);
  naru_json_set_integer (row, "number", (gint64) change->number);
  naru_json_set_string (row, "path", path);
  g_ptr_array_add (self->documents, row);
  add_path (self, path);
  change->documents = change->documents == NULL ? g_strdup (name) : change->documents;
}

static gboolean
refuse_hidden (NaruDossier *self, GError **error)
{
  naru_set_error (error, NARU_ERROR_DENIED, NULL, 0,
                  _ ("ask somebody who may see all of it: the history holds the record whole"),
                  _ ("%s has, or had, fields that you may not see"), self->id);
  return FALSE;
}

/* The history shows each version whole, so whoever gives it away must be one who may see each whole. */
static gboolean
read_version (NaruDossier *self, NaruDossierChange *change, GError **error)
{
  g_autoptr (GBytes) bytes = naru_repository_read_file (self->repository, &change->commit, self->path, error);
  g_autoptr (NaruRecord) version =
      bytes != NULL
          ? naru_record_new_from_bytes (naru_record_type_get_name (self->type), self->id, bytes, error)
          : NULL;

  if (version == NULL)
    return FALSE;
  g_autoptr (NaruJson) visible = naru_desk_filter (self->desk, self->type, version);
  if (visible != naru_record_get_json (version))
    return refuse_hidden (self, error);
  NaruJson *documents = naru_json_get (visible, "documents");
  for (guint i = 0; i < naru_json_get_size (documents); i++)
    add_document (self, change, naru_json_get_element (documents, i));
  return TRUE;
}

/* "novelty@1.0 blake2b:…"; a pipeline has no version there, and all of them go in */
static void
add_rules (NaruDossier *self, NaruDossierChange *change)
{
  g_auto (GStrv) lines = g_strsplit (change->past.message, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (!g_str_has_prefix (lines[i], "Naru-Rules: "))
        continue;
      g_auto (GStrv) words = g_strsplit_set (lines[i] + strlen ("Naru-Rules: "), "@ ", 3);
      if (g_strv_length (words) < 3 || strchr (lines[i], '@') == NULL)
        continue;
      g_autofree char *path = naru_office_make_pack_path (words[0], words[1]);
      add_path (self, path);
    }
}

static gboolean
read_change (NaruDossier *self, NaruJson *event, GError **error)
{
  NaruDossierChange *change = g_new0 (NaruDossierChange, 1);

  g_ptr_array_add (self->changes, change);
  change->event = event;
  change->number = (guint64) naru_json_get_integer (event, "seq", 0);
  if (!naru_oid_from_hex (naru_json_get_string (event, "commit"), &change->commit) ||
      !naru_repository_read_entry (self->repository, &change->commit, &change->past, error) ||
      !read_version (self, change, error))
    return FALSE;
  g_hash_table_add (self->own, GSIZE_TO_POINTER (change->number));
  add_rules (self, change);
  return TRUE;
}

/* The record as it is, for who may export it; and where the dossier ends. */
gboolean
naru_dossier_load (NaruDossier *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);

  if (txn == NULL || !naru_txn_get_head (txn, &self->head, error))
    return FALSE;
  self->record = naru_desk_load (self->desk, txn, self->id, "export", &self->type, error);
  return self->record != NULL;
}

gboolean
naru_dossier_read (NaruDossier *self, GError **error)
{
  static const char *const always[] = { "README.md", "office.json", "keys/", "pipelines/" };

  self->path = naru_id_get_record_path (naru_record_type_get_name (self->type), self->id);
  self->changes = g_ptr_array_new_with_free_func (change_free);
  self->documents = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_json_unref);
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->own = g_hash_table_new (NULL, NULL);
  self->events = naru_desk_history (self->desk, self->id, error);
  self->repository = naru_office_get_repository (self->desk->office, error);
  if (self->events == NULL || self->repository == NULL)
    return FALSE;
  add_path (self, self->path);
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    add_path (self, always[i]);
  for (guint i = 0; i < naru_json_get_size (self->events); i++)
    {
      NaruJson *event = naru_json_get_element (self->events, i);
      /* somebody goes on with it meanwhile: the dossier ends where it began */
      if ((guint64) naru_json_get_integer (event, "seq", 0) <= self->head.seq &&
          !read_change (self, event, error))
        return FALSE;
    }
  g_ptr_array_add (self->paths, NULL);
  return TRUE;
}
