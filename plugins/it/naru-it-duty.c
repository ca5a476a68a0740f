/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-private.h"

#include <inttypes.h>

/* The days on which duties begin. A product falls under what is in force on its market date, or today where
 * it is on the market already. */
#define CRA_REPORTING naru_date_new (2026, 9, 11) /* Regulation (EU) 2024/2847, 14 and 71 */
#define CRA_ALL naru_date_new (2027, 12, 11)
#define AI_BANS_AMENDED naru_date_new (2026, 6, 29) /* the amendment was adopted */
#define AI_NEW_BAN naru_date_new (2026, 12, 2)
#define AI_GENERAL_PURPOSE naru_date_new (2025, 8, 2) /* Regulation (EU) 2024/1689 as amended in 2026 */
#define AI_MARKING naru_date_new (2026, 8, 2)
#define AI_MARKING_OLD naru_date_new (2026, 12, 2) /* for systems on the market before AI_MARKING */
#define AI_ANNEX_III naru_date_new (2027, 12, 2)
#define AI_ANNEX_I naru_date_new (2028, 8, 2)

/* TRUE when the declaration at @field is missing or later than the launch. */
static gboolean
refuse_declaration (NaruJson *deal, const char *field, NaruDate launch, NaruDate since, const char *what_en,
                    const char *what_ko, NaruReport *report)
{
  g_autofree char *launch_day = naru_date_to_string (launch);
  g_autofree char *since_day = naru_date_to_string (since);
  NaruDate declared;

  if (!naru_json_find_date (deal, field, &declared))
    {
      g_autofree char *en = g_strdup_printf (
          "%s: from %s on a product needs an EU declaration of conformity; the launch is planned for %s.",
          what_en, since_day, launch_day);
      g_autofree char *ko = g_strdup_printf ("%s: %s부터 EU 적합성 선언이 필요하며 출시 예정일은 %s입니다.",
                                             what_ko, since_day, launch_day);
      naru_report_refuse (report, field, en, ko);
      return TRUE;
    }
  if (declared <= launch)
    return FALSE;
  g_autofree char *declared_day = naru_date_to_string (declared);
  g_autofree char *en =
      g_strdup_printf ("%s: declared on %s, after the launch on %s.", what_en, declared_day, launch_day);
  g_autofree char *ko = g_strdup_printf ("%s: 적합성 선언일(%s)이 출시 예정일(%s)보다 늦습니다.", what_ko,
                                         declared_day, launch_day);
  naru_report_refuse (report, field, en, ko);
  return TRUE;
}

void
naru_it_check_cra_dates (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate launch;
  gboolean refused = FALSE;

  if (!naru_json_find_date (deal, "/it/product/launch_on", &launch))
    {
      naru_report_ask (report, "/it/product/launch_on");
      return;
    }
  if (MAX (launch, naru_subject_get_today (subject)) < CRA_REPORTING)
    {
      naru_report_skip (report);
      return;
    }
  if (naru_json_find_answer (deal, "/it/security/psirt") != NARU_ANSWER_YES)
    {
      naru_report_refuse_format (
          report, "/it/security/psirt",
          "Since 2026-09-11 exploited vulnerabilities and serious incidents are reported within "
          "24 hours; no team or procedure is named.",
          "2026-09-11부터 악용된 취약점과 중대 사고를 24시간 안에 신고해야 하는데, "
          "대응조직·절차가 없습니다.");
      refused = TRUE;
    }
  if (launch >= CRA_ALL)
    {
      refused = refuse_declaration (deal, "/it/security/cra_declaration_on", launch, CRA_ALL,
                                    "Cyber Resilience Act", "사이버복원력법(CRA)", report) ||
                refused;
      if (naru_json_find_text (deal, "/it/sbom/format") == NULL)
        {
          naru_report_refuse_format (report, "/it/sbom",
                                     "The technical file needs an SBOM at least of the direct dependencies.",
                                     "기술문서에 최소한 직접 의존성의 SBOM이 필요합니다.");
          refused = TRUE;
        }
    }
  if (!refused)
    naru_report_accept (report);
}

