/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rulebook-private.h"

#include <glib/gi18n-lib.h>

/* Reads which packs there are, and what they add to the deal; the packs themselves wait until a review needs
 * them. */
gboolean
naru_office_read_rules (NaruOffice *self, NaruTxn *txn, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = naru_txn_get_meta (txn, NARU_META_FIELDS, &local);

  g_autofree char *index =
      text == NULL && local == NULL ? naru_txn_get_meta (txn, NARU_META_RULES, &local) : NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (index != NULL)
    {
      g_autofree char *way_back = naru_store_make_way_back (self->folder);
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, way_back,
                      _ ("the store has lost the fields that rule packs add"));
      return FALSE;
    }
  naru_types_set_extension (self->types, "deal", g_steal_pointer (&text));
  return TRUE;
}

/* After a change of the packs: what was compiled from the former ones goes. */
void
naru_office_forget_rules (NaruOffice *self)
{
  g_clear_pointer (&self->book, naru_rule_book_unref);
  g_clear_pointer (&self->rule_index, naru_json_unref);
  g_clear_pointer (&self->rule_text, g_free);
  g_clear_pointer (&self->plugins, naru_plugins_unref);
  g_hash_table_remove_all (self->pipelines);
}

/**
 * naru_office_set_brief:
 * @self: an office
 * @brief: whether this process judges one move and then ends, as a command does
 *
 * The programs in which plugins judge are then ended while the move is written, and not after it.
 */
void
naru_office_set_brief (NaruOffice *self, gboolean brief)
{
  g_return_if_fail (self != NULL);

  self->brief = brief;
}

/* (transfer none): the plugins on this machine, those switched on or not */
NaruPlugins *
naru_office_get_plugins (NaruOffice *self)
{
  if (self->plugins == NULL)
    {
      g_auto (GStrv) places = naru_plugins_list_places (self->home != NULL ? self->home : self->folder);
      self->plugins = naru_plugins_scan ((const char *const *) places);
    }
  return self->plugins;
}

/* (transfer full): where the store has what a review reads of a pack; @rule: (nullable): of that rule */
static char *
make_judge_key (const char *pack, const char *rule)
{
  return rule != NULL ? g_strdup_printf ("judge/%s/%s", pack, rule) : g_strconcat ("judge/", pack, NULL);
}

/* @kind: "pack" for the whole, "judge" for its table, without the rules. Returns: (transfer full) (nullable)
 */
NaruRulePack *
naru_office_load_pack (NaruTxn *txn, const char *kind, const char *id, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", kind, id);
  g_autoptr (GError) local = NULL;
  g_autofree char *text = naru_txn_get_meta (txn, key, &local);

  if (text != NULL)
    return naru_rule_pack_from_text (g_steal_pointer (&text), key, error);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                    _ ("Adopt the pack again: it stands under rules/ in the history."),
                    _ ("the store has lost the rule pack “%s”"), id);
  return NULL;
}

