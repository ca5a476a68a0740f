/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <string.h>

static char *option_if_revision;
static char *option_as_of;
static char *option_reject_reason;
static char *option_waive_reason;
static char *option_until;

const GOptionEntry naru_options_check[] = {
  NARU_OPTION_AT,
  { "as-of", 0, 0, G_OPTION_ARG_FILENAME, &option_as_of,
    N_ ("As --at; a move in the history is judged again as it was decided, by what stood there before it"),
    "DATE|COMMIT|SEAL" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_advance[] = {
  { "if-revision", 0, 0, G_OPTION_ARG_FILENAME, &option_if_revision,
    N_ ("Only when the record still has this revision; else end with 5"), "REVISION" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_reject[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_reject_reason, N_ ("Why"), "TEXT" },
  G_OPTION_ENTRY_NULL,
};

const GOptionEntry naru_options_waive[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_waive_reason, N_ ("Why"), "TEXT" },
  { "until", 0, 0, G_OPTION_ARG_FILENAME, &option_until, N_ ("The last day on which the waiver holds"),
    "DATE" },
  G_OPTION_ENTRY_NULL,
};

static const char *
get_mark (NaruFinding *finding, NaruStyle *style)
{
  NaruStatus status = naru_finding_get_status (finding);

  if (naru_finding_blocks (finding))
    {
      *style = NARU_STYLE_BAD;
      return "✗";
    }
  if (status == NARU_STATUS_UNKNOWN)
    {
      *style = NARU_STYLE_WARN;
      return "?";
    }
  if (status == NARU_STATUS_WAIVED || status == NARU_STATUS_FAIL || status == NARU_STATUS_ERROR)
    {
      *style = NARU_STYLE_WARN;
      return "!";
    }
  *style = NARU_STYLE_GOOD;
  return "✓";
}

static void
print_line (NaruCli *cli, guint indent, const char *text, NaruStyle style)
{
  g_autofree char *clean = NULL;

  if (text == NULL || text[0] == '\0')
    return;
  clean = naru_cli_clean_line (text);
  naru_cli_pad (cli, indent);
  naru_cli_paint (cli, style, clean);
  naru_cli_puts (cli, "\n");
}

static void
print_remedy (NaruCli *cli, const char *remedy)
{
  g_auto (GStrv) lines = remedy != NULL ? g_strsplit (remedy, "\n", -1) : NULL;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    print_line (cli, 4, lines[i], NARU_STYLE_ACCENT);
}

/* "발명진흥법 12 (KR); not verified by a person" */
static void
print_why (NaruCli *cli, NaruJson *why)
{
  const char *article = naru_json_get_string (why, "article");
  const char *checked = naru_json_get_string (why, "verified_by");
  g_autofree char *text = NULL;

  if (why == NULL)
    return;
  text = g_strdup_printf ("%s%s%s (%s); %s", naru_json_get_string (why, "law"), article != NULL ? " " : "",
                          article != NULL ? article : "", naru_json_get_string (why, "jurisdiction"),
                          checked != NULL ? checked : _ ("not verified by a person"));
  print_line (cli, 4, text, NARU_STYLE_DIM);
}

/* what, why it is not met, and the command that cures it, on a line of its own to copy */
static void
print_finding (NaruCli *cli, NaruFinding *finding)
{
  NaruStyle style = NARU_STYLE_PLAIN;
  const char *mark = get_mark (finding, &style);
  const char *title = naru_finding_get_title (finding);
  const char *message = naru_finding_get_message (finding);
  g_autofree char *clean = naru_cli_clean_line (title != NULL ? title : naru_finding_get_rule (finding));
  gboolean met = naru_finding_get_status (finding) == NARU_STATUS_PASS;

  naru_cli_puts (cli, "  ");
  naru_cli_paint (cli, style, mark);
  naru_cli_print (cli, " %s  ", clean);
  naru_cli_paint (cli, NARU_STYLE_DIM, naru_finding_get_rule (finding));
  if (naru_finding_get_status (finding) == NARU_STATUS_WAIVED)
    naru_cli_print (cli, "  (%s)", _ ("waived"));
  naru_cli_puts (cli, "\n");
  if (met)
    return;
  if (g_strcmp0 (message, title) != 0)
    print_line (cli, 4, message, NARU_STYLE_PLAIN);
  print_why (cli, naru_finding_get_why (finding));
  print_remedy (cli, naru_finding_get_remedy (finding));
}

/* Assignments that the command does not have yet; two rules may ask the same question. */
static void
append_new_words (GString *command, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree char *known = g_strconcat (" ", command->str, " ", NULL);
      g_autofree char *word = g_strconcat (" ", list[i], " ", NULL);
      if (strstr (known, word) == NULL)
        g_string_append_printf (command, "%s%s", command->len > 0 ? " " : "", list[i]);
    }
}

/* Questions are asked together: one command answers them all. */
static void
print_questions (NaruCli *cli, NaruReview *review)
{
  g_autofree char *prefix = g_strdup_printf ("naru edit %s ", naru_review_get_id (review));
  g_autoptr (GString) command = g_string_new (NULL);
  g_autoptr (GHashTable) asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  NaruRecordType *type = naru_cli_get_type_of (cli, naru_review_get_id (review), NULL);

  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);
      const char *remedy = naru_finding_get_remedy (finding);
      const char *const *fields = naru_finding_get_fields (finding);
      if (naru_finding_get_status (finding) != NARU_STATUS_UNKNOWN)
        continue;
      if (g_hash_table_size (asked) == 0)
        naru_cli_print (cli, "%s\n", _ ("Still to be answered, so that the rules about it can be judged:"));
      for (guint j = 0; fields[j] != NULL; j++)
        {
          g_autofree char *label =
              type != NULL ? naru_record_type_get_label (type, fields[j]) : g_strdup (fields[j]);
          if (!g_hash_table_add (asked, g_strdup (fields[j])))
            continue;
          naru_cli_puts (cli, "  ");
          naru_cli_paint (cli, NARU_STYLE_WARN, "?");
          naru_cli_print (cli, " %s  ", label);
          naru_cli_paint (cli, NARU_STYLE_DIM, naru_finding_get_rule (finding));
          naru_cli_puts (cli, "\n");
        }
      if (remedy != NULL && g_str_has_prefix (remedy, prefix))
        append_new_words (command, remedy + strlen (prefix));
    }
  if (command->len == 0)
    return;
  g_string_prepend (command, prefix);
  print_line (cli, 4, command->str, NARU_STYLE_ACCENT);
}

