/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-seals-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

/*
 * The present history against one that somebody else holds. Both are read from the first commit on, side by
 * side, each in a process of its own; a commit names all before it, so that two which are equal vouch for
 * everything up to there. The first two that differ are told. Then each seal over there has to be one of this
 * office, and its commit has to be here, under the number and with the digest that it says.
 */

#define SLACK (G_GUINT64_CONSTANT (1) << 30) /* bytes that a mirror may have more than we */
#define PROGRESS_STEP 256

/* One of the two histories. */
typedef struct
{
  NaruSource *source; /* (nullable): over there nothing had to be read where its head is one of ours */
  NaruSeals seals;
  GHashTable *numbers; /* NaruOid -> its number */
  GArray *chains;      /* of NaruDigest, by number - 1 */
  NaruOid head;
  guint64 n;
  guint64 total;
  NaruJson *differs; /* (nullable): its first commit that the other does not have */
} Side;

typedef struct
{
  NaruDesk *desk;
  const char *place;
  char *folder; /* for what is fetched */
  NaruProgress progress;
  gpointer user_data;
  Side ours;
  Side theirs;
  gboolean differ;
  NaruJson *report;
  NaruJson *findings;
} Against;

static void
side_clear (Side *self)
{
  g_clear_pointer (&self->source, naru_source_free);
  naru_seals_clear (&self->seals);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->chains, g_array_unref);
  g_clear_pointer (&self->differs, naru_json_unref);
}

static void
against_clear (Against *self)
{
  side_clear (&self->ours);
  side_clear (&self->theirs);
  if (self->folder != NULL)
    naru_folder_remove (self->folder);
  g_free (self->folder);
  g_clear_pointer (&self->report, naru_json_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Against, against_clear)

static void
side_init (Side *self)
{
  naru_seals_init (&self->seals);
  self->numbers = g_hash_table_new_full (naru_oid_hash, naru_oid_same, g_free, NULL);
  self->chains = g_array_new (FALSE, FALSE, sizeof (NaruDigest));
}

static guint64
find_number (Side *self, const NaruOid *commit)
{
  return GPOINTER_TO_SIZE (g_hash_table_lookup (self->numbers, commit));
}

static NaruJson *
describe_commit (const NaruSourceItem *item)
{
  g_auto (NaruPastEntry) past = { 0 };
  NaruJson *json = naru_json_new_object ();
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&item->oid, hex);
  naru_json_set_integer (json, "seq", (gint64) item->number);
  naru_json_set_string (json, "commit", hex);
  if (naru_past_entry_read (&past, item->bytes))
    {
      g_autofree char *at = naru_time_to_string (&past.authored);
      g_autofree char *subject = g_strndup (past.message, strcspn (past.message, "\n"));
      naru_json_set_string (json, "subject", subject);
      naru_json_set_string (json, "author", past.author);
      naru_json_set_string (json, "at", at);
    }
  return json;
}

/* The next commit of a side; its seals come behind the last one. @item: to be cleared; no bytes at the end */
static gboolean
read_next (Side *self, NaruSourceItem *item, GError **error)
{
  while (self->source != NULL)
    {
      if (!naru_source_next (self->source, item, error))
        return FALSE;
      if (item->kind == NARU_SOURCE_BEGIN)
        {
          self->n = item->number;
          self->total = item->total;
          self->head = item->oid;
          g_hash_table_insert (self->numbers, g_memdup2 (&item->oid, sizeof item->oid),
                               GSIZE_TO_POINTER (item->number));
          g_array_append_val (self->chains, item->chain);
          return TRUE;
        }
      naru_seals_take (&self->seals, item);
      gboolean done = item->kind == NARU_SOURCE_DONE;
      naru_source_item_clear (item);
      if (done)
        g_clear_pointer (&self->source, naru_source_free);
    }
  memset (item, 0, sizeof *item);
  return TRUE;
}

