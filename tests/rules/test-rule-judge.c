/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pack-fixture.h"

#define DAY naru_date_new (2026, 11, 22)

typedef struct
{
  NaruJson *json;
  NaruTypes *types;
  NaruRuleBook *book;
  NaruPipeline *pipeline;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruJson) pipeline = load_data ("plain-pipeline.json");
  g_autoptr (GError) error = NULL;

  naru_language_set ("en");
  self->json = load_data ("pack.json");
  self->types = make_types (self->json);
  self->book = naru_rule_book_new ();
  g_autoptr (NaruRulePack) pack = make_pack (self->json);
  naru_rule_book_add (self->book, pack, &error);
  g_assert_no_error (error);
  self->pipeline = naru_pipeline_new (pipeline, "plain-pipeline.json", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  naru_language_set ("en");
  naru_json_unref (self->json);
  naru_rule_book_unref (self->book);
  naru_types_unref (self->types);
  naru_pipeline_unref (self->pipeline);
}

static NaruReview *
judge_case (Fixture *self, NaruCase *subject, const char *to)
{
  g_autoptr (GError) error = NULL;
  NaruReview *review = naru_review_judge (self->pipeline, self->book, subject, to, &error);

  g_assert_no_error (error);
  return review;
}

static NaruReview *
judge_on (Fixture *self, const char *stage, const char *members, const char *to, NaruDate today)
{
  g_autoptr (NaruCase) subject = make_case (self->types, stage, members, today);

  return judge_case (self, subject, to);
}

static NaruReview *
judge (Fixture *self, const char *stage, const char *members, const char *to)
{
  return judge_on (self, stage, members, to, DAY);
}

static NaruFinding *
assert_status (NaruReview *review, const char *rule, const char *status)
{
  NaruFinding *finding = naru_review_find (review, rule);

  g_assert_nonnull (finding);
  g_test_message ("%s: %s | %s | %s", rule, naru_status_to_string (naru_finding_get_status (finding)),
                  naru_finding_get_message (finding), naru_finding_get_remedy (finding));
  g_assert_cmpstr (naru_status_to_string (naru_finding_get_status (finding)), ==, status);
  return finding;
}

static void
assert_fields (NaruFinding *finding, const char *fields)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) naru_finding_get_fields (finding));

  g_assert_cmpstr (joined, ==, fields);
}

#define APPROVED "\"board\": {\"number\": \"7\", \"approved_on\": \"2026-08-01\"}"

static void
test_four_verdicts (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) open = judge (self, "idea", "", "disclosure");
  NaruFinding *finding = assert_status (open, "S-BOARD-01", "unknown");
  assert_fields (finding, "/sample/people");
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==, "naru edit " ID " sample.people=yes|no");
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "Study on people"));
  g_assert_false (naru_finding_blocks (finding));
  g_assert_true (naru_review_is_allowed (open));

  g_autoptr (NaruReview) none = judge (self, "idea", "\"sample\": {\"people\": false}", "disclosure");
  assert_status (none, "S-BOARD-01", "not-applicable");
  g_assert_true (naru_review_is_allowed (none));

  g_autoptr (NaruReview) lacking = judge (self, "idea", "\"sample\": {\"people\": true}", "disclosure");
  finding = assert_status (lacking, "S-BOARD-01", "fail");
  assert_fields (finding, "/sample/board/number /sample/board/approved_on");
  g_assert_true (naru_finding_blocks (finding));
  g_assert_false (naru_review_is_allowed (lacking));

  g_autoptr (NaruReview) half =
      judge (self, "idea", "\"sample\": {\"people\": true, \"board\": {\"number\": \"7\"}}", "disclosure");
  assert_fields (assert_status (half, "S-BOARD-01", "fail"), "/sample/board/approved_on");

  g_autoptr (NaruReview) met =
      judge (self, "idea", "\"sample\": {\"people\": true, " APPROVED "}", "disclosure");
  assert_status (met, "S-BOARD-01", "pass");
  g_assert_true (naru_review_is_allowed (met));

  /* the rules of another move have no say */
  g_assert_null (naru_review_find (met, "S-OFFICER-01"));
  g_assert_null (naru_review_find (met, "S-NDA-01"));
  /* to end a deal needs no rule */
  g_autoptr (NaruReview) closed = judge (self, "idea", "", "closed");
  g_assert_cmpuint (naru_review_get_n_findings (closed), ==, 0);
}

