/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-rules.h"

#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * A move judged again as it was: record, linked records, pipeline and rule packs as one commit of the history
 * has them, on the day of that commit. The code of plugins is today's; where it is another one, that is told.
 */

typedef struct
{
  NaruDesk *desk;
  NaruRepository *repository; /* borrowed */
  const char *id;
  const char *type_name;
  NaruOid view;    /* the commit whose files count */
  NaruOid decided; /* the commit of the move, where one is judged again; else the same */
  gboolean is_move;
  char *stage;     /* (nullable): where the move led */
  char *requester; /* (nullable) */
  NaruDate day;
  NaruJson *events; /* of the record */
  guint64 seq;      /* events after it had not happened yet */
  NaruTypes *types;
  NaruRuleBook *book;
  NaruJson *modules; /* [{"name","then","now"}]: code that is another one now */
} AsOf;

static void
as_of_clear (AsOf *self)
{
  g_free (self->stage);
  g_free (self->requester);
  g_clear_pointer (&self->events, naru_json_unref);
  g_clear_pointer (&self->types, naru_types_unref);
  g_clear_pointer (&self->book, naru_rule_book_unref);
  g_clear_pointer (&self->modules, naru_json_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AsOf, as_of_clear)

/* The person who asked for a move: the author's address is the record's id at "naru". */
static char *
make_requester (const char *email)
{
  const char *at = strrchr (email, '@');

  return at != NULL ? g_strndup (email, (gsize) (at - email)) : NULL;
}

static gboolean
get_commit (AsOf *self, guint64 seq, NaruOid *commit, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);

  return txn != NULL && naru_txn_get_commit (txn, seq, commit, error);
}

/* The event that "#12" or the beginning of a commit id names */
static NaruJson *
find_event (AsOf *self, const char *name)
{
  for (guint i = naru_json_get_size (self->events); i > 0 && strlen (name) >= (*name == '#' ? 2 : 4); i--)
    {
      NaruJson *event = naru_json_get_element (self->events, i - 1);
      g_autofree char *number =
          g_strdup_printf ("#%" G_GINT64_FORMAT, naru_json_get_integer (event, "seq", 0));
      const char *commit = naru_json_get_string (event, "commit");
      if (strcmp (name, number) == 0 || (commit != NULL && g_str_has_prefix (commit, name)))
        return event;
    }
  return NULL;
}

static gboolean
resolve_event (AsOf *self, NaruJson *event, GError **error)
{
  g_auto (NaruPastEntry) past = { 0 };
  const char *to = naru_json_get_string (event, "to");

  self->seq = (guint64) naru_json_get_integer (event, "seq", 0);
  if (!naru_oid_from_hex (naru_json_get_string (event, "commit"), &self->decided) ||
      !naru_repository_read_entry (self->repository, &self->decided, &past, error))
    return FALSE;
  self->day = naru_time_to_date (&past.authored);
  self->view = self->decided;
  if (g_strcmp0 (naru_json_get_string (event, "action"), "advance") != 0)
    {
      self->seq++;
      return TRUE;
    }
  /* the move itself is judged: by what stood there before it */
  self->is_move = TRUE;
  self->stage = g_strdup (to);
  self->requester = make_requester (past.author_email);
  return get_commit (self, self->seq - 1, &self->view, error);
}

/* The last entry that was decided on @day or before */
static gboolean
resolve_day (AsOf *self, NaruDate day, GError **error)
{
  NaruStoreHead head;
  guint64 low = 0;

  {
    g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
    if (txn == NULL || !naru_txn_get_head (txn, &head, error))
      return FALSE;
  }
  /* commit times never go back: low is on the day or before, high is after it */
  for (guint64 high = head.seq + 1; high - low > 1;)
    {
      guint64 middle = low + (high - low) / 2;
      NaruOid commit;
      g_auto (NaruPastEntry) past = { 0 };
      if (!get_commit (self, middle, &commit, error) ||
          !naru_repository_read_entry (self->repository, &commit, &past, error))
        return FALSE;
      if (naru_time_to_date (&past.committed) <= day)
        low = middle;
      else
        high = middle;
    }
  if (low == 0)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, "as-of", 0, NULL,
                      _ ("the office did not exist on that day"));
      return FALSE;
    }
  self->day = day;
  self->seq = low + 1;
  if (!get_commit (self, low, &self->view, error))
    return FALSE;
  self->decided = self->view;
  return TRUE;
}

