/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record-fixture.h"

static NaruTypes *types;

static NaruRecordType *
get_type (const char *name)
{
  g_autoptr (GError) error = NULL;
  NaruRecordType *type = naru_types_get (types, name, &error);

  g_assert_no_error (error);
  return type;
}

static GPtrArray *
validate (const char *type, const char *text)
{
  g_autoptr (NaruJson) json = parse (text);
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  gboolean valid = naru_record_type_validate (get_type (type), json, findings);

  g_assert_true (valid == (findings->len == 0));
  g_assert_true (valid == naru_record_type_validate (get_type (type), json, NULL));
  return findings;
}

static NaruFinding *
find_at (GPtrArray *findings, const char *pointer)
{
  for (guint i = 0; i < findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (findings, i);

      if (g_strv_contains (naru_finding_get_fields (finding), pointer))
        return finding;
    }
  return NULL;
}

#define DEAL(members) "{\"title\":\"x\"," members "}"

static void
test_messages (void)
{
  static const struct
  {
    const char *type;
    const char *json;
    const char *pointer;
    const char *message; /* must occur in it */
    const char *remedy;  /* must be its end */
  } cases[] = {
    { "deal", "{}", "/title", "Title: is missing.", "naru edit ID title=TEXT" },
    { "deal", DEAL ("\"titel\":\"x\""), "/titel", "titel: is no field", "“title” if that was meant" },
    { "deal", DEAL ("\"court\":\"me\""), "/court",
      "Whose court: “me” is not allowed; allowed: us (Our office), inventor, attorney",
      "naru edit ID court=us|inventor|attorney|counterparty|agency" },
    { "deal", DEAL ("\"trl\":12"), "/trl", "Technology readiness level: ", "naru edit ID trl=NUMBER" },
    { "deal", DEAL ("\"trl\":\"2\""), "/trl", "“2” is not a whole number.", "naru edit ID trl=NUMBER" },
    { "deal", DEAL ("\"sectors\":[\"it\",\"tea\"]"), "/sectors/1", "Sectors 2: “tea” is not allowed",
      "naru edit ID sectors.1=bio-health|it|nano|green" },
    { "deal", DEAL ("\"disclosed_on\":\"2026-02-30\""), "/disclosed_on",
      "Disclosed on: ", "naru edit ID disclosed_on=YYYY-MM-DD" },
    { "deal", DEAL ("\"commercial\":{\"value\":12}"), "/commercial/value",
      "Commercial plan › Estimated value: “12” is not a number written as text",
      "naru edit ID commercial.value=NUMBER" },
    { "deal", DEAL ("\"officer\":\"Kim\""), "/officer", "Officer: “Kim” is not the id of a record.",
      "naru link ID officer PERSON-ID" },
    { "deal", DEAL ("\"stage\":3"), "/stage", "Stage: ", "naru advance ID STAGE" },
    { "deal", DEAL ("\"documents\":[{}]"), "/documents/0/name", "Documents 1 › Name: is missing.",
      "naru attach ID FILE" },
    { "deal", DEAL ("\"inventors\":{}"), "/inventors",
      "Inventors: ", "naru edit ID inventors:='[{\"person\":\"PERSON-ID\",\"share\":\"NUMBER\"}]'" },
    { "deal", DEAL ("\"evaluation\":[]"), "/evaluation", "Evaluation: ",
      "naru edit ID "
      "evaluation:='{\"grade\":\"S|A|B|C\",\"committee_on\":\"YYYY-MM-DD\",\"novelty\":\"TEXT\"}'" },
    { "task", "{\"title\":\"x\",\"record\":\"y\"}", "/record",
      "Record: ", "naru link ID record DEAL-ID|AGREEMENT-ID|ASSET-ID|PAYMENT-ID" },
    { "person", "{\"name\":\"x\",\"active\":\"yes\"}", "/active", "Active: “yes” is not yes or no.",
      "naru edit ID active=yes|no" },
    { "person", "{\"name\":\"x\",\"email\":\"y\"}", "/email", "Mail address: ", "naru edit ID email=TEXT" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) findings = validate (cases[i].type, cases[i].json);
      NaruFinding *finding = find_at (findings, cases[i].pointer);
      g_autofree char *message = NULL;

      g_test_message ("%s %s", cases[i].type, cases[i].json);
      g_assert_nonnull (finding);
      g_test_message ("%s [%s]", naru_finding_get_message (finding), naru_finding_get_remedy (finding));
      g_assert_nonnull (strstr (naru_finding_get_message (finding), cases[i].message));
      g_assert_true (g_str_has_suffix (naru_finding_get_remedy (finding), cases[i].remedy));
      /* a second description changes nothing */
      message = g_strdup (naru_finding_get_message (finding));
      naru_record_type_describe (get_type (cases[i].type), finding);
      g_assert_cmpstr (naru_finding_get_message (finding), ==, message);
    }
}

