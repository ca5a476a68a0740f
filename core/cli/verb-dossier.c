/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

static char *option_out;
static gboolean option_own_commits;

const GOptionEntry naru_options_dossier[] = {
  { "out", 'o', 0, G_OPTION_ARG_FILENAME, &option_out, N_ ("Write into this folder; it must be new or empty"),
    "DIR" },
  { "own-commits", 0, 0, G_OPTION_ARG_NONE, &option_own_commits,
    N_ ("Leave out the commits of other records, which tell who moved them and when"), NULL },
  G_OPTION_ENTRY_NULL,
};

static void
print_dossier (NaruCli *cli, NaruJson *report)
{
  gint64 changes = naru_json_get_integer (report, "changes", 0);
  gint64 others = naru_json_get_integer (report, "commits_of_others", 0);
  gint64 held_back = naru_json_get_integer (report, "commits_held_back", 0);

  naru_cli_print (cli, _ ("Dossier of %s written to %s\n"), naru_json_get_string (report, "id"),
                  naru_json_get_string (report, "folder"));
  naru_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE,
                               "It tells of %" PRId64 " change, and how to check it: index.html\n",
                               "It tells of %" PRId64 " changes, and how to check them: index.html\n",
                               (gulong) changes),
                  changes);
  if (others > 0)
    naru_cli_print (cli,
                    _ ("With it go %" PRId64
                       " commits of other records: their ids, moves and verdicts, and who made them. "
                       "--own-commits leaves them out.\n"),
                    others);
  if (held_back > 0)
    naru_cli_print (cli,
                    _ ("%" PRId64 " commits of other records are held back: reasons or other words stand in "
                       "them.\n"),
                    held_back);
}

gboolean
naru_verb_dossier (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) report = NULL;

  if (desk == NULL)
    return FALSE;
  if (option_out == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--out", 0, _ ("naru dossier --help shows an example."),
                      _ ("%s is missing"), "--out");
      return FALSE;
    }
  if (!naru_cli_check_text (option_out, error) ||
      !naru_desk_write_dossier (desk, args[0], option_out, option_own_commits ? NARU_DOSSIER_OWN_COMMITS : 0,
                                naru_cli_progress, NULL, &report, error))
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_dossier (cli, report);
  return TRUE;
}
