/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules-fixture.h"

/*
 * What naru_desk_measure_impact() says of a changed pack is what adopting it does: some hundred deals are
 * judged one by one before and after it, each by naru_desk_check().
 */

#define N_DEALS 400

static const char *
pick (GRand *random, const char *const *values, guint n)
{
  return values[g_rand_int_range (random, 0, (gint32) n)];
}

#define PICK(random, values) pick (random, values, G_N_ELEMENTS (values))

/* Members of a deal for the rules of public money, and of bio-health; some are missing, as in life. */
static char *
make_deal (GRand *random, guint number)
{
  static const char *const stages[] = { "idea",       "idea",      "idea",      "joint-rd",    "disclosure",
                                        "evaluation", "patent",    "marketing", "licensing",   "licensing",
                                        "licensing",  "licensing", "licensing", "licensing",   "spin-off",
                                        "post-deal",  "on-hold",   "dropped",   "pre-clinical" };
  static const char *const sectors[] = { "", ", \"sectors\": [\"bio-health\"]" };
  static const char *const projects[] = { "", ", \"national_rd\": {\"project\": \"none\"}",
                                          ", \"national_rd\": {\"project\": \"general\"}",
                                          ", \"national_rd\": {\"project\": \"sensitive\"}",
                                          ", \"national_rd\": {\"project\": \"security\"}" };
  static const char *const owners[] = { "", "\"organisation\": \"private-university\"",
                                        "\"organisation\": \"national-university\"",
                                        "\"organisation\": \"public-institute\"",
                                        "\"organisation\": \"sme\"" };
  static const char *const days[] = { "2020-12-31", "2021-01-01", "2024-12-30", "2024-12-31",
                                      "2026-11-20", "2026-12-31", "2027-01-01" };
  static const char *const studies[] = {
    "", ", \"bio_health\": {\"human_subjects\": false}", ", \"bio_health\": {\"human_subjects\": true}",
    ", \"bio_health\": {\"human_subjects\": true, \"irb\": {\"number\": \"7\", \"approved_on\": "
    "\"2026-03-02\"}, \"study_start\": \"2026-03-01\"}",
    ", \"bio_health\": {\"human_subjects\": true, \"irb\": {\"number\": \"7\", \"approved_on\": "
    "\"2026-03-02\"}, \"study_start\": \"2026-03-03\"}"
  };
  g_autofree char *transfer = NULL;
  g_autofree char *own =
      g_strdup_printf ("\"secrets_exchanged\": %s%s%s", g_rand_boolean (random) ? "true" : "false",
                       g_rand_int_range (random, 0, 5) > 0 ? ", " : "", "");
  const char *owner = PICK (random, owners);

  if (g_str_has_suffix (own, ", ") && owner[0] == '\0')
    own[strlen (own) - 2] = '\0';
  if (g_rand_int_range (random, 0, 6) > 0)
    transfer =
        g_strdup_printf (", \"transfer\": {\"contract_on\": \"%s\", \"distribution\": {\"researcher\": "
                         "%d, \"contributor\": 10, \"institution\": 20}}",
                         PICK (random, days), 5 * g_rand_int_range (random, 11, 15));
  return g_strdup_printf ("{\"external_id\": \"E%u\", \"title\": \"Deal %u\", \"stage\": \"%s\"%s%s, "
                          "\"ownership\": {%s%s}%s%s}\n",
                          number, number, PICK (random, stages), PICK (random, sectors),
                          PICK (random, projects), own, g_str_has_suffix (own, ", ") ? owner : "",
                          transfer != NULL ? transfer : "", PICK (random, studies));
}

/* An office full of deals, a third of which have an agreement. */
static void
fill (Fixture *fixture)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261128);
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *path = g_build_filename (fixture->parent, "agreements.jsonl", NULL);
  const NaruImportOptions options = { .file = path };
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= N_DEALS; i++)
    {
      g_autofree char *line = make_deal (random, i);
      g_string_append (lines, line);
    }
  import_deals (fixture, lines->str);
  g_string_truncate (lines, 0);
  for (guint i = 1; i <= N_DEALS; i += 3)
    g_string_append_printf (lines,
                            "{\"external_id\": \"A%u\", \"title\": \"A\", \"kind\": \"%s\", \"stage\": "
                            "\"executed\", \"deals\": [\"MGK-2026-%05u\"]}\n",
                            i, i % 2 == 0 ? "nda" : "mou", i);
  g_assert_true (g_file_set_contents (path, lines->str, -1, NULL));
  naru_desk_import (fixture->desk, "agreement", &options, &report, &error);
  g_assert_no_error (error);
}

