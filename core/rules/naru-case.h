/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-records.h"

G_BEGIN_DECLS

/* What a rule may look at beside the record itself: members "@agreements" … of the case. */
typedef enum
{
  NARU_CASE_AGREEMENTS = 1 << 0,
  NARU_CASE_ASSETS = 1 << 1,
  NARU_CASE_PAYMENTS = 1 << 2,
  NARU_CASE_PARTIES = 1 << 3,
  NARU_CASE_PEOPLE = 1 << 4,
  NARU_CASE_MOVES = 1 << 5,
} NaruCaseParts;

/* All that one review looks at: the record, the records linked to it, the day, who asks. No clock, no store.
 */
#define NARU_TYPE_CASE (naru_case_get_type ())
typedef struct _NaruCase NaruCase;

NARU_EXTERN GType naru_case_get_type (void);
NARU_EXTERN NaruCase *naru_case_new (NaruRecordType *type, NaruRecord *record, NaruDate today,
                                     const char *requester);
NARU_EXTERN NaruCase *naru_case_ref (NaruCase *self);
NARU_EXTERN void naru_case_unref (NaruCase *self);
NARU_EXTERN void naru_case_add_linked (NaruCase *self, NaruRecord *record);
NARU_EXTERN void naru_case_add_move (NaruCase *self, const char *from, const char *to, NaruDate on);
NARU_EXTERN void naru_case_set_types (NaruCase *self, NaruTypes *types);
NARU_EXTERN void naru_case_set_brief (NaruCase *self, gboolean brief);
NARU_EXTERN gboolean naru_case_is_brief (NaruCase *self);
NARU_EXTERN NaruTypes *naru_case_get_types (NaruCase *self);
NARU_EXTERN NaruRecord *naru_case_get_record (NaruCase *self);
NARU_EXTERN NaruRecordType *naru_case_get_type_of_record (NaruCase *self);
NARU_EXTERN NaruDate naru_case_get_today (NaruCase *self);
NARU_EXTERN const char *naru_case_get_requester (NaruCase *self);
NARU_EXTERN guint naru_case_get_n_linked (NaruCase *self);
NARU_EXTERN NaruRecord *naru_case_get_linked (NaruCase *self, guint index);
NARU_EXTERN NaruJson *naru_case_make_view (NaruCase *self, const char *from, const char *to);
NARU_EXTERN NaruCaseParts naru_case_part_from_name (const char *name);
NARU_EXTERN const char *naru_case_part_get_type (NaruCaseParts part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruCase, naru_case_unref)

G_END_DECLS
