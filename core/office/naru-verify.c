/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-seals.h"
#include "naru-verify-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORCED_MAX 100   /* commits that no office writes; behind so many there is nothing more to learn */
#define ACTORS_MAX 10000 /* people whose rights are kept at a time */
#define PROGRESS_STEP 64
#define FORGET_ENTRIES                                                                                       \
  4096 /* after so many the memory of what was read of the scratch store is given back                       \
        */
#define STATE_FOLDER "verify"
#define RUN_PREFIX ".verify-"

static gboolean
is_stopped (NaruVerify *self)
{
  return self->options->stop != NULL && g_atomic_int_get (self->options->stop) != 0;
}

static gboolean
set_stopped (NaruVerify *self, GError **error)
{
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0,
                  self->options->resume ? _ ("“naru verify --resume” goes on from there.")
                                        : _ ("Begin again; with --resume it can go on another time."),
                  _ ("it was stopped after #%" PRIu64), self->replay.head.seq);
  return FALSE;
}

/* What ends the work, against what is found: the disk is full, say. */
static gboolean
is_failure (const GError *error)
{
  return error->domain != NARU_ERROR || error->code == NARU_ERROR_IO || error->code == NARU_ERROR_FAILED;
}

static void
tell_unreadable (NaruVerify *self, const GError *error)
{
  g_autofree char *message = g_strdup_printf (_ ("the history cannot be read behind #%" PRIu64
                                                 ", and what follows was not verified: %s"),
                                              self->replay.head.seq, error->message);

  naru_findings_add (self->findings, NARU_VERIFY_BROKEN, "unreadable", NULL, self->replay.head.seq + 1, NULL,
                     naru_error_get_cure (error), message);
  self->fatal = TRUE;
}

/* What an earlier run verified is not there any more. */
static void
tell_rewritten (NaruVerify *self, const GError *error)
{
  naru_findings_add (self->findings, NARU_VERIFY_BROKEN, "rewritten", &self->replay.head.head,
                     self->replay.head.seq, NULL, naru_error_get_cure (error), error->message);
  self->rewritten = self->fatal = TRUE;
}

static gboolean
skip_entry (NaruVerify *self, NaruSource *source, GError **error)
{
  while (!self->replay.entry_read)
    {
      g_auto (NaruSourceItem) item = { 0 };
      if (!naru_source_next (source, &item, error))
        return FALSE;
      self->replay.entry_read = item.kind == NARU_SOURCE_END;
    }
  return TRUE;
}

