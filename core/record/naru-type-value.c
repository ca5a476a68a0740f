/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include <glib/gi18n-lib.h>

static const char *const yes_words[] = { "yes", "y", "true", "on", "1", "예", "네", "참", NULL };
static const char *const no_words[] = { "no", "n", "false", "off", "0", "아니오", "아니요", "거짓", NULL };

/* Always returns %NULL, for the caller to pass on. */
static NaruJson *
refuse (NaruRecordType *self, const NaruField *field, const char *text, const char *what, const char *cure,
        GError **error)
{
  g_autofree char *label = naru_record_type_get_label (self, field->pointer);

  naru_set_error (error, NARU_ERROR_INVALID, field->pointer, 0, cure, _ ("%s: “%s” is not %s."), label, text,
                  what);
  return NULL;
}

/* "1,234,567.8" without its separators; %NULL if a comma stands where no thousands end. */
static char *
remove_separators (const char *text)
{
  static const char digits[] = "0123456789";
  g_autoptr (GString) plain = g_string_new (NULL);
  const char *at = text;
  gsize n = 0;

  if (strchr (text, ',') == NULL)
    return g_strdup (text);
  if (*at == '-')
    g_string_append_c (plain, *at++);
  n = strspn (at, digits);
  if (n == 0 || n > 3)
    return NULL;
  g_string_append_len (plain, at, (gssize) n);
  for (at += n; *at == ','; at += 4)
    {
      if (strspn (at + 1, digits) != 3)
        return NULL;
      g_string_append_len (plain, at + 1, 3);
    }
  if ((*at != '\0' && *at != '.') || strchr (at, ',') != NULL)
    return NULL;
  g_string_append (plain, at);
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

static NaruJson *
parse_decimal (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  g_autofree char *plain = remove_separators (text);
  g_autofree char *canonical = NULL;
  NaruDecimal decimal;

  if (plain == NULL || !naru_decimal_parse (plain, &decimal, NULL))
    return refuse (self, field, text, _ ("a number"), _ ("Write it as 1250000, 1,250,000 or 12.5."), error);
  canonical = naru_decimal_to_string (&decimal);
  return naru_json_new_string (canonical);
}

static NaruJson *
parse_integer (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  g_autofree char *plain = remove_separators (text);
  gint64 value = 0;

  if (plain == NULL || !g_ascii_string_to_signed (plain, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return refuse (self, field, text, _ ("a whole number"), _ ("Write it with digits alone."), error);
  return naru_json_new_integer (value);
}

static NaruJson *
parse_boolean (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  g_autofree char *word = naru_text_fold (text);

  if (g_strv_contains (yes_words, word))
    return naru_json_new_boolean (TRUE);
  if (g_strv_contains (no_words, word))
    return naru_json_new_boolean (FALSE);
  return refuse (self, field, text, _ ("yes or no"), _ ("Write yes or no."), error);
}

static NaruJson *
parse_date (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  NaruDate date = NARU_DATE_NONE;
  g_autofree char *canonical = NULL;

  if (!naru_date_parse (text, &date, NULL))
    return refuse (self, field, text, _ ("a date"), _ ("Write it as 2026-03-31."), error);
  canonical = naru_date_to_string (date);
  return naru_json_new_string (canonical);
}

static NaruJson *
parse_reference (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  g_autofree char *id = g_ascii_strup (text, -1);

  if (!naru_id_parse (id, NULL))
    return refuse (self, field, text, _ ("the id of a record"), _ ("An id looks like MGK-2026-00442."),
                   error);
  return naru_json_new_string (id);
}

static NaruJson *
parse_string (NaruRecordType *self, const NaruField *field, const NaruFieldInfo *info, const char *text,
              GError **error)
{
  g_autofree char *normal = NULL;
  NaruTime time;

  if (g_strcmp0 (info->format, "date-time") != 0)
    {
      normal = naru_text_normalize (text, -1, NARU_TEXT_MAX, error);
      return normal != NULL ? naru_json_new_string (normal) : NULL;
    }
  if (!naru_time_parse (text, &time, NULL))
    return refuse (self, field, text, _ ("a time"), _ ("Write it as 2026-03-31T14:30:00+09:00."), error);
  normal = naru_time_to_string (&time);
  return naru_json_new_string (normal);
}

static gboolean
means_value (NaruJson *labels, const char *value, const char *folded)
{
  NaruJson *label = naru_json_get (labels, value);
  g_autofree char *plain = naru_text_fold (value);
  g_autofree char *en = naru_text_fold (naru_json_get_string (label, "en"));
  g_autofree char *ko = naru_text_fold (naru_json_get_string (label, "ko"));

  return strcmp (plain, folded) == 0 || strcmp (en, folded) == 0 || strcmp (ko, folded) == 0;
}

static NaruJson *
parse_enum (NaruRecordType *self, const NaruField *field, const NaruFieldInfo *info, const char *text,
            GError **error)
{
  g_autofree char *folded = NULL;
  g_autofree char *allowed = NULL;
  g_autofree char *cure = NULL;

  if (g_strv_contains (field->values, text))
    return naru_json_new_string (text);
  folded = naru_text_fold (text);
  for (guint i = 0; field->values[i] != NULL; i++)
    if (means_value (info->value_labels, field->values[i], folded))
      return naru_json_new_string (field->values[i]);
  allowed = naru_record_type_list_values (self, field);
  cure = g_strdup_printf (_ ("Choose one of: %s."), allowed);
  return refuse (self, field, text, _ ("one of the values"), cure, error);
}

static NaruJson *
parse_scalar (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  const NaruFieldInfo *info = naru_record_type_info (self, naru_record_type_index_of (self, field));

  switch (field->kind)
    {
    case NARU_FIELD_INTEGER:
      return parse_integer (self, field, text, error);
    case NARU_FIELD_BOOLEAN:
      return parse_boolean (self, field, text, error);
    case NARU_FIELD_DECIMAL:
      return parse_decimal (self, field, text, error);
    case NARU_FIELD_DATE:
      return parse_date (self, field, text, error);
    case NARU_FIELD_ENUM:
      return parse_enum (self, field, info, text, error);
    case NARU_FIELD_REFERENCE:
      return parse_reference (self, field, text, error);
    case NARU_FIELD_STRING:
      return parse_string (self, field, info, text, error);
    case NARU_FIELD_ARRAY:
    case NARU_FIELD_OBJECT:
      break;
    }
  return refuse (self, field, text, _ ("a single value"), _ ("Give it as JSON: field:=JSON."), error);
}

static NaruJson *
parse_list (NaruRecordType *self, const NaruField *field, const NaruField *element, const char *text,
            GError **error)
{
  g_autoptr (NaruJson) array = naru_json_new_array ();
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autoptr (NaruJson) value = NULL;

      if (*g_strstrip (parts[i]) == '\0')
        continue;
      value = parse_scalar (self, element, parts[i], error);
      if (value == NULL)
        return NULL;
      naru_json_append (array, g_steal_pointer (&value));
    }
  return g_steal_pointer (&array);
}

/**
 * naru_record_type_parse_value:
 * @self: a record type
 * @field: one of its fields
 * @text: what a person typed or a cell of a table holds
 * @error: return location for an error
 *
 * Lists of single values are separated by commas; values of an enumeration may be given by their label in
 * either language; numbers may have thousands separators. Text that is empty or blank gives JSON null: take
 * the field away.
 *
 * Returns: (transfer full): the value in canonical form; %NULL with %NARU_ERROR_INVALID, whose message names
 * the field and whose cure says what is allowed
 */
NaruJson *
naru_record_type_parse_value (NaruRecordType *self, const NaruField *field, const char *text, GError **error)
{
  g_autofree char *trimmed = NULL;
  guint element = 0;

  g_return_val_if_fail (field != NULL && text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      return refuse (self, field, valid, _ ("UTF-8 text"), _ ("Save or send the text as UTF-8."), error);
    }
  trimmed = g_strstrip (g_strdup (text));
  if (*trimmed == '\0')
    return naru_json_new_null ();
  element = naru_record_type_info (self, naru_record_type_index_of (self, field))->element;
  if (element != 0)
    return parse_list (self, field, naru_record_type_field (self, element), trimmed, error);
  /* blanks at the ends of a text are the person's own */
  return parse_scalar (self, field, field->kind == NARU_FIELD_STRING ? text : trimmed, error);
}

static gboolean
normalize_string (json_t *value, GError **error)
{
  const char *text = json_string_value (value);
  gsize length = json_string_length (value);
  g_autofree char *normal = naru_text_normalize (text, (gssize) length, NARU_TEXT_MAX, error);

  if (normal == NULL)
    return FALSE;
  if (strcmp (normal, text) != 0)
    json_string_set_nocheck (value, normal);
  return TRUE;
}

/* On failure @pointer receives where the bad text stands, built while the calls return. */
static gboolean
normalize_strings (json_t *value, guint depth, GString *pointer, GError **error)
{
  const char *key = NULL;
  json_t *member = NULL;
  gsize index = 0;

  if (json_is_string (value))
    return normalize_string (value, error);
  if (!json_is_object (value) && !json_is_array (value))
    return TRUE;
  if (depth > NARU_JSON_MAX_DEPTH)
    {
      naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 0, NULL, _ ("The value is nested too deeply."));
      return FALSE;
    }
  json_object_foreach (value, key, member)
    {
      if (normalize_strings (member, depth + 1, pointer, error))
        continue;
      g_string_prepend (pointer, key);
      g_string_prepend_c (pointer, '/');
      return FALSE;
    }
  json_array_foreach (value, index, member)
    {
      g_autofree char *token = NULL;

      if (normalize_strings (member, depth + 1, pointer, error))
        continue;
      token = g_strdup_printf ("/%" G_GSIZE_FORMAT, index);
      g_string_prepend (pointer, token);
      return FALSE;
    }
  return TRUE;
}

static void
normalize_decimal (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  NaruDecimal decimal;
  g_autofree char *canonical = NULL;

  /* what is no decimal stays as it is, for the validation to name */
  if (!json_is_string (value) || !naru_decimal_parse (json_string_value (value), &decimal, NULL))
    return;
  canonical = naru_decimal_to_string (&decimal);
  if (strcmp (canonical, json_string_value (value)) != 0)
    json_string_set_nocheck (value, canonical);
}

/**
 * naru_record_type_normalize:
 * @self: a record type
 * @json: the fields of a record, changed in place
 * @error: return location for an error
 *
 * Brings texts to NFC and decimals to their canonical form, so that equal records have equal bytes.
 *
 * Returns: %FALSE with the field's pointer in @error if a text is too long or holds a character that none may
 * hold
 */
gboolean
naru_record_type_normalize (NaruRecordType *self, NaruJson *json, GError **error)
{
  g_autoptr (GString) pointer = g_string_new (NULL);
  g_autoptr (GError) failure = NULL;
  g_autofree char *label = NULL;

  if (!normalize_strings (json, 0, pointer, &failure))
    {
      label = naru_record_type_get_label (self, pointer->str);
      naru_set_error (error, failure->code, pointer->str, 0, naru_error_get_cure (failure), _ ("%s: %s"),
                      label, failure->message);
      return FALSE;
    }
  naru_record_type_need_sections (self, json, NULL);
  for (guint i = 0; i < self->decimals->len; i++)
    naru_record_type_walk (self, g_array_index (self->decimals, guint, i), FALSE, json, normalize_decimal,
                           NULL);
  return TRUE;
}

static void
set_default (json_t *value, const char *const *tokens, json_t *default_value)
{
  if (strcmp (*tokens, "-") == 0)
    {
      for (gsize i = 0; i < json_array_size (value); i++)
        set_default (json_array_get (value, i), tokens + 1, default_value);
    }
  else if (!json_is_object (value))
    return;
  else if (tokens[1] != NULL)
    set_default (json_object_get (value, *tokens), tokens + 1, default_value);
  else if (json_object_get (value, *tokens) == NULL)
    json_object_set_new_nocheck (value, *tokens, json_deep_copy (default_value));
}

/**
 * naru_record_type_apply_defaults:
 * @self: a record type
 * @json: the fields of a new record, changed in place
 *
 * Fills in the defaults of missing fields; never makes an object only to hold a default.
 */
void
naru_record_type_apply_defaults (NaruRecordType *self, NaruJson *json)
{
  naru_record_type_need_sections (self, json, NULL);
  for (guint i = 0; i < self->defaults->len; i++)
    {
      const NaruFieldInfo *info = naru_record_type_info (self, g_array_index (self->defaults, guint, i));

      set_default (json, info->tokens, info->default_value);
    }
}
