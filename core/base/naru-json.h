/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-date.h"
#include "naru-macros.h"

G_BEGIN_DECLS

/* A JSON value, reference counted, of strings, int64, booleans, null, arrays and objects.
 * The struct is the JSON library's own; only base/ and record/ look inside. */
typedef struct json_t NaruJson;

#define NARU_TYPE_JSON (naru_json_get_type ())
#define NARU_JSON_MAX_DEPTH 64
#define NARU_JSON_MAX_SIZE (1024 * 1024)

typedef enum
{
  NARU_JSON_NULL,
  NARU_JSON_BOOLEAN,
  NARU_JSON_INTEGER,
  NARU_JSON_STRING,
  NARU_JSON_ARRAY,
  NARU_JSON_OBJECT,
} NaruJsonKind;

typedef enum
{
  NARU_ANSWER_NONE, /* nobody said */
  NARU_ANSWER_NO,
  NARU_ANSWER_YES,
} NaruAnswer;

typedef void (*NaruJsonMemberFunc) (const char *key, NaruJson *value, gpointer user_data);

NARU_EXTERN GType naru_json_get_type (void);
NARU_EXTERN NaruJson *naru_json_parse (const char *text, gssize length, gsize max_size, GError **error);
NARU_EXTERN NaruJson *naru_json_parse_file (const char *path, gsize max_size, GError **error);
NARU_EXTERN char *naru_json_to_text (NaruJson *self, gsize *length);
NARU_EXTERN GBytes *naru_json_to_bytes (NaruJson *self);
NARU_EXTERN char *naru_json_to_line (NaruJson *self);
NARU_EXTERN NaruJson *naru_json_ref (NaruJson *self);
NARU_EXTERN void naru_json_unref (NaruJson *self);
NARU_EXTERN NaruJson *naru_json_copy (NaruJson *self);
NARU_EXTERN gboolean naru_json_equal (NaruJson *a, NaruJson *b);
NARU_EXTERN NaruJsonKind naru_json_get_kind (NaruJson *self);

NARU_EXTERN NaruJson *naru_json_new_object (void);
NARU_EXTERN NaruJson *naru_json_new_array (void);
NARU_EXTERN NaruJson *naru_json_new_string (const char *text);
NARU_EXTERN NaruJson *naru_json_new_integer (gint64 value);
NARU_EXTERN NaruJson *naru_json_new_boolean (gboolean value);
NARU_EXTERN NaruJson *naru_json_new_null (void);

NARU_EXTERN NaruJson *naru_json_get (NaruJson *self, const char *key);
NARU_EXTERN const char *naru_json_get_string (NaruJson *self, const char *key);
NARU_EXTERN gint64 naru_json_get_integer (NaruJson *self, const char *key, gint64 fallback);
NARU_EXTERN gboolean naru_json_get_boolean (NaruJson *self, const char *key, gboolean fallback);
NARU_EXTERN const char *naru_json_as_string (NaruJson *self);
NARU_EXTERN gint64 naru_json_as_integer (NaruJson *self);
NARU_EXTERN gboolean naru_json_as_boolean (NaruJson *self);
NARU_EXTERN guint naru_json_get_size (NaruJson *self);
NARU_EXTERN NaruJson *naru_json_get_element (NaruJson *self, guint index);
NARU_EXTERN GStrv naru_json_get_keys (NaruJson *self);
NARU_EXTERN void naru_json_foreach_member (NaruJson *self, NaruJsonMemberFunc func, gpointer user_data);

NARU_EXTERN void naru_json_set (NaruJson *self, const char *key, NaruJson *value);
NARU_EXTERN void naru_json_set_string (NaruJson *self, const char *key, const char *value);
NARU_EXTERN void naru_json_set_integer (NaruJson *self, const char *key, gint64 value);
NARU_EXTERN void naru_json_set_boolean (NaruJson *self, const char *key, gboolean value);
NARU_EXTERN void naru_json_remove (NaruJson *self, const char *key);
NARU_EXTERN void naru_json_append (NaruJson *self, NaruJson *value);
NARU_EXTERN void naru_json_append_string (NaruJson *self, const char *value);
NARU_EXTERN void naru_json_remove_element (NaruJson *self, guint index);

NARU_EXTERN NaruJson *naru_json_get_pointer (NaruJson *self, const char *pointer);
NARU_EXTERN const char *naru_json_find_text (NaruJson *self, const char *pointer);
NARU_EXTERN gboolean naru_json_find_date (NaruJson *self, const char *pointer, NaruDate *date);
NARU_EXTERN NaruAnswer naru_json_find_answer (NaruJson *self, const char *pointer);
NARU_EXTERN gboolean naru_json_lists (NaruJson *self, const char *text);
NARU_EXTERN gboolean naru_json_set_path (NaruJson *self, const char *path, NaruJson *value, GError **error);
NARU_EXTERN gboolean naru_json_remove_path (NaruJson *self, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruJson, naru_json_unref)

G_END_DECLS
