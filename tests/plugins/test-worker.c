/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "worker-fixture.h"

#include <signal.h>
#include <sys/time.h>

static const char *const good[] = { "good-c", "good-python" };

static gboolean
skips (const char *name)
{
  if (!g_str_has_suffix (name, "python") || has_python ())
    return FALSE;
  g_test_skip ("python3-gi or the typelib is missing");
  return TRUE;
}

/* Every kind of verdict comes through, with its fields and in both languages. */
static void
test_verdicts (gconstpointer name)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", name);
  g_auto (NaruCheckVerdict) verdict = { 0 };

  if (skips (name))
    return;
  judge_check (workers, plugin, "date", ", \"approved_on\": \"2026-11-27\"", &verdict);
  g_assert_cmpstr (verdict.error, ==, NULL);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_PASS);
  g_assert_null (verdict.fields);
  g_assert_null (verdict.message_en);

  naru_check_verdict_clear (&verdict);
  judge_check (workers, plugin, "date", ", \"approved_on\": \"2026-11-29\"", &verdict);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_FAIL);
  g_assert_cmpstr (verdict.fields[0], ==, "/approved_on");
  g_assert_null (verdict.fields[1]);
  g_assert_cmpstr (verdict.message_en, ==, "The approval is of a day to come.");
  g_assert_cmpstr (verdict.message_ko, ==, "승인일이 아직 오지 않은 날입니다.");

  naru_check_verdict_clear (&verdict);
  judge_check (workers, plugin, "date", "", &verdict);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_UNKNOWN);
  g_assert_cmpstr (verdict.fields[0], ==, "/approved_on");

  naru_check_verdict_clear (&verdict);
  judge_check (workers, plugin, "skip", "", &verdict);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_NOT_APPLICABLE);
  g_assert_false (naru_workers_is_tripped (workers, plugin));

  naru_check_verdict_clear (&verdict);
  judge_check (workers, plugin, "nothing", "", &verdict);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
  g_assert_nonnull (strstr (verdict.error, "There is no check nothing here."));
  g_assert_nonnull (strstr (verdict.error, name));
  g_assert_nonnull (strstr (verdict.error, RULE));
}

/* One request judges many rules, in their order; one that fails leaves the others alone. */
static void
test_many (gconstpointer name)
{
  static const NaruCheckRequest requests[] = { { "A-1", "date" }, { "A-2", "nothing" }, { "A-3", "skip" } };
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", name);
  g_autoptr (GBytes) subject = g_bytes_new_static (CASE_HEAD "}", strlen (CASE_HEAD "}"));
  NaruCheckVerdict verdicts[3] = { { 0 } };
  guint children = count_children ();
  guint inherited = count_inherited ();

  if (skips (name))
    return;
  for (guint round = 0; round < 50; round++)
    {
      naru_workers_judge (workers, plugin, requests, 3, subject, verdicts);
      g_assert_cmpint (verdicts[0].status, ==, NARU_CHECK_UNKNOWN);
      g_assert_cmpint (verdicts[1].status, ==, NARU_CHECK_ERROR);
      g_assert_nonnull (strstr (verdicts[1].error, "A-2"));
      g_assert_cmpint (verdicts[2].status, ==, NARU_CHECK_NOT_APPLICABLE);
      for (guint i = 0; i < 3; i++)
        naru_check_verdict_clear (&verdicts[i]);
    }
  g_assert_cmpuint (count_inherited (), ==, inherited);
  /* the same worker all the time */
  g_assert_cmpuint (count_children (), ==, children + 1);
}

/* What was judged before a worker crashed stands; the rest is not judged. */
static void
test_crash_between (void)
{
  static const NaruCheckRequest requests[] = { { "A-1", "fine" }, { "A-2", "crash" }, { "A-3", "fine" } };
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("hostile", "crash-in-check");
  g_autoptr (GBytes) subject = g_bytes_new_static (CASE_HEAD "}", strlen (CASE_HEAD "}"));
  NaruCheckVerdict verdicts[3] = { { 0 } };

  naru_workers_judge (workers, plugin, requests, 3, subject, verdicts);
  g_assert_cmpint (verdicts[0].status, ==, NARU_CHECK_PASS);
  for (guint i = 1; i < 3; i++)
    {
      g_assert_cmpint (verdicts[i].status, ==, NARU_CHECK_ERROR);
      g_assert_nonnull (strstr (verdicts[i].error, requests[i].rule));
    }
  for (guint i = 0; i < 3; i++)
    naru_check_verdict_clear (&verdicts[i]);
}

/* A whole case comes through, whatever its size and its letters. */
static void
test_large_case (gconstpointer name)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", name);
  g_autoptr (GString) members = g_string_new (", \"notes\": [");
  g_auto (NaruCheckVerdict) verdict = { 0 };

  if (skips (name))
    return;
  /* bindings take their time with each value */
  for (guint i = 0; i < (g_str_has_suffix (name, "python") ? 300 : 20000); i++)
    g_string_append_printf (members, "%s{\"나루\": \"%u 🚢\", \"none\": null, \"yes\": true}",
                            i > 0 ? ", " : "", i);
  g_string_append (members, "], \"approved_on\": \"2026-11-28\"");
  judge_check (workers, plugin, "date", members->str, &verdict);
  g_assert_cmpstr (verdict.error, ==, NULL);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_PASS);
}

