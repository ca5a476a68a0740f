/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-date.h"
#include "naru-json.h"

G_BEGIN_DECLS

#define NARU_TYPE_CALENDAR (naru_calendar_get_type ())
typedef struct _NaruCalendar NaruCalendar;

NARU_EXTERN GType naru_calendar_get_type (void);
NARU_EXTERN NaruCalendar *naru_calendar_new_from_json (NaruJson *json, const char *origin, GError **error);
NARU_EXTERN NaruCalendar *naru_calendar_load (const char *code, GError **error);
NARU_EXTERN NaruCalendar *naru_calendar_ref (NaruCalendar *self);
NARU_EXTERN void naru_calendar_unref (NaruCalendar *self);
NARU_EXTERN const char *naru_calendar_get_code (NaruCalendar *self);
NARU_EXTERN const char *naru_calendar_get_title (NaruCalendar *self);
NARU_EXTERN const char *naru_calendar_get_source (NaruCalendar *self);
NARU_EXTERN gboolean naru_calendar_is_working (NaruCalendar *self, NaruDate date, gboolean *working,
                                               const char **name, GError **error);
NARU_EXTERN gboolean naru_calendar_roll (NaruCalendar *self, NaruDate date, int direction, NaruDate *rolled,
                                         GError **error);
NARU_EXTERN gboolean naru_calendar_add_working_days (NaruCalendar *self, NaruDate date, int days,
                                                     NaruDate *result, GError **error);
NARU_EXTERN gboolean naru_calendar_count_working_days (NaruCalendar *self, NaruDate from, NaruDate until,
                                                       gint64 *days, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruCalendar, naru_calendar_unref)

G_END_DECLS
