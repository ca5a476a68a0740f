/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "office-fixture.h"

#include <string.h>

/* A deal on its way through the shipped pipeline: refused, cured, approved, waived. */

/* What a joint R&D agreement has to settle. */
#define AGREED                                                                                               \
  "\"ownership\": {\"agreement_terms\": {\"background_ip\": true, \"cost\": true, \"data\": true, "          \
  "\"diligence\": true, \"exit\": true, \"export\": true, \"foreground_owner\": true, "                      \
  "\"governing_law\": true, \"option\": true, \"prosecution_lead\": true, \"publication_review\": true, "    \
  "\"shares\": true}}"

static void
edit (NaruDesk *desk, const char *id, const char *changes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (changes, -1, 0, &error);

  g_assert_no_error (error);
  naru_desk_edit (desk, id, json, NULL, &error);
  g_assert_no_error (error);
}

static void
attach (Fixture *fixture, const char *id, const char *name)
{
  g_autofree char *file = g_build_filename (fixture->parent, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "signed", -1, NULL));
  naru_desk_attach (fixture->desk, id, file, name, &error);
  g_assert_no_error (error);
}

static void
assert_blocked (NaruDesk *desk, const char *id, const char *stage, const char *rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruReview) review = NULL;
  NaruFinding *finding;

  g_assert_false (naru_desk_advance (desk, id, stage, NULL, &review, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BLOCKED);
  g_assert_nonnull (review);
  finding = naru_review_find (review, rule);
  g_assert_nonnull (finding);
  g_assert_true (naru_finding_blocks (finding));
  g_assert_nonnull (naru_finding_get_remedy (finding));
}

static void
advance (NaruDesk *desk, const char *id, const char *stage)
{
  g_autoptr (GError) error = NULL;

  naru_desk_advance (desk, id, stage, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Brings a deal to evaluation with all that the next gate asks for but the approval. */
static char *
new_evaluated_deal (Fixture *fixture)
{
  g_autofree char *party = fixture_create (fixture, "party", "{\"name\": \"마곡대학교\"}");
  g_autofree char *changes = NULL;
  const char *person = naru_desk_get_person (fixture->desk);
  char *id =
      fixture_create (fixture, "deal",
                      "{\"title\": \"스텐트 코팅\", \"summary\": \"s\", \"sectors\": [\"bio-health\"]}");

  assert_blocked (fixture->desk, id, "disclosure", "direct.officer");
  changes = g_strdup_printf ("{\"officer\": \"%s\", \"disclosed_on\": \"2026-03-02\", \"trl\": 4,"
                             " \"inventors\": [{\"person\": \"%s\", \"share\": \"100\"}],"
                             " \"owners\": [{\"party\": \"%s\", \"share\": \"100\"}],"
                             " \"evaluation\": {\"grade\": \"A\", \"committee_on\": \"2026-04-01\"}}",
                             person, person, party);
  edit (fixture->desk, id, changes);
  advance (fixture->desk, id, "disclosure");
  assert_blocked (fixture->desk, id, "evaluation", "evaluation.disclosure-form");
  attach (fixture, id, "invention-disclosure");
  advance (fixture->desk, id, "evaluation");
  attach (fixture, id, "prior-art-search");
  return id;
}

static const char *
first_approval (NaruReview *review)
{
  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);

      if (naru_finding_blocks (finding))
        return naru_finding_get_rule (finding);
    }
  return NULL;
}

