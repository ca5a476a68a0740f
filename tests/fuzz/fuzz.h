/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

#include <string.h>

/* What a fuzz target has: it takes any bytes and asserts what must hold for all of them. */
int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* The texts between the lines "---" of an input, each with a NUL behind it. */
typedef struct
{
  char *text;
  gsize size;
} FuzzPart;

GArray *fuzz_split (const guint8 *data, gsize size, guint n_parts);
const char *fuzz_folder (void);
char *fuzz_write_file (const char *name, gconstpointer data, gsize size);
void fuzz_check_error (const GError *error);
NaruJson *fuzz_load_json (const char *folder, const char *name);
NaruTypes *fuzz_get_types (void);

static inline const FuzzPart *
fuzz_part (GArray *parts, guint index)
{
  return &g_array_index (parts, FuzzPart, index);
}
