/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#define GAP 2
#define MIN_CELLS 8

typedef struct
{
  char *title;
  gboolean shrinks; /* may be cut where the terminal is too narrow */
  gboolean right;
  guint width;
} Column;

struct _NaruTable
{
  GArray *columns;
  GPtrArray *rows; /* of GStrv, one string for each column */
};

static void
clear_column (gpointer data)
{
  Column *column = data;

  g_free (column->title);
}

NaruTable *
naru_table_new (void)
{
  NaruTable *self = g_new0 (NaruTable, 1);

  self->columns = g_array_new (FALSE, TRUE, sizeof (Column));
  g_array_set_clear_func (self->columns, clear_column);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return self;
}

void
naru_table_free (NaruTable *self)
{
  g_array_unref (self->columns);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
naru_table_add_column (NaruTable *self, const char *title, gboolean shrinks, gboolean right)
{
  Column column = { g_strdup (title), shrinks, right, 0 };

  g_array_append_val (self->columns, column);
}

/* @cells: (transfer full): as many as there are columns */
void
naru_table_add_row (NaruTable *self, GStrv cells)
{
  for (guint i = 0; cells[i] != NULL; i++)
    {
      char *clean = naru_cli_clean_line (cells[i]);
      g_free (cells[i]);
      cells[i] = clean;
    }
  g_ptr_array_add (self->rows, cells);
}

static guint
measure (NaruTable *self)
{
  guint total = 0;

  for (guint c = 0; c < self->columns->len; c++)
    {
      Column *column = &g_array_index (self->columns, Column, c);
      column->width = naru_text_cells (column->title);
      for (guint r = 0; r < self->rows->len; r++)
        {
          GStrv cells = g_ptr_array_index (self->rows, r);
          column->width = MAX (column->width, naru_text_cells (cells[c]));
        }
      total += column->width + (c > 0 ? GAP : 0);
    }
  return total;
}

/* takes cells away from the widest column that may lose some, until all fits or nothing more can go */
static void
shrink (NaruTable *self, guint total, guint width)
{
  while (total > width)
    {
      Column *widest = NULL;
      for (guint c = 0; c < self->columns->len; c++)
        {
          Column *column = &g_array_index (self->columns, Column, c);
          if (column->shrinks && column->width > MIN_CELLS &&
              (widest == NULL || column->width > widest->width))
            widest = column;
        }
      if (widest == NULL)
        return;
      widest->width--;
      total--;
    }
}

static void
print_cell (NaruTable *self, NaruCli *cli, guint index, const char *text, NaruStyle style)
{
  Column *column = &g_array_index (self->columns, Column, index);
  guint cells = naru_text_cells (text);
  g_autofree char *fitted = cells > column->width ? naru_text_fit (text, column->width) : g_strdup (text);
  guint padding = column->width > cells ? column->width - cells : 0;

  if (index > 0)
    naru_cli_pad (cli, GAP);
  if (column->right)
    naru_cli_pad (cli, padding);
  naru_cli_paint (cli, style, fitted);
  if (!column->right && index + 1 < self->columns->len)
    naru_cli_pad (cli, padding);
}

/* Cut to the terminal's width; in full where the output is no terminal. */
void
naru_table_print (NaruTable *self, NaruCli *cli)
{
  guint total = measure (self);

  if (cli->tty)
    shrink (self, total, cli->width);
  for (guint c = 0; c < self->columns->len; c++)
    print_cell (self, cli, c, g_array_index (self->columns, Column, c).title, NARU_STYLE_BOLD);
  naru_cli_puts (cli, "\n");
  for (guint r = 0; r < self->rows->len; r++)
    {
      GStrv cells = g_ptr_array_index (self->rows, r);
      for (guint c = 0; c < self->columns->len; c++)
        print_cell (self, cli, c, cells[c], NARU_STYLE_PLAIN);
      naru_cli_puts (cli, "\n");
    }
}
