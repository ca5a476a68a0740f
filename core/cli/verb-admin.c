/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

static char *option_name;
static char *option_email;
static GStrv option_roles;
static char *option_log;
static char *option_map;
static char *option_output;

const GOptionEntry naru_options_person_add[] = {
  { "name", 0, 0, G_OPTION_ARG_FILENAME, &option_name, N_ ("The person's name"), "NAME" },
  { "email", 0, 0, G_OPTION_ARG_FILENAME, &option_email, N_ ("The person's address"), "ADDRESS" },
  { "role", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &option_roles, N_ ("A role; may be given more than once"),
    "ROLE" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_pipeline_new[] = {
  { "from-log", 0, 0, G_OPTION_ARG_FILENAME, &option_log, N_ ("The event log, CSV"), "FILE" },
  { "map", 0, 0, G_OPTION_ARG_FILENAME, &option_map, N_ ("The mapping: which column is what"), "MAP" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &option_output, N_ ("Write into this file"), "FILE" },
  G_OPTION_ENTRY_NULL,
};

/* Returns: (transfer full) (nullable): the id of the person with this login */
char *
naru_cli_find_person (NaruCli *cli, const char *login, GError **error)
{
  g_autofree char *condition = g_strconcat ("login=", login, NULL);
  const char *const where[] = { condition, NULL };
  NaruQuery query = { .where = where, .limit = 1 };
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) found = NULL;
  NaruId id;

  if (desk == NULL)
    return NULL;
  if (naru_id_parse (login, &id))
    return g_strdup (login);
  found = naru_desk_list (desk, "person", &query, error);
  if (found == NULL)
    return NULL;
  if (naru_json_get_size (found) == 0)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, "login", 0, _ ("naru person list shows who is there."),
                      _ ("nobody here has the login “%s”"), login);
      return NULL;
    }
  return g_strdup (naru_json_get_string (naru_json_get_element (found, 0), "id"));
}

static NaruJson *
make_roles (char **roles, GError **error)
{
  g_autoptr (NaruJson) array = naru_json_new_array ();

  for (guint i = 0; roles != NULL && roles[i] != NULL; i++)
    {
      if (!naru_cli_check_text (roles[i], error))
        return NULL;
      naru_json_append_string (array, roles[i]);
    }
  return g_steal_pointer (&array);
}

gboolean
naru_verb_person_list (NaruCli *cli, char **args, GError **error)
{
  return naru_cli_print_list (cli, "person", NULL, FALSE, error);
}

gboolean
naru_verb_person_add (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) person = naru_json_new_object ();
  g_autoptr (NaruJson) roles = make_roles (option_roles, error);
  g_autofree char *id = NULL;
  NaruDesk *desk;

  if (roles == NULL || (option_name != NULL && !naru_cli_check_text (option_name, error)) ||
      (option_email != NULL && !naru_cli_check_text (option_email, error)))
    return FALSE;
  naru_json_set_string (person, "login", args[0]);
  naru_json_set_string (person, "name", option_name != NULL ? option_name : args[0]);
  if (option_email != NULL)
    naru_json_set_string (person, "email", option_email);
  if (naru_json_get_size (roles) > 0)
    naru_json_set (person, "roles", g_steal_pointer (&roles));
  desk = naru_cli_get_desk (cli, error);
  if (desk == NULL || !naru_cli_recorded (naru_desk_create (desk, "person", person, &id, error), error))
    return FALSE;
  if (cli->json)
    return naru_cli_report_change (cli, id, "", error);
  naru_cli_print (cli, "%s\n", id);
  return *error == NULL;
}

gboolean
naru_verb_person_edit (NaruCli *cli, char **args, GError **error)
{
  g_autofree char *id = naru_cli_find_person (cli, args[0], error);

  return id != NULL && naru_cli_edit (cli, id, args + 1, NULL, error);
}

