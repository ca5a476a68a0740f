/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-change-private.h"
#include "naru-restore.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * An office from its history alone is the office that it was, row for row of every table of the store. What
 * may differ, and why:
 *
 *   journal        what was decided but not published when data.mdb was lost is in no history
 *   secrets        passwords never go into a history
 *   meta faults/…  how often the code of a plugin failed lately on that machine: no fact of the office
 *   meta boot      the run of the machine under which the store was written
 */

static gboolean
may_differ (const char *table, const char *key)
{
  /* keys come in hexadecimal digits: faults/, boot */
  return g_str_equal (table, "journal") || g_str_equal (table, "secrets") ||
         (g_str_equal (table, "meta") &&
          (g_str_has_prefix (key, "6661756c74732f") || g_str_equal (key, "626f6f74")));
}

/* the line that *text begins with, and *text behind it; memchr(), as the sanitizer measures the whole text
 * again for every look that g_strsplit() takes at it */
static char *
next_line (char **text, const char *end)
{
  char *line = *text;
  char *stop = memchr (line, '\n', (gsize) (end - line));

  if (stop == NULL)
    return NULL;
  *stop = '\0';
  *text = stop + 1;
  return line;
}

/* "table key" -> value, all tables */
static GHashTable *
read_store (const char *folder)
{
  g_autofree char *dump = fixture_shell ("mdb_dump -a '%s'", folder);
  const char *end = dump + strlen (dump);
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *table = "";
  char *text = dump;
  const char *line;

  while ((line = next_line (&text, end)) != NULL)
    {
      const char *value;

      if (g_str_has_prefix (line, "database="))
        table = line + strlen ("database=");
      if (line[0] != ' ' || (value = next_line (&text, end)) == NULL)
        continue;
      if (!may_differ (table, line + 1))
        g_hash_table_insert (rows, g_strdup_printf ("%s %s", table, line + 1), g_strdup (value + 1));
    }
  return rows;
}

static void
assert_same_store (const char *one, const char *other)
{
  g_autoptr (GHashTable) before = read_store (one);
  g_autoptr (GHashTable) after = read_store (other);
  GHashTableIter iter;
  gpointer key, value;

  g_assert_cmpuint (g_hash_table_size (before), >, 50);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (g_strcmp0 (g_hash_table_lookup (after, key), value) != 0)
      g_error ("%s: %s was %s", (char *) key, (char *) g_hash_table_lookup (after, key), (char *) value);
  g_assert_cmpuint (g_hash_table_size (before), ==, g_hash_table_size (after));
}

static char *
restore_to (Fixture *fixture, const char *name, const char *from)
{
  char *folder = g_build_filename (fixture->parent, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (NaruOffice) office = naru_office_restore (folder, from, NULL, NULL, &report, &error);

  g_assert_no_error (error);
  g_assert_nonnull (office);
  g_assert_cmpint (naru_json_get_integer (report, "entries", 0), >, 0);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "not_restored")), ==, 3);
  return folder;
}

static void
assert_same_history (const char *one, const char *other)
{
  g_autofree char *before = fixture_shell ("git -C '%s/audit.git' rev-parse main", one);
  g_autofree char *after = fixture_shell ("git -C '%s/audit.git' rev-parse main", other);
  g_autofree char *fsck =
      fixture_shell ("git -C '%s/audit.git' fsck --strict --full --no-dangling 2>&1", other);

  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (fsck, ==, "");
  static const char seals[] = "git -C '%s/audit.git' for-each-ref --format='%%(objectname) %%(refname)'"
                              " refs/tags refs/naru/timestamps";
  g_autofree char *seals_before = fixture_shell (seals, one);
  g_autofree char *seals_after = fixture_shell (seals, other);
  g_assert_cmpstr (seals_before, ==, seals_after);
}

