/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"
#include "naru-seals-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/*
 * Mirrors: copies of the history that others hold. Which there are stands in office.json, so in the history:
 * whoever takes one away leaves a commit. How far each was when it was last written to is a ref of this
 * repository alone (refs/naru/mirrors/NAME); it is told, and nothing rests on it.
 */

#define NAME_MAX_SIZE 32

static gboolean
check_name (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (length > 0 && length <= NAME_MAX_SIZE && g_ascii_isalnum (name[0]) && name[length - 1] != '-' &&
      strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, "NAME", 0,
                  _ ("small letters, digits and hyphens, at most 32: auditor"),
                  _ ("this cannot be the name of a mirror"));
  return FALSE;
}

/* The configuration as the store has it now: others may have changed it. */
static NaruJson *
read_config (NaruTxn *txn, GError **error)
{
  g_autofree char *text = naru_txn_get_meta (txn, "office", error);

  if (text == NULL)
    {
      if (error != NULL && *error == NULL)
        naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, NULL,
                        _ ("the store lost the office's configuration"));
      return NULL;
    }
  return naru_json_parse (text, -1, 0, error);
}

static const char *
get_url (NaruJson *config, const char *name)
{
  NaruJson *remotes = naru_json_get (config, "remotes");
  NaruJson *remote = remotes != NULL ? naru_json_get (remotes, name) : NULL;

  return remote != NULL ? naru_json_get_string (remote, "url") : NULL;
}

static void
set_unknown (const char *name, GError **error)
{
  g_autofree char *clean = g_utf8_make_valid (name, -1);

  naru_set_error (error, NARU_ERROR_NOT_FOUND, "NAME", 0, _ ("naru remote list shows those that there are"),
                  _ ("there is no mirror “%s”"), clean);
}

/* (transfer full) (nullable): the address; %NULL without an error where there is no mirror of that name */
char *
naru_office_find_remote (NaruOffice *self, const char *name, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (NaruJson) config = txn != NULL ? read_config (txn, error) : NULL;

  return config != NULL ? g_strdup (get_url (config, name)) : NULL;
}

static gboolean
write_config (NaruChange *change, NaruJson *config, GError **error)
{
  g_autoptr (GBytes) bytes = naru_json_to_bytes (config);
  g_autofree char *text = naru_json_to_text (config, NULL);

  naru_entry_put_file (naru_change_get_entry (change), "office.json", bytes);
  return naru_txn_put_meta (naru_change_get_txn (change), "office", text, error);
}

static void
forget_mirror (NaruOffice *self, const char *name)
{
  g_autofree char *ref = g_strconcat (NARU_MIRROR_REFS, name, NULL);
  g_autoptr (GError) local = NULL;

  if (!naru_office_lock_history (self, &local))
    return;
  if (!naru_repository_drop_ref (self->repository, ref, &local))
    g_debug ("%s", local->message);
  naru_office_unlock_history (self);
}

/* The removal of a mirror may have been cut short just before the end: how far that one was says nothing of
 * a new one of its name. */
static gboolean
forget_former (NaruOffice *self, const char *name, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *url = naru_office_find_remote (self, name, &local);

  if (url == NULL && local == NULL)
    forget_mirror (self, name);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * naru_desk_add_remote:
 * @self: a desk
 * @name: a name for it
 * @url: where it is: a folder, or an address of https or ssh without a secret in it
 * @address: (out) (transfer full): how it stands in the history
 * @error: return location
 *
 * Adds a mirror to the office's configuration. Nothing is written to it yet.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_add_remote (NaruDesk *self, const char *name, const char *url, char **address, GError **error)
{
  g_autofree char *checked = NULL;
  g_autoptr (NaruChange) change = NULL;
  g_autoptr (NaruJson) config = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error) || !check_name (name, error))
    return FALSE;
  checked = naru_mirror_check_url (url, error);
  if (checked == NULL || !forget_former (self->office, name, error))
    return FALSE;
  change = naru_change_begin (self, "add-remote", error);
  config = change != NULL ? read_config (naru_change_get_txn (change), error) : NULL;
  if (config == NULL)
    return FALSE;
  if (get_url (config, name) != NULL)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, "NAME", 0, NULL, _ ("there is a mirror “%s” already"), name);
      naru_error_set_cure (error, _ ("naru remote remove %s --reason TEXT, or another name"), name);
      return FALSE;
    }
  if (naru_json_get (config, "remotes") == NULL)
    naru_json_set (config, "remotes", naru_json_new_object ());
  NaruJson *remote = naru_json_new_object ();
  naru_json_set_string (remote, "url", checked);
  naru_json_set (naru_json_get (config, "remotes"), name, remote);
  naru_change_set_subject (change, NULL, NULL, "office: add mirror %s", name);
  *address = g_steal_pointer (&checked);
  return write_config (change, config, error) && naru_change_commit (change, NULL, error);
}

