/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

static void
test_index_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  fixture_put_alone (store, "MGK-2026-00005", "e", NULL, "patent");
  fixture_put_alone (store, "MGK-2026-00004", "d", NULL, "idea!");
  fixture_put_alone (store, "MGK-2026-00003", "c", NULL, "idea");
  fixture_put_alone (store, "MGK-2026-00002", "b", NULL, "idea");
  fixture_put_alone (store, "MGK-2026-00001", "a", NULL, "i");

  g_autoptr (NaruTxn) txn = fixture_read (store);
  assert_index (
      txn, "deal.stage", NULL, NULL,
      "i=MGK-2026-00001 idea=MGK-2026-00002 idea=MGK-2026-00003 idea!=MGK-2026-00004 patent=MGK-2026-00005");
  assert_index (txn, "deal.stage", "idea", NULL,
                "idea=MGK-2026-00002 idea=MGK-2026-00003 idea!=MGK-2026-00004");
  assert_index (txn, "deal.stage", "idea", "idea\x1eMGK-2026-00002",
                "idea=MGK-2026-00003 idea!=MGK-2026-00004");
  /* the one that was seen last may be gone meanwhile */
  assert_index (txn, "deal.stage", "idea", "idea\x1eMGK-2026-00002x",
                "idea=MGK-2026-00003 idea!=MGK-2026-00004");
  assert_index (txn, "deal.stage", "idea", "a\x1eMGK-2026-00009",
                "idea=MGK-2026-00002 idea=MGK-2026-00003 idea!=MGK-2026-00004");
  assert_index (txn, "deal.stage", "idea", "zzz\x1eMGK-2026-00009", "");
  assert_index (txn, "deal.stag", NULL, NULL, "");
  assert_index (txn, "deal.stage", "zebra", NULL, "");
  g_autofree char *endless = g_strnfill (5000, 'i');
  assert_index (txn, "deal.stage", endless, NULL, "");
}

typedef struct
{
  GString *text;
  guint left;
} Page;

static gboolean
take_page (const char *value, const char *id, gpointer user_data)
{
  Page *page = user_data;
  g_string_printf (page->text, "%s\x1e%s", value, id);
  return --page->left > 0;
}