gboolean
naru_verb_person_role (NaruCli *cli, char **args, GError **error)
{
  g_autofree char *id = naru_cli_find_person (cli, args[0], error);
  g_autoptr (NaruJson) changes = naru_json_new_object ();
  NaruJson *roles;

  if (id == NULL)
    return FALSE;
  roles = make_roles (args + 1, error);
  if (roles == NULL)
    return FALSE;
  naru_json_set (changes, "roles", roles);
  if (!naru_cli_recorded (naru_desk_edit (cli->desk, id, changes, NULL, error), error))
    return FALSE;
  return naru_cli_report_change (cli, id, _ ("roles set"), error);
}

/* The pipeline of a type; @failed: (out): it has one that cannot be read. Returns: (transfer none) (nullable)
 */
static NaruPipeline *
get_pipeline (NaruCli *cli, const char *type, gboolean *failed, GError **error)
{
  g_autoptr (GError) local = NULL;
  NaruPipeline *pipeline = naru_office_get_pipeline (cli->office, type, &local);

  *failed = pipeline == NULL && g_strcmp0 (naru_error_get_field (local), "stage") != 0;
  if (*failed)
    g_propagate_error (error, g_steal_pointer (&local));
  return pipeline;
}

/* Finds a pipeline by its id or by the type of its records. Returns: (transfer none) (nullable) */
NaruPipeline *
naru_cli_find_pipeline (NaruCli *cli, const char *id, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  const char *const *types;
  gboolean failed = FALSE;

  if (desk == NULL)
    return NULL;
  types = naru_types_get_names (naru_office_get_types (cli->office));
  for (guint i = 0; types[i] != NULL; i++)
    {
      NaruPipeline *pipeline = get_pipeline (cli, types[i], &failed, error);
      if (failed)
        return NULL;
      if (pipeline != NULL &&
          (strcmp (naru_pipeline_get_id (pipeline), id) == 0 || strcmp (types[i], id) == 0))
        return pipeline;
    }
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("naru pipeline list shows those in force."),
                  _ ("there is no pipeline “%s”"), id);
  return NULL;
}

gboolean
naru_verb_pipeline_list (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruTable) table = naru_table_new ();
  g_autoptr (NaruJson) array = naru_json_new_array ();
  const char *const *types;
  gboolean failed = FALSE;

  if (desk == NULL)
    return FALSE;
  naru_table_add_column (table, "id", FALSE, FALSE);
  naru_table_add_column (table, _ ("Type"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Stages"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Title"), TRUE, FALSE);
  types = naru_types_get_names (naru_office_get_types (cli->office));
  for (guint i = 0; types[i] != NULL; i++)
    {
      NaruPipeline *pipeline = get_pipeline (cli, types[i], &failed, error);
      NaruJson *row = NULL;
      GStrv cells = NULL;
      if (failed)
        return FALSE;
      if (pipeline == NULL)
        continue;
      row = naru_json_new_object ();
      naru_json_set_string (row, "id", naru_pipeline_get_id (pipeline));
      naru_json_set_string (row, "type", types[i]);
      naru_json_set_string (row, "title", naru_pipeline_get_title (pipeline));
      naru_json_set_integer (row, "stages", naru_pipeline_get_n_stages (pipeline));
      naru_json_append (array, row);
      cells = g_new0 (char *, 5);
      cells[0] = g_strdup (naru_pipeline_get_id (pipeline));
      cells[1] = g_strdup (types[i]);
      cells[2] = g_strdup_printf ("%u", naru_pipeline_get_n_stages (pipeline));
      cells[3] = g_strdup (naru_pipeline_get_title (pipeline));
      naru_table_add_row (table, cells);
    }
  if (cli->json)
    naru_cli_print_json (cli, array);
  else
    naru_table_print (table, cli);
  return TRUE;
}

