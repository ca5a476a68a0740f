/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

#include <signal.h>

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  naru_report_accept (report);
  if (!g_str_equal (check, "fine"))
    raise (SIGSEGV);
  return TRUE;
}

TEST_PLUGIN
