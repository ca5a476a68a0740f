/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-licence.h"

/* Terms that are not on any list have to be read by a person, who then says what they allow. */
static Verdict
judge_licence (NaruJson *dataset, gboolean commercial)
{
  const char *licence = naru_json_find_text (dataset, "/licence");
  Terms terms = { .kind = commercial ? OUTBOUND_PROPRIETARY : OUTBOUND_NONCOMMERCIAL };
  Use use = { .terms = &terms };

  if (licence == NULL)
    return (Verdict){ .level = LEVEL_CONFLICT, .reason = REASON_UNKNOWN };
  return naru_it_expression_judge (licence, naru_it_licence_judge, &use);
}

static char *
get_name (NaruJson *dataset, guint index)
{
  const char *name = naru_json_find_text (dataset, "/name");

  return name != NULL ? g_strdup (name) : g_strdup_printf ("#%u", index + 1);
}

static char *
make_field (guint index, const char *member)
{
  return g_strdup_printf ("/it/datasets/%u/%s", index, member);
}

/* TRUE when the public terms of @dataset do not allow the use. */
static gboolean
refuse_licence (NaruJson *dataset, guint index, const char *name, gboolean commercial, NaruReport *report)
{
  const char *licence = naru_json_find_text (dataset, "/licence");
  NaruAnswer allowed = naru_json_find_answer (dataset, "/commercial_ok");
  Verdict verdict = judge_licence (dataset, commercial);
  gboolean listed = verdict.reason != REASON_UNKNOWN && verdict.reason != REASON_UNREADABLE;
  g_autofree char *field = make_field (index, "licence");
  g_autofree char *allowed_field = make_field (index, "commercial_ok");

  if (licence == NULL)
    naru_report_refuse_format (report, field, "%s: its licence or terms of use are not given.",
                               "%s: 이용조건이 입력되지 않았습니다.", name);
  else if (listed && verdict.level == LEVEL_CONFLICT)
    naru_report_refuse_format (
        report, field, "%s: “%s” allows no commercial use; obtain a permission or leave the dataset out.",
        "%s: 이용조건 ‘%s’에서 영리 이용을 허용하지 않습니다. 별도 이용허락을 받거나 제외하십시오.", name,
        licence);
  else if (commercial && allowed == NARU_ANSWER_NO)
    naru_report_refuse_format (report, allowed_field, "%s: commercial use is marked as not allowed.",
                               "%s: 영리 이용 불가로 입력되어 있습니다.", name);
  else if (commercial && !listed && allowed == NARU_ANSWER_NONE)
    naru_report_refuse_format (
        report, allowed_field,
        "%s: “%s” is not on the list of known licences; read the terms and say whether they allow "
        "commercial use.",
        "%s: 목록에 없는 이용조건(%s)입니다. 내용을 확인해 영리 이용 가능 여부를 입력하십시오.", name,
        licence);
  else
    return FALSE;
  return TRUE;
}

static gboolean
refuse_dataset (NaruJson *dataset, guint index, gboolean commercial, NaruReport *report)
{
  g_autofree char *name = get_name (dataset, index);
  gboolean permitted = naru_json_find_text (dataset, "/permission") != NULL;
  gboolean refused = !permitted && refuse_licence (dataset, index, name, commercial, report);

  if (naru_json_find_answer (dataset, "/consent") == NARU_ANSWER_NO)
    {
      g_autofree char *field = make_field (index, "consent");
      naru_report_refuse_format (report, field,
                                 "%s: no consent or other legal ground covers this use of personal data.",
                                 "%s: 동의 등 이번 이용에 맞는 적법한 처리 근거가 없습니다.", name);
      refused = TRUE;
    }
  if (naru_json_find_answer (dataset, "/handed_over") == NARU_ANSWER_YES && !permitted &&
      naru_json_find_answer (dataset, "/share_ok") != NARU_ANSWER_YES)
    {
      g_autofree char *field = make_field (index, "share_ok");
      naru_report_refuse_format (
          report, field, "%s: the data itself is handed over, but passing it on is not marked as allowed.",
          "%s: 데이터 자체를 제공하지만 제3자 제공이 허용된 것으로 입력되지 않았습니다.", name);
      refused = TRUE;
    }
  return refused;
}

void
naru_it_check_dataset_licences (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruJson *datasets = naru_json_get_pointer (deal, "/it/datasets");
  gboolean commercial = g_strcmp0 (naru_json_find_text (deal, "/it/outbound"), "non-commercial") != 0;
  guint n = naru_json_get_size (datasets);
  gboolean refused = FALSE;

  if (n == 0)
    {
      naru_report_refuse_format (report, "/it/datasets",
                                 "The datasets and their terms of use are not listed.",
                                 "데이터셋과 이용조건 목록이 없습니다.");
      return;
    }
  for (guint i = 0; i < n; i++)
    refused = refuse_dataset (naru_json_get_element (datasets, i), i, commercial, report) || refused;
  if (!refused)
    naru_report_accept (report);
}

static gboolean
refuse_source (NaruJson *dataset, guint index, NaruReport *report)
{
  const char *source = naru_json_find_text (dataset, "/source");
  g_autofree char *name = get_name (dataset, index);
  g_autofree char *source_field = make_field (index, "source");
  g_autofree char *licence_field = make_field (index, "licence");
  Verdict verdict = judge_licence (dataset, TRUE);
  gboolean refused = TRUE;

  if (g_strcmp0 (source, "scraped") == 0)
    naru_report_refuse_format (
        report, source_field,
        "%s: collected from websites; check their terms of use and the protection of data "
        "against unfair use.",
        "%s: 웹에서 수집한 데이터입니다. 이용약관과 데이터 부정사용 금지 규정을 확인하십시오.", name);
  else if (g_strcmp0 (source, "contract") == 0)
    naru_report_refuse_format (
        report, source_field,
        "%s: obtained by contract; compare its purpose and term with our use and enter the contract as "
        "permission.",
        "%s: 계약으로 받은 데이터입니다. 이용 목적과 기간을 대조하고 계약번호를 이용허락으로 입력하십시오.",
        name);
  else
    refused = FALSE;
  if (verdict.level == LEVEL_CAUTION)
    naru_report_refuse_format (
        report, licence_field,
        "%s: its licence limits the field of use; compare it with the field that we grant.",
        "%s: 사용 분야가 제한된 라이선스입니다. 실시 분야와 대조하십시오.", name);
  return refused || verdict.level == LEVEL_CAUTION;
}

void
naru_it_check_dataset_sources (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruJson *datasets = naru_json_get_pointer (deal, "/it/datasets");
  guint n = naru_json_get_size (datasets);
  gboolean refused = FALSE;

  for (guint i = 0; i < n; i++)
    {
      NaruJson *dataset = naru_json_get_element (datasets, i);
      if (naru_json_find_text (dataset, "/permission") == NULL)
        refused = refuse_source (dataset, i, report) || refused;
    }
  if (!refused)
    naru_report_accept (report);
}
