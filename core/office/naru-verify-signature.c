/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Which key has to have signed is decided by the list of the entry *before*: so a key that was ended cannot
 * sign again, whatever date the commit gives itself. Only the first key of an office, and one that takes the
 * place of a key that was lost, vouches for itself. Whether the signature is right is seen by other threads.
 */

#define WAITING_MAX 256 /* commits; what comes on top is done by whoever brings it */

struct _NaruSignatures
{
  NaruFindings *findings; /* borrowed */
  GThreadPool *pool;
  gboolean helped; /* the pool has a thread */
  GMutex lock;
  GCond idle;
  guint n_waiting;
  guint64 n_good;
  GHashTable *keys; /* that signed */
};

typedef struct
{
  NaruOid commit;
  guint64 seq;
  char *signature;
  GBytes *text;
  char *key;   /* that has to have signed */
  char *other; /* (nullable): that may have signed as well */
} Job;

static void
job_free (Job *job)
{
  g_free (job->signature);
  g_bytes_unref (job->text);
  g_free (job->key);
  g_free (job->other);
  g_free (job);
}

static void
tell (NaruSignatures *self, const Job *job, const char *code, const char *message)
{
  naru_findings_add (self->findings, NARU_VERIFY_BROKEN, code, &job->commit, job->seq, NULL,
                     _ ("Compare it with another copy of the history, and see who had the office's key."),
                     message);
}

static void
count_good (NaruSignatures *self, const char *key)
{
  g_mutex_lock (&self->lock);
  self->n_good++;
  if (!g_hash_table_contains (self->keys, key))
    g_hash_table_add (self->keys, g_strdup (key));
  g_mutex_unlock (&self->lock);
}

static void
check (NaruSignatures *self, const Job *job)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (job->text, &size);

  if (!naru_signature_verify (job->signature, NARU_SIGNATURE_GIT, data, size, &key, &error))
    {
      tell (self, job, "signature", error->message);
      return;
    }
  g_autofree char *found = naru_key_fingerprint (key);
  if (strcmp (key, job->key) == 0 || g_strcmp0 (key, job->other) == 0)
    {
      count_good (self, key);
      if (strcmp (key, job->key) == 0)
        return;
      g_autofree char *broken_line = g_strdup_printf (
          _ ("the new key %s signs its own coming into force: no earlier key vouches for it"), found);
      naru_findings_add (self->findings, NARU_VERIFY_DOUBTFUL, "key-unvouched", &job->commit, job->seq, NULL,
                         _ ("Compare its fingerprint with the one that the office gave you on paper."),
                         broken_line);
      return;
    }
  g_autofree char *expected = naru_key_fingerprint (job->key);
  g_autofree char *message =
      g_strdup_printf (_ ("it is signed by the key %s, but the key in force was %s"), found, expected);
  tell (self, job, "signature-key", message);
}

static void
run_job (gpointer data, gpointer user_data)
{
  NaruSignatures *self = user_data;

  check (self, data);
  job_free (data);
  g_mutex_lock (&self->lock);
  if (--self->n_waiting == 0)
    g_cond_signal (&self->idle);
  g_mutex_unlock (&self->lock);
}

NaruSignatures *
naru_signatures_new (NaruFindings *findings)
{
  NaruSignatures *self = g_new0 (NaruSignatures, 1);

  self->findings = findings;
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  /* threads of its own: one that shared them would wait for ever where the system makes no more */
  self->pool = g_thread_pool_new (run_job, self, MAX (1, (int) g_get_num_processors () - 1), TRUE, NULL);
  self->helped = g_thread_pool_get_num_threads (self->pool) > 0;
  return self;
}