/* "MGK-2026-00001 joint-rd RDA-01" -> "block fail", of all moves that rules judge, by the desk's own check.
 */
static GHashTable *
judge_all (Fixture *fixture)
{
  GHashTable *verdicts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  NaruPipeline *pipeline = naru_office_get_pipeline (fixture->office, "deal", NULL);

  for (guint i = 1; i <= N_DEALS; i++)
    {
      g_autofree char *id = g_strdup_printf ("MGK-2026-%05u", i);
      g_autoptr (NaruRecord) record = naru_desk_show (fixture->desk, id, NULL);
      const char *from = naru_json_get_string (naru_record_get_json (record), "stage");
      g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, from);
      for (guint j = 0; targets[j] != NULL; j++)
        {
          g_autoptr (NaruReview) review = check (fixture->desk, id, targets[j]);
          for (guint k = 0; k < naru_review_get_n_findings (review); k++)
            {
              NaruFinding *finding = naru_review_get_finding (review, k);
              NaruStatus status = naru_finding_get_status (finding);
              if (status != NARU_STATUS_NOT_APPLICABLE && naru_finding_get_why (finding) != NULL)
                g_hash_table_insert (
                    verdicts, g_strdup_printf ("%s %s %s", id, targets[j], naru_finding_get_rule (finding)),
                    g_strdup_printf ("%s %s", naru_severity_to_string (naru_finding_get_severity (finding)),
                                     naru_status_to_string (status)));
            }
        }
    }
  return verdicts;
}

static void
note_changes (GHashTable *before, GHashTable *after, gboolean vanished, GPtrArray *lines)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const char *other = g_hash_table_lookup (after, key);
      if ((vanished && other == NULL) || (!vanished && other != NULL && strcmp (value, other) != 0))
        g_ptr_array_add (lines, g_strdup_printf ("%s: %s -> %s", (char *) key, (char *) value,
                                                 other != NULL ? other : "not-applicable"));
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char *
join_sorted (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  g_ptr_array_sort (lines, compare_lines);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (char *) g_ptr_array_index (lines, i));
  return g_string_free (text, FALSE);
}

/* What is another verdict after than before, a line each. */
static char *
compare_verdicts (GHashTable *before, GHashTable *after)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  note_changes (before, after, FALSE, lines);
  note_changes (before, after, TRUE, lines);
  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_hash_table_lookup (before, key) == NULL)
      g_ptr_array_add (lines, g_strdup_printf ("%s: not-applicable -> %s", (char *) key, (char *) value));
  return join_sorted (lines);
}

static char *
list_measured (NaruJson *impact)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  NaruJson *changes = naru_json_get (impact, "changes");

  for (guint i = 0; i < naru_json_get_size (changes); i++)
    {
      NaruJson *row = naru_json_get_element (changes, i);
      g_ptr_array_add (lines,
                       g_strdup_printf ("%s %s %s: %s -> %s", naru_json_get_string (row, "id"),
                                        naru_json_get_string (row, "to"), naru_json_get_string (row, "rule"),
                                        naru_json_get_string (row, "before"),
                                        naru_json_get_string (row, "after")));
    }
  return join_sorted (lines);
}

