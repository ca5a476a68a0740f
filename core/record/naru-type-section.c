/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include <glib/gi18n-lib.h>

/*
 * Sections: fields at the top of a record that rule packs bring, several hundred in all. Most commands need
 * none or one of them, and of that one a few members, so each waits as text until a record holds it or
 * somebody asks for it: first the section alone, with "true" in place of its members, then those members.
 *
 * The arrays of a type never move (NARU_TYPE_MAX_FIELDS), so that fields that were handed out stay where they
 * are.
 */

/* A line of the extension, which owns all of it. */
typedef struct
{
  const char *name;
  gsize length; /* of the name */
  const char *seal;
  const char *text;
  gsize size;
} Line;

typedef struct
{
  char *name;
  Line line;
  const char *members; /* the lines behind it, up to end */
  const char *end;
  GArray *waiting; /* (element-type Line): members that are not loaded; their names without the section's */
  NaruJson *property; /* (nullable): NULL until a field of the section is needed */
  guint index;        /* of its field */
  NaruSchema *schema; /* (nullable): of a record that has this section alone; NULL until one is judged, and
                         again when a member is loaded */
} Section;

static void
section_free (Section *section)
{
  g_free (section->name);
  g_array_unref (section->waiting);
  g_clear_pointer (&section->property, naru_json_unref);
  g_clear_pointer (&section->schema, naru_schema_unref);
  g_free (section);
}

/* FALSE for what is no line of a field. @next: (out): where the one after it begins */
static gboolean
read_line (const char *at, const char *end, Line *line, const char **next)
{
  const char *feed = memchr (at, '\n', (gsize) (end - at));
  gsize size = (gsize) ((feed != NULL ? feed : end) - at);
  const char *space = memchr (at, ' ', size);
  gsize head = space != NULL ? (gsize) (space - at) + NARU_SEAL_SIZE + 2 : size;

  *next = feed != NULL ? feed + 1 : end;
  if (head >= size)
    return FALSE;
  *line = (Line){ at, (gsize) (space - at), space + 1, at + head, size - head };
  return TRUE;
}

