/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What of the host's surroundings a worker sees; a secret in an environment is none of its business. */
static const char *const kept[] = { "LANG", "LANGUAGE",        "LC_ALL",          "LC_MESSAGES",  "LC_CTYPE",
                                    "TZ",   "GI_TYPELIB_PATH", "LD_LIBRARY_PATH", "NARU_DATA_DIR" };

static GPtrArray *
make_environment (NaruPlugin *plugin)
{
  GPtrArray *variables = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (g_getenv (kept[i]) != NULL)
      g_ptr_array_add (variables, g_strdup_printf ("%s=%s", kept[i], g_getenv (kept[i])));
  /* a check is the same at each run, writes nothing beside itself, and reads no modules of the person */
  g_ptr_array_add (variables, g_strdup ("PYTHONHASHSEED=0"));
  g_ptr_array_add (variables, g_strdup ("PYTHONDONTWRITEBYTECODE=1"));
  g_ptr_array_add (variables, g_strdup ("PYTHONNOUSERSITE=1"));
  g_ptr_array_add (variables, g_strdup ("PYTHONUTF8=1"));
  g_ptr_array_add (variables, NULL);
  return variables;
}

/* (transfer full): each language has a worker of its own, so that C does not wait for what Python needs */
static char *
find_program (NaruPlugin *plugin)
{
  const char *given = g_getenv ("NARU_WORKER");
  const char *program = given != NULL && *given != '\0' ? given : NARU_WORKER_PROGRAM;

  return naru_plugin_get_loader (plugin) == NARU_PLUGIN_LOADER_PYTHON ? g_strconcat (program, "-python", NULL)
                                                                      : g_strdup (program);
}

/* posix_spawn() and not fork(): a host with a large store mapped is not copied, and its threads do not
 * matter. What else confines the worker it does to itself, before it loads anything. */
static int
spawn (pid_t *pid, const char *program, NaruPlugin *plugin, int socket, int errors)
{
  g_autoptr (GPtrArray) variables = make_environment (plugin);
  g_autofree char *parent = g_strdup_printf ("%d", (int) getpid ());
  char *arguments[] = { (char *) "naru-worker", (char *) naru_plugin_get_folder (plugin),
                        (char *) naru_plugin_get_module (plugin), parent, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  int result = 0;

  sigemptyset (&none);
  sigfillset (&all);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &all);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, errors, STDERR_FILENO);
  posix_spawn_file_actions_adddup2 (&actions, socket, NARU_WORKER_SOCKET);

  result = posix_spawn (pid, program, &actions, &attributes, arguments, (char **) variables->pdata);

  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return result;
}

/* Away from the numbers that the worker gets, whatever the host has closed. */
static int
move_up (int fd)
{
  int moved = fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, 10) : -1;
  int errsv = errno;

  if (fd >= 0)
    close (fd);
  errno = errsv;
  return moved;
}

/* Lets go of a process that is not ours to end, or that is ended. */
void
naru_process_forget (NaruProcess *self)
{
  if (self->socket >= 0)
    close (self->socket);
  if (self->errors >= 0)
    close (self->errors);
  *self = (NaruProcess){ .socket = -1, .errors = -1 };
}

/* Starts a worker for @plugin; it has not said anything yet. */
gboolean
naru_process_start (NaruProcess *self, NaruPlugin *plugin, GError **error)
{
  g_autofree char *program = find_program (plugin);
  int pair[2] = { -1, -1 };
  int theirs = -1;
  int errsv = 0;

  *self = (NaruProcess){ .socket = -1, .errors = -1 };
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    errsv = errno;
  self->socket = move_up (pair[0]);
  theirs = move_up (pair[1]);
  self->errors = move_up (memfd_create ("naru-worker-errors", MFD_CLOEXEC));
  if (self->socket < 0 || theirs < 0 || self->errors < 0)
    errsv = errsv != 0 ? errsv : errno;
  else
    errsv = spawn (&self->pid, program, plugin, theirs, self->errors);
  if (theirs >= 0)
    close (theirs);
  if (errsv == 0)
    return TRUE;

  naru_process_forget (self);
  naru_set_error_errno (error, errsv, NULL, _ ("Cannot start the program %s"), program);
  return FALSE;
}

