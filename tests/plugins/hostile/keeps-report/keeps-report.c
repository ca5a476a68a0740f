/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  static NaruReport *first = NULL;

  if (first == NULL)
    first = g_object_ref (report);
  naru_report_accept (first);
  return TRUE;
}

TEST_PLUGIN
