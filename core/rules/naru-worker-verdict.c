/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-worker-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/wait.h>

#define MAX_CAUSE 600 /* bytes of what a plugin says about its own failure */

void
naru_check_verdict_clear (NaruCheckVerdict *verdict)
{
  g_strfreev (verdict->fields);
  g_free (verdict->message_en);
  g_free (verdict->message_ko);
  g_free (verdict->error);
  *verdict = (NaruCheckVerdict){ 0 };
}

/* (transfer full): text of a plugin without what moves a cursor or hides words */
static char *
clean_text (const char *text)
{
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);
      gboolean hidden = type == G_UNICODE_CONTROL || (type == G_UNICODE_FORMAT && c != 0x200d) ||
                        type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
      g_string_append_unichar (clean, hidden ? ' ' : c);
    }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

/* Fails closed: whatever went wrong, the verdict is an error that names the plugin and the cause. The message
 * of
 * @error, where there is one, names both already. */
void
naru_verdict_fail (NaruCheckVerdict *verdict, NaruPlugin *plugin, const char *rule, const char *cause,
                   const GError *error)
{
  naru_check_verdict_clear (verdict);
  verdict->status = NARU_CHECK_ERROR;
  if (error != NULL)
    verdict->error = g_strdup (error->message);
  else
    verdict->error = g_strdup_printf (_ ("The plugin %s could not judge %s: %s"), naru_plugin_get_id (plugin),
                                      rule, cause);
}

static const struct
{
  const char *word;
  const char *text;
} causes[] = {
  { "no-verdict", N_ ("its check ended without a verdict") },
  { "false", N_ ("its check gave up without saying why") },
  { "contradiction", N_ ("its check said two verdicts that contradict each other") },
  { "utf-8", N_ ("its check gave a text that is not UTF-8") },
  { "no-message", N_ ("its check refused without a message in English and in Korean") },
  { "pointer", N_ ("its check named a field that is no JSON pointer") },
  { "case", N_ ("it could not read the case") },
  { "confine", N_ ("its process could not be confined") },
  { "typelib", N_ ("the file Naru-1.typelib, by which Python knows Naru, cannot be found") },
  { "module", N_ ("its folder holds no such module") },
  { "code", N_ ("its code did not load") },
  { "class", N_ ("its code has no class that implements Naru.RuleSet") },
  { "make", N_ ("its class could not be made") },
};

/* (transfer full): what a worker says went wrong; an error or an exception speaks for itself */
char *
naru_verdict_explain (const char *word, const char *detail)
{
  g_autofree char *clean = clean_text (detail);
  const char *text = *clean == '\0' ? _ ("it gave no reason") : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    if (g_str_equal (causes[i].word, word))
      text = _ (causes[i].text);
  if (strlen (clean) > MAX_CAUSE)
    *(char *) g_utf8_find_prev_char (clean, clean + MAX_CAUSE) = '\0';
  if (text == NULL)
    return g_steal_pointer (&clean);
  return *clean != '\0' ? g_strdup_printf ("%s: %s", text, clean) : g_strdup (text);
}

