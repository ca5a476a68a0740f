/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD_MS 10000
#define REVIEW_MS 2000
#define STOP_MS 1000
#define GRACE_MS 200       /* for a worker that closed its socket to end with a status of its own */
#define MAX_REVIEWS 100000 /* of one worker: its limit on processor time is for its whole life */
#define MAX_PACKET (NARU_WORKER_MAX_PACKET + 8)

/* What the keeper is to start. */
typedef struct
{
  NaruProcess *process; /* NULL: end */
  NaruPlugin *plugin;
  GError *error; /* (nullable): why it was not started */
  gboolean done;
} Order;

typedef struct
{
  GMutex mutex; /* one review at a time */
  NaruPlugin *plugin;
  NaruProcess process;
  Order order;      /* while ordered is TRUE the keeper may be at work on it and on the process */
  gboolean ordered; /* nobody has waited for the order yet */
  gboolean loading; /* started, and has not yet said whether the plugin is ready */
  guint failures;   /* reviews in a row that it could not judge */
  guint reviews;    /* of this process */
} Worker;

struct _NaruWorkers
{
  GMutex mutex;        /* for the table and what follows */
  GHashTable *workers; /* folder of the plugin → Worker; none is taken out before the end */
  GArray *dead;        /* pid_t: killed, but not yet given back by the system */
  pid_t owner;         /* after a fork the workers are still those of the parent */
  guint load_ms;
  guint review_ms;
  guint64 serial;
  /* The thread that starts the workers that other threads ask for: the system kills a worker when the thread
   * that started it ends, and one of a server may end at any time. */
  GThread *keeper;
  GAsyncQueue *orders;
  GMutex order_mutex;
  GCond order_done;
};

static void
worker_free (Worker *worker)
{
  g_clear_pointer (&worker->plugin, naru_plugin_unref);
  g_mutex_clear (&worker->mutex);
  g_free (worker);
}

NaruWorkers *
naru_workers_new (void)
{
  NaruWorkers *self = g_new0 (NaruWorkers, 1);

  g_mutex_init (&self->mutex);
  self->workers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) worker_free);
  self->dead = g_array_new (FALSE, FALSE, sizeof (pid_t));
  self->owner = getpid ();
  self->orders = g_async_queue_new ();
  g_mutex_init (&self->order_mutex);
  g_cond_init (&self->order_done);
  self->load_ms = LOAD_MS;
  self->review_ms = REVIEW_MS;
  return self;
}

static gpointer
keep (gpointer data)
{
  NaruWorkers *self = data;
  Order *order = NULL;
  sigset_t all;

  /* signals of the host are for its other threads */
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, NULL);
  while ((order = g_async_queue_pop (self->orders))->process != NULL)
    {
      naru_process_start (order->process, order->plugin, &order->error);
      g_mutex_lock (&self->order_mutex);
      order->done = TRUE;
      g_cond_broadcast (&self->order_done);
      g_mutex_unlock (&self->order_mutex);
    }
  return NULL;
}

/* Has the process of a worker started; settle() waits for it. The first thread of a program ends no sooner
 * than the program, and needs no keeper, which would have to be woken first. */
static gboolean
order_process (NaruWorkers *self, Worker *worker, GError **error)
{
  if (gettid () == getpid ())
    return naru_process_start (&worker->process, worker->plugin, error);
  g_mutex_lock (&self->order_mutex);
  if (self->keeper == NULL)
    self->keeper = g_thread_try_new ("naru-keeper", keep, self, NULL);
  worker->ordered = self->keeper != NULL;
  g_mutex_unlock (&self->order_mutex);
  if (!worker->ordered)
    {
      naru_set_error_errno (error, ENOMEM, NULL, _ ("Cannot start the program %s"), "naru-worker");
      return FALSE;
    }
  worker->order = (Order){ .process = &worker->process, .plugin = worker->plugin };
  g_async_queue_push (self->orders, &worker->order);
  return TRUE;
}

