/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit-report-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/*
 * What happened in an office within a period, for those who check it. It is read from the commits, each
 * compared with its id and its parent; the store only says which commit has which number.
 */

#define DAY 86400
#define STEP 1000 /* entries in one read transaction: none may last long */

static const char *const section_names[NARU_AUDIT_N_SECTIONS] = {
  [NARU_AUDIT_ATTENTION] = "attention", [NARU_AUDIT_MOVES] = "moves",
  [NARU_AUDIT_WAIVERS] = "waivers",     [NARU_AUDIT_OPEN_WAIVERS] = "open_waivers",
  [NARU_AUDIT_APPROVALS] = "approvals", [NARU_AUDIT_REFUSALS] = "refusals",
  [NARU_AUDIT_RULES] = "rules",         [NARU_AUDIT_EDITS] = "edits",
  [NARU_AUDIT_LATE] = "late",           [NARU_AUDIT_IMPORTED] = "imported",
  [NARU_AUDIT_PEOPLE] = "people",       [NARU_AUDIT_KEYS] = "keys",
  [NARU_AUDIT_UNSIGNED] = "unsigned",   [NARU_AUDIT_GAPS] = "gaps",
};

static void
audit_clear (NaruAudit *self)
{
  for (guint i = 0; i < NARU_AUDIT_N_SECTIONS; i++)
    g_clear_pointer (&self->sections[i], naru_json_unref);
  g_clear_pointer (&self->waivers, g_hash_table_unref);
  g_clear_pointer (&self->people, g_hash_table_unref);
  g_clear_pointer (&self->roles, g_hash_table_unref);
  g_clear_pointer (&self->creators, g_hash_table_unref);
  g_clear_pointer (&self->changed, g_hash_table_unref);
  g_clear_pointer (&self->pipelines, g_hash_table_unref);
  g_clear_error (&self->failure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruAudit, audit_clear)

static GHashTable *
new_table (GDestroyNotify destroy)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, destroy);
}

static void
audit_init (NaruAudit *self)
{
  for (guint i = 0; i < NARU_AUDIT_N_SECTIONS; i++)
    self->sections[i] = naru_json_new_array ();
  self->waivers = new_table ((GDestroyNotify) naru_json_unref);
  self->people = new_table ((GDestroyNotify) naru_json_unref);
  self->roles = new_table ((GDestroyNotify) naru_json_unref);
  self->creators = new_table (g_free);
  self->changed = new_table ((GDestroyNotify) naru_json_unref);
  self->pipelines = new_table ((GDestroyNotify) naru_json_unref);
}

static gboolean
set_broken (guint64 seq, GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                  _ ("Look at it with “git fsck --full”, and compare it with a clone of the history."),
                  _ ("entry #%" PRIu64 " of the history does not stand on the one before"), seq);
  return FALSE;
}

/* Is it the commit of that number, on top of self->parent? @text: self->size bytes */
static gboolean
is_next (NaruAudit *self, const char *text, const NaruPastEntry *past)
{
  g_autofree char *number = g_strdup_printf ("\nNaru-Seq: %" G_GUINT64_FORMAT "\n", self->seq);
  const char *line = memchr (text, '\n', self->size);
  char hex[2 * NARU_OID_SIZE + 1];

  if (strstr (past->message, number) == NULL || line == NULL)
    return FALSE;
  /* the bytes of an object do not end in a NUL */
  g_autofree char *next = g_strndup (line + 1, MIN (self->size - (gsize) (line + 1 - text), 80));
  if (naru_oid_is_zero (&self->parent))
    return self->seq > 1 || !g_str_has_prefix (next, "parent ");
  naru_oid_to_hex (&self->parent, hex);
  return g_str_has_prefix (next, "parent ") && strncmp (next + 7, hex, sizeof hex - 1) == 0;
}

/* Reads one entry, and makes it the present one. @only: (nullable): entries without these words need not be
 * taken apart; @taken tells. */
gboolean
naru_audit_read_entry (NaruAudit *self, NaruTxn *txn, guint64 seq, const char *only, NaruPastEntry *past,
                       gboolean *taken, GError **error)
{
  g_autoptr (NaruObject) object = NULL;

  self->parent = self->commit;
  self->seq = seq;
  if (!naru_txn_get_commit (txn, seq, &self->commit, error))
    return FALSE;
  object = naru_repository_read_object (self->repository, &self->commit, NARU_OBJECT_COMMIT, error);
  if (object == NULL)
    return FALSE;
  const char *text = g_bytes_get_data (object->bytes, &self->size);
  *taken = only == NULL || memmem (text, self->size, only, strlen (only)) != NULL;
  if (!*taken)
    return TRUE;
  return (naru_past_entry_read (past, object->bytes) && is_next (self, text, past)) ||
         set_broken (seq, error);
}

