/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

G_BEGIN_DECLS

#define NARU_PLUGIN_ABI 1

typedef enum
{
  NARU_PLUGIN_LOADER_DATA, /* no code */
  NARU_PLUGIN_LOADER_C,
  NARU_PLUGIN_LOADER_PYTHON,
} NaruPluginLoader;

/* What the file NAME.plugin of a folder says. Reading it runs no code of the plugin. */
#define NARU_TYPE_PLUGIN (naru_plugin_get_type ())
typedef struct _NaruPlugin NaruPlugin;

NARU_EXTERN GType naru_plugin_get_type (void);
NARU_EXTERN gboolean naru_plugin_create (const char *folder, const char *name, const char *sector,
                                         NaruPluginLoader loader, GError **error);
NARU_EXTERN NaruPlugin *naru_plugin_load (const char *folder, GError **error);
NARU_EXTERN NaruPlugin *naru_plugin_ref (NaruPlugin *self);
NARU_EXTERN void naru_plugin_unref (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_id (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_folder (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_module (NaruPlugin *self);
NARU_EXTERN NaruPluginLoader naru_plugin_get_loader (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_name (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_description (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_version (NaruPlugin *self);
NARU_EXTERN const char *const *naru_plugin_get_sectors (NaruPlugin *self);
NARU_EXTERN const char *const *naru_plugin_get_run_after (NaruPlugin *self);
NARU_EXTERN const char *naru_plugin_get_digest (NaruPlugin *self);
NARU_EXTERN gboolean naru_plugin_is_newer_abi (const GError *error);
NARU_EXTERN const char *naru_plugin_loader_to_string (NaruPluginLoader loader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruPlugin, naru_plugin_unref)

/* All plugins of a list of folders, in the order in which they judge, and those that could not be read. */
#define NARU_TYPE_PLUGINS (naru_plugins_get_type ())
typedef struct _NaruPlugins NaruPlugins;

NARU_EXTERN GType naru_plugins_get_type (void);
NARU_EXTERN GStrv naru_plugins_list_places (const char *office);
NARU_EXTERN NaruPlugins *naru_plugins_scan (const char *const *places);
NARU_EXTERN NaruPlugins *naru_plugins_ref (NaruPlugins *self);
NARU_EXTERN void naru_plugins_unref (NaruPlugins *self);
NARU_EXTERN guint naru_plugins_get_n (NaruPlugins *self);
NARU_EXTERN NaruPlugin *naru_plugins_get (NaruPlugins *self, guint index);
NARU_EXTERN NaruPlugin *naru_plugins_find (NaruPlugins *self, const char *id);
NARU_EXTERN guint naru_plugins_get_n_faults (NaruPlugins *self);
NARU_EXTERN const GError *naru_plugins_get_fault (NaruPlugins *self, guint index, const char **folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruPlugins, naru_plugins_unref)

G_END_DECLS
