/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-office.h"

#include "naru-desk-keys.h"
#include "naru-desk-rules.h"
#include "naru-office-private.h"
#include "naru-restore.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* The office as it was says what the store said then, byte for byte. */

#define DAY 86400

/* What was told of the office at one moment. */
typedef struct
{
  guint64 seq;
  char *commit;
  char *day;
  char *tag;
  GPtrArray *ids;
  char *told;
} Memory;

static void
memory_free (Memory *self)
{
  g_free (self->commit);
  g_free (self->day);
  g_free (self->tag);
  g_free (self->told);
  g_ptr_array_unref (self->ids);
  g_free (self);
}

/* The clock stands still between two calls; it begins on 1 March 2026. */
static void
set_clock (gint64 seconds)
{
  const NaruTime time = { 1772322300 + seconds, 540 };
  g_autofree char *text = naru_time_to_string (&time);
  g_autoptr (GError) error = NULL;

  naru_clock_set (text, &error);
  g_assert_no_error (error);
}

static void
tell (GString *told, const char *what, NaruJson *json, GError *error)
{
  g_autoptr (GError) taken = error;
  g_autofree char *line = json != NULL ? naru_json_to_line (json) : g_strdup (error->message);

  g_string_append_printf (told, "%s: %s\n", what, g_strchomp (line));
}

static void
tell_record (NaruDesk *desk, const char *id, gboolean judge, GString *told)
{
  GError *error = NULL;
  g_autoptr (NaruRecord) record = naru_desk_show (desk, id, &error);

  g_assert_no_error (error);
  g_string_append_printf (told, "%s\n", naru_record_get_revision (record));
  tell (told, id, naru_record_get_json (record), NULL);
  g_autoptr (NaruJson) history = naru_desk_history (desk, id, &error);
  tell (told, "history", history, error);
  error = NULL;
  g_autoptr (NaruReview) review = judge ? naru_desk_check (desk, id, NULL, &error) : NULL;
  g_autoptr (NaruJson) json = review != NULL ? naru_review_to_json (review) : NULL;
  if (judge)
    tell (told, "check", json, error);
}

static gboolean
export_record (NaruRecord *record, gpointer user_data, GError **error)
{
  tell (user_data, naru_record_get_id (record), naru_record_get_json (record), NULL);
  return TRUE;
}

static void
tell_type (NaruDesk *desk, const char *type, GString *told)
{
  const NaruQuery queries[] = { { 0 },
                                { .sort = "-since", .limit = 7 },
                                { .text = "나노" },
                                { .stage = "evaluation" } };
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (NaruJson) list = naru_desk_list (desk, type, &queries[i], &error);
      tell (told, type, list, error);
      error = NULL;
    }
  g_autoptr (NaruJson) board = naru_desk_board (desk, type, NULL, 3, &error);
  tell (told, "board", board, error);
  error = NULL;
  naru_desk_foreach (desk, type, NULL, export_record, told, &error);
  g_assert_no_error (error);
}

/* One record after the other first, then type by type; @whole: the other way round */
static char *
tell_all (NaruDesk *desk, GPtrArray *ids, gboolean whole)
{
  g_autoptr (GString) records = g_string_new (NULL);
  g_autoptr (GString) types = g_string_new (NULL);
  const char *const *names = naru_types_get_names (naru_office_get_types (naru_desk_get_office (desk)));

  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; (pass == 0) != whole && i < ids->len; i++)
        tell_record (desk, g_ptr_array_index (ids, i), i % 6 == 0, records);
      for (guint i = 0; (pass == 0) == whole && names[i] != NULL; i++)
        tell_type (desk, names[i], types);
    }
  return g_strconcat (records->str, types->str, NULL);
}

static GPtrArray *
list_ids (NaruDesk *desk)
{
  const char *const *names = naru_types_get_names (naru_office_get_types (naru_desk_get_office (desk)));
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (NaruJson) list = naru_desk_list (desk, names[i], NULL, NULL);
      for (guint j = 0; j < naru_json_get_size (list); j++)
        g_ptr_array_add (ids, g_strdup (naru_json_get_string (naru_json_get_element (list, j), "id")));
    }
  return ids;
}

