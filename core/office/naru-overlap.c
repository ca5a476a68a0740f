/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <glib/gi18n-lib.h>

/* What a record may not share with another one of its type: a time, or a name.
 *
 * One booking looked for among the others: x-naru "no_overlap" of a record type names the field that is
 * booked and the two moments. */
typedef struct
{
  NaruTxn *txn;
  NaruJson *rule;
  const char *type;
  const char *id;
  const char *booked; /* folded */
  const char *from_field;
  const char *to_field;
  gint64 from;
  gint64 to;
  char *clash; /* id of a record that stands in the way */
  GError *error;
} Search;

static gboolean
read_span (NaruJson *json, const char *from_field, const char *to_field, gint64 *from, gint64 *to)
{
  const char *start = naru_json_get_string (json, from_field);
  const char *end = naru_json_get_string (json, to_field);
  NaruTime a;
  NaruTime b;

  if (start == NULL || end == NULL || !naru_time_parse (start, &a, NULL) || !naru_time_parse (end, &b, NULL))
    return FALSE;
  *from = a.seconds;
  *to = b.seconds;
  return TRUE;
}

/* A cancelled booking holds nothing. */
static gboolean
is_void (NaruJson *rule, NaruJson *json)
{
  NaruJson *unless = naru_json_get (rule, "unless");
  g_auto (GStrv) fields = unless != NULL ? naru_json_get_keys (unless) : NULL;

  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    if (g_strcmp0 (naru_json_get_string (json, fields[i]), naru_json_get_string (unless, fields[i])) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
compare_booking (const char *value, const char *id, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (NaruRecord) other = NULL;
  gint64 from;
  gint64 to;

  if (!g_str_equal (value, search->booked) || g_str_equal (id, search->id))
    return TRUE;
  other = naru_txn_get_record (search->txn, search->type, id, &search->error);
  if (other == NULL)
    return FALSE;
  if (!is_void (search->rule, naru_record_get_json (other)) &&
      read_span (naru_record_get_json (other), search->from_field, search->to_field, &from, &to) &&
      from < search->to && search->from < to)
    search->clash = g_strdup (id);
  return search->clash == NULL;
}

/**
 * naru_check_overlap:
 * @txn: a transaction
 * @type: a record type
 * @id: id of the record
 * @json: its new value
 * @error: return location
 *
 * Returns: whether no other record of a type that forbids overlaps holds the same thing at the same time;
 * always for other types
 */
gboolean
naru_check_overlap (NaruTxn *txn, NaruRecordType *type, const char *id, NaruJson *json, GError **error)
{
  NaruJson *rule = naru_json_get (naru_json_get (naru_record_type_get_schema (type), "x-naru"), "no_overlap");
  Search search = { .txn = txn, .rule = rule, .type = naru_record_type_get_name (type), .id = id };
  g_autofree char *booked = NULL;
  g_autofree char *clash = NULL;
  g_autofree char *index = NULL;
  const char *by;

  if (rule == NULL)
    return TRUE;
  by = naru_json_get_string (rule, "by");
  search.from_field = naru_json_get_string (rule, "from");
  search.to_field = naru_json_get_string (rule, "to");
  if (is_void (rule, json) || naru_json_get_string (json, by) == NULL ||
      !read_span (json, search.from_field, search.to_field, &search.from, &search.to))
    return TRUE;
  if (search.from >= search.to)
    {
      naru_set_error (error, NARU_ERROR_INVALID, search.to_field, 0, _ ("let it end after it begins"),
                      _ ("%s ends before it begins"), id);
      return FALSE;
    }
  booked = naru_index_fold (naru_json_get_string (json, by));
  search.booked = booked;
  index = g_strdup_printf ("%s.%s", search.type, by);
  if (!naru_txn_foreach_index (txn, index, booked, NULL, compare_booking, &search, error))
    return FALSE;
  clash = search.clash;
  if (search.error != NULL)
    {
      g_propagate_error (error, search.error);
      return FALSE;
    }
  if (clash == NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, search.from_field, 0, NULL, _ ("%s is taken at that time by %s"),
                  naru_json_get_string (json, by), clash);
  naru_error_set_cure (error, _ ("choose another time, or look at it: naru show %s"), clash);
  return FALSE;
}

typedef struct
{
  const char *value; /* folded */
  const char *id;
  char *other; /* id of a record that has it too */
} Namesake;

static gboolean
compare_value (const char *value, const char *id, gpointer user_data)
{
  Namesake *namesake = user_data;

  if (g_str_equal (value, namesake->value) && !g_str_equal (id, namesake->id))
    namesake->other = g_strdup (id);
  return namesake->other == NULL;
}

/**
 * naru_check_unique:
 * @txn: a transaction
 * @type: a record type; x-naru "unique" names an indexed field of which each record has a value of its own
 * @id: id of the record
 * @json: its new value
 * @error: return location
 *
 * Returns: whether no other record of the type has the same there, capital or small; always for other types
 */
gboolean
naru_check_unique (NaruTxn *txn, NaruRecordType *type, const char *id, NaruJson *json, GError **error)
{
  NaruJson *note = naru_json_get (naru_record_type_get_schema (type), "x-naru");
  const char *field = naru_json_get_string (note, "unique");
  const char *value = field != NULL ? naru_json_get_string (json, field) : NULL;
  g_autofree char *index = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *other = NULL;

  if (value == NULL)
    return TRUE;
  index = g_strdup_printf ("%s.%s", naru_record_type_get_name (type), field);
  folded = naru_index_fold (value);
  Namesake namesake = { .value = folded, .id = id };
  if (!naru_txn_foreach_index (txn, index, folded, NULL, compare_value, &namesake, error))
    return FALSE;
  other = namesake.other;
  if (other == NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, field, 0, NULL, _ ("%s has “%s” already"), other, value);
  naru_error_set_cure (error, _ ("choose another one, or look at that one: naru show %s"), other);
  return FALSE;
}
