/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* Whether a record became what the action makes of it, and nothing else. What an action decides alone is
 * made again and has to be the same; where a person decides (create, edit, import) it is looked at whether
 * they might have. */

static void
tell_denied (NaruVerify *self, const NaruRecordChange *change, const GError *error)
{
  naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "denied", naru_record_get_id (change->record), error);
}

static void
check_right (NaruVerify *self, const NaruRecordChange *change, const char *right)
{
  g_autoptr (GError) error = NULL;
  const char *type = naru_record_type_get_name (change->type);

  if (self->actor == NULL || right == NULL)
    return;
  if (!naru_desk_require (self->actor, type, right, change->old, &error) ||
      (change->old != NULL && !naru_desk_require (self->actor, type, "read", change->old, &error)))
    tell_denied (self, change, error);
}

/* A record of that schema, with sums that are right: nothing else is ever written, by an import neither.
 * Schemas are not part of the history. A newer one takes what an older one took, or the records of an office
 * could not be changed any more; what the packs bring is that of this point of the history. */
static void
check_schema (NaruVerify *self, const NaruRecordChange *change)
{
  const char *id = naru_record_get_id (change->record);
  g_autoptr (GPtrArray) findings = NULL;

  if (change->record == change->old || naru_record_type_validate (change->type, change->now, NULL))
    return;
  findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  naru_record_type_validate (change->type, change->now, findings);
  NaruFinding *first = findings->len > 0 ? g_ptr_array_index (findings, 0) : NULL;
  const char *message = first != NULL ? naru_finding_get_message (first) : NULL;
  naru_verify_tell (self, NARU_VERIFY_BROKEN, "schema", id,
                    _ ("%s does not fit the record types of this Naru: %s"), id,
                    message != NULL ? message
                    : first != NULL ? naru_finding_get_title (first)
                                    : "");
}

static void
check_references (NaruVerify *self, const NaruRecordChange *change)
{
  g_autoptr (GPtrArray) references = naru_record_type_list_references (change->type, change->now);
  const char *id = naru_record_get_id (change->record);

  for (guint i = 0; i < references->len; i++)
    {
      const NaruReference *reference = g_ptr_array_index (references, i);
      NaruRecordType *target = naru_types_get_for_id (self->replay.office->types, reference->id, NULL);
      const char *name = target != NULL ? naru_record_type_get_name (target) : NULL;
      if (name == NULL || !g_strv_contains (reference->field->refs, name))
        naru_verify_tell (self, NARU_VERIFY_BROKEN, "reference", id,
                          _ ("%s names “%s”, which is no record that may stand there"), id, reference->id);
      else if (!naru_txn_has_record (self->replay.txn, name, reference->id))
        /* an import brings records that name each other, in the order of their numbers */
        g_ptr_array_add (self->dangling, g_strdup_printf ("%s %s %s", id, name, reference->id));
    }
}

/* What no two records may share is looked at when the whole entry is taken: an import may pass it on from one
 * to the other. */
static void
note_claim (NaruVerify *self, const NaruRecordChange *change)
{
  NaruJson *note = naru_json_get (naru_record_type_get_schema (change->type), "x-naru");

  if (change->record != change->old &&
      (naru_json_get (note, "no_overlap") != NULL || naru_json_get (note, "unique") != NULL))
    g_ptr_array_add (self->claims, g_strdup (naru_record_get_id (change->record)));
}

void
naru_verify_check_claims (NaruVerify *self)
{
  for (guint i = 0; i < self->claims->len; i++)
    {
      const char *id = g_ptr_array_index (self->claims, i);
      NaruRecordType *type = naru_types_get_for_id (self->replay.office->types, id, NULL);
      const char *name = type != NULL ? naru_record_type_get_name (type) : "";
      g_autoptr (NaruRecord) record = naru_txn_get_record (self->replay.txn, name, id, NULL);
      NaruJson *json = record != NULL ? naru_record_get_json (record) : NULL;
      g_autoptr (GError) overlap = NULL;
      g_autoptr (GError) shared = NULL;
      if (json == NULL)
        continue;
      if (!naru_check_overlap (self->replay.txn, type, id, json, &overlap))
        naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "overlap", id, overlap);
      if (!naru_check_unique (self->replay.txn, type, id, json, &shared))
        naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "shared", id, shared);
    }
}

