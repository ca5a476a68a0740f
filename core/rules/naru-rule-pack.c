/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-private.h"

#include "naru-boxed.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define HEX_SIZE (2 * NARU_DIGEST_SIZE)

NARU_DEFINE_BOXED_TYPE (NaruRulePack, naru_rule_pack)

/* Adds what stands beside rules.json in a folder to @pack, under @key; a file that is not there adds nothing.
 */
static gboolean
take_beside (NaruJson *pack, const char *folder, const char *name, const char *key, const char *member,
             GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruJson) json = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &local);

  if (json == NULL && g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    return TRUE;
  if (json == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  NaruJson *value = member != NULL ? naru_json_get (json, member) : json;
  if (value == NULL || naru_json_get_kind (value) != NARU_JSON_OBJECT)
    {
      naru_set_error (error, NARU_ERROR_INVALID, member, 0,
                      _ ("Write the new fields of the deal under “properties”."),
                      _ ("%s: has no object “%s”"), path, member != NULL ? member : "/");
      return FALSE;
    }
  naru_json_set (pack, key, naru_json_ref (value));
  return TRUE;
}

/**
 * naru_rule_pack_read:
 * @path: (type filename): a JSON file, or a folder with rules.json and, where it has them, schema.json
 * (fields that the pack brings) and pipeline.json (stages and moves)
 * @error: %NARU_ERROR_NOT_FOUND, %NARU_ERROR_IO, %NARU_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the pack as one value, not checked yet
 */
NaruJson *
naru_rule_pack_read (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return naru_json_parse_file (path, NARU_JSON_MAX_SIZE, error);

  g_autofree char *rules = g_build_filename (path, "rules.json", NULL);
  g_autoptr (NaruJson) pack = naru_json_parse_file (rules, NARU_JSON_MAX_SIZE, error);
  if (pack == NULL)
    return NULL;
  if (naru_json_get_kind (pack) != NARU_JSON_OBJECT)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "", 0, _ ("A pack is a JSON object."),
                      _ ("%s: is no rule pack"), rules);
      return NULL;
    }
  if (!take_beside (pack, path, "schema.json", "fields", "properties", error) ||
      !take_beside (pack, path, "pipeline.json", "pipeline", NULL, error))
    return NULL;
  return g_steal_pointer (&pack);
}

NaruRulePack *
naru_rule_pack_alloc (NaruJson *json)
{
  NaruRulePack *self = g_new0 (NaruRulePack, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->json = naru_json_ref (json);
  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_free);
  return self;
}

/**
 * naru_rule_pack_new:
 * @json: a pack as schemas/rule-pack.json describes it
 * @origin: the file it comes from, for messages
 * @error: return location
 *
 * Everything that can be checked without the record types is checked here: form, ids, dates, that every
 * embedded schema compiles. A message names the file, the rule and the place.
 *
 * Returns: (transfer full) (nullable): the pack, immutable; %NULL with %NARU_ERROR_INVALID
 */
NaruRulePack *
naru_rule_pack_new (NaruJson *json, const char *origin, GError **error)
{
  g_return_val_if_fail (json != NULL && origin != NULL, NULL);

  if (!naru_form_check ("rule-pack.json", json, origin, error))
    return NULL;
  g_autoptr (NaruRulePack) self = naru_rule_pack_alloc (json);
  if (!naru_rule_pack_load (self, origin, error) || !naru_rule_pack_compile (self, origin, error))
    return NULL;

  g_autoptr (GBytes) bytes = naru_json_to_bytes (json);
  NaruDigest digest;
  naru_digest_compute (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &digest);
  self->digest = g_malloc (HEX_SIZE + 1);
  naru_digest_to_hex (&digest, self->digest);
  return g_steal_pointer (&self);
}

/**
 * naru_rule_pack_ref:
 * @self: a pack
 *
 * Returns: (transfer full): @self
 */
