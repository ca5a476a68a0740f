/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "forgery.h"

#include "naru-desk-keys.h"

#include <string.h>

/* What is altered is told: by a hand that has the office's key and writes store and history as an office
 * does, by one that has the store alone, and by one that has the history alone. */

static void
edit_stage (World *world)
{
  forge (world->officer, "edit", world->deal, "{\"stage\": \"patent\"}", "edit title");
}

static void
edit_approvals (World *world)
{
  g_autofree char *changes =
      g_strdup_printf ("{\"approvals\": [{\"from\": \"idea\", \"to\": \"disclosure\", "
                       "\"role\": \"director\", \"by\": \"%s\", \"on\": \"2026-11-28\"}]}",
                       naru_desk_get_person (world->director));
  forge (world->officer, "edit", world->deal, changes, "edit approvals");
}

static void
approve_for_another (World *world)
{
  g_autofree char *changes =
      g_strdup_printf ("{\"approvals\": [{\"from\": \"idea\", \"to\": \"disclosure\", "
                       "\"role\": \"director\", \"by\": \"%s\", \"on\": \"2026-11-28\"}]}",
                       naru_desk_get_person (world->director));
  forge (world->officer, "approve", world->deal, changes, "approve idea → disclosure");
}

static void
advance_blocked (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "advance");

  forgery_put (&forgery, world->deal, "{\"stage\": \"disclosure\"}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "advance idea → disclosure");
  forgery_trailer (&forgery, "Naru-From", "idea");
  forgery_trailer (&forgery, "Naru-To", "disclosure");
  forgery_commit (&forgery);
}

static void
advance_nowhere (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "advance");

  forgery_put (&forgery, world->deal, "{\"stage\": \"spin-off\"}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "advance idea → spin-off");
  forgery_trailer (&forgery, "Naru-From", "idea");
  forgery_trailer (&forgery, "Naru-To", "spin-off");
  forgery_commit (&forgery);
}

/* A move that is allowed, whose verdict is left out */
static void
advance_unjudged (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "advance");

  forgery_put (&forgery, world->deal, "{\"stage\": \"on-hold\"}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "advance idea → on-hold");
  forgery_trailer (&forgery, "Naru-From", "idea");
  forgery_trailer (&forgery, "Naru-To", "on-hold");
  forgery_commit (&forgery);
}

static void
take_role (World *world)
{
  const char *id = naru_desk_get_person (world->officer);
  Forgery forgery = forgery_begin (world->officer, "edit");

  forgery_put (&forgery, id, "{\"roles\": [\"officer\", \"director\"]}");
  naru_change_set_subject (forgery.change, "person", id, "edit roles");
  forgery_commit (&forgery);
}

static void
edit_as_auditor (World *world)
{
  forge (world->auditor, "edit", world->deal, "{\"trl\": 3}", "edit trl");
}

static void
edit_after_leaving (World *world)
{
  g_autoptr (NaruJson) changes = parse ("{\"active\": false}");
  g_autoptr (GError) error = NULL;

  naru_desk_edit (world->fixture.desk, naru_desk_get_person (world->officer), changes, NULL, &error);
  g_assert_no_error (error);
  forge (world->officer, "edit", world->deal, "{\"trl\": 3}", "edit trl");
}

static void
edit_as_stranger (World *world)
{
  g_autoptr (NaruDesk) desk =
      naru_desk_new_for_office (world->fixture.office, "MGK-PER-2026-00999", "Nobody", "cli");
  forge (desk, "edit", world->deal, "{\"trl\": 3}", "edit trl");
}

static void
edit_under_a_name (World *world)
{
  g_autoptr (NaruDesk) desk =
      naru_desk_new_for_office (world->fixture.office, naru_desk_get_person (world->officer), "이서준",
                                "cli");
  forge (desk, "edit", world->deal, "{\"trl\": 3}", "edit trl");
}

static void
waive_without_right (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "waive");
  g_autofree char *changes = g_strdup_printf (
      "{\"waivers\": [{\"condition\": \"direct.officer\", \"reason\": \"because\", \"until\": \"2099-01-01\","
      " \"by\": \"%s\", \"on\": \"2026-11-28\"}]}",
      naru_desk_get_person (world->officer));

  forgery_put (&forgery, world->deal, changes);
  naru_change_set_subject (forgery.change, "deal", world->deal, "waive direct.officer until 2099-01-01");
  forgery_trailer (&forgery, "Naru-Waiver", "direct.officer");
  naru_entry_set_reason (naru_change_get_entry (forgery.change), "because");
  forgery_commit (&forgery);
}

