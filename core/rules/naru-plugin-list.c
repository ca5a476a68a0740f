/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-plugin-private.h"

#include "naru-boxed.h"
#include "naru-folder-names.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  char *folder;
  GError *error;
} Fault;

struct _NaruPlugins
{
  gatomicrefcount ref_count;
  GPtrArray *plugins; /* of NaruPlugin, in the order in which they judge */
  GPtrArray *faults;  /* of Fault */
};

NARU_DEFINE_BOXED_TYPE (NaruPlugins, naru_plugins)

static void
fault_free (Fault *fault)
{
  g_free (fault->folder);
  g_error_free (fault->error);
  g_free (fault);
}

static void
add_fault (NaruPlugins *self, const char *folder, GError *error)
{
  Fault *fault = g_new0 (Fault, 1);

  fault->folder = g_strdup (folder);
  fault->error = error;
  g_ptr_array_add (self->faults, fault);
}

/**
 * naru_plugins_list_places:
 * @office: (nullable) (type filename): the folder of an office
 *
 * Where plugins are looked for, and who wins: the built-in ones ($NARU_PLUGIN_DIR, or else those that were
 * installed), those of the system, of the person, of the office.
 *
 * Returns: (transfer full): absolute paths of folders, each of which holds folders of plugins; they may not
 * exist
 */
GStrv
naru_plugins_list_places (const char *office)
{
  g_autoptr (GStrvBuilder) places = g_strv_builder_new ();
  const char *built_in = g_getenv ("NARU_PLUGIN_DIR");
  g_autofree char *person = g_build_filename (g_get_user_data_dir (), "naru", "plugins", NULL);

  g_strv_builder_add (places, built_in != NULL && *built_in != '\0' ? built_in : NARU_PLUGINDIR);
  g_strv_builder_add (places, "/usr/local/lib/naru/plugins");
  g_strv_builder_add (places, person);
  if (office != NULL)
    {
      g_autofree char *own = g_build_filename (office, "plugins", NULL);
      g_strv_builder_add (places, own);
    }
  return g_strv_builder_end (places);
}

static void
load_one (NaruPlugins *self, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruPlugin) plugin = naru_plugin_load (folder, &error);
  NaruPlugin *first = plugin != NULL ? naru_plugins_find (self, plugin->id) : NULL;

  /* other things may lie beside the plugins */
  if (g_error_matches (error, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    return;
  if (first != NULL && g_str_equal (first->folder, plugin->folder))
    return;
  if (first != NULL)
    naru_set_error (&error, NARU_ERROR_EXISTS, NULL, 0,
                    _ ("Remove one of the two, or give its file another name."),
                    _ ("%s: not used, since the plugin %s in %s comes first"), plugin->folder, plugin->id,
                    first->folder);
  if (error != NULL)
    add_fault (self, folder, g_steal_pointer (&error));
  else
    g_ptr_array_add (self->plugins, g_steal_pointer (&plugin));
}

static void
add_unread (NaruPlugins *self, const char *folder, int errsv)
{
  GError *error = NULL;

  naru_set_error_errno (&error, errsv, NULL, _ ("Cannot read the folder %s"), folder);
  add_fault (self, folder, error);
}

static void
load_place (NaruPlugins *self, const char *place)
{
  g_auto (GStrv) names = naru_folder_names (place);

  if (names == NULL && errno != ENOENT && errno != ENOTDIR)
    add_unread (self, place, errno);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (place, names[i], NULL);
      struct stat about;
      if (names[i][0] == '.')
        continue;
      int result = stat (folder, &about);
      if (result == 0 && S_ISDIR (about.st_mode))
        load_one (self, folder);
      else if (result != 0 && errno != ENOENT && errno != ENOTDIR)
        add_unread (self, folder, errno);
    }
}

static gboolean
holds (GPtrArray *plugins, const char *id)
{
  for (guint i = 0; i < plugins->len; i++)
    if (g_str_equal (((NaruPlugin *) g_ptr_array_index (plugins, i))->id, id))
      return TRUE;
  return FALSE;
}

static gboolean
waits (NaruPlugin *plugin, GPtrArray *others)
{
  for (guint i = 0; plugin->run_after[i] != NULL; i++)
    if (holds (others, plugin->run_after[i]))
      return TRUE;
  return FALSE;
}

