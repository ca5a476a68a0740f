/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <stdio.h>
#include <string.h>

/*
 * Rule packs and plugins: a review in a process that is warm, with rules of data and of C, and with those of
 * Python; and what a changed pack would mean for a whole portfolio. How long a move takes whose rules ask
 * code is with the other moves, in bench-advance.c.
 */

#define ROUNDS 200

static const char green[] =
    "{\"title\": \"Green deal\", \"hub\": \"MGK\", \"sectors\": [\"green\"], \"officer\": "
    "\"MGK-PER-2026-00001\","
    " \"summary\": \"A membrane\", \"trl\": 5, \"stage\": \"marketing\", \"green\": {\"claim\": "
    "\"comparative\","
    " \"lca\": {\"goal\": \"Compare\", \"functional_unit\": \"1 t of dry product\","
    " \"boundary\": \"Cradle to gate\", \"done_on\": \"2026-08-31\", \"review_body\": \"An accredited body\","
    " \"reviewed_on\": \"2026-10-15\"}}}";

/* An office of its own with deals that the plugins' code has a say in. */
static char *
make_office (void)
{
  char *folder = bench_fresh_folder ("rules");
  g_autoptr (NaruOffice) office = portfolio_create_office (folder);

  g_clear_pointer (&office, naru_office_unref);
  g_strfreev (portfolio_add_judged (folder, PORTFOLIO_BIO_DEAL, 1));
  g_strfreev (portfolio_add_judged (folder, green, 1));
  return folder;
}

static double
measure_review (NaruDesk *desk, const char *id, const char *to, guint *n_findings)
{
  double ms[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      double start = bench_now ();
      g_autoptr (NaruReview) review = naru_desk_check (desk, id, to, &error);
      ms[i] = bench_now () - start;
      if (review == NULL)
        g_error ("%s", error->message);
      *n_findings = naru_review_get_n_findings (review);
      for (guint j = 0; j < *n_findings; j++)
        if (naru_finding_get_status (naru_review_get_finding (review, j)) == NARU_STATUS_ERROR)
          g_error ("%s", naru_finding_get_message (naru_review_get_finding (review, j)));
    }
  return bench_median (ms, ROUNDS);
}

static void
say_review (NaruDesk *desk, const char *folder, const char *stage, const char *to, const char *name,
            double bar)
{
  g_auto (GStrv) ids = portfolio_list_ids (folder, stage, 1);
  guint n = 0;
  double ms = measure_review (desk, ids[0], to, &n);
  g_autofree char *sizes = g_strdup_printf ("\"findings\":%u", n);
  BenchLine line = { .bench = name, .unit = "ms", .absolute = TRUE, .bar = bar, .naru = ms, .sizes = sizes };

  bench_say (&line);
}

static void
bench_reviews (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk = office != NULL ? naru_desk_new (office, PORTFOLIO_LOGIN, "web", &error) : NULL;

  if (desk == NULL)
    g_error ("%s", error->message);
  say_review (desk, folder, "idea", "disclosure", "review, data and C", 1);
  say_review (desk, folder, "marketing", "licensing", "review with Python", 5);
}

/* The pack on national R&D with another least share for researchers */
static char *
make_pack (const char *folder)
{
  g_autofree char *path = naru_data_get_path ("share/rules", "national-rd");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) pack = naru_rule_pack_read (path, &error);
  if (pack == NULL)
    g_error ("%s", error->message);
  g_autofree char *text = NULL;
  char *file = g_strconcat (folder, ".pack.json", NULL);

  naru_json_set_string (pack, "version", "bench");
  for (guint i = 0; i < naru_json_get_size (naru_json_get (pack, "rules")); i++)
    {
      NaruJson *rule = naru_json_get_element (naru_json_get (pack, "rules"), i);
      if (i % 2 == 0)
        naru_json_set_string (rule, "severity", "advise");
    }
  text = naru_json_to_text (pack, NULL);
  g_file_set_contents (file, text, -1, NULL);
  return file;
}

static void
bench_impact (void)
{
  const guint n = bench_scale (100000, 1000);
  g_autofree char *folder = portfolio_get_office (n);
  g_autofree char *pack = make_pack (folder);
  g_autofree char *answer = g_strconcat (folder, ".impact.json", NULL);
  BenchRun run =
      bench_run (NULL, answer,
                 (const char *const[]){ bench_program (), "--office", folder, "--as", PORTFOLIO_LOGIN,
                                        "--json", "rules", "impact", pack, NULL });
  g_autofree char *sizes = g_strdup_printf ("\"deals\":%u", n);
  g_autofree char *detail = g_strdup_printf ("\"peak_kib\":%ld", run.peak_kib);
  BenchLine line = { .bench = "rules impact",
                     .unit = "s",
                     .absolute = TRUE,
                     .bar = 60,
                     .naru = run.ms / 1000,
                     .sizes = sizes,
                     .detail = detail };

  bench_say (&line);
  bench_remove (pack);
  bench_remove (answer);
}

int
main (void)
{
  g_autofree char *folder = make_office ();

  bench_reviews (folder);
  bench_impact ();
  bench_remove (folder);
  return 0;
}
