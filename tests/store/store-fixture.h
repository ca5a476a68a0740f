/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-store.h"

#include <glib/gstdio.h>
#include <string.h>

/* A folder of its own, gone at the end of the test. */
typedef struct
{
  char *folder;
  char *data; /* path of data.mdb */
} Fixture;

static inline void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("naru-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->data = g_build_filename (fixture->folder, "data.mdb", NULL);
}

static inline void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_chmod (fixture->folder, 0700);
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
      g_remove (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->data);
}

static inline NaruStore *
fixture_open (const char *folder, NaruStoreFlags flags)
{
  g_autoptr (GError) error = NULL;
  NaruStore *store = naru_store_open (folder, flags, &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static inline NaruTxn *
fixture_read (NaruStore *store)
{
  g_autoptr (GError) error = NULL;
  NaruTxn *txn = naru_store_begin_read (store, &error);
  g_assert_no_error (error);
  return txn;
}

static inline NaruTxn *
fixture_write (NaruStore *store)
{
  g_autoptr (GError) error = NULL;
  NaruTxn *txn = naru_store_begin_write (store, &error);
  g_assert_no_error (error);
  return txn;
}

static inline void
fixture_commit (NaruTxn *txn)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = naru_txn_commit (txn, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static inline NaruRecord *
fixture_record (const char *type, const char *id, const char *title, const char *stage)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_new_object ();
  naru_json_set_string (json, "title", title);
  naru_json_set_string (json, "stage", stage);
  NaruRecord *record = naru_record_new (type, id, json, &error);
  g_assert_no_error (error);
  return record;
}

static inline void
fixture_add_key (GPtrArray *keys, const char *index, const char *value)
{
  NaruIndexKey *key = g_new0 (NaruIndexKey, 1);
  key->index = index;
  key->value = g_strdup (value);
  g_ptr_array_add (keys, key);
}

static inline void
fixture_free_key (gpointer data)
{
  NaruIndexKey *key = data;
  g_free (key->value);
  g_free (key);
}

/* the keys of a record that has only a stage */
static inline GPtrArray *
fixture_keys (const char *stage)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (fixture_free_key);
  fixture_add_key (keys, "deal.stage", stage);
  return keys;
}

static inline gboolean
fixture_put (NaruTxn *txn, const char *id, const char *title, const char *old_stage, const char *stage,
             GError **error)
{
  g_autoptr (NaruRecord) record = fixture_record ("deal", id, title, stage);
  g_autoptr (GPtrArray) old_keys = old_stage == NULL ? NULL : fixture_keys (old_stage);
  g_autoptr (GPtrArray) new_keys = fixture_keys (stage);
  GVariant *card = g_variant_new ("(xs)", (gint64) 1735689600, title);
  return naru_txn_put_record (txn, record, card, old_keys, new_keys, error);
}

static inline char *
fixture_id (guint number)
{
  return g_strdup_printf ("MGK-2026-%05u", number);
}

static inline void
fixture_put_alone (NaruStore *store, const char *id, const char *title, const char *old_stage,
                   const char *stage)
{
  g_autoptr (GError) error = NULL;
  NaruTxn *txn = fixture_write (store);
  fixture_put (txn, id, title, old_stage, stage, &error);
  g_assert_no_error (error);
  fixture_commit (txn);
}

static inline gboolean
fixture_collect_index (const char *value, const char *id, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup_printf ("%s=%s", value, id));
  return TRUE;
}

static inline char *
fixture_list_index (NaruTxn *txn, const char *index, const char *prefix, const char *after)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  gboolean ok = naru_txn_foreach_index (txn, index, prefix, after, fixture_collect_index, seen, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_ptr_array_add (seen, NULL);
  return g_strjoinv (" ", (GStrv) seen->pdata);
}

#define assert_index(txn, index, prefix, after, expected)                                                    \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autofree char *found = fixture_list_index (txn, index, prefix, after);                                 \
    g_assert_cmpstr (found, ==, expected);                                                                   \
  }                                                                                                          \
  G_STMT_END
