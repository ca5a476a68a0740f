/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"
#include "worker-fixture.h"

#define SERIAL 7
#define DIGEST_BYTE 0x5a

typedef struct
{
  guint32 version;
  guint64 serial;
  guint8 digest;
  gsize digest_size;
  const char *rule;
  const char *token;
  const char *word;
  const char *detail;
  const char *fields[3];
  const char *en;
  const char *ko;
} Reply;

static const Reply pass = {
  NARU_WORKER_PROTOCOL, SERIAL, DIGEST_BYTE, NARU_DIGEST_SIZE, RULE, "pass", "", "", { NULL }, "", ""
};
static const NaruCheckRequest request = { RULE, "check" };

static GBytes *
pack (const Reply *reply)
{
  guint8 digest[2 * NARU_DIGEST_SIZE];
  g_autoptr (GVariant) value = NULL;

  memset (digest, reply->digest, sizeof digest);
  value = g_variant_ref_sink (
      g_variant_new ("(ut@aysxsss^asss)", reply->version, reply->serial,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, digest, reply->digest_size, 1),
                     reply->rule, (gint64) 12, reply->token, reply->word, reply->detail, reply->fields,
                     reply->en, reply->ko));
  return g_bytes_new (g_variant_get_data (value), g_variant_get_size (value));
}

static gboolean
read_bytes (NaruPlugin *plugin, GBytes *bytes, NaruCheckVerdict *verdict)
{
  NaruExpected expected = { .serial = SERIAL, .rule = RULE };
  gsize size = 0;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  memset (expected.digest.bytes, DIGEST_BYTE, sizeof expected.digest.bytes);
  return naru_verdict_read (verdict, plugin, &request, &expected, data, size);
}

static gboolean
read_reply (const Reply *reply, NaruCheckVerdict *verdict)
{
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  g_autoptr (GBytes) bytes = pack (reply);

  return read_bytes (plugin, bytes, verdict);
}

static void
test_sound (void)
{
  Reply reply = pass;
  g_auto (NaruCheckVerdict) verdict = { 0 };

  g_assert_true (read_reply (&reply, &verdict));
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_PASS);
  g_assert_cmpint (verdict.elapsed_us, ==, 12);

  reply = (Reply){ NARU_WORKER_PROTOCOL,
                   SERIAL,
                   DIGEST_BYTE,
                   NARU_DIGEST_SIZE,
                   RULE,
                   "fail",
                   "",
                   "",
                   { "/a", "/b", NULL },
                   "Wrong\033[2J\n.",
                   "틀림\xe2\x80\xae." };
  g_assert_true (read_reply (&reply, &verdict));
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_FAIL);
  g_assert_cmpstr (verdict.fields[1], ==, "/b");
  /* nothing of it moves a cursor or turns the direction of the text */
  g_assert_cmpstr (verdict.message_en, ==, "Wrong [2J .");
  g_assert_cmpstr (verdict.message_ko, ==, "틀림 .");

  reply = pass;
  reply.token = "error";
  reply.word = "no-verdict";
  g_assert_true (read_reply (&reply, &verdict));
  g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
  g_assert_nonnull (strstr (verdict.error, "good-c"));
  g_assert_nonnull (strstr (verdict.error, "without a verdict"));
  g_assert_nonnull (strstr (verdict.error, "check"));
  g_assert_null (verdict.message_en);
}

/* Each part that is wrong by itself makes it no answer. */
static void
test_false (void)
{
  Reply replies[16];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    replies[i] = pass;
  replies[n++].version = NARU_WORKER_PROTOCOL + 1;
  replies[n++].serial = SERIAL - 1;
  replies[n++].digest = DIGEST_BYTE + 1;
  replies[n++].digest_size = NARU_DIGEST_SIZE - 1;
  replies[n++].digest_size = NARU_DIGEST_SIZE + 1;
  replies[n++].digest_size = 0;
  replies[n++].rule = RULE "-B";
  replies[n++].rule = "";
  replies[n++].token = "Pass";
  replies[n++].token = "waived";
  replies[n++].token = "";
  replies[n++].token = "fail";             /* without a message */
  replies[n++].token = "unknown";          /* without a field */
  replies[n++].en = "Wrong, but it holds"; /* with a message */
  replies[n++].fields[0] = "/a";
  replies[n].token = "unknown";
  replies[n++].fields[0] = "a";
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (replies));

  for (guint i = 0; i < n; i++)
    {
      g_auto (NaruCheckVerdict) verdict = { 0 };
      g_test_message ("%u", i);
      g_assert_false (read_reply (&replies[i], &verdict));
      g_assert_cmpint (verdict.status, ==, NARU_CHECK_ERROR);
    }
}

