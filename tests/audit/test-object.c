/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

static char *
hex_of (const NaruOid *oid)
{
  char *text = g_malloc (2 * NARU_OID_SIZE + 1);

  naru_oid_to_hex (oid, text);
  return text;
}

/* the same files and the same commit, made by stock git alone */
static void
test_same_as_git (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) entry = history_begin ("deal MGK-2026-00442: 새 기술");
  const char *path = naru_repository_get_path (history->repository);

  history_put_text (entry, "records/deal/2026/00/04/MGK-2026-00442.json", "{\n  \"title\": \"나루\"\n}\n");
  history_put_text (entry, "records/deal.json", "a\n");
  history_put_text (entry, "records/deal-x.json", "b\n");
  history_put_text (entry, "README.md", "%s", "");
  naru_entry_set_reason (entry, "because");
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  history_publish (history, objects);

  g_autofree char *tree = NULL;
  {
    g_autofree char *a =
        run_git (path, "{\n  \"title\": \"나루\"\n}\n", "hash-object", "-w", "--stdin", NULL);
    g_autofree char *b = run_git (path, "a\n", "hash-object", "-w", "--stdin", NULL);
    g_autofree char *c = run_git (path, "b\n", "hash-object", "-w", "--stdin", NULL);
    g_autofree char *d = run_git (path, "", "hash-object", "-w", "--stdin", NULL);
    g_autofree char *list = g_strdup_printf (
        "100644 %.40s\trecords/deal/2026/00/04/MGK-2026-00442.json\n100644 "
        "%.40s\trecords/deal.json\n100644 %.40s\trecords/deal-x.json\n100644 %.40s\tREADME.md\n",
        a, b, c, d);
    g_autofree char *index = history_path (history, "index");
    g_setenv ("GIT_INDEX_FILE", index, TRUE);
    g_free (run_git (path, list, "update-index", "--add", "--index-info", NULL));
    tree = run_git (path, NULL, "write-tree", NULL);
    g_unsetenv ("GIT_INDEX_FILE");
  }
  g_strchomp (tree);
  g_setenv ("GIT_AUTHOR_NAME", "김나루", TRUE);
  g_setenv ("GIT_AUTHOR_EMAIL", "naru@example.kr", TRUE);
  g_setenv ("GIT_AUTHOR_DATE", "1790000000 +0900", TRUE);
  g_setenv ("GIT_COMMITTER_NAME", "Magok Office", TRUE);
  g_setenv ("GIT_COMMITTER_EMAIL", "office@example.kr", TRUE);
  g_setenv ("GIT_COMMITTER_DATE", "1790000007 -0330", TRUE);
  g_autofree char *commit = run_git (path, naru_entry_get_message (entry), "commit-tree", tree, NULL);
  g_autofree char *ours = hex_of (&history->head);
  g_assert_cmpstr (g_strchomp (commit), ==, ours);

  g_autofree char *fsck = run_git (path, NULL, "fsck", "--strict", "--full", NULL);
  g_assert_cmpstr (fsck, ==, "");
  g_autofree char *files = run_git (path, NULL, "ls-tree", "-r", "--name-only", "main", NULL);
  g_assert_cmpstr (files, ==,
                   "README.md\nrecords/deal-x.json\nrecords/deal.json\n"
                   "records/deal/2026/00/04/MGK-2026-00442.json\n");
  g_autofree char *log = run_git (path, NULL, "log", "--format=%an|%ae|%aI|%cn|%cI|%s", NULL);
  g_assert_cmpstr (
      log, ==,
      "김나루|naru@example.kr|2026-09-21T23:13:20+09:00|Magok Office|2026-09-21T10:43:27-03:30|deal "
      "MGK-2026-00442: 새 기술\n");
}

static char *
make_history (guint n_entries)
{
  g_autoptr (History) history = history_new ();

  for (guint i = 0; i < n_entries; i++)
    {
      g_autoptr (NaruEntry) entry = history_begin ("a change");
      g_autofree char *path = g_strdup_printf ("records/deal/2026/00/%02u/D-%05u.json", i % 7, i % 60);
      history_put_text (entry, path, "{\n  \"n\": %u\n}\n", i);
      g_autoptr (GPtrArray) objects = history_build (history, entry);
      history_publish (history, objects);
    }
  const char *path = naru_repository_get_path (history->repository);
  g_free (run_git (path, NULL, "fsck", "--strict", NULL));
  return hex_of (&history->head);
}

