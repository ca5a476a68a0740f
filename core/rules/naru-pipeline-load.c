/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static NaruStageKind
read_kind (const char *text)
{
  if (g_strcmp0 (text, "paused") == 0)
    return NARU_STAGE_PAUSED;
  return g_strcmp0 (text, "final") == 0 ? NARU_STAGE_FINAL : NARU_STAGE_ACTIVE;
}

static gboolean
load_stages (NaruPipeline *self, const char *origin, GError **error)
{
  NaruJson *stages = naru_json_get (self->json, "stages");
  guint n = naru_json_get_size (stages);

  for (guint i = 0; i < n; i++)
    {
      NaruJson *json = naru_json_get_element (stages, i);
      NaruWords title = naru_words_read (json, "title");
      NaruStage stage = { naru_json_get_string (json, "id"), title.en, title.ko,
                          read_kind (naru_json_get_string (json, "kind")),
                          (int) naru_json_get_integer (json, "target_days", 0) };
      if (naru_pipeline_find_stage (self, stage.id) != NULL)
        {
          g_autofree char *pointer = g_strdup_printf ("/stages/%u/id", i);
          naru_set_error (error, NARU_ERROR_INVALID, pointer, 0, _ ("Give each stage an id of its own."),
                          _ ("%s, %s: the stage “%s” is there twice"), origin, pointer, stage.id);
          return FALSE;
        }
      g_array_append_val (self->stages, stage);
    }
  return TRUE;
}

static gboolean
load_initial (NaruPipeline *self, const char *origin, GError **error)
{
  const char *id = naru_json_get_string (self->json, "initial");

  self->initial = naru_pipeline_find_stage (self, id);
  if (self->initial != NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, "/initial", 0, _ ("Name one of the stages."),
                  _ ("%s, %s: there is no stage “%s”"), origin, "/initial", id);
  return FALSE;
}

static gboolean
check_stage (NaruPipeline *self, const char *origin, const char *pointer, const char *id, GError **error)
{
  if (naru_pipeline_find_stage (self, id) != NULL)
    return TRUE;
  naru_set_error (error, NARU_ERROR_INVALID, pointer, 0,
                  _ ("Name one of the stages, or add this one to “stages”."),
                  _ ("%s, %s: there is no stage “%s”"), origin, pointer, id);
  return FALSE;
}

/* One move of a declaration; a declaration with a list in "from" makes several that share one gate. */
static gboolean
add_transition (NaruPipeline *self, NaruJson *json, const char *from, const char *origin, const char *pointer,
                GError **error)
{
  const char *to = naru_json_get_string (json, "to");

  if (g_str_equal (from, to))
    {
      naru_set_error (error, NARU_ERROR_INVALID, pointer, 0, _ ("Name two different stages."),
                      _ ("%s, %s: the move leads from “%s” to itself"), origin, pointer, from);
      return FALSE;
    }
  if (naru_pipeline_find_transition (self, from, to) != NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, pointer, 0,
                      _ ("Join the two declarations into one, with one gate."),
                      _ ("%s, %s: the move from “%s” to “%s” is declared twice"), origin, pointer, from, to);
      return FALSE;
    }

  NaruTransition *transition = g_new0 (NaruTransition, 1);
  transition->pipeline = self;
  transition->from = from;
  transition->to = to;
  transition->title = naru_words_read (json, "title");
  transition->gate = self->gates->len - 1;
  g_ptr_array_add (self->transitions, transition);
  return TRUE;
}

/* (nullable): where the line @index of @lines begins */
static const char *
find_line (const char *lines, guint index)
{
  while (lines != NULL && index-- > 0)
    {
      lines = strchr (lines, '\n');
      lines = lines != NULL ? lines + 1 : NULL;
    }
  return lines;
}

/* A gate that stands on a line of its own is read when somebody asks for it. */
static gboolean
add_gate (NaruPipeline *self, NaruJson *json, guint index, const char *origin, const char *pointer,
          GHashTable *ids, GError **error)
{
  NaruGate gate = { .line = find_line (self->lines, index) };

  if (gate.line == NULL)
    {
      gate.requirements = naru_gate_load (json, origin, pointer, ids, error);
      if (gate.requirements == NULL)
        return FALSE;
    }
  g_array_append_val (self->gates, gate);
  return TRUE;
}

