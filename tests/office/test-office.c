/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "office-fixture.h"

#include <string.h>

/* An office from the outside: what a desk does, and what stock git then finds. */

static void
test_create (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;

  g_assert_cmpstr (naru_office_get_name (fixture.office), ==, "Magok 산학협력단");
  log = fixture_git (&fixture, "log --format=%an|%cn|%s");
  g_assert_cmpstr (log, ==, "김민지|Magok 산학협력단|office: init Magok 산학협력단\n");
  fixture_assert_clean (&fixture, 1);

  /* a folder that holds something is never taken */
  g_assert_null (naru_office_create (fixture.folder, "Other", "MGK", fixture.person, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_EXISTS);
}

static void
test_bad_names (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "bad-names", NULL);
  g_autoptr (NaruJson) person = naru_json_new_object ();
  const char *const hubs[] = { "", "m", "magok", "MGK/..", "MAGOKMAGOK", NULL };

  naru_json_set_string (person, "name", "A");
  for (guint i = 0; hubs[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_office_create (folder, "Name", hubs[i], person, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, "hub");
      g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
    }
}

static void
test_edit (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"나노 촉매\", \"trl\": 3}");
  g_autoptr (NaruRecord) before = NULL;
  g_autoptr (NaruRecord) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) changes = naru_json_new_object ();
  g_autofree char *show = NULL;
  g_autofree char *command = NULL;

  before = naru_desk_show (fixture.desk, id, &error);
  g_assert_no_error (error);
  naru_json_set_integer (changes, "trl", 4);
  g_assert_true (naru_desk_edit (fixture.desk, id, changes, naru_record_get_revision (before), &error));
  g_assert_no_error (error);
  fixture_assert_clean (&fixture, 3);

  /* the record's bytes are the blob's bytes */
  after = naru_desk_show (fixture.desk, id, &error);
  command = g_strdup_printf ("cat-file blob %s", naru_record_get_revision (after));
  show = fixture_git (&fixture, command);
  g_assert_cmpmem (show, strlen (show), g_bytes_get_data (naru_record_get_bytes (after), NULL),
                   g_bytes_get_size (naru_record_get_bytes (after)));

  /* the same again changes nothing and makes no commit */
  g_assert_true (naru_desk_edit (fixture.desk, id, changes, NULL, &error));
  fixture_assert_clean (&fixture, 3);

  /* on an old revision: a conflict, and nothing is lost */
  naru_json_set_integer (changes, "trl", 5);
  g_assert_false (naru_desk_edit (fixture.desk, id, changes, naru_record_get_revision (before), &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_CONFLICT);
  fixture_assert_clean (&fixture, 3);
}

static void
test_refused_fields (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  const struct
  {
    const char *change;
    const char *field;
  } cases[] = {
    { "{\"colour\": \"red\"}", "colour" },
    { "{\"stage\": \"patent\"}", "stage" },
    { "{\"trl\": 12}", "/trl" },
    { "{\"officer\": \"MGK-PER-2026-09999\"}", "/officer" },
    { "{\"officer\": \"MGK-2026-00001\"}", "/officer" },
    { "{\"title\": null}", "/title" },
    { "{\"inventors\": [{\"person\": \"MGK-PER-2026-00001\", \"share\": \"99.9\"}]}", "/inventors" },
    { "{\"approvals\": []}", "approvals" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) changes = naru_json_parse (cases[i].change, -1, 0, &error);

      g_assert_no_error (error);
      g_assert_false (naru_desk_edit (fixture.desk, id, changes, NULL, &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
      g_assert_cmpstr (naru_error_get_field (error), ==, cases[i].field);
    }
  fixture_assert_clean (&fixture, 2);
}

static void
test_unknown_ids (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  const char *const ids[] = { "", "x", "../../etc/passwd", "MGK-2026-00001", "MGK-ZZZ-2026-00001", NULL };

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (naru_desk_show (fixture.desk, ids[i], &error));
      g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
      g_assert_nonnull (naru_error_get_cure (error));
    }
}

static void
test_history (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) events = NULL;
  g_autofree char *diff = NULL;
  g_autofree char *head = NULL;

  g_assert_true (naru_desk_note (fixture.desk, id, "첫 통화", &error));
  g_assert_no_error (error);
  events = naru_desk_history (fixture.desk, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (events), ==, 2);
  g_assert_cmpstr (naru_json_get_string (naru_json_get_element (events, 0), "action"), ==, "create");
  g_assert_cmpstr (naru_json_get_string (naru_json_get_element (events, 0), "to"), ==, "idea");
  head = fixture_git (&fixture, "rev-parse main");
  g_strstrip (head);
  g_assert_cmpstr (naru_json_get_string (naru_json_get_element (events, 1), "commit"), ==, head);

  diff = naru_desk_diff (fixture.desk, id, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (diff, "+      \"text\": \"첫 통화\""));
}

