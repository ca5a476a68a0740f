/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib/gi18n-lib.h>

#include "naru.h"

G_BEGIN_DECLS

/* To add a verb: one row in naru-verbs.c, its run function here and in a verb-*.c file. Help, man page,
 * completion, pager and the walk in tests/cli/test-help.sh follow from the row. */

typedef struct _NaruCli NaruCli;
typedef struct _NaruVerb NaruVerb;
typedef struct _NaruTable NaruTable;

typedef gboolean (*NaruVerbFunc) (NaruCli *cli, char **args, GError **error);

typedef enum
{
  NARU_SECTION_OFFICE,
  NARU_SECTION_RECORDS,
  NARU_SECTION_PIPELINE,
  NARU_SECTION_HISTORY,
  NARU_SECTION_EXCHANGE,
  NARU_SECTION_ADMIN,
  NARU_SECTION_RULES,
  NARU_SECTION_HELP,
  NARU_N_SECTIONS,
} NaruSection;

typedef enum
{
  NARU_VERB_OFFICE = 1 << 0,  /* works on an existing office */
  NARU_VERB_CHANGES = 1 << 1, /* may change the office */
  NARU_VERB_PAGER = 1 << 2,   /* long output goes through the pager */
  NARU_VERB_HIDDEN = 1 << 3,  /* not in help, man page or completion */
} NaruVerbFlags;

/* what one word of the command line stands for */
typedef enum
{
  NARU_COMPLETE_NONE,
  NARU_COMPLETE_FILE,
  NARU_COMPLETE_TYPE,
  NARU_COMPLETE_ID,
  NARU_COMPLETE_STAGE,
  NARU_COMPLETE_FIELD,
  NARU_COMPLETE_ASSIGNMENT, /* field=value */
  NARU_COMPLETE_VERB,
  NARU_COMPLETE_LOGIN,
  NARU_COMPLETE_ROLE,
  NARU_COMPLETE_PIPELINE,
} NaruCompleteKind;

#define NARU_VERB_MAX_KINDS 3
#define NARU_ANY_ARGS G_MAXUINT

struct _NaruVerb
{
  const char *name; /* one word, or a group and a word: "person add" */
  NaruSection section;
  NaruVerbFlags flags;
  const char *args;
  guint min_args;
  guint max_args;
  const char *summary;
  const char *details;         /* (nullable) */
  const char *example;         /* (nullable): without the program's name */
  const GOptionEntry *options; /* (nullable) */
  NaruVerbFunc run;
  NaruCompleteKind kinds[NARU_VERB_MAX_KINDS]; /* the last one holds for all words that follow */
};

struct _NaruCli
{
  const NaruVerb *verb;
  gboolean json;
  gboolean pager;
  gboolean color;
  gboolean tty;      /* stdout is a terminal */
  guint width;       /* cells; of the terminal or COLUMNS, else 80 */
  guint height;      /* lines; 0 where stdout is no terminal */
  GString *out;      /* text not yet written to stdout */
  gboolean broken;   /* stdout takes no more */
  gboolean answered; /* the one JSON document has been printed; an error goes to stderr from here on */
  gboolean told;     /* the answer tells the error in full: nothing more is printed */
  NaruOffice *office;
  NaruDesk *desk;
};

typedef enum
{
  NARU_STYLE_PLAIN,
  NARU_STYLE_BOLD,
  NARU_STYLE_DIM,
  NARU_STYLE_GOOD,
  NARU_STYLE_WARN,
  NARU_STYLE_BAD,
  NARU_STYLE_ACCENT,
} NaruStyle;

/* main.c */
extern const GOptionEntry naru_global_options[];
extern char *naru_option_office;
extern char *naru_option_login;
extern char *naru_option_language;
NaruJson *naru_cli_error_to_json (const GError *error);

/* naru-verbs.c */
const NaruVerb *naru_verbs_get (guint *n_verbs);
const NaruVerb *naru_verbs_find (const char *name);
gboolean naru_verbs_is_group (const char *word);
const char *naru_verbs_guess (const char *word);
const char *naru_section_get_title (NaruSection section);

/* naru-cli.c: the office and the person behind a call */
char *naru_cli_get_login (GError **error);
NaruDesk *naru_cli_get_desk (NaruCli *self, GError **error);
void naru_cli_close (NaruCli *self);
gboolean naru_cli_recorded (gboolean done, GError **error);
gboolean naru_cli_report_change (NaruCli *self, const char *id, const char *text, GError **error);
NaruRecordType *naru_cli_get_type (NaruCli *self, const char *name, GError **error);
NaruRecordType *naru_cli_get_type_of (NaruCli *self, const char *id, GError **error);
gboolean naru_cli_check_text (const char *text, GError **error);
gboolean naru_cli_check_required (const char *option, const char *value, GError **error);
void naru_cli_progress (guint64 done, guint64 total, gpointer user_data);

