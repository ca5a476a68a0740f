/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "office-fixture.h"

#include <string.h>

/*
 * The access matrix: every role x record type x action x own / foreign record, as the shipped policy gives
 * it. It is kept as a table in data/access-matrix.txt, so that a change of the policy is reviewed by its
 * diff: NARU_TEST_UPDATE=1 test-access And what the table says is then tried for real: show, list, edit,
 * export and attach must do as it tells.
 */

static const char *const roles[] = { "officer",      "director", "inventor", "partner", "auditor",
                                     "plugin-admin", "admin",    "contact",  NULL };
static const char *const actions[] = { "list",  "read",   "create", "edit",  "advance",    "approve",
                                       "waive", "attach", "export", "audit", "administer", NULL };

typedef struct
{
  NaruDesk *desk;
  char *party;
  char *own;     /* deal in which the person is an inventor and their party takes part */
  char *foreign; /* deal of others */
} Seat;

static void
seat_clear (Seat *seat)
{
  g_clear_pointer (&seat->desk, naru_desk_unref);
  g_clear_pointer (&seat->party, g_free);
  g_clear_pointer (&seat->own, g_free);
  g_clear_pointer (&seat->foreign, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seat, seat_clear)

static Seat
sit_down (Fixture *fixture, const char *role)
{
  g_autofree char *party = fixture_create (fixture, "party", "{\"name\": \"협력기관\"}");
  g_autofree char *person = g_strdup_printf (
      "{\"name\": \"P\", \"login\": \"%s\", \"roles\": [\"%s\"], \"party\": \"%s\", \"unit\": \"unit\"}",
      role, role, party);
  g_autofree char *own = NULL;
  Seat seat = { 0 };

  seat.party = g_steal_pointer (&party);
  seat.desk = fixture_desk (fixture, role, person);
  own = g_strdup_printf (
      "{\"title\": \"own\", \"summary\": \"secret\","
      " \"inventors\": [{\"person\": \"%s\", \"share\": \"100\"}],"
      " \"parties\": [{\"party\": \"%s\", \"role\": \"joint-rd\"}],"
      " \"commercial\": {\"route\": \"licence\", \"value\": \"1000\", \"currency\": \"KRW\"}}",
      naru_desk_get_person (seat.desk), seat.party);
  seat.own = fixture_create (fixture, "deal", own);
  seat.foreign = fixture_create (fixture, "deal",
                                 "{\"title\": \"foreign\", \"summary\": \"secret\", \"commercial\":"
                                 " {\"route\": \"licence\", \"value\": \"1000\", \"currency\": \"KRW\"}}");
  return seat;
}

/* A record of any type that mentions the person, or does not, whether or not its schema would have it. */
static NaruRecord *
make_record (NaruRecordType *type, const char *person, const char *party)
{
  g_autoptr (NaruJson) json = naru_json_new_object ();
  const char *code = naru_record_type_get_code (type);
  g_autofree char *id = naru_id_format ("ZZZ", code, 2026, 77777);
  g_autoptr (GError) error = NULL;
  NaruRecord *record;

  naru_json_set_string (json, "title", "t");
  naru_json_set_string (json, "someone", person);
  naru_json_set_string (json, "some_party", party);
  naru_json_set_string (json, "unit", person != NULL ? "unit" : "other unit");
  record = naru_record_new (naru_record_type_get_name (type), id, json, &error);
  g_assert_no_error (error);
  return record;
}

static char
verdict (Seat *seat, const char *type, const char *action, NaruRecord *record)
{
  return naru_desk_may (seat->desk, type, action, record) ? '+' : '.';
}

static void
add_rows (Fixture *fixture, const char *role, GString *table)
{
  g_auto (Seat) seat = sit_down (fixture, role);
  NaruTypes *types = naru_office_get_types (fixture->office);
  const char *const *names = naru_types_get_names (types);

  for (guint t = 0; names[t] != NULL; t++)
    {
      NaruRecordType *type = naru_types_get (types, names[t], NULL);
      g_autoptr (NaruRecord) own = make_record (type, naru_desk_get_person (seat.desk), seat.party);
      g_autoptr (NaruRecord) foreign = make_record (type, NULL, NULL);

      g_string_append_printf (table, "%-13s%-11s", role, names[t]);
      for (guint a = 0; actions[a] != NULL; a++)
        g_string_append_printf (table, " %s=%c%c", actions[a], verdict (&seat, names[t], actions[a], own),
                                verdict (&seat, names[t], actions[a], foreign));
      g_string_append_c (table, '\n');
    }
}

static void
test_matrix (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GString) table = g_string_new (
      "# role, record type, then for each action: own record, foreign record (+ may, . may not)\n");
  g_autofree char *file = g_test_build_filename (G_TEST_DIST, "office", "data", "access-matrix.txt", NULL);
  g_autofree char *expected = NULL;

  for (guint r = 0; roles[r] != NULL; r++)
    add_rows (&fixture, roles[r], table);
  if (g_getenv ("NARU_TEST_UPDATE") != NULL)
    g_assert_true (g_file_set_contents (file, table->str, -1, NULL));
  g_assert_true (g_file_get_contents (file, &expected, NULL, NULL));
  g_assert_cmpstr (table->str, ==, expected);
}

