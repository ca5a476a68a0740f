/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-pipeline.h"
#include "naru-plugin-info.h"

G_BEGIN_DECLS

/* A pack of rules, with the fields and stages that it brings; immutable. */
#define NARU_TYPE_RULE_PACK (naru_rule_pack_get_type ())
typedef struct _NaruRulePack NaruRulePack;

NARU_EXTERN GType naru_rule_pack_get_type (void);
NARU_EXTERN NaruJson *naru_rule_pack_read (const char *path, GError **error);
NARU_EXTERN NaruRulePack *naru_rule_pack_new (NaruJson *json, const char *origin, GError **error);
NARU_EXTERN NaruRulePack *naru_rule_pack_from_text (char *text, const char *origin, GError **error);
NARU_EXTERN char *naru_rule_pack_to_text (NaruRulePack *self, gboolean slim);
NARU_EXTERN char *naru_rule_pack_to_line (NaruRulePack *self, guint index);
NARU_EXTERN void naru_rule_pack_set_line (NaruRulePack *self, const char *id, char *line);
NARU_EXTERN NaruRulePack *naru_rule_pack_ref (NaruRulePack *self);
NARU_EXTERN void naru_rule_pack_unref (NaruRulePack *self);
NARU_EXTERN const char *naru_rule_pack_get_id (NaruRulePack *self);
NARU_EXTERN const char *naru_rule_pack_get_version (NaruRulePack *self);
NARU_EXTERN const char *naru_rule_pack_get_title (NaruRulePack *self);
NARU_EXTERN const char *naru_rule_pack_get_digest (NaruRulePack *self);
NARU_EXTERN NaruJson *naru_rule_pack_get_json (NaruRulePack *self);
NARU_EXTERN const char *naru_rule_pack_get_plugin (NaruRulePack *self);
NARU_EXTERN gboolean naru_rule_pack_serves (NaruRulePack *self, const char *sector);
NARU_EXTERN gboolean naru_rule_pack_has_checks (NaruRulePack *self);
NARU_EXTERN guint naru_rule_pack_get_n_rules (NaruRulePack *self);
NARU_EXTERN const char *naru_rule_pack_get_rule_id (NaruRulePack *self, guint index);
NARU_EXTERN NaruJson *naru_rule_pack_get_rule (NaruRulePack *self, guint index);
NARU_EXTERN gboolean naru_rule_pack_check_types (NaruRulePack *self, NaruTypes *types, GError **error);
NARU_EXTERN NaruJson *naru_plugin_describe (NaruPlugin *plugin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruRulePack, naru_rule_pack_unref)

G_END_DECLS
