/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <naru-plugin.h>
#include <string.h>

static void
assert_report (NaruReport *report, const char *verdict, const char *fault)
{
  g_assert_cmpstr (naru_report_get_verdict (report), ==, verdict);
  g_assert_cmpstr (naru_report_get_fault (report), ==, fault);
}

static void
test_verdicts (void)
{
  g_autoptr (NaruReport) none = naru_report_new ();
  g_autoptr (NaruReport) accept = naru_report_new ();
  g_autoptr (NaruReport) refuse = naru_report_new ();
  g_autoptr (NaruReport) skip = naru_report_new ();
  g_autoptr (NaruReport) ask = naru_report_new ();
  g_autofree char *en = NULL;
  g_autofree char *ko = NULL;

  assert_report (none, NULL, "no-verdict");
  naru_report_accept (accept);
  naru_report_accept (accept);
  assert_report (accept, "pass", NULL);
  naru_report_skip (skip);
  assert_report (skip, "not-applicable", NULL);
  naru_report_ask (ask, "/a");
  naru_report_ask (ask, "/b");
  naru_report_ask (ask, "/a");
  assert_report (ask, "unknown", NULL);
  g_assert_cmpuint (g_strv_length ((char **) naru_report_get_fields (ask)), ==, 2);

  naru_report_refuse (refuse, "/a", "One.", "하나.");
  naru_report_refuse_format (refuse, NULL, "%s: %d.", "%2$d %1$s.", "Two", 2);
  naru_report_ask (refuse, "/b");
  assert_report (refuse, "fail", NULL);
  en = naru_report_dup_message (refuse, "en");
  ko = naru_report_dup_message (refuse, "ko");
  g_assert_cmpstr (en, ==, "One. Two: 2.");
  g_assert_cmpstr (ko, ==, "하나. 2 Two.");
  g_assert_cmpuint (naru_report_get_n_refusals (refuse), ==, 2);
  g_assert_cmpstr (naru_report_get_fields (refuse)[0], ==, "/a");
  g_assert_cmpstr (naru_report_get_fields (refuse)[1], ==, "/b");
}

/* Two verdicts are none, in whatever order they are said. */
static void
test_contradictions (void)
{
  for (guint first = 0; first < 4; first++)
    for (guint second = 0; second < 4; second++)
      {
        g_autoptr (NaruReport) report = naru_report_new ();
        gboolean fine = first == second || first + second == 5;

        for (guint i = 0; i < 2; i++)
          switch (i == 0 ? first : second)
            {
            case 0:
              naru_report_accept (report);
              break;
            case 1:
              naru_report_skip (report);
              break;
            case 2:
              naru_report_refuse (report, "/a", "Wrong.", "틀렸습니다.");
              break;
            default:
              naru_report_ask (report, "/a");
              break;
            }
        g_assert_cmpstr (naru_report_get_fault (report), ==, fine ? NULL : "contradiction");
        g_assert_cmpint (naru_report_get_verdict (report) != NULL, ==, fine);
      }
}

