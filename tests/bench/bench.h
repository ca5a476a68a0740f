/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru.h"

G_BEGIN_DECLS

/* What the benchmarks share: sizes, folders, processes, and the one line that each of them prints. */

typedef struct
{
  const char *bench;
  const char *unit;
  const char *peer_name;
  double naru;
  double peer;
  double bar;      /* of naru / peer, unless absolute */
  gboolean faster; /* the ratio is peer / naru, and the bar its lower limit */
  gboolean absolute;
  char *sizes;  /* (nullable): members of a JSON object */
  char *detail; /* (nullable): more members of the line */
} BenchLine;

void bench_say (const BenchLine *line);
void bench_skip (const char *bench, const char *peer_name, const char *why);

double bench_now (void);
double bench_median (double *values, guint n);
guint bench_scale (guint at_full, guint at_least);

const char *bench_folder (void);
char *bench_fresh_folder (const char *name);
void bench_remove (const char *path);

typedef struct
{
  double ms;
  long peak_kib;
} BenchRun;

BenchRun bench_run (const char *folder, const char *output, const char *const *arguments);
double bench_run_shell (const char *folder, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean bench_has (const char *program);
const char *bench_program (void);

G_END_DECLS
