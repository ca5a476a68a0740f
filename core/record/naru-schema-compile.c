/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-schema-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DIALECT_2020 "https://json-schema.org/draft/2020-12/schema"
#define DIALECT_7 "http://json-schema.org/draft-07/schema"

static void
append_path (GString *pointer, const NaruSchemaPath *path)
{
  if (path == NULL)
    return;
  append_path (pointer, path->parent);
  g_string_append_c (pointer, '/');
  if (path->key == NULL)
    {
      g_string_append_printf (pointer, "%zu", path->index);
      return;
    }
  for (const char *c = path->key; *c != '\0'; c++)
    {
      if (*c == '~' || *c == '/')
        g_string_append (pointer, *c == '~' ? "~0" : "~1");
      else
        g_string_append_c (pointer, *c);
    }
}

/* RFC 6901; "" is the whole */
char *
naru_schema_path_to_pointer (const NaruSchemaPath *path)
{
  g_autoptr (GString) pointer = g_string_new (NULL);
  append_path (pointer, path);
  return g_string_free (g_steal_pointer (&pointer), FALSE);
}

/* Always FALSE. The keyword is the last part of @path. */
gboolean
naru_schema_compile_fail (NaruSchemaCompiler *compiler, const NaruSchemaPath *path, const char *cure,
                          const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);

  g_autofree char *pointer = naru_schema_path_to_pointer (path);
  naru_set_error (compiler->error, NARU_ERROR_INVALID, pointer, 0, cure, "%s%s%s: %s", compiler->origin,
                  path != NULL ? ": " : "", pointer, reason);
  return FALSE;
}

static gboolean
compile_members (NaruSchemaCompiler *compiler, NaruSchemaNode *node, json_t *json, const NaruSchemaPath *path)
{
  /* in draft 7 nothing stands beside $ref but what it may point into */
  const gboolean only_ref = compiler->draft7 && json_object_get (json, "$ref") != NULL;
  const char *key;
  json_t *value;

  json_object_foreach (json, key, value)
    {
      const NaruSchemaPath here = { path, key, 0 };
      if (only_ref && strcmp (key, "$ref") != 0 && strcmp (key, "definitions") != 0)
        continue;
      if (path != NULL && strcmp (key, "$id") == 0)
        return naru_schema_compile_fail (compiler, &here, _ ("remove it; references start at the root"),
                                         _ ("“%s” may stand at the root alone"), key);
      if (!naru_schema_compile_keyword (compiler, node, value, &here))
        return FALSE;
    }

  if (node->array != NULL && compiler->draft7)
    node->array->items = node->array->prefix != NULL ? node->array->additional : node->array->items;
  if (node->object != NULL)
    naru_schema_object_seal (node->object);
  return TRUE;
}

/* (nullable): the node of @json, made now or before; owned by the schema */
NaruSchemaNode *
naru_schema_compile_node (NaruSchemaCompiler *compiler, json_t *json, const NaruSchemaPath *path)
{
  NaruSchemaNode *node = g_hash_table_lookup (compiler->done, json);
  if (node != NULL)
    return node;
  if (!json_is_object (json) && !json_is_boolean (json))
    {
      naru_schema_compile_fail (compiler, path, NULL, _ ("a schema is an object, true or false"));
      return NULL;
    }
  if (compiler->nesting == NARU_SCHEMA_MAX_NESTING)
    {
      naru_schema_compile_fail (compiler, path, NULL, _ ("the schema is nested too deeply"));
      return NULL;
    }

  /* known before its members are read: a reference inside may lead back here */
  node = naru_schema_node_new ();
  g_ptr_array_add (compiler->schema->nodes, node);
  g_hash_table_insert (compiler->done, json, node);
  if (json_is_boolean (json))
    {
      node->never = json_is_false (json);
      return node;
    }
  compiler->nesting++;
  const gboolean compiled = compile_members (compiler, node, json, path);
  compiler->nesting--;
  return compiled ? node : NULL;
}

