/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>

/* Begins to change the packs of the office; what is changed is seen by nobody before
 * naru_rule_set_change_write(). */
gboolean
naru_rule_set_change_begin (NaruRuleSetChange *self, NaruOffice *office, NaruTxn *txn, NaruEntry *entry,
                            GError **error)
{
  self->office = office;
  self->txn = txn;
  self->entry = entry;
  self->types = naru_types_ref (office->types);
  self->packs = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);
  self->index = naru_office_read_index (txn, error);
  if (self->index == NULL)
    return FALSE;
  g_autofree char *pipeline = naru_txn_get_meta (txn, "pipeline/deal", error);
  self->pipeline = pipeline != NULL ? naru_pipeline_from_text (pipeline, "pipeline/deal", error) : NULL;
  if (self->pipeline == NULL)
    return FALSE;

  NaruJson *rows = naru_json_get (self->index, "packs");
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      const char *id = naru_json_get_string (naru_json_get_element (rows, i), "id");
      NaruRulePack *pack = naru_office_load_pack (txn, "pack", id, error);
      if (pack == NULL)
        return FALSE;
      g_ptr_array_add (self->packs, pack);
    }
  return TRUE;
}

void
naru_rule_set_change_clear (NaruRuleSetChange *self)
{
  g_clear_pointer (&self->types, naru_types_unref);
  g_clear_pointer (&self->pipeline, naru_pipeline_unref);
  g_clear_pointer (&self->index, naru_json_unref);
  g_clear_pointer (&self->packs, g_ptr_array_unref);
}

/* (nullable): the row of that pack */
NaruJson *
naru_rule_set_find_row (NaruJson *index, const char *id)
{
  NaruJson *rows = naru_json_get (index, "packs");

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (rows, i), "id"), id) == 0)
      return naru_json_get_element (rows, i);
  return NULL;
}

static guint
find_position (NaruRuleSetChange *self, const char *id)
{
  for (guint i = 0; i < self->packs->len; i++)
    if (g_str_equal (naru_rule_pack_get_id (g_ptr_array_index (self->packs, i)), id))
      return i;
  return G_MAXUINT;
}

/* Packs of data judge first, by id; then those of plugins, in the order that the plugins declare. */
static gboolean
goes_before (NaruRuleSetChange *self, NaruRulePack *pack, NaruRulePack *other)
{
  const char *own = naru_rule_pack_get_plugin (pack);
  const char *theirs = naru_rule_pack_get_plugin (other);

  if (own == NULL || theirs == NULL)
    return own == theirs ? g_strcmp0 (naru_rule_pack_get_id (pack), naru_rule_pack_get_id (other)) < 0
                         : own == NULL;
  NaruPlugins *plugins = naru_office_get_plugins (self->office);
  for (guint i = 0; i < naru_plugins_get_n (plugins); i++)
    {
      const char *id = naru_plugin_get_id (naru_plugins_get (plugins, i));
      if (g_str_equal (id, own) || g_str_equal (id, theirs))
        return g_str_equal (id, own);
    }
  return g_strcmp0 (own, theirs) < 0;
}

static NaruJson *
make_row (NaruRulePack *pack, gboolean enabled)
{
  NaruJson *row = naru_json_new_object ();
  NaruJson *sectors = naru_json_get (naru_rule_pack_get_json (pack), "sectors");
  const char *plugin = naru_rule_pack_get_plugin (pack);

  naru_json_set_string (row, "id", naru_rule_pack_get_id (pack));
  naru_json_set_string (row, "version", naru_rule_pack_get_version (pack));
  naru_json_set_string (row, "digest", naru_rule_pack_get_digest (pack));
  naru_json_set_boolean (row, "enabled", enabled);
  if (sectors != NULL)
    naru_json_set (row, "sectors", naru_json_ref (sectors));
  if (plugin != NULL)
    naru_json_set_string (row, "plugin", plugin);
  return row;
}

