/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-seals-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/*
 * A seal is an annotated tag over the head, signed like a commit. It is no change of the office and no
 * commit: it says of the commits before it that they were these. All that waits is published and on disk
 * first; the tag goes into a pack of its own, and its name is set last, by compare and set. Cut short before
 * that there is a pack that nobody names, and no seal.
 */

/* What a seal fixes. */
typedef struct
{
  NaruOid head;
  guint64 seq;
  NaruDigest chain;
  gint64 seconds; /* when that was committed */
} Place;

/* @whole: (out): with "seal-" before it, whether or not it was typed */
gboolean
naru_seal_check_name (const char *name, char **whole, GError **error)
{
  gboolean short_one = !g_str_has_prefix (name, NARU_SEAL_PREFIX);
  g_autofree char *full = g_strconcat (short_one ? NARU_SEAL_PREFIX : "", name, NULL);
  g_autofree char *ref = g_strconcat (NARU_SEAL_REFS, full, NULL);

  if (!naru_ref_is_seal (ref) || g_str_equal (full, NARU_SEAL_PREFIX))
    {
      naru_set_error (error, NARU_ERROR_INVALID, "--name", 0,
                      _ ("small letters, digits and hyphens, at most 59: seal-2026-q3"),
                      _ ("“%s” cannot be the name of a seal"), name);
      return FALSE;
    }
  *whole = g_steal_pointer (&full);
  return TRUE;
}

static char *
make_name (void)
{
  NaruTime now;
  int year, month;

  naru_clock_now (&now);
  naru_date_get (naru_time_to_date (&now), &year, &month, NULL);
  return g_strdup_printf (NARU_SEAL_PREFIX "%04d-%02d", year, month);
}

/* The history is locked. What was decided meanwhile waits for the next seal. */
static gboolean
find_place (NaruOffice *self, Place *place, GError **error)
{
  g_autoptr (NaruTxn) txn = NULL;
  g_auto (NaruPastEntry) past = { 0 };
  NaruStoreHead head;

  if (!naru_office_publish_locked (self, error) || !naru_office_checkpoint_locked (self, error))
    return FALSE;
  txn = naru_store_begin_read (self->store, error);
  if (txn == NULL || !naru_txn_get_head (txn, &head, error) ||
      !naru_repository_read_entry (self->repository, &head.durable_head, &past, error))
    return FALSE;
  place->head = head.durable_head;
  place->seq = head.durable_seq;
  place->chain = past.chain;
  place->seconds = past.committed.seconds;
  return TRUE;
}

/* (transfer full) (nullable): "seal-2026-06 <tag>": the newest there is */
static char *
find_previous (NaruOffice *self, GError **error)
{
  g_autoptr (GPtrArray) refs = naru_repository_list_refs (self->repository, NARU_SEAL_REFS, error);
  const NaruRef *newest = NULL;
  gint64 newest_seconds = -1;
  char hex[2 * NARU_OID_SIZE + 1];

  for (guint i = 0; refs != NULL && i < refs->len; i++)
    {
      const NaruRef *ref = g_ptr_array_index (refs, i);
      g_auto (NaruTag) tag = { 0 };
      g_autoptr (NaruObject) object =
          naru_ref_is_seal (ref->name)
              ? naru_repository_read_object (self->repository, &ref->oid, NARU_OBJECT_TAG, NULL)
              : NULL;
      if (object == NULL || !naru_tag_read (&tag, object->bytes) || tag.time.seconds < newest_seconds)
        continue;
      newest = ref;
      newest_seconds = tag.time.seconds;
    }
  if (newest == NULL)
    return NULL;
  naru_oid_to_hex (&newest->oid, hex);
  return g_strdup_printf ("%s %s", newest->name + strlen (NARU_SEAL_REFS), hex);
}

static char *
make_message (NaruDesk *desk, const char *name, const Place *place, const char *previous)
{
  GString *text = g_string_new (NULL);
  char head[2 * NARU_OID_SIZE + 1];
  char chain[2 * NARU_DIGEST_SIZE + 1];

  naru_oid_to_hex (&place->head, head);
  naru_digest_to_hex (&place->chain, chain);
  g_string_append_printf (text, "%s: seal of %s\n\n", name, naru_office_get_name (desk->office));
  g_string_append_printf (text, "The history stood at this commit, change %" PRIu64 ".\n\n", place->seq);
  g_string_append_printf (text, "Naru-Seq: %" PRIu64 "\nNaru-Chain: %s\nNaru-Head: %s\n", place->seq, chain,
                          head);
  if (previous != NULL)
    g_string_append_printf (text, "Naru-Previous: %s\n", previous);
  g_string_append_printf (text, "Naru-Via: %s\n", desk->via);
  return g_string_free (text, FALSE);
}

static NaruSigner *
get_signer (NaruOffice *self, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (self->store, error);
  NaruSigner *signer = NULL;

  if (txn == NULL || !naru_office_get_signer (self, txn, &signer, error))
    return NULL;
  if (signer == NULL)
    naru_set_error (error, NARU_ERROR_NOT_FOUND, "keys/office", 0,
                    _ ("Give it its first key: naru key rotate --reason TEXT"),
                    _ ("the office has no key, and an unsigned seal proves nothing"));
  return signer;
}

