/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-desk-keys.h"
#include "naru-restore.h"
#include "naru-seals.h"

#include <string.h>

/* The present history against others: those that it contains, those that were cut off or rewritten at every
 * place there is, and those that somebody made to do harm. */

#define N_CHANGES 14

/* An office with some changes, two seals among them, and a copy of its history. */
typedef struct
{
  Fixture fixture;
  char *history;
  char *mirror;
  char *kept;
  guint64 n;
} World;

static void
world_clear (World *self)
{
  g_free (fixture_shell ("rm -rf '%s'", self->fixture.parent));
  fixture_clear (&self->fixture);
  g_free (self->history);
  g_free (self->mirror);
  g_free (self->kept);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
seal (NaruDesk *desk, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) report = NULL;

  naru_desk_seal (desk, name, &report, &error);
  g_assert_no_error (error);
}

static World
world_new (void)
{
  World self = { .fixture = fixture_new () };
  g_autofree char *id = fixture_create (&self.fixture, "deal", "{\"title\": \"One\"}");

  for (guint i = 0; i < N_CHANGES; i++)
    {
      g_autofree char *text = g_strdup_printf ("note %u", i);
      g_assert_true (naru_desk_note (self.fixture.desk, id, text, NULL));
      if (i == N_CHANGES / 2)
        seal (self.fixture.desk, "first");
    }
  seal (self.fixture.desk, "last");
  self.history = g_build_filename (self.fixture.folder, "audit.git", NULL);
  self.mirror = g_build_filename (self.fixture.parent, "mirror.git", NULL);
  self.kept = g_build_filename (self.fixture.parent, "kept.git", NULL);
  g_free (fixture_shell ("git clone -q --mirror '%s' '%s'", self.history, self.kept));
  g_autofree char *count = fixture_shell ("git -C '%s' rev-list --count main", self.history);
  self.n = g_ascii_strtoull (count, NULL, 10);
  return self;
}

/* The mirror as it was, then what the script does to it, in it */
static void
make_mirror (World *self, const char *script)
{
  g_free (fixture_shell ("rm -rf '%s'; cp -a '%s' '%s'; cd '%s'; %s", self->mirror, self->kept, self->mirror,
                         self->mirror, script));
}

static NaruJson *
compare (World *self)
{
  g_autoptr (GError) error = NULL;
  NaruJson *report = NULL;

  naru_desk_compare_history (self->fixture.desk, self->mirror, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  return report;
}

static gboolean
has_finding (NaruJson *report, const char *code)
{
  NaruJson *findings = naru_json_get (report, "findings");

  for (guint i = 0; i < naru_json_get_size (findings); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (findings, i), "code"), code) == 0)
      return TRUE;
  return FALSE;
}

static NaruJson *
get_first (NaruJson *report, const char *side)
{
  return naru_json_get (naru_json_get (report, "first_difference"), side);
}

static void
test_same (void)
{
  g_auto (World) world = world_new ();
  make_mirror (&world, "true");
  g_autoptr (NaruJson) report = compare (&world);

  g_assert_cmpstr (naru_json_get_string (report, "relation"), ==, "same");
  g_assert_true (naru_json_get_boolean (report, "sound", FALSE));
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "seals")), ==, 2);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "findings")), ==, 0);
}

/* A mirror that stopped at any place is contained, and says by how much it is behind. */
static void
test_behind (void)
{
  g_auto (World) world = world_new ();

  for (guint64 n = 1; n < world.n; n++)
    {
      g_autofree char *script =
          g_strdup_printf ("git update-ref refs/heads/main main~%d;"
                           "for t in $(git tag --no-merged main); do git tag -d $t; done",
                           (int) n);
      make_mirror (&world, script);
      g_autoptr (NaruJson) report = compare (&world);
      g_assert_cmpstr (naru_json_get_string (report, "relation"), ==, "behind");
      g_assert_cmpint (naru_json_get_integer (report, "behind", 0), ==, (gint64) n);
      g_assert_true (naru_json_get_boolean (report, "sound", FALSE));
    }
}

