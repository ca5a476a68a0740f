/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-dossier.h"
#include "naru-page-private.h"
#include "naru-past-entry.h"
#include "naru-rulebook-private.h"
#include "naru-slice.h"
#include "naru-source.h"

#include <stdio.h>

G_BEGIN_DECLS

/* One change of the record. */
typedef struct
{
  guint64 number;
  NaruOid commit;
  NaruPastEntry past;
  NaruJson *event; /* (transfer none): as naru_desk_history() tells it */
  char *documents; /* names of the documents that it brought */
} NaruDossierChange;

typedef struct
{
  guint64 commits;   /* of the whole office, up to then */
  guint64 of_record; /* on the branch main: of the record, and of rules, keys and the like */
  guint64 of_others; /* of other records, held whole */
  guint64 held_back; /* of other records, with words of a person */
  guint64 left_out;  /* of other records, because only its own are wanted */
  guint64 trees;
  guint64 files;
} NaruDossierCount;

/* A dossier while it is made. */
typedef struct
{
  NaruDesk *desk;
  const char *id;
  NaruDossierFlags flags;
  NaruProgress progress; /* (nullable) */
  gpointer user_data;
  NaruRecordType *type;
  NaruRecord *record;
  NaruRepository *repository;
  char *path;         /* of the record in the history */
  NaruStoreHead head; /* up to where it goes */
  NaruJson *events;
  GPtrArray *changes;   /* of NaruDossierChange, the oldest first */
  GPtrArray *paths;     /* of char *: the files that it holds, and folders with a slash at the end */
  GPtrArray *documents; /* of NaruJson: each that the record ever had, with "number" of its change */
  GHashTable *own;      /* set of the numbers of changes */
  char *folder;         /* where it is built */
  char *git;
  FILE *list;         /* of its objects */
  NaruSource *source; /* all commits, the last one first */
  NaruPack *pack;
  GArray *all;     /* what became of each commit, the last one first; see naru-dossier-pack.c */
  NaruOid present; /* the last commit on main */
  NaruDossierCount count;
} NaruDossier;

/* naru-dossier-read.c */
gboolean naru_dossier_load (NaruDossier *self, GError **error);
gboolean naru_dossier_read (NaruDossier *self, GError **error);

/* naru-dossier-pack.c */
gboolean naru_dossier_pack (NaruDossier *self, GError **error);

/* naru-dossier-page.c */
gboolean naru_dossier_write_page (NaruDossier *self, GError **error);

/* naru-dossier-rules.c */
void naru_dossier_tell_rules (NaruDossier *self, NaruPage *page);

/* naru-dossier-check.c */
void naru_dossier_tell_checks (NaruDossier *self, NaruPage *page);

/* naru-dossier.c */
gboolean naru_dossier_put (NaruDossier *self, const char *name, const char *text, gssize length,
                           GError **error);

G_END_DECLS