void
naru_it_check_ai_act_practices (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate relevant = naru_subject_get_today (subject);
  NaruAnswer banned = naru_json_find_answer (deal, "/it/ai/eu_prohibited");
  NaruDate launch, checked;

  if (naru_json_find_date (deal, "/it/product/launch_on", &launch))
    relevant = MAX (relevant, launch);
  gboolean dated = naru_json_find_date (deal, "/it/ai/eu_prohibited_checked_on", &checked);
  g_autofree char *day = dated ? naru_date_to_string (checked) : NULL;
  if (banned == NARU_ANSWER_NONE)
    {
      naru_report_refuse_format (
          report, "/it/ai/eu_prohibited",
          "The system is not checked against the EU list of banned practices (Article 5).",
          "EU 금지 관행(제5조) 해당 여부를 검토하지 않았습니다.");
      if (!dated)
        naru_report_ask (report, "/it/ai/eu_prohibited_checked_on");
    }
  else if (banned == NARU_ANSWER_YES)
    naru_report_refuse_format (report, "/it/ai/eu_prohibited",
                               "The system has a practice that the EU bans since 2025-02-02; take it out.",
                               "2025-02-02부터 EU에서 금지된 기능이 있습니다. 제거하십시오.");
  else if (!dated)
    naru_report_refuse_format (report, "/it/ai/eu_prohibited_checked_on",
                               "The day of the check against the EU list of bans is not given.",
                               "EU 금지 관행 검토일이 입력되지 않았습니다.");
  else if (relevant >= AI_NEW_BAN && checked < AI_BANS_AMENDED)
    naru_report_refuse_format (
        report, "/it/ai/eu_prohibited_checked_on",
        "Checked on %s, before the list grew: a further ban holds from 2026-12-02. Check again.",
        "검토일(%s)이 개정 전입니다. 2026-12-02부터 금지 관행이 추가되므로 다시 검토하십시오.", day);
  else
    naru_report_accept (report);
}

static gboolean
refuse_high_risk (NaruJson *deal, NaruDate launch, NaruReport *report)
{
  const char *field = "/it/ai/eu_declaration_on";

  if (naru_json_lists (naru_json_get_pointer (deal, "/it/ai/eu_classes"), "annex-iii") &&
      launch >= AI_ANNEX_III)
    return refuse_declaration (deal, field, launch, AI_ANNEX_III, "High-risk AI of Annex III",
                               "고위험 AI(부속서 III)", report);
  if (naru_json_lists (naru_json_get_pointer (deal, "/it/ai/eu_classes"), "annex-i") && launch >= AI_ANNEX_I)
    return refuse_declaration (deal, field, launch, AI_ANNEX_I, "High-risk AI in a product of Annex I",
                               "고위험 AI(부속서 I 제품)", report);
  return FALSE;
}

static gboolean
refuse_marking (NaruJson *deal, NaruDate launch, NaruDate today, NaruReport *report)
{
  gboolean due = launch >= AI_MARKING || today >= AI_MARKING_OLD;

  if (!naru_json_lists (naru_json_get_pointer (deal, "/it/ai/eu_classes"), "transparency") || !due ||
      naru_json_find_answer (deal, "/it/ai/output_label") == NARU_ANSWER_YES)
    return FALSE;
  if (launch >= AI_MARKING)
    naru_report_refuse_format (report, "/it/ai/output_label",
                               "From 2026-08-02 on output must be marked as made by AI (Article 50).",
                               "2026-08-02부터 AI 생성물임을 표시해야 합니다(제50조).");
  else
    naru_report_refuse_format (
        report, "/it/ai/output_label",
        "Systems that were on the market before 2026-08-02 must mark their output since 2026-12-02 (Article "
        "50(2)).",
        "2026-08-02 전에 출시된 시스템도 2026-12-02부터 생성물 표시 의무가 있습니다(제50조제2항).");
  return TRUE;
}

