/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-data.h"

#include "naru-error.h"
#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/**
 * naru_data_get_path:
 * @folder: a folder of the data tree: "schemas", "share/pipelines" …
 * @name: (nullable): a file in it, or %NULL for the folder itself
 *
 * The tree is $NARU_DATA_DIR, or else the one that was installed; both have the same folders.
 * Nothing says that the file exists.
 *
 * Returns: (transfer full) (type filename): the path
 */
char *
naru_data_get_path (const char *folder, const char *name)
{
  const char *root = g_getenv ("NARU_DATA_DIR");

  if (root == NULL || *root == '\0')
    root = NARU_DATADIR;
  return g_build_filename (root, folder, name, NULL);
}

/**
 * naru_data_load:
 * @folder: a folder of the data tree
 * @name: a JSON file in it
 * @error: %NARU_ERROR_NOT_FOUND, %NARU_ERROR_IO, %NARU_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): its value
 */
NaruJson *
naru_data_load (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = naru_data_get_path (folder, name);

  return naru_json_parse_file (path, 0, error);
}

/**
 * naru_data_list:
 * @folder: a folder of the data tree
 * @error: %NARU_ERROR_NOT_FOUND, %NARU_ERROR_IO
 *
 * Returns: (transfer full) (nullable): the names in it by code point, without hidden ones
 */
GStrv
naru_data_list (const char *folder, GError **error)
{
  g_autofree char *path = naru_data_get_path (folder, NULL);
  g_auto (GStrv) names = naru_folder_names (path);
  g_autoptr (GStrvBuilder) shown = g_strv_builder_new ();

  if (names == NULL)
    {
      naru_set_error_errno (error, errno,
                            _ ("Install Naru again, or let NARU_DATA_DIR name the folder of its data."),
                            _ ("Cannot read the folder %s"), path);
      return NULL;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] != '.')
      g_strv_builder_add (shown, names[i]);
  return g_strv_builder_end (shown);
}
