/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-store-private.h"

#include <glib/gi18n-lib.h>

/* records: 20 bytes of blob id, then the canonical bytes, so that no damage goes unseen (LMDB has no
 * checksums). cards: the type string, its NUL, then the serialised value; they are for lists, and can be made
 * anew. */

#define MANY_KEYS 24

static NaruKey
naru_key_for_record (const char *type, const char *id)
{
  NaruKey key;
  naru_key_clear (&key);
  naru_key_add_text (&key, type);
  naru_key_add_end (&key);
  if (id != NULL)
    naru_key_add_text (&key, id);
  return key;
}

static NaruRecord *
naru_record_from_row (NaruTxn *txn, const char *type, const char *id, guint8 *row, gsize size, GError **error)
{
  g_autoptr (NaruRecord) record = NULL;
  if (size > NARU_OID_SIZE)
    {
      NaruOid oid;
      memcpy (oid.bytes, row, NARU_OID_SIZE);
      g_autoptr (GBytes) whole = g_bytes_new_take (row, size);
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (whole, NARU_OID_SIZE, size - NARU_OID_SIZE);
      record = naru_record_new_from_bytes (type, id, bytes, NULL);
      if (record != NULL && naru_oid_equal (naru_record_get_oid (record), &oid))
        return g_steal_pointer (&record);
    }
  else
    g_free (row);

  g_autofree char *way_back = naru_store_make_way_back (txn->store->folder);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, way_back,
                  _ ("The record %s in the store %s is damaged: it is not what was written."), id,
                  txn->store->folder);
  return NULL;
}

/**
 * naru_txn_get_record:
 * @txn: a transaction
 * @type: name of its type
 * @id: its id
 * @error: return location for an error
 *
 * Returns: (transfer full): the record, checked against its blob id; %NULL with %NARU_ERROR_NOT_FOUND, or
 *   %NARU_ERROR_BROKEN where it is damaged
 */
NaruRecord *
naru_txn_get_record (NaruTxn *txn, const char *type, const char *id, GError **error)
{
  guint8 *row = NULL;
  gsize size = 0;
  NaruKey key = naru_key_for_record (type, id);
  int rc = naru_txn_fetch (txn, NARU_DB_RECORDS, &key, &row, &size);
  if (rc == MDB_SUCCESS)
    return naru_record_from_row (txn, type, id, row, size, error);
  if (rc != MDB_NOTFOUND)
    {
      naru_txn_set_error (txn, rc, error);
      return NULL;
    }
  g_autofree char *cure = g_strdup_printf (_ ("\"naru list %s\" shows what there is."), type);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, cure, _ ("There is no %s %s."), type, id);
  return NULL;
}

/**
 * naru_txn_has_record:
 * @txn: a transaction
 * @type: name of its type
 * @id: its id
 *
 * Returns: whether it is there
 */
gboolean
naru_txn_has_record (NaruTxn *txn, const char *type, const char *id)
{
  NaruKey key = naru_key_for_record (type, id);
  if (key.too_long || txn->failed != 0)
    return FALSE;
  MDB_val value;
  MDB_val name = naru_key_to_val (&key);
  int rc = naru_guard_get (txn->mdb, txn->store->dbs[NARU_DB_RECORDS], &name, &value);
  if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
    naru_txn_set_error (txn, rc, NULL);
  return rc == MDB_SUCCESS;
}

static GVariant *
naru_card_from_row (const guint8 *row, gsize size, GDestroyNotify destroy, gpointer owner)
{
  const guint8 *end = memchr (row, '\0', size);
  if (end == NULL || !g_variant_type_string_is_valid ((const char *) row))
    return NULL;
  gsize start = (gsize) (end - row + 8) & ~(gsize) 7;
  if (start > size)
    return NULL;
  return g_variant_new_from_data (G_VARIANT_TYPE ((const char *) row), row + start, size - start, FALSE,
                                  destroy, owner);
}

/**
 * naru_txn_get_card:
 * @txn: a transaction
 * @type: name of its type
 * @id: its id
 * @error: return location for an error
 *
 * Returns: (transfer full): the card, a copy of its own; %NULL with %NARU_ERROR_NOT_FOUND or another error
 */
