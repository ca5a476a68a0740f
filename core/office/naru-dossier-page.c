/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-dossier-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* The story, for people. All of it stands in the repository too; the page says where. */

#define SHORT_ID 12

static const struct
{
  const char *action;
  const char *label;
} labels[] = {
  { "advance", N_ ("advance") }, { "approve", N_ ("approve") }, { "attach", N_ ("attach") },
  { "create", N_ ("create") },   { "edit", N_ ("edit") },       { "import", N_ ("import") },
  { "link", N_ ("link") },       { "note", N_ ("note") },       { "reject", N_ ("reject") },
  { "waive", N_ ("waive") },
};

static const char *
get_action (NaruDossierChange *change)
{
  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_equal (labels[i].action, change->past.action))
      return _ (labels[i].label);
  return change->past.action;
}

static const char *
get_stage (NaruDossier *self, const char *id)
{
  const char *type = naru_record_type_get_name (self->type);
  NaruPipeline *pipeline = naru_record_type_find_field (self->type, "/stage") != NULL
                               ? naru_office_get_pipeline (self->desk->office, type, NULL)
                               : NULL;
  const NaruStage *stage =
      pipeline != NULL && id != NULL && *id != '\0' ? naru_pipeline_find_stage (pipeline, id) : NULL;

  return stage != NULL ? naru_stage_get_title (stage) : id != NULL && *id != '\0' ? id : "–";
}

static char *
make_number (NaruDossierChange *change)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, change->number);
}

static char *
make_commit (NaruDossierChange *change)
{
  char hex[2 * NARU_OID_SIZE + 1];

  naru_oid_to_hex (&change->commit, hex);
  return g_strndup (hex, SHORT_ID);
}

/* The names of those who approved a move stand in its commit. */
static char *
list_approvals (NaruDossierChange *change)
{
  g_auto (GStrv) lines = g_strsplit (change->past.message, "\n", -1);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "Naru-Approved-By: "))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                              lines[i] + strlen ("Naru-Approved-By: "));
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
tell_moves (NaruDossier *self, NaruPage *page)
{
  naru_page_heading (page, _ ("Stages"));
  naru_page_table (page, "#", _ ("From"), _ ("To"), _ ("Time"), _ ("Person"), _ ("Working days before"),
                   _ ("Approved by"), _ ("Commit"), NULL);
  for (guint i = 0; i < self->changes->len; i++)
    {
      NaruDossierChange *change = g_ptr_array_index (self->changes, i);
      const char *to = naru_json_get_string (change->event, "to");
      if (to == NULL)
        continue;
      g_autofree char *number = make_number (change);
      g_autofree char *when = naru_time_to_display (&change->past.authored);
      g_autofree char *approvals = list_approvals (change);
      g_autofree char *commit = make_commit (change);
      gint64 days = naru_json_get_integer (change->event, "days", -1);
      g_autofree char *spent = days >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, days) : g_strdup ("");
      naru_page_row (page, number, get_stage (self, naru_json_get_string (change->event, "from")),
                     get_stage (self, to), when, change->past.author, spent, approvals, commit, NULL);
    }
  naru_page_end_table (page);
}

static gboolean
is_decision (NaruDossierChange *change)
{
  return g_strv_contains ((const char *const[]){ "approve", "reject", "waive", NULL }, change->past.action);
}

static void
tell_decisions (NaruDossier *self, NaruPage *page)
{
  guint n = 0;

  naru_page_heading (page, _ ("Approvals, rejections and waivers"));
  for (guint i = 0; i < self->changes->len; i++)
    {
      NaruDossierChange *change = g_ptr_array_index (self->changes, i);
      if (!is_decision (change))
        continue;
      if (n++ == 0)
        naru_page_table (page, "#", _ ("Action"), _ ("What"), _ ("Reason"), _ ("Time"), _ ("Person"),
                         _ ("Commit"), NULL);
      g_autofree char *number = make_number (change);
      g_autofree char *when = naru_time_to_display (&change->past.authored);
      g_autofree char *commit = make_commit (change);
      naru_page_row (page, number, get_action (change),
                     change->past.detail != NULL ? change->past.detail : "",
                     change->past.reason != NULL ? change->past.reason : "", when, change->past.author,
                     commit, NULL);
    }
  if (n > 0)
    naru_page_end_table (page);
  else
    naru_page_text (page, _ ("There were none."));
}