/* After a move the questions are only counted; check tells them. */
static void
print_open_count (NaruCli *cli, NaruReview *review)
{
  g_autoptr (GHashTable) asked = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);
      const char *const *fields = naru_finding_get_fields (finding);
      for (guint j = 0; naru_finding_get_status (finding) == NARU_STATUS_UNKNOWN && fields[j] != NULL; j++)
        g_hash_table_add (asked, (gpointer) fields[j]);
    }
  guint n = g_hash_table_size (asked);
  if (n > 0)
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE,
                                 "%u question of the rules was left open; “naru check” tells which are.\n",
                                 "%u questions of the rules were left open; “naru check” tells which are.\n",
                                 n),
                    n);
}

static int
get_rank (NaruFinding *finding)
{
  if (naru_finding_blocks (finding))
    return 0;
  return naru_finding_get_status (finding) == NARU_STATUS_PASS ? 2 : 1;
}

/* blocking ones first, then warnings and waivers, then what is met */
static void
print_findings (NaruCli *cli, NaruReview *review, int last_rank)
{
  guint n = naru_review_get_n_findings (review);

  for (int rank = 0; rank <= last_rank; rank++)
    {
      for (guint i = 0; i < n; i++)
        {
          NaruFinding *finding = naru_review_get_finding (review, i);
          NaruStatus status = naru_finding_get_status (finding);
          if (status != NARU_STATUS_NOT_APPLICABLE && status != NARU_STATUS_UNKNOWN &&
              get_rank (finding) == rank)
            print_finding (cli, finding);
        }
      if (rank == 1)
        print_questions (cli, review);
    }
}

