/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
add_all (NaruPack *pack, GPtrArray *objects)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < objects->len; i++)
    {
      naru_pack_add (pack, g_ptr_array_index (objects, i), &error);
      g_assert_no_error (error);
    }
}

static void
finish (NaruPack *pack)
{
  g_autoptr (GError) error = NULL;

  naru_pack_finish (pack, &error);
  g_assert_no_error (error);
}

static void
publish (History *history, const char *name)
{
  g_autoptr (GError) error = NULL;

  naru_pack_publish (naru_repository_get_path (history->repository), name, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_packs (History *history)
{
  g_autofree char *path = history_path (history, "audit.git/objects/pack");
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  return names;
}

static goffset
size_of_packs (History *history)
{
  g_autoptr (GPtrArray) names = list_packs (history);
  goffset size = 0;

  for (guint i = 0; i < names->len; i++)
    {
      GStatBuf status;
      g_assert_cmpint (g_stat (g_ptr_array_index (names, i), &status), ==, 0);
      size += status.st_size;
    }
  return size;
}

static void
change_deal (NaruEntry *entry, guint deal, guint version)
{
  g_autofree char *path = g_strdup_printf ("records/deal/2026/%02u/%02u/MGK-2026-%05u.json", deal / 10000,
                                           deal / 100 % 100, deal);

  history_put_text (
      entry, path,
      "{\n  \"court\": \"%s\",\n  \"officer\": \"MGK-PER-2026-%05u\",\n  \"sectors\": [\n    "
      "\"biohealth\",\n    \"it\"\n  ],\n  \"stage\": \"stage-%u\",\n  \"summary\": \"%08x %08x %08x "
      "something about deal %u\",\n  \"title\": \"기술 %u\",\n  \"trl\": %u\n}\n",
      version % 2 == 0 ? "us" : "inventor", deal % 7, version, deal * 2654435761u, deal * 40503u, deal * 97u,
      deal, deal, version % 9);
}

/* 5,000 commits go into one pack that stock git finds sound and cannot make much smaller */
static void
test_many_commits (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruPack) pack = naru_pack_new (path, "import-1", &error);
  g_assert_no_error (error);

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (NaruEntry) entry = history_begin ("deal: advance evaluation → patent");
      change_deal (entry, i * 7919 % 800, i / 800);
      g_autoptr (GPtrArray) objects = history_build (history, entry);
      add_all (pack, objects);
    }
  finish (pack);
  guint64 n_objects = naru_pack_get_n_objects (pack);
  g_autofree char *unseen = run_git (path, NULL, "cat-file", "--batch-all-objects", "--batch-check", NULL);
  g_assert_cmpstr (unseen, ==, "");
  publish (history, "import-1");
  naru_repository_set_head (history->repository, NULL, &history->head, TRUE, &error);
  g_assert_no_error (error);
  goffset ours = size_of_packs (history);

  g_autoptr (GPtrArray) names = list_packs (history);
  g_assert_cmpuint (names->len, ==, 2);
  const char *name = g_ptr_array_index (names, 0);
  g_free (run_git (path, NULL, "index-pack", "--strict", "--verify",
                   g_str_has_suffix (name, ".pack") ? name : (char *) g_ptr_array_index (names, 1), NULL));
  g_autofree char *verified = run_git (path, NULL, "verify-pack", "-v", name, NULL);
  g_assert_nonnull (strstr (verified, "chain length = "));
  g_assert_null (strstr (verified, "chain length = 51"));
  g_autofree char *fsck = run_git (path, NULL, "fsck", "--strict", "--full", NULL);
  g_assert_cmpstr (fsck, ==, "");
  g_autofree char *commits = run_git (path, NULL, "rev-list", "--count", "main", NULL);
  g_assert_cmpstr (commits, ==, "5000\n");
  g_autofree char *listed = run_git (path, NULL, "rev-list", "--count", "--objects", "main", NULL);
  g_assert_cmpuint (g_ascii_strtoull (listed, NULL, 10), ==, n_objects);

  g_free (run_git (path, NULL, "gc", "-q", "--prune=never", NULL));
  goffset theirs = size_of_packs (history);
  g_test_message ("%" G_GUINT64_FORMAT " objects: %" G_GOFFSET_FORMAT
                  " bytes, after git gc %" G_GOFFSET_FORMAT,
                  n_objects, ours, theirs);
  g_assert_cmpint (ours, <, theirs * 3 / 2);
  g_autoptr (GBytes) read = naru_repository_read_file (history->repository, &history->head,
                                                       "records/deal/2026/00/00/MGK-2026-00007.json", &error);
  g_assert_no_error (error);
}

