/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-entry-private.h"

#define PIECE 4096 /* bytes that are digested at a time */

static void
append_number (GString *text, guint64 number)
{
  char digits[20];
  guint n = 0;

  do
    digits[n++] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  while (n > 0)
    g_string_append_c (text, digits[--n]);
}

static void
append_time (GString *text, const char *label, const NaruTime *time)
{
  int offset = ABS (time->offset_minutes);

  g_string_append_printf (text, "%s %" G_GINT64_FORMAT " %c%02d%02d\n", label, time->seconds,
                          time->offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
}

static void
append_person (GString *text, const char *label, const NaruEntryPerson *person)
{
  g_string_append (text, label);
  g_string_append_c (text, ' ');
  g_string_append (text, person->name);
  g_string_append (text, " <");
  g_string_append (text, person->email);
  g_string_append (text, ">\n");
}

static void
append_file (GString *text, const NaruEntryFile *file)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];

  if (naru_oid_is_zero (&file->oid))
    g_string_append (text, "gone ");
  else
    {
      g_string_append (text, "file ");
      append_number (text, file->size);
      g_string_append_c (text, ' ');
      naru_digest_to_hex (&file->digest, hex);
      g_string_append_len (text, hex, 2 * NARU_DIGEST_SIZE);
      g_string_append_c (text, ' ');
    }
  g_string_append (text, file->path);
  g_string_append_c (text, '\n');
}

static GString *
make_message (NaruEntry *self)
{
  GString *message = g_string_sized_new (512);

  g_string_append (message, self->subject);
  g_string_append (message, "\n\n");
  if (self->reason != NULL)
    {
      g_string_append (message, "Reason: ");
      g_string_append (message, self->reason);
      g_string_append (message, "\n\n");
    }
  g_string_append (message, "Naru-Seq: ");
  append_number (message, self->seq);
  g_string_append_c (message, '\n');
  for (guint i = 0; i < self->trailers->len; i++)
    {
      const NaruEntryTrailer *trailer = &g_array_index (self->trailers, NaruEntryTrailer, i);

      g_string_append (message, trailer->key);
      g_string_append (message, ": ");
      g_string_append (message, trailer->value);
      g_string_append_c (message, '\n');
    }
  return message;
}

static gboolean
compute_digest (NaruEntry *self, const GString *message, GError **error)
{
  g_autoptr (NaruDigester) digester = naru_digester_new ();
  g_autoptr (GString) stream = g_string_sized_new (message->len + 2 * PIECE);
  guint n_files = naru_entry_files_count (self);

  g_string_append (stream, "naru-entry 1\nseq ");
  append_number (stream, self->seq);
  g_string_append_c (stream, '\n');
  append_time (stream, "authored", &self->authored);
  append_time (stream, "committed", &self->committed);
  append_person (stream, "author", &self->author);
  append_person (stream, "committer", &self->committer);
  g_string_append (stream, "message ");
  append_number (stream, message->len);
  g_string_append_c (stream, '\n');
  g_string_append_len (stream, message->str, (gssize) message->len);
  for (guint i = 0; i < n_files; i++)
    {
      const NaruEntryFile *file = naru_entry_files_get (self, i, error);
      if (file == NULL)
        return FALSE;
      append_file (stream, file);
      if (stream->len < PIECE)
        continue;
      naru_digester_add (digester, stream->str, stream->len);
      g_string_truncate (stream, 0);
    }
  naru_digester_add (digester, stream->str, stream->len);
  naru_digester_end (digester, &self->digest);
  return TRUE;
}

static void
compute_chain (NaruEntry *self, const NaruDigest *previous)
{
  NaruDigest link[2] = { 0 };

  if (previous != NULL)
    link[0] = *previous;
  link[1] = self->digest;
  naru_digest_compute (link, sizeof link, &self->chain);
}

static void
append_digest (GString *message, const char *key, const NaruDigest *digest)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];

  naru_digest_to_hex (digest, hex);
  g_string_append (message, key);
  g_string_append (message, hex);
  g_string_append_c (message, '\n');
}

/**
 * naru_entry_seal:
 * @self: an entry
 * @seq: its number in the history, from 1
 * @previous_chain: (nullable): chain digest of the entry before; %NULL, the same as 32 zero bytes, for the
 * first
 * @error: return location for an error
 *
 * Checks everything, so that no sealed entry can fail to become a commit, sorts the files by the bytes of
 * their paths, and makes message and digests. The message is the subject, a paragraph "Reason: …" if there is
 * one, and the trailers: Naru-Seq, those that were added, Naru-Entry, Naru-Chain, each line ending in a
 * newline.
 *
 * Naru-Entry is the BLAKE2b-256 of this text, which anyone can build again from the commit and its parent
 * alone:
 *
 * |[
 * naru-entry 1
 * seq <number>
 * authored <seconds since 1970> <zone as git writes it, +0900>
 * committed <seconds since 1970> <zone>
 * author <name> <<address>>
 * committer <name> <<address>>
 * message <bytes that follow>
 * <the message without its last two lines, Naru-Entry and Naru-Chain>
 * file <bytes> <BLAKE2b-256 of the content in hexadecimal digits> <path>
 * gone <path>
 * ]|
 *
 * The message brings its own newline; one line "file" or "gone" stands for each file that differs from the
 * parent's tree, in the order of `git diff-tree -r`. Naru-Chain is the BLAKE2b-256 of the 32 bytes of the
 * previous chain digest followed by the 32 bytes of this entry's digest.
 *
 * Returns: %TRUE, and from here on @self does not change; %FALSE with %NARU_ERROR_INVALID, or
 * %NARU_ERROR_IO where a long list of files cannot be kept
 */
gboolean
naru_entry_seal (NaruEntry *self, guint64 seq, const NaruDigest *previous_chain, GError **error)
{
  g_autoptr (GString) message = NULL;

  g_return_val_if_fail (!self->sealed && seq > 0, FALSE);

  if (!naru_entry_files_sort (self, error) || !naru_entry_check (self, error))
    return FALSE;
  self->seq = seq;
  message = make_message (self);
  if (!compute_digest (self, message, error))
    return FALSE;
  compute_chain (self, previous_chain);
  append_digest (message, "Naru-Entry: ", &self->digest);
  append_digest (message, "Naru-Chain: ", &self->chain);
  self->message = g_string_free (g_steal_pointer (&message), FALSE);
  self->sealed = TRUE;
  return TRUE;
}
