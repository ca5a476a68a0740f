/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static const char map_text[] =
    "{\"type\": \"deal\", \"key\": {\"field\": \"external_id\", \"column\": \"No\"},"
    " \"columns\": {\"Name\": {\"field\": \"title\"},"
    " \"Level\": {\"field\": \"trl\"},"
    " \"Since\": {\"field\": \"disclosed_on\", \"date\": [\"DD.MM.YYYY\"]},"
    " \"Step\": {\"field\": \"stage\"}},"
    " \"constants\": {\"hub\": \"IMP\"}, \"ignore\": [\"Remark\"]}";

#define HEADER "No,Name,Level,Since,Step,Remark\n"

static void
test_nasa (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *file = import_real_file ("nasa_patents/NASA_Patents.csv");
  g_autofree char *map = import_map ("nasa-patents.json");
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (NaruJson) again = NULL;
  g_autofree char *count = NULL;
  guint nothing = 0, century = 0;

  if (file == NULL)
    {
      g_test_skip ("no real data");
      return;
    }
  report = import_ok (&office, "deal", &(NaruImportOptions){ .file = file, .map = map });
  import_counts (report, 1393, 1393, 0, 0, 0);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (report, "warnings")), ==, 232 + 38 + 1);
  for (guint i = 0; i < 271; i++)
    {
      NaruJson *warning = naru_json_get_element (naru_json_get (report, "warnings"), i);
      const char *message = naru_json_get_string (warning, "message");

      if (strstr (message, "0000-00-00") != NULL)
        nothing++;
      else if (naru_json_get_integer (warning, "line", 0) == 1301)
        g_assert_cmpstr (naru_json_get_string (warning, "field"), ==, "patent.status");
      else
        {
          g_assert_cmpstr (naru_json_get_string (warning, "field"), ==, "patent.expires_on");
          g_assert_nonnull (strstr (message, "193"));
          g_assert_cmpint (naru_json_get_integer (warning, "line", 0), >=, 82);
          g_assert_cmpint (naru_json_get_integer (warning, "line", 0), <=, 141);
          century++;
        }
    }
  g_assert_cmpuint (nothing, ==, 232);
  g_assert_cmpuint (century, ==, 38);
  fixture_assert_clean (&office, 2);

  /* the two figures that only the history knows: dates kept, and the stages of the two statuses */
  count = fixture_git (&office, "grep -h -c expires_on main -- records/deal");
  g_assert_cmpuint (import_count_lines (count), ==, 1005);
  g_clear_pointer (&count, g_free);
  count = fixture_git (&office, "grep -h \"\\\"stage\\\": \\\"marketing\\\"\" main -- records/deal");
  g_assert_cmpuint (import_count_lines (count), ==, 924);

  again = import_ok (&office, "deal", &(NaruImportOptions){ .file = file, .map = map });
  import_counts (again, 1393, 0, 0, 1393, 0);
  fixture_assert_clean (&office, 2);
}

static void
test_rows (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file = import_write (&office, "rows.csv",
                                        "\xef\xbb\xbf" HEADER "A-1,\"two\nlines\",3,05.01.2026,,x\r\n"
                                        "A-2,short\r\n"
                                        "A-3,far,1,06.02.2026,idea,x,y\r\n"
                                        "\r\n"
                                        "A-4,bad date,1,2026-02-06,,\r\n"
                                        "A-5,bad level,twelve,06.02.2026,,\r\n"
                                        "A-6,\xff,1,,,\r\n"
                                        "A-7,no stage,1,,nowhere,\r\n"
                                        "A-1,twice,1,,,\r\n"
                                        ",no key,1,,,\r\n"
                                        "A-8,,1,,,\r\n"
                                        "A-9,level,10,31.02.2026,,\r\n");
  static const int lines[] = { 4, 5, 7, 8, 9, 10, 11, 12, 13, 14 };
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_desk_import (office.desk, "deal", &(NaruImportOptions){ .file = file, .map = map },
                                    &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "10 of 11 rows rejected; nothing was imported");
  import_counts (report, 11, 1, 0, 0, 10);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      NaruJson *reject = naru_json_get_element (naru_json_get (report, "rejects"), i);

      g_assert_cmpint (naru_json_get_integer (reject, "line", 0), ==, lines[i]);
      g_assert_nonnull (naru_json_get_string (reject, "message"));
    }
  import_reject (report, 2, "disclosed_on", "2026-02-06");
  import_reject (report, 5, "stage", "nowhere");
  import_reject (report, 6, "external_id", "line 2");
  import_reject (report, 8, "title", "");
  fixture_assert_clean (&office, 1);
}

