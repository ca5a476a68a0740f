/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each damaged file is read by a child process of its own, so that a crash or an endless loop is seen as
 * such. */

#define N_RECORDS 300
#define PAGE 4096

enum
{
  PROBE_FINE = 0,     /* everything could be read and written */
  PROBE_OPEN = 10,    /* refused at open */
  PROBE_READ = 11,    /* opened, then an error */
  PROBE_ALTERED = 12, /* a record other than the one written was given out: never */
  PROBE_NAMELESS = 13 /* an error without a cure, or not the right kind */
};

static char *
make_title (const char *id)
{
  return g_strdup_printf ("title of %s", id);
}

static void
fill (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (folder, NARU_STORE_CREATE);
  for (guint part = 0; part < 3; part++)
    {
      NaruTxn *txn = fixture_write (store);
      for (guint i = part; i < N_RECORDS; i += 3)
        {
          g_autofree char *id = fixture_id (i + 1);
          g_autofree char *title = make_title (id);
          g_autofree char *long_stage = g_strnfill (1 + i % 200, 'a' + (int) (i % 26));
          NaruEvent event = { i + 1, 1735689600 + i, 540, "Kim", "new", "", "idea", "note" };
          g_autofree guint8 *bytes = g_malloc0 (1 + i * 40);
          g_autoptr (GBytes) row = g_bytes_new (bytes, 1 + i * 40);
          fixture_put (txn, id, title, NULL, long_stage, &error);
          naru_txn_add_event (txn, "deal", id, &event, &error);
          naru_txn_put_journal (txn, i + 1, row, &error);
          naru_txn_put_tree (txn, id, row, &error);
          g_assert_no_error (error);
        }
      naru_txn_drop_journal (txn, part * 60, &error);
      g_assert_no_error (error);
      fixture_commit (txn);
    }
}

static gboolean
probe_record (NaruRecord *record, gpointer user_data)
{
  g_autofree char *title = make_title (naru_record_get_id (record));
  const char *found = naru_json_get_string (naru_record_get_json (record), "title");
  if (g_strcmp0 (found, title) != 0)
    _exit (PROBE_ALTERED);
  ++*(guint *) user_data;
  return TRUE;
}

static gboolean
probe_card (const char *id, GVariant *card, gpointer user_data)
{
  g_autofree char *text = g_variant_print (card, TRUE);
  return text != NULL;
}

static gboolean
probe_index (const char *value, const char *id, gpointer user_data)
{
  return strlen (value) + strlen (id) < 512;
}

static gboolean
probe_event (const NaruEvent *event, gpointer user_data)
{
  return event->note != NULL;
}

static gboolean
probe_row (guint64 seq, GBytes *row, gpointer user_data)
{
  /* rows are checked: whatever comes out is what was put in */
  if (g_bytes_get_size (row) != 1 + (seq - 1) * 40)
    _exit (PROBE_ALTERED);
  return TRUE;
}

static void
probe_check (gboolean ok, GError **error, gboolean *failed)
{
  if (ok && *error == NULL)
    return;
  *failed = TRUE;
  if (*error == NULL || !g_error_matches (*error, NARU_ERROR, NARU_ERROR_BROKEN) ||
      naru_error_get_cure (*error) == NULL)
    {
      if (!g_error_matches (*error, NARU_ERROR, NARU_ERROR_NOT_FOUND) &&
          !g_error_matches (*error, NARU_ERROR, NARU_ERROR_IO))
        {
          g_printerr ("unexpected: %s\n", *error == NULL ? "no error" : (*error)->message);
          _exit (PROBE_NAMELESS);
        }
    }
  g_clear_error (error);
}

