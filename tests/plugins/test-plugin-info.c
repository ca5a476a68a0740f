/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "worker-fixture.h"

#define SOUND                                                                                                \
  "[Plugin]\nModule=naru_x\nLoader=data\nName=Nano\nName[ko]=나노\nVersion=1.0\nX-Naru-ABI=1\n"            \
  "X-Naru-Sectors=nano;\n"

typedef struct
{
  char *root;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->root = g_dir_make_tmp ("naru-plugins-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  const char *arguments[] = { "rm", "-rf", self->root, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                               NULL, NULL));
  g_free (self->root);
}

static char *
write_file (Fixture *self, const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->root, folder, NULL);
  g_autofree char *file = g_build_filename (path, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_chmod (file, 0644);
  return g_steal_pointer (&path);
}

static void
test_sound (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = write_file (self, "nano", "nano.plugin", SOUND "X-Naru-Run-After=it; green;\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPlugin) plugin = naru_plugin_load (folder, &error);
  g_autoptr (NaruPlugin) same = NULL;

  g_assert_no_error (error);
  same = naru_plugin_ref (plugin);
  g_assert_cmpstr (naru_plugin_get_id (plugin), ==, "nano");
  g_assert_cmpstr (naru_plugin_get_module (plugin), ==, "naru_x");
  g_assert_cmpstr (naru_plugin_get_folder (plugin), ==, folder);
  g_assert_cmpint (naru_plugin_get_loader (plugin), ==, NARU_PLUGIN_LOADER_DATA);
  g_assert_cmpstr (naru_plugin_loader_to_string (naru_plugin_get_loader (plugin)), ==, "data");
  g_assert_cmpstr (naru_plugin_get_version (plugin), ==, "1.0");
  g_assert_cmpstr (naru_plugin_get_sectors (plugin)[0], ==, "nano");
  g_assert_null (naru_plugin_get_sectors (plugin)[1]);
  g_assert_cmpstr (naru_plugin_get_run_after (plugin)[0], ==, "it");
  g_assert_cmpstr (naru_plugin_get_run_after (plugin)[1], ==, "green");
  g_assert_null (naru_plugin_get_description (plugin));
  g_assert_null (naru_plugin_get_digest (plugin));
  naru_language_set ("en");
  g_assert_cmpstr (naru_plugin_get_name (plugin), ==, "Nano");
  naru_language_set ("ko");
  g_assert_cmpstr (naru_plugin_get_name (plugin), ==, "나노");
  naru_language_set ("en");
}

/* Each wrong value is refused by the name of its key, with its line and what to do. */
static void
test_faults (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *from, *to, *key;
    gint64 line;
  } faults[] = {
    { "Module=naru_x", "Module=x", "Module", 2 },
    { "Module=naru_x", "Module=naru_../x", "Module", 2 },
    { "Module=naru_x", "Module=naru_X", "Module", 2 },
    { "Module=naru_x", "Module=", "Module", 2 },
    { "Module=naru_x\n", "", "Module", 0 },
    { "Loader=data", "Loader=c", "Loader", 3 },
    { "Loader=data", "Loader=python3", "Module", 2 },
    { "Loader=data", "Loader=C", "Module", 2 },
    { "Name=Nano", "Name=", "Name", 4 },
    { "Version=1.0", "Version=1 0", "Version", 6 },
    { "Version=1.0", "Version=\\x1b[2J", "Version", 6 },
    { "ABI=1", "ABI=0", "X-Naru-ABI", 7 },
    { "ABI=1", "ABI=1.0", "X-Naru-ABI", 7 },
    { "ABI=1", "ABI=99999999999999999999999", "X-Naru-ABI", 7 },
    { "Sectors=nano;", "Sectors=Nano;", "X-Naru-Sectors", 8 },
    { "Sectors=nano;", "Sectors=nano;;it", "X-Naru-Sectors", 8 },
    { "Sectors=nano;", "Sectors=nano\nX-Naru-Run-After=../it", "X-Naru-Run-After", 9 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (GStrv) parts = g_strsplit (SOUND, faults[i].from, 2);
      g_autofree char *text = g_strjoinv (faults[i].to, parts);
      g_autofree char *folder = write_file (self, "nano", "nano.plugin", text);
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_plugin_load (folder, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, faults[i].key);
      g_assert_cmpint (naru_error_get_line (error), ==, faults[i].line);
      g_assert_nonnull (naru_error_get_cure (error));
      g_assert_nonnull (strstr (error->message, "nano.plugin"));
      g_assert_false (naru_plugin_is_newer_abi (error));
    }
}

static void
expect (const char *folder, NaruError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_plugin_load (folder, &error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (naru_error_get_cure (error));
}

/* Files that are none, whatever they hold. */
static void
test_files (Fixture *self, gconstpointer data)
{
  g_autofree char *none = write_file (self, "none", "README.md", "x");
  g_autofree char *two = write_file (self, "two", "a.plugin", SOUND);
  g_autofree char *same = write_file (self, "two", "b.plugin", SOUND);
  g_autofree char *name = write_file (self, "name", "Na no.plugin", SOUND);
  g_autofree char *large = g_strnfill (70000, '\n');
  g_autofree char *big = write_file (self, "big", "big.plugin", large);
  g_autofree char *rubbish = write_file (self, "rubbish", "rubbish.plugin", "\xff\xfe{}\n");
  g_autofree char *open = write_file (self, "open", "open.plugin", SOUND);
  g_autofree char *file = g_build_filename (open, "open.plugin", NULL);
  g_autofree char *folder = g_build_filename (self->root, "folder", "folder.plugin", NULL);
  g_autofree char *outer = g_path_get_dirname (folder);
  g_autofree char *missing = g_build_filename (self->root, "missing", NULL);

  expect (none, NARU_ERROR_NOT_FOUND);
  expect (missing, NARU_ERROR_NOT_FOUND);
  expect (two, NARU_ERROR_INVALID);
  expect (name, NARU_ERROR_INVALID);
  expect (big, NARU_ERROR_INVALID);
  expect (rubbish, NARU_ERROR_INVALID);
  g_chmod (file, 0666);
  expect (open, NARU_ERROR_DENIED);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  expect (outer, NARU_ERROR_INVALID);
}

static char *
get_digest (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPlugin) plugin = naru_plugin_load (folder, &error);

  g_assert_no_error (error);
  return g_strdup (naru_plugin_get_digest (plugin));
}

/* Every file of Python counts, by name and bytes, and nothing else does. */
static void
test_digest (Fixture *self, gconstpointer data)
{
  g_auto (GStrv) parts = g_strsplit (SOUND, "data", 2);
  g_autofree char *text = g_strjoinv ("python3", parts);
  g_autofree char *folder = write_file (self, "p", "p.plugin", text);
  g_autofree char *package = write_file (self, "p/naru_x", "__init__.py", "pass\n");
  g_autofree char *first = get_digest (folder);
  g_autofree char *readme = write_file (self, "p", "README.md", "x");
  g_autofree char *again = get_digest (folder);
  g_autofree char *more = write_file (self, "p/naru_x", "more.py", "");
  g_autofree char *added = get_digest (folder);
  g_autofree char *changed_file = write_file (self, "p/naru_x", "more.py", "1\n");
  g_autofree char *changed = get_digest (folder);
  char hex[2 * NARU_DIGEST_SIZE + 1];
  g_autofree char *line = NULL;
  NaruDigest digest;

  g_assert_cmpuint (strlen (first), ==, 2 * NARU_DIGEST_SIZE);
  g_assert_cmpstr (first, ==, again);
  g_assert_cmpstr (first, !=, added);
  g_assert_cmpstr (added, !=, changed);
  naru_digest_compute ("pass\n", 5, &digest);
  naru_digest_to_hex (&digest, hex);
  line = g_strdup_printf ("%s naru_x/__init__.py\n", hex);
  naru_digest_compute (line, strlen (line), &digest);
  naru_digest_to_hex (&digest, hex);
  g_assert_cmpstr (first, ==, hex);
}

/* Code that everybody may write is not run. */
static void
test_writable (Fixture *self, gconstpointer data)
{
  g_auto (GStrv) parts = g_strsplit (SOUND, "data", 2);
  g_autofree char *text = g_strjoinv ("python3", parts);
  g_autofree char *folder = write_file (self, "p", "p.plugin", text);
  g_autofree char *same = write_file (self, "p", "naru_x.py", "");
  g_autofree char *code = g_build_filename (folder, "naru_x.py", NULL);
  g_autofree char *digest = get_digest (folder);

  g_assert_nonnull (digest);
  g_chmod (code, 0666);
  expect (folder, NARU_ERROR_DENIED);
  g_chmod (code, 0644);
  g_chmod (folder, 0777);
  expect (folder, NARU_ERROR_DENIED);
}

static void
add_plugin (Fixture *self, const char *place, const char *id, const char *after)
{
  g_autofree char *folder = g_build_filename (place, id, NULL);
  g_autofree char *name = g_strdup_printf ("%s.plugin", id);
  g_autofree char *text = g_strdup_printf (SOUND "X-Naru-Run-After=%s\n", after);
  g_autofree char *path = write_file (self, folder, name, text);
}

static NaruPlugins *
scan (Fixture *self)
{
  g_autofree char *first = g_build_filename (self->root, "first", NULL);
  g_autofree char *second = g_build_filename (self->root, "second", NULL);
  const char *places[] = { first, "/nonexistent", second, second, NULL };

  return naru_plugins_scan (places);
}

static void
assert_order (NaruPlugins *plugins, const char *expected)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < naru_plugins_get_n (plugins); i++)
    g_string_append_printf (ids, "%s ", naru_plugin_get_id (naru_plugins_get (plugins, i)));
  g_assert_cmpstr (ids->str, ==, expected);
}