/* A rule about the end of a deal is judged, too; and then a sector without its rules blocks, since they might
 * have spoken. */
static void
test_closing (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruJson) json = load_changed ("rules.0.on", "[{\"from\": \"disclosure\", \"to\": \"closed\"}]");
  g_autoptr (NaruRulePack) pack = make_pack (json);
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (NaruCase) plain = make_case (self->types, "disclosure", "", DAY);
  g_autoptr (NaruCase) nano = make_case (self->types, "disclosure", "\"sectors\": [\"nano\"]", DAY);
  g_autoptr (NaruCase) idea = make_case (self->types, "idea", "\"sectors\": [\"nano\"]", DAY);

  naru_rule_book_add_adopted (book, pack, 0);
  g_autoptr (NaruReview) one = naru_review_judge (self->pipeline, book, plain, "closed", NULL);
  assert_status (one, "S-ADVISE-01", "fail");
  g_autoptr (NaruReview) two = naru_review_judge (self->pipeline, book, nano, "closed", NULL);
  assert_status (two, "S-ADVISE-01", "fail");
  assert_status (two, "sector.nano", "error");
  /* no rule speaks of closing an idea */
  g_autoptr (NaruReview) three = naru_review_judge (self->pipeline, book, idea, "closed", NULL);
  g_assert_cmpuint (naru_review_get_n_findings (three), ==, 0);
}

static void
test_message_and_remedy (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) english = judge (self, "idea", "\"sample\": {\"people\": true}", "disclosure");
  NaruFinding *finding = assert_status (english, "S-BOARD-01", "fail");
  g_assert_cmpstr (naru_finding_get_title (finding), ==, "A board approved the study");
  g_assert_true (
      g_str_has_prefix (naru_finding_get_message (finding), "People are studied without an approval."));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "Approval number, Approved on"));
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==,
                   "naru edit " ID " sample.board.number=TEXT sample.board.approved_on=YYYY-MM-DD\n"
                   "Ask the board about " ID ".\nnaru note " ID " TEXT");
  NaruJson *why = naru_finding_get_why (finding);
  g_assert_cmpstr (naru_json_get_string (why, "pack"), ==, "sample");
  g_assert_cmpstr (naru_json_get_string (why, "law"), ==, "표본법");
  g_assert_cmpint (naru_json_get_kind (naru_json_get (why, "verified_by")), ==, NARU_JSON_NULL);

  naru_language_set ("ko");
  g_autoptr (NaruReview) korean = judge (self, "idea", "\"sample\": {\"people\": true}", "disclosure");
  finding = assert_status (korean, "S-BOARD-01", "fail");
  g_assert_cmpstr (naru_finding_get_title (finding), ==, "위원회의 승인");
  g_assert_true (g_str_has_prefix (naru_finding_get_message (finding), "승인 없이 사람을 대상으로 합니다."));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "승인번호, 승인일"));
  g_assert_nonnull (strstr (naru_finding_get_remedy (finding), ID "에 대해 위원회에 신청하십시오."));
}

