/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-pack.h"

#include <zlib.h>

G_BEGIN_DECLS

/* git itself goes no deeper, so that reading stays quick */
#define NARU_PACK_MAX_DEPTH 50
#define NARU_PACK_HEADER_SIZE 12
#define NARU_PACK_OBJECT_HEADER_SIZE 16
#define NARU_PACK_NO_BASE G_MAXUINT32

/* What is known of each object of the pack, in the order of adding; without its id. */
typedef struct
{
  guint64 offset;
  guint32 crc;
  guint8 depth; /* of its chain of deltas */
} NaruPackPlace;

/* The pack file while it is written; used by one thread at a time. */
typedef struct
{
  int fd;
  int failure; /* errno of the first failed write, or 0 */
  guint64 written;
  guint8 *buffer;
  gsize fill;
  guint32 crc;
  z_stream stream;
  z_stream stored; /* compresses nothing */
  z_stream *current;
  GArray *places;    /* of NaruPackPlace */
  GByteArray *delta; /* scratch */
} NaruPackStream;

/* naru-pack-places.c */
gboolean naru_pack_check_indexes (const char *folder, GError **error);

void naru_pack_format_start (guint32 n_objects, guint8 start[NARU_PACK_HEADER_SIZE]);
guint naru_pack_format_header (int type, guint64 size, guint8 header[NARU_PACK_OBJECT_HEADER_SIZE]);

gboolean naru_pack_stream_open (NaruPackStream *self, int folder, const char *name, GError **error);
void naru_pack_stream_close (NaruPackStream *self);
void naru_pack_stream_add (NaruPackStream *self, NaruObjectKind kind, GBytes *bytes, GBytes *base,
                           guint32 base_index, gboolean stored);
void naru_pack_stream_begin (NaruPackStream *self, NaruObjectKind kind, guint64 size);
void naru_pack_stream_put (NaruPackStream *self, gconstpointer data, gsize size, gboolean last);
void naru_pack_stream_cancel (NaruPackStream *self);
gboolean naru_pack_stream_finish (NaruPackStream *self, NaruOid *trailer);

gboolean naru_pack_index_write (int folder, const char *name, const NaruOid *oids,
                                const NaruPackPlace *places, guint32 n_objects, const NaruOid *trailer,
                                gboolean durable, GError **error);

gboolean naru_pack_check_name (const char *name, GError **error);
int naru_pack_open_folder (const char *repository, GError **error);
char *naru_pack_get_temporary (const char *kind, const char *name);

G_END_DECLS
