/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"
#include "naru-desk.h"
#include "naru-import.h"

/* A file of somebody else's data and the mapping that says what it means, up to the point of writing. Every
 * row that was read is counted once: created, updated, unchanged or rejected. Three parts: "rows" or "log" or
 * "propose"; the mapping; the file. */

static NaruDesk *
get_desk (void)
{
  static NaruDesk *desk;

  if (desk == NULL)
    {
      g_autofree char *folder = g_build_filename (fuzz_folder (), "office", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (NaruJson) person =
          naru_json_parse ("{\"name\": \"Kim\", \"login\": \"kim\", \"roles\": [\"officer\", \"admin\"]}", -1,
                           0, &error);
      g_assert_no_error (error);
      g_autoptr (NaruOffice) office = naru_office_create (folder, "Fuzz", "MGK", person, &error);
      g_assert_no_error (error);
      desk = naru_desk_new (office, "kim", "cli", &error);
      g_assert_no_error (error);
    }
  return desk;
}

static void
check_report (NaruJson *report, const GError *error)
{
  if (error != NULL)
    fuzz_check_error (error);
  if (report == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  gint64 sum = 0;
  static const char *const parts[] = { "created", "updated", "unchanged", "rejected" };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    sum += naru_json_get_integer (report, parts[i], 0);
  g_assert_cmpint (naru_json_get_integer (report, "read", -1), ==, sum);
  g_assert_cmpint (naru_json_get_size (naru_json_get (report, "rejects")), <=,
                   naru_json_get_integer (report, "rejected", -1));
  g_autofree char *line = naru_json_to_line (report);
  g_assert_true (g_utf8_validate (line, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GArray) parts = fuzz_split (data, size, 3);
  const FuzzPart *second = fuzz_part (parts, 1), *third = fuzz_part (parts, 2);
  const char *kind = fuzz_part (parts, 0)->text;
  NaruDesk *desk = get_desk ();
  g_autofree char *map = fuzz_write_file ("map.json", second->text, second->size);
  g_autofree char *file =
      fuzz_write_file (kind[0] == 'j' ? "rows.jsonl" : "rows.csv", third->text, third->size);
  NaruImportOptions options = { .file = file, .map = kind[0] == 'j' ? NULL : map, .dry_run = TRUE };
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  if (kind[0] == 'l')
    naru_desk_import_history (desk, &options, &report, &error);
  else if (kind[0] == 'p')
    {
      g_autoptr (NaruJson) pipeline = naru_pipeline_propose (file, map, "fuzz", &error);
      g_assert_true (pipeline != NULL || error != NULL);
      return 0;
    }
  else
    {
      options.partial = kind[0] == 'r';
      naru_desk_import (desk, "deal", &options, &report, &error);
    }
  check_report (report, error);
  return 0;
}
