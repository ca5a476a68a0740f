/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"

G_BEGIN_DECLS

/* What a move or a decision makes of a record and of its entry: whoever makes one and whoever looks at it
 * again have it from here */
void naru_move_write_trailers (NaruEntry *entry, NaruPipeline *pipeline, NaruRuleBook *book,
                               NaruRecord *record, NaruReview *review);
void naru_move_consume_decisions (NaruJson *json, const char *key, const char *from, const char *to,
                                  NaruEntry *entry);
const char *naru_move_find_role (NaruDesk *desk, NaruRecord *record, NaruReview *review);
void naru_move_put_decision (NaruJson *json, NaruReview *review, const char *role, const char *person,
                             const char *day, const char *reason);
gboolean naru_move_check_waivable (NaruDesk *desk, NaruReview *review, const char *condition, GError **error);
void naru_move_put_waiver (NaruJson *json, const char *condition, const char *reason, const char *until,
                           const char *person, const char *day);

G_END_DECLS
