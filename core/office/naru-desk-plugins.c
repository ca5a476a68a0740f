/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-desk-rules.h"

#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_FAULTS 3 /* failures in a row after which a plugin is switched off */

static char *
fault_key (const char *plugin)
{
  return g_strconcat ("faults/", plugin, NULL);
}

/* A count that cannot be read begins anew: it is no part of the office. */
static guint64
read_faults (NaruTxn *txn, const char *key)
{
  g_autofree char *text = naru_txn_get_meta (txn, key, NULL);

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
}

static gboolean
write_faults (NaruTxn *txn, const char *key, guint64 count, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, count);

  return naru_txn_put_meta (txn, key, text, error);
}

/* Forgets how often the plugin failed. */
gboolean
naru_office_clear_faults (NaruOffice *self, const char *plugin, GError **error)
{
  g_autofree char *key = fault_key (plugin);
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  if (txn == NULL)
    return FALSE;
  guint64 count = read_faults (txn, key);
  g_clear_pointer (&txn, naru_txn_end);

  if (count == 0)
    return TRUE;
  txn = naru_store_begin_write (self->store, error);
  return txn != NULL && write_faults (txn, key, 0, error) && naru_txn_commit (g_steal_pointer (&txn), error);
}

static void
note_fault (NaruDesk *self, const char *plugin)
{
  g_autofree char *key = fault_key (plugin);
  g_autoptr (GError) local = NULL;
  /* read and written under one lock: two processes that fail at once are two failures */
  g_autoptr (NaruTxn) txn = naru_store_begin_write (self->office->store, &local);
  guint64 count = txn != NULL ? read_faults (txn, key) + 1 : 0;

  if (txn == NULL || !write_faults (txn, key, count, &local) ||
      !naru_txn_commit (g_steal_pointer (&txn), &local))
    {
      g_debug ("%s", local->message);
      return;
    }
  if (count < MAX_FAULTS)
    return;
  if (!naru_desk_switch_off (self, plugin, "its code failed three times in a row", &local))
    g_debug ("%s", local->message);
}

/* After a review: counts the failures of plugins' code across processes, and switches off what only fails. */
void
naru_desk_note_code (NaruDesk *self)
{
  NaruRuleBook *book = self->office->book;

  if (book == NULL || self->office->past != NULL || naru_store_is_read_only (self->office->store))
    return;
  g_autoptr (NaruRuleBook) kept = naru_rule_book_ref (book);
  GPtrArray *ran = naru_rule_book_list_ran (kept);
  GPtrArray *broken = naru_rule_book_list_broken (kept);
  for (guint i = 0; i < ran->len; i++)
    {
      const char *plugin = g_ptr_array_index (ran, i);
      if (g_ptr_array_find_with_equal_func (broken, plugin, g_str_equal, NULL))
        note_fault (self, plugin);
      else
        naru_office_clear_faults (self->office, plugin, NULL);
    }
  g_ptr_array_set_size (ran, 0);
  g_ptr_array_set_size (broken, 0);
}

static NaruJson *
find_row (NaruJson *index, const char *plugin)
{
  NaruJson *rows = naru_json_get (index, "packs");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (rows, i), "plugin"), plugin) == 0)
      return naru_json_get_element (rows, i);
  return NULL;
}

static void
set_problem (NaruJson *row, const char *state, const char *message, const char *cure)
{
  naru_json_set_string (row, "state", state);
  naru_json_set_string (row, "problem", message);
  if (cure != NULL)
    naru_json_set_string (row, "cure", cure);
}

/* "on", "off", "new" (never on), "changed" (on, but the folder holds another version now), "broken" */
static void
fill_state (NaruPlugin *plugin, NaruJson *index_row, NaruJson *row)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruJson) json = NULL;
  gboolean on = index_row != NULL && naru_json_get_boolean (index_row, "enabled", TRUE);
  g_autofree char *enable = g_strdup_printf ("naru plugin enable %s", naru_plugin_get_id (plugin));

  naru_json_set_string (row, "state", index_row == NULL ? "new" : on ? "on" : "off");
  if (!naru_plugin_probe (plugin, &local) || (json = naru_plugin_make_pack (plugin, &local)) == NULL)
    {
      set_problem (row, "broken", local->message, naru_error_get_cure (local));
      return;
    }
  g_autoptr (NaruRulePack) found = naru_rule_pack_new (json, naru_plugin_get_folder (plugin), &local);
  if (found == NULL)
    {
      set_problem (row, "broken", local->message, naru_error_get_cure (local));
      return;
    }
  naru_json_set_boolean (row, "loaded", TRUE);
  naru_json_set_integer (row, "rules", naru_rule_pack_get_n_rules (found));
  if (index_row != NULL && !on)
    naru_json_set_string (row, "cure", enable);
  if (on && g_strcmp0 (naru_json_get_string (index_row, "digest"), naru_rule_pack_get_digest (found)) != 0)
    set_problem (row, "changed", _ ("its folder holds other rules or other code than the office has adopted"),
                 enable);
}

