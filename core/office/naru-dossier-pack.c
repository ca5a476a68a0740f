/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-dossier-private.h"

#include "naru-glance.h"
#include "naru-restore-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The repository of a dossier. Its branch main is a line of its own: the commits of the record, and those of
 * the office that concern it (keys, pipelines, the rules that judged it); with the folders and files that
 * lead there. The commits of other records stand beside it, without folders or files, and only where no word
 * of a person is in them; branch all ends with the last of them. git learns from info/grafts how the commits
 * of main follow each other: no commit is changed by that, so ids and signatures hold. What is held back
 * shows as a gap in the numbers, and chain.txt has for each the digest that links those around it.
 */

#define PACK_NAME "dossier"

typedef enum
{
  CHANGE_UNDECIDED, /* it may belong to main; if not, it is held back */
  CHANGE_UNDECIDED_PLAIN,
  CHANGE_LINE,
  CHANGE_BESIDE,
  CHANGE_HELD_BACK,
  CHANGE_LEFT_OUT,
} Fate;

typedef struct
{
  NaruOid oid;
  NaruDigest entry;
  guint64 number;
  Fate fate;
} Change;

static gboolean
list_object (NaruDossier *self, const NaruOid *oid, const char *kind, GBytes *bytes, const char *what,
             GError **error)
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (oid, hex);
  if (fprintf (self->list, "%s %s %zu %s\n", hex, kind, g_bytes_get_size (bytes), what) > 0)
    return TRUE;
  naru_set_error_errno (error, errno, _ ("free some space and run the command again"),
                        _ ("cannot write the dossier"));
  return FALSE;
}

static gboolean
add_commit (NaruDossier *self, const Change *change, GBytes *bytes, GError **error)
{
  NaruObject object = { NARU_OBJECT_COMMIT, change->oid, bytes, { { 0 } } };
  g_autofree char *what = g_strdup_printf ("change %" G_GUINT64_FORMAT "%s", change->number,
                                           change->fate == CHANGE_BESIDE ? ", of another record" : "");

  return naru_pack_add (self->pack, &object, error) &&
         list_object (self, &change->oid, "commit", bytes, what, error);
}

static Fate
fate_beside (NaruDossier *self, gboolean plain)
{
  if ((self->flags & NARU_DOSSIER_OWN_COMMITS) != 0)
    return CHANGE_LEFT_OUT;
  return plain ? CHANGE_BESIDE : CHANGE_HELD_BACK;
}

static gboolean
take_commit (NaruDossier *self, const NaruSourceItem *item, GError **error)
{
  Change change = { .oid = item->oid };
  NaruGlance glance;

  naru_glance_at (&glance, item->bytes);
  /* somebody went on meanwhile */
  if (glance.number > self->head.seq)
    return TRUE;
  if (glance.number == 0 || glance.number + self->all->len != self->head.seq)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                      _ ("The numbers of the changes in the history have a gap."));
      return FALSE;
    }
  change.number = glance.number;
  change.entry = glance.entry;
  if (g_hash_table_contains (self->own, GSIZE_TO_POINTER (glance.number)) ||
      g_str_equal (glance.record, self->id))
    change.fate = CHANGE_LINE;
  else if (glance.record[0] == '\0')
    change.fate = glance.plain ? CHANGE_UNDECIDED_PLAIN : CHANGE_UNDECIDED;
  else
    change.fate = fate_beside (self, glance.plain);
  g_array_append_val (self->all, change);
  if (self->progress != NULL && glance.number % 256 == 0)
    self->progress (self->all->len, self->head.seq, self->user_data);
  return change.fate != CHANGE_BESIDE || add_commit (self, &change, item->bytes, error);
}

static gboolean
read_commits (NaruDossier *self, GError **error)
{
  while (TRUE)
    {
      g_auto (NaruSourceItem) item = { 0 };
      if (!naru_source_next (self->source, &item, error) ||
          (item.kind == NARU_SOURCE_BEGIN && !take_commit (self, &item, error)))
        return FALSE;
      if (item.kind == NARU_SOURCE_DONE)
        return TRUE;
    }
}

static gboolean
take_object (NaruObject *object, const char *path, gpointer user_data, GError **error)
{
  NaruDossier *self = user_data;
  gboolean folder = object->kind == NARU_OBJECT_TREE;
  g_autofree char *what = g_strconcat (path, folder ? "/" : "", NULL);
  NaruSourceItem item = { .oid = object->oid, .base = object->base, .bytes = object->bytes };

  self->count.trees += folder;
  self->count.files += !folder;
  return list_object (self, &object->oid, folder ? "tree" : "blob", object->bytes, what, error) &&
         (folder ? naru_pack_add (self->pack, object, error)
                 : naru_pack_add_blob (self->pack, self->folder, &item, error));
}

/* From the first one on: whether it belongs to the line, and what it brings */
static gboolean
decide (NaruDossier *self, NaruSlice *slice, Change *change, GError **error)
{
  gboolean undecided = change->fate == CHANGE_UNDECIDED || change->fate == CHANGE_UNDECIDED_PLAIN;
  gboolean differs = FALSE;

  if (!undecided && change->fate != CHANGE_LINE)
    return TRUE;
  if (!naru_slice_look (slice, &change->oid, &differs, error))
    return FALSE;
  if (undecided)
    change->fate = differs ? CHANGE_LINE : fate_beside (self, change->fate == CHANGE_UNDECIDED_PLAIN);
  if (change->fate != CHANGE_LINE && change->fate != CHANGE_BESIDE)
    return TRUE;
  g_autoptr (NaruObject) commit =
      naru_repository_read_object (self->repository, &change->oid, NARU_OBJECT_COMMIT, error);
  if (commit == NULL || !add_commit (self, change, commit->bytes, error))
    return FALSE;
  return change->fate != CHANGE_LINE || naru_slice_take (slice, take_object, self, error);
}

