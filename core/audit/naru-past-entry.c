/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-past-entry.h"

#include "naru-object-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A commit is a pure function of its entry, so it can be taken apart: what is read here is sealed and built
 * again, and has to give the same bytes. Nothing needs to be checked twice. */

/**
 * naru_past_entry_clear: (skip)
 * @self: what naru_past_entry_read() filled, or tried to
 */
void
naru_past_entry_clear (NaruPastEntry *self)
{
  g_clear_pointer (&self->entry, naru_entry_unref);
  g_clear_pointer (&self->author, g_free);
  g_clear_pointer (&self->author_email, g_free);
  g_clear_pointer (&self->committer, g_free);
  g_clear_pointer (&self->committer_email, g_free);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->action, g_free);
  g_clear_pointer (&self->record, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->to, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->detail, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->trailers, g_free);
  g_clear_pointer (&self->signature, g_free);
  g_clear_pointer (&self->verdicts, g_ptr_array_unref);
  g_clear_pointer (&self->unsigned_bytes, g_bytes_unref);
}

/* (transfer full) (nullable): the text up to @end, behind which @at goes on */
static char *
take_until (const char **at, const char *end)
{
  const char *found = strstr (*at, end);

  if (found == NULL)
    return NULL;
  char *text = g_strndup (*at, (gsize) (found - *at));
  *at = found + strlen (end);
  return text;
}

static gboolean
take_word (const char **at, const char *word)
{
  if (!g_str_has_prefix (*at, word))
    return FALSE;
  *at += strlen (word);
  return TRUE;
}

/* "author Kim <MGK-PER-2026-00001@naru> 1764338400 +0900" */
static gboolean
take_person (const char **at, const char *label, char **name, char **email, NaruTime *time)
{
  g_autofree char *line = NULL;
  char *rest = NULL;

  if (!take_word (at, label))
    return FALSE;
  line = take_until (at, "\n");
  const char *text = line != NULL ? line : "";
  *name = take_until (&text, " <");
  *email = *name != NULL ? take_until (&text, "> ") : NULL;
  if (*email == NULL)
    return FALSE;
  time->seconds = (gint64) g_ascii_strtoull (text, &rest, 10);
  if (rest[0] != ' ' || (rest[1] != '+' && rest[1] != '-') || strspn (rest + 2, G_CSET_DIGITS) != 4 ||
      rest[6] != '\0')
    return FALSE;
  int zone = (int) g_ascii_strtoll (rest + 1, NULL, 10);
  time->offset_minutes = (gint16) (zone / 100 * 60 + zone % 100);
  return TRUE;
}

/* A signature is no part of what it signs. Each of its lines but the first stands behind a blank. */
static gboolean
take_signature (NaruPastEntry *self, const char *text, const char **at)
{
  const char *start = *at;

  if (take_word (at, "gpgsig "))
    {
      g_autoptr (GString) signature = g_string_sized_new (512);
      do
        {
          const char *end = strchr (*at, '\n');
          if (end == NULL)
            return FALSE;
          g_string_append_len (signature, *at, end + 1 - *at);
          *at = end + 1;
        }
      while (take_word (at, " "));
      self->signature = g_string_free (g_steal_pointer (&signature), FALSE);
    }
  g_autoptr (GString) rest = g_string_new_len (text, start - text);
  g_string_append (rest, *at);
  self->unsigned_bytes = g_string_free_to_bytes (g_steal_pointer (&rest));
  return take_word (at, "\n");
}

/* Of two, git would show the last one and we the first: no office writes that. */
static gboolean
keep (char **place, const char *value)
{
  if (*place != NULL)
    return FALSE;
  *place = g_strdup (value);
  return TRUE;
}

/* Everything between Naru-Seq and the two digests, which sealing makes again */
static gboolean
take_trailer (NaruPastEntry *self, const char *key, const char *value)
{
  if (g_str_equal (key, "Naru-Seq"))
    self->seq = g_ascii_strtoull (value, NULL, 10);
  if (g_str_equal (key, "Naru-Seq") || g_str_equal (key, "Naru-Entry"))
    return TRUE;
  if (g_str_equal (key, "Naru-Chain"))
    return naru_digest_from_hex (value, &self->chain);
  if (g_str_equal (key, "Naru-Verdict"))
    g_ptr_array_add (self->verdicts, g_strdup (value));
  naru_entry_add_trailer (self->entry, key, value);
  if (g_str_equal (key, "Naru-Action"))
    return keep (&self->action, value);
  if (g_str_equal (key, "Naru-Record"))
    return keep (&self->record, value);
  if (g_str_equal (key, "Naru-From"))
    return keep (&self->from, value);
  if (g_str_equal (key, "Naru-To"))
    return keep (&self->to, value);
  return TRUE;
}

