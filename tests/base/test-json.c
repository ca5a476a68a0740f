/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

#include <glib/gstdio.h>
#include <jansson.h>

static NaruJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (json);
  return json;
}

static void
test_canonical (void)
{
  g_autoptr (NaruJson) json = parse (" {\"b\" : [1 , {}, [ ] , null], \"a\":{\"나\":true, "
                                     "\"Z\":false,\"z\":-0}, \"\\u00e9\":\"\\/\\u001f\\n\"} ");
  g_autofree char *text = NULL;
  g_autofree char *line = naru_json_to_line (json);
  g_autoptr (GBytes) bytes = naru_json_to_bytes (json);
  gsize length = 0;

  text = naru_json_to_text (json, &length);
  g_assert_cmpstr (text, ==,
                   "{\n  \"a\": {\n    \"Z\": false,\n    \"z\": 0,\n    \"나\": true\n  },\n"
                   "  \"b\": [\n    1,\n    {},\n    [],\n    null\n  ],\n  \"é\": \"/\\u001F\\n\"\n}\n");
  g_assert_cmpuint (length, ==, strlen (text));
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, length);
  g_assert_cmpstr (line, ==,
                   "{\"a\":{\"Z\":false,\"z\":0,\"나\":true},\"b\":[1,{},[],null],\"é\":\"/\\u001F\\n\"}");
}

static NaruJson *
random_value (GRand *rand, int depth)
{
  static const char *const texts[] = {
    "", "a", "한국", "\"\\/\b\f\n\r\t\x01\x7F", "\U0001F600é", "longer text with words"
  };
  int kind = g_rand_int_range (rand, 0, depth > 0 ? 7 : 5);
  NaruJson *value = NULL;

  switch (kind)
    {
    case 0:
      return naru_json_new_null ();
    case 1:
      return naru_json_new_boolean (g_rand_boolean (rand));
    case 2:
      return naru_json_new_integer ((gint64) ((guint64) g_rand_int (rand) << 32 | g_rand_int (rand)));
    case 3:
    case 4:
      return naru_json_new_string (texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))]);
    case 5:
      value = naru_json_new_array ();
      for (int i = g_rand_int_range (rand, 0, 5); i > 0; i--)
        naru_json_append (value, random_value (rand, depth - 1));
      return value;
    default:
      value = naru_json_new_object ();
      for (int i = g_rand_int_range (rand, 0, 50); i > 0; i--)
        {
          g_autofree char *key =
              g_strdup_printf ("%s%d", texts[g_rand_int_range (rand, 0, 5)], g_rand_int_range (rand, 0, 200));
          naru_json_set (value, key, random_value (rand, depth - 1));
        }
      return value;
    }
}

/* Our writer makes the bytes of the library's writer, and reading them gives the same value and the same
 * bytes. */
static void
test_canonical_as_library (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);

  for (int i = 0; i < 300; i++)
    {
      g_autoptr (NaruJson) value = random_value (rand, 4);
      g_autoptr (NaruJson) again = NULL;
      g_autofree char *text = naru_json_to_text (value, NULL);
      g_autofree char *line = naru_json_to_line (value);
      char *expected = json_dumps (value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_INDENT (2));
      char *expected_line = json_dumps (value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT);
      g_autofree char *with_end = g_strconcat (expected, "\n", NULL);
      g_autofree char *text_again = NULL;

      g_assert_cmpstr (text, ==, with_end);
      g_assert_cmpstr (line, ==, expected_line);
      again = naru_json_parse (text, -1, G_MAXINT, NULL);
      g_assert_true (naru_json_equal (value, again));
      text_again = naru_json_to_text (again, NULL);
      g_assert_cmpstr (text_again, ==, text);
      free (expected);
      free (expected_line);
    }
}

/* Damages a text in a few places, so that much of it is no JSON any more and some still is. */
static void
damage (GRand *rand, GString *text)
{
  static const char *const pieces[] = { "{",   "}",       "[",       "]",  ",", ":",       "\"",   "\\",
                                        "\\u", "\\ud83d", "\\ude00", "1",  "-", "0",       "true", "null",
                                        " ",   "\n",      "\xFF",    "한", "/", "\\u0041", "\x01", "a" };

  for (int i = g_rand_int_range (rand, 1, 4); i > 0; i--)
    {
      gssize place = g_rand_int_range (rand, 0, (gint32) text->len + 1);
      const char *piece = pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))];
      if (g_rand_boolean (rand) && place < (gssize) text->len)
        g_string_erase (text, place, 1);
      if (g_rand_boolean (rand))
        g_string_insert (text, place, piece);
    }
}

