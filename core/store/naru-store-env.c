/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <errno.h>

/* The map is address space, not memory and not disk. */
#if GLIB_SIZEOF_VOID_P >= 8
#define MAP_SIZE ((gsize) 64 << 30)
#else
#define MAP_SIZE ((gsize) 512 << 20)
#endif
#define SMALLEST_MAP ((gsize) 1 << 20)

static const char *const db_names[NARU_N_DBS] = {
  "records", "cards", "index", "history", "commits", "journal", "counters", "secrets", "meta", "trees",
};

/*
 * naru_store_get_map_size:
 * @file_size: of data.mdb
 *
 * The environment variable NARU_STORE_MAP_SIZE (bytes) is for tests of a full map.
 *
 * Returns: how large to make the map: twice the file at least
 */
gsize
naru_store_get_map_size (guint64 file_size)
{
  gsize wanted = MAP_SIZE;
  const char *text = g_getenv ("NARU_STORE_MAP_SIZE");
  if (text != NULL && g_ascii_strtoull (text, NULL, 10) > 0)
    wanted = g_ascii_strtoull (text, NULL, 10);
  wanted = MAX (wanted, SMALLEST_MAP);
  if (file_size < G_MAXSIZE / 4)
    wanted = MAX (wanted, 2 * file_size);
  return wanted & ~(gsize) 0xFFFF;
}

static MDB_env *
naru_store_try_env (const char *folder, guint flags, gsize map_size, int *rc)
{
  MDB_env *env = NULL;
  *rc = mdb_env_create (&env);
  if (*rc != MDB_SUCCESS)
    return NULL;

  mdb_env_set_assert (env, naru_guard_assert);
  mdb_env_set_maxdbs (env, NARU_N_DBS);
  mdb_env_set_maxreaders (env, NARU_STORE_MAX_READERS);
  *rc = mdb_env_set_mapsize (env, map_size);
  if (*rc == MDB_SUCCESS)
    *rc = mdb_env_open (env, folder, flags | MDB_NOTLS, 0660);
  if (*rc == MDB_SUCCESS)
    return env;
  mdb_env_close (env);
  return NULL;
}

/*
 * naru_store_open_env:
 * @map_size: the map to ask for; a smaller one is taken where there is no address space for it (RLIMIT_AS)
 *
 * Returns: (nullable): the environment, else @rc says why not
 */
MDB_env *
naru_store_open_env (const char *folder, guint flags, gsize map_size, int *rc)
{
  for (gsize size = map_size; size >= SMALLEST_MAP; size /= 4)
    {
      MDB_env *env = naru_store_try_env (folder, flags, size, rc);
      /* valgrind says EINVAL where the system says ENOMEM */
      if (env != NULL || (*rc != ENOMEM && *rc != EINVAL))
        return env;
    }
  return NULL;
}

/*
 * naru_store_remap:
 * @wanted: the new size of the map; LMDB takes what the file needs where that is more
 *
 * To be called with the lock held and no transaction open. When this fails the old map is back, or, if even
 * that cannot be had, the store refuses all use.
 */
int
naru_store_remap (NaruStore *self, gsize wanted)
{
  MDB_envinfo info;
  mdb_env_info (self->env, &info);
  int rc = mdb_env_set_mapsize (self->env, wanted);
  if (rc != MDB_SUCCESS && mdb_env_set_mapsize (self->env, info.me_mapsize) != MDB_SUCCESS)
    self->lost = TRUE;
  return rc;
}

int
naru_store_open_dbs (MDB_txn *txn, guint flags, MDB_dbi *dbs)
{
  for (guint i = 0; i < NARU_N_DBS; i++)
    {
      int rc = naru_guard_open (txn, db_names[i], flags, &dbs[i]);
      if (rc != MDB_SUCCESS)
        return rc;
    }
  return MDB_SUCCESS;
}
