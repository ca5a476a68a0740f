/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include "naru-boxed.h"

#include <glib/gi18n-lib.h>

NARU_DEFINE_BOXED_TYPE (NaruRecordType, naru_record_type)

static void
record_type_clear (gpointer data)
{
  NaruRecordType *self = data;

  g_free (self->name);
  g_clear_pointer (&self->sections, g_ptr_array_unref);
  g_clear_pointer (&self->extension, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->schema, naru_schema_unref);
  g_clear_pointer (&self->by_pointer, g_hash_table_unref);
  g_array_unref (self->fields);
  g_array_unref (self->infos);
  g_array_unref (self->indexed);
  g_array_unref (self->on_card);
  g_array_unref (self->searched);
  g_array_unref (self->references);
  g_array_unref (self->decimals);
  g_array_unref (self->defaults);
  g_array_unref (self->sums);
  g_ptr_array_unref (self->vectors);
  g_string_chunk_free (self->strings);
  naru_json_unref (self->json);
}

/* Large enough never to move; the system gives memory only to what is used of it. */
static GArray *
new_array (guint element_size)
{
  return g_array_sized_new (FALSE, FALSE, element_size, NARU_TYPE_MAX_FIELDS);
}

static void
record_type_init (NaruRecordType *self)
{
  g_mutex_init (&self->lock);
  self->strings = g_string_chunk_new (4096);
  self->vectors = g_ptr_array_new_with_free_func (g_free);
  self->fields = new_array (sizeof (NaruField));
  self->infos = new_array (sizeof (NaruFieldInfo));
  self->by_pointer = g_hash_table_new (g_str_hash, g_str_equal);
  self->indexed = new_array (sizeof (guint));
  self->on_card = new_array (sizeof (guint));
  self->searched = new_array (sizeof (guint));
  self->references = new_array (sizeof (guint));
  self->decimals = new_array (sizeof (guint));
  self->defaults = new_array (sizeof (guint));
  self->sums = new_array (sizeof (guint));
  /* index 0 stands for "none" */
  g_array_set_size (self->fields, 1);
  g_array_set_size (self->infos, 1);
  memset (self->fields->data, 0, sizeof (NaruField));
  memset (self->infos->data, 0, sizeof (NaruFieldInfo));
}

/**
 * naru_record_type_new:
 * @name: "deal", "party" …
 * @schema: a JSON Schema with annotations under "x-naru"; the type takes a reference
 * @origin: where @schema stands, for messages
 * @error: return location for an error
 *
 * Returns: (transfer full): the type; %NULL with %NARU_ERROR_INVALID if the schema or an annotation is wrong
 */
NaruRecordType *
naru_record_type_new (const char *name, NaruJson *schema, const char *origin, GError **error)
{
  g_autoptr (NaruRecordType) self = NULL;

  g_return_val_if_fail (name != NULL && schema != NULL && origin != NULL, NULL);

  self = g_atomic_rc_box_new0 (NaruRecordType);
  self->name = g_strdup (name);
  self->json = naru_json_ref (schema);
  record_type_init (self);
  self->schema = naru_schema_new (schema, origin, error);
  if (self->schema == NULL || !naru_record_type_compile (self, origin, error))
    return NULL;
  self->own = self->fields->len - 1;
  return g_steal_pointer (&self);
}

/**
 * naru_record_type_ref:
 * @self: a record type
 *
 * Returns: (transfer full): @self
 */