static void
probe_reads (NaruStore *store, gboolean *failed)
{
  GError *error = NULL;
  guint n_records = 0;
  NaruTxn *txn = naru_store_begin_read (store, &error);
  probe_check (txn != NULL, &error, failed);
  if (txn == NULL)
    return;
  probe_check (naru_txn_foreach_record (txn, "deal", NULL, probe_record, &n_records, &error), &error, failed);
  probe_check (naru_txn_foreach_card (txn, "deal", NULL, probe_card, NULL, &error), &error, failed);
  probe_check (naru_txn_foreach_index (txn, "deal.stage", NULL, NULL, probe_index, NULL, &error), &error,
               failed);
  probe_check (naru_txn_foreach_journal (txn, 0, probe_row, NULL, &error), &error, failed);
  naru_txn_count_records (txn, "deal", &error);
  probe_check (error == NULL, &error, failed);
  for (guint i = 0; i < N_RECORDS; i += 7)
    {
      g_autofree char *id = fixture_id (i + 1);
      g_autoptr (NaruRecord) record = naru_txn_get_record (txn, "deal", id, &error);
      probe_check (record != NULL, &error, failed);
      if (record != NULL)
        probe_record (record, &n_records);
      probe_check (naru_txn_foreach_event (txn, "deal", id, probe_event, NULL, &error), &error, failed);
      g_autoptr (GBytes) tree = naru_txn_get_tree (txn, id, &error);
      probe_check (error == NULL, &error, failed);
      if (tree != NULL && g_bytes_get_size (tree) != 1 + i * 40)
        _exit (PROBE_ALTERED);
    }
  naru_txn_end (txn);
}

static void
probe_writes (NaruStore *store, gboolean *failed)
{
  GError *error = NULL;
  NaruTxn *txn = naru_store_begin_write (store, &error);
  probe_check (txn != NULL, &error, failed);
  if (txn == NULL)
    return;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < N_RECORDS; i += 11)
    {
      g_autofree char *id = fixture_id (i + 1);
      g_autofree char *title = make_title (id);
      ok = fixture_put (txn, id, title, NULL, "moved", &error);
    }
  probe_check (ok, &error, failed);
  probe_check (naru_txn_drop_journal (txn, 250, &error), &error, failed);
  probe_check (naru_txn_commit (txn, &error), &error, failed);
}

static int
probe (const char *folder)
{
  g_autoptr (GError) error = NULL;
  alarm (20);
  NaruStore *store = naru_store_open (folder, 0, &error);
  if (store == NULL)
    {
      g_print ("%s\n", naru_error_get_name (error));
      return naru_error_get_cure (error) != NULL ? PROBE_OPEN : PROBE_NAMELESS;
    }
  gboolean failed = FALSE;
  probe_reads (store, &failed);
  probe_writes (store, &failed);
  if (!failed)
    probe_reads (store, &failed);
  naru_store_unref (store);
  return failed ? PROBE_READ : PROBE_FINE;
}

/* Returns: what the child found; a signal that ended it counts as 1000 and more */
static int
run_probe (const char *folder, char **output)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char *argv[] = { "/proc/self/exe", "--probe", folder, NULL };
  g_autofree char *self = g_file_read_link (argv[0], &error);
  argv[0] = self;
  int status = 0;
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL, &status, &error);
  g_assert_no_error (error);
  if (output != NULL)
    *output = g_strchomp (g_steal_pointer (&text));
  return WIFSIGNALED (status) ? 1000 + WTERMSIG (status) : WEXITSTATUS (status);
}

static void
write_file (const char *path, const char *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;
  /* in place, as damage happens */
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, bytes, size), ==, (gssize) size);
  close (fd);
}

static void
assert_refused (const char *folder, NaruError code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (naru_store_open (folder, 0, &error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_nonnull (strstr (error->message, folder));
  g_assert_null (strstr (error->message, "mdb_"));
}

static void
test_not_lmdb (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_strnfill (20000, 'x');
  for (gsize size = 0; size <= 20000; size = size * 3 + 1)
    {
      write_file (fixture->data, noise, size);
      assert_refused (fixture->folder, NARU_ERROR_BROKEN);
    }
  /* it is left as it was found */
  g_autofree char *now = NULL;
  gsize size = 0;
  g_assert_true (g_file_get_contents (fixture->data, &now, &size, NULL));
  g_assert_cmpuint (size, <=, 20000);
  g_assert_cmpint (strspn (now, "x"), ==, (int) size);

  g_remove (fixture->data);
  g_assert_cmpint (g_mkdir (fixture->data, 0700), ==, 0);
  assert_refused (fixture->folder, NARU_ERROR_BROKEN);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  fill (fixture->folder);
  g_assert_cmpint (run_probe (fixture->folder, NULL), ==, PROBE_FINE);
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));

  guint refused = 0;
  guint fine = 0;
  for (gsize left = 0; left < size; left += left < 3 * PAGE ? 1000 : PAGE * 7 + 13)
    {
      g_autofree char *output = NULL;
      write_file (fixture->data, whole, left);
      int found = run_probe (fixture->folder, &output);
      /* only pages that hold nothing may be missing */
      g_assert_true (found == PROBE_OPEN || found == PROBE_FINE);
      if (found == PROBE_OPEN)
        g_assert_cmpstr (output, ==, "broken");
      refused += found == PROBE_OPEN;
      fine += found == PROBE_FINE;
      if (left < size / 2)
        g_assert_cmpint (found, ==, PROBE_OPEN);
    }
  g_test_message ("%u lengths refused, %u whole enough", refused, fine);
  g_assert_cmpuint (refused, >, 20);
}

