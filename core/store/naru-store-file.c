/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-page-private.h"
#include "naru-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* LMDB maps data.mdb and believes it: a file that was cut off kills the process with SIGBUS, an empty one
 * becomes a new store. So the file is looked at before. */

#define MAX_DEPTH 32
#define MAX_GAP (1u << 26) /* pages */

typedef struct
{
  int fd;
  gsize page_size;
  gsize n_pages;   /* whole ones in the file */
  gsize last_page; /* as the file says */
  guint8 *is_free; /* a bit for each page that is said to be behind the end of the file */
  gsize n_walked;  /* pages of the tree; no tree has a page twice, and a damaged one might never end */
} NaruPageReader;

static const struct
{
  gint64 magic;
  const char *name;
} network_systems[] = {
  { 0x6969, "NFS" },        { 0x517B, "SMB" },       { 0xFF534D42, "CIFS" }, { 0xFE534D42, "SMB2" },
  { 0x5346414F, "AFS" },    { 0x6B414653, "AFS" },   { 0x00C36400, "Ceph" }, { 0x73757245, "Coda" },
  { 0x0BD00BD0, "Lustre" }, { 0x7461636F, "OCFS2" }, { 0x47504653, "GPFS" }, { 0x564C, "NCP" },
};

static const char *const network_mounts[] = { "fuse.sshfs", "fuse.glusterfs", "fuse.rclone",     "fuse.s3fs",
                                              "fuse.davfs", "fuse.curlftpfs", "fuse.gvfsd-fuse", NULL };

/*
 * naru_store_name_network:
 * @magic: the number of a file system, from statfs
 *
 * Returns: (nullable): its name, where it is one over the network
 */
const char *
naru_store_name_network (gint64 magic)
{
  for (guint i = 0; i < G_N_ELEMENTS (network_systems); i++)
    if ((guint32) network_systems[i].magic == (guint32) magic)
      return network_systems[i].name;
  return NULL;
}

/* All user space file systems have one number; /proc knows their names. */
static char *
naru_store_find_mount_type (dev_t device)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents ("/proc/self/mountinfo", &text, NULL, NULL))
    return NULL;

  g_autofree char *wanted = g_strdup_printf ("%u:%u", major (device), minor (device));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      const char *rest = strstr (lines[i], " - ");
      if (g_strv_length (words) < 3 || rest == NULL || !g_str_equal (words[2], wanted))
        continue;
      return g_strndup (rest + 3, strcspn (rest + 3, " "));
    }
  return NULL;
}

/*
 * naru_store_check_folder:
 *
 * Refuses what is no folder and what is on another machine: LMDB's locks and memory map do not reach there.
 */
gboolean
naru_store_check_folder (const char *folder, GError **error)
{
  struct stat info;
  struct statfs system;
  if (stat (folder, &info) != 0 || !S_ISDIR (info.st_mode))
    {
      int errsv = errno;
      if (errsv == EACCES)
        return naru_store_set_error (folder, errsv, error);
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                      _ ("Name the folder of an office, or make one with \"naru init\"."),
                      _ ("There is no folder %s."), folder);
      return FALSE;
    }
  if (statfs (folder, &system) != 0)
    return naru_store_set_error (folder, errno, error);

  const char *name = naru_store_name_network (system.f_type);
  g_autofree char *mount = NULL;
  if (system.f_type == 0x65735546)
    mount = naru_store_find_mount_type (info.st_dev);
  if (name == NULL && mount != NULL && g_strv_contains (network_mounts, mount))
    name = mount;
  if (name == NULL)
    return TRUE;

  naru_set_error (
      error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Keep the office on a disk of the machine that runs Naru."),
      _ ("%s is on a network file system (%s), where a store can neither be locked nor kept whole."), folder,
      name);
  return FALSE;
}

static gboolean
naru_page_read (NaruPageReader *reader, gsize number, gpointer target, gsize size)
{
  return number < reader->n_pages &&
         pread (reader->fd, target, size, (off_t) (number * reader->page_size)) == (gssize) size;
}

/* @list: how many, then the pages; @size bytes of it can be read */
static gboolean
naru_page_note_free (NaruPageReader *reader, const guint8 *list, gsize size)
{
  gsize count, number;
  if (size < sizeof count)
    return FALSE;
  memcpy (&count, list, sizeof count);
  if (count > size / sizeof number - 1)
    return FALSE;
  for (gsize i = 1; i <= count; i++)
    {
      memcpy (&number, list + i * sizeof number, sizeof number);
      if (number >= reader->n_pages && number <= reader->last_page)
        reader->is_free[(number - reader->n_pages) / 8] |= 1u << (number - reader->n_pages) % 8;
    }
  return TRUE;
}

