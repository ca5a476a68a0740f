/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "naru-worker-self.h"

#include <girepository.h>
#include <libpeas/peas.h>
#include <unistd.h>

/* The one file that knows libpeas. */

static char *
say_fault (const char *words, const char *detail)
{
  return detail != NULL ? g_strdup_printf ("%s: %s", words, detail) : g_strdup (words);
}

/* What Python has said, or libpeas about a C module, is more than what the engine knows. */
static char *
explain (const char *words, const GError *error)
{
  g_autofree char *line = naru_wire_read_last_line (STDERR_FILENO, 0);

  if (line == NULL && error != NULL)
    line = g_strdup (error->message);
  return say_fault (words, line);
}

/* A missing typelib makes Python fail in words that nobody understands; so it is looked for first. */
static gboolean
prepare_python (PeasEngine *engine, char **fault)
{
  g_autoptr (GError) error = NULL;

  if (g_irepository_require (NULL, "Naru", "1", 0, &error) == NULL)
    {
      *fault = say_fault ("the typelib Naru-1 of Naru for Python is missing", error->message);
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
naru_worker_load (const char *folder, const char *module, const char *loader, char **fault)
{
  PeasEngine *engine = NULL;
  PeasPluginInfo *info = NULL;
  PeasExtension *extension = NULL;
  g_autoptr (GError) error = NULL;

  g_irepository_prepend_search_path (NARU_TYPELIBDIR);
  engine = peas_engine_get_default ();
  if (g_str_equal (loader, "python3") && !prepare_python (engine, fault))
    return NULL;
  info = find_plugin (engine, folder, module);
  if (info == NULL)
    {
      *fault = explain ("its folder holds no such module", NULL);
      return NULL;
    }
  if (!peas_engine_load_plugin (engine, info))
    {
      peas_plugin_info_is_available (info, &error);
      *fault = explain ("its code did not load", error);
      return NULL;
    }
  if (peas_engine_provides_extension (engine, info, NARU_TYPE_RULE_SET))
    extension = peas_engine_create_extension (engine, info, NARU_TYPE_RULE_SET, NULL);
  if (extension == NULL)
    *fault = explain ("its code has no class that implements Naru.RuleSet", NULL);
  return (NaruRuleSet *) extension;
}
