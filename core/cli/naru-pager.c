/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *
get_pager (void)
{
  static const char *const variables[] = { "NARU_PAGER", "PAGER" };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      const char *pager = g_getenv (variables[i]);
      if (pager != NULL)
        return pager;
    }
  return "less";
}

static G_GNUC_NORETURN void
run_pager (const char *pager, int input)
{
  dup2 (input, STDIN_FILENO);
  close (input);
  /* a screenful is shown without a pager, colours are kept */
  setenv ("LESS", "FRX", 0);
  setenv ("LESSCHARSET", "utf-8", 0);
  signal (SIGPIPE, SIG_DFL);
  execl ("/bin/sh", "sh", "-c", pager, (char *) NULL);
  _exit (127);
}

/* FALSE where there is no pager; the text is then still to be written. Nothing of an office is open any more.
 */
gboolean
naru_pager_show (const char *text, gsize length)
{
  const char *pager = get_pager ();
  int ends[2];
  int status = 0;
  pid_t child;

  if (pager[0] == '\0' || strcmp (pager, "cat") == 0 || pipe (ends) != 0)
    return FALSE;
  child = fork ();
  if (child == 0)
    {
      close (ends[1]);
      run_pager (pager, ends[0]);
    }
  close (ends[0]);
  if (child < 0)
    {
      close (ends[1]);
      return FALSE;
    }
  /* an interrupt is for the pager */
  signal (SIGINT, SIG_IGN);
  while (length > 0)
    {
      gssize written = write (ends[1], text, length);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        break;
      text += written;
      length -= written;
    }
  close (ends[1]);
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    continue;
  signal (SIGINT, SIG_DFL);
  return !(WIFEXITED (status) && WEXITSTATUS (status) == 127);
}
