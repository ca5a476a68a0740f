/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-restore-private.h"

#include <glib/gi18n-lib.h>

#define SKIPPED_MAX 1000000 /* entries that may be missing between two commits */

/*
 * A commit that is not what an office writes, taken as it is: whoever looks for all that is wrong with a
 * history has to go on behind the first thing. The folders are put as they were read, and number and chain
 * as the commit claims them; what of its files has the form of an office's file is taken.
 */

static void
force_record (NaruRestore *self, const NaruSourceItem *item)
{
  NaruRecordType *type = NULL;
  g_autofree char *id = NULL;
  NaruId parsed;

  if (!naru_restore_read_record_path (self, item->path, &type, &id, &parsed, NULL))
    return;
  const char *name = naru_record_type_get_name (type);
  g_autoptr (NaruRecord) record = naru_record_new_from_bytes (name, id, item->bytes, NULL);
  g_autoptr (NaruRecord) old =
      naru_txn_has_record (self->txn, name, id) ? naru_txn_get_record (self->txn, name, id, NULL) : NULL;
  if (record == NULL)
    return;
  if (old == NULL)
    naru_restore_count_record (self, type, &parsed, NULL);
  naru_restore_put_record (self, type, record, old, NULL);
}

static gboolean
force_item (NaruRestore *self, const NaruSourceItem *item, GError **error)
{
  gsize size = g_bytes_get_size (item->bytes);

  if (item->kind == NARU_SOURCE_BEGIN)
    naru_restore_begin_entry (self, item->bytes, NULL);
  if (item->kind == NARU_SOURCE_TREE)
    return naru_txn_put_tree (self->txn, item->path != NULL ? item->path : "", size > 0 ? item->bytes : NULL,
                              error);
  if (item->path == NULL || (item->kind != NARU_SOURCE_FILE && item->kind != NARU_SOURCE_GONE))
    return TRUE;
  if (g_str_has_prefix (item->path, "records/"))
    {
      if (item->kind == NARU_SOURCE_FILE && self->past.action != NULL)
        force_record (self, item);
    }
  else if (!g_str_has_prefix (item->path, "documents/"))
    naru_restore_put_configuration (self, item->path, item->kind == NARU_SOURCE_FILE ? item->bytes : NULL,
                                    NULL);
  return TRUE;
}

static gboolean
take_claims (NaruRestore *self, const NaruOid *commit, GError **error)
{
  gboolean has_form = self->past.action != NULL;

  /* a number that is out of all reason is not followed */
  self->head.seq =
      has_form && self->past.seq > self->head.seq && self->past.seq - self->head.seq <= SKIPPED_MAX
          ? self->past.seq
          : self->head.seq + 1;
  self->head.head = *commit;
  if (has_form)
    {
      self->head.chain = self->past.chain;
      self->head.last_seconds = self->past.committed.seconds;
    }
  if (self->rules_moved)
    naru_restore_read_rules (self, NULL);
  return naru_txn_put_commit (self->txn, self->head.seq, commit, error);
}

/* Takes @commit, the one behind the last that was taken, whatever it is. @scratch: as for
 * naru_source_open(). FALSE: it cannot be read, or the store not be written. */
gboolean
naru_restore_force_entry (NaruRestore *self, const char *from, const char *scratch, const NaruOid *commit,
                          GError **error)
{
  g_autoptr (NaruSource) source =
      naru_source_open_range (from, scratch, NARU_SOURCE_WITH_TREES | NARU_SOURCE_WITH_GONE_TREES,
                              &self->head.head, commit, error);
  const NaruRestoreWatch *watch = self->watch;
  gboolean done = source != NULL;

  self->watch = NULL;
  while (done)
    {
      g_auto (NaruSourceItem) item = { 0 };
      done = naru_source_next (source, &item, error) && force_item (self, &item, error);
      if (item.kind == NARU_SOURCE_DONE)
        break;
    }
  self->watch = watch;
  return done && take_claims (self, commit, error);
}
