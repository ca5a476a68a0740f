/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-macros.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_SURROUNDING_REPLACEMENTS = 1 << 0, /* refs/replace: git shows other objects */
  NARU_SURROUNDING_GRAFTS = 1 << 1,       /* git shows other parents */
  NARU_SURROUNDING_SHALLOW = 1 << 2,      /* git shows an end where there is more */
  NARU_SURROUNDING_ALTERNATES = 1 << 3,   /* objects stand elsewhere */
} NaruSurrounding;

NARU_EXTERN GPtrArray *naru_repository_list_strange_refs (const char *repository);
NARU_EXTERN NaruSurrounding naru_repository_look_around (const char *repository);

G_END_DECLS
