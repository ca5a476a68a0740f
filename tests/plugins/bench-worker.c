/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "worker-fixture.h"

#include <signal.h>
#include <sys/socket.h>

#define ROUNDS 5
#define CALLS 2000
#define STARTS 7
#define BAR 500.0 /* microseconds of one call: a review of some rules stays under a millisecond */

/* What a call of a worker costs: against the bare round trip of a packet of the same size to another process,
 * which no worker can beat. Prints one JSON line. */

static double
now_us (void)
{
  return (double) g_get_monotonic_time ();
}

static char *
make_members (void)
{
  g_autoptr (GString) members = g_string_new (", \"approved_on\": \"2026-11-27\", \"notes\": [");

  for (guint i = 0; i < 36; i++)
    g_string_append_printf (members, "%s{\"on\": \"2026-01-%02u\", \"text\": \"a note of a meeting\"}",
                            i > 0 ? ", " : "", i % 28 + 1);
  g_string_append (members, "]");
  return g_string_free (g_steal_pointer (&members), FALSE);
}

static double
measure_calls (const char *name, const char *members, guint calls)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("good", name);
  double best = G_MAXDOUBLE;

  for (guint round = 0; round < ROUNDS; round++)
    {
      double begun = 0;
      for (guint i = 0; i <= calls; i++)
        {
          g_auto (NaruCheckVerdict) verdict = { 0 };
          judge_check (workers, plugin, "date", members, &verdict);
          if (verdict.status != NARU_CHECK_PASS)
            g_error ("%s: %s", name, verdict.error);
          if (i == 0) /* that one started the worker */
            begun = now_us ();
        }
      best = MIN (best, (now_us () - begun) / calls);
    }
  return best;
}

static double
measure_start (const char *name)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < STARTS; i++)
    {
      g_autoptr (NaruWorkers) workers = make_patient_workers ();
      g_autoptr (NaruPlugin) plugin = load ("good", name);
      g_autoptr (GError) error = NULL;
      const double begun = now_us ();

      if (!naru_workers_probe (workers, plugin, &error))
        g_error ("%s", error->message);
      best = MIN (best, now_us () - begun);
    }
  return best / 1000;
}

static double
measure_echo (gsize size)
{
  g_autofree char *packet = g_malloc0 (size);
  double best = G_MAXDOUBLE;
  int ends[2] = { -1, -1 };
  pid_t pid = 0;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    g_error ("socketpair: %s", g_strerror (errno));
  pid = fork ();
  if (pid == 0)
    {
      while (recv (ends[1], packet, size, 0) > 0 && send (ends[1], packet, 100, MSG_NOSIGNAL) > 0)
        continue;
      _exit (0);
    }
  for (guint round = 0; round < ROUNDS; round++)
    {
      const double begun = now_us ();
      for (guint i = 0; i < CALLS; i++)
        if (send (ends[0], packet, size, MSG_NOSIGNAL) < 0 || recv (ends[0], packet, size, 0) < 0)
          g_error ("echo: %s", g_strerror (errno));
      best = MIN (best, (now_us () - begun) / CALLS);
    }
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (ends[0]);
  close (ends[1]);
  return best;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *members = make_members ();
  const double echo = measure_echo (strlen (members) + 200);
  const double call = measure_calls ("good-c", members, CALLS);
  const double start = measure_start ("good-c");
  const gboolean python = has_python ();
  const double python_call = python ? measure_calls ("good-python", members, CALLS / 20) : 0;
  const double python_start = python ? measure_start ("good-python") : 0;

  g_print ("{\"bench\":\"worker\",\"unit\":\"us\",\"call\":%.1f,\"echo\":%.1f,\"bar\":%.1f,"
           "\"met\":%s,"
           "\"bytes\":%" G_GSIZE_FORMAT ",\"start_ms\":%.1f,\"python_call\":%.1f,\"python_start_ms\":%.1f}\n",
           call, echo, BAR, call <= BAR ? "true" : "false", strlen (members), start, python_call,
           python_start);
  return 0;
}
