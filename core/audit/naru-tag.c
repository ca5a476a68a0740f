/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-tag.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A tag as git writes it: headers, an empty line, the message, and for the signature of ssh nothing but its
 * lines at the end. What is signed is all before them. */

#define SIGNATURE "-----BEGIN SSH SIGNATURE-----"
#define TIME_MAX G_GINT64_CONSTANT (4294967295) /* what libgit2 keeps */

static gboolean
is_person (const char *name, const char *email)
{
  return name != NULL && email != NULL && *name != '\0' && strpbrk (name, "\n<>") == NULL &&
         strpbrk (email, "\n<> ") == NULL;
}

/**
 * naru_tag_build: (skip)
 * @tag: what it says; its sizes do not count
 * @signer: whose signature it gets
 * @error: return location
 *
 * A pure function of its arguments, the signature too.
 *
 * Returns: (transfer full) (nullable): the object
 */
NaruObject *
naru_tag_build (const NaruTag *tag, NaruSigner *signer, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (1024);
  int offset = ABS (tag->time.offset_minutes);
  char hex[2 * NARU_OID_SIZE + 1];

  if (!is_person (tag->tagger, tag->tagger_email))
    {
      naru_set_error (error, NARU_ERROR_INVALID, NULL, 0,
                      _ ("Names and addresses hold no line break and none of “<” and “>”."),
                      _ ("Who makes this seal has no name that the history can keep."));
      return NULL;
    }
  naru_oid_to_hex (&tag->commit, hex);
  g_string_append_printf (text, "object %s\ntype commit\ntag %s\n", hex, tag->name);
  g_string_append_printf (text, "tagger %s <%s> %" G_GINT64_FORMAT " %c%02d%02d\n\n", tag->tagger,
                          tag->tagger_email, tag->time.seconds, tag->time.offset_minutes < 0 ? '-' : '+',
                          offset / 60, offset % 60);
  g_string_append (text, tag->message);
  g_autofree char *signature = naru_signer_sign (signer, text->str, text->len, error);
  if (signature == NULL)
    return NULL;
  g_string_append (text, signature);
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (g_steal_pointer (&text));
  return naru_object_new (NARU_OBJECT_TAG, bytes);
}

/* (transfer full) (nullable): what follows @label on this line, behind which @at goes on */
static char *
take_line (const char **at, const char *label)
{
  const char *end = strchr (*at, '\n');

  if (end == NULL || !g_str_has_prefix (*at, label))
    return NULL;
  const char *start = *at + strlen (label);
  *at = end + 1;
  return g_strndup (start, (gsize) (end - start));
}

static gboolean
read_time (const char *text, NaruTime *time)
{
  char *end = NULL;

  time->seconds = g_ascii_strtoll (text, &end, 10);
  if (end == text || time->seconds < 0 || time->seconds > TIME_MAX || end[0] != ' ' ||
      (end[1] != '+' && end[1] != '-') || strspn (end + 2, G_CSET_DIGITS) != 4 || end[6] != '\0')
    return FALSE;
  int zone = (int) g_ascii_strtoll (end + 1, NULL, 10);
  time->offset_minutes = (gint16) (zone / 100 * 60 + zone % 100);
  return TRUE;
}

static gboolean
read_tagger (NaruTag *self, const char *line)
{
  const char *left = strstr (line, " <");
  const char *right = left != NULL ? strstr (left, "> ") : NULL;

  if (right == NULL || !read_time (right + 2, &self->time))
    return FALSE;
  self->tagger = g_strndup (line, (gsize) (left - line));
  self->tagger_email = g_strndup (left + 2, (gsize) (right - left - 2));
  return is_person (self->tagger, self->tagger_email);
}

static gboolean
read_text (NaruTag *self, const char *text)
{
  const char *at = text;
  g_autofree char *object = take_line (&at, "object ");
  g_autofree char *type = take_line (&at, "type ");
  self->name = take_line (&at, "tag ");
  g_autofree char *tagger = take_line (&at, "tagger ");

  if (object == NULL || !naru_oid_from_hex (object, &self->commit) || g_strcmp0 (type, "commit") != 0 ||
      self->name == NULL || tagger == NULL || !read_tagger (self, tagger) || *at != '\n')
    return FALSE;
  at++;
  /* the last one, as git finds it */
  const char *signature = NULL;
  for (const char *found = strstr (at, SIGNATURE); found != NULL; found = strstr (found + 1, SIGNATURE))
    if (found == at || found[-1] == '\n')
      signature = found;
  const char *end = signature != NULL ? signature : text + strlen (text);
  self->message = g_strndup (at, (gsize) (end - at));
  self->signed_size = (gsize) (end - text);
  self->signature_size = signature != NULL ? strlen (signature) : 0;
  return TRUE;
}

/**
 * naru_tag_read: (skip)
 * @self: zero, or cleared; to be cleared in any case
 * @bytes: an object that nobody vouches for
 *
 * Returns: whether it has the form of an annotated tag of a commit
 */
gboolean
naru_tag_read (NaruTag *self, GBytes *bytes)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = size > 0 ? g_strndup (data, size) : NULL;

  return text != NULL && strlen (text) == size && g_utf8_validate (text, (gssize) size, NULL) &&
         read_text (self, text);
}

/**
 * naru_tag_get_trailer: (skip)
 * @self: a tag
 * @key: "Naru-Seq" and the like
 *
 * Returns: (transfer full) (nullable): what the last line with that key says; only the last paragraph counts
 */
char *
naru_tag_get_trailer (const NaruTag *self, const char *key)
{
  const char *paragraph = g_strrstr (self->message, "\n\n");
  g_auto (GStrv) lines = g_strsplit (paragraph != NULL ? paragraph + 2 : "", "\n", -1);

  for (guint i = g_strv_length (lines); i > 0; i--)
    if (g_str_has_prefix (lines[i - 1], key) && g_str_has_prefix (lines[i - 1] + strlen (key), ": "))
      return g_strdup (lines[i - 1] + strlen (key) + 2);
  return NULL;
}

/**
 * naru_tag_verify: (skip)
 * @self: a tag
 * @bytes: the object that it was read from
 *
 * Returns: (transfer full) (nullable): the key that signed it; %NULL where it is unsigned, or its signature
 * is not one of it
 */
char *
naru_tag_verify (const NaruTag *self, GBytes *bytes)
{
  const char *data = g_bytes_get_data (bytes, NULL);

  if (self->signature_size == 0)
    return NULL;
  g_autofree char *signature = g_strndup (data + self->signed_size, self->signature_size);
  char *key = NULL;

  return naru_signature_verify (signature, NARU_SIGNATURE_GIT, data, self->signed_size, &key, NULL) ? key
                                                                                                    : NULL;
}

/**
 * naru_tag_clear: (skip)
 * @self: what naru_tag_read() filled, or tried to
 */
void
naru_tag_clear (NaruTag *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->tagger, g_free);
  g_clear_pointer (&self->tagger_email, g_free);
  g_clear_pointer (&self->message, g_free);
}
