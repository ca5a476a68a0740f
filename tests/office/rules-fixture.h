/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-desk-rules.h"
#include "naru-import.h"
#include "office-fixture.h"

#include <string.h>

/* What the tests of rule packs in an office share. */

/* A pack that Naru comes with, to be changed. */
static inline NaruJson *
load_shipped (const char *pack)
{
  g_autofree char *path = naru_data_get_path ("share/rules", pack);
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_rule_pack_read (path, &error);

  g_assert_no_error (error);
  return json;
}

/* The pack as the history has it. */
static inline NaruJson *
load_adopted (Fixture *fixture, const char *file)
{
  g_autofree char *arguments = g_strdup_printf ("show 'main:rules/%s'", file);
  g_autofree char *text = fixture_git (fixture, arguments);
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

/* @text: JSON */
static inline void
change (NaruJson *json, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *value = naru_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  naru_json_set_path (json, path, value, &error);
  g_assert_no_error (error);
}

/* The rule of that id in a pack. */
static inline NaruJson *
find_rule (NaruJson *pack, const char *id)
{
  NaruJson *rules = naru_json_get (pack, "rules");

  for (guint i = 0; i < naru_json_get_size (rules); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (rules, i), "id"), id) == 0)
      return naru_json_get_element (rules, i);
  g_assert_not_reached ();
}

static inline void
adopt (Fixture *fixture, NaruJson *pack, const char *reason)
{
  g_autoptr (GError) error = NULL;

  naru_desk_adopt_rules (fixture->desk, pack, "new.json", reason, &error);
  g_assert_no_error (error);
}

/* One record a line, in any stage, each with an external_id. */
static inline void
import_deals (Fixture *fixture, const char *lines)
{
  g_autofree char *path = g_build_filename (fixture->parent, "deals.jsonl", NULL);
  const NaruImportOptions options = { .file = path };
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
  naru_desk_import (fixture->desk, "deal", &options, &report, &error);
  if (error != NULL && report != NULL)
    {
      g_autofree char *text = naru_json_to_line (report);
      g_test_message ("%s", text);
    }
  g_assert_no_error (error);
}

static inline NaruReview *
check (NaruDesk *desk, const char *id, const char *stage)
{
  g_autoptr (GError) error = NULL;
  NaruReview *review = naru_desk_check (desk, id, stage, &error);

  g_assert_no_error (error);
  return review;
}

/* @status: (nullable): NULL: the review has no such finding */
static inline void
assert_finding (NaruReview *review, const char *rule, const char *status)
{
  NaruFinding *finding = naru_review_find (review, rule);

  if (finding != NULL)
    g_test_message ("%s: %s | %s", rule, naru_status_to_string (naru_finding_get_status (finding)),
                    naru_finding_get_message (finding));
  g_assert_cmpstr (finding != NULL ? naru_status_to_string (naru_finding_get_status (finding)) : NULL, ==,
                   status);
}

static inline guint
count_commits (Fixture *fixture)
{
  g_autofree char *count = fixture_git (fixture, "rev-list --count main");

  return (guint) g_ascii_strtoull (count, NULL, 10);
}

static inline void
reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->desk, naru_desk_unref);
  g_clear_pointer (&fixture->office, naru_office_unref);
  fixture->office = naru_office_open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->desk = naru_desk_new (fixture->office, "minji", "cli", &error);
  g_assert_no_error (error);
}

/* Takes the gates off all moves but those of plugins' stages: what is left to judge a move are the packs. */
static inline void
open_gates (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  NaruPipeline *pipeline = naru_office_get_pipeline (fixture->office, "deal", &error);
  g_assert_no_error (error);
  g_autoptr (NaruJson) json = naru_json_copy (naru_pipeline_get_json (pipeline));
  NaruJson *transitions = naru_json_get (json, "transitions");

  for (guint i = 0; i < naru_json_get_size (transitions); i++)
    {
      NaruJson *transition = naru_json_get_element (transitions, i);
      g_autofree char *line = naru_json_to_line (transition);
      if (strstr (line, "clinical") == NULL)
        naru_json_remove (transition, "gate");
    }
  naru_desk_add_pipeline (fixture->desk, json, "open.json", &error);
  g_assert_no_error (error);
}

static inline NaruJson *
find_named (NaruJson *list, const char *key, const char *name)
{
  for (guint i = 0; i < naru_json_get_size (list); i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (list, i), key), name) == 0)
      return naru_json_get_element (list, i);
  return NULL;
}
