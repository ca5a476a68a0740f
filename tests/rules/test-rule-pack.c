/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pack-fixture.h"

/* Computed by Python's hashlib over the canonical bytes. */
#define GOLDEN_DIGEST "ff63c0e5e32e839b60b8baaf8daffb9c53806aff0fb73dd72662241bfc57e04e"

/* pack.json with the one change that @fault describes; a null takes the value away */
static NaruJson *
make_faulty (NaruJson *fault)
{
  NaruJson *value = naru_json_get (fault, "value");
  g_autofree char *text = naru_json_get_kind (value) != NARU_JSON_NULL ? naru_json_to_line (value) : NULL;

  return load_changed (naru_json_get_string (fault, "path"), text);
}

/* A message for whoever wrote the pack: the file or pack, the rule, the place, what is wrong, the cure. */
static void
assert_says (NaruJson *fault, const char *origin, const GError *error)
{
  const char *rule = naru_json_get_string (fault, "rule");

  g_test_message ("%s: %s (%s; %s)", naru_json_get_string (fault, "name"), error->message,
                  naru_error_get_field (error), naru_error_get_cure (error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, origin));
  g_assert_nonnull (strstr (error->message, naru_json_get_string (fault, "says")));
  if (rule != NULL)
    g_assert_nonnull (strstr (error->message, rule));
  g_assert_cmpstr (naru_error_get_field (error), ==, naru_json_get_string (fault, "field"));
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpstr (naru_error_get_cure (error), !=, "");
}

static void
test_faults (void)
{
  g_autoptr (NaruJson) faults = load_data ("pack-faults.json");

  g_assert_cmpuint (naru_json_get_size (faults), >, 20);
  for (guint i = 0; i < naru_json_get_size (faults); i++)
    {
      NaruJson *fault = naru_json_get_element (faults, i);
      g_autoptr (NaruJson) json = make_faulty (fault);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruRulePack) pack = naru_rule_pack_new (json, "office.json", &error);

      if (pack != NULL)
        g_test_message ("%s was not noticed", naru_json_get_string (fault, "name"));
      g_assert_null (pack);
      assert_says (fault, "office.json", error);
    }
}

/* What only the record types can tell. */
static void
test_strange_fields (void)
{
  g_autoptr (NaruJson) faults = load_data ("pack-strange-fields.json");
  g_autoptr (NaruJson) sound = load_data ("pack.json");
  g_autoptr (NaruTypes) types = make_types (sound);
  g_autoptr (NaruRulePack) good = make_pack (sound);
  g_autoptr (GError) error = NULL;

  naru_rule_pack_check_types (good, types, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < naru_json_get_size (faults); i++)
    {
      NaruJson *fault = naru_json_get_element (faults, i);
      g_autoptr (NaruJson) json = make_faulty (fault);
      g_autoptr (NaruRulePack) pack = make_pack (json);

      if (naru_rule_pack_check_types (pack, types, &error))
        g_test_message ("%s was not noticed", naru_json_get_string (fault, "name"));
      g_assert_nonnull (error);
      assert_says (fault, "sample", error);
      g_clear_error (&error);
    }
}

static void
test_no_object (void)
{
  static const char *const texts[] = { "[]", "null", "\"sample\"", "{}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (NaruJson) json = parse (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_rule_pack_new (json, "office.json", &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "office.json"));
      g_assert_nonnull (naru_error_get_cure (error));
    }
}

static void
test_shape (void)
{
  g_autoptr (NaruJson) json = load_data ("pack.json");
  g_autoptr (NaruRulePack) pack = make_pack (json);

  naru_language_set ("en");
  g_assert_cmpstr (naru_rule_pack_get_id (pack), ==, "sample");
  g_assert_cmpstr (naru_rule_pack_get_version (pack), ==, "1.0");
  g_assert_cmpstr (naru_rule_pack_get_title (pack), ==, "A sample");
  naru_language_set ("ko");
  g_assert_cmpstr (naru_rule_pack_get_title (pack), ==, "표본");
  naru_language_set ("en");
  g_assert_null (naru_rule_pack_get_plugin (pack));
  g_assert_false (naru_rule_pack_has_checks (pack));
  g_assert_false (naru_rule_pack_serves (pack, "nano"));
  g_assert_cmpuint (naru_rule_pack_get_n_rules (pack), ==, 10);
  g_assert_cmpstr (naru_json_get_string (naru_rule_pack_get_rule (pack, 0), "id"), ==, "S-ADVISE-01");
}

