/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-delta-private.h"

#include <string.h>

/* A delta of the pack format: both sizes, then orders to copy a piece of the base or to insert bytes. */
#define MAX_COPY 0xffff
#define MAX_INSERT 127
/* pieces shorter than a copy order with its loss of a running insert are not worth looking for */
#define WINDOW 12
#define STEP 4
#define TABLE_BITS 11

typedef struct
{
  const guint8 *base;
  gsize base_size;
  const guint8 *target;
  gsize target_size;
  gsize pending; /* bytes of the target before here are in the delta */
  GByteArray *out;
} Delta;

static void
put_size (GByteArray *out, gsize size)
{
  guint8 bytes[10];
  guint n = 0;

  do
    {
      bytes[n] = (guint8) ((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
      size >>= 7;
      n++;
    }
  while (size > 0);
  g_byte_array_append (out, bytes, n);
}

static void
put_insert (Delta *self, gsize end)
{
  while (self->pending < end)
    {
      guint8 length = (guint8) MIN (end - self->pending, MAX_INSERT);
      g_byte_array_append (self->out, &length, 1);
      g_byte_array_append (self->out, self->target + self->pending, length);
      self->pending += length;
    }
}

static void
put_copy (Delta *self, gsize offset, gsize size)
{
  self->pending += size;
  while (size > 0)
    {
      guint8 order[8];
      guint n = 1;
      gsize piece = MIN (size, MAX_COPY);
      order[0] = 0x80;
      for (guint i = 0; i < 4; i++)
        if ((offset >> (8 * i) & 0xff) != 0)
          {
            order[0] |= (guint8) (1 << i);
            order[n++] = (guint8) (offset >> (8 * i));
          }
      for (guint i = 0; i < 2; i++)
        if ((piece >> (8 * i) & 0xff) != 0)
          {
            order[0] |= (guint8) (0x10 << i);
            order[n++] = (guint8) (piece >> (8 * i));
          }
      g_byte_array_append (self->out, order, n);
      offset += piece;
      size -= piece;
    }
}

static guint
hash (const guint8 *at)
{
  guint64 head;
  guint32 tail;

  memcpy (&head, at, sizeof head);
  memcpy (&tail, at + sizeof head, sizeof tail);
  return (guint) (((head ^ ((guint64) tail << 29)) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >>
                  (64 - TABLE_BITS));
}

static gsize
common_prefix (const guint8 *a, const guint8 *b, gsize max)
{
  gsize n = 0;

  while (n < max && a[n] == b[n])
    n++;
  return n;
}

/* Between the common beginning and end: every place of the target is looked up among the base's pieces. */
static void
match_middle (Delta *self, gsize base_start, gsize base_end, gsize end)
{
  guint32 table[1 << TABLE_BITS];

  if (base_end - base_start < WINDOW || end - self->pending < WINDOW)
    return;
  memset (table, 0xff, sizeof table);
  for (gsize at = base_start; at + WINDOW <= base_end; at += STEP)
    {
      guint slot = hash (self->base + at);
      if (table[slot] == G_MAXUINT32)
        table[slot] = (guint32) at;
    }
  for (gsize at = self->pending; at + WINDOW <= end;)
    {
      guint32 found = table[hash (self->target + at)];
      gsize length = found == G_MAXUINT32 ? 0
                                          : common_prefix (self->base + found, self->target + at,
                                                           MIN (base_end - found, end - at));
      if (length < WINDOW)
        {
          at++;
          continue;
        }
      gsize back = 0;
      while (back < at - self->pending && back < found - base_start &&
             self->base[found - back - 1] == self->target[at - back - 1])
        back++;
      put_insert (self, at - back);
      put_copy (self, found - back, length + back);
      at += length;
    }
}

/* Appends the delta that makes @target from @base; FALSE where it would take @max bytes or more. */
gboolean
naru_delta_make (GBytes *base, GBytes *target, gsize max, GByteArray *out)
{
  Delta self = { .out = out };
  gsize start_length = out->len;
  self.base = g_bytes_get_data (base, &self.base_size);
  self.target = g_bytes_get_data (target, &self.target_size);
  if (self.base_size == 0 || self.target_size == 0 || self.base_size >= G_MAXUINT32)
    return FALSE;

  gsize shorter = MIN (self.base_size, self.target_size);
  gsize prefix = common_prefix (self.base, self.target, shorter);
  gsize suffix = 0;
  while (suffix < shorter - prefix &&
         self.base[self.base_size - suffix - 1] == self.target[self.target_size - suffix - 1])
    suffix++;

  put_size (out, self.base_size);
  put_size (out, self.target_size);
  if (prefix > 0)
    put_copy (&self, 0, prefix);
  match_middle (&self, prefix, self.base_size - suffix, self.target_size - suffix);
  put_insert (&self, self.target_size - suffix);
  if (suffix > 0)
    put_copy (&self, self.base_size - suffix, suffix);
  return out->len - start_length < max;
}
