/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-records.h"

/* A sound entry with two files written and one removed, put in the wrong order. */
static NaruEntry *
make_entry (void)
{
  NaruEntry *entry = naru_entry_new ("advance");
  const NaruTime authored = { 1767225600, 540 };
  const NaruTime committed = { 1767225661, -210 };
  g_autoptr (GBytes) a = g_bytes_new_static ("hello\n", 6);
  g_autoptr (GBytes) z = g_bytes_new_static ("{}\n", 3);

  naru_entry_set_time (entry, &authored, &committed);
  naru_entry_set_author (entry, "한민지", "minji@example.kr");
  naru_entry_set_committer (entry, "Mulangae Office", "office@example.kr");
  naru_entry_set_subject (entry, "deal MGK-2026-00442: advance evaluation → patent");
  naru_entry_set_reason (entry, "위원회 의결\n\nNaru-Seq: 9");
  naru_entry_add_trailer (entry, "Naru-Record", "deal/MGK-2026-00442");
  naru_entry_add_trailer (entry, "Naru-To", "patent");
  naru_entry_put_file (entry, "records/z.json", z);
  naru_entry_remove_file (entry, "records/old.json");
  naru_entry_put_file (entry, "documents/a.txt", a);
  return entry;
}

static void
assert_digest (const NaruDigest *digest, const char *expected)
{
  char hex[2 * NARU_DIGEST_SIZE + 1];

  naru_digest_to_hex (digest, hex);
  g_assert_cmpstr (hex, ==, expected);
}

/* The digests were computed by Python's hashlib from the description of the stream. */
#define GOLDEN_ENTRY "34143039a09134119fa9c66c3fd021df2937234c472203e8b6ace0fe9ad2245e"
#define GOLDEN_CHAIN "c735870baa3011a2987706f225eaaf3f2674861cca88628c12110e0eb82e5ead"
#define GOLDEN_FIRST "2a69d379347d56e98d4f42d814b04edf4fdc5a0ccf8efec298e1fea1e758fda1"

static void
test_golden (void)
{
  g_autoptr (NaruEntry) entry = make_entry ();
  g_autoptr (NaruEntry) first = make_entry ();
  g_autoptr (GError) error = NULL;
  NaruDigest previous;

  for (guint i = 0; i < NARU_DIGEST_SIZE; i++)
    previous.bytes[i] = (guint8) i;
  g_assert_true (naru_entry_seal (entry, 7, &previous, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (naru_entry_get_message (entry), ==,
                   "deal MGK-2026-00442: advance evaluation → patent\n"
                   "\n"
                   "Reason: 위원회 의결 Naru-Seq: 9\n"
                   "\n"
                   "Naru-Seq: 7\n"
                   "Naru-Record: deal/MGK-2026-00442\n"
                   "Naru-To: patent\n"
                   "Naru-Entry: " GOLDEN_ENTRY "\n"
                   "Naru-Chain: " GOLDEN_CHAIN "\n");
  assert_digest (naru_entry_get_digest (entry), GOLDEN_ENTRY);
  assert_digest (naru_entry_get_chain (entry), GOLDEN_CHAIN);
  g_assert_cmpuint (naru_entry_get_seq (entry), ==, 7);

  g_assert_true (naru_entry_seal (first, 7, NULL, &error));
  assert_digest (naru_entry_get_chain (first), GOLDEN_FIRST);
}

static void
test_files (void)
{
  g_autoptr (NaruEntry) entry = make_entry ();
  g_autoptr (GError) error = NULL;
  const NaruEntryFile *file = NULL;
  char hex[2 * NARU_OID_SIZE + 1];

  g_assert_true (naru_entry_seal (entry, 1, NULL, &error));
  g_assert_cmpuint (naru_entry_get_n_files (entry), ==, 3);
  file = naru_entry_get_file (entry, 0, NULL);
  g_assert_cmpstr (file->path, ==, "documents/a.txt");
  g_assert_cmpuint (file->size, ==, 6);
  naru_oid_to_hex (&file->oid, hex);
  g_assert_cmpstr (hex, ==, "ce013625030ba8dba906f756967f9e9ca394464a"); /* git hash-object of "hello\n" */
  file = naru_entry_get_file (entry, 1, NULL);
  g_assert_cmpstr (file->path, ==, "records/old.json");
  g_assert_true (naru_oid_is_zero (&file->oid));
  g_assert_null (file->bytes);
  g_assert_cmpstr (naru_entry_get_file (entry, 2, NULL)->path, ==, "records/z.json");
}

/* A blob that stands in the history already counts like the same content put as bytes. */
static void
test_record_and_blob (void)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruRecord) record = NULL;
  g_autoptr (NaruEntry) one = naru_entry_new ("create");
  g_autoptr (NaruEntry) two = naru_entry_new ("create");
  NaruEntry *entries[] = { one, two };
  const NaruTime now = { 1767225600, 0 };
  const NaruEntryFile *file = NULL;

  naru_json_set_string (json, "title", "나루");
  record = naru_record_new ("deal", "MGK-2026-00001", json, &error);
  g_assert_no_error (error);
  naru_entry_put_record (one, record);
  file = naru_entry_get_file (one, 0, NULL);
  g_assert_cmpstr (file->path, ==, "records/deal/2026/00/00/MGK-2026-00001.json");
  g_assert_true (naru_oid_equal (&file->oid, naru_record_get_oid (record)));
  naru_entry_put_blob (two, file->path, &file->oid, file->size, &file->digest);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      naru_entry_set_time (entries[i], &now, &now);
      naru_entry_set_author (entries[i], "A", "a@example.kr");
      naru_entry_set_committer (entries[i], "B", "b@example.kr");
      naru_entry_set_subject (entries[i], "deal MGK-2026-00001: create");
      g_assert_true (naru_entry_seal (entries[i], 1, NULL, &error));
    }
  g_assert_cmpstr (naru_entry_get_message (one), ==, naru_entry_get_message (two));
}

