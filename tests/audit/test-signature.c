/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"
#include "naru-ssh-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Held against ssh-keygen and git themselves: what they write is read, what is written they read, and an
 * Ed25519 signature has one form only, so theirs and ours must be the same bytes. */

#define PRINCIPAL "office@example.kr"

static char *folder;

/* Runs a shell command in the test's folder. Returns: its output, or NULL where it failed */
static char *
try_shell (const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  char *output = NULL;
  int status;
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *command = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  g_spawn_sync (folder, (char **) argv, NULL, 0, NULL, NULL, &output, &errors, &status, &error);
  g_assert_no_error (error);
  if (g_spawn_check_wait_status (status, NULL))
    return output;
  g_test_message ("%s: %s%s", command, output, errors);
  g_free (output);
  return NULL;
}

#define shell(...)                                                                                           \
  ({                                                                                                         \
    char *text_ = try_shell (__VA_ARGS__);                                                                   \
    g_assert_nonnull (text_);                                                                                \
    text_;                                                                                                   \
  })
#define shell_quietly(...) g_free (shell (__VA_ARGS__))

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static NaruSigner *
load (const char *name)
{
  g_autofree char *path = path_of (name);
  g_autoptr (GError) error = NULL;
  NaruSigner *signer = naru_signer_load (path, "keys/office", &error);

  g_assert_no_error (error);
  return signer;
}

static NaruSigner *
make (const char *name)
{
  g_autofree char *path = path_of (name);
  g_autoptr (GError) error = NULL;
  NaruSigner *signer = naru_signer_generate (&error);

  g_assert_no_error (error);
  naru_signer_save (signer, path, PRINCIPAL, &error);
  g_assert_no_error (error);
  return signer;
}

static void
put (const char *name, const char *text, gssize size)
{
  g_autofree char *path = path_of (name);

  g_assert_true (g_file_set_contents (path, text, size, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
}

static void
test_made_here (void)
{
  g_autoptr (NaruSigner) signer = make ("made");
  g_autoptr (NaruSigner) again = load ("made");
  g_autofree char *path = path_of ("made");
  g_autofree char *public_key = shell ("ssh-keygen -y -f made");
  g_autofree char *public_file = shell ("cat made.pub");
  g_autofree char *listed = shell ("ssh-keygen -l -f made | cut -d' ' -f2");
  g_autofree char *fingerprint = naru_key_fingerprint (naru_signer_get_key (signer));
  struct stat info;

  g_assert_cmpstr (public_key, ==, public_file);
  g_assert_true (g_str_has_prefix (public_key, naru_signer_get_key (signer)));
  g_assert_true (g_str_has_suffix (public_key, " " PRINCIPAL "\n"));
  g_assert_cmpstr (naru_signer_get_key (again), ==, naru_signer_get_key (signer));
  g_assert_cmpstr (g_strchomp (listed), ==, fingerprint);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  /* ssh-keygen may write the file anew, with a passphrase and without */
  shell_quietly ("ssh-keygen -q -p -P '' -N secret -f made && ssh-keygen -q -p -P secret -N '' -f made");
  g_autoptr (NaruSigner) rewritten = load ("made");
  g_assert_cmpstr (naru_signer_get_key (rewritten), ==, naru_signer_get_key (signer));
}

/* Comments of every length make every length of padding. */
static void
test_made_by_ssh_keygen (void)
{
  for (guint i = 0; i < 12; i++)
    {
      shell_quietly ("ssh-keygen -q -t ed25519 -N '' -C '%.*s' -f theirs-%u", (int) i, "a comment of it", i);
      g_autofree char *name = g_strdup_printf ("theirs-%u", i);
      g_autofree char *public_key = shell ("cut -d' ' -f1,2 theirs-%u.pub", i);
      g_autoptr (NaruSigner) signer = load (name);
      g_assert_cmpstr (naru_signer_get_key (signer), ==, g_strchomp (public_key));
    }
}

static void
test_same_bytes (void)
{
  static const gsize sizes[] = { 0, 1, 111, 112, 127, 128, 129, 5000, 1 << 20 };
  g_autoptr (NaruSigner) signer = make ("same");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_malloc (sizes[i] + 1);
      for (gsize j = 0; j < sizes[i]; j++)
        text[j] = (char) (j * 31 + i);
      put ("text", text, (gssize) sizes[i]);
      g_autofree char *theirs =
          shell ("rm -f text.sig; ssh-keygen -q -Y sign -n git -f same text && cat text.sig");
      g_autofree char *ours = naru_signer_sign (signer, text, sizes[i], NULL);
      g_autofree char *again = naru_signer_sign (signer, text, sizes[i], NULL);
      g_assert_cmpstr (ours, ==, theirs);
      g_assert_cmpstr (ours, ==, again);
    }
}

static void
assert_not_verified (const char *signature, const char *name_space, const char *text, NaruError code)
{
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_signature_verify (signature, name_space, text, strlen (text), &key, &error));
  if (code != NARU_ERROR_FAILED)
    g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_null (key);
}

