/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_MEMORY ((rlim_t) 1 << 30)
#define MAX_FILES 64
#define MAX_LIFE                                                                                             \
  3600 /* seconds of processor time of a whole worker; the host starts a fresh one long before */

static gboolean
limit (int resource, rlim_t soft, rlim_t hard)
{
  const struct rlimit limits = { .rlim_cur = soft, .rlim_max = hard };

  return setrlimit (resource, &limits) == 0;
}

/* The processor time that what comes next may take. It is there for a host that cannot kill: one that was
 * stopped, or that is gone where the system does not tell. */
void
naru_worker_grant_time (guint milliseconds)
{
  struct rusage used;
  rlim_t seconds = 0;

  getrusage (RUSAGE_SELF, &used);
  seconds = (rlim_t) (used.ru_utime.tv_sec + used.ru_stime.tv_sec) + milliseconds / 500 + 3;
  limit (RLIMIT_CPU, MIN (seconds, MAX_LIFE), MAX_LIFE);
}

static gboolean
set_limits (void)
{
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is larger than any limit */
  if (!limit (RLIMIT_AS, MAX_MEMORY, MAX_MEMORY))
    return FALSE;
#endif
  /* the one file that it can write is its stderr; a write beyond the limit is an error, not a signal */
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  return limit (RLIMIT_FSIZE, NARU_WORKER_MAX_STDERR, NARU_WORKER_MAX_STDERR) && limit (RLIMIT_CORE, 0, 0) &&
         limit (RLIMIT_NOFILE, MAX_FILES, MAX_FILES);
}

/* --- what it may read: programs, libraries and data that everybody has, and the plugin itself --- */

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* all that the first version knows: bits 0 (execute) to 12 (make symbolic links) */
#define ALL ((1ULL << 13) - 1)

static void
let_read (int rules, const char *path)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = READ };
  struct stat about;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return;
  if (fstat (rule.parent_fd, &about) == 0 && !S_ISDIR (about.st_mode))
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
  syscall (SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close (rule.parent_fd);
}

static void
let_read_list (int rules, const char *variable)
{
  const char *value = g_getenv (variable);
  g_auto (GStrv) paths = value != NULL ? g_strsplit (value, ":", -1) : NULL;

  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    if (*paths[i] == '/')
      let_read (rules, paths[i]);
}

/* A worker runs as the person who started Naru, whose other files are none of its business. A system that
 * cannot restrict this (before Linux 5.13) leaves it to who may write plugins. */
static gboolean
restrict_files (const char *folder)
{
  static const char *const everybody[] = { "/usr",
                                           "/lib",
                                           "/lib64",
                                           "/etc/ld.so.cache",
                                           "/etc/localtime",
                                           "/etc/locale.alias",
                                           "/dev/null",
                                           "/dev/urandom",
                                           "/sys/devices/system/cpu",
                                           "/proc/sys/vm/overcommit_memory",
                                           NARU_DATADIR,
                                           NARU_TYPELIBDIR };
  const struct landlock_ruleset_attr all = { .handled_access_fs = ALL };
  g_autofree char *schemas = naru_data_get_path ("schemas", NULL);
  g_autofree char *shared = naru_data_get_path ("share", NULL);
  int rules = (int) syscall (SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
  gboolean done = FALSE;

  if (rules < 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (everybody); i++)
    let_read (rules, everybody[i]);
  let_read (rules, folder);
  let_read (rules, schemas);
  let_read (rules, shared);
  let_read_list (rules, "GI_TYPELIB_PATH");
  let_read_list (rules, "LD_LIBRARY_PATH");
  done = syscall (SYS_landlock_restrict_self, rules, 0) == 0;
  close (rules);
  return done;
}

#ifdef __SANITIZE_ADDRESS__
/* The search for leaks stops all threads by a process of its own, which there cannot be. */
__attribute__ ((visibility ("default"))) const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}
#endif

/* All that is done before anything of the plugin is touched. */
gboolean
naru_worker_confine (const char *folder, pid_t parent)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent) /* it ended before the line above */
    return FALSE;
  if (getsid (0) != getpid () && setsid () < 0)
    return FALSE;
  close_range (NARU_WORKER_SOCKET + 1, ~0U, 0);
  fcntl (NARU_WORKER_SOCKET, F_SETFD, FD_CLOEXEC);
  umask (077);
  if (chdir ("/") != 0 || prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return FALSE;
  return set_limits () && restrict_files (folder) && naru_worker_filter_calls ();
}
