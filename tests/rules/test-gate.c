/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "review-fixture.h"

static void
test_condition (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) review = judge (self, "", "papers");
  g_assert_false (naru_review_is_allowed (review));

  NaruFinding *finding = get_finding (review, "papers.grade", NARU_STATUS_FAIL);
  g_assert_cmpstr (naru_finding_get_title (finding), ==, "The invention is graded");
  assert_fields (finding, "/evaluation/grade /evaluation/committee_on");
  assert_message (finding, "Grade");
  assert_message (finding, "Committee met on");
  assert_remedy (finding, "naru edit " ID " evaluation.grade=S|A|B|C evaluation.committee_on=YYYY-MM-DD\n"
                          "The committee meets on Mondays.");

  finding = get_finding (review, "papers.inventors", NARU_STATUS_FAIL);
  assert_fields (finding, "/inventors");
  assert_remedy (finding, "naru edit " ID " inventors:='[{\"person\":\"PERSON-ID\",\"share\":\"100\"}]'");
  assert_remedy (get_finding (review, "papers.officer", NARU_STATUS_FAIL),
                 "naru link " ID " officer PERSON-ID");

  g_autoptr (NaruReview) half = judge (self, "\"evaluation\": {\"grade\": \"B\"}", "papers");
  finding = get_finding (half, "papers.grade", NARU_STATUS_FAIL);
  assert_fields (finding, "/evaluation/committee_on");

  g_autoptr (NaruReview) met = judge (self, GRADED, "papers");
  finding = get_finding (met, "papers.grade", NARU_STATUS_PASS);
  assert_fields (finding, "");
  g_assert_null (naru_finding_get_remedy (finding));
}

static void
test_severity (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) review = judge (self, "\"trl\": 3", "papers");

  NaruFinding *finding = get_finding (review, "papers.ready", NARU_STATUS_FAIL);
  g_assert_cmpint (naru_finding_get_severity (finding), ==, NARU_SEVERITY_WARN);
  g_assert_false (naru_finding_blocks (finding));
  assert_fields (finding, "/trl");
  assert_remedy (finding, "naru edit " ID " trl=4..9");
  finding = get_finding (review, "papers.keywords", NARU_STATUS_FAIL);
  g_assert_cmpint (naru_finding_get_severity (finding), ==, NARU_SEVERITY_ADVISE);
  g_assert_false (naru_finding_blocks (finding));
}

static void
test_applies (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) other = judge (self, "\"sectors\": [\"it\"]", "papers");
  get_finding (other, "papers.nano", NARU_STATUS_NOT_APPLICABLE);
  g_autoptr (NaruReview) nano = judge (self, "\"sectors\": [\"it\", \"nano\"]", "papers");
  assert_remedy (get_finding (nano, "papers.nano", NARU_STATUS_FAIL), "naru edit " ID " unit=TEXT");
}

static void
test_choice (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) none = judge (self, "\"patent\": {\"office\": \"KR\"}", "papers");
  NaruFinding *finding = get_finding (none, "papers.filing", NARU_STATUS_FAIL);
  assert_fields (finding, "/patent/application_number /patent/filed_on");
  assert_message (finding, "One of these is needed");
  assert_remedy (finding, "naru edit " ID " patent.application_number=TEXT or naru edit " ID
                          " patent.filed_on=YYYY-MM-DD");

  g_autoptr (NaruReview) one = judge (self, "\"patent\": {\"filed_on\": \"2026-10-01\"}", "papers");
  get_finding (one, "papers.filing", NARU_STATUS_PASS);
}

static void
test_document (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) none =
      judge (self, "\"documents\": [{\"name\": \"prior-art\", \"size\": 1}]", "papers");
  NaruFinding *finding = get_finding (none, "papers.report", NARU_STATUS_FAIL);
  assert_fields (finding, "/documents");
  assert_message (finding, "“prior-art-search”");
  assert_remedy (finding, "naru attach " ID " FILE --name prior-art-search");

  g_autoptr (NaruReview) met =
      judge (self, "\"documents\": [{\"name\": \"a\"}, {\"name\": \"prior-art-search\"}]", "papers");
  get_finding (met, "papers.report", NARU_STATUS_PASS);
}

static NaruReview *
judge_linked (Fixture *self, const char *agreement, const char *more)
{
  g_autoptr (NaruCase) subject = make_case (self, "start", "");

  naru_case_set_types (subject, self->types);
  if (agreement != NULL)
    {
      g_autoptr (NaruRecord) record = make_record ("agreement", "MGK-AGR-2026-00017", agreement);
      naru_case_add_linked (subject, record);
      naru_case_add_linked (subject, record);
      g_assert_cmpuint (naru_case_get_n_linked (subject), ==, 1);
    }
  if (more != NULL)
    {
      g_autoptr (NaruRecord) record = make_record ("agreement", "MGK-AGR-2026-00018", more);
      naru_case_add_linked (subject, record);
    }
  return judge_case (self, subject, "links");
}

