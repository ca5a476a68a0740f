/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The private key file of OpenSSH, as PROTOCOL.key of its source tells: magic, cipher, key derivation, one
 * public key, then the private part: a number twice, the key, a comment, and padding 1, 2, 3 … up to a block.
 */

#define LABEL "OPENSSH PRIVATE KEY"
#define MAGIC "openssh-key-v1"       /* with its NUL */
#define BLOCK 8                      /* of the cipher "none" */
#define ROOM (NARU_SSH_DATA_MAX / 2) /* for a key with the longest comment */

static gboolean
take_public_key (NaruWireReader *reader, const guint8 **public_key)
{
  NaruWireReader key;

  if (!naru_wire_take_text (reader, NARU_SSH_KEY_TYPE) || !naru_wire_take_string (reader, &key) ||
      key.left != crypto_sign_PUBLICKEYBYTES)
    return FALSE;
  *public_key = key.at;
  return TRUE;
}

static gboolean
is_padding (const NaruWireReader *reader)
{
  if (reader->left >= BLOCK)
    return FALSE;
  for (gsize i = 0; i < reader->left; i++)
    if (reader->at[i] != i + 1)
      return FALSE;
  return TRUE;
}

/* Both halves of the file and the seed must tell of one and the same key. */
static gboolean
read_private_part (NaruWireReader *part, const guint8 *public_key, guint8 *secret)
{
  guint32 first, second;
  const guint8 *again = NULL;
  NaruWireReader key, comment;
  guint8 derived[crypto_sign_PUBLICKEYBYTES];

  if (!naru_wire_take_number (part, &first) || !naru_wire_take_number (part, &second) || first != second ||
      !take_public_key (part, &again) || !naru_wire_take_string (part, &key) ||
      key.left != crypto_sign_SECRETKEYBYTES || !naru_wire_take_string (part, &comment) || !is_padding (part))
    return FALSE;
  crypto_sign_seed_keypair (derived, secret, key.at);
  return memcmp (derived, public_key, sizeof derived) == 0 && memcmp (derived, again, sizeof derived) == 0 &&
         sodium_memcmp (secret, key.at, crypto_sign_SECRETKEYBYTES) == 0;
}

static gboolean
read_key (NaruWireReader *reader, guint8 *secret, gboolean *locked, const char **why)
{
  NaruWireReader cipher, function, options, key, part;
  const guint8 *public_key = NULL;
  guint32 n_keys;
  const guint8 *magic = naru_wire_take (reader, sizeof MAGIC);

  *why = N_ ("it is no private key of OpenSSH, or is damaged");
  if (magic == NULL || memcmp (magic, MAGIC, sizeof MAGIC) != 0 || !naru_wire_take_string (reader, &cipher) ||
      !naru_wire_take_string (reader, &function) || !naru_wire_take_string (reader, &options) ||
      !naru_wire_take_number (reader, &n_keys) || n_keys != 1 || !naru_wire_take_string (reader, &key) ||
      !naru_wire_take_string (reader, &part) || reader->left != 0)
    return FALSE;
  if (!take_public_key (&key, &public_key) || key.left != 0)
    {
      *why = N_ ("it is not of the kind Ed25519");
      return FALSE;
    }
  if (cipher.left != 4 || memcmp (cipher.at, "none", 4) != 0)
    {
      *why = N_ ("it is locked with a passphrase");
      *locked = TRUE;
      memcpy (secret + crypto_sign_SEEDBYTES, public_key, crypto_sign_PUBLICKEYBYTES);
      return FALSE;
    }
  return read_private_part (&part, public_key, secret);
}

/*
 * naru_openssh_read:
 * @secret: its text is a private key's file; takes the key
 * @size: length of the text
 * @locked: (out): whether it has a passphrase; the public half of the key is then there all the same
 * @why: (out): what is wrong with it, where something is; still to be translated
 *
 * Leaves nothing of the key in other memory.
 */
gboolean
naru_openssh_read (NaruSecret *secret, gsize size, gboolean *locked, const char **why)
{
  NaruWireReader reader = { secret->data, 0 };

  reader.left = naru_armor_open (LABEL, secret->text, size, secret->data, sizeof secret->data);
  *locked = FALSE;
  return read_key (&reader, secret->key, locked, why);
}

/*
 * naru_openssh_write:
 * @secret: has the key; its text becomes the file
 *
 * Returns: length of the file; 0 where the comment is too long
 */
gsize
naru_openssh_write (NaruSecret *secret, const char *comment)
{
  const guint8 *public_key = secret->key + crypto_sign_SEEDBYTES;
  NaruWire file = { secret->data, 0, ROOM };
  NaruWire part = { secret->data + ROOM, 0, sizeof secret->data - ROOM };
  guint32 number = randombytes_random ();

  if (strlen (comment) > NARU_SSH_COMMENT_MAX)
    return 0;
  naru_wire_put_number (&part, number);
  naru_wire_put_number (&part, number);
  naru_wire_put_key (&part, public_key);
  naru_wire_put_string (&part, secret->key, sizeof secret->key);
  naru_wire_put_string (&part, comment, strlen (comment));
  for (guint8 i = 1; part.size % BLOCK != 0; i++)
    naru_wire_put (&part, &i, 1);

  naru_wire_put (&file, MAGIC, sizeof MAGIC);
  naru_wire_put_string (&file, "none", 4);
  naru_wire_put_string (&file, "none", 4);
  naru_wire_put_string (&file, "", 0);
  naru_wire_put_number (&file, 1);
  naru_wire_put_number (&file, NARU_SSH_BLOB_SIZE);
  naru_wire_put_key (&file, public_key);
  naru_wire_put_string (&file, part.data, part.size);
  return naru_armor (LABEL, file.data, file.size, secret->text, sizeof secret->text);
}
