/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <glib/gstdio.h>

/* Much at once, each against “git fast-import” of the very history that came out of it: records in one
 * commit, moves in a commit each. Whole processes. And what memory the import of records takes as they grow
 * in number. */

static void
make_office (const char *folder)
{
  g_autoptr (NaruOffice) office = portfolio_create_office (folder);

  g_assert_nonnull (office);
}

static BenchRun
import_records (const char *folder, guint n)
{
  g_autofree char *file = g_strdup_printf ("%s.jsonl", folder);
  BenchRun run;

  portfolio_write (file, 0, n);
  make_office (folder);
  run = bench_run (NULL, NULL,
                   (const char *const[]){ bench_program (), "--office", folder, "--as", PORTFOLIO_LOGIN,
                                          "import", "deal", file, NULL });
  g_unlink (file);
  return run;
}

static BenchRun
import_events (const char *folder, guint n)
{
  g_autofree char *file = g_strdup_printf ("%s.csv", folder);
  g_autofree char *map = g_strdup_printf ("%s.map.json", folder);
  BenchRun run;

  portfolio_write_events (file, map, n);
  make_office (folder);
  run = bench_run (NULL, NULL,
                   (const char *const[]){ bench_program (), "--office", folder, "--as", PORTFOLIO_LOGIN,
                                          "import-history", file, "--map", map, NULL });
  g_unlink (file);
  g_unlink (map);
  return run;
}

static double
fast_import (const char *office)
{
  g_autofree char *stream = g_strconcat (office, ".stream", NULL);
  g_autofree char *repository = bench_fresh_folder ("fast-import");
  double ms;

  bench_run_shell (NULL, "git -C '%s/audit.git' fast-export main > '%s'; git init -q --bare '%s'", office,
                   stream, repository);
  ms = bench_run_shell (repository, "exec git fast-import --quiet < '%s'", stream);
  g_unlink (stream);
  bench_remove (repository);
  return ms;
}

static void
compare (const char *bench, guint n, BenchRun (*import) (const char *folder, guint n))
{
  g_autofree char *folder = bench_fresh_folder (bench);
  g_autofree char *sizes = g_strdup_printf ("\"%s\":%u", import == import_records ? "records" : "commits", n);
  BenchRun run = import (folder, n);
  g_autofree char *detail = g_strdup_printf ("\"peak_mib\":%ld", run.peak_kib >> 10);
  BenchLine line = {
    .bench = bench,
    .unit = "ms",
    .bar = 2,
    .naru = run.ms,
    .peer = fast_import (folder),
    .peer_name = "git fast-import",
    .sizes = sizes,
    .detail = detail,
  };

  bench_say (&line);
  bench_remove (folder);
}

/* Bounded: four times the records must not take much more memory. */
static void
compare_memory (guint few, guint many)
{
  g_autofree char *folder = bench_fresh_folder ("memory");
  g_autofree char *sizes = g_strdup_printf ("\"records\":%u,\"peer_records\":%u", many, few);
  BenchRun small = import_records (folder, few);
  BenchRun large;

  bench_remove (folder);
  large = import_records (folder, many);
  BenchLine line = {
    .bench = "import-memory",
    .unit = "MiB",
    .bar = 1.5,
    .naru = (double) large.peak_kib / 1024,
    .peer = (double) small.peak_kib / 1024,
    .peer_name = "import of fewer records",
    .sizes = sizes,
  };
  bench_say (&line);
  bench_remove (folder);
}

int
main (void)
{
  compare ("import", bench_scale (100000, 1000), import_records);
  compare ("replay", bench_scale (100000, 1000), import_events);
  compare_memory (bench_scale (100000, 1000), bench_scale (400000, 4000));
  return 0;
}
