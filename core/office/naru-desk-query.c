/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  NaruDesk *desk;
  GPtrArray *cards; /* of NaruJson */
  guint limit;      /* 0: all */
} CardList;

typedef struct
{
  const char *field; /* "id", "since" or a card field */
  gboolean numeric;
  gboolean descending;
} SortOrder;

static gboolean
collect_card (NaruScan *scan, const char *id, GVariant *card, gpointer user_data)
{
  CardList *list = user_data;

  g_ptr_array_add (list->cards, naru_card_to_json (list->desk, naru_scan_get_type (scan), id, card));
  return list->limit == 0 || list->cards->len < list->limit;
}

static char *
sort_key (NaruJson *card, const char *field)
{
  NaruJson *value = naru_json_get (card, field);

  if (value == NULL)
    return NULL;
  if (naru_json_get_kind (value) == NARU_JSON_ARRAY)
    value = naru_json_get_element (value, 0);
  if (value != NULL && naru_json_get_kind (value) == NARU_JSON_INTEGER)
    return g_strdup_printf ("%" G_GINT64_FORMAT, naru_json_as_integer (value));
  return value != NULL ? g_strdup (naru_json_as_string (value)) : NULL;
}

static int
compare_numbers (const char *a, const char *b)
{
  NaruDecimal x;
  NaruDecimal y;

  if (!naru_decimal_parse (a, &x, NULL) || !naru_decimal_parse (b, &y, NULL))
    return strcmp (a, b);
  return naru_decimal_compare (&x, &y);
}

/* Cards without a value come last, whatever the direction. */
static int
compare_cards (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const SortOrder *order = user_data;
  g_autofree char *x = sort_key (*(NaruJson *const *) a, order->field);
  g_autofree char *y = sort_key (*(NaruJson *const *) b, order->field);
  int result;

  if (x == NULL || y == NULL)
    return (x == NULL) - (y == NULL);
  result = order->numeric ? compare_numbers (x, y) : g_utf8_collate (x, y);
  if (result == 0)
    return strcmp (naru_json_get_string (*(NaruJson *const *) a, "id"),
                   naru_json_get_string (*(NaruJson *const *) b, "id"));
  return order->descending ? -result : result;
}

static gboolean
sort_order_parse (NaruRecordType *type, const char *text, SortOrder *order, GError **error)
{
  g_autofree char *pointer = NULL;
  const NaruField *field;

  order->descending = *text == '-';
  order->field = text + order->descending;
  order->numeric = FALSE;
  if (g_str_equal (order->field, "id") || g_str_equal (order->field, "since"))
    return TRUE;
  pointer = g_strconcat ("/", order->field, NULL);
  field = naru_record_type_find_field (type, pointer);
  if (field == NULL || !field->card)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "sort", 0,
                      _ ("sort by id, since, or a column that the list shows; “-” in front turns it round"),
                      _ ("lists of %s cannot be sorted by “%s”"), naru_record_type_get_name (type),
                      order->field);
      return FALSE;
    }
  order->numeric = field->kind == NARU_FIELD_INTEGER || field->kind == NARU_FIELD_DECIMAL;
  return TRUE;
}

/**
 * naru_desk_list:
 * @self: a desk
 * @type: name of a record type
 * @query: (nullable): what to list; all of it where %NULL
 * @error: return location
 *
 * Returns: (transfer full) (nullable): an array of cards, each with "id"
 */
NaruJson *
naru_desk_list (NaruDesk *self, const char *type, const NaruQuery *query, GError **error)
{
  g_autoptr (NaruScan) scan = naru_scan_new (self, type, query, error);
  g_autoptr (GPtrArray) cards = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_json_unref);
  CardList list = { self, cards, query != NULL && query->sort == NULL ? query->limit : 0 };
  SortOrder order;
  NaruJson *array;
  guint count;

  if (scan == NULL || (query != NULL && query->sort != NULL &&
                       !sort_order_parse (naru_scan_get_type (scan), query->sort, &order, error)))
    return NULL;
  if (!naru_scan_run (scan, collect_card, &list, error))
    return NULL;
  if (query != NULL && query->sort != NULL)
    g_ptr_array_sort_with_data (cards, compare_cards, &order);

  count = query != NULL && query->limit != 0 ? MIN (query->limit, cards->len) : cards->len;
  array = naru_json_new_array ();
  for (guint i = 0; i < count; i++)
    naru_json_append (array, naru_json_ref (g_ptr_array_index (cards, i)));
  return array;
}

typedef struct
{
  NaruDesk *desk;
  NaruDeskRecordFunc func;
  gpointer user_data;
  GError *error;
} RecordWalk;

static gboolean
walk_record (NaruScan *scan, const char *id, GVariant *card, gpointer user_data)
{
  RecordWalk *walk = user_data;
  NaruRecordType *type = naru_scan_get_type (scan);
  g_autoptr (NaruRecord) record =
      naru_txn_get_record (naru_scan_get_txn (scan), naru_record_type_get_name (type), id, &walk->error);
  g_autoptr (NaruJson) visible = NULL;
  g_autoptr (NaruRecord) view = NULL;

  if (record == NULL)
    return FALSE;
  visible = naru_desk_filter (walk->desk, type, record);
  view = naru_record_new_view (record, visible);
  return walk->func (view, walk->user_data, &walk->error);
}

