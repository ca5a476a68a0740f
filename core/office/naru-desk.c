/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-past-private.h"

#include "naru-boxed.h"

#include <glib/gi18n-lib.h>
#include <string.h>

NARU_DEFINE_BOXED_TYPE (NaruDesk, naru_desk)

typedef struct
{
  const char *login;
  char *id;
} LoginLookup;

static gboolean
take_person (const char *value, const char *id, gpointer user_data)
{
  LoginLookup *lookup = user_data;

  if (g_str_equal (value, lookup->login))
    lookup->id = g_strdup (id);
  return lookup->id == NULL;
}

static NaruRecord *
find_person (NaruTxn *txn, const char *login, GError **error)
{
  g_autofree char *folded = naru_index_fold (login);
  LoginLookup lookup = { folded, NULL };
  g_autofree char *id = NULL;

  if (!naru_txn_foreach_index (txn, "person.login", folded, NULL, take_person, &lookup, error))
    return NULL;
  id = lookup.id;
  if (id == NULL)
    {
      naru_set_error (error, NARU_ERROR_DENIED, "login", 0,
                      _ ("somebody who has the role admin adds you: naru person add LOGIN --name NAME --role "
                         "ROLE; or name another login with --as"),
                      _ ("nobody in this office has the login “%s”"), login);
      return NULL;
    }
  return naru_txn_get_record (txn, "person", id, error);
}

/* A desk for what happens before there are people: the making of the office. */
NaruDesk *
naru_desk_new_for_office (NaruOffice *office, const char *person, const char *name, const char *via)
{
  NaruDesk *self = g_new0 (NaruDesk, 1);

  g_atomic_ref_count_init (&self->refs);
  self->office = naru_office_ref (office);
  self->person = g_strdup (person);
  self->person_name = g_strdup (name);
  self->via = g_strdup (via);
  self->access.roles = g_new0 (char *, 1);
  return self;
}

static GStrv
roles_of (NaruJson *person)
{
  NaruJson *roles = naru_json_get (person, "roles");
  guint size = roles != NULL ? naru_json_get_size (roles) : 0;
  GStrv list = g_new0 (char *, size + 1);

  for (guint i = 0; i < size; i++)
    list[i] = g_strdup (naru_json_as_string (naru_json_get_element (roles, i)));
  return list;
}

/* Gives the desk to a person: with their roles, as their record has them. */
void
naru_desk_set_person (NaruDesk *self, NaruRecord *person)
{
  NaruJson *json = naru_record_get_json (person);

  naru_access_clear (&self->access);
  self->access.person = g_strdup (naru_record_get_id (person));
  self->access.party = g_strdup (naru_json_get_string (json, "party"));
  self->access.unit = g_strdup (naru_json_get_string (json, "unit"));
  self->access.roles = roles_of (json);
}

/**
 * naru_desk_new:
 * @office: an office
 * @login: login of the person
 * @via: the face: "cli", "web", "import"
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a desk for that person, or %NULL with %NARU_ERROR_DENIED
 */
NaruDesk *
naru_desk_new (NaruOffice *office, const char *login, const char *via, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (office->store, error);
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruDesk) self = NULL;
  NaruJson *json;

  if (txn == NULL)
    return NULL;
  record = find_person (txn, login, error);
  if (record == NULL)
    return NULL;
  json = naru_record_get_json (record);
  if (!naru_json_get_boolean (json, "active", TRUE))
    {
      naru_set_error (error, NARU_ERROR_DENIED, "login", 0, NULL, _ ("“%s” has left the office"), login);
      naru_error_set_cure (
          error, _ ("somebody who has the role admin can let them in again: naru edit %s active=true"),
          naru_record_get_id (record));
      return NULL;
    }
  self = naru_desk_new_for_office (office, naru_record_get_id (record), naru_json_get_string (json, "name"),
                                   via);
  naru_desk_set_person (self, record);
  return g_steal_pointer (&self);
}

/**
 * naru_desk_ref:
 * @self: a desk
 *
 * Returns: (transfer full): @self
 */
