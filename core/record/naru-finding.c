/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-finding.h"

#include "naru-boxed.h"

#include <jansson.h>

struct _NaruFinding
{
  gatomicrefcount ref_count;
  char *rule;
  NaruSeverity severity;
  NaruStatus status;
  char *title;
  char *message;
  char *remedy;
  GPtrArray *fields; /* (nullable): NULL-terminated JSON pointers */
  NaruJson *why;     /* (nullable) */
  char *keyword;
  char *expected;
  char *found;
};

NARU_DEFINE_BOXED_TYPE (NaruFinding, naru_finding)

/* Texts of plugins end up here too: what is not UTF-8 would make the whole JSON unprintable. */
static void
replace_text (char **slot, const char *text)
{
  g_free (*slot);
  *slot = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

/**
 * naru_finding_new:
 * @rule: id of the rule that judged
 * @severity: what a failure of this rule means for a move
 * @status: the verdict
 *
 * A finding is built up by one owner and then only read.
 *
 * Returns: (transfer full): a new finding without title, message or fields
 */
NaruFinding *
naru_finding_new (const char *rule, NaruSeverity severity, NaruStatus status)
{
  g_return_val_if_fail (rule != NULL, NULL);

  NaruFinding *self = g_new0 (NaruFinding, 1);
  g_atomic_ref_count_init (&self->ref_count);
  replace_text (&self->rule, rule);
  self->severity = severity;
  self->status = status;
  return self;
}

/**
 * naru_finding_ref:
 * @self: a finding
 *
 * Returns: (transfer full): @self
 */
NaruFinding *
naru_finding_ref (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * naru_finding_unref:
 * @self: (transfer full): a finding
 *
 * Drops a reference; the last one frees the finding.
 */
void
naru_finding_unref (NaruFinding *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->rule);
  g_free (self->title);
  g_free (self->message);
  g_free (self->remedy);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->why, naru_json_unref);
  g_free (self->keyword);
  g_free (self->expected);
  g_free (self->found);
  g_free (self);
}

/**
 * naru_finding_get_rule:
 * @self: a finding
 *
 * Returns: (transfer none): id of the rule; "schema" for findings of the validator
 */
const char *
naru_finding_get_rule (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->rule;
}

/**
 * naru_finding_get_severity:
 * @self: a finding
 *
 * Returns: what a failure of the rule means for a move
 */
NaruSeverity
naru_finding_get_severity (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NARU_SEVERITY_BLOCK);

  return self->severity;
}

/**
 * naru_finding_get_status:
 * @self: a finding
 *
 * Returns: the verdict
 */
NaruStatus
naru_finding_get_status (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NARU_STATUS_ERROR);

  return self->status;
}

/**
 * naru_finding_set_status:
 * @self: a finding
 * @status: the new verdict, for example waived
 */
void
naru_finding_set_status (NaruFinding *self, NaruStatus status)
{
  g_return_if_fail (self != NULL);

  self->status = status;
}

/**
 * naru_finding_blocks:
 * @self: a finding
 *
 * What could not be judged blocks like what failed: no rule passes because it broke.
 *
 * Returns: whether a move must be refused because of this finding
 */
gboolean
naru_finding_blocks (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  if (self->severity != NARU_SEVERITY_BLOCK)
    return FALSE;
  return self->status == NARU_STATUS_FAIL || self->status == NARU_STATUS_ERROR;
}

/**
 * naru_finding_get_title:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): a few words, in the language they were set in
 */
const char *
naru_finding_get_title (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

/**
 * naru_finding_set_title:
 * @self: a finding
 * @title: (nullable): a few words
 */
void
naru_finding_set_title (NaruFinding *self, const char *title)
{
  g_return_if_fail (self != NULL);

  replace_text (&self->title, title);
}

/**
 * naru_finding_get_message:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): a full sentence that names the field
 */
const char *
naru_finding_get_message (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->message;
}

/**
 * naru_finding_set_message:
 * @self: a finding
 * @message: (nullable): a full sentence that names the field
 */
void
naru_finding_set_message (NaruFinding *self, const char *message)
{
  g_return_if_fail (self != NULL);

  replace_text (&self->message, message);
}

/**
 * naru_finding_get_remedy:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): what to do or the command that cures it
 */
const char *
naru_finding_get_remedy (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->remedy;
}

/**
 * naru_finding_set_remedy:
 * @self: a finding
 * @remedy: (nullable): what to do or the command that cures it
 */
void
naru_finding_set_remedy (NaruFinding *self, const char *remedy)
{
  g_return_if_fail (self != NULL);

  replace_text (&self->remedy, remedy);
}

/**
 * naru_finding_add_field:
 * @self: a finding
 * @pointer: JSON pointer (RFC 6901) of a field it is about; "" is the whole record
 */
void
naru_finding_add_field (NaruFinding *self, const char *pointer)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (pointer != NULL);

  if (self->fields == NULL)
    self->fields = g_ptr_array_new_null_terminated (1, g_free, TRUE);
  g_ptr_array_add (self->fields, g_utf8_make_valid (pointer, -1));
}

