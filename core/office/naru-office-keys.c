/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"

#include "naru-vault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/*
 * The office's key: keys/office in its folder, private and never in the history; keys/allowed_signers in the
 * history says which keys signed when, and the store holds the same text. It decides: where it names a key in
 * force, nothing is written without that key's signature.
 *
 * A new key is first written as keys/office.new. It takes the place of the old one only after the entry that
 * names it is decided, so at every moment the key in force stands under one of the two names. Both names are
 * touched under the write lock of the store alone.
 */

#define KEY_FILE "office"
#define NEW_FILE "office.new"
#define KEY_FIELD "keys/office"

static char *
key_path (NaruOffice *self, const char *name)
{
  return g_build_filename (self->folder, "keys", name, NULL);
}

/* Reads a text of the store that may be absent; FALSE: an error is set. */
static gboolean
read_meta (NaruTxn *txn, const char *key, char **text, GError **error)
{
  g_autoptr (GError) local = NULL;

  *text = naru_txn_get_meta (txn, key, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* (transfer full) (nullable): the keys that signed and sign, of NaruAllowedSigner; none in an office without
 */
GPtrArray *
naru_office_read_signers (NaruTxn *txn, GError **error)
{
  g_autofree char *text = NULL;

  return read_meta (txn, NARU_META_SIGNERS, &text, error) ? naru_allowed_signers_parse (text, error) : NULL;
}

static NaruSigner *
load_if (NaruOffice *self, const char *name, const char *key, GError **error)
{
  g_autofree char *path = key_path (self, name);
  g_autoptr (NaruSigner) signer = naru_signer_load_or_ask (path, KEY_FIELD, error);

  if (signer == NULL || g_str_equal (naru_signer_get_key (signer), key))
    return g_steal_pointer (&signer);
  g_autofree char *wanted = naru_key_fingerprint (key);
  naru_set_error (error, NARU_ERROR_FAILED, KEY_FIELD, 0, NULL,
                  _ ("%s holds another key than the one in force, %s"), path, wanted);
  return NULL;
}

/* One message for all that can be wrong with the key. */
static void
refuse_key (const GError *problem, GError **error)
{
  gboolean is_io = g_error_matches (problem, NARU_ERROR, NARU_ERROR_IO) ||
                   g_error_matches (problem, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  const char *cure = naru_error_get_cure (problem);

  if (!g_error_matches (problem, NARU_ERROR, NARU_ERROR_IO) || cure == NULL)
    cure = _ ("Put keys/office back from a copy. Is the key lost for good: naru key revoke --reason TEXT");
  naru_set_error (error, is_io ? NARU_ERROR_IO : NARU_ERROR_FAILED, KEY_FIELD, 0, cure,
                  _ ("The office's key cannot sign, so nothing can be changed. %s"), problem->message);
}

/* An office whose store names no key has none in its folder either; else something was lost, and to go on
 * without signatures would hide it. */
static gboolean
check_has_none (NaruOffice *self, GError **error)
{
  g_autofree char *path = key_path (self, KEY_FILE);

  if (access (path, F_OK) != 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, KEY_FIELD, 0,
                  _ ("Restore data.mdb from a copy. If the office never signed, move keys/office away."),
                  _ ("%s is there, but the store knows of no key, so nothing can be changed"), path);
  return FALSE;
}

/* The key in force, %NULL in an office without one. @txn: the transaction that decides. */
gboolean
naru_office_get_signer (NaruOffice *self, NaruTxn *txn, NaruSigner **signer, GError **error)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (txn, error);
  g_autoptr (GError) local = NULL;

  *signer = NULL;
  if (signers == NULL)
    return FALSE;
  NaruAllowedSigner *now = naru_allowed_signers_find (signers, NULL);
  if (now == NULL)
    return check_has_none (self, error);
  if (self->signer == NULL || !g_str_equal (naru_signer_get_key (self->signer), now->key))
    {
      g_clear_pointer (&self->signer, naru_signer_unref);
      self->signer = load_if (self, KEY_FILE, now->key, &local);
      if (self->signer == NULL)
        self->signer = load_if (self, NEW_FILE, now->key, NULL);
    }
  if (self->signer == NULL)
    {
      refuse_key (local, error);
      return FALSE;
    }
  *signer = naru_signer_ref (self->signer);
  return TRUE;
}

/* Whether the key in force has a passphrase, and an ssh-agent has to sign. @self has it loaded */
gboolean
naru_office_key_is_locked (NaruOffice *self)
{
  return self->signer != NULL && naru_signer_needs_agent (self->signer);
}

/* Where the key has a passphrase: whether an ssh-agent holds it. */
gboolean
naru_office_check_signer (NaruOffice *self, NaruSigner *signer, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *path = key_path (self, KEY_FILE);

  if (naru_signer_check (signer, &local))
    return TRUE;
  naru_set_error (error, NARU_ERROR_FAILED, KEY_FIELD, 0, NULL,
                  _ ("The office's key has a passphrase and cannot sign, so nothing can be changed: %s"),
                  local->message);
  naru_error_set_cure (error,
                       _ ("Give the key to an ssh-agent: ssh-add %s (is there none: eval \"$(ssh-agent)\")"),
                       path);
  return FALSE;
}

/* Asked before the store is locked, since an agent may be slow to answer, and before anything is decided.
 * What is wrong with the key itself is told when the change begins. */
gboolean
naru_office_check_agent (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (NaruSigner) signer = NULL;

  if (txn == NULL)
    return FALSE;
  if (!naru_office_get_signer (self, txn, &signer, NULL) || signer == NULL)
    return TRUE;
  g_clear_pointer (&txn, naru_txn_end);
  return naru_office_check_signer (self, signer, error);
}

static gboolean
move_file (NaruOffice *self, const char *from, const char *to)
{
  g_autofree char *source = key_path (self, from);
  g_autofree char *target = key_path (self, to);

  return rename (source, target) == 0;
}

static void
remove_file (NaruOffice *self, const char *name)
{
  g_autofree char *path = key_path (self, name);

  unlink (path);
}

static void
sync_keys (NaruOffice *self)
{
  g_autofree char *folder = g_build_filename (self->folder, "keys", NULL);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("%s: %s", folder, g_strerror (errno));
  close (fd);
}

/* A key that was about to get its passphrase, or to lose it, when the command was killed: a copy that may be
 * in the clear. */
static void
remove_copies (NaruOffice *self)
{
  remove_file (self, KEY_FILE NARU_KEY_LOCKING_SUFFIX);
  remove_file (self, NEW_FILE NARU_KEY_LOCKING_SUFFIX);
}

static gboolean
holds_public (NaruOffice *self, const char *name, const char *key)
{
  g_autofree char *path = key_path (self, name);
  g_autofree char *found = naru_public_key_read (path, NULL, NULL);

  return g_strcmp0 (found, key) == 0;
}

/* Gives the key in force its place, and removes one that was made but never came into force. What cannot be
 * moved now is found under its first name. @txn: a write transaction, which keeps all others out. */
static gboolean
settle_locked (NaruOffice *self, NaruTxn *txn, GError **error)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (txn, error);
  NaruAllowedSigner *now = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;
  g_autoptr (NaruSigner) new_one = now != NULL ? load_if (self, NEW_FILE, now->key, NULL) : NULL;
  g_autoptr (NaruSigner) old_one = NULL;

  if (signers == NULL)
    return FALSE;
  remove_copies (self);
  if (new_one != NULL)
    {
      move_file (self, NEW_FILE ".pub", KEY_FILE ".pub");
      if (!move_file (self, NEW_FILE, KEY_FILE))
        {
          naru_set_error_errno (error, errno, NULL, _ ("Cannot write “%s”"), KEY_FIELD);
          return FALSE;
        }
      sync_keys (self);
      return TRUE;
    }
  old_one = now != NULL ? load_if (self, KEY_FILE, now->key, NULL) : NULL;
  if (old_one == NULL && now != NULL)
    return TRUE;
  /* of the two moves one may have failed, or been lost with the power */
  if (now != NULL && holds_public (self, NEW_FILE ".pub", now->key))
    move_file (self, NEW_FILE ".pub", KEY_FILE ".pub");
  remove_file (self, NEW_FILE);
  remove_file (self, NEW_FILE ".pub");
  return TRUE;
}

static gboolean
is_settled (NaruOffice *self)
{
  static const char *const names[] = { NEW_FILE, NEW_FILE ".pub", KEY_FILE NARU_KEY_LOCKING_SUFFIX,
                                       NEW_FILE NARU_KEY_LOCKING_SUFFIX };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = key_path (self, names[i]);
      if (access (path, F_OK) == 0)
        return FALSE;
    }
  return TRUE;
}

