/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Only in the build with the address sanitizer: a worker that looks for leaks in the code of plugins. The
 * search stops all threads by a process of its own, which a confined worker cannot have; so this one is not
 * confined. The host ends a worker by a signal, so it is looked for before each request what the one before
 * lost. */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

/* Without a host's environment. Where memory was asked for is written to where the test was started. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=1:log_path=leaks";
}

gboolean
naru_worker_confine (const char *folder, pid_t parent)
{
  /* Python's own pools would hide what their objects own */
  return g_setenv ("PYTHONMALLOC", "malloc", TRUE) && prctl (PR_SET_PDEATHSIG, SIGKILL) == 0;
}

/* A worker that dies is a check that failed, and so is a test with it. */
void
naru_worker_grant_time (guint milliseconds)
{
  if (__lsan_do_recoverable_leak_check () != 0)
    abort ();
}
