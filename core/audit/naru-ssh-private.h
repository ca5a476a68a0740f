/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-signer.h"

#include <sodium.h>

G_BEGIN_DECLS

#define NARU_SSH_KEY_TYPE "ssh-ed25519"
#define NARU_SSH_FILE_MAX                                                                                    \
  2400 /* bytes of a private key's file; one of the kind Ed25519 has 400 and its comment */
#define NARU_SSH_DATA_MAX 1536 /* what is in it, decoded */
#define NARU_SSH_COMMENT_MAX 255
#define NARU_SSH_SIGNATURE_MAX 512 /* bytes of a signature, as text and decoded */
#define NARU_SSH_BLOB_SIZE (4 + 11 + 4 + crypto_sign_PUBLICKEYBYTES) /* a public key as ssh sends it */

/* One page of memory that is neither swapped nor dumped, and cleared when it is freed: to ask for it costs as
 * much as to sign. */
typedef struct
{
  guint8 key[crypto_sign_SECRETKEYBYTES]; /* seed and public key */
  char text[NARU_SSH_FILE_MAX];           /* while a file is read or written, cleared after it */
  guint8 data[NARU_SSH_DATA_MAX];
} NaruSecret;

struct _NaruSigner
{
  gatomicrefcount refs;
  NaruSecret *secret; /* (nullable): NULL where an ssh-agent holds the key */
  guint8 public_key[crypto_sign_PUBLICKEYBYTES];
  char *line;                             /* "ssh-ed25519 AAAA…" */
  guint8 asked[crypto_hash_sha512_BYTES]; /* of the text for which the agent gave a signature beforehand */
  guint8 prepared[crypto_sign_BYTES];     /* that signature */
  gboolean is_prepared;
};

/* The binary format of ssh, written into memory that is large enough for what is known beforehand. */
typedef struct
{
  guint8 *data;
  gsize size;
  gsize room;
} NaruWire;

typedef struct
{
  const guint8 *at;
  gsize left;
} NaruWireReader;

gboolean naru_key_decode (const char *key, guint8 *public_key);

void naru_wire_put (NaruWire *self, gconstpointer data, gsize size);
void naru_wire_put_number (NaruWire *self, guint32 number);
void naru_wire_put_string (NaruWire *self, gconstpointer data, gsize size);
void naru_wire_put_key (NaruWire *self, const guint8 *public_key);
const guint8 *naru_wire_take (NaruWireReader *self, gsize size);
gboolean naru_wire_take_number (NaruWireReader *self, guint32 *number);
gboolean naru_wire_take_string (NaruWireReader *self, NaruWireReader *string);
gboolean naru_wire_take_text (NaruWireReader *self, const char *text);

gsize naru_armor (const char *label, const guint8 *data, gsize size, char *text, gsize room);
gsize naru_armor_open (const char *label, const char *text, gsize size, guint8 *data, gsize room);

gboolean naru_sodium_start (GError **error);

/* naru-signature.c */
gsize naru_signature_make_statement (const char *name_space, gconstpointer data, gsize size,
                                     guint8 *statement);
void naru_signature_to_text (const guint8 *public_key, const char *name_space, const guint8 *signature,
                             char *text);

gboolean naru_openssh_read (NaruSecret *secret, gsize size, gboolean *locked, const char **why);
gsize naru_openssh_write (NaruSecret *secret, const char *comment);

gboolean naru_agent_find (const guint8 *public_key, const char *line, int milliseconds, GError **error);
gboolean naru_agent_sign (const guint8 *public_key, const NaruWire *statement, int milliseconds,
                          guint8 *signature, GError **error);

G_END_DECLS
