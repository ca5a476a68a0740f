/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

#include <sys/mount.h>

/* One change that is larger than what the store keeps in memory of it. */

#define N_RECORDS 30000u
#define MEMORY_MAX_MIB 100 /* its pages take 200 */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED TRUE
#else
#define SANITIZED FALSE
#endif

/* Memory of this process alone: pages of the file that were read can be given back at any time. */
static guint64
get_memory_mib (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  line = status != NULL ? strstr (status, "RssAnon:") : NULL;
  return line != NULL ? g_ascii_strtoull (line + strlen ("RssAnon:"), NULL, 10) >> 10 : 0;
}

/* Some are on a page with others, some on one of their own, some on several. */
static char *
make_title (guint number)
{
  static const gsize sizes[] = { 300, 1500, 6000 };
  g_autofree char *rest = g_strnfill (sizes[number % G_N_ELEMENTS (sizes)], 'a' + (char) (number % 26));

  return g_strdup_printf ("%u %s", number, rest);
}

/* In no order, so that pages come back that were written out. */
static void
put_many (NaruTxn *txn, const char *old_stage, const char *stage)
{
  g_autoptr (GError) error = NULL;
  guint64 before = get_memory_mib ();

  for (guint i = 0; i < N_RECORDS; i++)
    {
      guint number = i * 7919u % N_RECORDS;
      g_autofree char *id = fixture_id (number + 1);
      g_autofree char *title = make_title (number);

      fixture_put (txn, id, title, old_stage, stage, &error);
      g_assert_no_error (error);
      if (i % 1000 == 0 && !SANITIZED)
        g_assert_cmpuint (get_memory_mib (), <, before + MEMORY_MAX_MIB);
    }
}

static gboolean
count_index (const char *value, const char *id, gpointer user_data)
{
  ++*(guint *) user_data;
  return TRUE;
}

static void
check_many (NaruTxn *txn, const char *stage)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_autofree char *id = fixture_id (i + 1);
      g_autofree char *title = make_title (i);
      g_autoptr (NaruRecord) record = naru_txn_get_record (txn, "deal", id, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "title"), ==, title);
      g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "stage"), ==, stage);
    }
  g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, N_RECORDS);
  g_assert_true (naru_txn_foreach_index (txn, "deal.stage", NULL, NULL, count_index, &n, &error));
  g_assert_cmpuint (n, ==, N_RECORDS);
}

static void
test_large_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);

  put_many (txn, NULL, "idea");
  g_autoptr (NaruTxn) during = fixture_read (store);
  g_assert_false (naru_txn_has_record (during, "deal", "MGK-2026-00001"));
  fixture_commit (txn);
  g_assert_true (naru_txn_renew (during, NULL));
  check_many (during, "idea");
}

static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);

  put_many (txn, NULL, "idea");
  fixture_commit (txn);
  txn = fixture_write (store);
  put_many (txn, "idea", "patent");
  naru_txn_end (txn);
  txn = fixture_write (store);
  check_many (txn, "idea");
  put_many (txn, "idea", "licence");
  check_many (txn, "licence");
  fixture_commit (txn);
  g_clear_pointer (&store, naru_store_unref);
  store = fixture_open (fixture->folder, 0);
  g_autoptr (NaruTxn) after = fixture_read (store);
  check_many (after, "licence");
}

/* The disk is full long before the commit. */
static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  if (mount ("naru-test", fixture->folder, "tmpfs", 0, "size=24m,mode=0700") != 0)
    {
      g_test_skip ("no right to mount a small disk");
      return;
    }
  g_autoptr (GError) error = NULL;
  NaruStore *store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);
  gboolean put = TRUE;
  for (guint i = 0; put && i < N_RECORDS; i++)
    {
      g_autofree char *id = fixture_id (i + 1);
      g_autofree char *title = make_title (i);
      put = fixture_put (txn, id, title, NULL, "idea", &error);
    }
  g_assert_false (put);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "full"));
  g_clear_error (&error);
  g_assert_false (naru_txn_commit (txn, &error));
  g_clear_error (&error);
  /* that change is gone; smaller ones go on */
  fixture_put_alone (store, "MGK-2026-00001", "small", NULL, "idea");
  txn = fixture_read (store);
  g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, 1);
  naru_txn_end (txn);
  naru_store_unref (store);
  g_assert_cmpint (umount2 (fixture->folder, MNT_DETACH), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/store/room/large-change", Fixture, NULL, fixture_set_up, test_large_change,
              fixture_tear_down);
  g_test_add ("/store/room/given-up", Fixture, NULL, fixture_set_up, test_given_up, fixture_tear_down);
  g_test_add ("/store/room/disk-full", Fixture, NULL, fixture_set_up, test_disk_full, fixture_tear_down);
  return g_test_run ();
}
