/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-rules.h"

#include "naru-past-private.h"
#include "naru-rulebook-private.h"

#include <string.h>

/*
 * A move judged again as it was: in the office as it was when it was decided, under the packs and the
 * pipeline of then, on the day of that commit. The code of plugins is today's; where it is another one, that
 * is told.
 */

typedef struct
{
  NaruDesk *desk; /* in the office as it was */
  NaruMoment moment;
  NaruPastEntry past; /* of the moment */
  gboolean is_move;   /* it is the move itself that is judged again */
} AsOf;

static void
as_of_clear (AsOf *self)
{
  g_clear_pointer (&self->desk, naru_desk_unref);
  naru_past_entry_clear (&self->past);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AsOf, as_of_clear)

/* The person who asked for a move: the author's address is the record's id at "naru". */
static char *
make_requester (const char *email)
{
  const char *at = strrchr (email, '@');

  return at != NULL ? g_strndup (email, (gsize) (at - email)) : NULL;
}

/* A move is judged by what stood there before it, when its author asked for it. */
static gboolean
step_back (AsOf *self, NaruDesk *desk, NaruMoment *before, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (desk->office->store, error);

  *before = self->moment;
  before->seq--;
  before->clock = self->past.authored;
  return txn != NULL && naru_txn_get_commit (txn, before->seq, &before->commit, error);
}

static gboolean
as_of_begin (AsOf *self, NaruDesk *desk, const char *id, const char *when, GError **error)
{
  NaruMoment moment;

  if (!naru_office_check_present (desk->office, error) ||
      !naru_moment_find (desk->office, when, &self->moment, error) ||
      !naru_repository_read_entry (desk->office->repository, &self->moment.commit, &self->past, error))
    return FALSE;
  self->is_move = self->moment.is_entry && g_str_equal (self->past.action, "advance") &&
                  g_strcmp0 (self->past.record, id) == 0;
  moment = self->moment;
  if (self->is_move && !step_back (self, desk, &moment, error))
    return FALSE;
  self->desk = naru_desk_at_moment (desk, &moment, error);
  if (self->desk == NULL)
    return FALSE;
  /* whose approval does not count: nobody's, where no move was asked for */
  g_free (self->desk->person);
  self->desk->person = self->is_move ? make_requester (self->past.author_email) : NULL;
  return TRUE;
}

static NaruReview *
judge (AsOf *self, const char *id, const char *stage, GError **error)
{
  NaruOffice *office = self->desk->office;
  g_autoptr (NaruTxn) txn = naru_store_begin_read (office->store, error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) record =
      txn != NULL ? naru_desk_load (self->desk, txn, id, "read", &type, error) : NULL;
  NaruPipeline *pipeline =
      record != NULL ? naru_office_get_pipeline (office, naru_record_type_get_name (type), error) : NULL;
  NaruTime now;

  if (pipeline == NULL)
    return NULL;
  naru_office_get_now (office, &now);
  return naru_desk_review (self->desk, txn, type, record, pipeline,
                           stage == NULL && self->is_move ? self->past.to : stage, &now, FALSE, error);
}

static gboolean
add_module (AsOf *self, NaruTxn *txn, NaruJson *row, NaruJson *modules, GError **error)
{
  const char *name = naru_json_get_string (row, "plugin");
  NaruPlugin *plugin =
      name != NULL ? naru_plugins_find (naru_office_get_plugins (self->desk->office), name) : NULL;

  if (plugin == NULL || !naru_json_get_boolean (row, "enabled", TRUE))
    return TRUE;
  g_autoptr (NaruRulePack) pack =
      naru_office_load_pack (txn, "pack", naru_json_get_string (row, "id"), error);
  if (pack == NULL)
    return FALSE;
  NaruJson *then = naru_json_get (naru_json_get (naru_rule_pack_get_json (pack), "plugin"), "digest");
  const char *now = naru_plugin_get_digest (plugin);
  if (then == NULL || g_strcmp0 (naru_json_as_string (then), now) == 0)
    return TRUE;
  NaruJson *module = naru_json_new_object ();
  naru_json_set_string (module, "name", name);
  naru_json_set (module, "then", naru_json_ref (then));
  if (now != NULL)
    naru_json_set_string (module, "now", now);
  naru_json_append (modules, module);
  return TRUE;
}

/* (transfer full) (nullable): [{"name","then","now"}]: code that is another one now */
static NaruJson *
list_modules (AsOf *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
  g_autoptr (NaruJson) index = txn != NULL ? naru_office_read_index (txn, error) : NULL;
  g_autoptr (NaruJson) modules = naru_json_new_array ();
  NaruJson *rows = naru_json_get (index, "packs");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    if (!add_module (self, txn, naru_json_get_element (rows, i), modules, error))
      return NULL;
  return index != NULL ? g_steal_pointer (&modules) : NULL;
}

static NaruJson *
describe (AsOf *self, NaruReview *review, GError **error)
{
  g_autoptr (NaruJson) modules = list_modules (self, error);
  g_auto (GStrv) lines = naru_review_list_verdicts (review);
  g_autoptr (NaruJson) verdict = naru_json_new_array ();
  char hex[2 * NARU_OID_SIZE + 1];
  NaruTime then;

  if (modules == NULL)
    return NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    naru_json_append_string (verdict, lines[i]);
  naru_office_get_now (self->desk->office, &then);
  g_autofree char *day = naru_date_to_string (naru_time_to_date (&then));
  NaruJson *about = naru_json_new_object ();
  naru_oid_to_hex (&self->moment.commit, hex);
  naru_json_set_string (about, "commit", hex);
  naru_json_set_string (about, "day", day);
  naru_json_set (about, "modules", g_steal_pointer (&modules));
  if (self->is_move)
    {
      NaruJson *stored = naru_json_new_array ();
      for (guint i = 0; i < self->past.verdicts->len; i++)
        naru_json_append_string (stored, g_ptr_array_index (self->past.verdicts, i));
      naru_json_set_boolean (about, "same", naru_json_equal (stored, verdict));
      naru_json_set (about, "stored", stored);
    }
  naru_json_set (about, "verdict", g_steal_pointer (&verdict));
  return about;
}

/**
 * naru_desk_check_as_of:
 * @self: a desk
 * @id: a record with stages
 * @stage: (nullable): the stage to move to; that of the move, or the usual next one, where %NULL
 * @when: a moment, as naru_desk_at() takes it. Where it names the entry of a move of this record, that move
 * is judged again as it was decided: by what stood there before it
 * @about: (out) (transfer full): {"commit","day","modules","verdict","stored","same"}: what was looked at;
 * "stored" is the verdict that the move's commit holds, and "same" whether it is this one, to the byte
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the review under the records, the pipeline and the rules of that day
 */
NaruReview *
naru_desk_check_as_of (NaruDesk *self, const char *id, const char *stage, const char *when, NaruJson **about,
                       GError **error)
{
  g_auto (AsOf) as_of = { 0 };

  if (!as_of_begin (&as_of, self, id, when, error))
    return NULL;
  g_autoptr (NaruReview) review = judge (&as_of, id, stage, error);
  *about = review != NULL ? describe (&as_of, review, error) : NULL;
  return *about != NULL ? g_steal_pointer (&review) : NULL;
}
