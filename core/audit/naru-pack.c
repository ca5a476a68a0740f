/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pack-private.h"

#include "naru-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* objects go to the thread in batches, so that waking it costs nothing to speak of */
#define BATCH_BYTES (256 * 1024)
#define BATCH_JOBS 512
#define QUEUE_BATCHES 16
/* content of objects that the next version may be stored against */
#define RECENT_BYTES (64 * 1024 * 1024)
#define RECENT_MAX_SIZE (256 * 1024)
#define FILE_BUFFER (64 * 1024)

/* Content of an object that the next version may be stored against. */
typedef struct
{
  GList link; /* in recent_order; data is the number of the object */
  GBytes *bytes;
} Recent;

typedef struct
{
  NaruObjectKind kind;
  guint32 base_index;
  GBytes *bytes;
  GBytes *base; /* (nullable) */
  gboolean stored;
} Job;

struct _NaruPack
{
  int folder_fd;
  char *name;
  NaruPackStream stream; /* the thread's while it has work */
  gboolean finished;
  gboolean stored; /* objects from here on are not compressed */

  GArray *oids;   /* of NaruOid, in the order of adding */
  guint32 *table; /* open addressing: number of an object + 1, or 0 */
  guint32 table_size;

  GHashTable *recent;  /* number of an object -> Recent */
  GQueue recent_order; /* oldest first */
  gsize recent_bytes;

  GArray *batch; /* of Job, not handed over yet */
  gsize batch_bytes;

  GThread *thread;
  GMutex mutex;
  GCond changed;
  GQueue queue; /* of GArray of Job; guarded by mutex, like all below */
  gboolean busy;
  gboolean stop;
  int failure;
};

static void
free_recent (gpointer data)
{
  Recent *recent = data;

  g_bytes_unref (recent->bytes);
  g_free (recent);
}

static void
clear_job (gpointer data)
{
  Job *job = data;

  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->base, g_bytes_unref);
}

static GArray *
new_batch (void)
{
  GArray *batch = g_array_sized_new (FALSE, FALSE, sizeof (Job), BATCH_JOBS);

  g_array_set_clear_func (batch, clear_job);
  return batch;
}

