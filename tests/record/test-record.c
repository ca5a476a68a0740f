/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record-fixture.h"

#define ID "MGK-2026-00442"

static void
test_revision_is_blob_id (void)
{
  /* the id that git hash-object gives these bytes */
  static const char canonical[] = "{\n  \"a\": \"\xea\xb0\x80\",\n  \"b\": 1\n}\n";
  g_autoptr (NaruJson) json = parse ("{\"b\":1,\"a\":\"\xea\xb0\x80\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruRecord) record = naru_record_new ("deal", ID, json, &error);
  g_autoptr (NaruRecord) again = NULL;
  gsize size = 0;
  const char *bytes = NULL;

  g_assert_no_error (error);
  bytes = g_bytes_get_data (naru_record_get_bytes (record), &size);
  g_assert_cmpmem (bytes, size, canonical, strlen (canonical));
  g_assert_cmpstr (naru_record_get_revision (record), ==, "b04774a9a0232a2246bd97a77d5aab116644739d");
  g_assert_cmpstr (naru_record_get_type_name (record), ==, "deal");
  g_assert_cmpstr (naru_record_get_id (record), ==, ID);
  g_assert_true (naru_record_get_json (record) == json);

  again = naru_record_new_from_bytes ("deal", ID, naru_record_get_bytes (record), &error);
  g_assert_no_error (error);
  g_assert_true (naru_oid_equal (naru_record_get_oid (again), naru_record_get_oid (record)));
  g_assert_true (naru_json_equal (naru_record_get_json (again), json));
}

static void
test_bad_names (void)
{
  static const struct
  {
    const char *type;
    const char *id;
  } cases[] = {
    { "deal", "../x" }, { "deal", "" },    { "Deal", ID }, { "", ID },
    { "a/b", ID },      { "../deal", ID }, { "-x", ID },
  };
  g_autoptr (NaruJson) json = parse ("{}");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_record_new (cases[i].type, cases[i].id, json, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
    }
}

static void
test_not_an_object (void)
{
  g_autoptr (NaruJson) json = parse ("[]");
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_record_new ("deal", ID, json, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

static void
test_damaged_bytes (void)
{
  static const char *const cases[] = { "", "{", "{}x", "{\"a\":1,\"a\":2}", "{\"a\":1.5}", "[]", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (cases[i], strlen (cases[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_record_new_from_bytes ("deal", ID, bytes, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
    }
}

/* The bound holds for the canonical bytes: exactly 1 MiB is the last that passes. */
static void
test_size (void)
{
  gsize frame = strlen ("{\n  \"a\": \"\"\n}\n");
  gsize fill = NARU_JSON_MAX_SIZE - frame;
  g_autofree char *text = g_strnfill (fill + 1, 'x');
  g_autoptr (NaruJson) json = naru_json_new_object ();
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  naru_json_set_string (json, "a", text);
  g_assert_null (naru_record_new ("deal", ID, json, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  g_clear_error (&error);

  text[fill] = '\0';
  naru_json_set_string (json, "a", text);
  record = naru_record_new ("deal", ID, json, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (naru_record_get_bytes (record)), ==, NARU_JSON_MAX_SIZE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/record/revision-is-blob-id", test_revision_is_blob_id);
  g_test_add_func ("/record/bad-names", test_bad_names);
  g_test_add_func ("/record/not-an-object", test_not_an_object);
  g_test_add_func ("/record/damaged-bytes", test_damaged_bytes);
  g_test_add_func ("/record/size", test_size);
  return g_test_run ();
}
