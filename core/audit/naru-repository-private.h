/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-repository.h"

G_BEGIN_DECLS

struct git_odb;

struct _NaruRepository
{
  char *path;
  int root_fd;
  int objects_fd;
  int lock_fd;           /* -1 while the publish lock is not held */
  GMutex mutex;          /* of packs */
  struct git_odb *packs; /* opened when something packed is read first */
  gboolean loose_known;  /* no loose objects are looked for but those in these folders of objects/ */
  gboolean loose[256];
};

void naru_repository_fix_loose (NaruRepository *self);

gboolean naru_repository_check_locked (NaruRepository *self, GError **error);

G_END_DECLS
