/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-audit-view-private.h"

#include <inttypes.h>
#include <string.h>

/* The report as one page without scripts or anything from elsewhere. All that the history says goes through
 * append_text(), so that no text of a record can be markup. */

static const char style[] =
    "@page{size:A4;margin:18mm 15mm}"
    "body{font:10pt/1.45 'Noto Sans CJK KR','Noto Sans KR','Malgun Gothic',sans-serif;color:#111;"
    "max-width:180mm;margin:0 auto;padding:8mm}"
    "h1{font-size:16pt;margin:0 0 1mm}h2{font-size:12pt;margin:8mm 0 1mm;break-after:avoid}"
    "p{margin:0 0 2mm}table{border-collapse:collapse;width:100%;table-layout:auto}"
    "thead{display:table-header-group}tr{break-inside:avoid}"
    "th,td{border-bottom:.3pt solid #999;padding:1mm 2mm 1mm 0;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{border-bottom:1pt solid #111}"
    ".n{text-align:right;white-space:nowrap}.w{white-space:nowrap}code{font:8.5pt monospace}a{color:inherit}"
    ".s{color:#555}.bad td{background:#fbe9e7}"
    "@media print{body{padding:0;max-width:none;font-size:9pt}a{text-decoration:none}.bad td{"
    "background:none;font-weight:bold}}";

static void
append_text (GString *html, const char *text)
{
  g_autofree char *clean = naru_cli_clean_line (text != NULL ? text : "");
  g_autofree char *escaped = g_markup_escape_text (clean, -1);

  g_string_append (html, escaped);
}

static void
append_cell (GString *html, const char *kind, const char *text)
{
  g_string_append_printf (html, "<td%s>", kind);
  append_text (html, text);
  g_string_append (html, "</td>");
}

static void
append_heading (GString *html, const char *const *titles)
{
  g_string_append (html, "<table><thead><tr>");
  for (guint i = 0; titles[i] != NULL; i++)
    {
      g_string_append (html, "<th>");
      append_text (html, titles[i]);
      g_string_append (html, "</th>");
    }
  g_string_append (html, "</tr></thead><tbody>\n");
}

static void
append_seq (GString *html, gint64 seq)
{
  g_string_append_printf (html, "<a href=\"#c%" PRId64 "\">#%" PRId64 "</a>", seq, seq);
}

static void
append_title (GString *html, NaruJson *report)
{
  g_autofree char *period = naru_audit_view_period (report);
  g_autofree char *made = naru_audit_view_time (report, "made");
  NaruJson *entries = naru_json_get (report, "entries");
  NaruJson *first = naru_json_get (entries, "first");
  NaruJson *last = naru_json_get (entries, "last");

  g_string_append (html, "<h1>");
  append_text (html, naru_json_get_string (report, "office"));
  g_string_append (html, " – ");
  append_text (html, _ ("Audit report"));
  g_string_append (html, "</h1>\n<p>");
  append_text (html, period);
  g_string_append (html, "</p>\n<p class=\"s\">");
  g_autofree char *by =
      g_strdup_printf (_ ("Made on %s by %s"), made, naru_json_get_string (report, "made_by"));
  append_text (html, by);
  g_string_append (html, "</p>\n<p>");
  g_autofree char *count =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d entry", "%d entries",
                                    (gulong) naru_json_get_integer (entries, "count", 0)),
                       (int) naru_json_get_integer (entries, "count", 0));
  append_text (html, count);
  if (naru_json_get_string (first, "commit") != NULL)
    {
      gint64 before = naru_json_get_integer (first, "seq", 0);
      /* the first commit of all has no parent to begin after */
      g_string_append_printf (html, ": <code>git log %s%s%s</code>",
                              before > 1 ? naru_json_get_string (first, "commit") : "",
                              before > 1 ? "^.." : "", naru_json_get_string (last, "commit"));
    }
  g_string_append (html, "</p>\n");
}

static void
append_figures (GString *html, NaruJson *report)
{
  const char *titles[] = { _ ("List"), _ ("Events"), NULL };

  append_heading (html, titles);
  for (guint i = 0; i < naru_n_audit_lists; i++)
    {
      const NaruAuditList *list = &naru_audit_lists[i];
      NaruJson *events = naru_json_get (naru_json_get (report, "sections"), list->name);
      g_string_append_printf (html, "<tr><td><a href=\"#%s\">", list->name);
      append_text (html, _ (list->title));
      g_string_append_printf (html, "</a></td><td class=\"n\">%u</td></tr>\n", naru_json_get_size (events));
    }
  g_string_append (html, "</tbody></table>\n");
}

/* A figure, and the commits behind it */
static void
append_figure (GString *html, NaruJson *seqs)
{
  g_string_append_printf (html, "<td>%u", naru_json_get_size (seqs));
  for (guint i = 0; i < naru_json_get_size (seqs); i++)
    {
      g_string_append (html, i == 0 ? "<br><span class=\"s\">" : " ");
      append_seq (html, naru_json_as_integer (naru_json_get_element (seqs, i)));
    }
  g_string_append (html, naru_json_get_size (seqs) > 0 ? "</span></td>" : "</td>");
}