/**
 * naru_desk_remove_remote:
 * @self: a desk
 * @name: name of a mirror
 * @reason: why, for the history, in one line
 * @error: return location
 *
 * Takes a mirror out of the office's configuration. What it holds stays there.
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_remove_remote (NaruDesk *self, const char *name, const char *reason, GError **error)
{
  g_autofree char *line = NULL;
  g_autoptr (NaruChange) change = NULL;
  g_autoptr (NaruJson) config = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error))
    return FALSE;
  line = naru_desk_need_reason (reason, error);
  if (line == NULL)
    return FALSE;
  change = naru_change_begin (self, "remove-remote", error);
  config = change != NULL ? read_config (naru_change_get_txn (change), error) : NULL;
  if (config == NULL)
    return FALSE;
  if (get_url (config, name) == NULL)
    {
      set_unknown (name, error);
      return FALSE;
    }
  naru_json_remove (naru_json_get (config, "remotes"), name);
  if (naru_json_get_size (naru_json_get (config, "remotes")) == 0)
    naru_json_remove (config, "remotes");
  naru_change_set_subject (change, NULL, NULL, "office: remove mirror %s", name);
  naru_entry_set_reason (naru_change_get_entry (change), line);
  gboolean done = write_config (change, config, error) && naru_change_commit (change, NULL, error);
  g_clear_pointer (&change, naru_change_free);
  if (done)
    forget_mirror (self->office, name);
  return done;
}

/* The number of a commit of this history; 0: it is none */
static guint64
find_number (NaruOffice *self, NaruTxn *txn, const NaruOid *commit)
{
  NaruRepository *repository = naru_office_get_repository (self, NULL);
  g_autoptr (NaruObject) object = NULL;
  NaruOid known;

  if (repository != NULL)
    object = naru_repository_read_object (repository, commit, NARU_OBJECT_COMMIT, NULL);
  if (object == NULL)
    return 0;
  g_autofree char *text =
      g_strndup (g_bytes_get_data (object->bytes, NULL), g_bytes_get_size (object->bytes));
  const char *line = g_strrstr (text, "\nNaru-Seq: ");
  guint64 seq = line != NULL ? g_ascii_strtoull (line + strlen ("\nNaru-Seq: "), NULL, 10) : 0;
  return naru_txn_get_commit (txn, seq, &known, NULL) && naru_oid_equal (&known, commit) ? seq : 0;
}

/* The number of the commit that a mirror was last known to stand at; 0: none */
static guint64
find_pushed (NaruOffice *self, NaruTxn *txn, const char *name, NaruOid *commit)
{
  g_autofree char *ref = g_strconcat (NARU_MIRROR_REFS, name, NULL);
  NaruRepository *repository = naru_office_get_repository (self, NULL);

  memset (commit, 0, sizeof *commit);
  if (repository == NULL || !naru_repository_get_ref (repository, ref, commit, NULL) ||
      naru_oid_is_zero (commit))
    return 0;
  return find_number (self, txn, commit);
}

static NaruJson *
describe_remote (NaruOffice *self, NaruTxn *txn, const NaruStoreHead *head, NaruJson *remotes,
                 const char *name)
{
  NaruJson *row = naru_json_new_object ();
  char hex[2 * NARU_OID_SIZE + 1];
  NaruOid commit;
  guint64 seq = find_pushed (self, txn, name, &commit);

  naru_json_set_string (row, "name", name);
  naru_json_set_string (row, "url", naru_json_get_string (naru_json_get (remotes, name), "url"));
  naru_oid_to_hex (&commit, hex);
  naru_json_set (row, "pushed_seq", seq > 0 ? naru_json_new_integer ((gint64) seq) : naru_json_new_null ());
  naru_json_set (row, "pushed_commit", seq > 0 ? naru_json_new_string (hex) : naru_json_new_null ());
  naru_json_set_integer (row, "behind", (gint64) (head->seq - MIN (seq, head->seq)));
  return row;
}

