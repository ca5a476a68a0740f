/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-source-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
#define PIPE_SIZE (1024 * 1024)
#define DEADLINE_SECONDS 60 /* without a sign of life */

struct _NaruSource
{
  char *path;
  pid_t child;
  int fd;
  int deadline; /* milliseconds */
  guint8 *buffer;
  gsize start;
  gsize fill;
};

static gboolean
refuse (const char *path, GError **error)
{
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                  _ ("name a clone of the history (git clone --bare), an office's folder, its audit.git, or "
                     "a file that “naru backup” wrote"),
                  _ ("%s is neither a git repository nor a backup"), path);
  return FALSE;
}

static gboolean
is_repository (const char *path)
{
  g_autofree char *head = g_build_filename (path, "HEAD", NULL);
  g_autofree char *objects = g_build_filename (path, "objects", NULL);

  return access (head, F_OK) == 0 && g_file_test (objects, G_FILE_TEST_IS_DIR);
}

/* The repository itself, or the one in an office's folder or in a clone with a working tree.
 * Returns: (transfer full) (nullable) */
static char *
find_repository (const char *path, GError **error)
{
  static const char *const inside[] = { "audit.git", ".git" };

  if (is_repository (path))
    return g_strdup (path);
  for (gsize i = 0; i < G_N_ELEMENTS (inside); i++)
    {
      g_autofree char *below = g_build_filename (path, inside[i], NULL);
      if (is_repository (below))
        return g_steal_pointer (&below);
    }
  refuse (path, error);
  return NULL;
}

/**
 * naru_source_resolve:
 * @path: as for naru_source_open()
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what is to be read: the folder of a repository, or a bundle
 */
char *
naru_source_resolve (const char *path, GError **error)
{
  struct stat status;

  if (stat (path, &status) != 0)
    {
      int kept = errno;
      if (kept == ENOENT || kept == ENOTDIR)
        naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("check the name"), _ ("there is no %s"),
                        path);
      else
        naru_set_error_errno (error, kept, _ ("check the permissions"), _ ("cannot look into %s"), path);
      return NULL;
    }
  if (S_ISDIR (status.st_mode))
    return find_repository (path, error);
  if (S_ISREG (status.st_mode) && naru_bundle_is (path))
    return g_strdup (path);
  refuse (path, error);
  return NULL;
}

static int
get_deadline (void)
{
  const char *given = g_getenv ("NARU_READ_DEADLINE"); /* seconds, for tests */
  guint64 seconds = given != NULL ? g_ascii_strtoull (given, NULL, 10) : 0;

  return (int) (seconds > 0 && seconds < 86400 ? seconds : DEADLINE_SECONDS) * 1000;
}

/**
 * naru_source_open_range:
 * @path: a bare repository, a folder that holds one as audit.git or .git, or a bundle
 * @scratch: an existing folder in which a bundle may be unpacked; the caller removes it
 * @flags: whether folders are wanted too, or the commits alone, backwards
 * @after: (nullable): a commit behind which to begin; %NULL or zero: with the first one
 * @last: (nullable): the last one; %NULL or zero: where the branch stands
 * @error: return location
 *
 * As naru_source_open(), for a part of the history. Numbers count from the first commit that is read. Where
 * @after is no commit before @last, naru_source_next() says so with %NARU_ERROR_CONFLICT.
 *
 * Returns: (transfer full) (nullable): the source
 */
NaruSource *
naru_source_open_range (const char *path, const char *scratch, NaruSourceFlags flags, const NaruOid *after,
                        const NaruOid *last, GError **error)
{
  g_autofree char *resolved = naru_source_resolve (path, error);
  NaruSourceTask task = { .path = resolved, .scratch = scratch, .flags = flags, .parent = getpid () };
  int ends[2];

  if (resolved == NULL)
    return NULL;
  if (pipe2 (ends, O_CLOEXEC) != 0)
    {
      naru_set_error_errno (error, errno, _ ("end other programs"), _ ("cannot start reading %s"), path);
      return NULL;
    }
  fcntl (ends[1], F_SETPIPE_SZ, PIPE_SIZE);
  task.fd = ends[1];
  if (after != NULL)
    task.after = *after;
  if (last != NULL)
    task.last = *last;
  pid_t child = fork ();
  if (child == 0)
    {
      /* with it the child would listen to itself, and not notice that nobody else does */
      close (ends[0]);
      naru_source_child_run (&task);
    }
  int kept = errno;
  close (ends[1]);
  if (child < 0)
    {
      close (ends[0]);
      naru_set_error_errno (error, kept, _ ("end other programs"), _ ("cannot start reading %s"), path);
      return NULL;
    }
  NaruSource *self = g_new0 (NaruSource, 1);
  self->path = g_strdup (path);
  self->child = child;
  self->fd = ends[0];
  self->deadline = get_deadline ();
  self->buffer = g_malloc (BUFFER_SIZE);
  return self;
}

/**
 * naru_source_open:
 * @path: a bare repository, a folder that holds one as audit.git or .git, or a bundle
 * @scratch: an existing folder in which a bundle may be unpacked; the caller removes it
 * @flags: whether folders are wanted too
 * @error: return location
 *
 * Starts the process that reads. What is found there is told by naru_source_next().
 *
 * Returns: (transfer full) (nullable): the source; %NULL with %NARU_ERROR_NOT_FOUND, or %NARU_ERROR_INVALID
 * for what is no history at all
 */
NaruSource *
naru_source_open (const char *path, const char *scratch, NaruSourceFlags flags, GError **error)
{
  return naru_source_open_range (path, scratch, flags, NULL, NULL, error);
}

