/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

static char *option_from;
static char *option_if_revision;
static char *option_attach_name;

const GOptionEntry naru_options_show[] = {
  NARU_OPTION_AT,
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_new[] = {
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &option_from, N_ ("Take fields from a file with a JSON object"),
    "FILE" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_edit[] = {
  { "if-revision", 0, 0, G_OPTION_ARG_FILENAME, &option_if_revision,
    N_ ("Only when the record still has this revision; else end with 5"), "REVISION" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_attach[] = {
  { "name", 0, 0, G_OPTION_ARG_FILENAME, &option_attach_name, N_ ("The document's name in the record"),
    "NAME" },
  G_OPTION_ENTRY_NULL,
};

static void
set_member (const char *key, NaruJson *value, gpointer user_data)
{
  naru_json_set (user_data, key, naru_json_ref (value));
}

/* fields of the file first, then those of the command line over them */
static NaruJson *
read_fields (NaruRecordType *type, char **words, GError **error)
{
  g_autoptr (NaruJson) fields = NULL;
  g_autoptr (NaruJson) merged = NULL;

  fields = naru_value_parse_fields (type, words, error);
  if (fields == NULL || option_from == NULL)
    return g_steal_pointer (&fields);
  merged = naru_json_parse_file (option_from, NARU_JSON_MAX_SIZE, error);
  if (merged == NULL)
    return NULL;
  if (naru_json_get_kind (merged) != NARU_JSON_OBJECT)
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 1, _ ("Put the fields between { and }."),
                      _ ("%s holds no JSON object"), option_from);
      return NULL;
    }
  naru_json_foreach_member (fields, set_member, merged);
  return g_steal_pointer (&merged);
}

gboolean
naru_verb_new (NaruCli *cli, char **args, GError **error)
{
  NaruRecordType *type = naru_cli_get_type (cli, args[0], error);
  g_autoptr (NaruJson) fields = type != NULL ? read_fields (type, args + 1, error) : NULL;
  g_autofree char *id = NULL;

  if (fields == NULL ||
      !naru_cli_recorded (naru_desk_create (cli->desk, naru_record_type_get_name (type), fields, &id, error),
                          error))
    return FALSE;
  if (cli->json)
    return naru_cli_report_change (cli, id, "", error);
  naru_cli_print (cli, "%s\n", id);
  return *error == NULL;
}

gboolean
naru_verb_show (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruRecord) record = desk != NULL ? naru_desk_show (desk, args[0], error) : NULL;
  NaruRecordType *type = NULL;
  g_autoptr (NaruJson) json = NULL;

  if (record == NULL)
    return FALSE;
  if (cli->json)
    {
      json = naru_json_new_object ();
      naru_json_set_string (json, "id", naru_record_get_id (record));
      naru_json_set_string (json, "type", naru_record_get_type_name (record));
      naru_json_set_string (json, "revision", naru_record_get_revision (record));
      naru_json_set (json, "record", naru_json_ref (naru_record_get_json (record)));
      naru_cli_print_json (cli, json);
      return TRUE;
    }
  type = naru_cli_get_type (cli, naru_record_get_type_name (record), error);
  if (type == NULL)
    return FALSE;
  naru_show_record (cli, type, record);
  return TRUE;
}

gboolean
naru_cli_edit (NaruCli *cli, const char *id, char **words, const char *if_revision, GError **error)
{
  NaruRecordType *type = naru_cli_get_type_of (cli, id, error);
  g_autoptr (NaruJson) changes = type != NULL ? naru_value_parse_changes (type, words, error) : NULL;

  if (changes == NULL ||
      !naru_cli_recorded (naru_desk_edit (cli->desk, id, changes, if_revision, error), error))
    return FALSE;
  return naru_cli_report_change (cli, id, _ ("changed"), error);
}

gboolean
naru_verb_edit (NaruCli *cli, char **args, GError **error)
{
  return naru_cli_edit (cli, args[0], args + 1, option_if_revision, error);
}

gboolean
naru_verb_link (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autofree char *text = NULL;

  if (desk == NULL || !naru_cli_recorded (naru_desk_link (desk, args[0], args[1], args[2], error), error))
    return FALSE;
  text = g_strdup_printf ("%s → %s", args[1], args[2]);
  return naru_cli_report_change (cli, args[0], text, error);
}

gboolean
naru_verb_attach (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autofree char *base = g_path_get_basename (args[1]);
  g_autofree char *text = NULL;
  const char *name = option_attach_name != NULL ? option_attach_name : base;

  if (desk == NULL || !naru_cli_check_text (name, error) ||
      !naru_cli_recorded (naru_desk_attach (desk, args[0], args[1], name, error), error))
    return FALSE;
  text = g_strdup_printf (_ ("document “%s” attached"), name);
  return naru_cli_report_change (cli, args[0], text, error);
}

gboolean
naru_verb_note (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);

  if (desk == NULL || !naru_cli_recorded (naru_desk_note (desk, args[0], args[1], error), error))
    return FALSE;
  return naru_cli_report_change (cli, args[0], _ ("note added"), error);
}
