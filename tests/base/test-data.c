/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

static void
test_path (void)
{
  g_autofree char *before = g_strdup (g_getenv ("NARU_DATA_DIR"));
  g_autofree char *named = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *installed = NULL;

  g_setenv ("NARU_DATA_DIR", "/data", TRUE);
  named = naru_data_get_path ("schemas", "deal.json");
  folder = naru_data_get_path ("share/pipelines", NULL);
  g_assert_cmpstr (named, ==, "/data/schemas/deal.json");
  g_assert_cmpstr (folder, ==, "/data/share/pipelines");

  g_setenv ("NARU_DATA_DIR", "", TRUE);
  installed = naru_data_get_path ("schemas", "deal.json");
  g_assert_true (g_path_is_absolute (installed));
  g_assert_true (g_str_has_suffix (installed, "/naru/schemas/deal.json"));
  g_setenv ("NARU_DATA_DIR", before, TRUE);
}

static void
test_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_data_load ("share/calendars", "KR.json", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (json, "code"), ==, "KR");
  g_assert_null (naru_data_load ("share/calendars", "none.json", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "none.json"));
}

static void
test_list (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = naru_data_list ("share/calendars", &error);

  g_assert_no_error (error);
  g_assert_true (g_strv_contains ((const char *const *) names, "KR.json"));
  for (guint i = 1; names[i] != NULL; i++)
    g_assert_cmpstr (names[i - 1], <, names[i]);
  g_assert_null (naru_data_list ("no/such/folder", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_assert_nonnull (naru_error_get_cure (error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/data/path", test_path);
  g_test_add_func ("/data/load", test_load);
  g_test_add_func ("/data/list", test_list);
  return g_test_run ();
}
