/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include "naru-boxed.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* LMDB forbids to open one environment twice in a process: closing either breaks the locks of the other. All
 * stores of the process stand here by their resolved folder, and whoever opens one that is open gets the
 * same. */
static GMutex registry_lock;
static GHashTable *registry; /* folder -> NaruStore, unowned */

/* folders on whose disk a write has failed, until the process ends */
static GHashTable *failed_folders;

NARU_DEFINE_BOXED_TYPE (NaruStore, naru_store)

typedef struct
{
  guint from; /* the format that it turns into the next one */
  int (*migrate) (NaruStore *self, MDB_txn *txn);
} NaruMigration;

/* One row a past format. Format 1 is the first, so there is none. */
static const NaruMigration *const migrations[] = { NULL };

static gboolean
naru_store_migrate (NaruStore *self, guint format, GError **error)
{
  for (guint i = 0; migrations[i] != NULL; i++)
    {
      if (migrations[i]->from != format)
        continue;
      MDB_txn *txn = NULL;
      int rc = mdb_txn_begin (self->env, NULL, 0, &txn);
      if (rc != MDB_SUCCESS)
        return naru_store_set_error (self->folder, rc, error);
      rc = migrations[i]->migrate (self, txn);
      if (rc == MDB_SUCCESS)
        rc = mdb_txn_commit (txn);
      else
        mdb_txn_abort (txn);
      if (rc != MDB_SUCCESS)
        return naru_store_set_error (self->folder, rc, error);
      format++;
    }
  if (format == NARU_STORE_FORMAT)
    return TRUE;
  return naru_store_set_broken (self->folder, _ ("its format is unknown."), error);
}

static gboolean
naru_store_check_format (NaruStore *self, MDB_txn *txn, guint *format, GError **error)
{
  char text[16] = { 0 };
  MDB_val key = { strlen ("format"), (gpointer) "format" };
  MDB_val value;
  int rc = naru_guard_get (txn, self->dbs[NARU_DB_META], &key, &value);
  if (rc == MDB_SUCCESS && value.mv_size >= sizeof text)
    rc = MDB_CORRUPTED;
  if (rc == MDB_SUCCESS)
    rc = naru_guard_copy (text, &value);
  if (rc != MDB_SUCCESS)
    return naru_store_set_error (self->folder, rc, error);

  guint64 number = 0;
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return naru_store_set_broken (self->folder, _ ("its format is unknown."), error);
  *format = number;
  if (number <= NARU_STORE_FORMAT)
    return TRUE;
  naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0, _ ("Use the Naru that wrote it, or a newer one."),
                  _ ("The store in %s has format %u; this Naru knows formats up to %d."), self->folder,
                  (guint) number, NARU_STORE_FORMAT);
  return FALSE;
}

/* Handles of the tables are got in a read transaction: no writer is waited for. */
static gboolean
naru_store_load (NaruStore *self, GError **error)
{
  MDB_txn *txn = NULL;
  int rc = mdb_txn_begin (self->env, NULL, MDB_RDONLY, &txn);
  if (rc == MDB_MAP_RESIZED)
    {
      rc = naru_store_remap (self, 0);
      if (rc == MDB_SUCCESS)
        rc = mdb_txn_begin (self->env, NULL, MDB_RDONLY, &txn);
    }
  if (rc != MDB_SUCCESS)
    return naru_store_set_error (self->folder, rc, error);

  rc = naru_store_open_dbs (txn, 0, self->dbs);
  guint format = 0;
  if (rc != MDB_SUCCESS)
    naru_store_set_error (self->folder, rc, error);
  gboolean ok = rc == MDB_SUCCESS && naru_store_check_format (self, txn, &format, error);
  if (!ok)
    {
      mdb_txn_abort (txn);
      return FALSE;
    }
  /* the commit of a read transaction keeps the handles */
  mdb_txn_commit (txn);
  return format == NARU_STORE_FORMAT || naru_store_migrate (self, format, error);
}

/* (out) flags: MDB_RDONLY where the folder cannot be written, with MDB_NOLOCK where it cannot even be locked
 */
