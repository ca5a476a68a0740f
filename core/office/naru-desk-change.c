/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Puts all findings of a record into one error; the first one's field is the error's field. */
static gboolean
set_findings (GPtrArray *findings, const char *id, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *field = NULL;
  const char *cure = NULL;

  for (guint i = 0; i < findings->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (findings, i);
      const char *const *fields = naru_finding_get_fields (finding);
      const char *title = naru_finding_get_title (finding);
      const char *message = naru_finding_get_message (finding);

      if (i > 0)
        g_string_append_c (text, '\n');
      /* the message of a field begins with its label already */
      if (message == NULL)
        g_string_append (text, title);
      else if (g_str_has_prefix (message, title))
        g_string_append (text, message);
      else
        g_string_append_printf (text, "%s: %s", title, message);
      if (field == NULL && fields != NULL)
        field = fields[0];
      if (cure == NULL)
        cure = naru_finding_get_remedy (finding);
    }
  naru_set_error (error, NARU_ERROR_INVALID, field, 0, NULL, "%s", text->str);
  /* the record type writes ID where it does not know which record is meant */
  if (id != NULL && cure != NULL)
    {
      g_autoptr (GString) command = g_string_new (cure);
      g_autofree char *own = g_strdup_printf (" %s ", id);

      g_string_replace (command, " ID ", own, 0);
      naru_error_set_cure (error, "%s", command->str);
    }
  else if (cure != NULL && strstr (cure, " ID ") == NULL)
    naru_error_set_cure (error, "%s", cure);
  return FALSE;
}

static gboolean
check_references (NaruTxn *txn, NaruTypes *types, NaruRecordType *type, NaruJson *json, GError **error)
{
  g_autoptr (GPtrArray) references = naru_record_type_list_references (type, json);

  for (guint i = 0; i < references->len; i++)
    {
      const NaruReference *reference = g_ptr_array_index (references, i);
      const char *name = naru_types_get_name_for_id (types, reference->id);
      gboolean fits = name != NULL && g_strv_contains (reference->field->refs, name);

      if (fits && naru_txn_has_record (txn, name, reference->id))
        continue;
      g_autofree char *label = naru_record_type_get_label (type, reference->pointer);
      g_autofree char *allowed = g_strjoinv (", ", (char **) reference->field->refs);
      naru_set_error (error, NARU_ERROR_INVALID, reference->pointer, 0,
                      _ ("give the id of a record that is there: naru list TYPE"),
                      fits ? _ ("%s: there is no record “%s” (%s)")
                           : _ ("%s: “%s” is no id of a record of type %s"),
                      label, reference->id, allowed);
      return FALSE;
    }
  return TRUE;
}

/**
 * naru_check_record:
 * @txn: transaction in which references are looked up
 * @types: the record types
 * @type: the record's type
 * @id: (nullable): its id, for the command that cures it; %NULL for one still to be made
 * @json: its value, normalised
 * @error: return location
 *
 * Returns: whether it may be stored: its schema holds, sums are exact, every reference leads to a record
 */
gboolean
naru_check_record (NaruTxn *txn, NaruTypes *types, NaruRecordType *type, const char *id, NaruJson *json,
                   GError **error)
{
  g_autoptr (GPtrArray) findings = NULL;

  if (naru_record_type_validate (type, json, NULL))
    return check_references (txn, types, type, json, error);
  findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  naru_record_type_validate (type, json, findings);
  return set_findings (findings, id, error);
}

/* (transfer full) (nullable): the reason as the history tells it, in one line; NULL: @error asks for one */
char *
naru_desk_need_reason (const char *reason, GError **error)
{
  g_autofree char *line = reason != NULL ? naru_text_one_line (reason) : NULL;

  if (line == NULL || *line == '\0')
    {
      naru_set_error (error, NARU_ERROR_USAGE, "reason", 0, _ ("say why: --reason TEXT"),
                      _ ("a reason is needed"));
      return NULL;
    }
  return naru_text_normalize (line, -1, 2000, error);
}

/* A change may name the revision that it was made upon; another one since then is a conflict. */
gboolean
naru_desk_check_revision (NaruRecord *record, const char *if_revision, GError **error)
{
  if (if_revision == NULL || g_str_equal (if_revision, naru_record_get_revision (record)))
    return TRUE;
  naru_set_error (error, NARU_ERROR_CONFLICT, "revision", 0, NULL,
                  _ ("%s was changed meanwhile: it is at revision %.10s, not %.10s"),
                  naru_record_get_id (record), naru_record_get_revision (record), if_revision);
  naru_error_set_cure (
      error, _ ("look at it again (naru show %s, naru history %s) and repeat your change on the new state"),
      naru_record_get_id (record), naru_record_get_id (record));
  return FALSE;
}

