/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-past-private.h"

#include "naru-change-private.h"
#include "naru-restore-private.h"
#include "naru-rulebook-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * An office as it was: a NaruOffice like any other, over a store that is filled from one commit of the
 * history when something is asked for, and forgotten in the end. So whoever reads it needs no second way.
 *
 *   from the commit    office.json, pipelines, rule packs, records
 *   from the store     the policy of now; of a record's history the events up to that entry, which never
 * change
 *
 * A type is read whole when it is listed, a record alone when it is shown.
 */

#define SCRATCH_PREFIX ".past-"
#define SCRATCH_LEFT 60 /* seconds: what is older was left behind by a crash */
#define ROWS_A_TRANSACTION 4096

struct _NaruPast
{
  NaruOffice *live; /* (owned) */
  NaruMoment moment;
  GHashTable *types;   /* names of those that were read whole */
  GHashTable *records; /* ids of those that were read with their events */
};

void
naru_past_free (NaruPast *self)
{
  g_clear_pointer (&self->live, naru_office_unref);
  g_clear_pointer (&self->types, g_hash_table_unref);
  g_clear_pointer (&self->records, g_hash_table_unref);
  g_free (self);
}

const NaruTime *
naru_past_get_clock (NaruPast *self)
{
  return &self->moment.clock;
}

NaruTypes *
naru_past_get_types_now (NaruPast *self)
{
  return self->live->types;
}

/* (transfer full) (nullable): the record as it is now */
NaruRecord *
naru_past_load_now (NaruPast *self, NaruRecord *record, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->live->store, error);

  return txn != NULL ? naru_txn_get_record (txn, naru_record_get_type_name (record),
                                            naru_record_get_id (record), error)
                     : NULL;
}

/* For all that an office as it was cannot answer. */
gboolean
naru_office_check_present (NaruOffice *self, GError **error)
{
  if (self->past == NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Ask the office as it is now, without --at."),
                  _ ("the office as it was can be looked at, but nothing else"));
  return FALSE;
}

/* What the clock shows in this office */
void
naru_office_get_now (NaruOffice *self, NaruTime *now)
{
  if (self->past != NULL)
    *now = self->past->moment.clock;
  else
    naru_clock_now (now);
}

/* The files of a scratch store go as soon as it is open; only who is killed in between leaves them. */
static void
sweep (const char *place)
{
  g_autoptr (GDir) dir = g_dir_open (place, 0, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (place, name, NULL);
      struct stat st;
      if (g_str_has_prefix (name, SCRATCH_PREFIX) && lstat (path, &st) == 0 && S_ISDIR (st.st_mode) &&
          st.st_mtime < now - SCRATCH_LEFT)
        naru_folder_remove (path);
    }
}

static NaruStore *
open_scratch_in (const char *place, GError **error)
{
  g_autofree char *folder = g_build_filename (place, SCRATCH_PREFIX "XXXXXX", NULL);

  sweep (place);
  if (g_mkdtemp_full (folder, 0700) == NULL)
    {
      naru_set_error_errno (error, errno, _ ("choose a folder that you may write to"),
                            _ ("cannot make a folder in %s"), place);
      return NULL;
    }
  NaruStore *store = naru_store_open (folder, NARU_STORE_CREATE | NARU_STORE_SCRATCH, error);
  naru_folder_remove (folder);
  return store;
}

/* Beside the office's own store, so that it is as safe from others as that one; elsewhere where the office is
 * for reading only. */
static NaruStore *
open_scratch (const char *folder, GError **error)
{
  const char *const places[] = { folder, g_get_user_runtime_dir (), g_get_tmp_dir () };
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      NaruStore *store = open_scratch_in (places[i], first == NULL ? &first : NULL);
      if (store != NULL)
        return store;
    }
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}

/* What an office as it was is configured by, on its way into the store of the past */
typedef struct
{
  NaruPast *past;
  NaruTxn *txn;      /* borrowed: of the past */
  NaruTxn *live;     /* of the present */
  GHashTable *files; /* path -> GBytes */
} Setting;

