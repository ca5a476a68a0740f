/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-schema.h"

#include <jansson.h>

G_BEGIN_DECLS

/* Bounds: what a schema or an instance may cost. Beyond them nothing passes: the verdict is "could not be
 * judged". */
#define NARU_SCHEMA_MAX_FINDINGS 200
#define NARU_SCHEMA_MAX_NESTING 512    /* schema in schema in schema */
#define NARU_SCHEMA_MAX_DEPTH 1024     /* nodes entered and not left while judging */
#define NARU_SCHEMA_MAX_STEPS 20000000 /* nodes entered and values compared in one judgement */
#define NARU_SCHEMA_MAX_SUBJECT 8192   /* bytes that a backtracking pattern is tried on */
#define NARU_SCHEMA_MATCH_LIMIT "(*LIMIT_MATCH=10000)"

typedef struct _NaruSchemaNode NaruSchemaNode;
typedef struct _NaruSchemaCheck NaruSchemaCheck;

/* Where we are, in a schema or an instance: a chain on the C stack, spelled out only when something is wrong.
 */
typedef struct _NaruSchemaPath
{
  const struct _NaruSchemaPath *parent;
  const char *key; /* NULL: an array element */
  size_t index;
} NaruSchemaPath;

typedef enum
{
  NARU_KEYWORD_FALSE, /* the boolean schema */
  NARU_KEYWORD_ADDITIONAL_PROPERTIES,
  NARU_KEYWORD_ANY_OF,
  NARU_KEYWORD_CONST,
  NARU_KEYWORD_CONTAINS,
  NARU_KEYWORD_DEPENDENT_REQUIRED,
  NARU_KEYWORD_ENUM,
  NARU_KEYWORD_EXCLUSIVE_MAXIMUM,
  NARU_KEYWORD_EXCLUSIVE_MINIMUM,
  NARU_KEYWORD_FORMAT,
  NARU_KEYWORD_ITEMS,
  NARU_KEYWORD_MAX_CONTAINS,
  NARU_KEYWORD_MAX_ITEMS,
  NARU_KEYWORD_MAX_LENGTH,
  NARU_KEYWORD_MAX_PROPERTIES,
  NARU_KEYWORD_MAXIMUM,
  NARU_KEYWORD_MIN_CONTAINS,
  NARU_KEYWORD_MIN_ITEMS,
  NARU_KEYWORD_MIN_LENGTH,
  NARU_KEYWORD_MIN_PROPERTIES,
  NARU_KEYWORD_MINIMUM,
  NARU_KEYWORD_MULTIPLE_OF,
  NARU_KEYWORD_NOT,
  NARU_KEYWORD_ONE_OF,
  NARU_KEYWORD_PATTERN,
  NARU_KEYWORD_PROPERTY_NAMES,
  NARU_KEYWORD_REQUIRED,
  NARU_KEYWORD_TYPE,
  NARU_KEYWORD_UNIQUE_ITEMS,
  NARU_KEYWORD_LAST,
} NaruSchemaKeyword;

typedef enum
{
  NARU_TYPE_BIT_NULL = 1 << 0,
  NARU_TYPE_BIT_BOOLEAN = 1 << 1,
  NARU_TYPE_BIT_INTEGER = 1 << 2,
  NARU_TYPE_BIT_NUMBER = 1 << 3,
  NARU_TYPE_BIT_STRING = 1 << 4,
  NARU_TYPE_BIT_ARRAY = 1 << 5,
  NARU_TYPE_BIT_OBJECT = 1 << 6,
  NARU_TYPE_BIT_ANY = (1 << 7) - 1,
} NaruSchemaTypes;

typedef enum
{
  NARU_FORMAT_NONE,
  NARU_FORMAT_DATE,
  NARU_FORMAT_DATE_TIME,
  NARU_FORMAT_DECIMAL,
  NARU_FORMAT_EMAIL,
  NARU_FORMAT_LANGUAGE,
  NARU_FORMAT_URI,
} NaruSchemaFormat;

typedef enum
{
  NARU_MATCH_NO,
  NARU_MATCH_YES,
  NARU_MATCH_UNDECIDED, /* the subject is too long or the match limit was reached */
} NaruSchemaMatch;

typedef struct _NaruSchemaPattern NaruSchemaPattern;

typedef struct
{
  json_t *value;    /* borrowed from the document */
  const char *text; /* NULL: not a string */
  size_t length;
} NaruSchemaValue;

