/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <naru-plugin.h>

G_BEGIN_DECLS

/* One check at work: what it looks at and what it has found. A refusal outweighs a question, so that
 * questions wait until the end. */
typedef struct
{
  NaruJson *deal; /* the case */
  NaruReport *report;
  NaruDate today;
  GPtrArray *questions; /* of JSON pointers */
  guint n_refusals;
  gboolean skipped;
} BioCheck;

typedef void (*BioCheckFunc) (BioCheck *self);

/* An approval and the work that it covers: pointers of the fields, and names for messages. */
typedef struct
{
  const char *number;
  const char *approved_on;
  const char *expires_on;
  const char *starts_on;
  const char *ends_on; /* (nullable) */
  const char *name_en;
  const char *name_ko;
  const char *number_en;
  const char *number_ko;
  const char *date_en;
  const char *date_ko;
} BioApproval;

NaruJson *bio_get (BioCheck *self, const char *pointer);
const char *bio_text (BioCheck *self, const char *pointer);
gboolean bio_is (BioCheck *self, const char *pointer, const char *value);
gboolean bio_is_true (BioCheck *self, const char *pointer);
NaruDate bio_date (BioCheck *self, const char *pointer);
NaruDate bio_date_of (NaruJson *object, const char *key);

void bio_refuse (BioCheck *self, const char *pointer, const char *english, const char *korean, ...)
    __attribute__ ((format (printf, 3, 5), format (printf, 4, 5)));
void bio_refuse_named (BioCheck *self, const char *pointer, const char *name_en, const char *name_ko,
                       const char *english, const char *korean, ...)
    __attribute__ ((format (printf, 5, 7), format (printf, 6, 7)));
gboolean bio_need (BioCheck *self, const char *pointer, const char *name_en, const char *name_ko);
void bio_ask (BioCheck *self, const char *pointer);
void bio_skip (BioCheck *self);

NaruDate bio_add_days (NaruDate date, int days);
NaruDate bio_add_months (NaruDate date, int months, NaruMonthRule rule);
NaruDate bio_last_day (NaruDate date);
void bio_judge_approval (BioCheck *self, const BioApproval *approval);

void bio_check_irb_dates (BioCheck *self);
void bio_check_iacuc_dates (BioCheck *self);
void bio_check_nagoya_report (BioCheck *self);
void bio_check_nagoya_late (BioCheck *self);
void bio_check_mta_clauses (BioCheck *self);
void bio_check_sequence_listing (BioCheck *self);
void bio_check_deposit (BioCheck *self);
void bio_check_variety_novelty (BioCheck *self);
void bio_check_trial_plan (BioCheck *self);
void bio_check_phase_order (BioCheck *self);
void bio_check_trial_registration (BioCheck *self);
void bio_check_fda_ind (BioCheck *self);
void bio_check_kgmp_valid (BioCheck *self);
void bio_check_digital_upkeep (BioCheck *self);
void bio_check_eu_legacy (BioCheck *self);
void bio_check_pte_kr (BioCheck *self);
void bio_check_pte_us (BioCheck *self);
void bio_check_spc_eu (BioCheck *self);

G_END_DECLS
