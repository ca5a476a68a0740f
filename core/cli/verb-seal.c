/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>
#include <string.h>

static char *option_name;
static char *option_timestamp;
static char *option_ca;
static gboolean option_push;

#define CA_OPTION                                                                                            \
  {                                                                                                          \
    "tsa-ca", 0, 0, G_OPTION_ARG_FILENAME, &option_ca,                                                       \
        N_ ("Certificates that the time stamp service is known by"), "FILE"                                  \
  }

const GOptionEntry naru_options_seal[] = {
  { "name", 0, 0, G_OPTION_ARG_FILENAME, &option_name, N_ ("Its name, in place of that of the month"),
    "NAME" },
  { "push", 0, 0, G_OPTION_ARG_NONE, &option_push, N_ ("Bring history and seals to every mirror"), NULL },
  { "timestamp", 0, 0, G_OPTION_ARG_FILENAME, &option_timestamp,
    N_ ("Have it stamped by this service (RFC 3161)"), "URL" },
  CA_OPTION,
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_seal_timestamp[] = {
  CA_OPTION,
  G_OPTION_ENTRY_NULL,
};

static const struct
{
  const char *state;
  const char *title;
} titles[] = {
  { "good", N_ ("good") },
  { "revoked-key", N_ ("good, key revoked later") },
  { "damaged", N_ ("damaged") },
  { "bad-signature", N_ ("signature bad") },
  { "unknown-key", N_ ("unknown key") },
  { "key-not-in-force", N_ ("key not in force") },
  { "not-on-history", N_ ("not on the history") },
  { "contradicts", N_ ("contradicts the history") },
};

static const char *
get_state_title (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_strcmp0 (state, titles[i].state) == 0)
      return _ (titles[i].title);
  return state;
}

static char *
make_time (NaruJson *row)
{
  const char *text = naru_json_get_string (row, "sealed_at");
  NaruTime time;

  if (text == NULL || !naru_time_parse (text, &time, NULL))
    return g_strdup ("");
  return naru_time_to_display (&time);
}

static void
add_row (NaruTable *table, NaruJson *row)
{
  GStrv cells = g_new0 (char *, 7);
  gint64 seq = naru_json_get_integer (row, "seq", 0);
  const char *by = naru_json_get_string (row, "sealed_by");
  const char *stamp = naru_json_get_string (row, "timestamp");

  cells[0] = g_strdup (naru_json_get_string (row, "name"));
  cells[1] = g_strdup (get_state_title (naru_json_get_string (row, "state")));
  cells[2] = seq > 0 ? g_strdup_printf ("%" PRId64, seq) : g_strdup ("");
  cells[3] = make_time (row);
  cells[4] = naru_cli_clean_line (by != NULL ? by : "");
  cells[5] = g_strdup (stamp == NULL                 ? ""
                       : strcmp (stamp, "fits") == 0 ? _ ("yes")
                                                     : _ ("of something else"));
  naru_table_add_row (table, cells);
}

static void
print_seals (NaruCli *cli, NaruJson *report)
{
  g_autoptr (NaruTable) table = naru_table_new ();
  NaruJson *seals = naru_json_get (report, "seals");

  if (naru_json_get_size (seals) == 0)
    naru_cli_print (cli, "%s\n", _ ("There is no seal yet: naru seal"));
  naru_table_add_column (table, _ ("Seal"), FALSE, FALSE);
  naru_table_add_column (table, _ ("State"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Changes"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Sealed"), FALSE, FALSE);
  naru_table_add_column (table, _ ("By"), TRUE, FALSE);
  naru_table_add_column (table, _ ("Time stamp"), FALSE, FALSE);
  for (guint i = 0; i < naru_json_get_size (seals); i++)
    add_row (table, naru_json_get_element (seals, i));
  if (naru_json_get_size (seals) > 0)
    naru_table_print (table, cli);
  naru_cli_print_findings (cli, naru_json_get (report, "findings"));
}