/* An exact decimal: (-1)^negative * digits * 10^exponent; no trailing zeros in digits */
typedef struct
{
  guint64 digits;
  int exponent;
  gboolean negative;
} NaruSchemaDecimal;

typedef struct
{
  gint64 min_length; /* code points; -1: none */
  gint64 max_length;
  NaruSchemaPattern *pattern;
  NaruSchemaFormat format;
} NaruSchemaString;

typedef struct
{
  json_t *minimum; /* borrowed from the document; NULL: none */
  json_t *maximum;
  json_t *exclusive_minimum;
  json_t *exclusive_maximum;
  json_t *multiple_of;
  NaruSchemaDecimal divisor;
} NaruSchemaNumber;

typedef struct
{
  GPtrArray *prefix; /* of NaruSchemaNode; NULL: none */
  NaruSchemaNode *items;
  NaruSchemaNode *additional; /* draft 7: what follows an items array */
  NaruSchemaNode *contains;
  gint64 min_items; /* -1: none */
  gint64 max_items;
  gint64 min_contains;
  gint64 max_contains;
  gboolean unique;
} NaruSchemaArray;

/* One name that an object schema knows. */
typedef struct
{
  const char *name; /* borrowed from the document */
  guint32 hash;
  NaruSchemaNode *node; /* NULL: not in "properties" */
  guint64 required;     /* its bit among the required names; 0: optional, or beyond the 64th */
} NaruSchemaProperty;

typedef struct
{
  NaruSchemaPattern *pattern;
  NaruSchemaNode *node;
} NaruSchemaPatternProperty;

typedef struct
{
  const char *name;       /* borrowed from the document */
  json_t *required;       /* an array of names; NULL: none */
  NaruSchemaNode *schema; /* NULL: none */
} NaruSchemaDependency;

typedef struct
{
  GArray *properties; /* of NaruSchemaProperty */
  guint32 *slots;     /* open addressing: index + 1 into properties, 0 is free */
  guint32 slot_mask;
  guint64 required;       /* all required bits */
  json_t *required_names; /* the array in the document; NULL: none */
  GArray *patterns;       /* of NaruSchemaPatternProperty; NULL: none */
  NaruSchemaNode *additional;
  NaruSchemaNode *names;
  GArray *dependencies;  /* of NaruSchemaDependency; NULL: none */
  gint64 min_properties; /* -1: none */
  gint64 max_properties;
  gboolean walk; /* each member has to be looked at */
} NaruSchemaObject;

typedef struct
{
  GPtrArray *all_of; /* of NaruSchemaNode; NULL: none */
  GPtrArray *any_of;
  GPtrArray *one_of;
  NaruSchemaNode *not_node;
  NaruSchemaNode *if_node;
  NaruSchemaNode *then_node;
  NaruSchemaNode *else_node;
} NaruSchemaLogic;

/* One compiled (sub)schema. Owned by the schema, not by the nodes that point to it. */
struct _NaruSchemaNode
{
  guint8 types;   /* NaruSchemaTypes that pass */
  gboolean never; /* the schema false */
  guint8 visit;   /* for the search for loops: 0 new, 1 under way, 2 done */
  GArray *values; /* enum: of NaruSchemaValue; NULL: none */
  json_t *constant;
  const char *title; /* borrowed from the document */
  NaruSchemaNode *ref;
  NaruSchemaString *string;
  NaruSchemaNumber *number;
  NaruSchemaArray *array;
  NaruSchemaObject *object;
  NaruSchemaLogic *logic;
};

struct _NaruSchema
{
  gatomicrefcount ref_count;
  json_t *document; /* nodes borrow from it: kept, never changed */
  GPtrArray *nodes; /* owns all nodes */
  NaruSchemaNode *root;
};

/* One judgement under way. */
struct _NaruSchemaCheck
{
  GPtrArray *findings; /* NULL: stop at the first failure, make no findings */
  guint64 steps;
  guint depth;
  const char
      *undecided; /* why there is no verdict; once set the whole judgement fails, under "not" as well */
  guint score;    /* how far the instance is from this branch: the lower the closer */
  const NaruSchemaPath *branch; /* where the branch of anyOf or oneOf began */
};

/* naru-schema-compile.c, naru-schema-keyword.c: from a document to nodes */
typedef struct
{
  NaruSchema *schema;
  const char *origin;
  gboolean draft7;
  GHashTable *done; /* json_t -> NaruSchemaNode */
  guint nesting;
  GError **error;
} NaruSchemaCompiler;

