/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-mirror.h"
#include "naru-object.h"
#include "naru-pack.h"
#include "naru-past-entry.h"
#include "naru-program.h"
#include "naru-repository.h"
#include "naru-signer.h"
#include "naru-surroundings.h"
#include "naru-tag.h"
