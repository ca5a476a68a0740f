/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* One entry: when, by whom, whether they might, and what it says of itself. */

#define FUTURE_SECONDS (24 * 60 * 60) /* so much may a clock be wrong */
#define IMPORTED_EMAIL "imported@naru"
#define NAMES_KEY NARU_META_SCRATCH "name/"

static const char *const no_files[] = { NULL };
static const char *const document_files[] = { "documents/", NULL };
static const char *const rule_files[] = { "rules/", "pipelines/", NULL };
static const char *const pipeline_files[] = { "pipelines/", NULL };
static const char *const key_files[] = { "keys/", NULL };
static const char *const office_files[] = { "office.json", NULL };
static const char *const all_files[] = { "", NULL };

/* Every action that an office writes. */
static const NaruActionRule rules[] = {
  { "init", NULL, FALSE, NARU_REASON_NONE, TRUE, all_files, NULL },
  { "create", "create", TRUE, NARU_REASON_NONE, TRUE, no_files, naru_verify_create },
  { "edit", "edit", TRUE, NARU_REASON_NONE, TRUE, no_files, naru_verify_edit },
  { "link", "edit", TRUE, NARU_REASON_NONE, TRUE, no_files, naru_verify_link },
  { "note", "attach", TRUE, NARU_REASON_NONE, TRUE, no_files, naru_verify_note },
  { "attach", "attach", TRUE, NARU_REASON_NONE, TRUE, document_files, naru_verify_attach },
  { "advance", "advance", TRUE, NARU_REASON_NONE, FALSE, no_files, naru_verify_advance },
  { "approve", "approve", TRUE, NARU_REASON_NONE, FALSE, no_files, naru_verify_decide },
  { "reject", "approve", TRUE, NARU_REASON_MUST, FALSE, no_files, naru_verify_decide },
  { "waive", "waive", TRUE, NARU_REASON_MUST, FALSE, no_files, naru_verify_waive },
  { "import", NULL, FALSE, NARU_REASON_MAY, FALSE, no_files, naru_verify_import },
  { "rules", "administer", FALSE, NARU_REASON_MAY, TRUE, rule_files, NULL },
  { "pipeline", "administer", FALSE, NARU_REASON_NONE, TRUE, pipeline_files, NULL },
  { "rotate-key", "administer", FALSE, NARU_REASON_MUST, TRUE, key_files, NULL },
  { "revoke-key", "administer", FALSE, NARU_REASON_MUST, TRUE, key_files, NULL },
  { "person-key", NULL, TRUE, NARU_REASON_MAY, TRUE, key_files, naru_verify_remark },
  { "add-remote", "administer", FALSE, NARU_REASON_NONE, TRUE, office_files, NULL },
  { "remove-remote", "administer", FALSE, NARU_REASON_MUST, TRUE, office_files, NULL },
  { "refuse", NULL, TRUE, NARU_REASON_NONE, FALSE, no_files, naru_verify_remark },
};

static const NaruActionRule *
find_rule (const char *action)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].action, action))
      return &rules[i];
  return NULL;
}

static void
check_dates (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  gint64 before = self->replay.head.last_seconds;
  NaruTime now;

  naru_clock_now (&now);
  if (past->committed.seconds < before)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "time-backwards", past->record,
                      _ ("it is dated before the entry before it"));
  if (past->committed.seconds > now.seconds + FUTURE_SECONDS)
    naru_verify_tell (self, NARU_VERIFY_DOUBTFUL, "time-future", past->record,
                      _ ("its date is still to come"));
  if (self->by_import)
    return;
  /* both are one reading of the clock, unless that had gone backwards */
  if (past->authored.offset_minutes != past->committed.offset_minutes ||
      past->authored.seconds > past->committed.seconds ||
      (past->authored.seconds < past->committed.seconds && past->committed.seconds != before))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "time-author", past->record,
                      _ ("the time at which it was done does not fit the time at which it was recorded"));
}

