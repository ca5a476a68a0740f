/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-ssh-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* keys/allowed_signers: what ssh-keygen and git read, in the one form in which we write it. */
#define HEAD                                                                                                 \
  "# Who signed the commits of this history, and when: git -c gpg.ssh.allowedSignersFile=… verify-commit\n"
#define SECONDS_PER_DAY 86400

static void
signer_clear (gpointer data)
{
  NaruAllowedSigner *signer = data;

  g_free (signer->principal);
  g_free (signer->key);
  g_free (signer);
}

/* "YYYYMMDDhhmmssZ"; without the Z each reader would take it for a time of their own zone */
static void
append_time (GString *text, const char *name, gint64 seconds)
{
  int year, month, day;
  int of_day = (int) (seconds % SECONDS_PER_DAY);

  naru_date_get ((NaruDate) (seconds / SECONDS_PER_DAY), &year, &month, &day);
  g_string_append_printf (text, ",%s=\"%04d%02d%02d%02d%02d%02dZ\"", name, year, month, day, of_day / 3600,
                          of_day / 60 % 60, of_day % 60);
}

static gboolean
skip (const char **at, const char *words)
{
  if (!g_str_has_prefix (*at, words))
    return FALSE;
  *at += strlen (words);
  return TRUE;
}

static gboolean
take_time (const char **at, const char *name, gint64 *seconds)
{
  const char *from = *at;
  char text[] = "YYYY-MM-DDThh:mm:ssZ";
  NaruTime time;

  *seconds = 0;
  if (!skip (&from, ",") || !skip (&from, name) || !skip (&from, "=\""))
    return FALSE;
  for (char *to = text; *to != '\0'; to++)
    if (g_ascii_isalpha (*to) && *to != 'T' && *to != 'Z')
      {
        if (!g_ascii_isdigit (*from))
          return FALSE;
        *to = *from++;
      }
  if (!skip (&from, "Z\"") || !naru_time_parse (text, &time, NULL))
    return FALSE;
  *seconds = time.seconds;
  *at = from;
  return TRUE;
}

static gboolean
is_key (const char *key)
{
  g_autofree char *fingerprint = naru_key_fingerprint (key);

  return fingerprint != NULL;
}

static gboolean
parse_line (const char *line, GPtrArray *signers)
{
  const char *blank = strchr (line, ' ');
  const char *at = blank;
  gint64 from, until;

  if (blank == NULL || blank == line || !skip (&at, " namespaces=\"git\"") ||
      !take_time (&at, "valid-after", &from))
    return FALSE;
  take_time (&at, "valid-before", &until);
  if (!skip (&at, " ") || !is_key (at))
    return FALSE;
  g_autofree char *principal = g_strndup (line, (gsize) (blank - line));
  naru_allowed_signers_add (signers, principal, at, from);
  NaruAllowedSigner *signer = g_ptr_array_index (signers, signers->len - 1);
  signer->until = until;
  return TRUE;
}

/**
 * naru_allowed_signers_parse: (skip)
 * @text: (nullable): what naru_allowed_signers_to_text() made; %NULL reads like an empty one
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type NaruAllowedSigner): the keys, the oldest first; %NULL
 * with %NARU_ERROR_BROKEN
 */
GPtrArray *
naru_allowed_signers_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) signers = g_ptr_array_new_with_free_func (signer_clear);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i][0] == '\0' || lines[i][0] == '#' || parse_line (lines[i], signers))
        continue;
      naru_set_error (error, NARU_ERROR_BROKEN, "keys/allowed_signers", (gint64) i + 1,
                      _ ("Compare the office with its last backup."),
                      _ ("The list of the keys that sign is damaged."));
      return NULL;
    }
  return g_steal_pointer (&signers);
}

/**
 * naru_allowed_signers_to_text: (skip)
 * @signers: (element-type NaruAllowedSigner): keys
 *
 * Returns: (transfer full): the file, as the option gpg.ssh.allowedSignersFile of git reads it
 */