/* Waits until the process that was ordered has been started, or not. */
static gboolean
settle (NaruWorkers *self, Worker *worker, GError **error)
{
  if (!worker->ordered)
    return TRUE;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->order_mutex);
  while (!worker->order.done)
    g_cond_wait (&self->order_done, &self->order_mutex);
  worker->ordered = FALSE;
  if (worker->order.error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&worker->order.error));
  return FALSE;
}

static void
end_keeper (NaruWorkers *self)
{
  Order end = { .process = NULL };

  if (self->keeper == NULL)
    return;
  g_async_queue_push (self->orders, &end);
  g_thread_join (self->keeper);
}

static void
bury (NaruWorkers *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (guint i = self->dead->len; i > 0; i--)
    {
      pid_t pid = waitpid (g_array_index (self->dead, pid_t, i - 1), NULL, WNOHANG);
      if (pid != 0)
        g_array_remove_index_fast (self->dead, i - 1);
    }
}

/* Kills the process of a worker. @wait: until the system has given it back, where that takes no second */
static void
stop (NaruWorkers *self, Worker *worker, gboolean wait)
{
  settle (self, worker, NULL);
  worker->loading = FALSE;
  if (naru_process_stop (&worker->process, wait ? STOP_MS : 0))
    return;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_array_append_val (self->dead, worker->process.pid);
  naru_process_forget (&worker->process);
}

/* Ends all workers and does not wait for it; whoever needs one again gets a new process. */
void
naru_workers_dismiss (NaruWorkers *self)
{
  g_autoptr (GPtrArray) workers = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer worker = NULL;

  if (self->owner != getpid ())
    return;
  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, &worker))
    g_ptr_array_add (workers, worker);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < workers->len; i++)
    {
      Worker *one = g_ptr_array_index (workers, i);
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&one->mutex);
      stop (self, one, FALSE);
    }
}

/* Kills all workers. No other thread may be in a call. */
void
naru_workers_free (NaruWorkers *self)
{
  GHashTableIter iter;
  gpointer worker = NULL;

  if (self == NULL)
    return;
  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, &worker))
    if (self->owner == getpid ())
      stop (self, worker, TRUE);
    else
      naru_process_forget (&((Worker *) worker)->process);
  /* the thread is not in this process, but what it waited for looks as if it were: that cannot be freed */
  if (self->owner != getpid ())
    return;
  bury (self);
  end_keeper (self);
  g_async_queue_unref (self->orders);
  g_mutex_clear (&self->order_mutex);
  g_cond_clear (&self->order_done);
  g_hash_table_unref (self->workers);
  g_array_unref (self->dead);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* How long a plugin may take to load, and to answer all that it is asked in one review. */
void
naru_workers_set_deadlines (NaruWorkers *self, guint load_ms, guint review_ms)
{
  g_return_if_fail (load_ms > 0 && review_ms > 0);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  self->load_ms = load_ms;
  self->review_ms = review_ms;
}

static Worker *
get_worker (NaruWorkers *self, NaruPlugin *plugin)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Worker *worker = g_hash_table_lookup (self->workers, naru_plugin_get_folder (plugin));

  if (worker != NULL)
    return worker;
  worker = g_new0 (Worker, 1);
  g_mutex_init (&worker->mutex);
  worker->plugin = naru_plugin_ref (plugin);
  worker->process = (NaruProcess){ .socket = -1, .errors = -1 };
  g_hash_table_insert (self->workers, g_strdup (naru_plugin_get_folder (plugin)), worker);
  return worker;
}

/* What the system lacks, which is no fault of the plugin. */
static gboolean
is_ours (const char *word)
{
  return g_str_equal (word, "confine") || g_str_equal (word, "typelib");
}

/* (transfer full) (nullable): why the plugin was not loaded, and of what kind that is; NULL when it is ready
 */
