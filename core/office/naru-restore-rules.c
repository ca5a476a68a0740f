/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-restore-private.h"

#include "naru-keys-private.h"
#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What configures an office: the files of the history, and the rows of the store that are made of them. */

static NaruJson *
parse_file (NaruRestore *self, const char *path, GError **error)
{
  GBytes *bytes = g_hash_table_lookup (self->files, path);
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  NaruJson *json = data != NULL ? naru_json_parse (data, (gssize) size, size, NULL) : NULL;

  if (json == NULL)
    naru_source_set_foreign (error, _ ("its file “%s” is missing or damaged"), path);
  return json;
}

static NaruRulePack *
read_pack (NaruRestore *self, NaruJson *row, GError **error)
{
  const char *id = naru_json_get_string (row, "id");
  const char *version = naru_json_get_string (row, "version");
  g_autofree char *path = naru_office_make_pack_path (id, version);
  g_autoptr (NaruJson) json = parse_file (self, path, error);
  g_autoptr (NaruRulePack) pack = json != NULL ? naru_rule_pack_new (json, path, error) : NULL;

  if (pack == NULL)
    return NULL;
  if (g_strcmp0 (naru_rule_pack_get_id (pack), id) == 0 &&
      g_strcmp0 (naru_rule_pack_get_digest (pack), naru_json_get_string (row, "digest")) == 0)
    return g_steal_pointer (&pack);
  naru_source_set_foreign (error, _ ("the rule pack in “%s” is not the one that is in force"), path);
  return NULL;
}

/* (out) packs: as the index lists them. An office that has no index yet was judged by its pipelines alone. */
static gboolean
read_packs (NaruRestore *self, NaruJson **index, GPtrArray **packs, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);

  if (!g_hash_table_contains (self->files, "rules/index.json"))
    return TRUE;
  *index = parse_file (self, "rules/index.json", error);
  if (*index == NULL)
    return FALSE;
  NaruJson *rows = naru_json_get (*index, "packs");
  if (rows == NULL || naru_json_get_kind (rows) != NARU_JSON_ARRAY)
    return naru_source_set_foreign (error, _ ("its file “%s” is missing or damaged"), "rules/index.json");
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruRulePack *pack = read_pack (self, naru_json_get_element (rows, i), error);
      if (pack == NULL)
        return FALSE;
      g_ptr_array_add (list, pack);
    }
  *packs = g_steal_pointer (&list);
  return TRUE;
}

/* After an entry that changed the packs: deals have the fields from here on that the packs bring, and are
 * found by them. */
gboolean
naru_restore_read_rules (NaruRestore *self, GError **error)
{
  g_autoptr (NaruJson) index = NULL;
  g_autoptr (GPtrArray) packs = NULL;

  if (!read_packs (self, &index, &packs, error))
    return FALSE;
  if (packs == NULL)
    return TRUE;
  g_autofree char *fields = naru_rule_packs_make_fields (packs);
  g_autoptr (NaruTypes) types = naru_types_new (error);
  if (types == NULL)
    return FALSE;
  naru_types_set_extension (types, "deal", g_steal_pointer (&fields));
  naru_types_unref (self->office->types);
  self->office->types = g_steal_pointer (&types);
  return TRUE;
}

/* Needs nothing of @self but transaction and files. */
gboolean
naru_restore_write_packs (NaruRestore *self, GError **error)
{
  g_autoptr (NaruJson) index = NULL;
  g_autoptr (GPtrArray) packs = NULL;

  if (!read_packs (self, &index, &packs, error))
    return FALSE;
  if (packs == NULL)
    return TRUE;
  g_autofree char *fields = naru_rule_packs_make_fields (packs);
  g_autofree char *line = naru_json_to_line (index);
  for (guint i = 0; i < packs->len; i++)
    if (!naru_office_store_pack (self->txn, g_ptr_array_index (packs, i), error))
      return FALSE;
  return naru_txn_put_meta (self->txn, NARU_META_FIELDS, fields, error) &&
         naru_txn_put_meta (self->txn, NARU_META_RULES, line, error);
}

/* @types: of which a pipeline was written already: of two for one type nobody could tell which is in force */
static gboolean
write_pipeline (NaruRestore *self, const char *path, GHashTable *types, GError **error)
{
  g_autoptr (NaruJson) json = parse_file (self, path, error);
  g_autoptr (NaruPipeline) pipeline = json != NULL ? naru_pipeline_new (json, path, error) : NULL;

  if (pipeline == NULL)
    return FALSE;
  g_autofree char *expected = naru_office_make_pipeline_path (pipeline);
  if (!g_str_equal (expected, path) ||
      !g_hash_table_add (types, g_strdup (naru_pipeline_get_record_type (pipeline))))
    return naru_source_set_foreign (error, _ ("no office writes a file “%s”"), path);
  return naru_office_put_pipeline (self->txn, NULL, pipeline, error);
}

/* Needs nothing of @self but transaction and files. */
gboolean
naru_restore_write_pipelines (NaruRestore *self, GError **error)
{
  g_autoptr (GHashTable) types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (g_str_has_prefix (path, "pipelines/") && !write_pipeline (self, path, types, error))
      return FALSE;
  return TRUE;
}

/* The row of the store that holds a file of the history as it stands; none where the history has no such file
 */
static gboolean
write_text (NaruRestore *self, const char *path, const char *key, GError **error)
{
  GBytes *bytes = g_hash_table_lookup (self->files, path);

  if (bytes == NULL)
    return TRUE;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return naru_txn_put_meta (self->txn, key, text, error);
}

static gboolean
write_policy (NaruRestore *self, GError **error)
{
  static const char path[] = "policies/access.json";
  g_autoptr (NaruJson) json = parse_file (self, path, error);

  if (json == NULL)
    return FALSE;
  g_autoptr (NaruPolicy) policy = naru_policy_new (json, path, error);
  if (policy == NULL)
    return FALSE;
  g_clear_pointer (&self->office->policy, naru_policy_free);
  self->office->policy = g_steal_pointer (&policy);
  return write_text (self, path, "policy", error);
}

/* Which keys sign and signed; the private key itself is in no history. */
static gboolean
write_signers (NaruRestore *self, GError **error)
{
  if (!write_text (self, NARU_SIGNERS_PATH, NARU_META_SIGNERS, error) ||
      !write_text (self, NARU_REVOKED_PATH, NARU_META_REVOKED, error))
    return FALSE;
  g_autoptr (GPtrArray) signers = naru_office_read_signers (self->txn, error);
  return signers != NULL;
}

/* Writes all rows of the store that stand for files of the history. */
gboolean
naru_restore_write_meta (NaruRestore *self, GError **error)
{
  NaruJson *config = parse_file (self, "office.json", error);

  if (config == NULL)
    return FALSE;
  g_clear_pointer (&self->office->config, naru_json_unref);
  self->office->config = config;
  if (naru_json_get_integer (config, "format", 0) > NARU_OFFICE_FORMAT)
    {
      naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0,
                      _ ("Use the Naru that wrote it, or a newer one."),
                      _ ("the office has a newer format than this Naru knows"));
      return FALSE;
    }
  if (!naru_office_check_names (naru_json_get_string (config, "name"), naru_json_get_string (config, "hub"),
                                error))
    return FALSE;
  g_autofree char *text = naru_json_to_text (config, NULL);
  return naru_txn_put_meta (self->txn, "office", text, error) && write_policy (self, error) &&
         naru_restore_write_pipelines (self, error) && naru_restore_write_packs (self, error) &&
         write_signers (self, error);
}
