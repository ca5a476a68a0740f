/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "biohealth-check.h"

#define KR_PERMIT "/bio_health/kr_permit"
#define EU_PERMIT "/bio_health/eu_permit"
#define EXTENSION "/bio_health/extension"

#define PTE_KR_MONTHS 3
#define PTE_US_DAYS 59 /* 60 days that count the day of approval */
#define SPC_MONTHS 6
#define MAX_EXTENSION_MONTHS (5 * 12)
#define MAX_TERM_MONTHS (14 * 12)

static void
judge_certificate (BioCheck *self, const char *pointer, const char *name_en, const char *name_ko)
{
  NaruDate until = bio_date (self, pointer);

  if (until == NARU_DATE_NONE || until >= self->today)
    return;
  g_autofree char *day = naru_date_to_string (until);
  bio_refuse_named (self, pointer, name_en, name_ko, "it ended on %s; renew it.",
                    "유효기간이 %s에 끝났습니다. 갱신하십시오.", day);
}

void
bio_check_kgmp_valid (BioCheck *self)
{
  bio_need (self, KR_PERMIT "/gmp_number", "number of the GMP certificate", "GMP 적합인정서 번호");
  if (bio_need (self, KR_PERMIT "/gmp_until", "last day of the GMP certificate", "GMP 적합인정 유효일"))
    judge_certificate (self, KR_PERMIT "/gmp_until", "GMP certificate", "GMP 적합인정서");
}

void
bio_check_digital_upkeep (BioCheck *self)
{
  if (!bio_is_true (self, KR_PERMIT "/cyber_plan"))
    bio_refuse (self, KR_PERMIT "/cyber_plan", "There is no plan for cybersecurity.",
                "전자적 침해 방지 계획이 없습니다.");
  if (!bio_is_true (self, KR_PERMIT "/change_plan"))
    bio_refuse (self, KR_PERMIT "/change_plan", "There is no plan for changes of the software.",
                "소프트웨어 변경관리 계획이 없습니다.");
  judge_certificate (self, KR_PERMIT "/qms_until", "Software quality certificate",
                     "소프트웨어 품질관리체계 인증");
}

/* The day on which the certificates from before the regulations end, by class. */
static const struct
{
  const char *class;
  gboolean diagnostic;
  int year; /* of the 31 December; 0: no transition for this class */
} legacy_ends[] = {
  { "I", FALSE, 2028 },        { "IIa", FALSE, 2028 },
  { "IIb", FALSE, 2028 },      { "IIb-implantable", FALSE, 2027 },
  { "III", FALSE, 2027 },      { "A", TRUE, 0 },
  { "A-sterile", TRUE, 2029 }, { "B", TRUE, 2029 },
  { "C", TRUE, 2028 },         { "D", TRUE, 2027 },
};

static void
judge_legacy (BioCheck *self, int year)
{
  NaruDate last = year > 0 ? naru_date_new (year, 12, 31) : NARU_DATE_NONE;

  if (last == NARU_DATE_NONE)
    bio_refuse (self, EU_PERMIT "/certificate", "This class has no transition: the regulation applies.",
                "이 등급에는 경과조치가 없어 IVDR이 적용됩니다.");
  else if (self->today > last)
    {
      g_autofree char *day = naru_date_to_string (last);
      bio_refuse (self, EU_PERMIT "/certificate", "Legacy certificates of this class ended on %s.",
                  "이 등급의 구 지침(Legacy) 인증은 %s에 끝났습니다.", day);
    }
}

static void
judge_eu_class (BioCheck *self, guint row)
{
  gboolean diagnostic = bio_is (self, "/bio_health/product", "ivd");
  const char *class = legacy_ends[row].class;
  gboolean lowest = g_str_equal (class, "I") || g_str_equal (class, "A");

  if (legacy_ends[row].diagnostic != diagnostic)
    bio_refuse (self, EU_PERMIT "/class", "Class %s does not belong to this kind of product.",
                "%s등급은 이 제품 유형의 등급이 아닙니다.", class);
  else if (bio_is (self, EU_PERMIT "/certificate", "legacy"))
    judge_legacy (self, legacy_ends[row].year);
  else if (bio_is (self, EU_PERMIT "/certificate", "self") && !lowest)
    bio_refuse (self, EU_PERMIT "/certificate", "Class %s needs the certificate of a notified body.",
                "%s등급은 인증기관(NB)의 인증이 필요합니다.", class);
}

void
bio_check_eu_legacy (BioCheck *self)
{
  const char *class = bio_text (self, EU_PERMIT "/class");

  bio_need (self, EU_PERMIT "/class", "class in the European Union", "유럽 등급");
  if (bio_need (self, EU_PERMIT "/certificate", "kind of certificate", "인증 구분") &&
      !bio_is (self, EU_PERMIT "/certificate", "self"))
    bio_need (self, EU_PERMIT "/number", "number of the certificate", "인증서 번호");
  for (guint i = 0; class != NULL && i < G_N_ELEMENTS (legacy_ends); i++)
    if (g_str_equal (legacy_ends[i].class, class))
      judge_eu_class (self, i);
}

/* The fields of one country's extension, and its last day to apply. */
typedef struct
{
  const char *decision;
  const char *filed_on;
  NaruDate last;
} Extension;

