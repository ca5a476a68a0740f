/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

/* What the store costs, in microseconds, one JSON line each. The record has about 1 KB, as a deal has. */

#define N_BULK 100000
#define N_SINGLE 1000
#define N_READ 20000

static const char *const stages[] = { "idea",      "joint-rd",  "disclosure", "evaluation", "patent",
                                      "marketing", "licensing", "spin-off",   "post-deal" };

static void
say (const char *what, gint64 start, guint n)
{
  g_print ("{\"bench\":\"store\",\"what\":\"%s\",\"n\":%u,\"microseconds\":%.2f}\n", what, n,
           (double) (g_get_monotonic_time () - start) / n);
}

static NaruRecord *
make_record (const char *id, guint i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_new_object ();
  g_autofree char *summary = g_strnfill (850, 'a' + (int) (i % 26));
  g_autofree char *title = g_strdup_printf ("Technology number %u", i);
  naru_json_set_string (json, "title", title);
  naru_json_set_string (json, "stage", stages[i % G_N_ELEMENTS (stages)]);
  naru_json_set_string (json, "officer", "MGK-PER-2026-00001");
  naru_json_set_string (json, "summary", summary);
  NaruRecord *record = naru_record_new ("deal", id, json, &error);
  g_assert_no_error (error);
  return record;
}

static GPtrArray *
make_keys (guint i)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (fixture_free_key);
  g_autofree char *since = g_strdup_printf ("%s 2026-%02u-%02u", stages[i % 9], 1 + i % 12, 1 + i * 7 % 28);
  g_autofree char *title = g_strdup_printf ("technology number %u", i * 7919 % N_BULK);
  fixture_add_key (keys, "deal.stage", since);
  fixture_add_key (keys, "deal.title", title);
  fixture_add_key (keys, "deal.officer", "MGK-PER-2026-00001");
  fixture_add_key (keys, "deal.sectors", i % 3 == 0 ? "bio" : "it");
  fixture_add_key (keys, "deal.hub", "MGK");
  return keys;
}

static void
put (NaruTxn *txn, guint i, GPtrArray *old_keys, GPtrArray *keys, NaruRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *title = g_strdup_printf ("Technology number %u", i);
  const char *fields[] = { title, "idea", "MGK-PER-2026-00001", "it", "MGK", NULL };
  GVariant *card = g_variant_new ("(x^ass)", (gint64) i, fields, title);
  naru_txn_put_record (txn, record, card, old_keys, keys, &error);
  g_assert_no_error (error);
}

static void
bench_bulk (NaruStore *store)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_record_unref);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < N_BULK; i++)
    {
      g_autofree char *id = fixture_id (i + 1);
      g_ptr_array_add (records, make_record (id, i));
      g_ptr_array_add (keys, make_keys (i));
    }

  gint64 start = g_get_monotonic_time ();
  NaruTxn *txn = fixture_write (store);
  for (guint i = 0; i < N_BULK; i++)
    put (txn, i, NULL, keys->pdata[i], records->pdata[i]);
  say ("bulk put, before commit", start, N_BULK);
  fixture_commit (txn);
  say ("bulk put, durable", start, N_BULK);
}

static void
bench_single (NaruStore *store, gboolean move)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < N_SINGLE; i++)
    {
      guint8 bytes[12 * 1024];
      guint number = i * 97 % N_BULK;
      memset (bytes, (int) i, sizeof bytes);
      g_autoptr (GBytes) row = g_bytes_new (bytes, sizeof bytes);
      g_autofree char *id = fixture_id (number + 1);
      g_autoptr (NaruRecord) record = make_record (id, number + 1);
      g_autoptr (GPtrArray) old_keys = make_keys (number);
      g_autoptr (GPtrArray) keys = make_keys (move ? number + 1 : number);
      NaruTxn *txn = fixture_write (store);
      put (txn, i, old_keys, keys, record);
      naru_txn_put_journal (txn, i + 1, row, &error);
      if (i % 64 == 63)
        naru_txn_drop_journal (txn, i, &error);
      fixture_commit (txn);
    }
  g_assert_no_error (error);
  say (move ? "one record, new index keys and 12 KB of journal, durable"
            : "one record and 12 KB of journal, durable",
       start, N_SINGLE);
}

static gboolean
take (const char *value, const char *id, gpointer user_data)
{
  g_strlcpy (user_data, id, 64);
  return TRUE;
}

typedef struct
{
  NaruTxn *txn;
  guint left;
} Page;

static gboolean
take_card (const char *value, const char *id, gpointer user_data)
{
  Page *page = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) card = naru_txn_get_card (page->txn, "deal", id, &error);
  g_assert_no_error (error);
  return --page->left > 0;
}

static gboolean
count_card (const char *id, GVariant *card, gpointer user_data)
{
  gint64 since;
  g_variant_get_child (card, 0, "x", &since);
  *(guint *) user_data += since >= 0;
  return TRUE;
}

static void
bench_read (NaruStore *store)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < N_READ; i++)
    {
      g_autoptr (NaruTxn) txn = fixture_read (store);
    }
  say ("begin and end of a read", start, N_READ);

  g_autoptr (NaruTxn) txn = fixture_read (store);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < N_READ; i++)
    {
      g_autofree char *id = fixture_id (i * 7919 % N_BULK + 1);
      g_autoptr (NaruRecord) record = naru_txn_get_record (txn, "deal", id, &error);
      g_assert_no_error (error);
    }
  say ("one record, parsed and checked", start, N_READ);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < N_READ; i++)
    {
      g_autofree char *id = fixture_id (i * 7919 % N_BULK + 1);
      g_assert_true (naru_txn_has_record (txn, "deal", id));
    }
  say ("is a record there", start, N_READ);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < N_READ / 10; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s 2026-%02u", stages[i % 9], 1 + i % 12);
      Page page = { txn, 50 };
      g_assert_true (naru_txn_foreach_index (txn, "deal.stage", prefix, NULL, take_card, &page, &error));
    }
  say ("a page of 50 cards by index", start, N_READ / 10);

  char id[64];
  start = g_get_monotonic_time ();
  g_assert_true (naru_txn_foreach_index (txn, "deal.title", NULL, NULL, take, id, &error));
  say ("one index key in a walk of all", start, N_BULK);

  guint n_cards = 0;
  start = g_get_monotonic_time ();
  g_assert_true (naru_txn_foreach_card (txn, "deal", NULL, count_card, &n_cards, &error));
  say ("one card in a walk of all", start, n_cards);
}

int
main (int argc, char **argv)
{
  Fixture fixture;
  fixture_set_up (&fixture, NULL);
  NaruStore *store = fixture_open (fixture.folder, NARU_STORE_CREATE);
  bench_bulk (store);
  bench_single (store, FALSE);
  bench_single (store, TRUE);
  bench_read (store);
  naru_store_unref (store);

  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < 1000; i++)
    naru_store_unref (fixture_open (fixture.folder, 0));
  say ("open and close", start, 1000);
  fixture_tear_down (&fixture, NULL);
  return 0;
}
