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

#define PORTFOLIO_LOGIN "minji"

G_END_DECLS