/* Behind a commit that no office writes: it is told, taken as it is, and the next one is looked at. */
static gboolean
go_on_behind (NaruVerify *self, NaruSource *source, const GError *problem, GError **error)
{
  g_autofree char *unpacked = g_build_filename (self->scratch, "unpacked.git", NULL);
  gboolean bundle = g_file_test (unpacked, G_FILE_TEST_IS_DIR);
  g_autoptr (GError) local = NULL;

  naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "structure", self->replay.past.record, problem);
  if (++self->n_forced == FORCED_MAX)
    {
      naru_verify_tell (
          self, NARU_VERIFY_BROKEN, "given-up", NULL,
          _ ("so many commits are not those of an office that the ones behind it were not verified"));
      self->fatal = TRUE;
      return TRUE;
    }
  naru_signatures_wait (self->signatures);
  if (!skip_entry (self, source, &local) ||
      !naru_restore_force_entry (&self->replay, bundle ? unpacked : self->history, self->scratch,
                                 &self->commit, &local))
    {
      if (is_stopped (self))
        return set_stopped (self, error);
      if (is_failure (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      tell_unreadable (self, local);
      return TRUE;
    }
  g_hash_table_remove_all (self->actors);
  naru_verify_take_signers (self);
  naru_verify_after_entry (self);
  return TRUE;
}

static gboolean
take_entry (NaruVerify *self, NaruSource *source, const NaruSourceItem *begin, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->commit = begin->oid;
  self->within = TRUE;
  if (g_hash_table_size (self->actors) > ACTORS_MAX)
    g_hash_table_remove_all (self->actors);
  if (naru_restore_take_entry (&self->replay, source, begin, &local))
    {
      naru_verify_after_entry (self);
      self->n_entries++;
      self->within = FALSE;
      if (self->n_entries % FORGET_ENTRIES == 0)
        naru_txn_forget_pages (self->replay.txn);
      return naru_restore_renew (&self->replay, error);
    }
  if (self->replay.source_failed)
    {
      /* the signal that stops us has reached the reading process too */
      if (is_stopped (self))
        return set_stopped (self, error);
      tell_unreadable (self, local);
      return TRUE;
    }
  if (is_failure (local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->n_entries++;
  return go_on_behind (self, source, local, error) && naru_restore_renew (&self->replay, error);
}

static void
check_manifest (NaruVerify *self, GBytes *manifest)
{
  g_autoptr (GError) error = NULL;

  if (manifest != NULL && !naru_restore_check_manifest (&self->replay, manifest, &error))
    naru_findings_add (self->findings, NARU_VERIFY_BROKEN, "manifest", NULL, 0, NULL,
                       naru_error_get_cure (error), error->message);
}

/* Reads on from the last entry. @last: (nullable): up to there */
static gboolean
read_history (NaruVerify *self, const NaruOid *last, GError **error)
{
  guint64 before = self->replay.head.seq;
  g_autoptr (GBytes) manifest = NULL;
  g_autoptr (NaruSource) source = NULL;

  naru_signatures_wait (self->signatures);
  source = naru_source_open_range (self->history, self->scratch, 0, &self->replay.head.head, last, error);
  while (source != NULL && !self->fatal)
    {
      g_auto (NaruSourceItem) item = { 0 };
      g_autoptr (GError) local = NULL;
      if (is_stopped (self))
        return set_stopped (self, error);
      if (!naru_source_next (source, &item, &local))
        {
          if (is_stopped (self))
            return set_stopped (self, error);
          /* an office that has none any more has lost it; anything else was none */
          if (self->office == NULL && self->replay.head.seq == 0 &&
              g_error_matches (local, NARU_ERROR, NARU_ERROR_INVALID))
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          if (g_error_matches (local, NARU_ERROR, NARU_ERROR_CONFLICT))
            tell_rewritten (self, local);
          else
            tell_unreadable (self, local);
          break;
        }
      if (item.kind == NARU_SOURCE_DONE)
        {
          check_manifest (self, manifest);
          return TRUE;
        }
      if (item.kind == NARU_SOURCE_MANIFEST && manifest == NULL)
        manifest = g_bytes_ref (item.bytes);
      if (item.kind != NARU_SOURCE_BEGIN)
        continue;
      if (!take_entry (self, source, &item, error))
        return FALSE;
      if (self->options->progress != NULL && (item.number % PROGRESS_STEP == 0 || item.number == item.total))
        self->options->progress (before + item.number, before + item.total, self->options->user_data);
    }
  return source != NULL;
}

/* What was decided but is not in the history yet is brought there, as every command does. */
static void
publish (NaruVerify *self)
{
  g_autoptr (GError) error = NULL;
  NaruVerifyGravity gravity;

  naru_office_recover_if_possible (self->office);
  if (naru_office_publish (self->office, &error))
    return;
  gravity =
      g_error_matches (error, NARU_ERROR, NARU_ERROR_BROKEN) ? NARU_VERIFY_BROKEN : NARU_VERIFY_DOUBTFUL;
  naru_findings_add (self->findings, gravity, "unpublished", NULL, 0, NULL, naru_error_get_cure (error),
                     error->message);
}

/* The store may have gone on meanwhile: it is looked at as it is now, and the history read up to there. */
static gboolean
compare_store (NaruVerify *self, GError **error)
{
  g_autoptr (NaruTxn) store = naru_store_begin_read (self->office->store, error);
  NaruStoreHead head;

  if (store == NULL)
    return FALSE;
  if (naru_txn_get_head (store, &head, NULL) && head.seq > self->replay.head.seq && !self->fatal &&
      naru_office_publish (self->office, NULL) && !read_history (self, &head.head, error))
    return FALSE;
  if (self->fatal)
    return TRUE;
  self->replay.n_rows = G_MAXUINT; /* counts are written when a transaction ends */
  if (!naru_restore_renew (&self->replay, error))
    return FALSE;
  naru_verify_store (self, store);
  return TRUE;
}

static NaruJson *
make_report (NaruVerify *self)
{
  NaruJson *report = naru_json_new_object ();
  g_autofree char *first_key = NULL;
  char chain[2 * NARU_DIGEST_SIZE + 1];
  char head[2 * NARU_OID_SIZE + 1];
  guint64 unlisted = 0;
  guint n_keys = 0;

  naru_digest_to_hex (&self->replay.head.chain, chain);
  naru_oid_to_hex (&self->replay.head.head, head);
  naru_json_set_boolean (report, "whole", naru_findings_count (self->findings, NARU_VERIFY_BROKEN) == 0);
  naru_json_set_integer (report, "entries", (gint64) (self->resumed + self->n_entries));
  naru_json_set_integer (report, "resumed", (gint64) self->resumed);
  naru_json_set_integer (report, "records", (gint64) self->replay.n_records);
  naru_json_set_integer (report, "documents", (gint64) self->replay.n_documents);
  naru_json_set_integer (report, "moves", (gint64) self->n_moves);
  naru_json_set_integer (report, "judged", (gint64) self->n_judged);
  naru_json_set_integer (report, "signatures", (gint64) naru_signatures_count (self->signatures, &n_keys));
  naru_json_set_integer (report, "keys", self->signers != NULL ? self->signers->len : 0);
  if (self->signers != NULL && self->signers->len > 0)
    {
      NaruAllowedSigner *first = g_ptr_array_index (self->signers, 0);
      first_key = naru_key_fingerprint (first->key);
      naru_json_set_string (report, "first_key", first_key);
    }
  naru_json_set_string (report, "head", head);
  naru_json_set_string (report, "chain", chain);
  naru_json_set_boolean (report, "store", self->office != NULL);
  naru_json_set (report, "findings", naru_findings_to_json (self->findings, &unlisted));
  naru_json_set_integer (report, "unlisted", (gint64) unlisted);
  return report;
}

static void
verify_clear (NaruVerify *self)
{
  g_clear_pointer (&self->signatures, naru_signatures_free);
  g_clear_pointer (&self->findings, naru_findings_free);
  g_clear_pointer (&self->actors, g_hash_table_unref);
  g_clear_pointer (&self->pipelines, g_hash_table_unref);
  g_clear_pointer (&self->signers, g_ptr_array_unref);
  g_clear_pointer (&self->dangling, g_ptr_array_unref);
  g_clear_pointer (&self->claims, g_ptr_array_unref);
  g_clear_pointer (&self->former, g_hash_table_unref);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->signers_text, g_free);
  g_clear_pointer (&self->revoked_text, g_free);
  g_clear_pointer (&self->document, g_free);
  g_clear_pointer (&self->history, g_free);
  naru_restore_clear (&self->replay);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  if (self->scratch != NULL && !self->keep)
    naru_folder_remove (self->scratch);
  g_clear_pointer (&self->scratch, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruVerify, verify_clear)

static void
verify_init (NaruVerify *self)
{
  self->lock_fd = -1;
  self->replay.watch = &naru_verify_watch;
  self->findings = naru_findings_new ();
  self->signatures = naru_signatures_new (self->findings);
  self->actors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_desk_unref);
  self->pipelines =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_pipeline_unref);
  self->dangling = g_ptr_array_new_with_free_func (g_free);
  self->claims = g_ptr_array_new_with_free_func (g_free);
  self->former = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->signers = naru_allowed_signers_parse (NULL, NULL);
}

/* Takes a folder for this run alone: whoever finds its lock free may remove it. */
static gboolean
lock_scratch (NaruVerify *self)
{
  g_autofree char *path = g_build_filename (self->scratch, "lock", NULL);

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  return self->lock_fd >= 0 && flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0;
}

/* Folders of runs that were killed */
static void
sweep (const char *parent)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_prefix (name, RUN_PREFIX))
        continue;
      g_autofree char *folder = g_build_filename (parent, name, NULL);
      g_autofree char *path = g_build_filename (folder, "lock", NULL);
      struct stat status;
      /* others may write here too, and what looks like ours may be theirs */
      if (lstat (folder, &status) != 0 || !S_ISDIR (status.st_mode) || status.st_uid != geteuid ())
        continue;
      int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
      if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
        naru_folder_remove (folder);
      if (fd >= 0)
        close (fd);
    }
}

