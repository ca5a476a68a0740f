/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

typedef struct
{
  NaruCli *cli;
  NaruRecordType *type;
} Show;

/* What people call a record. Returns: (transfer none) (nullable) */
const char *
naru_show_get_name (NaruRecord *record)
{
  static const char *const names[] = { "title", "name", "subject" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *name = naru_json_get_string (naru_record_get_json (record), names[i]);
      if (name != NULL)
        return name;
    }
  return NULL;
}

/* the field's label, else the last part of its pointer */
static char *
get_label (NaruRecordType *type, const char *pointer)
{
  const NaruField *field = naru_record_type_find_field (type, pointer);
  gboolean korean = strcmp (naru_language_get (), "ko") == 0;
  const char *label = field == NULL ? NULL : korean ? field->label_ko : field->label_en;

  return g_strdup (label != NULL && label[0] != '\0' ? label : strrchr (pointer, '/') + 1);
}

static gboolean
is_simple (NaruJson *value)
{
  NaruJsonKind kind = naru_json_get_kind (value);

  return kind != NARU_JSON_ARRAY && kind != NARU_JSON_OBJECT;
}

/* further lines of a text stand below its first */
static void
print_text (Show *show, const char *text, guint indent)
{
  g_autofree char *clean = naru_cli_clean (text);
  g_auto (GStrv) lines = g_strsplit (clean, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (i > 0)
        naru_cli_pad (show->cli, indent);
      naru_cli_puts (show->cli, lines[i]);
      naru_cli_puts (show->cli, "\n");
    }
}

static void print_value (Show *show, const char *pointer, NaruJson *value, NaruJson *parent, guint indent);

static void
print_member (Show *show, const char *pointer, NaruJson *value, NaruJson *parent, guint indent, guint cells)
{
  g_autofree char *label = get_label (show->type, pointer);
  guint used = naru_text_cells (label);

  naru_cli_paint (show->cli, NARU_STYLE_BOLD, label);
  naru_cli_pad (show->cli, (cells > used ? cells - used : 0) + 2);
  print_value (show, pointer, value, parent, indent + cells + 2);
}

/* the labels of an object's members stand in one column */
static guint
measure_labels (Show *show, const char *pointer, const char *const *keys)
{
  guint cells = 0;

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *member = g_strdup_printf ("%s/%s", pointer, keys[i]);
      g_autofree char *label = get_label (show->type, member);
      cells = MAX (cells, naru_text_cells (label));
    }
  return cells;
}

static void
print_object (Show *show, const char *pointer, NaruJson *object, guint indent)
{
  g_auto (GStrv) keys = naru_json_get_keys (object);
  guint cells = measure_labels (show, pointer, (const char *const *) keys);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *member = g_strdup_printf ("%s/%s", pointer, keys[i]);
      if (i > 0)
        naru_cli_pad (show->cli, indent);
      print_member (show, member, naru_json_get (object, keys[i]), object, indent, cells);
    }
  if (keys[0] == NULL)
    naru_cli_puts (show->cli, "\n");
}

/* one line for an element whose members are all simple: "person: Kim, share: 60" */
static gboolean
print_flat_object (Show *show, const char *pointer, NaruJson *object, guint indent)
{
  g_auto (GStrv) keys = naru_json_get_keys (object);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *member = g_strdup_printf ("%s/%s", pointer, keys[i]);
      g_autofree char *label = get_label (show->type, member);
      g_autofree char *text = NULL;
      NaruJson *value = naru_json_get (object, keys[i]);
      if (!is_simple (value))
        return FALSE;
      text = naru_value_to_display (show->cli, show->type, naru_record_type_find_field (show->type, member),
                                    value, object);
      g_string_append_printf (line, "%s%s: %s", i > 0 ? ", " : "", label, text);
    }
  print_text (show, line->str, indent);
  return TRUE;
}

static void
print_array (Show *show, const char *pointer, NaruJson *array, guint indent)
{
  g_autofree char *element = g_strdup_printf ("%s/-", pointer);
  guint n = naru_json_get_size (array);

  if (n == 0)
    naru_cli_puts (show->cli, "-\n");
  for (guint i = 0; i < n; i++)
    {
      NaruJson *value = naru_json_get_element (array, i);
      if (i > 0)
        naru_cli_pad (show->cli, indent);
      if (naru_json_get_kind (value) != NARU_JSON_OBJECT || !print_flat_object (show, element, value, indent))
        print_value (show, element, value, array, indent);
    }
}

static void
print_value (Show *show, const char *pointer, NaruJson *value, NaruJson *parent, guint indent)
{
  g_autofree char *text = NULL;

  if (naru_json_get_kind (value) == NARU_JSON_OBJECT)
    {
      print_object (show, pointer, value, indent);
      return;
    }
  if (naru_json_get_kind (value) == NARU_JSON_ARRAY)
    {
      print_array (show, pointer, value, indent);
      return;
    }
  text = naru_value_to_display (show->cli, show->type, naru_record_type_find_field (show->type, pointer),
                                value, naru_json_get_kind (parent) == NARU_JSON_OBJECT ? parent : NULL);
  print_text (show, text, indent);
}

/* the record's keys in the order of its schema, then those that the schema does not name */
static GStrv
sort_keys (NaruRecordType *type, NaruJson *json)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) keys = naru_json_get_keys (json);
  const NaruField *const *fields;
  guint n_fields = 0;

  fields = naru_record_type_get_fields_of (type, json, &n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      if (strchr (fields[i]->pointer + 1, '/') == NULL && naru_json_get (json, fields[i]->name) != NULL)
        g_strv_builder_add (builder, fields[i]->name);
    }
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s", keys[i]);
      if (naru_record_type_find_field (type, pointer) == NULL)
        g_strv_builder_add (builder, keys[i]);
    }
  return g_strv_builder_end (builder);
}

void
naru_show_record (NaruCli *cli, NaruRecordType *type, NaruRecord *record)
{
  NaruJson *json = naru_record_get_json (record);
  Show show = { cli, type };
  g_auto (GStrv) keys = sort_keys (type, json);
  guint cells = measure_labels (&show, "", (const char *const *) keys);

  naru_cli_paint (cli, NARU_STYLE_ACCENT, naru_record_get_id (record));
  naru_cli_print (cli, "  %s  ", naru_record_type_get_title (type));
  naru_cli_paint (cli, NARU_STYLE_DIM, naru_record_get_revision (record));
  naru_cli_puts (cli, "\n");
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *pointer = g_strdup_printf ("/%s", keys[i]);
      print_member (&show, pointer, naru_json_get (json, keys[i]), json, 0, cells);
    }
}
