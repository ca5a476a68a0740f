/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-gate-private.h"

#include <glib/gi18n-lib.h>

static gboolean
names (NaruRecord *holder, const char *field, const char *id)
{
  g_autofree char *pointer = g_strconcat ("/", field, NULL);
  NaruJson *value = NULL;

  g_strdelimit (pointer, ".", '/');
  value = naru_json_get_pointer (naru_record_get_json (holder), pointer);
  if (value == NULL)
    return FALSE;
  if (naru_json_get_kind (value) != NARU_JSON_ARRAY)
    return g_strcmp0 (naru_json_as_string (value), id) == 0;
  for (guint i = 0; i < naru_json_get_size (value); i++)
    if (g_strcmp0 (naru_json_as_string (naru_json_get_element (value, i)), id) == 0)
      return TRUE;
  return FALSE;
}

/* A link counts from either side: the linked record names ours in this field, or ours names it. */
static gboolean
is_linked (const NaruRequirement *self, NaruRecord *ours, NaruRecord *other)
{
  if (g_strcmp0 (naru_record_get_type_name (other), self->type) != 0)
    return FALSE;
  if (self->via == NULL)
    return TRUE;
  return names (other, self->via, naru_record_get_id (ours)) ||
         names (ours, self->via, naru_record_get_id (other));
}

static NaruRecordType *
find_type (NaruCase *subject, const char *name)
{
  NaruTypes *types = naru_case_get_types (subject);

  return types != NULL ? naru_types_get (types, name, NULL) : NULL;
}

/* Stage: “draft” is not allowed; allowed: executed. */
static char *
describe (NaruRecordType *type, NaruFinding *lack, const char *pointer)
{
  if (type != NULL)
    {
      naru_record_type_describe (type, lack);
      return g_strdup (naru_finding_get_message (lack));
    }
  g_autofree char *name = naru_demand_make_dotted (pointer);
  const char *expected = naru_finding_get_expected (lack);
  const char *found = naru_finding_get_found (lack);
  if (found == NULL || g_strcmp0 (naru_finding_get_keyword (lack), "required") == 0)
    return g_strdup_printf (_ ("%s: is missing."), name);
  return g_strdup_printf (_ ("%s: %s is not allowed; allowed: %s."), name, found,
                          expected != NULL ? expected : "?");
}

/* What keeps one linked record from counting, and the commands that change it. */
static void
add_misfit (const NaruRequirement *self, NaruCase *subject, NaruRecord *other, GPtrArray *lacks,
            GString *message, NaruRemedy *remedy)
{
  NaruRecordType *type = find_type (subject, self->type);
  const char *id = naru_record_get_id (other);
  g_autoptr (GStrvBuilder) reasons = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  NaruRemedy own;

  naru_remedy_init (&own, type, id, self->must);
  for (guint i = 0; i < lacks->len; i++)
    {
      NaruFinding *lack = g_ptr_array_index (lacks, i);
      const char *const *fields = naru_finding_get_fields (lack);
      const char *pointer = fields != NULL && fields[0] != NULL ? fields[0] : "";
      g_autofree char *reason = describe (type, lack, pointer);
      g_strv_builder_add (reasons, reason != NULL ? reason : "");
      if (g_hash_table_add (seen, g_strdup (pointer)))
        naru_remedy_add_field (&own, pointer);
    }
  g_auto (GStrv) list = g_strv_builder_end (reasons);
  g_autofree char *joined = g_strjoinv (" ", list);
  g_autofree char *commands = naru_remedy_finish (&own, NULL);
  g_string_append_printf (message, "%s%s: %s", message->len > 0 ? " " : "", id, joined);
  if (commands != NULL)
    naru_remedy_add_line (remedy, commands);
}

