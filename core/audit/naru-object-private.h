/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-object.h"

G_BEGIN_DECLS

const char *naru_object_kind_to_string (NaruObjectKind kind);
NaruObject *naru_object_new_with_oid (NaruObjectKind kind, GBytes *bytes, const NaruOid *oid);

G_END_DECLS