/* Rewrites the commit with that number and all after it, as who has the key could; here without a signature.
 */
static const char rewrite[] =
    "parent=$(git rev-parse main~%d); for c in $(git rev-list --reverse $parent..main); do"
    " parent=$(git cat-file commit $c | sed \"s/^parent .*/parent $parent/;"
    " s/^committer .*/committer X <x@x> 1 +0000/; /^gpgsig /,/END SSH/d\""
    " | git hash-object -t commit -w --stdin); done; git update-ref refs/heads/main $parent";

static void
test_rewritten (void)
{
  g_auto (World) world = world_new ();
  char *other = NULL;

  for (guint64 at = 2; at <= world.n; at++)
    {
      g_autofree char *script = g_strdup_printf (rewrite, (int) (world.n - at + 1));
      make_mirror (&world, script);
      g_autoptr (NaruJson) report = compare (&world);
      g_assert_cmpstr (naru_json_get_string (report, "relation"), ==, "forked");
      g_assert_false (naru_json_get_boolean (report, "sound", TRUE));
      g_assert_true (has_finding (report, "history-forked"));
      g_assert_cmpint (naru_json_get_integer (get_first (report, "ours"), "seq", 0), ==, (gint64) at);
      g_assert_cmpint (naru_json_get_integer (get_first (report, "theirs"), "seq", 0), ==, (gint64) at);
      g_autofree char *there =
          fixture_shell ("git -C '%s' rev-parse main~%d", world.mirror, (int) (world.n - at));
      g_autofree char *here =
          fixture_shell ("git -C '%s' rev-parse main~%d", world.history, (int) (world.n - at));
      g_assert_cmpstr (naru_json_get_string (get_first (report, "ours"), "commit"), ==, here);
      g_assert_cmpstr (naru_json_get_string (get_first (report, "theirs"), "commit"), ==, there);
      g_assert_cmpstr (there, !=, other);
      g_free (other);
      other = g_steal_pointer (&there);
    }
  g_free (other);
}

/* The other way round: a restored office that lost its last changes, against the mirror that has them. */
static void
test_truncated (void)
{
  g_auto (World) world = world_new ();

  for (guint64 lost = 1; lost < 6; lost++)
    {
      g_autofree char *script =
          g_strdup_printf ("git update-ref refs/heads/main main~%d; git tag -d seal-last", (int) lost);
      g_autofree char *folder = g_strdup_printf ("%s/shorter-%d", world.fixture.parent, (int) lost);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) restored = NULL;
      g_autoptr (NaruJson) report = NULL;
      make_mirror (&world, script);
      g_autoptr (NaruOffice) office =
          naru_office_restore (folder, world.mirror, NULL, NULL, &restored, &error);
      g_assert_no_error (error);
      g_autoptr (NaruDesk) desk = naru_desk_new (office, "minji", "cli", &error);
      naru_desk_compare_history (desk, world.kept, NULL, NULL, &report, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (naru_json_get_string (report, "relation"), ==, "ahead");
      g_assert_true (has_finding (report, "history-truncated"));
      g_assert_true (has_finding (report, "seal-not-on-history"));
      g_assert_cmpint (naru_json_get_integer (get_first (report, "theirs"), "seq", 0), ==,
                       (gint64) (world.n - lost + 1));
      g_assert_cmpint (naru_json_get_kind (get_first (report, "ours")), ==, NARU_JSON_NULL);
    }
}