static void
setting_clear (Setting *self)
{
  g_clear_pointer (&self->live, naru_txn_end);
  g_clear_pointer (&self->files, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Setting, setting_clear)

static gboolean
take_file (const char *path, GBytes *bytes, gpointer user_data)
{
  g_hash_table_replace (user_data, g_strdup (path), g_bytes_ref (bytes));
  return TRUE;
}

/* @bytes: (nullable): the file as it was, borrowed; NULL without an error where there was none */
static gboolean
read_file (Setting *self, const char *path, GBytes **bytes, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) read =
      naru_repository_read_file (self->past->live->repository, &self->past->moment.commit, path, &local);

  *bytes = read;
  if (read != NULL)
    return take_file (path, read, self->files);
  if (g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
copy_row (Setting *self, const char *key, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = naru_txn_get_meta (self->live, key, &local);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return text != NULL && naru_txn_put_meta (self->txn, key, text, error);
}

/* The packs of now are those of then: what was made of them need not be made again. */
static gboolean
copy_packs (Setting *self, NaruJson *rows, GError **error)
{
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      const char *id = naru_json_get_string (naru_json_get_element (rows, i), "id");
      if (!naru_office_copy_pack (self->live, self->txn, id, error))
        return FALSE;
    }
  return copy_row (self, NARU_META_RULES, error) && copy_row (self, NARU_META_FIELDS, error);
}

/* Of the packs those that the list of then names; former versions stand beside them. */
static gboolean
write_rules (Setting *self, GError **error)
{
  NaruRestore restore = { .txn = self->txn, .files = self->files };
  GBytes *bytes = NULL;

  if (!read_file (self, "rules/index.json", &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  g_autoptr (NaruJson) index =
      naru_json_parse (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), 0, error);
  if (index == NULL)
    return FALSE;
  NaruJson *rows = naru_json_get (index, "packs");
  g_autofree char *then = naru_json_to_line (index);
  g_autofree char *now = naru_txn_get_meta (self->live, NARU_META_RULES, NULL);
  if (g_strcmp0 (then, now) == 0)
    return copy_packs (self, rows, error);
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      g_autofree char *path = naru_office_make_pack_path (naru_json_get_string (row, "id"),
                                                          naru_json_get_string (row, "version"));
      if (!read_file (self, path, &bytes, error))
        return FALSE;
    }
  return naru_restore_write_packs (&restore, error);
}

static gboolean
write_pipelines (Setting *self, GError **error)
{
  NaruRestore restore = { .txn = self->txn, .files = self->files };

  return naru_repository_foreach_file (self->past->live->repository, &self->past->moment.commit, "pipelines",
                                       take_file, self->files, error) &&
         naru_restore_write_pipelines (&restore, error);
}

static gboolean
write_office (Setting *self, GError **error)
{
  NaruStoreHead head = { .seq = self->past->moment.seq, .durable_seq = self->past->moment.seq };
  GBytes *bytes = NULL;

  head.head = head.durable_head = self->past->moment.commit;
  head.last_seconds = self->past->moment.clock.seconds;
  if (!read_file (self, "office.json", &bytes, error))
    return FALSE;
  g_autofree char *text =
      bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
  return naru_txn_put_meta (self->txn, "office", text, error) && copy_row (self, "policy", error) &&
         naru_txn_put_head (self->txn, &head, error);
}

static gboolean
write_configuration (NaruPast *self, NaruTxn *txn, GError **error)
{
  g_auto (Setting) setting = { .past = self, .txn = txn };

  setting.live = naru_store_begin_read (self->live->store, error);
  setting.files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  return setting.live != NULL && write_office (&setting, error) && write_pipelines (&setting, error) &&
         write_rules (&setting, error);
}

/*
 * naru_past_open:
 * @live: an office; its entries up to @moment are in git
 *
 * Returns: (transfer full) (nullable): it as it was, without any record yet
 */
NaruOffice *
naru_past_open (NaruOffice *live, const NaruMoment *moment, GError **error)
{
  g_autoptr (NaruStore) store = open_scratch (live->folder, error);
  g_autoptr (NaruOffice) office = store != NULL ? naru_office_attach (live->folder, store, error) : NULL;
  g_autoptr (NaruTxn) txn = NULL;

  if (office == NULL || naru_office_get_repository (live, error) == NULL)
    return NULL;
  NaruPast *self = office->past = g_new0 (NaruPast, 1);
  self->live = naru_office_ref (live);
  self->moment = *moment;
  self->types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  txn = naru_store_begin_write (store, error);
  if (txn == NULL || !write_configuration (self, txn, error) ||
      !naru_txn_commit (g_steal_pointer (&txn), error) || !naru_office_read_config (office, error))
    return NULL;
  return g_steal_pointer (&office);
}

/* Records on their way from a commit into the store of the past */
typedef struct
{
  NaruPast *past;
  NaruStore *store;
  NaruRecordType *type;
  NaruTxn *txn;  /* of the past */
  NaruTxn *live; /* of the present */
  guint n_rows;
  const char *id; /* of the record whose events are walked */
  gboolean keep_events;
  guint n_events;
  gint64 since;
  GError *error;
} Filling;

static void
filling_clear (Filling *self)
{
  g_clear_pointer (&self->txn, naru_txn_end);
  g_clear_pointer (&self->live, naru_txn_end);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Filling, filling_clear)

static gboolean
filling_begin (Filling *self, NaruOffice *office, const char *type, GError **error)
{
  self->past = office->past;
  self->store = office->store;
  self->type = naru_types_get (office->types, type, error);
  self->live = self->type != NULL ? naru_store_begin_read (self->past->live->store, error) : NULL;
  self->txn = self->live != NULL ? naru_store_begin_write (self->store, error) : NULL;
  return self->txn != NULL;
}

/* Memory stays bounded, and the present store is not kept from using its room again. */
static gboolean
filling_renew (Filling *self, GError **error)
{
  if (++self->n_rows % ROWS_A_TRANSACTION != 0)
    return TRUE;
  if (!naru_txn_commit (g_steal_pointer (&self->txn), error) || !naru_txn_renew (self->live, error))
    return FALSE;
  self->txn = naru_store_begin_write (self->store, error);
  return self->txn != NULL;
}

/* @user_data: a #Filling. A record stands in its stage since the last event that led there. */
static gboolean
take_event (const NaruEvent *event, gpointer user_data)
{
  Filling *self = user_data;
  NaruOid commit;

  if (event->seq > self->past->moment.seq)
    return FALSE;
  if (self->n_events++ == 0 || *event->to != '\0')
    self->since = event->seconds;
  return !self->keep_events || (naru_txn_get_commit (self->live, event->seq, &commit, &self->error) &&
                                naru_txn_put_commit (self->txn, event->seq, &commit, &self->error) &&
                                naru_txn_add_event (self->txn, naru_record_type_get_name (self->type),
                                                    self->id, event, &self->error));
}

static gboolean
walk_events (Filling *self, const char *id, GError **error)
{
  self->id = id;
  self->n_events = 0;
  if (!naru_txn_foreach_event (self->live, naru_record_type_get_name (self->type), id, take_event, self,
                               error))
    return FALSE;
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

static gboolean
put_record (Filling *self, const char *id, GBytes *bytes, GError **error)
{
  g_autoptr (NaruRecord) record =
      naru_record_new_from_bytes (naru_record_type_get_name (self->type), id, bytes, error);

  return record != NULL && naru_office_put_record (self->txn, self->type, record, NULL, &self->since, error);
}

/* records/deal/2026/00/04/MGK-2026-00442.json */
static gboolean
take_record (const char *path, GBytes *bytes, gpointer user_data)
{
  Filling *self = user_data;
  const char *name = strrchr (path, '/') + 1;
  g_autofree char *id = g_strndup (name, strlen (name) - (g_str_has_suffix (name, ".json") ? 5 : 0));

  return walk_events (self, id, &self->error) && put_record (self, id, bytes, &self->error) &&
         filling_renew (self, &self->error);
}

/* Before records of @type are walked. @txn: (nullable): a read transaction, which then sees them */
gboolean
naru_past_need_type (NaruOffice *office, NaruTxn *txn, const char *type, GError **error)
{
  NaruPast *self = office->past;
  g_auto (Filling) filling = { 0 };

  if (self == NULL || g_hash_table_contains (self->types, type))
    return TRUE;
  g_autofree char *folder = g_strconcat ("records/", type, NULL);
  if (!filling_begin (&filling, office, type, error) ||
      !naru_repository_foreach_file (self->live->repository, &self->moment.commit, folder, take_record,
                                     &filling, error))
    return FALSE;
  if (filling.error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&filling.error));
      return FALSE;
    }
  g_hash_table_add (self->types, g_strdup (type));
  return naru_txn_commit (g_steal_pointer (&filling.txn), error) &&
         (txn == NULL || naru_txn_renew (txn, error));
}

/* Before a record is read; one that did not exist then is not there afterwards either. @txn: as above */
gboolean
naru_past_need_record (NaruOffice *office, NaruTxn *txn, const char *type, const char *id, GError **error)
{
  NaruPast *self = office->past;
  g_auto (Filling) filling = { .keep_events = TRUE };

  if (self == NULL || g_hash_table_contains (self->records, id))
    return TRUE;
  if (!filling_begin (&filling, office, type, error) || !walk_events (&filling, id, error))
    return FALSE;
  if (filling.n_events > 0)
    {
      g_autofree char *path = naru_id_get_record_path (type, id);
      g_autoptr (GBytes) bytes =
          naru_repository_read_file (self->live->repository, &self->moment.commit, path, error);
      if (bytes == NULL || !put_record (&filling, id, bytes, error))
        return FALSE;
    }
  g_hash_table_add (self->records, g_strdup (id));
  return naru_txn_commit (g_steal_pointer (&filling.txn), error) &&
         (txn == NULL || naru_txn_renew (txn, error));
}
