/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

#define NARU_TEXT_MAX (64 * 1024)

NARU_EXTERN char *naru_text_normalize (const char *text, gssize length, gsize max, GError **error);
NARU_EXTERN char *naru_text_fold (const char *text);
NARU_EXTERN char *naru_text_one_line (const char *text);
NARU_EXTERN gboolean naru_text_is_safe_name (const char *text);
NARU_EXTERN guint naru_text_cells (const char *text);
NARU_EXTERN char *naru_text_fit (const char *text, guint cells);

NARU_EXTERN void naru_language_init (const char *language);
NARU_EXTERN void naru_language_set (const char *language);
NARU_EXTERN const char *naru_language_get (void);

G_END_DECLS
