/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-nano-private.h"

gboolean
naru_nano_get_decimal (NaruJson *object, const char *pointer, NaruDecimal *decimal)
{
  const char *text = naru_json_find_text (object, pointer);

  return text != NULL && naru_decimal_parse (text, decimal, NULL);
}

/* Below zero, zero, above zero: @decimal is less than, equal to, more than @limit. */
int
naru_nano_compare (const NaruDecimal *decimal, const char *limit)
{
  NaruDecimal other = { 0 };

  naru_decimal_parse (limit, &other, NULL);
  return naru_decimal_compare (decimal, &other);
}
