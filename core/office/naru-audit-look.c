/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit-report-private.h"

#include <string.h>

/* Looks into the folders of single commits: what a record, a person or a pipeline was then. */

/* (nullable) (transfer full): the part of an author's address that is the id of a person */
char *
naru_audit_take_person (const char *email)
{
  const char *at = strrchr (email, '@');
  g_autofree char *id = at != NULL ? g_strndup (email, (gsize) (at - email)) : NULL;

  return id != NULL && naru_id_parse (id, NULL) ? g_steal_pointer (&id) : NULL;
}

/* (nullable): the type of the record with that id */
const char *
naru_audit_get_type (NaruAudit *self, const char *id)
{
  return naru_types_get_name_for_id (self->desk->office->types, id);
}

/* What did not stand there is one thing; a report that lacks what could not be read would be another. @error:
 * (nullable) (transfer full) */
static void
note_failure (NaruAudit *self, GError *error)
{
  if (error == NULL || self->failure != NULL || g_error_matches (error, NARU_ERROR, NARU_ERROR_NOT_FOUND))
    g_clear_error (&error);
  else
    self->failure = error;
}

static NaruJson *
read_json (NaruAudit *self, const NaruOid *commit, const char *path)
{
  GError *local = NULL;
  g_autoptr (GBytes) bytes = NULL;
  NaruJson *json = NULL;
  gsize size = 0;

  if (naru_oid_is_zero (commit))
    return NULL;
  bytes = naru_repository_read_file (self->repository, commit, path, &local);
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  if (bytes != NULL)
    json = naru_json_parse (text, (gssize) size, (gssize) size + 1, &local);
  note_failure (self, local);
  return json;
}

/* (nullable) (transfer full): a record as it was; NULL where it did not stand there */
NaruJson *
naru_audit_read_record (NaruAudit *self, const NaruOid *commit, const char *id)
{
  const char *type = naru_audit_get_type (self, id);
  g_autofree char *path = type != NULL ? naru_id_get_record_path (type, id) : NULL;

  return path != NULL ? read_json (self, commit, path) : NULL;
}

/* (transfer none): the roles that somebody had when the present entry was made; an empty array for nobody */
NaruJson *
naru_audit_get_roles (NaruAudit *self, const char *person)
{
  NaruJson *roles = g_hash_table_lookup (self->roles, person);

  if (roles != NULL)
    return roles;
  /* as the parent has them: nobody gives himself a role by the act that needs it */
  g_autoptr (NaruJson) json = naru_audit_read_record (self, &self->parent, person);
  NaruJson *found = json != NULL ? naru_json_get (json, "roles") : NULL;
  roles = found != NULL ? naru_json_copy (found) : naru_json_new_array ();
  g_hash_table_insert (self->roles, g_strdup (person), roles);
  return roles;
}

static gboolean
take_first (const NaruEvent *event, gpointer user_data)
{
  *(guint64 *) user_data = event->seq;
  return FALSE;
}

/* (transfer none) (nullable): who made a record, as its first commit says; "" for nobody who is known here.
 * The index of the history only says where to look. */
const char *
naru_audit_get_creator (NaruAudit *self, const char *id, GError **error)
{
  const char *known = g_hash_table_lookup (self->creators, id);
  const char *type = naru_audit_get_type (self, id);
  g_auto (NaruPastEntry) past = { 0 };
  g_autofree char *person = NULL;
  guint64 seq = 0;
  NaruOid commit;

  if (known != NULL || type == NULL)
    return known != NULL ? known : "";
  {
    g_autoptr (NaruTxn) txn = naru_store_begin_read (self->desk->office->store, error);
    if (txn == NULL || !naru_txn_foreach_event (txn, type, id, take_first, &seq, error))
      return NULL;
    if (seq == 0)
      return "";
    if (!naru_txn_get_commit (txn, seq, &commit, error))
      return NULL;
  }
  if (!naru_repository_read_entry (self->repository, &commit, &past, error))
    return NULL;
  person = naru_audit_take_person (past.author_email);
  if (person == NULL)
    person = g_strdup ("");
  const char *kept = person;
  g_hash_table_insert (self->creators, g_strdup (id), g_steal_pointer (&person));
  return kept;
}

typedef struct
{
  const char *type;
  NaruJson *found;
} PipelineWalk;

static gboolean
take_pipeline (const char *path, GBytes *bytes, gpointer user_data)
{
  PipelineWalk *walk = user_data;
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (NaruJson) json = naru_json_parse (text, (gssize) size, (gssize) size + 1, NULL);

  if (json == NULL || g_strcmp0 (naru_json_get_string (json, "record_type"), walk->type) != 0)
    return TRUE;
  walk->found = g_steal_pointer (&json);
  return FALSE;
}

/* (transfer none): the pipeline before the present entry; an empty object where there was none */
static NaruJson *
get_pipeline (NaruAudit *self, const char *type)
{
  PipelineWalk walk = { type, g_hash_table_lookup (self->pipelines, type) };

  if (walk.found != NULL)
    return walk.found;
  GError *local = NULL;
  if (!naru_oid_is_zero (&self->parent))
    naru_repository_foreach_file (self->repository, &self->parent, "pipelines", take_pipeline, &walk, &local);
  note_failure (self, local);
  if (walk.found == NULL)
    walk.found = naru_json_new_object ();
  g_hash_table_insert (self->pipelines, g_strdup (type), walk.found);
  return walk.found;
}

gboolean
naru_audit_is_final (NaruAudit *self, const char *type, const char *stage)
{
  NaruJson *stages = naru_json_get (get_pipeline (self, type), "stages");

  for (guint i = 0; stages != NULL && i < naru_json_get_size (stages); i++)
    {
      NaruJson *one = naru_json_get_element (stages, i);
      if (g_strcmp0 (naru_json_get_string (one, "id"), stage) == 0)
        return g_strcmp0 (naru_json_get_string (one, "kind"), "final") == 0;
    }
  return FALSE;
}

/* Is the condition of that name one that asks for an approval? */
gboolean
naru_audit_is_approval (NaruAudit *self, const char *type, const char *condition)
{
  NaruJson *transitions = naru_json_get (get_pipeline (self, type), "transitions");

  for (guint i = 0; transitions != NULL && i < naru_json_get_size (transitions); i++)
    {
      NaruJson *gate = naru_json_get (naru_json_get_element (transitions, i), "gate");
      NaruJson *approvals = gate != NULL ? naru_json_get (gate, "approvals") : NULL;
      for (guint k = 0; approvals != NULL && k < naru_json_get_size (approvals); k++)
        if (g_strcmp0 (naru_json_get_string (naru_json_get_element (approvals, k), "id"), condition) == 0)
          return TRUE;
    }
  return FALSE;
}
