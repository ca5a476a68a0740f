/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* One move of one deal, as a person at a terminal waits for it: whole processes, in turn. One of ours is that
 * of a deal whose rules ask the code of a plugin, which is started anew each time. */

#define ROUNDS 25
#define FEW_FILES 3
#define OURS 2

typedef struct
{
  const char *name;
  char *folder;
  double ms[ROUNDS];
  double (*work) (const char *folder, guint round);
  guint size;
} Contender;

static GStrv deals, bio_deals;

static double
advance (const char *folder, const char *deal)
{
  return bench_run (NULL, NULL,
                    (const char *const[]){ bench_program (), "--office", folder, "--as", PORTFOLIO_LOGIN,
                                           "advance", deal, "disclosure", NULL })
      .ms;
}

static double
advance_any (const char *folder, guint round)
{
  return advance (folder, deals[round]);
}

static double
advance_bio (const char *folder, guint round)
{
  return advance (folder, bio_deals[round]);
}

static double
git_commit (const char *folder, guint round)
{
  g_autofree char *file = g_build_filename (folder, "0/0.json", NULL);
  g_autofree char *text = g_strdup_printf ("{\"stage\": \"stage-%u\"}\n", round);

  if (!g_file_set_contents (file, text, -1, NULL))
    g_error ("cannot write %s", file);
  return bench_run (folder, NULL,
                    (const char *const[]){ "git", "commit", "-q", "-m", "advance", "0/0.json", NULL })
      .ms;
}

static char *ticket;

static double
fossil_change (const char *folder, guint round)
{
  g_autofree char *status = g_strdup_printf ("status-%u", round);

  return bench_run (folder, NULL,
                    (const char *const[]){ "fossil", "ticket", "change", ticket, "status", status, NULL })
      .ms;
}

static double
task_modify (const char *folder, guint round)
{
  g_autofree char *number = g_strdup_printf ("%u", round + 1);
  g_autofree char *rc = g_strdup_printf ("rc:%s/taskrc", folder);

  return bench_run (folder, NULL,
                    (const char *const[]){ "task", rc, "rc.confirmation=no", "rc.verbose=nothing", number,
                                           "modify", "project:disclosure", NULL })
      .ms;
}

/* A repository with @n files of 1 KB, a hundred in a folder, made by git itself. */
static char *
make_git (const char *name, guint n)
{
  char *folder = bench_fresh_folder (name);
  g_autofree char *stream = g_strconcat (folder, ".stream", NULL);
  g_autoptr (GString) text = g_string_new ("commit refs/heads/main\ncommitter A <a@b.c> 1780000000 +0900\n"
                                           "data 5\nfirst\n");

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NaruJson) deal = portfolio_deal (i);
      g_autofree char *json = naru_json_to_text (deal, NULL);

      g_string_append_printf (text, "M 100644 inline %u/%u.json\ndata %" G_GSIZE_FORMAT "\n%s\n", i / 100,
                              i % 100, strlen (json), json);
    }
  if (!g_file_set_contents (stream, text->str, (gssize) text->len, NULL))
    g_error ("cannot write %s", stream);
  bench_run_shell (NULL,
                   "git init -q -b main '%s'; cd '%s'; git config user.name A; git config user.email a@b.c;"
                   " git config gc.auto 0; git fast-import --quiet < '%s'; git reset -q --hard; rm '%s'",
                   folder, folder, stream, stream);
  return folder;
}

static char *
make_fossil (guint n)
{
  g_autofree char *folder = bench_fresh_folder ("fossil");
  g_autofree char *list = g_build_filename (folder, "tickets", NULL);

  g_setenv ("FOSSIL_HOME", folder, TRUE);
  g_setenv ("FOSSIL_USER", "bench", TRUE);
  bench_run_shell (
      NULL,
      "mkdir '%s'; cd '%s'; fossil init -A bench r.fossil; mkdir w; cd w; fossil open ../r.fossil;"
      " for i in $(seq %u); do fossil ticket add title \"Deal $i\" status idea; done;"
      " fossil sql \"SELECT tkt_uuid FROM ticket LIMIT 1\" | tr -d \"'\" > ../tickets",
      folder, folder, n);
  if (!g_file_get_contents (list, &ticket, NULL, NULL))
    g_error ("no ticket was made in %s", folder);
  g_strstrip (ticket);
  return g_build_filename (folder, "w", NULL);
}

