/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME 48 /* longer names are not compared for likeness */

/* What a failure says: %s is what the schema asks for. */
static const struct
{
  const char *keyword;
  const char *title;
} sentences[] = {
  [NARU_KEYWORD_FALSE] = { "false", N_ ("must not be given here") },
  [NARU_KEYWORD_ADDITIONAL_PROPERTIES] = { "additionalProperties", N_ ("is not a known field") },
  [NARU_KEYWORD_ANY_OF] = { "anyOf", N_ ("must have one of the allowed forms; the closest is no. %s") },
  [NARU_KEYWORD_CONST] = { "const", N_ ("must be %s") },
  [NARU_KEYWORD_CONTAINS] = { "contains", N_ ("has no entry of the kind that is needed") },
  [NARU_KEYWORD_DEPENDENT_REQUIRED] = { "dependentRequired", N_ ("is missing; it is needed beside %s") },
  [NARU_KEYWORD_ENUM] = { "enum", N_ ("must be one of: %s") },
  [NARU_KEYWORD_EXCLUSIVE_MAXIMUM] = { "exclusiveMaximum", N_ ("must be less than %s") },
  [NARU_KEYWORD_EXCLUSIVE_MINIMUM] = { "exclusiveMinimum", N_ ("must be greater than %s") },
  [NARU_KEYWORD_FORMAT] = { "format", N_ ("must be of the format %s") },
  [NARU_KEYWORD_ITEMS] = { "items", N_ ("is one entry too many") },
  [NARU_KEYWORD_MAX_CONTAINS] = { "maxContains", N_ ("must have at most this many entries of the kind: %s") },
  [NARU_KEYWORD_MAX_ITEMS] = { "maxItems", N_ ("must have at most this many entries: %s") },
  [NARU_KEYWORD_MAX_LENGTH] = { "maxLength", N_ ("must have at most this many characters: %s") },
  [NARU_KEYWORD_MAX_PROPERTIES] = { "maxProperties", N_ ("must have at most this many fields: %s") },
  [NARU_KEYWORD_MAXIMUM] = { "maximum", N_ ("must be at most %s") },
  [NARU_KEYWORD_MIN_CONTAINS] = { "minContains",
                                  N_ ("must have at least this many entries of the kind: %s") },
  [NARU_KEYWORD_MIN_ITEMS] = { "minItems", N_ ("must have at least this many entries: %s") },
  [NARU_KEYWORD_MIN_LENGTH] = { "minLength", N_ ("must have at least this many characters: %s") },
  [NARU_KEYWORD_MIN_PROPERTIES] = { "minProperties", N_ ("must have at least this many fields: %s") },
  [NARU_KEYWORD_MINIMUM] = { "minimum", N_ ("must be at least %s") },
  [NARU_KEYWORD_MULTIPLE_OF] = { "multipleOf", N_ ("must be a multiple of %s") },
  [NARU_KEYWORD_NOT] = { "not", N_ ("must not be like this") },
  [NARU_KEYWORD_ONE_OF] = { "oneOf",
                            N_ ("must have exactly one of the allowed forms; the closest is no. %s") },
  [NARU_KEYWORD_PATTERN] = { "pattern", N_ ("must have the form %s") },
  [NARU_KEYWORD_PROPERTY_NAMES] = { "propertyNames", N_ ("has a name that is not allowed") },
  [NARU_KEYWORD_REQUIRED] = { "required", N_ ("is missing") },
  [NARU_KEYWORD_TYPE] = { "type", N_ ("must be %s") },
  [NARU_KEYWORD_UNIQUE_ITEMS] = { "uniqueItems", N_ ("stands in the list twice") },
};

static const char *const format_titles[] = {
  [NARU_FORMAT_DATE] = N_ ("must be a date from 1900 to 2199 (YYYY-MM-DD)"),
  [NARU_FORMAT_DATE_TIME] = N_ ("must be a date and time with zone (YYYY-MM-DDTHH:MM:SS+09:00)"),
  [NARU_FORMAT_DECIMAL] =
      N_ ("must be a decimal number (1250000, 33.5) of at most 30 digits, 12 of them behind the point"),
  [NARU_FORMAT_EMAIL] = N_ ("must be an e-mail address (name@example.org)"),
  [NARU_FORMAT_LANGUAGE] = N_ ("must be a language code (ko, en, zh-Hant)"),
  [NARU_FORMAT_URI] = N_ ("must be a web address or other URI (https://example.org/page)"),
};

/* Where the general sentence would be wrong or poor. (nullable) */
static const char *
find_special_title (const NaruSchemaNode *node, NaruSchemaKeyword keyword, json_t *value, const char *detail)
{
  const gboolean branches = keyword == NARU_KEYWORD_ANY_OF || keyword == NARU_KEYWORD_ONE_OF;

  if (keyword == NARU_KEYWORD_FORMAT)
    return _ (format_titles[node->string->format]);
  if (keyword == NARU_KEYWORD_MIN_LENGTH && json_string_length (value) == 0)
    return _ ("must not be empty");
  if (keyword == NARU_KEYWORD_MIN_ITEMS && json_array_size (value) == 0 && node->array->min_items == 1)
    return _ ("must have at least one entry");
  if (branches && *detail == '/')
    return _ ("lacks one of these: %s");
  if (branches && strchr (detail, ',') != NULL)
    return _ ("must have exactly one of the allowed forms, but has more: no. %s");
  if (keyword == NARU_KEYWORD_NOT && node->logic->not_node->title != NULL)
    return _ ("must not be like this: %s");
  return NULL;
}

