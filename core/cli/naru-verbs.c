/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

#define READS (NARU_VERB_OFFICE)
#define LONG (NARU_VERB_OFFICE | NARU_VERB_PAGER)
#define CHANGES (NARU_VERB_OFFICE | NARU_VERB_CHANGES)

/* The one verb table: dispatch, help, man page, completion, pager. */
static const NaruVerb verbs[] = {
  /* clang-format off */
  { "init", NARU_SECTION_OFFICE, NARU_VERB_CHANGES, "DIR --name NAME --hub CODE", 1, 1,
    N_ ("Make a new office in a folder"),
    N_ ("The person who calls becomes the first one in it, with the roles officer and admin. A key is made that "
        "signs every commit; --key takes one that ssh-keygen made, --passphrase locks it."),
    "init ~/office --name 'Magok TTO' --hub MGK",
    naru_options_init, naru_verb_init, { NARU_COMPLETE_FILE } },
  { "demo", NARU_SECTION_OFFICE, NARU_VERB_CHANGES, "DIR", 1, 1,
    N_ ("Make an office with a fictional portfolio, to try things out"), NULL, "demo ~/naru-demo",
    NULL, naru_verb_demo, { NARU_COMPLETE_FILE } },
  { "status", NARU_SECTION_OFFICE, READS, "", 0, 0,
    N_ ("Tell whether the office is well and whether its history is up to date"),
    N_ ("What is recorded but not yet in the history for good is written there now."), NULL,
    NULL, naru_verb_status, { NARU_COMPLETE_NONE } },
  { "backup", NARU_SECTION_OFFICE, CHANGES, "FILE", 1, 1,
    N_ ("Write the whole office into one file"),
    N_ ("The file is a git bundle of the history, with what still waits for it; stock git clones it. It is read back "
        "by restoring an office from it. With --encrypt it is a file that only a passphrase opens, and holds the "
        "office's key and secrets, too."),
    "backup --encrypt office-2026-11-30.naru", naru_options_backup, naru_verb_backup, { NARU_COMPLETE_FILE } },
  { "restore", NARU_SECTION_OFFICE, NARU_VERB_CHANGES, "DIR --from REPO|FILE", 1, 1,
    N_ ("Make an office again from its history alone"),
    N_ ("From a clone of the history, an office's audit.git, or a backup. Every commit is made again and has to be the "
        "same; what does not fit is told, and then no folder is left."),
    "restore ~/office-restored --from ~/office/audit.git",
    naru_options_restore, naru_verb_restore, { NARU_COMPLETE_FILE } },

  { "new", NARU_SECTION_RECORDS, CHANGES, "TYPE [FIELD=VALUE…]", 1, NARU_ANY_ARGS,
    N_ ("Create a record and print its id"),
    N_ ("A dotted path reaches into a field; FIELD:=JSON gives a structured value. What is left out "
        "has a default or may be missing until a gate asks for it."),
    "new deal title='Solid-state battery' 'sectors:=[\"green\"]'",
    naru_options_new, naru_verb_new, { NARU_COMPLETE_TYPE, NARU_COMPLETE_ASSIGNMENT, NARU_COMPLETE_ASSIGNMENT } },
  { "show", NARU_SECTION_RECORDS, LONG, "ID", 1, 1, N_ ("Show a record"), NULL, "show MGK-2026-00442",
    naru_options_show, naru_verb_show, { NARU_COMPLETE_ID } },
  { "list", NARU_SECTION_RECORDS, LONG, "TYPE", 1, 1, N_ ("List records"),
    N_ ("Conditions narrow the list together. --text finds words in Korean and English, in any case."),
    "list deal --stage patent --sort -trl", naru_options_list, naru_verb_list, { NARU_COMPLETE_TYPE } },
  { "edit", NARU_SECTION_RECORDS, CHANGES, "ID FIELD=VALUE…", 2, NARU_ANY_ARGS,
    N_ ("Change fields of a record"),
    N_ ("FIELD= without a value removes the field; FIELD:=JSON gives a structured value."),
    "edit MGK-2026-00442 trl=4 court=attorney",
    naru_options_edit, naru_verb_edit, { NARU_COMPLETE_ID, NARU_COMPLETE_ASSIGNMENT, NARU_COMPLETE_ASSIGNMENT } },
  { "link", NARU_SECTION_RECORDS, CHANGES, "ID FIELD TARGET", 3, 3,
    N_ ("Make a field of a record point to another record"), NULL,
    "link MGK-2026-00442 officer MGK-PER-2026-00003",
    NULL, naru_verb_link, { NARU_COMPLETE_ID, NARU_COMPLETE_FIELD, NARU_COMPLETE_ID } },
  { "attach", NARU_SECTION_RECORDS, CHANGES, "ID FILE", 2, 2, N_ ("Keep a document with a record"),
    N_ ("The document goes into the history by its content; 100 MiB at most."),
    "attach MGK-2026-00442 report.pdf --name evaluation-report",
    naru_options_attach, naru_verb_attach, { NARU_COMPLETE_ID, NARU_COMPLETE_FILE } },
  { "note", NARU_SECTION_RECORDS, CHANGES, "ID TEXT", 2, 2, N_ ("Add a note to a record"), NULL,
    "note MGK-2026-00442 'Called the attorney: draft by Friday'",
    NULL, naru_verb_note, { NARU_COMPLETE_ID, NARU_COMPLETE_NONE } },

  { "check", NARU_SECTION_PIPELINE, LONG, "ID [STAGE]", 1, 2,
    N_ ("Judge a move without making it; list all that is missing"),
    N_ ("Without a stage the usual next one is judged. Ends with 3 when the gate would refuse."),
    "check MGK-2026-00442 patent", naru_options_check, naru_verb_check, { NARU_COMPLETE_ID, NARU_COMPLETE_STAGE } },
  { "advance", NARU_SECTION_PIPELINE, CHANGES, "ID STAGE", 2, 2, N_ ("Move a record to another stage"),
    N_ ("Refused with 3 and the full list of what is missing when a condition of the gate is not met."),
    "advance MGK-2026-00442 patent",
    naru_options_advance, naru_verb_advance, { NARU_COMPLETE_ID, NARU_COMPLETE_STAGE } },
  { "approve", NARU_SECTION_PIPELINE, CHANGES, "ID [STAGE]", 1, 2,
    N_ ("Approve the next move of a record"), NULL, "approve MGK-2026-00442 patent",
    NULL, naru_verb_approve, { NARU_COMPLETE_ID, NARU_COMPLETE_STAGE } },
  { "reject", NARU_SECTION_PIPELINE, CHANGES, "ID [STAGE] --reason TEXT", 1, 2,
    N_ ("Reject the next move of a record"), NULL,
    "reject MGK-2026-00442 patent --reason 'Prior art found'",
    naru_options_reject, naru_verb_reject, { NARU_COMPLETE_ID, NARU_COMPLETE_STAGE } },
  { "waive", NARU_SECTION_PIPELINE, CHANGES, "ID CONDITION --reason TEXT --until DATE", 2, 2,
    N_ ("Let a condition of a gate go, with a reason and until a day"),
    N_ ("The condition is the name that check shows. A waiver stays visible until the condition is met."),
    "waive MGK-2026-00442 evaluation.report --reason 'Report is late' --until 2026-12-31",
    naru_options_waive, naru_verb_waive, { NARU_COMPLETE_ID, NARU_COMPLETE_NONE } },

  { "history", NARU_SECTION_HISTORY, LONG, "ID", 1, 1, N_ ("Tell who did what with a record, and when"),
    NULL, "history MGK-2026-00442", naru_options_history, naru_verb_history, { NARU_COMPLETE_ID } },
  { "diff", NARU_SECTION_HISTORY, LONG, "ID [REVISION [REVISION]]", 1, 3,
    N_ ("Show what changed in a record between two revisions"),
    N_ ("Without revisions: the last change. With one: from it to the present."), "diff MGK-2026-00442",
    NULL, naru_verb_diff, { NARU_COMPLETE_ID, NARU_COMPLETE_NONE } },
  { "verify", NARU_SECTION_HISTORY, NARU_VERB_PAGER, "[--repo REPO|FILE | --against REMOTE|FILE] [--no-rules] [--resume]", 0, 0,
    N_ ("Verify that nothing in history and store was altered or is missing"),
    N_ ("Every commit, signature, move and record is looked at, and the store is compared. Ends with 6 when "
        "something is broken. A clone or a backup is verified with --repo, without the office."),
    "verify --resume", naru_options_verify, naru_verb_verify, { NARU_COMPLETE_NONE } },
  { "board", NARU_SECTION_HISTORY, LONG, "", 0, 0, N_ ("Show records as cards in columns by stage"),
    N_ ("Each card tells the working days in its stage and the stage's target."), "board --sector green",
    naru_options_board, naru_verb_board, { NARU_COMPLETE_NONE } },
  { "dossier", NARU_SECTION_HISTORY, READS, "ID --out DIR", 1, 1,
    N_ ("Write one record's history for somebody outside, to be checked with stock git"),
    N_ ("The folder holds a page that tells the story, and a git repository with the record's commits, versions and "
        "documents. Nothing of what other records say goes with it."),
    "dossier MGK-2026-00442 --out ~/dossier-00442",
    naru_options_dossier, naru_verb_dossier, { NARU_COMPLETE_ID } },

  { "audit report", NARU_SECTION_HISTORY, LONG, "[--from DATE] [--to DATE] [--html|--csv]", 0, 0,
    N_ ("Tell what was decided within a period, with the commits that say so"),
    N_ ("Moves, waivers, approvals, refusals, changed rules and what they changed, edits after a decision, late and "
        "imported entries, people, keys and gaps. Both days are included; they are days on which it was recorded."),
    "audit report --from 2026-01-01 --to 2026-03-31 --html --out first-quarter.html",
    naru_options_audit_report, naru_verb_audit_report, { NARU_COMPLETE_NONE } },
  { "seal", NARU_SECTION_HISTORY, CHANGES, "[--name NAME] [--push] [--timestamp URL]", 0, 0,
    N_ ("Seal the history as it stands: a signed tag over its last commit"),
    N_ ("Once a month by convention; --push brings it to every mirror. A seal never changes. --timestamp has it "
        "stamped by a service (RFC 3161), for which openssl and curl are needed."),
    "seal --push", naru_options_seal, naru_verb_seal, { NARU_COMPLETE_NONE } },
  { "seal list", NARU_SECTION_HISTORY, LONG, "", 0, 0, N_ ("List the seals, and judge each by the history"),
    N_ ("Ends with 6 when one does not fit the history."), NULL, NULL, naru_verb_seal_list, { NARU_COMPLETE_NONE } },
  { "seal timestamp", NARU_SECTION_HISTORY, CHANGES, "SEAL URL [--tsa-ca FILE]", 2, 2,
    N_ ("Have a seal stamped by a time stamp service (RFC 3161)"),
    N_ ("The reply is checked and kept in the history under refs/naru/timestamps."),
    "seal timestamp seal-2026-07 https://tsa.example.com", naru_options_seal_timestamp, naru_verb_seal_timestamp,
    { NARU_COMPLETE_NONE } },
  { "remote list", NARU_SECTION_HISTORY, LONG, "", 0, 0, N_ ("List the mirrors of the history, and how far each was"),
    NULL, NULL, NULL, naru_verb_remote_list, { NARU_COMPLETE_NONE } },
  { "remote add", NARU_SECTION_HISTORY, CHANGES, "NAME URL", 2, 2, N_ ("Name a mirror: a copy of the history elsewhere"),
    N_ ("A folder, or an address of https or ssh; without a password or token in it, since it stands in the history."),
    "remote add auditor ssh://git@audit.example.com/mgk.git", NULL, naru_verb_remote_add,
    { NARU_COMPLETE_NONE, NARU_COMPLETE_FILE } },
  { "remote remove", NARU_SECTION_HISTORY, CHANGES, "NAME --reason TEXT", 1, 1,
    N_ ("Forget a mirror; what it holds stays there"), N_ ("The history keeps who did so, and why."),
    "remote remove auditor --reason 'The audit is over'", naru_options_remote_remove, naru_verb_remote_remove,
    { NARU_COMPLETE_NONE } },
  { "remote push", NARU_SECTION_HISTORY, CHANGES, "[NAME…]", 0, NARU_ANY_ARGS,
    N_ ("Bring history and seals to mirrors; to all of them without a name"),
    N_ ("Never by force: a mirror that holds another history is told, with 6, and stays as it is."),
    "remote push auditor", NULL, naru_verb_remote_push, { NARU_COMPLETE_NONE } },
  { "remote check", NARU_SECTION_HISTORY, LONG, "NAME|URL|FILE", 1, 1,
    N_ ("Prove that the history contains all that a mirror, clone or backup holds"),
    N_ ("Its last commit and each of its seals have to be here. Ends with 6 where the history was cut off or rewritten, "
        "and names the first commit that differs."),
    "remote check auditor", NULL, naru_verb_remote_check, { NARU_COMPLETE_FILE } },

  { "import", NARU_SECTION_EXCHANGE, CHANGES, "TYPE FILE [--map MAP]", 2, 2,
    N_ ("Create and update records from a file"),
    N_ ("CSV needs a mapping; the keys of JSON lines are field names. Each row is accounted for: read "
        "= created + updated + unchanged + rejected. Nothing is taken when a row is rejected, unless "
        "--partial is given."),
    "import deal portfolio.csv --map portfolio.json --dry-run",
    naru_options_import, naru_verb_import, { NARU_COMPLETE_TYPE, NARU_COMPLETE_FILE } },
  { "import-history", NARU_SECTION_EXCHANGE, CHANGES, "FILE --map MAP", 1, 1,
    N_ ("Make records and their moves from an event log"),
    N_ ("Original times and people are kept; the moves are marked as imported and not judged."),
    "import-history events.csv --map events.json",
    naru_options_import_history, naru_verb_import_history, { NARU_COMPLETE_FILE } },
  { "export", NARU_SECTION_EXCHANGE, READS, "TYPE --csv|--jsonl", 1, 1,
    N_ ("Write all records of a type as CSV or JSON lines"),
    N_ ("In CSV a text that a spreadsheet would take for a formula gets a leading apostrophe; "
        "structured values are JSON in one cell."),
    "export deal --csv -o deals.csv", naru_options_export, naru_verb_export, { NARU_COMPLETE_TYPE } },

  { "person list", NARU_SECTION_ADMIN, LONG, "", 0, 0, N_ ("List people with their logins and roles"),
    NULL, NULL, NULL, naru_verb_person_list, { NARU_COMPLETE_NONE } },
  { "person add", NARU_SECTION_ADMIN, CHANGES, "LOGIN --name NAME", 1, 1,
    N_ ("Add a person who may log in"), NULL, "person add minji --name '김민지' --role officer",
    naru_options_person_add, naru_verb_person_add, { NARU_COMPLETE_NONE } },
  { "person edit", NARU_SECTION_ADMIN, CHANGES, "LOGIN FIELD=VALUE…", 2, NARU_ANY_ARGS,
    N_ ("Change fields of a person"), NULL, "person edit minji email=minji@example.com",
    NULL, naru_verb_person_edit, { NARU_COMPLETE_LOGIN, NARU_COMPLETE_NONE } },
  { "person role", NARU_SECTION_ADMIN, CHANGES, "LOGIN ROLE…", 2, NARU_ANY_ARGS,
    N_ ("Set the roles of a person to exactly these"), NULL, "person role minji officer director",
    NULL, naru_verb_person_role, { NARU_COMPLETE_LOGIN, NARU_COMPLETE_ROLE, NARU_COMPLETE_ROLE } },
  { "person key", NARU_SECTION_ADMIN, CHANGES, "LOGIN [list | add FILE.pub | remove | revoke]", 1, 3,
    N_ ("List, add or end the key with which a person signs what they decide"),
    N_ ("Who has a key signs approvals, rejections and waivers with it, by ssh-agent, and in no other way. Everybody "
        "changes their own key, and who administers the office those of others."),
    "person key minji add ~/.ssh/id_ed25519.pub",
    naru_options_person_key, naru_verb_person_key, { NARU_COMPLETE_LOGIN, NARU_COMPLETE_NONE, NARU_COMPLETE_FILE } },
  { "key list", NARU_SECTION_ADMIN, LONG, "", 0, 0, N_ ("List the keys that sign the history, and signed it"),
    NULL, NULL, NULL, naru_verb_key_list, { NARU_COMPLETE_NONE } },
  { "key rotate", NARU_SECTION_ADMIN, CHANGES, "--reason TEXT [--key FILE] [--passphrase]", 0, 0,
    N_ ("Give the office another key to sign with, or its first one"),
    N_ ("The commit that ends the old key is the last that it signs. What it signed stays valid."),
    "key rotate --reason 'Yearly change of keys'", naru_options_key_rotate, naru_verb_key_rotate,
    { NARU_COMPLETE_NONE } },
  { "key revoke", NARU_SECTION_ADMIN, CHANGES, "--reason TEXT [--key FILE] [--passphrase]", 0, 0,
    N_ ("Give up a key that was lost or stolen, and sign with a new one"),
    N_ ("The old key goes into keys/revoked_signers of the history, for those who trust nothing that it signed."),
    "key revoke --reason 'The disk with the key was stolen'", naru_options_key_revoke, naru_verb_key_revoke,
    { NARU_COMPLETE_NONE } },
  { "key passphrase", NARU_SECTION_ADMIN, CHANGES, "[--remove]", 0, 0,
    N_ ("Set, change or take off the passphrase of the office's key"),
    N_ ("The key is then of use only to an ssh-agent that was given it with ssh-add, which asks for the passphrase once; "
        "without one nothing can be changed, and reading goes on."),
    "key passphrase", naru_options_key_passphrase, naru_verb_key_passphrase, { NARU_COMPLETE_NONE } },
  { "pipeline list", NARU_SECTION_ADMIN, LONG, "", 0, 0, N_ ("List the pipelines in force"), NULL, NULL,
    NULL, naru_verb_pipeline_list, { NARU_COMPLETE_NONE } },
  { "pipeline show", NARU_SECTION_ADMIN, LONG, "ID", 1, 1, N_ ("Show the stages and moves of a pipeline"),
    NULL, "pipeline show technology", NULL, naru_verb_pipeline_show, { NARU_COMPLETE_PIPELINE } },
  { "pipeline add", NARU_SECTION_ADMIN, CHANGES, "FILE", 1, 1, N_ ("Put a pipeline from a file in force"),
    NULL, "pipeline add licensing.json", NULL, naru_verb_pipeline_add, { NARU_COMPLETE_FILE } },
  { "pipeline new", NARU_SECTION_ADMIN, 0, "[ID] --from-log FILE --map MAP", 0, 1,
    N_ ("Propose a pipeline from an event log: the stages and moves seen in it"),
    N_ ("Prints a file to edit and to put in force with pipeline add."),
    "pipeline new permits --from-log events.csv --map events.json -o permits.json",
    naru_options_pipeline_new, naru_verb_pipeline_new, { NARU_COMPLETE_NONE } },

  { "rules", NARU_SECTION_RULES, LONG, "[RULE]", 0, 1, N_ ("List the rules in force, or explain one"),
    N_ ("Of one rule: its law and source, its versions, and the deals that it has a say in now."),
    "rules NRD-DIST-01", NULL, naru_verb_rules, { NARU_COMPLETE_NONE } },
  { "rules impact", NARU_SECTION_RULES, READS, "PACK", 1, 1,
    N_ ("Tell whose verdict a new or changed rule pack would change"),
    N_ ("PACK is a JSON file or a folder with rules.json. Nothing is changed."), "rules impact royalties.json",
    NULL, naru_verb_rules_impact, { NARU_COMPLETE_FILE } },
  { "rules adopt", NARU_SECTION_RULES, CHANGES, "PACK --reason TEXT", 1, 1, N_ ("Put a rule pack in force"),
    N_ ("It takes the place of its former version; both stand in the history."),
    "rules adopt royalties.json --reason 'Decree of 2026-12-31'", naru_options_rules_adopt,
    naru_verb_rules_adopt, { NARU_COMPLETE_FILE } },
  { "plugin list", NARU_SECTION_RULES, LONG, "", 0, 0, N_ ("List the plugins on this machine and how they are"),
    NULL, NULL, NULL, naru_verb_plugin_list, { NARU_COMPLETE_NONE } },
  { "plugin show", NARU_SECTION_RULES, LONG, "NAME", 1, 1, N_ ("Show a plugin, and what is wrong with it"), NULL,
    "plugin show green", NULL, naru_verb_plugin_show, { NARU_COMPLETE_NONE } },
  { "plugin enable", NARU_SECTION_RULES, CHANGES, "NAME", 1, 1,
    N_ ("Switch a plugin on: its rules are in force as they stand in its folder"), NULL, "plugin enable green",
    naru_options_plugin_enable, naru_verb_plugin_enable, { NARU_COMPLETE_NONE } },
  { "plugin disable", NARU_SECTION_RULES, CHANGES, "NAME --reason TEXT", 1, 1, N_ ("Switch a plugin off"),
    N_ ("Deals of its sector are blocked until a plugin for it is on again; their data stays."),
    "plugin disable green --reason 'Judges wrongly since the new decree'", naru_options_plugin_disable,
    naru_verb_plugin_disable, { NARU_COMPLETE_NONE } },
  { "plugin new", NARU_SECTION_RULES, 0, "NAME --sector SECTOR [--lang data|c|python]", 1, 1,
    N_ ("Make a folder with a plugin to begin with"),
    N_ ("It stands in the folder NAME, with two example rules, their fields and their cases. --lang says in "
        "what its checks are written; data alone is the default."),
    "plugin new tidal --sector ocean --lang python", naru_options_plugin_new, naru_verb_plugin_new,
    { NARU_COMPLETE_NONE } },
  { "plugin test", NARU_SECTION_RULES, NARU_VERB_PAGER, "DIR", 1, 1,
    N_ ("Run the cases of a plugin or rule pack, and what every plugin must stand"), NULL,
    "plugin test ./quantum", NULL, naru_verb_plugin_test, { NARU_COMPLETE_FILE } },

  { "help", NARU_SECTION_HELP, NARU_VERB_PAGER, "[VERB]", 0, 2, N_ ("Explain the program or one verb"),
    NULL, NULL, NULL, naru_verb_help, { NARU_COMPLETE_VERB } },
  { "version", NARU_SECTION_HELP, 0, "", 0, 0, N_ ("Print the version"), NULL, NULL,
    NULL, naru_verb_version, { NARU_COMPLETE_NONE } },
  { "complete", NARU_SECTION_HELP, NARU_VERB_HIDDEN, "-- WORD…", 0, NARU_ANY_ARGS,
    "Propose words for the last one", NULL, NULL, NULL, naru_verb_complete, { NARU_COMPLETE_NONE } },
  { "man", NARU_SECTION_HELP, NARU_VERB_HIDDEN, "", 0, 0, "Print the manual page", NULL, NULL,
    NULL, naru_verb_man, { NARU_COMPLETE_NONE } },
  /* clang-format on */
};

