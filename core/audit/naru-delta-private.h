/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

gboolean naru_delta_make (GBytes *base, GBytes *target, gsize max, GByteArray *out);

G_END_DECLS
