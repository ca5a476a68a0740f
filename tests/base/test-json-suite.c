/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs JSONTestSuite (github.com/nst/JSONTestSuite) where its files are at hand; share/doc/JSON.md states the
 * policy. */
#include "naru-base.h"

/* Valid JSON that we refuse; all else that is valid is accepted. */
static const char *const refused[] = {
  /* a fraction or an exponent */
  "y_number.json",
  "y_number_0e+1.json",
  "y_number_0e1.json",
  "y_number_double_close_to_zero.json",
  "y_number_int_with_exp.json",
  "y_number_real_capital_e.json",
  "y_number_real_capital_e_neg_exp.json",
  "y_number_real_capital_e_pos_exp.json",
  "y_number_real_exponent.json",
  "y_number_real_fraction_exponent.json",
  "y_number_real_neg_exp.json",
  "y_number_real_pos_exponent.json",
  "y_number_simple_real.json",
  "y_object_extreme_numbers.json",
  "y_structure_lonely_negative_real.json",
  /* NUL, and a name that occurs twice */
  "y_object_duplicated_key.json",
  "y_object_duplicated_key_and_value.json",
  "y_object_escaped_null_in_key.json",
  "y_string_null_escape.json",
  NULL,
};

static char *
find_suite (void)
{
  const char *data = g_getenv ("NARU_REAL_DATA");
  const char *source = g_getenv ("NARU_DATA_DIR");
  g_autofree char *folder = NULL;

  if (data == NULL && source == NULL)
    return NULL;
  folder = data != NULL ? g_build_filename (data, "suites", "JSONTestSuite", NULL)
                        : g_build_filename (source, "..", "shared", "data", "suites", "JSONTestSuite", NULL);
  return g_file_test (folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&folder) : NULL;
}

/* Whether the text was accepted; what was refused must say why and where, what was accepted must survive a
 * round. */
static gboolean
try_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) again = NULL;
  g_autoptr (NaruJson) json = naru_json_parse_file (path, 0, &error);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (json == NULL)
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == NARU_ERROR);
      g_assert_nonnull (naru_error_get_cure (error));
      g_assert_cmpint (naru_error_get_line (error), >, 0);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return FALSE;
    }
  text = naru_json_to_text (json, &length);
  again = naru_json_parse (text, (gssize) length, 0, NULL);
  g_assert_true (naru_json_equal (json, again));
  return TRUE;
}

static void
test_parsing (void)
{
  g_autofree char *suite = find_suite ();
  g_autofree char *folder = suite != NULL ? g_build_filename (suite, "test_parsing", NULL) : NULL;
  g_autoptr (GDir) directory = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name = NULL;
  guint count = 0, wrong = 0;

  if (directory == NULL)
    {
      g_test_skip ("JSONTestSuite is not at hand");
      return;
    }
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      /* what the standard leaves open ("i") is refused: too large numbers, half surrogates, UTF-16, great
       * depth */
      gboolean expected = name[0] == 'y' && !g_strv_contains (refused, name);
      gboolean found = try_file (path);
      count++;
      if (found == expected)
        continue;
      g_test_message ("%s was %s", name, found ? "accepted" : "refused");
      wrong++;
    }
  g_assert_cmpuint (count, ==, 318);
  g_assert_cmpuint (wrong, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/json-suite/parsing", test_parsing);
  return g_test_run ();
}
