/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-import.h"
#include "office-fixture.h"

char *import_write (Fixture *office, const char *name, const char *content);
char *import_read (const char *path);
char *import_map (const char *name);
char *import_real_file (const char *name);
char *import_listing (Fixture *office);
void import_run (const char *format, ...) G_GNUC_PRINTF (1, 2);
guint import_count_lines (const char *text);
NaruJson *import_ok (Fixture *office, const char *type, const NaruImportOptions *options);
void import_counts (NaruJson *report, gint64 read, gint64 created, gint64 updated, gint64 unchanged,
                    gint64 rejected);
void import_reject (NaruJson *report, guint index, const char *field, const char *word);