static guint64
get_number (const char *bytes, gsize offset)
{
  guint64 number;
  memcpy (&number, bytes + offset, sizeof number);
  return number;
}

/* LMDB writes no page that was used and freed within a transaction, so a sound file may be shorter than it
 * says. */
static void
test_short_but_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fill (fixture->folder);
  NaruStore *store = fixture_open (fixture->folder, 0);
  NaruTxn *txn = fixture_write (store);
  g_autofree guint8 *bytes = g_malloc0 (1 << 20);
  g_autoptr (GBytes) row = g_bytes_new (bytes, 1 << 20);
  g_assert_true (naru_txn_put_journal (txn, 1000, row, &error));
  g_assert_true (naru_txn_drop_journal (txn, 1000, &error));
  fixture_commit (txn);
  naru_store_unref (store);

  g_autofree char *whole = NULL;
  gsize size = 0;
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));
  guint64 last_page = MAX (get_number (whole, 136), get_number (whole, PAGE + 136));
  g_assert_cmpuint ((last_page + 1) * PAGE, >, size);

  g_autoptr (GError) open_error = NULL;
  g_autoptr (NaruStore) again = naru_store_open (fixture->folder, 0, &open_error);
  g_assert_no_error (open_error);
  g_clear_pointer (&again, naru_store_unref);

  /* the same with one more page gone is damage, unless that page held nothing */
  for (guint pages = 8; pages <= 64; pages *= 2)
    {
      write_file (fixture->data, whole, size - pages * PAGE);
      int found = run_probe (fixture->folder, NULL);
      g_assert_true (found == PROBE_OPEN || found == PROBE_FINE);
    }
  write_file (fixture->data, whole, size / 2);
  g_assert_cmpint (run_probe (fixture->folder, NULL), ==, PROBE_OPEN);
}

static void
test_flipped (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  fill (fixture->folder);
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));

  guint counts[4] = { 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (20260731);
  guint n_flips = g_test_slow () ? 5000 : 400;
  for (guint i = 0; i < n_flips; i++)
    {
      gsize offset = (gsize) g_rand_int_range (random, 0, (gint32) size);
      /* every other one where a page keeps its numbers */
      if (i % 2 == 0)
        offset = offset / PAGE * PAGE + (gsize) g_rand_int_range (random, 0, 64);
      guint bit = (guint) g_rand_int_range (random, 0, 8);
      whole[offset] ^= (char) (1 << bit);
      write_file (fixture->data, whole, size);
      whole[offset] ^= (char) (1 << bit);

      int found = run_probe (fixture->folder, NULL);
      if (found != PROBE_FINE && found != PROBE_OPEN && found != PROBE_READ)
        g_error ("bit %u of byte %" G_GSIZE_FORMAT " flipped: the child ended with %d", bit, offset, found);
      counts[found == PROBE_FINE ? 0 : found - PROBE_OPEN + 1]++;
    }
  g_test_message ("%u flips: %u unnoticed, %u refused at open, %u reported when read", n_flips, counts[0],
                  counts[1], counts[2]);
  g_assert_cmpuint (counts[2], >, 0);
}

