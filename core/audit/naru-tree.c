/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-tree-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* git's order: bytewise, a folder as if its name ended in a slash */
int
naru_tree_compare (const char *a, gsize a_length, gboolean a_folder, const char *b, gsize b_length,
                   gboolean b_folder)
{
  gsize shorter = MIN (a_length, b_length);
  int order = memcmp (a, b, shorter);
  if (order != 0)
    return order;
  guint8 a_next = a_length > shorter ? (guint8) a[shorter] : (a_folder ? '/' : 0);
  guint8 b_next = b_length > shorter ? (guint8) b[shorter] : (b_folder ? '/' : 0);
  return (int) a_next - (int) b_next;
}

/* Names that `git fsck --strict` refuses would make the whole history look damaged. */
gboolean
naru_tree_is_name (const char *name, gsize length)
{
  if (length == 0 || length > 255 || memchr (name, '/', length) != NULL || memchr (name, 0, length) != NULL)
    return FALSE;
  if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
    return FALSE;
  if (length == 4 && g_ascii_strncasecmp (name, ".git", 4) == 0)
    return FALSE;
  return !(length == 5 && g_ascii_strncasecmp (name, "git~1", 5) == 0);
}

/* @tree (nullable): a missing tree reads like an empty one. @tree must outlive the reader. */
void
naru_tree_reader_init (NaruTreeReader *self, GBytes *tree)
{
  memset (self, 0, sizeof *self);
  if (tree != NULL)
    self->data = g_bytes_get_data (tree, &self->size);
  if (self->data == NULL)
    self->data = (const guint8 *) "";
}

static gboolean
refuse_tree (gsize offset, GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Compare the office with its last backup; the history itself is not changed by this."),
                  _ ("A folder of the history is damaged at byte %zu."), offset);
  return FALSE;
}

static gsize
parse_mode (const guint8 *data, gsize size, gboolean *folder)
{
  static const char *const modes[] = { "100644 ", "40000 ", "100755 ", "120000 " };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      gsize length = strlen (modes[i]);
      if (size <= length || memcmp (data, modes[i], length) != 0)
        continue;
      *folder = i == 1;
      return length;
    }
  return 0;
}

/* At the end of the tree entry.name is NULL. FALSE: damaged. */
gboolean
naru_tree_reader_next (NaruTreeReader *self, GError **error)
{
  NaruTreeEntry next = { .start = self->offset, .end = self->offset };
  if (self->offset == self->size)
    {
      self->entry = next;
      return TRUE;
    }

  const guint8 *data = self->data + self->offset;
  gsize left = self->size - self->offset;
  gsize mode = parse_mode (data, left, &next.folder);
  if (mode == 0)
    return refuse_tree (self->offset, error);
  next.name = (const char *) data + mode;
  const char *end = memchr (next.name, 0, left - mode);
  if (end == NULL || left - mode - (gsize) (end - next.name) - 1 < NARU_OID_SIZE)
    return refuse_tree (self->offset, error);
  next.name_length = (gsize) (end - next.name);
  next.oid = (const guint8 *) end + 1;
  next.end = self->offset + mode + next.name_length + 1 + NARU_OID_SIZE;

  const NaruTreeEntry *last = &self->entry;
  if (next.name_length == 0 || memchr (next.name, '/', next.name_length) != NULL ||
      (last->name != NULL && naru_tree_compare (last->name, last->name_length, last->folder, next.name,
                                                next.name_length, next.folder) >= 0))
    return refuse_tree (self->offset, error);
  self->entry = next;
  self->offset = next.end;
  return TRUE;
}

/* @entry->name is NULL where nothing of that name is in the tree. */
gboolean
naru_tree_find (GBytes *tree, const char *name, gsize length, NaruTreeEntry *entry, GError **error)
{
  NaruTreeReader reader;

  naru_tree_reader_init (&reader, tree);
  do
    {
      if (!naru_tree_reader_next (&reader, error))
        return FALSE;
    }
  while (reader.entry.name != NULL &&
         (reader.entry.name_length != length || memcmp (reader.entry.name, name, length) != 0));
  *entry = reader.entry;
  return TRUE;
}

/**
 * naru_tree_has_file:
 * @tree: (nullable): a raw tree
 * @name: a file name
 *
 * Returns: whether @tree holds a file of that name
 */
gboolean
naru_tree_has_file (GBytes *tree, const char *name)
{
  NaruTreeEntry entry;

  return tree != NULL && naru_tree_find (tree, name, strlen (name), &entry, NULL) && !entry.folder;
}

gboolean
naru_tree_edit_init (NaruTreeEdit *self, GBytes *tree, GError **error)
{
  memset (self, 0, sizeof *self);
  naru_tree_reader_init (&self->reader, tree);
  self->out = g_byte_array_sized_new ((guint) MIN (self->reader.size + 300, G_MAXINT32));
  return naru_tree_reader_next (&self->reader, error);
}