static Memory *
remember (Fixture *fixture, guint number)
{
  Memory *self = g_new0 (Memory, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) status = naru_desk_status (fixture->desk, &error);
  NaruTime now;

  g_assert_no_error (error);
  naru_clock_now (&now);
  self->day = naru_date_to_string (naru_time_to_date (&now));
  self->seq = (guint64) naru_json_get_integer (status, "entries", 0);
  self->commit = g_strdup (naru_json_get_string (status, "head"));
  self->tag = g_strdup_printf ("seal-%u", number);
  g_free (fixture_git (fixture, "config user.name Kim"));
  g_free (fixture_git (fixture, "config user.email kim@example.com"));
  g_autofree char *arguments = g_strdup_printf ("tag -a -m sealed %s main", self->tag);
  g_free (fixture_git (fixture, arguments));
  self->ids = list_ids (fixture->desk);
  self->told = tell_all (fixture->desk, self->ids, FALSE);
  return self;
}

static void
assert_told (Fixture *fixture, const Memory *memory, const char *when, gboolean whole)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) desk = naru_desk_at (fixture->desk, when, &error);

  g_assert_no_error (error);
  g_autofree char *told = tell_all (desk, memory->ids, whole);
  if (g_str_equal (told, memory->told))
    return;
  g_auto (GStrv) then = g_strsplit (memory->told, "\n", -1);
  g_auto (GStrv) now = g_strsplit (told, "\n", -1);
  for (guint i = 0; then[i] != NULL && now[i] != NULL; i++)
    if (!g_str_equal (then[i], now[i]))
      g_error ("at %s\nthen: %s\nnow:  %s", when, then[i], now[i]);
  g_error ("at %s: %u lines, %u lines", when, g_strv_length (then), g_strv_length (now));
}

static void
assert_all (Fixture *fixture, GPtrArray *memories)
{
  for (guint i = 0; i < memories->len; i++)
    {
      const Memory *memory = g_ptr_array_index (memories, i);
      g_autofree char *number = g_strdup_printf ("#%" G_GUINT64_FORMAT, memory->seq);
      g_autofree char *prefix = g_ascii_strup (memory->commit, 12);
      const char *const names[] = { memory->commit, memory->day, memory->tag, number, prefix };
      /* all kinds of names, each memory by two of them */
      assert_told (fixture, memory, names[i % G_N_ELEMENTS (names)], TRUE);
      assert_told (fixture, memory, names[(i + 2) % G_N_ELEMENTS (names)], FALSE);
    }
}

static void
assert_no_scratch (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_false (g_str_has_prefix (name, ".past-"));
}

static void
test_random (gconstpointer data)
{
  set_clock (0);
  g_autoptr (RandomOffice) random = random_office_new ((guint32) GPOINTER_TO_UINT (data));
  g_autoptr (GPtrArray) memories = g_ptr_array_new_with_free_func ((GDestroyNotify) memory_free);

  for (guint i = 0; i < 8; i++)
    {
      set_clock (i * 9 * DAY);
      random_office_change (random, 25);
      set_clock (i * 9 * DAY + 5 * 3600);
      random_office_change (random, 15);
      g_ptr_array_add (memories, remember (&random->fixture, i));
    }
  set_clock (200 * DAY);
  assert_all (&random->fixture, memories);
  assert_no_scratch (&random->fixture);
  /* the same out of packs, and tags from one file */
  g_free (fixture_git (&random->fixture, "gc -q --aggressive"));
  assert_all (&random->fixture, memories);
}

static void
assert_refused (NaruDesk *desk, const char *when, NaruError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (naru_desk_at (desk, when, &error));
  g_test_message ("%s: %s", when, error->message);
  g_assert_error (error, NARU_ERROR, code);
  g_assert_nonnull (naru_error_get_cure (error));
}

static char *
get_revision (NaruDesk *desk, const char *id, const char *when)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) then = when != NULL ? naru_desk_at (desk, when, &error) : naru_desk_ref (desk);

  g_assert_no_error (error);
  g_autoptr (NaruRecord) record = naru_desk_show (then, id, &error);
  if (record == NULL)
    g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  return record != NULL ? g_strdup (naru_record_get_revision (record)) : g_strdup ("");
}

static void
assert_revision (NaruDesk *desk, const char *id, const char *when, const char *expected)
{
  g_autofree char *revision = get_revision (desk, id, when);

  g_assert_cmpstr (revision, ==, expected);
}

static void
edit (NaruDesk *desk, const char *id, const char *changes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_json_parse (changes, -1, 0, &error);

  naru_desk_edit (desk, id, json, NULL, &error);
  g_assert_no_error (error);
}

