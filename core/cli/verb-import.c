/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

static char *option_map;
static gboolean option_dry_run;
static gboolean option_partial;
static char *option_rejects;

#define MAX_LINES 20

const GOptionEntry naru_options_import[] = {
  { "map", 0, 0, G_OPTION_ARG_FILENAME, &option_map, N_ ("The mapping: which column goes to which field"),
    "MAP" },
  { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &option_dry_run, N_ ("Only tell what would be done"), NULL },
  { "partial", 0, 0, G_OPTION_ARG_NONE, &option_partial,
    N_ ("Take the rows that are right and leave the others"), NULL },
  { "rejects", 0, 0, G_OPTION_ARG_FILENAME, &option_rejects,
    N_ ("Where to write the rejected rows, with the reason"), "FILE" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_import_history[] = {
  { "map", 0, 0, G_OPTION_ARG_FILENAME, &option_map, N_ ("The mapping: which column is what"), "MAP" },
  { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &option_dry_run, N_ ("Only tell what would be done"), NULL },
  { "rejects", 0, 0, G_OPTION_ARG_FILENAME, &option_rejects,
    N_ ("Where to write the rejected rows, with the reason"), "FILE" },
  G_OPTION_ENTRY_NULL,
};

static void
print_problem (NaruCli *cli, NaruJson *problem, NaruStyle style)
{
  gint64 line = naru_json_get_integer (problem, "line", 0);
  const char *field = naru_json_get_string (problem, "field");
  const char *message = naru_json_get_string (problem, "message");
  g_autofree char *clean = naru_cli_clean_line (message != NULL ? message : "");
  g_autofree char *place = g_strdup_printf (_ ("line %" PRId64), line);

  naru_cli_puts (cli, "  ");
  naru_cli_paint (cli, style, place);
  if (field != NULL && field[0] != '\0')
    naru_cli_print (cli, ", %s", field);
  naru_cli_print (cli, ": %s\n", clean);
}

static void
print_problems (NaruCli *cli, const char *title, NaruJson *problems, NaruStyle style)
{
  guint n = problems != NULL ? naru_json_get_size (problems) : 0;
  guint shown = cli->tty ? MIN (n, MAX_LINES) : n;

  if (n == 0)
    return;
  naru_cli_print (cli, "%s\n", title);
  for (guint i = 0; i < shown; i++)
    print_problem (cli, naru_json_get_element (problems, i), style);
  if (shown < n)
    naru_cli_print (cli, _ ("  and %u more; --json lists them all\n"), n - shown);
}

static void
print_count (const char *key, NaruJson *value, gpointer user_data)
{
  GString *text = user_data;

  if (naru_json_get_kind (value) == NARU_JSON_INTEGER)
    g_string_append_printf (text, "%s%s %" PRId64, text->len > 0 ? ", " : "", key,
                            naru_json_as_integer (value));
}

/* the sum comes as an equation: whoever reads it can check that no row was lost */
static void
print_report (NaruCli *cli, NaruJson *report)
{
  gboolean rows = naru_json_get (report, "unchanged") != NULL;
  g_autoptr (GString) counts = g_string_new (NULL);

  print_problems (cli, _ ("Rejected:"), naru_json_get (report, "rejects"), NARU_STYLE_BAD);
  print_problems (cli, _ ("Warnings:"), naru_json_get (report, "warnings"), NARU_STYLE_WARN);
  if (!rows)
    {
      naru_json_foreach_member (report, print_count, counts);
      naru_cli_print (cli, "%s\n", counts->str);
    }
  else
    naru_cli_print (cli,
                    _ ("%" PRId64 " read = %" PRId64 " created + %" PRId64 " updated + %" PRId64
                       " unchanged + %" PRId64 " rejected\n"),
                    naru_json_get_integer (report, "read", 0), naru_json_get_integer (report, "created", 0),
                    naru_json_get_integer (report, "updated", 0),
                    naru_json_get_integer (report, "unchanged", 0),
                    naru_json_get_integer (report, "rejected", 0));
  if (option_dry_run)
    naru_cli_print (cli, "%s\n", _ ("Dry run: nothing was changed."));
}

/* The report is there also when rows were rejected and nothing was taken. */
static gboolean
finish_import (NaruCli *cli, NaruJson *report, GError **error)
{
  if (report == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    print_report (cli, report);
  return *error == NULL;
}

static NaruImportOptions
make_options (const char *file)
{
  return (NaruImportOptions){
    .file = file,
    .map = option_map,
    .dry_run = option_dry_run,
    .partial = option_partial,
    .rejects = option_rejects,
    .progress = naru_cli_progress,
  };
}

gboolean
naru_verb_import (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  NaruImportOptions options = make_options (args[1]);
  g_autoptr (NaruJson) report = NULL;

  if (desk == NULL)
    return FALSE;
  naru_desk_import (desk, args[0], &options, &report, error);
  return finish_import (cli, report, error);
}

gboolean
naru_verb_import_history (NaruCli *cli, char **args, GError **error)
{
  NaruImportOptions options = make_options (args[0]);
  g_autoptr (NaruJson) report = NULL;
  NaruDesk *desk;

  if (option_map == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--map", 0, _ ("naru import-history --help shows an example."),
                      _ ("%s is missing"), "--map");
      return FALSE;
    }
  desk = naru_cli_get_desk (cli, error);
  if (desk == NULL)
    return FALSE;
  naru_desk_import_history (desk, &options, &report, error);
  return finish_import (cli, report, error);
}
