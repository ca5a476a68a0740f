/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-object-private.h"
#include "naru-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_DEPTH 32

typedef struct
{
  NaruEntry *entry;
  const NaruCommitSite *site;
  gpointer user_data;
  guint n_files;
  guint next;
  const NaruEntryFile *file; /* (nullable): the present one; its folders are those under way */
} Build;

/* A folder, whose path takes `prefix` bytes with its slash. */
typedef struct
{
  const char *path;
  gsize prefix;
  guint depth;
} Folder;

static gboolean build_folder (Build *self, const Folder *folder, const NaruOid *old, NaruOid *oid,
                              GError **error);

static gboolean
refuse_path (const char *path, GError **error)
{
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                  _ ("Use plain names, without “..”, “.git” or empty parts."),
                  _ ("“%s” cannot be the path of a file in the history."), path);
  return FALSE;
}

/* In the order of whole paths each folder's files stand together, and its parts stand in git's order; sealing
 * saw to that order. */
static gboolean
next_file (Build *self, GError **error)
{
  self->file = NULL;
  if (self->next == self->n_files)
    return TRUE;
  self->file = naru_entry_get_file (self->entry, self->next++, error);
  return self->file != NULL;
}

static gboolean
add_object (Build *self, NaruObjectKind kind, GBytes *bytes, const NaruOid *oid, const NaruOid *base,
            GError **error)
{
  NaruObject *object = naru_object_new_with_oid (kind, bytes, oid);

  object->base = *base;
  return self->site->put_object (object, self->user_data, error);
}

static gboolean
edit_file (Build *self, NaruTreeEdit *edit, const char *name, gsize length, GError **error)
{
  const NaruEntryFile *file = self->file;
  NaruOid old;

  if (!naru_tree_edit_seek (edit, name, length, FALSE, &old, error))
    return FALSE;
  if (naru_oid_is_zero (&file->oid))
    return naru_tree_edit_remove (edit, name, length, FALSE, error);
  if (file->bytes != NULL && !naru_oid_equal (&file->oid, &old) &&
      !add_object (self, NARU_OBJECT_BLOB, file->bytes, &file->oid, &old, error))
    return FALSE;
  return naru_tree_edit_put (edit, name, length, FALSE, &file->oid, error);
}

static gboolean
edit_folder (Build *self, NaruTreeEdit *edit, const Folder *child, const char *name, gsize length,
             GError **error)
{
  NaruOid old, oid;

  if (child->depth > MAX_DEPTH)
    return refuse_path (self->file->path, error);
  if (!naru_tree_edit_seek (edit, name, length, TRUE, &old, error) ||
      !build_folder (self, child, &old, &oid, error))
    return FALSE;
  if (naru_oid_is_zero (&oid))
    return naru_tree_edit_remove (edit, name, length, TRUE, error);
  return naru_tree_edit_put (edit, name, length, TRUE, &oid, error);
}

/* One name of the folder: the present file, or all those in a folder below. */
static gboolean
edit_part (Build *self, NaruTreeEdit *edit, const Folder *folder, GError **error)
{
  const char *name = self->file->path + folder->prefix;
  const char *slash = strchr (name, '/');
  gsize length = slash != NULL ? (gsize) (slash - name) : strlen (name);

  if (!naru_tree_is_name (name, length))
    return refuse_path (self->file->path, error);
  if (slash == NULL)
    return edit_file (self, edit, name, length, error) && next_file (self, error);
  g_autofree char *path = g_strndup (self->file->path, (gsize) (slash - self->file->path) + 1);
  Folder child = { path, folder->prefix + length + 1, folder->depth + 1 };
  return edit_folder (self, edit, &child, path + folder->prefix, length, error);
}

static gboolean
edit_parts (Build *self, NaruTreeEdit *edit, const Folder *folder, GError **error)
{
  while (self->file != NULL && strncmp (self->file->path, folder->path, folder->prefix) == 0)
    if (!edit_part (self, edit, folder, error))
      return FALSE;
  return TRUE;
}