static gboolean
load_transition (NaruPipeline *self, NaruJson *json, guint index, const char *origin, GHashTable *ids,
                 GError **error)
{
  g_autofree char *pointer = g_strdup_printf ("/transitions/%u", index);
  g_autofree char *gate_pointer = g_strconcat (pointer, "/gate", NULL);
  g_autofree char *to_pointer = g_strconcat (pointer, "/to", NULL);
  if (!check_stage (self, origin, to_pointer, naru_json_get_string (json, "to"), error))
    return FALSE;
  if (!add_gate (self, naru_json_get (json, "gate"), index, origin, gate_pointer, ids, error))
    return FALSE;

  NaruJson *from = naru_json_get (json, "from");
  gboolean list = naru_json_get_kind (from) == NARU_JSON_ARRAY;
  guint n = list ? naru_json_get_size (from) : 1;
  for (guint i = 0; i < n; i++)
    {
      const char *id = naru_json_as_string (list ? naru_json_get_element (from, i) : from);
      g_autofree char *from_pointer =
          list ? g_strdup_printf ("%s/from/%u", pointer, i) : g_strconcat (pointer, "/from", NULL);
      if (!check_stage (self, origin, from_pointer, id, error) ||
          !add_transition (self, json, id, origin, from_pointer, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_transitions (NaruPipeline *self, const char *origin, GError **error)
{
  NaruJson *transitions = naru_json_get (self->json, "transitions");
  guint n = naru_json_get_size (transitions);
  /* id of a condition -> where it stands; ids name conditions on the command line, so they are the pipeline's
   */
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (ids, (gpointer) NARU_RULE_REJECTED, g_strdup (_ ("Naru itself")));
  for (guint i = 0; i < n; i++)
    if (!load_transition (self, naru_json_get_element (transitions, i), i, origin, ids, error))
      return FALSE;
  return TRUE;
}

/* Marks, from the initial stage on, all that moves lead to. */
static void
mark_reached (NaruPipeline *self, gboolean *reached)
{
  const NaruStage *stages = (const NaruStage *) self->stages->data;
  gboolean grown = TRUE;

  reached[self->initial - stages] = TRUE;
  while (grown)
    {
      grown = FALSE;
      for (guint i = 0; i < self->transitions->len; i++)
        {
          const NaruTransition *transition = g_ptr_array_index (self->transitions, i);
          gsize from = naru_pipeline_find_stage (self, transition->from) - stages;
          gsize to = naru_pipeline_find_stage (self, transition->to) - stages;
          if (reached[from] && !reached[to])
            reached[to] = grown = TRUE;
        }
    }
}

static gboolean
check_reachable (NaruPipeline *self, const char *origin, GError **error)
{
  g_autofree gboolean *reached = g_new0 (gboolean, self->stages->len);

  mark_reached (self, reached);
  for (guint i = 0; i < self->stages->len; i++)
    if (!reached[i])
      {
        g_autofree char *pointer = g_strdup_printf ("/stages/%u", i);
        naru_set_error (error, NARU_ERROR_INVALID, pointer, 0,
                        _ ("Add a transition that leads to it, or take the stage out."),
                        _ ("%s, %s: no way leads from “%s” to the stage “%s”"), origin, pointer,
                        self->initial->id, g_array_index (self->stages, NaruStage, i).id);
        return FALSE;
      }
  return TRUE;
}

/* Fills @self from its JSON, which has the right form; FALSE with NARU_ERROR_INVALID where the JSON is no
 * sound pipeline. */
gboolean
naru_pipeline_load (NaruPipeline *self, const char *origin, GError **error)
{
  self->id = naru_json_get_string (self->json, "id");
  self->record_type = naru_json_get_string (self->json, "record_type");
  self->calendar = naru_json_get_string (self->json, "calendar");
  self->title = naru_words_read (self->json, "title");
  return load_stages (self, origin, error) && load_initial (self, origin, error) &&
         load_transitions (self, origin, error) &&
         (self->lines != NULL || check_reachable (self, origin, error));
}
