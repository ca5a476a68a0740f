/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-policy-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum
{
  CONDITION_NONE,
  CONDITION_OWN,      /* the person stands in the record: officer, inventor, assignee … */
  CONDITION_PARTY_OF, /* the person's party stands in it */
  CONDITION_UNIT,     /* it belongs to the person's unit */
} Condition;

typedef struct
{
  GStrv types; /* "*" is every type */
  GStrv actions;
  Condition condition;
} Grant;

typedef struct
{
  GStrv roles;
  Condition condition;
} Audience;

struct _NaruPolicy
{
  GHashTable *roles;     /* role -> GPtrArray of Grant */
  GHashTable *audiences; /* name -> Audience */
  NaruJson *protected;   /* (nullable): record type -> fields that only an administrator changes */
};

static void
grant_free (Grant *grant)
{
  g_strfreev (grant->types);
  g_strfreev (grant->actions);
  g_free (grant);
}

static void
audience_free (Audience *audience)
{
  g_strfreev (audience->roles);
  g_free (audience);
}

static GStrv
strings_of (NaruJson *array)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint size = array != NULL ? naru_json_get_size (array) : 0;

  for (guint i = 0; i < size; i++)
    {
      const char *text = naru_json_as_string (naru_json_get_element (array, i));

      if (text != NULL)
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static gboolean
condition_parse (NaruJson *json, const char *origin, Condition *condition, GError **error)
{
  const char *name = naru_json_get_string (json, "if");

  *condition = CONDITION_NONE;
  if (name == NULL)
    return TRUE;
  if (g_str_equal (name, "own"))
    *condition = CONDITION_OWN;
  else if (g_str_equal (name, "party-of"))
    *condition = CONDITION_PARTY_OF;
  else if (g_str_equal (name, "unit"))
    *condition = CONDITION_UNIT;
  else
    {
      naru_set_error (error, NARU_ERROR_INVALID, "/if", 0, _ ("use own, party-of or unit"),
                      _ ("%s: unknown condition “%s”"), origin, name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
policy_add_role (NaruPolicy *self, const char *role, NaruJson *grants, const char *origin, GError **error)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) grant_free);

  g_hash_table_insert (self->roles, g_strdup (role), list);
  for (guint i = 0; i < naru_json_get_size (grants); i++)
    {
      NaruJson *json = naru_json_get_element (grants, i);
      Grant *grant = g_new0 (Grant, 1);

      g_ptr_array_add (list, grant);
      grant->types = strings_of (naru_json_get (json, "types"));
      grant->actions = strings_of (naru_json_get (json, "actions"));
      if (!condition_parse (json, origin, &grant->condition, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * naru_policy_new:
 * @json: the access policy
 * @origin: its file, for errors
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the policy, or %NULL with %NARU_ERROR_INVALID
 */
NaruPolicy *
naru_policy_new (NaruJson *json, const char *origin, GError **error)
{
  g_autoptr (NaruPolicy) self = g_new0 (NaruPolicy, 1);
  NaruJson *roles = naru_json_get (json, "roles");
  NaruJson *audiences = naru_json_get (json, "audiences");
  g_auto (GStrv) role_names = NULL;
  g_auto (GStrv) audience_names = NULL;

  self->roles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->audiences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) audience_free);
  if (roles == NULL || audiences == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, roles == NULL ? "/roles" : "/audiences", 0,
                      _ ("compare it with share/policies/access.json"), _ ("%s is not an access policy"),
                      origin);
      return NULL;
    }

  if (naru_json_get (json, "protected") != NULL)
    self->protected = naru_json_copy (naru_json_get (json, "protected"));
  role_names = naru_json_get_keys (roles);
  for (guint i = 0; role_names[i] != NULL; i++)
    if (!policy_add_role (self, role_names[i], naru_json_get (roles, role_names[i]), origin, error))
      return NULL;

  audience_names = naru_json_get_keys (audiences);
  for (guint i = 0; audience_names[i] != NULL; i++)
    {
      NaruJson *member = naru_json_get (audiences, audience_names[i]);
      Audience *audience = g_new0 (Audience, 1);

      g_hash_table_insert (self->audiences, g_strdup (audience_names[i]), audience);
      audience->roles = strings_of (naru_json_get (member, "roles"));
      if (!condition_parse (member, origin, &audience->condition, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * naru_policy_free:
 * @self: (transfer full): a policy
 */
void
naru_policy_free (NaruPolicy *self)
{
  g_hash_table_unref (self->roles);
  g_hash_table_unref (self->audiences);
  g_clear_pointer (&self->protected, naru_json_unref);
  g_free (self);
}

/* What others wrote into the record on their way does not make them its owner. */
static gboolean
is_log_member (const char *key)
{
  static const char *const logs[] = { "notes", "approvals", "rejections", "waivers", "documents", NULL };

  return g_strv_contains (logs, key);
}

static gboolean
mentions (NaruJson *json, const char *id)
{
  NaruJsonKind kind = naru_json_get_kind (json);

  if (kind == NARU_JSON_STRING)
    return g_str_equal (naru_json_as_string (json), id);
  if (kind == NARU_JSON_ARRAY)
    {
      for (guint i = 0; i < naru_json_get_size (json); i++)
        if (mentions (naru_json_get_element (json, i), id))
          return TRUE;
      return FALSE;
    }
  if (kind == NARU_JSON_OBJECT)
    {
      g_auto (GStrv) keys = naru_json_get_keys (json);

      for (guint i = 0; keys[i] != NULL; i++)
        if (!is_log_member (keys[i]) && mentions (naru_json_get (json, keys[i]), id))
          return TRUE;
    }
  return FALSE;
}

static gboolean
belongs_to (NaruRecord *record, const char *id)
{
  return id != NULL && record != NULL &&
         (g_str_equal (naru_record_get_id (record), id) || mentions (naru_record_get_json (record), id));
}

static gboolean
condition_holds (Condition condition, const NaruAccess *access, NaruRecord *record)
{
  const char *unit;

  switch (condition)
    {
    case CONDITION_NONE:
      return TRUE;
    case CONDITION_OWN:
      return belongs_to (record, access->person);
    case CONDITION_PARTY_OF:
      return belongs_to (record, access->party);
    case CONDITION_UNIT:
      unit = record != NULL ? naru_json_get_string (naru_record_get_json (record), "unit") : NULL;
      return unit != NULL && access->unit != NULL && g_str_equal (unit, access->unit);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
grant_covers (const Grant *grant, const char *type, const char *action)
{
  return g_strv_contains ((const char *const *) grant->actions, action) &&
         (g_strv_contains ((const char *const *) grant->types, "*") ||
          g_strv_contains ((const char *const *) grant->types, type));
}

/**
 * naru_policy_get_grant:
 * @self: (nullable): a policy
 * @access: the person
 * @type: a record type, or "office"
 * @action: an action of the policy
 *
 * Returns: whether the person may do it to every record of the type, to some, or to none
 */
NaruGrant
naru_policy_get_grant (NaruPolicy *self, const NaruAccess *access, const char *type, const char *action)
{
  NaruGrant best = NARU_GRANT_NEVER;

  for (guint r = 0; self != NULL && access->roles[r] != NULL; r++)
    {
      GPtrArray *grants = g_hash_table_lookup (self->roles, access->roles[r]);

      for (guint i = 0; grants != NULL && i < grants->len; i++)
        {
          const Grant *grant = g_ptr_array_index (grants, i);

          if (!grant_covers (grant, type, action))
            continue;
          if (grant->condition == CONDITION_NONE)
            return NARU_GRANT_ALWAYS;
          best = NARU_GRANT_SOMETIMES;
        }
    }
  return best;
}

/**
 * naru_policy_allows:
 * @self: (nullable): a policy
 * @access: the person
 * @type: a record type, or "office"
 * @action: an action of the policy
 * @record: (nullable): the record; %NULL for one that is still to be made
 *
 * Returns: whether the person may do it
 */
gboolean
naru_policy_allows (NaruPolicy *self, const NaruAccess *access, const char *type, const char *action,
                    NaruRecord *record)
{
  /* where nobody says who may do what, as in a history whose beginning is gone, nobody may do anything */
  for (guint r = 0; self != NULL && access->roles[r] != NULL; r++)
    {
      GPtrArray *grants = g_hash_table_lookup (self->roles, access->roles[r]);

      for (guint i = 0; grants != NULL && i < grants->len; i++)
        {
          const Grant *grant = g_ptr_array_index (grants, i);

          if (grant_covers (grant, type, action) && condition_holds (grant->condition, access, record))
            return TRUE;
        }
    }
  return FALSE;
}

/**
 * naru_policy_shows_audience:
 * @self: (nullable): a policy
 * @access: the person
 * @type: a record type
 * @audience: (nullable): the audience that a field's schema names
 * @record: (nullable): the record the field stands in
 *
 * Returns: whether the person may see fields of that audience; an audience the policy does not name is hidden
 */
gboolean
naru_policy_shows_audience (NaruPolicy *self, const NaruAccess *access, const char *type,
                            const char *audience, NaruRecord *record)
{
  const Audience *rule;

  if (audience == NULL)
    return TRUE;
  rule = self != NULL ? g_hash_table_lookup (self->audiences, audience) : NULL;
  if (rule == NULL)
    return FALSE;
  for (guint r = 0; access->roles[r] != NULL; r++)
    if (g_strv_contains ((const char *const *) rule->roles, access->roles[r]))
      return TRUE;
  return rule->condition != CONDITION_NONE && condition_holds (rule->condition, access, record);
}

/**
 * naru_policy_protects:
 * @self: (nullable): a policy
 * @type: a record type
 * @field: one of its top-level fields
 *
 * Who may change people's roles could make themselves a second pair of eyes.
 *
 * Returns: whether only somebody who may administer the office changes that field
 */
gboolean
naru_policy_protects (NaruPolicy *self, const char *type, const char *field)
{
  if (self == NULL)
    return TRUE;

  NaruJson *fields = self->protected != NULL ? naru_json_get (self->protected, type) : NULL;

  for (guint i = 0; fields != NULL && i < naru_json_get_size (fields); i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (fields, i)), field) == 0)
      return TRUE;
  return FALSE;
}

static void
remove_at (NaruJson *json, char **parts)
{
  if (json == NULL)
    return;
  if (g_str_equal (parts[0], "-"))
    {
      for (guint i = 0; naru_json_get_kind (json) == NARU_JSON_ARRAY && i < naru_json_get_size (json); i++)
        if (parts[1] != NULL)
          remove_at (naru_json_get_element (json, i), parts + 1);
      return;
    }
  if (naru_json_get_kind (json) != NARU_JSON_OBJECT)
    return;
  if (parts[1] == NULL)
    naru_json_remove (json, parts[0]);
  else
    remove_at (naru_json_get (json, parts[0]), parts + 1);
}

/**
 * naru_policy_filter:
 * @self: a policy
 * @access: the person
 * @type: the record's type
 * @record: (nullable): a record that the person may read, by which conditions are judged
 * @json: its fields, or those of another version of it
 *
 * Returns: (transfer full): @json without the fields that are not for this person; @json itself where nothing
 * is hidden
 */
NaruJson *
naru_policy_filter (NaruPolicy *self, const NaruAccess *access, NaruRecordType *type, NaruRecord *record,
                    NaruJson *json)
{
  g_autoptr (NaruJson) copy = NULL;
  guint n_fields;
  const NaruField *const *fields = naru_record_type_get_fields_of (type, json, &n_fields);

  for (guint i = 0; i < n_fields; i++)
    {
      g_auto (GStrv) parts = NULL;

      if (fields[i]->audience == NULL ||
          naru_policy_shows_audience (self, access, naru_record_type_get_name (type), fields[i]->audience,
                                      record))
        continue;
      if (copy == NULL)
        copy = naru_json_copy (json);
      parts = g_strsplit (fields[i]->pointer + 1, "/", -1);
      remove_at (copy, parts);
    }
  return copy != NULL ? g_steal_pointer (&copy) : naru_json_ref (json);
}

/**
 * naru_access_clear:
 * @access: what naru_desk_new() filled
 */
void
naru_access_clear (NaruAccess *access)
{
  g_clear_pointer (&access->person, g_free);
  g_clear_pointer (&access->party, g_free);
  g_clear_pointer (&access->unit, g_free);
  g_clear_pointer (&access->roles, g_strfreev);
}
