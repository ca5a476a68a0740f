/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-rules.h"

#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>

static void
copy_text (NaruJson *from, const char *key, NaruJson *to)
{
  NaruJson *value = naru_json_get (from, key);

  if (value != NULL)
    naru_json_set (to, key, naru_json_ref (value));
}

static NaruJson *
describe_rule (NaruJson *rule)
{
  NaruJson *row = naru_json_new_object ();
  NaruJson *evidence = naru_json_get (rule, "evidence");

  copy_text (rule, "id", row);
  copy_text (rule, "severity", row);
  copy_text (rule, "title", row);
  copy_text (rule, "verified_by", row);
  copy_text (evidence, "law", row);
  copy_text (evidence, "article", row);
  return row;
}

static NaruJson *
describe_pack (NaruRulePack *pack, NaruJson *index_row)
{
  NaruJson *row = naru_json_copy (index_row);
  NaruJson *rules = naru_json_new_array ();

  naru_json_set_string (row, "title", naru_rule_pack_get_title (pack));
  for (guint i = 0; i < naru_rule_pack_get_n_rules (pack); i++)
    {
      naru_json_append (rules, describe_rule (naru_rule_pack_get_rule (pack, i)));
    }
  naru_json_set (row, "rules", rules);
  return row;
}

/* All packs, those that are switched off, too. (transfer full) (nullable): of NaruRulePack, as @index lists
 * them */
static GPtrArray *
load_all (NaruDesk *self, NaruTxn *txn, NaruJson **index, GError **error)
{
  g_autoptr (GPtrArray) packs = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);

  *index = naru_office_read_index (txn, error);
  if (*index == NULL)
    return NULL;
  NaruJson *rows = naru_json_get (*index, "packs");
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      const char *id = naru_json_get_string (naru_json_get_element (rows, i), "id");
      NaruRulePack *pack = naru_office_load_pack (txn, "pack", id, error);
      if (pack == NULL)
        return NULL;
      g_ptr_array_add (packs, pack);
    }
  return g_steal_pointer (&packs);
}

/**
 * naru_desk_list_rules:
 * @self: a desk
 * @error: return location
 *
 * Returns: (transfer full) (nullable):
 * [{"id","version","digest","enabled","sectors","plugin","title","rules":
 *   [{"id","severity","title","law","article","verified_by"}]}], in the order in which the packs judge
 */
NaruJson *
naru_desk_list_rules (NaruDesk *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autoptr (NaruJson) index = NULL;
  g_autoptr (GPtrArray) packs = txn != NULL ? load_all (self, txn, &index, error) : NULL;
  NaruJson *list;

  if (packs == NULL)
    return NULL;
  list = naru_json_new_array ();
  for (guint i = 0; i < packs->len; i++)
    {
      naru_json_append (list, describe_pack (g_ptr_array_index (packs, i),
                                             naru_json_get_element (naru_json_get (index, "packs"), i)));
    }
  return list;
}

/**
 * naru_desk_show_rule:
 * @self: a desk
 * @id: id of a rule
 * @error: %NARU_ERROR_NOT_FOUND
 *
 * Returns: (transfer full) (nullable): {"pack","pack_version","enabled","rule","touches"}: the rule as its
 * pack spells it, and the deals that it has a say in where they stand now: [{"id","to","status"}]
 */
