# SPDX-License-Identifier: LGPL-2.1-or-later
import naru_module_that_nobody_has

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class ImportMissing(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruImportMissing'

    def do_judge(self, check, subject, report):
        report.accept()
        return True
