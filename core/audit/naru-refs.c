/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-repository-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seals, their time stamps, and how far mirrors are known to be. The branch itself: naru-head.c. */

#define HEX_SIZE (2 * NARU_OID_SIZE)
#define PACKED_MAX (16 << 20)
#define NAME_MAX_SIZE 64
#define REFS_MAX 20000

static gboolean
is_plain (const char *name)
{
  gsize length = strlen (name);

  return length > 0 && length <= NAME_MAX_SIZE && g_ascii_isalnum (name[0]) && name[length - 1] != '-' &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/**
 * naru_ref_is_seal:
 * @name: whole name of a ref
 *
 * Returns: whether it names a seal, or could: "refs/tags/seal-" and small letters, digits and hyphens
 */
gboolean
naru_ref_is_seal (const char *name)
{
  return g_str_has_prefix (name, NARU_SEAL_REFS NARU_SEAL_PREFIX) &&
         is_plain (name + strlen (NARU_SEAL_REFS));
}

/**
 * naru_ref_is_ours:
 * @name: whole name of a ref
 *
 * Returns: whether it is one that goes with the history: a seal or the time stamp of one. Only such names are
 * taken from anywhere, so none of them can lead out of a repository
 */
gboolean
naru_ref_is_ours (const char *name)
{
  return naru_ref_is_seal (name) || (g_str_has_prefix (name, NARU_STAMP_REFS NARU_SEAL_PREFIX) &&
                                     is_plain (name + strlen (NARU_STAMP_REFS)));
}

static void
ref_free (gpointer data)
{
  NaruRef *ref = data;

  g_free (ref->name);
  g_free (ref);
}

/**
 * naru_refs_new: (skip)
 *
 * Returns: (transfer full) (element-type NaruRef): an empty list
 */
GPtrArray *
naru_refs_new (void)
{
  return g_ptr_array_new_with_free_func (ref_free);
}

/**
 * naru_refs_add: (skip)
 * @refs: (element-type NaruRef): a list
 * @name: whole name
 * @oid: what it names
 */
void
naru_refs_add (GPtrArray *refs, const char *name, const NaruOid *oid)
{
  NaruRef *ref = g_new0 (NaruRef, 1);

  ref->name = g_strdup (name);
  ref->oid = *oid;
  g_ptr_array_add (refs, ref);
}

/**
 * naru_refs_find: (skip)
 * @refs: (element-type NaruRef): a list
 * @name: whole name
 *
 * Returns: (transfer none) (nullable): it
 */
const NaruRef *
naru_refs_find (GPtrArray *refs, const char *name)
{
  for (guint i = 0; i < refs->len; i++)
    if (g_str_equal (((const NaruRef *) g_ptr_array_index (refs, i))->name, name))
      return g_ptr_array_index (refs, i);
  return NULL;
}

/* What a file itself is makes it damaged; that it cannot be read now says nothing about it. */
static gboolean
is_damage (int errsv)
{
  return errsv == ELOOP || errsv == EINVAL || errsv == EFBIG || errsv == EISDIR || errsv == ENXIO;
}

static gboolean
fail_read (NaruRepository *self, const char *name, int errsv, GError **error)
{
  if (errsv == 0 || is_damage (errsv))
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore it from a mirror, a backup or a clone."),
                    _ ("“%s/%s” is damaged: it names nothing."), self->path, name);
  else
    naru_set_error_errno (error, errsv, _ ("Check the permissions of the history's folder."),
                          _ ("Cannot read “%s/%s”"), self->path, name);
  return FALSE;
}

/* "<40 digits>", then @rest or anything where it is NULL */
static gboolean
parse_line (const char *text, gsize size, NaruOid *oid)
{
  char hex[HEX_SIZE + 1];

  if (size < HEX_SIZE)
    return FALSE;
  memcpy (hex, text, HEX_SIZE);
  hex[HEX_SIZE] = '\0';
  return naru_oid_from_hex (hex, oid) && !naru_oid_is_zero (oid);
}

/* @oid: zero where the file is not there */
static gboolean
read_file (NaruRepository *self, const char *name, NaruOid *oid, GError **error)
{
  g_autoptr (GBytes) bytes = naru_file_read (self->root_fd, name, 4096);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  memset (oid, 0, sizeof *oid);
  if (bytes == NULL && (errno == ENOENT || errno == ENOTDIR))
    return TRUE;
  if (bytes == NULL)
    return fail_read (self, name, errno, error);
  return (size == HEX_SIZE + 1 && text[HEX_SIZE] == '\n' && parse_line (text, size, oid)) ||
         fail_read (self, name, 0, error);
}