/* (nullable): [{"name","url","pushed_seq","pushed_commit","behind"}], by name */
static NaruJson *
list_remotes (NaruOffice *self, NaruTxn *txn, GError **error)
{
  g_autoptr (NaruJson) config = read_config (txn, error);
  NaruStoreHead head;

  if (config == NULL || !naru_txn_get_head (txn, &head, error))
    return NULL;
  NaruJson *list = naru_json_new_array ();
  NaruJson *remotes = naru_json_get (config, "remotes");
  g_auto (GStrv) names = remotes != NULL ? naru_json_get_keys (remotes) : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    naru_json_append (list, describe_remote (self, txn, &head, remotes, names[i]));
  return list;
}

/**
 * naru_desk_list_remotes:
 * @self: a desk
 * @error: return location
 *
 * Without a look at the network: how far each was when it was last written to.
 *
 * Returns: (transfer full) (nullable): [{"name","url","pushed_seq","pushed_commit","behind"}], by name; the
 * two in the middle are null where nothing was written yet
 */
NaruJson *
naru_desk_list_remotes (NaruDesk *self, GError **error)
{
  g_autoptr (NaruTxn) txn = NULL;

  if (!naru_desk_require (self, "office", "audit", NULL, error))
    return NULL;
  txn = naru_store_begin_read (self->office->store, error);
  return txn != NULL ? list_remotes (self->office, txn, error) : NULL;
}

/* What “naru status” tells of mirrors; nothing in an office that has none. */
void
naru_office_report_remotes (NaruOffice *self, NaruTxn *txn, NaruJson *status)
{
  g_autoptr (NaruJson) list = list_remotes (self, txn, NULL);

  if (list != NULL && naru_json_get_size (list) > 0)
    naru_json_set (status, "remotes", g_steal_pointer (&list));
}

/* What the office has for a mirror: the seals and time stamps that are not there yet. (nullable) */
static GPtrArray *
list_missing (NaruOffice *self, GPtrArray *there, GError **error)
{
  static const char *const folders[] = { NARU_SEAL_REFS, NARU_STAMP_REFS };
  g_autoptr (GPtrArray) missing = naru_refs_new ();

  for (gsize f = 0; f < G_N_ELEMENTS (folders); f++)
    {
      g_autoptr (GPtrArray) refs = naru_repository_list_refs (self->repository, folders[f], error);
      if (refs == NULL)
        return NULL;
      for (guint i = 0; i < refs->len; i++)
        {
          const NaruRef *ref = g_ptr_array_index (refs, i);
          if (missing->len < NARU_MIRROR_MAX_REFS && naru_ref_is_ours (ref->name) &&
              !naru_oid_is_zero (&ref->oid) && naru_refs_find (there, ref->name) == NULL)
            naru_refs_add (missing, ref->name, &ref->oid);
        }
    }
  return g_steal_pointer (&missing);
}

/* The commit that is on disk for good; nothing else leaves the house. */
static gboolean
get_durable (NaruOffice *self, NaruStoreHead *head, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);

  return txn != NULL && naru_txn_get_head (txn, head, error);
}

static void
note_pushed (NaruOffice *self, const char *name, const NaruOid *commit)
{
  g_autofree char *ref = g_strconcat (NARU_MIRROR_REFS, name, NULL);
  g_autoptr (GError) local = NULL;

  if (!naru_office_lock_history (self, &local))
    return;
  if (!naru_repository_set_ref (self->repository, ref, NULL, commit, &local))
    g_debug ("%s", local->message);
  naru_office_unlock_history (self);
}

/* A mirror that has something else is never overwritten: the first thing that is wrong is told. */
static gboolean
check_mirror (NaruDesk *self, const char *name, GError **error)
{
  g_autoptr (NaruJson) report = NULL;

  if (!naru_desk_compare_history (self, name, NULL, NULL, &report, error))
    return FALSE;
  NaruJson *findings = naru_json_get (report, "findings");
  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      if (g_strcmp0 (naru_json_get_string (finding, "severity"), "broken") != 0)
        continue;
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, naru_json_get_string (finding, "cure"), "%s",
                      naru_json_get_string (finding, "message"));
      return FALSE;
    }
  return TRUE;
}

/* Whether a mirror has nothing but what is ours: then there is nothing to explain, and git moves it forward.
 */
