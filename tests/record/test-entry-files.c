/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-records.h"

#include <glib/gstdio.h>

/* An entry of so many files that a list of them waits in a folder, against one that keeps all in memory. */

#define N_FILES 100000u
#define STRIDE 7919u

typedef enum
{
  IN_ORDER,
  IN_NO_ORDER,
  MIXED, /* some with their content */
} Order;

static NaruEntry *
make_entry (const char *folder, Order order)
{
  NaruEntry *entry = naru_entry_new ("import");
  const NaruTime now = { 1767225600, 540 };

  naru_entry_set_folder (entry, folder);
  naru_entry_set_time (entry, &now, &now);
  naru_entry_set_author (entry, "A", "a@example.kr");
  naru_entry_set_committer (entry, "B", "b@example.kr");
  naru_entry_set_subject (entry, "import many");
  for (guint i = 0; i < N_FILES; i++)
    {
      guint number = order == IN_ORDER ? i : i * STRIDE % N_FILES;
      g_autofree char *text = g_strdup_printf ("%u", number);
      g_autofree char *path = g_strdup_printf ("records/deal/%03u/%06u.json", number / 1000, number);
      gsize length = strlen (text);
      NaruDigest digest;
      NaruOid oid;

      naru_digest_compute (text, length, &digest);
      naru_oid_compute ("blob", text, length, &oid);
      if (number % 1000 == 7)
        naru_entry_remove_file (entry, path);
      else if (order == MIXED && number % 1000 == 3)
        {
          g_autoptr (GBytes) bytes = g_bytes_new (text, length);
          naru_entry_put_file (entry, path, bytes);
        }
      else
        naru_entry_put_blob (entry, path, &oid, length, &digest);
    }
  return entry;
}

static void
compare (NaruEntry *entry, NaruEntry *expected, guint index)
{
  g_autoptr (GError) error = NULL;
  const NaruEntryFile *file = naru_entry_get_file (entry, index, &error);
  const NaruEntryFile *other = naru_entry_get_file (expected, index, NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (file->path, ==, other->path);
  g_assert_true (naru_oid_equal (&file->oid, &other->oid));
  g_assert_cmpuint (file->size, ==, other->size);
  g_assert_cmpmem (&file->digest, sizeof file->digest, &other->digest, sizeof other->digest);
}

static void
test_many (gconstpointer data)
{
  Order order = (Order) GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("naru-entry-XXXXXX", &error);
  g_autoptr (NaruEntry) entry = make_entry (folder, order);
  g_autoptr (NaruEntry) expected = make_entry (NULL, order);

  g_assert_no_error (error);
  g_assert_cmpuint (naru_entry_get_n_files (entry), ==, N_FILES);
  g_assert_true (naru_entry_seal (entry, 3, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (naru_entry_seal (expected, 3, NULL, &error));
  g_assert_cmpmem (naru_entry_get_digest (entry), sizeof (NaruDigest), naru_entry_get_digest (expected),
                   sizeof (NaruDigest));
  g_assert_cmpuint (naru_entry_get_n_files (entry), ==, N_FILES);
  for (guint i = 0; i < N_FILES; i++)
    compare (entry, expected, i);
  /* back, the same once more, and over some */
  compare (entry, expected, 5);
  compare (entry, expected, 5);
  compare (entry, expected, 500);
  compare (entry, expected, 499);
  /* nothing is left there, and nothing was there to be seen */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_twice (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("naru-entry-XXXXXX", &error);
  g_autoptr (NaruEntry) entry = make_entry (folder, IN_ORDER);

  naru_entry_remove_file (entry, "records/deal/000/000007.json");
  g_assert_false (naru_entry_seal (entry, 3, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_rmdir (folder);
}

/* A folder that is not there is no reason to fail. */
static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruEntry) entry = make_entry ("/nowhere/at/all", IN_NO_ORDER);
  g_autoptr (NaruEntry) expected = make_entry (NULL, IN_ORDER);

  g_assert_true (naru_entry_seal (entry, 3, NULL, &error));
  g_assert_true (naru_entry_seal (expected, 3, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (naru_entry_get_digest (entry), sizeof (NaruDigest), naru_entry_get_digest (expected),
                   sizeof (NaruDigest));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_data_func ("/entry/many/in-order", GINT_TO_POINTER (IN_ORDER), test_many);
  g_test_add_data_func ("/entry/many/in-no-order", GINT_TO_POINTER (IN_NO_ORDER), test_many);
  g_test_add_data_func ("/entry/many/mixed", GINT_TO_POINTER (MIXED), test_many);
  g_test_add_func ("/entry/many/twice", test_twice);
  g_test_add_func ("/entry/many/no-folder", test_no_folder);
  return g_test_run ();
}