/* (transfer full) (nullable): the list of the packs, as text; one without packs where there never were any */
static char *
read_index_text (NaruTxn *txn, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = naru_txn_get_meta (txn, NARU_META_RULES, &local);

  if (local == NULL)
    return text != NULL ? g_steal_pointer (&text) : g_strdup ("{\"packs\": []}");
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* (transfer full) (nullable): {"packs": [{"id","version","digest","enabled","sectors","plugin"}]}, as @txn
 * sees it
 */
NaruJson *
naru_office_read_index (NaruTxn *txn, GError **error)
{
  g_autofree char *text = read_index_text (txn, error);

  return text != NULL ? naru_json_parse (text, -1, 0, error) : NULL;
}

/* (transfer full): where the history has that version of a pack */
char *
naru_office_make_pack_path (const char *id, const char *version)
{
  return g_strdup_printf ("rules/%s@%s.json", id != NULL ? id : "", version != NULL ? version : "");
}

/* Reads which packs there are, unless that is known: another process may have changed it since. */
static gboolean
read_index (NaruOffice *self, NaruTxn *txn, GError **error)
{
  g_autofree char *text = read_index_text (txn, error);

  if (text == NULL)
    return FALSE;
  if (self->rule_index != NULL && g_strcmp0 (self->rule_text, text) == 0)
    return TRUE;
  g_clear_pointer (&self->book, naru_rule_book_unref);
  g_clear_pointer (&self->rule_index, naru_json_unref);
  g_clear_pointer (&self->plugins, naru_plugins_unref);
  g_free (self->rule_text);
  self->rule_text = g_steal_pointer (&text);
  self->rule_index = naru_json_parse (self->rule_text, -1, 0, error);
  return self->rule_index != NULL;
}

/* Gives a rule its line; that there is none is a matter of the review, which then blocks. */
static char *
read_rule (const char *pack, const char *rule, gpointer user_data)
{
  g_autofree char *key = make_judge_key (pack, rule);

  return naru_txn_get_meta (user_data, key, NULL);
}

/* Reads the rules of @book that speak of a move, as @txn sees them: the same that gave the book. */
void
naru_office_read_move (NaruTxn *txn, NaruRuleBook *book, NaruRecord *record, const char *from, const char *to)
{
  naru_rule_book_read_rules (book, record, from, to, read_rule, txn);
}

/* Whether the store holds the pack of this row undamaged, in both of its forms. */
static gboolean
is_sound (NaruTxn *txn, NaruJson *row)
{
  static const char *const kinds[] = { "pack", "judge" };
  const char *id = naru_json_get_string (row, "id");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (NaruRulePack) pack = naru_office_load_pack (txn, kinds[i], id, NULL);
      if (pack == NULL ||
          g_strcmp0 (naru_rule_pack_get_digest (pack), naru_json_get_string (row, "digest")) != 0)
        return FALSE;
      for (guint j = 0; j < naru_rule_pack_get_n_rules (pack); j++)
        {
          const char *rule = naru_rule_pack_get_rule_id (pack, j);
          char *line = g_str_equal (kinds[i], "judge") ? read_rule (id, rule, txn) : NULL;
          if (line != NULL)
            naru_rule_pack_set_line (pack, rule, line);
          if (naru_rule_pack_get_rule (pack, j) == NULL)
            return FALSE;
        }
    }
  return TRUE;
}

/* The pack of this row as the history has it at @commit. (transfer full) (nullable) */
static NaruRulePack *
read_from_history (NaruOffice *self, const NaruOid *commit, NaruJson *row, GError **error)
{
  const char *id = naru_json_get_string (row, "id");
  g_autofree char *path = naru_office_make_pack_path (id, naru_json_get_string (row, "version"));
  NaruRepository *repository = naru_office_get_repository (self, error);
  g_autoptr (GBytes) bytes =
      repository != NULL ? naru_repository_read_file (repository, commit, path, error) : NULL;
  gsize size = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  g_autoptr (NaruJson) json = bytes != NULL ? naru_json_parse (text, (gssize) size, 0, error) : NULL;
  g_autoptr (NaruRulePack) pack = json != NULL ? naru_rule_pack_new (json, path, error) : NULL;

  if (pack == NULL || g_strcmp0 (naru_rule_pack_get_digest (pack), naru_json_get_string (row, "digest")) == 0)
    return g_steal_pointer (&pack);
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the office from a backup or a clone."),
                  _ ("%s in the history is not the pack that the office has adopted"), path);
  return NULL;
}

/* The rules of the version that was in force go, as far as the store still tells them. */
static gboolean
drop_rules (NaruTxn *txn, const char *id, GError **error)
{
  g_autoptr (NaruRulePack) former = naru_office_load_pack (txn, "judge", id, NULL);

  for (guint i = 0; former != NULL && i < naru_rule_pack_get_n_rules (former); i++)
    {
      g_autofree char *key = make_judge_key (id, naru_rule_pack_get_rule_id (former, i));
      if (!naru_txn_put_meta (txn, key, NULL, error))
        return FALSE;
    }
  return TRUE;
}

/* Writes the two forms of a pack into the store. */
gboolean
naru_office_store_pack (NaruTxn *txn, NaruRulePack *pack, GError **error)
{
  const char *id = naru_rule_pack_get_id (pack);
  g_autofree char *whole = naru_rule_pack_to_text (pack, FALSE);
  g_autofree char *slim = naru_rule_pack_to_text (pack, TRUE);
  g_autofree char *whole_key = g_strconcat ("pack/", id, NULL);
  g_autofree char *slim_key = make_judge_key (id, NULL);

  if (!drop_rules (txn, id, error))
    return FALSE;
  for (guint i = 0; i < naru_rule_pack_get_n_rules (pack); i++)
    {
      g_autofree char *key = make_judge_key (id, naru_rule_pack_get_rule_id (pack, i));
      g_autofree char *line = naru_rule_pack_to_line (pack, i);
      if (!naru_txn_put_meta (txn, key, line, error))
        return FALSE;
    }
  return naru_txn_put_meta (txn, whole_key, whole, error) && naru_txn_put_meta (txn, slim_key, slim, error);
}

