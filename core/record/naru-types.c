/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-type-private.h"

#include "naru-boxed.h"

#include <glib/gi18n-lib.h>

struct _NaruTypes
{
  GMutex lock;        /* guards loaded */
  GHashTable *loaded; /* name -> NaruRecordType */
  GPtrArray *names;   /* NULL-terminated */
  GPtrArray *codes;   /* of the names, same index */
  char *extended;     /* (nullable): name of the type that rule packs add to */
  GBytes *extension;  /* (nullable): what they add, as text: most commands need no deal */
};

NARU_DEFINE_BOXED_TYPE (NaruTypes, naru_types)

static void
types_clear (gpointer data)
{
  NaruTypes *self = data;

  g_hash_table_unref (self->loaded);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->codes);
  g_free (self->extended);
  g_clear_pointer (&self->extension, g_bytes_unref);
  g_mutex_clear (&self->lock);
}

static gboolean
read_index (NaruTypes *self, GError **error)
{
  g_autoptr (NaruJson) json = naru_data_load ("schemas", "index.json", error);
  NaruJson *types = NULL;

  if (json == NULL)
    return FALSE;
  types = naru_json_get (json, "types");
  for (guint i = 0; types != NULL && i < naru_json_get_size (types); i++)
    {
      NaruJson *entry = naru_json_get_element (types, i);
      const char *name = naru_json_get_string (entry, "name");
      const char *code = naru_json_get_string (entry, "code");

      if (name == NULL || code == NULL)
        break;
      g_ptr_array_add (self->names, g_strdup (name));
      g_ptr_array_add (self->codes, g_strdup (code));
    }
  if (self->names->len == 0 || self->names->len != naru_json_get_size (types))
    {
      naru_set_error (error, NARU_ERROR_INVALID, "types", 0, _ ("Install Naru again."),
                      _ ("schemas/index.json: each type needs a name and a code."));
      return FALSE;
    }
  g_ptr_array_add (self->names, NULL);
  return TRUE;
}

/**
 * naru_types_new:
 * @error: return location for an error
 *
 * Reads the list of types alone; a type is loaded when it is first asked for.
 *
 * Returns: (transfer full): the types; %NULL if schemas/index.json cannot be read
 */