static gboolean
naru_store_choose_flags (NaruStore *self, NaruStoreFlags flags, guint *chosen, GError **error)
{
  g_autofree char *data = g_build_filename (self->folder, "data.mdb", NULL);
  g_autofree char *lock = g_build_filename (self->folder, "lock.mdb", NULL);
  gboolean data_writable = faccessat (AT_FDCWD, data, W_OK, AT_EACCESS) == 0;
  gboolean can_lock = faccessat (AT_FDCWD, lock, R_OK | W_OK, AT_EACCESS) == 0;
  if (!can_lock && errno == ENOENT)
    can_lock = faccessat (AT_FDCWD, self->folder, W_OK | X_OK, AT_EACCESS) == 0;

  *chosen = (flags & NARU_STORE_SCRATCH) != 0 ? NARU_STORE_UNSYNCED : 0;
  if ((flags & NARU_STORE_READ_ONLY) != 0 || !data_writable || !can_lock)
    *chosen |= MDB_RDONLY;
  if (!can_lock)
    *chosen |= MDB_NOLOCK;
  self->read_only = (*chosen & MDB_RDONLY) != 0 || !can_lock;
  return can_lock || naru_store_check_unused (self->folder, error);
}

static void
naru_store_free (NaruStore *self)
{
  /* a child process only has a copy of the handle: what it closed would be taken from the parent */
  if (self->env != NULL && self->pid == getpid () && !self->lost)
    mdb_env_close (self->env);
  g_mutex_clear (&self->lock);
  g_free (self->folder);
  g_free (self);
}

static NaruStore *
naru_store_open_new (const char *folder, NaruStoreFlags flags, GError **error)
{
  guint64 size = 0;
  struct stat info;
  guint lmdb_flags = 0;
  if (!naru_store_check_folder (folder, error))
    return NULL;
  if ((flags & NARU_STORE_CREATE) != 0 && !naru_store_create_file (folder, flags, error))
    return NULL;
  if (!naru_store_check_file (folder, &size, error))
    return NULL;

  naru_guard_install ();
  NaruStore *self = g_new0 (NaruStore, 1);
  self->ref_count = 1;
  self->folder = g_strdup (folder);
  self->pid = getpid ();
  if (failed_folders != NULL && g_hash_table_contains (failed_folders, folder))
    self->refused = EIO;
  g_mutex_init (&self->lock);

  int rc = MDB_SUCCESS;
  gboolean ok = naru_store_choose_flags (self, flags, &lmdb_flags, error);
  if (ok)
    {
      self->env = naru_store_open_env (folder, lmdb_flags, naru_store_get_map_size (size), &rc);
      ok = self->env != NULL || naru_store_set_error (folder, rc, error);
    }
  if (ok && (lmdb_flags & MDB_NOLOCK) == 0)
    mdb_reader_check (self->env, NULL);
  ok = ok && naru_store_load (self, error);
  if (!ok)
    {
      naru_store_free (self);
      return NULL;
    }

  mdb_filehandle_t fd;
  if (mdb_env_get_fd (self->env, &fd) == MDB_SUCCESS && fstat (fd, &info) == 0)
    {
      /* LMDB 0.9 leaves it open for programs that are started, and they have no business there */
      fcntl (fd, F_SETFD, FD_CLOEXEC);
      self->device = info.st_dev;
      self->inode = info.st_ino;
    }
  return self;
}

/* Returns: (nullable): the store of this folder that the process has open, if its file is still the same */
static NaruStore *
naru_store_find_open (const char *folder, NaruStoreFlags flags, GError **error)
{
  NaruStore *self = registry == NULL ? NULL : g_hash_table_lookup (registry, folder);
  if (self == NULL || self->pid != getpid ())
    return NULL;

  g_autofree char *path = g_build_filename (folder, "data.mdb", NULL);
  struct stat info;
  if ((flags & NARU_STORE_CREATE) != 0)
    {
      naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, NULL, _ ("There is a store in %s already."), folder);
      return NULL;
    }
  if (stat (path, &info) != 0 || info.st_ino != self->inode || info.st_dev != self->device)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Start Naru again."),
                      _ ("data.mdb in %s was replaced or removed while Naru had it open."), folder);
      return NULL;
    }
  self->ref_count++;
  return self;
}

