/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record-fixture.h"

#include <string.h>

/* What rule packs add to a deal, read no further than it is needed. */

#define WORDS(text) "\"x-naru\":{\"label\":{\"en\":\"" text "\",\"ko\":\"말\"}}"

static const char *const EXTENSION =
    "{\"sectors\":{\"sea\":{\"en\":\"Sea\",\"ko\":\"바다\"}},\"properties\":{"
    "\"alga\":{\"type\":\"string\",\"maxLength\":5," WORDS (
        "Alga") "},"
                "\"reef\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"depth\"],"
                "\"properties\":{"
                "\"depth\":{\"type\":\"integer\",\"minimum\":1," WORDS (
                    "Depth") "},"
                             "\"kind\":{\"type\":\"string\",\"default\":\"bare\"," WORDS (
                                 "Kind") "},"
                                         "\"owner\":{\"type\":\"string\",\"x-naru\":{\"label\":{\"en\":"
                                         "\"Owner\",\"ko\":\"말\"},\"ref\":[\"person\"]}},"
                                         "\"site\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":"
                                         "\"string\"," WORDS ("Name") "}}," WORDS ("Site") "}}," WORDS (
                                             "Reef") "},"
                                                     "\"surveys\":{\"type\":\"array\",\"items\":{\"type\":"
                                                     "\"object\",\"properties\":{"
                                                     "\"on\":{\"type\":\"string\",\"format\":"
                                                     "\"date\"," WORDS ("On") "}}," WORDS (
                                                         "Survey") "}," WORDS ("Surveys") "}}}";

static char *
make_text (void)
{
  g_autoptr (NaruJson) extension = parse (EXTENSION);

  return naru_types_make_extension (extension);
}

/* @text: (transfer full): as the store keeps it */
static NaruTypes *
make_types (char *text)
{
  g_autoptr (GError) error = NULL;
  NaruTypes *types = naru_types_new (&error);

  g_assert_no_error (error);
  naru_types_set_extension (types, "deal", text);
  return types;
}

static NaruRecordType *
get_deal (NaruTypes *types)
{
  g_autoptr (GError) error = NULL;
  NaruRecordType *deal = naru_types_get (types, "deal", &error);

  g_assert_no_error (error);
  return deal;
}

/* The pointers of what packs bring, in the order that the type gives them. */
static char *
list_added (const NaruField *const *fields, guint n)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    if (g_str_has_prefix (fields[i]->pointer, "/alga") || g_str_has_prefix (fields[i]->pointer, "/reef") ||
        g_str_has_prefix (fields[i]->pointer, "/surveys"))
      g_string_append_printf (list, "%s ", fields[i]->pointer);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
test_lines (void)
{
  static const char *const wanted[] = { "alga", "reef", "reef.depth", "reef.owner", "reef.site", "surveys" };
  g_autofree char *text = make_text ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 1 + G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autofree char *name = g_strndup (lines[i + 1], strcspn (lines[i + 1], " "));
      g_assert_cmpstr (name, ==, wanted[i]);
    }
  g_assert_nonnull (strstr (lines[2], "\"depth\":true"));
  g_assert_nonnull (strstr (lines[2], "\"default\":\"bare\""));
}

/* A schema that leads from one member to another is not taken apart. */
static void
test_joined (void)
{
  g_autoptr (NaruJson) extension =
      parse ("{\"properties\":{\"reef\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},"
             "\"b\":{\"$ref\":\"#/properties/reef/properties/a\"}}}}}");
  g_autofree char *text = naru_types_make_extension (extension);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 2);
}

/* The fields have one order, whatever was asked for first. */
static void
test_order (void)
{
  static const char *const first[] = { NULL,         "/surveys/0/on", "/reef/site/name",
                                       "/reef/kind", "reef.owner",    "/reef" };
  static const char *const all = "/alga /reef /reef/depth /reef/kind /reef/owner /reef/site /reef/site/name "
                                 "/surveys /surveys/- /surveys/-/on ";

  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    {
      g_autoptr (NaruTypes) types = make_types (make_text ());
      NaruRecordType *deal = get_deal (types);
      const NaruField *early = first[i] != NULL ? naru_record_type_find_field (deal, first[i]) : NULL;
      guint n = 0, again = 0;
      const NaruField *const *fields = naru_record_type_get_fields (deal, &n);
      g_autofree char *list = list_added (fields, n);

      g_assert_cmpstr (list, ==, all);
      g_assert_true (naru_record_type_get_fields (deal, &again) == fields);
      g_assert_cmpuint (again, ==, n);
      if (first[i] == NULL)
        continue;
      g_assert_nonnull (early);
      g_assert_true (naru_record_type_find_field (deal, first[i]) == early);
    }
}