static void
test_rejects_round_trip (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file =
      import_write (&office, "rows.csv",
                    HEADER "A-1,=1+1,3,,,\n\"A,2\",\"say \"\"hi\"\"\nto all\",99,,,\"@x\"\nA-3,third,4,,,\n");
  g_autofree char *rejects = g_build_filename (office.parent, "rejects.csv", NULL);
  g_autoptr (NaruJson) report =
      import_ok (&office, "deal",
                 &(NaruImportOptions){ .file = file, .map = map, .partial = TRUE, .rejects = rejects });
  g_autoptr (NaruJson) second = NULL;
  g_autofree char *text = import_read (rejects);
  g_auto (GStrv) parts = g_strsplit (text, ",99,", 2);
  g_autofree char *mended = g_strjoinv (",9,", parts);
  g_autofree char *again = import_write (&office, "again.csv", mended);
  g_autoptr (NaruRecord) record = NULL;

  import_counts (report, 3, 2, 0, 0, 1);
  g_assert_nonnull (strstr (text, "naru:line,naru:reason,No,Name"));
  g_assert_nonnull (strstr (text, "\n3,"));
  second = import_ok (&office, "deal", &(NaruImportOptions){ .file = again, .map = map });
  import_counts (second, 1, 1, 0, 0, 0);
  record = naru_desk_show (office.desk, "IMP-2026-00003", NULL);
  g_assert_nonnull (record);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "title"), ==, "say \"hi\"\nto all");
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "external_id"), ==, "A,2");
  fixture_assert_clean (&office, 3);
}

static void
test_formula (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file =
      import_write (&office, "rows.csv",
                    HEADER "A-1,'=SUM(A1),3,,,\nA-2,'@home,3,,,\nA-3,'quoted',3,,,\nA-4,-5 °C,3,,,\n");
  static const char *const titles[] = { "=SUM(A1)", "@home", "'quoted'", "-5 °C" };
  g_autoptr (NaruJson) report = import_ok (&office, "deal", &(NaruImportOptions){ .file = file, .map = map });
  g_autoptr (NaruJson) list = naru_desk_list (office.desk, "deal", &(NaruQuery){ 0 }, NULL);

  import_counts (report, 4, 4, 0, 0, 0);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpstr (naru_json_get_string (naru_json_get_element (list, i), "title"), ==, titles[i]);
}

static void
test_dry_run (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file = import_write (&office, "rows.csv", HEADER "A-1,first,3,,patent,\n");
  g_autofree char *before = import_listing (&office);
  g_autofree char *head = fixture_git (&office, "rev-parse main");
  g_autofree char *after = NULL;
  g_autofree char *head_after = NULL;
  g_autoptr (NaruJson) report =
      import_ok (&office, "deal", &(NaruImportOptions){ .file = file, .map = map, .dry_run = TRUE });
  g_autoptr (NaruJson) real = NULL;
  g_autoptr (NaruRecord) record = NULL;

  import_counts (report, 1, 1, 0, 0, 0);
  g_assert_null (naru_json_get (report, "seq"));
  after = import_listing (&office);
  head_after = fixture_git (&office, "rev-parse main");
  g_assert_cmpstr (after, ==, before);
  g_assert_cmpstr (head_after, ==, head);

  /* and the real one does what it told, without a gap in the numbers */
  real = import_ok (&office, "deal", &(NaruImportOptions){ .file = file, .map = map });
  import_counts (real, 1, 1, 0, 0, 0);
  g_assert_cmpint (naru_json_get_integer (real, "seq", 0), ==, 2);
  record = naru_desk_show (office.desk, "IMP-2026-00001", NULL);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "stage"), ==, "patent");
}

