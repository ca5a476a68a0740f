/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-pipeline-private.h"

#include <glib/gi18n-lib.h>

/* The form of pipelines or of rule packs, compiled once a process and kept. */
static NaruSchema *
get_form (const char *name, GError **error)
{
  static GMutex mutex;
  static GHashTable *forms; /* name -> NaruSchema */
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&mutex);

  if (forms == NULL)
    forms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) naru_schema_unref);
  NaruSchema *form = g_hash_table_lookup (forms, name);
  if (form != NULL)
    return form;

  g_autoptr (NaruJson) json = naru_data_load ("schemas", name, error);
  g_autofree char *origin = g_strconcat ("schemas/", name, NULL);
  form = json != NULL ? naru_schema_new (json, origin, error) : NULL;
  if (form != NULL)
    g_hash_table_insert (forms, g_strdup (name), form);
  return form;
}

/* "rules.json, BIO-IRB-01": within the list of rules the rule is named, too */
static char *
name_place (NaruJson *json, const char *origin, const char *pointer)
{
  g_auto (GStrv) steps = g_strsplit (pointer, "/", -1);

  if (g_strv_length (steps) < 3 || !g_str_equal (steps[1], "rules"))
    return g_strdup (origin);
  guint64 index = g_ascii_strtoull (steps[2], NULL, 10);
  NaruJson *rules = naru_json_get (json, "rules");
  NaruJson *rule = index < naru_json_get_size (rules) ? naru_json_get_element (rules, (guint) index) : NULL;
  const char *id = rule != NULL && naru_json_get_kind (rule) == NARU_JSON_OBJECT
                       ? naru_json_get_string (rule, "id")
                       : NULL;
  return id != NULL ? g_strdup_printf ("%s, %s", origin, id) : g_strdup (origin);
}

/* Whether @json has the form of schemas/@name; else the first thing wrong, and how many more there are. */
gboolean
naru_form_check (const char *name, NaruJson *json, const char *origin, GError **error)
{
  NaruSchema *form = get_form (name, error);
  if (form == NULL)
    return FALSE;

  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) naru_finding_unref);
  if (naru_schema_validate (form, json, findings))
    return TRUE;

  NaruFinding *first = g_ptr_array_index (findings, 0);
  const char *pointer = naru_finding_get_fields (first)[0];
  const char *remedy = naru_finding_get_remedy (first);
  g_autofree char *place = name_place (json, origin, pointer != NULL ? pointer : "");
  g_autofree char *cure =
      remedy != NULL ? g_strdup (remedy)
                     : g_strdup_printf (_ ("Bring the file into the form that schemas/%s describes."), name);
  g_autofree char *more =
      findings->len > 1 ? g_strdup_printf (_ ("; faults beside it: %u"), findings->len - 1) : g_strdup ("");
  naru_set_error (error, NARU_ERROR_INVALID, pointer, 0, cure, "%s: %s%s", place,
                  naru_finding_get_message (first), more);
  return FALSE;
}