/* What somebody may have put into a mirror; @code: a finding that there has to be, or none. */
static const struct
{
  const char *script;
  const char *code; /* (nullable): any answer, but an answer */
} hostile[] = {
  { "git tag -f seal-first main", "seal-damaged" },
  { "git tag -d seal-first; git update-ref refs/tags/seal-first $(echo x | git hash-object -w --stdin)",
    "seal-damaged" },
  { "git update-ref refs/tags/seal-first seal-last", "seal-moved" },
  { "git update-ref refs/tags/seal-tree $(git rev-parse main^{tree})", "seal-damaged" },
  { "git cat-file tag seal-last | sed 's/^object .*/object 1111111111111111111111111111111111111111/' >t;"
    "mkdir -p refs/tags; git hash-object --literally -t tag -w --stdin <t >refs/tags/seal-last",
    "seal-damaged" },
  { "git cat-file tag seal-last | sed 's/^Naru-Seq: .*/Naru-Seq: 99999999999999999999999/' >t;"
    "git update-ref refs/tags/seal-x $(git hash-object -t tag -w --stdin <t)",
    "seal-damaged" },
  { "(git cat-file tag seal-last; head -c 3000000 /dev/zero | tr '\\0' x) >t;"
    "git update-ref refs/tags/seal-huge $(git hash-object -t tag -w --stdin <t)",
    "seal-damaged" },
  { "git cat-file tag seal-last | sed 's/^type commit/type tag/; s/^object .*/object '$(git rev-parse "
    "seal-first)'/' >t;"
    "git update-ref refs/tags/seal-nested $(git hash-object -t tag -w --stdin <t)",
    "seal-damaged" },
  { "git cat-file tag seal-last | tr -d '\\n' >t;"
    "mkdir -p refs/tags; git hash-object --literally -t tag -w --stdin <t >refs/tags/seal-line",
    "seal-damaged" },
  { "git cat-file tag seal-last | sed '/BEGIN SSH/,$d' >t; echo '-----BEGIN SSH SIGNATURE-----' >>t;"
    "sed -i 's/^tag .*/tag seal-cut/' t; git update-ref refs/tags/seal-cut $(git hash-object -t tag -w "
    "--stdin <t)",
    "seal-bad-signature" },
  { "for i in $(seq 1 300); do echo \"$(git rev-parse seal-last) refs/tags/seal-many-$i\"; done "
    ">>packed-refs",
    "seal-damaged" },
  { "echo \"$(git rev-parse main) refs/tags/seal-../../../../escaped\" >>packed-refs", NULL },
  { "mkdir -p refs/tags; ln -s /etc/passwd refs/tags/seal-link", "seal-damaged" },
  { "mkdir -p refs/tags; : >refs/tags/seal-first", "seal-damaged" },
  { "mkdir -p refs/tags/seal-folder/x", "seal-damaged" },
  { "mkdir -p refs/tags; mkfifo refs/tags/seal-pipe", "seal-damaged" },
  { "mkdir -p refs/tags; echo 'ref: refs/tags/seal-loop' >refs/tags/seal-loop", "seal-damaged" },
  { "mkdir -p refs/naru/timestamps; git update-ref refs/naru/timestamps/seal-first main",
    "seal-timestamp-foreign" },
  { "git update-ref refs/naru/timestamps/seal-first $(head -c 5000000 /dev/zero | git hash-object -w "
    "--stdin)",
    "seal-timestamp-foreign" },
  { "echo 'ref: ../../outside' >HEAD", NULL },
  { "git replace -f main~2 main~3", NULL },
  { "echo /etc >objects/info/alternates", NULL },
};

static void
test_hostile (void)
{
  g_auto (World) world = world_new ();
  g_autofree char *before =
      fixture_shell ("cd '%s'; find . -path './mirror.git' -prune -o -type f -print | sort",
                     world.fixture.parent);

  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) report = NULL;
      make_mirror (&world, hostile[i].script);
      gboolean done =
          naru_desk_compare_history (world.fixture.desk, world.mirror, NULL, NULL, &report, &error);
      g_test_message ("%s: %s", hostile[i].script,
                      done ? naru_json_get_string (report, "relation") : error->message);
      if (hostile[i].code != NULL)
        {
          g_assert_no_error (error);
          if (!has_finding (report, hostile[i].code))
            g_error ("%s: no %s in %s", hostile[i].script, hostile[i].code, naru_json_to_line (report));
        }
      else if (!done)
        g_assert_nonnull (naru_error_get_cure (error));
      g_autofree char *after =
          fixture_shell ("cd '%s'; find . -path './mirror.git' -prune -o -type f -print | sort",
                         world.fixture.parent);
      g_assert_cmpstr (before, ==, after);
    }
}

