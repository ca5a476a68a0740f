/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-cases-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_DAY "2026-11-28" /* of cases that name none: a test has no clock */

static void
pack_test_clear (NaruPackTest *self)
{
  g_clear_pointer (&self->book, naru_rule_book_unref);
  g_clear_pointer (&self->pack, naru_rule_pack_unref);
  g_clear_pointer (&self->types, naru_types_unref);
  g_clear_pointer (&self->results, naru_json_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NaruPackTest, pack_test_clear)

static void
add_members (NaruJson *target, NaruJson *more)
{
  g_auto (GStrv) names = more != NULL ? naru_json_get_keys (more) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    naru_json_set (target, names[i], naru_json_ref (naru_json_get (more, names[i])));
}

/* The deal as it is with the packs that Naru comes with and the one under test. */
static gboolean
make_types (NaruPackTest *self, GError **error)
{
  g_autoptr (NaruJson) extension = naru_json_new_object ();
  NaruJson *properties = naru_json_new_object ();
  NaruJson *sectors = naru_json_new_object ();
  g_auto (GStrv) names = naru_data_list ("share/rules", NULL);

  naru_json_set (extension, "properties", properties);
  naru_json_set (extension, "sectors", sectors);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *path = naru_data_get_path ("share/rules", names[i]);
      g_autoptr (NaruJson) other = naru_rule_pack_read (path, error);
      if (other == NULL)
        return FALSE;
      add_members (properties, naru_json_get (other, "fields"));
    }
  add_members (properties, naru_json_get (self->pack->json, "fields"));
  add_members (sectors, naru_json_get (self->pack->json, "sector_titles"));

  g_autoptr (NaruTypes) plain = naru_types_new (error);
  self->types = plain != NULL ? naru_types_extend (plain, "deal", extension, error) : NULL;
  self->type = self->types != NULL ? naru_types_get (self->types, "deal", error) : NULL;
  return self->type != NULL && naru_rule_pack_check_types (self->pack, self->types, error);
}

