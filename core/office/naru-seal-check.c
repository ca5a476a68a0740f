/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-keys-private.h"
#include "naru-seals-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Whether seals are what they should be. They are read in a process of its own, like any history. */

static const char *const state_names[] = {
  [NARU_SEAL_GOOD] = "good",
  [NARU_SEAL_REVOKED] = "revoked-key",
  [NARU_SEAL_DAMAGED] = "damaged",
  [NARU_SEAL_BAD_SIGNATURE] = "bad-signature",
  [NARU_SEAL_UNKNOWN_KEY] = "unknown-key",
  [NARU_SEAL_LATE_KEY] = "key-not-in-force",
  [NARU_SEAL_OFF_HISTORY] = "not-on-history",
  [NARU_SEAL_CONTRADICTS] = "contradicts",
};

static void
seal_free (gpointer data)
{
  NaruSeal *seal = data;

  naru_tag_clear (&seal->tag);
  g_clear_pointer (&seal->bytes, g_bytes_unref);
  g_clear_pointer (&seal->stamp, g_bytes_unref);
  g_free (seal->name);
  g_free (seal->key);
  g_free (seal);
}

void
naru_seals_init (NaruSeals *self)
{
  self->seals = g_ptr_array_new_with_free_func (seal_free);
}

void
naru_seals_clear (NaruSeals *self)
{
  g_clear_pointer (&self->seals, g_ptr_array_unref);
  g_clear_pointer (&self->signers, g_ptr_array_unref);
  g_clear_pointer (&self->revoked, g_free);
}

NaruSeal *
naru_seals_find (NaruSeals *self, const char *name)
{
  for (guint i = 0; i < self->seals->len; i++)
    {
      NaruSeal *seal = g_ptr_array_index (self->seals, i);
      if (g_str_equal (seal->name, name))
        return seal;
    }
  return NULL;
}

/* What it says of itself: each of the lines has to be there, and to fit the rest of the tag. */
static gboolean
read_seal (NaruSeal *seal)
{
  g_autofree char *seq = NULL;
  g_autofree char *chain = NULL;
  g_autofree char *head = NULL;
  char hex[2 * NARU_OID_SIZE + 1];

  if (seal->bytes == NULL || !naru_tag_read (&seal->tag, seal->bytes) ||
      !g_str_equal (seal->tag.name, seal->name))
    return FALSE;
  seq = naru_tag_get_trailer (&seal->tag, "Naru-Seq");
  chain = naru_tag_get_trailer (&seal->tag, "Naru-Chain");
  head = naru_tag_get_trailer (&seal->tag, "Naru-Head");
  naru_oid_to_hex (&seal->tag.commit, hex);
  return seq != NULL && g_ascii_string_to_unsigned (seq, 10, 1, G_MAXINT64, &seal->seq, NULL) &&
         chain != NULL && naru_digest_from_hex (chain, &seal->says) && g_strcmp0 (head, hex) == 0;
}

static void
take_ref (NaruSeals *self, const NaruSourceItem *item)
{
  if (!naru_ref_is_seal (item->path))
    {
      NaruSeal *seal = naru_seals_find (self, item->path + strlen (NARU_STAMP_REFS));
      if (seal != NULL && seal->stamp == NULL)
        seal->stamp = g_bytes_ref (item->bytes);
      return;
    }
  NaruSeal *seal = g_new0 (NaruSeal, 1);
  seal->name = g_strdup (item->path + strlen (NARU_SEAL_REFS));
  seal->oid = item->oid;
  seal->bytes = g_bytes_get_size (item->bytes) > 0 ? g_bytes_ref (item->bytes) : NULL;
  seal->number = item->number;
  seal->chain = item->chain;
  seal->readable = read_seal (seal);
  seal->key = seal->readable ? naru_tag_verify (&seal->tag, seal->bytes) : NULL;
  g_ptr_array_add (self->seals, seal);
}

