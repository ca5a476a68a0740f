/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-change-private.h"
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Edits and links: a person decides what changes, and the subject says which fields did, and no others. */

typedef struct
{
  GHashTable *names; /* of members */
  guint unnamed;
} Named;

static void
count_unnamed (NaruVerify *self, const NaruRecordChange *change, const char *name, gpointer user_data)
{
  Named *named = user_data;

  if (!g_hash_table_contains (named->names, name))
    named->unnamed++;
}

/* "trl, inventors.0.share": each was changed, and nothing else was but for as many as it does not spell out
 */
static gboolean
names_all (NaruVerify *self, const NaruRecordChange *change)
{
  NaruJson *before = naru_record_get_json (change->old);
  Named named = { 0 };
  guint more = 0;
  g_auto (GStrv) paths = naru_edit_read_words (self->replay.past.detail, &more);

  if (paths == NULL)
    return FALSE;
  named.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean changed = TRUE;
  for (guint i = 0; paths[i] != NULL && changed; i++)
    {
      const char *path = paths[i][0] == '/' ? paths[i] + 1 : paths[i];
      changed = naru_edit_changes (before, change->now, paths[i]);
      g_hash_table_add (named.names, g_strndup (path, strcspn (path, "./")));
    }
  naru_verify_foreach_difference (self, change, before, count_unnamed, &named);
  g_hash_table_unref (named.names);
  return changed && named.unnamed <= more;
}

static void
tell_subject (NaruVerify *self, const NaruRecordChange *change)
{
  g_autofree char *names = naru_describe_difference (naru_record_get_json (change->old), change->now);

  naru_verify_tell (self, NARU_VERIFY_BROKEN, "subject", naru_record_get_id (change->record),
                    _ ("it says “%s”, but what it changes is: %s"), self->replay.past.subject, names);
}

void
naru_verify_edit (NaruVerify *self, const NaruRecordChange *change)
{
  const char *detail = self->replay.past.detail != NULL ? self->replay.past.detail : "";
  NaruJson *before = naru_record_get_json (change->old);
  g_autofree char *text = g_strconcat ("edit ", detail, NULL);

  naru_verify_about (self, change, text);
  /* that it changes nothing is told of the whole entry */
  if (change->old != change->record && !names_all (self, change))
    tell_subject (self, change);
  naru_verify_foreach_difference (self, change, before, naru_verify_check_set, NULL);
  naru_verify_check_audiences (self, change, before);
}

/* "officer MGK-PER-2026-00002": the record is what it was, with that link */
void
naru_verify_link (NaruVerify *self, const NaruRecordChange *change)
{
  const char *detail = self->replay.past.detail != NULL ? self->replay.past.detail : "";
  g_autofree char *text = g_strconcat ("link ", detail, NULL);
  g_autofree char *field = g_strndup (detail, strcspn (detail, " "));
  g_autoptr (NaruJson) expected = naru_json_copy (naru_record_get_json (change->old));
  const char *target = strchr (detail, ' ');

  naru_verify_about (self, change, text);
  naru_verify_foreach_difference (self, change, naru_record_get_json (change->old), naru_verify_check_set,
                                  NULL);
  if (change->old == change->record)
    return;
  if (target == NULL || !naru_edit_link (expected, change->type, field, target + 1, NULL))
    tell_subject (self, change);
  else
    naru_verify_is_made (self, change, expected);
}
