/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <glib/gstdio.h>

/* The office as it was: one deal shown, all deals listed, from the entry before the last. Whole processes.
 * One deal has to come at once whatever the number of deals; a list must not take longer than their import
 * did. What stock git needs for the same files, told as text nobody can filter, is given beside. */

#define ROUNDS 9
#define MS_AT_ONCE 200

typedef struct
{
  char *folder;
  char *repository;
  char *commit; /* of the import */
  double import_ms;
} Made;

static Made
make_office (guint n)
{
  Made made = { .folder = bench_fresh_folder ("at") };
  g_autofree char *file = g_strconcat (made.folder, ".jsonl", NULL);
  g_autofree char *git_file = g_strconcat (made.folder, ".head", NULL);
  g_autoptr (NaruOffice) office = NULL;

  portfolio_write (file, 0, n);
  office = portfolio_create_office (made.folder);
  g_assert_nonnull (office);
  g_clear_pointer (&office, naru_office_unref);
  made.import_ms = bench_run (NULL, NULL,
                              (const char *const[]){ bench_program (), "--office", made.folder, "--as",
                                                     PORTFOLIO_LOGIN, "import", "deal", file, NULL })
                       .ms;
  made.repository = g_build_filename (made.folder, "audit.git", NULL);
  bench_run (made.repository, git_file, (const char *const[]){ "git", "rev-parse", "main", NULL });
  g_assert_true (g_file_get_contents (git_file, &made.commit, NULL, NULL));
  g_strchomp (made.commit);
  g_unlink (git_file);
  g_unlink (file);
  return made;
}

static double
run_naru (const Made *made, const char *verb, const char *word)
{
  double ms[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    ms[i] =
        bench_run (NULL, "/dev/null",
                   (const char *const[]){ bench_program (), "--office", made->folder, "--as", PORTFOLIO_LOGIN,
                                          verb, word, "--json", "--at", made->commit, NULL })
            .ms;
  return bench_median (ms, ROUNDS);
}

static double
run_git (const Made *made, const char *verb, const char *first, const char *second)
{
  double ms[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    ms[i] =
        bench_run (made->repository, "/dev/null", (const char *const[]){ "git", verb, first, second, NULL })
            .ms;
  return bench_median (ms, ROUNDS);
}

int
main (void)
{
  const guint n = bench_scale (10000, 500);
  Made made = make_office (n);
  g_auto (GStrv) ids = portfolio_list_ids (made.folder, NULL, 2);
  g_autofree char *path = naru_id_get_record_path ("deal", ids[1]);
  g_autofree char *object = g_strdup_printf ("%s:%s", made.commit, path);
  g_autofree char *sizes = g_strdup_printf ("\"deals\":%u", n);

  bench_run (NULL, "/dev/null",
             (const char *const[]){ bench_program (), "--office", made.folder, "--as", PORTFOLIO_LOGIN,
                                    "note", ids[0], "later", NULL });
  BenchLine show = {
    .bench = "show-at",
    .unit = "ms",
    .bar = MS_AT_ONCE,
    .absolute = TRUE,
    .naru = run_naru (&made, "show", ids[1]),
    .peer = run_git (&made, "show", object, NULL),
    .peer_name = "git show",
    .sizes = sizes,
  };
  bench_say (&show);

  double archive = run_git (&made, "archive", made.commit, "records/deal");
  g_autofree char *detail = g_strdup_printf ("\"git_archive_ms\":%.1f", archive);
  BenchLine list = {
    .bench = "list-at",
    .unit = "ms",
    .bar = 1,
    .naru = run_naru (&made, "list", "deal"),
    .peer = made.import_ms,
    .peer_name = "import",
    .sizes = sizes,
    .detail = detail,
  };
  bench_say (&list);
  bench_remove (made.folder);
  g_free (made.folder);
  g_free (made.repository);
  g_free (made.commit);
  return 0;
}
