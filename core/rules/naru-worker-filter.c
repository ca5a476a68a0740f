/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Run when Naru is built: writes the filter of calls that a worker sets for itself, as lines of C. To make it
 * takes a quarter of the time that a worker takes to start, and it is the same each time but for one number.
 */

/* What judging a case needs, and a runtime like Python's beside it. All else is refused with EPERM: no
 * process is made or replaced, no socket opened, nothing written to a disk, nobody else signalled or looked
 * into. Root is not spared by it, as it is by RLIMIT_NPROC. */
static const char *const allowed[] = {
  /* memory */
  "brk", "madvise", "mmap", "mmap2", "mprotect", "mremap", "munmap", "membarrier",
  /* what is open */
  "close", "close_range", "dup", "dup2", "dup3", "eventfd2", "lseek", "_llseek", "pipe", "pipe2", "pread64",
  "preadv", "preadv2", "read", "readv", "write", "writev", "epoll_create1", "epoll_ctl", "epoll_pwait",
  "epoll_wait", "poll", "ppoll", "pselect6", "select", "_newselect", "fadvise64",
  /* what is on the disk */
  "access", "faccessat", "faccessat2", "fstat", "fstat64", "fstatat64", "newfstatat", "stat", "stat64",
  "lstat", "lstat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64", "getcwd", "getdents",
  "getdents64", "readlink", "readlinkat",
  /* time */
  "clock_getres", "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
  "gettimeofday", "nanosleep", "time", "times",
  /* threads */
  "futex", "futex_time64", "futex_waitv", "get_robust_list", "set_robust_list", "set_tid_address", "rseq",
  "sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_yield", "getcpu", "exit", "exit_group",
  "restart_syscall", "arch_prctl", "set_tls",
  /* signals to itself */
  "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
  "pause", "sigaltstack", "sigreturn",
  /* who and where it is */
  "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getpgrp", "getpid", "getppid", "getrandom",
  "getresgid", "getresuid", "getrlimit", "ugetrlimit", "getrusage", "getsid", "gettid", "getuid", "sysinfo",
  "uname"
};

/* The bits of open() that make or change something. */
#define OPEN_CHANGES (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))

static gboolean
allow (scmp_filter_ctx filter, const char *name, unsigned int n, const struct scmp_arg_cmp *conditions)
{
  int number = seccomp_syscall_resolve_name (name);

  /* a name of another machine */
  if (number == __NR_SCMP_ERROR || number < 0)
    return TRUE;
  return seccomp_rule_add_array (filter, SCMP_ACT_ALLOW, number, n, conditions) == 0;
}

static gboolean
allow_value (scmp_filter_ctx filter, const char *name, unsigned int argument, guint64 value)
{
  return allow (filter, name, 1, (struct scmp_arg_cmp[]){ SCMP_CMP (argument, SCMP_CMP_EQ, value) });
}

static gboolean
allow_masked (scmp_filter_ctx filter, const char *name, unsigned int argument, guint64 mask, guint64 value)
{
  return allow (filter, name, 1,
                (struct scmp_arg_cmp[]){ SCMP_CMP (argument, SCMP_CMP_MASKED_EQ, mask, value) });
}

/* Those that are fine with some arguments only. */
static gboolean
allow_some (scmp_filter_ctx filter)
{
  static const guint64 descriptors[] = { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_GET_SEALS };
  static const guint64 terminals[] = { 0x5401 /* TCGETS */, FIONREAD, FIOCLEX, FIONCLEX };
  static const char *const packets[] = { "sendmsg", "sendto", "recvmsg", "recvfrom" };
  static const char *const signals[] = { "kill", "tgkill" };
  gboolean done = TRUE;

  done &= allow_masked (filter, "open", 1, OPEN_CHANGES, O_RDONLY);
  done &= allow_masked (filter, "openat", 2, OPEN_CHANGES, O_RDONLY);
  done &= allow_masked (filter, "clone", 0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM);
  done &= allow_value (filter, "prlimit64", 0, 0);
  done &= allow_value (filter, "setrlimit", 0, RLIMIT_CPU);
  done &= allow_value (filter, "prctl", 0, PR_SET_NAME);
  done &= allow_value (filter, "prctl", 0, PR_GET_NAME);
  for (guint i = 0; i < G_N_ELEMENTS (descriptors); i++)
    {
      done &= allow_value (filter, "fcntl", 1, descriptors[i]);
      done &= allow_value (filter, "fcntl64", 1, descriptors[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (terminals); i++)
    done &= allow_value (filter, "ioctl", 1, terminals[i]);
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    done &= allow_value (filter, packets[i], 0, NARU_WORKER_SOCKET);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    done &= allow_value (filter, signals[i], 0, NARU_WORKER_FILTER_SELF);
  return done;
}

/* The C library takes older calls, whose arguments can be seen here, where these are not there. */
static gboolean
hide (scmp_filter_ctx filter, const char *name)
{
  int number = seccomp_syscall_resolve_name (name);

  return number == __NR_SCMP_ERROR || number < 0 ||
         seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), number, 0) == 0;
}

static scmp_filter_ctx
make_filter (void)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  gboolean done = filter != NULL;

  for (guint i = 0; done && i < G_N_ELEMENTS (allowed); i++)
    done = allow (filter, allowed[i], 0, NULL);
  if (done && allow_some (filter) && hide (filter, "clone3") && hide (filter, "openat2") &&
      seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0)
    return filter;
  g_clear_pointer (&filter, seccomp_release);
  return NULL;
}

/* naru-worker-filter FILE */
int
main (int argc, char **argv)
{
  scmp_filter_ctx filter = make_filter ();
  int fd = memfd_create ("filter", MFD_CLOEXEC);
  FILE *file = argc == 2 ? fopen (argv[1], "we") : NULL;
  gboolean done = filter != NULL && fd >= 0 && file != NULL && seccomp_export_bpf (filter, fd) == 0;
  struct sock_filter line;

  for (off_t at = 0; done && pread (fd, &line, sizeof line, at) == sizeof line; at += sizeof line)
    done = fprintf (file, "{ %#x, %u, %u, %#x },\n", line.code, line.jt, line.jf, line.k) > 0;
  g_clear_pointer (&filter, seccomp_release);
  return file != NULL && fclose (file) == 0 && done ? 0 : 1;
}
