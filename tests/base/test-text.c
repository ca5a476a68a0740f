/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

static void
test_normalize (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *plain = naru_text_normalize ("line one\n\ttwo", -1, 0, &error);
  g_autofree char *hangul = naru_text_normalize ("\u1112\u1161\u11AB\u1100\u1173\u11AF", -1, 0, &error);
  g_autofree char *accent = naru_text_normalize ("e\u0301", -1, 0, &error);
  g_autofree char *part = naru_text_normalize ("한국어", 6, 0, &error);
  g_autofree char *empty = naru_text_normalize ("", -1, 0, &error);
  g_autofree char *mixed = naru_text_normalize ("가\u11A8", -1, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (plain, ==, "line one\n\ttwo");
  g_assert_cmpstr (hangul, ==, "한글");
  g_assert_cmpstr (accent, ==, "é");
  g_assert_cmpstr (part, ==, "한국");
  g_assert_cmpstr (empty, ==, "");
  g_assert_cmpstr (mixed, ==, "각");
}

/* The quick path must never let through what the normaliser would change: each character alone, and each
 * before and after one that likes to combine. */
static void
test_normalize_every_character (void)
{
  static const char *const patterns[] = { "%s", "%s\u0301", "가%s", "e%s" };

  for (gunichar c = 0xA0; c < 0x30000; c++)
    {
      char text[8] = { 0 };
      if (!g_unichar_validate (c))
        continue;
      g_unichar_to_utf8 (c, text);
      for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
        {
          g_auto (GStrv) pieces = g_strsplit (patterns[i], "%s", 2);
          g_autofree char *whole = g_strconcat (pieces[0], text, pieces[1], NULL);
          g_autofree char *expected = g_utf8_normalize (whole, -1, G_NORMALIZE_NFC);
          g_autofree char *found = naru_text_normalize (whole, -1, 0, NULL);
          g_assert_cmpstr (found, ==, expected);
        }
    }
}

static void
refuse (const char *text, gssize length, gsize max, NaruError code, const char *word, gint64 line)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_text_normalize (text, length, max, &error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpint (naru_error_get_line (error), ==, line);
}

static void
test_normalize_refuses (void)
{
  refuse ("ab\0c", 4, 0, NARU_ERROR_INVALID, "character 3", 1);
  refuse ("한\xFF", -1, 0, NARU_ERROR_INVALID, "character 2", 1);
  refuse ("a\nb\n\xED\xA0\x80", -1, 0, NARU_ERROR_INVALID, "character 5", 3);
  refuse ("\xC0\x80", -1, 0, NARU_ERROR_INVALID, "character 1", 1);
  refuse ("한글\x1b[31m", -1, 0, NARU_ERROR_INVALID, "character 3", 1);
  refuse ("a\r\n", -1, 0, NARU_ERROR_INVALID, "U+000D", 1);
  refuse ("a\x7F", -1, 0, NARU_ERROR_INVALID, "U+007F", 1);
  refuse ("a\xC2\x85", -1, 0, NARU_ERROR_INVALID, "U+0085", 1);
  refuse ("12345", -1, 4, NARU_ERROR_TOO_LARGE, "5 bytes", 0);
  /* U+1D15F grows from 4 to 8 bytes */
  refuse ("\U0001D15F", -1, 6, NARU_ERROR_TOO_LARGE, "8 bytes", 0);
}

static void
test_normalize_bound (void)
{
  g_autofree char *large = g_strnfill (NARU_TEXT_MAX, 'a');
  g_autofree char *larger = g_strnfill (NARU_TEXT_MAX + 1, 'a');
  g_autofree char *kept = naru_text_normalize (large, -1, 0, NULL);

  g_assert_cmpstr (kept, ==, large);
  refuse (larger, -1, 0, NARU_ERROR_TOO_LARGE, "65537 bytes", 0);
}

static void
same_key (const char *a, const char *b)
{
  g_autofree char *key_a = naru_text_fold (a);
  g_autofree char *key_b = naru_text_fold (b);

  g_assert_cmpstr (key_a, ==, key_b);
}

static void
test_fold (void)
{
  g_autofree char *key = naru_text_fold ("  Seoul \t National\nUniversity ");

  g_assert_cmpstr (key, ==, "seoul national university");
  same_key ("㈜한빛", "(주)한빛");
  same_key ("한글", "\u1112\u1161\u11AB\u1100\u1173\u11AF");
  same_key ("Straße", "STRASSE");
  same_key ("ＡＢＣ　１２", "abc 12");
  same_key ("Café", "CAFE\u0301");
  same_key ("naru\u200B", "NARU");
  same_key ("", " \t\n");
  same_key ("\xFF", "\uFFFD");
}

/* What is folded without tables is folded as with them: for every letter, alone and with a mark that could
 * join. */
static void
test_fold_every_letter (void)
{
  for (gunichar c = '!'; c <= 0xFFFF; c++)
    {
      static const char *const after[] = { "b", "\u3099", "\u11A8", "\u0301" };
      char text[8] = "";

      if (!g_unichar_validate (c) || !g_unichar_isalnum (c))
        continue;
      g_unichar_to_utf8 (c, text);
      for (guint i = 0; i < G_N_ELEMENTS (after); i++)
        {
          g_autofree char *whole = g_strconcat ("A", text, after[i], NULL);
          g_autofree char *compatible = g_utf8_normalize (whole, -1, G_NORMALIZE_NFKC);
          g_autofree char *folded = g_utf8_casefold (compatible, -1);
          g_autofree char *expected = g_utf8_normalize (folded, -1, G_NORMALIZE_NFKC);
          g_autofree char *found = naru_text_fold (whole);

          g_assert_cmpstr (found, ==, expected);
        }
    }
}

static void
test_one_line (void)
{
  g_autofree char *line = naru_text_one_line (" a\r\nb\t\tc\x1b[0m \u202Egnp.exe\u2028z ");

  g_assert_cmpstr (line, ==, "a b c [0m gnp.exe z");
}

static void
test_safe_name (void)
{
  static const char *const good[] = { "김나루", "Kim Naru", "O'Neill, Jr.", "이 (산학협력단)", "é" };
  static const char *const bad[] = { "",          " ",        "a\nb", "a<b", "b>",       "\x01",
                                     "a\xC2\x85", "a\u2028b", "\xFF", "...", "a\u202Eb", "a\x7F" };
  g_autofree char *long_name = g_strnfill (257, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (naru_text_is_safe_name (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (naru_text_is_safe_name (bad[i]));
  g_assert_false (naru_text_is_safe_name (NULL));
  g_assert_false (naru_text_is_safe_name (long_name));
  g_assert_true (naru_text_is_safe_name (long_name + 1));
}

static void
test_cells (void)
{
  g_assert_cmpuint (naru_text_cells (""), ==, 0);
  g_assert_cmpuint (naru_text_cells ("abc"), ==, 3);
  g_assert_cmpuint (naru_text_cells ("나루"), ==, 4);
  g_assert_cmpuint (naru_text_cells ("\u1112\u1161\u11AB"), ==, 2);
  g_assert_cmpuint (naru_text_cells ("e\u0301"), ==, 1);
  g_assert_cmpuint (naru_text_cells ("\u200B"), ==, 0);
}

static void
fits (const char *text, guint cells, const char *expected)
{
  g_autofree char *found = naru_text_fit (text, cells);

  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (naru_text_cells (found), ==, cells);
}

static void
test_fit (void)
{
  fits ("abc", 5, "abc  ");
  fits ("abcde", 5, "abcde");
  fits ("abcdef", 5, "abcd…");
  fits ("기술이전", 8, "기술이전");
  fits ("기술이전", 7, "기술이…");
  fits ("기술이전", 6, "기술… ");
  fits ("a\nb", 4, "a b ");
  fits ("e\u0301e\u0301e\u0301", 2, "e\u0301…");
  fits ("abc", 1, "…");
  fits ("abc", 0, "");
  fits ("", 2, "  ");
}

static void
environment_language (const char *language, const char *all, const char *messages, const char *lang,
                      const char *expected)
{
  static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
  const char *values[] = { language, all, messages, lang };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (values[i] != NULL)
        g_setenv (names[i], values[i], TRUE);
      else
        g_unsetenv (names[i]);
    }
  naru_language_set (NULL);
  g_assert_cmpstr (naru_language_get (), ==, expected);
}

static void
test_language (void)
{
  naru_language_set ("ko");
  g_assert_cmpstr (naru_language_get (), ==, "ko");
  naru_language_set ("ko_KR.UTF-8");
  g_assert_cmpstr (naru_language_get (), ==, "ko");
  naru_language_set ("kok");
  g_assert_cmpstr (naru_language_get (), ==, "en");
  naru_language_set ("fr");
  g_assert_cmpstr (naru_language_get (), ==, "en");

  environment_language (NULL, NULL, NULL, NULL, "en");
  environment_language (NULL, NULL, NULL, "ko_KR.UTF-8", "ko");
  environment_language (NULL, NULL, "en_US.UTF-8", "ko_KR.UTF-8", "en");
  environment_language (NULL, "ko_KR.UTF-8", "en_US.UTF-8", "en_US.UTF-8", "ko");
  environment_language ("ko:en", NULL, NULL, "en_US.UTF-8", "ko");
  environment_language ("en", NULL, NULL, "ko_KR.UTF-8", "en");
  environment_language ("ko", "C", NULL, "ko_KR.UTF-8", "en");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/text/normalize", test_normalize);
  g_test_add_func ("/text/normalize/every-character", test_normalize_every_character);
  g_test_add_func ("/text/normalize/refuses", test_normalize_refuses);
  g_test_add_func ("/text/normalize/bound", test_normalize_bound);
  g_test_add_func ("/text/fold", test_fold);
  g_test_add_func ("/text/fold/every-letter", test_fold_every_letter);
  g_test_add_func ("/text/one-line", test_one_line);
  g_test_add_func ("/text/safe-name", test_safe_name);
  g_test_add_func ("/text/cells", test_cells);
  g_test_add_func ("/text/fit", test_fit);
  g_test_add_func ("/text/language", test_language);
  return g_test_run ();
}
