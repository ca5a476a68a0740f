/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "naru-report.h"

#include <string.h>

typedef enum
{
  SAID_ACCEPT = 1 << 0,
  SAID_REFUSE = 1 << 1,
  SAID_SKIP = 1 << 2,
  SAID_ASK = 1 << 3,
} Said;

/**
 * NaruReport:
 *
 * Collects the verdict of one check. It is bounded: a check that says too much is cut, never refused for it,
 * since the first faults are what a person cures first. What contradicts itself is no verdict.
 */
struct _NaruReport
{
  GObject parent_instance;
  Said said;
  const char *fault; /* the first one; a literal */
  guint n_refusals;  /* those that were not kept, too */
  gsize bytes;       /* of all texts that were kept */
  GPtrArray *fields; /* of refusals and questions; a NULL at the end */
  GString *message_en;
  GString *message_ko;
};

G_DEFINE_FINAL_TYPE (NaruReport, naru_report, G_TYPE_OBJECT)

static void
naru_report_finalize (GObject *object)
{
  NaruReport *self = NARU_REPORT (object);

  g_ptr_array_unref (self->fields);
  g_string_free (self->message_en, TRUE);
  g_string_free (self->message_ko, TRUE);
  G_OBJECT_CLASS (naru_report_parent_class)->finalize (object);
}

static void
naru_report_class_init (NaruReportClass *class)
{
  G_OBJECT_CLASS (class)->finalize = naru_report_finalize;
}

static void
naru_report_init (NaruReport *self)
{
  self->fields = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->fields, NULL);
  self->message_en = g_string_new (NULL);
  self->message_ko = g_string_new (NULL);
}

/**
 * naru_report_new:
 *
 * The host makes a report for each check; the tests of a plugin may, too.
 *
 * Returns: (transfer full): a report on which nothing was said
 */
NaruReport *
naru_report_new (void)
{
  return g_object_new (NARU_TYPE_REPORT, NULL);
}

static void
say (NaruReport *self, Said what, const char *fault)
{
  self->said |= what;
  if (fault != NULL && self->fault == NULL)
    self->fault = fault;
}

/* What is wrong with a text that a check gives, as a word that the host knows. */
static const char *
find_text_fault (const char *text)
{
  if (text == NULL || *text == '\0')
    return "no-message";
  return g_utf8_validate (text, -1, NULL) ? NULL : "utf-8";
}

static const char *
find_field_fault (const char *field)
{
  if (field == NULL)
    return NULL;
  if (!g_utf8_validate (field, -1, NULL))
    return "utf-8";
  return *field == '/' ? NULL : "pointer";
}

