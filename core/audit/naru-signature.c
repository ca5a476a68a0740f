/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The signature format of OpenSSH, as PROTOCOL.sshsig of its source tells. */

#define MAGIC "SSHSIG" /* without a NUL */
#define LABEL "SSH SIGNATURE"
#define HASH "sha512"

/*
 * naru_signature_make_statement:
 * @statement: (out): takes %NARU_SSH_SIGNATURE_MAX bytes at most
 *
 * What is signed: not the text itself but this, so that a signature for git is of no use elsewhere.
 *
 * Returns: its length
 */
gsize
naru_signature_make_statement (const char *name_space, gconstpointer data, gsize size, guint8 *statement)
{
  NaruWire wire = { statement, 0, NARU_SSH_SIGNATURE_MAX };
  guint8 hash[crypto_hash_sha512_BYTES];

  crypto_hash_sha512 (hash, data, size);
  naru_wire_put (&wire, MAGIC, strlen (MAGIC));
  naru_wire_put_string (&wire, name_space, strlen (name_space));
  naru_wire_put_string (&wire, "", 0);
  naru_wire_put_string (&wire, HASH, strlen (HASH));
  naru_wire_put_string (&wire, hash, sizeof hash);
  return wire.size;
}

/*
 * naru_signature_to_text:
 * @signature: the bytes of Ed25519
 * @text: (out): takes %NARU_SSH_SIGNATURE_MAX characters at most, and a NUL
 */
void
naru_signature_to_text (const guint8 *public_key, const char *name_space, const guint8 *signature, char *text)
{
  guint8 blob[NARU_SSH_SIGNATURE_MAX];
  NaruWire out = { blob, 0, sizeof blob };

  naru_wire_put (&out, MAGIC, strlen (MAGIC));
  naru_wire_put_number (&out, 1);
  naru_wire_put_number (&out, NARU_SSH_BLOB_SIZE);
  naru_wire_put_key (&out, public_key);
  naru_wire_put_string (&out, name_space, strlen (name_space));
  naru_wire_put_string (&out, "", 0);
  naru_wire_put_string (&out, HASH, strlen (HASH));
  naru_wire_put_number (&out, 4 + strlen (NARU_SSH_KEY_TYPE) + 4 + crypto_sign_BYTES);
  naru_wire_put_string (&out, NARU_SSH_KEY_TYPE, strlen (NARU_SSH_KEY_TYPE));
  naru_wire_put_string (&out, signature, crypto_sign_BYTES);
  naru_armor (LABEL, out.data, out.size, text, NARU_SSH_SIGNATURE_MAX);
}

static gboolean
take_key (NaruWireReader *reader, const guint8 **public_key)
{
  NaruWireReader key, point;

  if (!naru_wire_take_string (reader, &key) || !naru_wire_take_text (&key, NARU_SSH_KEY_TYPE) ||
      !naru_wire_take_string (&key, &point) || point.left != crypto_sign_PUBLICKEYBYTES || key.left != 0)
    return FALSE;
  *public_key = point.at;
  return TRUE;
}

static gboolean
take_bytes (NaruWireReader *reader, const guint8 **signature)
{
  NaruWireReader inner, bytes;

  if (!naru_wire_take_string (reader, &inner) || !naru_wire_take_text (&inner, NARU_SSH_KEY_TYPE) ||
      !naru_wire_take_string (&inner, &bytes) || bytes.left != crypto_sign_BYTES || inner.left != 0)
    return FALSE;
  *signature = bytes.at;
  return TRUE;
}

static gboolean
read_signature (NaruWireReader *reader, const char *name_space, const guint8 **public_key,
                const guint8 **signature)
{
  const guint8 *magic = naru_wire_take (reader, strlen (MAGIC));
  guint32 version;

  return magic != NULL && memcmp (magic, MAGIC, strlen (MAGIC)) == 0 &&
         naru_wire_take_number (reader, &version) && version == 1 && take_key (reader, public_key) &&
         naru_wire_take_text (reader, name_space) && naru_wire_take_text (reader, "") &&
         naru_wire_take_text (reader, HASH) && take_bytes (reader, signature) && reader->left == 0;
}

/* (transfer full): "ssh-ed25519 AAAA…" */
static char *
make_line (const guint8 *public_key)
{
  guint8 blob[NARU_SSH_BLOB_SIZE];
  char base64[sodium_base64_ENCODED_LEN (NARU_SSH_BLOB_SIZE, sodium_base64_VARIANT_ORIGINAL)];
  NaruWire wire = { blob, 0, sizeof blob };

  naru_wire_put_key (&wire, public_key);
  sodium_bin2base64 (base64, sizeof base64, blob, sizeof blob, sodium_base64_VARIANT_ORIGINAL);
  return g_strconcat (NARU_SSH_KEY_TYPE " ", base64, NULL);
}

/**
 * naru_signature_verify: (skip)
 * @signature: as `ssh-keygen -Y sign` writes it: six lines, each with its newline, and nothing around them
 * @name_space: what it has to be good for, %NARU_SIGNATURE_GIT for commits
 * @data: the text that it is said to sign
 * @size: its bytes
 * @key: (out) (transfer full): the key that signed, "ssh-ed25519 AAAA…"; whether it may is another question
 * @error: return location
 *
 * May be called in any thread. There is one form of a signature only: whoever writes the same bytes in other
 * lines could give a commit another id.
 *
 * Returns: whether it signs the text; %FALSE with %NARU_ERROR_INVALID where it is none of a key Ed25519 or
 * has another form, %NARU_ERROR_BROKEN where it signs something else
 */
gboolean
naru_signature_verify (const char *signature, const char *name_space, gconstpointer data, gsize size,
                       char **key, GError **error)
{
  guint8 blob[NARU_SSH_SIGNATURE_MAX];
  guint8 statement[NARU_SSH_SIGNATURE_MAX];
  char again[NARU_SSH_SIGNATURE_MAX];
  NaruWireReader reader = { blob, 0 };
  const guint8 *public_key = NULL;
  const guint8 *bytes = NULL;

  if (!naru_sodium_start (error))
    return FALSE;
  reader.left = naru_armor_open (LABEL, signature, strlen (signature), blob, sizeof blob);
  if (read_signature (&reader, name_space, &public_key, &bytes))
    naru_signature_to_text (public_key, name_space, bytes, again);
  if (bytes == NULL || strcmp (signature, again) != 0)
    {
      naru_set_error (
          error, NARU_ERROR_INVALID, NULL, 0, NULL,
          _ ("the signature has not the form that “ssh-keygen -Y sign” gives it with a key Ed25519"));
      return FALSE;
    }
  gsize length = naru_signature_make_statement (name_space, data, size, statement);
  if (crypto_sign_verify_detached (bytes, statement, length, public_key) != 0)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, NULL, _ ("the signature is for another text"));
      return FALSE;
    }
  *key = make_line (public_key);
  return TRUE;
}
