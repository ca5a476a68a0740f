/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* killat COUNT-FILE N PROGRAM [WORD…]
 *
 * Runs the program and kills it, with all its children, at the entry of its N-th system call: the call itself
 * is never done. Calls of all threads and children are counted together. N = 0 only counts. The number of
 * calls goes into COUNT-FILE; "-" is none. Ends with 99 after a kill, else as the program did (128 + n after
 * signal n). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLED 99
#define OPTIONS                                                                                              \
  (PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE |                    \
   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK)

static pid_t *known;
static size_t n_known;

static void
remember (pid_t pid)
{
  for (size_t i = 0; i < n_known; i++)
    if (known[i] == pid)
      return;
  known = realloc (known, (n_known + 1) * sizeof *known);
  if (known == NULL)
    abort ();
  known[n_known++] = pid;
}

static pid_t
start (char **argv)
{
  pid_t child = fork ();

  if (child != 0)
    return child;
  if (ptrace (PTRACE_TRACEME, 0, NULL, NULL) != 0)
    _exit (126);
  raise (SIGSTOP);
  execvp (argv[0], argv);
  _exit (127);
}

/* Nothing of the program lives when this returns, so that whoever looks next sees what stays. A child that
 * was just made is first heard of here: it has stopped, and would wait for ever. */
static void
kill_all (void)
{
  int status;

  for (size_t i = 0; i < n_known; i++)
    kill (known[i], SIGKILL);
  for (;;)
    {
      pid_t pid = waitpid (-1, &status, __WALL);
      if (pid < 0 && errno == ECHILD)
        return;
      if (pid > 0 && WIFSTOPPED (status))
        kill (pid, SIGKILL);
    }
}

static int
is_entry (pid_t pid)
{
  struct __ptrace_syscall_info info;

  memset (&info, 0, sizeof info);
  return ptrace (PTRACE_GET_SYSCALL_INFO, pid, (void *) sizeof info, &info) > 0 &&
         info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

static int
follow (pid_t program, long wanted, long *count)
{
  int status, result = 127;

  for (;;)
    {
      pid_t pid = waitpid (-1, &status, __WALL);
      if (pid < 0 && errno == EINTR)
        continue;
      if (pid < 0)
        return result;
      if (WIFEXITED (status) || WIFSIGNALED (status))
        {
          if (pid == program)
            result = WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
          continue;
        }
      remember (pid);
      int signal = WSTOPSIG (status);
      if (signal == (SIGTRAP | 0x80))
        {
          if (is_entry (pid) && ++*count == wanted)
            {
              kill_all ();
              return KILLED;
            }
          signal = 0;
        }
      else if (signal == SIGTRAP || signal == SIGSTOP)
        signal = 0;
      ptrace (PTRACE_SYSCALL, pid, NULL, (void *) (long) signal);
    }
}

static void
write_count (const char *path, long count)
{
  FILE *file;

  if (strcmp (path, "-") == 0)
    return;
  file = fopen (path, "w");
  if (file == NULL || fprintf (file, "%ld\n", count) < 0 || fclose (file) != 0)
    fprintf (stderr, "killat: cannot write %s: %s\n", path, strerror (errno));
}

int
main (int argc, char **argv)
{
  long count = 0;
  int status;

  if (argc < 4)
    {
      fputs ("usage: killat COUNT-FILE N PROGRAM [WORD...]\n", stderr);
      return 2;
    }
  pid_t program = start (argv + 3);
  if (program < 0 || waitpid (program, &status, 0) != program || !WIFSTOPPED (status) ||
      ptrace (PTRACE_SETOPTIONS, program, NULL, (void *) OPTIONS) != 0)
    {
      fprintf (stderr, "killat: cannot trace: %s\n", strerror (errno));
      return 2;
    }
  remember (program);
  ptrace (PTRACE_SYSCALL, program, NULL, NULL);
  int result = follow (program, strtol (argv[2], NULL, 10), &count);
  write_count (argv[1], count);
  free (known);
  return result;
}
