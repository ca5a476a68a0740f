/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SLUG_MAX 64
#define SLUG_HASH 8 /* hexadecimal digits */
#define TITLE_MAX 500
#define ACTIVITIES_MAX 1000

typedef struct
{
  NaruEventLog *log;
  NaruImportReport *report;
  NaruRows *rows;
  int case_column;
  int activity_column;
  int time_column;
  int actor_column;
  int role_column;   /* -1: none */
  int title_column;  /* -1: none */
  GHashTable *cases; /* text -> index + 1 */
  GHashTable *activities;
  GHashTable *actors;
} Reader;

/**
 * naru_slug:
 * @prefix: what a slug begins with where @text does not begin with a letter
 * @text: a text of people
 *
 * Small letters, digits and single hyphens, 64 at most. Where letters of another script or a long end are
 * lost, eight digits of a digest keep two texts apart.
 *
 * Returns: (transfer full): a name for @text, the same always and everywhere
 */
char *
naru_slug (const char *prefix, const char *text)
{
  g_autoptr (GString) slug = g_string_new (NULL);
  gboolean lossy = FALSE;
  char hex[2 * NARU_DIGEST_SIZE + 1];
  NaruDigest digest;

  if (!g_ascii_isalpha (text[0]))
    g_string_append (slug, prefix);
  for (const char *at = text; *at != '\0'; at++)
    {
      if (g_ascii_isalnum (*at))
        {
          if (slug->len > 0 && at > text && !g_ascii_isalnum (at[-1]))
            g_string_append_c (slug, '-');
          else if (at == text && slug->len > 0)
            g_string_append_c (slug, '-');
          g_string_append_c (slug, g_ascii_tolower (*at));
        }
      lossy = lossy || (guchar) *at >= 0x80;
    }
  if (!lossy && slug->len <= SLUG_MAX)
    return g_string_free (g_steal_pointer (&slug), FALSE);
  naru_digest_compute (text, strlen (text), &digest);
  naru_digest_to_hex (&digest, hex);
  if (slug->len > SLUG_MAX - SLUG_HASH - 1)
    g_string_truncate (slug, SLUG_MAX - SLUG_HASH - 1);
  if (slug->str[slug->len - 1] == '-')
    g_string_truncate (slug, slug->len - 1);
  g_string_append_printf (slug, "-%.*s", SLUG_HASH, hex);
  return g_string_free (g_steal_pointer (&slug), FALSE);
}

static void
clear_case (gpointer data)
{
  g_free (((NaruLogCase *) data)->record);
}

static void
clear_activity (gpointer data)
{
  NaruLogActivity *activity = data;

  g_free (activity->title);
  g_free (activity->stage);
}

void
naru_event_log_free (NaruEventLog *self)
{
  g_clear_pointer (&self->map, naru_json_unref);
  g_clear_pointer (&self->constants, naru_json_unref);
  g_array_unref (self->events);
  g_array_unref (self->cases);
  g_array_unref (self->activities);
  g_ptr_array_unref (self->actors);
  g_string_chunk_free (self->texts);
  g_free (self);
}

static NaruEventLog *
event_log_new (NaruJson *map)
{
  NaruEventLog *self = g_new0 (NaruEventLog, 1);

  self->map = naru_json_ref (map);
  self->constants = naru_json_new_object ();
  self->events = g_array_new (FALSE, FALSE, sizeof (NaruLogEvent));
  self->cases = g_array_new (FALSE, TRUE, sizeof (NaruLogCase));
  self->activities = g_array_new (FALSE, TRUE, sizeof (NaruLogActivity));
  self->actors = g_ptr_array_new ();
  self->texts = g_string_chunk_new (64 * 1024);
  g_array_set_clear_func (self->cases, clear_case);
  g_array_set_clear_func (self->activities, clear_activity);
  return self;
}

static gboolean
fail_map (const char *origin, const char *member, const char *cure, const char *message, GError **error)
{
  naru_set_error (error, NARU_ERROR_INVALID, member, 0, cure, "%s: %s: “%s”", origin, message, member);
  return FALSE;
}

static gboolean
find_column (Reader *self, const char *origin, const char *member, gboolean needed, int *column,
             GError **error)
{
  const char *name = naru_json_get_string (self->log->map, member);
  g_autofree char *have = NULL;

  *column = -1;
  if (name == NULL && !needed)
    return TRUE;
  if (name == NULL)
    return fail_map (origin, member, _ ("name the column that holds it"),
                     _ ("the mapping of an event log lacks"), error);
  *column = naru_rows_find_column (self->rows, name);
  if (*column >= 0)
    return TRUE;
  have = g_strjoinv (", ", (char **) naru_rows_get_header (self->rows));
  naru_set_error (error, NARU_ERROR_INVALID, member, 0, NULL, _ ("%s: the file has no column “%s”"), origin,
                  name);
  naru_error_set_cure (error, _ ("the file has these columns: %s"), have);
  return FALSE;
}