static void
test_four_eyes (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = new_evaluated_deal (&fixture);
  g_autoptr (NaruDesk) director =
      fixture_desk (&fixture, "director",
                    "{\"name\": \"이서준\", \"login\": \"director\", \"roles\": [\"director\"]}");
  g_autoptr (NaruDesk) officer =
      fixture_desk (&fixture, "hana",
                    "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"officer\"]}");
  g_autoptr (NaruReview) review = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;
  const char *approval;

  review = naru_desk_check (fixture.desk, id, "patent", &error);
  g_assert_no_error (error);
  g_assert_false (naru_review_is_allowed (review));
  approval = first_approval (review);

  /* an officer is no director */
  g_assert_false (naru_desk_approve (officer, id, "patent", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);

  /* the requester's own approval does not count, though the requester is a director too */
  g_assert_true (naru_desk_approve (fixture.desk, id, "patent", &error));
  assert_blocked (fixture.desk, id, "patent", approval);

  /* a rejection stands in the way until the same role approves */
  g_assert_true (naru_desk_reject (director, id, "patent", "선행기술 재검토", &error));
  assert_blocked (fixture.desk, id, "patent", approval);
  g_assert_true (naru_desk_approve (director, id, "patent", &error));
  g_assert_no_error (error);
  advance (fixture.desk, id, "patent");

  log = fixture_git (&fixture, "log -1 --format=%B");
  g_assert_nonnull (strstr (log, "advance evaluation → patent\n"));
  g_assert_nonnull (
      strstr (log, "\nNaru-From: evaluation\nNaru-To: patent\nNaru-Rules: technology blake2b:"));
  g_assert_nonnull (strstr (log, "\nNaru-Approved-By: "));
}

static void
test_waiver (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *party = fixture_create (&fixture, "party", "{\"name\": \"P\"}");
  g_autofree char *other = fixture_create (&fixture, "party", "{\"name\": \"Q\"}");
  g_autofree char *id =
      fixture_create (&fixture, "deal",
                      "{\"title\": \"T\", \"summary\": \"s\", \"sectors\": [\"bio-health\"]}");
  g_autofree char *changes = NULL;
  g_autoptr (NaruReview) review = NULL;
  g_autoptr (GError) error = NULL;

  changes =
      g_strdup_printf ("{\"officer\": \"%s\", \"parties\": [{\"party\": \"%s\", \"role\": \"university\"},"
                       " {\"party\": \"%s\", \"role\": \"hospital\"}], " AGREED "}",
                       naru_desk_get_person (fixture.desk), party, other);
  edit (fixture.desk, id, changes);
  advance (fixture.desk, id, "joint-rd");
  assert_blocked (fixture.desk, id, "disclosure", "disclosure.agreement");

  g_assert_false (naru_desk_waive (fixture.desk, id, "disclosure.agreement", "", "2099-01-01", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (naru_desk_waive (fixture.desk, id, "disclosure.agreement", "why", "2001-01-01", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (naru_desk_waive (fixture.desk, id, "disclosure.content", "why", "2099-01-01", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (naru_desk_waive (fixture.desk, id, "no.such", "why", "2099-01-01", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (naru_desk_waive (fixture.desk, id, "disclosure.agreement", "협약 서명이 다음 주",
                                  "2099-01-01", &error));
  g_assert_no_error (error);
  review = naru_desk_check (fixture.desk, id, "disclosure", &error);
  g_assert_true (naru_review_is_allowed (review));
  g_assert_cmpint (naru_finding_get_status (naru_review_find (review, "disclosure.agreement")), ==,
                   NARU_STATUS_WAIVED);
  advance (fixture.desk, id, NULL);
}

static void
test_linked_agreement (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *party = fixture_create (&fixture, "party", "{\"name\": \"P\"}");
  g_autofree char *other = fixture_create (&fixture, "party", "{\"name\": \"Q\"}");
  g_autofree char *id =
      fixture_create (&fixture, "deal",
                      "{\"title\": \"T\", \"summary\": \"s\", \"sectors\": [\"bio-health\"]}");
  g_autofree char *json = NULL;
  g_autofree char *agreement = NULL;
  g_autofree char *changes = NULL;

  changes =
      g_strdup_printf ("{\"officer\": \"%s\", \"parties\": [{\"party\": \"%s\", \"role\": \"university\"},"
                       " {\"party\": \"%s\", \"role\": \"hospital\"}], " AGREED "}",
                       naru_desk_get_person (fixture.desk), party, other);
  edit (fixture.desk, id, changes);
  advance (fixture.desk, id, "joint-rd");
  json = g_strdup_printf (
      "{\"title\": \"공동연구\", \"kind\": \"joint-rd\", \"deals\": [\"%s\"],"
      " \"signed_on\": \"2026-05-04\", \"parties\": [{\"party\": \"%s\"}, {\"party\": \"%s\"}]}",
      id, party, other);
  agreement = fixture_create (&fixture, "agreement", json);

  /* there, but not executed yet */
  assert_blocked (fixture.desk, id, "disclosure", "disclosure.agreement");
  attach (&fixture, agreement, "signed-agreement");
  advance (fixture.desk, agreement, "negotiation");
  advance (fixture.desk, agreement, "signature");
  advance (fixture.desk, agreement, "executed");
  advance (fixture.desk, id, "disclosure");
}

static void
test_board (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autoptr (NaruJson) board = NULL;
  g_autoptr (NaruJson) list = NULL;
  g_autoptr (GError) error = NULL;
  NaruQuery query = { .stage = "idea", .limit = 1 };
  NaruJson *idea;

  g_assert_true (naru_clock_set ("2026-03-02T09:00:00+09:00", &error));
  one = fixture_create (&fixture, "deal", "{\"title\": \"가\"}");
  g_assert_true (naru_clock_set ("2026-03-03T09:00:00+09:00", &error));
  two = fixture_create (&fixture, "deal", "{\"title\": \"나\"}");
  g_assert_true (naru_clock_set ("2026-03-09T09:00:00+09:00", &error));

  board = naru_desk_board (fixture.desk, NULL, NULL, 0, &error);
  g_assert_no_error (error);
  idea = naru_json_get_element (naru_json_get (board, "stages"), 0);
  g_assert_cmpstr (naru_json_get_string (idea, "id"), ==, "idea");
  g_assert_cmpint (naru_json_get_integer (idea, "count", -1), ==, 2);
  /* the oldest first; 2 March 2026 is the substitute for 1 March, a Sunday */
  g_assert_cmpstr (naru_json_get_string (naru_json_get_element (naru_json_get (idea, "cards"), 0), "id"), ==,
                   one);
  g_assert_cmpint (naru_json_get_integer (naru_json_get_element (naru_json_get (idea, "cards"), 1), "days",
                                          -1),
                   ==, 4);

  list = naru_desk_list (fixture.desk, "deal", &query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (list), ==, 1);
  g_assert_cmpstr (naru_json_get_string (naru_json_get_element (list, 0), "id"), ==, one);
  naru_clock_set (NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/moves/four-eyes", test_four_eyes);
  g_test_add_func ("/moves/waiver", test_waiver);
  g_test_add_func ("/moves/linked-agreement", test_linked_agreement);
  g_test_add_func ("/moves/board", test_board);
  return g_test_run ();
}
