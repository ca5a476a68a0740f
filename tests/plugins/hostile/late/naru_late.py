# SPDX-License-Identifier: LGPL-2.1-or-later
import time

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class Late(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruLate'

    def do_judge(self, check, subject, report):
        time.sleep(30)
        report.accept()
        return True
