/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rule-cases.h"
#include "naru-rule-private.h"

G_BEGIN_DECLS

#define NARU_CASE_DEAL_ID "MGK-2026-00001"

/* A pack under test. */
typedef struct
{
  NaruRulePack *pack;
  NaruRuleBook *book;
  NaruTypes *types;
  NaruRecordType *type; /* of deals, with the fields of the pack; owned by types */
  NaruJson *results;    /* [{"rule","case","ok","message"}] */
  guint failed;
} NaruPackTest;

NaruRecord *naru_pack_test_make_deal (NaruPackTest *self, NaruJson *fields, const char *from, gboolean valid,
                                      GError **error);
void naru_pack_test_report (NaruPackTest *self, const char *rule, const char *name, const char *problem);
void naru_pack_test_run_contract (NaruPackTest *self);

G_END_DECLS