/* The counts are those of the list. */
static void
assert_counts (NaruJson *impact)
{
  NaruJson *changes = naru_json_get (impact, "changes");
  NaruJson *rules = naru_json_get (impact, "rules");
  g_autoptr (GHashTable) deals = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 sum = 0;

  for (guint i = 0; i < naru_json_get_size (changes); i++)
    g_hash_table_add (deals, (gpointer) naru_json_get_string (naru_json_get_element (changes, i), "id"));
  g_assert_cmpint (naru_json_get_integer (impact, "deals", 0), ==, N_DEALS);
  g_assert_cmpint (naru_json_get_integer (impact, "changed", 0), ==, g_hash_table_size (deals));
  for (guint i = 0; i < naru_json_get_size (rules); i++)
    {
      NaruJson *rule = naru_json_get_element (rules, i);
      gint64 blocks = 0;
      gint64 opens = 0;
      for (guint j = 0; j < naru_json_get_size (changes); j++)
        {
          NaruJson *row = naru_json_get_element (changes, j);
          gboolean blocked = g_strcmp0 (naru_json_get_string (row, "before"), "block fail") == 0;
          gboolean now = g_strcmp0 (naru_json_get_string (row, "after"), "block fail") == 0;
          if (g_strcmp0 (naru_json_get_string (row, "rule"), naru_json_get_string (rule, "rule")) != 0)
            continue;
          blocks += !blocked && now ? 1 : 0;
          opens += blocked && !now ? 1 : 0;
        }
      g_assert_cmpint (naru_json_get_integer (rule, "now_blocks", -1), ==, blocks);
      g_assert_cmpint (naru_json_get_integer (rule, "now_open", -1), ==, opens);
      sum += naru_json_get_integer (rule, "changed", 0);
    }
  g_assert_cmpint (sum, ==, naru_json_get_size (changes));
}

static Fixture full;
static GHashTable *verdicts_before;

/* Measures in the one office, adopts in a copy of it. */
static void
assert_impact (NaruJson *pack, guint at_least)
{
  static guint copies;
  Fixture copy = full;
  g_autoptr (GError) error = NULL;
  guint commits = count_commits (&full);
  g_autoptr (NaruJson) impact = naru_desk_measure_impact (full.desk, pack, "new.json", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_commits (&full), ==, commits);
  assert_counts (impact);
  g_autofree char *measured = list_measured (impact);
  g_autofree char *folder = g_strdup_printf ("%s/copy-%u", full.parent, copies++);
  g_autofree char *command = g_strdup_printf ("cp -r '%s' '%s'", full.folder, folder);

  g_clear_pointer (&full.desk, naru_desk_unref);
  g_clear_pointer (&full.office, naru_office_unref);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  copy.folder = folder;
  copy.desk = NULL;
  copy.office = NULL;
  reopen (&copy);
  adopt (&copy, pack, "measured before");
  g_autoptr (GHashTable) after = judge_all (&copy);
  g_autofree char *done = compare_verdicts (verdicts_before, after);
  naru_desk_unref (copy.desk);
  naru_office_unref (copy.office);
  reopen (&full);

  g_test_message ("%u verdicts change", naru_json_get_size (naru_json_get (impact, "changes")));
  g_assert_cmpuint (naru_json_get_size (naru_json_get (impact, "changes")), >=, at_least);
  g_assert_cmpstr (measured, ==, done);
}

/* The researchers' share of a royalty goes from 60 % to 70 %, for contracts of these years. */
static void
test_royalty (void)
{
  g_autoptr (NaruJson) pack = load_shipped ("national-rd");
  NaruJson *versions = naru_json_get (find_rule (pack, "NRD-DIST-01"), "versions");
  NaruJson *version = find_named (versions, "version", "2024");

  naru_json_set_string (pack, "version", "1.1");
  change (version, "must.properties.transfer.properties.distribution.properties.researcher.minimum", "70");
  assert_impact (pack, 5);
}

/* A rule that code decides becomes milder, one of data stricter. */
static void
test_bio_health (void)
{
  g_autoptr (NaruJson) pack = load_adopted (&full, "biohealth@1.0.json");

  naru_json_set_string (pack, "version", "1.1");
  naru_json_set_string (find_rule (pack, "BIO-IRB-01"), "severity", "warn");
  naru_json_set_string (find_rule (pack, "BIO-CLM-02"), "severity", "block");
  naru_json_remove (find_rule (pack, "BIO-CLM-02"), "needs");
  naru_json_remove (find_rule (pack, "BIO-CLM-02"), "if");
  assert_impact (pack, 10);
}

