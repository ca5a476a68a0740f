/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-ssh-private.h"

/* What comes from outside about keys: the first byte says whether the rest is a private key's file, the list
 * of allowed signers, an armoured signature, or a public key. */

static void
check_private_key (const guint8 *data, gsize size)
{
  g_autofree NaruSecret *secret = g_new0 (NaruSecret, 1);
  g_autofree NaruSecret *again = g_new0 (NaruSecret, 1);
  gboolean locked = FALSE;
  const char *why = NULL;

  if (size > sizeof secret->text)
    return;
  memcpy (secret->text, data, size);
  if (!naru_openssh_read (secret, size, &locked, &why))
    {
      g_assert_nonnull (why);
      return;
    }
  /* one behind a passphrase has no key to compare */
  if (locked)
    return;
  *again = *secret;
  gsize length = naru_openssh_write (again, "a comment");
  g_assert_cmpuint (length, >, 0);
  memset (again->key, 0, sizeof again->key);
  g_assert_true (naru_openssh_read (again, length, &locked, &why));
  g_assert_cmpmem (again->key, sizeof again->key, secret->key, sizeof secret->key);
}

static void
check_signers (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (text, &error);

  if (signers == NULL)
    {
      fuzz_check_error (error);
      g_assert_cmpint (naru_error_get_line (error), >=, 1);
      return;
    }
  g_autofree char *written = naru_allowed_signers_to_text (signers);
  g_autoptr (GPtrArray) again = naru_allowed_signers_parse (written, &error);
  g_assert_no_error (error);
  g_autofree char *same = naru_allowed_signers_to_text (again);
  g_assert_cmpstr (written, ==, same);
  g_assert_cmpuint (again->len, ==, signers->len);
  for (guint i = 0; i < signers->len; i++)
    {
      const NaruAllowedSigner *signer = g_ptr_array_index (signers, i);
      g_autofree char *fingerprint = naru_key_fingerprint (signer->key);
      g_assert_nonnull (fingerprint);
      g_assert_nonnull (naru_allowed_signers_find (signers, signer->key));
    }
}

static void
check_armor (const guint8 *data, gsize size)
{
  guint8 blob[512];
  char text[1024];
  guint8 again[512];
  gsize length = naru_armor_open ("SSH SIGNATURE", (const char *) data, size, blob, sizeof blob);

  g_assert_cmpuint (length, <=, sizeof blob);
  if (length == 0)
    return;
  gsize written = naru_armor ("SSH SIGNATURE", blob, length, text, sizeof text);
  g_assert_cmpuint (naru_armor_open ("SSH SIGNATURE", text, written, again, sizeof again), ==, length);
  g_assert_cmpmem (again, length, blob, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = size > 0 ? g_strndup ((const char *) data + 1, size - 1) : NULL;

  if (size == 0)
    return 0;
  switch (data[0])
    {
    case 'k':
      check_private_key (data + 1, size - 1);
      break;
    case 'l':
      check_signers (text);
      break;
    case 'p':
      {
        g_autofree char *fingerprint = naru_key_fingerprint (text);
        if (fingerprint != NULL)
          g_assert_true (g_str_has_prefix (fingerprint, "SHA256:"));
        break;
      }
    default:
      check_armor (data + 1, size - 1);
      break;
    }
  return 0;
}
