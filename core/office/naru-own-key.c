/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"

#include <glib/gi18n-lib.h>

/*
 * A decision that its author signs. The person's ssh-agent signs, and may first ask them, which takes as long
 * as they like; meanwhile nobody else could change the office, since a commit is built in the transaction
 * that decides. So the decision is rehearsed: made up to the commit, which is kept, and given up again. The
 * agent signs that commit while nobody waits; then the decision is made once more, at the same time of day,
 * and becomes the same commit, unless somebody changed the office in between: then the agent has a short time
 * to sign another.
 */

void
naru_rehearsal_clear (NaruRehearsal *self)
{
  g_clear_pointer (&self->signer, naru_signer_unref);
  g_clear_pointer (&self->unsigned_bytes, g_bytes_unref);
}

static gboolean
find_own_key (NaruDesk *self, NaruTxn *txn, char **key, GError **error)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (txn, error);
  g_autofree char *principal = g_strconcat (self->person, "@naru", NULL);
  NaruAllowedSigner *own = signers != NULL ? naru_allowed_signers_find_person (signers, principal) : NULL;

  *key = own != NULL ? g_strdup (own->key) : NULL;
  return signers != NULL;
}

static void
refuse (const GError *problem, const char *key, GError **error)
{
  g_autofree char *fingerprint = naru_key_fingerprint (key);

  naru_set_error (error, NARU_ERROR_FAILED, "key", 0, naru_error_get_cure (problem),
                  _ ("You sign what you decide with your own key, %s, and that is not possible: %s"),
                  fingerprint, problem->message);
}

/* (out) signer: the key of this person, where they have one: the agent holds it */
static gboolean
get_own_signer (NaruDesk *self, NaruSigner **signer, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autofree char *key = NULL;
  g_autoptr (GError) local = NULL;

  if (txn == NULL || !find_own_key (self, txn, &key, error))
    return FALSE;
  g_clear_pointer (&txn, naru_txn_end);
  if (key == NULL)
    return TRUE;
  *signer = naru_signer_new_for_agent (key, error);
  if (*signer == NULL)
    return FALSE;
  if (naru_signer_check (*signer, &local))
    return TRUE;
  refuse (local, key, error);
  return FALSE;
}

/* What a change of this desk is signed with, once it is begun: @signer is the office's key, and is replaced
 * where the person's own has to sign. This is the one place that decides it. */
gboolean
naru_change_choose_signer (NaruChange *self, GError **error)
{
  NaruRehearsal *rehearsal = self->desk->rehearsal;
  g_autofree char *key = NULL;

  if (!naru_action_takes_own_key (self->action))
    return TRUE;
  if (!find_own_key (self->desk, self->txn, &key, error))
    return FALSE;
  NaruSigner *own = rehearsal != NULL ? rehearsal->signer : NULL;
  if (g_strcmp0 (own != NULL ? naru_signer_get_key (own) : NULL, key) != 0)
    {
      naru_set_error (error, NARU_ERROR_CONFLICT, "key", 0, _ ("run the command again"),
                      _ ("your key was changed meanwhile"));
      return FALSE;
    }
  if (own == NULL)
    return TRUE;
  g_clear_pointer (&self->signer, naru_signer_unref);
  self->signer = rehearsal->dry ? NULL : naru_signer_ref (own);
  self->now = self->authored = rehearsal->now;
  return TRUE;
}

static gboolean
rehearse (NaruDesk *self, NaruDecision decide, gpointer data, GError **error)
{
  NaruRehearsal *rehearsal = self->rehearsal;
  g_autoptr (GError) local = NULL;
  gsize size = 0;

  rehearsal->dry = TRUE;
  gboolean done = decide (self, data, error);
  rehearsal->dry = FALSE;
  if (!done)
    return FALSE;
  g_return_val_if_fail (rehearsal->unsigned_bytes != NULL, FALSE);
  gconstpointer bytes = g_bytes_get_data (rehearsal->unsigned_bytes, &size);
  if (naru_signer_prepare (rehearsal->signer, bytes, size, &local))
    return TRUE;
  refuse (local, naru_signer_get_key (rehearsal->signer), error);
  return FALSE;
}

/* Has @decide make a change of which the person is the author, and that they sign where they have a key. */
gboolean
naru_desk_decide (NaruDesk *self, NaruDecision decide, gpointer data, GError **error)
{
  g_auto (NaruRehearsal) rehearsal = { 0 };
  gboolean done;

  if (!get_own_signer (self, &rehearsal.signer, error))
    return FALSE;
  if (rehearsal.signer == NULL)
    return decide (self, data, error);
  naru_clock_now (&rehearsal.now);
  self->rehearsal = &rehearsal;
  done = rehearse (self, decide, data, error) && decide (self, data, error);
  self->rehearsal = NULL;
  return done;
}
