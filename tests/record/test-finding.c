/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-records.h"

static void
test_blocks (void)
{
  static const struct
  {
    NaruSeverity severity;
    NaruStatus status;
    gboolean blocks;
  } cases[] = {
    { NARU_SEVERITY_BLOCK, NARU_STATUS_PASS, FALSE },
    { NARU_SEVERITY_BLOCK, NARU_STATUS_FAIL, TRUE },
    { NARU_SEVERITY_BLOCK, NARU_STATUS_NOT_APPLICABLE, FALSE },
    { NARU_SEVERITY_BLOCK, NARU_STATUS_WAIVED, FALSE },
    { NARU_SEVERITY_BLOCK, NARU_STATUS_ERROR, TRUE },
    { NARU_SEVERITY_WARN, NARU_STATUS_FAIL, FALSE },
    { NARU_SEVERITY_WARN, NARU_STATUS_ERROR, FALSE },
    { NARU_SEVERITY_ADVISE, NARU_STATUS_FAIL, FALSE },
    { NARU_SEVERITY_ADVISE, NARU_STATUS_ERROR, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NaruFinding) finding = naru_finding_new ("r", cases[i].severity, cases[i].status);
      g_assert_cmpint (naru_finding_blocks (finding), ==, cases[i].blocks);
      g_assert_cmpint (naru_finding_get_severity (finding), ==, cases[i].severity);
      g_assert_cmpint (naru_finding_get_status (finding), ==, cases[i].status);
    }
}

static void
test_waive (void)
{
  g_autoptr (NaruFinding) finding = naru_finding_new ("ip.share", NARU_SEVERITY_BLOCK, NARU_STATUS_FAIL);
  g_assert_true (naru_finding_blocks (finding));
  naru_finding_set_status (finding, NARU_STATUS_WAIVED);
  g_assert_false (naru_finding_blocks (finding));
  g_assert_cmpstr (naru_status_to_string (naru_finding_get_status (finding)), ==, "waived");
}

static void
test_names (void)
{
  g_assert_cmpstr (naru_severity_to_string (NARU_SEVERITY_BLOCK), ==, "block");
  g_assert_cmpstr (naru_severity_to_string (NARU_SEVERITY_WARN), ==, "warn");
  g_assert_cmpstr (naru_severity_to_string (NARU_SEVERITY_ADVISE), ==, "advise");
  g_assert_cmpstr (naru_status_to_string (NARU_STATUS_PASS), ==, "pass");
  g_assert_cmpstr (naru_status_to_string (NARU_STATUS_FAIL), ==, "fail");
  g_assert_cmpstr (naru_status_to_string (NARU_STATUS_NOT_APPLICABLE), ==, "not-applicable");
  g_assert_cmpstr (naru_status_to_string (NARU_STATUS_WAIVED), ==, "waived");
  g_assert_cmpstr (naru_status_to_string (NARU_STATUS_ERROR), ==, "error");
}

static void
test_json (void)
{
  g_autoptr (NaruFinding) finding = naru_finding_new ("ip.share", NARU_SEVERITY_BLOCK, NARU_STATUS_FAIL);
  naru_finding_set_title (finding, "지분 합계");
  naru_finding_set_message (finding, "지분의 합이 100이 아닙니다");
  naru_finding_set_remedy (finding, "naru edit MGK-2026-00001 inventors:=…");
  naru_finding_add_field (finding, "/inventors/0/share");
  naru_finding_add_field (finding, "/inventors/1/share");

  g_autoptr (NaruJson) json = naru_finding_to_json (finding);
  g_autofree char *line = naru_json_to_line (json);
  g_assert_cmpstr (
      line, ==,
      "{\"fields\":[\"/inventors/0/share\",\"/inventors/1/share\"],"
      "\"message\":\"지분의 합이 100이 아닙니다\",\"remedy\":\"naru edit MGK-2026-00001 inventors:=…\","
      "\"rule\":\"ip.share\",\"severity\":\"block\",\"status\":\"fail\",\"title\":\"지분 합계\"}");
}

