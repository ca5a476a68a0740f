/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-import-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#define DEMO_FOLDER "share/demo"

static gboolean
take_first (const char *value, const char *id, gpointer user_data)
{
  char **logins = user_data;

  logins[0] = g_strdup (value);
  logins[1] = g_strdup (id);
  return FALSE;
}

/* Returns: (transfer full) (nullable): a desk for whoever made the office */
static NaruDesk *
open_desk (NaruOffice *office, GError **error)
{
  g_autoptr (NaruTxn) txn = naru_store_begin_read (office->store, error);
  char *found[2] = { NULL, NULL };
  g_autofree char *login = NULL;
  g_autofree char *id = NULL;

  if (txn == NULL || !naru_txn_foreach_index (txn, "person.login", NULL, NULL, take_first, found, error))
    return NULL;
  login = found[0];
  id = found[1];
  if (login == NULL)
    {
      naru_set_error (error, NARU_ERROR_INVALID, "login", 0, _ ("make the office again: naru demo DIR"),
                      _ ("nobody in this office has a login"));
      return NULL;
    }
  g_clear_pointer (&txn, naru_txn_end);
  return naru_desk_new (office, login, "import", error);
}

/* Whoever made the office may have the login of somebody in the portfolio: then they are that person. */
static gboolean
adopt_person (NaruDesk *desk, const char *file, GError **error)
{
  g_autoptr (NaruRecord) person = naru_desk_show (desk, naru_desk_get_person (desk), error);
  g_autoptr (NaruRows) rows = person != NULL ? naru_rows_open (file, error) : NULL;
  g_autoptr (NaruJson) changes = NULL;
  const char *login;
  NaruRow row;

  if (rows == NULL)
    return FALSE;
  login = naru_json_get_string (naru_record_get_json (person), "login");
  while (naru_rows_next (rows, &row, NULL))
    if (row.json != NULL && g_strcmp0 (naru_json_get_string (row.json, "login"), login) == 0)
      {
        changes = naru_json_new_object ();
        naru_json_set_string (changes, "external_id", naru_json_get_string (row.json, "external_id"));
        break;
      }
  return changes == NULL || naru_desk_edit (desk, naru_record_get_id (person), changes, NULL, error);
}

static gboolean
set_bad_row (NaruJson *report, const char *file, GError **error)
{
  NaruJson *first = naru_json_get_element (naru_json_get (report, "rejects"), 0);

  g_clear_error (error);
  naru_set_error (error, NARU_ERROR_INVALID, naru_json_get_string (first, "field"),
                  naru_json_get_integer (first, "line", 0), _ ("install Naru again"),
                  _ ("%s, line %" PRId64 ": %s"), file, naru_json_get_integer (first, "line", 0),
                  naru_json_get_string (first, "message"));
  return FALSE;
}

static gboolean
load_type (NaruDesk *desk, const char *type, GError **error)
{
  g_autofree char *name = g_strconcat (type, ".jsonl", NULL);
  g_autofree char *file = naru_data_get_path (DEMO_FOLDER, name);
  NaruImportOptions options = { .file = file };
  g_autoptr (NaruJson) report = NULL;

  if (g_str_equal (type, "person") && !adopt_person (desk, file, error))
    return FALSE;
  if (naru_desk_import (desk, type, &options, &report, error))
    return TRUE;
  if (report == NULL || naru_json_get_integer (report, "rejected", 0) == 0)
    return FALSE;
  return set_bad_row (report, file, error);
}

/**
 * naru_office_load_demo:
 * @office: a new office
 * @progress: (nullable) (scope call): told after each type
 * @user_data: for @progress
 * @error: return location
 *
 * Imports the fictional portfolio of share/demo, one commit a record type.
 *
 * Returns: whether all of it is there; %FALSE with %NARU_ERROR_PENDING where all is recorded, and not yet in
 * the history
 */
gboolean
naru_office_load_demo (NaruOffice *office, NaruProgress progress, gpointer user_data, GError **error)
{
  g_autoptr (NaruDesk) desk = open_desk (office, error);
  g_autoptr (NaruJson) index = desk != NULL ? naru_data_load (DEMO_FOLDER, "index.json", error) : NULL;
  NaruJson *types = index != NULL ? naru_json_get (index, "types") : NULL;
  g_autoptr (GError) pending = NULL;

  if (index == NULL)
    return FALSE;
  for (guint i = 0; i < naru_json_get_size (types); i++)
    {
      /* recorded is recorded: the rest goes in too, and what publishes it publishes all */
      g_clear_error (&pending);
      if (!load_type (desk, naru_json_as_string (naru_json_get_element (types, i)), &pending) &&
          !g_error_matches (pending, NARU_ERROR, NARU_ERROR_PENDING))
        break;
      if (progress != NULL)
        progress (i + 1, naru_json_get_size (types), user_data);
    }
  if (pending == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&pending));
  return FALSE;
}