/* Our reader accepts exactly what the library's accepts, and takes it for the same value; none of these texts
 * has a float, a NUL or great depth, where they differ on purpose. */
static void
test_read_as_library (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (19700101);
  guint accepted = 0, refused = 0;

  for (int i = 0; i < 6000; i++)
    {
      g_autoptr (NaruJson) value = random_value (rand, 2);
      g_autofree char *line = naru_json_to_line (value);
      g_autoptr (GString) text = g_string_new (line);
      g_autoptr (NaruJson) ours = NULL;
      g_autoptr (NaruJson) theirs = NULL;
      json_error_t problem;

      damage (rand, text);
      ours = naru_json_parse (text->str, (gssize) text->len, 0, NULL);
      theirs = json_loadb (text->str, text->len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &problem);
      if ((ours == NULL) != (theirs == NULL))
        g_test_message ("%s: %s", problem.text, text->str);
      g_assert_cmpint (ours == NULL, ==, theirs == NULL);
      g_assert_true (naru_json_equal (ours, theirs));
      accepted += ours != NULL ? 1 : 0;
      refused += ours == NULL ? 1 : 0;
    }
  g_assert_cmpuint (accepted, >, 500);
  g_assert_cmpuint (refused, >, 500);
}

static void
refuse (const char *text, gssize length, NaruError code, gint64 line, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_json_parse (text, length, 0, &error));
  g_assert_error (error, NARU_ERROR, (int) code);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpint (naru_error_get_line (error), ==, line);
  if (strstr (error->message, words) == NULL)
    g_test_message ("“%s” lacks “%s”", error->message, words);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refuses (void)
{
  refuse ("{\"a\": 1.5}", -1, NARU_ERROR_INVALID, 1, "line 1, column 7: a number with a fraction");
  refuse ("[\n \"한글\", 1e3]", -1, NARU_ERROR_INVALID, 2, "line 2, column 8: a number with a fraction");
  refuse ("[1E5]", -1, NARU_ERROR_INVALID, 1, "exponent");
  refuse ("-0.0", -1, NARU_ERROR_INVALID, 1, "fraction");
  refuse ("{\"a\": 1,\n\"a\": 2}", -1, NARU_ERROR_INVALID, 2, "twice");
  refuse ("[\"\\u0000\"]", -1, NARU_ERROR_INVALID, 1, "NUL");
  refuse ("{\"\\u0000\": 1}", -1, NARU_ERROR_INVALID, 1, "NUL");
  refuse ("[\"\\ud800\"]", -1, NARU_ERROR_INVALID, 1, "half of a character");
  refuse ("[\"\\ude00\\ud83d\"]", -1, NARU_ERROR_INVALID, 1, "half of a character");
  refuse ("[\"\\ud83d\\u0041\"]", -1, NARU_ERROR_INVALID, 1, "half of a character");
  refuse ("[\"\\ud83dx\"]", -1, NARU_ERROR_INVALID, 1, "half of a character");
  refuse ("[\"\xED\xA0\x80\"]", -1, NARU_ERROR_INVALID, 1, "UTF-8");
  refuse ("[\"\xFF\"]", -1, NARU_ERROR_INVALID, 1, "UTF-8");
  refuse ("[9223372036854775808]", -1, NARU_ERROR_INVALID, 1, "64 bits");
  refuse ("[-9223372036854775809]", -1, NARU_ERROR_INVALID, 1, "64 bits");
  refuse ("{} {}", -1, NARU_ERROR_INVALID, 1, "follows the end");
  refuse ("{}\n\n]", -1, NARU_ERROR_INVALID, 3, "follows the end");
  refuse ("{} \0", 4, NARU_ERROR_INVALID, 1, "line 1, column 4: the text holds a NUL byte");
  refuse ("12\0", 3, NARU_ERROR_INVALID, 1, "NUL byte");
  refuse ("\xEF\xBB\xBF{}", -1, NARU_ERROR_INVALID, 1, "byte order mark");
  refuse ("{\"a\": 1", -1, NARU_ERROR_INVALID, 1, "too early");
  refuse ("[\"a", -1, NARU_ERROR_INVALID, 1, "too early");
  refuse ("[\"a\\", -1, NARU_ERROR_INVALID, 1, "line 1");
  refuse ("[1,]", -1, NARU_ERROR_INVALID, 1, "not JSON");
  refuse ("[01]", -1, NARU_ERROR_INVALID, 1, "not JSON");
  refuse ("{'a': 1}", -1, NARU_ERROR_INVALID, 1, "not JSON");
  refuse ("[NaN]", -1, NARU_ERROR_INVALID, 1, "not JSON");
  refuse ("// x\n1", -1, NARU_ERROR_INVALID, 1, "not JSON");
  refuse ("", -1, NARU_ERROR_INVALID, 1, "line 1");
  refuse (NULL, 0, NARU_ERROR_INVALID, 1, "line 1");
  refuse (" \n ", -1, NARU_ERROR_INVALID, 2, "line 2");
}

