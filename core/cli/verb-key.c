/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

static char *option_reason;
static char *option_key;

static gboolean option_passphrase;
static gboolean option_remove;
static char *option_passphrase_file;
static char *option_old_file;

#define PASSPHRASE_FILE                                                                                      \
  {                                                                                                          \
    "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &option_passphrase_file,                                 \
        N_ ("Take the passphrase from the first line of this file; “-” is standard input"), "FILE"           \
  }

#define KEY_OPTIONS                                                                                          \
  {                                                                                                          \
    { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_reason, N_ ("Why"), "TEXT" },                           \
        { "key",       0,                                                                                    \
          0,           G_OPTION_ARG_FILENAME,                                                                \
          &option_key, N_ ("A private key to sign with (Ed25519, no passphrase)"),                           \
          "FILE" },                                                                                          \
        { "passphrase",                                                                                      \
          0,                                                                                                 \
          0,                                                                                                 \
          G_OPTION_ARG_NONE,                                                                                 \
          &option_passphrase,                                                                                \
          N_ ("Ask for a passphrase for the key; an ssh-agent signs then"),                                  \
          NULL },                                                                                            \
        PASSPHRASE_FILE, G_OPTION_ENTRY_NULL,                                                                \
  }

const GOptionEntry naru_options_key_passphrase[] = {
  { "remove", 0, 0, G_OPTION_ARG_NONE, &option_remove, N_ ("Take the passphrase off"), NULL },
  PASSPHRASE_FILE,
  { "old-passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &option_old_file,
    N_ ("Take the former passphrase from the first line of this file"), "FILE" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_person_key[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_reason, N_ ("Why"), "TEXT" },
  G_OPTION_ENTRY_NULL,
};
const GOptionEntry naru_options_key_rotate[] = KEY_OPTIONS;
const GOptionEntry naru_options_key_revoke[] = KEY_OPTIONS;

static const char *
get_state_title (const char *state)
{
  if (g_strcmp0 (state, "in-force") == 0)
    return _ ("in force");
  return g_strcmp0 (state, "revoked") == 0 ? _ ("revoked") : _ ("ended");
}

static char *
make_time (NaruJson *row, const char *key)
{
  const char *text = naru_json_get_string (row, key);
  NaruTime time;

  if (text == NULL || !naru_time_parse (text, &time, NULL))
    return g_strdup ("");
  return naru_time_to_display (&time);
}

static void
print_keys (NaruCli *cli, NaruJson *list)
{
  g_autoptr (NaruTable) table = naru_table_new ();

  if (cli->json)
    {
      naru_cli_print_json (cli, list);
      return;
    }
  naru_table_add_column (table, _ ("Key"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Signs as"), FALSE, FALSE);
  naru_table_add_column (table, _ ("State"), FALSE, FALSE);
  naru_table_add_column (table, _ ("From (UTC)"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Until (UTC)"), FALSE, FALSE);
  for (guint i = 0; i < naru_json_get_size (list); i++)
    {
      NaruJson *row = naru_json_get_element (list, i);
      GStrv cells = g_new0 (char *, 6);
      cells[0] = g_strdup (naru_json_get_string (row, "fingerprint"));
      cells[1] = g_strdup (naru_json_get_string (row, "principal"));
      cells[2] = g_strdup (get_state_title (naru_json_get_string (row, "state")));
      cells[3] = make_time (row, "from");
      cells[4] = make_time (row, "until");
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
}

gboolean
naru_verb_key_list (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) list = desk != NULL ? naru_desk_list_keys (desk, error) : NULL;

  if (list == NULL)
    return FALSE;
  print_keys (cli, list);
  return TRUE;
}

static gboolean
change_key (NaruCli *cli, gboolean revoke, GError **error)
{
  g_autofree char *fingerprint = NULL;
  char *passphrase = NULL;
  g_autoptr (NaruJson) json = NULL;
  NaruDesk *desk;
  gboolean done;

  if (option_reason == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--reason", 0,
                      _ ("It stands in the history for whoever asks later."), _ ("%s is missing"),
                      "--reason");
      return FALSE;
    }
  desk = naru_cli_check_text (option_reason, error) ? naru_cli_get_desk (cli, error) : NULL;
  if (desk == NULL)
    return FALSE;
  if (!naru_cli_take_key_passphrase (option_passphrase, option_passphrase_file, &passphrase, error))
    return FALSE;
  NaruNewKey key = { option_key, passphrase };
  done = naru_desk_change_key (desk, &key, option_reason, revoke, &fingerprint, error);
  naru_cli_forget (passphrase);
  if (!naru_cli_recorded (done, error))
    return FALSE;
  if (!cli->json)
    naru_cli_print (cli, _ ("the office signs with key %s\n"), fingerprint);
  else
    {
      json = naru_json_new_object ();
      naru_json_set_string (json, "fingerprint", fingerprint);
      naru_cli_print_json (cli, json);
    }
  return *error == NULL;
}

gboolean
naru_verb_key_rotate (NaruCli *cli, char **args, GError **error)
{
  return change_key (cli, FALSE, error);
}

gboolean
naru_verb_key_revoke (NaruCli *cli, char **args, GError **error)
{
  return change_key (cli, TRUE, error);
}

static gboolean
set_passphrase (NaruDesk *desk, const char *old, GError **error)
{
  char *passphrase = NULL;
  gboolean done;

  if (!option_remove && !naru_cli_take_key_passphrase (TRUE, option_passphrase_file, &passphrase, error))
    return FALSE;
  done = naru_desk_set_key_passphrase (desk, old, passphrase, error);
  naru_cli_forget (passphrase);
  return done;
}

gboolean
naru_verb_key_passphrase (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  char *old = NULL;
  gboolean has = FALSE;
  g_autoptr (NaruJson) json = NULL;

  if (desk == NULL || !naru_desk_key_has_passphrase (desk, &has, error))
    return FALSE;
  if (has)
    {
      old = naru_cli_take_passphrase ("--old-passphrase-file", option_old_file,
                                      _ ("Present passphrase of the office's key:"), FALSE, error);
      if (old == NULL)
        return FALSE;
    }
  gboolean done = set_passphrase (desk, old, error);
  naru_cli_forget (old);
  if (!done)
    return FALSE;
  if (cli->json)
    {
      json = naru_json_new_object ();
      naru_json_set_boolean (json, "passphrase", !option_remove);
      naru_cli_print_json (cli, json);
    }
  else if (option_remove)
    naru_cli_print (cli, "%s\n", _ ("The office's key has no passphrase any more."));
  else
    naru_cli_print (
        cli,
        _ ("The office's key has that passphrase. Before a change, give it to an ssh-agent: ssh-add "
           "%s/keys/office\n"),
        naru_office_get_folder (cli->office));
  return TRUE;
}

/* What is asked for: the words behind the login */
typedef enum
{
  KEY_LIST,
  KEY_ADD,
  KEY_REMOVE,
  KEY_REVOKE,
  KEY_UNKNOWN,
} KeyTask;

static KeyTask
read_task (char **words)
{
  guint n = g_strv_length (words);

  if (n == 0 || (n == 1 && g_str_equal (words[0], "list")))
    return KEY_LIST;
  if (n == 2 && g_str_equal (words[0], "add"))
    return KEY_ADD;
  if (n == 1 && g_str_equal (words[0], "remove"))
    return KEY_REMOVE;
  return n == 1 && g_str_equal (words[0], "revoke") ? KEY_REVOKE : KEY_UNKNOWN;
}

static gboolean
change_person_key (NaruCli *cli, const char *id, KeyTask task, const char *file, GError **error)
{
  g_autofree char *fingerprint = NULL;
  g_autoptr (NaruJson) json = NULL;

  if (task != KEY_ADD && !naru_cli_check_required ("--reason", option_reason, error))
    return FALSE;
  if (option_reason != NULL && !naru_cli_check_text (option_reason, error))
    return FALSE;
  if (!naru_cli_recorded (task == KEY_ADD
                              ? naru_desk_add_person_key (cli->desk, id, file, option_reason, &fingerprint,
                                                          error)
                              : naru_desk_end_person_key (cli->desk, id, option_reason, task == KEY_REVOKE,
                                                          &fingerprint, error),
                          error))
    return FALSE;
  if (!cli->json && task == KEY_ADD)
    naru_cli_print (cli, _ ("%s signs what they decide with key %s from now on\n"), id, fingerprint);
  else if (!cli->json)
    naru_cli_print (cli, _ ("%s signs no more with key %s\n"), id, fingerprint);
  else
    {
      json = naru_json_new_object ();
      naru_json_set_string (json, "id", id);
      naru_json_set_string (json, "fingerprint", fingerprint);
      naru_cli_print_json (cli, json);
    }
  return *error == NULL;
}

gboolean
naru_verb_person_key (NaruCli *cli, char **args, GError **error)
{
  KeyTask task = read_task (args + 1);
  g_autofree char *id = NULL;
  g_autoptr (NaruJson) list = NULL;

  if (task == KEY_UNKNOWN)
    {
      naru_set_error (
          error, NARU_ERROR_USAGE, NULL, 0,
          _ ("naru person key LOGIN list, add FILE.pub, remove --reason TEXT or revoke --reason TEXT"),
          _ ("what is to be done with the key is not clear"));
      return FALSE;
    }
  id = naru_cli_find_person (cli, args[0], error);
  if (id == NULL)
    return FALSE;
  if (task != KEY_LIST)
    return change_person_key (cli, id, task, args[2], error);
  list = naru_desk_list_person_keys (cli->desk, id, error);
  if (list == NULL)
    return FALSE;
  print_keys (cli, list);
  return TRUE;
}
