/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
check_member (NaruSchemaCheck *check, const NaruSchemaNode *owner, const NaruSchemaNode *node, json_t *value,
              const NaruSchemaPath *path)
{
  if (node->never)
    return naru_schema_fail (check, owner,
                             node == owner->object->additional ? NARU_KEYWORD_ADDITIONAL_PROPERTIES
                                                               : NARU_KEYWORD_FALSE,
                             value, path, path->key);
  return naru_schema_check_node (check, node, value, path);
}

/* FALSE: a member's name does not fit, whatever its value */
static gboolean
check_name (NaruSchemaCheck *check, const NaruSchemaNode *owner, const NaruSchemaPath *path)
{
  json_t *name = json_string_nocheck (path->key);
  const gboolean passes = naru_schema_check_silently (check, owner->object->names, name, path);
  if (!passes)
    naru_schema_fail (check, owner, NARU_KEYWORD_PROPERTY_NAMES, name, path, path->key);
  json_decref (name);
  return passes;
}

static gboolean
check_patterns (NaruSchemaCheck *check, const NaruSchemaNode *owner, json_t *value,
                const NaruSchemaPath *path, gboolean *known)
{
  GArray *patterns = owner->object->patterns;
  gboolean passes = TRUE;

  for (guint i = 0; i < patterns->len && !naru_schema_check_is_over (check, passes); i++)
    {
      const NaruSchemaPatternProperty *entry = &g_array_index (patterns, NaruSchemaPatternProperty, i);
      switch (naru_schema_pattern_match (entry->pattern, path->key, strlen (path->key)))
        {
        case NARU_MATCH_YES:
          *known = TRUE;
          if (!check_member (check, owner, entry->node, value, path))
            passes = FALSE;
          break;
        case NARU_MATCH_NO:
          break;
        case NARU_MATCH_UNDECIDED:
          passes =
              naru_schema_give_up (check, path, N_ ("its name is too long or too tangled for a pattern"));
          break;
        }
    }
  return passes;
}

/* One pass over the members; *@seen gets the bits of the required ones. */
static gboolean
check_members (NaruSchemaCheck *check, const NaruSchemaNode *owner, json_t *value, const NaruSchemaPath *path,
               guint64 *seen)
{
  const NaruSchemaObject *object = owner->object;
  gboolean passes = TRUE;

  for (void *iter = json_object_iter (value); iter != NULL; iter = json_object_iter_next (value, iter))
    {
      const NaruSchemaPath here = { path, json_object_iter_key (iter), 0 };
      const NaruSchemaProperty *property = naru_schema_object_find (object, here.key);
      json_t *member = json_object_iter_value (iter);
      gboolean known = FALSE;

      if (property != NULL)
        {
          *seen |= property->required;
          known = property->node != NULL;
          if (known && !check_member (check, owner, property->node, member, &here))
            passes = FALSE;
        }
      if (object->patterns != NULL && !check_patterns (check, owner, member, &here, &known))
        passes = FALSE;
      if (!known && object->additional != NULL &&
          !check_member (check, owner, object->additional, member, &here))
        passes = FALSE;
      if (object->names != NULL && !check_name (check, owner, &here))
        passes = FALSE;
      if (naru_schema_check_is_over (check, passes))
        return FALSE;
    }
  return passes;
}

static gboolean
check_required (NaruSchemaCheck *check, const NaruSchemaNode *owner, json_t *value,
                const NaruSchemaPath *path, guint64 seen)
{
  json_t *names = owner->object->required_names;
  gboolean passes = TRUE;

  if (seen == owner->object->required && json_array_size (names) <= 64)
    return TRUE;
  for (size_t i = 0; i < json_array_size (names); i++)
    {
      const NaruSchemaPath here = { path, json_string_value (json_array_get (names, i)), 0 };
      if (json_object_get (value, here.key) != NULL)
        continue;
      passes = naru_schema_fail (check, owner, NARU_KEYWORD_REQUIRED, NULL, &here, here.key);
      if (naru_schema_check_is_over (check, passes))
        return FALSE;
    }
  return passes;
}

