/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"

G_BEGIN_DECLS

/* A moment of an office: the entry of its history that was the last one then, and what the clock shows. */
typedef struct
{
  guint64 seq;
  NaruOid commit;
  NaruTime clock;
  gboolean is_entry; /* the entry itself was named, not a time */
} NaruMoment;

/* naru-moment.c */
gboolean naru_moment_find (NaruOffice *office, const char *when, NaruMoment *moment, GError **error);

/* naru-past.c */
NaruOffice *naru_past_open (NaruOffice *live, const NaruMoment *moment, GError **error);
void naru_past_free (NaruPast *self);
const NaruTime *naru_past_get_clock (NaruPast *self);
NaruTypes *naru_past_get_types_now (NaruPast *self);
NaruRecord *naru_past_load_now (NaruPast *self, NaruRecord *record, GError **error);

/* naru-desk-at.c */
NaruDesk *naru_desk_at_moment (NaruDesk *self, const NaruMoment *moment, GError **error);

G_END_DECLS