/**
 * naru_store_open:
 * @folder: the folder of the office, which exists
 * @flags: #NaruStoreFlags; %NARU_STORE_CREATE makes a new store and refuses a folder that has one, with
 * %NARU_STORE_SCRATCH nothing is on disk before naru_store_sync()
 * @error: return location for an error
 *
 * Opens the store of an office. The same folder gives the same store, as long as anybody in the process holds
 * it. Where the folder cannot be written the store opens read-only (see naru_store_is_read_only()). A store
 * made with %NARU_STORE_SCRATCH may lose its files as soon as it is open: it goes on without a name.
 *
 * Returns: (transfer full): the store, or %NULL with
 *   %NARU_ERROR_NOT_FOUND (no folder, no store), %NARU_ERROR_EXISTS, %NARU_ERROR_UNSUPPORTED (a newer format,
 * a network file system), %NARU_ERROR_BROKEN or %NARU_ERROR_IO
 */
NaruStore *
naru_store_open (const char *folder, NaruStoreFlags flags, GError **error)
{
  g_return_val_if_fail (folder != NULL, NULL);

  char *resolved = realpath (folder, NULL);
  if (resolved == NULL)
    {
      int errsv = errno;
      if (naru_store_check_folder (folder, error))
        naru_store_set_error (folder, errsv, error);
      return NULL;
    }

  g_mutex_lock (&registry_lock);
  GError *local = NULL;
  NaruStore *self = naru_store_find_open (resolved, flags, &local);
  if (self == NULL && local == NULL)
    {
      self = naru_store_open_new (resolved, flags, &local);
      if (registry == NULL)
        registry = g_hash_table_new (g_str_hash, g_str_equal);
      if (self != NULL)
        g_hash_table_replace (registry, self->folder, self);
    }
  g_mutex_unlock (&registry_lock);
  free (resolved);
  if (local != NULL)
    g_propagate_error (error, local);
  return self;
}

/*
 * naru_store_remember_failure:
 *
 * The kernel reports a failed fsync once and then takes the lost pages for written: opening the store again
 * does not make them good, so the folder stays refused for writing.
 */
void
naru_store_remember_failure (NaruStore *self)
{
  g_mutex_lock (&registry_lock);
  if (failed_folders == NULL)
    failed_folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (failed_folders, g_strdup (self->folder));
  g_mutex_unlock (&registry_lock);
}

/**
 * naru_store_sync:
 * @self: a store that was opened with %NARU_STORE_SCRATCH
 * @error: return location for an error
 *
 * Returns: whether all that was committed is on disk now
 */
gboolean
naru_store_sync (NaruStore *self, GError **error)
{
  int rc = mdb_env_sync (self->env, 1);

  return rc == MDB_SUCCESS || naru_store_set_error (self->folder, rc, error);
}

/**
 * naru_store_ref:
 * @self: a store
 *
 * Returns: (transfer full): @self
 */
NaruStore *
naru_store_ref (NaruStore *self)
{
  g_mutex_lock (&registry_lock);
  self->ref_count++;
  g_mutex_unlock (&registry_lock);
  return self;
}

/**
 * naru_store_unref:
 * @self: (transfer full): a store
 *
 * The last one closes it.
 */
void
naru_store_unref (NaruStore *self)
{
  g_mutex_lock (&registry_lock);
  gboolean last = --self->ref_count == 0;
  if (last)
    {
      if (g_hash_table_lookup (registry, self->folder) == self)
        g_hash_table_remove (registry, self->folder);
      naru_store_free (self);
    }
  g_mutex_unlock (&registry_lock);
}

/**
 * naru_store_is_read_only:
 * @self: a store
 *
 * Returns: whether it was asked for so, or its folder cannot be written
 */
gboolean
naru_store_is_read_only (NaruStore *self)
{
  return self->read_only;
}