NaruTypes *
naru_types_new (GError **error)
{
  g_autoptr (NaruTypes) self = g_atomic_rc_box_new0 (NaruTypes);

  g_mutex_init (&self->lock);
  self->loaded =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) naru_record_type_unref);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->codes = g_ptr_array_new_with_free_func (g_free);
  if (!read_index (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * naru_types_ref:
 * @self: the types
 *
 * Returns: (transfer full): @self
 */
NaruTypes *
naru_types_ref (NaruTypes *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * naru_types_unref:
 * @self: (transfer full): the types
 */
void
naru_types_unref (NaruTypes *self)
{
  g_atomic_rc_box_release_full (self, types_clear);
}

/**
 * naru_types_get_names:
 * @self: the types
 *
 * Returns: (transfer none) (array zero-terminated=1): the names in the order of schemas/index.json
 */
const char *const *
naru_types_get_names (NaruTypes *self)
{
  return (const char *const *) self->names->pdata;
}

static gboolean
knows (NaruTypes *self, const char *name)
{
  return g_strv_contains (naru_types_get_names (self), name);
}

/**
 * naru_types_set_extension:
 * @self: the types, of which none has been asked for yet
 * @name: "deal"
 * @text: (nullable) (transfer full): what naru_types_make_extension() gave
 *
 * Adds fields and sectors to a record type, as the rule packs in force bring them.
 */
void
naru_types_set_extension (NaruTypes *self, const char *name, char *text)
{
  g_return_if_fail (self != NULL && name != NULL);

  g_free (self->extended);
  g_clear_pointer (&self->extension, g_bytes_unref);
  self->extended = g_strdup (name);
  /* its NUL stays behind the bytes */
  self->extension = text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}

static void
append_sealed (GString *text, NaruJson *json)
{
  g_autofree char *line = naru_json_to_line (json);
  char seal[NARU_SEAL_SIZE + 1];

  g_strchomp (line);
  naru_digest_seal (line, strlen (line), seal);
  g_string_append_printf (text, "%s %s", seal, line);
}

/* Whether the members of a field can be read one by one: nothing of it leads from one to another. */
static gboolean
stands_in_parts (NaruJson *property)
{
  NaruJson *members = naru_json_get (property, "properties");
  g_autofree char *line = naru_json_to_line (property);

  return members != NULL && naru_json_get_kind (members) == NARU_JSON_OBJECT &&
         strstr (line, "\"#/properties") == NULL;
}

/* A member with a default stays with its field, since a record may get it without having it. */
static gboolean
stands_apart (NaruJson *member)
{
  return naru_json_get_kind (member) == NARU_JSON_OBJECT && naru_json_get (member, "default") == NULL;
}

/* A line with the field, in which "true" stands for each member that has a line of its own, and those lines.
 */
static void
append_field (GString *text, NaruJson *names, const char *name, NaruJson *property)
{
  g_autoptr (NaruJson) rest = naru_json_copy (property);
  NaruJson *members = naru_json_get (rest, "properties");
  g_auto (GStrv) keys = stands_in_parts (property) ? naru_json_get_keys (members) : g_new0 (char *, 1);
  g_autoptr (GString) lines = g_string_new (NULL);

  naru_json_append_string (names, name);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (NaruJson) member = naru_json_ref (naru_json_get (members, keys[i]));
      g_autofree char *place = g_strconcat (name, ".", keys[i], NULL);
      if (!stands_apart (member))
        continue;
      naru_json_append_string (names, place);
      g_string_append_printf (lines, "\n%s ", place);
      append_sealed (lines, member);
      naru_json_set_boolean (members, keys[i], TRUE);
    }
  g_string_append_printf (text, "\n%s ", name);
  append_sealed (text, rest);
  g_string_append_len (text, lines->str, (gssize) lines->len);
}

/**
 * naru_types_make_extension:
 * @extension: {"properties": {field: schema}, "sectors": {sector: {"en","ko"}}}
 *
 * Returns: (transfer full): the same as the store keeps it: on the first line a seal and {"fields": [names of
 * the lines], "sectors"}, then a line a field with name, seal and schema, each followed by a line a member of
 * it, named FIELD.MEMBER, so that no more is read than what is needed
 */
char *
naru_types_make_extension (NaruJson *extension)
{
  g_return_val_if_fail (extension != NULL, NULL);

  NaruJson *properties = naru_json_get (extension, "properties");
  NaruJson *sectors = naru_json_get (extension, "sectors");
  g_auto (GStrv) names = properties != NULL ? naru_json_get_keys (properties) : g_new0 (char *, 1);
  g_autoptr (NaruJson) head = naru_json_new_object ();
  NaruJson *fields = naru_json_new_array ();
  g_autoptr (GString) lines = g_string_new (NULL);
  GString *text = g_string_new (NULL);

  naru_json_set (head, "sectors", sectors != NULL ? naru_json_ref (sectors) : naru_json_new_object ());
  naru_json_set (head, "fields", fields);
  for (guint i = 0; names[i] != NULL; i++)
    append_field (lines, fields, names[i], naru_json_get (properties, names[i]));
  append_sealed (text, head);
  g_string_append_len (text, lines->str, (gssize) lines->len);
  return g_string_free (text, FALSE);
}

/**
 * naru_types_extend:
 * @self: the types
 * @name: "deal"
 * @extension: as naru_types_make_extension() takes it
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the same types with this extension in place of the former one; %NULL
 * where the type cannot have it
 */
NaruTypes *
naru_types_extend (NaruTypes *self, const char *name, NaruJson *extension, GError **error)
{
  g_return_val_if_fail (self != NULL && name != NULL && extension != NULL, NULL);

  g_autoptr (NaruTypes) other = naru_types_new (error);
  if (other == NULL)
    return NULL;
  naru_types_set_extension (other, name, naru_types_make_extension (extension));
  NaruRecordType *type = naru_types_get (other, name, error);
  if (type == NULL || !naru_record_type_check_sections (type, error))
    return NULL;
  return g_steal_pointer (&other);
}

static void
add_sector (NaruJson *items, NaruJson *values, const char *id, NaruJson *title)
{
  NaruJson *list = naru_json_get (items, "enum");

  if (list == NULL || values == NULL || naru_json_get (values, id) != NULL)
    return;
  naru_json_append_string (list, id);
  naru_json_set (values, id, naru_json_ref (title));
}

static gboolean
set_damaged (const char *name, GError **error)
{
  naru_set_error (error, NARU_ERROR_BROKEN, NULL, 0, _ ("Restore the office from a backup or a clone."),
                  _ ("the store holds the fields that rule packs add to “%s” damaged"), name);
  return FALSE;
}

/* The first line of the extension; whether each line that it names is there is looked at too, so that one
 * that was lost does not pass for one that never was. */
static NaruJson *
read_head (NaruTypes *self, const char *name, GError **error)
{
  const char *line = g_bytes_get_data (self->extension, NULL);
  gsize size = strcspn (line, "\n");
  char seal[NARU_SEAL_SIZE + 1] = "";

  if (size > NARU_SEAL_SIZE)
    naru_digest_seal (line + NARU_SEAL_SIZE + 1, size - NARU_SEAL_SIZE - 1, seal);
  if (size <= NARU_SEAL_SIZE || strncmp (seal, line, NARU_SEAL_SIZE) != 0)
    {
      set_damaged (name, error);
      return NULL;
    }
  g_autoptr (NaruJson) head =
      naru_json_parse (line + NARU_SEAL_SIZE + 1, (gssize) (size - NARU_SEAL_SIZE - 1), 0, error);
  NaruJson *fields = head != NULL ? naru_json_get (head, "fields") : NULL;
  for (guint i = 0; fields != NULL && i < naru_json_get_size (fields); i++)
    {
      const char *field = naru_json_as_string (naru_json_get_element (fields, i));
      gsize length = strlen (field);
      line += strcspn (line, "\n");
      line += *line == '\n' ? 1 : 0;
      if (strncmp (line, field, length) != 0 || line[length] != ' ')
        {
          set_damaged (name, error);
          return NULL;
        }
    }
  return g_steal_pointer (&head);
}

/* Puts the sectors, and a place for each field, into the schema, which nobody else holds yet. */
static gboolean
open_schema (NaruTypes *self, const char *name, NaruJson *schema, GError **error)
{
  g_autoptr (NaruJson) head = read_head (self, name, error);
  NaruJson *properties = naru_json_get (schema, "properties");
  NaruJson *items = naru_json_get_pointer (schema, "/properties/sectors/items");
  NaruJson *values = naru_json_get_pointer (schema, "/properties/sectors/x-naru/values");

  if (head == NULL)
    return FALSE;
  NaruJson *sectors = naru_json_get (head, "sectors");
  NaruJson *fields = naru_json_get (head, "fields");
  g_auto (GStrv) ids = naru_json_get_keys (sectors);
  for (guint i = 0; ids[i] != NULL; i++)
    add_sector (items, values, ids[i], naru_json_get (sectors, ids[i]));
  for (guint i = 0; i < naru_json_get_size (fields); i++)
    {
      const char *field = naru_json_as_string (naru_json_get_element (fields, i));
      if (strchr (field, '.') != NULL)
        continue;
      if (naru_json_get (properties, field) != NULL)
        {
          naru_set_error (error, NARU_ERROR_EXISTS, field, 0, _ ("Give the field another name."),
                          _ ("the record type “%s” has a field “%s” of its own"), name, field);
          return FALSE;
        }
      naru_json_set (properties, field, naru_json_new_boolean (TRUE));
    }
  return TRUE;
}

/**
 * naru_types_get:
 * @self: the types
 * @name: "deal", "party" …
 * @error: return location for an error
 *
 * Safe to call from several threads.
 *
 * Returns: (transfer none): the type, owned by @self; %NULL with %NARU_ERROR_NOT_FOUND if there is none of
 * that name
 */
NaruRecordType *
naru_types_get (NaruTypes *self, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (NaruJson) schema = NULL;
  g_autofree char *file = NULL;
  g_autofree char *origin = NULL;
  NaruRecordType *type = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  type = g_hash_table_lookup (self->loaded, name);
  if (type != NULL)
    return type;
  if (!knows (self, name))
    {
      g_autofree char *names = g_strjoinv (", ", (char **) self->names->pdata);
      g_autofree char *cure = g_strdup_printf (_ ("The types are: %s."), names);

      naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0, cure, _ ("There is no record type “%s”."), name);
      return NULL;
    }
  file = g_strconcat (name, ".json", NULL);
  origin = g_strconcat ("schemas/", file, NULL);
  schema = naru_data_load ("schemas", file, error);
  gboolean extended = self->extension != NULL && strcmp (self->extended, name) == 0;
  if (schema == NULL || (extended && !open_schema (self, name, schema, error)))
    return NULL;
  type = naru_record_type_new (name, schema, origin, error);
  if (type != NULL && extended)
    naru_record_type_set_sections (type, self->extension);
  if (type != NULL)
    g_hash_table_insert (self->loaded, (gpointer) naru_record_type_get_name (type), type);
  return type;
}

/**
 * naru_types_get_name_for_id:
 * @self: the types
 * @id: (nullable): id of a record
 *
 * Returns: (transfer none) (nullable): the name of the type that @id belongs to, without loading it; %NULL
 * where @id is none or its code is unknown
 */
const char *
naru_types_get_name_for_id (NaruTypes *self, const char *id)
{
  NaruId parts;
  gboolean is_id = naru_id_parse (id, &parts);

  for (guint i = 0; is_id && i < self->codes->len; i++)
    if (strcmp (g_ptr_array_index (self->codes, i), parts.code) == 0)
      return g_ptr_array_index (self->names, i);
  return NULL;
}

/**
 * naru_types_get_for_id:
 * @self: the types
 * @id: id of a record
 * @error: return location for an error
 *
 * Returns: (transfer none): the type that @id belongs to; %NULL with %NARU_ERROR_NOT_FOUND if @id is none or
 * its code is unknown
 */
NaruRecordType *
naru_types_get_for_id (NaruTypes *self, const char *id, GError **error)
{
  const char *name = naru_types_get_name_for_id (self, id);

  if (name != NULL)
    return naru_types_get (self, name, error);
  naru_set_error (error, NARU_ERROR_NOT_FOUND, NULL, 0,
                  _ ("An id looks like MGK-2026-00442 or MGK-AGR-2026-00017; `naru list TYPE` shows them."),
                  _ ("“%s” is not the id of a record."), id != NULL ? id : "");
  return NULL;
}