static void
waive_for_ever (World *world)
{
  forge (world->director, "waive", world->deal,
         "{\"waivers\": [{\"condition\": \"direct.officer\", \"reason\": \"because\"}]}",
         "waive direct.officer");
}

static void
name_nobody (World *world)
{
  forge (world->officer, "edit", world->deal, "{\"officer\": \"MGK-PER-2026-00900\"}", "edit officer");
}

static void
edit_another_too (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "edit");

  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  forgery_put (&forgery, world->other, "{\"trl\": 9}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  forgery_commit (&forgery);
}

static void
edit_unnamed (World *world)
{
  forge (world->officer, "edit", world->deal, "{\"trl\": 3, \"title\": \"다른 것\"}", "edit trl");
}

static void
note_for_another (World *world)
{
  g_autofree char *changes = g_strdup_printf ("{\"notes\": [{\"text\": \"agreed\", \"by\": \"%s\","
                                              " \"at\": \"2026-11-28T09:00:00+09:00\"}]}",
                                              naru_desk_get_person (world->director));
  forge (world->officer, "note", world->other, changes, "note");
}

static void
attach_nothing (World *world)
{
  forge (world->officer, "attach", world->deal,
         "{\"documents\": [{\"name\": \"report\", \"size\": 5, \"media_type\": \"text/plain\", \"digest\":"
         " \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"added_on\": "
         "\"2026-11-28\"}]}",
         "attach a document of 5 bytes");
}

static void
create_beyond (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "create");
  g_autofree char *id =
      naru_change_take_id (forgery.change,
                           naru_types_get (naru_office_get_types (world->fixture.office), "deal", NULL),
                           "MGK", NULL);

  forgery_put (&forgery, id, "{\"title\": \"x\", \"hub\": \"MGK\", \"stage\": \"patent\"}");
  naru_change_set_subject (forgery.change, "deal", id, "create");
  forgery_commit (&forgery);
}

static void
skip_numbers (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "create");
  NaruRecordType *type = naru_types_get (naru_office_get_types (world->fixture.office), "deal", NULL);
  g_autofree char *gone = naru_change_take_id (forgery.change, type, "MGK", NULL);
  g_autofree char *id = naru_change_take_id (forgery.change, type, "MGK", NULL);

  forgery_put (&forgery, id, "{\"title\": \"x\", \"hub\": \"MGK\", \"stage\": \"idea\"}");
  naru_change_set_subject (forgery.change, "deal", id, "create");
  forgery_commit (&forgery);
}

static void
invent_action (World *world)
{
  forge (world->officer, "arrange", world->deal, "{\"trl\": 3}", "arrange trl");
}

static void
go_back_in_time (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "edit");

  forgery.change->now.seconds -= 3600;
  forgery.change->authored.seconds -= 3600;
  forgery.change->head.last_seconds = 0;
  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  forgery_commit (&forgery);
}

static void
date_back (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "edit");

  forgery.change->now.seconds += 10;
  forgery.change->authored.seconds -= 30 * 24 * 3600;
  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  forgery_commit (&forgery);
}

static void
date_ahead (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "edit");

  forgery.change->now.seconds += 30 * 24 * 3600;
  forgery.change->authored = forgery.change->now;
  forgery.note = "trl";
  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  forgery_commit (&forgery);
}

static void
sign_with (World *world, NaruSigner *signer)
{
  Forgery forgery = forgery_begin (world->officer, "edit");

  naru_signer_unref (forgery.change->signer);
  forgery.change->signer = signer;
  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  forgery_commit (&forgery);
}

static void
sign_not (World *world)
{
  sign_with (world, NULL);
}

static void
sign_with_another (World *world)
{
  sign_with (world, naru_signer_generate (NULL));
}

static void
sign_with_ended (World *world)
{
  g_autofree char *key = g_build_filename (world->fixture.folder, "keys", "office", NULL);
  NaruSigner *signer = naru_signer_load (key, NULL, NULL);
  g_autofree char *fingerprint = NULL;
  g_autoptr (GError) error = NULL;

  naru_desk_rotate_key (world->fixture.desk, NULL, "yearly", &fingerprint, &error);
  g_assert_no_error (error);
  sign_with (world, signer);
}

static void
put_file (World *world, const char *path, const char *text)
{
  Forgery forgery = forgery_begin (world->officer, "edit");
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  naru_entry_put_file (naru_change_get_entry (forgery.change), path, bytes);
  forgery_commit (&forgery);
}

