/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-rule-cases-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define N_RANDOM 40
#define LARGE_LIST 500
/* of one review, the quickest of several: more is told */
#ifdef __SANITIZE_ADDRESS__
#define SLOW_US 2000000
#else
#define SLOW_US 50000
#endif
#define SLOW_TRIES 3

/* A value of the field, right or wrong in kind, from a stream of numbers that is the same in every run. */
static NaruJson *make_value (NaruRecordType *type, const NaruField *field, GRand *random, guint depth);

static NaruJson *
make_scalar (const NaruField *field, GRand *random)
{
  static const char *const dates[] = { "1970-01-01", "2024-02-29", "2026-11-28", "2105-12-31" };
  static const char *const decimals[] = { "0", "100", "-3", "0.000001", "99999999999999.99" };
  static const char *const texts[] = { "", "가나다", "GPL-3.0-only OR MIT", "'; DROP", "\xf0\x9f\x98\x80" };

  switch (field->kind)
    {
    case NARU_FIELD_BOOLEAN:
      return naru_json_new_boolean (g_rand_boolean (random));
    case NARU_FIELD_INTEGER:
      return naru_json_new_integer (g_rand_int_range (random, -3, 200));
    case NARU_FIELD_DATE:
      return naru_json_new_string (dates[g_rand_int_range (random, 0, G_N_ELEMENTS (dates))]);
    case NARU_FIELD_DECIMAL:
      return naru_json_new_string (decimals[g_rand_int_range (random, 0, G_N_ELEMENTS (decimals))]);
    case NARU_FIELD_ENUM:
      return naru_json_new_string (
          field->values[g_rand_int_range (random, 0, (gint32) g_strv_length ((char **) field->values))]);
    case NARU_FIELD_STRING:
    case NARU_FIELD_REFERENCE:
    case NARU_FIELD_ARRAY:
    case NARU_FIELD_OBJECT:
      break;
    }
  return naru_json_new_string (texts[g_rand_int_range (random, 0, G_N_ELEMENTS (texts))]);
}

static NaruJson *
make_wrong (GRand *random)
{
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      return naru_json_new_null ();
    case 1:
      return naru_json_new_array ();
    case 2:
      return naru_json_new_object ();
    default:
      return naru_json_new_integer (G_MAXINT64);
    }
}

static NaruJson *
make_object (NaruRecordType *type, const char *pointer, GRand *random, guint depth)
{
  NaruJson *object = naru_json_new_object ();
  g_autofree char *prefix = g_strconcat (pointer, "/", NULL);
  guint n = 0;
  const NaruField *const *fields = naru_record_type_get_fields (type, &n);

  for (guint i = 0; i < n; i++)
    if (fields[i]->pointer != NULL && g_str_has_prefix (fields[i]->pointer, prefix) &&
        strchr (fields[i]->pointer + strlen (prefix), '/') == NULL &&
        !g_str_has_suffix (fields[i]->pointer, "/-") && g_rand_int_range (random, 0, 4) > 0)
      {
        naru_json_set (object, fields[i]->name, make_value (type, fields[i], random, depth + 1));
      }
  return object;
}

static NaruJson *
make_value (NaruRecordType *type, const NaruField *field, GRand *random, guint depth)
{
  if (g_rand_int_range (random, 0, 30) == 0)
    return make_wrong (random);
  if (field->kind == NARU_FIELD_OBJECT && depth < 8)
    return make_object (type, field->pointer, random, depth);
  if (field->kind != NARU_FIELD_ARRAY || depth >= 8)
    return make_scalar (field, random);

  NaruJson *array = naru_json_new_array ();
  g_autofree char *pointer = g_strconcat (field->pointer, "/-", NULL);
  const NaruField *element = naru_record_type_find_field (type, pointer);
  int n = g_rand_int_range (random, 0, depth < 3 && g_rand_int_range (random, 0, 20) == 0 ? LARGE_LIST : 4);
  for (int i = 0; element != NULL && i < n; i++)
    {
      naru_json_append (array, make_value (type, element, random, depth + 1));
    }
  return array;
}

