/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-licence.h"

#define YEAR 12 /* months */

/* 특허법 30: twelve months of grace from the first publication, Korean arithmetic */
void
naru_it_check_public_push (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate today = naru_subject_get_today (subject);
  const char *spdx = naru_json_find_text (deal, "/it/public_code/spdx");
  NaruAnswer published = naru_json_find_answer (deal, "/it/public_code/published");
  NaruDate push;

  if (published == NARU_ANSWER_NONE)
    {
      naru_report_ask (report, "/it/public_code/published");
      return;
    }
  if (published == NARU_ANSWER_NO)
    {
      naru_report_accept (report);
      return;
    }
  if (!naru_json_find_date (deal, "/it/public_code/first_push_on", &push))
    {
      naru_report_ask (report, "/it/public_code/first_push_on");
      return;
    }
  if (push > today)
    {
      naru_report_accept (report);
      return;
    }

  NaruDate last = naru_date_add_months (push, YEAR, NARU_MONTH_RULE_KOREAN);
  g_autofree char *push_day = naru_date_to_string (push);
  g_autofree char *last_day = naru_date_to_string (last);
  if (last >= today)
    naru_report_refuse_format (
        report, "/it/public_code/first_push_on",
        "The source is public since %s: in Korea the grace period ends on %s; Europe and China know none for "
        "this.",
        "소스가 %s에 공개되었습니다. 국내 공지예외주장 기한은 %s이며 유럽·중국에는 이런 예외가 없습니다.",
        push_day, last_day);
  else
    naru_report_refuse_format (
        report, "/it/public_code/first_push_on",
        "The source is public since %s: the grace period of twelve months is over since %s.",
        "소스가 %s에 공개되었고 12개월의 공지예외주장 기한(%s)이 지났습니다.", push_day, last_day);
  if (spdx != NULL && naru_it_expression_grants_patents (spdx))
    naru_report_refuse_format (
        report, "/it/public_code/spdx",
        "Its licence “%s” grants patents to every user, which binds later licences.",
        "공개 라이선스 ‘%s’에는 모든 이용자에 대한 특허 허여가 있어 이후 기술이전을 제약합니다.", spdx);
}

/* 저작권법 53: the date of creation is presumed only when registered within a year of it */
void
naru_it_check_program_registration (NaruSubject *subject, NaruReport *report)
{
  const char *field = "/it/program/registered_on";
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate today = naru_subject_get_today (subject);
  NaruDate created, registered;

  if (!naru_json_find_date (deal, "/it/program/created_on", &created))
    {
      naru_report_ask (report, "/it/program/created_on");
      return;
    }

  NaruDate last = naru_date_add_months (created, YEAR, NARU_MONTH_RULE_KOREAN);
  g_autofree char *created_day = naru_date_to_string (created);
  g_autofree char *last_day = naru_date_to_string (last);
  gboolean done = naru_json_find_date (deal, field, &registered);
  g_autofree char *registered_day = done ? naru_date_to_string (registered) : NULL;
  if (!done && today <= last)
    naru_report_refuse_format (
        report, field, "The program is not registered; until %s the date of creation is presumed, too.",
        "프로그램이 등록되지 않았습니다. %s까지 등록하면 창작일도 추정됩니다.", last_day);
  else if (!done)
    naru_report_refuse_format (
        report, field,
        "The program is not registered; the year for the date of creation ended on %s, the author is "
        "presumed still.",
        "프로그램이 등록되지 않았습니다. 창작일 추정 기한(%s)은 지났지만 저작자 추정은 가능합니다.",
        last_day);
  else if (registered < created)
    naru_report_refuse_format (report, field,
                               "Registered on %s, before it was created on %s: one of the two days is wrong.",
                               "등록일(%s)이 창작일(%s)보다 빠릅니다. 날짜를 확인하십시오.", registered_day,
                               created_day);
  else if (registered > last)
    naru_report_refuse_format (report, field,
                               "Registered on %s, after %s: the date of creation is not presumed.",
                               "%s에 등록되어 기한(%s)을 넘겼으므로 창작일은 추정되지 않습니다.",
                               registered_day, last_day);
  else
    naru_report_accept (report);
}