static char *
cut (const char *text)
{
  const char *end = text;

  for (guint i = 0; i < NARU_REPORT_MAX_TEXT && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  return g_strndup (text, (gsize) (end - text));
}

static gboolean
has_room (NaruReport *self, gsize size)
{
  if (self->bytes + size > NARU_REPORT_MAX_BYTES)
    return FALSE;
  self->bytes += size;
  return TRUE;
}

static void
add_field (NaruReport *self, const char *field)
{
  g_autofree char *kept = cut (field);

  g_ptr_array_set_size (self->fields, (int) self->fields->len - 1);
  if (!g_ptr_array_find_with_equal_func (self->fields, kept, g_str_equal, NULL))
    g_ptr_array_add (self->fields, g_steal_pointer (&kept));
  g_ptr_array_add (self->fields, NULL);
}

static void
add_sentence (GString *message, const char *sentence)
{
  if (message->len > 0)
    g_string_append_c (message, ' ');
  g_string_append (message, sentence);
}

/**
 * naru_report_accept:
 * @self: a report
 *
 * The rule holds.
 */
void
naru_report_accept (NaruReport *self)
{
  g_return_if_fail (NARU_IS_REPORT (self));

  say (self, SAID_ACCEPT, NULL);
}

/**
 * naru_report_refuse:
 * @self: a report
 * @field: (nullable): JSON pointer of the field that is wrong, "/bio_health/irb/expires_on"
 * @message_en: what is wrong and what is right, one English sentence
 * @message_ko: the same in Korean
 *
 * The rule does not hold. May be said once for each fault; those beyond %NARU_REPORT_MAX_REFUSALS count but
 * are not kept.
 */
void
naru_report_refuse (NaruReport *self, const char *field, const char *message_en, const char *message_ko)
{
  const char *fault = NULL;

  g_return_if_fail (NARU_IS_REPORT (self));

  fault = find_field_fault (field);
  if (fault == NULL)
    fault = find_text_fault (message_en);
  if (fault == NULL)
    fault = find_text_fault (message_ko);
  say (self, SAID_REFUSE, fault);
  if (fault != NULL)
    return;

  self->n_refusals++;
  if (self->n_refusals > NARU_REPORT_MAX_REFUSALS)
    return;
  g_autofree char *en = cut (message_en);
  g_autofree char *ko = cut (message_ko);
  gsize size = strlen (en) + strlen (ko) + (field != NULL ? strnlen (field, 4 * NARU_REPORT_MAX_TEXT) : 0);
  if (!has_room (self, size))
    return;
  if (field != NULL)
    add_field (self, field);
  add_sentence (self->message_en, en);
  add_sentence (self->message_ko, ko);
}

/**
 * naru_report_refuse_valist: (skip)
 * @self: a report
 * @field: (nullable): as for naru_report_refuse()
 * @format_en: one English sentence, as printf() takes it
 * @format_ko: the same in Korean, for the same values; "%2$s" where their order is another
 * @args: the values
 *
 * As naru_report_refuse_format().
 */
void
naru_report_refuse_valist (NaruReport *self, const char *field, const char *format_en, const char *format_ko,
                           va_list args)
{
  va_list again;

  va_copy (again, args);
  g_autofree char *en = g_strdup_vprintf (format_en, args);
  g_autofree char *ko = g_strdup_vprintf (format_ko, again);
  va_end (again);
  naru_report_refuse (self, field, en, ko);
}

/**
 * naru_report_refuse_format: (skip)
 * @self: a report
 * @field: (nullable): as for naru_report_refuse()
 * @format_en: one English sentence, as printf() takes it
 * @format_ko: the same in Korean, for the same values; "%2$s" where their order is another
 * @...: the values
 *
 * naru_report_refuse() with values in both sentences.
 */
void
naru_report_refuse_format (NaruReport *self, const char *field, const char *format_en, const char *format_ko,
                           ...)
{
  va_list args;

  va_start (args, format_ko);
  naru_report_refuse_valist (self, field, format_en, format_ko, args);
  va_end (args);
}

/**
 * naru_report_skip:
 * @self: a report
 *
 * The rule does not apply to this case.
 */
void
naru_report_skip (NaruReport *self)
{
  g_return_if_fail (NARU_IS_REPORT (self));

  say (self, SAID_SKIP, NULL);
}

/**
 * naru_report_ask:
 * @self: a report
 * @field: JSON pointer of a field that has no value yet
 *
 * The rule cannot be judged before this field is given. Beside a refusal it only adds the field.
 */
void
naru_report_ask (NaruReport *self, const char *field)
{
  const char *fault = NULL;

  g_return_if_fail (NARU_IS_REPORT (self));

  fault = field != NULL ? find_field_fault (field) : "pointer";
  say (self, SAID_ASK, fault);
  if (fault == NULL && self->fields->len <= NARU_REPORT_MAX_REFUSALS &&
      has_room (self, strnlen (field, 4 * NARU_REPORT_MAX_TEXT)))
    add_field (self, field);
}

/**
 * naru_report_get_fault:
 * @self: a report
 *
 * Returns: (transfer none) (nullable): why what was said is no verdict: "no-verdict" (nothing was said),
 *   "contradiction", "utf-8", "no-message" (a sentence is missing or empty), "pointer" (a field that is no
 * JSON pointer); %NULL when it is one
 */
const char *
naru_report_get_fault (NaruReport *self)
{
  g_return_val_if_fail (NARU_IS_REPORT (self), NULL);

  if (self->fault != NULL)
    return self->fault;
  switch ((guint) self->said)
    {
    case 0:
      return "no-verdict";
    case SAID_ACCEPT:
    case SAID_REFUSE:
    case SAID_SKIP:
    case SAID_ASK:
    case SAID_REFUSE | SAID_ASK:
      return NULL;
    default:
      return "contradiction";
    }
}

/**
 * naru_report_get_verdict:
 * @self: a report
 *
 * Returns: (transfer none) (nullable): "pass", "fail", "not-applicable" or "unknown"; %NULL when there is
 * none, see naru_report_get_fault()
 */
const char *
naru_report_get_verdict (NaruReport *self)
{
  g_return_val_if_fail (NARU_IS_REPORT (self), NULL);

  if (naru_report_get_fault (self) != NULL)
    return NULL;
  if ((self->said & SAID_REFUSE) != 0)
    return "fail";
  if ((self->said & SAID_ASK) != 0)
    return "unknown";
  return (self->said & SAID_SKIP) != 0 ? "not-applicable" : "pass";
}

/**
 * naru_report_get_n_refusals:
 * @self: a report
 *
 * Returns: how often the rule was refused, with those refusals that were not kept
 */
guint
naru_report_get_n_refusals (NaruReport *self)
{
  g_return_val_if_fail (NARU_IS_REPORT (self), 0);

  return self->n_refusals;
}

/**
 * naru_report_get_fields:
 * @self: a report
 *
 * Returns: (transfer none) (array zero-terminated=1): JSON pointers of what is wrong or to be given, each
 * once
 */
const char *const *
naru_report_get_fields (NaruReport *self)
{
  g_return_val_if_fail (NARU_IS_REPORT (self), NULL);

  return (const char *const *) self->fields->pdata;
}

/**
 * naru_report_dup_message:
 * @self: a report
 * @language: "en" or "ko"
 *
 * Returns: (transfer full): the sentences of all refusals; empty when there are none
 */
char *
naru_report_dup_message (NaruReport *self, const char *language)
{
  g_return_val_if_fail (NARU_IS_REPORT (self), NULL);

  return g_strdup (g_strcmp0 (language, "ko") == 0 ? self->message_ko->str : self->message_en->str);
}
