/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-case.h"
#include "naru-pipeline.h"
#include "naru-plugin-info.h"
#include "naru-review.h"
#include "naru-rule-book.h"
#include "naru-rule-cases.h"
#include "naru-rule-pack.h"