/* Until all that were given are done: before a process is forked, and before they are counted */
void
naru_signatures_wait (NaruSignatures *self)
{
  g_mutex_lock (&self->lock);
  while (self->n_waiting > 0)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
naru_signatures_free (NaruSignatures *self)
{
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
  g_hash_table_unref (self->keys);
  g_free (self);
}

guint64
naru_signatures_count (NaruSignatures *self, guint *n_keys)
{
  g_mutex_lock (&self->lock);
  guint64 count = self->n_good;
  *n_keys = g_hash_table_size (self->keys);
  g_mutex_unlock (&self->lock);
  return count;
}

/* What an earlier run found good */
void
naru_signatures_add_count (NaruSignatures *self, guint64 count)
{
  g_mutex_lock (&self->lock);
  self->n_good += count;
  g_mutex_unlock (&self->lock);
}

static void
give (NaruSignatures *self, Job *job)
{
  g_mutex_lock (&self->lock);
  gboolean full = !self->helped || self->n_waiting >= WAITING_MAX;
  if (!full)
    self->n_waiting++;
  g_mutex_unlock (&self->lock);
  if (!full)
    {
      g_thread_pool_push (self->pool, job, NULL);
      return;
    }
  check (self, job);
  job_free (job);
}

static const char *
get_text (NaruVerify *self, const char *path)
{
  GBytes *bytes = g_hash_table_lookup (self->replay.files, path);

  return bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL; /* what a source gives ends in a NUL */
}

/* The list as the change of a key leaves it: (transfer full) (nullable) */
static char *
make_expected_list (NaruVerify *self, const char *key)
{
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (self->signers_text, NULL);
  gint64 now = self->replay.past.committed.seconds;
  NaruAllowedSigner *former = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;

  if (signers == NULL || naru_allowed_signers_find (signers, key) != NULL)
    return NULL;
  if (former != NULL)
    former->until = MAX (now, former->from + 1);
  naru_allowed_signers_add (signers, self->replay.past.committer_email, key, now);
  return naru_allowed_signers_to_text (signers);
}

/* The lines of everybody but this one, as text */
static char *
list_others (GPtrArray *signers, const char *principal)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();

  for (guint i = 0; i < signers->len; i++)
    if (!g_str_equal (((NaruAllowedSigner *) g_ptr_array_index (signers, i))->principal, principal))
      g_ptr_array_add (others, g_ptr_array_index (signers, i));
  return naru_allowed_signers_to_text (others);
}

static gboolean
has_key_of (GPtrArray *signers, const char *principal, const char *key)
{
  const NaruAllowedSigner *signer = naru_allowed_signers_find (signers, key);

  return signer != NULL && g_str_equal (signer->principal, principal) && signer->until != 0;
}

/* The key of one person changes: no other line does, and of the revoked ones it adds this person's at most.
 */
static void
check_person_key (NaruVerify *self, GPtrArray *signers, const char *revoked)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *person = past->record != NULL ? past->record : "";
  const char *revoked_before = self->revoked_text != NULL ? self->revoked_text : "";
  g_autofree char *principal = g_strconcat (person, "@naru", NULL);
  g_autofree char *before = list_others (self->signers, principal);
  g_autofree char *after = list_others (signers, principal);
  const char *added = revoked != NULL ? revoked : "";
  g_autoptr (GError) error = NULL;

  if (g_str_has_prefix (added, revoked_before))
    added += strlen (revoked_before);
  /* the first line of the list says what it is */
  if (*revoked_before == '\0' && *added == '#')
    added += strcspn (added, "\n") + 1;
  g_autofree char *key = g_strndup (added, strcspn (added, "\n"));
  if (!g_str_equal (before, after) ||
      (*added != '\0' && (!has_key_of (signers, principal, key) || added[strlen (key)] != '\n' ||
                          added[strlen (key) + 1] != '\0')))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "keys", past->record,
                      _ ("the list of the keys that sign was not changed as a change of the key does it"));
  if (self->actor != NULL && g_strcmp0 (past->author_email, principal) != 0 &&
      !naru_desk_require (self->actor, "office", "administer", NULL, &error))
    naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "denied", past->record, error);
}

static gboolean
may_change_keys (NaruVerify *self)
{
  const char *action = self->replay.past.action;

  return g_str_equal (action, "init") || g_str_equal (action, "rotate-key") ||
         g_str_equal (action, "revoke-key");
}

/* What an entry that gives the office another key says of it. @signers: (nullable): the list as it is now,
 * where it was changed */
static void
check_key_entry (NaruVerify *self, GPtrArray *signers)
{
  const NaruPastEntry *past = &self->replay.past;
  gboolean revokes = g_str_equal (past->action, "revoke-key");
  NaruAllowedSigner *now = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;
  NaruAllowedSigner *former = naru_allowed_signers_find (self->signers, NULL);
  g_autoptr (NaruEntry) entry = naru_entry_new (past->action);

  if (now == NULL || (former != NULL && g_str_equal (now->key, former->key)))
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "keys", NULL, _ ("it brings no other key"));
      return;
    }
  g_autofree char *key = naru_key_fingerprint (now->key);
  g_autofree char *ended = former != NULL ? naru_key_fingerprint (former->key) : NULL;
  g_autofree char *subject =
      g_strdup_printf (revokes ? "office: revoke key, sign with %s" : "office: sign with key %s", key);
  naru_entry_add_trailer (entry, "Naru-Key", key);
  if (ended != NULL)
    naru_entry_add_trailer (entry, revokes ? "Naru-Key-Revoked" : "Naru-Key-Ended", ended);
  naru_entry_add_trailer (entry, "Naru-Action", past->action);
  naru_verify_message (self, NULL, subject, entry);
}

