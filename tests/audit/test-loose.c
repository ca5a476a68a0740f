/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static GPtrArray *
one_commit (History *history, const char *text)
{
  g_autoptr (NaruEntry) entry = history_begin ("x");

  history_put_text (entry, "a/b/c.json", "{\n  \"text\": \"%s\"\n}\n", text);
  return history_build (history, entry);
}

static void
overwrite (const char *path, const char *data, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
}

/* Whatever stands under an object's name, the next publication puts the sound object there. */
static void
test_damaged_is_rewritten (void)
{
  g_autoptr (History) history = history_new ();
  const char *path = naru_repository_get_path (history->repository);
  g_autoptr (GPtrArray) objects = one_commit (history, "나루 나루 나루 나루 나루 나루");
  history_publish (history, objects);

  for (guint i = 0; i < objects->len; i++)
    {
      const NaruObject *object = g_ptr_array_index (objects, i);
      g_autofree char *file = history_object_path (history, &object->oid);
      g_autofree char *sound = NULL;
      gsize size;
      g_assert_true (g_file_get_contents (file, &sound, &size, NULL));
      for (gsize cut = 0; cut <= size; cut++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *damaged = g_memdup2 (sound, size + 1);
          /* cut off, or at its full length with the last bytes spoilt */
          if (cut == size)
            damaged[size / 2] ^= 0x55;
          overwrite (file, damaged, cut);
          g_autoptr (NaruObject) read =
              naru_repository_read_object (history->repository, &object->oid, object->kind, &error);
          g_assert_null (read);
          g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
          g_clear_error (&error);
          naru_repository_write_loose (history->repository, objects, &error);
          g_assert_no_error (error);
          read = naru_repository_read_object (history->repository, &object->oid, object->kind, &error);
          g_assert_no_error (error);
          g_assert_true (g_bytes_equal (read->bytes, object->bytes));
        }
      /* sound, but followed by something */
      g_autofree char *longer = g_malloc0 (size + 1);
      memcpy (longer, sound, size);
      overwrite (file, longer, size + 1);
      g_assert_null (naru_repository_read_object (history->repository, &object->oid, 0, NULL));
      overwrite (file, sound, size);
    }
  g_free (run_git (path, NULL, "fsck", "--strict", "--full", NULL));
}

/* A sound object of another content under this name: only its id tells. */
static void
test_swapped_is_rewritten (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) one = one_commit (history, "one");
  g_autoptr (GPtrArray) two = one_commit (history, "two");
  history_publish (history, one);
  history_publish (history, two);
  const NaruObject *first = g_ptr_array_index (one, 0);
  const NaruObject *second = g_ptr_array_index (two, 0);
  g_autofree char *from = history_object_path (history, &first->oid);
  g_autofree char *to = history_object_path (history, &second->oid);
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (from, &data, &size, NULL));
  overwrite (to, data, size);

  g_assert_null (naru_repository_read_blob (history->repository, &second->oid, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_clear_error (&error);
  naru_repository_write_loose (history->repository, two, &error);
  g_assert_no_error (error);
  g_free (run_git (naru_repository_get_path (history->repository), NULL, "fsck", "--strict", NULL));
}

/* What is sound is left alone. */
static void
test_sound_stays (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GPtrArray) objects = one_commit (history, "one");
  history_publish (history, objects);
  const NaruObject *object = g_ptr_array_index (objects, 0);
  g_autofree char *file = history_object_path (history, &object->oid);
  struct stat before, after;

  g_assert_cmpint (stat (file, &before), ==, 0);
  g_assert_cmpint (before.st_mode & 0222, ==, 0);
  naru_repository_write_loose (history->repository, objects, NULL);
  g_assert_cmpint (stat (file, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
}

/* A small file must not make us take much memory: the size it claims is compared with what it can hold. */
static void
test_boastful_header (void)
{
  /* "blob 160000000" and a NUL, and nothing after it */
  static const guint8 bomb[] = { 0x78, 0x01, 0x4b, 0xca, 0xc9, 0x4f, 0x52, 0x30, 0x34,
                                 0x33, 0x80, 0x00, 0x06, 0x00, 0x21, 0xb0, 0x03, 0x77 };
  g_autoptr (History) history = history_new ();
  g_autoptr (GPtrArray) objects = one_commit (history, "one");
  g_autoptr (GError) error = NULL;
  history_publish (history, objects);
  const NaruObject *object = g_ptr_array_index (objects, 0);
  g_autofree char *file = history_object_path (history, &object->oid);

  overwrite (file, (const char *) bomb, sizeof bomb);
  g_assert_null (naru_repository_read_blob (history->repository, &object->oid, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

static void
test_absent (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  NaruOid oid = { { 1, 2, 3 } };

  g_assert_null (naru_repository_read_blob (history->repository, &oid, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
}

static void
test_kind (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) objects = one_commit (history, "one");
  history_publish (history, objects);

  g_assert_null (naru_repository_read_blob (history->repository, &history->head, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

static void
test_drop (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) objects = one_commit (history, "one");
  history_publish (history, objects);
  const NaruObject *object = g_ptr_array_index (objects, 0);
  const NaruOid oids[] = { object->oid, { { 9 } } };
  g_autofree char *file = history_object_path (history, &object->oid);

  naru_repository_drop_loose (history->repository, oids, G_N_ELEMENTS (oids), &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

static void
test_needs_lock (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GPtrArray) objects = one_commit (history, "one");

  naru_repository_unlock (history->repository);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean done = i == 0   ? naru_repository_write_loose (history->repository, objects, &error)
                      : i == 1 ? naru_repository_sweep (history->repository, NULL, &error)
                      : i == 2 ? naru_repository_repack (history->repository, FALSE, &error)
                               : naru_repository_drop_loose (history->repository, NULL, 0, &error);
      g_assert_false (done);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_FAILED);
    }
}

static void
test_no_permission (void)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root may write anywhere");
      return;
    }
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) objects = one_commit (history, "one");
  g_autofree char *folder = history_path (history, "audit.git/objects");

  g_assert_cmpint (g_chmod (folder, 0500), ==, 0);
  g_assert_false (naru_repository_write_loose (history->repository, objects, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
}

/* Something that cannot be replaced: a clear error, and nothing temporary is left. */
static void
test_folder_in_the_way (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) objects = one_commit (history, "one");
  const NaruObject *object = g_ptr_array_index (objects, 0);
  g_autofree char *file = history_object_path (history, &object->oid);
  g_autofree char *folder = g_path_get_dirname (file);

  g_assert_cmpint (g_mkdir_with_parents (file, 0700), ==, 0);
  g_assert_false (naru_repository_write_loose (history->repository, objects, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (naru_error_get_cure (error));
  g_autoptr (GDir) open = g_dir_open (folder, 0, NULL);
  guint count = 0;
  while (g_dir_read_name (open) != NULL)
    count++;
  g_assert_cmpuint (count, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/loose/damaged-is-rewritten", test_damaged_is_rewritten);
  g_test_add_func ("/loose/swapped-is-rewritten", test_swapped_is_rewritten);
  g_test_add_func ("/loose/sound-stays", test_sound_stays);
  g_test_add_func ("/loose/boastful-header", test_boastful_header);
  g_test_add_func ("/loose/absent", test_absent);
  g_test_add_func ("/loose/kind", test_kind);
  g_test_add_func ("/loose/drop", test_drop);
  g_test_add_func ("/loose/needs-lock", test_needs_lock);
  g_test_add_func ("/loose/no-permission", test_no_permission);
  g_test_add_func ("/loose/folder-in-the-way", test_folder_in_the_way);
  return g_test_run ();
}
