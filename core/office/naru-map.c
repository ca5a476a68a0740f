/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-map-private.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const NaruField *field;
  const char *path; /* dotted, borrowed from the JSON */
  NaruJson *values; /* (nullable): a closed table, borrowed */
  NaruJson *dates;  /* (nullable): forms, borrowed */
  NaruDate not_before;
  NaruDate not_after;
} Target;

typedef struct
{
  const char *column;
  int index;
  NaruJson *empty;      /* (nullable): texts that mean nothing, silently */
  NaruJson *warn_empty; /* (nullable): the same, with a warning */
  gboolean warn;        /* a bad value is left out with a warning; else it rejects the row */
  GArray *targets;      /* of Target */
} Column;

struct _NaruMap
{
  NaruJson *json;
  NaruRecordType *type;   /* borrowed */
  NaruPipeline *pipeline; /* (nullable), borrowed */
  const char *origin;
  GStrv names;           /* of the mapped columns */
  GPtrArray *columns;    /* of Column */
  NaruJson *constants;   /* what every row begins with */
  const char *key_field; /* owned by the type */
  const char *key_index;
};

static void
column_free (Column *column)
{
  g_array_unref (column->targets);
  g_free (column);
}

/**
 * naru_map_free:
 * @self: (transfer full): a map
 */
void
naru_map_free (NaruMap *self)
{
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->constants, naru_json_unref);
  g_clear_pointer (&self->json, naru_json_unref);
  g_free (self);
}

/**
 * naru_map_result_clear:
 * @result: what naru_map_apply() filled
 */
void
naru_map_result_clear (NaruMapResult *result)
{
  g_clear_pointer (&result->warnings, g_ptr_array_unref);
  g_clear_pointer (&result->field, g_free);
  g_clear_pointer (&result->problem, g_free);
}

static gboolean
map_fail (NaruMap *self, GError **error, const char *field, const char *cure, const char *message,
          const char *name)
{
  naru_set_error (error, NARU_ERROR_INVALID, field, 0, cure, "%s: %s: “%s”", self->origin, message, name);
  return FALSE;
}

static gboolean
check_members (NaruMap *self, NaruJson *object, const char *const *known, const char *where, GError **error)
{
  g_auto (GStrv) keys = naru_json_get_keys (object);
  g_autofree char *list = g_strjoinv (", ", (char **) known);

  for (guint i = 0; keys[i] != NULL; i++)
    if (!g_strv_contains (known, keys[i]))
      return map_fail (self, error, where, list, _ ("a mapping file has no such member"), keys[i]);
  return TRUE;
}

static const NaruField *
find_target_field (NaruMap *self, const char *path, GError **error)
{
  g_autofree char *pointer = g_strconcat ("/", path, NULL);
  const NaruField *field;

  g_strdelimit (pointer, ".", '/');
  field = naru_record_type_find_field (self->type, pointer);
  if (field == NULL)
    map_fail (self, error, path, _ ("“naru new TYPE --help” lists the fields"),
              _ ("the record type has no such field"), path);
  else if (field->system && !g_str_equal (pointer, "/stage"))
    map_fail (self, error, path, _ ("attach documents and write notes after the import"),
              _ ("this field is kept by Naru and cannot be imported"), path);
  else
    return field;
  return NULL;
}

/* What a stage field can become is known before a row is read. */
static gboolean
check_stage (NaruMap *self, const char *path, NaruJson *value, GError **error)
{
  const char *stage = naru_json_as_string (value);

  if (!g_str_equal (path, "stage") || self->pipeline == NULL || stage == NULL ||
      naru_pipeline_find_stage (self->pipeline, stage) != NULL)
    return TRUE;
  return map_fail (self, error, path, _ ("“naru pipeline show” lists the stages"),
                   _ ("the pipeline in force has no such stage"), stage);
}

