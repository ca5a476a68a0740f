/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-private.h"

/* A yes/no question that nobody answered is not a no. */
Said
naru_it_get_said (NaruJson *object, const char *pointer)
{
  NaruJson *value = naru_json_get_pointer (object, pointer);

  if (value == NULL || naru_json_get_kind (value) != NARU_JSON_BOOLEAN)
    return SAID_NOTHING;
  return naru_json_as_boolean (value) ? SAID_YES : SAID_NO;
}

/* (nullable): a text that is not there and one that is empty say the same */
const char *
naru_it_get_text (NaruJson *object, const char *pointer)
{
  NaruJson *value = naru_json_get_pointer (object, pointer);
  const char *text = value != NULL ? naru_json_as_string (value) : NULL;

  return text != NULL && *text != '\0' ? text : NULL;
}

gboolean
naru_it_get_date (NaruJson *object, const char *pointer, NaruDate *date)
{
  const char *text = naru_it_get_text (object, pointer);

  *date = NARU_DATE_NONE;
  return text != NULL && naru_date_parse (text, date, NULL);
}

gboolean
naru_it_lists (NaruJson *object, const char *pointer, const char *word)
{
  NaruJson *list = naru_json_get_pointer (object, pointer);
  guint n = naru_json_get_size (list);

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (list, i)), word) == 0)
      return TRUE;
  return FALSE;
}

void
naru_it_refuse (NaruReport *report, const char *field, const char *en, const char *ko, ...)
{
  va_list args;

  va_start (args, ko);
  g_autofree char *message_en = g_strdup_vprintf (en, args);
  va_end (args);
  va_start (args, ko);
  g_autofree char *message_ko = g_strdup_vprintf (ko, args);
  va_end (args);
  naru_report_refuse (report, field, message_en, message_ko);
}
