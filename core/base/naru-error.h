/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

#define NARU_ERROR (naru_error_quark ())

typedef enum
{
  NARU_ERROR_FAILED,      /* nothing more precise is known */
  NARU_ERROR_USAGE,       /* the command line or the call is wrong */
  NARU_ERROR_INVALID,     /* a value does not fit its field, a file does not fit its format */
  NARU_ERROR_BLOCKED,     /* a gate refuses the move */
  NARU_ERROR_NOT_FOUND,   /* no such record, or none that this person may see */
  NARU_ERROR_DENIED,      /* this person may see it but not do that */
  NARU_ERROR_CONFLICT,    /* the record changed meanwhile */
  NARU_ERROR_EXISTS,      /* what should be made is there already */
  NARU_ERROR_TOO_LARGE,   /* over a stated bound */
  NARU_ERROR_UNSUPPORTED, /* a newer format, a network file system */
  NARU_ERROR_IO,          /* disk full, read-only, permission: nothing was changed */
  NARU_ERROR_BROKEN,      /* store or history damaged */
  NARU_ERROR_PENDING,     /* recorded; the history will follow */
} NaruError;

NARU_EXTERN GQuark naru_error_quark (void);

NARU_EXTERN void naru_set_error (GError **error, NaruError code, const char *field, gint64 line,
                                 const char *cure, const char *format, ...) G_GNUC_PRINTF (6, 7);
NARU_EXTERN void naru_set_error_errno (GError **error, int errsv, const char *cure, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
NARU_EXTERN void naru_error_set_cure (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
NARU_EXTERN const char *naru_error_get_field (const GError *error);
NARU_EXTERN gint64 naru_error_get_line (const GError *error);
NARU_EXTERN const char *naru_error_get_cure (const GError *error);
NARU_EXTERN const char *naru_error_get_name (const GError *error);
NARU_EXTERN int naru_error_get_exit_status (const GError *error);
NARU_EXTERN int naru_error_get_http_status (const GError *error);

G_END_DECLS
