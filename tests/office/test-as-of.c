/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules-fixture.h"

#include <glib/gstdio.h>

/* A move judged again as it was decided: by the records, the pipeline and the rules of then. */

#define DEAL "MGK-2026-00001"
#define NDA "MGK-AGR-2026-00001"
#define AGREED                                                                                               \
  "\"background_ip\": true, \"cost\": true, \"data\": true, \"diligence\": true, \"exit\": true, "           \
  "\"export\": true, \"foreground_owner\": true, \"governing_law\": true, \"option\": true, "                \
  "\"prosecution_lead\": true, \"publication_review\": true, \"shares\": true"
#define STUDY                                                                                                \
  "\"bio_health\": {\"human_subjects\": true, \"irb\": {\"number\": \"7\", \"approved_on\": "                \
  "\"2026-03-02\", \"expires_on\": \"2027-03-01\"}, \"study_start\": \"2026-03-09\"}"

static void
set_clock (const char *when)
{
  g_autoptr (GError) error = NULL;

  naru_clock_set (when, &error);
  g_assert_no_error (error);
}

static void
edit (Fixture *fixture, const char *id, const char *changes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (changes, -1, 0, &error);

  g_assert_no_error (error);
  naru_desk_edit (fixture->desk, id, json, NULL, &error);
  g_assert_no_error (error);
}

static void
advance (Fixture *fixture, const char *id, const char *stage)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruReview) review = NULL;

  naru_desk_advance (fixture->desk, id, stage, NULL, &review, &error);
  g_assert_no_error (error);
}

/* On 2 March a deal of bio-health is ready for joint R&D, with its agreement of confidentiality; on 3 March
 * it moves. */
static void
move_deal (Fixture *fixture)
{
  g_autofree char *agreement = NULL;
  g_autofree char *id = NULL;

  set_clock ("2026-03-02T09:00:00+09:00");
  *fixture = fixture_new ();
  open_gates (fixture);
  id = fixture_create (fixture, "deal",
                       "{\"title\": \"T\", \"sectors\": [\"bio-health\"], \"ownership\": "
                       "{\"secrets_exchanged\": true, \"agreement_terms\": {" AGREED "}}, " STUDY "}");
  g_assert_cmpstr (id, ==, DEAL);
  agreement = fixture_create (fixture, "agreement",
                              "{\"title\": \"NDA\", \"kind\": \"nda\", \"deals\": [\"" DEAL "\"]}");
  g_assert_cmpstr (agreement, ==, NDA);
  g_autoptr (NaruReview) blocked = check (fixture->desk, id, "joint-rd");
  assert_finding (blocked, "RDA-01", "fail");
  g_autofree char *file = g_build_filename (fixture->parent, "nda.pdf", NULL);
  g_assert_true (g_file_set_contents (file, "signed", -1, NULL));
  g_assert_true (naru_desk_attach (fixture->desk, NDA, file, "signed-agreement", NULL));
  edit (fixture, NDA, "{\"signed_on\": \"2026-03-02\"}");
  g_autoptr (NaruJson) parties = NULL;
  g_autofree char *one = fixture_create (fixture, "party", "{\"name\": \"A\"}");
  g_autofree char *two = fixture_create (fixture, "party", "{\"name\": \"B\"}");
  g_autofree char *both =
      g_strdup_printf ("{\"parties\": [{\"party\": \"%s\"}, {\"party\": \"%s\"}]}", one, two);
  edit (fixture, NDA, both);
  advance (fixture, NDA, "negotiation");
  advance (fixture, NDA, "signature");
  advance (fixture, NDA, "executed");

  set_clock ("2026-03-03T00:30:00+09:00"); /* still the day before in UTC */
  advance (fixture, DEAL, "joint-rd");
}