/* A changed cell changes its field alone; a stage is not moved by an import. */
static void
test_update (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *file = import_write (&office, "rows.csv", HEADER "A-1,first,3,05.01.2026,patent,\n");
  g_autofree char *other = import_write (&office, "other.csv", HEADER "A-1,first,4,,idea,\n");
  g_autoptr (NaruJson) report = import_ok (&office, "deal", &(NaruImportOptions){ .file = file, .map = map });
  g_autoptr (NaruJson) updated = NULL;
  g_autoptr (NaruJson) again = NULL;
  g_autoptr (NaruJson) history = NULL;
  g_autoptr (NaruRecord) record = NULL;
  NaruJson *json;

  updated = import_ok (&office, "deal", &(NaruImportOptions){ .file = other, .map = map });
  import_counts (updated, 1, 0, 1, 0, 0);
  g_assert_cmpuint (naru_json_get_size (naru_json_get (updated, "warnings")), ==, 1);
  record = naru_desk_show (office.desk, "IMP-2026-00001", NULL);
  json = naru_record_get_json (record);
  g_assert_cmpint (naru_json_get_integer (json, "trl", 0), ==, 4);
  g_assert_cmpstr (naru_json_get_string (json, "stage"), ==, "patent");
  g_assert_cmpstr (naru_json_get_string (json, "disclosed_on"), ==, "2026-01-05");
  again = import_ok (&office, "deal", &(NaruImportOptions){ .file = other, .map = map });
  import_counts (again, 1, 0, 0, 1, 0);
  history = naru_desk_history (office.desk, "IMP-2026-00001", NULL);
  g_assert_cmpuint (naru_json_get_size (history), ==, 2);
  fixture_assert_clean (&office, 3);
}

static void
test_json_lines (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *party = fixture_create (&office, "party", "{\"name\": \"한빛\", \"kind\": \"company\"}");
  g_autofree char *by_id =
      g_strdup_printf ("{\"id\": \"%s\", \"name_en\": \"Hanbit\"}\n"
                       "\n"
                       "{\"external_id\": \"P-1\", \"name\": \"둘\", \"kind\": \"agency\"}\n",
                       party);
  g_autofree char *parties = import_write (&office, "party.jsonl", by_id);
  g_autofree char *deals = import_write (
      &office, "deal.jsonl",
      "{\"external_id\": \"D-1\", \"title\": \"One\", \"patent\": {\"status\": \"application\"},"
      " \"owners\": [{\"party\": \"@P-1\", \"share\": \"100\"}]}\n");
  g_autofree char *change = import_write (
      &office, "change.jsonl",
      "{\"external_id\": \"D-1\", \"patent\": {\"patent_number\": \"7\"}, \"trl\": 2, \"documents\": []}\n"
      "{\"external_id\": \"D-2\", \"title\": \"Two\", \"owners\": [{\"party\": \"@P-9\", \"share\": "
      "\"100\"}]}\n"
      "{\"external_id\": \"D-3\", \"title\": \"Three\", \"colour\": \"red\"}\n"
      "{\"external_id\": \"D-4\", \"title\": \n"
      "[1]\n"
      "{\"title\": \"no key\"}\n");
  g_autoptr (NaruJson) report = import_ok (&office, "party", &(NaruImportOptions){ .file = parties });
  g_autoptr (NaruJson) second = NULL;
  g_autoptr (NaruJson) third = NULL;
  g_autoptr (NaruRecord) record = NULL;
  NaruJson *json;

  import_counts (report, 2, 1, 1, 0, 0);
  second = import_ok (&office, "deal", &(NaruImportOptions){ .file = deals });
  import_counts (second, 1, 1, 0, 0, 0);
  third = import_ok (&office, "deal", &(NaruImportOptions){ .file = change, .partial = TRUE });
  import_counts (third, 6, 0, 1, 0, 5);
  import_reject (third, 0, "owners.0.party", "P-9");
  import_reject (third, 1, "colour", "");
  g_assert_cmpuint (naru_json_get_size (naru_json_get (third, "warnings")), ==, 1);
  record = naru_desk_show (office.desk, "MGK-2026-00001", NULL);
  json = naru_record_get_json (record);
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/patent/status")), ==, "application");
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/patent/patent_number")), ==, "7");
  g_assert_cmpint (naru_json_get_integer (json, "trl", 0), ==, 2);
  g_assert_null (naru_json_get (json, "documents"));
  g_assert_cmpstr (naru_json_as_string (naru_json_get_pointer (json, "/owners/0/party")), ==,
                   "MGK-PTY-2026-00002");
}

