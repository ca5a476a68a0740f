/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-change-private.h"
#include "naru-desk-keys.h"
#include "naru-restore.h"
#include "naru-verify.h"

#include <string.h>

/* Honest histories raise no alarm, and what is altered is told: by a hand that has the office's key and
 * writes store and history as an office does, by one that has the store alone, and by one that has the
 * history alone. */

typedef struct
{
  Fixture fixture;
  NaruDesk *director;
  NaruDesk *officer;
  NaruDesk *auditor;
  char *deal;    /* in the first stage */
  char *other;   /* another deal */
  char *history; /* audit.git */
} World;

typedef struct
{
  const char *name;
  const char *code; /* of the finding */
  const char *severity;
  void (*tamper) (World *world);
} Tampering;

static char *
run (const char *format, ...)
{
  g_autofree char *command = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list arguments;
  int status = 0;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  const char *words[] = { "sh", "-ec", command, NULL };
  g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", command, errors);
  return output;
}

static NaruJson *
verify_office (Fixture *fixture, const NaruVerifyOptions *options)
{
  g_autoptr (GError) error = NULL;
  NaruJson *report = naru_desk_verify (fixture->desk, options, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_no_findings (NaruJson *report)
{
  NaruJson *findings = naru_json_get (report, "findings");
  g_autofree char *text = naru_json_to_text (findings, NULL);

  if (naru_json_get_size (findings) > 0)
    g_error ("%s", text);
  g_assert_true (naru_json_get_boolean (report, "whole", FALSE));
}

static void
assert_found (NaruJson *report, const char *name, const char *code, const char *severity)
{
  NaruJson *findings = naru_json_get (report, "findings");
  g_autofree char *text = naru_json_to_text (findings, NULL);
  gboolean found = FALSE;

  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      g_assert_nonnull (naru_json_get_string (finding, "message"));
      found = found || (g_strcmp0 (naru_json_get_string (finding, "code"), code) == 0 &&
                        g_strcmp0 (naru_json_get_string (finding, "severity"), severity) == 0);
    }
  if (!found)
    g_error ("%s: no finding “%s” in %s", name, code, text);
  if (!g_str_equal (severity, "note") &&
      naru_json_get_boolean (report, "whole", TRUE) == g_str_equal (severity, "broken"))
    g_error ("%s: whole, or not: %s", name, text);
}

static NaruJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

static World
world_new (void)
{
  World world = { .fixture = fixture_new () };
  g_autoptr (GError) error = NULL;

  world.director = fixture_desk (&world.fixture, "seojun",
                                 "{\"name\": \"이서준\", \"login\": \"seojun\", \"roles\": [\"director\"]}");
  world.officer = fixture_desk (&world.fixture, "hana",
                                "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"officer\"]}");
  world.auditor = fixture_desk (&world.fixture, "dana",
                                "{\"name\": \"최다나\", \"login\": \"dana\", \"roles\": [\"auditor\"]}");
  world.deal = fixture_create (&world.fixture, "deal", "{\"title\": \"센서\", \"sectors\": [\"it\"]}");
  world.other = fixture_create (&world.fixture, "deal", "{\"title\": \"촉매\", \"sectors\": [\"nano\"]}");
  naru_desk_note (world.officer, world.deal, "called", &error);
  g_assert_no_error (error);
  world.history = g_build_filename (world.fixture.folder, "audit.git", NULL);
  return world;
}

static void
world_clear (World *world)
{
  naru_desk_unref (world->director);
  naru_desk_unref (world->officer);
  naru_desk_unref (world->auditor);
  g_free (world->deal);
  g_free (world->other);
  g_free (world->history);
  fixture_clear (&world->fixture);
}

/* A change that no desk would make, written as an office writes its changes. */
typedef struct
{
  NaruDesk *desk;
  NaruChange *change;
  NaruTxn *txn;
  const char *note; /* (nullable): in the index of the history */
} Forgery;

static Forgery
forgery_begin (NaruDesk *desk, const char *action)
{
  g_autoptr (GError) error = NULL;
  Forgery forgery = { .desk = desk, .change = naru_change_begin (desk, action, &error) };

  g_assert_no_error (error);
  forgery.txn = naru_change_get_txn (forgery.change);
  return forgery;
}

/* Merges @changes into the record; null removes. */
static void
forgery_put (Forgery *forgery, const char *id, const char *changes)
{
  NaruTypes *types = naru_office_get_types (forgery->desk->office);
  NaruRecordType *type = naru_types_get_for_id (types, id, NULL);
  const char *name = naru_record_type_get_name (type);
  g_autoptr (NaruRecord) old = naru_txn_has_record (forgery->txn, name, id)
                                   ? naru_txn_get_record (forgery->txn, name, id, NULL)
                                   : NULL;
  g_autoptr (NaruJson) json =
      old != NULL ? naru_json_copy (naru_record_get_json (old)) : naru_json_new_object ();
  g_autoptr (NaruJson) patch = parse (changes);
  g_auto (GStrv) names = naru_json_get_keys (patch);
  g_autoptr (GVariant) card = old != NULL ? naru_txn_get_card (forgery->txn, name, id, NULL) : NULL;
  gint64 since = card != NULL ? naru_card_get_since (card) : naru_change_get_time (forgery->change)->seconds;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    if (naru_json_get_kind (naru_json_get (patch, names[i])) == NARU_JSON_NULL)
      naru_json_remove (json, names[i]);
    else
      naru_json_set (json, names[i], naru_json_ref (naru_json_get (patch, names[i])));
  g_autoptr (NaruRecord) record = naru_change_put (forgery->change, type, old, id, json, since, &error);
  g_assert_no_error (error);
  naru_change_add_event (forgery->change, name, id, NULL, NULL, forgery->note, &error);
  g_assert_no_error (error);
}

static void
forgery_trailer (Forgery *forgery, const char *key, const char *value)
{
  naru_entry_add_trailer (naru_change_get_entry (forgery->change), key, value);
}

static void
forgery_commit (Forgery *forgery)
{
  g_autoptr (GError) error = NULL;

  naru_change_commit (forgery->change, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&forgery->change, naru_change_free);
}

/* One record, one commit */
static void
forge (NaruDesk *desk, const char *action, const char *id, const char *changes, const char *text)
{
  Forgery forgery = forgery_begin (desk, action);

  forgery_put (&forgery, id, changes);
  naru_change_set_subject (forgery.change, "deal", id, "%s", text);
  forgery_commit (&forgery);
}

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
  g_free (run ("cd '%s'; git replace main~2 main~3", world->history));
}

