/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"
#include "naru-loose-private.h"
#include "naru-program.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_PACKS 50
#define MAX_LOOSE 6000
#define DEADLINE_SECONDS 600
#define DEADLINE_ALL_SECONDS 3600

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
  NaruProgram program = { .argv = all ? whole : merge,
                          .isolated = TRUE,
                          .gentle = TRUE,
                          .seconds = all ? DEADLINE_ALL_SECONDS : DEADLINE_SECONDS };
  g_auto (NaruProgramResult) result = { 0 };

  if (!naru_repository_check_locked (self, error))
    return FALSE;
  naru_program_run (&program, &result);
  if (result.end == NARU_PROGRAM_ABSENT || naru_program_succeeded (&result))
    return TRUE;
  if (result.end == NARU_PROGRAM_STUCK)
    naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                    _ ("Run “git repack -d” by hand when the office is closed."),
                    _ ("Putting the packs of the history together took too long and was stopped."));
  else
    naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                    _ ("Run “git fsck” and “git repack -d” in that folder to see why."),
                    _ ("git could not put the packs of “%s” together."), self->path);
  return FALSE;
}
