/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-worker-host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define RULE "TEST-01"
#define CASE_HEAD "{\"@id\": \"TST-2026-00001\", \"@today\": \"2026-11-28\", \"@from\": \"a\", \"@to\": \"b\""

/* The folder of a plugin: those in C are where they were built. */
static inline char *
find_folder (const char *set, const char *name)
{
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "plugins", set, name, NULL);

  if (g_file_test (built, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&built);
  return g_test_build_filename (G_TEST_DIST, "plugins", set, name, NULL);
}

static inline NaruPlugin *
load (const char *set, const char *name)
{
  g_autofree char *folder = find_folder (set, name);
  g_autoptr (GError) error = NULL;
  NaruPlugin *plugin = naru_plugin_load (folder, &error);

  g_assert_no_error (error);
  return plugin;
}

/* Workers for what ends by itself, on a slow machine too. */
static inline NaruWorkers *
make_patient_workers (void)
{
  NaruWorkers *workers = naru_workers_new ();

  naru_workers_set_deadlines (workers, 60000, 60000);
  return workers;
}

/* @members: what follows CASE_HEAD: ", \"title\": \"x\"" */
static inline void
judge_check (NaruWorkers *workers, NaruPlugin *plugin, const char *check, const char *members,
             NaruCheckVerdict *verdict)
{
  g_autofree char *text = g_strconcat (CASE_HEAD, members, "}", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  const NaruCheckRequest request = { RULE, check };

  naru_workers_judge (workers, plugin, &request, 1, bytes, verdict);
}

static inline guint
count_entries (const char *path)
{
  guint n = 0;
  DIR *directory = opendir (path);

  g_assert_nonnull (directory);
  while (readdir (directory) != NULL)
    n++;
  closedir (directory);
  return n;
}

static inline guint
count_descriptors (void)
{
  return count_entries ("/proc/self/fd");
}

/* What a program that the host starts would inherit. */
static inline guint
count_inherited (void)
{
  guint n = 0;

  for (int fd = 0; fd < 1024; fd++)
    {
      int flags = fcntl (fd, F_GETFD);
      n += flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
  return n;
}

/* All children of all threads, dead or alive, as "17 19 ". */
static inline char *
list_children (pid_t pid)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", (int) pid);
  g_autoptr (GString) children = g_string_new (NULL);
  struct dirent *entry = NULL;
  DIR *directory = opendir (tasks);

  g_assert_nonnull (directory);
  while ((entry = readdir (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (tasks, entry->d_name, "children", NULL);
      g_autofree char *text = NULL;
      if (entry->d_name[0] != '.' && g_file_get_contents (path, &text, NULL, NULL))
        g_string_append (children, text);
    }
  closedir (directory);
  return g_string_free (g_steal_pointer (&children), FALSE);
}

static inline guint
count_children (void)
{
  g_autofree char *children = list_children (getpid ());
  guint n = 0;

  for (const char *p = children; *p != '\0'; p++)
    n += *p == ' ';
  return n;
}

/* Python plugins need Debian's bindings and the typelib. */
static inline gboolean
has_python (void)
{
  static int known = -1;

  if (known < 0)
    {
      g_autoptr (NaruWorkers) workers = make_patient_workers ();
      g_autoptr (NaruPlugin) plugin = load ("good", "good-python");
      g_autoptr (GError) error = NULL;

      known = naru_workers_probe (workers, plugin, &error);
      if (!known)
        g_test_message ("%s", error->message);
      if (!known && g_getenv ("NARU_TEST_PYTHON") != NULL)
        g_error ("%s", error->message);
    }
  return known;
}
