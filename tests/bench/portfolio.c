/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "portfolio.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Raised when portfolios come out differently: offices kept from before are then made anew. */
#define GENERATION 4
#define IMPORT_AT_ONCE 100000
#define EVENTS_PER_CASE 5
#define SUMMARY_SIZE 620

static const char *const stages[] = { "idea",      "joint-rd",  "disclosure", "evaluation", "patent",
                                      "marketing", "licensing", "spin-off",   "post-deal" };
static const char *const sectors[] = { "bio-health", "it", "nano", "green" };
static const char *const courts[] = { "us", "inventor", "attorney", "counterparty", "agency" };
static const char *const units[] = { "내분비내과", "재활의학과", "전자공학과", "Materials Science",
                                     "환경공학과" };
static const char *const english[] = { "sensor",   "polymer",    "battery",  "diagnosis", "membrane",
                                       "imaging",  "control",    "antibody", "catalyst",  "network",
                                       "wearable", "recycling",  "early",    "low-cost",  "real-time",
                                       "portable", "autonomous", "precise" };
static const char *const korean[] = { "바이오마커", "배터리", "촉매",   "진단",   "영상",     "고분자",
                                      "센서",       "제어",   "재활용", "항체",   "네트워크", "분리막",
                                      "초기",       "저비용", "실시간", "휴대용", "자율",     "정밀" };

static guint32
next_random (guint32 *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void
append_words (GString *text, guint32 *state, gsize size, gboolean is_korean)
{
  const gsize end = text->len + size;

  while (text->len < end)
    {
      guint word = next_random (state) % G_N_ELEMENTS (english);

      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                              is_korean ? korean[word] : english[word]);
      if (next_random (state) % 8 == 0)
        g_string_append_printf (text, " %u", next_random (state) % 1000);
    }
}

/* A deal of about 1 KB; number 0 is the first. */
NaruJson *
portfolio_deal (guint number)
{
  NaruJson *deal = naru_json_new_object ();
  NaruJson *in_sectors = naru_json_new_array ();
  guint32 state = number * 2654435761u + 12345;
  gboolean is_korean = number % 3 != 0;
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) summary = g_string_new (NULL);
  g_autofree char *external = g_strdup_printf ("TLO-%07u", number);

  append_words (title, &state, 40, is_korean);
  append_words (summary, &state, SUMMARY_SIZE, is_korean);
  naru_json_append_string (in_sectors, sectors[next_random (&state) % G_N_ELEMENTS (sectors)]);
  naru_json_set_string (deal, "title", title->str);
  naru_json_set_string (deal, "summary", summary->str);
  naru_json_set_string (deal, "external_id", external);
  naru_json_set (deal, "sectors", in_sectors);
  naru_json_set_string (deal, "hub", "MGK");
  naru_json_set_string (deal, "stage", stages[number % G_N_ELEMENTS (stages)]);
  naru_json_set_string (deal, "court", courts[next_random (&state) % G_N_ELEMENTS (courts)]);
  naru_json_set_string (deal, "unit", units[next_random (&state) % G_N_ELEMENTS (units)]);
  naru_json_set_string (deal, "officer", "MGK-PER-2026-00001");
  naru_json_set_integer (deal, "trl", 1 + next_random (&state) % 9);
  return deal;
}

/* Deals first .. first + n_deals as JSON lines, as “naru import” takes them. */
void
portfolio_write (const char *file, guint first, guint n_deals)
{
  FILE *stream = fopen (file, "we");

  if (stream == NULL)
    g_error ("cannot write %s", file);
  for (guint i = first; i < first + n_deals; i++)
    {
      g_autoptr (NaruJson) deal = portfolio_deal (i);
      g_autofree char *line = naru_json_to_line (deal);

      fprintf (stream, "%s\n", line);
    }
  if (fclose (stream) != 0)
    g_error ("cannot write %s", file);
}

