/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk.h"

G_BEGIN_DECLS

/* The keys that sign the history of the office. */
NARU_EXTERN NaruJson *naru_desk_list_keys (NaruDesk *self, GError **error);
NARU_EXTERN gboolean naru_desk_rotate_key (NaruDesk *self, const char *file, const char *reason,
                                           char **fingerprint, GError **error);
NARU_EXTERN gboolean naru_desk_change_key (NaruDesk *self, const NaruNewKey *key, const char *reason,
                                           gboolean revoke, char **fingerprint, GError **error);
NARU_EXTERN gboolean naru_desk_key_has_passphrase (NaruDesk *self, gboolean *has, GError **error);
NARU_EXTERN gboolean naru_desk_set_key_passphrase (NaruDesk *self, const char *old, const char *passphrase,
                                                   GError **error);
NARU_EXTERN gboolean naru_desk_revoke_key (NaruDesk *self, const char *file, const char *reason,
                                           char **fingerprint, GError **error);

/* The keys with which people sign their own decisions. */
NARU_EXTERN NaruJson *naru_desk_list_person_keys (NaruDesk *self, const char *id, GError **error);
NARU_EXTERN gboolean naru_desk_add_person_key (NaruDesk *self, const char *id, const char *file,
                                               const char *reason, char **fingerprint, GError **error);
NARU_EXTERN gboolean naru_desk_end_person_key (NaruDesk *self, const char *id, const char *reason,
                                               gboolean revoke, char **fingerprint, GError **error);

G_END_DECLS
