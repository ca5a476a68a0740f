/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <inttypes.h>

#define GAP 2
#define MIN_CELLS 24
#define MAX_CELLS 44

/* one printed line of a column; all columns of a row are printed side by side */
typedef struct
{
  char *left;
  char *right;
  NaruStyle left_style;
  NaruStyle right_style;
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->left);
  g_free (line->right);
  g_free (line);
}

static void
add_line (GPtrArray *lines, const char *left, NaruStyle left_style, const char *right, NaruStyle right_style)
{
  Line *line = g_new0 (Line, 1);

  line->left = naru_cli_clean_line (left);
  line->right = g_strdup (right);
  line->left_style = left_style;
  line->right_style = right_style;
  g_ptr_array_add (lines, line);
}

/* working days in the stage and its target; nothing where the calendar does not reach */
static char *
format_age (NaruJson *card, gint64 target)
{
  gint64 days = naru_json_get_integer (card, "days", -1);

  if (days < 0)
    return g_strdup ("");
  if (target > 0)
    return g_strdup_printf (_ ("%" PRId64 "/%" PRId64 " d"), days, target);
  return g_strdup_printf (_ ("%" PRId64 " d"), days);
}

static NaruStyle
choose_style (NaruJson *card, gint64 target)
{
  if (naru_json_get_boolean (card, "late", FALSE))
    return NARU_STYLE_BAD;
  if (target > 0 && naru_json_get_integer (card, "days", 0) * 4 >= target * 3)
    return NARU_STYLE_WARN;
  return NARU_STYLE_GOOD;
}

static const char *
get_card_title (NaruJson *card)
{
  const char *title = naru_json_get_string (card, "title");

  if (title == NULL)
    title = naru_json_get_string (card, "name");
  return title != NULL ? title : "";
}

static GPtrArray *
make_column (NaruJson *stage)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (line_free);
  NaruJson *cards = naru_json_get (stage, "cards");
  gint64 target = naru_json_get_integer (stage, "target_days", 0);
  gint64 count = naru_json_get_integer (stage, "count", 0);
  guint shown = naru_json_get_size (cards);
  g_autofree char *total = g_strdup_printf ("%" PRId64, count);

  add_line (lines, naru_json_get_string (stage, "title"), NARU_STYLE_BOLD, total, NARU_STYLE_BOLD);
  add_line (lines, "", NARU_STYLE_DIM, NULL, NARU_STYLE_PLAIN);
  for (guint i = 0; i < shown; i++)
    {
      NaruJson *card = naru_json_get_element (cards, i);
      g_autofree char *age = format_age (card, target);
      add_line (lines, naru_json_get_string (card, "id"), NARU_STYLE_ACCENT, age,
                choose_style (card, target));
      add_line (lines, get_card_title (card), NARU_STYLE_PLAIN, "", NARU_STYLE_PLAIN);
    }
  if (count > shown)
    {
      g_autofree char *more = g_strdup_printf (_ ("and %" PRId64 " more"), count - shown);
      add_line (lines, more, NARU_STYLE_DIM, "", NARU_STYLE_PLAIN);
    }
  return lines;
}

static void
print_rule (NaruCli *cli, guint width)
{
  g_autoptr (GString) rule = g_string_new (NULL);

  for (guint i = 0; i < width; i++)
    g_string_append (rule, "─");
  naru_cli_paint (cli, NARU_STYLE_DIM, rule->str);
}

static void
print_line (NaruCli *cli, const Line *line, guint width)
{
  g_autofree char *left = NULL;
  guint right_cells;

  if (line->right == NULL)
    {
      print_rule (cli, width);
      return;
    }
  right_cells = naru_text_cells (line->right);
  left = naru_text_fit (line->left, width - (right_cells > 0 ? right_cells + 1 : 0));
  naru_cli_paint (cli, line->left_style, left);
  if (right_cells == 0)
    return;
  naru_cli_puts (cli, " ");
  naru_cli_paint (cli, line->right_style, line->right);
}

/* blanks at the end of a line would only make it break in a terminal that is a cell narrower */
static void
end_line (NaruCli *cli)
{
  while (cli->out->len > 0 && cli->out->str[cli->out->len - 1] == ' ')
    g_string_truncate (cli->out, cli->out->len - 1);
  naru_cli_puts (cli, "\n");
}

static void
print_row (NaruCli *cli, NaruJson *stages, guint first, guint n, guint width)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  guint height = 0;

  for (guint i = 0; i < n; i++)
    {
      GPtrArray *column = make_column (naru_json_get_element (stages, first + i));
      height = MAX (height, column->len);
      g_ptr_array_add (columns, column);
    }
  for (guint y = 0; y < height; y++)
    {
      for (guint i = 0; i < n; i++)
        {
          GPtrArray *column = g_ptr_array_index (columns, i);
          if (i > 0)
            naru_cli_pad (cli, GAP);
          if (y < column->len)
            print_line (cli, g_ptr_array_index (column, y), width);
          else
            naru_cli_pad (cli, width);
        }
      end_line (cli);
    }
}

/* As many columns side by side as fit; the rest in further rows, evenly. */
void
naru_board_print (NaruCli *cli, NaruJson *board)
{
  NaruJson *stages = naru_json_get (board, "stages");
  guint n = naru_json_get_size (stages);
  guint across = CLAMP ((cli->width + GAP) / (MIN_CELLS + GAP), 1, MAX (n, 1));
  guint rows = (n + across - 1) / across;
  guint width;

  naru_cli_paint (cli, NARU_STYLE_BOLD, naru_json_get_string (board, "title"));
  naru_cli_puts (cli, "\n");
  if (n == 0)
    return;
  across = (n + rows - 1) / rows;
  width = (cli->width - GAP * (across - 1)) / across;
  width = CLAMP (width, 12, MAX_CELLS);
  for (guint first = 0; first < n; first += across)
    {
      naru_cli_puts (cli, "\n");
      print_row (cli, stages, first, MIN (across, n - first), width);
    }
}
