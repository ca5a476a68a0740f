/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_WAIVER_ROLE "director"

static void
version_clear (gpointer data)
{
  NaruRuleVersion *version = data;

  g_clear_pointer (&version->applies_schema, naru_schema_unref);
  g_clear_pointer (&version->must_schema, naru_schema_unref);
}

void
naru_rule_free (NaruRule *rule)
{
  g_clear_pointer (&rule->versions, g_array_unref);
  if (rule->owned)
    g_clear_pointer (&rule->json, naru_json_unref);
  g_free (rule->line);
  g_free (rule->spelt);
  g_free (rule);
}

/* The parts of the case that @json speaks of: every member or name that begins with "@". */
static guint
find_parts (NaruJson *json)
{
  guint parts = 0;

  switch (naru_json_get_kind (json))
    {
    case NARU_JSON_STRING:
      return naru_case_part_from_name (naru_json_as_string (json));
    case NARU_JSON_ARRAY:
      for (guint i = 0; i < naru_json_get_size (json); i++)
        parts |= find_parts (naru_json_get_element (json, i));
      return parts;
    case NARU_JSON_OBJECT:
      {
        g_auto (GStrv) keys = naru_json_get_keys (json);
        for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
          parts |= naru_case_part_from_name (keys[i]) | find_parts (naru_json_get (json, keys[i]));
        return parts;
      }
    case NARU_JSON_NULL:
    case NARU_JSON_BOOLEAN:
    case NARU_JSON_INTEGER:
      break;
    }
  return 0;
}

/* What a version does not say is as the rule says; a version that names its own check or schema drops the
 * other. */
static NaruJson *
pick (NaruJson *version, NaruJson *rule, const char *key)
{
  NaruJson *value = version != NULL ? naru_json_get (version, key) : NULL;

  return value != NULL ? value : naru_json_get (rule, key);
}

static NaruWords
pick_words (NaruJson *version, NaruJson *rule, const char *key)
{
  return naru_words_read (version != NULL && naru_json_get (version, key) != NULL ? version : rule, key);
}

static NaruDate
read_day (NaruJson *version, const char *key)
{
  const char *text = version != NULL ? naru_json_get_string (version, key) : NULL;
  NaruDate date = NARU_DATE_NONE;

  if (text != NULL)
    naru_date_parse (text, &date, NULL);
  return date;
}

static NaruRuleVersion
read_version (NaruJson *rule, NaruJson *version)
{
  NaruRuleVersion self = { .name = "1" };
  NaruJson *severity = pick (version, rule, "severity");
  NaruJson *check = pick (version, rule, "check");

  if (version != NULL)
    self.name = naru_json_get_string (version, "version");
  self.from = read_day (version, "valid_from");
  self.until = read_day (version, "valid_to");
  self.severity = naru_severity_from_string (naru_json_as_string (severity));
  self.title = pick_words (version, rule, "title");
  self.message = pick_words (version, rule, "message");
  self.remedy = pick_words (version, rule, "remedy");
  self.needs = pick (version, rule, "needs");
  self.applies = pick (version, rule, "if");
  self.must = pick (version, rule, "must");
  self.evidence = pick (version, rule, "evidence");
  if (version != NULL && naru_json_get (version, "must") != NULL)
    check = NULL;
  else if (version != NULL && naru_json_get (version, "check") != NULL)
    self.must = NULL;
  self.check = check != NULL ? naru_json_as_string (check) : NULL;
  return self;
}

static void
spell_stages (GString *text, NaruJson *stages)
{
  if (stages == NULL)
    g_string_append_c (text, '*');
  else if (naru_json_get_kind (stages) == NARU_JSON_STRING)
    g_string_append (text, naru_json_as_string (stages));
  for (guint i = 0; i < naru_json_get_size (stages); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                            naru_json_as_string (naru_json_get_element (stages, i)));
}

/* Moves and questions in the words that the store has of them: both in one text, which is compared with
 * often. */