static void
test_same_anywhere (void)
{
  g_autofree char *first = make_history (40);
  mode_t mask = umask (077);
  g_setenv ("TZ", "Asia/Kathmandu", TRUE);
  g_setenv ("NARU_CLOCK", "1999-12-31T23:59:59Z", TRUE);
  setlocale (LC_ALL, "C");
  g_autofree char *second = make_history (40);
  umask (mask);
  g_unsetenv ("NARU_CLOCK");
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "");
  g_autofree char *other = make_history (41);

  g_assert_cmpstr (first, ==, second);
  g_assert_cmpstr (first, !=, other);
}

/* So many files that the list of them is not in memory, with one that brings its content */
static void
test_many_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("naru-many-XXXXXX", NULL);
  const char *const folders[] = { folder, NULL };
  NaruOid heads[2];
  guint n_objects[2];

  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (History) history = history_new ();
      g_autoptr (NaruEntry) entry = history_begin ("many");
      const NaruDigest digest = { { 1 } };

      naru_entry_set_folder (entry, folders[k]);
      for (guint i = 0; i < 70000; i++)
        {
          guint number = i * 7919 % 70000;
          g_autofree char *path =
              g_strdup_printf ("records/%02u/%02u/%05u", number / 10000, number / 100 % 100, number);
          const NaruOid oid = { { (guint8) number, (guint8) (number >> 8), 1 } };
          naru_entry_put_blob (entry, path, &oid, 7, &digest);
        }
      history_put_text (entry, "records/03/x", "more");
      g_autoptr (GPtrArray) objects = history_build (history, entry);
      heads[k] = history->head;
      n_objects[k] = objects->len;
    }
  g_assert_cmpmem (&heads[0], sizeof heads[0], &heads[1], sizeof heads[1]);
  g_assert_cmpuint (n_objects[0], ==, 1 + 700 + 7 + 2 + 1);
  g_assert_cmpuint (n_objects[1], ==, n_objects[0]);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_removal (void)
{
  g_autoptr (History) history = history_new ();
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruEntry) both = history_begin ("two");
  history_put_text (both, "a/b/one", "1");
  history_put_text (both, "a/b/two", "2");
  g_autoptr (GPtrArray) objects = history_build (history, both);
  history_publish (history, objects);

  g_autoptr (NaruEntry) less = history_begin ("one less");
  naru_entry_remove_file (less, "a/b/one");
  g_autoptr (GPtrArray) after = history_build (history, less);
  history_publish (history, after);
  g_assert_cmpuint (after->len, ==, 4); /* three folders and the commit */
  g_autofree char *files = run_git (path, NULL, "ls-tree", "-r", "--name-only", "main", NULL);
  g_assert_cmpstr (files, ==, "a/b/two\n");

  g_autoptr (NaruEntry) none = history_begin ("none left");
  naru_entry_remove_file (none, "a/b/two");
  naru_entry_remove_file (none, "never/was");
  g_autoptr (GPtrArray) last = history_build (history, none);
  history_publish (history, last);
  g_assert_cmpuint (g_hash_table_size (history->trees), ==, 0);
  g_autofree char *tree = run_git (path, NULL, "rev-parse", "main^{tree}", NULL);
  g_assert_cmpstr (tree, ==, "4b825dc642cb6eb9a060e54bf8d69288fbee4904\n");

  g_autoptr (NaruEntry) again = history_begin ("back");
  history_put_text (again, "a/b/two", "2");
  g_autoptr (GPtrArray) back = history_build (history, again);
  history_publish (history, back);
  g_autofree char *fsck = run_git (path, NULL, "fsck", "--strict", "--full", NULL);
  g_assert_cmpstr (fsck, ==, "");
}