static void
count_number (NaruVerify *self, const NaruRecordChange *change)
{
  NaruId id;

  if (!naru_id_parse (naru_record_get_id (change->record), &id))
    return;
  g_autofree char *counter =
      g_strdup_printf ("%s/%s/%d", naru_record_type_get_name (change->type), id.hub, id.year);
  guint *numbers = g_hash_table_lookup (self->numbers, counter);
  if (numbers == NULL)
    {
      numbers = g_new0 (guint, 2);
      naru_txn_get_number (self->replay.txn, counter, &numbers[0], NULL);
      g_hash_table_insert (self->numbers, g_steal_pointer (&counter), numbers);
    }
  numbers[1]++;
}

/* The id takes the year in which the record was made, and its hub. */
static void
check_id (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *hub = naru_json_get_string (change->now, "hub");
  NaruId id;
  int year;

  count_number (self, change);
  /* what is imported takes the clock of its import, and the commit only tells when it happened */
  naru_date_get (naru_time_to_date (self->by_import ? &past->committed : &past->authored), &year, NULL, NULL);
  if (!naru_id_parse (naru_record_get_id (change->record), &id) || id.year != year ||
      (hub != NULL && !g_str_equal (hub, id.hub)))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "id", naru_record_get_id (change->record),
                      _ ("the id of %s does not fit its year and hub"), naru_record_get_id (change->record));
}

/* What holds for every record of every action, then what this one does */
void
naru_verify_record (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *id = naru_record_get_id (change->record);

  if (change->old == NULL)
    {
      self->n_created++;
      check_id (self, change);
    }
  else
    self->n_updated++;
  check_schema (self, change);
  check_references (self, change);
  note_claim (self, change);
  if (self->rule == NULL || g_str_equal (past->action, "init"))
    return;
  if (self->rule->check == NULL)
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "record", id,
                        _ ("the action “%s” changes no record, but %s is changed"), past->action, id);
      return;
    }
  if (self->rule->single && g_strcmp0 (past->record, id) != 0)
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "record", id, _ ("it is about %s, but changes %s too"),
                        past->record != NULL ? past->record : "?", id);
      return;
    }
  if (self->rule->single && (change->old == NULL) != g_str_equal (past->action, "create"))
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "record", id,
                        change->old == NULL ? _ ("it makes %s, which only create and import do")
                                            : _ ("it creates %s, which was there before"),
                        id);
      return;
    }
  check_right (self, change, self->rule->right);
  self->rule->check (self, change);
}

/* @expected: what the action makes of the record, as far as nobody has a say in it */
void
naru_verify_is_made (NaruVerify *self, const NaruRecordChange *change, NaruJson *expected)
{
  g_autoptr (GError) error = NULL;
  const char *id = naru_record_get_id (change->record);

  naru_record_type_normalize (change->type, expected, &error);
  if (naru_json_equal (expected, change->now))
    return;
  g_autofree char *names = naru_describe_difference (expected, change->now);
  naru_verify_tell (self, NARU_VERIFY_BROKEN, "record", id,
                    _ ("%s became another record than “%s” makes of it: %s"), id, self->replay.past.action,
                    names);
}

/* (transfer full): an entry with the trailers of an action about one record */
static NaruEntry *
make_entry (NaruVerify *self, const NaruRecordChange *change)
{
  NaruEntry *entry = naru_entry_new (self->replay.past.action);

  naru_entry_add_trailer (entry, "Naru-Action", self->replay.past.action);
  naru_entry_add_trailer (entry, "Naru-Record", naru_record_get_id (change->record));
  return entry;
}

/* @text: (nullable): what follows type and id in the subject */
void
naru_verify_about (NaruVerify *self, const NaruRecordChange *change, const char *text)
{
  g_autoptr (NaruEntry) expected = make_entry (self, change);
  const char *id = naru_record_get_id (change->record);
  g_autofree char *subject =
      text != NULL ? g_strdup_printf ("%s %s: %s", naru_record_type_get_name (change->type), id, text) : NULL;

  naru_verify_message (self, id, subject, expected);
}

