/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-entry-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

/*
 * The files of an entry. Where one change writes very many of them, as an import does, those whose content
 * stands in the history already wait in a file without a name: in runs that are sorted, which sealing makes
 * one. So memory does not grow with their number. From then on they are read from the front to the back.
 */

#define HELD_MAX 32768
#define BUFFER_SIZE (16 * 1024)

/* What stands before each path. */
typedef struct
{
  guint64 size;
  guint32 path_size;
  NaruOid oid;
  NaruDigest digest;
} Row;

/* Reads a run. */
typedef struct
{
  FILE *stream;
  guint64 at;
  guint64 end;
  guint8 *buffer;
  gsize start;
  gsize fill;
  GString *path;
  NaruEntryFile file; /* the present one; no path behind the last */
} Reader;

typedef struct
{
  guint64 start;
  guint64 end;
} Run;

struct _NaruEntryAway
{
  FILE *stream;
  GArray *runs; /* of Run */
  char *last;   /* path that the last run ends with */
  guint n_files;
  int failure; /* errno, or 0 */
  Reader reader;
  guint next; /* number of the file to be read next */
  guint held; /* of those in memory, how many were passed */
  const NaruEntryFile *current;
};

static void
file_clear (gpointer data)
{
  NaruEntryFile *file = data;

  g_free (file->path);
  g_clear_pointer (&file->bytes, g_bytes_unref);
}

GArray *
naru_entry_files_new (void)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (NaruEntryFile));

  g_array_set_clear_func (files, file_clear);
  return files;
}

static void
reader_begin (Reader *self, FILE *stream, const Run *run)
{
  self->stream = stream;
  self->at = run->start;
  self->end = run->end;
  self->start = self->fill = 0;
  if (self->buffer == NULL)
    self->buffer = g_malloc (BUFFER_SIZE);
  if (self->path == NULL)
    self->path = g_string_new (NULL);
}

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->buffer, g_free);
  if (self->path != NULL)
    g_string_free (g_steal_pointer (&self->path), TRUE);
}

/* FALSE: errno tells */
static gboolean
reader_take (Reader *self, gpointer target, gsize size)
{
  guint8 *to = target;

  while (size > 0)
    {
      if (self->start == self->fill)
        {
          gsize wanted = (gsize) MIN (BUFFER_SIZE, self->end - self->at);
          gssize got = pread (fileno (self->stream), self->buffer, wanted, (off_t) self->at);
          if (got < 0 && errno == EINTR)
            continue;
          if (got <= 0)
            {
              errno = got == 0 ? EIO : errno;
              return FALSE;
            }
          self->at += (guint64) got;
          self->start = 0;
          self->fill = (gsize) got;
        }
      gsize part = MIN (size, self->fill - self->start);
      memcpy (to, self->buffer + self->start, part);
      self->start += part;
      to += part;
      size -= part;
    }
  return TRUE;
}

/* FALSE: errno tells */
static gboolean
reader_next (Reader *self)
{
  Row row;

  memset (&self->file, 0, sizeof self->file);
  if (self->start == self->fill && self->at == self->end)
    return TRUE;
  if (!reader_take (self, &row, sizeof row))
    return FALSE;
  g_string_set_size (self->path, row.path_size);
  if (!reader_take (self, self->path->str, row.path_size))
    return FALSE;
  self->file.path = self->path->str;
  self->file.oid = row.oid;
  self->file.size = row.size;
  self->file.digest = row.digest;
  return TRUE;
}

static void
put_row (NaruEntryAway *self, const NaruEntryFile *file)
{
  Row row = { file->size, (guint32) strlen (file->path), file->oid, file->digest };

  if (self->failure == 0 && (fwrite (&row, sizeof row, 1, self->stream) != 1 ||
                             fwrite (file->path, row.path_size, 1, self->stream) != 1))
    self->failure = errno;
}

/* In the folder itself, not where passing files stand: that may be memory too. */
static FILE *
open_nameless (const char *folder)
{
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_autofree char *name = g_build_filename (folder, "tmp_files_XXXXXX", NULL);
      fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        unlink (name);
    }
  FILE *stream = fd >= 0 ? fdopen (fd, "w+") : NULL;
  if (stream == NULL && fd >= 0)
    close (fd);
  return stream;
}

static void
away_open (NaruEntry *self)
{
  FILE *stream = open_nameless (self->folder);

  /* without a file it goes on in memory */
  g_clear_pointer (&self->folder, g_free);
  if (stream == NULL)
    return;
  self->away = g_new0 (NaruEntryAway, 1);
  self->away->stream = stream;
  self->away->runs = g_array_new (FALSE, FALSE, sizeof (Run));
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (((const NaruEntryFile *) a)->path, ((const NaruEntryFile *) b)->path);
}

