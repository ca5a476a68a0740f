/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <dlfcn.h>
#include <girepository.h>
#include <libpeas/peas.h>
#include <sys/stat.h>
#include <unistd.h>

/* The one file that knows libpeas. */

/* @word is one that the host knows; what Python has said, or libpeas about a C module, is more than what the
 * engine knows. */
static gboolean
fail (NaruFault *fault, const char *word, const GError *error)
{
  fault->word = word;
  fault->detail = naru_wire_read_last_line (STDERR_FILENO, 0);
  if (fault->detail == NULL && error != NULL)
    fault->detail = g_strdup (error->message);
  return FALSE;
}

/* A missing typelib makes Python fail in words that nobody understands; so it is looked for first. */
static gboolean
prepare_python (PeasEngine *engine, NaruFault *fault)
{
  g_autoptr (GError) error = NULL;

  if (g_irepository_require (NULL, "Naru", "1", 0, &error) == NULL)
    return fail (fault, "typelib", error);
  peas_engine_enable_loader (engine, "python3");
  return TRUE;
}

static PeasPluginInfo *
find_plugin (PeasEngine *engine, const char *folder, const char *module)
{
  peas_engine_add_search_path (engine, folder, folder);
  return peas_engine_get_plugin_info (engine, module);
}

/* An exception in __init__ is printed, and the object is there all the same; but who knows what it lacks. */
static NaruRuleSet *
create (PeasEngine *engine, PeasPluginInfo *info, NaruFault *fault)
{
  g_autofree char *line = NULL;
  PeasExtension *extension = NULL;
  struct stat about = { 0 };

  fstat (STDERR_FILENO, &about);
  if (peas_engine_provides_extension (engine, info, NARU_TYPE_RULE_SET))
    extension = peas_engine_create_extension (engine, info, NARU_TYPE_RULE_SET, NULL);
  line = naru_wire_read_last_line (STDERR_FILENO, about.st_size);
  if (extension != NULL && line == NULL)
    return NARU_RULE_SET (extension);

  fail (fault, extension != NULL ? "make" : "class", NULL);
  g_clear_object (&extension);
  return NULL;
}

/* A function that the module lacks is missed now, and not when a deal first needs it: libpeas would look
 * functions up when they are called. All other libraries may, since looking up theirs takes longer than
 * loading the plugin. */
static gboolean
bind_module (const char *folder, const char *module, NaruFault *fault)
{
  g_autofree char *name = g_strdup_printf ("lib%s.so", module);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  if (dlopen (path, RTLD_NOW | RTLD_LOCAL) != NULL)
    return TRUE;
  error = g_error_new_literal (NARU_ERROR, NARU_ERROR_FAILED, dlerror ());
  return fail (fault, "code", error);
}

/* Loads the plugin in @folder and makes its checks. Returns: (transfer full) (nullable): NULL with @fault */
NaruRuleSet *
naru_worker_load (const char *folder, const char *module, const char *loader, NaruFault *fault)
{
  PeasEngine *engine = NULL;
  PeasPluginInfo *info = NULL;
  g_autoptr (GError) error = NULL;

  g_irepository_prepend_search_path (NARU_TYPELIBDIR);
  engine = peas_engine_get_default ();
  if (g_str_equal (loader, "python3") && !prepare_python (engine, fault))
    return NULL;
  info = find_plugin (engine, folder, module);
  if (info == NULL)
    {
      fail (fault, "module", NULL);
      return NULL;
    }
  if (g_str_equal (loader, "C") && !bind_module (folder, module, fault))
    return NULL;
  if (!peas_engine_load_plugin (engine, info))
    {
      peas_plugin_info_is_available (info, &error);
      fail (fault, "code", error);
      return NULL;
    }
  return create (engine, info, fault);
}