/* What is wrong with one text is not made right by the next. */
static void
test_faults (void)
{
  static const struct
  {
    const char *field, *en, *ko, *fault;
  } faults[] = {
    { "/a", NULL, "x", "no-message" }, { "/a", "x", "", "no-message" },
    { "/a", "\xff", "x", "utf-8" },    { "/a", "x", "\xed\xa0\x80", "utf-8" },
    { "\xff", "x", "x", "utf-8" },     { "a", "x", "x", "pointer" },
    { "", "x", "x", "pointer" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (NaruReport) report = naru_report_new ();
      naru_report_refuse (report, faults[i].field, faults[i].en, faults[i].ko);
      naru_report_refuse (report, "/a", "Sound.", "온전합니다.");
      assert_report (report, NULL, faults[i].fault);
    }
  g_autoptr (NaruReport) report = naru_report_new ();
  naru_report_ask (report, NULL);
  assert_report (report, NULL, "pointer");
}

static void
test_bounds (void)
{
  g_autoptr (NaruReport) long_one = naru_report_new ();
  g_autoptr (NaruReport) many = naru_report_new ();
  g_autoptr (NaruReport) asks = naru_report_new ();
  g_autoptr (GString) sea = g_string_new (NULL);
  g_autofree char *ko = NULL;
  gsize kept = 0;

  for (guint i = 0; i < 3000; i++)
    g_string_append (sea, "바");
  naru_report_refuse (long_one, "/a", "x", sea->str);
  ko = naru_report_dup_message (long_one, "ko");
  g_assert_cmpint (g_utf8_strlen (ko, -1), ==, NARU_REPORT_MAX_TEXT);
  g_assert_true (g_utf8_validate (ko, -1, NULL));

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *field = g_strdup_printf ("/a/%u", i);
      naru_report_refuse (many, field, "Wrong by far.", sea->str);
      naru_report_ask (asks, field);
    }
  assert_report (many, "fail", NULL);
  g_assert_cmpuint (naru_report_get_n_refusals (many), ==, 10000);
  g_autofree char *all = naru_report_dup_message (many, "ko");
  kept = strlen (all);
  g_assert_cmpuint (kept, <=, NARU_REPORT_MAX_BYTES + NARU_REPORT_MAX_REFUSALS);
  g_assert_cmpuint (kept, >, NARU_REPORT_MAX_BYTES / 2);
  assert_report (asks, "unknown", NULL);
  g_assert_cmpuint (g_strv_length ((char **) naru_report_get_fields (asks)), ==, NARU_REPORT_MAX_REFUSALS);
}

static void
test_subject (void)
{
  static const char text[] =
      "{\"@today\": \"2026-11-28\", \"n\": 7, \"no\": null, \"yes\": true, \"list\": [1, \"x\", "
      "{}, []], \"inner\": {\"a/b\": \"나루\"}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (text, -1, 0, &error);
  g_autoptr (NaruJson) again = NULL;
  g_autoptr (NaruSubject) subject = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) expected = NULL;
  g_autofree char *copy = NULL;

  g_assert_no_error (error);
  subject = naru_subject_new (json, &error);
  g_assert_no_error (error);
  g_assert_true (naru_subject_get_json (subject) == json);
  g_assert_cmpint (naru_subject_get_today (subject), ==, naru_date_new (2026, 11, 28));
  copy = naru_subject_dup_text (subject);
  again = naru_json_parse (copy, -1, 0, &error);
  g_assert_no_error (error);
  g_assert_true (naru_json_equal (json, again));

  variant = naru_subject_dup_variant (subject);
  expected =
      g_variant_parse (G_VARIANT_TYPE_VARDICT,
                       "{'@today': <'2026-11-28'>, 'inner': <{'a/b': <'나루'>}>, 'list': <[<int64 1>, <'x'>, "
                       "<@a{sv} {}>, <@av []>]>, 'n': <int64 7>, 'no': <@ms nothing>, 'yes': <true>}",
                       NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GVariantDict) dict = g_variant_dict_new (variant);
  GVariantIter iter;
  const char *key = NULL;
  GVariant *value = NULL;
  g_assert_cmpuint (g_variant_n_children (variant), ==, g_variant_n_children (expected));
  g_variant_iter_init (&iter, expected);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) found = g_variant_dict_lookup_value (dict, key, NULL);
      g_assert_cmpvariant (found, value);
    }
}

static void
test_no_subject (void)
{
  static const char *const cases[] = { "[]", "{}", "7", "{\"@today\": \"2026-02-30\"}", "{\"@today\": 1}" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) json = naru_json_parse (cases[i], -1, 0, NULL);
      if (json == NULL) /* no document by itself */
        continue;
      g_assert_null (naru_subject_new (json, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/sdk/verdicts", test_verdicts);
  g_test_add_func ("/sdk/contradictions", test_contradictions);
  g_test_add_func ("/sdk/faults", test_faults);
  g_test_add_func ("/sdk/bounds", test_bounds);
  g_test_add_func ("/sdk/subject", test_subject);
  g_test_add_func ("/sdk/no-subject", test_no_subject);
  return g_test_run ();
}