static gboolean
resolve (AsOf *self, const char *when, GError **error)
{
  NaruDate day = NARU_DATE_NONE;
  NaruJson *event = find_event (self, when);

  if (event != NULL)
    return resolve_event (self, event, error);
  if (naru_date_parse (when, &day, NULL))
    return resolve_day (self, day, error);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, "as-of", 0, NULL,
                  _ ("“%s” is neither a day nor a change of %s"), when, self->id);
  naru_error_set_cure (error,
                       _ ("take a day such as 2026-03-31, or #NUMBER or a commit of “naru history %s”"),
                       self->id);
  return FALSE;
}

static NaruJson *
read_json (AsOf *self, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = naru_repository_read_file (self->repository, &self->view, path, error);
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return bytes != NULL ? naru_json_parse (text, (gssize) size, 0, error) : NULL;
}

/* The plugin whose code stands in for the code of then; says so where it is another one. */
static void
take_code (AsOf *self, NaruRulePack *pack)
{
  const char *name = naru_rule_pack_get_plugin (pack);
  NaruPlugin *plugin =
      name != NULL ? naru_plugins_find (naru_office_get_plugins (self->desk->office), name) : NULL;
  NaruJson *then = naru_json_get (naru_json_get (naru_rule_pack_get_json (pack), "plugin"), "digest");

  if (plugin == NULL)
    return;
  naru_rule_book_set_plugin (self->book, plugin);
  const char *now = naru_plugin_get_digest (plugin);
  if (then == NULL || g_strcmp0 (naru_json_as_string (then), now) == 0)
    return;
  NaruJson *row = naru_json_new_object ();
  naru_json_set_string (row, "name", name);
  naru_json_set (row, "then", naru_json_ref (then));
  if (now != NULL)
    naru_json_set_string (row, "now", now);
  naru_json_append (self->modules, row);
}

/* The packs in force then, and the deal as they made it. An office that had none yet was judged by its
 * pipeline. */
static gboolean
read_rules (AsOf *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruJson) index = read_json (self, "rules/index.json", &local);
  g_autoptr (GPtrArray) packs = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);
  NaruJson *rows = naru_json_get (index, "packs");

  if (index == NULL && !g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->book = naru_rule_book_new ();
  self->modules = naru_json_new_array ();
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      g_autofree char *path = naru_office_make_pack_path (naru_json_get_string (row, "id"),
                                                          naru_json_get_string (row, "version"));
      g_autoptr (NaruJson) json = read_json (self, path, error);
      g_autoptr (NaruRulePack) pack = json != NULL ? naru_rule_pack_new (json, path, error) : NULL;
      if (pack == NULL)
        return FALSE;
      g_ptr_array_add (packs, naru_rule_pack_ref (pack));
      if (!naru_json_get_boolean (row, "enabled", TRUE))
        continue;
      naru_rule_book_add_adopted (self->book, pack, i);
      take_code (self, pack);
    }
  g_autoptr (NaruJson) extension = naru_rule_packs_make_extension (packs);
  self->types = naru_types_extend (self->desk->office->types, "deal", extension, error);
  return self->types != NULL;
}

typedef struct
{
  AsOf *as_of;
  NaruCase *subject;
  NaruRecordType *type;
  NaruPipeline *pipeline;
  GError *error;
} FileWalk;