/* blobs, trees, an empty blob, the same object twice, an object without its base */
static void
test_odd_objects (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruPack) pack = naru_pack_new (path, "odd", &error);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gsize sizes[] = { 0, 1, 15, 16, 63, 64, 127, 128, 2047, 2048, 65535, 65536, 65537, 300000, 1100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint version = 0; version < 3; version++)
      {
        guint8 *data = g_malloc (sizes[i] + 1);
        for (gsize j = 0; j < sizes[i]; j++)
          data[j] = (guint8) (i * 31 + j * j / 7 + (j >> 8));
        /* two changes far from each other */
        for (guint change = 0; change < version && sizes[i] > 0; change++)
          data[(gsize) g_rand_int_range (random, 0, (gint) sizes[i])] ^= 0x5a;
        g_autoptr (GBytes) bytes = g_bytes_new_take (data, sizes[i]);
        NaruObject *object = naru_object_new (NARU_OBJECT_BLOB, bytes);
        if (objects->len > 0)
          object->base = ((NaruObject *) g_ptr_array_index (objects, objects->len - 1))->oid;
        g_ptr_array_add (objects, object);
      }
  NaruObject *last = g_ptr_array_index (objects, objects->len - 1);
  g_autoptr (GBytes) text =
      g_bytes_new_static ("nothing of this base is here, and so this stands for itself alone", 64);
  NaruObject *thin = naru_object_new (NARU_OBJECT_BLOB, text);
  memset (thin->base.bytes, 3, NARU_OID_SIZE);
  g_ptr_array_add (objects, thin);
  add_all (pack, objects);
  guint64 n_objects = naru_pack_get_n_objects (pack);
  add_all (pack, objects);
  g_assert_cmpuint (naru_pack_get_n_objects (pack), ==, n_objects);
  finish (pack);
  publish (history, "odd");

  g_autofree char *fsck = run_git (path, NULL, "fsck", "--strict", "--full", "--no-dangling", NULL);
  g_assert_cmpstr (fsck, ==, "");
  for (guint i = 0; i < objects->len; i++)
    {
      const NaruObject *object = g_ptr_array_index (objects, i);
      g_autoptr (GBytes) read = naru_repository_read_blob (history->repository, &object->oid, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (read, object->bytes));
    }
  g_assert_nonnull (last);
}

/* The order of adding decides every byte, not the threads. */
static void
test_same_bytes (void)
{
  g_auto (GStrv) names = g_new0 (char *, 3);

  for (guint run = 0; run < 2; run++)
    {
      g_autoptr (History) history = history_new ();
      g_autoptr (NaruPack) pack = naru_pack_new (naru_repository_get_path (history->repository), "x", NULL);
      for (guint i = 0; i < 700; i++)
        {
          g_autoptr (NaruEntry) entry = history_begin ("x");
          change_deal (entry, i % 50, i);
          g_autoptr (GPtrArray) objects = history_build (history, entry);
          add_all (pack, objects);
        }
      finish (pack);
      publish (history, "x");
      g_autoptr (GPtrArray) packs = list_packs (history);
      g_autofree char *name = g_path_get_basename (g_ptr_array_index (packs, 0));
      names[run] = g_strndup (name, 45);
    }
  g_assert_cmpstr (names[0], ==, names[1]);
}

