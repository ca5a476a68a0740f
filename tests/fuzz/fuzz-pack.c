/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-gate-private.h"
#include "naru-rule-private.h"
#include "naru-rules.h"

/* A rule pack as a plugin's author or a history brings it, and a deal that it judges. */

static NaruTypes *
make_types (NaruJson *pack, GError **error)
{
  g_autoptr (NaruJson) extension = naru_json_new_object ();
  NaruJson *fields = naru_json_get (pack, "fields");
  NaruJson *titles = naru_json_get (pack, "sector_titles");

  naru_json_set (extension, "properties", fields != NULL ? naru_json_ref (fields) : naru_json_new_object ());
  if (titles != NULL)
    naru_json_set (extension, "sectors", naru_json_ref (titles));
  return naru_types_extend (fuzz_get_types (), "deal", extension, error);
}

static void
check_findings (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      g_autoptr (NaruJson) json = naru_finding_to_json (g_ptr_array_index (findings, i));
      g_autofree char *line = naru_json_to_line (json);
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
}

static char *
judge (NaruRulePack *pack, NaruTypes *types, NaruRecordType *type, NaruJson *deal)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autoptr (NaruRecord) record = naru_record_new ("deal", "MGK-2026-00001", deal, NULL);
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  if (record == NULL || !naru_rule_book_add (book, pack, &error))
    return g_string_free (text, FALSE);
  g_autoptr (NaruCase) subject =
      naru_case_new (type, record, naru_date_new (2026, 11, 22), "MGK-PER-2026-00001");
  naru_case_set_types (subject, types);
  const char *from = naru_json_get_string (deal, "stage");
  naru_rule_book_judge (book, subject, from != NULL ? from : "idea", "disclosure", findings);
  check_findings (findings);
  for (guint i = 0; i < findings->len; i++)
    g_string_append_printf (text, "%s=%s ", naru_finding_get_rule (g_ptr_array_index (findings, i)),
                            naru_status_to_string (
                                naru_finding_get_status (g_ptr_array_index (findings, i))));
  return g_string_free (text, FALSE);
}

/* As the store keeps it, whole and slim: the same pack, and the same verdicts. */
static void
check_texts (NaruRulePack *pack, NaruTypes *types, NaruRecordType *type, NaruJson *deal)
{
  g_autofree char *verdicts = judge (pack, types, type, deal);

  for (guint slim = 0; slim < 2; slim++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruRulePack) again =
          naru_rule_pack_from_text (naru_rule_pack_to_text (pack, slim != 0), "fuzz", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (naru_rule_pack_get_digest (again), ==, naru_rule_pack_get_digest (pack));
      g_assert_cmpuint (naru_rule_pack_get_n_rules (again), ==, naru_rule_pack_get_n_rules (pack));
      for (guint i = 0; slim != 0 && i < naru_rule_pack_get_n_rules (pack); i++)
        naru_rule_pack_set_line (again, naru_rule_pack_get_rule_id (pack, i),
                                 naru_rule_pack_to_line (pack, i));
      g_autofree char *same = judge (again, types, type, deal);
      g_assert_cmpstr (same, ==, verdicts);
    }
}

/* The words of “how to cure it” for all that the rules of the pack can ask for */
static void
check_remedies (NaruRulePack *pack, NaruRecordType *type)
{
  for (guint i = 0; i < naru_rule_pack_get_n_rules (pack); i++)
    {
      NaruJson *must = naru_json_get (naru_rule_pack_get_rule (pack, i), "must");
      guint n = 0;
      const NaruField *const *fields = naru_record_type_get_fields (type, &n);
      for (guint j = 0; must != NULL && j < n; j += 3)
        {
          if (fields[j]->pointer == NULL)
            continue;
          g_autofree char *text = naru_placeholder_for_field (type, must, fields[j]->pointer);
          g_autoptr (NaruJson) example = naru_placeholder_make_example (type, must, fields[j]->pointer);
          g_assert_true (g_utf8_validate (text, -1, NULL));
          g_assert_nonnull (example);
        }
    }
}

static void
check_pipeline (NaruRulePack *pack)
{
  static NaruPipeline *pipeline;
  NaruJson *brought = naru_json_get (naru_rule_pack_get_json (pack), "pipeline");
  g_autoptr (GError) error = NULL;

  if (pipeline == NULL)
    {
      g_autoptr (NaruJson) json = fuzz_load_json ("share/pipelines", "technology.json");
      pipeline = naru_pipeline_new (json, "technology.json", &error);
      g_assert_no_error (error);
    }
  g_autoptr (NaruPipeline) merged = naru_pipeline_exchange (pipeline, NULL, brought, "fuzz", &error);
  if (merged == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_autoptr (NaruPipeline) without = naru_pipeline_exchange (merged, brought, NULL, "fuzz", &error);
  g_assert_no_error (error);
  g_assert_true (naru_json_equal (naru_pipeline_get_json (without), naru_pipeline_get_json (pipeline)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 2);
  const FuzzPart *first = fuzz_part (parts, 0), *second = fuzz_part (parts, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (first->text, (gssize) first->size, 0, NULL);
  g_autoptr (NaruJson) deal = naru_json_parse (second->text, (gssize) second->size, 0, NULL);
  g_autoptr (NaruRulePack) pack = json != NULL ? naru_rule_pack_new (json, "fuzz", &error) : NULL;

  if (json != NULL && pack == NULL)
    fuzz_check_error (error);
  if (pack == NULL)
    return 0;
  check_pipeline (pack);
  g_autoptr (NaruTypes) types = make_types (json, &error);
  NaruRecordType *type = types != NULL ? naru_types_get (types, "deal", &error) : NULL;
  if (type == NULL || !naru_rule_pack_check_types (pack, types, &error))
    {
      fuzz_check_error (error);
      return 0;
    }
  if (deal != NULL && naru_json_get_kind (deal) == NARU_JSON_OBJECT)
    check_texts (pack, types, type, deal);
  check_remedies (pack, type);
  return 0;
}
