/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static GPtrArray *
one_commit (History *history, const char *text)
{
  g_autoptr (NaruEntry) entry = history_begin (text);

  history_put_text (entry, "a/b/c.json", "{\n  \"text\": \"%s\"\n}\n", text);
  return history_build (history, entry);
}

static void
write_file (History *history, const char *name, const char *text)
{
  g_autofree char *path = history_path (history, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static gboolean
has_file (History *history, const char *name)
{
  g_autofree char *path = history_path (history, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_stock_git (void)
{
  g_autoptr (History) history = history_new ();
  const char *path = naru_repository_get_path (history->repository);
  g_autofree char *clone = history_path (history, "clone");
  g_autofree char *none = run_git (path, NULL, "fsck", "--strict", NULL);
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  history_publish (history, one);
  g_autoptr (GPtrArray) two = one_commit (history, "second");
  history_publish (history, two);

  g_free (run_git (path, NULL, "fsck", "--strict", "--full", NULL));
  g_autofree char *log = run_git (path, NULL, "log", "--format=%s", NULL);
  g_assert_cmpstr (log, ==, "second\nfirst\n");
  g_autofree char *blame = run_git (path, NULL, "blame", "-s", "main", "--", "a/b/c.json", NULL);
  g_assert_nonnull (strstr (blame, "\"second\""));
  g_free (run_git (path, NULL, "clone", "-q", path, clone, NULL));
  g_autofree char *text = NULL;
  g_autofree char *file = g_build_filename (clone, "a/b/c.json", NULL);
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "{\n  \"text\": \"second\"\n}\n");
  g_autofree char *automatic = run_git (path, NULL, "config", "gc.auto", NULL);
  g_assert_cmpstr (automatic, ==, "0\n");
}

static void
expect_open (History *history, NaruError code)
{
  g_autofree char *path = history_path (history, "audit.git");
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_repository_open (path, &error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (naru_error_get_cure (error));
}

static void
test_open (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = history_path (history, "audit.git");
  g_autofree char *moved = history_path (history, "moved.git");
  g_autofree char *heads = history_path (history, "audit.git/refs/heads");
  g_autofree char *aside = history_path (history, "audit.git/refs/aside");

  g_assert_null (naru_repository_create (path, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_EXISTS);
  g_clear_error (&error);
  g_autoptr (NaruRepository) good = naru_repository_open (path, &error);
  g_assert_no_error (error);

  g_assert_cmpint (g_rename (heads, aside), ==, 0);
  expect_open (history, NARU_ERROR_BROKEN);
  g_assert_cmpint (symlink ("aside", heads), ==, 0);
  expect_open (history, NARU_ERROR_BROKEN);
  g_assert_cmpint (g_unlink (heads), ==, 0);
  write_file (history, "audit.git/refs/heads", "");
  expect_open (history, NARU_ERROR_BROKEN);
  g_assert_cmpint (g_unlink (heads), ==, 0);
  g_assert_cmpint (g_rename (aside, heads), ==, 0);

  write_file (history, "audit.git/HEAD", "ref: refs/heads/other\n");
  expect_open (history, NARU_ERROR_BROKEN);
  write_file (history, "audit.git/HEAD", "ref: refs/heads/main\n");

  g_assert_cmpint (g_rename (path, moved), ==, 0);
  expect_open (history, NARU_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (symlink ("moved.git", path), ==, 0);
  expect_open (history, NARU_ERROR_BROKEN);
  g_assert_cmpint (g_unlink (path), ==, 0);
  write_file (history, "audit.git", "");
  expect_open (history, NARU_ERROR_BROKEN);
}

static void
test_foreign_owner (void)
{
  if (geteuid () != 0)
    {
      g_test_skip ("only root can give files away");
      return;
    }
  g_autoptr (History) history = history_new ();
  g_autofree char *path = history_path (history, "audit.git/objects");

  g_assert_cmpint (chown (path, 65534, 65534), ==, 0);
  expect_open (history, NARU_ERROR_DENIED);
}

static void
test_head (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const NaruOid none = { 0 };
  NaruOid head = { { 1 } };

  g_assert_true (naru_repository_get_head (history->repository, &head, &error));
  g_assert_true (naru_oid_is_zero (&head));
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  NaruOid first = history->head;
  history_publish (history, one);
  g_autoptr (GPtrArray) two = one_commit (history, "second");
  naru_repository_write_loose (history->repository, two, &error);
  g_assert_no_error (error);

  /* someone who believes that there is no commit yet must not win */
  g_assert_false (naru_repository_set_head (history->repository, &none, &history->head, FALSE, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_false (has_file (history, "audit.git/refs/heads/main.lock"));
  g_assert_true (naru_repository_get_head (history->repository, &head, &error));
  g_assert_true (naru_oid_equal (&head, &first));

  naru_repository_set_head (history->repository, &first, &history->head, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (naru_repository_get_head (history->repository, &head, &error));
  g_assert_true (naru_oid_equal (&head, &history->head));
  naru_repository_set_head (history->repository, NULL, &first, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (naru_repository_get_head (history->repository, &head, &error));
  g_assert_true (naru_oid_equal (&head, &first));
  naru_repository_sync (history->repository, &error);
  g_assert_no_error (error);
}

static void
test_packed_refs (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  history_publish (history, one);
  NaruOid first = history->head;
  NaruOid head;

  g_free (run_git (path, NULL, "pack-refs", "--all", NULL));
  g_assert_false (has_file (history, "audit.git/refs/heads/main"));
  g_assert_true (naru_repository_get_head (history->repository, &head, &error));
  g_assert_true (naru_oid_equal (&head, &first));
  g_autoptr (GPtrArray) two = one_commit (history, "second");
  history_publish (history, two);
  g_assert_true (naru_repository_get_head (history->repository, &head, &error));
  g_assert_true (naru_oid_equal (&head, &history->head));
}

static void
test_damaged_head (void)
{
  static const char *const texts[] = { "",
                                       "\n",
                                       "0123456789",
                                       "ref: refs/heads/other\n",
                                       "0000000000000000000000000000000000000000\n",
                                       "zz00000000000000000000000000000000000000\n",
                                       "0123456789012345678901234567890123456789 \n",
                                       "0123456789012345678901234567890123456789" };
  g_autoptr (History) history = history_new ();
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  history_publish (history, one);
  NaruOid head;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      write_file (history, "audit.git/refs/heads/main", texts[i]);
      g_assert_false (naru_repository_get_head (history->repository, &head, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
      g_clear_error (&error);
      g_assert_false (
          naru_repository_set_head (history->repository, &history->head, &history->head, FALSE, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
      g_clear_error (&error);
      /* recovery sets it by force */
      g_assert_true (naru_repository_set_head (history->repository, NULL, &history->head, TRUE, &error));
      g_assert_true (naru_repository_get_head (history->repository, &head, &error));
    }

  g_autofree char *file = history_path (history, "audit.git/refs/heads/main");
  g_autofree char *outside = history_path (history, "outside");
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_rename (file, outside), ==, 0);
  g_assert_cmpint (symlink (outside, file), ==, 0);
  g_assert_false (naru_repository_get_head (history->repository, &head, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

static void
test_sweep (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *const keep[] = { "import-7", NULL };
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  history_publish (history, one);
  const NaruObject *object = g_ptr_array_index (one, 0);
  g_autofree char *file = history_object_path (history, &object->oid);

  write_file (history, "audit.git/refs/heads/main.lock", "");
  write_file (history, "audit.git/objects/tmp_obj_naru_00000001", "x");
  write_file (history, "audit.git/objects/pack/tmp_pack_naru-import-7", "x");
  write_file (history, "audit.git/objects/pack/tmp_idx_naru-import-7", "x");
  write_file (history, "audit.git/objects/pack/tmp_pack_naru-import-70", "x");
  write_file (history, "audit.git/objects/pack/tmp_pack_AbCdEf", "x");
  write_file (history, "audit.git/objects/pack/.tmp-123-pack-0123.pack", "x");

  g_assert_false (naru_repository_set_head (history->repository, NULL, &history->head, FALSE, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_CONFLICT);
  g_clear_error (&error);
  naru_repository_sweep (history->repository, keep, &error);
  g_assert_no_error (error);
  naru_repository_set_head (history->repository, NULL, &history->head, FALSE, &error);
  g_assert_no_error (error);
  g_assert_false (has_file (history, "audit.git/objects/tmp_obj_naru_00000001"));
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_true (has_file (history, "audit.git/objects/pack/tmp_pack_naru-import-7"));
  g_assert_true (has_file (history, "audit.git/objects/pack/tmp_idx_naru-import-7"));
  g_assert_false (has_file (history, "audit.git/objects/pack/tmp_pack_naru-import-70"));
  g_assert_false (has_file (history, "audit.git/objects/pack/tmp_pack_AbCdEf"));
  g_assert_false (has_file (history, "audit.git/objects/pack/.tmp-123-pack-0123.pack"));
}

/* Processes that each add one to a number in a file lose nothing, one of them killed while it holds the lock.
 */
static void
test_lock (void)
{
  g_autoptr (History) history = history_new ();
  g_autofree char *path = history_path (history, "audit.git");
  g_autofree char *lock = history_path (history, "publish.lock");
  g_autofree char *number = history_path (history, "number");

  naru_repository_unlock (history->repository);
  g_assert_true (g_file_set_contents (number, "0", -1, NULL));
  for (guint i = 0; i < 4; i++)
    {
      if (fork () != 0)
        continue;
      g_autoptr (NaruRepository) own = naru_repository_open (path, NULL);
      for (guint n = 0; own != NULL && n < 100; n++)
        {
          g_autofree char *text = NULL;
          char next[16];
          if (!naru_repository_lock (own, lock, NULL) || !g_file_get_contents (number, &text, NULL, NULL))
            _exit (1);
          g_snprintf (next, sizeof next, "%d", atoi (text) + 1);
          if (!g_file_set_contents (number, next, -1, NULL))
            _exit (1);
          if (i == 0 && n == 99)
            kill (getpid (), SIGKILL);
          naru_repository_unlock (own);
        }
      _exit (own != NULL ? 0 : 1);
    }
  guint killed = 0;
  for (guint i = 0; i < 4; i++)
    {
      int status;
      g_assert_cmpint (wait (&status), >, 0);
      killed += WIFSIGNALED (status);
      g_assert_true (WIFSIGNALED (status) || WEXITSTATUS (status) == 0);
    }
  g_autofree char *text = NULL;
  g_assert_cmpuint (killed, ==, 1);
  g_assert_true (g_file_get_contents (number, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "400");
}

static void
test_read_file (void)
{
  static const char *const absent[] = { "a", "a/b", "a/b/d", "a/b/c.json/x", "", "a//b", "b" };
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  NaruOid first = history->head;
  history_publish (history, one);
  g_autoptr (GPtrArray) two = one_commit (history, "second");
  history_publish (history, two);

  g_autoptr (GBytes) before = naru_repository_read_file (history->repository, &first, "a/b/c.json", &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) after =
      naru_repository_read_file (history->repository, &history->head, "a/b/c.json", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (before, NULL), g_bytes_get_size (before),
                   "{\n  \"text\": \"first\"\n}\n", 22);
  for (gsize i = 0; i < G_N_ELEMENTS (absent); i++)
    {
      g_assert_null (naru_repository_read_file (history->repository, &first, absent[i], &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }

  g_autofree char *diff = naru_repository_diff (history->repository, before, after, "나/c.json", &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (diff, "-  \"text\": \"first\"\n+  \"text\": \"second\"\n"));
  g_assert_true (g_str_has_prefix (diff, "diff --git "));
  g_autofree char *same = naru_repository_diff (history->repository, before, before, "x", &error);
  g_assert_cmpstr (same, ==, "");
  g_autofree char *added = naru_repository_diff (history->repository, NULL, after, "x", &error);
  g_assert_nonnull (strstr (added, "--- /dev/null\n+++ b/x\n"));
  g_autofree char *removed = naru_repository_diff (history->repository, before, NULL, "x", &error);
  g_assert_nonnull (strstr (removed, "--- a/x\n+++ /dev/null\n"));
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autofree char *emptied = naru_repository_diff (history->repository, before, empty, "x", &error);
  g_assert_nonnull (strstr (emptied, "--- a/x\n+++ b/x\n"));
}

static void
test_repack (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruRepository) reader = NULL;

  /* an object that nothing refers to yet */
  g_autoptr (GBytes) text = g_bytes_new ("waiting", 7);
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  NaruObject *object = naru_object_new (NARU_OBJECT_BLOB, text);
  g_ptr_array_add (waiting, object);

  for (guint i = 0; i < 55; i++)
    {
      g_autofree char *name = g_strdup_printf ("checkpoint-%u", i);
      g_autoptr (GPtrArray) objects = one_commit (history, name);
      g_autoptr (NaruPack) pack = naru_pack_new (path, name, &error);
      for (guint j = 0; j < objects->len; j++)
        naru_pack_add (pack, g_ptr_array_index (objects, j), &error);
      if (i == 0)
        naru_pack_add (pack, object, &error);
      naru_pack_finish (pack, &error);
      g_assert_no_error (error);
      naru_pack_publish (path, name, &error);
      g_assert_no_error (error);
      naru_repository_set_head (history->repository, NULL, &history->head, FALSE, &error);
      g_assert_no_error (error);
      g_assert_cmpint (naru_repository_needs_repack (history->repository), ==, i >= 50);
    }
  reader = naru_repository_open (path, &error);
  g_autoptr (GBytes) before = naru_repository_read_file (reader, &history->head, "a/b/c.json", &error);
  g_assert_no_error (error);

  g_setenv ("GIT_DIR", "/nonexistent", TRUE);
  for (guint all = 0; all < 2; all++)
    {
      naru_repository_repack (history->repository, all == 1, &error);
      g_assert_no_error (error);
      g_assert_false (naru_repository_needs_repack (history->repository));
      /* the packs that the reader had open are gone */
      g_autoptr (GBytes) after = naru_repository_read_file (reader, &history->head, "a/b/c.json", &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (before, after));
      g_autoptr (GBytes) kept = naru_repository_read_blob (reader, &object->oid, &error);
      g_assert_no_error (error);
    }
  g_unsetenv ("GIT_DIR");
  g_free (run_git (path, NULL, "fsck", "--strict", "--full", "--no-dangling", NULL));
  g_autofree char *commits = run_git (path, NULL, "rev-list", "--count", "main", NULL);
  g_assert_cmpstr (commits, ==, "55\n");

  g_autofree char *old_path = g_strdup (g_getenv ("PATH"));
  g_setenv ("PATH", "/nonexistent", TRUE);
  g_assert_true (naru_repository_repack (history->repository, TRUE, &error));
  g_setenv ("PATH", old_path, TRUE);
}

/* Entries in packs of their own, as stock git sees them: whole, written again over half a one, and gone. */
static void
test_entries (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (GPtrArray) one = one_commit (history, "first");
  const NaruOid first = history->head;
  char hex[2 * NARU_OID_SIZE + 1];

  g_ptr_array_add (one, naru_object_new (NARU_OBJECT_BLOB, ((NaruObject *) one->pdata[0])->bytes));
  /* the empty file is one too, and zlib needs most room for the smallest */
  for (gsize size = 0; size < 40; size++)
    {
      g_autoptr (GBytes) text = g_bytes_new ("abcdefghijklmnopqrstuvwxyz-0123456789-ABC", size);
      g_ptr_array_add (one, naru_object_new (NARU_OBJECT_BLOB, text));
    }
  naru_repository_write_entry (history->repository, &first, one, &error);
  g_assert_no_error (error);
  naru_repository_set_head (history->repository, NULL, &first, FALSE, &error);
  g_assert_no_error (error);
  g_autofree char *log = run_git (path, NULL, "log", "--format=%s", "main", NULL);
  g_assert_cmpstr (log, ==, "first\n");
  g_autofree char *fsck = run_git (path, NULL, "fsck", "--strict", "--no-dangling", NULL);
  g_assert_cmpstr (fsck, ==, "");
  g_autoptr (NaruObject) commit = naru_repository_read_object (history->repository, &first, 0, &error);
  g_assert_no_error (error);

  naru_oid_to_hex (&first, hex);
  g_autofree char *pack = g_strdup_printf ("audit.git/objects/pack/pack-naru-%s.pack", hex);
  g_autofree char *index = g_strdup_printf ("audit.git/objects/pack/pack-naru-%s.idx", hex);
  g_autofree char *pack_file = history_path (history, pack);
  g_autofree char *index_file = history_path (history, index);
  g_assert_cmpint (g_unlink (pack_file), ==, 0);
  g_assert_cmpint (g_unlink (index_file), ==, 0);
  write_file (history, pack, "PACK");
  write_file (history, index, "");
  naru_repository_write_entry (history->repository, &first, one, &error);
  g_assert_no_error (error);
  g_autofree char *again = run_git (path, NULL, "fsck", "--strict", "--no-dangling", NULL);
  g_assert_cmpstr (again, ==, "");

  naru_repository_drop_entries (history->repository, &first, 1, &error);
  g_assert_no_error (error);
  g_assert_false (has_file (history, pack));
  g_assert_false (has_file (history, index));
  naru_repository_drop_entries (history->repository, &first, 1, &error);
  g_assert_no_error (error);

  naru_repository_unlock (history->repository);
  g_assert_false (naru_repository_write_entry (history->repository, &first, one, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_FAILED);
}

static void
test_many_loose (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);

  for (guint i = 0; i < 8000; i++)
    {
      g_autoptr (GBytes) text = g_bytes_new (&i, sizeof i);
      g_ptr_array_add (objects, naru_object_new (NARU_OBJECT_BLOB, text));
      if (i != 3999 && i != 7999)
        continue;
      naru_repository_write_loose (history->repository, objects, &error);
      g_assert_no_error (error);
      g_assert_cmpint (naru_repository_needs_repack (history->repository), ==, i == 7999);
      g_ptr_array_set_size (objects, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/repository/stock-git", test_stock_git);
  g_test_add_func ("/repository/open", test_open);
  g_test_add_func ("/repository/foreign-owner", test_foreign_owner);
  g_test_add_func ("/repository/head", test_head);
  g_test_add_func ("/repository/packed-refs", test_packed_refs);
  g_test_add_func ("/repository/damaged-head", test_damaged_head);
  g_test_add_func ("/repository/sweep", test_sweep);
  g_test_add_func ("/repository/lock", test_lock);
  g_test_add_func ("/repository/read-file", test_read_file);
  g_test_add_func ("/repository/repack", test_repack);
  g_test_add_func ("/repository/entries", test_entries);
  g_test_add_func ("/repository/many-loose", test_many_loose);
  return g_test_run ();
}
