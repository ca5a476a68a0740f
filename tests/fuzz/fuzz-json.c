/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

/* Canonical JSON: what was read and written once is written the same for ever; a refusal names the place. */

static void
check_refusal (const GError *error, gsize size)
{
  fuzz_check_error (error);
  if (!g_error_matches (error, NARU_ERROR, NARU_ERROR_TOO_LARGE))
    g_assert_cmpint (naru_error_get_line (error), >=, 1);
  g_assert_cmpint (naru_error_get_line (error), <=, (gint64) size + 1);
  g_assert_nonnull (naru_error_get_cure (error));
}

static void
check_same (NaruJson *json, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) again = naru_json_parse (text, (gssize) length, 16 * NARU_JSON_MAX_SIZE, &error);
  gsize again_length = 0;

  g_assert_no_error (error);
  g_autofree char *again_text = naru_json_to_text (again, &again_length);
  g_autofree char *first_text = naru_json_to_text (json, NULL);
  g_assert_true (naru_json_equal (json, again));
  g_assert_cmpstr (first_text, ==, again_text);
  g_assert_cmpuint (strlen (again_text), ==, again_length);
}

/* What “set” does with a path that somebody typed */
static void
check_path (NaruJson *json, const char *path)
{
  g_autoptr (NaruJson) copy = naru_json_copy (json);
  g_autoptr (GError) error = NULL;

  naru_json_get_pointer (json, path);
  if (naru_json_set_path (copy, path, naru_json_new_string ("x"), &error))
    {
      g_autofree char *text = naru_json_to_text (copy, NULL);
      check_same (copy, text, strlen (text));
      g_assert_true (naru_json_remove_path (copy, path, &error));
      g_assert_no_error (error);
    }
  else
    fuzz_check_error (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 2);
  const FuzzPart *part = fuzz_part (parts, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (part->text, (gssize) part->size, 0, &error);
  gsize length = 0;

  if (json == NULL)
    {
      check_refusal (error, size);
      return 0;
    }
  g_assert_no_error (error);
  g_autofree char *text = naru_json_to_text (json, &length);
  g_autofree char *line = naru_json_to_line (json);
  g_autoptr (NaruJson) copy = naru_json_copy (json);
  g_assert_true (naru_json_equal (json, copy));
  g_assert_cmpint (text[length - 1], ==, '\n');
  check_same (json, text, length);
  check_same (json, line, strlen (line));
  if (naru_json_get_kind (json) == NARU_JSON_OBJECT && fuzz_part (parts, 1)->size > 0 &&
      g_utf8_validate (fuzz_part (parts, 1)->text, -1, NULL))
    check_path (json, fuzz_part (parts, 1)->text);
  return 0;
}