/* The list as the packs stand; @enabled says it of a pack that is new, the others keep what they have. */
static void
rebuild_index (NaruRuleSetChange *self, const char *changed, gboolean enabled)
{
  g_autoptr (NaruJson) index = naru_json_new_object ();
  NaruJson *rows = naru_json_new_array ();

  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      const char *id = naru_rule_pack_get_id (pack);
      gboolean on = g_str_equal (id, changed)
                        ? enabled
                        : naru_json_get_boolean (naru_rule_set_find_row (self->index, id), "enabled", TRUE);
      naru_json_append (rows, make_row (pack, on));
    }
  naru_json_set (index, "packs", rows);
  naru_json_unref (self->index);
  self->index = g_steal_pointer (&index);
}

/* (transfer full): {"properties","sectors"}: what all packs together add to the deal */
NaruJson *
naru_rule_packs_make_extension (GPtrArray *packs)
{
  NaruJson *extension = naru_json_new_object ();
  NaruJson *properties = naru_json_new_object ();
  NaruJson *sectors = naru_json_new_object ();

  naru_json_set (extension, "properties", properties);
  naru_json_set (extension, "sectors", sectors);
  for (guint i = 0; i < packs->len; i++)
    {
      NaruJson *json = naru_rule_pack_get_json (g_ptr_array_index (packs, i));
      static const char *const members[] = { "fields", "sector_titles" };
      for (guint k = 0; k < G_N_ELEMENTS (members); k++)
        {
          NaruJson *more = naru_json_get (json, members[k]);
          g_auto (GStrv) names = more != NULL ? naru_json_get_keys (more) : NULL;
          for (guint j = 0; names != NULL && names[j] != NULL; j++)
            naru_json_set (k == 0 ? properties : sectors, names[j],
                           naru_json_ref (naru_json_get (more, names[j])));
        }
    }
  return extension;
}

/* (transfer full): what the packs add to the deal, as the store keeps it */
char *
naru_rule_packs_make_fields (GPtrArray *packs)
{
  g_autoptr (NaruJson) extension = naru_rule_packs_make_extension (packs);

  return naru_types_make_extension (extension);
}

