/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* All that the code of a plugin includes. */
#include "naru-report.h"
#include "naru-rule-set.h"
#include "naru-subject.h"
#include "naru.h"
