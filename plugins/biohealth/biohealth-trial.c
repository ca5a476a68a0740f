/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "biohealth-check.h"

#include <string.h>

#define PLAN "/bio_health/trial_plan"
#define TRIALS "/bio_health/trials"
#define US_TRIAL "/bio_health/us_trial"
#define FDA_DAYS 30
#define US_REGISTRY_DAYS 21

static guint
get_n_trials (BioCheck *self, NaruJson **trials)
{
  *trials = bio_get (self, TRIALS);
  return *trials != NULL ? naru_json_get_size (*trials) : 0;
}

/* A trial without a country is one in Korea. */
static gboolean
is_in (NaruJson *trial, const char *country)
{
  const char *where = naru_json_get_string (trial, "country");

  return g_str_equal (where != NULL ? where : "kr", country);
}

/* %NARU_DATE_NONE where none has begun there; @reported: do all that are listed there have their report? */
static NaruDate
find_first_start (BioCheck *self, const char *country, gboolean *reported)
{
  NaruJson *trials = NULL;
  guint n = get_n_trials (self, &trials);
  NaruDate first = NARU_DATE_NONE;
  gboolean any = FALSE, all = TRUE;

  for (guint i = 0; i < n; i++)
    {
      NaruJson *trial = naru_json_get_element (trials, i);
      NaruDate start = bio_date_of (trial, "started_on");
      if (!is_in (trial, country))
        continue;
      any = TRUE;
      all = all && bio_date_of (trial, "report_on") != NARU_DATE_NONE;
      if (start != NARU_DATE_NONE && (first == NARU_DATE_NONE || start < first))
        first = start;
    }
  *reported = any && all;
  return first;
}

static const BioApproval plan_approval = {
  .approved_on = PLAN "/approved_on",
  .name_en = "Approval of the trial plan",
  .name_ko = "임상시험계획승인",
  .date_en = "date of the plan's approval",
  .date_ko = "계획승인일",
};

static const BioApproval ethics_approval = {
  .approved_on = PLAN "/irb_approved_on",
  .name_en = "Approval of the ethics board (IRB)",
  .name_ko = "IRB 승인",
  .date_en = "date of the ethics board's approval",
  .date_ko = "IRB 승인일",
};

/* @start: the first participant; %NARU_DATE_NONE where there is none yet */
static void
judge_before_start (BioCheck *self, const BioApproval *a, NaruDate start)
{
  NaruDate approved = bio_date (self, a->approved_on);

  if (!bio_need (self, a->approved_on, a->date_en, a->date_ko) || approved == NARU_DATE_NONE)
    return;
  g_autofree char *day = naru_date_to_string (approved);
  if (approved > self->today)
    bio_refuse_named (self, a->approved_on, a->name_en, a->name_ko, "its date, %s, lies in the future.",
                      "승인일(%s)이 아직 오지 않았습니다.", day);
  else if (start != NARU_DATE_NONE && approved > start)
    {
      g_autofree char *first = naru_date_to_string (start);
      bio_refuse_named (self, a->approved_on, a->name_en, a->name_ko,
                        "it was given on %s, after the first participant of %s.",
                        "승인일(%s)이 첫 대상자 등록일(%s)보다 늦습니다.", day, first);
    }
}

static void
judge_ethics (BioCheck *self, NaruDate start, gboolean reported)
{
  NaruDate expires = bio_date (self, PLAN "/irb_expires_on");

  bio_need (self, PLAN "/irb_number", "approval number of the ethics board (IRB)", "IRB 승인번호");
  judge_before_start (self, &ethics_approval, start);
  if (expires == NARU_DATE_NONE)
    return;
  g_autofree char *until = naru_date_to_string (expires);
  if (start != NARU_DATE_NONE && start > expires)
    {
      g_autofree char *first = naru_date_to_string (start);
      bio_refuse (self, PLAN "/irb_expires_on",
                  "The ethics approval ended on %s, before the first participant of %s.",
                  "IRB 승인이 %s에 만료되어 첫 대상자 등록일(%s)보다 빠릅니다.", until, first);
    }
  else if (expires < self->today && !reported)
    bio_refuse (self, PLAN "/irb_expires_on", "The ethics approval ended on %s; have it renewed.",
                "IRB 승인이 %s에 만료되었습니다. 지속심의를 받으십시오.", until);
}