/* Not printf: the sentence is looked up, and what it gets is text of the schema. */
static char *
fill_sentence (const char *sentence, const char *words)
{
  const char *gap = strstr (sentence, "%s");
  if (gap == NULL)
    return g_strdup (sentence);
  return g_strdup_printf ("%.*s%s%s", (int) (gap - sentence), sentence, words != NULL ? words : "", gap + 2);
}

/* Steps from one name to the other: letters put in, left out or changed. */
static guint
count_edits (const char *a, const char *b)
{
  const size_t n = strlen (a), m = strlen (b);
  guint row[MAX_NAME + 1];
  if (n > MAX_NAME || m > MAX_NAME)
    return G_MAXUINT;

  for (size_t j = 0; j <= m; j++)
    row[j] = (guint) j;
  for (size_t i = 1; i <= n; i++)
    {
      guint diagonal = row[0];
      row[0] = (guint) i;
      for (size_t j = 1; j <= m; j++)
        {
          const guint above = row[j];
          row[j] = MIN (MIN (row[j], row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
          diagonal = above;
        }
    }
  return row[m];
}

static char *
suggest_name (const NaruSchemaNode *node, const char *name)
{
  const char *best = NULL;
  guint best_edits = MIN (3, (guint) strlen (name) / 2 + 1);
  for (guint i = 0; i < node->object->properties->len; i++)
    {
      const char *known = g_array_index (node->object->properties, NaruSchemaProperty, i).name;
      const guint edits = count_edits (name, known);
      if (edits < best_edits)
        {
          best = known;
          best_edits = edits;
        }
    }
  return best != NULL ? g_strdup_printf (_ ("remove it, or call it “%s” if that was meant"), best)
                      : g_strdup (_ ("remove it or correct its name"));
}

static void
set_words (NaruFinding *finding, const NaruSchemaPath *path, const char *title, const char *found)
{
  g_autofree char *pointer = naru_schema_path_to_pointer (path);
  const char *where = *pointer != '\0' ? pointer : _ ("the whole");
  g_autofree char *message = found != NULL ? g_strdup_printf (_ ("%s %s (found: %s)"), where, title, found)
                                           : g_strdup_printf (_ ("%s %s"), where, title);
  naru_finding_add_field (finding, pointer);
  naru_finding_set_title (finding, title);
  naru_finding_set_message (finding, message);
}

/* How far this failure takes the instance from a branch of anyOf or oneOf: a branch of another type is no
 * candidate, and a constant is what tells branches apart. */
static guint
weigh (const NaruSchemaCheck *check, NaruSchemaKeyword keyword, const NaruSchemaPath *path)
{
  if ((keyword == NARU_KEYWORD_TYPE || keyword == NARU_KEYWORD_FALSE) && path == check->branch)
    return 1000;
  return keyword == NARU_KEYWORD_CONST ? 10 : 1;
}

/* @keyword of @node refuses @value (NULL: there is none). @detail: what the node itself does not know: the
 * name of the missing or unknown field, the numbers of branches. */
gboolean
naru_schema_fail (NaruSchemaCheck *check, const NaruSchemaNode *node, NaruSchemaKeyword keyword,
                  json_t *value, const NaruSchemaPath *path, const char *detail)
{
  if (check->findings == NULL)
    return FALSE;
  check->score += weigh (check, keyword, path);
  if (check->findings->len >= NARU_SCHEMA_MAX_FINDINGS)
    return FALSE;

  NaruFinding *finding = naru_finding_new ("schema", NARU_SEVERITY_BLOCK, NARU_STATUS_FAIL);
  g_autofree char *expected = naru_schema_describe_expected (node, keyword, detail, FALSE);
  g_autofree char *words = naru_schema_describe_expected (node, keyword, detail, TRUE);
  g_autofree char *found = naru_schema_describe_value (value);
  const char *sentence = find_special_title (node, keyword, value, detail);
  g_autofree char *title = fill_sentence (sentence != NULL ? sentence : _ (sentences[keyword].title), words);

  set_words (finding, path, title, found);
  naru_finding_set_detail (finding, sentences[keyword].keyword, expected, found);
  if (keyword == NARU_KEYWORD_ADDITIONAL_PROPERTIES)
    {
      g_autofree char *remedy = suggest_name (node, detail);
      naru_finding_set_remedy (finding, remedy);
    }
  g_ptr_array_add (check->findings, finding);
  return FALSE;
}

/* No verdict: the judgement as a whole fails, whatever "not" or "anyOf" would make of it. @reason:
 * untranslated */
gboolean
naru_schema_give_up (NaruSchemaCheck *check, const NaruSchemaPath *path, const char *reason)
{
  check->undecided = reason;
  if (check->findings == NULL || check->findings->len >= NARU_SCHEMA_MAX_FINDINGS)
    return FALSE;

  NaruFinding *finding = naru_finding_new ("schema", NARU_SEVERITY_BLOCK, NARU_STATUS_ERROR);
  g_autofree char *title = g_strdup_printf (_ ("could not be judged: %s"), _ (reason));
  set_words (finding, path, title, NULL);
  naru_finding_set_remedy (finding, _ ("make it shorter or simpler"));
  g_ptr_array_add (check->findings, finding);
  return FALSE;
}
