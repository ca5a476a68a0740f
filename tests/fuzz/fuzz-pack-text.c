/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-rules.h"

/* A pack and a pipeline as the store keeps them, in texts with seals: a damaged store may hold anything. */

static void
check_pack (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruRulePack) pack = naru_rule_pack_from_text (g_strdup (text), "fuzz", &error);

  if (pack == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  for (guint i = 0; i < naru_rule_pack_get_n_rules (pack); i++)
    naru_rule_pack_get_rule (pack, i);
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (NaruJson) deal = naru_json_parse ("{\"title\": \"x\", \"stage\": \"idea\"}", -1, 0, NULL);
  g_autoptr (NaruRecord) record = naru_record_new ("deal", "MGK-2026-00001", deal, NULL);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  NaruRecordType *type = naru_types_get (fuzz_get_types (), "deal", NULL);
  g_autoptr (NaruCase) subject =
      naru_case_new (type, record, naru_date_new (2026, 11, 22), "MGK-PER-2026-00001");
  naru_case_set_types (subject, fuzz_get_types ());
  naru_rule_book_add_adopted (book, pack, 0);
  naru_rule_book_judge (book, subject, "idea", "disclosure", findings);
}

static void
check_pipeline (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPipeline) pipeline = naru_pipeline_from_text (text, "fuzz", &error);

  if (pipeline == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_assert_nonnull (naru_pipeline_get_initial (pipeline));
  g_autofree char *digest = naru_pipeline_get_digest (pipeline);
  g_assert_cmpuint (strlen (digest), ==, 2 * NARU_DIGEST_SIZE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  check_pack (text);
  check_pipeline (text);
  return 0;
}
