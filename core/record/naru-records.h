/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"
#include "naru-entry.h"
#include "naru-finding.h"
#include "naru-id.h"
#include "naru-record.h"
#include "naru-schema.h"
#include "naru-type.h"