static gboolean
load (NaruPackTest *self, const char *folder, GError **error)
{
  g_autoptr (NaruJson) json = naru_rule_pack_read (folder, error);
  g_autoptr (GError) local = NULL;
  g_autoptr (NaruPlugin) plugin = json != NULL ? naru_plugin_load (folder, &local) : NULL;

  if (json == NULL)
    return FALSE;
  if (plugin == NULL && !g_error_matches (local, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (plugin != NULL)
    naru_json_set (json, "plugin", naru_plugin_describe (plugin));
  self->pack = naru_rule_pack_new (json, folder, error);
  if (self->pack == NULL || !make_types (self, error))
    return FALSE;
  self->book = naru_rule_book_new ();
  if (plugin != NULL)
    naru_rule_book_set_plugin (self->book, plugin);
  self->results = naru_json_new_array ();
  return naru_rule_book_add (self->book, self->pack, error);
}

/* @problem: (nullable): NULL: it went well */
void
naru_pack_test_report (NaruPackTest *self, const char *rule, const char *name, const char *problem)
{
  NaruJson *row = naru_json_new_object ();

  naru_json_set_string (row, "rule", rule);
  naru_json_set_string (row, "case", name);
  naru_json_set_boolean (row, "ok", problem == NULL);
  if (problem != NULL)
    naru_json_set_string (row, "message", problem);
  naru_json_append (self->results, row);
  self->failed += problem != NULL ? 1 : 0;
}

static gboolean
check_valid (NaruRecordType *type, NaruJson *json, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  if (!naru_record_type_normalize (type, json, error))
    return FALSE;
  if (naru_record_type_validate (type, json, findings))
    return TRUE;
  NaruFinding *first = g_ptr_array_index (findings, 0);
  naru_record_type_describe (type, first);
  naru_set_error (error, NARU_ERROR_INVALID, naru_finding_get_fields (first)[0], 0, NULL, "%s: %s",
                  naru_finding_get_fields (first)[0], naru_finding_get_message (first));
  return FALSE;
}

/* (transfer full) (nullable): a deal in the stage @from with @fields, and what every deal has. @valid:
 * whether the record type must allow it */
NaruRecord *
naru_pack_test_make_deal (NaruPackTest *self, NaruJson *fields, const char *from, gboolean valid,
                          GError **error)
{
  g_autoptr (NaruJson) json = fields != NULL ? naru_json_copy (fields) : naru_json_new_object ();

  if (naru_json_get (json, "title") == NULL)
    naru_json_set_string (json, "title", "A deal");
  naru_json_set_string (json, "stage", from);
  if (naru_json_get (json, "sectors") == NULL && self->pack->sectors != NULL)
    naru_json_set (json, "sectors", naru_json_ref (self->pack->sectors));
  if (valid && !check_valid (self->type, json, error))
    return NULL;
  return naru_record_new ("deal", NARU_CASE_DEAL_ID, json, error);
}

static gboolean
add_linked (NaruPackTest *self, NaruCase *subject, NaruJson *row, const char *key, GError **error)
{
  g_autofree char *part = g_strconcat ("@", key, NULL);
  const char *name = naru_case_part_get_type (naru_case_part_from_name (part));
  NaruRecordType *type = naru_types_get (self->types, name, error);
  NaruJson *list = naru_json_get (row, key);

  for (guint i = 0; type != NULL && i < naru_json_get_size (list); i++)
    {
      g_autoptr (NaruJson) json = naru_json_copy (naru_json_get_element (list, i));
      const char *given = naru_json_get_string (json, "@id");
      g_autofree char *id = given != NULL
                                ? g_strdup (given)
                                : naru_id_format ("MGK", naru_record_type_get_code (type), 2026, i + 1);
      naru_json_remove (json, "@id");
      if (naru_json_get (json, "title") == NULL && naru_record_type_find_field (type, "/title") != NULL)
        naru_json_set_string (json, "title", "A record");
      if (naru_json_get (json, "name") == NULL && naru_record_type_find_field (type, "/name") != NULL)
        naru_json_set_string (json, "name", "A name");
      g_autoptr (NaruRecord) record =
          check_valid (type, json, error) ? naru_record_new (name, id, json, error) : NULL;
      if (record == NULL)
        {
          g_prefix_error (error, "%s, %u: ", key, i);
          return FALSE;
        }
      naru_case_add_linked (subject, record);
    }
  return type != NULL;
}

static gboolean
read_day (NaruJson *row, const char *key, NaruDate *date, GError **error)
{
  const char *text = naru_json_get_string (row, key);

  return naru_date_parse (text != NULL ? text : DEFAULT_DAY, date, error);
}

static NaruCase *
make_case (NaruPackTest *self, NaruJson *row, const char *from, GError **error)
{
  static const char *const parts[] = { "agreements", "assets", "payments", "parties", "people" };
  NaruJson *moves = naru_json_get (row, "moves");
  NaruDate today = NARU_DATE_NONE;
  g_autoptr (NaruRecord) record =
      naru_pack_test_make_deal (self, naru_json_get (row, "deal"), from, TRUE, error);
  if (record == NULL || !read_day (row, "today", &today, error))
    return NULL;

  g_autoptr (NaruCase) subject = naru_case_new (self->type, record, today, NULL);
  naru_case_set_types (subject, self->types);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!add_linked (self, subject, row, parts[i], error))
      return NULL;
  for (guint i = 0; i < naru_json_get_size (moves); i++)
    {
      NaruJson *move = naru_json_get_element (moves, i);
      NaruDate on = NARU_DATE_NONE;
      if (!read_day (move, "on", &on, error))
        return NULL;
      naru_case_add_move (subject, naru_json_get_string (move, "from"), naru_json_get_string (move, "to"),
                          on);
    }
  return g_steal_pointer (&subject);
}

static char *
list_fields (NaruFinding *finding)
{
  return finding != NULL ? g_strjoinv (" ", (char **) naru_finding_get_fields (finding)) : g_strdup ("");
}

/* (nullable): what is not as the case expects; the fields may stand in any order */
static char *
compare (NaruJson *expected, NaruFinding *finding)
{
  const char *status = naru_json_get_string (expected, "status");
  const char *part = naru_json_get_string (expected, "message");
  NaruJson *fields = naru_json_get (expected, "fields");
  const char *got =
      finding != NULL ? naru_status_to_string (naru_finding_get_status (finding)) : "not-applicable";
  const char *message = finding != NULL ? naru_finding_get_message (finding) : NULL;
  g_autofree char *seen = list_fields (finding);

  if (g_strcmp0 (status, got) != 0)
    return g_strdup_printf (_ ("expected %s, got %s: %s [%s]"), status != NULL ? status : "?", got,
                            message != NULL ? message : "", seen);
  for (guint i = 0; i < naru_json_get_size (fields); i++)
    {
      const char *field = naru_json_as_string (naru_json_get_element (fields, i));
      if (finding == NULL || field == NULL || !g_strv_contains (naru_finding_get_fields (finding), field))
        return g_strdup_printf (_ ("the field %s is not named; named are: %s"), field, seen);
    }
  if (fields != NULL && finding != NULL &&
      g_strv_length ((char **) naru_finding_get_fields (finding)) > naru_json_get_size (fields))
    return g_strdup_printf (_ ("more fields are named than expected: %s"), seen);
  if (part != NULL && (message == NULL || strstr (message, part) == NULL))
    return g_strdup_printf (_ ("the message does not say “%s”: %s"), part, message != NULL ? message : "");
  return NULL;
}

static void
run_case (NaruPackTest *self, const char *rule, NaruJson *row)
{
  const char *name = naru_json_get_string (row, "name");
  const char *from = naru_json_get_string (row, "from");
  const char *to = naru_json_get_string (row, "to");
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  g_autoptr (GError) error = NULL;
  NaruFinding *finding = NULL;

  if (name == NULL || from == NULL || to == NULL)
    {
      naru_pack_test_report (self, rule, "?", _ ("a case needs name, from, to and expect"));
      return;
    }
  g_autoptr (NaruCase) subject = make_case (self, row, from, &error);
  if (subject == NULL)
    {
      naru_pack_test_report (self, rule, name, error->message);
      return;
    }
  naru_rule_book_judge_alone (self->book, subject, from, to, findings);
  for (guint i = 0; finding == NULL && i < findings->len; i++)
    if (g_str_equal (naru_finding_get_rule (g_ptr_array_index (findings, i)), rule))
      finding = g_ptr_array_index (findings, i);
  g_autofree char *problem = compare (naru_json_get (row, "expect"), finding);
  naru_pack_test_report (self, rule, name, problem);
}

/* Every rule needs a case that it lets pass, one that it stops, and one that it leaves alone. */
static void
check_kinds (NaruPackTest *self, const char *rule, NaruJson *file)
{
  static const char *const kinds[] = { "pass", "fail", "not-applicable" };
  NaruJson *cases = naru_json_get (file, "cases");

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      gboolean found = k == 2 && naru_json_get_string (file, "always") != NULL;
      for (guint i = 0; !found && i < naru_json_get_size (cases); i++)
        {
          NaruJson *expected = naru_json_get (naru_json_get_element (cases, i), "expect");
          found = g_strcmp0 (naru_json_get_string (expected, "status"), kinds[k]) == 0;
        }
      if (found)
        continue;
      g_autofree char *problem = g_strdup_printf (_ ("no case expects “%s”"), kinds[k]);
      naru_pack_test_report (self, rule, "cases", problem);
    }
}

