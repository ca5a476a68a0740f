/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "forgery.h"

#include <string.h>

NaruJson *
verify_office (Fixture *fixture, const NaruVerifyOptions *options)
{
  g_autoptr (GError) error = NULL;
  NaruJson *report = naru_desk_verify (fixture->desk, options, &error);

  g_assert_no_error (error);
  return report;
}

void
assert_no_findings (NaruJson *report)
{
  NaruJson *findings = naru_json_get (report, "findings");
  g_autofree char *text = naru_json_to_text (findings, NULL);

  /* that the key of a seal was revoked later is told of an honest office, too */
  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      if (g_strcmp0 (naru_json_get_string (finding, "code"), "seal") != 0 ||
          g_strcmp0 (naru_json_get_string (finding, "severity"), "note") != 0)
        g_error ("%s", text);
    }
  g_assert_true (naru_json_get_boolean (report, "whole", FALSE));
}

void
assert_found (NaruJson *report, const char *name, const char *code, const char *severity)
{
  NaruJson *findings = naru_json_get (report, "findings");
  g_autofree char *text = naru_json_to_text (findings, NULL);
  gboolean found = FALSE;

  for (guint i = 0; i < naru_json_get_size (findings); i++)
    {
      NaruJson *finding = naru_json_get_element (findings, i);
      g_assert_nonnull (naru_json_get_string (finding, "message"));
      found = found || (g_strcmp0 (naru_json_get_string (finding, "code"), code) == 0 &&
                        g_strcmp0 (naru_json_get_string (finding, "severity"), severity) == 0);
    }
  if (!found)
    g_error ("%s: no finding “%s” in %s", name, code, text);
  if (!g_str_equal (severity, "note") &&
      naru_json_get_boolean (report, "whole", TRUE) == g_str_equal (severity, "broken"))
    g_error ("%s: whole, or not: %s", name, text);
}

NaruJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  NaruJson *json = naru_json_parse (text, -1, 0, &error);

  g_assert_no_error (error);
  return json;
}

World
world_new (void)
{
  World world = { .fixture = fixture_new () };
  g_autoptr (GError) error = NULL;

  world.director = fixture_desk (&world.fixture, "seojun",
                                 "{\"name\": \"이서준\", \"login\": \"seojun\", \"roles\": [\"director\"]}");
  world.officer = fixture_desk (&world.fixture, "hana",
                                "{\"name\": \"박하나\", \"login\": \"hana\", \"roles\": [\"officer\"]}");
  world.auditor = fixture_desk (&world.fixture, "dana",
                                "{\"name\": \"최다나\", \"login\": \"dana\", \"roles\": [\"auditor\"]}");
  world.deal = fixture_create (&world.fixture, "deal", "{\"title\": \"센서\", \"sectors\": [\"it\"]}");
  world.other = fixture_create (&world.fixture, "deal", "{\"title\": \"촉매\", \"sectors\": [\"nano\"]}");
  naru_desk_note (world.officer, world.deal, "called", &error);
  g_assert_no_error (error);
  world.history = g_build_filename (world.fixture.folder, "audit.git", NULL);
  return world;
}

void
world_clear (World *world)
{
  naru_desk_unref (world->director);
  naru_desk_unref (world->officer);
  naru_desk_unref (world->auditor);
  g_free (world->deal);
  g_free (world->other);
  g_free (world->history);
  fixture_clear (&world->fixture);
}

Forgery
forgery_begin (NaruDesk *desk, const char *action)
{
  g_autoptr (GError) error = NULL;
  Forgery forgery = { .desk = desk, .change = naru_change_begin (desk, action, &error) };

  g_assert_no_error (error);
  forgery.txn = naru_change_get_txn (forgery.change);
  return forgery;
}

/* Merges @changes into the record; null removes. */
void
forgery_put (Forgery *forgery, const char *id, const char *changes)
{
  NaruTypes *types = naru_office_get_types (forgery->desk->office);
  NaruRecordType *type = naru_types_get_for_id (types, id, NULL);
  const char *name = naru_record_type_get_name (type);
  g_autoptr (NaruRecord) old = naru_txn_has_record (forgery->txn, name, id)
                                   ? naru_txn_get_record (forgery->txn, name, id, NULL)
                                   : NULL;
  g_autoptr (NaruJson) json =
      old != NULL ? naru_json_copy (naru_record_get_json (old)) : naru_json_new_object ();
  g_autoptr (NaruJson) patch = parse (changes);
  g_auto (GStrv) names = naru_json_get_keys (patch);
  g_autoptr (GVariant) card = old != NULL ? naru_txn_get_card (forgery->txn, name, id, NULL) : NULL;
  gint64 since = card != NULL ? naru_card_get_since (card) : naru_change_get_time (forgery->change)->seconds;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    if (naru_json_get_kind (naru_json_get (patch, names[i])) == NARU_JSON_NULL)
      naru_json_remove (json, names[i]);
    else
      naru_json_set (json, names[i], naru_json_ref (naru_json_get (patch, names[i])));
  g_autoptr (NaruRecord) record = naru_change_put (forgery->change, type, old, id, json, since, &error);
  g_assert_no_error (error);
  naru_change_add_event (forgery->change, name, id, NULL, NULL, forgery->note, &error);
  g_assert_no_error (error);
}

void
forgery_trailer (Forgery *forgery, const char *key, const char *value)
{
  naru_entry_add_trailer (naru_change_get_entry (forgery->change), key, value);
}

void
forgery_commit (Forgery *forgery)
{
  g_autoptr (GError) error = NULL;

  naru_change_commit (forgery->change, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&forgery->change, naru_change_free);
}

/* One record, one commit */
void
forge (NaruDesk *desk, const char *action, const char *id, const char *changes, const char *text)
{
  Forgery forgery = forgery_begin (desk, action);

  forgery_put (&forgery, id, changes);
  naru_change_set_subject (forgery.change, "deal", id, "%s", text);
  forgery_commit (&forgery);
}

static void
test_tampering (gconstpointer data)
{
  const Tampering *tampering = data;
  World world = world_new ();
  NaruVerifyOptions options = { 0 };

  tampering->tamper (&world);
  g_autoptr (NaruJson) report = verify_office (&world.fixture, &options);
  assert_found (report, tampering->name, tampering->code, tampering->severity);
  world_clear (&world);
}

/* A test for each. @prefix: of their paths */
void
forgery_add_tests (const char *prefix, const Tampering *tamperings, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat (prefix, tamperings[i].name, NULL);
      g_test_add_data_func (path, &tamperings[i], test_tampering);
    }
}
