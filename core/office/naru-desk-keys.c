/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-keys.h"

#include "naru-keys-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
set_time (NaruJson *json, const char *name, gint64 seconds)
{
  NaruTime time = { .seconds = seconds };
  g_autofree char *text = naru_time_to_string (&time);

  naru_json_set_string (json, name, text);
}

static gboolean
is_revoked (const char *revoked, const char *key)
{
  return revoked != NULL && strstr (revoked, key) != NULL;
}

/* (transfer full): a key, for people */
NaruJson *
naru_describe_key (const NaruAllowedSigner *signer, const char *revoked)
{
  NaruJson *row = naru_json_new_object ();
  g_autofree char *fingerprint = naru_key_fingerprint (signer->key);

  naru_json_set_string (row, "fingerprint", fingerprint);
  naru_json_set_string (row, "key", signer->key);
  naru_json_set_string (row, "principal", signer->principal);
  naru_json_set_string (row, "state",
                        signer->until == 0                  ? "in-force"
                        : is_revoked (revoked, signer->key) ? "revoked"
                                                            : "ended");
  set_time (row, "from", signer->from);
  if (signer->until != 0)
    set_time (row, "until", signer->until);
  return row;
}

/**
 * naru_desk_list_keys:
 * @self: a desk
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the office's keys and those of people, the oldest first:
 * [{"fingerprint","key","principal","state": "in-force" | "ended" | "revoked","from","until"}]
 */
NaruJson *
naru_desk_list_keys (NaruDesk *self, GError **error)
{
  gboolean present = naru_office_check_present (self->office, error);
  g_autoptr (NaruTxn) txn = present ? naru_store_begin_read (self->office->store, error) : NULL;
  g_autoptr (GPtrArray) signers = txn != NULL ? naru_office_read_signers (txn, error) : NULL;

  if (signers == NULL)
    return NULL;
  g_autofree char *revoked = naru_txn_get_meta (txn, NARU_META_REVOKED, NULL);
  NaruJson *list = naru_json_new_array ();
  for (guint i = 0; i < signers->len; i++)
    {
      naru_json_append (list, naru_describe_key (g_ptr_array_index (signers, i), revoked));
    }
  return list;
}

/* What “naru status” tells of signing. A key that cannot sign is told here, before a change fails. */
void
naru_office_report_keys (NaruOffice *self, NaruTxn *txn, NaruJson *status)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruSigner) signer = NULL;

  /* who may only read needs no key */
  if (naru_store_is_read_only (self->store))
    return;
  /* the file as it is now, not the key that this process holds */
  g_clear_pointer (&self->signer, naru_signer_unref);
  if (!naru_office_get_signer (self, txn, &signer, &local) ||
      (signer != NULL && !naru_office_check_signer (self, signer, &local)))
    {
      naru_json_set_string (status, "signing", "broken");
      naru_json_set_string (status, "signing_problem", local->message);
      if (naru_error_get_cure (local) != NULL)
        naru_json_set_string (status, "signing_cure", naru_error_get_cure (local));
      return;
    }
  naru_json_set_string (status, "signing", signer != NULL ? "signed" : "unsigned");
  if (signer == NULL)
    {
      naru_json_set_string (status, "signing_cure", "naru key rotate --reason TEXT");
      return;
    }
  g_autofree char *fingerprint = naru_key_fingerprint (naru_signer_get_key (signer));
  naru_json_set_string (status, "key", fingerprint);
}

static NaruChange *
begin (NaruDesk *self, const char *action, gboolean may_lack_key, GError **error)
{
  g_autoptr (NaruChange) change = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error))
    return NULL;
  change = naru_change_new (self, action);
  change->may_lack_key = may_lack_key;
  naru_office_recover_if_possible (self->office);
  gboolean signs = naru_office_check_agent (self->office, may_lack_key ? NULL : error);
  if ((!signs && !may_lack_key) || !naru_change_begin_txn (change, error))
    return NULL;
  if (!signs)
    g_clear_pointer (&change->signer, naru_signer_unref);
  return g_steal_pointer (&change);
}

/* Who gave a key a passphrase does not want the next one without. */
static gboolean
check_stays_locked (NaruDesk *self, const NaruNewKey *key, GError **error)
{
  if (key->passphrase != NULL || !naru_office_key_is_locked (self->office))
    return TRUE;
  naru_set_error (
      error, NARU_ERROR_INVALID, "passphrase", 0,
      _ ("Give the new one a passphrase: --passphrase; or take that of the old one off: naru key passphrase "
         "--remove"),
      _ ("the office's key has a passphrase, and the new one would have none"));
  return FALSE;
}

static gboolean
check_has_key (NaruChange *change, GError **error)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (change->txn, error);

  if (signers == NULL)
    return FALSE;
  if (naru_allowed_signers_find (signers, NULL) != NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                  _ ("Give it its first key: naru key rotate --reason TEXT"), _ ("the office has no key"));
  return FALSE;
}

