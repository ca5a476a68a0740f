/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static char *option_name;
static char *option_hub;
static char *option_person_name;
static char *option_email;
static char *option_login;
static char *option_key;
static gboolean option_passphrase;
static char *option_passphrase_file;

const GOptionEntry naru_options_init[] = {
  { "name", 0, 0, G_OPTION_ARG_FILENAME, &option_name, N_ ("The office's name"), "NAME" },
  { "hub", 0, 0, G_OPTION_ARG_FILENAME, &option_hub, N_ ("Code that its record ids begin with, such as MGK"),
    "CODE" },
  { "person-name", 0, 0, G_OPTION_ARG_FILENAME, &option_person_name, N_ ("The first person's name"), "NAME" },
  { "email", 0, 0, G_OPTION_ARG_FILENAME, &option_email, N_ ("The first person's address"), "ADDRESS" },
  { "login", 0, 0, G_OPTION_ARG_FILENAME, &option_login, N_ ("The first person's login"), "LOGIN" },
  { "key", 0, 0, G_OPTION_ARG_FILENAME, &option_key,
    N_ ("A private key to sign with (Ed25519, no passphrase)"), "FILE" },
  { "passphrase", 0, 0, G_OPTION_ARG_NONE, &option_passphrase,
    N_ ("Ask for a passphrase for the key; an ssh-agent signs then"), NULL },
  { "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &option_passphrase_file,
    N_ ("Take the passphrase from the first line of this file; “-” is standard input"), "FILE" },
  G_OPTION_ENTRY_NULL,
};

/* the full name stands first in the comment field of the account */
static char *
get_account_name (const char *login)
{
  const struct passwd *user = getpwuid (getuid ());
  char *name = user != NULL && user->pw_gecos != NULL ? g_strdup (user->pw_gecos) : g_strdup ("");

  name[strcspn (name, ",")] = '\0';
  if (g_strstrip (name)[0] != '\0' && g_utf8_validate (name, -1, NULL))
    return name;
  g_free (name);
  return g_strdup (login);
}

/* who calls becomes the first person of the office */
static NaruJson *
make_first_person (GError **error)
{
  g_autofree char *login = option_login != NULL ? g_strdup (option_login) : naru_cli_get_login (error);
  g_autofree char *name = NULL;
  NaruJson *person;
  NaruJson *roles;

  if (login == NULL)
    return NULL;
  name = option_person_name != NULL ? g_strdup (option_person_name) : get_account_name (login);
  person = naru_json_new_object ();
  roles = naru_json_new_array ();
  naru_json_append_string (roles, "admin");
  naru_json_append_string (roles, "officer");
  naru_json_set (person, "roles", roles);
  naru_json_set_string (person, "login", login);
  naru_json_set_string (person, "name", name);
  if (option_email != NULL)
    naru_json_set_string (person, "email", option_email);
  return person;
}

static gboolean
check_option (const char *option, const char *value, GError **error)
{
  if (value != NULL)
    return naru_cli_check_text (value, error);
  naru_set_error (error, NARU_ERROR_USAGE, option, 0, _ ("naru init --help shows an example."),
                  _ ("%s is missing"), option);
  return FALSE;
}

/* the folder as one can pass it on from anywhere */
static void
report_office (NaruCli *cli)
{
  g_autofree char *folder = g_canonicalize_filename (naru_office_get_folder (cli->office), NULL);
  g_autoptr (NaruJson) json = NULL;

  if (!cli->json)
    {
      naru_cli_print (cli, _ ("Office “%s” (%s) stands in %s\n"), naru_office_get_name (cli->office),
                      naru_office_get_hub (cli->office), folder);
      return;
    }
  json = naru_json_new_object ();
  naru_json_set_string (json, "folder", folder);
  naru_json_set_string (json, "name", naru_office_get_name (cli->office));
  naru_json_set_string (json, "hub", naru_office_get_hub (cli->office));
  naru_cli_print_json (cli, json);
}

