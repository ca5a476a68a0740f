/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static int
dig (int depth)
{
  volatile char ground[4096];

  ground[depth % 4096] = (char) depth;
  return dig (depth + 1) + ground[0];
}

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  naru_report_accept (report);
  return dig (1) > 0;
}

TEST_PLUGIN
