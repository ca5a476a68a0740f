/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-ssh-private.h"
#include "naru-tag.h"

#include <sys/stat.h>

/* Two texts: a list of allowed signers, and a tag that nobody vouches for, with the signature at its end.
 * What can be read of it is signed anew with a key of ours, and changed. */

static NaruSigner *
get_signer (void)
{
  static NaruSigner *signer;

  if (signer == NULL)
    {
      guint8 seed[crypto_sign_SEEDBYTES] = "the same key each time, of 32 b.";
      guint8 public_key[crypto_sign_PUBLICKEYBYTES];
      g_autofree NaruSecret *secret = g_new0 (NaruSecret, 1);
      g_autoptr (GError) error = NULL;

      g_assert_true (naru_sodium_start (&error));
      g_assert_cmpint (crypto_sign_seed_keypair (public_key, secret->key, seed), ==, 0);
      gsize size = naru_openssh_write (secret, "fuzz");
      g_autofree char *path = fuzz_write_file ("key", secret->text, size);
      g_assert_cmpint (chmod (path, 0600), ==, 0);
      signer = naru_signer_load (path, NULL, &error);
      g_assert_no_error (error);
    }
  return signer;
}

/* Whose signature it would have to be; who signed it may be none of these. */
static void
check_due (GPtrArray *signers, const NaruTag *tag, const char *key)
{
  static const char *const actions[] = { "approve", "edit", NULL };
  NaruAllowedSigner *found = key != NULL ? naru_allowed_signers_find (signers, key) : NULL;

  if (found != NULL)
    g_assert_cmpstr (found->key, ==, key);
  for (gsize i = 0; actions[i] != NULL; i++)
    {
      NaruAllowedSigner *due = naru_allowed_signers_find_due (signers, tag->tagger_email, actions[i]);
      if (due == NULL)
        continue;
      g_assert_cmpint (due->until, ==, 0);
      if (naru_allowed_signer_is_person (due))
        {
          g_assert_true (naru_action_takes_own_key (actions[i]));
          g_assert_cmpstr (due->principal, ==, tag->tagger_email);
        }
    }
}

static void
check_same (const NaruTag *tag, const NaruTag *again)
{
  g_assert_true (naru_oid_equal (&tag->commit, &again->commit));
  g_assert_cmpstr (tag->name, ==, again->name);
  g_assert_cmpstr (tag->tagger, ==, again->tagger);
  g_assert_cmpstr (tag->tagger_email, ==, again->tagger_email);
  g_assert_cmpint (tag->time.seconds, ==, again->time.seconds);
  g_assert_cmpint (tag->time.offset_minutes, ==, again->time.offset_minutes);
}

static gboolean
verifies (GBytes *bytes)
{
  g_auto (NaruTag) tag = { 0 };
  g_autofree char *key = naru_tag_read (&tag, bytes) ? naru_tag_verify (&tag, bytes) : NULL;

  return key != NULL;
}

/* What was read is built and signed again; each change of it spoils the signature. */
static void
check_rebuilt (const NaruTag *tag)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruObject) built = naru_tag_build (tag, get_signer (), &error);
  g_auto (NaruTag) again = { 0 };

  g_assert_no_error (error);
  /* a signature counts from the start of a line on */
  if (tag->message[0] != '\0' && !g_str_has_suffix (tag->message, "\n"))
    return;
  g_assert_true (naru_tag_read (&again, built->bytes));
  check_same (tag, &again);
  g_assert_cmpstr (tag->message, ==, again.message);
  g_autofree char *key = naru_tag_verify (&again, built->bytes);
  g_assert_cmpstr (key, ==, naru_signer_get_key (get_signer ()));

  gsize size = 0;
  const guint8 *data = g_bytes_get_data (built->bytes, &size);
  for (gsize at = 0; at < size; at += size / 7 + 1)
    {
      guint8 *changed = g_memdup2 (data, size);
      changed[at] ^= 1;
      g_autoptr (GBytes) bytes = g_bytes_new_take (changed, size);
      g_assert_false (verifies (bytes));
    }
}

static void
check_tag (GPtrArray *signers, const FuzzPart *part)
{
  g_autoptr (GBytes) bytes = g_bytes_new (part->text, part->size);
  g_auto (NaruTag) tag = { 0 };

  if (!naru_tag_read (&tag, bytes))
    return;
  g_assert_cmpuint (tag.signed_size + tag.signature_size, ==, part->size);
  g_assert_null (strchr (tag.name, '\n'));
  g_autofree char *seq = naru_tag_get_trailer (&tag, "Naru-Seq");
  if (seq != NULL)
    g_assert_null (strchr (seq, '\n'));
  g_autofree char *key = naru_tag_verify (&tag, bytes);
  if (signers != NULL)
    check_due (signers, &tag, key);
  check_rebuilt (&tag);
}

/* The same bytes as a signature of the other text: for git and for nothing else */
static void
check_signature (const FuzzPart *signature, const FuzzPart *text)
{
  g_autofree char *key = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  if (!naru_signature_verify (signature->text, NARU_SIGNATURE_GIT, text->text, text->size, &key, &error))
    {
      fuzz_check_error (error);
      g_assert_null (key);
      return;
    }
  g_autofree char *fingerprint = naru_key_fingerprint (key);
  g_assert_nonnull (fingerprint);
  g_assert_false (naru_signature_verify (signature->text, "file", text->text, text->size, &other, NULL));
  g_assert_false (
      naru_signature_verify (signature->text, NARU_SIGNATURE_GIT, text->text, text->size + 1, &other, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (fuzz_part (parts, 0)->text, &error);

  if (signers == NULL)
    fuzz_check_error (error);
  check_tag (signers, fuzz_part (parts, 1));
  check_signature (fuzz_part (parts, 1), fuzz_part (parts, 0));
  return 0;
}