static void
add_key (World *world)
{
  g_autoptr (NaruSigner) signer = naru_signer_generate (NULL);
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (NULL, NULL);

  naru_allowed_signers_add (signers, "office@mgk.naru", naru_signer_get_key (signer), 1);
  g_autofree char *text = naru_allowed_signers_to_text (signers);
  put_file (world, "keys/allowed_signers", text);
}

static void
loosen_policy (World *world)
{
  put_file (world, "policies/access.json", "{\"roles\": {}, \"audiences\": {}}\n");
}

static void
administer_as_officer (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "pipeline");
  NaruPipeline *pipeline = naru_office_get_pipeline (world->fixture.office, "need", NULL);
  g_autoptr (NaruJson) json = naru_json_copy (naru_pipeline_get_json (pipeline));

  naru_json_set_string (naru_json_get (json, "title"), "en", "Mine");
  g_autoptr (NaruPipeline) other = naru_pipeline_new (json, "test", NULL);
  naru_change_set_subject (forgery.change, NULL, NULL, "office: pipeline need for need");
  g_assert_true (naru_office_put_pipeline (forgery.txn, naru_change_get_entry (forgery.change), other, NULL));
  forgery_commit (&forgery);
}

static void
record_for_another_office (World *world)
{
  Forgery forgery = forgery_begin (world->officer, "edit");
  g_autofree char *kept = g_strdup (world->fixture.office->committer_name);

  g_free (world->fixture.office->committer_name);
  world->fixture.office->committer_name = g_strdup ("Another office");
  forgery_put (&forgery, world->deal, "{\"trl\": 3}");
  naru_change_set_subject (forgery.change, "deal", world->deal, "edit trl");
  forgery_commit (&forgery);
  g_free (world->fixture.office->committer_name);
  world->fixture.office->committer_name = g_steal_pointer (&kept);
}

/* The store alone */

static NaruTxn *
begin_store (World *world)
{
  g_assert_true (naru_desk_checkpoint (world->fixture.desk, NULL));
  return naru_store_begin_write (world->fixture.office->store, NULL);
}

static void
commit_store (NaruTxn *txn)
{
  g_autoptr (GError) error = NULL;

  naru_txn_commit (txn, &error);
  g_assert_no_error (error);
}

static void
put_other_record (World *world, const char *id, const char *text, gboolean with_keys)
{
  NaruTxn *txn = begin_store (world);
  NaruRecordType *type = naru_types_get (naru_office_get_types (world->fixture.office), "deal", NULL);
  g_autoptr (NaruJson) json = parse (text);
  g_autoptr (NaruRecord) record = naru_record_new ("deal", id, json, NULL);
  g_autoptr (GPtrArray) keys = with_keys ? naru_record_type_list_keys (type, json, 1) : NULL;

  g_assert_true (
      naru_txn_put_record (txn, record, naru_record_type_make_card (type, json, 1), NULL, keys, NULL));
  commit_store (txn);
}

static void
store_record (World *world)
{
  put_other_record (world, world->deal, "{\"title\": \"다른 것\", \"stage\": \"patent\"}", FALSE);
}

static void
store_stray_record (World *world)
{
  put_other_record (world, "MGK-2026-00077", "{\"title\": \"x\"}", FALSE);
}

static void
store_stray_key (World *world)
{
  put_other_record (world, world->deal, "{\"title\": \"x\", \"stage\": \"licensing\"}", TRUE);
}

static void
store_event (World *world)
{
  NaruTxn *txn = begin_store (world);
  NaruEvent event = { .seq = 3, .seconds = 5, .actor = "x", .action = "approve" };

  g_assert_true (naru_txn_add_event (txn, "deal", world->deal, &event, NULL));
  commit_store (txn);
}

static void
store_commit (World *world)
{
  NaruTxn *txn = begin_store (world);
  NaruOid oid = { { 1, 2, 3 } };

  g_assert_true (naru_txn_put_commit (txn, 2, &oid, NULL));
  commit_store (txn);
}

static void
store_counter (World *world)
{
  NaruTxn *txn = begin_store (world);
  guint number;

  g_assert_true (naru_txn_next_number (txn, "deal/MGK/2026", &number, NULL));
  commit_store (txn);
}

static void
store_policy (World *world)
{
  NaruTxn *txn = begin_store (world);

  g_assert_true (naru_txn_put_meta (txn, "policy", "{\"roles\": {}, \"audiences\": {}}\n", NULL));
  commit_store (txn);
}

