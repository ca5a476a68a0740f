/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <string.h>

/*
 * Which records the rows of a file were about, and on which line: 16 bytes a row, however long its key is.
 * A key stands there by 80 bits of its digest. That two of ten million keys share these happens once in more
 * than ten thousand million such imports.
 */

#define KEY_SIZE 10
#define LINE_BITS 48
#define FIRST_SIZE 1024

typedef struct
{
  guint8 bytes[16]; /* of the digest, then the line; all zero: free */
} Slot;

struct _NaruImportSeen
{
  Slot *slots;
  gsize size; /* a power of two */
  gsize fill;
};

NaruImportSeen *
naru_import_seen_new (void)
{
  NaruImportSeen *self = g_new0 (NaruImportSeen, 1);

  self->size = FIRST_SIZE;
  self->slots = g_new0 (Slot, self->size);
  return self;
}

void
naru_import_seen_free (NaruImportSeen *self)
{
  g_free (self->slots);
  g_free (self);
}

static void
put_line (Slot *slot, guint64 line)
{
  for (guint i = KEY_SIZE; i < sizeof slot->bytes; i++, line >>= 8)
    slot->bytes[i] = (guint8) line;
}

static guint64
get_line (const Slot *slot)
{
  guint64 line = 0;

  for (guint i = sizeof slot->bytes; i > KEY_SIZE; i--)
    line = line << 8 | slot->bytes[i - 1];
  return line;
}

/* Where it stands, or else the free place for it. No line has the number 0. */
static Slot *
find_slot (NaruImportSeen *self, const guint8 *key)
{
  guint64 hash;

  memcpy (&hash, key, sizeof hash);
  gsize at = hash & (self->size - 1);
  while (get_line (&self->slots[at]) != 0 && memcmp (self->slots[at].bytes, key, KEY_SIZE) != 0)
    at = (at + 1) & (self->size - 1);
  return &self->slots[at];
}

static void
grow (NaruImportSeen *self)
{
  g_autofree Slot *former = self->slots;
  gsize n = self->size;

  self->size *= 2;
  self->slots = g_new0 (Slot, self->size);
  for (gsize i = 0; i < n; i++)
    if (get_line (&former[i]) != 0)
      *find_slot (self, former[i].bytes) = former[i];
}

/* Returns: the line of the row that was about @mark, or 0 */
guint64
naru_import_seen_find (NaruImportSeen *self, const char *mark)
{
  NaruDigest digest;

  naru_digest_compute (mark, strlen (mark), &digest);
  return get_line (find_slot (self, digest.bytes));
}

/* @mark: what stands for the same record in every row. Its last line is kept. */
void
naru_import_seen_add (NaruImportSeen *self, const char *mark, guint64 line)
{
  NaruDigest digest;

  if (self->fill >= self->size / 8 * 7)
    grow (self);
  naru_digest_compute (mark, strlen (mark), &digest);
  Slot *slot = find_slot (self, digest.bytes);
  self->fill += get_line (slot) == 0;
  memcpy (slot->bytes, digest.bytes, KEY_SIZE);
  put_line (slot, line & ((G_GUINT64_CONSTANT (1) << LINE_BITS) - 1));
}
