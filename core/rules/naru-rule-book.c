/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-book.h"

#include "naru-boxed.h"
#include "naru-rule-book-private.h"

#include <glib/gi18n-lib.h>

NARU_DEFINE_BOXED_TYPE (NaruRuleBook, naru_rule_book)

/**
 * naru_rule_book_new:
 *
 * Returns: (transfer full): a book without packs
 */
NaruRuleBook *
naru_rule_book_new (void)
{
  NaruRuleBook *self = g_new0 (NaruRuleBook, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->packs = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);
  self->plugins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_plugin_unref);
  self->ran = g_ptr_array_new_with_free_func (g_free);
  self->broken = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * naru_rule_book_ref:
 * @self: a book
 *
 * Returns: (transfer full): @self
 */
NaruRuleBook *
naru_rule_book_ref (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_rule_book_unref:
 * @self: (transfer full): a book
 *
 * The last reference ends the workers of its plugins.
 */
void
naru_rule_book_unref (NaruRuleBook *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->workers, naru_workers_free);
  g_hash_table_unref (self->plugins);
  g_ptr_array_unref (self->packs);
  g_ptr_array_unref (self->ran);
  g_ptr_array_unref (self->broken);
  g_free (self);
}

static gboolean
refuse_claim (NaruRulePack *pack, NaruRulePack *other, const char *what, const char *name, GError **error)
{
  naru_set_error (error, NARU_ERROR_EXISTS, NULL, 0, _ ("Give it another name in one of them."),
                  _ ("the rule pack “%s” brings %s “%s”, which “%s” has already; nothing of it is in force"),
                  naru_rule_pack_get_id (pack), what, name, naru_rule_pack_get_id (other));
  return FALSE;
}

static gboolean
check_fields_apart (NaruRulePack *pack, NaruRulePack *other, GError **error)
{
  NaruJson *own = naru_json_get (pack->json, "fields");
  NaruJson *theirs = naru_json_get (other->json, "fields");
  g_auto (GStrv) names = own != NULL ? naru_json_get_keys (own) : NULL;

  for (guint i = 0; theirs != NULL && names != NULL && names[i] != NULL; i++)
    if (naru_json_get (theirs, names[i]) != NULL)
      return refuse_claim (pack, other, _ ("the field"), names[i], error);
  return TRUE;
}

static gboolean
check_stages_apart (NaruRulePack *pack, NaruRulePack *other, GError **error)
{
  NaruJson *own = naru_json_get (naru_json_get (pack->json, "pipeline"), "stages");
  NaruJson *theirs = naru_json_get (naru_json_get (other->json, "pipeline"), "stages");

  for (guint i = 0; i < naru_json_get_size (own); i++)
    for (guint j = 0; j < naru_json_get_size (theirs); j++)
      {
        const char *id = naru_json_get_string (naru_json_get_element (own, i), "id");
        if (id != NULL && g_strcmp0 (naru_json_get_string (naru_json_get_element (theirs, j), "id"), id) == 0)
          return refuse_claim (pack, other, _ ("the stage"), id, error);
      }
  return TRUE;
}

static gboolean
check_apart (NaruRulePack *pack, NaruRulePack *other, GError **error)
{
  if (g_str_equal (pack->id, other->id))
    return refuse_claim (pack, other, _ ("the id"), pack->id, error);
  for (guint i = 0; i < pack->rules->len; i++)
    {
      const NaruRule *rule = g_ptr_array_index (pack->rules, i);
      if (naru_rule_pack_find (other, rule->id) != NULL)
        return refuse_claim (pack, other, _ ("the rule"), rule->id, error);
    }
  return check_fields_apart (pack, other, error) && check_stages_apart (pack, other, error);
}

/**
 * naru_rule_book_add:
 * @self: a book
 * @pack: a pack; the book takes a reference
 * @error: %NARU_ERROR_EXISTS where another pack has the same id, or a rule, field or stage of that name
 *
 * Returns: whether the pack is in the book now; if not, nothing of it is
 */
gboolean
naru_rule_book_add (NaruRuleBook *self, NaruRulePack *pack, GError **error)
{
  g_return_val_if_fail (self != NULL && pack != NULL, FALSE);

  for (guint i = 0; i < self->packs->len; i++)
    if (!check_apart (pack, g_ptr_array_index (self->packs, i), error))
      return FALSE;
  g_ptr_array_add (self->packs, naru_rule_pack_ref (pack));
  return TRUE;
}

/**
 * naru_rule_book_add_adopted:
 * @self: a book
 * @pack: a pack that got on with the others when it was adopted; the book takes a reference
 * @position: its place among all packs of the office; packs that are loaded later find theirs
 */
void
naru_rule_book_add_adopted (NaruRuleBook *self, NaruRulePack *pack, guint position)
{
  g_return_if_fail (self != NULL && pack != NULL);

  guint at = 0;
  while (at < self->packs->len &&
         ((NaruRulePack *) g_ptr_array_index (self->packs, at))->position <= position)
    at++;
  pack->position = position;
  g_ptr_array_insert (self->packs, (int) at, naru_rule_pack_ref (pack));
}

/**
 * naru_rule_book_set_plugin:
 * @self: a book
 * @plugin: the plugin whose code decides the checks of the pack that names it
 */
void
naru_rule_book_set_plugin (NaruRuleBook *self, NaruPlugin *plugin)
{
  g_return_if_fail (self != NULL && plugin != NULL);

  g_hash_table_insert (self->plugins, g_strdup (naru_plugin_get_id (plugin)), naru_plugin_ref (plugin));
}