static gboolean
naru_page_note_node (NaruPageReader *reader, const guint8 *node, gsize room)
{
  guint16 words[4]; /* size low, size high, flags, size of the key */
  memcpy (words, node, sizeof words);
  gsize size = words[0] | (gsize) words[1] << 16;
  gsize start = NODE_SIZE + words[3];
  if ((words[2] & NODE_BIG) == 0)
    return start + size <= room && naru_page_note_free (reader, node + start, size);

  gsize first;
  if (start + sizeof first > room)
    return FALSE;
  memcpy (&first, node + start, sizeof first);
  gsize n_pages = (sizeof (NaruPageHeader) + size + reader->page_size - 1) / reader->page_size;
  if (first >= reader->n_pages || n_pages > reader->n_pages - first)
    return FALSE;

  g_autofree guint8 *list = g_try_malloc (size);
  return list != NULL &&
         pread (reader->fd, list, size, (off_t) (first * reader->page_size + sizeof (NaruPageHeader))) ==
             (gssize) size &&
         naru_page_note_free (reader, list, size);
}

static gboolean
naru_page_walk (NaruPageReader *reader, gsize number, guint depth)
{
  if (depth > MAX_DEPTH || ++reader->n_walked > reader->n_pages)
    return FALSE;
  g_autofree guint8 *page = g_malloc (reader->page_size);
  if (!naru_page_read (reader, number, page, reader->page_size))
    return FALSE;

  NaruPageHeader header;
  memcpy (&header, page, sizeof header);
  gboolean leaf = (header.flags & PAGE_LEAF) != 0;
  if ((!leaf && (header.flags & PAGE_BRANCH) == 0) || header.lower < sizeof header ||
      header.lower > reader->page_size)
    return FALSE;

  guint n_nodes = (header.lower - sizeof header) / sizeof (guint16);
  for (guint i = 0; i < n_nodes; i++)
    {
      guint16 offset, words[3];
      memcpy (&offset, page + sizeof header + i * sizeof offset, sizeof offset);
      if (offset + NODE_SIZE > reader->page_size)
        return FALSE;
      if (leaf && !naru_page_note_node (reader, page + offset, reader->page_size - offset))
        return FALSE;
      if (leaf)
        continue;
      memcpy (words, page + offset, sizeof words);
      guint64 child = words[0] | (guint64) words[1] << 16 | (guint64) words[2] << 32;
      if (!naru_page_walk (reader, child, depth + 1))
        return FALSE;
    }
  return TRUE;
}

/* A file may rightly end before its last page: pages that were used and given back within one transaction are
 * never written. Then each missing page stands in the list of free ones; any other is lost. */
static gboolean
naru_store_check_gap (int fd, const NaruMetaPage *meta, gsize n_pages)
{
  NaruPageReader reader = { .fd = fd,
                            .page_size = meta->trees[0].pad,
                            .n_pages = n_pages,
                            .last_page = meta->last_page };
  gsize gap = meta->last_page + 1 - n_pages;
  if (gap > MAX_GAP || meta->trees[0].root == G_MAXSIZE)
    return FALSE;

  g_autofree guint8 *is_free = g_malloc0 (gap / 8 + 1);
  reader.is_free = is_free;
  if (!naru_page_walk (&reader, meta->trees[0].root, 0))
    return FALSE;
  for (gsize i = 0; i < gap; i++)
    if ((is_free[i / 8] >> i % 8 & 1) == 0)
      return FALSE;
  return TRUE;
}

/* Reads both meta pages, the newer of which becomes @meta. */
static int
naru_store_read_meta (int fd, NaruMetaPage *meta)
{
  NaruMetaPage pages[2];
  off_t offset = 0;
  for (guint i = 0; i < 2; i++)
    {
      if (pread (fd, &pages[i], sizeof pages[i], offset) != sizeof pages[i])
        return MDB_INVALID;
      if (pages[i].magic != FILE_MAGIC || (pages[i].page.flags & PAGE_META) == 0)
        return MDB_INVALID;
      if (pages[i].version != FILE_VERSION)
        return MDB_VERSION_MISMATCH;
      gsize size = pages[i].trees[0].pad;
      if (size < 512 || size > 65536 || (size & (size - 1)) != 0 || size != pages[0].trees[0].pad)
        return MDB_CORRUPTED;
      offset = size;
    }
  *meta = pages[pages[0].txn < pages[1].txn];
  return meta->last_page >= 1 && meta->last_page < G_MAXSIZE / 65536 ? MDB_SUCCESS : MDB_CORRUPTED;
}

static gboolean
naru_store_check_pages (const char *folder, int fd, guint64 *size, GError **error)
{
  /* other processes may write meanwhile: what was read before a new commit proves nothing */
  for (guint attempt = 0; attempt < 16; attempt++)
    {
      NaruMetaPage meta, again;
      struct stat info;
      int rc = naru_store_read_meta (fd, &meta);
      if (fstat (fd, &info) != 0)
        return naru_store_set_error (folder, errno, error);
      *size = info.st_size;
      if (info.st_size == 0)
        return naru_store_set_broken (folder, _ ("data.mdb is empty."), error);
      if (rc != MDB_SUCCESS)
        return naru_store_set_error (folder, rc, error);

      gsize n_pages = (gsize) info.st_size / meta.trees[0].pad;
      if (meta.last_page < n_pages || naru_store_check_gap (fd, &meta, n_pages))
        return TRUE;
      if (naru_store_read_meta (fd, &again) == MDB_SUCCESS && again.txn == meta.txn)
        return naru_store_set_broken (folder, _ ("data.mdb was cut off, its end is missing."), error);
    }
  return naru_store_set_error (folder, EAGAIN, error);
}