/* Calls @func for each member of the record that is another one now. */
void
naru_verify_foreach_difference (NaruVerify *self, const NaruRecordChange *change, NaruJson *before,
                                NaruVerifyFieldFunc func, gpointer user_data)
{
  g_auto (GStrv) old_names = naru_json_get_keys (before);
  g_auto (GStrv) names = naru_json_get_keys (change->now);

  for (guint i = 0; names[i] != NULL; i++)
    {
      NaruJson *had = naru_json_get (before, names[i]);
      if (had == NULL || !naru_json_equal (had, naru_json_get (change->now, names[i])))
        func (self, change, names[i], user_data);
    }
  for (guint i = 0; old_names[i] != NULL; i++)
    if (naru_json_get (change->now, old_names[i]) == NULL)
      func (self, change, old_names[i], user_data);
}

/* A member that a person set: one that is kept by Naru, or that others have to set, is told. */
void
naru_verify_check_set (NaruVerify *self, const NaruRecordChange *change, const char *name, gpointer user_data)
{
  g_autofree char *pointer = g_strconcat ("/", name, NULL);
  const NaruField *field = naru_record_type_find_field (change->type, pointer);
  const char *id = naru_record_get_id (change->record);
  g_autoptr (GError) error = NULL;

  if (field != NULL && field->system)
    naru_verify_tell (
        self, NARU_VERIFY_BROKEN, "system-field", id,
        _ ("“%s” of %s was changed by “%s”; only a move, a decision, a note or a document changes it"), name,
        id, self->replay.past.action);
  else if (self->actor != NULL && !naru_desk_may_set (self->actor, change->type, name, change->old, &error))
    tell_denied (self, change, error);
}

/* Fields below others that only some may see, and so set */
void
naru_verify_check_audiences (NaruVerify *self, const NaruRecordChange *change, NaruJson *before)
{
  guint n;

  /* what was taken away is a change as well */
  naru_record_type_get_fields_of (change->type, before, &n);
  const NaruField *const *fields = naru_record_type_get_fields_of (change->type, change->now, &n);

  for (guint i = 0; self->actor != NULL && i < n; i++)
    {
      const char *pointer = fields[i]->pointer;
      const char *list = strstr (pointer, "/-");
      if (fields[i]->audience == NULL || strchr (pointer + 1, '/') == NULL)
        continue;
      g_autofree char *place =
          list != NULL ? g_strndup (pointer, (gsize) (list - pointer)) : g_strdup (pointer);
      NaruJson *has = naru_json_get_pointer (change->now, place);
      NaruJson *had = naru_json_get_pointer (before, place);
      g_autoptr (GError) error = NULL;
      if (has == had || (has != NULL && had != NULL && naru_json_equal (has, had)))
        continue;
      if (!naru_desk_may_set (self->actor, change->type, pointer, change->old, &error))
        tell_denied (self, change, error);
    }
}

/* A new record: but for what its type gives it unasked, all of it was set by somebody. */
static void
check_new (NaruVerify *self, const NaruRecordChange *change)
{
  g_autoptr (NaruJson) defaults = naru_json_new_object ();
  const char *stage = naru_json_get_string (change->now, "stage");

  naru_record_type_apply_defaults (change->type, defaults);
  if (stage != NULL)
    naru_json_set_string (defaults, "stage", stage);
  naru_verify_foreach_difference (self, change, defaults, naru_verify_check_set, NULL);
  naru_verify_check_audiences (self, change, defaults);
}

void
naru_verify_create (NaruVerify *self, const NaruRecordChange *change)
{
  const char *stage = naru_json_get_string (change->now, "stage");
  NaruPipeline *pipeline = naru_verify_get_pipeline (self, naru_record_type_get_name (change->type));
  const char *id = naru_record_get_id (change->record);

  naru_verify_about (self, change, "create");
  check_new (self, change);
  if (stage != NULL && (pipeline == NULL || !g_str_equal (naru_pipeline_get_initial (pipeline)->id, stage)))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "stage", id,
                      _ ("%s was not created in the first stage, but in “%s”"), id, stage);
}

