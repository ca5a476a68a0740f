/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "review-fixture.h"

#define APPROVAL(role, by, from)                                                                             \
  "{\"from\": \"" from "\", \"to\": \"people\", \"role\": \"" role "\", \"by\": \"" by                       \
  "\", \"on\": \"2026-11-20\"}"

static void
test_approvals (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) none = judge (self, "", "people");
  NaruFinding *finding = get_finding (none, "people.approval", NARU_STATUS_FAIL);
  assert_message (finding, "2 of 2");
  assert_message (finding, "by the requester does not count");
  assert_remedy (finding, "naru approve " ID " people --as LOGIN");
  g_assert_nonnull (strstr (naru_finding_get_title (finding), "director"));

  /* once by one person, however often; wrong role; another move; the requester */
  static const char *const too_few[] = {
    "\"approvals\": [" APPROVAL ("director", DIRECTOR, "start") "]",
    "\"approvals\": [" APPROVAL ("director", DIRECTOR, "start") ", " APPROVAL ("director", DIRECTOR,
                                                                               "start") "]",
    "\"approvals\": [" APPROVAL ("director", DIRECTOR, "start") ", " APPROVAL ("officer", OTHER, "start") "]",
    "\"approvals\": [" APPROVAL ("director", DIRECTOR, "start") ", " APPROVAL ("director", OTHER,
                                                                               "papers") "]",
    "\"approvals\": [" APPROVAL ("director", DIRECTOR, "start") ", " APPROVAL ("director", REQUESTER,
                                                                               "start") "]",
  };
  for (guint i = 0; i < G_N_ELEMENTS (too_few); i++)
    {
      g_autoptr (NaruReview) few = judge (self, too_few[i], "people");
      finding = get_finding (few, "people.approval", NARU_STATUS_FAIL);
      assert_message (finding, "1 of 2");
      g_assert_cmpint (strstr (naru_finding_get_message (finding), "own") != NULL, ==, i == 4);
      g_assert_false (naru_review_is_allowed (few));
    }

  g_autoptr (NaruReview) met =
      judge (self,
             "\"approvals\": [" APPROVAL ("director", DIRECTOR, "start") ", " APPROVAL ("director", OTHER,
                                                                                        "start") "]",
             "people");
  get_finding (met, "people.approval", NARU_STATUS_PASS);
  g_assert_true (naru_review_is_allowed (met));
}

static NaruReview *
judge_rejected (Fixture *self, const char *rejected_on, const char *approved_on, const char *approver)
{
  g_autofree char *members = g_strdup_printf (
      "\"rejections\": [{\"from\": \"start\", \"to\": \"people\", \"role\": \"director\", \"by\": \"" DIRECTOR
      "\", \"on\": \"%s\", \"reason\": \"the claims are too wide\"}], \"approvals\": [{\"from\": \"start\", "
      "\"to\": "
      "\"people\", \"role\": \"director\", \"by\": \"%s\", \"on\": \"%s\"}]",
      rejected_on, approver, approved_on);

  return judge (self, members, "people");
}

static void
test_rejection (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) standing = judge_rejected (self, "2026-11-20", "2026-11-19", OTHER);
  NaruFinding *finding = get_finding (standing, "rejected", NARU_STATUS_FAIL);
  g_assert_true (naru_finding_blocks (finding));
  assert_message (finding, "the claims are too wide");
  assert_message (finding, DIRECTOR);
  g_assert_true (naru_review_get_finding (standing, 0) == finding);
  g_assert_false (naru_review_is_waivable (standing, "rejected", NULL));

  g_autoptr (NaruReview) later = judge_rejected (self, "2026-11-20", "2026-11-21", OTHER);
  g_assert_null (naru_review_find (later, "rejected"));
  g_autoptr (NaruReview) same_day = judge_rejected (self, "2026-11-20", "2026-11-20", OTHER);
  get_finding (same_day, "rejected", NARU_STATUS_FAIL);
  g_autoptr (NaruReview) hours =
      judge_rejected (self, "2026-11-20T09:00:00+09:00", "2026-11-20T00:30:00Z", OTHER);
  g_assert_null (naru_review_find (hours, "rejected"));
  g_autoptr (NaruReview) own = judge_rejected (self, "2026-11-20", "2026-11-21", REQUESTER);
  get_finding (own, "rejected", NARU_STATUS_FAIL);

  g_autoptr (NaruReview) elsewhere = judge (
      self,
      "\"rejections\": [{\"from\": \"start\", \"to\": \"links\", \"by\": \"x\", \"on\": \"2026-11-20\"}]",
      "people");
  g_assert_null (naru_review_find (elsewhere, "rejected"));
}

