/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-verify.h"

#include <string.h>

/* Honest histories raise no alarm. What is altered is told by tests/office/test-tamper.c. */

static NaruJson *
verify_office (Fixture *fixture, const NaruVerifyOptions *options)
{
  g_autoptr (GError) error = NULL;
  NaruJson *report = naru_desk_verify (fixture->desk, options, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_no_findings (NaruJson *report)
{
  NaruJson *findings = naru_json_get (report, "findings");
  g_autofree char *text = naru_json_to_text (findings, NULL);

  if (naru_json_get_size (findings) > 0)
    g_error ("%s", text);
  g_assert_true (naru_json_get_boolean (report, "whole", FALSE));
}

static void
test_honest (gconstpointer data)
{
  guint32 seed = (guint32) GPOINTER_TO_UINT (data);
  g_autoptr (RandomOffice) random = random_office_new (seed);
  Fixture *fixture = &random->fixture;
  g_autofree char *history = g_build_filename (fixture->folder, "audit.git", NULL);
  g_autoptr (GError) error = NULL;
  NaruVerifyOptions options = { 0 };

  random_office_change (random, 300);
  g_autoptr (NaruJson) report = verify_office (fixture, &options);
  assert_no_findings (report);
  g_autoptr (NaruJson) alone = naru_history_verify (history, &options, &error);
  g_assert_no_error (error);
  assert_no_findings (alone);
  g_test_message ("%" G_GINT64_FORMAT " entries, %" G_GINT64_FORMAT " moves judged again",
                  naru_json_get_integer (report, "entries", 0), naru_json_get_integer (report, "judged", 0));
  g_assert_cmpint (naru_json_get_integer (report, "judged", 0), >, 0);
}

int
main (int argc, char **argv)
{
  guint n = g_getenv ("NARU_TEST_LONG") != NULL ? 50 : 5;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/verify/honest/%u", i);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_honest);
    }
  return g_test_run ();
}