static gboolean
list_shows (NaruDesk *desk, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) list = naru_desk_list (desk, "deal", NULL, &error);

  if (list == NULL)
    g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  for (guint i = 0; list != NULL && i < naru_json_get_size (list); i++)
    if (g_str_equal (naru_json_get_string (naru_json_get_element (list, i), "id"), id))
      return TRUE;
  return FALSE;
}

static gboolean
note_record (NaruRecord *record, gpointer user_data, GError **error)
{
  g_ptr_array_add (user_data, g_strdup (naru_record_get_id (record)));
  return TRUE;
}

static gboolean
export_shows (NaruDesk *desk, const char *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  naru_desk_foreach (desk, "deal", NULL, note_record, ids, NULL);
  return g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL);
}

static void
try_for_real (Seat *seat, NaruRecord *whole)
{
  const char *id = naru_record_get_id (whole);
  gboolean reads = naru_desk_may (seat->desk, "deal", "read", whole);
  gboolean edits = reads && naru_desk_may (seat->desk, "deal", "edit", whole);
  gboolean notes = reads && naru_desk_may (seat->desk, "deal", "attach", whole);
  g_autoptr (NaruJson) changes = naru_json_new_object ();
  g_autoptr (NaruRecord) seen = NULL;
  g_autoptr (NaruJson) history = NULL;
  g_autoptr (GError) error = NULL;

  seen = naru_desk_show (seat->desk, id, &error);
  g_assert_cmpint (seen != NULL, ==, reads);
  if (!reads)
    g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  history = naru_desk_history (seat->desk, id, NULL);
  g_assert_cmpint (history != NULL, ==, reads);
  g_assert_cmpint (list_shows (seat->desk, id), ==, naru_desk_may (seat->desk, "deal", "list", whole));
  if (export_shows (seat->desk, id))
    g_assert_true (naru_desk_may (seat->desk, "deal", "export", whole));

  naru_json_set_string (changes, "unit", naru_desk_get_person (seat->desk));
  g_assert_cmpint (naru_desk_edit (seat->desk, id, changes, NULL, &error), ==, edits);
  if (!edits)
    g_assert_error (error, NARU_ERROR, (reads ? NARU_ERROR_DENIED : NARU_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_assert_cmpint (naru_desk_note (seat->desk, id, "n", &error), ==, notes);
}

static void
test_enforced (void)
{
  g_auto (Fixture) fixture = fixture_new ();

  for (guint r = 0; roles[r] != NULL; r++)
    {
      g_auto (Seat) seat = sit_down (&fixture, roles[r]);
      g_autoptr (NaruRecord) own = naru_desk_show (fixture.desk, seat.own, NULL);
      g_autoptr (NaruRecord) foreign = naru_desk_show (fixture.desk, seat.foreign, NULL);

      try_for_real (&seat, own);
      try_for_real (&seat, foreign);
    }
}

static void
test_audiences (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_auto (Seat) inventor = sit_down (&fixture, "inventor");
  g_auto (Seat) partner = sit_down (&fixture, "partner");
  g_autoptr (NaruRecord) own = naru_desk_show (inventor.desk, inventor.own, NULL);
  g_autoptr (NaruRecord) shared = naru_desk_show (partner.desk, partner.own, NULL);
  NaruQuery query = { .text = "secret" };
  g_autoptr (NaruJson) found = NULL;
  g_autoptr (GError) error = NULL;

  /* an inventor sees the money and the summary of what they invented */
  g_assert_nonnull (naru_json_get_pointer (naru_record_get_json (own), "/commercial"));
  g_assert_nonnull (naru_json_get (naru_record_get_json (own), "summary"));
  g_assert_nonnull (shared);
  /* the revision is that of the whole record, so that it can be named */
  g_assert_cmpuint (strlen (naru_record_get_revision (shared)), ==, 40);

  /* search finds nothing in what a person may not read */
  found = naru_desk_list (inventor.desk, "deal", &query, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < naru_json_get_size (found); i++)
    g_assert_cmpstr (naru_json_get_string (naru_json_get_element (found, i), "id"), ==, inventor.own);
}

static void
test_strangers (void)
{
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id =
      fixture_create (&fixture, "person",
                      "{\"name\": \"L\", \"login\": \"left\", \"roles\": [\"officer\"], \"active\": false}");

  g_assert_null (naru_desk_new (fixture.office, "nobody", "cli", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (naru_desk_new (fixture.office, "left", "cli", &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/access/matrix", test_matrix);
  g_test_add_func ("/access/enforced", test_enforced);
  g_test_add_func ("/access/audiences", test_audiences);
  g_test_add_func ("/access/strangers", test_strangers);
  return g_test_run ();
}
