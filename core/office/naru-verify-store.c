/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* What is beside the history: the office's own store, its journal, and what makes git show something else. */

static void
add (NaruVerify *self, NaruVerifyGravity gravity, const char *code, guint64 seq, const char *record,
     const char *cure, const char *message)
{
  naru_findings_add (self->findings, gravity, code, NULL, seq, record, cure, message);
}

/* In its own repository an office is alone. Whoever has a clone may have branches and notes of their own. */
static void
check_refs (NaruVerify *self)
{
  g_autoptr (GPtrArray) names = naru_repository_list_strange_refs (self->history);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      gboolean notes = g_str_has_prefix (name, "refs/notes/");
      g_autofree char *text =
          g_strdup_printf (notes ? _ ("git shows words below commits that are no part of the history (%s)")
                                 : _ ("no office made “%s”; nothing of the history rests on it"),
                           name);
      g_autofree char *quoted = g_shell_quote (name);
      g_autofree char *cure = g_strdup_printf ("git update-ref -d %s", quoted);
      if (self->office != NULL)
        add (self, notes ? NARU_VERIFY_BROKEN : NARU_VERIFY_NOTE, notes ? "notes" : "ref", 0, NULL, cure,
             text);
      else if (notes)
        add (self, NARU_VERIFY_DOUBTFUL, "notes", 0, NULL, cure, text);
    }
}

void
naru_verify_surroundings (NaruVerify *self)
{
  const struct
  {
    NaruSurrounding kind;
    NaruVerifyGravity gravity;
    const char *code;
    const char *message;
    const char *cure;
  } things[] = {
    { NARU_SURROUNDING_REPLACEMENTS, NARU_VERIFY_BROKEN, "replaced",
      N_ ("git shows other objects of this repository than those that are in it (refs/replace)"),
      N_ ("git replace --list names them; git replace -d takes them away") },
    { NARU_SURROUNDING_GRAFTS, NARU_VERIFY_BROKEN, "grafts",
      N_ ("git shows other parents of commits than those that they have (info/grafts)"),
      N_ ("remove the file info/grafts of the repository") },
    { NARU_SURROUNDING_SHALLOW, NARU_VERIFY_BROKEN, "shallow",
      N_ ("git shows only a part of the history (shallow)"),
      N_ ("take a whole clone: git fetch --unshallow") },
    /* a clone may borrow from the one beside it; the history of an office is whole */
    { NARU_SURROUNDING_ALTERNATES, self->office != NULL ? NARU_VERIFY_BROKEN : NARU_VERIFY_DOUBTFUL,
      "alternates", N_ ("objects of the history stand in another repository (objects/info/alternates)"),
      N_ ("git repack -a -d brings them in; then remove the file") },
  };
  NaruSurrounding found = naru_repository_look_around (self->history);

  for (guint i = 0; i < G_N_ELEMENTS (things); i++)
    if ((found & things[i].kind) != 0)
      add (self, things[i].gravity, things[i].code, 0, NULL, _ (things[i].cure), _ (things[i].message));
  check_refs (self);
}

typedef struct
{
  const char *table;
  const char *code;
  const char *other;
  const char *missing;
  const char *stray;
} TableWords;

/* Each takes what the row is about. */
static const TableWords words[] = {
  { "records", "store-record", N_ ("the store holds %s otherwise than the history"),
    N_ ("the store has lost %s, which the history holds"),
    N_ ("the store holds %s, which the history does not") },
  { "cards", "store-card", N_ ("lists show %s otherwise than its record is"), N_ ("lists lack %s"),
    N_ ("lists show %s, which the history does not hold") },
  { "index", "store-index", N_ ("%s is not found by what its record says"),
    N_ ("%s is not found by what its record says"), N_ ("%s is found by what its record does not say") },
  { "history", "store-history", N_ ("the history that Naru shows of %s is not that of the commits"),
    N_ ("the history that Naru shows of %s lacks an entry"),
    N_ ("the history that Naru shows of %s has an entry that no commit has") },
  { "commits", "store-commit", N_ ("the store names another commit than the history"),
    N_ ("the store lacks the id of a commit"),
    N_ ("the store names a commit that the history does not hold") },
  { "counters", "store-counter", N_ ("the next number for %s does not follow the last one"),
    N_ ("the store has lost the last number for %s"),
    N_ ("the store counts numbers for %s, of which the history has none") },
  { "meta", "store-office", N_ ("“%s” is in force in the store otherwise than in the history"),
    N_ ("the store has lost “%s”, which the history holds"),
    N_ ("“%s” is in force in the store, but not in the history") },
  { "trees", "store-folder", N_ ("the store holds the folder “%s” otherwise than the history"),
    N_ ("the store has lost the folder “%s”"),
    N_ ("the store holds a folder “%s” that the history does not") },
};

static const char *
find_format (const TableWords *row, NaruRowState state)
{
  return state == NARU_ROW_OTHER     ? _ (row->other)
         : state == NARU_ROW_MISSING ? _ (row->missing)
                                     : _ (row->stray);
}

