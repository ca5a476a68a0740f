/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-cli-private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *naru_option_office;
char *naru_option_login;
char *naru_option_language;
static char *option_color;
static gboolean option_json;
static gboolean option_no_pager;
static gboolean option_version;
static gboolean option_help;

/* Strings are taken as file names so that the bytes arrive whatever the locale's charset is. */
const GOptionEntry naru_global_options[] = {
  { "office", 0, 0, G_OPTION_ARG_FILENAME, &naru_option_office, N_ ("The office's folder"), "DIR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &option_json, N_ ("Answer in JSON, for programs"), NULL },
  { "as", 0, 0, G_OPTION_ARG_FILENAME, &naru_option_login, N_ ("Act as the person with this login"),
    "LOGIN" },
  { "lang", 0, 0, G_OPTION_ARG_FILENAME, &naru_option_language, N_ ("Language of texts and labels"),
    "ko|en" },
  { "no-pager", 0, 0, G_OPTION_ARG_NONE, &option_no_pager, N_ ("Do not show long output page by page"),
    NULL },
  { "color", 0, 0, G_OPTION_ARG_FILENAME, &option_color, N_ ("When to use colour"), "auto|always|never" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, N_ ("Print the version"), NULL },
  { "help", 'h', 0, G_OPTION_ARG_NONE, &option_help, N_ ("Explain the program or the verb"), NULL },
  G_OPTION_ENTRY_NULL,
};

/* An office file must never become descriptor 1 or 2: what is printed would then be written into it. */
static void
open_standard_streams (void)
{
  for (int fd = 0; fd <= 2; fd++)
    {
      if (fcntl (fd, F_GETFD) == -1 && errno == EBADF && open ("/dev/null", O_RDWR) != fd)
        _exit (1);
    }
}

/* The options that decide how an error is told are needed before the command line is known to be right. */
static void
scan_early_options (char **argv)
{
  const char *language = NULL;

  for (guint i = 1; argv[i] != NULL && strcmp (argv[i], "--") != 0; i++)
    {
      if (strcmp (argv[i], "--json") == 0)
        option_json = TRUE;
      else if (g_str_has_prefix (argv[i], "--lang="))
        language = argv[i] + strlen ("--lang=");
      else if (strcmp (argv[i], "--lang") == 0 && argv[i + 1] != NULL)
        language = argv[i + 1];
    }
  if (language != NULL && strcmp (language, "ko") != 0 && strcmp (language, "en") != 0)
    language = NULL;
  naru_language_init (language);
}

/* returns how many words a global option at argv[0] takes; 0 where it is none */
static guint
measure_global_option (char **argv)
{
  if (strcmp (argv[0], "-h") == 0)
    return 1;
  if (!g_str_has_prefix (argv[0], "--"))
    return 0;
  for (const GOptionEntry *entry = naru_global_options; entry->long_name != NULL; entry++)
    {
      gsize length = strlen (entry->long_name);
      if (strncmp (argv[0] + 2, entry->long_name, length) != 0)
        continue;
      if (argv[0][2 + length] == '=')
        return 1;
      if (argv[0][2 + length] == '\0')
        return entry->arg == G_OPTION_ARG_NONE || argv[1] == NULL ? 1 : 2;
    }
  return 0;
}

/* takes the next word that is no global option out of argv; NULL at the end */
static gboolean
take_word (int *argc, char **argv, char **word, GError **error)
{
  guint i = 1;

  *word = NULL;
  while (argv[i] != NULL && strcmp (argv[i], "--") != 0)
    {
      guint width = measure_global_option (argv + i);
      if (width == 0 && argv[i][0] == '-' && argv[i][1] != '\0')
        {
          naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("naru help lists the verbs and options."),
                          _ ("%s is not an option that may stand before the verb"), argv[i]);
          return FALSE;
        }
      if (width == 0)
        break;
      i += width;
    }
  if (argv[i] == NULL || strcmp (argv[i], "--") == 0)
    return TRUE;
  *word = argv[i];
  memmove (argv + i, argv + i + 1, (*argc - i) * sizeof (char *));
  *argc -= 1;
  return TRUE;
}

/* puts a word that take_word() took back to the front */
static void
give_word_back (int *argc, char **argv, char *word)
{
  memmove (argv + 2, argv + 1, *argc * sizeof (char *));
  argv[1] = word;
  *argc += 1;
}

static void
set_unknown_verb (GError **error, const char *word)
{
  const char *guess = naru_verbs_guess (word);
  g_autofree char *cure = guess != NULL ? g_strdup_printf (_ ("Did you mean “%s”?"), guess)
                                        : g_strdup (_ ("naru help lists the verbs and options."));
  g_autofree char *clean = naru_cli_clean_line (word);

  naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, cure, _ ("there is no verb “%s”"), clean);
}