/*
 * naru_store_check_file:
 * @size: (out): of data.mdb, in bytes
 *
 * Returns: whether data.mdb is there, is LMDB's and is whole as far as its meta pages tell
 */
gboolean
naru_store_check_file (const char *folder, guint64 *size, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "data.mdb", NULL);
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                      _ ("Name the folder of an office, or make one with \"naru init\"."),
                      _ ("There is no store (data.mdb) in %s."), folder);
      return FALSE;
    }
  if (fd < 0)
    return naru_store_set_error (folder, errno, error);

  gboolean ok;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    ok = naru_store_set_broken (folder, _ ("data.mdb is not a file."), error);
  else
    ok = naru_store_check_pages (folder, fd, size, error);
  close (fd);
  return ok;
}

/*
 * naru_store_check_unused:
 *
 * Returns: %FALSE with an error where another process has the store open. For a person who may read it but
 * not lock it: LMDB would give the pages that are being read away.
 */
gboolean
naru_store_check_unused (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "lock.mdb", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT)
    return TRUE;

  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
  gboolean unused = fd >= 0 && fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
  if (fd >= 0)
    close (fd);
  if (unused)
    return TRUE;

  naru_set_error (error, NARU_ERROR_IO, NULL, 0,
                  _ ("Ask for the right to write lock.mdb, or read a copy of the folder."),
                  _ ("Somebody works with the store in %s and you may not write its lock file."), folder);
  return FALSE;
}

static int
naru_store_fill_new (MDB_env *env)
{
  MDB_txn *txn = NULL;
  MDB_dbi dbs[NARU_N_DBS];
  int rc = mdb_txn_begin (env, NULL, 0, &txn);
  if (rc != MDB_SUCCESS)
    return rc;
  rc = naru_store_open_dbs (txn, MDB_CREATE, dbs);

  g_autofree char *format = g_strdup_printf ("%d", NARU_STORE_FORMAT);
  MDB_val key = { strlen ("format"), (gpointer) "format" };
  MDB_val value = { strlen (format), format };
  if (rc == MDB_SUCCESS)
    rc = mdb_put (txn, dbs[NARU_DB_META], &key, &value, 0);
  if (rc == MDB_SUCCESS)
    return mdb_txn_commit (txn);
  mdb_txn_abort (txn);
  return rc;
}

static int
naru_store_move_new (const char *from, const char *folder, gboolean sync)
{
  g_autofree char *source = g_build_filename (from, "data.mdb", NULL);
  g_autofree char *target = g_build_filename (folder, "data.mdb", NULL);
  if (renameat2 (AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE) != 0)
    {
      /* EINVAL: a file system without this flag; the caller has looked whether the target is there */
      if (errno != EINVAL || rename (source, target) != 0)
        return errno;
    }
  if (!sync)
    return MDB_SUCCESS;

  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int rc = fd < 0 || fsync (fd) != 0 ? errno : MDB_SUCCESS;
  if (fd >= 0)
    close (fd);
  return rc;
}

/*
 * naru_store_create_file:
 *
 * Makes data.mdb beside and moves it into the folder when it is whole: it is there with its format and all
 * its tables, or not at all.
 */
gboolean
naru_store_create_file (const char *folder, NaruStoreFlags flags, GError **error)
{
  gboolean scratch = (flags & NARU_STORE_SCRATCH) != 0;
  g_autofree char *present = g_build_filename (folder, "data.mdb", NULL);
  if (g_file_test (present, G_FILE_TEST_EXISTS))
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0,
                      _ ("Choose another folder, or work with what is there."),
                      _ ("There is a store in %s already."), folder);
      return FALSE;
    }

  g_autofree char *beside = g_build_filename (folder, ".store-XXXXXX", NULL);
  if (g_mkdtemp (beside) == NULL)
    return naru_store_set_error (folder, errno, error);

  int rc = MDB_SUCCESS;
  MDB_env *env =
      naru_store_open_env (beside, scratch ? NARU_STORE_UNSYNCED : 0, naru_store_get_map_size (0), &rc);
  if (env != NULL)
    {
      rc = naru_store_fill_new (env);
      mdb_env_close (env);
    }
  if (rc == MDB_SUCCESS)
    rc = naru_store_move_new (beside, folder, !scratch);

  g_autofree char *data = g_build_filename (beside, "data.mdb", NULL);
  g_autofree char *lock = g_build_filename (beside, "lock.mdb", NULL);
  g_unlink (data);
  g_unlink (lock);
  g_rmdir (beside);
  if (rc == EEXIST)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, NULL, _ ("There is a store in %s already."), folder);
      return FALSE;
    }
  return rc == MDB_SUCCESS || naru_store_set_error (folder, rc, error);
}
