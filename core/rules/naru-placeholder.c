/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-gate-private.h"

#include <string.h>

#define MAX_EXAMPLES 3
#define MAX_DEPTH 6

/* "PERSON-ID", "PARTY-ID|PERSON-ID" */
char *
naru_placeholder_for_id (const char *const *types)
{
  if (types == NULL || types[0] == NULL)
    return g_strdup ("ID");

  GString *text = g_string_new (NULL);
  for (guint i = 0; types[i] != NULL; i++)
    {
      g_autofree char *upper = g_ascii_strup (types[i], -1);
      g_string_append_printf (text, "%s%s-ID", i > 0 ? "|" : "", upper);
    }
  return g_string_free (text, FALSE);
}

static char *
text_of (NaruJson *value)
{
  const char *text = naru_json_as_string (value);

  return text != NULL ? g_strdup (text) : naru_json_to_line (value);
}

/* (nullable): "70..100": what @demand asks for within what @own allows. @own: (nullable) */
static char *
make_range (NaruJson *demand, NaruJson *own)
{
  gint64 minimum = MAX (naru_json_get_integer (demand, "minimum", G_MININT64),
                        naru_json_get_integer (own, "minimum", G_MININT64));
  gint64 maximum = MIN (naru_json_get_integer (demand, "maximum", G_MAXINT64),
                        naru_json_get_integer (own, "maximum", G_MAXINT64));

  if (minimum == G_MININT64 || maximum == G_MAXINT64)
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT "..%" G_GINT64_FORMAT, minimum, maximum);
}

/* (nullable): what a schema pins down by itself: one value, some values, a range of integers */
char *
naru_placeholder_for_demand (NaruJson *demand)
{
  NaruJson *constant = naru_json_get (demand, "const");
  if (constant != NULL)
    return text_of (constant);

  NaruJson *values = naru_json_get (demand, "enum");
  if (values != NULL)
    {
      GString *text = g_string_new (NULL);
      for (guint i = 0; i < naru_json_get_size (values); i++)
        {
          g_autofree char *value = text_of (naru_json_get_element (values, i));
          g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", value);
        }
      return g_string_free (text, FALSE);
    }

  return make_range (demand, NULL);
}

static char *
for_kind (const NaruField *field)
{
  switch (field->kind)
    {
    case NARU_FIELD_INTEGER:
      return g_strdup ("NUMBER");
    case NARU_FIELD_DECIMAL:
      return g_strdup (g_str_equal (field->name, "share") ? "100" : "NUMBER");
    case NARU_FIELD_BOOLEAN:
      return g_strdup ("yes|no");
    case NARU_FIELD_DATE:
      return g_strdup ("YYYY-MM-DD");
    case NARU_FIELD_ENUM:
      return field->values != NULL ? g_strjoinv ("|", (char **) field->values) : g_strdup ("VALUE");
    case NARU_FIELD_REFERENCE:
      return naru_placeholder_for_id (field->refs);
    case NARU_FIELD_STRING:
    case NARU_FIELD_ARRAY:
    case NARU_FIELD_OBJECT:
      break;
    }
  return g_strdup ("TEXT");
}

/* How a single value of the field at @pointer is written: "S|A|B|C", "YYYY-MM-DD", "PERSON-ID", "TEXT". What
 * the gate asks for goes before what the type allows. @type NULL: the type is not known. */
char *
naru_placeholder_for_field (NaruRecordType *type, NaruJson *must, const char *pointer)
{
  NaruJson *demand = naru_demand_find (must, must, pointer);
  char *text = naru_placeholder_for_demand (demand);
  if (text != NULL)
    return text;

  const NaruField *field = type != NULL ? naru_record_type_find_field (type, pointer) : NULL;
  if (field == NULL)
    return g_strdup ("TEXT");
  if (field->kind == NARU_FIELD_INTEGER)
    {
      NaruJson *schema = naru_record_type_get_schema (type);
      NaruJson *own = naru_demand_find (schema, schema, pointer);
      text = make_range (demand, own);
      if (text == NULL)
        text = naru_placeholder_for_demand (own);
    }
  return text != NULL ? text : for_kind (field);
}

static void
add_names (GPtrArray *names, NaruJson *required)
{
  for (guint i = 0; i < naru_json_get_size (required); i++)
    {
      const char *name = naru_json_as_string (naru_json_get_element (required, i));
      if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_strdup (name));
    }
}

/* The members that an example of the object at @pointer shows: those that gate and type ask for, else all. */
static GPtrArray *
list_members (NaruRecordType *type, NaruJson *must, const char *pointer)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  NaruJson *schema = naru_record_type_get_schema (type);
  NaruJson *demand = naru_demand_find (must, must, pointer);
  NaruJson *own = naru_demand_find (schema, schema, pointer);

  add_names (names, naru_json_get (demand, "required"));
  add_names (names, naru_json_get (own, "required"));
  if (names->len > 0)
    return names;

  guint n = 0;
  const NaruField *const *fields = naru_record_type_get_fields (type, &n);
  gsize length = strlen (pointer);
  for (guint i = 0; i < n; i++)
    {
      const char *other = fields[i]->pointer;
      if (other != NULL && g_str_has_prefix (other, pointer) && other[length] == '/' &&
          strchr (other + length + 1, '/') == NULL && !fields[i]->system)
        g_ptr_array_add (names, g_strdup (other + length + 1));
    }
  return names;
}

static NaruJson *
make_example (NaruRecordType *type, NaruJson *must, const char *pointer, guint depth)
{
  const NaruField *field = naru_record_type_find_field (type, pointer);

  if (field != NULL && field->kind == NARU_FIELD_ARRAY && depth < MAX_DEPTH)
    {
      NaruJson *demand = naru_demand_find (must, must, pointer);
      gint64 least = naru_json_get_integer (demand, "minItems", 1);
      g_autofree char *element = g_strconcat (pointer, "/-", NULL);
      NaruJson *array = naru_json_new_array ();
      for (gint64 i = 0; i < CLAMP (least, 1, MAX_EXAMPLES); i++)
        {
          naru_json_append (array, make_example (type, must, element, depth + 1));
        }
      return array;
    }

  gboolean object = field != NULL && field->kind == NARU_FIELD_OBJECT;
  g_autoptr (GPtrArray) names = object && depth < MAX_DEPTH ? list_members (type, must, pointer) : NULL;
  if (names != NULL && names->len > 0)
    {
      NaruJson *result = naru_json_new_object ();
      for (guint i = 0; i < names->len; i++)
        {
          g_autofree char *member = g_strconcat (pointer, "/", g_ptr_array_index (names, i), NULL);
          naru_json_set (result, g_ptr_array_index (names, i), make_example (type, must, member, depth + 1));
        }
      return result;
    }

  NaruJson *schema = naru_record_type_get_schema (type);
  NaruJson *usual = naru_json_get (naru_demand_find (schema, schema, pointer), "default");
  if (usual != NULL)
    return naru_json_ref (usual);
  /* in JSON only a text can be a placeholder: what is true or a number stands there as an example */
  if (field != NULL && field->kind == NARU_FIELD_BOOLEAN)
    return naru_json_new_boolean (TRUE);
  if (field != NULL && field->kind == NARU_FIELD_INTEGER)
    return naru_json_new_integer (1);
  g_autofree char *text = naru_placeholder_for_field (type, must, pointer);
  return naru_json_new_string (text);
}

/* (transfer full): an example of the array or object at @pointer, with placeholders for its values */
NaruJson *
naru_placeholder_make_example (NaruRecordType *type, NaruJson *must, const char *pointer)
{
  return make_example (type, must, pointer, 0);
}
