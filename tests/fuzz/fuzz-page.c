/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-store-page-private.h"
#include "naru-store-private.h"

#include <stdlib.h>

/* The pages of the store's file, in which records and their indexes stand, as a disk may give them back; and
 * the keys by which they are found. The first byte: 'f' a whole file, 'k' four texts of two keys, else a
 * leaf. */

#define PAGE_SIZE 512
#define N_PAGES 3

typedef struct
{
  guint16 offset;
  guint size;
} Node;

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  return (int) ((const Node *) a)->offset - (int) ((const Node *) b)->offset;
}

/* A leaf that was taken for sound: its nodes lie one behind the other, from the first to the page's end. */
static void
check_nodes (const guint8 *page)
{
  NaruPageHeader header;
  Node nodes[PAGE_SIZE / 2];
  guint n = 0;

  memcpy (&header, page, sizeof header);
  for (gsize at = sizeof header; at + 2 <= header.lower; at += 2, n++)
    {
      guint16 words[4];
      memcpy (&nodes[n].offset, page + at, 2);
      g_assert_cmpuint (nodes[n].offset + NODE_SIZE, <=, PAGE_SIZE);
      memcpy (words, page + nodes[n].offset, sizeof words);
      guint size = words[0] | (guint) words[1] << 16;
      nodes[n].size = NODE_SIZE + words[3] + ((words[2] & NODE_BIG) != 0 ? (guint) sizeof (gsize) : size);
      g_assert_cmpuint (nodes[n].offset + nodes[n].size, <=, PAGE_SIZE);
    }
  qsort (nodes, n, sizeof *nodes, compare_nodes);
  for (guint i = 1; i < n; i++)
    g_assert_cmpuint (nodes[i - 1].offset + nodes[i - 1].size, <=, nodes[i].offset);
}

static void
check_leaf (const guint8 *data, gsize size)
{
  static guint8 map[N_PAGES * PAGE_SIZE] __attribute__ ((aligned (8)));

  memset (map, 0, sizeof map);
  memcpy (map + PAGE_SIZE, data, MIN (size, sizeof map - PAGE_SIZE));
  naru_guard_install ();
  if (naru_page_check_leaf (map, sizeof map, PAGE_SIZE, map + PAGE_SIZE + 20) == MDB_SUCCESS)
    check_nodes (map + PAGE_SIZE);
}

static void
check_file (const guint8 *data, gsize size)
{
  g_autofree char *path = fuzz_write_file ("data.mdb", data, size);
  g_autoptr (GError) error = NULL;
  guint64 found = 0;

  if (naru_store_check_file (fuzz_folder (), &found, &error))
    g_assert_cmpuint (found, ==, size);
  else
    fuzz_check_error (error);
  g_assert_nonnull (path);
}

static void
make_key (NaruKey *key, const char *first, const char *second)
{
  naru_key_clear (key);
  naru_key_add_text (key, first);
  naru_key_add_end (key);
  naru_key_add_text (key, second);
}

/* Keys stand in the order of their texts, the first one counting first. */
static void
check_keys (const char *text)
{
  g_auto (GStrv) texts = g_strsplit (text, "\n", 4);
  NaruKey a, b;

  if (g_strv_length (texts) < 4)
    return;
  make_key (&a, texts[0], texts[1]);
  make_key (&b, texts[2], texts[3]);
  g_assert_cmpint (a.too_long, ==, strlen (texts[0]) + 1 + strlen (texts[1]) > NARU_STORE_KEY_MAX);
  if (a.too_long || b.too_long)
    return;
  int expected = strcmp (texts[0], texts[2]);
  if (expected == 0)
    expected = strcmp (texts[1], texts[3]);
  int order = naru_key_compare (&a, &b);
  g_assert_true ((order < 0) == (expected < 0) && (order > 0) == (expected > 0));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data + 1, size - 1) : NULL;

  if (size == 0)
    return 0;
  switch (data[0])
    {
    case 'f':
      check_file (data + 1, size - 1);
      break;
    case 'k':
      check_keys (text);
      break;
    default:
      check_leaf (data + 1, size - 1);
      break;
    }
  return 0;
}