/**
 * naru_rule_book_set_finder: (skip)
 * @self: a book
 * @find: says which plugin has a name, or %NULL; the plugin stays the finder's
 * @user_data: for @find; has to live as long as the book
 *
 * A plugin that nobody has set is looked for when its code is first asked.
 */
void
naru_rule_book_set_finder (NaruRuleBook *self, NaruPluginFinder find, gpointer user_data)
{
  g_return_if_fail (self != NULL && find != NULL);

  self->find = find;
  self->find_data = user_data;
}

/* (transfer none) (nullable): the plugin whose code decides the checks of @pack */
NaruPlugin *
naru_rule_book_find_plugin (NaruRuleBook *self, NaruRulePack *pack)
{
  NaruPlugin *plugin = pack->plugin != NULL ? g_hash_table_lookup (self->plugins, pack->plugin) : NULL;

  if (plugin == NULL && pack->plugin != NULL && self->find != NULL)
    plugin = self->find (pack->plugin, self->find_data);
  if (plugin != NULL)
    naru_rule_book_set_plugin (self, plugin);
  return plugin;
}

/**
 * naru_rule_book_get_plugin:
 * @self: a book
 * @name: name of a plugin
 *
 * Returns: (transfer none) (nullable): the plugin, where it is on this machine
 */
NaruPlugin *
naru_rule_book_get_plugin (NaruRuleBook *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  return g_hash_table_lookup (self->plugins, name);
}

/**
 * naru_rule_book_get_n_packs:
 * @self: a book
 *
 * Returns: the number of its packs
 */
guint
naru_rule_book_get_n_packs (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->packs->len;
}

/**
 * naru_rule_book_get_pack:
 * @self: a book
 * @index: below naru_rule_book_get_n_packs()
 *
 * Returns: (transfer none): a pack
 */
NaruRulePack *
naru_rule_book_get_pack (NaruRuleBook *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->packs->len, NULL);

  return g_ptr_array_index (self->packs, index);
}

/**
 * naru_rule_book_find_pack:
 * @self: a book
 * @id: id of a pack
 *
 * Returns: (transfer none) (nullable): the pack
 */
NaruRulePack *
naru_rule_book_find_pack (NaruRuleBook *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->packs->len; i++)
    if (g_str_equal (naru_rule_pack_get_id (g_ptr_array_index (self->packs, i)), id))
      return g_ptr_array_index (self->packs, i);
  return NULL;
}

static NaruRule *
find_rule (NaruRuleBook *self, const char *id, NaruRulePack **pack)
{
  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRule *rule = naru_rule_pack_find (g_ptr_array_index (self->packs, i), id);
      if (rule == NULL)
        continue;
      if (pack != NULL)
        *pack = g_ptr_array_index (self->packs, i);
      return rule;
    }
  return NULL;
}

/**
 * naru_rule_book_find_rule:
 * @self: a book
 * @id: id of a rule
 * @pack: (out) (optional) (transfer none): the pack that has it
 *
 * Returns: (transfer none) (nullable): the rule as its pack spells it
 */
NaruJson *
naru_rule_book_find_rule (NaruRuleBook *self, const char *id, NaruRulePack **pack)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  NaruRulePack *found = NULL;
  NaruRule *rule = find_rule (self, id, &found);
  if (pack != NULL)
    *pack = found;
  return rule != NULL && naru_rule_ensure (found, rule) ? rule->json : NULL;
}

/**
 * naru_rule_book_is_waivable:
 * @self: a book
 * @rule: id of a rule
 * @role: (out) (optional) (transfer none) (nullable): the role that may waive it
 *
 * Returns: whether the rule is there and may be waived
 */
gboolean
naru_rule_book_is_waivable (NaruRuleBook *self, const char *rule, const char **role)
{
  g_return_val_if_fail (self != NULL && rule != NULL, FALSE);

  NaruRulePack *pack = NULL;
  NaruRule *found = find_rule (self, rule, &pack);
  gboolean waivable = found != NULL && naru_rule_ensure (pack, found) && found->waivable;
  if (role != NULL)
    *role = waivable ? found->waiver_role : NULL;
  return waivable;
}

/**
 * naru_plugin_probe:
 * @plugin: a plugin
 * @error: why it does not load, and what to do
 *
 * Loads the code of a plugin in a worker of its own, which ends at once. A plugin of data alone always loads.
 *
 * Returns: whether it loads
 */
gboolean
naru_plugin_probe (NaruPlugin *plugin, GError **error)
{
  g_return_val_if_fail (plugin != NULL, FALSE);

  if (naru_plugin_get_loader (plugin) == NARU_PLUGIN_LOADER_DATA)
    return TRUE;

  g_autoptr (NaruWorkers) workers = naru_workers_new ();
  return naru_workers_probe (workers, plugin, error);
}

/**
 * naru_rule_book_list_ran:
 * @self: a book
 *
 * Returns: (transfer none) (element-type utf8): the plugins whose code was asked since the book was made
 */
GPtrArray *
naru_rule_book_list_ran (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ran;
}

/**
 * naru_rule_book_list_broken:
 * @self: a book
 *
 * Returns: (transfer none) (element-type utf8): the plugins whose code failed to judge since the book was
 * made
 */
GPtrArray *
naru_rule_book_list_broken (NaruRuleBook *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->broken;
}
