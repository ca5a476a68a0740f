/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <dlfcn.h>
#include <libpeas/peas.h>

/* Loads a plugin in C as libpeas would, without libpeas: half of the time that a worker takes to start would
 * go into the libraries behind it, for one call. A plugin is written for libpeas all the same, and one that
 * is linked with it works as well: what this program exports comes before what a library does. */

typedef struct
{
  GTypeModule parent_instance;
  GType checks; /* that the plugin has registered; 0: none */
} NaruCModule;

typedef struct
{
  GTypeModuleClass parent_class;
} NaruCModuleClass;

GType naru_c_module_get_type (void);
G_DEFINE_FINAL_TYPE (NaruCModule, naru_c_module, G_TYPE_TYPE_MODULE)

static gboolean
naru_c_module_load (GTypeModule *module)
{
  return TRUE;
}

static void
naru_c_module_unload (GTypeModule *module)
{
}

static void
naru_c_module_class_init (NaruCModuleClass *class)
{
  class->parent_class.load = naru_c_module_load;
  class->parent_class.unload = naru_c_module_unload;
}

static void
naru_c_module_init (NaruCModule *self)
{
}

/* What a plugin calls in peas_register_types(). */
G_MODULE_EXPORT void
peas_object_module_register_extension_type (PeasObjectModule *module, GType exten_type, GType impl_type)
{
  NaruCModule *self = (NaruCModule *) module;

  g_return_if_fail (G_TYPE_CHECK_INSTANCE_TYPE (module, naru_c_module_get_type ()));
  g_return_if_fail (g_type_is_a (impl_type, exten_type));

  if (exten_type == NARU_TYPE_RULE_SET)
    self->checks = impl_type;
}

/* A function that the module lacks is missed now, and not when a deal first needs it. All other libraries may
 * look theirs up when they are called, since that takes longer than loading the plugin. */
static gpointer
open_module (const char *folder, const char *module)
{
  g_autofree char *name = g_strdup_printf ("lib%s.so", module);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gpointer handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);

  return handle != NULL ? dlsym (handle, "peas_register_types") : NULL;
}

/* Loads the plugin in @folder and makes its checks. Returns: (transfer full) (nullable): NULL with @fault */
NaruRuleSet *
naru_worker_load (const char *folder, const char *module, NaruFault *fault)
{
  void (*register_types) (NaruCModule *) = open_module (folder, module);
  NaruCModule *types = NULL;
  NaruRuleSet *rules = NULL;
  gint64 written = 0;

  if (register_types == NULL)
    {
      naru_worker_fail (fault, "code", dlerror ());
      return NULL;
    }
  /* in use for ever, for what it defines is */
  types = g_object_new (naru_c_module_get_type (), NULL);
  g_type_module_use (G_TYPE_MODULE (types));
  register_types (types);
  written = naru_worker_get_stderr_size ();
  if (types->checks != 0)
    rules = g_object_new (types->checks, NULL);
  return naru_worker_accept (rules, written, fault);
}
