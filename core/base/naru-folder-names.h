/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

GStrv naru_folder_names (const char *path);

G_END_DECLS