static void
check_committer (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  NaruJson *config = self->replay.office->config;

  if (config == NULL)
    return;
  g_autofree char *slug = g_ascii_strdown (naru_json_get_string (config, "hub"), -1);
  g_autofree char *email = g_strdup_printf ("office@%s.naru", slug);
  if (g_strcmp0 (past->committer, naru_json_get_string (config, "name")) != 0 ||
      g_strcmp0 (past->committer_email, email) != 0)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "committer", past->record,
                      _ ("it was recorded by “%s <%s>”, not by the office"), past->committer,
                      past->committer_email);
}

/* The names that the person had before, one a line */
static char *
read_names (NaruVerify *self, const char *person)
{
  g_autofree char *key = g_strconcat (NAMES_KEY, person, NULL);

  return naru_txn_get_meta (self->replay.txn, key, NULL);
}

/* A desk keeps the name under which it was opened. */
static void
keep_name (NaruVerify *self, const NaruRecordChange *change)
{
  const char *before = naru_json_get_string (naru_record_get_json (change->old), "name");
  const char *id = naru_record_get_id (change->old);

  if (before == NULL || g_strcmp0 (before, naru_json_get_string (change->now, "name")) == 0)
    return;
  g_autofree char *key = g_strconcat (NAMES_KEY, id, NULL);
  g_autofree char *names = read_names (self, id);
  g_autofree char *text = g_strconcat (names != NULL ? names : "\n", before, "\n", NULL);
  naru_txn_put_meta (self->replay.txn, key, text, NULL);
}

static gboolean
had_name (NaruVerify *self, const char *person, const char *name)
{
  g_autofree char *names = read_names (self, person);
  g_autofree char *line = g_strconcat ("\n", name, "\n", NULL);

  return names != NULL && strstr (names, line) != NULL;
}

/* The desk at which the entry was made, had it been made as the office is at that point. */
static NaruDesk *
find_actor (NaruVerify *self, const char *id)
{
  NaruDesk *desk = g_hash_table_lookup (self->actors, id);
  const NaruPastEntry *past = &self->replay.past;

  if (desk != NULL && g_str_equal (desk->person_name, past->author))
    return desk;
  if (!naru_id_parse (id, NULL) || !naru_txn_has_record (self->replay.txn, "person", id))
    {
      naru_verify_tell (self, NARU_VERIFY_BROKEN, "author-unknown", past->record,
                        _ ("it was made by “%s <%s>”, who was nobody of this office"), past->author,
                        past->author_email);
      return NULL;
    }
  g_autoptr (NaruRecord) record = naru_txn_get_record (self->replay.txn, "person", id, NULL);
  if (record == NULL)
    return NULL;
  NaruJson *json = naru_record_get_json (record);
  if (!naru_json_get_boolean (json, "active", TRUE))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "author-inactive", past->record,
                      _ ("it was made by %s, who had left the office"), id);
  if (g_strcmp0 (naru_json_get_string (json, "name"), past->author) != 0 &&
      !had_name (self, id, past->author))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "author-name", past->record,
                      _ ("it names “%s” as the one who made it, but %s never had that name"), past->author,
                      id);
  desk = naru_desk_new_for_office (self->replay.office, id, past->author, "cli");
  naru_desk_set_person (desk, record);
  /* somebody who had left is told each time */
  g_hash_table_replace (self->actors, g_strdup (naru_json_get_boolean (json, "active", TRUE) ? id : "-"),
                        desk);
  return desk;
}

static void
find_author (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  const char *email = past->author_email;

  self->actor = NULL;
  self->by_import = g_str_equal (email, IMPORTED_EMAIL) && g_str_equal (past->action, "import") &&
                    g_str_has_prefix (past->trailers, "Naru-Judged: no, imported\n");
  if (self->by_import || self->replay.head.seq == 0)
    return;
  g_autofree char *id =
      g_str_has_suffix (email, "@naru") ? g_strndup (email, strlen (email) - 5) : g_strdup ("");
  self->actor = find_actor (self, id);
}

