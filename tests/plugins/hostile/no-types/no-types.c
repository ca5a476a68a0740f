/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

G_MODULE_EXPORT int naru_no_types = 1;
