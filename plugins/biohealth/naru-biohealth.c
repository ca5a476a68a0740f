/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "biohealth-check.h"

#include <libpeas/peas.h>

#define NARU_TYPE_BIOHEALTH (naru_biohealth_get_type ())
G_DECLARE_FINAL_TYPE (NaruBiohealth, naru_biohealth, NARU, BIOHEALTH, GObject)

struct _NaruBiohealth
{
  GObject parent_instance;
};

static void naru_biohealth_rule_set_init (NaruRuleSetInterface *iface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (NaruBiohealth, naru_biohealth, G_TYPE_OBJECT, G_TYPE_FLAG_FINAL,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (NARU_TYPE_RULE_SET,
                                                               naru_biohealth_rule_set_init))

G_MODULE_EXPORT void peas_register_types (PeasObjectModule *module);

static const struct
{
  const char *name;
  BioCheckFunc func;
} checks[] = {
  { "deposit", bio_check_deposit },
  { "digital_upkeep", bio_check_digital_upkeep },
  { "eu_legacy", bio_check_eu_legacy },
  { "fda_ind", bio_check_fda_ind },
  { "iacuc_dates", bio_check_iacuc_dates },
  { "irb_dates", bio_check_irb_dates },
  { "kgmp_valid", bio_check_kgmp_valid },
  { "mta_clauses", bio_check_mta_clauses },
  { "nagoya_late", bio_check_nagoya_late },
  { "nagoya_report", bio_check_nagoya_report },
  { "phase_order", bio_check_phase_order },
  { "pte_kr", bio_check_pte_kr },
  { "pte_us", bio_check_pte_us },
  { "sequence_listing", bio_check_sequence_listing },
  { "spc_eu", bio_check_spc_eu },
  { "trial_plan", bio_check_trial_plan },
  { "trial_registration", bio_check_trial_registration },
  { "variety_novelty", bio_check_variety_novelty },
};

static void
run_check (BioCheckFunc func, NaruSubject *subject, NaruReport *report)
{
  g_autoptr (GPtrArray) questions = g_ptr_array_new_with_free_func (g_free);
  BioCheck check = {
    .deal = naru_subject_get_json (subject),
    .report = report,
    .today = naru_subject_get_today (subject),
    .questions = questions,
  };

  func (&check);
  if (check.n_refusals > 0)
    return;
  for (guint i = 0; i < questions->len; i++)
    naru_report_ask (report, g_ptr_array_index (questions, i));
  if (questions->len > 0)
    return;
  if (check.skipped)
    naru_report_skip (report);
  else
    naru_report_accept (report);
}

static gboolean
naru_biohealth_judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report,
                      GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (g_str_equal (checks[i].name, check))
      {
        run_check (checks[i].func, subject, report);
        return TRUE;
      }
  g_set_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND, "The plugin biohealth has no check “%s”.", check);
  return FALSE;
}

static void
naru_biohealth_rule_set_init (NaruRuleSetInterface *iface)
{
  iface->judge = naru_biohealth_judge;
}

static void
naru_biohealth_class_init (NaruBiohealthClass *klass)
{
}

static void
naru_biohealth_class_finalize (NaruBiohealthClass *klass)
{
}

static void
naru_biohealth_init (NaruBiohealth *self)
{
}

void
peas_register_types (PeasObjectModule *module)
{
  naru_biohealth_register_type (G_TYPE_MODULE (module));
  peas_object_module_register_extension_type (module, NARU_TYPE_RULE_SET, NARU_TYPE_BIOHEALTH);
}
