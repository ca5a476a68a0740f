/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-restore-private.h"
#include "naru-vault.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/*
 * What no history holds and what an office needs all the same: the key that signs, and the secrets of the
 * store. It goes into a backup only where that is encrypted: in a vault, before the bundle.
 *
 *   4 bytes    size of what follows, the highest first
 *   JSON       {"format":1,"key":"-----BEGIN OPENSSH PRIVATE KEY-----…","secrets":{name: text}}
 *   the rest   the bundle
 */

#define SECRETS_FORMAT 1
#define SECRETS_MAX (16 << 20)
#define COPY_BUFFER (64 * 1024)

static gboolean
add_secret (const char *name, const char *value, gpointer user_data)
{
  naru_json_set_string (user_data, name, value);
  return TRUE;
}

/* (transfer full) (nullable): the file of the key in force, where it is there */
static char *
read_key (NaruOffice *self, NaruTxn *txn)
{
  g_autofree char *path = g_build_filename (self->folder, "keys", "office", NULL);
  g_autoptr (GPtrArray) signers = naru_office_read_signers (txn, NULL);
  NaruAllowedSigner *now = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;
  g_autoptr (NaruSigner) signer = now != NULL ? naru_signer_load_or_ask (path, NULL, NULL) : NULL;
  char *text = NULL;

  if (signer == NULL || !g_str_equal (naru_signer_get_key (signer), now->key))
    return NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

static void
forget (char *text)
{
  if (text == NULL)
    return;
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* (transfer full) (nullable): the JSON above, to be forgotten */
static char *
collect (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (NaruJson) json = naru_json_new_object ();
  NaruJson *secrets = naru_json_new_object ();

  naru_json_set (json, "secrets", secrets);
  naru_json_set_integer (json, "format", SECRETS_FORMAT);
  if (txn == NULL || !naru_txn_foreach_secret (txn, add_secret, secrets, error))
    return NULL;
  char *key = read_key (self, txn);
  if (key != NULL)
    naru_json_set_string (json, "key", key);
  forget (key);
  return naru_json_to_line (json);
}

static gboolean
copy_bundle (NaruVault *vault, const char *bundle, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_BUFFER);
  FILE *file = fopen (bundle, "rbe");
  gsize got = 0;

  if (file == NULL)
    {
      naru_set_error_errno (error, errno, _ ("run the command again"), _ ("cannot read %s"), bundle);
      return FALSE;
    }
  gboolean done = TRUE;
  while (done && (got = fread (buffer, 1, COPY_BUFFER, file)) > 0)
    done = naru_vault_write (vault, buffer, got, error);
  if (done && ferror (file) != 0)
    {
      naru_set_error_errno (error, EIO, _ ("run the command again"), _ ("cannot read %s"), bundle);
      done = FALSE;
    }
  fclose (file);
  return done;
}

/* Writes a vault @file of a bundle and of the secrets of the office. */
gboolean
naru_secrets_write (NaruOffice *self, const char *file, const char *bundle, const char *passphrase,
                    GError **error)
{
  g_autoptr (NaruVault) vault = naru_vault_create (file, passphrase, error);
  char *text = vault != NULL ? collect (self, error) : NULL;

  if (text == NULL)
    return FALSE;
  guint32 size = GUINT32_TO_BE ((guint32) strlen (text));
  gboolean done = naru_vault_write (vault, &size, sizeof size, error) &&
                  naru_vault_write (vault, text, strlen (text), error);
  forget (text);
  return done && copy_bundle (vault, bundle, error) && naru_vault_finish (vault, error);
}

static gboolean
refuse (GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Use the Naru that wrote it, or a newer one."),
                  _ ("the encrypted backup holds something that this Naru does not know"));
  return FALSE;
}

