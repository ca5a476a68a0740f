/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-office-private.h"
#include "rules-fixture.h"

/* Which packs an office has, and how they change. */

static void
assert_in_history (Fixture *fixture, NaruJson *row)
{
  g_autofree char *path = g_strdup_printf ("main:rules/%s@%s.json", naru_json_get_string (row, "id"),
                                           naru_json_get_string (row, "version"));
  g_autofree char *show = g_strdup_printf ("show '%s'", path);
  g_autofree char *ask = g_strdup_printf ("rev-parse '%s'", path);
  g_autofree char *text = fixture_git (fixture, show);
  g_autofree char *blob = fixture_git (fixture, ask);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (text, -1, 0, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) canonical = naru_json_to_bytes (json);
  char hex[2 * NARU_DIGEST_SIZE + 1];
  char oid_hex[2 * NARU_OID_SIZE + 1];
  NaruDigest digest;
  NaruOid oid;

  /* the blob is the pack in its one byte form, and the digest in the list is of these bytes */
  g_assert_cmpmem (text, strlen (text), g_bytes_get_data (canonical, NULL), g_bytes_get_size (canonical));
  naru_digest_compute (text, strlen (text), &digest);
  naru_digest_to_hex (&digest, hex);
  g_assert_cmpstr (hex, ==, naru_json_get_string (row, "digest"));
  naru_oid_compute ("blob", text, strlen (text), &oid);
  naru_oid_to_hex (&oid, oid_hex);
  g_assert_cmpstr (g_strchomp (blob), ==, oid_hex);
}

/* Those that were shipped: the same bytes, in the order of their ids. */
static void
assert_shipped (NaruJson *rows)
{
  g_auto (GStrv) names = naru_data_list ("share/rules", NULL);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (NaruJson) json = load_shipped (names[i]);
      g_autoptr (NaruRulePack) pack = naru_rule_pack_new (json, names[i], NULL);
      NaruJson *row = naru_json_get_element (rows, i);
      g_assert_cmpstr (naru_json_get_string (row, "id"), ==, naru_rule_pack_get_id (pack));
      g_assert_cmpstr (naru_json_get_string (row, "digest"), ==, naru_rule_pack_get_digest (pack));
      g_assert_cmpuint (naru_json_get_size (naru_json_get (row, "rules")), ==,
                        naru_rule_pack_get_n_rules (pack));
      if (i > 0)
        g_assert_cmpstr (naru_json_get_string (naru_json_get_element (rows, i - 1), "id"), <,
                         naru_json_get_string (row, "id"));
    }
}

static void
test_new_office (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) rows = naru_desk_list_rules (fixture.desk, &error);
  g_assert_no_error (error);
  g_auto (GStrv) packs = naru_data_list ("share/rules", NULL);
  g_autoptr (NaruJson) plugins = naru_desk_list_plugins (fixture.desk, &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) index = load_adopted (&fixture, "index.json");
  NaruJson *listed = naru_json_get (index, "packs");
  guint n = naru_json_get_size (rows);
  g_autofree char *files = fixture_git (&fixture, "ls-tree --name-only main rules/");

  /* all are in force from the first commit on */
  g_assert_cmpuint (n, ==, g_strv_length (packs) + naru_json_get_size (plugins));
  g_assert_nonnull (find_named (rows, "plugin", "biohealth"));
  g_assert_cmpuint (naru_json_get_size (listed), ==, n);
  assert_shipped (rows);
  for (guint i = 0; i < n; i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      NaruJson *other = naru_json_get_element (listed, i);
      g_assert_true (naru_json_get_boolean (row, "enabled", FALSE));
      g_assert_cmpstr (naru_json_get_string (other, "id"), ==, naru_json_get_string (row, "id"));
      g_assert_cmpstr (naru_json_get_string (other, "digest"), ==, naru_json_get_string (row, "digest"));
      assert_in_history (&fixture, row);
    }
  g_auto (GStrv) lines = g_strsplit (g_strchomp (files), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  for (guint i = 0; i < naru_json_get_size (plugins); i++)
    {
      NaruJson *plugin = naru_json_get_element (plugins, i);
      /* Python may not be on this machine */
      if (g_strcmp0 (naru_json_get_string (plugin, "loader"), "python3") != 0)
        g_assert_cmpstr (naru_json_get_string (plugin, "state"), ==, "on");
    }
}

