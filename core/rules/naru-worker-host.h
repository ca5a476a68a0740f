/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-plugin-info.h"

G_BEGIN_DECLS

/* For the rooms of the library, not for its users: what of a plugin is code runs in a process of its own. */

typedef struct
{
  const char *rule;  /* id of the rule: "BIO-IRB-02" */
  const char *check; /* name of the check in the code of the plugin: "irb_dates" */
} NaruCheckRequest;

typedef enum
{
  NARU_CHECK_ERROR, /* could not be judged: blocks. The first, so that a verdict nobody filled in is this one
                     */
  NARU_CHECK_PASS,
  NARU_CHECK_FAIL,
  NARU_CHECK_NOT_APPLICABLE,
  NARU_CHECK_UNKNOWN, /* the fields must be given first */
} NaruCheckStatus;

typedef struct
{
  NaruCheckStatus status;
  GStrv fields;      /* (nullable): JSON pointers of what is wrong, or to be given */
  char *message_en;  /* (nullable): what is wrong; FAIL alone */
  char *message_ko;  /* (nullable): the same in Korean; FAIL alone */
  char *error;       /* (nullable): why it could not be judged, naming the plugin; ERROR alone */
  gint64 elapsed_us; /* what the check took; 0 where it did not end */
} NaruCheckVerdict;

void naru_check_verdict_clear (NaruCheckVerdict *verdict);

/* The worker processes of one host. Calls from several threads wait for each other. */
typedef struct _NaruWorkers NaruWorkers;

#define NARU_WORKERS_TRIP 3 /* failures in a row after which a plugin should be switched off */

NaruWorkers *naru_workers_new (void);
void naru_workers_free (NaruWorkers *self);
void naru_workers_set_deadlines (NaruWorkers *self, guint load_ms, guint review_ms);
void naru_workers_start (NaruWorkers *self, NaruPlugin *plugin);
gboolean naru_workers_probe (NaruWorkers *self, NaruPlugin *plugin, GError **error);
void naru_workers_judge (NaruWorkers *self, NaruPlugin *plugin, const NaruCheckRequest *requests, guint n,
                         GBytes *case_json, NaruCheckVerdict *verdicts);
void naru_workers_dismiss (NaruWorkers *self);
gboolean naru_workers_is_tripped (NaruWorkers *self, NaruPlugin *plugin);
void naru_workers_reset (NaruWorkers *self, NaruPlugin *plugin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruWorkers, naru_workers_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruCheckVerdict, naru_check_verdict_clear)

G_END_DECLS
