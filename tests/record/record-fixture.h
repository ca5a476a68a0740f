/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

/* (transfer full): JSON that a test wrote, so it has to be right */
static inline NaruJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, NARU_JSON_MAX_SIZE, &error);

  g_assert_no_error (error);
  return json;
}
