/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rulebook-private.h"

typedef struct
{
  NaruTxn *txn;
  NaruCase *subject;
  const char *type; /* of the records looked for */
  const char *id;   /* as the index spells it */
  GError *error;
} LinkWalk;

static gboolean
take_linked (const char *value, const char *id, gpointer user_data)
{
  LinkWalk *walk = user_data;
  g_autoptr (NaruRecord) record = NULL;

  if (!g_str_equal (value, walk->id))
    return TRUE;
  record = naru_txn_get_record (walk->txn, walk->type, id, &walk->error);
  if (record != NULL)
    naru_case_add_linked (walk->subject, record);
  return record != NULL;
}

/* The store as a transaction sees it */
typedef struct
{
  NaruOffice *office;
  NaruTxn *txn;
} StoreSource;

/* Adds the records of @type that name the case's record in one of their indexed fields. */
static gboolean
add_naming (gpointer data, NaruCase *subject, const char *type_name, GError **error)
{
  StoreSource *source = data;
  NaruRecord *record = naru_case_get_record (subject);
  g_autofree char *folded = naru_index_fold (naru_record_get_id (record));
  LinkWalk walk = { source->txn, subject, type_name, folded, NULL };
  gboolean named = FALSE;
  guint n_fields = 0;

  if (!naru_past_need_type (source->office, source->txn, type_name, error) ||
      !naru_txn_find_value (source->txn, type_name, folded, &named, error))
    return FALSE;
  /* most deals have no such record, and reading the type takes longer than looking */
  if (!named)
    return TRUE;
  NaruRecordType *type = naru_types_get (source->office->types, type_name, error);
  if (type == NULL)
    return FALSE;
  const NaruField *const *fields = naru_record_type_get_fields (type, &n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      const char *index = naru_record_type_get_index_name (type, fields[i]);

      if (index == NULL || fields[i]->refs == NULL ||
          !g_strv_contains (fields[i]->refs, naru_record_get_type_name (record)))
        continue;
      if (!naru_txn_foreach_index (source->txn, index, folded, NULL, take_linked, &walk, error))
        return FALSE;
    }
  if (walk.error != NULL)
    g_propagate_error (error, walk.error);
  return walk.error == NULL;
}

static NaruRecord *
get_record (gpointer data, const char *type, const char *id, GError **error)
{
  StoreSource *source = data;

  return naru_past_need_record (source->office, source->txn, type, id, error)
             ? naru_txn_get_record (source->txn, type, id, error)
             : NULL;
}

static gboolean
take_move (const NaruEvent *event, gpointer user_data)
{
  NaruTime when = { event->seconds, event->offset_minutes };

  if (event->from[0] != '\0' && event->to[0] != '\0')
    naru_case_add_move (user_data, event->from, event->to, naru_time_to_date (&when));
  return TRUE;
}

static gboolean
add_moves (gpointer data, NaruCase *subject, GError **error)
{
  StoreSource *source = data;
  NaruRecord *record = naru_case_get_record (subject);

  return naru_txn_foreach_event (source->txn, naru_record_get_type_name (record), naru_record_get_id (record),
                                 take_move, subject, error);
}

/* Adds the records of @type that the case's record names below @pointer. */
static gboolean
add_named (const NaruCaseSource *source, NaruCase *subject, const char *type, const char *pointer,
           GError **error)
{
  NaruJson *json = naru_record_get_json (naru_case_get_record (subject));
  g_autoptr (GPtrArray) references =
      naru_record_type_list_references (naru_case_get_type_of_record (subject), json);

  for (guint i = 0; i < references->len; i++)
    {
      const NaruReference *reference = g_ptr_array_index (references, i);
      if (!g_strv_contains (reference->field->refs, type) || !g_str_has_prefix (reference->pointer, pointer))
        continue;
      g_autoptr (NaruRecord) other = source->get_record (source->data, type, reference->id, error);
      if (other == NULL)
        return FALSE;
      naru_case_add_linked (subject, other);
    }
  return TRUE;
}

