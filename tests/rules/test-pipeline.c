/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rules.h"

#include <string.h>

static NaruJson *
load_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "rules", "data", name, NULL);
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &error);

  g_assert_no_error (error);
  return json;
}

static void
append_all (NaruJson *list, NaruJson *more)
{
  for (guint i = 0; i < naru_json_get_size (more); i++)
    naru_json_append (list, naru_json_ref (naru_json_get_element (more, i)));
}

/* minimal.json with the one change that @fault describes; a null takes the value away, an empty path adds
 * stages and transitions */
static NaruJson *
make_faulty (NaruJson *fault)
{
  NaruJson *json = load_data ("minimal.json");
  const char *path = naru_json_get_string (fault, "path");
  NaruJson *value = naru_json_get (fault, "value");
  g_autoptr (GError) error = NULL;

  if (path[0] == '\0')
    {
      append_all (naru_json_get (json, "stages"), naru_json_get (value, "stages"));
      append_all (naru_json_get (json, "transitions"), naru_json_get (value, "transitions"));
    }
  else if (naru_json_get_kind (value) == NARU_JSON_NULL)
    naru_json_remove_path (json, path, &error);
  else
    naru_json_set_path (json, path, naru_json_copy (value), &error);
  g_assert_no_error (error);
  return json;
}

static void
assert_says (NaruJson *fault, const GError *error)
{
  g_test_message ("%s: %s (%s)", naru_json_get_string (fault, "name"), error->message,
                  naru_error_get_cure (error));
  g_assert_nonnull (strstr (error->message, naru_json_get_string (fault, "says")));
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpstr (naru_error_get_cure (error), !=, "");
  if (naru_json_get_string (fault, "field") != NULL)
    g_assert_cmpstr (naru_error_get_field (error), ==, naru_json_get_string (fault, "field"));
}

static void
test_faults (void)
{
  g_autoptr (NaruJson) faults = load_data ("faults.json");

  g_assert_cmpuint (naru_json_get_size (faults), >, 20);
  for (guint i = 0; i < naru_json_get_size (faults); i++)
    {
      NaruJson *fault = naru_json_get_element (faults, i);
      g_autoptr (NaruJson) json = make_faulty (fault);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "office.json", &error);

      if (pipeline != NULL)
        g_test_message ("%s was not noticed", naru_json_get_string (fault, "name"));
      g_assert_null (pipeline);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "office.json"));
      assert_says (fault, error);
    }
}

static void
test_strange_fields (void)
{
  g_autoptr (NaruJson) faults = load_data ("strange-fields.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTypes) types = naru_types_new (&error);

  g_assert_no_error (error);
  for (guint i = 0; i < naru_json_get_size (faults); i++)
    {
      NaruJson *fault = naru_json_get_element (faults, i);
      g_autoptr (NaruJson) json = make_faulty (fault);
      g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "office.json", &error);
      g_assert_no_error (error);

      g_assert_false (naru_pipeline_check_types (pipeline, types, &error));
      g_assert_nonnull (error);
      assert_says (fault, error);
      g_clear_error (&error);
    }
}

