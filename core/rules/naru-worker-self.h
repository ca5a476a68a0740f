/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rule-set.h"

G_BEGIN_DECLS

/* naru-worker-confine.c */
gboolean naru_worker_confine (const char *folder, pid_t parent);
void naru_worker_grant_time (guint milliseconds);

/* naru-worker-seccomp.c */
gboolean naru_worker_filter_calls (void);

/* naru-worker.c */
typedef struct
{
  const char *word; /* for the host: "confine", "typelib", "module", "code", "class", "make" */
  char *detail;     /* (nullable) */
} NaruFault;

gint64 naru_worker_get_stderr_size (void);
void naru_worker_fail (NaruFault *fault, const char *word, const char *detail);
NaruRuleSet *naru_worker_accept (NaruRuleSet *rules, gint64 written, NaruFault *fault);

/* naru-worker-c.c or naru-worker-python.c: one in each of the two programs */
NaruRuleSet *naru_worker_load (const char *folder, const char *module, NaruFault *fault);

G_END_DECLS
