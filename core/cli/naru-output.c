/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_WIDTH 80

static const char *const style_codes[] = {
  [NARU_STYLE_PLAIN] = "",          [NARU_STYLE_BOLD] = "\033[1m",  [NARU_STYLE_DIM] = "\033[2m",
  [NARU_STYLE_GOOD] = "\033[32m",   [NARU_STYLE_WARN] = "\033[33m", [NARU_STYLE_BAD] = "\033[1;31m",
  [NARU_STYLE_ACCENT] = "\033[36m",
};

static guint
get_columns_from_environment (void)
{
  const char *text = g_getenv ("COLUMNS");
  guint64 columns = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 20, 2000, &columns, NULL))
    return 0;
  return columns;
}

void
naru_cli_detect_terminal (NaruCli *self, const char *color, gboolean no_pager)
{
  struct winsize size = { 0 };
  const char *term = g_getenv ("TERM");
  const char *no_color = g_getenv ("NO_COLOR");
  gboolean dumb = term == NULL || strcmp (term, "dumb") == 0;

  self->tty = isatty (STDOUT_FILENO);
  if (self->tty && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    {
      self->width = size.ws_col;
      self->height = size.ws_row;
    }
  if (self->width == 0)
    self->width = get_columns_from_environment ();
  if (self->width == 0)
    self->width = DEFAULT_WIDTH;
  self->pager = self->tty && !dumb && !no_pager && !self->json;
  if (color != NULL && strcmp (color, "auto") != 0)
    self->color = strcmp (color, "always") == 0;
  else
    self->color = self->tty && !dumb && (no_color == NULL || no_color[0] == '\0');
}

static gboolean
write_all (const char *text, gsize length)
{
  while (length > 0)
    {
      gssize written = write (STDOUT_FILENO, text, length);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      text += written;
      length -= written;
    }
  return TRUE;
}

/* Writes what is held back. Whoever closed the pipe has seen enough: that is no error. */
gboolean
naru_cli_flush (NaruCli *self, GError **error)
{
  if (self->out->len == 0 || self->broken)
    return TRUE;
  if (self->pager && naru_pager_show (self->out->str, self->out->len))
    {
      g_string_truncate (self->out, 0);
      return TRUE;
    }
  if (!write_all (self->out->str, self->out->len))
    {
      int errsv = errno;
      self->broken = TRUE;
      if (errsv == EPIPE)
        return TRUE;
      naru_set_error_errno (error, errsv, _ ("Make room where the output goes."),
                            _ ("cannot write the output"));
      return FALSE;
    }
  g_string_truncate (self->out, 0);
  return TRUE;
}

void
naru_cli_puts (NaruCli *self, const char *text)
{
  g_string_append (self->out, text);
}

void
naru_cli_print (NaruCli *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (self->out, format, arguments);
  va_end (arguments);
}

void
naru_cli_paint (NaruCli *self, NaruStyle style, const char *text)
{
  if (!self->color || style == NARU_STYLE_PLAIN)
    {
      g_string_append (self->out, text);
      return;
    }
  g_string_append (self->out, style_codes[style]);
  g_string_append (self->out, text);
  g_string_append (self->out, "\033[0m");
}

void
naru_cli_pad (NaruCli *self, guint cells)
{
  for (guint i = 0; i < cells; i++)
    g_string_append_c (self->out, ' ');
}

void
naru_cli_print_json (NaruCli *self, NaruJson *json)
{
  g_autofree char *text = naru_json_to_text (json, NULL);

  g_string_append (self->out, text);
  self->answered = TRUE;
}

/* Text of a record must not steer the terminal: control characters but newline and tab are shown as U+FFFD.
 */
char *
naru_cli_clean (const char *text)
{
  g_autoptr (GString) clean = g_string_sized_new (strlen (text) + 1);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x202e ||
                         (c >= 0x2066 && c <= 0x2069);
      if (control)
        g_string_append (clean, "\357\277\275");
      else
        g_string_append_unichar (clean, c);
    }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* the same for one line of a table */
char *
naru_cli_clean_line (const char *text)
{
  char *clean = naru_cli_clean (text);

  g_strdelimit (clean, "\n\t", ' ');
  return clean;
}