/* A drug always needs the plan's approval and a designated site; a device or a diagnostic may be exempt. */
void
bio_check_trial_plan (BioCheck *self)
{
  gboolean drug =
      bio_is (self, "/bio_health/product", "drug") || bio_is (self, "/bio_health/product", "biologic");
  gboolean exempt = bio_is (self, PLAN "/basis", "exempt");
  gboolean reported = FALSE;
  NaruDate start = find_first_start (self, "kr", &reported);

  if (exempt && drug)
    bio_refuse (self, PLAN "/basis", "A drug trial is not exempt: the ministry (MFDS) approves its plan.",
                "의약품 임상시험은 면제 대상이 아니며 식약처 계획승인이 필요합니다.");
  else if (exempt)
    bio_need (self, PLAN "/exempt_reason", "reason for the exemption", "승인 면제 사유");
  else
    {
      bio_need (self, PLAN "/number", "approval number of the trial plan", "임상시험 계획승인번호");
      judge_before_start (self, &plan_approval, start);
    }
  judge_ethics (self, start, reported);
  if (drug)
    bio_need (self, PLAN "/site", "designated trial site", "임상시험실시기관");
}

/* "2-3" is a combined design, and stands for both phases; %FALSE for studies without phases. */
static gboolean
get_phases (NaruJson *trial, int *first, int *last)
{
  const char *phase = naru_json_get_string (trial, "phase");

  if (phase == NULL || !g_ascii_isdigit (phase[0]))
    return FALSE;
  *first = phase[0] - '0';
  *last = phase[1] == '-' && g_ascii_isdigit (phase[2]) ? phase[2] - '0' : *first;
  return TRUE;
}

/* The day of the earliest report on @phase, of a trial that begins with a lower phase than @below.
 * @listed: is there such a trial at all? */
static NaruDate
find_report (NaruJson *trials, guint n, int phase, int below, gboolean *listed)
{
  NaruDate earliest = NARU_DATE_NONE;

  *listed = FALSE;
  for (guint i = 0; i < n; i++)
    {
      NaruJson *trial = naru_json_get_element (trials, i);
      NaruDate report = bio_date_of (trial, "report_on");
      int first = 0, last = 0;
      if (!get_phases (trial, &first, &last) || first >= below || phase < first || phase > last)
        continue;
      *listed = TRUE;
      if (report != NARU_DATE_NONE && (earliest == NARU_DATE_NONE || report < earliest))
        earliest = report;
    }
  return earliest;
}

static void
judge_phase (BioCheck *self, NaruJson *trials, guint n, guint i)
{
  NaruJson *trial = naru_json_get_element (trials, i);
  NaruDate start = bio_date_of (trial, "started_on");
  int first = 0, last = 0;
  gboolean listed = FALSE;

  if (!get_phases (trial, &first, &last) || first <= 1)
    return;
  NaruDate report = find_report (trials, n, first - 1, first, &listed);
  g_autofree char *phase_at = g_strdup_printf (TRIALS "/%u/phase", i);
  if (!listed)
    bio_refuse (self, phase_at, "Phase %d is listed, and no trial of phase %d.",
                "%d상이 있으나 %d상 임상시험이 목록에 없습니다.", first, first - 1);
  else if (report == NARU_DATE_NONE || report > self->today)
    bio_refuse (self, phase_at, "Phase %d needs the report of phase %d.",
                "%d상에는 %d상 결과보고가 필요합니다.", first, first - 1);
  else if (start != NARU_DATE_NONE && report > start)
    {
      g_autofree char *start_at = g_strdup_printf (TRIALS "/%u/started_on", i);
      g_autofree char *day = naru_date_to_string (start);
      g_autofree char *known = naru_date_to_string (report);
      bio_refuse (self, start_at, "Phase %d started on %s, before the report of phase %d on %s.",
                  "%d상 시작일(%s)이 %d상 결과보고일(%s)보다 빠릅니다.", first, day, first - 1, known);
    }
}