static const char *const section_titles[NARU_N_SECTIONS] = {
  [NARU_SECTION_OFFICE] = N_ ("Office"),
  [NARU_SECTION_RECORDS] = N_ ("Records"),
  [NARU_SECTION_PIPELINE] = N_ ("Pipeline"),
  [NARU_SECTION_HISTORY] = N_ ("History and overview"),
  [NARU_SECTION_EXCHANGE] = N_ ("Import and export"),
  [NARU_SECTION_ADMIN] = N_ ("People and pipelines"),
  [NARU_SECTION_RULES] = N_ ("Rules and plugins"),
  [NARU_SECTION_HELP] = N_ ("Help"),
};

const NaruVerb *
naru_verbs_get (guint *n_verbs)
{
  *n_verbs = G_N_ELEMENTS (verbs);
  return verbs;
}

const NaruVerb *
naru_verbs_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (strcmp (verbs[i].name, name) == 0)
        return &verbs[i];
    }
  return NULL;
}

/* whether the word only has a meaning together with the next one, like "person" */
gboolean
naru_verbs_is_group (const char *word)
{
  gsize length = strlen (word);

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (strncmp (verbs[i].name, word, length) == 0 && verbs[i].name[length] == ' ')
        return TRUE;
    }
  return FALSE;
}

static guint
edit_distance (const char *a, const char *b)
{
  gsize n = strlen (b);
  g_autofree guint *row = g_new (guint, n + 1);

  for (gsize j = 0; j <= n; j++)
    row[j] = j;
  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];
      row[0] = i;
      for (gsize j = 1; j <= n; j++)
        {
          guint replaced = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
          diagonal = row[j];
          row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
        }
    }
  return row[n];
}

/* the verb that was probably meant, or NULL where nothing is near */
const char *
naru_verbs_guess (const char *word)
{
  const char *best = NULL;
  guint best_distance = 3;

  if (strlen (word) > 64)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      guint distance = edit_distance (word, verbs[i].name);
      if ((verbs[i].flags & NARU_VERB_HIDDEN) == 0 && distance < best_distance && distance < strlen (word))
        {
          best = verbs[i].name;
          best_distance = distance;
        }
    }
  return best;
}

const char *
naru_section_get_title (NaruSection section)
{
  return _ (section_titles[section]);
}
