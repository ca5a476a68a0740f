/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

G_BEGIN_DECLS

#define NARU_REPORT_MAX_REFUSALS 100      /* those beyond are counted, not kept */
#define NARU_REPORT_MAX_TEXT 2000         /* characters of one sentence or field */
#define NARU_REPORT_MAX_BYTES (40 * 1024) /* of all texts together */

/* Where a check says its verdict. The host owns it; a check keeps no reference. */
#define NARU_TYPE_REPORT (naru_report_get_type ())
NARU_EXTERN
G_DECLARE_FINAL_TYPE (NaruReport, naru_report, NARU, REPORT, GObject)

/* for checks */
NARU_EXTERN void naru_report_accept (NaruReport *self);
NARU_EXTERN void naru_report_refuse (NaruReport *self, const char *field, const char *message_en,
                                     const char *message_ko);
NARU_EXTERN void naru_report_refuse_valist (NaruReport *self, const char *field, const char *format_en,
                                            const char *format_ko, va_list args) G_GNUC_PRINTF (3, 0)
    G_GNUC_PRINTF (4, 0);
NARU_EXTERN void naru_report_refuse_format (NaruReport *self, const char *field, const char *format_en,
                                            const char *format_ko, ...) G_GNUC_PRINTF (3, 5)
    G_GNUC_PRINTF (4, 5);
NARU_EXTERN void naru_report_skip (NaruReport *self);
NARU_EXTERN void naru_report_ask (NaruReport *self, const char *field);

/* for the host, and for the tests of a plugin */
NARU_EXTERN NaruReport *naru_report_new (void);
NARU_EXTERN const char *naru_report_get_verdict (NaruReport *self);
NARU_EXTERN const char *naru_report_get_fault (NaruReport *self);
NARU_EXTERN guint naru_report_get_n_refusals (NaruReport *self);
NARU_EXTERN const char *const *naru_report_get_fields (NaruReport *self);
NARU_EXTERN char *naru_report_dup_message (NaruReport *self, const char *language);

G_END_DECLS
