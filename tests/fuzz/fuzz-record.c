/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

/* A record of any type: "deal", its JSON, and an assignment as a person types it. */

static void
check_keys (NaruRecordType *type, NaruJson *json)
{
  g_autoptr (GPtrArray) keys = naru_record_type_list_keys (type, json, 0);
  g_autoptr (GPtrArray) references = naru_record_type_list_references (type, json);
  g_autoptr (GVariant) card = g_variant_ref_sink (naru_record_type_make_card (type, json, 0));

  g_assert_true (g_variant_is_normal_form (card));
  for (guint i = 0; i < keys->len; i++)
    {
      const NaruIndexKey *key = g_ptr_array_index (keys, i);
      g_assert_nonnull (key->index);
      g_assert_true (g_utf8_validate (key->value, -1, NULL));
    }
  for (guint i = 0; i < references->len; i++)
    {
      const NaruReference *reference = g_ptr_array_index (references, i);
      g_assert_nonnull (naru_json_get_pointer (json, reference->pointer));
    }
}

static void
check_findings (NaruRecordType *type, GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (findings, i);
      naru_record_type_describe_for (type, finding, "MGK-2026-00001");
      g_autoptr (NaruJson) json = naru_finding_to_json (finding);
      g_autofree char *line = naru_json_to_line (json);
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
}

static void
check_record (NaruRecordType *type, NaruJson *json)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autoptr (GError) error = NULL;

  if (!naru_record_type_normalize (type, json, &error))
    {
      fuzz_check_error (error);
      return;
    }
  naru_record_type_apply_defaults (type, json);
  g_autofree char *before = naru_json_to_text (json, NULL);
  gboolean valid = naru_record_type_validate (type, json, findings);
  g_assert_cmpint (valid, ==, findings->len == 0);
  check_findings (type, findings);
  check_keys (type, json);
  /* looking changes nothing, and normalizing twice is the same as once */
  g_assert_true (naru_record_type_normalize (type, json, &error));
  g_autofree char *after = naru_json_to_text (json, NULL);
  g_assert_cmpstr (before, ==, after);
}

static void
check_value (NaruRecordType *type, const char *text)
{
  const char *equals = strchr (text, '=');
  g_autofree char *pointer = equals != NULL ? g_strndup (text, (gsize) (equals - text)) : NULL;
  const NaruField *field = pointer != NULL ? naru_record_type_find_field (type, pointer) : NULL;
  g_autoptr (GError) error = NULL;

  if (pointer != NULL && field == NULL)
    {
      g_autofree char *suggestion = naru_record_type_suggest_field (type, pointer);
      g_autofree char *label = naru_record_type_get_label (type, pointer);
      return;
    }
  if (field == NULL)
    return;
  g_autoptr (NaruJson) value = naru_record_type_parse_value (type, field, equals + 1, &error);
  if (value == NULL)
    fuzz_check_error (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 3);
  NaruRecordType *type = naru_types_get (fuzz_get_types (), fuzz_part (parts, 0)->text, NULL);
  const FuzzPart *text = fuzz_part (parts, 1);
  g_autoptr (GError) error = NULL;

  if (type == NULL)
    return 0;
  if (g_utf8_validate (fuzz_part (parts, 2)->text, -1, NULL))
    check_value (type, fuzz_part (parts, 2)->text);
  g_autoptr (NaruJson) json = naru_json_parse (text->text, (gssize) text->size, 0, &error);
  if (json == NULL || naru_json_get_kind (json) != NARU_JSON_OBJECT)
    return 0;
  check_record (type, json);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (json);
  g_autoptr (NaruRecord) record =
      naru_record_new_from_bytes (naru_record_type_get_name (type), "MGK-2026-00001", bytes, &error);
  if (record != NULL)
    g_assert_true (g_bytes_equal (naru_record_get_bytes (record), bytes));
  return 0;
}
