/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "biohealth-check.h"

NaruJson *
bio_get (BioCheck *self, const char *pointer)
{
  return naru_json_get_pointer (self->deal, pointer);
}

/* (nullable): the text there, never an empty one */
const char *
bio_text (BioCheck *self, const char *pointer)
{
  return naru_json_find_text (self->deal, pointer);
}

gboolean
bio_is (BioCheck *self, const char *pointer, const char *value)
{
  return g_strcmp0 (bio_text (self, pointer), value) == 0;
}

gboolean
bio_is_true (BioCheck *self, const char *pointer)
{
  return naru_json_find_answer (self->deal, pointer) == NARU_ANSWER_YES;
}

/* %NARU_DATE_NONE where there is no date */
NaruDate
bio_date (BioCheck *self, const char *pointer)
{
  NaruDate date;

  return naru_json_find_date (self->deal, pointer, &date) ? date : NARU_DATE_NONE;
}

NaruDate
bio_date_of (NaruJson *object, const char *key)
{
  const char *text = naru_json_get_string (object, key);
  NaruDate date = NARU_DATE_NONE;

  return text != NULL && naru_date_parse (text, &date, NULL) ? date : NARU_DATE_NONE;
}

/* Both sentences take the same arguments. */
void
bio_refuse (BioCheck *self, const char *pointer, const char *english, const char *korean, ...)
{
  va_list arguments;

  va_start (arguments, korean);
  naru_report_refuse_valist (self->report, pointer, english, korean, arguments);
  va_end (arguments);
  self->n_refusals++;
}

/* As bio_refuse(), with the name of what is wrong in front. */
void
bio_refuse_named (BioCheck *self, const char *pointer, const char *name_en, const char *name_ko,
                  const char *english, const char *korean, ...)
{
  va_list arguments;

  va_start (arguments, korean);
  g_autofree char *en = g_strdup_vprintf (english, arguments);
  va_end (arguments);
  va_start (arguments, korean);
  g_autofree char *ko = g_strdup_vprintf (korean, arguments);
  va_end (arguments);
  g_autofree char *named_en = g_strconcat (name_en, ": ", en, NULL);
  g_autofree char *named_ko = g_strconcat (name_ko, ": ", ko, NULL);
  naru_report_refuse (self->report, pointer, named_en, named_ko);
  self->n_refusals++;
}

/* Refuses when nothing stands there; %TRUE when something does. */
gboolean
bio_need (BioCheck *self, const char *pointer, const char *name_en, const char *name_ko)
{
  NaruJson *value = bio_get (self, pointer);

  if (value != NULL && (naru_json_get_kind (value) != NARU_JSON_STRING || bio_text (self, pointer) != NULL))
    return TRUE;
  g_autofree char *en = g_strdup_printf ("Not given: %s.", name_en);
  g_autofree char *ko = g_strdup_printf ("입력되지 않음: %s.", name_ko);
  naru_report_refuse (self->report, pointer, en, ko);
  self->n_refusals++;
  return FALSE;
}

void
bio_ask (BioCheck *self, const char *pointer)
{
  g_ptr_array_add (self->questions, g_strdup (pointer));
}

void
bio_skip (BioCheck *self)
{
  self->skipped = TRUE;
}

/* Days later; a day beyond the calendar is its last one, which is as good as never. */
NaruDate
bio_add_days (NaruDate date, int days)
{
  return MIN (date + days, naru_date_new (2199, 12, 31));
}

/* As bio_add_days(), with months. */
NaruDate
bio_add_months (NaruDate date, int months, NaruMonthRule rule)
{
  NaruDate end = naru_date_add_months (date, months, rule);

  return end != NARU_DATE_NONE ? end : naru_date_new (2199, 12, 31);
}

/* The day on which a period ends that may not end on a weekend. Public holidays differ from year to year and
 * are not known here; a rule that counts on this day can be waived. */
NaruDate
bio_last_day (NaruDate date)
{
  int weekday = naru_date_get_weekday (date);

  return weekday > 5 ? bio_add_days (date, 8 - weekday) : date;
}

static void
judge_start (BioCheck *self, const BioApproval *a, NaruDate approved, NaruDate expires, NaruDate starts)
{
  g_autofree char *from = naru_date_to_string (approved);
  g_autofree char *until = expires != NARU_DATE_NONE ? naru_date_to_string (expires) : NULL;
  g_autofree char *start = naru_date_to_string (starts);

  if (approved > starts)
    bio_refuse_named (self, a->approved_on, a->name_en, a->name_ko,
                      "it was given on %s, after the start on %s.", "승인일(%s)이 시작일(%s)보다 늦습니다.",
                      from, start);
  if (until != NULL && starts > expires)
    bio_refuse_named (self, a->expires_on, a->name_en, a->name_ko, "it ended on %s, before the start on %s.",
                      "시작일(%2$s) 전에 승인이 만료되었습니다(%1$s).", until, start);
}

/* Work that has begun and is not over needs an approval that still holds. */
static void
judge_end (BioCheck *self, const BioApproval *a, NaruDate expires, NaruDate starts)
{
  NaruDate ends = a->ends_on != NULL ? bio_date (self, a->ends_on) : NARU_DATE_NONE;
  g_autofree char *until = naru_date_to_string (expires);

  if (starts > expires || starts > self->today || expires >= self->today)
    return;
  if (ends == NARU_DATE_NONE)
    bio_refuse_named (self, a->expires_on, a->name_en, a->name_ko,
                      "it ended on %s; renew it, or enter the day on which the work ended.",
                      "승인이 %s에 만료되었습니다. 지속심의(갱신)를 받거나 종료일을 입력하십시오.", until);
  else if (ends > expires)
    {
      g_autofree char *end = naru_date_to_string (ends);
      bio_refuse_named (self, a->expires_on, a->name_en, a->name_ko,
                        "it ended on %s, and the work goes on until %s.",
                        "승인이 %s에 만료되었으나 종료일은 %s입니다.", until, end);
    }
}

/* An approval comes before the start of the work and holds for as long as the work goes on. */
void
bio_judge_approval (BioCheck *self, const BioApproval *a)
{
  NaruDate approved = bio_date (self, a->approved_on);
  NaruDate expires = bio_date (self, a->expires_on);
  NaruDate starts = bio_date (self, a->starts_on);

  bio_need (self, a->number, a->number_en, a->number_ko);
  if (!bio_need (self, a->approved_on, a->date_en, a->date_ko))
    return;
  if (approved > self->today)
    {
      g_autofree char *from = naru_date_to_string (approved);
      bio_refuse_named (self, a->approved_on, a->name_en, a->name_ko, "its date, %s, lies in the future.",
                        "승인일(%s)이 아직 오지 않았습니다.", from);
    }
  if (expires == NARU_DATE_NONE)
    bio_ask (self, a->expires_on);
  else if (expires < approved)
    {
      g_autofree char *from = naru_date_to_string (approved);
      g_autofree char *until = naru_date_to_string (expires);
      bio_refuse_named (self, a->expires_on, a->name_en, a->name_ko, "it ends on %s, before its date %s.",
                        "만료일(%s)이 승인일(%s)보다 빠릅니다.", until, from);
    }
  if (starts == NARU_DATE_NONE)
    {
      bio_ask (self, a->starts_on);
      return;
    }
  judge_start (self, a, approved, expires, starts);
  if (expires != NARU_DATE_NONE)
    judge_end (self, a, expires, starts);
}
