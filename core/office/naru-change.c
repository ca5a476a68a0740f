/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _NaruChange
{
  NaruDesk *desk;
  NaruOffice *office;
  NaruTxn *txn;
  NaruEntry *entry;
  NaruStoreHead head; /* as it will be when this is committed, but for seq, head and chain */
  NaruTime now;
  NaruTime authored;
  char *author;
  char *author_email;
  char *action;
  NaruPack *pack; /* (nullable): bulk work and large documents */
  char *pack_name;
  gboolean bulk;
  gboolean locked;  /* the history, for as long as there is a pack */
  gboolean decided; /* the store has it: the pack must stay */
};

static char *
new_pack_name (const char *kind)
{
  return g_strdup_printf ("%s-%x-%08x", kind, (unsigned int) getpid (), g_random_int ());
}

static gboolean
change_open_pack (NaruChange *self, const char *kind, GError **error)
{
  if (!self->locked && !naru_office_lock_history (self->office, error))
    return FALSE;
  self->locked = TRUE;
  self->pack_name = new_pack_name (kind);
  self->pack = naru_pack_new (naru_repository_get_path (self->office->repository), self->pack_name, error);
  return self->pack != NULL;
}

static gboolean
change_begin_txn (NaruChange *self, GError **error)
{
  self->txn = naru_store_begin_write (self->office->store, error);
  if (self->txn == NULL || !naru_txn_get_head (self->txn, &self->head, error))
    return FALSE;
  naru_clock_now (&self->now);
  self->authored = self->now;
  self->author = g_strdup (self->desk->person_name);
  /* the record's id, so that no address of a person gets into the history */
  self->author_email = g_strdup_printf ("%s@naru", self->desk->person);
  return TRUE;
}

static void
change_new_entry (NaruChange *self, const char *action)
{
  g_clear_pointer (&self->entry, naru_entry_unref);
  g_free (self->action);
  self->action = g_strdup (action);
  self->entry = naru_entry_new (action);
}

static NaruChange *
change_new (NaruDesk *desk, const char *action)
{
  NaruChange *self = g_new0 (NaruChange, 1);

  self->desk = naru_desk_ref (desk);
  self->office = desk->office;
  change_new_entry (self, action);
  return self;
}

/* A journal left from before a power loss is put in order first. Where that cannot be done now (disk full,
 * the history read-only), officers still work: entries wait in the journal. */
static void
recover_if_possible (NaruOffice *office)
{
  g_autoptr (GError) error = NULL;

  if (!naru_office_recover (office, &error))
    g_debug ("history not recovered yet: %s", error->message);
}

/**
 * naru_change_begin:
 * @desk: whose change it is
 * @action: the action, as the trailer Naru-Action names it
 * @error: return location
 *
 * Begins a change. Until it is committed or freed no other process can change the office, so do the slow work
 * before.
 *
 * Returns: (transfer full) (nullable): the change
 */