static NaruJson *
read_secrets (NaruVault *vault, GError **error)
{
  guint32 size = 0;
  gsize got;

  if (!naru_vault_read (vault, &size, sizeof size, &got, error))
    return NULL;
  size = GUINT32_FROM_BE (size);
  if (got != sizeof size || size > SECRETS_MAX)
    {
      refuse (error);
      return NULL;
    }
  char *text = g_malloc0 (size + 1);
  g_autoptr (NaruJson) json = NULL;
  if (naru_vault_read (vault, text, size, &got, error))
    {
      json = got == size ? naru_json_parse (text, size, size, NULL) : NULL;
      if (json == NULL || naru_json_get_integer (json, "format", 0) != SECRETS_FORMAT)
        refuse (error);
    }
  explicit_bzero (text, size);
  g_free (text);
  return json != NULL && (error == NULL || *error == NULL) ? g_steal_pointer (&json) : NULL;
}

static gboolean
unpack_bundle (NaruVault *vault, const char *bundle, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_BUFFER);
  FILE *file = fopen (bundle, "wbxe");
  gboolean done = file != NULL;
  gsize got = COPY_BUFFER;

  while (done && got == COPY_BUFFER)
    {
      if (!naru_vault_read (vault, buffer, COPY_BUFFER, &got, error))
        {
          fclose (file);
          return FALSE;
        }
      done = fwrite (buffer, 1, got, file) == got;
    }
  if (file != NULL && fclose (file) != 0)
    done = FALSE;
  if (!done)
    naru_set_error_errno (error, errno, _ ("free some space and run the command again"),
                          _ ("cannot write %s"), bundle);
  return done;
}

/* (transfer full) (nullable): what is beside the bundle, which is written to the file @bundle */
NaruJson *
naru_secrets_read (const char *file, const char *bundle, const char *passphrase, GError **error)
{
  g_autoptr (NaruVault) vault = NULL;
  g_autoptr (NaruJson) json = NULL;

  if (passphrase == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "passphrase", 0,
                      _ ("Give its passphrase on the terminal, or with --passphrase-file FILE."),
                      _ ("%s is an encrypted backup"), file);
      return NULL;
    }
  vault = naru_vault_open (file, passphrase, error);
  json = vault != NULL ? read_secrets (vault, error) : NULL;
  return json != NULL && unpack_bundle (vault, bundle, error) ? g_steal_pointer (&json) : NULL;
}

typedef struct
{
  NaruTxn *txn;
  GError **error;
  gboolean failed;
} Put;

static void
put_secret (const char *name, NaruJson *value, gpointer user_data)
{
  Put *put = user_data;

  if (!put->failed && naru_json_as_string (value) != NULL)
    put->failed = !naru_txn_put_secret (put->txn, name, naru_json_as_string (value), put->error);
}

/* The key goes into place where it is the one in force. */
static gboolean
put_key (NaruRestore *self, const char *text, GError **error)
{
  g_autoptr (GPtrArray) signers = naru_office_read_signers (self->txn, error);
  NaruAllowedSigner *now = signers != NULL ? naru_allowed_signers_find (signers, NULL) : NULL;
  g_autofree char *path = g_build_filename (self->folder, "keys", "office", NULL);
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);

  if (signers == NULL)
    return FALSE;
  if (now == NULL)
    return TRUE;
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0600, error))
    return FALSE;
  g_autoptr (NaruSigner) signer = naru_signer_load_or_ask (path, NULL, NULL);
  self->has_key = signer != NULL && g_str_equal (naru_signer_get_key (signer), now->key);
  if (!self->has_key)
    {
      g_remove (path);
      return TRUE;
    }
  g_autofree char *line = g_strdup_printf ("%s %s\n", now->key, now->principal);
  return g_file_set_contents_full (public_path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}

/* Gives the restored office what its backup holds beside the history. */
gboolean
naru_restore_put_secrets (NaruRestore *self, GError **error)
{
  NaruJson *secrets = self->secrets != NULL ? naru_json_get (self->secrets, "secrets") : NULL;
  const char *key = self->secrets != NULL ? naru_json_get_string (self->secrets, "key") : NULL;
  Put put = { self->txn, error, FALSE };

  if (secrets != NULL)
    naru_json_foreach_member (secrets, put_secret, &put);
  return !put.failed && (key == NULL || put_key (self, key, error));
}
