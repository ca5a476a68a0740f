/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "forgery.h"
#include "random-office.h"

#include "naru-restore.h"

#include <string.h>

/* Honest histories raise no alarm; a history that was written anew, damaged or cut short does; and a run goes
 * on from where the last one ended only where that can be believed. */

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
      g_free (fixture_shell (
          "rm -rf '%s'; git clone -q --mirror '%s' '%s'; cd '%s'; edit=;"
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

  forge (world.officer, "edit", world.deal, "{\"stage\": \"patent\"}", "edit title");
  forge (world.auditor, "edit", world.deal, "{\"trl\": 3}", "edit trl");
  g_assert_true (naru_desk_checkpoint (world.fixture.desk, NULL));
  g_free (fixture_shell (
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
      g_free (fixture_shell (
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
  g_free (
      fixture_shell ("ls -A '%s' | grep -c verify || true; rm -rf '%s'", fixture->folder, fixture->parent));
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
  g_free (fixture_shell ("rm '%s'; mkdir '%s'", lock, lock));
  g_assert_false (naru_desk_create (world.fixture.desk, "deal", json, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_PENDING);
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_found (report, "pending", "unpublished", "doubtful");
  g_free (fixture_shell ("rmdir '%s'", lock));
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
      g_free (fixture_shell ("cd '%s'; %s", state, spoilings[i]));
      g_autoptr (NaruJson) anew = verify_office (&world.fixture, &options);
      g_assert_cmpint (naru_json_get_integer (anew, "resumed", -1), ==, 0);
      assert_found (anew, spoilings[i], "not-resumed", "note");
    }

  /* what is broken leaves no verdict */
  forge (world.officer, "edit", world.deal, "{\"stage\": \"patent\"}", "edit title");
  g_autoptr (NaruJson) broken = verify_office (&world.fixture, &options);
  assert_found (broken, "resume", "system-field", "broken");
  g_free (fixture_shell ("test ! -e '%s/verdict'", state));
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
  g_free (fixture_shell ("cp -r '%s' '%s'", world.fixture.folder, kept));
  forge (world.auditor, "edit", world.deal, "{\"trl\": 3}", "edit trl");
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
  g_free (fixture_shell ("cd '%s/audit.git'; parent=$(git rev-parse main~1);"
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
  g_autofree char *left = fixture_shell ("ls -A '%s' | grep verify || true", world.fixture.folder);
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
  g_test_add_func ("/verify/rewriting", test_rewriting);
  g_test_add_func ("/verify/several", test_several);
  g_test_add_func ("/verify/damaged", test_damaged);
  g_test_add_func ("/verify/pending", test_pending);
  g_test_add_func ("/verify/resume", test_resume);
  g_test_add_func ("/verify/rewritten", test_rewritten);
  g_test_add_func ("/verify/stopped", test_stopped);
  return g_test_run ();
}