static guint
count_blocking (NaruReview *review)
{
  guint count = 0;

  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    count += naru_finding_blocks (naru_review_get_finding (review, i)) ? 1 : 0;
  return count;
}

static char *
describe_move (NaruCli *cli, NaruReview *review)
{
  NaruRecordType *type = naru_cli_get_type_of (cli, naru_review_get_id (review), NULL);
  const char *name = type != NULL ? naru_record_type_get_name (type) : "deal";
  g_autofree char *from = naru_value_get_stage_title (cli, name, naru_review_get_from (review));
  g_autofree char *to = naru_value_get_stage_title (cli, name, naru_review_get_to (review));

  return g_strdup_printf ("%s: %s → %s", naru_review_get_id (review), from, to);
}

static void
print_review (NaruCli *cli, NaruReview *review, int last_rank)
{
  g_autofree char *move = describe_move (cli, review);
  guint missing = count_blocking (review);

  naru_cli_paint (cli, NARU_STYLE_BOLD, move);
  naru_cli_puts (cli, "\n");
  print_findings (cli, review, last_rank);
  if (missing == 0)
    naru_cli_print (cli, "%s\n", _ ("The gate is open."));
  else
    naru_cli_print (cli,
                    g_dngettext (GETTEXT_PACKAGE, "The gate refuses: %u condition is not met.\n",
                                 "The gate refuses: %u conditions are not met.\n", missing),
                    missing);
}

static void
set_blocked (NaruReview *review, GError **error)
{
  guint missing = count_blocking (review);

  naru_set_error (error, NARU_ERROR_BLOCKED, NULL, 0, _ ("naru check shows what is missing."),
                  g_dngettext (GETTEXT_PACKAGE, "%s may not move to %s: %u condition is not met",
                               "%s may not move to %s: %u conditions are not met", missing),
                  naru_review_get_id (review), naru_review_get_to (review), missing);
}

static void
print_as_of (NaruCli *cli, NaruJson *about)
{
  NaruJson *modules = naru_json_get (about, "modules");
  NaruJson *same = naru_json_get (about, "same");

  naru_cli_print (cli, _ ("As it was on %s, at %.12s.\n"), naru_json_get_string (about, "day"),
                  naru_json_get_string (about, "commit"));
  for (guint i = 0; i < naru_json_get_size (modules); i++)
    {
      g_autofree char *text =
          g_strdup_printf (_ ("The code of the plugin “%s” is another one than then."),
                           naru_json_get_string (naru_json_get_element (modules, i), "name"));
      print_line (cli, 0, text, NARU_STYLE_WARN);
    }
  if (same != NULL)
    print_line (cli, 0,
                naru_json_as_boolean (same) ? _ ("The verdict is the one that its commit holds.")
                                            : _ ("The verdict is not the one that its commit holds."),
                naru_json_as_boolean (same) ? NARU_STYLE_GOOD : NARU_STYLE_BAD);
}

