/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-gate-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
naru_remedy_init (NaruRemedy *self, NaruRecordType *type, const char *id, NaruJson *must)
{
  self->type = type;
  self->id = id;
  self->must = must;
  self->edit = g_string_new (NULL);
  self->lines = g_ptr_array_new_with_free_func (g_free);
}

static const NaruField *
find_field (NaruRemedy *self, const char *pointer)
{
  return self->type != NULL ? naru_record_type_find_field (self->type, pointer) : NULL;
}

/* A value as the shell must see it. Placeholders ("S|A|B|C") stay as they are: a person replaces them. */
static char *
quote (const char *value)
{
  if (strpbrk (value, " \t\n'\"\\$`&;<>()*?[]#~!{}") != NULL)
    return g_shell_quote (value);
  return g_strdup (value);
}

/* "evaluation.grade=S|A|B|C", "inventors:='[{…}]'" */
static char *
make_assignment (NaruRemedy *self, const char *pointer, const NaruField *field)
{
  g_autofree char *name = naru_demand_make_dotted (pointer);

  if (field != NULL && (field->kind == NARU_FIELD_ARRAY || field->kind == NARU_FIELD_OBJECT))
    {
      g_autoptr (NaruJson) example = naru_placeholder_make_example (self->type, self->must, pointer);
      g_autofree char *line = naru_json_to_line (example);
      g_autofree char *quoted = g_shell_quote (g_strchomp (line));
      return g_strconcat (name, ":=", quoted, NULL);
    }

  g_autofree char *value = naru_placeholder_for_field (self->type, self->must, pointer);
  g_autofree char *quoted = quote (value);
  return g_strconcat (name, "=", quoted, NULL);
}

/* (nullable): the command for a field that an edit cannot set */
static char *
make_other (NaruRemedy *self, const char *pointer, const NaruField *field)
{
  if (g_str_equal (pointer, "/stage"))
    {
      g_autofree char *stage = naru_placeholder_for_field (self->type, self->must, pointer);
      return g_strdup_printf ("naru advance %s %s", self->id, stage);
    }
  if (g_str_equal (pointer, "/documents"))
    return g_strdup_printf ("naru attach %s FILE --name NAME", self->id);
  if (field == NULL || field->kind != NARU_FIELD_REFERENCE)
    return NULL;

  g_autofree char *name = naru_demand_make_dotted (pointer);
  g_autofree char *target = naru_placeholder_for_id (field->refs);
  return g_strdup_printf ("naru link %s %s %s", self->id, name, target);
}

/* One more field that has to be set, or set otherwise. */
void
naru_remedy_add_field (NaruRemedy *self, const char *pointer)
{
  const NaruField *field = find_field (self, pointer);
  char *other = make_other (self, pointer, field);

  if (other != NULL)
    {
      g_ptr_array_add (self->lines, other);
      return;
    }
  if (pointer[0] == '\0' || (field != NULL && field->system))
    return;
  g_autofree char *assignment = make_assignment (self, pointer, field);
  g_string_append_printf (self->edit, " %s", assignment);
}

/* Fields of which one is enough. */
void
naru_remedy_add_choice (NaruRemedy *self, const char *const *pointers)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; pointers[i] != NULL; i++)
    {
      const NaruField *field = find_field (self, pointers[i]);
      g_autofree char *other = make_other (self, pointers[i], field);
      g_autofree char *assignment = other == NULL ? make_assignment (self, pointers[i], field) : NULL;
      if (i > 0)
        g_string_append_printf (line, " %s ", _ ("or"));
      if (other != NULL)
        g_string_append (line, other);
      else
        g_string_append_printf (line, "naru edit %s %s", self->id, assignment);
    }
  g_ptr_array_add (self->lines, g_string_free (line, FALSE));
}

void
naru_remedy_add_line (NaruRemedy *self, const char *line)
{
  g_ptr_array_add (self->lines, g_strdup (line));
}

/* (nullable) (transfer full): the commands, one a line, then the pipeline's own advice; clears @self */
char *
naru_remedy_finish (NaruRemedy *self, const char *hint)
{
  GString *text = g_string_new (NULL);

  if (self->edit->len > 0)
    g_string_append_printf (text, "naru edit %s%s", self->id, self->edit->str);
  for (guint i = 0; i < self->lines->len; i++)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (self->lines, i));
  if (hint != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", hint);

  g_string_free (self->edit, TRUE);
  g_ptr_array_unref (self->lines);
  return g_string_free (text, text->len == 0);
}