static gboolean
set_initial_stage (NaruDesk *self, NaruRecordType *type, NaruJson *json, GError **error)
{
  NaruPipeline *pipeline;

  if (naru_record_type_find_field (type, "/stage") == NULL)
    return TRUE;
  pipeline = naru_office_get_pipeline (self->office, naru_record_type_get_name (type), error);
  if (pipeline == NULL)
    return FALSE;
  naru_json_set_string (json, "stage", naru_pipeline_get_initial (pipeline)->id);
  return TRUE;
}

static gboolean
is_protected (NaruDesk *self, const char *type, const char *pointer)
{
  g_auto (GStrv) parts = g_strsplit (pointer + 1, "/", 2);

  return naru_policy_protects (self->office->policy, type, parts[0]) &&
         !naru_desk_may (self, "office", "administer", NULL);
}

/* Whether this person may give @path a value; @record is NULL for a new one. */
gboolean
naru_desk_may_set (NaruDesk *self, NaruRecordType *type, const char *path, NaruRecord *record, GError **error)
{
  g_autofree char *pointer = *path == '/' ? g_strdup (path) : g_strconcat ("/", path, NULL);
  const char *type_name = naru_record_type_get_name (type);
  const NaruField *field;

  if (*path != '/')
    g_strdelimit (pointer, ".", '/');
  field = naru_record_type_find_field (type, pointer);
  if (field == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, path, 0, NULL, _ ("records of type %s have no field “%s”"),
                      type_name, path);
      naru_error_set_cure (error, _ ("“naru new %s --help” lists the fields"), type_name);
    }
  else if (field->system)
    naru_set_error (error, NARU_ERROR_INVALID, path, 0,
                    _ ("use the verb for it: advance, approve, reject, waive, attach or note"),
                    _ ("“%s” is kept by Naru and cannot be edited"), path);
  else if (is_protected (self, type_name, pointer))
    naru_set_error (error, NARU_ERROR_DENIED, path, 0, _ ("ask somebody who has the role admin"),
                    _ ("%s may not change “%s” of a person"), self->person_name, path);
  else if (!naru_policy_shows_audience (self->office->policy, &self->access, type_name, field->audience,
                                        record))
    naru_set_error (error, NARU_ERROR_DENIED, path, 0, _ ("ask somebody whose role shows that field"),
                    _ ("%s may not change “%s”"), self->person_name, path);
  else
    return TRUE;
  return FALSE;
}

/**
 * naru_desk_create:
 * @self: a desk
 * @type: name of a record type
 * @fields: (transfer none): the new record's fields; what has a default may be left out
 * @id: (out) (optional) (transfer full): its id
 * @error: return location
 *
 * Returns: whether it was made
 */
gboolean
naru_desk_create (NaruDesk *self, const char *type, NaruJson *fields, char **id, GError **error)
{
  NaruRecordType *record_type = naru_types_get (self->office->types, type, error);
  g_autoptr (NaruJson) json = naru_json_copy (fields);
  g_autoptr (NaruChange) change = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autofree char *new_id = NULL;
  g_auto (GStrv) keys = NULL;
  const char *hub;
  guint64 seq = 0;
  gboolean done;

  if (record_type == NULL || !naru_desk_require (self, type, "create", NULL, error))
    return FALSE;
  keys = naru_json_get_keys (json);
  for (guint i = 0; keys[i] != NULL; i++)
    if (!naru_desk_may_set (self, record_type, keys[i], NULL, error))
      return FALSE;
  if (!naru_record_type_normalize (record_type, json, error) ||
      !set_initial_stage (self, record_type, json, error))
    return FALSE;
  naru_record_type_apply_defaults (record_type, json);
  hub = naru_json_get_string (json, "hub");
  if (hub == NULL)
    {
      hub = naru_office_get_hub (self->office);
      if (naru_record_type_find_field (record_type, "/hub") != NULL)
        naru_json_set_string (json, "hub", hub);
    }

  change = naru_change_begin (self, "create", error);
  if (change == NULL ||
      !naru_check_record (naru_change_get_txn (change), self->office->types, record_type, NULL, json, error))
    return FALSE;
  new_id = naru_change_take_id (change, record_type, hub, error);
  if (new_id == NULL)
    return FALSE;
  naru_change_set_subject (change, type, new_id, "create");
  record = naru_change_put (change, record_type, NULL, new_id, json, naru_change_get_time (change)->seconds,
                            error);
  if (record == NULL ||
      !naru_change_add_event (change, type, new_id, NULL, naru_json_get_string (json, "stage"), NULL, error))
    return FALSE;
  done = naru_change_commit (change, &seq, error);
  if (id != NULL && seq != 0)
    *id = g_steal_pointer (&new_id);
  return done;
}

