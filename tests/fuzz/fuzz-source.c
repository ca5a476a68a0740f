/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-source.h"

#include <glib/gstdio.h>

/* A file that is said to be a backup: the reading process may end as it likes, what it sends is a stream in
 * its order, and every object has the id under which it comes. */

static void
check_item (const NaruSourceItem *item, gboolean *inside)
{
  gsize size = 0;
  gconstpointer data = item->bytes != NULL ? g_bytes_get_data (item->bytes, &size) : NULL;
  const char *kind = item->kind == NARU_SOURCE_BEGIN  ? "commit"
                     : item->kind == NARU_SOURCE_FILE ? "blob"
                                                      : NULL;
  NaruOid oid;

  if (kind != NULL)
    {
      naru_oid_compute (kind, data, size, &oid);
      g_assert_true (naru_oid_equal (&oid, &item->oid));
    }
  if (item->kind == NARU_SOURCE_FILE || item->kind == NARU_SOURCE_GONE)
    {
      g_assert_true (*inside && item->path != NULL && item->path[0] != '/' &&
                     strstr (item->path, "..") == NULL);
      g_assert_null (g_strrstr (item->path, ".git"));
    }
  if (item->kind == NARU_SOURCE_BEGIN || item->kind == NARU_SOURCE_END)
    {
      g_assert_cmpint (*inside, ==, item->kind == NARU_SOURCE_END);
      *inside = item->kind == NARU_SOURCE_BEGIN;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *path = fuzz_write_file ("bundle", data, size);
  g_autofree char *scratch = g_build_filename (fuzz_folder (), "scratch", NULL);
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", scratch);
  g_autoptr (GError) error = NULL;
  gboolean inside = FALSE, done = FALSE;

  g_mkdir (scratch, 0700);
  g_autoptr (NaruSource) source = naru_source_open (path, scratch, 0, &error);
  while (source != NULL && !done && error == NULL)
    {
      g_auto (NaruSourceItem) item = { 0 };
      if (!naru_source_next (source, &item, &error))
        break;
      check_item (&item, &inside);
      done = item.kind == NARU_SOURCE_DONE;
    }
  if (!done)
    fuzz_check_error (error);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  return 0;
}
