/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

/* Milliseconds on a clock that never goes back. */
double
bench_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

static int
compare_doubles (const void *a, const void *b)
{
  const double *left = a;
  const double *right = b;

  return (*left > *right) - (*left < *right);
}

/* Sorts @values. */
double
bench_median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* A size, made smaller by NARU_BENCH_SCALE (1 is full size, 0.01 a hundredth). */
guint
bench_scale (guint at_full, guint at_least)
{
  const char *text = g_getenv ("NARU_BENCH_SCALE");
  double scale = text != NULL ? g_ascii_strtod (text, NULL) : 1.0;

  return MAX ((guint) (at_full * CLAMP (scale, 0.0, 10.0)), at_least);
}

/* Where offices are kept between runs, and made anew. */
const char *
bench_folder (void)
{
  static char *folder = NULL;

  if (folder == NULL)
    {
      const char *given = g_getenv ("NARU_BENCH_FOLDER");

      folder = given != NULL ? g_strdup (given) : g_build_filename (g_get_tmp_dir (), "naru-bench", NULL);
      if (g_mkdir_with_parents (folder, 0700) != 0)
        g_error ("cannot make %s", folder);
    }
  return folder;
}

void
bench_remove (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      bench_remove (child);
    }
  g_remove (path);
}

/* The path of a folder that is not there. */
char *
bench_fresh_folder (const char *name)
{
  char *path = g_build_filename (bench_folder (), name, NULL);

  bench_remove (path);
  return path;
}

/* Runs a program to its end, its output to @output or nowhere. One that fails ends the benchmark. */
BenchRun
bench_run (const char *folder, const char *output, const char *const *arguments)
{
  BenchRun run = { 0 };
  posix_spawn_file_actions_t actions;
  struct rusage usage;
  double start;
  pid_t pid;
  int status;
  int failure;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, 1, output != NULL ? output : "/dev/null",
                                    O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (folder != NULL)
    posix_spawn_file_actions_addchdir_np (&actions, folder);
  start = bench_now ();
  failure = posix_spawnp (&pid, arguments[0], &actions, NULL, (char *const *) arguments, environ);
  if (failure != 0)
    g_error ("cannot start %s: %s", arguments[0], g_strerror (failure));
  while (wait4 (pid, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  run.ms = bench_now () - start;
  run.peak_kib = usage.ru_maxrss;
  posix_spawn_file_actions_destroy (&actions);
  if (status != 0)
    {
      g_autofree char *line = g_strjoinv (" ", (char **) arguments);

      g_error ("%s: status %d", line, WIFEXITED (status) ? WEXITSTATUS (status) : -1);
    }
  return run;
}

double
bench_run_shell (const char *folder, const char *format, ...)
{
  g_autofree char *command = NULL;
  va_list arguments;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return bench_run (folder, NULL, (const char *const[]){ "sh", "-ec", command, NULL }).ms;
}

gboolean
bench_has (const char *program)
{
  g_autofree char *path = g_find_program_in_path (program);

  return path != NULL;
}

const char *
bench_program (void)
{
  const char *program = g_getenv ("NARU_PROGRAM");

  return program != NULL ? program : "naru";
}

static char *
format_number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, value < 1 ? "%.4f" : "%.3f", value));
}

/* One line of JSON: what Naru took, what its peer took, and how far it is from the bar. */
void
bench_say (const BenchLine *line)
{
  double ratio = line->faster ? line->peer / line->naru : line->naru / line->peer;
  gboolean met =
      line->absolute ? line->naru <= line->bar : (line->faster ? ratio >= line->bar : ratio <= line->bar);
  g_autofree char *ratio_text = format_number (ratio);
  g_autofree char *bar = format_number (line->bar);
  g_autofree char *naru = format_number (line->naru);
  g_autofree char *peer = format_number (line->peer);

  g_print ("{\"bench\":\"%s\",\"ratio\":%s,\"bar\":%s,\"met\":%s,\"naru\":%s,\"peer\":%s,\"unit\":\"%s\","
           "\"peer_name\":\"%s\",\"sizes\":{%s}%s%s}\n",
           line->bench, ratio_text, bar, met ? "true" : "false", naru, peer, line->unit, line->peer_name,
           line->sizes != NULL ? line->sizes : "", line->detail != NULL ? "," : "",
           line->detail != NULL ? line->detail : "");
}

void
bench_skip (const char *bench, const char *peer_name, const char *why)
{
  g_print ("{\"bench\":\"%s\",\"peer_name\":\"%s\",\"skipped\":\"%s\"}\n", bench, peer_name, why);
}
