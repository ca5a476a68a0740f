/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-dossier-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* By which rules each move was judged, as its commit says it; what a rule is called, and its law, stand in
 * the packs and the pipelines of that commit. */

typedef struct
{
  NaruDossier *dossier;
  NaruPage *page;
  GHashTable *rules; /* id -> NaruJson: rule of a pack, or condition of a gate */
  GPtrArray *kept;   /* of NaruJson: what they lie in */
} Rules;

static const struct
{
  const char *word;
  const char *label;
} verdicts[] = {
  { "pass", N_ ("met") },
  { "fail", N_ ("not met") },
  { "waived", N_ ("waived") },
  { "unknown", N_ ("not answered") },
  { "error", N_ ("could not be judged") },
  { "block", N_ ("must be met") },
  { "warn", N_ ("warning") },
  { "advise", N_ ("advice") },
};

static const char *
get_label (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (g_strcmp0 (verdicts[i].word, word) == 0)
      return _ (verdicts[i].label);
  return word != NULL ? word : "";
}

static void
add_rules (Rules *self, NaruJson *list)
{
  for (guint i = 0; i < naru_json_get_size (list); i++)
    {
      NaruJson *rule = naru_json_get_element (list, i);
      const char *id = naru_json_get_string (rule, "id");
      if (id != NULL)
        g_hash_table_insert (self->rules, g_strdup (id), rule);
    }
}

static gboolean
take_file (const char *path, GBytes *bytes, gpointer user_data)
{
  Rules *self = user_data;
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  NaruJson *json = naru_json_parse (text, (gssize) size, 0, NULL);

  if (json == NULL)
    return TRUE;
  g_ptr_array_add (self->kept, json);
  add_rules (self, naru_json_get (json, "rules"));
  NaruJson *moves = naru_json_get (json, "transitions");
  for (guint i = 0; i < naru_json_get_size (moves); i++)
    add_rules (self, naru_json_get (naru_json_get (naru_json_get_element (moves, i), "gate"), "conditions"));
  return TRUE;
}

/* What cannot be read leaves a rule without its title; its id and verdict stand there all the same. */
static void
read_titles (Rules *self, NaruDossierChange *change)
{
  NaruRepository *repository = self->dossier->repository;
  GPtrArray *paths = self->dossier->paths;

  g_hash_table_remove_all (self->rules);
  g_ptr_array_set_size (self->kept, 0);
  if (!naru_repository_foreach_file (repository, &change->commit, "pipelines", take_file, self, NULL))
    g_debug ("the pipelines of that day cannot be read");
  for (guint i = 0; i + 1 < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autoptr (GBytes) bytes = g_str_has_prefix (path, "rules/")
                                     ? naru_repository_read_file (repository, &change->commit, path, NULL)
                                     : NULL;
      if (bytes != NULL)
        take_file (path, bytes, self);
    }
}

static char *
make_title (NaruJson *rule)
{
  const char *title = naru_json_get_string (naru_json_get (rule, "title"), naru_language_get ());

  if (title == NULL)
    title = naru_json_get_string (naru_json_get (rule, "title"), "en");
  return g_strdup (title != NULL ? title : "");
}

static char *
make_law (NaruJson *rule)
{
  NaruJson *evidence = naru_json_get (rule, "evidence");
  const char *law = naru_json_get_string (evidence, "law");
  const char *article = naru_json_get_string (evidence, "article");
  const char *where = naru_json_get_string (evidence, "jurisdiction");
  g_autoptr (GString) text = g_string_new (law);

  if (article != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", article);
  if (where != NULL && text->len > 0)
    g_string_append_printf (text, " (%s)", where);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "BIO-IRB-01@1 block pass" */
static void
tell_verdict (Rules *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autofree char *id = g_strdup (words[0] != NULL ? words[0] : "");
  char *at = strrchr (id, '@');

  if (g_strv_length (words) < 3)
    return;
  if (at != NULL)
    *at = '\0';
  NaruJson *rule = g_hash_table_lookup (self->rules, id);
  g_autofree char *title = make_title (rule);
  g_autofree char *law = make_law (rule);
  g_autofree char *verdict = g_strdup_printf ("%s (%s)", get_label (words[2]), get_label (words[1]));
  naru_page_row (self->page, words[0], title, verdict, law, NULL);
}

static void
tell_packs (Rules *self, NaruDossierChange *change)
{
  g_auto (GStrv) lines = g_strsplit (change->past.message, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *text = NULL;
      if (g_str_has_prefix (lines[i], "Naru-Rules: "))
        text = g_strdup_printf (_ ("Rules: %s"), lines[i] + strlen ("Naru-Rules: "));
      else if (g_str_has_prefix (lines[i], "Naru-Module: "))
        text = g_strdup_printf (_ ("Code: %s"), lines[i] + strlen ("Naru-Module: "));
      if (text != NULL)
        naru_page_text (self->page, text);
    }
}

static void
tell_move (Rules *self, NaruDossierChange *change)
{
  g_autofree char *when = naru_time_to_display (&change->past.authored);
  g_autofree char *text = g_strdup_printf (_ ("Change %" PRIu64 ", %s → %s, judged on %s:"), change->number,
                                           change->past.from, change->past.to, when);

  read_titles (self, change);
  naru_page_text (self->page, text);
  tell_packs (self, change);
  naru_page_table (self->page, _ ("Rule"), _ ("What it asks"), _ ("Verdict"), _ ("Law"), NULL);
  for (guint i = 0; i < change->past.verdicts->len; i++)
    tell_verdict (self, g_ptr_array_index (change->past.verdicts, i));
  naru_page_end_table (self->page);
}

void
naru_dossier_tell_rules (NaruDossier *self, NaruPage *page)
{
  Rules rules = { .dossier = self, .page = page };
  guint n = 0;

  rules.rules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  rules.kept = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_json_unref);
  naru_page_heading (page, _ ("Rules"));
  for (guint i = 0; i < self->changes->len; i++)
    {
      NaruDossierChange *change = g_ptr_array_index (self->changes, i);
      if (change->past.verdicts->len == 0 || change->past.from == NULL || change->past.to == NULL)
        continue;
      tell_move (&rules, change);
      n++;
    }
  if (n == 0)
    naru_page_text (page, _ ("No move was judged by rules."));
  g_hash_table_unref (rules.rules);
  g_ptr_array_unref (rules.kept);
}
