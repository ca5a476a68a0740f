/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-entry.h"

#include <stdio.h>

typedef struct _NaruEntryAway NaruEntryAway;

typedef struct
{
  char *name;
  char *email;
} NaruEntryPerson;

typedef struct
{
  char *key;
  char *value;
} NaruEntryTrailer;

struct _NaruEntry
{
  char *action;
  NaruTime authored;
  NaruTime committed;
  NaruEntryPerson author;
  NaruEntryPerson committer;
  char *subject;
  char *reason;        /* (nullable) */
  GArray *trailers;    /* NaruEntryTrailer */
  GArray *files;       /* NaruEntryFile; sorted by path once sealed */
  NaruEntryAway *away; /* (nullable): more of them, which are not in memory */
  char *folder;        /* (nullable): where those may be */
  guint n_light;       /* of the files those that may go there */
  /* set by sealing */
  gboolean sealed;
  guint64 seq;
  char *message;
  NaruDigest digest;
  NaruDigest chain;
};

/* naru-entry-files.c */
GArray *naru_entry_files_new (void);
void naru_entry_files_add (NaruEntry *self, const NaruEntryFile *file);
gboolean naru_entry_files_sort (NaruEntry *self, GError **error);
guint naru_entry_files_count (NaruEntry *self);
const NaruEntryFile *naru_entry_files_get (NaruEntry *self, guint index, GError **error);
void naru_entry_files_clear (NaruEntry *self);

gboolean naru_entry_check (NaruEntry *self, GError **error);
gboolean naru_entry_path_is_safe (const char *path);
