/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Several processes, limits of the system, and disks that fail. The program starts itself again as a child.
 */

#define N_CHILDREN 8
#define N_CHANGES 40

/* LMDB calls these: they stand before those of libc */
static gboolean fail_sync;
static gssize room_left = -1; /* bytes that the disk still takes; negative: as many as there are */
int fdatasync (int fd);
ssize_t pwrite (int fd, const void *bytes, size_t size, off_t offset);
ssize_t writev (int fd, const struct iovec *parts, int n_parts);

int
fdatasync (int fd)
{
  if (fail_sync)
    {
      errno = EIO;
      return -1;
    }
  return (int) syscall (SYS_fdatasync, fd);
}

static gboolean
take_room (size_t *size)
{
  if (room_left < 0)
    return TRUE;
  *size = MIN (*size, (size_t) room_left);
  room_left -= (gssize) *size;
  if (*size == 0)
    errno = ENOSPC;
  return *size > 0;
}

ssize_t
pwrite (int fd, const void *bytes, size_t size, off_t offset)
{
  /* the first two pages have their room already */
  if (offset >= 8192 && !take_room (&size))
    return -1;
  return syscall (SYS_pwrite64, fd, bytes, size, offset);
}

ssize_t
writev (int fd, const struct iovec *parts, int n_parts)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  for (int i = 0; i < n_parts; i++)
    g_byte_array_append (all, parts[i].iov_base, parts[i].iov_len);
  size_t size = all->len;
  if (!take_room (&size))
    return -1;
  return syscall (SYS_write, fd, all->data, size);
}

static gboolean
put_one (NaruStore *store, const char *id, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_write (store, error);
  if (txn == NULL)
    return FALSE;
  if (!fixture_put (txn, id, "title", NULL, "idea", error))
    return FALSE;
  return naru_txn_commit (g_steal_pointer (&txn), error);
}

static gboolean
put_large (NaruStore *store, guint64 seq, gsize size, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (size);
  memset (bytes, (int) seq, size);
  g_autoptr (GBytes) row = g_bytes_new (bytes, size);
  g_autoptr (NaruTxn) txn = naru_store_begin_write (store, error);
  if (txn == NULL || !naru_txn_put_journal (txn, seq, row, error))
    return FALSE;
  return naru_txn_commit (g_steal_pointer (&txn), error);
}

static gboolean
has_record (NaruStore *store, const char *id)
{
  g_autoptr (NaruTxn) txn = fixture_read (store);
  return naru_txn_has_record (txn, "deal", id);
}

/* children */

static int
child_count (const char *folder)
{
  g_autoptr (NaruStore) store = fixture_open (folder, 0);
  for (guint i = 0; i < N_CHANGES; i++)
    {
      g_autoptr (GError) error = NULL;
      guint number = 0;
      NaruTxn *txn = fixture_write (store);
      g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
      g_autofree char *id = fixture_id (number);
      g_assert_true (fixture_put (txn, id, id, NULL, "idea", &error));
      if (i % 7 == 3)
        naru_txn_end (txn);
      else
        fixture_commit (txn);
      g_assert_cmpuint (number, ==, MAX (number, 1));
    }
  return 0;
}

/* dies in the middle of a change */
static int
child_die (const char *folder)
{
  g_autoptr (GError) error = NULL;
  NaruStore *store = fixture_open (folder, 0);
  NaruTxn *txn = fixture_write (store);
  g_assert_true (fixture_put (txn, "MGK-2026-00099", "t", NULL, "idea", &error));
  raise (SIGKILL);
  return 1;
}

/* file sizes are limited: as ulimit -f */
static int
child_small_files (const char *folder)
{
  struct rlimit limit = { 400 * 1024, 400 * 1024 };
  NaruStore *store = fixture_open (folder, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);

  GError *error = NULL;
  guint64 seq = 1;
  while (seq < 1000 && put_large (store, seq, 20000, &error))
    seq++;
  g_assert_cmpuint (seq, >, 2);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_assert_nonnull (naru_error_get_cure (error));
  g_clear_error (&error);
  /* what was acknowledged is there, and small changes still find room */
  g_autoptr (NaruTxn) txn = fixture_write (store);
  g_assert_true (naru_txn_drop_journal (txn, seq - 1, &error));
  g_assert_no_error (error);
  return 0;
}

