/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-json.h"

G_BEGIN_DECLS

/* files that ship with the program: schemas/, share/pipelines/, share/calendars/ … */
NARU_EXTERN char *naru_data_get_path (const char *folder, const char *name);
NARU_EXTERN NaruJson *naru_data_load (const char *folder, const char *name, GError **error);
NARU_EXTERN GStrv naru_data_list (const char *folder, GError **error);

G_END_DECLS
