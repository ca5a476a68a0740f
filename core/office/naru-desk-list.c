/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Lists: one index or all cards are walked; each card is matched as it lies in the store, and a record is
 * read only where the policy or a filter needs more than its card.
 */

typedef struct
{
  const NaruField *field;
  char *folded;
} Filter;

struct _NaruScan
{
  NaruDesk *desk;
  NaruTxn *txn;
  NaruRecordType *type;
  const char *type_name;
  char *text;         /* (nullable): folded search words */
  GPtrArray *filters; /* of Filter */
  NaruGrant grant;
  gboolean text_in_card; /* this person may see all that the cards' search text is made of */
  NaruScanFunc func;
  gpointer user_data;
  GError *error;
};

static void
filter_free (Filter *filter)
{
  g_free (filter->folded);
  g_free (filter);
}

void
naru_scan_free (NaruScan *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->filters, g_ptr_array_unref);
  g_clear_pointer (&self->txn, naru_txn_end);
  g_free (self->text);
  g_free (self);
}

static gboolean
scan_add_filter (NaruScan *self, const char *name, const char *value, GError **error)
{
  g_autofree char *pointer = g_strconcat ("/", name, NULL);
  const NaruField *field;
  Filter *filter;

  if (value == NULL)
    return TRUE;
  g_strdelimit (pointer, ".", '/');
  field = naru_record_type_find_field (self->type, pointer);
  if (field == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, name, 0, NULL, _ ("records of type %s have no field “%s”"),
                      self->type_name, name);
      naru_error_set_cure (error, _ ("“naru new %s --help” lists the fields"), self->type_name);
      return FALSE;
    }
  filter = g_new0 (Filter, 1);
  filter->field = field;
  filter->folded = naru_index_fold (value);
  g_ptr_array_add (self->filters, filter);
  return TRUE;
}

