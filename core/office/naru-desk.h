/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office.h"

G_BEGIN_DECLS

/* What one person may see and do in the office. Every face works through a desk and nothing else.
 *
 * A changing call returns FALSE with NARU_ERROR_PENDING when the change is recorded for good but the history
 * could not be written yet; its out parameters are set all the same. */
#define NARU_TYPE_DESK (naru_desk_get_type ())
typedef struct _NaruDesk NaruDesk;

typedef struct
{
  const char *stage;
  const char *sector;
  const char *hub;
  const char *officer;
  const char *text;
  const char *const *where; /* "field=value", NULL-terminated */
  const char *sort;         /* "field", "-field"; NULL: by id */
  guint limit;              /* 0: all */
} NaruQuery;

typedef void (*NaruProgress) (guint64 done, guint64 total, gpointer user_data);
typedef gboolean (*NaruDeskRecordFunc) (NaruRecord *record, gpointer user_data, GError **error);

NARU_EXTERN GType naru_desk_get_type (void);
NARU_EXTERN NaruDesk *naru_desk_new (NaruOffice *office, const char *login, const char *via, GError **error);
NARU_EXTERN NaruDesk *naru_desk_ref (NaruDesk *self);
NARU_EXTERN void naru_desk_unref (NaruDesk *self);
NARU_EXTERN NaruOffice *naru_desk_get_office (NaruDesk *self);
NARU_EXTERN const char *naru_desk_get_person (NaruDesk *self);
NARU_EXTERN NaruDesk *naru_desk_at (NaruDesk *self, const char *when, GError **error);
NARU_EXTERN gboolean naru_desk_may (NaruDesk *self, const char *type, const char *action, NaruRecord *record);

/* reading: what this person may not see is not found */
NARU_EXTERN NaruRecord *naru_desk_show (NaruDesk *self, const char *id, GError **error);
NARU_EXTERN NaruJson *naru_desk_list (NaruDesk *self, const char *type, const NaruQuery *query,
                                      GError **error);
NARU_EXTERN gboolean naru_desk_foreach (NaruDesk *self, const char *type, const NaruQuery *query,
                                        NaruDeskRecordFunc func, gpointer user_data, GError **error);
NARU_EXTERN NaruJson *naru_desk_history (NaruDesk *self, const char *id, GError **error);
NARU_EXTERN char *naru_desk_diff (NaruDesk *self, const char *id, const char *from, const char *to,
                                  GError **error);
NARU_EXTERN NaruReview *naru_desk_check (NaruDesk *self, const char *id, const char *stage, GError **error);
NARU_EXTERN NaruJson *naru_desk_board (NaruDesk *self, const char *type, const NaruQuery *query,
                                       guint per_stage, GError **error);
NARU_EXTERN NaruJson *naru_desk_status (NaruDesk *self, GError **error);
NARU_EXTERN GBytes *naru_desk_read_document (NaruDesk *self, const char *id, const char *name,
                                             GError **error);

/* changing: one call, one entry, one commit */
NARU_EXTERN gboolean naru_desk_create (NaruDesk *self, const char *type, NaruJson *fields, char **id,
                                       GError **error);
NARU_EXTERN gboolean naru_desk_edit (NaruDesk *self, const char *id, NaruJson *changes,
                                     const char *if_revision, GError **error);
NARU_EXTERN gboolean naru_desk_link (NaruDesk *self, const char *id, const char *field, const char *target,
                                     GError **error);
NARU_EXTERN gboolean naru_desk_attach (NaruDesk *self, const char *id, const char *file, const char *name,
                                       GError **error);
NARU_EXTERN gboolean naru_desk_note (NaruDesk *self, const char *id, const char *text, GError **error);
NARU_EXTERN gboolean naru_desk_advance (NaruDesk *self, const char *id, const char *stage,
                                        const char *if_revision, NaruReview **review, GError **error);
NARU_EXTERN gboolean naru_desk_approve (NaruDesk *self, const char *id, const char *stage, GError **error);
NARU_EXTERN gboolean naru_desk_reject (NaruDesk *self, const char *id, const char *stage, const char *reason,
                                       GError **error);
NARU_EXTERN gboolean naru_desk_waive (NaruDesk *self, const char *id, const char *condition,
                                      const char *reason, const char *until, GError **error);
NARU_EXTERN gboolean naru_desk_add_pipeline (NaruDesk *self, NaruJson *pipeline, const char *origin,
                                             GError **error);
NARU_EXTERN gboolean naru_desk_checkpoint (NaruDesk *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruDesk, naru_desk_unref)

G_END_DECLS