static NaruReview *
judge_waived (Fixture *self, const char *condition, const char *until)
{
  g_autofree char *members =
      g_strdup_printf ("\"waivers\": [{\"condition\": \"%s\", \"reason\": \"fair next week\", \"until\": "
                       "\"%s\", \"by\": \"" DIRECTOR "\", \"on\": \"2026-01-02\"}]",
                       condition, until);

  return judge (self, members, "papers");
}

static void
test_waiver (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) waived = judge_waived (self, "papers.grade", "2026-12-31");
  NaruFinding *finding = get_finding (waived, "papers.grade", NARU_STATUS_WAIVED);
  g_assert_false (naru_finding_blocks (finding));
  assert_message (finding, "Grade");
  assert_message (finding, "fair next week");
  g_assert_nonnull (naru_finding_get_remedy (finding));

  /* in force on its last day, over on the next */
  g_autoptr (NaruReview) last = judge_waived (self, "papers.report", "2026-11-22");
  get_finding (last, "papers.report", NARU_STATUS_WAIVED);
  g_autoptr (NaruReview) expired = judge_waived (self, "papers.report", "2026-11-21");
  finding = get_finding (expired, "papers.report", NARU_STATUS_FAIL);
  assert_message (finding, "ended on");
  g_assert_true (naru_finding_blocks (finding));

  g_autoptr (NaruReview) fixed = judge_waived (self, "papers.inventors", "2026-12-31");
  finding = get_finding (fixed, "papers.inventors", NARU_STATUS_FAIL);
  assert_message (finding, "cannot be waived");

  /* what is met needs no waiver */
  g_autoptr (NaruReview) cured =
      judge (self, GRADED ", \"waivers\": [{\"condition\": \"papers.grade\", \"until\": \"2026-12-31\"}]",
             "papers");
  get_finding (cured, "papers.grade", NARU_STATUS_PASS);
}

static void
test_waivable (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) review = judge (self, "", "papers");
  const char *role = NULL;

  g_assert_true (naru_review_is_waivable (review, "papers.officer", &role));
  g_assert_cmpstr (role, ==, "officer");
  g_assert_true (naru_review_is_waivable (review, "papers.report", &role));
  g_assert_cmpstr (role, ==, "director");
  g_assert_false (naru_review_is_waivable (review, "papers.inventors", &role));
  g_assert_null (role);
  g_assert_false (naru_review_is_waivable (review, "links.agreement", &role));
}

static void
test_order (Fixture *self, gconstpointer data)
{
  static const char *const order[] = { "mixed.first",  "mixed.second", "mixed.third", "mixed.warning",
                                       "mixed.advice", "mixed.waived", "mixed.pass",  "mixed.other" };
  g_autoptr (NaruReview) review =
      judge (self, "\"waivers\": [{\"condition\": \"mixed.waived\", \"until\": \"2026-11-30\"}]", "mixed");

  g_assert_cmpuint (naru_review_get_n_findings (review), ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpstr (naru_finding_get_rule (naru_review_get_finding (review, i)), ==, order[i]);
}

static void
test_allowed (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) review = judge (
      self,
      GRADED
      ", \"inventors\": [{\"person\": \"" OTHER "\", \"share\": \"100\"}], \"officer\": \"" OTHER
      "\", \"patent\": {\"filed_on\": \"2026-10-01\"}, \"documents\": [{\"name\": \"prior-art-search\"}]",
      "papers");

  g_assert_true (naru_review_is_allowed (review));
  get_finding (review, "papers.ready", NARU_STATUS_FAIL);
}

