/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <git2.h>
#include <lmdb.h>
#include <string.h>

/* A durable change through the library, and below it the floor: one durable LMDB transaction that replaces
 * the record, and one commit of the same trees by libgit2 that nothing brings to disk. In turn, a block at a
 * time; a block of ours has its checkpoint in it. */

#define BLOCK 64
#define BLOCKS 10

typedef struct
{
  MDB_env *env;
  MDB_dbi dbi;
  git_repository *repository;
  git_signature *signature;
  git_oid head;
} Floor;

static void
check_lmdb (int result)
{
  if (result != MDB_SUCCESS)
    g_error ("%s", mdb_strerror (result));
}

static void
check_git (int result)
{
  if (result < 0)
    g_error ("%s", git_error_last ()->message);
}

static void
floor_put (Floor *self, MDB_txn *txn, const char *id, GBytes *bytes)
{
  MDB_val key = { strlen (id), (void *) id };
  MDB_val value = { g_bytes_get_size (bytes), (void *) g_bytes_get_data (bytes, NULL) };

  check_lmdb (mdb_put (txn, self->dbi, &key, &value, 0));
}

static gboolean
copy_record (NaruRecord *record, gpointer user_data, GError **error)
{
  gpointer *to = user_data;

  floor_put (to[0], to[1], naru_record_get_id (record), naru_record_get_bytes (record));
  return TRUE;
}

/* The same records in one database, the same history cloned into one pack. */
static void
floor_open (Floor *self, NaruDesk *desk, const char *office)
{
  g_autofree char *store = bench_fresh_folder ("floor-store");
  g_autofree char *history = bench_fresh_folder ("floor-history");
  g_autoptr (GError) error = NULL;
  MDB_txn *txn;

  bench_run_shell (NULL, "mkdir '%s'; git clone -q --bare '%s/audit.git' '%s'", store, office, history);
  check_lmdb (mdb_env_create (&self->env));
  check_lmdb (mdb_env_set_mapsize (self->env, (gsize) 16 << 30));
  check_lmdb (mdb_env_open (self->env, store, 0, 0600));
  check_lmdb (mdb_txn_begin (self->env, NULL, 0, &txn));
  check_lmdb (mdb_dbi_open (txn, NULL, 0, &self->dbi));
  gpointer to[] = { self, txn };
  if (!naru_desk_foreach (desk, "deal", NULL, copy_record, to, &error))
    g_error ("%s", error->message);
  check_lmdb (mdb_txn_commit (txn));

  git_libgit2_init ();
  check_git (git_repository_open (&self->repository, history));
  check_git (git_signature_new (&self->signature, "Kim Minji", "minji@mgk.naru", 1780000000, 540));
  check_git (git_reference_name_to_id (&self->head, self->repository, "refs/heads/main"));
}

static void
floor_change (Floor *self, const char *id, GBytes *bytes)
{
  g_autofree char *path = naru_id_get_record_path ("deal", id);
  git_tree_update update = { .action = GIT_TREE_UPDATE_UPSERT, .filemode = GIT_FILEMODE_BLOB, .path = path };
  git_commit *parent;
  git_tree *before;
  git_tree *after;
  git_oid tree;
  MDB_txn *txn;

  check_lmdb (mdb_txn_begin (self->env, NULL, 0, &txn));
  floor_put (self, txn, id, bytes);
  check_lmdb (mdb_txn_commit (txn));

  check_git (git_blob_create_from_buffer (&update.id, self->repository, g_bytes_get_data (bytes, NULL),
                                          g_bytes_get_size (bytes)));
  check_git (git_commit_lookup (&parent, self->repository, &self->head));
  check_git (git_commit_tree (&before, parent));
  check_git (git_tree_create_updated (&tree, self->repository, before, 1, &update));
  check_git (git_tree_lookup (&after, self->repository, &tree));
  const git_commit *parents[] = { parent };
  check_git (git_commit_create (&self->head, self->repository, "refs/heads/main", self->signature,
                                self->signature, NULL, "deal: edit summary\n\nNaru-Action: edit\n", after, 1,
                                parents));
  git_tree_free (after);
  git_tree_free (before);
  git_commit_free (parent);
}

static void
edit (NaruDesk *desk, const char *id, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) changes = naru_json_new_object ();

  naru_json_set_integer (changes, "trl", 1 + number % 9);
  naru_json_set_string (changes, "court", number % 2 == 0 ? "us" : "inventor");
  if (!naru_desk_edit (desk, id, changes, NULL, &error))
    g_error ("%s", error->message);
}

/* The bytes that an edit would leave: as long as the record, and other than it. */
static GBytes *
floor_bytes (NaruDesk *desk, const char *id, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruRecord) record = naru_desk_show (desk, id, &error);
  g_autoptr (NaruJson) json = NULL;

  if (record == NULL)
    g_error ("%s", error->message);
  json = naru_json_copy (naru_record_get_json (record));
  naru_json_set_integer (json, "trl", (gint64) number);
  return naru_json_to_bytes (json);
}

static double
run_block (NaruDesk *desk, Floor *base, const char *const *ids, guint first)
{
  g_autoptr (GPtrArray) bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  double start;

  for (guint i = 0; base != NULL && i < BLOCK; i++)
    g_ptr_array_add (bytes, floor_bytes (desk, ids[first + i], first + i));
  start = bench_now ();
  for (guint i = 0; i < BLOCK; i++)
    if (base != NULL)
      floor_change (base, ids[first + i], g_ptr_array_index (bytes, i));
    else
      edit (desk, ids[first + i], first + i);
  return (bench_now () - start) / BLOCK;
}

/* Deals from all over the office, not neighbours. */
static void
spread (GStrv ids, guint n)
{
  guint32 state = 7;

  for (guint i = n - 1; i > 0; i--)
    {
      state = state * 1664525u + 1013904223u;
      guint other = (state >> 8) % (i + 1);
      char *kept = ids[i];

      ids[i] = ids[other];
      ids[other] = kept;
    }
}

int
main (void)
{
  const guint n = bench_scale (100000, 2000);
  g_autofree char *kept = portfolio_get_office (n);
  g_autofree char *folder = portfolio_copy_office (kept, "change");
  g_auto (GStrv) ids = portfolio_list_ids (kept, NULL, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk = office != NULL ? naru_desk_new (office, PORTFOLIO_LOGIN, "cli", &error) : NULL;
  g_autofree char *sizes = g_strdup_printf ("\"deals\":%u,\"changes\":%u", n, BLOCK * BLOCKS);
  Floor base = { 0 };
  double naru[BLOCKS];
  double peer[BLOCKS];

  if (desk == NULL)
    g_error ("%s", error->message);
  spread (ids, n);
  floor_open (&base, desk, folder);
  for (guint i = 0; i < BLOCKS; i++)
    {
      naru[i] = run_block (desk, NULL, (const char *const *) ids, i * BLOCK);
      peer[i] = run_block (desk, &base, (const char *const *) ids, i * BLOCK);
    }
  BenchLine line = {
    .bench = "change",
    .unit = "ms",
    .bar = 1.3,
    .naru = bench_median (naru, BLOCKS),
    .peer = bench_median (peer, BLOCKS),
    .peer_name = "one durable LMDB transaction and one unsynced libgit2 commit",
    .sizes = sizes,
  };
  bench_say (&line);
  git_signature_free (base.signature);
  git_repository_free (base.repository);
  mdb_env_close (base.env);
  return 0;
}