NaruDesk *
naru_desk_ref (NaruDesk *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * naru_desk_unref:
 * @self: (transfer full): a desk
 */
void
naru_desk_unref (NaruDesk *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  naru_access_clear (&self->access);
  naru_office_unref (self->office);
  g_free (self->person);
  g_free (self->person_name);
  g_free (self->via);
  g_free (self);
}

/**
 * naru_desk_get_office:
 * @self: a desk
 *
 * Returns: (transfer none): the office it stands in
 */
NaruOffice *
naru_desk_get_office (NaruDesk *self)
{
  return self->office;
}

/**
 * naru_desk_get_person:
 * @self: a desk
 *
 * Returns: (transfer none): record id of the person who sits at it
 */
const char *
naru_desk_get_person (NaruDesk *self)
{
  return self->person;
}

/**
 * naru_desk_may:
 * @self: a desk
 * @type: a record type, or "office"
 * @action: list, read, create, edit, advance, approve, waive, attach, export, audit or administer
 * @record: (nullable): the record; %NULL asks about one still to be made
 *
 * Returns: whether the policy lets this person do that
 */
gboolean
naru_desk_may (NaruDesk *self, const char *type, const char *action, NaruRecord *record)
{
  g_autoptr (NaruRecord) now = NULL;

  if (record != NULL && self->office->past != NULL)
    record = now = naru_past_load_now (self->office->past, record, NULL);
  return naru_policy_allows (self->office->policy, &self->access, type, action, record);
}

/* As naru_desk_may(), with an error for people. */
gboolean
naru_desk_require (NaruDesk *self, const char *type, const char *action, NaruRecord *record, GError **error)
{
  g_autofree char *roles = NULL;

  /* what is done to the office as a whole, or asked of it, is done to the present one */
  if (g_str_equal (type, "office") && !naru_office_check_present (self->office, error))
    return FALSE;
  if (naru_desk_may (self, type, action, record))
    return TRUE;
  roles = g_strjoinv (", ", self->access.roles);
  naru_set_error (error, NARU_ERROR_DENIED, NULL, 0,
                  _ ("ask somebody who has the right role (policies/access.json in the history says which)"),
                  _ ("%s may not do “%s” with %s (roles: %s)"), self->person_name, action,
                  record != NULL ? naru_record_get_id (record) : type, *roles != '\0' ? roles : _ ("none"));
  return FALSE;
}

static gboolean
set_not_found (const char *id, GError **error)
{
  naru_set_error (error, NARU_ERROR_NOT_FOUND, "id", 0,
                  _ ("“naru list TYPE” shows what there is; “naru list deal --text WORD” searches"),
                  _ ("there is no record “%s”"), id);
  return FALSE;
}

/* Loads a record for @action. One that the person may not read is not found, like one that does not exist. */
NaruRecord *
naru_desk_load (NaruDesk *self, NaruTxn *txn, const char *id, const char *action, NaruRecordType **type,
                GError **error)
{
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (GError) local = NULL;
  NaruRecordType *found = NULL;
  const char *type_name;
  NaruId parsed;

  if (id == NULL || !naru_id_parse (id, &parsed))
    {
      set_not_found (id != NULL ? id : "", error);
      return NULL;
    }
  found = naru_types_get_for_id (self->office->types, id, &local);
  if (local != NULL && !g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (found != NULL &&
      !naru_past_need_record (self->office, txn, naru_record_type_get_name (found), id, error))
    return NULL;
  if (found == NULL || !naru_txn_has_record (txn, naru_record_type_get_name (found), id))
    {
      set_not_found (id, error);
      return NULL;
    }
  type_name = naru_record_type_get_name (found);
  record = naru_txn_get_record (txn, type_name, id, error);
  if (record == NULL)
    return NULL;
  if (!naru_desk_may (self, type_name, "read", record))
    {
      set_not_found (id, error);
      return NULL;
    }
  if (!g_str_equal (action, "read") && !naru_desk_require (self, type_name, action, record, error))
    return NULL;
  if (type != NULL)
    *type = found;
  return g_steal_pointer (&record);
}

/**
 * naru_desk_show:
 * @self: a desk
 * @id: a record id
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the record. Where fields are hidden from this person it is a copy
 * without them, and its revision is of the whole one all the same; %NULL with %NARU_ERROR_NOT_FOUND
 */
NaruRecord *
naru_desk_show (NaruDesk *self, const char *id, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruJson) visible = NULL;

  if (txn == NULL)
    return NULL;
  record = naru_desk_load (self, txn, id, "read", &type, error);
  if (record == NULL)
    return NULL;
  visible = naru_desk_filter (self, type, record);
  if (visible == naru_record_get_json (record))
    return g_steal_pointer (&record);
  return naru_record_new_view (record, visible);
}

/**
 * naru_desk_read_document:
 * @self: a desk
 * @id: a record id
 * @name: name of one of its documents
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the document's content
 */
GBytes *
naru_desk_read_document (NaruDesk *self, const char *id, const char *name, GError **error)
{
  g_autoptr (NaruRecord) record = naru_desk_show (self, id, error);
  g_autofree char *path = NULL;
  NaruRepository *repository;
  NaruJson *documents;
  NaruOid head;

  if (record == NULL)
    return NULL;
  documents = naru_json_get (naru_record_get_json (record), "documents");
  for (guint i = 0; documents != NULL && i < naru_json_get_size (documents); i++)
    {
      NaruJson *document = naru_json_get_element (documents, i);
      const char *digest = naru_json_get_string (document, "digest");

      if (g_strcmp0 (naru_json_get_string (document, "name"), name) == 0 && digest != NULL)
        path = g_strdup_printf ("documents/%.2s/%s", digest, digest);
    }
  if (path == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, "documents", 0, NULL, _ ("%s has no document “%s”"), id,
                      name);
      naru_error_set_cure (error, _ ("“naru show %s” lists its documents"), id);
      return NULL;
    }
  repository = naru_office_get_repository (self->office, error);
  if (repository == NULL || !naru_repository_get_head (repository, &head, error))
    return NULL;
  return naru_repository_read_file (repository, &head, path, error);
}

/**
 * naru_desk_checkpoint:
 * @self: a desk
 * @error: return location
 *
 * Makes the history durable up to the last change.
 *
 * Returns: whether it is
 */
gboolean
naru_desk_checkpoint (NaruDesk *self, GError **error)
{
  return naru_office_checkpoint (self->office, error);
}
