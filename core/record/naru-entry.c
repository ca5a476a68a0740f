/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-entry-private.h"

#include "naru-boxed.h"

NARU_DEFINE_BOXED_TYPE (NaruEntry, naru_entry)

static void
trailer_clear (gpointer data)
{
  NaruEntryTrailer *trailer = data;

  g_free (trailer->key);
  g_free (trailer->value);
}

static void
person_set (NaruEntryPerson *person, const char *name, const char *email)
{
  g_free (person->name);
  g_free (person->email);
  person->name = g_strdup (name);
  person->email = g_strdup (email);
}

/**
 * naru_entry_new:
 * @action: what the person did: "create", "edit", "advance" …
 *
 * Returns: (transfer full): an entry to build up and then seal
 */
NaruEntry *
naru_entry_new (const char *action)
{
  NaruEntry *self = NULL;

  g_return_val_if_fail (action != NULL, NULL);

  self = g_atomic_rc_box_new0 (NaruEntry);
  self->action = g_strdup (action);
  self->trailers = g_array_new (FALSE, FALSE, sizeof (NaruEntryTrailer));
  g_array_set_clear_func (self->trailers, trailer_clear);
  self->files = naru_entry_files_new ();
  return self;
}

/**
 * naru_entry_ref:
 * @self: an entry
 *
 * Returns: (transfer full): @self
 */
NaruEntry *
naru_entry_ref (NaruEntry *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
entry_clear (gpointer data)
{
  NaruEntry *self = data;

  g_free (self->action);
  person_set (&self->author, NULL, NULL);
  person_set (&self->committer, NULL, NULL);
  g_free (self->subject);
  g_free (self->reason);
  g_array_unref (self->trailers);
  naru_entry_files_clear (self);
  g_free (self->message);
}

/**
 * naru_entry_unref:
 * @self: (transfer full): an entry
 */
void
naru_entry_unref (NaruEntry *self)
{
  g_atomic_rc_box_release_full (self, entry_clear);
}

/**
 * naru_entry_set_folder:
 * @self: an entry
 * @folder: (type filename): a folder that can be written to
 *
 * Where an entry has very many files whose content stands in the history already, a list of them waits there,
 * in a file without a name, and not in memory.
 */
void
naru_entry_set_folder (NaruEntry *self, const char *folder)
{
  g_return_if_fail (!self->sealed);

  g_free (self->folder);
  self->folder = g_strdup (folder);
}

/**
 * naru_entry_set_time:
 * @self: an entry
 * @authored: when the person acted
 * @committed: when the office recorded it
 */
void
naru_entry_set_time (NaruEntry *self, const NaruTime *authored, const NaruTime *committed)
{
  g_return_if_fail (!self->sealed && authored != NULL && committed != NULL);

  self->authored = *authored;
  self->committed = *committed;
}

/**
 * naru_entry_set_author:
 * @self: an entry
 * @name: name of the person who acted
 * @email: their address in the history
 */
void
naru_entry_set_author (NaruEntry *self, const char *name, const char *email)
{
  g_return_if_fail (!self->sealed);

  person_set (&self->author, name, email);
}

/**
 * naru_entry_set_committer:
 * @self: an entry
 * @name: name of the office
 * @email: its address in the history
 */
void
naru_entry_set_committer (NaruEntry *self, const char *name, const char *email)
{
  g_return_if_fail (!self->sealed);

  person_set (&self->committer, name, email);
}

/**
 * naru_entry_set_subject:
 * @self: an entry
 * @subject: one line of at most 200 cells: "deal MGK-2026-00442: advance evaluation → patent"
 */
void
naru_entry_set_subject (NaruEntry *self, const char *subject)
{
  g_return_if_fail (!self->sealed);

  g_free (self->subject);
  self->subject = g_strdup (subject);
}

/**
 * naru_entry_set_reason:
 * @self: an entry
 * @reason: (nullable): why, in the person's words; line breaks become blanks
 */
void
naru_entry_set_reason (NaruEntry *self, const char *reason)
{
  g_return_if_fail (!self->sealed);

  g_free (self->reason);
  self->reason = reason != NULL ? naru_text_one_line (reason) : NULL;
}

/**
 * naru_entry_add_trailer:
 * @self: an entry
 * @key: letters and "-"
 * @value: one line
 *
 * Trailers keep the order in which they were added. Naru-Seq, Naru-Entry and Naru-Chain are the entry's own.
 */
void
naru_entry_add_trailer (NaruEntry *self, const char *key, const char *value)
{
  NaruEntryTrailer trailer = { g_strdup (key), g_strdup (value) };

  g_return_if_fail (!self->sealed);

  g_array_append_val (self->trailers, trailer);
}

/**
 * naru_entry_get_trailers:
 * @self: an entry
 *
 * Returns: (transfer full): the trailers that were added, "Key: value" in a line each
 */
char *
naru_entry_get_trailers (NaruEntry *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->trailers->len; i++)
    {
      const NaruEntryTrailer *trailer = &g_array_index (self->trailers, NaruEntryTrailer, i);
      g_string_append_printf (text, "%s: %s\n", trailer->key, trailer->value);
    }
  return g_string_free (text, FALSE);
}

