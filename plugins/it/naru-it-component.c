/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-licence.h"

#include <string.h>

#define MAX_NAMED 50 /* components that are named one by one; the rest is counted */

/* What is wrong, and what can be done about it. */
static const struct
{
  const char *why_en;
  const char *why_ko;
  const char *cure_en;
  const char *cure_ko;
} words[] = {
  [REASON_WEAK] = { "it is weak copyleft, so its source and our changes to it stay open and users must be "
                    "able to exchange it",
                    "약한 카피레프트라서 해당 부분의 소스와 수정분을 공개하고 교체가 가능해야 합니다",
                    "link it dynamically, leave it unchanged or publish the changes",
                    "동적 링크로 바꾸고, 수정하지 않거나 수정분을 공개하십시오" },
  [REASON_FIELD] = { "its licence limits the field of use", "라이선스가 사용 분야를 제한합니다",
                     "compare its conditions with the field of use that we grant",
                     "조건을 실시 분야와 대조하십시오" },
  [REASON_STRONG] = { "it is copyleft, and handed out as a part of ours it puts the whole under its own "
                      "licence",
                      "카피레프트라서 결합해 배포하면 전체에 같은 라이선스가 적용됩니다",
                      "replace it, run it as a separate program, or obtain a commercial licence",
                      "교체, 별도 프로그램으로 분리, 상용 라이선스 취득 중 하나를 택하십시오" },
  [REASON_NETWORK] = { "its copyleft also binds when users are served over a network",
                       "네트워크로 서비스만 해도 전체 소스 공개 의무가 생깁니다",
                       "replace it, keep it unmodified as a separate service, or obtain a commercial licence",
                       "교체, 수정 없이 별도 서비스로 분리, 상용 라이선스 취득 중 하나를 택하십시오" },
  [REASON_MIX] = { "it cannot be joined with our own licence", "우리 공개 라이선스와 함께 배포할 수 없습니다",
                   "replace it, or choose another licence of ours", "교체하거나 공개 라이선스를 바꾸십시오" },
  [REASON_NO_DERIVATIVES] = { "no modified version may be passed on", "수정본을 배포할 수 없습니다",
                              "use it unchanged or obtain permission",
                              "원본 그대로 쓰거나 허락을 받으십시오" },
  [REASON_NONCOMMERCIAL] = { "no commercial use is allowed", "영리 이용이 허용되지 않습니다",
                             "replace it or obtain a commercial licence",
                             "교체하거나 상용 라이선스를 받으십시오" },
  [REASON_UNSAID] = { "its licence is not given", "라이선스가 입력되지 않았습니다",
                      "enter its SPDX id, or replace a part that has no licence",
                      "SPDX 표기로 입력하고, 라이선스가 없는 코드라면 교체하십시오" },
  [REASON_UNKNOWN] = { "this is not a licence that is known", "확인할 수 없는 라이선스입니다",
                       "read its text and enter the SPDX id, or obtain written permission",
                       "원문을 확인해 SPDX 표기로 입력하거나 서면 허락을 받으십시오" },
  [REASON_UNREADABLE] = { "the licence expression cannot be read", "라이선스 표기를 해석할 수 없습니다",
                          "write it as SPDX does, as in “MIT OR (GPL-2.0-only AND BSD-3-Clause)”",
                          "“MIT OR (GPL-2.0-only AND BSD-3-Clause)”처럼 SPDX 표기로 적으십시오" },
};

static Verdict
say (Level level, Reason reason)
{
  return (Verdict){ .level = level, .reason = reason };
}

static gboolean
begins (const char *id, const char *stem)
{
  return g_ascii_strncasecmp (id, stem, strlen (stem)) == 0;
}

static gboolean
is_later (const char *id)
{
  return g_str_has_suffix (id, "+") || g_str_has_suffix (id, "-or-later");
}

