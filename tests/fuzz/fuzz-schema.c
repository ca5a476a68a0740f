/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

/* A JSON Schema that a pack or an office brings, and a value to judge by it: one verdict, and the same one
 * whether it is only asked for or explained. */

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 2);
  const FuzzPart *first = fuzz_part (parts, 0), *second = fuzz_part (parts, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (first->text, (gssize) first->size, 0, NULL);
  g_autoptr (NaruJson) instance = naru_json_parse (second->text, (gssize) second->size, 0, NULL);
  g_autoptr (NaruSchema) schema = json != NULL ? naru_schema_new (json, "fuzz", &error) : NULL;
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  if (json != NULL && schema == NULL)
    fuzz_check_error (error);
  if (schema == NULL || instance == NULL)
    return 0;
  gboolean valid = naru_schema_validate (schema, instance, findings);
  g_assert_cmpint (valid, ==, findings->len == 0);
  g_assert_cmpint (valid, ==, naru_schema_validate (schema, instance, NULL));
  for (guint i = 0; i < findings->len; i++)
    {
      g_autoptr (NaruJson) finding = naru_finding_to_json (g_ptr_array_index (findings, i));
      g_autofree char *line = naru_json_to_line (finding);
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
  return 0;
}