static gboolean
reap (NaruProcess *self)
{
  pid_t pid = 0;

  if (self->reaped)
    return TRUE;
  do
    pid = waitpid (self->pid, &self->status, WNOHANG);
  while (pid < 0 && errno == EINTR);
  /* somebody else may have reaped it, where the host ignores SIGCHLD: then its end is not known */
  if (pid < 0)
    self->status = 0;
  self->reaped = pid != 0;
  return self->reaped;
}

static gboolean
wait_for_end (NaruProcess *self, guint milliseconds)
{
  gint64 deadline = g_get_monotonic_time () + 1000 * (gint64) milliseconds;
  gulong pause = 50;

  while (!reap (self))
    {
      if (g_get_monotonic_time () >= deadline)
        return FALSE;
      g_usleep (pause);
      pause = MIN (2 * pause, 5000);
    }
  return TRUE;
}

/* Waits for it to end by itself, so that its status says how. */
void
naru_process_wait (NaruProcess *self, guint milliseconds)
{
  if (self->pid > 0)
    wait_for_end (self, milliseconds);
}

/* Kills the worker and all that is in its session. FALSE when the system does not give it back within that
 * time: it is dead then, but the caller has to reap it later, and to close its descriptors. */
gboolean
naru_process_stop (NaruProcess *self, guint milliseconds)
{
  if (self->pid <= 0)
    return TRUE;
  if (!self->reaped)
    {
      kill (-self->pid, SIGKILL);
      kill (self->pid, SIGKILL);
      if (!wait_for_end (self, milliseconds))
        return FALSE;
    }
  naru_process_forget (self);
  return TRUE;
}

/* Whether it lives and has said nothing that it was not asked. */
gboolean
naru_process_is_idle (const NaruProcess *self)
{
  char byte = 0;

  if (self->pid <= 0)
    return FALSE;
  return recv (self->socket, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

/* FALSE with the deadline or with a closed socket */
static gboolean
wait_for (int socket, short what, gint64 deadline)
{
  struct pollfd watched = { .fd = socket, .events = what };
  gint64 left = deadline - g_get_monotonic_time ();
  int n = 0;

  if (left <= 0)
    return FALSE;
  n = poll (&watched, 1, (int) MIN ((left + 999) / 1000, G_MAXINT));
  return n > 0 || (n < 0 && errno == EINTR);
}

/* Sends one packet, and with it the descriptor @fd where that is none below 0. */
gboolean
naru_process_send (const NaruProcess *self, gconstpointer data, gsize size, int fd, gint64 deadline)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control = { .bytes = { 0 } };
  struct iovec part = { .iov_base = (gpointer) data, .iov_len = size };
  struct msghdr message = { .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof (int));
  memcpy (CMSG_DATA (header), &fd, sizeof fd);
  if (fd < 0)
    message.msg_controllen = 0;

  while (sendmsg (self->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    if ((errno != EAGAIN && errno != EINTR) || !wait_for (self->socket, POLLOUT, deadline))
      return FALSE;
  return TRUE;
}

/* Takes one packet of at most NARU_WORKER_MAX_PACKET bytes. Descriptors that come with it are not taken:
 * without room for them the system closes them. */
NaruWire
naru_process_receive (const NaruProcess *self, gpointer buffer, gsize *size, gint64 deadline)
{
  ssize_t length = 0;

  while ((length = recv (self->socket, buffer, NARU_WORKER_MAX_PACKET, MSG_DONTWAIT | MSG_TRUNC)) < 0)
    {
      if (errno != EAGAIN && errno != EINTR)
        return NARU_WIRE_CLOSED;
      if (!wait_for (self->socket, POLLIN, deadline))
        return NARU_WIRE_LATE;
    }
  if (length == 0)
    return NARU_WIRE_CLOSED;
  if (length > NARU_WORKER_MAX_PACKET)
    return NARU_WIRE_OVERSIZED;
  *size = (gsize) length;
  return NARU_WIRE_PACKET;
}
