/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-object.h"

G_BEGIN_DECLS

#define NARU_GLANCE_ID_MAX 64

/* What the message of a commit says at first sight; a hundred thousand of them are looked at in a second. */
typedef struct
{
  guint64 number;                      /* Naru-Seq; 0 where it is no commit of an office */
  char record[NARU_GLANCE_ID_MAX + 1]; /* "" where it is about no single record */
  NaruDigest entry;                    /* Naru-Entry */
  gboolean plain;                      /* every word in it is one that Naru chose: ids, stages, verdicts */
} NaruGlance;

NARU_EXTERN void naru_glance_at (NaruGlance *self, GBytes *commit);

G_END_DECLS
