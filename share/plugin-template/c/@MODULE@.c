/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of the plugin @NAME@: what its rules cannot say as data. */
#include <libpeas/peas.h>
#include <naru-plugin.h>

#define DAYS 30

/* One object for all checks of this plugin; it keeps nothing between two calls. */
typedef struct
{
  GObject parent_instance;
} @CLASS@;

typedef GObjectClass @CLASS@Class;

GType @MODULE@_get_type (void);
G_MODULE_EXPORT void peas_register_types (PeasObjectModule *module);
static void @MODULE@_rule_set_init (NaruRuleSetInterface *iface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (@CLASS@, @MODULE@, G_TYPE_OBJECT, 0,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (NARU_TYPE_RULE_SET, @MODULE@_rule_set_init))

/* The day at this place; asks for it where none is given. */
static NaruDate
get_day (NaruJson *deal, const char *pointer, NaruReport *report)
{
  NaruDate day;

  if (!naru_json_find_date (deal, pointer, &day))
    naru_report_ask (report, pointer);
  return day;
}

/* The test ran for thirty days, both ends counted, and is over. */
static void
judge_test_days (NaruSubject *subject, NaruReport *report)
{
  NaruJson *deal = naru_subject_get_json (subject);
  NaruDate first = get_day (deal, "/@SECTION@/test/first_day", report);
  NaruDate last = get_day (deal, "/@SECTION@/test/last_day", report);

  if (first == NARU_DATE_NONE || last == NARU_DATE_NONE)
    return;
  if (last > naru_subject_get_today (subject))
    {
      g_autofree char *day = naru_date_to_string (last);

      naru_report_refuse_format (report, "/@SECTION@/test/last_day", "The test runs until %s.",
                                 "시험이 %s까지 진행됩니다.", day);
    }
  else if (last - first + 1 < DAYS)
    naru_report_refuse_format (report, "/@SECTION@/test/last_day", "The test ran for %d days; %d are needed.",
                               "시험 기간이 %d일입니다. %d일 이상이어야 합니다.", last - first + 1, DAYS);
  else
    naru_report_accept (report);
}

static gboolean
@MODULE@_judge (NaruRuleSet *self, const char *check, NaruSubject *subject, NaruReport *report,
                GError **error)
{
  if (g_str_equal (check, "test_days"))
    {
      judge_test_days (subject, report);
      return TRUE;
    }
  g_set_error (error, NARU_ERROR, NARU_ERROR_NOT_FOUND, "@NAME@ has no check %s", check);
  return FALSE;
}

static void
@MODULE@_rule_set_init (NaruRuleSetInterface *iface)
{
  iface->judge = @MODULE@_judge;
}

static void
@MODULE@_class_init (@CLASS@Class *klass)
{
}

static void
@MODULE@_class_finalize (@CLASS@Class *klass)
{
}

static void
@MODULE@_init (@CLASS@ *self)
{
}

void
peas_register_types (PeasObjectModule *module)
{
  @MODULE@_register_type (G_TYPE_MODULE (module));
  peas_object_module_register_extension_type (module, NARU_TYPE_RULE_SET, @MODULE@_get_type ());
}
