/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rows-private.h"

#include <csv.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define BLOCK_SIZE (64 * 1024)
#define CELL_MAX (1024 * 1024)
#define COLUMNS_MAX 4096

typedef struct
{
  guint64 line;
  GPtrArray *cells; /* of char *, COLUMNS_MAX at most */
  guint n_cells;
} Record;

struct _NaruRows
{
  char *file;
  gzFile input;
  NaruRowsKind kind;
  gboolean ended;
  guint64 size; /* of the file, packed as it is */
  /* CSV */
  struct csv_parser parser;
  gboolean parser_ready;
  GQueue records;   /* of Record: parsed, not handed out yet */
  GPtrArray *cells; /* of the record being parsed */
  guint n_cells;
  guint64 line;      /* physical line that the parser is on */
  guint64 begins_at; /* line on which the record being parsed begins */
  guchar last_end;   /* last line end seen, to count CR LF once */
  Record *current;
  char **header;
  guint n_columns;
  char *problem;
  /* JSON lines */
  char *block; /* read and not handed out yet: from block_at up to block_fill */
  gsize block_at;
  gsize block_fill;
  GString *pending;
  NaruJson *json;
};

static void
record_free (Record *record)
{
  g_ptr_array_unref (record->cells);
  g_free (record);
}

/**
 * naru_rows_free:
 * @self: (transfer full): rows
 */
void
naru_rows_free (NaruRows *self)
{
  if (self->parser_ready)
    csv_free (&self->parser);
  if (self->input != NULL)
    gzclose (self->input);
  g_queue_clear_full (&self->records, (GDestroyNotify) record_free);
  g_clear_pointer (&self->current, record_free);
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  g_clear_pointer (&self->json, naru_json_unref);
  if (self->pending != NULL)
    g_string_free (self->pending, TRUE);
  g_strfreev (self->header);
  g_free (self->block);
  g_free (self->problem);
  g_free (self->file);
  g_free (self);
}

/* A quote that is never closed must not take all memory. */
static void *
realloc_cell (void *cell, size_t size)
{
  return size > CELL_MAX ? NULL : realloc (cell, size);
}

static int
is_no_space (unsigned char c)
{
  return 0;
}

static guint
count_newlines (const char *text, gsize length)
{
  guint count = 0;

  for (gsize i = 0; i < length; i++)
    count += text[i] == '\n';
  return count;
}

static void
take_cell (void *text, size_t length, void *user_data)
{
  NaruRows *self = user_data;

  if (self->n_cells++ == 0)
    self->begins_at = self->line;
  self->line += count_newlines (text, length);
  if (self->n_cells > COLUMNS_MAX)
    return;
  g_ptr_array_add (self->cells, g_strndup (text != NULL ? text : "", length));
  /* a NUL would hide the rest of the cell from us, so it is made visible to the UTF-8 check */
  if (text != NULL && memchr (text, '\0', length) != NULL)
    {
      g_free (self->cells->pdata[self->cells->len - 1]);
      self->cells->pdata[self->cells->len - 1] = g_strdup ("\xff");
    }
}

static void
take_end (int c, void *user_data)
{
  NaruRows *self = user_data;
  gboolean second_half = c == '\n' && self->last_end == '\r' && self->cells->len == 0;

  if (self->cells->len > 0)
    {
      Record *record = g_new0 (Record, 1);

      record->line = self->begins_at;
      record->cells = g_steal_pointer (&self->cells);
      record->n_cells = self->n_cells;
      self->n_cells = 0;
      g_queue_push_tail (&self->records, record);
      self->cells = g_ptr_array_new_with_free_func (g_free);
    }
  if (c >= 0 && !second_half)
    self->line++;
  self->last_end = second_half ? 0 : (guchar) c;
}

static gboolean
rows_fail_read (NaruRows *self, GError **error)
{
  int code;
  const char *text = gzerror (self->input, &code);

  if (code == Z_ERRNO)
    naru_set_error_errno (error, errno, _ ("try again"), _ ("cannot read %s"), self->file);
  else
    naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("pack it again, or give the plain file"),
                    _ ("%s is damaged: %s"), self->file, text);
  return FALSE;
}

/* Returns how many bytes were read, 0 at the end, -1 with an error. */
static int
read_block (NaruRows *self, char *block, GError **error)
{
  int size = gzread (self->input, block, BLOCK_SIZE);
  int code = Z_OK;

  /* a packed file that was cut off ends like any other, but for this */
  if (size == 0)
    gzerror (self->input, &code);
  if (size >= 0 && code == Z_OK)
    return size;
  rows_fail_read (self, error);
  return -1;
}

