/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules-fixture.h"

#include <glib/gstdio.h>

/* Plugins of an office: on, off, failing, gone. Those of the tests lie where a person would put their own. */

#define DEAL "MGK-2026-00001"

static char *
make_place (const char *name)
{
  char *folder = g_build_filename (g_get_user_data_dir (), "naru", "plugins", name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  return folder;
}

static void
copy_file (const char *from, const char *name, const char *to)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize size = 0;

  g_file_get_contents (source, &content, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents (target, content, (gssize) size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (target, 0644), ==, 0);
}

/* Installs a plugin in C of tests/plugins, with a pack of one rule for the sector “quantum”, which nobody
 * else serves: its check @check decides. */
static char *
install (const char *set, const char *name, const char *check)
{
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "plugins", set, name, NULL);
  char *folder = make_place (name);
  g_autofree char *module = g_strdup_printf ("libnaru_%s.so", name);
  g_autofree char *file = g_strconcat (name, ".plugin", NULL);
  g_autofree char *rules = g_build_filename (folder, "rules.json", NULL);
  g_autofree char *schema = g_build_filename (folder, "schema.json", NULL);
  g_autofree char *text = g_strdup_printf (
      "{\"id\": \"quantum\", \"version\": \"1\", \"title\": {\"en\": \"Quantum\", \"ko\": \"양자\"}, "
      "\"sectors\": [\"quantum\"], \"sector_titles\": {\"quantum\": {\"en\": \"Quantum\", \"ko\": "
      "\"양자\"}}, "
      "\"rules\": [{\"id\": \"QT-01\", \"severity\": \"warn\", \"on\": [{\"to\": \"joint-rd\"}], \"title\": "
      "{\"en\": \"t\", \"ko\": \"t\"}, \"check\": \"%s\", \"remedy\": {\"en\": \"r\", \"ko\": \"r\"}, "
      "\"evidence\": {\"law\": \"l\", \"jurisdiction\": \"KR\", \"grade\": \"own\", \"source\": \"s\", "
      "\"confidence\": \"low\"}, \"verified_by\": null}]}",
      check);

  copy_file (built, g_strdelimit (module, "-", '_'), folder);
  copy_file (built, file, folder);
  g_assert_true (g_file_set_contents (rules, text, -1, NULL));
  g_assert_true (g_file_set_contents (
      schema,
      "{\"properties\": {\"approved_on\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 20, "
      "\"x-naru\": {\"label\": {\"en\": \"Approved on\", \"ko\": \"승인일\"}}}}}",
      -1, NULL));
  return folder;
}

static void
enable (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  naru_desk_enable_plugin (fixture->desk, name, "a reason", &error);
  g_assert_no_error (error);
}

static void
disable (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  naru_desk_disable_plugin (fixture->desk, name, "a reason", &error);
  g_assert_no_error (error);
}

static void
assert_state (Fixture *fixture, const char *name, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) list = naru_desk_list_plugins (fixture->desk, &error);
  g_assert_no_error (error);
  NaruJson *row = find_named (list, "name", name);

  g_assert_nonnull (row);
  g_test_message ("%s: %s, %s", name, naru_json_get_string (row, "state"),
                  naru_json_get_string (row, "problem"));
  g_assert_cmpstr (naru_json_get_string (row, "state"), ==, state);
}

#define IN_PATENT                                                                                            \
  "{\"external_id\": \"E1\", \"title\": \"A stent\", \"stage\": \"patent\", \"sectors\": "                   \
  "[\"bio-health\"], \"patent\": {\"application_number\": \"10-2026-1\", \"filed_on\": \"2026-03-02\"}, "    \
  "\"bio_health\": {\"product\": \"drug\"}}\n"

