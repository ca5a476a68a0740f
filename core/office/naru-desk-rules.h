/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

/* Rule packs and plugins of the office: what judges, what a change of it would do, and changing it. */
NARU_EXTERN NaruJson *naru_desk_list_rules (NaruDesk *self, GError **error);
NARU_EXTERN NaruJson *naru_desk_show_rule (NaruDesk *self, const char *id, GError **error);
NARU_EXTERN gboolean naru_desk_adopt_rules (NaruDesk *self, NaruJson *pack, const char *origin,
                                            const char *reason, GError **error);
NARU_EXTERN NaruJson *naru_desk_measure_impact (NaruDesk *self, NaruJson *pack, const char *origin,
                                                NaruProgress progress, gpointer user_data, GError **error);
NARU_EXTERN NaruJson *naru_desk_list_plugins (NaruDesk *self, GError **error);
NARU_EXTERN gboolean naru_desk_enable_plugin (NaruDesk *self, const char *name, const char *reason,
                                              GError **error);
NARU_EXTERN gboolean naru_desk_disable_plugin (NaruDesk *self, const char *name, const char *reason,
                                               GError **error);
NARU_EXTERN NaruReview *naru_desk_check_as_of (NaruDesk *self, const char *id, const char *stage,
                                               const char *when, NaruJson **about, GError **error);

G_END_DECLS
