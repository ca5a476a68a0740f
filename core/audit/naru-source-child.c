/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-source-private.h"

#include "naru-file-private.h"
#include "naru-git-private.h"
#include "naru-repository-private.h"
#include "naru-tree-private.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The process that reads what nobody vouches for. It writes nothing but its end of a pipe, and the scratch
 * folder where a bundle is unpacked. */

#define BUFFER_SIZE (256 * 1024)
#define MEMORY_MAX ((rlim_t) 1536 << 20)
#define FILE_SLACK ((rlim_t) 64 << 20)
#define MAX_FOLDERS 16
#define CACHE_BYTES ((gssize) 24 << 20) /* of objects that libgit2 keeps; it would take ten times as much */
#define WINDOW_BYTES ((gsize) 4 << 20)  /* of a pack that is looked at in one piece */
#define MAPPED_BYTES ((gsize) 32 << 20) /* of all packs at a time */
#define BEAT_COMMITS 256
#define FOLDERS_KEPT 256
#define FOLDER_KEPT_MAX (64 << 10) /* bytes of one that is kept */

/* A folder that was read lately: the next commit begins with it. */
typedef struct
{
  NaruOid oid;
  GBytes *bytes;
} Folder;

typedef struct
{
  NaruSourceOut *out;
  NaruRepository *repository;
  Folder folders[FOLDERS_KEPT];
  const NaruSourceTask *task;
  NaruOid start;   /* folder of the commit behind which to begin; zero: none */
  GArray *commits; /* of NaruOid, the newest first */
  char path[NARU_SOURCE_MAX_PATH + 1];
  guint64 n_trees;
  GHashTable *met;    /* of NaruOid: folders of the commit at hand */
  gboolean keys_only; /* of all folders none but keys/ */
} Reader;

void
naru_source_out_flush (NaruSourceOut *self)
{
  /* nobody listens any more */
  if (!naru_file_write (self->fd, self->buffer, self->fill))
    _exit (1);
  self->fill = 0;
}

static void
put_raw (NaruSourceOut *self, gconstpointer data, gsize size)
{
  if (self->fill + size > BUFFER_SIZE)
    naru_source_out_flush (self);
  if (size > BUFFER_SIZE)
    {
      if (!naru_file_write (self->fd, data, size))
        _exit (1);
      return;
    }
  if (size > 0)
    memcpy (self->buffer + self->fill, data, size);
  self->fill += size;
}

void
naru_source_out_put (NaruSourceOut *self, const NaruSourceItem *item)
{
  gsize size = 0;
  gconstpointer data = item->bytes != NULL ? g_bytes_get_data (item->bytes, &size) : NULL;
  NaruSourceHeader header = {
    .kind = item->kind,
    .path_size = item->path != NULL ? (guint32) strlen (item->path) : 0,
    .size = size,
    .number = item->number,
    .total = item->total,
    .oid = item->oid,
    .base = item->base,
    .chain = item->chain,
  };

  put_raw (self, &header, sizeof header);
  put_raw (self, item->path, header.path_size);
  put_raw (self, data, size);
  if (item->kind == NARU_SOURCE_BEAT)
    naru_source_out_flush (self);
}

static NaruObject *
read_object (Reader *self, const NaruOid *oid, NaruObjectKind kind, gsize max, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruObject) object = naru_repository_read_object (self->repository, oid, kind, &local);
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (oid, hex);
  if (object != NULL && g_bytes_get_size (object->bytes) <= max)
    return g_steal_pointer (&object);
  if (object != NULL)
    naru_source_set_foreign (error, _ ("the object %s is larger than any that an office writes"), hex);
  else if (g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("name a complete copy of the history"),
                    _ ("the object %s is missing"), hex);
  else
    {
      g_propagate_error (error, g_steal_pointer (&local));
      naru_error_set_cure (error, "%s",
                           _ ("Look at it with “git fsck --full”, and take another copy of the history."));
    }
  return NULL;
}

static gboolean
send_file (Reader *self, const NaruOid *oid, const NaruOid *base, GError **error)
{
  g_autoptr (NaruObject) object = read_object (self, oid, NARU_OBJECT_BLOB, NARU_SOURCE_MAX_FILE, error);
  NaruSourceItem item = { .kind = NARU_SOURCE_FILE, .path = self->path, .oid = *oid, .base = *base };

  if (object == NULL)
    return FALSE;
  item.bytes = object->bytes;
  naru_source_out_put (self->out, &item);
  return TRUE;
}