/* What the report needs from before the period: waivers that may still be open */
static gboolean
read_before (NaruAudit *self, NaruTxn *txn, guint64 seq, GError **error)
{
  g_auto (NaruPastEntry) past = { 0 };
  gboolean taken = FALSE;

  if (!naru_audit_read_entry (self, txn, seq, "\nNaru-Waiver: ", &past, &taken, error))
    return FALSE;
  if (!taken)
    return TRUE;
  if (!g_str_equal (past.action, "waive"))
    {
      naru_audit_note_waivers (self, &past, NULL);
      return TRUE;
    }
  /* as an event, but of no list */
  NaruJson *event = naru_audit_add (self, NARU_AUDIT_WAIVERS, &past);
  naru_audit_note_waivers (self, &past, event);
  naru_json_remove_element (self->sections[NARU_AUDIT_WAIVERS], 0);
  return TRUE;
}

static void
note_gap (NaruAudit *self, gint64 from, gint64 to, guint64 seq)
{
  NaruTime begin = { from, 0 }, end = { to, 0 };
  NaruTime now;

  if (from == G_MININT64 || to - from <= (gint64) self->options->gap_days * DAY)
    return;
  naru_clock_now (&now);
  begin.offset_minutes = end.offset_minutes = now.offset_minutes;
  g_autofree char *first = naru_time_to_string (&begin);
  g_autofree char *last = naru_time_to_string (&end);
  NaruJson *gap = naru_json_new_object ();
  naru_json_set_string (gap, "from", first);
  naru_json_set_string (gap, "to", last);
  naru_json_set_integer (gap, "days", (to - from) / DAY);
  /* the entry after which nothing came */
  naru_json_set_integer (gap, "after", (gint64) seq);
  naru_json_append (self->sections[NARU_AUDIT_GAPS], gap);
}

static gboolean
read_within (NaruAudit *self, NaruTxn *txn, guint64 seq, GError **error)
{
  g_auto (NaruPastEntry) past = { 0 };
  gboolean taken = FALSE;

  if (!naru_audit_read_entry (self, txn, seq, NULL, &past, &taken, error))
    return FALSE;
  note_gap (self, self->previous, past.committed.seconds, seq - 1);
  self->previous = past.committed.seconds;
  return naru_audit_take (self, &past, error);
}

static gboolean
read_all (NaruAudit *self, GError **error)
{
  g_autoptr (NaruTxn) txn = NULL;

  for (guint64 seq = 1; seq <= self->last; seq++)
    {
      if (seq % STEP == 1)
        {
          g_clear_pointer (&txn, naru_txn_end);
          txn = naru_store_begin_read (self->desk->office->store, error);
          if (txn == NULL)
            return FALSE;
          if (self->options->progress != NULL)
            self->options->progress (seq, self->last, self->options->user_data);
        }
      if (seq < self->first ? !read_before (self, txn, seq, error) : !read_within (self, txn, seq, error))
        return FALSE;
    }
  return TRUE;
}

/* The first entry that was recorded at @second or later; commit times never go back. */
static gboolean
find_first (NaruAudit *self, gint64 second, guint64 n, guint64 *first, GError **error)
{
  guint64 low = 0;

  *first = n + 1;
  while (*first - low > 1)
    {
      guint64 middle = low + (*first - low) / 2;
      g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
      g_auto (NaruPastEntry) past = { 0 };
      NaruOid commit;
      if (txn == NULL || !naru_txn_get_commit (txn, middle, &commit, error) ||
          !naru_repository_read_entry (self->repository, &commit, &past, error))
        return FALSE;
      if (past.committed.seconds < second)
        low = middle;
      else
        *first = middle;
    }
  return TRUE;
}

/* Midnight at the beginning of that day, where the caller is */
static gint64
get_midnight (NaruDate day)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  int year, month, of_month;

  naru_date_get (day, &year, &month, &of_month);
  g_autoptr (GDateTime) moment = g_date_time_new (zone, year, month, of_month, 0, 0, 0);
  return moment != NULL ? g_date_time_to_unix (moment) : (gint64) day * DAY;
}

static gboolean
read_day (const char *text, const char *option, NaruDate *day, GError **error)
{
  if (text == NULL || naru_date_parse (text, day, error))
    return TRUE;
  g_prefix_error (error, "%s: ", option);
  return FALSE;
}

