/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-case.h"

#include "naru-boxed.h"

struct _NaruCase
{
  gatomicrefcount ref_count;
  NaruRecordType *type;
  NaruRecord *record;
  NaruDate today;
  char *requester;   /* (nullable) */
  GPtrArray *linked; /* of NaruRecord, in the order added */
  NaruTypes *types;  /* (nullable) */
  NaruJson *moves;   /* (nullable): [{"from","to","on"}], the earliest first */
  gboolean brief;    /* open questions are named, but not put into words */
};

NARU_DEFINE_BOXED_TYPE (NaruCase, naru_case)

/**
 * naru_case_new:
 * @type: the type of @record
 * @record: the record that should move
 * @today: the day of the review
 * @requester: (nullable): id of the person who asks for the move; that person's approvals do not count
 *
 * Returns: (transfer full): a case without linked records
 */
NaruCase *
naru_case_new (NaruRecordType *type, NaruRecord *record, NaruDate today, const char *requester)
{
  g_return_val_if_fail (type != NULL && record != NULL, NULL);

  NaruCase *self = g_new0 (NaruCase, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->type = naru_record_type_ref (type);
  self->record = naru_record_ref (record);
  self->today = today;
  self->requester = g_strdup (requester);
  self->linked = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_record_unref);
  return self;
}

/**
 * naru_case_ref:
 * @self: a case
 *
 * Returns: (transfer full): @self
 */
NaruCase *
naru_case_ref (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_case_unref:
 * @self: (transfer full): a case
 */
void
naru_case_unref (NaruCase *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  naru_record_type_unref (self->type);
  naru_record_unref (self->record);
  g_free (self->requester);
  g_ptr_array_unref (self->linked);
  g_clear_pointer (&self->types, naru_types_unref);
  g_clear_pointer (&self->moves, naru_json_unref);
  g_free (self);
}

/**
 * naru_case_add_linked:
 * @self: a case
 * @record: a record that names the case's record in one of its fields, or that the case's record names
 *
 * A record that is there already is not added twice.
 */
void
naru_case_add_linked (NaruCase *self, NaruRecord *record)
{
  g_return_if_fail (self != NULL && record != NULL);

  for (guint i = 0; i < self->linked->len; i++)
    if (g_str_equal (naru_record_get_id (g_ptr_array_index (self->linked, i)), naru_record_get_id (record)))
      return;
  g_ptr_array_add (self->linked, naru_record_ref (record));
}

/**
 * naru_case_add_move:
 * @self: a case
 * @from: the stage that the record left
 * @to: the stage that it came into
 * @on: the day
 *
 * Adds an earlier move of the record; the earliest is added first.
 */
void
naru_case_add_move (NaruCase *self, const char *from, const char *to, NaruDate on)
{
  g_return_if_fail (self != NULL && from != NULL && to != NULL);

  NaruJson *move = naru_json_new_object ();
  g_autofree char *day = naru_date_to_string (on);
  naru_json_set_string (move, "from", from);
  naru_json_set_string (move, "to", to);
  naru_json_set_string (move, "on", day);
  if (self->moves == NULL)
    self->moves = naru_json_new_array ();
  naru_json_append (self->moves, move);
}

/**
 * naru_case_set_types:
 * @self: a case
 * @types: (nullable): the record types of the office
 *
 * With the types known, messages and commands about linked records use the labels and forms of their fields.
 */
void
naru_case_set_types (NaruCase *self, NaruTypes *types)
{
  g_return_if_fail (self != NULL);

  if (types != NULL)
    naru_types_ref (types);
  g_clear_pointer (&self->types, naru_types_unref);
  self->types = types;
}

/**
 * naru_case_set_brief:
 * @self: a case
 * @brief: whether open questions need no words
 *
 * The words of a question need the labels of its field, and so the fields of its whole rule pack. Whoever
 * only wants to know whether a move is allowed can do without. Verdicts are the same.
 */
void
naru_case_set_brief (NaruCase *self, gboolean brief)
{
  g_return_if_fail (self != NULL);

  self->brief = brief;
}

/**
 * naru_case_is_brief:
 * @self: a case
 *
 * Returns: whether open questions need no words
 */
gboolean
naru_case_is_brief (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->brief;
}

/**
 * naru_case_get_types:
 * @self: a case
 *
 * Returns: (transfer none) (nullable): the record types of the office
 */
NaruTypes *
naru_case_get_types (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->types;
}

/**
 * naru_case_get_record:
 * @self: a case
 *
 * Returns: (transfer none): the record that should move
 */
NaruRecord *
naru_case_get_record (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record;
}

/**
 * naru_case_get_type_of_record:
 * @self: a case
 *
 * Returns: (transfer none): the type of the record that should move
 */
NaruRecordType *
naru_case_get_type_of_record (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->type;
}

/**
 * naru_case_get_today:
 * @self: a case
 *
 * Returns: the day of the review
 */
NaruDate
naru_case_get_today (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, NARU_DATE_NONE);

  return self->today;
}

