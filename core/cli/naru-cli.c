/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_CELLS 30

char *naru_option_at;
static gboolean bar_drawn; /* a progress bar stands on stderr */

static char *
get_folder (void)
{
  const char *folder = naru_option_office;

  if (folder == NULL || folder[0] == '\0')
    folder = g_getenv ("NARU_OFFICE");
  if (folder != NULL && folder[0] != '\0')
    return g_strdup (folder);
  return g_build_filename (g_get_user_data_dir (), "naru", NULL);
}

/* The login of the person who calls: --as, else the name of the OS user. */
char *
naru_cli_get_login (GError **error)
{
  const struct passwd *user;

  if (naru_option_login != NULL)
    return g_strdup (naru_option_login);
  user = getpwuid (getuid ());
  if (user != NULL && user->pw_name != NULL && user->pw_name[0] != '\0')
    return g_strdup (user->pw_name);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("Say who you are with --as LOGIN."),
                  _ ("this machine has no user name for you"));
  return NULL;
}

/* From here on the verb works in the office as it was. */
static gboolean
go_back (NaruCli *self, GError **error)
{
  g_autoptr (NaruDesk) present = g_steal_pointer (&self->desk);

  if (!naru_cli_check_text (naru_option_at, error))
    return FALSE;
  self->desk = naru_desk_at (present, naru_option_at, error);
  if (self->desk == NULL)
    return FALSE;
  naru_office_unref (self->office);
  self->office = naru_office_ref (naru_desk_get_office (self->desk));
  return TRUE;
}

/* Opens the office at first use. Returns: (transfer none) */
NaruDesk *
naru_cli_get_desk (NaruCli *self, GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *login = NULL;

  if (self->desk != NULL)
    return self->desk;
  folder = get_folder ();
  login = naru_cli_get_login (error);
  if (login == NULL)
    return NULL;
  self->office = naru_office_open (folder, error);
  if (self->office == NULL)
    return NULL;
  naru_office_set_brief (self->office, TRUE);
  self->desk = naru_desk_new (self->office, login, "cli", error);
  if (self->desk != NULL && naru_option_at != NULL && !go_back (self, error))
    return NULL;
  return self->desk;
}

void
naru_cli_close (NaruCli *self)
{
  if (bar_drawn)
    fputs ("\r\033[K", stderr);
  g_clear_pointer (&self->desk, naru_desk_unref);
  g_clear_pointer (&self->office, naru_office_unref);
}

/* A change that is recorded while its history is pending is done: its result is printed, then the warning. */
gboolean
naru_cli_recorded (gboolean done, GError **error)
{
  return done || g_error_matches (*error, NARU_ERROR, NARU_ERROR_PENDING);
}

/* Tells what a change made of the record. FALSE where an error is set already (history pending). */
gboolean
naru_cli_report_change (NaruCli *self, const char *id, const char *text, GError **error)
{
  g_autoptr (GError) unseen = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruJson) json = NULL;

  if (!self->json)
    {
      naru_cli_print (self, "%s: %s\n", id, text);
      return *error == NULL;
    }
  /* the person may have edited the record out of his own sight */
  record = naru_desk_show (self->desk, id, &unseen);
  json = naru_json_new_object ();
  naru_json_set_string (json, "id", id);
  naru_json_set (json, "type",
                 record != NULL ? naru_json_new_string (naru_record_get_type_name (record))
                                : naru_json_new_null ());
  naru_json_set (json, "revision",
                 record != NULL ? naru_json_new_string (naru_record_get_revision (record))
                                : naru_json_new_null ());
  naru_cli_print_json (self, json);
  return *error == NULL;
}

/* Returns: (transfer none) */
NaruRecordType *
naru_cli_get_type (NaruCli *self, const char *name, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (self, error);

  if (desk == NULL)
    return NULL;
  return naru_types_get (naru_office_get_types (self->office), name, error);
}

/* Returns: (transfer none) */
NaruRecordType *
naru_cli_get_type_of (NaruCli *self, const char *id, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (self, error);

  if (desk == NULL)
    return NULL;
  return naru_types_get_for_id (naru_office_get_types (self->office), id, error);
}

/* Words of the command line are bytes until here. */
gboolean
naru_cli_check_text (const char *text, GError **error)
{
  g_autofree char *clean = NULL;

  if (g_utf8_validate (text, -1, NULL))
    return TRUE;
  clean = g_utf8_make_valid (text, -1);
  naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("Use a terminal with the UTF-8 character set."),
                  _ ("“%s” is not UTF-8 text"), clean);
  return FALSE;
}

/* An option that has to be there, and to say something. */
gboolean
naru_cli_check_required (const char *option, const char *value, GError **error)
{
  if (value != NULL && value[0] != '\0')
    return naru_cli_check_text (value, error);
  naru_set_error (error, NARU_ERROR_USAGE, option, 0, _ ("It stands in the history for whoever asks later."),
                  _ ("%s is missing"), option);
  return FALSE;
}

/* A bar on stderr, where that is a terminal; redrawn at most a hundred times. */
void
naru_cli_progress (guint64 done, guint64 total, gpointer user_data)
{
  static int terminal = -1;
  static int last = -1;
  int percent = total > 0 ? (int) (MIN (done, total) * 100 / total) : 0;
  int filled = percent * PROGRESS_CELLS / 100;
  char bar[PROGRESS_CELLS + 1];

  if (terminal < 0)
    terminal = isatty (STDERR_FILENO);
  if (!terminal || total == 0 || percent == last)
    return;
  last = percent;
  memset (bar, '#', filled);
  memset (bar + filled, '.', PROGRESS_CELLS - filled);
  bar[PROGRESS_CELLS] = '\0';
  fprintf (stderr, "\r[%s] %3d%%", bar, percent);
  fflush (stderr);
  bar_drawn = TRUE;
}
