/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#define SHOWN 20 /* deals that a text names; --json names all */

static char *option_reason;

const GOptionEntry naru_options_rules_adopt[] = {
  { "reason", 0, 0, G_OPTION_ARG_FILENAME, &option_reason, N_ ("Why"), "TEXT" },
  G_OPTION_ENTRY_NULL,
};

static const char *
pick_words (NaruJson *words)
{
  const char *text = naru_json_get_string (words, g_strcmp0 (naru_language_get (), "ko") == 0 ? "ko" : "en");

  return text != NULL ? text : "";
}

static const char *
get_text (NaruJson *json, const char *key)
{
  const char *text = naru_json_get_string (json, key);

  return text != NULL ? text : "";
}

static void
print_packs (NaruCli *cli, NaruJson *packs)
{
  for (guint i = 0; i < naru_json_get_size (packs); i++)
    {
      NaruJson *pack = naru_json_get_element (packs, i);
      NaruJson *rules = naru_json_get (pack, "rules");
      g_autoptr (NaruTable) table = naru_table_new ();

      naru_cli_puts (cli, i > 0 ? "\n" : "");
      naru_cli_paint (cli, NARU_STYLE_BOLD, get_text (pack, "title"));
      naru_cli_print (cli, "  %s@%s%s\n", get_text (pack, "id"), get_text (pack, "version"),
                      naru_json_get_boolean (pack, "enabled", TRUE) ? "" : _ (" (off)"));
      naru_table_add_column (table, _ ("Rule"), FALSE, FALSE);
      naru_table_add_column (table, _ ("Severity"), FALSE, FALSE);
      naru_table_add_column (table, _ ("Title"), TRUE, FALSE);
      naru_table_add_column (table, _ ("Law"), TRUE, FALSE);
      for (guint j = 0; j < naru_json_get_size (rules); j++)
        {
          NaruJson *rule = naru_json_get_element (rules, j);
          GStrv cells = g_new0 (char *, 5);
          cells[0] = naru_cli_clean_line (get_text (rule, "id"));
          cells[1] = g_strdup (get_text (rule, "severity"));
          cells[2] = naru_cli_clean_line (pick_words (naru_json_get (rule, "title")));
          cells[3] = g_strdup_printf ("%s %s", get_text (rule, "law"), get_text (rule, "article"));
          naru_table_add_row (table, cells);
        }
      naru_table_print (table, cli);
    }
}

static void
print_line (NaruCli *cli, const char *title, const char *text)
{
  g_autofree char *clean = naru_cli_clean_line (text);

  if (clean[0] != '\0')
    naru_cli_print (cli, "  %s: %s\n", title, clean);
}

static void
print_versions (NaruCli *cli, NaruJson *rule)
{
  NaruJson *versions = naru_json_get (rule, "versions");

  if (versions == NULL)
    return;
  print_line (cli, _ ("The version is picked by"), get_text (rule, "dated_by"));
  for (guint i = 0; i < naru_json_get_size (versions); i++)
    {
      NaruJson *version = naru_json_get_element (versions, i);
      NaruJson *words = naru_json_get (version, "title");
      naru_cli_print (cli, "  %s: %s – %s  %s\n", get_text (version, "version"),
                      get_text (version, "valid_from"), get_text (version, "valid_to"),
                      words != NULL ? pick_words (words) : "");
    }
}

static void
print_touched (NaruCli *cli, NaruJson *touches)
{
  guint n = naru_json_get_size (touches);

  naru_cli_print (cli,
                  g_dngettext (GETTEXT_PACKAGE, "It has a say in %u move of deals where they stand now.\n",
                               "It has a say in %u moves of deals where they stand now.\n", n),
                  n);
  for (guint i = 0; i < MIN (n, SHOWN); i++)
    {
      NaruJson *row = naru_json_get_element (touches, i);
      naru_cli_print (cli, "  %s → %s  %s\n", get_text (row, "id"), get_text (row, "to"),
                      get_text (row, "status"));
    }
  if (n > SHOWN)
    naru_cli_print (cli, "  …\n");
}

static gboolean
show_rule (NaruCli *cli, NaruDesk *desk, const char *id, GError **error)
{
  g_autoptr (NaruJson) json = naru_desk_show_rule (desk, id, error);
  if (json == NULL)
    return FALSE;
  if (cli->json)
    {
      naru_cli_print_json (cli, json);
      return TRUE;
    }

  NaruJson *rule = naru_json_get (json, "rule");
  NaruJson *evidence = naru_json_get (rule, "evidence");
  const char *verified = naru_json_get_string (rule, "verified_by");
  g_autofree char *law =
      g_strdup_printf ("%s %s (%s)", get_text (evidence, "law"), get_text (evidence, "article"),
                       get_text (evidence, "jurisdiction"));
  g_autofree char *source =
      g_strdup_printf ("%s (%s)", get_text (evidence, "source"), get_text (evidence, "grade"));
  g_autofree char *checked =
      verified != NULL ? g_strdup_printf (_ ("by %s on %s"), verified, get_text (rule, "verified_on"))
                       : g_strdup (_ ("not verified by a person"));
  naru_cli_paint (cli, NARU_STYLE_BOLD, pick_words (naru_json_get (rule, "title")));
  naru_cli_print (cli, "  %s  %s@%s\n", id, get_text (json, "pack"), get_text (json, "pack_version"));
  print_line (cli, _ ("Severity"), get_text (rule, "severity"));
  print_line (cli, _ ("Law"), law);
  print_line (cli, _ ("Source"), source);
  print_line (cli, _ ("Verified"), checked);
  print_line (cli, _ ("What to do"), pick_words (naru_json_get (rule, "remedy")));
  print_versions (cli, rule);
  print_touched (cli, naru_json_get (json, "touches"));
  return TRUE;
}