/* Every kind of change, with seals under keys that were rotated and revoked in between. */
static void
test_random (void)
{
  g_autoptr (RandomOffice) random = random_office_new (20261130);
  NaruDesk *desk = random->fixture.desk;
  g_autoptr (GError) error = NULL;
  g_autofree char *mirror = g_build_filename (random->fixture.parent, "mirror.git", NULL);

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("part-%u", i);
      g_autofree char *fingerprint = NULL;
      random_office_change (random, 20);
      seal (desk, name);
      if (i % 3 == 2)
        naru_desk_rotate_key (desk, NULL, "Again", &fingerprint, &error);
      if (i % 3 == 1)
        naru_desk_revoke_key (desk, NULL, "Lost", &fingerprint, &error);
      g_assert_no_error (error);
    }
  g_free (fixture_shell ("git clone -q --mirror '%s/audit.git' '%s'", random->fixture.folder, mirror));
  random_office_change (random, 5);

  g_autoptr (NaruJson) report = NULL;
  naru_desk_compare_history (desk, mirror, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_true (naru_json_get_boolean (report, "sound", FALSE));
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "seals")), >=, 8);
  g_autoptr (NaruJson) own = naru_desk_check_seals (desk, &error);
  g_assert_no_error (error);
  NaruJson *seals = naru_json_get (own, "seals");
  for (guint i = 0; i < naru_json_get_size (seals); i++)
    {
      const char *state = naru_json_get_string (naru_json_get_element (seals, i), "state");
      g_assert_true (g_str_equal (state, "good") || g_str_equal (state, "revoked-key"));
    }
  g_free (fixture_shell ("rm -rf '%s'", random->fixture.parent));
}

/* Who may only look sees neither a seal made nor a mirror named by them. */
static void
test_access (void)
{
  g_auto (World) world = world_new ();
  g_autoptr (NaruDesk) auditor =
      fixture_desk (&world.fixture, "auditor",
                    "{\"name\": \"A\", \"login\": \"auditor\", \"roles\": [\"auditor\"]}");
  g_autoptr (NaruDesk) partner =
      fixture_desk (&world.fixture, "partner",
                    "{\"name\": \"P\", \"login\": \"partner\", \"roles\": [\"partner\"]}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) report = NULL;
  g_autofree char *address = NULL;

  make_mirror (&world, "true");
  g_assert_false (naru_desk_seal (auditor, "mine", &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (naru_desk_add_remote (auditor, "mine", world.mirror, &address, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (naru_desk_push (auditor, NULL, NULL, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_true (naru_desk_compare_history (auditor, world.mirror, NULL, NULL, &report, &error));
  g_clear_pointer (&report, naru_json_unref);
  report = naru_desk_check_seals (auditor, &error);
  g_assert_no_error (error);
  g_clear_pointer (&report, naru_json_unref);
  g_assert_false (naru_desk_compare_history (partner, world.mirror, NULL, NULL, &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (naru_desk_list_remotes (partner, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/against/same", test_same);
  g_test_add_func ("/against/behind", test_behind);
  g_test_add_func ("/against/rewritten", test_rewritten);
  g_test_add_func ("/against/truncated", test_truncated);
  g_test_add_func ("/against/hostile", test_hostile);
  g_test_add_func ("/against/random", test_random);
  g_test_add_func ("/against/access", test_access);
  return g_test_run ();
}
