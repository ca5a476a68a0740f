/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "forgery.h"
#include "naru-seals.h"

#include "naru-desk-keys.h"

/* What an entry says of itself and does not do, by a hand that has the office's key; and what lies beside the
 * commits. */

static void
edit_named_in_vain (World *world)
{
  forge (world->officer, "edit", world->deal, "{\"trl\": 3}", "edit title, trl");
}

static void
edit_with_words (World *world)
{
  forge (world->officer, "edit", world->deal, "{\"trl\": 3}", "edit trl, as agreed");
}

static void
edit_nothing (World *world)
{
  forge (world->officer, "edit", world->deal, "{}", "edit trl");
}

static void
edit_beyond_measure (World *world)
{
  forge (world->officer, "edit", world->deal, "{\"trl\": 10}", "edit trl");
}

static void
link_to_another (World *world)
{
  g_autofree char *text = g_strdup_printf ("link officer %s", naru_desk_get_person (world->officer));
  g_autofree char *changes =
      g_strdup_printf ("{\"officer\": \"%s\"}", naru_desk_get_person (world->director));
  forge (world->officer, "link", world->deal, changes, text);
}

/* past naru_change_put(), which asks whether somebody has it */
static void
take_login (World *world)
{
  const char *id = naru_desk_get_person (world->director);
  Forgery forgery = forgery_begin (world->fixture.desk, "edit");
  NaruTxn *txn = naru_change_get_txn (forgery.change);
  g_autoptr (NaruRecord) old = naru_txn_get_record (txn, "person", id, NULL);
  g_autoptr (NaruJson) json = naru_json_copy (naru_record_get_json (old));
  NaruRecordType *type = naru_types_get (world->fixture.office->types, "person", NULL);

  naru_json_set_string (json, "login", "HANA");
  g_autoptr (NaruRecord) record = naru_record_new ("person", id, json, NULL);
  g_assert_true (naru_office_put_record (txn, type, record, old, NULL, NULL));
  naru_entry_put_record (naru_change_get_entry (forgery.change), record);
  naru_change_set_subject (forgery.change, "person", id, "edit login");
  forgery_commit (&forgery);
}

static void
name_another_mirror (World *world)
{
  g_autofree char *text = NULL;
  Forgery forgery = forgery_begin (world->fixture.desk, "add-remote");
  NaruJson *config = naru_json_copy (world->fixture.office->config);
  g_autoptr (NaruJson) remotes = parse ("{\"auditor\": {\"url\": \"/srv/auditor.git\"}}");

  naru_json_set (config, "remotes", naru_json_ref (remotes));
  g_autoptr (GBytes) bytes = naru_json_to_bytes (config);
  text = naru_json_to_text (config, NULL);
  naru_entry_put_file (naru_change_get_entry (forgery.change), "office.json", bytes);
  naru_txn_put_meta (naru_change_get_txn (forgery.change), "office", text, NULL);
  naru_change_set_subject (forgery.change, NULL, NULL, "office: add mirror court");
  forgery_commit (&forgery);
  naru_json_unref (config);
}

/* The office that is forged has no mirror; what is told of this entry is that nobody says why. */
static void
remove_mirror_without_reason (World *world)
{
  Forgery forgery = forgery_begin (world->fixture.desk, "remove-remote");
  g_autofree char *text = naru_json_to_text (world->fixture.office->config, NULL);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (world->fixture.office->config);

  naru_entry_put_file (naru_change_get_entry (forgery.change), "office.json", bytes);
  naru_txn_put_meta (naru_change_get_txn (forgery.change), "office", text, NULL);
  naru_change_set_subject (forgery.change, NULL, NULL, "office: remove mirror auditor");
  forgery_commit (&forgery);
}

static void
write_notes (World *world)
{
  g_free (
      fixture_shell ("cd '%s'; git -c user.name=x -c user.email=x@x notes add -m 'Agreed by phone' main~2",
                     world->history));
}

static void
add_branch (World *world)
{
  g_free (fixture_shell ("cd '%s'; git branch other main~2; git pack-refs --all", world->history));
}

static void
remove_branch (World *world)
{
  g_assert_true (naru_desk_checkpoint (world->fixture.desk, NULL));
  g_free (fixture_shell ("cd '%s'; git update-ref -d refs/heads/main", world->history));
}

static void
lend_objects (World *world)
{
  g_assert_true (naru_desk_checkpoint (world->fixture.desk, NULL));
  g_free (fixture_shell ("cd '%s'; cp -r objects ../lent; mkdir -p objects/info;"
                         "echo \"$PWD/../lent\" >objects/info/alternates",
                         world->history));
}

static const Tampering tamperings[] = {
  { "edit-named-in-vain", "subject", "broken", edit_named_in_vain },
  { "edit-with-words", "subject", "broken", edit_with_words },
  { "edit-nothing", "nothing", "broken", edit_nothing },
  { "edit-beyond-measure", "schema", "broken", edit_beyond_measure },
  { "link-to-another", "record", "broken", link_to_another },
  { "take-login", "shared", "broken", take_login },
  { "name-another-mirror", "subject", "broken", name_another_mirror },
  { "remove-mirror-without-reason", "reason", "broken", remove_mirror_without_reason },
  { "write-notes", "notes", "broken", write_notes },
  { "add-branch", "ref", "note", add_branch },
  { "remove-branch", "unreadable", "broken", remove_branch },
  { "lend-objects", "alternates", "broken", lend_objects },
};