/* What a source tells of seals and keys; the rest is left alone. */
void
naru_seals_take (NaruSeals *self, const NaruSourceItem *item)
{
  if (item->kind == NARU_SOURCE_REF && item->path != NULL && naru_ref_is_ours (item->path))
    {
      take_ref (self, item);
      return;
    }
  if (item->kind != NARU_SOURCE_FILE || item->path == NULL)
    return;
  const char *text = g_bytes_get_data (item->bytes, NULL);
  if (g_str_equal (item->path, NARU_SIGNERS_PATH))
    {
      g_clear_pointer (&self->signers, g_ptr_array_unref);
      self->signers = naru_allowed_signers_parse (text, NULL);
    }
  else if (g_str_equal (item->path, NARU_REVOKED_PATH))
    {
      g_free (self->revoked);
      self->revoked = g_strndup (text, g_bytes_get_size (item->bytes));
    }
}

static NaruSealState
judge (const NaruSeal *seal, GPtrArray *signers, const char *revoked)
{
  NaruAllowedSigner *signer =
      seal->key != NULL && signers != NULL ? naru_allowed_signers_find (signers, seal->key) : NULL;
  gint64 at = seal->tag.time.seconds;

  if (!seal->readable)
    return NARU_SEAL_DAMAGED;
  if (seal->key == NULL)
    return NARU_SEAL_BAD_SIGNATURE;
  if (signer == NULL)
    return NARU_SEAL_UNKNOWN_KEY;
  /* as ssh-keygen counts: both ends are in it */
  if (at < signer->from || (signer->until != 0 && at > signer->until))
    return NARU_SEAL_LATE_KEY;
  if (seal->number == 0)
    return NARU_SEAL_OFF_HISTORY;
  if (seal->number != seal->seq || memcmp (&seal->chain, &seal->says, sizeof (NaruDigest)) != 0)
    return NARU_SEAL_CONTRADICTS;
  return revoked != NULL && strstr (revoked, seal->key) != NULL ? NARU_SEAL_REVOKED : NARU_SEAL_GOOD;
}

/* @signers: (nullable): the keys that may have signed it; its number and chain are those of the history that
 * it is judged by. */
void
naru_seal_judge (NaruSeal *seal, GPtrArray *signers, const char *revoked)
{
  seal->state = judge (seal, signers, revoked);
}

const char *
naru_seal_get_state (const NaruSeal *seal)
{
  return state_names[seal->state];
}

/* It proves something: an office of ours said so at its time. */
gboolean
naru_seal_is_sound (const NaruSeal *seal)
{
  return seal->state == NARU_SEAL_GOOD || seal->state == NARU_SEAL_REVOKED;
}

/* (nullable): what is wrong with it */
char *
naru_seal_describe (const NaruSeal *seal)
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&seal->tag.commit, hex);
  switch (seal->state)
    {
    case NARU_SEAL_GOOD:
      return NULL;
    case NARU_SEAL_REVOKED:
      return g_strdup_printf (
          _ ("the seal “%s” fits the history, but the key that signed it was revoked later"), seal->name);
    case NARU_SEAL_DAMAGED:
      return g_strdup_printf (_ ("“%s” is not a seal as an office makes it"), seal->name);
    case NARU_SEAL_BAD_SIGNATURE:
      return g_strdup_printf (_ ("the seal “%s” is not signed, or was changed after it was signed"),
                              seal->name);
    case NARU_SEAL_UNKNOWN_KEY:
      return g_strdup_printf (_ ("the seal “%s” is signed with a key that is none of the office's"),
                              seal->name);
    case NARU_SEAL_LATE_KEY:
      return g_strdup_printf (_ ("the seal “%s” is signed with a key that was not in force at its time"),
                              seal->name);
    case NARU_SEAL_OFF_HISTORY:
      return g_strdup_printf (_ ("the seal “%s” fixes change %" PRIu64
                                 " as commit %.10s, which is not in the history"),
                              seal->name, seal->seq, hex);
    case NARU_SEAL_CONTRADICTS:
      return g_strdup_printf (
          _ ("the seal “%s” says of commit %.10s what the history does not say: another number "
             "or another digest"),
          seal->name, hex);
    }
  return NULL;
}

