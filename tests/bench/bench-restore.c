/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <glib/gstdio.h>

/* The way back against the way there: an office restored from its history, against the import that made it;
 * from the history, and from a backup. Whole processes. And what memory it takes as the records grow in
 * number. */

typedef struct
{
  char *folder;
  BenchRun run;
} Made;

static Made
import_records (const char *name, guint n)
{
  Made made = { .folder = bench_fresh_folder (name) };
  g_autofree char *file = g_strdup_printf ("%s.jsonl", made.folder);
  g_autoptr (NaruOffice) office = NULL;

  portfolio_write (file, 0, n);
  office = portfolio_create_office (made.folder);
  g_assert_nonnull (office);
  g_clear_pointer (&office, naru_office_unref);
  made.run = bench_run (NULL, NULL,
                        (const char *const[]){ bench_program (), "--office", made.folder, "--as",
                                               PORTFOLIO_LOGIN, "import", "deal", file, NULL });
  g_unlink (file);
  return made;
}

/* The same as one commit a move */
static Made
import_events (const char *name, guint n)
{
  Made made = { .folder = bench_fresh_folder (name) };
  g_autofree char *file = g_strdup_printf ("%s.csv", made.folder);
  g_autofree char *map = g_strdup_printf ("%s.map.json", made.folder);
  g_autoptr (NaruOffice) office = NULL;

  portfolio_write_events (file, map, n);
  office = portfolio_create_office (made.folder);
  g_assert_nonnull (office);
  g_clear_pointer (&office, naru_office_unref);
  made.run = bench_run (NULL, NULL,
                        (const char *const[]){ bench_program (), "--office", made.folder, "--as",
                                               PORTFOLIO_LOGIN, "import-history", file, "--map", map, NULL });
  g_unlink (file);
  g_unlink (map);
  return made;
}

static BenchRun
restore (const char *from)
{
  g_autofree char *folder = bench_fresh_folder ("restored");
  BenchRun run =
      bench_run (NULL, NULL,
                 (const char *const[]){ bench_program (), "restore", folder, "--from", from, NULL });

  bench_remove (folder);
  return run;
}

static void
say (const char *bench, const BenchRun *run, const BenchRun *peer, const char *peer_name, const char *sizes,
     double bar)
{
  g_autofree char *detail =
      g_strdup_printf ("\"peak_mib\":%ld,\"peer_peak_mib\":%ld", run->peak_kib >> 10, peer->peak_kib >> 10);
  BenchLine line = {
    .bench = bench,
    .unit = "ms",
    .bar = bar,
    .naru = run->ms,
    .peer = peer->ms,
    .peer_name = peer_name,
    .sizes = (char *) sizes,
    .detail = detail,
  };

  bench_say (&line);
}

static void
compare (const char *bench, guint n, Made (*make) (const char *name, guint n))
{
  Made made = make (bench, n);
  g_autofree char *sizes = g_strdup_printf ("\"%s\":%u", make == import_records ? "records" : "commits", n);
  BenchRun run = restore (made.folder);

  say (bench, &run, &made.run, "import", sizes, 2);
  bench_remove (made.folder);
  g_free (made.folder);
}

static void
compare_backup (guint n)
{
  Made made = import_records ("backup", n);
  g_autofree char *file = g_strconcat (made.folder, ".naru", NULL);
  g_autofree char *sizes = g_strdup_printf ("\"records\":%u", n);
  BenchRun backup = bench_run (NULL, NULL,
                               (const char *const[]){ bench_program (), "--office", made.folder, "--as",
                                                      PORTFOLIO_LOGIN, "backup", file, NULL });
  BenchRun run = restore (file);

  /* it restores an office to see that it can be done */
  say ("backup", &backup, &made.run, "import", sizes, 4);
  say ("restore-backup", &run, &made.run, "import", sizes, 2);
  g_unlink (file);
  bench_remove (made.folder);
  g_free (made.folder);
}

/* Bounded: four times the records must not take much more memory. */
static void
compare_memory (guint few, guint many)
{
  g_autofree char *sizes = g_strdup_printf ("\"records\":%u,\"peer_records\":%u", many, few);
  Made small = import_records ("few", few);
  Made large = import_records ("many", many);
  BenchRun of_small = restore (small.folder);
  BenchRun of_large = restore (large.folder);
  BenchLine line = {
    .bench = "restore-memory",
    .unit = "MiB",
    .bar = 1.5,
    .naru = (double) of_large.peak_kib / 1024,
    .peer = (double) of_small.peak_kib / 1024,
    .peer_name = "restore of fewer records",
    .sizes = sizes,
  };

  bench_say (&line);
  bench_remove (small.folder);
  bench_remove (large.folder);
  g_free (small.folder);
  g_free (large.folder);
}

int
main (void)
{
  compare ("restore", bench_scale (100000, 1000), import_records);
  compare ("restore-commits", bench_scale (100000, 1000), import_events);
  compare_backup (bench_scale (100000, 1000));
  compare_memory (bench_scale (100000, 1000), bench_scale (400000, 4000));
  return 0;
}
