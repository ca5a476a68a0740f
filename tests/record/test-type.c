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

static const NaruField *
find (NaruRecordType *type, const char *pointer)
{
  const NaruField *field = naru_record_type_find_field (type, pointer);

  g_assert_nonnull (field);
  return field;
}

static void
test_all_types (void)
{
  static const char *const codes[][2] = {
    { "deal", "" },        { "party", "PTY" },   { "person", "PER" },   { "agreement", "AGR" },
    { "asset", "AST" },    { "task", "TSK" },    { "payment", "PAY" },  { "need", "NED" },
    { "facility", "FAC" }, { "booking", "BKG" }, { "exchange", "EXC" }, { "placement", "PLC" },
  };
  const char *const *names = naru_types_get_names (types);

  g_assert_cmpuint (g_strv_length ((char **) names), ==, G_N_ELEMENTS (codes));
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      NaruRecordType *type = get_type (codes[i][0]);
      g_autofree char *id = naru_id_format ("MGK", codes[i][1], 2026, 1);
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (naru_record_type_get_code (type), ==, codes[i][1]);
      g_assert_cmpstr (naru_record_type_get_name (type), ==, codes[i][0]);
      g_assert_true (naru_types_get_for_id (types, id, &error) == type);
      g_assert_no_error (error);
    }
  g_assert_cmpstr (naru_record_type_get_pipeline (get_type ("deal")), ==, "technology");
  g_assert_null (naru_record_type_get_pipeline (get_type ("party")));
}

static gboolean
has_hangul (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_get_script (g_utf8_get_char (at)) == G_UNICODE_SCRIPT_HANGUL)
      return TRUE;
  return FALSE;
}

/* What every face relies on: labels in two languages, references to types that exist, values with names. */
static void
test_all_fields (void)
{
  const char *const *names = naru_types_get_names (types);

  for (guint t = 0; names[t] != NULL; t++)
    {
      guint n = 0;
      NaruRecordType *type = get_type (names[t]);
      const NaruField *const *fields = naru_record_type_get_fields (type, &n);

      g_assert_cmpuint (n, >, 5);
      for (guint i = 0; i < n; i++)
        {
          const NaruField *field = fields[i];

          g_test_message ("%s %s", names[t], field->pointer);
          g_assert_true (naru_record_type_find_field (type, field->pointer) == field);
          g_assert_true (has_hangul (field->label_ko));
          g_assert_false (has_hangul (field->label_en));
          g_assert_true ((field->kind == NARU_FIELD_ENUM) == (field->values != NULL));
          if (field->kind == NARU_FIELD_REFERENCE)
            g_assert_nonnull (field->refs);
          for (guint r = 0; field->refs != NULL && field->refs[r] != NULL; r++)
            g_assert_true (g_strv_contains (names, field->refs[r]));
          if (field->kind == NARU_FIELD_ARRAY)
            {
              g_autofree char *element = g_strconcat (field->pointer, "/-", NULL);

              find (type, element);
            }
        }
    }
}

static void
test_find_field (void)
{
  NaruRecordType *type = get_type ("deal");
  const NaruField *share = find (type, "/inventors/-/share");

  g_assert_true (naru_record_type_find_field (type, "/inventors/0/share") == share);
  g_assert_true (naru_record_type_find_field (type, "/inventors/12/share") == share);
  g_assert_true (naru_record_type_find_field (type, "inventors.3.share") == share);
  g_assert_true (naru_record_type_find_field (type, "inventors.+.share") == share);
  g_assert_cmpstr (share->name, ==, "share");
  g_assert_cmpint (share->kind, ==, NARU_FIELD_DECIMAL);
  g_assert_cmpint (find (type, "evaluation.grade")->kind, ==, NARU_FIELD_ENUM);
  g_assert_cmpint (find (type, "/sectors/0")->kind, ==, NARU_FIELD_ENUM);
  g_assert_cmpint (find (type, "/officer")->kind, ==, NARU_FIELD_REFERENCE);
  g_assert_true (find (type, "/stage")->system);
  g_assert_true (find (type, "/documents/-/name")->system);
  g_assert_false (find (type, "/title")->system);
  /* members inherit the audience of what holds them */
  g_assert_cmpstr (find (type, "/commercial/value")->audience, ==, "money");
  g_assert_cmpstr (find (type, "/summary")->audience, ==, "unpublished");
  g_assert_cmpstr (find (get_type ("person"), "/email")->audience, ==, "personal");
  g_assert_null (find (type, "/title")->audience);

  g_assert_null (naru_record_type_find_field (type, ""));
  g_assert_null (naru_record_type_find_field (type, "/"));
  g_assert_null (naru_record_type_find_field (type, "/titel"));
  g_assert_null (naru_record_type_find_field (type, "/title/0"));
  g_assert_null (naru_record_type_find_field (type, "/inventors.0"));
  g_assert_null (naru_record_type_find_field (type, "inventors..share"));
  {
    g_autofree char *endless = g_strnfill (100000, '/');

    g_assert_null (naru_record_type_find_field (type, endless));
  }
}