/* The end of a day is that of whoever asks; what is to come means now. */
static void
test_times (void)
{
  g_autoptr (GError) error = NULL;
  set_clock (0); /* 2026-03-01T08:45:00+09:00 */
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autofree char *first = get_revision (fixture.desk, id, NULL);
  set_clock (DAY - 3600 * 3); /* 2 March, 05:45, still the first in UTC */
  edit (fixture.desk, id, "{\"trl\": 3}");
  g_autofree char *second = get_revision (fixture.desk, id, NULL);

  set_clock (20 * DAY);
  assert_revision (fixture.desk, id, "2026-03-01", first);
  assert_revision (fixture.desk, id, "2026-03-01T23:59:59+09:00", first);
  assert_revision (fixture.desk, id, "2026-03-02T05:44:59+09:00", first);
  assert_revision (fixture.desk, id, "2026-03-02T05:45:00+09:00", second);
  assert_revision (fixture.desk, id, "2026-03-01T20:45:00Z", second);
  assert_revision (fixture.desk, id, "2026-03-02", second);
  assert_revision (fixture.desk, id, "2026-03-15", second);
  assert_revision (fixture.desk, id, "2031-01-01", second);
  assert_refused (fixture.desk, "2026-02-28", NARU_ERROR_NOT_FOUND);
  assert_refused (fixture.desk, "2026-03-01T08:44:59+09:00", NARU_ERROR_NOT_FOUND);
  assert_revision (fixture.desk, id, "2026-03-01T08:45:00+09:00", first);
  /* in another zone the day ends elsewhere */
  g_assert_true (naru_clock_set ("2026-03-21T12:00:00Z", &error));
  assert_revision (fixture.desk, id, "2026-03-01", second);
  set_clock (20 * DAY);

  /* the board of a day that is still to come is that of today */
  g_autoptr (NaruDesk) future = naru_desk_at (fixture.desk, "2031-01-01", &error);
  g_autoptr (NaruJson) then = naru_desk_board (future, NULL, NULL, 0, &error);
  g_autoptr (NaruJson) now = naru_desk_board (fixture.desk, NULL, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_true (naru_json_equal (then, now));
}

static void
test_names (void)
{
  static const char *const names[] = { "",          "#",
                                       "#0",        "#x",
                                       "#99999",    "abc",
                                       "abcdef0",   "2026-13-01",
                                       "yesterday", "HEAD",
                                       "main",      "../x",
                                       "seal/../x", "refs/heads/main",
                                       "-x",        ".hidden",
                                       "seal-",     "0123456789012345678901234567890123456789",
                                       "\xc3\xa9" };
  set_clock (0);
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autofree char *revision = get_revision (fixture.desk, id, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    assert_refused (fixture.desk, names[i], NARU_ERROR_NOT_FOUND);
  g_free (fixture_git (&fixture, "config user.name Kim"));
  g_free (fixture_git (&fixture, "config user.email kim@example.com"));
  g_free (fixture_git (&fixture, "tag -a -m x yearly/2026 main"));
  g_free (fixture_git (&fixture, "tag -a -m x again yearly/2026"));
  g_free (fixture_git (&fixture, "tag light main"));
  g_free (fixture_git (&fixture, "tag -a -m x folder main^{tree}"));
  edit (fixture.desk, id, "{\"trl\": 3}");
  for (guint packed = 0; packed < 2; packed++)
    {
      assert_revision (fixture.desk, id, "yearly/2026", revision);
      assert_revision (fixture.desk, id, "again", revision);
      assert_revision (fixture.desk, id, "light", revision);
      assert_refused (fixture.desk, "folder", NARU_ERROR_INVALID);
      g_free (fixture_git (&fixture, "pack-refs --all"));
    }

  /* a commit that somebody put beside the branch, and a tag that names it */
  g_autofree char *beside = fixture_git (&fixture, "commit-tree -m x main^{tree}");
  g_autofree char *arguments = g_strdup_printf ("tag -a -m x foreign %s", g_strchomp (beside));
  g_free (fixture_git (&fixture, arguments));
  assert_refused (fixture.desk, beside, NARU_ERROR_NOT_FOUND);
  assert_refused (fixture.desk, "foreign", NARU_ERROR_BROKEN);

  /* two commits that begin alike, of which only the rows are there */
  g_autofree char *head = fixture_git (&fixture, "rev-parse main");
  g_autofree char *prefix = g_strndup (head, 9);
  NaruOid twin;
  g_assert_true (naru_oid_from_hex (g_strchomp (head), &twin));
  twin.bytes[NARU_OID_SIZE - 1] ^= 1;
  g_autoptr (NaruTxn) txn = naru_store_begin_write (fixture.office->store, &error);
  g_assert_true (naru_txn_put_commit (txn, 4, &twin, &error));
  g_assert_true (naru_txn_commit (g_steal_pointer (&txn), &error));
  assert_refused (fixture.desk, prefix, NARU_ERROR_INVALID);
  assert_revision (fixture.desk, id, "#2", revision);
  g_autoptr (NaruDesk) desk = naru_desk_at (fixture.desk, head, &error);
  g_assert_no_error (error);
}

/* Entries that git does not have yet: written now, or told why not. Those before them are there all the same.
 */
static void
test_pending (void)
{
  set_clock (0);
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autofree char *first = get_revision (fixture.desk, id, NULL);
  g_autofree char *lock = g_build_filename (fixture.folder, "publish.lock", NULL);
  g_autoptr (NaruJson) json = naru_json_parse ("{\"trl\": 4}", -1, 0, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_mkdir (lock, 0700), ==, 0);
  set_clock (DAY);
  g_assert_false (naru_desk_edit (fixture.desk, id, json, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_PENDING);
  g_clear_error (&error);
  g_autofree char *second = get_revision (fixture.desk, id, NULL);
  set_clock (3 * DAY);
  assert_revision (fixture.desk, id, "2026-03-01", first);
  assert_revision (fixture.desk, id, "#2", first);
  assert_refused (fixture.desk, "#3", NARU_ERROR_IO);
  assert_refused (fixture.desk, "2026-03-02", NARU_ERROR_IO);
  g_assert_cmpint (g_rmdir (lock), ==, 0);
  assert_revision (fixture.desk, id, "#3", second);
  assert_revision (fixture.desk, id, "2026-03-02", second);
}

/* The rights of today: what is hidden now is hidden then, what may be read now may be read as it was. */
static void
test_access (void)
{
  set_clock (0);
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) hana =
      fixture_desk (&fixture, "hana",
                    "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"inventor\"]}");
  g_autofree char *own = g_strdup_printf ("{\"inventors\": [{\"person\": \"%s\", \"share\": \"100\"}]}",
                                          naru_desk_get_person (hana));
  g_autofree char *lost = fixture_create (&fixture, "deal", "{\"title\": \"Lost\"}");
  g_autofree char *won = fixture_create (&fixture, "deal", "{\"title\": \"Won\"}");
  edit (fixture.desk, lost, own);
  g_autofree char *won_then = get_revision (fixture.desk, won, NULL);
  g_autofree char *lost_then = get_revision (fixture.desk, lost, NULL);
  assert_revision (hana, lost, NULL, lost_then);
  assert_revision (hana, won, NULL, "");
  set_clock (5 * DAY);
  edit (fixture.desk, lost, "{\"inventors\": null}");
  edit (fixture.desk, won, own);

  assert_revision (hana, lost, NULL, "");
  assert_revision (hana, lost, "2026-03-01", "");
  assert_revision (hana, won, "2026-03-01", won_then);
  assert_revision (fixture.desk, lost, "2026-03-01", lost_then);
  g_autoptr (NaruDesk) then = naru_desk_at (hana, "2026-03-01", &error);
  g_autoptr (NaruJson) list = naru_desk_list (then, "deal", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (list), ==, 1);
  g_assert_cmpstr (naru_json_get_string (naru_json_get_element (list, 0), "id"), ==, won);
  g_assert_null (naru_desk_history (then, lost, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  /* the person asks with the role of now as well */
  edit (fixture.desk, naru_desk_get_person (hana), "{\"roles\": [\"officer\"]}");
  g_autoptr (NaruDesk) promoted = naru_desk_new (fixture.office, "hana", "cli", &error);
  assert_revision (promoted, lost, "2026-03-01", lost_then);
}

/* A field for the owner of a record: whose it is now counts, not whose it was. */
static void
test_audience (void)
{
  set_clock (0);
  g_auto (Fixture) fixture = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) yuri = fixture_desk (
      &fixture, "yuri",
      "{\"name\": \"최유리\", \"login\": \"yuri\", \"roles\": [\"plugin-admin\"], \"unit\": \"lab\"}");
  g_autofree char *own = g_strdup_printf ("{\"inventors\": [{\"person\": \"%s\", \"share\": \"100\"}]}",
                                          naru_desk_get_person (yuri));
  static const char fields[] = "{\"title\": \"T\", \"summary\": \"S\", \"unit\": \"lab\"}";
  g_autofree char *lost = fixture_create (&fixture, "deal", fields);
  g_autofree char *won = fixture_create (&fixture, "deal", fields);
  edit (fixture.desk, lost, own);
  set_clock (5 * DAY);
  edit (fixture.desk, lost, "{\"inventors\": null}");
  edit (fixture.desk, won, own);

  g_autoptr (NaruDesk) then = naru_desk_at (yuri, "2026-03-01", &error);
  g_assert_no_error (error);
  g_autoptr (NaruRecord) hidden = naru_desk_show (then, lost, &error);
  g_assert_no_error (error);
  g_assert_null (naru_json_get (naru_record_get_json (hidden), "summary"));
  g_assert_nonnull (naru_json_get (naru_record_get_json (hidden), "inventors"));
  g_autoptr (NaruRecord) shown = naru_desk_show (then, won, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (shown), "summary"), ==, "S");
  const NaruQuery query = { .text = "S" };
  g_autoptr (NaruJson) found = naru_desk_list (then, "deal", &query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (found), ==, 1);
}

/* Nothing changes there, and nothing is told that is not true there. */
static void
test_refusals (void)
{
  set_clock (0);
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *id = fixture_create (&fixture, "deal", "{\"title\": \"T\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruDesk) then = naru_desk_at (fixture.desk, "2026-03-01", &error);
  g_autoptr (NaruJson) json = naru_json_parse ("{\"title\": \"U\"}", -1, 0, NULL);
  g_autofree char *file = g_build_filename (fixture.parent, "file", NULL);
  g_autoptr (NaruJson) report = NULL;
  g_autofree char *rows = import_write (&fixture, "rows.jsonl", "{\"title\":\"V\"}\n");
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (file, "x", -1, NULL));
  set_clock (DAY);

#define REFUSED(call)                                                                                        \
  g_assert_true (!(call));                                                                                   \
  g_assert_error (error, NARU_ERROR, NARU_ERROR_UNSUPPORTED);                                                \
  g_assert_nonnull (naru_error_get_cure (error));                                                            \
  g_clear_error (&error)

  REFUSED (naru_desk_create (then, "deal", json, NULL, &error));
  REFUSED (naru_desk_edit (then, id, json, NULL, &error));
  REFUSED (naru_desk_note (then, id, "x", &error));
  REFUSED (naru_desk_attach (then, id, file, "x", &error));
  REFUSED (naru_desk_advance (then, id, "disclosure", NULL, NULL, &error));
  REFUSED (naru_desk_approve (then, id, "disclosure", &error));
  REFUSED (naru_desk_import (then, "deal", &(NaruImportOptions){ .file = rows }, &report, &error));
  REFUSED (naru_desk_rotate_key (then, NULL, "x", NULL, &error));
  REFUSED (naru_desk_checkpoint (then, &error));
  REFUSED (naru_desk_status (then, &error));
  REFUSED (naru_desk_list_keys (then, &error));
  REFUSED (naru_desk_backup (then, file, NULL, NULL, &report, &error));
  REFUSED (naru_desk_disable_plugin (then, "it", "x", &error));
  REFUSED (naru_desk_at (then, "2026-03-01", &error));
  fixture_assert_clean (&fixture, 2);

  /* what it can tell beside the six: versions up to then */
  edit (fixture.desk, id, "{\"trl\": 3}");
  g_autofree char *diff = naru_desk_diff (then, id, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (diff, ==, "");
}

/* What a crash left behind goes with the next call; what another process is just making stays. */
static void
test_scratch (void)
{
  set_clock (0);
  g_auto (Fixture) fixture = fixture_new ();
  g_autofree char *old = g_build_filename (fixture.folder, ".past-000000", NULL);
  g_autofree char *file = g_build_filename (old, "data.mdb", NULL);
  g_autofree char *fresh = g_build_filename (fixture.folder, ".past-111111", NULL);
  const struct utimbuf past = { 1000, 1000 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (old, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "x", -1, NULL));
  g_assert_cmpint (utime (old, &past), ==, 0);
  g_assert_cmpint (g_mkdir (fresh, 0700), ==, 0);
  g_autoptr (NaruDesk) then = naru_desk_at (fixture.desk, "#1", &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fresh, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (fresh), ==, 0);
  assert_no_scratch (&fixture);
  /* the desk lives on without its files, and without the office */
  g_clear_pointer (&fixture.desk, naru_desk_unref);
  g_clear_pointer (&fixture.office, naru_office_unref);
  g_autoptr (NaruJson) list = naru_desk_list (then, "person", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_json_get_size (list), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint seed = 1; seed <= 3; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/at/random/%u", seed);
      g_test_add_data_func (path, GUINT_TO_POINTER (seed), test_random);
    }
  g_test_add_func ("/at/times", test_times);
  g_test_add_func ("/at/names", test_names);
  g_test_add_func ("/at/pending", test_pending);
  g_test_add_func ("/at/access", test_access);
  g_test_add_func ("/at/audience", test_audience);
  g_test_add_func ("/at/refusals", test_refusals);
  g_test_add_func ("/at/scratch", test_scratch);
  return g_test_run ();
}