/* Off: deals of the sector stand still, their data does not change; on again: all is as it was. */
static void
test_off_and_on (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  guint before;

  import_deals (&fixture, IN_PATENT);
  g_autofree char *plain = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (NaruReview) first = check (fixture.desk, DEAL, "marketing");
  g_auto (GStrv) verdicts = naru_review_list_verdicts (first);
  g_autoptr (NaruRecord) record = naru_desk_show (fixture.desk, DEAL, &error);
  assert_finding (first, "sector.bio-health", NULL);
  before = count_commits (&fixture);

  disable (&fixture, "biohealth");
  g_assert_cmpuint (count_commits (&fixture), ==, before + 1);
  g_autofree char *message = fixture_git (&fixture, "log -1 --format=%B");
  g_assert_true (g_str_has_prefix (message, "office: disable plugin biohealth\n\nReason: a reason\n"));
  g_autofree char *index = fixture_git (&fixture, "show main:rules/index.json");
  g_assert_nonnull (strstr (index, "\"enabled\": false"));
  assert_state (&fixture, "biohealth", "off");
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (NaruReview) blocked = check (fixture.desk, DEAL, "marketing");
      assert_finding (blocked, "sector.bio-health", "error");
      g_assert_false (naru_review_is_allowed (blocked));
      g_assert_nonnull (strstr (naru_finding_get_remedy (naru_review_find (blocked, "sector.bio-health")),
                                "naru plugin enable"));
      g_autoptr (NaruReview) other = check (fixture.desk, plain, "joint-rd");
      assert_finding (other, "sector.bio-health", NULL);
      reopen (&fixture);
    }
  g_autoptr (NaruRecord) kept = naru_desk_show (fixture.desk, DEAL, &error);
  g_assert_cmpstr (naru_record_get_revision (kept), ==, naru_record_get_revision (record));
  /* its fields are still those of a deal: an edit beside them goes, and one of them */
  g_autoptr (NaruJson) changes =
      naru_json_parse ("{\"summary\": \"s\", \"bio_health\": {\"product\": \"device\"}}", -1, 0, &error);
  naru_desk_edit (fixture.desk, DEAL, changes, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) back =
      naru_json_parse ("{\"summary\": null, \"bio_health\": {\"product\": \"drug\"}}", -1, 0, &error);
  naru_desk_edit (fixture.desk, DEAL, back, NULL, &error);
  g_assert_no_error (error);

  enable (&fixture, "biohealth");
  assert_state (&fixture, "biohealth", "on");
  g_autoptr (NaruReview) again = check (fixture.desk, DEAL, "marketing");
  g_auto (GStrv) same = naru_review_list_verdicts (again);
  g_assert_true (g_strv_equal ((const char *const *) verdicts, (const char *const *) same));
  /* what is on, or off, already is no change */
  before = count_commits (&fixture);
  enable (&fixture, "biohealth");
  disable (&fixture, "biohealth");
  disable (&fixture, "biohealth");
  g_assert_cmpuint (count_commits (&fixture), ==, before + 1);
}

/* Its stages go with a plugin and come again, but never from under a deal. */
static void
test_stages (void)
{
  static const char *const own[] = { "pre-clinical", "clinical" };
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *with = fixture_git (&fixture, "show main:pipelines/technology.json");

  open_gates (&fixture);
  import_deals (&fixture, IN_PATENT);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *line = g_strdup_printf (
          "{\"external_id\": \"S%u\", \"title\": \"T\", \"stage\": \"%s\", \"sectors\": [\"bio-health\"]}\n",
          i, own[i]);
      guint before;
      import_deals (&fixture, line);
      before = count_commits (&fixture);
      g_assert_false (naru_desk_disable_plugin (fixture.desk, "biohealth", "why", &error));
      g_test_message ("%s (%s)", error->message, naru_error_get_cure (error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, own[i]));
      g_assert_nonnull (naru_error_get_cure (error));
      g_clear_error (&error);
      g_assert_cmpuint (count_commits (&fixture), ==, before);
      assert_state (&fixture, "biohealth", "on");
      g_autofree char *id = g_strdup_printf ("MGK-2026-0000%u", i + 2);
      naru_desk_advance (fixture.desk, id, "dropped", NULL, NULL, &error);
      g_assert_no_error (error);
    }

  disable (&fixture, "biohealth");
  g_autoptr (NaruReview) none = naru_desk_check (fixture.desk, DEAL, "pre-clinical", &error);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);
  g_autofree char *without = fixture_git (&fixture, "show main:pipelines/technology.json");
  g_assert_null (strstr (without, "clinical"));
  g_assert_nonnull (strstr (with, "clinical"));
  enable (&fixture, "biohealth");
  g_autoptr (NaruReview) review = check (fixture.desk, DEAL, "pre-clinical");
  g_assert_true (naru_review_is_allowed (review) || naru_review_get_n_findings (review) > 0);
}

/* An office may change the gates of a plugin's moves; the plugin can be switched off all the same. */
static void
test_changed_gates (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  NaruPipeline *pipeline = naru_office_get_pipeline (fixture.office, "deal", &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) json = naru_json_copy (naru_pipeline_get_json (pipeline));
  NaruJson *transitions = naru_json_get (json, "transitions");

  for (guint i = 0; i < naru_json_get_size (transitions); i++)
    naru_json_remove (naru_json_get_element (transitions, i), "gate");
  naru_desk_add_pipeline (fixture.desk, json, "open.json", &error);
  g_assert_no_error (error);
  disable (&fixture, "biohealth");
  g_autofree char *without = fixture_git (&fixture, "show main:pipelines/technology.json");
  g_assert_null (strstr (without, "clinical"));
  enable (&fixture, "biohealth");
  g_autofree char *with = fixture_git (&fixture, "show main:pipelines/technology.json");
  g_assert_nonnull (strstr (with, "pre-clinical"));
}

