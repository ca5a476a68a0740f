/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-record.h"
#include "naru-schema.h"

G_BEGIN_DECLS

typedef enum
{
  NARU_FIELD_STRING,
  NARU_FIELD_INTEGER,
  NARU_FIELD_BOOLEAN,
  NARU_FIELD_DECIMAL,
  NARU_FIELD_DATE,
  NARU_FIELD_ENUM,
  NARU_FIELD_REFERENCE,
  NARU_FIELD_ARRAY,
  NARU_FIELD_OBJECT,
} NaruFieldKind;

/* One property of a record type, flattened. Owned by its type, lives as long. */
typedef struct
{
  const char *pointer; /* "/inventors/-/share": "-" stands for any element */
  const char *name;    /* "share" */
  const char *label_en;
  const char *label_ko;
  NaruFieldKind kind;
  const char *const *refs;   /* (nullable): names of the types it may point to */
  const char *const *values; /* (nullable): the values of an enum */
  const char *audience;      /* (nullable): "money", "personal", "unpublished" */
  gboolean index;
  gboolean card;
  gboolean search;
  gboolean system; /* set by moves, approvals, attachments … alone, never by an edit */
} NaruField;

typedef struct
{
  char *pointer; /* where it stands in the record */
  char *id;
  const NaruField *field;
} NaruReference;

typedef struct
{
  const char *index; /* "deal.stage"; static or owned by the type */
  char *value;       /* folded for look-up; ordered bytewise */
} NaruIndexKey;

#define NARU_TYPE_RECORD_TYPE (naru_record_type_get_type ())
typedef struct _NaruRecordType NaruRecordType;

NARU_EXTERN GType naru_record_type_get_type (void);
NARU_EXTERN NaruRecordType *naru_record_type_new (const char *name, NaruJson *schema, const char *origin,
                                                  GError **error);
NARU_EXTERN NaruRecordType *naru_record_type_ref (NaruRecordType *self);
NARU_EXTERN void naru_record_type_unref (NaruRecordType *self);
NARU_EXTERN const char *naru_record_type_get_name (NaruRecordType *self);
NARU_EXTERN const char *naru_record_type_get_code (NaruRecordType *self);
NARU_EXTERN const char *naru_record_type_get_title (NaruRecordType *self);
NARU_EXTERN const char *naru_record_type_get_pipeline (NaruRecordType *self);
NARU_EXTERN NaruJson *naru_record_type_get_schema (NaruRecordType *self);
NARU_EXTERN const NaruField *const *naru_record_type_get_fields (NaruRecordType *self, guint *n_fields);
NARU_EXTERN const NaruField *const *naru_record_type_get_fields_of (NaruRecordType *self, NaruJson *json,
                                                                    guint *n_fields);
NARU_EXTERN const NaruField *naru_record_type_get_card_position (NaruRecordType *self, guint position);
NARU_EXTERN const NaruField *naru_record_type_find_field (NaruRecordType *self, const char *pointer);
NARU_EXTERN char *naru_record_type_suggest_field (NaruRecordType *self, const char *name);
NARU_EXTERN const char *naru_field_get_label (const NaruField *field);
NARU_EXTERN const char *naru_record_type_get_index_name (NaruRecordType *self, const NaruField *field);
NARU_EXTERN char *naru_record_type_get_label (NaruRecordType *self, const char *pointer);
NARU_EXTERN const char *naru_record_type_get_value_label (NaruRecordType *self, const NaruField *field,
                                                          const char *value);
NARU_EXTERN NaruJson *naru_record_type_parse_value (NaruRecordType *self, const NaruField *field,
                                                    const char *text, GError **error);
NARU_EXTERN gboolean naru_record_type_normalize (NaruRecordType *self, NaruJson *json, GError **error);
NARU_EXTERN void naru_record_type_apply_defaults (NaruRecordType *self, NaruJson *json);
NARU_EXTERN gboolean naru_record_type_validate (NaruRecordType *self, NaruJson *json, GPtrArray *findings);
NARU_EXTERN void naru_record_type_describe (NaruRecordType *self, NaruFinding *finding);
NARU_EXTERN void naru_record_type_describe_for (NaruRecordType *self, NaruFinding *finding, const char *id);
NARU_EXTERN GPtrArray *naru_record_type_list_references (NaruRecordType *self, NaruJson *json);
NARU_EXTERN GPtrArray *naru_record_type_list_keys (NaruRecordType *self, NaruJson *json, gint64 since);
NARU_EXTERN GVariant *naru_record_type_make_card (NaruRecordType *self, NaruJson *json, gint64 since);
NARU_EXTERN const char *naru_record_type_get_card_field (NaruRecordType *self, GVariant *card,
                                                         const char *name);
NARU_EXTERN const char **naru_card_list_texts (GVariant *card, gsize *n_texts);
NARU_EXTERN gint64 naru_card_get_since (GVariant *card);
NARU_EXTERN const char *naru_card_get_text (GVariant *card);
NARU_EXTERN char *naru_index_fold (const char *value);

NARU_EXTERN void naru_reference_free (NaruReference *reference);
NARU_EXTERN void naru_index_key_free (NaruIndexKey *key);

/* All record types of the office, each loaded when first asked for. */
#define NARU_TYPE_TYPES (naru_types_get_type ())
typedef struct _NaruTypes NaruTypes;

NARU_EXTERN GType naru_types_get_type (void);
NARU_EXTERN NaruTypes *naru_types_new (GError **error);
NARU_EXTERN NaruTypes *naru_types_ref (NaruTypes *self);
NARU_EXTERN void naru_types_unref (NaruTypes *self);
NARU_EXTERN NaruTypes *naru_types_extend (NaruTypes *self, const char *name, NaruJson *extension,
                                          GError **error);
NARU_EXTERN char *naru_types_make_extension (NaruJson *extension);
NARU_EXTERN void naru_types_set_extension (NaruTypes *self, const char *name, char *text);
NARU_EXTERN const char *const *naru_types_get_names (NaruTypes *self);
NARU_EXTERN NaruRecordType *naru_types_get (NaruTypes *self, const char *name, GError **error);
NARU_EXTERN const char *naru_types_get_name_for_id (NaruTypes *self, const char *id);
NARU_EXTERN NaruRecordType *naru_types_get_for_id (NaruTypes *self, const char *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruRecordType, naru_record_type_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruTypes, naru_types_unref)

G_END_DECLS
