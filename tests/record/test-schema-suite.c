/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The official JSON Schema test suite, draft 7, as Debian ships it, and our own cases in its format for what
 * version 2020-12 adds. */
#include "naru-records.h"

#include <jansson.h>
#include <string.h>

#define SUITE "/usr/share/json-schema-test-suite/tests/draft7"
#define DRAFT7 "http://json-schema.org/draft-07/schema#"

typedef struct
{
  const char *name;
  guint n_cases; /* at least; a shrunken suite is noticed */
} SuiteFile;

/* Every case of these must come out as the suite says, but for the groups in the next table. */
static const SuiteFile run_files[] = {
  { "additionalItems.json", 9 },
  { "additionalProperties.json", 14 },
  { "allOf.json", 14 },
  { "anyOf.json", 14 },
  { "boolean_schema.json", 18 },
  { "const.json", 12 },
  { "contains.json", 13 },
  { "default.json", 4 },
  { "dependencies.json", 24 },
  { "enum.json", 9 },
  { "exclusiveMaximum.json", 4 },
  { "exclusiveMinimum.json", 4 },
  { "if-then-else.json", 18 },
  { "items.json", 17 },
  { "maxItems.json", 4 },
  { "maxLength.json", 5 },
  { "maxProperties.json", 6 },
  { "maximum.json", 4 },
  { "minItems.json", 4 },
  { "minLength.json", 5 },
  { "minProperties.json", 6 },
  { "minimum.json", 4 },
  { "multipleOf.json", 8 },
  { "not.json", 12 },
  { "oneOf.json", 15 },
  { "optional/bignum.json", 9 },
  { "optional/format/date-time.json", 9 },
  { "optional/format/date.json", 3 },
  { "optional/format/email.json", 2 },
  { "optional/format/uri.json", 19 },
  { "optional/zeroTerminatedFloats.json", 1 },
  { "pattern.json", 4 },
  { "patternProperties.json", 21 },
  { "properties.json", 18 },
  { "propertyNames.json", 10 },
  { "ref.json", 17 },
  { "required.json", 7 },
  { "type.json", 59 },
  { "uniqueItems.json", 13 },
};

/* Groups, or with "*" whole files, whose schemas we must refuse: what they need is not in our vocabulary, and
 * a schema is never accepted by half. */
static const struct
{
  const char *file;
  const char *group;
  const char *word; /* in the message */
} refused_groups[] = {
  { "definitions.json", "*", "$ref" },                  /* points to the schema of schemas on the net */
  { "refRemote.json", "*", "$" },                       /* "$ref" to other files, and "$id" inside */
  { "ref.json", "escaped pointer ref", "tilda~field" }, /* our own case has the targets in $defs */
  { "ref.json", "remote ref, containing refs itself", "$ref" },
  { "ref.json", "Recursive references between schemas", "$ref" },
  { "optional/content.json", "*", "content" },
  { "optional/format/hostname.json", "*", "format" },
  { "optional/format/idn-email.json", "*", "format" },
  { "optional/format/idn-hostname.json", "*", "format" },
  { "optional/format/ipv4.json", "*", "format" },
  { "optional/format/ipv6.json", "*", "format" },
  { "optional/format/iri-reference.json", "*", "format" },
  { "optional/format/iri.json", "*", "format" },
  { "optional/format/json-pointer.json", "*", "format" },
  { "optional/format/regex.json", "*", "format" },
  { "optional/format/relative-json-pointer.json", "*", "format" },
  { "optional/format/time.json", "*", "format" },
  { "optional/format/uri-reference.json", "*", "format" },
  { "optional/format/uri-template.json", "*", "format" },
};

/* Neither: the dialect of regular expressions is PCRE's, as the documentation says. */
static const char *const skipped_files[] = { "optional/ecmascript-regex.json" };

static const char *
find_refusal (const char *file, const char *group)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_groups); i++)
    if (strcmp (refused_groups[i].file, file) == 0 &&
        (strcmp (refused_groups[i].group, "*") == 0 || g_strcmp0 (refused_groups[i].group, group) == 0))
      return refused_groups[i].word;
  return NULL;
}