/* An event log: cases that move from stage to stage, in the order of time, and the map that reads it. */
void
portfolio_write_events (const char *file, const char *map, guint n_events)
{
  static const char map_text[] =
      "{\"title\": {\"en\": \"Generated log\", \"ko\": \"생성된 기록\"}, \"type\": \"deal\","
      " \"case\": \"case\", \"activity\": \"activity\", \"time\": \"time\","
      " \"actor\": \"actor\", \"constants\": {\"hub\": \"MGK\"}}\n";
  FILE *stream = fopen (file, "we");
  guint n_cases = (n_events + EVENTS_PER_CASE - 1) / EVENTS_PER_CASE;

  if (stream == NULL || !g_file_set_contents (map, map_text, -1, NULL))
    g_error ("cannot write %s", file);
  fprintf (stream, "case,activity,time,actor\n");
  for (guint i = 0; i < n_events; i++)
    {
      guint minute = i % 60;
      guint hour = i / 60 % 24;
      guint day = i / 1440;

      fprintf (stream, "case-%06u,%s,%04u-%02u-%02uT%02u:%02u:00+09:00,Officer %u\n", i % n_cases,
               stages[i / n_cases], 2001 + day / 336, 1 + day / 28 % 12, 1 + day % 28, hour, minute, i % 7);
    }
  if (fclose (stream) != 0)
    g_error ("cannot write %s", file);
}

/* An empty office, whose first person is its officer, director and admin. */
NaruOffice *
portfolio_create_office (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) person = naru_json_parse ("{\"name\": \"김민지\", \"login\": \"" PORTFOLIO_LOGIN "\","
                                                 " \"roles\": [\"officer\", \"director\", \"admin\"]}",
                                                 -1, 0, &error);
  NaruOffice *office = naru_office_create (folder, "Magok 산학협력단", "MGK", person, &error);

  if (office == NULL)
    g_error ("%s", error->message);
  return office;
}

static void
import_deals (NaruDesk *desk, const char *folder, guint n_deals)
{
  g_autofree char *file = g_strconcat (folder, ".jsonl", NULL);

  for (guint first = 0; first < n_deals; first += IMPORT_AT_ONCE)
    {
      NaruImportOptions options = { .file = file };
      g_autoptr (NaruJson) report = NULL;
      g_autoptr (GError) error = NULL;

      portfolio_write (file, first, MIN (IMPORT_AT_ONCE, n_deals - first));
      if (!naru_desk_import (desk, "deal", &options, &report, &error))
        g_error ("%s", error->message);
    }
  g_unlink (file);
}

static void
import_events (NaruDesk *desk, const char *folder, guint n_events)
{
  g_autofree char *file = g_strconcat (folder, ".csv", NULL);
  g_autofree char *map = g_strconcat (folder, ".map.json", NULL);
  NaruImportOptions options = { .file = file, .map = map };
  g_autoptr (NaruJson) report = NULL;
  g_autoptr (GError) error = NULL;

  portfolio_write_events (file, map, n_events);
  if (!naru_desk_import_history (desk, &options, &report, &error))
    g_error ("%s", error->message);
  g_unlink (file);
  g_unlink (map);
}

/* Whether an office kept from before is what would be made now. */
static gboolean
is_current (const char *folder, const char *stamp_text)
{
  g_autofree char *stamp = g_strconcat (folder, ".stamp", NULL);
  g_autofree char *content = NULL;
  g_autoptr (NaruOffice) office = NULL;

  if (!g_file_get_contents (stamp, &content, NULL, NULL) || !g_str_equal (content, stamp_text))
    return FALSE;
  office = naru_office_open (folder, NULL);
  return office != NULL;
}

