/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-surroundings.h"

#include "naru-file-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define REFS_MAX (64 << 20) /* bytes of packed-refs */

/* What lies beside the objects and makes git show another history than the one that they are. */

static const struct
{
  NaruSurrounding kind;
  const char *path;
} files[] = {
  { NARU_SURROUNDING_GRAFTS, "info/grafts" },
  { NARU_SURROUNDING_SHALLOW, "shallow" },
  { NARU_SURROUNDING_ALTERNATES, "objects/info/alternates" },
  { NARU_SURROUNDING_ALTERNATES, "objects/info/http-alternates" },
};

static gboolean
has_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) != NULL;
}

static gboolean
has_replacements (const char *repository)
{
  g_autofree char *folder = g_build_filename (repository, "refs", "replace", NULL);
  g_autofree char *packed = g_build_filename (repository, "packed-refs", NULL);
  static const char word[] = " refs/replace/";
  g_autoptr (GBytes) bytes = naru_file_read (AT_FDCWD, packed, REFS_MAX);
  gsize size = 0;
  gconstpointer text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return has_entries (folder) || (text != NULL && memmem (text, size, word, strlen (word)) != NULL);
}

/**
 * naru_repository_look_around: (skip)
 * @repository: a folder that holds a repository
 *
 * Naru reads objects as they are, and git may not: what is found here only says that the two differ.
 *
 * Returns: which of the things are there
 */
NaruSurrounding
naru_repository_look_around (const char *repository)
{
  NaruSurrounding found = has_replacements (repository) ? NARU_SURROUNDING_REPLACEMENTS : 0;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (repository, files[i].path, NULL);
      struct stat status;
      if (lstat (path, &status) == 0 && status.st_size > 0)
        found |= files[i].kind;
    }
  return found;
}
