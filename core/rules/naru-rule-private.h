/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-case.h"
#include "naru-pipeline-private.h"
#include "naru-rule-pack.h"
#include "naru-worker-host.h"

G_BEGIN_DECLS

/* All strings here belong to the JSON that the pack holds. */

/* What a rule says in a span of time. */
typedef struct
{
  const char *name; /* "1" where the rule has only one version */
  NaruDate from;    /* NARU_DATE_NONE: since ever */
  NaruDate until;   /* last day; NARU_DATE_NONE: open */
  NaruSeverity severity;
  NaruWords title;
  NaruWords message;
  NaruWords remedy;
  NaruJson *needs;   /* (nullable): dotted fields that are questions */
  NaruJson *applies; /* (nullable): schema under "if" */
  NaruJson *must;    /* (nullable): schema; NULL for a check */
  const char *check; /* (nullable) */
  NaruJson *evidence;
  /* compiled when first judged; under the lock of the pack */
  NaruSchema *applies_schema;
  NaruSchema *must_schema;
} NaruRuleVersion;

typedef struct
{
  const char *id;
  NaruJson *json;       /* NULL until the rule is first needed, where the pack is read from the store */
  char *line;           /* (nullable): its JSON, still to be read */
  const char *seal;     /* (nullable): of that line; in the text of the pack */
  gboolean owned;       /* whether json is the rule's own, not a part of the pack's */
  const char *moves;    /* "idea,joint-rd>disclosure;*>patent" */
  const char *asks;     /* "-": data decides; "+": code does, "+a.b,c": once these fields are there */
  char *spelt;          /* (nullable): holds moves and asks where the text of the pack does not */
  const char *dated_by; /* (nullable): dotted field whose date picks the version */
  gboolean waivable;
  const char *waiver_role;
  guint parts;      /* NaruCaseParts that it looks at */
  GArray *versions; /* of NaruRuleVersion, as the pack has them; NULL as json is */
} NaruRule;

struct _NaruRulePack
{
  gatomicrefcount ref_count;
  GMutex lock;
  NaruJson *json;
  char *digest; /* BLAKE2b-256 of the canonical bytes, in hex */
  const char *id;
  const char *version;
  NaruWords title;
  NaruJson *sectors;  /* (nullable): every sector */
  const char *plugin; /* (nullable): the plugin whose code decides its checks */
  GPtrArray *rules;   /* of NaruRule */
  gboolean checks;    /* whether code decides some of them */
  char *text;         /* (nullable): the table that the rules came from */
  guint position;     /* among all packs of the office */
};

/* naru-rule-pack.c */
NaruRulePack *naru_rule_pack_alloc (NaruJson *json);

/* naru-rule-load.c */
gboolean naru_rule_pack_load (NaruRulePack *self, const char *origin, GError **error);
gboolean naru_rule_pack_compile (NaruRulePack *self, const char *origin, GError **error);
void naru_rule_pack_load_head (NaruRulePack *self);
void naru_rule_free (NaruRule *rule);
gboolean naru_rule_ensure (NaruRulePack *pack, NaruRule *rule);
NaruRule *naru_rule_pack_find (NaruRulePack *self, const char *id);

/* One rule being judged. */
typedef struct
{
  NaruRulePack *pack;
  NaruRule *rule;
  NaruRuleVersion *version; /* (nullable): none was in force on the day */
  NaruFinding *finding;     /* owned */
  const char *check;        /* (nullable): what code has still to decide */
} NaruJudgement;

/* naru-rule-judge.c */
gboolean naru_rule_concerns (const NaruRule *self, const char *from, const char *to);
gboolean naru_rule_will_ask_code (const NaruRule *self, NaruJson *record);
void naru_rule_judge (NaruRulePack *pack, NaruRule *self, NaruCase *subject, NaruJson *view,
                      NaruJudgement *judgement);
void naru_rule_word_question (NaruCase *subject, NaruFinding *finding);
void naru_judgement_break (NaruJudgement *self, const char *why);
void naru_judgement_decide (NaruJudgement *self, NaruCase *subject, const NaruCheckVerdict *verdict);

G_END_DECLS
