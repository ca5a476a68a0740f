/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-file-private.h"
#include "naru-ssh-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_MODE 0600
#define AGENT_TIME 3000        /* milliseconds: somebody may wait for the store */
#define AGENT_TIME_ALONE 90000 /* while nobody waits: the agent may ask somebody to confirm */

gboolean
naru_sodium_start (GError **error)
{
  static gsize state;

  if (g_once_init_enter (&state))
    g_once_init_leave (&state, sodium_init () >= 0 ? 1 : 2);
  if (state == 1)
    return TRUE;
  naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Install the Debian package libsodium23 again."),
                  _ ("The library for signatures does not start."));
  return FALSE;
}

static NaruSigner *
signer_new (GError **error)
{
  if (!naru_sodium_start (error))
    return NULL;

  NaruSecret *secret = sodium_malloc (sizeof *secret);
  if (secret == NULL)
    {
      naru_set_error_errno (error, ENOMEM, NULL, _ ("Cannot hold a key"));
      return NULL;
    }
  NaruSigner *self = g_new0 (NaruSigner, 1);
  g_atomic_ref_count_init (&self->refs);
  self->secret = secret;
  return self;
}

static void
clear_scratch (NaruSecret *secret)
{
  sodium_memzero (secret->text, sizeof secret->text);
  sodium_memzero (secret->data, sizeof secret->data);
}

/* @self has its public key. */
static void
signer_finish_public (NaruSigner *self)
{
  guint8 blob[NARU_SSH_BLOB_SIZE];
  char base64[sodium_base64_ENCODED_LEN (NARU_SSH_BLOB_SIZE, sodium_base64_VARIANT_ORIGINAL)];
  NaruWire wire = { blob, 0, sizeof blob };

  naru_wire_put_key (&wire, self->public_key);
  sodium_bin2base64 (base64, sizeof base64, blob, sizeof blob, sodium_base64_VARIANT_ORIGINAL);
  self->line = g_strconcat (NARU_SSH_KEY_TYPE " ", base64, NULL);
}

static void
signer_finish (NaruSigner *self)
{
  memcpy (self->public_key, self->secret->key + crypto_sign_SEEDBYTES, sizeof self->public_key);
  clear_scratch (self->secret);
  sodium_mprotect_readonly (self->secret);
  signer_finish_public (self);
}

/**
 * naru_signer_generate: (skip)
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a new key
 */
NaruSigner *
naru_signer_generate (GError **error)
{
  NaruSigner *self = signer_new (error);
  if (self == NULL)
    return NULL;

  crypto_sign_keypair (self->public_key, self->secret->key);
  signer_finish (self);
  return self;
}

static gboolean
check_file (int fd, const char *path, const char *field, GError **error)
{
  struct stat info;
  if (fstat (fd, &info) != 0)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot read the key %s"), path);
      return FALSE;
    }
  if (!S_ISREG (info.st_mode) || info.st_size > NARU_SSH_FILE_MAX)
    {
      naru_set_error (error, NARU_ERROR_INVALID, field, 0,
                      _ ("Name a private key of the kind Ed25519, as “ssh-keygen -t ed25519” makes it."),
                      _ ("%s is no private key of the kind Ed25519."), path);
      return FALSE;
    }
  if ((info.st_mode & 07777) == KEY_MODE)
    return TRUE;
  naru_set_error (error, NARU_ERROR_IO, field, 0, NULL, _ ("The private key %s has the mode %04o, not 0600."),
                  path, (guint) (info.st_mode & 07777));
  naru_error_set_cure (error, _ ("See who may have read it; then: chmod 600 %s"), path);
  return FALSE;
}

static gboolean
read_file (int fd, NaruSecret *secret, const char *path, gsize *size, GError **error)
{
  gssize got = 0;

  *size = 0;
  while (*size < sizeof secret->text)
    {
      got = read (fd, secret->text + *size, sizeof secret->text - *size);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      *size += (gsize) got;
    }
  if (got < 0)
    naru_set_error_errno (error, errno, NULL, _ ("Cannot read the key %s"), path);
  return got >= 0;
}

/* @locked: (out) (nullable): whether the key has a passphrase, where that is no mistake */
static gboolean
load (NaruSigner *self, const char *path, const char *field, gboolean *locked, GError **error)
{
  int fd = naru_file_open (AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
  if (fd < 0)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot read the key %s"), path);
      return FALSE;
    }
  gsize size;
  gboolean read = check_file (fd, path, field, error) && read_file (fd, self->secret, path, &size, error);
  close (fd);
  if (!read)
    return FALSE;

  const char *why = NULL;
  gboolean has_passphrase;
  if (naru_openssh_read (self->secret, size, &has_passphrase, &why))
    return TRUE;
  if (has_passphrase && locked != NULL)
    {
      *locked = TRUE;
      return TRUE;
    }
  naru_set_error (error, NARU_ERROR_INVALID, field, 0,
                  _ ("Name a private key without passphrase, as “ssh-keygen -t ed25519 -N ''” makes it."),
                  _ ("The key %s cannot be used: %s."), path, _ (why));
  return FALSE;
}