static char *
wait_until_ready (NaruWorkers *self, Worker *worker, NaruError *kind)
{
  g_autofree guint8 *packet = g_malloc (MAX_PACKET);
  gint64 deadline = g_get_monotonic_time () + 1000 * (gint64) self->load_ms;
  g_autoptr (GVariant) ready = NULL;
  const char *word = NULL, *detail = NULL;
  guint32 version = 0;
  gsize size = 0;
  NaruWire wire = naru_process_receive (&worker->process, packet, &size, deadline);

  if (wire == NARU_WIRE_PACKET)
    ready = naru_wire_read (NARU_WORKER_READY, packet, size, FALSE);
  if (ready == NULL)
    {
      if (wire == NARU_WIRE_CLOSED)
        naru_process_wait (&worker->process, GRACE_MS);
      return naru_verdict_describe_end (&worker->process, wire, self->load_ms, TRUE);
    }
  g_variant_get (ready, "(u&s&s)", &version, &word, &detail);
  if (version == NARU_WORKER_PROTOCOL && g_str_equal (word, "ready"))
    return NULL;
  if (version != NARU_WORKER_PROTOCOL || is_ours (word))
    *kind = NARU_ERROR_UNSUPPORTED;
  if (version != NARU_WORKER_PROTOCOL)
    return g_strdup (_ ("the program naru-worker is of another version of Naru"));
  return naru_verdict_explain (word, detail);
}

/* Orders the process; it has yet to start, and to say whether the plugin is ready. */
static gboolean
begin (NaruWorkers *self, Worker *worker, NaruPlugin *plugin, GError **error)
{
  stop (self, worker, TRUE);
  naru_plugin_unref (worker->plugin);
  worker->plugin = naru_plugin_ref (plugin);
  worker->reviews = 0;
  if (naru_plugin_get_loader (plugin) == NARU_PLUGIN_LOADER_DATA)
    {
      naru_set_error (error, NARU_ERROR_FAILED, NULL, 0, NULL, _ ("The plugin %s cannot be loaded: %s"),
                      naru_plugin_get_id (plugin), _ ("it has no code"));
      return FALSE;
    }
  worker->loading = order_process (self, worker, error);
  if (!worker->loading)
    g_prefix_error (error, _ ("The plugin %s cannot be loaded: "), naru_plugin_get_id (plugin));
  return worker->loading;
}

static gboolean
finish (NaruWorkers *self, Worker *worker, NaruPlugin *plugin, GError **error)
{
  NaruError kind = NARU_ERROR_FAILED;
  g_autofree char *cause = NULL;

  if (!settle (self, worker, error))
    {
      worker->loading = FALSE;
      g_prefix_error (error, _ ("The plugin %s cannot be loaded: "), naru_plugin_get_id (plugin));
      return FALSE;
    }
  cause = wait_until_ready (self, worker, &kind);
  worker->loading = FALSE;
  if (cause == NULL)
    return TRUE;
  stop (self, worker, TRUE);
  naru_set_error (error, kind, NULL, 0,
                  kind == NARU_ERROR_FAILED
                      ? _ ("Ask its author for a version that works here, or switch it off.")
                      : _ ("Install Naru again, with all that it needs for plugins."),
                  _ ("The plugin %s cannot be loaded: %s"), naru_plugin_get_id (plugin), cause);
  return FALSE;
}

/* Whether the worker is one of the code that the plugin has: whoever looks at the disk again makes a new
 * NaruPlugin. */
static gboolean
is_current (const Worker *worker, NaruPlugin *plugin)
{
  return worker->plugin == plugin && worker->reviews < MAX_REVIEWS &&
         (worker->loading || naru_process_is_idle (&worker->process));
}

/* A worker of the code that the plugin has now. */
static gboolean
ensure (NaruWorkers *self, Worker *worker, NaruPlugin *plugin, GError **error)
{
  if (self->owner != getpid ())
    {
      naru_set_error (error, NARU_ERROR_UNSUPPORTED, NULL, 0,
                      _ ("Make the workers again in the new process."),
                      _ ("The plugin %s has its worker in the process from which this one was forked."),
                      naru_plugin_get_id (plugin));
      return FALSE;
    }
  bury (self);
  if (!is_current (worker, plugin) && !begin (self, worker, plugin, error))
    return FALSE;
  return !worker->loading || finish (self, worker, plugin, error);
}

