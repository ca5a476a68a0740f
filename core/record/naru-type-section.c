/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include <glib/gi18n-lib.h>

/*
 * Sections: fields at the top of a record that rule packs bring, several hundred in all. Most commands need
 * none or one of them, so each waits as text until a record holds it or somebody asks for a field of it.
 *
 * The arrays of a type never move (NARU_TYPE_MAX_FIELDS), so that fields that were handed out stay where they
 * are.
 */

typedef struct
{
  char *name;
  const char *seal; /* of the text; both in the text of the extension */
  const char *text;
  gsize size;
  NaruJson *property; /* (nullable): NULL until a field of the section is needed */
  NaruSchema *schema; /* (nullable): of a record that has this section alone; NULL until one is judged */
} Section;

static void
section_free (Section *section)
{
  g_free (section->name);
  g_clear_pointer (&section->property, naru_json_unref);
  g_clear_pointer (&section->schema, naru_schema_unref);
  g_free (section);
}

/* @extension: what naru_types_make_extension() makes */
void
naru_record_type_set_sections (NaruRecordType *self, GBytes *extension)
{
  const char *text = g_bytes_get_data (extension, NULL);
  const char *first = strchr (text, '\n');

  self->extension = g_bytes_ref (extension);
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) section_free);
  for (const char *line = first != NULL ? first + 1 : ""; *line != '\0';)
    {
      gsize size = strcspn (line, "\n");
      const char *space = memchr (line, ' ', size);
      gsize head = space != NULL ? (gsize) (space - line) + NARU_SEAL_SIZE + 2 : size;
      if (head < size)
        {
          Section *section = g_new0 (Section, 1);
          section->name = g_strndup (line, (gsize) (space - line));
          section->seal = space + 1;
          section->text = line + head;
          section->size = size - head;
          g_ptr_array_add (self->sections, section);
        }
      line += size + (line[size] == '\n' ? 1 : 0);
    }
}

/* {"type":"object","properties":{NAME: …}}, so that findings have their place in the whole record */
static NaruSchema *
compile_schema (NaruRecordType *self, Section *section, NaruJson *property, GError **error)
{
  g_autoptr (NaruJson) schema = naru_json_new_object ();
  NaruJson *properties = naru_json_new_object ();
  NaruJson *defs = naru_json_get (self->json, "$defs");

  naru_json_set_string (schema, "type", "object");
  naru_json_set (properties, section->name, naru_json_ref (property));
  naru_json_set (schema, "properties", properties);
  if (defs != NULL)
    naru_json_set (schema, "$defs", naru_json_ref (defs));
  return naru_schema_new (schema, section->name, error);
}

/* With the lock held. */
static gboolean
load (NaruRecordType *self, Section *section, GError **error)
{
  if (section->property != NULL)
    return TRUE;

  char seal[NARU_SEAL_SIZE + 1];
  naru_digest_seal (section->text, section->size, seal);
  if (strncmp (seal, section->seal, NARU_SEAL_SIZE) != 0)
    {
      naru_set_error (error, NARU_ERROR_BROKEN, section->name, 0,
                      _ ("Adopt the rule pack that brings it again: it stands under rules/ in the history."),
                      _ ("the store holds the field “%s” damaged"), section->name);
      return FALSE;
    }
  g_autoptr (NaruJson) property = naru_json_parse (section->text, (gssize) section->size, 0, error);
  if (property == NULL || !naru_record_type_compile_section (self, section->name, property, error))
    return FALSE;
  naru_json_set (naru_json_get (self->json, "properties"), section->name, naru_json_ref (property));
  section->property = g_steal_pointer (&property);
  return TRUE;
}

/* Loads the section of that name, where there is one. */
void
naru_record_type_need_section (NaruRecordType *self, const char *name, gsize length)
{
  if (self->sections == NULL)
    return;

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  for (guint i = 0; i < self->sections->len; i++)
    {
      Section *section = g_ptr_array_index (self->sections, i);
      g_autoptr (GError) local = NULL;
      if (strlen (section->name) != length || strncmp (section->name, name, length) != 0)
        continue;
      if (!load (self, section, &local))
        g_debug ("%s", local->message);
      return;
    }
}

/* Loads the sections that @json has; NULL: all. */
gboolean
naru_record_type_need_sections (NaruRecordType *self, NaruJson *json, GError **error)
{
  if (self->sections == NULL)
    return TRUE;

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  for (guint i = 0; i < self->sections->len; i++)
    {
      Section *section = g_ptr_array_index (self->sections, i);
      if ((json == NULL || naru_json_get (json, section->name) != NULL) && !load (self, section, error))
        return FALSE;
    }
  return TRUE;
}

/* With the lock held: a section that is loaded. */
static NaruSchema *
get_schema (NaruRecordType *self, Section *section, GError **error)
{
  if (section->schema == NULL && section->property != NULL)
    section->schema = compile_schema (self, section, section->property, error);
  return section->schema;
}

/* Loads and compiles all sections: whether they can be used. */
gboolean
naru_record_type_check_sections (NaruRecordType *self, GError **error)
{
  if (!naru_record_type_need_sections (self, NULL, error))
    return FALSE;

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  for (guint i = 0; self->sections != NULL && i < self->sections->len; i++)
    if (get_schema (self, g_ptr_array_index (self->sections, i), error) == NULL)
      return FALSE;
  return TRUE;
}

/* Judges the sections that @json has. */
gboolean
naru_record_type_validate_sections (NaruRecordType *self, NaruJson *json, GPtrArray *findings)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  gboolean valid = TRUE;

  for (guint i = 0; self->sections != NULL && i < self->sections->len; i++)
    {
      Section *section = g_ptr_array_index (self->sections, i);
      if (naru_json_get (json, section->name) == NULL)
        continue;
      NaruSchema *schema = get_schema (self, section, NULL);
      valid = schema != NULL && naru_schema_validate (schema, json, findings) && valid;
    }
  return valid;
}
