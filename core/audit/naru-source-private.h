/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-source.h"

G_BEGIN_DECLS

#define NARU_SOURCE_MAX_PATH 1024
#define NARU_SOURCE_MAX_COMMIT (1 << 20)
#define NARU_SOURCE_MAX_TREE (32 << 20)
#define NARU_SOURCE_MAX_FILE (100 << 20)
#define NARU_SOURCE_MAX_MANIFEST (64 << 10)
#define NARU_SOURCE_MAX_SEALS 10000

/* What stands before each message of the reading process; path and bytes follow. */
typedef struct
{
  guint32 kind;
  guint32 path_size;
  guint64 size;
  guint64 number;
  guint64 total;
  NaruOid oid;
  NaruOid base;
  NaruDigest chain;
} NaruSourceHeader;

/* What the reading process is told. */
typedef struct
{
  int fd;
  pid_t parent; /* when it ends, so does the reading */
  const char *path;
  const char *scratch;
  NaruSourceFlags flags;
  NaruOid after; /* zero: from the first commit on */
  NaruOid last;  /* zero: up to the branch */
} NaruSourceTask;

/* The end of the pipe that the reading process writes to. */
typedef struct
{
  int fd;
  guint8 *buffer;
  gsize fill;
} NaruSourceOut;

/* naru-source-child.c */
void naru_source_out_put (NaruSourceOut *self, const NaruSourceItem *item);
void naru_source_out_flush (NaruSourceOut *self);
G_NORETURN void naru_source_child_run (const NaruSourceTask *task);

/* naru-source-refs.c */
gboolean naru_source_send_refs (NaruRepository *repository, GArray *commits, NaruSourceOut *out,
                                GError **error);
gboolean naru_source_meet (GHashTable **met, const NaruOid *oid);
void naru_source_find_chain (GBytes *commit, NaruDigest *chain);

/* naru-bundle.c */
gboolean naru_bundle_unpack (const char *file, const char *repository, NaruSourceOut *out, NaruOid *manifest,
                             GError **error);
gboolean naru_bundle_is (const char *file);

G_END_DECLS