/* What stock git put together (git pack-refs): those whose names begin with @prefix */
static gboolean
read_packed (NaruRepository *self, const char *prefix, GPtrArray *refs, GError **error)
{
  g_autoptr (GBytes) bytes = naru_file_read (self->root_fd, "packed-refs", PACKED_MAX);

  if (bytes == NULL)
    return errno == ENOENT || fail_read (self, "packed-refs", errno, error);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      NaruOid oid;
      if (strlen (lines[i]) <= HEX_SIZE + 1 || lines[i][HEX_SIZE] != ' ' ||
          !g_str_has_prefix (lines[i] + HEX_SIZE + 1, prefix))
        continue;
      if (!parse_line (lines[i], HEX_SIZE, &oid))
        return fail_read (self, "packed-refs", 0, error);
      naru_refs_add (refs, lines[i] + HEX_SIZE + 1, &oid);
    }
  return TRUE;
}

static int
compare_refs (gconstpointer a, gconstpointer b)
{
  const NaruRef *const *left = a;
  const NaruRef *const *right = b;

  return strcmp ((*left)->name, (*right)->name);
}

/**
 * naru_repository_list_refs:
 * @self: a repository
 * @folder: where: "refs/tags/" and the like; what lies deeper does not count
 * @error: return location
 *
 * Returns: (transfer full) (element-type NaruRef): the refs there, by name; %NULL with %NARU_ERROR_BROKEN
 * where one of them names nothing
 */
GPtrArray *
naru_repository_list_refs (NaruRepository *self, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) refs = naru_refs_new ();
  g_autoptr (GPtrArray) packed = naru_refs_new ();
  DIR *open = naru_file_open_folder (self->root_fd, folder);
  gboolean good = open != NULL || errno == ENOENT || fail_read (self, folder, errno, error);

  struct dirent *at = NULL;

  while (open != NULL && good && (errno = 0, at = readdir (open)) != NULL)
    {
      g_autofree char *name = g_strconcat (folder, at->d_name, NULL);
      g_autoptr (GError) local = NULL;
      NaruOid oid;
      if (!is_plain (at->d_name) || refs->len > REFS_MAX)
        continue;
      good = read_file (self, name, &oid, &local) || g_error_matches (local, NARU_ERROR, NARU_ERROR_BROKEN);
      if (!good)
        g_propagate_error (error, g_steal_pointer (&local));
      else if (local != NULL || !naru_oid_is_zero (&oid))
        naru_refs_add (refs, name, &oid);
    }
  if (open != NULL && good && errno != 0)
    good = fail_read (self, folder, errno, error);
  if (open != NULL)
    closedir (open);
  if (!good || !read_packed (self, folder, packed, error))
    return NULL;
  for (guint i = 0; i < packed->len && refs->len <= REFS_MAX; i++)
    {
      const NaruRef *ref = g_ptr_array_index (packed, i);
      if (is_plain (ref->name + strlen (folder)) && naru_refs_find (refs, ref->name) == NULL)
        naru_refs_add (refs, ref->name, &ref->oid);
    }
  g_ptr_array_sort (refs, compare_refs);
  return g_steal_pointer (&refs);
}

/**
 * naru_repository_get_ref:
 * @self: a repository
 * @name: whole name of a ref
 * @oid: (out): what it names; zero where it is not there
 * @error: return location
 *
 * Returns: %FALSE with %NARU_ERROR_BROKEN where it is damaged
 */
gboolean
naru_repository_get_ref (NaruRepository *self, const char *name, NaruOid *oid, GError **error)
{
  g_autoptr (GPtrArray) packed = naru_refs_new ();

  if (!read_file (self, name, oid, error))
    return FALSE;
  if (!naru_oid_is_zero (oid))
    return TRUE;
  if (!read_packed (self, name, packed, error))
    return FALSE;
  const NaruRef *ref = naru_refs_find (packed, name);
  if (ref != NULL)
    *oid = ref->oid;
  return TRUE;
}

