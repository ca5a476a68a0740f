/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"
#include "naru-loose-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PACKS 50
#define MAX_LOOSE 6000
#define DEADLINE_SECONDS 600
#define DEADLINE_ALL_SECONDS 3600
#define POLL_MICROSECONDS 10000

static guint
count_packs (NaruRepository *self)
{
  DIR *folder = naru_file_open_folder (self->objects_fd, "pack");
  guint count = 0;

  if (folder == NULL)
    return 0;
  for (struct dirent *at = readdir (folder); at != NULL; at = readdir (folder))
    if (g_str_has_suffix (at->d_name, ".idx"))
      count++;
  closedir (folder);
  return count;
}

/**
 * naru_repository_needs_repack:
 * @self: a repository
 *
 * Returns: whether so many packs or single objects piled up that reading becomes slow
 */
gboolean
naru_repository_needs_repack (NaruRepository *self)
{
  return count_packs (self) > MAX_PACKS || naru_loose_estimate (self->objects_fd) > MAX_LOOSE;
}

/* In the child: it goes when we go, and gives way to everybody. */
static void
set_up_child (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  setpgid (0, 0);
  if (nice (10) < 0)
    return;
}

static gboolean
wait_child (GPid child, gint64 seconds, int *status)
{
  gint64 deadline = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  gboolean killed = FALSE;

  while (waitpid (child, status, WNOHANG) == 0)
    {
      if (!killed && g_get_monotonic_time () > deadline)
        {
          kill (-child, SIGKILL);
          killed = TRUE;
        }
      g_usleep (POLL_MICROSECONDS);
    }
  return !killed;
}

static GStrv
make_environment (void)
{
  GStrv environment = g_get_environ ();

  for (gsize i = 0; environment[i] != NULL;)
    {
      char *end = strchr (environment[i], '=');
      if (!g_str_has_prefix (environment[i], "GIT_") || end == NULL)
        {
          i++;
          continue;
        }
      g_autofree char *name = g_strndup (environment[i], (gsize) (end - environment[i]));
      environment = g_environ_unsetenv (environment, name);
    }
  environment = g_environ_setenv (environment, "LC_ALL", "C", TRUE);
  environment = g_environ_setenv (environment, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
  return g_environ_setenv (environment, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
}

/**
 * naru_repository_repack:
 * @self: a repository whose lock is held
 * @all: everything into one pack instead of merging small ones
 * @error: return location
 *
 * Lets stock git put packs together, with a deadline. Objects that no commit refers to yet are kept. Without
 * git on the machine nothing happens, and that is no error.
 */
gboolean
naru_repository_repack (NaruRepository *self, gboolean all, GError **error)
{
  g_autofree char *folder = g_strdup_printf ("--git-dir=%s", self->path);
  const char *merge[] = { "git", folder, "repack", "-d", "-q", "--geometric=2", NULL };
  const char *whole[] = { "git", folder, "repack", "-a", "-d", "-q", "--keep-unreachable", NULL };
  g_autofree char *program = g_find_program_in_path ("git");
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  if (program == NULL)
    return TRUE;

  g_auto (GStrv) environment = make_environment ();
  g_autoptr (GError) local = NULL;
  GPid child;
  int status = -1;
  gboolean started = g_spawn_async (NULL, (char **) (all ? whole : merge), environment,
                                    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                        G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                                    set_up_child, NULL, &child, &local);
  if (started && !wait_child (child, all ? DEADLINE_ALL_SECONDS : DEADLINE_SECONDS, &status))
    {
      naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                      _ ("Run “git repack -d” by hand when the office is closed."),
                      _ ("Putting the packs of the history together took too long and was stopped."));
      return FALSE;
    }
  if (started && WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return TRUE;
  naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                  _ ("Run “git fsck” and “git repack -d” in that folder to see why."),
                  _ ("git could not put the packs of “%s” together."), self->path);
  return FALSE;
}