/* All keys are always there. */
static void
test_bare_json (void)
{
  g_autoptr (NaruFinding) finding = naru_finding_new ("r", NARU_SEVERITY_ADVISE, NARU_STATUS_NOT_APPLICABLE);
  g_autoptr (NaruJson) json = naru_finding_to_json (finding);
  g_autofree char *line = naru_json_to_line (json);
  g_assert_cmpstr (line, ==,
                   "{\"fields\":[],\"message\":\"r\",\"remedy\":null,\"rule\":\"r\",\"severity\":\"advise\","
                   "\"status\":\"not-applicable\",\"title\":\"r\"}");

  naru_finding_set_title (finding, "a title");
  g_autoptr (NaruJson) titled = naru_finding_to_json (finding);
  g_assert_cmpstr (naru_json_get_string (titled, "message"), ==, "a title");
}

static void
test_texts (void)
{
  g_autoptr (NaruFinding) finding = naru_finding_new ("r", NARU_SEVERITY_WARN, NARU_STATUS_FAIL);
  g_assert_null (naru_finding_get_title (finding));
  g_assert_null (naru_finding_get_message (finding));
  g_assert_null (naru_finding_get_remedy (finding));
  g_assert_null (naru_finding_get_keyword (finding));
  g_assert_null (naru_finding_get_fields (finding)[0]);

  naru_finding_set_detail (finding, "minLength", "3", "\"a\"");
  g_assert_cmpstr (naru_finding_get_keyword (finding), ==, "minLength");
  g_assert_cmpstr (naru_finding_get_expected (finding), ==, "3");
  g_assert_cmpstr (naru_finding_get_found (finding), ==, "\"a\"");
  naru_finding_set_detail (finding, "required", "name", NULL);
  g_assert_null (naru_finding_get_found (finding));
  naru_finding_set_title (finding, "one");
  naru_finding_set_title (finding, "two");
  g_assert_cmpstr (naru_finding_get_title (finding), ==, "two");
  naru_finding_set_title (finding, NULL);
  g_assert_null (naru_finding_get_title (finding));
}

/* A plugin may report bytes that are no text; they must not make the answer unprintable. */
static void
test_broken_text (void)
{
  g_autoptr (NaruFinding) finding = naru_finding_new ("r\xff", NARU_SEVERITY_WARN, NARU_STATUS_FAIL);
  naru_finding_set_message (finding, "caf\xe9");
  naru_finding_add_field (finding, "/a\xc0");
  g_autoptr (NaruJson) json = naru_finding_to_json (finding);
  g_assert_cmpstr (naru_json_get_string (json, "rule"), ==, "r\xef\xbf\xbd");
  g_assert_cmpstr (naru_json_get_string (json, "message"), ==, "caf\xef\xbf\xbd");
  g_assert_cmpstr (naru_json_as_string (naru_json_get_element (naru_json_get (json, "fields"), 0)), ==,
                   "/a\xef\xbf\xbd");
}

static void
test_boxed (void)
{
  NaruFinding *finding = naru_finding_new ("r", NARU_SEVERITY_WARN, NARU_STATUS_FAIL);
  NaruFinding *copy = g_boxed_copy (NARU_TYPE_FINDING, finding);
  g_assert_true (copy == finding);
  naru_finding_unref (finding);
  g_assert_cmpstr (naru_finding_get_rule (copy), ==, "r");
  g_boxed_free (NARU_TYPE_FINDING, copy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/finding/blocks", test_blocks);
  g_test_add_func ("/finding/waive", test_waive);
  g_test_add_func ("/finding/names", test_names);
  g_test_add_func ("/finding/json", test_json);
  g_test_add_func ("/finding/bare-json", test_bare_json);
  g_test_add_func ("/finding/texts", test_texts);
  g_test_add_func ("/finding/broken-text", test_broken_text);
  g_test_add_func ("/finding/boxed", test_boxed);
  return g_test_run ();
}
