/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-rules.h"

#include <string.h>

/* What the tests of rule packs share: the sound pack of data/pack.json, and deals before its rules. */

#define ID "MGK-2026-00442"
#define OFFICER "MGK-PER-2026-00001"

static inline NaruJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, NARU_JSON_MAX_SIZE, &error);

  g_assert_no_error (error);
  return json;
}

static inline NaruJson *
load_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "rules", "data", name, NULL);
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &error);

  g_assert_no_error (error);
  return json;
}

/* data/pack.json with one change: @value: (nullable): JSON; NULL takes it away */
static inline NaruJson *
load_changed (const char *path, const char *value)
{
  NaruJson *json = load_data ("pack.json");
  g_autoptr (GError) error = NULL;

  if (value != NULL)
    naru_json_set_path (json, path, parse (value), &error);
  else
    naru_json_remove_path (json, path, &error);
  g_assert_no_error (error);
  return json;
}

static inline NaruRulePack *
make_pack (NaruJson *json)
{
  g_autoptr (GError) error = NULL;
  NaruRulePack *pack = naru_rule_pack_new (json, "pack.json", &error);

  g_assert_no_error (error);
  return pack;
}

/* Deals as they are with the fields of this pack. */
static inline NaruTypes *
make_types (NaruJson *pack)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruTypes) plain = naru_types_new (&error);
  g_autoptr (NaruJson) extension = naru_json_new_object ();
  NaruJson *fields = naru_json_get (pack, "fields");

  g_assert_no_error (error);
  naru_json_set (extension, "properties", fields != NULL ? naru_json_ref (fields) : naru_json_new_object ());
  NaruTypes *types = naru_types_extend (plain, "deal", extension, &error);
  g_assert_no_error (error);
  return types;
}

static inline NaruRecord *
make_record (const char *type, const char *id, const char *text)
{
  g_autoptr (NaruJson) json = parse (text);
  g_autoptr (GError) error = NULL;
  NaruRecord *record = naru_record_new (type, id, json, &error);

  g_assert_no_error (error);
  return record;
}

/* A deal in @stage whose record holds title, stage and @members. */
static inline NaruCase *
make_case (NaruTypes *types, const char *stage, const char *members, NaruDate today)
{
  g_autofree char *text = g_strdup_printf ("{\"title\": \"연료전지 막\", \"stage\": \"%s\"%s%s}", stage,
                                           members[0] != '\0' ? ", " : "", members);
  g_autoptr (NaruRecord) record = make_record ("deal", ID, text);
  g_autoptr (GError) error = NULL;
  NaruRecordType *type = naru_types_get (types, "deal", &error);
  g_assert_no_error (error);
  NaruCase *subject = naru_case_new (type, record, today, OFFICER);

  naru_case_set_types (subject, types);
  return subject;
}

static inline void
add_linked (NaruCase *subject, const char *type, const char *id, const char *text)
{
  g_autoptr (NaruRecord) record = make_record (type, id, text);

  naru_case_add_linked (subject, record);
}

/* All that was found, in its order, as lines of JSON. */
static inline char *
describe_findings (GPtrArray *findings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      g_autoptr (NaruJson) json = naru_finding_to_json (g_ptr_array_index (findings, i));
      g_autofree char *line = naru_json_to_line (json);
      g_string_append (text, line);
    }
  return g_string_free (text, FALSE);
}