NaruRulePack *
naru_rule_pack_ref (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_rule_pack_unref:
 * @self: (transfer full): a pack
 */
void
naru_rule_pack_unref (NaruRulePack *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->rules);
  naru_json_unref (self->json);
  g_free (self->text);
  g_free (self->digest);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * naru_rule_pack_get_id:
 * @self: a pack
 *
 * Returns: (transfer none): its id, "ownership"
 */
const char *
naru_rule_pack_get_id (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * naru_rule_pack_get_version:
 * @self: a pack
 *
 * Returns: (transfer none): its version, "1.0"
 */
const char *
naru_rule_pack_get_version (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->version;
}

/**
 * naru_rule_pack_get_title:
 * @self: a pack
 *
 * Returns: (transfer none): its title in the language of the process
 */
const char *
naru_rule_pack_get_title (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return naru_words_get (&self->title);
}

/**
 * naru_rule_pack_get_digest:
 * @self: a pack
 *
 * Returns: (transfer none): BLAKE2b-256 of its canonical bytes, in hex
 */
const char *
naru_rule_pack_get_digest (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->digest;
}

/**
 * naru_rule_pack_get_json:
 * @self: a pack
 *
 * Returns: (transfer none): the whole pack; not to be changed
 */
NaruJson *
naru_rule_pack_get_json (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->json;
}

/**
 * naru_rule_pack_get_plugin:
 * @self: a pack
 *
 * Returns: (transfer none) (nullable): the name of the plugin that brought it; %NULL for a pack of data alone
 * that came from a file
 */
const char *
naru_rule_pack_get_plugin (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->plugin;
}

/**
 * naru_rule_pack_serves:
 * @self: a pack
 * @sector: a sector of a deal
 *
 * Returns: whether the pack is one of that sector; a pack without sectors is of none, though it judges all
 * deals
 */
gboolean
naru_rule_pack_serves (NaruRulePack *self, const char *sector)
{
  g_return_val_if_fail (self != NULL && sector != NULL, FALSE);

  return naru_json_lists (self->sectors, sector);
}

/**
 * naru_rule_pack_has_checks:
 * @self: a pack
 *
 * Returns: whether code decides some of its rules
 */
gboolean
naru_rule_pack_has_checks (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->checks;
}

/**
 * naru_rule_pack_get_n_rules:
 * @self: a pack
 *
 * Returns: the number of its rules
 */
guint
naru_rule_pack_get_n_rules (NaruRulePack *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rules->len;
}

/**
 * naru_rule_pack_get_rule_id:
 * @self: a pack
 * @index: below naru_rule_pack_get_n_rules()
 *
 * Returns: (transfer none): the id of a rule
 */
const char *
naru_rule_pack_get_rule_id (NaruRulePack *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules->len, NULL);

  return ((const NaruRule *) g_ptr_array_index (self->rules, index))->id;
}

/**
 * naru_rule_pack_get_rule:
 * @self: a pack
 * @index: below naru_rule_pack_get_n_rules()
 *
 * Returns: (transfer none) (nullable): a rule as the pack spells it, not to be changed; %NULL where it still
 * waits for naru_rule_pack_set_line()
 */
NaruJson *
naru_rule_pack_get_rule (NaruRulePack *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->rules->len, NULL);

  NaruRule *rule = g_ptr_array_index (self->rules, index);
  return naru_rule_ensure (self, rule) ? rule->json : NULL;
}

/* (nullable): the rule of that id */
NaruRule *
naru_rule_pack_find (NaruRulePack *self, const char *id)
{
  for (guint i = 0; i < self->rules->len; i++)
    {
      NaruRule *rule = g_ptr_array_index (self->rules, i);
      if (g_str_equal (rule->id, id))
        return rule;
    }
  return NULL;
}

/**
 * naru_plugin_describe:
 * @plugin: a plugin
 *
 * Returns: (transfer full): what the pack of a plugin says of it under "plugin":
 * {"name","version","loader","digest"}
 */
NaruJson *
naru_plugin_describe (NaruPlugin *plugin)
{
  g_return_val_if_fail (plugin != NULL, NULL);

  NaruJson *about = naru_json_new_object ();
  const char *digest = naru_plugin_get_digest (plugin);
  naru_json_set_string (about, "name", naru_plugin_get_id (plugin));
  naru_json_set_string (about, "version", naru_plugin_get_version (plugin));
  naru_json_set_string (about, "loader", naru_plugin_loader_to_string (naru_plugin_get_loader (plugin)));
  if (digest != NULL)
    naru_json_set_string (about, "digest", digest);
  return about;
}
