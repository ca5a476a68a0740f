/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <glib.h>

#ifndef NARU_EXTERN
#define NARU_EXTERN __attribute__ ((visibility ("default"))) extern
#endif