/* group is set where the first of two words stands alone */
static gboolean
find_verb (NaruCli *cli, int *argc, char **argv, const char **group, GError **error)
{
  char *word = NULL;
  char *second = NULL;
  g_autofree char *name = NULL;

  if (!take_word (argc, argv, &word, error))
    return FALSE;
  if (word == NULL)
    return TRUE;
  if (naru_verbs_is_group (word))
    {
      gboolean alone = naru_verbs_find (word) != NULL;
      /* an option behind “seal” is one of that verb */
      if (!take_word (argc, argv, &second, alone ? NULL : error) && !alone)
        return FALSE;
      if (second == NULL && !alone)
        {
          *group = word;
          return TRUE;
        }
    }
  name = second != NULL ? g_strdup_printf ("%s %s", word, second) : g_strdup (word);
  cli->verb = naru_verbs_find (name);
  /* "rules" alone is a verb, too; what follows it may be its argument */
  if (cli->verb == NULL && second != NULL && naru_verbs_find (word) != NULL)
    {
      cli->verb = naru_verbs_find (word);
      give_word_back (argc, argv, second);
    }
  if (cli->verb == NULL)
    set_unknown_verb (error, name);
  return cli->verb != NULL;
}

/* Words after "--" are never options. Returns the words that are left. */
static gboolean
parse_options (NaruCli *cli, char **argv, GStrv *words, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *cure = NULL;
  int argc = 0;
  guint rest;

  while (argv[argc] != NULL && strcmp (argv[argc], "--") != 0)
    argc++;
  rest = argv[argc] != NULL ? argc + 1 : argc;
  argv[argc] = NULL;
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, naru_global_options, NULL);
  if (cli->verb != NULL && cli->verb->options != NULL)
    g_option_context_add_main_entries (context, cli->verb->options, NULL);
  char **parsed = argv;
  if (!g_option_context_parse (context, &argc, &parsed, &failure))
    {
      cure = cli->verb != NULL ? naru_help_get_usage (cli->verb)
                               : g_strdup (_ ("naru help lists the verbs and options."));
      naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, cure, "%s", failure->message);
      return FALSE;
    }
  for (int i = 1; i < argc; i++)
    g_strv_builder_add (builder, parsed[i]);
  for (guint i = rest; argv[i] != NULL; i++)
    g_strv_builder_add (builder, argv[i]);
  *words = g_strv_builder_end (builder);
  return TRUE;
}

static gboolean
check_choice (const char *option, const char *value, const char *const *allowed, GError **error)
{
  g_autofree char *choices = NULL;

  if (value == NULL || g_strv_contains (allowed, value))
    return TRUE;
  choices = g_strjoinv (", ", (char **) allowed);
  naru_set_error (error, NARU_ERROR_USAGE, option, 0, NULL, _ ("%s takes one of: %s"), option, choices);
  return FALSE;
}

static gboolean
check_words (NaruCli *cli, char **args, GError **error)
{
  guint n = g_strv_length (args);
  g_autofree char *usage = NULL;

  /* hidden verbs are called by programs, in the midst of what a person types */
  for (guint i = 0; i < n && (cli->verb->flags & NARU_VERB_HIDDEN) == 0; i++)
    {
      if (!naru_cli_check_text (args[i], error))
        return FALSE;
    }
  if (n >= cli->verb->min_args && n <= cli->verb->max_args)
    return TRUE;
  usage = naru_help_get_usage (cli->verb);
  naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, usage,
                  n < cli->verb->min_args ? _ ("naru %s needs more than that")
                                          : _ ("too many words for naru %s"),
                  cli->verb->name);
  return FALSE;
}

static gboolean
run_group (NaruCli *cli, const char *group, GError **error)
{
  if (option_help)
    {
      naru_help_print_group (cli, group);
      return TRUE;
    }
  naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("naru help lists the verbs and options."),
                  _ ("“%s” needs a second word, such as “list”"), group);
  return FALSE;
}

static gboolean
run_without_verb (NaruCli *cli, GError **error)
{
  if (option_version)
    return naru_verb_version (cli, NULL, error);
  if (option_help)
    {
      naru_help_print_all (cli);
      return TRUE;
    }
  naru_set_error (error, NARU_ERROR_USAGE, NULL, 0, _ ("naru help lists the verbs and options."),
                  _ ("a verb is missing"));
  return FALSE;
}

/* "naru new deal --help" lists the fields of deals, too */
static gboolean
explain_verb (NaruCli *cli, char **words)
{
  g_autoptr (NaruTypes) types = NULL;
  NaruRecordType *type = NULL;

  naru_help_print_verb (cli, cli->verb);
  if (cli->verb->kinds[0] != NARU_COMPLETE_TYPE || words[0] == NULL)
    return TRUE;
  types = naru_types_new (NULL);
  type = types != NULL ? naru_types_get (types, words[0], NULL) : NULL;
  if (type != NULL)
    naru_help_print_fields (cli, type);
  return TRUE;
}

