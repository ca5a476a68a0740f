# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class AcceptsAndRefuses(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruAcceptsAndRefuses'

    def do_judge(self, check, subject, report):
        report.accept()
        report.refuse('/title', 'Wrong.', '틀렸습니다.')
        return True