static void
test_shape (void)
{
  g_autoptr (NaruJson) json = load_data ("minimal.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "minimal.json", &error);
  g_assert_no_error (error);

  g_assert_cmpstr (naru_pipeline_get_id (pipeline), ==, "minimal");
  g_assert_cmpstr (naru_pipeline_get_record_type (pipeline), ==, "deal");
  g_assert_cmpstr (naru_pipeline_get_calendar (pipeline), ==, "KR");
  g_assert_true (naru_pipeline_get_json (pipeline) == json);
  g_assert_cmpuint (naru_pipeline_get_n_stages (pipeline), ==, 2);
  g_assert_cmpstr (naru_pipeline_get_initial (pipeline)->id, ==, "start");
  g_assert_cmpint (naru_pipeline_get_initial (pipeline)->target_days, ==, 5);
  g_assert_cmpint (naru_pipeline_get_stage (pipeline, 1)->kind, ==, NARU_STAGE_FINAL);
  g_assert_null (naru_pipeline_find_stage (pipeline, "nowhere"));
  g_assert_null (naru_pipeline_find_stage (pipeline, NULL));
  g_assert_null (naru_pipeline_find_transition (pipeline, "end", NULL));
  g_assert_null (naru_pipeline_find_transition (pipeline, "end", "start"));

  const NaruTransition *transition = naru_pipeline_find_transition (pipeline, "start", NULL);
  g_assert_nonnull (transition);
  g_assert_true (transition == naru_pipeline_find_transition (pipeline, "start", "end"));
  g_auto (GStrv) types = naru_transition_list_linked_types (transition);
  g_assert_cmpuint (g_strv_length (types), ==, 1);
  g_assert_cmpstr (types[0], ==, "agreement");
  g_auto (GStrv) none = naru_pipeline_list_targets (pipeline, "end");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
test_languages (void)
{
  g_autoptr (NaruJson) json = load_data ("minimal.json");
  g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "minimal.json", NULL);

  naru_language_set ("ko");
  g_assert_cmpstr (naru_pipeline_get_title (pipeline), ==, "최소");
  g_assert_cmpstr (naru_stage_get_title (naru_pipeline_get_stage (pipeline, 0)), ==, "시작");
  naru_language_set ("en");
  g_assert_cmpstr (naru_pipeline_get_title (pipeline), ==, "Minimal");
  g_assert_cmpstr (naru_stage_get_title (naru_pipeline_get_stage (pipeline, 0)), ==, "Start");
}

/* The text that the store keeps: good as it was sealed, checked as ever when a byte of it is another. */
static void
test_text (void)
{
  g_autoptr (NaruJson) json = load_data ("minimal.json");
  g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "minimal.json", NULL);
  g_autofree char *text = naru_pipeline_to_text (pipeline);
  g_autofree char *digest = naru_pipeline_get_digest (pipeline);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPipeline) again = naru_pipeline_from_text (text, "store", &error);
  g_assert_no_error (error);
  g_autofree char *again_digest = naru_pipeline_get_digest (again);
  g_autofree char *again_text = naru_pipeline_to_text (again);
  g_assert_true (naru_json_equal (naru_pipeline_get_json (again), json));
  g_assert_cmpstr (again_digest, ==, digest);
  g_assert_cmpstr (again_text, ==, text);

  g_autofree char *line = naru_json_to_line (json);
  g_autoptr (NaruPipeline) bare = naru_pipeline_from_text (line, "store", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_pipeline_get_id (bare), ==, "minimal");

  char *kind = strstr (text, "\"final\"");
  g_assert_nonnull (kind);
  memcpy (kind, "\"fatal\"", strlen ("\"fatal\""));
  g_autoptr (NaruPipeline) altered = naru_pipeline_from_text (text, "store", &error);
  g_assert_null (altered);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

/* The gates wait on lines of their own: taken one by one they are those of the whole, and a line that is
 * another one is checked as ever. */
static void
test_gates (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_data_load ("share/pipelines", "technology.json", &error);
  g_autoptr (NaruPipeline) pipeline = naru_pipeline_new (json, "technology.json", &error);
  g_autofree char *text = naru_pipeline_to_text (pipeline);
  g_autoptr (NaruPipeline) again = naru_pipeline_from_text (text, "store", &error);
  g_assert_no_error (error);

  for (guint i = 0; i < naru_pipeline_get_n_stages (pipeline); i++)
    {
      const char *from = naru_pipeline_get_stage (pipeline, i)->id;
      g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, from);
      for (guint j = 0; targets[j] != NULL; j++)
        {
          g_auto (GStrv) whole =
              naru_transition_list_linked_types (naru_pipeline_find_transition (pipeline, from, targets[j]));
          g_auto (GStrv) single =
              naru_transition_list_linked_types (naru_pipeline_find_transition (again, from, targets[j]));
          g_assert_true (g_strv_equal ((const char *const *) whole, (const char *const *) single));
        }
    }
  g_assert_true (naru_json_equal (naru_pipeline_get_json (again), json));

  char *waivable = strstr (text, "\"waivable\"");
  g_assert_nonnull (waivable);
  memcpy (waivable, "\"waivably\"", strlen ("\"waivably\""));
  g_autoptr (NaruPipeline) altered = naru_pipeline_from_text (text, "store", &error);
  g_assert_null (altered);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);

  /* the seal, and nothing behind it */
  strchr (text, '\n')[1] = '\0';
  g_autoptr (NaruPipeline) nothing = naru_pipeline_from_text (text, "store", &error);
  g_assert_null (nothing);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

static NaruPipeline *
load_shipped (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_data_load ("share/pipelines", name, &error);
  g_assert_no_error (error);
  NaruPipeline *pipeline = naru_pipeline_new (json, name, &error);

  g_assert_no_error (error);
  return pipeline;
}

static void
assert_words (NaruJson *words)
{
  const char *ko = naru_json_get_string (words, "ko");
  gboolean korean = FALSE;

  g_assert_nonnull (naru_json_get_string (words, "en"));
  g_assert_nonnull (ko);
  for (const char *p = ko; *p != '\0'; p = g_utf8_next_char (p))
    korean |= g_unichar_get_script (g_utf8_get_char (p)) == G_UNICODE_SCRIPT_HANGUL;
  g_assert_true (korean);
}

