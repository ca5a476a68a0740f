/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <stdio.h>
#include <string.h>

/*
 * Rule packs and plugins: a review in a process that is warm, with rules of data and of C, and with those of
 * Python; one move of a bio-health deal as a person at a terminal waits for it, its plugin's code started
 * anew each time; and what a changed pack would mean for a whole portfolio.
 */

#define ROUNDS 200
#define MOVES 25

static const char bio[] =
    "{\"external_id\": \"BIO-%u\", \"title\": \"Bio deal\", \"hub\": \"MGK\", \"sectors\": [\"bio-health\"], "
    "\"officer\": \"MGK-PER-2026-00001\","
    " \"summary\": \"A diagnosis\", \"trl\": 3, \"stage\": \"idea\", \"bio_health\": {\"human_subjects\": "
    "true,"
    " \"irb\": {\"number\": \"2026-0812\", \"approved_on\": \"2026-01-05\", \"expires_on\": \"2027-01-04\"},"
    " \"study_start\": \"2026-02-02\", \"consent\": {\"form\": \"written\", \"version\": \"1.2\","
    " \"partner_data\": \"none\"}}}\n";
static const char green[] = "{\"external_id\": \"GREEN-%u\", \"title\": \"Green deal\", \"hub\": \"MGK\", "
                            "\"sectors\": [\"green\"], \"officer\": \"MGK-PER-2026-00001\","
                            " \"summary\": \"A membrane\", \"trl\": 5, \"stage\": \"marketing\", \"green\": "
                            "{\"claim\": \"comparative\","
                            " \"lca\": {\"goal\": \"Compare\", \"functional_unit\": \"1 t of dry product\", "
                            "\"boundary\": \"Cradle to gate\","
                            " \"done_on\": \"2026-08-31\", \"review_body\": \"An accredited body\", "
                            "\"reviewed_on\": \"2026-10-15\"}}}\n";

/* An office of its own with deals that the plugins' code has a say in. */
static char *
make_office (void)
{
  char *folder = bench_fresh_folder ("rules");
  g_autofree char *file = g_strconcat (folder, ".jsonl", NULL);
  g_autoptr (NaruOffice) office = portfolio_create_office (folder);
  FILE *stream = fopen (file, "we");

  if (stream == NULL)
    g_error ("cannot write %s", file);
  for (guint i = 0; i < MOVES; i++)
    fprintf (stream, bio, i);
  fprintf (stream, green, 0);
  fclose (stream);
  g_clear_pointer (&office, naru_office_unref);
  bench_run (NULL, NULL,
             (const char *const[]){ bench_program (), "--office", folder, "--as", PORTFOLIO_LOGIN, "import",
                                    "deal", file, NULL });
  bench_remove (file);
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

static void
bench_moves (const char *folder)
{
  g_auto (GStrv) ids = portfolio_list_ids (folder, "idea", MOVES);
  g_autofree char *git = bench_fresh_folder ("rules-git");
  double naru[MOVES];
  double peer[MOVES];
  g_autofree char *sizes = g_strdup_printf ("\"rounds\":%u", MOVES);

  bench_run_shell (
      NULL,
      "git init -q -b main '%s'; cd '%s'; git config user.name A; git config user.email a@b.c;"
      " git config gc.auto 0; echo 0 >deal.json; git add deal.json; git commit -q -m first; sync",
      git, git);
  for (guint i = 0; i < MOVES; i++)
    {
      g_autofree char *file = g_build_filename (git, "deal.json", NULL);
      g_autofree char *text = g_strdup_printf ("{\"stage\": \"stage-%u\"}\n", i);
      g_file_set_contents (file, text, -1, NULL);
      peer[i] = bench_run (git, NULL,
                           (const char *const[]){ "git", "commit", "-q", "-m", "advance", "deal.json", NULL })
                    .ms;
      naru[i] = bench_run (NULL, NULL,
                           (const char *const[]){ bench_program (), "--office", folder, "--as",
                                                  PORTFOLIO_LOGIN, "advance", ids[i], "disclosure", NULL })
                    .ms;
    }
  BenchLine line = { .bench = "advance of a bio-health deal",
                     .unit = "ms",
                     .bar = 1,
                     .naru = bench_median (naru, MOVES),
                     .peer = bench_median (peer, MOVES),
                     .peer_name = "git commit -m, small repository",
                     .sizes = sizes };
  bench_say (&line);
  bench_remove (git);
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
  bench_moves (folder);
  bench_impact ();
  bench_remove (folder);
  return 0;
}
