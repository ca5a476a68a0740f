# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class ClosesDescriptors(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruClosesDescriptors'

    def do_judge(self, check, subject, report):
        os.closerange(0, 64)
        report.accept()
        return True
