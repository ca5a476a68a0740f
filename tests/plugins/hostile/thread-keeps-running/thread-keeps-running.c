/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gpointer
spin (gpointer data)
{
  for (volatile guint i = 0;; i++)
    continue;
  return NULL;
}

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  g_thread_unref (g_thread_new ("spin", spin, NULL));
  naru_report_accept (report);
  return TRUE;
}

TEST_PLUGIN