/* What ssh-keygen signs is found good, with its key; nothing else is. */
static void
test_verify (void)
{
  g_autoptr (NaruSigner) signer = make ("verify");
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  put ("text", "decided\n", 8);
  g_autofree char *signature =
      shell ("rm -f text.sig; ssh-keygen -q -Y sign -n git -f verify text && cat text.sig");
  g_assert_true (naru_signature_verify (signature, "git", "decided\n", 8, &key, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (key, ==, naru_signer_get_key (signer));
  assert_not_verified (signature, "git", "decided", NARU_ERROR_BROKEN);
  assert_not_verified (signature, "file", "decided\n", NARU_ERROR_INVALID);
  assert_not_verified ("", "git", "decided\n", NARU_ERROR_INVALID);

  for (gsize i = 0; signature[i] != '\0'; i++)
    {
      g_autofree char *altered = g_strdup (signature);
      altered[i] = altered[i] == 'A' ? 'B' : 'A';
      assert_not_verified (altered, "git", "decided\n", NARU_ERROR_FAILED);
      altered[i] = '\0';
      assert_not_verified (altered, "git", "decided\n", NARU_ERROR_INVALID);
    }

  /* the same bytes in other lines */
  g_autofree char *longer = g_strconcat (signature, "\n", NULL);
  assert_not_verified (longer, "git", "decided\n", NARU_ERROR_INVALID);
  g_auto (GStrv) lines = g_strsplit (signature, "\n", -1);
  g_autofree char *joined = g_strjoinv ("\r\n", lines);
  assert_not_verified (joined, "git", "decided\n", NARU_ERROR_INVALID);

  g_autofree char *other_kind = shell ("rm -f text.sig ecdsa*; ssh-keygen -q -t ecdsa -N '' -f ecdsa;"
                                       " ssh-keygen -q -Y sign -n git -f ecdsa text && cat text.sig");
  assert_not_verified (other_kind, "git", "decided\n", NARU_ERROR_INVALID);
  g_autofree char *own = naru_signer_sign_for (signer, "naru-verify", "decided\n", 8, NULL);
  put ("text.sig", own, -1);
  g_autofree char *said = shell ("ssh-keygen -Y check-novalidate -n naru-verify -s text.sig <text");
  g_assert_nonnull (strstr (said, "Good"));
}

static void
put_signers (NaruSigner *signer, gint64 from, gint64 until)
{
  g_autoptr (GPtrArray) signers = naru_allowed_signers_parse (NULL, NULL);

  naru_allowed_signers_add (signers, PRINCIPAL, naru_signer_get_key (signer), from);
  ((NaruAllowedSigner *) g_ptr_array_index (signers, 0))->until = until;
  g_autofree char *text = naru_allowed_signers_to_text (signers);
  put ("signers", text, -1);
}

static gboolean
verifies (const char *zone, const char *text, const char *time)
{
  g_autofree char *said = try_shell ("TZ=%s ssh-keygen -Y verify -n git -f signers -I " PRINCIPAL
                                     " -s text.sig -Overify-time=%s <%s",
                                     zone, time, text);
  return said != NULL;
}

static void
test_verified (void)
{
  static const char *const zones[] = { "UTC", "Asia/Seoul", "America/St_Johns" };
  g_autoptr (NaruSigner) signer = make ("verified");
  g_autoptr (NaruSigner) stranger = make ("stranger");
  g_autofree char *signature = naru_signer_sign (signer, "decided\n", 8, NULL);

  put ("text", "decided\n", 8);
  put ("other", "decided!\n", 9);
  put ("text.sig", signature, -1);
  put_signers (signer, 1790000000, 1790003600); /* 2026-09-21 14:13:20 .. 15:13:20 UTC */
  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_assert_true (verifies (zones[i], "text", "20260921141320Z"));
      g_assert_true (verifies (zones[i], "text", "20260921151320Z"));
      g_assert_false (verifies (zones[i], "text", "20260921141319Z"));
      g_assert_false (verifies (zones[i], "text", "20260921151321Z"));
      g_assert_false (verifies (zones[i], "other", "20260921143000Z"));
    }
  put_signers (stranger, 1790000000, 0);
  g_assert_false (verifies ("UTC", "text", "20260921143000Z"));
}

static NaruOid
build_two (History *history, NaruSigner *signer)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (NaruEntry) entry = history_begin (i == 0 ? "office: init" : "deal: 특허로");
      g_autoptr (GPtrArray) objects = NULL;
      history->signer = signer;
      history_put_text (entry, "records/a.json", "{%u}\n", i);
      objects = history_build (history, entry);
      history_publish (history, objects);
    }
  return history->head;
}