GVariant *
naru_txn_get_card (NaruTxn *txn, const char *type, const char *id, GError **error)
{
  guint8 *row = NULL;
  gsize size = 0;
  NaruKey key = naru_key_for_record (type, id);
  int rc = naru_txn_fetch (txn, NARU_DB_CARDS, &key, &row, &size);
  if (rc == MDB_SUCCESS)
    {
      GVariant *card = naru_card_from_row (row, size, g_free, row);
      if (card != NULL)
        return g_variant_ref_sink (card);
      g_free (row);
      rc = MDB_CORRUPTED;
    }
  if (rc == MDB_NOTFOUND)
    naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, NULL, _ ("There is no %s %s."), type, id);
  else
    naru_txn_set_error (txn, rc, error);
  return NULL;
}

/* @added: (out): whether there was none before */
static int
naru_txn_put_record_row (NaruTxn *txn, const NaruKey *key, NaruRecord *record, gboolean *added)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (naru_record_get_bytes (record), &size);
  MDB_val parts[] = { { NARU_OID_SIZE, (gpointer) naru_record_get_oid (record)->bytes },
                      { size, (gpointer) bytes } };

  MDB_cursor *cursor;
  int rc = naru_txn_get_cursor (txn, NARU_DB_RECORDS, &cursor);
  if (rc != MDB_SUCCESS)
    return rc;
  MDB_val name = naru_key_to_val (key);
  MDB_val value;
  rc = naru_guard_move (cursor, &name, &value, MDB_SET);
  if (rc != MDB_SUCCESS && rc != MDB_NOTFOUND)
    return rc;
  *added = rc == MDB_NOTFOUND;
  return naru_txn_store (txn, NARU_DB_RECORDS, key, parts, G_N_ELEMENTS (parts));
}

static int
naru_txn_put_card_row (NaruTxn *txn, const NaruKey *key, GVariant *card)
{
  static const guint8 padding[8] = { 0 };
  const char *type = g_variant_get_type_string (card);
  gsize length = strlen (type);
  MDB_val parts[] = {
    { length, (gpointer) type },
    { ((length + 8) & ~(gsize) 7) - length, (gpointer) padding },
    { g_variant_get_size (card), (gpointer) g_variant_get_data (card) },
  };
  return naru_txn_store (txn, NARU_DB_CARDS, key, parts, G_N_ELEMENTS (parts));
}

static NaruKey
naru_key_for_index (const NaruIndexKey *index, const char *id)
{
  NaruKey key;
  naru_key_clear (&key);
  naru_key_add_text (&key, index->index);
  naru_key_add_end (&key);
  naru_key_add_text (&key, index->value);
  naru_key_add_end (&key);
  naru_key_add_text (&key, id);
  return key;
}

static guint
naru_index_key_hash (gconstpointer data)
{
  const NaruIndexKey *key = data;
  return g_str_hash (key->index) * 31 + g_str_hash (key->value);
}

static gboolean
naru_index_key_equal (gconstpointer a, gconstpointer b)
{
  const NaruIndexKey *one = a;
  const NaruIndexKey *other = b;
  return g_str_equal (one->value, other->value) && g_str_equal (one->index, other->index);
}

static gboolean
naru_keys_contain (GPtrArray *keys, GHashTable *set, const NaruIndexKey *key)
{
  if (set != NULL)
    return g_hash_table_contains (set, key);
  return keys != NULL && g_ptr_array_find_with_equal_func (keys, key, naru_index_key_equal, NULL);
}

static GHashTable *
naru_keys_to_set (GPtrArray *keys)
{
  if (keys == NULL || keys->len < MANY_KEYS)
    return NULL;
  GHashTable *set = g_hash_table_new (naru_index_key_hash, naru_index_key_equal);
  for (guint i = 0; i < keys->len; i++)
    g_hash_table_add (set, g_ptr_array_index (keys, i));
  return set;
}

/* All keys are looked at before any is written, so that a value that is too long leaves the transaction
 * whole. */
static gboolean
naru_txn_check_keys (const char *id, GPtrArray *keys, GError **error)
{
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const NaruIndexKey *index = g_ptr_array_index (keys, i);
      NaruKey key = naru_key_for_index (index, id);
      if (!naru_key_check (&key, index->index, error))
        return FALSE;
    }
  return TRUE;
}

