/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-audit.h"
#include "naru-loose-private.h"
#include "naru-object-private.h"
#include "naru-tree-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include <zlib.h>

/* Git objects as they lie in a history or in the journal. The first byte: 't' a folder, 'r' a row of the
 * journal, 'z' the file of a loose object, else what is packed in such a file. */

static void
check_tree (GBytes *tree)
{
  g_auto (NaruTreeEdit) edit = { 0 };
  g_autoptr (GError) error = NULL;
  NaruTreeReader reader;
  gsize end = 0;
  guint n = 0;

  naru_tree_reader_init (&reader, tree);
  while (naru_tree_reader_next (&reader, &error) && reader.entry.name != NULL)
    {
      NaruTreeEntry found;
      g_assert_cmpuint (reader.entry.start, ==, end);
      end = reader.entry.end;
      n++;
      if (n > 8 || !naru_tree_find (tree, reader.entry.name, reader.entry.name_length, &found, NULL))
        continue;
      g_assert_nonnull (found.name);
    }
  if (error != NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_assert_cmpuint (end, ==, g_bytes_get_size (tree));
  if (!naru_tree_edit_init (&edit, tree, &error))
    {
      fuzz_check_error (error);
      return;
    }
  g_autoptr (GBytes) same = naru_tree_edit_finish (&edit, &error);
  g_assert_no_error (error);
  g_assert_true (n == 0 || g_bytes_equal (same, tree));
}

static void
check_put (GBytes *tree)
{
  g_auto (NaruTreeEdit) edit = { 0 };
  NaruOid oid = { { 1 } }, old;

  if (!naru_tree_edit_init (&edit, tree, NULL) || !naru_tree_edit_seek (&edit, "m", 1, FALSE, &old, NULL) ||
      !naru_tree_edit_put (&edit, "m", 1, FALSE, &oid, NULL))
    return;
  g_autoptr (GBytes) put = naru_tree_edit_finish (&edit, NULL);
  NaruTreeEntry found;
  if (put != NULL && naru_tree_find (put, "m", 1, &found, NULL))
    g_assert_true (found.name != NULL && memcmp (found.oid, oid.bytes, NARU_OID_SIZE) == 0);
}

static void
check_row (GBytes *row)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pack = NULL;
  NaruOid commit;
  g_autoptr (GPtrArray) objects = naru_objects_from_row (row, &commit, &pack, &error);

  if (objects == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_autoptr (GBytes) again = naru_objects_to_row (objects, &commit, pack);
  g_assert_true (g_bytes_equal (row, again));
}

static int
open_objects (void)
{
  static int fd = -1;

  if (fd < 0)
    {
      g_autofree char *path = g_build_filename (fuzz_folder (), "objects", NULL);
      g_autofree char *fan = g_build_filename (path, "00", NULL);
      g_mkdir (path, 0700);
      g_mkdir (fan, 0700);
      fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      g_assert_cmpint (fd, >=, 0);
    }
  return fd;
}

/* Whatever the file holds, what comes out has the id that was asked for. */
static NaruObject *
read_loose (const NaruOid *oid, gconstpointer data, gsize size)
{
  int objects = open_objects ();
  char hex[2 * NARU_OID_SIZE + 1];
  gboolean exists = FALSE;
  g_autoptr (GError) error = NULL;

  naru_oid_to_hex (oid, hex);
  g_autofree char *fan = g_strdup_printf ("objects/%.2s", hex);
  g_autofree char *name = g_strdup_printf ("%s/%s", fan, hex + 2);
  g_autofree char *folder = g_build_filename (fuzz_folder (), fan, NULL);
  g_mkdir (folder, 0700);
  g_autofree char *path = fuzz_write_file (name, data, size);
  NaruObject *object = naru_loose_read (objects, oid, &exists, &error);
  g_unlink (path);
  g_rmdir (folder);
  g_assert_true (exists);
  if (object == NULL)
    fuzz_check_error (error);
  else
    g_assert_true (naru_oid_equal (&object->oid, oid));
  return object;
}

/* What would be in the file, packed, under the id that it has */
static void
check_content (const guint8 *data, gsize size)
{
  uLongf length = compressBound (size);
  g_autofree guint8 *packed = g_malloc (length);
  g_autofree char *hex = g_compute_checksum_for_data (G_CHECKSUM_SHA1, data, size);
  NaruOid oid;

  g_assert_true (naru_oid_from_hex (hex, &oid));
  g_assert_cmpint (compress2 (packed, &length, data, size, 1), ==, Z_OK);
  g_autoptr (NaruObject) object = read_loose (&oid, packed, length);
  if (object == NULL)
    return;
  const guint8 *end = memchr (data, 0, size);
  g_assert_nonnull (end);
  g_assert_cmpmem (g_bytes_get_data (object->bytes, NULL), g_bytes_get_size (object->bytes), end + 1,
                   size - (gsize) (end + 1 - data));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const NaruOid some;
  g_autoptr (GBytes) rest = size > 0 ? g_bytes_new (data + 1, size - 1) : NULL;

  if (size == 0)
    return 0;
  switch (data[0])
    {
    case 't':
      check_tree (rest);
      check_put (rest);
      break;
    case 'r':
      check_row (rest);
      break;
    case 'z':
      naru_object_free (read_loose (&some, data + 1, size - 1));
      break;
    default:
      check_content (data + 1, size - 1);
      break;
    }
  return 0;
}