static char *
get_new_fingerprint (NaruChange *change)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (change->txn, NULL);
  NaruAllowedSigner *now = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;

  return now != NULL ? naru_key_fingerprint (now->key) : NULL;
}

static gboolean
change_key (NaruDesk *self, const NaruNewKey *key, const char *reason, gboolean revoke, char **fingerprint,
            GError **error)
{
  g_autofree char *line = naru_desk_need_reason (reason, error);
  g_autoptr (NaruChange) change =
      line != NULL ? begin (self, revoke ? "revoke-key" : "rotate-key", revoke, error) : NULL;
  gboolean done;

  if (change == NULL || (revoke && !check_has_key (change, error)) || !check_stays_locked (self, key, error))
    return FALSE;
  naru_entry_set_reason (change->entry, line);
  done = naru_change_put_key (change, key, revoke, error);
  if (done)
    {
      *fingerprint = get_new_fingerprint (change);
      naru_change_set_subject (change, NULL, NULL,
                               revoke ? "office: revoke key, sign with %s" : "office: sign with key %s",
                               *fingerprint);
      done = naru_change_commit (change, NULL, error);
    }
  /* whether it is decided or given up: its transaction is over, and the files follow */
  g_clear_pointer (&change, naru_change_free);
  naru_office_settle_keys (self->office);
  return done;
}

/**
 * naru_desk_rotate_key: (skip)
 * @self: a desk
 * @file: (nullable): a private key to take, as ssh-keygen makes it; %NULL: one is made
 * @reason: why, for the history, in one line
 * @fingerprint: (out): the new key's, where there is one
 * @error: return location
 *
 * Ends the key in force and gives the office another, in a commit that the old key signs. In an office
 * without a key the new one signs, and every commit from here on is signed.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_rotate_key (NaruDesk *self, const char *file, const char *reason, char **fingerprint,
                      GError **error)
{
  return change_key (self, &(NaruNewKey){ .file = file }, reason, FALSE, fingerprint, error);
}

/**
 * naru_desk_revoke_key: (skip)
 * @self: a desk
 * @file: (nullable): as for naru_desk_rotate_key()
 * @reason: why, for the history, in one line
 * @fingerprint: (out): the new key's, where there is one
 * @error: return location
 *
 * As naru_desk_rotate_key(), for a key that was lost or stolen: it is also put into keys/revoked_signers.
 * Where it cannot sign any more, the new one signs the commit.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_revoke_key (NaruDesk *self, const char *file, const char *reason, char **fingerprint,
                      GError **error)
{
  return change_key (self, &(NaruNewKey){ .file = file }, reason, TRUE, fingerprint, error);
}

/**
 * naru_desk_change_key: (skip)
 * @self: a desk
 * @key: the next one
 * @reason: why, for the history, in one line
 * @revoke: whether the former one was lost or stolen
 * @fingerprint: (out): the new key's, where there is one
 * @error: return location
 *
 * naru_desk_rotate_key() or naru_desk_revoke_key(), for a key that gets a passphrase.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_change_key (NaruDesk *self, const NaruNewKey *key, const char *reason, gboolean revoke,
                      char **fingerprint, GError **error)
{
  return change_key (self, key, reason, revoke, fingerprint, error);
}

/**
 * naru_desk_key_has_passphrase: (skip)
 * @self: a desk
 * @has: (out): whether the office's key has a passphrase
 * @error: return location
 *
 * Returns: whether the key could be read, or there is none
 */
gboolean
naru_desk_key_has_passphrase (NaruDesk *self, gboolean *has, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autoptr (NaruSigner) signer = NULL;

  /* as it is now, whatever this process has read */
  g_clear_pointer (&self->office->signer, naru_signer_unref);
  if (txn == NULL || !naru_office_get_signer (self->office, txn, &signer, error))
    return FALSE;
  *has = naru_office_key_is_locked (self->office);
  return TRUE;
}

/**
 * naru_desk_set_key_passphrase: (skip)
 * @self: a desk
 * @old: (nullable): the passphrase that the office's key has
 * @passphrase: (nullable): the one that it gets; %NULL takes it off
 * @error: return location; %NARU_ERROR_INVALID with the field "passphrase" for a wrong one
 *
 * The key stays what it is, so the history has nothing of it.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_set_key_passphrase (NaruDesk *self, const char *old, const char *passphrase, GError **error)
{
  g_autofree char *path = g_build_filename (self->office->folder, "keys", "office", NULL);
  g_autoptr (NaruSigner) signer = NULL;
  g_autoptr (NaruTxn) txn = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error))
    return FALSE;
  naru_office_settle_keys (self->office);
  /* nobody changes the key meanwhile */
  txn = naru_store_begin_write (self->office->store, error);
  if (txn == NULL || !naru_office_get_signer (self->office, txn, &signer, error))
    return FALSE;
  if (signer == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                      _ ("Give it its first key: naru key rotate --reason TEXT"),
                      _ ("the office has no key"));
      return FALSE;
    }
  g_clear_pointer (&self->office->signer, naru_signer_unref);
  return naru_key_set_passphrase (path, old, passphrase, error);
}