static guint
run_rule (NaruPackTest *self, const char *folder, const char *rule)
{
  g_autofree char *name = g_strconcat (rule, ".json", NULL);
  g_autofree char *path = g_build_filename (folder, "tests", "cases", name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruJson) file = naru_json_parse_file (path, NARU_JSON_MAX_SIZE, &error);

  if (file == NULL)
    {
      naru_pack_test_report (self, rule, "cases", error->message);
      return 0;
    }
  NaruJson *cases = naru_json_get (file, "cases");
  if (g_strcmp0 (naru_json_get_string (file, "rule"), rule) != 0)
    naru_pack_test_report (self, rule, "cases", _ ("“rule” names another rule than the file does"));
  for (guint i = 0; i < naru_json_get_size (cases); i++)
    run_case (self, rule, naru_json_get_element (cases, i));
  check_kinds (self, rule, file);
  return naru_json_get_size (cases);
}

/**
 * naru_rule_cases_run:
 * @folder: (type filename): a rule pack or a plugin: rules.json, and tests/cases/RULE.json for each rule
 * @error: %NARU_ERROR_NOT_FOUND, %NARU_ERROR_INVALID where the pack itself is not sound
 *
 * Runs the cases of all rules, and then the contract: no deal, however empty, wrong or large, leaves a rule
 * without a verdict, and the same deal gets the same verdict twice.
 *
 * Returns: (transfer full) (nullable): {"pack","version","rules","cases","failed","results":
 *   [{"rule","case","ok","message"}],"slowest_us"}
 */
NaruJson *
naru_rule_cases_run (const char *folder, GError **error)
{
  g_auto (NaruPackTest) self = { 0 };
  guint cases = 0;

  g_return_val_if_fail (folder != NULL, NULL);

  if (!load (&self, folder, error))
    return NULL;
  for (guint i = 0; i < self.pack->rules->len; i++)
    cases += run_rule (&self, folder, ((NaruRule *) g_ptr_array_index (self.pack->rules, i))->id);
  naru_pack_test_run_contract (&self);

  NaruJson *report = naru_json_new_object ();
  naru_json_set_string (report, "pack", self.pack->id);
  naru_json_set_string (report, "version", self.pack->version);
  naru_json_set_integer (report, "rules", self.pack->rules->len);
  naru_json_set_integer (report, "cases", cases);
  naru_json_set_integer (report, "failed", self.failed);
  naru_json_set (report, "results", naru_json_ref (self.results));
  return report;
}