static void
note_difference (Side *self, const NaruSourceItem *item)
{
  if (item->bytes != NULL && self->differs == NULL)
    self->differs = describe_commit (item);
}

static void
tell_progress (Against *self, guint64 number)
{
  if (self->progress != NULL && number % PROGRESS_STEP == 0)
    self->progress (number, MAX (self->ours.total, self->theirs.total), self->user_data);
}

static gboolean
walk_both (Against *self, GError **error)
{
  gboolean theirs_read = self->theirs.source != NULL;

  for (guint64 number = 1;; number++)
    {
      g_auto (NaruSourceItem) ours = { 0 };
      g_auto (NaruSourceItem) theirs = { 0 };
      if (!read_next (&self->ours, &ours, error) || !read_next (&self->theirs, &theirs, error))
        return FALSE;
      if (ours.bytes == NULL && theirs.bytes == NULL)
        return TRUE;
      if (theirs_read &&
          (ours.bytes == NULL || theirs.bytes == NULL || !naru_oid_equal (&ours.oid, &theirs.oid)))
        {
          self->differ = self->differ || (ours.bytes != NULL && theirs.bytes != NULL);
          note_difference (&self->ours, &ours);
          note_difference (&self->theirs, &theirs);
        }
      tell_progress (self, number);
    }
}

static NaruSourceFlags
get_flags (void)
{
  return NARU_SOURCE_COMMITS_ONLY | NARU_SOURCE_WITH_SEALS;
}

/* Whether all that a mirror says it has is known here already: then nothing has to be fetched. */
static gboolean
is_known (Against *self, const NaruOid *head, GPtrArray *refs)
{
  NaruRepository *repository = naru_office_get_repository (self->desk->office, NULL);
  g_autoptr (NaruObject) object = NULL;

  if (repository == NULL)
    return FALSE;
  object = naru_repository_read_object (repository, head, NARU_OBJECT_COMMIT, NULL);
  if (object == NULL)
    return FALSE;
  for (guint i = 0; i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      NaruOid own;
      if (!naru_repository_get_ref (repository, ref->name, &own, NULL) || !naru_oid_equal (&own, &ref->oid))
        return FALSE;
    }
  return TRUE;
}

static guint64
measure_history (Against *self)
{
  g_autofree char *path = g_build_filename (self->desk->office->folder, "audit.git", "objects", "pack", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint64 sum = 0;

  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL;
       name = g_dir_read_name (dir))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      GStatBuf status;
      if (g_stat (file, &status) == 0)
        sum += (guint64) status.st_size;
    }
  return sum;
}

/* Where there is room, and where it goes by itself should this process be killed; the office may be
 * read-only. */
static gboolean
make_folder (Against *self, GError **error)
{
  const char *given = g_getenv ("TMPDIR");
  g_autofree char *pattern =
      g_build_filename (given != NULL && *given != '\0' ? given : "/var/tmp", "naru-compare-XXXXXX", NULL);

  if (g_mkdtemp (pattern) == NULL)
    {
      naru_set_error_errno (error, errno, _ ("name another folder with the variable TMPDIR"),
                            _ ("cannot make %s"), pattern);
      return FALSE;
    }
  self->folder = g_steal_pointer (&pattern);
  return TRUE;
}

/* Fetches what is over there into a folder of its own, and reads it like any history that nobody vouches for.
 */
static gboolean
open_fetched (Against *self, const char *url, GPtrArray *refs, GError **error)
{
  g_autofree char *repository = g_build_filename (self->folder, "mirror.git", NULL);
  g_autoptr (NaruRepository) made = naru_repository_create (repository, error);

  if (made == NULL || !naru_mirror_fetch (url, repository, refs, 2 * measure_history (self) + SLACK,
                                          self->progress, self->user_data, error))
    return FALSE;
  self->theirs.source = naru_source_open (repository, self->folder, get_flags (), error);
  return self->theirs.source != NULL;
}

