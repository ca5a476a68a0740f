/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

/* The history of one deal among very many commits, by the library and by the program, against stock git. */

#define ROUNDS 5

static void
say (const char *bench, guint n, double *naru, double *peer)
{
  g_autofree char *sizes = g_strdup_printf ("\"commits\":%u", n);
  BenchLine line = {
    .bench = bench,
    .unit = "ms",
    .faster = TRUE,
    .bar = 100,
    .naru = bench_median (naru, ROUNDS),
    .peer = bench_median (peer, ROUNDS),
    .peer_name = "git log -- path",
    .sizes = sizes,
  };

  bench_say (&line);
}

static double
read_history (NaruDesk *desk, const char *id)
{
  g_autoptr (GError) error = NULL;
  double start = bench_now ();
  g_autoptr (NaruJson) events = naru_desk_history (desk, id, &error);
  double ms = bench_now () - start;

  if (events == NULL || naru_json_get_size (events) == 0)
    g_error ("%s", error != NULL ? error->message : "no history");
  return ms;
}

int
main (void)
{
  const guint n = bench_scale (100000, 2000);
  g_autofree char *folder = portfolio_get_history (n);
  g_autofree char *repository = g_build_filename (folder, "audit.git", NULL);
  g_auto (GStrv) ids = portfolio_list_ids (folder, NULL, 400);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk = office != NULL ? naru_desk_new (office, PORTFOLIO_LOGIN, "cli", &error) : NULL;
  double library[ROUNDS];
  double program[ROUNDS];
  double git[ROUNDS];

  if (desk == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < ROUNDS; i++)
    {
      const char *id = ids[i * 77];
      g_autofree char *path = naru_id_get_record_path ("deal", id);

      library[i] = read_history (desk, id);
      program[i] = bench_run (NULL, NULL,
                              (const char *const[]){ bench_program (), "--office", folder, "--as",
                                                     PORTFOLIO_LOGIN, "history", id, NULL })
                       .ms;
      git[i] = bench_run (repository, NULL,
                          (const char *const[]){ "git", "log", "--format=%H", "main", "--", path, NULL })
                   .ms;
    }
  say ("history", n, library, git);
  say ("history-process", n, program, git);
  return 0;
}