/* removes or adds those @keys that do not stand among the @others */
static int
naru_txn_change_keys (NaruTxn *txn, const char *id, GPtrArray *keys, GPtrArray *others, gboolean add)
{
  g_autoptr (GHashTable) set = naru_keys_to_set (others);
  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      const NaruIndexKey *index = g_ptr_array_index (keys, i);
      if (naru_keys_contain (others, set, index))
        continue;
      NaruKey key = naru_key_for_index (index, id);
      int rc = add ? naru_txn_store (txn, NARU_DB_INDEX, &key, NULL, 0)
                   : naru_txn_remove (txn, NARU_DB_INDEX, &key);
      if (rc != MDB_SUCCESS)
        return rc;
    }
  return MDB_SUCCESS;
}

/**
 * naru_txn_put_record:
 * @txn: a write transaction
 * @record: (transfer none): what to put; replaces the one with the same type and id
 * @card: (transfer none): its card; a floating one is sunk
 * @old_keys: (nullable) (element-type NaruIndexKey): index keys of the record that stands there now
 * @new_keys: (nullable) (element-type NaruIndexKey): index keys of @record
 * @error: return location for an error
 *
 * Returns: whether all was put; %NARU_ERROR_TOO_LARGE where a value does not fit into a key
 */
gboolean
naru_txn_put_record (NaruTxn *txn, NaruRecord *record, GVariant *card, GPtrArray *old_keys,
                     GPtrArray *new_keys, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (card);
  const char *type = naru_record_get_type_name (record);
  const char *id = naru_record_get_id (record);
  NaruKey key = naru_key_for_record (type, id);
  if (!naru_txn_check_writable (txn, error) || !naru_key_check (&key, "id", error) ||
      !naru_txn_check_keys (id, new_keys, error))
    return FALSE;

  gboolean added = FALSE;
  int rc = naru_txn_put_record_row (txn, &key, record, &added);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_put_card_row (txn, &key, sunk);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_change_keys (txn, id, old_keys, new_keys, FALSE);
  if (rc == MDB_SUCCESS)
    rc = naru_txn_change_keys (txn, id, new_keys, old_keys, TRUE);
  if (rc != MDB_SUCCESS)
    return naru_txn_set_error (txn, rc, error);

  if (added)
    {
      if (txn->counts == NULL)
        txn->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      gsize count = GPOINTER_TO_SIZE (g_hash_table_lookup (txn->counts, type));
      g_hash_table_replace (txn->counts, g_strdup (type), GSIZE_TO_POINTER (count + 1));
    }
  return TRUE;
}

static void
naru_walk_init_records (NaruWalk *walk, NaruTxn *txn, NaruDb db, const char *type, const char *after)
{
  naru_walk_init (walk, txn, db);
  walk->prefix = naru_key_for_record (type, NULL);
  walk->has_after = after != NULL;
  if (after != NULL)
    walk->after = naru_key_for_record (type, after);
}

/**
 * naru_txn_foreach_record:
 * @txn: a transaction
 * @type: name of a record type
 * @after: (nullable): id behind which to begin
 * @func: (scope call): gets each record in the order of the ids; %FALSE stops
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all went well; being stopped is well
 */
gboolean
naru_txn_foreach_record (NaruTxn *txn, const char *type, const char *after, NaruStoreRecordFunc func,
                         gpointer user_data, GError **error)
{
  NaruWalk walk;
  gboolean more = TRUE;
  GError *local = NULL;
  naru_walk_init_records (&walk, txn, NARU_DB_RECORDS, type, after);
  while (more && naru_walk_next (&walk) && naru_walk_load (&walk))
    {
      const char *id = (const char *) naru_walk_get_key (&walk)->bytes + walk.prefix.size;
      guint8 *row = g_memdup2 (walk.data, MAX (walk.size, 1));
      g_autoptr (NaruRecord) record = naru_record_from_row (txn, type, id, row, walk.size, &local);
      more = record != NULL && func (record, user_data);
    }
  if (local == NULL)
    return naru_walk_finish (&walk, error);
  naru_walk_finish (&walk, NULL);
  g_propagate_error (error, local);
  return FALSE;
}

/**
 * naru_txn_foreach_card:
 * @txn: a transaction
 * @type: name of a record type
 * @after: (nullable): id behind which to begin
 * @func: (scope call): gets each id with its card, in the order of the ids; %FALSE stops. The card is gone
 * when
 *   @func returns: take from it what is needed, a reference does not keep it
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all went well; being stopped is well
 */