static char *
nested (int depth)
{
  g_autofree char *left = g_strnfill (depth, '[');
  g_autofree char *right = g_strnfill (depth, ']');

  return g_strconcat (left, right, NULL);
}

static void
test_bounds (void)
{
  g_autofree char *deep = nested (NARU_JSON_MAX_DEPTH);
  g_autofree char *deeper = nested (NARU_JSON_MAX_DEPTH + 1);
  g_autofree char *deepest = nested (500000);
  g_autofree char *brackets = g_strconcat ("\"", deeper, "\"", NULL);
  g_autofree char *large = g_strnfill (NARU_JSON_MAX_SIZE + 1, ' ');
  g_autoptr (NaruJson) fits = parse (deep);
  g_autoptr (NaruJson) in_string = parse (brackets);
  g_autoptr (GError) error = NULL;

  refuse (deeper, -1, NARU_ERROR_TOO_LARGE, 1, "column 65");
  refuse (deepest, -1, NARU_ERROR_TOO_LARGE, 1, "too deeply");
  refuse (large, -1, NARU_ERROR_TOO_LARGE, 0, "1048576 bytes");
  g_assert_null (naru_json_parse ("[1]", -1, 2, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
}

static void
test_strings (void)
{
  g_autofree char *long_key = g_strnfill (5000, 'k');
  g_autofree char *object =
      g_strdup_printf ("{\"%s\": \"\\ud83d\\ude00x\\/\\u00E9\", \"\\u0061\\t\": 1}", long_key);
  g_autoptr (NaruJson) json = parse (object);
  g_autoptr (NaruJson) bounds = parse ("[9223372036854775807, -9223372036854775808]");

  g_assert_cmpstr (naru_json_get_string (json, long_key), ==, "\xF0\x9F\x98\x80x/\xC3\xA9");
  g_assert_cmpint (naru_json_get_integer (json, "a\t", 0), ==, 1);
  g_assert_cmpint (naru_json_as_integer (naru_json_get_element (bounds, 0)), ==, G_MAXINT64);
  g_assert_cmpint (naru_json_as_integer (naru_json_get_element (bounds, 1)), ==, G_MININT64);
  refuse ("{\"a\": 1, \"\\u0061\": 2}", -1, NARU_ERROR_INVALID, 1, "column 10: the name");
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *text;
    NaruJsonKind kind;
  } rows[] = { { "null", NARU_JSON_NULL }, { "true", NARU_JSON_BOOLEAN }, { "false", NARU_JSON_BOOLEAN },
               { "7", NARU_JSON_INTEGER }, { "\"x\"", NARU_JSON_STRING }, { "[]", NARU_JSON_ARRAY },
               { "{}", NARU_JSON_OBJECT } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NaruJson) json = parse (rows[i].text);
      g_assert_cmpint (naru_json_get_kind (json), ==, rows[i].kind);
    }
}

static void
note_member (const char *key, NaruJson *value, gpointer user_data)
{
  g_string_append_printf (user_data, "%s=%" G_GINT64_FORMAT ";", key, naru_json_as_integer (value));
}