/**
 * naru_entry_put_file:
 * @self: an entry
 * @path: where it stands in the history
 * @bytes: its content; the entry takes a reference
 *
 * A file that the entry has already under this path is replaced. Only files that differ from what stands
 * there belong into an entry: the commit does not show any other, and the digest of the entry could not be
 * found again.
 */
void
naru_entry_put_file (NaruEntry *self, const char *path, GBytes *bytes)
{
  NaruEntryFile file = { 0 };
  gsize size = 0;
  gconstpointer data = NULL;

  g_return_if_fail (!self->sealed && path != NULL && bytes != NULL);

  for (guint i = 0; i < self->files->len; i++)
    if (strcmp (g_array_index (self->files, NaruEntryFile, i).path, path) == 0)
      {
        g_array_remove_index (self->files, i);
        break;
      }
  data = g_bytes_get_data (bytes, &size);
  file.path = g_strdup (path);
  file.bytes = g_bytes_ref (bytes);
  file.size = size;
  naru_oid_compute ("blob", data, size, &file.oid);
  naru_digest_compute (data, size, &file.digest);
  naru_entry_files_add (self, &file);
}

/**
 * naru_entry_put_record:
 * @self: an entry
 * @record: a record, new or changed
 *
 * As naru_entry_put_file() for the record's file.
 */
void
naru_entry_put_record (NaruEntry *self, NaruRecord *record)
{
  NaruEntryFile file = { 0 };
  gsize size = 0;
  gconstpointer data = NULL;

  g_return_if_fail (!self->sealed && record != NULL);

  file.bytes = g_bytes_ref (naru_record_get_bytes (record));
  data = g_bytes_get_data (file.bytes, &size);
  file.path = naru_id_get_record_path (naru_record_get_type_name (record), naru_record_get_id (record));
  file.size = size;
  file.oid = *naru_record_get_oid (record);
  naru_digest_compute (data, size, &file.digest);
  naru_entry_files_add (self, &file);
}

/**
 * naru_entry_put_blob:
 * @self: an entry
 * @path: where it stands in the history
 * @oid: id of a blob that the history holds already
 * @size: its bytes
 * @digest: BLAKE2b of its content
 *
 * For content that is too large to be kept in memory.
 */
void
naru_entry_put_blob (NaruEntry *self, const char *path, const NaruOid *oid, guint64 size,
                     const NaruDigest *digest)
{
  NaruEntryFile file = { 0 };

  g_return_if_fail (!self->sealed && path != NULL && oid != NULL && digest != NULL);

  file.path = g_strdup (path);
  file.oid = *oid;
  file.size = size;
  file.digest = *digest;
  naru_entry_files_add (self, &file);
}