gboolean naru_schema_compile (NaruSchema *schema, const char *origin, GError **error);
NaruSchemaNode *naru_schema_compile_node (NaruSchemaCompiler *compiler, json_t *json,
                                          const NaruSchemaPath *path);
gboolean naru_schema_compile_fail (NaruSchemaCompiler *compiler, const NaruSchemaPath *path, const char *cure,
                                   const char *format, ...) G_GNUC_PRINTF (4, 5);
gboolean naru_schema_compile_keyword (NaruSchemaCompiler *compiler, NaruSchemaNode *node, json_t *value,
                                      const NaruSchemaPath *path);
gboolean naru_schema_compile_ref (NaruSchemaCompiler *compiler, NaruSchemaNode *node, json_t *value,
                                  const NaruSchemaPath *path);
char *naru_schema_path_to_pointer (const NaruSchemaPath *path);

/* naru-schema-node.c: the nodes themselves */
NaruSchemaNode *naru_schema_node_new (void);
void naru_schema_node_free (NaruSchemaNode *node);
NaruSchemaString *naru_schema_node_need_string (NaruSchemaNode *node);
NaruSchemaNumber *naru_schema_node_need_number (NaruSchemaNode *node);
NaruSchemaArray *naru_schema_node_need_array (NaruSchemaNode *node);
NaruSchemaObject *naru_schema_node_need_object (NaruSchemaNode *node);
NaruSchemaLogic *naru_schema_node_need_logic (NaruSchemaNode *node);
void naru_schema_object_seal (NaruSchemaObject *object);
const NaruSchemaProperty *naru_schema_object_find (const NaruSchemaObject *object, const char *name);

/* naru-schema-check.c: judging; naru-schema-apply.c: objects and what combines schemas */
gboolean naru_schema_check_node (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                                 const NaruSchemaPath *path);
gboolean naru_schema_check_silently (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                                     const NaruSchemaPath *path);
gboolean naru_schema_check_step (NaruSchemaCheck *check, const NaruSchemaPath *path);
gboolean naru_schema_check_object (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                                   const NaruSchemaPath *path);
gboolean naru_schema_check_logic (NaruSchemaCheck *check, const NaruSchemaNode *node, json_t *value,
                                  const NaruSchemaPath *path);

/* TRUE: there is nothing left to find out */
#define naru_schema_check_is_over(check, passes) (!(passes) && (check)->findings == NULL)

/* naru-schema-explain.c: a failure in words; both return FALSE always */
gboolean naru_schema_fail (NaruSchemaCheck *check, const NaruSchemaNode *node, NaruSchemaKeyword keyword,
                           json_t *value, const NaruSchemaPath *path, const char *detail);
gboolean naru_schema_give_up (NaruSchemaCheck *check, const NaruSchemaPath *path, const char *reason);

/* naru-schema-words.c: parts of a schema and values in words */
guint naru_schema_types_of (json_t *value);
const char *naru_schema_type_to_string (guint bit);
char *naru_schema_describe_expected (const NaruSchemaNode *node, NaruSchemaKeyword keyword,
                                     const char *detail, gboolean for_people);
char *naru_schema_describe_value (json_t *value);

/* naru-schema-pattern.c */
NaruSchemaPattern *naru_schema_pattern_new (const char *source, GError **error);
void naru_schema_pattern_free (NaruSchemaPattern *self);
const char *naru_schema_pattern_get_source (const NaruSchemaPattern *self);
NaruSchemaMatch naru_schema_pattern_match (const NaruSchemaPattern *self, const char *text, size_t length);

/* naru-schema-format.c */
NaruSchemaFormat naru_schema_format_from_string (const char *name);
const char *naru_schema_format_to_string (NaruSchemaFormat format);
gboolean naru_schema_format_check (NaruSchemaFormat format, const char *text, size_t length);

/* naru-schema-value.c: numbers and equality as JSON Schema has them (1 equals 1.0) */
int naru_schema_compare_numbers (json_t *a, json_t *b);
gboolean naru_schema_is_integral (json_t *number);
void naru_schema_decimal_init (NaruSchemaDecimal *decimal, json_t *number);
gboolean naru_schema_is_multiple (json_t *number, const NaruSchemaDecimal *divisor);
gboolean naru_schema_equal (NaruSchemaCheck *check, json_t *a, json_t *b);
gssize naru_schema_find_duplicate (NaruSchemaCheck *check, json_t *array);

G_END_DECLS
