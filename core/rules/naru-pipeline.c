/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include "naru-boxed.h"

#include <string.h>

NARU_DEFINE_BOXED_TYPE (NaruPipeline, naru_pipeline)

/* (nullable): the words in the language of the process; the other language where one is missing */
const char *
naru_words_get (const NaruWords *words)
{
  gboolean korean = g_strcmp0 (naru_language_get (), "ko") == 0;
  const char *first = korean ? words->ko : words->en;

  if (first != NULL)
    return first;
  return korean ? words->en : words->ko;
}

NaruWords
naru_words_read (NaruJson *object, const char *key)
{
  NaruJson *words = naru_json_get (object, key);

  if (words == NULL)
    return (NaruWords){ NULL, NULL };
  return (NaruWords){ naru_json_get_string (words, "en"), naru_json_get_string (words, "ko") };
}

static void
gate_clear (gpointer data)
{
  NaruGate *gate = data;

  g_clear_pointer (&gate->requirements, g_ptr_array_unref);
  g_clear_pointer (&gate->json, naru_json_unref);
}

/* As naru_pipeline_new(), for what is known to have the right form. @lines: (nullable): the gates that @json
 * leaves out, a line each */
NaruPipeline *
naru_pipeline_new_checked (NaruJson *json, const char *lines, const char *origin, GError **error)
{
  g_autoptr (NaruPipeline) self = g_new0 (NaruPipeline, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->json = naru_json_ref (json);
  self->stages = g_array_new (FALSE, TRUE, sizeof (NaruStage));
  self->transitions = g_ptr_array_new_with_free_func (g_free);
  self->gates = g_array_new (FALSE, TRUE, sizeof (NaruGate));
  g_array_set_clear_func (self->gates, gate_clear);
  self->lines = g_strdup (lines);

  if (!naru_pipeline_load (self, origin, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * naru_pipeline_new:
 * @json: a pipeline as schemas/pipeline.json describes it
 * @origin: the file it comes from, for messages
 * @error: return location
 *
 * Everything is checked here: form, ids, that every stage can be reached, that every embedded schema
 * compiles. An error has the JSON pointer of the fault as its field.
 *
 * Returns: (transfer full) (nullable): the pipeline, immutable; NULL with %NARU_ERROR_INVALID
 */
NaruPipeline *
naru_pipeline_new (NaruJson *json, const char *origin, GError **error)
{
  g_return_val_if_fail (json != NULL && origin != NULL, NULL);

  if (!naru_form_check ("pipeline.json", json, origin, error))
    return NULL;
  return naru_pipeline_new_checked (json, NULL, origin, error);
}

/**
 * naru_pipeline_ref:
 * @self: a pipeline
 *
 * Returns: (transfer full): @self
 */
NaruPipeline *
naru_pipeline_ref (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_pipeline_unref:
 * @self: (transfer full): a pipeline
 */
void
naru_pipeline_unref (NaruPipeline *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->transitions);
  g_array_unref (self->gates);
  g_array_unref (self->stages);
  naru_json_unref (self->json);
  g_free (self->lines);
  g_free (self->digest);
  g_free (self);
}

/**
 * naru_pipeline_get_id:
 * @self: a pipeline
 *
 * Returns: (transfer none): its id, "technology"
 */
const char *
naru_pipeline_get_id (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * naru_pipeline_get_record_type:
 * @self: a pipeline
 *
 * Returns: (transfer none): the name of the record type that moves through it, "deal"
 */
const char *
naru_pipeline_get_record_type (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->record_type;
}

/**
 * naru_pipeline_get_title:
 * @self: a pipeline
 *
 * Returns: (transfer none): its title in the language of the process
 */
const char *
naru_pipeline_get_title (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return naru_words_get (&self->title);
}

/* Reads the gate from its line, unless that was done. The line is sealed, so it was read before. */
static NaruGate *
read_gate (NaruPipeline *self, guint index)
{
  NaruGate *gate = &g_array_index (self->gates, NaruGate, index);
  gsize length = gate->line != NULL ? strcspn (gate->line, "\n") : 0;

  if (gate->json == NULL && length > 0)
    {
      g_autoptr (GError) error = NULL;
      gate->json = naru_json_parse (gate->line, (gssize) length, 0, &error);
      if (gate->json == NULL)
        g_error ("the gate %u of the pipeline %s: %s", index, self->id, error->message);
    }
  return gate;
}

/* (transfer none): of NaruRequirement */
GPtrArray *
naru_transition_get_gate (const NaruTransition *transition)
{
  NaruGate *gate = read_gate (transition->pipeline, transition->gate);
  g_autoptr (GError) error = NULL;

  if (gate->requirements == NULL)
    gate->requirements = naru_gate_load (gate->json, transition->pipeline->id, "", NULL, &error);
  if (gate->requirements == NULL)
    g_error ("the gate to %s of the pipeline %s: %s", transition->to, transition->pipeline->id,
             error->message);
  return gate->requirements;
}

/**
 * naru_pipeline_get_json:
 * @self: a pipeline
 *
 * Returns: (transfer none): what it was made of; not to be changed
 */
NaruJson *
naru_pipeline_get_json (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  NaruJson *declarations = naru_json_get (self->json, "transitions");
  for (guint i = 0; self->lines != NULL && i < self->gates->len; i++)
    {
      NaruGate *gate = read_gate (self, i);
      if (gate->json != NULL)
        naru_json_set (naru_json_get_element (declarations, i), "gate", naru_json_ref (gate->json));
    }
  return self->json;
}

/**
 * naru_pipeline_get_calendar:
 * @self: a pipeline
 *
 * Returns: (transfer none): code of the calendar by which days in a stage are counted, "KR"
 */
const char *
naru_pipeline_get_calendar (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->calendar;
}

/**
 * naru_pipeline_get_n_stages:
 * @self: a pipeline
 *
 * Returns: the number of stages
 */
guint
naru_pipeline_get_n_stages (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->stages->len;
}

/**
 * naru_pipeline_get_stage:
 * @self: a pipeline
 * @index: below naru_pipeline_get_n_stages()
 *
 * Returns: (transfer none): a stage, in the order of the board
 */
const NaruStage *
naru_pipeline_get_stage (NaruPipeline *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->stages->len, NULL);

  return &g_array_index (self->stages, NaruStage, index);
}

/**
 * naru_pipeline_find_stage:
 * @self: a pipeline
 * @id: (nullable): id of a stage
 *
 * Returns: (transfer none) (nullable): the stage
 */
const NaruStage *
naru_pipeline_find_stage (NaruPipeline *self, const char *id)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; id != NULL && i < self->stages->len; i++)
    if (g_str_equal (g_array_index (self->stages, NaruStage, i).id, id))
      return &g_array_index (self->stages, NaruStage, i);
  return NULL;
}

/**
 * naru_stage_get_title:
 * @stage: a stage
 *
 * Returns: (transfer none): its title in the language of the process
 */
const char *
naru_stage_get_title (const NaruStage *stage)
{
  g_return_val_if_fail (stage != NULL, NULL);

  const NaruWords words = { stage->title_en, stage->title_ko };
  return naru_words_get (&words);
}

/**
 * naru_pipeline_get_initial:
 * @self: a pipeline
 *
 * Returns: (transfer none): the stage in which a new record begins
 */
const NaruStage *
naru_pipeline_get_initial (NaruPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->initial;
}

/**
 * naru_pipeline_find_transition:
 * @self: a pipeline
 * @from: (nullable): id of a stage
 * @to: (nullable): id of a stage; NULL: the default next one, which is the first that is declared
 *
 * Returns: (transfer none) (nullable): the transition
 */
const NaruTransition *
naru_pipeline_find_transition (NaruPipeline *self, const char *from, const char *to)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; from != NULL && i < self->transitions->len; i++)
    {
      const NaruTransition *transition = g_ptr_array_index (self->transitions, i);
      if (g_str_equal (transition->from, from) && (to == NULL || g_str_equal (transition->to, to)))
        return transition;
    }
  return NULL;
}

