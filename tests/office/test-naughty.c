/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "office-fixture.h"

#include <string.h>

/*
 * The Big List of Naughty Strings as titles: each survives create, show, list, search, git and back byte for
 * byte, after NFC; what the text rules forbid is refused with the field's name, and leaves nothing behind.
 */

static char *
blns_file (void)
{
  const char *folder = g_getenv ("NARU_REAL_DATA");

  if (folder != NULL)
    return g_build_filename (folder, "suites", "blns", "blns.json", NULL);
  return g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "data", "suites", "blns", "blns.json",
                                NULL);
}

static NaruJson *
title_of (const char *text)
{
  NaruJson *json = naru_json_new_object ();

  naru_json_set_string (json, "title", text);
  return json;
}

static void
check_in_git (Fixture *fixture, const char *id, NaruRecord *record, const char *title)
{
  g_autofree char *path = naru_id_get_record_path ("deal", id);
  g_autofree char *command = g_strdup_printf ("cat-file blob main:%s", path);
  g_autofree char *blob = fixture_git (fixture, command);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (blob, -1, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (json, "title"), ==, title);
  g_assert_cmpmem (blob, strlen (blob), g_bytes_get_data (naru_record_get_bytes (record), NULL),
                   g_bytes_get_size (naru_record_get_bytes (record)));
}

static gboolean
survives (Fixture *fixture, const char *text, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *title = naru_text_normalize (text, -1, 0, NULL);
  g_autoptr (NaruJson) fields = title_of (text);
  g_autoptr (NaruRecord) record = NULL;
  g_autofree char *id = NULL;
  NaruQuery query = { .limit = 0 };
  g_autoptr (NaruJson) list = NULL;
  gboolean listed = FALSE;

  if (!naru_desk_create (fixture->desk, "deal", fields, &id, &error))
    {
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (naru_error_get_field (error));
      return FALSE;
    }
  record = naru_desk_show (fixture->desk, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "title"), ==, title);
  query.text = title;
  list = naru_desk_list (fixture->desk, "deal", &query, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < naru_json_get_size (list) && !listed; i++)
    listed = g_str_equal (naru_json_get_string (naru_json_get_element (list, i), "id"), id) &&
             g_str_equal (naru_json_get_string (naru_json_get_element (list, i), "title"), title);
  g_assert_true (listed);
  /* a process each is slow: every tenth, and all that are not ASCII */
  if (number % 10 == 0 || !g_str_is_ascii (text))
    check_in_git (fixture, id, record, title);
  return TRUE;
}

static void
test_list (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *file = blns_file ();
  g_autofree char *content = NULL;
  g_autoptr (NaruJson) list = NULL;
  g_autoptr (GError) error = NULL;
  guint kept = 0;
  guint size;

  if (!g_file_get_contents (file, &content, NULL, NULL))
    {
      g_test_skip ("no list of naughty strings (NARU_REAL_DATA)");
      return;
    }
  list = naru_json_parse (content, -1, 0, &error);
  g_assert_no_error (error);
  size = naru_json_get_size (list);
  for (guint i = 0; i < size; i++)
    kept += survives (&fixture, naru_json_as_string (naru_json_get_element (list, i)), i);
  g_test_message ("%u strings kept, %u refused", kept, size - kept);
  /* refused: the empty title, and titles of control characters */
  g_assert_cmpuint (size - kept, <=, 8);
  fixture_assert_clean (&fixture, kept + 1);
}

static void
test_own (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  static const char *const kept[] = {
    "한글",
    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab\xe1\x84\x80\xe1\x85\xb3\xe1\x86\xaf" /* the same, decomposed */,
    "=HYPERLINK(\"http://example.org\")",
    "'; DROP TABLE deals; --",
    "<script>alert(1)</script>",
    "%s%n%x",
    "../../etc",
    "Naru-Seq: 7\n\nNaru-Seq: 8",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xac",
    "a\tb",
    "-",
    "\"",
    "\\",
    NULL,
  };
  static const char *const refused[] = { "", "\x01", "a\x7f", "a\x1b[31m", NULL };

  for (guint i = 0; kept[i] != NULL; i++)
    g_assert_true (survives (&fixture, kept[i], 0));
  for (guint i = 0; refused[i] != NULL; i++)
    g_assert_false (survives (&fixture, refused[i], 0));
  fixture_assert_clean (&fixture, G_N_ELEMENTS (kept));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/naughty/own", test_own);
  g_test_add_func ("/naughty/list", test_list);
  return g_test_run ();
}
