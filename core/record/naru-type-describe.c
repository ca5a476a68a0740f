/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include <glib/gi18n-lib.h>

/* Must fit after "is not": "“x” is not a date". */
static const char *
get_kind_phrase (const NaruField *field)
{
  switch (field->kind)
    {
    case NARU_FIELD_INTEGER:
      return _ ("a whole number");
    case NARU_FIELD_BOOLEAN:
      return _ ("yes or no");
    case NARU_FIELD_DECIMAL:
      return _ ("a number written as text, such as \"12.5\"");
    case NARU_FIELD_DATE:
      return _ ("a date such as 2026-03-31");
    case NARU_FIELD_REFERENCE:
      return _ ("the id of a record");
    case NARU_FIELD_ARRAY:
      return _ ("a list");
    case NARU_FIELD_OBJECT:
      return _ ("a group of fields");
    case NARU_FIELD_ENUM:
    case NARU_FIELD_STRING:
      break;
    }
  return _ ("text");
}

static const char *
get_format_phrase (const char *format)
{
  if (g_strcmp0 (format, "date-time") == 0)
    return _ ("a time such as 2026-03-31T14:30:00+09:00");
  if (g_strcmp0 (format, "email") == 0)
    return _ ("a mail address");
  if (g_strcmp0 (format, "uri") == 0)
    return _ ("a web address");
  return _ ("in the right form");
}

static gboolean
is_one_of (const char *keyword, const char *a, const char *b)
{
  return strcmp (keyword, a) == 0 || strcmp (keyword, b) == 0;
}

static char *
describe_bound (const char *keyword, const char *label, const char *expected, const char *found)
{
  if (strcmp (keyword, "minLength") == 0)
    return strcmp (expected, "1") == 0
               ? g_strdup_printf (_ ("%s: must not be empty."), label)
               : g_strdup_printf (_ ("%s: needs at least %s characters."), label, expected);
  if (strcmp (keyword, "maxLength") == 0)
    return g_strdup_printf (_ ("%s: longer than %s characters."), label, expected);
  if (is_one_of (keyword, "minItems", "minContains"))
    return g_strdup_printf (_ ("%s: needs at least %s entries."), label, expected);
  if (is_one_of (keyword, "maxItems", "maxContains"))
    return g_strdup_printf (_ ("%s: more than %s entries."), label, expected);
  if (is_one_of (keyword, "minimum", "exclusiveMinimum"))
    return g_strdup_printf (_ ("%s: %s is too small; the least is %s."), label, found, expected);
  if (is_one_of (keyword, "maximum", "exclusiveMaximum"))
    return g_strdup_printf (_ ("%s: %s is too large; the most is %s."), label, found, expected);
  if (strcmp (keyword, "sum") == 0)
    return g_strdup_printf (_ ("%s: the shares add up to %s, not to %s."), label, found, expected);
  return NULL;
}

static char *
describe_value (NaruRecordType *self, const NaruField *field, const char *keyword, const char *label,
                const char *expected, const char *found)
{
  const NaruFieldInfo *info = NULL;

  if (is_one_of (keyword, "enum", "const"))
    {
      g_autofree char *allowed = field != NULL && field->values != NULL && strcmp (keyword, "enum") == 0
                                     ? naru_record_type_list_values (self, field)
                                     : g_strdup (expected);

      return g_strdup_printf (_ ("%s: “%s” is not allowed; allowed: %s."), label, found, allowed);
    }
  if (strcmp (keyword, "reference") == 0)
    return g_strdup_printf (_ ("%s: “%s” is not the id of a record."), label, found);
  if (field == NULL || !is_one_of (keyword, "type", "format"))
    return NULL;
  info = naru_record_type_info (self, naru_record_type_index_of (self, field));
  return g_strdup_printf (_ ("%s: “%s” is not %s."), label, found,
                          field->kind == NARU_FIELD_STRING && strcmp (keyword, "format") == 0
                              ? get_format_phrase (info->format)
                              : get_kind_phrase (field));
}