/* Where nothing new is over there: its head is one of ours, and its seals are ours. */
static void
take_known (Against *self, const NaruOid *head, GPtrArray *refs)
{
  self->theirs.n = find_number (&self->ours, head);
  self->theirs.total = self->theirs.n;
  self->theirs.head = *head;
  for (guint i = 0; i < self->ours.seals.seals->len; i++)
    {
      NaruSeal *seal = g_ptr_array_index (self->ours.seals.seals, i);
      g_autofree char *ref = g_strconcat (NARU_SEAL_REFS, seal->name, NULL);
      if (naru_refs_find (refs, ref) == NULL)
        continue;
      NaruSourceItem item = { .kind = NARU_SOURCE_REF, .path = ref, .oid = seal->oid, .bytes = seal->bytes };
      g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
      if (item.bytes == NULL)
        item.bytes = none;
      naru_seals_take (&self->theirs.seals, &item);
    }
}

static gboolean
open_ours (Against *self, GError **error)
{
  g_autofree char *history = g_build_filename (self->desk->office->folder, "audit.git", NULL);

  self->ours.source = naru_source_open (history, self->folder, get_flags (), error);
  return self->ours.source != NULL;
}

/* Over a line: first ask what there is, and read it only where it is not what we have. */
static gboolean
compare_url (Against *self, const char *url, GError **error)
{
  NaruOid head;
  g_autofree char *path = g_build_filename (self->desk->office->folder, "audit.git", NULL);
  g_autoptr (GPtrArray) refs = naru_mirror_list (url, path, &head, error);

  if (refs == NULL)
    return FALSE;
  if (naru_oid_is_zero (&head))
    {
      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, _ ("write the history to it: naru remote push"),
                      _ ("the mirror is empty"));
      return FALSE;
    }
  gboolean known = is_known (self, &head, refs);
  if (!open_ours (self, error) || (!known && !open_fetched (self, url, refs, error)) ||
      !walk_both (self, error))
    return FALSE;
  if (known && find_number (&self->ours, &head) > 0)
    take_known (self, &head, refs);
  if (!known || self->theirs.n > 0)
    return TRUE;
  /* the commit lies about in our folder, but the branch does not lead to it: look closely after all */
  side_clear (&self->ours);
  side_init (&self->ours);
  return open_ours (self, error) && open_fetched (self, url, refs, error) && walk_both (self, error);
}

static gboolean
compare_path (Against *self, const char *path, GError **error)
{
  self->theirs.source = naru_source_open (path, self->folder, get_flags (), error);
  return self->theirs.source != NULL && open_ours (self, error) && walk_both (self, error);
}

static const char *
get_relation (Against *self)
{
  if (self->differ)
    return naru_json_get_integer (self->theirs.differs, "seq", 0) == 1 ? "unrelated" : "forked";
  return self->theirs.n < self->ours.n ? "behind" : self->theirs.n > self->ours.n ? "ahead" : "same";
}

static void
judge_history (Against *self)
{
  const char *cure =
      _ ("Somebody rewrote one of the two. Keep both as they are, compare the seals, and ask who holds a "
         "third copy; “git log” and “git verify-commit” show who signed what.");
  gboolean forked = self->differ;
  NaruJson *ours = self->ours.differs;
  NaruJson *theirs = self->theirs.differs;
  gint64 seq = theirs != NULL ? naru_json_get_integer (theirs, "seq", 0) : 0;

  if (forked && seq == 1)
    naru_add_finding (
        self->findings, "history-unrelated", "broken", NULL, _ ("name a mirror or backup of this office"),
        _ ("%s holds the history of another office, or this one was begun anew: the very first commit "
           "differs"),
        self->place);
  else if (forked)
    naru_add_finding (self->findings, "history-forked", "broken", naru_json_get_string (theirs, "commit"),
                      cure,
                      _ ("the history was rewritten: from change %" PRId64
                         " on %s holds another one. Here commit %.10s: %s; "
                         "there commit %.10s: %s"),
                      seq, self->place, naru_json_get_string (ours, "commit"),
                      naru_json_get_string (ours, "subject"), naru_json_get_string (theirs, "commit"),
                      naru_json_get_string (theirs, "subject"));
  else if (self->theirs.n > self->ours.n)
    {
      guint64 lost = self->theirs.n - self->ours.n;
      g_autofree char *text = g_strdup_printf (
          g_dngettext (GETTEXT_PACKAGE, "the history was cut off: %s holds %" PRIu64 " change more",
                       "the history was cut off: %s holds %" PRIu64 " changes more", (gulong) lost),
          self->place, lost);
      naru_add_finding (self->findings, "history-truncated", "broken",
                        naru_json_get_string (theirs, "commit"),
                        _ ("an office is made from the longer one: naru restore DIR --from MIRROR"),
                        _ ("%s, the first of them commit %.10s: %s"), text,
                        naru_json_get_string (theirs, "commit"), naru_json_get_string (theirs, "subject"));
    }
}