static void
tell_documents (NaruDossier *self, NaruPage *page)
{
  naru_page_heading (page, _ ("Documents"));
  if (self->documents->len == 0)
    {
      naru_page_text (page, _ ("There were none."));
      return;
    }
  naru_page_table (page, _ ("Name"), _ ("Bytes"), _ ("Came with change"), _ ("BLAKE2b-256 of the content"),
                   NULL);
  for (guint i = 0; i < self->documents->len; i++)
    {
      NaruJson *document = g_ptr_array_index (self->documents, i);
      g_autofree char *size =
          g_strdup_printf ("%" G_GINT64_FORMAT, naru_json_get_integer (document, "size", 0));
      g_autofree char *number =
          g_strdup_printf ("%" G_GINT64_FORMAT, naru_json_get_integer (document, "number", 0));
      const char *name = naru_json_get_string (document, "name");
      naru_page_row (page, name != NULL ? name : "", size, number, naru_json_get_string (document, "digest"),
                     NULL);
    }
  naru_page_end_table (page);
}

static void
tell_changes (NaruDossier *self, NaruPage *page)
{
  naru_page_heading (page, _ ("All changes of the record"));
  naru_page_table (page, "#", _ ("Time"), _ ("Person"), _ ("Action"), _ ("What"), _ ("Commit"), NULL);
  for (guint i = 0; i < self->changes->len; i++)
    {
      NaruDossierChange *change = g_ptr_array_index (self->changes, i);
      g_autofree char *number = make_number (change);
      g_autofree char *when = naru_time_to_display (&change->past.authored);
      g_autofree char *commit = make_commit (change);
      const char *what = change->documents != NULL     ? change->documents
                         : change->past.detail != NULL ? change->past.detail
                                                       : naru_json_get_string (change->event, "note");
      naru_page_row (page, number, when, change->past.author, get_action (change), what != NULL ? what : "",
                     commit, NULL);
    }
  naru_page_end_table (page);
}

static const char *
get_title (NaruDossier *self)
{
  static const char *const names[] = { "title", "name", "subject" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *name = naru_json_get_string (naru_record_get_json (self->record), names[i]);
      if (name != NULL)
        return name;
    }
  return self->id;
}

static void
tell_field (NaruDossier *self, NaruPage *page, const char *name)
{
  g_autofree char *pointer = g_strconcat ("/", name, NULL);
  const NaruField *field = naru_record_type_find_field (self->type, pointer);
  NaruJson *value = naru_json_get (naru_record_get_json (self->record), name);
  gboolean korean = g_str_equal (naru_language_get (), "ko");
  g_autofree char *text = NULL;

  if (field == NULL || value == NULL)
    return;
  if (naru_json_as_string (value) != NULL)
    text = g_strdup (g_str_equal (name, "stage") ? get_stage (self, naru_json_as_string (value))
                                                 : naru_json_as_string (value));
  else
    text = naru_json_to_line (value);
  naru_page_row (page, korean ? field->label_ko : field->label_en, text, NULL);
}

static void
tell_record (NaruDossier *self, NaruPage *page)
{
  g_auto (GStrv) keys = naru_json_get_keys (naru_record_get_json (self->record));
  static const char *const told[] = { "documents", "notes", "approvals", "rejections", "waivers", NULL };
  g_autofree char *made = NULL;
  g_autofree char *intro = NULL;
  NaruTime now;

  naru_clock_now (&now);
  made = naru_time_to_display (&now);
  intro =
      g_strdup_printf (_ ("%s %s, from the history of the office “%s” (%s) as it was after change %" PRIu64
                          "; written on %s. People and other records stand here by their ids."),
                       naru_record_type_get_title (self->type), self->id,
                       naru_office_get_name (self->desk->office), naru_office_get_hub (self->desk->office),
                       self->head.seq, made);
  naru_page_text (page, intro);
  naru_page_table (page, _ ("Field"), _ ("Now"), NULL);
  for (guint i = 0; keys[i] != NULL; i++)
    if (!g_strv_contains (told, keys[i]))
      tell_field (self, page, keys[i]);
  naru_page_end_table (page);
}

gboolean
naru_dossier_write_page (NaruDossier *self, GError **error)
{
  g_autofree char *title = g_strdup_printf ("%s – %s", get_title (self), self->id);
  g_autoptr (NaruPage) page = naru_page_new (title);
  g_autofree char *html = NULL;

  tell_record (self, page);
  tell_moves (self, page);
  tell_decisions (self, page);
  naru_dossier_tell_rules (self, page);
  tell_documents (self, page);
  tell_changes (self, page);
  naru_dossier_tell_checks (self, page);
  html = naru_page_make_html (page);
  return naru_dossier_put (self, "index.md", naru_page_get_markdown (page), -1, error) &&
         naru_dossier_put (self, "index.html", html, -1, error);
}
