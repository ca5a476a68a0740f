# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks of the plugin @NAME@: what its rules cannot say as data."""

import json
from datetime import date

import gi

gi.require_version("Naru", "1")
from gi.repository import GObject, Naru  # noqa: E402 (the version must be required first)

DAYS = 30


def day_at(case, *names):
    """The day that stands there, or None: a field may be missing, and a deal may hold anything."""
    for name in names:
        case = case.get(name) if isinstance(case, dict) else None
    try:
        return date.fromisoformat(case)
    except (TypeError, ValueError):
        return None


def judge_test_days(case, report):
    """The test ran for thirty days, both ends counted, and is over."""
    first = day_at(case, "@SECTION@", "test", "first_day")
    last = day_at(case, "@SECTION@", "test", "last_day")
    if first is None:
        report.ask("/@SECTION@/test/first_day")
    elif last is None:
        report.ask("/@SECTION@/test/last_day")
    elif last > day_at(case, "@today"):
        report.refuse("/@SECTION@/test/last_day", f"The test runs until {last}.", f"시험이 {last}까지 진행됩니다.")
    elif (last - first).days + 1 < DAYS:
        days = (last - first).days + 1
        report.refuse("/@SECTION@/test/last_day", f"The test ran for {days} days; {DAYS} are needed.",
                      f"시험 기간이 {days}일입니다. {DAYS}일 이상이어야 합니다.")
    else:
        report.accept()


CHECKS = {"test_days": judge_test_days}


class @CLASS@(GObject.Object, Naru.RuleSet):
    """One object for all checks of this plugin; it keeps nothing between two calls."""

    __gtype_name__ = "@CLASS@"

    def do_judge(self, check, subject, report):
        if check not in CHECKS:
            raise LookupError(f"@NAME@ has no check {check}")
        CHECKS[check](json.loads(subject.get_json().to_line()), report)
        return True
