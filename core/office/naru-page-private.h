/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-base.h"

G_BEGIN_DECLS

/* A page that is written once and comes out twice: as Markdown, and as HTML that needs nothing beside it and
 * can be printed. All text is taken as it is: nothing in it can become markup. */
typedef struct _NaruPage NaruPage;

NaruPage *naru_page_new (const char *title);
void naru_page_free (NaruPage *self);
void naru_page_heading (NaruPage *self, const char *text);
void naru_page_text (NaruPage *self, const char *text);
void naru_page_command (NaruPage *self, const char *lines);
void naru_page_table (NaruPage *self, ...) G_GNUC_NULL_TERMINATED;
void naru_page_row (NaruPage *self, ...) G_GNUC_NULL_TERMINATED;
void naru_page_end_table (NaruPage *self);
const char *naru_page_get_markdown (NaruPage *self);
char *naru_page_make_html (NaruPage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruPage, naru_page_free)

G_END_DECLS
