/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-surroundings.h"

#include "naru-file-private.h"
#include "naru-folder-names.h"
#include "naru-repository.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define REFS_MAX (64 << 20) /* bytes of packed-refs */
#define STRANGE_MAX 1000    /* names that are listed */
#define DEPTH_MAX 16        /* folders of refs within each other */

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

/* A folder that is there, and may hold anything, since it cannot be read: errno is that of
 * naru_folder_names() */
static gboolean
is_hidden (void)
{
  return errno != ENOENT && errno != ENOTDIR;
}

static gboolean
has_entries (const char *folder)
{
  g_auto (GStrv) names = naru_folder_names (folder);

  return names != NULL ? names[0] != NULL : is_hidden ();
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

/* The branch, seals, their time stamps, how far mirrors are; replacements are told for themselves. */
static gboolean
is_known (const char *name)
{
  return g_str_equal (name, "refs/heads/main") || naru_ref_is_ours (name) ||
         g_str_has_prefix (name, NARU_MIRROR_REFS) || g_str_has_prefix (name, "refs/replace/") ||
         g_str_has_suffix (name, ".lock");
}

static void
add_strange (GPtrArray *names, const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *line = naru_text_one_line (valid);

  if (!is_known (name) && names->len < STRANGE_MAX &&
      !g_ptr_array_find_with_equal_func (names, line, g_str_equal, NULL))
    g_ptr_array_add (names, g_steal_pointer (&line));
}

static void
add_folder (GPtrArray *names, const char *repository, const char *name, guint depth)
{
  g_autofree char *path = g_build_filename (repository, name, NULL);
  g_auto (GStrv) entries = naru_folder_names (path);

  if (entries == NULL && is_hidden ())
    add_strange (names, name);
  for (guint i = 0; entries != NULL && entries[i] != NULL && names->len < STRANGE_MAX; i++)
    {
      g_autofree char *below = g_strconcat (name, "/", entries[i], NULL);
      g_autofree char *place = g_build_filename (repository, below, NULL);
      struct stat status;
      if (lstat (place, &status) != 0)
        continue;
      if (S_ISDIR (status.st_mode) && depth < DEPTH_MAX)
        add_folder (names, repository, below, depth + 1);
      else
        add_strange (names, below);
    }
}

static void
add_packed (GPtrArray *names, const char *repository)
{
  g_autofree char *path = g_build_filename (repository, "packed-refs", NULL);
  g_autoptr (GBytes) bytes = naru_file_read (AT_FDCWD, path, REFS_MAX);
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);

  for (const char *at = text; at != NULL && *at != '\0' && names->len < STRANGE_MAX;)
    {
      g_autofree char *line = g_strndup (at, strcspn (at, "\n"));
      const char *name = strstr (line, " refs/");
      if (line[0] != '#' && name != NULL)
        add_strange (names, name + 1);
      at = strchr (at, '\n');
      at = at != NULL ? at + 1 : NULL;
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * naru_repository_list_strange_refs:
 * @repository: a folder that holds a repository
 *
 * Returns: (transfer full) (element-type utf8): names of the refs that no office makes, in one line each; so
 * many of them as a person may want to read
 */
GPtrArray *
naru_repository_list_strange_refs (const char *repository)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  add_folder (names, repository, "refs", 0);
  add_packed (names, repository);
  g_ptr_array_sort (names, compare_names);
  return names;
}
