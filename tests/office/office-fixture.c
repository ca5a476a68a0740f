/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "office-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Says how long each commit list may be before the harness itself would hide an error. */
static char *
run (const char *command)
{
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  g_autofree char *errors = NULL;
  int status;

  g_spawn_command_line_sync (command, &output, &errors, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  if (error != NULL)
    g_test_message ("%s: %s%s", command, output, errors);
  g_assert_no_error (error);
  return output;
}

/* What a shell prints, without the newline at its end; a command that fails ends the test. */
char *
fixture_shell (const char *format, ...)
{
  g_autofree char *command = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  va_list arguments;
  int status = 0;

  va_start (arguments, format);
  command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  const char *words[] = { "sh", "-ec", command, NULL };
  g_spawn_sync (NULL, (char **) words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", command, errors);
  return g_strchomp (output);
}

Fixture
fixture_new (void)
{
  static guint number = 0;
  g_autofree char *name = g_strdup_printf ("office-%u-%u", (guint) getpid (), number++);
  Fixture self = { 0 };
  g_autoptr (GError) error = NULL;

  self.parent = g_build_filename (g_get_user_data_dir (), name, NULL);
  self.folder = g_build_filename (self.parent, "office", NULL);
  self.person = naru_json_parse ("{\"name\": \"김민지\", \"login\": \"minji\","
                                 " \"roles\": [\"officer\", \"director\", \"admin\"]}",
                                 -1, 0, &error);
  g_assert_no_error (error);
  self.office = naru_office_create (self.folder, "Magok 산학협력단", "MGK", self.person, &error);
  g_assert_no_error (error);
  self.desk = naru_desk_new (self.office, "minji", "cli", &error);
  g_assert_no_error (error);
  return self;
}

void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->desk, naru_desk_unref);
  g_clear_pointer (&self->office, naru_office_unref);
  g_clear_pointer (&self->person, naru_json_unref);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->parent, g_free);
}

char *
fixture_create (Fixture *self, const char *type, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) fields = naru_json_parse (json, -1, 0, &error);
  char *id = NULL;

  g_assert_no_error (error);
  naru_desk_create (self->desk, type, fields, &id, &error);
  g_assert_no_error (error);
  g_assert_nonnull (id);
  return id;
}

char *
fixture_git (Fixture *self, const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("git -C '%s/audit.git' %s", self->folder, arguments);

  return run (command);
}

/* Asks stock git, not our own reader: the commits, one line of them, and nothing damaged. */
void
fixture_assert_clean (Fixture *self, guint n_commits)
{
  g_autofree char *count = fixture_git (self, "rev-list --count --first-parent main");
  g_autofree char *fsck = fixture_git (self, "fsck --strict --no-dangling --no-progress");

  g_assert_cmpuint (g_ascii_strtoull (count, NULL, 10), ==, n_commits);
  g_assert_cmpstr (fsck, ==, "");
}

/* A desk for somebody new. */
NaruDesk *
fixture_desk (Fixture *self, const char *login, const char *json)
{
  g_autofree char *id = fixture_create (self, "person", json);
  g_autoptr (GError) error = NULL;
  NaruDesk *desk = naru_desk_new (self->office, login, "cli", &error);

  g_assert_no_error (error);
  return desk;
}