/* Declared order, then names, whatever the place and the order on the disk. */
static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruPlugins) plugins = NULL;
  const char *folder = NULL;

  add_plugin (self, "first", "alpha", "omega;not-installed");
  add_plugin (self, "first", "mid", "");
  add_plugin (self, "second", "omega", "zeta");
  add_plugin (self, "second", "zeta", "");
  add_plugin (self, "second", "mid", "");
  plugins = scan (self);
  assert_order (plugins, "mid zeta omega alpha ");
  g_assert_nonnull (strstr (naru_plugin_get_folder (naru_plugins_find (plugins, "mid")), "/first/"));
  g_assert_null (naru_plugins_find (plugins, "not-installed"));
  /* the second of a name is not hidden; a place that is named twice is no fault */
  g_assert_cmpuint (naru_plugins_get_n_faults (plugins), ==, 2);
  g_assert_error (naru_plugins_get_fault (plugins, 0, &folder), NARU_ERROR, NARU_ERROR_EXISTS);
  g_assert_true (g_str_has_suffix (folder, "/second/mid"));
}

static void
test_circle (Fixture *self, gconstpointer data)
{
  g_autoptr (NaruPlugins) plugins = NULL;

  add_plugin (self, "first", "a", "b");
  add_plugin (self, "first", "b", "c");
  add_plugin (self, "first", "c", "b");
  add_plugin (self, "first", "d", "");
  add_plugin (self, "first", "self", "self");
  plugins = scan (self);
  assert_order (plugins, "d ");
  g_assert_cmpuint (naru_plugins_get_n_faults (plugins), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const GError *error = naru_plugins_get_fault (plugins, i, NULL);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, "X-Naru-Run-After");
      g_assert_nonnull (strstr (error->message, "b, c"));
    }
}