static void
assert_label (const char *language, const char *pointer, const char *expected)
{
  g_autofree char *label = NULL;

  naru_language_set (language);
  label = naru_record_type_get_label (get_type ("deal"), pointer);
  g_assert_cmpstr (label, ==, expected);
  naru_language_set ("en");
}

static void
test_labels (void)
{
  NaruRecordType *type = get_type ("deal");

  assert_label ("en", "/inventors/0/share", "Inventors 1 › Share");
  assert_label ("ko", "/inventors/0/share", "발명자 1 › 지분");
  assert_label ("en", "/inventors/-/share", "Inventors › Share");
  assert_label ("en", "inventors.11.share", "Inventors 12 › Share");
  assert_label ("ko", "/sectors/1", "기술 분야 2");
  assert_label ("en", "/title", "Title");
  assert_label ("en", "/nonsense/x", "nonsense › x");
  assert_label ("en", "", "");

  g_assert_cmpstr (naru_record_type_get_value_label (type, find (type, "/court"), "us"), ==, "Our office");
  g_assert_cmpstr (naru_record_type_get_value_label (type, find (type, "/sectors"), "green"), ==,
                   "Green technology");
  naru_language_set ("ko");
  g_assert_cmpstr (naru_record_type_get_value_label (type, find (type, "/court"), "attorney"), ==, "변리사");
  g_assert_cmpstr (naru_record_type_get_title (type), ==, "기술사업화 건");
  naru_language_set ("en");
  g_assert_cmpstr (naru_record_type_get_value_label (type, find (type, "/court"), "unheard-of"), ==,
                   "unheard-of");
}

static void
test_suggestions (void)
{
  static const char *const cases[][2] = {
    { "titel", "title" },
    { "발명자", "inventors" },
    { "Officer", "officer" },
    { "oficer", "officer" },
    { "grade", "evaluation.grade" },
    { "TRL", "trl" },
    { "기술명", "title" },
    { "patent.ofice", "patent.office" },
    { "xyzzy", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = naru_record_type_suggest_field (get_type ("deal"), cases[i][0]);

      g_assert_cmpstr (found, ==, cases[i][1]);
    }
}

static void
assert_value (const char *type_name, const char *path, const char *text, const char *expected)
{
  NaruRecordType *type = get_type (type_name);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) value = naru_record_type_parse_value (type, find (type, path), text, &error);
  g_autofree char *line = NULL;

  if (expected != NULL)
    {
      g_assert_no_error (error);
      line = naru_json_to_line (value);
      g_assert_cmpstr (g_strchomp (line), ==, expected);
      return;
    }
  g_assert_null (value);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpstr (naru_error_get_field (error), !=, NULL);
  g_test_message ("%s (%s)", error->message, naru_error_get_cure (error));
}

