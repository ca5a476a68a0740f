/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SEPARATOR "\n---\n"

static void
part_clear (gpointer data)
{
  FuzzPart *part = data;

  g_free (part->text);
}

static void
add_part (GArray *parts, const guint8 *data, gsize size)
{
  FuzzPart part = { g_malloc (size + 1), size };

  if (size > 0)
    memcpy (part.text, data, size);
  part.text[size] = '\0';
  g_array_append_val (parts, part);
}

/* (transfer full): exactly @n_parts; those that the input does not have are empty, the last one has the rest
 */
GArray *
fuzz_split (const guint8 *data, gsize size, guint n_parts)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (FuzzPart));
  gsize at = 0;

  g_array_set_clear_func (parts, part_clear);
  while (parts->len < n_parts)
    {
      const guint8 *found = parts->len + 1 < n_parts && size > at
                                ? memmem (data + at, size - at, SEPARATOR, strlen (SEPARATOR))
                                : NULL;
      gsize end = found != NULL ? (gsize) (found - data) : size;
      add_part (parts, data + at, end - at);
      at = found != NULL ? end + strlen (SEPARATOR) : size;
    }
  return parts;
}

static void
remove_folder (void)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fuzz_folder ());

  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
}

/* A folder of this process alone, in memory where there is such a place; gone at its end. */
const char *
fuzz_folder (void)
{
  static char *folder;
  static GPid owner;

  if (folder == NULL)
    {
      g_autofree char *shared = g_strdup ("/dev/shm/naru-fuzz-XXXXXX");
      g_autoptr (GError) error = NULL;
      folder = g_mkdtemp (shared) != NULL ? g_steal_pointer (&shared)
                                          : g_dir_make_tmp ("naru-fuzz-XXXXXX", &error);
      g_assert_no_error (error);
      owner = getpid ();
      atexit (remove_folder);
    }
  g_assert_cmpint (owner, ==, getpid ());
  return folder;
}

/* (transfer full): its path */
char *
fuzz_write_file (const char *name, gconstpointer data, gsize size)
{
  char *path = g_build_filename (fuzz_folder (), name, NULL);
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
  return path;
}

/* Every refusal is an error of ours, in words that a terminal can show. */
void
fuzz_check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == NARU_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpstr (error->message, !=, "");
  if (naru_error_get_cure (error) != NULL)
    g_assert_true (g_utf8_validate (naru_error_get_cure (error), -1, NULL));
}

/* (transfer full): a file that ships with Naru */
NaruJson *
fuzz_load_json (const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_data_load (folder, name, &error);

  g_assert_no_error (error);
  return json;
}

/* (transfer none) */
NaruTypes *
fuzz_get_types (void)
{
  static NaruTypes *types;

  if (types == NULL)
    {
      g_autoptr (GError) error = NULL;
      types = naru_types_new (&error);
      g_assert_no_error (error);
    }
  return types;
}