/* A restored office goes on as if nothing had been, once it has the key that no history holds. */
static void
assert_works (const char *folder, const char *former)
{
  g_autoptr (GError) error = NULL;
  if (strcmp (folder, former) != 0)
    g_free (fixture_shell ("cp -p '%s/keys/office' '%s/keys/office'", former, folder));
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk = office != NULL ? naru_desk_new (office, "minji", "cli", &error) : NULL;
  g_autoptr (NaruJson) json = naru_json_parse ("{\"title\": \"after\", \"sectors\": [\"it\"]}", -1, 0, NULL);

  g_assert_no_error (error);
  naru_desk_create (desk, "deal", json, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (naru_desk_checkpoint (desk, &error));
}

static void
test_random (gconstpointer data)
{
  guint32 seed = (guint32) GPOINTER_TO_UINT (data);
#ifdef __SANITIZE_ADDRESS__ /* which looks at the code, not at how much there is */
  guint n = 300;
#else
  guint n = g_getenv ("NARU_TEST_LONG") != NULL ? 10000 : 1000;
#endif
  g_autoptr (RandomOffice) random = random_office_new (seed);
  Fixture *fixture = &random->fixture;
  g_autoptr (GError) error = NULL;
  g_autofree char *store = g_build_filename (fixture->folder, "data.mdb", NULL);
  g_autofree char *mirror = g_build_filename (fixture->parent, "mirror.git", NULL);
  g_autofree char *backup = g_build_filename (fixture->parent, "backup.naru", NULL);
  g_autofree char *kept = g_build_filename (fixture->parent, "kept", NULL);
  g_autofree char *history = g_build_filename (fixture->folder, "audit.git", NULL);
  g_autoptr (NaruJson) report = NULL;

  random_office_change (random, n);
  g_test_message ("%u changes of %u tried", random->done, random->tried);
  naru_desk_backup (fixture->desk, backup, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_clear_pointer (&random->director, naru_desk_unref);
  g_clear_pointer (&fixture->desk, naru_desk_unref);
  g_clear_pointer (&fixture->office, naru_office_unref);
  g_free (fixture_shell ("mkdir '%s'; cp -r '%s'/. '%s'; git clone -q --mirror '%s' '%s'", kept,
                         fixture->folder, kept, history, mirror));
  g_assert_cmpint (g_unlink (store), ==, 0);

  g_autofree char *from_history = restore_to (fixture, "from-history", history);
  assert_same_store (kept, from_history);
  assert_same_history (kept, from_history);
  g_free (fixture_shell ("git -C '%s' gc -q --aggressive; git -C '%s' pack-refs --all", mirror, mirror));
  g_autofree char *from_mirror = restore_to (fixture, "from-mirror", mirror);
  assert_same_store (kept, from_mirror);
  assert_same_history (kept, from_mirror);
  g_autofree char *from_backup = restore_to (fixture, "from-backup", backup);
  assert_same_store (kept, from_backup);
  assert_same_history (kept, from_backup);
  assert_works (from_backup, kept);
  g_autofree char *bundle =
      fixture_shell ("cd '%s' && git bundle verify -q '%s' && git clone -q '%s' clone && "
                     "git -C clone rev-parse main",
                     history, backup, backup);
  g_free (fixture_shell ("rm -rf '%s'", fixture->parent));
}

/* What git cannot take now goes into the backup out of the journal. */
static void
test_pending (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *pack = g_build_filename (fixture.folder, "audit.git", "objects", "pack", NULL);
  g_autofree char *away = g_build_filename (fixture.folder, "audit.git", "objects", "away", NULL);
  g_autofree char *backup = g_build_filename (fixture.parent, "backup.naru", NULL);
  g_autofree char *lock = g_build_filename (fixture.folder, "publish.lock", NULL);
  g_autoptr (NaruJson) json = naru_json_parse ("{\"title\": \"waits\"}", -1, 0, NULL);
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  /* a folder in place of the lock: nobody publishes */
  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_mkdir (lock, 0700), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (naru_desk_create (fixture.desk, "deal", json, NULL, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_PENDING);
      g_clear_error (&error);
    }
  naru_desk_backup (fixture.desk, backup, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpint (naru_json_get_integer (report, "pending", -1), ==, 3);
  g_assert_cmpint (g_rmdir (lock), ==, 0);
  g_assert_true (naru_desk_checkpoint (fixture.desk, &error));
  g_autofree char *restored = restore_to (&fixture, "restored", backup);
  assert_same_store (fixture.folder, restored);
  assert_same_history (fixture.folder, restored);
}

static gboolean
note_secret (const char *name, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, "%s=%s ", name, value);
  return TRUE;
}

static char *
list_secrets (NaruOffice *office)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (office->store, NULL);
  GString *text = g_string_new (NULL);

  g_assert_true (naru_txn_foreach_secret (txn, note_secret, text, NULL));
  return g_string_free (text, FALSE);
}

static void
put_secrets (NaruOffice *office)
{
  g_autoptr (GError) error = NULL;
  NaruTxn *txn = naru_store_begin_write (office->store, &error);

  g_assert_no_error (error);
  g_assert_true (naru_txn_put_secret (txn, "password/MGK-PER-2026-00001", "$argon2id$v=19$…", &error));
  g_assert_true (naru_txn_put_secret (txn, "password/MGK-PER-2026-00002", "", &error));
  g_assert_true (naru_txn_put_secret (txn, "gone", "x", &error));
  g_assert_true (naru_txn_put_secret (txn, "gone", NULL, &error));
  g_assert_true (naru_txn_commit (txn, &error));
}

/* An encrypted backup gives all back: history, journal, key and secrets; nothing in the clear stands in it.
 */
static void
test_encrypted (void)
{
  static const char words[] = "correct horse battery";
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *backup = g_build_filename (fixture.parent, "backup.naru", NULL);
  g_autofree char *folder = g_build_filename (fixture.parent, "restored", NULL);
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"a confidential title\"}");
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  put_secrets (fixture.office);
  naru_desk_backup_encrypted (fixture.desk, backup, words, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_true (naru_json_get_boolean (report, "encrypted", FALSE));
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "left_out")), ==, 1);
  g_assert_true (naru_backup_is_encrypted (backup));
  g_clear_pointer (&report, naru_json_unref);
  g_autofree char *clear =
      fixture_shell ("grep -alE 'PACK|PRIVATE|argon2id|confidential' '%s' || true", backup);
  g_assert_cmpstr (clear, ==, "");

  g_assert_null (naru_office_restore (folder, backup, NULL, NULL, &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (
      naru_office_restore_encrypted (folder, backup, "another phrase", NULL, NULL, &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);
  g_autofree char *left =
      fixture_shell ("ls -d '%s'* '%s'/backup* 2>/dev/null || true", folder, fixture.folder);
  g_assert_cmpstr (left, ==, "");

  g_autoptr (NaruOffice) office =
      naru_office_restore_encrypted (folder, backup, words, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "not_restored")), ==, 1);
  g_autofree char *secrets = list_secrets (office);
  g_assert_cmpstr (secrets, ==, "password/MGK-PER-2026-00001=$argon2id$v=19$… password/MGK-PER-2026-00002= ");
  g_free (
      fixture_shell ("cmp '%s/keys/office' '%s/keys/office' && cmp '%s/keys/office.pub' '%s/keys/office.pub'",
                     fixture.folder, folder, fixture.folder, folder));
  g_clear_pointer (&office, naru_office_unref);
  assert_same_store (fixture.folder, folder);
  assert_same_history (fixture.folder, folder);
  assert_works (folder, folder);
}