/**
 * naru_entry_remove_file:
 * @self: an entry
 * @path: a file that stands in the history
 */
void
naru_entry_remove_file (NaruEntry *self, const char *path)
{
  NaruEntryFile file = { 0 };

  g_return_if_fail (!self->sealed && path != NULL);

  file.path = g_strdup (path);
  naru_entry_files_add (self, &file);
}

/**
 * naru_entry_get_seq:
 * @self: a sealed entry
 *
 * Returns: its number in the history, from 1
 */
guint64
naru_entry_get_seq (NaruEntry *self)
{
  return self->seq;
}

/**
 * naru_entry_get_action:
 * @self: an entry
 *
 * Returns: (transfer none): what the person did
 */
const char *
naru_entry_get_action (NaruEntry *self)
{
  return self->action;
}

/**
 * naru_entry_get_authored:
 * @self: an entry
 *
 * Returns: (transfer none): when the person acted
 */
const NaruTime *
naru_entry_get_authored (NaruEntry *self)
{
  return &self->authored;
}

/**
 * naru_entry_get_committed:
 * @self: an entry
 *
 * Returns: (transfer none): when the office recorded it
 */
const NaruTime *
naru_entry_get_committed (NaruEntry *self)
{
  return &self->committed;
}

/**
 * naru_entry_get_author_name:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): name of the person
 */
const char *
naru_entry_get_author_name (NaruEntry *self)
{
  return self->author.name;
}

/**
 * naru_entry_get_author_email:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): address of the person
 */
const char *
naru_entry_get_author_email (NaruEntry *self)
{
  return self->author.email;
}

/**
 * naru_entry_get_committer_name:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): name of the office
 */
const char *
naru_entry_get_committer_name (NaruEntry *self)
{
  return self->committer.name;
}

/**
 * naru_entry_get_committer_email:
 * @self: an entry
 *
 * Returns: (transfer none) (nullable): address of the office
 */
const char *
naru_entry_get_committer_email (NaruEntry *self)
{
  return self->committer.email;
}

/**
 * naru_entry_get_message:
 * @self: a sealed entry
 *
 * Returns: (transfer none) (nullable): the whole message of the commit; %NULL before sealing
 */
const char *
naru_entry_get_message (NaruEntry *self)
{
  return self->message;
}

/**
 * naru_entry_get_digest:
 * @self: a sealed entry
 *
 * Returns: (transfer none): digest of the entry, see naru_entry_seal()
 */
const NaruDigest *
naru_entry_get_digest (NaruEntry *self)
{
  return &self->digest;
}

/**
 * naru_entry_get_chain:
 * @self: a sealed entry
 *
 * Returns: (transfer none): digest of everything up to this entry, see naru_entry_seal()
 */
const NaruDigest *
naru_entry_get_chain (NaruEntry *self)
{
  return &self->chain;
}

/**
 * naru_entry_get_n_files:
 * @self: an entry
 *
 * Returns: how many files it writes or removes
 */
guint
naru_entry_get_n_files (NaruEntry *self)
{
  return naru_entry_files_count (self);
}

/**
 * naru_entry_get_file:
 * @self: an entry; a sealed one where it has a folder
 * @index: from 0
 * @error: return location
 *
 * Where there are very many files, this is for going through them: it then takes time to go back, and a file
 * is gone when another one is asked for.
 *
 * Returns: (transfer none) (nullable): a file; in path order once the entry is sealed. %NULL with
 * %NARU_ERROR_IO where the list of them cannot be read
 */
const NaruEntryFile *
naru_entry_get_file (NaruEntry *self, guint index, GError **error)
{
  g_return_val_if_fail (index < naru_entry_files_count (self), NULL);

  return naru_entry_files_get (self, index, error);
}