/* The folder above says what stands here; where the store says otherwise, nothing is built on it. */
static gboolean
check_known (const char *path, GBytes *tree, const NaruOid *old, GError **error)
{
  gboolean known = tree != NULL;

  if (known != naru_oid_is_zero (old))
    return TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Rebuild the store from the history."),
                  known ? _ ("The store has a folder “%s” that its history does not have.")
                        : _ ("The store lost the folder “%s” of its history."),
                  path);
  return FALSE;
}

/* @old: the folder's tree so far, zero where it is new; @oid: its next one, zero where it is empty now */
static gboolean
build_folder (Build *self, const Folder *folder, const NaruOid *old, NaruOid *oid, GError **error)
{
  g_autofree char *path = g_strndup (folder->path, folder->prefix > 0 ? folder->prefix - 1 : 0);
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) before = self->site->get_tree (path, self->user_data, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  NaruOid base = { 0 };
  if (folder->depth > 0)
    base = *old;
  else if (before != NULL)
    naru_oid_compute ("tree", g_bytes_get_data (before, NULL), g_bytes_get_size (before), &base);
  if (!check_known (path, before, &base, error))
    return FALSE;

  g_auto (NaruTreeEdit) edit = { 0 };
  if (!naru_tree_edit_init (&edit, before, error) || !edit_parts (self, &edit, folder, error))
    {
      g_prefix_error (error, "%s: ", *path != 0 ? path : "/");
      return FALSE;
    }
  g_autoptr (GBytes) after = naru_tree_edit_finish (&edit, error);
  if (after == NULL)
    return FALSE;

  *oid = base;
  if (before != NULL && g_bytes_equal (before, after))
    return TRUE;
  gboolean empty = g_bytes_get_size (after) == 0;
  memset (oid, 0, sizeof *oid);
  if (empty && folder->depth > 0)
    return before == NULL || self->site->put_tree (path, NULL, self->user_data, error);
  naru_oid_compute ("tree", g_bytes_get_data (after, NULL), g_bytes_get_size (after), oid);
  if (!add_object (self, NARU_OBJECT_TREE, after, oid, &base, error))
    return FALSE;
  if (empty && before == NULL)
    return TRUE;
  return self->site->put_tree (path, empty ? NULL : after, self->user_data, error);
}

static gboolean
is_person (const char *name, const char *email)
{
  return name != NULL && email != NULL && *name != 0 && strpbrk (name, "\n<>") == NULL &&
         strpbrk (email, "\n<> ") == NULL;
}

