/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pack-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name becomes part of a file name. */
gboolean
naru_pack_check_name (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (length > 0 && length <= 64 && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") == length)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Use letters, digits, “-” and “_”."),
                  _ ("“%s” cannot be the name of a pack."), name);
  return FALSE;
}

int
naru_pack_open_folder (const char *repository, GError **error)
{
  g_autofree char *path = g_build_filename (repository, "objects", "pack", NULL);
  int fd = naru_file_open (AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

  if (fd < 0)
    naru_set_error_errno (error, errno, _ ("Check that the history is there and readable."),
                          _ ("Cannot open “%s”"), path);
  return fd;
}

/* No suffix: git takes any *.idx in that folder for an index. */
char *
naru_pack_get_temporary (const char *kind, const char *name)
{
  return g_strdup_printf ("tmp_%s_naru-%s", kind, name);
}

/* The sum that names the pack stands at the end of the pack, and before the end of its index. FALSE: errno
 * tells; ENOENT for no such file, ENODATA for one that is too short. */
static gboolean
read_trailer (int folder, const char *name, off_t back, NaruOid *trailer)
{
  struct stat status;
  int fd = naru_file_open (folder, name, O_RDONLY | O_NOFOLLOW, 0);
  if (fd < 0)
    return FALSE;
  gssize got = -1;
  if (fstat (fd, &status) == 0)
    got = status.st_size > back ? pread (fd, trailer->bytes, NARU_OID_SIZE, status.st_size - back) : 0;
  int kept = got < 0 ? errno : ENODATA;
  close (fd);
  errno = kept;
  return got == NARU_OID_SIZE;
}

static gboolean
fail_publish (const char *name, int errsv, GError **error)
{
  naru_set_error_errno (error, errsv, _ ("Check free space and permissions and run the command again."),
                        _ ("Cannot publish the pack “%s”"), name);
  return FALSE;
}

static gboolean
move_files (int folder, const char *pack, const char *index, gboolean *broken)
{
  NaruOid of_pack, of_index;
  char hex[2 * NARU_OID_SIZE + 1];
  char target[64];
  *broken = FALSE;

  gboolean has_pack = read_trailer (folder, pack, NARU_OID_SIZE, &of_pack);
  if (!has_pack && errno != ENOENT)
    {
      *broken = errno == ENODATA;
      return FALSE;
    }
  if (!read_trailer (folder, index, 2 * NARU_OID_SIZE, &of_index))
    {
      /* neither is there: published before */
      gboolean absent = errno == ENOENT;
      *broken = errno == ENODATA || (has_pack && absent);
      return !has_pack && absent;
    }
  if (has_pack && !naru_oid_equal (&of_pack, &of_index))
    {
      *broken = TRUE;
      return FALSE;
    }
  naru_oid_to_hex (&of_index, hex);
  snprintf (target, sizeof target, "pack-%s.pack", hex);
  if (has_pack && renameat (folder, pack, folder, target) != 0)
    return FALSE;
  /* the index must never be seen without its pack, not after a power loss either */
  if (!naru_file_sync (folder))
    return FALSE;
  snprintf (target, sizeof target, "pack-%s.idx", hex);
  return renameat (folder, index, folder, target) == 0 && naru_file_sync (folder);
}

/**
 * naru_pack_publish:
 * @repository: folder of the repository
 * @name: name of a finished pack
 * @error: return location
 *
 * Gives a finished pack the name under which git sees it, durably; doing it again, or going on after a crash
 * in between, is fine.
 *
 * Returns: %FALSE with %NARU_ERROR_BROKEN when the pack was never finished
 */
gboolean
naru_pack_publish (const char *repository, const char *name, GError **error)
{
  if (!naru_pack_check_name (name, error))
    return FALSE;
  int folder = naru_pack_open_folder (repository, error);
  if (folder < 0)
    return FALSE;
  g_autofree char *pack = naru_pack_get_temporary ("pack", name);
  g_autofree char *index = naru_pack_get_temporary ("idx", name);
  gboolean broken;
  gboolean good = move_files (folder, pack, index, &broken);
  int kept = errno;
  close (folder);
  if (broken)
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Run the import again."),
                    _ ("The pack “%s” was never finished."), name);
  return good || (broken ? FALSE : fail_publish (name, kept, error));
}

/**
 * naru_pack_discard:
 * @repository: folder of the repository
 * @name: name of a pack
 *
 * Removes a pack that was not published; nothing happens where there is none.
 */
void
naru_pack_discard (const char *repository, const char *name)
{
  if (!naru_pack_check_name (name, NULL))
    return;
  int folder = naru_pack_open_folder (repository, NULL);
  if (folder < 0)
    return;
  g_autofree char *pack = naru_pack_get_temporary ("pack", name);
  g_autofree char *index = naru_pack_get_temporary ("idx", name);
  unlinkat (folder, index, 0);
  unlinkat (folder, pack, 0);
  close (folder);
}