static gboolean
run (NaruCli *cli, int argc, char **argv, GError **error)
{
  static const char *const languages[] = { "ko", "en", NULL };
  static const char *const codes[] = { "data", "c", "python", "ko", "en", NULL };
  static const char *const colors[] = { "auto", "always", "never", NULL };
  const char *group = NULL;

  g_auto (GStrv) words = NULL;

  if (!find_verb (cli, &argc, argv, &group, error) || !parse_options (cli, argv, &words, error) ||
      !check_choice ("--lang", naru_option_language,
                     cli->verb != NULL && strcmp (cli->verb->name, "plugin new") == 0 ? codes : languages,
                     error) ||
      !check_choice ("--color", option_color, colors, error))
    return FALSE;
  naru_cli_detect_terminal (cli, option_color, option_no_pager);
  if (group != NULL)
    return run_group (cli, group, error);
  if (cli->verb == NULL || option_version)
    return run_without_verb (cli, error);
  cli->pager = cli->pager && (option_help || (cli->verb->flags & NARU_VERB_PAGER) != 0);
  if (option_help)
    return explain_verb (cli, words);
  return check_words (cli, words, error) && cli->verb->run (cli, words, error);
}

/* Returns: (transfer full): {"error":{…}}, its five keys always there */
NaruJson *
naru_cli_error_to_json (const GError *error)
{
  NaruJson *json = naru_json_new_object ();
  NaruJson *body = naru_json_new_object ();
  const char *field = naru_error_get_field (error);
  const char *cure = naru_error_get_cure (error);
  gint64 line = naru_error_get_line (error);

  naru_json_set_string (body, "code", naru_error_get_name (error));
  naru_json_set_string (body, "message", error->message);
  naru_json_set (body, "field", field != NULL ? naru_json_new_string (field) : naru_json_new_null ());
  naru_json_set (body, "line", line > 0 ? naru_json_new_integer (line) : naru_json_new_null ());
  naru_json_set (body, "cure", cure != NULL ? naru_json_new_string (cure) : naru_json_new_null ());
  naru_json_set (json, "error", body);
  return json;
}

static void
print_error_json (NaruCli *cli, const GError *error)
{
  g_autoptr (NaruJson) json = naru_cli_error_to_json (error);

  naru_cli_print_json (cli, json);
}

/* What is wrong, then where, then the cure. */
static void
print_error_text (const GError *error)
{
  g_autoptr (GString) text = g_string_new ("naru: ");
  const char *field = naru_error_get_field (error);
  const char *cure = naru_error_get_cure (error);
  gint64 line = naru_error_get_line (error);
  g_autofree char *place = g_strdup_printf (_ ("line %" PRId64), line);
  g_autofree char *clean = NULL;

  g_string_append (text, error->message);
  if (line > 0 && strstr (error->message, place) == NULL)
    g_string_append_printf (text, "\n      %s", place);
  if (field != NULL && field[0] != '\0' && strstr (error->message, field) == NULL)
    g_string_append_printf (text, _ ("\n      field %s"), field);
  if (cure != NULL && cure[0] != '\0')
    g_string_append_printf (text, "\n      %s", cure);
  g_string_append_c (text, '\n');
  clean = naru_cli_clean (text->str);
  fputs (clean, stderr);
}

static int
finish (NaruCli *cli, const GError *error)
{
  g_autoptr (GError) failure = NULL;
  int status = error != NULL ? naru_error_get_exit_status (error) : 0;
  gboolean answered = cli->answered;

  if (error != NULL && option_json && !answered)
    print_error_json (cli, error);
  if (!naru_cli_flush (cli, &failure))
    {
      print_error_text (failure);
      status = status != 0 ? status : naru_error_get_exit_status (failure);
    }
  if (error != NULL && !cli->told && (!option_json || answered))
    print_error_text (error);
  return status;
}

/* Giving back all memory takes a third of a command's time. Who looks for leaks needs it; to all others the
 * kernel gives it back, ends the workers and drops the locks, as after a kill, which nothing here minds. */
static gboolean
is_tidy (void)
{
#if defined(__SANITIZE_ADDRESS__)
  return TRUE;
#else
  return g_getenv ("NARU_TIDY") != NULL;
#endif
}

int
main (int argc, char **argv)
{
  NaruCli cli = { 0 };
  g_autoptr (GError) error = NULL;
  int status;

  open_standard_streams ();
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  g_set_prgname ("naru");
  scan_early_options (argv);

  cli.json = option_json;
  cli.out = g_string_new (NULL);
  run (&cli, argc, argv, &error);
  if (is_tidy ())
    naru_cli_close (&cli);
  status = finish (&cli, error);
  if (!is_tidy ())
    {
      fflush (NULL);
      _exit (status);
    }
  g_string_free (cli.out, TRUE);
  return status;
}
