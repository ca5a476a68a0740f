/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

#define MAX_IDS 200

/* The command line as far as it is typed. */
typedef struct
{
  NaruCli *cli;
  const NaruVerb *verb; /* (nullable) */
  const char *group;    /* (nullable): first word of a verb of two */
  const char *option;   /* (nullable): long name of the option whose value is being typed */
  GPtrArray *words;     /* of the verb, without options and without the last one */
  const char *last;
  NaruTypes *types; /* (nullable) */
} Line;

static void
propose (Line *line, const char *word)
{
  if (g_str_has_prefix (word, line->last))
    naru_cli_print (line->cli, "%s\n", word);
}

static void
propose_all (Line *line, const char *const *words)
{
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    propose (line, words[i]);
}

static const GOptionEntry *
find_option (const GOptionEntry *options, const char *name)
{
  for (const GOptionEntry *option = options; option != NULL && option->long_name != NULL; option++)
    {
      if (strcmp (option->long_name, name) == 0)
        return option;
    }
  return NULL;
}

/* Whether the word is an option whose value is the next word. */
static const GOptionEntry *
find_open_option (Line *line, const char *word)
{
  const GOptionEntry *option = NULL;

  if (!g_str_has_prefix (word, "--") || strchr (word, '=') != NULL)
    return NULL;
  option = find_option (naru_global_options, word + 2);
  if (option == NULL && line->verb != NULL)
    option = find_option (line->verb->options, word + 2);
  return option != NULL && option->arg != G_OPTION_ARG_NONE ? option : NULL;
}

static void
take_word (Line *line, const char *word)
{
  if (line->verb != NULL)
    {
      g_ptr_array_add (line->words, (gpointer) word);
      return;
    }
  if (line->group != NULL)
    {
      g_autofree char *name = g_strjoin (" ", line->group, word, NULL);
      line->verb = naru_verbs_find (name);
      return;
    }
  if (naru_verbs_is_group (word))
    line->group = word;
  else
    line->verb = naru_verbs_find (word);
}

static void
read_line (Line *line, char **args)
{
  guint n = g_strv_length (args);

  line->last = args[n - 1];
  for (guint i = 0; i + 1 < n; i++)
    {
      const GOptionEntry *option = find_open_option (line, args[i]);
      if (option == NULL && args[i][0] != '-')
        take_word (line, args[i]);
      if (option == NULL)
        continue;
      if (i + 2 == n)
        line->option = option->long_name;
      else if (strcmp (option->long_name, "office") == 0)
        naru_option_office = args[i + 1];
      else if (strcmp (option->long_name, "as") == 0)
        naru_option_login = args[i + 1];
      i++;
    }
}

static void
propose_options (Line *line, const GOptionEntry *options)
{
  for (const GOptionEntry *option = options; option != NULL && option->long_name != NULL; option++)
    {
      g_autofree char *word = g_strconcat ("--", option->long_name, NULL);
      propose (line, word);
    }
}

static void
propose_verbs (Line *line)
{
  g_autofree char *prefix = line->group != NULL ? g_strconcat (line->group, " ", NULL) : g_strdup ("");
  g_autofree char *previous = NULL;
  const NaruVerb *verbs;
  guint n_verbs;

  verbs = naru_verbs_get (&n_verbs);
  for (guint i = 0; i < n_verbs; i++)
    {
      g_autofree char *word = NULL;
      if ((verbs[i].flags & NARU_VERB_HIDDEN) != 0 || !g_str_has_prefix (verbs[i].name, prefix))
        continue;
      word = g_strdup (verbs[i].name + strlen (prefix));
      word[strcspn (word, " ")] = '\0';
      if (g_strcmp0 (word, previous) != 0)
        propose (line, word);
      g_free (previous);
      previous = g_steal_pointer (&word);
    }
}

/* the type of the record or records that the line is about */
static NaruRecordType *
get_type (Line *line, const char *fallback)
{
  const char *word = line->words->len > 0 ? g_ptr_array_index (line->words, 0) : NULL;
  NaruRecordType *type = NULL;

  if (line->types == NULL)
    return NULL;
  if (word != NULL && line->verb->kinds[0] == NARU_COMPLETE_TYPE)
    type = naru_types_get (line->types, word, NULL);
  else if (word != NULL && line->verb->kinds[0] == NARU_COMPLETE_ID)
    type = naru_types_get_for_id (line->types, word, NULL);
  return type == NULL && fallback != NULL ? naru_types_get (line->types, fallback, NULL) : type;
}