static void
test_korean (void)
{
  g_autoptr (GPtrArray) findings = NULL;
  NaruFinding *finding = NULL;

  naru_language_set ("ko");
  findings = validate ("deal", DEAL ("\"court\":\"me\",\"inventors\":[{\"share\":\"100\"}]"));
  finding = find_at (findings, "/court");
  g_assert_cmpstr (naru_finding_get_title (finding), ==, "현재 담당");
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "attorney (변리사)"));
  finding = find_at (findings, "/inventors/0/person");
  g_assert_cmpstr (naru_finding_get_title (finding), ==, "발명자 1 › 성명");
  naru_language_set ("en");
}

static void
test_remedy_names_the_record (void)
{
  g_autoptr (NaruSchema) schema = NULL;
  g_autoptr (NaruJson) gate = parse ("{\"required\":[\"evaluation\"],\"properties\":{\"evaluation\":"
                                     "{\"required\":[\"grade\"]}}}");
  g_autoptr (NaruJson) deal = parse ("{\"evaluation\":{}}");
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autoptr (GError) error = NULL;

  schema = naru_schema_new (gate, "gate", &error);
  g_assert_no_error (error);
  g_assert_false (naru_schema_validate (schema, deal, findings));
  g_assert_cmpuint (findings->len, ==, 1);
  naru_record_type_describe_for (get_type ("deal"), findings->pdata[0], "MGK-2026-00442");
  g_assert_cmpstr (naru_finding_get_message (findings->pdata[0]), ==, "Evaluation › Grade: is missing.");
  g_assert_cmpstr (naru_finding_get_remedy (findings->pdata[0]), ==,
                   "naru edit MGK-2026-00442 evaluation.grade=S|A|B|C");
}

static void
test_sums (void)
{
  static const struct
  {
    const char *shares[4];
    const char *found; /* NULL: right */
  } cases[] = {
    { { "100" }, NULL },
    { { "33.3", "33.3", "33.4" }, NULL },
    { { "33.333333333333", "66.666666666667" }, NULL },
    { { "0.1", "0.2", "99.7" }, NULL },
    { { "100.00" }, NULL },
    { { "99.999999999999" }, "99.999999999999" },
    { { "33.3", "33.3", "33.3" }, "99.9" },
    { { "50", "50", "0.000000000001" }, "100.000000000001" },
    { { "0" }, "0" },
    { { "-50", "150" }, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new ("{\"title\":\"x\",\"owners\":[");
      g_autoptr (GPtrArray) findings = NULL;

      for (guint j = 0; j < 4 && cases[i].shares[j] != NULL; j++)
        g_string_append_printf (text, "%s{\"party\":\"MGK-PTY-2026-0000%u\",\"share\":\"%s\"}",
                                j > 0 ? "," : "", j + 1, cases[i].shares[j]);
      g_string_append (text, "]}");
      findings = validate ("deal", text->str);
      if (cases[i].found == NULL)
        g_assert_cmpuint (findings->len, ==, 0);
      else
        {
          NaruFinding *finding = find_at (findings, "/owners");

          g_assert_cmpuint (findings->len, ==, 1);
          g_assert_cmpstr (naru_finding_get_keyword (finding), ==, "sum");
          g_assert_cmpstr (naru_finding_get_expected (finding), ==, "100");
          g_assert_cmpstr (naru_finding_get_found (finding), ==, cases[i].found);
        }
    }
  {
    g_autoptr (GPtrArray) empty = validate ("deal", DEAL ("\"inventors\":[]"));

    g_assert_cmpuint (empty->len, ==, 0);
  }
}

static void
test_references (void)
{
  g_autoptr (NaruJson) json = parse (
      "{\"title\":\"x\",\"deals\":[\"MGK-2026-00001\",\"MGK-2026-00002\"],\"officer\":\"MGK-PER-2026-00009\","
      "\"parties\":[{\"party\":\"MGK-PTY-2026-00001\"},{\"party\":\"MGK-PTY-2026-00002\"}]}");
  g_autoptr (GPtrArray) references = naru_record_type_list_references (get_type ("agreement"), json);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < references->len; i++)
    {
      const NaruReference *reference = g_ptr_array_index (references, i);

      g_string_append_printf (list, "%s=%s:%s\n", reference->pointer, reference->id,
                              reference->field->refs[0]);
    }
  g_assert_cmpstr (list->str, ==,
                   "/officer=MGK-PER-2026-00009:person\n"
                   "/deals/0=MGK-2026-00001:deal\n"
                   "/deals/1=MGK-2026-00002:deal\n"
                   "/parties/0/party=MGK-PTY-2026-00001:party\n"
                   "/parties/1/party=MGK-PTY-2026-00002:party\n");
}