/**
 * naru_case_get_requester:
 * @self: a case
 *
 * Returns: (transfer none) (nullable): id of the person who asks
 */
const char *
naru_case_get_requester (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->requester;
}

/**
 * naru_case_get_n_linked:
 * @self: a case
 *
 * Returns: how many linked records there are
 */
guint
naru_case_get_n_linked (NaruCase *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->linked->len;
}

/**
 * naru_case_get_linked:
 * @self: a case
 * @index: below naru_case_get_n_linked()
 *
 * Returns: (transfer none): a linked record
 */
NaruRecord *
naru_case_get_linked (NaruCase *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->linked->len, NULL);

  return g_ptr_array_index (self->linked, index);
}

static const struct
{
  NaruCaseParts part;
  const char *name;
  const char *type; /* (nullable): of the linked records that it holds */
} parts[] = {
  { NARU_CASE_AGREEMENTS, "@agreements", "agreement" },
  { NARU_CASE_ASSETS, "@assets", "asset" },
  { NARU_CASE_PAYMENTS, "@payments", "payment" },
  { NARU_CASE_PARTIES, "@parties", "party" },
  { NARU_CASE_PEOPLE, "@people", "person" },
  { NARU_CASE_MOVES, "@moves", NULL },
};

/**
 * naru_case_part_from_name:
 * @name: a name in a rule
 *
 * Returns: the part of the case that it stands for; 0 where it is none
 */
NaruCaseParts
naru_case_part_from_name (const char *name)
{
  if (name == NULL || name[0] != '@')
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].name, name))
      return parts[i].part;
  return 0;
}

/**
 * naru_case_part_get_type:
 * @part: one part of a case
 *
 * Returns: (transfer none) (nullable): the type of the records in it; %NULL for the moves
 */
const char *
naru_case_part_get_type (NaruCaseParts part)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].part == part)
      return parts[i].type;
  return NULL;
}

static void
copy_member (const char *key, NaruJson *value, gpointer user_data)
{
  naru_json_set (user_data, key, naru_json_ref (value));
}

/* The members are shared with the record, the object is not. */
static NaruJson *
copy_shallow (NaruRecord *record)
{
  NaruJson *json = naru_json_new_object ();

  naru_json_foreach_member (naru_record_get_json (record), copy_member, json);
  naru_json_set_string (json, "@id", naru_record_get_id (record));
  return json;
}

static NaruJson *
list_linked (NaruCase *self, const char *type)
{
  NaruJson *list = naru_json_new_array ();

  for (guint i = 0; i < self->linked->len; i++)
    {
      NaruRecord *record = g_ptr_array_index (self->linked, i);
      if (g_strcmp0 (naru_record_get_type_name (record), type) == 0)
        {
          naru_json_append (list, copy_shallow (record));
        }
    }
  return list;
}

/**
 * naru_case_make_view:
 * @self: a case
 * @from: the stage that the record stands in
 * @to: the stage that it would move to
 *
 * What the conditions of rule packs are about: the members of the record, and beside them "@id", "@from",
 * "@to",
 * "@today" and the parts of the case, all of which are there, if empty.
 *
 * Returns: (transfer full): an object that shares its values with the records; not to be changed
 */
NaruJson *
naru_case_make_view (NaruCase *self, const char *from, const char *to)
{
  g_return_val_if_fail (self != NULL && from != NULL && to != NULL, NULL);

  NaruJson *view = copy_shallow (self->record);
  g_autofree char *today = naru_date_to_string (self->today);
  naru_json_set_string (view, "@from", from);
  naru_json_set_string (view, "@to", to);
  naru_json_set_string (view, "@today", today);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].type != NULL)
      {
        naru_json_set (view, parts[i].name, list_linked (self, parts[i].type));
      }
  naru_json_set (view, "@moves", self->moves != NULL ? naru_json_ref (self->moves) : naru_json_new_array ());
  return view;
}