/* May a part under @part go into a whole under @whole? */
static gboolean
fits_into (const Licence *part, const Licence *whole)
{
  guint flags = part->flags;

  if (g_ascii_strcasecmp (part->id, whole->id) == 0)
    return TRUE;
  if (begins (whole->id, "GPL-2.0"))
    return (flags & (is_later (whole->id) ? INTO_GPL2 | INTO_GPL3 : INTO_GPL2)) != 0;
  if (begins (whole->id, "GPL-3.0"))
    return (flags & INTO_GPL3) != 0;
  if (begins (whole->id, "AGPL-3.0"))
    return (flags & INTO_AGPL3) != 0;
  return part->class == LICENCE_PERMISSIVE || part->class == LICENCE_WEAK;
}

static gboolean
fits_terms (const Licence *part, const Terms *terms)
{
  if (terms->kind != OUTBOUND_OPEN_SOURCE)
    return part->class == LICENCE_PERMISSIVE || part->class == LICENCE_WEAK;
  for (guint i = 0; i < terms->n_licences; i++)
    if (!fits_into (part, &terms->licences[i]))
      return FALSE;
  return TRUE;
}

static Verdict
judge_copyleft (const Licence *licence, const Use *use)
{
  gboolean open = use->terms->kind == OUTBOUND_OPEN_SOURCE;
  gboolean network = licence->class == LICENCE_NETWORK && use->network_use;

  /* an unmodified program of its own is not a part of ours, and nothing is due for it */
  if (!use->joined && !(network && use->modified))
    return say (LEVEL_FINE, REASON_NONE);
  if (!use->distributed && !network)
    return say (LEVEL_FINE, REASON_NONE);
  if (fits_terms (licence, use->terms))
    return say (LEVEL_FINE, REASON_NONE);
  if (network)
    return say (LEVEL_CONFLICT, REASON_NETWORK);
  return say (LEVEL_CONFLICT, open ? REASON_MIX : REASON_STRONG);
}

/* One licence of a part against our terms; @data: how the part is used. */
Verdict
naru_it_licence_judge (const Licence *licence, gpointer data)
{
  const Use *use = data;
  gboolean ours = use->joined && use->distributed;
  gboolean commercial = use->terms->kind != OUTBOUND_NONCOMMERCIAL;

  switch (licence->class)
    {
    case LICENCE_PERMISSIVE:
    case LICENCE_WEAK:
      if (ours && !fits_terms (licence, use->terms))
        return say (LEVEL_CONFLICT, REASON_MIX);
      if (licence->class == LICENCE_WEAK && ours && (use->copied || use->modified) &&
          use->terms->kind != OUTBOUND_OPEN_SOURCE)
        return say (LEVEL_CAUTION, REASON_WEAK);
      break;
    case LICENCE_STRONG:
    case LICENCE_NETWORK:
      return judge_copyleft (licence, use);
    case LICENCE_NO_DERIVATIVES:
      if (use->modified && use->distributed)
        return say (LEVEL_CONFLICT, REASON_NO_DERIVATIVES);
      break;
    case LICENCE_FIELD:
      return say (LEVEL_CAUTION, REASON_FIELD);
    case LICENCE_NONCOMMERCIAL:
      if (commercial)
        return say (LEVEL_CONFLICT, REASON_NONCOMMERCIAL);
      break;
    }
  return say (LEVEL_FINE, REASON_NONE);
}

/* What is not said is the strictest case: an office learns of a conflict too early rather than too late. */
static Use
read_use (NaruJson *component, const Terms *terms, gboolean *complete)
{
  const char *linkage = naru_json_find_text (component, "/linkage");
  NaruAnswer distributed = naru_json_find_answer (component, "/distributed");
  NaruAnswer network = naru_json_find_answer (component, "/network_use");
  NaruAnswer modified = naru_json_find_answer (component, "/modified");
  gboolean apart = g_strcmp0 (linkage, "separate") == 0 || g_strcmp0 (linkage, "tool") == 0;

  *complete = linkage != NULL && distributed != NARU_ANSWER_NONE && network != NARU_ANSWER_NONE &&
              modified != NARU_ANSWER_NONE;
  return (Use){
    .terms = terms,
    .joined = !apart,
    .copied = !apart && g_strcmp0 (linkage, "dynamic") != 0,
    .distributed = distributed != NARU_ANSWER_NO,
    .network_use = network != NARU_ANSWER_NO,
    .modified = modified != NARU_ANSWER_NO,
  };
}