/* Integers beyond int64 become reals: the suite has some, our records never. */
static json_t *
load_json (const char *path)
{
  json_error_t error;
  json_t *json = json_load_file (path, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
  if (json == NULL)
    json = json_load_file (path, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
  if (json == NULL)
    g_error ("%s: line %d: %s", path, error.line, error.text);
  return json;
}

static void
check_findings (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (findings, i);
      g_assert_cmpstr (naru_finding_get_rule (finding), ==, "schema");
      g_assert_true (naru_finding_blocks (finding));
      g_assert_nonnull (naru_finding_get_keyword (finding));
      g_assert_nonnull (naru_finding_get_fields (finding)[0]);
      g_assert_cmpstr (naru_finding_get_title (finding), !=, "");
      g_assert_nonnull (strstr (naru_finding_get_message (finding), naru_finding_get_title (finding)));
    }
}

static void
run_case (NaruSchema *schema, const char *group, json_t *test)
{
  const char *description = json_string_value (json_object_get (test, "description"));
  json_t *data = json_object_get (test, "data");
  const gboolean valid = json_is_true (json_object_get (test, "valid"));
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  const gboolean quick = naru_schema_validate (schema, data, NULL);
  const gboolean full = naru_schema_validate (schema, data, findings);
  if (quick != valid || full != valid || (findings->len == 0) != valid)
    g_error ("%s: %s: should be %s; without findings: %d, with: %d, %u findings", group, description,
             valid ? "valid" : "invalid", quick, full, findings->len);
  check_findings (findings);
}

static void
expect_refusal (const char *file, json_t *group, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruSchema) schema = naru_schema_new (json_object_get (group, "schema"), file, &error);
  g_assert_null (schema);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, word));
}

static guint
run_group (const char *file, json_t *group)
{
  const char *description = json_string_value (json_object_get (group, "description"));
  const char *refusal = find_refusal (file, description);
  if (refusal != NULL)
    {
      expect_refusal (file, group, refusal);
      return 0;
    }

  g_autoptr (GError) error = NULL;
  g_autoptr (NaruSchema) schema = naru_schema_new (json_object_get (group, "schema"), description, &error);
  g_assert_no_error (error);
  json_t *tests = json_object_get (group, "tests"), *test;
  size_t i;
  json_array_foreach (tests, i, test)
    run_case (schema, description, test);
  return (guint) json_array_size (tests);
}

static json_t *
load_suite (const char *file)
{
  g_autofree char *path = g_build_filename (SUITE, file, NULL);
  json_t *groups = load_json (path), *group;
  size_t i;
  json_array_foreach (groups, i, group)
    {
      json_t *schema = json_object_get (group, "schema");
      if (json_is_object (schema))
        json_object_set_new (schema, "$schema", json_string (DRAFT7));
    }
  return groups;
}

static guint
run_groups (const char *file, json_t *groups)
{
  json_t *group;
  size_t i;
  guint n_cases = 0;
  json_array_foreach (groups, i, group)
    n_cases += run_group (file, group);
  json_decref (groups);
  return n_cases;
}

static gboolean
has_suite (void)
{
  if (g_file_test (SUITE, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_test_skip ("the package json-schema-test-suite is not installed");
  return FALSE;
}

static void
test_file (gconstpointer data)
{
  const SuiteFile *file = data;
  if (!has_suite ())
    return;
  const guint n_cases = run_groups (file->name, load_suite (file->name));
  g_test_message ("%s: %u cases", file->name, n_cases);
  g_assert_cmpuint (n_cases, >=, file->n_cases);
}

static void
test_refused (void)
{
  if (!has_suite ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (refused_groups); i++)
    if (strcmp (refused_groups[i].group, "*") == 0)
      g_assert_cmpuint (run_groups (refused_groups[i].file, load_suite (refused_groups[i].file)), ==, 0);
}

static gboolean
is_accounted_for (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (run_files); i++)
    if (strcmp (run_files[i].name, name) == 0)
      return TRUE;
  return find_refusal (name, NULL) != NULL || g_strv_contains (skipped_files, name);
}

/* A file that is new in the suite is neither run nor known to be out of reach. */
static void
test_complete (void)
{
  static const char *const folders[] = { "", "optional/", "optional/format/" };
  if (!has_suite ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (SUITE, folders[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      g_assert_nonnull (dir);
      for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
        {
          g_autofree char *file = g_strconcat (folders[i], name, NULL);
          if (g_str_has_suffix (name, ".json") && !is_accounted_for (file))
            g_error ("%s is neither run nor listed as skipped", file);
        }
    }
}

static void
test_2020 (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "record", "data", "schema-2020.json", NULL);
  const guint n_cases = run_groups ("schema-2020.json", load_json (path));
  g_test_message ("%u cases", n_cases);
  g_assert_cmpuint (n_cases, >=, 183);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (run_files); i++)
    {
      g_autofree char *path = g_strconcat ("/schema-suite/draft7/", run_files[i].name, NULL);
      g_test_add_data_func (path, &run_files[i], test_file);
    }
  g_test_add_func ("/schema-suite/draft7/refused", test_refused);
  g_test_add_func ("/schema-suite/draft7/complete", test_complete);
  g_test_add_func ("/schema-suite/2020-12", test_2020);
  return g_test_run ();
}