static gboolean
check_together (NaruRuleSetChange *self, GError **error)
{
  g_autoptr (NaruRuleBook) book = naru_rule_book_new ();

  for (guint i = 0; i < self->packs->len; i++)
    if (!naru_rule_book_add (book, g_ptr_array_index (self->packs, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
check_fields (NaruRuleSetChange *self, GError **error)
{
  g_autoptr (NaruJson) extension = naru_rule_packs_make_extension (self->packs);
  g_autoptr (NaruTypes) types = naru_types_extend (self->office->types, "deal", extension, error);

  if (types == NULL)
    return FALSE;
  for (guint i = 0; i < self->packs->len; i++)
    if (!naru_rule_pack_check_types (g_ptr_array_index (self->packs, i), types, error))
      return FALSE;
  g_clear_pointer (&self->types, naru_types_unref);
  self->types = g_steal_pointer (&types);
  return TRUE;
}

static gboolean
holds_value (NaruJson *list, NaruJson *value)
{
  for (guint i = 0; i < naru_json_get_size (list); i++)
    if (naru_json_equal (naru_json_get_element (list, i), value))
      return TRUE;
  return FALSE;
}

/* Whether a value that fits the field as it was has a place in it as it will be: the same kind, and all
 * choices there were. */
static gboolean
takes_values (NaruJson *old, NaruJson *now)
{
  NaruJson *kind = naru_json_get (old, "type");
  NaruJson *choices = naru_json_get (old, "enum");
  NaruJson *left = naru_json_get (now, "enum");

  if (kind == NULL || naru_json_get (now, "type") == NULL ||
      !naru_json_equal (kind, naru_json_get (now, "type")))
    return kind == NULL && naru_json_get (now, "type") == NULL;
  for (guint i = 0; left != NULL && i < naru_json_get_size (choices); i++)
    if (!holds_value (left, naru_json_get_element (choices, i)))
      return FALSE;
  return left == NULL || choices != NULL;
}

/* Finds the first field below @path, itself included, that is not there any more or is another one; @path
 * then names it. */
static gboolean
is_kept (NaruJson *old, NaruJson *now, GString *path)
{
  NaruJson *members = naru_json_get (old, "properties");
  g_auto (GStrv) names = members != NULL ? naru_json_get_keys (members) : NULL;
  gsize length = path->len;

  if (now == NULL || !takes_values (old, now))
    return FALSE;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      NaruJson *own = naru_json_get (now, "properties");
      g_string_append_printf (path, ".%s", names[i]);
      if (!is_kept (naru_json_get (members, names[i]), own != NULL ? naru_json_get (own, names[i]) : NULL,
                    path))
        return FALSE;
      g_string_truncate (path, length);
    }
  return naru_json_get (old, "items") == NULL ||
         is_kept (naru_json_get (old, "items"), naru_json_get (now, "items"), path);
}

/* A field that a former version brought may hold data of deals: it has to stay. */
static gboolean
check_fields_kept (NaruRulePack *former, NaruRulePack *pack, GError **error)
{
  NaruJson *old = naru_json_get (naru_rule_pack_get_json (former), "fields");
  NaruJson *now = naru_json_get (naru_rule_pack_get_json (pack), "fields");
  g_auto (GStrv) names = old != NULL ? naru_json_get_keys (old) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (GString) path = g_string_new (names[i]);
      NaruJson *own = now != NULL ? naru_json_get (now, names[i]) : NULL;
      if (is_kept (naru_json_get (old, names[i]), own, path))
        continue;
      naru_set_error (error, NARU_ERROR_INVALID, path->str, 0,
                      _ ("Keep the field in the new version; deals may hold data in it."),
                      _ ("the new version of the pack “%s” drops or changes the field “%s”"),
                      naru_rule_pack_get_id (pack), path->str);
      return FALSE;
    }
  return TRUE;
}

static gboolean
exchange_stages (NaruRuleSetChange *self, NaruJson *taken, NaruJson *brought, const char *origin,
                 GError **error)
{
  if (taken == NULL && brought == NULL)
    return TRUE;

  NaruPipeline *pipeline = naru_pipeline_exchange (self->pipeline, taken, brought, origin, error);
  if (pipeline == NULL)
    return FALSE;
  NaruRecordType *type = naru_types_get (self->types, "deal", error);
  if (type == NULL || !naru_pipeline_check_types (pipeline, self->types, error) ||
      !naru_desk_check_stages_kept (self->txn, self->pipeline, pipeline, type, error))
    {
      naru_pipeline_unref (pipeline);
      return FALSE;
    }
  /* a new version may bring the stages of the former one */
  if (!naru_json_equal (naru_pipeline_get_json (self->pipeline), naru_pipeline_get_json (pipeline)))
    self->pipeline_moved = TRUE;
  naru_pipeline_unref (self->pipeline);
  self->pipeline = pipeline;
  return TRUE;
}

static gboolean
check_version (NaruRulePack *former, NaruRulePack *pack, GError **error)
{
  if (!g_str_equal (naru_rule_pack_get_version (former), naru_rule_pack_get_version (pack)) ||
      g_str_equal (naru_rule_pack_get_digest (former), naru_rule_pack_get_digest (pack)) ||
      naru_rule_pack_get_plugin (pack) != NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_EXISTS, "version", 0, _ ("Give the changed pack a version of its own."),
                  _ ("version %s of the pack “%s” is in force with another content"),
                  naru_rule_pack_get_version (pack), naru_rule_pack_get_id (pack));
  return FALSE;
}

/* Checks without code would block every deal that they are about. */
static gboolean
check_code (NaruRulePack *pack, GError **error)
{
  if (!naru_rule_pack_has_checks (pack) || naru_rule_pack_get_plugin (pack) != NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, "plugin", 0,
                  _ ("Switch its plugin on instead: naru plugin enable NAME"),
                  _ ("code decides rules of the pack “%s”, but it names no plugin that has the code"),
                  naru_rule_pack_get_id (pack));
  return FALSE;
}

static gboolean
insert (NaruRuleSetChange *self, NaruRulePack *pack, GError **error)
{
  guint at = find_position (self, naru_rule_pack_get_id (pack));
  NaruRulePack *former = at != G_MAXUINT ? g_ptr_array_index (self->packs, at) : NULL;
  guint place = 0;

  if (!check_code (pack, error))
    return FALSE;
  if (former != NULL && (!check_version (former, pack, error) || !check_fields_kept (former, pack, error)))
    return FALSE;
  if (former != NULL)
    g_ptr_array_remove_index (self->packs, at);
  while (place < self->packs->len && !goes_before (self, pack, g_ptr_array_index (self->packs, place)))
    place++;
  g_ptr_array_insert (self->packs, (int) place, naru_rule_pack_ref (pack));
  return TRUE;
}

/* Puts a pack into the set and finds out whether it gets on with all the others; nothing is written. */
gboolean
naru_rule_set_change_try (NaruRuleSetChange *self, NaruRulePack *pack, const char *origin, GError **error)
{
  const char *id = naru_rule_pack_get_id (pack);
  guint at = find_position (self, id);
  g_autoptr (NaruRulePack) former =
      at != G_MAXUINT ? naru_rule_pack_ref (g_ptr_array_index (self->packs, at)) : NULL;
  NaruJson *row = naru_rule_set_find_row (self->index, id);
  gboolean was_on = row != NULL && naru_json_get_boolean (row, "enabled", TRUE);
  NaruJson *taken = was_on ? naru_json_get (naru_rule_pack_get_json (former), "pipeline") : NULL;
  NaruJson *brought = naru_json_get (naru_rule_pack_get_json (pack), "pipeline");

  return insert (self, pack, error) && check_together (self, error) && check_fields (self, error) &&
         exchange_stages (self, taken, brought, origin, error);
}

static gboolean
write_pack (NaruRuleSetChange *self, NaruRulePack *pack, NaruRulePack *former, GError **error)
{
  const char *id = naru_rule_pack_get_id (pack);
  const char *version = naru_rule_pack_get_version (pack);
  g_autofree char *path = naru_office_make_pack_path (id, version);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (naru_rule_pack_get_json (pack));
  g_autofree char *trailer =
      g_strdup_printf ("%s@%s blake2b:%s", id, version, naru_rule_pack_get_digest (pack));

  if (former != NULL && !g_str_equal (naru_rule_pack_get_version (former), version))
    {
      g_autofree char *old = naru_office_make_pack_path (id, naru_rule_pack_get_version (former));
      naru_entry_remove_file (self->entry, old);
    }
  /* switched on again, it is the file that stands there */
  g_autoptr (GBytes) before = former != NULL ? naru_json_to_bytes (naru_rule_pack_get_json (former)) : NULL;
  if (before == NULL || !g_bytes_equal (before, bytes) ||
      !g_str_equal (naru_rule_pack_get_version (former), version))
    naru_entry_put_file (self->entry, path, bytes);
  naru_entry_add_trailer (self->entry, "Naru-Rules", trailer);
  return naru_office_store_pack (self->txn, pack, error);
}

/* Puts a pack in force, new or in place of its former version. On failure the change is to be given up. */
gboolean
naru_rule_set_change_put (NaruRuleSetChange *self, NaruRulePack *pack, const char *origin, GError **error)
{
  const char *id = naru_rule_pack_get_id (pack);
  guint at = find_position (self, id);
  g_autoptr (NaruRulePack) former =
      at != G_MAXUINT ? naru_rule_pack_ref (g_ptr_array_index (self->packs, at)) : NULL;

  if (!naru_rule_set_change_try (self, pack, origin, error) || !write_pack (self, pack, former, error))
    return FALSE;
  rebuild_index (self, id, TRUE);
  return TRUE;
}

/* Switches a pack on or off. Its fields stay; its stages come and go. */
gboolean
naru_rule_set_change_enable (NaruRuleSetChange *self, const char *id, gboolean enabled, GError **error)
{
  guint at = find_position (self, id);
  if (at == G_MAXUINT)
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("naru rules lists the packs in force."),
                      _ ("the office has no rule pack “%s”"), id);
      return FALSE;
    }

  gboolean on = naru_json_get_boolean (naru_rule_set_find_row (self->index, id), "enabled", TRUE);
  NaruJson *stages =
      naru_json_get (naru_rule_pack_get_json (g_ptr_array_index (self->packs, at)), "pipeline");
  if (on != enabled && !exchange_stages (self, enabled ? NULL : stages, enabled ? stages : NULL, id, error))
    return FALSE;
  rebuild_index (self, id, enabled);
  return TRUE;
}