/* The digest is of the canonical bytes: neither the order of the members nor blanks count, all else does. */
static void
test_digest (void)
{
  g_autoptr (NaruJson) json = load_data ("pack.json");
  g_autoptr (NaruRulePack) pack = make_pack (json);
  g_autofree char *line = naru_json_to_line (json);
  g_autoptr (NaruJson) again = parse (line);
  g_autoptr (NaruRulePack) same = make_pack (again);
  g_autoptr (NaruJson) changed = load_changed ("rules.0.title.ko", "\"다른 제목\"");
  g_autoptr (NaruRulePack) other = make_pack (changed);

  g_assert_cmpstr (naru_rule_pack_get_digest (pack), ==, GOLDEN_DIGEST);
  g_assert_cmpstr (naru_rule_pack_get_digest (same), ==, GOLDEN_DIGEST);
  g_assert_cmpstr (naru_rule_pack_get_digest (other), !=, GOLDEN_DIGEST);
}

/* Gives each rule of @slim the line that @pack has for it. */
static void
set_lines (NaruRulePack *slim, NaruRulePack *pack)
{
  for (guint i = 0; i < naru_rule_pack_get_n_rules (slim); i++)
    naru_rule_pack_set_line (slim, naru_rule_pack_get_rule_id (slim, i), naru_rule_pack_to_line (pack, i));
}

static NaruRulePack *
read_back (NaruRulePack *pack, gboolean slim)
{
  g_autofree char *text = naru_rule_pack_to_text (pack, slim);
  g_autoptr (GError) error = NULL;
  NaruRulePack *other = naru_rule_pack_from_text (g_steal_pointer (&text), "store", &error);

  g_assert_no_error (error);
  if (slim)
    set_lines (other, pack);
  return other;
}

static void
test_text (void)
{
  g_autoptr (NaruJson) json = load_data ("pack.json");
  g_autoptr (NaruRulePack) pack = make_pack (json);

  for (guint slim = 0; slim < 2; slim++)
    {
      g_autoptr (NaruRulePack) other = read_back (pack, slim == 1);
      g_assert_cmpstr (naru_rule_pack_get_id (other), ==, "sample");
      g_assert_cmpstr (naru_rule_pack_get_version (other), ==, "1.0");
      g_assert_cmpstr (naru_rule_pack_get_digest (other), ==, GOLDEN_DIGEST);
      g_assert_cmpuint (naru_rule_pack_get_n_rules (other), ==, 10);
      for (guint i = 0; i < 10; i++)
        g_assert_true (
            naru_json_equal (naru_rule_pack_get_rule (other, i), naru_rule_pack_get_rule (pack, i)));
    }
}

/* Findings of the rules that read the pack; "" where it is not even read. */
static char *
judge_all (NaruRulePack *pack, NaruTypes *types)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autoptr (NaruCase) idea = make_case (types, "idea", "", naru_date_new (2026, 11, 22));
  g_autoptr (NaruCase) joint = make_case (types, "joint-rd", "", naru_date_new (2026, 11, 22));

  naru_rule_book_add_adopted (book, pack, 0);
  naru_rule_book_judge (book, idea, "idea", "joint-rd", findings);
  naru_rule_book_judge (book, joint, "joint-rd", "disclosure", findings);
  g_assert_cmpuint (findings->len, ==, 10);
  return describe_findings (findings);
}

