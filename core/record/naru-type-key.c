/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#define INDEX_VALUE_MAX 200

#define CARD_TYPE G_VARIANT_TYPE ("(xass)")

/* The text of a scalar as a list shows it; %NULL for anything else. @buffer has room for an integer. */
static const char *
get_scalar_text (json_t *value, char buffer[24])
{
  if (json_is_string (value))
    return json_string_value (value);
  if (json_is_boolean (value))
    return json_is_true (value) ? "true" : "false";
  if (!json_is_integer (value))
    return NULL;
  g_snprintf (buffer, 24, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
  return buffer;
}

static void
collect_reference (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  NaruReference *reference = NULL;

  if (!json_is_string (value))
    return;
  reference = g_new0 (NaruReference, 1);
  reference->pointer = naru_field_walk_get_pointer (walk);
  reference->id = g_strdup (json_string_value (value));
  reference->field = walk->field;
  g_ptr_array_add (user_data, reference);
}

/**
 * naru_record_type_list_references:
 * @self: a record type
 * @json: the fields of a record
 *
 * Returns: (transfer full) (element-type NaruReference): every id of another record in @json
 */
GPtrArray *
naru_record_type_list_references (NaruRecordType *self, NaruJson *json)
{
  GPtrArray *references = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_reference_free);

  naru_record_type_need_sections (self, json, NULL);
  for (guint i = 0; i < self->references->len; i++)
    naru_record_type_walk (self, g_array_index (self->references, guint, i), FALSE, json, collect_reference,
                           references);
  return references;
}

/**
 * naru_reference_free:
 * @reference: (transfer full): a reference
 */
void
naru_reference_free (NaruReference *reference)
{
  g_free (reference->pointer);
  g_free (reference->id);
  g_free (reference);
}

/* Control characters end keys in the store, so none may stand in a value. Cuts at a whole character. */
static void
clean_index_value (char *text)
{
  gsize used = 0;

  for (const char *at = text; *at != '\0';)
    {
      gsize length = g_utf8_next_char (at) - at;
      guchar first = (guchar) at[0];
      gboolean control =
          first < 0x20 || first == 0x7f || (first == 0xc2 && (guchar) at[1] >= 0x80 && (guchar) at[1] < 0xa0);

      if (used + length > INDEX_VALUE_MAX)
        break;
      if (!control)
        {
          memmove (text + used, at, length);
          used += length;
        }
      at += length;
    }
  text[used] = '\0';
}

/**
 * naru_index_fold:
 * @value: UTF-8
 *
 * The form of a value in an index: two texts that differ in case or in Unicode normalization alone fold to
 * the same bytes; no control characters; at most 200 bytes, so that longer values share a key and the caller
 * compares.
 *
 * Returns: (transfer full): the folded value
 */
char *
naru_index_fold (const char *value)
{
  g_autofree char *folded = NULL;
  char *result = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  if (g_str_is_ascii (value))
    result = g_ascii_strdown (value, -1);
  else
    {
      folded = g_utf8_casefold (value, -1);
      result = g_utf8_normalize (folded, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    }
  if (result == NULL)
    return g_strdup ("");
  clean_index_value (result);
  return result;
}

typedef struct
{
  GPtrArray *keys;
  const char *index;
  guint first; /* of this index in keys */
} KeyCollector;

static void
add_key (KeyCollector *collector, char *value)
{
  NaruIndexKey *key = NULL;

  /* an array may name the same value twice; the store holds a key once */
  for (guint i = collector->first; i < collector->keys->len; i++)
    {
      NaruIndexKey *other = g_ptr_array_index (collector->keys, i);

      if (strcmp (other->value, value) == 0)
        {
          g_free (value);
          return;
        }
    }
  key = g_new (NaruIndexKey, 1);
  key->index = collector->index;
  key->value = value;
  g_ptr_array_add (collector->keys, key);
}

static void
collect_key (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  char buffer[24];
  const char *text = get_scalar_text (value, buffer);
  g_autofree char *folded = text != NULL ? naru_index_fold (text) : NULL;

  if (folded != NULL && *folded != '\0')
    add_key (user_data, g_steal_pointer (&folded));
}

/* A stage carries the moment it was entered, so that one range scan gives a stage's records, the oldest
 * first. */
static void
add_since (KeyCollector *collector, gint64 since)
{
  for (guint i = collector->first; i < collector->keys->len; i++)
    {
      NaruIndexKey *key = g_ptr_array_index (collector->keys, i);
      char *value =
          g_strdup_printf ("%s\x1f%016" G_GINT64_MODIFIER "x", key->value, (guint64) MAX (since, 0));

      g_free (key->value);
      key->value = value;
    }
}

/**
 * naru_record_type_get_index_name:
 * @self: a record type
 * @field: one of its fields
 *
 * Returns: (transfer none) (nullable): name of the index that its values stand in, %NULL where there is none
 */
const char *
naru_record_type_get_index_name (NaruRecordType *self, const NaruField *field)
{
  return naru_record_type_info (self, naru_record_type_index_of (self, field))->index_name;
}

/**
 * naru_record_type_list_keys:
 * @self: a record type
 * @json: the fields of a record
 * @since: when the record entered its stage, in seconds since 1970
 *
 * One key for every value of an indexed field: the index is "type.field", or "type.field.member" for a field
 * inside another. The index "type.stage" holds the stage, U+001F and @since in 16 hexadecimal digits.
 *
 * Returns: (transfer full) (element-type NaruIndexKey): the keys; their index names live as long as @self
 */
GPtrArray *
naru_record_type_list_keys (NaruRecordType *self, NaruJson *json, gint64 since)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_index_key_free);

  naru_record_type_need_sections (self, json, NULL);
  for (guint i = 0; i < self->indexed->len; i++)
    {
      guint index = g_array_index (self->indexed, guint, i);
      const NaruField *field = naru_record_type_field (self, index);
      KeyCollector collector = { keys, naru_record_type_info (self, index)->index_name, keys->len };

      naru_record_type_walk (self, index, TRUE, json, collect_key, &collector);
      if (strcmp (field->pointer, "/stage") == 0)
        add_since (&collector, since);
    }
  return keys;
}

