/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import-fixture.h"
#include "naru-rows-private.h"

#include <string.h>

#define HEADER "case,activity,time,who,role\n"

static const char map_text[] = "{\"type\": \"deal\", \"case\": \"case\", \"activity\": \"activity\","
                               " \"time\": \"time\", \"actor\": \"who\", \"role\": \"role\","
                               " \"constants\": {\"hub\": \"LOG\"}}";

static void
put_in_force (Fixture *office, const char *file, const char *map)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) pipeline = naru_pipeline_propose (file, map, "seen", &error);

  g_assert_no_error (error);
  naru_desk_add_pipeline (office->desk, pipeline, "seen.json", &error);
  g_assert_no_error (error);
}

static NaruJson *
replay (Fixture *office, const NaruImportOptions *options)
{
  g_autoptr (GError) error = NULL;
  NaruJson *report = NULL;

  naru_desk_import_history (office->desk, options, &report, &error);
  g_assert_no_error (error);
  return report;
}

static NaruJson *
replay_refused (Fixture *office, const NaruImportOptions *options, GError **error)
{
  NaruJson *report = NULL;

  g_assert_false (naru_desk_import_history (office->desk, options, &report, error));
  return report;
}

typedef struct
{
  gint64 seconds;
  guint64 line;
  char *text; /* seconds and zone as git shows them */
} Moment;

static void
clear_moment (gpointer data)
{
  g_free (((Moment *) data)->text);
}

static int
compare_moments (gconstpointer a, gconstpointer b)
{
  const Moment *first = a;
  const Moment *second = b;

  if (first->seconds != second->seconds)
    return first->seconds < second->seconds ? -1 : 1;
  return first->line < second->line ? -1 : 1;
}

/* Reads the log a second time, with GLib's clock and not with ours. */
static char *
expected_times (const char *file, const char *column)
{
  g_autoptr (NaruRows) rows = naru_rows_open (file, NULL);
  g_autoptr (GArray) moments = g_array_new (FALSE, FALSE, sizeof (Moment));
  g_autoptr (GString) text = g_string_new (NULL);
  int at = naru_rows_find_column (rows, column);
  NaruRow row;

  g_array_set_clear_func (moments, clear_moment);
  while (naru_rows_next (rows, &row, NULL))
    {
      g_autofree char *iso = g_strdelimit (g_strdup (row.cells[at]), " ", 'T');
      g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (iso, NULL);
      g_autofree char *zone = g_date_time_format (time, "%z");
      Moment moment = { g_date_time_to_unix (time), row.line, NULL };

      moment.text = g_strdup_printf ("%" G_GINT64_FORMAT " %s\n", moment.seconds, zone);
      g_array_append_val (moments, moment);
    }
  g_array_sort (moments, compare_moments);
  for (guint i = 0; i < moments->len; i++)
    g_string_append (text, g_array_index (moments, Moment, i).text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
replay_real (const char *data, const char *map_name, const char *time_column, guint events, guint cases)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *file = import_real_file (data);
  g_autofree char *map = import_map (map_name);
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;
  g_autofree char *judged = NULL;
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (NaruJson) again = NULL;

  if (file == NULL)
    {
      g_test_skip ("no real data");
      return;
    }
  put_in_force (&office, file, map);
  report = replay (&office, &(NaruImportOptions){ .file = file, .map = map });
  import_counts (report, events, cases, events - cases, 0, 0);
  g_assert_cmpint (naru_json_get_integer (report, "moves", -1), ==, events - cases);
  fixture_assert_clean (&office, 2 + events);

  /* the office and its pipeline came first */
  found = fixture_git (&office, "log --reverse --format=\"%at %ad\" --date=format:%z main");
  expected = expected_times (file, time_column);
  g_assert_true (g_str_has_suffix (found, expected));
  g_assert_cmpuint (import_count_lines (found), ==, 2 + events);
  judged = fixture_git (&office, "log --format=\"%(trailers:key=Naru-Judged,valueonly,separator=)\" main");
  g_assert_cmpuint (import_count_lines (judged), ==, 2 + events);
  g_assert_null (strstr (judged, "yes"));

  again = replay (&office, &(NaruImportOptions){ .file = file, .map = map });
  import_counts (again, events, 0, 0, events, 0);
  fixture_assert_clean (&office, 2 + events);
}

static void
test_receipt (void)
{
  replay_real ("eventlogs/receipt.csv", "receipt.json", "time:timestamp", 8577, 1434);
}

static void
test_declarations (void)
{
  if (!g_test_slow ())
    {
      g_test_skip ("a long run: -m slow");
      return;
    }
  replay_real ("bpic2020/DomesticDeclarations.events.csv.gz", "declarations.json", "timestamp", 55628, 10357);
}

/* Events of one second keep the order of the file; a move to the same stage is a commit too. */
static void
test_order (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file = import_write (&office, "log.csv",
                                        HEADER "B,Receive it,2024-01-02 10:00:00.9+01:00,Kim,clerk\n"
                                               "B,Look at it,2024-01-02 10:00:01+01:00,Kim,\n"
                                               "B,Look at it,2024-01-02 10:00:01+01:00,박서준,head\n"
                                               "A,Receive it,2024-01-02 17:59:59+09:00,Kim,clerk\n"
                                               "A,2nd look (다시),2024-07-01 12:00:00Z,Kim,clerk\n");
  g_autofree char *log = NULL;
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (NaruJson) history = NULL;
  g_autoptr (NaruRecord) record = NULL;
  const char *stage;

  put_in_force (&office, file, map);
  report = replay (&office, &(NaruImportOptions){ .file = file, .map = map });
  import_counts (report, 5, 2, 3, 0, 0);
  log = fixture_git (&office, "log --reverse -5 --format=\"%s|%an|%ad\" --date=iso-strict main");
  g_assert_cmpstr (
      log, ==,
      "deal LOG-2026-00001: import, stage receive-it|Kim (clerk)|2024-01-02T17:59:59+09:00\n"
      "deal LOG-2026-00002: import, stage receive-it|Kim (clerk)|2024-01-02T10:00:00+01:00\n"
      "deal LOG-2026-00002: import receive-it → look-at-it|Kim|2024-01-02T10:00:01+01:00\n"
      "deal LOG-2026-00002: import look-at-it → look-at-it|박서준 (head)|2024-01-02T10:00:01+01:00\n"
      "deal LOG-2026-00001: import receive-it → stage-2nd-look-1676b1af|Kim (clerk)|"
      "2024-07-01T12:00:00+00:00\n");
  record = naru_desk_show (office.desk, "LOG-2026-00001", NULL);
  stage = naru_json_get_string (naru_record_get_json (record), "stage");
  g_assert_true (g_str_has_prefix (stage, "stage-2nd-look-"));
  history = naru_desk_history (office.desk, "LOG-2026-00002", NULL);
  g_assert_cmpuint (naru_json_get_size (history), ==, 3);
  fixture_assert_clean (&office, 7);
}

static void
test_missing_stages (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file = import_write (&office, "log.csv",
                                        HEADER "A,Idea,2024-01-02 10:00:00+09:00,Kim,\n"
                                               "A,Odd one,2024-01-03 10:00:00+09:00,Kim,\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) report =
      replay_refused (&office, &(NaruImportOptions){ .file = file, .map = map }, &error);

  g_assert_null (report);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "odd-one"));
  g_assert_null (strstr (error->message, "idea"));
  g_assert_nonnull (strstr (naru_error_get_cure (error), "naru pipeline new"));
  fixture_assert_clean (&office, 1);
}