/* One bit flipped anywhere in the text: it is refused. */
static void
test_damage (void)
{
  g_autoptr (NaruJson) json = load_data ("pack.json");
  g_autoptr (NaruRulePack) pack = make_pack (json);
  guint refused = 0;

  for (guint slim = 0; slim < 2; slim++)
    {
      g_autofree char *text = naru_rule_pack_to_text (pack, slim == 1);
      gsize size = strlen (text);
      for (gsize at = 0; at < size; at += 19)
        {
          g_autofree char *damaged = g_strdup (text);
          g_autoptr (GError) error = NULL;
          damaged[at] = (char) (damaged[at] ^ (1 << (at / 19 % 7)));
          g_autoptr (NaruRulePack) other =
              naru_rule_pack_from_text (g_steal_pointer (&damaged), "store", &error);
          /* but for the digest of the pack, with which the office compares it */
          if (other != NULL)
            {
              g_assert_cmpstr (naru_rule_pack_get_digest (other), !=, GOLDEN_DIGEST);
              continue;
            }
          g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
          g_assert_nonnull (strstr (error->message, "store"));
          g_assert_nonnull (naru_error_get_cure (error));
          refused++;
        }
    }
  g_assert_cmpuint (refused, >, 100);
}

/* One bit flipped in the line of a rule, or the line gone: the rule says so and blocks. Never another
 * verdict. */
static void
test_damaged_line (void)
{
  g_autoptr (NaruJson) json = load_data ("pack.json");
  g_autoptr (NaruRulePack) pack = make_pack (json);
  g_autoptr (NaruTypes) types = make_types (json);
  guint blocked = 0;

  for (guint rule = 0; rule < naru_rule_pack_get_n_rules (pack); rule++)
    {
      g_autofree char *line = naru_rule_pack_to_line (pack, rule);
      for (gsize at = 0; at < strlen (line); at += 19)
        {
          g_autofree char *damaged = g_strdup (line);
          g_autofree char *text = naru_rule_pack_to_text (pack, TRUE);
          g_autoptr (GError) error = NULL;
          g_autoptr (NaruRulePack) other =
              naru_rule_pack_from_text (g_steal_pointer (&text), "store", &error);
          g_assert_no_error (error);
          damaged[at] = (char) (damaged[at] ^ (1 << (at / 19 % 7)));
          if (at > 0)
            naru_rule_pack_set_line (other, naru_rule_pack_get_rule_id (other, rule),
                                     g_steal_pointer (&damaged));
          g_assert_null (naru_rule_pack_get_rule (other, rule));
          set_lines (other, pack);
          if (at == 0)
            continue;
          g_autofree char *found = judge_all (other, types);
          g_assert_nonnull (strstr (found, "\"status\":\"error\""));
          g_assert_nonnull (strstr (found, "damaged"));
          blocked++;
        }
    }
  g_assert_cmpuint (blocked, >, 100);
}

static void
test_cut (void)
{
  g_autoptr (NaruJson) json = load_data ("pack.json");
  g_autoptr (NaruRulePack) pack = make_pack (json);
  g_autofree char *text = naru_rule_pack_to_text (pack, TRUE);

  for (gsize size = 0; size < strlen (text); size += 41)
    {
      g_autofree char *cut = g_strndup (text, size);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruRulePack) other = naru_rule_pack_from_text (g_steal_pointer (&cut), "store", &error);
      g_assert_null (other);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
    }
}

/* Every rule of a pack that Naru comes with, with a deal of each of its cases: the pack as it was written, as
 * the store keeps it and as a review reads it say the same. */
static guint
compare_cases (NaruRulePack *packs[3], NaruTypes *types, const char *folder, const char *rule)
{
  g_autofree char *name = g_strconcat (rule, ".json", NULL);
  g_autofree char *path = g_build_filename (folder, "tests", "cases", name, NULL);
  g_autoptr (NaruJson) file = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, NULL);
  NaruJson *cases = naru_json_get (file, "cases");
  guint judged = 0;

  for (guint i = 0; i < naru_json_get_size (cases); i++)
    {
      NaruJson *row = naru_json_get_element (cases, i);
      NaruJson *given = naru_json_get (row, "deal");
      g_autoptr (NaruJson) deal = given != NULL ? naru_json_copy (given) : naru_json_new_object ();
      g_autoptr (GError) error = NULL;
      const char *from = naru_json_get_string (row, "from");
      g_autofree char *first = NULL;
      naru_json_set_string (deal, "title", "A deal");
      naru_json_set_string (deal, "stage", from);
      g_autoptr (NaruRecord) record = naru_record_new ("deal", ID, deal, &error);
      g_assert_no_error (error);
      NaruRecordType *type = naru_types_get (types, "deal", &error);
      g_assert_no_error (error);
      g_autoptr (NaruCase) subject = naru_case_new (type, record, naru_date_new (2026, 11, 28), NULL);
      for (guint k = 0; k < 3; k++)
        {
          g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
          g_autoptr (GPtrArray) findings =
              g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
          naru_rule_book_add_adopted (book, packs[k], 0);
          naru_rule_book_judge (book, subject, from, naru_json_get_string (row, "to"), findings);
          judged += k == 0 && findings->len > 0 ? 1 : 0;
          g_autofree char *all = describe_findings (findings);
          if (k == 0)
            first = g_steal_pointer (&all);
          else
            g_assert_cmpstr (first, ==, all);
        }
    }
  return judged;
}