static void
graft_commit (World *world)
{
  g_free (run ("cd '%s'; mkdir -p info; echo $(git rev-parse main~1) $(git rev-parse main~4) >info/grafts",
               world->history));
}

static void
cut_off (World *world)
{
  g_free (run ("cd '%s'; git rev-parse main~3 >shallow", world->history));
}

static void
truncate_history (World *world)
{
  g_assert_true (naru_desk_checkpoint (world->fixture.desk, NULL));
  g_free (run ("cd '%s'; git update-ref refs/heads/main main~2", world->history));
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

static void
test_tampering (gconstpointer data)
{
  const Tampering *tampering = data;
  World world = world_new ();
  NaruVerifyOptions options = { 0 };

  tampering->tamper (&world);
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_found (report, tampering->name, tampering->code, tampering->severity);
  world_clear (&world);
}

/* Commits written anew with git, in a copy; @script sets $parent to the last of them. */
static const struct
{
  const char *name;
  const char *script;
  const char *code;
} rewritings[] = {
  { "drop", "parent=$(git rev-parse main~3); again main~1; again main", "structure" },
  { "swap", "parent=$(git rev-parse main~2); again main; again main~1", "structure" },
  { "twice", "parent=$(git rev-parse main); again main", "structure" },
  { "root", "parent=$(git rev-parse main~1); sign=; again main", "structure" },
  { "subject", "parent=$(git rev-parse main~1); edit='s/ note$/ edit trl/'; again main", "structure" },
  { "author", "parent=$(git rev-parse main~1); edit='s/^author [^<]*/author Somebody /'; again main",
    "structure" },
  { "date", "parent=$(git rev-parse main~1); edit='s/^\\(committer .*> \\)[0-9]*/\\11700000000/'; again main",
    "structure" },
  { "chain", "parent=$(git rev-parse main~1); edit='s/^Naru-Chain: ..../Naru-Chain: 0000/'; again main",
    "structure" },
  { "tree",
    "parent=$(git rev-parse main~1); edit=\"s/^tree .*/tree $(git rev-parse main~4^{tree})/\"; again main",
    "structure" },
  { "signature", "parent=$(git rev-parse main~1); edit='/^gpgsig/,/END SSH/d'; again main", "unsigned" },
  { "other-signature", "parent=$(git rev-parse main~1); edit='/^ [A-Za-z0-9]/s/[a-m]/n/'; again main",
    "signature" },
};

static void
test_rewriting (void)
{
  World world = world_new ();
  g_autofree char *copy = g_build_filename (world.fixture.parent, "copy.git", NULL);
  NaruVerifyOptions options = { 0 };

  g_assert_true (naru_desk_checkpoint (world.fixture.desk, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rewritings); i++)
    {
      g_autoptr (GError) error = NULL;
      g_free (run ("rm -rf '%s'; git clone -q --mirror '%s' '%s'; cd '%s'; edit=;"
                   "again () { parent=$(git cat-file commit $1 | sed \"s/^parent .*/parent $parent/\" | sed "
                   "\"$edit\" |"
                   " git hash-object -t commit -w --stdin); };"
                   "%s; git update-ref refs/heads/main $parent",
                   copy, world.history, copy, copy, rewritings[i].script));
      g_autoptr (NaruJson) report = naru_history_verify (copy, &options, &error);
      g_assert_no_error (error);
      if (!g_str_equal (rewritings[i].name, "root"))
        assert_found (report, rewritings[i].name, rewritings[i].code, "broken");
      else
        assert_no_findings (report); /* the same commit again is no change */
    }
  world_clear (&world);
}

/* What is broken early does not hide what is broken later. */
static void
test_several (void)
{
  World world = world_new ();
  g_autofree char *copy = g_build_filename (world.fixture.parent, "copy.git", NULL);
  NaruVerifyOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  edit_stage (&world);
  take_role (&world);
  g_assert_true (naru_desk_checkpoint (world.fixture.desk, NULL));
  g_free (run (
      "git clone -q --mirror '%s' '%s'; cd '%s'; parent=$(git rev-parse main~4);"
      "for c in main~3 main~2 main~1 main; do parent=$(git cat-file commit $c |"
      " sed \"s/^parent .*/parent $parent/; s/ create$/ create it/\" | git hash-object -t commit -w --stdin);"
      "done; git update-ref refs/heads/main $parent",
      world.history, copy, copy));
  g_autoptr (NaruJson) report = naru_history_verify (copy, &options, &error);
  g_assert_no_error (error);
  assert_found (report, "several", "structure", "broken");
  assert_found (report, "several", "system-field", "broken");
  assert_found (report, "several", "denied", "broken");
  world_clear (&world);
}

/* A pack with a byte changed, and one cut short: told, without hanging. */
static void
test_damaged (void)
{
  World world = world_new ();
  g_autofree char *copy = g_build_filename (world.fixture.parent, "copy.git", NULL);
  NaruVerifyOptions options = { 0 };

  g_assert_true (naru_desk_checkpoint (world.fixture.desk, NULL));
  g_setenv ("NARU_READ_DEADLINE", "20", TRUE);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GError) error = NULL;
      g_free (run (
          "rm -rf '%s'; git clone -q --mirror --no-local '%s' '%s'; cd '%s/objects/pack'; chmod u+w *.pack;"
          "s=$(stat -c %%s *.pack); truncate -s $((s - 60 - s * %u / 10)) *.pack",
          copy, world.history, copy, copy, i));
      g_autoptr (NaruJson) report = naru_history_verify (copy, &options, &error);
      g_assert_no_error (error);
      assert_found (report, "damaged", "unreadable", "broken");
    }
  g_unsetenv ("NARU_READ_DEADLINE");
  world_clear (&world);
}