/* A deal whose sections, those that the pack brings, hold anything. */
static NaruJson *
make_random_deal (NaruPackTest *self, GRand *random)
{
  NaruJson *deal = naru_json_new_object ();
  NaruJson *fields = naru_json_get (self->pack->json, "fields");
  g_auto (GStrv) names = fields != NULL ? naru_json_get_keys (fields) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *pointer = g_strconcat ("/", names[i], NULL);
      const NaruField *field = naru_record_type_find_field (self->type, pointer);
      naru_json_set (deal, names[i], make_value (self->type, field, random, 0));
    }
  return deal;
}

static char *
describe_all (GPtrArray *findings)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < findings->len; i++)
    {
      g_autoptr (NaruJson) json = naru_finding_to_json (g_ptr_array_index (findings, i));
      g_autofree char *line = naru_json_to_line (json);
      g_string_append (text, line);
    }
  return g_string_free (text, FALSE);
}

static void
judge_twice (NaruPackTest *self, NaruJson *deal, const char *name, const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NaruRecord) record = naru_pack_test_make_deal (self, deal, from, FALSE, &error);
  g_autofree char *first = NULL;
  gint64 best = G_MAXINT64;

  if (record == NULL)
    return;
  g_autoptr (NaruCase) subject = naru_case_new (self->type, record, naru_date_new (2026, 11, 28), NULL);
  naru_case_set_types (subject, self->types);
  /* a machine that is busy with other things is no fault of the rules */
  for (guint round = 0; round < 2 || (best > SLOW_US && round < SLOW_TRIES); round++)
    {
      g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
      gint64 begin = g_get_monotonic_time ();
      naru_rule_book_judge_alone (self->book, subject, from, to, findings);
      best = MIN (best, g_get_monotonic_time () - begin);
      for (guint i = 0; i < findings->len; i++)
        {
          NaruFinding *finding = g_ptr_array_index (findings, i);
          if (naru_finding_get_status (finding) == NARU_STATUS_ERROR)
            naru_pack_test_report (self, naru_finding_get_rule (finding), name,
                                   naru_finding_get_message (finding));
        }
      g_autofree char *all = describe_all (findings);
      if (round == 0)
        first = g_steal_pointer (&all);
      else if (g_strcmp0 (first, all) != 0)
        naru_pack_test_report (self, self->pack->id, name,
                               _ ("the same deal got another verdict the second time"));
    }
  if (best > SLOW_US)
    {
      g_autofree char *problem = g_strdup_printf (_ ("one review took %" PRId64 " ms"), best / 1000);
      naru_pack_test_report (self, self->pack->id, name, problem);
    }
}

static void
judge_moves (NaruPackTest *self, NaruJson *deal, const char *name)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->pack->rules->len; i++)
    {
      const NaruRule *rule = g_ptr_array_index (self->pack->rules, i);
      NaruJson *move = naru_json_get_element (naru_json_get (rule->json, "on"), 0);
      NaruJson *to = naru_json_get (move, "to");
      NaruJson *from = naru_json_get (move, "from");
      NaruJson *target = naru_json_get_kind (to) == NARU_JSON_ARRAY ? naru_json_get_element (to, 0) : to;
      NaruJson *source = from != NULL && naru_json_get_kind (from) == NARU_JSON_ARRAY
                             ? naru_json_get_element (from, 0)
                             : from;
      const char *start = source != NULL ? naru_json_as_string (source) : "idea";
      if (g_hash_table_add (seen, g_strdup_printf ("%s %s", start, naru_json_as_string (target))))
        judge_twice (self, deal, name, start, naru_json_as_string (target));
    }
}

/* What every pack must stand, whatever it judges. */
void
naru_pack_test_run_contract (NaruPackTest *self)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261128);
  g_autoptr (NaruJson) empty = naru_json_new_object ();
  guint before = self->failed;

  judge_moves (self, empty, "contract: a deal without any of its fields");
  for (guint i = 0; i < N_RANDOM && self->failed < before + 20; i++)
    {
      g_autoptr (NaruJson) deal = make_random_deal (self, random);
      g_autofree char *name = g_strdup_printf ("contract: random deal %u", i);
      judge_moves (self, deal, name);
    }
  if (self->failed == before)
    naru_pack_test_report (self, self->pack->id, "contract", NULL);
}