/* Other rules and other records than those of the move: today it would be refused. */
static void
change_all (Fixture *fixture)
{
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  g_autoptr (NaruJson) bio = load_adopted (fixture, "biohealth@1.0.json");

  set_clock ("2026-04-01T09:00:00+09:00");
  naru_json_set_string (pack, "version", "2");
  change (find_rule (pack, "RDA-02"), "must", "{\"required\": [\"keywords\"]}");
  naru_json_set_string (find_rule (pack, "OWN-EMP-12"), "severity", "warn");
  adopt (fixture, pack, "stricter");
  naru_json_set_string (bio, "version", "1.1");
  naru_json_set_string (find_rule (bio, "BIO-IRB-01"), "severity", "advise");
  adopt (fixture, bio, "milder");
  set_clock ("2026-04-02T09:00:00+09:00");
  edit (fixture, DEAL,
        "{\"summary\": \"later\", \"ownership\": {\"secrets_exchanged\": false}, "
        "\"bio_health\": {\"human_subjects\": false}}");
  edit (fixture, NDA, "{\"kind\": \"mou\", \"deals\": null}");
  g_autofree char *other =
      fixture_create (fixture, "agreement",
                      "{\"title\": \"Another\", \"kind\": \"mta\", \"deals\": [\"" DEAL "\"]}");
}

static char *
get_move_commit (Fixture *fixture)
{
  char *commit = fixture_git (fixture, "log -1 --format=%H --grep='deal " DEAL ": advance idea'");

  return g_strchomp (commit);
}

static NaruReview *
check_as_of (Fixture *fixture, const char *stage, const char *when, NaruJson **about)
{
  g_autoptr (GError) error = NULL;
  NaruReview *review = naru_desk_check_as_of (fixture->desk, DEAL, stage, when, about, &error);

  g_assert_no_error (error);
  return review;
}

/* The lines of the move's commit, and what was found again: the same to the byte. */
static void
assert_same (Fixture *fixture, NaruJson *about)
{
  g_autofree char *commit = get_move_commit (fixture);
  g_autofree char *arguments =
      g_strdup_printf ("log -1 --format='%%(trailers:key=Naru-Verdict,valueonly)' %s", commit);
  g_autofree char *trailers = fixture_git (fixture, arguments);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (trailers), "\n", -1);
  NaruJson *stored = naru_json_get (about, "stored");

  g_assert_cmpstr (naru_json_get_string (about, "commit"), ==, commit);
  g_assert_cmpstr (naru_json_get_string (about, "day"), ==, "2026-03-03");
  g_assert_cmpuint (g_strv_length (lines), >, 8);
  g_assert_cmpuint (naru_json_get_size (stored), ==, g_strv_length (lines));
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpstr (naru_json_as_string (naru_json_get_element (stored, i)), ==, lines[i]);
  g_assert_true (naru_json_equal (naru_json_get (about, "verdict"), stored));
  g_assert_true (naru_json_get_boolean (about, "same", FALSE));
  g_assert_cmpuint (naru_json_get_size (naru_json_get (about, "modules")), ==, 0);
}

static void
test_move (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  move_deal (&fixture);
  g_autoptr (NaruJson) history = naru_desk_history (fixture.desk, DEAL, &error);
  NaruJson *event = naru_json_get_element (history, naru_json_get_size (history) - 1);
  g_autofree char *commit = get_move_commit (&fixture);
  g_autofree char *abbreviated = g_strndup (commit, 10);
  g_autofree char *number = g_strdup_printf ("#%d", (int) naru_json_get_integer (event, "seq", 0));
  const char *const names[] = { commit, abbreviated, number };

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autoptr (NaruJson) about = NULL;
          g_autoptr (NaruReview) review = check_as_of (&fixture, NULL, names[i], &about);
          assert_same (&fixture, about);
          g_assert_true (naru_review_is_allowed (review));
          assert_finding (review, "RDA-01", "pass");
          assert_finding (review, "RDA-02", "pass");
          assert_finding (review, "BIO-IRB-01", "pass");
          g_assert_cmpint (naru_finding_get_severity (naru_review_find (review, "BIO-IRB-01")), ==,
                           NARU_SEVERITY_BLOCK);
        }
      if (round == 0)
        change_all (&fixture);
      reopen (&fixture);
    }
  /* a plugin that is off now was on then */
  g_assert_true (naru_desk_disable_plugin (fixture.desk, "biohealth", "why", &error));
  g_autoptr (NaruJson) about = NULL;
  g_autoptr (NaruReview) review = check_as_of (&fixture, NULL, commit, &about);
  assert_same (&fixture, about);
  naru_language_set ("ko");
  g_autoptr (NaruJson) korean = NULL;
  g_autoptr (NaruReview) again = check_as_of (&fixture, NULL, commit, &korean);
  naru_language_set ("en");
  assert_same (&fixture, korean);
}