static void
send_gone (Reader *self, const NaruOid *base)
{
  NaruSourceItem item = { .kind = NARU_SOURCE_GONE, .path = self->path, .base = *base };

  naru_source_out_put (self->out, &item);
}

static void
send_tree (Reader *self, const NaruOid *oid, GBytes *bytes, const NaruOid *base)
{
  NaruSourceItem item = { .kind = NARU_SOURCE_TREE, .path = self->path, .bytes = bytes };

  item.oid = *oid;
  item.base = *base;
  naru_source_out_put (self->out, &item);
}

static void
send_beat (Reader *self, guint64 number)
{
  NaruSourceItem item = { .kind = NARU_SOURCE_BEAT, .number = number };

  naru_source_out_put (self->out, &item);
}

static gboolean diff_folders (Reader *self, const NaruOid *old, const NaruOid *now, guint depth,
                              GError **error);

/* (transfer full) (nullable) */
static GBytes *
read_tree (Reader *self, const NaruOid *oid, GError **error)
{
  Folder *kept = &self->folders[oid->bytes[0] % FOLDERS_KEPT];
  g_autoptr (NaruObject) tree = NULL;

  if (kept->bytes != NULL && naru_oid_equal (&kept->oid, oid))
    return g_bytes_ref (kept->bytes);
  tree = read_object (self, oid, NARU_OBJECT_TREE, NARU_SOURCE_MAX_TREE, error);
  if (tree == NULL)
    return NULL;
  if (g_bytes_get_size (tree->bytes) <= FOLDER_KEPT_MAX)
    {
      g_clear_pointer (&kept->bytes, g_bytes_unref);
      kept->oid = *oid;
      kept->bytes = g_bytes_ref (tree->bytes);
    }
  return g_bytes_ref (tree->bytes);
}

static gboolean
read_folder (Reader *self, const NaruOid *oid, GBytes **tree, NaruTreeReader *reader, GError **error)
{
  if (!naru_oid_is_zero (oid))
    {
      *tree = read_tree (self, oid, error);
      if (*tree == NULL)
        return FALSE;
    }
  naru_tree_reader_init (reader, *tree);
  return naru_tree_reader_next (reader, error);
}

static gboolean
enter (Reader *self, const NaruTreeReader *reader, gsize *length, GError **error)
{
  const NaruTreeEntry *entry = &reader->entry;

  *length = strlen (self->path);
  if (!naru_tree_is_name (entry->name, entry->name_length) ||
      *length + 1 + entry->name_length > NARU_SOURCE_MAX_PATH)
    {
      g_autofree char *name = g_strndup (entry->name, MIN (entry->name_length, 100));
      return naru_source_set_foreign (
          error, _ ("a folder of the history holds the name “%s”, which no office writes"), name);
    }
  char *end = self->path + *length;
  if (*length > 0)
    *end++ = '/';
  memcpy (end, entry->name, entry->name_length);
  end[entry->name_length] = '\0';
  if (entry->folder || memcmp (reader->data + entry->start, "100644 ", 7) == 0)
    return TRUE;
  return naru_source_set_foreign (
      error, _ ("“%s” in the history is a link or a program; an office keeps plain files alone"), self->path);
}

static gboolean
is_keys (const NaruTreeReader *reader)
{
  return reader->entry.folder && reader->entry.name_length == 4 &&
         memcmp (reader->entry.name, "keys", 4) == 0;
}

/* One name: what it was, zero for nothing, and what it is now */
static gboolean
diff_entry (Reader *self, const NaruTreeReader *reader, const NaruOid *old, const NaruOid *now, guint depth,
            GError **error)
{
  gsize length = 0;
  gboolean done = TRUE;

  if (naru_oid_equal (old, now) || (depth == 0 && self->keys_only && !is_keys (reader)))
    return TRUE;
  if (!enter (self, reader, &length, error))
    return FALSE;
  if (reader->entry.folder)
    done = diff_folders (self, old, now, depth + 1, error);
  else if (naru_oid_is_zero (now))
    send_gone (self, old);
  else
    done = send_file (self, now, old, error);
  self->path[length] = '\0';
  return done;
}