static NaruObject *
make_tag (NaruDesk *desk, const char *name, const Place *place, NaruTime *at, GError **error)
{
  g_autoptr (NaruSigner) signer = get_signer (desk->office, error);
  g_autoptr (GError) local = NULL;
  g_autofree char *previous = signer != NULL ? find_previous (desk->office, &local) : NULL;
  g_autofree char *message = make_message (desk, name, place, previous);
  g_autofree char *email = g_strdup_printf ("%s@naru", desk->person);
  NaruTag tag = { .commit = place->head,
                  .name = (char *) name,
                  .tagger = desk->person_name,
                  .tagger_email = email,
                  .message = message };

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (signer != NULL)
    {
      naru_clock_now (&tag.time);
      /* not before what it seals, whatever the clock says */
      tag.time.seconds = MAX (tag.time.seconds, place->seconds);
      *at = tag.time;
      return naru_tag_build (&tag, signer, error);
    }
  return NULL;
}

/* Writes an object, durably, then the ref that names it, which is not there yet. The history is locked. */
gboolean
naru_office_put_ref (NaruOffice *self, NaruObject *object, const char *ref, GError **error)
{
  static const NaruOid none;
  const char *path = naru_repository_get_path (self->repository);
  const char *name = strrchr (ref, '/') + 1;
  g_autoptr (NaruPack) pack = naru_pack_new (path, name, error);

  if (pack == NULL)
    return FALSE;
  if (!naru_pack_add (pack, object, error) || !naru_pack_finish (pack, error) ||
      !naru_pack_publish (path, name, error))
    {
      g_clear_pointer (&pack, naru_pack_free);
      naru_pack_discard (path, name);
      return FALSE;
    }
  return naru_repository_set_ref (self->repository, ref, &none, &object->oid, error);
}

static gboolean
check_new (NaruOffice *self, const char *name, const char *ref, GError **error)
{
  NaruOid there;

  if (!naru_repository_get_ref (self->repository, ref, &there, error))
    return FALSE;
  if (naru_oid_is_zero (&there))
    return TRUE;
  naru_set_error (error, NARU_ERROR_EXISTS, "--name", 0, NULL,
                  _ ("there is a seal “%s” already; seals stay as they are"), name);
  naru_error_set_cure (error, _ ("give the new one a name of its own: naru seal --name %s-b"), name);
  return FALSE;
}

static NaruJson *
make_report (const char *name, const Place *place, const NaruOid *tag, const NaruTime *at)
{
  NaruJson *report = naru_json_new_object ();
  g_autofree char *text = naru_time_to_string (at);
  char tag_hex[2 * NARU_OID_SIZE + 1];
  char head[2 * NARU_OID_SIZE + 1];
  char chain[2 * NARU_DIGEST_SIZE + 1];

  naru_oid_to_hex (tag, tag_hex);
  naru_oid_to_hex (&place->head, head);
  naru_digest_to_hex (&place->chain, chain);
  naru_json_set_string (report, "name", name);
  naru_json_set_string (report, "tag", tag_hex);
  naru_json_set_string (report, "commit", head);
  naru_json_set_integer (report, "seq", (gint64) place->seq);
  naru_json_set_string (report, "chain", chain);
  naru_json_set_string (report, "sealed_at", text);
  return report;
}

static gboolean
seal_locked (NaruDesk *self, const char *name, NaruJson **report, GError **error)
{
  g_autofree char *ref = g_strconcat (NARU_SEAL_REFS, name, NULL);
  g_autoptr (NaruObject) tag = NULL;
  Place place = { 0 };
  NaruTime at;

  if (!check_new (self->office, name, ref, error) || !find_place (self->office, &place, error))
    return FALSE;
  tag = make_tag (self, name, &place, &at, error);
  if (tag == NULL || !naru_office_put_ref (self->office, tag, ref, error))
    return FALSE;
  *report = make_report (name, &place, &tag->oid, &at);
  return TRUE;
}

/**
 * naru_desk_seal:
 * @self: a desk
 * @name: (nullable): its name; %NULL for that of the month, "seal-2026-07"
 * @report: (out) (transfer full): {"name","tag","commit","seq","chain","sealed_at"}
 * @error: return location
 *
 * Seals the history as it stands: what was decided is in it and on disk, and a signed tag names its last
 * commit, its number and the digest of all before it.
 *
 * Returns: whether the seal is there, on disk; %FALSE with %NARU_ERROR_EXISTS where there is one of that name
 */
gboolean
naru_desk_seal (NaruDesk *self, const char *name, NaruJson **report, GError **error)
{
  g_autofree char *given = name != NULL ? g_strdup (name) : make_name ();
  g_autofree char *whole = NULL;

  if (!naru_desk_require (self, "office", "administer", NULL, error) ||
      !naru_seal_check_name (given, &whole, error) || !naru_office_checkpoint (self->office, error) ||
      !naru_office_lock_history (self->office, error))
    return FALSE;
  gboolean done = seal_locked (self, whole, report, error);
  naru_office_unlock_history (self->office);
  return done;
}
