/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-case.h"
#include "naru-pipeline-private.h"

G_BEGIN_DECLS

/* naru-demand.c: what a schema asks of a field; plain data, no verdicts */
NaruJson *naru_demand_find (NaruJson *root, NaruJson *schema, const char *pointer);
NaruJson *naru_demand_open (NaruJson *schema, NaruJson *instance);
char *naru_demand_make_dotted (const char *pointer);

/* naru-placeholder.c: how a value of a field is written in a command */
char *naru_placeholder_for_id (const char *const *types);
char *naru_placeholder_for_demand (NaruJson *demand);
char *naru_placeholder_for_field (NaruRecordType *type, NaruJson *must, const char *pointer);
NaruJson *naru_placeholder_make_example (NaruRecordType *type, NaruJson *must, const char *pointer);

/* naru-remedy.c: commands that cure, one a line */
typedef struct
{
  NaruRecordType *type; /* (nullable): not owned */
  const char *id;       /* of the record to be cured */
  NaruJson *must;       /* (nullable): what is asked of it */
  GString *edit;        /* the assignments of the one edit */
  GPtrArray *lines;     /* the other commands */
} NaruRemedy;

void naru_remedy_init (NaruRemedy *self, NaruRecordType *type, const char *id, NaruJson *must);
void naru_remedy_add_field (NaruRemedy *self, const char *pointer);
void naru_remedy_add_choice (NaruRemedy *self, const char *const *pointers);
void naru_remedy_add_line (NaruRemedy *self, const char *line);
char *naru_remedy_finish (NaruRemedy *self, const char *hint);

/* naru-gate.c, naru-gate-records.c, naru-gate-people.c: one requirement, one finding */
NaruFinding *naru_requirement_judge (const NaruRequirement *self, const NaruTransition *transition,
                                     NaruCase *subject);
gboolean naru_requirement_validate (NaruSchema *schema, NaruJson *json, GPtrArray *findings,
                                    gboolean *judged);
void naru_gate_judge_records (const NaruRequirement *self, NaruCase *subject, NaruFinding *finding);
void naru_gate_judge_approvals (const NaruRequirement *self, const NaruTransition *transition,
                                NaruCase *subject, NaruFinding *finding);
NaruFinding *naru_gate_judge_rejections (const NaruTransition *transition, NaruCase *subject);
void naru_gate_apply_waiver (const char *id, gboolean waivable, NaruCase *subject, NaruFinding *finding);
void naru_gate_add_lack (NaruRecordType *type, NaruFinding *lack, NaruFinding *finding, GString *message,
                         NaruRemedy *remedy);
void naru_gate_append_sentence (GString *message, const char *sentence);
void naru_gate_set_unjudged (NaruFinding *finding);
const char *naru_role_get_title (const char *role);

G_END_DECLS
