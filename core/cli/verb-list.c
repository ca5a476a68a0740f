/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <stdio.h>
#include <string.h>

static char *option_stage;
static char *option_sector;
static char *option_hub;
static char *option_officer;
static char *option_text;
static GStrv option_where;
static char *option_sort;
static int option_limit;
static gboolean option_csv;
static char *option_type;
static char *option_pipeline;
static int option_cards = 20;

#define CONDITION_OPTIONS                                                                                      \
  { "stage", 0, 0, G_OPTION_ARG_FILENAME, &option_stage, N_ ("Only records in this stage"), "STAGE" },         \
      { "sector", 0, 0, G_OPTION_ARG_FILENAME, &option_sector, N_ ("Only records of this sector"), "SECTOR" }, \
      { "hub", 0, 0, G_OPTION_ARG_FILENAME, &option_hub, N_ ("Only records of this hub"), "HUB" },             \
      { "officer", 0, 0, G_OPTION_ARG_FILENAME, &option_officer, N_ ("Only records of this officer"), "ID" },  \
      { "text", 0, 0, G_OPTION_ARG_FILENAME, &option_text, N_ ("Only records in which this text stands"),      \
        "TEXT" },                                                                                              \
  {                                                                                                            \
    "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &option_where,                                                 \
        N_ ("Only records whose field has this value; may be given more than once"), "FIELD=VALUE"             \
  }

const GOptionEntry naru_options_list[] = {
  CONDITION_OPTIONS,
  NARU_OPTION_AT,
  { "sort", 0, 0, G_OPTION_ARG_FILENAME, &option_sort, N_ ("Order by a field; -FIELD for the reverse"),
    "FIELD" },
  { "limit", 0, 0, G_OPTION_ARG_INT, &option_limit, N_ ("So many at most"), "N" },
  { "csv", 0, 0, G_OPTION_ARG_NONE, &option_csv, N_ ("Print CSV, the id first"), NULL },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_board[] = {
  CONDITION_OPTIONS,
  NARU_OPTION_AT,
  { "type", 0, 0, G_OPTION_ARG_FILENAME, &option_type, N_ ("Records of this type; deals if not given"),
    "TYPE" },
  { "pipeline", 0, 0, G_OPTION_ARG_FILENAME, &option_pipeline, N_ ("Records that follow this pipeline"),
    "ID" },
  { "cards", 0, 0, G_OPTION_ARG_INT, &option_cards, N_ ("So many cards in a column at most; 0 for all"),
    "N" },
  G_OPTION_ENTRY_NULL,
};

/* A person may be named by login as well as by id. */
static gboolean
resolve_officer (NaruCli *cli, GError **error)
{
  NaruId id;
  char *found;

  if (option_officer == NULL || naru_id_parse (option_officer, &id))
    return TRUE;
  found = naru_cli_find_person (cli, option_officer, error);
  if (found == NULL)
    return FALSE;
  g_free (option_officer);
  option_officer = found;
  return TRUE;
}

static gboolean
fill_query (NaruCli *cli, NaruQuery *query, GError **error)
{
  const char *const texts[] = { option_stage,   option_sector, option_hub,
                                option_officer, option_text,   option_sort };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (texts[i] != NULL && !naru_cli_check_text (texts[i], error))
        return FALSE;
    }
  for (guint i = 0; option_where != NULL && option_where[i] != NULL; i++)
    {
      if (!naru_cli_check_text (option_where[i], error))
        return FALSE;
    }
  if (option_limit < 0 || option_cards < 0)
    {
      naru_set_error (error, NARU_ERROR_USAGE, option_limit < 0 ? "--limit" : "--cards", 0, NULL,
                      _ ("a number of records cannot be negative"));
      return FALSE;
    }
  if (!resolve_officer (cli, error))
    return FALSE;
  query->stage = option_stage;
  query->sector = option_sector;
  query->hub = option_hub;
  query->officer = option_officer;
  query->text = option_text;
  query->where = (const char *const *) option_where;
  query->sort = option_sort;
  query->limit = option_limit;
  return TRUE;
}

/* the fields that a list shows, in the order of the schema */
static GPtrArray *
list_card_fields (NaruRecordType *type)
{
  GPtrArray *shown = g_ptr_array_new ();
  const NaruField *const *fields;
  guint n_fields = 0;

  fields = naru_record_type_get_fields_of (type, NULL, &n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      if (fields[i]->card)
        g_ptr_array_add (shown, (gpointer) fields[i]);
    }
  return shown;
}

static void
print_csv (NaruCli *cli, GPtrArray *fields, NaruJson *cards)
{
  g_autoptr (GString) row = g_string_new (NULL);
  guint n = naru_json_get_size (cards);

  naru_csv_append_cell (row, "id");
  for (guint f = 0; f < fields->len; f++)
    naru_csv_append_cell (row, ((const NaruField *) g_ptr_array_index (fields, f))->name);
  naru_cli_print (cli, "%s\r\n", row->str);
  for (guint i = 0; i < n; i++)
    {
      NaruJson *card = naru_json_get_element (cards, i);
      g_string_truncate (row, 0);
      naru_csv_append_cell (row, naru_json_get_string (card, "id"));
      for (guint f = 0; f < fields->len; f++)
        {
          const NaruField *field = g_ptr_array_index (fields, f);
          naru_csv_append_json (row, naru_json_get (card, field->name));
        }
      naru_cli_print (cli, "%s\r\n", row->str);
    }
}

/* values of an array stand in one cell with commas between */
static char *
display_card_value (NaruCli *cli, NaruRecordType *type, const NaruField *field, NaruJson *card)
{
  NaruJson *value = naru_json_get (card, field->name);
  g_autoptr (GString) text = NULL;

  if (value == NULL)
    return g_strdup ("");
  if (field->kind == NARU_FIELD_REFERENCE)
    return naru_value_to_text (value);
  if (naru_json_get_kind (value) != NARU_JSON_ARRAY)
    return naru_value_to_display (cli, type, field, value, card);
  text = g_string_new (NULL);
  for (guint i = 0; i < naru_json_get_size (value); i++)
    {
      g_autofree char *element =
          naru_value_to_display (cli, type, field, naru_json_get_element (value, i), NULL);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", element);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
has_value (NaruJson *cards, const char *name)
{
  guint n = naru_json_get_size (cards);

  for (guint i = 0; i < n; i++)
    {
      if (naru_json_get (naru_json_get_element (cards, i), name) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* a column in which nothing stands would only take room */
static void
drop_empty_columns (GPtrArray *fields, NaruJson *cards)
{
  for (guint f = fields->len; f > 0; f--)
    {
      if (!has_value (cards, ((const NaruField *) g_ptr_array_index (fields, f - 1))->name))
        g_ptr_array_remove_index (fields, f - 1);
    }
}

static void
print_table (NaruCli *cli, NaruRecordType *type, GPtrArray *fields, NaruJson *cards)
{
  g_autoptr (NaruTable) table = naru_table_new ();
  guint n = naru_json_get_size (cards);

  drop_empty_columns (fields, cards);
  naru_table_add_column (table, "id", FALSE, FALSE);
  for (guint f = 0; f < fields->len; f++)
    {
      const NaruField *field = g_ptr_array_index (fields, f);
      g_autofree char *label = naru_record_type_get_label (type, field->pointer);
      naru_table_add_column (table, label, TRUE,
                             field->kind == NARU_FIELD_INTEGER || field->kind == NARU_FIELD_DECIMAL);
    }
  for (guint i = 0; i < n; i++)
    {
      NaruJson *card = naru_json_get_element (cards, i);
      GStrv cells = g_new0 (char *, fields->len + 2);
      cells[0] = g_strdup (naru_json_get_string (card, "id"));
      for (guint f = 0; f < fields->len; f++)
        cells[f + 1] = display_card_value (cli, type, g_ptr_array_index (fields, f), card);
      naru_table_add_row (table, cells);
    }
  naru_table_print (table, cli);
}

gboolean
naru_cli_print_list (NaruCli *cli, const char *type_name, const NaruQuery *query, gboolean csv,
                     GError **error)
{
  NaruRecordType *type = naru_cli_get_type (cli, type_name, error);
  g_autoptr (NaruJson) cards = NULL;
  g_autoptr (GPtrArray) fields = NULL;

  if (type == NULL)
    return FALSE;
  cards = naru_desk_list (cli->desk, naru_record_type_get_name (type), query, error);
  if (cards == NULL)
    return FALSE;
  fields = list_card_fields (type);
  if (cli->json)
    naru_cli_print_json (cli, cards);
  else if (csv)
    print_csv (cli, fields, cards);
  else if (naru_json_get_size (cards) > 0)
    print_table (cli, type, fields, cards);
  else
    fprintf (stderr, "%s\n", _ ("Nothing found."));
  return TRUE;
}

gboolean
naru_verb_list (NaruCli *cli, char **args, GError **error)
{
  NaruQuery query = { 0 };

  return naru_cli_get_desk (cli, error) != NULL && fill_query (cli, &query, error) &&
         naru_cli_print_list (cli, args[0], &query, option_csv, error);
}

gboolean
naru_verb_board (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) board = NULL;
  NaruPipeline *pipeline = NULL;
  NaruQuery query = { 0 };

  if (desk == NULL || !fill_query (cli, &query, error))
    return FALSE;
  if (option_pipeline != NULL)
    {
      pipeline = naru_cli_find_pipeline (cli, option_pipeline, error);
      if (pipeline == NULL)
        return FALSE;
    }
  board = naru_desk_board (desk, pipeline != NULL ? naru_pipeline_get_record_type (pipeline) : option_type,
                           &query, option_cards, error);
  if (board == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, board);
  else
    naru_board_print (cli, board);
  return TRUE;
}
