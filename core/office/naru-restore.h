/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

/* The way back: an office from its history alone, and the one file that holds a history. */
NARU_EXTERN NaruOffice *naru_office_restore (const char *folder, const char *from, NaruProgress progress,
                                             gpointer user_data, NaruJson **report, GError **error);
NARU_EXTERN NaruOffice *naru_office_restore_encrypted (const char *folder, const char *from,
                                                       const char *passphrase, NaruProgress progress,
                                                       gpointer user_data, NaruJson **report, GError **error);
NARU_EXTERN gboolean naru_backup_is_encrypted (const char *file);
NARU_EXTERN gboolean naru_desk_backup (NaruDesk *self, const char *file, NaruProgress progress,
                                       gpointer user_data, NaruJson **report, GError **error);
NARU_EXTERN gboolean naru_desk_backup_encrypted (NaruDesk *self, const char *file, const char *passphrase,
                                                 NaruProgress progress, gpointer user_data, NaruJson **report,
                                                 GError **error);

G_END_DECLS