static void
test_parse_value (void)
{
  static const char *const cases[][4] = {
    { "deal", "title", "나루", "\"나루\"" },
    { "deal", "title", " two blanks  ", "\" two blanks  \"" },
    { "deal", "title", "\xe1\x84\x82\xe1\x85\xa1", "\"나\"" }, /* NFD */
    { "deal", "title", "   ", "null" },
    { "deal", "trl", "7", "7" },
    { "deal", "trl", " 7 ", "7" },
    { "deal", "trl", "seven", NULL },
    { "deal", "trl", "7.5", NULL },
    { "deal", "trl", "99999999999999999999", NULL },
    { "deal", "disclosed_on", "2026-03-31", "\"2026-03-31\"" },
    { "deal", "disclosed_on", "2026-02-30", NULL },
    { "deal", "disclosed_on", "31/03/2026", NULL },
    { "deal", "commercial.value", "1250000", "\"1250000\"" },
    { "deal", "commercial.value", "1,250,000", "\"1250000\"" },
    { "deal", "commercial.value", "-1,250,000.50", "\"-1250000.5\"" },
    { "deal", "commercial.value", "12,50", NULL },
    { "deal", "commercial.value", "1,2500", NULL },
    { "deal", "commercial.value", "1250,000", NULL },
    { "deal", "commercial.value", "1,250,", NULL },
    { "deal", "commercial.value", ",250", NULL },
    { "deal", "commercial.value", "1.250,000", NULL },
    { "deal", "commercial.value", "1e6", NULL },
    { "deal", "court", "attorney", "\"attorney\"" },
    { "deal", "court", "Attorney", "\"attorney\"" },
    { "deal", "court", "변리사", "\"attorney\"" },
    { "deal", "court", "OUR OFFICE", "\"us\"" },
    { "deal", "court", "nobody", NULL },
    { "deal", "sectors", "nano, 바이오·헬스", "[\"nano\",\"bio-health\"]" },
    { "deal", "sectors", "nano,,it,", "[\"nano\",\"it\"]" },
    { "deal", "sectors", "nano, magic", NULL },
    { "deal", "sectors.0", "green", "\"green\"" },
    { "deal", "keywords", "ADC, 링커", "[\"ADC\",\"링커\"]" },
    { "deal", "officer", "mgk-per-2026-00001", "\"MGK-PER-2026-00001\"" },
    { "deal", "officer", "Kim", NULL },
    { "deal", "inventors", "Kim", NULL },
    { "deal", "evaluation", "S", NULL },
    { "deal", "title", "\xff\xfe", NULL },
    { "person", "active", "yes", "true" },
    { "person", "active", "아니오", "false" },
    { "person", "active", "예", "true" },
    { "person", "active", "NO", "false" },
    { "person", "active", "maybe", NULL },
    { "booking", "starts_at", "2026-03-31T14:30:00+09:00", "\"2026-03-31T14:30:00+09:00\"" },
    { "booking", "starts_at", "tomorrow", NULL },
    { "agreement", "deals", "MGK-2026-00001,MGK-2026-00002", "[\"MGK-2026-00001\",\"MGK-2026-00002\"]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = g_strescape (cases[i][2], NULL);

      g_test_message ("%s.%s = %s", cases[i][0], cases[i][1], shown);
      assert_value (cases[i][0], cases[i][1], cases[i][2], cases[i][3]);
    }
}

static void
test_parse_value_message (void)
{
  NaruRecordType *type = get_type ("deal");
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_record_type_parse_value (type, find (type, "court"), "moon", &error));
  g_assert_nonnull (strstr (error->message, "Whose court"));
  g_assert_nonnull (strstr (error->message, "moon"));
  g_assert_nonnull (strstr (naru_error_get_cure (error), "attorney"));
  g_assert_cmpstr (naru_error_get_field (error), ==, "/court");
}