/* A seal over there, by our history: its commit must be here. */
static void
place_seal (Against *self, NaruSeal *seal)
{
  seal->number = seal->readable ? find_number (&self->ours, &seal->tag.commit) : 0;
  memset (&seal->chain, 0, sizeof seal->chain);
  if (seal->number > 0)
    seal->chain = g_array_index (self->ours.chains, NaruDigest, seal->number - 1);
}

/* Whose key: one of ours; else, where the two histories differ, one of theirs. */
static gboolean
judge_seal (Against *self, NaruSeal *seal)
{
  naru_seal_judge (seal, self->ours.seals.signers, self->ours.seals.revoked);
  if (seal->state != NARU_SEAL_UNKNOWN_KEY || self->theirs.seals.signers == NULL)
    return FALSE;
  naru_seal_judge (seal, self->theirs.seals.signers, self->theirs.seals.revoked);
  return seal->state != NARU_SEAL_UNKNOWN_KEY;
}

static void
compare_seal (Against *self, NaruSeal *seal)
{
  g_autofree char *code = NULL;
  g_autofree char *problem = NULL;
  NaruSeal *own = naru_seals_find (&self->ours.seals, seal->name);

  place_seal (self, seal);
  gboolean their_key = judge_seal (self, seal);
  problem = naru_seal_describe (seal);
  code = g_strconcat ("seal-", naru_seal_get_state (seal), NULL);
  if (problem != NULL)
    naru_add_finding (self->findings, code, seal->state == NARU_SEAL_REVOKED ? "note" : "broken", seal->name,
                      NULL, "%s: %s%s", self->place, problem,
                      their_key ? _ (" (its key stands in the history there, not in this one)") : "");
  naru_seal_check_stamp (seal, self->findings);
  if (own == NULL && naru_seal_is_sound (seal))
    naru_add_finding (self->findings, "seal-missing", "broken", seal->name,
                      _ ("take it from a mirror or a backup: git fetch MIRROR refs/tags/NAME:refs/tags/NAME"),
                      _ ("the seal “%s” stands on %s, and is missing here"), seal->name, self->place);
  else if (own != NULL && !naru_oid_equal (&own->oid, &seal->oid))
    naru_add_finding (self->findings, "seal-moved", "broken", seal->name,
                      _ ("a seal never changes: whichever was there later is not the one"),
                      _ ("the seal “%s” is another one here than on %s"), seal->name, self->place);
}

static NaruJson *
describe_side (const Side *self)
{
  NaruJson *json = naru_json_new_object ();
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&self->head, hex);
  naru_json_set_integer (json, "seq", (gint64) self->n);
  naru_json_set_string (json, "commit", hex);
  return json;
}

static NaruJson *
ref_or_null (NaruJson *json)
{
  return json != NULL ? naru_json_ref (json) : naru_json_new_null ();
}

static gboolean
has_errors (NaruJson *findings)
{
  for (guint i = 0; i < naru_json_get_size (findings); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (findings, i), "severity"), "broken") == 0)
      return TRUE;
  return FALSE;
}

