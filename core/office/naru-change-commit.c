/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* Builds a commit in the transaction. */
typedef struct
{
  NaruChange *change;
  GPtrArray *objects; /* in bulk work they go straight into the pack */
} Site;

static GBytes *
get_tree (const char *path, gpointer user_data, GError **error)
{
  return naru_txn_get_tree (((Site *) user_data)->change->txn, path, error);
}

static gboolean
put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  return naru_txn_put_tree (((Site *) user_data)->change->txn, path, tree, error);
}

static gboolean
put_object (NaruObject *object, gpointer user_data, GError **error)
{
  Site *self = user_data;
  g_autoptr (NaruObject) owned = object;

  if (!self->change->bulk)
    {
      g_ptr_array_add (self->objects, g_steal_pointer (&owned));
      return TRUE;
    }
  return naru_pack_add (self->change->pack, object, error);
}

/* Seals the entry and builds its commit on top of the last one, all within the transaction.
 * Returns: (transfer full) (nullable): the new objects, but for those that are in a pack */
static GPtrArray *
change_seal (NaruChange *self, NaruOid *commit, GError **error)
{
  static const NaruCommitSite functions = { get_tree, put_tree, put_object };
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  Site site = { self, objects };
  NaruTime committed = self->now;
  NaruOid parent = self->head.head;
  guint64 seq = self->head.seq + 1;

  committed.seconds = naru_change_get_commit_seconds (self);
  naru_entry_set_author (self->entry, self->author, self->author_email);
  naru_entry_set_committer (self->entry, self->office->committer_name, self->office->committer_email);
  naru_entry_set_time (self->entry, &self->authored, &committed);
  naru_entry_add_trailer (self->entry, "Naru-Via", self->desk->via);
  if (!naru_entry_seal (self->entry, seq, &self->head.chain, error) ||
      !naru_commit_build_at (self->entry, &parent, self->signer, &functions, &site, commit, error) ||
      !naru_txn_put_commit (self->txn, seq, commit, error))
    return NULL;
  self->head.seq = seq;
  self->head.head = *commit;
  self->head.chain = *naru_entry_get_chain (self->entry);
  self->head.last_seconds = committed.seconds;
  return g_steal_pointer (&objects);
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
  if (objects == NULL)
    return FALSE;
  naru_change_new_entry (self, action);
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
  if (objects == NULL)
    return FALSE;
  if (self->pack != NULL && !naru_pack_finish (self->pack, error))
    return FALSE;
  row = naru_objects_to_row (objects, &commit, self->pack_name);
  return naru_txn_put_journal (self->txn, self->head.seq, row, error) &&
         naru_txn_put_head (self->txn, &self->head, error) &&
         naru_txn_commit (g_steal_pointer (&self->txn), error);
}

/* All but deciding: the commit is kept, for its author's agent to sign. */
static gboolean
change_rehearse (NaruChange *self, NaruRehearsal *rehearsal, GError **error)
{
  NaruOid commit;
  g_autoptr (GPtrArray) objects = change_seal (self, &commit, error);

  if (objects == NULL)
    return FALSE;
  NaruObject *last = g_ptr_array_index (objects, objects->len - 1);
  rehearsal->unsigned_bytes = g_bytes_ref (last->bytes);
  return TRUE;
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
  NaruRehearsal *rehearsal = self->desk->rehearsal;
  gboolean done;

  if (rehearsal != NULL && rehearsal->dry)
    return change_rehearse (self, rehearsal, error);
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
                  _ ("recorded as #%" PRIu64 ", history pending: %s"), self->head.seq, local->message);
  return FALSE;
}