static NaruJson *
get_last (NaruJson *list)
{
  guint n = naru_json_get_size (list);

  return list != NULL && n > 0 ? naru_json_get_element (list, n - 1) : NULL;
}

static NaruJson *
get_list (NaruJson *json, const char *name)
{
  NaruJson *list = naru_json_get (json, name);

  if (list == NULL)
    {
      list = naru_json_new_array ();
      naru_json_set (json, name, list);
    }
  return list;
}

void
naru_verify_note (NaruVerify *self, const NaruRecordChange *change)
{
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));
  NaruJson *last = get_last (naru_json_get (change->now, "notes"));
  NaruJson *row = naru_json_new_object ();
  g_autofree char *at = naru_time_to_string (&self->replay.past.authored);

  naru_json_set_string (row, "text", naru_json_get_string (last, "text"));
  naru_json_set_string (row, "by", self->actor != NULL ? self->actor->person : "");
  naru_json_set_string (row, "at", at);
  naru_json_append (get_list (expected, "notes"), row);
  naru_verify_about (self, change, "note");
  naru_verify_is_made (self, change, expected);
}

/* @detail: "add SHA256:…", "remove …" or "revoke …" */
static void
add_key_trailers (NaruVerify *self, const char *id, const char *detail, NaruEntry *entry)
{
  const char *space = strrchr (detail, ' ');
  const char *key = space != NULL ? space + 1 : "";
  g_autofree char *principal = g_strconcat (id, "@naru", NULL);
  NaruAllowedSigner *former =
      self->signers != NULL ? naru_allowed_signers_find_person (self->signers, principal) : NULL;

  if (g_str_has_prefix (detail, "revoke "))
    naru_entry_add_trailer (entry, "Naru-Key-Revoked", key);
  else if (g_str_has_prefix (detail, "remove "))
    naru_entry_add_trailer (entry, "Naru-Key-Ended", key);
  else
    {
      g_autofree char *ended = former != NULL ? naru_key_fingerprint (former->key) : NULL;
      naru_entry_add_trailer (entry, "Naru-Key", key);
      if (ended != NULL)
        naru_entry_add_trailer (entry, "Naru-Key-Ended", ended);
    }
}

/* What is written down about a record and leaves it as it is: an attempt that was refused, somebody's key */
void
naru_verify_remark (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));
  g_autoptr (NaruEntry) entry = naru_entry_new (past->action);
  const char *id = naru_record_get_id (change->record);
  const char *detail = past->detail != NULL ? past->detail : "";
  g_autofree char *subject =
      g_strdup_printf ("%s %s: %s %s", naru_record_type_get_name (change->type), id, past->action, detail);

  naru_verify_is_made (self, change, expected);
  if (g_str_equal (past->action, "refuse"))
    {
      /* "waive RDA-02 (no-role)" */
      g_autofree char *text = g_strdup (detail);
      gsize length = strlen (text);
      char *open = strrchr (text, '(');
      if (open != NULL && length > 0 && text[length - 1] == ')')
        {
          text[length - 1] = '\0';
          memmove (open, open + 1, strlen (open));
        }
      naru_entry_add_trailer (entry, "Naru-Action", past->action);
      naru_entry_add_trailer (entry, "Naru-Record", id);
      naru_entry_add_trailer (entry, "Naru-Refused", text);
    }
  else
    {
      if (past->reason == NULL && !g_str_has_prefix (detail, "add "))
        naru_verify_tell (self, NARU_VERIFY_BROKEN, "reason", id,
                          _ ("it tells no reason, which the action “%s” needs"), past->action);
      add_key_trailers (self, id, detail, entry);
      naru_entry_add_trailer (entry, "Naru-Action", past->action);
      naru_entry_add_trailer (entry, "Naru-Record", id);
    }
  naru_verify_message (self, id, subject, entry);
}

