/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-nano-private.h"

#include <libpeas/peas.h>

#define NARU_TYPE_NANO (naru_nano_get_type ())
G_DECLARE_FINAL_TYPE (NaruNano, naru_nano, NARU, NANO, GObject)

/* The checks of the plugin for nanotechnology. */
struct _NaruNano
{
  GObject parent_instance;
};

static void naru_nano_rule_set_init (NaruRuleSetInterface *iface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (NaruNano, naru_nano, G_TYPE_OBJECT, G_TYPE_FLAG_FINAL,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (NARU_TYPE_RULE_SET, naru_nano_rule_set_init))

static const struct
{
  const char *name;
  NaruNanoCheck check;
} checks[] = {
  { "characterisation_gaps", naru_nano_check_characterisation_gaps },
  { "characterisation_minimum", naru_nano_check_characterisation_minimum },
  { "definition", naru_nano_check_definition },
  { "eu_notices", naru_nano_check_eu_notices },
  { "eu_number_fraction", naru_nano_check_eu_number_fraction },
  { "hazard_analysis", naru_nano_check_hazard_analysis },
  { "kreach_registration", naru_nano_check_kreach_registration },
  { "lab_measures", naru_nano_check_lab_measures },
  { "mdr_class", naru_nano_check_mdr_class },
  { "pilot_batches", naru_nano_check_pilot_batches },
  { "reach_nanoforms", naru_nano_check_reach_nanoforms },
  { "safety_data_sheet", naru_nano_check_safety_data_sheet },
  { "tsca_notice", naru_nano_check_tsca_notice },
};

static gboolean
naru_nano_judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report,
                 GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_str_equal (checks[i].name, check))
      {
        checks[i].check (subject, report);
        return TRUE;
      }
  g_set_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND, "the plugin “nano” has no check “%s”", check);
  return FALSE;
}

static void
naru_nano_rule_set_init (NaruRuleSetInterface *iface)
{
  iface->judge = naru_nano_judge;
}

static void
naru_nano_class_init (NaruNanoClass *class)
{
}

static void
naru_nano_class_finalize (NaruNanoClass *class)
{
}

static void
naru_nano_init (NaruNano *self)
{
}

G_MODULE_EXPORT void peas_register_types (PeasObjectModule *module);

G_MODULE_EXPORT void
peas_register_types (PeasObjectModule *module)
{
  naru_nano_register_type (G_TYPE_MODULE (module));
  peas_object_module_register_extension_type (module, NARU_TYPE_RULE_SET, NARU_TYPE_NANO);
}