/* What an edit does to a loaded record; shared by edit, link, attach and note. */
static gboolean
store_edited (NaruDesk *self, NaruChange *change, NaruRecordType *type, NaruRecord *old, NaruJson *json,
              const char *subject, const char *note, GError **error)
{
  const char *type_name = naru_record_type_get_name (type);
  const char *id = naru_record_get_id (old);
  g_autoptr (GVariant) card = NULL;
  g_autoptr (NaruRecord) record = NULL;

  if (!naru_record_type_normalize (type, json, error) ||
      !naru_check_record (naru_change_get_txn (change), self->office->types, type, id, json, error))
    return FALSE;
  if (naru_json_equal (json, naru_record_get_json (old)))
    return TRUE;
  card = naru_txn_get_card (naru_change_get_txn (change), type_name, id, error);
  if (card == NULL)
    return FALSE;
  naru_change_set_subject (change, type_name, id, "%s", subject);
  record = naru_change_put (change, type, old, id, json, naru_card_get_since (card), error);
  return record != NULL && naru_change_add_event (change, type_name, id, NULL, NULL, note, error) &&
         naru_change_commit (change, NULL, error);
}

static gboolean
apply_changes (NaruDesk *self, NaruRecordType *type, NaruRecord *record, NaruJson *json, NaruJson *changes,
               GError **error)
{
  g_auto (GStrv) paths = naru_json_get_keys (changes);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      NaruJson *value = naru_json_get (changes, paths[i]);

      if (!naru_desk_may_set (self, type, paths[i], record, error))
        return FALSE;
      if (naru_json_get_kind (value) == NARU_JSON_NULL
              ? !naru_json_remove_path (json, paths[i], error)
              : !naru_json_set_path (json, paths[i], naru_json_ref (value), error))
        return FALSE;
    }
  return TRUE;
}

/**
 * naru_desk_edit:
 * @self: a desk
 * @id: a record id
 * @changes: (transfer none): an object of dotted paths and their new values; null removes
 * @if_revision: (nullable): the revision that the changes were made upon
 * @error: return location
 *
 * Returns: whether it was done; an edit that changes nothing is done without a commit
 */
gboolean
naru_desk_edit (NaruDesk *self, const char *id, NaruJson *changes, const char *if_revision, GError **error)
{
  g_autoptr (NaruChange) change = naru_change_begin (self, "edit", error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) old = NULL;
  g_autoptr (NaruJson) json = NULL;
  g_autofree char *words = NULL;
  g_autofree char *subject = NULL;
  g_auto (GStrv) paths = naru_json_get_keys (changes);

  if (change == NULL)
    return FALSE;
  old = naru_desk_load (self, naru_change_get_txn (change), id, "edit", &type, error);
  if (old == NULL || !naru_desk_check_revision (old, if_revision, error))
    return FALSE;
  json = naru_json_copy (naru_record_get_json (old));
  if (!apply_changes (self, type, old, json, changes, error) ||
      !naru_record_type_normalize (type, json, error))
    return FALSE;
  words = naru_edit_make_words (naru_record_get_json (old), json, (const char *const *) paths);
  subject = g_strconcat ("edit ", words, NULL);
  return store_edited (self, change, type, old, json, subject, words, error);
}

/**
 * naru_desk_link:
 * @self: a desk
 * @id: a record id
 * @field: a reference field of it, or an array of references
 * @target: id of the record to link
 * @error: return location
 *
 * Returns: whether it was done
 */
gboolean
naru_desk_link (NaruDesk *self, const char *id, const char *field, const char *target, GError **error)
{
  g_autoptr (NaruChange) change = naru_change_begin (self, "link", error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) old = NULL;
  g_autoptr (NaruJson) json = NULL;
  g_autofree char *subject = NULL;

  if (change == NULL)
    return FALSE;
  old = naru_desk_load (self, naru_change_get_txn (change), id, "edit", &type, error);
  if (old == NULL || !naru_desk_may_set (self, type, field, old, error))
    return FALSE;
  json = naru_json_copy (naru_record_get_json (old));
  if (!naru_edit_link (json, type, field, target, error))
    return FALSE;
  subject = g_strdup_printf ("link %s %s", field, target);
  return store_edited (self, change, type, old, json, subject, target, error);
}

static char *
document_name (const char *file, const char *name, GError **error)
{
  g_autofree char *base = g_path_get_basename (name != NULL ? name : file);
  g_autofree char *valid = g_utf8_make_valid (base, -1);

  return naru_text_normalize (valid, -1, 200, error);
}

