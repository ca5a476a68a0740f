/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-delta-private.h"

/* The delta between any two texts, undone as the pack format says: the second text comes out. */

static guint64
take_size (const guint8 **at, const guint8 *end)
{
  guint64 size = 0;
  guint shift = 0;
  guint8 byte;

  do
    {
      g_assert_true (*at < end && shift < 64);
      byte = *(*at)++;
      size |= (guint64) (byte & 0x7f) << shift;
      shift += 7;
    }
  while (byte & 0x80);
  return size;
}

static GByteArray *
apply (const FuzzPart *base, const guint8 *at, const guint8 *end)
{
  GByteArray *out = g_byte_array_new ();
  g_assert_cmpuint (take_size (&at, end), ==, base->size);
  guint64 expected = take_size (&at, end);

  while (at < end)
    {
      guint8 order = *at++;
      guint32 offset = 0, size = 0;
      g_assert_cmpint (order, !=, 0);
      if (order < 0x80)
        {
          g_assert_true (order <= end - at);
          g_byte_array_append (out, at, order);
          at += order;
          continue;
        }
      for (guint i = 0; i < 4; i++)
        if (order & (1 << i))
          offset |= (guint32) *at++ << (8 * i);
      for (guint i = 0; i < 3; i++)
        if (order & (0x10 << i))
          size |= (guint32) *at++ << (8 * i);
      size = size == 0 ? 0x10000 : size;
      g_assert_true (at <= end && (guint64) offset + size <= base->size);
      g_byte_array_append (out, (const guint8 *) base->text + offset, size);
    }
  g_assert_cmpuint (out->len, ==, expected);
  return out;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 2);
  const FuzzPart *base = fuzz_part (parts, 0), *target = fuzz_part (parts, 1);
  g_autoptr (GBytes) from = g_bytes_new (base->text, base->size);
  g_autoptr (GBytes) to = g_bytes_new (target->text, target->size);
  g_autoptr (GByteArray) delta = g_byte_array_new ();

  if (!naru_delta_make (from, to, G_MAXSIZE, delta))
    {
      g_assert_true (base->size == 0 || target->size == 0);
      return 0;
    }
  g_autoptr (GByteArray) made = apply (base, delta->data, delta->data + delta->len);
  g_assert_cmpmem (made->data, made->len, target->text, target->size);
  return 0;
}
