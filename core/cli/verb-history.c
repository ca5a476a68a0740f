/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>
#include <string.h>

const GOptionEntry naru_options_history[] = {
  NARU_OPTION_AT,
  G_OPTION_ENTRY_NULL,
};

static char *
display_time (const char *text)
{
  NaruTime moment;

  if (text == NULL || !naru_time_parse (text, &moment, NULL))
    return g_strdup (text != NULL ? text : "");
  return naru_time_to_display (&moment);
}

typedef struct
{
  const char *action;
  const char *label;
} ActionLabel;

static const ActionLabel action_labels[] = {
  { "advance", N_ ("advance") }, { "approve", N_ ("approve") }, { "attach", N_ ("attach") },
  { "create", N_ ("create") },   { "edit", N_ ("edit") },       { "import", N_ ("import") },
  { "link", N_ ("link") },       { "note", N_ ("note") },       { "reject", N_ ("reject") },
  { "refuse", N_ ("refuse") },   { "waive", N_ ("waive") },
};

static const char *
get_action_label (const char *action)
{
  for (guint i = 0; action != NULL && i < G_N_ELEMENTS (action_labels); i++)
    {
      if (strcmp (action_labels[i].action, action) == 0)
        return _ (action_labels[i].label);
    }
  return action != NULL ? action : "";
}

/* "idea → evaluation", in the titles of the stages, and what was noted with it */
static char *
describe_event (NaruCli *cli, const char *type, NaruJson *event)
{
  const char *from = naru_json_get_string (event, "from");
  const char *to = naru_json_get_string (event, "to");
  const char *note = naru_json_get_string (event, "note");
  g_autoptr (GString) text = g_string_new (NULL);

  if (from != NULL && from[0] != '\0')
    {
      g_autofree char *title = naru_value_get_stage_title (cli, type, from);
      g_string_append (text, title);
    }
  if (to != NULL && to[0] != '\0')
    {
      g_autofree char *title = naru_value_get_stage_title (cli, type, to);
      g_string_append_printf (text, "%s%s", text->len > 0 ? " → " : "→ ", title);
    }
  if (note != NULL && note[0] != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "  " : "", note);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_history (NaruCli *cli, const char *type, NaruJson *history)
{
  g_autoptr (NaruTable) table = naru_table_new ();
  guint n = naru_json_get_size (history);

  naru_table_add_column (table, "#", FALSE, TRUE);
  naru_table_add_column (table, _ ("Time"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Person"), TRUE, FALSE);
  naru_table_add_column (table, _ ("Action"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Days"), FALSE, TRUE);
  naru_table_add_column (table, _ ("What"), TRUE, FALSE);
  for (guint i = 0; i < n; i++)
    {
      NaruJson *event = naru_json_get_element (history, i);
      GStrv cells = g_new0 (char *, 7);
      cells[0] = g_strdup_printf ("%" PRId64, naru_json_get_integer (event, "seq", 0));
      cells[1] = display_time (naru_json_get_string (event, "time"));
      cells[2] = naru_value_to_text (naru_json_get (event, "actor"));
      cells[3] = g_strdup (get_action_label (naru_json_get_string (event, "action")));
      cells[4] = naru_value_to_text (naru_json_get (event, "days"));
      cells[5] = describe_event (cli, type, event);
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
}

gboolean
naru_verb_history (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) history = desk != NULL ? naru_desk_history (desk, args[0], error) : NULL;
  NaruRecordType *type = NULL;

  if (history == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, history);
      return TRUE;
    }
  type = naru_cli_get_type_of (cli, args[0], error);
  if (type == NULL)
    return FALSE;
  print_history (cli, naru_record_type_get_name (type), history);
  return TRUE;
}

static NaruStyle
choose_style (const char *line)
{
  if (g_str_has_prefix (line, "+++") || g_str_has_prefix (line, "---") || g_str_has_prefix (line, "diff "))
    return NARU_STYLE_BOLD;
  if (line[0] == '+')
    return NARU_STYLE_GOOD;
  if (line[0] == '-')
    return NARU_STYLE_BAD;
  if (line[0] == '@')
    return NARU_STYLE_ACCENT;
  return NARU_STYLE_PLAIN;
}

static void
print_diff (NaruCli *cli, const char *diff)
{
  g_autofree char *clean = naru_cli_clean (diff);
  g_auto (GStrv) lines = g_strsplit (clean, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i + 1] == NULL && lines[i][0] == '\0')
        break;
      naru_cli_paint (cli, choose_style (lines[i]), lines[i]);
      naru_cli_puts (cli, "\n");
    }
}

gboolean
naru_verb_diff (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  const char *from = args[1];
  const char *to = from != NULL ? args[2] : NULL;
  g_autofree char *diff = desk != NULL ? naru_desk_diff (desk, args[0], from, to, error) : NULL;
  g_autoptr (NaruJson) json = NULL;

  if (diff == NULL)
    return FALSE;
  if (!cli->json)
    {
      print_diff (cli, diff);
      return TRUE;
    }
  json = naru_json_new_object ();
  naru_json_set_string (json, "id", args[0]);
  naru_json_set (json, "from", from != NULL ? naru_json_new_string (from) : naru_json_new_null ());
  naru_json_set (json, "to", to != NULL ? naru_json_new_string (to) : naru_json_new_null ());
  naru_json_set_string (json, "diff", diff);
  naru_cli_print_json (cli, json);
  return TRUE;
}
