/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"
#include "naru-rulebook-private.h"
#include "naru-verify-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* Entries that are about no record: what they say of themselves against what they change. Those that change
 * a key: naru-verify-signature.c. */

#define RULES_PATH "rules/index.json"
#define CONFIG_PATH "office.json"

/* (transfer full) (nullable): a file as it was before the entry, or as it is now */
static NaruJson *
read_file (GHashTable *files, const char *path)
{
  GBytes *bytes = g_hash_table_lookup (files, path);
  gsize size = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  return data != NULL ? naru_json_parse (data, (gssize) size, 0, NULL) : NULL;
}

/* (nullable): the one row that is another now; %NULL where that is none, or more than one */
static NaruJson *
find_changed_row (NaruJson *before, NaruJson *now)
{
  NaruJson *rows = naru_json_get (now, "packs");
  NaruJson *changed = NULL;
  guint n_new = 0;

  for (guint i = 0; i < naru_json_get_size (rows); i++)
    {
      NaruJson *row = naru_json_get_element (rows, i);
      const char *id = naru_json_get_string (row, "id");
      NaruJson *former = id != NULL ? naru_rule_set_find_row (before, id) : NULL;
      n_new += former == NULL;
      if (former != NULL && naru_json_equal (former, row))
        continue;
      if (changed != NULL || id == NULL)
        return NULL;
      changed = row;
    }
  return naru_json_get_size (rows) == naru_json_get_size (naru_json_get (before, "packs")) + n_new ? changed
                                                                                                   : NULL;
}

/* What a new version comes to for deals under way: as it was told then */
static void
copy_impacts (const char *trailers, NaruEntry *entry)
{
  const char *at = strchr (trailers, '\n');

  while (at != NULL && g_str_has_prefix (at, "\nNaru-Impact: "))
    {
      const char *value = at + strlen ("\nNaru-Impact: ");
      g_autofree char *line = g_strndup (value, strcspn (value, "\n"));
      naru_entry_add_trailer (entry, "Naru-Impact", line);
      at = strchr (value, '\n');
    }
}

/* "office: adopt rules novelty@1.1", "office: enable plugin tidal@1.0", "office: disable plugin tidal" */
static gboolean
check_rules (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (NaruJson) before = read_file (self->former, RULES_PATH);
  g_autoptr (NaruJson) now = read_file (self->replay.files, RULES_PATH);
  NaruJson *row = before != NULL && now != NULL ? find_changed_row (before, now) : NULL;
  g_autoptr (NaruEntry) entry = naru_entry_new (past->action);
  g_autofree char *subject = NULL;

  if (row == NULL)
    return FALSE;
  const char *plugin = naru_json_get_string (row, "plugin");
  naru_entry_add_trailer (entry, "Naru-Action", past->action);
  if (!naru_json_get_boolean (row, "enabled", TRUE))
    subject = g_strdup_printf ("office: disable plugin %s", plugin != NULL ? plugin : "");
  else
    {
      const char *verb = plugin != NULL && g_str_has_prefix (past->subject, "office: enable plugin ")
                             ? "enable plugin"
                             : "adopt rules";
      g_autofree char *pack =
          g_strdup_printf ("%s@%s", naru_json_get_string (row, "id"), naru_json_get_string (row, "version"));
      g_autofree char *rules = g_strdup_printf ("%s blake2b:%s", pack, naru_json_get_string (row, "digest"));
      subject = g_strdup_printf ("office: %s %s", verb, pack);
      copy_impacts (past->trailers, entry);
      naru_entry_add_trailer (entry, "Naru-Rules", rules);
    }
  naru_verify_message (self, NULL, subject, entry);
  return TRUE;
}

/* "office: pipeline need for need" */
static gboolean
check_pipeline (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (NaruEntry) entry = naru_entry_new (past->action);
  g_autoptr (NaruJson) pipeline = NULL;
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, self->former);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      if (!g_hash_table_contains (self->replay.files, path))
        continue;
      if (pipeline != NULL)
        return FALSE;
      pipeline = read_file (self->replay.files, path);
      if (pipeline == NULL)
        return FALSE;
    }
  const char *id = naru_json_get_string (pipeline, "id");
  const char *type = naru_json_get_string (pipeline, "record_type");
  if (id == NULL || type == NULL)
    return FALSE;
  g_autofree char *subject = g_strdup_printf ("office: pipeline %s for %s", id, type);
  naru_entry_add_trailer (entry, "Naru-Action", past->action);
  naru_verify_message (self, NULL, subject, entry);
  return TRUE;
}

