/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-worker-private.h"

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* What a plugin's process sends to the process that started it. The first byte says what the rest is: an
 * answer, a greeting, what was written to stderr, or the file NAME.plugin. */

#define RULE "ROW-01"
#define SERIAL 7

static NaruPlugin *
load_plugin (void)
{
  static NaruPlugin *plugin;

  if (plugin == NULL)
    {
      g_autofree char *folder = g_build_filename (fuzz_folder (), "sound", NULL);
      g_autoptr (GError) error = NULL;
      naru_plugin_create (folder, "fuzz", "bio-health", NARU_PLUGIN_LOADER_DATA, &error);
      g_assert_no_error (error);
      plugin = naru_plugin_load (folder, &error);
      g_assert_no_error (error);
    }
  return plugin;
}

static void
check_answer (const guint8 *data, gsize size)
{
  static const NaruCheckRequest request = { RULE, "check" };
  NaruExpected expected = { .serial = SERIAL, .rule = RULE };
  g_auto (NaruCheckVerdict) verdict = { 0 };

  memset (expected.digest.bytes, 'Z', sizeof expected.digest.bytes);
  if (!naru_verdict_read (&verdict, load_plugin (), &request, &expected, data, size))
    {
      g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
      return;
    }
  g_assert_cmpint (verdict.message_en != NULL, ==, verdict.status == NARU_CHECK_FAIL);
  g_assert_cmpint (verdict.error != NULL, ==, verdict.status == NARU_CHECK_ERROR);
  if (verdict.status == NARU_CHECK_UNKNOWN)
    g_assert_nonnull (verdict.fields);
  if (verdict.message_en != NULL)
    g_assert_true (g_utf8_validate (verdict.message_en, -1, NULL) &&
                   strchr (verdict.message_en, '\033') == NULL);
}

static void
check_values (const guint8 *data, gsize size)
{
  static const char *const types[] = { NARU_WORKER_READY, NARU_WORKER_REQUEST, NARU_WORKER_REPLY };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GVariant) value = naru_wire_read (types[i], data, size, FALSE);
      if (value == NULL)
        continue;
      g_autofree char *text = g_variant_print (value, FALSE);
      g_assert_nonnull (text);
      g_assert_cmpuint (g_variant_get_size (value), ==, size);
    }
}

static void
check_stderr (const guint8 *data, gsize size)
{
  static int fd = -1;

  if (fd < 0)
    fd = memfd_create ("stderr", MFD_CLOEXEC);
  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
  g_assert_cmpint (pwrite (fd, data, size, 0), ==, (gssize) size);
  g_autofree char *line = naru_wire_read_last_line (fd, 0);
  if (line == NULL)
    return;
  g_assert_cmpuint (strlen (line), <=, 400);
  g_assert_null (strchr (line, '\n'));
}

static void
check_plugin_file (const guint8 *data, gsize size)
{
  g_autofree char *folder = g_build_filename (fuzz_folder (), "fuzz", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir (folder, 0700);
  g_autofree char *path = fuzz_write_file ("fuzz/fuzz.plugin", data, size);
  g_assert_true (g_str_has_prefix (path, folder));
  g_autoptr (NaruPlugin) plugin = naru_plugin_load (folder, &error);
  if (plugin == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_assert_true (g_utf8_validate (naru_plugin_get_name (plugin), -1, NULL));
  g_assert_nonnull (naru_plugin_get_version (plugin));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  if (size == 0)
    return 0;
  switch (data[0])
    {
    case 'a':
      check_answer (data + 1, size - 1);
      break;
    case 'e':
      check_stderr (data + 1, size - 1);
      break;
    case 'p':
      check_plugin_file (data + 1, size - 1);
      break;
    default:
      check_values (data + 1, size - 1);
      break;
    }
  return 0;
}
