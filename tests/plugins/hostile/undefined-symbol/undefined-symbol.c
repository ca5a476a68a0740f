/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

gboolean naru_function_that_nobody_has (NaruReport *report);

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  return naru_function_that_nobody_has (report);
}

TEST_PLUGIN
