/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include "naru-boxed.h"

#include <glib/gi18n-lib.h>

NARU_DEFINE_BOXED_TYPE (NaruSchema, naru_schema)

/**
 * naru_schema_new:
 * @json: a JSON Schema, version 2020-12 or, where "$schema" says so, draft 7
 * @origin: where it comes from, for messages: a file name
 * @error: return location for an error
 *
 * Compiles a schema. All of its keywords are known afterwards: one that is not in the vocabulary, a format
 * that is not known, a reference out of the file or in a circle are errors that name the place (the error's
 * field is its JSON pointer). @json is kept and must not be changed any more. A schema may be used by several
 * threads at once.
 *
 * Returns: (transfer full) (nullable): a new schema, or %NULL with %NARU_ERROR_INVALID
 */
NaruSchema *
naru_schema_new (NaruJson *json, const char *origin, GError **error)
{
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (origin != NULL, NULL);

  g_autoptr (NaruSchema) self = g_new0 (NaruSchema, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->document = json_incref (json);
  self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_schema_node_free);
  if (!naru_schema_compile (self, origin, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * naru_schema_ref:
 * @self: a schema
 *
 * Returns: (transfer full): @self
 */
NaruSchema *
naru_schema_ref (NaruSchema *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_schema_unref:
 * @self: (transfer full): a schema
 *
 * Drops a reference; the last one frees the schema.
 */
void
naru_schema_unref (NaruSchema *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->nodes);
  json_decref (self->document);
  g_free (self);
}

/* What was collected goes to the caller. A pattern given up inside "not" left no finding, so one is made
 * here: no refusal without a reason. */
static void
hand_over (NaruSchemaCheck *check, const char *undecided, GPtrArray *findings)
{
  if (check->findings->len == 0)
    naru_schema_give_up (check, NULL, undecided != NULL ? undecided : N_ ("judging it takes too long"));
  if (check->findings->len == NARU_SCHEMA_MAX_FINDINGS)
    {
      NaruFinding *last = g_ptr_array_index (check->findings, NARU_SCHEMA_MAX_FINDINGS - 1);
      naru_finding_set_remedy (last, _ ("only the first 200 findings are listed; cure them and try again"));
    }
  g_ptr_array_extend_and_steal (findings, g_steal_pointer (&check->findings));
}

/**
 * naru_schema_validate:
 * @self: a schema
 * @instance: the value to judge
 * @findings: (nullable) (element-type NaruFinding): gets one finding for each failure, 200 at most; its
 * elements are owned by the array, which needs naru_finding_unref() as its free function
 *
 * Without @findings the first failure ends the judgement. Each finding is of the rule "schema", blocks, names
 * its field by JSON pointer (of a missing field: where it should stand) and carries keyword, expected and
 * found. Where an instance is too costly to judge, or a text too much for its pattern, the verdict is "no",
 * with a finding of the status error.
 *
 * Returns: whether @instance fits
 */
gboolean
naru_schema_validate (NaruSchema *self, NaruJson *instance, GPtrArray *findings)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (instance != NULL, FALSE);

  /* most instances fit: the first pass makes no findings and needs no memory */
  NaruSchemaCheck check = { 0 };
  if (naru_schema_check_node (&check, self->root, instance, NULL) && check.undecided == NULL)
    return TRUE;
  if (findings == NULL)
    return FALSE;

  NaruSchemaCheck again = { 0 };
  again.findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  naru_schema_check_node (&again, self->root, instance, NULL);
  hand_over (&again, check.undecided, findings);
  return FALSE;
}