/* The document is in the folder of this commit: brought by it, or there before. */
static void
check_document (NaruVerify *self, const NaruRecordChange *change, NaruJson *row)
{
  const char *digest = naru_json_get_string (row, "digest");
  const char *id = naru_record_get_id (change->record);
  gboolean brought = digest != NULL && g_strcmp0 (digest, self->document) == 0;
  gboolean there = brought && naru_json_get_integer (row, "size", -1) == self->document_size;

  if (brought)
    g_clear_pointer (&self->document, g_free);
  else if (digest != NULL && strlen (digest) == 2 * NARU_DIGEST_SIZE)
    {
      g_autofree char *folder = g_strdup_printf ("documents/%.2s", digest);
      g_autoptr (GBytes) tree = naru_txn_get_tree (self->replay.txn, folder, NULL);
      there = naru_tree_has_file (tree, digest);
    }
  if (!there)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "document", id,
                      _ ("%s names a document that the history does not hold"), id);
}

void
naru_verify_attach (NaruVerify *self, const NaruRecordChange *change)
{
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));
  NaruJson *last = get_last (naru_json_get (change->now, "documents"));
  NaruJson *rows = get_list (expected, "documents");
  const char *name = naru_json_get_string (last, "name");
  g_autofree char *day = naru_date_to_string (naru_time_to_date (&self->replay.past.authored));
  g_autofree char *text =
      g_strdup_printf ("attach a document of %" PRId64 " bytes", naru_json_get_integer (last, "size", -1));

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (rows, i), "name"), name) == 0)
      naru_json_remove_element (rows, i--);
  if (last != NULL)
    {
      NaruJson *row = naru_json_copy (last);
      naru_json_set_string (row, "added_on", day);
      naru_json_append (rows, row);
    }
  check_document (self, change, last);
  naru_verify_about (self, change, text);
  naru_verify_is_made (self, change, expected);
}

/* A row of an event log: a case that begins, or one that goes on */
static void
check_replayed (NaruVerify *self, const NaruRecordChange *change)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *id = naru_record_get_id (change->record);
  NaruJson *before = change->old != NULL ? naru_record_get_json (change->old) : NULL;
  const char *from = before != NULL ? naru_json_get_string (before, "stage") : NULL;
  const char *to = past->to != NULL ? past->to : "";
  g_autoptr (NaruEntry) entry = naru_entry_new ("import");
  g_autofree char *subject =
      before == NULL
          ? g_strdup_printf ("%s %s: import, stage %s", naru_record_type_get_name (change->type), id, to)
          : g_strdup_printf ("%s %s: import %s → %s", naru_record_type_get_name (change->type), id, from, to);

  naru_entry_add_trailer (entry, "Naru-Judged", "no, imported");
  naru_entry_add_trailer (entry, "Naru-Action", "import");
  naru_entry_add_trailer (entry, "Naru-Record", id);
  if (from != NULL)
    naru_entry_add_trailer (entry, "Naru-From", from);
  naru_entry_add_trailer (entry, "Naru-To", to);
  naru_verify_message (self, id, subject, entry);
  if (before == NULL)
    {
      check_new (self, change);
      if (g_strcmp0 (naru_json_get_string (change->now, "stage"), to) != 0)
        naru_verify_tell (self, NARU_VERIFY_BROKEN, "stage", id,
                          _ ("%s stands in another stage than it says"), id);
      return;
    }
  self->n_moves++;
  g_autoptr (NaruJson) expected = naru_json_copy (before);
  naru_json_set_string (expected, "stage", to);
  naru_verify_is_made (self, change, expected);
}

void
naru_verify_import (NaruVerify *self, const NaruRecordChange *change)
{
  const char *stage = naru_json_get_string (change->now, "stage");
  const char *id = naru_record_get_id (change->record);
  const char *type = naru_record_type_get_name (change->type);
  NaruPipeline *pipeline = stage != NULL ? naru_verify_get_pipeline (self, type) : NULL;

  if (stage != NULL && (pipeline == NULL || naru_pipeline_find_stage (pipeline, stage) == NULL))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "stage", id,
                      _ ("%s stands in “%s”, which is no stage of the pipeline"), id, stage);
  if (self->by_import)
    {
      check_replayed (self, change);
      return;
    }
  check_right (self, change, change->old == NULL ? "create" : "edit");
  if (change->old == NULL)
    {
      check_new (self, change);
      return;
    }
  naru_verify_foreach_difference (self, change, naru_record_get_json (change->old), naru_verify_check_set,
                                  NULL);
  naru_verify_check_audiences (self, change, naru_record_get_json (change->old));
}