static gboolean
check_stages (NaruMap *self, const char *path, NaruJson *values, GError **error)
{
  g_auto (GStrv) keys = naru_json_get_keys (values);

  for (guint i = 0; keys[i] != NULL; i++)
    if (!check_stage (self, path, naru_json_get (values, keys[i]), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_bound (NaruMap *self, NaruJson *json, const char *key, NaruDate *date, GError **error)
{
  const char *text = naru_json_get_string (json, key);

  *date = NARU_DATE_NONE;
  if (text == NULL || naru_date_parse (text, date, NULL))
    return TRUE;
  return map_fail (self, error, key, _ ("write it as YYYY-MM-DD"), _ ("this is no date"), text);
}

static gboolean
add_target (NaruMap *self, Column *column, NaruJson *json, GError **error)
{
  Target target = { 0 };

  target.path = naru_json_get_string (json, "field");
  if (target.path == NULL)
    return map_fail (self, error, "field", _ ("add \"field\": the field that it becomes"),
                     _ ("this column names no field"), column->column);
  target.field = find_target_field (self, target.path, error);
  if (target.field == NULL)
    return FALSE;
  target.values = naru_json_get (json, "values");
  target.dates = naru_json_get (json, "date");
  if (!check_stages (self, target.path, target.values, error) ||
      !read_bound (self, json, "not_before", &target.not_before, error) ||
      !read_bound (self, json, "not_after", &target.not_after, error))
    return FALSE;
  g_array_append_val (column->targets, target);
  return TRUE;
}

static gboolean
add_column (NaruMap *self, NaruRows *rows, const char *name, NaruJson *json, GError **error)
{
  static const char *const known[] = { "field",      "values",    "empty", "warn_empty", "date",
                                       "not_before", "not_after", "bad",   "also",       NULL };
  static const char *const known_also[] = { "field", "values", "date", "not_before", "not_after", NULL };
  Column *column = g_new0 (Column, 1);
  NaruJson *also = naru_json_get (json, "also");
  const char *bad = naru_json_get_string (json, "bad");

  g_ptr_array_add (self->columns, column);
  column->targets = g_array_new (FALSE, FALSE, sizeof (Target));
  column->column = name;
  column->index = naru_rows_find_column (rows, name);
  column->empty = naru_json_get (json, "empty");
  column->warn_empty = naru_json_get (json, "warn_empty");
  column->warn = g_strcmp0 (bad, "warn") == 0;
  if (column->index < 0)
    {
      g_autofree char *have = g_strjoinv (", ", (char **) naru_rows_get_header (rows));
      g_autofree char *cure = g_strdup_printf (_ ("the file has these columns: %s"), have);

      return map_fail (self, error, name, cure, _ ("the file has no such column"), name);
    }
  if (bad != NULL && !column->warn && !g_str_equal (bad, "reject"))
    return map_fail (self, error, "bad", _ ("use reject or warn"), _ ("unknown way to treat bad values"),
                     bad);
  if (!check_members (self, json, known, name, error) || !add_target (self, column, json, error))
    return FALSE;
  for (guint i = 0; also != NULL && i < naru_json_get_size (also); i++)
    if (!check_members (self, naru_json_get_element (also, i), known_also, name, error) ||
        !add_target (self, column, naru_json_get_element (also, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
list_has (NaruJson *list, const char *text)
{
  for (guint i = 0; list != NULL && i < naru_json_get_size (list); i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (list, i)), text) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_all_columns_named (NaruMap *self, NaruRows *rows, NaruJson *columns, GError **error)
{
  NaruJson *ignore = naru_json_get (self->json, "ignore");
  const char *const *header = naru_rows_get_header (rows);

  for (guint i = 0; header[i] != NULL; i++)
    if (naru_json_get (columns, header[i]) == NULL && !list_has (ignore, header[i]) &&
        !g_str_has_prefix (header[i], NARU_ROWS_OWN_COLUMN))
      return map_fail (self, error, header[i], _ ("map it under \"columns\" or name it under \"ignore\""),
                       _ ("the mapping says nothing of this column of the file"), header[i]);
  return TRUE;
}

static gboolean
make_constants (NaruMap *self, GError **error)
{
  NaruJson *constants = naru_json_get (self->json, "constants");
  g_auto (GStrv) names = naru_json_get_keys (constants);

  self->constants = naru_json_new_object ();
  for (guint i = 0; names[i] != NULL; i++)
    {
      NaruJson *value = naru_json_get (constants, names[i]);

      if (find_target_field (self, names[i], error) == NULL || !check_stage (self, names[i], value, error) ||
          !naru_json_set_path (self->constants, names[i], naru_json_copy (value), error))
        return FALSE;
    }
  return TRUE;
}

/* The key's column need not be named under "columns" as well. */
static gboolean
read_key (NaruMap *self, NaruJson *columns, GError **error)
{
  static const char *const known[] = { "field", "column", NULL };
  NaruJson *key = naru_json_get (self->json, "key");
  const char *column = naru_json_get_string (key, "column");
  const char *path = naru_json_get_string (key, "field");
  const NaruField *field;

  if (column == NULL || path == NULL)
    return map_fail (self, error, "key",
                     _ ("add \"key\": {\"field\": \"external_id\", \"column\": …}: without it a second "
                        "import would make everything twice"),
                     _ ("the mapping does not say which column tells the rows apart"), "key");
  field = check_members (self, key, known, "key", error) ? find_target_field (self, path, error) : NULL;
  if (field == NULL)
    return FALSE;
  self->key_index = naru_record_type_get_index_name (self->type, field);
  if (self->key_index == NULL || field->kind != NARU_FIELD_STRING)
    return map_fail (self, error, "key", _ ("use external_id"), _ ("this field cannot be a key"), path);
  self->key_field = field->pointer;
  if (naru_json_get (columns, column) == NULL)
    {
      NaruJson *plain = naru_json_new_object ();

      naru_json_set_string (plain, "field", path);
      naru_json_set (columns, column, plain);
    }
  return TRUE;
}

static gboolean
map_compile (NaruMap *self, NaruRows *rows, GError **error)
{
  static const char *const known[] = { "title", "type", "key", "columns", "constants", "ignore", NULL };
  NaruJson *columns = naru_json_get (self->json, "columns");
  const char *named = naru_json_get_string (self->json, "type");

  if (!check_members (self, self->json, known, "/", error))
    return FALSE;
  if (named != NULL && !g_str_equal (named, naru_record_type_get_name (self->type)))
    return map_fail (self, error, "type", _ ("import it as that type"),
                     _ ("this mapping is for another type"), named);
  if (columns == NULL || naru_json_get_kind (columns) != NARU_JSON_OBJECT)
    return map_fail (self, error, "columns", _ ("say which column becomes which field"), _ ("no such member"),
                     "columns");
  if (!read_key (self, columns, error))
    return FALSE;
  self->names = naru_json_get_keys (columns);
  for (guint i = 0; self->names[i] != NULL; i++)
    if (!add_column (self, rows, self->names[i], naru_json_get (columns, self->names[i]), error))
      return FALSE;
  return make_constants (self, error) && check_all_columns_named (self, rows, columns, error);
}

/**
 * naru_map_new:
 * @json: a mapping file
 * @origin: its name, for errors; must live as long as the map
 * @type: the record type that rows become
 * @pipeline: (nullable): the pipeline in force for that type
 * @rows: the file, for the names of its columns
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the map
 */
NaruMap *
naru_map_new (NaruJson *json, const char *origin, NaruRecordType *type, NaruPipeline *pipeline,
              NaruRows *rows, GError **error)
{
  g_autoptr (NaruMap) self = g_new0 (NaruMap, 1);

  self->json = naru_json_copy (json);
  self->origin = origin;
  self->type = type;
  self->pipeline = pipeline;
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) column_free);
  return map_compile (self, rows, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * naru_map_get_key_field:
 * @self: a map
 *
 * Returns: JSON pointer of the field that tells whether a row is known already
 */
const char *
naru_map_get_key_field (NaruMap *self)
{
  return self->key_field;
}

/**
 * naru_map_get_key_index:
 * @self: a map
 *
 * Returns: name of the index that this field stands in
 */
const char *
naru_map_get_key_index (NaruMap *self)
{
  return self->key_index;
}

/* Reads @text in a form such as MM/DD/YYYY: runs of Y, M and D are numbers of so many digits at most, all
 * else stands for itself. */
static gboolean
parse_date_form (const char *form, const char *text, NaruDate *date)
{
  int parts[3] = { 0, 0, 0 };

  while (*form != '\0')
    {
      const char *at = strchr ("YMD", *form);
      int *part;
      int width = 0;
      int digits = 0;

      if (at == NULL)
        {
          if (*form++ != *text++)
            return FALSE;
          continue;
        }
      part = &parts[at - "YMD"];
      for (char letter = *form; *form == letter; form++)
        width++;
      while (digits < width && g_ascii_isdigit (*text))
        {
          *part = *part * 10 + (*text++ - '0');
          digits++;
        }
      if (digits == 0 || (width == 4 && digits != 4))
        return FALSE;
    }
  *date = *text == '\0' ? naru_date_new (parts[0], parts[1], parts[2]) : NARU_DATE_NONE;
  return *date != NARU_DATE_NONE;
}

static NaruJson *
convert_date (const Target *target, const char *text, char **problem)
{
  NaruDate date = NARU_DATE_NONE;
  g_autofree char *iso = NULL;
  gboolean known = FALSE;

  for (guint i = 0; i < naru_json_get_size (target->dates) && !known; i++)
    known = parse_date_form (naru_json_as_string (naru_json_get_element (target->dates, i)), text, &date);
  if (!known)
    {
      *problem = g_strdup_printf (_ ("“%s” is no date in a form that the mapping names"), text);
      return NULL;
    }
  iso = naru_date_to_string (date);
  if ((target->not_before != NARU_DATE_NONE && date < target->not_before) ||
      (target->not_after != NARU_DATE_NONE && date > target->not_after))
    {
      *problem = g_strdup_printf (_ ("%s is outside what the mapping allows; is the century right?"), iso);
      return NULL;
    }
  return naru_json_new_string (iso);
}

static NaruJson *
convert (NaruMap *self, const Target *target, const char *text, char **problem)
{
  g_autoptr (GError) error = NULL;
  NaruJson *value;

  if (target->values != NULL)
    {
      value = naru_json_get (target->values, text);
      if (value != NULL)
        return naru_json_ref (value);
      *problem = g_strdup_printf (_ ("“%s” is not among the values that the mapping names"), text);
      return NULL;
    }
  if (target->dates != NULL)
    return convert_date (target, text, problem);
  value = naru_record_type_parse_value (self->type, target->field, text, &error);
  if (value == NULL)
    *problem = g_strdup (error->message);
  return value;
}

static void
add_warning (NaruMapResult *result, const char *field, const char *message)
{
  NaruJson *warning = naru_json_new_object ();

  naru_json_set_integer (warning, "line", result->line);
  naru_json_set_string (warning, "field", field);
  naru_json_set_string (warning, "message", message);
  if (result->warnings == NULL)
    result->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_json_unref);
  g_ptr_array_add (result->warnings, warning);
}

/* Our own export puts a quote before what a spreadsheet would take for a formula. */
static const char *
without_guard (const char *text)
{
  return text[0] == '\'' && text[1] != '\0' && strchr ("=+-@\t\r", text[1]) != NULL ? text + 1 : text;
}

/* Trimmed, with the line ends that texts have here. */
static char *
clean_cell (const char *cell)
{
  char *text = g_strdup (without_guard (cell));
  char *out = text;

  for (const char *at = text; *at != '\0'; at++)
    if (at[0] != '\r')
      *out++ = *at;
    else if (at[1] != '\n')
      *out++ = '\n';
  *out = '\0';
  return g_strstrip (text);
}

/* Returns FALSE where the cell rejects the row. */
static gboolean
apply_cell (NaruMap *self, const Column *column, const char *cell, NaruJson *json, NaruMapResult *result)
{
  g_autofree char *text = clean_cell (cell);
  gboolean warned = FALSE;

  if (*text == '\0' || list_has (column->empty, text))
    return TRUE;
  for (guint i = 0; i < column->targets->len; i++)
    {
      const Target *target = &g_array_index (column->targets, Target, i);
      g_autofree char *problem = NULL;
      NaruJson *value = NULL;

      if (list_has (column->warn_empty, text))
        problem = g_strdup_printf (_ ("“%s” stands for no value"), text);
      else
        value = convert (self, target, text, &problem);
      if (value != NULL)
        {
          naru_json_set_path (json, target->path, value, NULL);
          continue;
        }
      if (!column->warn && !list_has (column->warn_empty, text))
        {
          result->field = g_strdup (target->path);
          result->problem = g_steal_pointer (&problem);
          return FALSE;
        }
      if (!warned)
        add_warning (result, target->path, problem);
      warned = TRUE;
    }
  return TRUE;
}

/**
 * naru_map_apply:
 * @self: a map
 * @cells: a row's cells, as many as the header has
 * @result: (inout): its line is given; warnings are added; problem and field say why a row is rejected
 *
 * Returns: (transfer full) (nullable): the fields that the row gives; %NULL where it is rejected
 */
NaruJson *
naru_map_apply (NaruMap *self, const char *const *cells, NaruMapResult *result)
{
  g_autoptr (NaruJson) json = naru_json_copy (self->constants);

  for (guint i = 0; i < self->columns->len; i++)
    {
      const Column *column = g_ptr_array_index (self->columns, i);

      if (!apply_cell (self, column, cells[column->index], json, result))
        return NULL;
    }
  return g_steal_pointer (&json);
}