/**
 * naru_finding_get_fields:
 * @self: a finding
 *
 * Returns: (transfer none) (array zero-terminated=1): JSON pointers in the order they were added
 */
const char *const *
naru_finding_get_fields (NaruFinding *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (self != NULL, none);

  return self->fields != NULL ? (const char *const *) self->fields->pdata : none;
}

/**
 * naru_finding_get_why:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): what the rule rests on:
 * {"pack","version","law","article","jurisdiction", "source","confidence","verified_by","verified_on"}; %NULL
 * for the conditions of a pipeline
 */
NaruJson *
naru_finding_get_why (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->why;
}

/**
 * naru_finding_set_why:
 * @self: a finding
 * @why: (nullable) (transfer full): what the rule rests on
 */
void
naru_finding_set_why (NaruFinding *self, NaruJson *why)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->why, naru_json_unref);
  self->why = why;
}

/**
 * naru_finding_get_keyword:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): keyword of the schema that failed, for example "minLength"
 */
const char *
naru_finding_get_keyword (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->keyword;
}

/**
 * naru_finding_get_expected:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): what is allowed, in the schema's own words
 */
const char *
naru_finding_get_expected (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->expected;
}

/**
 * naru_finding_get_found:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): what stood there, shortened; %NULL where nothing stood
 */
const char *
naru_finding_get_found (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->found;
}

/**
 * naru_finding_set_detail:
 * @self: a finding
 * @keyword: (nullable): keyword of the schema that failed
 * @expected: (nullable): what is allowed
 * @found: (nullable): what stood there
 */
void
naru_finding_set_detail (NaruFinding *self, const char *keyword, const char *expected, const char *found)
{
  g_return_if_fail (self != NULL);

  replace_text (&self->keyword, keyword);
  replace_text (&self->expected, expected);
  replace_text (&self->found, found);
}

/**
 * naru_finding_to_json:
 * @self: a finding
 *
 * The shape that every face prints: rule, severity, status, title, message, fields and remedy, always all of
 * them; a finding without a title is titled by its rule, one without a message repeats its title. The
 * findings of rule packs have "why" beside them.
 *
 * Returns: (transfer full): a new object
 */
NaruJson *
naru_finding_to_json (NaruFinding *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  const char *title = self->title != NULL ? self->title : self->rule;
  const char *message = self->message != NULL ? self->message : title;
  json_t *fields = json_array ();
  for (const char *const *field = naru_finding_get_fields (self); *field != NULL; field++)
    json_array_append_new (fields, json_string (*field));

  json_t *json = json_object ();
  json_object_set_new (json, "rule", json_string (self->rule));
  json_object_set_new (json, "severity", json_string (naru_severity_to_string (self->severity)));
  json_object_set_new (json, "status", json_string (naru_status_to_string (self->status)));
  json_object_set_new (json, "title", json_string (title));
  json_object_set_new (json, "message", json_string (message));
  json_object_set_new (json, "fields", fields);
  json_object_set_new (json, "remedy", self->remedy != NULL ? json_string (self->remedy) : json_null ());
  if (self->why != NULL)
    json_object_set (json, "why", self->why);
  return json;
}

/**
 * naru_severity_from_string:
 * @text: (nullable): "block", "warn" or "advise"
 *
 * Returns: the severity; what is not named blocks
 */
NaruSeverity
naru_severity_from_string (const char *text)
{
  if (g_strcmp0 (text, "warn") == 0)
    return NARU_SEVERITY_WARN;
  return g_strcmp0 (text, "advise") == 0 ? NARU_SEVERITY_ADVISE : NARU_SEVERITY_BLOCK;
}

/**
 * naru_severity_to_string:
 * @severity: a severity
 *
 * Returns: (transfer none): "block", "warn" or "advise", as rule files spell it; never translated
 */
const char *
naru_severity_to_string (NaruSeverity severity)
{
  switch (severity)
    {
    case NARU_SEVERITY_WARN:
      return "warn";
    case NARU_SEVERITY_ADVISE:
      return "advise";
    case NARU_SEVERITY_BLOCK:
      break;
    }
  return "block";
}

/**
 * naru_status_to_string:
 * @status: a verdict
 *
 * Returns: (transfer none): "pass", "fail", "not-applicable", "waived", "unknown" or "error"; never
 * translated
 */
const char *
naru_status_to_string (NaruStatus status)
{
  switch (status)
    {
    case NARU_STATUS_PASS:
      return "pass";
    case NARU_STATUS_FAIL:
      return "fail";
    case NARU_STATUS_NOT_APPLICABLE:
      return "not-applicable";
    case NARU_STATUS_WAIVED:
      return "waived";
    case NARU_STATUS_UNKNOWN:
      return "unknown";
    case NARU_STATUS_ERROR:
      break;
    }
  return "error";
}