static void
test_normalize (void)
{
  g_autoptr (NaruJson) json =
      parse ("{\"title\":\"\xe1\x84\x82\xe1\x85\xa1\",\"commercial\":{\"value\":\"0100.500\"},"
             "\"keywords\":[\"e\xcc\x81\",\"x\"],"
             "\"inventors\":[{\"person\":\"MGK-PER-2026-00001\",\"share\":\"50.0\"}]}");
  g_autoptr (GError) error = NULL;

  g_assert_true (naru_record_type_normalize (get_type ("deal"), json, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (json, "title"), ==, "나");
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/commercial/value")), ==, "100.5");
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/keywords/0")), ==, "\xc3\xa9");
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/inventors/0/share")), ==, "50");
}

static void
test_normalize_bad (void)
{
  g_autofree char *endless = g_strnfill (NARU_TEXT_MAX + 1, 'x');
  g_autoptr (NaruJson) json = parse ("{\"inventors\":[{},{\"role\":\"a\\u0007b\"}]}");
  g_autoptr (NaruJson) large = naru_json_new_object ();
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_record_type_normalize (get_type ("deal"), json, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_cmpstr (naru_error_get_field (error), ==, "/inventors/1/role");
  g_assert_nonnull (strstr (error->message, "Inventors 2 › Part in the invention"));
  g_clear_error (&error);

  naru_json_set_string (large, "summary", endless);
  g_assert_false (naru_record_type_normalize (get_type ("deal"), large, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  g_assert_cmpstr (naru_error_get_field (error), ==, "/summary");
}

static void
test_defaults (void)
{
  g_autoptr (NaruJson) json = parse ("{\"title\":\"x\",\"court\":\"agency\"}");
  g_autoptr (NaruJson) agreement =
      parse ("{\"title\":\"x\",\"parties\":[{\"party\":\"MGK-PTY-2026-00001\",\"obligations\":"
             "[{\"text\":\"a\"},{\"text\":\"b\",\"done\":true}]}]}");

  naru_record_type_apply_defaults (get_type ("deal"), json);
  g_assert_cmpstr (naru_json_get_string (json, "court"), ==, "agency");
  g_assert_cmpstr (naru_json_get_string (json, "confidentiality"), ==, "unpublished");
  g_assert_null (naru_json_get (json, "commercial"));

  naru_record_type_apply_defaults (get_type ("agreement"), agreement);
  g_assert_false (naru_json_as_boolean (naru_json_get_pointer (agreement, "/parties/0/obligations/0/done")));
  g_assert_nonnull (naru_json_get_pointer (agreement, "/parties/0/obligations/0/done"));
  g_assert_true (naru_json_as_boolean (naru_json_get_pointer (agreement, "/parties/0/obligations/1/done")));
  g_assert_null (naru_json_get (agreement, "money"));
}

/* Defaults alone make no record invalid: `naru new TYPE` with what identifies it is enough. */
static void
test_least_record (void)
{
  static const char *const cases[][2] = {
    { "deal", "{\"title\":\"x\"}" },
    { "party", "{\"name\":\"x\"}" },
    { "person", "{\"name\":\"x\"}" },
    { "agreement", "{\"title\":\"x\"}" },
    { "asset", "{\"title\":\"x\"}" },
    { "task", "{\"title\":\"x\"}" },
    { "payment", "{\"direction\":\"owed\",\"amount\":\"1\"}" },
    { "need", "{\"title\":\"x\"}" },
    { "facility", "{\"name\":\"x\"}" },
    { "booking", "{\"facility\":\"MGK-FAC-2026-00001\",\"starts_at\":\"2026-03-31T14:30:00+09:00\","
                 "\"ends_at\":\"2026-03-31T15:30:00+09:00\"}" },
    { "exchange", "{\"title\":\"x\"}" },
    { "placement", "{\"title\":\"x\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NaruRecordType *type = get_type (cases[i][0]);
      g_autoptr (NaruJson) json = parse (cases[i][1]);
      g_autoptr (NaruJson) empty = naru_json_new_object ();
      g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

      naru_record_type_apply_defaults (type, json);
      g_assert_true (naru_record_type_validate (type, json, findings));
      g_assert_cmpuint (findings->len, ==, 0);
      g_assert_false (naru_record_type_validate (type, empty, findings));
      g_assert_cmpuint (findings->len, >, 0);
    }
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
  g_test_add_func ("/type/all-types", test_all_types);
  g_test_add_func ("/type/all-fields", test_all_fields);
  g_test_add_func ("/type/find-field", test_find_field);
  g_test_add_func ("/type/labels", test_labels);
  g_test_add_func ("/type/suggestions", test_suggestions);
  g_test_add_func ("/type/parse-value", test_parse_value);
  g_test_add_func ("/type/parse-value-message", test_parse_value_message);
  g_test_add_func ("/type/normalize", test_normalize);
  g_test_add_func ("/type/normalize-bad", test_normalize_bad);
  g_test_add_func ("/type/defaults", test_defaults);
  g_test_add_func ("/type/least-record", test_least_record);
  status = g_test_run ();
  naru_types_unref (types);
  return status;
}
