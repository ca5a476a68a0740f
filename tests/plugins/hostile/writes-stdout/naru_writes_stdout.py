# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class WritesStdout(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruWritesStdout'

    def do_judge(self, check, subject, report):
        print('pass' * 1000)
        os.write(1, b'pass')
        os.write(0, b'pass') if check == 'never' else None
        report.accept()
        return True
