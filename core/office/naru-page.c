/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-page-private.h"

#include <stdarg.h>
#include <string.h>

struct _NaruPage
{
  char *title;
  GString *markdown;
  GString *html; /* the body */
  guint n_columns;
  guint n_rows; /* of the table that is open */
};

static const char style[] =
    "@page{size:A4;margin:16mm}"
    "body{font:11pt/1.5 'Noto Sans KR','Noto Sans CJK KR',sans-serif;max-width:52em;margin:2em auto;"
    "padding:0 1em;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.6em;line-height:1.25}h2{font-size:1.2em;margin-top:2em;break-after:avoid}"
    "table{border-collapse:collapse;width:100%;font-size:.9em}"
    "th,td{border-bottom:1px solid #bbb;padding:.3em .5em;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    "pre{background:#f2f2f2;padding:.6em;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85em}"
    "@media print{body{margin:0;max-width:none}}";

NaruPage *
naru_page_new (const char *title)
{
  NaruPage *self = g_new0 (NaruPage, 1);

  self->title = naru_text_one_line (title);
  self->markdown = g_string_new (NULL);
  self->html = g_string_new (NULL);
  return self;
}

void
naru_page_free (NaruPage *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_string_free (self->markdown, TRUE);
  g_string_free (self->html, TRUE);
  g_free (self);
}

/* One line in which no character means anything but itself */
static void
append_markdown (GString *out, const char *text)
{
  g_autofree char *line = naru_text_one_line (text);

  for (const char *at = line; *at != '\0'; at++)
    {
      if (*at == '&')
        g_string_append (out, "&amp;");
      else if (*at == '<')
        g_string_append (out, "&lt;");
      else if (strchr ("\\`*_{}[]>#|!~", *at) != NULL)
        g_string_append_printf (out, "\\%c", *at);
      else
        g_string_append_c (out, *at);
    }
}

static void
append_html (GString *out, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append (out, escaped);
}

static void
append_html_line (GString *out, const char *tag, const char *text)
{
  g_autofree char *line = naru_text_one_line (text);

  g_string_append_printf (out, "<%s>", tag);
  append_html (out, line);
  g_string_append_printf (out, "</%s>\n", tag);
}

void
naru_page_heading (NaruPage *self, const char *text)
{
  g_string_append (self->markdown, "\n## ");
  append_markdown (self->markdown, text);
  g_string_append (self->markdown, "\n\n");
  append_html_line (self->html, "h2", text);
}

void
naru_page_text (NaruPage *self, const char *text)
{
  append_markdown (self->markdown, text);
  g_string_append (self->markdown, "\n\n");
  append_html_line (self->html, "p", text);
}

/* Lines for a shell, to be copied as they are. They are ours: no backquotes stand at the start of one. */
void
naru_page_command (NaruPage *self, const char *lines)
{
  g_string_append_printf (self->markdown, "```sh\n%s\n```\n\n", lines);
  g_string_append (self->html, "<pre>");
  append_html (self->html, lines);
  g_string_append (self->html, "</pre>\n");
}

static void
append_cells (NaruPage *self, const char *tag, const char *first, va_list more)
{
  guint n = 0;

  g_string_append (self->markdown, "|");
  g_string_append (self->html, "<tr>");
  for (const char *cell = first; cell != NULL; cell = va_arg (more, const char *), n++)
    {
      g_string_append_c (self->markdown, ' ');
      append_markdown (self->markdown, cell);
      g_string_append (self->markdown, " |");
      append_html_line (self->html, tag, cell);
    }
  g_string_append (self->markdown, "\n");
  g_string_append (self->html, "</tr>\n");
  self->n_columns = n;
}

/* @...: the titles of the columns */
void
naru_page_table (NaruPage *self, ...)
{
  va_list titles;

  va_start (titles, self);
  g_string_append (self->html, "<table><thead>");
  append_cells (self, "th", va_arg (titles, const char *), titles);
  va_end (titles);
  g_string_append (self->html, "</thead><tbody>\n");
  g_string_append_c (self->markdown, '|');
  for (guint i = 0; i < self->n_columns; i++)
    g_string_append (self->markdown, " --- |");
  g_string_append_c (self->markdown, '\n');
}

void
naru_page_row (NaruPage *self, ...)
{
  va_list cells;

  va_start (cells, self);
  append_cells (self, "td", va_arg (cells, const char *), cells);
  va_end (cells);
}

void
naru_page_end_table (NaruPage *self)
{
  g_string_append (self->html, "</tbody></table>\n");
  g_string_append_c (self->markdown, '\n');
}

/* (transfer none) */
const char *
naru_page_get_markdown (NaruPage *self)
{
  if (!g_str_has_prefix (self->markdown->str, "# "))
    {
      g_autoptr (GString) head = g_string_new ("# ");
      append_markdown (head, self->title);
      g_string_append (head, "\n\n");
      g_string_prepend (self->markdown, head->str);
    }
  return self->markdown->str;
}

/* (transfer full) */
char *
naru_page_make_html (NaruPage *self)
{
  g_autofree char *title = g_markup_escape_text (self->title, -1);

  return g_strdup_printf ("<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width\">\n"
                          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                          "style-src 'unsafe-inline'\">\n"
                          "<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n<h1>%s</h1>\n%s"
                          "</body>\n</html>\n",
                          naru_language_get (), title, style, title, self->html->str);
}