/* A deal with a share of 55 or 65, signed on a day: the version of that day judges. */
static void
test_versions_by_field (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *day;
    int share;
    const char *status;
    const char *version;
  } rows[] = {
    { "2020-12-31", 0, "not-applicable", NULL }, /* the day before the first version */
    { "2021-01-01", 50, "pass", "2021" },        /* its first day */
    { "2021-01-01", 49, "fail", "2021" },        { "2024-12-30", 50, "pass", "2021" }, /* its last */
    { "2024-12-31", 59, "fail", "2024" }, /* the next day: the second version's first */
    { "2024-12-31", 60, "pass", "2024" },        { "2026-12-31", 59, "fail", "2024" },
    { "2027-01-01", 0, "not-applicable", NULL }, /* after all of them */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *members =
          g_strdup_printf ("\"sample\": {\"signed_on\": \"%s\", \"share\": %d}", rows[i].day, rows[i].share);
      g_autoptr (NaruReview) review = judge (self, "joint-rd", members, "disclosure");
      NaruFinding *finding = assert_status (review, "S-DATED-01", rows[i].status);
      gboolean second = g_strcmp0 (rows[i].version, "2024") == 0;
      if (rows[i].version == NULL)
        continue;
      g_assert_cmpstr (naru_json_get_string (naru_finding_get_why (finding), "version"), ==, rows[i].version);
      /* the command says which values are right */
      if (g_str_equal (rows[i].status, "fail"))
        g_assert_cmpstr (strchr (naru_finding_get_remedy (finding), '='), ==,
                         second ? "=60..100\nRaise the share." : "=50..100\nRaise the share.");
      /* the second version is milder and has a title of its own; the first has those of the rule */
      g_assert_cmpint (naru_finding_get_severity (finding), ==,
                       second ? NARU_SEVERITY_WARN : NARU_SEVERITY_BLOCK);
      g_assert_cmpstr (naru_finding_get_title (finding), ==,
                       second ? "The share is at least 60" : "The share is enough");
    }

  g_autoptr (NaruReview) open = judge (self, "joint-rd", "\"sample\": {\"share\": 10}", "disclosure");
  NaruFinding *finding = assert_status (open, "S-DATED-01", "unknown");
  assert_fields (finding, "/sample/signed_on");
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==, "naru edit " ID " sample.signed_on=YYYY-MM-DD");
}

/* Without a field that dates it, the day of the review picks the version. */
static void
test_versions_by_review (Fixture *self, gconstpointer data)
{
  static const struct
  {
    int day;
    const char *status;
  } rows[] = { { 21, "not-applicable" }, { 22, "fail" }, { 28, "fail" }, { 29, "not-applicable" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaruReview) review =
          judge_on (self, "joint-rd", "", "disclosure", naru_date_new (2026, 11, (guint) rows[i].day));
      assert_status (review, "S-CLOCK-01", rows[i].status);
    }
}

static NaruReview *
judge_waived (Fixture *self, const char *rule, const char *until)
{
  g_autofree char *members = g_strdup_printf (
      "\"sample\": {\"people\": true}, \"waivers\": [{\"condition\": \"%s\", \"reason\": \"next week\", "
      "\"until\": \"%s\", \"by\": \"" OFFICER "\", \"on\": \"2026-01-02\"}]",
      rule, until);

  return judge (self, "idea", members, "joint-rd");
}

static void
test_waiver (Fixture *self, gconstpointer data)
{
  const char *role = NULL;
  g_autoptr (NaruReview) waived = judge_waived (self, "S-OFFICER-01", "2026-11-22");
  NaruFinding *finding = assert_status (waived, "S-OFFICER-01", "waived");
  g_assert_false (naru_finding_blocks (finding));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "next week"));
  g_assert_true (naru_review_is_waivable (waived, "S-OFFICER-01", &role));
  g_assert_cmpstr (role, ==, "officer");

  g_autoptr (NaruReview) expired = judge_waived (self, "S-OFFICER-01", "2026-11-21");
  finding = assert_status (expired, "S-OFFICER-01", "fail");
  g_assert_true (naru_finding_blocks (finding));

  /* what is met, asked or does not apply needs no waiver */
  g_autoptr (NaruReview) met =
      judge (self, "idea",
             "\"officer\": \"" OFFICER "\", \"waivers\": [{\"condition\": \"S-OFFICER-01\", \"reason\": "
             "\"r\", \"until\": \"2099-12-31\"}, {\"condition\": \"S-BOARD-01\", \"reason\": \"r\", "
             "\"until\": \"2099-12-31\"}]",
             "joint-rd");
  g_assert_null (naru_finding_get_message (assert_status (met, "S-OFFICER-01", "pass")));
  finding = assert_status (met, "S-BOARD-01", "unknown");
  g_assert_null (strstr (naru_finding_get_message (finding), "waive"));

  g_autoptr (NaruReview) fixed = judge_waived (self, "S-BOARD-01", "2099-12-31");
  finding = assert_status (fixed, "S-BOARD-01", "fail");
  g_assert_true (naru_finding_blocks (finding));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "cannot be waived"));
  g_assert_false (naru_review_is_waivable (fixed, "S-BOARD-01", &role));
  g_assert_null (role);
  g_assert_false (naru_review_is_waivable (fixed, "S-NDA-01", &role)); /* of another move */
}

