/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "worker-fixture.h"

#include <sys/syscall.h>

/* Only those that never end are given little time: the others shall be told by what they do, on a slow
 * machine too. */
#define LATE "it did not answer within 700 ms"
#define NOT_LOADED "it was not loaded within 3000 ms"
#define NO_ANSWER "no answer to what it was asked"
#define LOAD_MS 60000
#define REVIEW_MS 30000

/* the sanitizer ends a process before the system does, and needs more memory than the limit */
#ifdef __SANITIZE_ADDRESS__
#define CRASH "its process ended"
#define SANITIZED TRUE
#else
#define CRASH "signal 11"
#define SANITIZED FALSE
#endif

typedef enum
{
  REFUSED, /* what its file says is refused, and no code is run */
  DEAD,    /* its code does not load */
  ERROR,   /* it loads, and its check cannot be judged */
  FAILS,   /* it is judged, and refuses */
  PASSES,  /* it does harm to itself alone */
} Outcome;

typedef struct
{
  const char *name;
  Outcome outcome;
  const char *words;
} Hostile;

static const Hostile c_plugins[] = {
  { "undefined-symbol", DEAD, "naru_function_that_nobody_has" },
  { "crash-on-load", DEAD, CRASH },
  { "exits-on-load", DEAD, "status 0" },
  { "no-types", DEAD, "peas_register_types" },
  { "crash-in-check", ERROR, CRASH },
  { "exit-in-c", ERROR, "status 0" },
  { "false-without-error", ERROR, "without saying why" },
  { "true-without-verdict", ERROR, "without a verdict" },
  { "true-with-error", ERROR, "changed its mind" },
  { "own-report", ERROR, "without a verdict" },
  { "invalid-utf8", ERROR, "not UTF-8" },
  { "invalid-utf8-error", ERROR, "bad \xef\xbf\xbd byte" },
  { "no-judge", ERROR, "no method" },
  { "fork-forever", ERROR, LATE },
  { "makes-processes", FAILS, "Nothing could be done." },
  { "allocate-forever", ERROR, "signal" },
  { "stack-overflow", ERROR, CRASH },
  { "ignores-signals", ERROR, LATE },
  { "thread-keeps-running", PASSES, NULL },
};

static const Hostile python_plugins[] = {
  { "unknown-loader", REFUSED, "Loader" },
  { "no-module", REFUSED, "Module" },
  { "no-name", REFUSED, "Name" },
  { "no-version", REFUSED, "Version" },
  { "no-abi", REFUSED, "X-Naru-ABI" },
  { "no-sectors", REFUSED, "X-Naru-Sectors" },
  { "wrong-abi", REFUSED, "X-Naru-ABI" },
  { "newer-abi", REFUSED, "newer" },
  { "no-code", REFUSED, "naru_no_code" },
  { "no-group", REFUSED, "no-group.plugin" },
  { "json", REFUSED, "json" },
  { "raises", ERROR, "ValueError: no such thing" },
  { "raises-after-verdict", ERROR, "ValueError: too late" },
  { "raises-on-import", DEAD, "RuntimeError: not on this machine" },
  { "raises-in-init", DEAD, "RuntimeError: not today" },
  { "import-missing", DEAD, "naru_module_that_nobody_has" },
  { "syntax-error", DEAD, "SyntaxError" },
  { "no-class", DEAD, "Naru.RuleSet" },
  { "wrong-signature", ERROR, "TypeError" },
  { "returns-nothing", ERROR, "without saying why" },
  { "sys-exit", ERROR, "" },
  { "os-exit", ERROR, "status 0" },
  { "exit-on-import", DEAD, "" },
  { "loops-on-import", DEAD, NOT_LOADED },
  { "loops-in-check", ERROR, LATE },
  { "late", ERROR, LATE },
  { "memory-in-python", ERROR, "" },
  { "recursion", ERROR, "Recursion" },
  { "writes-stdout", PASSES, NULL },
  { "floods-stderr", ERROR, "" },
  { "closes-descriptors", ERROR, "" },
  { "closes-and-waits", ERROR, "" },
  { "sends-64-mb", ERROR, NO_ANSWER },
  { "sends-oversized", ERROR, "more than an answer" },
  { "says-64-mb", FAILS, "xxxx" },
  { "refuses-forever", FAILS, "Wrong." },
  { "sends-rubbish", ERROR, NO_ANSWER },
  { "speaks-on-load", ERROR, NO_ANSWER },
  { "other-request", ERROR, NO_ANSWER },
  { "unknown-rule", ERROR, NO_ANSWER },
  { "sends-descriptors", ERROR, "" },
  { "accepts-and-refuses", ERROR, "contradict" },
  { "refuses-in-silence", ERROR, "without a message" },
  { "no-pointer", ERROR, "JSON pointer" },
  { "kills-parent", ERROR, "PermissionError" },
  { "stops-itself", ERROR, LATE },
  { "kills-itself", ERROR, "signal 9" },
  { "writes-files", ERROR, "[Errno 1]" },
  { "removes-files", ERROR, "[Errno 1]" },
  { "opens-socket", ERROR, "PermissionError" },
  { "starts-program", ERROR, "PermissionError" },
  { "changes-case", PASSES, NULL },
  { "shadows-beside", DEAD, "the wrong json" },
};

