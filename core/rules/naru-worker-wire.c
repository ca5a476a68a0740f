/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* GLib 2.74 may look one byte past the end of damaged bytes while it checks them. */
#define PAST_END 8

/* (transfer full) (nullable): the value, when the bytes are exactly one of this type and every text in it is
 * UTF-8; of a host that is @trusted it is not asked, for it takes longer than all the rest */
GVariant *
naru_wire_read (const char *type, gconstpointer data, gsize size, gboolean trusted)
{
  g_autoptr (GVariant) value = NULL;
  gpointer copy = g_malloc0 (size + PAST_END); /* aligned */

  if (size > 0)
    memcpy (copy, data, size);
  value =
      g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE (type), copy, size, trusted, g_free, copy));
  return trusted || g_variant_is_normal_form (value) ? g_steal_pointer (&value) : NULL;
}

/* What stands before a message of GLib: "(naru-worker:17): libpeas-WARNING **: 13:59:49.569: ". */
static const char *
skip_prefix (const char *line)
{
  const char *end = g_str_has_prefix (line, "(naru-worker:") ? strstr (line, " **: ") : NULL;

  if (end == NULL)
    return line;
  end += strlen (" **: ");
  return end + strspn (end, "0123456789") > end && strstr (end, ": ") != NULL ? strstr (end, ": ") + 2 : end;
}

/* Lines that say only what came of it. */
static gboolean
tells_nothing (const char *line)
{
  return *line == '\0' || g_str_equal (line, "**") || g_str_has_prefix (line, "Error loading plugin '");
}

/* (transfer full) (nullable): the last line worth reading that was written to a worker's stderr after the
 * place
 * @from; for Python that is the exception */
char *
naru_wire_read_last_line (int fd, gint64 from)
{
  static const gint64 window = 4096;
  char text[4096 + 1];
  struct stat about;
  ssize_t length = 0;

  if (fstat (fd, &about) != 0 || about.st_size <= from)
    return NULL;
  if (about.st_size - from > window)
    from = about.st_size - window;
  length = pread (fd, text, (size_t) window, from);
  if (length <= 0)
    return NULL;
  text[length] = '\0';

  g_autofree char *valid = g_utf8_make_valid (text, length);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  for (guint i = g_strv_length (lines); i > 0; i--)
    {
      const char *line = skip_prefix (g_strchomp (lines[i - 1]));
      if (!tells_nothing (line))
        return g_strndup (line, 400);
    }
  return NULL;
}
