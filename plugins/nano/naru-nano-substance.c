/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-nano-private.h"

#define MANUFACTURE "/nano/product/manufacture_on"
#define TONNE "1" /* a year: 화평법 10, REACH */

/* What has to be done before manufacture or import: TRUE when it was not; asks for the start where it is
 * open. */
static gboolean
refuse_not_before (NaruSubject *subject, const char *field, const char *what_en, const char *what_ko,
                   NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate start, done;
  gboolean known = naru_json_find_date (deal, MANUFACTURE, &start);

  if (!naru_json_find_date (deal, field, &done))
    {
      g_autofree char *en =
          g_strdup_printf ("%s is missing; it comes before manufacture or import.", what_en);
      g_autofree char *ko = g_strdup_printf ("%s 없음: 제조·수입 전에 마쳐야 합니다.", what_ko);
      naru_report_refuse (report, field, en, ko);
      return TRUE;
    }
  if (!known)
    {
      naru_report_ask (report, MANUFACTURE);
      return TRUE;
    }

  g_autofree char *start_day = naru_date_to_string (start);
  g_autofree char *done_day = naru_date_to_string (done);
  g_autofree char *en = NULL;
  g_autofree char *ko = NULL;
  if (done > naru_subject_get_today (subject))
    {
      en = g_strdup_printf ("%s (%s) lies ahead.", what_en, done_day);
      ko = g_strdup_printf ("%s 일자(%s)가 아직 오지 않았습니다.", what_ko, done_day);
    }
  else if (done > start)
    {
      en = g_strdup_printf ("%s came on %s, after manufacture or import began on %s.", what_en, done_day,
                            start_day);
      ko = g_strdup_printf ("%s 일자(%s)가 제조·수입 개시일(%s)보다 늦습니다.", what_ko, done_day, start_day);
    }
  if (en != NULL)
    naru_report_refuse (report, field, en, ko);
  return en != NULL;
}

void
naru_nano_check_safety_data_sheet (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  gboolean open = FALSE;
  NaruDate written;

  if (!naru_json_find_date (deal, "/nano/product/sds_on", &written))
    {
      naru_report_refuse_format (report, "/nano/product/sds_on", "There is no safety data sheet.",
                                 "MSDS가 작성되지 않았습니다.");
      open = TRUE;
    }
  if (naru_json_find_answer (deal, "/nano/product/sds_nano") != NARU_ANSWER_YES)
    {
      naru_report_refuse_format (report, "/nano/product/sds_nano",
                                 "The safety data sheet does not name the nanoform with its data.",
                                 "MSDS에 나노형태와 그 물성이 기재되지 않았습니다.");
      open = TRUE;
    }
  if (naru_json_get_pointer (deal, "/nano/product/markets") == NULL)
    {
      naru_report_ask (report, "/nano/product/markets");
      open = TRUE;
    }
  else if (naru_json_lists (naru_json_get_pointer (deal, "/nano/product/markets"), "kr"))
    open = refuse_not_before (subject, "/nano/product/msds_submitted_on", "Submission of the MSDS in Korea",
                              "MSDS 제출", report) ||
           open;
  if (!open)
    naru_report_accept (report);
}

/* 화평법 3: what other laws cover */
static gboolean
has_own_law (const char *use)
{
  static const char *const uses[] = { "cosmetic", "food",           "biocide", "pesticide",
                                      "medicine", "medical-device", NULL };

  return use != NULL && g_strv_contains (uses, use);
}

void
naru_nano_check_kreach_registration (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruAnswer new_substance = naru_json_find_answer (deal, "/nano/kreach/new_substance");
  gboolean open = FALSE;
  NaruDecimal tonnes;

  if (has_own_law (naru_json_find_text (deal, "/nano/product/use")))
    {
      naru_report_skip (report);
      return;
    }
  if (!naru_nano_get_decimal (deal, "/nano/kreach/tonnes_per_year", &tonnes))
    {
      naru_report_ask (report, "/nano/kreach/tonnes_per_year");
      return;
    }
  if (naru_nano_compare (&tonnes, TONNE) >= 0)
    open = refuse_not_before (subject, "/nano/kreach/registered_on", "Registration (1 t a year or more)",
                              "등록(연간 1톤 이상)", report);
  else if (new_substance == NARU_ANSWER_NONE)
    {
      naru_report_ask (report, "/nano/kreach/new_substance");
      return;
    }
  else if (new_substance == NARU_ANSWER_YES)
    open = refuse_not_before (subject, "/nano/kreach/notified_on",
                              "Notification (new substance below 1 t a year)",
                              "신고(연간 1톤 미만 신규화학물질)", report);
  if (!open)
    naru_report_accept (report);
}