/* After a rotation, and for what one that was cut short left behind. */
void
naru_office_settle_keys (NaruOffice *self)
{
  if (is_settled (self))
    return;
  g_autoptr (NaruTxn) txn = naru_store_begin_write (self->store, NULL);
  if (txn != NULL)
    settle_locked (self, txn, NULL);
}

/* A key belongs to one only, and once it has ended it stays so. */
gboolean
naru_check_key_is_new (GPtrArray *signers, const char *key, const char *field, GError **error)
{
  if (naru_allowed_signers_find (signers, key) == NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_EXISTS, field, 0, _ ("Make another: ssh-keygen -t ed25519"),
                  _ ("this key signs the history or did so before"));
  return FALSE;
}

static NaruSigner *
make_key (const char *file, GPtrArray *signers, GError **error)
{
  g_autoptr (NaruSigner) signer =
      file != NULL ? naru_signer_load (file, "--key", error) : naru_signer_generate (error);

  if (signer == NULL || !naru_check_key_is_new (signers, naru_signer_get_key (signer), "--key", error))
    return NULL;
  return g_steal_pointer (&signer);
}

/* A key that is not in force yet has its passphrase for good, or is none. */
static gboolean
lock_new (const char *path, const char *passphrase, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (naru_key_set_passphrase (path, NULL, passphrase, &local))
    return TRUE;
  if (g_error_matches (local, NARU_ERROR, NARU_ERROR_PENDING))
    naru_set_error_errno (error, EIO, NULL, _ ("Cannot write “%s”"), path);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
save_new (NaruChange *change, NaruSigner *signer, const char *passphrase, GError **error)
{
  NaruOffice *office = change->office;
  g_autofree char *folder = g_build_filename (office->folder, "keys", NULL);
  g_autofree char *path = key_path (office, NEW_FILE);

  if (g_mkdir (folder, 0700) != 0 && errno != EEXIST)
    {
      naru_set_error_errno (error, errno, NULL, _ ("cannot make %s"), folder);
      return FALSE;
    }
  /* the key in force may still stand where the next one goes */
  return settle_locked (office, change->txn, error) &&
         naru_signer_save (signer, path, office->committer_email, error) &&
         (passphrase == NULL || lock_new (path, passphrase, error));
}

static gboolean
put_text (NaruChange *change, const char *key, const char *path, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  naru_entry_put_file (change->entry, path, bytes);
  return naru_txn_put_meta (change->txn, key, text, error);
}

static void
add_trailer (NaruChange *change, const char *name, const char *key)
{
  g_autofree char *fingerprint = naru_key_fingerprint (key);

  naru_entry_add_trailer (change->entry, name, fingerprint);
}

static gboolean
put_revoked (NaruChange *change, const char *key, GError **error)
{
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;

  if (!read_meta (change->txn, NARU_META_REVOKED, &before, error))
    return FALSE;
  text = g_strconcat (before != NULL ? before
                                     : "# Keys that were lost or stolen: git -c gpg.ssh.revocationFile=… "
                                       "refuses whatever they signed\n",
                      key, "\n", NULL);
  return put_text (change, NARU_META_REVOKED, NARU_REVOKED_PATH, text, error);
}

gboolean
naru_change_put_signers (NaruChange *self, GPtrArray *signers, GError **error)
{
  g_autofree char *text = naru_allowed_signers_to_text (signers);

  return put_text (self, NARU_META_SIGNERS, NARU_SIGNERS_PATH, text, error);
}

/* @former: a line of the list, which the caller puts */
gboolean
naru_change_end_key (NaruChange *self, NaruAllowedSigner *former, gboolean revoke, GError **error)
{
  /* ssh-keygen takes no span without a second in it */
  former->until = MAX (naru_change_get_commit_seconds (self), former->from + 1);
  add_trailer (self, revoke ? "Naru-Key-Revoked" : "Naru-Key-Ended", former->key);
  return !revoke || put_revoked (self, former->key, error);
}

/* Puts the list with one more key in it. */
gboolean
naru_change_add_key (NaruChange *self, GPtrArray *signers, const char *principal, const char *key,
                     GError **error)
{
  naru_allowed_signers_add (signers, principal, key, naru_change_get_commit_seconds (self));
  return naru_change_put_signers (self, signers, error);
}

/* Gives the office a key, its first or the next: made here, or read from @file. The former one ends with this
 * change and signs it; where there is none, or none that can sign, the new one does, which is still in
 * memory. */
gboolean
naru_change_put_key (NaruChange *self, const NaruNewKey *key, gboolean revoke, GError **error)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (self->txn, error);
  g_autoptr (NaruSigner) signer = signers != NULL ? make_key (key->file, signers, error) : NULL;
  NaruAllowedSigner *former = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;

  if (signer == NULL || !save_new (self, signer, key->passphrase, error))
    return FALSE;
  add_trailer (self, "Naru-Key", naru_signer_get_key (signer));
  if (former != NULL && !naru_change_end_key (self, former, revoke, error))
    return FALSE;
  if (self->signer == NULL)
    self->signer = naru_signer_ref (signer);
  return naru_change_add_key (self, signers, self->office->committer_email, naru_signer_get_key (signer),
                              error);
}
