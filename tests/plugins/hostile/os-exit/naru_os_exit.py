# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class OsExit(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruOsExit'

    def do_judge(self, check, subject, report):
        report.accept()
        os._exit(0)
