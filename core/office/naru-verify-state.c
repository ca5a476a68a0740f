/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-rulebook-private.h"
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a run leaves for the next one: the scratch store, and beside it a verdict that names the commit, the
 * keys that signed up to there, the checks that were made and the digest of the store's file, signed by the
 * office's key. Whatever does not fit means that the next run begins with the first entry. Only a history
 * without anything broken leaves a verdict.
 */

#define VERDICT_FILE "verdict"
#define SIGNATURE_FILE "verdict.sig"
#define NAME_SPACE "naru-verify"
#define VERDICT_MAX (4 << 20)
#define FILES_KEY NARU_META_SCRATCH "files"
#define FILE_KEY NARU_META_SCRATCH "file/"

static char *
place (NaruVerify *self, const char *name)
{
  return g_build_filename (self->scratch, name, NULL);
}

/* The digest of the scratch store's file. (transfer full) (nullable) */
static char *
digest_store (NaruVerify *self)
{
  g_autofree char *path = place (self, "data.mdb");
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  char hex[2 * NARU_DIGEST_SIZE + 1];
  NaruDigest digest;

  if (file == NULL)
    return NULL;
  naru_digest_compute (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), &digest);
  naru_digest_to_hex (&digest, hex);
  return g_strdup (hex);
}

/* Which keys signed, and which were revoked */
static char *
digest_signers (NaruVerify *self)
{
  g_autofree char *text =
      g_strconcat (self->signers_text != NULL ? self->signers_text : "", "\n--\n", self->revoked_text, NULL);
  char hex[2 * NARU_DIGEST_SIZE + 1];
  NaruDigest digest;

  naru_digest_compute (text, strlen (text), &digest);
  naru_digest_to_hex (&digest, hex);
  return g_strdup (hex);
}

/* (transfer full) (nullable): the office's key, from its file; there is no trust without it */
static NaruSigner *
get_signer (NaruVerify *self)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, NULL);
  NaruSigner *signer = NULL;

  if (txn != NULL)
    naru_office_get_signer (self->office, txn, &signer, NULL);
  return signer;
}

/* The files of the history that configure the office go into the scratch store too. */
static gboolean
put_files (NaruVerify *self, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  GHashTableIter iter;
  gpointer path, bytes;

  g_hash_table_iter_init (&iter, self->replay.files);
  while (g_hash_table_iter_next (&iter, &path, &bytes))
    {
      g_autofree char *key = g_strconcat (FILE_KEY, path, NULL);
      const char *text = g_bytes_get_data (bytes, NULL);
      /* what is no text is no file that an office writes */
      if (strlen (text) != g_bytes_get_size (bytes) ||
          !naru_txn_put_meta (self->replay.txn, key, text, error))
        return FALSE;
      g_string_append_printf (names, "%s\n", (char *) path);
    }
  return naru_txn_put_meta (self->replay.txn, FILES_KEY, names->str, error);
}

static gboolean
get_files (NaruVerify *self)
{
  g_autofree char *names = naru_txn_get_meta (self->replay.txn, FILES_KEY, NULL);
  g_auto (GStrv) paths = g_strsplit (names != NULL ? names : "", "\n", -1);

  for (guint i = 0; paths[i] != NULL && paths[i][0] != '\0'; i++)
    {
      g_autofree char *key = g_strconcat (FILE_KEY, paths[i], NULL);
      char *text = naru_txn_get_meta (self->replay.txn, key, NULL);
      if (text == NULL)
        return FALSE;
      self->replay.files_size += strlen (text);
      g_hash_table_replace (self->replay.files, g_strdup (paths[i]), g_bytes_new_take (text, strlen (text)));
    }
  return names != NULL;
}

static NaruJson *
make_verdict (NaruVerify *self)
{
  NaruJson *verdict = naru_json_new_object ();
  const NaruRestore *replay = &self->replay;
  g_autofree char *signers = digest_signers (self);
  g_autofree char *data = digest_store (self);
  char head[2 * NARU_OID_SIZE + 1];
  char chain[2 * NARU_DIGEST_SIZE + 1];
  guint n_keys = 0;

  naru_oid_to_hex (&replay->head.head, head);
  naru_digest_to_hex (&replay->head.chain, chain);
  naru_json_set_integer (verdict, "version", NARU_VERIFY_VERSION);
  naru_json_set_string (verdict, "commit", head);
  naru_json_set_integer (verdict, "seq", (gint64) replay->head.seq);
  naru_json_set_string (verdict, "chain", chain);
  naru_json_set_string (verdict, "signers", signers);
  naru_json_set_string (verdict, "data", data != NULL ? data : "");
  naru_json_set_boolean (verdict, "rules", !self->options->no_rules);
  naru_json_set_integer (verdict, "entries", (gint64) (self->resumed + self->n_entries));
  naru_json_set_integer (verdict, "records", (gint64) replay->n_records);
  naru_json_set_integer (verdict, "documents", (gint64) replay->n_documents);
  naru_json_set_integer (verdict, "moves", (gint64) self->n_moves);
  naru_json_set_integer (verdict, "judged", (gint64) self->n_judged);
  naru_json_set_integer (verdict, "signatures", (gint64) naru_signatures_count (self->signatures, &n_keys));
  return verdict;
}

