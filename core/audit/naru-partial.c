/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-slice.h"

#include "naru-file-private.h"
#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No protocol is allowed, so that nothing is ever asked of anybody: what is absent is an error at once. The
 * signers stand beside the repository, where git looks for them when it is called from there. */
static const char config_text[] = "[core]\n"
                                  "\trepositoryformatversion = 1\n"
                                  "\tfilemode = true\n"
                                  "\tbare = true\n"
                                  "\tlogAllRefUpdates = false\n"
                                  "[extensions]\n"
                                  "\tpartialClone = left-out-on-purpose\n"
                                  "[remote \"left-out-on-purpose\"]\n"
                                  "\turl = this-is-not-part-of-the-dossier\n"
                                  "\tpromisor = true\n"
                                  "[protocol]\n"
                                  "\tallow = never\n"
                                  "[gpg \"ssh\"]\n"
                                  "\tallowedSignersFile = allowed_signers\n"
                                  "[advice]\n"
                                  "\tgraftFileDeprecated = false\n"
                                  "[gc]\n"
                                  "\tauto = 0\n"
                                  "\tpruneExpire = never\n"
                                  "[maintenance]\n"
                                  "\tauto = false\n";

/**
 * naru_partial_begin: (skip)
 * @path: a folder that does not exist yet
 * @error: return location
 *
 * Returns: whether there is a repository that takes packs; naru_partial_finish() makes it one for readers
 */
gboolean
naru_partial_begin (const char *path, GError **error)
{
  g_autoptr (NaruRepository) made = naru_repository_create (path, error);
  g_autofree char *config = g_build_filename (path, "config", NULL);
  g_autofree char *description = g_build_filename (path, "description", NULL);
  g_autofree char *info = g_build_filename (path, "info", NULL);

  if (made == NULL)
    return FALSE;
  unlink (config);
  unlink (description);
  if (mkdir (info, 0700) != 0)
    {
      naru_set_error_errno (error, errno, _ ("Check free space and permissions."),
                            _ ("Cannot make the folder “%s”"), info);
      return FALSE;
    }
  return naru_file_put (path, "config", config_text, error) &&
         naru_file_put (path, "description", "A part of the history of a Naru office, about one record\n",
                        error);
}

/* An empty file beside a pack says that what it refers to and lacks is promised. */
static gboolean
mark_packs (const char *path, GError **error)
{
  g_autofree char *folder = g_build_filename (path, "objects", "pack", NULL);
  g_auto (GStrv) names = naru_folder_names (folder);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (!g_str_has_suffix (names[i], ".pack"))
        continue;
      g_autofree char *mark =
          g_strdup_printf ("%.*s.promisor", (int) (strlen (names[i]) - strlen (".pack")), names[i]);
      return naru_file_put (folder, mark, "", error);
    }
  naru_set_error_errno (error, names != NULL ? ENOENT : errno, _ ("Check the permissions."),
                        _ ("Cannot look into “%s”"), folder);
  return FALSE;
}

static gboolean
put_refs (const char *path, const NaruPartial *what, GError **error)
{
  g_autofree char *heads = g_build_filename (path, "refs", "heads", NULL);
  g_autofree char *packed = g_strconcat ("# pack-refs with: peeled fully-peeled sorted \n", what->refs, NULL);
  char line[2 * NARU_OID_SIZE + 2];

  naru_oid_to_hex (&what->main, line);
  memcpy (line + 2 * NARU_OID_SIZE, "\n", 2);
  return naru_file_put (heads, "main", line, error) && naru_file_put (path, "packed-refs", packed, error);
}

/**
 * naru_partial_finish: (skip)
 * @path: what naru_partial_begin() made, with one pack
 * @what: its refs, and how its commits follow each other where some are left out
 * @error: return location
 *
 * Returns: whether it is whole, and on disk
 */
gboolean
naru_partial_finish (const char *path, const NaruPartial *what, GError **error)
{
  g_autofree char *info = g_build_filename (path, "info", NULL);

  return mark_packs (path, error) && naru_file_put (info, "grafts", what->follows, error) &&
         put_refs (path, what, error);
}
