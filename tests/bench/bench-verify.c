/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

/* “naru verify” against “git fsck --full” of the same history: chain, folders, signatures, and the store
 * against the history; then the same with every move judged again. Whole processes. And what memory it takes
 * as the commits grow in number. */

#define MOVES 5 /* of each deal */

static BenchRun
verify (const char *folder, const char *option)
{
  return bench_run (NULL, NULL,
                    (const char *const[]){ bench_program (), "--office", folder, "--as", PORTFOLIO_LOGIN,
                                           "verify", option, NULL });
}

static BenchRun
fsck (const char *folder)
{
  g_autofree char *history = g_build_filename (folder, "audit.git", NULL);

  return bench_run (NULL, NULL,
                    (const char *const[]){ "git", "-C", history, "fsck", "--full", "--no-progress", NULL });
}

static void
compare (const char *bench, const char *folder, const char *option, guint n, double bar)
{
  g_autofree char *sizes = g_strdup_printf ("\"commits\":%u", n);
  BenchRun peer = fsck (folder);
  BenchRun run = verify (folder, option);
  g_autofree char *detail =
      g_strdup_printf ("\"peak_mib\":%ld,\"peer_peak_mib\":%ld", run.peak_kib >> 10, peer.peak_kib >> 10);
  BenchLine line = {
    .bench = bench,
    .unit = "ms",
    .bar = bar,
    .naru = run.ms,
    .peer = peer.ms,
    .peer_name = "git fsck --full",
    .sizes = sizes,
    .detail = detail,
  };

  bench_say (&line);
}

static void
compare_events (guint n)
{
  g_autofree char *folder = portfolio_get_history (n);

  compare ("verify", folder, "--no-rules", n, 2);
}

static void
advance (NaruDesk *desk, const char *id, const char *stage)
{
  g_autoptr (GError) error = NULL;

  if (!naru_desk_advance (desk, id, stage, NULL, NULL, &error))
    g_error ("%s", error->message);
}

/* Deals that go to and fro side by side, as an office has them; each move judged by gate and rules */
static void
make_moves (const char *folder, guint n)
{
  g_autoptr (NaruOffice) office = portfolio_create_office (folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) desk = naru_desk_new (office, PORTFOLIO_LOGIN, "cli", &error);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n / (MOVES + 1); i++)
    {
      g_autoptr (NaruJson) deal = portfolio_deal (i);
      char *id = NULL;
      naru_json_remove (deal, "stage");
      naru_json_remove (deal, "sectors");
      if (!naru_desk_create (desk, "deal", deal, &id, &error))
        g_error ("%s", error->message);
      g_ptr_array_add (ids, id);
    }
  for (guint k = 0; k < MOVES; k++)
    for (guint i = 0; i < ids->len; i++)
      advance (desk, g_ptr_array_index (ids, i), k % 2 == 0 ? "on-hold" : "idea");
  naru_desk_checkpoint (desk, NULL);
}

static void
compare_moves (guint n)
{
  g_autofree char *folder = bench_fresh_folder ("verify-moves");

  make_moves (folder, n);
  compare ("verify-rules", folder, NULL, n, 5);
  bench_remove (folder);
}

/* Bounded: four times the commits must not take much more memory. */
static void
compare_memory (guint few, guint many)
{
  g_autofree char *sizes = g_strdup_printf ("\"commits\":%u,\"peer_commits\":%u", many, few);
  g_autofree char *small = portfolio_get_history (few);
  g_autofree char *large = portfolio_get_history (many);
  BenchRun of_small = verify (small, NULL);
  BenchRun of_large = verify (large, NULL);
  BenchLine line = {
    .bench = "verify-memory",
    .unit = "MiB",
    .bar = 1.5,
    .naru = (double) of_large.peak_kib / 1024,
    .peer = (double) of_small.peak_kib / 1024,
    .peer_name = "verify of fewer commits",
    .sizes = sizes,
  };

  bench_say (&line);
}

int
main (void)
{
  compare_events (bench_scale (100000, 1000));
  compare_moves (bench_scale (20000, 300));
  compare_memory (bench_scale (25000, 1000), bench_scale (100000, 4000));
  return 0;
}