/* @extension: what naru_types_make_extension() makes */
void
naru_record_type_set_sections (NaruRecordType *self, GBytes *extension)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (extension, &size);
  const char *end = text + size;
  const char *first = memchr (text, '\n', size);
  Section *section = NULL;
  Line line = { 0 };

  self->extension = g_bytes_ref (extension);
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) section_free);
  for (const char *at = first != NULL ? first + 1 : end, *next = NULL; at < end; at = next)
    {
      if (!read_line (at, end, &line, &next))
        continue;
      if (section == NULL || memchr (line.name, '.', line.length) == NULL)
        {
          section = g_new0 (Section, 1);
          section->name = g_strndup (line.name, line.length);
          section->line = line;
          section->members = next;
          section->waiting = g_array_new (FALSE, FALSE, sizeof (Line));
          g_ptr_array_add (self->sections, section);
        }
      section->end = next;
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

/* (transfer full) (nullable): what stands on a line of the section @name */
static NaruJson *
parse_line (const Line *line, const char *name, GError **error)
{
  char seal[NARU_SEAL_SIZE + 1];

  naru_digest_seal (line->text, line->size, seal);
  if (strncmp (seal, line->seal, NARU_SEAL_SIZE) == 0)
    return naru_json_parse (line->text, (gssize) line->size, 0, error);
  naru_set_error (error, NARU_ERROR_BROKEN, name, 0,
                  _ ("Adopt the rule pack that brings it again: it stands under rules/ in the history."),
                  _ ("the store holds the field “%s” damaged"), name);
  return NULL;
}

static void
list_members (Section *section)
{
  gsize prefix = strlen (section->name) + 1;
  Line line = { 0 };

  for (const char *at = section->members, *next = NULL; at < section->end; at = next)
    if (read_line (at, section->end, &line, &next) && line.length > prefix)
      {
        line.name += prefix;
        line.length -= prefix;
        g_array_append_val (section->waiting, line);
      }
}

/* With the lock held: the section without its members. */
static gboolean
load (NaruRecordType *self, Section *section, GError **error)
{
  if (section->property != NULL)
    return TRUE;

  g_autoptr (NaruJson) property = parse_line (&section->line, section->name, error);
  section->index = self->fields->len;
  if (property == NULL || !naru_record_type_compile_section (self, section->name, property, error))
    return FALSE;
  naru_json_set (naru_json_get (self->json, "properties"), section->name, naru_json_ref (property));
  section->property = g_steal_pointer (&property);
  list_members (section);
  return TRUE;
}

/* With the lock held: the member that waits at @position. */
static gboolean
load_member (NaruRecordType *self, Section *section, guint position, GError **error)
{
  const Line *line = &g_array_index (section->waiting, Line, position);
  g_autofree char *name = g_strndup (line->name, line->length);
  g_autoptr (NaruJson) property = parse_line (line, section->name, error);

  if (property == NULL || !naru_record_type_compile_member (self, section->index, name, property, error))
    return FALSE;
  naru_json_set (naru_json_get (section->property, "properties"), name, naru_json_ref (property));
  g_clear_pointer (&section->schema, naru_schema_unref);
  g_array_remove_index (section->waiting, position);
  return TRUE;
}

/* -1 when no member of that name waits */
static int
find_waiting (const Section *section, const char *name, gsize length)
{
  for (guint i = 0; i < section->waiting->len; i++)
    {
      const Line *line = &g_array_index (section->waiting, Line, i);
      if (line->length == length && memcmp (line->name, name, length) == 0)
        return (int) i;
    }
  return -1;
}

/* With the lock held. */
static gboolean
load_place (NaruRecordType *self, Section *section, const char *member, gsize length, GError **error)
{
  if (!load (self, section, error))
    return FALSE;
  int position = find_waiting (section, member, length);
  return position < 0 || load_member (self, section, (guint) position, error);
}

/* With the lock held: the section, and those of its members that @value has; NULL: all. */
static gboolean
load_held (NaruRecordType *self, Section *section, NaruJson *value, GError **error)
{
  const char *name = NULL;
  json_t *member = NULL;

  if (!load (self, section, error))
    return FALSE;
  while (value == NULL && section->waiting->len > 0)
    if (!load_member (self, section, 0, error))
      return FALSE;
  json_object_foreach (value, name, member)
    if (!load_place (self, section, name, strlen (name), error))
      return FALSE;
  return TRUE;
}

/* With the lock held. Loads what @path, "SECTION/MEMBER…" or "SECTION.MEMBER…", leads through, where it leads
 * into a section. */
void
naru_record_type_need_place (NaruRecordType *self, const char *path)
{
  gsize length = strcspn (path, "/.");
  const char *member = path[length] != '\0' ? path + length + 1 : path + length;

  for (guint i = 0; self->sections != NULL && i < self->sections->len; i++)
    {
      Section *section = g_ptr_array_index (self->sections, i);
      g_autoptr (GError) local = NULL;
      if (strncmp (section->name, path, length) != 0 || section->name[length] != '\0')
        continue;
      if (!load_place (self, section, member, strcspn (member, "/."), &local))
        g_debug ("%s", local->message);
      return;
    }
}

/* Loads what @json has of sections; NULL: all. */
gboolean
naru_record_type_need_sections (NaruRecordType *self, NaruJson *json, GError **error)
{
  if (self->sections == NULL)
    return TRUE;

  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  for (guint i = 0; i < self->sections->len; i++)
    {
      Section *section = g_ptr_array_index (self->sections, i);
      NaruJson *value = json != NULL ? naru_json_get (json, section->name) : NULL;
      if ((json == NULL || value != NULL) && !load_held (self, section, value, error))
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

/* What cannot be read allows nothing. */
static void
add_unreadable (const Section *section, const GError *error, GPtrArray *findings)
{
  g_autoptr (NaruFinding) finding = naru_finding_new ("schema", NARU_SEVERITY_BLOCK, NARU_STATUS_ERROR);
  g_autofree char *pointer = g_strconcat ("/", section->name, NULL);

  if (findings == NULL)
    return;
  naru_finding_add_field (finding, pointer);
  naru_finding_set_title (finding, error->message);
  naru_finding_set_remedy (finding, naru_error_get_cure (error));
  g_ptr_array_add (findings, g_steal_pointer (&finding));
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
      NaruJson *value = naru_json_get (json, section->name);
      g_autoptr (GError) error = NULL;
      if (value == NULL)
        continue;
      NaruSchema *schema =
          load_held (self, section, value, &error) ? get_schema (self, section, &error) : NULL;
      if (schema == NULL)
        add_unreadable (section, error, findings);
      valid = schema != NULL && naru_schema_validate (schema, json, findings) && valid;
    }
  return valid;
}

/* --- the order in which fields are shown, whatever was loaded first --- */

/* The field at @index and what is in it, which was stored behind it. Returns: how many @order has then */
static guint
order_run (NaruRecordType *self, guint index, guint used)
{
  const char *pointer = naru_record_type_field (self, index)->pointer;
  gsize length = strlen (pointer);

  do
    self->order[used++] = naru_record_type_field (self, index++);
  while (index < self->fields->len &&
         strncmp (naru_record_type_field (self, index)->pointer, pointer, length) == 0 &&
         naru_record_type_field (self, index)->pointer[length] == '/');
  return used;
}

static guint
order_section (NaruRecordType *self, const Section *section, guint used)
{
  NaruJson *members = naru_json_get (section->property, "properties");
  const char *name = NULL;
  json_t *member = NULL;

  if (members == NULL)
    return order_run (self, section->index, used);
  self->order[used++] = naru_record_type_field (self, section->index);
  json_object_foreach (members, name, member)
    {
      g_autofree char *pointer = g_strconcat ("/", section->name, "/", name, NULL);
      guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_pointer, pointer));
      if (index != 0)
        used = order_run (self, index, used);
    }
  return used;
}

/* Returns: the fields that are loaded, a parent before its members, those of sections last and in the order
 * of their names. The vector lives as long as the type. */
const NaruField *const *
naru_record_type_order_fields (NaruRecordType *self, guint *n_fields)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  guint used = 0;

  *n_fields = self->n_ordered;
  if (self->order != NULL && self->ordered == self->fields->len)
    return self->order;

  self->ordered = self->fields->len;
  self->order = g_new0 (const NaruField *, self->fields->len);
  g_ptr_array_add (self->vectors, self->order);
  for (guint i = 1; i <= self->own; i++)
    self->order[used++] = naru_record_type_field (self, i);
  for (guint i = 0; self->sections != NULL && i < self->sections->len; i++)
    {
      const Section *section = g_ptr_array_index (self->sections, i);
      if (section->property != NULL)
        used = order_section (self, section, used);
    }
  *n_fields = self->n_ordered = used;
  return self->order;
}
