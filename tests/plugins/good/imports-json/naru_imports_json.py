# SPDX-License-Identifier: LGPL-2.1-or-later
import json

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class ImportsJson(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruImportsJson'

    def do_judge(self, check, subject, report):
        case = json.loads(subject.dup_text())
        if case != subject.dup_variant().unpack():
            return False
        report.accept()
        return True
