/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-records.h"

#include <jansson.h>
#include <string.h>

static json_t *
load_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "record", "data", name, NULL);
  json_error_t error;
  json_t *json = json_load_file (path, 0, &error);
  if (json == NULL)
    g_error ("%s: line %d: %s", path, error.line, error.text);
  return json;
}

static const char *
get_text (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

static NaruSchema *
compile (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (text, -1, NARU_JSON_MAX_SIZE, &error);
  g_assert_no_error (error);
  NaruSchema *schema = naru_schema_new (json, "test.json", &error);
  g_assert_no_error (error);
  return schema;
}

static GPtrArray *
new_findings (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
}

static void
test_refused (void)
{
  json_t *cases = load_data ("schema-refused.json"), *item;
  size_t i;
  json_array_foreach (cases, i, item)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruSchema) schema = naru_schema_new (json_object_get (item, "schema"), "deal.json", &error);
      if (schema != NULL)
        g_error ("accepted: %s", get_text (item, "description"));
      g_test_message ("%s: %s", get_text (item, "description"), error->message);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, get_text (item, "pointer"));
      g_assert_true (g_str_has_prefix (error->message, "deal.json: "));
      g_assert_nonnull (strstr (error->message, get_text (item, "pointer")));
      g_assert_nonnull (strstr (error->message, get_text (item, "word")));
      g_assert_null (strstr (error->message, "LIMIT_MATCH"));
    }
  json_decref (cases);
}

static void
check_finding (NaruFinding *finding, json_t *wanted)
{
  json_t *fields = json_object_get (wanted, "fields"), *field;
  const char *const *got = naru_finding_get_fields (finding);
  size_t i;

  g_assert_cmpstr (got[0], ==, get_text (wanted, "field"));
  g_assert_cmpstr (naru_finding_get_keyword (finding), ==, get_text (wanted, "keyword"));
  g_assert_cmpstr (naru_finding_get_expected (finding), ==, get_text (wanted, "expected"));
  g_assert_cmpstr (naru_finding_get_found (finding), ==, get_text (wanted, "found"));
  g_assert_cmpstr (naru_finding_get_title (finding), ==, get_text (wanted, "title"));
  g_assert_cmpint (naru_finding_get_status (finding), ==, NARU_STATUS_FAIL);
  json_array_foreach (fields, i, field)
    g_assert_cmpstr (got[i], ==, json_string_value (field));
  g_assert_null (got[MAX (i, 1)]);
}

static void
test_findings (void)
{
  json_t *cases = load_data ("schema-findings.json"), *item;
  size_t i;
  json_array_foreach (cases, i, item)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruSchema) schema = naru_schema_new (json_object_get (item, "schema"), "deal.json", &error);
      g_autoptr (GPtrArray) findings = new_findings ();
      json_t *wanted = json_object_get (item, "findings");

      g_assert_no_error (error);
      g_test_message ("%s", get_text (item, "description"));
      g_assert_false (naru_schema_validate (schema, json_object_get (item, "instance"), findings));
      for (guint k = 0; k < findings->len; k++)
        g_test_message ("  %s", naru_finding_get_message (g_ptr_array_index (findings, k)));
      g_assert_cmpuint (findings->len, ==, json_array_size (wanted));
      for (guint k = 0; k < findings->len; k++)
        check_finding (g_ptr_array_index (findings, k), json_array_get (wanted, k));
    }
  json_decref (cases);
}

static void
test_message_and_remedy (void)
{
  g_autoptr (NaruSchema) schema = compile ("{\"additionalProperties\":false,\"properties\":{"
                                           "\"summary\":true,\"stage\":true,\"trl\":{\"maximum\":9}}}");
  g_autoptr (NaruJson) instance =
      naru_json_parse ("{\"sumary\":1,\"zzzzzzzz\":2,\"trl\":12}", -1, NARU_JSON_MAX_SIZE, NULL);
  g_autoptr (GPtrArray) findings = new_findings ();

  g_assert_false (naru_schema_validate (schema, instance, findings));
  g_assert_cmpuint (findings->len, ==, 3);
  NaruFinding *near = g_ptr_array_index (findings, 0), *far = g_ptr_array_index (findings, 1);
  NaruFinding *above = g_ptr_array_index (findings, 2);
  g_assert_nonnull (strstr (naru_finding_get_remedy (near), "“summary”"));
  g_assert_cmpstr (naru_finding_get_remedy (far), ==, "remove it or correct its name");
  g_assert_cmpstr (naru_finding_get_message (above), ==, "/trl must be at most 9 (found: 12)");
  g_assert_null (naru_finding_get_remedy (above));
}

static void
test_findings_are_added (void)
{
  g_autoptr (NaruSchema) schema = compile ("{\"type\":\"string\"}");
  g_autoptr (NaruJson) number = naru_json_new_integer (1);
  g_autoptr (NaruJson) text = naru_json_new_string ("a");
  g_autoptr (GPtrArray) findings = new_findings ();

  g_assert_false (naru_schema_validate (schema, number, findings));
  g_assert_true (naru_schema_validate (schema, text, findings));
  g_assert_false (naru_schema_validate (schema, number, findings));
  g_assert_cmpuint (findings->len, ==, 2);
}