/* Gathers the licences of our own terms; one that is not known makes the expression a conflict. */
static Verdict
gather_licence (const Licence *licence, gpointer data)
{
  Terms *terms = data;

  if (terms->n_licences == MAX_OUTBOUND_LICENCES)
    return say (LEVEL_CONFLICT, REASON_UNREADABLE);
  terms->licences[terms->n_licences++] = *licence;
  return say (LEVEL_FINE, REASON_NONE);
}

static gboolean
read_terms (NaruJson *deal, Terms *terms)
{
  const char *outbound = naru_json_find_text (deal, "/it/outbound");

  *terms = (Terms){ .kind = OUTBOUND_PROPRIETARY };
  if (g_strcmp0 (outbound, "non-commercial") == 0)
    terms->kind = OUTBOUND_NONCOMMERCIAL;
  if (g_strcmp0 (outbound, "open-source") != 0)
    return outbound != NULL;

  terms->kind = OUTBOUND_OPEN_SOURCE;
  terms->spdx = naru_json_find_text (deal, "/it/outbound_spdx");
  return terms->spdx != NULL &&
         naru_it_expression_judge (terms->spdx, gather_licence, terms).level == LEVEL_FINE;
}

static void
refuse_terms (NaruReport *report, const Terms *terms)
{
  if (terms->kind != OUTBOUND_OPEN_SOURCE)
    naru_report_refuse_format (
        report, "/it/outbound",
        "It is not said on which terms we hand it out (closed, open source, research only).",
        "제공 조건(비공개 상용, 오픈소스, 연구용)이 입력되지 않았습니다.");
  else if (terms->spdx == NULL)
    naru_report_refuse_format (report, "/it/outbound_spdx",
                               "It is not said under which open-source licence we publish.",
                               "어떤 오픈소스 라이선스로 공개하는지 입력되지 않았습니다.");
  else
    naru_report_refuse_format (report, "/it/outbound_spdx",
                               "Our licence “%s” is not an SPDX expression of known licences.",
                               "공개 라이선스 ‘%s’: 확인된 SPDX 표기가 아닙니다.", terms->spdx);
}

/* The strictest case was taken for these reasons alone. */
static gboolean
depends_on_use (Reason reason)
{
  return reason == REASON_WEAK || reason == REASON_STRONG || reason == REASON_NETWORK ||
         reason == REASON_MIX || reason == REASON_NO_DERIVATIVES;
}

/* "readline 8.2 (GPL-3.0-only)", "#4" where it has no name */
static char *
make_subject (NaruJson *component, guint index, const Verdict *verdict)
{
  const char *name = naru_json_find_text (component, "/name");

  if (name == NULL)
    name = naru_json_find_text (component, "/purl");
  g_autofree char *place = name != NULL ? g_strdup (name) : g_strdup_printf ("#%u", index + 1);
  if (verdict->length == 0)
    return g_steal_pointer (&place);
  return g_strdup_printf ("%s (%.*s)", place, (int) verdict->length, verdict->word);
}

