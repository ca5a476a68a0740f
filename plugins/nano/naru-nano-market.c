/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-nano-private.h"

#define COSMETIC_MONTHS 6  /* Regulation (EC) 1223/2009, 16 */
#define FRENCH_GRAMS "100" /* a year: R-Nano */
#define LAUNCH "/nano/product/launch_on"

typedef struct
{
  gboolean refused;
  gboolean asked;
} Outcome;

static void
judge_cosmetic (NaruJson *deal, NaruReport *report, Outcome *outcome)
{
  const char *field = "/nano/eu/cosmetic_notified_on";
  NaruDate notified, launch;
  gboolean done = naru_json_find_date (deal, field, &notified);
  gboolean known = naru_json_find_date (deal, LAUNCH, &launch);

  if (!done)
    {
      naru_report_refuse_format (
          report, field,
          "The cosmetic with its nanomaterial is not notified; six months lie between notice and market.",
          "나노물질 화장품을 통지하지 않았습니다. 통지 후 6개월이 지나야 출시할 수 있습니다.");
      outcome->refused = TRUE;
    }
  else if (!known)
    {
      naru_report_ask (report, LAUNCH);
      outcome->asked = TRUE;
    }
  else if (naru_date_add_months (notified, COSMETIC_MONTHS, NARU_MONTH_RULE_CORRESPONDING) > launch)
    {
      NaruDate earliest = naru_date_add_months (notified, COSMETIC_MONTHS, NARU_MONTH_RULE_CORRESPONDING);
      g_autofree char *notified_day = naru_date_to_string (notified);
      g_autofree char *earliest_day = naru_date_to_string (earliest);
      naru_report_refuse_format (report, field, "Notified on %s, so the market opens on %s at the earliest.",
                                 "%s에 통지했으므로 가장 이른 출시일은 %s입니다.", notified_day,
                                 earliest_day);
      outcome->refused = TRUE;
    }
  if (naru_json_find_answer (deal, "/nano/eu/nano_label") != NARU_ANSWER_YES)
    {
      naru_report_refuse_format (report, "/nano/eu/nano_label",
                                 "The list of ingredients does not say [nano].",
                                 "성분표에 [nano] 표기가 없습니다.");
      outcome->refused = TRUE;
    }
}

/* The last year whose amounts had to be declared by 1 May of the year after it. */
static int
find_year_due (NaruDate today)
{
  int year, month, day;

  naru_date_get (today, &year, &month, &day);
  return today > naru_date_new (year, 5, 1) ? year - 1 : year - 2;
}

static void
judge_france (NaruJson *deal, NaruDate today, NaruReport *report, Outcome *outcome)
{
  NaruJson *declared = naru_json_get_pointer (deal, "/nano/eu/r_nano_year");
  int due = find_year_due (today);
  NaruDecimal grams;
  NaruDate launch;

  if (!naru_nano_get_decimal (deal, "/nano/eu/france_grams", &grams) ||
      naru_nano_compare (&grams, FRENCH_GRAMS) < 0)
    return;
  /* nothing was handled in a year before the launch */
  if (naru_json_find_date (deal, LAUNCH, &launch) && launch > naru_date_new (due, 12, 31))
    return;
  if (declared != NULL && naru_json_as_integer (declared) >= due)
    return;
  naru_report_refuse_format (
      report, "/nano/eu/r_nano_year",
      "France: the amounts of %d were to be declared in R-Nano by 1 May of the next year.",
      "프랑스: %d년 취급량을 다음 해 5월 1일까지 R-Nano에 신고해야 합니다.", due);
  outcome->refused = TRUE;
}

void
naru_nano_check_eu_notices (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  const char *use = naru_json_find_text (deal, "/nano/product/use");
  Outcome outcome = { 0 };

  if (g_strcmp0 (use, "cosmetic") == 0)
    judge_cosmetic (deal, report, &outcome);
  if ((g_strcmp0 (use, "food") == 0 || g_strcmp0 (use, "biocide") == 0) &&
      naru_json_find_text (deal, "/nano/eu/authorisation") == NULL)
    {
      naru_report_refuse_format (report, "/nano/eu/authorisation",
                                 "The nanoform needs an authorisation of its own (novel food, biocide).",
                                 "나노형태에 대한 별도 승인(신규식품·살생물제)이 필요합니다.");
      outcome.refused = TRUE;
    }
  judge_france (deal, naru_subject_get_today (subject), report, &outcome);
  if (!outcome.refused && !outcome.asked)
    naru_report_accept (report);
}

static int
rank_class (const char *name)
{
  static const char *const classes[] = { "I", "IIa", "IIb", "III" };

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_strcmp0 (name, classes[i]) == 0)
      return (int) i;
  return -1;
}

/* Regulation (EU) 2017/745, Annex VIII rule 19; other rules may ask for a higher class, never a lower one. */
void
naru_nano_check_mdr_class (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  const char *exposure = naru_json_find_text (deal, "/nano/eu/device_exposure");
  const char *class = naru_json_find_text (deal, "/nano/eu/device_class");
  const char *needed = "III";

  if (exposure == NULL)
    {
      naru_report_refuse_format (report, "/nano/eu/device_exposure",
                                 "The potential for internal exposure is not assessed.",
                                 "체내 노출 가능성이 평가되지 않았습니다.");
      return;
    }
  if (g_str_equal (exposure, "low"))
    needed = "IIb";
  else if (g_str_equal (exposure, "negligible"))
    needed = "IIa";
  if (rank_class (class) >= rank_class (needed))
    naru_report_accept (report);
  else
    naru_report_refuse_format (report, "/nano/eu/device_class",
                               "Rule 19 asks for class %s here; entered is %s.",
                               "규칙 19에 따라 %s등급이어야 하는데 입력된 등급은 %s입니다.", needed,
                               class != NULL ? class : "-");
}