/* git signs the same tree, people, times and message: it must come to the same commit. */
static void
test_as_git_signs (void)
{
  g_autoptr (History) history = history_new ();
  g_autoptr (NaruSigner) signer = make ("git");
  NaruOid head = build_two (history, signer);
  g_autofree char *git = history_path (history, "audit.git");
  g_autofree char *key = path_of ("git");
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&head, hex);
  put_signers (signer, 1790000007, 0);
  g_autofree char *made =
      shell ("export GIT_DIR='%s' GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null;"
             " GIT_AUTHOR_NAME='김나루' GIT_AUTHOR_EMAIL=naru@example.kr GIT_AUTHOR_DATE='1790000000 +0900'"
             " GIT_COMMITTER_NAME='Magok Office' GIT_COMMITTER_EMAIL=" PRINCIPAL
             " GIT_COMMITTER_DATE='1790000007 -0330';"
             " export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE;"
             " export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE;"
             " git log -1 --format=%%B | sed '$d' |"
             " git -c gpg.format=ssh -c user.signingkey='%s' commit-tree -S -p HEAD~1 'HEAD^{tree}'",
             git, key);
  g_assert_cmpstr (g_strchomp (made), ==, hex);
  shell_quietly (
      "for c in $(git --git-dir='%s' rev-list HEAD); do"
      " git --git-dir='%s' -c gpg.ssh.allowedSignersFile=\"$PWD/signers\" verify-commit $c || exit 1;"
      " done; git --git-dir='%s' fsck --strict",
      git, git, git);
  g_autofree char *shown =
      shell ("git --git-dir='%s' -c gpg.ssh.allowedSignersFile=\"$PWD/signers\" log --format='%%G? %%GS'",
             git);
  g_assert_cmpstr (shown, ==, "G " PRINCIPAL "\nG " PRINCIPAL "\n");
}

static void
test_deterministic (void)
{
  g_autoptr (NaruSigner) signer = make ("first");
  g_autoptr (NaruSigner) copy = load ("first");
  g_autoptr (NaruSigner) other = make ("second");
  NaruSigner *const signers[] = { signer, copy, other, NULL };
  NaruOid heads[G_N_ELEMENTS (signers)];

  for (guint i = 0; i < G_N_ELEMENTS (signers); i++)
    {
      g_autoptr (History) history = history_new ();
      heads[i] = build_two (history, signers[i]);
    }
  g_assert_true (naru_oid_equal (&heads[0], &heads[1]));
  g_assert_false (naru_oid_equal (&heads[0], &heads[2]));
  g_assert_false (naru_oid_equal (&heads[0], &heads[3]));
}

static void
assert_refused (const char *name, NaruError code, const char *words)
{
  g_autofree char *path = path_of (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruSigner) signer = naru_signer_load (path, "keys/office", &error);

  g_assert_null (signer);
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (naru_error_get_cure (error));
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in: %s", words, error->message);
}

