/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

#define NARU_DIGEST_SIZE 32 /* BLAKE2b-256 */
#define NARU_SEAL_SIZE 32   /* characters of a line's seal */
#define NARU_OID_SIZE 20    /* git's SHA-1 */

typedef struct
{
  guint8 bytes[NARU_DIGEST_SIZE];
} NaruDigest;

typedef struct
{
  guint8 bytes[NARU_OID_SIZE];
} NaruOid;

/* A BLAKE2b-256 of what comes in pieces. */
typedef struct _NaruDigester NaruDigester;

NARU_EXTERN NaruDigester *naru_digester_new (void);
NARU_EXTERN void naru_digester_add (NaruDigester *self, gconstpointer data, gsize size);
NARU_EXTERN void naru_digester_end (NaruDigester *self, NaruDigest *digest);
NARU_EXTERN void naru_digester_free (NaruDigester *self);

NARU_EXTERN void naru_digest_compute (gconstpointer data, gsize size, NaruDigest *digest);
NARU_EXTERN void naru_digest_to_hex (const NaruDigest *digest, char hex[2 * NARU_DIGEST_SIZE + 1]);
NARU_EXTERN gboolean naru_digest_from_hex (const char *hex, NaruDigest *digest);
NARU_EXTERN void naru_digest_seal (const char *text, gsize size, char seal[NARU_SEAL_SIZE + 1]);
NARU_EXTERN void naru_oid_compute (const char *type, gconstpointer data, gsize size, NaruOid *oid);
NARU_EXTERN void naru_oid_to_hex (const NaruOid *oid, char hex[2 * NARU_OID_SIZE + 1]);
NARU_EXTERN gboolean naru_oid_from_hex (const char *hex, NaruOid *oid);
NARU_EXTERN gboolean naru_oid_equal (const NaruOid *a, const NaruOid *b);
NARU_EXTERN guint naru_oid_hash (gconstpointer oid);
NARU_EXTERN gboolean naru_oid_same (gconstpointer a, gconstpointer b);
NARU_EXTERN gboolean naru_oid_is_zero (const NaruOid *oid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruDigester, naru_digester_free)

G_END_DECLS
