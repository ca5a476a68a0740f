/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_STAGE_ACTIVE, /* time is counted against the target */
  NARU_STAGE_PAUSED, /* on hold: no target */
  NARU_STAGE_FINAL,  /* nothing more is due; a transition may still lead back */
} NaruStageKind;

/* Owned by the pipeline. */
typedef struct
{
  const char *id;
  const char *title_en;
  const char *title_ko;
  NaruStageKind kind;
  int target_days; /* working days; 0 = none */
} NaruStage;

/* Owned by the pipeline. */
typedef struct _NaruTransition NaruTransition;

#define NARU_TYPE_PIPELINE (naru_pipeline_get_type ())
typedef struct _NaruPipeline NaruPipeline;

NARU_EXTERN GType naru_pipeline_get_type (void);
NARU_EXTERN NaruPipeline *naru_pipeline_new (NaruJson *json, const char *origin, GError **error);
NARU_EXTERN NaruPipeline *naru_pipeline_ref (NaruPipeline *self);
NARU_EXTERN void naru_pipeline_unref (NaruPipeline *self);
NARU_EXTERN const char *naru_pipeline_get_id (NaruPipeline *self);
NARU_EXTERN const char *naru_pipeline_get_record_type (NaruPipeline *self);
NARU_EXTERN const char *naru_pipeline_get_title (NaruPipeline *self);
NARU_EXTERN NaruJson *naru_pipeline_get_json (NaruPipeline *self);
NARU_EXTERN char *naru_pipeline_get_digest (NaruPipeline *self);
NARU_EXTERN char *naru_pipeline_to_text (NaruPipeline *self);
NARU_EXTERN NaruPipeline *naru_pipeline_from_text (const char *text, const char *origin, GError **error);
NARU_EXTERN const char *naru_pipeline_get_calendar (NaruPipeline *self);
NARU_EXTERN guint naru_pipeline_get_n_stages (NaruPipeline *self);
NARU_EXTERN const NaruStage *naru_pipeline_get_stage (NaruPipeline *self, guint index);
NARU_EXTERN const NaruStage *naru_pipeline_find_stage (NaruPipeline *self, const char *id);
NARU_EXTERN const char *naru_stage_get_title (const NaruStage *stage);
NARU_EXTERN const NaruStage *naru_pipeline_get_initial (NaruPipeline *self);
NARU_EXTERN const NaruTransition *naru_pipeline_find_transition (NaruPipeline *self, const char *from,
                                                                 const char *to);
NARU_EXTERN GStrv naru_pipeline_list_targets (NaruPipeline *self, const char *from);
NARU_EXTERN NaruPipeline *naru_pipeline_exchange (NaruPipeline *self, NaruJson *taken, NaruJson *brought,
                                                  const char *origin, GError **error);
NARU_EXTERN gboolean naru_pipeline_check_types (NaruPipeline *self, NaruTypes *types, GError **error);
NARU_EXTERN const char *naru_transition_get_to (const NaruTransition *transition);
NARU_EXTERN GStrv naru_transition_list_linked_types (const NaruTransition *transition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruPipeline, naru_pipeline_unref)

G_END_DECLS
