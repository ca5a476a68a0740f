/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rules.h"

#include <string.h>

/* What the tests of reviews share: a deal before the gates of data/gates.json. */

#define ID "MGK-2026-00442"
#define REQUESTER "MGK-PER-2026-00001"
#define DIRECTOR "MGK-PER-2026-00002"
#define OTHER "MGK-PER-2026-00003"
#define GRADED "\"evaluation\": {\"grade\": \"A\", \"committee_on\": \"2026-03-02\"}"

typedef struct
{
  NaruTypes *types;
  NaruPipeline *pipeline;
} Fixture;

static inline NaruJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, NARU_JSON_MAX_SIZE, &error);

  g_assert_no_error (error);
  return json;
}

static inline void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "rules", "data", "gates.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &error);
  g_assert_no_error (error);

  naru_language_set ("en");
  self->types = naru_types_new (&error);
  g_assert_no_error (error);
  self->pipeline = naru_pipeline_new (json, "gates.json", &error);
  g_assert_no_error (error);
  naru_pipeline_check_types (self->pipeline, self->types, &error);
  g_assert_no_error (error);
}

static inline void
tear_down (Fixture *self, gconstpointer data)
{
  naru_pipeline_unref (self->pipeline);
  naru_types_unref (self->types);
}

static inline NaruRecord *
make_record (const char *type, const char *id, const char *text)
{
  g_autoptr (NaruJson) json = parse (text);
  g_autoptr (GError) error = NULL;
  NaruRecord *record = naru_record_new (type, id, json, &error);

  g_assert_no_error (error);
  return record;
}

/* A deal whose record holds title, stage and @members; the day is 2026-11-22. */
static inline NaruCase *
make_case (Fixture *self, const char *stage, const char *members)
{
  g_autofree char *text = g_strdup_printf ("{\"title\": \"연료전지 막\", \"stage\": \"%s\"%s%s}", stage,
                                           members[0] != '\0' ? ", " : "", members);
  g_autoptr (NaruRecord) record = make_record ("deal", ID, text);
  g_autoptr (GError) error = NULL;
  NaruRecordType *type = naru_types_get (self->types, "deal", &error);
  g_assert_no_error (error);

  return naru_case_new (type, record, naru_date_new (2026, 11, 22), REQUESTER);
}

static inline NaruReview *
judge_case (Fixture *self, NaruCase *subject, const char *to)
{
  g_autoptr (GError) error = NULL;
  NaruReview *review = naru_review_judge (self->pipeline, NULL, subject, to, &error);

  g_assert_no_error (error);
  return review;
}

static inline NaruReview *
judge (Fixture *self, const char *members, const char *to)
{
  g_autoptr (NaruCase) subject = make_case (self, "start", members);

  return judge_case (self, subject, to);
}

static inline NaruFinding *
get_finding (NaruReview *review, const char *rule, NaruStatus status)
{
  NaruFinding *finding = naru_review_find (review, rule);

  g_assert_nonnull (finding);
  g_test_message ("%s: %s | %s | %s", rule, naru_status_to_string (naru_finding_get_status (finding)),
                  naru_finding_get_message (finding), naru_finding_get_remedy (finding));
  g_assert_cmpstr (naru_status_to_string (naru_finding_get_status (finding)), ==,
                   naru_status_to_string (status));
  return finding;
}

static inline void
assert_remedy (NaruFinding *finding, const char *remedy)
{
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==, remedy);
}

static inline void
assert_message (NaruFinding *finding, const char *part)
{
  g_assert_nonnull (naru_finding_get_message (finding));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), part));
}

static inline void
assert_fields (NaruFinding *finding, const char *fields)
{
  g_autofree char *joined = g_strjoinv (" ", (char **) naru_finding_get_fields (finding));

  g_assert_cmpstr (joined, ==, fields);
}

typedef struct
{
  const char *path;
  void (*func) (Fixture *self, gconstpointer data);
} FixtureTest;

static inline int
run_tests (int argc, char **argv, const FixtureTest *tests, gsize n)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (gsize i = 0; i < n; i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