static void
propose_types (Line *line)
{
  if (line->types != NULL)
    propose_all (line, naru_types_get_names (line->types));
}

static void
propose_member (Line *line, const char *type, const char *member)
{
  NaruDesk *desk = naru_cli_get_desk (line->cli, NULL);
  g_autoptr (NaruJson) cards = desk != NULL ? naru_desk_list (desk, type, NULL, NULL) : NULL;
  guint n = cards != NULL ? naru_json_get_size (cards) : 0;
  guint proposed = 0;

  for (guint i = 0; i < n && proposed < MAX_IDS; i++)
    {
      const char *word = naru_json_get_string (naru_json_get_element (cards, i), member);
      if (word == NULL || !g_str_has_prefix (word, line->last))
        continue;
      propose (line, word);
      proposed++;
    }
}

/* Ids of the types whose code begins like what is typed; of deals while no code is typed. */
static void
propose_ids (Line *line)
{
  g_auto (GStrv) parts = g_strsplit (line->last, "-", 3);
  gboolean coded = g_strv_length (parts) > 1 && g_ascii_isalpha (parts[1][0]);
  const char *const *names = line->types != NULL ? naru_types_get_names (line->types) : NULL;

  if (!coded)
    propose_member (line, "deal", "id");
  for (guint i = 0; coded && names != NULL && names[i] != NULL; i++)
    {
      NaruRecordType *type = naru_types_get (line->types, names[i], NULL);
      if (type != NULL && g_str_has_prefix (naru_record_type_get_code (type), parts[1]))
        propose_member (line, names[i], "id");
    }
}

/* where the record may go from its stage; all stages where no record is named */
static void
propose_stages (Line *line)
{
  NaruDesk *desk = naru_cli_get_desk (line->cli, NULL);
  NaruRecordType *type = get_type (line, "deal");
  NaruPipeline *pipeline = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_auto (GStrv) targets = NULL;

  if (desk == NULL || type == NULL)
    return;
  pipeline = naru_office_get_pipeline (line->cli->office, naru_record_type_get_name (type), NULL);
  if (pipeline == NULL)
    return;
  if (line->words->len > 0 && line->verb->kinds[0] == NARU_COMPLETE_ID)
    record = naru_desk_show (desk, g_ptr_array_index (line->words, 0), NULL);
  if (record != NULL)
    {
      const char *stage = naru_json_get_string (naru_record_get_json (record), "stage");
      targets = stage != NULL ? naru_pipeline_list_targets (pipeline, stage) : NULL;
      propose_all (line, (const char *const *) targets);
      return;
    }
  for (guint i = 0; i < naru_pipeline_get_n_stages (pipeline); i++)
    propose (line, naru_pipeline_get_stage (pipeline, i)->id);
}

static void
propose_values (Line *line, NaruRecordType *type, const char *name, const char *prefix)
{
  const NaruField *field = naru_record_type_find_field (type, name);
  g_autofree char *element = NULL;

  if (field != NULL && field->kind == NARU_FIELD_ARRAY)
    {
      element = g_strconcat (name, ".-", NULL);
      field = naru_record_type_find_field (type, element);
    }
  for (guint i = 0; field != NULL && field->values != NULL && field->values[i] != NULL; i++)
    {
      g_autofree char *word = g_strconcat (prefix, field->values[i], NULL);
      propose (line, word);
    }
}

static void
propose_fields (Line *line, gboolean references)
{
  NaruRecordType *type = get_type (line, NULL);
  const NaruField *const *fields = NULL;
  guint n_fields = 0;

  if (type != NULL)
    fields = naru_record_type_get_fields (type, &n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (fields[i]->pointer + 1), "/", '.');
      g_autofree char *word = NULL;
      gboolean structured = fields[i]->kind == NARU_FIELD_ARRAY || fields[i]->kind == NARU_FIELD_OBJECT;
      if (fields[i]->system || strstr (name, ".-") != NULL || (references && fields[i]->refs == NULL))
        continue;
      word = references ? g_strdup (name) : g_strconcat (name, structured ? ":=" : "=", NULL);
      propose (line, word);
    }
}

