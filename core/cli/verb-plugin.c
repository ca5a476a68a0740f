/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

static char *option_enable_reason;
static char *option_disable_reason;
static char *option_sector;

const GOptionEntry naru_options_plugin_enable[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_enable_reason, N_ ("Why"), "TEXT" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_plugin_disable[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_disable_reason, N_ ("Why"), "TEXT" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_plugin_new[] = {
  { "sector", 0, 0, G_OPTION_ARG_FILENAME, &option_sector, N_ ("The sector whose deals it judges"),
    "SECTOR" },
  G_OPTION_ENTRY_NULL,
};

static const char *
get_state_title (const char *state)
{
  static const struct
  {
    const char *state;
    const char *title;
  } titles[] = {
    { "on", N_ ("on") },           { "off", N_ ("off") },       { "new", N_ ("never on") },
    { "changed", N_ ("changed") }, { "broken", N_ ("broken") }, { "missing", N_ ("missing") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_strcmp0 (titles[i].state, state) == 0)
      return _ (titles[i].title);
  return state != NULL ? state : "";
}

static char *
take_text (NaruJson *row, const char *key)
{
  const char *text = naru_json_get_string (row, key);

  return naru_cli_clean_line (text != NULL ? text : "");
}

static void
print_problem (NaruCli *cli, NaruJson *row)
{
  static const struct
  {
    const char *key;
    NaruStyle style;
  } lines[] = { { "problem", NARU_STYLE_WARN }, { "cure", NARU_STYLE_ACCENT } };
  g_autofree char *name = take_text (row, "name");

  if (naru_json_get_string (row, "problem") == NULL)
    return;
  naru_cli_print (cli, "\n%s\n", name);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = take_text (row, lines[i].key);
      if (text[0] == '\0')
        continue;
      naru_cli_pad (cli, 2);
      naru_cli_paint (cli, lines[i].style, text);
      naru_cli_puts (cli, "\n");
    }
}

gboolean
naru_verb_plugin_list (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) list = desk != NULL ? naru_desk_list_plugins (desk, error) : NULL;
  g_autoptr (NaruTable) table = naru_table_new ();

  if (list == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, list);
      return TRUE;
    }
  naru_table_add_column (table, _ ("Plugin"), FALSE, FALSE);
  naru_table_add_column (table, _ ("State"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Version"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Loader"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Rules"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Folder"), TRUE, FALSE);
  for (guint i = 0; i < naru_json_get_size (list); i++)
    {
      NaruJson *row = naru_json_get_element (list, i);
      gint64 rules = naru_json_get_integer (row, "rules", -1);
      GStrv cells = g_new0 (char *, 7);
      cells[0] = take_text (row, "name");
      cells[1] = g_strdup (get_state_title (naru_json_get_string (row, "state")));
      cells[2] = take_text (row, "version");
      cells[3] = take_text (row, "loader");
      cells[4] = rules >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, rules) : g_strdup ("");
      cells[5] = take_text (row, "folder");
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
  for (guint i = 0; i < naru_json_get_size (list); i++)
    print_problem (cli, naru_json_get_element (list, i));
  return TRUE;
}

static NaruJson *
find_plugin (NaruJson *list, const char *name, GError **error)
{
  for (guint i = 0; i < naru_json_get_size (list); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (list, i), "name"), name) == 0)
      return naru_json_get_element (list, i);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("naru plugin list shows those that are there."),
                  _ ("there is no plugin “%s”"), name);
  return NULL;
}

gboolean
naru_verb_plugin_show (NaruCli *cli, char **args, GError **error)
{
  static const struct
  {
    const char *key;
    const char *title;
  } lines[] = { { "title", N_ ("Title") },    { "version", N_ ("Version") }, { "loader", N_ ("Loader") },
                { "folder", N_ ("Folder") },  { "digest", N_ ("Digest") },   { "problem", N_ ("Problem") },
                { "cure", N_ ("What to do") } };
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) list = desk != NULL ? naru_desk_list_plugins (desk, error) : NULL;
  NaruJson *row = list != NULL ? find_plugin (list, args[0], error) : NULL;

  if (row == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, row);
      return TRUE;
    }
  naru_cli_paint (cli, NARU_STYLE_BOLD, args[0]);
  naru_cli_print (cli, "  %s\n", get_state_title (naru_json_get_string (row, "state")));
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = take_text (row, lines[i].key);
      if (text[0] != '\0')
        naru_cli_print (cli, "  %s: %s\n", _ (lines[i].title), text);
    }
  return TRUE;
}