/* Puts into the case what gate and rules look at beside the record. */
gboolean
naru_case_fill (NaruCase *subject, const NaruCaseSource *source, const char *const *linked_types,
                NaruCaseParts parts, GError **error)
{
  static const NaruCaseParts naming[] = { NARU_CASE_AGREEMENTS, NARU_CASE_ASSETS, NARU_CASE_PAYMENTS };

  naru_case_set_types (subject, source->types);
  for (guint i = 0; linked_types != NULL && linked_types[i] != NULL; i++)
    if (!source->add_naming (source->data, subject, linked_types[i], error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (naming); i++)
    if ((parts & naming[i]) != 0 &&
        !source->add_naming (source->data, subject, naru_case_part_get_type (naming[i]), error))
      return FALSE;
  if ((parts & NARU_CASE_PARTIES) != 0 && !add_named (source, subject, "party", "/", error))
    return FALSE;
  if ((parts & NARU_CASE_PEOPLE) != 0 && !add_named (source, subject, "person", "/inventors/", error))
    return FALSE;
  return (parts & NARU_CASE_MOVES) == 0 || source->add_moves (source->data, subject, error);
}

/* The same from the store: all of it read in one transaction. */
gboolean
naru_desk_fill_case (NaruOffice *office, NaruTxn *txn, NaruCase *subject, const char *const *linked_types,
                     NaruCaseParts parts, GError **error)
{
  StoreSource store = { office, txn };
  const NaruCaseSource source = { &store, office->types, get_record, add_naming, add_moves };

  return naru_case_fill (subject, &source, linked_types, parts, error);
}

/* The rule packs that judge this record; NULL where none do, as for all types but the deal. FALSE: @error is
 * set. */
static gboolean
find_book (NaruOffice *office, NaruTxn *txn, NaruRecord *record, NaruRuleBook **book, GError **error)
{
  *book = NULL;
  if (g_strcmp0 (naru_record_get_type_name (record), "deal") != 0)
    return TRUE;

  g_autoptr (NaruJson) none = naru_json_new_array ();
  NaruJson *sectors = naru_json_get (naru_record_get_json (record), "sectors");
  *book = naru_office_get_book (office, txn, sectors != NULL ? sectors : none, error);
  return *book != NULL;
}

/* One move to be judged, with all that is looked at. */
typedef struct
{
  NaruCase *subject;
  NaruRuleBook *book; /* (nullable): borrowed from the office */
  const char *from;
  const char *to; /* (nullable): the pipeline knows no such move */
} Judging;

/* @to: (nullable): the usual next stage */
static gboolean
judging_begin (Judging *judging, NaruDesk *self, NaruTxn *txn, NaruRecordType *type, NaruRecord *record,
               NaruPipeline *pipeline, const char *to, const NaruTime *now, GError **error)
{
  const char *stage = naru_json_get_string (naru_record_get_json (record), "stage");
  const NaruTransition *transition = NULL;
  NaruCaseParts parts = 0;

  judging->subject = naru_case_new (type, record, naru_time_to_date (now), self->person);
  judging->from = stage != NULL ? stage : naru_pipeline_get_initial (pipeline)->id;
  transition = naru_pipeline_find_transition (pipeline, judging->from, to);
  judging->to = transition != NULL ? naru_transition_get_to (transition) : NULL;
  g_auto (GStrv) linked = transition != NULL ? naru_transition_list_linked_types (transition) : NULL;
  if (!find_book (self->office, txn, record, &judging->book, error))
    return FALSE;
  if (judging->book != NULL && judging->to != NULL)
    naru_office_read_move (txn, judging->book, record, judging->from, judging->to);
  if (judging->book != NULL && judging->to != NULL)
    parts = naru_rule_book_get_parts (judging->book, record, judging->from, judging->to);
  return naru_desk_fill_case (self->office, txn, judging->subject, (const char *const *) linked, parts,
                              error);
}

static void
judging_clear (Judging *judging)
{
  g_clear_pointer (&judging->subject, naru_case_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Judging, judging_clear)

/* Judges one move of a record by the pipeline and the rule packs in force. @to: (nullable): the usual next
 * stage */
NaruReview *
naru_desk_review (NaruDesk *self, NaruTxn *txn, NaruRecordType *type, NaruRecord *record,
                  NaruPipeline *pipeline, const char *to, const NaruTime *now, gboolean brief, GError **error)
{
  g_auto (Judging) judging = { 0 };

  if (!judging_begin (&judging, self, txn, type, record, pipeline, to, now, error))
    return NULL;
  naru_case_set_brief (judging.subject, brief);
  g_autoptr (NaruReview) review = naru_review_judge (pipeline, judging.book, judging.subject, to, error);
  if (brief && review != NULL && !naru_review_is_allowed (review))
    naru_review_word_questions (review, judging.subject);
  return g_steal_pointer (&review);
}

/* Starts the code that will have a say in a move of this deal, while the rest is still being read. What fails
 * here is told by the review. */
void
naru_desk_start_code (NaruDesk *self, NaruTxn *txn, const char *id, const char *to)
{
  NaruId parts;
  g_autoptr (NaruRecord) record = NULL;
  NaruRuleBook *book = NULL;

  if (!naru_id_parse (id, &parts) || parts.code[0] != '\0')
    return;
  record = naru_txn_get_record (txn, "deal", id, NULL);
  const char *from = record != NULL ? naru_json_get_string (naru_record_get_json (record), "stage") : NULL;
  if (from != NULL && find_book (self->office, txn, record, &book, NULL) && book != NULL)
    naru_rule_book_start_code (book, record, from, to);
}
