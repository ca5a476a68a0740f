/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (naru_store_open (fixture->folder, 0, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_nonnull (strstr (error->message, fixture->folder));
  g_clear_error (&error);

  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_assert_false (naru_store_is_read_only (store));
  g_assert_null (naru_store_open (fixture->folder, NARU_STORE_CREATE, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_EXISTS);
  g_clear_error (&error);
  g_clear_pointer (&store, naru_store_unref);
  g_assert_null (naru_store_open (fixture->folder, NARU_STORE_CREATE, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_EXISTS);
  g_clear_error (&error);

  /* nothing but the two files of LMDB is left behind */
  guint n_files = 0;
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, 2);

  g_assert_null (naru_store_open ("/nonexistent/naru", NARU_STORE_CREATE, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (naru_store_open (fixture->data, 0, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
}

static void
test_one_per_process (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autofree char *other_name = g_strconcat (fixture->folder, "/./", NULL);
  g_autoptr (NaruStore) same = fixture_open (other_name, 0);
  g_assert_true (store == same);

  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_remove (fixture->data), ==, 0);
  g_assert_null (naru_store_open (fixture->folder, 0, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
}

static void
test_record (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  fixture_put_alone (store, "MGK-2026-00001", "이차전지 분리막", NULL, "idea");

  g_autoptr (NaruRecord) wanted = fixture_record ("deal", "MGK-2026-00001", "이차전지 분리막", "idea");
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (GVariant) card = NULL;
  {
    g_autoptr (NaruTxn) txn = fixture_read (store);
    record = naru_txn_get_record (txn, "deal", "MGK-2026-00001", &error);
    g_assert_no_error (error);
    card = naru_txn_get_card (txn, "deal", "MGK-2026-00001", &error);
    g_assert_no_error (error);
    g_assert_true (naru_txn_has_record (txn, "deal", "MGK-2026-00001"));
    g_assert_false (naru_txn_has_record (txn, "deal", "MGK-2026-0000"));
    g_assert_false (naru_txn_has_record (txn, "dea", "l"));
    g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, 1);
    g_assert_cmpuint (naru_txn_count_records (txn, "party", &error), ==, 0);

    g_assert_null (naru_txn_get_record (txn, "deal", "MGK-2026-00002", &error));
    g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
    g_assert_nonnull (strstr (naru_error_get_cure (error), "naru list deal"));
    g_clear_error (&error);
    g_assert_null (naru_txn_get_card (txn, "deal", "MGK-2026-00002", &error));
    g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  }
  /* both outlive the transaction */
  const char *title;
  gint64 since;
  g_variant_get (card, "(x&s)", &since, &title);
  g_assert_cmpstr (title, ==, "이차전지 분리막");
  g_assert_cmpint (since, ==, 1735689600);
  g_assert_true (g_bytes_equal (naru_record_get_bytes (record), naru_record_get_bytes (wanted)));
  g_assert_cmpstr (naru_record_get_revision (record), ==, naru_record_get_revision (wanted));
}

static void
test_reopen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  fixture_put_alone (store, "MGK-2026-00001", "a", NULL, "idea");
  g_clear_pointer (&store, naru_store_unref);

  store = fixture_open (fixture->folder, 0);
  fixture_put_alone (store, "MGK-2026-00001", "b", "idea", "patent");
  fixture_put_alone (store, "MGK-2026-00002", "c", NULL, "idea");
  g_autoptr (NaruTxn) txn = fixture_read (store);
  g_autoptr (NaruRecord) record = naru_txn_get_record (txn, "deal", "MGK-2026-00001", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "title"), ==, "b");
  g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, 2);
  assert_index (txn, "deal.stage", NULL, NULL, "idea=MGK-2026-00002 patent=MGK-2026-00001");
}

static void
test_isolation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  fixture_put_alone (store, "MGK-2026-00001", "old", NULL, "idea");
  g_autoptr (NaruTxn) before = fixture_read (store);

  NaruTxn *txn = fixture_write (store);
  fixture_put (txn, "MGK-2026-00001", "new", "idea", "idea", &error);
  fixture_put (txn, "MGK-2026-00002", "other", NULL, "idea", &error);
  g_assert_no_error (error);
  /* its own puts are seen, by a count too */
  g_autoptr (NaruRecord) own = naru_txn_get_record (txn, "deal", "MGK-2026-00001", &error);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (own), "title"), ==, "new");
  g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, 2);
  g_autoptr (NaruTxn) during = fixture_read (store);
  fixture_commit (txn);
  g_autoptr (NaruTxn) after = fixture_read (store);

  g_autoptr (NaruRecord) first = naru_txn_get_record (before, "deal", "MGK-2026-00001", &error);
  g_autoptr (NaruRecord) second = naru_txn_get_record (during, "deal", "MGK-2026-00001", &error);
  g_autoptr (NaruRecord) third = naru_txn_get_record (after, "deal", "MGK-2026-00001", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (first), "title"), ==, "old");
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (second), "title"), ==, "old");
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (third), "title"), ==, "new");
  g_assert_false (naru_txn_has_record (during, "deal", "MGK-2026-00002"));
  g_assert_true (naru_txn_has_record (after, "deal", "MGK-2026-00002"));
}