static gboolean
make_scratch_in (NaruVerify *self, const char *parent)
{
  g_autofree char *folder = g_build_filename (parent, RUN_PREFIX "XXXXXX", NULL);

  sweep (parent);
  if (g_mkdtemp_full (folder, 0700) == NULL)
    return FALSE;
  self->scratch = g_steal_pointer (&folder);
  return lock_scratch (self);
}

/* Beside the office, where there is room for its store; else where the system keeps what is large and
 * passing */
static gboolean
make_scratch (NaruVerify *self, GError **error)
{
  const char *given = g_getenv ("TMPDIR");

  if (self->office != NULL && make_scratch_in (self, self->office->folder))
    return TRUE;
  g_clear_pointer (&self->scratch, g_free);
  if (make_scratch_in (self, given != NULL && *given != '\0' ? given : "/var/tmp"))
    return TRUE;
  naru_set_error_errno (error, errno, _ ("name a folder that you may write to in TMPDIR"),
                        _ ("cannot make a folder for what is built to compare with"));
  return FALSE;
}

/* The folder that stays from one run to the next */
static gboolean
make_state_folder (NaruVerify *self, GError **error)
{
  self->scratch = g_build_filename (self->office->folder, STATE_FOLDER, NULL);
  self->keep = TRUE;
  if (g_mkdir (self->scratch, 0700) != 0 && errno != EEXIST)
    {
      naru_set_error_errno (error, errno, _ ("verify without --resume"), _ ("cannot make %s"), self->scratch);
      return FALSE;
    }
  if (lock_scratch (self))
    return TRUE;
  naru_set_error (error, NARU_ERROR_CONFLICT, NULL, 0, _ ("Wait for it, or verify without --resume."),
                  _ ("somebody else verifies this office with --resume now"));
  return FALSE;
}

