/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "import-fixture.h"

/* Changes of all kinds, drawn by a seed: records, moves, decisions, documents, imports, rules, plugins,
 * pipelines. */
typedef struct
{
  Fixture fixture;
  NaruDesk *director;
  NaruDesk *officer; /* may decide nothing */
  GRand *rand;
  GPtrArray *ids; /* of records */
  guint done;     /* changes that were taken */
  guint tried;
  guint number; /* of whatever needs a new name */
} RandomOffice;

RandomOffice *random_office_new (guint32 seed);
void random_office_free (RandomOffice *self);
void random_office_change (RandomOffice *self, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RandomOffice, random_office_free)
