/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean option_csv;
static gboolean option_jsonl;
static char *option_output;

const GOptionEntry naru_options_export[] = {
  NARU_OPTION_AT,
  { "csv", 0, 0, G_OPTION_ARG_NONE, &option_csv, N_ ("Write CSV with a heading, the id first"), NULL },
  { "jsonl", 0, 0, G_OPTION_ARG_NONE, &option_jsonl, N_ ("Write one JSON object a line"), NULL },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &option_output, N_ ("Write into this file"), "FILE" },
  G_OPTION_ENTRY_NULL,
};

typedef struct
{
  FILE *stream;
  GPtrArray *columns; /* of const NaruField */
  GString *row;
  gboolean reader_gone; /* who read the other end of the pipe has seen enough */
} Export;

/* Simple fields outside arrays are columns of their own; an array is one column. */
static gboolean
is_column (const NaruField *field)
{
  return strstr (field->pointer, "/-") == NULL && field->kind != NARU_FIELD_OBJECT;
}

static GPtrArray *
list_columns (NaruRecordType *type)
{
  GPtrArray *columns = g_ptr_array_new ();
  const NaruField *const *fields;
  guint n_fields = 0;

  fields = naru_record_type_get_fields (type, &n_fields);
  for (guint i = 0; i < n_fields; i++)
    {
      if (is_column (fields[i]))
        g_ptr_array_add (columns, (gpointer) fields[i]);
    }
  return columns;
}

static gboolean
set_write_error (Export *export, GError **error)
{
  int errsv = errno;

  export->reader_gone = errsv == EPIPE;
  naru_set_error_errno (error, errsv, _ ("Make room where the output goes."), _ ("cannot write the export"));
  return FALSE;
}

static gboolean
write_row (Export *export, const char *end, GError **error)
{
  if (fputs (export->row->str, export->stream) >= 0 && fputs (end, export->stream) >= 0)
    {
      g_string_truncate (export->row, 0);
      return TRUE;
    }
  return set_write_error (export, error);
}

static gboolean
write_heading (Export *export, GError **error)
{
  naru_csv_append_cell (export->row, "id");
  for (guint i = 0; i < export->columns->len; i++)
    {
      const NaruField *field = g_ptr_array_index (export->columns, i);
      g_autofree char *name = g_strdelimit (g_strdup (field->pointer + 1), "/", '.');
      naru_csv_append_cell (export->row, name);
    }
  return write_row (export, "\r\n", error);
}

static gboolean
write_csv (NaruRecord *record, gpointer user_data, GError **error)
{
  Export *export = user_data;

  naru_csv_append_cell (export->row, naru_record_get_id (record));
  for (guint i = 0; i < export->columns->len; i++)
    {
      const NaruField *field = g_ptr_array_index (export->columns, i);
      naru_csv_append_json (export->row,
                            naru_json_get_pointer (naru_record_get_json (record), field->pointer));
    }
  return write_row (export, "\r\n", error);
}

static gboolean
write_json_line (NaruRecord *record, gpointer user_data, GError **error)
{
  Export *export = user_data;
  g_autoptr (NaruJson) json = naru_json_copy (naru_record_get_json (record));
  g_autofree char *line = NULL;

  naru_json_set_string (json, "id", naru_record_get_id (record));
  line = naru_json_to_line (json);
  g_string_append (export->row, g_strchomp (line));
  return write_row (export, "\n", error);
}

static gboolean
write_all (NaruCli *cli, NaruRecordType *type, FILE *stream, gboolean *reader_gone, GError **error)
{
  g_autoptr (GPtrArray) columns = list_columns (type);
  g_autoptr (GString) row = g_string_new (NULL);
  Export export = { stream, columns, row, FALSE };
  gboolean done = (!option_csv || write_heading (&export, error)) &&
                  naru_desk_foreach (cli->desk, naru_record_type_get_name (type), NULL,
                                     option_csv ? write_csv : write_json_line, &export, error);

  if (done && fflush (stream) != 0)
    done = set_write_error (&export, error);
  *reader_gone = export.reader_gone;
  return done;
}

/* The file appears whole or not at all. */
static gboolean
write_file (NaruCli *cli, NaruRecordType *type, const char *path, GError **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX", path);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  FILE *stream = fd >= 0 ? fdopen (fd, "w") : NULL;
  gboolean reader_gone = FALSE;
  gboolean done;

  if (stream == NULL)
    {
      naru_set_error_errno (error, errno, _ ("Choose a folder that you may write to."), _ ("cannot write %s"),
                            path);
      return FALSE;
    }
  done = write_all (cli, type, stream, &reader_gone, error);
  if (done && fsync (fd) != 0)
    {
      naru_set_error_errno (error, errno, _ ("Make room where the output goes."), _ ("cannot write %s"),
                            path);
      done = FALSE;
    }
  fclose (stream);
  if (done && rename (temporary, path) != 0)
    {
      naru_set_error_errno (error, errno, _ ("Choose another name."), _ ("cannot write %s"), path);
      done = FALSE;
    }
  if (!done)
    unlink (temporary);
  return done;
}

gboolean
naru_verb_export (NaruCli *cli, char **args, GError **error)
{
  NaruRecordType *type = NULL;
  g_autoptr (GError) failure = NULL;
  gboolean reader_gone = FALSE;

  if (option_csv == option_jsonl)
    {
      naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("Write naru export TYPE --csv, or --jsonl."),
                      _ ("an export is either CSV or JSON lines"));
      return FALSE;
    }
  type = naru_cli_get_type (cli, args[0], error);
  if (type == NULL)
    return FALSE;
  if (option_output != NULL)
    return write_file (cli, type, option_output, error);
  if (write_all (cli, type, stdout, &reader_gone, &failure) || reader_gone)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}
