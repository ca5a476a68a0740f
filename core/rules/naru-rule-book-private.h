/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rule-book.h"
#include "naru-rule-private.h"

G_BEGIN_DECLS

struct _NaruRuleBook
{
  gatomicrefcount ref_count;
  GPtrArray *packs;      /* of NaruRulePack, in the order in which they judge */
  GHashTable *plugins;   /* name -> NaruPlugin */
  NaruPluginFinder find; /* (nullable): asked for those that are not there yet */
  gpointer find_data;
  NaruWorkers *workers; /* (nullable): started when code has first to judge */
  GPtrArray *ran;       /* of char *: names of plugins whose code was asked since the book was made */
  GPtrArray *broken;    /* of char *: those of them whose code failed */
};

NaruPlugin *naru_rule_book_find_plugin (NaruRuleBook *self, NaruRulePack *pack);

G_END_DECLS
