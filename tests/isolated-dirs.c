/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Only in the build with the address sanitizer. GLib 2.74 gives every test folders of its own
 * (G_TEST_OPTION_ISOLATE_DIRS) and drops the names of the ones before, as somebody may still hold them: a
 * leak in every test. The suppression of a leak goes by the functions on its stack, and only an unwinder that
 * makes every test ten times as slow sees through GLib. So the names are declared known here, after each
 * test, where g_test_add_func() and its like of a test program lead. */
#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/lsan_interface.h>

typedef struct
{
  GTestFixtureFunc setup;
  GTestFixtureFunc test;
  GTestFixtureFunc teardown;
  GTestFunc plain;         /* instead of the three, of g_test_add_func() */
  GTestDataFunc data_test; /* the same, of g_test_add_data_func() */
  gconstpointer data;
} Test;

static void
know_strv (const char *const *strings)
{
  __lsan_ignore_object (strings);
  for (; *strings != NULL; strings++)
    __lsan_ignore_object (*strings);
}

static void
know_dirs (void)
{
  __lsan_ignore_object (g_get_home_dir ());
  __lsan_ignore_object (g_get_user_cache_dir ());
  __lsan_ignore_object (g_get_user_config_dir ());
  __lsan_ignore_object (g_get_user_data_dir ());
  __lsan_ignore_object (g_get_user_state_dir ());
  __lsan_ignore_object (g_get_user_runtime_dir ());
  know_strv (g_get_system_config_dirs ());
  know_strv (g_get_system_data_dirs ());
}

static void
set_up (gpointer fixture, gconstpointer data)
{
  const Test *test = data;

  if (test->setup != NULL)
    test->setup (fixture, test->data);
}

static void
run (gpointer fixture, gconstpointer data)
{
  const Test *test = data;

  if (test->plain != NULL)
    test->plain ();
  else if (test->data_test != NULL)
    test->data_test (test->data);
  else
    test->test (fixture, test->data);
}

static void
tear_down (gpointer fixture, gconstpointer data)
{
  const Test *test = data;

  if (test->teardown != NULL)
    test->teardown (fixture, test->data);
  know_dirs ();
}

static void
add (const char *path, gsize size, const Test *test)
{
  static void (*add_vtable) (const char *, gsize, gconstpointer, GTestFixtureFunc, GTestFixtureFunc,
                             GTestFixtureFunc);
  Test *kept = g_memdup2 (test, sizeof *test);

  if (add_vtable == NULL)
    *(void **) &add_vtable = dlsym (RTLD_NEXT, "g_test_add_vtable");
  __lsan_ignore_object (kept);
  add_vtable (path, size, kept, set_up, run, tear_down);
}

void
g_test_add_func (const char *path, GTestFunc func)
{
  add (path, 0, &(Test){ .plain = func });
}

void
g_test_add_data_func (const char *path, gconstpointer data, GTestDataFunc func)
{
  add (path, 0, &(Test){ .data_test = func, .data = data });
}

void
g_test_add_vtable (const char *path, gsize size, gconstpointer data, GTestFixtureFunc setup,
                   GTestFixtureFunc test, GTestFixtureFunc teardown)
{
  add (path, size, &(Test){ .setup = setup, .test = test, .teardown = teardown, .data = data });
}