static gboolean
read_constants (NaruEventLog *self, GError **error)
{
  NaruJson *constants = naru_json_get (self->map, "constants");
  g_auto (GStrv) names = naru_json_get_keys (constants);

  for (guint i = 0; names[i] != NULL; i++)
    if (!naru_json_set_path (self->constants, names[i], naru_json_copy (naru_json_get (constants, names[i])),
                             error))
      return FALSE;
  return TRUE;
}

static gboolean
reader_open (Reader *self, const char *origin, GError **error)
{
  static const char *const known[] = { "title", "type",  "case", "case_title", "activity",
                                       "time",  "actor", "role", "constants",  NULL };
  g_auto (GStrv) keys = naru_json_get_keys (self->log->map);

  for (guint i = 0; keys[i] != NULL; i++)
    if (!g_strv_contains (known, keys[i]))
      {
        g_autofree char *list = g_strjoinv (", ", (char **) known);

        return fail_map (origin, keys[i], list, _ ("the mapping of an event log has no such member"), error);
      }
  self->log->type = naru_json_get_string (self->log->map, "type");
  if (self->log->type == NULL)
    return fail_map (origin, "type", _ ("say which record type a case becomes"),
                     _ ("the mapping of an event log lacks"), error);
  if (naru_rows_get_kind (self->rows) != NARU_ROWS_CSV)
    return fail_map (origin, "case", _ ("give the event log as CSV, plain or packed with gzip"),
                     _ ("the file has no columns"), error);
  return find_column (self, origin, "case", TRUE, &self->case_column, error) &&
         find_column (self, origin, "activity", TRUE, &self->activity_column, error) &&
         find_column (self, origin, "time", TRUE, &self->time_column, error) &&
         find_column (self, origin, "actor", TRUE, &self->actor_column, error) &&
         find_column (self, origin, "role", FALSE, &self->role_column, error) &&
         find_column (self, origin, "case_title", FALSE, &self->title_column, error) &&
         read_constants (self->log, error);
}

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->cases, g_hash_table_unref);
  g_clear_pointer (&self->activities, g_hash_table_unref);
  g_clear_pointer (&self->actors, g_hash_table_unref);
  g_clear_pointer (&self->rows, naru_rows_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* Returns: (transfer full) (nullable): a cell without blanks at its ends, in NFC */
static char *
take_text (const NaruRow *row, int column, gsize max)
{
  g_autofree char *text = g_strstrip (g_strdup (row->cells[column]));

  return *text != '\0' ? naru_text_normalize (text, -1, max, NULL) : NULL;
}

static NaruLogCase *
take_case (Reader *self, const NaruRow *row, const char *id, guint32 *index)
{
  NaruEventLog *log = self->log;
  gpointer found = g_hash_table_lookup (self->cases, id);

  if (found == NULL)
    {
      g_autofree char *title =
          self->title_column >= 0 ? take_text (row, self->title_column, TITLE_MAX) : NULL;
      NaruLogCase new_case = { .id = g_string_chunk_insert (log->texts, id) };

      new_case.title = title != NULL ? g_string_chunk_insert (log->texts, title) : new_case.id;
      g_array_append_val (log->cases, new_case);
      found = GUINT_TO_POINTER (log->cases->len);
      g_hash_table_insert (self->cases, (gpointer) new_case.id, found);
    }
  *index = GPOINTER_TO_UINT (found) - 1;
  return &g_array_index (log->cases, NaruLogCase, *index);
}

static gboolean
take_activity (Reader *self, const char *title, guint16 *index)
{
  NaruEventLog *log = self->log;
  gpointer found = g_hash_table_lookup (self->activities, title);

  if (found == NULL)
    {
      NaruLogActivity activity = { g_strdup (title), naru_slug ("stage", title) };

      g_array_append_val (log->activities, activity);
      found = GUINT_TO_POINTER (log->activities->len);
      g_hash_table_insert (self->activities, g_string_chunk_insert (log->texts, title), found);
    }
  *index = GPOINTER_TO_UINT (found) - 1;
  return log->activities->len <= ACTIVITIES_MAX;
}

/* "STAFF MEMBER (SUPERVISOR)" where the log also tells the role. */
static char *
read_actor (Reader *self, const NaruRow *row)
{
  g_autofree char *actor = take_text (row, self->actor_column, 120);
  g_autofree char *role = self->role_column >= 0 ? take_text (row, self->role_column, 120) : NULL;

  if (actor == NULL || role == NULL)
    return g_steal_pointer (&actor);
  return g_strdup_printf ("%s (%s)", actor, role);
}

static gboolean
take_actor (Reader *self, const NaruRow *row, guint32 *index)
{
  g_autofree char *actor = read_actor (self, row);
  g_autofree char *line = actor != NULL ? naru_text_one_line (actor) : NULL;
  gpointer found = line != NULL ? g_hash_table_lookup (self->actors, line) : NULL;

  if (found == NULL)
    {
      char *kept;

      if (!naru_text_is_safe_name (line))
        return FALSE;
      kept = g_string_chunk_insert (self->log->texts, line);
      g_ptr_array_add (self->log->actors, kept);
      found = GUINT_TO_POINTER (self->log->actors->len);
      g_hash_table_insert (self->actors, kept, found);
    }
  *index = GPOINTER_TO_UINT (found) - 1;
  return TRUE;
}

static void
reject (Reader *self, const NaruRow *row, const char *field, const char *message)
{
  naru_import_report_reject (self->report, row->line, field, message);
  naru_import_report_write (self->report, row, message);
}

/* A row that cannot be used spoils its case: half a history would be a wrong one. */
static void
read_event (Reader *self, const NaruRow *row)
{
  NaruLogEvent event = { .line = row->line };
  g_autofree char *id = row->problem == NULL ? take_text (row, self->case_column, 400) : NULL;
  g_autofree char *activity = row->problem == NULL ? take_text (row, self->activity_column, TITLE_MAX) : NULL;
  g_autoptr (GError) error = NULL;
  NaruLogCase *log_case;
  NaruTime time;
  g_autofree char *cell = NULL;

  self->report->read++;
  if (row->problem != NULL)
    {
      reject (self, row, NULL, row->problem);
      return;
    }
  if (id == NULL)
    {
      reject (self, row, naru_json_get_string (self->log->map, "case"), _ ("the row names no case"));
      return;
    }
  log_case = take_case (self, row, id, &event.log_case);
  cell = g_strstrip (g_strdup (row->cells[self->time_column]));
  if (activity == NULL || !take_activity (self, activity, &event.activity))
    reject (self, row, naru_json_get_string (self->log->map, "activity"),
            activity == NULL ? _ ("the row names no activity") : _ ("too many different activities"));
  else if (!naru_time_parse (cell, &time, &error))
    reject (self, row, naru_json_get_string (self->log->map, "time"), error->message);
  else if (!take_actor (self, row, &event.actor))
    reject (self, row, naru_json_get_string (self->log->map, "actor"),
            _ ("the actor must be a name of 1 to 250 bytes without “<” or “>”"));
  else
    {
      event.seconds = time.seconds;
      event.offset_minutes = time.offset_minutes;
      g_array_append_val (self->log->events, event);
      return;
    }
  if (log_case->bad_line == 0)
    log_case->bad_line = row->line;
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const NaruLogEvent *first = a;
  const NaruLogEvent *second = b;

  if (first->seconds != second->seconds)
    return first->seconds < second->seconds ? -1 : 1;
  return first->line < second->line ? -1 : first->line > second->line;
}

/* From the last event to the first, so that each case's events become a list in order of time. */
static void
link_events (NaruEventLog *self)
{
  for (guint i = self->events->len; i > 0; i--)
    {
      NaruLogEvent *event = &g_array_index (self->events, NaruLogEvent, i - 1);
      NaruLogCase *log_case = &g_array_index (self->cases, NaruLogCase, event->log_case);

      event->next = log_case->first;
      log_case->first = i;
      log_case->n_events++;
    }
}

/**
 * naru_event_log_read:
 * @options: the file, its mapping, and where rejected rows go
 * @report: (inout): counts the rows, and has those that cannot be used
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the log, its events in order of time; those of one moment as in the
 * file
 */
NaruEventLog *
naru_event_log_read (const NaruImportOptions *options, NaruImportReport *report, GError **error)
{
  g_autoptr (NaruJson) map = naru_json_parse_file (options->map, 0, error);
  g_autoptr (NaruEventLog) log = map != NULL ? event_log_new (map) : NULL;
  g_auto (Reader) reader = { .log = log, .report = report };
  g_autoptr (GError) local = NULL;
  NaruRow row;

  reader.rows = log != NULL ? naru_rows_open (options->file, error) : NULL;
  if (reader.rows == NULL || !reader_open (&reader, options->map, error) ||
      !naru_import_report_open (report, options, reader.rows, error))
    return NULL;
  reader.cases = g_hash_table_new (g_str_hash, g_str_equal);
  reader.activities = g_hash_table_new (g_str_hash, g_str_equal);
  reader.actors = g_hash_table_new (g_str_hash, g_str_equal);
  while (naru_rows_next (reader.rows, &row, &local))
    read_event (&reader, &row);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_array_sort (log->events, compare_events);
  link_events (log);
  return g_steal_pointer (&log);
}
