/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-gate-private.h"

#include <glib/gi18n-lib.h>

/* @findings: (nullable): what is wrong. @judged: FALSE where the validator came to no verdict; that is never
 * a pass. */
gboolean
naru_requirement_validate (NaruSchema *schema, NaruJson *json, GPtrArray *findings, gboolean *judged)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);

  *judged = TRUE;
  if (schema == NULL || naru_schema_validate (schema, json, own))
    return TRUE;
  for (guint i = 0; i < own->len; i++)
    {
      NaruFinding *finding = g_ptr_array_index (own, i);
      if (naru_finding_get_status (finding) == NARU_STATUS_ERROR)
        *judged = FALSE;
      if (findings != NULL)
        g_ptr_array_add (findings, naru_finding_ref (finding));
    }
  return FALSE;
}

void
naru_gate_set_unjudged (NaruFinding *finding)
{
  naru_finding_set_status (finding, NARU_STATUS_ERROR);
  naru_finding_set_message (finding,
                            _ ("This could not be judged: a value of the record is too long or nested "
                               "too deeply."));
}

static gboolean
has_field (NaruFinding *finding, const char *pointer)
{
  const char *const *fields = naru_finding_get_fields (finding);

  return fields != NULL && g_strv_contains (fields, pointer);
}

static gboolean
is_choice (NaruFinding *lack)
{
  const char *keyword = naru_finding_get_keyword (lack);

  return g_strcmp0 (keyword, "anyOf") == 0 || g_strcmp0 (keyword, "oneOf") == 0;
}

void
naru_gate_append_sentence (GString *message, const char *sentence)
{
  if (sentence == NULL || sentence[0] == '\0')
    return;
  if (message->len > 0)
    g_string_append_c (message, ' ');
  g_string_append (message, sentence);
}

static void
add_choices (NaruRecordType *type, const char *const *choices, NaruFinding *finding, GString *message,
             NaruRemedy *remedy)
{
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();

  for (guint i = 0; choices[i] != NULL; i++)
    {
      g_autofree char *label = naru_record_type_get_label (type, choices[i]);
      g_strv_builder_add (labels, label);
      if (!has_field (finding, choices[i]))
        naru_finding_add_field (finding, choices[i]);
    }
  g_auto (GStrv) list = g_strv_builder_end (labels);
  g_autofree char *joined = g_strjoinv (", ", list);
  g_autofree char *sentence = g_strdup_printf (_ ("One of these is needed: %s."), joined);
  naru_gate_append_sentence (message, sentence);
  naru_remedy_add_choice (remedy, choices);
}

/* Folds what the validator found into the one finding of the condition. A choice names the place of the
 * choice first and then, where all that it lacks are fields, those fields. */
void
naru_gate_add_lack (NaruRecordType *type, NaruFinding *lack, NaruFinding *finding, GString *message,
                    NaruRemedy *remedy)
{
  const char *const *fields = naru_finding_get_fields (lack);

  if (is_choice (lack) && fields[0] != NULL && fields[1] != NULL)
    {
      add_choices (type, fields + 1, finding, message, remedy);
      return;
    }
  naru_record_type_describe (type, lack);
  naru_gate_append_sentence (message, naru_finding_get_message (lack));
  for (guint i = 0; fields[i] != NULL; i++)
    if (!has_field (finding, fields[i]))
      {
        naru_finding_add_field (finding, fields[i]);
        /* the closest form of the choice, which follows, says what to do */
        if (!is_choice (lack))
          naru_remedy_add_field (remedy, fields[i]);
      }
}

static void
judge_condition (const NaruRequirement *self, NaruCase *subject, NaruFinding *finding)
{
  NaruRecord *record = naru_case_get_record (subject);
  NaruRecordType *type = naru_case_get_type_of_record (subject);
  g_autoptr (NaruJson) opened = naru_demand_open (self->must, naru_record_get_json (record));
  g_autoptr (GPtrArray) lacks = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  gboolean judged = FALSE;

  if (naru_requirement_validate (self->must_hold, opened, lacks, &judged))
    return;
  if (!judged)
    {
      naru_gate_set_unjudged (finding);
      return;
    }

  NaruRemedy remedy;
  naru_remedy_init (&remedy, type, naru_record_get_id (record), self->must);
  g_autoptr (GString) message = g_string_new (NULL);
  for (guint i = 0; i < lacks->len; i++)
    naru_gate_add_lack (type, g_ptr_array_index (lacks, i), finding, message, &remedy);
  g_autofree char *commands = naru_remedy_finish (&remedy, naru_words_get (&self->remedy));
  naru_finding_set_status (finding, NARU_STATUS_FAIL);
  naru_finding_set_message (finding, message->str);
  naru_finding_set_remedy (finding, commands);
}

static void
judge_document (const NaruRequirement *self, NaruCase *subject, NaruFinding *finding)
{
  NaruRecord *record = naru_case_get_record (subject);
  NaruJson *documents = naru_json_get (naru_record_get_json (record), "documents");
  guint n = naru_json_get_size (documents);

  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (naru_json_get_string (naru_json_get_element (documents, i), "name"), self->name) == 0)
      return;

  g_autofree char *message = g_strdup_printf (_ ("No document named “%s” is attached."), self->name);
  g_autofree char *command =
      g_strdup_printf ("naru attach %s FILE --name %s", naru_record_get_id (record), self->name);
  NaruRemedy remedy;
  naru_remedy_init (&remedy, NULL, naru_record_get_id (record), NULL);
  naru_remedy_add_line (&remedy, command);
  g_autofree char *commands = naru_remedy_finish (&remedy, naru_words_get (&self->remedy));
  naru_finding_set_status (finding, NARU_STATUS_FAIL);
  naru_finding_add_field (finding, "/documents");
  naru_finding_set_message (finding, message);
  naru_finding_set_remedy (finding, commands);
}

static char *
make_title (const NaruRequirement *self)
{
  const char *title = naru_words_get (&self->title);

  if (title != NULL)
    return g_strdup (title);
  if (self->kind == NARU_REQUIRE_APPROVALS)
    return g_strdup_printf (_ ("Approval (%s)"), naru_role_get_title (self->role));
  return g_strdup (self->id);
}

/* (transfer full): the one finding of this requirement */
NaruFinding *
naru_requirement_judge (const NaruRequirement *self, const NaruTransition *transition, NaruCase *subject)
{
  g_autoptr (NaruFinding) finding = naru_finding_new (self->id, self->severity, NARU_STATUS_PASS);
  g_autofree char *title = make_title (self);
  gboolean judged = FALSE;

  naru_finding_set_title (finding, title);
  if (!naru_requirement_validate (self->applies, naru_record_get_json (naru_case_get_record (subject)), NULL,
                                  &judged))
    {
      if (judged)
        naru_finding_set_status (finding, NARU_STATUS_NOT_APPLICABLE);
      else
        naru_gate_set_unjudged (finding);
      return g_steal_pointer (&finding);
    }

  switch (self->kind)
    {
    case NARU_REQUIRE_CONDITION:
      judge_condition (self, subject, finding);
      break;
    case NARU_REQUIRE_DOCUMENT:
      judge_document (self, subject, finding);
      break;
    case NARU_REQUIRE_RECORDS:
      naru_gate_judge_records (self, subject, finding);
      break;
    case NARU_REQUIRE_APPROVALS:
      naru_gate_judge_approvals (self, transition, subject, finding);
      break;
    }
  if (naru_finding_get_status (finding) == NARU_STATUS_FAIL)
    naru_gate_apply_waiver (self->id, self->waivable, subject, finding);
  return g_steal_pointer (&finding);
}