static gboolean
take_trailers (NaruPastEntry *self, const char *at)
{
  const char *first = g_str_has_prefix (at, "Naru-Seq: ") ? strchr (at, '\n') : NULL;
  const char *last = first != NULL ? g_strrstr (first, "\nNaru-Entry: ") : NULL;

  self->trailers =
      last != NULL && last > first ? g_strndup (first + 1, (gsize) (last - first)) : g_strdup ("");
  while (*at != '\0')
    {
      g_autofree char *line = take_until (&at, "\n");
      const char *rest = line != NULL ? line : "";
      g_autofree char *key = take_until (&rest, ": ");
      if (key == NULL || !take_trailer (self, key, rest))
        return FALSE;
    }
  return TRUE;
}

/* "deal MGK-2026-00442: edit trl, court": behind the action stands what the history index shows as note */
static void
take_detail (NaruPastEntry *self, const char *subject)
{
  const char *text = strstr (subject, ": ");

  if (text == NULL || self->action == NULL || self->record == NULL)
    return;
  text += 2;
  if (take_word (&text, self->action) && take_word (&text, " "))
    self->detail = g_strdup (text);
}

static gboolean
read_message (NaruPastEntry *self, const char *at)
{
  self->message = g_strdup (at);
  self->subject = take_until (&at, "\n\n");
  if (self->subject == NULL)
    return FALSE;
  naru_entry_set_subject (self->entry, self->subject);
  if (take_word (&at, "Reason: "))
    {
      self->reason = take_until (&at, "\n\n");
      if (self->reason == NULL)
        return FALSE;
      naru_entry_set_reason (self->entry, self->reason);
    }
  if (!take_trailers (self, at) || self->action == NULL)
    return FALSE;
  take_detail (self, self->subject);
  return TRUE;
}

static gboolean
read_text (NaruPastEntry *self, const char *text)
{
  const char *at = text;
  g_autofree char *tree = NULL;
  g_autofree char *parent = NULL;

  self->entry = naru_entry_new ("");
  self->verdicts = g_ptr_array_new_with_free_func (g_free);
  if (take_word (&at, "tree "))
    tree = take_until (&at, "\n");
  if (take_word (&at, "parent "))
    parent = take_until (&at, "\n");
  if (tree == NULL || !take_person (&at, "author ", &self->author, &self->author_email, &self->authored) ||
      !take_person (&at, "committer ", &self->committer, &self->committer_email, &self->committed) ||
      !take_signature (self, text, &at))
    return FALSE;
  naru_entry_set_author (self->entry, self->author, self->author_email);
  naru_entry_set_committer (self->entry, self->committer, self->committer_email);
  naru_entry_set_time (self->entry, &self->authored, &self->committed);
  return read_message (self, at);
}

/**
 * naru_past_entry_read: (skip)
 * @self: zero, or cleared; to be cleared in any case
 * @commit: a commit as git keeps it
 *
 * Whether all that was read is right shows when it is sealed and built again.
 *
 * Returns: whether it has the form of a commit of an office
 */
gboolean
naru_past_entry_read (NaruPastEntry *self, GBytes *commit)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (commit, &size);
  /* an empty object has no memory at all */
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);

  return strlen (text) == size && g_utf8_validate (text, (gssize) size, NULL) && read_text (self, text);
}

/**
 * naru_repository_read_entry: (skip)
 * @self: a repository
 * @commit: its id
 * @entry: (out caller-allocates): what it was made of; to be cleared in any case
 * @error: return location; %NARU_ERROR_BROKEN where it is no commit of an office
 *
 * Returns: whether it could be read
 */
gboolean
naru_repository_read_entry (NaruRepository *self, const NaruOid *commit, NaruPastEntry *entry, GError **error)
{
  g_autoptr (NaruObject) object = naru_repository_read_object (self, commit, NARU_OBJECT_COMMIT, error);
  char hex[2 * NARU_OID_SIZE + 1];

  if (object == NULL || naru_past_entry_read (entry, object->bytes))
    return object != NULL;
  naru_oid_to_hex (commit, hex);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                  _ ("The commit %s of the history is not one that an office writes."), hex);
  return FALSE;
}