static void
store_tree (World *world)
{
  NaruTxn *txn = begin_store (world);

  g_assert_true (naru_txn_put_tree (txn, "records/task", NULL, NULL));
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_assert_true (naru_txn_put_tree (txn, "records/nothing", bytes, NULL));
  commit_store (txn);
}

static void
store_head (World *world)
{
  NaruTxn *txn = begin_store (world);
  NaruStoreHead head;

  g_assert_true (naru_txn_get_head (txn, &head, NULL));
  head.last_seconds += 100;
  g_assert_true (naru_txn_put_head (txn, &head, NULL));
  commit_store (txn);
}

static void
store_journal (World *world)
{
  NaruTxn *txn = begin_store (world);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("rubbish", 7);

  g_assert_true (naru_txn_put_journal (txn, 2, bytes, NULL));
  commit_store (txn);
}

/* The history alone */

static void
replace_commit (World *world)
{
  g_free (fixture_shell ("cd '%s'; git replace main~2 main~3", world->history));
}

static void
graft_commit (World *world)
{
  g_free (fixture_shell (
      "cd '%s'; mkdir -p info; echo $(git rev-parse main~1) $(git rev-parse main~4) >info/grafts",
      world->history));
}

static void
cut_off (World *world)
{
  g_free (fixture_shell ("cd '%s'; git rev-parse main~3 >shallow", world->history));
}

static void
truncate_history (World *world)
{
  g_assert_true (naru_desk_checkpoint (world->fixture.desk, NULL));
  g_free (fixture_shell ("cd '%s'; git update-ref refs/heads/main main~2", world->history));
}

static const Tampering tamperings[] = {
  { "edit-stage", "system-field", "broken", edit_stage },
  { "edit-approvals", "system-field", "broken", edit_approvals },
  { "approve-for-another", "denied", "broken", approve_for_another },
  { "advance-blocked", "blocked", "broken", advance_blocked },
  { "advance-nowhere", "transition", "broken", advance_nowhere },
  { "advance-unjudged", "verdict", "broken", advance_unjudged },
  { "take-role", "denied", "broken", take_role },
  { "edit-as-auditor", "denied", "broken", edit_as_auditor },
  { "edit-after-leaving", "author-inactive", "broken", edit_after_leaving },
  { "edit-as-stranger", "author-unknown", "broken", edit_as_stranger },
  { "edit-under-a-name", "author-name", "broken", edit_under_a_name },
  { "waive-without-right", "denied", "broken", waive_without_right },
  { "waive-for-ever", "waiver", "broken", waive_for_ever },
  { "name-nobody", "reference", "broken", name_nobody },
  { "edit-another-too", "record", "broken", edit_another_too },
  { "edit-unnamed", "subject", "broken", edit_unnamed },
  { "note-for-another", "record", "broken", note_for_another },
  { "attach-nothing", "document", "broken", attach_nothing },
  { "create-beyond", "stage", "broken", create_beyond },
  { "skip-numbers", "number", "broken", skip_numbers },
  { "invent-action", "action", "broken", invent_action },
  { "go-back-in-time", "time-backwards", "broken", go_back_in_time },
  { "date-back", "time-author", "broken", date_back },
  { "date-ahead", "time-future", "doubtful", date_ahead },
  { "sign-not", "unsigned", "broken", sign_not },
  { "sign-with-another", "signature-key", "broken", sign_with_another },
  { "sign-with-ended", "signature-key", "broken", sign_with_ended },
  { "add-key", "keys", "broken", add_key },
  { "loosen-policy", "file", "broken", loosen_policy },
  { "administer-as-officer", "denied", "broken", administer_as_officer },
  { "record-for-another-office", "committer", "broken", record_for_another_office },
  { "store-record", "store-record", "broken", store_record },
  { "store-card", "store-card", "broken", store_record },
  { "store-stray-record", "store-record", "broken", store_stray_record },
  { "store-stray-key", "store-index", "broken", store_stray_key },
  { "store-event", "store-history", "broken", store_event },
  { "store-commit", "store-commit", "broken", store_commit },
  { "store-counter", "store-counter", "broken", store_counter },
  { "store-policy", "store-office", "broken", store_policy },
  { "store-tree", "store-folder", "broken", store_tree },
  { "store-head", "store-head", "broken", store_head },
  { "store-journal", "journal", "broken", store_journal },
  { "replace", "replaced", "broken", replace_commit },
  { "graft", "grafts", "broken", graft_commit },
  { "shallow", "shallow", "broken", cut_off },
  { "truncate", "store-head", "broken", truncate_history },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  forgery_add_tests ("/forgeries/", tamperings, G_N_ELEMENTS (tamperings));
  return g_test_run ();
}
