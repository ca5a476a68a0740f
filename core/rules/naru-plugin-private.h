/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-plugin-info.h"

G_BEGIN_DECLS

struct _NaruPlugin
{
  gatomicrefcount ref_count;
  char *id;     /* name of the .plugin file without its ending */
  char *folder; /* absolute */
  char *module;
  NaruPluginLoader loader;
  char *name_en;
  char *name_ko;        /* (nullable) */
  char *description_en; /* (nullable) */
  char *description_ko; /* (nullable) */
  char *version;
  GStrv sectors;
  GStrv run_after;
  GMutex mutex; /* for the digest */
  gboolean digested;
  char *digest; /* (nullable) */
};

/* naru-plugin-digest.c */
char *naru_plugin_find_code (const char *folder, const char *module, NaruPluginLoader loader);
char *naru_plugin_compute_digest (NaruPlugin *self);

G_END_DECLS
