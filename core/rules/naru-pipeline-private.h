/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-pipeline.h"

G_BEGIN_DECLS

#define NARU_RULE_REJECTED                                                                                   \
  "rejected" /* the finding about rejections on record; no condition may take this id */

/* All strings here belong to the JSON that the pipeline holds; all pointers live as long as the pipeline. */

typedef struct
{
  const char *en; /* (nullable) */
  const char *ko; /* (nullable) */
} NaruWords;

typedef enum
{
  NARU_REQUIRE_CONDITION,
  NARU_REQUIRE_DOCUMENT,
  NARU_REQUIRE_RECORDS,
  NARU_REQUIRE_APPROVALS,
} NaruRequirementKind;

/* One thing that a gate asks for; becomes one finding. */
typedef struct
{
  NaruRequirementKind kind;
  const char *id;
  NaruWords title;
  NaruWords remedy;
  NaruSeverity severity;
  gboolean waivable;
  const char *waiver_role;
  NaruSchema *applies;   /* (nullable): asked for only where the record fits */
  NaruJson *must;        /* (nullable): condition: over the record; records: over each linked record */
  NaruSchema *must_hold; /* (nullable): the same, compiled */
  const char *name;      /* document */
  const char *type;      /* records */
  const char *via;       /* (nullable): records: the field that links */
  const char *role;      /* approvals */
  guint count;           /* records, approvals */
} NaruRequirement;

/* The gate of one declaration, which several transitions may share. */
typedef struct
{
  const char *line;        /* (nullable): its JSON, still to be read; of the text that the pipeline keeps */
  NaruJson *json;          /* (nullable): what was read; the requirements borrow from it */
  GPtrArray *requirements; /* (nullable): of NaruRequirement, in declared order; NULL until it is asked for */
} NaruGate;

struct _NaruTransition
{
  NaruPipeline *pipeline; /* not owned: the pipeline owns the transition */
  const char *from;
  const char *to;
  NaruWords title;
  guint gate; /* which of the pipeline's gates */
};

struct _NaruPipeline
{
  gatomicrefcount ref_count;
  NaruJson *json; /* without the gates that stand in @lines */
  char *lines;    /* (nullable): a gate a line, in declared order; naru-pipeline-text.c */
  char *digest;   /* (nullable): of the canonical bytes, in hex, where it is known */
  const char *id;
  const char *record_type;
  const char *calendar;
  NaruWords title;
  const NaruStage *initial;
  GArray *stages;         /* of NaruStage */
  GPtrArray *transitions; /* of NaruTransition, in declared order */
  GArray *gates;          /* of NaruGate, one for each declaration */
};

const char *naru_words_get (const NaruWords *words);
NaruWords naru_words_read (NaruJson *object, const char *key);
void naru_requirement_free (NaruRequirement *requirement);
GPtrArray *naru_gate_load (NaruJson *gate, const char *origin, const char *pointer, GHashTable *ids,
                           GError **error);
NaruPipeline *naru_pipeline_new_checked (NaruJson *json, const char *lines, const char *origin,
                                         GError **error);
GPtrArray *naru_transition_get_gate (const NaruTransition *transition);
gboolean naru_form_check (const char *name, NaruJson *json, const char *origin, GError **error);
gboolean naru_pipeline_load (NaruPipeline *self, const char *origin, GError **error);

G_END_DECLS
