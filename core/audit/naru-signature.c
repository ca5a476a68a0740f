/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <string.h>

/* What naru_signer_sign() made, or `ssh-keygen -Y sign -n git` with an Ed25519 key, is verified here. */

#define NAMESPACE "git"
#define BLOB_MAX 1024

typedef struct
{
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  NaruWireReader key; /* as it stands there */
  const char *hash;   /* "sha512" or "sha256" */
  NaruWireReader signature;
} Parts;

static gboolean
read_key (Parts *parts)
{
  NaruWireReader reader = parts->key;
  NaruWireReader bytes;

  if (!naru_wire_take_text (&reader, NARU_SSH_KEY_TYPE) || !naru_wire_take_string (&reader, &bytes) ||
      bytes.left != crypto_sign_PUBLICKEYBYTES || reader.left != 0)
    return FALSE;
  memcpy (parts->public_key, bytes.at, crypto_sign_PUBLICKEYBYTES);
  return TRUE;
}

/* PROTOCOL.sshsig of OpenSSH */
static gboolean
read_parts (const guint8 *blob, gsize size, Parts *parts)
{
  NaruWireReader reader = { blob, size };
  NaruWireReader hash;
  NaruWireReader signature;
  guint32 version;
  const guint8 *magic = naru_wire_take (&reader, 6);

  if (magic == NULL || memcmp (magic, "SSHSIG", 6) != 0 || !naru_wire_take_number (&reader, &version) ||
      version != 1 || !naru_wire_take_string (&reader, &parts->key) || !read_key (parts) ||
      !naru_wire_take_text (&reader, NAMESPACE) || !naru_wire_take_text (&reader, "") ||
      !naru_wire_take_string (&reader, &hash) || !naru_wire_take_string (&reader, &signature) ||
      reader.left != 0 || hash.left != 6)
    return FALSE;
  parts->hash = memcmp (hash.at, "sha512", 6) == 0   ? "sha512"
                : memcmp (hash.at, "sha256", 6) == 0 ? "sha256"
                                                     : NULL;
  return parts->hash != NULL && naru_wire_take_text (&signature, NARU_SSH_KEY_TYPE) &&
         naru_wire_take_string (&signature, &parts->signature) &&
         parts->signature.left == crypto_sign_BYTES && signature.left == 0;
}

static gboolean
check_parts (const Parts *parts, gconstpointer data, gsize size)
{
  guint8 hash[crypto_hash_sha512_BYTES];
  guint8 bytes[256];
  NaruWire statement = { bytes, 0, sizeof bytes };
  gboolean long_one = strcmp (parts->hash, "sha512") == 0;

  if (long_one)
    crypto_hash_sha512 (hash, data, size);
  else
    crypto_hash_sha256 (hash, data, size);
  naru_wire_put (&statement, "SSHSIG", 6);
  naru_wire_put_string (&statement, NAMESPACE, strlen (NAMESPACE));
  naru_wire_put_string (&statement, "", 0);
  naru_wire_put_string (&statement, parts->hash, 6);
  naru_wire_put_string (&statement, hash, long_one ? crypto_hash_sha512_BYTES : crypto_hash_sha256_BYTES);
  return crypto_sign_verify_detached (parts->signature.at, statement.data, statement.size,
                                      parts->public_key) == 0;
}

/**
 * naru_signature_verify: (skip)
 * @signature: lines from “BEGIN SSH SIGNATURE” to “END SSH SIGNATURE”
 * @signature_size: bytes in them
 * @data: what was signed
 * @size: bytes in it
 *
 * Says nothing of whose key it is, nor whether it held then: see naru_allowed_signers_find().
 *
 * Returns: (transfer full) (nullable): the key that signed, “ssh-ed25519 AAAA…”; %NULL where the signature is
 * not one of @data by the key that it names
 */
char *
naru_signature_verify (const char *signature, gsize signature_size, gconstpointer data, gsize size)
{
  guint8 blob[BLOB_MAX];
  gsize blob_size = naru_armor_open ("SSH SIGNATURE", signature, signature_size, blob, sizeof blob);
  Parts parts = { 0 };

  if (sodium_init () < 0 || blob_size == 0 || !read_parts (blob, blob_size, &parts) ||
      !check_parts (&parts, data, size))
    return NULL;
  g_autofree char *text = g_base64_encode (parts.key.at, parts.key.left);
  return g_strconcat (NARU_SSH_KEY_TYPE " ", text, NULL);
}