static void
test_abort (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  {
    g_autoptr (NaruTxn) txn = fixture_write (store);
    guint number = 0;
    g_assert_true (fixture_put (txn, "MGK-2026-00001", "gone", NULL, "idea", &error));
    g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
    g_assert_cmpuint (number, ==, 1);
    /* a second one in the same thread would wait for itself */
    g_assert_null (naru_store_begin_write (store, &error));
    g_assert_error (error, NARU_ERROR, NARU_ERROR_FAILED);
    g_clear_error (&error);
  }
  g_autoptr (NaruTxn) txn = fixture_write (store);
  guint number = 0;
  g_assert_false (naru_txn_has_record (txn, "deal", "MGK-2026-00001"));
  g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
  g_assert_cmpuint (number, ==, 1);
  assert_index (txn, "deal.stage", NULL, NULL, "");
}

typedef struct
{
  GString *seen;
  guint left;
} Taken;

static gboolean
take_record (NaruRecord *record, gpointer user_data)
{
  Taken *taken = user_data;
  g_string_append_printf (taken->seen, "%s ", naru_record_get_id (record));
  return --taken->left > 0;
}

static gboolean
take_card (const char *id, GVariant *card, gpointer user_data)
{
  Taken *taken = user_data;
  const char *title;
  g_variant_get (card, "(x&s)", NULL, &title);
  g_string_append_printf (taken->seen, "%s:%s ", id, title);
  return --taken->left > 0;
}

static void
test_foreach (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);
  for (guint i = 5; i >= 1; i--)
    {
      g_autofree char *id = fixture_id (i);
      g_autofree char *title = g_strnfill (i * i, 'a' + (int) i);
      g_assert_true (fixture_put (txn, id, title, NULL, "idea", &error));
    }
  g_autoptr (NaruRecord) party = fixture_record ("party", "MGK-PTY-2026-00001", "p", "-");
  g_assert_true (
      naru_txn_put_record (txn, party, g_variant_new ("(xs)", (gint64) 1, "p"), NULL, NULL, &error));
  fixture_commit (txn);

  g_autoptr (NaruTxn) read = fixture_read (store);
  g_autoptr (GString) seen = g_string_new (NULL);
  Taken taken = { seen, 100 };
  g_assert_true (naru_txn_foreach_record (read, "deal", "MGK-2026-00002", take_record, &taken, &error));
  g_assert_cmpstr (seen->str, ==, "MGK-2026-00003 MGK-2026-00004 MGK-2026-00005 ");
  g_string_truncate (seen, 0);
  taken.left = 2;
  g_assert_true (naru_txn_foreach_card (read, "deal", NULL, take_card, &taken, &error));
  g_assert_cmpstr (seen->str, ==, "MGK-2026-00001:b MGK-2026-00002:cccc ");
  g_string_truncate (seen, 0);
  taken.left = 100;
  g_assert_true (naru_txn_foreach_card (read, "party", NULL, take_card, &taken, &error));
  g_assert_true (naru_txn_foreach_card (read, "par", NULL, take_card, &taken, &error));
  g_assert_cmpstr (seen->str, ==, "MGK-PTY-2026-00001:p ");
}

