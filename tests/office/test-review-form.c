/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-rules.h"
#include "naru-import.h"
#include "office-fixture.h"

/* What a review prints has the form that schemas/review.json gives: every move of a portfolio with deals in
 * all stages, judged by all rules that Naru comes with, in both languages; refused, recorded, and looked back
 * at. */

typedef struct
{
  Fixture fixture;
  NaruSchema *form;
} Reviews;

static void
reviews_clear (Reviews *self)
{
  naru_language_set ("en");
  naru_schema_unref (self->form);
  fixture_clear (&self->fixture);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reviews, reviews_clear)

static Reviews
reviews_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_data_load ("schemas", "review.json", &error);
  Reviews self = { fixture_new (), NULL };

  g_assert_no_error (error);
  self.form = naru_schema_new (json, "schemas/review.json", &error);
  g_assert_no_error (error);
  return self;
}

static void
assert_fits (Reviews *self, NaruJson *json)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autofree char *text = NULL;

  if (naru_schema_validate (self->form, json, findings))
    return;
  NaruFinding *first = g_ptr_array_index (findings, 0);
  text = naru_json_to_line (json);
  g_test_message ("%s: %s\n%s", naru_finding_get_fields (first)[0], naru_finding_get_message (first), text);
  g_test_fail ();
}

/* All moves of one deal; returns how many findings came from rule packs. */
static guint
check_deal (Reviews *self, const char *id, const char *stage)
{
  g_autoptr (GError) error = NULL;
  NaruPipeline *pipeline = naru_office_get_pipeline (self->fixture.office, "deal", &error);
  g_assert_no_error (error);
  g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, stage);
  guint from_packs = 0;

  for (guint i = 0; targets[i] != NULL; i++)
    {
      g_autoptr (NaruReview) review = naru_desk_check (self->fixture.desk, id, targets[i], &error);
      g_assert_no_error (error);
      g_autoptr (NaruJson) json = naru_review_to_json (review);
      assert_fits (self, json);
      for (guint j = 0; j < naru_review_get_n_findings (review); j++)
        from_packs += naru_finding_get_why (naru_review_get_finding (review, j)) != NULL ? 1 : 0;
    }
  return from_packs;
}

static void
test_all_moves (void)
{
  static const char *const languages[] = { "en", "ko" };
  g_auto (Reviews) reviews = reviews_new ();
  g_autoptr (GError) error = NULL;

  naru_office_load_demo (reviews.fixture.office, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) deals = naru_desk_list (reviews.fixture.desk, "deal", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (deals), >, 20);
  for (guint l = 0; l < G_N_ELEMENTS (languages); l++)
    {
      guint from_packs = 0;
      naru_language_set (languages[l]);
      for (guint i = 0; i < naru_json_get_size (deals); i++)
        {
          NaruJson *deal = naru_json_get_element (deals, i);
          from_packs +=
              check_deal (&reviews, naru_json_get_string (deal, "id"), naru_json_get_string (deal, "stage"));
        }
      g_assert_cmpuint (from_packs, >, 100);
    }
}

static void
test_moved_and_seen_again (void)
{
  g_auto (Reviews) reviews = reviews_new ();
  Fixture *fixture = &reviews.fixture;
  g_autoptr (GError) error = NULL;
  g_autofree char *fields =
      g_strdup_printf ("{\"title\": \"T\", \"summary\": \"s\", \"sectors\": [\"bio-health\"],"
                       " \"officer\": \"%s\"}",
                       naru_desk_get_person (fixture->desk));
  g_autofree char *bare = fixture_create (fixture, "deal", "{\"title\": \"T\"}");
  g_autofree char *id = fixture_create (fixture, "deal", fields);
  g_autoptr (NaruReview) refused = NULL;
  g_autoptr (NaruReview) moved = NULL;
  g_autoptr (NaruJson) about = NULL;

  g_assert_false (naru_desk_advance (fixture->desk, bare, "disclosure", NULL, &refused, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BLOCKED);
  g_clear_error (&error);
  g_autoptr (NaruJson) no = naru_review_to_json (refused);
  assert_fits (&reviews, no);

  naru_desk_advance (fixture->desk, id, "disclosure", NULL, &moved, &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) yes = naru_review_to_json (moved);
  assert_fits (&reviews, yes);

  g_autoptr (NaruJson) history = naru_desk_history (fixture->desk, id, &error);
  g_assert_no_error (error);
  NaruJson *last = naru_json_get_element (history, naru_json_get_size (history) - 1);
  g_autofree char *when = g_strdup_printf ("#%d", (int) naru_json_get_integer (last, "seq", 0));
  g_autoptr (NaruReview) then = naru_desk_check_as_of (fixture->desk, id, "disclosure", when, &about, &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) json = naru_review_to_json (then);
  naru_json_set (json, "as_of", naru_json_ref (about));
  assert_fits (&reviews, json);
  g_assert_true (naru_json_get_boolean (about, "same", FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/review-form/all-moves", test_all_moves);
  g_test_add_func ("/review-form/moved-and-seen-again", test_moved_and_seen_again);
  return g_test_run ();
}