/* A plugin that is switched on for the first time brings a sector, and judges its deals. */
static void
test_new_sector (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *folder = install ("good", "good-c", "date");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) fields =
      naru_json_parse ("{\"title\": \"T\", \"sectors\": [\"quantum\"]}", -1, 0, NULL);
  g_autofree char *none = NULL;

  reopen (&fixture);
  assert_state (&fixture, "good-c", "new");
  g_assert_false (naru_desk_create (fixture.desk, "deal", fields, &none, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  enable (&fixture, "good-c");
  assert_state (&fixture, "good-c", "on");
  g_autofree char *id =
      fixture_create (&fixture, "deal",
                      "{\"title\": \"T\", \"sectors\": [\"quantum\"], \"approved_on\": \"2026-03-02\"}");
  g_autofree char *open = fixture_create (&fixture, "deal", "{\"title\": \"T\", \"sectors\": [\"quantum\"]}");
  g_autofree char *late =
      fixture_create (&fixture, "deal",
                      "{\"title\": \"T\", \"sectors\": [\"quantum\"], \"approved_on\": \"2104-03-02\"}");
  g_autoptr (NaruReview) good = check (fixture.desk, id, "joint-rd");
  assert_finding (good, "QT-01", "pass");
  g_autoptr (NaruReview) asked = check (fixture.desk, open, "joint-rd");
  assert_finding (asked, "QT-01", "unknown");
  g_autoptr (NaruReview) bad = check (fixture.desk, late, "joint-rd");
  assert_finding (bad, "QT-01", "fail");
  g_assert_cmpstr (naru_finding_get_message (naru_review_find (bad, "QT-01")), ==,
                   "The approval is of a day to come.");
  g_assert_false (naru_finding_blocks (naru_review_find (bad, "QT-01")));

  /* another code in its folder than the office adopted is told */
  g_autofree char *module = g_build_filename (folder, "libnaru_good_c.so", NULL);
  g_autofree char *content = NULL;
  gsize size = 0;
  g_assert_true (g_file_get_contents (module, &content, &size, NULL));
  g_autofree char *longer = g_malloc0 (size + 1);
  memcpy (longer, content, size);
  g_assert_true (g_file_set_contents (module, longer, (gssize) size + 1, NULL));
  reopen (&fixture);
  assert_state (&fixture, "good-c", "changed");
  enable (&fixture, "good-c");
  assert_state (&fixture, "good-c", "on");
}

static void
assert_on (Fixture *fixture, const char *id, gboolean on)
{
  g_autoptr (NaruJson) rows = naru_desk_list_rules (fixture->desk, NULL);

  g_assert_cmpint (naru_json_get_boolean (find_named (rows, "id", "quantum"), "enabled", !on), ==, on);
  if (on)
    return;
  g_autoptr (NaruReview) review = check (fixture->desk, id, "joint-rd");
  assert_finding (review, "sector.quantum", "error");
  assert_finding (review, "QT-01", NULL);
}

/* Code that crashes: each review blocks, and the third in a row switches the plugin off by a commit. */
static void
test_three_failures (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *folder = install ("hostile", "crash-in-check", "any");
  guint before;

  reopen (&fixture);
  enable (&fixture, "crash-in-check");
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\", \"sectors\": [\"quantum\"]}");
  for (guint round = 0; round < 2; round++)
    {
      before = count_commits (&fixture);
      for (guint i = 0; i < 3; i++)
        {
          /* failures are counted across processes */
          reopen (&fixture);
          assert_on (&fixture, id, TRUE);
          g_autoptr (NaruReview) review = check (fixture.desk, id, "joint-rd");
          assert_finding (review, "QT-01", "error");
          NaruFinding *finding = naru_review_find (review, "QT-01");
          g_assert_true (naru_finding_blocks (finding));
          g_assert_nonnull (strstr (naru_finding_get_message (finding), "crash-in-check"));
          g_assert_cmpuint (count_commits (&fixture), ==, before + (i == 2 ? 1 : 0));
        }
      assert_on (&fixture, id, FALSE);
      g_autofree char *message = fixture_git (&fixture, "log -1 --format=%B");
      g_assert_true (g_str_has_prefix (message, "office: disable plugin crash-in-check\n\nReason: "));
      assert_state (&fixture, "crash-in-check", "off");
      /* who switches it on again begins to count anew */
      enable (&fixture, "crash-in-check");
    }
}

