/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

/* What fixes the history where others can see it: seals, mirrors of it elsewhere, and the comparison with
 * them. */

NARU_EXTERN gboolean naru_desk_seal (NaruDesk *self, const char *name, NaruJson **report, GError **error);
NARU_EXTERN gboolean naru_desk_stamp_seal (NaruDesk *self, const char *name, const char *url,
                                           const char *ca_file, NaruJson **report, GError **error);
NARU_EXTERN NaruJson *naru_desk_check_seals (NaruDesk *self, GError **error);

NARU_EXTERN NaruJson *naru_desk_list_remotes (NaruDesk *self, GError **error);
NARU_EXTERN gboolean naru_desk_add_remote (NaruDesk *self, const char *name, const char *url, char **address,
                                           GError **error);
NARU_EXTERN gboolean naru_desk_remove_remote (NaruDesk *self, const char *name, const char *reason,
                                              GError **error);
NARU_EXTERN NaruJson *naru_desk_push (NaruDesk *self, const char *const *names, NaruProgress progress,
                                      gpointer user_data, GError **error);

NARU_EXTERN gboolean naru_desk_compare_history (NaruDesk *self, const char *place, NaruProgress progress,
                                                gpointer user_data, NaruJson **report, GError **error);

G_END_DECLS