/* A new version takes the place of the former one; the history keeps both. */
static void
test_adopt (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (NaruJson) pack = load_shipped ("licensing");
  g_autoptr (GError) error = NULL;
  guint before = count_commits (&fixture);

  naru_json_set_string (pack, "version", "1.1");
  change (pack, "rules.0.title.ko", "\"새 제목\"");
  g_autoptr (NaruRulePack) compiled = naru_rule_pack_new (pack, "new.json", &error);
  g_assert_no_error (error);
  adopt (&fixture, pack, "시행령 개정\n반영");

  g_assert_cmpuint (count_commits (&fixture), ==, before + 1);
  g_autofree char *message = fixture_git (&fixture, "log -1 --format=%B");
  g_autofree char *trailer =
      g_strdup_printf ("\nNaru-Rules: licensing@1.1 blake2b:%s\n", naru_rule_pack_get_digest (compiled));
  g_assert_true (g_str_has_prefix (message, "office: adopt rules licensing@1.1\n"));
  g_assert_nonnull (strstr (message, "\nReason: 시행령 개정 반영\n"));
  g_assert_nonnull (strstr (message, trailer));
  g_autofree char *changed = fixture_git (&fixture, "show --format= --name-status --no-renames main");
  g_assert_cmpstr (changed, ==,
                   "M\trules/index.json\nD\trules/licensing@1.0.json\nA\trules/licensing@1.1.json\n");
  g_autofree char *former = fixture_git (&fixture, "show 'main~1:rules/licensing@1.0.json'");
  g_assert_nonnull (strstr (former, "\"version\": \"1.0\""));

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (NaruJson) rows = naru_desk_list_rules (fixture.desk, &error);
      NaruJson *row = find_named (rows, "id", "licensing");
      g_assert_cmpstr (naru_json_get_string (row, "version"), ==, "1.1");
      g_assert_cmpstr (naru_json_get_string (row, "digest"), ==, naru_rule_pack_get_digest (compiled));
      assert_in_history (&fixture, row);
      reopen (&fixture);
    }
  /* the same once more is no change */
  adopt (&fixture, pack, "again");
  fixture_assert_clean (&fixture, before + 1);
}

/* Judging goes by the new version at once, in this process too. */
static void
test_adopt_judges (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (NaruReview) before = check (fixture.desk, id, "joint-rd");
  assert_finding (before, "RDA-02", "fail");

  naru_json_set_string (pack, "version", "2");
  naru_json_set (find_rule (pack, "RDA-02"), "must", naru_json_new_boolean (TRUE));
  adopt (&fixture, pack, "why");
  g_autoptr (NaruReview) after = check (fixture.desk, id, "joint-rd");
  assert_finding (after, "RDA-02", "pass");
  reopen (&fixture);
  g_autoptr (NaruReview) later = check (fixture.desk, id, "joint-rd");
  assert_finding (later, "RDA-02", "pass");
}

static void
run_naru (Fixture *fixture, const char *words)
{
  g_autofree char *command = g_strdup_printf ("env NARU_OFFICE='%s' '%s' --as minji %s", fixture->folder,
                                              g_getenv ("NARU_PROGRAM"), words);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_command_line_sync (command, &output, &errors, &status, &error);
  g_assert_no_error (error);
  g_test_message ("%s%s", output, errors);
  g_assert_cmpint (status, ==, 0);
}

