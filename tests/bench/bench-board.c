/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <lmdb.h>
#include <string.h>

/* One column of the board in a process that is warm already: fifty cards of one stage, longest waiting first.
 * Beside it the bare range scan of fifty keys of that index. */

#define CARDS 50
#define ROUNDS 200

static double
list_page (NaruDesk *desk, const char *stage)
{
  g_autoptr (GError) error = NULL;
  NaruQuery query = { .stage = stage, .limit = CARDS };
  double start = bench_now ();
  g_autoptr (NaruJson) cards = naru_desk_list (desk, "deal", &query, &error);
  double ms = bench_now () - start;

  if (cards == NULL || naru_json_get_size (cards) != CARDS)
    g_error ("%s", error != NULL ? error->message : "too few cards");
  return ms;
}

static double
scan_range (MDB_env *env, MDB_dbi dbi, const char *prefix)
{
  MDB_txn *txn;
  MDB_cursor *cursor;
  MDB_val key = { strlen (prefix), (void *) prefix };
  MDB_val value;
  double start = bench_now ();
  guint found = 0;

  if (mdb_txn_begin (env, NULL, MDB_RDONLY, &txn) != 0 || mdb_cursor_open (txn, dbi, &cursor) != 0)
    g_error ("cannot read the copy of the index");
  for (int result = mdb_cursor_get (cursor, &key, &value, MDB_SET_RANGE); result == 0 && ++found < CARDS;
       result = mdb_cursor_get (cursor, &key, &value, MDB_NEXT))
    ;
  mdb_cursor_close (cursor);
  mdb_txn_abort (txn);
  if (found != CARDS)
    g_error ("the index has only %u keys", found);
  return bench_now () - start;
}

/* As many keys as the office has deals, of the shape that its stage index has. */
static MDB_env *
make_index (guint n, MDB_dbi *dbi)
{
  g_autofree char *folder = bench_fresh_folder ("board-index");
  MDB_env *env;
  MDB_txn *txn;

  bench_run_shell (NULL, "mkdir '%s'", folder);
  if (mdb_env_create (&env) != 0 || mdb_env_set_mapsize (env, (gsize) 4 << 30) != 0 ||
      mdb_env_open (env, folder, MDB_NOSYNC, 0600) != 0 || mdb_txn_begin (env, NULL, 0, &txn) != 0 ||
      mdb_dbi_open (txn, NULL, 0, dbi) != 0)
    g_error ("cannot make %s", folder);
  for (guint i = 0; i < n; i++)
    {
      char text[64];
      int length =
          g_snprintf (text, sizeof text, "deal.stage|stage-%u|%016u|MGK-2026-%07u", i / (n / 9 + 1), i, i);
      MDB_val key = { (gsize) length, text };
      MDB_val value = { 0, NULL };

      if (mdb_put (txn, *dbi, &key, &value, MDB_APPEND) != 0)
        g_error ("cannot write %s", folder);
    }
  if (mdb_txn_commit (txn) != 0)
    g_error ("cannot write %s", folder);
  return env;
}

int
main (void)
{
  static const char *const stages[] = { "idea", "patent", "licensing", "post-deal" };
  static const char *const prefixes[] = { "deal.stage|stage-0", "deal.stage|stage-3", "deal.stage|stage-5",
                                          "deal.stage|stage-8" };
  const guint n = bench_scale (1000000, 10000);
  g_autofree char *folder = portfolio_get_office (n);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk = office != NULL ? naru_desk_new (office, PORTFOLIO_LOGIN, "web", &error) : NULL;
  g_autofree char *sizes = g_strdup_printf ("\"deals\":%u,\"cards\":%u", n, CARDS);
  MDB_dbi dbi;
  MDB_env *env = make_index (n, &dbi);
  double naru[ROUNDS];
  double peer[ROUNDS];

  if (desk == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < ROUNDS; i++)
    {
      naru[i] = list_page (desk, stages[i % G_N_ELEMENTS (stages)]);
      peer[i] = scan_range (env, dbi, prefixes[i % G_N_ELEMENTS (prefixes)]);
    }
  BenchLine line = {
    .bench = "board",
    .unit = "ms",
    .absolute = TRUE,
    .bar = 1,
    .naru = bench_median (naru, ROUNDS),
    .peer = bench_median (peer, ROUNDS),
    .peer_name = "LMDB range scan of 50 keys",
    .sizes = sizes,
  };
  bench_say (&line);
  mdb_env_close (env);
  return 0;
}
