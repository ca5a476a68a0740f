# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks of the plugin @NAME@: what its rules cannot say as data."""

from datetime import date

import gi

gi.require_version("Naru", "1")
from gi.repository import GObject, Naru  # noqa: E402 (the version must be required first)

DAYS = 30


def judge_test_days(case, report):
    """The test ran for thirty days, both ends counted, and is over."""
    test = case.get("@SECTION@", {}).get("test", {})
    for name in ("first_day", "last_day"):
        if name not in test:
            report.ask(f"/@SECTION@/test/{name}")
            return
    first, last = date.fromisoformat(test["first_day"]), date.fromisoformat(test["last_day"])
    today = date.fromisoformat(case["@today"])
    days = (last - first).days + 1
    if last > today:
        report.refuse("/@SECTION@/test/last_day", f"The test runs until {last}; today is {today}.",
                      f"시험이 {last}까지 진행됩니다(오늘: {today}).")
    elif days < DAYS:
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
        CHECKS[check](subject.dup_variant().unpack(), report)
        return True
