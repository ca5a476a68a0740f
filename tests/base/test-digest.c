/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

/* The first two are what "printf '' | b2sum -l 256" and "printf abc | b2sum -l 256" print. */
static void
test_digest (void)
{
  static const char *const rows[][2] = {
    { "", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
    { "abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NaruDigest digest, again;
      char hex[2 * NARU_DIGEST_SIZE + 1];
      naru_digest_compute (rows[i][0], strlen (rows[i][0]), &digest);
      naru_digest_to_hex (&digest, hex);
      g_assert_cmpstr (hex, ==, rows[i][1]);
      g_assert_true (naru_digest_from_hex (hex, &again));
      g_assert_cmpmem (&digest, sizeof digest, &again, sizeof again);
    }
}

static void
test_pieces (void)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  for (gsize piece = 1; piece <= 1000; piece += 111)
    {
      g_autoptr (NaruDigester) digester = naru_digester_new ();
      NaruDigest whole, joined;

      for (gsize at = 0; at < 1000; at += piece)
        naru_digester_add (digester, text + at, MIN (piece, 1000 - at));
      naru_digester_end (digester, &joined);
      naru_digest_compute (text, 1000, &whole);
      g_assert_cmpmem (&joined, sizeof joined, &whole, sizeof whole);
    }
}

/* What "git hash-object -t <type> --stdin" prints; the first three are git's well-known empty and "hello"
 * objects. */
static void
test_oid (void)
{
  static const char *const rows[][3] = {
    { "blob", "", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" },
    { "tree", "", "4b825dc642cb6eb9a060e54bf8d69288fbee4904" },
    { "blob", "hello\n", "ce013625030ba8dba906f756967f9e9ca394464a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NaruOid oid, again;
      char hex[2 * NARU_OID_SIZE + 1];
      naru_oid_compute (rows[i][0], rows[i][1], strlen (rows[i][1]), &oid);
      naru_oid_to_hex (&oid, hex);
      g_assert_cmpstr (hex, ==, rows[i][2]);
      g_assert_true (naru_oid_from_hex (hex, &again));
      g_assert_true (naru_oid_equal (&oid, &again));
      g_assert_false (naru_oid_is_zero (&oid));
      again.bytes[NARU_OID_SIZE - 1] ^= 1;
      g_assert_false (naru_oid_equal (&oid, &again));
    }
}

static void
test_bytes (void)
{
  static const char with_nul[] = "a\0b";
  NaruOid one, other, none;

  naru_oid_compute ("blob", with_nul, 3, &one);
  naru_oid_compute ("blob", "a", 1, &other);
  g_assert_false (naru_oid_equal (&one, &other));
  naru_oid_compute ("blob", NULL, 0, &none);
  naru_oid_compute ("blob", "", 0, &other);
  g_assert_true (naru_oid_equal (&none, &other));
}

static void
test_hex_refuses (void)
{
  static const char *const rows[] = { "",
                                      "e69de29bb2d1d6434b8b29ae775ad8c2e48c539",
                                      "e69de29bb2d1d6434b8b29ae775ad8c2e48c53911",
                                      "E69DE29BB2D1D6434B8B29AE775AD8C2E48C5391",
                                      "e69de29bb2d1d6434b8b29ae775ad8c2e48c539g",
                                      " 69de29bb2d1d6434b8b29ae775ad8c2e48c5391" };
  NaruOid oid;
  NaruDigest digest;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_false (naru_oid_from_hex (rows[i], &oid));
      g_assert_false (naru_digest_from_hex (rows[i], &digest));
    }
  g_assert_false (naru_oid_from_hex (NULL, &oid));
  g_assert_true (naru_oid_from_hex ("0000000000000000000000000000000000000000", &oid));
  g_assert_true (naru_oid_is_zero (&oid));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/digest/blake2b", test_digest);
  g_test_add_func ("/digest/pieces", test_pieces);
  g_test_add_func ("/digest/oid", test_oid);
  g_test_add_func ("/digest/bytes", test_bytes);
  g_test_add_func ("/digest/hex/refuses", test_hex_refuses);
  return g_test_run ();
}
