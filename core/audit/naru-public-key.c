/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-file-private.h"
#include "naru-ssh-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Public keys as ssh shows them: "ssh-ed25519 AAAA… comment". */

#define FILE_MAX (16 << 10)

static gboolean
decode (const char *key, guint8 *blob, const guint8 **public_key)
{
  NaruWireReader reader = { blob, 0 };
  NaruWireReader part;

  if (!g_str_has_prefix (key, NARU_SSH_KEY_TYPE " "))
    return FALSE;
  const char *text = key + strlen (NARU_SSH_KEY_TYPE " ");
  if (sodium_base642bin (blob, NARU_SSH_BLOB_SIZE, text, strlen (text), NULL, &reader.left, NULL,
                         sodium_base64_VARIANT_ORIGINAL) != 0 ||
      !naru_wire_take_text (&reader, NARU_SSH_KEY_TYPE) || !naru_wire_take_string (&reader, &part) ||
      part.left != crypto_sign_PUBLICKEYBYTES || reader.left != 0)
    return FALSE;
  *public_key = part.at;
  return TRUE;
}

/*
 * naru_key_decode:
 * @key: "ssh-ed25519 AAAA…"
 * @public_key: (out): crypto_sign_PUBLICKEYBYTES
 *
 * Returns: whether @key is one
 */
gboolean
naru_key_decode (const char *key, guint8 *public_key)
{
  guint8 blob[NARU_SSH_BLOB_SIZE];
  const guint8 *at;

  if (!decode (key, blob, &at))
    return FALSE;
  memcpy (public_key, at, crypto_sign_PUBLICKEYBYTES);
  return TRUE;
}

/**
 * naru_key_fingerprint: (skip)
 * @key: "ssh-ed25519 AAAA…"
 *
 * Returns: (transfer full) (nullable): "SHA256:…", as ssh-keygen shows it; %NULL where @key is none
 */
char *
naru_key_fingerprint (const char *key)
{
  guint8 blob[NARU_SSH_BLOB_SIZE];
  guint8 hash[crypto_hash_sha256_BYTES];
  char base64[sodium_base64_ENCODED_LEN (sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
  const guint8 *at;

  if (!decode (key, blob, &at))
    return NULL;
  crypto_hash_sha256 (hash, blob, sizeof blob);
  sodium_bin2base64 (base64, sizeof base64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  return g_strconcat ("SHA256:", base64, NULL);
}

static void
refuse (const char *path, const char *text, const char *field, GError **error)
{
  if (strstr (text, "PRIVATE KEY") != NULL)
    naru_set_error (error, NARU_ERROR_INVALID, field, 0, _ ("Name the file beside it that ends in .pub."),
                    _ ("%s is a private key, which nobody should get"), path);
  else
    naru_set_error (error, NARU_ERROR_INVALID, field, 0,
                    _ ("Make a key with “ssh-keygen -t ed25519” and name the file that ends in .pub."),
                    _ ("%s is no public key of the kind Ed25519"), path);
}

/**
 * naru_public_key_read: (skip)
 * @path: a file with one public key, as ssh-keygen writes it
 * @field: (nullable): what an error names as the place of the mistake
 * @error: return location
 *
 * Returns: (transfer full) (nullable): "ssh-ed25519 AAAA…", without the comment; %NULL with
 * %NARU_ERROR_INVALID for anything else, a key of another kind too
 */
char *
naru_public_key_read (const char *path, const char *field, GError **error)
{
  g_autoptr (GBytes) bytes = naru_file_read (AT_FDCWD, path, FILE_MAX);
  gsize size = 0;

  if (bytes == NULL && errno != EFBIG && errno != EINVAL)
    {
      naru_set_error_errno (error, errno, NULL, _ ("Cannot read the key %s"), path);
      return NULL;
    }
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : "";
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);
  g_auto (GStrv) words = g_strsplit_set (g_strchomp (text), " \t\r\n", 3);
  g_autofree char *key =
      words[0] != NULL && words[1] != NULL ? g_strconcat (words[0], " ", words[1], NULL) : g_strdup ("");
  g_autofree char *fingerprint = naru_key_fingerprint (key);
  if (fingerprint != NULL && strchr (text, '\n') == NULL)
    return g_steal_pointer (&key);
  refuse (path, text, field, error);
  return NULL;
}
