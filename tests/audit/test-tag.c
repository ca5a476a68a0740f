/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit.h"

#include <glib/gstdio.h>
#include <string.h>

/* Signatures and tags, read again: what was made here and by ssh-keygen holds, and with any other byte it
 * does not. */

static NaruObject *
make_tag (NaruSigner *signer, const char *name)
{
  NaruTag tag = {
    .name = (char *) name,
    .tagger = (char *) "김민지",
    .tagger_email = (char *) "MGK-PER-2026-00001@naru",
    .time = { 1790000000, 540 },
    .message = (char *) "seal-2026-07: seal of Magok\n\nText: no trailer\n\nNaru-Seq: 7\nNaru-Via: cli\n"
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (naru_oid_from_hex ("0123456789abcdef0123456789abcdef01234567", &tag.commit));
  NaruObject *object = naru_tag_build (&tag, signer, &error);
  g_assert_no_error (error);
  return object;
}

static void
test_again (void)
{
  g_autoptr (NaruSigner) signer = naru_signer_generate (NULL);
  g_autoptr (NaruObject) object = make_tag (signer, "seal-2026-07");
  g_autoptr (NaruObject) second = make_tag (signer, "seal-2026-07");
  g_auto (NaruTag) tag = { 0 };

  g_assert_true (naru_oid_equal (&object->oid, &second->oid));
  g_assert_true (naru_tag_read (&tag, object->bytes));
  g_autofree char *key = naru_tag_verify (&tag, object->bytes);
  g_autofree char *seq = naru_tag_get_trailer (&tag, "Naru-Seq");
  g_autofree char *none = naru_tag_get_trailer (&tag, "Text");
  g_assert_cmpstr (key, ==, naru_signer_get_key (signer));
  g_assert_cmpstr (seq, ==, "7");
  g_assert_null (none);
  g_assert_cmpstr (tag.tagger, ==, "김민지");
  g_assert_cmpint (tag.time.seconds, ==, 1790000000);
  g_assert_cmpint (tag.time.offset_minutes, ==, 540);
  NaruTag forged = { .name = (char *) "x",
                     .tagger = (char *) "a\nb",
                     .tagger_email = (char *) "c",
                     .message = (char *) "" };
  g_assert_null (naru_tag_build (&forged, signer, NULL));
}

/* Each byte changed, each byte left out, each length: nothing is verified, and nothing breaks. */
static void
test_changed (void)
{
  g_autoptr (NaruSigner) signer = naru_signer_generate (NULL);
  g_autoptr (NaruObject) object = make_tag (signer, "seal-2026-07");
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (object->bytes, &size);

  for (gsize at = 0; at < size; at++)
    for (guint way = 0; way < 3; way++)
      {
        g_autoptr (GByteArray) copy = g_byte_array_new ();
        g_auto (NaruTag) tag = { 0 };
        g_byte_array_append (copy, data, (guint) size);
        if (way == 0)
          copy->data[at] ^= 1 + at % 7;
        else if (way == 1)
          g_byte_array_remove_index (copy, (guint) at);
        else
          g_byte_array_set_size (copy, (guint) at);
        g_autoptr (GBytes) bytes = g_bytes_new (copy->data, copy->len);
        if (!naru_tag_read (&tag, bytes))
          continue;
        g_autofree char *key = naru_tag_verify (&tag, bytes);
        /* but the line breaks of base64, and what follows the last line */
        if (key != NULL && at < tag.signed_size)
          g_error ("way %u: byte %" G_GSIZE_FORMAT " of the text does not count", way, at);
        if (key != NULL)
          g_assert_cmpstr (key, ==, naru_signer_get_key (signer));
      }
}

static void
test_by_ssh_keygen (void)
{
  static const char text[] = "what is signed\n";
  g_autofree char *folder = g_dir_make_tmp ("naru-tag-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "text", NULL);
  g_autofree char *key_file = g_build_filename (folder, "key", NULL);
  g_autofree char *command = g_strdup_printf (
      "cd '%s' && ssh-keygen -q -t ed25519 -N '' -C c -f key && for hash in sha256 sha512; do rm -f text.sig;"
      " ssh-keygen -q -Y sign -n git -O hashalg=$hash -f key text && mv text.sig $hash; done;"
      " ssh-keygen -q -Y sign -n file -f key text && mv text.sig other;"
      " ssh-keygen -q -t ecdsa -N '' -f ec && ssh-keygen -q -Y sign -n git -f ec text && mv text.sig ecdsa",
      folder);
  const char *argv[] = { "/bin/sh", "-ec", command, NULL };
  g_autofree char *ssh_keygen = g_find_program_in_path ("ssh-keygen");
  int status = 0;

  if (ssh_keygen == NULL)
    {
      g_test_skip ("ssh-keygen is not installed");
      return;
    }
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_autoptr (NaruSigner) signer = naru_signer_load (key_file, "key", NULL);
  for (const char *const *name = (const char *const[]){ "sha256", "sha512", "other", "ecdsa", NULL };
       *name != NULL; name++)
    {
      g_autofree char *path = g_build_filename (folder, *name, NULL);
      g_autofree char *signature = NULL;
      gsize size = 0;
      g_assert_true (g_file_get_contents (path, &signature, &size, NULL));
      g_autofree char *key = NULL;
      g_autofree char *wrong = NULL;
      /* there is one form of a signature only, and that hashes with SHA-512 */
      gboolean good = naru_signature_verify (signature, "git", text, strlen (text), &key, NULL);
      g_assert_cmpint (good, ==, g_str_equal (*name, "sha512"));
      g_assert_cmpstr (key, ==, good ? naru_signer_get_key (signer) : NULL);
      g_assert_false (naru_signature_verify (signature, "git", text, strlen (text) - 1, &wrong, NULL));
      g_assert_null (wrong);
    }
  g_autofree char *remove = g_strdup_printf ("rm -r '%s'", folder);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
}

static void
test_addresses (void)
{
  static const char *const good[] = { "https://example.com/x.git",
                                      "https://example.com:8443/a/b",
                                      "ssh://git@example.com/x.git",
                                      "ssh://example.com:22/x",
                                      "git@example.com:office/x.git",
                                      "example.com:x.git",
                                      "/srv/mirror.git" };
  static const char *const bad[] = { "",
                                     "-x",
                                     "http://example.com/x",
                                     "git://example.com/x",
                                     "ext::sh -c id",
                                     "https://user@example.com/x",
                                     "https://user:secret@example.com/x",
                                     "https://example.com/x?token=1",
                                     "https://example.com/x#y",
                                     "ssh://user:secret@example.com/x",
                                     "user:secret@example.com:x",
                                     "ssh://-oProxyCommand=id/x",
                                     "git@-oProxyCommand=id:x",
                                     "https://example.com",
                                     "https:///x",
                                     "https://exa mple.com/x",
                                     "ssh://git@example.com/x\ny",
                                     "fd::17",
                                     "file://host/x" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *url = naru_mirror_check_url (good[i], &error);
      g_assert_no_error (error);
      g_assert_cmpstr (url, ==, good[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *url = naru_mirror_check_url (bad[i], &error);
      if (url != NULL)
        g_error ("taken: %s", bad[i]);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_null (strstr (error->message, "secret"));
    }
  g_autofree char *path = naru_mirror_check_url ("file:///srv/../x", NULL);
  g_assert_cmpstr (path, ==, "/x");
}

static void
test_names (void)
{
  static const char *const good[] = { "refs/tags/seal-2026-07", "refs/tags/seal-x",
                                      "refs/naru/timestamps/seal-2026-07" };
  static const char *const bad[] = { "refs/tags/seal-",
                                     "refs/tags/seal-../x",
                                     "refs/tags/seal-x/y",
                                     "refs/tags/seal-X",
                                     "refs/tags/seal-x.lock",
                                     "refs/tags/v1",
                                     "refs/heads/seal-x",
                                     "refs/tags/../seal-x",
                                     "refs/naru/mirrors/seal-x",
                                     "refs/naru/timestamps/x",
                                     "seal-x",
                                     "" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (naru_ref_is_ours (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (naru_ref_is_ours (bad[i]));
}

static void
note (const char *text, gpointer user_data)
{
  g_string_append (user_data, text);
}

/* A program that goes wrong in each way that there is */
static void
test_programs (void)
{
  static const struct
  {
    const char *script;
    NaruProgramEnd end;
    int status;
  } cases[] = {
    { "echo out; echo err >&2", NARU_PROGRAM_ENDED, 0 },
    { "echo 'fatal: why' >&2; exit 3", NARU_PROGRAM_ENDED, 3 },
    { "kill -9 $$", NARU_PROGRAM_ENDED, -1 },
    { "sleep 100 & sleep 100", NARU_PROGRAM_STUCK, -1 },
    { "exec >&- 2>&-; sleep 100", NARU_PROGRAM_STUCK, -1 },
    { "while :; do echo x >&2; sleep 0.1; done", NARU_PROGRAM_STUCK, -1 },
    { "yes", NARU_PROGRAM_TALKATIVE, -1 },
    { "cat", NARU_PROGRAM_ENDED, 0 },
    { "head -c 200000 /dev/zero >$FILE; test $(wc -c <$FILE) -le 4096", NARU_PROGRAM_ENDED, 0 },
  };
  g_autofree char *file = g_build_filename (g_get_user_data_dir (), "file", NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_setenv ("FILE", file, TRUE);
  g_setenv ("GIT_DIR", "/nowhere", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *argv[] = { "sh", "-c", cases[i].script, NULL };
      g_autoptr (GString) told = g_string_new (NULL);
      NaruProgram program = { .argv = argv,
                              .seconds = 1,
                              .total_seconds = 2,
                              .output_max = 1000,
                              .file_max = 4096,
                              .told = note,
                              .user_data = told };
      g_auto (NaruProgramResult) result = { 0 };
      g_test_message ("%s", cases[i].script);
      naru_program_run (&program, &result);
      g_assert_cmpint (result.end, ==, cases[i].end);
      g_assert_cmpint (result.status, ==, cases[i].status);
      g_assert_cmpint (naru_program_succeeded (&result), ==, cases[i].status == 0);
      if (i == 0)
        {
          g_assert_cmpstr (result.output, ==, "out\n");
          g_assert_cmpstr (told->str, ==, "err\n");
        }
      g_autofree char *line = naru_program_last_line (&result);
      if (i == 1)
        g_assert_cmpstr (line, ==, "why");
    }
  const char *absent[] = { "no-program-of-this-name", NULL };
  g_auto (NaruProgramResult) result = { 0 };
  naru_program_run (&(NaruProgram){ .argv = absent, .seconds = 1 }, &result);
  g_assert_cmpint (result.end, ==, NARU_PROGRAM_ABSENT);
  g_assert_false (naru_program_succeeded (&result));

  const char *environment[] = { "sh", "-c",
                                "test -z \"$GIT_DIR\" && test \"$GIT_TERMINAL_PROMPT\" = 0 && ! test -t 0",
                                NULL };
  g_auto (NaruProgramResult) asked = { 0 };
  naru_program_run (&(NaruProgram){ .argv = environment, .seconds = 5 }, &asked);
  g_assert_true (naru_program_succeeded (&asked));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tag/again", test_again);
  g_test_add_func ("/tag/changed", test_changed);
  g_test_add_func ("/tag/by-ssh-keygen", test_by_ssh_keygen);
  g_test_add_func ("/mirror/addresses", test_addresses);
  g_test_add_func ("/refs/names", test_names);
  g_test_add_func ("/program", test_programs);
  return g_test_run ();
}