static void
test_refused_files (void)
{
  static const mode_t modes[] = { 0644, 0640, 0660, 0400, 0700, 0601, 04600 };
  g_autoptr (NaruSigner) signer = make ("refused");
  g_autofree char *path = path_of ("refused");

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_assert_cmpint (g_chmod (path, modes[i]), ==, 0);
      assert_refused ("refused", NARU_ERROR_IO, "mode");
    }
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  shell_quietly (
      "ln -s refused link; mkfifo -m 600 pipe; mkdir -m 600 dir; : >empty; chmod 600 empty;"
      " head -c 20000 /dev/zero >large; chmod 600 large; cp refused.pub public; chmod 600 public;"
      " ssh-keygen -q -t ed25519 -N secret -f locked; ssh-keygen -q -t ecdsa -N '' -f ecdsa;"
      " ssh-keygen -q -t rsa -b 2048 -N '' -f rsa; ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f pem");
  assert_refused ("absent", NARU_ERROR_NOT_FOUND, "absent");
  assert_refused ("link", NARU_ERROR_IO, "link");
  assert_refused ("pipe", NARU_ERROR_INVALID, "no private key");
  assert_refused ("dir", NARU_ERROR_INVALID, "no private key");
  assert_refused ("large", NARU_ERROR_INVALID, "no private key");
  assert_refused ("empty", NARU_ERROR_INVALID, "damaged");
  assert_refused ("public", NARU_ERROR_INVALID, "damaged");
  assert_refused ("locked", NARU_ERROR_INVALID, "passphrase");
  assert_refused ("ecdsa", NARU_ERROR_INVALID, "Ed25519");
  assert_refused ("rsa", NARU_ERROR_INVALID, "Ed25519");
  assert_refused ("pem", NARU_ERROR_INVALID, "no private key");
}

/* A damaged file is refused or, where only its comment is hurt, gives the same key: never another one. */
static void
test_damaged (void)
{
  g_autoptr (NaruSigner) signer = make ("whole");
  g_autofree char *path = path_of ("whole");
  g_autofree char *bad = path_of ("damaged");
  g_autofree char *text = NULL;
  gsize size;
  guint n_loaded = 0;

  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  for (gsize i = 0; i < 2 * size; i++)
    {
      g_autofree char *copy = g_memdup2 (text, size + 1);
      if (i < size)
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
      put ("damaged", copy, (gssize) (i < size ? size : i - size));
      g_autoptr (NaruSigner) loaded = naru_signer_load (bad, NULL, NULL);
      if (loaded == NULL)
        continue;
      n_loaded++;
      g_assert_cmpstr (naru_signer_get_key (loaded), ==, naru_signer_get_key (signer));
    }
  g_assert_cmpuint (n_loaded, <, 32);
}

static void
test_allowed_signers (void)
{
  static const char good[] = "o@x namespaces=\"git\",valid-after=\"20260921141320Z\" ssh-ed25519 %s\n";
  static const char *const bad[] = {
    "x\n",
    "o@x ssh-ed25519 %s\n",
    "o@x namespaces=\"git\",valid-after=\"20261321141320Z\" ssh-ed25519 %s\n",
    "o@x namespaces=\"git\",valid-after=\"20260921141320\" ssh-ed25519 %s\n",
    "o@x namespaces=\"git\",valid-after=\"20260921141320Z\",cert-authority ssh-ed25519 %s\n",
    "o@x namespaces=\"git\",valid-after=\"20260921141320Z\" ssh-rsa %s\n",
    "o@x namespaces=\"git\",valid-after=\"20260921141320Z\" ssh-ed25519 A%s\n",
    "o@x namespaces=\"git\",valid-after=\"20260921141320Z\" ssh-ed25519 %s more\n",
    " namespaces=\"git\",valid-after=\"20260921141320Z\" ssh-ed25519 %s\n",
  };
  g_autoptr (NaruSigner) signer = naru_signer_generate (NULL);
  const char *base64 = naru_signer_get_key (signer) + strlen ("ssh-ed25519 ");
  g_autoptr (GString) text = g_string_new ("# words\n\n");
  g_autoptr (GPtrArray) signers = NULL;

  g_string_append_printf (text, good, base64);
  signers = naru_allowed_signers_parse (text->str, NULL);
  g_assert_cmpuint (signers->len, ==, 1);
  NaruAllowedSigner *row = naru_allowed_signers_find (signers, NULL);
  g_assert_cmpint (row->from, ==, 1790000000);
  g_assert_true (naru_allowed_signers_find (signers, naru_signer_get_key (signer)) == row);
  row->until = 1790000001;
  g_assert_null (naru_allowed_signers_find (signers, NULL));

  g_autofree char *written = naru_allowed_signers_to_text (signers);
  g_autoptr (GPtrArray) again = naru_allowed_signers_parse (written, NULL);
  g_autofree char *same = naru_allowed_signers_to_text (again);
  g_assert_cmpstr (written, ==, same);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (GStrv) parts = g_strsplit (bad[i], "%s", 2);
      g_autofree char *line = g_strjoinv (base64, parts);
      g_autoptr (GError) error = NULL;
      g_assert_null (naru_allowed_signers_parse (line, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_BROKEN);
      g_assert_cmpint (naru_error_get_line (error), ==, 1);
    }
}