static gboolean
check_dependency (NaruSchemaCheck *check, const NaruSchemaNode *owner, const NaruSchemaDependency *dependency,
                  json_t *value, const NaruSchemaPath *path)
{
  gboolean passes = TRUE;

  if (json_object_get (value, dependency->name) == NULL)
    return TRUE;
  for (size_t i = 0; i < json_array_size (dependency->required); i++)
    {
      const NaruSchemaPath here = { path, json_string_value (json_array_get (dependency->required, i)), 0 };
      if (json_object_get (value, here.key) == NULL)
        passes =
            naru_schema_fail (check, owner, NARU_KEYWORD_DEPENDENT_REQUIRED, NULL, &here, dependency->name);
    }
  if (dependency->schema != NULL && !naru_schema_check_is_over (check, passes) &&
      !naru_schema_check_node (check, dependency->schema, value, path))
    passes = FALSE;
  return passes;
}

gboolean
naru_schema_check_object (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                          const NaruSchemaPath *path)
{
  const NaruSchemaObject *object = node->object;
  const gint64 size = (gint64) json_object_size (value);
  guint64 seen = 0;
  gboolean passes = TRUE;

  if (size < object->min_properties)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MIN_PROPERTIES, value, path, NULL);
  if (object->max_properties >= 0 && size > object->max_properties)
    passes = naru_schema_fail (check, node, NARU_KEYWORD_MAX_PROPERTIES, value, path, NULL);
  if (naru_schema_check_is_over (check, passes))
    return FALSE;
  if (object->walk && !check_members (check, node, value, path, &seen))
    passes = FALSE;
  if (naru_schema_check_is_over (check, passes))
    return FALSE;
  if (object->required_names != NULL && !check_required (check, node, value, path, seen))
    passes = FALSE;

  for (guint i = 0; object->dependencies != NULL && i < object->dependencies->len; i++)
    {
      if (naru_schema_check_is_over (check, passes))
        return FALSE;
      if (!check_dependency (check, node, &g_array_index (object->dependencies, NaruSchemaDependency, i),
                             value, path))
        passes = FALSE;
    }
  return passes;
}

/* What one branch of anyOf or oneOf would have to say. */
typedef struct
{
  GPtrArray *findings;
  guint score;
} Branch;

static void
judge_branch (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value, const NaruSchemaPath *path,
              Branch *branch)
{
  const NaruSchemaCheck outer = *check;
  branch->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  check->findings = branch->findings;
  check->score = 0;
  check->branch = path;
  naru_schema_check_node (check, node, value, path);
  branch->score = check->score;
  check->findings = outer.findings;
  check->score = outer.score;
  check->branch = outer.branch;
}

static gboolean
is_one_missing_field (const Branch *branch)
{
  return branch->findings->len == 1 &&
         g_strcmp0 (naru_finding_get_keyword (g_ptr_array_index (branch->findings, 0)), "required") == 0;
}

