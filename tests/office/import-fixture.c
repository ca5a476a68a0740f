/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Puts a file beside the office. */
char *
import_write (Fixture *office, const char *name, const char *content)
{
  char *path = g_build_filename (office->parent, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
  return path;
}

char *
import_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *content = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  return content;
}

/* A mapping that we ship. */
char *
import_map (const char *name)
{
  return g_build_filename (g_getenv ("NARU_DATA_DIR"), "share", "maps", name, NULL);
}

/* Real data lies beside the source tree and never in it; NULL where it is not there. */
char *
import_real_file (const char *name)
{
  const char *data = g_getenv ("NARU_REAL_DATA");
  g_autofree char *path =
      data != NULL ? g_build_filename (data, name, NULL)
                   : g_build_filename (g_getenv ("NARU_DATA_DIR"), "..", "shared", "data", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

/* Every file of the office with its size. */
char *
import_listing (Fixture *office)
{
  g_autofree char *command = g_strdup_printf ("find '%s' -printf '%%P %%s\\n'", office->folder);
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_spawn_command_line_sync (command, &output, NULL, NULL, &error);
  g_assert_no_error (error);
  return output;
}

void
import_run (const char *format, ...)
{
  g_autofree char *command = NULL;
  g_autoptr (GError) error = NULL;
  va_list arguments;
  int status = 0;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_spawn_command_line_sync (command, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

guint
import_count_lines (const char *text)
{
  guint count = 0;

  for (const char *at = text; (at = strchr (at, '\n')) != NULL; at++)
    count++;
  return count;
}

NaruJson *
import_ok (Fixture *office, const char *type, const NaruImportOptions *options)
{
  g_autoptr (GError) error = NULL;
  NaruJson *report = NULL;

  naru_desk_import (office->desk, type, options, &report, &error);
  if (error != NULL && report != NULL)
    {
      g_autofree char *text = naru_json_to_text (report, NULL);

      g_test_message ("%s", text);
    }
  g_assert_no_error (error);
  g_assert_nonnull (report);
  return report;
}

void
import_counts (NaruJson *report, gint64 read, gint64 created, gint64 updated, gint64 unchanged,
               gint64 rejected)
{
  g_assert_cmpint (naru_json_get_integer (report, "read", -1), ==, read);
  g_assert_cmpint (naru_json_get_integer (report, "created", -1), ==, created);
  g_assert_cmpint (naru_json_get_integer (report, "updated", -1), ==, updated);
  g_assert_cmpint (naru_json_get_integer (report, "unchanged", -1), ==, unchanged);
  g_assert_cmpint (naru_json_get_integer (report, "rejected", -1), ==, rejected);
  g_assert_cmpint (read, ==, created + updated + unchanged + rejected);
}

void
import_reject (NaruJson *report, guint index, const char *field, const char *word)
{
  NaruJson *reject = naru_json_get_element (naru_json_get (report, "rejects"), index);

  g_assert_cmpstr (naru_json_get_string (reject, "field"), ==, field);
  if (strstr (naru_json_get_string (reject, "message"), word) == NULL)
    g_error ("“%s” does not say “%s”", naru_json_get_string (reject, "message"), word);
}
