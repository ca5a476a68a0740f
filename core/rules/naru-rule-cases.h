/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rule-book.h"

G_BEGIN_DECLS

/* The tests of a rule pack or plugin: its cases, and what every pack must stand. */
NARU_EXTERN NaruJson *naru_rule_cases_run (const char *folder, GError **error);

G_END_DECLS
