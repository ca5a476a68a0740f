/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-dossier-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

static void
dossier_clear (NaruDossier *self)
{
  g_clear_pointer (&self->source, naru_source_free);
  g_clear_pointer (&self->pack, naru_pack_free);
  g_clear_pointer (&self->events, naru_json_unref);
  g_clear_pointer (&self->record, naru_record_unref);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_clear_pointer (&self->documents, g_ptr_array_unref);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_clear_pointer (&self->own, g_hash_table_unref);
  g_clear_pointer (&self->all, g_array_unref);
  /* what did not get to its place */
  if (self->folder != NULL)
    naru_folder_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->git, g_free);
  g_clear_pointer (&self->path, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruDossier, dossier_clear)

gboolean
naru_dossier_put (NaruDossier *self, const char *name, const char *text, gssize length, GError **error)
{
  g_autofree char *file = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (file, text, length, G_FILE_SET_CONTENTS_DURABLE, 0600, &local))
    return TRUE;
  naru_set_error (error, NARU_ERROR_IO, NULL, 0, _ ("free some space and run the command again"),
                  _ ("cannot write the dossier: %s"), local->message);
  return FALSE;
}

/* git looks for the signers in a file; an office that never signed has none. */
static gboolean
put_signers (NaruDossier *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) signers =
      naru_repository_read_file (self->repository, &self->present, "keys/allowed_signers", &local);
  gsize size = 0;

  if (signers == NULL && g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    return TRUE;
  if (signers == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  const char *text = g_bytes_get_data (signers, &size);
  return naru_dossier_put (self, "allowed_signers", text != NULL ? text : "", (gssize) size, error);
}

/* The reading process starts before this one has mapped a pack: it would inherit that, and so the memory. */
static gboolean
begin_reading (NaruDossier *self, GError **error)
{
  g_autofree char *history = g_build_filename (self->desk->office->folder, "audit.git", NULL);

  self->source = naru_source_open (history, self->folder, NARU_SOURCE_BACKWARDS, error);
  return self->source != NULL;
}

static NaruJson *
make_report (NaruDossier *self, const char *place)
{
  NaruJson *report = naru_json_new_object ();
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&self->present, hex);
  naru_json_set_string (report, "id", self->id);
  naru_json_set_string (report, "folder", place);
  naru_json_set_string (report, "path", self->path);
  naru_json_set_string (report, "head", hex);
  naru_json_set_integer (report, "changes", (gint64) self->changes->len);
  naru_json_set_integer (report, "documents", (gint64) self->documents->len);
  naru_json_set_integer (report, "commits", (gint64) self->count.of_record);
  naru_json_set_integer (report, "commits_of_others", (gint64) self->count.of_others);
  naru_json_set_integer (report, "commits_held_back", (gint64) self->count.held_back);
  naru_json_set_integer (report, "commits_left_out", (gint64) self->count.left_out);
  naru_json_set_integer (report, "folders", (gint64) self->count.trees);
  naru_json_set_integer (report, "files", (gint64) self->count.files);
  return report;
}

/**
 * naru_desk_write_dossier:
 * @self: a desk
 * @id: a record id
 * @folder: a folder that does not exist yet, or an empty one
 * @flags: whether the commits of other records are left out
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @report: (out) (transfer full): {"id","folder","path","head","changes","documents","commits",
 * "commits_of_others","commits_held_back","commits_left_out","folders","files"}
 * @error: return location
 *
 * Writes what somebody outside the office needs to follow one record and to check it with stock git: a
 * repository with its commits, its versions and its documents, and with nothing that another record says; a
 * page that tells the story; a list of every object. The folder appears whole or not at all.
 *
 * Returns: whether it is there; %NARU_ERROR_DENIED where this person may not export the record, or may not
 * see all of it
 */
gboolean
naru_desk_write_dossier (NaruDesk *self, const char *id, const char *folder, NaruDossierFlags flags,
                         NaruProgress progress, gpointer user_data, NaruJson **report, GError **error)
{
  g_autofree char *place = g_canonicalize_filename (folder, NULL);
  g_auto (NaruDossier)
      dossier = { .desk = self, .id = id, .flags = flags, .progress = progress, .user_data = user_data };

  if (!naru_store_is_read_only (self->office->store) && !naru_office_publish (self->office, error))
    return FALSE;
  if (!naru_dossier_load (&dossier, error) || !naru_folder_prepare (place, &dossier.folder, error) ||
      !begin_reading (&dossier, error) || !naru_dossier_read (&dossier, error) ||
      !naru_dossier_pack (&dossier, error) || !put_signers (&dossier, error) ||
      !naru_dossier_write_page (&dossier, error))
    return FALSE;
  g_autofree char *built = g_steal_pointer (&dossier.folder);
  naru_folder_sync (built);
  if (!naru_folder_move (built, place, error))
    return FALSE;
  *report = make_report (&dossier, place);
  return TRUE;
}