static void
test_publish_again (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autofree char *pack_file = history_path (history, "audit.git/objects/pack/tmp_pack_naru-p");
  g_autofree char *kept = history_path (history, "kept");
  g_autoptr (NaruPack) pack = naru_pack_new (path, "p", &error);
  g_autoptr (NaruEntry) entry = history_begin ("x");
  change_deal (entry, 1, 1);
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  add_all (pack, objects);

  /* not finished: refused, and still there */
  g_assert_false (naru_pack_publish (path, "p", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_clear_error (&error);
  finish (pack);
  g_assert_cmpint (link (pack_file, kept), ==, 0);
  publish (history, "p");
  publish (history, "p");
  g_autoptr (GPtrArray) names = list_packs (history);
  g_assert_cmpuint (names->len, ==, 2);

  /* killed between the two renamings: the pack has its name, the index not yet */
  for (guint i = 0; i < names->len; i++)
    if (g_str_has_suffix (g_ptr_array_index (names, i), ".idx"))
      {
        g_autofree char *index = history_path (history, "audit.git/objects/pack/tmp_idx_naru-p");
        g_assert_cmpint (g_rename (g_ptr_array_index (names, i), index), ==, 0);
      }
  publish (history, "p");
  g_autoptr (GPtrArray) again = list_packs (history);
  g_assert_cmpuint (again->len, ==, 2);
  naru_repository_set_head (history->repository, NULL, &history->head, TRUE, NULL);
  g_free (run_git (path, NULL, "fsck", "--strict", "--full", NULL));
}

static void
test_discard (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruEntry) entry = history_begin ("x");
  change_deal (entry, 1, 1);
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  {
    g_autoptr (NaruPack) unfinished = naru_pack_new (path, "p", &error);
    add_all (unfinished, objects);
  }
  g_autoptr (GPtrArray) none = list_packs (history);
  g_assert_cmpuint (none->len, ==, 0);
  {
    g_autoptr (NaruPack) finished = naru_pack_new (path, "p", &error);
    add_all (finished, objects);
    finish (finished);
  }
  g_autoptr (GPtrArray) two = list_packs (history);
  g_assert_cmpuint (two->len, ==, 2);
  naru_pack_discard (path, "p");
  g_autoptr (GPtrArray) gone = list_packs (history);
  g_assert_cmpuint (gone->len, ==, 0);

  g_autoptr (NaruPack) empty = naru_pack_new (path, "empty", &error);
  finish (empty);
  publish (history, "empty");
}

static void
test_names (void)
{
  static const char *const names[] = { "", "../x", "a/b", ".", "x.pack", "한글" };
  g_autoptr (History) history = history_new ();
  const char *path = naru_repository_get_path (history->repository);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (naru_pack_new (path, names[i], &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
    }
  g_autoptr (GError) error = NULL;
  g_assert_null (naru_pack_new (history->folder, "x", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
}

static void
test_add_file (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autofree char *file = history_path (history, "attachment");
  gsize size = 3 * 1024 * 1024 + 17;
  g_autofree char *data = g_malloc (size);
  for (gsize i = 0; i < size; i++)
    data[i] = (char) (i * i >> 5);
  g_assert_true (g_file_set_contents (file, data, (gssize) size, NULL));
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (NaruObject) same = naru_object_new (NARU_OBJECT_BLOB, bytes);
  g_autoptr (NaruPack) pack = naru_pack_new (path, "file", &error);
  g_autoptr (NaruEntry) entry = history_begin ("x");
  change_deal (entry, 1, 1);
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  NaruOid oid;
  NaruDigest digest, expected;

  add_all (pack, objects);
  /* too long, too short, absent, no file: each leaves the pack as it was */
  for (guint i = 0; i < 4; i++)
    {
      const char *name = i < 2 ? file : i == 2 ? "/nonexistent/x" : history->folder;
      g_assert_false (naru_pack_add_file (pack, name, size + (i == 0) - (i == 1), &oid, &digest, &error));
      g_assert_error (error, NARU_ERROR,
                      (i < 2    ? NARU_ERROR_CONFLICT
                       : i == 2 ? NARU_ERROR_NOT_FOUND
                                : NARU_ERROR_INVALID));
      g_clear_error (&error);
    }
  /* a second time it is known already */
  for (guint i = 0; i < 2; i++)
    {
      naru_pack_add_file (pack, file, size, &oid, &digest, &error);
      g_assert_no_error (error);
      g_assert_true (naru_oid_equal (&oid, &same->oid));
      naru_digest_compute (data, size, &expected);
      g_assert_cmpmem (&digest, sizeof digest, &expected, sizeof expected);
      g_assert_cmpuint (naru_pack_get_n_objects (pack), ==, objects->len + 1);
    }
  g_autoptr (NaruEntry) second = history_begin ("y");
  naru_entry_put_blob (second, "documents/attachment", &oid, size, &digest);
  g_autoptr (GPtrArray) more = history_build (history, second);
  add_all (pack, more);
  finish (pack);
  publish (history, "file");
  naru_repository_set_head (history->repository, NULL, &history->head, TRUE, &error);
  g_free (run_git (path, NULL, "fsck", "--strict", "--full", NULL));
  g_autoptr (GBytes) read =
      naru_repository_read_file (history->repository, &history->head, "documents/attachment", &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (read, bytes));
}

static void
test_damaged_pack (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (NaruPack) pack = naru_pack_new (path, "p", &error);
  g_autoptr (NaruEntry) entry = history_begin ("x");
  change_deal (entry, 1, 1);
  g_autoptr (GPtrArray) objects = history_build (history, entry);
  add_all (pack, objects);
  finish (pack);
  publish (history, "p");
  g_autoptr (GPtrArray) names = list_packs (history);
  const char *file = g_str_has_suffix (g_ptr_array_index (names, 0), ".pack") ? g_ptr_array_index (names, 0)
                                                                              : g_ptr_array_index (names, 1);
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (file, &data, &size, NULL));
  data[40] ^= 0x10;
  g_assert_true (g_file_set_contents (file, data, (gssize) size, NULL));

  const NaruObject *object = g_ptr_array_index (objects, 0);
  g_assert_null (naru_repository_read_blob (history->repository, &object->oid, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

/* A full disk shows as an error, and nothing is left of the pack. */
static void
test_full_disk (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (NaruPack) pack = naru_pack_new (path, "p", &error);
  g_autofree char *file = history_path (history, "audit.git/objects/pack/tmp_pack_naru-p");
  struct sigaction ignore = { .sa_handler = SIG_IGN };
  struct rlimit limit, small;

  sigaction (SIGXFSZ, &ignore, NULL);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = limit;
  small.rlim_cur = 1024 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  gboolean good = TRUE;
  for (guint i = 0; i < 400 && good; i++)
    {
      guint32 *data = g_new (guint32, 16384);
      for (guint j = 0; j < 16384; j++)
        data[j] = g_rand_int (random);
      g_autoptr (GBytes) bytes = g_bytes_new_take (data, 65536);
      g_autoptr (NaruObject) object = naru_object_new (NARU_OBJECT_BLOB, bytes);
      good = naru_pack_add (pack, object, &error);
    }
  good = good && naru_pack_finish (pack, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (good);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_clear_pointer (&pack, naru_pack_free);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/pack/many-commits", test_many_commits);
  g_test_add_func ("/pack/odd-objects", test_odd_objects);
  g_test_add_func ("/pack/same-bytes", test_same_bytes);
  g_test_add_func ("/pack/publish-again", test_publish_again);
  g_test_add_func ("/pack/discard", test_discard);
  g_test_add_func ("/pack/names", test_names);
  g_test_add_func ("/pack/add-file", test_add_file);
  g_test_add_func ("/pack/damaged-pack", test_damaged_pack);
  g_test_add_func ("/pack/full-disk", test_full_disk);
  return g_test_run ();
}
