/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-report.h"
#include "naru-subject.h"

G_BEGIN_DECLS

/* What the code of a plugin implements: its checks, each known by a name. */
#define NARU_TYPE_RULE_SET (naru_rule_set_get_type ())
NARU_EXTERN
G_DECLARE_INTERFACE (NaruRuleSet, naru_rule_set, NARU, RULE_SET, GObject)

/**
 * NaruRuleSetInterface:
 * @parent_iface: the parent
 * @judge: judges one check of one case; see naru_rule_set_judge()
 *
 * The checks of a plugin.
 */
struct _NaruRuleSetInterface
{
  GTypeInterface parent_iface;

  /**
   * NaruRuleSet::judge:
   * @self: the checks of a plugin
   * @check: name of the check, as the rule has it
   * @subject: the case
   * @report: where the verdict is said
   * @error: why it could not be judged
   *
   * Says a verdict on @report and returns %TRUE. A check has no memory, no clock, no files and no network:
   * the same case has the same verdict for ever. A name that is not known is %NARU_ERROR_NOT_FOUND.
   *
   * Returns: %TRUE when a verdict was said; %FALSE when the case could not be judged
   */
  gboolean (*judge) (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report,
                     GError **error);

  /*< private >*/
  gpointer padding[7];
};

NARU_EXTERN gboolean naru_rule_set_judge (NaruRuleSet *self, const char *check, NaruSubject *subject,
                                          NaruReport *report, GError **error);

G_END_DECLS