static void
test_moves (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruCase) start = make_case (self, "start", "");
  g_autoptr (NaruCase) end = make_case (self, "end", "");
  g_autoptr (NaruCase) lost = make_case (self, "nowhere", "");
  g_autoptr (NaruReview) next = judge_case (self, start, NULL);
  g_assert_cmpstr (naru_review_get_from (next), ==, "start");
  g_assert_cmpstr (naru_review_get_to (next), ==, "papers");
  g_assert_cmpstr (naru_review_get_id (next), ==, ID);

  struct
  {
    NaruCase *subject;
    const char *to;
    const char *says;
    const char *cure;
  } refused[] = { { start, "papers2", "no stage “papers2”", "papers (Papers), links (Links)" },
                  { start, "end", "“start” to “end”", "papers (Papers)" },
                  { start, "start", "“start” to “start”", "papers (Papers)" },
                  { end, NULL, "where its way ends", "nothing leads on" },
                  { lost, "papers", "“nowhere”", "add the stage" } };
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (naru_review_judge (self->pipeline, NULL, refused[i].subject, refused[i].to, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_test_message ("%s (%s)", error->message, naru_error_get_cure (error));
      g_assert_nonnull (strstr (error->message, refused[i].says));
      g_autofree char *cure = g_ascii_strdown (naru_error_get_cure (error), -1);
      g_autofree char *wanted = g_ascii_strdown (refused[i].cure, -1);
      g_assert_nonnull (strstr (cure, wanted));
      g_assert_cmpstr (naru_error_get_field (error), ==, "stage");
    }
}

/* A record without a stage stands in the initial one. */
static void
test_no_stage (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruRecord) record = make_record ("deal", ID, "{\"title\": \"T\"}");
  g_autoptr (NaruCase) subject =
      naru_case_new (naru_types_get (self->types, "deal", NULL), record, naru_date_new (2026, 11, 22), NULL);
  g_autoptr (NaruReview) review = judge_case (self, subject, NULL);

  g_assert_cmpstr (naru_review_get_from (review), ==, "start");
}

static void
test_languages (Fixture *self, gconstpointer data)
{
  naru_language_set ("ko");
  g_autoptr (NaruReview) review = judge (self, "", "papers");
  NaruFinding *finding = get_finding (review, "papers.grade", NARU_STATUS_FAIL);

  g_assert_cmpstr (naru_finding_get_title (finding), ==, "평가등급이 있음");
  assert_message (finding, "평가 등급");
  g_assert_true (g_str_has_suffix (naru_finding_get_remedy (finding), "심의위원회는 월요일에 열립니다."));
  g_assert_true (
      g_str_has_prefix (naru_finding_get_remedy (finding), "naru edit " ID " evaluation.grade=S|A|B|C"));
}

static void
assert_keys (NaruJson *json, const char *keys)
{
  g_auto (GStrv) names = naru_json_get_keys (json);
  g_autofree char *joined = g_strjoinv (" ", names);

  g_assert_cmpstr (joined, ==, keys);
}

static void
test_json (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) review = judge (self, "", "papers");
  g_autoptr (NaruJson) json = naru_review_to_json (review);
  NaruJson *findings = naru_json_get (json, "findings");

  assert_keys (json, "allowed findings from id to");
  g_assert_cmpstr (naru_json_get_string (json, "id"), ==, ID);
  g_assert_cmpstr (naru_json_get_string (json, "from"), ==, "start");
  g_assert_cmpstr (naru_json_get_string (json, "to"), ==, "papers");
  g_assert_cmpint (naru_json_get_kind (naru_json_get (json, "allowed")), ==, NARU_JSON_BOOLEAN);
  g_assert_false (naru_json_get_boolean (json, "allowed", TRUE));
  g_assert_cmpuint (naru_json_get_size (findings), ==, naru_review_get_n_findings (review));
  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      assert_keys (finding, "fields message remedy rule severity status title");
      g_assert_cmpint (naru_json_get_kind (naru_json_get (finding, "fields")), ==, NARU_JSON_ARRAY);
      g_assert_cmpstr (naru_json_get_string (finding, "rule"), ==,
                       naru_finding_get_rule (naru_review_get_finding (review, i)));
    }
}

int
main (int argc, char **argv)
{
  static const FixtureTest tests[] = {
    { "/rules/review/approvals", test_approvals }, { "/rules/review/rejection", test_rejection },
    { "/rules/review/waiver", test_waiver },       { "/rules/review/waivable", test_waivable },
    { "/rules/review/order", test_order },         { "/rules/review/allowed", test_allowed },
    { "/rules/review/moves", test_moves },         { "/rules/review/no-stage", test_no_stage },
    { "/rules/review/languages", test_languages }, { "/rules/review/json", test_json },
  };

  return run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