gboolean
naru_txn_foreach_card (NaruTxn *txn, const char *type, const char *after, NaruStoreCardFunc func,
                       gpointer user_data, GError **error)
{
  NaruWalk walk;
  gboolean more = TRUE;
  naru_walk_init_records (&walk, txn, NARU_DB_CARDS, type, after);
  while (more && naru_walk_next (&walk) && naru_walk_load (&walk))
    {
      g_autoptr (GVariant) card = naru_card_from_row (walk.data, walk.size, NULL, NULL);
      if (card == NULL)
        {
          walk.rc = MDB_CORRUPTED;
          break;
        }
      more = func ((const char *) naru_walk_get_key (&walk)->bytes + walk.prefix.size, card, user_data);
    }
  return naru_walk_finish (&walk, error);
}

/**
 * naru_txn_foreach_index:
 * @txn: a transaction
 * @index: its name, such as "deal.stage"
 * @prefix: (nullable): what the values begin with; %NULL or "" for all
 * @after: (nullable): where to go on: value, \x1e, id of the last one seen
 * @func: (scope call): gets each value with its id, in byte order of the values, then of the ids; %FALSE
 * stops
 * @user_data: for @func
 * @error: return location for an error
 *
 * Returns: whether all went well; being stopped is well
 */
gboolean
naru_txn_foreach_index (NaruTxn *txn, const char *index, const char *prefix, const char *after,
                        NaruStoreIndexFunc func, gpointer user_data, GError **error)
{
  NaruWalk walk;
  gboolean more = TRUE;
  naru_walk_init (&walk, txn, NARU_DB_INDEX);
  naru_key_add_text (&walk.prefix, index);
  naru_key_add_end (&walk.prefix);
  gsize start = walk.prefix.size;
  if (prefix != NULL)
    naru_key_add_text (&walk.prefix, prefix);

  const char *id = after == NULL ? NULL : strrchr (after, '\x1e');
  if (id != NULL)
    {
      g_autofree char *value = g_strndup (after, id - after);
      NaruIndexKey last = { .index = index, .value = value };
      walk.has_after = TRUE;
      walk.after = naru_key_for_index (&last, id + 1);
    }
  while (more && naru_walk_next (&walk))
    {
      const NaruKey *key = naru_walk_get_key (&walk);
      const char *value = (const char *) key->bytes + start;
      gsize length = strlen (value);
      if (start + length >= key->size)
        {
          walk.rc = MDB_CORRUPTED;
          break;
        }
      more = func (value, value + length + 1, user_data);
    }
  return naru_walk_finish (&walk, error);
}

/* (transfer full) (nullable): the name of the first index of @type behind the one of the name @after */
static char *
find_next_index (NaruTxn *txn, const char *type, const char *after, GError **error)
{
  NaruWalk walk;
  char *name = NULL;

  naru_walk_init (&walk, txn, NARU_DB_INDEX);
  naru_key_add_text (&walk.prefix, type);
  naru_key_add_text (&walk.prefix, ".");
  walk.has_after = after != NULL;
  if (after != NULL)
    {
      /* a name is followed by a NUL: this is behind all that stands under it */
      naru_key_add_text (&walk.after, after);
      naru_key_add_text (&walk.after, "\x01");
    }
  if (naru_walk_next (&walk))
    {
      const NaruKey *key = naru_walk_get_key (&walk);
      name = g_strndup ((const char *) key->bytes, key->size);
    }
  if (naru_walk_finish (&walk, error))
    return name;
  g_free (name);
  return NULL;
}

typedef struct
{
  const char *value;
  gboolean found;
} Search;

static gboolean
compare_value (const char *value, const char *id, gpointer user_data)
{
  Search *search = user_data;

  search->found = strcmp (value, search->value) == 0;
  return FALSE;
}

/**
 * naru_txn_find_value:
 * @txn: a transaction
 * @type: name of a record type
 * @value: as the indexes spell it: naru_index_fold()
 * @found: (out): whether any record of the type has it in a field that is indexed
 * @error: return location for an error
 *
 * Asks the indexes alone, so that nobody has to know which fields the type has.
 *
 * Returns: whether all went well
 */
gboolean
naru_txn_find_value (NaruTxn *txn, const char *type, const char *value, gboolean *found, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *index = find_next_index (txn, type, NULL, &local);
  Search search = { value, FALSE };

  g_return_val_if_fail (type != NULL && value != NULL && found != NULL, FALSE);

  while (index != NULL && local == NULL && !search.found)
    {
      if (!naru_txn_foreach_index (txn, index, value, NULL, compare_value, &search, &local))
        break;
      g_autofree char *last = g_steal_pointer (&index);
      index = find_next_index (txn, type, last, &local);
    }
  *found = search.found;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
