/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <naru-plugin.h>

G_BEGIN_DECLS

/* naru-nano-decimal.c */
gboolean naru_nano_get_decimal (NaruJson *object, const char *pointer, NaruDecimal *decimal);
int naru_nano_compare (const NaruDecimal *decimal, const char *limit);

/* naru-nano-material.c: the eight properties of ISO/TR 13014 */
#define N_PROPERTIES 8

typedef struct
{
  const char *id;
  const char *en;
  const char *ko;
} Property;

extern const Property naru_nano_properties[N_PROPERTIES];

gboolean naru_nano_is_complete (NaruJson *deal, const char *property);
void naru_nano_list_word (GString *list, const char *word);

/* A check says its verdict on the report. */
typedef void (*NaruNanoCheck) (NaruSubject *subject, NaruReport *report);

void naru_nano_check_characterisation_gaps (NaruSubject *subject, NaruReport *report);
void naru_nano_check_characterisation_minimum (NaruSubject *subject, NaruReport *report);
void naru_nano_check_definition (NaruSubject *subject, NaruReport *report);
void naru_nano_check_eu_number_fraction (NaruSubject *subject, NaruReport *report);

/* naru-nano-market.c */
void naru_nano_check_eu_notices (NaruSubject *subject, NaruReport *report);
void naru_nano_check_mdr_class (NaruSubject *subject, NaruReport *report);

/* naru-nano-substance.c */
void naru_nano_check_kreach_registration (NaruSubject *subject, NaruReport *report);
void naru_nano_check_reach_nanoforms (NaruSubject *subject, NaruReport *report);
void naru_nano_check_safety_data_sheet (NaruSubject *subject, NaruReport *report);
void naru_nano_check_tsca_notice (NaruSubject *subject, NaruReport *report);

/* naru-nano-work.c */
void naru_nano_check_hazard_analysis (NaruSubject *subject, NaruReport *report);
void naru_nano_check_lab_measures (NaruSubject *subject, NaruReport *report);
void naru_nano_check_pilot_batches (NaruSubject *subject, NaruReport *report);

G_END_DECLS