static void
assert_gate_words (NaruJson *gate)
{
  static const char *const lists[] = { "conditions", "documents", "records", "approvals" };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < naru_json_get_size (naru_json_get (gate, lists[i])); j++)
      assert_words (naru_json_get (naru_json_get_element (naru_json_get (gate, lists[i]), j), "title"));
}

/* Loading proves already that every stage can be reached; here: no stage is a trap, every text is there in
 * both languages, every gate speaks of fields that exist. */
static void
test_shipped (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = naru_data_list ("share/pipelines", &error);
  g_assert_no_error (error);
  g_autoptr (NaruTypes) types = naru_types_new (&error);
  g_assert_no_error (error);
  guint n = 0;

  for (; names[n] != NULL; n++)
    {
      g_autoptr (NaruPipeline) pipeline = load_shipped (names[n]);
      NaruJson *json = naru_pipeline_get_json (pipeline);
      g_autofree char *file = g_strconcat (naru_pipeline_get_id (pipeline), ".json", NULL);
      g_assert_cmpstr (file, ==, names[n]);

      naru_pipeline_check_types (pipeline, types, &error);
      g_assert_no_error (error);
      assert_words (naru_json_get (json, "title"));
      for (guint i = 0; i < naru_pipeline_get_n_stages (pipeline); i++)
        {
          const NaruStage *stage = naru_pipeline_get_stage (pipeline, i);
          assert_words (naru_json_get (naru_json_get_element (naru_json_get (json, "stages"), i), "title"));
          if (stage->kind != NARU_STAGE_FINAL)
            g_assert_nonnull (naru_pipeline_find_transition (pipeline, stage->id, NULL));
        }
      NaruJson *transitions = naru_json_get (json, "transitions");
      for (guint i = 0; i < naru_json_get_size (transitions); i++)
        {
          assert_words (naru_json_get (naru_json_get_element (transitions, i), "title"));
          assert_gate_words (naru_json_get (naru_json_get_element (transitions, i), "gate"));
        }
    }
  g_assert_cmpuint (n, >=, 4);
}

/* The default way of a technology, and the ways beside it. */
static void
test_technology (void)
{
  static const char *const way[] = { "idea",      "joint-rd",  "disclosure", "evaluation", "patent",
                                     "marketing", "licensing", "spin-off",   "post-deal",  "closed" };
  static const char *const asides[][2] = { { "licensing", "post-deal" }, { "evaluation", "returned" },
                                           { "returned", "disclosure" }, { "dropped", "idea" },
                                           { "patent", "evaluation" },   { "closed", "post-deal" } };
  g_autoptr (NaruPipeline) pipeline = load_shipped ("technology.json");

  g_assert_cmpstr (naru_pipeline_get_initial (pipeline)->id, ==, way[0]);
  for (guint i = 0; i + 1 < G_N_ELEMENTS (way); i++)
    {
      g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, way[i]);
      g_assert_cmpstr (targets[0], ==, way[i + 1]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asides); i++)
    g_assert_nonnull (naru_pipeline_find_transition (pipeline, asides[i][0], asides[i][1]));
  for (guint i = 0; i + 2 < G_N_ELEMENTS (way); i++)
    {
      g_assert_nonnull (naru_pipeline_find_transition (pipeline, way[i], "on-hold"));
      g_assert_nonnull (naru_pipeline_find_transition (pipeline, "on-hold", way[i]));
      g_assert_nonnull (naru_pipeline_find_transition (pipeline, way[i], "dropped"));
    }
  g_assert_cmpint (naru_pipeline_find_stage (pipeline, "on-hold")->kind, ==, NARU_STAGE_PAUSED);
  g_assert_cmpint (naru_pipeline_find_stage (pipeline, "closed")->kind, ==, NARU_STAGE_FINAL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  g_test_add_func ("/rules/pipeline/faults", test_faults);
  g_test_add_func ("/rules/pipeline/strange-fields", test_strange_fields);
  g_test_add_func ("/rules/pipeline/shape", test_shape);
  g_test_add_func ("/rules/pipeline/languages", test_languages);
  g_test_add_func ("/rules/pipeline/text", test_text);
  g_test_add_func ("/rules/pipeline/gates", test_gates);
  g_test_add_func ("/rules/pipeline/shipped", test_shipped);
  g_test_add_func ("/rules/pipeline/technology", test_technology);
  return g_test_run ();
}