/* "office: add mirror auditor", "office: remove mirror auditor" */
static gboolean
check_remote (NaruVerify *self, const char *prefix, gboolean add)
{
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (NaruJson) expected = read_file (self->former, CONFIG_PATH);
  g_autoptr (NaruJson) now = read_file (self->replay.files, CONFIG_PATH);
  g_autoptr (NaruEntry) entry = naru_entry_new (past->action);

  if (expected == NULL || now == NULL || !g_str_has_prefix (past->subject, prefix))
    return FALSE;
  const char *name = past->subject + strlen (prefix);
  NaruJson *given = naru_json_get (naru_json_get (now, "remotes"), name);
  NaruJson *former = naru_json_get (naru_json_get (expected, "remotes"), name);
  if ((given != NULL) != add || (former != NULL) == add)
    return FALSE;
  if (naru_json_get (expected, "remotes") == NULL)
    naru_json_set (expected, "remotes", naru_json_new_object ());
  NaruJson *remotes = naru_json_get (expected, "remotes");
  if (add)
    naru_json_set (remotes, name, naru_json_copy (given));
  else
    naru_json_remove (remotes, name);
  if (naru_json_get_size (remotes) == 0)
    naru_json_remove (expected, "remotes");
  if (!naru_json_equal (expected, now))
    return FALSE;
  naru_entry_add_trailer (entry, "Naru-Action", past->action);
  naru_verify_message (self, NULL, NULL, entry);
  return TRUE;
}

/* "import 5 deals: 3 created, 2 updated" */
static gboolean
check_import (NaruVerify *self)
{
  static const char before[] = "imported from “";
  static const char behind[] = "”; stages are as given there and were not judged";
  const NaruPastEntry *past = &self->replay.past;
  g_autoptr (NaruEntry) entry = naru_entry_new (past->action);
  g_autofree char *plural = naru_import_make_plural (self->changed_type != NULL ? self->changed_type : "");
  g_autofree char *subject =
      g_strdup_printf ("import %" PRIu64 " %s: %" PRIu64 " created, %" PRIu64 " updated",
                       self->n_created + self->n_updated, plural, self->n_created, self->n_updated);

  if (self->n_changed == 0 || self->changed_type == NULL)
    return FALSE;
  naru_entry_add_trailer (entry, "Naru-Action", past->action);
  naru_entry_add_trailer (entry, "Naru-Judged", "no");
  naru_verify_message (self, NULL, subject, entry);
  if (past->reason == NULL || !g_str_has_prefix (past->reason, before) ||
      !g_str_has_suffix (past->reason, behind))
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "reason", NULL,
                      _ ("an import does not say from which file it is"));
  return TRUE;
}

/* An entry whose files are taken, and which changes some of them */
void
naru_verify_office_entry (NaruVerify *self)
{
  const NaruPastEntry *past = &self->replay.past;
  gboolean fits = TRUE;

  if (g_str_equal (past->action, "rules"))
    fits = check_rules (self);
  else if (g_str_equal (past->action, "pipeline"))
    fits = check_pipeline (self);
  else if (g_str_equal (past->action, "add-remote"))
    fits = check_remote (self, "office: add mirror ", TRUE);
  else if (g_str_equal (past->action, "remove-remote"))
    fits = check_remote (self, "office: remove mirror ", FALSE);
  else if (g_str_equal (past->action, "import") && !self->by_import)
    fits = check_import (self);
  else if (g_str_equal (past->action, "import") && past->reason != NULL)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "reason", past->record,
                      _ ("it tells a reason, which an imported move does not"));
  if (!fits)
    naru_verify_tell (self, NARU_VERIFY_BROKEN, "subject", NULL,
                      _ ("it says “%s”, but it changes something else, or more"), past->subject);
}