/* What points to a line above is as good in a dry run as in the real one. */
static void
test_reference_within_file (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *file = import_write (
      &office, "agreement.jsonl",
      "{\"external_id\": \"G-1\", \"title\": \"Frame\", \"kind\": \"mou\"}\n"
      "{\"external_id\": \"G-2\", \"title\": \"Under it\", \"kind\": \"nda\", \"parent\": \"@G-1\"}\n");
  g_autoptr (NaruJson) dry =
      import_ok (&office, "agreement", &(NaruImportOptions){ .file = file, .dry_run = TRUE });
  g_autoptr (NaruJson) report = import_ok (&office, "agreement", &(NaruImportOptions){ .file = file });
  g_autoptr (NaruRecord) record = naru_desk_show (office.desk, "MGK-AGR-2026-00002", NULL);

  import_counts (dry, 2, 2, 0, 0, 0);
  import_counts (report, 2, 2, 0, 0, 0);
  g_assert_cmpstr (naru_json_get_string (naru_record_get_json (record), "parent"), ==, "MGK-AGR-2026-00001");
}

static void
test_packed (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autoptr (GString) rows = g_string_new (HEADER);
  g_autofree char *file = NULL;
  g_autofree char *packed = g_build_filename (office.parent, "rows.csv.gz", NULL);
  g_autofree char *content = NULL;
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (rows, "A-%u,title %u,3,,,%08x\n", i, i, g_str_hash ("x") * i);
  file = import_write (&office, "rows.csv", rows->str);
  import_run ("gzip -k '%s'", file);
  report = import_ok (&office, "deal", &(NaruImportOptions){ .file = packed, .map = map, .dry_run = TRUE });
  import_counts (report, 3000, 3000, 0, 0, 0);

  g_file_get_contents (packed, &content, &size, NULL);
  g_file_set_contents (packed, content, size / 2, NULL);
  g_assert_false (naru_desk_import (office.desk, "deal", &(NaruImportOptions){ .file = packed, .map = map },
                                    NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "rows.csv.gz"));
  fixture_assert_clean (&office, 1);
}