static int
child_little_memory (const char *folder)
{
  struct rlimit limit = { (rlim_t) 2 << 30, (rlim_t) 2 << 30 };
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  g_autoptr (NaruStore) store = fixture_open (folder, 0);
  g_assert_true (put_one (store, "MGK-2026-00050", &error));
  return 0;
}

/* somebody else may read the folder but not write it */
static int
child_reader (const char *folder)
{
  g_autoptr (GError) error = NULL;
  if (getuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    return 77;
  g_autoptr (NaruStore) store = naru_store_open (folder, 0, &error);
  if (store == NULL)
    {
      g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
      g_assert_nonnull (naru_error_get_cure (error));
      return 3;
    }
  g_assert_true (naru_store_is_read_only (store));
  g_assert_true (has_record (store, "MGK-2026-00001"));
  g_assert_null (naru_store_begin_write (store, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  return 0;
}

static int
child_grow (const char *folder)
{
  g_autoptr (NaruStore) store = fixture_open (folder, 0);
  for (guint64 seq = 100; seq < 140; seq++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (put_large (store, seq, 200 * 1024, &error));
    }
  return 0;
}

static const struct
{
  const char *name;
  int (*run) (const char *folder);
} children[] = {
  { "count", child_count },
  { "die", child_die },
  { "small-files", child_small_files },
  { "little-memory", child_little_memory },
  { "reader", child_reader },
  { "grow", child_grow },
};

static GPid
start_child (const char *name, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", &error);
  const char *argv[] = { self, "--child", name, folder, NULL };
  g_auto (GStrv) environ_copy = g_get_environ ();
  environ_copy = g_environ_unsetenv (environ_copy, "NARU_STORE_MAP_SIZE");
  GPid pid = 0;
  g_spawn_async (NULL, (char **) argv, environ_copy, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* Returns: its exit status, 1000 and more for a signal */
static int
end_child (GPid pid)
{
  int status = 0;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_spawn_close_pid (pid);
  return WIFSIGNALED (status) ? 1000 + WTERMSIG (status) : WEXITSTATUS (status);
}

/* tests */

static void
test_many_writers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  GPid pids[N_CHILDREN];
  for (guint i = 0; i < N_CHILDREN; i++)
    pids[i] = start_child ("count", fixture->folder);
  for (guint i = 0; i < N_CHILDREN; i++)
    g_assert_cmpint (end_child (pids[i]), ==, 0);

  guint dropped = 0;
  for (guint i = 0; i < N_CHANGES; i++)
    dropped += i % 7 == 3;
  guint expected = N_CHILDREN * (N_CHANGES - dropped);
  guint number = 0;
  g_autoptr (NaruTxn) txn = fixture_write (store);
  g_assert_cmpuint (naru_txn_count_records (txn, "deal", &error), ==, expected);
  for (guint i = 1; i <= expected; i++)
    {
      g_autofree char *id = fixture_id (i);
      g_assert_true (naru_txn_has_record (txn, "deal", id));
    }
  g_assert_true (naru_txn_next_number (txn, "MGK-2026", &number, &error));
  g_assert_cmpuint (number, ==, expected + 1);
}

static void
test_killed_writer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_assert_cmpint (end_child (start_child ("die", fixture->folder)), ==, 1000 + SIGKILL);
  g_assert_true (put_one (store, "MGK-2026-00001", &error));
  g_assert_no_error (error);
  g_assert_false (has_record (store, "MGK-2026-00099"));
}

static void
test_fork (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_assert_true (put_one (store, "MGK-2026-00001", &error));
  NaruTxn *txn = fixture_read (store);
  pid_t pid = fork ();
  if (pid == 0)
    {
      /* neither the slot of the reader nor the environment is the child's */
      GError *refused = NULL;
      naru_txn_end (txn);
      gboolean ok = naru_store_begin_read (store, &refused) == NULL &&
                    g_error_matches (refused, NARU_ERROR, NARU_ERROR_FAILED);
      naru_store_unref (store);
      _exit (ok ? 0 : 1);
    }
  g_assert_cmpint (end_child (pid), ==, 0);
  g_assert_true (naru_txn_has_record (txn, "deal", "MGK-2026-00001"));
  naru_txn_end (txn);
  g_assert_true (put_one (store, "MGK-2026-00002", &error));
}

static void
test_small_files (Fixture *fixture, gconstpointer data)
{
  naru_store_unref (fixture_open (fixture->folder, NARU_STORE_CREATE));
  g_assert_cmpint (end_child (start_child ("small-files", fixture->folder)), ==, 0);
}

static void
test_little_memory (Fixture *fixture, gconstpointer data)
{
#if defined(__SANITIZE_ADDRESS__)
  g_test_skip ("the address sanitizer needs more address space than the limit leaves");
#else
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_assert_cmpint (end_child (start_child ("little-memory", fixture->folder)), ==, 0);
  g_assert_true (has_record (store, "MGK-2026-00050"));
#endif
}

/* the map is full: an error, then there is room */
static void
test_map_full (Fixture *fixture, gconstpointer data)
{
  GError *error = NULL;
  g_setenv ("NARU_STORE_MAP_SIZE", "1048576", TRUE);
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  guint refused = 0;
  for (guint64 seq = 1; seq <= 60; seq++)
    {
      if (put_large (store, seq, 100 * 1024, &error))
        continue;
      g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
      g_assert_nonnull (naru_error_get_cure (error));
      g_clear_error (&error);
      refused++;
      g_assert_true (put_large (store, seq, 100 * 1024, &error));
    }
  g_unsetenv ("NARU_STORE_MAP_SIZE");
  /* 1, 2, 4, 8 MiB */
  g_assert_cmpuint (refused, ==, 3);
}

/* another process made the file larger than our map */
static void
test_map_resized (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_setenv ("NARU_STORE_MAP_SIZE", "1048576", TRUE);
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_unsetenv ("NARU_STORE_MAP_SIZE");
  g_assert_true (put_one (store, "MGK-2026-00001", &error));
  g_assert_cmpint (end_child (start_child ("grow", fixture->folder)), ==, 0);

  g_assert_true (has_record (store, "MGK-2026-00001"));
  g_assert_true (put_one (store, "MGK-2026-00002", &error));
  g_assert_no_error (error);
  /* with a transaction open the map stays, and whoever wants a new one is told */
  NaruTxn *open = fixture_read (store);
  g_assert_true (put_one (store, "MGK-2026-00003", &error));
  naru_txn_end (open);
}

/* after fsync has failed nothing more is written by this process, and what was there stays readable */
static void
test_sync_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_assert_true (put_one (store, "MGK-2026-00001", &error));
  fail_sync = TRUE;
  g_assert_false (put_one (store, "MGK-2026-00002", &error));
  fail_sync = FALSE;
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_assert_nonnull (naru_error_get_cure (error));
  g_clear_error (&error);
  g_assert_false (put_one (store, "MGK-2026-00003", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_clear_error (&error);
  g_assert_true (has_record (store, "MGK-2026-00001"));
  g_assert_false (has_record (store, "MGK-2026-00002"));

  /* opening it again is no cure; a new process is one */
  g_clear_pointer (&store, naru_store_unref);
  store = fixture_open (fixture->folder, 0);
  g_assert_false (put_one (store, "MGK-2026-00003", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_assert_cmpint (end_child (start_child ("count", fixture->folder)), ==, 0);
}

/* the kernel takes a part of a write and has no more room: a full disk, after which one goes on */
static void
test_short_write (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruStore) store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_assert_true (put_one (store, "MGK-2026-00001", &error));
  for (gssize left = 0; left < 12000; left += 1500)
    {
      room_left = left;
      g_assert_false (put_large (store, 1, 40000, &error));
      room_left = -1;
      g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
      g_assert_nonnull (strstr (error->message, "full"));
      g_clear_error (&error);
    }
  g_assert_true (put_large (store, 1, 40000, &error));
  g_assert_no_error (error);
  g_assert_true (put_one (store, "MGK-2026-00002", &error));
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  if (mount ("naru-test", fixture->folder, "tmpfs", 0, "size=2m,mode=0700") != 0)
    {
      g_test_skip ("no right to mount a small disk");
      return;
    }
  GError *error = NULL;
  NaruStore *store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  guint64 seq = 1;
  while (seq < 1000 && put_large (store, seq, 50 * 1024, &error))
    seq++;
  g_assert_cmpuint (seq, <, 1000);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "full"));
  g_clear_error (&error);
  /* still full, still the same answer; then rows go and there is room */
  g_assert_false (put_large (store, seq, 200 * 1024, &error));
  g_clear_error (&error);
  NaruTxn *txn = fixture_write (store);
  g_assert_true (naru_txn_drop_journal (txn, seq / 2, &error));
  gboolean dropped = naru_txn_commit (txn, &error);
  g_test_message ("rows dropped on the full disk: %s", dropped ? "yes" : error->message);
  g_clear_error (&error);
  naru_store_unref (store);

  store = fixture_open (fixture->folder, 0);
  g_autofree char *more = g_strdup ("size=4m");
  g_assert_cmpint (mount ("naru-test", fixture->folder, "tmpfs", MS_REMOUNT, more), ==, 0);
  g_assert_true (put_large (store, seq, 50 * 1024, &error));
  g_assert_no_error (error);
  naru_store_unref (store);

  /* the same disk, now read-only */
  g_assert_cmpint (mount ("naru-test", fixture->folder, "tmpfs", MS_REMOUNT | MS_RDONLY, more), ==, 0);
  store = fixture_open (fixture->folder, 0);
  g_assert_true (naru_store_is_read_only (store));
  g_assert_null (naru_store_begin_write (store, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_clear_error (&error);
  NaruStoreHead head;
  txn = fixture_read (store);
  g_assert_true (naru_txn_get_head (txn, &head, &error));
  naru_txn_end (txn);
  naru_store_unref (store);
  g_assert_cmpint (umount2 (fixture->folder, MNT_DETACH), ==, 0);
}

static void
test_read_only_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  NaruStore *store = fixture_open (fixture->folder, NARU_STORE_CREATE);
  g_autofree char *lock = g_build_filename (fixture->folder, "lock.mdb", NULL);
  g_assert_true (put_one (store, "MGK-2026-00001", &error));
  g_chmod (fixture->data, 0444);
  g_chmod (lock, 0444);
  g_chmod (fixture->folder, 0555);

  /* while somebody writes, one who cannot lock would read pages that are given away */
  int found = end_child (start_child ("reader", fixture->folder));
  if (found == 77 || (found == 126 + 1))
    g_test_skip ("no right to become another user");
  else
    g_assert_cmpint (found, ==, 3);
  naru_store_unref (store);
  if (found == 3)
    g_assert_cmpint (end_child (start_child ("reader", fixture->folder)), ==, 0);
  g_chmod (fixture->folder, 0700);
}

int
main (int argc, char **argv)
{
  for (guint i = 0; argc == 4 && i < G_N_ELEMENTS (children); i++)
    if (g_str_equal (argv[2], children[i].name))
      return children[i].run (argv[3]);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define add(path, func)                                                                                      \
  g_test_add ("/store/process/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  add ("many-writers", test_many_writers);
  add ("killed-writer", test_killed_writer);
  add ("fork", test_fork);
  add ("small-files", test_small_files);
  add ("little-memory", test_little_memory);
  add ("map-full", test_map_full);
  add ("map-resized", test_map_resized);
  add ("sync-fails", test_sync_fails);
  add ("short-write", test_short_write);
  add ("disk-full", test_disk_full);
  add ("read-only-folder", test_read_only_folder);
  return g_test_run ();
}
