/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

typedef struct
{
  GPtrArray *findings; /* (nullable) */
  gboolean valid;
} Check;

static void
add_finding (Check *check, const NaruFieldWalk *walk, const char *keyword, const char *expected,
             const char *found)
{
  g_autoptr (NaruFinding) finding = NULL;
  g_autofree char *pointer = NULL;

  check->valid = FALSE;
  if (check->findings == NULL)
    return;
  finding = naru_finding_new (keyword, NARU_SEVERITY_BLOCK, NARU_STATUS_FAIL);
  pointer = naru_field_walk_get_pointer (walk);
  naru_finding_add_field (finding, pointer);
  naru_finding_set_detail (finding, keyword, expected, found);
  g_ptr_array_add (check->findings, g_steal_pointer (&finding));
}

static void
check_sum (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  Check *check = user_data;
  NaruDecimal sum = { 0, 0 };
  NaruDecimal expected;
  g_autofree char *found = NULL;

  if (json_array_size (value) == 0)
    return;
  for (gsize i = 0; i < json_array_size (value); i++)
    {
      json_t *member = json_object_get (json_array_get (value, i), walk->info->sum_of);
      NaruDecimal part;

      /* a part that is no decimal is the schema's to report */
      if (member == NULL || !json_is_string (member) ||
          !naru_decimal_parse (json_string_value (member), &part, NULL))
        return;
      if (!naru_decimal_add (&sum, &part, &sum, NULL))
        {
          add_finding (check, walk, "sum", walk->info->sum_equals, NULL);
          return;
        }
    }
  naru_decimal_parse (walk->info->sum_equals, &expected, NULL);
  if (naru_decimal_compare (&sum, &expected) == 0)
    return;
  found = naru_decimal_to_string (&sum);
  add_finding (check, walk, "sum", walk->info->sum_equals, found);
}

static void
check_reference (NaruFieldWalk *walk, json_t *value, gpointer user_data)
{
  if (json_is_string (value) && !naru_id_parse (json_string_value (value), NULL))
    add_finding (user_data, walk, "reference", NULL, json_string_value (value));
}

/**
 * naru_record_type_validate:
 * @self: a record type
 * @json: the fields of a record, normalized
 * @findings: (nullable) (element-type NaruFinding): receives one described finding for each thing that is
 * wrong; the array frees them
 *
 * Judges @json by the schema, adds up what must make a sum, and looks at the form of references; whether the
 * records they name exist is known to the store alone.
 *
 * Returns: %TRUE if nothing is wrong
 */
gboolean
naru_record_type_validate (NaruRecordType *self, NaruJson *json, GPtrArray *findings)
{
  Check check = { findings, TRUE };
  guint first = findings != NULL ? findings->len : 0;

  naru_record_type_need_sections (self, json, NULL);
  check.valid = naru_schema_validate (self->schema, json, findings);
  check.valid = naru_record_type_validate_sections (self, json, findings) && check.valid;
  for (guint i = 0; i < self->sums->len; i++)
    naru_record_type_walk (self, g_array_index (self->sums, guint, i), FALSE, json, check_sum, &check);
  for (guint i = 0; i < self->references->len; i++)
    naru_record_type_walk (self, g_array_index (self->references, guint, i), FALSE, json, check_reference,
                           &check);
  for (guint i = first; findings != NULL && i < findings->len; i++)
    naru_record_type_describe (self, g_ptr_array_index (findings, i));
  return check.valid;
}