static gboolean
rows_parse_block (NaruRows *self, GError **error)
{
  g_autofree char *block = g_malloc (BLOCK_SIZE);
  int size = read_block (self, block, error);
  int code;

  if (size < 0)
    return FALSE;
  if (size > 0)
    {
      if (csv_parse (&self->parser, block, size, take_cell, take_end, self) == (size_t) size)
        return TRUE;
    }
  else
    {
      self->ended = TRUE;
      if (csv_fini (&self->parser, take_cell, take_end, self) == 0)
        return TRUE;
    }
  code = csv_error (&self->parser);
  naru_set_error (error, NARU_ERROR_INVALID, NULL, self->cells->len > 0 ? self->begins_at : self->line,
                  code == CSV_EPARSE
                      ? _ ("a quote inside a quoted cell is written twice; a quoted cell ends with a quote")
                      : _ ("make the cell smaller"),
                  code == CSV_EPARSE ? _ ("%s, line %" PRIu64 ": a quote is out of place")
                                     : _ ("%s, line %" PRIu64 ": a cell is too large"),
                  self->file, self->cells->len > 0 ? self->begins_at : self->line);
  return FALSE;
}

static Record *
rows_next_record (NaruRows *self, GError **error)
{
  while (g_queue_is_empty (&self->records) && !self->ended)
    if (!rows_parse_block (self, error))
      return NULL;
  return g_queue_pop_head (&self->records);
}

static gboolean
rows_read_header (NaruRows *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  Record *record = rows_next_record (self, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (record == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 1, _ ("the first line names the columns"),
                      _ ("%s is empty"), self->file);
      return FALSE;
    }
  if (record->n_cells > COLUMNS_MAX)
    {
      record_free (record);
      naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, 1, _ ("leave out what is not needed"),
                      _ ("%s has more than %d columns"), self->file, COLUMNS_MAX);
      return FALSE;
    }
  self->n_columns = record->n_cells;
  self->header = g_new0 (char *, self->n_columns + 1);
  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *text = g_ptr_array_index (record->cells, i);

      if (i == 0 && g_str_has_prefix (text, "\xef\xbb\xbf"))
        text += 3;
      self->header[i] = g_strstrip (g_utf8_make_valid (text, -1));
    }
  record_free (record);
  return TRUE;
}

static gboolean
rows_begin_csv (NaruRows *self, GError **error)
{
  self->kind = NARU_ROWS_CSV;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->line = 1;
  if (csv_init (&self->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
    {
      naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, NULL, _ ("the CSV reader cannot start"));
      return FALSE;
    }
  self->parser_ready = TRUE;
  /* blanks belong to the cell: whoever maps it decides */
  csv_set_space_func (&self->parser, is_no_space);
  csv_set_realloc_func (&self->parser, realloc_cell);
  return rows_read_header (self, error);
}

/* JSON lines begin with an object; nothing that a person would call a CSV header does. */
static gboolean
looks_like_json (const char *file, gzFile input)
{
  g_autofree char *lower = g_ascii_strdown (file, -1);
  int c;

  if (g_str_has_suffix (lower, ".csv") || g_str_has_suffix (lower, ".csv.gz"))
    return FALSE;
  if (g_str_has_suffix (lower, ".jsonl") || g_str_has_suffix (lower, ".ndjson") ||
      g_str_has_suffix (lower, ".jsonl.gz"))
    return TRUE;
  c = gzgetc (input);
  if (c >= 0)
    gzungetc (c, input);
  return c == '{';
}

/**
 * naru_rows_open:
 * @file: a file
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its rows; for CSV the header has been read
 */
NaruRows *
naru_rows_open (const char *file, GError **error)
{
  g_autoptr (NaruRows) self = g_new0 (NaruRows, 1);
  struct stat st;

  self->file = g_strdup (file);
  g_queue_init (&self->records);
  if (stat (file, &st) != 0)
    {
      naru_set_error_errno (error, errno, _ ("check the name and the permissions"), _ ("cannot read %s"),
                            file);
      return NULL;
    }
  if (S_ISDIR (st.st_mode))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("name a file"), _ ("%s is a folder"), file);
      return NULL;
    }
  self->size = st.st_size;
  self->input = gzopen (file, "rbe");
  if (self->input == NULL)
    {
      naru_set_error_errno (error, errno, _ ("check the name and the permissions"), _ ("cannot read %s"),
                            file);
      return NULL;
    }
  gzbuffer (self->input, BLOCK_SIZE);
  if (!looks_like_json (file, self->input))
    return rows_begin_csv (self, error) ? g_steal_pointer (&self) : NULL;
  self->kind = NARU_ROWS_JSON_LINES;
  self->block = g_malloc (BLOCK_SIZE);
  self->pending = g_string_new (NULL);
  return g_steal_pointer (&self);
}

NaruRowsKind
naru_rows_get_kind (NaruRows *self)
{
  return self->kind;
}

