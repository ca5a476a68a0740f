/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean no_rules; /* do not judge moves again */
  gboolean resume;   /* go on from where the last one ended, and keep what the next one can go on from */
  const int *stop;   /* (nullable): another thread or a signal sets it to end the work */
  NaruProgress progress;
  gpointer user_data;
} NaruVerifyOptions;

/* Whether a history is what an office wrote, and its store what the history says. */
NARU_EXTERN NaruJson *naru_desk_verify (NaruDesk *self, const NaruVerifyOptions *options, GError **error);
NARU_EXTERN NaruJson *naru_history_verify (const char *path, const NaruVerifyOptions *options,
                                           GError **error);

G_END_DECLS
