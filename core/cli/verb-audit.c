/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit-view-private.h"

#include <inttypes.h>

#define SHORT_ID 10

static char *option_from;
static char *option_to;
static char *option_output;
static int option_late = NARU_AUDIT_LATE_DAYS;
static int option_gap = NARU_AUDIT_GAP_DAYS;
static gboolean option_html;
static gboolean option_csv;

const GOptionEntry naru_options_audit_report[] = {
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &option_from, N_ ("First day; else from the beginning"), "DATE" },
  { "to", 0, 0, G_OPTION_ARG_FILENAME, &option_to, N_ ("Last day; else today"), "DATE" },
  { "html", 0, 0, G_OPTION_ARG_NONE, &option_html, N_ ("Write one page to read or print on A4"), NULL },
  { "csv", 0, 0, G_OPTION_ARG_NONE, &option_csv, N_ ("Write CSV, a row for each event"), NULL },
  { "out", 'o', 0, G_OPTION_ARG_FILENAME, &option_output, N_ ("Write into this file"), "FILE" },
  { "late", 0, 0, G_OPTION_ARG_INT, &option_late,
    N_ ("Done more than so many days before it was recorded: late (1)"), "DAYS" },
  { "gap", 0, 0, G_OPTION_ARG_INT, &option_gap, N_ ("Longer without an entry: a gap (14)"), "DAYS" },
  G_OPTION_ENTRY_NULL,
};

static NaruJson *
get_events (NaruJson *report, const NaruAuditList *list)
{
  return naru_json_get (naru_json_get (report, "sections"), list->name);
}

static char *
format_seq (NaruJson *event)
{
  gint64 seq = naru_json_get_integer (event, "seq", naru_json_get_integer (event, "after", 0));

  return g_strdup_printf ("#%" PRId64, seq);
}

static char *
shorten (const char *commit)
{
  return commit != NULL ? g_strndup (commit, SHORT_ID) : g_strdup ("");
}

static void
print_list (NaruAuditView *view, NaruJson *report, const NaruAuditList *list)
{
  NaruJson *events = get_events (report, list);
  g_autoptr (NaruTable) table = naru_table_new ();

  if (naru_json_get_size (events) == 0)
    return;
  naru_cli_puts (view->cli, "\n");
  naru_cli_paint (view->cli, NARU_STYLE_BOLD, _ (list->title));
  naru_cli_print (view->cli, "  %s\n", _ (list->about));
  naru_table_add_column (table, "#", FALSE, TRUE);
  naru_table_add_column (table, _ ("Commit"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Recorded"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Person"), TRUE, FALSE);
  naru_table_add_column (table, _ ("Record"), FALSE, FALSE);
  naru_table_add_column (table, _ ("What"), TRUE, FALSE);
  for (guint i = 0; i < naru_json_get_size (events); i++)
    {
      NaruJson *event = naru_json_get_element (events, i);
      const char *name = naru_json_get_string (event, "name");
      const char *record = naru_json_get_string (event, "record");
      GStrv cells = g_new0 (char *, 7);
      cells[0] = format_seq (event);
      cells[1] = shorten (naru_json_get_string (event, "commit"));
      cells[2] = naru_audit_view_time (event, "recorded");
      cells[3] = g_strdup (name != NULL ? name : "");
      cells[4] = g_strdup (record != NULL ? record : "");
      cells[5] = naru_audit_view_describe (view, list->name, event);
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, view->cli);
}