static char *
write_json (Fixture *fixture, const char *name, NaruJson *json)
{
  char *path = g_build_filename (fixture->parent, name, NULL);
  g_autofree char *text = naru_json_to_text (json, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* A process that has judged before sees what another one has put in force since. */
static void
test_other_process (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruReview) before = check (fixture.desk, id, "joint-rd");
  assert_finding (before, "RDA-02", "fail");
  assert_finding (before, "joint-rd.officer", "fail");

  naru_json_set_string (pack, "version", "2");
  naru_json_set (find_rule (pack, "RDA-02"), "must", naru_json_new_boolean (TRUE));
  g_autofree char *file = write_json (&fixture, "pack.json", pack);
  g_autofree char *words = g_strdup_printf ("rules adopt '%s' --reason why", file);
  run_naru (&fixture, words);
  g_autoptr (NaruReview) adopted = check (fixture.desk, id, "joint-rd");
  assert_finding (adopted, "RDA-02", "pass");
  assert_finding (adopted, "joint-rd.officer", "fail");

  NaruPipeline *pipeline = naru_office_get_pipeline (fixture.office, "deal", &error);
  g_autoptr (NaruJson) open = naru_json_copy (naru_pipeline_get_json (pipeline));
  naru_json_remove (naru_json_get_element (naru_json_get (open, "transitions"), 0), "gate");
  g_autofree char *other = write_json (&fixture, "open.json", open);
  g_autofree char *add = g_strdup_printf ("pipeline add '%s'", other);
  run_naru (&fixture, add);
  g_autoptr (NaruReview) opened = check (fixture.desk, id, "joint-rd");
  assert_finding (opened, "joint-rd.officer", NULL);
  naru_desk_advance (fixture.desk, id, "joint-rd", NULL, NULL, &error);
  g_assert_no_error (error);

  run_naru (&fixture, "plugin disable biohealth --reason why");
  g_autofree char *bio =
      fixture_create (&fixture, "deal", "{\"title\": \"T\", \"sectors\": [\"bio-health\"]}");
  g_autoptr (NaruReview) blocked = check (fixture.desk, bio, "joint-rd");
  assert_finding (blocked, "sector.bio-health", "error");
}

/* A pack of its own: one rule, one field @field, perhaps a stage. */
static NaruJson *
make_own (const char *id, const char *rule, const char *field, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "{\"id\": \"%s\", \"version\": \"1\", \"title\": {\"en\": \"t\", \"ko\": \"t\"}, \"fields\": {\"%s\": "
      "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 90, \"x-naru\": {\"label\": {\"en\": \"a\", "
      "\"ko\": \"a\"}}}}, \"rules\": [{\"id\": \"%s\", \"severity\": \"warn\", \"on\": [{\"to\": "
      "\"joint-rd\"}], \"title\": {\"en\": \"t\", \"ko\": \"t\"}, \"must\": {\"required\": [\"%s\"]}, "
      "\"remedy\": {\"en\": \"r\", \"ko\": \"r\"}, \"evidence\": {\"law\": \"l\", \"jurisdiction\": \"KR\", "
      "\"grade\": \"own\", \"source\": \"s\", \"confidence\": \"low\"}, \"verified_by\": null}]%s}",
      id, field, rule, field, more);
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

/* Refused whole: nothing of it is in force, and no commit is made. */
static void
assert_refused (Fixture *fixture, NaruJson *pack, NaruError code, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) before = naru_desk_list_rules (fixture->desk, NULL);
  guint commits = count_commits (fixture);

  g_assert_false (naru_desk_adopt_rules (fixture->desk, pack, "new.json", "why", &error));
  g_test_message ("%s (%s)", error->message, naru_error_get_cure (error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_nonnull (naru_error_get_cure (error));
  g_autoptr (NaruJson) after = naru_desk_list_rules (fixture->desk, NULL);
  g_assert_true (naru_json_equal (before, after));
  g_assert_cmpuint (count_commits (fixture), ==, commits);
}

static void
test_refusals (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (NaruJson) same = load_shipped ("licensing");
  g_autoptr (NaruJson) dropped = load_shipped ("licensing");
  g_autoptr (NaruJson) foreign = make_own ("mine", "MINE-01", "licence", "");
  g_autoptr (NaruJson) plain = make_own ("mine", "MINE-01", "title", "");
  g_autoptr (NaruJson) twice = make_own ("mine", "LIC-FTO-01", "mine", "");
  g_autoptr (NaruJson) strange = make_own ("mine", "MINE-01", "mine", "");
  g_autoptr (NaruJson) broken = make_own ("mine", "MINE-01", "mine", "");
  g_autoptr (NaruJson) stage = make_own ("mine", "MINE-01", "mine",
                                         ", \"pipeline\": {\"stages\": [{\"id\": \"patent\", \"title\": "
                                         "{\"en\": \"x\", \"ko\": \"x\"}, \"kind\": \"active\"}]}");

  g_autoptr (NaruJson) codeless = load_adopted (&fixture, "biohealth@1.0.json");
  naru_json_set_string (codeless, "version", "1.1");
  naru_json_remove (codeless, "plugin");
  assert_refused (&fixture, codeless, NARU_ERROR_INVALID, "biohealth");
  change (same, "rules.0.title.en", "\"Another title\"");
  assert_refused (&fixture, same, NARU_ERROR_EXISTS, "licensing");
  naru_json_set_string (dropped, "version", "1.1");
  naru_json_remove (dropped, "fields");
  naru_json_set (dropped, "rules", naru_json_new_array ());
  assert_refused (&fixture, dropped, NARU_ERROR_INVALID, "licence");
  assert_refused (&fixture, foreign, NARU_ERROR_EXISTS, "licence");
  assert_refused (&fixture, plain, NARU_ERROR_EXISTS, "title");
  assert_refused (&fixture, twice, NARU_ERROR_EXISTS, "LIC-FTO-01");
  change (strange, "rules.0.must", "{\"required\": [\"yours\"]}");
  assert_refused (&fixture, strange, NARU_ERROR_INVALID, "yours");
  change (broken, "rules.0.severity", "\"stop\"");
  assert_refused (&fixture, broken, NARU_ERROR_INVALID, "MINE-01");
  assert_refused (&fixture, stage, NARU_ERROR_EXISTS, "patent");
}

/* A field that is kept by name but no longer takes what deals hold would make them invalid. */
static void
test_fields_kept (void)
{
  static const struct
  {
    const char *path;
    const char *value; /* (nullable): NULL: taken away */
    const char *says;
  } rows[] = {
    { "fields.sample.properties.board.properties.number", NULL, "sample.board.number" },
    { "fields.sample.properties.board",
      "{\"type\": \"boolean\", \"x-naru\": {\"label\": {\"en\": \"b\", "
      "\"ko\": \"b\"}}}",
      "sample.board" },
    { "fields.sample.properties.kind.enum", "[\"a\", \"c\"]", "sample.kind" },
    { "fields.sample.properties.list.items.properties.what", NULL, "sample.list" },
  };
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) first = make_own ("mine", "MINE-01", "mine", "");

  change (first, "rules.0.must", "true");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "office", "data", "fields.json", NULL);
  g_autoptr (NaruJson) fields = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &error);
  g_assert_no_error (error);
  naru_json_set (first, "fields", naru_json_ref (fields));
  adopt (&fixture, first, "why");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaruJson) next = naru_json_copy (first);
      naru_json_set_string (next, "version", "2");
      if (rows[i].value != NULL)
        change (next, rows[i].path, rows[i].value);
      else
        naru_json_remove_path (next, rows[i].path, &error);
      g_assert_no_error (error);
      if (g_str_has_suffix (rows[i].path, "enum"))
        change (next, "fields.sample.properties.kind.x-naru.values",
                "{\"a\": {\"en\": \"a\", \"ko\": \"a\"}, \"c\": {\"en\": \"c\", \"ko\": \"c\"}}");
      assert_refused (&fixture, next, NARU_ERROR_INVALID, rows[i].says);
    }
  /* more fields, and other words for them, are welcome */
  g_autoptr (NaruJson) more = naru_json_copy (first);
  naru_json_set_string (more, "version", "2");
  change (more, "fields.sample.x-naru.label.en", "\"Sample\"");
  change (more, "fields.another",
          "{\"type\": \"boolean\", \"x-naru\": {\"label\": {\"en\": \"o\", "
          "\"ko\": \"o\"}}}");
  adopt (&fixture, more, "why");
}