/* Of a section that a record has, the members that it has are read, and no others. */
static void
test_held (void)
{
  g_autoptr (NaruTypes) types = make_types (make_text ());
  NaruRecordType *deal = get_deal (types);
  g_autoptr (NaruJson) json = parse ("{\"reef\":{\"owner\":\"MGK-PER-2026-00001\"}}");
  g_autoptr (GPtrArray) references = NULL;
  guint n = 0;

  const NaruField *const *fields = naru_record_type_get_fields_of (deal, NULL, &n);
  g_autofree char *none = list_added (fields, n);
  g_assert_cmpstr (none, ==, "");
  references = naru_record_type_list_references (deal, json);
  g_assert_cmpuint (references->len, ==, 1);
  fields = naru_record_type_get_fields_of (deal, NULL, &n);
  g_autofree char *some = list_added (fields, n);
  g_assert_cmpstr (some, ==, "/reef /reef/kind /reef/owner ");
  naru_record_type_apply_defaults (deal, json);
  g_assert_cmpstr (naru_json_find_text (json, "/reef/kind"), ==, "bare");
}

static gboolean
finds (NaruRecordType *deal, const char *text, const char *pointer)
{
  g_autoptr (NaruJson) json = parse (text);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  naru_record_type_validate (deal, json, findings);
  for (guint i = 0; i < findings->len; i++)
    if (g_strv_contains (naru_finding_get_fields (g_ptr_array_index (findings, i)), pointer))
      return TRUE;
  return FALSE;
}

/* What is judged with one member is judged with the next one too. */
static void
test_judged (void)
{
  g_autoptr (NaruTypes) types = make_types (make_text ());
  NaruRecordType *deal = get_deal (types);

  g_assert_true (finds (deal, "{\"reef\":{\"depth\":0}}", "/reef/depth"));
  g_assert_false (finds (deal, "{\"reef\":{\"depth\":1}}", "/reef/depth"));
  g_assert_true (finds (deal, "{\"reef\":{\"site\":{\"name\":7},\"depth\":1}}", "/reef/site/name"));
  g_assert_true (finds (deal, "{\"reef\":{\"site\":{}}}", "/reef/depth"));
  g_assert_true (finds (deal, "{\"reef\":{\"depth\":1,\"colour\":\"red\"}}", "/reef/colour"));
  g_assert_true (finds (deal, "{\"reef\":\"deep\"}", "/reef"));
  g_assert_true (finds (deal, "{\"alga\":\"Caulerpa\"}", "/alga"));
}

/* A member whose line is not what it was is not taken for one that may be anything. */
static void
test_damaged (void)
{
  char *text = make_text ();
  char *limit = strstr (text, "\"minimum\":1");

  g_assert_nonnull (limit);
  limit[strlen ("\"minimum\":")] = '0';
  g_autoptr (NaruTypes) types = make_types (text);
  NaruRecordType *deal = get_deal (types);
  g_assert_null (naru_record_type_find_field (deal, "/reef/depth"));
  g_assert_nonnull (naru_record_type_find_field (deal, "/reef/owner"));
  g_autoptr (NaruJson) json = parse ("{\"reef\":{\"depth\":5}}");
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_assert_false (naru_record_type_validate (deal, json, findings));
  NaruFinding *last = g_ptr_array_index (findings, findings->len - 1);
  g_test_message ("%s; %s", naru_finding_get_message (last), naru_finding_get_remedy (last));
  g_assert_nonnull (strstr (naru_finding_get_message (last), "the store holds the field “reef” damaged"));
}

/* A line that is gone is told when the type is read. */
static void
test_lost (void)
{
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) rest = NULL;
  g_autofree char *whole = make_text ();
  g_autoptr (GError) error = NULL;

  lines = g_strsplit (whole, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "reef.site "))
      g_strv_builder_add (kept, lines[i]);
  rest = g_strv_builder_end (kept);
  g_assert_cmpuint (g_strv_length (rest) + 1, ==, g_strv_length (lines));
  g_autoptr (NaruTypes) types = make_types (g_strjoinv ("\n", rest));
  g_assert_null (naru_types_get (types, "deal", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  g_test_add_func ("/section/lines", test_lines);
  g_test_add_func ("/section/joined", test_joined);
  g_test_add_func ("/section/order", test_order);
  g_test_add_func ("/section/held", test_held);
  g_test_add_func ("/section/judged", test_judged);
  g_test_add_func ("/section/damaged", test_damaged);
  g_test_add_func ("/section/lost", test_lost);
  return g_test_run ();
}
