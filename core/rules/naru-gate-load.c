/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_WAIVER_ROLE "director"

void
naru_requirement_free (NaruRequirement *requirement)
{
  g_clear_pointer (&requirement->applies, naru_schema_unref);
  g_clear_pointer (&requirement->must_hold, naru_schema_unref);
  g_free (requirement);
}

/* Compiles the schema under @key, where there is one. */
static gboolean
compile (NaruJson *json, const char *key, const char *origin, const char *pointer, NaruSchema **schema,
         GError **error)
{
  NaruJson *value = naru_json_get (json, key);
  if (value == NULL)
    return TRUE;

  g_autoptr (GError) local = NULL;
  g_autofree char *place = g_strdup_printf ("%s, %s/%s", origin, pointer, key);
  *schema = naru_schema_new (value, place, &local);
  if (*schema != NULL)
    return TRUE;

  g_autofree char *field = g_strdup_printf ("%s/%s", pointer, key);
  const char *cure = naru_error_get_cure (local);
  naru_set_error (error, NARU_ERROR_INVALID, field, 0,
                  cure != NULL ? cure : _ ("Use the keywords of JSON Schema that Naru knows."), "%s",
                  local->message);
  return FALSE;
}

static gboolean
claim_id (const char *id, const char *origin, const char *pointer, GHashTable *ids, GError **error)
{
  const char *other = ids != NULL ? g_hash_table_lookup (ids, id) : NULL;

  if (ids == NULL)
    return TRUE;
  if (other == NULL)
    {
      g_hash_table_insert (ids, (gpointer) id, g_strdup (pointer));
      return TRUE;
    }
  naru_set_error (error, NARU_ERROR_INVALID, pointer, 0,
                  _ ("Give each condition an id of its own; a waiver names it."),
                  _ ("%s, %s: the id “%s” is taken by %s"), origin, pointer, id, other);
  return FALSE;
}

static NaruRequirement *
load_requirement (NaruJson *json, NaruRequirementKind kind, const char *origin, const char *pointer,
                  GHashTable *ids, GError **error)
{
  NaruRequirement *self = g_new0 (NaruRequirement, 1);

  self->kind = kind;
  self->id = naru_json_get_string (json, "id");
  self->title = naru_words_read (json, "title");
  self->remedy = naru_words_read (json, "remedy");
  self->severity = naru_severity_from_string (naru_json_get_string (json, "severity"));
  self->waivable = naru_json_get_boolean (json, "waivable", FALSE);
  self->waiver_role = naru_json_get_string (json, "waiver_role");
  if (self->waiver_role == NULL)
    self->waiver_role = DEFAULT_WAIVER_ROLE;
  self->name = naru_json_get_string (json, "name");
  self->type = naru_json_get_string (json, "type");
  self->via = naru_json_get_string (json, "via");
  self->role = naru_json_get_string (json, "role");
  self->count = (guint) naru_json_get_integer (json, "count", 1);

  const char *key = kind == NARU_REQUIRE_RECORDS ? "where" : "must";
  self->must = naru_json_get (json, key);
  if (claim_id (self->id, origin, pointer, ids, error) &&
      compile (json, "if", origin, pointer, &self->applies, error) &&
      compile (json, key, origin, pointer, &self->must_hold, error))
    return self;
  naru_requirement_free (self);
  return NULL;
}

/* The requirements of a gate in the order in which they are shown; NULL: @error is set. No gate: an empty
 * array. @ids: (nullable): those that are taken, where that is to be checked */
GPtrArray *
naru_gate_load (NaruJson *gate, const char *origin, const char *pointer, GHashTable *ids, GError **error)
{
  static const struct
  {
    const char *key;
    NaruRequirementKind kind;
  } lists[] = { { "conditions", NARU_REQUIRE_CONDITION },
                { "documents", NARU_REQUIRE_DOCUMENT },
                { "records", NARU_REQUIRE_RECORDS },
                { "approvals", NARU_REQUIRE_APPROVALS } };
  g_autoptr (GPtrArray) requirements =
      g_ptr_array_new_with_free_func ((GDestroyNotify) naru_requirement_free);

  for (guint i = 0; gate != NULL && i < G_N_ELEMENTS (lists); i++)
    {
      NaruJson *list = naru_json_get (gate, lists[i].key);
      guint n = naru_json_get_size (list);
      for (guint j = 0; j < n; j++)
        {
          g_autofree char *place = g_strdup_printf ("%s/%s/%u", pointer, lists[i].key, j);
          NaruRequirement *requirement =
              load_requirement (naru_json_get_element (list, j), lists[i].kind, origin, place, ids, error);
          if (requirement == NULL)
            return NULL;
          g_ptr_array_add (requirements, requirement);
        }
    }
  return g_steal_pointer (&requirements);
}