static void
test_keys (void)
{
  g_autoptr (NaruJson) json =
      parse ("{\"title\":\"x\",\"external_id\":\"ARC-14\",\"sectors\":[\"it\",\"nano\"],\"hub\":\"MGK\","
             "\"stage\":\"patent\","
             "\"trl\":4,\"parties\":[{\"party\":\"MGK-PTY-2026-00001\",\"role\":\"hospital\"},"
             "{\"party\":\"MGK-PTY-2026-00001\",\"role\":\"sponsor\"}]}");
  g_autoptr (GPtrArray) keys = naru_record_type_list_keys (get_type ("deal"), json, 1767225600);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < keys->len; i++)
    {
      const NaruIndexKey *key = g_ptr_array_index (keys, i);

      g_string_append_printf (list, "%s=%s\n", key->index, key->value);
    }
  g_assert_cmpstr (list->str, ==,
                   "deal.external_id=arc-14\n"
                   "deal.sectors=it\n"
                   "deal.sectors=nano\n"
                   "deal.hub=mgk\n"
                   "deal.stage=patent\x1f"
                   "000000006955b900\n"
                   "deal.trl=4\n"
                   "deal.parties.party=mgk-pty-2026-00001\n");
}

/* One stage is one range, the oldest first, whatever other stage begins with its name. */
static void
test_stage_order (void)
{
  static const struct
  {
    const char *stage;
    gint64 since;
  } sorted[] = {
    { "patent", 0 },          { "patent", 9 },          { "patent", 10 },
    { "patent", G_MAXINT32 }, { "patent", 4291747199 }, { "patent-b", 1 },
  };
  g_autofree char *previous = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    {
      g_autoptr (NaruJson) json = naru_json_new_object ();
      g_autoptr (GPtrArray) keys = NULL;
      const NaruIndexKey *key = NULL;

      naru_json_set_string (json, "stage", sorted[i].stage);
      keys = naru_record_type_list_keys (get_type ("deal"), json, sorted[i].since);
      g_assert_cmpuint (keys->len, ==, 1);
      key = g_ptr_array_index (keys, 0);
      if (previous != NULL)
        g_assert_cmpint (strcmp (previous, key->value), <, 0);
      g_free (previous);
      previous = g_strdup (key->value);
    }
}