/* Starts the worker of a plugin and does not wait for it; the first review does. */
void
naru_workers_start (NaruWorkers *self, NaruPlugin *plugin)
{
  Worker *worker = get_worker (self, plugin);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->mutex);
  g_autoptr (GError) local = NULL;

  if (self->owner == getpid () && !is_current (worker, plugin) && !begin (self, worker, plugin, &local))
    g_debug ("%s", local->message);
}

/* Whether the code of a plugin loads. Its worker stays for the first review. */
gboolean
naru_workers_probe (NaruWorkers *self, NaruPlugin *plugin, GError **error)
{
  Worker *worker = get_worker (self, plugin);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->mutex);

  return ensure (self, worker, plugin, error);
}

/* The case in memory that nobody can change any more: what was judged is what the digest says. */
static int
make_case_file (GBytes *case_json)
{
  gsize size = 0, done = 0;
  const char *data = g_bytes_get_data (case_json, &size);
  int fd = memfd_create ("naru-case", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  while (fd >= 0 && done < size)
    {
      ssize_t n = write (fd, data + done, size - done);
      if (n < 0 && errno != EINTR)
        {
          close (fd);
          return -1;
        }
      done += n > 0 ? (gsize) n : 0;
    }
  if (fd >= 0)
    fcntl (fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return fd;
}

static GVariant *
make_request (const NaruExpected *expected, guint deadline_ms, const NaruCheckRequest *requests, guint n,
              GBytes *case_json)
{
  GVariantBuilder rules;

  g_variant_builder_init (&rules, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add (&rules, "(ss)", requests[i].rule, requests[i].check);
  return g_variant_ref_sink (g_variant_new (
      "(utu@aya(ss)@ay)", (guint32) NARU_WORKER_PROTOCOL, expected->serial, (guint32) deadline_ms,
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, expected->digest.bytes, NARU_DIGEST_SIZE, 1), &rules,
      g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, case_json, TRUE)));
}

/* A case that fits into the packet travels in it, for making a file takes longer than judging. */
static gboolean
send_request (const NaruProcess *process, const NaruExpected *expected, guint deadline_ms,
              const NaruCheckRequest *requests, guint n, GBytes *case_json, gint64 deadline)
{
  g_autoptr (GVariant) packet = make_request (expected, deadline_ms, requests, n, case_json);
  gboolean sent = FALSE;
  int fd = -1;

  if (g_bytes_get_size (case_json) == 0 || g_variant_get_size (packet) > NARU_WORKER_MAX_PACKET)
    {
      g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
      g_variant_unref (packet);
      packet = make_request (expected, deadline_ms, requests, n, none);
      fd = make_case_file (case_json);
      if (fd < 0 || g_variant_get_size (packet) > NARU_WORKER_MAX_PACKET)
        {
          if (fd >= 0)
            close (fd);
          return FALSE;
        }
    }
  sent = naru_process_send (process, g_variant_get_data (packet), g_variant_get_size (packet), fd, deadline);
  if (fd >= 0)
    close (fd);
  return sent;
}

/* What earlier checks wrote to stderr says nothing about this review. */
static void
forget_errors (const NaruProcess *process)
{
  if (lseek (process->errors, 0, SEEK_CUR) > 0 && ftruncate (process->errors, 0) == 0)
    lseek (process->errors, 0, SEEK_SET);
}

/* The rules whose answers count; those after them are left to the caller, with why in @cause. */
static guint
ask (Worker *worker, NaruPlugin *plugin, NaruExpected *expected, guint deadline_ms,
     const NaruCheckRequest *requests, guint n, GBytes *case_json, NaruCheckVerdict *verdicts, char **cause)
{
  gint64 deadline = g_get_monotonic_time () + 1000 * (gint64) deadline_ms;
  g_autofree guint8 *packet = g_malloc (MAX_PACKET);
  NaruWire wire = NARU_WIRE_PACKET;
  gsize size = 0;
  guint i = 0;

  forget_errors (&worker->process);
  if (!send_request (&worker->process, expected, deadline_ms, requests, n, case_json, deadline))
    {
      *cause = g_strdup (_ ("the case could not be sent to it"));
      return 0;
    }
  /* the commit of a move names it: read while the worker judges */
  naru_plugin_get_digest (plugin);
  for (i = 0; i < n; i++)
    {
      wire = naru_process_receive (&worker->process, packet, &size, deadline);
      if (wire != NARU_WIRE_PACKET)
        break;
      expected->rule = requests[i].rule;
      if (!naru_verdict_read (&verdicts[i], plugin, &requests[i], expected, packet, size))
        break;
    }
  if (i == n)
    return n;
  if (wire == NARU_WIRE_CLOSED)
    naru_process_wait (&worker->process, GRACE_MS);
  *cause = naru_verdict_describe_end (&worker->process, wire, deadline_ms, FALSE);
  return i;
}

/* What is wrong with this system, and not with the plugin, does not switch it off. */
static gboolean
is_plugin_fault (const GError *error)
{
  return error == NULL || g_error_matches (error, NARU_ERROR, NARU_ERROR_FAILED);
}

static gboolean
has_error (const NaruCheckVerdict *verdicts, guint n)
{
  for (guint i = 0; i < n; i++)
    if (verdicts[i].status == NARU_CHECK_ERROR)
      return TRUE;
  return FALSE;
}

/* Judges @n rules of one plugin over one case and fills one verdict for each, whatever was in it. It never
 * fails as a whole: what could not be judged has the status NARU_CHECK_ERROR, and its text says which plugin
 * and why. The worker that gave no answer, or a wrong one, is ended, and the next review gets a fresh one. */
void
naru_workers_judge (NaruWorkers *self, NaruPlugin *plugin, const NaruCheckRequest *requests, guint n,
                    GBytes *case_json, NaruCheckVerdict *verdicts)
{
  g_autofree char *cause = NULL;
  g_autoptr (GError) error = NULL;
  NaruExpected expected = { 0 };
  Worker *worker = NULL;
  guint deadline_ms = 0, judged = 0;

  g_return_if_fail (self != NULL && plugin != NULL && case_json != NULL);

  memset (verdicts, 0, n * sizeof *verdicts);
  if (n == 0)
    return;
  worker = get_worker (self, plugin);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->mutex);
  g_mutex_lock (&self->mutex);
  expected.serial = ++self->serial;
  deadline_ms = self->review_ms;
  g_mutex_unlock (&self->mutex);
  naru_digest_compute (g_bytes_get_data (case_json, NULL), g_bytes_get_size (case_json), &expected.digest);

  if (g_bytes_get_size (case_json) > NARU_WORKER_MAX_CASE)
    naru_set_error (&error, NARU_ERROR_TOO_LARGE, NULL, 0, NULL,
                    _ ("The plugin %s cannot judge a case of more than 8 MiB."), naru_plugin_get_id (plugin));
  else if (ensure (self, worker, plugin, &error))
    {
      worker->reviews++;
      judged = ask (worker, plugin, &expected, deadline_ms, requests, n, case_json, verdicts, &cause);
      if (judged < n)
        stop (self, worker, TRUE);
    }
  for (guint i = judged; i < n; i++)
    naru_verdict_fail (&verdicts[i], plugin, requests[i].rule, cause, error);
  if (!has_error (verdicts, n))
    worker->failures = 0;
  else if (is_plugin_fault (error))
    worker->failures++;
}

/* Whether it is time to switch a plugin off: it failed NARU_WORKERS_TRIP times in a row. */
gboolean
naru_workers_is_tripped (NaruWorkers *self, NaruPlugin *plugin)
{
  Worker *worker = get_worker (self, plugin);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->mutex);

  return worker->failures >= NARU_WORKERS_TRIP;
}

/* Forgets the failures of a plugin that is switched on again, and ends its worker. */
void
naru_workers_reset (NaruWorkers *self, NaruPlugin *plugin)
{
  Worker *worker = get_worker (self, plugin);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->mutex);

  worker->failures = 0;
  stop (self, worker, TRUE);
}
