/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-object.h"

G_BEGIN_DECLS

/* An annotated tag: who says what of which commit, and the signature below it. */
typedef struct
{
  NaruOid commit;
  char *name; /* "seal-2026-07" */
  char *tagger;
  char *tagger_email;
  NaruTime time;
  char *message;        /* without the signature */
  gsize signed_size;    /* so many bytes of the object are what was signed */
  gsize signature_size; /* 0: unsigned */
} NaruTag;

NARU_EXTERN NaruObject *naru_tag_build (const NaruTag *tag, NaruSigner *signer, GError **error);
NARU_EXTERN gboolean naru_tag_read (NaruTag *self, GBytes *bytes);
NARU_EXTERN char *naru_tag_get_trailer (const NaruTag *self, const char *key);
NARU_EXTERN char *naru_tag_verify (const NaruTag *self, GBytes *bytes);
NARU_EXTERN void naru_tag_clear (NaruTag *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruTag, naru_tag_clear)

G_END_DECLS