gboolean
naru_verb_init (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) person = NULL;

  if (!check_option ("--name", option_name, error) || !check_option ("--hub", option_hub, error) ||
      (option_person_name != NULL && !naru_cli_check_text (option_person_name, error)) ||
      (option_email != NULL && !naru_cli_check_text (option_email, error)) ||
      (option_login != NULL && !naru_cli_check_text (option_login, error)))
    return FALSE;
  person = make_first_person (error);
  if (person == NULL)
    return FALSE;
  char *passphrase = NULL;
  if (!naru_cli_take_key_passphrase (option_passphrase, option_passphrase_file, &passphrase, error))
    return FALSE;
  NaruNewKey key = { option_key, passphrase };
  cli->office = naru_office_create_with_key (args[0], option_name, option_hub, person, &key, error);
  naru_cli_forget (passphrase);
  if (cli->office == NULL)
    return FALSE;
  report_office (cli);
  if (key.passphrase != NULL && !cli->json)
    naru_cli_print (cli, _ ("Before a change, give the key to an ssh-agent: ssh-add %s/keys/office\n"),
                    naru_office_get_folder (cli->office));
  return TRUE;
}

gboolean
naru_verb_demo (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) person = make_first_person (error);

  if (person == NULL)
    return FALSE;
  cli->office = naru_office_create (args[0], _ ("Naru demo office"), "MGK", person, error);
  if (cli->office == NULL || !naru_office_load_demo (cli->office, naru_cli_progress, NULL, error))
    return FALSE;
  report_office (cli);
  if (!cli->json)
    naru_cli_print (cli, _ ("Try: naru --office %s board\n"), args[0]);
  return TRUE;
}

static void
print_fact (NaruCli *cli, const char *label, const char *text, NaruStyle style)
{
  g_autofree char *clean = naru_cli_clean (text != NULL ? text : "");
  guint cells = naru_text_cells (label);

  naru_cli_puts (cli, label);
  naru_cli_pad (cli, cells < 12 ? 14 - cells : 2);
  naru_cli_paint (cli, style, clean);
  naru_cli_puts (cli, "\n");
}

static void
print_count (const char *key, NaruJson *value, gpointer user_data)
{
  GString *text = user_data;

  if (naru_json_as_integer (value) > 0)
    g_string_append_printf (text, "%s%s %" PRId64, text->len > 0 ? ", " : "", key,
                            naru_json_as_integer (value));
}

static void
print_history_state (NaruCli *cli, NaruJson *status)
{
  const char *state = naru_json_get_string (status, "history");
  gint64 pending = naru_json_get_integer (status, "pending", 0);
  g_autofree char *waiting = NULL;

  if (g_strcmp0 (state, "complete") == 0)
    {
      print_fact (cli, _ ("History"), _ ("complete"), NARU_STYLE_GOOD);
      return;
    }
  waiting = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " change waits for the history",
                                          "%" PRId64 " changes wait for the history", pending),
                             pending);
  print_fact (cli, _ ("History"), g_strcmp0 (state, "broken") == 0 ? _ ("damaged") : waiting, NARU_STYLE_BAD);
  print_fact (cli, _ ("Problem"), naru_json_get_string (status, "problem"), NARU_STYLE_PLAIN);
  print_fact (cli, _ ("Cure"), naru_json_get_string (status, "cure"), NARU_STYLE_PLAIN);
}

static void
print_signing (NaruCli *cli, NaruJson *status)
{
  const char *state = naru_json_get_string (status, "signing");
  const char *key = naru_json_get_string (status, "key");
  g_autofree char *text = NULL;

  if (key != NULL)
    {
      text = g_strdup_printf (_ ("with key %s"), key);
      print_fact (cli, _ ("Signing"), text, NARU_STYLE_PLAIN);
    }
  else if (g_strcmp0 (state, "unsigned") == 0)
    print_fact (cli, _ ("Signing"), _ ("none: the office has no key"), NARU_STYLE_WARN);
  else if (state != NULL)
    {
      print_fact (cli, _ ("Signing"), _ ("not possible"), NARU_STYLE_BAD);
      print_fact (cli, _ ("Problem"), naru_json_get_string (status, "signing_problem"), NARU_STYLE_PLAIN);
    }
  if (naru_json_get_string (status, "signing_cure") != NULL)
    print_fact (cli, _ ("Cure"), naru_json_get_string (status, "signing_cure"), NARU_STYLE_PLAIN);
}

