/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include <glib/gi18n-lib.h>

/* Fields that no edit sets, with the command that does. */
static const struct
{
  const char *pointer;
  const char *verb;
  const char *rest;
} system_fields[] = {
  { "/stage", "advance", "STAGE" },
  { "/documents", "attach", "FILE" },
  { "/notes", "note", "TEXT" },
  { "/approvals", "approve", "" },
  { "/rejections", "reject", "--reason TEXT" },
  { "/waivers", "waive", "CONDITION --reason TEXT --until YYYY-MM-DD" },
};

static char *
join_ids (const char *const *refs)
{
  g_autofree char *names = g_strjoinv ("-ID|", (char **) refs);
  g_autofree char *upper = g_ascii_strup (names, -1);

  return g_strconcat (upper, "-ID", NULL);
}

/* What to type for one value of the field. */
static char *
make_placeholder (const NaruField *field)
{
  switch (field->kind)
    {
    case NARU_FIELD_ENUM:
      return g_strjoinv ("|", (char **) field->values);
    case NARU_FIELD_REFERENCE:
      return join_ids (field->refs);
    case NARU_FIELD_BOOLEAN:
      return g_strdup ("yes|no");
    case NARU_FIELD_DATE:
      return g_strdup ("YYYY-MM-DD");
    case NARU_FIELD_INTEGER:
    case NARU_FIELD_DECIMAL:
      return g_strdup ("NUMBER");
    case NARU_FIELD_STRING:
    case NARU_FIELD_ARRAY:
    case NARU_FIELD_OBJECT:
      break;
    }
  return g_strdup ("TEXT");
}

static gboolean
is_required (NaruJson *schema, const char *name)
{
  NaruJson *required = naru_json_get (schema, "required");
  guint n = required != NULL ? naru_json_get_size (required) : 0;

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (required, i)), name) == 0)
      return TRUE;
  return FALSE;
}

/* {"person":"PERSON-ID","share":"NUMBER"}: the members that an object cannot do without, or else its first
 * three. */
static char *
make_object_example (NaruRecordType *self, guint index)
{
  const NaruField *object = naru_record_type_field (self, index);
  NaruJson *schema = naru_record_type_info (self, index)->schema;
  gboolean any = naru_json_get (schema, "required") != NULL;
  g_autoptr (GString) example = g_string_new ("{");
  const char *name = NULL;
  json_t *member = NULL;
  guint shown = 0;

  json_object_foreach (naru_json_get (schema, "properties"), name, member)
    {
      g_autofree char *pointer = g_strconcat (object->pointer, "/", name, NULL);
      g_autofree char *value = NULL;
      if (any ? !is_required (schema, name) : shown == 3)
        continue;
      const NaruField *field = naru_record_type_find_field (self, pointer);
      if (field == NULL || field->kind >= NARU_FIELD_ARRAY)
        continue;
      value = make_placeholder (field);
      g_string_append_printf (example, field->kind == NARU_FIELD_INTEGER ? "%s\"%s\":%s" : "%s\"%s\":\"%s\"",
                              shown++ > 0 ? "," : "", name, value);
    }
  g_string_append_c (example, '}');
  return g_string_free (g_steal_pointer (&example), FALSE);
}

static char *
make_dotted (const char *pointer)
{
  return g_strdelimit (g_strdup (pointer + 1), "/", '.');
}

static char *
make_edit (NaruRecordType *self, const NaruField *field, const char *path, const char *id)
{
  guint index = naru_record_type_index_of (self, field);
  guint element = naru_record_type_info (self, index)->element;
  g_autofree char *value = NULL;

  if (field->kind == NARU_FIELD_OBJECT)
    {
      value = make_object_example (self, index);
      return g_strdup_printf ("naru edit %s %s:='%s'", id, path, value);
    }
  if (element != 0 && naru_record_type_field (self, element)->kind == NARU_FIELD_OBJECT)
    {
      value = make_object_example (self, element);
      return g_strdup_printf ("naru edit %s %s:='[%s]'", id, path, value);
    }
  value = make_placeholder (element != 0 ? naru_record_type_field (self, element) : field);
  if (field->kind == NARU_FIELD_REFERENCE)
    return g_strdup_printf ("naru link %s %s %s", id, path, value);
  return g_strdup_printf ("naru edit %s %s=%s", id, path, value);
}

/* Returns: (transfer full) (nullable): the command that sets what stands at @pointer; %NULL if none does */
char *
naru_record_type_make_remedy (NaruRecordType *self, const char *pointer, const char *id)
{
  const NaruField *field = naru_record_type_find_field (self, pointer);
  g_autofree char *path = NULL;

  if (field == NULL || *pointer != '/')
    return NULL;
  for (guint i = 0; field->system && i < G_N_ELEMENTS (system_fields); i++)
    {
      gsize length = strlen (system_fields[i].pointer);

      if (strncmp (pointer, system_fields[i].pointer, length) == 0 &&
          (pointer[length] == '\0' || pointer[length] == '/'))
        return g_strchomp (
            g_strdup_printf ("naru %s %s %s", system_fields[i].verb, id, system_fields[i].rest));
    }
  if (field->system)
    return NULL;
  path = make_dotted (pointer);
  return make_edit (self, field, path, id);
}

/* Returns: (transfer full): "licence (Licence), spin-off (Spin-off)": values as they are typed, with their
 * labels */
char *
naru_record_type_list_values (NaruRecordType *self, const NaruField *field)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; field->values != NULL && field->values[i] != NULL; i++)
    {
      const char *label = naru_record_type_get_value_label (self, field, field->values[i]);

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", field->values[i]);
      if (g_ascii_strcasecmp (label, field->values[i]) != 0)
        g_string_append_printf (list, " (%s)", label);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* Edit distance between two short names, cut off at @limit + 1. */
static guint
count_edits (const char *a, const char *b, guint limit)
{
  guint row[65];
  gsize length = strlen (b);

  if (length >= G_N_ELEMENTS (row) || strlen (a) >= G_N_ELEMENTS (row))
    return limit + 1;
  for (guint j = 0; j <= length; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (guint j = 1; j <= length; j++)
        {
          guint above = row[j];
          guint changed = diagonal + (a[i - 1] != b[j - 1]);

          row[j] = MIN (changed, MIN (above, row[j - 1]) + 1);
          diagonal = above;
        }
    }
  return row[length];
}

/**
 * naru_record_type_suggest_field:
 * @self: a record type
 * @name: a name that is no field: misspelt, or the label in either language
 *
 * Returns: (transfer full) (nullable): the dotted path of the field that was probably meant
 */
char *
naru_record_type_suggest_field (NaruRecordType *self, const char *name)
{
  g_autofree char *folded = naru_text_fold (name);
  char *best = NULL;
  guint least = 3;

  naru_record_type_need_sections (self, NULL, NULL);
  for (guint i = 1; i < self->fields->len && least > 0; i++)
    {
      const NaruField *field = naru_record_type_field (self, i);
      g_autofree char *path = make_dotted (field->pointer);
      g_autofree char *en = naru_text_fold (field->label_en);
      g_autofree char *ko = naru_text_fold (field->label_ko);
      guint edits = MIN (count_edits (folded, path, least), count_edits (folded, field->name, least) + 1);

      if (strstr (field->pointer, "/-") != NULL)
        continue;
      if (strcmp (folded, en) == 0 || strcmp (folded, ko) == 0)
        edits = 0;
      if (edits >= least || edits >= strlen (folded))
        continue;
      least = edits;
      g_free (best);
      best = g_steal_pointer (&path);
    }
  return best;
}
