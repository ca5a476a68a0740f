/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-repository.h"

G_BEGIN_DECLS

/* A commit of a history, taken apart again into the entry that it was made of. */
typedef struct
{
  NaruEntry *entry; /* without its files */
  NaruTime authored;
  NaruTime committed;
  char *author;
  char *author_email;
  char *committer;
  char *committer_email;
  char *subject;
  char *action;
  char *record; /* (nullable): the one that it is about */
  char *from;   /* (nullable) */
  char *to;     /* (nullable) */
  char *reason; /* (nullable) */
  char *detail; /* (nullable): of the subject, what follows the action */
  char *message;
  char *trailers;  /* lines of the message, without the number and the two digests */
  char *signature; /* (nullable): as ssh-keygen writes it */
  guint64 seq;     /* as the message says; 0 where it says none */
  NaruDigest chain;
  GPtrArray *verdicts;    /* of char *: how the rules judged it */
  GBytes *unsigned_bytes; /* the commit without its signature */
} NaruPastEntry;

NARU_EXTERN gboolean naru_past_entry_read (NaruPastEntry *self, GBytes *commit);
NARU_EXTERN void naru_past_entry_clear (NaruPastEntry *self);
NARU_EXTERN gboolean naru_repository_read_entry (NaruRepository *self, const NaruOid *commit,
                                                 NaruPastEntry *entry, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruPastEntry, naru_past_entry_clear)

G_END_DECLS