/* " deals:='["MGK-2026-00442"]'"; names of reference lists are plural where the type itself is not known */
static void
append_link (GString *line, const NaruRequirement *self, NaruRecordType *type, const char *id)
{
  g_autofree char *pointer = g_strconcat ("/", self->via, NULL);
  const NaruField *field = type != NULL ? naru_record_type_find_field (type, pointer) : NULL;
  gboolean list = field != NULL ? field->kind == NARU_FIELD_ARRAY : g_str_has_suffix (self->via, "s");

  if (list)
    g_string_append_printf (line, " %s:='[\"%s\"]'", self->via, id);
  else
    g_string_append_printf (line, " %s=%s", self->via, id);
}

/* "naru new agreement kind=joint-rd title="…" deals:='["MGK-2026-00442"]'", then the way to the stage asked
 * for */
static void
add_new (const NaruRequirement *self, NaruCase *subject, NaruRemedy *remedy)
{
  NaruRecordType *type = find_type (subject, self->type);
  const char *id = naru_record_get_id (naru_case_get_record (subject));
  NaruJson *properties = self->must != NULL ? naru_json_get (self->must, "properties") : NULL;
  g_autofree char *stage = NULL;
  g_autoptr (GString) line = g_string_new ("naru new ");
  g_string_append (line, self->type);

  g_auto (GStrv) keys = properties != NULL ? naru_json_get_keys (properties) : NULL;
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = naru_placeholder_for_demand (naru_json_get (properties, keys[i]));
      if (value != NULL && g_str_equal (keys[i], "stage"))
        stage = g_steal_pointer (&value);
      else if (value != NULL)
        g_string_append_printf (line, " %s=%s", keys[i], value);
    }
  g_string_append (line, " title=TEXT");
  if (self->via != NULL)
    append_link (line, self, type, id);
  naru_remedy_add_line (remedy, line->str);

  if (stage == NULL)
    return;
  const char *const types[] = { self->type, NULL };
  g_autofree char *made = naru_placeholder_for_id (types);
  g_autofree char *advance = g_strdup_printf ("naru advance %s %s", made, stage);
  naru_remedy_add_line (remedy, advance);
}

/* Sorts the linked records of the type into those that fit, whose number it returns, and the others. */
static guint
count_fitting (const NaruRequirement *self, NaruCase *subject, GString *message, NaruRemedy *remedy)
{
  NaruRecord *ours = naru_case_get_record (subject);
  guint fitting = 0;

  for (guint i = 0; i < naru_case_get_n_linked (subject); i++)
    {
      NaruRecord *other = naru_case_get_linked (subject, i);
      if (!is_linked (self, ours, other))
        continue;
      g_autoptr (GPtrArray) lacks = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
      g_autoptr (NaruJson) opened = naru_demand_open (self->must, naru_record_get_json (other));
      gboolean judged = FALSE;
      if (naru_requirement_validate (self->must_hold, opened, lacks, &judged))
        fitting++;
      else
        add_misfit (self, subject, other, lacks, message, remedy);
    }
  return fitting;
}

/* Enough linked records that fit? */
void
naru_gate_judge_records (const NaruRequirement *self, NaruCase *subject, NaruFinding *finding)
{
  NaruRecord *ours = naru_case_get_record (subject);
  NaruRecordType *type = find_type (subject, self->type);
  const char *title = type != NULL ? naru_record_type_get_title (type) : self->type;
  g_autoptr (GString) misfits = g_string_new (NULL);
  NaruRemedy remedy;

  naru_remedy_init (&remedy, naru_case_get_type_of_record (subject), naru_record_get_id (ours), NULL);
  guint fitting = count_fitting (self, subject, misfits, &remedy);
  if (misfits->len == 0)
    add_new (self, subject, &remedy);
  g_autofree char *commands = naru_remedy_finish (&remedy, naru_words_get (&self->remedy));
  if (fitting >= self->count)
    return;

  g_autofree char *message =
      misfits->len > 0 ? g_strdup_printf (_ ("%s: %u of %u are there. These do not count: %s"), title,
                                          fitting, self->count, misfits->str)
                       : g_strdup_printf (_ ("%s: %u of %u are there."), title, fitting, self->count);
  naru_finding_set_status (finding, NARU_STATUS_FAIL);
  naru_finding_set_message (finding, message);
  naru_finding_set_remedy (finding, commands);
}