/* The first of those that wait for none of the others; -1 when each waits. */
static int
find_next (GPtrArray *rest)
{
  for (guint i = 0; i < rest->len; i++)
    if (!waits (g_ptr_array_index (rest, i), rest))
      return (int) i;
  return -1;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const NaruPlugin *one = *(NaruPlugin *const *) a;
  const NaruPlugin *other = *(NaruPlugin *const *) b;

  return strcmp (one->id, other->id);
}

static void
refuse_circle (NaruPlugins *self, GPtrArray *rest)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < rest->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? ", " : "", ((NaruPlugin *) g_ptr_array_index (rest, i))->id);
  for (guint i = 0; i < rest->len; i++)
    {
      NaruPlugin *plugin = g_ptr_array_index (rest, i);
      GError *error = NULL;
      naru_set_error (&error, NARU_ERROR_INVALID, "X-Naru-Run-After", 0,
                      _ ("Take one name out of X-Naru-Run-After, so that one of them can be the first."),
                      _ ("%s: these plugins wait for each other: %s"), plugin->folder, ids->str);
      add_fault (self, plugin->folder, error);
    }
}

/* By declared order, then by name, whatever the place. */
static void
sort_plugins (NaruPlugins *self)
{
  g_autoptr (GPtrArray) rest = g_steal_pointer (&self->plugins);
  int next = 0;

  self->plugins = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_plugin_unref);
  g_ptr_array_sort (rest, compare_ids);
  while ((next = find_next (rest)) >= 0)
    g_ptr_array_add (self->plugins, g_ptr_array_steal_index (rest, (guint) next));
  if (rest->len > 0)
    refuse_circle (self, rest);
}

/**
 * naru_plugins_scan:
 * @places: (array zero-terminated=1): folders that hold folders of plugins, as naru_plugins_list_places()
 * gives them
 *
 * Reads all plugins; where two have the same id, the first place wins. Nothing is hidden: what cannot be used
 * is a fault, see naru_plugins_get_fault().
 *
 * Returns: (transfer full): the plugins in the order in which they judge
 */
NaruPlugins *
naru_plugins_scan (const char *const *places)
{
  NaruPlugins *self = g_new0 (NaruPlugins, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->plugins = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_plugin_unref);
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
  for (guint i = 0; places != NULL && places[i] != NULL; i++)
    load_place (self, places[i]);
  sort_plugins (self);
  return self;
}

/**
 * naru_plugins_ref:
 * @self: plugins
 *
 * Returns: (transfer full): @self
 */
NaruPlugins *
naru_plugins_ref (NaruPlugins *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_plugins_unref:
 * @self: (transfer full): plugins
 */
void
naru_plugins_unref (NaruPlugins *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->plugins);
  g_ptr_array_unref (self->faults);
  g_free (self);
}

/**
 * naru_plugins_get_n:
 * @self: plugins
 *
 * Returns: how many can be used
 */
guint
naru_plugins_get_n (NaruPlugins *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->plugins->len;
}

/**
 * naru_plugins_get:
 * @self: plugins
 * @index: below naru_plugins_get_n()
 *
 * Returns: (transfer none): a plugin
 */
NaruPlugin *
naru_plugins_get (NaruPlugins *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->plugins->len, NULL);

  return g_ptr_array_index (self->plugins, index);
}

/**
 * naru_plugins_find:
 * @self: plugins
 * @id: an id
 *
 * Returns: (transfer none) (nullable): the plugin of this id
 */
NaruPlugin *
naru_plugins_find (NaruPlugins *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->plugins->len; i++)
    {
      NaruPlugin *plugin = g_ptr_array_index (self->plugins, i);
      if (g_str_equal (plugin->id, id))
        return plugin;
    }
  return NULL;
}

/**
 * naru_plugins_get_n_faults:
 * @self: plugins
 *
 * Returns: how many folders of plugins cannot be used
 */
guint
naru_plugins_get_n_faults (NaruPlugins *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->faults->len;
}

/**
 * naru_plugins_get_fault:
 * @self: plugins
 * @index: below naru_plugins_get_n_faults()
 * @folder: (out) (optional) (transfer none) (type filename): the folder
 *
 * Returns: (transfer none): why it cannot be used; %NARU_ERROR_EXISTS when another plugin of its id comes
 * first
 */
const GError *
naru_plugins_get_fault (NaruPlugins *self, guint index, const char **folder)
{
  const Fault *fault = NULL;

  g_return_val_if_fail (self != NULL && index < self->faults->len, NULL);

  fault = g_ptr_array_index (self->faults, index);
  if (folder != NULL)
    *folder = fault->folder;
  return fault->error;
}
