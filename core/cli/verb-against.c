/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

void
naru_cli_print_findings (NaruCli *cli, NaruJson *findings)
{
  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      gboolean broken = g_strcmp0 (naru_json_get_string (finding, "severity"), "broken") == 0;
      g_autofree char *message = naru_cli_clean_line (naru_json_get_string (finding, "message"));
      const char *cure = naru_json_get_string (finding, "cure");
      naru_cli_paint (cli, broken ? NARU_STYLE_BAD : NARU_STYLE_WARN, broken ? _ ("broken") : _ ("note"));
      naru_cli_print (cli, ": %s\n", message);
      if (cure != NULL)
        naru_cli_print (cli, "  %s\n", cure);
    }
}

static void
print_relation (NaruCli *cli, NaruJson *report)
{
  const char *relation = naru_json_get_string (report, "relation");
  g_autofree char *place = naru_cli_clean_line (naru_json_get_string (report, "place"));
  NaruJson *theirs = naru_json_get (report, "theirs");
  gint64 seq = naru_json_get_integer (theirs, "seq", 0);
  gint64 behind = naru_json_get_integer (report, "behind", 0);

  if (g_strcmp0 (relation, "same") == 0)
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE, "%s holds the same history: %" PRId64 " change\n",
                                 "%s holds the same history: %" PRId64 " changes\n", (gulong) seq),
                    place, seq);
  if (g_strcmp0 (relation, "behind") != 0)
    return;
  naru_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE, "%s holds %" PRId64 " change, contained in this history\n",
                               "%s holds %" PRId64 " changes, all contained in this history\n", (gulong) seq),
                  place, seq);
  naru_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " newer change is not there yet\n",
                               "%" PRId64 " newer changes are not there yet\n", (gulong) behind),
                  behind);
}

static void
print_commit (NaruCli *cli, const char *where, NaruJson *commit)
{
  g_autofree char *subject = NULL;
  g_autofree char *author = NULL;

  if (naru_json_get_kind (commit) != NARU_JSON_OBJECT)
    {
      naru_cli_print (cli, _ ("%s: nothing\n"), where);
      return;
    }
  subject = naru_cli_clean_line (
      naru_json_get_string (commit, "subject") != NULL ? naru_json_get_string (commit, "subject") : "");
  author = naru_cli_clean_line (
      naru_json_get_string (commit, "author") != NULL ? naru_json_get_string (commit, "author") : "");
  naru_cli_print (cli, _ ("%s: change %" PRId64 ", commit %.10s, %s, %s: %s\n"), where,
                  naru_json_get_integer (commit, "seq", 0), naru_json_get_string (commit, "commit"),
                  naru_json_get_string (commit, "at") != NULL ? naru_json_get_string (commit, "at") : "?",
                  author, subject);
}

static void
print_report (NaruCli *cli, NaruJson *report)
{
  NaruJson *first = naru_json_get (report, "first_difference");
  NaruJson *seals = naru_json_get (report, "seals");
  guint good = 0;

  print_relation (cli, report);
  for (guint i = 0; i < naru_json_get_size (seals); i++)
    good += g_strcmp0 (naru_json_get_string (naru_json_get_element (seals, i), "state"), "good") == 0;
  naru_cli_print (cli, _ ("Seals there: %u, of which %u good\n"), naru_json_get_size (seals), good);
  naru_cli_print_findings (cli, naru_json_get (report, "findings"));
  if (naru_json_get_kind (first) != NARU_JSON_OBJECT)
    return;
  naru_cli_print (cli, "%s\n", _ ("The first difference:"));
  print_commit (cli, _ ("here"), naru_json_get (first, "ours"));
  print_commit (cli, _ ("there"), naru_json_get (first, "theirs"));
}

/* The history against a mirror, clone or backup; what was found is printed. FALSE with NARU_ERROR_BROKEN
 * where something is wrong: the answer tells it. */
gboolean
naru_cli_compare (NaruCli *cli, const char *place, GError **error)
{
  NaruDesk *desk = naru_cli_check_text (place, error) ? naru_cli_get_desk (cli, error) : NULL;
  g_autoptr (NaruJson) report = NULL;

  if (desk == NULL || !naru_desk_compare_history (desk, place, naru_cli_progress, NULL, &report, error))
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_report (cli, report);
  if (naru_json_get_boolean (report, "sound", FALSE))
    return TRUE;
  cli->told = TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, NULL,
                  _ ("the history does not contain all that %s holds"), place);
  return FALSE;
}

gboolean
naru_verb_remote_check (NaruCli *cli, char **args, GError **error)
{
  return naru_cli_compare (cli, args[0], error);
}