/* as far as this machine knows; nobody is asked */
static void
print_mirrors (NaruCli *cli, NaruJson *remotes)
{
  for (guint i = 0; remotes != NULL && i < naru_json_get_size (remotes); i++)
    {
      NaruJson *row = naru_json_get_element (remotes, i);
      gint64 behind = naru_json_get_integer (row, "behind", 0);
      g_autofree char *lag = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " change behind",
                                                           "%" PRId64 " changes behind", (gulong) behind),
                                              behind);
      g_autofree char *text =
          g_strdup_printf ("%s: %s", naru_json_get_string (row, "name"), behind > 0 ? lag : _ ("up to date"));
      print_fact (cli, _ ("Mirror"), text, NARU_STYLE_PLAIN);
    }
}

static void
print_status (NaruCli *cli, NaruJson *status)
{
  NaruJson *records = naru_json_get (status, "records");
  g_autoptr (GString) counts = g_string_new (NULL);
  g_autofree char *office = g_strdup_printf ("%s (%s)", naru_json_get_string (status, "office"),
                                             naru_json_get_string (status, "hub"));
  g_autofree char *changes = g_strdup_printf ("%" PRId64, naru_json_get_integer (status, "entries", 0));

  print_fact (cli, _ ("Office"), office, NARU_STYLE_BOLD);
  print_fact (cli, _ ("Folder"), naru_json_get_string (status, "folder"), NARU_STYLE_PLAIN);
  print_fact (cli, _ ("You are"), naru_json_get_string (status, "person"), NARU_STYLE_PLAIN);
  if (records != NULL)
    naru_json_foreach_member (records, print_count, counts);
  print_fact (cli, _ ("Records"), counts->str, NARU_STYLE_PLAIN);
  print_fact (cli, _ ("Changes"), changes, NARU_STYLE_PLAIN);
  if (naru_json_get_string (status, "head") != NULL)
    print_fact (cli, _ ("Last commit"), naru_json_get_string (status, "head"), NARU_STYLE_PLAIN);
  print_history_state (cli, status);
  print_signing (cli, status);
  print_mirrors (cli, naru_json_get (status, "remotes"));
  if (naru_json_get_boolean (status, "read_only", FALSE))
    print_fact (cli, _ ("Writing"), _ ("not possible: the folder is read-only"), NARU_STYLE_WARN);
  naru_cli_print (
      cli, "\n%s\n",
      _ ("Roles hold for who works through Naru. Whoever can read the folder can read its files."));
}

/* the answer tells the trouble; the exit status does so too */
static gboolean
judge_status (NaruCli *cli, NaruJson *status, GError **error)
{
  const char *state = naru_json_get_string (status, "history");
  const char *problem = naru_json_get_string (status, "problem");

  if (g_strcmp0 (state, "complete") == 0 && naru_json_get_string (status, "signing_problem") == NULL)
    return TRUE;
  cli->told = TRUE;
  if (g_strcmp0 (state, "complete") == 0)
    naru_set_error (error, NARU_ERROR_FAILED, "keys/office", 0, naru_json_get_string (status, "signing_cure"),
                    "%s", naru_json_get_string (status, "signing_problem"));
  else
    naru_set_error (error, g_strcmp0 (state, "broken") == 0 ? NARU_ERROR_BROKEN : NARU_ERROR_PENDING, NULL, 0,
                    naru_json_get_string (status, "cure"), "%s", problem != NULL ? problem : state);
  return FALSE;
}

gboolean
naru_verb_status (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) status = desk != NULL ? naru_desk_status (desk, error) : NULL;

  if (status == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, status);
  else
    print_status (cli, status);
  return judge_status (cli, status, error);
}