NaruRecordType *
naru_record_type_ref (NaruRecordType *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * naru_record_type_unref:
 * @self: (transfer full): a record type
 */
void
naru_record_type_unref (NaruRecordType *self)
{
  g_atomic_rc_box_release_full (self, record_type_clear);
}

/**
 * naru_record_type_get_name:
 * @self: a record type
 *
 * Returns: (transfer none): "deal", "party" …
 */
const char *
naru_record_type_get_name (NaruRecordType *self)
{
  return self->name;
}

/**
 * naru_record_type_get_code:
 * @self: a record type
 *
 * Returns: (transfer none): what its ids carry between hub and year; "" for a deal
 */
const char *
naru_record_type_get_code (NaruRecordType *self)
{
  const char *code = naru_json_get_string (self->note, "code");

  return code != NULL ? code : "";
}

/**
 * naru_record_type_get_title:
 * @self: a record type
 *
 * Returns: (transfer none): its name for people, in the current language
 */
const char *
naru_record_type_get_title (NaruRecordType *self)
{
  return naru_label_pick (naru_json_get (self->note, "title"));
}

/**
 * naru_record_type_get_pipeline:
 * @self: a record type
 *
 * Returns: (transfer none) (nullable): id of the pipeline that new records follow; %NULL where the type has
 * no stages
 */
const char *
naru_record_type_get_pipeline (NaruRecordType *self)
{
  return naru_json_get_string (self->note, "pipeline");
}

/**
 * naru_record_type_get_schema:
 * @self: a record type
 *
 * Returns: (transfer none): its JSON Schema
 */
NaruJson *
naru_record_type_get_schema (NaruRecordType *self)
{
  return self->json;
}

/**
 * naru_record_type_get_fields:
 * @self: a record type
 * @n_fields: (out): how many
 *
 * Every property at every depth, a parent before its members, in the order of the schema; those that rule
 * packs bring stand last.
 *
 * Returns: (transfer none) (array length=n_fields): the fields
 */
const NaruField *const *
naru_record_type_get_fields (NaruRecordType *self, guint *n_fields)
{
  naru_record_type_need_sections (self, NULL, NULL);
  return naru_record_type_order_fields (self, n_fields);
}

/**
 * naru_record_type_get_fields_of:
 * @self: a record type
 * @json: (nullable): the fields of a record; %NULL: those of no rule pack
 * @n_fields: (out): how many
 *
 * As naru_record_type_get_fields(), but at least those alone that a record has, which takes less time.
 *
 * Returns: (transfer none) (array length=n_fields): the fields
 */
const NaruField *const *
naru_record_type_get_fields_of (NaruRecordType *self, NaruJson *json, guint *n_fields)
{
  if (json != NULL)
    naru_record_type_need_sections (self, json, NULL);
  return naru_record_type_order_fields (self, n_fields);
}

/**
 * naru_record_type_get_card_position:
 * @self: a record type
 * @position: 0 for the first field on cards
 *
 * Returns: (transfer none) (nullable): the field that stands there on a card; %NULL after the last one
 */
const NaruField *
naru_record_type_get_card_position (NaruRecordType *self, guint position)
{
  if (position >= self->on_card->len)
    return NULL;
  return naru_record_type_field (self, g_array_index (self->on_card, guint, position));
}

static gboolean
is_element_token (const char *token, gsize length)
{
  if (length == 1 && (token[0] == '-' || token[0] == '+'))
    return TRUE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (token[i]))
      return FALSE;
  return length > 0;
}

/**
 * naru_record_type_find_field:
 * @self: a record type
 * @pointer: "/inventors/0/share", "/inventors/-/share" or the dotted form "inventors.0.share"
 *
 * Returns: (transfer none) (nullable): the field that stands there
 */
const NaruField *
naru_record_type_find_field (NaruRecordType *self, const char *pointer)
{
  char key[256];
  gsize used = 0;
  const char *at = pointer;

  g_return_val_if_fail (pointer != NULL, NULL);

  if (*at == '/')
    at++;
  const char *path = at;
  while (TRUE)
    {
      gsize length = strcspn (at, *pointer == '/' ? "/" : "./");
      gboolean element = is_element_token (at, length);

      if (used + length + 2 >= sizeof key)
        return NULL;
      key[used++] = '/';
      memcpy (key + used, element ? "-" : at, element ? 1 : length);
      used += element ? 1 : length;
      if (at[length] == '\0')
        break;
      at += length + 1;
    }
  key[used] = '\0';
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  naru_record_type_need_place (self, path);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_pointer, key));
  return index != 0 ? naru_record_type_field (self, index) : NULL;
}

/* The member of {"en", "ko"} in the current language. */
const char *
naru_label_pick (NaruJson *label)
{
  const char *text = naru_json_get_string (label, naru_language_get ());

  return text != NULL ? text : naru_json_get_string (label, "en");
}

/**
 * naru_field_get_label:
 * @field: a field
 *
 * Returns: (transfer none): its label in the current language
 */
const char *
naru_field_get_label (const NaruField *field)
{
  return strcmp (naru_language_get (), "ko") == 0 ? field->label_ko : field->label_en;
}