/**
 * naru_pipeline_list_targets:
 * @self: a pipeline
 * @from: (nullable): id of a stage
 *
 * Returns: (transfer full): ids of the stages that one move reaches, the default next one first
 */
GStrv
naru_pipeline_list_targets (NaruPipeline *self, const char *from)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_autoptr (GStrvBuilder) targets = g_strv_builder_new ();
  for (guint i = 0; from != NULL && i < self->transitions->len; i++)
    {
      const NaruTransition *transition = g_ptr_array_index (self->transitions, i);
      if (g_str_equal (transition->from, from))
        g_strv_builder_add (targets, transition->to);
    }
  return g_strv_builder_end (targets);
}

/**
 * naru_transition_get_to:
 * @transition: a move of a pipeline
 *
 * Returns: (transfer none): id of the stage that it leads to
 */
const char *
naru_transition_get_to (const NaruTransition *transition)
{
  g_return_val_if_fail (transition != NULL, NULL);

  return transition->to;
}

/**
 * naru_transition_list_linked_types:
 * @transition: a transition
 *
 * Returns: (transfer full): names of the record types that its gate looks for, each once; empty where it
 * looks at the record alone
 */
GStrv
naru_transition_list_linked_types (const NaruTransition *transition)
{
  g_return_val_if_fail (transition != NULL, NULL);

  GPtrArray *gate = naru_transition_get_gate (transition);
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  for (guint i = 0; i < gate->len; i++)
    {
      const NaruRequirement *requirement = g_ptr_array_index (gate, i);
      if (requirement->kind == NARU_REQUIRE_RECORDS &&
          !g_ptr_array_find_with_equal_func (types, requirement->type, g_str_equal, NULL))
        g_ptr_array_add (types, (gpointer) requirement->type);
    }
  g_ptr_array_add (types, NULL);
  return g_strdupv ((char **) types->pdata);
}
