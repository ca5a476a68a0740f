/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-rules.h"

/* A pipeline as an office or a history brings it: refused in words, or whole; then a deal before its gates.
 */

static void
check_whole (NaruPipeline *self)
{
  g_assert_nonnull (naru_pipeline_get_id (self));
  g_assert_nonnull (naru_pipeline_get_initial (self));
  for (guint i = 0; i < naru_pipeline_get_n_stages (self); i++)
    {
      const NaruStage *stage = naru_pipeline_get_stage (self, i);
      g_auto (GStrv) targets = naru_pipeline_list_targets (self, stage->id);
      g_assert_true (naru_pipeline_find_stage (self, stage->id) == stage);
      for (guint j = 0; targets[j] != NULL; j++)
        {
          g_assert_nonnull (naru_pipeline_find_transition (self, stage->id, targets[j]));
          g_assert_nonnull (naru_pipeline_find_stage (self, targets[j]));
        }
    }
}

static void
check_text (NaruPipeline *self)
{
  g_autofree char *text = naru_pipeline_to_text (self);
  g_autofree char *digest = naru_pipeline_get_digest (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPipeline) again = naru_pipeline_from_text (text, "fuzz", &error);

  g_assert_no_error (error);
  g_autofree char *same = naru_pipeline_get_digest (again);
  g_assert_cmpstr (digest, ==, same);
  g_assert_true (naru_json_equal (naru_pipeline_get_json (self), naru_pipeline_get_json (again)));
}

static void
check_reviews (NaruPipeline *self, NaruJson *deal)
{
  NaruRecordType *type = naru_types_get (fuzz_get_types (), naru_pipeline_get_record_type (self), NULL);
  g_autoptr (NaruRecord) record = naru_record_new ("deal", "MGK-2026-00001", deal, NULL);
  const char *stage = naru_json_get_string (deal, "stage");
  g_auto (GStrv) targets = stage != NULL ? naru_pipeline_list_targets (self, stage) : NULL;

  if (record == NULL || type == NULL)
    return;
  g_autoptr (NaruCase) subject =
      naru_case_new (type, record, naru_date_new (2026, 11, 22), "MGK-PER-2026-00001");
  naru_case_set_types (subject, fuzz_get_types ());
  for (guint i = 0; targets != NULL && targets[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruReview) review = naru_review_judge (self, NULL, subject, targets[i], &error);
      if (review == NULL)
        {
          fuzz_check_error (error);
          continue;
        }
      g_autoptr (NaruJson) json = naru_review_to_json (review);
      g_auto (GStrv) verdicts = naru_review_list_verdicts (review);
      g_autofree char *line = naru_json_to_line (json);
      g_assert_nonnull (verdicts);
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 2);
  const FuzzPart *first = fuzz_part (parts, 0), *second = fuzz_part (parts, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (first->text, (gssize) first->size, 0, NULL);
  g_autoptr (NaruJson) deal = naru_json_parse (second->text, (gssize) second->size, 0, NULL);
  g_autoptr (NaruPipeline) pipeline = json != NULL ? naru_pipeline_new (json, "fuzz", &error) : NULL;

  if (json != NULL && pipeline == NULL)
    fuzz_check_error (error);
  if (pipeline == NULL)
    return 0;
  check_whole (pipeline);
  check_text (pipeline);
  if (!naru_pipeline_check_types (pipeline, fuzz_get_types (), &error))
    {
      fuzz_check_error (error);
      return 0;
    }
  if (deal != NULL && naru_json_get_kind (deal) == NARU_JSON_OBJECT)
    check_reviews (pipeline, deal);
  return 0;
}
