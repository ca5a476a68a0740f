/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <naru-plugin.h>

G_BEGIN_DECLS

/* A check says its verdict on the report. */
typedef void (*NaruItCheck) (NaruSubject *subject, NaruReport *report);

/* naru-it-component.c */
void naru_it_check_licence_conflicts (NaruSubject *subject, NaruReport *report);
void naru_it_check_licence_cautions (NaruSubject *subject, NaruReport *report);

/* naru-it-dataset.c */
void naru_it_check_dataset_licences (NaruSubject *subject, NaruReport *report);
void naru_it_check_dataset_sources (NaruSubject *subject, NaruReport *report);

/* naru-it-duty.c */
void naru_it_check_ai_act_dates (NaruSubject *subject, NaruReport *report);
void naru_it_check_ai_act_practices (NaruSubject *subject, NaruReport *report);
void naru_it_check_cra_dates (NaruSubject *subject, NaruReport *report);
void naru_it_check_privacy_impact (NaruSubject *subject, NaruReport *report);

/* naru-it-right.c */
void naru_it_check_layout_registration (NaruSubject *subject, NaruReport *report);
void naru_it_check_program_registration (NaruSubject *subject, NaruReport *report);
void naru_it_check_public_push (NaruSubject *subject, NaruReport *report);
void naru_it_check_standard_patent (NaruSubject *subject, NaruReport *report);

G_END_DECLS