static void
assert_refused (const Hostile *hostile)
{
  g_autofree char *folder = find_folder ("hostile", hostile->name);
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_plugin_load (folder, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, hostile->name));
  g_assert_nonnull (strstr (error->message, hostile->words));
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpint (naru_plugin_is_newer_abi (error), ==, g_str_equal (hostile->name, "newer-abi"));
}

/* After whatever the hostile one did, a plugin that is sound is judged as ever. */
static void
assert_good_judged (NaruWorkers *workers)
{
  static const char *const names[] = { "good-c", "imports-json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      g_autoptr (NaruPlugin) plugin = load ("good", names[i]);

      if (i == 1 && !has_python ())
        continue;
      naru_workers_set_deadlines (workers, LOAD_MS, REVIEW_MS);
      judge_check (workers, plugin, "skip", "", &verdict);
      g_assert_cmpstr (verdict.error, ==, NULL);
    }
}

static void
assert_verdict (const Hostile *hostile, const NaruCheckVerdict *verdict)
{
  const char *said = verdict->status == NARU_CHECK_FAIL ? verdict->message_en : verdict->error;

  g_test_message ("%s: %.200s", hostile->name, said);
  switch (hostile->outcome)
    {
    case PASSES:
      g_assert_cmpstr (verdict->error, ==, NULL);
      g_assert_cmpint (verdict->status, ==, NARU_CHECK_PASS);
      return;
    case FAILS:
      g_assert_cmpint (verdict->status, ==, NARU_CHECK_FAIL);
      g_assert_cmpuint (strlen (verdict->message_en) + strlen (verdict->message_ko), <, 64 * 1024);
      break;
    case REFUSED:
    case DEAD:
    case ERROR:
    default:
      g_assert_cmpint (verdict->status, ==, NARU_CHECK_ERROR);
      g_assert_nonnull (strstr (verdict->error, hostile->name));
      g_assert_null (verdict->message_en);
      g_assert_null (verdict->fields);
      break;
    }
  g_assert_nonnull (strstr (said, hostile->words));
}

static gboolean
is (const Hostile *hostile, const char *words)
{
  return g_strcmp0 (hostile->words, words) == 0;
}