static void
test_index_fold (void)
{
  static const char *const cases[][2] = {
    { "ABC", "abc" },
    { "나루", "나루" },
    { "\xe1\x84\x82\xe1\x85\xa1\xe1\x84\x85\xe1\x85\xae", "나루" },
    { "É", "é" },
    { "E\xcc\x81", "é" },
    { "Straße", "strasse" },
    { "a\x1f\x01\x7f\xc2\x85z", "az" },
    { "\n", "" },
    { "", "" },
  };
  g_autoptr (GString) text = g_string_new ("x");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folded = naru_index_fold (cases[i][0]);

      g_assert_cmpstr (folded, ==, cases[i][1]);
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *folded = NULL;

      g_string_append (text, "나");
      folded = naru_index_fold (text->str);
      g_assert_true (g_utf8_validate (folded, -1, NULL));
      g_assert_cmpuint (strlen (folded), ==, MIN (text->len, 199));
    }
}

static void
test_card (void)
{
  NaruRecordType *type = get_type ("deal");
  g_autoptr (NaruJson) json =
      parse ("{\"title\":\"항체 Linker\",\"sectors\":[\"it\",\"nano\"],\"trl\":4,\"stage\":\"patent\","
             "\"summary\":\"Two\\nlines\",\"keywords\":[\"ADC\",\"링커\"]}");
  g_autoptr (GVariant) card = naru_record_type_make_card (type, json, -7);
  g_autoptr (GVariant) read = NULL;
  g_autoptr (GVariant) normal = NULL;
  g_autofree guint8 *copy = NULL;
  gsize size = g_variant_get_size (card);

  /* as the store hands it out: bytes from somewhere, not trusted */
  copy = g_memdup2 (g_variant_get_data (card), size);
  read =
      g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("(xass)"), copy, size, FALSE, NULL, NULL));
  g_assert_true (g_variant_is_normal_form (read));
  normal = g_variant_get_normal_form (read);
  g_assert_true (g_variant_equal (normal, card));
  g_assert_cmpint (naru_card_get_since (read), ==, -7);
  g_assert_cmpstr (naru_record_type_get_card_field (type, read, "title"), ==, "항체 Linker");
  g_assert_cmpstr (naru_record_type_get_card_field (type, read, "sectors"), ==, "it,nano");
  g_assert_cmpstr (naru_record_type_get_card_field (type, read, "/trl"), ==, "4");
  g_assert_cmpstr (naru_record_type_get_card_field (type, read, "stage"), ==, "patent");
  g_assert_cmpstr (naru_record_type_get_card_field (type, read, "officer"), ==, "");
  g_assert_null (naru_record_type_get_card_field (type, read, "summary"));
  g_assert_null (naru_record_type_get_card_field (type, read, "nonsense"));
  g_assert_cmpstr (naru_card_get_text (read), ==, "항체 linker\ntwo lines\nadc\n링커");
}

static void
test_damaged_card (void)
{
  NaruRecordType *type = get_type ("deal");
  g_autoptr (NaruJson) json = parse ("{\"title\":\"x\",\"hub\":\"MGK\"}");
  g_autoptr (GVariant) card = naru_record_type_make_card (type, json, 1);
  gsize size = g_variant_get_size (card);

  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_variant_get_data (card), size);
      g_autoptr (GVariant) damaged = NULL;

      copy[i] ^= 0xff;
      damaged = g_variant_ref_sink (
          g_variant_new_from_data (G_VARIANT_TYPE ("(xass)"), copy, size, FALSE, NULL, NULL));
      g_assert_true (g_utf8_validate (naru_record_type_get_card_field (type, damaged, "title"), -1, NULL));
      g_assert_true (g_utf8_validate (naru_card_get_text (damaged), -1, NULL));
    }
}

#define TYPE(properties)                                                                                     \
  "{\"x-naru\":{\"title\":{\"en\":\"T\",\"ko\":\"티\"}},\"type\":\"object\",\"properties\":{" properties "}" \
  "}"
#define LABEL "\"label\":{\"en\":\"A\",\"ko\":\"에이\"}"