static const char *
guess_media_type (const char *file)
{
  static const char *const known[][2] = {
    { ".pdf", "application/pdf" },
    { ".txt", "text/plain" },
    { ".csv", "text/csv" },
    { ".json", "application/json" },
    { ".md", "text/markdown" },
    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },
    { ".jpeg", "image/jpeg" },
    { ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
    { ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
    { ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
    { ".hwp", "application/x-hwp" },
    { ".hwpx", "application/hwp+zip" },
    { ".zip", "application/zip" },
  };
  g_autofree char *lower = g_ascii_strdown (file, -1);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_has_suffix (lower, known[i][0]))
      return known[i][1];
  return "application/octet-stream";
}

static void
put_document_row (NaruJson *json, const char *name, const char *file, const NaruDigest *digest, guint64 size,
                  const char *day)
{
  NaruJson *list = naru_json_get (json, "documents");
  NaruJson *row = naru_json_new_object ();
  char hex[2 * NARU_DIGEST_SIZE + 1];

  naru_digest_to_hex (digest, hex);
  naru_json_set_string (row, "name", name);
  naru_json_set_string (row, "digest", hex);
  naru_json_set_integer (row, "size", size);
  naru_json_set_string (row, "media_type", guess_media_type (file));
  naru_json_set_string (row, "added_on", day);
  if (list == NULL)
    {
      list = naru_json_new_array ();
      naru_json_set (json, "documents", list);
    }
  /* a document of the same name is replaced; the history keeps the former one */
  for (guint i = 0; i < naru_json_get_size (list); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (list, i), "name"), name) == 0)
      naru_json_remove_element (list, i--);
  naru_json_append (list, row);
}

/**
 * naru_desk_attach:
 * @self: a desk
 * @id: a record id
 * @file: a file, 100 MiB at most
 * @name: (nullable): the name that the document gets; the file's own where %NULL
 * @error: return location
 *
 * Returns: whether the document is in the history
 */
gboolean
naru_desk_attach (NaruDesk *self, const char *id, const char *file, const char *name, GError **error)
{
  g_autofree char *document = document_name (file, name, error);
  g_autoptr (NaruRecord) seen = NULL;
  g_autoptr (NaruChange) change = NULL;
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) old = NULL;
  g_autoptr (NaruJson) json = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *day = NULL;
  NaruDigest digest;
  guint64 size;

  /* asked first, so that no large file is read for nothing */
  seen = document != NULL ? naru_desk_show (self, id, error) : NULL;
  if (seen == NULL)
    return FALSE;
  change = naru_change_begin_with_document (self, "attach", file, &digest, &size, error);
  if (change == NULL)
    return FALSE;
  old = naru_desk_load (self, naru_change_get_txn (change), id, "attach", &type, error);
  if (old == NULL)
    return FALSE;
  if (naru_record_type_find_field (type, "/documents") == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "documents", 0, _ ("attach it to the deal or the agreement"),
                      _ ("records of type %s have no documents"), naru_record_type_get_name (type));
      return FALSE;
    }
  json = naru_json_copy (naru_record_get_json (old));
  day = naru_date_to_string (naru_time_to_date (naru_change_get_time (change)));
  put_document_row (json, document, file, &digest, size, day);
  subject = g_strdup_printf ("attach a document of %" G_GUINT64_FORMAT " bytes", size);
  return store_edited (self, change, type, old, json, subject, NULL, error);
}

/**
 * naru_desk_note:
 * @self: a desk
 * @id: a record id
 * @text: the note
 * @error: return location
 *
 * Returns: whether it was written down
 */
gboolean
naru_desk_note (NaruDesk *self, const char *id, const char *text, GError **error)
{
  g_autoptr (NaruChange) change = naru_change_begin (self, "note", error);
  NaruRecordType *type = NULL;
  g_autoptr (NaruRecord) old = NULL;
  g_autoptr (NaruJson) json = NULL;
  g_autofree char *at = NULL;
  NaruJson *list;
  NaruJson *row;

  if (change == NULL)
    return FALSE;
  old = naru_desk_load (self, naru_change_get_txn (change), id, "attach", &type, error);
  if (old == NULL)
    return FALSE;
  if (naru_record_type_find_field (type, "/notes") == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "notes", 0, _ ("write it to the deal or the agreement"),
                      _ ("records of type %s have no notes"), naru_record_type_get_name (type));
      return FALSE;
    }
  json = naru_json_copy (naru_record_get_json (old));
  list = naru_json_get (json, "notes");
  if (list == NULL)
    {
      list = naru_json_new_array ();
      naru_json_set (json, "notes", list);
    }
  at = naru_time_to_string (naru_change_get_time (change));
  row = naru_json_new_object ();
  naru_json_set_string (row, "text", text);
  naru_json_set_string (row, "by", self->person);
  naru_json_set_string (row, "at", at);
  naru_json_append (list, row);
  return store_edited (self, change, type, old, json, "note", NULL, error);
}
