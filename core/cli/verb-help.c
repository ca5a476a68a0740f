/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

static NaruJson *
options_to_json (const GOptionEntry *options)
{
  NaruJson *array = naru_json_new_array ();

  for (const GOptionEntry *option = options; option != NULL && option->long_name != NULL; option++)
    {
      NaruJson *json = naru_json_new_object ();
      naru_json_set_string (json, "name", option->long_name);
      naru_json_set (json, "argument",
                     option->arg_description != NULL ? naru_json_new_string (option->arg_description)
                                                     : naru_json_new_null ());
      naru_json_set_string (json, "summary", _ (option->description));
      naru_json_append (array, json);
    }
  return array;
}

/* the table itself, so that a program (or a test) can walk all verbs */
static void
print_json_table (NaruCli *cli)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  NaruJson *list = naru_json_new_array ();
  const NaruVerb *verbs;
  guint n_verbs;

  verbs = naru_verbs_get (&n_verbs);
  for (guint i = 0; i < n_verbs; i++)
    {
      NaruJson *verb = naru_json_new_object ();
      naru_json_set_string (verb, "name", verbs[i].name);
      naru_json_set_string (verb, "section", naru_section_get_title (verbs[i].section));
      naru_json_set_string (verb, "args", verbs[i].args);
      naru_json_set_integer (verb, "min_args", verbs[i].min_args);
      naru_json_set_string (verb, "summary", _ (verbs[i].summary));
      naru_json_set_boolean (verb, "changes", (verbs[i].flags & NARU_VERB_CHANGES) != 0);
      naru_json_set_boolean (verb, "office", (verbs[i].flags & NARU_VERB_OFFICE) != 0);
      naru_json_set_boolean (verb, "hidden", (verbs[i].flags & NARU_VERB_HIDDEN) != 0);
      naru_json_set (verb, "options", options_to_json (verbs[i].options));
      naru_json_append (list, verb);
    }
  naru_json_set (json, "verbs", list);
  naru_json_set (json, "options", options_to_json (naru_global_options));
  naru_cli_print_json (cli, json);
}

gboolean
naru_verb_help (NaruCli *cli, char **args, GError **error)
{
  g_autofree char *name = args[0] != NULL ? g_strjoinv (" ", args) : NULL;
  const NaruVerb *verb = name != NULL ? naru_verbs_find (name) : NULL;
  const char *guess;

  if (name == NULL && cli->json)
    {
      print_json_table (cli);
      return TRUE;
    }
  if (verb != NULL)
    naru_help_print_verb (cli, verb);
  else if (name == NULL)
    naru_help_print_all (cli);
  else if (naru_verbs_is_group (name))
    naru_help_print_group (cli, name);
  else
    {
      guess = naru_verbs_guess (name);
      naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("naru help lists the verbs and options."),
                      guess != NULL ? _ ("there is no verb “%s”; did you mean “%s”?")
                                    : _ ("there is no verb “%s”"),
                      name, guess);
      return FALSE;
    }
  return TRUE;
}

gboolean
naru_verb_version (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) json = NULL;

  if (!cli->json)
    {
      naru_cli_print (cli, "naru %s\n", NARU_VERSION);
      return TRUE;
    }
  json = naru_json_new_object ();
  naru_json_set_string (json, "version", NARU_VERSION);
  naru_json_set_integer (json, "format", NARU_OFFICE_FORMAT);
  naru_cli_print_json (cli, json);
  return TRUE;
}