/* Confined as it is, Python can do what a check may well need. */
static void
test_standard_library (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "standard-library");
  g_auto (NaruCheckVerdict) verdict = { 0 };

  if (skips ("standard-library-python"))
    return;
  judge_check (workers, plugin, "x", "", &verdict);
  g_assert_cmpstr (verdict.error, ==, NULL);
  g_assert_cmpstr (verdict.message_en, ==, NULL);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_PASS);
}

static void
take_no_notice (int number)
{
}

/* A host that ignores its children, or gets signals all the time, judges as any other. */
static void
test_signals (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  g_autoptr (NaruPlugin) crash = load ("hostile", "crash-in-check");
  const struct sigaction notice = { .sa_handler = take_no_notice };
  const struct itimerval often = { { 0, 200 }, { 0, 200 } };
  const struct itimerval never = { { 0, 0 }, { 0, 0 } };

  signal (SIGCHLD, SIG_IGN);
  sigaction (SIGALRM, &notice, NULL);
  setitimer (ITIMER_REAL, &often, NULL);
  for (guint i = 0; i < 30; i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      g_auto (NaruCheckVerdict) none = { 0 };
      judge_check (workers, plugin, "skip", "", &verdict);
      g_assert_cmpstr (verdict.error, ==, NULL);
      judge_check (workers, crash, "x", "", &none);
      g_assert_cmpint (none.status, ==, NARU_CHECK_ERROR);
    }
  setitimer (ITIMER_REAL, &never, NULL);
  signal (SIGCHLD, SIG_DFL);
  g_clear_pointer (&workers, naru_workers_free);
  g_assert_cmpuint (count_children (), ==, 0);
}

/* A case that is none, or is too large, is no verdict either. */
static void
test_bad_case (void)
{
  static const char *const cases[] = {
    "", "[]", "{}", "{\"@today\": \"never\"}", CASE_HEAD, "{\"@today\": 1}"
  };
  static const NaruCheckRequest request = { RULE, "skip" };
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  g_autofree char *large = g_strnfill (9 * 1024 * 1024, ' ');

  for (guint i = 0; i <= G_N_ELEMENTS (cases); i++)
    {
      const char *text = i < G_N_ELEMENTS (cases) ? cases[i] : large;
      g_autoptr (GBytes) subject = g_bytes_new_static (text, strlen (text));
      g_auto (NaruCheckVerdict) verdict = { 0 };

      naru_workers_judge (workers, plugin, &request, 1, subject, &verdict);
      g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
      g_assert_nonnull (strstr (verdict.error, "good-c"));
    }
}

static void
kill_children (void)
{
  g_autofree char *children = list_children (getpid ());
  g_auto (GStrv) pids = g_strsplit (children, " ", -1);

  for (guint i = 0; pids[i] != NULL; i++)
    if (*pids[i] != '\0')
      kill ((pid_t) g_ascii_strtoll (pids[i], NULL, 10), SIGKILL);
  g_usleep (20000);
}

/* A worker that ended between two reviews is replaced, and nobody notices. */
static void
test_restart (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");

  for (guint i = 0; i < 3; i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      judge_check (workers, plugin, "skip", "", &verdict);
      g_assert_cmpstr (verdict.error, ==, NULL);
      kill_children ();
    }
  g_assert_false (naru_workers_is_tripped (workers, plugin));
}

/* Three failures in a row, and not three in all. */
static void
test_trip (void)
{
  static const char *const checks[] = { "nothing", "nothing", "skip", "nothing", "nothing" };
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  g_autoptr (NaruPlugin) crash = load ("hostile", "crash-in-check");

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      judge_check (workers, plugin, checks[i], "", &verdict);
      g_assert_false (naru_workers_is_tripped (workers, plugin));
    }
  for (guint i = 0; i < 3; i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      g_assert_false (naru_workers_is_tripped (workers, crash));
      judge_check (workers, crash, "x", "", &verdict);
    }
  g_assert_true (naru_workers_is_tripped (workers, crash));
  g_assert_false (naru_workers_is_tripped (workers, plugin));
  naru_workers_reset (workers, crash);
  g_assert_false (naru_workers_is_tripped (workers, crash));
}

