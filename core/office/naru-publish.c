/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-office-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * From the journal into the history.
 *
 * A decided entry already has its commit id, and its journal row holds every object that the commit needs. So
 * publishing decides nothing: it writes objects and moves the branch. Doing it twice gives the same history.
 *
 *   published   the branch stands at the entry's commit; the disk may not have it yet
 *   durable     a pack with its objects is fsynced and the branch with it; only then its journal row goes
 *
 * Invariant: the branch stands at the commit of an entry between durable_seq and seq, or, after a power loss,
 * anywhere at all; naru_office_recover() then makes everything after durable_seq again from the journal.
 */

typedef struct
{
  GPtrArray *rows; /* of Row */
  GError *error;
} RowList;

typedef struct
{
  guint64 seq;
  NaruOid commit;
  char *pack;         /* (nullable) */
  GPtrArray *objects; /* of NaruObject */
} Row;

static void
row_free (Row *row)
{
  g_free (row->pack);
  g_clear_pointer (&row->objects, g_ptr_array_unref);
  g_free (row);
}

static gboolean
row_collect (guint64 seq, GBytes *bytes, gpointer user_data)
{
  RowList *list = user_data;
  Row *row = g_new0 (Row, 1);

  row->seq = seq;
  g_ptr_array_add (list->rows, row);
  row->objects = naru_objects_from_row (bytes, &row->commit, &row->pack, &list->error);
  return row->objects != NULL;
}

static GPtrArray *
read_rows (NaruTxn *txn, guint64 after, GError **error)
{
  RowList list = { g_ptr_array_new_with_free_func ((GDestroyNotify) row_free), NULL };
  g_autoptr (GPtrArray) rows = list.rows;

  if (!naru_txn_foreach_journal (txn, after, row_collect, &list, error))
    {
      g_clear_error (&list.error);
      return NULL;
    }
  if (list.error != NULL)
    {
      g_propagate_error (error, list.error);
      return NULL;
    }
  return g_steal_pointer (&rows);
}

/**
 * naru_office_lock_history:
 * @self: an office
 * @error: return location
 *
 * Waits until no other process writes the history.
 *
 * Returns: whether this process may now
 */
gboolean
naru_office_lock_history (NaruOffice *self, GError **error)
{
  NaruRepository *repository = naru_office_get_repository (self, error);

  return repository != NULL && naru_repository_lock (repository, self->lock_file, error);
}

void
naru_office_unlock_history (NaruOffice *self)
{
  naru_repository_unlock (self->repository);
}

/* Finds the entry at whose commit the branch stands; the newest first, since that is where it nearly always
 * is. */
static gboolean
find_published (NaruTxn *txn, const NaruStoreHead *head, const NaruOid *branch, guint64 *seq, GError **error)
{
  for (guint64 s = head->seq; s > head->durable_seq; s--)
    {
      NaruOid commit;

      if (!naru_txn_get_commit (txn, s, &commit, error))
        return FALSE;
      if (naru_oid_equal (&commit, branch))
        {
          *seq = s;
          return TRUE;
        }
    }
  if (naru_oid_equal (branch, &head->durable_head))
    {
      *seq = head->durable_seq;
      return TRUE;
    }
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("nothing is lost: the store has every record and the journal every change since; put "
                     "audit.git back as it was, then run “naru status”"),
                  _ ("the history in audit.git was changed from outside: its branch stands at a commit that "
                     "this office did not put there"));
  return FALSE;
}

static gboolean
publish_row (NaruRepository *repository, Row *row, GError **error)
{
  if (row->pack != NULL && !naru_pack_publish (naru_repository_get_path (repository), row->pack, error))
    return FALSE;
  return row->objects->len == 0 ||
         naru_repository_write_entry (repository, &row->commit, row->objects, error);
}

static gboolean
sweep (NaruRepository *repository, GPtrArray *rows, GError **error)
{
  g_autoptr (GPtrArray) keep = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = g_ptr_array_index (rows, i);

      if (row->pack != NULL)
        g_ptr_array_add (keep, row->pack);
    }
  g_ptr_array_add (keep, NULL);
  return naru_repository_sweep (repository, (const char *const *) keep->pdata, error);
}

/* Whoever holds the lock of the history may take a lock of the branch for a left-over: one that stands in the
 * way is removed, once. */