static void
test_read (void)
{
  g_autoptr (NaruJson) json =
      parse ("{\"s\": \"x\", \"i\": -9223372036854775808, \"b\": true, \"a\": [1, \"2\"], \"n\": null}");
  g_autoptr (NaruJson) members = parse ("{\"b\": 2, \"a\": 1}");
  g_auto (GStrv) keys = naru_json_get_keys (json);
  g_auto (GStrv) none = naru_json_get_keys (NULL);
  g_autofree char *joined = g_strjoinv (",", keys);
  g_autoptr (GString) seen = g_string_new (NULL);
  NaruJson *array = naru_json_get (json, "a");

  g_assert_cmpstr (naru_json_get_string (json, "s"), ==, "x");
  g_assert_null (naru_json_get_string (json, "i"));
  g_assert_null (naru_json_get_string (array, "s"));
  g_assert_null (naru_json_get_string (NULL, "s"));
  g_assert_cmpint (naru_json_get_integer (json, "i", 5), ==, G_MININT64);
  g_assert_cmpint (naru_json_get_integer (json, "s", 5), ==, 5);
  g_assert_cmpint (naru_json_get_integer (json, "none", 5), ==, 5);
  g_assert_true (naru_json_get_boolean (json, "b", FALSE));
  g_assert_true (naru_json_get_boolean (json, "i", TRUE));
  g_assert_cmpuint (naru_json_get_size (json), ==, 5);
  g_assert_cmpuint (naru_json_get_size (array), ==, 2);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (json, "s")), ==, 0);
  g_assert_cmpint (naru_json_as_integer (naru_json_get_element (array, 0)), ==, 1);
  g_assert_cmpstr (naru_json_as_string (naru_json_get_element (array, 1)), ==, "2");
  g_assert_null (naru_json_get_element (array, 2));
  g_assert_false (naru_json_as_boolean (array));
  g_assert_cmpstr (joined, ==, "a,b,i,n,s");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  naru_json_foreach_member (members, note_member, seen);
  g_assert_cmpstr (seen->str, ==, "b=2;a=1;");
}

static void
test_change (void)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  g_autoptr (NaruJson) copy = NULL;
  g_autofree char *line = NULL;
  g_autofree char *copied = NULL;
  NaruJson *list = naru_json_new_array ();

  naru_json_set_string (json, "s", "one");
  naru_json_set_string (json, "bad", "\xFFok");
  naru_json_set_string (json, "gone", "x");
  naru_json_set_string (json, "gone", NULL);
  naru_json_set_integer (json, "i", 42);
  naru_json_set_boolean (json, "b", TRUE);
  naru_json_set (json, "l", list);
  naru_json_append_string (list, "x");
  naru_json_append (list, naru_json_new_integer (2));
  naru_json_append (list, naru_json_new_null ());
  naru_json_remove_element (list, 0);
  naru_json_remove_element (list, 9);
  copy = naru_json_copy (json);
  g_assert_true (naru_json_equal (json, copy));
  naru_json_append (list, naru_json_new_boolean (FALSE));
  g_assert_false (naru_json_equal (json, copy));
  naru_json_remove (json, "b");
  naru_json_remove (json, "b");

  line = naru_json_to_line (json);
  copied = naru_json_to_line (copy);
  g_assert_cmpstr (line, ==, "{\"bad\":\"\uFFFDok\",\"i\":42,\"l\":[2,null,false],\"s\":\"one\"}");
  g_assert_cmpstr (copied, ==, "{\"b\":true,\"bad\":\"\uFFFDok\",\"i\":42,\"l\":[2,null],\"s\":\"one\"}");
  g_assert_true (naru_json_equal (NULL, NULL));
  g_assert_false (naru_json_equal (json, NULL));
}

/* The examples of RFC 6901, section 5, whose values are whole numbers or lists. */
static void
test_pointer (void)
{
  g_autoptr (NaruJson) json =
      parse ("{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, "
             "\"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}");
  static const struct
  {
    const char *pointer;
    int value;
  } rows[] = { { "/", 0 },     { "/a~1b", 1 }, { "/c%d", 2 }, { "/e^f", 3 }, { "/g|h", 4 },
               { "/i\\j", 5 }, { "/k\"l", 6 }, { "/ ", 7 },   { "/m~0n", 8 } };
  static const char *const nowhere[] = { "foo",
                                         "/foo/2",
                                         "/foo/-",
                                         "/foo/00",
                                         "/foo/-1",
                                         "/foo/+1",
                                         "/foo/bar",
                                         "/foo/0/x",
                                         "/m~n",
                                         "/m~2n",
                                         "/a~",
                                         "/x",
                                         "/foo/99999999999999999999" };

  g_assert_true (naru_json_get_pointer (json, "") == json);
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/foo/0")), ==, "bar");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NaruJson *value = naru_json_get_pointer (json, rows[i].pointer);
      g_assert_nonnull (value);
      g_assert_cmpint (naru_json_as_integer (value), ==, rows[i].value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (nowhere); i++)
    g_assert_null (naru_json_get_pointer (json, nowhere[i]));
  g_assert_null (naru_json_get_pointer (NULL, "/a"));
}