static gpointer
run_thread (gpointer data)
{
  NaruPack *self = data;

  g_mutex_lock (&self->mutex);
  while (TRUE)
    {
      while (self->queue.length == 0 && !self->stop)
        g_cond_wait (&self->changed, &self->mutex);
      GArray *batch = g_queue_pop_head (&self->queue);
      if (batch == NULL)
        break;
      self->busy = TRUE;
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->mutex);
      for (guint i = 0; i < batch->len && self->stream.failure == 0; i++)
        {
          const Job *job = &g_array_index (batch, Job, i);
          naru_pack_stream_add (&self->stream, job->kind, job->bytes, job->base, job->base_index,
                                job->stored);
        }
      g_array_unref (batch);
      g_mutex_lock (&self->mutex);
      self->busy = FALSE;
      self->failure = self->stream.failure;
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static gboolean
check_failure (NaruPack *self, int failure, GError **error)
{
  if (failure == 0)
    return TRUE;
  naru_set_error_errno (error, failure, _ ("Free some space and run the command again; nothing was changed."),
                        _ ("Cannot write the pack “%s” of the history"), self->name);
  return FALSE;
}

static gboolean
hand_over (NaruPack *self, GError **error)
{
  g_mutex_lock (&self->mutex);
  while (self->queue.length >= QUEUE_BATCHES)
    g_cond_wait (&self->changed, &self->mutex);
  int failure = self->failure;
  if (self->batch->len > 0)
    {
      g_queue_push_tail (&self->queue, self->batch);
      self->batch = new_batch ();
      self->batch_bytes = 0;
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->mutex);
  return check_failure (self, failure, error);
}

/* Afterwards the stream belongs to the caller's thread until the next batch. */
static gboolean
wait_idle (NaruPack *self, GError **error)
{
  hand_over (self, NULL);
  g_mutex_lock (&self->mutex);
  while (self->queue.length > 0 || self->busy)
    g_cond_wait (&self->changed, &self->mutex);
  int failure = self->failure;
  g_mutex_unlock (&self->mutex);
  return check_failure (self, failure, error);
}

/**
 * naru_pack_new:
 * @repository: folder of the repository
 * @name: letters, digits, "-" and "_"; an unfinished pack of that name is replaced
 * @error: return location
 *
 * Hold the lock of the repository until the journal names the pack: what it does not name is swept.
 *
 * Returns: (transfer full): a pack that git does not see before naru_pack_publish()
 */
NaruPack *
naru_pack_new (const char *repository, const char *name, GError **error)
{
  if (!naru_pack_check_name (name, error))
    return NULL;
  int folder = naru_pack_open_folder (repository, error);
  if (folder < 0)
    return NULL;
  g_autofree char *file = naru_pack_get_temporary ("pack", name);
  NaruPack *self = g_new0 (NaruPack, 1);
  if (!naru_pack_stream_open (&self->stream, folder, file, error))
    {
      close (folder);
      g_free (self);
      return NULL;
    }
  self->folder_fd = folder;
  self->name = g_strdup (name);
  self->oids = g_array_new (FALSE, FALSE, sizeof (NaruOid));
  self->table_size = 1024;
  self->table = g_new0 (guint32, self->table_size);
  self->recent = g_hash_table_new_full (NULL, NULL, NULL, free_recent);
  g_queue_init (&self->recent_order);
  g_queue_init (&self->queue);
  self->batch = new_batch ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->thread = g_thread_try_new ("naru-pack", run_thread, self, NULL);
  if (self->thread != NULL)
    return self;

  naru_set_error_errno (error, ENOMEM, NULL, _ ("Cannot write the pack “%s” of the history"), name);
  naru_pack_free (self);
  return NULL;
}

/* What still waits is dropped. */
static void
stop_thread (NaruPack *self)
{
  if (self->thread == NULL)
    return;
  g_mutex_lock (&self->mutex);
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_array_unref);
  self->stop = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * naru_pack_free:
 * @self: (nullable) (transfer full): a pack; one that was not finished is removed from the folder
 */
void
naru_pack_free (NaruPack *self)
{
  if (self == NULL)
    return;
  stop_thread (self);
  naru_pack_stream_close (&self->stream);
  if (!self->finished)
    {
      g_autofree char *pack = naru_pack_get_temporary ("pack", self->name);
      g_autofree char *index = naru_pack_get_temporary ("idx", self->name);
      unlinkat (self->folder_fd, index, 0);
      unlinkat (self->folder_fd, pack, 0);
    }
  close (self->folder_fd);
  g_array_unref (self->batch);
  g_array_unref (self->oids);
  g_free (self->table);
  g_hash_table_unref (self->recent);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self->name);
  g_free (self);
}

static guint32 *
find_slot (NaruPack *self, const NaruOid *oid)
{
  guint32 hash;
  memcpy (&hash, oid->bytes, sizeof hash);
  guint32 mask = self->table_size - 1;
  guint32 at = hash & mask;

  while (self->table[at] != 0 &&
         !naru_oid_equal (&g_array_index (self->oids, NaruOid, self->table[at] - 1), oid))
    at = (at + 1) & mask;
  return &self->table[at];
}

static void
remember_oid (NaruPack *self, const NaruOid *oid)
{
  if ((self->oids->len + 1) * 2 > self->table_size)
    {
      self->table_size *= 2;
      g_free (self->table);
      self->table = g_new0 (guint32, self->table_size);
      for (guint32 i = 0; i < self->oids->len; i++)
        *find_slot (self, &g_array_index (self->oids, NaruOid, i)) = i + 1;
    }
  g_array_append_vals (self->oids, oid, 1);
  *find_slot (self, oid) = self->oids->len;
}

