# SPDX-License-Identifier: LGPL-2.1-or-later
import sys

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class FloodsStderr(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruFloodsStderr'

    def do_judge(self, check, subject, report):
        for _ in range(1000):
            sys.stderr.write('x' * 100000)
        report.accept()
        return True