/* By a day: the state at its end. */
static void
test_day (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  move_deal (&fixture);
  change_all (&fixture);
  set_clock ("2026-04-10T09:00:00+09:00");

  /* before the move: it stood in the idea, with its agreement executed already */
  g_autoptr (NaruJson) first_about = NULL;
  g_autoptr (NaruReview) first = check_as_of (&fixture, "joint-rd", "2026-03-02", &first_about);
  g_assert_cmpstr (naru_review_get_from (first), ==, "idea");
  assert_finding (first, "RDA-01", "pass");
  assert_finding (first, "RDA-02", "pass");
  g_assert_cmpstr (naru_json_get_string (first_about, "day"), ==, "2026-03-02");
  g_assert_null (naru_json_get (first_about, "same"));
  g_assert_null (naru_json_get (first_about, "stored"));

  /* after it, under the first version of the rules */
  g_autoptr (NaruJson) second_about = NULL;
  g_autoptr (NaruReview) second = check_as_of (&fixture, "disclosure", "2026-03-03", &second_about);
  g_assert_cmpstr (naru_review_get_from (second), ==, "joint-rd");
  g_assert_cmpint (naru_finding_get_severity (naru_review_find (second, "OWN-EMP-12")), ==,
                   NARU_SEVERITY_BLOCK);
  g_autoptr (NaruJson) last_about = NULL;
  g_autoptr (NaruReview) last = check_as_of (&fixture, "disclosure", "2026-03-31", &last_about);
  g_assert_cmpint (naru_finding_get_severity (naru_review_find (last, "OWN-EMP-12")), ==,
                   NARU_SEVERITY_BLOCK);

  /* and under the second, from its first day on */
  g_autoptr (NaruJson) third_about = NULL;
  g_autoptr (NaruReview) third = check_as_of (&fixture, "disclosure", "2026-04-01", &third_about);
  g_assert_cmpint (naru_finding_get_severity (naru_review_find (third, "OWN-EMP-12")), ==,
                   NARU_SEVERITY_WARN);

  /* on the last day that was, the verdict is today's */
  g_autoptr (NaruJson) today_about = NULL;
  g_autoptr (NaruReview) today = check_as_of (&fixture, "disclosure", "2026-04-10", &today_about);
  g_autoptr (NaruReview) now = check (fixture.desk, DEAL, "disclosure");
  g_auto (GStrv) then_lines = naru_review_list_verdicts (today);
  g_auto (GStrv) now_lines = naru_review_list_verdicts (now);
  g_assert_true (g_strv_equal ((const char *const *) then_lines, (const char *const *) now_lines));

  g_autoptr (NaruJson) about = NULL;
  g_assert_null (naru_desk_check_as_of (fixture.desk, DEAL, NULL, "2026-03-01", &about, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
}

/* A plugin that was off then, and is on again. */
static void
test_off_then (void)
{
  static const struct
  {
    const char *day;
    const char *status;
  } rows[] = { { "2026-03-03", NULL }, { "2026-04-11", "error" }, { "2026-04-12", NULL } };
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  move_deal (&fixture);
  set_clock ("2026-04-11T09:00:00+09:00");
  g_assert_true (naru_desk_disable_plugin (fixture.desk, "biohealth", "why", &error));
  set_clock ("2026-04-12T09:00:00+09:00");
  g_assert_true (naru_desk_enable_plugin (fixture.desk, "biohealth", "why", &error));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaruJson) about = NULL;
      g_autoptr (NaruReview) review = check_as_of (&fixture, "disclosure", rows[i].day, &about);
      assert_finding (review, "sector.bio-health", rows[i].status);
    }
}

/* A change that is no move: the deal as it was after it. */
static void
test_edit (void)
{
  g_auto (Fixture) fixture = { 0 };

  move_deal (&fixture);
  change_all (&fixture);
  g_autofree char *created = fixture_git (&fixture, "log -1 --format=%H --grep='deal " DEAL ": create'");
  g_autofree char *edited = fixture_git (&fixture, "log -1 --format=%H --grep='deal " DEAL ": edit'");
  g_autoptr (NaruJson) about = NULL;
  g_autoptr (NaruReview) first = check_as_of (&fixture, "joint-rd", g_strchomp (created), &about);
  assert_finding (first, "RDA-01", "fail"); /* the agreement came later */
  g_assert_cmpstr (naru_json_get_string (about, "commit"), ==, created);
  g_assert_null (naru_json_get (about, "same"));
  g_autoptr (NaruJson) later_about = NULL;
  g_autoptr (NaruReview) later = check_as_of (&fixture, NULL, g_strchomp (edited), &later_about);
  g_assert_cmpstr (naru_review_get_from (later), ==, "joint-rd");
}