static gboolean
find_period (NaruAudit *self, GError **error)
{
  NaruStoreHead head;
  NaruTime now;

  naru_clock_now (&now);
  self->first_day = NARU_DATE_NONE;
  self->last_day = naru_time_to_date (&now);
  if (!read_day (self->options->from, "--from", &self->first_day, error) ||
      !read_day (self->options->to, "--to", &self->last_day, error))
    return FALSE;
  if (self->first_day != NARU_DATE_NONE && self->first_day > self->last_day)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--from", 0,
                      _ ("The first day comes first: --from, then --to."),
                      _ ("the period ends before it begins"));
      return FALSE;
    }
  {
    g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
    if (txn == NULL || !naru_txn_get_head (txn, &head, error))
      return FALSE;
  }
  self->since = self->first_day != NARU_DATE_NONE ? get_midnight (self->first_day) : 0;
  /* what is recorded while this runs may be of the same second */
  self->until = get_midnight (self->last_day + 1);
  self->previous = G_MININT64;
  if (!find_first (self, self->since, head.seq, &self->first, error) ||
      !find_first (self, self->until, head.seq, &self->last, error))
    return FALSE;
  self->last--;
  return TRUE;
}

/* A waiver is open as long as the record says so at the end of the period. */
static gboolean
still_stands (NaruAudit *self, NaruJson *waiver)
{
  g_autoptr (NaruJson) json =
      naru_audit_read_record (self, &self->commit, naru_json_get_string (waiver, "record"));
  NaruJson *rows = naru_json_get (json, "waivers");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      if (g_strcmp0 (naru_json_get_string (row, "condition"), naru_json_get_string (waiver, "condition")) ==
          0)
        return TRUE;
    }
  return FALSE;
}

static int
compare_seq (gconstpointer a, gconstpointer b)
{
  gint64 left = naru_json_get_integer (*(NaruJson *const *) a, "seq", 0);
  gint64 right = naru_json_get_integer (*(NaruJson *const *) b, "seq", 0);

  return left < right ? -1 : left > right;
}

static int
compare_people (gconstpointer a, gconstpointer b)
{
  gint64 left = naru_json_get_integer (*(NaruJson *const *) a, "first", 0);
  gint64 right = naru_json_get_integer (*(NaruJson *const *) b, "first", 0);

  return left < right ? -1 : left > right;
}

/* The values of a table as an array, sorted */
static NaruJson *
list_sorted (GHashTable *table, GCompareFunc compare)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  NaruJson *list = naru_json_new_array ();
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, row);
  g_ptr_array_sort (rows, compare);
  for (guint i = 0; i < rows->len; i++)
    naru_json_append (list, naru_json_ref (g_ptr_array_index (rows, i)));
  return list;
}

static void
list_open_waivers (NaruAudit *self)
{
  g_autoptr (NaruJson) all = list_sorted (self->waivers, compare_seq);
  NaruTime now;

  naru_clock_now (&now);
  for (guint i = 0; i < naru_json_get_size (all); i++)
    {
      NaruJson *waiver = naru_json_get_element (all, i);
      const char *text = naru_json_get_string (waiver, "until");
      NaruDate until = NARU_DATE_NONE;
      if (!still_stands (self, waiver))
        continue;
      NaruJson *row = naru_json_copy (waiver);
      gboolean over = text != NULL && naru_date_parse (text, &until, NULL) &&
                      until < MIN (self->last_day, naru_time_to_date (&now));
      naru_json_set_string (row, "state", over ? "overdue" : "open");
      naru_json_append (self->sections[NARU_AUDIT_OPEN_WAIVERS], row);
    }
}

static void
set_day (NaruJson *json, const char *key, NaruDate day)
{
  g_autofree char *text = day != NARU_DATE_NONE ? naru_date_to_string (day) : NULL;

  naru_json_set (json, key, text != NULL ? naru_json_new_string (text) : naru_json_new_null ());
}

/* (transfer full) (nullable): {"seq","commit","recorded"} */
static NaruJson *
make_entry (NaruAudit *self, guint64 seq, GError **error)
{
  g_auto (NaruPastEntry) past = { 0 };
  char hex[2 * NARU_OID_SIZE + 1];
  NaruOid commit;

  {
    g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
    if (txn == NULL || !naru_txn_get_commit (txn, seq, &commit, error))
      return NULL;
  }
  if (!naru_repository_read_entry (self->repository, &commit, &past, error))
    return NULL;
  NaruJson *entry = naru_json_new_object ();
  g_autofree char *recorded = naru_time_to_string (&past.committed);
  naru_oid_to_hex (&commit, hex);
  naru_json_set_integer (entry, "seq", (gint64) seq);
  naru_json_set_string (entry, "commit", hex);
  naru_json_set_string (entry, "recorded", recorded);
  return entry;
}

static void
add_seqs (GHashTable *seqs, NaruJson *value)
{
  for (guint i = 0; i < naru_json_get_size (value); i++)
    {
      gint64 seq = naru_json_as_integer (naru_json_get_element (value, i));
      g_hash_table_add (seqs, GSIZE_TO_POINTER (seq));
    }
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  gsize left = GPOINTER_TO_SIZE (*(gconstpointer *) a);
  gsize right = GPOINTER_TO_SIZE (*(gconstpointer *) b);

  return left < right ? -1 : left > right;
}