void
bio_check_phase_order (BioCheck *self)
{
  NaruJson *trials = NULL;
  guint n = get_n_trials (self, &trials);

  for (guint i = 0; i < n; i++)
    {
      NaruJson *trial = naru_json_get_element (trials, i);
      NaruDate start = bio_date_of (trial, "started_on");
      NaruDate report = bio_date_of (trial, "report_on");
      if (start != NARU_DATE_NONE && report != NARU_DATE_NONE && report < start)
        {
          g_autofree char *pointer = g_strdup_printf (TRIALS "/%u/report_on", i);
          g_autofree char *day = naru_date_to_string (report);
          g_autofree char *begun = naru_date_to_string (start);
          bio_refuse (self, pointer, "The report of %s is older than the start on %s.",
                      "결과보고일(%s)이 시작일(%s)보다 빠릅니다.", day, begun);
        }
      judge_phase (self, trials, n, i);
    }
}

/* A registry is public: what it says before the filing may take the novelty away. */
static void
judge_registry_and_patent (BioCheck *self, const char *pointer, NaruDate registered)
{
  NaruDate filed = bio_date (self, "/patent/filed_on");

  if (filed == NARU_DATE_NONE)
    bio_ask (self, "/patent/filed_on");
  else if (registered < filed)
    {
      g_autofree char *day = naru_date_to_string (registered);
      g_autofree char *filing = naru_date_to_string (filed);
      bio_refuse (self, pointer,
                  "The registry published the trial on %s, before the filing of %s; check novelty.",
                  "임상시험 등록(%s)이 특허출원(%s)보다 먼저 공개되었습니다. 신규성을 확인하십시오.", day,
                  filing);
    }
}

static void
judge_registration (BioCheck *self, NaruJson *trial, guint i)
{
  NaruDate registered = bio_date_of (trial, "registered_on");
  NaruDate start = bio_date_of (trial, "started_on");
  g_autofree char *pointer = g_strdup_printf (TRIALS "/%u/registered_on", i);

  if (registered != NARU_DATE_NONE)
    judge_registry_and_patent (self, pointer, registered);
  if (start == NARU_DATE_NONE)
    return;
  NaruDate last = is_in (trial, "us") ? bio_add_days (start, US_REGISTRY_DAYS) : start;
  g_autofree char *until = naru_date_to_string (last);
  if (registered == NARU_DATE_NONE && self->today > last)
    bio_refuse (self, pointer, "The trial is not registered; the last day was %s.",
                "임상시험이 등록되지 않았습니다(기한 %s).", until);
  else if (registered != NARU_DATE_NONE && registered > last)
    {
      g_autofree char *day = naru_date_to_string (registered);
      bio_refuse (self, pointer, "Registered on %s; the last day was %s.",
                  "등록일(%s)이 기한(%s)을 넘겼습니다.", day, until);
    }
}

void
bio_check_trial_registration (BioCheck *self)
{
  NaruJson *trials = NULL;
  guint n = get_n_trials (self, &trials);

  for (guint i = 0; i < n; i++)
    judge_registration (self, naru_json_get_element (trials, i), i);
}

/* An IND, or an IDE for a device, takes effect 30 days after its receipt unless the FDA holds it. */
void
bio_check_fda_ind (BioCheck *self)
{
  gboolean reported = FALSE;
  NaruDate received = bio_date (self, US_TRIAL "/received_on");
  NaruDate start = find_first_start (self, "us", &reported);

  bio_need (self, US_TRIAL "/number", "IND or IDE number", "IND·IDE 번호");
  if (bio_is_true (self, US_TRIAL "/hold"))
    bio_refuse (self, US_TRIAL "/hold", "The FDA holds the trial; it cannot start before the hold is lifted.",
                "FDA 임상보류(Clinical hold) 중에는 시작할 수 없습니다.");
  if (!bio_need (self, US_TRIAL "/received_on", "day of receipt by the FDA", "FDA 접수일") ||
      received == NARU_DATE_NONE)
    return;

  NaruDate effective = bio_add_days (received, FDA_DAYS);
  NaruDate begins = start != NARU_DATE_NONE ? start : self->today;
  if (begins >= effective)
    return;
  g_autofree char *day = naru_date_to_string (effective);
  g_autofree char *begun = naru_date_to_string (begins);
  bio_refuse (self, US_TRIAL "/received_on",
              "The application takes effect on %s; a start on %s is too early.",
              "신청 효력은 %s부터이므로 %s 시작은 너무 이릅니다.", day, begun);
}