static gboolean
read_line (NaruDossier *self, GError **error)
{
  g_autoptr (NaruSlice) slice = naru_slice_new (self->repository, (const char *const *) self->paths->pdata);

  for (guint i = self->all->len; i > 0; i--)
    if (!decide (self, slice, &g_array_index (self->all, Change, i - 1), error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  GString *follows;
  GString *refs;
  GString *chain;
  const Change *of_line; /* (nullable): the last one on main */
  const Change *held;    /* (nullable): the last one that the repository holds */
} Follow;

static void
append_follow (Follow *follow, const Change *change, const Change *former)
{
  char hex[2 * NARU_OID_SIZE + 1];
  char former_hex[2 * NARU_OID_SIZE + 1];

  if (former == NULL || former->number + 1 == change->number)
    return;
  naru_oid_to_hex (&change->oid, hex);
  naru_oid_to_hex (&former->oid, former_hex);
  g_string_append_printf (follow->follows, "%s %s\n", hex, former_hex);
}

static void
append_link (Follow *follow, const Change *change)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];

  naru_digest_to_hex (&change->entry, hex);
  g_string_append_printf (follow->chain, "%" G_GUINT64_FORMAT " %s\n", change->number, hex);
}

/* The end of a row of commits that main goes around */
static void
append_ref (Follow *follow)
{
  char hex[2 * NARU_OID_SIZE + 1];

  if (follow->held == NULL || follow->held->fate != CHANGE_BESIDE)
    return;
  naru_oid_to_hex (&follow->held->oid, hex);
  g_string_append_printf (follow->refs, "%s refs/others/%012" G_GUINT64_FORMAT "\n", hex,
                          follow->held->number);
}

static void
follow_one (NaruDossier *self, Follow *follow, const Change *change)
{
  switch (change->fate)
    {
    case CHANGE_LINE:
      append_ref (follow);
      append_follow (follow, change, follow->of_line);
      follow->of_line = follow->held = change;
      self->count.of_record++;
      return;
    case CHANGE_BESIDE:
      append_follow (follow, change, follow->held);
      follow->held = change;
      self->count.of_others++;
      return;
    default:
      append_link (follow, change);
      self->count.held_back += change->fate == CHANGE_HELD_BACK;
      self->count.left_out += change->fate == CHANGE_LEFT_OUT;
    }
}

static gboolean
write_repository (NaruDossier *self, GError **error)
{
  g_autoptr (GString) follows = g_string_new (NULL);
  g_autoptr (GString) refs = g_string_new (NULL);
  g_autoptr (GString) chain = g_string_new (NULL);
  Follow follow = { follows, refs, chain, NULL, NULL };

  for (guint i = self->all->len; i > 0; i--)
    follow_one (self, &follow, &g_array_index (self->all, Change, i - 1));
  append_ref (&follow);
  if (follow.of_line == NULL)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the history from a backup or a clone."),
                      _ ("The history does not know %s."), self->id);
      return FALSE;
    }
  self->count.commits = self->head.seq;
  self->present = follow.of_line->oid;
  NaruPartial partial = { follow.of_line->oid, follows->str, refs->str };
  return naru_dossier_put (self, "chain.txt", chain->str, (gssize) chain->len, error) &&
         naru_partial_finish (self->git, &partial, error);
}

static gboolean
write_pack (NaruDossier *self, GError **error)
{
  self->pack = naru_pack_new (self->git, PACK_NAME, error);
  if (self->pack == NULL)
    return FALSE;
  naru_pack_set_stored (self->pack, TRUE);
  if (!read_commits (self, error))
    return FALSE;
  naru_pack_set_stored (self->pack, FALSE);
  if (!read_line (self, error) || !naru_pack_finish (self->pack, error))
    return FALSE;
  g_clear_pointer (&self->pack, naru_pack_free);
  return naru_pack_publish (self->git, PACK_NAME, error);
}

gboolean
naru_dossier_pack (NaruDossier *self, GError **error)
{
  g_autofree char *file = g_build_filename (self->folder, "objects.txt", NULL);

  self->all = g_array_new (FALSE, FALSE, sizeof (Change));
  self->git = g_build_filename (self->folder, ".git", NULL);
  if (!naru_partial_begin (self->git, error))
    return FALSE;
  self->list = fopen (file, "wex");
  gboolean done = self->list != NULL;
  if (!done)
    naru_set_error_errno (error, errno, _ ("free some space and run the command again"),
                          _ ("cannot write the dossier"));
  done = done && write_pack (self, error);
  if (self->list != NULL && fclose (g_steal_pointer (&self->list)) != 0 && done)
    {
      naru_set_error_errno (error, errno, _ ("free some space and run the command again"),
                            _ ("cannot write the dossier"));
      return FALSE;
    }
  return done && write_repository (self, error);
}
