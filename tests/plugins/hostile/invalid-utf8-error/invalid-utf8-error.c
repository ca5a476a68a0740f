/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  g_set_error (error, NARU_ERROR, NARU_ERROR_FAILED, "bad \xff byte");
  return FALSE;
}

TEST_PLUGIN