static void
spell (NaruRule *self)
{
  NaruJson *on = naru_json_get (self->json, "on");
  g_autoptr (GString) text = g_string_new (NULL);
  const NaruRuleVersion *coded = NULL;

  for (guint i = 0; i < naru_json_get_size (on); i++)
    {
      NaruJson *move = naru_json_get_element (on, i);
      g_string_append (text, i > 0 ? ";" : "");
      spell_stages (text, naru_json_get (move, "from"));
      g_string_append_c (text, '>');
      spell_stages (text, naru_json_get (move, "to"));
    }
  gsize moves = text->len + 1;
  for (guint i = 0; coded == NULL && i < self->versions->len; i++)
    if (g_array_index (self->versions, NaruRuleVersion, i).check != NULL)
      coded = &g_array_index (self->versions, NaruRuleVersion, i);
  g_string_append_c (text, '\0');
  g_string_append_c (text, coded != NULL ? '+' : '-');
  for (guint i = 0; coded != NULL && i < naru_json_get_size (coded->needs); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                            naru_json_as_string (naru_json_get_element (coded->needs, i)));
  self->spelt = g_string_free (g_steal_pointer (&text), FALSE);
  self->moves = self->spelt;
  self->asks = self->spelt + moves;
}

static void
fill_rule (NaruRule *self, NaruJson *json)
{
  NaruJson *versions = naru_json_get (json, "versions");
  guint n = naru_json_get_size (versions);

  self->json = json;
  self->id = naru_json_get_string (json, "id");
  self->dated_by = naru_json_get_string (json, "dated_by");
  self->waivable = naru_json_get_boolean (json, "waivable", FALSE);
  self->waiver_role = naru_json_get_string (json, "waiver_role");
  if (self->waiver_role == NULL)
    self->waiver_role = DEFAULT_WAIVER_ROLE;
  if (!self->owned)
    self->parts = find_parts (json);
  self->versions = g_array_sized_new (FALSE, TRUE, sizeof (NaruRuleVersion), MAX (n, 1));
  g_array_set_clear_func (self->versions, version_clear);
  for (guint i = 0; i < MAX (n, 1); i++)
    {
      NaruRuleVersion version = read_version (json, n > 0 ? naru_json_get_element (versions, i) : NULL);
      g_array_append_val (self->versions, version);
    }
  if (self->moves == NULL)
    spell (self);
}

/* Reads the line of a rule, unless that was done; FALSE where there is none, or it is damaged. */
gboolean
naru_rule_ensure (NaruRulePack *pack, NaruRule *rule)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&pack->lock);

  if (rule->json != NULL)
    return TRUE;
  if (rule->line == NULL)
    return FALSE;
  gsize size = strlen (rule->line);
  char seal[NARU_SEAL_SIZE + 1];
  naru_digest_seal (rule->line, size, seal);
  NaruJson *json =
      strcmp (seal, rule->seal) == 0 ? naru_json_parse (rule->line, (gssize) size, 0, NULL) : NULL;
  if (json == NULL)
    return FALSE;
  g_clear_pointer (&rule->line, g_free);
  rule->owned = TRUE;
  fill_rule (rule, json);
  return TRUE;
}

void
naru_rule_pack_load_head (NaruRulePack *self)
{
  NaruJson *plugin = naru_json_get (self->json, "plugin");

  self->id = naru_json_get_string (self->json, "id");
  self->version = naru_json_get_string (self->json, "version");
  self->title = naru_words_read (self->json, "title");
  self->sectors = naru_json_get (self->json, "sectors");
  self->plugin = plugin != NULL ? naru_json_get_string (plugin, "name") : NULL;
}

static gboolean
has_check (const NaruRule *rule)
{
  for (guint i = 0; i < rule->versions->len; i++)
    if (g_array_index (rule->versions, NaruRuleVersion, i).check != NULL)
      return TRUE;
  return FALSE;
}

/* Fills @self from its JSON, which has the right form. */
gboolean
naru_rule_pack_load (NaruRulePack *self, const char *origin, GError **error)
{
  NaruJson *rules = naru_json_get (self->json, "rules");

  naru_rule_pack_load_head (self);
  for (guint i = 0; i < naru_json_get_size (rules); i++)
    {
      NaruRule *rule = g_new0 (NaruRule, 1);
      fill_rule (rule, naru_json_get_element (rules, i));
      NaruRule *other = naru_rule_pack_find (self, rule->id);
      if (other == NULL)
        {
          g_ptr_array_add (self->rules, rule);
          self->checks = self->checks || has_check (rule);
          continue;
        }
      g_autofree char *pointer = g_strdup_printf ("/rules/%u/id", i);
      naru_set_error (error, NARU_ERROR_INVALID, pointer, 0, _ ("Give each rule an id of its own."),
                      _ ("%s, %s (%s): the rule is there twice"), origin, rule->id, pointer);
      naru_rule_free (rule);
      return FALSE;
    }
  return TRUE;
}