static char *
get_kept (const char *kind, guint size, void (*fill) (NaruDesk *desk, const char *folder, guint size))
{
  g_autofree char *name = g_strdup_printf ("%s-%u", kind, size);
  char *folder = g_build_filename (bench_folder (), name, NULL);
  g_autofree char *stamp = g_strconcat (folder, ".stamp", NULL);
  g_autofree char *stamp_text = g_strdup_printf ("%s %d %d\n", name, GENERATION, NARU_OFFICE_FORMAT);

  if (is_current (folder, stamp_text))
    return folder;
  bench_remove (folder);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (NaruOffice) office = portfolio_create_office (folder);
    g_autoptr (NaruDesk) desk = naru_desk_new (office, PORTFOLIO_LOGIN, "import", &error);

    if (desk == NULL)
      g_error ("%s", error->message);
    fill (desk, folder, size);
  }
  if (!g_file_set_contents (stamp, stamp_text, -1, NULL))
    g_error ("cannot write %s", stamp);
  return folder;
}

/* The folder of an office with that many deals, kept between runs; not to be changed. */
char *
portfolio_get_office (guint n_deals)
{
  return get_kept ("deals", n_deals, import_deals);
}

/* The folder of an office with that many commits, one a move; not to be changed. */
char *
portfolio_get_history (guint n_events)
{
  return get_kept ("events", n_events, import_events);
}

/* A copy that may be changed. */
char *
portfolio_copy_office (const char *folder, const char *name)
{
  char *copy = bench_fresh_folder (name);

  bench_run (NULL, NULL, (const char *const[]){ "cp", "-a", folder, copy, NULL });
  return copy;
}

/* Ids of @n deals in @stage, or of @n deals at all. */
GStrv
portfolio_list_ids (const char *folder, const char *stage, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk = office != NULL ? naru_desk_new (office, PORTFOLIO_LOGIN, "cli", &error) : NULL;
  NaruQuery query = { .stage = stage, .limit = n };
  g_autoptr (NaruJson) cards = desk != NULL ? naru_desk_list (desk, "deal", &query, &error) : NULL;
  GStrv ids;

  if (cards == NULL)
    g_error ("%s", error->message);
  if (naru_json_get_size (cards) < n)
    g_error ("only %u deals in stage %s", naru_json_get_size (cards), stage);
  ids = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    ids[i] = g_strdup (naru_json_get_string (naru_json_get_element (cards, i), "id"));
  return ids;
}

static void
write_judged (const char *file, NaruJson *deal, guint n)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s-%u", naru_json_get_string (deal, "title"), i);
      g_autofree char *line = NULL;
      naru_json_set_string (deal, "external_id", key);
      line = naru_json_to_line (deal);
      g_string_append_printf (lines, "%s\n", line);
    }
  if (!g_file_set_contents (file, lines->str, -1, NULL))
    g_error ("cannot write %s", file);
}

/* Adds @n deals with these fields, in which code has a say, and gives their ids. */
GStrv
portfolio_add_judged (const char *folder, const char *form, guint n)
{
  g_autofree char *file = g_strconcat (folder, ".jsonl", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruOffice) office = naru_office_open (folder, &error);
  g_autoptr (NaruDesk) desk =
      office != NULL ? naru_desk_new (office, PORTFOLIO_LOGIN, "import", &error) : NULL;
  NaruImportOptions options = { .file = file };
  g_autoptr (NaruJson) deal = naru_json_parse (form, -1, 0, NULL);
  g_autoptr (NaruJson) report = NULL;
  GStrv ids = g_new0 (char *, n + 1);

  write_judged (file, deal, n);
  if (desk == NULL || !naru_desk_import (desk, "deal", &options, &report, &error))
    g_error ("%s", error->message);
  g_unlink (file);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("external_id=%s-%u", naru_json_get_string (deal, "title"), i);
      NaruQuery query = { .where = (const char *const[]){ where, NULL }, .limit = 1 };
      g_autoptr (NaruJson) cards = naru_desk_list (desk, "deal", &query, &error);
      if (cards == NULL || naru_json_get_size (cards) != 1)
        g_error ("%s is not there", where);
      ids[i] = g_strdup (naru_json_get_string (naru_json_get_element (cards, 0), "id"));
    }
  return ids;
}