void
naru_it_check_ai_act_dates (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate launch;

  if (naru_json_get_size (naru_json_get_pointer (deal, "/it/ai/eu_classes")) == 0)
    {
      naru_report_refuse_format (report, "/it/ai/eu_classes",
                                 "The class of the system under the EU AI Act is not determined.",
                                 "EU AI법상 분류가 정해지지 않았습니다.");
      return;
    }
  if (!naru_json_find_date (deal, "/it/product/launch_on", &launch))
    {
      naru_report_ask (report, "/it/product/launch_on");
      return;
    }

  gboolean refused = refuse_high_risk (deal, launch, report);
  refused = refuse_marking (deal, launch, naru_subject_get_today (subject), report) || refused;
  if (naru_json_lists (naru_json_get_pointer (deal, "/it/ai/eu_classes"), "general-purpose") &&
      launch >= AI_GENERAL_PURPOSE &&
      naru_json_find_answer (deal, "/it/ai/gpai_documents") != NARU_ANSWER_YES)
    {
      naru_report_refuse_format (report, "/it/ai/gpai_documents",
                                 "A general-purpose model needs its documentation since 2025-08-02.",
                                 "범용 AI 모델은 2025-08-02부터 기술문서를 갖추어야 합니다.");
      refused = TRUE;
    }
  if (!refused)
    naru_report_accept (report);
}

/* 개인정보 보호법 시행령 35 */
typedef struct
{
  const char *field;
  gint64 threshold;
  const char *en;
  const char *ko;
} PrivacyCount;

static const PrivacyCount privacy_counts[] = {
  { "/it/privacy/sensitive_subjects", 50000, "with sensitive or unique-ID data (50,000 or more)",
    "민감정보·고유식별정보 5만 명 이상" },
  { "/it/privacy/linked_subjects", 500000, "after linking (500,000 or more)", "연계 결과 50만 명 이상" },
  { "/it/privacy/total_subjects", 1000000, "in all (1,000,000 or more)", "전체 100만 명 이상" },
};

/* @day: (nullable): an assessment that is still to come */
static void
refuse_without_assessment (const PrivacyCount *which, gint64 count, const char *day, NaruReport *report)
{
  g_autofree char *planned_en =
      day != NULL ? g_strdup_printf ("the one entered (%s) lies ahead", day) : g_strdup ("none is recorded");
  g_autofree char *planned_ko = day != NULL ? g_strdup_printf ("평가일(%s)이 아직 오지 않았습니다", day)
                                            : g_strdup ("평가 기록이 없습니다");
  g_autofree char *en = g_strdup_printf ("%" PRId64 " persons %s: an impact assessment is due, but %s.",
                                         count, which->en, planned_en);
  g_autofree char *ko =
      g_strdup_printf ("정보주체 %" PRId64 "명(%s)으로 영향평가 대상인데 %s.", count, which->ko, planned_ko);

  naru_report_refuse (report, "/it/privacy/assessed_on", en, ko);
}

/* Asks for the counts that are open; FALSE when there are some. */
static gboolean
ask_counts (NaruJson *deal, NaruReport *report)
{
  gboolean complete = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (privacy_counts); i++)
    if (naru_json_get_pointer (deal, privacy_counts[i].field) == NULL)
      {
        naru_report_ask (report, privacy_counts[i].field);
        complete = FALSE;
      }
  return complete;
}

void
naru_it_check_privacy_impact (NaruSubject *subject, NaruReport *report)
{
  const char *field = "/it/privacy/assessed_on";
  NaruJson *deal = naru_subject_get_json (subject);
  NaruAnswer public_body = naru_json_find_answer (deal, "/it/privacy/public_body");
  NaruDate assessed;

  if (public_body == NARU_ANSWER_NONE)
    {
      naru_report_ask (report, "/it/privacy/public_body");
      return;
    }
  if (public_body == NARU_ANSWER_NO)
    {
      naru_report_skip (report);
      return;
    }

  gboolean done = naru_json_find_date (deal, field, &assessed);
  g_autofree char *day = done ? naru_date_to_string (assessed) : NULL;
  if (done && assessed <= naru_subject_get_today (subject))
    {
      naru_report_accept (report);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (privacy_counts); i++)
    {
      NaruJson *value = naru_json_get_pointer (deal, privacy_counts[i].field);
      gint64 count = value != NULL ? naru_json_as_integer (value) : 0;
      if (count < privacy_counts[i].threshold)
        continue;
      refuse_without_assessment (&privacy_counts[i], count, done ? day : NULL, report);
      return;
    }
  if (ask_counts (deal, report))
    naru_report_accept (report);
}