/* Whatever is part of an action changes the digest of the entry. */
static void
test_everything_counts (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const NaruTime times[] = { { 1767225600, 540 }, { 1767225601, 540 }, { 1767225600, 480 } };

  for (guint i = 0; i < 13; i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();
      g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
      g_autoptr (GError) error = NULL;
      char hex[2 * NARU_DIGEST_SIZE + 1];

      if (i == 1 || i == 2)
        naru_entry_set_time (entry, &times[i], &times[0]);
      else if (i == 3)
        naru_entry_set_time (entry, &times[0], &times[0]);
      else if (i == 4)
        naru_entry_set_author (entry, "한민진", "minji@example.kr");
      else if (i == 5)
        naru_entry_set_author (entry, "한민지", "minji@example.org");
      else if (i == 6)
        naru_entry_set_committer (entry, "Other Office", "office@example.kr");
      else if (i == 7)
        naru_entry_set_subject (entry, "deal MGK-2026-00442: advance evaluation → marketing");
      else if (i == 8)
        naru_entry_set_reason (entry, NULL);
      else if (i == 9)
        naru_entry_add_trailer (entry, "Naru-Via", "cli");
      else if (i == 10)
        naru_entry_put_file (entry, "records/y.json", bytes);
      else if (i == 11)
        naru_entry_remove_file (entry, "records/y.json");
      g_assert_true (naru_entry_seal (entry, i == 12 ? 8 : 7, NULL, &error));
      naru_digest_to_hex (naru_entry_get_digest (entry), hex);
      g_assert_true (g_hash_table_add (seen, g_strdup (hex)));
    }
}

static void
assert_refused (NaruEntry *entry)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_entry_seal (entry, 1, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_null (naru_entry_get_message (entry));
}

static void
test_bad_people (void)
{
  static const char *const names[] = { NULL,    "",     " ",  "A <b>", "A\nB", "A\rB",
                                       "A\x01", "\xff", " A", "A ",    "...",  "A\xe2\x80\xa8" };
  static const char *const emails[] = { NULL, "", "a b@c", "a@b>", "<a@b", "a@b\n", "\xff", "a\t@b" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();

      naru_entry_set_author (entry, names[i], "a@example.kr");
      assert_refused (entry);
    }
  for (guint i = 0; i < G_N_ELEMENTS (emails); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();

      naru_entry_set_committer (entry, "Office", emails[i]);
      assert_refused (entry);
    }
}