static gboolean
move_branch (NaruRepository *repository, GPtrArray *rows, const NaruOid *from, const NaruOid *to,
             GError **error)
{
  g_autoptr (GError) local = NULL;

  if (naru_repository_set_head (repository, from, to, FALSE, &local))
    return TRUE;
  if (!g_error_matches (local, NARU_ERROR, NARU_ERROR_CONFLICT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return sweep (repository, rows, error) && naru_repository_set_head (repository, from, to, FALSE, error);
}

/* The branch goes nowhere but to the last entry of the journal. */
static gboolean
check_rows_end (NaruOffice *self, GPtrArray *rows, const NaruStoreHead *head, GError **error)
{
  const Row *last = rows->len > 0 ? g_ptr_array_index (rows, rows->len - 1) : NULL;
  g_autofree char *way_back = NULL;

  if (last != NULL && last->seq == head->seq && naru_oid_equal (&last->commit, &head->head))
    return TRUE;
  way_back = naru_store_make_way_back (self->folder);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, way_back,
                  _ ("the store says that the history ends at a commit that its journal does not hold"));
  return FALSE;
}

/**
 * naru_office_publish_locked:
 * @self: an office whose history this process has locked
 * @error: return location
 *
 * Writes every decided entry into the history and moves the branch once. Leaves flushing to the checkpoint,
 * which it calls itself when enough entries have gathered.
 *
 * Returns: whether the history now holds all that was decided
 */
gboolean
naru_office_publish_locked (NaruOffice *self, GError **error)
{
  NaruRepository *repository = self->repository;
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (GPtrArray) rows = NULL;
  NaruStoreHead head;
  NaruOid branch;
  guint64 seq;

  if (txn == NULL || !naru_txn_get_head (txn, &head, error) ||
      !naru_repository_get_head (repository, &branch, error))
    return FALSE;
  if (naru_oid_equal (&branch, &head.head))
    return TRUE;
  if (!find_published (txn, &head, &branch, &seq, error))
    return FALSE;
  rows = read_rows (txn, seq, error);
  if (rows == NULL || !check_rows_end (self, rows, &head, error))
    return FALSE;
  g_clear_pointer (&txn, naru_txn_end);

  /* more than the entry just decided: another publisher was cut short, or is waiting for the lock */
  if (rows->len > 1 && !sweep (repository, rows, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!publish_row (repository, g_ptr_array_index (rows, i), error))
      return FALSE;
  if (!move_branch (repository, rows, &branch, &head.head, error))
    return FALSE;
  if (head.seq - head.durable_seq >= NARU_CHECKPOINT_ENTRIES)
    {
      g_autoptr (GError) ignored = NULL;

      /* the entries are in the history; that the disk cache could not be flushed is told by “naru status” */
      if (!naru_office_checkpoint_locked (self, &ignored))
        g_debug ("checkpoint put off: %s", ignored->message);
    }
  return TRUE;
}

/**
 * naru_office_publish:
 * @self: an office
 * @error: return location
 *
 * Returns: whether the history holds all that was decided
 */
gboolean
naru_office_publish (NaruOffice *self, GError **error)
{
  gboolean done;

  /* an office as it was is made of what is published */
  if (self->past != NULL)
    return TRUE;
  if (!naru_office_lock_history (self, error))
    return FALSE;
  done = naru_office_publish_locked (self, error);
  naru_office_unlock_history (self);
  return done;
}

static gboolean
pack_rows (NaruRepository *repository, GPtrArray *rows, GArray *entries, GError **error)
{
  const char *path = naru_repository_get_path (repository);
  g_autofree char *name = NULL;
  g_autoptr (NaruPack) pack = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      Row *row = g_ptr_array_index (rows, i);

      if (row->pack != NULL && !naru_pack_publish (path, row->pack, error))
        return FALSE;
      if (row->objects->len > 0)
        g_array_append_val (entries, row->commit);
      if (row->objects->len > 0 && pack == NULL)
        {
          name = g_strdup_printf ("checkpoint-%" G_GUINT64_FORMAT, row->seq);
          pack = naru_pack_new (path, name, error);
          if (pack == NULL)
            return FALSE;
        }
      for (guint j = 0; j < row->objects->len; j++)
        {
          if (!naru_pack_add (pack, g_ptr_array_index (row->objects, j), error))
            return FALSE;
        }
    }
  if (pack == NULL)
    return TRUE;
  if (!naru_pack_finish (pack, error))
    {
      naru_pack_discard (path, name);
      return FALSE;
    }
  return naru_pack_publish (path, name, error);
}

/* Their going is on disk while the journal still can make them good. */
static gboolean
drop_entries (NaruRepository *repository, GArray *entries, GError **error)
{
  return entries->len == 0 ||
         naru_repository_drop_entries (repository, (const NaruOid *) entries->data, entries->len, error);
}

static gboolean
forget_journal (NaruOffice *self, guint64 seq, const NaruOid *commit, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_write (self->store, error);
  g_autofree char *boot = naru_boot_id ();
  NaruStoreHead head;

  if (txn == NULL || !naru_txn_get_head (txn, &head, error))
    return FALSE;
  head.durable_seq = seq;
  head.durable_head = *commit;
  return naru_txn_drop_journal (txn, seq, error) && naru_txn_put_head (txn, &head, error) &&
         naru_txn_put_meta (txn, "boot", boot, error) && naru_txn_commit (g_steal_pointer (&txn), error);
}

/**
 * naru_office_checkpoint_locked:
 * @self: an office whose history this process has locked
 * @error: return location
 *
 * Makes everything that was decided durable in the history: one fsynced pack in place of one each entry,
 * the branch fsynced, the others gone for good, and only then the journal rows dropped.
 *
 * It reads nothing of the repository but packs that bulk work wrote and fsynced before it was decided, so it
 * also mends what a power loss left: names without content, content without names, a branch that is empty or
 * behind.
 *
 * Returns: whether all is on disk
 */
gboolean
naru_office_checkpoint_locked (NaruOffice *self, GError **error)
{
  NaruRepository *repository = self->repository;
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (NaruOid)); /* their commits */
  NaruStoreHead head;

  if (txn == NULL || !naru_txn_get_head (txn, &head, error))
    return FALSE;
  rows = read_rows (txn, head.durable_seq, error);
  g_clear_pointer (&txn, naru_txn_end);
  if (rows == NULL || !sweep (repository, rows, error))
    return FALSE;
  if (head.seq == head.durable_seq)
    return TRUE;

  if (!pack_rows (repository, rows, entries, error) ||
      !naru_repository_set_head (repository, NULL, &head.head, TRUE, error) ||
      !drop_entries (repository, entries, error) || !forget_journal (self, head.seq, &head.head, error))
    return FALSE;
  return !naru_repository_needs_repack (repository) || naru_repository_repack (repository, FALSE, error);
}

