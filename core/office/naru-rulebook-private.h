/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-change-private.h"

G_BEGIN_DECLS

/*
 * The rule packs of an office. In the store (meta): "rules" lists them in the order in which they judge,
 * {"packs":[{"id","version","digest","enabled","sectors","plugin"}]}; "pack/<id>" is a whole pack,
 * "judge/<id>" and "judge/<id>/<rule>" what reviews read of it: a table, and each rule for itself;
 * "fields/deal" what all packs together add to the deal. In the
 * history: rules/index.json and rules/<id>@<version>.json. A pack that is switched off keeps its fields, so
 * that the data of deals stays valid.
 */

#define NARU_META_RULES "rules"
#define NARU_META_FIELDS "fields/deal"

/* naru-rulebook.c */
gboolean naru_office_read_rules (NaruOffice *self, NaruTxn *txn, GError **error);
void naru_office_forget_rules (NaruOffice *self);
void naru_office_read_move (NaruTxn *txn, NaruRuleBook *book, NaruRecord *record, const char *from,
                            const char *to);
NaruRuleBook *naru_office_get_book (NaruOffice *self, NaruTxn *txn, NaruJson *sectors, GError **error);
NaruPlugins *naru_office_get_plugins (NaruOffice *self);
NaruRulePack *naru_office_load_pack (NaruTxn *txn, const char *kind, const char *id, GError **error);
NaruJson *naru_office_read_index (NaruTxn *txn, GError **error);
char *naru_office_make_pack_path (const char *id, const char *version);
gboolean naru_office_store_pack (NaruTxn *txn, NaruRulePack *pack, GError **error);
gboolean naru_office_copy_pack (NaruTxn *from, NaruTxn *to, const char *id, GError **error);
gboolean naru_office_mend_packs (NaruOffice *self, GError **error);

/* The set of packs while it is being changed; written whole, or not at all. */
typedef struct
{
  NaruOffice *office;
  NaruTxn *txn;           /* of the change */
  NaruEntry *entry;       /* of the change */
  NaruTypes *types;       /* with the fields of all packs as they will be */
  NaruPipeline *pipeline; /* of deals, as it will be */
  NaruJson *index;
  GPtrArray *packs;        /* of NaruRulePack, those switched off too; as the index lists them */
  gboolean pipeline_moved; /* stages or moves are other ones than before */
} NaruRuleSetChange;

/* naru-rulebook-change.c */
NaruJson *naru_rule_packs_make_extension (GPtrArray *packs);
char *naru_rule_packs_make_fields (GPtrArray *packs);
gboolean naru_rule_set_change_begin (NaruRuleSetChange *self, NaruOffice *office, NaruTxn *txn,
                                     NaruEntry *entry, GError **error);
void naru_rule_set_change_clear (NaruRuleSetChange *self);
gboolean naru_rule_set_change_try (NaruRuleSetChange *self, NaruRulePack *pack, const char *origin,
                                   GError **error);
gboolean naru_rule_set_change_put (NaruRuleSetChange *self, NaruRulePack *pack, const char *origin,
                                   GError **error);
gboolean naru_rule_set_change_enable (NaruRuleSetChange *self, const char *id, gboolean enabled,
                                      GError **error);
gboolean naru_rule_set_change_write (NaruRuleSetChange *self, GError **error);
NaruJson *naru_rule_set_find_row (NaruJson *index, const char *id);
gboolean naru_rule_set_put_shipped (NaruRuleSetChange *self, GError **error);
NaruJson *naru_plugin_make_pack (NaruPlugin *plugin, GError **error);

/* naru-desk-rules.c */
gboolean naru_desk_switch_off (NaruDesk *self, const char *name, const char *reason, GError **error);

/* naru-desk-impact.c */
GStrv naru_desk_list_impact (NaruDesk *self, NaruRulePack *pack, const char *origin, GError **error);
NaruJson *naru_desk_list_touched (NaruDesk *self, NaruRulePack *pack, const char *rule, GError **error);

/* naru-desk-plugins.c */
void naru_desk_note_code (NaruDesk *self);
gboolean naru_office_clear_faults (NaruOffice *self, const char *plugin, GError **error);

/* naru-desk-history.c */
gboolean naru_desk_check_stages_kept (NaruTxn *txn, NaruPipeline *old, NaruPipeline *pipeline,
                                      NaruRecordType *type, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruRuleSetChange, naru_rule_set_change_clear)

G_END_DECLS
