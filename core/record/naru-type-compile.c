/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include <glib/gi18n-lib.h>

#define MAX_REF_STEPS 8

typedef struct
{
  NaruRecordType *type;
  const char *origin;
  GError **error;
  gboolean section; /* of a rule pack */
} Loader;

/* What a field hands down to the fields inside it. */
typedef struct
{
  const char *pointer;
  const char *audience;
  gboolean system;
  guint depth;
} Parent;

static gboolean add_members (Loader *loader, NaruJson *node, const Parent *parent);

static gboolean
fail (Loader *loader, const char *pointer, const char *what)
{
  naru_set_error (loader->error, NARU_ERROR_INVALID, pointer, 0, _ ("Correct the schema of the record type."),
                  _ ("%s: %s: %s"), loader->origin, *pointer != '\0' ? pointer : "/", what);
  return FALSE;
}

static NaruJson *
follow_references (Loader *loader, NaruJson *node)
{
  for (int i = 0; i < MAX_REF_STEPS && node != NULL; i++)
    {
      const char *ref = naru_json_get_string (node, "$ref");

      if (ref == NULL)
        return node;
      node = ref[0] == '#' ? naru_json_get_pointer (loader->type->json, ref + 1) : NULL;
    }
  return NULL;
}

static const char *
keep (Loader *loader, const char *text)
{
  return g_string_chunk_insert_const (loader->type->strings, text);
}

/* A vector of the strings in @array, which live as long as the schema does. */
static const char *const *
keep_vector (Loader *loader, NaruJson *array)
{
  guint n = naru_json_get_size (array);
  const char **vector = g_new0 (const char *, n + 1);
  guint used = 0;

  for (guint i = 0; i < n; i++)
    {
      const char *text = naru_json_as_string (naru_json_get_element (array, i));

      if (text != NULL)
        vector[used++] = text;
    }
  g_ptr_array_add (loader->type->vectors, vector);
  return vector;
}

