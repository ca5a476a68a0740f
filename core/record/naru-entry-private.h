/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-entry.h"

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
  char *reason;     /* (nullable) */
  GArray *trailers; /* NaruEntryTrailer */
  GArray *files;    /* NaruEntryFile; sorted by path once sealed */
  /* set by sealing */
  gboolean sealed;
  guint64 seq;
  char *message;
  NaruDigest digest;
  NaruDigest chain;
};

gboolean naru_entry_check (NaruEntry *self, GError **error);
gboolean naru_entry_path_is_safe (const char *path);
