/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pack-fixture.h"

#define DAY naru_date_new (2026, 11, 22)

/* A pack of one rule that always fails, @more: further members of the pack ("\"sectors\": […],") */
static NaruRulePack *
make_small (const char *id, const char *rule, const char *more, const char *verdict)
{
  g_autofree char *text = g_strdup_printf (
      "{\"id\": \"%s\", \"version\": \"1\", \"title\": {\"en\": \"t\", \"ko\": \"t\"}, %s \"rules\": [{"
      "\"id\": \"%s\", \"severity\": \"warn\", \"on\": [{\"to\": \"joint-rd\"}], \"title\": {\"en\": \"t\", "
      "\"ko\": \"t\"}, %s, \"remedy\": {\"en\": \"r\", \"ko\": \"r\"}, \"evidence\": {\"law\": \"l\", "
      "\"jurisdiction\": \"KR\", \"grade\": \"own\", \"source\": \"s\", \"confidence\": \"low\"}, "
      "\"verified_by\": null}]}",
      id, more, rule, verdict);
  g_autoptr (NaruJson) json = parse (text);

  return make_pack (json);
}

#define NEVER "\"must\": false"
#define SECTOR(name) "\"sectors\": [\"" name "\"], "

static void
add (NaruRuleBook *book, const char *id, const char *rule, const char *more, const char *verdict)
{
  g_autoptr (NaruRulePack) pack = make_small (id, rule, more, verdict);
  g_autoptr (GError) error = NULL;

  naru_rule_book_add (book, pack, &error);
  g_assert_no_error (error);
}

/* "A-01 fail, sector.nano error": what the rules say of a deal of these sectors, in the order of the book */
static char *
judge (NaruRuleBook *book, const char *sectors)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTypes) types = naru_types_new (&error);
  g_autofree char *members = g_strdup_printf ("\"sectors\": %s", sectors);
  g_autoptr (NaruCase) subject = make_case (types, "idea", members, DAY);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  GString *text = g_string_new (NULL);

  naru_rule_book_judge (book, subject, "idea", "joint-rd", findings);
  for (guint i = 0; i < findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (findings, i);
      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "", naru_finding_get_rule (finding),
                              naru_status_to_string (naru_finding_get_status (finding)));
    }
  return g_string_free (text, FALSE);
}

static void
assert_judged (NaruRuleBook *book, const char *sectors, const char *expected)
{
  g_autofree char *got = judge (book, sectors);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_sectors (void)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();

  add (book, "all", "ALL-01", "", NEVER);
  add (book, "it", "IT-01", SECTOR ("it"), NEVER);
  add (book, "nano", "NT-01", SECTOR ("nano"), NEVER);
  assert_judged (book, "[]", "ALL-01 fail");
  assert_judged (book, "[\"it\"]", "ALL-01 fail, IT-01 fail");
  assert_judged (book, "[\"nano\", \"it\"]", "ALL-01 fail, IT-01 fail, NT-01 fail");
  /* no pack of the sector is there: it blocks, whatever others say */
  assert_judged (book, "[\"green\"]", "sector.green error, ALL-01 fail");
  assert_judged (book, "[\"it\", \"green\"]", "sector.green error, ALL-01 fail, IT-01 fail");
}

static void
test_unserved_sector (void)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTypes) types = naru_types_new (&error);
  g_autoptr (NaruCase) subject = make_case (types, "idea", "\"sectors\": [\"green\"]", DAY);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  naru_language_set ("en");
  naru_rule_book_judge (book, subject, "idea", "joint-rd", findings);
  g_assert_cmpuint (findings->len, ==, 1);
  NaruFinding *finding = g_ptr_array_index (findings, 0);
  g_assert_true (naru_finding_blocks (finding));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "green"));
  g_assert_nonnull (strstr (naru_finding_get_remedy (finding), "naru plugin enable"));
  g_assert_cmpstr (naru_finding_get_fields (finding)[0], ==, "/sectors");
}

#define CODE "\"plugin\": {\"name\": \"far-away\", \"version\": \"1\", \"loader\": \"C\"}, " SECTOR ("it")