static void
take_oid (const NaruTreeReader *reader, NaruOid *oid)
{
  memcpy (oid->bytes, reader->entry.oid, NARU_OID_SIZE);
}

/* Walks both folders side by side; zero stands for an absent one. */
static gboolean
diff_folders (Reader *self, const NaruOid *old, const NaruOid *now, guint depth, GError **error)
{
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;
  NaruTreeReader left, right;

  if (depth > MAX_FOLDERS)
    return naru_source_set_foreign (error, _ ("the folders of the history are nested too deeply at “%s”"),
                                    self->path);
  if (!read_folder (self, old, &before, &left, error) || !read_folder (self, now, &after, &right, error))
    return FALSE;
  /* git keeps none; and folders of nothing but folders, many times in each other, would never end */
  if (depth > 0 && after != NULL && right.entry.name == NULL)
    return naru_source_set_foreign (error, _ ("the folder “%s” of the history is empty"), self->path);
  /* a few objects, many times in each other, would unfold to more files than any disk has */
  if (after != NULL && !naru_source_meet (&self->met, now))
    return naru_source_set_foreign (error, _ ("the folder “%s” of the history stands in a second place"),
                                    self->path);
  if (++self->n_trees % 1024 == 0)
    send_beat (self, 0);
  if ((self->task->flags & NARU_SOURCE_WITH_TREES) != 0 && after != NULL)
    send_tree (self, now, after, old);
  else if ((self->task->flags & NARU_SOURCE_WITH_GONE_TREES) != 0 && after == NULL)
    send_tree (self, now, NULL, old);
  while (left.entry.name != NULL || right.entry.name != NULL)
    {
      NaruOid was = { 0 }, is = { 0 };
      int order = left.entry.name == NULL ? 1
                  : right.entry.name == NULL
                      ? -1
                      : naru_tree_compare (left.entry.name, left.entry.name_length, left.entry.folder,
                                           right.entry.name, right.entry.name_length, right.entry.folder);
      if (order <= 0)
        take_oid (&left, &was);
      if (order >= 0)
        take_oid (&right, &is);
      if (!diff_entry (self, order < 0 ? &left : &right, &was, &is, depth, error) ||
          (order <= 0 && !naru_tree_reader_next (&left, error)) ||
          (order >= 0 && !naru_tree_reader_next (&right, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_hex (const char **text, const char *label, NaruOid *oid)
{
  gsize length = strlen (label);
  char hex[2 * NARU_OID_SIZE + 1];

  if (strncmp (*text, label, length) != 0 || strnlen (*text + length, sizeof hex) < sizeof hex)
    return FALSE;
  memcpy (hex, *text + length, sizeof hex - 1);
  hex[sizeof hex - 1] = '\0';
  *text += length + sizeof hex;
  return (*text)[-1] == '\n' && naru_oid_from_hex (hex, oid) && !naru_oid_is_zero (oid);
}

/* @parent: (out): zero for the first commit */
static char *
read_commit (Reader *self, const NaruOid *oid, NaruOid *tree, NaruOid *parent, GBytes **bytes, GError **error)
{
  g_autoptr (NaruObject) object = read_object (self, oid, NARU_OBJECT_COMMIT, NARU_SOURCE_MAX_COMMIT, error);
  gsize size = 0;
  const char *data = object != NULL ? g_bytes_get_data (object->bytes, &size) : NULL;
  g_autofree char *text = object != NULL ? g_strndup (data != NULL ? data : "", size) : NULL;
  char hex[2 * NARU_OID_SIZE + 1];

  if (object == NULL)
    return NULL;
  const char *at = text;
  memset (parent, 0, sizeof *parent);
  naru_oid_to_hex (oid, hex);
  if (strlen (text) != size || !take_hex (&at, "tree ", tree) ||
      (g_str_has_prefix (at, "parent ") && !take_hex (&at, "parent ", parent)))
    {
      naru_source_set_foreign (error, _ ("the commit %s is damaged"), hex);
      return NULL;
    }
  if (g_str_has_prefix (at, "parent "))
    {
      naru_source_set_foreign (error,
                               _ ("the commit %s joins two lines; the history of an office is one line"),
                               hex);
      return NULL;
    }
  if (bytes != NULL)
    *bytes = g_bytes_ref (object->bytes);
  return g_steal_pointer (&text);
}

static gboolean
is_ours (const char *text, GError **error)
{
  if (strstr (text, "\nNaru-Seq: ") != NULL && strstr (text, "\nNaru-Chain: ") != NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                  _ ("name the history of an office; “git log” there shows the trailer Naru-Seq"),
                  _ ("this is a repository of something else: its commits are not those of an office"));
  return FALSE;
}

static gboolean
refuse_range (Reader *self, GError **error)
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&self->task->after, hex);
  naru_set_error (error, NARU_ERROR_CONFLICT, NULL, 0,
                  _ ("Take another copy of the history, and compare the two."),
                  _ ("the history does not hold the commit %s, which it held before"), hex);
  return FALSE;
}

static gboolean
list_commits (Reader *self, GError **error)
{
  const NaruOid *after = &self->task->after;
  NaruOid at = self->task->last, tree, parent;

  if (naru_oid_is_zero (&at) && !naru_repository_get_head (self->repository, &at, error))
    return FALSE;
  if (naru_oid_is_zero (&at))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("name a complete copy of the history"),
                      _ ("the branch “main” has no commit"));
      return FALSE;
    }
  while (!naru_oid_is_zero (&at))
    {
      g_autofree char *text = read_commit (self, &at, &tree, &parent, NULL, error);
      if (text == NULL || (self->commits->len == 0 && !is_ours (text, error)))
        return FALSE;
      if (naru_oid_equal (&at, after))
        {
          self->start = tree;
          return TRUE;
        }
      g_array_append_val (self->commits, at);
      at = parent;
      if (self->commits->len % BEAT_COMMITS == 0)
        send_beat (self, 0);
    }
  return naru_oid_is_zero (after) || refuse_range (self, error);
}

static gboolean
send_files (Reader *self, guint i, const NaruOid *before, const NaruOid *tree, GError **error)
{
  static const NaruOid none;

  g_clear_pointer (&self->met, g_hash_table_unref);
  if ((self->task->flags & NARU_SOURCE_COMMITS_ONLY) == 0)
    return naru_oid_equal (before, tree) || diff_folders (self, before, tree, 0, error);
  self->keys_only = TRUE;
  return i > 1 || diff_folders (self, &none, tree, 0, error);
}

static gboolean
send_commits (Reader *self, GError **error)
{
  NaruOid before = self->start;

  for (guint i = (self->task->flags & NARU_SOURCE_SEALS_ONLY) != 0 ? 1 : self->commits->len; i > 0; i--)
    {
      NaruSourceItem item = { .kind = NARU_SOURCE_BEGIN, .number = self->commits->len - i + 1 };
      NaruOid tree, parent;
      item.oid = g_array_index (self->commits, NaruOid, i - 1);
      item.total = self->commits->len;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = read_commit (self, &item.oid, &tree, &parent, &bytes, error);
      if (text == NULL)
        return FALSE;
      item.bytes = bytes;
      if ((self->task->flags & NARU_SOURCE_COMMITS_ONLY) != 0)
        naru_source_find_chain (bytes, &item.chain);
      naru_source_out_put (self->out, &item);
      if (!send_files (self, i, &before, &tree, error))
        return FALSE;
      before = tree;
      item.kind = NARU_SOURCE_END;
      item.bytes = NULL;
      naru_source_out_put (self->out, &item);
    }
  return TRUE;
}

/* Each commit is read once: from the last one back. */
static gboolean
send_backwards (Reader *self, guint64 *n_commits, GError **error)
{
  NaruSourceItem item = { .kind = NARU_SOURCE_BEGIN };
  NaruOid tree, parent;

  if (!naru_repository_get_head (self->repository, &item.oid, error))
    return FALSE;
  for (*n_commits = 0; !naru_oid_is_zero (&item.oid); item.oid = parent)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *text = read_commit (self, &item.oid, &tree, &parent, &bytes, error);
      if (text == NULL || (*n_commits == 0 && !is_ours (text, error)))
        return FALSE;
      item.number = ++*n_commits;
      item.bytes = bytes;
      item.base = parent;
      naru_source_out_put (self->out, &item);
    }
  return TRUE;
}

