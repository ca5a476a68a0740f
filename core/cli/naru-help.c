/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

#define INDENT 2
#define MAX_TEXT_CELLS 100

const char *const naru_exit_meanings[] = {
  N_ ("done"),
  N_ ("failed"),
  N_ ("the command line is wrong"),
  N_ ("a gate refuses the move"),
  N_ ("not found, or not for this person to see"),
  N_ ("the record was changed meanwhile"),
  N_ ("store or history is damaged"),
  N_ ("recorded for good; the history will follow"),
};
const guint naru_n_exit_meanings = G_N_ELEMENTS (naru_exit_meanings);

/* breaks at spaces so that the lines fit the terminal; the first line stands behind what is printed already
 */
static void
print_wrapped (NaruCli *cli, const char *text, guint indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint width = MIN (cli->width, MAX_TEXT_CELLS);
  guint used = indent;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint cells = naru_text_cells (words[i]);
      if (i > 0 && used + 1 + cells > width)
        {
          naru_cli_puts (cli, "\n");
          naru_cli_pad (cli, indent);
          used = indent;
        }
      else if (i > 0)
        {
          naru_cli_puts (cli, " ");
          used++;
        }
      naru_cli_puts (cli, words[i]);
      used += cells;
    }
  naru_cli_puts (cli, "\n");
}

static void
print_heading (NaruCli *cli, const char *title)
{
  naru_cli_puts (cli, "\n");
  naru_cli_paint (cli, NARU_STYLE_BOLD, title);
  naru_cli_puts (cli, "\n");
}

static void
print_pair (NaruCli *cli, const char *left, guint cells, const char *right)
{
  guint used = naru_text_cells (left);

  naru_cli_pad (cli, INDENT);
  naru_cli_puts (cli, left);
  naru_cli_pad (cli, (cells > used ? cells - used : 0) + INDENT);
  print_wrapped (cli, right, cells + 2 * INDENT);
}

/* "-o, --output=FILE" */
char *
naru_help_format_option (const GOptionEntry *option)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (option->short_name != 0)
    g_string_append_printf (text, "-%c, ", option->short_name);
  g_string_append_printf (text, "--%s", option->long_name);
  if (option->arg_description != NULL)
    g_string_append_printf (text, " %s", option->arg_description);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_options (NaruCli *cli, const char *title, const GOptionEntry *options)
{
  guint cells = 0;

  if (options == NULL)
    return;
  print_heading (cli, title);
  for (const GOptionEntry *option = options; option->long_name != NULL; option++)
    {
      g_autofree char *text = naru_help_format_option (option);
      cells = MAX (cells, naru_text_cells (text));
    }
  for (const GOptionEntry *option = options; option->long_name != NULL; option++)
    {
      g_autofree char *text = naru_help_format_option (option);
      print_pair (cli, text, cells, _ (option->description));
    }
}

/* Returns: (transfer full): "Usage: naru list TYPE [OPTION…]" */
char *
naru_help_get_usage (const NaruVerb *verb)
{
  return g_strdup_printf ("%s: naru %s%s%s%s", _ ("Usage"), verb->name, verb->args[0] != '\0' ? " " : "",
                          verb->args, verb->options != NULL ? _ (" [OPTION…]") : "");
}

void
naru_help_print_verb (NaruCli *cli, const NaruVerb *verb)
{
  g_autofree char *usage = naru_help_get_usage (verb);

  print_wrapped (cli, usage, 0);
  naru_cli_puts (cli, "\n");
  print_wrapped (cli, _ (verb->summary), 0);
  if (verb->details != NULL)
    print_wrapped (cli, _ (verb->details), 0);
  print_options (cli, _ ("Options"), verb->options);
  print_options (cli, _ ("Options of every verb"), naru_global_options);
  if (verb->example != NULL)
    {
      print_heading (cli, _ ("Example"));
      naru_cli_print (cli, "  naru %s\n", verb->example);
    }
}

/* The fields of a record type, as "new" and "edit" take them. */
void
naru_help_print_fields (NaruCli *cli, NaruRecordType *type)
{
  const NaruField *const *fields;
  guint n_fields = 0;
  guint cells = 0;

  fields = naru_record_type_get_fields (type, &n_fields);
  print_heading (cli, naru_record_type_get_title (type));
  for (guint i = 0; i < n_fields; i++)
    cells = MAX (cells, fields[i]->system ? 0 : naru_text_cells (fields[i]->pointer + 1));
  for (guint i = 0; i < n_fields; i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (fields[i]->pointer + 1), "/", '.');
      g_autofree char *label = naru_record_type_get_label (type, fields[i]->pointer);
      g_autofree char *values =
          fields[i]->values != NULL ? g_strjoinv ("|", (char **) fields[i]->values) : NULL;
      g_autofree char *text = values != NULL ? g_strdup_printf ("%s: %s", label, values) : g_strdup (label);
      if (!fields[i]->system)
        print_pair (cli, name, cells, text);
    }
}

static void
print_verbs (NaruCli *cli, const NaruVerb *const *chosen, guint n)
{
  guint cells = 0;

  for (guint i = 0; i < n; i++)
    cells = MAX (cells, naru_text_cells (chosen[i]->name));
  for (guint i = 0; i < n; i++)
    print_pair (cli, chosen[i]->name, cells, _ (chosen[i]->summary));
}

void
naru_help_print_group (NaruCli *cli, const char *group)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autofree char *prefix = g_strconcat (group, " ", NULL);
  const NaruVerb *verbs;
  guint n_verbs;

  verbs = naru_verbs_get (&n_verbs);
  for (guint i = 0; i < n_verbs; i++)
    {
      if (g_str_has_prefix (verbs[i].name, prefix))
        g_ptr_array_add (chosen, (gpointer) &verbs[i]);
    }
  naru_cli_print (cli, "%s: naru %s %s\n\n", _ ("Usage"), group, _ ("VERB"));
  print_verbs (cli, (const NaruVerb *const *) chosen->pdata, chosen->len);
}

void
naru_help_print_all (NaruCli *cli)
{
  const NaruVerb *verbs;
  guint n_verbs;

  verbs = naru_verbs_get (&n_verbs);
  naru_cli_print (cli, "%s: naru %s\n\n", _ ("Usage"), _ ("[OPTION…] VERB [WORD…]"));
  print_wrapped (
      cli, _ ("Naru keeps the portfolio of a technology transfer office: records, gated stages, history."),
      0);
  for (guint section = 0; section < NARU_N_SECTIONS; section++)
    {
      g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
      print_heading (cli, naru_section_get_title (section));
      for (guint i = 0; i < n_verbs; i++)
        {
          if (verbs[i].section == section && (verbs[i].flags & NARU_VERB_HIDDEN) == 0)
            g_ptr_array_add (chosen, (gpointer) &verbs[i]);
        }
      print_verbs (cli, (const NaruVerb *const *) chosen->pdata, chosen->len);
    }
  print_options (cli, _ ("Options of every verb"), naru_global_options);
  print_heading (cli, _ ("Exit status"));
  for (guint i = 0; i < naru_n_exit_meanings; i++)
    naru_cli_print (cli, "  %u  %s\n", i, _ (naru_exit_meanings[i]));
  naru_cli_print (cli, "\n%s\n", _ ("naru VERB --help tells more about a verb."));
}
