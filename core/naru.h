/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-audit-report.h"
#include "naru-desk-keys.h"
#include "naru-desk-rules.h"
#include "naru-desk.h"
#include "naru-dossier.h"
#include "naru-import.h"
#include "naru-office.h"
#include "naru-records.h"
#include "naru-restore.h"
#include "naru-rules.h"
#include "naru-seals.h"
#include "naru-verify.h"
