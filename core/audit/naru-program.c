/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-program.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ERRORS_MAX 8192
#define BUFFER_SIZE 16384
#define POLL_MICROSECONDS 5000
/* no question, no unknown host, and no process that stays behind with our pipe in its hand */
#define SSH                                                                                                  \
  "ssh -oBatchMode=yes -oStrictHostKeyChecking=yes -oControlMaster=no -oConnectTimeout=30 "                  \
  "-oServerAliveInterval=15"

/* What git may take from the environment: none of it says which repository is meant. */
static gboolean
is_harmless (const char *name, gboolean isolated)
{
  static const char *const names[] = { "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
                                       "GIT_SSL_CAINFO",    "GIT_SSL_CAPATH",    NULL };

  return !g_str_has_prefix (name, "GIT_") || (!isolated && g_strv_contains (names, name));
}

static GStrv
make_environment (const NaruProgram *self)
{
  g_auto (GStrv) names = g_listenv ();
  GStrv environment = g_get_environ ();

  for (gsize i = 0; names[i] != NULL; i++)
    if (!is_harmless (names[i], self->isolated))
      environment = g_environ_unsetenv (environment, names[i]);
  environment = g_environ_setenv (environment, "LC_ALL", "C", TRUE);
  environment = g_environ_unsetenv (environment, "LANGUAGE");
  environment = g_environ_unsetenv (environment, "SSH_ASKPASS");
  environment = g_environ_setenv (environment, "GIT_TERMINAL_PROMPT", "0", TRUE);
  environment = g_environ_setenv (environment, "GIT_ASKPASS", "/bin/false", TRUE);
  environment = g_environ_setenv (environment, "GIT_SSH_COMMAND", SSH, TRUE);
  if (!self->isolated)
    return environment;
  environment = g_environ_setenv (environment, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
  return g_environ_setenv (environment, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
}

/* In a child that was just forked: it is sent @signal when @parent, which forked it, is gone. */
void
naru_program_tie (pid_t parent, int signal)
{
  prctl (PR_SET_PDEATHSIG, signal);
  if (getppid () != parent) /* it ended before the line above */
    _exit (1);
}

typedef struct
{
  const NaruProgram *program;
  pid_t parent;
} Child;

/* In the child: it goes when we go, and has no terminal to ask at. */
static void
set_up_child (gpointer user_data)
{
  const Child *child = user_data;
  const NaruProgram *self = child->program;
  struct rlimit limit = { 0, 0 };

  naru_program_tie (child->parent, SIGTERM);
  setsid ();
  setrlimit (RLIMIT_CORE, &limit);
  limit.rlim_cur = limit.rlim_max = (rlim_t) self->file_max;
  if (self->file_max > 0)
    setrlimit (RLIMIT_FSIZE, &limit);
  /* where we ignore it, so would the child */
  signal (SIGPIPE, SIG_DFL);
  if (self->gentle && nice (10) < 0)
    return;
}

typedef struct
{
  const NaruProgram *program;
  NaruProgramResult *result;
  GPid child;
  int output_fd;
  int errors_fd;
  GByteArray *output;
  GString *errors;
  gint64 silent_until;
  gint64 until;
} Run;

static void
close_end (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* Whatever it started is in its session. */
static void
stop (Run *run, NaruProgramEnd end)
{
  run->result->end = end;
  kill (-run->child, SIGKILL);
  kill (run->child, SIGKILL);
  close_end (&run->output_fd);
  close_end (&run->errors_fd);
}

static gint64
get_deadline (const Run *run)
{
  return run->until > 0 ? MIN (run->silent_until, run->until) : run->silent_until;
}

static void
take_output (Run *run, const char *data, gsize size)
{
  if (run->program->output_max == 0)
    return;
  if (run->output->len + size > run->program->output_max)
    stop (run, NARU_PROGRAM_TALKATIVE);
  else
    g_byte_array_append (run->output, (const guint8 *) data, (guint) size);
}

static void
take_errors (Run *run, const char *data, gsize size)
{
  g_autofree char *text = g_utf8_make_valid (data, (gssize) size);

  g_string_append (run->errors, text);
  if (run->errors->len > ERRORS_MAX)
    g_string_erase (run->errors, 0, (gssize) (run->errors->len - ERRORS_MAX));
  if (run->program->told != NULL)
    run->program->told (text, run->program->user_data);
}

static void
take_from (Run *run, int *fd)
{
  char buffer[BUFFER_SIZE];
  gboolean errors = fd == &run->errors_fd;
  gssize got = read (*fd, buffer, sizeof buffer);

  if (got < 0 && errno == EINTR)
    return;
  if (got <= 0)
    {
      close_end (fd);
      return;
    }
  run->silent_until = g_get_monotonic_time () + run->program->seconds * G_USEC_PER_SEC;
  if (errors)
    take_errors (run, buffer, (gsize) got);
  else
    take_output (run, buffer, (gsize) got);
}

static void
listen (Run *run)
{
  while (run->output_fd >= 0 || run->errors_fd >= 0)
    {
      struct pollfd ends[] = { { .fd = run->output_fd, .events = POLLIN },
                               { .fd = run->errors_fd, .events = POLLIN } };
      gint64 left = get_deadline (run) - g_get_monotonic_time ();
      int ready = left > 0 ? poll (ends, 2, (int) MIN (left / 1000 + 1, G_MAXINT)) : 0;
      if (ready < 0 && errno != EINTR)
        ready = 0;
      if (ready == 0)
        {
          stop (run, NARU_PROGRAM_STUCK);
          return;
        }
      if (ready > 0 && ends[0].revents != 0)
        take_from (run, &run->output_fd);
      if (ready > 0 && ends[1].revents != 0 && run->errors_fd >= 0)
        take_from (run, &run->errors_fd);
    }
}

static void
wait_for (Run *run)
{
  int status = 0;
  pid_t ended;

  while ((ended = waitpid (run->child, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR))
    {
      if (run->result->end == NARU_PROGRAM_ENDED && g_get_monotonic_time () > get_deadline (run))
        stop (run, NARU_PROGRAM_STUCK);
      g_usleep (POLL_MICROSECONDS);
    }
  run->result->status = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

/**
 * naru_program_run: (skip)
 * @self: what is to be run, and how
 * @result: (out caller-allocates): how it ended; to be cleared with naru_program_result_clear()
 *
 * Runs a program and waits for it. It gets nothing on standard input, and is ended with all that it started
 * when it is silent for too long.
 */
void
naru_program_run (const NaruProgram *self, NaruProgramResult *result)
{
  Run run = { .program = self, .result = result, .output_fd = -1, .errors_fd = -1 };
  Child child = { self, getpid () };
  g_auto (GStrv) environment = make_environment (self);
  g_autoptr (GError) failure = NULL;

  memset (result, 0, sizeof *result);
  result->status = -1;
  if (!g_spawn_async_with_pipes (NULL, (char **) self->argv, environment,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_up_child, &child,
                                 &run.child, NULL, &run.output_fd, &run.errors_fd, &failure))
    {
      if (g_error_matches (failure, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
        result->end = NARU_PROGRAM_ABSENT;
      result->errors = g_strdup (failure->message);
      return;
    }
  run.output = g_byte_array_new ();
  run.errors = g_string_new (NULL);
  run.silent_until = g_get_monotonic_time () + self->seconds * G_USEC_PER_SEC;
  run.until = self->total_seconds > 0 ? g_get_monotonic_time () + self->total_seconds * G_USEC_PER_SEC : 0;
  listen (&run);
  wait_for (&run);
  result->output_size = run.output->len;
  g_byte_array_append (run.output, (const guint8 *) "", 1);
  result->output = (char *) g_byte_array_free (run.output, FALSE);
  result->errors = g_string_free (run.errors, FALSE);
}

/**
 * naru_program_succeeded: (skip)
 * @result: how a program ended
 *
 * Returns: whether it came to its end and says that all went well
 */
gboolean
naru_program_succeeded (const NaruProgramResult *result)
{
  return result->end == NARU_PROGRAM_ENDED && result->status == 0;
}

static gboolean
is_noise (const char *line)
{
  return *line == '\0' || strstr (line, "Please make sure you have the correct access rights") != NULL ||
         g_str_has_prefix (line, "and the repository exists") ||
         g_str_has_prefix (line, "fatal: Could not read from remote repository") ||
         g_str_has_prefix (line, "fatal: the remote end hung up") ||
         g_str_has_prefix (line, "error: failed to push");
}

/**
 * naru_program_last_line: (skip)
 * @result: how a program ended
 *
 * Returns: (transfer full): what it said last that tells something, without the word “fatal”; "" for nothing
 */
char *
naru_program_last_line (const NaruProgramResult *result)
{
  g_auto (GStrv) lines = g_strsplit_set (result->errors != NULL ? result->errors : "", "\r\n", -1);

  for (guint i = g_strv_length (lines); i > 0; i--)
    {
      const char *line = g_strstrip (lines[i - 1]);
      if (is_noise (line))
        continue;
      for (const char *const *word = (const char *const[]){ "fatal: ", "error: ", "remote: ", NULL };
           *word != NULL; word++)
        if (g_str_has_prefix (line, *word))
          line += strlen (*word);
      return g_strdup (line);
    }
  return g_strdup ("");
}

/**
 * naru_program_result_clear: (skip)
 * @result: what naru_program_run() filled
 */
void
naru_program_result_clear (NaruProgramResult *result)
{
  g_clear_pointer (&result->output, g_free);
  g_clear_pointer (&result->errors, g_free);
}