/* What is in linked records counts, and rules that come and go do. */
static void
test_agreements (void)
{
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  NaruJson *rules = naru_json_get (pack, "rules");
  NaruJson *rule = find_rule (pack, "RDA-01");

  naru_json_set_string (pack, "version", "1.1");
  change (rule, "must.properties.@agreements.contains.properties.kind.const", "\"mou\"");
  for (guint i = 0; i < naru_json_get_size (rules); i++)
    if (naru_json_get_element (rules, i) == find_rule (pack, "RDA-02"))
      {
        naru_json_remove_element (rules, i);
        break;
      }
  assert_impact (pack, 20);
}

/* A pack that no deal has known yet. */
static void
test_new_pack (void)
{
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  NaruJson *rules = naru_json_get (pack, "rules");

  while (naru_json_get_size (rules) > 1)
    naru_json_remove_element (rules, naru_json_get_size (rules) - 1);
  naru_json_remove (pack, "fields");
  naru_json_remove (pack, "left_out");
  naru_json_set_string (pack, "id", "mine");
  change (pack, "rules.0.id", "\"MINE-01\"");
  change (pack, "rules.0.on", "[{\"from\": \"idea\", \"to\": \"joint-rd\"}]");
  naru_json_remove (naru_json_get_element (rules, 0), "needs");
  change (pack, "rules.0.must", "{\"required\": [\"summary\"]}");
  naru_json_remove (naru_json_get_element (rules, 0), "if");
  assert_impact (pack, 20);

  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) same = load_shipped ("licensing");
  g_autoptr (NaruJson) impact = naru_desk_measure_impact (full.desk, same, "x", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (naru_json_get_integer (impact, "changed", -1), ==, 0);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (impact, "changes")), ==, 0);
}

/* The stages that a new version brings are judged too. */
static void
test_new_moves (void)
{
  g_autoptr (NaruJson) pack = load_adopted (&full, "biohealth@1.0.json");

  naru_json_set_string (pack, "version", "1.2");
  naru_json_append (
      naru_json_get (naru_json_get (pack, "pipeline"), "transitions"),
      naru_json_parse ("{\"from\": \"disclosure\", \"to\": \"pre-clinical\", \"title\": {\"en\": "
                       "\"Straight on\", \"ko\": \"바로\"}}",
                       -1, 0, NULL));
  change (find_rule (pack, "BIO-BOLAR-01"), "on", "[{\"to\": [\"pre-clinical\", \"clinical\"]}]");
  assert_impact (pack, 5);
}

/* Neither the list nor a number tells of deals that somebody may not see. */
static void
test_access (void)
{
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) stranger =
      fixture_desk (&full, "hana", "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"inventor\"]}");

  naru_json_set_string (pack, "version", "1.1");
  naru_json_set_string (find_rule (pack, "RDA-02"), "severity", "warn");
  g_autoptr (NaruJson) impact = naru_desk_measure_impact (stranger, pack, "new.json", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (naru_json_get_integer (impact, "deals", -1), ==, 0);
  g_assert_cmpint (naru_json_get_integer (impact, "changed", -1), ==, 0);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (impact, "changes")), ==, 0);
  g_autoptr (NaruJson) rule = naru_desk_show_rule (stranger, "RDA-02", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (rule, "touches")), ==, 0);
  g_autoptr (NaruJson) own = naru_desk_show_rule (full.desk, "RDA-02", &error);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (own, "touches")), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  naru_language_set ("en");
  g_assert_true (naru_clock_set ("2026-11-28T09:00:00+09:00", NULL));
  g_autofree char *home = g_dir_make_tmp ("naru-impact-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  full = fixture_new ();
  fill (&full);
  verdicts_before = judge_all (&full);
  g_test_add_func ("/impact/royalty", test_royalty);
  g_test_add_func ("/impact/bio-health", test_bio_health);
  g_test_add_func ("/impact/agreements", test_agreements);
  g_test_add_func ("/impact/new-pack", test_new_pack);
  g_test_add_func ("/impact/new-moves", test_new_moves);
  g_test_add_func ("/impact/access", test_access);
  int status = g_test_run ();
  g_hash_table_unref (verdicts_before);
  fixture_clear (&full);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", home);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  return status;
}