/* Nothing is left of an attempt, and the error is one for people. */
static void
assert_refused (Fixture *fixture, const char *from, NaruError code)
{
  g_autofree char *folder = g_build_filename (fixture->parent, "refused", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) report = NULL;

  g_assert_null (naru_office_restore (folder, from, NULL, NULL, &report, &error));
  g_test_message ("%s", error->message);
  if (code != NARU_ERROR_FAILED)
    g_assert_error (error, NARU_ERROR, code);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_null (report);
  g_autofree char *left = fixture_shell ("ls -d '%s'* 2>/dev/null || true", folder);
  g_assert_cmpstr (left, ==, "");
}

/* A history of the right form into which one commit of another hand was put: @script makes its tree in the
 * index. */
static void
assert_forged (Fixture *fixture, const char *script)
{
  g_autofree char *forged = g_build_filename (fixture->parent, "forged.git", NULL);
  g_autofree char *text = fixture_shell (
      "rm -rf '%s'; git clone -q --mirror '%s/audit.git' '%s'; cd '%s'; export GIT_INDEX_FILE=$PWD/i;"
      "git read-tree main; blob=$(echo '{}' | git hash-object -w --stdin); tree=$(git rev-parse main^{tree});"
      "%s;"
      "commit=$( (printf 'tree %%s\\nparent %%s\\n' $tree $(git rev-parse main);"
      " git cat-file commit main | sed -n '/^author/,$p' | sed 's/^Naru-Seq: .*/Naru-Seq: 3/')"
      " | git hash-object -t commit -w --stdin --literally); git update-ref refs/heads/main $commit",
      forged, fixture->folder, forged, forged, script);

  assert_refused (fixture, forged, NARU_ERROR_FAILED);
  g_free (fixture_shell ("rm -rf '%s'", forged));
}