/* RFC 3161: the digest of what was stamped stands in the reply. That the reply is sound is for openssl to
 * say. */
static const char *
describe_stamp (const NaruSeal *seal)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  gsize stamp_size = 0;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const guint8 *stamp = g_bytes_get_data (seal->stamp, &stamp_size);

  if (seal->bytes == NULL)
    return "foreign";
  g_checksum_update (checksum, g_bytes_get_data (seal->bytes, NULL), (gssize) g_bytes_get_size (seal->bytes));
  g_checksum_get_digest (checksum, digest, &size);
  return memmem (stamp, stamp_size, digest, size) != NULL ? "fits" : "foreign";
}

static void
set_or_null (NaruJson *json, const char *key, const char *text)
{
  naru_json_set (json, key, text != NULL ? naru_json_new_string (text) : naru_json_new_null ());
}

/* (transfer full): {"name","state","problem","tag","commit","seq","sealed_at","sealed_by","person","key",
 * "timestamp": "fits" | "foreign" | null} */
NaruJson *
naru_seal_to_json (const NaruSeal *seal)
{
  NaruJson *json = naru_json_new_object ();
  g_autofree char *problem = naru_seal_describe (seal);
  g_autofree char *fingerprint = seal->key != NULL ? naru_key_fingerprint (seal->key) : NULL;
  g_autofree char *at = seal->readable ? naru_time_to_string (&seal->tag.time) : NULL;
  g_autofree char *person = NULL;
  char tag[2 * NARU_OID_SIZE + 1];
  char commit[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&seal->oid, tag);
  naru_oid_to_hex (&seal->tag.commit, commit);
  if (seal->readable && g_str_has_suffix (seal->tag.tagger_email, "@naru"))
    person = g_strndup (seal->tag.tagger_email, strlen (seal->tag.tagger_email) - strlen ("@naru"));
  naru_json_set_string (json, "name", seal->name);
  naru_json_set_string (json, "state", naru_seal_get_state (seal));
  set_or_null (json, "problem", problem);
  naru_json_set_string (json, "tag", tag);
  set_or_null (json, "commit", seal->readable ? commit : NULL);
  naru_json_set (json, "seq",
                 seal->readable ? naru_json_new_integer ((gint64) seal->seq) : naru_json_new_null ());
  set_or_null (json, "sealed_at", at);
  set_or_null (json, "sealed_by", seal->readable ? seal->tag.tagger : NULL);
  set_or_null (json, "person", person);
  set_or_null (json, "key", fingerprint);
  set_or_null (json, "timestamp", seal->stamp != NULL ? describe_stamp (seal) : NULL);
  return json;
}

/* Adds {"code","severity": "broken" | "note","about","message","cure"}. @about: (nullable), @cure:
 * (nullable) */
void
naru_add_finding (NaruJson *findings, const char *code, const char *severity, const char *about,
                  const char *cure, const char *format, ...)
{
  NaruJson *finding = naru_json_new_object ();
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  naru_json_set_string (finding, "code", code);
  naru_json_set_string (finding, "severity", severity);
  set_or_null (finding, "about", about);
  naru_json_set_string (finding, "message", text);
  set_or_null (finding, "cure", cure);
  naru_json_append (findings, finding);
}

/* A time stamp of something else is a fault; that there is none is not. */
void
naru_seal_check_stamp (const NaruSeal *seal, NaruJson *findings)
{
  if (seal->stamp != NULL && g_str_equal (describe_stamp (seal), "foreign"))
    naru_add_finding (findings, "seal-timestamp-foreign", "broken", seal->name, NULL,
                      _ ("the time stamp of the seal “%s” is that of something else"), seal->name);
}