static void
test_bad_schemas (void)
{
  static const char *const cases[] = {
    "{}",
    "{\"x-naru\":{\"title\":{\"en\":\"T\"}},\"properties\":{}}",
    "{\"x-naru\":{\"title\":{\"en\":\"T\",\"ko\":\"티\"}}}",
    TYPE ("\"a\":{\"type\":\"string\"}"),
    TYPE ("\"a\":{\"type\":\"string\",\"x-naru\":{\"label\":{\"en\":\"A\"}}}"),
    TYPE ("\"a\":{\"type\":\"string\",\"x-naru\":{\"label\":\"A\"}}"),
    TYPE ("\"a\":{\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"number\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":[\"string\",\"null\"],\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"object\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"array\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"$ref\":\"#/$defs/none\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a/b\":{\"type\":\"string\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a.b\":{\"type\":\"string\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"string\",\"enum\":[\"x\"],\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"],\"x-naru\":{" LABEL
          ",\"values\":{\"x\":{\"en\":\"X\",\"ko\":\"엑스\"}}}}"),
    TYPE ("\"a\":{\"type\":\"string\",\"x-naru\":{" LABEL ",\"sum\":{\"of\":\"b\",\"equals\":\"1\"}}}"),
    TYPE ("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"x-naru\":{" LABEL
          ",\"sum\":{\"of\":\"b\",\"equals\":\"one\"}}}"),
    TYPE ("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"x-"
          "naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"string\",\"unheard-of\":1,\"x-naru\":{" LABEL "}}"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NaruJson) json = parse (cases[i]);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i]);
      g_assert_null (naru_record_type_new ("t", json, "t.json", &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "t.json"));
      g_test_message ("%s", error->message);
    }
}

/* A $ref that never ends, or nests without end, is an error and no endless loop. */
static void
test_endless_schemas (void)
{
  static const char *const cases[] = {
    TYPE ("\"a\":{\"$ref\":\"#/properties/a\",\"x-naru\":{" LABEL "}}"),
    TYPE ("\"a\":{\"type\":\"object\",\"properties\":{\"b\":{\"$ref\":\"#/properties/a\"}},\"x-naru\":{" LABEL
          "}}"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NaruJson) json = parse (cases[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_record_type_new ("t", json, "t.json", &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
    }
}

static void
test_unknown_types (void)
{
  static const char *const ids[] = { "MGK-XYZ-2026-00001", "nonsense", "", "../deal" };
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_types_get (types, "dael", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (naru_error_get_cure (error), "agreement"));
  g_clear_error (&error);
  g_assert_null (naru_types_get (types, "../schemas/deal", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_clear_error (&error);
      g_assert_null (naru_types_get_for_id (types, ids[i], &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
    }
}

static gpointer
load_all (gpointer data)
{
  const char *const *names = naru_types_get_names (data);
  gpointer sum = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    sum =
        GSIZE_TO_POINTER (GPOINTER_TO_SIZE (sum) + GPOINTER_TO_SIZE (naru_types_get (data, names[i], NULL)));
  return sum;
}

static void
test_threads (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTypes) fresh = naru_types_new (&error);
  GThread *threads[4];
  gpointer first = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("types", load_all, fresh);
  first = g_thread_join (threads[0]);
  for (guint i = 1; i < G_N_ELEMENTS (threads); i++)
    g_assert_true (g_thread_join (threads[i]) == first);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  types = naru_types_new (&error);
  g_assert_no_error (error);
  g_test_add_func ("/type-check/messages", test_messages);
  g_test_add_func ("/type-check/korean", test_korean);
  g_test_add_func ("/type-check/remedy-names-the-record", test_remedy_names_the_record);
  g_test_add_func ("/type-check/sums", test_sums);
  g_test_add_func ("/type-check/references", test_references);
  g_test_add_func ("/type-check/keys", test_keys);
  g_test_add_func ("/type-check/stage-order", test_stage_order);
  g_test_add_func ("/type-check/index-fold", test_index_fold);
  g_test_add_func ("/type-check/card", test_card);
  g_test_add_func ("/type-check/damaged-card", test_damaged_card);
  g_test_add_func ("/type-check/bad-schemas", test_bad_schemas);
  g_test_add_func ("/type-check/endless-schemas", test_endless_schemas);
  g_test_add_func ("/type-check/unknown-types", test_unknown_types);
  g_test_add_func ("/type-check/threads", test_threads);
  status = g_test_run ();
  naru_types_unref (types);
  return status;
}