static void
clear_state (NaruVerify *self)
{
  static const char *const names[] = { "verdict", "verdict.sig", "data.mdb", "lock.mdb" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->scratch, names[i], NULL);
      unlink (path);
    }
}

static gboolean
begin_anew (NaruVerify *self, const char *why, GError **error)
{
  if (why != NULL)
    {
      g_autofree char *message = g_strdup_printf (_ ("it began with the first entry: %s"), why);
      naru_findings_add (self->findings, NARU_VERIFY_NOTE, "not-resumed", NULL, 0, NULL, NULL, message);
    }
  g_hash_table_remove_all (self->actors);
  g_hash_table_remove_all (self->pipelines);
  naru_restore_clear (&self->replay);
  clear_state (self);
  memset (&self->replay.head, 0, sizeof self->replay.head);
  self->replay.folder = self->scratch;
  self->replay.watch = &naru_verify_watch;
  if (!naru_restore_open_store (&self->replay, NARU_STORE_CREATE | NARU_STORE_SCRATCH, error))
    return FALSE;
  if (self->office != NULL)
    self->replay.office->home = g_strdup (self->office->folder);
  return TRUE;
}

static gboolean
open_scratch (NaruVerify *self, GError **error)
{
  const char *why = NULL;

  if (!self->keep)
    return begin_anew (self, NULL, error);
  if (naru_verify_load_state (self, &why))
    return TRUE;
  return begin_anew (self, why, error);
}

/* A history that does not hold any more what was verified is told, and verified as it is now. */
static gboolean
read_all (NaruVerify *self, GError **error)
{
  if (!read_history (self, NULL, error))
    return FALSE;
  if (!self->rewritten || self->resumed == 0)
    return TRUE;
  self->fatal = FALSE;
  self->resumed = self->n_moves = self->n_judged = 0;
  self->replay.n_records = self->replay.n_documents = 0;
  return begin_anew (self, _ ("what was verified before is not in this history"), error) &&
         read_history (self, NULL, error);
}

