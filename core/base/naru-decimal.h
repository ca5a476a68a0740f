/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

/* value = units / 10^scale, exact; at most 30 digits, scale at most 12 */
typedef struct
{
  __int128 units;
  guint8 scale;
} NaruDecimal;

NARU_EXTERN gboolean naru_decimal_parse (const char *text, NaruDecimal *decimal, GError **error);
NARU_EXTERN char *naru_decimal_to_string (const NaruDecimal *decimal);
NARU_EXTERN char *naru_decimal_to_display (const NaruDecimal *decimal, const char *currency);
NARU_EXTERN int naru_decimal_compare (const NaruDecimal *a, const NaruDecimal *b);
NARU_EXTERN gboolean naru_decimal_add (const NaruDecimal *a, const NaruDecimal *b, NaruDecimal *sum,
                                       GError **error);
NARU_EXTERN gboolean naru_decimal_multiply (const NaruDecimal *a, const NaruDecimal *b, NaruDecimal *product,
                                            GError **error);

G_END_DECLS
