/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-base.h"

#include <errno.h>

static void
test_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;

  naru_set_error (&error, NARU_ERROR_INVALID, "/title", 7, "Write a title.", "the %s is empty", "title");
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "the title is empty");
  copy = g_error_copy (error);
  g_clear_error (&error);
  g_assert_cmpstr (naru_error_get_field (copy), ==, "/title");
  g_assert_cmpint (naru_error_get_line (copy), ==, 7);
  g_assert_cmpstr (naru_error_get_cure (copy), ==, "Write a title.");

  g_prefix_error (&copy, "deals.csv: ");
  g_assert_cmpstr (naru_error_get_cure (copy), ==, "Write a title.");
}

/* A file may have any name: what is said of it can still be printed and put into JSON. */
static void
test_bytes (void)
{
  g_autoptr (GError) error = NULL;

  naru_set_error (&error, NARU_ERROR_INVALID, "a\xff", 0, "rename \xf5", "%s is odd", "b\xe2\x82");
  g_assert_cmpstr (error->message, ==, "b\uFFFD\uFFFD is odd");
  g_assert_cmpstr (naru_error_get_field (error), ==, "a\uFFFD");
  g_assert_cmpstr (naru_error_get_cure (error), ==, "rename \uFFFD");
  naru_error_set_cure (&error, "move %s", "\xff");
  g_assert_cmpstr (naru_error_get_cure (error), ==, "move \uFFFD");
  g_clear_error (&error);
  naru_set_error_errno (&error, ENOENT, NULL, "cannot read %s", "\xff");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_nothing_wanted (void)
{
  naru_set_error (NULL, NARU_ERROR_IO, NULL, 0, NULL, "nobody listens");
  naru_set_error_errno (NULL, ENOSPC, NULL, "nobody listens");
  g_assert_null (naru_error_get_field (NULL));
  g_assert_null (naru_error_get_cure (NULL));
  g_assert_cmpint (naru_error_get_line (NULL), ==, 0);
  g_assert_cmpint (naru_error_get_exit_status (NULL), ==, 0);
  g_assert_cmpint (naru_error_get_http_status (NULL), ==, 200);
}

static void
test_table (void)
{
  static const struct
  {
    NaruError code;
    const char *name;
    int exit_status;
    int http_status;
  } rows[] = {
    { NARU_ERROR_FAILED, "failed", 1, 500 },
    { NARU_ERROR_USAGE, "usage", 2, 400 },
    { NARU_ERROR_INVALID, "invalid", 2, 400 },
    { NARU_ERROR_BLOCKED, "blocked", 3, 422 },
    { NARU_ERROR_NOT_FOUND, "not-found", 4, 404 },
    { NARU_ERROR_DENIED, "denied", 1, 403 },
    { NARU_ERROR_CONFLICT, "conflict", 5, 409 },
    { NARU_ERROR_EXISTS, "exists", 1, 409 },
    { NARU_ERROR_TOO_LARGE, "too-large", 2, 413 },
    { NARU_ERROR_UNSUPPORTED, "unsupported", 1, 501 },
    { NARU_ERROR_IO, "io", 1, 507 },
    { NARU_ERROR_BROKEN, "broken", 6, 500 },
    { NARU_ERROR_PENDING, "pending", 7, 202 },
  };

  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, NARU_ERROR_PENDING + 1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      naru_set_error (&error, rows[i].code, NULL, 0, NULL, "x");
      g_assert_cmpstr (naru_error_get_name (error), ==, rows[i].name);
      g_assert_cmpint (naru_error_get_exit_status (error), ==, rows[i].exit_status);
      g_assert_cmpint (naru_error_get_http_status (error), ==, rows[i].http_status);
    }
}

static void
test_foreign (void)
{
  g_autoptr (GError) option = g_error_new_literal (G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "x");
  g_autoptr (GError) file = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");
  g_autoptr (GError) strange = g_error_new_literal (NARU_ERROR, 999, "x");

  g_assert_cmpint (naru_error_get_exit_status (option), ==, 2);
  g_assert_cmpstr (naru_error_get_name (file), ==, "failed");
  g_assert_null (naru_error_get_cure (file));
  g_assert_cmpint (naru_error_get_exit_status (strange), ==, 1);
}

static void
test_errno (void)
{
  static const int codes[] = { ENOSPC, EROFS,   EACCES, EPERM,  EMFILE, ENFILE, EIO,   EFBIG,       EDQUOT,
                               ENOMEM, ENOTDIR, EISDIR, EEXIST, EBUSY,  EAGAIN, ELOOP, ENAMETOOLONG };
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) rare = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL;
      naru_set_error_errno (&error, codes[i], NULL, "Cannot save %s", "the deal");
      g_assert_error (error, NARU_ERROR, NARU_ERROR_IO);
      g_assert_true (g_str_has_prefix (error->message, "Cannot save the deal: "));
      g_assert_nonnull (naru_error_get_cure (error));
      for (const char *p = error->message; *p != '\0'; p++)
        g_assert_false (g_ascii_isdigit (*p));
    }

  naru_set_error_errno (&missing, ENOENT, "Name another file.", "Cannot read it");
  g_assert_error (missing, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_assert_cmpstr (naru_error_get_cure (missing), ==, "Name another file.");

  naru_set_error_errno (&rare, EPIPE, NULL, "Cannot write");
  g_assert_error (rare, NARU_ERROR, NARU_ERROR_IO);
  g_assert_cmpuint (strlen (rare->message), >, strlen ("Cannot write: "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/error/parts", test_parts);
  g_test_add_func ("/error/bytes", test_bytes);
  g_test_add_func ("/error/nothing-wanted", test_nothing_wanted);
  g_test_add_func ("/error/table", test_table);
  g_test_add_func ("/error/foreign", test_foreign);
  g_test_add_func ("/error/errno", test_errno);
  return g_test_run ();
}
