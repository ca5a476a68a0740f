/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  for (;;)
    {
      char *memory = g_malloc (1 << 20);
      for (guint i = 0; i < 1 << 20; i += 4096)
        memory[i] = 1;
    }
  return TRUE;
}

TEST_PLUGIN
