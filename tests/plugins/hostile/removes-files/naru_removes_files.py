# SPDX-License-Identifier: LGPL-2.1-or-later
import os

import gi

gi.require_version('Naru', '1')
from gi.repository import GObject, Naru


class RemovesFiles(GObject.Object, Naru.RuleSet):
    __gtype_name__ = 'NaruRemovesFiles'

    def do_judge(self, check, subject, report):
        os.unlink(subject.dup_variant().unpack()['victim'])
        report.accept()
        return True
