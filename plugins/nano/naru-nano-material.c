/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-nano-private.h"

#include <string.h>

/* From this many open properties on, the material is not known well enough to evaluate it. A proposal for the
 * work of an office, no law. */
#define TOO_MANY_OPEN 3

const Property naru_nano_properties[N_PROPERTIES] = {
  { "size-distribution", "size distribution", "입도 분포" },
  { "agglomeration", "agglomeration", "응집 상태" },
  { "shape", "shape", "형상" },
  { "surface-area", "specific surface area", "비표면적" },
  { "composition", "composition", "조성·순도" },
  { "surface-chemistry", "surface chemistry", "표면 화학·코팅" },
  { "surface-charge", "surface charge", "표면 전하" },
  { "solubility", "solubility and dispersibility", "용해도·분산성" },
};

/* What makes a measurement one that others can repeat. */
static const struct
{
  const char *member;
  const char *en;
  const char *ko;
} parts[] = {
  { "/method", "method", "분석 방법" },
  { "/instrument", "instrument", "분석 장비" },
  { "/medium", "medium", "매질" },
  { "/uncertainty", "uncertainty", "불확도" },
};

void
naru_nano_list_word (GString *list, const char *word)
{
  if (list->len > 0)
    g_string_append (list, ", ");
  g_string_append (list, word);
}

static gboolean
is_repeatable (NaruJson *measurement)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (naru_json_find_text (measurement, parts[i].member) == NULL)
      return FALSE;
  return TRUE;
}

/* The number of the measurement that tells most of @property: one that is complete, else the first; -1: none.
 */
static int
find_measurement (NaruJson *deal, const char *property, gboolean *complete)
{
  NaruJson *list = naru_json_get_pointer (deal, "/nano/characterisation");
  guint n = naru_json_get_size (list);
  int first = -1;

  *complete = FALSE;
  for (guint i = 0; i < n && !*complete; i++)
    {
      NaruJson *measurement = naru_json_get_element (list, i);
      if (g_strcmp0 (naru_json_find_text (measurement, "/property"), property) != 0)
        continue;
      *complete = is_repeatable (measurement);
      if (first < 0 || *complete)
        first = (int) i;
    }
  return first;
}

gboolean
naru_nano_is_complete (NaruJson *deal, const char *property)
{
  gboolean complete;

  find_measurement (deal, property, &complete);
  return complete;
}

/* Says what the measurement lacks; the first place goes with the sentence, the others are named beside it. */
static void
refuse_measurement (NaruJson *deal, const Property *property, int index, NaruReport *report)
{
  NaruJson *list = naru_json_get_pointer (deal, "/nano/characterisation");
  NaruJson *measurement = naru_json_get_element (list, (guint) index);
  g_autoptr (GString) en = g_string_new (NULL);
  g_autoptr (GString) ko = g_string_new (NULL);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (naru_json_find_text (measurement, parts[i].member) == NULL)
      {
        naru_nano_list_word (en, parts[i].en);
        naru_nano_list_word (ko, parts[i].ko);
        g_ptr_array_add (fields, g_strdup_printf ("/nano/characterisation/%d%s", index, parts[i].member));
      }
  g_autofree char *sentence_en = g_strdup_printf ("The %s lacks: %s.", property->en, en->str);
  g_autofree char *sentence_ko = g_strdup_printf ("%s: %s 항목이 없습니다.", property->ko, ko->str);
  naru_report_refuse (report, g_ptr_array_index (fields, 0), sentence_en, sentence_ko);
  for (guint i = 1; i < fields->len; i++)
    naru_report_ask (report, g_ptr_array_index (fields, i));
}

void
naru_nano_check_characterisation_gaps (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  g_autoptr (GString) en = g_string_new (NULL);
  g_autoptr (GString) ko = g_string_new (NULL);
  guint open = 0;

  for (guint i = 0; i < N_PROPERTIES; i++)
    {
      const Property *property = &naru_nano_properties[i];
      gboolean complete;
      int index = find_measurement (deal, property->id, &complete);
      if (complete)
        continue;
      open++;
      if (index >= 0)
        {
          refuse_measurement (deal, property, index, report);
          continue;
        }
      naru_nano_list_word (en, property->en);
      naru_nano_list_word (ko, property->ko);
    }
  if (en->len > 0)
    {
      g_autofree char *sentence_en = g_strdup_printf ("Not characterised: %s.", en->str);
      g_autofree char *sentence_ko = g_strdup_printf ("분석되지 않은 물성: %s.", ko->str);
      naru_report_refuse (report, "/nano/characterisation", sentence_en, sentence_ko);
    }
  if (open == 0)
    naru_report_accept (report);
}