static const char *const *
keep_tokens (Loader *loader, const char *pointer)
{
  g_auto (GStrv) parts = g_strsplit (pointer + 1, "/", -1);
  guint n = g_strv_length (parts);
  const char **tokens = g_new0 (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    tokens[i] = keep (loader, parts[i]);
  g_ptr_array_add (loader->type->vectors, tokens);
  return tokens;
}

static const char *
make_index_name (Loader *loader, const char *const *tokens)
{
  g_autoptr (GString) name = g_string_new (loader->type->name);

  for (guint i = 0; tokens[i] != NULL; i++)
    if (strcmp (tokens[i], "-") != 0)
      g_string_append_printf (name, ".%s", tokens[i]);
  return keep (loader, name->str);
}

static gboolean
find_kind (NaruJson *node, const NaruField *field, NaruFieldKind *kind)
{
  const char *type = naru_json_get_string (node, "type");
  const char *format = naru_json_get_string (node, "format");

  if (g_strcmp0 (type, "array") == 0)
    *kind = NARU_FIELD_ARRAY;
  else if (g_strcmp0 (type, "object") == 0)
    *kind = NARU_FIELD_OBJECT;
  else if (g_strcmp0 (type, "integer") == 0)
    *kind = NARU_FIELD_INTEGER;
  else if (g_strcmp0 (type, "boolean") == 0)
    *kind = NARU_FIELD_BOOLEAN;
  else if (g_strcmp0 (type, "string") != 0)
    return FALSE;
  else if (naru_json_get (node, "enum") != NULL)
    *kind = NARU_FIELD_ENUM;
  else if (field->refs != NULL)
    *kind = NARU_FIELD_REFERENCE;
  else if (g_strcmp0 (format, "decimal") == 0)
    *kind = NARU_FIELD_DECIMAL;
  else if (g_strcmp0 (format, "date") == 0)
    *kind = NARU_FIELD_DATE;
  else
    *kind = NARU_FIELD_STRING;
  return TRUE;
}

static void
fill_from_note (Loader *loader, NaruField *field, NaruFieldInfo *info, NaruJson *note)
{
  NaruJson *label = naru_json_get (note, "label");
  NaruJson *sum = naru_json_get (note, "sum");
  NaruJson *ref = naru_json_get (note, "ref");
  const char *audience = naru_json_get_string (note, "audience");

  if (label != NULL)
    {
      field->label_en = naru_json_get_string (label, "en");
      field->label_ko = naru_json_get_string (label, "ko");
    }
  if (ref != NULL)
    field->refs = keep_vector (loader, ref);
  if (audience != NULL)
    field->audience = audience;
  if (naru_json_get_boolean (note, "system", FALSE))
    field->system = TRUE;
  if (naru_json_get (note, "values") != NULL)
    info->value_labels = naru_json_get (note, "values");
  if (sum != NULL)
    {
      info->sum_of = naru_json_get_string (sum, "of");
      info->sum_equals = naru_json_get_string (sum, "equals");
    }
}

static gboolean
check_value_labels (Loader *loader, const NaruField *field, NaruJson *labels)
{
  for (guint i = 0; field->values[i] != NULL; i++)
    {
      NaruJson *label = naru_json_get (labels, field->values[i]);

      if (label == NULL || naru_json_get_string (label, "en") == NULL ||
          naru_json_get_string (label, "ko") == NULL)
        return fail (loader, field->pointer, _ ("every value needs a label in both languages"));
    }
  return TRUE;
}

static gboolean
check_field (Loader *loader, const NaruField *field, const NaruFieldInfo *info)
{
  NaruDecimal decimal;

  if (field->label_en == NULL || field->label_ko == NULL)
    return fail (loader, field->pointer, _ ("a field needs a label in both languages"));
  if (field->kind == NARU_FIELD_ENUM)
    {
      if (info->value_labels == NULL)
        return fail (loader, field->pointer, _ ("every value needs a label in both languages"));
      if (!check_value_labels (loader, field, info->value_labels))
        return FALSE;
    }
  if (info->sum_of == NULL && info->sum_equals == NULL)
    return TRUE;
  if (field->kind != NARU_FIELD_ARRAY || info->sum_of == NULL || info->sum_equals == NULL ||
      !naru_decimal_parse (info->sum_equals, &decimal, NULL))
    return fail (loader, field->pointer, _ ("a sum needs an array, a member and a decimal"));
  return TRUE;
}

static void
note_walks (NaruRecordType *self, const NaruField *field, const NaruFieldInfo *info, guint index)
{
  if (field->index)
    g_array_append_val (self->indexed, index);
  if (field->card)
    g_array_append_val (self->on_card, index);
  if (field->search)
    g_array_append_val (self->searched, index);
  if (field->kind == NARU_FIELD_REFERENCE)
    g_array_append_val (self->references, index);
  if (field->kind == NARU_FIELD_DECIMAL)
    g_array_append_val (self->decimals, index);
  if (info->default_value != NULL)
    g_array_append_val (self->defaults, index);
  if (info->sum_of != NULL)
    g_array_append_val (self->sums, index);
}

/* 0: there are too many */
static guint
store_field (NaruRecordType *self, NaruField *field, NaruFieldInfo *info)
{
  guint index = self->fields->len;

  if (index == NARU_TYPE_MAX_FIELDS)
    return 0;

  g_array_append_vals (self->fields, field, 1);
  g_array_append_vals (self->infos, info, 1);
  g_hash_table_insert (self->by_pointer, (gpointer) field->pointer, GUINT_TO_POINTER (index));
  note_walks (self, field, info, index);
  return index;
}

/* An array's element shares the array's label, references, values and audience, unless it says otherwise. */
static gboolean
add_element (Loader *loader, guint array_index, const Parent *parent)
{
  NaruRecordType *self = loader->type;
  NaruField field = *naru_record_type_field (self, array_index);
  NaruFieldInfo info = { .value_labels = naru_record_type_info (self, array_index)->value_labels };
  g_autofree char *pointer = g_strconcat (field.pointer, "/-", NULL);
  NaruJson *items = naru_json_get (naru_record_type_info (self, array_index)->schema, "items");
  NaruJson *note = NULL;
  Parent inner = *parent;
  guint index = 0;

  if (items == NULL)
    return fail (loader, pointer, _ ("an array needs items"));
  note = naru_json_get (items, "x-naru");
  info.schema = follow_references (loader, items);
  if (info.schema == NULL)
    return fail (loader, pointer, _ ("a $ref leads nowhere"));
  field.pointer = keep (loader, pointer);
  field.index = field.card = field.search = FALSE;
  if (note != NULL)
    fill_from_note (loader, &field, &info, note);
  if (!find_kind (info.schema, &field, &field.kind))
    return fail (loader, pointer, _ ("unknown type of value"));
  if (field.kind == NARU_FIELD_ENUM)
    field.values = keep_vector (loader, naru_json_get (info.schema, "enum"));
  if (field.kind == NARU_FIELD_OBJECT)
    field.refs = NULL;
  info.format = naru_json_get_string (info.schema, "format");
  info.tokens = keep_tokens (loader, pointer);
  if (!check_field (loader, &field, &info))
    return FALSE;
  index = store_field (self, &field, &info);
  if (index == 0)
    return fail (loader, pointer, _ ("the type has too many fields"));
  g_array_index (self->infos, NaruFieldInfo, array_index).element = index;
  if (field.kind == NARU_FIELD_ARRAY)
    return fail (loader, pointer, _ ("an array of arrays is not supported"));
  inner.pointer = field.pointer;
  return field.kind != NARU_FIELD_OBJECT || add_members (loader, info.schema, &inner);
}

static gboolean
add_property (Loader *loader, const char *name, NaruJson *property, const Parent *parent)
{
  NaruRecordType *self = loader->type;
  NaruField field = { .audience = parent->audience, .system = parent->system };
  NaruFieldInfo info = { 0 };
  g_autofree char *pointer = g_strconcat (parent->pointer, "/", name, NULL);
  NaruJson *note = naru_json_get (property, "x-naru");
  Parent inner = { 0 };
  guint index = 0;

  if (strpbrk (name, "/~.") != NULL)
    return fail (loader, pointer, _ ("a field's name holds no “/”, “~” or “.”"));
  info.schema = follow_references (loader, property);
  if (info.schema == NULL)
    return fail (loader, pointer, _ ("a $ref leads nowhere"));
  if (note == NULL)
    note = naru_json_get (info.schema, "x-naru");
  if (note == NULL)
    return fail (loader, pointer, _ ("a field needs a label in both languages"));
  field.pointer = keep (loader, pointer);
  field.name = strrchr (field.pointer, '/') + 1;
  fill_from_note (loader, &field, &info, note);
  field.index = naru_json_get_boolean (note, "index", FALSE);
  field.card = naru_json_get_boolean (note, "card", FALSE);
  field.search = naru_json_get_boolean (note, "search", FALSE);
  if (loader->section && (field.card || field.search))
    return fail (loader, pointer, _ ("a field of a rule pack stands on no card and is not searched"));
  if (!find_kind (info.schema, &field, &field.kind))
    return fail (loader, pointer, _ ("unknown type of value"));
  if (field.kind == NARU_FIELD_ENUM)
    field.values = keep_vector (loader, naru_json_get (info.schema, "enum"));
  info.format = naru_json_get_string (info.schema, "format");
  info.default_value = naru_json_get (info.schema, "default");
  info.tokens = keep_tokens (loader, pointer);
  if (field.index)
    info.index_name = make_index_name (loader, info.tokens);
  if (!check_field (loader, &field, &info))
    return FALSE;
  index = store_field (self, &field, &info);
  if (index == 0)
    return fail (loader, pointer, _ ("the type has too many fields"));
  inner = (Parent){ field.pointer, field.audience, field.system, parent->depth + 1 };
  if (inner.depth >= NARU_FIELD_MAX_DEPTH)
    return fail (loader, pointer, _ ("too deep"));
  if (field.kind == NARU_FIELD_OBJECT)
    return add_members (loader, info.schema, &inner);
  return field.kind != NARU_FIELD_ARRAY || add_element (loader, index, &inner);
}

static gboolean
add_members (Loader *loader, NaruJson *node, const Parent *parent)
{
  NaruJson *properties = naru_json_get (node, "properties");
  const char *name = NULL;
  json_t *property = NULL;

  if (properties == NULL || !json_is_object (properties))
    return fail (loader, parent->pointer, _ ("an object needs its properties"));
  /* json_object_foreach keeps the order of the file, which is the order of the fields everywhere */
  json_object_foreach (properties, name, property)
    {
      /* "true" stands for a section, which is compiled when it is needed */
      if (!json_is_true (property) && !add_property (loader, name, property, parent))
        return FALSE;
    }
  return TRUE;
}

/* Adds the fields of a section, but for members that are "true". With the lock held. */
gboolean
naru_record_type_compile_section (NaruRecordType *self, const char *name, NaruJson *property, GError **error)
{
  Loader loader = { self, name, error, TRUE };
  Parent root = { "", NULL, FALSE, 0 };

  return add_property (&loader, name, property, &root);
}

/* Adds a member of a section, and what is in it. @index: of the section's field. With the lock held. */
gboolean
naru_record_type_compile_member (NaruRecordType *self, guint index, const char *name, NaruJson *property,
                                 GError **error)
{
  const NaruField *section = naru_record_type_field (self, index);
  Loader loader = { self, section->name, error, TRUE };
  Parent parent = { section->pointer, section->audience, section->system, 1 };

  return add_property (&loader, name, property, &parent);
}

/* Fills the fields of @self from its schema. */
gboolean
naru_record_type_compile (NaruRecordType *self, const char *origin, GError **error)
{
  Loader loader = { self, origin, error, FALSE };
  Parent root = { "", NULL, FALSE, 0 };
  NaruJson *title = NULL;

  self->note = naru_json_get (self->json, "x-naru");
  title = self->note != NULL ? naru_json_get (self->note, "title") : NULL;
  if (title == NULL || naru_json_get_string (title, "en") == NULL ||
      naru_json_get_string (title, "ko") == NULL)
    return fail (&loader, "", _ ("a record type needs a title in both languages"));
  return add_members (&loader, self->json, &root);
}