/**
 * naru_index_key_free:
 * @key: (transfer full): a key
 */
void
naru_index_key_free (NaruIndexKey *key)
{
  g_free (key->value);
  g_free (key);
}

static void
collect_text (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  GString *text = user_data;
  char buffer[24];
  const char *scalar = get_scalar_text (value, buffer);

  if (scalar == NULL)
    return;
  if (text->len > 0)
    g_string_append_c (text, ',');
  g_string_append (text, scalar);
}

static void
collect_search (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  GString *text = user_data;
  char buffer[24];
  const char *scalar = get_scalar_text (value, buffer);

  g_autofree char *folded = scalar != NULL ? naru_text_fold (scalar) : NULL;

  if (folded == NULL || *folded == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, folded);
}

/**
 * naru_record_type_make_card:
 * @self: a record type
 * @json: the fields of a record
 * @since: when the record entered its stage, in seconds since 1970
 *
 * What lists need of a record, small enough to read thousands: (xass) of @since, the card fields in the order
 * of the schema (arrays joined by ",", "" where a field is missing) and the folded text of the fields that
 * can be searched, a line each. Serialised and in normal form on every machine alike, so the store may keep
 * its bytes and hand them out unread.
 *
 * Returns: (transfer full): the card, not floating
 */
GVariant *
naru_record_type_make_card (NaruRecordType *self, NaruJson *json, gint64 since)
{
  GVariantBuilder builder;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GVariant) card = NULL;

  g_variant_builder_init (&builder, CARD_TYPE);
  g_variant_builder_add_value (&builder, g_variant_new_int64 (GINT64_TO_LE (since)));
  g_variant_builder_open (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < self->on_card->len; i++)
    {
      g_string_truncate (text, 0);
      naru_record_type_walk (self, g_array_index (self->on_card, guint, i), TRUE, json, collect_text, text);
      g_variant_builder_add_value (&builder, g_variant_new_string (text->str));
    }
  g_variant_builder_close (&builder);
  g_string_truncate (text, 0);
  for (guint i = 0; i < self->searched->len; i++)
    naru_record_type_walk (self, g_array_index (self->searched, guint, i), TRUE, json, collect_search, text);
  g_variant_builder_add_value (&builder, g_variant_new_string (text->str));
  card = g_variant_ref_sink (g_variant_builder_end (&builder));
  /* strings read from a card must not move when it is serialised later */
  (void) g_variant_get_data (card);
  return g_steal_pointer (&card);
}

static const char *
get_child_string (GVariant *container, gsize index)
{
  const char *text = "";

  /* "&s" points into the bytes of the card, which is always in its serialised form */
  g_variant_get_child (container, index, "&s", &text);
  return text;
}

/**
 * naru_record_type_get_card_field:
 * @self: a record type
 * @card: a card of this type
 * @name: name of a card field, "stage"
 *
 * Returns: (transfer none) (nullable): its text, inside @card; %NULL if the cards of this type do not hold it
 */
const char *
naru_record_type_get_card_field (NaruRecordType *self, GVariant *card, const char *name)
{
  g_return_val_if_fail (name != NULL && g_variant_is_of_type (card, CARD_TYPE), NULL);

  for (guint i = 0; i < self->on_card->len; i++)
    {
      const NaruField *field = naru_record_type_field (self, g_array_index (self->on_card, guint, i));
      g_autoptr (GVariant) strings = NULL;

      if (strcmp (field->pointer + 1, name) != 0 && strcmp (field->pointer, name) != 0)
        continue;
      strings = g_variant_get_child_value (card, 1);
      return i < g_variant_n_children (strings) ? get_child_string (strings, i) : "";
    }
  return NULL;
}

/**
 * naru_card_list_texts:
 * @card: a card
 * @n_texts: (out): how many there are: fewer than the type has positions where the card is older than a field
 *
 * Returns: (transfer container) (array length=n_texts): the texts as naru_record_type_get_card_position()
 * counts them, inside @card
 */
const char **
naru_card_list_texts (GVariant *card, gsize *n_texts)
{
  g_autoptr (GVariant) strings = g_variant_get_child_value (card, 1);

  return g_variant_get_strv (strings, n_texts);
}

/**
 * naru_card_get_since:
 * @card: a card
 *
 * Returns: when the record entered its stage, in seconds since 1970
 */
gint64
naru_card_get_since (GVariant *card)
{
  gint64 since = 0;

  g_variant_get_child (card, 0, "x", &since);
  return GINT64_FROM_LE (since);
}

/**
 * naru_card_get_text:
 * @card: a card
 *
 * Returns: (transfer none): the folded text to search in, inside @card
 */
const char *
naru_card_get_text (GVariant *card)
{
  return get_child_string (card, 2);
}
