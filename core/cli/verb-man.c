/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *text;
} Pair;

static const Pair environment[] = {
  { "NARU_OFFICE", "The office's folder, where --office does not say." },
  { "NARU_DATA_DIR", "The folder with schemas/ and share/, instead of the installed one." },
  { "NARU_LOCALE_DIR", "The folder with the translations, instead of the installed one." },
  { "NARU_CLOCK", "A moment in RFC 3339, taken for the present one. For tests." },
  { "NARU_PAGER, PAGER", "The program that shows long output; empty or cat for none." },
  { "NO_COLOR", "When set and not empty, no colour is used." },
  { "COLUMNS", "The width for tables and boards where the output is no terminal." },
  { "LANGUAGE, LC_ALL, LC_MESSAGES, LANG", "Korean is used when they ask for it." },
};

static const Pair files[] = {
  { "~/.local/share/naru", "The office, where neither --office nor NARU_OFFICE names one." },
  { "OFFICE/audit.git", "The history: a plain bare git repository, one commit for each change." },
};

/* text of the table as roff: no line may begin with a control character, dashes stay dashes */
static void
print_roff (NaruCli *cli, const char *text)
{
  if (text[0] == '.' || text[0] == '\'')
    naru_cli_puts (cli, "\\&");
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '-')
        naru_cli_puts (cli, "\\-");
      else if (*p == '\\')
        naru_cli_puts (cli, "\\e");
      else
        naru_cli_print (cli, "%c", *p);
    }
}

static void
print_entry (NaruCli *cli, const char *term, const char *text)
{
  naru_cli_puts (cli, ".TP\n.B ");
  print_roff (cli, term);
  naru_cli_puts (cli, "\n");
  print_roff (cli, text);
  naru_cli_puts (cli, "\n");
}

static void
print_entries (NaruCli *cli, const char *title, const Pair *pairs, guint n)
{
  naru_cli_print (cli, ".SH %s\n", title);
  for (guint i = 0; i < n; i++)
    print_entry (cli, pairs[i].name, pairs[i].text);
}

static void
print_options (NaruCli *cli, const GOptionEntry *options)
{
  for (const GOptionEntry *option = options; option != NULL && option->long_name != NULL; option++)
    {
      g_autofree char *text = naru_help_format_option (option);
      print_entry (cli, text, option->description);
    }
}

static void
print_verb (NaruCli *cli, const NaruVerb *verb)
{
  naru_cli_puts (cli, ".TP\n.BR \"naru ");
  print_roff (cli, verb->name);
  naru_cli_puts (cli, "\" \" ");
  print_roff (cli, verb->args);
  naru_cli_puts (cli, "\"\n");
  print_roff (cli, verb->summary);
  naru_cli_puts (cli, ".\n");
  if (verb->details != NULL)
    {
      print_roff (cli, verb->details);
      naru_cli_puts (cli, "\n");
    }
  if (verb->options != NULL)
    {
      naru_cli_puts (cli, ".RS\n");
      print_options (cli, verb->options);
      naru_cli_puts (cli, ".RE\n");
    }
}

static void
print_verbs (NaruCli *cli)
{
  const NaruVerb *verbs;
  guint n_verbs;

  verbs = naru_verbs_get (&n_verbs);
  naru_cli_puts (cli, ".SH VERBS\n");
  for (guint section = 0; section < NARU_N_SECTIONS; section++)
    {
      naru_cli_print (cli, ".SS %s\n", naru_section_get_title (section));
      for (guint i = 0; i < n_verbs; i++)
        {
          if (verbs[i].section == section && (verbs[i].flags & NARU_VERB_HIDDEN) == 0)
            print_verb (cli, &verbs[i]);
        }
    }
}

static void
print_examples (NaruCli *cli)
{
  const NaruVerb *verbs;
  guint n_verbs;

  verbs = naru_verbs_get (&n_verbs);
  naru_cli_puts (cli, ".SH EXAMPLES\n.nf\n");
  for (guint i = 0; i < n_verbs; i++)
    {
      if (verbs[i].example == NULL)
        continue;
      naru_cli_puts (cli, "naru ");
      print_roff (cli, verbs[i].example);
      naru_cli_puts (cli, "\n");
    }
  naru_cli_puts (cli, ".fi\n");
}

/* The manual page, from the verb table alone. */
gboolean
naru_verb_man (NaruCli *cli, char **args, GError **error)
{
  naru_cli_print (
      cli,
      ".\\\" made by naru man; do not edit\n.TH NARU 1 \"\" \"naru %s\" \"User Commands\"\n"
      ".SH NAME\nnaru \\- tracker for technology commercialisation\n"
      ".SH SYNOPSIS\n.B naru\n.RI [ OPTION \\&...]\n.I VERB\n.RI [ WORD \\&...]\n"
      ".SH DESCRIPTION\n"
      "Naru keeps the portfolio of a technology transfer office: records, a pipeline with gates,\n"
      "and a history in which each change is one commit of a plain git repository.\n.PP\n"
      "Options may stand before and after the verb; words after \\-\\- are never options.\n"
      "Text output is for people and may change; \\-\\-json is for programs and keeps its keys.\n"
      "With \\-\\-json an error is an object with the member\n.BR error ,\nwhich holds\n"
      ".BR code ,\n.BR message ,\n.BR field ,\n.B line\nand\n.BR cure .\n",
      NARU_VERSION);
  print_verbs (cli);
  naru_cli_puts (cli, ".SH OPTIONS OF EVERY VERB\n");
  print_options (cli, naru_global_options);
  naru_cli_puts (cli, ".SH EXIT STATUS\n");
  for (guint i = 0; i < naru_n_exit_meanings; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      print_entry (cli, number, naru_exit_meanings[i]);
    }
  print_entries (cli, "ENVIRONMENT", environment, G_N_ELEMENTS (environment));
  print_entries (cli, "FILES", files, G_N_ELEMENTS (files));
  print_examples (cli);
  naru_cli_puts (cli, ".SH SEE ALSO\n.BR git\\-log (1)\n");
  return TRUE;
}