/* What cannot be read is told, what is no plugin is not. */
static void
test_scan_faults (Fixture *self, gconstpointer data)
{
  g_autofree char *none = write_file (self, "first/none", "README.md", "x");
  g_autofree char *broken = write_file (self, "first/broken", "broken.plugin", "x");
  g_autofree char *loose = write_file (self, "first", "loose.plugin", SOUND);
  g_autoptr (NaruPlugins) plugins = NULL;
  const char *folder = NULL;

  add_plugin (self, "first", "sound", "");
  plugins = scan (self);
  assert_order (plugins, "sound ");
  g_assert_cmpuint (naru_plugins_get_n_faults (plugins), ==, 1);
  g_assert_nonnull (naru_plugins_get_fault (plugins, 0, &folder));
  g_assert_cmpstr (folder, ==, broken);
}

static void
test_places (void)
{
  g_autofree char *saved = g_strdup (g_getenv ("NARU_PLUGIN_DIR"));
  g_setenv ("NARU_PLUGIN_DIR", "/built/in", TRUE);
  g_auto (GStrv) places = naru_plugins_list_places ("/srv/office");
  g_auto (GStrv) without = naru_plugins_list_places (NULL);

  g_assert_cmpuint (g_strv_length (places), ==, 4);
  g_assert_cmpstr (places[0], ==, "/built/in");
  g_assert_cmpstr (places[1], ==, "/usr/local/lib/naru/plugins");
  g_assert_true (g_str_has_suffix (places[2], "/naru/plugins"));
  g_assert_cmpstr (places[3], ==, "/srv/office/plugins");
  g_assert_cmpuint (g_strv_length (without), ==, 3);
  g_unsetenv ("NARU_PLUGIN_DIR");
  g_auto (GStrv) installed = naru_plugins_list_places (NULL);
  g_assert_true (g_str_has_suffix (installed[0], "/naru/plugins"));
  if (saved != NULL)
    g_setenv ("NARU_PLUGIN_DIR", saved, TRUE);
}