static gboolean
write_verdict (NaruVerify *self, NaruSigner *signer, GError **error)
{
  g_autoptr (NaruJson) verdict = make_verdict (self);
  g_autofree char *text = naru_json_to_text (verdict, NULL);
  g_autofree char *signature = naru_signer_sign_for (signer, NAME_SPACE, text, strlen (text), error);
  g_autofree char *path = place (self, VERDICT_FILE);
  g_autofree char *signature_path = place (self, SIGNATURE_FILE);

  return signature != NULL &&
         g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error) &&
         g_file_set_contents_full (signature_path, signature, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                   error);
}

/* Keeps what the next run goes on from; nothing where something is broken, or cannot be vouched for. FALSE:
 * it could not be written */
gboolean
naru_verify_save_state (NaruVerify *self, GError **error)
{
  g_autoptr (NaruSigner) signer = get_signer (self);

  if (signer == NULL || self->within || naru_findings_count (self->findings, NARU_VERIFY_BROKEN) > 0 ||
      naru_findings_count (self->findings, NARU_VERIFY_DOUBTFUL) > 0)
    return TRUE;
  return put_files (self, error) && naru_txn_put_head (self->replay.txn, &self->replay.head, error) &&
         naru_txn_commit (g_steal_pointer (&self->replay.txn), error) &&
         naru_store_sync (self->replay.office->store, error) && write_verdict (self, signer, error);
}

/* (transfer full) (nullable): the verdict, once its signature is found to be the office's */
static NaruJson *
read_verdict (NaruVerify *self, const char **why)
{
  g_autofree char *path = place (self, VERDICT_FILE);
  g_autofree char *signature_path = place (self, SIGNATURE_FILE);
  g_autofree char *text = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *key = NULL;
  g_autoptr (NaruSigner) signer = NULL;

  *why = NULL;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return NULL;
  *why = _ ("the kept verdict is not signed by the office's key");
  signer = get_signer (self);
  if (signer == NULL || !g_file_get_contents (path, &text, NULL, NULL) ||
      !g_file_get_contents (signature_path, &signature, NULL, NULL) ||
      !naru_signature_verify (signature, NAME_SPACE, text, strlen (text), &key, NULL) ||
      !g_str_equal (key, naru_signer_get_key (signer)))
    return NULL;
  return naru_json_parse (text, -1, VERDICT_MAX, NULL);
}

static guint64
get_count (NaruJson *verdict, const char *name)
{
  return (guint64) MAX (0, naru_json_get_integer (verdict, name, 0));
}

/* The scratch store as it was left, against what the verdict says of it */
static gboolean
open_kept (NaruVerify *self, NaruJson *verdict)
{
  g_autofree char *data = digest_store (self);
  char head[2 * NARU_OID_SIZE + 1];
  char chain[2 * NARU_DIGEST_SIZE + 1];

  self->replay.folder = self->scratch;
  if (data == NULL || g_strcmp0 (data, naru_json_get_string (verdict, "data")) != 0 ||
      !naru_restore_open_store (&self->replay, NARU_STORE_SCRATCH, NULL) ||
      !naru_txn_get_head (self->replay.txn, &self->replay.head, NULL) || !get_files (self) ||
      !naru_verify_take_signers (self))
    return FALSE;
  self->replay.office->home = g_strdup (self->office->folder);
  naru_oid_to_hex (&self->replay.head.head, head);
  naru_digest_to_hex (&self->replay.head.chain, chain);
  g_autofree char *signers = digest_signers (self);
  return g_strcmp0 (head, naru_json_get_string (verdict, "commit")) == 0 &&
         g_strcmp0 (chain, naru_json_get_string (verdict, "chain")) == 0 &&
         g_strcmp0 (signers, naru_json_get_string (verdict, "signers")) == 0 &&
         self->replay.head.seq == get_count (verdict, "seq") &&
         naru_restore_read_rules (&self->replay, NULL) && naru_restore_write_meta (&self->replay, NULL);
}

static void
take_counts (NaruVerify *self, NaruJson *verdict)
{
  self->resumed = get_count (verdict, "entries");
  self->replay.n_records = get_count (verdict, "records");
  self->replay.n_documents = get_count (verdict, "documents");
  self->n_moves = get_count (verdict, "moves");
  self->n_judged = get_count (verdict, "judged");
  naru_signatures_add_count (self->signatures, get_count (verdict, "signatures"));
}

static void
remove_verdict (NaruVerify *self)
{
  g_autofree char *path = place (self, VERDICT_FILE);
  g_autofree char *signature_path = place (self, SIGNATURE_FILE);

  unlink (path);
  unlink (signature_path);
}

/* Goes on from what was kept. FALSE: from the first entry; @why: (out) (nullable): where something was kept.
 * The verdict is gone in any case: from here on the store is another one. */
gboolean
naru_verify_load_state (NaruVerify *self, const char **why)
{
  g_autoptr (NaruJson) verdict = read_verdict (self, why);
  gboolean done = FALSE;

  if (verdict != NULL)
    {
      *why = _ ("what was kept was made by other checks than are asked for now");
      if (naru_json_get_integer (verdict, "version", 0) == NARU_VERIFY_VERSION &&
          (naru_json_get_boolean (verdict, "rules", FALSE) || self->options->no_rules))
        {
          done = open_kept (self, verdict);
          *why = _ ("what was kept is not what its verdict is about");
        }
    }
  remove_verdict (self);
  if (done)
    take_counts (self, verdict);
  return done;
}