/* Returns: (transfer full) (nullable): the content, which is kept no longer */
static GBytes *
take_recent (NaruPack *self, guint32 index)
{
  Recent *recent = g_hash_table_lookup (self->recent, GUINT_TO_POINTER (index));
  if (recent == NULL)
    return NULL;
  GBytes *bytes = g_bytes_ref (recent->bytes);
  self->recent_bytes -= g_bytes_get_size (bytes);
  g_queue_unlink (&self->recent_order, &recent->link);
  g_hash_table_remove (self->recent, GUINT_TO_POINTER (index));
  return bytes;
}

/* A copy: the bytes may be a slice of something much larger. */
static void
remember_recent (NaruPack *self, guint32 index, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (size == 0 || size > RECENT_MAX_SIZE)
    return;
  Recent *recent = g_new0 (Recent, 1);
  recent->bytes = g_bytes_new (data, size);
  recent->link.data = GUINT_TO_POINTER (index);
  g_hash_table_insert (self->recent, GUINT_TO_POINTER (index), recent);
  g_queue_push_tail_link (&self->recent_order, &recent->link);
  self->recent_bytes += size;
  while (self->recent_bytes > RECENT_BYTES)
    g_bytes_unref (take_recent (self, GPOINTER_TO_UINT (self->recent_order.head->data)));
}

/**
 * naru_pack_add:
 * @self: a pack, not finished
 * @object: (transfer none): an object; where its base was added to this pack before, it is stored as the
 * difference
 * @error: return location
 *
 * An object that the pack has already is left out. A failure of the disk shows with a later call at the
 * latest with naru_pack_finish().
 */
gboolean
naru_pack_add (NaruPack *self, NaruObject *object, GError **error)
{
  Job job = { .kind = object->kind, .base_index = NARU_PACK_NO_BASE, .stored = self->stored };

  if (*find_slot (self, &object->oid) != 0)
    return TRUE;
  guint32 base = naru_oid_is_zero (&object->base) ? 0 : *find_slot (self, &object->base);
  if (base != 0)
    {
      /* the version after this one will build on this one */
      job.base = take_recent (self, base - 1);
      job.base_index = base - 1;
    }
  job.bytes = g_bytes_ref (object->bytes);
  remember_oid (self, &object->oid);
  if (object->kind != NARU_OBJECT_COMMIT)
    remember_recent (self, self->oids->len - 1, object->bytes);
  self->batch_bytes += g_bytes_get_size (object->bytes);
  g_array_append_val (self->batch, job);
  if (self->batch_bytes < BATCH_BYTES && self->batch->len < BATCH_JOBS)
    return TRUE;
  return hand_over (self, error);
}

static gboolean
refuse_file (const char *path, GError **error)
{
  naru_set_error (error, NARU_ERROR_CONFLICT, NULL, 0, _ ("Attach it again when nobody writes to it."),
                  _ ("“%s” changed while it was read."), path);
  return FALSE;
}

/* Reads to the end, one byte more than @size at most. FALSE: errno tells, 0 for another size. */
static gboolean
stream_file (NaruPack *self, int fd, guint64 size, NaruOid *oid, NaruDigest *digest)
{
  g_autofree guint8 *buffer = g_malloc (FILE_BUFFER);
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  crypto_generichash_state blake;
  char header[64];
  guint64 done = 0;
  int length = snprintf (header, sizeof header, "blob %llu", (unsigned long long) size);

  g_checksum_update (sha1, (const guchar *) header, length + 1);
  crypto_generichash_init (&blake, NULL, 0, NARU_DIGEST_SIZE);
  while (TRUE)
    {
      gssize got = read (fd, buffer, FILE_BUFFER);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return FALSE;
      done += (guint64) got;
      if (got == 0 || done > size)
        break;
      g_checksum_update (sha1, buffer, got);
      crypto_generichash_update (&blake, buffer, (gsize) got);
      naru_pack_stream_put (&self->stream, buffer, (gsize) got, FALSE);
    }
  gsize oid_size = NARU_OID_SIZE;
  naru_pack_stream_put (&self->stream, NULL, 0, TRUE);
  g_checksum_get_digest (sha1, oid->bytes, &oid_size);
  crypto_generichash_final (&blake, digest->bytes, NARU_DIGEST_SIZE);
  errno = 0;
  return done == size;
}