/* naru-output.c */
void naru_cli_print (NaruCli *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void naru_cli_puts (NaruCli *self, const char *text);
void naru_cli_paint (NaruCli *self, NaruStyle style, const char *text);
void naru_cli_pad (NaruCli *self, guint cells);
void naru_cli_print_json (NaruCli *self, NaruJson *json);
gboolean naru_cli_flush (NaruCli *self, GError **error);
void naru_cli_detect_terminal (NaruCli *self, const char *color, gboolean no_pager);
char *naru_cli_clean (const char *text);
char *naru_cli_clean_line (const char *text);

/* naru-passphrase.c */
char *naru_cli_take_passphrase (const char *option, const char *file, const char *prompt, gboolean twice,
                                GError **error);
gboolean naru_cli_take_key_passphrase (gboolean wanted, const char *file, char **passphrase, GError **error);
void naru_cli_forget (char *passphrase);

/* naru-pager.c */
gboolean naru_pager_show (const char *text, gsize length);

/* shared by verbs */
gboolean naru_cli_print_list (NaruCli *cli, const char *type_name, const NaruQuery *query, gboolean csv,
                              GError **error);
gboolean naru_cli_edit (NaruCli *cli, const char *id, char **words, const char *if_revision, GError **error);
char *naru_cli_find_person (NaruCli *cli, const char *login, GError **error);
NaruPipeline *naru_cli_find_pipeline (NaruCli *cli, const char *id, GError **error);

gboolean naru_cli_compare (NaruCli *cli, const char *place, GError **error); /* verb-against.c */
NaruJson *naru_cli_push (NaruCli *cli, const char *const *names, GError **error);
void naru_cli_print_push (NaruCli *cli, NaruJson *rows);
gboolean naru_cli_judge_push (NaruCli *cli, NaruJson *rows, GError **error);
void naru_cli_print_findings (NaruCli *cli, NaruJson *findings);

/* naru-table.c */
NaruTable *naru_table_new (void);
void naru_table_free (NaruTable *self);
void naru_table_add_column (NaruTable *self, const char *title, gboolean shrinks, gboolean right);
void naru_table_add_row (NaruTable *self, GStrv cells);
void naru_table_print (NaruTable *self, NaruCli *cli);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaruTable, naru_table_free)

/* naru-csv.c */
void naru_csv_append_cell (GString *row, const char *text);
void naru_csv_append_json (GString *row, NaruJson *value);

/* naru-value.c: words to values and back */
gboolean naru_value_parse_assignment (NaruRecordType *type, const char *word, char **path, NaruJson **value,
                                      GError **error);
NaruJson *naru_value_parse_fields (NaruRecordType *type, char **words, GError **error);
NaruJson *naru_value_parse_changes (NaruRecordType *type, char **words, GError **error);
char *naru_value_to_display (NaruCli *cli, NaruRecordType *type, const NaruField *field, NaruJson *value,
                             NaruJson *parent);
char *naru_value_get_stage_title (NaruCli *cli, const char *type, const char *stage);
char *naru_value_to_text (NaruJson *value);

/* naru-show.c */
void naru_show_record (NaruCli *cli, NaruRecordType *type, NaruRecord *record);
const char *naru_show_get_name (NaruRecord *record);

/* naru-board.c */
void naru_board_print (NaruCli *cli, NaruJson *board);

/* naru-help.c */
void naru_help_print_verb (NaruCli *cli, const NaruVerb *verb);
void naru_help_print_fields (NaruCli *cli, NaruRecordType *type);
void naru_help_print_group (NaruCli *cli, const char *group);
void naru_help_print_all (NaruCli *cli);
char *naru_help_get_usage (const NaruVerb *verb);
char *naru_help_format_option (const GOptionEntry *option);

extern const char *const naru_exit_meanings[];
extern const guint naru_n_exit_meanings;

/* Of the verbs that can look at the office as it was: naru_cli_get_desk() then gives a desk in that one. */
extern char *naru_option_at;
#define NARU_OPTION_AT                                                                                       \
  {                                                                                                          \
    "at", 0, 0, G_OPTION_ARG_FILENAME, &naru_option_at,                                                      \
        N_ ("The office as it was at the end of a day, at a time, an entry or a seal"), "DATE|COMMIT|SEAL"   \
  }