char *
naru_allowed_signers_to_text (GPtrArray *signers)
{
  GString *text = g_string_new (HEAD);

  for (guint i = 0; i < signers->len; i++)
    {
      const NaruAllowedSigner *signer = g_ptr_array_index (signers, i);
      g_string_append (text, signer->principal);
      g_string_append (text, " namespaces=\"git\"");
      append_time (text, "valid-after", signer->from);
      if (signer->until != 0)
        append_time (text, "valid-before", signer->until);
      g_string_append_c (text, ' ');
      g_string_append (text, signer->key);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

/**
 * naru_allowed_signers_add: (skip)
 * @signers: (element-type NaruAllowedSigner): keys
 * @principal: address of the one whose key it is
 * @key: "ssh-ed25519 AAAA…"
 * @from: from when on it signs
 */
void
naru_allowed_signers_add (GPtrArray *signers, const char *principal, const char *key, gint64 from)
{
  NaruAllowedSigner *signer = g_new0 (NaruAllowedSigner, 1);

  signer->principal = g_strdup (principal);
  signer->key = g_strdup (key);
  signer->from = from;
  g_ptr_array_add (signers, signer);
}

/**
 * naru_allowed_signer_is_person: (skip)
 * @signer: a line
 *
 * A person's address is a record id at "naru"; that of an office is "office@", its hub, ".naru".
 *
 * Returns: whether the key is that of a person and not of the office
 */
gboolean
naru_allowed_signer_is_person (const NaruAllowedSigner *signer)
{
  return g_str_has_suffix (signer->principal, "@naru");
}

/**
 * naru_allowed_signers_find: (skip)
 * @signers: (element-type NaruAllowedSigner): keys
 * @key: (nullable): a key; %NULL for the one of the office in force
 *
 * Returns: (transfer none) (nullable): its line
 */
NaruAllowedSigner *
naru_allowed_signers_find (GPtrArray *signers, const char *key)
{
  for (guint i = signers->len; i > 0; i--)
    {
      NaruAllowedSigner *signer = g_ptr_array_index (signers, i - 1);
      if (key != NULL ? strcmp (signer->key, key) == 0
                      : signer->until == 0 && !naru_allowed_signer_is_person (signer))
        return signer;
    }
  return NULL;
}

/**
 * naru_allowed_signers_find_person: (skip)
 * @signers: (element-type NaruAllowedSigner): keys
 * @principal: address of a person
 *
 * Returns: (transfer none) (nullable): the line of their key in force
 */
NaruAllowedSigner *
naru_allowed_signers_find_person (GPtrArray *signers, const char *principal)
{
  for (guint i = signers->len; i > 0; i--)
    {
      NaruAllowedSigner *signer = g_ptr_array_index (signers, i - 1);
      if (signer->until == 0 && naru_allowed_signer_is_person (signer) &&
          strcmp (signer->principal, principal) == 0)
        return signer;
    }
  return NULL;
}

/**
 * naru_action_takes_own_key: (skip)
 * @action: as the trailer Naru-Action names it
 *
 * Returns: whether a person who has a key of their own signs it, and not the office
 */
gboolean
naru_action_takes_own_key (const char *action)
{
  static const char *const actions[] = { "approve", "reject", "waive", NULL };

  return g_strv_contains (actions, action);
}

/**
 * naru_allowed_signers_find_due: (skip)
 * @signers: (element-type NaruAllowedSigner): keys/allowed_signers as the commit before has it
 * @author_email: address of the commit's author
 * @action: the commit's Naru-Action
 *
 * The rule of share/doc/KEYS.md: who has a key of their own decides with it, and the office cannot do so in
 * their place; the office signs all else. A key that has ended signs nothing, whatever time a commit names.
 *
 * Returns: (transfer none) (nullable): the line of the key that has to sign; %NULL where the office has none
 */
NaruAllowedSigner *
naru_allowed_signers_find_due (GPtrArray *signers, const char *author_email, const char *action)
{
  NaruAllowedSigner *own =
      naru_action_takes_own_key (action) ? naru_allowed_signers_find_person (signers, author_email) : NULL;

  return own != NULL ? own : naru_allowed_signers_find (signers, NULL);
}
