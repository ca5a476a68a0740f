/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <girepository.h>
#include <libpeas/peas.h>

/* Loads a plugin in Python, by libpeas: the one file that calls it. */

/* A missing typelib makes Python fail in words that nobody understands; so it is looked for first. */
static gboolean
prepare_python (PeasEngine *engine, NaruFault *fault)
{
  g_autoptr (GError) error = NULL;

  if (g_irepository_require (NULL, "Naru", "1", 0, &error) == NULL)
    {
      naru_worker_fail (fault, "typelib", error->message);
      return FALSE;
    }
  peas_engine_enable_loader (engine, "python3");
  return TRUE;
}

static PeasPluginInfo *
find_plugin (PeasEngine *engine, const char *folder, const char *module)
{
  peas_engine_add_search_path (engine, folder, folder);
  return peas_engine_get_plugin_info (engine, module);
}

/* Loads the plugin in @folder and makes its checks. Returns: (transfer full) (nullable): NULL with @fault */
NaruRuleSet *
naru_worker_load (const char *folder, const char *module, NaruFault *fault)
{
  PeasEngine *engine = NULL;
  PeasPluginInfo *info = NULL;
  PeasExtension *extension = NULL;
  gint64 written = 0;
  g_autoptr (GError) error = NULL;

  g_irepository_prepend_search_path (NARU_TYPELIBDIR);
  engine = peas_engine_get_default ();
  if (!prepare_python (engine, fault))
    return NULL;
  info = find_plugin (engine, folder, module);
  if (info == NULL)
    {
      naru_worker_fail (fault, "module", NULL);
      return NULL;
    }
  if (!peas_engine_load_plugin (engine, info))
    {
      peas_plugin_info_is_available (info, &error);
      naru_worker_fail (fault, "code", error != NULL ? error->message : NULL);
      return NULL;
    }
  written = naru_worker_get_stderr_size ();
  if (peas_engine_provides_extension (engine, info, NARU_TYPE_RULE_SET))
    extension = peas_engine_create_extension (engine, info, NARU_TYPE_RULE_SET, NULL);
  return naru_worker_accept ((NaruRuleSet *) extension, written, fault);
}