static char *
describe_message (NaruRecordType *self, const NaruFinding *finding, const char *pointer, const char *label)
{
  NaruFinding *source = (NaruFinding *) finding;
  const char *keyword = naru_finding_get_keyword (source);
  const char *expected = naru_finding_get_expected (source);
  const char *found = naru_finding_get_found (source);
  const NaruField *field = naru_record_type_find_field (self, pointer);
  g_autofree char *message = NULL;

  expected = expected != NULL ? expected : "";
  found = found != NULL ? found : "";
  if (is_one_of (keyword, "required", "dependentRequired"))
    return g_strdup_printf (_ ("%s: is missing."), label);
  if (is_one_of (keyword, "additionalProperties", "propertyNames") && field == NULL)
    return g_strdup_printf (_ ("“%s” is no field of this record type."), label);
  if (strcmp (keyword, "uniqueItems") == 0)
    return g_strdup_printf (_ ("%s: an entry stands there twice."), label);
  message = describe_bound (keyword, label, expected, found);
  if (message == NULL)
    message = describe_value (self, field, keyword, label, expected, found);
  if (message != NULL)
    return g_steal_pointer (&message);
  if (*expected != '\0')
    return g_strdup_printf (_ ("%s: does not fit; expected: %s."), label, expected);
  return g_strdup_printf (_ ("%s: does not fit."), label);
}

static char *
make_remedy (NaruRecordType *self, const char *keyword, const char *pointer, const char *id)
{
  g_autofree char *suggested = NULL;
  g_autofree char *command = NULL;

  if (naru_record_type_find_field (self, pointer) != NULL)
    {
      command = naru_record_type_make_remedy (self, pointer, id);
      return g_steal_pointer (&command);
    }
  if (*pointer != '/')
    return NULL;
  suggested = naru_record_type_suggest_field (self, strrchr (pointer, '/') + 1);
  if (suggested != NULL)
    return g_strdup_printf (_ ("Did you mean “%s”?"), suggested);
  return g_strdup (_ ("Take it away, or correct its name."));
}

/* Where the finding points; what is missing is named by the place where it should stand. */
static char *
get_pointer (NaruFinding *finding)
{
  const char *const *fields = naru_finding_get_fields (finding);
  const char *pointer = fields != NULL && fields[0] != NULL ? fields[0] : "";

  return g_strdup (pointer);
}

/**
 * naru_record_type_describe_for:
 * @self: a record type
 * @finding: what a schema found in a record of this type
 * @id: (nullable): id of the record, for the command that cures it; "ID" stands in its place otherwise
 *
 * Puts the finding into the words of the current language: the message names the field by its label, what is
 * wrong and what is allowed. A title and a remedy that stand there already are kept.
 */
void
naru_record_type_describe_for (NaruRecordType *self, NaruFinding *finding, const char *id)
{
  g_autofree char *pointer = NULL;
  g_autofree char *label = NULL;
  g_autofree char *message = NULL;
  g_autofree char *remedy = NULL;
  const char *keyword = NULL;

  g_return_if_fail (finding != NULL);

  keyword = naru_finding_get_keyword (finding);
  if (keyword == NULL)
    return;
  pointer = get_pointer (finding);
  label = *pointer != '\0' ? naru_record_type_get_label (self, pointer)
                           : g_strdup (naru_record_type_get_title (self));
  message = describe_message (self, finding, pointer, label);
  naru_finding_set_message (finding, message);
  if (naru_finding_get_title (finding) == NULL)
    naru_finding_set_title (finding, label);
  if (naru_finding_get_remedy (finding) != NULL)
    return;
  remedy = make_remedy (self, keyword, pointer, id != NULL ? id : "ID");
  naru_finding_set_remedy (finding, remedy);
}

/**
 * naru_record_type_describe:
 * @self: a record type
 * @finding: what a schema found in a record of this type
 *
 * As naru_record_type_describe_for(), without an id.
 */
void
naru_record_type_describe (NaruRecordType *self, NaruFinding *finding)
{
  naru_record_type_describe_for (self, finding, NULL);
}
