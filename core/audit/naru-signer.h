/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

#define NARU_SIGNATURE_GIT "git" /* name space of signatures of commits and tags */

/* A private Ed25519 key that signs commits as git and ssh-keygen do. */
typedef struct _NaruSigner NaruSigner;

/* One line of allowed_signers: whose signatures hold, and for commits of which time. */
typedef struct
{
  char *principal;
  char *key;    /* "ssh-ed25519 AAAA…" */
  gint64 from;  /* seconds since 1970 */
  gint64 until; /* 0: in force */
} NaruAllowedSigner;

NARU_EXTERN NaruSigner *naru_signer_generate (GError **error);
NARU_EXTERN NaruSigner *naru_signer_load (const char *path, const char *field, GError **error);
NARU_EXTERN NaruSigner *naru_signer_load_or_ask (const char *path, const char *field, GError **error);
NARU_EXTERN NaruSigner *naru_signer_new_for_agent (const char *key, GError **error);
NARU_EXTERN NaruSigner *naru_signer_ref (NaruSigner *self);
NARU_EXTERN void naru_signer_unref (NaruSigner *self);
NARU_EXTERN gboolean naru_signer_save (NaruSigner *self, const char *path, const char *comment,
                                       GError **error);
NARU_EXTERN const char *naru_signer_get_key (NaruSigner *self);
NARU_EXTERN gboolean naru_signer_needs_agent (NaruSigner *self);
NARU_EXTERN gboolean naru_signer_check (NaruSigner *self, GError **error);
NARU_EXTERN gboolean naru_signer_prepare (NaruSigner *self, gconstpointer data, gsize size, GError **error);
NARU_EXTERN char *naru_signer_sign (NaruSigner *self, gconstpointer data, gsize size, GError **error);
NARU_EXTERN gboolean naru_key_set_passphrase (const char *path, const char *old, const char *passphrase,
                                              GError **error);
NARU_EXTERN char *naru_signer_sign_for (NaruSigner *self, const char *name_space, gconstpointer data,
                                        gsize size, GError **error);
NARU_EXTERN gboolean naru_signature_verify (const char *signature, const char *name_space, gconstpointer data,
                                            gsize size, char **key, GError **error);
NARU_EXTERN char *naru_key_fingerprint (const char *key);
NARU_EXTERN char *naru_public_key_read (const char *path, const char *field, GError **error);

NARU_EXTERN GPtrArray *naru_allowed_signers_parse (const char *text, GError **error);
NARU_EXTERN char *naru_allowed_signers_to_text (GPtrArray *signers);
NARU_EXTERN void naru_allowed_signers_add (GPtrArray *signers, const char *principal, const char *key,
                                           gint64 from);
NARU_EXTERN NaruAllowedSigner *naru_allowed_signers_find (GPtrArray *signers, const char *key);
NARU_EXTERN NaruAllowedSigner *naru_allowed_signers_find_person (GPtrArray *signers, const char *principal);
NARU_EXTERN gboolean naru_allowed_signer_is_person (const NaruAllowedSigner *signer);

NARU_EXTERN gboolean naru_action_takes_own_key (const char *action);
NARU_EXTERN NaruAllowedSigner *naru_allowed_signers_find_due (GPtrArray *signers, const char *author_email,
                                                              const char *action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruSigner, naru_signer_unref)

G_END_DECLS
