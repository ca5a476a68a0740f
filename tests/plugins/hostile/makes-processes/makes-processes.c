/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "c-plugin.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static gboolean
judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  char *arguments[] = { (char *) "true", NULL };
  gboolean made = fork () >= 0;

  made |= vfork () >= 0;
  made |= syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) >= 0;
  made |= execv ("/bin/true", arguments) == 0;
  made |= kill (getppid (), 0) == 0;
  made |= ptrace (PTRACE_ATTACH, getppid (), NULL, NULL) == 0;
  made |= socket (AF_INET, SOCK_STREAM, 0) >= 0;
  made |= prctl (PR_SET_PDEATHSIG, 0) == 0;
  /* the verdict says that each of them was refused */
  if (made)
    naru_report_accept (report);
  else
    naru_report_refuse (report, "/title", "Nothing could be done.", "아무것도 할 수 없었습니다.");
  return TRUE;
}

TEST_PLUGIN
