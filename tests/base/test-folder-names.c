/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gstdio.h>

static void
test_names (void)
{
  static const char *const made[] = { "b", ".hidden", "a", "B" };
  g_autofree char *folder = g_dir_make_tmp ("naru-names-XXXXXX", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);

  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autofree char *path = g_build_filename (folder, made[i], NULL);
      g_assert_true (g_file_set_contents (path, "", 0, NULL));
    }
  g_auto (GStrv) names = naru_folder_names (folder);
  g_autofree char *joined = g_strjoinv (" ", names);
  g_assert_cmpstr (joined, ==, ".hidden B a b empty");
  g_auto (GStrv) none = naru_folder_names (empty);
  g_assert_nonnull (none);
  g_assert_null (none[0]);
}

static void
test_not_read (void)
{
  g_autofree char *folder = g_dir_make_tmp ("naru-names-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (naru_folder_names (file));
  g_assert_cmpint (errno, ==, ENOTDIR);
  g_assert_null (naru_folder_names (absent));
  g_assert_cmpint (errno, ==, ENOENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/folder-names/names", test_names);
  g_test_add_func ("/folder-names/not-read", test_not_read);
  return g_test_run ();
}
