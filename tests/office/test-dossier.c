/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-dossier.h"

#include <glib/gstdio.h>

/* Dossiers of offices in which changes of all kinds were made: for every kind of record nothing of another
 * one is in it, all is sound for stock git, and its story agrees with what the office tells.
 * tests/cli/dossier.py looks, and shares no code with what wrote it. */

#define CHANGES 150
#define PER_OFFICE 3

static void
run (const char *folder, const char *const *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  int status = -1;

  g_spawn_sync (folder, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s %s: %s%s", words[0], words[1], out, err);
}

static void
look_at (RandomOffice *random, const char *id, NaruDossierFlags flags, guint number)
{
  g_autofree char *name = g_strdup_printf ("dossier-%u", number);
  g_autofree char *folder = g_build_filename (random->fixture.parent, name, NULL);
  g_autofree char *history = g_build_filename (random->fixture.folder, "audit.git", NULL);
  g_autofree char *checker = g_test_build_filename (G_TEST_DIST, "cli", "dossier.py", NULL);
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (NaruJson) told = NULL;
  g_autoptr (GError) error = NULL;
  gboolean alone = (flags & NARU_DOSSIER_OWN_COMMITS) != 0;

  naru_desk_write_dossier (random->fixture.desk, id, folder, flags, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  told = naru_desk_history (random->fixture.desk, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (naru_json_get_integer (report, "changes", -1), ==, naru_json_get_size (told));
  run (NULL, (const char *const[]){ "/usr/bin/python3", checker, history, folder, id,
                                    alone ? "--own-commits" : NULL, NULL });
  run (folder, (const char *const[]){ "sh", "-c", "git verify-commit $(git rev-list main)", NULL });
  run (folder, (const char *const[]){ "sh", "-c", "test -z \"$(git fsck --full --strict 2>&1)\"", NULL });
}

static void
test_random (gconstpointer data)
{
  guint32 seed = GPOINTER_TO_UINT (data);
  g_autoptr (RandomOffice) random = random_office_new (seed);

  if (!g_file_test ("/usr/bin/python3", G_FILE_TEST_IS_EXECUTABLE))
    {
      g_test_skip ("there is no /usr/bin/python3");
      return;
    }
  random_office_change (random, CHANGES);
  for (guint i = 0; i < PER_OFFICE; i++)
    look_at (random, g_ptr_array_index (random->ids, i * (random->ids->len - 1) / (PER_OFFICE - 1)),
             i % 3 == 2 ? NARU_DOSSIER_OWN_COMMITS : 0, i);
}

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

/* A history that lacks an object: there is no dossier, and nothing is left of it. */
static void
test_damaged (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"Damaged\"}");
  g_autofree char *place = g_build_filename (fixture.parent, "places", NULL);
  g_autofree char *folder = g_build_filename (place, "dossier", NULL);
  g_autofree char *packs = g_build_filename (fixture.folder, "audit.git", "objects", "pack", NULL);
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  naru_desk_checkpoint (fixture.desk, &error);
  g_assert_no_error (error);
  run (NULL, (const char *const[]){ "sh", "-c", "rm -f \"$0\"/*", packs, NULL });
  g_assert_false (naru_desk_write_dossier (fixture.desk, id, folder, 0, NULL, NULL, &report, &error));
  g_assert_nonnull (error);
  g_assert_null (report);
  g_assert_true (is_empty (place));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint seed = 1; seed <= 2; seed++)
    {
      g_autofree char *name = g_strdup_printf ("/dossier/random/%u", seed);
      g_test_add_data_func (name, GUINT_TO_POINTER (seed), test_random);
    }
  g_test_add_func ("/dossier/damaged", test_damaged);
  return g_test_run ();
}
