/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-digest.h"

#include <sodium.h>
#include <string.h>

static void
bytes_to_hex (const guint8 *bytes, gsize size, char *hex)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < size; i++)
    {
      hex[2 * i] = digits[bytes[i] >> 4];
      hex[2 * i + 1] = digits[bytes[i] & 15];
    }
  hex[2 * size] = '\0';
}

/* Only the small letters that we write ourselves, so that one value has one spelling. */
static int
hex_value (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

static gboolean
bytes_from_hex (const char *hex, guint8 *bytes, gsize size)
{
  if (hex == NULL || strnlen (hex, 2 * size + 1) != 2 * size)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    {
      int high = hex_value (hex[2 * i]);
      int low = hex_value (hex[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      bytes[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

/* Before it is started the library takes the way that every processor knows, which is three times as slow. */
static void
start_library (void)
{
  static gsize started;

  if (g_once_init_enter (&started))
    g_once_init_leave (&started, sodium_init () >= 0 ? 1 : 2);
}

/**
 * naru_digest_compute:
 * @data: (array length=size) (element-type guint8) (nullable): the bytes
 * @size: how many
 * @digest: (out caller-allocates): their BLAKE2b-256
 */
void
naru_digest_compute (gconstpointer data, gsize size, NaruDigest *digest)
{
  g_return_if_fail (digest != NULL);

  start_library ();
  crypto_generichash (digest->bytes, sizeof digest->bytes, data, size, NULL, 0);
}

struct _NaruDigester
{
  crypto_generichash_state state;
};

/**
 * naru_digester_new: (skip)
 *
 * Returns: (transfer full): a digest to which nothing was added yet
 */
NaruDigester *
naru_digester_new (void)
{
  /* libsodium wants an alignment that the heap does not give */
  NaruDigester *self = g_aligned_alloc (1, sizeof *self, _Alignof(NaruDigester));

  start_library ();
  crypto_generichash_init (&self->state, NULL, 0, NARU_DIGEST_SIZE);
  return self;
}

/**
 * naru_digester_add: (skip)
 * @self: a digest, not ended
 * @data: bytes that come next
 * @size: how many
 */
void
naru_digester_add (NaruDigester *self, gconstpointer data, gsize size)
{
  crypto_generichash_update (&self->state, data, size);
}

/**
 * naru_digester_end: (skip)
 * @self: a digest; nothing can be added afterwards
 * @digest: (out caller-allocates): that of all that was added, as naru_digest_compute() gives it
 */
void
naru_digester_end (NaruDigester *self, NaruDigest *digest)
{
  crypto_generichash_final (&self->state, digest->bytes, sizeof digest->bytes);
}

/**
 * naru_digester_free: (skip)
 * @self: (transfer full): a digest
 */
void
naru_digester_free (NaruDigester *self)
{
  g_aligned_free (self);
}

/**
 * naru_digest_to_hex: (skip)
 * @digest: a digest
 * @hex: (out caller-allocates): 64 small hex digits and a NUL
 */
void
naru_digest_to_hex (const NaruDigest *digest, char hex[2 * NARU_DIGEST_SIZE + 1])
{
  bytes_to_hex (digest->bytes, sizeof digest->bytes, hex);
}

/**
 * naru_digest_from_hex:
 * @hex: (nullable): 64 small hex digits
 * @digest: (out caller-allocates): the digest
 *
 * Returns: %FALSE when @hex is anything else; @digest is then undefined
 */
gboolean
naru_digest_from_hex (const char *hex, NaruDigest *digest)
{
  return bytes_from_hex (hex, digest->bytes, sizeof digest->bytes);
}

/**
 * naru_digest_seal: (skip)
 * @text: a line
 * @size: of @text in bytes
 * @seal: (out caller-allocates): the first half of its digest, in hex: enough to find damage
 */
void
naru_digest_seal (const char *text, gsize size, char seal[NARU_SEAL_SIZE + 1])
{
  NaruDigest digest;
  char hex[2 * NARU_DIGEST_SIZE + 1];

  naru_digest_compute (text, size, &digest);
  naru_digest_to_hex (&digest, hex);
  memcpy (seal, hex, NARU_SEAL_SIZE);
  seal[NARU_SEAL_SIZE] = '\0';
}

/**
 * naru_oid_compute:
 * @type: git's object type: "blob", "tree" or "commit"
 * @data: (array length=size) (element-type guint8) (nullable): the content
 * @size: how many bytes
 * @oid: (out caller-allocates): the object id that git gives this content
 */
void
naru_oid_compute (const char *type, gconstpointer data, gsize size, NaruOid *oid)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  char header[64];
  gsize length = NARU_OID_SIZE;
  int header_length = g_snprintf (header, sizeof header, "%s %" G_GSIZE_FORMAT, type, size);

  g_return_if_fail (header_length > 0 && (gsize) header_length < sizeof header);

  /* the NUL belongs to git's header */
  g_checksum_update (checksum, (const guchar *) header, header_length + 1);
  if (size > 0)
    g_checksum_update (checksum, data, (gssize) size);
  g_checksum_get_digest (checksum, oid->bytes, &length);
}

/**
 * naru_oid_to_hex: (skip)
 * @oid: an object id
 * @hex: (out caller-allocates): 40 small hex digits and a NUL
 */
void
naru_oid_to_hex (const NaruOid *oid, char hex[2 * NARU_OID_SIZE + 1])
{
  bytes_to_hex (oid->bytes, sizeof oid->bytes, hex);
}

/**
 * naru_oid_from_hex:
 * @hex: (nullable): 40 small hex digits
 * @oid: (out caller-allocates): the object id
 *
 * Returns: %FALSE when @hex is anything else; @oid is then undefined
 */
gboolean
naru_oid_from_hex (const char *hex, NaruOid *oid)
{
  return bytes_from_hex (hex, oid->bytes, sizeof oid->bytes);
}

/**
 * naru_oid_equal:
 * @a: an object id
 * @b: another
 *
 * Returns: whether they are the same
 */
gboolean
naru_oid_equal (const NaruOid *a, const NaruOid *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/**
 * naru_oid_hash: (skip)
 * @oid: (type NaruOid): an object id
 *
 * For hash tables whose keys are ids, beside naru_oid_same().
 *
 * Returns: its first bytes: an id is a digest
 */
guint
naru_oid_hash (gconstpointer oid)
{
  guint hash;

  memcpy (&hash, oid, sizeof hash);
  return hash;
}

/**
 * naru_oid_same: (skip)
 * @a: (type NaruOid): an object id
 * @b: (type NaruOid): another
 *
 * Returns: as naru_oid_equal(), for hash tables
 */
gboolean
naru_oid_same (gconstpointer a, gconstpointer b)
{
  return naru_oid_equal (a, b);
}

/**
 * naru_oid_is_zero:
 * @oid: an object id
 *
 * Returns: whether all its bytes are zero, which git uses for "no object"
 */
gboolean
naru_oid_is_zero (const NaruOid *oid)
{
  static const NaruOid zero = { { 0 } };

  return naru_oid_equal (oid, &zero);
}
