/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-plugin-private.h"

#include "naru-folder-names.h"

#include <string.h>
#include <sys/stat.h>

/* No plugin is as deep or as large; a loop of folders or a disk image in their place must not stop the host.
 */
#define MAX_DEPTH 6
#define MAX_FILES 500
#define MAX_FILE_SIZE (64 * 1024 * 1024)

static gboolean
is_file (const char *path)
{
  struct stat about;

  return stat (path, &about) == 0 && S_ISREG (about.st_mode);
}

/* (transfer full) (nullable): the file with which the code of a plugin begins */
char *
naru_plugin_find_code (const char *folder, const char *module, NaruPluginLoader loader)
{
  g_autofree char *file = NULL;
  g_autofree char *path = NULL;

  if (loader == NARU_PLUGIN_LOADER_DATA)
    return NULL;
  file = loader == NARU_PLUGIN_LOADER_C ? g_strdup_printf ("lib%s.so", module)
                                        : g_strdup_printf ("%s.py", module);
  path = g_build_filename (folder, file, NULL);
  if (!is_file (path) && loader == NARU_PLUGIN_LOADER_PYTHON)
    {
      g_free (path);
      path = g_build_filename (folder, module, "__init__.py", NULL);
    }
  return is_file (path) ? g_steal_pointer (&path) : NULL;
}

/* Adds the names below @folder of all files of Python, as they are seen from @root. FALSE: some cannot be
 * read */
static gboolean
list_python (const char *root, const char *inside, guint depth, GPtrArray *names)
{
  g_autofree char *path = g_build_filename (root, inside, NULL);
  g_auto (GStrv) entries = depth < MAX_DEPTH ? naru_folder_names (path) : g_new0 (char *, 1);

  if (entries == NULL)
    return FALSE;
  for (guint i = 0; entries[i] != NULL && names->len < MAX_FILES; i++)
    {
      g_autofree char *name = g_build_filename (inside, entries[i], NULL);
      g_autofree char *whole = g_build_filename (root, name, NULL);
      struct stat about;

      if (entries[i][0] == '.')
        continue;
      if (lstat (whole, &about) != 0)
        return FALSE;
      if (S_ISDIR (about.st_mode) && !list_python (root, name, depth + 1, names))
        return FALSE;
      if (!S_ISDIR (about.st_mode) && g_str_has_suffix (name, ".py"))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  return TRUE;
}

static gboolean
add_line (GString *listing, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  char hex[2 * NARU_DIGEST_SIZE + 1];
  NaruDigest digest;
  struct stat about;
  gsize size = 0;

  if (stat (path, &about) != 0 || !S_ISREG (about.st_mode) || about.st_size > MAX_FILE_SIZE)
    return FALSE;
  if (!g_file_get_contents (path, &bytes, &size, NULL))
    return FALSE;
  naru_digest_compute (bytes, size, &digest);
  naru_digest_to_hex (&digest, hex);
  g_string_append_printf (listing, "%s %s\n", hex, name);
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) (nullable): digest of a list of lines "digest name", one a file, by name */
char *
naru_plugin_compute_digest (NaruPlugin *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) listing = g_string_new (NULL);
  char hex[2 * NARU_DIGEST_SIZE + 1];
  NaruDigest digest;

  if (self->loader == NARU_PLUGIN_LOADER_C)
    g_ptr_array_add (names, g_strdup_printf ("lib%s.so", self->module));
  else if (self->loader == NARU_PLUGIN_LOADER_PYTHON && !list_python (self->folder, "", 0, names))
    return NULL;
  if (names->len == 0)
    return NULL;

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    if (!add_line (listing, self->folder, g_ptr_array_index (names, i)))
      return NULL;
  naru_digest_compute (listing->str, listing->len, &digest);
  naru_digest_to_hex (&digest, hex);
  return g_strdup (hex);
}