/* a record whose bytes were changed is named, the others are given out */
static void
test_flipped_record (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  fill (fixture->folder);
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));
  /* both the card and the record have the title, as may older pages */
  for (char *at = whole; (at = memmem (at, size - (at - whole), "title of MGK-2026-00007", 23)) != NULL; at++)
    at[3] = 'L';
  write_file (fixture->data, whole, size);

  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, 0);
  g_autoptr (NaruTxn) txn = fixture_read (store);
  g_assert_null (naru_txn_get_record (txn, "deal", "MGK-2026-00007", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_assert_nonnull (strstr (error->message, "MGK-2026-00007"));
  g_assert_nonnull (strstr (naru_error_get_cure (error), "audit.git"));
  g_clear_error (&error);
  g_autoptr (NaruRecord) other = naru_txn_get_record (txn, "deal", "MGK-2026-00008", &error);
  g_assert_no_error (error);
  g_assert_nonnull (other);
}

/* what decides about others is never taken from a damaged row: settings, how far the history is, counters */
static void
test_flipped_meta (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  guint found = 0;
  NaruStoreHead head = { .seq = 7, .durable_seq = 7 };
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
    NaruTxn *txn = fixture_write (store);
    memset (head.chain.bytes, 'C', sizeof head.chain.bytes);
    g_assert_true (naru_txn_put_meta (txn, "policy", "everybody may read", &error));
    g_assert_true (naru_txn_put_head (txn, &head, &error));
    fixture_commit (txn);
  }
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));
  for (char *at = whole; (at = memmem (at, size - (at - whole), "everybody may read", 18)) != NULL; at++)
    {
      memcpy (at, "nobody ", 7);
      found++;
    }
  for (char *at = whole; (at = memmem (at, size - (at - whole), "CCCCCCCC", 8)) != NULL; at++)
    {
      *at ^= 1;
      found++;
    }
  g_assert_cmpuint (found, >=, 2);
  write_file (fixture->data, whole, size);

  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, 0);
  g_autoptr (NaruTxn) txn = fixture_read (store);
  g_assert_null (naru_txn_get_meta (txn, "policy", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
  g_clear_error (&error);
  g_assert_false (naru_txn_get_head (txn, &head, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

static void
set_format (const char *folder, const char *format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (folder, 0);
  NaruTxn *txn = fixture_write (store);
  g_assert_true (naru_txn_put_meta (txn, "format", format, &error));
  fixture_commit (txn);
}

static void
test_newer_format (Fixture *fixture, gconstpointer data)
{
  naru_store_unref (fixture_open (fixture->folder, NARU_STORE_CREATE));
  set_format (fixture->folder, "2");
  assert_refused (fixture->folder, NARU_ERROR_UNSUPPORTED);
}

static void
test_unknown_format (Fixture *fixture, gconstpointer data)
{
  naru_store_unref (fixture_open (fixture->folder, NARU_STORE_CREATE));
  set_format (fixture->folder, "one");
  assert_refused (fixture->folder, NARU_ERROR_BROKEN);
}

static void
test_other_lmdb (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  naru_store_unref (fixture_open (fixture->folder, NARU_STORE_CREATE));
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));
  whole[20] = whole[PAGE + 20] = 99;
  write_file (fixture->data, whole, size);
  assert_refused (fixture->folder, NARU_ERROR_UNSUPPORTED);
}

/* a file of LMDB that is no store of ours */
static void
test_foreign_tables (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size = 0;
  naru_store_unref (fixture_open (fixture->folder, NARU_STORE_CREATE));
  g_assert_true (g_file_get_contents (fixture->data, &whole, &size, NULL));
  for (char *at = whole; (at = memmem (at, size - (at - whole), "records", 7)) != NULL; at++)
    at[0] = 's';
  write_file (fixture->data, whole, size);
  assert_refused (fixture->folder, NARU_ERROR_BROKEN);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--probe"))
    {
      /* a transaction that met damage is left as it is, which a leak checker would take amiss */
      int found = probe (argv[2]);
      fflush (stdout);
      _exit (found);
    }

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define add(path, func)                                                                                      \
  g_test_add ("/store/damage/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  add ("not-lmdb", test_not_lmdb);
  add ("truncated", test_truncated);
  add ("short-but-whole", test_short_but_whole);
  add ("flipped", test_flipped);
  add ("flipped-record", test_flipped_record);
  add ("flipped-meta", test_flipped_meta);
  add ("newer-format", test_newer_format);
  add ("unknown-format", test_unknown_format);
  add ("other-lmdb", test_other_lmdb);
  add ("foreign-tables", test_foreign_tables);
  return g_test_run ();
}