/* A rule that code decides, without the code: it blocks, though a failure would only have warned. */
static void
test_check_without_plugin (void)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTypes) types = naru_types_new (&error);
  g_autoptr (NaruCase) subject = make_case (types, "idea", "\"sectors\": [\"it\"]", DAY);
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  naru_language_set ("en");
  add (book, "far", "FAR-01", CODE, "\"check\": \"dates\"");
  naru_rule_book_judge (book, subject, "idea", "joint-rd", findings);
  g_assert_cmpuint (findings->len, ==, 1);
  NaruFinding *finding = g_ptr_array_index (findings, 0);
  g_assert_cmpint (naru_finding_get_status (finding), ==, NARU_STATUS_ERROR);
  g_assert_true (naru_finding_blocks (finding));
  g_assert_nonnull (strstr (naru_finding_get_message (finding), "far-away"));
  g_assert_cmpstr (naru_finding_get_remedy (finding), ==, "naru plugin show far-away");

  /* a check in a pack that no plugin brought */
  add (book, "nobody", "NOBODY-01", "", "\"check\": \"dates\"");
  assert_judged (book, "[\"it\"]", "FAR-01 error, NOBODY-01 error");
}

#define FIELD(name)                                                                                          \
  "\"fields\": {\"" name "\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 9, \"x-naru\": "       \
  "{\"label\": {\"en\": \"a\", \"ko\": \"a\"}}}}, "
#define STAGE(name)                                                                                          \
  "\"pipeline\": {\"stages\": [{\"id\": \"" name "\", \"title\": {\"en\": \"a\", \"ko\": \"a\"}, "           \
  "\"kind\": \"active\"}]}, "

/* Two packs that claim the same: the second is refused whole, the first stays. */
static void
test_conflicts (void)
{
  static const struct
  {
    const char *id;
    const char *rule;
    const char *more;
    const char *what;
  } rows[] = {
    { "first", "B-01", "", "first" },
    { "second", "A-01", "", "A-01" },
    { "second", "B-01", FIELD ("colour"), "colour" },
    { "second", "B-01", STAGE ("melting"), "melting" },
  };
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();

  naru_language_set ("en");
  add (book, "first", "A-01", FIELD ("colour") STAGE ("melting"), NEVER);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaruRulePack) pack = make_small (rows[i].id, rows[i].rule, rows[i].more, NEVER);
      g_autoptr (GError) error = NULL;

      g_assert_false (naru_rule_book_add (book, pack, &error));
      g_test_message ("%s (%s)", error->message, naru_error_get_cure (error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_EXISTS);
      g_assert_nonnull (strstr (error->message, rows[i].id));
      g_assert_nonnull (strstr (error->message, "first"));
      g_assert_nonnull (strstr (error->message, rows[i].what));
      g_assert_nonnull (naru_error_get_cure (error));
      g_assert_cmpuint (naru_rule_book_get_n_packs (book), ==, 1);
      assert_judged (book, "[]", "A-01 fail");
    }
  add (book, "second", "B-01", FIELD ("shape") STAGE ("freezing"), NEVER);
  assert_judged (book, "[]", "A-01 fail, B-01 fail");
}

/* Packs that are loaded later find their place: the order of judging is that of the office. */
static void
test_order (void)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  g_autoptr (NaruRulePack) c = make_small ("c", "C-01", "", NEVER);
  g_autoptr (NaruRulePack) a = make_small ("a", "A-01", "", NEVER);
  g_autoptr (NaruRulePack) b = make_small ("b", "B-01", "", NEVER);
  NaruRulePack *pack = NULL;

  naru_rule_book_add_adopted (book, c, 2);
  naru_rule_book_add_adopted (book, a, 0);
  naru_rule_book_add_adopted (book, b, 1);
  assert_judged (book, "[]", "A-01 fail, B-01 fail, C-01 fail");
  g_assert_nonnull (naru_rule_book_find_rule (book, "B-01", &pack));
  g_assert_true (pack == b);
  g_assert_true (naru_rule_book_find_pack (book, "c") == c);
  g_assert_null (naru_rule_book_find_rule (book, "D-01", &pack));
  g_assert_null (naru_rule_book_find_pack (book, "d"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/rule-book/sectors", test_sectors);
  g_test_add_func ("/rule-book/unserved-sector", test_unserved_sector);
  g_test_add_func ("/rule-book/check-without-plugin", test_check_without_plugin);
  g_test_add_func ("/rule-book/conflicts", test_conflicts);
  g_test_add_func ("/rule-book/order", test_order);
  return g_test_run ();
}