static int
open_file (const char *path, guint64 size, GError **error)
{
  struct stat status;
  /* not blocking: a pipe of that name would never answer */
  int fd = naru_file_open (AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
  if (fd < 0 || fstat (fd, &status) != 0)
    {
      naru_set_error_errno (error, errno, _ ("Check the name and the permissions."), _ ("Cannot read “%s”"),
                            path);
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if (S_ISREG (status.st_mode) && (guint64) status.st_size == size)
    return fd;
  if (S_ISREG (status.st_mode))
    refuse_file (path, error);
  else
    naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Name a file."), _ ("“%s” is not a plain file."),
                    path);
  close (fd);
  return -1;
}

/**
 * naru_pack_add_file:
 * @self: a pack, not finished
 * @path: a file
 * @size: bytes that it has
 * @oid: (out): id of its blob
 * @digest: (out): BLAKE2b of its content
 * @error: return location
 *
 * Adds a file without ever holding it in memory.
 *
 * Returns: %FALSE with %NARU_ERROR_CONFLICT when the file has not @size bytes (any more); the pack stays
 * usable
 */
gboolean
naru_pack_add_file (NaruPack *self, const char *path, guint64 size, NaruOid *oid, NaruDigest *digest,
                    GError **error)
{
  if (!wait_idle (self, error))
    return FALSE;
  int fd = open_file (path, size, error);
  if (fd < 0)
    return FALSE;
  naru_pack_stream_begin (&self->stream, NARU_OBJECT_BLOB, size);
  gboolean good = stream_file (self, fd, size, oid, digest);
  int kept = errno;
  close (fd);
  gboolean known = good && *find_slot (self, oid) != 0;
  if (!good || known)
    naru_pack_stream_cancel (&self->stream);
  else
    remember_oid (self, oid);
  if (!check_failure (self, self->stream.failure, error))
    return FALSE;
  if (!good && kept != 0)
    naru_set_error_errno (error, kept, _ ("Check the disk that it is on."), _ ("Cannot read “%s”"), path);
  else if (!good)
    refuse_file (path, error);
  return good;
}

/**
 * naru_pack_finish:
 * @self: a pack; nothing can be added afterwards
 * @error: return location
 *
 * Ends the pack and writes its index; both and their names are on disk when this returns. A pack without
 * objects leaves no file.
 */
gboolean
naru_pack_finish (NaruPack *self, GError **error)
{
  g_autofree char *index = naru_pack_get_temporary ("idx", self->name);
  NaruOid trailer;

  gboolean idle = wait_idle (self, error);
  stop_thread (self);
  if (!idle)
    return FALSE;
  if (self->oids->len == 0)
    {
      g_autofree char *pack = naru_pack_get_temporary ("pack", self->name);
      unlinkat (self->folder_fd, pack, 0);
      self->finished = TRUE;
      return TRUE;
    }
  if (!naru_pack_stream_finish (&self->stream, &trailer))
    return check_failure (self, self->stream.failure, error);
  if (!naru_pack_index_write (self->folder_fd, index, (const NaruOid *) (gpointer) self->oids->data,
                              (const NaruPackPlace *) (gpointer) self->stream.places->data, self->oids->len,
                              &trailer, TRUE, error))
    return FALSE;
  if (!naru_file_sync (self->folder_fd))
    return check_failure (self, errno, error);
  self->finished = TRUE;
  return TRUE;
}

/**
 * naru_pack_set_stored: (skip)
 * @self: a pack
 * @stored: whether the objects that are added from here on are stored as they are
 *
 * Compressing small objects full of digests costs ten times as much as all the rest, and saves a quarter.
 */
void
naru_pack_set_stored (NaruPack *self, gboolean stored)
{
  self->stored = stored;
}

/**
 * naru_pack_get_n_objects:
 * @self: a pack
 *
 * Returns: how many objects it has so far
 */
guint64
naru_pack_get_n_objects (NaruPack *self)
{
  return self->oids->len;
}