static void
test_many_changes (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autofree char *objects = NULL;

  /* crosses two checkpoints: what is loose goes into packs, and stays readable */
  for (guint i = 0; i < 150; i++)
    {
      g_autofree char *text = g_strdup_printf ("note %u", i);
      g_autoptr (GError) error = NULL;

      g_assert_true (naru_desk_note (fixture.desk, id, text, &error));
      g_assert_no_error (error);
    }
  fixture_assert_clean (&fixture, 152);
  objects = fixture_git (&fixture, "count-objects -v");
  g_assert_nonnull (strstr (objects, "packs: "));
  g_assert_null (strstr (objects, "packs: 0"));
}

static void
test_documents (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  const gsize sizes[] = { 0, 10, 64 << 10, (64 << 10) + 1, 3 << 20 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *content = g_malloc (sizes[i] + 1);
      g_autofree char *file = g_build_filename (fixture.parent, "report.pdf", NULL);
      g_autoptr (GBytes) back = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize k = 0; k < sizes[i]; k++)
        content[k] = (char) (k * 7 + i);
      g_assert_true (g_file_set_contents (file, content, sizes[i], &error));
      g_assert_true (naru_desk_attach (fixture.desk, id, file, NULL, &error));
      g_assert_no_error (error);
      back = naru_desk_read_document (fixture.desk, id, "report.pdf", &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), content, sizes[i]);
    }
  fixture_assert_clean (&fixture, 2 + G_N_ELEMENTS (sizes));
}

/* The same document at two deals stands in the history once, and the second commit does not claim to add it.
 */
static void
test_same_document_twice (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *one = fixture_create (&fixture, "deal", "{\"title\": \"1\"}");
  g_autofree char *two = fixture_create (&fixture, "deal", "{\"title\": \"2\"}");
  g_autofree char *file = g_build_filename (fixture.parent, "nda.pdf", NULL);
  g_autofree char *names = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "nda", -1, NULL));
  g_assert_true (naru_desk_attach (fixture.desk, one, file, NULL, &error));
  g_assert_true (naru_desk_attach (fixture.desk, two, file, NULL, &error));
  g_assert_no_error (error);
  fixture_assert_clean (&fixture, 5);
  names = fixture_git (&fixture, "show --format= --name-only main");
  g_assert_null (strstr (names, "documents/"));
}

static void
test_bookings (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *facility = fixture_create (&fixture, "facility", "{\"name\": \"전자현미경\"}");
  const struct
  {
    const char *from;
    const char *to;
    const char *state;
    gboolean fits;
  } cases[] = {
    { "2026-03-02T09:00:00+09:00", "2026-03-02T12:00:00+09:00", "booked", TRUE },
    { "2026-03-02T12:00:00+09:00", "2026-03-02T13:00:00+09:00", "booked", TRUE },
    { "2026-03-02T11:59:00+09:00", "2026-03-02T12:30:00+09:00", "booked", FALSE },
    /* the same moment, written in another zone */
    { "2026-03-02T00:30:00Z", "2026-03-02T01:00:00Z", "booked", FALSE },
    { "2026-03-02T09:30:00+09:00", "2026-03-02T10:00:00+09:00", "cancelled", TRUE },
    { "2026-03-03T10:00:00+09:00", "2026-03-03T10:00:00+09:00", "booked", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "{\"facility\": \"%s\", \"starts_at\": \"%s\", \"ends_at\": \"%s\", \"state\": \"%s\"}", facility,
          cases[i].from, cases[i].to, cases[i].state);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) json = naru_json_parse (text, -1, 0, &error);

      g_assert_no_error (error);
      g_assert_cmpint (naru_desk_create (fixture.desk, "booking", json, NULL, &error), ==, cases[i].fits);
      if (!cases[i].fits)
        g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/office/create", test_create);
  g_test_add_func ("/office/bad-names", test_bad_names);
  g_test_add_func ("/office/edit", test_edit);
  g_test_add_func ("/office/refused-fields", test_refused_fields);
  g_test_add_func ("/office/unknown-ids", test_unknown_ids);
  g_test_add_func ("/office/history", test_history);
  g_test_add_func ("/office/many-changes", test_many_changes);
  g_test_add_func ("/office/documents", test_documents);
  g_test_add_func ("/office/bookings", test_bookings);
  g_test_add_func ("/office/same-document-twice", test_same_document_twice);
  return g_test_run ();
}