/* Regulation (EU) 2018/1881, Annex VI 2.4: what describes a nanoform */
static gboolean
refuse_nanoform (NaruJson *deal, NaruReport *report)
{
  static const char *const needed[] = { "size-distribution", "shape", "surface-chemistry", "surface-area",
                                        NULL };
  g_autoptr (GString) en = g_string_new (NULL);
  g_autoptr (GString) ko = g_string_new (NULL);

  for (guint i = 0; i < N_PROPERTIES; i++)
    {
      const Property *property = &naru_nano_properties[i];
      if (!g_strv_contains (needed, property->id) || naru_nano_is_complete (deal, property->id))
        continue;
      naru_nano_list_word (en, property->en);
      naru_nano_list_word (ko, property->ko);
    }
  if (en->len == 0)
    return FALSE;
  g_autofree char *sentence_en = g_strdup_printf ("A nanoform is described by its %s, too.", en->str);
  g_autofree char *sentence_ko = g_strdup_printf ("나노형태 기재에 필요한 분석이 없습니다: %s.", ko->str);
  naru_report_refuse (report, "/nano/characterisation", sentence_en, sentence_ko);
  return TRUE;
}

void
naru_nano_check_reach_nanoforms (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDecimal tonnes;
  NaruDate entered;

  if (!naru_nano_get_decimal (deal, "/nano/eu/tonnes_per_year", &tonnes))
    {
      naru_report_ask (report, "/nano/eu/tonnes_per_year");
      return;
    }
  if (naru_nano_compare (&tonnes, TONNE) < 0)
    {
      naru_report_skip (report);
      return;
    }

  gboolean refused = refuse_nanoform (deal, report);
  if (naru_json_find_text (deal, "/nano/eu/registration_number") == NULL)
    {
      naru_report_refuse_format (
          report, "/nano/eu/registration_number",
          "There is no REACH registration number; from 1 t a year there is no market without it.",
          "REACH 등록번호가 없습니다. 연간 1톤 이상은 등록 없이 출시할 수 없습니다.");
      refused = TRUE;
    }
  if (!naru_json_find_date (deal, "/nano/eu/nanoforms_in_dossier_on", &entered) ||
      entered > naru_subject_get_today (subject))
    {
      naru_report_refuse_format (report, "/nano/eu/nanoforms_in_dossier_on",
                                 "The nanoforms are not in the registration dossier yet.",
                                 "나노형태가 등록자료에 아직 반영되지 않았습니다.");
      refused = TRUE;
    }
  if (!refused)
    naru_report_accept (report);
}

/* 15 USC 2604, 40 CFR 704.20: days before manufacture */
void
naru_nano_check_tsca_notice (NaruSubject *subject, NaruReport *report)
{
  const char *field = "/nano/us/submitted_on";
  NaruJson *deal = naru_subject_get_json (subject);
  const char *form = naru_json_find_text (deal, "/nano/us/tsca");
  int days = g_strcmp0 (form, "new-chemical") == 0 ? 90 : 135;
  NaruDate start, submitted;

  if (form == NULL)
    {
      naru_report_refuse_format (report, "/nano/us/tsca",
                                 "It is not determined whether it is a new chemical or a discrete nano form.",
                                 "신규 화학물질인지 기존물질의 별개 나노형태인지 정해지지 않았습니다.");
      return;
    }
  if (g_str_equal (form, "listed"))
    {
      naru_report_accept (report);
      return;
    }
  if (!naru_json_find_date (deal, MANUFACTURE, &start))
    {
      naru_report_ask (report, MANUFACTURE);
      return;
    }

  g_autofree char *last_day = naru_date_to_string (start - days);
  if (!naru_json_find_date (deal, field, &submitted))
    {
      naru_report_refuse_format (report, field,
                                 "Nothing was submitted; it is due %d days before manufacture, by %s.",
                                 "제출 기록이 없습니다. 제조 %d일 전인 %s까지 제출해야 합니다.", days,
                                 last_day);
      return;
    }
  if (submitted <= start - days)
    {
      naru_report_accept (report);
      return;
    }
  g_autofree char *submitted_day = naru_date_to_string (submitted);
  naru_report_refuse_format (report, field,
                             "Submitted on %s; %d days before manufacture it had to be in by %s.",
                             "%s에 제출되었습니다. 제조 %d일 전인 %s까지 제출해야 합니다.", submitted_day,
                             days, last_day);
}