static void
append_person (GString *text, const char *role, const char *name, const char *email, const NaruTime *time)
{
  int offset = ABS (time->offset_minutes);

  g_string_append_printf (text, "%s %s <%s> %" G_GINT64_FORMAT " %c%02d%02d\n", role, name, email,
                          time->seconds, time->offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
}

/* Signs the commit as it is so far and puts the signature after its other headers, as git does: each line
 * after the first begins with a blank. */
static gboolean
append_signature (GString *text, gsize headers, NaruSigner *signer, GError **error)
{
  g_autofree char *signature = naru_signer_sign (signer, text->str, text->len, error);
  g_autoptr (GString) header = g_string_sized_new (512);

  if (signature == NULL)
    return FALSE;
  g_string_append (header, "gpgsig");
  for (const char *line = signature; *line != 0;)
    {
      const char *end = strchr (line, '\n') + 1;
      g_string_append_c (header, ' ');
      g_string_append_len (header, line, end - line);
      line = end;
    }
  g_string_insert_len (text, (gssize) headers, header->str, (gssize) header->len);
  return TRUE;
}

static GBytes *
format_commit (NaruEntry *entry, const NaruOid *tree, const NaruOid *parent, NaruSigner *signer,
               GError **error)
{
  const char *author = naru_entry_get_author_name (entry);
  const char *author_email = naru_entry_get_author_email (entry);
  const char *committer = naru_entry_get_committer_name (entry);
  const char *committer_email = naru_entry_get_committer_email (entry);
  const char *message = naru_entry_get_message (entry);
  char hex[2 * NARU_OID_SIZE + 1];

  if (!is_person (author, author_email) || !is_person (committer, committer_email) || message == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                      _ ("Names and addresses hold no line break and none of “<” and “>”."),
                      _ ("The author or the office of this change has no name that the history can keep."));
      return NULL;
    }
  g_autoptr (GString) text = g_string_sized_new (1024);
  naru_oid_to_hex (tree, hex);
  g_string_append_printf (text, "tree %s\n", hex);
  if (!naru_oid_is_zero (parent))
    {
      naru_oid_to_hex (parent, hex);
      g_string_append_printf (text, "parent %s\n", hex);
    }
  append_person (text, "author", author, author_email, naru_entry_get_authored (entry));
  append_person (text, "committer", committer, committer_email, naru_entry_get_committed (entry));
  gsize headers = text->len;
  g_string_append_c (text, '\n');
  g_string_append (text, message);
  if (!g_str_has_suffix (message, "\n"))
    g_string_append_c (text, '\n');
  if (signer != NULL && !append_signature (text, headers, signer, error))
    return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

/**
 * naru_commit_build_at: (skip)
 * @entry: a sealed entry
 * @parent: the commit before; zero for the first
 * @signer: (nullable): whose signature it gets
 * @site: where folders are found and put, and what becomes of each new object: a folder comes after what it
 * holds, the commit last
 * @user_data: for @site
 * @commit: (out): id of the commit
 * @error: return location
 *
 * As naru_commit_build(), for any number of files: nothing is collected.
 *
 * Returns: as naru_commit_build(), or %FALSE with an error that @site gave
 */
gboolean
naru_commit_build_at (NaruEntry *entry, const NaruOid *parent, NaruSigner *signer, const NaruCommitSite *site,
                      gpointer user_data, NaruOid *commit, GError **error)
{
  static const NaruOid none;
  Build build = { entry, site, user_data, naru_entry_get_n_files (entry), 0, NULL };
  Folder root = { "", 0, 0 };
  NaruOid tree;

  if (!next_file (&build, error) || !build_folder (&build, &root, &none, &tree, error))
    return FALSE;
  g_autoptr (GBytes) bytes = format_commit (entry, &tree, parent, signer, error);
  if (bytes == NULL)
    return FALSE;
  NaruObject *object = naru_object_new (NARU_OBJECT_COMMIT, bytes);
  *commit = object->oid;
  return site->put_object (object, user_data, error);
}

typedef struct
{
  NaruTreeGet get_tree;
  NaruTreePut put_tree;
  gpointer user_data;
  GPtrArray *objects;
} Collector;

static GBytes *
collector_get_tree (const char *path, gpointer user_data, GError **error)
{
  Collector *self = user_data;

  return self->get_tree (path, self->user_data, error);
}

static gboolean
collector_put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  Collector *self = user_data;

  return self->put_tree (path, tree, self->user_data, error);
}

static gboolean
collector_put_object (NaruObject *object, gpointer user_data, GError **error)
{
  g_ptr_array_add (((Collector *) user_data)->objects, object);
  return TRUE;
}

/**
 * naru_commit_build:
 * @entry: a sealed entry
 * @parent: the commit before; zero for the first
 * @signer: (nullable): whose signature it gets
 * @get_tree: gives the present raw bytes of a folder ("" is the root), or %NULL without an error where it is
 * absent
 * @put_tree: keeps the new bytes of a folder; %NULL where it is gone
 * @user_data: for both
 * @objects: (element-type NaruObject): every new object is appended, a folder after what it holds, the commit
 * last
 * @commit: (out): id of the commit
 * @error: return location
 *
 * A pure function of its arguments, the signature too: neither clock nor locale, zone or umask come in.
 *
 * Returns: %FALSE with %NARU_ERROR_BROKEN for a damaged folder, %NARU_ERROR_INVALID for a path or name that
 * git would refuse; @objects and the folders put so far are then of no use
 */
gboolean
naru_commit_build (NaruEntry *entry, const NaruOid *parent, NaruSigner *signer, NaruTreeGet get_tree,
                   NaruTreePut put_tree, gpointer user_data, GPtrArray *objects, NaruOid *commit,
                   GError **error)
{
  static const NaruCommitSite site = { collector_get_tree, collector_put_tree, collector_put_object };
  Collector collector = { get_tree, put_tree, user_data, objects };

  return naru_commit_build_at (entry, parent, signer, &site, &collector, commit, error);
}
