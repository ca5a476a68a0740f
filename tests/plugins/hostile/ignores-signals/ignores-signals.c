/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

#include <signal.h>
#include <unistd.h>

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  sigset_t all;

  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  for (;;)
    pause ();
  return TRUE;
}

TEST_PLUGIN
