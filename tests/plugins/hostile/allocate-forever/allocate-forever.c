/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  for (;;)
    {
      char *memory = g_malloc (1 << 26);
      memory[0] = 1;
    }
  return TRUE;
}

TEST_PLUGIN
