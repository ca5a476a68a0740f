/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

static char *option_from;
static char *option_passphrase;
static gboolean option_encrypt;

#define PASSPHRASE_OPTION                                                                                    \
  {                                                                                                          \
    "passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &option_passphrase,                                      \
        N_ ("Take the passphrase from the first line of this file; “-” is standard input"), "FILE"           \
  }

const GOptionEntry naru_options_backup[] = {
  { "encrypt", 0, 0, G_OPTION_ARG_NONE, &option_encrypt,
    N_ ("Encrypt it with a passphrase; then it holds the office's key and secrets, too"), NULL },
  PASSPHRASE_OPTION,
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_restore[] = {
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &option_from,
    N_ ("A clone or mirror of the history, an office's audit.git, or a backup file"), "REPO|FILE" },
  PASSPHRASE_OPTION,
  G_OPTION_ENTRY_NULL,
};

static void
print_backup (NaruCli *cli, NaruJson *report)
{
  const char *file = naru_json_get_string (report, "file");
  gint64 entries = naru_json_get_integer (report, "entries", 0);
  gint64 pending = naru_json_get_integer (report, "pending", 0);

  naru_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE, "Backup of %" PRId64 " change written to %s\n",
                               "Backup of %" PRId64 " changes written to %s\n", (gulong) entries),
                  entries, file);
  if (pending > 0)
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " of them still waits for the history.\n",
                                 "%" PRId64 " of them still wait for the history.\n", (gulong) pending),
                    pending);
  naru_cli_print (cli,
                  _ ("It was read back whole. An office is made of it with: naru restore DIR --from %s\n"),
                  file);
  if (!naru_json_get_boolean (report, "encrypted", FALSE))
    naru_cli_print (
        cli, "%s\n",
        _ ("It is not encrypted; it holds all records and documents, but neither the office's key nor "
           "passwords (--encrypt)."));
  else if (naru_json_lists (naru_json_get (report, "left_out"), "key"))
    naru_cli_print (cli, "%s\n", _ ("It is encrypted, but lacks the office's key, which could not be read."));
  else
    naru_cli_print (
        cli, "%s\n",
        _ ("It is encrypted, and holds the office's key and passwords, too. Nothing opens it without the "
           "passphrase: keep that elsewhere."));
}

gboolean
naru_verb_backup (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  char *passphrase = NULL;
  g_autoptr (NaruJson) report = NULL;

  if (desk == NULL)
    return FALSE;
  if (option_encrypt || option_passphrase != NULL)
    {
      passphrase = naru_cli_take_passphrase ("--passphrase-file", option_passphrase,
                                             _ ("Passphrase for the backup:"), TRUE, error);
      if (passphrase == NULL)
        return FALSE;
    }
  gboolean done =
      naru_desk_backup_encrypted (desk, args[0], passphrase, naru_cli_progress, NULL, &report, error);
  naru_cli_forget (passphrase);
  if (!done)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_backup (cli, report);
  return TRUE;
}

static void
print_restored_seals (NaruCli *cli, NaruJson *report)
{
  NaruJson *left_out = naru_json_get (report, "seals_left_out");
  gint64 seals = naru_json_get_integer (report, "seals", 0);

  if (seals > 0)
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " seal is there, and good.\n",
                                 "%" PRId64 " seals are there, and good.\n", (gulong) seals),
                    seals);
  for (guint i = 0; i < naru_json_get_size (left_out); i++)
    naru_cli_print (cli, _ ("Left out: %s\n"),
                    naru_json_get_string (naru_json_get_element (left_out, i), "problem"));
}

static void
print_restore (NaruCli *cli, NaruJson *report)
{
  naru_cli_print (cli, _ ("Office “%s” (%s) stands in %s\n"), naru_json_get_string (report, "name"),
                  naru_json_get_string (report, "hub"), naru_json_get_string (report, "folder"));
  naru_cli_print (cli,
                  _ ("%" PRId64 " changes, %" PRId64 " records, %" PRId64
                     " documents; every commit was made again and is the same.\n"),
                  naru_json_get_integer (report, "entries", 0), naru_json_get_integer (report, "records", 0),
                  naru_json_get_integer (report, "documents", 0));
  print_restored_seals (cli, report);
  if (naru_json_lists (naru_json_get (report, "not_restored"), "key"))
    naru_cli_print (
        cli, "%s\n",
        _ ("The key that signs is in no history: put keys/office back from a copy, or give the office "
           "another with “naru key revoke --reason TEXT”."));
  naru_cli_print (
      cli, "%s\n",
      naru_json_lists (naru_json_get (report, "not_restored"), "secrets")
          ? _ ("What no history holds is not restored: passwords, and how often the code of plugins has "
               "failed.")
          : _ ("The office's passwords are there again; how often the code of plugins has failed is not."));
}

gboolean
naru_verb_restore (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) report = NULL;

  if (option_from == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--from", 0, _ ("naru restore --help shows an example."),
                      _ ("%s is missing"), "--from");
      return FALSE;
    }
  if (!naru_cli_check_text (option_from, error))
    return FALSE;
  char *passphrase = NULL;
  if (naru_backup_is_encrypted (option_from))
    {
      passphrase = naru_cli_take_passphrase ("--passphrase-file", option_passphrase,
                                             _ ("Passphrase of the backup:"), FALSE, error);
      if (passphrase == NULL)
        return FALSE;
    }
  cli->office = naru_office_restore_encrypted (args[0], option_from, passphrase, naru_cli_progress, NULL,
                                               &report, error);
  naru_cli_forget (passphrase);
  if (cli->office == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_restore (cli, report);
  return TRUE;
}