/**
 * naru_signer_load: (skip)
 * @path: a private key of OpenSSH, Ed25519, without passphrase, of mode 0600
 * @field: (nullable): what an error names as the place of the mistake
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the key, or %NULL: %NARU_ERROR_NOT_FOUND, %NARU_ERROR_IO where it
 * cannot be read or others may read it, %NARU_ERROR_INVALID for another format or damage
 */
NaruSigner *
naru_signer_load (const char *path, const char *field, GError **error)
{
  g_autoptr (NaruSigner) self = signer_new (error);

  if (self == NULL || !load (self, path, field, NULL, error))
    return NULL;
  signer_finish (self);
  return g_steal_pointer (&self);
}

static void
forget_secret (NaruSigner *self)
{
  sodium_free (self->secret);
  self->secret = NULL;
}

/**
 * naru_signer_load_or_ask: (skip)
 * @path: a private key of OpenSSH, Ed25519, of mode 0600
 * @field: (nullable): what an error names as the place of the mistake
 * @error: return location
 *
 * As naru_signer_load(), but the key may have a passphrase: then an ssh-agent has to hold it, and signs.
 * Whether it does is asked when there is something to sign, or with naru_signer_check().
 *
 * Returns: (transfer full) (nullable): the key
 */
NaruSigner *
naru_signer_load_or_ask (const char *path, const char *field, GError **error)
{
  g_autoptr (NaruSigner) self = signer_new (error);
  gboolean locked = FALSE;

  if (self == NULL || !load (self, path, field, &locked, error))
    return NULL;
  signer_finish (self);
  if (locked)
    forget_secret (self);
  return g_steal_pointer (&self);
}

/**
 * naru_signer_new_for_agent: (skip)
 * @key: a public key, "ssh-ed25519 AAAA…"
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a key with which the ssh-agent that SSH_AUTH_SOCK names will sign
 */
NaruSigner *
naru_signer_new_for_agent (const char *key, GError **error)
{
  g_autoptr (NaruSigner) self = signer_new (error);

  if (self == NULL)
    return NULL;
  forget_secret (self);
  if (!naru_key_decode (key, self->public_key))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, NULL,
                      _ ("“%s” is no public key of the kind Ed25519"), key);
      return NULL;
    }
  signer_finish_public (self);
  return g_steal_pointer (&self);
}

/**
 * naru_signer_needs_agent: (skip)
 * @self: a key
 *
 * Returns: whether an ssh-agent has to sign
 */
gboolean
naru_signer_needs_agent (NaruSigner *self)
{
  return self->secret == NULL;
}

/**
 * naru_signer_check: (skip)
 * @self: a key
 * @error: return location; %NARU_ERROR_FAILED, with the cure
 *
 * Returns: whether it can sign as far as one can know: an agent holds it, where one is needed
 */
gboolean
naru_signer_check (NaruSigner *self, GError **error)
{
  return self->secret != NULL || naru_agent_find (self->public_key, self->line, AGENT_TIME, error);
}

/**
 * naru_signer_ref: (skip)
 * @self: a key
 *
 * Returns: (transfer full): @self
 */
