/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The layout of LMDB's data version 1, in the machine's own byte order and word size. */

#define FILE_MAGIC 0xBEEFC0DEu
#define FILE_VERSION 1
#define PAGE_BRANCH 0x01
#define PAGE_LEAF 0x02
#define PAGE_OVERFLOW 0x04
#define PAGE_META 0x08
#define NODE_BIG 0x01
#define NODE_SIZE 8

typedef struct
{
  gsize number;
  guint16 pad;
  guint16 flags;
  guint16 lower; /* where the list of nodes ends, counted from the page's begin */
  guint16 upper; /* where the nodes begin; in a long value both are one number, how many pages it has */
} NaruPageHeader;

typedef struct
{
  guint32 pad; /* of the first tree: the page size */
  guint16 flags;
  guint16 depth;
  gsize branch_pages;
  gsize leaf_pages;
  gsize overflow_pages;
  gsize entries;
  gsize root;
} NaruTreeHeader;

typedef struct
{
  NaruPageHeader page;
  guint32 magic;
  guint32 version;
  gpointer address;
  gsize map_size;
  NaruTreeHeader trees[2]; /* the free pages; the main tree */
  gsize last_page;
  gsize txn;
} NaruMetaPage;

G_END_DECLS
