/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-set.h"

/**
 * NaruRuleSet:
 *
 * The checks of a plugin. In C a plugin registers one type that has this interface
 * (peas_object_module_register_extension_type()), in Python it has one class
 * `class Green(GObject.Object, Naru.RuleSet)` with the method `do_judge`.
 */
G_DEFINE_INTERFACE (NaruRuleSet, naru_rule_set, G_TYPE_OBJECT)

static void
naru_rule_set_default_init (NaruRuleSetInterface *iface)
{
}

/**
 * naru_rule_set_judge:
 * @self: the checks of a plugin
 * @check: name of the check, as the rule has it
 * @subject: the case
 * @report: where the verdict is said
 * @error: return location
 *
 * Says a verdict on @report and returns %TRUE. Only what was said counts: %TRUE without a verdict, and %FALSE
 * whatever was said, mean that the case could not be judged, which blocks the move.
 *
 * Returns: %TRUE when a verdict was said; %FALSE when the case could not be judged, perhaps without @error
 */
gboolean
naru_rule_set_judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report,
                     GError **error)
{
  NaruRuleSetInterface *iface = NULL;

  g_return_val_if_fail (NARU_IS_RULE_SET (self) && check != NULL, FALSE);
  g_return_val_if_fail (NARU_IS_SUBJECT (subject) && NARU_IS_REPORT (report), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  iface = NARU_RULE_SET_GET_IFACE (self);
  if (iface->judge == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "judge", 0, NULL, "%s has no method \"judge\"",
                      G_OBJECT_TYPE_NAME (self));
      return FALSE;
    }
  return iface->judge (self, check, subject, report, error);
}