static void
print_stages (NaruCli *cli, NaruPipeline *pipeline)
{
  g_autoptr (NaruTable) table = naru_table_new ();

  naru_table_add_column (table, _ ("Stage"), FALSE, FALSE);
  naru_table_add_column (table, _ ("Title"), TRUE, FALSE);
  naru_table_add_column (table, _ ("Working days"), FALSE, TRUE);
  naru_table_add_column (table, _ ("Leads to"), TRUE, FALSE);
  for (guint i = 0; i < naru_pipeline_get_n_stages (pipeline); i++)
    {
      const NaruStage *stage = naru_pipeline_get_stage (pipeline, i);
      g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, stage->id);
      GStrv cells = g_new0 (char *, 5);
      cells[0] = g_strdup (stage->id);
      cells[1] = g_strdup (naru_stage_get_title (stage));
      cells[2] = stage->target_days > 0 ? g_strdup_printf ("%d", stage->target_days) : g_strdup ("");
      cells[3] = targets != NULL ? g_strjoinv (", ", targets) : g_strdup ("");
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
}

gboolean
naru_verb_pipeline_show (NaruCli *cli, char **args, GError **error)
{
  NaruPipeline *pipeline = naru_cli_find_pipeline (cli, args[0], error);

  if (pipeline == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, naru_pipeline_get_json (pipeline));
      return TRUE;
    }
  naru_cli_paint (cli, NARU_STYLE_BOLD, naru_pipeline_get_title (pipeline));
  naru_cli_print (cli, "  %s\n\n", naru_pipeline_get_id (pipeline));
  print_stages (cli, pipeline);
  return TRUE;
}

gboolean
naru_verb_pipeline_add (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) pipeline = NULL;
  g_autoptr (NaruJson) json = NULL;
  const char *id;

  if (desk == NULL)
    return FALSE;
  pipeline = naru_json_parse_file (args[0], NARU_JSON_MAX_SIZE, error);
  if (pipeline == NULL || !naru_cli_recorded (naru_desk_add_pipeline (desk, pipeline, args[0], error), error))
    return FALSE;
  id = naru_json_get_string (pipeline, "id");
  if (cli->json)
    {
      json = naru_json_new_object ();
      naru_json_set_string (json, "id", id);
      naru_cli_print_json (cli, json);
    }
  else
    naru_cli_print (cli, _ ("pipeline %s is in force\n"), id);
  return *error == NULL;
}

/* A pipeline that nobody named takes the name of the log: "receipt.csv.gz" gives "receipt". */
static char *
name_after_file (const char *file)
{
  g_autofree char *base = g_path_get_basename (file);
  g_autofree char *folded = NULL;

  *strchrnul (base, '.') = '\0';
  folded = g_ascii_strdown (base, -1);
  g_strcanon (folded, "abcdefghijklmnopqrstuvwxyz0123456789-", '-');
  return g_ascii_isalpha (folded[0]) ? g_steal_pointer (&folded) : g_strconcat ("log-", folded, NULL);
}

gboolean
naru_verb_pipeline_new (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (NaruJson) proposal = NULL;
  g_autoptr (GError) failure = NULL;
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (option_log == NULL || option_map == NULL)
    {
      const char *option = option_log == NULL ? "--from-log" : "--map";
      naru_set_error (error, NARU_ERROR_USAGE, option, 0, _ ("naru pipeline new --help shows an example."),
                      _ ("%s is missing"), option);
      return FALSE;
    }
  id = args[0] != NULL ? g_strdup (args[0]) : name_after_file (option_log);
  proposal = naru_pipeline_propose (option_log, option_map, id, error);
  if (proposal == NULL)
    return FALSE;
  if (option_output == NULL)
    {
      naru_cli_print_json (cli, proposal);
      return TRUE;
    }
  text = naru_json_to_text (proposal, &length);
  if (g_file_set_contents (option_output, text, length, &failure))
    return TRUE;
  naru_set_error (error, NARU_ERROR_IO, NULL, 0, _ ("Choose a folder that you may write to."),
                  _ ("cannot write %s"), option_output);
  return FALSE;
}