static void
assert_found (NaruTxn *txn, const char *type, const char *value, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean found = !expected;

  g_assert_true (naru_txn_find_value (txn, type, value, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpint (found, ==, expected);
}

static void
test_index_find (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autoptr (NaruRecord) deal = fixture_record ("deal", "MGK-2026-00001", "t", "idea");
  g_autoptr (NaruRecord) agreement = fixture_record ("agreement", "MGK-AGR-2026-00001", "t", "draft");
  g_autoptr (GPtrArray) keys = fixture_keys ("idea");
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (fixture_free_key);
  NaruTxn *txn = fixture_write (store);

  assert_found (txn, "deal", "idea", FALSE);
  fixture_add_key (keys, "deal.a", "x");
  fixture_add_key (keys, "deal.z", "last");
  fixture_add_key (others, "agreement.deals", "mgk-2026-00001");
  fixture_add_key (others, "agreement.deals2", "deal");
  g_assert_true (naru_txn_put_record (txn, deal, g_variant_new ("(s)", "x"), NULL, keys, &error));
  g_assert_true (naru_txn_put_record (txn, agreement, g_variant_new ("(s)", "x"), NULL, others, &error));
  assert_found (txn, "deal", "x", TRUE);
  assert_found (txn, "deal", "idea", TRUE);
  assert_found (txn, "deal", "last", TRUE);
  assert_found (txn, "deal", "las", FALSE);
  assert_found (txn, "deal", "lasts", FALSE);
  assert_found (txn, "deal", "mgk-2026-00001", FALSE);
  assert_found (txn, "agreement", "mgk-2026-00001", TRUE);
  assert_found (txn, "agreement", "deal", TRUE);
  assert_found (txn, "agree", "deal", FALSE);
  assert_found (txn, "agreements", "deal", FALSE);
  fixture_commit (txn);
}

static void
test_index_paging (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  NaruTxn *txn = fixture_write (store);
  for (guint i = 1; i <= 1000; i++)
    {
      /* values with the separator inside are values like others */
      g_autofree char *id = fixture_id (i);
      g_autofree char *stage = g_strdup_printf ("s\x1e%c", 'a' + (int) (i * 7 % 13));
      g_assert_true (fixture_put (txn, id, "t", NULL, stage, &error));
    }
  fixture_commit (txn);

  g_autoptr (NaruTxn) read = fixture_read (store);
  g_autoptr (GString) last = g_string_new (NULL);
  guint seen = 0;
  guint pages = 0;
  while (TRUE)
    {
      Page page = { last, 7 };
      g_autofree char *after = pages == 0 ? NULL : g_strdup (last->str);
      g_assert_true (naru_txn_foreach_index (read, "deal.stage", "s", after, take_page, &page, &error));
      seen += 7 - page.left;
      pages++;
      if (page.left > 0)
        break;
      g_assert_true (after == NULL || strcmp (after, last->str) < 0);
    }
  g_assert_cmpuint (seen, ==, 1000);
  g_assert_cmpuint (pages, ==, 143);
}

static void
test_index_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autoptr (NaruRecord) record = fixture_record ("deal", "MGK-2026-00001", "t", "idea");
  g_autoptr (GPtrArray) first = fixture_keys ("idea");
  g_autoptr (GPtrArray) second = fixture_keys ("idea");
  fixture_add_key (first, "deal.sector", "bio");
  fixture_add_key (first, "deal.sector", "it");
  fixture_add_key (second, "deal.sector", "it");
  fixture_add_key (second, "deal.sector", "it"); /* twice is once */
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *word = g_strdup_printf ("w%02u", i);
      fixture_add_key (i % 2 == 0 ? first : second, "deal.word", word);
    }

  NaruTxn *txn = fixture_write (store);
  g_assert_true (naru_txn_put_record (txn, record, g_variant_new ("(s)", "x"), NULL, first, &error));
  g_assert_true (naru_txn_put_record (txn, record, g_variant_new ("(s)", "x"), first, second, &error));
  assert_index (txn, "deal.sector", NULL, NULL, "it=MGK-2026-00001");
  assert_index (txn, "deal.stage", NULL, NULL, "idea=MGK-2026-00001");
  assert_index (
      txn, "deal.word", "w0", NULL,
      "w01=MGK-2026-00001 w03=MGK-2026-00001 w05=MGK-2026-00001 w07=MGK-2026-00001 w09=MGK-2026-00001");
  g_assert_true (naru_txn_put_record (txn, record, g_variant_new ("(s)", "x"), second, NULL, &error));
  assert_index (txn, "deal.word", NULL, NULL, "");
  g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, 1);
  fixture_commit (txn);
}

static void
test_key_too_long (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autofree char *fits = g_strnfill (511 - strlen ("deal.stage") - strlen ("MGK-2026-00001") - 2, 'x');
  g_autofree char *absurd = g_strconcat (fits, "x", NULL);
  NaruTxn *txn = fixture_write (store);
  g_assert_false (fixture_put (txn, "MGK-2026-00001", "t", NULL, absurd, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  g_assert_cmpstr (naru_error_get_field (error), ==, "deal.stage");
  g_clear_error (&error);
  /* nothing of it was put and the transaction goes on */
  g_assert_false (naru_txn_has_record (txn, "deal", "MGK-2026-00001"));
  g_assert_true (fixture_put (txn, "MGK-2026-00001", "t", NULL, fits, &error));
  g_autofree char *longer = g_strnfill (600, 'x');
  g_autoptr (GBytes) tree = g_bytes_new_static ("t", 1);
  g_assert_false (naru_txn_put_tree (txn, longer, tree, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (naru_txn_put_meta (txn, longer, "x", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (naru_txn_get_tree (txn, longer, &error));
  g_assert_no_error (error);
  fixture_commit (txn);
  g_autoptr (NaruTxn) read = fixture_read (store);
  g_assert_true (naru_txn_has_record (read, "deal", "MGK-2026-00001"));
  g_assert_false (naru_txn_has_record (read, "deal", absurd));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define add(path, func)                                                                                      \
  g_test_add ("/store/index/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  add ("order", test_index_order);
  add ("find", test_index_find);
  add ("paging", test_index_paging);
  add ("change", test_index_change);
  add ("too-long", test_key_too_long);
  return g_test_run ();
}
