/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-past-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PREFIX_MIN 7 /* digits of a commit id; fewer are easily those of two */

/* What names a moment: a day, a time, "#12", a commit, a seal. */
typedef struct
{
  NaruOffice *office;
  NaruRepository *repository; /* borrowed */
  NaruStoreHead head;
  GError *waiting; /* (nullable): why the last entries cannot be in git yet */
} Finder;

static void
finder_clear (Finder *self)
{
  g_clear_error (&self->waiting);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Finder, finder_clear)

/* Entries that wait are written first. Where that cannot be, those before them can be looked at all the same.
 */
static gboolean
finder_begin (Finder *self, NaruOffice *office, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (office->store, error);
  NaruOid branch;

  self->office = office;
  self->repository = naru_office_get_repository (office, error);
  if (txn == NULL || self->repository == NULL || !naru_txn_get_head (txn, &self->head, error))
    return FALSE;
  g_clear_pointer (&txn, naru_txn_end);
  if (!naru_repository_get_head (self->repository, &branch, NULL) ||
      !naru_oid_equal (&branch, &self->head.head))
    naru_office_publish (office, &self->waiting);
  return TRUE;
}

/* @waits: (out) (optional): whether the entry could not be read because git does not have it yet */
static gboolean
read_entry (Finder *self, guint64 seq, NaruOid *commit, NaruPastEntry *past, gboolean *waits, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  g_autoptr (GError) local = NULL;

  if (waits != NULL)
    *waits = FALSE;
  if (txn == NULL || !naru_txn_get_commit (txn, seq, commit, error))
    return FALSE;
  if (naru_repository_read_entry (self->repository, commit, past, &local))
    return TRUE;
  if (self->waiting == NULL || !g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (waits != NULL)
    *waits = TRUE;
  g_propagate_error (error, g_error_copy (self->waiting));
  return FALSE;
}

/* Commit times never go back: @low, 0 at first, is at @seconds or before, @high is after it. */
static gboolean
search (Finder *self, gint64 seconds, guint64 *low, guint64 high, GError **error)
{
  guint64 unknown = 0;

  while (high - *low > 1)
    {
      guint64 middle = *low + (high - *low) / 2;
      g_auto (NaruPastEntry) past = { 0 };
      g_autoptr (GError) local = NULL;
      gboolean waits;
      NaruOid commit;
      gboolean read = read_entry (self, middle, &commit, &past, &waits, &local);
      if (!read && !waits)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (read && past.committed.seconds <= seconds)
        *low = middle;
      else
        high = middle;
      if (!read)
        unknown = middle;
    }
  /* the first of those that git does not have may have been there already */
  if (unknown != high)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->waiting));
  return FALSE;
}

static gboolean
set_too_early (Finder *self, GError **error)
{
  g_auto (NaruPastEntry) first = { 0 };
  NaruOid commit;

  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, NULL, _ ("the office did not exist then"));
  if (read_entry (self, 1, &commit, &first, NULL, NULL))
    {
      g_autofree char *day = naru_time_to_display (&first.committed);
      naru_error_set_cure (error, _ ("Its history begins on %s."), day);
    }
  return FALSE;
}

/* The last entry that was decided then or before */
static gboolean
find_time (Finder *self, const NaruTime *time, NaruMoment *moment, GError **error)
{
  NaruTime now;

  naru_clock_now (&now);
  /* what is still to come has nothing to show but what is there now */
  moment->clock = time->seconds <= now.seconds ? *time : now;
  if (self->head.last_seconds <= time->seconds)
    moment->seq = self->head.seq;
  else if (!search (self, time->seconds, &moment->seq, self->head.seq, error))
    return FALSE;
  return moment->seq > 0 || set_too_early (self, error);
}

/* FALSE without an error: no commit begins so */
static gboolean
find_commit (Finder *self, const char *name, NaruMoment *moment, GError **error)
{
  g_autofree char *prefix = g_ascii_strdown (name, -1);
  gsize length = strlen (prefix);

  if (length < PREFIX_MIN || length > 2 * NARU_OID_SIZE || strspn (prefix, G_CSET_DIGITS "abcdef") != length)
    return FALSE;
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->office->store, error);
  guint found = txn != NULL ? naru_txn_find_commit (txn, prefix, &moment->seq, &moment->commit, error) : 0;
  if (found <= 1)
    return found == 1;
  naru_set_error (error, NARU_ERROR_INVALID, NULL, 0, _ ("Give more of its digits."),
                  _ ("%u commits of the history begin with “%s”"), found, name);
  return FALSE;
}

static gboolean
find_seal (Finder *self, const char *name, NaruMoment *moment, GError **error)
{
  g_autoptr (GError) local = NULL;
  NaruOid commit;
  char hex[2 * NARU_OID_SIZE + 1];

  if (!naru_repository_find_tag (self->repository, name, &commit, &local))
    {
      if (!g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  naru_oid_to_hex (&commit, hex);
  if (find_commit (self, hex, moment, &local))
    return TRUE;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0,
                    _ ("Somebody else made that tag, or the history was replaced: compare it with a clone."),
                    _ ("“%s” names the commit %.12s, which is none of this history"), name, hex);
  return FALSE;
}

static gboolean
find_number (Finder *self, const char *name, NaruMoment *moment)
{
  return *name == '#' && g_ascii_string_to_unsigned (name + 1, 10, 1, self->head.seq, &moment->seq, NULL);
}

static gboolean
find_entry (Finder *self, const char *name, NaruMoment *moment, GError **error)
{
  g_autoptr (GError) local = NULL;

  moment->is_entry = find_number (self, name, moment) || find_commit (self, name, moment, &local) ||
                     (local == NULL && find_seal (self, name, moment, &local));
  if (moment->is_entry)
    return TRUE;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                    _ ("Take a day such as 2026-03-31, #NUMBER or seven digits and more of a commit as “naru "
                       "history” shows them, or the name of a seal."),
                    _ ("“%s” is neither a day nor an entry of the history"), name);
  return FALSE;
}

/*
 * naru_moment_find:
 * @office: an office
 * @when: a day (its end, in the zone of the person) or a time of RFC 3339; "#12"; a commit of the history by
 *   seven digits of its id or more; the name of a tag
 * @moment: (out): the entry. Its clock shows that time but none to come, or the time of the commit
 *
 * What the history says is taken from git; whether a commit is one of this history is for the store to say.
 *
 * Returns: whether there is one; %NARU_ERROR_NOT_FOUND, %NARU_ERROR_INVALID where two commits begin so
 */
gboolean
naru_moment_find (NaruOffice *office, const char *when, NaruMoment *moment, GError **error)
{
  g_auto (Finder) finder = { 0 };
  g_auto (NaruPastEntry) past = { 0 };
  NaruDate day = NARU_DATE_NONE;
  NaruTime time;

  memset (moment, 0, sizeof *moment);
  if (!finder_begin (&finder, office, error))
    return FALSE;
  if (naru_date_parse (when, &day, NULL))
    naru_clock_end_of_day (day, &time);
  if (day != NARU_DATE_NONE || naru_time_parse (when, &time, NULL)
          ? !find_time (&finder, &time, moment, error)
          : !find_entry (&finder, when, moment, error))
    return FALSE;
  if (!read_entry (&finder, moment->seq, &moment->commit, &past, NULL, error))
    return FALSE;
  if (moment->is_entry)
    moment->clock = past.committed;
  return TRUE;
}