static gboolean
report_switch (NaruCli *cli, const char *name, gboolean on, GError **error)
{
  if (cli->json)
    {
      g_autoptr (NaruJson) json = naru_json_new_object ();
      naru_json_set_string (json, "name", name);
      naru_json_set_boolean (json, "enabled", on);
      naru_cli_print_json (cli, json);
    }
  else
    naru_cli_print (cli,
                    on ? _ ("plugin %s is on\n") : _ ("plugin %s is off; deals of its sector are blocked\n"),
                    name);
  return *error == NULL;
}

gboolean
naru_verb_plugin_enable (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);

  if (desk == NULL || (option_enable_reason != NULL && !naru_cli_check_text (option_enable_reason, error)) ||
      !naru_cli_recorded (naru_desk_enable_plugin (desk, args[0], option_enable_reason, error), error))
    return FALSE;
  return report_switch (cli, args[0], TRUE, error);
}

gboolean
naru_verb_plugin_disable (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = NULL;

  if (!naru_cli_check_required ("--reason", option_disable_reason, error))
    return FALSE;
  desk = naru_cli_get_desk (cli, error);
  if (desk == NULL ||
      !naru_cli_recorded (naru_desk_disable_plugin (desk, args[0], option_disable_reason, error), error))
    return FALSE;
  return report_switch (cli, args[0], FALSE, error);
}

static void
print_failures (NaruCli *cli, NaruJson *results)
{
  for (guint i = 0; i < naru_json_get_size (results); i++)
    {
      NaruJson *row = naru_json_get_element (results, i);
      if (naru_json_get_boolean (row, "ok", FALSE))
        continue;
      g_autofree char *rule = take_text (row, "rule");
      g_autofree char *name = take_text (row, "case");
      g_autofree char *message = take_text (row, "message");
      naru_cli_puts (cli, "  ");
      naru_cli_paint (cli, NARU_STYLE_BAD, "✗");
      naru_cli_print (cli, " %s  %s\n    %s\n", rule, name, message);
    }
}

gboolean
naru_verb_plugin_test (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) report = naru_rule_cases_run (args[0], error);

  if (report == NULL)
    return FALSE;
  gint64 failed = naru_json_get_integer (report, "failed", 0);
  if (cli->json)
    naru_cli_print_json (cli, report);
  else
    {
      print_failures (cli, naru_json_get (report, "results"));
      naru_cli_print (cli, _ ("%s@%s: %d rules, %d cases, %d faults\n"),
                      naru_json_get_string (report, "pack"), naru_json_get_string (report, "version"),
                      (int) naru_json_get_integer (report, "rules", 0),
                      (int) naru_json_get_integer (report, "cases", 0), (int) failed);
    }
  if (failed == 0)
    return TRUE;
  cli->told = TRUE;
  naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, NULL, _ ("the tests found faults"));
  return FALSE;
}

/* --lang says here in what the checks are written; a language of people means none, and so data. */
static NaruPluginLoader
read_code (void)
{
  if (g_strcmp0 (naru_option_language, "c") == 0)
    return NARU_PLUGIN_LOADER_C;
  return g_strcmp0 (naru_option_language, "python") == 0 ? NARU_PLUGIN_LOADER_PYTHON
                                                         : NARU_PLUGIN_LOADER_DATA;
}

gboolean
naru_verb_plugin_new (NaruCli *cli, char **args, GError **error)
{
  g_autofree char *folder = g_canonicalize_filename (args[0], NULL);

  if (option_sector == NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--sector", 0,
                      _ ("Name the sector whose deals it judges; it may be a new one."), _ ("%s is missing"),
                      "--sector");
      return FALSE;
    }
  if (!naru_plugin_create (args[0], args[0], option_sector, read_code (), error))
    return FALSE;
  if (cli->json)
    {
      g_autoptr (NaruJson) json = naru_json_new_object ();
      naru_json_set_string (json, "name", args[0]);
      naru_json_set_string (json, "folder", folder);
      naru_cli_print_json (cli, json);
    }
  else
    naru_cli_print (cli, _ ("the plugin %s stands in %s; try it with: naru plugin test %s\n"), args[0],
                    folder, args[0]);
  return TRUE;
}