/* The seals of the office's own history, judged by its own keys. @seals: initialised */
gboolean
naru_office_read_seals (NaruOffice *self, NaruSeals *seals, GError **error)
{
  g_autofree char *history = g_build_filename (self->folder, "audit.git", NULL);
  NaruSourceFlags flags = NARU_SOURCE_COMMITS_ONLY | NARU_SOURCE_SEALS_ONLY | NARU_SOURCE_WITH_SEALS;
  g_autoptr (NaruSource) source = naru_source_open (history, self->folder, flags, error);

  while (source != NULL)
    {
      g_auto (NaruSourceItem) item = { 0 };
      if (!naru_source_next (source, &item, error))
        return FALSE;
      naru_seals_take (seals, &item);
      if (item.kind == NARU_SOURCE_DONE)
        break;
    }
  for (guint i = 0; i < seals->seals->len; i++)
    naru_seal_judge (g_ptr_array_index (seals->seals, i), seals->signers, seals->revoked);
  return source != NULL;
}

/* Each seal names the one before it, so that one that is taken away is missed. */
static void
check_previous (NaruSeals *seals, const NaruSeal *seal, NaruJson *findings)
{
  g_autofree char *previous = seal->readable ? naru_tag_get_trailer (&seal->tag, "Naru-Previous") : NULL;
  g_auto (GStrv) parts = g_strsplit (previous != NULL ? previous : "", " ", 2);
  char hex[2 * NARU_OID_SIZE + 1] = "";

  if (previous == NULL || !naru_seal_is_sound (seal))
    return;
  const NaruSeal *there = naru_seals_find (seals, parts[0]);
  if (there != NULL)
    naru_oid_to_hex (&there->oid, hex);
  if (there == NULL)
    naru_add_finding (findings, "seal-missing", "broken", parts[0],
                      _ ("take it from a mirror or a backup: git fetch MIRROR refs/tags/NAME:refs/tags/NAME"),
                      _ ("the seal “%s” is missing; “%s” names it as the one before"), parts[0], seal->name);
  else if (g_strcmp0 (parts[1], hex) != 0)
    naru_add_finding (findings, "seal-moved", "broken", parts[0],
                      _ ("compare with a mirror: naru remote check MIRROR"),
                      _ ("the seal “%s” is another one than “%s” names as the one before"), parts[0],
                      seal->name);
}

static void
check_one (NaruSeals *seals, const NaruSeal *seal, NaruJson *findings)
{
  g_autofree char *code = g_strconcat ("seal-", naru_seal_get_state (seal), NULL);
  g_autofree char *problem = naru_seal_describe (seal);

  if (problem != NULL)
    naru_add_finding (findings, code, naru_seal_is_sound (seal) ? "note" : "broken", seal->name,
                      _ ("compare with a mirror: naru remote check MIRROR"), "%s", problem);
  naru_seal_check_stamp (seal, findings);
  check_previous (seals, seal, findings);
}

/**
 * naru_desk_check_seals:
 * @self: a desk
 * @error: return location
 *
 * Judges the seals of the office by its own history: signatures against the keys of their day, commits,
 * numbers and digests, and that none is missing in between.
 *
 * Returns: (transfer full) (nullable): {"seals": [{"name","state": "good" | "revoked-key" | "damaged" |
 * "bad-signature" | "unknown-key" | "key-not-in-force" | "not-on-history" |
 * "contradicts","problem","tag","commit", "seq","sealed_at","sealed_by","person","key","timestamp": "fits" |
 * "foreign" | null}], "findings": [{"code","severity": "broken" | "note","about","message","cure"}]}
 */
NaruJson *
naru_desk_check_seals (NaruDesk *self, GError **error)
{
  g_auto (NaruSeals) seals = { 0 };

  naru_seals_init (&seals);
  if (!naru_desk_require (self, "office", "audit", NULL, error) ||
      !naru_office_read_seals (self->office, &seals, error))
    return NULL;
  NaruJson *report = naru_json_new_object ();
  NaruJson *rows = naru_json_new_array ();
  NaruJson *findings = naru_json_new_array ();
  for (guint i = 0; i < seals.seals->len; i++)
    {
      naru_json_append (rows, naru_seal_to_json (g_ptr_array_index (seals.seals, i)));
      check_one (&seals, g_ptr_array_index (seals.seals, i), findings);
    }
  naru_json_set (report, "seals", rows);
  naru_json_set (report, "findings", findings);
  return report;
}
