/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include <glib/gi18n-lib.h>

static gboolean
is_stage (NaruJson *element, NaruJson *other)
{
  return g_strcmp0 (naru_json_get_string (element, "id"), naru_json_get_string (other, "id")) == 0;
}

/* The elements of @list without those that @taken has, @same telling which. */
static NaruJson *
without (NaruJson *list, NaruJson *taken, gboolean (*same) (NaruJson *, NaruJson *))
{
  NaruJson *result = naru_json_new_array ();

  for (guint i = 0; i < naru_json_get_size (list); i++)
    {
      NaruJson *element = naru_json_get_element (list, i);
      gboolean gone = FALSE;
      for (guint j = 0; !gone && j < naru_json_get_size (taken); j++)
        gone = same (element, naru_json_get_element (taken, j));
      if (!gone)
        {
          naru_json_append (result, naru_json_ref (element));
        }
    }
  return result;
}

static void
append_all (NaruJson *list, NaruJson *more)
{
  for (guint i = 0; i < naru_json_get_size (more); i++)
    {
      naru_json_append (list, naru_json_ref (naru_json_get_element (more, i)));
    }
}

/* A move that a pack brought is that move still when the office has changed its gate. */
static gboolean
is_move (NaruJson *element, NaruJson *other)
{
  NaruJson *from = naru_json_get (element, "from");
  NaruJson *theirs = naru_json_get (other, "from");

  return from != NULL && theirs != NULL && naru_json_equal (from, theirs) &&
         g_strcmp0 (naru_json_get_string (element, "to"), naru_json_get_string (other, "to")) == 0;
}

/**
 * naru_pipeline_exchange:
 * @self: a pipeline
 * @taken: (nullable): {"stages","transitions"} that a rule pack brought and that go
 * @brought: (nullable): the same that a rule pack brings
 * @origin: where @brought comes from, for messages
 * @error: %NARU_ERROR_INVALID, %NARU_ERROR_EXISTS where the pipeline has such a stage
 *
 * Returns: (transfer full) (nullable): the pipeline with these stages and moves, checked like any other
 */
NaruPipeline *
naru_pipeline_exchange (NaruPipeline *self, NaruJson *taken, NaruJson *brought, const char *origin,
                        GError **error)
{
  g_return_val_if_fail (self != NULL && origin != NULL, NULL);

  g_autoptr (NaruJson) json = naru_json_copy (naru_pipeline_get_json (self));
  NaruJson *old_stages = naru_json_get (taken, "stages");
  NaruJson *new_stages = naru_json_get (brought, "stages");
  g_autoptr (NaruJson) stages = without (naru_json_get (json, "stages"), old_stages, is_stage);
  g_autoptr (NaruJson) moves =
      without (naru_json_get (json, "transitions"), naru_json_get (taken, "transitions"), is_move);

  for (guint i = 0; i < naru_json_get_size (new_stages); i++)
    for (guint j = 0; j < naru_json_get_size (stages); j++)
      {
        NaruJson *stage = naru_json_get_element (new_stages, i);
        if (!is_stage (stage, naru_json_get_element (stages, j)))
          continue;
        naru_set_error (error, NARU_ERROR_EXISTS, "/pipeline/stages", 0, _ ("Give the stage another id."),
                        _ ("%s: the pipeline “%s” has a stage “%s” already; nothing of the pack is in force"),
                        origin, self->id, naru_json_get_string (stage, "id"));
        return NULL;
      }
  append_all (stages, new_stages);
  append_all (moves, naru_json_get (brought, "transitions"));
  naru_json_set (json, "stages", g_steal_pointer (&stages));
  naru_json_set (json, "transitions", g_steal_pointer (&moves));
  return naru_pipeline_new (json, origin, error);
}
