# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class ChangesCase(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruChangesCase'

    def do_judge(self, check, subject, report):
        subject.get_json().set_string('title', 'changed')
        report.accept()
        return True
