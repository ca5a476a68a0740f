/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-calendar.h"
#include "naru-clock.h"
#include "naru-data.h"
#include "naru-date.h"
#include "naru-decimal.h"
#include "naru-digest.h"
#include "naru-error.h"
#include "naru-json.h"
#include "naru-macros.h"
#include "naru-text.h"