/* A branch that is absent or unreadable says nothing that could be lost; it goes back to where it last was
 * for certain, and the journal does the rest. One that stands somewhere else is left alone. */
static gboolean
mend_branch (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) local = NULL;
  NaruStoreHead head;
  NaruOid branch;

  if (txn == NULL || !naru_txn_get_head (txn, &head, error))
    return FALSE;
  if (head.durable_seq == 0)
    return TRUE;
  if (naru_repository_get_head (self->repository, &branch, &local) ? !naru_oid_is_zero (&branch)
                                                                   : local->code != NARU_ERROR_BROKEN)
    return TRUE;
  rows = read_rows (txn, head.durable_seq, error);
  return rows != NULL && sweep (self->repository, rows, error) &&
         naru_repository_set_head (self->repository, NULL, &head.durable_head, TRUE, error);
}

/**
 * naru_office_checkpoint:
 * @self: an office
 * @error: return location
 *
 * Publishes what waits and makes it durable. A branch that is gone or unreadable is set again; one that was
 * moved from outside is reported, not overwritten.
 *
 * Returns: whether all is in the history and on disk
 */
gboolean
naru_office_checkpoint (NaruOffice *self, GError **error)
{
  gboolean done;

  if (!naru_office_check_present (self, error) || !naru_office_recover (self, error) ||
      !naru_office_lock_history (self, error))
    return FALSE;
  done = mend_branch (self, error) && naru_office_publish_locked (self, error) &&
         naru_office_checkpoint_locked (self, error);
  naru_office_unlock_history (self);
  return done;
}

/**
 * naru_office_recover:
 * @self: an office
 * @error: return location
 *
 * Called before anything is changed. If the machine was started again since the journal was begun, what git
 * wrote without fsync may be damaged in ways that its names do not show; everything since the last checkpoint
 * is then made again from the journal.
 *
 * Returns: whether the history can be trusted to be what the journal says, or there was nothing to do
 */
gboolean
naru_office_recover (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autofree char *boot = NULL;
  g_autofree char *now = NULL;
  NaruStoreHead head;
  gboolean done;

  if (txn == NULL || !naru_txn_get_head (txn, &head, error))
    return FALSE;
  if (head.seq == head.durable_seq)
    return TRUE;
  boot = naru_txn_get_meta (txn, "boot", NULL);
  now = naru_boot_id ();
  if (g_strcmp0 (boot, now) == 0)
    return TRUE;
  g_clear_pointer (&txn, naru_txn_end);

  if (!naru_office_lock_history (self, error))
    return FALSE;
  done = naru_office_checkpoint_locked (self, error);
  naru_office_unlock_history (self);
  return done;
}

/* A journal left from before a power loss is put in order first. Where that cannot be done now (disk full,
 * the history read-only), officers still work: entries wait in the journal. */
void
naru_office_recover_if_possible (NaruOffice *office)
{
  g_autoptr (GError) error = NULL;

  if (!naru_office_recover (office, &error))
    g_debug ("history not recovered yet: %s", error->message);
}
