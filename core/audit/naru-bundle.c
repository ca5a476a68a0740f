/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-source-private.h"

#include "naru-file-private.h"
#include "naru-git-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A bundle is a text that names branches, an empty line, and a pack. A backup is one, so that stock git
 * clones it; what it says of itself stands in a blob that the ref below names. */

#define SIGNATURE "# v2 git bundle\n"
#define BRANCH "refs/heads/main"
#define MANIFEST "refs/naru/backup"
#define HEADER_MAX (4 << 20)
#define COPY_BUFFER (256 * 1024)

gboolean
naru_bundle_is (const char *file)
{
  char start[sizeof SIGNATURE] = "";
  int fd = naru_file_open (AT_FDCWD, file, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);

  if (fd < 0)
    return FALSE;
  gssize got = read (fd, start, strlen (SIGNATURE));
  close (fd);
  return got == (gssize) strlen (SIGNATURE) && strcmp (start, SIGNATURE) == 0;
}

static gboolean
refuse (const char *what, GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Take another copy of the backup."), "%s", what);
  return FALSE;
}

static gboolean
take_line (const char *line, NaruOid *head, NaruOid *manifest, GPtrArray *refs, GError **error)
{
  char hex[2 * NARU_OID_SIZE + 1] = "";
  NaruOid oid;

  if (line[0] == '-')
    return refuse (_ ("the bundle is a part of a history: it needs commits that it does not hold"), error);
  if (strlen (line) < sizeof hex || line[sizeof hex - 1] != ' ')
    return refuse (_ ("the head of the bundle is damaged"), error);
  memcpy (hex, line, sizeof hex - 1);
  if (!naru_oid_from_hex (hex, &oid))
    return refuse (_ ("the head of the bundle is damaged"), error);
  if (strcmp (line + sizeof hex, BRANCH) == 0)
    *head = oid;
  else if (strcmp (line + sizeof hex, MANIFEST) == 0)
    *manifest = oid;
  else if (naru_ref_is_ours (line + sizeof hex) && refs->len < 2 * NARU_SOURCE_MAX_SEALS)
    naru_refs_add (refs, line + sizeof hex, &oid);
  return TRUE;
}

/* Leaves @fd where the pack begins. */
static gboolean
read_header (int fd, NaruOid *head, NaruOid *manifest, GPtrArray *refs, GError **error)
{
  g_autofree char *text = g_malloc0 (HEADER_MAX + 1);
  gssize got = pread (fd, text, HEADER_MAX, 0);
  char *end = got > 0 ? strstr (text, "\n\n") : NULL;

  memset (head, 0, sizeof *head);
  memset (manifest, 0, sizeof *manifest);
  if (end == NULL)
    return refuse (_ ("the head of the bundle is damaged"), error);
  *end = '\0';
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    if (!take_line (lines[i], head, manifest, refs, error))
      return FALSE;
  if (naru_oid_is_zero (head))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("make it with “naru backup”"),
                      _ ("the bundle holds no branch “main”"));
      return FALSE;
    }
  return lseek (fd, end + 2 - text, SEEK_SET) >= 0 || refuse (_ ("the file cannot be read"), error);
}

static int
tell_progress (const git_indexer_progress *progress, void *user_data)
{
  NaruSourceItem item = { .kind = NARU_SOURCE_BEAT };

  if ((progress->received_objects + progress->indexed_deltas) % 1024 == 0)
    naru_source_out_put (user_data, &item);
  return 0;
}

static gboolean
feed (git_indexer *indexer, int fd, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_BUFFER);
  git_indexer_progress progress = { 0 };
  gssize got;
  int result = 0;

  while (result == 0 && (got = read (fd, buffer, COPY_BUFFER)) != 0)
    {
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          naru_set_error_errno (error, errno, _ ("check the disk"), _ ("the file cannot be read"));
          return FALSE;
        }
      result = git_indexer_append (indexer, buffer, (size_t) got, &progress);
    }
  if (result == 0)
    result = git_indexer_commit (indexer, &progress);
  if (result == 0)
    return TRUE;
  naru_error_from_git (error, result, _ ("the pack in the bundle is damaged or cut off"));
  naru_error_set_cure (error, "%s", _ ("Take another copy of the backup."));
  return FALSE;
}

static gboolean
index_pack (int fd, const char *repository, NaruSourceOut *out, GError **error)
{
  g_autofree char *folder = g_build_filename (repository, "objects", "pack", NULL);
  git_indexer_options options = GIT_INDEXER_OPTIONS_INIT;
  git_indexer *indexer = NULL;

  if (!naru_git_load (error))
    return FALSE;
  options.progress_cb = tell_progress;
  options.progress_cb_payload = out;
  int result = git_indexer_new (&indexer, folder, 0444, NULL, &options);
  if (result != 0)
    {
      naru_error_from_git (error, result, _ ("Cannot unpack the bundle"));
      return FALSE;
    }
  gboolean done = feed (indexer, fd, error);
  git_indexer_free (indexer);
  return done;
}