static void
edit (NaruDesk *desk, const char *id, const char *text)
{
  g_autoptr (NaruJson) changes = parse (text);
  g_autoptr (GError) error = NULL;

  naru_desk_edit (desk, id, changes, NULL, &error);
  g_assert_no_error (error);
}

/* An edit names what it changes, and not what it was asked to set to what it was. */
static void
test_named (void)
{
  World world = world_new ();
  NaruVerifyOptions options = { 0 };
  g_autofree char *last = NULL;

  edit (world.officer, world.deal,
        "{\"trl\": 3, \"title\": \"센서\", \"keywords\": [\"a\", \"a b\", \"c\"]}");
  last = fixture_shell ("cd '%s'; git log -1 --format=%%s", world.history);
  g_assert_true (g_str_has_suffix (g_strchomp (last), ": edit keywords, trl"));
  edit (world.officer, world.deal, "{\"keywords.0\": null}");
  edit (world.officer, world.deal,
        "{\"trl\": 4, \"title\": \"1\", \"summary\": \"2\", \"keywords.0\": \"3\", \"court\": \"us\","
        " \"disclosed_on\": \"2026-03-02\"}");
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_no_findings (report);
  world_clear (&world);
}

/* A login belongs to one person, in whatever letters; who gives theirs up may keep all else. */
static void
test_login (void)
{
  World world = world_new ();
  const char *hana = naru_desk_get_person (world.officer);
  g_autoptr (NaruJson) person = parse ("{\"name\": \"박하나\", \"login\": \"Hana\"}");
  g_autoptr (NaruJson) other = parse ("{\"login\": \"HANA\"}");
  NaruVerifyOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_desk_create (world.fixture.desk, "person", person, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_cmpstr (naru_error_get_field (error), ==, "login");
  g_clear_error (&error);
  g_assert_false (
      naru_desk_edit (world.fixture.desk, naru_desk_get_person (world.director), other, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);
  edit (world.fixture.desk, hana, "{\"login\": \"HANA\"}");
  edit (world.fixture.desk, hana, "{\"login\": \"hanna\"}");
  edit (world.fixture.desk, naru_desk_get_person (world.director), "{\"login\": \"hana\"}");
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_no_findings (report);
  world_clear (&world);
}

/* A store whose head leads nowhere does not take the branch along. */
static void
test_head (void)
{
  World world = world_new ();
  NaruVerifyOptions options = { 0 };
  NaruStoreHead head;

  g_assert_true (naru_desk_checkpoint (world.fixture.desk, NULL));
  g_autofree char *before = fixture_shell ("cd '%s'; git rev-parse main", world.history);
  NaruTxn *txn = naru_store_begin_write (world.fixture.office->store, NULL);
  g_assert_true (naru_txn_get_head (txn, &head, NULL));
  head.head.bytes[0] ^= 1;
  g_assert_true (naru_txn_put_head (txn, &head, NULL) && naru_txn_commit (txn, NULL));
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_found (report, "head", "unpublished", "broken");
  assert_found (report, "head", "store-head", "broken");
  g_autofree char *after = fixture_shell ("cd '%s'; git rev-parse main", world.history);
  g_assert_cmpstr (after, ==, before);
  world_clear (&world);
}

/* What verify would tell as an entry without a reason cannot be written. */
static void
test_reason (void)
{
  World world = world_new ();
  NaruDesk *desk = world.fixture.desk;
  static const char *const reasons[] = { NULL, "", " \n\t " };

  g_autofree char *address = NULL;
  g_assert_true (naru_desk_add_remote (desk, "auditor", "/srv/auditor.git", &address, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *fingerprint = NULL;
      g_autoptr (GError) rotated = NULL, revoked = NULL, removed = NULL;
      g_assert_false (naru_desk_rotate_key (desk, NULL, reasons[i], &fingerprint, &rotated));
      g_assert_false (naru_desk_revoke_key (desk, NULL, reasons[i], &fingerprint, &revoked));
      g_assert_false (naru_desk_remove_remote (desk, "auditor", reasons[i], &removed));
      g_assert_error (rotated, NARU_ERROR, NARU_ERROR_USAGE);
      g_assert_error (revoked, NARU_ERROR, NARU_ERROR_USAGE);
      g_assert_error (removed, NARU_ERROR, NARU_ERROR_USAGE);
    }
  g_assert_true (naru_desk_remove_remote (desk, "auditor", "The audit\nis over", NULL));
  NaruVerifyOptions options = { 0 };
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_no_findings (report);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  forgery_add_tests ("/forged-words/", tamperings, G_N_ELEMENTS (tamperings));
  g_test_add_func ("/forged-words/named", test_named);
  g_test_add_func ("/forged-words/login", test_login);
  g_test_add_func ("/forged-words/head", test_head);
  g_test_add_func ("/forged-words/reason", test_reason);
  return g_test_run ();
}
