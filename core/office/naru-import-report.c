/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* RFC 4180. Without a field it is an empty cell; a guard before what a spreadsheet would run, which our own
 * import takes away again. */
static void
write_cell (FILE *stream, const char *text, gboolean first)
{
  gboolean guard = text[0] != '\0' && strchr ("=+-@\t\r", text[0]) != NULL;

  if (!first)
    putc (',', stream);
  if (!guard && text[0] != '\0' && text[strcspn (text, "\",\r\n")] == '\0')
    {
      fputs (text, stream);
      return;
    }
  putc ('"', stream);
  if (guard)
    putc ('\'', stream);
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"')
        putc ('"', stream);
      putc (*at, stream);
    }
  putc ('"', stream);
}

static void
write_header (NaruImportReport *self, NaruRows *rows)
{
  const char *const *header = naru_rows_get_header (rows);

  fputs (NARU_ROWS_OWN_COLUMN "line," NARU_ROWS_OWN_COLUMN "reason", self->stream);
  for (guint i = 0; header != NULL && header[i] != NULL; i++)
    write_cell (self->stream, header[i], FALSE);
  if (header == NULL)
    fputs ("," NARU_ROWS_OWN_COLUMN "row", self->stream);
  putc ('\n', self->stream);
}

static gboolean
is_same_file (const char *a, const char *b)
{
  struct stat first;
  struct stat second;

  return stat (a, &first) == 0 && stat (b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

static gboolean
fail_write (NaruImportReport *self, GError **error)
{
  naru_set_error_errno (error, errno, _ ("name another file for the rejected rows, or free some space"),
                        _ ("cannot write %s"), self->file);
  return FALSE;
}

/* Begins a report and, where rejected rows are to be kept, their file. */
gboolean
naru_import_report_open (NaruImportReport *self, const NaruImportOptions *options, NaruRows *rows,
                         GError **error)
{
  self->rejects = naru_json_new_array ();
  self->warnings = naru_json_new_array ();
  self->file = options->rejects;
  if (self->file == NULL)
    return TRUE;
  if (is_same_file (self->file, options->file))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("name another file for the rejected rows"),
                      _ ("%s is the file that is imported"), self->file);
      return FALSE;
    }
  self->stream = fopen (self->file, "we");
  if (self->stream == NULL)
    return fail_write (self, error);
  write_header (self, rows);
  return TRUE;
}

void
naru_import_report_clear (NaruImportReport *self)
{
  if (self->stream != NULL)
    fclose (self->stream);
  self->stream = NULL;
  g_clear_pointer (&self->rejects, naru_json_unref);
  g_clear_pointer (&self->warnings, naru_json_unref);
}

/* "/patent/status" from a check, "patent.status" from a mapping: people read the latter. */
static void
add_problem (NaruJson *list, guint64 line, const char *field, const char *message)
{
  NaruJson *problem = naru_json_new_object ();

  naru_json_set_integer (problem, "line", line);
  if (field != NULL && *field != '\0')
    {
      g_autofree char *dotted = g_strdup (*field == '/' ? field + 1 : field);

      naru_json_set_string (problem, "field", *field == '/' ? g_strdelimit (dotted, "/", '.') : dotted);
    }
  naru_json_set_string (problem, "message", message);
  naru_json_append (list, problem);
}

void
naru_import_report_reject (NaruImportReport *self, guint64 line, const char *field, const char *message)
{
  self->rejected++;
  if (self->rejected <= NARU_IMPORT_MAX_PROBLEMS)
    add_problem (self->rejects, line, field, message);
}

/* Puts a rejected row into the file for them, with its cells as they were. */
void
naru_import_report_write (NaruImportReport *self, const NaruRow *row, const char *message)
{
  if (self->stream == NULL)
    return;
  fprintf (self->stream, "%" G_GUINT64_FORMAT, row->line);
  write_cell (self->stream, message, FALSE);
  for (guint i = 0; row->cells != NULL && row->cells[i] != NULL; i++)
    write_cell (self->stream, row->cells[i], FALSE);
  if (row->text != NULL)
    write_cell (self->stream, row->text, FALSE);
  putc ('\n', self->stream);
}

void
naru_import_report_warn (NaruImportReport *self, guint64 line, const char *field, const char *message)
{
  self->warned++;
  if (self->warned <= NARU_IMPORT_MAX_PROBLEMS)
    add_problem (self->warnings, line, field, message);
}

/* The rejected rows are in their file when this returns TRUE. */
gboolean
naru_import_report_close (NaruImportReport *self, GError **error)
{
  FILE *stream = g_steal_pointer (&self->stream);
  gboolean failed;

  if (stream == NULL)
    return TRUE;
  failed = ferror (stream) != 0;
  if (fclose (stream) == 0 && !failed)
    return TRUE;
  return fail_write (self, error);
}

/* Returns: (transfer full): the report as faces show it. The lists are bounded, the counts are not. */
NaruJson *
naru_import_report_to_json (NaruImportReport *self, guint64 seq)
{
  NaruJson *json = naru_json_new_object ();
  guint64 listed = naru_json_get_size (self->rejects) + naru_json_get_size (self->warnings);

  naru_json_set_integer (json, "read", self->read);
  naru_json_set_integer (json, "created", self->created);
  naru_json_set_integer (json, "updated", self->updated);
  naru_json_set_integer (json, "unchanged", self->unchanged);
  naru_json_set_integer (json, "rejected", self->rejected);
  naru_json_set (json, "rejects", naru_json_ref (self->rejects));
  naru_json_set (json, "warnings", naru_json_ref (self->warnings));
  if (self->rejected + self->warned > listed)
    naru_json_set_integer (json, "unlisted", self->rejected + self->warned - listed);
  if (seq != 0)
    naru_json_set_integer (json, "seq", seq);
  return json;
}

/* All or nothing: sets the error where there are rejects. */
gboolean
naru_import_report_refuse (NaruImportReport *self, GError **error)
{
  if (self->rejected == 0)
    return TRUE;
  naru_set_error (
      error, NARU_ERROR_INVALID, NULL, 0,
      _ ("correct these rows, or take the others alone with --partial; --rejects FILE writes them "
         "to a file"),
      _ ("%" PRIu64 " of %" PRIu64 " rows rejected; nothing was imported"), self->rejected, self->read);
  return FALSE;
}