static void
test_bounded_findings (void)
{
  g_autoptr (NaruSchema) schema = compile ("{\"items\":{\"type\":\"string\"}}");
  g_autoptr (NaruJson) list = naru_json_new_array ();
  g_autoptr (GPtrArray) findings = new_findings ();

  for (gint64 i = 0; i < 1000; i++)
    naru_json_append (list, naru_json_new_integer (i));
  g_assert_false (naru_schema_validate (schema, list, findings));
  g_assert_cmpuint (findings->len, ==, 200);
  g_assert_nonnull (strstr (naru_finding_get_remedy (g_ptr_array_index (findings, 199)), "200"));
}

/* Each of these takes a backtracking matcher for ever. */
static void
test_hostile_patterns (void)
{
  static const char *const patterns[] = {
    "^(a+)+$", "^(a|a)*$", "(a*)*b", "^(a|aa)+$", "(.*a){20}b", "^([a-z]+)*\\\\d$", "(x+x+)+y|(a?){40}a{40}b",
  };
  g_autofree char *as = g_strnfill (5000, 'a');
  g_autofree char *text = g_strconcat (as, "!", NULL);
  g_autoptr (NaruJson) instance = naru_json_new_string (text);

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autofree char *source = g_strdup_printf ("{\"pattern\":\"%s\"}", patterns[i]);
      g_autoptr (NaruSchema) schema = compile (source);
      g_autoptr (GPtrArray) findings = new_findings ();
      const gint64 start = g_get_monotonic_time ();

      g_assert_false (naru_schema_validate (schema, instance, findings));
      g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
      g_assert_cmpuint (findings->len, ==, 1);
      g_assert_true (naru_finding_blocks (g_ptr_array_index (findings, 0)));
    }
}

/* What cannot be judged never passes, also where its failure would be a success. */
static void
test_undecided_never_passes (void)
{
  static const char *const schemas[] = {
    "{\"not\":{\"pattern\":\"^(a+)+$\"}}",
    "{\"anyOf\":[{\"pattern\":\"^(a+)+$\"},true]}",
    "{\"if\":{\"pattern\":\"^(a+)+$\"},\"then\":false}",
    "{\"oneOf\":[{\"pattern\":\"^(a+)+$\"},true]}",
    "{\"pattern\":\"^(a+)+$\"}",
  };
  g_autofree char *as = g_strnfill (100, 'a');
  g_autofree char *text = g_strconcat (as, "!", NULL);
  g_autoptr (NaruJson) instance = naru_json_new_string (text);

  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr (NaruSchema) schema = compile (schemas[i]);
      g_autoptr (GPtrArray) findings = new_findings ();
      g_assert_false (naru_schema_validate (schema, instance, NULL));
      g_assert_false (naru_schema_validate (schema, instance, findings));
      g_assert_cmpuint (findings->len, ==, 1);
      NaruFinding *finding = g_ptr_array_index (findings, 0);
      g_assert_cmpint (naru_finding_get_status (finding), ==, NARU_STATUS_ERROR);
      g_assert_true (naru_finding_blocks (finding));
      g_assert_nonnull (naru_finding_get_remedy (finding));
    }
}

/* A text too long for a backtracking pattern is refused; one for a plain row of atoms has no bound. */
static void
test_long_subjects (void)
{
  g_autofree char *text = g_strnfill (50000, 'a');
  g_autoptr (NaruJson) instance = naru_json_new_string (text);
  g_autoptr (NaruSchema) plain = compile ("{\"pattern\":\"^[a-z]+$\"}");
  g_autoptr (NaruSchema) tangled = compile ("{\"pattern\":\"^([a-z])+$\"}");
  g_autoptr (NaruSchema) names = compile ("{\"patternProperties\":{\"^([a-z])+$\":true}}");
  g_autoptr (NaruJson) object = naru_json_new_object ();
  naru_json_set_integer (object, text, 1);

  g_assert_true (naru_schema_validate (plain, instance, NULL));
  g_assert_false (naru_schema_validate (tangled, instance, NULL));
  g_assert_false (naru_schema_validate (names, object, NULL));
}

/* Sixty schemas, each of which asks the next one twice: 2^60 judgements. */
static void
test_schema_bomb (void)
{
  g_autoptr (GString) text = g_string_new ("{\"$ref\":\"#/$defs/n0\",\"$defs\":{");
  for (int i = 0; i < 60; i++)
    g_string_append_printf (text,
                            "\"n%d\":{\"allOf\":[{\"$ref\":\"#/$defs/n%d\"},{\"$ref\":\"#/$defs/n%d\"}]},", i,
                            i + 1, i + 1);
  g_string_append (text, "\"n60\":{\"type\":\"string\"}}}");
  g_autoptr (NaruSchema) schema = compile (text->str);
  g_autoptr (NaruJson) instance = naru_json_new_string ("a");
  g_autoptr (GPtrArray) findings = new_findings ();
  const gint64 start = g_get_monotonic_time ();

  g_assert_false (naru_schema_validate (schema, instance, findings));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpint (naru_finding_get_status (g_ptr_array_index (findings, 0)), ==, NARU_STATUS_ERROR);
}

