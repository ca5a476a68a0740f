# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class SendsOversized(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruSendsOversized'

    def do_judge(self, check, subject, report):
        os.write(3, b'x' * 100000)
        report.accept()
        return True