NaruJson *
naru_desk_show_rule (NaruDesk *self, const char *id, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autoptr (NaruJson) index = NULL;
  g_autoptr (GPtrArray) packs = txn != NULL ? load_all (self, txn, &index, error) : NULL;
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();
  NaruRulePack *pack = NULL;
  NaruJson *rule = NULL;

  for (guint i = 0; packs != NULL && i < packs->len; i++)
    naru_rule_book_add_adopted (book, g_ptr_array_index (packs, i), i);
  if (packs != NULL)
    rule = naru_rule_book_find_rule (book, id, &pack);
  g_clear_pointer (&txn, naru_txn_end);
  if (packs == NULL)
    return NULL;
  if (rule == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("“naru rules” lists them all."),
                      _ ("there is no rule “%s”"), id);
      return NULL;
    }

  g_autoptr (NaruJson) touches = naru_desk_list_touched (self, pack, id, error);
  if (touches == NULL)
    return NULL;
  NaruJson *json = naru_json_new_object ();
  NaruJson *row = naru_rule_set_find_row (index, naru_rule_pack_get_id (pack));
  naru_json_set_string (json, "pack", naru_rule_pack_get_id (pack));
  naru_json_set_string (json, "pack_version", naru_rule_pack_get_version (pack));
  naru_json_set_boolean (json, "enabled", naru_json_get_boolean (row, "enabled", TRUE));
  naru_json_set (json, "rule", naru_json_ref (rule));
  naru_json_set (json, "touches", g_steal_pointer (&touches));
  return json;
}

/* Commits a change of the packs, and lets this process see it. */
static gboolean
finish (NaruDesk *self, NaruChange *change, NaruRuleSetChange *rules, GError **error)
{
  NaruOffice *office = self->office;

  if (!naru_rule_set_change_write (rules, error))
    return FALSE;
  g_autoptr (GError) local = NULL;
  gboolean done = naru_change_commit (change, NULL, &local);
  if (done || g_error_matches (local, NARU_ERROR, NARU_ERROR_PENDING))
    {
      NaruTypes *types = naru_types_ref (rules->types);
      naru_office_forget_rules (office);
      naru_types_unref (office->types);
      office->types = types;
    }
  if (!done)
    g_propagate_error (error, g_steal_pointer (&local));
  return done;
}

static NaruChange *
begin (NaruDesk *self, const char *reason, NaruRuleSetChange *rules, GError **error)
{
  if (!naru_desk_require (self, "office", "administer", NULL, error) ||
      !naru_office_mend_packs (self->office, error))
    return NULL;
  g_autoptr (NaruChange) change = naru_change_begin (self, "rules", error);
  if (change == NULL || !naru_rule_set_change_begin (rules, self->office, naru_change_get_txn (change),
                                                     naru_change_get_entry (change), error))
    return NULL;
  if (reason != NULL)
    naru_entry_set_reason (naru_change_get_entry (change), reason);
  return g_steal_pointer (&change);
}

static gboolean
adopt (NaruDesk *self, NaruRulePack *pack, const char *verb, const char *origin, const char *reason,
       GError **error)
{
  g_auto (NaruRuleSetChange) rules = { 0 };
  const char *id = naru_rule_pack_get_id (pack);

  if (!naru_desk_require (self, "office", "administer", NULL, error))
    return FALSE;
  g_auto (GStrv) impact = naru_desk_list_impact (self, pack, origin, error);
  g_autoptr (NaruChange) change = impact != NULL ? begin (self, reason, &rules, error) : NULL;
  if (change == NULL)
    return FALSE;
  NaruJson *row = naru_rule_set_find_row (rules.index, id);
  if (row != NULL && naru_json_get_boolean (row, "enabled", TRUE) &&
      g_strcmp0 (naru_json_get_string (row, "digest"), naru_rule_pack_get_digest (pack)) == 0)
    return TRUE;
  naru_change_set_subject (change, NULL, NULL, "office: %s %s@%s", verb, id,
                           naru_rule_pack_get_version (pack));
  for (guint i = 0; impact[i] != NULL; i++)
    naru_entry_add_trailer (naru_change_get_entry (change), "Naru-Impact", impact[i]);
  return naru_rule_set_change_put (&rules, pack, origin, error) && finish (self, change, &rules, error);
}

/**
 * naru_desk_adopt_rules:
 * @self: a desk
 * @pack: a pack as schemas/rule-pack.json says
 * @origin: its file, for errors
 * @reason: (nullable): why, for the history
 * @error: return location
 *
 * Puts a pack in force, in place of its former version where it has one. The whole pack goes into the
 * history.
 *
 * Returns: whether it is in force
 */