/* A plugin without code has no worker; a host without the program says so. */
static void
test_no_worker (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  g_autofree char *program = g_strdup (g_getenv ("NARU_WORKER"));
  g_auto (NaruCheckVerdict) verdict = { 0 };
  g_auto (NaruCheckVerdict) none = { 0 };
  guint descriptors = count_descriptors ();

  g_setenv ("NARU_WORKER", "/nonexistent/naru-worker", TRUE);
  judge_check (workers, plugin, "skip", "", &verdict);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
  g_assert_nonnull (strstr (verdict.error, "good-c"));
  g_assert_nonnull (strstr (verdict.error, "/nonexistent/naru-worker"));
  for (guint i = 0; i < 3; i++)
    {
      g_auto (NaruCheckVerdict) more = { 0 };
      judge_check (workers, plugin, "skip", "", &more);
    }
  g_assert_false (naru_workers_is_tripped (workers, plugin));
  g_setenv ("NARU_WORKER", "/bin/true", TRUE);
  judge_check (workers, plugin, "skip", "", &none);
  g_assert_cmpint (none.status, ==, NARU_CHECK_ERROR);
  g_setenv ("NARU_WORKER", program, TRUE);
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
}

static gpointer
judge_in_thread (gpointer workers)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
      g_auto (NaruCheckVerdict) verdict = { 0 };
      judge_check (workers, plugin, "skip", "", &verdict);
      g_assert_cmpstr (verdict.error, ==, NULL);
    }
  return NULL;
}

/* Several threads share the workers; the one that starts a worker outlives it here, as it does in a server.
 */
static void
test_threads (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  GThread *threads[4] = { NULL };
  guint children = count_children ();

  g_thread_join (g_thread_new ("judge", judge_in_thread, workers));
  g_assert_cmpuint (count_children (), ==, children + 1);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("judge", judge_in_thread, workers);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (count_children (), ==, children + 1);
}

/* The host may have closed the descriptors that a worker gets. */
static void
test_closed_descriptors (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (NaruWorkers) workers = make_patient_workers ();
      g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
      g_auto (NaruCheckVerdict) verdict = { 0 };
      int saved = dup (STDERR_FILENO);

      for (int fd = 0; fd < 4; fd++)
        if (fd != saved)
          close (fd);
      judge_check (workers, plugin, "skip", "", &verdict);
      dup2 (saved, STDERR_FILENO);
      g_assert_cmpstr (verdict.error, ==, NULL);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* After a fork the workers are still those of the parent, which the child neither uses nor ends. */
static void
test_forked (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  g_auto (NaruCheckVerdict) verdict = { 0 };
  int status = 0;
  pid_t pid = 0;

  g_assert_true (naru_workers_probe (workers, plugin, NULL));
  pid = fork ();
  if (pid == 0)
    {
      g_auto (NaruCheckVerdict) forked = { 0 };
      judge_check (workers, plugin, "skip", "", &forked);
      naru_workers_free (workers);
      _exit (forked.status == NARU_CHECK_ERROR ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  judge_check (workers, plugin, "skip", "", &verdict);
  g_assert_cmpstr (verdict.error, ==, NULL);
}

/* Workers die with the host, however it dies. */
static void
test_host_killed (void)
{
  int ends[2] = { -1, -1 };
  char byte = 0;
  pid_t pid = 0;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      /* workers inherit no end of the pipe but through their own start, so that its closing tells of them as
       * well */
      g_autoptr (NaruWorkers) workers = make_patient_workers ();
      g_autoptr (NaruPlugin) plugin = load ("hostile", "ignores-signals");
      g_assert_true (naru_workers_probe (workers, plugin, NULL));
      g_assert_cmpint (write (ends[1], "x", 1), ==, 1);
      g_auto (NaruCheckVerdict) verdict = { 0 };
      judge_check (workers, plugin, "x", "", &verdict);
      _exit (0);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  g_autofree char *children = list_children (pid);
  pid_t worker = (pid_t) g_ascii_strtoll (children, NULL, 10);
  g_assert_cmpint (worker, >, 0);
  g_usleep (100000);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  for (guint i = 0; i < 200 && kill (worker, 0) == 0; i++)
    g_usleep (10000);
  g_assert_cmpint (kill (worker, 0), !=, 0);
  close (ends[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      const char *group = g_str_has_suffix (good[i], "python") ? "python" : "c";
      g_autofree char *verdicts = g_strdup_printf ("/%s/verdicts", group);
      g_autofree char *many = g_strdup_printf ("/%s/many", group);
      g_autofree char *large = g_strdup_printf ("/%s/large-case", group);
      g_test_add_data_func (verdicts, good[i], test_verdicts);
      g_test_add_data_func (many, good[i], test_many);
      g_test_add_data_func (large, good[i], test_large_case);
    }
  g_test_add_func ("/python/standard-library", test_standard_library);
  g_test_add_func ("/c/signals", test_signals);
  g_test_add_func ("/c/bad-case", test_bad_case);
  g_test_add_func ("/c/crash-between", test_crash_between);
  g_test_add_func ("/c/restart", test_restart);
  g_test_add_func ("/c/trip", test_trip);
  g_test_add_func ("/c/no-worker", test_no_worker);
  g_test_add_func ("/c/threads", test_threads);
  g_test_add_func ("/c/closed-descriptors", test_closed_descriptors);
  g_test_add_func ("/c/forked", test_forked);
  g_test_add_func ("/c/host-killed", test_host_killed);
  return g_test_run ();
}
