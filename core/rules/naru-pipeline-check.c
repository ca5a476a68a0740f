/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  NaruRecordType *type;
  NaruTypes *types; /* (nullable): where the schema is about a case, with "@agreements" and the like beside
                       the fields */
  const char *origin;
  GError **error;
} Check;

static gboolean check_schema (Check *check, NaruJson *schema, const char *field, const char *pointer);

static gboolean check_field (Check *check, const char *field, const char *pointer);

/* "/@agreements/-/grant/field": a member of the case that is no field of the record */
static gboolean
check_part_of_case (Check *check, const char *field, const char *pointer)
{
  static const char *const plain[] = { "@id", "@from", "@to", "@today", "@moves", NULL };
  g_auto (GStrv) steps = g_strsplit (field, "/", 4);
  const char *type = naru_case_part_get_type (naru_case_part_from_name (steps[1]));
  guint n = g_strv_length (steps);

  if (g_strv_contains (plain, steps[1]))
    return TRUE;
  if (type == NULL)
    {
      naru_set_error (
          check->error, NARU_ERROR_INVALID, pointer, 0,
          _ ("The case has @id, @from, @to, @today, @agreements, @assets, @payments, @parties, @people and "
             "@moves."),
          _ ("%s, %s: the case has no “%s”"), check->origin, pointer, steps[1]);
      return FALSE;
    }
  if (n < 4 || g_str_equal (steps[3], "@id"))
    return TRUE;
  Check other = { naru_types_get (check->types, type, check->error), NULL, check->origin, check->error };
  g_autofree char *rest = g_strconcat ("/", steps[3], NULL);
  return other.type != NULL && check_field (&other, rest, pointer);
}

static gboolean
check_field (Check *check, const char *field, const char *pointer)
{
  if (check->types != NULL && g_str_has_prefix (field, "/@"))
    return check_part_of_case (check, field, pointer);
  if (naru_record_type_find_field (check->type, field) != NULL)
    return TRUE;

  g_autofree char *name = g_strdelimit (g_strdup (field + 1), "/", '.');
  g_autofree char *guess = naru_record_type_suggest_field (check->type, name);
  g_autofree char *cure = guess != NULL
                              ? g_strdup_printf (_ ("Did you mean “%s”?"), guess)
                              : g_strdup (_ ("Name a field of the record type; a gate on another one could "
                                             "never open."));
  naru_set_error (check->error, NARU_ERROR_INVALID, pointer, 0, cure, _ ("%s, %s: “%s” has no field “%s”"),
                  check->origin, pointer, naru_record_type_get_name (check->type), name);
  return FALSE;
}

static gboolean
check_required (Check *check, NaruJson *required, const char *field, const char *pointer)
{
  for (guint i = 0; i < naru_json_get_size (required); i++)
    {
      const char *name = naru_json_as_string (naru_json_get_element (required, i));
      g_autofree char *member = g_strconcat (field, "/", name, NULL);
      g_autofree char *place = g_strdup_printf ("%s/required/%u", pointer, i);
      if (!check_field (check, member, place))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_properties (Check *check, NaruJson *properties, const char *field, const char *pointer)
{
  if (naru_json_get_size (properties) == 0)
    return TRUE;

  g_auto (GStrv) names = naru_json_get_keys (properties);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *member = g_strconcat (field, "/", names[i], NULL);
      g_autofree char *place = g_strdup_printf ("%s/properties/%s", pointer, names[i]);
      if (!check_field (check, member, place) ||
          !check_schema (check, naru_json_get (properties, names[i]), member, place))
        return FALSE;
    }
  return TRUE;
}

/* Subschemas about the same value, and those about its elements. */
static gboolean
check_inner (Check *check, NaruJson *schema, const char *field, const char *pointer)
{
  static const char *const same[] = { "not", "if", "then", "else" };
  static const char *const lists[] = { "allOf", "anyOf", "oneOf" };
  static const char *const elements[] = { "items", "contains" };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *place = g_strdup_printf ("%s/%s", pointer, same[i]);
      if (!check_schema (check, naru_json_get (schema, same[i]), field, place))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < naru_json_get_size (naru_json_get (schema, lists[i])); j++)
      {
        g_autofree char *place = g_strdup_printf ("%s/%s/%u", pointer, lists[i], j);
        if (!check_schema (check, naru_json_get_element (naru_json_get (schema, lists[i]), j), field, place))
          return FALSE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      g_autofree char *element = g_strconcat (field, "/-", NULL);
      g_autofree char *place = g_strdup_printf ("%s/%s", pointer, elements[i]);
      if (!check_schema (check, naru_json_get (schema, elements[i]), element, place))
        return FALSE;
    }
  return TRUE;
}

/* Every field that @schema speaks of exists. @field: what the schema is about; @pointer: where the schema
 * stands. */
static gboolean
check_schema (Check *check, NaruJson *schema, const char *field, const char *pointer)
{
  if (schema == NULL || naru_json_get_kind (schema) != NARU_JSON_OBJECT)
    return TRUE;
  return check_required (check, naru_json_get (schema, "required"), field, pointer) &&
         check_properties (check, naru_json_get (schema, "properties"), field, pointer) &&
         check_inner (check, schema, field, pointer);
}

static gboolean
check_part (Check *check, NaruJson *json, const char *key, const char *pointer)
{
  g_autofree char *place = g_strdup_printf ("%s/%s", pointer, key);

  return check_schema (check, naru_json_get (json, key), "", place);
}