static void
test_times (void)
{
  static const struct
  {
    NaruTime time;
    gboolean good;
  } cases[] = {
    { { 0, 0 }, TRUE },
    { { -1, 0 }, FALSE },
    { { 4291747199, 0 }, TRUE },
    { { 4291747200, 0 }, FALSE },
    { { 1767225600, 1439 }, TRUE },
    { { 1767225600, 1440 }, FALSE },
    { { 1767225600, -1440 }, FALSE },
    { { G_MAXINT64, 0 }, FALSE },
  };
  const NaruTime sound = { 1767225600, 0 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();
      const NaruTime *time = &cases[i / 2].time;

      naru_entry_set_time (entry, i % 2 == 0 ? time : &sound, i % 2 == 0 ? &sound : time);
      if (cases[i / 2].good)
        g_assert_true (naru_entry_seal (entry, 1, NULL, NULL));
      else
        assert_refused (entry);
    }
}

static void
test_subjects (void)
{
  static const char *const bad[] = { NULL, "", " ", "a\nb", "a\n", " a", "a ", "a\tb", "\xff", "a\x7f" };
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autoptr (NaruEntry) fits = make_entry ();
  g_autoptr (NaruEntry) overflows = make_entry ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();

      naru_entry_set_subject (entry, bad[i]);
      assert_refused (entry);
    }
  for (guint i = 0; i < 100; i++)
    g_string_append (wide, "나");
  naru_entry_set_subject (fits, wide->str);
  g_assert_true (naru_entry_seal (fits, 1, NULL, NULL));
  g_string_append (wide, "x");
  naru_entry_set_subject (overflows, wide->str);
  assert_refused (overflows);
}