/* A stage that deals stand in stays. */
static void
test_stage_in_use (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) pack = make_own (
      "mine", "MINE-01", "mine",
      ", \"pipeline\": {\"stages\": [{\"id\": \"melting\", \"title\": {\"en\": \"Melting\", \"ko\": "
      "\"용융\"}, "
      "\"kind\": \"active\"}], \"transitions\": [{\"from\": \"idea\", \"to\": \"melting\", \"title\": "
      "{\"en\": \"m\", \"ko\": \"m\"}}, {\"from\": \"melting\", \"to\": \"idea\", \"title\": {\"en\": "
      "\"b\", \"ko\": \"b\"}}]}");
  g_autoptr (NaruJson) without = make_own ("mine", "MINE-01", "mine", "");
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");

  naru_json_set_string (without, "version", "2");
  adopt (&fixture, pack, "why");
  naru_desk_advance (fixture.desk, id, "melting", NULL, NULL, &error);
  g_assert_no_error (error);
  assert_refused (&fixture, without, NARU_ERROR_INVALID, "melting");
  naru_desk_advance (fixture.desk, id, "idea", NULL, NULL, &error);
  g_assert_no_error (error);
  adopt (&fixture, without, "why");
  NaruPipeline *pipeline = naru_office_get_pipeline (fixture.office, "deal", &error);
  g_assert_null (naru_pipeline_find_stage (pipeline, "melting"));
  g_autofree char *text = fixture_git (&fixture, "show main:pipelines/technology.json");
  g_assert_null (strstr (text, "melting"));
}