static void
test_records (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) none = judge_linked (self, NULL, NULL);
  NaruFinding *finding = get_finding (none, "links.agreement", NARU_STATUS_FAIL);
  assert_message (finding, "Agreement: 0 of 1");
  assert_remedy (finding, "naru new agreement kind=joint-rd title=TEXT deals:='[\"" ID "\"]'\n"
                          "naru advance AGREEMENT-ID executed\n"
                          "Ask the partner's contact.");

  g_autoptr (NaruReview) early =
      judge_linked (self,
                    "{\"title\": \"T\", \"kind\": \"joint-rd\", \"stage\": \"draft\", \"deals\": [\"" ID
                    "\"]}",
                    NULL);
  finding = get_finding (early, "links.agreement", NARU_STATUS_FAIL);
  assert_message (finding, "MGK-AGR-2026-00017: Stage");
  assert_message (finding, "draft");
  assert_remedy (finding, "naru advance MGK-AGR-2026-00017 executed\nAsk the partner's contact.");

  g_autoptr (NaruReview) wrong =
      judge_linked (self,
                    "{\"title\": \"T\", \"kind\": \"nda\", \"stage\": \"executed\", \"deals\": [\"" ID "\"]}",
                    NULL);
  finding = get_finding (wrong, "links.agreement", NARU_STATUS_FAIL);
  assert_remedy (finding, "naru edit MGK-AGR-2026-00017 kind=joint-rd\nAsk the partner's contact.");

  g_autoptr (NaruReview) met =
      judge_linked (self,
                    "{\"title\": \"T\", \"kind\": \"joint-rd\", \"stage\": \"executed\", \"deals\": [\"" ID
                    "\"]}",
                    "{\"title\": \"T\", \"kind\": \"nda\", \"stage\": \"draft\", \"deals\": [\"" ID "\"]}");
  finding = get_finding (met, "links.agreement", NARU_STATUS_PASS);
  g_assert_null (naru_finding_get_remedy (finding));
  g_assert_true (naru_review_is_allowed (met));
}

/* An agreement about another deal counts for nothing, and is not named. */
static void
test_records_of_others (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) review = judge_linked (
      self,
      "{\"title\": \"T\", \"kind\": \"joint-rd\", \"stage\": \"executed\", \"deals\": [\"MGK-2026-00441\"]}",
      NULL);
  NaruFinding *finding = get_finding (review, "links.agreement", NARU_STATUS_FAIL);

  g_assert_null (strstr (naru_finding_get_message (finding), "00017"));
  g_assert_true (g_str_has_prefix (naru_finding_get_remedy (finding), "naru new agreement "));
}

/* Values that the validator gives up on are never a pass, neither for "must" nor for "if". */
static void
test_unjudged (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruJson) json = parse ("{\"id\": \"p\", \"record_type\": \"deal\", \"title\": {\"en\": \"P\", "
                                     "\"ko\": \"피\"}, \"calendar\": \"KR\", "
                                     "\"initial\": \"a\", \"stages\": [{\"id\": \"a\", \"title\": {\"en\": "
                                     "\"A\", \"ko\": \"가\"}, \"kind\": \"active\"}, "
                                     "{\"id\": \"b\", \"title\": {\"en\": \"B\", \"ko\": \"나\"}, \"kind\": "
                                     "\"final\"}], \"transitions\": [{\"from\": "
                                     "\"a\", \"to\": \"b\", \"gate\": {\"conditions\": [{\"id\": \"must\", "
                                     "\"title\": {\"en\": \"M\", \"ko\": \"엠\"}, "
                                     "\"waivable\": true, \"must\": {\"properties\": {\"summary\": "
                                     "{\"pattern\": \"^(a+)+$\"}}}}, {\"id\": \"if\", "
                                     "\"title\": {\"en\": \"I\", \"ko\": \"아이\"}, \"if\": {\"properties\": "
                                     "{\"summary\": {\"pattern\": \"^(a+)+$\"}}}, "
                                     "\"must\": {\"required\": [\"unit\"]}}]}}]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "p.json", &error);
  g_assert_no_error (error);
  g_autoptr (GString) members =
      g_string_new ("\"waivers\": [{\"condition\": \"must\", \"until\": \"2026-12-31\"}], "
                    "\"summary\": \"");
  for (guint i = 0; i < 5000; i++)
    g_string_append_c (members, 'a');
  g_string_append (members, "!\"");
  g_autoptr (NaruCase) subject = make_case (self, "a", members->str);
  g_autoptr (NaruReview) review = naru_review_judge (pipeline, NULL, subject, "b", &error);
  g_assert_no_error (error);

  get_finding (review, "must", NARU_STATUS_ERROR);
  get_finding (review, "if", NARU_STATUS_ERROR);
  g_assert_false (naru_review_is_allowed (review));
}

int
main (int argc, char **argv)
{
  static const FixtureTest tests[] = {
    { "/rules/gate/condition", test_condition },
    { "/rules/gate/severity", test_severity },
    { "/rules/gate/applies", test_applies },
    { "/rules/gate/choice", test_choice },
    { "/rules/gate/document", test_document },
    { "/rules/gate/records", test_records },
    { "/rules/gate/records-of-others", test_records_of_others },
    { "/rules/gate/unjudged", test_unjudged },
  };

  return run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
