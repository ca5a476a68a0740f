/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

/* As G_DEFINE_BOXED_TYPE, but libgobject is loaded when a GType is first asked for: no command needs one, and
 * loading it takes as long as reading a record does. */
#define NARU_DEFINE_BOXED_TYPE(TypeName, type_name)                                                          \
  GType type_name##_get_type (void)                                                                          \
  {                                                                                                          \
    static gsize type = 0;                                                                                   \
                                                                                                             \
    if (g_once_init_enter (&type))                                                                           \
      g_once_init_leave (&type, naru_boxed_type_register (#TypeName, (GBoxedCopyFunc) type_name##_ref,       \
                                                          (GBoxedFreeFunc) type_name##_unref));              \
    return type;                                                                                             \
  }

GType naru_boxed_type_register (const char *name, GBoxedCopyFunc copy, GBoxedFreeFunc release);

G_END_DECLS