static char *
make_tasks (const char *name, guint n)
{
  char *folder = bench_fresh_folder (name);
  g_autofree char *rc = g_build_filename (folder, "taskrc", NULL);
  g_autofree char *data = g_build_filename (folder, "pending.data", NULL);
  g_autofree char *settings = g_strdup_printf ("data.location=%s\nnews.version=9.9.9\n", folder);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (
        text,
        "[description:\"Deal %u\" entry:\"1780000000\" modified:\"1780000000\""
        " project:\"idea\" status:\"pending\" uuid:\"%08x-0000-4000-8000-000000000000\"]\n",
        i, i + 1);
  if (g_mkdir_with_parents (folder, 0700) != 0 || !g_file_set_contents (rc, settings, -1, NULL) ||
      !g_file_set_contents (data, text->str, (gssize) text->len, NULL))
    g_error ("cannot write %s", data);
  return folder;
}

static void
say (const Contender *naru, Contender *peer)
{
  g_autofree char *sizes = g_strdup_printf ("\"deals\":%u,\"peer\":%u", naru->size, peer->size);
  g_autofree char *detail = g_strdup_printf ("\"rounds\":%u", ROUNDS);
  double own[ROUNDS];

  memcpy (own, naru->ms, sizeof own);
  BenchLine line = {
    .bench = naru->name,
    .unit = "ms",
    .bar = 1,
    .naru = bench_median (own, ROUNDS),
    .peer = bench_median (peer->ms, ROUNDS),
    .peer_name = peer->name,
    .sizes = sizes,
    .detail = detail,
  };
  bench_say (&line);
}

/* All in turn, so that what else the machine does hits them alike. The first are ours. */
static void
run (Contender *contenders, guint count, guint first_deal)
{
  /* what the preparations left to be written would come in their way */
  sync ();
  for (guint round = 0; round < ROUNDS; round++)
    for (guint i = 0; i < count; i++)
      contenders[i].ms[round] =
          contenders[i].work (contenders[i].folder, i < OURS ? first_deal + round : round);
  for (guint i = OURS; i < count; i++)
    {
      for (guint j = 0; j < OURS; j++)
        say (&contenders[j], &contenders[i]);
      bench_remove (contenders[i].folder);
      g_free (contenders[i].folder);
    }
}

int
main (void)
{
  const guint n = bench_scale (100000, 1000);
  g_autofree char *kept = portfolio_get_office (n);
  g_autofree char *office = portfolio_copy_office (kept, "advance");
  const Contender any = { "advance", office, { 0 }, advance_any, n };
  const Contender bio = { "advance, code asked", office, { 0 }, advance_bio, n };
  /* those that take a second each leave the caches to nobody, so they run apart */
  Contender quick[OURS + 3] = { any, bio };
  Contender slow[OURS + 2] = { any, bio };
  guint n_quick = OURS, n_slow = OURS;

  deals = portfolio_list_ids (kept, "idea", 2 * ROUNDS);
  bio_deals = portfolio_add_judged (office, PORTFOLIO_BIO_DEAL, 2 * ROUNDS);
  quick[n_quick++] = (Contender){ "git commit -m, small repository",
                                  make_git ("git-small", FEW_FILES),
                                  { 0 },
                                  git_commit,
                                  FEW_FILES };
  slow[n_slow++] =
      (Contender){ "git commit -m, as many files", make_git ("git-large", n), { 0 }, git_commit, n };
  if (bench_has ("fossil"))
    quick[n_quick++] = (Contender){ "fossil ticket change", make_fossil (100), { 0 }, fossil_change, 100 };
  else
    bench_skip ("advance", "fossil ticket change", "fossil is not installed");
  if (bench_has ("task"))
    {
      quick[n_quick++] = (Contender){ "task modify, 1,000 tasks",
                                      make_tasks ("tasks-small", 1000),
                                      { 0 },
                                      task_modify,
                                      1000 };
      slow[n_slow++] =
          (Contender){ "task modify, as many tasks", make_tasks ("tasks", n), { 0 }, task_modify, n };
    }
  else
    bench_skip ("advance", "task modify", "taskwarrior is not installed");

  run (quick, n_quick, 0);
  run (slow, n_slow, ROUNDS);
  bench_remove (office);
  g_strfreev (deals);
  g_strfreev (bio_deals);
  g_free (ticket);
  return 0;
}