static void
test_hostile (gconstpointer data)
{
  const Hostile *hostile = data;
  g_autoptr (NaruWorkers) workers = NULL;
  g_autoptr (NaruPlugin) plugin = NULL;
  g_autofree char *victim = NULL;
  g_autofree char *members = NULL;
  g_autofree char *kept = NULL;
  guint descriptors = 0, children = 0;
  gint64 begun = 0;

  if (hostile->outcome == REFUSED)
    {
      assert_refused (hostile);
      return;
    }
  if (SANITIZED && g_str_equal (hostile->name, "allocate-forever"))
    {
      g_test_skip ("the sanitizer cannot live with a limit on memory");
      return;
    }
  plugin = load ("hostile", hostile->name);
  if (naru_plugin_get_loader (plugin) == NARU_PLUGIN_LOADER_PYTHON && !has_python ())
    {
      g_test_skip ("python3-gi or the typelib is missing");
      return;
    }
  victim = g_build_filename (g_get_user_data_dir (), "victim", NULL);
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (victim, "the key of the office", -1, NULL));
  members = g_strdup_printf (", \"title\": \"x\", \"victim\": \"%s\"", victim);

  descriptors = count_descriptors ();
  children = count_children ();
  workers = naru_workers_new ();
  for (guint i = 0; i < 2; i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      naru_workers_set_deadlines (workers, is (hostile, NOT_LOADED) ? 3000 : LOAD_MS,
                                  is (hostile, LATE) ? 700 : REVIEW_MS);
      begun = g_get_monotonic_time ();
      judge_check (workers, plugin, "x", members, &verdict);
      assert_verdict (hostile, &verdict);
      if (is (hostile, LATE))
        g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_USEC_PER_SEC);
      /* one that is not to be trusted any more is gone when the verdict is there */
      if (i == 0 && (hostile->outcome == DEAD || is (hostile, LATE) || is (hostile, NO_ANSWER)))
        g_assert_cmpuint (count_children (), ==, children);
      assert_good_judged (workers);
      if (hostile->outcome != PASSES && hostile->outcome != FAILS)
        g_assert_cmpuint (count_children (), <=, children + 3);
      /* once more with a fresh worker, where the first is gone; Python takes its time to start */
      if (hostile->outcome == DEAD || (naru_plugin_get_loader (plugin) == NARU_PLUGIN_LOADER_PYTHON &&
                                       !is (hostile, LATE) && !is (hostile, NO_ANSWER)))
        break;
    }
  g_clear_pointer (&workers, naru_workers_free);
  g_assert_cmpuint (count_children (), ==, children);
  g_assert_cmpuint (count_descriptors (), ==, descriptors);
  g_assert_true (g_file_get_contents (victim, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "the key of the office");
}

/* What a plugin reads of the person's files it could tell in its messages; where the system can, it cannot.
 */
static void
test_reads_files (void)
{
  g_autoptr (NaruWorkers) workers = make_patient_workers ();
  g_autoptr (NaruPlugin) plugin = load ("hostile", "reads-files");
  g_autofree char *victim = g_build_filename (g_get_user_data_dir (), "secret", NULL);
  g_autofree char *members = g_strdup_printf (", \"victim\": \"%s\"", victim);
  g_auto (NaruCheckVerdict) verdict = { 0 };

  if (!has_python ())
    {
      g_test_skip ("python3-gi or the typelib is missing");
      return;
    }
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (victim, "the key of the office", -1, NULL));
  judge_check (workers, plugin, "x", members, &verdict);
  if (verdict.status == NARU_CHECK_FAIL && syscall (SYS_landlock_create_ruleset, NULL, 0, 1) <= 0)
    {
      g_test_skip ("this system cannot restrict what a process reads");
      return;
    }
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
  g_assert_nonnull (strstr (verdict.error, "PermissionError"));
}

static gboolean
has_row (const Hostile *table, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (table[i].name, name))
      return TRUE;
  return FALSE;
}

/* No folder lies there untried. */
static void
test_complete (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "plugins", "hostile", NULL);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name (directory)) != NULL)
    if (strchr (name, '.') == NULL && !g_str_equal (name, "reads-files") &&
        !has_row (c_plugins, G_N_ELEMENTS (c_plugins), name) &&
        !has_row (python_plugins, G_N_ELEMENTS (python_plugins), name))
      g_error ("%s is not tried", name);
}

static void
add (const char *group, const Hostile *table, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%s", group, table[i].name);
      g_test_add_data_func (path, &table[i], test_hostile);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  add ("c", c_plugins, G_N_ELEMENTS (c_plugins));
  add ("python", python_plugins, G_N_ELEMENTS (python_plugins));
  g_test_add_func ("/c/complete", test_complete);
  g_test_add_func ("/python/reads-files", test_reads_files);
  return g_test_run ();
}