static gboolean
read_status (const char *word, NaruCheckStatus *status)
{
  static const char *const words[] = { [NARU_CHECK_ERROR] = "error",
                                       [NARU_CHECK_PASS] = "pass",
                                       [NARU_CHECK_FAIL] = "fail",
                                       [NARU_CHECK_NOT_APPLICABLE] = "not-applicable",
                                       [NARU_CHECK_UNKNOWN] = "unknown" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      {
        *status = (NaruCheckStatus) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
are_pointers (const char *const *fields)
{
  for (guint i = 0; fields[i] != NULL; i++)
    if (*fields[i] != '/')
      return FALSE;
  return TRUE;
}

/* A verdict and what was said with it fit each other. */
static gboolean
is_whole (NaruCheckStatus status, const char *const *fields, const char *en, const char *ko)
{
  gboolean said = *en != '\0' && *ko != '\0';
  gboolean silent = *en == '\0' && *ko == '\0';

  if (!are_pointers (fields))
    return FALSE;
  switch (status)
    {
    case NARU_CHECK_FAIL:
      return said;
    case NARU_CHECK_UNKNOWN:
      return silent && fields[0] != NULL;
    case NARU_CHECK_PASS:
    case NARU_CHECK_NOT_APPLICABLE:
    case NARU_CHECK_ERROR:
    default:
      return silent && fields[0] == NULL;
    }
}

static gboolean
is_echo (GVariant *reply, const NaruExpected *expected)
{
  g_autoptr (GVariant) digest = g_variant_get_child_value (reply, 2);
  const char *rule = NULL;
  guint32 version = 0;
  guint64 serial = 0;
  gsize size = 0;
  gconstpointer bytes = g_variant_get_fixed_array (digest, &size, 1);

  g_variant_get_child (reply, 0, "u", &version);
  g_variant_get_child (reply, 1, "t", &serial);
  g_variant_get_child (reply, 3, "&s", &rule);
  return version == NARU_WORKER_PROTOCOL && serial == expected->serial && size == NARU_DIGEST_SIZE &&
         memcmp (bytes, expected->digest.bytes, size) == 0 && g_str_equal (rule, expected->rule);
}

/* Reads the answer to @request. FALSE when it is none: then the worker is not to be trusted any more, and
 * @verdict says nothing. An answer "could not be judged" is an answer. */
gboolean
naru_verdict_read (NaruCheckVerdict *verdict, NaruPlugin *plugin, const NaruCheckRequest *request,
                   const NaruExpected *expected, gconstpointer data, gsize size)
{
  g_autoptr (GVariant) reply = naru_wire_read (NARU_WORKER_REPLY, data, size, FALSE);
  g_autofree const char **fields = NULL;
  const char *token = NULL, *word = NULL, *detail = NULL, *en = NULL, *ko = NULL;
  NaruCheckStatus status = NARU_CHECK_ERROR;
  gint64 elapsed = 0;

  if (reply == NULL || !is_echo (reply, expected))
    return FALSE;
  g_variant_get_child (reply, 4, "x", &elapsed);
  g_variant_get_child (reply, 5, "&s", &token);
  g_variant_get_child (reply, 6, "&s", &word);
  g_variant_get_child (reply, 7, "&s", &detail);
  g_variant_get_child (reply, 8, "^a&s", &fields);
  g_variant_get_child (reply, 9, "&s", &en);
  g_variant_get_child (reply, 10, "&s", &ko);
  if (!read_status (token, &status) || !is_whole (status, fields, en, ko))
    return FALSE;

  naru_check_verdict_clear (verdict);
  verdict->status = status;
  if (status == NARU_CHECK_ERROR)
    {
      g_autofree char *why = naru_verdict_explain (word, detail);
      g_autofree char *cause = g_strdup_printf ("%s (%s)", why, request->check);
      naru_verdict_fail (verdict, plugin, request->rule, cause, NULL);
    }
  if (status == NARU_CHECK_FAIL)
    {
      verdict->message_en = clean_text (en);
      verdict->message_ko = clean_text (ko);
    }
  if (fields[0] != NULL)
    verdict->fields = g_strdupv ((char **) fields);
  verdict->elapsed_us = elapsed;
  return TRUE;
}

static char *
describe_status (const NaruProcess *process)
{
  if (!process->reaped)
    return g_strdup (_ ("its process closed its connection"));
  if (WIFSIGNALED (process->status))
    return g_strdup_printf (_ ("its process was ended by signal %d (%s)"), WTERMSIG (process->status),
                            g_strsignal (WTERMSIG (process->status)));
  return g_strdup_printf (_ ("its process ended with status %d"), WEXITSTATUS (process->status));
}

/* (transfer full): why a worker has to be ended, or how it ended */
char *
naru_verdict_describe_end (const NaruProcess *process, NaruWire wire, guint deadline_ms, gboolean loading)
{
  g_autofree char *line = process->errors >= 0 ? naru_wire_read_last_line (process->errors, 0) : NULL;
  g_autofree char *clean = line != NULL ? clean_text (line) : NULL;
  g_autofree char *what = NULL;

  switch (wire)
    {
    case NARU_WIRE_LATE:
      what = g_strdup_printf (loading ? _ ("it was not loaded within %u ms")
                                      : _ ("it did not answer within %u ms"),
                              deadline_ms);
      break;
    case NARU_WIRE_CLOSED:
      what = describe_status (process);
      break;
    case NARU_WIRE_OVERSIZED:
      what = g_strdup (_ ("it sent more than an answer can hold"));
      break;
    case NARU_WIRE_RUBBISH:
    case NARU_WIRE_PACKET:
    default:
      what = g_strdup (_ ("it sent what is no answer to what it was asked"));
      break;
    }
  if (clean == NULL || *clean == '\0')
    return g_steal_pointer (&what);
  return g_strdup_printf ("%s (%s)", what, clean);
}
