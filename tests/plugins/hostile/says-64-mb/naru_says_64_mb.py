# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class Says64Mb(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruSays64Mb'

    def do_judge(self, check, subject, report):
        report.refuse('/title', 'x' * (1 << 26), '가' * (1 << 24))
        return True