/* Flips a bit of what the store holds under @key. @at: from the beginning; 0: shortly before the end */
static void
damage (Fixture *fixture, const char *key, guint at)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTxn) txn = naru_store_begin_write (fixture->office->store, &error);
  g_autofree char *text = naru_txn_get_meta (txn, key, &error);

  g_assert_nonnull (text);
  text[at > 0 ? at : strlen (text) - 20] ^= 1;
  g_assert_true (naru_txn_put_meta (txn, key, text, &error));
  g_assert_true (naru_txn_commit (g_steal_pointer (&txn), &error));
  reopen (fixture);
}

/* A damaged pack never lets a deal pass; adopting it again, as the message says, mends it. */
static void
test_damaged_store (void)
{
  static const struct
  {
    const char *key;
    guint at;
    gboolean judges; /* whether a review sees it */
  } rows[] = {
    { "judge/ownership", 150, TRUE }, { "judge/spin-off", 150, TRUE },
    { "judge/ownership", 70, TRUE },                                              /* the digest of the pack */
    { "judge/ownership", 0, TRUE },   { "judge/ownership/OWN-EMP-09", 0, FALSE }, /* a rule of another move */
    { "pack/ownership", 0, FALSE },   { "pack/ownership", 70, FALSE },
    { "pack/licensing", 150, FALSE }
  };
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  g_autoptr (NaruReview) before = check (fixture.desk, id, "joint-rd");
  g_auto (GStrv) lines = naru_review_list_verdicts (before);
  guint commits = count_commits (&fixture);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      damage (&fixture, rows[i].key, rows[i].at);
      g_autoptr (NaruReview) review = naru_desk_check (fixture.desk, id, "joint-rd", &error);
      g_assert_cmpint (review == NULL, ==, rows[i].judges);
      if (rows[i].judges)
        {
          g_test_message ("%s (%s)", error->message, naru_error_get_cure (error));
          g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
          g_assert_nonnull (strstr (naru_error_get_cure (error), "Adopt the pack again"));
          g_clear_error (&error);
        }
      adopt (&fixture, pack, "mended");
      g_autoptr (NaruReview) after = check (fixture.desk, id, "joint-rd");
      g_auto (GStrv) again = naru_review_list_verdicts (after);
      g_assert_true (g_strv_equal ((const char *const *) lines, (const char *const *) again));
      g_autoptr (NaruJson) list = naru_desk_list_rules (fixture.desk, &error);
      g_assert_no_error (error);
    }
  fixture_assert_clean (&fixture, commits);
}

/* One rule of the move that is damaged blocks it, and says which; the others are judged as ever. */
static void
test_damaged_rule (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (NaruJson) pack = load_shipped ("compliance");
  g_autoptr (NaruReview) before = check (fixture.desk, id, "joint-rd");

  damage (&fixture, "judge/compliance/EXP-KR-01", 0);
  g_autoptr (NaruReview) review = check (fixture.desk, id, "joint-rd");
  NaruFinding *finding = naru_review_find (review, "EXP-KR-01");
  g_assert_nonnull (finding);
  g_assert_cmpint (naru_finding_get_status (finding), ==, NARU_STATUS_ERROR);
  g_assert_cmpint (naru_finding_get_severity (finding), ==, NARU_SEVERITY_BLOCK);
  g_assert_nonnull (strstr (naru_finding_get_remedy (finding), "Adopt the pack again"));
  g_assert_false (naru_review_is_allowed (review));
  g_assert_cmpint (naru_finding_get_status (naru_review_find (review, "EXP-KR-02")), ==,
                   naru_finding_get_status (naru_review_find (before, "EXP-KR-02")));

  adopt (&fixture, pack, "mended");
  g_autoptr (NaruReview) after = check (fixture.desk, id, "joint-rd");
  g_assert_cmpint (naru_finding_get_status (naru_review_find (after, "EXP-KR-01")), ==,
                   naru_finding_get_status (naru_review_find (before, "EXP-KR-01")));
}