/**
 * naru_desk_foreach:
 * @self: a desk
 * @type: name of a record type
 * @query: (nullable): which records
 * @func: (scope call): gets each record, without the fields that are hidden from this person
 * @user_data: for @func
 * @error: return location
 *
 * For exports: needs the right to export. Memory does not grow with the number of records.
 *
 * Returns: whether all were walked
 */
gboolean
naru_desk_foreach (NaruDesk *self, const char *type, const NaruQuery *query, NaruDeskRecordFunc func,
                   gpointer user_data, GError **error)
{
  g_autoptr (NaruScan) scan = naru_scan_new (self, type, query, error);
  RecordWalk walk = { self, func, user_data, NULL };

  if (scan == NULL)
    return FALSE;
  if (naru_policy_get_grant (self->office->policy, &self->access, type, "export") == NARU_GRANT_NEVER &&
      !naru_desk_require (self, type, "export", NULL, error))
    return FALSE;
  if (!naru_scan_run (scan, walk_record, &walk, error))
    {
      g_clear_error (&walk.error);
      return FALSE;
    }
  if (walk.error != NULL)
    {
      g_propagate_error (error, walk.error);
      return FALSE;
    }
  return TRUE;
}

typedef struct
{
  NaruDesk *desk;
  NaruJson *cards;
  NaruCalendar *calendar; /* (nullable) */
  const NaruStage *stage;
  NaruDate today;
  guint limit;
  gint64 count;
} Column;

static gboolean
take_column_card (NaruScan *scan, const char *id, GVariant *card, gpointer user_data)
{
  Column *column = user_data;
  NaruTime since = { naru_card_get_since (card), 0 };
  NaruJson *json;
  gint64 days;

  if (column->count++ >= column->limit && column->limit != 0)
    return TRUE;
  json = naru_card_to_json (column->desk, naru_scan_get_type (scan), id, card);
  /* a year that the calendar does not know is not guessed: the card then shows no age */
  if (column->calendar != NULL &&
      naru_calendar_count_working_days (column->calendar, naru_time_to_date (&since), column->today, &days,
                                        NULL))
    {
      naru_json_set_integer (json, "days", days);
      naru_json_set_boolean (json, "late",
                             column->stage->target_days > 0 && days > column->stage->target_days);
    }
  naru_json_append (column->cards, json);
  return TRUE;
}

static NaruJson *
build_column (NaruDesk *desk, const char *type, const NaruQuery *query, const NaruStage *stage,
              NaruCalendar *calendar, guint per_stage, GError **error)
{
  NaruQuery own = query != NULL ? *query : (NaruQuery){ 0 };
  g_autoptr (NaruScan) scan = NULL;
  g_autoptr (NaruJson) cards = naru_json_new_array ();
  Column column = { desk, cards, calendar, stage, 0, per_stage, 0 };
  NaruTime now;
  NaruJson *json;

  own.stage = stage->id;
  scan = naru_scan_new (desk, type, &own, error);
  if (scan == NULL)
    return NULL;
  naru_office_get_now (desk->office, &now);
  column.today = naru_time_to_date (&now);
  if (!naru_scan_run (scan, take_column_card, &column, error))
    return NULL;
  json = naru_json_new_object ();
  naru_json_set_string (json, "id", stage->id);
  naru_json_set_string (json, "title", naru_stage_get_title (stage));
  naru_json_set_integer (json, "target_days", stage->target_days);
  naru_json_set_integer (json, "count", column.count);
  naru_json_set (json, "cards", g_steal_pointer (&cards));
  return json;
}

/**
 * naru_desk_board:
 * @self: a desk
 * @type: (nullable): name of a record type with stages; deals where %NULL
 * @query: (nullable): which records
 * @per_stage: so many cards of each stage, those that stand there longest first; 0 for all
 * @error: return location
 *
 * Returns: (transfer full) (nullable):
 * {"pipeline","title","type","stages":[{"id","title","target_days","count", "cards":[card with "days" and
 * "late"]}]}
 */
NaruJson *
naru_desk_board (NaruDesk *self, const char *type, const NaruQuery *query, guint per_stage, GError **error)
{
  const char *name = type != NULL ? type : "deal";
  NaruPipeline *pipeline = naru_office_get_pipeline (self->office, name, error);
  g_autoptr (NaruJson) stages = naru_json_new_array ();
  g_autoptr (NaruCalendar) calendar = NULL;
  NaruJson *board;

  if (pipeline == NULL)
    return NULL;
  calendar = naru_calendar_load (naru_pipeline_get_calendar (pipeline), error);
  if (calendar == NULL)
    return NULL;
  for (guint i = 0; i < naru_pipeline_get_n_stages (pipeline); i++)
    {
      const NaruStage *stage = naru_pipeline_get_stage (pipeline, i);
      NaruJson *column;

      if (query != NULL && query->stage != NULL && !g_str_equal (query->stage, stage->id))
        continue;
      column = build_column (self, name, query, stage, calendar, per_stage, error);
      if (column == NULL)
        return NULL;
      naru_json_append (stages, column);
    }
  board = naru_json_new_object ();
  naru_json_set_string (board, "pipeline", naru_pipeline_get_id (pipeline));
  naru_json_set_string (board, "title", naru_pipeline_get_title (pipeline));
  naru_json_set_string (board, "type", name);
  naru_json_set (board, "stages", g_steal_pointer (&stages));
  return board;
}
