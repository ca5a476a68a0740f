/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-repository.h"

G_BEGIN_DECLS

/* A repository elsewhere that holds a copy of the history: a folder, or what ssh and https reach. It is
 * talked to by stock git, which has a deadline and bounds, asks nothing and runs nothing of ours. */
#define NARU_MIRROR_MAX_REFS 4000 /* seals and time stamps that are asked for or brought at once */

typedef void (*NaruMirrorProgress) (guint64 done, guint64 total, gpointer user_data);

NARU_EXTERN gboolean naru_mirror_is_url (const char *place);
NARU_EXTERN char *naru_mirror_check_url (const char *url, GError **error);
NARU_EXTERN GPtrArray *naru_mirror_list (const char *url, const char *repository, NaruOid *head,
                                         GError **error);
NARU_EXTERN gboolean naru_mirror_fetch (const char *url, const char *repository, GPtrArray *refs, guint64 max,
                                        NaruMirrorProgress progress, gpointer user_data, GError **error);
NARU_EXTERN gboolean naru_mirror_push (const char *url, const char *repository, const NaruOid *head,
                                       GPtrArray *refs, NaruMirrorProgress progress, gpointer user_data,
                                       GError **error);

G_END_DECLS
