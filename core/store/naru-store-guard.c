/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <setjmp.h>
#include <signal.h>

/* LMDB has no checksums: in a damaged file it follows whatever number stands where a page number should, and
 * the process gets SIGSEGV or SIGBUS, or an assertion aborts it. Each call is therefore made with a way out.
 * A call that left this way may have left LMDB's own memory half changed, so its environment is not used
 * again (see naru_txn_set_error()); the write lock is a robust mutex that the kernel gives on when this
 * process ends. */

static _Thread_local sigjmp_buf *volatile way_out;
static struct sigaction previous_segv;
static struct sigaction previous_bus;

static void
naru_guard_catch (int number, siginfo_t *info, void *context)
{
  sigjmp_buf *jump = way_out;
  if (jump != NULL && info->si_code > 0)
    {
      way_out = NULL;
      siglongjmp (*jump, 1);
    }

  const struct sigaction *previous = number == SIGBUS ? &previous_bus : &previous_segv;
  if ((previous->sa_flags & SA_SIGINFO) != 0 && previous->sa_sigaction != NULL)
    {
      previous->sa_sigaction (number, info, context);
      return;
    }
  if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN)
    {
      previous->sa_handler (number);
      return;
    }
  /* not ours: let it happen again, undisturbed */
  signal (number, SIG_DFL);
  if (info->si_code <= 0)
    raise (number);
}

/*
 * naru_guard_install:
 *
 * Sets the handlers, once a process. A fault outside of the guarded calls goes where it went before.
 */
void
naru_guard_install (void)
{
  static gsize once = 0;
  if (!g_once_init_enter (&once))
    return;

  struct sigaction action = { .sa_sigaction = naru_guard_catch,
                              .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };
  sigemptyset (&action.sa_mask);
  sigaction (SIGSEGV, &action, &previous_segv);
  sigaction (SIGBUS, &action, &previous_bus);
  g_once_init_leave (&once, 1);
}

/* LMDB aborts when this returns */
void
naru_guard_assert (MDB_env *env, const char *message)
{
  sigjmp_buf *jump = way_out;
  if (jump == NULL)
    return;
  way_out = NULL;
  siglongjmp (*jump, 1);
}

#define GUARDED(call)                                                                                        \
  sigjmp_buf jump;                                                                                           \
  if (sigsetjmp (jump, 0) != 0)                                                                              \
    return NARU_STORE_FAULT;                                                                                 \
  way_out = &jump;                                                                                           \
  int rc = (call);                                                                                           \
  way_out = NULL;                                                                                            \
  return rc;

static int
naru_copy (gpointer target, const MDB_val *source)
{
  if (source->mv_size > 0)
    memcpy (target, source->mv_data, source->mv_size);
  return MDB_SUCCESS;
}

int
naru_guard_copy (gpointer target, const MDB_val *source)
{
  GUARDED (naru_copy (target, source))
}

int
naru_guard_open (MDB_txn *txn, const char *name, guint flags, MDB_dbi *dbi)
{
  GUARDED (mdb_dbi_open (txn, name, flags, dbi))
}

int
naru_guard_get (MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value)
{
  GUARDED (mdb_get (txn, dbi, key, value))
}

int
naru_guard_delete (MDB_txn *txn, MDB_dbi dbi, MDB_val *key)
{
  GUARDED (mdb_del (txn, dbi, key, NULL))
}

int
naru_guard_move (MDB_cursor *cursor, MDB_val *key, MDB_val *value, MDB_cursor_op op)
{
  GUARDED (mdb_cursor_get (cursor, key, value, op))
}

int
naru_guard_put (MDB_cursor *cursor, MDB_val *key, MDB_val *value, guint flags)
{
  GUARDED (mdb_cursor_put (cursor, key, value, flags))
}

int
naru_guard_drop (MDB_cursor *cursor)
{
  GUARDED (mdb_cursor_del (cursor, 0))
}

int
naru_guard_commit (MDB_txn *txn)
{
  GUARDED (mdb_txn_commit (txn))
}