/* Every entry that the report names, by number: what leads from each figure to the history */
static NaruJson *
list_commits (NaruAudit *self, GError **error)
{
  g_autoptr (GHashTable) seqs = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  g_autoptr (NaruJson) list = naru_json_new_array ();
  GHashTableIter iter;
  gpointer key;

  for (guint s = 0; s < NARU_AUDIT_N_SECTIONS; s++)
    for (guint i = 0; i < naru_json_get_size (self->sections[s]); i++)
      {
        static const char *const numbers[] = { "seq", "after", "edited" };
        NaruJson *event = naru_json_get_element (self->sections[s], i);
        for (gsize k = 0; k < G_N_ELEMENTS (numbers); k++)
          if (naru_json_get_integer (event, numbers[k], 0) > 0)
            g_hash_table_add (seqs, GSIZE_TO_POINTER (naru_json_get_integer (event, numbers[k], 0)));
        add_seqs (seqs, naru_json_get (event, "used"));
      }
  g_hash_table_iter_init (&iter, seqs);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (sorted, key);
  g_ptr_array_sort (sorted, compare_numbers);
  for (guint i = 0; i < sorted->len; i++)
    {
      NaruJson *entry = make_entry (self, GPOINTER_TO_SIZE (g_ptr_array_index (sorted, i)), error);
      if (entry == NULL)
        return NULL;
      naru_json_append (list, entry);
    }
  return g_steal_pointer (&list);
}

static NaruJson *
describe (NaruAudit *self, GError **error)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  NaruJson *entries = naru_json_new_object ();
  NaruJson *sections = naru_json_new_object ();
  gboolean some = self->first <= self->last;
  NaruTime now;

  naru_clock_now (&now);
  g_autofree char *made = naru_time_to_string (&now);
  naru_json_set_string (json, "office", naru_office_get_name (self->desk->office));
  naru_json_set_string (json, "hub", naru_office_get_hub (self->desk->office));
  naru_json_set_string (json, "made", made);
  naru_json_set_string (json, "made_by", self->desk->person_name);
  set_day (json, "from", self->first_day);
  set_day (json, "to", self->last_day);
  naru_json_set (json, "entries", entries);
  naru_json_set_integer (entries, "count", some ? (gint64) (self->last - self->first + 1) : 0);
  NaruJson *first = some ? make_entry (self, self->first, error) : naru_json_new_null ();
  NaruJson *last = some && first != NULL ? make_entry (self, self->last, error) : naru_json_new_null ();
  NaruJson *commits = first != NULL && last != NULL ? list_commits (self, error) : NULL;
  if (commits == NULL)
    return NULL;
  naru_json_set (entries, "first", first);
  naru_json_set (entries, "last", last);
  naru_json_set (json, "commits", commits);
  naru_json_set (json, "actors", list_sorted (self->people, compare_people));
  naru_json_set (json, "sections", sections);
  for (guint i = 0; i < NARU_AUDIT_N_SECTIONS; i++)
    naru_json_set (sections, section_names[i], naru_json_ref (self->sections[i]));
  return g_steal_pointer (&json);
}

/**
 * naru_desk_audit_report:
 * @self: a desk
 * @options: the period, and what counts as late and as a gap
 * @error: return location; %NARU_ERROR_DENIED for who may not audit the office
 *
 * What was decided within the period, as the history says. An entry belongs to the day on which it was
 * recorded, in the zone of the caller.
 *
 * Returns: (transfer full) (nullable): {"office","hub","made","made_by","from","to",
 * "entries": {"count","first","last"}, "actors": [{"person","name","entries","moves","approvals",…}],
 * "sections": {name: [event]}, "commits": [{"seq","commit","recorded"}]}; share/doc/JSON.md says what is in
 * them
 */
NaruJson *
naru_desk_audit_report (NaruDesk *self, const NaruAuditOptions *options, GError **error)
{
  g_auto (NaruAudit) audit = { .desk = self, .options = options };
  NaruTime now;

  audit_init (&audit);
  if (!naru_desk_require (self, "office", "audit", NULL, error) || !naru_office_publish (self->office, error))
    return NULL;
  audit.repository = naru_office_get_repository (self->office, error);
  if (audit.repository == NULL || !find_period (&audit, error) || !read_all (&audit, error))
    return NULL;
  naru_clock_now (&now);
  if (audit.previous != G_MININT64)
    note_gap (&audit, audit.previous, MIN (audit.until, now.seconds), audit.last);
  list_open_waivers (&audit);
  if (audit.failure == NULL)
    return describe (&audit, error);
  g_propagate_error (error, g_steal_pointer (&audit.failure));
  return NULL;
}
