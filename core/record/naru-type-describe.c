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

static gboolean
is_one_of (const char *keyword, const char *a, const char *b)
{
  return strcmp (keyword, a) == 0 || strcmp (keyword, b) == 0;
}

/* What stood there, without the quotation marks of JSON. */
static char *
get_found (NaruFinding *finding)
{
  const char *found = naru_finding_get_found (finding);
  gsize length = found != NULL ? strlen (found) : 0;

  if (length >= 2 && found[0] == '"' && found[length - 1] == '"')
    return g_strndup (found + 1, length - 2);
  return g_strdup (found != NULL ? found : "");
}

static char *
describe_value (NaruRecordType *self, NaruFinding *finding, const NaruField *field, const char *label)
{
  const char *keyword = naru_finding_get_keyword (finding);
  g_autofree char *found = get_found (finding);

  if (strcmp (keyword, "sum") == 0)
    return g_strdup_printf (_ ("%s: the shares add up to %s, not to %s."), label, found,
                            naru_finding_get_expected (finding));
  if (strcmp (keyword, "reference") == 0)
    return g_strdup_printf (_ ("%s: “%s” is not the id of a record."), label, found);
  if (field != NULL && strcmp (keyword, "type") == 0)
    return g_strdup_printf (_ ("%s: “%s” is not %s."), label, found, get_kind_phrase (field));
  if (field != NULL && field->values != NULL && is_one_of (keyword, "enum", "const"))
    {
      g_autofree char *allowed = strcmp (keyword, "enum") == 0
                                     ? naru_record_type_list_values (self, field)
                                     : g_strdup (naru_finding_get_expected (finding));

      return g_strdup_printf (_ ("%s: “%s” is not allowed; allowed: %s."), label, found, allowed);
    }
  return NULL;
}

static char *
describe_message (NaruRecordType *self, NaruFinding *finding, const char *pointer, const char *label)
{
  const char *keyword = naru_finding_get_keyword (finding);
  const char *sentence = naru_finding_get_title (finding);
  const char *found = naru_finding_get_found (finding);
  const NaruField *field = naru_record_type_find_field (self, pointer);
  g_autofree char *message = NULL;

  if (keyword != NULL && is_one_of (keyword, "required", "dependentRequired"))
    return g_strdup_printf (_ ("%s: is missing."), label);
  if (keyword != NULL && is_one_of (keyword, "additionalProperties", "propertyNames") && field == NULL)
    return g_strdup_printf (_ ("%s: is no field of this record type."), label);
  if (keyword != NULL)
    message = describe_value (self, finding, field, label);
  if (message != NULL)
    return g_steal_pointer (&message);
  if (sentence == NULL)
    return g_strdup_printf (_ ("%s: does not fit."), label);
  return found != NULL ? g_strdup_printf (_ ("%s: %s (found: %s)."), label, sentence, found)
                       : g_strdup_printf (_ ("%s: %s."), label, sentence);
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
  const char *const *fields = NULL;
  const char *pointer = "";
  g_autofree char *label = NULL;
  g_autofree char *message = NULL;
  g_autofree char *remedy = NULL;

  g_return_if_fail (finding != NULL);

  if (naru_finding_get_keyword (finding) == NULL && naru_finding_get_status (finding) != NARU_STATUS_ERROR)
    return;
  fields = naru_finding_get_fields (finding);
  if (fields != NULL && fields[0] != NULL)
    pointer = fields[0];
  label = *pointer != '\0' ? naru_record_type_get_label (self, pointer)
                           : g_strdup (naru_record_type_get_title (self));
  if (g_strcmp0 (naru_finding_get_title (finding), label) == 0)
    return;
  message = describe_message (self, finding, pointer, label);
  naru_finding_set_message (finding, message);
  naru_finding_set_title (finding, label);
  if (naru_finding_get_remedy (finding) != NULL)
    return;
  remedy = naru_record_type_make_remedy (self, pointer, id != NULL ? id : "ID");
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