/**
 * naru_record_type_get_label:
 * @self: a record type
 * @pointer: where a value stands in a record: "/inventors/0/share"
 *
 * Returns: (transfer full): the way there in labels of the current language, elements counted from one:
 *   "Inventors 1 › Share"; a part that is no field stands as it is
 */
char *
naru_record_type_get_label (NaruRecordType *self, const char *pointer)
{
  g_autoptr (GString) label = g_string_new (NULL);
  g_autoptr (GString) path = g_string_new (NULL);
  g_auto (GStrv) tokens = NULL;

  g_return_val_if_fail (pointer != NULL, NULL);

  tokens = g_strsplit_set (*pointer == '/' ? pointer + 1 : pointer, *pointer == '/' ? "/" : "./", -1);
  for (guint i = 0; tokens[i] != NULL; i++)
    {
      const NaruField *field = NULL;

      g_string_append_printf (path, "/%s", tokens[i]);
      if (i > 0 && is_element_token (tokens[i], strlen (tokens[i])))
        {
          if (g_ascii_isdigit (tokens[i][0]))
            g_string_append_printf (label, " %" G_GUINT64_FORMAT, g_ascii_strtoull (tokens[i], NULL, 10) + 1);
          continue;
        }
      field = naru_record_type_find_field (self, path->str);
      if (label->len > 0)
        g_string_append (label, " › ");
      g_string_append (label, field != NULL ? naru_field_get_label (field) : tokens[i]);
    }
  return g_string_free (g_steal_pointer (&label), FALSE);
}

/**
 * naru_record_type_get_value_label:
 * @self: a record type
 * @field: one of its fields; for an array, that of its elements is taken
 * @value: a value of the field
 *
 * Returns: (transfer none): how people call @value in the current language, or @value itself
 */
const char *
naru_record_type_get_value_label (NaruRecordType *self, const NaruField *field, const char *value)
{
  NaruJson *labels = NULL;
  NaruJson *label = NULL;

  g_return_val_if_fail (field != NULL && value != NULL, NULL);

  labels = naru_record_type_info (self, naru_record_type_index_of (self, field))->value_labels;
  label = labels != NULL ? naru_json_get (labels, value) : NULL;
  return label != NULL ? naru_label_pick (label) : value;
}

static void
walk_level (NaruFieldWalk *walk, const char *const *tokens, json_t *value, NaruFieldFunc func,
            gpointer user_data)
{
  while (*tokens != NULL && value != NULL && strcmp (*tokens, "-") != 0)
    value = json_object_get (value, *tokens++);
  if (value == NULL)
    return;
  if (*tokens == NULL)
    {
      func (walk, value, user_data);
      return;
    }
  if (walk->n_elements == NARU_FIELD_MAX_DEPTH)
    return;
  walk->n_elements++;
  for (gsize i = 0; i < json_array_size (value); i++)
    {
      walk->elements[walk->n_elements - 1] = i;
      walk_level (walk, tokens + 1, json_array_get (value, i), func, user_data);
    }
  walk->n_elements--;
}

/* Calls @func for every value in @json that stands at the field; with @into_elements for each element of an
 * array instead of the array. */
void
naru_record_type_walk (NaruRecordType *self, guint index, gboolean into_elements, json_t *json,
                       NaruFieldFunc func, gpointer user_data)
{
  NaruFieldWalk walk = { .field = naru_record_type_field (self, index),
                         .info = naru_record_type_info (self, index) };

  if (into_elements && walk.info->element != 0)
    {
      walk.field = naru_record_type_field (self, walk.info->element);
      walk.info = naru_record_type_info (self, walk.info->element);
    }
  walk_level (&walk, walk.info->tokens, json, func, user_data);
}

/* Returns: (transfer full): where the value of the walk stands */
char *
naru_field_walk_get_pointer (const NaruFieldWalk *walk)
{
  g_autoptr (GString) pointer = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; walk->info->tokens[i] != NULL; i++)
    {
      if (strcmp (walk->info->tokens[i], "-") == 0)
        g_string_append_printf (pointer, "/%" G_GSIZE_FORMAT, walk->elements[n++]);
      else
        g_string_append_printf (pointer, "/%s", walk->info->tokens[i]);
    }
  return g_string_free (g_steal_pointer (&pointer), FALSE);
}
