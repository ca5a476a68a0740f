/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <string.h>

#define LINE 70 /* characters, as ssh-keygen breaks them */
#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----\n"

/* Whoever sizes the memory knows all parts; more than that is a mistake of ours, and nothing is written. */
void
naru_wire_put (NaruWire *self, gconstpointer data, gsize size)
{
  g_return_if_fail (size <= self->room - self->size);

  if (size > 0)
    memcpy (self->data + self->size, data, size);
  self->size += size;
}

void
naru_wire_put_number (NaruWire *self, guint32 number)
{
  guint32 big = GUINT32_TO_BE (number);

  naru_wire_put (self, &big, sizeof big);
}

void
naru_wire_put_string (NaruWire *self, gconstpointer data, gsize size)
{
  naru_wire_put_number (self, (guint32) size);
  naru_wire_put (self, data, size);
}

void
naru_wire_put_key (NaruWire *self, const guint8 *public_key)
{
  naru_wire_put_string (self, NARU_SSH_KEY_TYPE, strlen (NARU_SSH_KEY_TYPE));
  naru_wire_put_string (self, public_key, crypto_sign_PUBLICKEYBYTES);
}

const guint8 *
naru_wire_take (NaruWireReader *self, gsize size)
{
  if (size > self->left)
    return NULL;
  const guint8 *at = self->at;
  self->at += size;
  self->left -= size;
  return at;
}

gboolean
naru_wire_take_number (NaruWireReader *self, guint32 *number)
{
  const guint8 *at = naru_wire_take (self, sizeof *number);
  if (at == NULL)
    return FALSE;
  memcpy (number, at, sizeof *number);
  *number = GUINT32_FROM_BE (*number);
  return TRUE;
}

gboolean
naru_wire_take_string (NaruWireReader *self, NaruWireReader *string)
{
  guint32 size;
  if (!naru_wire_take_number (self, &size))
    return FALSE;
  string->left = size;
  string->at = naru_wire_take (self, size);
  return string->at != NULL;
}

/* A string that must be exactly this one. */
gboolean
naru_wire_take_text (NaruWireReader *self, const char *text)
{
  NaruWireReader string;

  return naru_wire_take_string (self, &string) && string.left == strlen (text) &&
         memcmp (string.at, text, string.left) == 0;
}

static void
put_label (NaruWire *out, const char *dashes, const char *label)
{
  naru_wire_put (out, dashes, strlen (dashes));
  naru_wire_put (out, label, strlen (label));
  naru_wire_put (out, DASHES, strlen (DASHES));
}

/*
 * naru_armor:
 * @label: "SSH SIGNATURE"
 * @text: (out): takes the lines and a NUL
 * @room: bytes in @text; too few is a mistake of the caller
 *
 * Returns: length of @text, which ends in a newline
 */
gsize
naru_armor (const char *label, const guint8 *data, gsize size, char *text, gsize room)
{
  NaruWire out = { (guint8 *) text, 0, room };
  char line[LINE + 2];

  put_label (&out, BEGIN, label);
  /* 52 bytes and a half make a line of 70 characters: three at a time, so that each call gives whole groups
   */
  gsize column = 0;
  for (gsize i = 0; i < size; i += 3)
    {
      char group[5];
      sodium_bin2base64 (group, sizeof group, data + i, MIN (size - i, 3), sodium_base64_VARIANT_ORIGINAL);
      gsize used = 0;
      for (gsize j = 0; j < 4; j++)
        {
          line[used++] = group[j];
          if (++column % LINE == 0)
            line[used++] = '\n';
        }
      naru_wire_put (&out, line, used);
      sodium_memzero (group, sizeof group);
    }
  if (column % LINE != 0)
    naru_wire_put (&out, "\n", 1);
  put_label (&out, END, label);
  naru_wire_put (&out, "", 1);
  sodium_memzero (line, sizeof line);
  return out.size - 1;
}

static const char *
find (const char *text, gsize size, const char *words)
{
  return memmem (text, size, words, strlen (words));
}

/*
 * naru_armor_open:
 * @label: what stands in the first and the last line
 * @text: the lines; others around them do not count
 * @data: (out): takes the bytes
 * @room: bytes in @data
 *
 * Returns: how many bytes there are; 0 where the lines are not whole
 */
gsize
naru_armor_open (const char *label, const char *text, gsize size, guint8 *data, gsize room)
{
  g_autofree char *first = g_strconcat (BEGIN, label, "-----", NULL);
  g_autofree char *last = g_strconcat (END, label, "-----", NULL);
  const char *begin = find (text, size, first);
  if (begin == NULL)
    return 0;

  begin += strlen (first);
  const char *end = find (begin, size - (gsize) (begin - text), last);
  gsize length = 0;
  if (end == NULL || sodium_base642bin (data, room, begin, (gsize) (end - begin), "\r\n", &length, NULL,
                                        sodium_base64_VARIANT_ORIGINAL) != 0)
    return 0;
  return length;
}