static gboolean
copy_row (NaruTxn *from, NaruTxn *to, const char *key, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = naru_txn_get_meta (from, key, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* one that is not there blocks the reviews that need it, there as here */
  return text == NULL || naru_txn_put_meta (to, key, text, error);
}

/* Puts the two forms of a pack of one store into another. */
gboolean
naru_office_copy_pack (NaruTxn *from, NaruTxn *to, const char *id, GError **error)
{
  g_autoptr (NaruRulePack) table = naru_office_load_pack (from, "judge", id, error);
  g_autofree char *whole = g_strconcat ("pack/", id, NULL);
  g_autofree char *slim = make_judge_key (id, NULL);

  if (table == NULL || !copy_row (from, to, whole, error) || !copy_row (from, to, slim, error))
    return FALSE;
  for (guint i = 0; i < naru_rule_pack_get_n_rules (table); i++)
    {
      g_autofree char *key = make_judge_key (id, naru_rule_pack_get_rule_id (table, i));
      if (!copy_row (from, to, key, error))
        return FALSE;
    }
  return TRUE;
}

/* Takes packs that the store holds damaged from the history again. Without damage nothing is written. */
gboolean
naru_office_mend_packs (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  g_autoptr (GPtrArray) packs = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_rule_pack_unref);
  NaruStoreHead head;

  if (txn == NULL || !read_index (self, txn, error) || !naru_txn_get_head (txn, &head, error))
    return FALSE;
  NaruJson *rows = naru_json_get (self->rule_index, "packs");
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      if (is_sound (txn, row))
        continue;
      NaruRulePack *pack = read_from_history (self, &head.head, row, error);
      if (pack == NULL)
        return FALSE;
      g_ptr_array_add (packs, pack);
    }
  g_clear_pointer (&txn, naru_txn_end);
  if (packs->len == 0)
    return TRUE;

  g_autoptr (NaruTxn) write = naru_store_begin_write (self->store, error);
  for (guint i = 0; i < packs->len; i++)
    if (write == NULL || !naru_office_store_pack (write, g_ptr_array_index (packs, i), error))
      return FALSE;
  naru_office_forget_rules (self);
  return naru_txn_commit (g_steal_pointer (&write), error);
}

static gboolean
concerns (NaruJson *row, NaruJson *sectors)
{
  NaruJson *own = naru_json_get (row, "sectors");

  if (own == NULL || sectors == NULL)
    return TRUE;
  for (guint i = 0; i < naru_json_get_size (own); i++)
    if (naru_json_lists (sectors, naru_json_as_string (naru_json_get_element (own, i))))
      return TRUE;
  return FALSE;
}

/* The code of a plugin is looked for when it is first asked; that it is not there is a matter of the review,
 * which then blocks. */
static NaruPlugin *
find_code (const char *name, gpointer user_data)
{
  return naru_plugins_find (naru_office_get_plugins (user_data), name);
}

/* The book, with at least the packs that judge deals of these sectors, as @txn sees them. @sectors:
 * (nullable): all packs. Returns: (transfer none) (nullable) */
NaruRuleBook *
naru_office_get_book (NaruOffice *self, NaruTxn *txn, NaruJson *sectors, GError **error)
{
  if (!read_index (self, txn, error))
    return NULL;
  if (self->book == NULL)
    {
      self->book = naru_rule_book_new ();
      naru_rule_book_set_finder (self->book, find_code, self);
    }

  NaruJson *rows = naru_json_get (self->rule_index, "packs");
  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      const char *id = naru_json_get_string (row, "id");
      if (!naru_json_get_boolean (row, "enabled", TRUE) || !concerns (row, sectors) ||
          naru_rule_book_find_pack (self->book, id) != NULL)
        continue;
      g_autoptr (NaruRulePack) pack = naru_office_load_pack (txn, "judge", id, error);
      if (pack == NULL)
        return NULL;
      if (g_strcmp0 (naru_rule_pack_get_digest (pack), naru_json_get_string (row, "digest")) != 0)
        {
          naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                          _ ("Adopt the pack again: it stands under rules/ in the history."),
                          _ ("the store holds another rule pack “%s” than the office has adopted"), id);
          return NULL;
        }
      naru_rule_book_add_adopted (self->book, pack, i);
    }
  return self->book;
}