/* options of verbs, beside their run functions */
extern const GOptionEntry naru_options_show[];
extern const GOptionEntry naru_options_history[];
extern const GOptionEntry naru_options_init[];
extern const GOptionEntry naru_options_backup[];
extern const GOptionEntry naru_options_restore[];
extern const GOptionEntry naru_options_new[];
extern const GOptionEntry naru_options_list[];
extern const GOptionEntry naru_options_edit[];
extern const GOptionEntry naru_options_attach[];
extern const GOptionEntry naru_options_check[];
extern const GOptionEntry naru_options_advance[];
extern const GOptionEntry naru_options_reject[];
extern const GOptionEntry naru_options_waive[];
extern const GOptionEntry naru_options_audit_report[];
extern const GOptionEntry naru_options_verify[];
extern const GOptionEntry naru_options_board[];
extern const GOptionEntry naru_options_dossier[];
extern const GOptionEntry naru_options_import[];
extern const GOptionEntry naru_options_import_history[];
extern const GOptionEntry naru_options_export[];
extern const GOptionEntry naru_options_person_add[];
extern const GOptionEntry naru_options_person_key[];
extern const GOptionEntry naru_options_pipeline_new[];
extern const GOptionEntry naru_options_rules_adopt[];
extern const GOptionEntry naru_options_plugin_enable[];
extern const GOptionEntry naru_options_plugin_disable[];
extern const GOptionEntry naru_options_plugin_new[];
extern const GOptionEntry naru_options_key_rotate[];
extern const GOptionEntry naru_options_key_revoke[];
extern const GOptionEntry naru_options_seal[];
extern const GOptionEntry naru_options_seal_timestamp[];
extern const GOptionEntry naru_options_remote_remove[];
extern const GOptionEntry naru_options_key_passphrase[];

#define NARU_VERB_DECLARE(name) gboolean naru_verb_##name (NaruCli *cli, char **args, GError **error)
NARU_VERB_DECLARE (init);
NARU_VERB_DECLARE (demo);
NARU_VERB_DECLARE (status);
NARU_VERB_DECLARE (backup);
NARU_VERB_DECLARE (restore);
NARU_VERB_DECLARE (new);
NARU_VERB_DECLARE (show);
NARU_VERB_DECLARE (list);
NARU_VERB_DECLARE (edit);
NARU_VERB_DECLARE (link);
NARU_VERB_DECLARE (attach);
NARU_VERB_DECLARE (note);
NARU_VERB_DECLARE (check);
NARU_VERB_DECLARE (advance);
NARU_VERB_DECLARE (approve);
NARU_VERB_DECLARE (reject);
NARU_VERB_DECLARE (waive);
NARU_VERB_DECLARE (history);
NARU_VERB_DECLARE (diff);
NARU_VERB_DECLARE (audit_report);
NARU_VERB_DECLARE (verify);
NARU_VERB_DECLARE (board);
NARU_VERB_DECLARE (dossier);
NARU_VERB_DECLARE (import);
NARU_VERB_DECLARE (import_history);
NARU_VERB_DECLARE (export);
NARU_VERB_DECLARE (person_list);
NARU_VERB_DECLARE (person_add);
NARU_VERB_DECLARE (person_edit);
NARU_VERB_DECLARE (person_role);
NARU_VERB_DECLARE (person_key);
NARU_VERB_DECLARE (pipeline_list);
NARU_VERB_DECLARE (pipeline_show);
NARU_VERB_DECLARE (pipeline_add);
NARU_VERB_DECLARE (pipeline_new);
NARU_VERB_DECLARE (rules);
NARU_VERB_DECLARE (rules_impact);
NARU_VERB_DECLARE (rules_adopt);
NARU_VERB_DECLARE (plugin_list);
NARU_VERB_DECLARE (plugin_show);
NARU_VERB_DECLARE (plugin_enable);
NARU_VERB_DECLARE (plugin_disable);
NARU_VERB_DECLARE (plugin_test);
NARU_VERB_DECLARE (plugin_new);
NARU_VERB_DECLARE (key_list);
NARU_VERB_DECLARE (key_rotate);
NARU_VERB_DECLARE (key_revoke);
NARU_VERB_DECLARE (seal);
NARU_VERB_DECLARE (seal_list);
NARU_VERB_DECLARE (seal_timestamp);
NARU_VERB_DECLARE (remote_list);
NARU_VERB_DECLARE (remote_add);
NARU_VERB_DECLARE (remote_remove);
NARU_VERB_DECLARE (remote_push);
NARU_VERB_DECLARE (remote_check);
NARU_VERB_DECLARE (key_passphrase);
NARU_VERB_DECLARE (help);
NARU_VERB_DECLARE (version);
NARU_VERB_DECLARE (complete);
NARU_VERB_DECLARE (man);

G_END_DECLS