NaruChange *
naru_change_begin (NaruDesk *desk, const char *action, GError **error)
{
  g_autoptr (NaruChange) self = change_new (desk, action);

  recover_if_possible (self->office);
  if (!change_begin_txn (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * naru_change_begin_bulk:
 * @desk: whose change it is
 * @action: the action
 * @error: return location
 *
 * As naru_change_begin(), for thousands of records: the objects go straight into a pack.
 *
 * Returns: (transfer full) (nullable): the change
 */
NaruChange *
naru_change_begin_bulk (NaruDesk *desk, const char *action, GError **error)
{
  g_autoptr (NaruChange) self = change_new (desk, action);

  self->bulk = TRUE;
  if (!naru_office_checkpoint (self->office, error) || !change_open_pack (self, action, error) ||
      !change_begin_txn (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * naru_change_free:
 * @self: (transfer full): a change
 *
 * Gives up what was not committed.
 */
void
naru_change_free (NaruChange *self)
{
  g_clear_pointer (&self->txn, naru_txn_end);
  g_clear_pointer (&self->pack, naru_pack_free);
  if (self->pack_name != NULL && !self->decided)
    naru_pack_discard (naru_repository_get_path (self->office->repository), self->pack_name);
  if (self->locked)
    naru_office_unlock_history (self->office);
  g_clear_pointer (&self->entry, naru_entry_unref);
  g_free (self->pack_name);
  g_free (self->author);
  g_free (self->author_email);
  g_free (self->action);
  naru_desk_unref (self->desk);
  g_free (self);
}

NaruTxn *
naru_change_get_txn (NaruChange *self)
{
  return self->txn;
}

NaruEntry *
naru_change_get_entry (NaruChange *self)
{
  return self->entry;
}

const NaruTime *
naru_change_get_time (NaruChange *self)
{
  return &self->authored;
}

guint64
naru_change_get_seq (NaruChange *self)
{
  return self->head.seq + 1;
}

/**
 * naru_change_set_author:
 * @self: a change
 * @when: when it was done, for what is taken over from another system
 * @name: by whom
 */
void
naru_change_set_author (NaruChange *self, const NaruTime *when, const char *name)
{
  self->authored = *when;
  g_free (self->author);
  self->author = g_strdup (name);
  g_free (self->author_email);
  self->author_email = g_strdup ("imported@naru");
}

/**
 * naru_change_set_subject:
 * @self: a change
 * @type: (nullable): type of the one record that it is about
 * @id: (nullable): its id
 * @format: the subject line
 * @...: arguments
 */
void
naru_change_set_subject (NaruChange *self, const char *type, const char *id, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *subject = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  subject = type != NULL ? g_strdup_printf ("%s %s: %s", type, id, text) : g_strdup (text);
  naru_entry_set_subject (self->entry, subject);
  naru_entry_add_trailer (self->entry, "Naru-Action", self->action);
  if (id != NULL)
    naru_entry_add_trailer (self->entry, "Naru-Record", id);
}

/**
 * naru_change_take_id:
 * @self: a change
 * @type: type of the new record
 * @hub: hub code
 * @error: return location
 *
 * Takes the next number of that type, hub and year; it is given back when the change is not committed.
 *
 * Returns: (transfer full) (nullable): the id
 */
char *
naru_change_take_id (NaruChange *self, NaruRecordType *type, const char *hub, GError **error)
{
  g_autofree char *counter = NULL;
  const char *code = naru_record_type_get_code (type);
  NaruDate today = naru_time_to_date (&self->now);
  guint number;
  int year;

  if (!naru_id_is_hub (hub))
    {
      naru_set_error (error, NARU_ERROR_INVALID, "hub", 0,
                      _ ("2 to 8 capital letters or digits, a letter first"), _ ("“%s” is not a hub code"),
                      hub);
      return NULL;
    }
  naru_date_get (today, &year, NULL, NULL);
  counter = g_strdup_printf ("%s/%s/%d", naru_record_type_get_name (type), hub, year);
  if (!naru_txn_next_number (self->txn, counter, &number, error))
    return NULL;
  return naru_id_format (hub, code != NULL ? code : "", year, number);
}

static gboolean
put_in_history (NaruChange *self, NaruRecord *record, NaruRecord *old, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (NaruObject) object = NULL;
  NaruDigest digest;
  GBytes *bytes = naru_record_get_bytes (record);

  /* a move from a stage to itself: the commit says it, no file does */
  if (old != NULL && naru_oid_equal (naru_record_get_oid (old), naru_record_get_oid (record)))
    return TRUE;
  if (!self->bulk)
    {
      naru_entry_put_record (self->entry, record);
      return TRUE;
    }
  object = g_new0 (NaruObject, 1);
  object->kind = NARU_OBJECT_BLOB;
  object->oid = *naru_record_get_oid (record);
  object->bytes = g_bytes_ref (bytes);
  if (old != NULL)
    object->base = *naru_record_get_oid (old);
  naru_digest_compute (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &digest);
  path = naru_id_get_record_path (naru_record_get_type_name (record), naru_record_get_id (record));
  naru_entry_put_blob (self->entry, path, &object->oid, g_bytes_get_size (bytes), &digest);
  return naru_pack_add (self->pack, object, error);
}

/**
 * naru_change_put:
 * @self: a change
 * @type: the record's type
 * @old: (nullable): the record as it stands in the store
 * @id: its id
 * @json: (transfer none): its new value, valid
 * @since: when it entered its stage, UTC seconds
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the record as stored
 */
NaruRecord *
naru_change_put (NaruChange *self, NaruRecordType *type, NaruRecord *old, const char *id, NaruJson *json,
                 gint64 since, GError **error)
{
  g_autoptr (NaruRecord) record = naru_record_new (naru_record_type_get_name (type), id, json, error);
  g_autoptr (GPtrArray) old_keys = NULL;
  g_autoptr (GPtrArray) new_keys = NULL;
  g_autoptr (GVariant) card = NULL;

  if (record == NULL || !naru_check_overlap (self->txn, type, id, json, error))
    return NULL;
  if (old != NULL)
    {
      const char *type_name = naru_record_type_get_name (type);
      g_autoptr (GVariant) old_card = naru_txn_get_card (self->txn, type_name, id, error);

      if (old_card == NULL)
        return NULL;
      old_keys =
          naru_record_type_list_keys (type, naru_record_get_json (old), naru_card_get_since (old_card));
    }
  new_keys = naru_record_type_list_keys (type, json, since);
  card = g_variant_ref_sink (naru_record_type_make_card (type, json, since));
  if (!naru_txn_put_record (self->txn, record, card, old_keys, new_keys, error) ||
      !put_in_history (self, record, old, error))
    return NULL;
  return g_steal_pointer (&record);
}

/**
 * naru_change_add_event:
 * @self: a change
 * @type: type of the record
 * @id: its id
 * @from: (nullable): the stage it left
 * @to: (nullable): the stage it entered
 * @note: (nullable): one line for the history
 * @error: return location
 *
 * Returns: whether the record's history has it
 */
gboolean
naru_change_add_event (NaruChange *self, const char *type, const char *id, const char *from, const char *to,
                       const char *note, GError **error)
{
  NaruEvent event = {
    .seq = self->head.seq + 1,
    .seconds = self->authored.seconds,
    .offset_minutes = self->authored.offset_minutes,
    .actor = self->author,
    .action = self->action,
    .from = from != NULL ? from : "",
    .to = to != NULL ? to : "",
    .note = note != NULL ? note : "",
  };

  return naru_txn_add_event (self->txn, type, id, &event, error);
}

static gboolean
read_document (int fd, const char *file, guint64 size, GBytes **bytes, GError **error)
{
  g_autofree char *content = g_malloc (size + 1);
  gsize done = 0;

  while (done < size)
    {
      ssize_t n = read (fd, content + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          naru_set_error_errno (error, n < 0 ? errno : EIO, _ ("try again"), _ ("cannot read %s"), file);
          return FALSE;
        }
      done += n;
    }
  *bytes = g_bytes_new_take (g_steal_pointer (&content), size);
  return TRUE;
}

static int
open_document (const char *file, guint64 *size, GError **error)
{
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0)
    naru_set_error_errno (error, errno, _ ("check the name and the permissions"), _ ("cannot read %s"), file);
  else if (!S_ISREG (st.st_mode))
    naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("attach one file"), _ ("%s is not a file"), file);
  else if (st.st_size > NARU_DOCUMENT_MAX)
    naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0,
                    _ ("keep the file elsewhere and attach a note that names its place and digest"),
                    _ ("%s has %" G_GINT64_FORMAT " MiB; a document may have 100 MiB"), file,
                    (gint64) (st.st_size >> 20));
  else
    {
      *size = st.st_size;
      return fd;
    }
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Puts the document into the entry, unless the history holds the same content already. */
static gboolean
put_document (NaruChange *self, GBytes *bytes, const NaruOid *oid, const NaruDigest *digest, guint64 size,
              GError **error)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) tree = NULL;
  g_autoptr (GError) local = NULL;

  naru_digest_to_hex (digest, hex);
  folder = g_strdup_printf ("documents/%.2s", hex);
  path = g_strdup_printf ("%s/%s", folder, hex);
  tree = naru_txn_get_tree (self->txn, folder, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (naru_tree_has_file (tree, hex))
    return TRUE;
  if (bytes != NULL)
    naru_entry_put_file (self->entry, path, bytes);
  else
    naru_entry_put_blob (self->entry, path, oid, size, digest);
  return TRUE;
}

/**
 * naru_change_begin_with_document:
 * @desk: whose change it is
 * @action: the action
 * @file: a file to take into the history, 100 MiB at most
 * @digest: (out caller-allocates): BLAKE2b-256 of its content, which also names it
 * @size: (out): its size in bytes
 * @error: return location
 *
 * As naru_change_begin(). A small document travels in the journal; a large one is first written into a pack,
 * while others still can work. The history is locked before the store, here as everywhere.
 *
 * Returns: (transfer full) (nullable): the change, whose entry carries the document
 */
NaruChange *
naru_change_begin_with_document (NaruDesk *desk, const char *action, const char *file, NaruDigest *digest,
                                 guint64 *size, GError **error)
{
  g_autoptr (NaruChange) self = change_new (desk, action);
  g_autoptr (GBytes) bytes = NULL;
  int fd = open_document (file, size, error);
  NaruOid oid;
  gboolean done;

  if (fd < 0)
    return NULL;
  recover_if_possible (self->office);
  if (*size <= NARU_DOCUMENT_INLINE)
    {
      done = read_document (fd, file, *size, &bytes, error);
      if (done)
        naru_digest_compute (g_bytes_get_data (bytes, NULL), *size, digest);
    }
  else
    done = change_open_pack (self, "document", error) &&
           naru_pack_add_file (self->pack, file, *size, &oid, digest, error);
  close (fd);
  if (!done || !change_begin_txn (self, error) || !put_document (self, bytes, &oid, digest, *size, error))
    return NULL;
  return g_steal_pointer (&self);
}

static GBytes *
get_tree (const char *path, gpointer user_data, GError **error)
{
  return naru_txn_get_tree (user_data, path, error);
}

static gboolean
put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  return naru_txn_put_tree (user_data, path, tree, error);
}

/* Seals the entry and builds its commit on top of the last one, all within the transaction. */
static GPtrArray *
change_seal (NaruChange *self, NaruOid *commit, GError **error)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  NaruTime committed = self->now;
  NaruOid parent = self->head.head;
  guint64 seq = self->head.seq + 1;

  /* a clock that went backwards must not make the history go backwards */
  committed.seconds = MAX (committed.seconds, self->head.last_seconds);
  naru_entry_set_author (self->entry, self->author, self->author_email);
  naru_entry_set_committer (self->entry, self->office->committer_name, self->office->committer_email);
  naru_entry_set_time (self->entry, &self->authored, &committed);
  naru_entry_add_trailer (self->entry, "Naru-Via", self->desk->via);
  if (!naru_entry_seal (self->entry, seq, &self->head.chain, error) ||
      !naru_commit_build (self->entry, &parent, get_tree, put_tree, self->txn, objects, commit, error) ||
      !naru_txn_put_commit (self->txn, seq, commit, error))
    return NULL;
  self->head.seq = seq;
  self->head.head = *commit;
  self->head.chain = *naru_entry_get_chain (self->entry);
  self->head.last_seconds = committed.seconds;
  return g_steal_pointer (&objects);
}

static gboolean
pack_objects (NaruChange *self, GPtrArray *objects, GError **error)
{
  for (guint i = 0; i < objects->len; i++)
    if (!naru_pack_add (self->pack, g_ptr_array_index (objects, i), error))
      return FALSE;
  g_ptr_array_set_size (objects, 0);
  return TRUE;
}

/**
 * naru_change_next:
 * @self: a bulk change
 * @action: the next entry's action
 * @error: return location
 *
 * Ends one entry of a bulk change and begins another, so that many commits are decided all at once.
 *
 * Returns: whether the change can go on
 */
gboolean
naru_change_next (NaruChange *self, const char *action, GError **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  NaruOid commit;

  g_return_val_if_fail (self->bulk, FALSE);

  objects = change_seal (self, &commit, error);
  if (objects == NULL || !pack_objects (self, objects, error))
    return FALSE;
  change_new_entry (self, action);
  return TRUE;
}

static gboolean
change_decide (NaruChange *self, GError **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GBytes) row = NULL;
  g_autofree char *boot = NULL;
  NaruOid commit;

  /* a journal that begins here belongs to this run of the machine */
  if (self->head.seq == self->head.durable_seq)
    {
      boot = naru_boot_id ();
      if (!naru_txn_put_meta (self->txn, "boot", boot, error))
        return FALSE;
    }
  objects = change_seal (self, &commit, error);
  if (objects == NULL || (self->bulk && !pack_objects (self, objects, error)))
    return FALSE;
  if (self->pack != NULL && !naru_pack_finish (self->pack, error))
    return FALSE;
  row = naru_objects_to_row (objects, &commit, self->pack_name);
  return naru_txn_put_journal (self->txn, self->head.seq, row, error) &&
         naru_txn_put_head (self->txn, &self->head, error) &&
         naru_txn_commit (g_steal_pointer (&self->txn), error);
}

/**
 * naru_change_commit:
 * @self: a change
 * @seq: (out) (optional): number of the entry
 * @error: return location
 *
 * Decides the change, durably, then writes it into the history.
 *
 * Returns: whether both are done; %FALSE with %NARU_ERROR_PENDING when it is recorded but the history could
 * not be written, %FALSE with another error when nothing was changed
 */
gboolean
naru_change_commit (NaruChange *self, guint64 *seq, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean done;

  if (!change_decide (self, error))
    return FALSE;
  self->decided = TRUE;
  if (seq != NULL)
    *seq = self->head.seq;

  if (self->bulk)
    done = naru_office_publish_locked (self->office, &local) &&
           naru_office_checkpoint_locked (self->office, &local);
  else if (self->locked)
    done = naru_office_publish_locked (self->office, &local);
  else
    done = naru_office_publish (self->office, &local);
  if (done)
    return TRUE;
  naru_set_error (error, NARU_ERROR_PENDING, NULL, 0,
                  _ ("nothing is lost and nothing is to be done again; the next command goes on, and “naru "
                     "status” tells how far it is"),
                  _ ("recorded as #%" G_GUINT64_FORMAT ", history pending: %s"), self->head.seq,
                  local->message);
  return FALSE;
}
