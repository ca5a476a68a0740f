/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "biohealth-check.h"

#define RESOURCE "/bio_health/genetic_resource"
#define MATERIALS "/bio_health/materials"
#define NAGOYA_DAYS 90

void
bio_check_irb_dates (BioCheck *self)
{
  static const BioApproval approval = {
    .number = "/bio_health/irb/number",
    .approved_on = "/bio_health/irb/approved_on",
    .expires_on = "/bio_health/irb/expires_on",
    .starts_on = "/bio_health/study_start",
    .ends_on = "/bio_health/study_end",
    .name_en = "Approval of the ethics board (IRB)",
    .name_ko = "IRB 승인",
    .number_en = "approval number of the ethics board (IRB)",
    .number_ko = "IRB 승인번호",
    .date_en = "date of the ethics board's approval",
    .date_ko = "IRB 승인일",
  };

  bio_judge_approval (self, &approval);
}

void
bio_check_iacuc_dates (BioCheck *self)
{
  static const BioApproval approval = {
    .number = "/bio_health/animals/iacuc_number",
    .approved_on = "/bio_health/animals/approved_on",
    .expires_on = "/bio_health/animals/expires_on",
    .starts_on = "/bio_health/animals/started_on",
    .ends_on = "/bio_health/animals/ended_on",
    .name_en = "Approval of the animal ethics committee (IACUC)",
    .name_ko = "IACUC 승인",
    .number_en = "approval number of the animal ethics committee (IACUC)",
    .number_ko = "IACUC 승인번호",
    .date_en = "date of the animal ethics committee's approval",
    .date_ko = "IACUC 승인일",
  };

  bio_judge_approval (self, &approval);
}

/* The last day to report: 90 days, the day of the consent not counted. */
static NaruDate
get_report_day (NaruDate consent)
{
  return bio_last_day (bio_add_days (consent, NAGOYA_DAYS));
}

static void
judge_report (BioCheck *self, NaruDate consent, NaruDate reported)
{
  NaruDate last = get_report_day (consent);
  g_autofree char *given = naru_date_to_string (consent);
  g_autofree char *until = naru_date_to_string (last);

  if (reported == NARU_DATE_NONE && self->today > last)
    bio_refuse (self, RESOURCE "/reported_on",
                "The report to the checkpoint was due on %2$s, 90 days after the consent of %1$s.",
                "사전통고승인일(%s)부터 90일인 %s까지 국가점검기관에 신고해야 합니다.", given, until);
  else if (reported != NARU_DATE_NONE && (reported < consent || reported > self->today))
    {
      g_autofree char *report = naru_date_to_string (reported);
      bio_refuse (self, RESOURCE "/reported_on",
                  "The report of %s must lie between the consent of %s and today.",
                  "신고일(%s)은 사전통고승인일(%s)과 오늘 사이여야 합니다.", report, given);
    }
}

/* The consent and the terms of the providing state are there, and the report is made or still has time. */
void
bio_check_nagoya_report (BioCheck *self)
{
  NaruDate consent = bio_date (self, RESOURCE "/pic_on");

  gboolean known =
      bio_need (self, RESOURCE "/country", "country that provides the genetic resource", "유전자원 제공국");
  if (!bio_need (self, RESOURCE "/protocol_party", "whether that country is a party to the Nagoya Protocol",
                 "나고야의정서 당사국 여부") ||
      !known)
    return;
  /* a state outside the protocol asks for no consent under it */
  if (!bio_is_true (self, RESOURCE "/protocol_party"))
    return;

  bio_need (self, RESOURCE "/pic_number", "number of the prior consent (PIC)", "사전통고승인(PIC) 번호");
  bio_need (self, RESOURCE "/mat_on", "date of the agreed terms (MAT)", "상호합의조건(MAT) 체결일");
  if (!bio_need (self, RESOURCE "/pic_on", "date of the prior consent (PIC)", "사전통고승인일"))
    return;
  if (consent != NARU_DATE_NONE)
    judge_report (self, consent, bio_date (self, RESOURCE "/reported_on"));
}

void
bio_check_nagoya_late (BioCheck *self)
{
  NaruDate consent = bio_date (self, RESOURCE "/pic_on");
  NaruDate reported = bio_date (self, RESOURCE "/reported_on");

  if (!bio_is_true (self, RESOURCE "/protocol_party") || consent == NARU_DATE_NONE ||
      reported == NARU_DATE_NONE)
    {
      bio_skip (self);
      return;
    }
  NaruDate last = get_report_day (consent);
  if (reported <= last)
    return;
  g_autofree char *report = naru_date_to_string (reported);
  g_autofree char *until = naru_date_to_string (last);
  bio_refuse (self, RESOURCE "/reported_on", "Reported on %s; the last day was %s.",
              "신고일(%s)이 기한(%s)을 넘겼습니다.", report, until);
}

