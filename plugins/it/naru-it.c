/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-it-private.h"

#include <libpeas/peas.h>

#define NARU_TYPE_IT (naru_it_get_type ())
G_DECLARE_FINAL_TYPE (NaruIt, naru_it, NARU, IT, GObject)

/* The checks of the plugin for information technology. */
struct _NaruIt
{
  GObject parent_instance;
};

static void naru_it_rule_set_init (NaruRuleSetInterface *iface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (NaruIt, naru_it, G_TYPE_OBJECT, G_TYPE_FLAG_FINAL,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (NARU_TYPE_RULE_SET, naru_it_rule_set_init))

static const struct
{
  const char *name;
  NaruItCheck check;
} checks[] = {
  { "ai_act_dates", naru_it_check_ai_act_dates },
  { "ai_act_practices", naru_it_check_ai_act_practices },
  { "cra_dates", naru_it_check_cra_dates },
  { "dataset_licences", naru_it_check_dataset_licences },
  { "dataset_sources", naru_it_check_dataset_sources },
  { "layout_registration", naru_it_check_layout_registration },
  { "licence_cautions", naru_it_check_licence_cautions },
  { "licence_conflicts", naru_it_check_licence_conflicts },
  { "privacy_impact", naru_it_check_privacy_impact },
  { "program_registration", naru_it_check_program_registration },
  { "public_push", naru_it_check_public_push },
  { "standard_patent", naru_it_check_standard_patent },
};

static gboolean
naru_it_judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_str_equal (checks[i].name, check))
      {
        checks[i].check (subject, report);
        return TRUE;
      }
  g_set_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND, "the plugin “it” has no check “%s”", check);
  return FALSE;
}

static void
naru_it_rule_set_init (NaruRuleSetInterface *iface)
{
  iface->judge = naru_it_judge;
}

static void
naru_it_class_init (NaruItClass *class)
{
}

static void
naru_it_class_finalize (NaruItClass *class)
{
}

static void
naru_it_init (NaruIt *self)
{
}

G_MODULE_EXPORT void peas_register_types (PeasObjectModule *module);

G_MODULE_EXPORT void
peas_register_types (PeasObjectModule *module)
{
  naru_it_register_type (G_TYPE_MODULE (module));
  peas_object_module_register_extension_type (module, NARU_TYPE_RULE_SET, NARU_TYPE_IT);
}