static gboolean
put_ref (const char *folder, const char *name, const NaruOid *oid, GError **error)
{
  char text[2 * NARU_OID_SIZE + 2];

  naru_oid_to_hex (oid, text);
  text[2 * NARU_OID_SIZE] = '\n';
  text[2 * NARU_OID_SIZE + 1] = '\0';
  return naru_file_put (folder, name, text, error);
}

/* Their names were looked at: none leads out of these two folders. The first of a name counts. */
static gboolean
put_refs (const char *repository, GPtrArray *refs, GError **error)
{
  g_autofree char *naru = g_build_filename (repository, "refs", "naru", NULL);
  g_autofree char *stamps = g_build_filename (repository, NARU_STAMP_REFS, NULL);

  if (mkdir (naru, 0700) != 0 || mkdir (stamps, 0700) != 0)
    {
      naru_set_error_errno (error, errno, _ ("Check free space and permissions."),
                            _ ("Cannot make the folder “%s”"), stamps);
      return FALSE;
    }
  for (guint i = 0; i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      g_autofree char *parent = g_path_get_dirname (ref->name);
      g_autofree char *folder = g_build_filename (repository, parent, NULL);
      if (naru_refs_find (refs, ref->name) == ref &&
          !put_ref (folder, ref->name + strlen (parent) + 1, &ref->oid, error))
        return FALSE;
    }
  return TRUE;
}

/* Makes a repository of a bundle, of whose content nothing is believed. */
gboolean
naru_bundle_unpack (const char *file, const char *repository, NaruSourceOut *out, NaruOid *manifest,
                    GError **error)
{
  g_autoptr (NaruRepository) made = naru_repository_create (repository, error);
  g_autofree char *heads = g_build_filename (repository, "refs", "heads", NULL);
  g_autoptr (GPtrArray) refs = naru_refs_new ();
  NaruOid head;

  if (made == NULL)
    return FALSE;
  int fd = naru_file_open (AT_FDCWD, file, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
  if (fd < 0)
    {
      naru_set_error_errno (error, errno, _ ("check the permissions"), _ ("the file cannot be read"));
      return FALSE;
    }
  gboolean done = read_header (fd, &head, manifest, refs, error) && index_pack (fd, repository, out, error);
  close (fd);
  if (!done)
    return FALSE;
  if (!put_ref (heads, "main", &head, error))
    return FALSE;
  return refs->len == 0 || put_refs (repository, refs, error);
}

static gboolean
copy_pack (int target, const char *repository, GError **error)
{
  g_autofree char *folder = g_build_filename (repository, "objects", "pack", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree guint8 *buffer = g_malloc (COPY_BUFFER);
  const char *name = NULL;
  gssize got = -1;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL && !g_str_has_suffix (name, ".pack"))
    continue;
  g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : NULL;
  int fd = path != NULL ? naru_file_open (AT_FDCWD, path, O_RDONLY | O_NOFOLLOW, 0) : -1;
  while (fd >= 0 && (got = read (fd, buffer, COPY_BUFFER)) != 0)
    if (got < 0 ? errno != EINTR : !naru_file_write (target, buffer, (gsize) got))
      break;
  int kept = errno;
  if (fd >= 0)
    close (fd);
  if (fd >= 0 && got == 0)
    return TRUE;
  naru_set_error_errno (error, kept, _ ("free some space and run the command again"),
                        _ ("cannot write the backup"));
  return FALSE;
}

/**
 * naru_bundle_write:
 * @file: a file that does not exist yet
 * @repository: a repository with one pack, which holds all
 * @head: the commit of the branch main
 * @manifest: a blob in the pack
 * @refs: (element-type NaruRef): what else is named: seals and their time stamps, in the pack
 * @error: return location
 *
 * Returns: whether the bundle is written, and on disk
 */
gboolean
naru_bundle_write (const char *file, const char *repository, const NaruOid *head, const NaruOid *manifest,
                   GPtrArray *refs, GError **error)
{
  char head_hex[2 * NARU_OID_SIZE + 1];
  char manifest_hex[2 * NARU_OID_SIZE + 1];
  int fd = naru_file_open (AT_FDCWD, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);

  naru_oid_to_hex (head, head_hex);
  naru_oid_to_hex (manifest, manifest_hex);
  g_autoptr (GString) text = g_string_new (SIGNATURE);
  g_string_append_printf (text, "%s HEAD\n%s " BRANCH "\n%s " MANIFEST "\n", head_hex, head_hex,
                          manifest_hex);
  for (guint i = 0; i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      naru_oid_to_hex (&ref->oid, head_hex);
      g_string_append_printf (text, "%s %s\n", head_hex, ref->name);
    }
  g_string_append_c (text, '\n');
  if (fd < 0 || !naru_file_write (fd, text->str, text->len))
    {
      naru_set_error_errno (error, errno, _ ("free some space and run the command again"),
                            _ ("cannot write the backup"));
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  gboolean done = copy_pack (fd, repository, error);
  if (done && !naru_file_sync (fd))
    {
      naru_set_error_errno (error, errno, _ ("check the disk"), _ ("cannot write the backup"));
      done = FALSE;
    }
  close (fd);
  return done;
}
