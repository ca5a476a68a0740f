# SPDX-License-Identifier: LGPL-2.1-or-later
import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class WritesFiles(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruWritesFiles'

    def do_judge(self, check, subject, report):
        case = subject.dup_variant().unpack()
        with open(case['victim'], 'w', encoding='utf-8') as stream:
            stream.write('mine')
        report.accept()
        return True