static gboolean
fail_write (NaruRepository *self, const char *name, int errsv, GError **error)
{
  naru_set_error_errno (error, errsv,
                        _ ("Free some space, or make the folder writable, and run the command again."),
                        _ ("Cannot write “%s/%s”"), self->path, name);
  return FALSE;
}

/* refs/naru/timestamps and what is above it, each on disk under its name */
static gboolean
make_folders (NaruRepository *self, const char *name)
{
  for (const char *slash = strchr (name, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *folder = g_strndup (name, (gsize) (slash - name));
      g_autofree char *parent = g_path_get_dirname (folder);
      if (mkdirat (self->root_fd, folder, 0700) == 0 ? !naru_file_sync_folder (self->root_fd, parent)
                                                     : errno != EEXIST)
        return FALSE;
    }
  return TRUE;
}

/* Whoever holds the lock of the history takes a lock that is there for a left-over. */
static int
open_lock (NaruRepository *self, const char *lock)
{
  int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  int fd = naru_file_open (self->root_fd, lock, flags, 0644);

  if (fd < 0 && errno == EEXIST && unlinkat (self->root_fd, lock, 0) == 0)
    fd = naru_file_open (self->root_fd, lock, flags, 0644);
  return fd;
}

/* @is_new: one that is not on disk for sure is taken back, so that the answer is true. The folder is opened
 * before, while nothing is done yet. */
static gboolean
write_ref (NaruRepository *self, int fd, const char *lock, const char *name, const NaruOid *oid,
           gboolean is_new)
{
  g_autofree char *folder = g_path_get_dirname (name);
  int folder_fd = naru_file_open (self->root_fd, folder, O_RDONLY | O_DIRECTORY, 0);
  char text[HEX_SIZE + 2];

  naru_oid_to_hex (oid, text);
  text[HEX_SIZE] = '\n';
  gboolean named = folder_fd >= 0 && naru_file_write (fd, text, HEX_SIZE + 1) && naru_file_sync (fd) &&
                   renameat (self->root_fd, lock, self->root_fd, name) == 0;
  gboolean done = named && naru_file_sync (folder_fd);
  int errsv = errno;
  if (named && !done && is_new)
    unlinkat (self->root_fd, name, 0);
  if (folder_fd >= 0)
    close (folder_fd);
  errno = errsv;
  return done;
}

/**
 * naru_repository_set_ref:
 * @self: a repository whose lock is held
 * @name: whole name of a ref
 * @expected: (nullable): what it must name now, zero for nothing; %NULL: whatever it names
 * @oid: what it is to name; an object that is on disk
 * @error: return location
 *
 * By compare and set, under the lock that stock git honours as well; on disk when this returns.
 *
 * Returns: %FALSE with %NARU_ERROR_CONFLICT where it names something else
 */
gboolean
naru_repository_set_ref (NaruRepository *self, const char *name, const NaruOid *expected, const NaruOid *oid,
                         GError **error)
{
  g_autofree char *lock = g_strconcat (name, ".lock", NULL);
  NaruOid present;

  if (!naru_repository_check_locked (self, error))
    return FALSE;
  if (!make_folders (self, name))
    return fail_write (self, name, errno, error);
  int fd = open_lock (self, lock);
  if (fd < 0)
    return fail_write (self, name, errno, error);
  gboolean good = naru_repository_get_ref (self, name, &present, error);
  if (good && expected != NULL && !naru_oid_equal (&present, expected))
    {
      naru_set_error (error, NARU_ERROR_CONFLICT, NULL, 0,
                      _ ("Only Naru may write to this repository; look with “git show-ref” what was done."),
                      _ ("“%s” was set by someone else meanwhile."), name);
      good = FALSE;
    }
  if (good && !write_ref (self, fd, lock, name, oid, naru_oid_is_zero (&present)))
    good = fail_write (self, name, errno, error);
  close (fd);
  if (!good)
    unlinkat (self->root_fd, lock, 0);
  return good;
}

/**
 * naru_repository_drop_ref:
 * @self: a repository whose lock is held
 * @name: whole name of a ref that this program wrote, so that it is a file; one that is not there is no error
 * @error: return location
 */
gboolean
naru_repository_drop_ref (NaruRepository *self, const char *name, GError **error)
{
  if (!naru_repository_check_locked (self, error))
    return FALSE;
  return unlinkat (self->root_fd, name, 0) == 0 || errno == ENOENT || fail_write (self, name, errno, error);
}