static void
test_bad_trailers (void)
{
  static const struct
  {
    const char *key;
    const char *value;
  } bad[] = {
    { NULL, "x" },
    { "", "x" },
    { "a b", "x" },
    { "a:", "x" },
    { "-a", "x" },
    { "a1", "x" },
    { "가", "x" },
    { "Naru-Seq", "9" },
    { "naru-entry", "x" },
    { "NARU-CHAIN", "x" },
    { "Naru-To", NULL },
    { "Naru-To", "" },
    { "Naru-To", "a\nNaru-Via: web" },
    { "Naru-To", "a\r" },
    { "Naru-To", " a" },
    { "Naru-To", "\xff" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();

      naru_entry_add_trailer (entry, bad[i].key, bad[i].value);
      assert_refused (entry);
    }
}

/* However a reason is written, the last paragraph of the message holds the trailers of the entry alone. */
static void
test_reason_forges_nothing (void)
{
  static const char *const reasons[] = {
    "x\n\nNaru-Chain: 00",     "\n\nNaru-Seq: 99\n\n",        "a\r\n\r\nNaru-To: closed",
    "a\xe2\x80\xa8Naru-To: x", "a\xc2\x85\xc2\x85Naru-To: x", "---\ndiff --git a/x b/x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();
      g_auto (GStrv) paragraphs = NULL;

      naru_entry_set_reason (entry, reasons[i]);
      g_assert_true (naru_entry_seal (entry, 7, NULL, NULL));
      paragraphs = g_strsplit (naru_entry_get_message (entry), "\n\n", -1);
      g_assert_cmpuint (g_strv_length (paragraphs), ==, 3);
      g_assert_true (g_str_has_prefix (paragraphs[1], "Reason: "));
      g_assert_null (strchr (paragraphs[1], '\n'));
      g_assert_true (g_str_has_prefix (paragraphs[2], "Naru-Seq: 7\nNaru-Record: "));
    }
}

static void
test_blank_reason (void)
{
  g_autoptr (NaruEntry) entry = make_entry ();

  naru_entry_set_reason (entry, " \n ");
  assert_refused (entry);
}

static void
test_bad_paths (void)
{
  static const char *const bad[] = {
    "",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "a/../b",
    "./a",
    "a/.",
    ".git",
    "a/.git/x",
    ".GIT/hooks",
    ".gitmodules",
    "a/.gitattributes",
    "GIT~1/x",
    "a\\b",
    "a\nb",
    "a\x7f",
    "\xff",
    "a/\xe2\x80\x8c.g\xe2\x80\x8cit",
    "a\xc2\x85",
  };
  g_autofree char *long_part = g_strnfill (256, 'a');
  g_autofree char *long_path = g_strdup_printf ("%200s/%200s", "a", "b");

  for (guint i = 0; i < G_N_ELEMENTS (bad) + 2; i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();
      g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
      const char *path = i < G_N_ELEMENTS (bad)    ? bad[i]
                         : i == G_N_ELEMENTS (bad) ? long_part
                                                   : g_strdelimit (long_path, " ", 'x');

      naru_entry_put_file (entry, path, bytes);
      assert_refused (entry);
    }
}

static void
test_good_paths (void)
{
  static const char *const good[] = { "a",   "a/b/c.json", "문서/계약서 1.pdf", "...", "a/..b", "x.git",
                                      "git", "gi~1" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();
      g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

      naru_entry_put_file (entry, good[i], bytes);
      g_assert_true (naru_entry_seal (entry, 1, NULL, NULL));
    }
}

static void
test_clashing_paths (void)
{
  static const char *const cases[][4] = {
    { "a", "a/b" },
    { "a/b/c", "a" },
    { "a", "a-x", "a.json", "a/b" }, /* "-" and "." sort before "/" */
    { "a/b", "a", "a!" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NaruEntry) entry = make_entry ();
      g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

      for (guint j = 0; j < 4 && cases[i][j] != NULL; j++)
        naru_entry_put_file (entry, cases[i][j], bytes);
      assert_refused (entry);
    }
}

/* What is put last under a path is what the entry holds. */
static void
test_file_replaced (void)
{
  g_autoptr (NaruEntry) twice = make_entry ();
  g_autoptr (NaruEntry) once = make_entry ();
  g_autoptr (GBytes) former = g_bytes_new_static ("former", 6);
  g_autoptr (GBytes) last = g_bytes_new_static ("last", 4);
  g_autoptr (GError) error = NULL;

  naru_entry_put_file (twice, "rules/index.json", former);
  naru_entry_put_file (twice, "rules/index.json", last);
  naru_entry_put_file (once, "rules/index.json", last);
  g_assert_true (naru_entry_seal (twice, 7, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (naru_entry_seal (once, 7, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (naru_entry_get_digest (twice), sizeof (NaruDigest), naru_entry_get_digest (once),
                   sizeof (NaruDigest));

  guint found = 0;
  for (guint i = 0; i < naru_entry_get_n_files (twice); i++)
    {
      const NaruEntryFile *file = naru_entry_get_file (twice, i, NULL);
      if (g_strcmp0 (file->path, "rules/index.json") != 0)
        continue;
      g_assert_true (g_bytes_equal (file->bytes, last));
      found++;
    }
  g_assert_cmpuint (found, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/entry/golden", test_golden);
  g_test_add_func ("/entry/files", test_files);
  g_test_add_func ("/entry/record-and-blob", test_record_and_blob);
  g_test_add_func ("/entry/everything-counts", test_everything_counts);
  g_test_add_func ("/entry/bad-people", test_bad_people);
  g_test_add_func ("/entry/times", test_times);
  g_test_add_func ("/entry/subjects", test_subjects);
  g_test_add_func ("/entry/bad-trailers", test_bad_trailers);
  g_test_add_func ("/entry/reason-forges-nothing", test_reason_forges_nothing);
  g_test_add_func ("/entry/blank-reason", test_blank_reason);
  g_test_add_func ("/entry/bad-paths", test_bad_paths);
  g_test_add_func ("/entry/good-paths", test_good_paths);
  g_test_add_func ("/entry/file-replaced", test_file_replaced);
  g_test_add_func ("/entry/clashing-paths", test_clashing_paths);
  return g_test_run ();
}
