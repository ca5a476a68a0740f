/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What naru-worker-filter.c has written. */
static const struct sock_filter calls[] = {
#include "naru-worker-filter.inc"
};

/* Sets the filter, in which the worker's own number takes its place. */
gboolean
naru_worker_filter_calls (void)
{
  struct sock_filter own[G_N_ELEMENTS (calls)];
  const struct sock_fprog program = { G_N_ELEMENTS (own), own };
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      own[i] = calls[i];
      if (own[i].code != (BPF_JMP | BPF_JEQ | BPF_K) || own[i].k != NARU_WORKER_FILTER_SELF)
        continue;
      own[i].k = (guint32) getpid ();
      found = TRUE;
    }
  return found && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