static void
print_actors (NaruCli *cli, NaruJson *report)
{
  static const char *const lists[] = { "moves", "approvals", "rejections", "waivers", "refusals" };
  NaruJson *actors = naru_json_get (report, "actors");
  g_autoptr (NaruTable) table = naru_table_new ();

  naru_cli_puts (cli, "\n");
  naru_table_add_column (table, _ ("Person"), TRUE, FALSE);
  naru_table_add_column (table, _ ("Entries"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Moves"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Approvals"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Rejections"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Waivers"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Refused"), FALSE, TRUE);
  for (guint i = 0; i < naru_json_get_size (actors); i++)
    {
      NaruJson *actor = naru_json_get_element (actors, i);
      GStrv cells = g_new0 (char *, 8);
      cells[0] = g_strdup (naru_json_get_string (actor, "name"));
      cells[1] = g_strdup_printf ("%" PRId64, naru_json_get_integer (actor, "entries", 0));
      for (guint k = 0; k < G_N_ELEMENTS (lists); k++)
        cells[2 + k] = g_strdup_printf ("%u", naru_json_get_size (naru_json_get (actor, lists[k])));
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
}

static void
print_text (NaruAuditView *view, NaruJson *report)
{
  NaruCli *cli = view->cli;
  NaruJson *entries = naru_json_get (report, "entries");
  gint64 n = naru_json_get_integer (entries, "count", 0);
  g_autofree char *period = naru_audit_view_period (report);
  g_autofree char *office = naru_cli_clean_line (naru_json_get_string (report, "office"));
  g_autoptr (NaruTable) table = naru_table_new ();

  naru_cli_paint (cli, NARU_STYLE_BOLD, office);
  naru_cli_print (cli, "  %s\n", period);
  if (n > 0)
    {
      NaruJson *first = naru_json_get (entries, "first");
      NaruJson *last = naru_json_get (entries, "last");
      g_autofree char *from = shorten (naru_json_get_string (first, "commit"));
      g_autofree char *to = shorten (naru_json_get_string (last, "commit"));
      naru_cli_print (cli,
                      g_dngettext (GETTEXT_PACKAGE, "%d entry: #%d (%s)\n",
                                   "%d entries: #%d (%s) to #%d (%s)\n", (gulong) n),
                      (int) n, (int) naru_json_get_integer (first, "seq", 0), from,
                      (int) naru_json_get_integer (last, "seq", 0), to);
    }
  else
    naru_cli_puts (cli, _ ("No entry was recorded then.\n"));
  naru_cli_puts (cli, "\n");
  naru_table_add_column (table, _ ("List"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Events"), FALSE, TRUE);
  for (guint i = 0; i < naru_n_audit_lists; i++)
    {
      GStrv cells = g_new0 (char *, 3);
      cells[0] = g_strdup (_ (naru_audit_lists[i].title));
      cells[1] = g_strdup_printf ("%u", naru_json_get_size (get_events (report, &naru_audit_lists[i])));
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
  print_actors (cli, report);
  for (guint i = 0; i < naru_n_audit_lists; i++)
    print_list (view, report, &naru_audit_lists[i]);
  naru_cli_puts (cli, _ ("\nEach number is a commit of the history: git -C audit.git show COMMIT\n"));
}

static GString *
make_csv (NaruAuditView *view, NaruJson *report)
{
  static const char *const columns[] = { "recorded", "time",   "commit", "seq", "person",
                                         "name",     "record", "from",   "to",  NULL };
  GString *csv = g_string_new ("section,recorded,time,commit,seq,person,name,record,from,to,detail\r\n");

  for (guint i = 0; i < naru_n_audit_lists; i++)
    {
      NaruJson *events = get_events (report, &naru_audit_lists[i]);
      for (guint k = 0; k < naru_json_get_size (events); k++)
        {
          NaruJson *event = naru_json_get_element (events, k);
          g_autofree char *detail = naru_audit_view_describe (view, naru_audit_lists[i].name, event);
          g_autoptr (GString) row = g_string_new (NULL);
          naru_csv_append_cell (row, naru_audit_lists[i].name);
          for (guint c = 0; columns[c] != NULL; c++)
            naru_csv_append_json (row, naru_json_get (event, columns[c]));
          naru_csv_append_cell (row, detail);
          g_string_append (csv, row->str);
          g_string_append (csv, "\r\n");
        }
    }
  return csv;
}

/* To the file that was named, whole or not at all; else to standard output */
static gboolean
put_out (NaruCli *cli, const char *text, gsize length, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (option_output == NULL)
    {
      cli->pager = FALSE;
      naru_cli_puts (cli, text);
      return TRUE;
    }
  if (g_file_set_contents_full (option_output, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &local))
    return TRUE;
  naru_set_error (error, NARU_ERROR_IO, "--out", 0, _ ("Choose a folder that you may write to."), "%s",
                  local->message);
  return FALSE;
}

static gboolean
check_options (NaruCli *cli, GError **error)
{
  if ((option_html ? 1 : 0) + (option_csv ? 1 : 0) + (cli->json ? 1 : 0) > 1)
    {
      naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("Give one of --html, --csv and --json."),
                      _ ("a report has one form at a time"));
      return FALSE;
    }
  if (option_output != NULL && !option_html && !option_csv)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--out", 0, _ ("Give --html or --csv as well, or use > FILE."),
                      _ ("only HTML and CSV are written into a file"));
      return FALSE;
    }
  if (option_late >= 0 && option_gap >= 1 && option_late < 100000 && option_gap < 100000)
    return TRUE;
  naru_set_error (error, NARU_ERROR_USAGE, option_late < 0 ? "--late" : "--gap", 0,
                  _ ("Give a number of days."), _ ("so many days make no sense"));
  return FALSE;
}

gboolean
naru_verb_audit_report (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = check_options (cli, error) ? naru_cli_get_desk (cli, error) : NULL;
  const NaruAuditOptions options = { option_from,        option_to,         (guint) option_late,
                                     (guint) option_gap, naru_cli_progress, cli };
  g_autoptr (NaruJson) report = desk != NULL ? naru_desk_audit_report (desk, &options, error) : NULL;
  g_auto (NaruAuditView) view = { 0 };
  g_autoptr (GString) text = NULL;

  if (report == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, report);
      return TRUE;
    }
  if (!naru_audit_view_init (&view, cli, report, error))
    return FALSE;
  if (option_html)
    text = naru_audit_to_html (&view, report);
  else if (option_csv)
    text = make_csv (&view, report);
  else
    print_text (&view, report);
  return text == NULL || put_out (cli, text->str, text->len, error);
}
