# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class Sends64Mb(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruSends64Mb'

    def do_judge(self, check, subject, report):
        for _ in range(1024):
            os.write(3, b'x' * 65536)
        report.accept()
        return True