/* Writes the whole set into store and entry. */
gboolean
naru_rule_set_change_write (NaruRuleSetChange *self, GError **error)
{
  g_autofree char *fields = naru_rule_packs_make_fields (self->packs);
  g_autofree char *index = naru_json_to_line (self->index);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (self->index);

  naru_entry_put_file (self->entry, "rules/index.json", bytes);
  if (!naru_txn_put_meta (self->txn, NARU_META_FIELDS, fields, error) ||
      !naru_txn_put_meta (self->txn, NARU_META_RULES, index, error))
    return FALSE;
  return !self->pipeline_moved || naru_office_put_pipeline (self->txn, self->entry, self->pipeline, error);
}

/* (transfer full) (nullable): the pack of a plugin as it is adopted: with its fields, its stages and what it
 * is */
NaruJson *
naru_plugin_make_pack (NaruPlugin *plugin, GError **error)
{
  g_autoptr (NaruJson) pack = naru_rule_pack_read (naru_plugin_get_folder (plugin), error);
  if (pack == NULL)
    return NULL;

  naru_json_set (pack, "plugin", naru_plugin_describe (plugin));
  return g_steal_pointer (&pack);
}

static gboolean
insert_new (NaruRuleSetChange *self, NaruJson *json, const char *origin, GError **error)
{
  g_autoptr (NaruRulePack) pack = json != NULL ? naru_rule_pack_new (json, origin, error) : NULL;

  return pack != NULL && insert (self, pack, error);
}

