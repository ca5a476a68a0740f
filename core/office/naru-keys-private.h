/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-change-private.h"

G_BEGIN_DECLS

/* rows of the store with the same text as the files of the history */
#define NARU_META_SIGNERS "signers"
#define NARU_META_REVOKED "revoked-signers"
#define NARU_SIGNERS_PATH "keys/allowed_signers"
#define NARU_REVOKED_PATH "keys/revoked_signers"

GPtrArray *naru_office_read_signers (NaruTxn *txn, GError **error);
void naru_office_settle_keys (NaruOffice *self);
gboolean naru_change_put_key (NaruChange *self, const char *file, gboolean revoke, GError **error);
void naru_office_report_keys (NaruOffice *self, NaruTxn *txn, NaruJson *status);

G_END_DECLS
