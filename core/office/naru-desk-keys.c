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
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
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
  if (!naru_office_get_signer (self, txn, &signer, &local))
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
  return naru_change_begin_txn (change, error) ? g_steal_pointer (&change) : NULL;
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
change_key (NaruDesk *self, const char *file, const char *reason, gboolean revoke, char **fingerprint,
            GError **error)
{
  g_autoptr (NaruChange) change = begin (self, revoke ? "revoke-key" : "rotate-key", revoke, error);
  gboolean done;

  if (change == NULL || (revoke && !check_has_key (change, error)))
    return FALSE;
  naru_entry_set_reason (change->entry, reason);
  done = naru_change_put_key (change, file, revoke, error);
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
 * @reason: why, for the history
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
  return change_key (self, file, reason, FALSE, fingerprint, error);
}

/**
 * naru_desk_revoke_key: (skip)
 * @self: a desk
 * @file: (nullable): as for naru_desk_rotate_key()
 * @reason: why, for the history
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
  return change_key (self, file, reason, TRUE, fingerprint, error);
}