gboolean
naru_verb_rules (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);

  if (desk == NULL)
    return FALSE;
  if (args[0] != NULL)
    return show_rule (cli, desk, args[0], error);
  g_autoptr (NaruJson) packs = naru_desk_list_rules (desk, error);
  if (packs == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, packs);
  else
    print_packs (cli, packs);
  return TRUE;
}

static void
print_impact (NaruCli *cli, NaruJson *json)
{
  NaruJson *rules = naru_json_get (json, "rules");
  NaruJson *changes = naru_json_get (json, "changes");
  const char *from = naru_json_get_string (json, "from");
  guint n = naru_json_get_size (changes);

  naru_cli_print (cli, "%s: %s → %s\n", get_text (json, "pack"), from != NULL ? from : _ ("not in force"),
                  get_text (json, "to"));
  naru_cli_print (cli, _ ("Of %d deals, the verdict would change for %d.\n"),
                  (int) naru_json_get_integer (json, "deals", 0),
                  (int) naru_json_get_integer (json, "changed", 0));
  if (naru_json_get_size (rules) > 0)
    {
      g_autoptr (NaruTable) table = naru_table_new ();
      naru_table_add_column (table, _ ("Rule"), FALSE, FALSE);
      naru_table_add_column (table, _ ("Verdicts changed"), FALSE, TRUE);
      naru_table_add_column (table, _ ("Blocked from now on"), FALSE, TRUE);
      naru_table_add_column (table, _ ("Open from now on"), FALSE, TRUE);
      for (guint i = 0; i < naru_json_get_size (rules); i++)
        {
          NaruJson *row = naru_json_get_element (rules, i);
          GStrv cells = g_new0 (char *, 5);
          cells[0] = g_strdup (get_text (row, "rule"));
          cells[1] = g_strdup_printf ("%d", (int) naru_json_get_integer (row, "changed", 0));
          cells[2] = g_strdup_printf ("%d", (int) naru_json_get_integer (row, "now_blocks", 0));
          cells[3] = g_strdup_printf ("%d", (int) naru_json_get_integer (row, "now_open", 0));
          naru_table_add_row (table, cells);
        }
      naru_table_print (table, cli);
    }
  for (guint i = 0; i < MIN (n, SHOWN); i++)
    {
      NaruJson *row = naru_json_get_element (changes, i);
      naru_cli_print (cli, "  %s → %s  %s: %s → %s\n", get_text (row, "id"), get_text (row, "to"),
                      get_text (row, "rule"), get_text (row, "before"), get_text (row, "after"));
    }
  if (n > SHOWN)
    naru_cli_print (cli, "  …\n");
}

gboolean
naru_verb_rules_impact (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = naru_cli_get_desk (cli, error);
  g_autoptr (NaruJson) pack = desk != NULL ? naru_rule_pack_read (args[0], error) : NULL;
  g_autoptr (NaruJson) json = NULL;

  if (pack == NULL)
    return FALSE;
  json = naru_desk_measure_impact (desk, pack, args[0], naru_cli_progress, cli, error);
  if (json == NULL)
    return FALSE;
  if (cli->json)
    naru_cli_print_json (cli, json);
  else
    print_impact (cli, json);
  return TRUE;
}

gboolean
naru_verb_rules_adopt (NaruCli *cli, char **args, GError **error)
{
  NaruDesk *desk = NULL;
  g_autoptr (NaruJson) pack = NULL;

  if (!naru_cli_check_required ("--reason", option_reason, error))
    return FALSE;
  desk = naru_cli_get_desk (cli, error);
  pack = desk != NULL ? naru_rule_pack_read (args[0], error) : NULL;
  if (pack == NULL ||
      !naru_cli_recorded (naru_desk_adopt_rules (desk, pack, args[0], option_reason, error), error))
    return FALSE;
  if (cli->json)
    {
      g_autoptr (NaruJson) json = naru_json_new_object ();
      naru_json_set_string (json, "id", get_text (pack, "id"));
      naru_json_set_string (json, "version", get_text (pack, "version"));
      naru_cli_print_json (cli, json);
    }
  else
    naru_cli_print (cli, _ ("rule pack %s@%s is in force\n"), get_text (pack, "id"),
                    get_text (pack, "version"));
  return *error == NULL;
}