/* records/agreement/2026/00/00/MGK-AGR-2026-00001.json */
static gboolean
take_linked (const char *path, GBytes *bytes, gpointer user_data)
{
  FileWalk *walk = user_data;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *id = g_strndup (name, strlen (name) - (g_str_has_suffix (name, ".json") ? 5 : 0));
  g_autoptr (NaruRecord) record =
      naru_record_new_from_bytes (naru_record_type_get_name (walk->type), id, bytes, &walk->error);
  g_autoptr (GPtrArray) references =
      record != NULL ? naru_record_type_list_references (walk->type, naru_record_get_json (record)) : NULL;

  for (guint i = 0; references != NULL && i < references->len; i++)
    {
      const NaruReference *reference = g_ptr_array_index (references, i);
      if (strcmp (reference->id, walk->as_of->id) != 0)
        continue;
      naru_case_add_linked (walk->subject, record);
      break;
    }
  return record != NULL;
}

static gboolean
add_naming (gpointer data, NaruCase *subject, const char *type_name, GError **error)
{
  AsOf *self = data;
  FileWalk walk = { .as_of = self, .subject = subject };
  g_autofree char *folder = g_strconcat ("records/", type_name, NULL);

  walk.type = naru_types_get (self->types, type_name, error);
  if (walk.type == NULL ||
      !naru_repository_foreach_file (self->repository, &self->view, folder, take_linked, &walk, error))
    return FALSE;
  if (walk.error != NULL)
    g_propagate_error (error, walk.error);
  return walk.error == NULL;
}

static NaruRecord *
get_record (gpointer data, const char *type, const char *id, GError **error)
{
  AsOf *self = data;
  g_autofree char *path = naru_id_get_record_path (type, id);
  g_autoptr (GBytes) bytes = naru_repository_read_file (self->repository, &self->view, path, error);

  return bytes != NULL ? naru_record_new_from_bytes (type, id, bytes, error) : NULL;
}

static gboolean
add_moves (gpointer data, NaruCase *subject, GError **error)
{
  AsOf *self = data;

  for (guint i = 0; i < naru_json_get_size (self->events); i++)
    {
      NaruJson *event = naru_json_get_element (self->events, i);
      const char *from = naru_json_get_string (event, "from");
      const char *to = naru_json_get_string (event, "to");
      const char *time = naru_json_get_string (event, "time");
      NaruTime when;
      if ((guint64) naru_json_get_integer (event, "seq", 0) >= self->seq || from == NULL || to == NULL ||
          *from == '\0' || *to == '\0' || time == NULL || !naru_time_parse (time, &when, NULL))
        continue;
      naru_case_add_move (subject, from, to, naru_time_to_date (&when));
    }
  return TRUE;
}

static gboolean
take_pipeline (const char *path, GBytes *bytes, gpointer user_data)
{
  FileWalk *walk = user_data;
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (NaruJson) json = naru_json_parse (text, (gssize) size, 0, &walk->error);

  if (json == NULL)
    return FALSE;
  if (g_strcmp0 (naru_json_get_string (json, "record_type"), walk->as_of->type_name) != 0)
    return TRUE;
  walk->pipeline = naru_pipeline_new (json, path, &walk->error);
  return FALSE;
}

static NaruPipeline *
read_pipeline (AsOf *self, GError **error)
{
  FileWalk walk = { .as_of = self };

  if (!naru_repository_foreach_file (self->repository, &self->view, "pipelines", take_pipeline, &walk, error))
    return NULL;
  if (walk.error != NULL)
    g_propagate_error (error, walk.error);
  else if (walk.pipeline == NULL)
    naru_set_error (error, NARU_ERROR_NOT_FOUND, "stage", 0, NULL, _ ("%s had no stages then"), self->id);
  return walk.pipeline;
}