static NaruJson *
describe (NaruPlugin *plugin, NaruJson *index)
{
  NaruJson *row = naru_json_new_object ();
  NaruJson *sectors = naru_json_new_array ();
  const char *const *names = naru_plugin_get_sectors (plugin);
  const char *digest = naru_plugin_get_digest (plugin);

  naru_json_set_string (row, "name", naru_plugin_get_id (plugin));
  naru_json_set_string (row, "title", naru_plugin_get_name (plugin));
  naru_json_set_string (row, "version", naru_plugin_get_version (plugin));
  naru_json_set_string (row, "loader", naru_plugin_loader_to_string (naru_plugin_get_loader (plugin)));
  naru_json_set_integer (row, "abi", NARU_PLUGIN_ABI);
  naru_json_set_string (row, "folder", naru_plugin_get_folder (plugin));
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    naru_json_append_string (sectors, names[i]);
  naru_json_set (row, "sectors", sectors);
  if (digest != NULL)
    naru_json_set_string (row, "digest", digest);
  naru_json_set_boolean (row, "loaded", FALSE);
  fill_state (plugin, find_row (index, naru_plugin_get_id (plugin)), row);
  return row;
}

static void
add_faults (NaruPlugins *plugins, NaruJson *list)
{
  for (guint i = 0; i < naru_plugins_get_n_faults (plugins); i++)
    {
      const char *folder = NULL;
      const GError *fault = naru_plugins_get_fault (plugins, i, &folder);
      g_autofree char *name = g_path_get_basename (folder);
      NaruJson *row = naru_json_new_object ();

      naru_json_set_string (row, "name", name);
      naru_json_set_string (row, "folder", folder);
      naru_json_set_boolean (row, "loaded", FALSE);
      set_problem (row, "broken", fault->message, naru_error_get_cure (fault));
      naru_json_append (list, row);
    }
}

/* (nullable): why a plugin may be on this machine all the same */
static const GError *
find_unread (NaruPlugins *plugins)
{
  for (guint i = 0; i < naru_plugins_get_n_faults (plugins); i++)
    {
      const GError *fault = naru_plugins_get_fault (plugins, i, NULL);
      if (g_error_matches (fault, NARU_ERROR, NARU_ERROR_IO))
        return fault;
    }
  return NULL;
}

/* Plugins that are on, but of which this machine has nothing. */
static void
add_missing (NaruPlugins *plugins, NaruJson *index, NaruJson *list)
{
  NaruJson *rows = naru_json_get (index, "packs");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *pack = naru_json_get_element (rows, i);
      const char *name = naru_json_get_string (pack, "plugin");
      if (name == NULL || naru_plugins_find (plugins, name) != NULL ||
          !naru_json_get_boolean (pack, "enabled", TRUE))
        continue;
      NaruJson *row = naru_json_new_object ();
      naru_json_set_string (row, "name", name);
      naru_json_set_string (row, "version", naru_json_get_string (pack, "version"));
      naru_json_set_boolean (row, "loaded", FALSE);
      g_autofree char *cure =
          g_strdup_printf (_ ("Install it again, or switch it off: naru plugin disable %s --reason TEXT"),
                           name);
      const GError *unread = find_unread (plugins);
      if (unread != NULL)
        set_problem (row, "missing", unread->message, naru_error_get_cure (unread));
      else
        set_problem (row, "missing", _ ("the office has switched it on, but it is not on this machine"),
                     cure);
      naru_json_append (list, row);
    }
}

/**
 * naru_desk_list_plugins:
 * @self: a desk
 * @error: return location
 *
 * Tries to load each plugin that is found, in a process of its own.
 *
 * Returns: (transfer full) (nullable):
 * [{"name","title","version","abi","loader","folder","sectors","digest","state",
 *   "loaded","rules","problem","cure"}]; state is "on", "off", "new", "changed", "broken" or "missing"
 */
NaruJson *
naru_desk_list_plugins (NaruDesk *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  NaruPlugins *plugins = naru_office_get_plugins (self->office);
  if (txn == NULL)
    return NULL;
  g_autoptr (NaruJson) index = naru_office_read_index (txn, error);
  g_clear_pointer (&txn, naru_txn_end);
  if (index == NULL)
    return NULL;

  NaruJson *list = naru_json_new_array ();
  for (guint i = 0; i < naru_plugins_get_n (plugins); i++)
    {
      naru_json_append (list, describe (naru_plugins_get (plugins, i), index));
    }
  add_faults (plugins, list);
  add_missing (plugins, index, list);
  return list;
}