static void
test_bad_rows (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *rejects = g_build_filename (office.parent, "rejects.csv", NULL);
  g_autofree char *good =
      import_write (&office, "good.csv", HEADER "A,Idea,2024-01-02 10:00:00+09:00,Kim,\n");
  g_autofree char *file = import_write (&office, "log.csv",
                                        HEADER "A,Idea,2024-01-02 10:00:00+09:00,Kim,\n"
                                               "B,Idea,2024-01-02 10:00:00,Kim,\n"
                                               "B,Idea,2024-01-02 10:00:01+09:00,Kim,\n"
                                               ",Idea,2024-01-02 10:00:00+09:00,Kim,\n"
                                               "C,,2024-01-02 10:00:00+09:00,Kim,\n"
                                               "D,Idea,2024-01-02 10:00:00+09:00,<script>,\n"
                                               "E,Idea,2024-01-02 10:00:00+09:00\n"
                                               "F,Idea,2200-01-02 10:00:00+09:00,Kim,\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) report =
      replay_refused (&office, &(NaruImportOptions){ .file = file, .map = map, .rejects = rejects }, &error);
  g_autofree char *text = import_read (rejects);
  g_autoptr (NaruJson) taken = NULL;
  g_autoptr (NaruJson) differs = NULL;
  g_autofree char *longer = NULL;

  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  import_counts (report, 8, 1, 0, 0, 7);
  import_reject (report, 0, "time", "2024-01-02 10:00:00");
  g_assert_cmpuint (import_count_lines (text), ==, 1 + 7);
  fixture_assert_clean (&office, 1);
  g_clear_error (&error);

  taken = replay (&office, &(NaruImportOptions){ .file = file, .map = map, .partial = TRUE });
  import_counts (taken, 8, 1, 0, 0, 7);
  fixture_assert_clean (&office, 2);

  /* a case that has another history by now is refused, not continued */
  longer = import_write (&office, "longer.csv",
                         HEADER
                         "A,Idea,2024-01-02 10:00:00+09:00,Kim,\nA,Patent,2024-02-02 10:00:00+09:00,Kim,\n");
  differs = replay_refused (&office, &(NaruImportOptions){ .file = longer, .map = map }, &error);
  import_counts (differs, 2, 0, 0, 0, 2);
  import_reject (differs, 0, "external_id", "LOG-2026-00001");
  fixture_assert_clean (&office, 2);
}

static void
test_dry_run (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file = import_write (&office, "log.csv",
                                        HEADER "A,Idea,2024-01-02 10:00:00+09:00,Kim,\n"
                                               "A,Patent,2024-01-03 10:00:00+09:00,Kim,\n");
  g_autofree char *before = import_listing (&office);
  g_autofree char *after = NULL;
  g_autoptr (NaruJson) report =
      replay (&office, &(NaruImportOptions){ .file = file, .map = map, .dry_run = TRUE });

  import_counts (report, 2, 1, 1, 0, 0);
  after = import_listing (&office);
  g_assert_cmpstr (after, ==, before);
}

static void
refuse_map (Fixture *office, const char *file, const char *map, const char *word)
{
  g_autofree char *path = import_write (office, "bad-map.json", map);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) pipeline = NULL;
  g_autoptr (NaruJson) report =
      replay_refused (office, &(NaruImportOptions){ .file = file, .map = path }, &error);

  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_null (report);
  pipeline = naru_pipeline_propose (file, path, "seen", NULL);
  g_assert_null (pipeline);
}