#define AGREEMENT "MGK-AGR-2026-00001"
#define PARTY "MGK-PTY-2026-00001"

static void
test_linked_records (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruReview) none = judge (self, "joint-rd", "", "disclosure");
  NaruFinding *finding = assert_status (none, "S-NDA-01", "fail");
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==,
                   "Sign one.\nnaru new agreement kind=nda title=TEXT deals:='[\"" ID "\"]'");
  assert_status (none, "S-LINKED-01", "pass");
  assert_status (none, "S-PARTY-01", "pass");

  g_autoptr (NaruCase) subject = make_case (self->types, "joint-rd", "", DAY);
  add_linked (subject, "agreement", AGREEMENT, "{\"title\": \"NDA\", \"kind\": \"nda\"}");
  add_linked (subject, "party", PARTY, "{\"name\": \"Hanbit\"}");
  g_autoptr (NaruReview) there = judge_case (self, subject, "disclosure");
  assert_status (there, "S-NDA-01", "pass");
  /* what is wrong is in the linked record: it is named, and the command is about it */
  finding = assert_status (there, "S-LINKED-01", "fail");
  assert_fields (finding, "/@agreements/0/signed_on");
  g_assert_nonnull (strstr (naru_finding_get_message (finding), AGREEMENT));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "Signed on"));
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==,
                   "naru edit " AGREEMENT " signed_on=YYYY-MM-DD\nEnter the day.");
  finding = assert_status (there, "S-PARTY-01", "fail");
  g_assert_true (g_str_has_prefix (naru_finding_get_remedy (finding), "naru edit " PARTY " country="));

  add_linked (subject, "agreement", "MGK-AGR-2026-00002",
              "{\"title\": \"MTA\", \"kind\": \"mta\", \"signed_on\": \"2026-05-04\"}");
  add_linked (subject, "agreement", "MGK-AGR-2026-00003", "{\"title\": \"MTA\", \"kind\": \"mta\"}");
  g_autoptr (NaruReview) more = judge_case (self, subject, "disclosure");
  assert_fields (assert_status (more, "S-LINKED-01", "fail"),
                 "/@agreements/0/signed_on /@agreements/2/signed_on");
}

static void
test_moves (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruCase) subject = make_case (self->types, "joint-rd", "", DAY);
  naru_case_add_move (subject, "disclosure", "joint-rd", naru_date_new (2026, 1, 2));
  g_autoptr (NaruReview) other = judge_case (self, subject, "disclosure");
  assert_status (other, "S-MOVES-01", "fail");

  naru_case_add_move (subject, "idea", "joint-rd", naru_date_new (2026, 3, 2));
  g_autoptr (NaruReview) there = judge_case (self, subject, "disclosure");
  assert_status (there, "S-MOVES-01", "pass");
}