static NaruReview *
judge (AsOf *self, const char *stage, GError **error)
{
  const NaruCaseSource source = { self, self->types, get_record, add_naming, add_moves };
  g_autoptr (NaruRecord) record = get_record (self, self->type_name, self->id, error);
  g_autoptr (NaruPipeline) pipeline = record != NULL ? read_pipeline (self, error) : NULL;
  NaruRecordType *type = pipeline != NULL ? naru_types_get (self->types, self->type_name, error) : NULL;
  if (type == NULL)
    return NULL;

  g_autoptr (NaruCase) subject = naru_case_new (type, record, self->day, self->requester);
  const char *from = naru_json_get_string (naru_record_get_json (record), "stage");
  from = from != NULL ? from : naru_pipeline_get_initial (pipeline)->id;
  g_auto (GStrv) targets = naru_pipeline_list_targets (pipeline, from);
  const char *target = stage != NULL ? stage : self->stage != NULL ? self->stage : targets[0];
  const NaruTransition *transition =
      target != NULL ? naru_pipeline_find_transition (pipeline, from, target) : NULL;
  g_auto (GStrv) linked = transition != NULL ? naru_transition_list_linked_types (transition) : NULL;
  NaruRuleBook *book = g_str_equal (self->type_name, "deal") ? self->book : NULL;
  NaruCaseParts parts =
      book != NULL && transition != NULL ? naru_rule_book_get_parts (book, record, from, target) : 0;
  if (!naru_case_fill (subject, &source, (const char *const *) linked, parts, error))
    return NULL;
  return naru_review_judge (pipeline, book, subject, target, error);
}

/* The verdicts that the commit holds, in its order */
static NaruJson *
read_stored (AsOf *self, GError **error)
{
  g_auto (NaruPastEntry) past = { 0 };

  if (!naru_repository_read_entry (self->repository, &self->decided, &past, error))
    return NULL;
  NaruJson *list = naru_json_new_array ();
  for (guint i = 0; i < past.verdicts->len; i++)
    naru_json_append_string (list, g_ptr_array_index (past.verdicts, i));
  return list;
}

static NaruJson *
describe (AsOf *self, NaruReview *review, GError **error)
{
  g_autoptr (NaruJson) stored = read_stored (self, error);
  g_auto (GStrv) lines = naru_review_list_verdicts (review);
  g_autofree char *day = naru_date_to_string (self->day);
  g_autoptr (NaruJson) verdict = naru_json_new_array ();
  char hex[2 * NARU_OID_SIZE + 1];

  if (stored == NULL)
    return NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    naru_json_append_string (verdict, lines[i]);
  NaruJson *about = naru_json_new_object ();
  naru_oid_to_hex (&self->decided, hex);
  naru_json_set_string (about, "commit", hex);
  naru_json_set_string (about, "day", day);
  naru_json_set (about, "modules", naru_json_ref (self->modules));
  if (self->is_move)
    {
      naru_json_set_boolean (about, "same", naru_json_equal (stored, verdict));
      naru_json_set (about, "stored", g_steal_pointer (&stored));
    }
  naru_json_set (about, "verdict", g_steal_pointer (&verdict));
  return about;
}

/**
 * naru_desk_check_as_of:
 * @self: a desk
 * @id: a record with stages
 * @stage: (nullable): the stage to move to; that of the move, or the usual next one, where %NULL
 * @when: a day, or an entry of the record's history: "#12" or the beginning of its commit id. Where that is a
 * move, the move is judged again as it was decided
 * @about: (out) (transfer full): {"commit","day","modules","verdict","stored","same"}: what was looked at;
 * "stored" is the verdict that the move's commit holds, and "same" whether it is this one, to the byte
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the review under the records, the pipeline and the rules of that day
 */
NaruReview *
naru_desk_check_as_of (NaruDesk *self, const char *id, const char *stage, const char *when, NaruJson **about,
                       GError **error)
{
  g_auto (AsOf) as_of = { .desk = self, .id = id };
  NaruRecordType *type = naru_types_get_for_id (self->office->types, id, error);

  if (type == NULL)
    return NULL;
  as_of.type_name = naru_record_type_get_name (type);
  as_of.events = naru_desk_history (self, id, error);
  if (as_of.events == NULL || !naru_office_publish (self->office, error))
    return NULL;
  as_of.repository = naru_office_get_repository (self->office, error);
  if (as_of.repository == NULL || !resolve (&as_of, when, error) || !read_rules (&as_of, error))
    return NULL;

  g_autoptr (NaruReview) review = judge (&as_of, stage, error);
  *about = review != NULL ? describe (&as_of, review, error) : NULL;
  return *about != NULL ? g_steal_pointer (&review) : NULL;
}