static void
make_report (Against *self)
{
  const char *relation = get_relation (self);
  NaruJson *seals = naru_json_new_array ();
  NaruJson *first = naru_json_new_object ();
  gboolean broken = self->differ || self->theirs.n > self->ours.n;

  self->report = naru_json_new_object ();
  self->findings = naru_json_new_array ();
  naru_json_set (self->report, "findings", self->findings);
  judge_history (self);
  for (guint i = 0; i < self->theirs.seals.seals->len; i++)
    {
      NaruSeal *seal = g_ptr_array_index (self->theirs.seals.seals, i);
      compare_seal (self, seal);
      naru_json_append (seals, naru_seal_to_json (seal));
    }
  naru_json_set_string (self->report, "place", self->place);
  naru_json_set_string (self->report, "relation", relation);
  naru_json_set (self->report, "ours", describe_side (&self->ours));
  naru_json_set (self->report, "theirs", describe_side (&self->theirs));
  naru_json_set_integer (self->report, "behind", broken ? 0 : (gint64) (self->ours.n - self->theirs.n));
  naru_json_set (first, "ours", ref_or_null (self->ours.differs));
  naru_json_set (first, "theirs", ref_or_null (self->theirs.differs));
  naru_json_set (self->report, "first_difference", broken ? first : naru_json_new_null ());
  if (!broken)
    naru_json_unref (first);
  naru_json_set (self->report, "seals", seals);
  naru_json_set_boolean (self->report, "sound", !has_errors (self->findings));
}

/* A mirror's name before all else, then an address, then a path. (nullable) */
static char *
find_place (Against *self, gboolean *line, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *url = naru_office_find_remote (self->desk->office, self->place, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  gboolean is_mirror = url != NULL;
  if (url == NULL && (naru_mirror_is_url (self->place) || g_str_has_prefix (self->place, "file://")))
    {
      url = naru_mirror_check_url (self->place, error);
      if (url == NULL)
        return NULL;
    }
  *line = url != NULL && (is_mirror || naru_mirror_is_url (url));
  if (url == NULL)
    url = g_strdup (self->place);
  return g_steal_pointer (&url);
}

/**
 * naru_desk_compare_history:
 * @self: a desk
 * @place: name of a mirror, its address, the path of a repository, or a backup
 * @progress: (scope call) (nullable): called with how much is done, of how much
 * @user_data: for @progress
 * @report: (out) (transfer full): {"place","relation": "same" | "behind" | "ahead" | "forked" |
 * "unrelated","ours" and "theirs": {"seq","commit"},"behind","first_difference": null or {"ours","theirs":
 * null or {"seq","commit", "subject","author","at"}},"seals": as naru_desk_check_seals() has them,"findings":
 * likewise,"sound"}
 * @error: return location
 *
 * Proves that the present history contains what is over there: its head and each seal. "behind" is well: it
 * has less than we; "ahead", "forked" and "unrelated" say that one of the two was cut off or rewritten. What
 * is over there is believed nothing.
 *
 * Returns: whether it could be compared; what was found is in the report
 */
gboolean
naru_desk_compare_history (NaruDesk *self, const char *place, NaruProgress progress, gpointer user_data,
                           NaruJson **report, GError **error)
{
  g_auto (Against) against = { .desk = self, .place = place, .progress = progress, .user_data = user_data };
  g_autofree char *where = NULL;
  gboolean line = FALSE;

  side_init (&against.ours);
  side_init (&against.theirs);
  if (!naru_desk_require (self, "office", "audit", NULL, error))
    return FALSE;
  where = find_place (&against, &line, error);
  if (where == NULL || !make_folder (&against, error))
    return FALSE;
  if (!(line ? compare_url : compare_path) (&against, where, error))
    return FALSE;
  make_report (&against);
  *report = g_steal_pointer (&against.report);
  return TRUE;
}