/* A list of the packs that cannot be read is not one without packs, whoever reads it. */
static void
test_damaged_list (void)
{
  static const char begin[] = "{\"packs\":[{";
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autofree char *path = g_build_filename (fixture.folder, "data.mdb", NULL);
  g_autoptr (NaruJson) pack = load_shipped ("ownership");
  g_autofree char *data = NULL;
  gsize size = 0;
  guint found = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (char *at = data; (at = memmem (at, size - (gsize) (at - data), begin, strlen (begin))) != NULL;
       found++)
    at[2] ^= 1;
  g_assert_cmpuint (found, >, 0);
  g_assert_true (g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0640, NULL));
  reopen (&fixture);

  g_assert_null (naru_desk_list_rules (fixture.desk, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_clear_error (&error);
  g_assert_null (naru_desk_list_plugins (fixture.desk, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_clear_error (&error);
  g_assert_null (naru_desk_check (fixture.desk, id, "joint-rd", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_clear_error (&error);
  g_assert_false (naru_desk_adopt_rules (fixture.desk, pack, "ownership.json", "again", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_assert_nonnull (strstr (naru_error_get_cure (error), "naru restore"));
}

/* Who may administer may change the packs; who may not can still read them. */
static void
test_access (void)
{
  static const struct
  {
    const char *role;
    gboolean may;
  } rows[] = { { "officer", FALSE }, { "director", FALSE }, { "auditor", FALSE },     { "inventor", FALSE },
               { "partner", FALSE }, { "contact", FALSE },  { "plugin-admin", TRUE }, { "admin", TRUE } };
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (NaruJson) pack = load_shipped ("licensing");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *person = g_strdup_printf ("{\"name\": \"P\", \"login\": \"%s\", \"roles\": [\"%s\"]}",
                                                 rows[i].role, rows[i].role);
      g_autoptr (NaruDesk) desk = fixture_desk (&fixture, rows[i].role, person);
      g_autofree char *version = g_strdup_printf ("2.%u", i);
      g_autoptr (GError) error = NULL;
      guint before = count_commits (&fixture);

      naru_json_set_string (pack, "version", version);
      g_assert_cmpint (naru_desk_adopt_rules (desk, pack, "new.json", "why", &error), ==, rows[i].may);
      g_assert_true (rows[i].may || g_error_matches (error, NARU_ERROR, NARU_ERROR_DENIED));
      g_clear_error (&error);
      g_assert_cmpint (naru_desk_disable_plugin (desk, "biohealth", "why", &error), ==, rows[i].may);
      g_assert_true (rows[i].may || g_error_matches (error, NARU_ERROR, NARU_ERROR_DENIED));
      g_clear_error (&error);
      g_assert_cmpint (naru_desk_enable_plugin (desk, "biohealth", "why", &error), ==, rows[i].may);
      g_assert_true (rows[i].may || g_error_matches (error, NARU_ERROR, NARU_ERROR_DENIED));
      g_assert_cmpuint (count_commits (&fixture), ==, before + (rows[i].may ? 3 : 0));
      g_autoptr (NaruJson) list = naru_desk_list_rules (desk, NULL);
      g_assert_nonnull (find_named (list, "id", "licensing"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  naru_language_set ("en");
  g_test_add_func ("/rules/new-office", test_new_office);
  g_test_add_func ("/rules/adopt", test_adopt);
  g_test_add_func ("/rules/adopt-judges", test_adopt_judges);
  g_test_add_func ("/rules/other-process", test_other_process);
  g_test_add_func ("/rules/refusals", test_refusals);
  g_test_add_func ("/rules/fields-kept", test_fields_kept);
  g_test_add_func ("/rules/stage-in-use", test_stage_in_use);
  g_test_add_func ("/rules/damaged-store", test_damaged_store);
  g_test_add_func ("/rules/damaged-rule", test_damaged_rule);
  g_test_add_func ("/rules/damaged-list", test_damaged_list);
  g_test_add_func ("/rules/access", test_access);
  return g_test_run ();
}
