/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* Portfolios of any size, always the same ones for the same size. */
NaruJson *portfolio_deal (guint number);
void portfolio_write (const char *file, guint first, guint n_deals);
void portfolio_write_events (const char *file, const char *map, guint n_events);

NaruOffice *portfolio_create_office (const char *folder);
char *portfolio_get_office (guint n_deals);
char *portfolio_get_history (guint n_events);
char *portfolio_copy_office (const char *folder, const char *name);
GStrv portfolio_list_ids (const char *folder, const char *stage, guint n);
GStrv portfolio_add_judged (const char *folder, const char *form, guint n);

#define PORTFOLIO_LOGIN "minji"

/* Leaving the stage "idea", it is judged by the code of its sector's plugin too. */
#define PORTFOLIO_BIO_DEAL                                                                                   \
  "{\"title\": \"Bio deal\", \"hub\": \"MGK\", \"sectors\": [\"bio-health\"], \"officer\": "                 \
  "\"MGK-PER-2026-00001\","                                                                                  \
  " \"summary\": \"A diagnosis\", \"trl\": 3, \"stage\": \"idea\", \"bio_health\": {\"human_subjects\": "    \
  "true,"                                                                                                    \
  " \"irb\": {\"number\": \"2026-0812\", \"approved_on\": \"2026-01-05\", \"expires_on\": \"2027-01-04\"},"  \
  " \"study_start\": \"2026-02-02\", \"consent\": {\"form\": \"written\", \"version\": \"1.2\","             \
  " \"partner_data\": \"none\"}}}"

G_END_DECLS