/* Asks for what the strictest case was taken for. */
static void
ask_use (NaruReport *report, NaruJson *component, guint index)
{
  static const char *const members[] = { "linkage", "distributed", "network_use", "modified" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (naru_json_get (component, members[i]) == NULL)
      {
        g_autofree char *field = g_strdup_printf ("/it/components/%u/%s", index, members[i]);
        naru_report_ask (report, field);
      }
}

static void
refuse_component (NaruReport *report, NaruJson *component, guint index, const Terms *terms,
                  const Verdict *verdict, gboolean complete)
{
  g_autofree char *field = g_strdup_printf ("/it/components/%u/spdx", index);
  g_autofree char *subject = make_subject (component, index, verdict);
  g_autofree char *ours =
      verdict->reason == REASON_MIX ? g_strdup_printf (" (%s)", terms->spdx) : g_strdup ("");
  gboolean strict = !complete && depends_on_use (verdict->reason);
  const char *strict_en = "";
  const char *strict_ko = "";

  if (strict)
    {
      strict_en =
          " How it is used is not stated in full, so the strictest case is taken: give linkage, distributed, "
          "network_use and modified.";
      strict_ko =
          " 이용 방식이 다 입력되지 않아 가장 엄격하게 판단했습니다. 결합 방식, 배포, 네트워크 제공, 수정 "
          "여부를 입력하십시오.";
    }
  g_autofree char *en = g_strdup_printf ("%s: %s%s; %s.%s", subject, words[verdict->reason].why_en, ours,
                                         words[verdict->reason].cure_en, strict_en);
  g_autofree char *ko = g_strdup_printf ("%s: %s%s. %s.%s", subject, words[verdict->reason].why_ko, ours,
                                         words[verdict->reason].cure_ko, strict_ko);
  naru_report_refuse (report, field, en, ko);
  if (strict)
    ask_use (report, component, index);
}

/* Names every component at @level; TRUE when there was one. */
static gboolean
judge_components (NaruJson *deal, const Terms *terms, Level level, NaruReport *report)
{
  NaruJson *components = naru_json_get_pointer (deal, "/it/components");
  guint n = naru_json_get_size (components);
  guint found = 0;

  for (guint i = 0; i < n; i++)
    {
      NaruJson *component = naru_json_get_element (components, i);
      const char *spdx = naru_json_find_text (component, "/spdx");
      gboolean complete;
      Use use = read_use (component, terms, &complete);
      /* who has a permission of his own does not need the public licence */
      if (naru_json_find_text (component, "/permission") != NULL)
        continue;
      Verdict verdict = { .level = LEVEL_CONFLICT, .reason = REASON_UNSAID };
      if (spdx != NULL && !g_str_equal (spdx, "NOASSERTION") && !g_str_equal (spdx, "NONE"))
        verdict = naru_it_expression_judge (spdx, naru_it_licence_judge, &use);
      if (verdict.level == level && ++found <= MAX_NAMED)
        refuse_component (report, component, i, terms, &verdict, complete);
    }
  if (found > MAX_NAMED)
    naru_report_refuse_format (report, "/it/components", "The same is true of %u more components.",
                               "그 밖에 구성요소 %u개도 마찬가지입니다.", found - MAX_NAMED);
  return found > 0;
}

void
naru_it_check_licence_conflicts (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  guint n = naru_json_get_size (naru_json_get_pointer (deal, "/it/components"));
  Terms terms;

  if (n == 0 && naru_json_find_answer (deal, "/it/third_party_code") == NARU_ANSWER_NO)
    {
      naru_report_accept (report);
      return;
    }
  if (n == 0)
    {
      naru_report_refuse_format (
          report, "/it/components",
          "The third-party components and their licences are not listed; where there are none, say so "
          "in third_party_code.",
          "외부 구성요소와 라이선스 목록이 없습니다. 외부 코드가 없다면 ‘외부 코드·모델 포함 여부’를 "
          "아니요로 입력하십시오.");
      return;
    }
  if (!read_terms (deal, &terms))
    refuse_terms (report, &terms);
  else if (!judge_components (deal, &terms, LEVEL_CONFLICT, report))
    naru_report_accept (report);
}

void
naru_it_check_licence_cautions (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  Terms terms;

  /* terms that are not given are the other rule's fault; what needs care is the same for most of them */
  if (!read_terms (deal, &terms) && terms.kind == OUTBOUND_OPEN_SOURCE)
    terms.n_licences = 0;
  if (!judge_components (deal, &terms, LEVEL_CAUTION, report))
    naru_report_accept (report);
}