static void
test_find (void)
{
  g_autoptr (NaruJson) json = parse ("{\"a\": {\"day\": \"2026-02-28\", \"no_day\": \"2026-02-30\","
                                     " \"empty\": \"\", \"yes\": true, \"no\": false, \"n\": 1},"
                                     " \"list\": [\"kr\", 5, \"us\"]}");
  NaruDate day = 0;

  g_assert_cmpstr (naru_json_find_text (json, "/a/day"), ==, "2026-02-28");
  g_assert_null (naru_json_find_text (json, "/a/empty"));
  g_assert_null (naru_json_find_text (json, "/a/n"));
  g_assert_null (naru_json_find_text (json, "/b"));
  g_assert_null (naru_json_find_text (NULL, "/a/day"));
  g_assert_true (naru_json_find_date (json, "/a/day", &day));
  g_assert_cmpint (day, ==, naru_date_new (2026, 2, 28));
  g_assert_false (naru_json_find_date (json, "/a/no_day", &day));
  g_assert_cmpint (day, ==, NARU_DATE_NONE);
  g_assert_cmpint (naru_json_find_answer (json, "/a/yes"), ==, NARU_ANSWER_YES);
  g_assert_cmpint (naru_json_find_answer (json, "/a/no"), ==, NARU_ANSWER_NO);
  g_assert_cmpint (naru_json_find_answer (json, "/a/n"), ==, NARU_ANSWER_NONE);
  g_assert_cmpint (naru_json_find_answer (json, "/a/none"), ==, NARU_ANSWER_NONE);
  g_assert_true (naru_json_lists (naru_json_get (json, "list"), "us"));
  g_assert_false (naru_json_lists (naru_json_get (json, "list"), "5"));
  g_assert_false (naru_json_lists (naru_json_get (json, "a"), "day"));
  g_assert_false (naru_json_lists (NULL, "kr"));
}

static void
set_path (NaruJson *json, const char *path, const char *value, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = naru_json_to_line (json);
  g_autofree char *shown = g_utf8_make_valid (path, -1);
  g_autofree char *line = NULL;
  gboolean done = naru_json_set_path (json, path, naru_json_new_string (value), &error);

  line = naru_json_to_line (json);
  if (expected == NULL)
    {
      g_assert_false (done);
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, shown);
      g_assert_cmpstr (line, ==, before);
      return;
    }
  g_assert_no_error (error);
  g_assert_true (done);
  g_assert_cmpstr (line, ==, expected);
}

static void
test_set_path (void)
{
  g_autoptr (NaruJson) json = parse ("{\"n\": null, \"l\": [{\"s\": \"a\"}], \"t\": \"x\"}");
  g_autoptr (NaruJson) fresh = naru_json_new_object ();
  g_autoptr (NaruJson) nameless = naru_json_new_object ();

  set_path (json, "t", "y", "{\"l\":[{\"s\":\"a\"}],\"n\":null,\"t\":\"y\"}");
  set_path (json, "l.0.s", "b", "{\"l\":[{\"s\":\"b\"}],\"n\":null,\"t\":\"y\"}");
  set_path (json, "/l/1", "c", "{\"l\":[{\"s\":\"b\"},\"c\"],\"n\":null,\"t\":\"y\"}");
  set_path (json, "n.m", "d", "{\"l\":[{\"s\":\"b\"},\"c\"],\"n\":{\"m\":\"d\"},\"t\":\"y\"}");
  set_path (json, "l.3", "e", NULL);
  set_path (json, "l.x", "e", NULL);
  set_path (json, "l.-1", "e", NULL);
  set_path (json, "l.5.a", "e", NULL);
  set_path (json, "t.a", "e", NULL);
  set_path (json, "", "e", NULL);
  set_path (json, "a..b", "e", NULL);
  set_path (json, ".a", "e", NULL);
  set_path (json, "a.", "e", NULL);
  set_path (json, "/a~2", "e", NULL);
  set_path (json, "\xFF", "e", NULL);

  set_path (fresh, "grant.territory", "KR", "{\"grant\":{\"territory\":\"KR\"}}");
  set_path (fresh, "who.0.share", "50", "{\"grant\":{\"territory\":\"KR\"},\"who\":[{\"share\":\"50\"}]}");
  set_path (fresh, "/x~1y", "z",
            "{\"grant\":{\"territory\":\"KR\"},\"who\":[{\"share\":\"50\"}],\"x/y\":\"z\"}");
  set_path (nameless, "/", "v", "{\"\":\"v\"}");
}