/* The lists of the keys as they are now, against those of the entry before. @signers: as they are now */
static void
check_lists (NaruVerify *self, GPtrArray *signers)
{
  const char *text = get_text (self, NARU_SIGNERS_PATH);
  const char *revoked = get_text (self, NARU_REVOKED_PATH);
  gboolean revokes = g_str_equal (self->replay.past.action, "revoke-key");
  NaruAllowedSigner *now = naru_allowed_signers_find (signers, NULL);
  NaruAllowedSigner *former = naru_allowed_signers_find (self->signers, NULL);
  gboolean same = g_strcmp0 (text, self->signers_text) == 0;

  if (same && g_strcmp0 (revoked, self->revoked_text) == 0)
    return;
  if (g_str_equal (self->replay.past.action, "person-key"))
    {
      check_person_key (self, signers, revoked);
      return;
    }
  g_autofree char *expected =
      may_change_keys (self) && now != NULL ? make_expected_list (self, now->key) : NULL;
  if (!same && g_strcmp0 (expected, text) != 0)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "keys", NULL,
                      _ ("the list of the keys that sign was not changed as a change of the key does it"));
  if (g_strcmp0 (revoked, self->revoked_text) == 0)
    return;
  g_autofree char *ending = former != NULL ? g_strconcat (former->key, "\n", NULL) : NULL;
  gsize before = self->revoked_text != NULL ? strlen (self->revoked_text) : 0;
  if (!revokes || revoked == NULL || ending == NULL || !g_str_has_suffix (revoked, ending) ||
      strncmp (revoked, self->revoked_text != NULL ? self->revoked_text : "", before) != 0 ||
      (before > 0 && strlen (revoked) != before + strlen (ending)))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "keys", NULL,
                      _ ("the list of the revoked keys was not changed as a revocation does it"));
}

/* Remembers the list for the entry that comes next. FALSE: it cannot be read */
gboolean
naru_verify_take_signers (NaruVerify *self)
{
  const char *text = get_text (self, NARU_SIGNERS_PATH);
  const char *revoked = get_text (self, NARU_REVOKED_PATH);

  if (self->signers != NULL && g_strcmp0 (text, self->signers_text) == 0 &&
      g_strcmp0 (revoked, self->revoked_text) == 0)
    return TRUE;
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (text, NULL);
  if (signers == NULL)
    return FALSE;
  g_clear_pointer (&self->signers, g_ptr_array_unref);
  self->signers = g_steal_pointer (&signers);
  g_free (self->signers_text);
  g_free (self->revoked_text);
  self->signers_text = g_strdup (text);
  self->revoked_text = g_strdup (revoked);
  return TRUE;
}

/* The signature of the present entry. Called when its files are taken and the next one is not begun. */
void
naru_verify_signature (NaruVerify *self, const NaruOid *commit)
{
  NaruPastEntry *past = &self->replay.past;
  g_autoptr (GPtrArray) signers = NULL;

  if (self->replay.config_moved)
    {
      signers = naru_allowed_signers_parse (get_text (self, NARU_SIGNERS_PATH), NULL);
      if (signers == NULL)
        {
          naru_verify_tell (self, NARU_VERIFY_BROKEN, "keys", NULL,
                            _ ("the list of the keys that sign is damaged"));
          return;
        }
      check_lists (self, signers);
    }
  if (g_str_equal (past->action, "rotate-key") || g_str_equal (past->action, "revoke-key"))
    check_key_entry (self, signers);
  NaruAllowedSigner *due = naru_allowed_signers_find_due (self->signers, past->author_email, past->action);
  NaruAllowedSigner *own =
      signers != NULL && may_change_keys (self) ? naru_allowed_signers_find (signers, NULL) : NULL;
  if (due == NULL && own == NULL)
    {
      if (past->signature != NULL)
        naru_verify_tell (self, NARU_VERIFY_BROKEN, "signature-key", NULL,
                          _ ("it is signed, but the office had no key yet"));
      return;
    }
  if (past->signature == NULL)
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "unsigned", NULL, _ ("it is not signed"));
      return;
    }
  Job *job = g_new0 (Job, 1);
  job->commit = *commit;
  job->seq = self->replay.head.seq + 1;
  job->signature = g_strdup (past->signature);
  job->text = g_bytes_ref (past->unsigned_bytes);
  job->key = g_strdup (due != NULL ? due->key : own->key);
  if (own != NULL && g_str_equal (past->action, "revoke-key"))
    job->other = g_strdup (own->key);
  give (self->signatures, job);
}
