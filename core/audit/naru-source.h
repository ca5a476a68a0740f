/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-repository.h"

G_BEGIN_DECLS

/* A history that nobody vouches for: a bare repository, or a bundle. It is read in a process of its own,
 * which may crash or hang as it likes; what comes out of it is a stream of commits from the first on, each
 * with the files in which it differs from the one before. Every object was compared with its id. */
typedef struct _NaruSource NaruSource;

typedef enum
{
  NARU_SOURCE_BEAT,  /* nothing yet, but something goes on */
  NARU_SOURCE_BEGIN, /* a commit: bytes and oid */
  NARU_SOURCE_FILE,  /* new or other content: path, oid, base, bytes */
  NARU_SOURCE_GONE,  /* a file that the commit removes: path, base */
  NARU_SOURCE_TREE,  /* a new folder: path, oid, base, bytes; where asked for */
  NARU_SOURCE_END,   /* of the commit */
  NARU_SOURCE_REF,   /* after all commits, where asked for: path: whole name, oid; of a seal bytes, base: its
                        commit, number: of that commit, 0 where this history has no such one, chain: its
                        digest there; of a time stamp bytes. No bytes: it is not what it should be */
  NARU_SOURCE_MANIFEST, /* bytes; what a backup says of itself */
  NARU_SOURCE_DONE,
  NARU_SOURCE_ERROR, /* between the two processes alone */
} NaruSourceKind;

typedef struct
{
  NaruSourceKind kind;
  guint64 number; /* of the commit, from 1 */
  guint64 total;  /* commits */
  NaruOid oid;
  NaruOid base; /* what stood there before; zero where nothing did */
  NaruDigest chain;
  char *path;
  GBytes *bytes;
} NaruSourceItem;

typedef enum
{
  NARU_SOURCE_WITH_TREES = 1 << 0,
  NARU_SOURCE_WITH_SEALS = 1 << 1,
  NARU_SOURCE_COMMITS_ONLY =
      1 << 2,                      /* with their chain; of files those in keys/ as the last commit has them */
  NARU_SOURCE_SEALS_ONLY = 1 << 3, /* no commits at all, but those files */
  NARU_SOURCE_BACKWARDS = 1 << 4,  /* the commits alone, the last one first; the base is the one before */
  NARU_SOURCE_WITH_GONE_TREES = 1 << 5, /* folders that a commit removes too: zero oid, no bytes */
} NaruSourceFlags;

NARU_EXTERN char *naru_source_resolve (const char *path, GError **error);
NARU_EXTERN NaruSource *naru_source_open (const char *path, const char *scratch, NaruSourceFlags flags,
                                          GError **error);
NARU_EXTERN NaruSource *naru_source_open_range (const char *path, const char *scratch, NaruSourceFlags flags,
                                                const NaruOid *after, const NaruOid *last, GError **error);
NARU_EXTERN gboolean naru_source_next (NaruSource *self, NaruSourceItem *item, GError **error);
NARU_EXTERN void naru_source_item_clear (NaruSourceItem *item);
NARU_EXTERN void naru_source_free (NaruSource *self);
gboolean naru_source_set_foreign (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

NARU_EXTERN gboolean naru_bundle_write (const char *file, const char *repository, const NaruOid *head,
                                        const NaruOid *manifest, GPtrArray *refs, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruSource, naru_source_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruSourceItem, naru_source_item_clear)

G_END_DECLS