/* the answer tells the trouble; the exit status does so too */
static gboolean
judge_seals (NaruCli *cli, NaruJson *findings, GError **error)
{
  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      if (g_strcmp0 (naru_json_get_string (finding, "severity"), "broken") != 0)
        continue;
      cli->told = TRUE;
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, naru_json_get_string (finding, "cure"), "%s",
                      naru_json_get_string (finding, "message"));
      return FALSE;
    }
  return TRUE;
}

gboolean
naru_verb_seal_list (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) report = desk != NULL ? naru_desk_check_seals (desk, error) : NULL;

  if (report == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_seals (cli, report);
  return judge_seals (cli, naru_json_get (report, "findings"), error);
}

static void
print_stamp (NaruCli *cli, NaruJson *stamp)
{
  const char *time = naru_json_get_string (stamp, "time");

  naru_cli_print (cli, _ ("%s is stamped: %s\n"), naru_json_get_string (stamp, "name"),
                  time != NULL ? time : "?");
}

gboolean
naru_verb_seal_timestamp (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_check_text (args[0], error) && naru_cli_check_text (args[1], error)
                       ? naru_cli_get_desk (cli, error)
                       : NULL;
  g_autoptr (NaruJson) stamp = NULL;

  if (desk == NULL || !naru_desk_stamp_seal (desk, args[0], args[1], option_ca, &stamp, error))
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, stamp);
  else
    print_stamp (cli, stamp);
  return TRUE;
}

/* The seal stands, whatever becomes of its stamp: what went wrong is part of the answer. */
static void
stamp (NaruCli *cli, NaruJson *report, GError **problem)
{
  g_autoptr (NaruJson) stamped = NULL;

  naru_json_set (report, "timestamp", naru_json_new_null ());
  naru_json_set (report, "timestamp_problem", naru_json_new_null ());
  if (option_timestamp == NULL)
    return;
  if (naru_desk_stamp_seal (cli->desk, naru_json_get_string (report, "name"), option_timestamp, option_ca,
                            &stamped, problem))
    naru_json_set (report, "timestamp", g_steal_pointer (&stamped));
  else
    naru_json_set_string (report, "timestamp_problem", (*problem)->message);
}

static void
print_seal (NaruCli *cli, NaruJson *report, const GError *problem)
{
  NaruJson *stamped = naru_json_get (report, "timestamp");
  gint64 seq = naru_json_get_integer (report, "seq", 0);

  naru_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE, "%s seals %" PRId64 " change, commit %.10s\n",
                               "%s seals %" PRId64 " changes, commit %.10s\n", (gulong) seq),
                  naru_json_get_string (report, "name"), seq, naru_json_get_string (report, "commit"));
  if (naru_json_get_kind (stamped) == NARU_JSON_OBJECT)
    print_stamp (cli, stamped);
  if (problem == NULL)
    return;
  naru_cli_print (cli, _ ("It stands, but without a time stamp: %s\n"), problem->message);
  if (naru_error_get_cure (problem) != NULL)
    naru_cli_print (cli, "  %s\n", naru_error_get_cure (problem));
}

static gboolean
check_options (GError **error)
{
  return (option_name == NULL || naru_cli_check_text (option_name, error)) &&
         (option_timestamp == NULL || naru_cli_check_text (option_timestamp, error));
}

gboolean
naru_verb_seal (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = check_options (error) ? naru_cli_get_desk (cli, error) : NULL;
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (NaruJson) rows = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) unsent = NULL;

  if (desk == NULL || !naru_desk_seal (desk, option_name, &report, error))
    return FALSE;
  stamp (cli, report, &problem);
  if (option_push)
    rows = naru_cli_push (cli, NULL, &unsent);
  naru_json_set (report, "remotes", rows != NULL ? naru_json_ref (rows) : naru_json_new_array ());
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_seal (cli, report, problem);
  if (!cli->json && rows != NULL)
    naru_cli_print_push (cli, rows);
  if (unsent != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&unsent));
      return FALSE;
    }
  if (rows != NULL && !naru_cli_judge_push (cli, rows, error))
    return FALSE;
  /* without openssl or curl there is no stamp to be had, and that is said; all else failed */
  if (problem == NULL || g_error_matches (problem, NARU_ERROR, NARU_ERROR_UNSUPPORTED))
    return TRUE;
  cli->told = TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