/* A plugin that changed on the disk is judged by its new code, and one without code by nobody. */
static void
test_changed_code (Fixture *self, gconstpointer data)
{
  g_auto (GStrv) parts = g_strsplit (SOUND, "data", 2);
  g_autofree char *text = g_strjoinv ("python3", parts);
  g_autofree char *folder = write_file (self, "p", "p.plugin", text);
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  static const char *const says[] = { "accept", "skip" };
  static const NaruCheckStatus expected[] = { NARU_CHECK_PASS, NARU_CHECK_NOT_APPLICABLE };

  if (!has_python ())
    {
      g_test_skip ("python3-gi or the typelib is missing");
      return;
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *code = g_strdup_printf (
          "import gi\ngi.require_version('Naru', '1')\nfrom gi.repository import GObject, Naru\n\n\n"
          "class Changed(GObject.Object, Naru.RuleSet):\n    __gtype_name__ = 'NaruChanged'\n\n"
          "    def do_judge(self, check, subject, report):\n        report.%s()\n        return True\n",
          says[i]);
      g_autofree char *path = write_file (self, "p", "naru_x.py", code);
      g_autoptr (NaruPlugin) plugin = naru_plugin_load (folder, NULL);
      g_auto (NaruCheckVerdict) verdict = { 0 };

      judge_check (workers, plugin, "x", "", &verdict);
      g_assert_cmpstr (verdict.error, ==, NULL);
      g_assert_cmpint (verdict.status, ==, expected[i]);
    }
}

static void
test_data_plugin (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = write_file (self, "nano", "nano.plugin", SOUND);
  g_autoptr (NaruPlugin) plugin = naru_plugin_load (folder, NULL);
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_auto (NaruCheckVerdict) verdict = { 0 };

  judge_check (workers, plugin, "x", "", &verdict);
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
  g_assert_nonnull (strstr (verdict.error, "nano"));
  g_assert_cmpuint (count_children (), ==, 0);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("/c/sound", test_sound);
  ADD ("/c/faults", test_faults);
  ADD ("/c/files", test_files);
  ADD ("/c/digest", test_digest);
  ADD ("/c/writable", test_writable);
  ADD ("/c/order", test_order);
  ADD ("/c/circle", test_circle);
  ADD ("/c/scan-faults", test_scan_faults);
  g_test_add_func ("/c/places", test_places);
  ADD ("/c/data-plugin", test_data_plugin);
  ADD ("/python/changed-code", test_changed_code);
  return g_test_run ();
}
