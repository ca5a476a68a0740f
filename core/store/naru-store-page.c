/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-page-private.h"
#include "naru-store-private.h"

#include <unistd.h>

/* Reading a damaged page ends in an error. Writing to one is worse: LMDB copies it to the heap and puts the
 * new node where the page says there is room, wherever that is. So a leaf that comes from the file is looked
 * at before it is written to. */

#define KEY_MAX 511
#define PAGE_MAX 65536 /* bytes, as LMDB has it */

/*
 * naru_page_find_map:
 * @inside: an address in a page that was read from the file
 * @map_size: of the map
 *
 * LMDB does not tell where its map is, but each page knows its number.
 *
 * Returns: (nullable): the begin of the map; %NULL where that cannot be found
 */
const guint8 *
naru_page_find_map (gconstpointer inside, gsize page_size, gsize map_size)
{
  if (page_size > (gsize) sysconf (_SC_PAGESIZE))
    return NULL;
  const guint8 *page = (const guint8 *) ((guintptr) inside & ~(guintptr) (page_size - 1));
  NaruPageHeader header;
  MDB_val val = { sizeof header, (gpointer) page };
  if (naru_guard_copy (&header, &val) != MDB_SUCCESS || header.number >= map_size / page_size)
    return NULL;

  NaruMetaPage meta;
  const guint8 *map = page - header.number * page_size;
  MDB_val first = { sizeof meta, (gpointer) map };
  if (naru_guard_copy (&meta, &first) != MDB_SUCCESS || meta.magic != FILE_MAGIC)
    return NULL;
  return map;
}

/* LMDB gives back as many pages as the first one of a long value says, so that must be as many as it has. */
static gboolean
naru_page_check_long (const guint8 *map, gsize page_size, gsize n_pages, gsize first, gsize size)
{
  NaruPageHeader header;
  guint32 count;
  if (first >= n_pages)
    return FALSE;
  MDB_val val = { sizeof header, (gpointer) (map + first * page_size) };
  if (naru_guard_copy (&header, &val) != MDB_SUCCESS)
    return FALSE;
  memcpy (&count, &header.lower, sizeof count);
  return header.number == first && header.flags == PAGE_OVERFLOW &&
         count == (sizeof header + size + page_size - 1) / page_size;
}

/* Takes pairs of bytes of a page for one node; FALSE when another one has some of them. */
static gboolean
take_place (guint64 *taken, gsize first, gsize n)
{
  while (n > 0)
    {
      gsize shift = first % 64;
      gsize count = MIN (n, 64 - shift);
      guint64 mask = (count == 64 ? G_MAXUINT64 : ((guint64) 1 << count) - 1) << shift;
      if ((taken[first / 64] & mask) != 0)
        return FALSE;
      taken[first / 64] |= mask;
      first += count;
      n -= count;
    }
  return TRUE;
}

static gboolean
naru_page_check_nodes (const guint8 *map, const guint8 *page, const NaruPageHeader *header, gsize page_size,
                       gsize n_pages)
{
  guint64 taken[PAGE_MAX / 2 / 64];
  gsize used = 0;
  memset (taken, 0, page_size / 2 / 8);
  guint n_nodes = (header->lower - sizeof *header) / sizeof (guint16);
  for (guint i = 0; i < n_nodes; i++)
    {
      guint16 offset, words[4]; /* size low, size high, flags, size of the key */
      memcpy (&offset, page + sizeof *header + i * sizeof offset, sizeof offset);
      if (offset < header->upper || offset + NODE_SIZE > page_size || offset % 2 != 0)
        return FALSE;
      memcpy (words, page + offset, sizeof words);
      gboolean big = (words[2] & NODE_BIG) != 0;
      gsize length = words[0] | (gsize) words[1] << 16;
      gsize size = NODE_SIZE + words[3] + (big ? sizeof (gsize) : length);
      if (words[3] > KEY_MAX || size > page_size - offset)
        return FALSE;

      gsize first = 0;
      if (big)
        memcpy (&first, page + offset + NODE_SIZE + words[3], sizeof first);
      if (big && !naru_page_check_long (map, page_size, n_pages, first, length))
        return FALSE;
      size = (size + 1) & ~(gsize) 1;
      if (!take_place (taken, offset / 2, size / 2))
        return FALSE;
      used += size;
    }
  return used == page_size - header->upper;
}

/*
 * naru_page_check_leaf:
 * @map: where the file is mapped
 * @map_size: of the map
 * @inside: an address in a leaf; one outside of the map is a page of this transaction, which is sound
 *
 * Returns: MDB_SUCCESS or MDB_CORRUPTED
 */
int
naru_page_check_leaf (const guint8 *map, gsize map_size, gsize page_size, gconstpointer inside)
{
  const guint8 *address = inside;
  if (map == NULL || address < map || address >= map + map_size)
    return MDB_SUCCESS;

  gsize number = (gsize) (address - map) / page_size;
  guint8 page[PAGE_MAX];
  MDB_val val = { page_size, (gpointer) (map + number * page_size) };
  int rc = naru_guard_copy (page, &val);
  if (rc != MDB_SUCCESS)
    return rc;

  NaruPageHeader header;
  memcpy (&header, page, sizeof header);
  gboolean sound = header.number == number && header.flags == PAGE_LEAF && header.lower >= sizeof header &&
                   header.lower <= header.upper && header.upper <= page_size && header.lower % 2 == 0 &&
                   naru_page_check_nodes (map, page, &header, page_size, map_size / page_size);
  return sound ? MDB_SUCCESS : MDB_CORRUPTED;
}