static gboolean
take_difference (const NaruRowDifference *difference, gpointer user_data)
{
  NaruVerify *self = user_data;
  g_autofree char *cure = naru_store_make_way_back (self->office->folder);
  const char *about = *difference->id != '\0' ? difference->id : difference->name;
  const char *record = *difference->id != '\0' ? difference->id : NULL;

  if (difference->state == NARU_ROW_UNREADABLE)
    {
      g_autofree char *text =
          g_strdup_printf (_ ("a table of the store is damaged, and what follows in it was not compared: %s"),
                           difference->table);
      add (self, NARU_VERIFY_BROKEN, "store-damaged", 0, NULL, cure, text);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].table, difference->table))
      {
        g_autoptr (GString) text = g_string_new (find_format (&words[i], difference->state));
        g_string_replace (text, "%s", about, 1);
        add (self, NARU_VERIFY_BROKEN, words[i].code, difference->seq, record, cure, text->str);
      }
  return TRUE;
}

typedef struct
{
  NaruVerify *verify;
  NaruTxn *txn;
  guint64 next; /* number of the row that has to come */
} JournalWalk;

static void
tell_journal (NaruVerify *self, guint64 seq, const char *message)
{
  add (self, NARU_VERIFY_BROKEN, "journal", seq, NULL, _ ("naru status writes what waits into the history"),
       message);
}

static gboolean
take_row (guint64 seq, GBytes *row, gpointer user_data)
{
  JournalWalk *walk = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *pack = NULL;
  NaruOid commit, expected;
  g_autoptr (GPtrArray) objects = naru_objects_from_row (row, &commit, &pack, &error);

  if (objects == NULL)
    tell_journal (walk->verify, seq, error->message);
  else if (!naru_txn_get_commit (walk->txn, seq, &expected, NULL) || !naru_oid_equal (&commit, &expected))
    tell_journal (walk->verify, seq,
                  _ ("the journal would write another commit than the one that was decided"));
  if (seq != walk->next)
    tell_journal (walk->verify, seq,
                  _ ("the journal lacks an entry, or has one that is in the history already"));
  walk->next = seq + 1;
  return TRUE;
}

static void
check_journal (NaruVerify *self, NaruTxn *txn, const NaruStoreHead *head)
{
  JournalWalk walk = { self, txn, head->durable_seq + 1 };
  g_autoptr (GError) error = NULL;
  NaruOid durable;

  if (!naru_txn_foreach_journal (txn, 0, take_row, &walk, &error))
    tell_journal (self, 0, error->message);
  else if (walk.next != head->seq + 1)
    tell_journal (self, 0, _ ("the journal does not hold all that is not on disk yet"));
  if (head->durable_seq > 0 && (!naru_txn_get_commit (txn, head->durable_seq, &durable, NULL) ||
                                !naru_oid_equal (&durable, &head->durable_head)))
    tell_journal (self, head->durable_seq, _ ("the store does not know up to where the history is on disk"));
}

/* Whether the store only has more than the history: changes that wait in the journal */
static gboolean
is_ahead (NaruVerify *self, NaruTxn *store, const NaruStoreHead *head)
{
  const NaruStoreHead *own = &self->replay.head;
  NaruOid commit;

  return head->seq > own->seq && own->seq >= head->durable_seq &&
         naru_txn_get_commit (store, own->seq, &commit, NULL) && naru_oid_equal (&commit, &own->head);
}

static gboolean
check_head (NaruVerify *self, NaruTxn *store, const NaruStoreHead *head)
{
  const NaruStoreHead *own = &self->replay.head;
  gboolean ahead = is_ahead (self, store, head);
  g_autofree char *way_back = naru_store_make_way_back (self->office->folder);
  const char *cure = ahead ? _ ("naru status writes what waits into the history") : way_back;
  g_autofree char *text = NULL;

  if (head->seq != own->seq)
    text = head->seq > own->seq
               ? g_strdup_printf (_ ("the history ends at #%" PRIu64 ", but the store is at #%" PRIu64
                                     "; the two were not compared"),
                                  own->seq, head->seq)
               : g_strdup_printf (_ ("the history goes on to #%" PRIu64 ", but the store ends at #%" PRIu64
                                     "; the two were not compared"),
                                  own->seq, head->seq);
  else if (!naru_oid_equal (&head->head, &own->head) ||
           memcmp (&head->chain, &own->chain, sizeof head->chain) != 0 ||
           head->last_seconds != own->last_seconds)
    text = g_strdup (_ ("the store ends at another entry than the history"));
  if (text != NULL)
    add (self, ahead ? NARU_VERIFY_DOUBTFUL : NARU_VERIFY_BROKEN, "store-head", 0, NULL, cure, text);
  return head->seq == own->seq;
}

/* @store: the office's, at the entry up to which the history was read */
void
naru_verify_store (NaruVerify *self, NaruTxn *store)
{
  g_autoptr (GError) error = NULL;
  NaruStoreHead head;

  if (!naru_txn_get_head (store, &head, &error))
    {
      add (self, NARU_VERIFY_BROKEN, "store-head", 0, NULL, naru_error_get_cure (error), error->message);
      return;
    }
  if (check_head (self, store, &head))
    naru_txn_compare (store, self->replay.txn, take_difference, self);
  check_journal (self, store, &head);
}