gboolean
naru_verb_check (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = NULL;
  g_autoptr (NaruReview) review = NULL;
  g_autoptr (NaruJson) about = NULL;
  g_autoptr (NaruJson) json = NULL;

  if (option_as_of != NULL && naru_option_at != NULL)
    {
      naru_set_error (error, NARU_ERROR_USAGE, "--as-of", 0, NULL, _ ("give either --at or --as-of"));
      return FALSE;
    }
  desk = naru_cli_get_desk (cli, error);
  if (desk == NULL || (option_as_of != NULL && !naru_cli_check_text (option_as_of, error)))
    return FALSE;
  review = option_as_of != NULL ? naru_desk_check_as_of (desk, args[0], args[1], option_as_of, &about, error)
                                : naru_desk_check (desk, args[0], args[1], error);
  if (review == NULL)
    return FALSE;
  if (cli->json)
    {
      json = naru_review_to_json (review);
      if (about != NULL)
        naru_json_set (json, "as_of", naru_json_ref (about));
      naru_cli_print_json (cli, json);
    }
  else
    {
      print_review (cli, review, 2);
      if (about != NULL)
        print_as_of (cli, about);
    }
  if (naru_review_is_allowed (review))
    return TRUE;
  cli->told = TRUE;
  set_blocked (review, error);
  return FALSE;
}

/* A refused move is told as check tells it. */
static gboolean
report_refusal (NaruCli *cli, NaruReview *review, GError **error)
{
  g_autoptr (NaruJson) json = NULL;
  NaruJson *body;

  if (review == NULL || !g_error_matches (*error, NARU_ERROR, NARU_ERROR_BLOCKED))
    return FALSE;
  cli->told = TRUE;
  if (!cli->json)
    {
      print_review (cli, review, 1);
      return FALSE;
    }
  json = naru_cli_error_to_json (*error);
  body = naru_review_to_json (review);
  naru_json_set (json, "review", body);
  naru_cli_print_json (cli, json);
  return FALSE;
}

gboolean
naru_verb_advance (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruReview) review = NULL;
  g_autoptr (NaruJson) json = NULL;
  g_autofree char *move = NULL;

  if (desk == NULL)
    return FALSE;
  if (!naru_cli_recorded (naru_desk_advance (desk, args[0], args[1], option_if_revision, &review, error),
                          error))
    return report_refusal (cli, review, error);
  if (cli->json)
    {
      json = naru_review_to_json (review);
      naru_cli_print_json (cli, json);
      return *error == NULL;
    }
  move = describe_move (cli, review);
  naru_cli_print (cli, "%s\n", move);
  for (guint i = 0; i < naru_review_get_n_findings (review); i++)
    {
      NaruFinding *finding = naru_review_get_finding (review, i);
      if (naru_finding_get_status (finding) != NARU_STATUS_NOT_APPLICABLE &&
          naru_finding_get_status (finding) != NARU_STATUS_UNKNOWN && get_rank (finding) == 1)
        print_finding (cli, finding);
    }
  print_open_count (cli, review);
  return *error == NULL;
}

gboolean
naru_verb_approve (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);

  if (desk == NULL || !naru_cli_recorded (naru_desk_approve (desk, args[0], args[1], error), error))
    return FALSE;
  return naru_cli_report_change (cli, args[0], _ ("approved"), error);
}

gboolean
naru_verb_reject (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = NULL;

  if (!naru_cli_check_required ("--reason", option_reject_reason, error))
    return FALSE;
  desk = naru_cli_get_desk (cli, error);
  if (desk == NULL ||
      !naru_cli_recorded (naru_desk_reject (desk, args[0], args[1], option_reject_reason, error), error))
    return FALSE;
  return naru_cli_report_change (cli, args[0], _ ("rejected"), error);
}

gboolean
naru_verb_waive (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = NULL;
  g_autofree char *text = NULL;

  if (!naru_cli_check_required ("--reason", option_waive_reason, error) ||
      !naru_cli_check_required ("--until", option_until, error))
    return FALSE;
  desk = naru_cli_get_desk (cli, error);
  if (desk == NULL ||
      !naru_cli_recorded (naru_desk_waive (desk, args[0], args[1], option_waive_reason, option_until, error),
                          error))
    return FALSE;
  text = g_strdup_printf (_ ("%s waived until %s"), args[1], option_until);
  return naru_cli_report_change (cli, args[0], text, error);
}
