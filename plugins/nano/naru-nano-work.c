/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-nano-private.h"

#define RUN_NEEDED 3 /* pilot batches in a row; a proposal for the work of an office, no law */

/* TRUE when the day at @field is missing or still to come. */
static gboolean
refuse_undone (NaruJson *deal, const char *field, NaruDate today, const char *what_en, const char *what_ko,
               NaruReport *report)
{
  NaruDate date;

  if (naru_json_find_date (deal, field, &date) && date <= today)
    return FALSE;
  g_autofree char *day = date != NARU_DATE_NONE ? naru_date_to_string (date) : NULL;
  g_autofree char *en = day != NULL ? g_strdup_printf ("The %s (%s) lies ahead.", what_en, day)
                                    : g_strdup_printf ("The %s is not recorded.", what_en);
  g_autofree char *ko = day != NULL ? g_strdup_printf ("%s(%s)이 아직 오지 않았습니다.", what_ko, day)
                                    : g_strdup_printf ("%s이 기록되지 않았습니다.", what_ko);
  naru_report_refuse (report, field, en, ko);
  return TRUE;
}

/* 연구실안전법 19: by the head of the laboratory, before the work starts, and reported */
void
naru_nano_check_hazard_analysis (NaruSubject *subject, NaruReport *report)
{
  const char *field = "/nano/lab/hazard_analysis_on";
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate today = naru_subject_get_today (subject);
  NaruDate start, analysed;
  gboolean started = naru_json_find_date (deal, "/nano/lab/work_starts_on", &start);
  gboolean refused =
      refuse_undone (deal, field, today, "day of the hazard analysis", "사전유해인자위험분석일", report);

  if (!started)
    naru_report_ask (report, "/nano/lab/work_starts_on");
  else if (!refused && naru_json_find_date (deal, field, &analysed) && analysed > start)
    {
      g_autofree char *start_day = naru_date_to_string (start);
      g_autofree char *analysed_day = naru_date_to_string (analysed);
      naru_report_refuse_format (report, field,
                                 "The work started on %s, but the hazards were analysed on %s only.",
                                 "연구 시작일(%s)보다 사전유해인자위험분석일(%s)이 늦습니다.", start_day,
                                 analysed_day);
      refused = TRUE;
    }
  refused = refuse_undone (deal, "/nano/lab/reported_on", today, "day of the report on it",
                           "분석 결과 보고일", report) ||
            refused;
  if (!refused && started)
    naru_report_accept (report);
}

static const struct
{
  const char *id;
  const char *en;
  const char *ko;
} measures[] = {
  { "inspection", "inspections", "안전점검" }, { "diagnosis", "precise diagnosis", "정밀안전진단" },
  { "training", "training", "안전교육" },      { "health-check", "health checks", "건강검진" },
  { "insurance", "insurance", "보험" },
};

void
naru_nano_check_lab_measures (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  g_autoptr (GString) en = g_string_new (NULL);
  g_autoptr (GString) ko = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    if (!naru_json_lists (naru_json_get_pointer (deal, "/nano/lab/measures"), measures[i].id))
      {
        naru_nano_list_word (en, measures[i].en);
        naru_nano_list_word (ko, measures[i].ko);
      }
  if (en->len == 0)
    {
      naru_report_accept (report);
      return;
    }
  g_autofree char *sentence_en = g_strdup_printf ("Not in place: %s.", en->str);
  g_autofree char *sentence_ko = g_strdup_printf ("이행되지 않은 사항: %s.", ko->str);
  naru_report_refuse (report, "/nano/lab/measures", sentence_en, sentence_ko);
}

/* A batch counts when its variation is known and it kept the specification. */
static gboolean
is_good (NaruJson *batch)
{
  NaruDecimal variation;

  return naru_json_find_answer (batch, "/in_spec") == NARU_ANSWER_YES &&
         naru_nano_get_decimal (batch, "/cv_percent", &variation) && naru_nano_compare (&variation, "0") >= 0;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* The longest run of good batches with numbers one after the other. A number that also failed does not count.
 */
static guint
find_longest_run (NaruJson *batches)
{
  g_autoptr (GArray) good = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) failed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint n = naru_json_get_size (batches);
  guint run = 0;
  guint longest = 0;

  for (guint i = 0; i < n; i++)
    {
      NaruJson *batch = naru_json_get_element (batches, i);
      gint64 number = naru_json_get_integer (batch, "number", 0);
      if (is_good (batch))
        g_array_append_val (good, number);
      else
        g_hash_table_add (failed, g_memdup2 (&number, sizeof number));
    }
  g_array_sort (good, compare_numbers);

  gint64 last = 0;
  for (guint i = 0; i < good->len; i++)
    {
      gint64 number = g_array_index (good, gint64, i);
      if (g_hash_table_contains (failed, &number) || (run > 0 && number == last))
        continue;
      run = run > 0 && number == last + 1 ? run + 1 : 1;
      longest = MAX (longest, run);
      last = number;
    }
  return longest;
}

void
naru_nano_check_pilot_batches (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  guint run = find_longest_run (naru_json_get_pointer (deal, "/nano/pilot/batches"));
  gboolean refused = FALSE;
  NaruDecimal factor;

  if (run < RUN_NEEDED)
    {
      naru_report_refuse_format (
          report, "/nano/pilot/batches",
          "%u of %d consecutive pilot batches are within the specification with their variation (CV) given.",
          "규격을 충족하고 변동계수(CV)가 기록된 연속 파일럿 배치가 %u회입니다(%d회 필요).", run, RUN_NEEDED);
      refused = TRUE;
    }
  if (!naru_nano_get_decimal (deal, "/nano/pilot/scale_factor", &factor) ||
      naru_nano_compare (&factor, "0") <= 0)
    {
      naru_report_refuse_format (report, "/nano/pilot/scale_factor",
                                 "The scale factor from the laboratory batch is not declared.",
                                 "실험실 대비 스케일 배율이 없습니다.");
      refused = TRUE;
    }
  if (!refused)
    naru_report_accept (report);
}
