/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>
#include <signal.h>

static gboolean option_no_rules;
static gboolean option_resume;
static char *option_repo;
static char *option_against;
static int stop;

const GOptionEntry naru_options_verify[] = {
  { "repo", 0, 0, G_OPTION_ARG_FILENAME, &option_repo,
    N_ ("A clone of the history or a backup file, to be verified without the office"), "REPO|FILE" },
  { "against", 0, 0, G_OPTION_ARG_FILENAME, &option_against,
    N_ ("Prove that the history contains all that a mirror, clone or backup holds, and nothing else"),
    "REMOTE|FILE" },
  { "no-rules", 0, 0, G_OPTION_ARG_NONE, &option_no_rules,
    N_ ("Do not judge moves again by the rules of their day"), NULL },
  { "resume", 0, 0, G_OPTION_ARG_NONE, &option_resume,
    N_ ("Go on from the last verified commit, and keep what the next run can go on from"), NULL },
  G_OPTION_ENTRY_NULL,
};

static void
on_signal (int number)
{
  g_atomic_int_set (&stop, 1);
}

/* What is half done is put away before the program ends; a second signal ends it at once. */
static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int) SA_RESETHAND };

  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGHUP, &action, NULL);
}

static void
print_place (NaruCli *cli, NaruJson *finding)
{
  gint64 seq = naru_json_get_integer (finding, "seq", 0);
  const char *commit = naru_json_get_string (finding, "commit");
  const char *record = naru_json_get_string (finding, "record");

  if (seq > 0)
    naru_cli_print (cli, " #%" PRId64, seq);
  if (commit != NULL)
    naru_cli_print (cli, " %.10s", commit);
  if (record != NULL)
    naru_cli_print (cli, " %s", record);
}

static void
print_finding (NaruCli *cli, NaruJson *finding)
{
  static const struct
  {
    const char *severity;
    const char *word;
    NaruStyle style;
  } words[] = { { "broken", N_ ("broken"), NARU_STYLE_BAD },
                { "doubtful", N_ ("doubtful"), NARU_STYLE_WARN },
                { "note", N_ ("note"), NARU_STYLE_DIM } };
  const char *severity = naru_json_get_string (finding, "severity");
  const char *cure = naru_json_get_string (finding, "cure");
  g_autofree char *message = naru_cli_clean (naru_json_get_string (finding, "message"));

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (words[i].severity, severity) == 0)
      naru_cli_paint (cli, words[i].style, _ (words[i].word));
  print_place (cli, finding);
  naru_cli_print (cli, "\n  %s\n", message);
  if (cure != NULL)
    {
      g_autofree char *clean = naru_cli_clean (cure);
      naru_cli_print (cli, "  → %s\n", clean);
    }
}

static void
print_counts (NaruCli *cli, NaruJson *report)
{
  gint64 resumed = naru_json_get_integer (report, "resumed", 0);

  naru_cli_print (cli,
                  _ ("Commits: %" PRId64 "; records: %" PRId64 "; documents: %" PRId64 "; moves: %" PRId64
                     ", judged again: %" PRId64 "; signatures: %" PRId64 ", keys: %" PRId64 "\n"),
                  naru_json_get_integer (report, "entries", 0), naru_json_get_integer (report, "records", 0),
                  naru_json_get_integer (report, "documents", 0), naru_json_get_integer (report, "moves", 0),
                  naru_json_get_integer (report, "judged", 0),
                  naru_json_get_integer (report, "signatures", 0), naru_json_get_integer (report, "keys", 0));
  if (resumed > 0)
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " commit of them was verified before.\n",
                                 "%" PRId64 " commits of them were verified before.\n", (gulong) resumed),
                    resumed);
}

static void
print_report (NaruCli *cli, NaruJson *report)
{
  NaruJson *findings = naru_json_get (report, "findings");
  gint64 unlisted = naru_json_get_integer (report, "unlisted", 0);
  const char *key = naru_json_get_string (report, "first_key");

  for (guint i = 0; i < naru_json_get_size (findings); i++)
    print_finding (cli, naru_json_get_element (findings, i));
  if (unlisted > 0)
    naru_cli_print (cli, _ ("… and %" PRId64 " more\n"), unlisted);
  if (naru_json_get_size (findings) > 0)
    naru_cli_print (cli, "\n");
  print_counts (cli, report);
  naru_cli_print (cli, _ ("Last commit: %s\n"), naru_json_get_string (report, "head"));
  if (key != NULL)
    naru_cli_print (cli, _ ("First key: %s; compare it with what the office gave you on paper.\n"), key);
  if (!naru_json_get_boolean (report, "whole", FALSE))
    return;
  naru_cli_paint (cli, NARU_STYLE_GOOD,
                  naru_json_get_boolean (report, "store", FALSE)
                      ? _ ("The history is whole, and the store is what it says.")
                      : _ ("The history is whole."));
  naru_cli_print (cli, "\n");
}

gboolean
naru_verb_verify (NaruCli *cli, char **args, GError **error)
{
  NaruVerifyOptions options = {
    .no_rules = option_no_rules,
    .resume = option_resume,
    .stop = &stop,
    .progress = naru_cli_progress,
  };
  g_autoptr (NaruJson) report = NULL;

  if ((option_repo != NULL && !naru_cli_check_text (option_repo, error)) ||
      (option_against != NULL && !naru_cli_check_text (option_against, error)))
    return FALSE;
  if (option_against != NULL && (option_repo != NULL || option_resume))
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--against", 0,
                      _ ("Compare first, then verify: two commands."),
                      _ ("%s and %s cannot be given together"), "--against",
                      option_repo != NULL ? "--repo" : "--resume");
      return FALSE;
    }
  if (option_against != NULL)
    return naru_cli_compare (cli, option_against, error);
  NaruDesk *desk = option_repo == NULL ? naru_cli_get_desk (cli, error) : NULL;
  if (option_repo == NULL && desk == NULL)
    return FALSE;
  catch_signals ();
  report = desk != NULL ? naru_desk_verify (desk, &options, error)
                        : naru_history_verify (option_repo, &options, error);
  if (report == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_report (cli, report);
  if (naru_json_get_boolean (report, "whole", FALSE))
    return TRUE;
  cli->told = TRUE;
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, NULL, _ ("the history is not whole"));
  return FALSE;
}
