/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  naru_report_accept (report);
  g_set_error (error, NARU_ERROR, NARU_ERROR_FAILED, "changed its mind");
  return TRUE;
}

TEST_PLUGIN
