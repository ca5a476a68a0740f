/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-it-private.h"

G_BEGIN_DECLS

/* What a licence asks of the whole that it becomes a part of. */
typedef enum
{
  LICENCE_PERMISSIVE,
  LICENCE_WEAK,           /* copyleft of the part alone */
  LICENCE_STRONG,         /* copyleft of the whole, when it is handed out */
  LICENCE_NETWORK,        /* copyleft of the whole, when it is handed out or served over a network */
  LICENCE_NO_DERIVATIVES, /* unchanged only */
  LICENCE_FIELD,          /* some uses are forbidden */
  LICENCE_NONCOMMERCIAL,  /* no commercial use, or none in production */
} LicenceClass;

/* Into which whole a part may go, and whether it grants patents. */
enum
{
  INTO_GPL2 = 1 << 0,
  INTO_GPL3 = 1 << 1,
  INTO_AGPL3 = 1 << 2,
  GRANTS_PATENTS = 1 << 3,
  INTO_V3 = INTO_GPL3 | INTO_AGPL3,
  INTO_ALL = INTO_GPL2 | INTO_V3,
};

typedef struct
{
  const char *id;
  LicenceClass class;
  guint flags;
} Licence;

/* naru-it-licence.c: @word is not terminated by zero */
gboolean naru_it_licence_find (const char *word, gsize length, Licence *licence);
gboolean naru_it_licence_relax (Licence *licence, const char *exception, gsize length);

typedef enum
{
  LEVEL_FINE,
  LEVEL_CAUTION,
  LEVEL_CONFLICT,
} Level;

typedef enum
{
  REASON_NONE,
  REASON_WEAK,
  REASON_FIELD,
  REASON_STRONG,
  REASON_NETWORK,
  REASON_MIX,
  REASON_NO_DERIVATIVES,
  REASON_NONCOMMERCIAL,
  REASON_UNSAID,
  REASON_UNKNOWN,
  REASON_UNREADABLE,
} Reason;

/* What is to be said of an expression, and which of its words decided. */
typedef struct
{
  Level level;
  Reason reason;
  const char *word; /* within the expression */
  gsize length;
} Verdict;

/* Judges one licence of an expression: level and reason. */
typedef Verdict (*LicenceJudge) (const Licence *licence, gpointer data);

/* naru-it-expression.c */
Verdict naru_it_expression_judge (const char *expression, LicenceJudge judge, gpointer data);
gboolean naru_it_expression_grants_patents (const char *expression);

/* The terms on which the whole is handed out. */
typedef enum
{
  OUTBOUND_PROPRIETARY,
  OUTBOUND_OPEN_SOURCE,
  OUTBOUND_NONCOMMERCIAL,
} Outbound;

#define MAX_OUTBOUND_LICENCES 8

typedef struct
{
  Outbound kind;
  const char *spdx;                        /* (nullable) */
  Licence licences[MAX_OUTBOUND_LICENCES]; /* those of spdx */
  guint n_licences;
} Terms;

typedef struct
{
  const Terms *terms;
  gboolean joined; /* becomes one work with ours */
  gboolean copied; /* and its code is within our files */
  gboolean distributed;
  gboolean network_use;
  gboolean modified;
} Use;

/* naru-it-component.c */
Verdict naru_it_licence_judge (const Licence *licence, gpointer use);

G_END_DECLS
