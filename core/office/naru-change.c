/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
new_pack_name (const char *kind)
{
  return g_strdup_printf ("%s-%x-%08x", kind, (unsigned int) getpid (), g_random_int ());
}

gboolean
naru_change_open_pack (NaruChange *self, const char *kind, GError **error)
{
  if (!naru_office_check_present (self->office, error) ||
      (!self->locked && !naru_office_lock_history (self->office, error)))
    return FALSE;
  self->locked = TRUE;
  self->pack_name = new_pack_name (kind);
  self->pack = naru_pack_new (naru_repository_get_path (self->office->repository), self->pack_name, error);
  return self->pack != NULL;
}

/* A person who signs themselves needs no key of the office. */
gboolean
naru_change_check_agent (NaruChange *self, GError **error)
{
  return self->desk->rehearsal != NULL || naru_office_check_agent (self->office, error);
}

gboolean
naru_change_begin_txn (NaruChange *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!naru_office_check_present (self->office, error))
    return FALSE;
  self->txn = naru_store_begin_write (self->office->store, error);
  if (self->txn == NULL || !naru_txn_get_head (self->txn, &self->head, error))
    return FALSE;
  if (!naru_office_get_signer (self->office, self->txn, &self->signer, &local) && !self->may_lack_key)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  naru_clock_now (&self->now);
  self->authored = self->now;
  self->author = g_strdup (self->desk->person_name);
  /* the record's id, so that no address of a person gets into the history */
  self->author_email = g_strdup_printf ("%s@naru", self->desk->person);
  return naru_change_choose_signer (self, error);
}

void
naru_change_new_entry (NaruChange *self, const char *action)
{
  g_clear_pointer (&self->entry, naru_entry_unref);
  g_free (self->action);
  self->action = g_strdup (action);
  self->entry = naru_entry_new (action);
  naru_entry_set_folder (self->entry, self->office->folder);
}

NaruChange *
naru_change_new (NaruDesk *desk, const char *action)
{
  NaruChange *self = g_new0 (NaruChange, 1);

  self->desk = naru_desk_ref (desk);
  self->office = desk->office;
  naru_change_new_entry (self, action);
  return self;
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
  g_autoptr (NaruChange) self = naru_change_new (desk, action);

  naru_office_recover_if_possible (self->office);
  if (!naru_change_check_agent (self, error) || !naru_change_begin_txn (self, error))
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
  g_autoptr (NaruChange) self = naru_change_new (desk, action);

  self->bulk = TRUE;
  if (!naru_office_checkpoint (self->office, error) || !naru_change_check_agent (self, error) ||
      !naru_change_open_pack (self, action, error) || !naru_change_begin_txn (self, error))
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
  g_clear_pointer (&self->signer, naru_signer_unref);
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

/* When the office records it: a clock that went backwards must not make the history go backwards. */
gint64
naru_change_get_commit_seconds (NaruChange *self)
{
  return MAX (self->now.seconds, self->head.last_seconds);
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

/*
 * naru_office_put_record:
 * @old: (nullable): the record as it stands in the store
 * @since: (nullable): when it entered its stage; %NULL: it stands there as long as @old did
 *
 * Puts a record with the card and the index keys that its type gives it.
 */
gboolean
naru_office_put_record (NaruTxn *txn, NaruRecordType *type, NaruRecord *record, NaruRecord *old,
                        const gint64 *since, GError **error)
{
  const char *id = naru_record_get_id (record);
  NaruJson *json = naru_record_get_json (record);
  g_autoptr (GPtrArray) old_keys = NULL;
  gint64 entered = since != NULL ? *since : 0;

  if (old != NULL)
    {
      g_autoptr (GVariant) card = naru_txn_get_card (txn, naru_record_type_get_name (type), id, error);
      if (card == NULL)
        return FALSE;
      old_keys = naru_record_type_list_keys (type, naru_record_get_json (old), naru_card_get_since (card));
      entered = since != NULL ? *since : naru_card_get_since (card);
    }
  g_autoptr (GPtrArray) new_keys = naru_record_type_list_keys (type, json, entered);
  g_autoptr (GVariant) card = naru_record_type_make_card (type, json, entered);
  return naru_txn_put_record (txn, record, card, old_keys, new_keys, error);
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

  if (record == NULL || !naru_check_overlap (self->txn, type, id, json, error) ||
      !naru_check_unique (self->txn, type, id, json, error) ||
      !naru_office_put_record (self->txn, type, record, old, &since, error) ||
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

static void
append_if_other (GString *names, NaruJson *old, NaruJson *now, const char *key)
{
  NaruJson *had = naru_json_get (old, key);
  NaruJson *has = naru_json_get (now, key);

  if (had == has || (had != NULL && has != NULL && naru_json_equal (had, has)))
    return;
  g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", key);
}

/**
 * naru_describe_difference:
 * @old: a record as it was
 * @now: the same as it is
 *
 * Returns: (transfer full): the names of the fields that differ, by name: the note of an update in bulk. It
 * says nothing that the two do not say, so that the history alone gives it again
 */
char *
naru_describe_difference (NaruJson *old, NaruJson *now)
{
  g_auto (GStrv) before = naru_json_get_keys (old);
  g_auto (GStrv) after = naru_json_get_keys (now);
  g_autoptr (GString) names = g_string_new (NULL);
  guint i = 0, k = 0;

  while ((before[i] != NULL || after[k] != NULL) && names->len < 200)
    {
      int order = before[i] == NULL ? 1 : after[k] == NULL ? -1 : strcmp (before[i], after[k]);
      append_if_other (names, old, now, order <= 0 ? before[i] : after[k]);
      i += order <= 0;
      k += order >= 0;
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}
