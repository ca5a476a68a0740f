# SPDX-License-Identifier: LGPL-2.1-or-later
import sys

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class SysExit(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruSysExit'

    def do_judge(self, check, subject, report):
        report.accept()
        sys.exit(0)
