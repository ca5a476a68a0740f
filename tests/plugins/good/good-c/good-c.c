/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate approved = NARU_DATE_NONE;

  if (g_str_equal (check, "skip"))
    naru_report_skip (report);
  else if (g_str_equal (check, "date") && naru_json_get_string (deal, "approved_on") == NULL)
    naru_report_ask (report, "/approved_on");
  else if (g_str_equal (check, "date") &&
           !naru_date_parse (naru_json_get_string (deal, "approved_on"), &approved, error))
    return FALSE;
  else if (g_str_equal (check, "date") && approved > naru_subject_get_today (subject))
    naru_report_refuse (report, "/approved_on", "The approval is of a day to come.",
                        "승인일이 아직 오지 않은 날입니다.");
  else if (g_str_equal (check, "date"))
    naru_report_accept (report);
  else
    {
      g_set_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND, "There is no check %s here.", check);
      return FALSE;
    }
  return TRUE;
}

TEST_PLUGIN