/* What comes in order, as an import's new records do, goes on with the run before. */
static void
put_away (NaruEntry *self)
{
  NaruEntryAway *away = self->away;
  GArray *kept = naru_entry_files_new ();
  Run run = { .start = (guint64) ftello (away->stream) };
  const char *first = NULL, *last = NULL;

  g_array_sort (self->files, compare_paths);
  for (guint i = 0; i < self->files->len; i++)
    {
      NaruEntryFile *file = &g_array_index (self->files, NaruEntryFile, i);
      if (file->bytes != NULL)
        {
          g_array_append_val (kept, *file);
          memset (file, 0, sizeof *file);
          continue;
        }
      put_row (away, file);
      away->n_files++;
      first = first != NULL ? first : file->path;
      last = file->path;
    }
  run.end = (guint64) ftello (away->stream);
  if (away->last != NULL && first != NULL && strcmp (away->last, first) < 0)
    g_array_index (away->runs, Run, away->runs->len - 1).end = run.end;
  else if (first != NULL || away->runs->len == 0)
    g_array_append_val (away->runs, run);
  g_free (away->last);
  away->last = g_strdup (last);
  g_array_unref (self->files);
  self->files = kept;
}

/* Takes over what @file points to. */
void
naru_entry_files_add (NaruEntry *self, const NaruEntryFile *file)
{
  g_array_append_vals (self->files, file, 1);
  if (file->bytes != NULL || ++self->n_light < HELD_MAX)
    return;
  self->n_light = 0;
  if (self->folder != NULL)
    away_open (self);
  if (self->away != NULL)
    put_away (self);
}

static const Reader *
find_least (GArray *readers)
{
  Reader *least = NULL;

  for (guint i = 0; i < readers->len; i++)
    {
      Reader *reader = &g_array_index (readers, Reader, i);
      if (reader->file.path != NULL && (least == NULL || strcmp (reader->file.path, least->file.path) < 0))
        least = reader;
    }
  return least;
}

/* Makes one run of all. */
static void
merge_runs (NaruEntryAway *self)
{
  g_autoptr (GArray) readers = g_array_new (FALSE, TRUE, sizeof (Reader));
  Run merged = { .start = (guint64) ftello (self->stream) };

  g_array_set_clear_func (readers, (GDestroyNotify) reader_clear);
  g_array_set_size (readers, self->runs->len);
  for (guint i = 0; i < readers->len && self->failure == 0; i++)
    {
      Reader *reader = &g_array_index (readers, Reader, i);
      reader_begin (reader, self->stream, &g_array_index (self->runs, Run, i));
      if (!reader_next (reader))
        self->failure = errno;
    }
  for (Reader *least; self->failure == 0 && (least = (Reader *) find_least (readers)) != NULL;)
    {
      put_row (self, &least->file);
      if (!reader_next (least))
        self->failure = errno;
    }
  merged.end = (guint64) ftello (self->stream);
  g_array_set_size (self->runs, 0);
  g_array_append_val (self->runs, merged);
}

static gboolean
fail (NaruEntryAway *self, GError **error)
{
  naru_set_error_errno (error, self->failure,
                        _ ("Free some space and run the command again; nothing was changed."),
                        _ ("Cannot keep the list of the files of a large change"));
  return FALSE;
}

/* Brings all into the order of their paths. */
gboolean
naru_entry_files_sort (NaruEntry *self, GError **error)
{
  NaruEntryAway *away = self->away;

  if (away != NULL)
    put_away (self);
  else if (self->files->len > 1)
    g_array_sort (self->files, compare_paths);
  if (away == NULL)
    return TRUE;
  if (fflush (away->stream) != 0 && away->failure == 0)
    away->failure = errno;
  if (away->runs->len > 1)
    merge_runs (away);
  if (fflush (away->stream) != 0 && away->failure == 0)
    away->failure = errno;
  return away->failure == 0 || fail (away, error);
}

guint
naru_entry_files_count (NaruEntry *self)
{
  return self->files->len + (self->away != NULL ? self->away->n_files : 0);
}

/* The lesser of the next one in memory and the next one in the file. */
static gboolean
step (NaruEntry *self)
{
  NaruEntryAway *away = self->away;

  if (away->next == 0)
    {
      reader_begin (&away->reader, away->stream, &g_array_index (away->runs, Run, 0));
      away->held = 0;
      if (!reader_next (&away->reader))
        return FALSE;
    }
  else if (away->current != &away->reader.file)
    away->held++;
  else if (!reader_next (&away->reader))
    return FALSE;
  away->next++;
  away->current = &away->reader.file;
  if (away->held < self->files->len)
    {
      const NaruEntryFile *held = &g_array_index (self->files, NaruEntryFile, away->held);
      if (away->current->path == NULL || strcmp (held->path, away->current->path) < 0)
        away->current = held;
    }
  return TRUE;
}

/* (nullable): valid until the next one is asked for; going back begins at the front again */
const NaruEntryFile *
naru_entry_files_get (NaruEntry *self, guint index, GError **error)
{
  NaruEntryAway *away = self->away;

  if (away == NULL)
    return &g_array_index (self->files, NaruEntryFile, index);
  if (index + 1 < away->next)
    away->next = 0;
  while (away->next <= index)
    if (!step (self))
      {
        away->failure = errno;
        away->next = 0;
        fail (away, error);
        return NULL;
      }
  return away->current;
}

void
naru_entry_files_clear (NaruEntry *self)
{
  NaruEntryAway *away = g_steal_pointer (&self->away);

  g_array_unref (self->files);
  g_free (self->folder);
  if (away == NULL)
    return;
  fclose (away->stream);
  g_array_unref (away->runs);
  reader_clear (&away->reader);
  g_free (away->last);
  g_free (away);
}