static void
test_honest (gconstpointer data)
{
  guint32 seed = (guint32) GPOINTER_TO_UINT (data);
  g_autoptr (RandomOffice) random = random_office_new (seed);
  Fixture *fixture = &random->fixture;
  g_autofree char *history = g_build_filename (fixture->folder, "audit.git", NULL);
  g_autofree char *backup = g_build_filename (fixture->parent, "backup.naru", NULL);
  g_autoptr (GError) error = NULL;
  NaruVerifyOptions options = { 0 };

  random_office_change (random, 300);
  g_autoptr (NaruJson) report = verify_office (fixture, &options);
  assert_no_findings (report);
  g_autoptr (NaruJson) alone = naru_history_verify (history, &options, &error);
  g_assert_no_error (error);
  assert_no_findings (alone);
  g_assert_cmpstr (naru_json_get_string (alone, "chain"), ==, naru_json_get_string (report, "chain"));
  g_test_message ("%" G_GINT64_FORMAT " entries, %" G_GINT64_FORMAT " moves judged again",
                  naru_json_get_integer (report, "entries", 0), naru_json_get_integer (report, "judged", 0));
  g_assert_cmpint (naru_json_get_integer (report, "judged", 0), >, 0);
  g_assert_cmpint (naru_json_get_integer (report, "signatures", 0), ==,
                   naru_json_get_integer (report, "entries", 0));

  options.no_rules = TRUE;
  g_autoptr (NaruJson) written = NULL;
  g_assert_true (naru_desk_backup (fixture->desk, backup, NULL, NULL, &written, &error));
  g_autoptr (NaruJson) of_backup = naru_history_verify (backup, &options, &error);
  g_assert_no_error (error);
  assert_no_findings (of_backup);
  g_assert_cmpint (naru_json_get_integer (of_backup, "judged", -1), ==, 0);
  g_free (run ("ls -A '%s' | grep -c verify || true; rm -rf '%s'", fixture->folder, fixture->parent));
}