static gboolean
fail_silent (NaruSource *self, GError **error)
{
  kill (self->child, SIGKILL);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Look at it with “git fsck --full”, and take another copy of the history."),
                  _ ("%s cannot be read: reading it got stuck and was stopped"), self->path);
  return FALSE;
}

static gboolean
fail_ended (NaruSource *self, GError **error)
{
  kill (self->child, SIGKILL);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Look at it with “git fsck --full”, and take another copy of the history."),
                  _ ("%s cannot be read: it is damaged in such a way that the reading process ended"),
                  self->path);
  return FALSE;
}

static gboolean
fill_buffer (NaruSource *self, GError **error)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };
  int ready;

  do
    ready = poll (&poll_fd, 1, self->deadline);
  while (ready < 0 && errno == EINTR);
  if (ready == 0)
    return fail_silent (self, error);
  gssize got;
  do
    got = read (self->fd, self->buffer, BUFFER_SIZE);
  while (got < 0 && errno == EINTR);
  if (got <= 0)
    return fail_ended (self, error);
  self->start = 0;
  self->fill = (gsize) got;
  return TRUE;
}

static gboolean
take (NaruSource *self, gpointer target, gsize size, GError **error)
{
  guint8 *to = target;

  while (size > 0)
    {
      if (self->start == self->fill && !fill_buffer (self, error))
        return FALSE;
      gsize part = MIN (size, self->fill - self->start);
      memcpy (to, self->buffer + self->start, part);
      self->start += part;
      to += part;
      size -= part;
    }
  return TRUE;
}

static guint64
get_limit (guint32 kind)
{
  switch (kind)
    {
    case NARU_SOURCE_BEGIN:
      return NARU_SOURCE_MAX_COMMIT;
    case NARU_SOURCE_FILE:
      return NARU_SOURCE_MAX_FILE;
    case NARU_SOURCE_TREE:
      return NARU_SOURCE_MAX_TREE;
    case NARU_SOURCE_MANIFEST:
    case NARU_SOURCE_REF:
    case NARU_SOURCE_ERROR:
      return NARU_SOURCE_MAX_MANIFEST;
    default:
      return 0;
    }
}

static gboolean
take_body (NaruSource *self, const NaruSourceHeader *header, NaruSourceItem *item, GError **error)
{
  if (header->kind > NARU_SOURCE_ERROR || header->path_size > NARU_SOURCE_MAX_MANIFEST ||
      header->size > get_limit (header->kind))
    return fail_ended (self, error);
  if (header->path_size > 0)
    {
      item->path = g_malloc0 (header->path_size + 1);
      if (!take (self, item->path, header->path_size, error))
        return FALSE;
      /* cut off where it is no text: no check of a path takes it then */
      if (!g_utf8_validate (item->path, -1, NULL))
        item->path[0] = '\0';
    }
  g_autofree guint8 *content = g_try_malloc (header->size + 1);
  if (content == NULL)
    return fail_ended (self, error);
  if (!take (self, content, header->size, error))
    return FALSE;
  content[header->size] = '\0';
  item->bytes = g_bytes_new_take (g_steal_pointer (&content), header->size);
  return TRUE;
}

/**
 * naru_source_next:
 * @self: a source
 * @item: (out caller-allocates): what comes next; to be cleared with naru_source_item_clear(). Its bytes are
 * followed by a NUL
 * @error: return location
 *
 * Returns: %FALSE with an error; after %NARU_SOURCE_DONE there is nothing more to ask for
 */
gboolean
naru_source_next (NaruSource *self, NaruSourceItem *item, GError **error)
{
  NaruSourceHeader header;

  memset (item, 0, sizeof *item);
  if (!take (self, &header, sizeof header, error) || !take_body (self, &header, item, error))
    return FALSE;
  item->kind = (NaruSourceKind) header.kind;
  item->number = header.number;
  item->total = header.total;
  item->oid = header.oid;
  item->base = header.base;
  item->chain = header.chain;
  if (header.kind != NARU_SOURCE_ERROR)
    return TRUE;
  const char *cure = g_bytes_get_data (item->bytes, NULL);
  NaruError code = header.number <= NARU_ERROR_PENDING ? (NaruError) header.number : NARU_ERROR_FAILED;
  naru_set_error (error, code, NULL, 0, cure != NULL && *cure != '\0' ? cure : NULL, "%s: %s", self->path,
                  item->path != NULL ? item->path : "");
  return FALSE;
}

/**
 * naru_source_item_clear:
 * @item: what naru_source_next() gave
 */
void
naru_source_item_clear (NaruSourceItem *item)
{
  g_clear_pointer (&item->path, g_free);
  g_clear_pointer (&item->bytes, g_bytes_unref);
}

/**
 * naru_source_free:
 * @self: (nullable) (transfer full): a source; a process that still reads is ended
 */
void
naru_source_free (NaruSource *self)
{
  int status;

  if (self == NULL)
    return;
  close (self->fd);
  kill (self->child, SIGKILL);
  while (waitpid (self->child, &status, 0) < 0 && errno == EINTR)
    continue;
  g_free (self->buffer);
  g_free (self->path);
  g_free (self);
}

/* FALSE, and the error of a history that Naru has not written as it stands there: told in one line, whatever
 * names it holds. */
gboolean
naru_source_set_foreign (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *line = naru_text_one_line (text);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Take another copy of the history; this one was not written by Naru alone."), "%s",
                  line);
  return FALSE;
}