static gboolean
is_contained (NaruOffice *self, const NaruOid *head, GPtrArray *refs)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, NULL);

  if (txn == NULL || find_number (self, txn, head) == 0)
    return FALSE;
  for (guint i = 0; i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      NaruOid own;
      if (!naru_repository_get_ref (self->repository, ref->name, &own, NULL) ||
          !naru_oid_equal (&own, &ref->oid))
        return FALSE;
    }
  return TRUE;
}

static gboolean
push_one (NaruDesk *self, const char *name, const char *url, NaruJson *row, NaruProgress progress,
          gpointer user_data, GError **error)
{
  NaruOffice *office = self->office;
  const char *path = naru_repository_get_path (office->repository);
  NaruOid there;
  NaruStoreHead head;
  g_autoptr (GPtrArray) refs = naru_mirror_list (url, path, &there, error);
  g_autoptr (GPtrArray) missing = NULL;

  if (refs == NULL || !get_durable (office, &head, error))
    return FALSE;
  if (!naru_oid_is_zero (&there) && !is_contained (office, &there, refs) && !check_mirror (self, name, error))
    return FALSE;
  missing = list_missing (office, refs, error);
  if (missing == NULL)
    return FALSE;
  gboolean nothing = naru_oid_equal (&there, &head.durable_head) && missing->len == 0;
  if (!nothing && !naru_mirror_push (url, path, &head.durable_head, missing, progress, user_data, error))
    return FALSE;
  note_pushed (office, name, &head.durable_head);
  naru_json_set_string (row, "state", nothing ? "up-to-date" : "pushed");
  naru_json_set_integer (row, "seq", (gint64) head.durable_seq);
  naru_json_set_integer (row, "refs", missing->len);
  return TRUE;
}

static void
push_row (NaruDesk *self, NaruJson *list, const char *name, const char *url, NaruProgress progress,
          gpointer user_data)
{
  NaruJson *row = naru_json_new_object ();
  g_autoptr (GError) local = NULL;

  naru_json_append (list, row);
  naru_json_set_string (row, "name", name);
  naru_json_set_string (row, "url", url);
  if (push_one (self, name, url, row, progress, user_data, &local))
    return;
  naru_json_set_string (row, "state",
                        g_error_matches (local, NARU_ERROR, NARU_ERROR_BROKEN) ? "broken" : "failed");
  naru_json_set_string (row, "problem", local->message);
  naru_json_set_string (row, "cure", naru_error_get_cure (local) != NULL ? naru_error_get_cure (local) : "");
}

/**
 * naru_desk_push:
 * @self: a desk
 * @names: (nullable): of the mirrors; %NULL for all
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @error: return location
 *
 * Brings history and seals to mirrors: what waits is published and on disk before. Nothing is ever forced;
 * one mirror that fails does not keep the others from it.
 *
 * Returns: (transfer full) (nullable): [{"name","url","state": "pushed" | "up-to-date" | "broken" | "failed",
 * "seq","refs": how many seals and time stamps went there,"problem","cure"}]; "broken" is one that holds
 * another history
 */
NaruJson *
naru_desk_push (NaruDesk *self, const char *const *names, NaruProgress progress, gpointer user_data,
                GError **error)
{
  g_autoptr (NaruJson) remotes = NULL;
  g_auto (GStrv) all = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error))
    return NULL;
  {
    g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
    g_autoptr (NaruJson) config = txn != NULL ? read_config (txn, error) : NULL;
    if (config == NULL)
      return NULL;
    remotes = naru_json_get (config, "remotes") != NULL ? naru_json_copy (naru_json_get (config, "remotes"))
                                                        : naru_json_new_object ();
  }
  all = naru_json_get_keys (remotes);
  if (names == NULL || names[0] == NULL)
    names = (const char *const *) all;
  for (guint i = 0; names[i] != NULL; i++)
    if (naru_json_get (remotes, names[i]) == NULL)
      {
        set_unknown (names[i], error);
        return NULL;
      }
  if (names[0] == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, "naru remote add NAME URL",
                      _ ("the office has no mirror"));
      return NULL;
    }
  if (!naru_office_checkpoint (self->office, error))
    return NULL;
  NaruJson *list = naru_json_new_array ();
  for (guint i = 0; names[i] != NULL; i++)
    push_row (self, list, names[i], naru_json_get_string (naru_json_get (remotes, names[i]), "url"), progress,
              user_data);
  return list;
}
