/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "office-fixture.h"

#include "naru-change-private.h"
#include "naru-verify.h"

/* A small office with people of several roles, and a hand that writes what no desk would. */
typedef struct
{
  Fixture fixture;
  NaruDesk *director;
  NaruDesk *officer;
  NaruDesk *auditor;
  char *deal;    /* in the first stage */
  char *other;   /* another deal */
  char *history; /* audit.git */
} World;

World world_new (void);
void world_clear (World *world);

NaruJson *parse (const char *text);
NaruJson *verify_office (Fixture *fixture, const NaruVerifyOptions *options);
void assert_no_findings (NaruJson *report);
void assert_found (NaruJson *report, const char *name, const char *code, const char *severity);

/* What is altered, and what has to be told of it. */
typedef struct
{
  const char *name;
  const char *code; /* of the finding */
  const char *severity;
  void (*tamper) (World *world);
} Tampering;

void forgery_add_tests (const char *prefix, const Tampering *tamperings, gsize n);

/* A change that no desk would make, written as an office writes its changes. */
typedef struct
{
  NaruDesk *desk;
  NaruChange *change;
  NaruTxn *txn;
  const char *note; /* (nullable): in the index of the history */
} Forgery;

Forgery forgery_begin (NaruDesk *desk, const char *action);
void forgery_put (Forgery *forgery, const char *id, const char *changes);
void forgery_trailer (Forgery *forgery, const char *key, const char *value);
void forgery_commit (Forgery *forgery);
void forge (NaruDesk *desk, const char *action, const char *id, const char *changes, const char *text);