static gboolean
check_records (Check *check, NaruJson *json, NaruTypes *types, const char *pointer)
{
  NaruRecordType *linked = naru_types_get (types, naru_json_get_string (json, "type"), check->error);
  if (linked == NULL)
    {
      g_prefix_error (check->error, "%s, %s/type: ", check->origin, pointer);
      return FALSE;
    }

  Check other = { linked, NULL, check->origin, check->error };
  const char *via = naru_json_get_string (json, "via");
  g_autofree char *place = g_strconcat (pointer, "/via", NULL);
  g_autofree char *field = g_strconcat ("/", via, NULL);
  g_strdelimit (field, ".", '/');
  if (via != NULL && naru_record_type_find_field (check->type, field) == NULL &&
      !check_field (&other, field, place))
    return FALSE;
  return check_part (&other, json, "where", pointer);
}

static gboolean
check_requirement (Check *check, NaruJson *json, const char *list, NaruTypes *types, const char *pointer)
{
  if (!check_part (check, json, "if", pointer))
    return FALSE;
  if (g_str_equal (list, "records"))
    return check_records (check, json, types, pointer);
  return check_part (check, json, "must", pointer);
}

/**
 * naru_pipeline_check_types:
 * @self: a pipeline
 * @types: the record types of the office
 * @error: return location
 *
 * A gate on a field that no record can have would never open. This finds such gates before they are in force.
 *
 * Returns: TRUE where the record types that the pipeline names exist and have all fields that its gates name;
 * FALSE with %NARU_ERROR_INVALID or %NARU_ERROR_NOT_FOUND
 */
gboolean
naru_pipeline_check_types (NaruPipeline *self, NaruTypes *types, GError **error)
{
  static const char *const lists[] = { "conditions", "documents", "records", "approvals" };

  g_return_val_if_fail (self != NULL && types != NULL, FALSE);

  NaruRecordType *type = naru_types_get (types, self->record_type, error);
  if (type == NULL)
    return FALSE;

  Check check = { type, NULL, self->id, error };
  NaruJson *transitions = naru_json_get (naru_pipeline_get_json (self), "transitions");
  for (guint i = 0; i < naru_json_get_size (transitions); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lists); j++)
      {
        NaruJson *gate = naru_json_get (naru_json_get_element (transitions, i), "gate");
        NaruJson *list = naru_json_get (gate, lists[j]);
        for (guint k = 0; k < naru_json_get_size (list); k++)
          {
            g_autofree char *pointer = g_strdup_printf ("/transitions/%u/gate/%s/%u", i, lists[j], k);
            if (!check_requirement (&check, naru_json_get_element (list, k), lists[j], types, pointer))
              return FALSE;
          }
      }
  return TRUE;
}

static gboolean
check_needs (Check *check, NaruJson *needs, const char *pointer)
{
  for (guint i = 0; i < naru_json_get_size (needs); i++)
    {
      g_autofree char *field =
          g_strconcat ("/", naru_json_as_string (naru_json_get_element (needs, i)), NULL);
      g_autofree char *place = g_strdup_printf ("%s/needs/%u", pointer, i);
      if (!check_field (check, g_strdelimit (field, ".", '/'), place))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_rule_part (Check *check, NaruJson *json, const char *pointer)
{
  return check_part (check, json, "if", pointer) && check_part (check, json, "must", pointer) &&
         check_needs (check, naru_json_get (json, "needs"), pointer);
}

/**
 * naru_rule_pack_check_types:
 * @self: a pack
 * @types: the record types of the office, with the fields that the pack brings
 * @error: return location
 *
 * A rule about a field that no deal can have would judge nothing, or block for ever. This finds such rules
 * before they are in force.
 *
 * Returns: whether all fields exist that the rules speak of; else %NARU_ERROR_INVALID names rule and place
 */
gboolean
naru_rule_pack_check_types (NaruRulePack *self, NaruTypes *types, GError **error)
{
  g_return_val_if_fail (self != NULL && types != NULL, FALSE);

  NaruRecordType *type = naru_types_get (types, "deal", error);
  if (type == NULL)
    return FALSE;
  for (guint i = 0; i < self->rules->len; i++)
    {
      const NaruRule *rule = g_ptr_array_index (self->rules, i);
      NaruJson *versions = naru_json_get (rule->json, "versions");
      g_autofree char *origin = g_strdup_printf ("%s, %s", self->id, rule->id);
      g_autofree char *pointer = g_strdup_printf ("/rules/%u", i);
      g_autofree char *dated = rule->dated_by != NULL ? g_strconcat ("/", rule->dated_by, NULL) : NULL;
      Check check = { type, types, origin, error };
      g_autofree char *dated_at = g_strconcat (pointer, "/dated_by", NULL);
      if (!check_rule_part (&check, rule->json, pointer) ||
          (dated != NULL && !check_field (&check, g_strdelimit (dated, ".", '/'), dated_at)))
        return FALSE;
      for (guint j = 0; j < naru_json_get_size (versions); j++)
        {
          g_autofree char *place = g_strdup_printf ("%s/versions/%u", pointer, j);
          if (!check_rule_part (&check, naru_json_get_element (versions, j), place))
            return FALSE;
        }
    }
  return TRUE;
}
