/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-office-private.h"

G_BEGIN_DECLS

/* A walk over the records that a query and the policy let through. */
typedef struct _NaruScan NaruScan;

typedef gboolean (*NaruScanFunc) (NaruScan *scan, const char *id, GVariant *card, gpointer user_data);

NaruScan *naru_scan_new (NaruDesk *desk, const char *type, const NaruQuery *query, GError **error);
gboolean naru_scan_run (NaruScan *self, NaruScanFunc func, gpointer user_data, GError **error);
NaruTxn *naru_scan_get_txn (NaruScan *self);
NaruRecordType *naru_scan_get_type (NaruScan *self);
void naru_scan_free (NaruScan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruScan, naru_scan_free)

G_END_DECLS
