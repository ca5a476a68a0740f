/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

/* What no history holds, such as the digest of a password. */

static NaruKey
make_key (const char *name)
{
  NaruKey key;

  naru_key_clear (&key);
  naru_key_add_text (&key, name);
  return key;
}

/**
 * naru_txn_put_secret:
 * @txn: a write transaction
 * @name: what it is, not empty
 * @value: (nullable): a text; %NULL removes it
 * @error: return location for an error
 *
 * Returns: whether it was put
 */
gboolean
naru_txn_put_secret (NaruTxn *txn, const char *name, const char *value, GError **error)
{
  NaruKey key = make_key (name);

  if (!naru_txn_check_writable (txn, error) || !naru_key_check (&key, name, error))
    return FALSE;
  int rc = value != NULL ? naru_txn_store_checked (txn, NARU_DB_SECRETS, &key, value, strlen (value))
                         : naru_txn_remove (txn, NARU_DB_SECRETS, &key);
  return rc == MDB_SUCCESS || naru_txn_set_error (txn, rc, error);
}

/**
 * naru_txn_foreach_secret:
 * @txn: a transaction
 * @func: (scope call): gets each, by name; %FALSE stops
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all went well; being stopped is well
 */
gboolean
naru_txn_foreach_secret (NaruTxn *txn, NaruStoreSecretFunc func, gpointer user_data, GError **error)
{
  NaruWalk walk;
  gboolean more = TRUE;

  naru_walk_init (&walk, txn, NARU_DB_SECRETS);
  while (more && naru_walk_next (&walk) && naru_walk_load (&walk))
    {
      const NaruKey *key = naru_walk_get_key (&walk);
      if (!naru_store_is_whole (walk.data, walk.size))
        {
          walk.rc = MDB_CORRUPTED;
          break;
        }
      g_autofree char *name = g_strndup ((const char *) key->bytes, key->size);
      g_autofree char *value =
          g_strndup ((const char *) walk.data + NARU_STORE_CHECK_SIZE, walk.size - NARU_STORE_CHECK_SIZE);
      more = func (name, value, user_data);
    }
  return naru_walk_finish (&walk, error);
}
