/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

static char *option_from;

const GOptionEntry naru_options_restore[] = {
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &option_from,
    N_ ("A clone or mirror of the history, an office's audit.git, or a backup file"), "REPO|FILE" },
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
  naru_cli_print (cli, "%s\n", _ ("It is not encrypted, and holds all that the office holds."));
}

gboolean
naru_verb_backup (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) report = NULL;

  if (desk == NULL || !naru_desk_backup (desk, args[0], naru_cli_progress, NULL, &report, error))
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
      _ ("What no history holds is not restored: passwords, and how often the code of plugins has "
         "failed."));
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
  cli->office = naru_office_restore (args[0], option_from, naru_cli_progress, NULL, &report, error);
  if (cli->office == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_restore (cli, report);
  return TRUE;
}
