/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-plugin-private.h"

#include "naru-boxed.h"

NARU_DEFINE_BOXED_TYPE (NaruPlugin, naru_plugin)

/**
 * naru_plugin_ref:
 * @self: a plugin
 *
 * Returns: (transfer full): @self
 */
NaruPlugin *
naru_plugin_ref (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_plugin_unref:
 * @self: (transfer full): a plugin
 */
void
naru_plugin_unref (NaruPlugin *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->id);
  g_free (self->folder);
  g_free (self->module);
  g_free (self->name_en);
  g_free (self->name_ko);
  g_free (self->description_en);
  g_free (self->description_ko);
  g_free (self->version);
  g_strfreev (self->sectors);
  g_strfreev (self->run_after);
  g_mutex_clear (&self->mutex);
  g_free (self->digest);
  g_free (self);
}

/**
 * naru_plugin_get_id:
 * @self: a plugin
 *
 * Returns: (transfer none): the name of its file without ".plugin", by which people and other plugins name it
 */
const char *
naru_plugin_get_id (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * naru_plugin_get_folder:
 * @self: a plugin
 *
 * Returns: (transfer none) (type filename): absolute path of its folder
 */
const char *
naru_plugin_get_folder (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->folder;
}

/**
 * naru_plugin_get_module:
 * @self: a plugin
 *
 * Returns: (transfer none): the name of its code, "naru_biohealth"
 */
const char *
naru_plugin_get_module (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->module;
}

/**
 * naru_plugin_get_loader:
 * @self: a plugin
 *
 * Returns: what kind of code it has
 */
NaruPluginLoader
naru_plugin_get_loader (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NARU_PLUGIN_LOADER_DATA);

  return self->loader;
}

static const char *
choose (const char *en, const char *ko)
{
  return ko != NULL && g_strcmp0 (naru_language_get (), "ko") == 0 ? ko : en;
}

/**
 * naru_plugin_get_name:
 * @self: a plugin
 *
 * Returns: (transfer none): its title in the language of the process
 */
const char *
naru_plugin_get_name (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return choose (self->name_en, self->name_ko);
}

/**
 * naru_plugin_get_description:
 * @self: a plugin
 *
 * Returns: (transfer none) (nullable): what it is for, in the language of the process
 */
const char *
naru_plugin_get_description (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return choose (self->description_en, self->description_ko);
}

/**
 * naru_plugin_get_version:
 * @self: a plugin
 *
 * Returns: (transfer none): its version, "1.0.0"
 */
const char *
naru_plugin_get_version (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->version;
}

/**
 * naru_plugin_get_sectors:
 * @self: a plugin
 *
 * Returns: (transfer none) (array zero-terminated=1): the sectors whose deals it judges; empty: all deals
 */
const char *const *
naru_plugin_get_sectors (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->sectors;
}

/**
 * naru_plugin_get_run_after:
 * @self: a plugin
 *
 * Returns: (transfer none) (array zero-terminated=1): ids of the plugins that judge before it
 */
const char *const *
naru_plugin_get_run_after (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->run_after;
}

/**
 * naru_plugin_get_digest:
 * @self: a plugin
 *
 * The BLAKE2b-256 of a list of lines "BLAKE2b-256 of the file, blank, its name", one for the shared object,
 * or one for each file of Python in the order of their names. It is read once, when it is first asked for.
 *
 * Returns: (transfer none) (nullable): 64 hex digits; %NULL for a plugin without code, or when its code
 * cannot be read
 */
const char *
naru_plugin_get_digest (NaruPlugin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  if (!self->digested)
    self->digest = naru_plugin_compute_digest (self);
  self->digested = TRUE;
  g_mutex_unlock (&self->mutex);
  return self->digest;
}

/**
 * naru_plugin_is_newer_abi:
 * @error: (nullable): what naru_plugin_load() says
 *
 * Returns: whether the plugin may well be sound, but was made for a newer Naru
 */
gboolean
naru_plugin_is_newer_abi (const GError *error)
{
  return g_error_matches (error, NARU_ERROR, NARU_ERROR_UNSUPPORTED) &&
         g_strcmp0 (naru_error_get_field (error), "X-Naru-ABI") == 0;
}

/**
 * naru_plugin_loader_to_string:
 * @loader: a kind of code
 *
 * Returns: (transfer none): as it is written in the file of a plugin: "data", "C", "python3"
 */
const char *
naru_plugin_loader_to_string (NaruPluginLoader loader)
{
  switch (loader)
    {
    case NARU_PLUGIN_LOADER_C:
      return "C";
    case NARU_PLUGIN_LOADER_PYTHON:
      return "python3";
    case NARU_PLUGIN_LOADER_DATA:
    default:
      return "data";
    }
}