/* A packet that was cut or changed anywhere is no answer, or still says what fits together. */
static void
test_damaged (void)
{
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");
  Reply reply = pass;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;

  reply.token = "fail";
  reply.fields[0] = "/a";
  reply.en = "Wrong.";
  reply.ko = "틀렸습니다.";
  bytes = pack (&reply);
  size = g_bytes_get_size (bytes);
  for (gsize cut = 0; cut < size; cut++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, cut);
      g_auto (NaruCheckVerdict) verdict = { 0 };
      g_assert_false (read_bytes (plugin, part, &verdict));
    }
  for (gsize i = 0; i < size * 8; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
      g_autoptr (GBytes) flipped = NULL;
      g_auto (NaruCheckVerdict) verdict = { 0 };

      copy[i / 8] ^= (guint8) (1 << i % 8);
      flipped = g_bytes_new (copy, size);
      if (read_bytes (plugin, flipped, &verdict))
        g_assert_cmpint (verdict.status, ==, NARU_CHECK_FAIL);
    }
}

static void
test_random (void)
{
  g_autoptr (NaruPlugin) plugin = load ("good", "good-c");

  for (guint i = 0; i < 20000; i++)
    {
      gsize size = (gsize) g_test_rand_int_range (0, 300);
      g_autofree guint8 *data = g_malloc (size + 1);
      g_autoptr (GBytes) bytes = NULL;
      g_auto (NaruCheckVerdict) verdict = { 0 };

      for (gsize k = 0; k < size; k++)
        data[k] = (guint8) g_test_rand_int_range (0, g_test_rand_bit () ? 256 : 4);
      bytes = g_bytes_new (data, size);
      g_assert_false (read_bytes (plugin, bytes, &verdict));
    }
}

static void
assert_last_line (const char *written, goffset from, const char *expected)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "stderr", NULL);
  g_autofree char *line = NULL;
  int fd = -1;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_data_dir (), 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, written, -1, NULL));
  fd = g_open (path, O_RDONLY | O_CLOEXEC);
  line = naru_wire_read_last_line (fd, from);
  g_assert_cmpstr (line, ==, expected);
  close (fd);
}

/* What is worth telling of all that a plugin wrote. */
static void
test_last_line (void)
{
  static const char traceback[] =
      "Traceback (most recent call last):\n  File \"x.py\", line 1, in judge\nValueError: no\n";
  static const char loader[] =
      "\n(naru-worker:17): libpeas-WARNING **: 13:59:49.569: Failed: undefined symbol: f\n"
      "\n(naru-worker:17): libpeas-WARNING **: 13:59:49.570: Error loading plugin 'naru_x'\n";
  g_autofree char *large = g_strnfill (20000, 'x');

  assert_last_line ("", 0, NULL);
  assert_last_line ("\n\n  \n", 0, NULL);
  assert_last_line (traceback, 0, "ValueError: no");
  assert_last_line (traceback, sizeof traceback - 1, NULL);
  assert_last_line (loader, 0, "Failed: undefined symbol: f");
  assert_last_line ("(naru-worker:17): GLib-ERROR **: ../glib/gmem.c:1: no memory\n**\n", 0,
                    "../glib/gmem.c:1: no memory");
  assert_last_line ("bad \xff byte", 0, "bad \xef\xbf\xbd byte");
  large[0] = 'y';
  g_autofree char *cut = g_strnfill (400, 'x');
  assert_last_line (large, 0, cut);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/wire/sound", test_sound);
  g_test_add_func ("/wire/false", test_false);
  g_test_add_func ("/wire/damaged", test_damaged);
  g_test_add_func ("/wire/random", test_random);
  g_test_add_func ("/wire/last-line", test_last_line);
  return g_test_run ();
}