/* The view holds every part, if empty; only what the rules of the move read has to be filled. */
static void
test_view (Fixture *self, gconstpointer data)
{
  static const char *const parts[] = {
    "@agreements", "@assets", "@payments", "@parties", "@people", "@moves"
  };
  g_autoptr (NaruCase) subject = make_case (self->types, "joint-rd", "\"unit\": \"u\"", DAY);
  g_autoptr (NaruJson) view = naru_case_make_view (subject, "joint-rd", "disclosure");

  g_assert_cmpstr (naru_json_get_string (view, "unit"), ==, "u");
  g_assert_cmpstr (naru_json_get_string (view, "@id"), ==, ID);
  g_assert_cmpstr (naru_json_get_string (view, "@from"), ==, "joint-rd");
  g_assert_cmpstr (naru_json_get_string (view, "@to"), ==, "disclosure");
  g_assert_cmpstr (naru_json_get_string (view, "@today"), ==, "2026-11-22");
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_assert_cmpint (naru_json_get_kind (naru_json_get (view, parts[i])), ==, NARU_JSON_ARRAY);
      g_assert_cmpuint (naru_json_get_size (naru_json_get (view, parts[i])), ==, 0);
    }
  g_assert_null (naru_json_get (naru_record_get_json (naru_case_get_record (subject)), "@id"));

  NaruRecord *record = naru_case_get_record (subject);
  g_assert_cmpuint (naru_rule_book_get_parts (self->book, record, "idea", "joint-rd"), ==, 0);
  g_assert_cmpuint (naru_rule_book_get_parts (self->book, record, "joint-rd", "disclosure"), ==,
                    NARU_CASE_AGREEMENTS | NARU_CASE_PARTIES | NARU_CASE_MOVES);
}

/* What blocks, what is only warned of, advised, asked, met, left alone: in this order. */
static void
test_order (Fixture *self, gconstpointer data)
{
  static const char *const lacking[] = { "S-BOARD-01", "S-OFFICER-01", "S-WARN-01", "S-ADVISE-01" };
  static const char *const open[] = { "S-OFFICER-01", "S-WARN-01", "S-BOARD-01", "S-ADVISE-01" };
  static const char *const waived[] = { "S-BOARD-01", "S-WARN-01", "S-ADVISE-01", "S-OFFICER-01" };
  g_autoptr (NaruReview) one = judge (self, "idea", "\"sample\": {\"people\": true}", "joint-rd");
  g_autoptr (NaruReview) two = judge (self, "idea", "\"unit\": \"u\"", "joint-rd");
  g_autoptr (NaruReview) three = judge_waived (self, "S-OFFICER-01", "2026-11-22");

  g_assert_cmpuint (naru_review_get_n_findings (one), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpstr (naru_finding_get_rule (naru_review_get_finding (one, i)), ==, lacking[i]);
      g_assert_cmpstr (naru_finding_get_rule (naru_review_get_finding (two, i)), ==, open[i]);
      g_assert_cmpstr (naru_finding_get_rule (naru_review_get_finding (three, i)), ==, waived[i]);
    }
}

/* What the history keeps: sorted, the same in every language, nothing of what does not apply. */
static void
test_verdict_lines (Fixture *self, gconstpointer data)
{
  const char *members = "\"sample\": {\"people\": true, \"signed_on\": \"2025-01-01\", \"share\": 61}";
  g_autoptr (NaruReview) english = judge (self, "joint-rd", members, "disclosure");
  g_auto (GStrv) lines = naru_review_list_verdicts (english);
  g_autofree char *joined = g_strjoinv ("\n", lines);

  g_assert_cmpstr (joined, ==,
                   "S-CLOCK-01@week block pass\n"
                   "S-DATED-01@2024 warn pass\n"
                   "S-LINKED-01@1 block pass\n"
                   "S-MOVES-01@1 block fail\n"
                   "S-NDA-01@1 block fail\n"
                   "S-PARTY-01@1 warn pass");
  naru_language_set ("ko");
  g_autoptr (NaruReview) korean = judge (self, "joint-rd", members, "disclosure");
  g_auto (GStrv) again = naru_review_list_verdicts (korean);
  g_assert_true (g_strv_equal ((const char *const *) lines, (const char *const *) again));

  g_autoptr (NaruReview) open = judge (self, "idea", "", "disclosure");
  g_auto (GStrv) asked = naru_review_list_verdicts (open);
  g_assert_cmpuint (g_strv_length (asked), ==, 1);
  g_assert_cmpstr (asked[0], ==, "S-BOARD-01@1 block unknown");
}

#define TEST(name) g_test_add ("/rule-judge/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  TEST (four_verdicts);
  TEST (closing);
  TEST (message_and_remedy);
  TEST (versions_by_field);
  TEST (versions_by_review);
  TEST (waiver);
  TEST (linked_records);
  TEST (moves);
  TEST (view);
  TEST (order);
  TEST (verdict_lines);
  return g_test_run ();
}