/* What the office itself has to allow; a right on a record is asked for when that is known. */
static void
check_office_right (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (GError) error = NULL;

  if (self->actor == NULL || self->rule == NULL || g_strcmp0 (self->rule->right, "administer") != 0)
    return;
  /* code that fails again and again is switched off in the name of whoever came upon it */
  if (g_str_has_prefix (past->subject, "office: disable plugin ") &&
      g_strcmp0 (past->reason, "its code failed three times in a row") == 0)
    return;
  if (!naru_desk_require (self->actor, "office", "administer", NULL, &error))
    naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "denied", NULL, error);
}

static gboolean
begin (NaruRestore *restore, GError **error)
{
  NaruVerify *self = (NaruVerify *) restore;
  const NaruPastEntry *past = &restore->past;
  gboolean first = restore->head.seq == 0;

  self->persons_moved = FALSE;
  self->n_created = self->n_updated = self->n_changed = 0;
  self->changed_type = NULL;
  g_clear_pointer (&self->document, g_free);
  g_ptr_array_set_size (self->dangling, 0);
  g_ptr_array_set_size (self->claims, 0);
  g_hash_table_remove_all (self->former);
  g_hash_table_remove_all (self->numbers);
  self->rule = find_rule (past->action);
  if (self->rule == NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "action", past->record,
                      _ ("no office that this Naru knows does an action “%s”"), past->action);
  if (g_str_equal (past->action, "init") != first)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "action", past->record,
                      first ? _ ("the history does not begin with the making of an office")
                            : _ ("an office is made a second time"));
  if (self->rule != NULL && self->rule->reason == NARU_REASON_NONE && past->reason != NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "trailers", past->record,
                      _ ("it tells a reason, which the action “%s” does not"), past->action);
  if (self->rule != NULL && self->rule->reason == NARU_REASON_MUST && past->reason == NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "reason", past->record,
                      _ ("it tells no reason, which the action “%s” needs"), past->action);
  if (self->rule != NULL && self->rule->single && past->record == NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "action", NULL, _ ("it names no record"));
  find_author (self);
  check_dates (self);
  if (!first)
    check_committer (self);
  check_office_right (self);
  return TRUE;
}

static gboolean
take_record (NaruRestore *restore, NaruRecordType *type, NaruRecord *record, NaruRecord *old, GError **error)
{
  NaruVerify *self = (NaruVerify *) restore;
  NaruRecordChange change = { type, record, old, naru_record_get_json (record) };

  if (self->options->stop != NULL && g_atomic_int_get (self->options->stop) != 0)
    {
      naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, NULL, _ ("it was stopped within #%" PRIu64),
                      restore->head.seq + 1);
      return FALSE;
    }
  self->changed_type = self->n_created + self->n_updated == 0 ||
                               g_strcmp0 (self->changed_type, naru_record_type_get_name (type)) == 0
                           ? naru_record_type_get_name (type)
                           : NULL;
  self->n_changed += record != old;
  if (g_str_equal (naru_record_get_type_name (record), "person"))
    {
      self->persons_moved = TRUE;
      if (old != NULL)
        keep_name (self, &change);
    }
  naru_verify_record (self, &change);
  return TRUE;
}

static gboolean
take_file (NaruRestore *restore, const NaruSourceItem *item, GError **error)
{
  NaruVerify *self = (NaruVerify *) restore;
  GBytes *former = g_hash_table_lookup (restore->files, item->path);

  self->n_changed++;
  if (g_str_has_prefix (item->path, "documents/"))
    {
      g_free (self->document);
      self->document = g_path_get_basename (item->path);
      self->document_size = (gint64) g_bytes_get_size (item->bytes);
    }
  else
    g_hash_table_replace (self->former, g_strdup (item->path), former != NULL ? g_bytes_ref (former) : NULL);
  if (self->rule == NULL)
    return TRUE;
  for (guint i = 0; self->rule->files[i] != NULL; i++)
    if (g_str_has_prefix (item->path, self->rule->files[i]))
      return TRUE;
  naru_verify_tell (self, NARU_VERIFY_BROKEN, "file", restore->past.record,
                    _ ("the action “%s” does not change a file such as “%s”"), restore->past.action,
                    item->path);
  return TRUE;
}

