/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

static char *option_reason;

const GOptionEntry naru_options_remote_remove[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_reason, N_ ("Why"), "TEXT" },
  G_OPTION_ENTRY_NULL,
};

static void
add_row (NaruTable *table, NaruJson *row)
{
  GStrv cells = g_new0 (char *, 5);
  gint64 pushed = naru_json_get_integer (row, "pushed_seq", 0);

  cells[0] = g_strdup (naru_json_get_string (row, "name"));
  cells[1] = naru_cli_clean_line (naru_json_get_string (row, "url"));
  cells[2] = pushed > 0 ? g_strdup_printf ("%" PRId64, pushed) : g_strdup (_ ("never"));
  cells[3] = g_strdup_printf ("%" PRId64, naru_json_get_integer (row, "behind", 0));
  naru_table_add_row (table, cells);
}

gboolean
naru_verb_remote_list (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) list = desk != NULL ? naru_desk_list_remotes (desk, error) : NULL;
  g_autoptr (NaruTable) table = naru_table_new ();

  if (list == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, list);
      return TRUE;
    }
  naru_table_add_column (table, _ ("Mirror"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Address"), TRUE, FALSE);
  naru_table_add_column (table, _ ("Has changes"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Behind"), FALSE, TRUE);
  for (guint i = 0; i < naru_json_get_size (list); i++)
    add_row (table, naru_json_get_element (list, i));
  naru_table_print (table, cli);
  return TRUE;
}

gboolean
naru_verb_remote_add (NaruCli *cli, char **args, GError **error)
{
  g_autofree char *address = NULL;
  NaruDesk *desk = naru_cli_check_text (args[0], error) ? naru_cli_get_desk (cli, error) : NULL;

  if (desk == NULL ||
      !naru_cli_recorded (naru_desk_add_remote (desk, args[0], args[1], &address, error), error))
    return FALSE;
  if (cli->json)
    {
      g_autoptr (NaruJson) json = naru_json_new_object ();
      naru_json_set_string (json, "name", args[0]);
      naru_json_set_string (json, "url", address);
      naru_cli_print_json (cli, json);
    }
  else
    naru_cli_print (cli, _ ("mirror %s: %s\nNothing is there yet: naru remote push %s\n"), args[0], address,
                    args[0]);
  return *error == NULL;
}

gboolean
naru_verb_remote_remove (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk =
      naru_cli_check_required ("--reason", option_reason, error) && naru_cli_check_text (args[0], error)
          ? naru_cli_get_desk (cli, error)
          : NULL;

  if (desk == NULL ||
      !naru_cli_recorded (naru_desk_remove_remote (desk, args[0], option_reason, error), error))
    return FALSE;
  if (cli->json)
    {
      g_autoptr (NaruJson) json = naru_json_new_object ();
      naru_json_set_string (json, "name", args[0]);
      naru_cli_print_json (cli, json);
    }
  else
    naru_cli_print (cli, _ ("mirror %s is forgotten; what it holds stays there\n"), args[0]);
  return *error == NULL;
}

NaruJson *
naru_cli_push (NaruCli *cli, const char *const *names, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);

  return desk != NULL ? naru_desk_push (desk, names, naru_cli_progress, NULL, error) : NULL;
}

static void
print_push_row (NaruCli *cli, NaruJson *row)
{
  const char *state = naru_json_get_string (row, "state");
  const char *name = naru_json_get_string (row, "name");
  gint64 seq = naru_json_get_integer (row, "seq", 0);

  if (g_strcmp0 (state, "pushed") == 0)
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE, "%s: written, it has %" PRId64 " change now\n",
                                 "%s: written, it has %" PRId64 " changes now\n", (gulong) seq),
                    name, seq);
  else if (g_strcmp0 (state, "up-to-date") == 0)
    naru_cli_print (cli, _ ("%s: up to date\n"), name);
  else
    {
      g_autofree char *problem = naru_cli_clean_line (naru_json_get_string (row, "problem"));
      naru_cli_print (cli, "%s: ", name);
      naru_cli_paint (cli, NARU_STYLE_BAD, _ ("not written"));
      naru_cli_print (cli, ": %s\n", problem);
      if (naru_json_get_string (row, "cure")[0] != '\0')
        naru_cli_print (cli, "  %s\n", naru_json_get_string (row, "cure"));
    }
}

void
naru_cli_print_push (NaruCli *cli, NaruJson *rows)
{
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    print_push_row (cli, naru_json_get_element (rows, i));
}

/* A mirror that holds another history counts for more than one that cannot be reached. */
gboolean
naru_cli_judge_push (NaruCli *cli, NaruJson *rows, GError **error)
{
  NaruJson *worst = NULL;
  gboolean broken = FALSE;

  for (guint i = 0; i < naru_json_get_size (rows) && !broken; i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      if (naru_json_get_string (row, "problem") == NULL)
        continue;
      broken = g_strcmp0 (naru_json_get_string (row, "state"), "broken") == 0;
      worst = worst == NULL || broken ? row : worst;
    }
  if (worst == NULL)
    return TRUE;
  cli->told = TRUE;
  naru_set_error (error, broken ? NARU_ERROR_BROKEN : NARU_ERROR_FAILED, NULL, 0,
                  naru_json_get_string (worst, "cure"), "%s", naru_json_get_string (worst, "problem"));
  return FALSE;
}

gboolean
naru_verb_remote_push (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) rows = naru_cli_push (cli, (const char *const *) args, error);

  if (rows == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, rows);
  else
    naru_cli_print_push (cli, rows);
  return naru_cli_judge_push (cli, rows, error);
}