/* %TRUE when an application in time is there, whose content remains to be judged. */
static gboolean
judge_filing (BioCheck *self, const Extension *e, NaruDate approved)
{
  NaruDate filed = bio_date (self, e->filed_on);
  g_autofree char *until = naru_date_to_string (e->last);

  if (bio_is (self, e->decision, "not-sought"))
    return FALSE;
  if (!bio_is (self, e->decision, "filed"))
    {
      if (self->today > e->last)
        bio_refuse (self, e->decision,
                    "The last day to apply was %s; enter the application, or that none is sought.",
                    "신청 기한(%s)이 지났습니다. 신청 내용 또는 신청하지 않음을 입력하십시오.", until);
      else
        bio_refuse (self, e->decision, "Apply by %s, or enter that no extension is sought.",
                    "%s까지 신청하거나 신청하지 않음을 입력하십시오.", until);
      return FALSE;
    }
  if (!bio_need (self, e->filed_on, "day of the application for the extension", "연장 신청일") ||
      filed == NARU_DATE_NONE)
    return FALSE;

  g_autofree char *day = naru_date_to_string (filed);
  if (filed > e->last)
    bio_refuse (self, e->filed_on, "Applied for on %s; the last day was %s.",
                "신청일(%s)이 기한(%s)을 넘겼습니다.", day, until);
  else if (filed < approved || filed > self->today)
    bio_refuse (self, e->filed_on, "The application of %s must lie between the approval and today.",
                "신청일(%s)은 허가일과 오늘 사이여야 합니다.", day);
  return TRUE;
}

/* At most five years more, and at most 14 years from the approval where that cap applies. */
static void
judge_new_term (BioCheck *self, const char *pointer, NaruDate approved, gboolean capped, NaruMonthRule rule)
{
  NaruDate asked = bio_date (self, pointer);
  NaruDate term = bio_date (self, "/patent/expires_on");
  NaruDate longest = NARU_DATE_NONE;

  if (asked == NARU_DATE_NONE || term == NARU_DATE_NONE)
    return;
  longest = bio_add_months (term, MAX_EXTENSION_MONTHS, rule);
  if (capped)
    longest = MIN (longest, bio_add_months (approved, MAX_TERM_MONTHS, rule));
  if (asked <= longest)
    return;
  g_autofree char *wanted = naru_date_to_string (asked);
  g_autofree char *most = naru_date_to_string (longest);
  bio_refuse (self, pointer, "The term cannot end on %s; the latest day is %s.",
              "연장 만료일(%s)이 최대 기간(%s까지)을 넘습니다.", wanted, most);
}

static void
judge_kr_content (BioCheck *self, NaruDate approved)
{
  NaruDate filed = bio_date (self, EXTENSION "/kr/filed_on");
  NaruDate term = bio_date (self, "/patent/expires_on");
  NaruJson *owners = bio_get (self, "/owners");

  if (term == NARU_DATE_NONE)
    bio_ask (self, "/patent/expires_on");
  else
    {
      NaruDate last = naru_date_add_months (term, -6, NARU_MONTH_RULE_CORRESPONDING);
      g_autofree char *until = naru_date_to_string (last);
      if (filed > last)
        bio_refuse (self, EXTENSION "/kr/filed_on",
                    "No application in the last 6 months of the term, after %s.",
                    "존속기간 만료 전 6개월(%s 이후)에는 출원할 수 없습니다.", until);
    }
  judge_new_term (self, EXTENSION "/kr/expires_on", approved, filed >= naru_date_new (2025, 7, 22),
                  NARU_MONTH_RULE_KOREAN);
  if (owners != NULL && naru_json_get_size (owners) > 1 && !bio_is_true (self, EXTENSION "/kr/joint"))
    bio_refuse (self, EXTENSION "/kr/joint", "All %u owners must apply together.",
                "공유자 %u곳 전원이 함께 출원해야 합니다.", naru_json_get_size (owners));
}

void
bio_check_pte_kr (BioCheck *self)
{
  NaruDate approved = bio_date (self, EXTENSION "/kr/approved_on");
  Extension e = { EXTENSION "/kr/decision", EXTENSION "/kr/filed_on", NARU_DATE_NONE };

  if (!bio_need (self, EXTENSION "/kr/approved_on", "day of the product's approval in Korea",
                 "국내 품목허가일") ||
      approved == NARU_DATE_NONE)
    return;
  e.last = bio_last_day (bio_add_months (approved, PTE_KR_MONTHS, NARU_MONTH_RULE_KOREAN));
  if (judge_filing (self, &e, approved))
    judge_kr_content (self, approved);
}

void
bio_check_pte_us (BioCheck *self)
{
  NaruDate approved = bio_date (self, EXTENSION "/us/approved_on");
  Extension e = { EXTENSION "/us/decision", EXTENSION "/us/filed_on", NARU_DATE_NONE };

  if (!bio_need (self, EXTENSION "/us/approved_on", "day of the product's approval in the United States",
                 "미국 품목허가일") ||
      approved == NARU_DATE_NONE)
    return;
  e.last = bio_last_day (bio_add_days (approved, PTE_US_DAYS));
  if (judge_filing (self, &e, approved))
    judge_new_term (self, EXTENSION "/us/expires_on", approved, TRUE, NARU_MONTH_RULE_CORRESPONDING);
}

/* Six months run from the permit or from the grant, whichever is later. */
void
bio_check_spc_eu (BioCheck *self)
{
  NaruDate approved = bio_date (self, EXTENSION "/eu/approved_on");
  NaruDate granted = bio_date (self, EXTENSION "/eu/granted_on");
  Extension e = { EXTENSION "/eu/decision", EXTENSION "/eu/filed_on", NARU_DATE_NONE };

  if (!bio_need (self, EXTENSION "/eu/approved_on", "day of the product's approval in the European Union",
                 "유럽 품목허가일") ||
      approved == NARU_DATE_NONE)
    return;
  NaruDate from = MAX (approved, granted); /* no date is the least of all */
  e.last = bio_last_day (bio_add_months (from, SPC_MONTHS, NARU_MONTH_RULE_CORRESPONDING));
  judge_filing (self, &e, from);
}