/* (nullable): the agreement of that id among those that name the deal */
static NaruJson *
find_agreement (BioCheck *self, const char *id)
{
  NaruJson *agreements = bio_get (self, "/@agreements");
  guint n = agreements != NULL ? naru_json_get_size (agreements) : 0;

  for (guint i = 0; i < n; i++)
    {
      NaruJson *agreement = naru_json_get_element (agreements, i);
      if (g_strcmp0 (naru_json_get_string (agreement, "@id"), id) == 0)
        return agreement;
    }
  return NULL;
}

static void
judge_agreement (BioCheck *self, guint i, const char *material, const char *id)
{
  g_autofree char *pointer = g_strdup_printf (MATERIALS "/%u/agreement", i);
  NaruJson *agreement = id != NULL ? find_agreement (self, id) : NULL;

  if (id == NULL)
    bio_refuse (self, pointer, "No agreement (MTA) is named for “%s”.",
                "“%s”의 물질이전계약(MTA)이 입력되지 않았습니다.", material);
  else if (agreement == NULL)
    bio_refuse (self, pointer, "“%s”: the agreement %s does not name this deal.",
                "“%s”: 계약 %s에 이 건이 관련 기술로 등록되어 있지 않습니다.", material, id);
  else if (g_strcmp0 (naru_json_get_string (agreement, "kind"), "mta") != 0)
    bio_refuse (self, pointer, "“%s”: the agreement %s is not a material transfer agreement.",
                "“%s”: 물질이전계약(MTA)이 아닌 계약입니다(%s).", material, id);
  /* what was signed binds after it has expired, too */
  else if (g_strcmp0 (naru_json_get_string (agreement, "stage"), "executed") != 0 &&
           g_strcmp0 (naru_json_get_string (agreement, "stage"), "expired") != 0)
    bio_refuse (self, pointer, "“%s”: the agreement %s is not executed.",
                "“%s”: 체결되지 않은 물질이전계약입니다(%s).", material, id);
}

static void
judge_clauses (BioCheck *self, guint i, const char *material, NaruJson *entry)
{
  static const struct
  {
    const char *value, *en, *ko;
  } harmful[] = {
    { "grant-back", "Grant-back", "개량발명 양도·역실시허락" },
    { "reach-through", "Reach-through", "연장권(Reach-through)" },
    { "no-commercial", "Bar on commercial use", "상업적 이용 금지" },
  };
  g_autofree char *clauses_at = g_strdup_printf (MATERIALS "/%u/clauses", i);
  g_autofree char *cleared_at = g_strdup_printf (MATERIALS "/%u/cleared_on", i);
  NaruJson *clauses = naru_json_get (entry, "clauses");
  NaruDate cleared = bio_date_of (entry, "cleared_on");

  if (clauses == NULL || naru_json_get_size (clauses) == 0)
    {
      bio_refuse (self, clauses_at, "The clauses of “%s” on inventions are not answered.",
                  "“%s”의 발명 관련 조항이 입력되지 않았습니다.", material);
      return;
    }
  if (cleared != NARU_DATE_NONE && cleared <= self->today)
    return;
  for (guint k = 0; k < G_N_ELEMENTS (harmful); k++)
    if (naru_json_lists (clauses, harmful[k].value))
      bio_refuse_named (self, cleared_at, harmful[k].en, harmful[k].ko,
                        "the provider of “%s” has not released the clause.",
                        "“%s” 제공기관과의 재협의가 끝나지 않았습니다.", material);
}

void
bio_check_mta_clauses (BioCheck *self)
{
  NaruJson *materials = bio_get (self, MATERIALS);
  guint n = materials != NULL ? naru_json_get_size (materials) : 0;

  if (n == 0)
    {
      bio_refuse (self, MATERIALS, "Material was received, but none is listed.",
                  "물질을 수령했으나 수령 물질이 입력되지 않았습니다.");
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      NaruJson *entry = naru_json_get_element (materials, i);
      const char *material = naru_json_get_string (entry, "name");
      if (material == NULL)
        material = "?";
      judge_agreement (self, i, material, naru_json_get_string (entry, "agreement"));
      judge_clauses (self, i, material, entry);
    }
}