void
naru_tree_edit_clear (NaruTreeEdit *self)
{
  g_clear_pointer (&self->out, g_byte_array_unref);
}

static gboolean
is_at (const NaruTreeEdit *self, const char *name, gsize length, gboolean folder)
{
  const NaruTreeEntry *at = &self->reader.entry;

  return at->name != NULL && at->folder == folder && at->name_length == length &&
         memcmp (at->name, name, length) == 0;
}

/* Goes to the place of @name; @old becomes what stands there, or zero. */
gboolean
naru_tree_edit_seek (NaruTreeEdit *self, const char *name, gsize length, gboolean folder, NaruOid *old,
                     GError **error)
{
  const NaruTreeEntry *at = &self->reader.entry;

  memset (old, 0, sizeof *old);
  while (at->name != NULL &&
         naru_tree_compare (at->name, at->name_length, at->folder, name, length, folder) < 0)
    if (!naru_tree_reader_next (&self->reader, error))
      return FALSE;
  if (is_at (self, name, length, folder))
    memcpy (old->bytes, at->oid, NARU_OID_SIZE);
  return TRUE;
}

/* What stands before the place sought goes out unchanged; an entry of the same name and kind is passed over.
 */
static gboolean
copy_up_to (NaruTreeEdit *self, const char *name, gsize length, gboolean folder, gboolean *found,
            GError **error)
{
  gsize start = self->reader.entry.start;

  g_byte_array_append (self->out, self->reader.data + self->copied, (guint) (start - self->copied));
  self->copied = start;
  *found = is_at (self, name, length, folder);
  if (!*found)
    return TRUE;
  self->copied = self->reader.entry.end;
  return naru_tree_reader_next (&self->reader, error);
}

/* Call right after naru_tree_edit_seek() of the same name. */
gboolean
naru_tree_edit_put (NaruTreeEdit *self, const char *name, gsize length, gboolean folder, const NaruOid *oid,
                    GError **error)
{
  const char *mode = folder ? "40000 " : "100644 ";
  gboolean found;

  if (!copy_up_to (self, name, length, folder, &found, error))
    return FALSE;
  self->inserted |= !found;
  g_byte_array_append (self->out, (const guint8 *) mode, (guint) strlen (mode));
  g_byte_array_append (self->out, (const guint8 *) name, (guint) length);
  g_byte_array_append (self->out, (const guint8 *) "", 1);
  g_byte_array_append (self->out, oid->bytes, NARU_OID_SIZE);
  return TRUE;
}

/* Call right after naru_tree_edit_seek() of the same name; nothing happens where nothing stands there. */
gboolean
naru_tree_edit_remove (NaruTreeEdit *self, const char *name, gsize length, gboolean folder, GError **error)
{
  gboolean found;

  return copy_up_to (self, name, length, folder, &found, error);
}

/* A file "a" and a folder "a" need not stand side by side ("a", "a.b", "a/"), but all between them begin with
 * "a": a stack of the files that the present name begins with is enough to see both. */
static gboolean
check_names (GBytes *tree, GError **error)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (NaruTreeEntry));
  NaruTreeReader reader;

  naru_tree_reader_init (&reader, tree);
  while (TRUE)
    {
      if (!naru_tree_reader_next (&reader, error))
        return FALSE;
      const NaruTreeEntry *at = &reader.entry;
      if (at->name == NULL)
        return TRUE;
      while (stack->len > 0)
        {
          const NaruTreeEntry *top = &g_array_index (stack, NaruTreeEntry, stack->len - 1);
          if (top->name_length <= at->name_length && memcmp (top->name, at->name, top->name_length) == 0)
            break;
          g_array_set_size (stack, stack->len - 1);
        }
      for (guint i = 0; i < stack->len; i++)
        if (g_array_index (stack, NaruTreeEntry, i).name_length == at->name_length)
          {
            naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Choose another name."),
                            _ ("“%.*s” cannot be a file and a folder of the history at once."),
                            (int) at->name_length, at->name);
            return FALSE;
          }
      if (!at->folder)
        g_array_append_val (stack, *at);
    }
}

/* Returns: (transfer full): the new tree; the edit cannot be used further. */
GBytes *
naru_tree_edit_finish (NaruTreeEdit *self, GError **error)
{
  /* the rest is copied only after it was seen to be sound */
  while (self->reader.entry.name != NULL)
    if (!naru_tree_reader_next (&self->reader, error))
      return NULL;
  if (self->reader.size > self->copied)
    g_byte_array_append (self->out, self->reader.data + self->copied,
                         (guint) (self->reader.size - self->copied));
  g_autoptr (GBytes) tree = g_byte_array_free_to_bytes (g_steal_pointer (&self->out));
  if (self->inserted && !check_names (tree, error))
    return NULL;
  return g_steal_pointer (&tree);
}
