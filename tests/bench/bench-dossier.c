/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

/* The dossier of one deal among a hundred thousand commits: whole processes, in seconds; and what memory it
 * takes as the history grows. */

#define ROUNDS 3

static BenchRun
write_dossier (const char *office, const char *id, gboolean alone)
{
  g_autofree char *folder = bench_fresh_folder ("dossier");
  BenchRun run = bench_run (NULL, NULL,
                            (const char *const[]){ bench_program (), "--office", office, "--as",
                                                   PORTFOLIO_LOGIN, "dossier", id, "--out", folder,
                                                   alone ? "--own-commits" : NULL, NULL });

  bench_remove (folder);
  return run;
}

static BenchRun
measure (guint n_commits, gboolean alone)
{
  g_autofree char *office = portfolio_get_history (n_commits);
  g_auto (GStrv) ids = portfolio_list_ids (office, NULL, ROUNDS);
  double ms[ROUNDS];
  BenchRun result = { 0 };

  for (guint i = 0; i < ROUNDS; i++)
    {
      BenchRun run = write_dossier (office, ids[i], alone);
      ms[i] = run.ms;
      result.peak_kib = MAX (result.peak_kib, run.peak_kib);
    }
  result.ms = bench_median (ms, ROUNDS);
  return result;
}

static void
say (const char *bench, guint n, const BenchRun *run)
{
  g_autofree char *sizes = g_strdup_printf ("\"commits\":%u", n);
  g_autofree char *detail = g_strdup_printf ("\"peak_mib\":%ld", run->peak_kib >> 10);
  BenchLine line = {
    .bench = bench,
    .unit = "ms",
    .bar = 5000,
    .absolute = TRUE,
    .naru = run->ms,
    .peer_name = "five seconds",
    .peer = 5000,
    .sizes = sizes,
    .detail = detail,
  };

  bench_say (&line);
}

int
main (void)
{
  const guint few = bench_scale (25000, 500);
  const guint many = bench_scale (100000, 2000);
  BenchRun of_few = measure (few, FALSE);
  BenchRun of_many = measure (many, FALSE);
  BenchRun alone = measure (many, TRUE);
  g_autofree char *sizes = g_strdup_printf ("\"commits\":%u,\"peer_commits\":%u", many, few);
  BenchLine memory = {
    .bench = "dossier-memory",
    .unit = "MiB",
    .bar = 2,
    .naru = (double) of_many.peak_kib / 1024,
    .peer = (double) of_few.peak_kib / 1024,
    .peer_name = "dossier among a quarter of the commits",
    .sizes = sizes,
  };

  say ("dossier", many, &of_many);
  say ("dossier-own-commits", many, &alone);
  bench_say (&memory);
  return 0;
}
