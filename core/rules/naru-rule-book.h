/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-case.h"
#include "naru-plugin-info.h"
#include "naru-rule-pack.h"

G_BEGIN_DECLS

/* The rule packs in force together, and the plugins whose code decides their checks. */
#define NARU_TYPE_RULE_BOOK (naru_rule_book_get_type ())
typedef struct _NaruRuleBook NaruRuleBook;

typedef NaruPlugin *(*NaruPluginFinder) (const char *name, gpointer user_data);
typedef char *(*NaruRuleReader) (const char *pack, const char *rule, gpointer user_data);

NARU_EXTERN GType naru_rule_book_get_type (void);
NARU_EXTERN NaruRuleBook *naru_rule_book_new (void);
NARU_EXTERN NaruRuleBook *naru_rule_book_ref (NaruRuleBook *self);
NARU_EXTERN void naru_rule_book_unref (NaruRuleBook *self);
NARU_EXTERN gboolean naru_rule_book_add (NaruRuleBook *self, NaruRulePack *pack, GError **error);
NARU_EXTERN void naru_rule_book_add_adopted (NaruRuleBook *self, NaruRulePack *pack, guint position);
NARU_EXTERN void naru_rule_book_set_plugin (NaruRuleBook *self, NaruPlugin *plugin);
NARU_EXTERN void naru_rule_book_set_finder (NaruRuleBook *self, NaruPluginFinder find, gpointer user_data);
NARU_EXTERN NaruPlugin *naru_rule_book_get_plugin (NaruRuleBook *self, const char *name);
NARU_EXTERN guint naru_rule_book_get_n_packs (NaruRuleBook *self);
NARU_EXTERN NaruRulePack *naru_rule_book_get_pack (NaruRuleBook *self, guint index);
NARU_EXTERN NaruRulePack *naru_rule_book_find_pack (NaruRuleBook *self, const char *id);
NARU_EXTERN NaruJson *naru_rule_book_find_rule (NaruRuleBook *self, const char *id, NaruRulePack **pack);
NARU_EXTERN gboolean naru_rule_book_is_waivable (NaruRuleBook *self, const char *rule, const char **role);
NARU_EXTERN gboolean naru_rule_book_concerns (NaruRuleBook *self, NaruRulePack *pack, NaruRecord *record);
NARU_EXTERN NaruCaseParts naru_rule_book_get_parts (NaruRuleBook *self, NaruRecord *record, const char *from,
                                                    const char *to);
NARU_EXTERN void naru_rule_book_read_rules (NaruRuleBook *self, NaruRecord *record, const char *from,
                                            const char *to, NaruRuleReader read, gpointer user_data);
NARU_EXTERN void naru_rule_book_start_code (NaruRuleBook *self, NaruRecord *record, const char *from,
                                            const char *to);
NARU_EXTERN void naru_rule_book_end_code (NaruRuleBook *self);
NARU_EXTERN void naru_rule_book_judge (NaruRuleBook *self, NaruCase *subject, const char *from,
                                       const char *to, GPtrArray *findings);
NARU_EXTERN void naru_rule_book_judge_alone (NaruRuleBook *self, NaruCase *subject, const char *from,
                                             const char *to, GPtrArray *findings);
NARU_EXTERN gboolean naru_rule_book_has_rules (NaruRuleBook *self, NaruRecord *record, const char *from,
                                               const char *to);
NARU_EXTERN GPtrArray *naru_rule_book_list_ran (NaruRuleBook *self);
NARU_EXTERN GPtrArray *naru_rule_book_list_broken (NaruRuleBook *self);
NARU_EXTERN gboolean naru_plugin_probe (NaruPlugin *plugin, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruRuleBook, naru_rule_book_unref)

G_END_DECLS