static void
test_bad_map (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *file = import_write (&office, "log.csv", HEADER "A,Idea,2024-01-02 10:00:00+09:00,Kim,\n");

  refuse_map (&office, file, "{\"type\": \"deal\", \"case\": \"case\"}", "activity");
  refuse_map (&office, file,
              "{\"type\": \"deal\", \"case\": \"Case\", \"activity\": \"activity\", \"time\": \"time\", "
              "\"actor\": \"who\"}",
              "Case");
  refuse_map (&office, file, "{\"case\": \"case\"}", "type");
  refuse_map (&office, file, "{\"type\": \"deal\", \"kase\": \"case\"}", "kase");
  fixture_assert_clean (&office, 1);
}

static void
test_propose (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file =
      import_write (&office, "log.csv",
                    HEADER
                    "A,Receive,2024-01-02 10:00:00+09:00,Kim,\nA,Check,2024-01-04 10:00:00+09:00,Kim,\n"
                    "A,Check,2024-01-05 10:00:00+09:00,Kim,\nA,Close,2024-01-08 10:00:00+09:00,Kim,\n"
                    "B,Receive,2024-01-02 10:00:00+09:00,Kim,\nB,Close,2024-01-03 10:00:00+09:00,Kim,\n"
                    "C,Draft,2024-01-02 10:00:00+09:00,Kim,\nC,Receive,2024-01-03 10:00:00+09:00,Kim,\n");
  g_autofree char *old = import_write (&office, "old.csv",
                                       HEADER "A,Receive,2004-01-02 10:00:00+09:00,Kim,\n"
                                              "A,Close,2004-01-12 10:00:00+09:00,Kim,\n");
  g_autofree char *empty = import_write (&office, "empty.csv", HEADER);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) json = naru_pipeline_propose (file, map, "seen", &error);
  g_autoptr (NaruJson) long_ago = NULL;
  g_autoptr (NaruJson) none = NULL;
  g_autoptr (NaruPipeline) pipeline = NULL;

  g_assert_no_error (error);
  pipeline = naru_pipeline_new (json, "seen", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (naru_pipeline_get_n_stages (pipeline), ==, 4);
  g_assert_cmpstr (naru_pipeline_get_initial (pipeline)->id, ==, "receive");
  g_assert_nonnull (naru_pipeline_find_transition (pipeline, "receive", "check"));
  g_assert_nonnull (naru_pipeline_find_transition (pipeline, "draft", "receive"));
  /* nobody went there; without a way the stage could not be reached */
  g_assert_nonnull (naru_pipeline_find_transition (pipeline, "receive", "draft"));
  g_assert_null (naru_pipeline_find_transition (pipeline, "check", "check"));
  g_assert_null (naru_pipeline_find_transition (pipeline, "close", "check"));
  g_assert_cmpint (naru_pipeline_find_stage (pipeline, "close")->kind, ==, NARU_STAGE_FINAL);
  g_assert_cmpint (naru_pipeline_find_stage (pipeline, "receive")->target_days, ==, 2);
  g_assert_cmpint (naru_pipeline_find_stage (pipeline, "close")->target_days, ==, 0);

  long_ago = naru_pipeline_propose (old, map, "seen", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (naru_json_get_integer (naru_json_get_element (naru_json_get (long_ago, "stages"), i),
                                            "target_days", -1),
                     ==, 0);
  none = naru_pipeline_propose (empty, map, "seen", &error);
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("NARU_CLOCK", "2026-11-22T10:00:00+09:00", TRUE);
  g_test_add_func ("/event-log/receipt", test_receipt);
  g_test_add_func ("/event-log/declarations", test_declarations);
  g_test_add_func ("/event-log/order", test_order);
  g_test_add_func ("/event-log/missing-stages", test_missing_stages);
  g_test_add_func ("/event-log/bad-rows", test_bad_rows);
  g_test_add_func ("/event-log/dry-run", test_dry_run);
  g_test_add_func ("/event-log/bad-map", test_bad_map);
  g_test_add_func ("/event-log/propose", test_propose);
  return g_test_run ();
}
