/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-worker-host.h"

G_BEGIN_DECLS

/* What host and worker say to each other: packets of a SOCK_SEQPACKET pair, each one serialised GVariant.
 * Both are of one build; the version is there for a program and a library that were installed apart. */
#define NARU_WORKER_PROTOCOL 1
#define NARU_WORKER_SOCKET 3 /* descriptor of the worker's end */
#define NARU_WORKER_MAX_PACKET (64 * 1024)
#define NARU_WORKER_MAX_CASE (8 * 1024 * 1024)
#define NARU_WORKER_MAX_STDERR (64 * 1024)
/* stands in the filter of calls for the number of the process itself; no process has it */
#define NARU_WORKER_FILTER_SELF 0x4e415255

/* worker, once: version; word that says how loading ended, "ready" or a cause; more about it */
#define NARU_WORKER_READY "(uss)"
/* host: version, serial number, milliseconds until the deadline, digest of the case, (rule, check) of each,
 * the case; where the packet has no room for it, that is empty and the case is in the memory file that comes
 * along */
#define NARU_WORKER_REQUEST "(utuaya(ss)ay)"
/* worker, for each rule: version, serial number, digest of the case, rule, microseconds, verdict, word and
 * text for what went wrong, fields, message in English and in Korean */
#define NARU_WORKER_REPLY "(utaysxsssasss)"

/* naru-worker-wire.c: of both sides */
GVariant *naru_wire_read (const char *type, gconstpointer data, gsize size, gboolean trusted);
char *naru_wire_read_last_line (int fd, gint64 from);

/* naru-worker-process.c: of the host */
typedef enum
{
  NARU_WIRE_PACKET,    /* there is one */
  NARU_WIRE_LATE,      /* not before the deadline */
  NARU_WIRE_CLOSED,    /* the worker ended, or closed its end */
  NARU_WIRE_OVERSIZED, /* longer than any answer */
  NARU_WIRE_RUBBISH,   /* no answer to what was asked */
} NaruWire;

typedef struct
{
  pid_t pid;  /* 0: there is no process */
  int socket; /* -1 with it */
  int errors; /* memory file that is the worker's stderr; -1 with it */
  gboolean reaped;
  int status; /* as waitpid() gives it, once reaped */
} NaruProcess;

gboolean naru_process_start (NaruProcess *self, NaruPlugin *plugin, GError **error);
void naru_process_forget (NaruProcess *self);
gboolean naru_process_is_idle (const NaruProcess *self);
void naru_process_wait (NaruProcess *self, guint milliseconds);
gboolean naru_process_stop (NaruProcess *self, guint milliseconds);
gboolean naru_process_send (const NaruProcess *self, gconstpointer data, gsize size, int fd, gint64 deadline);
NaruWire naru_process_receive (const NaruProcess *self, gpointer buffer, gsize *size, gint64 deadline);

/* naru-worker-verdict.c: of the host */
typedef struct
{
  guint64 serial;
  NaruDigest digest;
  const char *rule;
} NaruExpected;

gboolean naru_verdict_read (NaruCheckVerdict *verdict, NaruPlugin *plugin, const NaruCheckRequest *request,
                            const NaruExpected *expected, gconstpointer data, gsize size);
void naru_verdict_fail (NaruCheckVerdict *verdict, NaruPlugin *plugin, const char *rule, const char *cause,
                        const GError *error);
char *naru_verdict_describe_end (const NaruProcess *process, NaruWire wire, guint deadline_ms,
                                 gboolean loading);
char *naru_verdict_explain (const char *word, const char *detail);

G_END_DECLS
