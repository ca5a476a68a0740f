/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-folder-names.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define MAX_NAMES 1000000

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * naru_folder_names: (skip)
 * @path: (type filename): a folder; a link is followed
 *
 * All of them or none: a folder that could be read in part alone would look as if the rest were not there.
 *
 * Returns: (transfer full) (nullable): the names in it by code point, without "." and ".."; %NULL where they
 * cannot all be read, or are more than a million (EOVERFLOW): errno tells
 */
GStrv
naru_folder_names (const char *path)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  struct dirent *entry = NULL;
  DIR *folder = opendir (path);

  if (folder == NULL)
    return NULL;
  while ((errno = 0, entry = readdir (folder)) != NULL && names->len < MAX_NAMES)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  int failed = entry != NULL ? EOVERFLOW : errno;
  closedir (folder);
  errno = failed;
  if (failed != 0)
    return NULL;

  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}