static void
test_bases (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) one = history_begin ("one");
  history_put_text (one, "a/x", "first");
  g_autoptr (GPtrArray) before = history_build (history, one);
  g_autoptr (NaruEntry) two = history_begin ("two");
  history_put_text (two, "a/x", "second");
  g_autoptr (GPtrArray) after = history_build (history, two);

  g_assert_cmpuint (before->len, ==, 4);
  g_assert_cmpuint (after->len, ==, 4);
  for (guint i = 0; i < 3; i++)
    {
      const NaruObject *old = g_ptr_array_index (before, i);
      const NaruObject *new = g_ptr_array_index (after, i);
      g_assert_true (naru_oid_is_zero (&old->base));
      g_assert_true (naru_oid_equal (&new->base, &old->oid));
    }
  /* an entry that changes nothing is still a commit, and nothing else */
  g_autoptr (NaruEntry) three = history_begin ("three");
  history_put_text (three, "a/x", "second");
  g_autoptr (GPtrArray) same = history_build (history, three);
  g_assert_cmpuint (same->len, ==, 1);
}

static GBytes *
make_tree (const char *text, gsize size)
{
  return g_bytes_new (text, size);
}

#define OID "01234567890123456789"

static void
expect_refused (const char *tree, gsize size, NaruError code)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) entry = history_begin ("x");
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  g_autoptr (GError) error = NULL;
  NaruOid commit;

  history_put_text (entry, "m", "x");
  g_hash_table_insert (history->trees, g_strdup (""), make_tree (tree, size));
  naru_entry_seal (entry, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (naru_commit_build (entry, &history->head, NULL, history_get_tree, history_put_tree, history,
                                     objects, &commit, &error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (naru_error_get_cure (error));
}

static void
test_damaged_tree (void)
{
#define REFUSED(text) expect_refused (text, sizeof (text) - 1, NARU_ERROR_BROKEN)
  REFUSED ("1");
  REFUSED ("100644 a");
  REFUSED ("100644 a\0" OID "100644 b\0"
           "0123");
  REFUSED ("100664 a\0" OID);
  REFUSED ("100644 \0" OID);
  REFUSED ("100644 a/b\0" OID);
  REFUSED ("100644 b\0" OID "100644 a\0" OID);
  REFUSED ("100644 a\0" OID "100644 a\0" OID);
  REFUSED ("40000 a\0" OID "100644 a.b\0" OID); /* "a.b" comes before "a/" */
  REFUSED ("100644 x\0" OID "100644 y\0" OID "rubbish");
#undef REFUSED
}

/* the other way round is refused when the entry is sealed */
static void
test_file_and_folder (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) file = history_begin ("file");
  history_put_text (file, "a", "file");
  history_put_text (file, "a.b", "between");
  g_autoptr (GPtrArray) objects = history_build (history, file);

  g_autoptr (NaruEntry) folder = history_begin ("folder");
  g_autoptr (GError) error = NULL;
  NaruOid commit;
  history_put_text (folder, "a/x", "in a folder");
  naru_entry_seal (folder, 2, &history->chain, &error);
  g_assert_no_error (error);
  g_assert_false (naru_commit_build (folder, &history->head, NULL, history_get_tree, history_put_tree,
                                     history, objects, &commit, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

static void
test_lost_folder (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) one = history_begin ("one");
  history_put_text (one, "a/b/x", "1");
  g_autoptr (GPtrArray) objects = history_build (history, one);
  g_hash_table_remove (history->trees, "a/b");

  g_autoptr (NaruEntry) two = history_begin ("two");
  g_autoptr (GError) error = NULL;
  NaruOid commit;
  history_put_text (two, "a/b/y", "1");
  naru_entry_seal (two, 2, &history->chain, &error);
  g_assert_no_error (error);
  g_assert_false (naru_commit_build (two, &history->head, NULL, history_get_tree, history_put_tree, history,
                                     objects, &commit, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

static void
test_unicode_paths (void)
{
  g_autoptr (History) history = history_new ();
  const char *path = naru_repository_get_path (history->repository);
  const char *const names[] = {
    "문서/기술 이전/계약서 (최종).txt", "문서/기술 이전.txt", "문서/기술", "ß/é/z", "Z", "a b", "~"
  };
  g_autoptr (NaruEntry) entry = history_begin ("names");
  GString *deep = g_string_new ("d");
  for (guint i = 0; i < 20; i++)
    g_string_append_printf (deep, "/깊은%u", i);
  g_autofree char *deepest = g_string_free (deep, FALSE);

  history_put_text (entry, deepest, "deep");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    history_put_text (entry, names[i], "%s", names[i]);
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  history_publish (history, objects);
  g_autofree char *fsck = run_git (path, NULL, "fsck", "--strict", "--full", NULL);
  g_assert_cmpstr (fsck, ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_strconcat ("main:", names[i], NULL);
      g_autofree char *text = run_git (path, NULL, "cat-file", "-p", name, NULL);
      g_assert_cmpstr (text, ==, names[i]);
      g_autoptr (GBytes) read =
          naru_repository_read_file (history->repository, &history->head, names[i], &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), names[i], strlen (names[i]));
    }
  g_autoptr (GBytes) read = naru_repository_read_file (history->repository, &history->head, deepest, NULL);
  g_assert_nonnull (read);
}

static void
test_row (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) entry = history_begin ("x");
  g_autoptr (GError) error = NULL;
  history_put_text (entry, "a/b", "x");
  history_put_text (entry, "a/empty", "%s", "");
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  g_autoptr (GBytes) row = naru_objects_to_row (objects, &history->head, NULL);

  NaruOid commit;
  g_autofree char *pack = NULL;
  g_autoptr (GPtrArray) back = naru_objects_from_row (row, &commit, &pack, &error);
  g_assert_no_error (error);
  g_assert_null (pack);
  g_assert_true (naru_oid_equal (&commit, &history->head));
  g_assert_cmpuint (back->len, ==, objects->len);
  for (guint i = 0; i < back->len; i++)
    {
      const NaruObject *a = g_ptr_array_index (objects, i);
      const NaruObject *b = g_ptr_array_index (back, i);
      g_assert_cmpint (a->kind, ==, b->kind);
      g_assert_true (naru_oid_equal (&a->oid, &b->oid));
      g_assert_true (naru_oid_equal (&a->base, &b->base));
      g_assert_true (g_bytes_equal (a->bytes, b->bytes));
    }

  g_autoptr (GBytes) named = naru_objects_to_row (NULL, &commit, "import-7");
  g_autoptr (GPtrArray) none = naru_objects_from_row (named, NULL, &pack, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (pack, ==, "import-7");
}

/* every shorter row and every row with one byte changed in an object is refused, and none is read past its
 * end */
static void
test_damaged_row (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruEntry) entry = history_begin ("x");
  history_put_text (entry, "a", "x");
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  g_autoptr (GBytes) row = naru_objects_to_row (objects, &history->head, NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (row, &size);

  for (gsize i = 0; i < size; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) shorter = g_bytes_new (data, i);
      g_assert_null (naru_objects_from_row (shorter, NULL, NULL, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
    }
  for (gsize i = 30; i < size; i++)
    {
      g_autoptr (GError) error = NULL;
      guint8 *copy = g_memdup2 (data, size);
      copy[i] ^= 0x41;
      g_autoptr (GBytes) changed = g_bytes_new_take (copy, size);
      g_autoptr (GPtrArray) back = naru_objects_from_row (changed, NULL, NULL, &error);
      if (back == NULL)
        continue;
      /* only a base may differ: it is a hint */
      guint differing = 0;
      for (guint j = 0; j < back->len; j++)
        differing += !naru_oid_is_zero (&((NaruObject *) g_ptr_array_index (back, j))->base);
      g_assert_cmpuint (differing, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/object/same-as-git", test_same_as_git);
  g_test_add_func ("/object/same-anywhere", test_same_anywhere);
  g_test_add_func ("/object/many-files", test_many_files);
  g_test_add_func ("/object/removal", test_removal);
  g_test_add_func ("/object/bases", test_bases);
  g_test_add_func ("/object/damaged-tree", test_damaged_tree);
  g_test_add_func ("/object/file-and-folder", test_file_and_folder);
  g_test_add_func ("/object/lost-folder", test_lost_folder);
  g_test_add_func ("/object/unicode-paths", test_unicode_paths);
  g_test_add_func ("/object/row", test_row);
  g_test_add_func ("/object/damaged-row", test_damaged_row);
  return g_test_run ();
}