/**
 * naru_rows_get_header:
 * @self: rows of a CSV file
 *
 * Returns: (transfer none): names of the columns
 */
const char *const *
naru_rows_get_header (NaruRows *self)
{
  return (const char *const *) self->header;
}

/**
 * naru_rows_find_column:
 * @self: rows of a CSV file
 * @name: name of a column
 *
 * Returns: its index, or -1
 */
int
naru_rows_find_column (NaruRows *self, const char *name)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (g_str_equal (self->header[i], name))
      return (int) i;
  return -1;
}

/**
 * naru_rows_get_progress:
 * @self: rows
 * @done: (out): bytes of the file read so far
 * @total: (out): bytes that it has
 */
void
naru_rows_get_progress (NaruRows *self, guint64 *done, guint64 *total)
{
  *done = MIN ((guint64) MAX (gzoffset (self->input), 0), self->size);
  *total = self->size;
}

static void
check_record (NaruRows *self, Record *record)
{
  if (record->n_cells != self->n_columns)
    {
      self->problem =
          g_strdup_printf (_ ("the row has %u cells, the header %u"), record->n_cells, self->n_columns);
      return;
    }
  for (guint i = 0; i < record->cells->len; i++)
    {
      const char *cell = g_ptr_array_index (record->cells, i);

      if (g_utf8_validate (cell, -1, NULL))
        continue;
      self->problem = g_strdup_printf (_ ("column “%s” is not UTF-8"), self->header[i]);
      return;
    }
}

static gboolean
rows_next_csv (NaruRows *self, NaruRow *row, GError **error)
{
  g_clear_pointer (&self->current, record_free);
  g_clear_pointer (&self->problem, g_free);
  self->current = rows_next_record (self, error);
  if (self->current == NULL)
    return FALSE;
  check_record (self, self->current);
  g_ptr_array_add (self->current->cells, NULL);
  row->line = self->current->line;
  row->cells = (const char *const *) self->current->cells->pdata;
  row->json = NULL;
  row->text = NULL;
  row->problem = self->problem;
  return TRUE;
}

/* Takes what is left of the block up to the end of the line; whether the line ends there. */
static gboolean
take_from_block (NaruRows *self)
{
  const char *from = self->block + self->block_at;
  const char *end = memchr (from, '\n', self->block_fill - self->block_at);
  gsize length = end != NULL ? (gsize) (end - from) : self->block_fill - self->block_at;

  g_string_append_len (self->pending, from, length);
  self->block_at += length + (end != NULL ? 1 : 0);
  return end != NULL;
}

/* Reads one line, up to the bound of a record; FALSE at the end of the file or with an error. */
static gboolean
read_line (NaruRows *self, GError **error)
{
  int size;

  g_string_truncate (self->pending, 0);
  while (!take_from_block (self))
    {
      if (self->pending->len > NARU_JSON_MAX_SIZE)
        {
          naru_set_error (error, NARU_ERROR_TOO_LARGE, NULL, self->line + 1,
                          _ ("attach long texts as documents"),
                          _ ("%s, line %" PRIu64 ": a record has at most 1 MiB"), self->file, self->line + 1);
          return FALSE;
        }
      size = read_block (self, self->block, error);
      if (size < 0)
        return FALSE;
      self->block_at = 0;
      self->block_fill = size;
      if (size == 0)
        return self->pending->len > 0;
    }
  return TRUE;
}

static gboolean
is_blank (const GString *line)
{
  return strspn (line->str, " \t\r") == line->len;
}

static gboolean
rows_next_json (NaruRows *self, NaruRow *row, GError **error)
{
  g_autoptr (GError) problem = NULL;

  g_clear_pointer (&self->json, naru_json_unref);
  g_clear_pointer (&self->problem, g_free);
  do
    {
      if (!read_line (self, error))
        return FALSE;
      self->line++;
    }
  while (is_blank (self->pending));

  self->json = naru_json_parse (self->pending->str, self->pending->len, 0, &problem);
  if (self->json == NULL)
    self->problem = g_strdup (problem->message);
  else if (naru_json_get_kind (self->json) != NARU_JSON_OBJECT)
    {
      self->problem = g_strdup (_ ("the line is no JSON object"));
      g_clear_pointer (&self->json, naru_json_unref);
    }
  row->line = self->line;
  row->cells = NULL;
  row->json = self->json;
  row->text = self->pending->str;
  row->problem = self->problem;
  return TRUE;
}

/**
 * naru_rows_next:
 * @self: rows
 * @row: (out caller-allocates): the next one
 * @error: return location; set when the file cannot be read on, not at its end
 *
 * Returns: whether there was one more
 */
gboolean
naru_rows_next (NaruRows *self, NaruRow *row, GError **error)
{
  return self->kind == NARU_ROWS_CSV ? rows_next_csv (self, row, error) : rows_next_json (self, row, error);
}