static void
refuse_map (Fixture *office, const char *file, const char *map, const char *word)
{
  g_autofree char *path = import_write (office, "bad-map.json", map);
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_desk_import (office->desk, "deal", &(NaruImportOptions){ .file = file, .map = path },
                                    &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  if (strstr (error->message, word) == NULL)
    g_error ("“%s” does not say “%s”", error->message, word);
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_null (report);
}

static void
test_bad_map (void)
{
#define KEY "\"key\": {\"field\": \"external_id\", \"column\": \"No\"}, "
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *file = import_write (&office, "rows.csv", "No,Name\nA-1,a\n");
  g_autoptr (GError) error = NULL;

  refuse_map (&office, file, "{\"columns\": {\"Name\": {\"field\": \"title\"}}}", "key");
  refuse_map (&office, file, "{" KEY "\"columns\": {}}", "Name");
  refuse_map (&office, file, "{" KEY "\"columns\": {\"Title\": {\"field\": \"title\"}}}", "Title");
  refuse_map (&office, file, "{" KEY "\"columns\": {\"Name\": {\"field\": \"nmae\"}}}", "nmae");
  refuse_map (&office, file, "{" KEY "\"columns\": {\"Name\": {\"field\": \"documents\"}}}", "documents");
  refuse_map (&office, file, "{" KEY "\"columns\": {\"Name\": {\"field\": \"title\", \"bad\": \"ok\"}}}",
              "ok");
  refuse_map (&office, file, "{" KEY "\"columns\": {\"Name\": {\"field\": \"title\", \"dates\": []}}}",
              "dates");
  refuse_map (&office, file, "{" KEY "\"columns\": {\"Name\": {}}}", "Name");
  refuse_map (&office, file,
              "{" KEY "\"columns\": {\"Name\": {\"field\": \"stage\", \"values\": {\"a\": \"nowhere\"}}}}",
              "nowhere");
  refuse_map (&office, file,
              "{" KEY "\"columns\": {\"Name\": {\"field\": \"disclosed_on\", \"not_before\": \"1960\"}}}",
              "1960");
  refuse_map (&office, file,
              "{" KEY "\"columns\": {\"Name\": {\"field\": \"title\"}}, \"constants\": {\"hubb\": \"A\"}}",
              "hubb");
  refuse_map (&office, file, "{" KEY "\"type\": \"party\", \"columns\": {}}", "party");
  refuse_map (
      &office, file,
      "{\"key\": {\"field\": \"trl\", \"column\": \"No\"}, \"columns\": {\"Name\": {\"field\": \"title\"}}}",
      "trl");
  refuse_map (&office, file, "{" KEY "\"columns\": [", "bad-map.json");
  g_assert_false (naru_desk_import (office.desk, "deal", &(NaruImportOptions){ .file = file }, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_USAGE);
  fixture_assert_clean (&office, 1);
#undef KEY
}

static void
refuse_file (Fixture *office, const char *map, const char *content, gint64 line)
{
  g_autofree char *file = import_write (office, "bad.csv", content);
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_desk_import (office->desk, "deal", &(NaruImportOptions){ .file = file, .map = map },
                                    NULL, &error));
  g_assert_nonnull (naru_error_get_cure (error));
  g_assert_cmpint (naru_error_get_line (error), ==, line);
}

static void
test_bad_file (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autofree char *huge = g_strnfill (2 << 20, 'x');
  g_autofree char *cell = g_strconcat (HEADER "A-1,\"", huge, "\",3,,,\n", NULL);
  g_autofree char *wide = g_strnfill (5000, ',');
  g_autoptr (GError) error = NULL;

  refuse_file (&office, map, "", 1);
  refuse_file (&office, map, HEADER "A-1,a,3,,,\nA-2,\"open,3,,,\n", 3);
  refuse_file (&office, map, HEADER "A-1,a \"quoted\" word,3,,,\n", 2);
  refuse_file (&office, map, cell, 2);
  refuse_file (&office, map, wide, 1);
  g_assert_false (naru_desk_import (office.desk, "deal",
                                    &(NaruImportOptions){ .file = "/nowhere", .map = map }, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (naru_desk_import (office.desk, "deal",
                                    &(NaruImportOptions){ .file = map, .map = map, .rejects = map }, NULL,
                                    &error));
  g_assert_nonnull (error);
  fixture_assert_clean (&office, 1);
}

/* An import gives nobody rights that they do not have at their desk. */
static void
test_rights (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autoptr (NaruDesk) officer =
      fixture_desk (&office, "jisoo", "{\"name\": \"지수\", \"login\": \"jisoo\", \"roles\": [\"officer\"]}");
  g_autoptr (NaruDesk) inventor =
      fixture_desk (&office, "dasol",
                    "{\"name\": \"다솔\", \"login\": \"dasol\", \"roles\": [\"inventor\"]}");
  g_autofree char *file = import_write (
      &office, "person.jsonl",
      "{\"external_id\": \"X-1\", \"name\": \"Mallory\", \"login\": \"mallory\", \"roles\": [\"admin\"]}\n");
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (naru_desk_import (inventor, "person", &(NaruImportOptions){ .file = file }, NULL, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (
      naru_desk_import (officer, "person", &(NaruImportOptions){ .file = file }, &report, &error));
  g_assert_error (error, NARU_ERROR, NARU_ERROR_INVALID);
  import_counts (report, 1, 0, 0, 0, 1);
  fixture_assert_clean (&office, 3);
}

static void
test_demo (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) deals = NULL;
  g_autoptr (NaruJson) people = NULL;
  guint minji = 0;

  naru_office_load_demo (office.office, NULL, NULL, &error);
  g_assert_no_error (error);
  deals = naru_desk_list (office.desk, "deal", &(NaruQuery){ 0 }, NULL);
  g_assert_cmpuint (naru_json_get_size (deals), ==, 42);
  /* who made the office has the login of somebody in the portfolio: they are one person */
  people = naru_desk_list (office.desk, "person", &(NaruQuery){ 0 }, NULL);
  for (guint i = 0; i < naru_json_get_size (people); i++)
    minji += g_strcmp0 (naru_json_get_string (naru_json_get_element (people, i), "login"), "minji") == 0;
  g_assert_cmpuint (minji, ==, 1);
  fixture_assert_clean (&office, 1 + 1 + 12);
}

static void
remember_progress (guint64 done, guint64 total, gpointer user_data)
{
  guint64 *last = user_data;

  g_assert_cmpuint (done, <=, total);
  g_assert_cmpuint (done, >=, last[0]);
  last[0] = done;
  last[1] = total;
  last[2]++;
}

static void
test_progress (void)
{
  g_auto (Fixture) office = fixture_new ();
  g_autofree char *map = import_write (&office, "map.json", map_text);
  g_autoptr (GString) rows = g_string_new (HEADER);
  g_autofree char *file = NULL;
  g_autoptr (NaruJson) report = NULL;
  guint64 last[3] = { 0, 0, 0 };

  for (guint i = 0; i < 2500; i++)
    g_string_append_printf (rows, "A-%u,title %u,3,,,\n", i, i);
  file = import_write (&office, "rows.csv", rows->str);
  report = import_ok (
      &office, "deal",
      &(NaruImportOptions){ .file = file, .map = map, .progress = remember_progress, .user_data = last });
  g_assert_cmpuint (last[0], ==, rows->len);
  g_assert_cmpuint (last[1], ==, rows->len);
  g_assert_cmpuint (last[2], ==, 3);
  fixture_assert_clean (&office, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("NARU_CLOCK", "2026-11-22T10:00:00+09:00", TRUE);
  g_test_add_func ("/import/nasa", test_nasa);
  g_test_add_func ("/import/rows", test_rows);
  g_test_add_func ("/import/rejects-round-trip", test_rejects_round_trip);
  g_test_add_func ("/import/formula", test_formula);
  g_test_add_func ("/import/dry-run", test_dry_run);
  g_test_add_func ("/import/update", test_update);
  g_test_add_func ("/import/json-lines", test_json_lines);
  g_test_add_func ("/import/reference-within-file", test_reference_within_file);
  g_test_add_func ("/import/packed", test_packed);
  g_test_add_func ("/import/bad-map", test_bad_map);
  g_test_add_func ("/import/bad-file", test_bad_file);
  g_test_add_func ("/import/rights", test_rights);
  g_test_add_func ("/import/demo", test_demo);
  g_test_add_func ("/import/progress", test_progress);
  return g_test_run ();
}
