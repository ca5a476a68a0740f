/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-boxed.h"

#include <dlfcn.h>

typedef GType (*Register) (const char *name, GBoxedCopyFunc copy, GBoxedFreeFunc release);

/* @name must stay where it is. */
GType
naru_boxed_type_register (const char *name, GBoxedCopyFunc copy, GBoxedFreeFunc release)
{
  void *library = dlopen ("libgobject-2.0.so.0", RTLD_LAZY);
  Register function = library != NULL ? (Register) dlsym (library, "g_boxed_type_register_static") : NULL;

  if (function == NULL)
    g_error ("cannot load libgobject: %s", dlerror ());
  return function (name, copy, release);
}