static void
append_actors (GString *html, NaruJson *report)
{
  static const char *const lists[] = { "moves", "approvals", "rejections", "waivers", "refusals" };
  const char *titles[] = { _ ("Person"),     _ ("Entries"), _ ("Moves"),   _ ("Approvals"),
                           _ ("Rejections"), _ ("Waivers"), _ ("Refused"), NULL };
  NaruJson *actors = naru_json_get (report, "actors");

  g_string_append (html, "<h2>");
  append_text (html, _ ("By person"));
  g_string_append (html, "</h2>\n");
  append_heading (html, titles);
  for (guint i = 0; i < naru_json_get_size (actors); i++)
    {
      NaruJson *actor = naru_json_get_element (actors, i);
      const char *id = naru_json_get_string (actor, "person");
      g_string_append (html, "<tr><td>");
      append_text (html, naru_json_get_string (actor, "name"));
      if (id != NULL)
        {
          g_string_append (html, "<br><span class=\"s\">");
          append_text (html, id);
          g_string_append (html, "</span>");
        }
      g_string_append_printf (html, "</td><td>%" PRId64 "</td>", naru_json_get_integer (actor, "entries", 0));
      for (guint k = 0; k < G_N_ELEMENTS (lists); k++)
        append_figure (html, naru_json_get (actor, lists[k]));
      g_string_append (html, "</tr>\n");
    }
  g_string_append (html, "</tbody></table>\n");
}

static void
append_list (GString *html, NaruAuditView *view, NaruJson *report, const NaruAuditList *list)
{
  const char *titles[] = { "#", _ ("Recorded"), _ ("Person"), _ ("Record"), _ ("What"), NULL };
  NaruJson *events = naru_json_get (naru_json_get (report, "sections"), list->name);

  g_string_append_printf (html, "<h2 id=\"%s\">", list->name);
  append_text (html, _ (list->title));
  g_string_append_printf (html, " (%u)</h2>\n<p class=\"s\">", naru_json_get_size (events));
  append_text (html, _ (list->about));
  g_string_append (html, "</p>\n");
  if (naru_json_get_size (events) == 0)
    return;
  append_heading (html, titles);
  for (guint i = 0; i < naru_json_get_size (events); i++)
    {
      NaruJson *event = naru_json_get_element (events, i);
      g_autofree char *recorded = naru_audit_view_time (event, "recorded");
      g_autofree char *what = naru_audit_view_describe (view, list->name, event);
      gboolean bad = strcmp (list->name, "attention") == 0 || strcmp (list->name, "unsigned") == 0 ||
                     g_strcmp0 (naru_json_get_string (event, "state"), "overdue") == 0;
      g_string_append_printf (html, "<tr%s><td class=\"n\">", bad ? " class=\"bad\"" : "");
      append_seq (html, naru_json_get_integer (event, "seq", naru_json_get_integer (event, "after", 0)));
      g_string_append (html, "</td>");
      append_cell (html, " class=\"w\"", recorded);
      append_cell (html, "", naru_json_get_string (event, "name"));
      append_cell (html, " class=\"w\"", naru_json_get_string (event, "record"));
      append_cell (html, "", what);
      g_string_append (html, "</tr>\n");
    }
  g_string_append (html, "</tbody></table>\n");
}

static void
append_annex (GString *html, NaruJson *report)
{
  const char *titles[] = { "#", _ ("Recorded"), _ ("Commit"), NULL };
  NaruJson *commits = naru_json_get (report, "commits");

  g_string_append (html, "<h2 id=\"annex\">");
  append_text (html, _ ("Annex: the commits"));
  g_string_append (html, "</h2>\n<p class=\"s\">");
  append_text (html,
               _ ("In a clone of the history each command shows what was decided, by whom and under which "
                  "rules; share/doc/AUDIT.md says how to check it."));
  g_string_append (html, "</p>\n");
  append_heading (html, titles);
  for (guint i = 0; i < naru_json_get_size (commits); i++)
    {
      NaruJson *commit = naru_json_get_element (commits, i);
      g_autofree char *recorded = naru_audit_view_time (commit, "recorded");
      gint64 seq = naru_json_get_integer (commit, "seq", 0);
      g_string_append_printf (html, "<tr id=\"c%" PRId64 "\"><td class=\"n\">#%" PRId64 "</td>", seq, seq);
      append_cell (html, " class=\"w\"", recorded);
      g_string_append (html, "<td><code>git show ");
      append_text (html, naru_json_get_string (commit, "commit"));
      g_string_append (html, "</code></td></tr>\n");
    }
  g_string_append (html, "</tbody></table>\n");
}

/* (transfer full): the whole page */
GString *
naru_audit_to_html (NaruAuditView *view, NaruJson *report)
{
  GString *html = g_string_sized_new (64 * 1024);

  g_string_append (html, "<!DOCTYPE html>\n<html lang=\"");
  append_text (html, naru_language_get ());
  g_string_append (html, "\"><head><meta charset=\"utf-8\">"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                         "style-src 'unsafe-inline'\"><title>");
  append_text (html, naru_json_get_string (report, "office"));
  g_string_append (html, " – ");
  append_text (html, _ ("Audit report"));
  g_string_append_printf (html, "</title><style>%s</style></head><body>\n", style);
  append_title (html, report);
  append_figures (html, report);
  append_actors (html, report);
  for (guint i = 0; i < naru_n_audit_lists; i++)
    append_list (html, view, report, &naru_audit_lists[i]);
  append_annex (html, report);
  g_string_append (html, "</body></html>\n");
  return html;
}