static void
test_set_path_depth (void)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  g_autoptr (GString) path = g_string_new ("a");

  for (int i = 0; i < 100000; i++)
    g_string_append (path, ".a");
  set_path (json, path->str, "x", NULL);
}

static void
test_remove_path (void)
{
  g_autoptr (NaruJson) json = parse ("{\"l\": [1, {\"s\": 2}], \"t\": {\"u\": 3, \"v\": 4}}");
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  static const char *const nothing[] = { "x", "l.2", "l.1.x", "t.u.v", "l.x" };

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    {
      g_autoptr (GError) missing = NULL;
      g_assert_false (naru_json_remove_path (json, nothing[i], &missing));
      g_assert_error (missing, NARU_ERROR, NARU_ERROR_NOT_FOUND);
    }
  g_assert_false (naru_json_remove_path (json, "", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (naru_json_remove_path (json, "l.1.s", &error));
  g_assert_true (naru_json_remove_path (json, "/t/u", &error));
  g_assert_true (naru_json_remove_path (json, "l.0", &error));
  g_assert_no_error (error);
  line = naru_json_to_line (json);
  g_assert_cmpstr (line, ==, "{\"l\":[{}],\"t\":{\"v\":4}}");
}

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("naru-json-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = NULL;

  g_assert_true (g_file_set_contents (path, "{\"a\": [1, 2]}\n", -1, NULL));
  json = naru_json_parse_file (path, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (json, "a")), ==, 2);

  g_assert_null (naru_json_parse_file (path, 13, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "{\n1", -1, NULL));
  g_assert_null (naru_json_parse_file (path, 0, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "a.json"));
  g_assert_cmpint (naru_error_get_line (error), ==, 2);
  g_clear_error (&error);
  g_assert_null (naru_json_parse_file (folder, 0, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
  g_clear_error (&error);
  g_unlink (path);
  g_assert_null (naru_json_parse_file (path, 0, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_rmdir (folder);
}

/* A device without an end must not fill the memory. */
static void
test_endless_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_json_parse_file ("/dev/zero", 4096, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_TOO_LARGE);
}

static void
test_boxed (void)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (NaruJson) json = parse ("[1]");

  g_value_init (&value, NARU_TYPE_JSON);
  g_value_set_boxed (&value, json);
  g_assert_true (g_value_get_boxed (&value) == json);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/json/canonical", test_canonical);
  g_test_add_func ("/json/canonical/as-library", test_canonical_as_library);
  g_test_add_func ("/json/read/as-library", test_read_as_library);
  g_test_add_func ("/json/refuses", test_refuses);
  g_test_add_func ("/json/bounds", test_bounds);
  g_test_add_func ("/json/strings", test_strings);
  g_test_add_func ("/json/kinds", test_kinds);
  g_test_add_func ("/json/read", test_read);
  g_test_add_func ("/json/change", test_change);
  g_test_add_func ("/json/pointer", test_pointer);
  g_test_add_func ("/json/find", test_find);
  g_test_add_func ("/json/set-path", test_set_path);
  g_test_add_func ("/json/set-path/depth", test_set_path_depth);
  g_test_add_func ("/json/remove-path", test_remove_path);
  g_test_add_func ("/json/file", test_file);
  g_test_add_func ("/json/file/endless", test_endless_file);
  g_test_add_func ("/json/boxed", test_boxed);
  return g_test_run ();
}