static gboolean
send_manifest (Reader *self, const NaruOid *oid, GError **error)
{
  NaruSourceItem item = { .kind = NARU_SOURCE_MANIFEST };
  g_autoptr (NaruObject) object = NULL;

  if (naru_oid_is_zero (oid))
    return TRUE;
  object = read_object (self, oid, NARU_OBJECT_BLOB, NARU_SOURCE_MAX_MANIFEST, error);
  if (object == NULL)
    return FALSE;
  item.bytes = object->bytes;
  naru_source_out_put (self->out, &item);
  return TRUE;
}

static gboolean
read_all (Reader *self, const char *path, const char *scratch, GError **error)
{
  NaruSourceItem done = { .kind = NARU_SOURCE_DONE };
  NaruOid manifest = { 0 };
  g_autofree char *unpacked = g_build_filename (scratch, "unpacked.git", NULL);
  gboolean bundle = !g_file_test (path, G_FILE_TEST_IS_DIR);

  if (!naru_git_load (error))
    return FALSE;
  git_libgit2_opts (GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_BYTES);
  git_libgit2_opts (GIT_OPT_SET_MWINDOW_SIZE, WINDOW_BYTES);
  git_libgit2_opts (GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_BYTES);
  if ((self->task->flags & NARU_SOURCE_BACKWARDS) != 0)
    /* nothing is read twice */
    git_libgit2_opts (GIT_OPT_ENABLE_CACHING, 0);
  if (bundle && !naru_bundle_unpack (path, unpacked, self->out, &manifest, error))
    return FALSE;
  self->repository = naru_repository_open_copy (bundle ? unpacked : path, error);
  if (self->repository != NULL)
    naru_repository_fix_loose (self->repository);
  if (self->repository == NULL)
    return FALSE;
  if ((self->task->flags & NARU_SOURCE_BACKWARDS) != 0)
    {
      if (!send_backwards (self, &done.number, error))
        return FALSE;
    }
  else if (!list_commits (self, error) || !send_manifest (self, &manifest, error) ||
           !send_commits (self, error))
    return FALSE;
  else
    done.number = self->commits->len;
  if ((self->task->flags & NARU_SOURCE_WITH_SEALS) != 0 &&
      !naru_source_send_refs (self->repository, self->commits, self->out, error))
    return FALSE;
  done.total = done.number;
  naru_source_out_put (self->out, &done);
  return TRUE;
}

