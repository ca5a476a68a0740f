/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-keys.h"

#include "naru-keys-private.h"

#include <glib/gi18n-lib.h>

/* A person may have one key at a time; its commits carry the office's signature, since a key that is not yet
 * in force cannot vouch for itself, and one that is lost has to end as well. */

static char *
make_principal (const char *id)
{
  return g_strconcat (id, "@naru", NULL);
}

static NaruRecord *
load_person (NaruDesk *self, NaruTxn *txn, const char *id, GError **error)
{
  g_autoptr (NaruRecord) record = naru_desk_load (self, txn, id, "read", NULL, error);

  if (record == NULL || g_str_equal (naru_record_get_type_name (record), "person"))
    return g_steal_pointer (&record);
  naru_set_error (error, NARU_ERROR_INVALID, "id", 0, _ ("naru person list shows who is there."),
                  _ ("%s is not a person"), id);
  return NULL;
}

/**
 * naru_desk_list_person_keys:
 * @self: a desk
 * @id: a person
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the person's keys, the oldest first, as naru_desk_list_keys() has them
 */
NaruJson *
naru_desk_list_person_keys (NaruDesk *self, const char *id, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autoptr (NaruRecord) person = txn != NULL ? load_person (self, txn, id, error) : NULL;
  g_autoptr (GPtrArray) signers = person != NULL ? naru_office_read_signers (txn, error) : NULL;

  if (signers == NULL)
    return NULL;
  g_autofree char *principal = make_principal (id);
  g_autofree char *revoked = naru_txn_get_meta (txn, NARU_META_REVOKED, NULL);
  NaruJson *list = naru_json_new_array ();
  for (guint i = 0; i < signers->len; i++)
    {
      const NaruAllowedSigner *signer = g_ptr_array_index (signers, i);
      if (g_str_equal (signer->principal, principal))
        naru_json_append (list, naru_describe_key (signer, revoked));
    }
  return list;
}

/* The change, and the list as it stands. Everybody has a say in their own key; in those of others, who
 * administers the office. */
static NaruChange *
begin (NaruDesk *self, const char *id, const char *reason, GPtrArray **signers, GError **error)
{
  g_autoptr (NaruChange) change = naru_change_begin (self, "person-key", error);
  g_autoptr (NaruRecord) person =
      change != NULL ? load_person (self, naru_change_get_txn (change), id, error) : NULL;

  if (person == NULL ||
      (!g_str_equal (id, self->person) && !naru_desk_require (self, "office", "administer", NULL, error)))
    return NULL;
  *signers = naru_office_read_signers (naru_change_get_txn (change), error);
  if (*signers == NULL)
    return NULL;
  if (reason != NULL)
    naru_entry_set_reason (naru_change_get_entry (change), reason);
  if (naru_allowed_signers_find (*signers, NULL) != NULL)
    return g_steal_pointer (&change);
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                  _ ("Give it its first key: naru key rotate --reason TEXT"),
                  _ ("the office has no key, so its history is not signed"));
  return NULL;
}

static gboolean
finish (NaruChange *change, const char *id, const char *what, const char *fingerprint, GError **error)
{
  /* the note of the history index is what the subject says behind the action: it can be made again */
  g_autofree char *note = g_strdup_printf ("%s %s", what, fingerprint);

  naru_change_set_subject (change, "person", id, "person-key %s", note);
  return naru_change_add_event (change, "person", id, NULL, NULL, note, error) &&
         naru_change_commit (change, NULL, error);
}

/**
 * naru_desk_add_person_key: (skip)
 * @self: a desk: that of the person, or of somebody who may administer the office
 * @id: a person
 * @file: a public key of the kind Ed25519, as ssh-keygen writes it
 * @reason: (nullable): why, for the history
 * @fingerprint: (out): the key's
 * @error: return location
 *
 * From here on the person signs their approvals, rejections and waivers with that key, and with no other: a
 * key that they had ends.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_add_person_key (NaruDesk *self, const char *id, const char *file, const char *reason,
                          char **fingerprint, GError **error)
{
  g_autofree char *key = naru_public_key_read (file, "key", error);
  g_autofree char *principal = make_principal (id);
  g_autoptr (GPtrArray) signers = NULL;
  g_autoptr (NaruChange) change = key != NULL ? begin (self, id, reason, &signers, error) : NULL;

  if (change == NULL || !naru_check_key_is_new (signers, key, "key", error))
    return FALSE;
  NaruAllowedSigner *former = naru_allowed_signers_find_person (signers, principal);
  *fingerprint = naru_key_fingerprint (key);
  naru_entry_add_trailer (naru_change_get_entry (change), "Naru-Key", *fingerprint);
  return (former == NULL || naru_change_end_key (change, former, FALSE, error)) &&
         naru_change_add_key (change, signers, principal, key, error) &&
         finish (change, id, "add", *fingerprint, error);
}

/**
 * naru_desk_end_person_key: (skip)
 * @self: a desk: that of the person, or of somebody who may administer the office
 * @id: a person who has a key
 * @reason: why, for the history
 * @revoke: whether it was lost or stolen, and nothing that it signed is to be trusted
 * @fingerprint: (out): the key's
 * @error: return location
 *
 * From here on the office's key signs what the person decides.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_end_person_key (NaruDesk *self, const char *id, const char *reason, gboolean revoke,
                          char **fingerprint, GError **error)
{
  g_autofree char *principal = make_principal (id);
  g_autoptr (GPtrArray) signers = NULL;
  g_autoptr (NaruChange) change = begin (self, id, reason, &signers, error);

  if (change == NULL)
    return FALSE;
  NaruAllowedSigner *former = naru_allowed_signers_find_person (signers, principal);
  if (former == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, NULL, _ ("%s has no key in force"), id);
      naru_error_set_cure (error, _ ("Give them one: naru person key %s add FILE.pub"), id);
      return FALSE;
    }
  *fingerprint = naru_key_fingerprint (former->key);
  return naru_change_end_key (change, former, revoke, error) &&
         naru_change_put_signers (change, signers, error) &&
         finish (change, id, revoke ? "revoke" : "remove", *fingerprint, error);
}
