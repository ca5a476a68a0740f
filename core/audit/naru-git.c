/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define NARU_GIT_IMPLEMENTATION
#include "naru-git-private.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>

NaruGit naru_git;

static char *
load (void)
{
  static const char *const names[] = { "libgit2.so.1.5", "libgit2.so" };
  void *library = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names) && library == NULL; i++)
    library = dlopen (names[i], RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL)
    return g_strdup (dlerror ());
#define NARU_GIT_SYMBOL(name)                                                                                \
  naru_git.name##_ = (__typeof__ (name) *) dlsym (library, #name);                                           \
  if (naru_git.name##_ == NULL)                                                                              \
    return g_strdup_printf (_ ("it lacks “%s”"), #name);
  NARU_GIT_FUNCTIONS (NARU_GIT_SYMBOL)
#undef NARU_GIT_SYMBOL
  if (naru_git.git_libgit2_init_ () < 0)
    return g_strdup (_ ("it does not start"));
  return NULL;
}

/* Stays loaded till the end of the process. */
gboolean
naru_git_load (GError **error)
{
  static gsize loaded;
  static char *trouble;

  if (g_once_init_enter (&loaded))
    {
      trouble = load ();
      g_once_init_leave (&loaded, 1);
    }
  if (trouble == NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Install the Debian package libgit2-1.5."),
                  _ ("The library for reading packed history cannot be used: %s."), trouble);
  return FALSE;
}

void
naru_error_from_git (GError **error, int result, const char *what)
{
  const git_error *last = naru_git.git_error_last_ ();
  const char *detail = last != NULL && last->message != NULL ? last->message : _ ("no more is known");
  NaruError code = result == GIT_ENOTFOUND ? NARU_ERROR_NOT_FOUND : NARU_ERROR_BROKEN;
  if (last != NULL && (last->klass == GIT_ERROR_OS || last->klass == GIT_ERROR_NOMEMORY))
    code = NARU_ERROR_IO;

  naru_set_error (error, code, NULL, 0,
                  code == NARU_ERROR_IO ? _ ("Check free space, free memory and the permissions.")
                                        : _ ("Restore the history from a backup or a clone."),
                  "%s: %s", what, detail);
}

void
naru_git_packs_free (git_odb *packs)
{
  if (packs != NULL)
    naru_git.git_odb_free_ (packs);
}