static char *
unescape_token (const char *token)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (const char *c = token; *c != '\0'; c++)
    {
      if (*c == '~' && (c[1] == '0' || c[1] == '1'))
        g_string_append_c (text, *++c == '0' ? '~' : '/');
      else
        g_string_append_c (text, *c);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Follows @tokens from @json; the way is kept as a path so that an error in the target names its place. */
static NaruSchemaNode *
compile_target (NaruSchemaCompiler *compiler, json_t *json, char **tokens, const NaruSchemaPath *path,
                const NaruSchemaPath *origin)
{
  if (*tokens == NULL)
    return naru_schema_compile_node (compiler, json, path);

  g_autofree char *name = unescape_token (*tokens);
  NaruSchemaPath here = { path, name, 0 };
  json_t *child = json_object_get (json, name);
  if (json_is_array (json))
    {
      char *end = NULL;
      here.key = NULL;
      here.index = (size_t) g_ascii_strtoull (name, &end, 10);
      child = g_ascii_isdigit (*name) && *end == '\0' ? json_array_get (json, here.index) : NULL;
    }
  if (child == NULL)
    {
      naru_schema_compile_fail (compiler, origin, _ ("correct the reference"),
                                _ ("“$ref” points to “%s”, which is not in this file"), name);
      return NULL;
    }
  return compile_target (compiler, child, tokens + 1, &here, origin);
}

gboolean
naru_schema_compile_ref (NaruSchemaCompiler *compiler, NaruSchemaNode *node, json_t *value,
                         const NaruSchemaPath *path)
{
  const char *text = json_string_value (value);
  g_autofree char *pointer = text != NULL && *text == '#' ? g_uri_unescape_string (text + 1, NULL) : NULL;
  /* percent signs may stand for bytes that are no text */
  if (pointer == NULL || !g_utf8_validate (pointer, -1, NULL) || (*pointer != '\0' && *pointer != '/'))
    return naru_schema_compile_fail (compiler, path, _ ("use a pointer within the file, like “#/$defs/name”"),
                                     _ ("“$ref” must point into this file"));

  g_auto (GStrv) tokens = g_strsplit (*pointer != '\0' ? pointer + 1 : "", "/", NARU_SCHEMA_MAX_NESTING);
  static char *root[] = { NULL };
  node->ref =
      compile_target (compiler, compiler->schema->document, *pointer != '\0' ? tokens : root, NULL, path);
  return node->ref != NULL;
}

static gboolean visit (NaruSchemaNode *node, guint depth);

static gboolean
visit_all (GPtrArray *nodes, guint depth)
{
  for (guint i = 0; nodes != NULL && i < nodes->len; i++)
    if (!visit (g_ptr_array_index (nodes, i), depth))
      return FALSE;
  return TRUE;
}

static gboolean
visit_children (NaruSchemaNode *node, guint depth)
{
  const NaruSchemaLogic *logic = node->logic;
  if (!visit (node->ref, depth))
    return FALSE;
  if (logic != NULL &&
      !(visit_all (logic->all_of, depth) && visit_all (logic->any_of, depth) &&
        visit_all (logic->one_of, depth) && visit (logic->not_node, depth) && visit (logic->if_node, depth) &&
        visit (logic->then_node, depth) && visit (logic->else_node, depth)))
    return FALSE;

  GArray *dependencies = node->object != NULL ? node->object->dependencies : NULL;
  for (guint i = 0; dependencies != NULL && i < dependencies->len; i++)
    if (!visit (g_array_index (dependencies, NaruSchemaDependency, i).schema, depth))
      return FALSE;
  return TRUE;
}

/* FALSE: the node leads back to itself without a step down in the instance, so judging would never end. */
static gboolean
visit (NaruSchemaNode *node, guint depth)
{
  if (node == NULL || node->visit == 2)
    return TRUE;
  if (node->visit == 1 || depth == NARU_SCHEMA_MAX_NESTING)
    return FALSE;
  node->visit = 1;
  if (!visit_children (node, depth + 1))
    return FALSE;
  node->visit = 2;
  return TRUE;
}

static gboolean
read_dialect (NaruSchemaCompiler *compiler)
{
  json_t *dialect = json_object_get (compiler->schema->document, "$schema");
  if (dialect == NULL)
    return TRUE;

  const char *name = json_string_value (dialect);
  const NaruSchemaPath path = { NULL, "$schema", 0 };
  if (name == NULL)
    return naru_schema_compile_fail (compiler, &path, NULL, _ ("“$schema” must be text"));
  g_autofree char *base = g_strndup (name, strcspn (name, "#"));
  compiler->draft7 = strcmp (base, DIALECT_7) == 0;
  if (!compiler->draft7 && strcmp (base, DIALECT_2020) != 0)
    return naru_schema_compile_fail (compiler, &path,
                                     _ ("use “https://json-schema.org/draft/2020-12/schema”"),
                                     _ ("“$schema” names a version of JSON Schema that is not supported: %s"),
                                     name);
  return TRUE;
}

/* Fills @schema, whose document is set, with nodes. */
gboolean
naru_schema_compile (NaruSchema *schema, const char *origin, GError **error)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  NaruSchemaCompiler compiler = { schema, origin, FALSE, done, 0, error };

  if (!read_dialect (&compiler))
    return FALSE;
  schema->root = naru_schema_compile_node (&compiler, schema->document, NULL);
  if (schema->root == NULL)
    return FALSE;
  for (guint i = 0; i < schema->nodes->len; i++)
    if (!visit (g_ptr_array_index (schema->nodes, i), 0))
      return naru_schema_compile_fail (&compiler, NULL, _ ("break the circle of “$ref”"),
                                       _ ("a reference leads back to itself"));
  return TRUE;
}