static gboolean
insert_shipped_packs (NaruRuleSetChange *self, GError **error)
{
  g_auto (GStrv) names = naru_data_list ("share/rules", error);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *path = naru_data_get_path ("share/rules", names[i]);
      g_autoptr (NaruJson) json = naru_rule_pack_read (path, error);
      if (!insert_new (self, json, path, error))
        return FALSE;
    }
  return names != NULL;
}

static gboolean
insert_shipped_plugins (NaruRuleSetChange *self, GError **error)
{
  NaruPlugins *plugins = naru_office_get_plugins (self->office);
  g_auto (GStrv) places = naru_plugins_list_places (NULL);

  for (guint i = 0; i < naru_plugins_get_n (plugins); i++)
    {
      NaruPlugin *plugin = naru_plugins_get (plugins, i);
      const char *folder = naru_plugin_get_folder (plugin);
      g_autofree char *place = g_path_get_dirname (folder);
      /* the first place holds those that Naru comes with; the others are for whoever switches them on */
      if (places[0] == NULL || !g_str_equal (place, places[0]))
        continue;
      g_autoptr (NaruJson) json = naru_plugin_make_pack (plugin, error);
      if (!insert_new (self, json, folder, error))
        return FALSE;
    }
  return TRUE;
}

/* Puts all that Naru comes with in force: what a new office begins with. The packs read each other's fields,
 * so they are looked at together. */
gboolean
naru_rule_set_put_shipped (NaruRuleSetChange *self, GError **error)
{
  if (!insert_shipped_packs (self, error) || !insert_shipped_plugins (self, error) ||
      !check_together (self, error) || !check_fields (self, error))
    return FALSE;
  for (guint i = 0; i < self->packs->len; i++)
    {
      NaruRulePack *pack = g_ptr_array_index (self->packs, i);
      NaruJson *brought = naru_json_get (naru_rule_pack_get_json (pack), "pipeline");
      if (!exchange_stages (self, NULL, brought, naru_rule_pack_get_id (pack), error) ||
          !write_pack (self, pack, NULL, error))
        return FALSE;
    }
  rebuild_index (self, "", TRUE);
  return TRUE;
}