static gboolean
scan_add_query (NaruScan *self, const NaruQuery *query, GError **error)
{
  if (!scan_add_filter (self, "stage", query->stage, error) ||
      !scan_add_filter (self, "sectors", query->sector, error) ||
      !scan_add_filter (self, "hub", query->hub, error) ||
      !scan_add_filter (self, "officer", query->officer, error))
    return FALSE;
  for (guint i = 0; query->where != NULL && query->where[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (query->where[i], "=", 2);

      if (g_strv_length (parts) != 2)
        {
          naru_set_error (error, NARU_ERROR_USAGE, "where", 0, _ ("write it as --where FIELD=VALUE"),
                          _ ("“%s” is no condition"), query->where[i]);
          return FALSE;
        }
      if (!scan_add_filter (self, parts[0], parts[1], error))
        return FALSE;
    }
  if (query->text != NULL)
    self->text = naru_text_fold (query->text);
  return TRUE;
}

static gboolean
all_search_fields_shown (NaruScan *self)
{
  guint n_fields;
  const NaruField *const *fields = naru_record_type_get_fields_of (self->type, NULL, &n_fields);

  for (guint i = 0; i < n_fields; i++)
    if (fields[i]->search && !naru_policy_shows_audience (self->desk->office->policy, &self->desk->access,
                                                          self->type_name, fields[i]->audience, NULL))
      return FALSE;
  return TRUE;
}

/* Makes ready to walk the records of @type that fit @query and that the person may list. */
NaruScan *
naru_scan_new (NaruDesk *desk, const char *type, const NaruQuery *query, GError **error)
{
  g_autoptr (NaruScan) self = g_new0 (NaruScan, 1);

  self->desk = desk;
  self->filters = g_ptr_array_new_with_free_func ((GDestroyNotify) filter_free);
  self->type = naru_types_get (desk->office->types, type, error);
  if (self->type == NULL)
    return NULL;
  self->type_name = naru_record_type_get_name (self->type);
  self->grant = naru_policy_get_grant (desk->office->policy, &desk->access, type, "list");
  if (self->grant == NARU_GRANT_NEVER)
    {
      naru_desk_require (desk, type, "list", NULL, error);
      return NULL;
    }
  if (query != NULL && !scan_add_query (self, query, error))
    return NULL;
  if (!naru_past_need_type (desk->office, NULL, self->type_name, error))
    return NULL;
  self->text_in_card = all_search_fields_shown (self);
  self->txn = naru_store_begin_read (desk->office->store, error);
  if (self->txn == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
element_equals (NaruJson *json, const char *folded)
{
  g_autofree char *text = NULL;
  g_autofree char *own = NULL;

  switch (naru_json_get_kind (json))
    {
    case NARU_JSON_STRING:
      own = naru_index_fold (naru_json_as_string (json));
      break;
    case NARU_JSON_INTEGER:
      own = g_strdup_printf ("%" G_GINT64_FORMAT, naru_json_as_integer (json));
      break;
    case NARU_JSON_BOOLEAN:
      own = g_strdup (naru_json_as_boolean (json) ? "true" : "false");
      break;
    default:
      return FALSE;
    }
  return g_str_equal (own, folded);
}

static gboolean
json_matches (NaruJson *json, char **parts, const char *folded)
{
  if (json == NULL)
    return FALSE;
  if (naru_json_get_kind (json) == NARU_JSON_ARRAY)
    {
      char **rest = parts[0] != NULL && g_str_equal (parts[0], "-") ? parts + 1 : parts;

      for (guint i = 0; i < naru_json_get_size (json); i++)
        if (json_matches (naru_json_get_element (json, i), rest, folded))
          return TRUE;
      return FALSE;
    }
  if (parts[0] == NULL)
    return element_equals (json, folded);
  return naru_json_get_kind (json) == NARU_JSON_OBJECT &&
         json_matches (naru_json_get (json, parts[0]), parts + 1, folded);
}

static gboolean
card_matches (const char *shown, const Filter *filter)
{
  if (filter->field->kind == NARU_FIELD_ARRAY)
    {
      g_auto (GStrv) parts = g_strsplit (shown, ",", -1);

      for (guint i = 0; parts[i] != NULL; i++)
        {
          g_autofree char *own = naru_index_fold (parts[i]);

          if (g_str_equal (own, filter->folded))
            return TRUE;
        }
      return FALSE;
    }
  if (g_str_equal (shown, filter->folded))
    return TRUE;
  {
    g_autofree char *own = naru_index_fold (shown);

    return g_str_equal (own, filter->folded);
  }
}

static gboolean
record_matches (NaruScan *self, NaruRecord *record)
{
  g_autoptr (NaruJson) visible = naru_desk_filter (self->desk, self->type, record);

  for (guint i = 0; i < self->filters->len; i++)
    {
      const Filter *filter = g_ptr_array_index (self->filters, i);
      g_auto (GStrv) parts = g_strsplit (filter->field->pointer + 1, "/", -1);

      if (!json_matches (visible, parts, filter->folded))
        return FALSE;
    }
  if (self->text != NULL && !self->text_in_card)
    {
      g_autoptr (GVariant) card = naru_record_type_make_card (self->type, visible, 0);

      return strstr (naru_card_get_text (card), self->text) != NULL;
    }
  return TRUE;
}

/* Whether the record is out already by its card; sets @undecided where the card does not tell all. */
static gboolean
card_fits (NaruScan *self, GVariant *card, gboolean *undecided)
{
  *undecided = self->grant == NARU_GRANT_SOMETIMES || (self->text != NULL && !self->text_in_card);
  for (guint i = 0; i < self->filters->len; i++)
    {
      const Filter *filter = g_ptr_array_index (self->filters, i);

      if (!filter->field->card || filter->field->audience != NULL)
        *undecided = TRUE;
      else
        {
          const char *shown = naru_record_type_get_card_field (self->type, card, filter->field->name);

          if (shown == NULL || !card_matches (shown, filter))
            return FALSE;
        }
    }
  return self->text == NULL || !self->text_in_card || strstr (naru_card_get_text (card), self->text) != NULL;
}

static gboolean
scan_take (const char *id, GVariant *card, gpointer user_data)
{
  NaruScan *self = user_data;
  g_autoptr (NaruRecord) record = NULL;
  gboolean undecided;

  if (!card_fits (self, card, &undecided))
    return TRUE;
  if (undecided)
    {
      record = naru_txn_get_record (self->txn, self->type_name, id, &self->error);
      if (record == NULL)
        return FALSE;
      if (!naru_desk_may (self->desk, self->type_name, "list", record) || !record_matches (self, record))
        return TRUE;
    }
  return self->func (self, id, card, self->user_data);
}

static gboolean
scan_take_indexed (const char *value, const char *id, gpointer user_data)
{
  NaruScan *self = user_data;
  g_autoptr (GVariant) card = naru_txn_get_card (self->txn, self->type_name, id, &self->error);

  return card != NULL && scan_take (id, card, self);
}

/* The filter that an index answers best, or none. */
static char *
choose_index (NaruScan *self, char **prefix)
{
  for (guint i = 0; i < self->filters->len; i++)
    {
      const Filter *filter = g_ptr_array_index (self->filters, i);

      if (!filter->field->index || strchr (filter->field->pointer + 1, '/') != NULL)
        continue;
      *prefix = g_str_equal (filter->field->name, "stage") ? g_strconcat (filter->folded, "\x1f", NULL)
                                                           : g_strdup (filter->folded);
      return g_strdup_printf ("%s.%s", self->type_name, filter->field->name);
    }
  return NULL;
}

/* Walks; @func gets what fits and ends the walk by returning %FALSE. */
gboolean
naru_scan_run (NaruScan *self, NaruScanFunc func, gpointer user_data, GError **error)
{
  g_autofree char *prefix = NULL;
  g_autofree char *index = choose_index (self, &prefix);
  gboolean done;

  self->func = func;
  self->user_data = user_data;
  if (index != NULL)
    done = naru_txn_foreach_index (self->txn, index, prefix, NULL, scan_take_indexed, self, error);
  else
    done = naru_txn_foreach_card (self->txn, self->type_name, NULL, scan_take, self, error);
  if (self->error == NULL)
    return done;
  if (!done && error != NULL)
    g_clear_error (error);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

NaruTxn *
naru_scan_get_txn (NaruScan *self)
{
  return self->txn;
}

NaruRecordType *
naru_scan_get_type (NaruScan *self)
{
  return self->type;
}

static NaruJson *
card_value (const NaruField *field, const char *shown)
{
  g_auto (GStrv) parts = NULL;
  NaruJson *array;

  switch (field->kind)
    {
    case NARU_FIELD_INTEGER:
      return naru_json_new_integer (g_ascii_strtoll (shown, NULL, 10));
    case NARU_FIELD_BOOLEAN:
      return naru_json_new_boolean (g_str_equal (shown, "true"));
    case NARU_FIELD_ARRAY:
      array = naru_json_new_array ();
      parts = g_strsplit (shown, ",", -1);
      for (guint i = 0; parts[i] != NULL; i++)
        naru_json_append_string (array, parts[i]);
      return array;
    default:
      return naru_json_new_string (shown);
    }
}

/* A card as the faces get it: {"id", the card fields that have a value, "since" for records with stages}. */
NaruJson *
naru_card_to_json (NaruDesk *desk, NaruRecordType *type, const char *id, GVariant *card)
{
  NaruJson *json = naru_json_new_object ();
  gsize n_texts = 0;
  g_autofree const char **texts = naru_card_list_texts (card, &n_texts);
  const NaruField *field = NULL;
  gboolean staged = FALSE;

  naru_json_set_string (json, "id", id);
  for (guint i = 0; (field = naru_record_type_get_card_position (type, i)) != NULL; i++)
    {
      const char *shown = i < n_texts ? texts[i] : "";

      if (*shown == '\0' ||
          !naru_policy_shows_audience (desk->office->policy, &desk->access, naru_record_type_get_name (type),
                                       field->audience, NULL))
        continue;
      staged |= g_str_equal (field->name, "stage");
      naru_json_set (json, field->name, card_value (field, shown));
    }
  if (staged)
    {
      NaruTime since = { naru_card_get_since (card), 0 };
      g_autofree char *text = naru_time_to_string (&since);

      naru_json_set_string (json, "since", text);
    }
  return json;
}
