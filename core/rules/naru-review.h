/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-case.h"
#include "naru-pipeline.h"
#include "naru-rule-book.h"

G_BEGIN_DECLS

/* The verdict on one move: every condition, met or not. */
#define NARU_TYPE_REVIEW (naru_review_get_type ())
typedef struct _NaruReview NaruReview;

NARU_EXTERN GType naru_review_get_type (void);
NARU_EXTERN NaruReview *naru_review_judge (NaruPipeline *pipeline, NaruRuleBook *book, NaruCase *subject,
                                           const char *to, GError **error);
NARU_EXTERN NaruReview *naru_review_ref (NaruReview *self);
NARU_EXTERN void naru_review_unref (NaruReview *self);
NARU_EXTERN const char *naru_review_get_id (NaruReview *self);
NARU_EXTERN const char *naru_review_get_from (NaruReview *self);
NARU_EXTERN const char *naru_review_get_to (NaruReview *self);
NARU_EXTERN gboolean naru_review_is_allowed (NaruReview *self);
NARU_EXTERN guint naru_review_get_n_findings (NaruReview *self);
NARU_EXTERN NaruFinding *naru_review_get_finding (NaruReview *self, guint index);
NARU_EXTERN NaruFinding *naru_review_find (NaruReview *self, const char *rule);
NARU_EXTERN gboolean naru_review_is_waivable (NaruReview *self, const char *rule, const char **role);
NARU_EXTERN gboolean naru_review_asks_role (NaruReview *self, const char *role);
NARU_EXTERN const char *naru_review_get_approval (NaruReview *self, guint index, const char **role);
NARU_EXTERN void naru_review_word_questions (NaruReview *self, NaruCase *subject);
NARU_EXTERN NaruJson *naru_review_to_json (NaruReview *self);
NARU_EXTERN GStrv naru_review_list_verdicts (NaruReview *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruReview, naru_review_unref)

G_END_DECLS