/* The fields of which each branch lacks one; %NULL: it is not as simple as that */
static char *
list_missing_fields (const Branch *branches, guint n_branches)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < n_branches; i++)
    {
      if (!is_one_missing_field (&branches[i]))
        return NULL;
      NaruFinding *finding = g_ptr_array_index (branches[i].findings, 0);
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", naru_finding_get_fields (finding)[0]);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
copy_findings (NaruSchemaCheck *check, const Branch *branch)
{
  for (guint i = 0; i < branch->findings->len && check->findings->len < NARU_SCHEMA_MAX_FINDINGS; i++)
    g_ptr_array_add (check->findings, naru_finding_ref (g_ptr_array_index (branch->findings, i)));
}

static void
name_fields (NaruFinding *line, const Branch *branches, guint n_branches)
{
  for (guint i = 0; i < n_branches; i++)
    naru_finding_add_field (line, naru_finding_get_fields (g_ptr_array_index (branches[i].findings, 0))[0]);
}

/* None of @nodes fits: a line that says so, then what the closest of them lacks. Where each lacks just one
 * field, the line names them all and is enough. */
static gboolean
fail_branches (NaruSchemaCheck *check, const NaruSchemaNode *owner, NaruSchemaKeyword keyword,
               GPtrArray *nodes, json_t *value, const NaruSchemaPath *path)
{
  if (check->findings == NULL)
    return FALSE;

  g_autofree Branch *branches = g_new0 (Branch, nodes->len);
  guint best = 0;
  for (guint i = 0; i < nodes->len; i++)
    {
      judge_branch (check, g_ptr_array_index (nodes, i), value, path, &branches[i]);
      if (branches[i].score < branches[best].score)
        best = i;
    }

  const guint position = check->findings->len;
  g_autofree char *fields = list_missing_fields (branches, nodes->len);
  g_autofree char *number = g_strdup_printf ("%u", best + 1);
  naru_schema_fail (check, owner, keyword, value, path, fields != NULL ? fields : number);
  if (fields == NULL)
    copy_findings (check, &branches[best]);
  else if (position < check->findings->len)
    name_fields (g_ptr_array_index (check->findings, position), branches, nodes->len);

  check->score += branches[best].score;
  for (guint i = 0; i < nodes->len; i++)
    g_ptr_array_unref (branches[i].findings);
  return FALSE;
}

static gboolean
check_any_of (NaruSchemaCheck *check, const NaruSchemaNode *owner, json_t *value, const NaruSchemaPath *path)
{
  GPtrArray *nodes = owner->logic->any_of;
  for (guint i = 0; i < nodes->len; i++)
    if (naru_schema_check_silently (check, g_ptr_array_index (nodes, i), value, path))
      return TRUE;
  return fail_branches (check, owner, NARU_KEYWORD_ANY_OF, nodes, value, path);
}

static gboolean
check_one_of (NaruSchemaCheck *check, const NaruSchemaNode *owner, json_t *value, const NaruSchemaPath *path)
{
  GPtrArray *nodes = owner->logic->one_of;
  guint first = 0, n_fitting = 0;

  for (guint i = 0; i < nodes->len; i++)
    {
      if (!naru_schema_check_silently (check, g_ptr_array_index (nodes, i), value, path))
        continue;
      n_fitting++;
      if (n_fitting == 1)
        {
          first = i;
          continue;
        }
      if (check->findings == NULL)
        return FALSE;
      g_autofree char *both = g_strdup_printf ("%u, %u", first + 1, i + 1);
      return naru_schema_fail (check, owner, NARU_KEYWORD_ONE_OF, value, path, both);
    }
  if (n_fitting == 1)
    return TRUE;
  return fail_branches (check, owner, NARU_KEYWORD_ONE_OF, nodes, value, path);
}

static gboolean
check_condition (NaruSchemaCheck *check, const NaruSchemaLogic *logic, json_t *value,
                 const NaruSchemaPath *path)
{
  const NaruSchemaNode *node = logic->then_node;
  if (!naru_schema_check_silently (check, logic->if_node, value, path))
    node = logic->else_node;
  return node == NULL || naru_schema_check_node (check, node, value, path);
}

gboolean
naru_schema_check_logic (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                         const NaruSchemaPath *path)
{
  const NaruSchemaLogic *logic = node->logic;
  gboolean passes = TRUE;

  for (guint i = 0; logic->all_of != NULL && i < logic->all_of->len; i++)
    if (!naru_schema_check_is_over (check, passes) &&
        !naru_schema_check_node (check, g_ptr_array_index (logic->all_of, i), value, path))
      passes = FALSE;
  if (logic->any_of != NULL && !naru_schema_check_is_over (check, passes) &&
      !check_any_of (check, node, value, path))
    passes = FALSE;
  if (logic->one_of != NULL && !naru_schema_check_is_over (check, passes) &&
      !check_one_of (check, node, value, path))
    passes = FALSE;
  if (logic->not_node != NULL && !naru_schema_check_is_over (check, passes) &&
      naru_schema_check_silently (check, logic->not_node, value, path))
    passes = naru_schema_fail (check, node, NARU_KEYWORD_NOT, value, path, NULL);
  if (logic->if_node != NULL && !naru_schema_check_is_over (check, passes) &&
      !check_condition (check, logic, value, path))
    passes = FALSE;
  return passes;
}