static void
test_alike (void)
{
  g_auto (GStrv) names = naru_data_list ("share/rules", NULL);
  guint cases = 0;

  g_assert_nonnull (names);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = naru_data_get_path ("share/rules", names[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) json = naru_rule_pack_read (path, &error);
      g_assert_no_error (error);
      g_autoptr (NaruRulePack) pack = make_pack (json);
      g_autoptr (NaruRulePack) whole = read_back (pack, FALSE);
      g_autoptr (NaruRulePack) slim = read_back (pack, TRUE);
      g_autoptr (NaruTypes) types = make_types (json);
      NaruRulePack *packs[3] = { pack, whole, slim };
      for (guint j = 0; j < naru_rule_pack_get_n_rules (pack); j++)
        {
          const char *rule = naru_json_get_string (naru_rule_pack_get_rule (pack, j), "id");
          cases += compare_cases (packs, types, path, rule);
        }
    }
  g_test_message ("%u cases", cases);
  g_assert_cmpuint (cases, >, 300);
}

/* A folder is one pack: its rules, and beside them fields and stages. */
static void
test_folder (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "a-pack", NULL);
  g_autofree char *rules = g_build_filename (folder, "rules.json", NULL);
  g_autofree char *fields = g_build_filename (folder, "schema.json", NULL);
  g_autofree char *stages = g_build_filename (folder, "pipeline.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_null (naru_rule_pack_read (folder, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (rules, "{\"id\": \"a\"}", -1, NULL));
  g_assert_true (g_file_set_contents (fields, "{\"properties\": {\"a\": {}}}", -1, NULL));
  g_assert_true (g_file_set_contents (stages, "{\"stages\": []}", -1, NULL));
  g_autoptr (NaruJson) pack = naru_rule_pack_read (folder, &error);
  g_assert_no_error (error);
  g_autofree char *line = naru_json_to_line (pack);
  g_assert_cmpstr (g_strchomp (line), ==,
                   "{\"fields\":{\"a\":{}},\"id\":\"a\",\"pipeline\":{\"stages\":[]}}");

  g_assert_true (g_file_set_contents (fields, "{\"a\": {}}", -1, NULL));
  g_assert_null (naru_rule_pack_read (folder, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "schema.json"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (rules, "{\"id\": \"a\",\n \"version\": }", -1, NULL));
  g_assert_null (naru_rule_pack_read (folder, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_cmpint (naru_error_get_line (error), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/rule-pack/faults", test_faults);
  g_test_add_func ("/rule-pack/strange-fields", test_strange_fields);
  g_test_add_func ("/rule-pack/no-object", test_no_object);
  g_test_add_func ("/rule-pack/shape", test_shape);
  g_test_add_func ("/rule-pack/digest", test_digest);
  g_test_add_func ("/rule-pack/text", test_text);
  g_test_add_func ("/rule-pack/damage", test_damage);
  g_test_add_func ("/rule-pack/damaged-line", test_damaged_line);
  g_test_add_func ("/rule-pack/cut", test_cut);
  g_test_add_func ("/rule-pack/alike", test_alike);
  g_test_add_func ("/rule-pack/folder", test_folder);
  return g_test_run ();
}