static json_t *
nest (json_t *inner, const char *key, guint depth)
{
  for (guint i = 0; i < depth; i++)
    {
      json_t *outer = json_object ();
      json_object_set_new (outer, key, inner);
      inner = outer;
    }
  return inner;
}

static void
test_depth (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) deep_schema = nest (json_object (), "not", 600);
  g_autoptr (NaruSchema) none = naru_schema_new (deep_schema, "deep.json", &error);
  g_assert_null (none);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);

  g_autoptr (NaruSchema) tree = compile ("{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"type\":\"object\"}");
  g_autoptr (NaruJson) deep = nest (json_object (), "a", 100);
  g_autoptr (NaruJson) deeper = nest (json_object (), "a", 5000);
  g_autoptr (GPtrArray) findings = new_findings ();
  g_assert_true (naru_schema_validate (tree, deep, NULL));
  g_assert_false (naru_schema_validate (tree, deeper, findings));
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpint (naru_finding_get_status (g_ptr_array_index (findings, 0)), ==, NARU_STATUS_ERROR);
}

/* 20,000 different objects: the time of comparing each with each would show. */
static void
test_large_unique (void)
{
  g_autoptr (NaruSchema) schema = compile ("{\"uniqueItems\":true}");
  g_autoptr (NaruJson) list = naru_json_new_array ();
  for (gint64 i = 0; i < 20000; i++)
    {
      NaruJson *object = naru_json_new_object ();
      naru_json_set_integer (object, "n", i);
      naru_json_append (list, object);
    }
  g_assert_true (naru_schema_validate (schema, list, NULL));

  NaruJson *again = naru_json_new_object ();
  naru_json_set_integer (again, "n", 4711);
  naru_json_append (list, again);
  g_autoptr (GPtrArray) findings = new_findings ();
  g_assert_false (naru_schema_validate (schema, list, findings));
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpstr (naru_finding_get_fields (g_ptr_array_index (findings, 0))[0], ==, "/20000");
}

static void
test_deal (void)
{
  g_autoptr (NaruJson) json = load_data ("deal-schema.json");
  g_autoptr (NaruJson) deal = load_data ("deal.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruSchema) schema = naru_schema_new (json, "deal-schema.json", &error);
  g_autoptr (GPtrArray) findings = new_findings ();

  g_assert_no_error (error);
  g_assert_true (naru_schema_validate (schema, deal, findings));
  g_assert_cmpuint (findings->len, ==, 0);

  naru_json_set_string (deal, "stage", "patent");
  naru_json_remove (deal, "inventors");
  g_assert_false (naru_schema_validate (schema, deal, findings));
  g_assert_cmpuint (findings->len, ==, 1);
  g_assert_cmpstr (naru_finding_get_fields (g_ptr_array_index (findings, 0))[0], ==, "/inventors");
}

static gpointer
validate_often (gpointer data)
{
  gpointer *shared = data;
  for (int i = 0; i < 2000; i++)
    if (!naru_schema_validate (shared[0], shared[1], NULL))
      return GINT_TO_POINTER (1);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (NaruSchema) schema = compile ("{\"items\":{\"pattern\":\"^(a|b)+$\"}}");
  g_autoptr (NaruJson) list = naru_json_new_array ();
  GThread *threads[4];
  gpointer shared[] = { schema, list };

  for (int i = 0; i < 5; i++)
    naru_json_append (list, naru_json_new_string ("abab"));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("validate", validate_often, shared);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_null (g_thread_join (threads[i]));
}

static void
test_boxed (void)
{
  NaruSchema *schema = compile ("true");
  NaruSchema *copy = g_boxed_copy (NARU_TYPE_SCHEMA, schema);
  g_autoptr (NaruJson) null = naru_json_new_null ();

  g_assert_true (copy == schema);
  naru_schema_unref (schema);
  g_assert_true (naru_schema_validate (copy, null, NULL));
  g_boxed_free (NARU_TYPE_SCHEMA, copy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  g_test_add_func ("/schema/refused", test_refused);
  g_test_add_func ("/schema/findings", test_findings);
  g_test_add_func ("/schema/message-and-remedy", test_message_and_remedy);
  g_test_add_func ("/schema/findings-are-added", test_findings_are_added);
  g_test_add_func ("/schema/bounded-findings", test_bounded_findings);
  g_test_add_func ("/schema/hostile-patterns", test_hostile_patterns);
  g_test_add_func ("/schema/undecided-never-passes", test_undecided_never_passes);
  g_test_add_func ("/schema/long-subjects", test_long_subjects);
  g_test_add_func ("/schema/schema-bomb", test_schema_bomb);
  g_test_add_func ("/schema/depth", test_depth);
  g_test_add_func ("/schema/large-unique", test_large_unique);
  g_test_add_func ("/schema/deal", test_deal);
  g_test_add_func ("/schema/threads", test_threads);
  g_test_add_func ("/schema/boxed", test_boxed);
  return g_test_run ();
}
