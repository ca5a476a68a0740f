/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

static gboolean
set_unknown_field (NaruRecordType *type, const char *path, GError **error)
{
  const NaruField *const *fields;
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_fields = 0;

  fields = naru_record_type_get_fields (type, &n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      if (fields[i]->system || strchr (fields[i]->pointer + 1, '/') != NULL)
        continue;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", fields[i]->name);
    }
  g_string_prepend (names, _ ("Fields: "));
  naru_set_error (error, NARU_ERROR_INVALID, path, 0, names->str, _ ("%s has no field “%s”"),
                  naru_record_type_get_title (type), path);
  return FALSE;
}

static NaruJson *
parse_json_value (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) failure = NULL;
  NaruJson *value = naru_json_parse (text, -1, NARU_JSON_MAX_SIZE, &failure);

  if (value == NULL)
    naru_set_error (
        error, NARU_ERROR_INVALID, path, 0,
        _ ("After := a JSON value stands, such as [\"green\"] or {\"amount\":\"100\"}; put it in quotes."),
        "%s: %s", path, failure->message);
  return value;
}

/* what is wrong with the text itself does not know the field yet */
static NaruJson *
parse_value (NaruRecordType *type, const NaruField *field, const char *path, const char *text, GError **error)
{
  g_autoptr (GError) failure = NULL;
  NaruJson *value = naru_record_type_parse_value (type, field, text, &failure);

  if (value != NULL)
    return value;
  if (naru_error_get_field (failure) == NULL)
    naru_set_error (error, failure->code, path, 0, naru_error_get_cure (failure), "%s: %s", path,
                    failure->message);
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* Takes "field=value" or "field:=JSON" apart. @value is NULL where the field is to be removed ("field="). */
gboolean
naru_value_parse_assignment (NaruRecordType *type, const char *word, char **path, NaruJson **value,
                             GError **error)
{
  const char *equals = strchr (word, '=');
  gboolean json = equals != NULL && equals > word && equals[-1] == ':';
  g_autofree char *name = NULL;
  const NaruField *field;

  if (equals == NULL || equals - word - json == 0)
    {
      naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("Write FIELD=VALUE, or FIELD:=JSON."),
                      _ ("“%s” is no assignment"), word);
      return FALSE;
    }
  name = g_strndup (word, equals - word - json);
  if (json)
    {
      *value = parse_json_value (name, equals + 1, error);
      if (*value == NULL)
        return FALSE;
      *path = g_steal_pointer (&name);
      return TRUE;
    }
  field = naru_record_type_find_field (type, name);
  if (field == NULL)
    return set_unknown_field (type, name, error);
  *value = NULL;
  if (equals[1] != '\0')
    {
      *value = parse_value (type, field, name, equals + 1, error);
      if (*value == NULL)
        return FALSE;
    }
  *path = g_steal_pointer (&name);
  return TRUE;
}

/* Makes one object of the words of "new". */
NaruJson *
naru_value_parse_fields (NaruRecordType *type, char **words, GError **error)
{
  g_autoptr (NaruJson) fields = naru_json_new_object ();

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *path = NULL;
      NaruJson *value = NULL;
      if (!naru_value_parse_assignment (type, words[i], &path, &value, error))
        return NULL;
      if (value != NULL && !naru_json_set_path (fields, path, value, error))
        return NULL;
    }
  return g_steal_pointer (&fields);
}

/* Makes an object of the words of "edit": each key is a path, null removes the field. */
NaruJson *
naru_value_parse_changes (NaruRecordType *type, char **words, GError **error)
{
  g_autoptr (NaruJson) changes = naru_json_new_object ();

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *path = NULL;
      NaruJson *value = NULL;
      if (!naru_value_parse_assignment (type, words[i], &path, &value, error))
        return NULL;
      naru_json_set (changes, path, value != NULL ? value : naru_json_new_null ());
    }
  return g_steal_pointer (&changes);
}

/* The bare text of a value: a string as it is, the rest as JSON on one line. @value: (nullable) */
char *
naru_value_to_text (NaruJson *value)
{
  char *line;

  if (value == NULL || naru_json_get_kind (value) == NARU_JSON_NULL)
    return g_strdup ("");
  if (naru_json_get_kind (value) == NARU_JSON_STRING)
    return g_strdup (naru_json_as_string (value));
  line = naru_json_to_line (value);
  return g_strchomp (line);
}

/* Returns: (transfer full): the title of the stage in the current language, else its id */
char *
naru_value_get_stage_title (NaruCli *cli, const char *type, const char *stage)
{
  NaruPipeline *pipeline = naru_office_get_pipeline (cli->office, type, NULL);
  const NaruStage *found = pipeline != NULL ? naru_pipeline_find_stage (pipeline, stage) : NULL;

  return g_strdup (found != NULL ? naru_stage_get_title (found) : stage);
}

static char *
display_reference (NaruCli *cli, const char *id)
{
  g_autoptr (NaruRecord) target = naru_desk_show (cli->desk, id, NULL);
  const char *name = target != NULL ? naru_show_get_name (target) : NULL;

  return name != NULL ? g_strdup_printf ("%s (%s)", id, name) : g_strdup (id);
}

static char *
display_decimal (const char *text, NaruJson *parent)
{
  const char *currency = parent != NULL ? naru_json_get_string (parent, "currency") : NULL;
  NaruDecimal decimal;

  if (!naru_decimal_parse (text, &decimal, NULL))
    return g_strdup (text);
  return naru_decimal_to_display (&decimal, currency);
}

/* a moment as records keep it: 2026-03-05T10:00:00+09:00 */
static gboolean
is_moment (const char *text)
{
  return strlen (text) >= strlen ("2026-03-05T10:00:00Z") && text[4] == '-' && text[10] == 'T' &&
         text[13] == ':';
}

static char *
display_date (const char *text)
{
  NaruDate date;
  NaruTime moment;

  if (naru_date_parse (text, &date, NULL))
    return naru_date_to_display (date);
  if (naru_time_parse (text, &moment, NULL))
    return naru_time_to_display (&moment);
  return g_strdup (text);
}

/**
 * naru_value_to_display:
 * @field: (nullable): NULL where the schema does not know the value
 * @parent: (nullable): the object that the value stands in; a sum finds its currency there
 *
 * Returns: (transfer full): a simple value as people write it, in the current language
 */
char *
naru_value_to_display (NaruCli *cli, NaruRecordType *type, const NaruField *field, NaruJson *value,
                       NaruJson *parent)
{
  const char *text = naru_json_get_kind (value) == NARU_JSON_STRING ? naru_json_as_string (value) : NULL;
  const char *label = NULL;

  if (naru_json_get_kind (value) == NARU_JSON_BOOLEAN)
    return g_strdup (naru_json_as_boolean (value) ? _ ("yes") : _ ("no"));
  if (text == NULL || field == NULL)
    return naru_value_to_text (value);
  if (strcmp (field->pointer, "/stage") == 0)
    return naru_value_get_stage_title (cli, naru_record_type_get_name (type), text);
  switch (field->kind)
    {
    case NARU_FIELD_REFERENCE:
      return display_reference (cli, text);
    case NARU_FIELD_DECIMAL:
      return display_decimal (text, parent);
    case NARU_FIELD_DATE:
      return display_date (text);
    case NARU_FIELD_STRING:
      return is_moment (text) ? display_date (text) : g_strdup (text);
    default:
      label = naru_record_type_get_value_label (type, field, text);
      return g_strdup (label != NULL ? label : text);
    }
}