/* A move that is tried counts as well, and an officer's tries switch it off as an administrator's do. */
static void
test_officer_fails (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *folder = install ("hostile", "crash-in-check", "any");

  reopen (&fixture);
  enable (&fixture, "crash-in-check");
  open_gates (&fixture);
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\", \"sectors\": [\"quantum\"]}");
  g_autoptr (NaruDesk) officer =
      fixture_desk (&fixture, "hana",
                    "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"officer\"]}");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruReview) review = NULL;
      assert_on (&fixture, id, TRUE);
      g_assert_false (naru_desk_advance (officer, id, "joint-rd", NULL, &review, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_BLOCKED);
    }
  assert_on (&fixture, id, FALSE);
}

/* Two failures, a verdict, two failures: that is not three in a row. */
static void
test_failures_apart (void)
{
  static const char *const dates[] = { "soon",       "soon", "2026-03-02", "soon", "soon",
                                       "2026-03-02", "soon", "soon",       "soon" };
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *folder = install ("good", "good-c", "date");

  reopen (&fixture);
  enable (&fixture, "good-c");
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *deal =
          g_strdup_printf ("{\"title\": \"T\", \"sectors\": [\"quantum\"], \"approved_on\": \"%s\"}",
                           dates[i]);
      g_autofree char *id = fixture_create (&fixture, "deal", deal);
      assert_on (&fixture, id, TRUE);
      g_autoptr (NaruReview) review = check (fixture.desk, id, "joint-rd");
      assert_finding (review, "QT-01", dates[i][0] == 's' ? "error" : "pass");
      if (i + 1 == G_N_ELEMENTS (dates))
        assert_on (&fixture, id, FALSE);
    }
}

/* Gone from the disk: what is data still judges, what is code blocks, and the list says that it is missing.
 */
static void
test_missing (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *folder = install ("good", "good-c", "date");
  g_autofree char *aside = g_build_filename (g_get_user_data_dir (), "aside", NULL);
  g_autoptr (GError) error = NULL;

  reopen (&fixture);
  enable (&fixture, "good-c");
  g_autofree char *id =
      fixture_create (&fixture, "deal",
                      "{\"title\": \"T\", \"sectors\": [\"quantum\"], \"approved_on\": \"2026-03-02\"}");
  g_assert_cmpint (g_rename (folder, aside), ==, 0);
  reopen (&fixture);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (NaruReview) review = check (fixture.desk, id, "joint-rd");
      assert_finding (review, "QT-01", "error");
      g_assert_nonnull (strstr (naru_finding_get_message (naru_review_find (review, "QT-01")), "good-c"));
      g_assert_false (naru_review_is_allowed (review));
    }
  /* that nothing was run is no failure of its code: it stays on */
  assert_on (&fixture, id, TRUE);
  assert_state (&fixture, "good-c", "missing");
  g_autoptr (NaruRecord) record = naru_desk_show (fixture.desk, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "approved_on"), ==, "2026-03-02");
  g_assert_false (naru_desk_enable_plugin (fixture.desk, "good-c", "why", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* it can be switched off without being there */
  disable (&fixture, "good-c");
  assert_on (&fixture, id, FALSE);
  g_assert_cmpint (g_rename (aside, folder), ==, 0);
  reopen (&fixture);
  assert_state (&fixture, "good-c", "off");
  enable (&fixture, "good-c");
  g_autoptr (NaruReview) again = check (fixture.desk, id, "joint-rd");
  assert_finding (again, "QT-01", "pass");
}

/* What does not load is not switched on, and nothing of it is in force. */
static void
test_not_enabled (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *broken = install ("hostile", "crash-on-load", "any");
  g_autoptr (GError) error = NULL;
  guint before;

  reopen (&fixture);
  before = count_commits (&fixture);
  assert_state (&fixture, "crash-on-load", "broken");
  g_assert_false (naru_desk_enable_plugin (fixture.desk, "crash-on-load", "why", &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "crash-on-load"));
  g_clear_error (&error);
  g_assert_false (naru_desk_enable_plugin (fixture.desk, "nowhere", "why", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (naru_desk_disable_plugin (fixture.desk, "nowhere", "why", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_commits (&fixture), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  g_test_add_func ("/plugins/off-and-on", test_off_and_on);
  g_test_add_func ("/plugins/stages", test_stages);
  g_test_add_func ("/plugins/changed-gates", test_changed_gates);
  g_test_add_func ("/plugins/new-sector", test_new_sector);
  g_test_add_func ("/plugins/three-failures", test_three_failures);
  g_test_add_func ("/plugins/officer-fails", test_officer_fails);
  g_test_add_func ("/plugins/failures-apart", test_failures_apart);
  g_test_add_func ("/plugins/missing", test_missing);
  g_test_add_func ("/plugins/not-enabled", test_not_enabled);
  return g_test_run ();
}