typedef struct
{
  NaruTxn *txn;
  guint n;
} Rewriter;

static gboolean
rewrite (NaruRecord *record, gpointer user_data)
{
  Rewriter *rewriter = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = g_strnfill (1 + rewriter->n++ % 3000, 'z');
  g_assert_true (fixture_put (rewriter->txn, naru_record_get_id (record), title, "idea", "patent", &error));
  return TRUE;
}

/* whoever is called back may write */
static void
test_write_while_walking (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);
  for (guint i = 1; i <= 500; i++)
    {
      g_autofree char *id = fixture_id (i);
      g_assert_true (fixture_put (txn, id, "t", NULL, "idea", &error));
    }
  Rewriter rewriter = { txn, 0 };
  g_assert_true (naru_txn_foreach_record (txn, "deal", NULL, rewrite, &rewriter, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (rewriter.n, ==, 500);
  assert_index (txn, "deal.stage", "idea", NULL, "");
  fixture_commit (txn);
}

static void
test_head_and_meta (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruStoreHead head;
  NaruTxn *txn = fixture_write (store);
  g_assert_true (naru_txn_get_head (txn, &head, &error));
  g_assert_cmpuint (head.seq, ==, 0);
  g_assert_true (naru_oid_is_zero (&head.head));

  NaruStoreHead next = { .seq = G_MAXUINT64 - 1, .durable_seq = 64, .last_seconds = 4102444800 };
  memset (next.head.bytes, 0xAB, sizeof next.head.bytes);
  memset (next.chain.bytes, 0xCD, sizeof next.chain.bytes);
  memset (next.durable_head.bytes, 0xEF, sizeof next.durable_head.bytes);
  g_assert_true (naru_txn_put_head (txn, &next, &error));
  g_assert_true (naru_txn_put_meta (txn, "boot", "8a1f", &error));
  g_assert_true (naru_txn_put_meta (txn, "gone", "x", &error));
  g_assert_true (naru_txn_put_meta (txn, "gone", NULL, &error));
  g_assert_true (naru_txn_put_meta (txn, "empty", "", &error));
  fixture_commit (txn);

  g_autoptr (NaruTxn) read = fixture_read (store);
  g_assert_true (naru_txn_get_head (read, &head, &error));
  g_assert_cmpuint (head.seq, ==, next.seq);
  g_assert_cmpuint (head.durable_seq, ==, 64);
  g_assert_cmpint (head.last_seconds, ==, 4102444800);
  g_assert_true (naru_oid_equal (&head.head, &next.head));
  g_assert_true (naru_oid_equal (&head.durable_head, &next.durable_head));
  g_assert_cmpmem (head.chain.bytes, sizeof head.chain.bytes, next.chain.bytes, sizeof next.chain.bytes);
  g_autofree char *boot = naru_txn_get_meta (read, "boot", &error);
  g_autofree char *gone = naru_txn_get_meta (read, "gone", &error);
  g_autofree char *empty = naru_txn_get_meta (read, "empty", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (boot, ==, "8a1f");
  g_assert_null (gone);
  g_assert_cmpstr (empty, ==, "");
}

static void
test_counter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autoptr (NaruTxn) txn = fixture_write (store);
  guint number = 0;
  for (guint i = 1; i <= 300; i++)
    {
      g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
      g_assert_cmpuint (number, ==, i);
    }
  g_assert_true (naru_txn_next_number (txn, "MGK-2027", &number, &error));
  g_assert_cmpuint (number, ==, 1);
  g_assert_true (naru_txn_raise_number (txn, "MGK-2026", 5, &error));
  g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
  g_assert_cmpuint (number, ==, 301);
  g_assert_true (naru_txn_raise_number (txn, "MGK-2026", G_MAXUINT32 - 1, &error));
  g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
  g_assert_cmpuint (number, ==, G_MAXUINT32);
  g_assert_false (naru_txn_next_number (txn, "MGK-2026", &number, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
}

static gboolean
take_event (const NaruEvent *event, gpointer user_data)
{
  g_string_append_printf (user_data, "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %+d %s %s %s>%s %s\n",
                          event->seq, event->seconds, event->offset_minutes, event->actor, event->action,
                          event->from, event->to, event->note);
  return TRUE;
}

static void
test_history (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autoptr (NaruTxn) txn = fixture_write (store);
  NaruEvent later = { 300, 1767225600, 540, "김 담당", "advance", "idea", "patent", "심사 완료" };
  NaruEvent sooner = { 2, 1735689600, -210, "Kim", "new", "", "", NULL };
  g_assert_true (naru_txn_add_event (txn, "deal", "MGK-2026-00001", &later, &error));
  g_assert_true (naru_txn_add_event (txn, "deal", "MGK-2026-00001", &sooner, &error));
  g_assert_true (naru_txn_add_event (txn, "deal", "MGK-2026-000011", &sooner, &error));
  /* the same again is the same; another with its number is not */
  g_assert_true (naru_txn_add_event (txn, "deal", "MGK-2026-00001", &sooner, &error));
  sooner.note = "x";
  g_assert_false (naru_txn_add_event (txn, "deal", "MGK-2026-00001", &sooner, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_EXISTS);
  g_clear_error (&error);

  g_autoptr (GString) seen = g_string_new (NULL);
  g_assert_true (naru_txn_foreach_event (txn, "deal", "MGK-2026-00001", take_event, seen, &error));
  g_assert_cmpstr (
      seen->str, ==,
      "2 1735689600 -210 Kim new > \n300 1767225600 +540 김 담당 advance idea>patent 심사 완료\n");
}

static gboolean
take_row (guint64 seq, GBytes *row, gpointer user_data)
{
  g_string_append_printf (user_data, "%" G_GUINT64_FORMAT ":%" G_GSIZE_FORMAT " ", seq,
                          g_bytes_get_size (row));
  return TRUE;
}

static gboolean
take_secret (const char *name, const char *value, gpointer user_data)
{
  GString *seen = user_data;

  g_string_append_printf (seen, "%s=%s ", name, value);
  return seen->len < 20;
}

static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *long_name = g_strnfill (600, 'x');
  NaruTxn *txn = fixture_write (store);

  g_assert_true (naru_txn_put_secret (txn, "b", "two", &error));
  g_assert_true (naru_txn_put_secret (txn, "a", "one", &error));
  g_assert_true (naru_txn_put_secret (txn, "b", "", &error));
  g_assert_true (naru_txn_put_secret (txn, "c", "three", &error));
  g_assert_true (naru_txn_put_secret (txn, "d", "four and more", &error));
  g_assert_true (naru_txn_put_secret (txn, "c", NULL, &error));
  g_assert_true (naru_txn_put_secret (txn, "none", NULL, &error));
  fixture_commit (txn);
  g_autoptr (NaruTxn) read = fixture_read (store);
  g_assert_true (naru_txn_foreach_secret (read, take_secret, seen, &error));
  g_assert_cmpstr (seen->str, ==, "a=one b= d=four and more ");
  g_clear_pointer (&read, naru_txn_end);
  txn = fixture_write (store);
  g_assert_false (naru_txn_put_secret (txn, long_name, "x", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  naru_txn_end (txn);
}

static void
test_journal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);
  for (guint64 seq = 254; seq <= 259; seq++)
    {
      g_autofree guint8 *bytes = g_malloc0 (seq * 50);
      g_autoptr (GBytes) row = g_bytes_new (bytes, seq * 50);
      NaruOid oid = { { (guint8) seq } };
      g_assert_true (naru_txn_put_journal (txn, seq, row, &error));
      g_assert_true (naru_txn_put_commit (txn, seq, &oid, &error));
    }
  fixture_commit (txn);

  txn = fixture_write (store);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_assert_true (naru_txn_foreach_journal (txn, 256, take_row, seen, &error));
  g_assert_cmpstr (seen->str, ==, "257:12850 258:12900 259:12950 ");
  g_string_truncate (seen, 0);
  g_assert_true (naru_txn_drop_journal (txn, 257, &error));
  g_assert_true (naru_txn_foreach_journal (txn, 0, take_row, seen, &error));
  g_assert_cmpstr (seen->str, ==, "258:12900 259:12950 ");
  g_assert_true (naru_txn_drop_journal (txn, G_MAXUINT64, &error));
  g_assert_true (naru_txn_drop_journal (txn, G_MAXUINT64, &error));
  fixture_commit (txn);

  g_autoptr (NaruTxn) read = fixture_read (store);
  g_string_truncate (seen, 0);
  g_assert_true (naru_txn_foreach_journal (read, 0, take_row, seen, &error));
  g_assert_cmpstr (seen->str, ==, "");
  NaruOid oid;
  g_assert_true (naru_txn_get_commit (read, 258, &oid, &error));
  g_assert_cmpuint (oid.bytes[0], ==, 2);
  g_assert_false (naru_txn_get_commit (read, 260, &oid, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
}

static void
test_tree (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autoptr (NaruTxn) txn = fixture_write (store);
  g_autoptr (GBytes) root = g_bytes_new_static ("root\0tree", 9);
  g_autoptr (GBytes) leaf = g_bytes_new_static ("", 0);
  g_assert_null (naru_txn_get_tree (txn, "", &error));
  g_assert_no_error (error);
  g_assert_true (naru_txn_put_tree (txn, "", root, &error));
  g_assert_true (naru_txn_put_tree (txn, "records/deal", leaf, &error));
  g_autoptr (GBytes) root_read = naru_txn_get_tree (txn, "", &error);
  g_autoptr (GBytes) leaf_read = naru_txn_get_tree (txn, "records/deal", &error);
  g_assert_true (g_bytes_equal (root, root_read));
  g_assert_true (g_bytes_equal (leaf, leaf_read));
  g_assert_true (naru_txn_put_tree (txn, "records/deal", NULL, &error));
  g_assert_null (naru_txn_get_tree (txn, "records/deal", &error));
  g_assert_no_error (error);
}

static void
test_read_only_flag (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  fixture_put_alone (store, "MGK-2026-00001", "t", NULL, "idea");
  g_clear_pointer (&store, naru_store_unref);
  store = fixture_open (fixture->folder, NARU_STORE_READ_ONLY);
  g_assert_true (naru_store_is_read_only (store));
  g_assert_null (naru_store_begin_write (store, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_autoptr (NaruTxn) txn = fixture_read (store);
  g_assert_true (naru_txn_has_record (txn, "deal", "MGK-2026-00001"));
}

/* of the room itself; a network file system cannot be mounted here */
const char *naru_store_name_network (gint64 magic);

static void
test_network (void)
{
  g_assert_cmpstr (naru_store_name_network (0x6969), ==, "NFS");
  g_assert_cmpstr (naru_store_name_network (0xFF534D42), ==, "CIFS");
  /* as a signed number of 32 bits, which it is on some machines */
  g_assert_cmpstr (naru_store_name_network ((gint32) 0xFE534D42), ==, "SMB2");
  g_assert_null (naru_store_name_network (0xEF53));     /* ext4 */
  g_assert_null (naru_store_name_network (0x01021994)); /* tmpfs */
  g_assert_null (naru_store_name_network (0x794c7630)); /* overlay */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define add(path, func) g_test_add ("/store/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  add ("create", test_create);
  add ("one-per-process", test_one_per_process);
  add ("record", test_record);
  add ("reopen", test_reopen);
  add ("isolation", test_isolation);
  add ("abort", test_abort);
  add ("foreach", test_foreach);
  add ("foreach/write", test_write_while_walking);
  add ("head-and-meta", test_head_and_meta);
  add ("counter", test_counter);
  add ("history", test_history);
  add ("journal", test_journal);
  add ("secrets", test_secrets);
  add ("tree", test_tree);
  add ("read-only-flag", test_read_only_flag);
  g_test_add_func ("/store/network", test_network);
  return g_test_run ();
}
