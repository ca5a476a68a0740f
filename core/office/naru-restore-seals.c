/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-restore-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The seals of a history that is restored: those that are good go with it, with their time stamps. One that
 * is not keeps no office from coming back; it is left out and told. */

#define FETCH_MAX G_MAXINT64 /* the disk bounds it */

static gboolean
is_kept (const NaruSeal *seal)
{
  return naru_seal_is_sound (seal);
}

static const char *
get_file (NaruRestore *self, const char *path)
{
  GBytes *bytes = g_hash_table_lookup (self->files, path);

  return bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL;
}

static gboolean
add_object (NaruRestore *self, NaruObjectKind kind, GBytes *bytes, GError **error)
{
  g_autoptr (NaruObject) object = naru_object_new (kind, bytes);

  return naru_pack_add (self->pack, object, error);
}

/* After the last commit: judges them, and puts the objects of the good ones into the pack. */
gboolean
naru_restore_add_seals (NaruRestore *self, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) signers = naru_office_read_signers (self->txn, error);

  if (signers == NULL)
    return FALSE;
  if (get_file (self, NARU_REVOKED_PATH) != NULL)
    text = naru_txn_get_meta (self->txn, NARU_META_REVOKED, NULL);
  for (guint i = 0; i < self->seals.seals->len; i++)
    {
      NaruSeal *seal = g_ptr_array_index (self->seals.seals, i);
      naru_seal_judge (seal, signers, text);
      if (is_kept (seal) && (!add_object (self, NARU_OBJECT_TAG, seal->bytes, error) ||
                             (seal->stamp != NULL && g_bytes_get_size (seal->stamp) > 0 &&
                              !add_object (self, NARU_OBJECT_BLOB, seal->stamp, error))))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_ref (NaruRestore *self, const char *folder, const char *name, const NaruOid *oid, GError **error)
{
  g_autofree char *ref = g_strconcat (folder, name, NULL);

  return naru_repository_set_ref (self->office->repository, ref, NULL, oid, error);
}

/* When their objects are on disk. */
gboolean
naru_restore_write_seals (NaruRestore *self, GError **error)
{
  for (guint i = 0; i < self->seals.seals->len; i++)
    {
      NaruSeal *seal = g_ptr_array_index (self->seals.seals, i);
      NaruOid stamp;
      if (!is_kept (seal))
        continue;
      if (!write_ref (self, NARU_SEAL_REFS, seal->name, &seal->oid, error))
        return FALSE;
      if (seal->stamp == NULL || g_bytes_get_size (seal->stamp) == 0)
        continue;
      naru_oid_compute ("blob", g_bytes_get_data (seal->stamp, NULL), g_bytes_get_size (seal->stamp), &stamp);
      if (!write_ref (self, NARU_STAMP_REFS, seal->name, &stamp, error))
        return FALSE;
    }
  return TRUE;
}

void
naru_restore_report_seals (NaruRestore *self, NaruJson *report)
{
  NaruJson *left_out = naru_json_new_array ();
  gint64 n = 0;

  for (guint i = 0; i < self->seals.seals->len; i++)
    {
      NaruSeal *seal = g_ptr_array_index (self->seals.seals, i);
      g_autofree char *problem = naru_seal_describe (seal);
      NaruJson *row;
      n += is_kept (seal);
      if (is_kept (seal))
        continue;
      row = naru_json_new_object ();
      naru_json_set_string (row, "name", seal->name);
      naru_json_set_string (row, "problem", problem);
      naru_json_append (left_out, row);
    }
  naru_json_set_integer (report, "seals", n);
  naru_json_set (report, "seals_left_out", left_out);
}

/* What is reached over a line is fetched first. @path: (out): what is to be read */
gboolean
naru_restore_fetch (const char *from, const char *scratch, NaruProgress progress, gpointer user_data,
                    char **path, GError **error)
{
  g_autofree char *url = NULL;
  g_autofree char *repository = g_build_filename (scratch, "mirror.git", NULL);
  g_autoptr (NaruRepository) made = NULL;
  g_autoptr (GPtrArray) refs = NULL;
  NaruOid head;

  if (!naru_mirror_is_url (from))
    {
      *path = g_str_has_prefix (from, "file://") ? naru_mirror_check_url (from, error) : g_strdup (from);
      return *path != NULL;
    }
  url = naru_mirror_check_url (from, error);
  made = url != NULL ? naru_repository_create (repository, error) : NULL;
  refs = made != NULL ? naru_mirror_list (url, repository, &head, error) : NULL;
  if (refs == NULL)
    return FALSE;
  if (naru_oid_is_zero (&head))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("name a complete copy of the history"),
                      _ ("the branch “main” has no commit"));
      return FALSE;
    }
  *path = g_steal_pointer (&repository);
  return naru_mirror_fetch (url, *path, refs, FETCH_MAX, progress, user_data, error);
}
