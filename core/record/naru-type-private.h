/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "naru-type.h"

#include <jansson.h>

#define NARU_FIELD_MAX_DEPTH 8
#define NARU_TYPE_MAX_FIELDS 4096 /* of one type; room for them is set aside, and touched when it is used */

/* What a field keeps beside its public face; the same index in both arrays. All JSON is borrowed from the
 * schema. */
typedef struct
{
  NaruJson *schema;          /* its node, $ref followed */
  NaruJson *default_value;   /* (nullable) */
  NaruJson *value_labels;    /* (nullable): {"us": {"en", "ko"}} */
  const char *format;        /* (nullable) */
  const char *index_name;    /* (nullable): "deal.sectors" */
  const char *sum_of;        /* (nullable): member that adds up over the array */
  const char *sum_equals;    /* (nullable): decimal */
  const char *const *tokens; /* the pointer's parts, "-" for any element */
  guint element;             /* of an array: index of its element's field, 0 = none */
} NaruFieldInfo;

struct _NaruRecordType
{
  char *name;
  NaruJson *json;
  NaruJson *note; /* x-naru of the whole type, borrowed */
  NaruSchema *schema;
  GStringChunk *strings;
  GPtrArray *vectors;      /* string vectors whose strings live elsewhere */
  GArray *fields;          /* NaruField; fields[0] is unused, so that 0 can mean none */
  GArray *infos;           /* NaruFieldInfo */
  GHashTable *by_pointer;  /* pointer -> index */
  GMutex lock;             /* for sections that are loaded, and by_pointer */
  GPtrArray *sections;     /* (nullable): naru-type-section.c */
  GBytes *extension;       /* (nullable): the text that they are loaded from */
  guint own;               /* fields of the type itself, which come first */
  const NaruField **order; /* (nullable): all that are loaded, as they are shown; one of the vectors */
  guint n_ordered;
  guint ordered; /* length of the array of fields when that was made */
  /* indexes of the fields that each walk visits */
  GArray *indexed;
  GArray *on_card;
  GArray *searched;
  GArray *references;
  GArray *decimals;
  GArray *defaults;
  GArray *sums;
};

static inline const NaruField *
naru_record_type_field (NaruRecordType *self, guint index)
{
  return &g_array_index (self->fields, NaruField, index);
}

static inline const NaruFieldInfo *
naru_record_type_info (NaruRecordType *self, guint index)
{
  return &g_array_index (self->infos, NaruFieldInfo, index);
}

static inline guint
naru_record_type_index_of (NaruRecordType *self, const NaruField *field)
{
  return (guint) (field - (const NaruField *) (gpointer) self->fields->data);
}

/* Where a walk stands: the element numbers for each "-" on the way. */
typedef struct
{
  const NaruField *field;
  const NaruFieldInfo *info;
  gsize elements[NARU_FIELD_MAX_DEPTH];
  guint n_elements;
} NaruFieldWalk;

typedef void (*NaruFieldFunc) (NaruFieldWalk *walk, json_t *value, gpointer user_data);

void naru_record_type_walk (NaruRecordType *self, guint index, gboolean into_elements, json_t *json,
                            NaruFieldFunc func, gpointer user_data);
char *naru_field_walk_get_pointer (const NaruFieldWalk *walk);
gboolean naru_record_type_compile (NaruRecordType *self, const char *origin, GError **error);
gboolean naru_record_type_compile_section (NaruRecordType *self, const char *name, NaruJson *property,
                                           GError **error);
gboolean naru_record_type_compile_member (NaruRecordType *self, guint index, const char *name,
                                          NaruJson *property, GError **error);

/* naru-type-section.c */
void naru_record_type_set_sections (NaruRecordType *self, GBytes *extension);
void naru_record_type_need_place (NaruRecordType *self, const char *path);
gboolean naru_record_type_need_sections (NaruRecordType *self, NaruJson *json, GError **error);
gboolean naru_record_type_check_sections (NaruRecordType *self, GError **error);
gboolean naru_record_type_validate_sections (NaruRecordType *self, NaruJson *json, GPtrArray *findings);
const NaruField *const *naru_record_type_order_fields (NaruRecordType *self, guint *n_fields);
char *naru_record_type_list_values (NaruRecordType *self, const NaruField *field);
char *naru_record_type_make_remedy (NaruRecordType *self, const char *pointer, const char *id);
const char *naru_label_pick (NaruJson *label);