NaruSigner *
naru_signer_ref (NaruSigner *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * naru_signer_unref: (skip)
 * @self: (transfer full): a key
 *
 * The last one clears its memory.
 */
void
naru_signer_unref (NaruSigner *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  sodium_free (self->secret);
  g_free (self->line);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

static gboolean
write_new (const char *path, mode_t mode, const char *text, gsize size, GError **error)
{
  if (unlink (path) != 0 && errno != ENOENT)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot write “%s”"), path);
      return FALSE;
    }
  int fd = naru_file_open (AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, KEY_MODE);
  gboolean good =
      fd >= 0 && fchmod (fd, mode) == 0 && naru_file_write (fd, text, size) && naru_file_sync (fd);
  int kept = errno;
  if (fd >= 0 && close (fd) != 0 && good)
    {
      good = FALSE;
      kept = errno;
    }
  if (!good)
    naru_set_error_errno (error, kept, NULL, _ ("Cannot write “%s”"), path);
  return good;
}

/**
 * naru_signer_save: (skip)
 * @self: a key
 * @path: a file, which is replaced; the public key goes beside it, with “.pub” after its name
 * @comment: what ssh-keygen shows with the key; 255 bytes at most
 * @error: return location
 *
 * Returns: whether both files and their names are on disk
 */
gboolean
naru_signer_save (NaruSigner *self, const char *path, const char *comment, GError **error)
{
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  g_autofree char *public_text = g_strconcat (self->line, " ", comment, "\n", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  gboolean good;

  g_return_val_if_fail (self->secret != NULL, FALSE);
  sodium_mprotect_readwrite (self->secret);
  gsize size = naru_openssh_write (self->secret, comment);
  g_return_val_if_fail (size > 0, FALSE);
  good = write_new (public_path, 0644, public_text, strlen (public_text), error) &&
         write_new (path, KEY_MODE, self->secret->text, size, error);
  clear_scratch (self->secret);
  sodium_mprotect_readonly (self->secret);
  if (good && !naru_file_sync_folder (AT_FDCWD, folder))
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot write “%s”"), path);
      return FALSE;
    }
  return good;
}

/**
 * naru_signer_get_key: (skip)
 * @self: a key
 *
 * Returns: (transfer none): the public key in one line: "ssh-ed25519 AAAA…"
 */
const char *
naru_signer_get_key (NaruSigner *self)
{
  return self->line;
}

/* (out) signature: crypto_sign_BYTES of what naru_signature_make_statement() gave */
static gboolean
make_signature (NaruSigner *self, const guint8 *statement, gsize length, guint8 *signature, GError **error)
{
  guint8 hash[crypto_hash_sha512_BYTES];
  NaruWire wire = { (guint8 *) statement, length, length };

  crypto_hash_sha512 (hash, statement, length);
  if (self->is_prepared && memcmp (hash, self->asked, sizeof hash) == 0)
    {
      memcpy (signature, self->prepared, crypto_sign_BYTES);
      return TRUE;
    }
  if (self->secret == NULL)
    return naru_agent_sign (self->public_key, &wire, AGENT_TIME, signature, error);
  crypto_sign_detached (signature, NULL, statement, length, self->secret->key);
  return TRUE;
}

/**
 * naru_signer_prepare: (skip)
 * @self: a key
 * @data: a text that is likely to be signed next, for git
 * @size: its bytes
 * @error: return location
 *
 * Has an ssh-agent sign now, where one is needed, so that naru_signer_sign() need not wait for it: call this
 * while nobody waits for you, since the agent may first ask somebody.
 *
 * Returns: whether that was done
 */
gboolean
naru_signer_prepare (NaruSigner *self, gconstpointer data, gsize size, GError **error)
{
  guint8 statement[NARU_SSH_SIGNATURE_MAX];

  if (self->secret != NULL)
    return TRUE;
  gsize length = naru_signature_make_statement (NARU_SIGNATURE_GIT, data, size, statement);
  NaruWire wire = { statement, length, length };
  crypto_hash_sha512 (self->asked, statement, length);
  self->is_prepared = naru_agent_sign (self->public_key, &wire, AGENT_TIME_ALONE, self->prepared, error);
  return self->is_prepared;
}

/**
 * naru_signer_sign_for: (skip)
 * @self: a key
 * @name_space: what the signature is good for; it holds nowhere else
 * @data: the text
 * @size: its bytes
 * @error: return location
 *
 * The same key and text give the same signature. Only where an ssh-agent has to sign can it fail.
 *
 * Returns: (transfer full) (nullable): the signature as `ssh-keygen -Y sign -n NAME_SPACE` writes it: six
 * lines, each with its newline
 */
char *
naru_signer_sign_for (NaruSigner *self, const char *name_space, gconstpointer data, gsize size,
                      GError **error)
{
  guint8 signature[crypto_sign_BYTES];
  guint8 statement[NARU_SSH_SIGNATURE_MAX];
  gsize length = naru_signature_make_statement (name_space, data, size, statement);

  if (!make_signature (self, statement, length, signature, error))
    return NULL;
  char *text = g_malloc (NARU_SSH_SIGNATURE_MAX);
  naru_signature_to_text (self->public_key, name_space, signature, text);
  return text;
}

/**
 * naru_signer_sign: (skip)
 * @self: a key
 * @data: the text, such as a commit without its signature
 * @size: its bytes
 * @error: return location
 *
 * Returns: (transfer full) (nullable): as of naru_signer_sign_for(), for git
 */
char *
naru_signer_sign (NaruSigner *self, gconstpointer data, gsize size, GError **error)
{
  return naru_signer_sign_for (self, NARU_SIGNATURE_GIT, data, size, error);
}