/* An office goes on changing while it is verified. */
static void
test_pending (void)
{
  World world = world_new ();
  NaruVerifyOptions options = { 0 };
  g_autofree char *lock = g_build_filename (world.fixture.folder, "publish.lock", NULL);
  g_autoptr (NaruJson) json = parse ("{\"title\": \"waits\"}");
  g_autoptr (GError) error = NULL;

  /* a folder in place of the lock: nobody publishes */
  g_free (run ("rm '%s'; mkdir '%s'", lock, lock));
  g_assert_false (naru_desk_create (world.fixture.desk, "deal", json, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_PENDING);
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_found (report, "pending", "unpublished", "doubtful");
  g_free (run ("rmdir '%s'", lock));
  g_autoptr (NaruJson) again = verify_office (&world.fixture, &options);
  assert_no_findings (again);
  world_clear (&world);
}

/* The second time nothing is read again but what is new; what does not fit the kept verdict is not believed.
 */
static void
test_resume (void)
{
  World world = world_new ();
  NaruVerifyOptions options = { .resume = TRUE };
  g_autofree char *state = g_build_filename (world.fixture.folder, "verify", NULL);

  g_autoptr (NaruJson) first = verify_office (&world.fixture, &options);
  assert_no_findings (first);
  g_assert_cmpint (naru_json_get_integer (first, "resumed", -1), ==, 0);
  gint64 n = naru_json_get_integer (first, "entries", -1);
  g_autoptr (NaruJson) second = verify_office (&world.fixture, &options);
  assert_no_findings (second);
  g_assert_cmpint (naru_json_get_integer (second, "resumed", -1), ==, n);
  g_assert_cmpint (naru_json_get_integer (second, "signatures", -1), ==, n);

  g_free (fixture_create (&world.fixture, "deal", "{\"title\": \"new\", \"sectors\": [\"it\"]}"));
  g_autoptr (NaruJson) third = verify_office (&world.fixture, &options);
  assert_no_findings (third);
  g_assert_cmpint (naru_json_get_integer (third, "resumed", -1), ==, n);
  g_assert_cmpint (naru_json_get_integer (third, "entries", -1), ==, n + 1);
  g_assert_cmpint (naru_json_get_integer (third, "records", -1), ==,
                   naru_json_get_integer (second, "records", -1) + 1);

  static const char *const spoilings[] = {
    "sed -i 's/\"seq\": /\"seq\": 1/' verdict",
    "echo >>verdict.sig",
    "ssh-keygen -q -t ed25519 -N '' -f ../other-key; rm -f verdict.sig; ssh-keygen -q -Y sign -n naru-verify "
    "-f "
    "../other-key verdict; rm -f ../other-key*",
    "s=$(stat -c %s data.mdb); printf x | dd of=data.mdb bs=1 seek=$((s / 2 + 77)) conv=notrunc 2>/dev/null",
    "rm data.mdb",
  };
  for (guint i = 0; i < G_N_ELEMENTS (spoilings); i++)
    {
      g_free (run ("cd '%s'; %s", state, spoilings[i]));
      g_autoptr (NaruJson) anew = verify_office (&world.fixture, &options);
      g_assert_cmpint (naru_json_get_integer (anew, "resumed", -1), ==, 0);
      assert_found (anew, spoilings[i], "not-resumed", "note");
    }

  /* what is broken leaves no verdict */
  edit_stage (&world);
  g_autoptr (NaruJson) broken = verify_office (&world.fixture, &options);
  assert_found (broken, "resume", "system-field", "broken");
  g_free (run ("test ! -e '%s/verdict'", state));
  world_clear (&world);
}

/* A history that was verified, and then was written anew from some entry on */
static void
test_rewritten (void)
{
  World world = world_new ();
  NaruVerifyOptions options = { .resume = TRUE };
  g_autofree char *kept = g_build_filename (world.fixture.parent, "kept", NULL);

  g_assert_true (naru_desk_checkpoint (world.fixture.desk, NULL));
  g_free (run ("cp -r '%s' '%s'", world.fixture.folder, kept));
  edit_as_auditor (&world);
  g_clear_pointer (&world.fixture.desk, naru_desk_unref);
  world.fixture.desk = naru_desk_new (world.fixture.office, "minji", "cli", NULL);
  NaruVerifyOptions once = { 0 };
  g_autoptr (NaruJson) broken = verify_office (&world.fixture, &once);
  assert_found (broken, "rewritten", "denied", "broken");

  g_autoptr (NaruOffice) office = naru_office_open (kept, NULL);
  g_autoptr (NaruDesk) desk = naru_desk_new (office, "minji", "cli", NULL);
  g_autoptr (NaruJson) changes = parse ("{\"trl\": 2}");
  g_assert_true (naru_desk_edit (desk, world.deal, changes, NULL, NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) good = naru_desk_verify (desk, &options, &error);
  g_assert_no_error (error);
  assert_no_findings (good);
  g_assert_true (naru_desk_checkpoint (desk, NULL));
  g_free (run ("cd '%s/audit.git'; parent=$(git rev-parse main~1);"
               "commit=$(git cat-file commit main | sed 's/Naru-Via: cli/Naru-Via: web/' |"
               " git hash-object -t commit -w --stdin); git update-ref refs/heads/main $commit",
               kept));
  g_autoptr (NaruJson) bad = naru_desk_verify (desk, &options, &error);
  g_assert_no_error (error);
  assert_found (bad, "rewritten", "rewritten", "broken");
  assert_found (bad, "rewritten", "structure", "broken");
  assert_found (bad, "rewritten", "not-resumed", "note");
  world_clear (&world);
}

/* Stopped at once, and in between: nothing is left but what the next run goes on from. */
static void
test_stopped (void)
{
  World world = world_new ();
  int stop = 1;
  NaruVerifyOptions options = { .stop = &stop };
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_desk_verify (world.fixture.desk, &options, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_FAILED);
  g_assert_nonnull (naru_error_get_cure (error));
  g_autofree char *left = run ("ls -A '%s' | grep verify || true", world.fixture.folder);
  g_assert_cmpstr (left, ==, "");
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  guint n = g_getenv ("NARU_TEST_LONG") != NULL ? 50 : 4;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/verify/honest/%u", i);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_honest);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tamperings); i++)
    {
      g_autofree char *path = g_strconcat ("/verify/tampering/", tamperings[i].name, NULL);
      g_test_add_data_func (path, &tamperings[i], test_tampering);
    }
  g_test_add_func ("/verify/rewriting", test_rewriting);
  g_test_add_func ("/verify/several", test_several);
  g_test_add_func ("/verify/damaged", test_damaged);
  g_test_add_func ("/verify/pending", test_pending);
  g_test_add_func ("/verify/resume", test_resume);
  g_test_add_func ("/verify/rewritten", test_rewritten);
  g_test_add_func ("/verify/stopped", test_stopped);
  return g_test_run ();
}