static void
limit (int resource, rlim_t value)
{
  struct rlimit present;

  if (getrlimit (resource, &present) != 0)
    return;
  present.rlim_cur = MIN (present.rlim_max, value);
  present.rlim_max = present.rlim_cur;
  setrlimit (resource, &present);
}

/* As little as it needs: no handler of ours, no core, bounded memory, and no files but an unpacked bundle. */
static void
confine (const char *path, pid_t parent)
{
  struct stat status = { 0 };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent) /* it ended before the line above */
    _exit (1);
  signal (SIGSEGV, SIG_DFL);
  signal (SIGBUS, SIG_DFL);
  signal (SIGPIPE, SIG_DFL);
  signal (SIGXFSZ, SIG_IGN);
  limit (RLIMIT_CORE, 0);
  if (stat (path, &status) == 0 && S_ISREG (status.st_mode))
    limit (RLIMIT_FSIZE, 2 * (rlim_t) status.st_size + FILE_SLACK);
  else
    limit (RLIMIT_FSIZE, 0);
#if !defined(__SANITIZE_ADDRESS__)
  limit (RLIMIT_DATA, MEMORY_MAX);
#endif
}

/* Never returns. */
void
naru_source_child_run (const NaruSourceTask *task)
{
  NaruSourceOut out = { .fd = task->fd, .buffer = g_malloc (BUFFER_SIZE) };
  Reader reader = { .out = &out, .task = task };
  g_autoptr (GError) error = NULL;

  confine (task->path, task->parent);
  reader.commits = g_array_new (FALSE, FALSE, sizeof (NaruOid));
  if (!read_all (&reader, task->path, task->scratch, &error))
    {
      const char *cure = naru_error_get_cure (error);
      g_autofree char *message = g_strndup (error->message, NARU_SOURCE_MAX_PATH);
      g_autoptr (GBytes) bytes = g_bytes_new (cure, cure != NULL ? strlen (cure) : 0);
      NaruSourceItem item = { .kind = NARU_SOURCE_ERROR, .number = (guint64) error->code };
      item.path = message;
      item.bytes = bytes;
      naru_source_out_put (&out, &item);
    }
  naru_source_out_flush (&out);
  _exit (0);
}
