/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

TEST_PLUGIN_WITH (NULL, (void) 0)
