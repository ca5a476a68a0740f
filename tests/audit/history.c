/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <string.h>
#include <unistd.h>

static void
run (const char *const *argv, const char *input, char **output)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *errors = NULL;
  int status;
  int fd = -1;
  g_autofree char *name = NULL;

  environment = g_environ_setenv (environment, "GIT_CONFIG_NOSYSTEM", "1", TRUE);
  environment = g_environ_setenv (environment, "GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
  environment = g_environ_setenv (environment, "LC_ALL", "C.UTF-8", TRUE);
  if (input != NULL)
    {
      fd = g_file_open_tmp (NULL, &name, &error);
      g_assert_no_error (error);
      g_assert_cmpint (write (fd, input, strlen (input)), ==, strlen (input));
      g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
    }
  g_autofree char *standard = NULL;
  if (fd < 0)
    g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &standard, &errors,
                  &status, &error);
  else
    {
      g_autoptr (GPtrArray) shell = g_ptr_array_new ();
      g_autofree char *script = g_strdup_printf ("exec \"$@\" <'%s'", name);
      g_ptr_array_add (shell, (gpointer) "/bin/sh");
      g_ptr_array_add (shell, (gpointer) "-c");
      g_ptr_array_add (shell, script);
      g_ptr_array_add (shell, (gpointer) "sh");
      for (gsize i = 0; argv[i] != NULL; i++)
        g_ptr_array_add (shell, (gpointer) argv[i]);
      g_ptr_array_add (shell, NULL);
      g_spawn_sync (NULL, (char **) shell->pdata, environment, 0, NULL, NULL, &standard, &errors, &status,
                    &error);
      close (fd);
      unlink (name);
    }
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s %s: %s\n%s%s", argv[0], argv[2] != NULL ? argv[2] : "", error->message, standard, errors);
  if (strstr (errors, "warning") != NULL || strstr (errors, "error") != NULL)
    g_error ("%s %s: %s", argv[0], argv[2], errors);
  *output = g_steal_pointer (&standard);
}

/* Returns what git says; the test fails when git does or when it complains. */
char *
run_git (const char *repository, const char *input, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *folder = g_strconcat ("--git-dir=", repository, NULL);
  va_list arguments;
  char *output;

  g_ptr_array_add (argv, (gpointer) "git");
  g_ptr_array_add (argv, folder);
  va_start (arguments, input);
  for (const char *word = va_arg (arguments, const char *); word != NULL;
       word = va_arg (arguments, const char *))
    g_ptr_array_add (argv, (gpointer) word);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);
  run ((const char *const *) argv->pdata, input, &output);
  return output;
}

void
remove_folder (const char *path)
{
  const char *argv[] = { "rm", "-rf", path, NULL };
  g_autofree char *output = NULL;

  run (argv, NULL, &output);
}

History *
history_new (void)
{
  g_autoptr (GError) error = NULL;
  History *self = g_new0 (History, 1);

  self->trees = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->folder = g_dir_make_tmp ("naru-audit-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = history_path (self, "audit.git");
  g_autofree char *lock = history_path (self, "publish.lock");
  self->repository = naru_repository_create (path, &error);
  g_assert_no_error (error);
  naru_repository_lock (self->repository, lock, &error);
  g_assert_no_error (error);
  return self;
}

void
history_free (History *self)
{
  g_clear_pointer (&self->repository, naru_repository_free);
  remove_folder (self->folder);
  g_hash_table_unref (self->trees);
  g_free (self->folder);
  g_free (self);
}

char *
history_path (History *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

char *
history_object_path (History *self, const NaruOid *oid)
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (oid, hex);
  return g_strdup_printf ("%s/audit.git/objects/%.2s/%s", self->folder, hex, hex + 2);
}

GBytes *
history_get_tree (const char *path, gpointer user_data, GError **error)
{
  History *self = user_data;
  GBytes *tree = g_hash_table_lookup (self->trees, path);

  return tree != NULL ? g_bytes_ref (tree) : NULL;
}

gboolean
history_put_tree (const char *path, GBytes *tree, gpointer user_data, GError **error)
{
  History *self = user_data;

  if (tree != NULL)
    g_hash_table_replace (self->trees, g_strdup (path), g_bytes_ref (tree));
  else
    g_assert_true (g_hash_table_remove (self->trees, path));
  return TRUE;
}

NaruEntry *
history_begin (const char *subject)
{
  const NaruTime authored = { .seconds = 1790000000, .offset_minutes = 540 };
  const NaruTime committed = { .seconds = 1790000007, .offset_minutes = -210 };
  NaruEntry *entry = naru_entry_new ("edit");

  naru_entry_set_time (entry, &authored, &committed);
  naru_entry_set_author (entry, "김나루", "naru@example.kr");
  naru_entry_set_committer (entry, "Magok Office", "office@example.kr");
  naru_entry_set_subject (entry, subject);
  return entry;
}

void
history_put_text (NaruEntry *entry, const char *path, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  naru_entry_put_file (entry, path, bytes);
}

/* Seals the entry and builds its commit on the head. */
GPtrArray *
history_build (History *self, NaruEntry *entry)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_object_free);
  NaruOid commit;

  self->seq++;
  naru_entry_seal (entry, self->seq, self->seq > 1 ? &self->chain : NULL, &error);
  g_assert_no_error (error);
  naru_commit_build (entry, &self->head, self->signer, history_get_tree, history_put_tree, self, objects,
                     &commit, &error);
  g_assert_no_error (error);
  self->head = commit;
  self->chain = *naru_entry_get_chain (entry);
  return objects;
}

void
history_publish (History *self, GPtrArray *objects)
{
  g_autoptr (GError) error = NULL;
  NaruOid expected;

  naru_repository_write_loose (self->repository, objects, &error);
  g_assert_no_error (error);
  naru_repository_get_head (self->repository, &expected, &error);
  g_assert_no_error (error);
  naru_repository_set_head (self->repository, &expected, &self->head, FALSE, &error);
  g_assert_no_error (error);
}