static gboolean
refuse (const char *origin, const char *id, const char *pointer, const char *cure, GError **error,
        const char *what)
{
  naru_set_error (error, NARU_ERROR_INVALID, pointer, 0, cure, "%s, %s (%s): %s", origin, id, pointer, what);
  return FALSE;
}

/* Where the version at @index stands in the pack; a rule without versions is its own only one. */
static char *
place_version (const NaruRule *rule, const char *pointer, guint index)
{
  return naru_json_get (rule->json, "versions") != NULL ? g_strdup_printf ("%s/versions/%u", pointer, index)
                                                        : g_strdup (pointer);
}

/* Where the version at @index has @key from: from itself, or from the rule. */
static char *
place_member (const NaruRule *rule, const char *pointer, guint index, const char *key)
{
  NaruJson *versions = naru_json_get (rule->json, "versions");
  gboolean own = versions != NULL && naru_json_get (naru_json_get_element (versions, index), key) != NULL;
  g_autofree char *place = own ? place_version (rule, pointer, index) : g_strdup (pointer);

  return g_strconcat (place, "/", key, NULL);
}

static gboolean
compile_one (NaruJson *json, const char *origin, const char *id, const char *place, NaruSchema **schema,
             GError **error)
{
  if (json == NULL || *schema != NULL)
    return TRUE;

  g_autoptr (GError) local = NULL;
  *schema = naru_schema_new (json, place, &local);
  if (*schema != NULL)
    return TRUE;
  const char *cure = naru_error_get_cure (local);
  return refuse (origin, id, place,
                 cure != NULL ? cure : _ ("Use the keywords of JSON Schema that Naru knows."), error,
                 local->message);
}

static gboolean
check_versions (const NaruRule *rule, const char *origin, const char *place, GError **error)
{
  for (guint i = 0; i < rule->versions->len; i++)
    {
      const NaruRuleVersion *version = &g_array_index (rule->versions, NaruRuleVersion, i);
      g_autofree char *pointer = place_version (rule, place, i);
      if (version->from != NARU_DATE_NONE && version->until != NARU_DATE_NONE &&
          version->from > version->until)
        return refuse (origin, rule->id, pointer, _ ("Let valid_from be the earlier day."), error,
                       _ ("a version ends before it begins"));
      if ((version->must == NULL) == (version->check == NULL))
        return refuse (origin, rule->id, pointer,
                       _ ("Say with “must” what has to hold, or name the “check” that decides; one of them."),
                       error, _ ("a rule needs “must” or “check”, and not both"));
      for (guint j = 0; j < i; j++)
        {
          const NaruRuleVersion *other = &g_array_index (rule->versions, NaruRuleVersion, j);
          gboolean apart = (version->until != NARU_DATE_NONE && other->from != NARU_DATE_NONE &&
                            version->until < other->from) ||
                           (other->until != NARU_DATE_NONE && version->from != NARU_DATE_NONE &&
                            other->until < version->from);
          if (!apart || g_str_equal (version->name, other->name))
            return refuse (
                origin, rule->id, pointer,
                _ ("Let each version end on the day before the next begins, with a name of its own."), error,
                _ ("two versions are in force on one day, or have one name"));
        }
    }
  return TRUE;
}

/* Compiles all that is embedded, so that no fault waits for the first deal. */
gboolean
naru_rule_pack_compile (NaruRulePack *self, const char *origin, GError **error)
{
  for (guint i = 0; i < self->rules->len; i++)
    {
      NaruRule *rule = g_ptr_array_index (self->rules, i);
      g_autofree char *pointer = g_strdup_printf ("/rules/%u", i);
      if (!check_versions (rule, origin, pointer, error))
        return FALSE;
      for (guint j = 0; j < rule->versions->len; j++)
        {
          NaruRuleVersion *version = &g_array_index (rule->versions, NaruRuleVersion, j);
          g_autofree char *applies = place_member (rule, pointer, j, "if");
          g_autofree char *must = place_member (rule, pointer, j, "must");
          if (!compile_one (version->applies, origin, rule->id, applies, &version->applies_schema, error) ||
              !compile_one (version->must, origin, rule->id, must, &version->must_schema, error))
            return FALSE;
        }
    }
  return TRUE;
}