gboolean
naru_desk_adopt_rules (NaruDesk *self, NaruJson *pack, const char *origin, const char *reason, GError **error)
{
  g_autoptr (NaruRulePack) compiled = naru_rule_pack_new (pack, origin, error);

  return compiled != NULL && adopt (self, compiled, "adopt rules", origin, reason, error);
}

/**
 * naru_desk_enable_plugin:
 * @self: a desk
 * @name: name of a plugin on this machine
 * @reason: (nullable): why, for the history
 * @error: return location
 *
 * Switches a plugin on: its rules, fields and stages are in force from now on, as they stand in its folder.
 *
 * Returns: whether it is on
 */
gboolean
naru_desk_enable_plugin (NaruDesk *self, const char *name, const char *reason, GError **error)
{
  NaruPlugin *found = naru_plugins_find (naru_office_get_plugins (self->office), name);
  /* the list of plugins is dropped where another process changed the packs */
  g_autoptr (NaruPlugin) plugin = found != NULL ? naru_plugin_ref (found) : NULL;

  if (plugin == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                      _ ("“naru plugin list” shows where plugins are looked for."),
                      _ ("there is no plugin “%s” on this machine"), name);
      return FALSE;
    }
  if (!naru_plugin_probe (plugin, error))
    return FALSE;
  g_autoptr (NaruJson) json = naru_plugin_make_pack (plugin, error);
  g_autoptr (NaruRulePack) pack =
      json != NULL ? naru_rule_pack_new (json, naru_plugin_get_folder (plugin), error) : NULL;
  return pack != NULL &&
         adopt (self, pack, "enable plugin", naru_plugin_get_folder (plugin), reason, error) &&
         naru_office_clear_faults (self->office, name, error);
}

/* The pack that a plugin of this name brought */
static const char *
find_pack_of (NaruJson *index, const char *plugin)
{
  NaruJson *rows = naru_json_get (index, "packs");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      if (g_strcmp0 (naru_json_get_string (row, "plugin"), plugin) == 0)
        return naru_json_get_string (row, "id");
    }
  return NULL;
}

/* As naru_desk_disable_plugin(), by the office itself where @self may not administer. */
gboolean
naru_desk_switch_off (NaruDesk *self, const char *name, const char *reason, GError **error)
{
  g_auto (NaruRuleSetChange) rules = { 0 };
  g_autoptr (NaruChange) change = naru_change_begin (self, "rules", error);
  if (change == NULL || !naru_rule_set_change_begin (&rules, self->office, naru_change_get_txn (change),
                                                     naru_change_get_entry (change), error))
    return FALSE;
  if (reason != NULL)
    naru_entry_set_reason (naru_change_get_entry (change), reason);

  const char *pack = find_pack_of (rules.index, name);
  if (pack == NULL)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("“naru plugin list” shows those that are on."),
                      _ ("no plugin “%s” was ever on in this office"), name);
      return FALSE;
    }
  if (!naru_json_get_boolean (naru_rule_set_find_row (rules.index, pack), "enabled", TRUE))
    return TRUE;
  naru_change_set_subject (change, NULL, NULL, "office: disable plugin %s", name);
  return naru_rule_set_change_enable (&rules, pack, FALSE, error) && finish (self, change, &rules, error);
}

/**
 * naru_desk_disable_plugin:
 * @self: a desk
 * @name: name of a plugin that is on
 * @reason: (nullable): why, for the history
 * @error: return location
 *
 * Switches a plugin off. Deals of its sector are blocked until it, or another one for the sector, is on;
 * their data stays.
 *
 * Returns: whether it is off
 */
gboolean
naru_desk_disable_plugin (NaruDesk *self, const char *name, const char *reason, GError **error)
{
  return naru_desk_require (self, "office", "administer", NULL, error) &&
         naru_desk_switch_off (self, name, reason, error);
}