static void
propose_assignment (Line *line)
{
  const char *equals = strchr (line->last, '=');
  NaruRecordType *type = NULL;
  g_autofree char *name = NULL;
  g_autofree char *prefix = NULL;

  if (equals == NULL)
    {
      propose_fields (line, FALSE);
      return;
    }
  type = get_type (line, NULL);
  if (type == NULL)
    return;
  name = g_strndup (line->last, equals - line->last);
  prefix = g_strndup (line->last, equals - line->last + 1);
  propose_values (line, type, name, prefix);
}

static void
propose_enum (Line *line, const char *type_name, const char *field)
{
  NaruRecordType *type = line->types != NULL ? naru_types_get (line->types, type_name, NULL) : NULL;

  if (type != NULL)
    propose_values (line, type, field, "");
}

static void
propose_pipelines (Line *line)
{
  NaruDesk *desk = naru_cli_get_desk (line->cli, NULL);
  const char *const *names;

  if (desk == NULL)
    return;
  names = naru_types_get_names (naru_office_get_types (line->cli->office));
  for (guint i = 0; names[i] != NULL; i++)
    {
      NaruPipeline *pipeline = naru_office_get_pipeline (line->cli->office, names[i], NULL);
      if (pipeline != NULL)
        propose (line, naru_pipeline_get_id (pipeline));
    }
}

static void
propose_option_value (Line *line)
{
  static const char *const languages[] = { "ko", "en", NULL };
  static const char *const colors[] = { "auto", "always", "never", NULL };

  if (strcmp (line->option, "lang") == 0)
    propose_all (line, languages);
  else if (strcmp (line->option, "color") == 0)
    propose_all (line, colors);
  else if (strcmp (line->option, "as") == 0 || strcmp (line->option, "officer") == 0)
    propose_member (line, "person", "login");
  else if (strcmp (line->option, "stage") == 0)
    propose_stages (line);
  else if (strcmp (line->option, "sector") == 0)
    propose_enum (line, "deal", "sectors");
  else if (strcmp (line->option, "role") == 0)
    propose_enum (line, "person", "roles");
  else if (strcmp (line->option, "type") == 0)
    propose_types (line);
  else if (strcmp (line->option, "pipeline") == 0)
    propose_pipelines (line);
}

static void
propose_kind (Line *line, NaruCompleteKind kind)
{
  switch (kind)
    {
    case NARU_COMPLETE_TYPE:
      propose_types (line);
      return;
    case NARU_COMPLETE_ID:
      propose_ids (line);
      return;
    case NARU_COMPLETE_STAGE:
      propose_stages (line);
      return;
    case NARU_COMPLETE_FIELD:
      propose_fields (line, TRUE);
      return;
    case NARU_COMPLETE_ASSIGNMENT:
      propose_assignment (line);
      return;
    case NARU_COMPLETE_VERB:
      line->group = line->words->len > 0 ? g_ptr_array_index (line->words, 0) : NULL;
      propose_verbs (line);
      return;
    case NARU_COMPLETE_LOGIN:
      propose_member (line, "person", "login");
      return;
    case NARU_COMPLETE_ROLE:
      propose_enum (line, "person", "roles");
      return;
    case NARU_COMPLETE_PIPELINE:
      propose_pipelines (line);
      return;
    case NARU_COMPLETE_NONE:
    case NARU_COMPLETE_FILE:
    default:
      return; /* the shell proposes files itself */
    }
}

/* One proposal a line for the last word; never an error, since a person is typing. */
gboolean
naru_verb_complete (NaruCli *cli, char **args, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (NaruTypes) types = naru_types_new (NULL);
  Line line = { .cli = cli, .words = words, .types = types };

  if (args[0] == NULL)
    return TRUE;
  read_line (&line, args);
  if (line.option != NULL)
    propose_option_value (&line);
  else if (line.last[0] == '-')
    {
      propose_options (&line, naru_global_options);
      if (line.verb != NULL)
        propose_options (&line, line.verb->options);
    }
  else if (line.verb == NULL)
    propose_verbs (&line);
  else
    propose_kind (&line, line.verb->kinds[MIN (words->len, NARU_VERB_MAX_KINDS - 1)]);
  return TRUE;
}