static void
check_dangling (NaruVerify *self)
{
  for (guint i = 0; i < self->dangling->len; i++)
    {
      g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (self->dangling, i), " ", 3);
      if (!naru_txn_has_record (self->replay.txn, parts[1], parts[2]))
        naru_verify_tell (self, NARU_VERIFY_BROKEN, "reference", parts[0],
                          _ ("%s names the record %s, which is not there"), parts[0], parts[2]);
    }
}

/* Numbers are taken one after the other; the counter already stands at the largest one. */
static void
check_numbers (NaruVerify *self)
{
  GHashTableIter iter;
  gpointer counter, made;

  g_hash_table_iter_init (&iter, self->numbers);
  while (g_hash_table_iter_next (&iter, &counter, &made))
    {
      const guint *numbers = made; /* before, how many */
      guint now = 0;
      if (naru_txn_get_number (self->replay.txn, counter, &now, NULL) && now != numbers[0] + numbers[1])
        naru_verify_tell (self, NARU_VERIFY_BROKEN, "number", self->replay.past.record,
                          _ ("the numbers of its new records do not follow the last one (%s)"),
                          (const char *) counter);
    }
}

static gboolean
end (NaruRestore *restore, const NaruOid *commit, GError **error)
{
  NaruVerify *self = (NaruVerify *) restore;

  check_dangling (self);
  naru_verify_check_claims (self);
  check_numbers (self);
  if (self->rule != NULL && self->rule->moves && self->n_changed == 0)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "nothing", restore->past.record,
                      _ ("it changes nothing, and no office writes down such an action “%s”"),
                      restore->past.action);
  else
    naru_verify_office_entry (self);
  if (self->document != NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "file", restore->past.record,
                      _ ("it brings a document that its record does not name"));
  naru_verify_signature (self, commit);
  if (restore->config_moved)
    naru_verify_take_signers (self);
  return TRUE;
}

const NaruRestoreWatch naru_verify_watch = { begin, take_record, take_file, end };

/* The office as it is behind this entry: what judges the next ones. */
void
naru_verify_after_entry (NaruVerify *self)
{
  g_autoptr (GError) error = NULL;

  if (self->persons_moved || self->replay.config_moved)
    g_hash_table_remove_all (self->actors);
  if (!self->replay.config_moved)
    return;
  g_hash_table_remove_all (self->pipelines);
  if (!naru_restore_write_meta (&self->replay, &error))
    {
      self->replay.head.seq--; /* it is about the entry that is done */
      naru_verify_tell_error (self, NARU_VERIFY_BROKEN, "configuration", NULL, error);
      self->replay.head.seq++;
    }
}

/* (transfer none) (nullable): the pipeline in force for @type at this point */
NaruPipeline *
naru_verify_get_pipeline (NaruVerify *self, const char *type)
{
  NaruPipeline *pipeline = g_hash_table_lookup (self->pipelines, type);
  g_autofree char *key = NULL;
  g_autofree char *text = NULL;

  if (pipeline != NULL)
    return pipeline;
  key = g_strconcat ("pipeline/", type, NULL);
  text = naru_txn_get_meta (self->replay.txn, key, NULL);
  pipeline = text != NULL ? naru_pipeline_from_text (text, key, NULL) : NULL;
  if (pipeline != NULL)
    g_hash_table_insert (self->pipelines, g_strdup (type), pipeline);
  return pipeline;
}

static gboolean
is_face (const char *line)
{
  static const char *const faces[] = { "Naru-Via: cli\n", "Naru-Via: web\n", "Naru-Via: import\n", NULL };

  return g_strv_contains (faces, line);
}

/* The entry as it says of itself against what its action says. @subject: (nullable): checked elsewhere */
void
naru_verify_message (NaruVerify *self, const char *record, const char *subject, NaruEntry *expected)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autofree char *trailers = naru_entry_get_trailers (expected);
  gsize length = strlen (trailers);

  if (subject != NULL && g_strcmp0 (subject, past->subject) != 0)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "subject", record,
                      _ ("it says “%s”, but what it does is: %s"), past->subject, subject);
  if (strncmp (trailers, past->trailers, length) != 0 || !is_face (past->trailers + length))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "trailers", record,
                      _ ("what it says of itself below its subject is not what an office writes"));
}