static void
test_hostile (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  static const char *const scripts[] = {
    "git update-index --add --cacheinfo 100644,$blob,records/deal/2026/00/00/../../../x.json || "
    "tree=$(printf '100644 ..\\0%20s' x | git hash-object -t tree -w --stdin --literally)",
    "tree=$( (printf '40000 .git\\0'; git rev-parse main^{tree} | xxd -r -p) | "
    "git hash-object -t tree -w --stdin --literally)",
    "tree=$( (printf '40000 .GIT\\0'; git rev-parse main^{tree} | xxd -r -p) | "
    "git hash-object -t tree -w --stdin --literally)",
    "tree=$( (printf '100644 a/b\\0'; echo $blob | xxd -r -p) | git hash-object -t tree -w --stdin "
    "--literally)",
    "tree=$( (printf '100644 ..\\0'; echo $blob | xxd -r -p) | git hash-object -t tree -w --stdin "
    "--literally)",
    "git update-index --add --cacheinfo 120000,$blob,README.md; tree=$(git write-tree)",
    "git update-index --add --cacheinfo 160000,$(git rev-parse main),pipelines/sub; tree=$(git write-tree)",
    "git update-index --add --cacheinfo 100755,$blob,README.md; tree=$(git write-tree)",
    "git update-index --add --cacheinfo 100644,$blob,records/deal/2026/00/00/MGK-2026-00900.json;"
    "tree=$(git write-tree)",
    "git update-index --add --cacheinfo 100644,$blob,records/deal/2026/00/00/MGK-AGR-2026-00009.json;"
    "tree=$(git write-tree)",
    "git update-index --add --cacheinfo 100644,$blob,records/nothing/2026/00/00/MGK-2026-00009.json;"
    "tree=$(git write-tree)",
    "git update-index --add --cacheinfo 100644,$blob,documents/aa/bb; tree=$(git write-tree)",
    "git update-index --add --cacheinfo 100644,$blob,elsewhere; tree=$(git write-tree)",
    "tree=$(git ls-tree main | grep -v office.json | git mktree)",
    "tree=$blob",
    "t=$(git mktree </dev/null); for i in $(seq 12); do t=$(for n in a b c d e f g h; do "
    "printf \"040000 tree $t\\t$n\\n\"; done | git mktree); done; tree=$t",
    "t=$tree; for i in $(seq 30); do t=$(printf \"040000 tree $t\\ta\\n\" | git mktree); done; tree=$t",
    ":",
  };

  g_assert_true (naru_desk_checkpoint (fixture.desk, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_test_message ("%u: %s", i, scripts[i]);
      assert_forged (&fixture, scripts[i]);
    }
}

/* Truncated and altered bytes in every file that a copy of the history is made of */
static void
test_damaged (void)
{
  g_autoptr (RandomOffice) random = random_office_new (7);
  Fixture *fixture = &random->fixture;
  g_autofree char *copy = g_build_filename (fixture->parent, "copy.git", NULL);
  g_autofree char *backup = g_build_filename (fixture->parent, "backup.naru", NULL);
  g_autofree char *bad = g_build_filename (fixture->parent, "bad.naru", NULL);
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  random_office_change (random, 60);
  naru_desk_backup (fixture->desk, backup, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_setenv ("NARU_READ_DEADLINE", "20", TRUE);
  for (guint i = 0; i < 25; i++)
    {
      guint at = g_random_int_range (0, 1000);
      g_free (fixture_shell (
          "cp '%s' '%s'; chmod u+w '%s'; s=$(stat -c %%s '%s'); truncate -s $((s * %u / 1000)) '%s'", backup,
          bad, bad, bad, at, bad));
      assert_refused (fixture, bad, NARU_ERROR_FAILED);
      g_free (fixture_shell (
          "cp '%s' '%s'; s=$(stat -c %%s '%s'); o=$((200 + (s - 200) * %u / 1000));"
          "printf '\\%%03o' $(( ($(dd if='%s' bs=1 skip=$o count=1 2>/dev/null | od -An -tu1) + 1) "
          "%% 256 )) |"
          "dd of='%s' bs=1 seek=$o conv=notrunc 2>/dev/null",
          backup, bad, bad, at, bad, bad));
      assert_refused (fixture, bad, NARU_ERROR_FAILED);
    }
  g_free (fixture_shell ("git clone -q --mirror '%s/audit.git' '%s'; cd '%s/objects/pack'; chmod u+w *.pack;"
                         "for p in *.pack; do truncate -s 5000 $p; done",
                         fixture->folder, copy, copy));
  assert_refused (fixture, copy, NARU_ERROR_FAILED);
  g_unsetenv ("NARU_READ_DEADLINE");
  g_free (fixture_shell ("rm -rf '%s'", fixture->parent));
}

/* A pipe where a pack should be: whoever opens it waits for ever, and that is not the office. */
static void
test_hang (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *copy = g_build_filename (fixture.parent, "copy.git", NULL);

  g_free (fixture_shell (
      "git clone -q --mirror '%s/audit.git' '%s'; cd '%s/objects/pack'; p=$(ls *.idx); rm -f $p; "
      "mkfifo $p; mkfifo multi-pack-index",
      fixture.folder, copy, copy));
  g_setenv ("NARU_READ_DEADLINE", "1", TRUE);
  assert_refused (&fixture, copy, NARU_ERROR_FAILED);
  g_unsetenv ("NARU_READ_DEADLINE");
}

static void
test_no_history (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *empty = g_build_filename (fixture.parent, "empty", NULL);
  g_autofree char *bare = g_build_filename (fixture.parent, "bare.git", NULL);
  g_autofree char *other = g_build_filename (fixture.parent, "other", NULL);
  g_autofree char *text = import_write (&fixture, "text", "no bundle\n");
  g_autofree char *nothing = g_build_filename (fixture.parent, "nothing", NULL);

  g_free (fixture_shell (
      "mkdir '%s'; git init -q --bare -b main '%s'; git init -q -b main '%s'; cd '%s'; echo x > f;"
      "git add f; git -c user.name=a -c user.email=b commit -qm 'something else'",
      empty, bare, other, other));
  assert_refused (&fixture, nothing, NARU_ERROR_NOT_FOUND);
  assert_refused (&fixture, empty, NARU_ERROR_INVALID);
  assert_refused (&fixture, text, NARU_ERROR_INVALID);
  assert_refused (&fixture, bare, NARU_ERROR_INVALID);
  assert_refused (&fixture, other, NARU_ERROR_INVALID);
}

/* Records that fit no schema, in a history whose digests are all right: no check of their fields is ours to
 * make, and nothing may fall over them. */
static void
test_odd_records (void)
{
  static const char *const odd[] = {
    "{}",
    "{\"title\": 5, \"sectors\": {\"a\": 1}, \"stage\": [], \"officer\": {}, \"trl\": \"x\"}",
    "{\"title\": null, \"sectors\": [1, {}, [[]]], \"stage\": 7, \"hub\": false, \"court\": [\"us\"]}",
    "{\"inventors\": \"x\", \"owners\": [\"y\", {\"party\": 5}], \"patent\": [], \"documents\": "
    "[{\"digest\": 1}]}",
    "{\"title\": \"\", \"keywords\": [\"\", 5], \"evaluation\": 3, \"it\": {\"x\": [null]}, \"unit\": "
    "{\"a\": \"b\"}}",
  };
  g_auto (Fixture) fixture = fixture_new ();
  NaruRecordType *type = naru_types_get (naru_office_get_types (fixture.office), "deal", NULL);
  g_autofree char *history = g_build_filename (fixture.folder, "audit.git", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (NaruChange) change = naru_change_begin (fixture.desk, "create", &error);
      g_autofree char *id = naru_change_take_id (change, type, "MGK", &error);
      g_autoptr (NaruJson) json = naru_json_parse (odd[i], -1, 0, &error);
      g_autoptr (NaruRecord) record =
          naru_change_put (change, type, NULL, id, json, naru_change_get_time (change)->seconds, &error);
      g_assert_no_error (error);
      naru_change_set_subject (change, "deal", id, "create");
      naru_change_add_event (change, "deal", id, NULL, naru_json_get_string (json, "stage"), NULL, &error);
      naru_change_commit (change, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_true (naru_desk_checkpoint (fixture.desk, &error));
  g_autofree char *restored = restore_to (&fixture, "restored", history);
  assert_same_store (fixture.folder, restored);
}

/* The cure of a lost or damaged store names a command that works as it stands. */
static void
test_way_back (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *store = g_build_filename (fixture.folder, "data.mdb", NULL);
  g_autofree char *expected =
      g_strdup_printf ("naru restore %s-restored --from %s/audit.git.", fixture.folder, fixture.folder);
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) damaged = NULL;

  g_clear_pointer (&fixture.desk, naru_desk_unref);
  g_clear_pointer (&fixture.office, naru_office_unref);
  g_free (fixture_shell ("dd if=/dev/zero of='%s' bs=4096 count=3 conv=notrunc 2>/dev/null", store));
  g_assert_null (naru_office_open (fixture.folder, &damaged));
  g_assert_error (damaged, NARU_ERROR, NARU_ERROR_BROKEN);
  g_assert_nonnull (strstr (naru_error_get_cure (damaged), expected));
  g_assert_cmpint (g_unlink (store), ==, 0);
  g_assert_null (naru_office_open (fixture.folder, &missing));
  g_assert_error (missing, NARU_ERROR, NARU_ERROR_BROKEN);
  g_assert_nonnull (strstr (naru_error_get_cure (missing), expected));
}

int
main (int argc, char **argv)
{
  static const guint seeds[] = { 1, 20261128, 77 };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/restore/random/%u", seeds[i]);
      g_test_add_data_func (path, GUINT_TO_POINTER (seeds[i]), test_random);
    }
  g_test_add_func ("/restore/pending", test_pending);
  g_test_add_func ("/restore/encrypted", test_encrypted);
  g_test_add_func ("/restore/hostile", test_hostile);
  g_test_add_func ("/restore/damaged", test_damaged);
  g_test_add_func ("/restore/hang", test_hang);
  g_test_add_func ("/restore/no-history", test_no_history);
  g_test_add_func ("/restore/odd-records", test_odd_records);
  g_test_add_func ("/restore/way-back", test_way_back);
  return g_test_run ();
}