#if !defined(__SANITIZE_ADDRESS__)
#define MASK 0x5a

/* In another process, so that nothing of the key was ever in this one: its seed, masked. */
static void
read_masked (const char *name, guint8 *masked)
{
  int ends[2];
  g_assert_cmpint (pipe (ends), ==, 0);
  pid_t child = fork ();
  if (child == 0)
    {
      g_autoptr (NaruSigner) signer = load (name);
      for (guint i = 0; i < crypto_sign_SEEDBYTES; i++)
        {
          guint8 byte = signer->secret->key[i] ^ MASK;
          if (write (ends[1], &byte, 1) != 1)
            _exit (1);
        }
      _exit (0);
    }
  close (ends[1]);
  for (guint i = 0; i < crypto_sign_SEEDBYTES; i++)
    g_assert_cmpint (read (ends[0], masked + i, 1), ==, 1);
  close (ends[0]);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}

/* How often the first half of the seed stands in the memory of this process. */
static guint
count_in_memory (const guint8 *masked)
{
  FILE *maps = fopen ("/proc/self/maps", "re");
  char line[512];
  guint n_found = 0;

  g_assert_nonnull (maps);
  while (fgets (line, sizeof line, maps) != NULL)
    {
      char *end;
      const guint8 *at = (const guint8 *) g_ascii_strtoull (line, &end, 16);
      const guint8 *last = (const guint8 *) g_ascii_strtoull (end + 1, &end, 16);
      if (end[1] != 'r' || strstr (line, "[v") != NULL)
        continue;
      for (; at + 16 <= last; at++)
        {
          guint same = 0;
          while (same < 16 && (at[same] ^ MASK) == masked[same])
            same++;
          n_found += same == 16;
        }
    }
  fclose (maps);
  return n_found;
}

static void
test_no_trace (void)
{
  g_autofree char *target = path_of ("copy");
  guint8 masked[crypto_sign_SEEDBYTES];

  shell_quietly ("ssh-keygen -q -t ed25519 -N '' -f secret");
  read_masked ("secret", masked);
  g_assert_cmpuint (count_in_memory (masked), ==, 0);
  NaruSigner *signer = load ("secret");
  g_free (naru_signer_sign (signer, "text", 4, NULL));
  g_assert_true (naru_signer_save (signer, target, PRINCIPAL, NULL));
  g_assert_cmpuint (count_in_memory (masked), ==, 1);
  naru_signer_unref (signer);
  g_assert_cmpuint (count_in_memory (masked), ==, 0);
}
#endif

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_autofree char *keygen = g_find_program_in_path ("ssh-keygen");
  if (keygen == NULL)
    {
      g_print ("1..0 # SKIP ssh-keygen is not installed\n");
      return 0;
    }
  folder = g_dir_make_tmp ("naru-signature-XXXXXX", &error);
  g_assert_no_error (error);
  g_test_add_func ("/signature/made-here", test_made_here);
  g_test_add_func ("/signature/made-by-ssh-keygen", test_made_by_ssh_keygen);
  g_test_add_func ("/signature/same-bytes", test_same_bytes);
  g_test_add_func ("/signature/verify", test_verify);
  g_test_add_func ("/signature/verified", test_verified);
  g_test_add_func ("/signature/as-git-signs", test_as_git_signs);
  g_test_add_func ("/signature/deterministic", test_deterministic);
  g_test_add_func ("/signature/refused-files", test_refused_files);
  g_test_add_func ("/signature/damaged", test_damaged);
  g_test_add_func ("/signature/allowed-signers", test_allowed_signers);
#if !defined(__SANITIZE_ADDRESS__)
  g_test_add_func ("/signature/no-trace", test_no_trace);
#endif
  int status = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return status;
}
