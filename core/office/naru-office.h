/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"
#include "naru-rules.h"

G_BEGIN_DECLS

#define NARU_OFFICE_FORMAT 1

/* An office on disk: store, history, pipelines, policy. Faces work at a NaruDesk. */
#define NARU_TYPE_OFFICE (naru_office_get_type ())
typedef struct _NaruOffice NaruOffice;

/* A key that the office is to get. */
typedef struct
{
  const char *file;       /* (nullable): a private key to take; NULL: one is made */
  const char *passphrase; /* (nullable): what it gets on disk; then an ssh-agent has to sign */
} NaruNewKey;

NARU_EXTERN GType naru_office_get_type (void);
NARU_EXTERN NaruOffice *naru_office_create (const char *folder, const char *name, const char *hub,
                                            NaruJson *first_person, GError **error);
NARU_EXTERN NaruOffice *naru_office_create_with_key (const char *folder, const char *name, const char *hub,
                                                     NaruJson *first_person, const NaruNewKey *key,
                                                     GError **error);
NARU_EXTERN NaruOffice *naru_office_open (const char *folder, GError **error);
NARU_EXTERN NaruOffice *naru_office_ref (NaruOffice *self);
NARU_EXTERN void naru_office_unref (NaruOffice *self);
NARU_EXTERN void naru_office_set_brief (NaruOffice *self, gboolean brief);
NARU_EXTERN const char *naru_office_get_folder (NaruOffice *self);
NARU_EXTERN const char *naru_office_get_name (NaruOffice *self);
NARU_EXTERN const char *naru_office_get_hub (NaruOffice *self);
NARU_EXTERN NaruTypes *naru_office_get_types (NaruOffice *self);
NARU_EXTERN NaruPipeline *naru_office_get_pipeline (NaruOffice *self, const char *type, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruOffice, naru_office_unref)

G_END_DECLS