void
naru_nano_check_characterisation_minimum (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  guint open = 0;

  for (guint i = 0; i < N_PROPERTIES; i++)
    if (!naru_nano_is_complete (deal, naru_nano_properties[i].id))
      open++;
  if (open < TOO_MANY_OPEN)
    naru_report_accept (report);
  else
    naru_report_refuse_format (
        report, "/nano/characterisation",
        "%u of %d properties are not characterised completely; at most %d may be open.",
        "%2$d개 물성 중 %1$u개의 분석이 완전하지 않습니다. 미완은 %3$d개까지 허용됩니다.", open, N_PROPERTIES,
        TOO_MANY_OPEN - 1);
}

/* ISO 80004-1: from about 1 nm to 100 nm */
void
naru_nano_check_definition (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  gboolean object = g_strcmp0 (naru_json_find_text (deal, "/nano/kind"), "nano-object") == 0;
  NaruJson *dimensions = naru_json_get_pointer (deal, "/nano/nano_dimensions");
  gboolean refused = FALSE;
  NaruDecimal size;

  if (!naru_nano_get_decimal (deal, "/nano/smallest_nm", &size))
    {
      naru_report_refuse_format (report, "/nano/smallest_nm", "The smallest dimension is not given.",
                                 "최소 치수가 입력되지 않았습니다.");
      refused = TRUE;
    }
  else if (naru_nano_compare (&size, "1") < 0 || naru_nano_compare (&size, "100") > 0)
    {
      naru_report_refuse_format (report, "/nano/smallest_nm",
                                 "The smallest dimension is %s nm; a nanomaterial has 1 to 100 nm.",
                                 "최소 치수가 %s nm입니다. 나노물질은 1~100 nm입니다.",
                                 naru_json_find_text (deal, "/nano/smallest_nm"));
      refused = TRUE;
    }
  if (object && (dimensions == NULL || naru_json_as_integer (dimensions) < 1))
    {
      naru_report_refuse_format (report, "/nano/nano_dimensions",
                                 "A nano-object has one to three external dimensions of 1 to 100 nm.",
                                 "나노물체는 1~100 nm인 외부 치수가 1~3개여야 합니다.");
      refused = TRUE;
    }
  if (!refused)
    naru_report_accept (report);
}

/* Recommendation 2022/C 229/01: solid particles, half of them by number */
void
naru_nano_check_eu_number_fraction (NaruSubject *subject, NaruReport *report)
{
  const char *field = "/nano/eu/number_fraction";
  NaruJson *deal = naru_subject_get_json (subject);
  const char *text = naru_json_find_text (deal, field);
  NaruAnswer solid = naru_json_find_answer (deal, "/nano/eu/solid");
  gboolean always = naru_json_find_answer (deal, "/nano/eu/always_nano") == NARU_ANSWER_YES;
  NaruDecimal fraction = { 0 };

  if (solid == NARU_ANSWER_NONE)
    {
      naru_report_ask (report, "/nano/eu/solid");
      return;
    }
  if (solid == NARU_ANSWER_NO)
    {
      naru_report_skip (report);
      return;
    }
  if (!naru_nano_get_decimal (deal, field, &fraction) && !always)
    {
      naru_report_refuse_format (report, field,
                                 "The share of particles of 1 to 100 nm by number is not measured.",
                                 "1~100 nm 입자의 개수 비율이 측정되지 않았습니다.");
      return;
    }
  if (naru_nano_compare (&fraction, "0") < 0 || naru_nano_compare (&fraction, "100") > 0)
    naru_report_refuse_format (report, field, "A share of %s percent cannot be.",
                               "개수 비율 %s%%는 있을 수 없는 값입니다.", text);
  else if ((!always && naru_nano_compare (&fraction, "50") < 0) ||
           naru_json_find_answer (deal, "/nano/eu/declared_nano") == NARU_ANSWER_YES)
    naru_report_accept (report);
  else if (always)
    naru_report_refuse_format (
        report, "/nano/eu/declared_nano",
        "Fullerenes, graphene flakes and single-wall tubes are nanomaterials whatever their share; it is not "
        "declared as one.",
        "풀러렌·그래핀 플레이크·단일벽 탄소나노튜브는 비율과 무관하게 나노물질인데 신고되지 않았습니다.");
  else
    naru_report_refuse_format (
        report, "/nano/eu/declared_nano",
        "%s percent of the particles are of 1 to 100 nm (50 or more is nano), but it is not "
        "declared as nanomaterial.",
        "1~100 nm 입자가 %s%%(50%% 이상이면 나노물질)인데 나노물질로 신고되지 않았습니다.", text);
}
