/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

#include <sys/types.h>

G_BEGIN_DECLS

typedef void (*NaruProgramTold) (const char *text, gpointer user_data);

/* Another program, run without a shell, a terminal or a prompt, in a session of its own that ends with it. */
typedef struct
{
  const char *const *argv; /* NULL-terminated; the first is looked for in PATH */
  gboolean isolated;       /* of git: neither the user's configuration nor the system's counts */
  gboolean gentle;         /* gives way to everybody */
  guint seconds;           /* so long it may be silent */
  guint total_seconds;     /* so long it may take in all; 0: as long as it says something */
  guint64 file_max;        /* bytes of each file that it writes; 0: any */
  gsize output_max;        /* bytes on its standard output; 0: they are thrown away */
  NaruProgramTold told;    /* (nullable): what it says on standard error, as it comes */
  gpointer user_data;
} NaruProgram;

typedef enum
{
  NARU_PROGRAM_ENDED, /* its status tells */
  NARU_PROGRAM_ABSENT,
  NARU_PROGRAM_STUCK,     /* was silent for too long, or went on for too long */
  NARU_PROGRAM_TALKATIVE, /* more output than it may give */
} NaruProgramEnd;

typedef struct
{
  NaruProgramEnd end;
  int status; /* exit status; -1 after a signal */
  char *output;
  gsize output_size;
  char *errors; /* its last words, as UTF-8 */
} NaruProgramResult;

void naru_program_tie (pid_t parent, int signal);
NARU_EXTERN void naru_program_run (const NaruProgram *self, NaruProgramResult *result);
NARU_EXTERN gboolean naru_program_succeeded (const NaruProgramResult *result);
NARU_EXTERN char *naru_program_last_line (const NaruProgramResult *result);
NARU_EXTERN void naru_program_result_clear (NaruProgramResult *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruProgramResult, naru_program_result_clear)

G_END_DECLS