/* A waiver held on the day of the move; that it ended since then changes nothing. */
static void
test_waived (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  set_clock ("2026-03-02T09:00:00+09:00");
  fixture = fixture_new ();
  open_gates (&fixture);
  g_autofree char *id =
      fixture_create (&fixture, "deal", "{\"title\": \"T\", \"ownership\": {\"secrets_exchanged\": true}}");
  g_autoptr (NaruDesk) officer =
      fixture_desk (&fixture, "hana",
                    "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"officer\"]}");
  g_assert_false (naru_desk_waive (fixture.desk, id, "RDA-01", "why", "2026-03-31", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (naru_desk_waive (officer, id, "RDA-02", "why", "2026-03-31", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (naru_desk_waive (fixture.desk, id, "LIC-COMM-01", "why", "2026-03-31", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  naru_desk_waive (fixture.desk, id, "RDA-02", "서명이 다음 주", "2026-03-31", &error);
  g_assert_no_error (error);
  edit (&fixture, id, "{\"ownership\": {\"secrets_exchanged\": false}}");
  advance (&fixture, id, "joint-rd");
  g_autofree char *waivers =
      fixture_git (&fixture, "log -1 --format='%(trailers:key=Naru-Waiver,valueonly)'");
  g_assert_cmpstr (g_strstrip (waivers), ==, "RDA-02");

  set_clock ("2026-06-01T09:00:00+09:00");
  advance (&fixture, id, "idea");
  g_autoptr (NaruReview) now = check (fixture.desk, id, "joint-rd");
  assert_finding (now, "RDA-02", "fail");
  g_autofree char *commit = get_move_commit (&fixture);
  g_autoptr (NaruJson) about = NULL;
  g_autoptr (NaruReview) then = check_as_of (&fixture, NULL, commit, &about);
  assert_finding (then, "RDA-02", "waived");
  g_assert_true (naru_json_get_boolean (about, "same", FALSE));
}

/* What names no day and no change of this record. */
static void
test_bad_names (void)
{
  static const char *const names[] = { "",           "#",          "#0",        "#999", "abc",
                                       "0123456789", "2026-13-01", "yesterday", "HEAD", "../x" };
  g_auto (Fixture) fixture = { 0 };

  move_deal (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) about = NULL;
      g_assert_null (naru_desk_check_as_of (fixture.desk, DEAL, NULL, names[i], &about, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
      g_assert_nonnull (naru_error_get_cure (error));
      g_assert_null (about);
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) about = NULL;
  g_assert_null (naru_desk_check_as_of (fixture.desk, "MGK-2026-09999", NULL, "2026-03-03", &about, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* before its first entry the record was not there */
  g_assert_null (naru_desk_check_as_of (fixture.desk, DEAL, NULL, "#1", &about, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (naru_desk_check_as_of (fixture.desk, DEAL, "spin-off", "2026-03-03", &about, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

/* Who may not see the deal may not see it as it was. */
static void
test_access (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) about = NULL;

  move_deal (&fixture);
  g_autofree char *commit = get_move_commit (&fixture);
  g_autoptr (NaruDesk) stranger =
      fixture_desk (&fixture, "hana",
                    "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"inventor\"]}");
  g_assert_null (naru_desk_check_as_of (stranger, DEAL, NULL, commit, &about, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  g_test_add_func ("/as-of/move", test_move);
  g_test_add_func ("/as-of/day", test_day);
  g_test_add_func ("/as-of/off-then", test_off_then);
  g_test_add_func ("/as-of/edit", test_edit);
  g_test_add_func ("/as-of/waived", test_waived);
  g_test_add_func ("/as-of/bad-names", test_bad_names);
  g_test_add_func ("/as-of/access", test_access);
  return g_test_run ();
}