static NaruJson *
run (NaruVerify *self, GError **error)
{
  gboolean done;

  if (!(self->options->resume ? make_state_folder : make_scratch) (self, error) ||
      !open_scratch (self, error))
    return NULL;
  naru_verify_surroundings (self);
  done = read_all (self, error) && (self->office == NULL || compare_store (self, error));
  naru_signatures_wait (self->signatures);
  if (self->keep && (done || is_stopped (self)) && !naru_verify_save_state (self, done ? error : NULL))
    {
      clear_state (self);
      return NULL;
    }
  return done ? make_report (self) : NULL;
}

/* The seals are no commits, and are looked at apart. */
static gboolean
check_seals (NaruVerify *self, NaruDesk *desk, GError **error)
{
  NaruRepository *repository = naru_office_get_repository (self->office, error);
  g_autoptr (GPtrArray) refs =
      repository != NULL ? naru_repository_list_refs (repository, NARU_SEAL_REFS, error) : NULL;
  gboolean any = FALSE;

  for (guint i = 0; refs != NULL && i < refs->len; i++)
    any |= naru_ref_is_seal (((const NaruRef *) g_ptr_array_index (refs, i))->name);
  if (!any)
    return refs != NULL;
  g_autoptr (NaruJson) report = naru_desk_check_seals (desk, error);
  NaruJson *findings = report != NULL ? naru_json_get (report, "findings") : NULL;
  for (guint i = 0; findings != NULL && i < naru_json_get_size (findings); i++)
    {
      NaruJson *row = naru_json_get_element (findings, i);
      gboolean wrong = g_strcmp0 (naru_json_get_string (row, "severity"), "broken") == 0;
      naru_findings_add (self->findings, wrong ? NARU_VERIFY_BROKEN : NARU_VERIFY_NOTE, "seal", NULL, 0, NULL,
                         naru_json_get_string (row, "cure"), naru_json_get_string (row, "message"));
    }
  return report != NULL;
}

/**
 * naru_desk_verify: (skip)
 * @self: a desk of somebody who may audit the office
 * @options: what to look at
 * @error: return location
 *
 * Verifies the office: its whole history, each commit against those before it, and its store against the
 * history. What is wrong is no error but a finding:
 * {"whole","entries","resumed","records","documents","moves","judged","signatures","keys","first_key","head",
 * "chain","store","unlisted","findings":[{"code","severity": "broken" | "doubtful" |
 * "note","message","commit","seq","record","cure"}]}
 *
 * Returns: (transfer full) (nullable): the report; %NULL where it could not be done, or was stopped
 */
NaruJson *
naru_desk_verify (NaruDesk *self, const NaruVerifyOptions *options, GError **error)
{
  g_auto (NaruVerify) verify = { .options = options, .office = self->office };

  verify_init (&verify);
  if (!naru_desk_require (self, "office", "audit", NULL, error))
    return NULL;
  verify.history = g_build_filename (self->office->folder, "audit.git", NULL);
  publish (&verify);
  return check_seals (&verify, self, error) ? run (&verify, error) : NULL;
}

/**
 * naru_history_verify: (skip)
 * @path: a clone of a history, or a file that naru_desk_backup() wrote
 * @options: what to look at; there is nothing to resume
 * @error: return location
 *
 * As naru_desk_verify(), for a history without its office.
 *
 * Returns: (transfer full) (nullable): the report
 */
NaruJson *
naru_history_verify (const char *path, const NaruVerifyOptions *options, GError **error)
{
  g_auto (NaruVerify) verify = { .options = options };

  verify_init (&verify);
  verify.history = naru_source_resolve (path, error);
  if (verify.history == NULL)
    return NULL;
  if (options->resume)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--resume", 0, _ ("verify it whole"),
                      _ ("only in its own folder does an office keep up to where it was verified"));
      return NULL;
    }
  return run (&verify, error);
}