static void
judge_layout_dates (NaruJson *deal, NaruDate first, NaruDate today, NaruReport *report)
{
  const char *field = "/it/layout/applied_on";
  NaruDate last = naru_date_add_months (first, 2 * YEAR, NARU_MONTH_RULE_KOREAN);
  NaruDate applied;
  g_autofree char *last_day = naru_date_to_string (last);
  gboolean done = naru_json_find_date (deal, field, &applied);
  g_autofree char *applied_day = done ? naru_date_to_string (applied) : NULL;
  gboolean filing = g_strcmp0 (naru_json_find_text (deal, "/@to"), "patent") == 0;

  if (done && applied > today)
    naru_report_refuse_format (report, field, "The application for registration (%s) lies ahead.",
                               "설정등록 신청일(%s)이 아직 오지 않았습니다.", applied_day);
  else if (done && applied > last)
    naru_report_refuse_format (report, field, "Applied for on %s; the time for registration ended on %s.",
                               "%s에 신청되어 설정등록 기한(%s)을 넘겼습니다.", applied_day, last_day);
  else if (done || (filing && today <= last)) /* the application is the work of the stage of filing */
    naru_report_accept (report);
  else if (today <= last)
    naru_report_refuse_format (report, field, "The layout design is not applied for; the time ends on %s.",
                               "배치설계 설정등록을 신청하지 않았습니다. 기한은 %s입니다.", last_day);
  else
    naru_report_refuse_format (report, field,
                               "The layout design was not applied for by %s; it can no longer be registered.",
                               "설정등록 기한(%s)이 지나 더는 등록할 수 없습니다.", last_day);
}

/* 반도체집적회로의 배치설계에 관한 법률 19: within two years of the first commercial use */
void
naru_it_check_layout_registration (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruAnswer used = naru_json_find_answer (deal, "/it/layout/used_commercially");
  NaruDate first;

  if (used == NARU_ANSWER_NONE)
    naru_report_ask (report, "/it/layout/used_commercially");
  else if (used == NARU_ANSWER_NO)
    naru_report_accept (report);
  else if (!naru_json_find_date (deal, "/it/layout/first_use_on", &first))
    naru_report_ask (report, "/it/layout/first_use_on");
  else
    judge_layout_dates (deal, first, naru_subject_get_today (subject), report);
}

/* TRUE when a licence or assignment of this deal is exclusive. */
static gboolean
refuse_exclusive (NaruJson *deal, NaruReport *report)
{
  NaruJson *agreements = naru_json_get (deal, "@agreements");
  guint n = naru_json_get_size (agreements);
  gboolean refused = FALSE;

  for (guint i = 0; i < n; i++)
    {
      NaruJson *agreement = naru_json_get_element (agreements, i);
      const char *exclusivity = naru_json_find_text (agreement, "/grant/exclusivity");
      const char *id = naru_json_find_text (agreement, "/@id");
      if (g_strcmp0 (naru_json_find_text (agreement, "/kind"), "licence") != 0 ||
          (g_strcmp0 (exclusivity, "exclusive") != 0 && g_strcmp0 (exclusivity, "sole") != 0))
        continue;
      naru_report_refuse_format (
          report, "/it/standard/essential",
          "The licence %s is exclusive, but a declared standard-essential patent is open to all on FRAND "
          "terms.",
          "%s 계약은 독점 실시권인데, 선언된 표준특허는 FRAND 조건으로 누구에게나 허락해야 합니다.",
          id != NULL ? id : "-");
      refused = TRUE;
    }
  return refused;
}

static gboolean
refuse_declaration (NaruJson *deal, NaruDate today, NaruReport *report)
{
  NaruAnswer member = naru_json_find_answer (deal, "/it/standard/member");
  gboolean refused = FALSE;
  NaruDate declared;

  if (member == NARU_ANSWER_NO)
    return FALSE;
  if (!naru_json_find_date (deal, "/it/standard/declared_on", &declared) || declared > today)
    {
      naru_report_refuse_format (report, "/it/standard/declared_on",
                                 "The essential patent is not declared to the standards body yet.",
                                 "표준화기구에 표준특허를 아직 선언하지 않았습니다.");
      refused = TRUE;
    }
  if (naru_json_find_answer (deal, "/it/standard/frand") != NARU_ANSWER_YES)
    {
      naru_report_refuse_format (report, "/it/standard/frand",
                                 "No clause passes the FRAND promise on to licensee and assignee.",
                                 "FRAND 확약을 실시권자·양수인이 승계하는 조항이 없습니다.");
      refused = TRUE;
    }
  return refused;
}

void
naru_it_check_standard_patent (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruAnswer essential = naru_json_find_answer (deal, "/it/standard/essential");

  if (essential == NARU_ANSWER_NONE)
    {
      naru_report_refuse_format (report, "/it/standard/essential",
                                 "Whether the patent is essential to the standard is not judged.",
                                 "표준필수 여부가 판단되지 않았습니다.");
      return;
    }
  if (essential == NARU_ANSWER_NO)
    {
      naru_report_accept (report);
      return;
    }

  gboolean refused = refuse_declaration (deal, naru_subject_get_today (subject), report);
  if (naru_json_find_text (deal, "/it/standard/declared_on") != NULL)
    refused = refuse_exclusive (deal, report) || refused;
  if (!refused)
    naru_report_accept (report);
}
