/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pack-private.h"

#include "naru-error.h"
#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

/* The index of a pack (gitformat-pack, version 2): 8 bytes of header, a table of 256 counts, then for each
 * object its id (20 bytes), a checksum (4) and its place in the pack (4); places of 8 bytes for those whose
 * highest bit is set; two digests. */
#define MAGIC "\377tOc\0\0\0\2"
#define HEADER 8
#define COUNTS (256 * 4)
#define DIGESTS 40
#define PACK_END 20 /* the digest that a pack ends with, where no object can begin */
#define IS_FAR 0x80000000u

static guint32
get_number (const guint8 *at)
{
  guint32 number;

  memcpy (&number, at, sizeof number);
  return GUINT32_FROM_BE (number);
}

/* Whether all places are within a pack of @pack_size bytes */
static gboolean
is_sound (const guint8 *data, gsize size, guint64 pack_size)
{
  if (size < HEADER + COUNTS + DIGESTS || memcmp (data, MAGIC, HEADER) != 0)
    return FALSE;
  guint64 n = get_number (data + HEADER + COUNTS - 4);
  guint64 near = HEADER + COUNTS + n * 24;
  guint64 far = near + n * 4;
  if (size < far + DIGESTS || (size - far - DIGESTS) % 8 != 0)
    return FALSE;
  guint64 n_far = (size - far - DIGESTS) / 8;
  for (guint64 i = 0; i < n; i++)
    {
      guint64 place = get_number (data + near + i * 4);
      if ((place & IS_FAR) != 0)
        {
          if ((place & ~IS_FAR) >= n_far)
            return FALSE;
          const guint8 *at = data + far + (place & ~IS_FAR) * 8;
          place = (guint64) get_number (at) << 32 | get_number (at + 4);
        }
      if (pack_size < PACK_END || place >= pack_size - PACK_END)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_index (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autofree char *pack = g_strndup (path, strlen (path) - strlen ("idx"));
  g_autofree char *pack_path = g_strconcat (pack, "pack", NULL);
  struct stat info;

  /* one that a repack has just removed is read by nobody */
  if (file == NULL || stat (pack_path, &info) != 0 ||
      is_sound ((const guint8 *) g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                (guint64) info.st_size))
    return TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Run “git fsck” in the history and restore what is damaged from a backup or a clone."),
                  _ ("The index of a pack of the history is damaged: %s"), path);
  return FALSE;
}

/* Before libgit2 reads packs: it follows a place that an index names to wherever that is, out of the pack
 * too. */
gboolean
naru_pack_check_indexes (const char *folder, GError **error)
{
  g_auto (GStrv) names = naru_folder_names (folder);
  gboolean sound = names != NULL || errno == ENOENT;

  if (!sound)
    naru_set_error_errno (error, errno, _ ("Check the permissions."), _ ("Cannot look into “%s”"), folder);
  for (guint i = 0; sound && names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      sound = !g_str_has_suffix (names[i], ".idx") || check_index (path, error);
    }
  return sound;
}
