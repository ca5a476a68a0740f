/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-subject.h"

/**
 * NaruSubject:
 *
 * The case that a check judges: the fields of the deal at the top, and beside them the members that begin
 * with
 * "@" (the move, the day, the records that name the deal).
 */
struct _NaruSubject
{
  GObject parent_instance;
  NaruJson *json;
  GVariant *variant; /* the same, made when it is first asked for */
  NaruDate today;
};

G_DEFINE_FINAL_TYPE (NaruSubject, naru_subject, G_TYPE_OBJECT)

static void
naru_subject_finalize (GObject *object)
{
  NaruSubject *self = NARU_SUBJECT (object);

  g_clear_pointer (&self->json, naru_json_unref);
  g_clear_pointer (&self->variant, g_variant_unref);
  G_OBJECT_CLASS (naru_subject_parent_class)->finalize (object);
}

static void
naru_subject_class_init (NaruSubjectClass *class)
{
  G_OBJECT_CLASS (class)->finalize = naru_subject_finalize;
}

static void
naru_subject_init (NaruSubject *self)
{
  self->today = NARU_DATE_NONE;
}

/**
 * naru_subject_new:
 * @json: a case: an object with "@today"
 * @error: return location
 *
 * The host makes the subject; the tests of a plugin may, too.
 *
 * Returns: (transfer full) (nullable): the subject; NULL with %NARU_ERROR_INVALID when @json is no case
 */
NaruSubject *
naru_subject_new (NaruJson *json, GError **error)
{
  g_autoptr (NaruSubject) self = NULL;
  const char *today = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  if (naru_json_get_kind (json) == NARU_JSON_OBJECT)
    today = naru_json_get_string (json, "@today");
  self = g_object_new (NARU_TYPE_SUBJECT, NULL);
  if (!naru_date_parse (today != NULL ? today : "", &self->today, error))
    return NULL;
  self->json = naru_json_ref (json);
  return g_steal_pointer (&self);
}

/**
 * naru_subject_get_json:
 * @self: the case
 *
 * Returns: (transfer none): the case as a JSON object; not to be changed
 */
NaruJson *
naru_subject_get_json (NaruSubject *self)
{
  g_return_val_if_fail (NARU_IS_SUBJECT (self), NULL);

  return self->json;
}

/**
 * naru_subject_get_today:
 * @self: the case
 *
 * The day of the review is a part of the case, so that a review can be repeated later; a check looks at no
 * clock.
 *
 * Returns: the day, in days since 1970-01-01
 */
NaruDate
naru_subject_get_today (NaruSubject *self)
{
  g_return_val_if_fail (NARU_IS_SUBJECT (self), NARU_DATE_NONE);

  return self->today;
}

/**
 * naru_subject_dup_text:
 * @self: the case
 *
 * The fastest way to a dict in Python: `json.loads (subject.dup_text ())`. For a case of many records it
 * takes a hundredth of what naru_subject_dup_variant() takes there.
 *
 * Returns: (transfer full): the case as JSON
 */
char *
naru_subject_dup_text (NaruSubject *self)
{
  g_return_val_if_fail (NARU_IS_SUBJECT (self), NULL);

  return naru_json_to_text (self->json, NULL);
}

static GVariant *make_variant (NaruJson *value);

static void
add_member (const char *key, NaruJson *value, gpointer user_data)
{
  g_variant_builder_add (user_data, "{sv}", key, make_variant (value));
}

static GVariant *
make_object (NaruJson *object)
{
  GVariantBuilder members;

  g_variant_builder_init (&members, G_VARIANT_TYPE_VARDICT);
  naru_json_foreach_member (object, add_member, &members);
  return g_variant_builder_end (&members);
}

static GVariant *
make_array (NaruJson *array)
{
  GVariantBuilder elements;

  g_variant_builder_init (&elements, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < naru_json_get_size (array); i++)
    g_variant_builder_add (&elements, "v", make_variant (naru_json_get_element (array, i)));
  return g_variant_builder_end (&elements);
}

/* floating; the parser of JSON has bounded the depth */
static GVariant *
make_variant (NaruJson *value)
{
  switch (naru_json_get_kind (value))
    {
    case NARU_JSON_OBJECT:
      return make_object (value);
    case NARU_JSON_ARRAY:
      return make_array (value);
    case NARU_JSON_STRING:
      return g_variant_new_string (naru_json_as_string (value));
    case NARU_JSON_INTEGER:
      return g_variant_new_int64 (naru_json_as_integer (value));
    case NARU_JSON_BOOLEAN:
      return g_variant_new_boolean (naru_json_as_boolean (value));
    case NARU_JSON_NULL:
    default:
      return g_variant_new_maybe (G_VARIANT_TYPE_STRING, NULL);
    }
}

/**
 * naru_subject_dup_variant:
 * @self: the case
 *
 * For languages that have dictionaries and lists of their own: `subject.dup_variant().unpack()` is a dict in
 * Python. Arrays are "av", numbers "x", null is a maybe without a value, which Python unpacks to None.
 *
 * Returns: (transfer full): the case as "a{sv}"
 */
GVariant *
naru_subject_dup_variant (NaruSubject *self)
{
  g_return_val_if_fail (NARU_IS_SUBJECT (self), NULL);

  if (self->variant == NULL)
    self->variant = g_variant_ref_sink (make_object (self->json));
  return g_variant_ref (self->variant);
}
