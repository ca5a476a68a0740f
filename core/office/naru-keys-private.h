/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-change-private.h"
#include "naru-desk-keys.h"

G_BEGIN_DECLS

/* rows of the store with the same text as the files of the history */
#define NARU_META_SIGNERS "signers"
#define NARU_META_REVOKED "revoked-signers"
#define NARU_SIGNERS_PATH "keys/allowed_signers"
#define NARU_REVOKED_PATH "keys/revoked_signers"

GPtrArray *naru_office_read_signers (NaruTxn *txn, GError **error);
void naru_office_settle_keys (NaruOffice *self);
gboolean naru_office_key_is_locked (NaruOffice *self);
gboolean naru_office_check_signer (NaruOffice *self, NaruSigner *signer, GError **error);
gboolean naru_office_check_agent (NaruOffice *self, GError **error);
gboolean naru_change_put_key (NaruChange *self, const NaruNewKey *key, gboolean revoke, GError **error);
gboolean naru_change_add_key (NaruChange *self, GPtrArray *signers, const char *principal, const char *key,
                              GError **error);
gboolean naru_change_end_key (NaruChange *self, NaruAllowedSigner *former, gboolean revoke, GError **error);
gboolean naru_change_put_signers (NaruChange *self, GPtrArray *signers, GError **error);
gboolean naru_check_key_is_new (GPtrArray *signers, const char *key, const char *field, GError **error);
NaruJson *naru_describe_key (const NaruAllowedSigner *signer, const char *revoked);
gboolean naru_change_choose_signer (NaruChange *self, GError **error);
void naru_office_report_keys (NaruOffice *self, NaruTxn *txn, NaruJson *status);

G_END_DECLS
